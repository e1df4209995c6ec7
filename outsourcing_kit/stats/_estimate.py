"""The one result of all estimators here: a number, its interval, and how both came about."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats._inputs import inner_share
from outsourcing_kit.stats._tails import Bounds

if TYPE_CHECKING:
    import pandas as pd

Ends = Callable[[float], Bounds]

# The confidence at which a normal interval is exactly one standard error to each side.
_ONE_STANDARD_ERROR = 0.6826894921370859


def checked_confidence(confidence: float) -> float:
    """The confidence as a float strictly between 0 and 1; 95 is the usual slip."""
    return inner_share(confidence, "confidence", "write confidence=0.95, not 95.")


def whole_range(bounds: Bounds | None, confidence: float) -> Bounds:
    """Ends where the data exclude nothing, whatever the confidence: all that is possible, or nan if unknown."""
    return bounds or (math.nan, math.nan)


@dataclass(frozen=True, repr=False)
class Estimate:
    """An estimate, its interval at `confidence`, the number of independent units behind it, and the method in words.

    `n` counts independent units (people, pairs of sides, engagements), rarely rows. An end that the data cannot
    support is -inf or inf, or the bound of a share; both ends are nan only where no interval exists at all.

    >>> from outsourcing_kit.stats import clopper_pearson
    >>> e = clopper_pearson(0, 20, confidence=0.90)
    >>> float(e), round(e.high, 3), [round(end, 3) for end in e.interval(0.95)]
    (0.0, 0.139, [0.0, 0.168])
    """

    estimate: float
    low: float
    high: float
    confidence: float
    n: int
    standard_error: float
    method: str
    ends: Ends | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        estimate: float,
        ends: Callable[..., Bounds] | None = None,
        *fixed: object,
        confidence: float,
        n: int,
        method: str,
        standard_error: float | None = math.nan,
    ) -> Estimate:
        """Build from a function that gives the two ends at any confidence, as ends(*fixed, confidence).

        Without `ends` there is no interval. With `standard_error` None, half the width at the confidence where a normal
        interval is one to each side stands for it.
        """
        confidence = checked_confidence(confidence)
        # A partial, not a lambda, so that an Estimate can be pickled.
        at = functools.partial(ends, *fixed) if ends else functools.partial(whole_range, None)
        if standard_error is None:
            low, high = at(_ONE_STANDARD_ERROR)
            standard_error = (high - low) / 2
        low, high = at(confidence)
        return cls(float(estimate), float(low), float(high), confidence, int(n), float(standard_error), method, at)

    def __float__(self) -> float:
        return self.estimate

    def interval(self, confidence: float) -> Bounds:
        """The two ends at another confidence.

        Raises:
            OutsourcingKitError: for a confidence outside (0, 1), or where only the interval at `.confidence` is known.
        """
        confidence = checked_confidence(confidence)
        if confidence == self.confidence:
            return (self.low, self.high)
        if self.ends is None:
            raise OutsourcingKitError(
                f"This estimate knows its interval at confidence {self.confidence:g} only, not at {confidence:g}. "
                "Mend: call the function that made it again with the other confidence."
            )
        low, high = self.ends(confidence)
        return (float(low), float(high))

    @property
    def table(self) -> pd.DataFrame:
        """One row: estimate, low, high, confidence, n, standard_error, method."""
        import pandas as pd

        names = ("estimate", "low", "high", "confidence", "n", "standard_error", "method")
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def __repr__(self) -> str:
        span = f"{100 * self.confidence:.3g}% interval {self.low:.4g} to {self.high:.4g}"
        span = "no interval" if math.isnan(self.low) and math.isnan(self.high) else span
        return f"{self.estimate:.4g} ({span}, n = {self.n}; {self.method})"

    def _repr_html_(self) -> str:
        from outsourcing_kit.showing import as_html

        return as_html(self.table)
