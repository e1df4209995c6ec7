"""The trap of praise and blame: what follows a person's best month when nothing happens?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.recognition.comparing import checked_months
from outsourcing_kit.recognition.crediting import RecognisedMonths
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.words import number, percent


@dataclass(frozen=True)
class AfterPeaks:
    """Good items a month, over the people with at least three months: in their best one, in the next, and usually."""

    people: int
    best: float
    following: float
    usual: float

    def __repr__(self) -> str:
        if self.people < FEWEST:
            return f"Groups under {FEWEST} people are not shown."
        fall = percent(1 - self.following / self.best)
        return (
            f"Good items a month: {number(self.best)} in a person's best month, {number(self.following)} in the next "
            f"({fall} less), {number(self.usual)} usually. Whoever praises a peak sees a fall, whoever scolds a low "
            "sees a rise, whatever was said."
        )


def after_peaks(months: RecognisedMonths) -> AfterPeaks:
    """What follows a person's best month when nothing happens: less, as the best month is partly luck.

    Args:
        months: from `recognised_months`; months between a person's first and last without a good item count as 0.

    Raises:
        OutsourcingKitError: months that are something else.

    Example: 1, 3, 1 good items: the best is 3, then 1.

    >>> items = pd.DataFrame({"person": list("aaaaa"), "month": ["2026-01"] + ["2026-02"] * 3 + ["2026-03"]})
    >>> found = after_peaks(RecognisedMonths(items, items, items, items, items))
    >>> found.best, found.following
    (3.0, 1.0)
    """
    items = checked_months(months).items
    if not len(items):
        return AfterPeaks(0, math.nan, math.nan, math.nan)
    months, rows = pd.PeriodIndex(items["month"], freq="M").astype("int64"), []
    for _, own in pd.Series(months, items.index).groupby(items["person"]):
        # From the first month to the last, which has none that follows.
        every = np.bincount(own - own.min())
        if len(every) >= 3:
            best = int(every[:-1].argmax())
            rows.append((every[best], every[best + 1], every.mean()))
    # Each person counts alike, however many months there were.
    means = np.mean(rows, axis=0) if rows else (math.nan,) * 3
    return AfterPeaks(len(rows), *(float(each) for each in means))
