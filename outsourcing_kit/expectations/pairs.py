"""Are both sides on the same page? Every client's rating against every provider's, expectation by expectation."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.frames import blank_table, lacking, numeric, sides, typed
from outsourcing_kit.moments import day_column
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import Estimate, pair_mean

_ITEM = ["expectation", "aspect"]


@dataclass(frozen=True, repr=False)
class PairAgreement(Shown):
    """`.table`: one row per expectation and aspect, widest apart first; `.estimate`: share of pairs within the reach.

    Columns: expectation, aspect, client_mean, provider_mean (points of five), clients, providers (raters), pairs,
    within (share of the pairs whose ratings differ by at most the reach; nan where only one side rated). `left_out`
    ratings are blank, or by somebody whose side is.
    """

    table: pd.DataFrame
    estimate: Estimate
    missing: str = ""
    left_out: int = 0

    _shares = ("within",)

    def _view(self) -> pd.DataFrame:
        # The pairs say how much is behind a line; how many raters made them would cost two more columns.
        return self.table.drop(columns=["clients", "providers"])


def pair_agreement(expectations: pd.DataFrame, people: pd.DataFrame, *, reach: float = 1.0) -> PairAgreement:
    """How often a client's and a provider's rating of the same expectation lie at most `reach` points apart.

    Of each person's ratings of the same expectation and aspect the latest counts. Every client is paired with every
    provider person who rated the same thing; the estimate is the mean of 1[|client − provider| ≤ reach] over all
    pairs of people (what one pair rated is averaged first), its interval from both sides' people
    (stats.pair_mean). People compare better than means do: two sides can have equal means and not one pair that
    agrees.

    Args:
        expectations: columns expectation, aspect, person, rating (1 to 5), asked_on.
        people: columns person, side ("client" or "provider").
        reach: largest difference, in points, that still counts as the same page.

    Returns:
        PairAgreement; empty, and saying what is missing, where no expectation was rated on both sides.

    Raises:
        OutsourcingKitError: a rating outside 1 to 5, on which a point is another distance; a day that is none.

    Example: client Ann 5, Bob 3; provider Cid 4, Dee 2. Differences 1, 3, 1, 1: three of four pairs within a point.

    >>> ratings = pd.DataFrame({"expectation": "invoices in two days", "aspect": "importance",
    ...     "person": ["Ann", "Bob", "Cid", "Dee"], "rating": [5, 3, 4, 2], "asked_on": pd.Timestamp("2026-01-05")})
    >>> people = pd.DataFrame({"person": ["Ann", "Bob", "Cid", "Dee"], "side": ["client"] * 2 + ["provider"] * 2})
    >>> pair_agreement(ratings, people).table[["client_mean", "provider_mean", "pairs", "within"]].values.tolist()
    [[4.0, 3.0, 4.0, 0.75]]
    """
    missing = lacking(expectations, "expectations", *_ITEM, "person", "rating", "asked_on")
    missing = missing or lacking(people, "people", "person", "side")
    if missing:
        return _nothing(missing)
    side, expectations = sides(typed(people, "person", "side")), typed(expectations, *_ITEM, "person")
    rating = numeric(expectations, "rating")
    if len(strange := rating[(rating < 1) | (rating > 5)]):
        raise OutsourcingKitError(
            f"Found {strange.iloc[0]:g} among the ratings; expected 1 to 5. Mend: ask on a scale of 1 to 5, or rewrite "
            "the ratings on it: a point of another scale is another distance."
        )
    asked_on = day_column(expectations, "asked_on")
    rated = expectations.assign(rating=rating, asked_on=asked_on, side=expectations["person"].map(side))
    # Raters whom no table of people lists are nobody's side; of one that is listed with a blank side it is not known.
    rated = rated[rated["person"].isin(side.index) | rated["person"].isna()]
    known = rated[[*_ITEM, "person", "rating", "side"]].notna().all(axis=1)
    left_out, rated = int((~known).sum()), rated[known]
    rated = rated.sort_values("asked_on", kind="stable", na_position="first")
    rated = rated.drop_duplicates([*_ITEM, "person"], keep="last").sort_values([*_ITEM, "person"], kind="stable")
    client, provider = (
        rated.loc[rated["side"] == side, [*_ITEM, "person", "rating"]] for side in ("client", "provider")
    )
    if not len(client) or not len(provider):
        absent = "provider" if len(client) else "client"
        return _nothing(f"needs table expectations with ratings of the {absent} side", left_out)
    pairs = client.merge(provider, on=_ITEM, suffixes=("_client", "_provider"))
    # Half points and means of halves must not miss the limit by a rounding error.
    pairs["within"] = ((pairs["rating_client"] - pairs["rating_provider"]).abs() <= reach + 1e-9).astype(float)
    table = pd.concat(
        [
            client.groupby(_ITEM)["rating"].agg(client_mean="mean", clients="size"),
            provider.groupby(_ITEM)["rating"].agg(provider_mean="mean", providers="size"),
            pairs.groupby(_ITEM)["within"].agg(pairs="size", within="mean"),
        ],
        axis=1,
    )
    table[["clients", "providers", "pairs"]] = table[["clients", "providers", "pairs"]].fillna(0).astype("int64")
    table = table.reset_index()[[*_ITEM, "client_mean", "provider_mean", "clients", "providers", "pairs", "within"]]
    # Rounded, so that ties stay ties on every machine.
    table["apart"] = (table["client_mean"] - table["provider_mean"]).abs().round(9)
    table = table.sort_values(["within", "apart", *_ITEM], ascending=[True, False, True, True], kind="stable")
    estimate = pair_mean(
        pairs["within"], pairs["person_client"], pairs["person_provider"], confidence=CONFIDENCE, bounds=(0.0, 1.0)
    )
    missing = "" if len(pairs) else "needs table expectations with the same expectation rated on both sides"
    return PairAgreement(table.drop(columns="apart").reset_index(drop=True), estimate, missing, left_out)


def _nothing(missing: str, left_out: int = 0) -> PairAgreement:
    kinds = {"expectation": "object", "aspect": "object", "client_mean": "float64", "provider_mean": "float64"}
    kinds |= {"clients": "int64", "providers": "int64", "pairs": "int64", "within": "float64"}
    return PairAgreement(blank_table(**kinds), pair_mean([], [], []), missing, left_out)
