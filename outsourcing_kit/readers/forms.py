"""A survey's table: which columns tell when, who and whose side, and which are the questions."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

WHEN = {
    "timestamp", "zeitstempel", "marca temporal", "horodateur", "carimbo de data/hora", "отметка времени",
    "submitted at", "completion time", "submit date (utc)",
}  # fmt: skip
_MAIL = {"email address", "email", "e-mail", "username", "e-mail-adresse", "dirección de correo electrónico"}
_NAMED = re.compile(r"^(?:your |full |first )?name$|^who are you|^name:?$", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:side|i work for|i am (?:with|from)|client or (?:the )?provider)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:client|customer|we outsource|in.?house|inside)\b", re.IGNORECASE)
_THEIRS = re.compile(r"\b(?:provider|agency|vendor|assistant|contractor|outside)\b", re.IGNORECASE)
# What tools write beside the answers.
_BESIDE = {"#", "token", "id", "start time", "start date (utc)", "network id", "total score", "score", "response type"}
_GRID = re.compile(r"(?P<what>.*?)\s*\[(?P<row>[^\]]+)\]\s*$", re.DOTALL)


class Asked(NamedTuple):
    """One question: the words before the brackets of a grid, the row in them, and everybody's answers."""

    text: str
    row: str
    cells: list[str]


class Form(NamedTuple):
    """A survey: the day of each answer, who gave it ("" where nobody knows), which side, and the questions."""

    days: pd.Series
    person: list[str]
    side: list[str]
    asked: list[Asked]


def read_form(source: Source, ask: Ask, draft: Draft) -> Form:
    """The survey of a file; in which order its days are written is asked where nothing tells."""
    grid, beside = source.grid, set()
    found: dict[str, list[str]] = {}
    for role, fits in (
        ("when", lambda name: folded(name) in WHEN), ("mail", lambda name: folded(name) in _MAIL),
        ("name", lambda name: bool(_NAMED.search(name))), ("side", lambda name: bool(_SIDE.search(name))),
    ):  # fmt: skip
        name = next((name for name in grid.header if name not in beside and fits(name)), "")
        found[role] = grid.get(name) if name else [""] * len(grid)
        beside.add(name)
    order = ask.order(found["when"])
    read = times(found["when"], order)
    person = [mail or name for mail, name in zip(found["mail"], found["name"], strict=True)]
    draft.meet(Who(a, n, m) for a, n, m in zip(person, found["name"], found["mail"], strict=True))
    asked = []
    for place, name in enumerate(grid.header):
        if name not in beside and folded(name) not in _BESIDE and not re.search(r"\[(?:Score|Feedback)\]$", name):
            told = _GRID.fullmatch(name)
            cells = [cell.strip() for cell in grid.columns[place]]
            asked.append(Asked(told["what"] if told else name, told["row"].strip() if told else "", cells))
    days = pd.Series(read.local).dt.strftime("%Y-%m-%d").fillna("")
    draft.leave_out("answers without a day", int((days == "").sum()))
    return Form(days, person, [_side(cell) for cell in found["side"]], asked)


def _side(text: str) -> str:
    ours, theirs = bool(_OURS.search(text)), bool(_THEIRS.search(text))
    return "" if ours == theirs else "client" if ours else "provider"
