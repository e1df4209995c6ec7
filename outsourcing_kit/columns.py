"""What one column and one table of the data dictionary are: kinds, units, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.text import likeness
from outsourcing_kit.vocabulary import Word

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
