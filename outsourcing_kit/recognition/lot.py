"""Whom to thank first, by lot, so that one learns what thanks do; and how many people that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.words import number, plural


@dataclass(frozen=True, repr=False)
class Lot(Result):
    """`.table`: a row a person: side, person, wave (1 is thanked from now on, 2 a month later)."""

    smallest: float

    columns: ClassVar = {"side": "text", "person": "text", "wave": "count"}

    def _view(self) -> pd.DataFrame:
        # Who is drawn is for those who thank; on a page it would be read as a judgment.
        return self.table.groupby(["side", "wave"])["person"].size().rename("people").reset_index()

    def _more(self) -> tuple[str, ...]:
        if not len(self.table):
            return ()
        waves = self.table["wave"].value_counts()
        return (
            f"With {plural(int(waves.min()), 'person')} in the smaller wave, a difference of "
            f"{number(self.smallest)} standard deviations would be found in 8 of 10 cases. "
            f"Half of one takes {people_needed(0.5)} a wave",
        )


def thanked_first(people: pd.DataFrame, *, seed: int = 0) -> Lot:
    """Half of each side by lot: thanked from now on; the others a month later. Only a lot tells what thanks do.

    Args:
        people: person, side, left; whoever has a day of leaving is not drawn. seed: same seed, same lot.

    Raises:
        BadDataError: cells that are not of their kind.

    >>> people = pd.DataFrame({"person": list("abcd"), "side": ["client"] * 2 + ["provider"] * 2})
    >>> thanked_first(people).table.groupby("side")["wave"].apply(sorted).tolist()
    [[1, 2], [1, 2]]
    """
    rows, missing = take(people, "people", need=("person", "side"), also=("left",))
    rows = rows.loc[rows["left"].isna(), ["person", "side"]]
    if missing:
        return Lot.lacking(missing, math.nan)
    rng, parts = np.random.default_rng(seed), []
    # Within each side, so that the two waves differ in the thanks and not in where they sit.
    for side, own in rows.dropna().drop_duplicates("person").sort_values("person").groupby("side")["person"]:
        wave = 1 + (rng.permutation(len(own)) >= math.ceil(len(own) / 2))
        parts.append(pd.DataFrame({"side": side, "person": own.to_numpy(), "wave": wave}))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    smaller = int(table["wave"].value_counts().min()) if len(table) and table["wave"].nunique() == 2 else 0
    return Lot(table, smallest_difference(smaller) if smaller >= 2 else math.nan)


def smallest_difference(count: int) -> float:
    """Which difference, in standard deviations, so many people a group show in 8 of 10 cases (two-sided t test, 5%).

    Raises:
        OutsourcingKitError: fewer than two people.

    >>> round(smallest_difference(10), 2)
    1.32
    """
    if count < 2:
        raise OutsourcingKitError(
            f"Found {count!r} people a group; expected two or more. Mend: smallest_difference(10)."
        )
    from scipy.optimize import brentq

    return float(brentq(lambda d: _power(d, count) - 0.8, 1e-3, 100.0))


def people_needed(difference: float) -> int:
    """How many people a group it takes to find a difference of so many standard deviations in 8 of 10 cases.

    Raises:
        OutsourcingKitError: a difference that is not above 0.

    >>> people_needed(0.5)
    64
    """
    if not 0 < difference < math.inf:
        raise OutsourcingKitError(f"The difference is {difference!r}; expected one above 0. Mend: people_needed(0.5).")
    # From the normal approximation, which is never more than a few too few.
    n = max(math.floor(15.6 / difference**2), 2)
    while _power(difference, n) < 0.8:
        n += 1
    return n


def _power(difference: float, people: int) -> float:
    from scipy import stats

    # The noncentral t of two groups alike; the other tail is next to nothing from half a power on.
    df, shift = 2 * people - 2, difference * math.sqrt(people / 2)
    limit = stats.t.ppf(0.975, df)
    return float(stats.nct.sf(limit, df, shift))
