"""What share of independent trials succeed? Only for rows that really are independent: one per person or engagement."""

from __future__ import annotations

import math

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Estimate, whole_range
from outsourcing_kit.stats._inputs import number


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
