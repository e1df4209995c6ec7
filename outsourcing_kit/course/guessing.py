"""A guess held against the records, and the one question that ends a lesson."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from outsourcing_kit.course.exercises.exercise import Said
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.text import quoted
from outsourcing_kit.toml import as_tuples, kit_table
from outsourcing_kit.words import capital, show
from outsourcing_kit.written import number

if TYPE_CHECKING:
    from outsourcing_kit.finding import Finding
    from outsourcing_kit.measure import Measure
    from outsourcing_kit.plots.picture import Picture


def reveal(finding: Finding, key: str, guess: object = "") -> Said:
    """Your guess beside what the records say.

    Args:
        finding: of the lesson.
        key: which of its measures was guessed, as "quiz_right".
        guess: as one writes it: 20%, 0.2 or 2 of 10 for a share, 1,200 for an amount, yes or no; blank: none yet.

    Raises:
        OutsourcingKitError: a guess that cannot be read.

    >>> from outsourcing_kit import Engagement, kickoff
    >>> reveal(kickoff.assess(Engagement.load("cold-start")), "before_work", "yes")
    You said yes; the records say no. Kickoff with both sides before work.
    """
    measure = _found(finding, key)
    # A supporting measure is left out of a finding where its records are missing.
    if measure is None:
        return Said("The records cannot say.", f"{capital('; '.join(finding.not_assessed) or 'nothing on record')}.")
    guessed, what = _read(str(guess), measure.unit), f"{capital(measure.name)}."
    if measure.verdict == "not assessed" or math.isnan(measure.estimate):
        return Said("The records cannot say.", f"{what} {capital(measure.settled_by or 'nothing on record')}.")
    between = measure.show_interval()
    you = "No guess was written down" if math.isnan(guessed) else f"You said {show(guessed, measure.unit)}"
    return Said(f"{you}; the records say {measure.show_estimate()}{f' ({between})' if between else ''}.", what)


def guesses(finding: Finding, key: str, said: str) -> Picture:
    """The guesses of a whole room in one picture, beside what the records say.

    Args:
        finding, key: as for `reveal`.
        said: one guess after another, with blanks between them: "20% 35% 50%".

    Raises:
        OutsourcingKitError: a guess that cannot be read, or none; a measure that was not assessed.

    >>> from outsourcing_kit import Engagement, kickoff
    >>> guesses(kickoff.assess(Engagement.load("cold-start")), "quiz_right", "30% 60% 60%").alt[:42]
    '1 of 3 guesses lie where the records say: '
    """
    from outsourcing_kit.plots.guesses import picture

    measure = _found(finding, key)
    if measure is None or math.isnan(measure.estimate):
        raise OutsourcingKitError(f"The records cannot say {quoted(key)}. Mend: an engagement that has its tables.")
    # As a trainer types them from the board.
    values = [_read(each, measure.unit) for each in said.split()]
    if not values:
        raise OutsourcingKitError('Found no guess; expected one after another. Mend: guesses(finding, key, "20% 35%").')
    return picture(measure, values)


def _found(finding: Finding, key: str) -> Measure | None:
    return next((each for each in finding.measures if key in (each.key, each.key.partition(".")[2])), None)


def _read(guess: str, unit: str) -> float:
    """The guess in the measure's unit, nan for a blank."""
    said = guess.strip().casefold()
    if not said:
        return math.nan
    if unit == "yes/no" and said in ("yes", "no"):
        return float(said == "yes")
    # "Two of ten" is a share as people say it.
    parts = [number(part) for part in re.split(r"\bof\b|/", said)]
    value = parts[0] / (parts[1] or math.nan) if len(parts) == 2 else parts[0]
    # Whoever writes 20 for a share, or for a gap in points, means percent.
    if unit in ("share", "points") and len(parts) == 1 and "%" not in said and abs(value) > 1:
        value /= 100
    if len(parts) > 2 or not math.isfinite(value) or unit == "yes/no" or (unit == "share" and not 0 <= value <= 1):
        expected = {"share": "a share, as 20% or 2 of 10", "yes/no": "yes or no"}.get(unit, "one number, as 1,200")
        raise OutsourcingKitError(f'The guess is {quoted(guess)}; expected {expected}. Mend: guess = "" for none yet.')
    return value


@dataclass(frozen=True)
class Choice:
    """A multiple-choice question: by letter, what one may say and what is to be said of it."""

    question: str
    right: str
    options: Mapping[str, tuple[str, str]]

    def __repr__(self) -> str:
        return "\n".join([self.question, *(f"  {letter}) {text}" for letter, (text, _) in self.options.items())])

    def _repr_html_(self) -> str:
        # The letters are written out: choice("kickoff", "b") asks for one of them, and a list may be numbered anew.
        rows = "".join(
            f"<div>{letter}) {escape(text)}<details><summary>This one?</summary>{escape(self.judge(letter).message)}"
            "</details></div>"
            for letter, (text, _) in self.options.items()
        )
        return f"<p><strong>{escape(self.question)}</strong></p>{rows}"

    def judge(self, letter: str) -> Said:
        """What is to be said of one answer."""
        right, why = letter == self.right, self.options[letter][1]
        return Said(f"{letter}:", f"{'Yes' if right else 'No'}. {why}", "✓ " if right else "✗ ", right)


def choice(lesson: str, answer: str = "") -> Choice | Said:
    """The question that ends a lesson, by the lesson's name; with an answer's letter, what is to be said of that one.

    Raises UnknownNameError for another lesson or letter.

    >>> choice("kickoff", "c").right
    True
    """
    known = choices()
    if lesson not in known:
        raise UnknownNameError.of("question", str(lesson), known)
    asked, letter = known[lesson], str(answer).strip().casefold()
    if not letter:
        return asked
    if letter not in asked.options:
        raise UnknownNameError.of("answer", letter, asked.options)
    return asked.judge(letter)


@functools.cache
def choices() -> Mapping[str, Choice]:
    """Every lesson's question."""
    # What is left of each, once question and right answer are taken out, are the answers by their letter.
    asked = as_tuples(kit_table("course/choices.toml"))
    return {name: Choice(said.pop("question"), said.pop("right"), said) for name, said in asked.items()}
