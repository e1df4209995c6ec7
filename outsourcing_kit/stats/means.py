"""What is the mean, when rows belong to people, or to pairs of people, and people are what we have few of?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Estimate, whole_range
from outsourcing_kit.stats._inputs import Floats, clustered
from outsourcing_kit.stats._steady import Steady, steadied
from outsourcing_kit.stats._tails import Bounds

# The fewest people of a side from whom a share of crossed pairs tells of other pairs: at 10 against 2 a 95% interval
# missed the truth in 6 to 26% of simulated cases.
_FEWEST_OF_A_SIDE = 3
# As many people of a side do not stand for anybody else.
SMALL_TEAM = 5
# Of fewer people a figure about some of them could be traced to one.
_RECOGNISABLE = 5
# Of one or two people nothing can be said about anybody else, whatever was drawn.
_TWO = 2
# How people usually differ, an intraclass correlation, and the degrees of freedom that this counts for: a few people
# say too little of it themselves. See `cluster_mean`.
_USUALLY_ALIKE, _PRIOR_DF = 0.25, 6.0
# The one between those on record and those who are not: towards the upper end of what surveys of teams find.
_MISSING_ALIKE = 0.3
# How much less error the upper end leaves where it speaks of the people on record alone; see `person_share`.
STRICTER = 5.0


def cluster_mean(
    values: ArrayLike, cluster: ArrayLike, *, confidence: float = 0.95, bounds: Bounds | None = None
) -> Estimate:
    """Mean of cluster means, with a t interval on clusters − 1 degrees of freedom. Every cluster counts the same.

    estimate = (1/k) Σ m_i, standard error = s(m) / √k, m_i the mean of cluster i's rows, k the number of clusters.

    Args:
        values: shape (rows,), in any unit; nan is dropped. Shares: 0/1 rows with bounds=(0, 1).
        cluster: shape (rows,), whose row it is.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any; the interval is then symmetric in the log-odds between,
            its variance moderated by the one to expect at an intraclass correlation of .25 (6 df, `_steady`), and no
            worse value moves an end for the better.

    Returns:
        Estimate with n = clusters. All means equal and no bounds: −inf to inf. One cluster: all between the bounds, or
        nan.

    Raises:
        OutsourcingKitError: lengths that differ, a missing cluster, values outside the bounds.

    Source: between-cluster analysis, Donner & Klar 2000; moderated t, Smyth 2004, doi 10.2202/1544-6115.1027.

    Example: Ann has 1, 1, 1, 1 and Bo 0, 1: means 1 and 0.5, so 0.75 (not 5/6); s/√2 = 0.25.

    >>> e = cluster_mean([1, 1, 1, 1, 0, 1], ["Ann", "Ann", "Ann", "Ann", "Bo", "Bo"])
    >>> e.estimate, round(e.standard_error, 6), e.n
    (0.75, 0.25, 2)
    >>> round(e.high - e.estimate, 2)     # t(1 df) = 12.71, times 0.25
    3.18
    """
    # Rows of one person resemble each other, so the rows are not the sample: the people are. How much people differ,
    # six of them hardly say, and a plain t interval pays for that with 5 df. Simulated at one-sided 5% (3, 6 and 12
    # people, 12 and 40 rows each, beta with intraclass correlations of .15 and .3, shares .5 to .8) the high end misses
    # in 1 to 5%. Of 6 people with 6 rows each a truth of .25 is proved below .5 at one-sided 1.67% in 32% of cases, by
    # a plain t in 27%, and of 3 people, where a plain t proves nothing, at one-sided 5% in a third.
    numbers, (who,), limits = clustered(values, bounds, cluster=cluster)
    counts = np.bincount(who)
    means = np.bincount(who, weights=numbers) / counts
    k = len(means)
    if k < 2:
        method = "one person: the data exclude nothing" if k else "no values"
        estimate = float(means[0]) if k else math.nan
        return Estimate.of(estimate, whole_range, limits, confidence=confidence, n=k, method=method)
    estimate, error = float(means.mean()), float(means.std(ddof=1)) / math.sqrt(k)
    method = f"mean of person means, t interval with {k - 1} df"
    if limits is None:
        return _plain(estimate, error, k - 1, method, confidence, k)
    prior = {"alike": _USUALLY_ALIKE, "prior_df": _PRIOR_DF}
    sides = [_side((means - limits[0]) / (limits[1] - limits[0]), np.ones(k), worth_of(counts), **prior)]
    method = f"mean of person means, moderated t interval with {k - 1 + _PRIOR_DF:g} df, log-odds scale"
    return Estimate.of(
        estimate, _steady_ends, sides, limits, confidence=confidence, n=k, standard_error=error or None, method=method
    )


def person_share(
    values: ArrayLike, person: ArrayLike, *, team: int | None = None, complete: bool = False, confidence: float = 0.95
) -> Estimate:
    """Share of a team, each person counting alike: the low end speaks of these people, the high end of such people.

    low: Clopper–Pearson with p·n° of n° trials. K people with m_i rows are worth n* = K²/Σ(1/m_i) rows, and
    n° = 1/(ρ(1 − f)/K + f/n*) where a share f of the team is on record; those who are not differ by an
    intraclass correlation of ρ = .3.
    high: that of `cluster_mean`; of a small team that is whole (see `is_whole`) Clopper–Pearson too, at a fifth of the
    error.

    Args:
        values: shape (rows,), 0 or 1; nan is dropped.
        person: shape (rows,), whose row it is.
        team: how many people the team has; None: those on record are all.
        complete: whether who is not on record had nothing to record, so that f = 1; else f = K/team.
        confidence: of the interval, both ends together.

    Returns:
        Estimate with n = people on record.

    Raises:
        OutsourcingKitError: lengths that differ, a missing person, values outside 0 to 1.

    Source: Hoeffding 1956, doi 10.1214/aoms/1177728178: a sum of unequal Bernoullis spreads less than a binomial.

    Example: two people had anything to record, 10 rows each, all right: .05^(1/20) = .861, one-sided.

    >>> e = person_share([1] * 20, ["Ann"] * 10 + ["Bo"] * 10, team=12, complete=True, confidence=0.90)
    >>> e.estimate, round(e.low, 3), e.n
    (1.0, 0.861, 2)
    """
    # Rows of one person that go together (months, waves, threads) need no correction: what is claimed is the share over
    # the period on record, and given its months the rows are independent. docs/CALIBRATION.md has what was measured.
    such = cluster_mean(values, person, confidence=confidence, bounds=(0.0, 1.0))
    if not such.n:
        return such
    _, (who,), _ = clustered(values, (0.0, 1.0), cluster=person)
    on_record = 1.0 if complete or not team else min(1.0, such.n / team)
    rows = worth_of(np.bincount(who))
    trials = 1 / (_MISSING_ALIKE * (1 - on_record) / such.n + on_record / rows)
    whole = is_whole(such.n, team, complete)
    fixed, method = (such.estimate, trials, None if whole else such), f"worth {trials:.0f} independent rows"
    return Estimate.of(
        such.estimate, _person_ends, *fixed, confidence=confidence, n=such.n,
        standard_error=such.standard_error or None,
        method=f"mean of person means; low end about these people, {method}",
    )  # fmt: skip


def is_whole(n: int, team: int | None, complete: bool) -> bool:
    """Whether nobody was drawn from anybody: complete records of at most five people, or both of two on record.

    >>> is_whole(3, 3, complete=True), is_whole(3, 3, complete=False), is_whole(2, 2, complete=False)
    (True, False, True)
    """
    if not team:
        return False
    return team <= SMALL_TEAM if complete else team <= _TWO and n >= team


def worth_of(counts: ArrayLike) -> float:
    """Independent rows that a mean of person means is worth: K²/Σ(1/m_i).

    >>> worth_of([10, 10]), round(worth_of([1, 100]), 2)
    (20.0, 3.96)
    """
    found = np.asarray(counts, dtype=float)
    return float(len(found) ** 2 / (1 / found).sum())


def left_behind(values: ArrayLike, person: ArrayLike) -> tuple[int, int] | None:
    """How many people have not a single hit, and of how many: what a good mean can hide.

    Args:
        values: shape (rows,), 0 or 1; nan is dropped.
        person: shape (rows,), whose row it is.

    Returns:
        People whose rows are all 0, and people with rows; None of fewer than five people, whom it could reveal.

    Raises:
        OutsourcingKitError: lengths that differ, a missing person, values outside 0 to 1.

    >>> left_behind([1, 0, 1, 1, 1, 0, 0], ["Ann", "Ann", "Bo", "Cy", "Di", "Eve", "Eve"])
    (1, 5)
    """
    numbers, (who,), _ = clustered(values, (0.0, 1.0), cluster=person)
    hits = np.bincount(who, weights=numbers)
    return (int((hits == 0).sum()), len(hits)) if len(hits) >= _RECOGNISABLE else None


def _person_ends(share: float, trials: float, such: Estimate | None, confidence: float) -> Bounds:
    low, _ = _tails.clopper_pearson_ends(share * trials, trials, confidence)
    if such is not None:
        return low, such.interval(confidence)[1]
    # Measured with the truth of such people at the limit: a team's own share lies beyond it by chance, and at a fifth
    # of the error "problem" is still said in the promised share of teams only.
    return low, _tails.clopper_pearson_ends(share * trials, trials, 1 - (1 - confidence) / STRICTER)[1]


def pair_mean(
    values: ArrayLike, first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95, bounds: Bounds | None = None
) -> Estimate:
    """Mean over pairs (one person of each side), its uncertainty from the people of both sides.

    Rows of one pair are averaged first. With y_ij the pair's value, N pairs and m their mean,

        variance = Σ_sides  n/(n−1) · Σ_i (Σ_j (y_ij − m))² / N²,

    which for complete pairs is s₁²/n₁ + s₂²/n₂ of the row and column means.

    Args:
        values: shape (rows,), in any unit; nan is dropped. Agreement: 0/1 with bounds=(0, 1).
        first, second: shape (rows,), the pair's person on either side.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any; the interval is then symmetric in the log-odds between.

    Returns:
        Estimate with n = n₁ + n₂ people, degrees of freedom by Satterthwaite. With bounds each end is the further of
        the two sides', with twice its variance: no worse value moves it for the better; fewer than three people on a
        side: all between the bounds.

    Raises:
        OutsourcingKitError: lengths that differ, a missing person, values outside the bounds.

    Source: Hoeffding 1948, doi 10.1214/aoms/1177730196; Satterthwaite 1946, doi 10.2307/3002019.

    Example: agreement A–x 1, A–y 1, B–x 1, B–y 0. Row and column means 1 and .5: variance .125/2 + .125/2 = .125.

    >>> e = pair_mean([1, 1, 1, 0], ["A", "A", "B", "B"], ["x", "y", "x", "y"])
    >>> e.estimate, round(e.standard_error ** 2, 6), e.n
    (0.75, 0.125, 4)
    """
    numbers, (row, column), limits = clustered(values, bounds, first=first, second=second)
    if not len(numbers):
        return Estimate.of(math.nan, whole_range, limits, confidence=confidence, n=0, method="no values")
    columns = int(column.max()) + 1
    pairs, where = np.unique(row * columns + column, return_inverse=True)
    pair_values = np.bincount(where.reshape(-1), weights=numbers) / np.bincount(where.reshape(-1))
    estimate = float(pair_values.mean())
    # Hoeffding's first-order projections of a two-sample U-statistic. What chance in the single pair adds is counted on
    # each side and so twice. It is left in on purpose: subtracting it gives negative variances, and 88% coverage at
    # 6 × 6 where pairs are pure noise (against 99%).
    sides, parts = [], []
    for side in (pairs // columns, pairs % columns):
        sums, sizes = np.bincount(side, weights=pair_values), np.bincount(side).astype(float)
        parts.append(
            float(((sums - sizes * estimate) ** 2).sum()) / len(pairs) ** 2 * len(sums) / max(len(sums) - 1, 1)
        )
        sides.append((sums, sizes))
    people = [len(sizes) for _, sizes in sides]
    n, variance = sum(people), sum(parts)
    if min(people) < (2 if limits is None else _FEWEST_OF_A_SIDE):
        method = f"{min(people)} people on a side: too few to say how much people of that side differ"
        return Estimate.of(estimate, whole_range, limits, confidence=confidence, n=n, method=method)
    error = math.sqrt(variance)
    method = f"mean over {people[0]} × {people[1]} people, two-sample U-statistic"
    if limits is None:
        apart = sum(part**2 / (count - 1) for part, count in zip(parts, people, strict=True))
        df = variance**2 / apart if apart else 1.0
        return _plain(estimate, error, df, f"{method}, t interval with {df:.1f} df", confidence, n)
    low, high = limits
    # √(a + b) ≤ √(2 max(a, b)): the side that varies more stands for both.
    steady = [_side((sums - sizes * low) / (high - low), sizes, float(len(numbers)), 2.0) for sums, sizes in sides]
    method += f", t interval with {min(people) - 1} df or more, log-odds scale"
    return Estimate.of(
        estimate, _steady_ends, steady, limits, confidence=confidence, n=n, standard_error=error or None, method=method
    )


def _plain(estimate: float, error: float, df: float, method: str, confidence: float, n: int) -> Estimate:
    """A plain t interval; units that all show the same value limit nothing, as values without bounds could be any."""
    if error <= 1e-12 * max(1.0, abs(estimate)):
        method = "no spread between units and no bounds: the data limit nothing"
        return Estimate.of(estimate, _tails.no_ends, confidence=confidence, n=n, standard_error=math.inf, method=method)
    ends, fixed = _tails.t_ends, (estimate, error, df)
    return Estimate.of(estimate, ends, *fixed, confidence=confidence, n=n, standard_error=error, method=method)


_Side = tuple[Steady, Steady, float]


def _side(totals: Floats, sizes: Floats, rows: float, times: float = 1.0, **prior: float) -> _Side:
    """The records as they are and made worse, as they are and made better, and the degrees of freedom."""
    worse, better = (steadied(totals, sizes, rows, better=up, **prior) for up in (False, True))
    df = len(sizes) - 1 + prior.get("prior_df", 0.0)
    return Steady(worse.p, times * worse.v), Steady(better.p, times * better.v), df


def _steady_ends(sides: Sequence[_Side], bounds: Bounds, confidence: float) -> Bounds:
    """The lowest low and the highest high of the sides, in the unit of the bounds."""
    ends = []
    for worse, better, df in sides:
        reach = _tails.t_quantile(df, (1 + confidence) / 2)
        ends.append(
            (_tails.log_odds_end(worse.p, worse.v, -reach).max(), _tails.log_odds_end(better.p, better.v, reach).min())
        )
    low, high = bounds
    return (
        low + (high - low) * min(float(end) for end, _ in ends),
        low + (high - low) * max(float(end) for _, end in ends),
    )
