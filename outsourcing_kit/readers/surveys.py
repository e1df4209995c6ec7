"""Surveys of Google Forms, Typeform, Microsoft Forms or a spreadsheet: one row a person, one column a question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outsourcing_kit import tables
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.forms import Asked, Form, is_form, read_form
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.pulse import add_pulse
from outsourcing_kit.readers.scales import affirmed, ends, in_words, is_unsure, point, points
from outsourcing_kit.text import folded

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
    """Whether its header is a survey's: when somebody answered, in survey tools' words, or questions and a name."""
    return is_form(source.header)


def read(source: Source, ask: Ask) -> Draft:
    """What a survey asked is told by its questions, or asked."""
    draft = Draft()
    form = read_form(source, ask, draft)
    kind = _kind(form) if len(form.days) else "none"
    if kind == "expectations":
        _add_expectations(draft, form)
    elif kind == "coverage":
        _add_coverage(draft, form)
    elif kind == "pulse":
        add_pulse(draft, form)
    elif kind == "quiz":
        _add_quiz(draft, form)
    else:
        draft.leave_out("a survey that is none of the kit's", len(form.days))
    # A quiz has no day in its table; when it was answered is still a day of the engagement.
    draft.days = sorted({*form.days} - {""})
    return draft


def _kind(form: Form) -> str:
    """What was asked: told by the questions where they are the kit's own, else asked with a guess."""
    scaled = [each for each in form.asked if points(each.cells)]
    # A grid's rows stand in brackets, and its question says what is rated.
    if any(each.row and _aspect(each.text) in ("importance", "met") for each in form.asked):
        return "expectations"
    if any(_COVERED.search(each.text) and _flags(each.cells) for each in form.asked):
        return "coverage"
    known = [each for each in scaled if any(map(in_words, each.cells)) or _is_known(each)]
    if known and all(points(each.cells) or _is_prose(each.cells) for each in form.asked):
        return "pulse"
    # Offered, and asked all the same: a quiz may have answers in numbers.
    guess = "pulse" if len(scaled) > len(form.asked) / 2 else "quiz"
    words = {text: kind for kind, text in _KINDS.items()}
    return words[form.ask.one("kind", "What does the survey ask?", words, _KINDS[guess])]


def _aspect(text: str) -> str:
    return next((aspect for aspect, words in _ASPECTS.items() if words.search(text)), "")


def _is_known(each: Asked) -> bool:
    """Whether a question is one of those about feelings that the kit looks for."""
    return bool(tables.meant("pulse.question", each.name)[0])


def _flags(cells: Sequence[str]) -> bool:
    """Whether somebody says yes or no, and whoever else answers does not know."""
    given = [cell for cell in cells if cell and not is_unsure(cell)]
    return bool(given) and all(affirmed(cell) is not None for cell in given)


def _is_prose(cells: Sequence[str]) -> bool:
    """Whether people wrote what they liked: no two the same, or long."""
    given = [cell for cell in cells if cell]
    return len(set(given)) == len(given) or any(len(cell) > 60 for cell in given)


def _add_expectations(draft: Draft, form: Form) -> None:
    aspects = _aspects(form)
    asked = [each for each in form.asked if each.row and aspects.get(each.text)]
    draft.leave_out("questions that are no grid of expectations", len(form.asked) - len(asked))
    of_five = any(most == 5 for _, most in ends(cell for each in asked for cell in each.cells))
    kept = []
    for n, each, cell in form.rows(draft, asked, dated=True, named=True):
        rating = point(cell)
        if rating is None:
            draft.leave_out("ratings that are no number")
        elif not of_five and not in_words(cell):
            draft.leave_out("ratings of a scale that does not end at 5")
        else:
            kept.append((n, each, rating))
    draft.add("expectations", {
        "expectation": [each.row for _, each, _ in kept], "aspect": [aspects[each.text] for _, each, _ in kept],
        "person": [form.person[n] for n, *_ in kept], "rating": [rating for *_, rating in kept],
        "asked_on": [form.days[n] for n, *_ in kept],
    })  # fmt: skip


def _aspects(form: Form) -> dict[str, str]:
    """Words before the brackets → what is rated; asked where no words are known."""
    grids = dict.fromkeys(each.text for each in form.asked if each.row)
    aspects = {text: _aspect(text) for text in grids}
    if any(aspects.values()):
        return aspects
    none = "no question does"
    asks = {"importance": "Which question asks how important it is?", "met": "Which question asks how well it is met?"}
    return {form.ask.one(aspect, text, [*grids, none], none): aspect for aspect, text in asks.items() if grids}


def _add_coverage(draft: Draft, form: Form) -> None:
    asked = [each for each in form.asked if _flags(each.cells)]
    draft.leave_out("questions that nobody answers by yes or no", len(form.asked) - len(asked))
    rows = form.rows(draft, asked, dated=False, named=True)
    known = [row for row in rows if affirmed(row[2]) is not None]
    draft.leave_out("answers of whoever does not know", len(rows) - len(known))
    # A form does not say which call it asks about.
    meeting = form.ask.answers.kickoff or form.ask.one(
        "meeting", "Which meeting is it about, as table meetings calls it?", (), "kickoff"
    )
    draft.add("coverage_confirmed", {
        "meeting": [meeting] * len(known), "item": [folded(each.name) for _, each, _ in known],
        "status": ["covered" if affirmed(cell) else "missing" for *_, cell in known],
        "by": [form.person[n] for n, *_ in known],
    })  # fmt: skip


def _add_quiz(draft: Draft, form: Form) -> None:
    rows = form.rows(draft, form.asked, dated=False, named=True)
    draft.add("quiz", {
        "person": [form.person[n] for n, *_ in rows], "question": [each.name for _, each, _ in rows],
        "answer": [cell for *_, cell in rows],
    })  # fmt: skip
    if rows:
        draft.assume("quiz", "which answers are right stands in no export: table answer_key says it")
