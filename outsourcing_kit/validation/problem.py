"""One thing wrong in one place, many of them in a few lines, and never more in memory than anybody reads."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.text import plain, quoted, shown
from outsourcing_kit.words import plural

SHOWN = 5
# So many of a table's rows, and always one, may be wrong in one way in one column: their cells are left out. Where more
# are, the table is not what it was taken for, and nothing is said of the rest.
SPARED = 0.1
UNKNOWN = "correct it, or leave it blank: blank is unknown"
_SHOWN_OF_A_FILE = 20
_LONGEST = 400


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: what was found, what was expected, what mends it.

    `row` counts as a spreadsheet does: the header is row 1. `severity` is "error", or "note" for what the kit can live
    with but the user should know. `more` is how many others of its kind in the same column it stands for: the first
    five are kept. Where its cells were left out, `table` and `rows` say of which table, and how many rows that has. All
    its texts can be shown anywhere: see `text.shown`.
    """

    file: str
    kind: str
    found: str
    expected: str
    mend: str
    row: int | None = None
    column: str | None = None
    severity: str = "error"
    more: int = 0
    table: str = ""
    rows: int = 0

    def __post_init__(self) -> None:
        for name in ("file", "column", "found", "expected", "mend"):
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, shown(text, 80 if name in ("file", "column") else _LONGEST))

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", column {self.column}"
        return f"{self.file}{row}{column}: found {self.found}; expected {self.expected}. Mend: {self.mend}"


# A table in its kinds, None where there is none, and what is wrong with it.
Checked = tuple[pd.DataFrame | None, list[Problem]]


class Unreadable(Exception):
    """A file that cannot be read at all, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Found:
    """The problems of one file: the first five of each kind in each column, and how many more there are.

    `rows` is how many rows its table has, known when all are read.
    """

    def __init__(self, file: str, table: str = "") -> None:
        self.file, self.table, self.rows = file, table, 0
        self._groups: dict[tuple[str, str | None, str], list[Problem]] = {}
        self._counts: Counter[tuple[str, str | None, str]] = Counter()

    def add(
        self, kind: str, column: str | None, rows: Sequence[int] | NDArray[np.integer] | pd.Index,
        said: Iterable[tuple[str, str, str]], severity: str = "error",
    ) -> None:  # fmt: skip
        """Problems in these rows. `said` is what each found, expected and needs: asked for those kept alone.

        Of the severity "left out", whose cells the loaded table does not have, they are notes while they are few.
        """
        if not len(rows):
            return
        group = self._groups.setdefault((kind, column, severity), [])
        self._counts[kind, column, severity] += len(rows)
        for row, words in zip(rows[: SHOWN - len(group)], said, strict=False):
            group.append(Problem(self.file, kind, *words, int(row), column, severity))

    def add_whole(self, problem: Problem) -> None:
        """A problem of the whole file or of a whole column."""
        self._groups[problem.kind, problem.column, problem.severity] = [problem]
        self._counts[problem.kind, problem.column, problem.severity] = 1

    def listed(self) -> list[Problem]:
        """All that was found; the last of a kind says how many more like it there are."""
        listed = []
        for key, group in self._groups.items():
            times = self._counts[key]
            # Few or many is known only now that all rows were looked at.
            if key[-1] == "left out":
                group = [self._left_out(problem, times) for problem in group]
            if more := times - len(group):
                group = [*group[:-1], replace(group[-1], more=more)]
            listed += group
        return listed

    def _left_out(self, problem: Problem, times: int) -> Problem:
        if times <= spared(self.rows):
            return replace(problem, severity="note", table=self.table, rows=self.rows)
        told = f" ({times:,} of {plural(self.rows, 'row')}; up to {spared(self.rows):,} would be left out)"
        return replace(problem, severity="error", mend=problem.mend + told)


_Mask = NDArray[np.bool_]


class Fault(NamedTuple):
    """Cells that are wrong in one way. `mend` may depend on what the cell says."""

    mask: _Mask
    kind: str
    expected: str
    mend: str | Callable[[str], str]
    note: bool = False  # what was taken from the cells is a guess


class Converted(NamedTuple):
    """A column in its kind as an array of numpy's or pandas' (text as objects), the blank cells, and what is wrong."""

    values: Any
    blank: _Mask
    faults: list[Fault]

    @property
    def wrong(self) -> _Mask:
        """The cells that are not what the column says. Their values are missing."""
        none = np.zeros_like(self.blank)
        return np.logical_or.reduce([none, *(fault.mask for fault in self.faults if not fault.note)])

    def tell(
        self, raw: Sequence[Any] | pd.Series, column: str, rows: NDArray[Any], found: Found, *,
        severity: str = "error", more: str = "",
    ) -> None:  # fmt: skip
        """Name the faults in the column's cells as they were, which stand in these rows; `more` ends each mend."""
        for fault in self.faults:
            at = np.flatnonzero(fault.mask)
            if len(at):
                first = [cell_of(raw, n) for n in at[:SHOWN].tolist()]
                end = "" if fault.note else more
                mends = (fault.mend(plain(str(cell))) if callable(fault.mend) else fault.mend for cell in first)
                said = ((named(cell), fault.expected, mend + end) for cell, mend in zip(first, mends, strict=True))
                found.add(fault.kind, column, rows[at], said, "note" if fault.note else severity)


def cell_of(raw: Sequence[Any] | pd.Series, place: int) -> Any:
    """The cell at a place, whatever a frame's index is."""
    return raw.iloc[place] if isinstance(raw, pd.Series) else raw[place]


def named(value: Any) -> str:
    """What a cell holds, for a message."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.date | dt.time):
        return shown(value.isoformat())
    return shown(f"{value:g}" if isinstance(value, float) else repr(value) if isinstance(value, bytes) else value)


def spared(rows: int) -> int:
    """In how many of a table's rows one kind of fault leaves its cells out, before it stops everything.

    >>> spared(40), spared(3)
    (4, 1)
    """
    return max(1, int(rows * SPARED))


def left_out(notes: Iterable[Problem], tables: Iterable[str]) -> list[str]:
    """What was left out of these tables, a sentence a table, for whoever reads what was made of the rest.

    >>> note = Problem("work.csv", "too low", "-1", "at least 0", "…", 7, "hours", "note", 2, "work", 40)
    >>> left_out([note], ["work"])
    ['Left out of table work: hours too low (3 of 40 rows).']
    """
    # Counted by kind and column: who reads it knows at once whether it matters to this finding.
    told: dict[str, dict[str, list[int]]] = {}
    for note in notes:
        if note.rows:
            what = f"{note.column} {note.kind}" if note.column else note.kind
            times = told.setdefault(note.table, {}).setdefault(what, [0, note.rows])
            times[0] += 1 + note.more
    return [
        f"Left out of table {table}: "
        + "; ".join(f"{what} ({times:,} of {plural(rows, 'row')})" for what, (times, rows) in told[table].items())
        + "."
        for table in tables
        if table in told
    ]


def count(problems: Iterable[Problem]) -> int:
    """How many problems there are, with those that are only counted."""
    return sum(1 + problem.more for problem in problems)


def report(problems: Iterable[Problem]) -> str:
    """All problems in a few lines: counted, the first five of each kind in each file and column."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        # What concerns no row concerns a whole column, setting or file: there may be many of those, too.
        where = () if problem.row is None else (problem.file, problem.column or "")
        groups.setdefault((problem.kind, *where), []).append(problem)
    lines = []
    for place, group in groups.items():
        kept = group[: _SHOWN_OF_A_FILE if len(place) == 1 else SHOWN]
        lines += [f"  {problem}" for problem in kept]
        if more := count(group) - len(kept):
            lines.append(f"  … and {more:,} more like the last" + (f" ({group[0].file})" if len(place) > 1 else ""))
    return "\n".join(lines)
