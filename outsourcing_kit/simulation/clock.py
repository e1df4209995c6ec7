"""Working hours of people in different time zones, as whole seconds of UTC.

Written for the simulation alone: the analyses convert times with code of their own.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import pandas as pd

DAY = 86_400
NAT = np.iinfo(np.int64).min  # stands for "no time" in arrays of seconds and of days

Shift = tuple[str, int, int]  # time zone, first hour, last hour of the local working day


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days


def day_range(first: int, last: int) -> np.ndarray:
    """Day numbers from `first` to `last`, in 64 bits everywhere: a browser's default of 32 holds no instant.

    >>> day_range(3, 5).tolist()
    [3, 4, 5]
    """
    return np.arange(first, last + 1, dtype=np.int64)


def weekdays(first: int, last: int) -> np.ndarray:
    """Day numbers of the Mondays to Fridays from `first` to `last`.

    >>> weekdays(0, 6).tolist()  # 1970-01-01 was a Thursday
    [0, 1, 4, 5, 6]
    """
    days = day_range(first, last)
    return days[(days + 3) % 7 < 5]


@lru_cache(maxsize=64)
def opening(shift: Shift, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Begin and end of the working day on each day from `first` to `last` (weekends too), in UTC seconds."""
    zone, start, end = shift
    midnight = day_range(first, last).astype("M8[D]").astype("M8[s]")
    begin, close = (
        pd.DatetimeIndex(midnight + np.timedelta64(hour, "h")).tz_localize(zone).as_unit("ns").asi8 // 10**9
        for hour in (start, end)
    )
    return begin, close


@lru_cache(maxsize=64)
def shared_windows(one: Shift, other: Shift, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Begin, end and seconds before each stretch that both shifts work, weekdays only."""
    starts, ends = (
        pick(a, b)
        for pick, a, b in zip(
            (np.maximum, np.minimum), opening(one, first, last), opening(other, first, last), strict=True
        )
    )
    keep = np.isin(day_range(first, last), weekdays(first, last)) & (ends > starts)
    starts, ends = starts[keep], ends[keep]
    return starts, ends, np.concatenate([[0], np.cumsum(ends - starts)])


def after_shared(windows: tuple[np.ndarray, np.ndarray, np.ndarray], asked: np.ndarray, wait: np.ndarray) -> np.ndarray:
    """The moment at which `wait` shared seconds have passed since `asked`; NAT beyond the last window."""
    starts, ends, before = windows
    place = np.searchsorted(ends, asked, side="right")  # the window that is open or comes next
    inside = np.minimum(place, len(starts) - 1)
    passed = before[inside] + np.clip(asked - starts[inside], 0, None)
    target = passed + np.maximum(wait, 1)
    day = np.searchsorted(before, target, side="left") - 1
    known = (place < len(starts)) & (day < len(starts))
    day = np.minimum(day, len(starts) - 1)
    return np.where(known, starts[day] + target - before[day], NAT)
