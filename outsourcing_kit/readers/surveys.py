"""Surveys of Google Forms, Typeform, Microsoft Forms or a spreadsheet: one row a person, one column a question."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from outsourcing_kit import tables
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.forms import Form, is_form, read_form
from outsourcing_kit.readers.known import pattern
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.scales import affirmed, ends, in_words, is_unsure, point, points
from outsourcing_kit.text import folded

NAME, KEY = "answers to a survey", "survey"
_ASPECTS = {aspect: pattern(aspect) for aspect in ("importance", "met", "meaning")}
_COVERED = pattern("covered")
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
    kind = _kind(form) if len(form.people) else "none"
    added = {"expectations": _add_expectations, "coverage": _add_coverage, "pulse": _add_pulse, "quiz": _add_quiz}
    if kind in added:
        added[kind](draft, form)
    else:
        draft.leave_out("a survey that is none of the kit's", len(form.people))
    # A quiz has no day in its table; when it was answered is still a day of the engagement.
    draft.days = sorted({*form.people["asked_on"]} - {""})
    return draft


def _kind(form: Form) -> str:
    """What was asked: told by the questions where they are the kit's own, else asked with a guess."""
    scaled = [each for each in form.asked if points(each.cells)]
    # A grid's rows stand in brackets, and its question says what is rated.
    if any(each.row and _aspect(each.text) in ("importance", "met") for each in form.asked):
        return "expectations"
    if any(_COVERED.search(each.text) and _flags(each.cells) for each in form.asked):
        return "coverage"
    known = [
        each for each in scaled
        if any(map(in_words, each.cells)) or tables.meant("pulse.question", each.name)[0]
    ]  # fmt: skip
    if known and all(points(each.cells) or _is_prose(each.cells) for each in form.asked):
        return "pulse"
    # Offered, and asked all the same: a quiz may have answers in numbers.
    guess = "pulse" if len(scaled) > len(form.asked) / 2 else "quiz"
    words = {text: kind for kind, text in _KINDS.items()}
    return words[form.ask.one("kind", "What does the survey ask?", words, _KINDS[guess])]


def _aspect(text: str) -> str:
    return next((aspect for aspect, words in _ASPECTS.items() if words.search(text)), "")


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
    rows = form.rows(draft, asked, dated=True, named=True)
    rows["rating"] = rows["answer"].map(point)
    rows = draft.without(rows, rows["rating"].isna(), "ratings that are no number")
    if not of_five:
        rows = draft.without(rows, ~rows["answer"].map(in_words), "ratings of a scale that does not end at 5")
    draft.add("expectations", rows.assign(expectation=rows["row"], aspect=rows["text"].map(aspects)))


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
    rows["status"] = rows["answer"].map(affirmed).map({True: "covered", False: "missing"})
    rows = draft.without(rows, rows["status"].isna(), "answers of whoever does not know")
    # A form does not say which call it asks about.
    meeting = form.ask.answers.kickoff or form.ask.one(
        "meeting", "Which meeting is it about, as table meetings calls it?", (), "kickoff"
    )
    rows = rows.assign(meeting=meeting, item=rows["question"].map(folded), by=rows["person"])
    draft.add("coverage_confirmed", rows)


def _add_quiz(draft: Draft, form: Form) -> None:
    rows = form.rows(draft, form.asked, dated=False, named=True)
    draft.add("quiz", rows)
    if len(rows):
        draft.assume("quiz", "which answers are right stands in no export: table answer_key says it")


def _add_pulse(draft: Draft, form: Form) -> None:
    """Rows of table `pulse`. Whose side is told by the form, or by who answered, or asked."""
    asked = [each for each in form.asked if points(each.cells)]
    draft.leave_out("questions with free text", len(form.asked) - len(asked))
    numbers = [cell for each in asked for cell in each.cells if cell and not in_words(cell)]
    scales = {f"{low:g} to {most:g}": (low, most) for low, most in ends(numbers) or [(1.0, 10.0)]}
    scale = next(iter(scales))
    if numbers and len(scales) > 1:
        # A 4 of five is a good answer, and a 4 of ten is none.
        scale = form.ask.one("scale", "Between which numbers could people choose?", scales, scale)
    low, most = scales[scale]
    people = form.people
    side = people["side"].where(people["side"] != "", people["person"])
    if (side == "").any():
        options = ("client", "provider", "leave it out")
        answer = form.ask.one("side", "Which side answered the survey of how people feel?", options)
        side = side.mask(side == "", answer)
    # The same code whenever and beside whatever other file it is read; nobody's name or address is in one.
    stamp = people["stamp"] + " " + side.mask(side.isin(people["person"]), "")
    nth = (stamp.groupby(stamp).cumcount() + 1).astype(str)
    codes = ["r" + hashlib.sha256(each.encode("utf-8", "replace")).hexdigest()[:8] for each in stamp + " " + nth]
    # Whoever answered is on the list of people only where their name has to tell their side.
    draft.people = {alias: who for alias, who in draft.people.items() if alias in {*side}}
    form = form._replace(people=people.assign(side=side, respondent=codes))
    rows = form.rows(draft, asked, dated=True, named=False)
    rows = rows[rows["side"] != "leave it out"]
    words = rows["answer"].map(in_words).astype(bool)
    scale_min, scale_max = np.where(words, 1.0, low), np.where(words, 5.0, most)
    draft.add("pulse", rows.assign(score=rows["answer"].map(point), scale_min=scale_min, scale_max=scale_max))
    if words.any():
        draft.assume("pulse", "answers in words are points from 1 to 5")
    if numbers:
        draft.assume("pulse", f"numbers are of a scale from {scale}")
