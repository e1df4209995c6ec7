"""Calendars (.ics): meetings and the answers to their invitations. Who came, no calendar knows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pandas as pd

from outsourcing_kit.exceptions import MissingExtraError
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.known import first_of
from outsourcing_kit.readers.meetings import Event, calendar_kickoff, calendar_names
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import shown

NAME, KEY = "a calendar (.ics)", "calendar"
_RESPONSE = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "NEEDS-ACTION": "none"}
_MOST_MEETINGS = 200_000
# Nobody meets more often in the years of an engagement; a series of every second would go on for ever.
_MOST_TIMES = 5_000


def is_mine(source: Source) -> bool:
    """Whether it begins as a calendar does."""
    return source.head.lstrip("\ufeff \r\n").upper().startswith("BEGIN:VCALENDAR")


def read(source: Source, ask: Ask) -> Draft:
    """Meetings and attendance; `joined_at` stays blank. Which meeting was the kickoff is asked."""
    draft = Draft()
    events = sorted(_events(source, ask, draft), key=lambda event: (event.starts, event.uid))
    # A reminder to oneself is no meeting.
    alone = [event for event in events if not event.guests]
    draft.leave_out("events without anybody invited", len(alone))
    events = [event for event in events if event.guests]
    if not events:
        return draft
    names = calendar_names(events, ask)
    kickoff = calendar_kickoff(events, names, ask)
    ask.answers.meetings |= {names[event]: event.starts for event in events}
    # By the words of the title, the first that fits; it is a word for the reader, and no verdict hangs on it.
    said = (first_of(event.title, "weekly", "review", "debrief") or "other" for event in events)
    kinds = ["kickoff" if event == kickoff else kind for event, kind in zip(events, said, strict=True)]
    draft.add("meetings", pd.DataFrame(events).assign(meeting=[names[event] for event in events], kind=kinds))
    stays = [(names[event], mail, response) for event in events for mail, _, response in event.guests]
    draft.add("attendance", pd.DataFrame(stays, columns=["meeting", "person", "response"]))
    draft.meet(Who(mail, name, mail) for event in events for mail, name, _ in event.guests)
    draft.assume("meetings", "a meeting in the calendar that was not cancelled was held")
    return draft


# --- reading -----------------------------------------------------------------------------------------------------


_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)


def _events(source: Source, ask: Ask, draft: Draft) -> list[Event]:
    """Every meeting of the file, each of a series on its own. Raises OutsourcingKitError where it is damaged."""
    entries, own = _entries(source)
    # Holidays and birthdays last the whole day.
    timed = [entry for entry in entries if isinstance(entry["DTSTART"].dt, dt.datetime)]
    draft.leave_out("whole-day entries, which are no meetings", len(entries) - len(timed))
    if not own and any(entry["DTSTART"].dt.tzinfo is None for entry in timed):
        own = ask.place("zone", "In which city were times without a zone written?")
    try:
        zone = ZoneInfo(own or "UTC")
        # One of a series that was moved stands there as an entry of its own.
        moved = {(_uid(entry), _utc(entry["RECURRENCE-ID"].dt, zone)) for entry in timed if "RECURRENCE-ID" in entry}
        # A series without an end goes on to the day of the export, the last one that is stamped on anything.
        stamps = (_utc(entry[key].dt, zone) for entry in timed for key in ("DTSTAMP", "DTSTART") if key in entry)
        last = max(stamps, default=dt.datetime.max.replace(tzinfo=dt.UTC))
        told = (event for entry in timed for event in _told(entry, zone, moved, last))
        events = list(islice(told, _MOST_MEETINGS + 1))
    except _DAMAGED as error:
        _refuse(source, error)
    if len(events) > _MOST_MEETINGS:
        mend = "export fewer years, or take out series that repeat within a day"
        source.refuse(f"more than {_MOST_MEETINGS:,} meetings", "the calendar of an engagement", mend)
    return events


def _entries(source: Source) -> tuple[list[Any], str]:
    """What begins at some time, and the calendar's own zone."""
    try:
        import icalendar
    except ImportError:
        raise MissingExtraError.of(f"{source.name}: a calendar", "icalendar", "readers") from None
    try:
        calendars = icalendar.Calendar.from_ical(source.text, multiple=True)
        entries = [entry for each in calendars for entry in each.walk("VEVENT") if hasattr(entry.get("DTSTART"), "dt")]
        return entries, next((str(each["X-WR-TIMEZONE"]) for each in calendars if "X-WR-TIMEZONE" in each), "")
    except _DAMAGED as error:
        _refuse(source, error)


def _refuse(source: Source, error: Exception) -> NoReturn:
    source.refuse(f"a damaged calendar ({shown(error, 120)})", "an .ics file as it was exported", "export it again")


def _uid(entry: Any) -> str:
    return str(entry.get("UID", ""))


def _told(entry: Any, zone: ZoneInfo, moved: set[tuple[str, dt.datetime]], last: dt.datetime) -> Iterator[Event]:
    """The meetings of one entry, those of a series without what was taken out of it or moved."""
    start, uid = entry["DTSTART"].dt, _uid(entry)
    length = _length_of(entry, start, zone)
    guests = tuple(_guests(entry))
    title, status = str(entry.get("SUMMARY", "")), str(entry.get("STATUS", "")).upper()
    out = {_utc(day, zone) for day in _days(entry, "EXDATE")}
    for local in _starts(entry, zone, last):
        begin = _utc(local, zone)
        if begin not in out and ("RECURRENCE-ID" in entry or (uid, begin) not in moved):
            held = "cancelled" if status == "CANCELLED" else "held"
            yield Event(uid, begin, begin + length, title, held, guests)


def _guests(entry: Any) -> Iterator[tuple[str, str, str]]:
    """Address, name and answer of everybody invited; rooms are nobody."""
    found = entry.get("ATTENDEE", [])
    found = found if isinstance(found, list) else [found]
    if found and "ORGANIZER" in entry and any(key.startswith("X-MICROSOFT") for key in entry):
        # Outlook does not list whoever invites, who comes without answering themselves.
        asked, by = {str(each).casefold() for each in found}, entry["ORGANIZER"]
        if str(by).casefold() not in asked:
            yield *_person(by), ""
    for each in found:
        mail, name = _person(each)
        if mail and str(each.params.get("CUTYPE", "")).upper() not in ("ROOM", "RESOURCE"):
            yield mail, name, _RESPONSE.get(str(each.params.get("PARTSTAT", "NEEDS-ACTION")).upper(), "none")


def _person(told: Any) -> tuple[str, str]:
    """The address of somebody, and the name where one stands there."""
    name = str(told.params.get("CN", ""))
    return re.sub("^mailto:", "", str(told), flags=re.IGNORECASE).strip().lower(), "" if "@" in name else name


# --- when entries begin, a series each time, by the wall clock of whoever made it ---------------------------------


def _utc(moment: dt.date, zone: ZoneInfo) -> dt.datetime:
    """A moment in UTC; one without a zone, and a day's beginning, are in `zone`."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)


def _days(entry: Any, key: str) -> list[dt.date]:
    """The days or times of one of an entry's lists, such as those that a series leaves out."""
    found = entry.get(key, [])
    return [each.dt for some in (found if isinstance(found, list) else [found]) for each in some.dts]


def _starts(entry: Any, zone: ZoneInfo, last: dt.datetime) -> Iterator[dt.datetime]:
    """When an entry begins, a series each time: by the wall clock, as nine stays nine when the clocks change.

    A series without an end goes on until `last`. Raises ValueError for a rule that is none.
    """
    start = entry["DTSTART"].dt
    yield from (day for day in _days(entry, "RDATE") if isinstance(day, dt.datetime) and day != start)
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
        if endless and _utc(day.replace(tzinfo=here), zone) > last:
            return
        yield day.replace(tzinfo=here)


def _until(stamp: str, here: dt.tzinfo) -> str:
    """The end of a series, written in UTC, by the series' own clock."""
    end = dt.datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    return f"UNTIL={end.astimezone(here):%Y%m%dT%H%M%S}"


def _length_of(entry: Any, start: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    """How long an entry is: until its end, or as long as it says."""
    if "DTEND" in entry:
        # An end before the beginning is a slip: such a meeting has no length.
        return max(_utc(entry["DTEND"].dt, zone) - _utc(start, zone), dt.timedelta())
    return entry["DURATION"].dt if "DURATION" in entry else dt.timedelta()
