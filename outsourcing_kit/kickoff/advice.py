"""What goes with the three headline measures: measures that explain them, next actions, what was assumed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.finding import Measure, supporting_measure
from outsourcing_kit.kickoff.quiz import QuizScores
from outsourcing_kit.kickoff.timeline import SIDES, Timeline, attendance_unknown
from outsourcing_kit.settling import TALK
from outsourcing_kit.words import listed, other_count

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement


def supporting(engagement: Engagement, timeline: Timeline, scores: QuizScores, first_weeks: int) -> tuple[Measure, ...]:
    """Days between kickoff and work, who came, meetings in the first weeks, "don't know" and shared errors."""
    found: list[tuple[str, str, float, str, int, str]] = []
    if not math.isnan(timeline.days_between):
        name = "days from the kickoff's end to the first paid work"
        found.append(("days_between", name, timeline.days_between, "days", 1, "kickoff"))
    table = timeline.table
    if timeline.kickoff is not None:
        chosen = table[table["counts"]].iloc[0]
        found += [
            (f"came_{s}", f"people of the {s} side at the kickoff", float(chosen[s]), "count", 1, "kickoff")
            for s in SIDES
        ]
    if not attendance_unknown(engagement) and timeline.first_work is not None:
        met = table[(table["fact"] == "meeting") & (table["status"] == "held")]
        after = met["happened_at"] - timeline.first_work
        both = (
            (met["client"] > 0)
            & (met["provider"] > 0)
            & (after > pd.Timedelta(0))
            & (after <= pd.Timedelta(weeks=first_weeks))
        )
        name = f"meetings of both sides in the first {first_weeks} weeks of work"
        found.append(("repeat_meetings", name, float(both.sum()), "count", len(met), "meetings held"))
    for row in scores.table.itertuples():
        if row.people:
            name = f"\"don't know\" among the {row.side} side's quiz answers"
            found.append((f"dont_know_{row.side}", name, row.dont_know, "share", row.people, "people"))
    if scores.table["people"].gt(0).all():
        name = "quiz questions that both sides get wrong the same way"
        wrong = float(scores.both_wrong_the_same_way)
        found.append(("both_wrong_the_same_way", name, wrong, "count", len(scores.questions), "questions"))
    return tuple(
        supporting_measure(f"kickoff.{key}", name, value, unit, n, counted_in)
        for key, name, value, unit, n, counted_in in found
    )


def next_actions(
    timeline: Timeline, agenda: pd.DataFrame, scores: QuizScores, headlines: tuple[Measure, ...], everybody: bool
) -> tuple[str, ...]:
    """One to three things to do on Monday, from what is wrong or not known. `everybody`: all have answered the quiz."""
    steps = (
        _about_meeting(timeline, headlines[0]),
        _about_agenda(agenda, headlines[1]),
        _about_quiz(scores, headlines[2], everybody),
    )
    actions = tuple(step for step in steps if step)
    return actions or (
        "Keep it so: repeat the quiz when somebody joins, and hold a short debrief after each month of work.",
    )


def _about_meeting(timeline: Timeline, before: Measure) -> str:
    if before.verdict == "problem" and timeline.kickoff is None:
        why = f" ({timeline.refused[0].rstrip('.')})" if timeline.refused else ""
        return (
            f"Hold the kickoff that is still missing{why}: one hour this week with both sides, the agenda sent ahead, "
            "each item said back by the side that listened."
        )
    if before.verdict == "problem":
        return (
            f"Work began {_days(-timeline.days_between)} before the kickoff was over: list what was done until then, "
            "and check it together against what was agreed afterwards."
        )
    if before.verdict == "cannot tell" and (timeline.doubts or timeline.maybe_paid_before):
        return f"{before.settled_by[:1].upper()}{before.settled_by[1:]}."
    if before.verdict == "cannot tell":
        return "Put the kickoff in both calendars before the first paid hour, and keep the list of who joined."
    if before.verdict == "not assessed":
        return f"Collect what shows whether a kickoff came first: {before.settled_by.removeprefix('needs ')}."
    return ""


def _about_agenda(agenda: pd.DataFrame, missing: Measure) -> str:
    gone, unsettled = (list(agenda.loc[agenda["status"] == status, "item"]) for status in ("missing", "open"))
    if missing.verdict == "problem":
        return f"Put what was never covered on the next meeting of both sides: {listed(gone, 8)}."
    if missing.verdict == "cannot tell":
        source = "from the quotes in the evidence" if (agenda["quote"] != "").any() else "from memory and notes"
        return f"Ask one person of each side to confirm, {source}, what the kickoff covered: {listed(unsettled, 8)}."
    if missing.verdict == "not assessed":
        return "Keep minutes of the kickoff, or a list of what it covered (tables minutes, coverage_confirmed)."
    return ""


def _about_quiz(scores: QuizScores, quiz: Measure, everybody: bool) -> str:
    if quiz.verdict == "not assessed":
        return f"Give both sides the same short quiz on how you work; for that it {quiz.settled_by}."
    if quiz.verdict == "cannot tell" and (everybody or quiz.settled_by.startswith(TALK)):
        why = "everybody has answered this one, so more people" if everybody else "those who have not answered yet"
        return (
            "Let each side explain back how the work is done, then repeat the quiz with more questions: "
            f"{why} cannot settle it."
        )
    if quiz.verdict == "cannot tell":
        return "Let more people of both sides answer the quiz before the next meeting: so few answers settle nothing."
    if quiz.verdict == "fine":
        return ""
    topics = scores.topics.assign(worst=scores.topics[["client_right", "provider_right"]].min(axis=1))
    topics = topics.dropna(subset=["worst"]).sort_values(["worst", "topic"])
    weaker = scores.table.sort_values("right")["side"].iloc[0]
    where = f", beginning with {', '.join(topics['topic'].head(2))}" if len(topics) else ""
    return (
        f"Let the {weaker} side explain back how the work is done{where}; correct it on the spot, then repeat the quiz."
    )


def _days(days: float) -> str:
    return f"{days:.0f} days" if days >= 1.5 else f"{24 * days:.0f} hours"


def assumptions(
    engagement: Engagement, timeline: Timeline, agenda_notes: tuple[str, ...], scores: QuizScores
) -> tuple[str, ...]:
    """What was left out and counted, and which conventions hold."""
    notes = [*timeline.refused, *timeline.notes]
    if len(engagement.meetings):
        notes.append("An invitation is not attendance: a kickoff counts only if somebody of each side joined it.")
    if timeline.first_work is not None:
        notes.append(f"First paid work is the provider's earliest {timeline.first_work_from}.")
    notes += agenda_notes
    if len(engagement.quiz):
        notes += scores.notes
        notes += _who_answered(scores)
        for row in scores.table.itertuples():
            if row.people == 1:
                notes.append(
                    f"One person answered for the {row.side} side: the figure says nothing about anybody else."
                )
    return tuple(notes)


def _who_answered(scores: QuizScores) -> list[str]:
    """How many people are behind each side, and what the weaker side's share is if answers, not people, are counted."""
    people = dict(zip(scores.table["side"], scores.table["people"], strict=True))
    if not all(people.values()):
        return []
    weaker = min(SIDES, key=lambda side: scores.sides[side].estimate)
    said = " and ".join(f"{people[side]} of the {side} side" for side in SIDES)
    alike = scores.sides["client"].estimate == scores.sides["provider"].estimate
    return [
        f"Answered the quiz: {said}; {'the two are alike' if alike else f'the weaker is the {weaker} side'}.",
        *other_count(
            f"right quiz answers of the {weaker} side", "person", "answer", scores.sides[weaker].estimate,
            scores.right_of_answers[weaker],
        ),
    ]  # fmt: skip
