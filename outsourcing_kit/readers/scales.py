"""Answers in words or numbers as points of a scale."""

from __future__ import annotations

import re
from collections.abc import Iterable

from outsourcing_kit.text import folded

# From the lowest to the highest, in English, German, Spanish, French and Portuguese.
_WORDS = (
    "strongly disagree | disagree | neither agree nor disagree | agree | strongly agree",
    "strongly disagree | disagree | neutral | agree | strongly agree",
    "completely disagree | somewhat disagree | undecided | somewhat agree | completely agree",
    "never | rarely | sometimes | often | always",
    "never | seldom | sometimes | usually | always",
    "very dissatisfied | dissatisfied | neither satisfied nor dissatisfied | satisfied | very satisfied",
    "very unsatisfied | unsatisfied | neutral | satisfied | very satisfied",
    "not at all | a little | somewhat | mostly | completely",
    "not important | slightly important | moderately important | important | very important",
    "stimme gar nicht zu | stimme nicht zu | teils, teils | stimme zu | stimme voll zu",
    "trifft gar nicht zu | trifft eher nicht zu | teils, teils | trifft eher zu | trifft voll zu",
    "nie | selten | manchmal | oft | immer",
    "totalmente en desacuerdo | en desacuerdo | ni de acuerdo ni en desacuerdo | de acuerdo | totalmente de acuerdo",
    "nunca | rara vez | a veces | a menudo | siempre",
    "pas du tout d'accord | pas d'accord | ni d'accord ni pas d'accord | d'accord | tout à fait d'accord",
    "jamais | rarement | parfois | souvent | toujours",
    "discordo totalmente | discordo | não concordo nem discordo | concordo | concordo totalmente",
    "nunca | raramente | às vezes | frequentemente | sempre",
)
_POINTS = {folded(word): float(n) for line in _WORDS for n, word in enumerate(line.split(" | "), start=1)}
_NUMBER = re.compile(r"(\d{1,2})(?:\s*(?:[-\u2013:.)=]|of|/).*)?")


def points(cells: Iterable[str]) -> dict[str, tuple[float, float]] | None:
    """Each answer of a question as its points and the most that the scale has; None where one of them is no point.

    >>> points(["Agree", "Strongly disagree", ""])
    {'Agree': (4.0, 5.0), 'Strongly disagree': (1.0, 5.0)}
    >>> points(["4", "5 - very"]), points(["8", "3"]), points(["Friday", "4"])
    ({'4': (4.0, 5.0), '5 - very': (5.0, 5.0)}, {'8': (8.0, 10.0), '3': (3.0, 10.0)}, None)
    """
    found = {cell: _point(cell) for cell in dict.fromkeys(cells) if cell}
    known = {cell: point for cell, point in found.items() if point is not None}
    if not known or len(known) < len(found):
        return None
    highest = max(known.values())
    most = next((float(scale) for scale in (5, 7, 10) if highest <= scale), None)
    return None if most is None else {cell: (point, most) for cell, point in known.items()}


def _point(cell: str) -> float | None:
    number = _NUMBER.fullmatch(cell.strip())
    return float(number[1]) if number else _POINTS.get(folded(cell))
