"""Who met whom, and when did the paid work begin? Facts in order of time, from attendance and time sheets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outsourcing_kit.frames import flags, sides, typed
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import meant
from outsourcing_kit.text import label, quoted

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

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
    negative where work came first. `refused` says of every other kickoff why it does not count. `doubts` are what to
    ask of meetings that may be a kickoff in time, `maybe_paid_before` counts the time entries before the end of one
    that else came first, of which nobody says whether the provider was paid for them.
    """

    table: pd.DataFrame
    kickoff: str | None
    kickoff_ends: pd.Timestamp | None
    first_work: pd.Timestamp | None
    first_work_from: str
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    maybe_paid_before: int = 0

    @property
    def days_between(self) -> float:
        """Days from the kickoff's end to the first paid work; nan where either is missing."""
        if self.kickoff_ends is None or self.first_work is None:
            return math.nan
        return (self.first_work - self.kickoff_ends) / pd.Timedelta(days=1)

    @property
    def before_work(self) -> bool | None:
        """Whether the kickoff ended before the first paid work began; None while nobody can tell."""
        if self.kickoff is not None and (self.first_work is None or self.kickoff_ends <= self.first_work):
            return None if self.maybe_paid_before else True
        return None if self.first_work is None or self.doubts else False

    @property
    def around_start(self) -> pd.DataFrame:
        """The rows to show: kickoffs, the first paid work, and what lies within four weeks of it."""
        if self.first_work is None:
            return self.table
        near = (self.table["happened_at"] - self.first_work).abs() <= pd.Timedelta(weeks=4)
        named = np.array([kickoff_named(kind) is not False for kind in self.table["kind"]], dtype=bool)
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
class NaiveKickoff(Shown):
    """What the calendar alone says of the kickoffs, beside who came: `.table` has a row a kickoff."""

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    _nothing = "No meeting of kind kickoff is in the calendar"


def naive_kickoff(engagement: Engagement) -> NaiveKickoff:
    """The wrong way, beside the facts: how many were invited to each kickoff and accepted, and how many joined.

    Columns: kickoff, planned_for (UTC), planned_before_work (yes, no, unknown), status, invited, accepted (at least:
    a blank answer is none), joined_client, joined_provider (people; "unknown" where the records do not say).

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> naive_kickoff(Engagement(settings, {}))
    No meeting of kind kickoff is in the calendar.
    """
    timeline = kickoff_timeline(engagement)
    facts = timeline.table
    rows = facts[np.array([is_kickoff(kind) for kind in facts["kind"]], dtype=bool)]
    before = ["unknown" if pd.isna(days) else "yes" if days >= 0 else "no" for days in rows["days_from_work"]]
    said = typed(engagement.attendance, "meeting", "person", "response")
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
    return NaiveKickoff(table.reset_index(drop=True), notes)


def _or_unknown(counts: pd.Series) -> pd.Series:
    """Counts of people; the word where they are not on record."""
    return counts.astype(int) if counts.notna().all() else counts.astype(object).where(counts.notna(), "unknown")


def is_kickoff(kind: object) -> bool:
    """Whether a meeting's kind says kickoff, however it is spelt.

    >>> [is_kickoff(kind) for kind in ("kickoff", "Kick-off", "Kick off meeting", "weekly", None)]
    [True, True, True, False, False]
    """
    return kickoff_named(kind) is True


@lru_cache(maxsize=1024)
def kickoff_named(kind: object) -> bool | None:
    """Whether a meeting's kind says kickoff; None where it may, and only the writer knows.

    >>> [kickoff_named(kind) for kind in ("Kick-off", "kikoff", "weekly", None)]
    [True, None, False, None]
    """
    if label(kind) is None:
        return None
    word, how = meant("meetings.kind", kind)
    return True if (word, how) == ("kickoff", "same") else None if word == "kickoff" else False


@lru_cache(maxsize=1024)
def was_held(status: object) -> bool | None:
    """Whether a meeting was held, as its status says; None where that is blank or neither held nor cancelled.

    >>> [was_held(status) for status in ("held", "Canceled", "postponed", None)]
    [True, False, None, None]
    """
    word, how = meant("meetings.status", status)
    return word == "held" if how == "same" else None


def held_kickoffs(meetings: pd.DataFrame, *, surely: bool = True) -> pd.DataFrame:
    """The meetings of kind kickoff that were held, or (not `surely`) may be such, the earliest first."""
    meetings = typed(meetings, "meeting", "kind", "status")
    both = [
        (kickoff_named(kind), was_held(status))
        for kind, status in zip(meetings["kind"], meetings["status"], strict=True)
    ]
    wanted = [all(pair) if surely else False not in pair for pair in both]
    return meetings[np.array(wanted, dtype=bool)].sort_values(["starts", "meeting"], kind="stable")


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
    side = sides(typed(engagement.people, "person", "side"))
    work, source, maybe_paid, notes = _first_work(engagement, side)
    unknown = attendance_unknown(engagement)
    invited_unknown = engagement.lacks("attendance")
    if unknown and len(engagement.meetings):
        notes += (f"Who {'was invited and who ' if invited_unknown else ''}joined is unknown, so blank: {unknown}.",)
    meetings = typed(engagement.meetings, "meeting", "kind", "status")
    meetings = meetings.sort_values(["starts", "meeting"], kind="stable")
    attendance = typed(engagement.attendance, "meeting", "person")
    came = _joined(attendance, side)
    asked = attendance.groupby("meeting")["person"].nunique().to_dict()
    rows, refused, doubts, chosen, later = [], [], [], None, 0
    for row in meetings.itertuples():
        joined = {name: came.get((row.meeting, name), 0) for name in SIDES}
        named, held = kickoff_named(row.kind), was_held(row.status)
        # Somebody of unknown side may be the one who is missing; and nobody at all holds no meeting.
        nobody_known = not any(joined.values()) and held
        unplaced = bool(unknown) or (row.meeting, "") in came or bool(nobody_known)
        there = {name: True if joined[name] else None if unplaced else False for name in SIDES}
        later += bool(named and chosen is not None)
        counts = chosen is None and bool(named and held and all(there.values()))
        if counts:
            chosen = row
        elif chosen is None and named is not False and held is not False and False not in there.values():
            if work is None or row.ends <= work:
                doubts += _questions(row, named, held, there)
        elif named and chosen is None:
            refused.append(f"Meeting {row.meeting} ({row.kind}) does not count: {_why_not(row.status, held, there)}.")
        after = (work - row.ends) / pd.Timedelta(days=1) if work is not None else math.nan
        rows.append(
            (
                row.starts,
                row.ends,
                "meeting",
                f"{row.kind} {row.meeting}{'' if held else ', cancelled' if held is False else f', {row.status}'}",
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
    if later:
        notes += (f"{later} later meeting{'s' if later > 1 else ''} of kind kickoff: a series counts once.",)
    missing = [what for what in (engagement.lacks(name) for name in ("meetings", "attendance", "people")) if what]
    if work is None and engagement.time_entries.empty and engagement.work.empty:
        missing.append("needs table time_entries or work")
    ends = None if chosen is None else chosen.ends
    in_time = ends is not None and (work is None or ends <= work)
    return Timeline(
        table,
        None if chosen is None else str(chosen.meeting),
        ends,
        work,
        source,
        tuple(refused),
        tuple(missing),
        notes,
        tuple(doubts),
        int((maybe_paid < ends).sum()) if in_time else 0,
    )


def attendance_unknown(engagement: Engagement) -> str | None:
    """Why the records do not say who joined which meeting, in words; None where they do."""
    return engagement.lacks("attendance", "joined_at") or engagement.lacks("people")


def _questions(row: Any, named: bool | None, held: bool | None, there: Mapping[str, bool | None]) -> list[str]:
    """What to ask of a meeting that may be the kickoff that counts."""
    what = f"meeting {row.meeting} ({quoted(row.kind)})"
    found = [] if named else [f"is {what} the kickoff? If so write kickoff in meetings.kind"]
    if held is None:
        found.append(f"was {what} held? Its status is {quoted(row.status)}: write held or cancelled")
    absent = [name for name in SIDES if there[name] is None]
    if absent:
        found.append(f"who of the {' and the '.join(absent)} side joined {what}? (attendance.joined_at, people.side)")
    return found


def _why_not(status: str, held: bool | None, there: Mapping[str, bool | None]) -> str:
    if not held:
        return f"it was {status}"
    absent = [name for name in SIDES if there[name] is False]
    return f"nobody of {'either' if len(absent) == 2 else f'the {absent[0]}'} side joined"


def _joined(attendance: pd.DataFrame, side: pd.Series) -> dict[tuple[str, str], int]:
    """People who joined each meeting, by side ("" where it is blank): somebody who left and came back is one."""
    there = attendance[attendance["joined_at"].notna()] if "joined_at" in attendance else attendance.iloc[:0]
    there = there.drop_duplicates(["meeting", "person"])
    there = there[there["person"].isin(side.index)]
    of = there["person"].map(side).fillna("").rename("side")
    return there.groupby(["meeting", of]).size().to_dict() if len(there) else {}


def _first_work(engagement: Engagement, side: pd.Series) -> tuple[pd.Timestamp | None, str, pd.Series, tuple[str, ...]]:
    """The first paid work, what shows it, the begins of entries that may be paid work too, and what to know."""
    entries = typed(engagement.time_entries, "person")
    entries = entries[entries["started"].notna()]
    whose = entries["person"].map(side)
    ours, maybe_ours = whose == "provider", entries["person"].isin(side.index) & whose.isna()
    source, paid, maybe_paid = "time entry", ours, maybe_ours
    notes: tuple[str, ...] = ()
    if "billable" in entries and (said := flags(entries[ours], "billable")).notna().any():
        said = flags(entries, "billable")
        source, paid = "billable time entry", ours & said.fillna(False).astype(bool)
        maybe_paid = (ours & said.isna()) | (maybe_ours & said.fillna(True).astype(bool))
        if unsaid := int((ours & said.isna()).sum()):
            notes = (f"{unsaid} of the provider's time entries do not say whether they are paid for.",)
    maybe = entries.loc[maybe_paid, "started"]
    if paid.any():
        return entries.loc[paid, "started"].min(), source, maybe, notes
    items = typed(engagement.work, "person")
    items = items[items["person"].map(side).eq("provider") & items["started"].notna()]
    if len(items):
        notes += ("No paid time entry of the provider; work items were used.",)
        return items["started"].min(), "work item", maybe, notes
    return None, "", maybe, notes
