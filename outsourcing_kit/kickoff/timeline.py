"""Who met whom, and when did the paid work begin? Facts in order of time, from attendance and time sheets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import is_day, leeway
from outsourcing_kit.showing import Result
from outsourcing_kit.tables import meant
from outsourcing_kit.text import label, quoted
from outsourcing_kit.words import plural

SIDES = ("client", "provider")
_HELD = {"held": True, "cancelled": False}
_DAY = pd.Timedelta(days=1)
_MEETING = ("meeting", "kind", "starts", "ends", "status")


@dataclass(frozen=True, repr=False)
class Timeline(Result):
    """The facts in order: `.table` has a row a meeting and one for the first paid work.

    Columns: happened_at and ends (UTC), fact (meeting, first paid work), label, meeting, kind, status, invited, client
    and provider (people who joined; nan where the records do not say), counts, days_from_work (from the meeting's end).

    `kickoff` is the earliest kickoff that was held and joined by both sides, `kickoff_ends` its end, `first_work` the
    start of the first paid work (None without one). `refused` says of every other kickoff why it does not count,
    `doubts` what to ask of meetings that may be one in time; `maybe_paid_before` counts the time entries before its end
    of which nobody says whether they were paid for, `undated` the paid ones of which nobody knows when they began.
    """

    kickoff: str | None
    kickoff_ends: pd.Timestamp | None
    first_work: pd.Timestamp | None
    first_work_from: str
    refused: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    maybe_paid_before: int = 0
    undated: int = 0

    columns: ClassVar = {
        "happened_at": "instant", "ends": "instant", "fact": "text", "label": "text", "meeting": "text", "kind": "text",
        "status": "text", "invited": "number", "client": "number", "provider": "number", "counts": "flag",
        "days_from_work": "number",
    }  # fmt: skip

    @property
    def days_between(self) -> float:
        """Days from the kickoff's end to the first paid work, negative where work came first; nan without either."""
        if self.kickoff_ends is None or self.first_work is None:
            return math.nan
        return (self.first_work - self.kickoff_ends) / _DAY

    @property
    def before_work(self) -> bool | None:
        """Whether the kickoff ended before the first paid work began; None while nobody can tell."""
        if self.kickoff is not None and (self.first_work is None or self.kickoff_ends <= self.first_work):
            return None if self.maybe_paid_before or self.undated else True
        return None if self.first_work is None or self.doubts else False

    def _view(self) -> pd.DataFrame:
        rows = self.table
        if self.first_work is not None:
            # A year of weekly meetings would hide what matters: kickoffs, and four weeks to each side of the start.
            near = (rows["happened_at"] - self.first_work).abs() <= 28 * _DAY
            rows = rows[near | np.array([kickoff_named(kind) is not False for kind in rows["kind"]], dtype=bool)]
        shown = pd.DataFrame({"when": rows["happened_at"], "what": rows["label"]})
        for name in SIDES:
            # Nobody joins the first paid work.
            shown[f"{name} people there"] = rows[name].astype("Int64").where(rows["fact"] == "meeting")
        return shown.assign(**{"the one that counts": rows["counts"].map({True: "yes", False: ""})})

    def _caption(self) -> str:
        return "Kickoff and first paid work"

    def _more(self) -> Iterable[str]:
        yield from self.refused
        if left_out := len(self.table) - len(self._view()):
            yield f"{left_out} meetings further from the first paid work are not shown."


def kickoff_timeline(engagement: Engagement) -> Timeline:
    """Put the meetings and the first paid work in order, and say which kickoff counts.

    A kickoff counts if its kind says so, it was held, and at least one person of each side joined: an invitation is
    not attendance, and a cancelled meeting is none. Of a series that bears the name, the earliest one counts. First
    paid work is the provider's earliest billable time entry (every entry where none says whether it is billable),
    else the start of the provider's earliest work item. All is compared as instants, whatever the zones.

    Raises:
        BadDataError: cells that are not of their column's kind, in an engagement that was not checked.

    >>> from outsourcing_kit.engagement import Engagement
    >>> timeline = kickoff_timeline(Engagement.load("cold-start"))
    >>> timeline.before_work, round(timeline.days_between)
    (False, -42)
    """
    side = sides(take(engagement.people, "people", need=("person", "side"))[0])
    work, unknown = _first_work(engagement, side), attendance_unknown(engagement)
    met, notes = _meetings(engagement, side), work.notes
    if unknown and len(met):
        who = "was invited and who joined" if engagement.lacks("attendance") else "joined"
        notes.append(f"Who {who} is unknown, so blank: {unknown}.")
    chosen, ends, refused, doubts, later = None, None, [], [], 0
    none_held = engagement.settings.kickoff_held is False
    for row in met.itertuples():
        named, held = kickoff_named(row.kind), _HELD.get(row.status)
        # Whoever says that there was none has said of a doubtful one that it is none.
        named = False if named is None and none_held else named
        if chosen is not None:
            # The earliest one counts: a series of meetings of that name is one kickoff and its sequels.
            later += named is True
            continue
        # Somebody of unknown side may be the one who is missing; and nobody at all holds no meeting.
        unplaced = unknown or row.unplaced or (held and not row.client and not row.provider)
        there = {name: True if getattr(row, name) else None if unplaced else False for name in SIDES}
        # One of an unknown time, or on the day of the first work with only the day known, may have come first or not.
        unclear = pd.isna(row.starts) or pd.isna(row.ends) or _same_day(row.ends, work.began)
        if named and held and all(there.values()) and not unclear:
            chosen, ends = row.meeting, row.ends
        elif named is not False and held is not False and False not in there.values():
            # Only one that ended in time could change the answer.
            if work.began is None or unclear or row.ends <= work.began:
                doubts += _questions(row, named, held, there, unclear=unclear)
        elif named:
            refused.append(f"Meeting {row.meeting} ({row.kind}) does not count: {_why_not(row.status, held, there)}.")
    if not doubts and chosen is None and work.began is not None and (question := unmarked(engagement)):
        doubts.append(question)
    if later:
        notes.append(f"{plural(later, 'later meeting')} of kind kickoff: a series counts once.")
    lacks = [meetings_unknown(engagement), *map(engagement.lacks, ("attendance", "people"))]
    if work.began is None and engagement.time_entries.empty and engagement.work.empty:
        lacks.append("needs table time_entries or work")
    in_time = ends is not None and (work.began is None or ends <= work.began)
    paid_before = int((work.maybe - leeway(work.maybe) < ends).sum()) if in_time else 0
    facts = _facts(engagement, met, chosen, work, unknown)
    return Timeline(
        facts, chosen, ends, work.began, work.source, tuple(refused), tuple(doubts), paid_before, work.undated,
        missing="; ".join(filter(None, lacks)), notes=tuple(notes),
    )  # fmt: skip


def _facts(
    engagement: Engagement, met: pd.DataFrame, chosen: str | None, work: _Work, unknown: str | None
) -> pd.DataFrame:
    """Timeline.table."""
    # Not on record is not nobody.
    blank = dict.fromkeys(SIDES, math.nan) if unknown else {}
    blank |= {"invited": math.nan} if engagement.lacks("attendance") else {}
    told = {"held": "", "cancelled": ", cancelled", None: ", held or not is unknown"}
    named = zip(met["kind"], met["meeting"], met["status"], strict=True)
    labels = [f"{kind or 'meeting'} {meeting or ''}{told[status]}" for kind, meeting, status in named]
    # From the meeting's end: a kickoff that still runs when work begins did not come first.
    after = (work.began - met["ends"]) / _DAY if work.began is not None else math.nan
    counts = met["meeting"].eq(chosen) & (chosen is not None)
    facts = met.assign(
        happened_at=met["starts"], fact="meeting", label=pd.Series(labels, met.index, dtype=object), counts=counts,
        days_from_work=after, **blank,
    )[[*Timeline.columns]]  # fmt: skip
    if work.began is None:
        return facts
    what, nobody = "first paid work", [0.0 if name in blank else 0 for name in ("invited", *SIDES)]
    row = (work.began, work.began, what, f"{what} ({work.source})", "", "", "", *nobody, False, 0.0)
    first = pd.DataFrame([row], columns=facts.columns)
    facts = pd.concat([facts, first]) if len(facts) else first
    return facts.sort_values("happened_at", kind="stable", ignore_index=True)


def _meetings(engagement: Engagement, side: pd.Series) -> pd.DataFrame:
    """The meetings in order of time, with how many were invited and joined; `unplaced` are of unknown side."""
    met, _ = take(engagement.meetings, "meetings", need=_MEETING)
    stays, _ = take(engagement.attendance, "attendance", need=("meeting", "person"), also=("joined_at",))
    # Sets, as somebody who left and came back is one; strangers are nobody's side.
    rows = {*zip(stays["meeting"], stays["person"], stays["joined_at"].notna(), strict=True)}
    whose = side.fillna("unplaced").to_dict()
    came = {(meeting, who) for meeting, who, joined in rows if joined and meeting and who in whose}
    # Whoever has a row was invited, whether they came or not.
    invited = {(meeting, who) for meeting, who, _ in rows if meeting and who}
    count = Counter([(meeting, whose[who]) for meeting, who in came] + [(meeting, "invited") for meeting, _ in invited])
    met = met.sort_values(["starts", "meeting"], kind="stable", ignore_index=True)
    names = (*SIDES, "unplaced", "invited")
    return met.assign(**{name: np.array([count[each, name] for each in met["meeting"]], int) for name in names})


class _Work(NamedTuple):
    """The first paid work, what shows it, the begins of entries that may be paid work too, and what to know."""

    began: pd.Timestamp | None
    source: str
    maybe: pd.Series
    notes: list[str]
    undated: int


def _first_work(engagement: Engagement, side: pd.Series) -> _Work:
    entries, _ = take(engagement.time_entries, "time_entries", need=("person", "started"), also=("billable",))
    whose, said = entries["person"].map(side), entries["billable"]
    ours, maybe_ours = whose.eq("provider"), entries["person"].isin(side.index) & whose.isna()
    source, paid, maybe_paid = "time entry", ours, maybe_ours
    notes = []
    # Where no entry says whether it is paid for, all are taken to be; one that says it makes the blanks doubtful.
    if said[ours].notna().any():
        source, paid = "billable time entry", ours & said.fillna(False).astype(bool)
        maybe_paid = (ours & said.isna()) | (maybe_ours & said.fillna(True).astype(bool))
        if unsaid := int(said[ours].isna().sum()):
            notes.append(f"{unsaid} of the provider's time entries do not say whether they are paid for.")
    maybe, begun = entries.loc[maybe_paid, "started"].dropna(), entries.loc[paid, "started"]
    if undated := int(begun.isna().sum()):
        notes.append(f"{plural(undated, 'paid time entry')} of the provider of which nobody knows when it began.")
    began = begun.min()
    if pd.isna(began):
        items, _ = take(engagement.work, "work", need=("person", "started"))
        began, source = items.loc[items["person"].map(side).eq("provider"), "started"].min(), "work item"
        if pd.isna(began):
            return _Work(None, "", maybe, notes, undated)
        notes.append("No paid time entry of the provider; work items were used.")
    return _Work(began, source, maybe, notes, undated)


def _same_day(ends: pd.Timestamp, began: pd.Timestamp | None) -> bool:
    """Whether a meeting's end and the first work may be of one day of which nobody knows the hours."""
    if began is None or pd.isna(ends) or abs(ends - began) > _DAY / 2:
        return False
    return bool(is_day(pd.Series([ends, began])).any())


def attendance_unknown(engagement: Engagement) -> str | None:
    """Why the records do not say who joined which meeting, in words; None where they do."""
    joined = engagement.lacks("attendance", "meeting", "person", "joined_at")
    return joined or engagement.lacks("people", "person", "side")


def meetings_unknown(engagement: Engagement) -> str | None:
    """Which column of the meetings is not there, in words; None where all are, filled in or not."""
    absent = [name for name in _MEETING if name not in engagement.meetings]
    return engagement.lacks("meetings", *absent)


def _questions(
    row: Any, named: bool | None, held: bool | None, there: Mapping[str, bool | None], *, unclear: bool
) -> list[str]:
    """What to ask of a meeting that may be the kickoff that counts."""
    what = f"meeting {row.meeting} ({quoted(row.kind)})"
    found = [] if named else [f"is {what} the kickoff? If so write kickoff in meetings.kind"]
    if held is None:
        found.append(f"was {what} held? Its status is blank: write held or cancelled")
    if unclear:
        found.append(f"when was {what}, before the first paid work or after? (meetings.starts and ends, with the time)")
    absent = [name for name in SIDES if there[name] is None]
    if absent:
        found.append(f"who of the {' and the '.join(absent)} side joined {what}? (attendance.joined_at, people.side)")
    return found


def unmarked(engagement: Engagement) -> str:
    """What to ask where meetings are on record and none is marked as the kickoff; "" where one is, or none was held.

    That nobody marked one is no sign that there was none.
    """
    held, kinds = engagement.settings.kickoff_held, engagement.meetings.get("kind", pd.Series(dtype=object)).dropna()
    if held is False or engagement.meetings.empty or any(kickoff_named(kind) is not False for kind in kinds):
        return ""
    none = "" if held else ", or kickoff_held = false in engagement.toml if there was none"
    return f"which meeting was the kickoff? No meeting is marked as it: write kickoff in meetings.kind{none}"


def _why_not(status: str, held: bool | None, there: Mapping[str, bool | None]) -> str:
    if not held:
        return f"it was {status}" if status else "nobody says that it was held"
    absent = [name for name in SIDES if there[name] is False]
    return f"nobody of {'either' if len(absent) == 2 else f'the {absent[0]}'} side joined"


def is_kickoff(kind: object) -> bool:
    """Whether a meeting's kind says kickoff, however it is spelt.

    >>> [is_kickoff(kind) for kind in ("kickoff", "Kick-off", "Kick off meeting", "weekly", None)]
    [True, True, True, False, False]
    """
    return kickoff_named(kind) is True


# A calendar repeats a few kinds thousands of times, and each look-up compares spellings.
@lru_cache(maxsize=1024)
def kickoff_named(kind: object) -> bool | None:
    """Whether a meeting's kind says kickoff; None where it may, and only the writer knows.

    >>> [kickoff_named(kind) for kind in ("Kick-off", "kikoff", "weekly", None)]
    [True, None, False, None]
    """
    if label(kind) is None:
        return None
    # "Kick-off meeting" is the dictionary's word spelt otherwise; a near miss may be one, and only the writer knows.
    word, how = meant("meetings.kind", kind)
    return True if (word, how) == ("kickoff", "same") else None if word == "kickoff" else False


def held_kickoffs(timeline: Timeline, *, surely: bool = True) -> pd.DataFrame:
    """The meetings of kind kickoff that were held, or (not `surely`) may be such, the earliest first."""
    met = timeline.table[timeline.table["fact"] == "meeting"]
    both = [(kickoff_named(kind), _HELD.get(held)) for kind, held in zip(met["kind"], met["status"], strict=True)]
    return met[np.array([all(pair) if surely else False not in pair for pair in both], dtype=bool)]


@dataclass(frozen=True, repr=False)
class NaiveKickoff(Result):
    """What the calendar alone says of the kickoffs: `.table` has a row a kickoff, and who came, which is not shown."""

    columns: ClassVar = {
        "kickoff": "text", "planned_for": "text", "planned_before_work": "text", "status": "text", "invited": "count",
        "accepted": "count", "joined_client": "count", "joined_provider": "count",
    }  # fmt: skip
    _nothing: ClassVar = "No meeting of kind kickoff is in the calendar"

    def _view(self) -> pd.DataFrame:
        return self.table[["kickoff", "planned_for", "planned_before_work", "invited", "accepted"]]


def naive_kickoff(engagement: Engagement) -> NaiveKickoff:
    """The wrong way, a look into the calendar: how many were invited to each kickoff and accepted. Who joined it hides.

    Columns: kickoff, planned_for (UTC), planned_before_work (yes, no, unknown), status, invited, accepted (at least:
    a blank answer is none), joined_client, joined_provider (people; "unknown" where the records do not say).

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> naive_kickoff(Engagement(settings, {}))
    No meeting of kind kickoff is in the calendar.
    """
    facts = kickoff_timeline(engagement).table
    rows = facts[facts["kind"].map(is_kickoff).astype(bool)].reset_index(drop=True)
    said, lacks = take(engagement.attendance, "attendance", need=("meeting", "person", "response"))
    yes = said[said["response"] == "accepted"].groupby("meeting")["person"].nunique()
    # Whoever is not among those who accepted did not, but only where the answers are on record at all.
    accepted = rows["meeting"].map(yes).fillna(math.nan if lacks else 0)
    counts = {"invited": rows["invited"], "accepted": accepted, **{f"joined_{name}": rows[name] for name in SIDES}}
    before = ["unknown" if pd.isna(days) else "yes" if days >= 0 else "no" for days in rows["days_from_work"]]
    table = {"kickoff": rows["meeting"], "planned_for": rows["happened_at"].dt.strftime("%Y-%m-%d %H:%M UTC")}
    table |= {"planned_before_work": before, "status": rows["status"]}
    for name, count in counts.items():
        known = count.notna()
        table[name] = count.astype(int) if known.all() else count.astype(object).where(known, "unknown")
    why = attendance_unknown(engagement)
    notes = (f"A calendar without attendance says nothing about who came: {why}",) if why and len(rows) else ()
    return NaiveKickoff(pd.DataFrame(table), notes=notes)
