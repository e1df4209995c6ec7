"""What share of rows succeeds: independent ones, or such as come in clusters, like past items of the same client?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Estimate, whole_range
from outsourcing_kit.stats._inputs import Floats, clustered, number
from outsourcing_kit.stats._steady import Steady, steadied


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """Share of successes with the exact (Clopper–Pearson) interval, which covers at least `confidence`.

    low and high solve P(X ≥ successes | low) = P(X ≤ successes | high) = (1 − confidence)/2, X binomial.

    Args:
        successes: how many of the trials succeeded.
        trials: independent trials; with none the share is nan and the interval 0 to 1.
        confidence: of the interval; confidence=0.90 has one-sided 95% bounds.

    Raises:
        OutsourcingKitError: counts that are not whole, negative, or more successes than trials.

    Source: Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404.

    Example: no failure in 20 engagements. (1 − .139)^20 = .05, so with one-sided 95% up to 13.9% may fail.

    >>> round(clopper_pearson(0, 20, confidence=0.90).high, 3)
    0.139
    """
    found = f"Found {successes!r} successes in {trials!r} trials"
    hits, n = number(successes, "successes"), number(trials, "trials")
    if not (hits.is_integer() and n.is_integer()):
        raise OutsourcingKitError(
            f"{found}; expected two whole numbers. Mend: pass counts, not shares; for shares within people use "
            "cluster_mean(values, person, bounds=(0, 1))."
        )
    if not 0 <= hits <= n:
        raise OutsourcingKitError(
            f"{found}; expected 0 ≤ successes ≤ trials. Mend: the arguments are (successes, trials), in that order."
        )
    if n == 0:
        return Estimate.of(math.nan, whole_range, (0.0, 1.0), confidence=confidence, n=0, method="no trials")
    share = hits / n
    method = "exact binomial (Clopper–Pearson) interval"
    error = math.sqrt(share * (1 - share) / n)
    ends, fixed = _tails.clopper_pearson_ends, (hits, n)
    return Estimate.of(share, ends, *fixed, confidence=confidence, n=int(n), standard_error=error, method=method)


def cluster_proportion(values: ArrayLike, cluster: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Share of successes among rows that come in clusters, with the Korn–Graubard interval. Every row counts the same.

    The exact binomial (Clopper–Pearson) interval at the effective sample size n* = p(1 − p)/v, at most n, times
    (t(n − 1)/t(J − 1))², both at (1 + confidence)/2; v = J/(J − 1) · Σ_j (Σ_i in j (x_i − p))² / n² over J clusters.

    Args:
        values: shape (rows,), 0 or 1, or between; nan is dropped.
        cluster: shape (rows,), whose row it is.
        confidence: of the interval.

    Returns:
        Estimate with n = rows. One cluster, or one row in each: the exact interval of n independent rows. An end is
        never better than that of any worse records in the same clusters.

    Raises:
        OutsourcingKitError: lengths that differ, a missing cluster, values outside 0 to 1.

    Source: Korn & Graubard 1998, Survey Methodology 24:193–201; variance between ultimate clusters as in Cochran 1977.

    Example: of four items each, three of Ann's overran and one of Bo's: 1 above and 1 below what p = .5 expects, so
    v = 2·(1 + 1)/64 = 1/16 and n* = .25·16 = 4.

    >>> share = cluster_proportion([1, 1, 1, 0, 0, 0, 0, 1], ["Ann"] * 4 + ["Bo"] * 4)
    >>> share.estimate, share.standard_error
    (0.5, 0.25)
    """
    # Measured coverage of the 96.7% interval, 40 or 60 rows, true shares .1, .2 and .5, 4,000 runs each: rows in
    # clusters of their own 97–98%; clusters that differ (beta, intraclass correlation .2, where taking rows as
    # independent covers 72–86%): 8 of even size 97–99%, of very uneven size 94–99%, 4 of them 99%; 8 alike 99%.
    numbers, (who,), _ = clustered(values, (0, 1), cluster=cluster)
    n, clusters = len(numbers), len(np.unique(who))
    if n == 0:
        return Estimate.of(math.nan, whole_range, (0.0, 1.0), confidence=confidence, n=0, method="no rows")
    share = float(numbers.mean())
    worth = _effective_n(numbers, who)
    error = math.sqrt(share * (1 - share) / worth)
    if not 1 < clusters < n:
        fixed, method = (share * n, n), "exact binomial (Clopper–Pearson) interval"
        ends = _tails.clopper_pearson_ends
        return Estimate.of(share, ends, *fixed, confidence=confidence, n=n, standard_error=error, method=method)
    method = f"Korn–Graubard interval: {n} rows in {clusters} groups are worth {worth:.0f} independent ones"
    totals, sizes = (np.bincount(who, weights=weights).astype(float) for weights in (numbers, np.ones(n)))
    records = [steadied(totals, sizes, n, better=up) for up in (False, True)]
    return Estimate.of(
        share, _ends, *records, n, clusters, confidence=confidence, n=n, standard_error=error, method=method
    )


def effective_n(values: ArrayLike, cluster: ArrayLike) -> float:
    """How many independent rows would tell as much about the share: p(1 − p)/v, at most n; see `cluster_proportion`.

    Args:
        values: shape (rows,), from 0 to 1; nan is dropped.
        cluster: shape (rows,), whose row it is.

    Raises:
        OutsourcingKitError: lengths that differ, a missing cluster, values outside 0 to 1.

    Source: n divided by the design effect, Kish 1965, Survey Sampling, §8.1.

    Example: both items of each client agree, so the four are worth J − 1 = 1 of two clients: v = 2·(1 + 1)/16 = 1/4.

    >>> effective_n([1, 1, 0, 0], ["Ann", "Ann", "Bo", "Bo"])
    1.0
    """
    numbers, (who,), _ = clustered(values, (0, 1), cluster=cluster)
    return _effective_n(numbers, who)


def effective_n_at(values: Floats, cut: float, cluster: ArrayLike) -> float:
    """Effective n of the share of values up to a cut; of the share below it, where ties at the cut leave less there.

    >>> effective_n_at(np.array([1.0, 1.0, 2.0, 2.0]), 2.0, ["Ann", "Ann", "Bo", "Bo"])
    1.0
    """
    return min(effective_n((values <= cut).astype(float), cluster), effective_n((values < cut).astype(float), cluster))


def at_confidence(worth: Floats, n: int, clusters: int, confidence: float) -> Floats:
    """The effective sample size, less what estimating it from few clusters costs at this confidence."""
    if clusters < 2 or n < 3:
        return worth
    upper = (1 + confidence) / 2
    # Never above n: rows that differ less than chance would have it are no more than n independent ones.
    return np.minimum(n, worth * (_tails.t_quantile(n - 1, upper) / _tails.t_quantile(clusters - 1, upper)) ** 2)


def _effective_n(numbers: Floats, who: NDArray[np.intp]) -> float:
    n, clusters = len(numbers), len(np.unique(who))
    share = float(numbers.mean()) if n else math.nan
    # Where all rows agree p(1 − p)/v is 0/0 and n stands for it.
    if clusters < 2 or clusters == n or not 0 < share < 1:
        return float(n)
    apart = np.bincount(who, weights=numbers - share)
    variance = clusters / (clusters - 1) * float(apart @ apart) / n**2
    # The tolerance: clusters that differ by rounding only do not differ.
    return min(float(n), share * (1 - share) / variance) if variance > 1e-24 else float(n)


def _ends(fewer: Steady, more: Steady, n: int, clusters: int, confidence: float) -> tuple[float, float]:
    ends = []
    for records in (fewer, more):
        # Few clusters say little even where all agree: the thirteenth row of two clients would be theirs again.
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = np.where(records.v > 0, records.p * (1 - records.p) / records.v, float(n))
        trials = at_confidence(worth, n, clusters, confidence)
        ends.append(_tails.clopper_pearson_arrays(records.p * trials, trials, confidence))
    return float(ends[0][0].max()), float(ends[1][1].min())
