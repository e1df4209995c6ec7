"""How long until it happens, when for some it has not happened yet, or watching began late?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import checked_confidence
from outsourcing_kit.stats._inputs import Floats, floats, inner_share, same_length

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class KaplanMeier:
    """A survival curve, 1 before its first row: one row per distinct time of an event. n counts subjects."""

    time: Floats
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    survival: Floats
    low: Floats
    high: Floats
    n: int
    confidence: float

    @property
    def table(self) -> pd.DataFrame:
        """One row per event time: time, at_risk, events, survival, low, high."""
        import pandas as pd

        names = ("time", "at_risk", "events", "survival", "low", "high")
        return pd.DataFrame({name: getattr(self, name) for name in names})

    def quantile(self, q: float) -> float:
        """The smallest time t with S(t) ≤ 1 − q: by then a share q has had the event. inf if the curve ends above.

        Raises:
            OutsourcingKitError: q outside (0, 1).
        """
        q = inner_share(q, "q", "the median is quantile(0.5).")
        # A product of fractions that is 1/2 on paper may come out a tolerance above it.
        reached = np.flatnonzero(self.survival <= 1 - q + 1e-12)
        return float(self.time[reached[0]]) if reached.size else math.inf

    def __repr__(self) -> str:
        counts = f"{self.n} subjects, {int(self.events.sum())} events"
        return f"Kaplan–Meier curve of {counts}, median {self.quantile(0.5):.4g}; see .table"

    def _repr_html_(self) -> str:
        from outsourcing_kit.showing import as_html

        return as_html(self.table, repr(self))


def kaplan_meier(
    durations: ArrayLike, observed: ArrayLike, entry: ArrayLike | None = None, *, confidence: float = 0.95
) -> KaplanMeier:
    """Product-limit estimate of S(t), the share still without the event after t.

    S(t) = Π_{t_i ≤ t} (1 − d_i/n_i), d_i events at t_i, n_i at risk: entry < t_i ≤ duration. Limits are
    S^exp(±z · se), se = √(Σ d/(n (n − d))) / |log S| (Greenwood on the log-log scale, so inside 0 … 1).

    Args:
        durations: shape (subjects,), time to event or end of watching, in any unit ≥ 0.
        observed: shape (subjects,), 1 if the event was seen, 0 if still waiting.
        entry: shape (subjects,), when watching began (left truncation), default 0. People already there when the
            records begin must have it, or only those who stayed long are counted.
        confidence: of the limits, pointwise.

    Returns:
        KaplanMeier with .table and .quantile(q).

    Raises:
        OutsourcingKitError: missing or negative durations, observed other than 0/1, entry not before duration.

    Source: Kaplan & Meier 1958, doi 10.1080/01621459.1958.10501452; Kalbfleisch & Prentice 2002, ch. 1.

    Example: answers after 1, 2, 4 hours, one open at 3. S = 3/4, 3/4 · 2/3 = 1/2, 0.

    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])
    >>> [round(float(s), 10) for s in curve.survival], curve.quantile(0.5)
    ([0.75, 0.5, 0.0], 2.0)
    """
    confidence = checked_confidence(confidence)
    ends, seen = floats(durations, "durations"), floats(observed, "observed")
    begins = np.full(ends.shape, -np.inf) if entry is None else floats(entry, "entry")
    same_length(ends, seen, "durations", "observed")
    same_length(ends, begins, "durations", "entry")
    _check(ends, seen, begins)
    times, events = np.unique(ends[seen == 1], return_counts=True)
    # At risk at t: all who end at t or later, less those who enter at t or later. With few of them early, the curve can
    # fall to 0 at once and stay: that is why at_risk is shown.
    entered = len(begins) - np.searchsorted(np.sort(begins), times, side="left")
    at_risk = len(ends) - np.searchsorted(np.sort(ends), times, side="left") - entered
    survival = np.cumprod(1 - events / at_risk)
    # Where S is 0 the formula ends: the low is 0 and the high stays where it was, as a curve cannot rise.
    alive = survival > 0
    spread = np.sqrt(np.cumsum(events[alive] / (at_risk[alive] * (at_risk[alive] - events[alive]))))
    reach = np.exp(_tails.normal_quantile((1 + confidence) / 2) * spread / np.abs(np.log(survival[alive])))
    low, high = np.zeros(len(survival)), np.ones(len(survival))
    low[alive], high[alive] = survival[alive] ** reach, survival[alive] ** (1 / reach)
    if alive.any():
        high[~alive] = high[alive][-1]
    return KaplanMeier(times, at_risk, events, survival, low, high, len(ends), confidence)


def _check(ends: Floats, seen: Floats, begins: Floats) -> None:
    if bad := int((~(ends >= 0)).sum()):
        raise OutsourcingKitError(
            f"{bad} durations are missing or negative; expected a time ≥ 0 for each subject. Mend: for one without an "
            "event give the time until watching ended, with observed = 0; drop rows whose start is unknown."
        )
    if not np.isin(seen, (0, 1)).all():
        raise OutsourcingKitError(
            "observed holds something other than 0 and 1; expected True/1 where the event was seen, False/0 where not. "
            "Mend: observed = frame['answered'].notna()."
        )
    if late := int((~(begins < ends) & ~np.isneginf(begins)).sum()):
        raise OutsourcingKitError(
            f"entry is missing or not before the duration for {late} subjects; nobody can be watched after the end. "
            "Mend: drop subjects who ended before the records begin."
        )
