"""Is the same work seen as often outside as in-house? And what does counting thank-yous miss?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

import pandas as pd

from outsourcing_kit.frames import sides, take
from outsourcing_kit.money import checked
from outsourcing_kit.recognition.crediting import NO_KIND, RecognisedMonths
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Result, interval_note
from outsourcing_kit.stats import Estimate, cluster_mean, mean_difference, person_share
from outsourcing_kit.verdicts import CONFIDENCE

_SIDES = ("client", "provider")
_NO_KIND_SHARED = "needs good work of the same kind on both sides; there is none"
# The confidence at which a normal interval is one standard error to each side.
_ONE_ERROR = 0.6827
# Random labels: at the ends of a 97% interval some sixty of them still lie beyond.
_LABELLINGS = 1999
# With fewer a side the interval takes half the error: at 6 against 6 a one-sided 1.67% was 3.4%, at 8 to 12 a side 2.0
# to 2.4%, at half of it 1.1%.
_ENOUGH_A_SIDE = 13


@dataclass(frozen=True, repr=False)
class RecognitionGap(Result):
    """In-house minus provider share of good work that was seen, for kinds of work that both sides did.

    `table` has one row: kinds compared, people a side, gap, low, high (−1 to 1). `estimate` is None where nothing is
    comparable, or where the people compared would be recognisable: `missing` says which. With fewer than five people a
    side there is a difference, but no interval. `needs` is what it would take to tell a difference from chance, `plain`
    the difference of the sides' shares whatever the kinds.
    """

    estimate: Estimate | None = None
    kinds: tuple[str, ...] = ()
    needs: str = ""
    plain: float = math.nan

    columns: ClassVar = {
        "kinds": "text", "in_house_people": "count", "provider_people": "count",
        "gap": "number", "low": "number", "high": "number",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        # A difference of shares is in points.
        points = (100 * self.table[["gap", "low", "high"]]).round()
        return self.table.assign(**points).rename(columns={"gap": "gap in points"})

    def _caption(self) -> str:
        return "Recognition gap, in-house minus provider"

    def _more(self) -> tuple[str, ...]:
        if self.estimate is None:
            return ()
        none = math.isnan(self.estimate.low)
        ends = f"No interval: needs {self.needs}" if none else interval_note(self.estimate.confidence)
        return (ends, f"Whatever the kind of work, the plain difference is {100 * self.plain:.0f} points")


def recognition_gap(months: RecognisedMonths, *, seed: int = 0) -> RecognitionGap:
    """How much more often in-house good work is seen than the provider's, for the same kinds of work.

    Rows are person × month × kind, for kinds on both sides. v = seen − c(kind), c(kind) the mean of the two sides'
    means of seen for that kind. A person's value is the mean of v over the person's rows; the gap is the difference of
    the sides' means over people.

    Args:
        months: from `recognised_months`.
        seed: of the random labels.

    Returns:
        RecognitionGap, its interval by `stats.mean_difference`; where nobody differs within a side, by square-and-add
        of the sides' own intervals (`stats.cluster_mean`), each person one value.

    Raises:
        OutsourcingKitError: months that are something else, such as their table.

    Source: Zou & Donner 2008 (square-and-add, MOVER).

    Example: one kind, one month; in-house 4 of 5 seen, provider 1 of 5, so c = .5 and the gap is .3 − (−.3) = .6.

    >>> rows = pd.DataFrame({"side": ["client"] * 5 + ["provider"] * 5, "person": list("abcdefghij"),
    ...     "month": "2026-03", "kind": "report", "seen": [True] * 4 + [False] + [True] + [False] * 4})
    >>> result = recognition_gap(RecognisedMonths(rows, rows, rows, rows, rows))
    >>> round(result.estimate.estimate, 6), result.kinds
    (0.6, ('report',))
    """
    rows = checked_months(months).by_kind
    rows = rows[rows["kind"] != NO_KIND]
    # The mean of the sides' means, not of all rows: else the larger side would set what is usual for a kind.
    usual = _by_side(rows.groupby(["kind", "side"])["seen"].mean()).dropna()
    kinds = tuple(sorted(usual.index.astype(str)))
    if not kinds:
        return RecognitionGap.lacking(months.missing or _NO_KIND_SHARED)
    rows = rows[rows["kind"].isin(usual.index)]
    # A person's months are alike, so a person is one value: months as units would claim far too much.
    value = rows["seen"].astype(float) - rows["kind"].map(usual.mean(axis=1)).astype(float)
    persons = value.groupby([rows["side"], rows["person"]]).mean()
    values = [persons[side].to_numpy() for side in _SIDES]
    counts = client, provider = len(values[0]), len(values[1])
    needs = "at least five people a side with good work of the same kind; here "
    needs += f"{client} in-house and {provider} at the provider"
    everybody = months.person_months.groupby("side")["person"].nunique()
    # A few people of a larger side would be singled out by their own figure.
    if any(len(own) < min(FEWEST, everybody.get(side, 0)) for side, own in zip(_SIDES, values, strict=True)):
        return RecognitionGap.lacking(f"needs {needs}: fewer would be recognisable", None, kinds, needs)
    estimate = mean_difference(*values, confidence=CONFIDENCE, seed=seed, permutations=_LABELLINGS)
    if min(counts) >= FEWEST:
        estimate = _within_possible(estimate, *(_of_such(rows[rows["side"] == side]) for side in _SIDES))
    numbers = [round(number, 3) for number in (estimate.estimate, estimate.low, estimate.high)]
    table = pd.DataFrame([(", ".join(kinds), *counts, *numbers)], columns=[*RecognitionGap.columns])
    plain = side_share(months, "client").estimate - side_share(months, "provider").estimate
    return RecognitionGap(table, estimate, kinds, needs, plain)


def widest_kind(months: RecognisedMonths) -> str | None:
    """The kind of work with the largest gap, of those that at least five people a side did; None without one."""
    groups = months.by_kind.groupby(["kind", "side"])
    people, seen = (_by_side(part) for part in (groups["person"].nunique(), groups["seen"].mean()))
    # Rounded and sorted, so that of equal gaps every machine names the same kind.
    gaps = (seen["client"] - seen["provider"])[people.min(axis=1, skipna=False) >= FEWEST].round(9).sort_index()
    return str(gaps.idxmax()) if len(gaps) and gaps.max() > 0 else None


def side_share(months: RecognisedMonths, side: str, team: int | None = None) -> Estimate:
    """Share of a side's person-months of good work that were seen: mean over its people, of `team` in all."""
    return _share(months.person_months[months.person_months["side"] == side], team)


@dataclass(frozen=True)
class NeverThanked:
    """How many people had enough months of good work, and how many of them nobody ever recognised."""

    people: int
    never: int
    months: int


def never_thanked(months: RecognisedMonths, *, side: str = "provider", at_least: int = 6) -> NeverThanked:
    """Of a side's people with `at_least` person-months of good work, how many were recognised in none of them?

    Raises:
        OutsourcingKitError: months that are something else, such as their table.

    Example: Ann was thanked in one of two months, Bo in none of two; Cy has one month only.

    >>> rows = pd.DataFrame({"side": "provider", "person": list("aabbc"), "month": list("12121"), "kind": "report",
    ...     "seen": [True, False, False, False, False]})
    >>> never_thanked(RecognisedMonths(rows, rows, rows, rows, rows), at_least=2)
    NeverThanked(people=2, never=1, months=2)
    """
    rows = checked_months(months).person_months
    by_person = rows[rows["side"] == side].groupby("person")["seen"]
    enough = by_person.sum()[by_person.size() >= at_least]
    return NeverThanked(len(enough), int((enough == 0).sum()), at_least)


@dataclass(frozen=True, repr=False)
class NaiveThanks(Result):
    """What a count of thank-yous shows: one row a side. `by_kind` has a row a kind of act, words or rewards."""

    by_kind: Result = field(default_factory=lambda: Result(pd.DataFrame()), compare=False)

    columns: ClassVar = {"side": "text", "acts_per_head": "number", "acts": "count", "people": "count"}
    _nothing = "No people: nothing to count"


def naive_thanks(recognition: pd.DataFrame, people: pd.DataFrame) -> NaiveThanks:
    """The popular way: acts of recognition per head of each side. Whose work it was that nobody saw it cannot tell.

    Raises:
        BadDataError: cells that are not of their column's kind.

    Example: four thank-yous for one of two people give two a head.

    >>> people = pd.DataFrame({"person": ["a", "b"], "side": "provider"})
    >>> naive_thanks(pd.DataFrame({"receiver": ["a"] * 4}), people).table.values.tolist()
    [['provider', 2.0, 4, 2]]
    """
    people, nobody = take(people, "people", need=("person", "side"))
    acts, no_acts = take(recognition, "recognition", need=("receiver",), also=("kind", "amount"))
    if missing := nobody or no_acts:
        return NaiveThanks.lacking(missing, Result.lacking(missing))
    # As popular counts do: whoever gave it, for whatever work, however late.
    side = acts["receiver"].map(sides(people))
    given = side.value_counts()
    heads = people.groupby("side").size()
    rows = [(side, round(given.get(side, 0) / n, 1), int(given.get(side, 0)), n) for side, n in heads.items()]
    told = {**{name: side == name for name in _SIDES}, "with_an_amount": acts["amount"].notna()}
    by_kind = pd.DataFrame(told)[side.notna()].groupby(acts["kind"].fillna(NO_KIND)).sum()
    return NaiveThanks(pd.DataFrame(rows, columns=[*NaiveThanks.columns]), Result(by_kind.reset_index()))


def checked_months(months: object) -> RecognisedMonths:
    """What recognised_months returns; its table alone is refused."""
    return checked(months, RecognisedMonths, "pass what recognised_months returns, whole")


def _by_side(values: pd.Series) -> pd.DataFrame:
    return values.unstack("side").reindex(columns=[*_SIDES]).astype(float)


def _share(rows: pd.DataFrame, team: int | None = None) -> Estimate:
    seen = rows["seen"].to_numpy(dtype=float)
    return person_share(seen, rows["person"], team=team, complete=True, confidence=CONFIDENCE)


def _of_such(rows: pd.DataFrame) -> Estimate:
    """The share of people such as these, each a single value: many rows of people who do not differ prove no more."""
    shares = rows.groupby("person")["seen"].mean()
    return cluster_mean(shares.to_numpy(float), shares.index, bounds=(0.0, 1.0))


def _within_possible(gap: Estimate, inside: Estimate, outside: Estimate) -> Estimate:
    """The gap with an interval that stays between −1 and 1, also where nobody differs within a side."""
    ends, error, method = gap.interval, gap.standard_error, gap.method
    if min(inside.n, outside.n) < _ENOUGH_A_SIDE:
        ends, method = partial(_at_half_the_error, gap), f"{method}, at half the error"
    # Labels permuted over equal values always give the same gap: an interval of no width, which would be certainty.
    if not error:
        ends = partial(_square_and_add, gap.estimate, inside, outside)
        low, high = _clipped(ends, _ONE_ERROR)
        error = (high - low) / 2
        method = "no spread within the sides: their own intervals, each person one value, square-and-add"
    return Estimate.of(
        gap.estimate, partial(_clipped, ends), confidence=gap.confidence, n=gap.n, standard_error=error, method=method
    )


def _at_half_the_error(gap: Estimate, confidence: float) -> tuple[float, float]:
    return gap.interval(1 - (1 - confidence) / 2)


def _clipped(ends: Callable[[float], tuple[float, float]], confidence: float) -> tuple[float, float]:
    low, high = ends(confidence)
    return max(low, -1.0), min(high, 1.0)


def _square_and_add(difference: float, first: Estimate, second: Estimate, confidence: float) -> tuple[float, float]:
    (low1, high1), (low2, high2) = first.interval(confidence), second.interval(confidence)
    below = math.hypot(first.estimate - low1, high2 - second.estimate)
    return difference - below, difference + math.hypot(high1 - first.estimate, second.estimate - low2)
