"""The finding on mistake 3: kickoff before work, agenda covered, and the picture that both sides left with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.finding import (
    Finding,
    Measure,
    fact_measure,
    limit_for,
    sample_measure,
    unassessed_measure,
)
from outsourcing_kit.kickoff.advice import assumptions, next_actions, supporting
from outsourcing_kit.kickoff.confirmation import AgendaStatus, agenda_status
from outsourcing_kit.kickoff.quiz import QuizScores, quiz_scores
from outsourcing_kit.kickoff.timeline import Timeline, attendance_unknown, held_kickoffs, kickoff_timeline
from outsourcing_kit.settling import roster
from outsourcing_kit.stats import minimum_of

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

# One tidy frame: meetings and first work (part "timeline"), agenda items (part "agenda").
EVIDENCE = (
    "part", "label", "status", "kind", "happened_at", "ends", "client", "provider", "counts", "days_from_work",
    "score", "low", "high", "matcher", "quote", "turn", "meeting",
)  # fmt: skip


def assess(
    engagement: Engagement, *, limits: Mapping[str, float] | None = None, first_weeks: int = 4, seed: int = 0
) -> Finding:
    """Find out whether the engagement began without a kickoff that both sides took something from.

    Three headline measures: `before_work` (fact: a held kickoff that both sides joined ended before the first paid
    work), `agenda_missing` (fact once confirmed: required items that a person confirmed as not covered; until then
    open, with the matcher's quotes in the evidence), `quiz_right` (sample: share of right answers on the side where it
    is lower).

    Args:
        engagement: whatever tables it has; what is missing leaves a measure not assessed, with the reason.
        limits: your own limits by headline, e.g. {"quiz_right": 0.9}.
        first_weeks: how many weeks after the first paid work count for the meetings that repeat the kickoff.
        seed: taken by every assessment; nothing here is random.

    Returns:
        Finding; `.evidence` columns as in `EVIDENCE`: a row a meeting, the first paid work, and each agenda item.

    Raises:
        OutsourcingKitError: a limit of unknown name or out of range.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("cold-start")).verdict
    'problem'
    """
    timeline = kickoff_timeline(engagement)
    agenda = agenda_status(engagement)
    scores = quiz_scores(engagement.quiz, engagement.answer_key, engagement.people)
    # With everybody asked, nobody is left who could make the sample larger.
    everybody = int(scores.table["people"].sum()) >= (roster(engagement, "kickoff.quiz_right") or 0)
    headlines = (
        _before_work(engagement, timeline, limits),
        _agenda_missing(engagement, agenda, limits),
        _quiz_right(engagement, scores, limits, everybody),
    )
    return Finding(
        "kickoff",
        engagement.name,
        headlines,
        supporting(engagement, timeline, scores, first_weeks),
        _evidence(timeline, agenda),
        next_actions(timeline, agenda.table, scores, headlines, everybody),
        assumptions(engagement, timeline, agenda.notes, scores),
        engagement.settings.interim,
    )


# --- the three headline measures ---------------------------------------------------------------------------------


def _before_work(engagement: Engagement, timeline: Timeline, limits: Mapping[str, float] | None) -> Measure:
    key = "kickoff.before_work"
    limit = limit_for(engagement, key, limits)
    meetings = engagement.meetings
    if why := engagement.lacks("meetings"):
        return unassessed_measure(key, why, limit)
    if timeline.first_work is None and (why := _no_work(engagement)):
        return unassessed_measure(key, why, limit)
    n = len(meetings)
    if timeline.before_work:
        return fact_measure(key, 1.0, n, limit)
    if timeline.maybe_paid_before:
        entries = "entry" if timeline.maybe_paid_before == 1 else "entries"
        settled = (
            f"say of {timeline.maybe_paid_before} time {entries} before the kickoff's end whether the provider is paid "
            "for it (columns time_entries.billable, people.side)"
        )
        return fact_measure(key, 1.0, n, limit, open_to=0.0, settled_by=settled)
    # Without attendance, a held kickoff in good time may or may not have had both sides in it.
    held = held_kickoffs(meetings)
    in_time = held if timeline.first_work is None else held[held["ends"] <= timeline.first_work]
    if len(in_time) and (why := attendance_unknown(engagement)):
        return unassessed_measure(key, why, limit)
    if timeline.doubts:
        return fact_measure(key, 0.0, n, limit, open_to=1.0, settled_by="; ".join(timeline.doubts))
    if timeline.first_work is None:
        settled = "a kickoff that both sides join before the first paid hour: no paid work is on record yet"
        return fact_measure(key, 0.0, n, limit, open_to=1.0, settled_by=settled)
    return fact_measure(key, 0.0, n, limit)


def _no_work(engagement: Engagement) -> str | None:
    """Why the start of paid work is unknown; None where the records show that there is none yet."""
    if why := engagement.lacks("people"):
        return why
    if engagement.lacks("time_entries") and engagement.lacks("work"):
        return "needs table time_entries (or work, column started)"
    return None


def _agenda_missing(engagement: Engagement, found: AgendaStatus, limits: Mapping[str, float] | None) -> Measure:
    key = "kickoff.agenda_missing"
    limit = limit_for(engagement, key, limits)
    agenda = found.table
    if agenda.empty:
        return unassessed_measure(key, "needs table meetings (or minutes)", limit)
    missing = int((agenda["status"] == "missing").sum())
    unsettled = int((agenda["status"] == "open").sum())
    proposals = int(((agenda["status"] == "open") & (agenda["quote"] != "")).sum())
    quotes = f"the matcher found a quote for {proposals}" if proposals else "the matcher found no quote"
    settled = f"{found.doubt} If so, " if found.doubt else ""
    settled += (
        f"a person of each side to say of {unsettled} item{'s' if unsettled != 1 else ''} whether the kickoff covered "
        f"it (table coverage_confirmed); {quotes}"
    )
    return fact_measure(key, float(missing), len(agenda), limit, open_to=float(missing + unsettled), settled_by=settled)


def _quiz_right(
    engagement: Engagement, scores: QuizScores, limits: Mapping[str, float] | None, everybody: bool
) -> Measure:
    key = "kickoff.quiz_right"
    limit = limit_for(engagement, key, limits)
    for name in ("quiz", "answer_key", "people"):
        if why := engagement.lacks(name):
            return unassessed_measure(key, why, limit)
    if absent := [row.side for row in scores.table.itertuples() if row.people == 0]:
        which = " and ".join(absent)
        return unassessed_measure(key, f"needs quiz answers of the {which} side to questions of the answer key", limit)
    share = minimum_of(scores.sides["client"], scores.sides["provider"])
    measure = sample_measure(key, share, limit, roster(engagement, key))
    if measure.settled_by and everybody:
        words = "more questions, or the next quiz after each side has explained back, as everybody has answered"
        return replace(measure, settled_by=words)
    return measure


# --- what goes with it -------------------------------------------------------------------------------------------


def _evidence(timeline: Timeline, agenda: AgendaStatus) -> pd.DataFrame:
    facts = timeline.table.assign(
        part="timeline", status=timeline.table["status"].where(timeline.table["status"] != "", "done")
    )
    facts["kind"] = facts["kind"].where(facts["fact"] == "meeting", facts["fact"])
    items = agenda.table.rename(columns={"item": "label", "verdict": "matcher"})
    items = items.assign(part="agenda", kind="agenda item", counts=False, meeting=agenda.meeting)
    both = [frame for frame in (facts, items) if len(frame)]
    rows = pd.concat(both, ignore_index=True) if both else pd.DataFrame()
    rows = rows.reindex(columns=list(EVIDENCE))
    for name in ("quote", "matcher"):
        rows[name] = rows[name].astype(object).where(rows[name].notna(), "")
    return rows
