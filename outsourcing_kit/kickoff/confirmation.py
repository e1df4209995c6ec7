"""What did the kickoff cover? People's confirmations decide; the matcher only proposes where to look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.frames import typed
from outsourcing_kit.kickoff.agenda import DEFAULT_AGENDA, AgendaItem, agenda_items, item_key
from outsourcing_kit.kickoff.coverage import COLUMNS, agenda_coverage
from outsourcing_kit.kickoff.timeline import held_kickoffs, kickoff_timeline
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import meant
from outsourcing_kit.text import quoted, shown

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

AGENDA = ("item", "status", "covered_by", "missing_by", *COLUMNS[1:])


@dataclass(frozen=True, repr=False)
class AgendaStatus(Shown):
    """Every required agenda item with its status and the matcher's proposal: `.table`.

    Columns: item, status (covered, missing, open), covered_by and missing_by (people who confirmed), then the
    matcher's score, low, high, verdict, quote, turn. `meeting` is the kickoff that was looked at, None without one;
    `doubt` asks whether it is one, where its kind or status leaves that open.
    """

    table: pd.DataFrame
    meeting: str | None
    notes: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def missing(self) -> str:
        """What would show what a kickoff covered, where nothing does."""
        return "needs table meetings, minutes or coverage_confirmed" if self.table.empty else ""

    def _view(self) -> pd.DataFrame:
        return self.table[["item", "status", "verdict", "quote", "turn"]].rename(columns={"verdict": "matcher"})

    def _caption(self) -> str:
        return f"What the kickoff covered ({self.meeting or 'no kickoff'})"


def agenda_status(engagement: Engagement) -> AgendaStatus:
    """One row per required agenda item: confirmed covered, confirmed missing, or open, with the matcher's proposal.

    All confirmations covered make an item covered, all missing make it missing; none, or people who disagree, leave
    it open. Where meetings are on record and no kickoff was held, every item is missing; where only a meeting that may
    be one was held, none is covered. Without a table of meetings the first meeting of the minutes is taken for the
    kickoff. An empty table where there is nothing to go by.

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> said = pd.DataFrame({"meeting": ["m1"], "turn": [1], "speaker": ["c0"], "text": ["My name is Ana."]})
    >>> agenda_status(Engagement(settings, {"minutes": said})).table.loc[0, ["item", "status", "verdict"]].tolist()
    ['introductions', 'open', 'likely covered']
    """
    own = engagement.agenda if len(engagement.agenda) else None
    items = agenda_items(own)
    minutes, confirmed = typed(engagement.minutes, "meeting"), typed(engagement.coverage_confirmed, "meeting")
    if engagement.meetings.empty and minutes.empty and confirmed.empty:
        return AgendaStatus(pd.DataFrame(columns=list(AGENDA)), None)
    source = "table agenda" if own is not None else f"the default {len(DEFAULT_AGENDA)} items (no table agenda)"
    kickoff, held, chosen_because, doubt = _which_kickoff(engagement, minutes, confirmed)
    proposal, read = _proposal(minutes, items, kickoff, bool(held))
    votes, strangers = _votes(confirmed, items, held)
    rows, split = [], 0
    for row in proposal.itertuples(index=False):
        said = votes.loc[votes["key"] == item_key(row.item), "status"]
        yes, no = int((said == "covered").sum()), int((said == "missing").sum())
        split += yes > 0 and no > 0
        status = "missing" if (no and not yes) or held == [] else "covered" if yes and not no and not doubt else "open"
        rows.append((row.item, status, yes, no, *row[1:]))
    notes = (f"Required agenda items: {source}.", *chosen_because, *read, *strangers)
    if split:
        notes += (f"On {split} item{'s' if split > 1 else ''} the people who confirm disagree: open until they agree.",)
    table = pd.DataFrame(rows, columns=list(AGENDA))
    table["turn"] = pd.array(table["turn"], dtype="Int64")
    return AgendaStatus(table, kickoff, notes, doubt)


def _which_kickoff(
    engagement: Engagement, minutes: pd.DataFrame, confirmed: pd.DataFrame
) -> tuple[str | None, list[str] | None, tuple[str, ...], str]:
    """The kickoff to look at, all held ones (None where meetings are not on record), why this one, what is in doubt."""
    if len(engagement.meetings):
        held = list(held_kickoffs(engagement.meetings)["meeting"])
        if held:
            return kickoff_timeline(engagement).kickoff or held[0], held, (), ""
        maybe = held_kickoffs(engagement.meetings, surely=False)
        if len(maybe):
            first = maybe.iloc[0]
            meeting = shown(first["meeting"])
            doubt = f"was meeting {meeting} ({quoted(first['kind'])}, {quoted(first['status'])}) the kickoff?"
            note = f"No meeting is surely a kickoff that was held, so no agenda item counts as covered: {doubt}"
            return first["meeting"], list(maybe["meeting"]), (note,), doubt
        note = "Meetings are on record and no kickoff was held: every agenda item counts as missing."
        return None, held, (note,), ""
    if len(confirmed):
        held = list(dict.fromkeys(confirmed["meeting"]))
        return held[0], held, ("No table meetings: the confirmed meeting was taken for the kickoff.",), ""
    first = minutes["meeting"].iloc[0]
    note = f"No table meetings: the first meeting in the minutes, {shown(first)}, was taken for the kickoff."
    return first, None, (note,), ""


def _proposal(
    minutes: pd.DataFrame, items: tuple[AgendaItem, ...], kickoff: str | None, held: bool
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if kickoff is not None and (minutes["meeting"] == kickoff).any():
        read = agenda_coverage(minutes, items, meeting=kickoff)
        return read.table, read.notes
    nothing = [(item.item, math.nan, math.nan, math.nan, "", "", pd.NA) for item in items]
    notes = ("No minutes of the kickoff: the matcher had nothing to read.",) if held else ()
    return pd.DataFrame(nothing, columns=list(COLUMNS)), notes


def _votes(
    confirmed: pd.DataFrame, items: tuple[AgendaItem, ...], held: list[str] | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    votes = confirmed if held is None else confirmed[confirmed["meeting"].isin(held)]
    said = [meant("coverage_confirmed.status", status) for status in votes["status"]]
    votes = votes.assign(
        key=[item_key(name) for name in votes["item"]], status=[word if how == "same" else "" for word, how in said]
    )
    strangers = int((~votes["key"].isin([item_key(item.item) for item in items])).sum())
    if not strangers:
        return votes, ()
    one = "confirmation is about an item that is" if strangers == 1 else "confirmations are about items that are"
    return votes, (f"{strangers} {one} not on the agenda: left out.",)
