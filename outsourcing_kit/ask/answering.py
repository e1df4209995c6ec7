"""What somebody typed becomes a value, or one clear message; nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outsourcing_kit.cities import nearest_place, zone_of
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.tables import FIRST_YEAR, LARGEST, LAST_YEAR
from outsourcing_kit.text import folded, plain, quoted
from outsourcing_kit.words import listed
from outsourcing_kit.written import days

LONGEST, LONGEST_NAME, _MOST_NAMES = 4_000, 60, 50
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNKNOWING = {"", "?", "-", "dk", "don't know", "dont know", "i don't know", "do not know"}


@dataclass(frozen=True)
class Question:
    """One thing to ask, and what questions.toml says of it (`rule`): the headlines it decides, the cells it fills.

    `options` are the answers to choose from, `names` those for each of whom one line may answer, `over` what a row of
    marks goes through; `item` is what this one of several alike is about.
    """

    key: str
    text: str
    rule: Mapping[str, Any]
    item: str = ""
    options: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    over: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        # Only what is no field comes here: kind, part, why, decides, required …; None where nothing is said.
        if name.startswith("__"):
            raise AttributeError(name)
        return self.rule.get(name)

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells that the answer fills, as "table.column" or "engagement.setting"."""
        more = [*(self.flags or ()), *(column for row in (self.means or {}).values() for column in row)]
        fills = (self.fills or {}).items()
        return tuple(dict.fromkeys(f"{head}.{column}" for head, row in fills for column in (*row, *more)))


def check_answer(question: Question, text: str, values: Mapping[str, Any] | None = None) -> Any:
    """The value of a typed answer; None for a blank or "don't know", which is unknown, never no and never 0.

    Args:
        question: one of `questions(answers)`.
        text: what was typed, such as "yes", "2026-03-31", "Ann: Manila, Bo: same".
        values: other answers by key, to see whether days and names go together.

    Returns:
        By kind: str, date, float, list, tuple of three amounts …; name → value where one line answers for several.

    Raises:
        OutsourcingKitError: what was found, what was expected, and what to type.

    >>> day = Question("today", "Which day?", {"kind": "day"})
    >>> check_answer(day, "31/3/2026"), check_answer(day, "")
    (datetime.date(2026, 3, 31), None)
    """
    # A megabyte that somebody pasted is cut before anything looks at it.
    values, bare = values or {}, plain(text[: LONGEST + 1]).strip(" ,;")
    if len(text) > LONGEST or not bare.isprintable():
        raise _wrong(text, f"at most {LONGEST:,} characters, all of which can be seen", "say it in a few words")
    # Phones type a curly apostrophe.
    if folded(bare.replace("’", "'")) in _UNKNOWING:
        return None
    value = _each(question, bare, values) if question.each else _one(question, bare, values)
    _in_order(question, value, values)
    return value


def as_text(value: Any) -> str:
    """A value as it stands in answers.toml: what `check_answer` makes the same value of.

    >>> as_text({"Ann": dt.date(2026, 3, 2), "Bo": "never"}), as_text((1.0, 2.5, 3.0)), as_text(None)
    ('Ann: 2026-03-02, Bo: never', '1 2.5 3', '')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # As somebody would type it: never 1e+10.
        return f"{value:.12f}".rstrip("0").rstrip(".")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {as_text(each)}" for name, each in value.items() if each is not None)
    if isinstance(value, tuple | list):
        # An empty list was said, and "" would be "I don't know".
        return (" " if isinstance(value, tuple) else ", ").join(map(as_text, value)) or "none"
    return "" if value is None else str(value)


def _wrong(found: str, expected: str, mend: str) -> OutsourcingKitError:
    return OutsourcingKitError(f"Found {quoted(found)}; expected {expected}. Mend: {mend}.")


def _parts(text: str) -> list[str]:
    return re.split(r"\s*[,;]\s*", text)


def _one(question: Question, text: str, values: Mapping[str, Any]) -> Any:
    if question.same and folded(text) in ("same", "same as me") and values.get(question.same):
        return values[question.same]
    words = question.words or ()
    if meant := [word for word in words if folded(text) in (word, word[0])]:
        return meant[0]
    # A day may be answered in place of a word; what has no digit is a word misspelt.
    if words and (question.kind != "day" or not any(map(str.isdigit, text))):
        known = " or ".join([*words, *["a day"] * (question.kind == "day")])
        raise _wrong(text, known, "type one of them, or - if you do not know")
    return _KINDS[question.kind](question, text)


def _each(question: Question, text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """One answer for all of them, or "Ann: 9-17, Bo: 8-16"; whom nobody names is unknown."""
    known, found = {folded(name): name for name in question.names}, dict.fromkeys(question.names)
    parts = [part.partition(":") for part in _parts(text)]
    # 9:00 has a colon, too: only a known name before it makes an answer of one's own.
    if not any(folded(name) in known and colon for name, colon, _ in parts):
        return dict.fromkeys(question.names, _one(question, text, values))
    for name, colon, rest in parts:
        person = known.get(folded(name))
        if not colon or person is None or found[person] is not None:
            guess = nearest(name, question.names) or question.names[0]
            expected = f"each of {listed(question.names)} at most once, a colon, an answer"
            raise _wrong(f"{name}{colon}{rest}", expected, f"type '{guess}: …'")
        found[person] = None if folded(rest) in _UNKNOWING else _one(question, plain(rest), values)
    return found


def _in_order(question: Question, value: Any, values: Mapping[str, Any]) -> None:
    """Days that cannot be, as an end before its start or a day that is still to come; and names given to two."""
    for key, late in ((question.after, False), (question.until, True)):
        for name, day in value.items() if isinstance(value, dict) else [("", value)]:
            bound = values[key].get(name) if isinstance(values.get(key), dict) else values.get(key)
            if isinstance(day, dt.date) and isinstance(bound, dt.date) and (day > bound if late else day < bound):
                expected = f"a day not {'after' if late else 'before'} {bound}, which is your answer to {key!r}"
                raise _wrong(f"{name} {day}".strip(), expected, "correct it, or go back and correct the other")
    # Two people of one name would be one in every table.
    others = [values.get(key) or [] for key in question.apart or ()]
    taken = {folded(name) for other in others for name in ([other] if isinstance(other, str) else other)}
    if twice := [name for name in value if folded(name) in taken] if taken else []:
        raise _wrong(twice[0], "a name that nobody else has", f"tell them apart, such as '{twice[0]} B.'")


# --- one kind after the other ---------------------------------------------------------------------------------------


def _text(question: Question, text: str) -> str:
    # Commas and colons part answers from one another; the signs begin a formula where a table is opened.
    if not text or len(text) > LONGEST_NAME or text[0] in "=+-@" or re.search("[,:;]", text):
        expected = f"a name or a word of at most {LONGEST_NAME} characters, without , : ; and no = + - @ first"
        raise _wrong(text, expected, "shorten it, or leave the sign out")
    return text


def _day(question: Question, text: str) -> dt.date:
    """A day; of 3/4/2026 nobody knows which number is the month."""
    if folded(text) == "today":
        return dt.date.today()
    found = [dt.date.fromisoformat(day) for day in days(re.sub(r"(?i)(?<=\d)(st|nd|rd|th)\b", "", text))]
    if len(found) > 1:
        may = " or ".join(f"{day} ({day.day} {day:%B})" for day in found)
        raise _wrong(text, f"one day, and this may be {may}", "type the one that you mean, year first")
    if not found:
        raise _wrong(text, f"a day of the years {FIRST_YEAR} to {LAST_YEAR}", "type the year first, as in 2026-03-31")
    return found[0]


def _amount(text: str) -> float:
    """A number as people type it; of 1,100 nobody knows whether it is a thousand or one and a bit."""
    bare = text.strip("€$£% ")
    if folded(bare) in _NUMBERS:
        raise _wrong(text, "a number in digits", f"type {_NUMBERS.index(folded(bare))}")
    if not re.fullmatch(r"\d+(\.\d*)?", bare, re.ASCII) or float(bare) > LARGEST:
        raise _wrong(text, f"a number from 0 to {LARGEST:,.0f}, without signs for thousands", "type 1100 or 1.5, say")
    return float(bare)


def _number(question: Question, text: str) -> float:
    value, low, high = _amount(text), question.least or 0, question.highest or LARGEST
    if not low <= value <= high or (question.whole and value % 1):
        raise _wrong(text, f"a {'whole ' if question.whole else ''}number from {low:g} to {high:,.0f}", "correct it")
    return value


def _money(question: Question, text: str) -> tuple[float, ...]:
    amounts = tuple(_amount(part) for part in re.split(r"[\s/;]+|,\s+", text) if part.strip("€$£"))
    # Nothing is the least, the usual and the most at once.
    if amounts == (0.0,):
        return (0.0, 0.0, 0.0)
    if len(amounts) != 3 or list(amounts) != sorted(amounts):
        mend = as_text(tuple(sorted(amounts))) if len(amounts) == 3 else "900 1000 1300, say"
        raise _wrong(text, "three numbers: the least, the usual and the most it may be; or 0", f"type {mend}")
    return amounts


def _choice(question: Question, text: str) -> str:
    known = {folded(option): option for option in question.options}
    known |= {str(number): option for number, option in enumerate(question.options, 1)}
    if folded(text) not in known:
        guess = nearest(text, question.options) or f"a number from 1 to {len(question.options)}"
        raise _wrong(text, " or ".join(question.options), f"type {guess}")
    return known[folded(text)]


def _list(question: Question, text: str) -> list[str]:
    """Names in one's own words, or, where they can be chosen only, options; none of them twice."""
    only = question.kind == "several"
    if folded(text) in ("none", "nobody", "no"):
        return []
    if only and folded(text) in ("all", "everybody"):
        return list(question.options)
    names: list[str] = []
    # Numbers of a list need no commas between them.
    for part in text.split() if only and re.fullmatch(r"[\d\s]+", text) else _parts(text):
        chosen = only or (question.options and part.isdigit())
        name = (_choice if chosen else _text)(question, part)
        if folded(name) in map(folded, names):
            raise _wrong(name, "each once, and it is named twice", f"tell them apart, such as '{name} B.', or drop one")
        names.append(name)
    if len(names) > (most := question.most or _MOST_NAMES):
        raise _wrong(text, f"at most {most}", "name the ones that matter most")
    return names


def _marks(question: Question, text: str) -> tuple[str, ...]:
    # "yes no ?" or "yn?": where nothing parts them, each character is a mark.
    marks = [mark[0] for mark in re.split(r"[\s,;]+", folded(text)) if mark]
    marks = list(folded(text)) if len(marks) == 1 else marks
    if not set(marks) <= {*question.marks, "?", "-"}:
        raise _wrong(text, f"the marks {', '.join(question.marks)}, ? or -", "type one mark for each, in order")
    if len(marks) > len(question.over) or (len(marks) < len(question.over) and not question.loose):
        raise _wrong(text, f"{len(question.over)} marks, not {len(marks)}", "put - where there is no answer")
    return tuple(marks)


def _pairs(question: Question, text: str) -> list[str]:
    found = []
    for part in [] if folded(text) == "none" else _parts(text):
        plan, slash, actual = part.partition("/")
        if not slash or not _amount(plan):
            raise _wrong(part, "planned/actual, the plan above 0", "type 100/130, or 90/x for one given up")
        found.append(f"{as_text(_amount(plan))}/{'x' if folded(actual) == 'x' else as_text(_amount(actual))}")
    return found


def _clock(question: Question, text: str) -> str:
    found = re.fullmatch(r"(\d{1,2})(?:[:.h](\d\d))?\s*(am|pm)?", folded(text), re.ASCII)
    hour, minute, half = (int(found[1]), int(found[2] or 0), found[3]) if found else (99, 0, None)
    # 12 am is midnight, and there is no 13 pm.
    hour = hour % 12 + 12 * (half == "pm") if half and 1 <= hour <= 12 else 99 if half else hour
    if hour > 23 or minute > 59:
        raise _wrong(text, "a time of day", "type 9:30 or 17:00")
    return f"{hour:02}:{minute:02}"


def _hours(question: Question, text: str) -> str:
    ends = [_clock(question, part) for part in re.split(r"\s*(?:-|–|to)\s*", text)]
    if len(set(ends)) != 2 or len(ends) != 2:
        raise _wrong(text, "when the day's work begins and ends", "type 9-17, or 22:00-6:00 for nights")
    return "-".join(ends)


def _zone(question: Question, text: str) -> str:
    if not (found := zone_of(text)):
        guess = nearest_place(text)
        mend = f"type {guess} if that is meant, else" if guess else "type"
        raise _wrong(text, "a city that the kit knows, or a zone such as Asia/Manila", f"{mend} a larger city nearby")
    return found


_KINDS: dict[str, Callable[[Question, str], Any]] = {
    "text": _text, "word": _text, "day": _day, "number": _number, "money": _money, "choice": _choice,
    "several": _list, "list": _list, "marks": _marks, "pairs": _pairs, "clock": _clock, "hours": _hours, "zone": _zone,
}  # fmt: skip
