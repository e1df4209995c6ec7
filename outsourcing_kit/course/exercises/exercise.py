"""One exercise: its right answer and its known wrong ones, as functions of an engagement."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

KINDS = ("number", "share", "count")


@dataclass(frozen=True)
class WrongWay:
    """A known wrong way: `answer` computes what it gives, `message` names the slip to whoever took it."""

    name: str
    answer: Callable[..., float]
    message: str


@dataclass(frozen=True)
class Exercise:
    """An exercise whose answer is one number.

    `expected` and every wrong way are functions of the engagement; their keyword-only arguments are parameters of the
    lesson, so that a changed parameter changes what is right. `lacks` says which records are missing, in words, or "".
    `kind` is "number", "share" (0 to 1) or "count" (whole). The lesson's cell tagged `exercise` holds the words of
    `task`, its cell tagged `solution` the one authored solution.
    """

    key: str
    task: str
    hints: tuple[str, ...]
    expected: Callable[..., float]
    wrong_ways: tuple[WrongWay, ...]
    unit: str
    lacks: Callable[[Engagement], str]
    kind: str = "number"
    tolerance: float = 1e-6
    because: str = ""

    @property
    def lesson(self) -> str:
        """The lesson's name: "kickoff" for "kickoff.1"."""
        return self.key.partition(".")[0]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the lesson's parameters that the right answer depends on."""
        arguments = inspect.signature(self.expected).parameters.values()
        return tuple(each.name for each in arguments if each.kind is inspect.Parameter.KEYWORD_ONLY)

    def judge(self, answer: Any, records: Engagement, parameters: Mapping[str, Any] | None = None) -> Answered:
        """Hold an answer against what is right for `records`."""
        given = dict(parameters or {})
        if answer is ...:
            return self._told(False, f'No answer yet: put your code in place of the dots. Stuck? hint("{self.key}", 1)')
        if why := self.lacks(records):
            return self._told(None, f"Engagement {records.name!r} cannot answer this: {why}.")
        right = float(self.expected(records, **given))
        found = read_number(answer)
        if isinstance(found, str):
            return self._told(False, f"{found} Expected {self._asked}.")
        if math.isnan(right):
            if math.isnan(found):
                return self._told(True, "There is none in these records, and nan says so.")
        elif math.isnan(found):
            message = "That is nan, or nothing at all: usually the selection was empty, or the code returned nothing."
            return self._told(False, f"{message} Expected {self._asked}.")
        elif self.same(found, right):
            return self._told(True, self.because)
        slips = [way.message for way in self.wrong_ways if self.same(found, float(way.answer(records, **given)))]
        if slips:
            # Two ways to the same figure may have the same name.
            return self._told(False, " Or: ".join(dict.fromkeys(slips)))
        return self._told(False, self._far_off(found, right))

    def same(self, one: float, other: float) -> bool:
        """Whether two answers are the same within the tolerance."""
        return abs(one - other) <= self.tolerance

    @property
    def _asked(self) -> str:
        noun = {"number": "one number", "share": "one share between 0 and 1", "count": "one whole number"}[self.kind]
        return noun if self.kind == "share" else f"{noun} ({self.unit})"

    def _far_off(self, found: float, right: float) -> str:
        """What can be said of an answer that no known slip explains, without giving the right one away."""
        if math.isinf(found):
            return f"That is infinite: something was divided by zero. Expected {self._asked}."
        if self.kind == "share" and self.same(found / 100, right):
            return "The right figure as a percentage: a share is asked. Divide by 100."
        if self.kind == "share" and 1 < found <= 100:
            return f"A share lies between 0 and 1, and {found:g} looks like a percentage. Divide by 100, check again."
        if self.kind == "share" and not 0 <= found <= 1:
            return f"A share lies between 0 and 1; found {found:g}."
        if self.kind == "count" and found != round(found):
            return f"A count is a whole number; found {found:g}."
        if not math.isnan(right) and self.kind != "count" and _is_rounded(found, right):
            return "Close: it is rounded. Give the figure as it comes out of the computation."
        return f'That is not it, and no slip known here. Try hint("{self.key}", 1).'

    def _told(self, right: bool | None, message: str) -> Answered:
        return Answered(self.key, right, message)


def _is_rounded(found: float, right: float) -> bool:
    """Whether one is the other in fewer digits, yet not so few that nearly any number would be.

    >>> _is_rounded(0.33, 1 / 3), _is_rounded(0.334, 1 / 3), _is_rounded(0.0, 1 / 3)
    (True, False, False)
    """
    if not math.isfinite(found) or abs(found - right) > 0.05 * abs(right):
        return False
    return any(math.isclose(found, round(right, digits), rel_tol=1e-12) for digits in range(-6, 12))


def read_number(answer: Any) -> float | str:
    """The answer as a number, nan for nothing; or, as text, what it is instead.

    >>> read_number("0.8")
    "That is text, '0.8'. Take the quotes away, or convert it with float()."
    """
    if answer is None or type(answer).__name__ in ("NaTType", "NAType"):
        return math.nan
    kind = type(answer).__name__
    if isinstance(answer, bool) or kind in ("bool_", "bool"):
        return f"That is {answer}: a yes or no."
    if isinstance(answer, str | bytes):
        return f"That is text, {answer[:40]!r}. Take the quotes away, or convert it with float()."
    if "timedelta" in kind.casefold():
        return "That is a length of time. Divide it by pd.Timedelta(days=1) to get days."
    if shape := getattr(answer, "shape", ()):
        size = " × ".join(str(length) for length in shape)
        return f"That is a whole {kind} of {size}. Take the one value out of it, for example with .item()."
    if isinstance(answer, list | tuple | set | dict):
        return f"That is a {kind} of {len(answer)}. Take the one value out of it."
    if callable(answer):
        return "That is a function, not its result. Call it: add the parentheses."
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError):
        return f"That is a {kind}."


@dataclass(frozen=True)
class Answered:
    """What a check says: `right` is True, False, or None where these records cannot tell."""

    key: str
    right: bool | None
    message: str

    @property
    def _verdict(self) -> str:
        return {True: "right", False: "not yet", None: "cannot be checked"}[self.right]

    def __repr__(self) -> str:
        return f"{self.key}: {self._verdict}. {self.message}".rstrip()

    def _repr_html_(self) -> str:
        mark = {True: "✓", False: "✗", None: "–"}[self.right]
        return f"<p><strong>{mark} {escape(self.key)}: {self._verdict}.</strong> {escape(self.message)}</p>"


@dataclass(frozen=True)
class Told:
    """A hint or a solution: a heading and a text; `code` where the text is Python."""

    heading: str
    text: str
    code: bool = False

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.text}" if self.code else f"{self.heading}: {self.text}"

    def _repr_html_(self) -> str:
        if self.code:
            return f"<p><strong>{escape(self.heading)}</strong></p><pre>{escape(self.text)}</pre>"
        return f"<p><strong>{escape(self.heading)}:</strong> {escape(self.text)}</p>"
