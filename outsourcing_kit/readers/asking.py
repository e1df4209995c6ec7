"""What no export says is asked once: answers come from `import.toml`, else from whoever sits there, else stay open."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from outsourcing_kit.cities import nearest_place, zone_of
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.text import folded, quoted, shown
from outsourcing_kit.toml import toml_key, toml_section
from outsourcing_kit.written import DAY_ORDERS, day_orders

ANSWERS_FILE = "import.toml"
_MOST_OPTIONS = 40


class Question(NamedTuple):
    """One question: where its answer stands, in the user's words, what may be answered, what is offered.

    `many`: several of the options, or none. `place`: a city or a time zone, or one of the options. With neither options
    nor `place` any text is taken.
    """

    section: str
    key: str
    text: str
    options: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    many: bool = False
    place: bool = False

    def checked(self, answer: Any) -> tuple[str, ...]:
        """The answer as options. Raises OutsourcingKitError, naming the nearest, where one of them is none.

        >>> Question("jira", "dates", "Which?", ("day first", "month first")).checked("Day First")
        ('day first',)
        """
        told = answer if isinstance(answer, list | tuple) else [answer]
        given = [text for each in told if (text := str(each).strip())]
        if not self.many and len(given) != 1:
            raise self._wrong(", ".join(given) or "nothing")
        if not (self.options or self.place):
            return tuple(given)
        known, found = {folded(option): option for option in self.options}, []
        for each in given:
            meant = known.get(folded(each)) or (zone_of(each) if self.place else None)
            if meant is None:
                raise self._wrong(each)
            found.append(meant)
        return tuple(found)

    def _wrong(self, found: str) -> OutsourcingKitError:
        guess = nearest(found, self.options) or (nearest_place(found) if self.place else None)
        more = ["a big city, a time zone's name"] if self.place else []
        expected = ", ".join([*map(shown, self.options[:_MOST_OPTIONS]), *more]) or "one answer"
        return OutsourcingKitError(
            f"{self.text} Found {quoted(found)}; expected {'any of' if self.many else 'one of'}: {expected}. "
            f"Mend: {f'write {quoted(guess)}' if guess else 'choose one of them'} ({self.section}.{self.key})."
        )

    def line(self) -> str:
        """The answer's line in the file, with what is offered in it."""
        offered = self.suggested or self.options[:1]
        value = self.suggested if self.many else "".join(offered[:1])
        return "\n".join(toml_section(toml_key(self.section), {self.key: value})[1:])


@dataclass
class Answers:
    """The answers to all readers' questions. `given` is section → key → answer, as `import.toml` has them.

    `prompt` asks whoever sits there; without it a question stays open, and the reader goes on with what is offered.
    `meetings` are those that are known, by the folder or by a file read before, each with its beginning; `kickoff` is
    the one that was it, `no_kickoff` that somebody said that there was none, `written` those whose transcript was read.
    """

    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    prompt: Callable[[Question], Any] | None = None
    kickoff: str = ""
    no_kickoff: bool = False
    meetings: dict[str, datetime] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    open: list[Question] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)

    def of(self, section: str) -> Ask:
        """Asks in the name of one reader."""
        return Ask(self, section)

    def answer(self, question: Question) -> tuple[str, ...]:
        """The answer to one question, remembered for next month."""
        section = self.given.setdefault(question.section, {})
        if question.key in section:
            return question.checked(section[question.key])
        # Counted also where nobody sits there: a script has to answer as many.
        self.asked.append(question)
        if self.prompt is None:
            self.open.append(question)
            return question.suggested or (() if question.many else question.options[:1] or ("",))
        answer = question.checked(self.prompt(question))
        section[question.key] = list(answer) if question.many else answer[0]
        return answer


@dataclass(frozen=True)
class Ask:
    """What a reader asks with. A question is asked only where the file does not tell."""

    answers: Answers
    section: str

    def one(self, key: str, text: str, options: Iterable[str] = (), suggested: str = "") -> str:
        """One of the options, or any text where there are none."""
        offered = (suggested,) if suggested else ()
        return (*self.answers.answer(Question(self.section, key, text, tuple(options), offered)), "")[0]

    def said(self, key: str) -> str:
        """What this was answered, by a file of the same kind or another time; "" where it was not."""
        return str(self.answers.given.get(self.section, {}).get(key, ""))

    def many(self, key: str, text: str, options: Iterable[str], suggested: Iterable[str] = ()) -> tuple[str, ...]:
        """Any number of the options."""
        return self.answers.answer(Question(self.section, key, text, tuple(options), tuple(suggested), many=True))

    def order(self, *columns: Sequence[str], settled: Callable[[str], bool] = lambda order: True) -> str:
        """The order of year, month and day in these columns, asked where neither they nor `settled` tell.

        `settled`: whether what else the file says can be true under an order.
        """
        if not any(map(any, columns)):
            return "ymd"
        texts = dict.fromkeys(text for column in columns for text in column if text)
        # A day that never was says nothing of the others.
        found = day_orders(texts) or day_orders(text for text in texts if day_orders([text]))
        # An order that contradicts what else the file says is out; where all do, none is.
        orders = [order for order in found if settled(order)] or list(found) or list(DAY_ORDERS)
        if len(orders) == 1:
            return orders[0]
        # Shown with a cell of their own, nobody has to know what "dmy" is.
        example = shown(next(text for column in columns for text in column if text))
        words = {DAY_ORDERS[order]: order for order in orders}
        return words[self.one("dates", f"Dates are written as {example}: which comes first?", words)]

    def zone(self, text: str, *, own: bool = False) -> str:
        """The zone of times without an offset: a name, "" for the client's, or `OWN_ZONE` if a tool may show it."""
        words = (_CLIENTS_ZONE, *((OWN_ZONE,) if own else ()))
        found = self.answers.answer(Question(self.section, "zone", text, words, words[-1:], place=True))[0]
        return "" if found == _CLIENTS_ZONE else found

    def place(self, key: str, text: str) -> str:
        """The time zone of a city."""
        return self.answers.answer(Question(self.section, key, text, suggested=("Europe/Madrid",), place=True))[0]


OWN_ZONE, _CLIENTS_ZONE = "each person's own", "the client's"


def read_answers(text: str) -> dict[str, dict[str, Any]]:
    """The answers that the file's text holds. Raises OutsourcingKitError where it is no TOML of sections.

    >>> read_answers('[jira]\\ndates = "day first"\\n')
    {'jira': {'dates': 'day first'}}
    """
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutsourcingKitError(
            f'{ANSWERS_FILE} cannot be read ({shown(error, 200)}); expected lines such as dates = "day first". '
            "Mend: correct that line, or remove the file: its questions are asked again."
        ) from None
    if loose := [key for key, value in found.items() if not isinstance(value, dict)]:
        raise OutsourcingKitError(
            f"{ANSWERS_FILE} has {quoted(loose[0])} above its first section; expected it below a line such as [jira]. "
            "Mend: move it there."
        )
    return found


def answers_toml(given: Mapping[str, Mapping[str, Any]]) -> str:
    """The file's text: one section a reader, so that next month asks nothing."""
    lines = ["# What the imports were told. Edit an answer here; remove its line to be asked again."]
    for section in sorted(given):
        lines += toml_section(toml_key(section), given[section])
    return "\n".join(lines) + "\n"
