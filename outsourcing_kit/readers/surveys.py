"""Surveys of Google Forms, Typeform, Microsoft Forms or a spreadsheet: one row a person, one column a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.forms import WHEN, Asked, Form, read_form
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.scales import points
from outsourcing_kit.text import folded, yes_or_no

NAME, KEY = "answers to a survey", "survey"
_ASPECTS = {
    "importance": re.compile(r"import|wichtig|matter", re.IGNORECASE),
    "met": re.compile(r"\bmet\b|fulfil|how well|erfüllt|cumpl|atendid", re.IGNORECASE),
    "meaning": re.compile(r"mean|same by|understand|clear|verst|bedeut|signific", re.IGNORECASE),
}
_COVERED = re.compile(r"cover|talked about|discuss|besprochen|tratad", re.IGNORECASE)
_KINDS = {
    "expectations": "how important each expectation is and how well it is met",
    "coverage": "what the kickoff covered",
    "pulse": "how people feel",
    "quiz": "how we work: a quiz with right answers",
    "none": "none of these: leave it out",
}


def is_mine(source: Source) -> bool:
    """Whether each row has a time at which somebody answered, by the words that survey tools have for it."""
    return any(folded(name) in WHEN for name in source.header.header)


def read(source: Source, ask: Ask) -> Draft:
    """What a survey asked is told by its questions, or asked."""
    draft = Draft()
    form = read_form(source, ask, draft)
    kind = _kind(form, ask)
    if kind == "expectations":
        _add_expectations(draft, form)
    elif kind == "coverage":
        _add_coverage(draft, form, ask)
    elif kind == "pulse":
        _add_pulse(draft, form, ask)
    elif kind == "quiz":
        _add_quiz(draft, form)
    else:
        draft.leave_out("a survey that is none of the kit's", len(form.days))
    return draft


def _kind(form: Form, ask: Ask) -> str:
    """What was asked: told by the questions where they are the kit's own, else asked with a guess."""
    grids = [each for each in form.asked if each.row]
    scaled = [each for each in form.asked if points(each.cells)]
    if any(_aspect(each.text) in ("importance", "met") for each in grids):
        return "expectations"
    if any(_COVERED.search(each.text) and _flags(each.cells) for each in form.asked):
        return "coverage"
    if scaled and all(points(each.cells) or _is_prose(each.cells) for each in form.asked):
        return "pulse"
    guess = "pulse" if len(scaled) > len(form.asked) / 2 else "quiz"
    words = {text: kind for kind, text in _KINDS.items()}
    return words[ask.one("kind", "What does the survey ask?", words, _KINDS[guess])]


def _aspect(text: str) -> str:
    return next((aspect for aspect, words in _ASPECTS.items() if words.search(text)), "")


def _flags(cells: Sequence[str]) -> bool:
    given = [cell for cell in cells if cell]
    return bool(given) and all(yes_or_no(cell) is not None for cell in given)


def _is_prose(cells: Sequence[str]) -> bool:
    """Whether people wrote what they liked: no two the same, or long."""
    given = [cell for cell in cells if cell]
    return len(set(given)) == len(given) or any(len(cell) > 60 for cell in given)


def _rows(form: Form, asked: Iterable[Asked]) -> list[tuple[int, Asked, str]]:
    """Every answer that is none of the blanks and has its day."""
    return [(n, each, cell) for each in asked for n, cell in enumerate(each.cells) if cell and form.days[n]]


def _add_expectations(draft: Draft, form: Form) -> None:
    asked = [each for each in form.asked if each.row and _aspect(each.text)]
    draft.leave_out("questions that are no grid of expectations", len(form.asked) - len(asked))
    rows = _known(draft, form, _rows(form, asked))
    score = {id(each): points(each.cells) or {} for each in asked}
    kept = [(n, each, score[id(each)].get(cell)) for n, each, cell in rows]
    draft.leave_out("ratings that are no number", sum(value is None for *_, value in kept))
    kept = [row for row in kept if row[2] is not None]
    draft.add("expectations", {
        "expectation": [each.row for _, each, _ in kept], "aspect": [_aspect(each.text) for _, each, _ in kept],
        "person": [form.person[n] for n, _, _ in kept], "rating": [float(value[0]) for *_, value in kept if value],
        "asked_on": [form.days[n] for n, _, _ in kept],
    })  # fmt: skip


def _known(draft: Draft, form: Form, rows: list[tuple[int, Asked, str]]) -> list[tuple[int, Asked, str]]:
    """The answers of which it is known who gave them: both sides are held against each other."""
    kept = [row for row in rows if form.person[row[0]]]
    draft.leave_out("answers without a name or an address: nobody knows whose side they are", len(rows) - len(kept))
    return kept


def _add_coverage(draft: Draft, form: Form, ask: Ask) -> None:
    asked = [each for each in form.asked if _flags(each.cells)]
    rows = _known(draft, form, _rows(form, asked))
    meeting = ask.answers.kickoff or ask.one(
        "meeting", "Which meeting is it about, as table meetings calls it?", (), "kickoff"
    )
    draft.add("coverage_confirmed", {
        "meeting": [meeting] * len(rows), "item": [folded(each.row or each.text) for _, each, _ in rows],
        "status": ["covered" if yes_or_no(cell) else "missing" for *_, cell in rows],
        "by": [form.person[n] for n, *_ in rows],
    })  # fmt: skip


def _add_pulse(draft: Draft, form: Form, ask: Ask) -> None:
    """How people feel, under codes: who it was is not kept, and neither is what they wrote."""
    scales = [(each, points(each.cells)) for each in form.asked]
    draft.leave_out("questions with free text", sum(not scale for _, scale in scales))
    side = form.side
    if not all(side):
        answer = ask.one(
            "side", "Which side answered the survey of how people feel?", ("client", "provider", "leave it out")
        )
        side = [known or answer.replace("leave it out", "") for known in side]
    rows = [(n, each, scale[cell]) for each, scale in scales if scale for n, cell in enumerate(each.cells)
            if cell in scale and form.days[n] and side[n]]  # fmt: skip
    draft.people.clear()
    draft.add("pulse", {
        "respondent": [f"r{n + 1:02}" for n, *_ in rows], "side": [side[n] for n, *_ in rows],
        "asked_on": [form.days[n] for n, *_ in rows], "question": [each.row or each.text for _, each, _ in rows],
        "score": [value for *_, (value, _) in rows], "scale_max": [most for *_, (_, most) in rows],
        "scale_min": [1.0] * len(rows),
    })  # fmt: skip
    if rows:
        draft.assume("pulse", "answers in words are points from 1 to 5; numbers up to 5 are of a scale from 1 to 5")


def _add_quiz(draft: Draft, form: Form) -> None:
    rows = _known(draft, form, _rows(form, form.asked))
    draft.add("quiz", {
        "person": [form.person[n] for n, *_ in rows], "question": [each.row or each.text for _, each, _ in rows],
        "answer": [cell for *_, cell in rows],
    })  # fmt: skip
    if rows:
        draft.assume("quiz", "which answers are right stands in no export: table answer_key says it")
