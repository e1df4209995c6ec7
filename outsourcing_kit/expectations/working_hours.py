"""How much working time do two people share between two instants? Right across time zones, clock changes and nights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.moments import NEVER, instants

_HOUR = 3_600_000_000_000
_DAY = 24 * _HOUR

Nanoseconds = NDArray[np.int64]
Stretches = tuple[Nanoseconds, Nanoseconds]


class Workday(NamedTuple):
    """When somebody is at work, Monday to Friday, on the clock of `time_zone`.

    An `end` before (or at) `start` is a night shift, which ends on the next day and belongs to the day on which it
    starts: Friday's runs into Saturday, Sunday has none.
    """

    time_zone: str
    start: str = "09:00"
    end: str = "17:00"


class Anyone(NamedTuple):
    """Several people, of whom one at work is enough: a message to a whole side."""

    workdays: tuple[Workday, ...]


Hours = Workday | Anyone


def shared_hours(
    begins: object, ends: object, first: Hours | Sequence[Hours], second: Hours | Sequence[Hours] | None = None
) -> NDArray[np.float64]:
    """Working hours between two instants that both sides share, or those of `first` alone.

    hours(begin, end) = length of {t in [begin, end) : first at work at t and second at work at t}, Monday to Friday.

    Args:
        begins, ends: shape (rows,), instants with a UTC offset.
        first, second: one Workday (or Anyone) for all rows, or one a row. Without `second` only `first` counts.

    Returns:
        Shape (rows,), hours. 0 where the end is not after the begin, nan where an instant is missing.

    Raises:
        OutsourcingKitError: instants without an offset, or columns of different length.

    Example: 9 to 17 on both clocks, Madrid (UTC+1 in January) and Manila (UTC+8): Manila stops at 10:00 in Madrid, so
    they share one hour a day, five a week.

    >>> import pandas as pd
    >>> monday = pd.to_datetime(["2026-01-12T00:00:00Z"])
    >>> madrid, manila = Workday("Europe/Madrid"), Workday("Asia/Manila")
    >>> shared_hours(monday, monday + pd.Timedelta(days=7), madrid, manila).tolist()
    [5.0]
    """
    start, stop = instants(begins, "begins"), instants(ends, "ends")
    if len(start) != len(stop):
        raise OutsourcingKitError(
            f"begins has {len(start)} rows and ends has {len(stop)}; expected the same number. Mend: take both from "
            f"one table."
        )
    known = (start != NEVER) & (stop != NEVER)
    hours = np.where(known, 0.0, np.nan)
    if not known.any():
        return hours
    rows = len(start)
    who, parties = _coded(first, rows, "first")
    with_whom, others = _coded(second, rows, "second") if second is not None else (np.zeros(rows, np.int64), [None])
    span = int(start[known].min()), int(max(stop[known].max(), start[known].max()))
    at_work = cache(lambda party: _stretches(party, *span))
    # Each pair of people once: a year of questions has few of them, and the calendar is the slow part.
    pair = who * len(others) + with_whom
    order = np.argsort(pair, kind="stable")
    for block in np.split(order, np.flatnonzero(np.diff(pair[order])) + 1):
        one, other = parties[who[block[0]]], others[with_whom[block[0]]]
        shared = at_work(one) if other is None or other == one else _where_at_least([at_work(one), at_work(other)], 2)
        rows_here = block[known[block]]
        amount = _until(stop[rows_here], shared) - _until(start[rows_here], shared)
        hours[rows_here] = np.maximum(amount, 0) / _HOUR
    return hours


def _stretches(party: Hours, begin: int, end: int) -> Stretches:
    """Begins and ends (UTC, nanoseconds) of the stretches at work around [begin, end], in order and apart."""
    if isinstance(party, Anyone):
        return _where_at_least([_stretches(workday, begin, end) for workday in party.workdays], 1)
    # Two days of margin: a local date can differ by one from UTC's, and a night shift begins the day before.
    days = np.arange((begin - 2 * _DAY) // _DAY, (end + 2 * _DAY) // _DAY + 1, dtype=np.int64)
    days = days[(days + 3) % 7 < 5]  # 1 January 1970 was a Thursday
    opens, closes = _nanoseconds(party.start), _nanoseconds(party.end)
    closes += 24 * _HOUR if closes <= opens else 0
    starts, stops = (_to_utc(days * _DAY + offset, party.time_zone) for offset in (opens, closes))
    # Round-the-clock days touch where clocks change; a stretch must never run into the next.
    stops[:-1] = np.minimum(stops[:-1], starts[1:])
    return starts, np.maximum(stops, starts)


def _nanoseconds(clock: object) -> int:
    """A clock such as 09:30, after midnight."""
    if not (found := re.match(r"(\d{1,2}):(\d\d)", str(clock))):
        raise OutsourcingKitError(f"Found {clock!r}; expected a time of day. Mend: write it as 09:00.")
    return (60 * int(found[1]) + int(found[2])) * (_HOUR // 60)


def _coded(parties: Hours | Sequence[Hours], rows: int, name: str) -> tuple[NDArray[np.int64], list[Hours]]:
    if isinstance(parties, Workday | Anyone):
        return np.zeros(rows, np.int64), [parties]
    if len(parties) != rows:
        raise OutsourcingKitError(
            f"{name} has {len(parties)} workdays for {rows} rows. Mend: pass one a row, or a single Workday for all."
        )
    places = {party: place for place, party in enumerate(dict.fromkeys(parties))}
    return np.array([places[party] for party in parties], np.int64), [*places]


def _to_utc(local: Nanoseconds, zone: str) -> Nanoseconds:
    # A clock time that a change of clocks skips moves to the change; one that comes twice is its first coming.
    index = pd.DatetimeIndex(local.astype("datetime64[ns]"))
    first = np.ones(len(index), dtype=bool)
    utc = index.tz_localize(zone, ambiguous=first, nonexistent="shift_forward").tz_convert("UTC")
    return np.array(utc.as_unit("ns").asi8)


def _where_at_least(parts: Sequence[Stretches], count: int) -> Stretches:
    """The stretches in which at least `count` of the parts are on, by one sort of all begins and ends."""
    if not parts:  # nobody's hours are no hours
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    times = np.concatenate([*(begins for begins, _ in parts), *(ends for _, ends in parts)])
    steps = np.repeat(np.array([1, -1], np.int64), len(times) // 2)
    order = np.argsort(times, kind="stable")
    times, on = times[order], np.cumsum(steps[order]) >= count
    # Where one stops as another starts, a stretch of no length would be left between them.
    keep = np.flatnonzero(on[:-1] & (times[1:] > times[:-1]))
    return times[keep], times[keep + 1]


def _until(moments: Nanoseconds, stretches: Stretches) -> NDArray[np.int64]:
    """Time at work from the first stretch up to each moment."""
    begins, ends = stretches
    if not len(begins):
        return np.zeros(len(moments), np.int64)
    # Running totals: a wait of months then costs two look-ups, not a walk over its days.
    before = np.concatenate([[0], np.cumsum(ends - begins)])
    which = np.searchsorted(begins, moments, side="right")
    last = np.maximum(which - 1, 0)
    inside = np.clip(moments - begins[last], 0, ends[last] - begins[last])
    return np.where(which > 0, before[last] + inside, 0)
