"""When the entries of a calendar begin, a series each time, by the wall clock of whoever made it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

# Nobody meets more often in the years of an engagement; a series of every second would go on for ever.
_MOST_TIMES = 5_000


def utc(moment: dt.date, zone: ZoneInfo) -> dt.datetime:
    """A moment in UTC; one without a zone, and a day's beginning, are in `zone`."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def days(entry: Any, key: str) -> list[dt.date]:
    """The days or times of one of an entry's lists, such as those that a series leaves out."""
    found = entry.get(key, [])
    return [each.dt for some in (found if isinstance(found, list) else [found]) for each in some.dts]


def starts(entry: Any, zone: ZoneInfo, last: dt.datetime) -> Iterator[dt.datetime]:
    """When an entry begins, a series each time: by the wall clock, as nine stays nine when the clocks change.

    A series without an end goes on until `last`. Raises ValueError for a rule that is none.
    """
    start = entry["DTSTART"].dt
    yield from (day for day in days(entry, "RDATE") if isinstance(day, dt.datetime) and day != start)
    if "RRULE" not in entry or "RECURRENCE-ID" in entry:
        yield start
        return
    from dateutil.rrule import rrulestr

    # dateutil reckons without zones, so that the hour stays; the zone comes back after it.
    here = start.tzinfo or zone
    rule = entry["RRULE"].to_ical().decode()
    # A rule without an end would be counted on to the last of all years.
    endless = "UNTIL" not in rule and "COUNT" not in rule
    rule = re.sub(r"UNTIL=(\d{8}T\d{6})Z", lambda found: _until(found[1], here), rule)
    for day in islice(rrulestr(rule, dtstart=start.replace(tzinfo=None)), _MOST_TIMES):
        if endless and utc(day.replace(tzinfo=here), zone) > last:
            return
        yield day.replace(tzinfo=here)


def _until(stamp: str, here: dt.tzinfo) -> str:
    """The end of a series, written in UTC, by the series' own clock."""
    end = dt.datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    return f"UNTIL={end.astimezone(here):%Y%m%dT%H%M%S}"


def length_of(entry: Any, start: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    """How long an entry is: until its end, or as long as it says."""
    if "DTEND" in entry:
        # An end before the beginning is a slip: such a meeting has no length.
        return max(utc(entry["DTEND"].dt, zone) - utc(start, zone), dt.timedelta())
    return entry["DURATION"].dt if "DURATION" in entry else dt.timedelta()
