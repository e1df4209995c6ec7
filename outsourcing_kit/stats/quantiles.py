"""Where does a quantile lie, without assuming any shape of the distribution?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats._estimate import Estimate, bound_ends, checked_confidence, half_width, no_interval
from outsourcing_kit.stats._inputs import Floats, codes, floats, same_length
from outsourcing_kit.stats.clusters import at_confidence, effective_n_at


def quantile_interval(
    values: ArrayLike, q: float, *, group: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """A quantile with its order-statistic interval: two of the values themselves, chosen by the binomial.

    The estimate is the linearly interpolated quantile (Hyndman & Fan's type 7; numpy's, pandas' and spreadsheets'
    default). With B binomial(n, q), low is the r-th smallest value for the largest r with P(B ≤ r − 1) ≤ (1 −
    confidence)/2, high the s-th smallest for the smallest s with P(B ≥ s) ≤ (1 − confidence)/2. Coverage is at least
    `confidence`, for discrete values too. In the far tails of few values the interpolated estimate may lie beyond the
    ranks; the interval then reaches to it.

    With groups, the ranks are those of m values, m the effective sample size of the share of values up to the
    estimate (see `cluster_proportion`), rounded down, and are moved out in proportion n/m: Woodruff's interval.

    Args:
        values: shape (n,), in any unit; nan is dropped. Independent units, unless `group` says otherwise.
        q: which quantile, strictly between 0 and 1.
        group: shape (n,), whose value it is, where values of one group may resemble each other.
        confidence: of the interval.

    Returns:
        Estimate. An end that n values cannot support is −inf or inf: an upper end for the 90th percentile needs
        36 values at 95%, as .9³⁵ = .02503 is just too likely. The standard error is half the width of the 68.3%
        interval. Fewer than two values: nan interval.

    Raises:
        OutsourcingKitError: q or confidence outside (0, 1), values that are not finite numbers, a missing group.

    Source: Hyndman & Fan 1996, doi 10.1080/00031305.1996.10473566; David & Nagaraja 2003, Order Statistics, ch. 7;
    Woodruff 1952, J. American Statistical Association 47:635–646.

    Example: the median of 1 … 6. P(all six on one side) = 1/64 = .016 ≤ .025, so 1 to 6 covers 1 − 2/64 = 97%;
    with five values 1/32 = .031 is too likely and neither end is supported.

    >>> e = quantile_interval([1, 2, 3, 4, 5, 6], 0.5)
    >>> e.estimate, e.low, e.high
    (3.5, 1.0, 6.0)
    >>> quantile_interval([1, 2, 3, 4, 5], 0.5).interval(0.95)
    (-inf, inf)
    """
    confidence = checked_confidence(confidence)
    if not 0 < q < 1:
        raise OutsourcingKitError(
            f"q is {q!r}; expected a quantile strictly between 0 and 1. Mend: the 90th percentile is q=0.9."
        )
    numbers = floats(values, "values")
    kept = ~np.isnan(numbers)
    labels = None if group is None else _groups(group, numbers)[kept]
    numbers = numbers[kept]
    n = len(numbers)
    estimate = float(np.quantile(numbers, q)) if n else math.nan
    if n < 2:
        method = f"{n} values: no interval"
        return Estimate.of(estimate, no_interval, confidence=confidence, n=n, standard_error=math.nan, method=method)
    worth = float(n) if labels is None else effective_n_at(numbers, estimate, labels)
    groups = 1 if labels is None else len(np.unique(labels))
    ends = bound_ends(_order_statistic_ends, np.sort(numbers), float(q), estimate, worth, groups)
    method = f"{100 * q:g}th percentile, order-statistic interval"
    if 1 < groups < n:
        method += f"; {n} values in {groups} groups are worth {worth:.0f} independent ones"
    error = half_width(ends)
    return Estimate.of(estimate, ends, confidence=confidence, n=n, standard_error=error, method=method)


def _groups(group: ArrayLike, numbers: Floats) -> NDArray[np.intp]:
    who, _ = codes(group, "group")
    same_length(numbers, who, "values", "group")
    return who


def _order_statistic_ends(
    ordered: Floats, q: float, estimate: float, worth: float, groups: int, confidence: float
) -> tuple[float, float]:
    n = len(ordered)
    low, high = ranks_worth(n, int(at_confidence(worth, n, groups, confidence) + 1e-9), q, confidence)
    return (
        min(float(ordered[low - 1]), estimate) if low else -math.inf,
        max(float(ordered[high - 1]), estimate) if high <= n else math.inf,
    )


def ranks_worth(n: int, worth: int, q: float, confidence: float) -> tuple[int, int]:
    """`order_ranks` of `worth` values, moved out to the ranks of n: of the same share, never further in.

    >>> ranks_worth(60, 60, 0.5, 0.95), ranks_worth(60, 20, 0.5, 0.95), order_ranks(20, 0.5, 0.95)
    ((22, 39), (17, 44), (6, 15))
    """
    low, high = order_ranks(worth, q, confidence)
    # The k-th smallest of m stands for the share (k − 1/2)/m; in n that is rank nk/m − n/2m + 1/2, rounded outwards.
    shift = (n / worth - 1) / 2 if worth else 0.0
    return (
        max(0, math.floor(low * n / worth - shift + 1e-9)) if low else 0,
        math.ceil(high * n / worth - shift - 1e-9) if high <= worth else n + 1,
    )


def order_ranks(n: int, q: float, confidence: float) -> tuple[int, int]:
    """The ranks of the two values that bound a quantile; 0 and n + 1 where n cannot support an end.

    >>> order_ranks(35, 0.9, 0.95)[1], order_ranks(36, 0.9, 0.95)[1]
    (36, 36)
    """
    from scipy import special

    tail = (1 - confidence) / 2
    below = special.bdtr(np.arange(n + 1), n, q)  # P(B ≤ k), k = 0 … n
    low = int(np.searchsorted(below, tail, side="right"))
    # P(B ≥ s) = P(n − B ≤ n − s), so the upper rank mirrors the lower rank of 1 − q.
    above = special.bdtr(np.arange(n + 1), n, 1 - q)
    high = n + 1 - int(np.searchsorted(above, tail, side="right"))
    return low, high
