"""Is the same work seen as often outside as in-house? And what does counting thank-yous miss?"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.frames import sides as side_of
from outsourcing_kit.frames import typed
from outsourcing_kit.recognition.crediting import NO_KIND, RecognisedMonths
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Shown, interval_note
from outsourcing_kit.stats import Estimate, cluster_mean, mean_difference

SIDE_NAMES = {"client": "in-house", "provider": "provider"}


@dataclass(frozen=True, repr=False)
class RecognitionGap(Shown):
    """In-house minus provider share of good work that was seen, for kinds of work that both sides did.

    `estimate` is None where nothing is comparable, or where the people compared would be recognisable; `why` says
    which. With fewer than five people a side there is a difference, but no interval.
    """

    estimate: Estimate | None
    kinds: tuple[str, ...]
    client_people: int
    provider_people: int
    why: str

    _whole = ("gap in points", "low", "high")

    @property
    def missing(self) -> str:
        """Why there is no gap to show, in words; empty where there is one."""
        return self.why if self.estimate is None else ""

    @property
    def too_few(self) -> bool:
        """Whether a side has fewer than five people to compare."""
        return min(self.client_people, self.provider_people) < FEWEST

    @property
    def people_in_words(self) -> str:
        """How many people are compared on either side."""
        return f"{self.client_people} in-house and {self.provider_people} at the provider"

    @property
    def table(self) -> pd.DataFrame:
        """One row: kinds compared, people a side, gap (in-house minus provider), low, high."""
        numbers = [math.nan] * 3
        if self.estimate is not None:
            numbers = [round(value, 3) for value in (self.estimate.estimate, self.estimate.low, self.estimate.high)]
        row = [", ".join(self.kinds), self.client_people, self.provider_people, *numbers]
        names = ["kinds", "in_house_people", "provider_people", "gap", "low", "high"]
        return pd.DataFrame([row], columns=names)

    def _view(self) -> pd.DataFrame:
        # A difference of shares is in points; with nothing to compare there is no row to show.
        points = self.table.assign(**{name: 100 * self.table[name] for name in ("gap", "low", "high")})
        return (points if self.kinds else points.head(0)).rename(columns={"gap": "gap in points"})

    def _caption(self) -> str:
        return "Recognition gap, in-house minus provider"

    def _notes(self) -> tuple[str, ...]:
        if self.estimate is None:
            return ()
        return (
            f"No interval: {self.why}" if math.isnan(self.estimate.low) else interval_note(self.estimate.confidence),
        )


def recognition_gap(
    months: RecognisedMonths, *, confidence: float = CONFIDENCE, seed: int = 0, permutations: int = 1999
) -> RecognitionGap:
    """How much more often in-house good work is seen than the provider's, for the same kinds of work.

    Rows are person × month × kind, for kinds on both sides. v = seen − c(kind), c(kind) the mean of the two sides'
    means of seen for that kind: what is usual for the kind is taken out, each side counting the same. A person's value
    is the mean of v over the person's rows; the gap is the difference of the sides' means over people
    (`stats.mean_difference`).

    Args:
        months: from `recognised_months`.
        confidence: of the interval; by default that of a headline measure.
        seed, permutations: of the random labels.

    Returns:
        RecognitionGap, in shares from −1 to 1. Where nobody differs within a side (all seen, or none), permutation
        has nothing to go by: the interval then combines the two sides' exact binomial intervals, people as trials, by
        the square-and-add rule.

    Source: Zou & Donner 2008 (square-and-add, MOVER); for the permutation see `stats.mean_difference`.

    Example: one kind, one month; in-house 4 of 5 seen, provider 1 of 5, so c = .5 and the gap is .3 − (−.3) = .6.

    >>> import numpy as np
    >>> from outsourcing_kit.recognition.crediting import RecognisedMonths
    >>> rows = pd.DataFrame({"side": ["client"] * 5 + ["provider"] * 5, "person": list("abcdefghij"),
    ...     "month": "2026-03", "kind": "report", "seen": [True] * 4 + [False] + [True] + [False] * 4})
    >>> result = recognition_gap(RecognisedMonths(pd.DataFrame(), rows, rows, rows, rows))
    >>> round(result.estimate.estimate, 6), result.kinds
    (0.6, ('report',))
    """
    rows = months.by_kind[months.by_kind["kind"] != NO_KIND]
    usual = rows.groupby(["kind", "side"])["seen"].mean().unstack("side")
    usual = usual.reindex(columns=["client", "provider"]).astype(float).dropna()
    kinds = tuple(sorted(usual.index.astype(str)))
    rows = rows[rows["kind"].isin(usual.index)]
    value = rows["seen"].astype(float) - rows["kind"].map(usual.mean(axis=1)).astype(float)
    persons = rows.assign(value=value).groupby(["side", "person"])["value"].mean()
    sides = {side: persons[persons.index.get_level_values(0) == side].to_numpy() for side in ("client", "provider")}
    client, provider = len(sides["client"]), len(sides["provider"])
    if not kinds:
        return RecognitionGap(None, (), 0, 0, "needs good work of the same kind on both sides; there is none")
    people = f"{client} in-house and {provider} at the provider"
    few = f"needs at least five people a side with good work of the same kind; here {people}"
    everybody = months.person_months.groupby("side")["person"].nunique()
    if any(len(sides[side]) < min(FEWEST, everybody.get(side, 0)) for side in sides):
        return RecognitionGap(None, kinds, client, provider, f"{few}: fewer would be recognisable")
    estimate = mean_difference(
        sides["client"], sides["provider"], confidence=confidence, seed=seed, permutations=permutations
    )
    if min(client, provider) < FEWEST:
        return RecognitionGap(estimate, kinds, client, provider, few)
    if estimate.standard_error == 0:
        inside, outside = (_share(rows[rows["side"] == side], confidence) for side in ("client", "provider"))
        ends = functools.partial(_square_and_add, estimate.estimate, inside, outside)
        method = "no spread within the sides: exact binomial intervals with people as trials, square-and-add"
        error = float((ends(0.6827)[1] - ends(0.6827)[0]) / 2)
        estimate = Estimate.of(
            estimate.estimate, ends, confidence=confidence, n=estimate.n, standard_error=error, method=method
        )
    else:
        estimate = Estimate.of(
            estimate.estimate,
            functools.partial(_within_possible, estimate),
            confidence=confidence,
            n=estimate.n,
            standard_error=estimate.standard_error,
            method=estimate.method,
        )
    return RecognitionGap(estimate, kinds, client, provider, "")


def widest_kind(months: RecognisedMonths) -> str | None:
    """The kind of work with the largest gap, of those that at least five people a side did; None without one."""
    groups = months.by_kind.groupby(["kind", "side"])
    people = (
        groups["person"].nunique().unstack("side").reindex(columns=["client", "provider"]).min(axis=1, skipna=False)
    )
    seen = groups["seen"].mean().unstack("side").reindex(columns=["client", "provider"]).astype(float)
    gaps = (seen["client"] - seen["provider"])[people >= FEWEST].round(9).sort_index()
    return str(gaps.idxmax()) if len(gaps) and gaps.max() > 0 else None


def side_share(months: RecognisedMonths, side: str, *, confidence: float = CONFIDENCE) -> Estimate:
    """Share of a side's person-months of good work that were seen: mean over its people."""
    return _share(months.person_months[months.person_months["side"] == side], confidence)


@dataclass(frozen=True, repr=False)
class NaiveThanks(Shown):
    """What a count of thank-yous shows, beside what it cannot show."""

    table: pd.DataFrame

    _nothing = "No people: nothing to count"


def naive_thanks(recognition: pd.DataFrame, people: pd.DataFrame, months: RecognisedMonths) -> NaiveThanks:
    """The popular way, acts of recognition per head, and beside it the good work that nobody saw. Whole sides only.

    Returns:
        NaiveThanks; one row a side: side, people, acts, acts_per_head, good_months (person-months of good work),
        seen, missed.

    Example: four thank-yous for one of two people give two a head.

    >>> from outsourcing_kit.recognition.crediting import RecognisedMonths
    >>> people = pd.DataFrame({"person": ["a", "b"], "side": "provider"})
    >>> rows = pd.DataFrame({"side": "provider", "person": ["a", "b"], "seen": [True, False]})
    >>> months = RecognisedMonths(rows, rows, rows, rows, rows)
    >>> naive_thanks(pd.DataFrame({"receiver": ["a"] * 4}), people, months).table.values.tolist()
    [['provider', 2, 4, 2.0, 2, 1, 1]]
    """
    people = typed(people, "person", "side")
    acts = typed(recognition, "receiver")["receiver"].map(side_of(people)).value_counts()
    lines = []
    for side in SIDE_NAMES:
        heads = int((people["side"] == side).sum())
        seen = months.person_months.loc[months.person_months["side"] == side, "seen"].astype(bool)
        if heads:
            count = int(acts.get(side, 0))
            lines.append((side, heads, count, round(count / heads, 1), len(seen), int(seen.sum()), int((~seen).sum())))
    names = ["side", "people", "acts", "acts_per_head", "good_months", "seen", "missed"]
    return NaiveThanks(pd.DataFrame(lines, columns=names))


def _share(rows: pd.DataFrame, confidence: float) -> Estimate:
    seen, person = rows["seen"].to_numpy(dtype=float), rows["person"].to_numpy(dtype=object)
    return cluster_mean(seen, person, confidence=confidence, bounds=(0, 1))


def _within_possible(estimate: Estimate, confidence: float) -> tuple[float, float]:
    low, high = estimate.interval(confidence)
    return max(low, -1.0), min(high, 1.0)


def _square_and_add(difference: float, first: Estimate, second: Estimate, confidence: float) -> tuple[float, float]:
    (low1, high1), (low2, high2) = first.interval(confidence), second.interval(confidence)
    low = difference - math.hypot(first.estimate - low1, high2 - second.estimate)
    high = difference + math.hypot(high1 - first.estimate, second.estimate - low2)
    return max(low, -1.0), min(high, 1.0)
