"""Who met whom, and when did the paid work begin? Facts in order of time, from attendance and time sheets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outsourcing_kit.showing import Shown

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_NAMES = {"kickoff", "kickoffmeeting", "kickoffcall"}
SIDES = ("client", "provider")
FACTS = (
    "happened_at",
    "ends",
    "fact",
    "label",
    "meeting",
    "kind",
    "status",
    "invited",
    "client",
    "provider",
    "counts",
    "days_from_work",
)


@dataclass(frozen=True, repr=False)
class Timeline(Shown):
    """The facts in order: `.table` has a row a meeting and one for the first paid work.

    `kickoff` is the earliest kickoff that was held and joined by both sides, `kickoff_ends` its end, `first_work` the
    start of the first paid work (all None where there is none), `days_between` the days from the one to the other,
    negative where work came first. `refused` says of every other kickoff why it does not count.
    """

    table: pd.DataFrame
    kickoff: str | None
    kickoff_ends: pd.Timestamp | None
    first_work: pd.Timestamp | None
    first_work_from: str
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def days_between(self) -> float:
        """Days from the kickoff's end to the first paid work; nan where either is missing."""
        if self.kickoff_ends is None or self.first_work is None:
            return math.nan
        return (self.first_work - self.kickoff_ends) / pd.Timedelta(days=1)

    @property
    def before_work(self) -> bool | None:
        """Whether the kickoff ended before the first paid work began; None while neither has happened."""
        if self.kickoff is None:
            return None if self.first_work is None else False
        return self.first_work is None or self.kickoff_ends <= self.first_work

    @property
    def around_start(self) -> pd.DataFrame:
        """The rows to show: kickoffs, the first paid work, and what lies within four weeks of it."""
        if self.first_work is None:
            return self.table
        near = (self.table["happened_at"] - self.first_work).abs() <= pd.Timedelta(weeks=4)
        named = np.array([is_kickoff(kind) for kind in self.table["kind"]], dtype=bool)
        return self.table[near | named]

    def _view(self) -> pd.DataFrame:
        rows = self.around_start
        shown = pd.DataFrame({"when": rows["happened_at"], "what": rows["label"]})
        for name in SIDES:
            # Nobody joins the first paid work.
            shown[f"{name} people there"] = rows[name].astype("Int64").where(rows["fact"] == "meeting")
        return shown.assign(**{"the one that counts": rows["counts"].map({True: "yes", False: ""})})

    def _caption(self) -> str:
        return "Kickoff and first paid work"

    def _notes(self) -> tuple[str, ...]:
        left_out = len(self.table) - len(self.around_start)
        more = (f"{left_out} meetings further from the first paid work are not shown.",) if left_out else ()
        return (*self.refused, *self.notes, *more)


@dataclass(frozen=True, repr=False)
class CalendarView(Shown):
    """What the calendar alone says of the kickoffs, beside who came: `.table` has a row a kickoff."""

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    _nothing = "No meeting of kind kickoff is in the calendar"


def calendar_alone(engagement: Engagement) -> CalendarView:
    """The wrong way, beside the facts: how many were invited to each kickoff and accepted, and how many joined.

    Columns: kickoff, planned_for (UTC), planned_before_work (yes, no, unknown), status, invited, accepted,
    joined_client, joined_provider (people; "unknown" where the records do not say).

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> calendar_alone(Engagement(settings, {}))
    No meeting of kind kickoff is in the calendar.
    """
    timeline = kickoff_timeline(engagement)
    facts = timeline.table
    rows = facts[np.array([is_kickoff(kind) for kind in facts["kind"]], dtype=bool)]
    before = ["unknown" if pd.isna(days) else "yes" if days >= 0 else "no" for days in rows["days_from_work"]]
    said = engagement.attendance
    yes = said[said["response"] == "accepted"].groupby("meeting")["person"].nunique()
    accepted = rows["meeting"].map(yes).astype(float).fillna(0)
    if engagement.lacks("attendance", "response"):
        accepted[:] = math.nan
    table = pd.DataFrame(
        {
            "kickoff": rows["meeting"],
            "planned_for": rows["happened_at"].dt.strftime("%Y-%m-%d %H:%M UTC"),
            "planned_before_work": before,
            "status": rows["status"],
            "invited": _or_unknown(rows["invited"]),
            "accepted": _or_unknown(accepted),
            "joined_client": _or_unknown(rows["client"]),
            "joined_provider": _or_unknown(rows["provider"]),
        }
    )
    why = attendance_unknown(engagement)
    notes = (f"A calendar without attendance says nothing about who came: {why}",) if why and len(table) else ()
    return CalendarView(table.reset_index(drop=True), notes)


def _or_unknown(counts: pd.Series) -> pd.Series:
    """Counts of people; the word where they are not on record."""
    return counts.astype(int) if counts.notna().all() else counts.astype(object).where(counts.notna(), "unknown")


def is_kickoff(kind: object) -> bool:
    """Whether a meeting's kind says kickoff, however it is spelt.

    >>> [is_kickoff(kind) for kind in ("kickoff", "Kick-off", "Kick off meeting", "weekly", None)]
    [True, True, True, False, False]
    """
    return isinstance(kind, str) and re.sub(r"[^a-z]", "", kind.casefold()) in _NAMES


def held_kickoffs(meetings: pd.DataFrame) -> pd.DataFrame:
    """The meetings of kind kickoff that were held, the earliest first."""
    named = np.array([is_kickoff(kind) for kind in meetings["kind"]], dtype=bool)
    held = (meetings["status"] == "held").to_numpy(dtype=bool)
    return meetings[named & held].sort_values(["starts", "meeting"], kind="stable")


def kickoff_timeline(engagement: Engagement) -> Timeline:
    """Put the meetings and the first paid work in order, and say which kickoff counts.

    A kickoff counts if its kind says so, it was held, and at least one person of each side joined: an invitation is
    not attendance, and a cancelled meeting is none. Of a series that bears the name, the earliest one counts. First
    paid work is the provider's earliest billable time entry (every entry where none says whether it is billable),
    else the start of the provider's earliest work item. All is compared as instants, whatever the zones.

    Returns:
        Timeline; `.table` columns: happened_at and ends (UTC), fact (meeting, first paid work), label, meeting, kind,
        status, invited, client and provider (people who joined; both nan where the records do not say), counts,
        days_from_work (end of the meeting to first work).

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> kickoff_timeline(Engagement(settings, {})).missing
    ('needs table meetings', 'needs table attendance', 'needs table people', 'needs table time_entries or work')
    """
    side = engagement.side_of()
    work, source, notes = _first_work(engagement, side)
    unknown = attendance_unknown(engagement)
    invited_unknown = engagement.lacks("attendance")
    if unknown and len(engagement.meetings):
        notes += (f"Who {'was invited and who ' if invited_unknown else ''}joined is unknown, so blank: {unknown}.",)
    meetings = engagement.meetings.sort_values(["starts", "meeting"], kind="stable")
    came = _joined(engagement.attendance, side)
    asked = engagement.attendance.groupby("meeting")["person"].nunique().to_dict()
    rows, refused, chosen = [], [], None
    for row in meetings.itertuples():
        joined = {name: came.get((row.meeting, name), 0) for name in SIDES}
        named = is_kickoff(row.kind)
        both = all(joined.values())
        counts = named and row.status == "held" and both and chosen is None
        if counts:
            chosen = row
        elif named and chosen is None and (why := _why_not(row.status, joined, unknown)):
            refused.append(f"Meeting {row.meeting} ({row.kind}) does not count: {why}.")
        after = (work - row.ends) / pd.Timedelta(days=1) if work is not None else math.nan
        rows.append(
            (
                row.starts,
                row.ends,
                "meeting",
                f"{row.kind} {row.meeting}{'' if row.status == 'held' else ', cancelled'}",
            )
            + (
                row.meeting,
                row.kind,
                row.status,
                # Not on record is not nobody.
                math.nan if invited_unknown else asked.get(row.meeting, 0),
                *(math.nan if unknown else joined[name] for name in SIDES),
                counts,
                after,
            )
        )
    if work is not None:
        rows.append((work, work, "first paid work", f"first paid work ({source})", "", "", "", 0, 0, 0, False, 0.0))
    table = pd.DataFrame(rows, columns=list(FACTS)).sort_values("happened_at", kind="stable", ignore_index=True)
    for name in ("happened_at", "ends"):
        table[name] = pd.to_datetime(table[name], utc=True)
    repeats = sum(is_kickoff(kind) for kind in meetings["kind"]) - len(refused) - (chosen is not None)
    if repeats > 0:
        notes += (f"{repeats} later meeting{'s' if repeats > 1 else ''} of kind kickoff: a series counts once.",)
    missing = [what for what in (engagement.lacks(name) for name in ("meetings", "attendance", "people")) if what]
    if work is None and engagement.time_entries.empty and engagement.work.empty:
        missing.append("needs table time_entries or work")
    ends = None if chosen is None else chosen.ends
    return Timeline(
        table,
        None if chosen is None else str(chosen.meeting),
        ends,
        work,
        source,
        tuple(refused),
        tuple(missing),
        notes,
    )


def attendance_unknown(engagement: Engagement) -> str | None:
    """Why the records do not say who joined which meeting, in words; None where they do."""
    return engagement.lacks("attendance", "joined_at") or engagement.lacks("people")


def _why_not(status: str, joined: dict[str, int], unknown: str | None) -> str:
    if status != "held":
        return f"it was {status}"
    if unknown:
        return f"who came is unknown ({unknown})"
    absent = [name for name in SIDES if not joined[name]]
    if len(absent) == 2:
        return "nobody of either side is on record as having joined"
    return f"nobody of the {absent[0]} side joined" if absent else ""


def _joined(attendance: pd.DataFrame, side: pd.Series) -> dict[tuple[str, str], int]:
    """People who joined each meeting, by side: somebody who left and came back is one."""
    there = attendance[attendance["joined_at"].notna()] if "joined_at" in attendance else attendance.iloc[:0]
    there = there.drop_duplicates(["meeting", "person"])
    return there.groupby(["meeting", there["person"].map(side).rename("side")]).size().to_dict() if len(there) else {}


def _first_work(engagement: Engagement, side: pd.Series) -> tuple[pd.Timestamp | None, str, tuple[str, ...]]:
    provider = set(side.index[side == "provider"])
    notes: tuple[str, ...] = ()
    entries = engagement.time_entries
    entries = entries[entries["person"].isin(provider) & entries["started"].notna()]
    source = "time entry"
    if "billable" in entries and entries["billable"].notna().any():
        unsaid = int(entries["billable"].isna().sum())
        if unsaid:
            notes = (f"{unsaid} of the provider's time entries do not say whether they are paid for; left out.",)
        entries = entries[_true(entries["billable"])]
        source = "billable time entry"
    if len(entries):
        return entries["started"].min(), source, notes
    items = engagement.work
    items = items[items["person"].isin(provider) & items["started"].notna()]
    if len(items):
        return (
            items["started"].min(),
            "work item",
            (*notes, "No paid time entry of the provider; work items were used."),
        )
    return None, "", notes


def _true(values: Iterable[object]) -> list[bool]:
    return [not pd.isna(value) and bool(value) for value in values]
