"""Where does a quantile lie, without assuming any shape of the distribution?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from outsourcing_kit.stats._estimate import Estimate
from outsourcing_kit.stats._inputs import Floats, clustered, inner_share
from outsourcing_kit.stats.shares import at_confidence, effective_n_at


def quantile_interval(
    values: ArrayLike, q: float, *, cluster: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """A quantile with its order-statistic interval: two of the values themselves, chosen by the binomial.

    The estimate is type 7, as numpy's. With B binomial(n, q), low is the r-th smallest value, r the largest with
    P(B ≤ r − 1) ≤ (1 − confidence)/2; high the s-th, s the smallest with P(B ≥ s) ≤ that. With clusters, r and s are
    those of m values, m the effective sample size, moved out in proportion n/m (Woodruff).

    Args:
        values: shape (n,), in any unit; nan is dropped.
        q: which quantile, strictly between 0 and 1.
        cluster: shape (n,), whose value it is.
        confidence: of the interval, at least.

    Returns:
        Estimate. An end that n values cannot support is −inf or inf; fewer than two values: nan.

    Raises:
        OutsourcingKitError: q outside (0, 1), values that are not finite numbers, a missing cluster.

    Source: Hyndman & Fan 1996, doi 10.1080/00031305.1996.10473566; David & Nagaraja 2003, ch. 7; Woodruff 1952.

    Example: the median of 1 … 6. P(all on one side) = 1/64 ≤ .025; of five 1/32.

    >>> e = quantile_interval([1, 2, 3, 4, 5, 6], 0.5)
    >>> e.estimate, e.low, e.high, quantile_interval([1, 2, 3, 4, 5], 0.5).interval(0.95)
    (3.5, 1.0, 6.0, (-inf, inf))
    """
    q = inner_share(q, "q", "the 90th percentile is q=0.9.")
    labels = {} if cluster is None else {"cluster": cluster}
    numbers, found, _ = clustered(values, None, **labels)
    n = len(numbers)
    estimate = float(np.quantile(numbers, q)) if n else math.nan
    if n < 2:
        return Estimate.of(estimate, confidence=confidence, n=n, method=f"{n} values: no interval")
    clusters = len(np.unique(found[0])) if found else 1
    worth = effective_n_at(numbers, estimate, found[0]) if found else float(n)
    method = f"{100 * q:g}th percentile, order-statistic interval"
    if 1 < clusters < n:
        method += f"; {n} values in {clusters} groups are worth {worth:.0f} independent ones"
    fixed = (np.sort(numbers), q, estimate, worth, clusters)
    return Estimate.of(estimate, _ends, *fixed, confidence=confidence, n=n, standard_error=None, method=method)


def _ends(
    ordered: Floats, q: float, estimate: float, worth: float, clusters: int, confidence: float
) -> tuple[float, float]:
    n = len(ordered)
    low, high = ranks_worth(
        n, int(float(at_confidence(np.asarray(worth), n, clusters, confidence)) + 1e-9), q, confidence
    )
    # An upper end for the 90th percentile needs 36 values at 95%, as .9³⁵ = .02503 is just too likely.
    # In the far tails of few values the interpolated estimate may lie beyond the ranks; the interval reaches to it.
    return (
        min(float(ordered[low - 1]), estimate) if low else -math.inf,
        max(float(ordered[high - 1]), estimate) if high <= n else math.inf,
    )


def ranks_worth(n: int, worth: int, q: float, confidence: float) -> tuple[int, int]:
    """`order_ranks` of `worth` values, moved out to the ranks of n: of the same share, never further in."""
    low, high = order_ranks(worth, q, confidence)
    # The k-th smallest of m stands for the share (k − 1/2)/m; in n that is rank nk/m − n/2m + 1/2, rounded outwards.
    shift = (n / worth - 1) / 2 if worth else 0.0
    return (
        max(0, math.floor(low * n / worth - shift + 1e-9)) if low else 0,
        math.ceil(high * n / worth - shift - 1e-9) if high <= worth else n + 1,
    )


def order_ranks(n: int, q: float, confidence: float) -> tuple[int, int]:
    """The ranks of the two values that bound a quantile; 0 and n + 1 where n cannot support an end."""
    from scipy import special

    tail = (1 - confidence) / 2
    below = special.bdtr(np.arange(n + 1), n, q)  # P(B ≤ k), k = 0 … n
    low = int(np.searchsorted(below, tail, side="right"))
    # P(B ≥ s) = P(n − B ≤ n − s), so the upper rank mirrors the lower rank of 1 − q.
    above = special.bdtr(np.arange(n + 1), n, 1 - q)
    high = n + 1 - int(np.searchsorted(above, tail, side="right"))
    return low, high
