"""A survey's table: which columns tell when, who and whose side, and which are the questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.known import LISTS, pattern
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded, shown
from outsourcing_kit.written import times

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NAMED, _BESIDE, _SIDE = pattern("names"), pattern("beside"), pattern("side")
_OURS, _THEIRS = pattern("client"), pattern("provider")
_WHEN, _DAY, _MAIL, _NOBODY = (set(LISTS[name]) for name in ("when", "day", "mail", "nobody"))
_GRID = re.compile(r"(?P<what>.*?)\s*\[(?P<row>[^\]]+)\]\s*$", re.DOTALL)


class Asked(NamedTuple):
    """One question: the words before the brackets of a grid, the row in them, and everybody's answers."""

    text: str
    row: str
    cells: list[str]

    @property
    def name(self) -> str:
        """What a table calls it."""
        return self.row or self.text


class Form(NamedTuple):
    """A survey: who answered in each row, and the questions; `ask` asks about this survey alone.

    `people` has the person, the side and the day (`asked_on`), "" where nobody knows; `stamp` tells rows apart that are
    of nobody, `turn` is their order in time.
    """

    people: pd.DataFrame
    asked: list[Asked]
    ask: Ask

    def rows(self, draft: Draft, asked: Iterable[Asked], *, dated: bool, named: bool) -> pd.DataFrame:
        """Every answer that is no blank: row `n` of the survey, its question and `people`; dated and named if need be.

        Of whoever answers again, the same day or where days do not matter, the first answer counts.
        """
        cells = ((n, each, cell) for each in asked for n, cell in enumerate(each.cells) if cell)
        told = [(n, each.text, each.row, each.name, cell) for n, each, cell in cells]
        rows = pd.DataFrame(told, columns=["n", "text", "row", "question", "answer"], dtype=object)
        rows = rows.join(self.people, on="n")
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


def is_form(header: Grid) -> bool:
    """Whether rows say when somebody answered, by survey tools' words for it, or columns ask and name who answered."""
    names = [folded(name) for name in header.header]
    asking = sum(name.endswith("?") or bool(_GRID.fullmatch(name)) for name in names)
    return bool(_WHEN & {*names}) or (asking > 1 and any(name in _MAIL or _NAMED.fullmatch(name) for name in names))


def read_form(source: Source, ask: Ask, draft: Draft) -> Form:
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
        asked.append(Asked(told["what"] if told else grid.header[place], row, cells[place]))
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
    return Form(pd.DataFrame(people), asked, ask)


def _are_addresses(cells: list[str]) -> bool:
    given = [cell for cell in cells if cell and folded(cell) not in _NOBODY]
    return bool(given) and all(map(_ADDRESS.fullmatch, given))


def _side(text: str) -> str:
    ours, theirs = bool(_OURS.search(text)), bool(_THEIRS.search(text))
    return "" if ours == theirs else "client" if ours else "provider"
