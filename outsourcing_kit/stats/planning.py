"""How many units would settle the question?"""

from __future__ import annotations

import math

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats._inputs import number


def units_needed(estimate: float, standard_error: float, n: float, limit: float) -> float:
    """Units (people, engagements …) at which an interval would probably clear the limit, if the estimate is the truth.

    n · ((1.96 + .84) · standard error / |estimate − limit|)², rounded up: 95% two-sided, 80% power.

    Args:
        estimate, limit: in the same unit.
        standard_error: of the estimate, from n units.
        n: independent units behind it.

    Returns:
        A whole number as a float; inf where the estimate is at the limit or nothing limits the error; nan where an
        input is nan.

    Raises:
        OutsourcingKitError: a negative standard error or n, something that is not a number.

    Source: the usual normal sample-size formula, e.g. Cohen 1988, Statistical Power Analysis, ch. 2.

    Example: .70 ± .05 (one standard error) from 20 people, limit .80: 20 · (2.8 · .05/.10)² = 39.2.

    >>> units_needed(0.70, 0.05, 20, 0.80), units_needed(0.80, 0.05, 20, 0.80)
    (40.0, inf)
    """
    # A guide, not a promise: the error is taken to shrink with √n, and the true value to be the estimate.
    estimate, limit = number(estimate, "estimate"), number(limit, "limit")
    standard_error, n = number(standard_error, "standard_error"), number(n, "n")
    if standard_error < 0 or n < 0:
        raise OutsourcingKitError(
            f"Found standard_error {standard_error!r} and n {n!r}; expected neither to be negative. "
            "Mend: the arguments are (estimate, standard_error, n, limit), in that order."
        )
    if any(math.isnan(value) for value in (estimate, standard_error, n, limit)):
        return math.nan
    distance = abs(estimate - limit)
    if distance == 0 or math.isinf(standard_error):
        return math.inf
    needed = n * ((1.96 + 0.84) * standard_error / distance) ** 2
    # Rounded first: 50.000000000000007 is 50, not 51.
    return math.inf if math.isinf(needed) else float(math.ceil(round(needed, 9)))
