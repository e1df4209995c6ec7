"""One estimate of several: the weaker of two sides, or one over readings of the same records."""

from __future__ import annotations

import math
from collections.abc import Sequence

from outsourcing_kit.stats._estimate import Estimate


def minimum_of(a: Estimate, b: Estimate, *, confidence: float = 0.95) -> Estimate:
    """The smaller of two true values, with an interval that allows for picking the smaller by chance.

    estimate = min(a, b); low = the smaller of the lows at `confidence`; high = the smaller of the highs with half the
    error (1 − confidence)/2 each. No independence of the two is needed.

    Args:
        a, b: estimates that know their interval at any confidence, as all functions here return.
        confidence: of the interval.

    Returns:
        Estimate with n = a.n + b.n and the standard error of the smaller one. nan if either is undefined.

    Raises:
        OutsourcingKitError: a confidence outside (0, 1).

    Source: Berger 1982, doi 10.1080/00401706.1982.10487790 (intersection–union tests).

    Example: 0 of 20 against 20 of 20. Low: both at 95%, so 0. High of 0/20 at 97.5%: 1 − .0125^(1/20) = .197.

    >>> from outsourcing_kit.stats import clopper_pearson
    >>> e = minimum_of(clopper_pearson(0, 20), clopper_pearson(20, 20))
    >>> e.estimate, e.low, round(e.high, 3), e.n
    (0.0, 0.0, 0.197, 40)
    """
    known = not any(math.isnan(value) for one in (a, b) for value in (one.estimate, *one.interval(confidence)))
    smaller = a if a.estimate <= b.estimate else b
    estimate = math.nan if math.isnan(a.estimate) else smaller.estimate
    n, method = a.n + b.n, f"lower of two, upper end with half the error each; {smaller.method}"
    ends, error = (_minimum_ends, smaller.standard_error) if known else (None, math.nan)
    return Estimate.of(estimate, ends, a, b, confidence=confidence, n=n, standard_error=error, method=method)


def _minimum_ends(a: Estimate, b: Estimate, confidence: float) -> tuple[float, float]:
    # The low exceeds the smaller truth only if that one's own low does, so no correction is due. The high falls below
    # it if *either* high falls below its own truth: two chances to err, so each gets half (Bonferroni). Without it the
    # lower of two equal sides would look too low about twice as often as promised.
    stricter = 1 - (1 - confidence) / 2
    return (
        min(a.interval(confidence)[0], b.interval(confidence)[0]),
        min(a.interval(stricter)[1], b.interval(stricter)[1]),
    )


def over_readings(first: Estimate, others: Sequence[Estimate]) -> Estimate:
    """The first estimate, with an interval that reaches over those of all readings that have a value.

    A verdict by it holds under every reading; a blank can then leave a question open, but never answer it.

    Source: bounds over what is missing, Manski 2003, Partial Identification of Probability Distributions, ch. 1.

    >>> from outsourcing_kit.stats import clopper_pearson
    >>> both = over_readings(clopper_pearson(9, 10), [clopper_pearson(5, 10)])
    >>> both.estimate, both.high == clopper_pearson(9, 10).high, both.low == clopper_pearson(5, 10).low
    (0.9, True, True)
    """
    readings = (first, *(other for other in others if other.n))
    if len(readings) == 1:
        return first
    method = f"{first.method}; over {len(readings)} readings of blanks"
    error = first.standard_error
    return Estimate.of(
        first.estimate, _widest, readings, confidence=first.confidence, n=first.n, standard_error=error, method=method
    )


def _widest(readings: Sequence[Estimate], confidence: float) -> tuple[float, float]:
    ends = [reading.interval(confidence) for reading in readings]
    return min(low for low, _ in ends), max(high for _, high in ends)
