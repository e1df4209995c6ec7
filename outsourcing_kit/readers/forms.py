"""A survey's table: which columns tell when, who and whose side, and which are the questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded, shown
from outsourcing_kit.written import times

_WHEN = {
    "timestamp", "zeitstempel", "marca temporal", "horodateur", "carimbo de data/hora", "отметка времени",
    "submitted at", "completion time", "submit date (utc)",
}  # fmt: skip
# Only where the questions tell a survey: any table may have one of these.
_DAY = {"date", "day", "datum", "fecha", "data", "answered on"}
_MAIL = {"email address", "email", "e-mail", "username", "e-mail-adresse", "dirección de correo electrónico"}
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NOBODY = {"", "anonymous", "anonym", "anonyme", "anónimo", "anônimo"}
_NAMED = re.compile(
    r"(?:what(?:['\u2019]s| is) )?(?:your |full |first |last |family )*(?:sur)?name\W{0,3}|who are you.*"
    r"|(?:vor|nach)name|nombre|apellidos?|nom|prénom|nome|sobrenome|имя",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?:side|seite|lado|parte|côté|i work for|i am (?:with|from)|client or (?:the )?provider)\b", re.IGNORECASE
)
_OURS = re.compile(
    r"\b(?:clients?|clientes?|customer|kunde|auftraggeber|we outsource|in.?house|inside)\b", re.IGNORECASE
)
_THEIRS = re.compile(
    r"\b(?:provider|agency|vendor|assistants?|contractor|outside|dienstleister|anbieter|agentur|proveedor|agencia"
    r"|asistente|prestataire|agence|fornecedor|agência)\b",
    re.IGNORECASE,
)
# What tools write beside the answers.
_BESIDE = re.compile(
    r"#|token|id|(?:start|stage) (?:time|date \(utc\))|network id|(?:total )?(?:score|points)|response (?:type|id)"
    r"|language|last modified time|tags|ending|quiz feedback|grade posted time|(?:points|feedback) - .*"
    r"|.*\[(?:score|feedback)\]",
    re.DOTALL,
)
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
    """A survey: the day of each answer, who gave it, which side, and the questions; "" where nobody knows.

    `stamp` tells rows apart that are of nobody, `turn` is their order in time; `ask` asks about this survey alone.
    """

    days: list[str]
    person: list[str]
    side: list[str]
    stamp: list[str]
    turn: list[int]
    asked: list[Asked]
    ask: Ask

    def rows(self, draft: Draft, asked: Iterable[Asked], *, dated: bool, named: bool) -> list[tuple[int, Asked, str]]:
        """Every answer that is no blank; where they are needed, with its day and with who gave it.

        Of whoever answers again, the same day or where days do not matter, the first answer counts.
        """
        rows = [(n, each, cell) for each in asked for n, cell in enumerate(each.cells) if cell]
        of_days = [row for row in rows if self.days[row[0]] or not dated]
        draft.leave_out("answers without a day: a column Date gives it", len(rows) - len(of_days))
        kept = [row for row in of_days if self.person[row[0]] or not named]
        why = "answers without a name or an address: nobody knows whose side they are"
        draft.leave_out(why, len(of_days) - len(kept))
        if not named:
            return kept
        # Who has heard the right answer does better a second time.
        same = [(self.person[n], each.text, each.row, dated and self.days[n]) for n, each, _ in kept]
        first: dict[object, int] = {}
        for key, (n, *_) in zip(same, kept, strict=True):
            first[key] = min(n, first.get(key, n), key=self.turn.__getitem__)
        once = [row for key, row in zip(same, kept, strict=True) if first[key] == row[0]]
        draft.leave_out("answers of whoever had answered before", len(kept) - len(once))
        return once


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
    days = pd.Series(read.local).dt.strftime("%Y-%m-%d").fillna("").tolist()
    turn = moments(read).rank(method="first").fillna(0).astype(int)
    return Form(days, person, [_side(cell) for cell in side], when, turn.tolist(), asked, ask)


def _are_addresses(cells: list[str]) -> bool:
    given = [cell for cell in cells if cell and folded(cell) not in _NOBODY]
    return bool(given) and all(map(_ADDRESS.fullmatch, given))


def _side(text: str) -> str:
    ours, theirs = bool(_OURS.search(text)), bool(_THEIRS.search(text))
    return "" if ours == theirs else "client" if ours else "provider"
