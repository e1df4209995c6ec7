"""Zoom and Teams: who was in a meeting, and how long. Each stay is a row: whoever comes back has two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, tidy_name
from outsourcing_kit.readers.meetings import is_kickoff, name_of, near
from outsourcing_kit.readers.opening import Grid, Source, grid_of
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

NAME, KEY = "who was in a meeting (Zoom or Teams, CSV)", "attendance"
_NAMES = ("Name (Original Name)", "Name (original name)", "Name", "User Name (Original Name)", "Full Name")
_JOINED, _LEFT = ("Join Time", "Joined at"), ("Leave Time", "Left at")


def is_mine(source: Source) -> bool:
    """Whether it has stays, or Teams' older list of who joined and who left."""
    head = source.head.casefold()
    told = ("join time" in head and "leave time" in head) or "user action" in head
    return told and _header(source.rows) is not None


def read(source: Source, ask: Ask) -> Draft:
    """Stays as `attendance`; the meeting itself, unless the calendar has it already."""
    draft, rows = Draft(), source.rows
    head = _header(rows) or 0
    grid = grid_of(source, _section(rows[head:]))
    about = _about(rows[:head])
    names, mails = grid.get(*_NAMES), grid.get("User Email", "Email")
    # An address is one person in every tool; a name is what somebody typed when they joined.
    person = [mail or tidy_name(name) for name, mail in zip(names, mails, strict=True)]
    joined, left = _stays(grid, person)
    first, last = about.get("start time", ""), about.get("end time", "")
    order = ask.order([*joined, *left, first, last])
    zone = ask.place("zone", "In which time zone does the report show its times?")
    moment = {text: _instant(text, order, zone) for text in {*joined, *left, first, last}}
    stays = pd.DataFrame({"person": person, "joined_at": joined, "left_at": left})
    stays["joined_at"], stays["left_at"] = (stays[name].map(moment) for name in ("joined_at", "left_at"))
    # Whoever waits outside has not heard anything.
    waiting = pd.Series(grid.get("In Waiting Room")).map(folded) == "yes"
    draft.leave_out("time spent in the waiting room", int(waiting.sum()))
    stays = stays[~waiting]
    unknown = stays["joined_at"].isna() | (stays["person"] == "")
    draft.leave_out("stays without a person or a beginning", int(unknown.sum()))
    stays = stays[~unknown]
    if not len(stays):
        return draft
    draft.meet(Who(a, n, m) for a, n, m in zip(person, names, mails, strict=True))
    # A report without its head still tells when the first came and the last left.
    starts = moment[first] if pd.notna(moment[first]) else stays["joined_at"].min()
    ends = moment[last] if pd.notna(moment[last]) else stays["left_at"].max()
    title = about.get("topic") or about.get("meeting title") or ""
    meeting = _meeting(draft, starts, ends, title, ask)
    draft.add("attendance", {"meeting": [meeting] * len(stays), **{name: stays[name] for name in stays}})
    return draft


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """The row with the names of the columns of stays; the last such, as Teams puts a summary before it."""
    found = None
    for number, row in enumerate(rows[:500]):
        cells = set(map(folded, row))
        stays = any(folded(name) in cells for name in _JOINED) and any(folded(name) in cells for name in _LEFT)
        if any(folded(name) in cells for name in _NAMES) and (stays or {"user action", "timestamp"} <= cells):
            found = number
    return found


def _section(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows up to the first blank line."""
    end = next((n for n, row in enumerate(rows) if not any(map(str.strip, row))), len(rows))
    return list(rows[:end])


def _about(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What stands above: Teams writes a name and a value in each line, Zoom a line of names above one of values."""
    found = {folded(row[0]): row[1].strip() for row in rows if len([cell for cell in row if cell.strip()]) == 2}
    for names, values in pairwise(rows):
        if "topic" in map(folded, names):
            found |= {folded(name): value.strip() for name, value in zip(names, values, strict=False)}
    return found


def _stays(grid: Grid, person: Sequence[str]) -> tuple[list[str], list[str]]:
    """When each stay began and ended, as written; of Teams' older list each "left" ends the last "joined"."""
    if "User Action" not in grid:
        return grid.get(*_JOINED), grid.get(*_LEFT)
    joined, left = [""] * len(grid), [""] * len(grid)
    came: dict[str, int] = {}
    for place, (who, action, when) in enumerate(
        zip(person, grid.get("User Action"), grid.get("Timestamp"), strict=True)
    ):
        if action.casefold().startswith("joined"):
            came[who], joined[place] = place, when
        elif who in came:
            left[came.pop(who)] = when
    return joined, left


def _instant(text: str, order: str, zone: str) -> pd.Timestamp:
    found = times([text], order)
    local = pd.Timestamp(found.local[0])
    if pd.isna(local) or found.offset[0] == found.offset[0]:
        return (local - pd.Timedelta(minutes=found.offset[0])).tz_localize("UTC") if pd.notna(local) else pd.NaT
    return local.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")


def _meeting(draft: Draft, starts: pd.Timestamp, ends: pd.Timestamp, title: str, ask: Ask) -> str:
    """The meeting's name in the tables: the calendar's where it has one at this time, else a new row."""
    name = name_of(starts, title, "r")
    known = near(ask, starts)
    if known and name not in ask.answers.meetings:
        return known
    text = f"Was the meeting of {starts:%Y-%m-%d %H:%M} in UTC the kickoff?"
    kind = "kickoff" if is_kickoff(ask, f"kickoff {starts:%Y-%m-%d}", name, text) else "other"
    ask.answers.meetings[name] = starts
    draft.add("meetings", {"meeting": [name], "kind": [kind], "starts": [starts], "ends": [ends], "status": ["held"]})
    return name
