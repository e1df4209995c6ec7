"""Surveys of Google Forms, Typeform, Microsoft Forms or a spreadsheet: one row a person, one column a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, digest, moments
from outsourcing_kit.readers.known import LISTS, first_of, pattern
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.scales import affirmed, are_flags, ends, in_words, point, points
from outsourcing_kit.text import folded, shown
from outsourcing_kit.written import times

NAME, KEY = "answers to a survey", "survey"
_ASPECTS = ("importance", "met", "meaning")
_COVERED = pattern("covered")
_KINDS: dict[str, str] = LISTS["survey_kinds"]
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NAMED, _BESIDE, _SIDE = pattern("names"), pattern("beside"), pattern("side")
_OURS, _THEIRS = pattern("client"), pattern("provider")
_WHEN, _DAY, _MAIL, _NOBODY = (set(LISTS[name]) for name in ("when", "day", "mail", "nobody"))
_GRID = re.compile(r"(?P<what>.*?)\s*\[(?P<row>[^\]]+)\]\s*$", re.DOTALL)


class _Asked(NamedTuple):
    """One question: the words before the brackets of a grid, the row in them, and everybody's answers."""

    text: str
    row: str
    cells: list[str]

    @property
    def name(self) -> str:
        """What a table calls it."""
        return self.row or self.text


class _Form(NamedTuple):
    """A survey: who answered in each row, and the questions; `ask` asks about this survey alone.

    `people` has the person, the side and the day (`asked_on`), "" where nobody knows; `stamp` tells rows apart that are
    of nobody, `turn` is their order in time.
    """

    people: pd.DataFrame
    asked: list[_Asked]
    ask: Ask

    def rows(self, draft: Draft, asked: Iterable[_Asked], *, dated: bool, named: bool) -> pd.DataFrame:
        """Every answer that is no blank: row `n` of the survey, its question and `people`; dated and named if need be.

        Of whoever answers again, the same day or where days do not matter, the first answer counts.
        """
        cells = ((n, each, cell) for each in asked for n, cell in enumerate(each.cells) if cell)
        told = [(n, each.text, each.row, each.name, cell) for n, each, cell in cells]
        rows = pd.DataFrame(told, columns=["n", "text", "row", "question", "answer"], dtype=object)
        rows = rows.astype({"n": int}).join(self.people, on="n")
        if dated:
            rows = draft.without(rows, rows["asked_on"] == "", "answers without a day: a column Date gives it")
        if named:
            why = "answers without a name or an address: nobody knows whose side they are"
            rows = draft.without(rows, rows["person"] == "", why)
            # Who has heard the right answer does better a second time.
            same = ["person", "text", "row", *(["asked_on"] if dated else [])]
            in_time = rows.sort_values(["turn", "n"], ascending=[True, False])
            first = in_time.groupby(same, sort=False)["n"].transform("first").reindex(rows.index)
            rows = draft.without(rows, rows["n"] != first, "answers of whoever had answered before")
        return rows


def is_mine(source: Source) -> bool:
    """Whether rows say when somebody answered, by survey tools' words for it, or columns ask and name who answered."""
    names = [folded(name) for name in source.header.header]
    asking = sum(name.endswith("?") or bool(_GRID.fullmatch(name)) for name in names)
    return bool(_WHEN & {*names}) or (asking > 1 and any(name in _MAIL or _NAMED.fullmatch(name) for name in names))


def read(source: Source, ask: Ask) -> Draft:
    """What a survey asked is told by its questions, or asked."""
    draft = Draft()
    form = _read_form(source, ask, draft)
    kind = _kind(form) if len(form.people) else "none"
    added = {"expectations": _add_expectations, "coverage": _add_coverage, "pulse": _add_pulse, "quiz": _add_quiz}
    if kind in added:
        added[kind](draft, form)
    else:
        draft.leave_out("a survey that is none of the kit's", len(form.people))
    # A quiz has no day in its table; when it was answered is still a day of the engagement.
    draft.days = sorted({*form.people["asked_on"]} - {""})
    return draft


def _kind(form: _Form) -> str:
    """What was asked: told by the questions where they are the kit's own, else asked with a guess."""
    scaled = [each for each in form.asked if points(each.cells)]
    # A grid's rows stand in brackets, and its question says what is rated.
    if any(each.row and first_of(each.text, *_ASPECTS) in ("importance", "met") for each in form.asked):
        return "expectations"
    if any(_COVERED.search(each.text) and are_flags(each.cells) for each in form.asked):
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


def _is_prose(cells: Sequence[str]) -> bool:
    """Whether people wrote what they liked: no two the same, or long."""
    given = [cell for cell in cells if cell]
    return len(set(given)) == len(given) or any(len(cell) > 60 for cell in given)


def _add_expectations(draft: Draft, form: _Form) -> None:
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


def _aspects(form: _Form) -> dict[str, str]:
    """Words before the brackets → what is rated; asked where no words are known."""
    grids = dict.fromkeys(each.text for each in form.asked if each.row)
    aspects = {text: first_of(text, *_ASPECTS) for text in grids}
    if any(aspects.values()):
        return aspects
    none = "no question does"
    asks = {"importance": "Which question asks how important it is?", "met": "Which question asks how well it is met?"}
    return {form.ask.one(aspect, text, [*grids, none], none): aspect for aspect, text in asks.items() if grids}


def _add_coverage(draft: Draft, form: _Form) -> None:
    asked = [each for each in form.asked if are_flags(each.cells)]
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


def _add_quiz(draft: Draft, form: _Form) -> None:
    rows = form.rows(draft, form.asked, dated=False, named=True)
    draft.add("quiz", rows)
    if len(rows):
        draft.assume("quiz", "which answers are right stands in no export: table answer_key says it")


def _add_pulse(draft: Draft, form: _Form) -> None:
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
    codes = ["r" + digest(each, 8) for each in stamp + " " + nth]
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


# --- which columns tell when, who and whose side, and which are the questions -------------------------------------


def _read_form(source: Source, ask: Ask, draft: Draft) -> _Form:
    """The survey of a file; in which order its days are written is asked where nothing tells."""
    grid = source.grid
    cells = [[cell.strip() for cell in column] for column in grid.columns]
    left = dict(enumerate(map(folded, grid.header)))

    def taken(fits: Callable[[str, list[str]], object], joint: str = "") -> list[str]:
        """The columns that fit, which are no questions then: of each row the first cell, or all of them joined."""
        places = [place for place, name in left.items() if fits(name, cells[place])]
        rows = zip(*([cells[place] for place in places] or [[""] * len(grid)]), strict=True)
        # What tells who or when asks nobody anything.
        for place in places:
            del left[place]
        return [joint.join(filter(None, row)) if joint else next(filter(None, row), "") for row in rows]

    clock = _WHEN if _WHEN & {*left.values()} else _DAY
    when = taken(lambda name, _: name in clock)
    mail = taken(lambda name, column: name in _MAIL or _are_addresses(column))
    name = taken(lambda name, _: _NAMED.fullmatch(name), " ")
    side = taken(lambda name, column: _SIDE.search(name) and any(map(_side, column)))
    asked = []
    for place in [place for place, name in left.items() if not _BESIDE.fullmatch(name)]:
        told = _GRID.fullmatch(grid.header[place])
        row = told["row"].strip() if told else ""
        asked.append(_Asked(told["what"] if told else grid.header[place], row, cells[place]))
    # Two files may ask the same of two sides, so what one was told says nothing of the other.
    ask = ask.answers.of(f"{ask.section} {source.name}: {shown(asked[0].name, 40) if asked else ''}")
    read = times(when, ask.order(when))
    person = [next((each for each in who if folded(each) not in _NOBODY), "") for who in zip(mail, name, strict=True)]
    draft.meet(Who(a, n, m) for a, n, m in zip(person, name, mail, strict=True))
    people = {
        "person": person, "side": map(_side, side), "stamp": when,
        "asked_on": pd.Series(read.local).dt.strftime("%Y-%m-%d").fillna(""),
        "turn": moments(read).rank(method="first").fillna(0),
    }  # fmt: skip
    return _Form(pd.DataFrame(people), asked, ask)


def _are_addresses(cells: list[str]) -> bool:
    given = [cell for cell in cells if cell and folded(cell) not in _NOBODY]
    return bool(given) and all(map(_ADDRESS.fullmatch, given))


def _side(text: str) -> str:
    ours, theirs = bool(_OURS.search(text)), bool(_THEIRS.search(text))
    return "" if ours == theirs else "client" if ours else "provider"
