"""Did earlier engagements with a kickoff fare better, and what would explain it away?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import kaplan_meier
from outsourcing_kit.verdicts import CONFIDENCE
from outsourcing_kit.words import number, share_in_range

# Rated complexity from which on an engagement counts as a hard one.
_HARD = 4
_NEED = ("kickoff_on", "started", "first_setback", "observed_until")


@dataclass(frozen=True, repr=False)
class Setbacks(Result):
    """`.table`: a row for all, for easier and for harder engagements, each with and without a kickoff in time.

    Columns: stakes (all, easier, harder), kickoff (yes, no), engagements, setbacks, median_days (to the first one;
    inf where fewer than half had any), hit (share with a setback within `days`), low, high (its 90% range).
    `ratio` is the hit of those with a kickoff over that of those without, over all; `ratio_alike` the same as if both
    groups had as many easier ones as all engagements have. nan where a share in it is unknown or the lower one 0.
    """

    ratio: float
    ratio_alike: float
    days: float

    columns: ClassVar = {
        "stakes": "text", "kickoff": "text", "engagements": "count", "setbacks": "count", "median_days": "number",
        "hit": "share", "low": "share", "high": "share",
    }  # fmt: skip
    _nothing: ClassVar = "No earlier engagement on record"

    def _view(self) -> pd.DataFrame:
        table = self.table[self.table["engagements"] > 0]
        hit = list(map(share_in_range, table["hit"], table["low"], table["high"]))
        return table.drop(columns=["hit", "low", "high"]).assign(**{f"setback within {self.days:g} days": hit})

    def _more(self) -> tuple[str, ...]:
        if math.isnan(self.ratio):
            return ()
        last = self.ratio
        told = [f"With a kickoff an early setback was {number(last)} times as common as without"]
        if not math.isnan(self.ratio_alike):
            last = self.ratio_alike
            told.append(f"with as many easier ones in both groups {number(last)} times")
        low, high = self.table["low"], self.table["high"]
        if low[0] <= high[1] and low[1] <= high[0]:
            told.append("the ranges overlap, so chance alone may do that")
        return (
            "; ".join(told),
            "Who holds a kickoff is no accident. Something left out explains the last ratio away if it goes with "
            f"kickoffs and with setbacks at least {number(e_value(last))} times as often (E-value)",
        )


def setbacks(past_engagements: pd.DataFrame, *, days: float = 180) -> Setbacks:
    """First setbacks of earlier engagements, with and without a kickoff before the work, by Kaplan–Meier.

    An engagement that was watched for a shorter time without a setback counts for as long as it was watched. A kickoff
    after the start counts as none. This is a comparison of engagements that chose, not an effect.

    Args:
        past_engagements: rows of the table.
        days: within which a setback is called early.

    Raises:
        BadDataError: cells that are not of their kind.
        OutsourcingKitError: days that are not above 0.

    Source: Kaplan & Meier 1958, doi 10.1080/01621459.1958.10501452.

    Example: two with a kickoff and no setback, two without and one each after 10 and 400 days: 0 and half within 180.

    >>> day = pd.Timestamp("2025-01-01")
    >>> rows = pd.DataFrame({"engagement": list("abcd"), "kickoff_on": [day, day, pd.NaT, pd.NaT], "complexity": 2,
    ...     "started": day, "observed_until": day + pd.Timedelta(days=500),
    ...     "first_setback": [pd.NaT, pd.NaT, day + pd.Timedelta(days=10), day + pd.Timedelta(days=400)]})
    >>> setbacks(rows).table.loc[:1, "hit"].tolist()
    [0.0, 0.5]
    """
    if not days > 0:
        raise OutsourcingKitError(f"days is {days!r}; expected a number above 0. Mend: days=180.")
    rows, missing = take(past_engagements, "past_engagements", need=_NEED, also=("complexity",))
    rows = rows.dropna(subset=["started", "observed_until"])
    if missing or not len(rows):
        return Setbacks.lacking(missing, math.nan, math.nan, days)
    # Watched to the end without a setback is not the same as safe.
    end = rows["first_setback"].fillna(rows["observed_until"])
    rows = rows.assign(
        lasted=(end - rows["started"]) / pd.Timedelta(days=1),
        met=np.where(rows["kickoff_on"].le(rows["started"]), "yes", "no"),
        stakes=np.where(rows["complexity"] >= _HARD, "harder", "easier"),
    )
    # A complexity that nobody rated belongs to neither.
    rated = rows[rows["complexity"].notna()]
    parts = {"all": rows, **{name: rated[rated["stakes"] == name] for name in ("easier", "harder")}}
    found = [(name, met, *_of(part[part["met"] == met], days)) for name, part in parts.items() for met in ("yes", "no")]
    table = pd.DataFrame(found, columns=[*Setbacks.columns])
    hits = table.set_index(["stakes", "kickoff"])["hit"].unstack()
    # As if both groups were made up as all rated engagements are: direct standardisation.
    weights = pd.Series({name: len(parts[name]) for name in ("easier", "harder")}) / max(len(rated), 1)
    alike = hits.loc[weights[weights > 0].index].mul(weights[weights > 0], axis=0).sum(skipna=False)
    return Setbacks(table, _ratio(hits.loc["all"]), _ratio(alike), days)


def _ratio(hits: pd.Series) -> float:
    """Of the share with a kickoff to the one without; of nothing to something no ratio is told."""
    return float(hits["yes"] / hits["no"]) if hits["yes"] > 0 and hits["no"] > 0 else math.nan


def _of(rows: pd.DataFrame, days: float) -> tuple[int, int, float, float, float, float]:
    """Engagements, setbacks, median days to the first, and the share hit within `days` with its range."""
    if not len(rows):
        return 0, 0, math.nan, math.nan, math.nan, math.nan
    seen = rows["first_setback"].notna()
    curve = kaplan_meier(rows["lasted"].to_numpy(float), seen.to_numpy(float), confidence=CONFIDENCE)
    last = int((curve.time <= days).sum()) - 1
    if last < 0:
        # A curve that has not begun to fall has no range of its own: that of none among those watched long enough.
        watched = int((rows["lasted"] >= days).sum())
        hit, low, high = 0.0, 0.0, 1 - ((1 - CONFIDENCE) / 2) ** (1 / watched) if watched else 1.0
    else:
        hit, low, high = (1 - float(each[last]) for each in (curve.survival, curve.high, curve.low))
    return len(rows), int(seen.sum()), curve.quantile(0.5), hit, low, high


def e_value(ratio: float) -> float:
    """How strongly something left out would have to go with both sides to explain a risk ratio away.

    RR + √(RR · (RR − 1)) for RR ≥ 1; of a ratio below 1 that of 1/RR. 1 means: nothing is needed.

    Raises:
        OutsourcingKitError: a ratio that is not above 0.

    Source: VanderWeele & Ding 2017, doi 10.7326/M16-2607.

    Example: their own, a ratio of 3.9.

    >>> round(e_value(3.9), 2), e_value(1.0)
    (7.26, 1.0)
    """
    if not 0 < ratio < math.inf:
        raise OutsourcingKitError(f"The ratio is {ratio!r}; expected a number above 0. Mend: e_value(2.0).")
    larger = max(ratio, 1 / ratio)
    return larger + math.sqrt(larger * (larger - 1))
