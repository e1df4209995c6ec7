"""What is the mean, when rows come in clusters (people, mostly) and clusters are what we have few of?"""

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
        cluster: shape (rows,), whose row it is: a person, mostly.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any; the interval is then symmetric in the log-odds between.

    Returns:
        Estimate with n = clusters. Where all cluster means are equal: the exact binomial interval with clusters as
        trials; without bounds −inf to inf. One cluster: all between the bounds, or nan.

    Raises:
        OutsourcingKitError: lengths that differ, a missing cluster, values outside the bounds, a confidence outside
            (0, 1).

    Source: between-cluster analysis, Donner & Klar 2000; Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404.

    Example: Ann has 1, 1, 1, 1 and Bo 0, 1: means 1 and 0.5, so 0.75 (not 5/6), and s/√2 = 0.3536/1.4142 = 0.25.

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
        return no_spread(estimate, k, limits, confidence, k)
    error = float(means.std(ddof=1)) / np.sqrt(k)
    method = f"mean of person means, t interval with {k - 1} df" + (", log-odds scale" if limits else "")
    ends, fixed = _tails.t_ends, (estimate, error, k - 1, limits)
    return Estimate.of(estimate, ends, *fixed, confidence=confidence, n=k, standard_error=error, method=method)


def no_spread(estimate: float, trials: int, bounds: Bounds | None, confidence: float, n: int) -> Estimate:
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
