"""A meeting in a calendar, a report and a transcript is one, by when it was; and which of all was the kickoff."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import digest
from outsourcing_kit.readers.known import pattern
from outsourcing_kit.text import shown

_FIRST = pattern("first_meeting")
_NONE, _NEVER = "none of these", "there was no kickoff"
# Nobody reads a longer list; first meetings, by their titles and by the calendar, are in it.
_MOST_OPTIONS = 12
_CALENDARS = re.compile(r"Z-[0-9a-f]{4}$")
# What two tools say of one meeting begins as near to each other.
_NEAR = dt.timedelta(minutes=30)
_DAY = dt.timedelta(days=1)


class Event(NamedTuple):
    """A meeting of a calendar; a guest is an address, a name and an answer."""

    uid: str
    starts: dt.datetime
    ends: dt.datetime
    title: str
    status: str
    guests: tuple[tuple[str, str, str], ...]


def name_of(starts: dt.datetime, known_as: str, mark: str = "") -> str:
    """A meeting's name that tells nobody's: when it is, and four letters made of what its tool knows it by.

    >>> name_of(dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC), "Welcome call with Joy", "r")
    '2026-03-02T14:00Z-r19c5'
    """
    return f"{starts:%Y-%m-%dT%H:%MZ}-{mark}{digest(known_as, 4)}"


def near(ask: Ask, starts: dt.datetime) -> str:
    """The meeting that is known to begin about then, "" where none is."""
    found = min(((abs(when - starts), name) for name, when in ask.answers.meetings.items()), default=(_DAY, ""))
    return found[1] if found[0] <= _NEAR else ""


def on_day(ask: Ask, day: dt.date) -> list[str]:
    """The meetings that are known to begin on a day: in UTC, or, where none does, anywhere on earth."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    for early, late in ((0, 24), (-14, 36)):
        first, last = (midnight + dt.timedelta(hours=hours) for hours in (early, late))
        if found := sorted(name for name, when in ask.answers.meetings.items() if first <= when < last):
            return found
    return []


def is_kickoff(ask: Ask, key: str, meeting: str, text: str) -> bool:
    """Whether a meeting was the kickoff: asked unless another one was, or there was none."""
    known = ask.answers
    if not (known.kickoff or known.no_kickoff) and ask.one(key, text, ("yes", "no")) == "yes":
        known.kickoff = meeting
    return known.kickoff == meeting


def calendar_names(events: Sequence[Event], ask: Ask) -> dict[Event, str]:
    """Event → its meeting's name: what a report calls a meeting of this time, if one was read before, else its own."""
    # One that begins at midnight may be of an unknown hour; and of two calendars' entries each is a meeting.
    reports = ((when, name) for name, when in ask.answers.meetings.items() if when.time() != dt.time())
    there = sorted(each for each in reports if not _CALENDARS.search(each[1]))
    names = {}
    for event in events:
        at = bisect_left(there, (event.starts - _NEAR, ""))
        same = event.status == "held" and at < len(there) and there[at][0] <= event.starts + _NEAR
        names[event] = there.pop(at)[1] if same else name_of(event.starts, event.uid)
    return names


def calendar_kickoff(events: Sequence[Event], names: dict[Event, str], ask: Ask) -> Event | None:
    """The kickoff among these, None where it is not; then it has the name that is known already, if one is."""
    found = _kickoff(events, names, ask)
    if found is not None:
        names[found] = ask.answers.kickoff = ask.answers.kickoff if _may_be_known([found], ask) else names[found]
    return found


def _may_be_known(events: Sequence[Event], ask: Ask) -> bool:
    """Whether one of them may be the kickoff that is known already, of which maybe only the day is."""
    there = ask.answers.meetings.get(ask.answers.kickoff)
    return there is not None and any(abs(there - event.starts) < _DAY for event in events)


def _kickoff(events: Sequence[Event], names: Mapping[Event, str], ask: Ask) -> Event | None:
    """Asked once. The answer is kept as a day and a time: titles hold names."""
    named, said, known = [event for event in events if _FIRST.search(event.title)], ask.said("kickoff"), ask.answers
    times = {f"{event.starts:%Y-%m-%d %H:%M}": event for event in (*reversed(events), *reversed(named))}
    if said in times:
        return times[said]
    if said not in (_NONE, _NEVER) and (known.kickoff or known.no_kickoff) and not _may_be_known(events, ask):
        # It is in another file, such as that of an earlier month, or there was none.
        return None
    if not said and known.kickoff in names.values():
        return next(event for event, name in names.items() if name == known.kickoff)
    offered = {*named[:_MOST_OPTIONS], *events[:_MOST_OPTIONS]}
    options = {when: event for when, event in times.items() if event in offered}
    titles = "; ".join(f"{when} {shown(event.title)}" for when, event in sorted(options.items()))
    text = f"Which of these meetings was the kickoff (times in UTC): {titles}?"
    guess = f"{named[0].starts:%Y-%m-%d %H:%M}" if named else _NONE
    answer = ask.one("kickoff", text, (*sorted(options), _NONE, _NEVER), guess)
    known.no_kickoff |= answer == _NEVER
    return options.get(answer)
