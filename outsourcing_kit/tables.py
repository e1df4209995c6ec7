"""What every table of an engagement holds. The one source for validation, blank templates and the data dictionary.

The tables themselves stand in `tables.toml`, a column a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.text import likeness
from outsourcing_kit.toml import as_tuples, kit_table

# Days and instants of records lie in these years: others are slips of the pen, and nanoseconds cannot count them all.
FIRST_YEAR, LAST_YEAR = 1970, 2199
# Amounts beyond these are slips, too, and their squares or shares are no numbers any more.
LARGEST, SMALLEST = 1e12, 1e-12


def is_counted(day: date) -> bool:
    """Whether a day lies in the years that records can be of.

    >>> is_counted(date(2026, 3, 31)), is_counted(date(9999, 12, 31))
    (True, False)
    """
    return FIRST_YEAR <= day.year <= LAST_YEAR


@dataclass(frozen=True)
class Word:
    """A word that a verdict may hang on, as the tables write it.

    `same` are other words for the same thing, taken as the word itself; capitals, hyphens and blanks never matter.
    `alike` may mean it: nobody but the user can say, so `validate` asks.
    """

    word: str
    same: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, what is allowed.

    `kind` is text, prose (text of any length, kept as it is), number, integer, boolean, date (2026-03-31), instant (a
    date and time with a UTC offset), clock (09:00) or zone (Europe/Madrid). `optional`: the column may be absent;
    `blank`: a cell may be empty, which is unknown, never no and never 0 (an optional column may always be). `refers`
    names the "table.column" in which the value must be found. `words` are those that the kit looks for in the column:
    with `allowed` nothing else is taken, without it anything may be written.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    optional: bool = False
    blank: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    refers: str = ""
    example: str = ""
    words: tuple[Word, ...] = ()

    @property
    def blank_says(self) -> bool:
        """Whether a blank says something of its own ("blank while still there"), so that it cannot stand for a slip."""
        return self.blank and "blank" in self.meaning

    def meant(self, value: object) -> tuple[str, str]:
        """Which of the column's words a cell means, and how sure that is: ("kickoff", "same" or "near"), or ("", "").

        "near" is a word that may mean it, or a slip of the pen: only the writer can say.

        >>> kind = Column("kind", "text", "", words=(Word("kickoff", alike=("launch",)),))
        >>> kind.meant("Kick-off"), kind.meant("kikoff"), kind.meant("weekly")
        (('kickoff', 'same'), ('kickoff', 'near'), ('', ''))
        """
        near = ("", "")
        for known in self.words:
            like = likeness(value, known.word, known.same, known.alike)
            if like == "same":
                return known.word, like
            near = near if near[0] or not like else (known.word, like)
        return near


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, which of them identify a row, and pairs that must be in order."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column called `name`. Raises UnknownNameError, naming the nearest."""
        for column in self.columns:
            if column.name == name:
                return column
        if self.name == "tasks" and name.startswith("veto_"):
            # Whatever else forbids a company to hand work over is a veto like the five.
            return Column(name, "boolean", "a veto of your own", optional=True, blank=True)
        raise UnknownNameError.of(f"column in table {self.name!r}:", name, self.names)


KINDS: Mapping[str, Mapping[str, Any]] = kit_table("tables.toml")["kinds"]


def _column(name: str, said: Mapping[str, Any]) -> Column:
    rules = {**KINDS[said["kind"]].get("usual", {}), **said}
    if rules["kind"] == "person":
        rules["kind"] = "text"  # that table people lists
    if rules.pop("signed", False):
        rules["low"] = None
    if listed := rules.pop("one_of", rules.get("words")):
        known = kit_table("tables.toml")["words"][listed]
        rules["words"] = tuple(Word(word, *as_tuples(others)) for word, others in known.items())
        rules["allowed"] = tuple(known) if "one_of" in said else ()
    return Column(name, **rules)


def _columns(lines: Mapping[str, Mapping[str, Any]]) -> tuple[Column, ...]:
    return tuple(_column(name, said) for name, said in lines.items())


TABLES = tuple(
    Table(name, **{**as_tuples(said), "columns": _columns(said["columns"])})
    for name, said in kit_table("tables.toml")["tables"].items()
)
SETTINGS = _columns(kit_table("tables.toml")["settings"])

_BY_NAME = {table.name: table for table in TABLES}
VETOES = {each.name: each.meaning for each in _BY_NAME["tasks"].columns if each.name.startswith("veto_")}


def table(name: str) -> Table:
    """The definition of the table called `name`. Raises UnknownNameError, naming the nearest.

    >>> table("can_do").names
    ['task', 'person']
    """
    if name not in _BY_NAME:
        raise UnknownNameError.of("table", name, _BY_NAME)
    return _BY_NAME[name]


def table_names() -> list[str]:
    """Names of all tables, in the order of the data dictionary."""
    return list(_BY_NAME)


def meant(column: str, value: object) -> tuple[str, str]:
    """Which of the words that the kit looks for in "table.column" a cell means, and how sure: see `Column.meant`.

    >>> meant("meetings.kind", "kick off mtg"), meant("cash_flows.option", "in-house"), meant("meetings.kind", "weekly")
    (('kickoff', 'same'), ('stay', 'near'), ('', ''))
    """
    name, _, inner = column.partition(".")
    return table(name).column(inner).meant(value)


# Of optional columns those that a headline reads, and what an hour costs: with it a finding says what it comes to.
_WANTED = {pair for item in HEADLINES for pair in item.columns} | {("people", "hourly_cost")}


def asked(definition: Table) -> list[Column]:
    """The columns that a blank template asks for: all but those that may be left out and change no headline.

    >>> [column.name for column in asked(table("messages")) if column.optional]
    ['automatic']
    """
    return [each for each in definition.columns if not each.optional or (definition.name, each.name) in _WANTED]


def blank_csv(definition: Table) -> str:
    """A blank template: the header line alone, of the columns that are asked for.

    >>> blank_csv(table("can_do"))
    'task,person\\n'
    """
    return ",".join(column.name for column in asked(definition)) + "\n"


def default_rows(table: str) -> list[dict[str, str]]:
    """The usual rows of `table` (prerequisites, agenda or tasks), by column as text; a column left out is blank.

    Only names are given: whether a thing is required, settled or handed over is unknown until the owner says so.

    Raises:
        UnknownNameError: a table that has no usual rows.

    >>> default_rows("tasks")[0], len(default_rows("prerequisites"))
    ({'task': 'inbox', 'process': 'mail'}, 10)
    """
    lists = kit_table("lists.toml")
    if table not in lists:
        raise UnknownNameError.of("list of usual rows for table", table, lists)
    return [dict(zip(lists[table]["columns"], row, strict=True)) for row in lists[table]["rows"]]
