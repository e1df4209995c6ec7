"""What share of independent trials succeed? Only for rows that really are independent: one per person or engagement."""

from __future__ import annotations

import math

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Ends, Estimate, bound_ends, checked_confidence, whole_range
from outsourcing_kit.stats._inputs import number


def clopper_pearson(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """Share of successes with the exact (Clopper–Pearson) interval, which covers at least `confidence`.

    low and high solve P(X ≥ successes | low) = P(X ≤ successes | high) = (1 − confidence)/2, X binomial.

    Args:
        successes: how many of the trials succeeded.
        trials: independent trials; with none the share is nan and the interval 0 to 1.
        confidence: confidence; confidence=0.90 has one-sided 95% bounds.

    Raises:
        OutsourcingKitError: counts that are not whole, negative, or more successes than trials.

    Source: Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404.

    Example: no failure in 20 engagements. (1 − .139)^20 = .05, so with one-sided 95% up to 13.9% may fail.

    >>> round(clopper_pearson(0, 20, confidence=0.90).high, 3)
    0.139
    """
    counts = _counts(successes, trials)
    return _share(
        *counts,
        bound_ends(_tails.clopper_pearson_ends, *counts),
        confidence,
        "exact binomial (Clopper–Pearson) interval",
    )


def wilson_share(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """Share of successes with Wilson's score interval: shorter than the exact one, right on average over true shares.

    Ends: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), p = successes/n, n = trials.

    Args:
        successes: how many of the trials succeeded.
        trials: independent trials; with none the share is nan and the interval 0 to 1.
        confidence: of the interval.

    Raises:
        OutsourcingKitError: counts that are not whole, negative, or more successes than trials.

    Source: Wilson 1927, doi 10.1080/01621459.1927.10502953.

    Example: 7 of 50, z² = 3.84: centre (.14 + .0384)/1.0768 = .1657, reach .0962 each side.

    >>> [round(100 * end, 1) for end in wilson_share(7, 50).interval(0.95)]
    [7.0, 26.2]
    """
    counts = _counts(successes, trials)
    return _share(*counts, bound_ends(_wilson_ends, *counts), confidence, "Wilson score interval")


def _share(successes: float, trials: float, ends: Ends, confidence: float, method: str) -> Estimate:
    confidence = checked_confidence(confidence)
    if trials == 0:
        ends = bound_ends(whole_range, 0.0, 1.0)
        return Estimate.of(math.nan, ends, confidence=confidence, n=0, standard_error=math.nan, method="no trials")
    share = successes / trials
    error = math.sqrt(share * (1 - share) / trials)
    return Estimate.of(share, ends, confidence=confidence, n=int(trials), standard_error=error, method=method)


def _counts(successes: int, trials: int) -> tuple[float, float]:
    found = f"{successes!r} successes in {trials!r} trials"
    counts = number(successes, "successes"), number(trials, "trials")
    if not all(count.is_integer() for count in counts):
        raise OutsourcingKitError(
            f"Found {found}; expected two whole numbers. Mend: pass counts, not shares; for shares within people "
            "use cluster_mean(values, person, bounds=(0, 1))."
        )
    if not 0 <= counts[0] <= counts[1]:
        raise OutsourcingKitError(
            f"Found {found}; expected 0 ≤ successes ≤ trials. "
            "Mend: the arguments are (successes, trials), in that order."
        )
    return counts


def _wilson_ends(successes: float, trials: float, confidence: float) -> tuple[float, float]:
    z = _tails.normal_quantile((1 + confidence) / 2)
    share = successes / trials
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    reach = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / shrink
    # The score interval ends exactly at 0 or 1 there; rounding would leave it a tolerance inside or outside.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == trials else min(1.0, centre + reach)
    return low, high
