"""One exercise: its right answer and its known wrong ones, as functions of an engagement."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from outsourcing_kit.toml import as_tuples, kit_table

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

Answer = Callable[["Engagement"], float]


@dataclass(frozen=True)
class Exercise:
    """An exercise whose answer is one number.

    `expected` computes it. `wrong_ways` are the likely slips, five at most, each with what is said of it. `lacks` says
    which records are missing, or "". The unit "share" is one from 0 to 1. The lesson's cell tagged `exercise` holds the
    words of `task`, its cell tagged `solution` the one authored solution.
    """

    key: str
    task: str
    hints: tuple[str, ...]
    expected: Answer
    wrong_ways: Mapping[Answer, str]
    unit: str
    lacks: Callable[[Engagement], str]
    tolerance: float = 1e-6
    because: str = ""

    @property
    def lesson(self) -> str:
        """The lesson's name: "kickoff" for "kickoff.1"."""
        return self.key.partition(".")[0]

    def judge(self, answer: Any, records: Engagement) -> Said:
        """Hold an answer against what is right for `records`."""
        # A participant's stub sets the answer to dots, so that the cell runs before anything is written in it.
        if answer is ...:
            return self._not_yet(f'No answer yet: put your code in place of the dots. Stuck? hint("{self.key}", 1)')
        if why := self.lacks(records):
            missing = f"Engagement {records.name!r} cannot answer this: {why}."
            return Said(f"{self.key}: cannot be checked.", missing, "– ", None)
        right, found = float(self.expected(records)), read_number(answer)
        expected = f"Expected one {'share between 0 and 1' if self.unit == 'share' else f'number ({self.unit})'}."
        if isinstance(found, str):
            return self._not_yet(f"{found} {expected}")
        if math.isnan(found) and not math.isnan(right):
            nothing = "That is nan, or nothing at all: usually the selection was empty, or the code returned nothing."
            return self._not_yet(f"{nothing} {expected}")
        if math.isnan(found) or self.same(found, right):
            because = "There is none in these records, and nan says so." if math.isnan(right) else self.because
            return Said(f"{self.key}: right.", because, "✓ ", True)
        # Slips first: one may happen to be the right figure rounded, and its own words say more.
        slips = [said for way, said in self.wrong_ways.items() if self.same(found, float(way(records)))]
        if math.isinf(found) and not slips:
            return self._not_yet(f"That is infinite: something was divided by zero. {expected}")
        return self._not_yet(" Or: ".join(slips) or self._unexplained(found, right))

    def same(self, one: float, other: float) -> bool:
        """Whether two answers are the same within the tolerance."""
        # Absolute, not relative: 0 days is a right answer like any other.
        return abs(one - other) <= self.tolerance

    def _unexplained(self, found: float, right: float) -> str:
        """What can be said of an answer that no known slip explains, without giving the right one away."""
        # A share of the plan may be above 1.
        if self.unit.startswith("share") and self.same(found / 100, right):
            return "The right figure as a percentage: a share is asked. Divide by 100."
        if self.unit == "share" and 1 < found <= 100:
            return f"A share lies between 0 and 1, and {found:g} looks like a percentage. Divide by 100, check again."
        if self.unit == "share" and not 0 <= found <= 1:
            return f"A share lies between 0 and 1; found {found:g}."
        if _is_rounded(found, right):
            return "Close: it is rounded. Give the figure as it comes out of the computation."
        if _is_rounded(-found, right):
            return "The sign is the wrong way round, and digits are missing."
        return f'That is not it, and no slip known here. Try hint("{self.key}", 1).'

    def _not_yet(self, message: str) -> Said:
        return Said(f"{self.key}: not yet.", message, "✗ ", False)


def worded(
    key: str, expected: Answer, *, lacks: Callable[[Engagement], str], tolerance: float = 1e-6, **slips: Answer
) -> Exercise:
    """The exercise of these answers with its words from `words.toml`, where each slip has the same name as here."""
    words = as_tuples(exercise_words()[key])
    said = words.pop("slips")
    ways = {way: said[name] for name, way in slips.items()}
    return Exercise(key=key, expected=expected, wrong_ways=ways, lacks=lacks, tolerance=tolerance, **words)


def exercise_words() -> dict[str, dict[str, Any]]:
    """The words of every exercise by its key: task, hints, slips. For who needs no answer, and so no analysis."""
    return kit_table("course/exercises/words.toml")


def _is_rounded(found: float, right: float) -> bool:
    """Whether one is the other in fewer digits, yet not so few that nearly any number would be.

    >>> _is_rounded(0.33, 1 / 3), _is_rounded(0.334, 1 / 3), _is_rounded(0.0, 1 / 3)
    (True, False, False)
    """
    # From millions to as many decimals as anybody copies; nan is no rounding of anything.
    rounded = any(math.isclose(found, round(right, digits), rel_tol=1e-12) for digits in range(-6, 12))
    return rounded and abs(found - right) <= 0.05 * abs(right)


def read_number(answer: Any) -> float | str:
    """The answer as a number, nan for nothing; or, as text, what it is instead.

    >>> read_number("0.8")
    "That is text, '0.8'. Take the quotes away, or convert it with float()."
    """
    # By name, so that neither numpy nor pandas is imported to tell what an answer is.
    kind, shape = type(answer).__name__, getattr(answer, "shape", ())
    if answer is None or kind in ("NaTType", "NAType"):
        return math.nan
    if kind in ("bool_", "bool"):
        return f"That is {answer}: a yes or no."
    if isinstance(answer, str | bytes):
        return f"That is text, {answer[:40]!r}. Take the quotes away, or convert it with float()."
    if "timedelta" in kind.casefold():
        return "That is a length of time. Divide it by pd.Timedelta(days=1) to get days."
    if shape or isinstance(answer, list | tuple | set | dict):
        size = " × ".join(map(str, shape or [len(answer)]))
        return f"That is a whole {kind} of {size}. Take the one value out of it."
    if callable(answer):
        return "That is a function, not its result. Call it: add the parentheses."
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError):
        return f"That is a {kind}."


@dataclass(frozen=True)
class Said:
    """What a check, a hint or a solution says. `right`, of a check: True, False, None where the records cannot tell."""

    heading: str
    message: str
    mark: str = ""
    right: bool | None = None
    code: bool = False

    def __repr__(self) -> str:
        return f"{self.heading}{chr(10) if self.code else ' '}{self.message}".rstrip()

    def _repr_html_(self) -> str:
        heading = f"<strong>{self.mark}{escape(self.heading)}</strong>"
        message = escape(self.message)
        return f"<p>{heading}</p><pre>{message}</pre>" if self.code else f"<p>{heading} {message}</p>"
