"""Are both sides on the same page? Every client's rating against every provider's, expectation by expectation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.frames import sides, take
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import Estimate, pair_mean, person_share
from outsourcing_kit.verdicts import CONFIDENCE

_ITEM, _SIDES = ["expectation", "aspect"], ("client", "provider")
# Half points and means of halves must not miss the limit by a rounding error.
_TOLERANCE = 1e-9


class _Hidden(Result):
    """Lines whose means lie near to each other; as few columns as a telephone shows."""

    columns: ClassVar = {"expectation": "text", "client_mean": "number", "provider_mean": "number", "within": "share"}

    def _view(self) -> pd.DataFrame:
        return self.table.rename(columns={"client_mean": "client", "provider_mean": "provider"})


@dataclass(frozen=True, repr=False)
class PairAgreement(Result):
    """`.table`: one row per expectation and aspect, widest apart first; `.estimate`: share of pairs within a point.

    Columns: expectation, aspect, client_mean, provider_mean (points of five), clients, providers (raters), pairs,
    within (share of the pairs whose ratings differ by at most a point; nan where only one side rated). `left_out`
    ratings are blank, or by somebody whose side is. `grid` counts the pairs by both ratings: client, provider, pairs.
    """

    estimate: Estimate
    left_out: int = 0
    grid: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    columns: ClassVar = {
        "expectation": "text", "aspect": "text", "client_mean": "number", "provider_mean": "number",
        "clients": "count", "providers": "count", "pairs": "count", "within": "share",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        # The pairs say how much is behind a line; how many raters made them would cost two more columns.
        return self.table.drop(columns=["clients", "providers"])

    @property
    def hidden(self) -> Result:
        """Where the means hide it: lines with means half a point apart at most, fewest pairs that agree first."""
        apart = (self.table["client_mean"] - self.table["provider_mean"]).abs()
        near = self.table[apart.le(0.5 + _TOLERANCE) & self.table["pairs"].gt(0)]
        return _Hidden(near[[*_Hidden.columns]].head(2), missing=self.missing)


def pair_agreement(expectations: pd.DataFrame, people: pd.DataFrame) -> PairAgreement:
    """How often a client's and a provider's rating of the same expectation lie at most one point apart.

    Of each person's ratings of the same thing the latest counts. The estimate is the mean of
    1[|client − provider| ≤ 1] over all pairs of a client and a provider person who rated the same expectation and
    aspect (what one pair rated is averaged first), its interval from both sides' people (stats.pair_mean); with an
    owner alone on one side from the other side's people (stats.person_share).

    Args:
        expectations: columns expectation, aspect, person, rating (1 to 5), asked_on.
        people: columns person, side ("client" or "provider").

    Raises:
        BadDataError: a rating outside 1 to 5, on which a point is another distance; a day that is none.

    Example: client Ann 5, Bob 3; provider Cid 4, Dee 2. Differences 1, 3, 1, 1: three of four pairs within a point.

    >>> ratings = pd.DataFrame({"expectation": "invoices in two days", "aspect": "importance",
    ...     "person": ["Ann", "Bob", "Cid", "Dee"], "rating": [5, 3, 4, 2], "asked_on": pd.Timestamp("2026-01-05")})
    >>> people = pd.DataFrame({"person": ["Ann", "Bob", "Cid", "Dee"], "side": ["client"] * 2 + ["provider"] * 2})
    >>> pair_agreement(ratings, people).table[["client_mean", "provider_mean", "pairs", "within"]].values.tolist()
    [[4.0, 3.0, 4.0, 0.75]]
    """
    rated, no_ratings = take(expectations, "expectations", need=(*_ITEM, "person", "rating", "asked_on"))
    people, nobody = take(people, "people", need=("person", "side"))
    side = sides(people)
    rated, known = _by_known(rated, side)
    client, provider, pairs = _paired(known)
    apart = (pairs["rating_client"] - pairs["rating_provider"]).abs()
    pairs["within"] = (apart <= 1 + _TOLERANCE).astype(float)
    estimate = _share_within(pairs, side.value_counts().to_dict())
    rated_by = zip(_SIDES, (client, provider), strict=True)
    absent = [f"ratings of the {name} side" for name, own in rated_by if not len(own)]
    none = absent if len(pairs) else [*absent, "the same expectation rated on both sides"]
    missing = no_ratings or nobody or (f"needs table expectations with {none[0]}" if none else "")
    table = pd.DataFrame() if absent else _by_expectation(client, provider, pairs)
    # A rating between two points stands with the nearer one.
    whole = np.floor(pairs[["rating_client", "rating_provider"]].to_numpy(float) + 0.5).clip(1, 5).astype(int)
    grid = pd.DataFrame(whole, columns=["client", "provider"]).value_counts(sort=False).rename("pairs").reset_index()
    return PairAgreement(table, estimate, len(rated) - len(known), grid, missing=missing)


def pairs_of(expectations: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row for each client and provider person who rated the same thing: both persons, both latest ratings.

    For estimation, never for showing: rows are single persons.

    Raises:
        BadDataError: a rating outside 1 to 5, a day that is none.

    >>> ratings = pd.DataFrame({"expectation": "e", "aspect": "met", "person": ["Ann", "Cid", "Dee"],
    ...     "rating": [5, 4, 2], "asked_on": pd.Timestamp("2026-01-05")})
    >>> people = pd.DataFrame({"person": ["Ann", "Cid", "Dee"], "side": ["client", "provider", "provider"]})
    >>> pairs_of(ratings, people)[["person_client", "person_provider"]].values.tolist()
    [['Ann', 'Cid'], ['Ann', 'Dee']]
    """
    rated, _ = take(expectations, "expectations", need=(*_ITEM, "person", "rating", "asked_on"))
    people, _ = take(people, "people", need=("person", "side"))
    return _paired(_by_known(rated, sides(people))[1])[2]


def _by_known(rated: pd.DataFrame, side: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ratings by somebody who is listed, and of those the whole ones by somebody whose side is known."""
    # Raters whom no table of people lists are nobody's side; of one that is listed with a blank side it is not known.
    rated = rated[rated["person"].isin(side.index) | rated["person"].isna()]
    rated = rated.assign(side=rated["person"].map(side))
    return rated, rated.dropna(subset=[*_ITEM, "person", "rating", "side"])


def _paired(known: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The latest ratings of either side, and every client's with every provider's of the same thing."""
    # The newest last, so that "keep the last" is the newest; an undated rating is older than any dated one.
    known = known.sort_values([*_ITEM, "person", "asked_on"], kind="stable", na_position="first")
    latest = known.drop_duplicates([*_ITEM, "person"], keep="last")
    client, provider = (latest[latest["side"] == name] for name in _SIDES)
    # People compare better than means do: two sides can have equal means and not one pair that agrees.
    return client, provider, client.merge(provider, on=_ITEM, suffixes=("_client", "_provider"))


def _share_within(pairs: pd.DataFrame, teams: dict[str, int]) -> Estimate:
    """From both sides' people; where a side is one person, from the other side's, as nobody stands for that one."""
    within, people = pairs["within"].to_numpy(float), [pairs[f"person_{name}"] for name in _SIDES]
    for alone, other, others in zip(_SIDES, _SIDES[::-1], people[::-1], strict=True):
        if teams.get(alone) == 1 and len(pairs):
            return person_share(within, others, team=teams[other], confidence=CONFIDENCE)
    return pair_mean(within, *people, confidence=CONFIDENCE, bounds=(0.0, 1.0))


def _by_expectation(client: pd.DataFrame, provider: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """PairAgreement.table, widest apart first."""
    parts = [client.groupby(_ITEM)["rating"], provider.groupby(_ITEM)["rating"], pairs.groupby(_ITEM)["within"]]
    means, counts = ["client_mean", "provider_mean", "within"], ["clients", "providers", "pairs"]
    columns = [*(part.mean() for part in parts), *(part.size() for part in parts)]
    table = pd.concat(columns, axis=1, keys=means + counts).reset_index()
    table[counts] = table[counts].fillna(0).astype("int64")
    # Rounded, so that ties stay ties on every machine.
    table["apart"] = (table["client_mean"] - table["provider_mean"]).abs().round(9)
    order = {"by": ["within", "apart", *_ITEM], "ascending": [True, False, True, True]}
    return table.sort_values(**order, kind="stable", ignore_index=True)[[*PairAgreement.columns]]
