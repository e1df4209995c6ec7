"""The finding on mistake 3: kickoff before work, agenda covered, and the picture that both sides left with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from outsourcing_kit.assessments import Assessment
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import Finding
from outsourcing_kit.kickoff.confirmation import AgendaStatus, agenda_status
from outsourcing_kit.kickoff.cost import monthly_cost
from outsourcing_kit.kickoff.quiz import QuizScores, quiz_scores
from outsourcing_kit.kickoff.timeline import (
    SIDES,
    Timeline,
    attendance_unknown,
    held_kickoffs,
    kickoff_timeline,
    meetings_unknown,
)
from outsourcing_kit.stats import minimum_of
from outsourcing_kit.words import listed, other_count, plural

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
        UnknownNameError, OutsourcingKitError: a limit that is none, or outside what can happen.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("cold-start")).verdict
    'problem'
    """
    timeline = kickoff_timeline(engagement)
    agenda = agenda_status(engagement, timeline)
    scores = quiz_scores(engagement.quiz, engagement.answer_key, engagement.people)
    found = Assessment(engagement, "kickoff", limits)
    before = _before_work(found, timeline)
    _agenda_missing(found, agenda)
    _quiz_right(found, scores)
    _act(found, timeline, agenda, scores, before)
    _support(found, timeline, scores, first_weeks)
    settings = engagement.settings
    cost = monthly_cost(
        timeline, engagement.time_entries, engagement.people, engagement.work,
        currency=settings.currency, since=settings.observed_from, until=settings.observed_to,
    )  # fmt: skip
    return found.finding(_evidence(timeline, agenda), _assumptions(engagement, timeline, agenda, scores), cost)


def _before_work(found: Assessment, timeline: Timeline) -> str:
    """Whether the kickoff came first; which case of it."""
    # The order matters: what is on record decides, then what may be on record, then what is still to come.
    value, other, settled, case = 0.0, None, "", ""
    if timeline.before_work:
        value = 1.0
    elif timeline.maybe_paid_before:
        value, other, case, entries = 1.0, 0.0, "ask", plural(timeline.maybe_paid_before, "time entry")
        paid = "whether the provider is paid for it (columns time_entries.billable, people.side)"
        settled = f"say of {entries} before the kickoff's end {paid}"
    elif timeline.undated and timeline.kickoff is not None and timeline.days_between >= 0:
        value, other, case, entries = 1.0, 0.0, "ask", plural(timeline.undated, "paid time entry")
        settled = f"the begin of {entries} (time_entries.started), which may have come before the kickoff"
    elif timeline.doubts:
        other, settled, case = 1.0, "; ".join(timeline.doubts), "ask"
    elif timeline.first_work is None:
        other, settled = 1.0, "a kickoff that both sides join before the first paid hour: no paid work is on record yet"
    elif timeline.kickoff is None:
        case = "no kickoff"
    n, missing = len(found.engagement.meetings), _order_unknown(found.engagement, timeline)
    found.fact("before_work", value, n, missing, open_to=other, settled_by=settled)
    return case


def _order_unknown(engagement: Engagement, timeline: Timeline) -> str:
    """Why nobody can say whether a kickoff or paid work came first; "" where the records show it."""
    # Where there was none, no calendar need show it.
    why = None if engagement.settings.kickoff_held is False else meetings_unknown(engagement)
    if timeline.first_work is None:
        why = why or engagement.lacks("people", "person", "side")
        # Work of which nobody knows when it began does not show that none has begun.
        if engagement.lacks("time_entries") and engagement.lacks("work", "started"):
            why = why or "needs table time_entries (or work, column started)"
    if why or timeline.before_work or timeline.maybe_paid_before or timeline.undated:
        return why or ""
    # Without attendance, a held kickoff in good time may or may not have had both sides in it.
    held = held_kickoffs(timeline)
    in_time = held if timeline.first_work is None else held[held["ends"] <= timeline.first_work]
    return (attendance_unknown(engagement) or "") if len(in_time) else ""


def _agenda_missing(found: Assessment, agenda: AgendaStatus) -> None:
    status, quoted = agenda.table["status"], agenda.table["quote"] != ""
    covered, gone, unsettled = (int((status == word).sum()) for word in ("covered", "missing", "open"))
    # A covered item needs no quote: the matcher only helps with what nobody has confirmed.
    quotes = int((quoted & (status == "open")).sum())
    settled = f"{agenda.doubt} If so, " if agenda.doubt else ""
    settled += (
        f"a person of each side to say of {plural(unsettled, 'item')} whether the kickoff covered it (table "
        f"coverage_confirmed); the matcher found {f'a quote for {quotes}' if quotes else 'no quote'}"
    )
    # Of no meeting in particular nobody can confirm anything.
    settled = agenda.doubt if agenda.doubt and agenda.meeting is None else settled
    missing = (agenda.missing or "needs table meetings (or minutes)") if agenda.table.empty else ""
    n, most = len(status), float(gone + unsettled)
    counts = f"{covered} of {plural(n, 'item')} covered" if n else ""
    found.fact("agenda_missing", float(gone), n, missing, open_to=most, settled_by=settled, counts=counts)


def _quiz_right(found: Assessment, scores: QuizScores) -> None:
    engagement = found.engagement
    absent = scores.table.loc[scores.table["people"] == 0, "side"]
    no_side = f"needs quiz answers of the {' and '.join(absent)} side to questions of the answer key"
    lacks = filter(None, (*map(engagement.lacks, ("quiz", "answer_key", "people")), scores.missing))
    missing = next(lacks, no_side if len(absent) else "")
    weaker = minimum_of(*scores.sides.values())
    side = scores.weaker
    answers = int(scores.table.set_index("side").loc[side, "answers"])
    right = scores.right_of_answers[side] * answers if answers else 0.0
    counts = f"{right:.0f} of {plural(answers, 'answer')}, {side} side"
    found.sample("quiz_right", weaker, missing, counts=counts)


def _act(found: Assessment, timeline: Timeline, agenda: AgendaStatus, scores: QuizScores, before: str) -> None:
    measure, early = found["before_work"], -timeline.days_between
    found.act(
        "before_work", before if measure.verdict in ("cannot tell", "problem") else "",
        ask=measure.settled_by, needs=measure.settled_by.removeprefix("needs "),
        why="".join(f" ({why.rstrip('.')})" for why in timeline.refused[:1]),
        early=f"{early:.0f} days" if early >= 1.5 else f"{24 * early:.0f} hours",
    )  # fmt: skip
    items, status = agenda.table["item"], agenda.table["status"]
    gone, unsettled = items[status == "missing"].tolist(), items[status == "open"].tolist()
    no_quotes = found["agenda_missing"].verdict == "cannot tell" and not (agenda.table["quote"] != "").any()
    found.act("agenda_missing", "no quotes" if no_quotes else "", gone=listed(gone, 4), unsettled=listed(unsettled, 4))
    # Two topics: what can be explained back in one meeting.
    if found["quiz_right"].answer != "fine":
        topics = scores.by_topic.table.dropna(subset=["client_right", "provider_right"], how="all")
        where = f", beginning with {', '.join(topics['topic'].head(2))}" if len(topics) else ""
        found.act("quiz_right", weaker=scores.weaker, where=where)


def _support(found: Assessment, timeline: Timeline, scores: QuizScores, first_weeks: int) -> None:
    table = timeline.table
    if timeline.kickoff is not None:
        if timeline.first_work is not None:
            name = "days from the kickoff's end to the first paid work"
            found.support("days_between", name, timeline.days_between, "days", 1, "kickoff")
        chosen = table[table["counts"]].iloc[0]
        for side in SIDES:
            name = f"people of the {side} side at the kickoff"
            found.support(f"came_{side}", name, chosen[side], "count", 1, "kickoff")
    if not attendance_unknown(found.engagement) and timeline.first_work is not None:
        met = table[(table["fact"] == "meeting") & (table["status"] == "held")]
        after = (met["happened_at"] - timeline.first_work) / pd.Timedelta(weeks=1)
        both = (met["client"] > 0) & (met["provider"] > 0) & (after > 0) & (after <= first_weeks)
        name = f"meetings of both sides in the first {first_weeks} weeks of work"
        found.support("repeat_meetings", name, both.sum(), "count", len(met), "meetings held")
    for row in scores.table.itertuples():
        if row.people:
            name = f"\"don't know\" among the {row.side} side's quiz answers"
            found.support(f"dont_know_{row.side}", name, row.dont_know, "share", row.people, "people")
    if scores.table["people"].gt(0).all():
        name, same = "quiz questions that both sides get wrong the same way", scores.both_wrong_the_same_way
        found.support("both_wrong_the_same_way", name, same, "count", scores.asked, "questions")


def _evidence(timeline: Timeline, agenda: AgendaStatus) -> pd.DataFrame:
    facts, met = timeline.table, timeline.table["fact"] == "meeting"
    status, kind = facts["status"].where(met, "done"), facts["kind"].where(met, facts["fact"])
    items = agenda.table.rename(columns={"item": "label", "verdict": "matcher"})
    items = items.assign(part="agenda", kind="agenda item", counts=False, meeting=agenda.meeting)
    both = [frame for frame in (facts.assign(part="timeline", status=status, kind=kind), items) if len(frame)]
    rows = (pd.concat(both, ignore_index=True) if both else pd.DataFrame()).reindex(columns=list(EVIDENCE))
    blank = {name: rows[name].astype(object).where(rows[name].notna(), "") for name in ("quote", "matcher")}
    return rows.assign(**blank)


def _assumptions(engagement: Engagement, timeline: Timeline, agenda: AgendaStatus, scores: QuizScores) -> Iterator[str]:
    yield from (*timeline.refused, *timeline.notes)
    if len(engagement.meetings):
        yield "An invitation is not attendance: a kickoff counts only if somebody of each side joined it."
    if timeline.first_work is not None:
        yield f"First paid work is the provider's earliest {timeline.first_work_from}."
    yield from agenda.notes
    if not len(engagement.quiz):
        return
    yield from scores.notes
    people = dict(zip(scores.table["side"], scores.table["people"], strict=True))
    if all(people.values()):
        share, weaker = {side: scores.sides[side].estimate for side in SIDES}, scores.weaker
        said = " and ".join(f"{people[side]} of the {side} side" for side in SIDES)
        alike = "the two are alike" if len(set(share.values())) == 1 else f"the weaker is the {weaker} side"
        yield f"Answered the quiz: {said}; {alike}."
        what = f"right quiz answers of the {weaker} side"
        yield from other_count(what, "person", "answer", share[weaker], scores.right_of_answers[weaker])
    for side in SIDES:
        if people[side] == 1:
            yield f"One person answered for the {side} side: the figure says nothing about anybody else."
