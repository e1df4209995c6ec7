"""Is a number that is taken week by week only wandering, or has something changed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.stats._inputs import Floats, floats

if TYPE_CHECKING:
    import pandas as pd

# 3/d2 of a moving range of two, d2 = 2/√π = 1.128.
_NATURAL = 3 * np.sqrt(np.pi) / 2


@dataclass(frozen=True, eq=False, repr=False)
class XmR:
    """An XmR chart: the values, their mean, the natural limits, and which values lie beyond them."""

    values: Floats
    mean: float
    low: float
    high: float
    beyond: NDArray[np.bool_]

    @property
    def table(self) -> pd.DataFrame:
        """One row a value, in order: value, beyond."""
        import pandas as pd

        return pd.DataFrame({"value": self.values, "beyond": self.beyond})

    def __repr__(self) -> str:
        if np.isnan(self.low):
            return f"XmR chart of {len(self.values)} values: no limits yet, needs two or more"
        return (
            f"XmR chart of {len(self.values)} values: mean {self.mean:.4g}, natural limits {self.low:.4g} to "
            f"{self.high:.4g}, {int(self.beyond.sum())} beyond them"
        )


def xmr(values: ArrayLike, *, bounds: tuple[float, float] = (-np.inf, np.inf)) -> XmR:
    """Natural limits of single values in order of time: mean ± 2.66 · mean moving range.

    The moving range is the distance between neighbours, so that a slow drift widens the limits less than it would a
    standard deviation. A value beyond a limit is worth a question; inside them, leave the process alone.

    Args:
        values: shape (times,), in order; nan (nothing to measure then) is left out. Fewer than two have no limits.
        bounds: least and greatest possible value, at which a limit ends: (0, 1) of a share.

    Raises:
        OutsourcingKitError: values that are no numbers.

    Source: Wheeler & Chambers 1992, Understanding Statistical Process Control.

    Example: 10, 12, 10, 12: each range is 2, the mean 11, so the limits are 11 ± 5.32.

    >>> chart = xmr([10, 12, 10, 12])
    >>> round(chart.low, 2), round(chart.high, 2), int(chart.beyond.sum())
    (5.68, 16.32, 0)
    """
    given = floats(values, "values")
    known = given[~np.isnan(given)]
    mean = float(known.mean()) if len(known) else float("nan")
    # One value has no neighbour to tell what is usual.
    reach = float(_NATURAL * np.abs(np.diff(known)).mean()) if len(known) > 1 else float("nan")
    low, high = max(mean - reach, bounds[0]), min(mean + reach, bounds[1])
    return XmR(known, mean, low, high, (known < low) | (known > high))
