"""What did the kickoff cover? People's confirmations decide; the matcher only proposes where to look."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.frames import take
from outsourcing_kit.kickoff.agenda import DEFAULT_AGENDA, item_key
from outsourcing_kit.kickoff.coverage import Coverage, agenda_coverage
from outsourcing_kit.kickoff.timeline import Timeline, held_kickoffs, kickoff_timeline, meetings_unknown, unmarked
from outsourcing_kit.showing import Result
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import plural


@dataclass(frozen=True, repr=False)
class AgendaStatus(Result):
    """Every required agenda item with its status and the matcher's proposal: `.table`.

    Columns: item, status (covered, missing, open), covered_by and missing_by (people who confirmed), then the
    matcher's score, low, high, verdict, quote, turn. `meeting` is the kickoff that was looked at, None without one;
    `doubt` asks whether it is one, where its kind or status leaves that open.
    """

    meeting: str | None
    doubt: str = ""

    columns: ClassVar = {
        "item": "text", "status": "text", "covered_by": "count", "missing_by": "count", **Coverage.columns
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        return self.table[["item", "status", "verdict", "quote", "turn"]].rename(columns={"verdict": "matcher"})

    def _caption(self) -> str:
        return f"What the kickoff covered ({self.meeting or 'no kickoff'})"


def agenda_status(engagement: Engagement, timeline: Timeline | None = None) -> AgendaStatus:
    """One row per required agenda item: confirmed covered, confirmed missing, or open, with the matcher's proposal.

    All confirmations covered make an item covered, all missing make it missing; none, or people who disagree, leave
    it open. Where the kickoff was called off, or there was none (`kickoff_held = false`), every item is missing; where
    only a meeting that may be one was held, none is covered, and where no meeting is marked as one, all are open.
    Without a table of meetings the first meeting of the minutes is taken for the kickoff. An empty table where there is
    nothing to go by. `timeline`, where it is at hand, is not reckoned anew.

    Raises:
        BadDataError: cells that are not of their column's kind, in an engagement that was not checked.

    >>> from datetime import date
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> settings = Settings("demo", "we", "they", "EUR", "UTC", date(2026, 1, 1), date(2026, 3, 1))
    >>> said = pd.DataFrame({"meeting": ["m1"], "turn": [1], "speaker": ["c0"], "text": ["My name is Ana."]})
    >>> agenda_status(Engagement(settings, {"minutes": said})).table.loc[0, ["item", "status", "verdict"]].tolist()
    ['introductions', 'open', 'likely covered']
    """
    minutes, _ = take(engagement.minutes, "minutes", need=("meeting", "text"), also=("turn",))
    confirmed, _ = take(engagement.coverage_confirmed, "coverage_confirmed", need=("meeting", "item", "status"))
    lacks = engagement.lacks("agenda", "item") if len(engagement.agenda) else None
    if engagement.settings.kickoff_held is not False:
        if engagement.meetings.empty and minutes.empty and confirmed.empty:
            lacks = "needs table meetings, minutes or coverage_confirmed"
        elif len(engagement.meetings):
            lacks = meetings_unknown(engagement) or lacks
    if lacks:
        return AgendaStatus.lacking(lacks, None)
    default = f"the default {len(DEFAULT_AGENDA)} items (no table agenda)"
    notes = [f"Required agenda items: {'table agenda' if len(engagement.agenda) else default}."]
    seen = _which_kickoff(engagement, timeline, minutes, confirmed)
    notes += [seen.note] if seen.note else []
    # Other meetings may come back to an item; that is not the kickoff having covered it.
    read = minutes[minutes["meeting"] == seen.kickoff]
    proposed = agenda_coverage(read, engagement.agenda)
    table = proposed.table
    if len(read):
        notes += proposed.notes
    else:
        # Nothing was read, so nothing can be proposed: not even that there was no sign.
        table = table.assign(score=float("nan"), low=float("nan"), high=float("nan"), verdict="")
        notes += ["No minutes of the kickoff: the matcher had nothing to read."] if seen.held else []
    # Any kickoff that was held can have covered it, also the second of two.
    votes = confirmed if seen.held is None else confirmed[confirmed["meeting"].isin(seen.held)]
    voted, key = [*map(item_key, votes["item"])], [*map(item_key, table["item"])]
    count = Counter(zip(voted, votes["status"], strict=True))
    yes, no = (np.array([count[item, word] for item in key], int) for word in ("covered", "missing"))
    # People decide, the matcher never does; who disagree, and a meeting that may be no kickoff, settle nothing.
    status = np.where((yes > 0) & (no == 0) & (not seen.doubt), "covered", "open").astype(object)
    status[(no > 0) & (yes == 0) | (seen.held == [] and not seen.doubt)] = "missing"
    if strangers := sum(item not in key for item in voted):
        notes.append(f"{plural(strangers, 'confirmation')} of what is not on the agenda: left out.")
    if split := int(((yes > 0) & (no > 0)).sum()):
        notes.append(f"On {plural(split, 'item')} the people who confirm disagree: open until they agree.")
    table = table.assign(status=status, covered_by=yes, missing_by=no)[list(AgendaStatus.columns)]
    return AgendaStatus(table, seen.kickoff, seen.doubt, notes=tuple(notes))


class _Seen(NamedTuple):
    """The kickoff to look at, all held ones (None where meetings are not on record), why this one, what is in doubt."""

    kickoff: str | None
    held: list[str] | None
    note: str = ""
    doubt: str = ""


def _which_kickoff(
    engagement: Engagement, timeline: Timeline | None, minutes: pd.DataFrame, confirmed: pd.DataFrame
) -> _Seen:
    if engagement.settings.kickoff_held is False:
        return _Seen(None, [], "engagement.toml says that there was no kickoff: every agenda item counts as missing.")
    if len(engagement.meetings):
        timeline = timeline or kickoff_timeline(engagement)
        if held := held_kickoffs(timeline)["meeting"].tolist():
            # Without one that both sides joined, the first that was held is looked at all the same.
            return _Seen(timeline.kickoff or held[0], held)
        maybe = held_kickoffs(timeline, surely=False)
        if not len(maybe):
            note = "The kickoff on record was not held: every agenda item counts as missing."
            if question := unmarked(engagement):
                note = f"No agenda item counts as covered, and none as missing: {question}."
            return _Seen(None, [], note, question)
        first = maybe.iloc[0]
        said = ", ".join(quoted(word) if word else "blank" for word in (first["kind"], first["status"]))
        doubt = f"was meeting {shown(first['meeting'])} ({said}) the kickoff?"
        note = f"No meeting is surely a kickoff that was held, so no agenda item counts as covered: {doubt}"
        return _Seen(first["meeting"], maybe["meeting"].tolist(), note, doubt)
    if len(confirmed):
        note = "No table meetings: the confirmed meeting was taken for the kickoff."
        return _Seen(confirmed["meeting"].iloc[0], confirmed["meeting"].unique().tolist(), note)
    first = minutes["meeting"].iloc[0]
    note = f"No table meetings: the first meeting in the minutes, {shown(first)}, was taken for the kickoff."
    return _Seen(first, None, note)
