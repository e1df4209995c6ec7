"""Where does the weaker side stand, when we do not know for certain which side is the weaker?"""

from __future__ import annotations

import math

from outsourcing_kit.stats._estimate import Ends, Estimate, bound_ends, checked_confidence, no_interval


def minimum_of(a: Estimate, b: Estimate, *, confidence: float = 0.95) -> Estimate:
    """The smaller of two true values, with an interval that allows for picking the smaller by chance.

    estimate = min(a, b). With α = (1 − confidence)/2 the error allowed on each side:

    - low = the smaller of the two lows at `confidence`. It exceeds the smaller truth only if that one's own low does,
      so no correction is due: the intersection–union test, "both are above the limit" if each is.
    - high = the smaller of the two highs at error α/2 each. It falls below the smaller truth if *either* high falls
      below its own truth, two chances to err, so each gets half (Bonferroni). Without it, the lower of two equal
      sides would look too low about twice as often as promised.

    No independence of the two is needed.

    Args:
        a, b: estimates that know their interval at any confidence, as all functions of this room return.
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
    confidence = checked_confidence(confidence)
    undefined = any(math.isnan(number) for one in (a, b) for number in (one.estimate, *one.interval(confidence)))
    ends: Ends = no_interval if undefined else bound_ends(_lower_ends, a, b)
    estimate = math.nan if math.isnan(a.estimate) or math.isnan(b.estimate) else min(a.estimate, b.estimate)
    smaller = a if a.estimate <= b.estimate else b
    return Estimate.of(
        estimate,
        ends,
        confidence=confidence,
        n=a.n + b.n,
        standard_error=math.nan if undefined else smaller.standard_error,
        method=f"lower of two, upper end with half the error each; {smaller.method}",
    )


def _lower_ends(a: Estimate, b: Estimate, confidence: float) -> tuple[float, float]:
    # Two-sided confidence whose error on one side is half of (1 − confidence)/2.
    stricter = 1 - (1 - confidence) / 2
    return (
        min(a.interval(confidence)[0], b.interval(confidence)[0]),
        min(a.interval(stricter)[1], b.interval(stricter)[1]),
    )
