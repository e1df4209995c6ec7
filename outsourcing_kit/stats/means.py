"""What is the mean, when rows belong to people, or to pairs of people, and people are what we have few of?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Estimate, whole_range
from outsourcing_kit.stats._inputs import clustered
from outsourcing_kit.stats._tails import Bounds


def cluster_mean(
    values: ArrayLike, cluster: ArrayLike, *, confidence: float = 0.95, bounds: Bounds | None = None
) -> Estimate:
    """Mean of cluster means, with a t interval on clusters − 1 degrees of freedom. Every cluster counts the same.

    estimate = (1/k) Σ m_i, standard error = s(m) / √k, m_i the mean of cluster i's rows, k the number of clusters.

    Args:
        values: shape (rows,), in any unit; nan is dropped. Shares: 0/1 rows with bounds=(0, 1).
        cluster: shape (rows,), whose row it is.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any; the interval is then symmetric in the log-odds between.

    Returns:
        Estimate with n = clusters. All means equal: the exact binomial interval, clusters as trials; without bounds
        −inf to inf. One cluster: all between the bounds, or nan.

    Raises:
        OutsourcingKitError: lengths that differ, a missing cluster, values outside the bounds.

    Source: between-cluster analysis, Donner & Klar 2000; Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404.

    Example: Ann has 1, 1, 1, 1 and Bo 0, 1: means 1 and 0.5, so 0.75 (not 5/6); s/√2 = 0.25.

    >>> e = cluster_mean([1, 1, 1, 1, 0, 1], ["Ann", "Ann", "Ann", "Ann", "Bo", "Bo"])
    >>> e.estimate, round(e.standard_error, 6), e.n
    (0.75, 0.25, 2)
    >>> round(e.high - e.estimate, 2)     # t(1 df) = 12.71, times 0.25
    3.18
    """
    # Rows of one person resemble each other, so the rows are not the sample: the people are. Where the true mean is .8,
    # people differ by a beta distribution (intraclass correlation .3) and each has 40 rows, a plain 95% interval covers
    # 88% at 6 people, 92% at 12 and 93% at 20; in the log-odds 93%, 94%, 95%. At .9: 81%, 86%, 90% and 93%, 91%, 92%.
    numbers, (who,), limits = clustered(values, bounds, cluster=cluster)
    means = np.bincount(who, weights=numbers) / np.bincount(who)
    k = len(means)
    if k < 2:
        method = "one person: the data exclude nothing" if k else "no values"
        estimate = float(means[0]) if k else math.nan
        return Estimate.of(estimate, whole_range, limits, confidence=confidence, n=k, method=method)
    estimate = float(means.mean())
    if np.ptp(means) <= 1e-12 * max(1.0, abs(estimate)):
        return _no_spread(estimate, k, limits, confidence, k)
    error = float(means.std(ddof=1)) / np.sqrt(k)
    method = f"mean of person means, t interval with {k - 1} df" + (", log-odds scale" if limits else "")
    ends, fixed = _tails.t_ends, (estimate, error, k - 1, limits)
    return Estimate.of(estimate, ends, *fixed, confidence=confidence, n=k, standard_error=error, method=method)


def pair_mean(
    values: ArrayLike, first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95, bounds: Bounds | None = None
) -> Estimate:
    """Mean over pairs (one person of each side), its uncertainty from the people of both sides, not from the pairs.

    Rows of one pair are averaged first. With y_ij the pair's value, N pairs and m their mean,

        variance = Σ_sides  n/(n−1) · Σ_i (Σ_j (y_ij − m))² / N²,

    which for complete pairs is s₁²/n₁ + s₂²/n₂ of the row and column means.

    Args:
        values: shape (rows,), in any unit; nan is dropped. Agreement: 0/1 with bounds=(0, 1).
        first, second: shape (rows,), the pair's person on either side.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any; the interval is then symmetric in the log-odds between.

    Returns:
        Estimate with n = n₁ + n₂ people, degrees of freedom by Satterthwaite. Special cases as in `cluster_mean`.

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
    parts, people = [], []
    for side in (pairs // columns, pairs % columns):
        sums = np.bincount(side, weights=pair_values - estimate)
        people.append(len(sums))
        parts.append(float((sums**2).sum()) / len(pairs) ** 2 * len(sums) / max(len(sums) - 1, 1))
    n, variance = sum(people), sum(parts)
    if min(people) < 2:
        method = "one person on a side: the data cannot say how much people of that side differ"
        return Estimate.of(estimate, whole_range, limits, confidence=confidence, n=n, method=method)
    if variance <= 1e-24 * max(1.0, estimate * estimate):
        return _no_spread(estimate, min(people), limits, confidence, n)
    df = variance**2 / sum(part**2 / (count - 1) for part, count in zip(parts, people, strict=True))
    error = float(np.sqrt(variance))
    # Agreement near 1 is badly skewed. Where people rate ten expectations on five points and the truth is .84, a plain
    # 95% interval covers 88% at 6 × 6, 89% at 6 × 20 and 91% at 12 × 12; in the log-odds 95%, 93% and 95%. (Two people
    # a side are too few for any of this: there the interval is nearly the whole range.)
    method = f"mean over {people[0]} × {people[1]} people, two-sample U-statistic, t interval with {df:.1f} df"
    method += ", log-odds scale" if limits else ""
    ends, fixed = _tails.t_ends, (estimate, error, df, limits)
    return Estimate.of(estimate, ends, *fixed, confidence=confidence, n=n, standard_error=error, method=method)


def _no_spread(estimate: float, trials: int, bounds: Bounds | None, confidence: float, n: int) -> Estimate:
    """The estimate where all units show the same value.

    A t interval would have no width and so claim certainty; but six people who all did well leave open a good many who
    would not.
    """
    method = f"no spread between units: exact binomial interval with {trials} units as trials"
    if bounds is None:
        method = "no spread between units and no bounds: the data limit nothing"
    ends, fixed = _tails.no_spread_ends, (estimate, trials, bounds)
    error = math.inf if bounds is None else None
    return Estimate.of(estimate, ends, *fixed, confidence=confidence, n=n, standard_error=error, method=method)
