"""Answers in words or numbers as points of a scale; and as yes or no, in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from outsourcing_kit.readers.known import LISTS
from outsourcing_kit.text import folded

_POINTS = {folded(word): float(n) for line in LISTS["scales"] for n, word in enumerate(line.split(" | "), start=1)}
# "4", "4 of 5", "4/5", "4 - mostly": the first number is the answer, a second one the end of its scale.
_NUMBER = re.compile(r"(\d{1,2})\s*(?:(?:of|/)\s*(\d{1,2})\b.*|[-\u2013:.)=(].*)?")
_AFFIRMED = dict.fromkeys(LISTS["yes"], True) | dict.fromkeys(LISTS["no"], False)


def points(cells: Iterable[str]) -> dict[str, float] | None:
    """Each answer of a question as its points; None where one of them is no point.

    >>> points(["Agree", "Strongly disagree", ""]), points(["4", "5 - very"]), points(["Friday", "4"])
    ({'Agree': 4.0, 'Strongly disagree': 1.0}, {'4': 4.0, '5 - very': 5.0}, None)
    """
    found = {cell: point(cell) for cell in dict.fromkeys(cells) if cell}
    known = {cell: value for cell, value in found.items() if value is not None}
    # One answer in free words, and the numbers beside it may be anything.
    return known if known and len(known) == len(found) and ends(known) else None


def point(cell: str) -> float | None:
    """The points of one answer; None where it is no point.

    >>> point("Neutral"), point("4 of 5"), point("Friday")
    (3.0, 4.0, None)
    """
    number = _NUMBER.fullmatch(cell.strip())
    return float(number[1]) if number else _POINTS.get(_bare(cell))


def _bare(cell: str) -> str:
    return folded(cell.replace("\u2019", "'"))


def in_words(cell: str) -> bool:
    """Whether an answer is one of the words of a scale, whose ends are 1 and 5."""
    return _bare(cell) in _POINTS


def ends(cells: Iterable[str]) -> list[tuple[float, float]]:
    """The usual scales that hold these numbers, from the shortest: its lowest and highest number.

    Hardly an export says how far a scale goes, so a form's questions are looked at together: a 4 beside an 8 is of ten.

    >>> ends(["4", "2"]), ends(["4", "8"]), ends(["0", "3 of 7"]), ends(["40"])
    ([(1.0, 5.0), (1.0, 7.0), (1.0, 10.0)], [(1.0, 10.0)], [(0.0, 7.0)], [])
    """
    read = [number for cell in cells if (number := _NUMBER.fullmatch(cell.strip()))]
    found = [int(digits) for number in read for digits in number.groups() if digits]
    low, most = float(min(found, default=1) > 0), max(found, default=0)
    return [(low, float(high)) for high in (5, 7, 10) if high == most or (high > most and not any(n[2] for n in read))]


def affirmed(cell: str) -> bool | None:
    """Yes, no, or None for whatever says neither.

    >>> affirmed("Sí"), affirmed("Nein"), affirmed("Not sure")
    (True, False, None)
    """
    return _AFFIRMED.get(folded(cell))


def are_flags(cells: Iterable[str]) -> bool:
    """Whether somebody says yes or no, and whoever else answers does not know.

    >>> are_flags(["Yes", "I don't know", ""]), are_flags(["No", "4"]), are_flags(["I don't know"])
    (True, False, False)
    """
    given = [cell for cell in cells if cell and _bare(cell) not in LISTS["unsure"]]
    return bool(given) and all(affirmed(cell) is not None for cell in given)
