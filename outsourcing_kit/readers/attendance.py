"""Zoom and Teams: who was in a meeting, and how long. Each stay is a row: whoever comes back has two."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, tidy_name
from outsourcing_kit.readers.meetings import is_kickoff, name_of, near
from outsourcing_kit.readers.opening import Source, grid_of
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

NAME, KEY = "who was in a meeting (Zoom or Teams, CSV)", "attendance"


def is_mine(source: Source) -> bool:
    """Whether it has stays, or Teams' older list of who joined and who left."""
    head = source.head.casefold()
    told = ("join time" in head and "leave time" in head) or "user action" in head
    return told and _header(source) is not None


def read(source: Source, ask: Ask) -> Draft:
    """Stays as `attendance`; the meeting itself, unless the calendar has it already."""
    draft, head = Draft(), _header(source) or 0
    # Stays end with the first blank line.
    below = takewhile(lambda row: any(map(str.strip, row)), source.rows[head:])
    rows, about = grid_of(source, list(below)).frame(KEY), _about(source.rows[:head])
    # An address is one person in every tool; a name is what somebody typed when they joined.
    rows["person"] = rows["mail"].where(rows["mail"] != "", rows["name"].map(tidy_name))
    _pair(rows)
    first, last = about.get("start time", ""), about.get("end time", "")
    stamps = [*rows["joined_at"], *rows["left_at"], first, last]
    order = ask.order(stamps)
    zone = ask.place("zone", "In which time zone does the report show its times?")
    moment = {text: _instant(text, order, zone) for text in {*stamps}}
    for name in ("joined_at", "left_at"):
        rows[name] = rows[name].map(moment)
    # Whoever waits outside has not heard anything.
    stays = draft.without(rows, rows["waiting"].map(folded) == "yes", "time spent in the waiting room")
    unknown = stays["joined_at"].isna() | (stays["person"] == "")
    stays = draft.without(stays, unknown, "stays without a person or a beginning")
    if not len(stays):
        return draft
    draft.meet(map(Who, rows["person"], rows["name"], rows["mail"]))
    # A report without its head still tells when the first came and the last left.
    starts = moment[first] if pd.notna(moment[first]) else stays["joined_at"].min()
    ends = moment[last] if pd.notna(moment[last]) else stays["left_at"].max()
    title = about.get("topic") or about.get("meeting title") or ""
    draft.add("attendance", stays.assign(meeting=_meeting(draft, starts, ends, title, ask)))
    return draft


def _header(source: Source) -> int | None:
    """The row with the names of the columns of stays; the last such, as Teams puts a summary before it."""
    found = None
    for number, row in enumerate(source.rows[:500]):
        names = grid_of(source, [row])
        if names.is_of(KEY) or names.is_of(KEY, "name", "action", "when"):
            found = number
    return found


def _about(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What stands above: Teams writes a name and a value in each line, Zoom a line of names above one of values."""
    found = {folded(row[0]): row[1].strip() for row in rows if len([cell for cell in row if cell.strip()]) == 2}
    for names, values in pairwise(rows):
        if "topic" in map(folded, names):
            found |= {folded(name): value.strip() for name, value in zip(names, values, strict=False)}
    return found


def _pair(rows: pd.DataFrame) -> None:
    """In Teams' older list each "left" ends the last "joined" of the same person."""
    came: dict[str, int] = {}
    for place, (who, action, when) in enumerate(zip(rows["person"], rows["action"], rows["when"], strict=True)):
        if action.casefold().startswith("joined"):
            came[who], rows.loc[place, "joined_at"] = place, when
        elif who in came:
            rows.loc[came.pop(who), "left_at"] = when


def _instant(text: str, order: str, zone: str) -> pd.Timestamp:
    found = times([text], order)
    local, ahead = pd.Timestamp(found.local[0]), found.offset[0]
    if pd.isna(ahead):
        return local.tz_localize(zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
    return (local - pd.Timedelta(minutes=ahead)).tz_localize("UTC")


def _meeting(draft: Draft, starts: pd.Timestamp, ends: pd.Timestamp, title: str, ask: Ask) -> str:
    """The meeting's name in the tables: the calendar's where it has one at this time, else a new row."""
    name = name_of(starts, title, "r")
    known = near(ask, starts)
    if known and name not in ask.answers.meetings:
        return known
    text = f"Was the meeting of {starts:%Y-%m-%d %H:%M} in UTC the kickoff?"
    kind = "kickoff" if is_kickoff(ask, f"kickoff {starts:%Y-%m-%d}", name, text) else "other"
    ask.answers.meetings[name] = starts
    draft.add("meetings", {"meeting": name, "kind": kind, "starts": starts, "ends": ends, "status": "held"})
    return name
