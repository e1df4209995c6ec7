"""An owner with two assistants, as they would type: what the tests of ask begin from."""

from __future__ import annotations

import importlib
from collections import Counter
from functools import cache

from outsourcing_kit.ask import check_answer, engagement_from, questions, tables_from
from outsourcing_kit.ask.answering import as_text
from outsourcing_kit.ask.asking import walked

NEEDED = {"owner": "Ann", "outside": "Bea, Cid", "city": "Lisbon", "today": "2026-06-30", "currency": "EUR"}
TYPED = NEEDED | {
    "inside": "none", "cities": "Bea: Cebu, Cid: same", "hours": "Ann: 9-17, Bea: 2pm-10pm, Cid: 9-17",
    "decided": "2026-01-12", "began": "2 Feb 2026",
    "settled": ["y", "no", "yes", "yes", "yes", "no", "2026-03-01", "yes", "yes", "not needed"],
    "tasks": "1, 5, travel bookings", "task_hours": "inbox: 20, receipts: 8, travel bookings: 6", "inside_rate": "35",
    "outside_rate": "9", "managing_hours": "inbox: 2, receipts: 1, travel bookings: 1", "again": "5%",
    "handover_hours": "6", "moving_cost": "50", "return_cost": "100", "protected": ["3", "none", "none"],
    "able": ["1 2", "Ann, Cid", "3"], "call": "yes", "call_on": "2026-02-01", "came": "all",
    "covered": ["y", "y", "y", "n", "y", "y", "y", "y"], "covered_by": "Bea", "covered_too": "yyynyy?y",
    "months": "12", "stay_cost": "1000 1190 1400", "price_cost": "300, 310, 350", "managing_cost": "100/140/200",
    "quality_cost": "20 40 90", "search_cost": "€100 €150 €200", "handover_cost": "400 600 900", "reserve": "15",
    "past": "100/120, 80/82, 50/70, 60/60, 90/x", "quiz_first": "1", "quiz_unclear": "1", "quiz_when": "2",
    "quiz_paid": "each month", "quiz_checked": "2", "quiz_of": ["a a b c d", "a b ? c -"],
    "matters": ["5", "4", "5", "3", "5"], "matters_to": ["5 5 4 3 5", "2 4 1 - 3"],
    "proposals": "shared folder, shorter reports", "proposed_by": "Bea", "proposed_on": "2026-04-01",
    "proposal_answered": "shared folder: 2026-04-05, shorter reports: never", "good_work": "2026-05-20",
    "thanked": "Bea: 2026-05-21, Cid: never",
}  # fmt: skip


def answered(**changes: object) -> dict[str, str]:
    """The answers that the owner's lines come to, with other lines for some, in the order in which they are asked."""
    lines = {key: tuple(line) if isinstance(line, list) else line for key, line in {**TYPED, **changes}.items()}
    return dict(_answered(tuple(lines.items())))


@cache
def _answered(typed: tuple[tuple[str, str | tuple[str, ...]], ...]) -> dict[str, str]:
    lines, turns, answers = dict(typed), Counter(), {}
    # All that is open is answered at once; that leads to more questions, until it leads to none.
    while left := [question for question in questions(answers) if question.key not in answers]:
        values = walked(answers)[1]
        for question in left:
            key = question.rule["key"]
            line = lines.get(key, "")
            if isinstance(line, tuple):
                line = (*line, "")[min(turns[key], len(line))]
                turns[key] += 1
            answers[question.key] = as_text(check_answer(question, line, values))
    return {question.key: answers[question.key] for question in questions(answers)}


def measures(answers: dict[str, str], *mistakes: str) -> dict[str, object]:
    """Headline → measure, of these mistakes; whatever comes to the same tables and settings is assessed once."""
    frames, settings = tables_from(answers)
    # Which engagement it is: each table byte for byte, and the settings.
    same = (*((name, frame.to_csv(index=False)) for name, frame in frames.items()), *map(str, settings.items()))
    _FIRST.setdefault(same, answers)
    return {
        measure.key: measure for each in mistakes for measure in _assessed(tuple(_FIRST[same].items()), each).headlines
    }


_FIRST: dict[tuple[object, ...], dict[str, str]] = {}


@cache
def _assessed(answers: tuple[tuple[str, str], ...], mistake: str):
    return importlib.import_module(f"outsourcing_kit.{mistake}").assess(_engagement(answers))


@cache
def _engagement(answers: tuple[tuple[str, str], ...]):
    return engagement_from(dict(answers))
