"""Working hours on the wall clock of a zone, as seconds since 1970: Monday to Friday, daylight saving included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

HOUR, DAY = 3600, 86400


@dataclass(frozen=True)
class Schedule:
    """A working day: zone, first and last hour on the wall. A day that ends before it starts runs past midnight."""

    zone: str
    start: str
    end: str


@dataclass(frozen=True)
class Hours:
    """Stretches of working time that do not overlap, in order: whole seconds since 1970."""

    starts: np.ndarray
    ends: np.ndarray

    def before(self, second: int) -> int:
        """Working seconds before an instant."""
        return int(np.clip(second - self.starts, 0, self.ends - self.starts).sum())

    def between(self, first: int, last: int) -> int:
        return self.before(last) - self.before(first)

    def at(self, worked: int) -> int | None:
        """The instant at which so many working seconds have gone by; None beyond the calendar."""
        passed = np.cumsum(self.ends - self.starts)
        stretch = int(np.searchsorted(passed, worked))
        if stretch >= len(passed):
            return None
        return int(self.ends[stretch] - (passed[stretch] - worked))


def instant(day: dt.date, clock: str, zone: str) -> int:
    """Seconds since 1970 of a wall-clock time."""
    hour, minute = map(int, clock.split(":"))
    return int(dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(zone)).timestamp())


@cache
def own_hours(schedule: Schedule, first: dt.date, last: dt.date) -> Hours:
    """All working stretches that begin on the days first … last."""
    stretches = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if day.weekday() < 5:
            night = schedule.end <= schedule.start
            end = day + dt.timedelta(days=int(night))
            stretches.append((instant(day, schedule.start, schedule.zone), instant(end, schedule.end, schedule.zone)))
    return Hours(*np.array(stretches, dtype=np.int64).T)


@cache
def shared_hours(one: Schedule, other: Schedule, first: dt.date, last: dt.date) -> Hours:
    """Stretches in which both work; none at all if they never meet."""
    a, b = own_hours(one, first, last), own_hours(other, first, last)
    starts = np.maximum(a.starts[:, None], b.starts[None, :])
    ends = np.minimum(a.ends[:, None], b.ends[None, :])
    both = starts < ends
    order = np.argsort(starts[both])
    return Hours(starts[both][order], ends[both][order])
