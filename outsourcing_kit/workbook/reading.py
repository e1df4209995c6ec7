"""A workbook's sheets become raw tables and settings, each cell as a CSV file would have it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.folders import like_table
from outsourcing_kit.settings import SETTINGS_FILE, Settings, check_settings
from outsourcing_kit.tables import SETTINGS, Column, Table
from outsourcing_kit.text import folded, label, plain, quoted, squeezed, unguarded
from outsourcing_kit.validation import check_table
from outsourcing_kit.validation.places import Place, Readers
from outsourcing_kit.validation.problem import Found, Problem
from outsourcing_kit.validation.reading import doubled_column
from outsourcing_kit.workbook.guard import Sheet, opened
from outsourcing_kit.workbook.steps import EXAMPLE, SETTINGS_SHEET, START, Value, first_rows, help_of

# The names of the columns stand among these rows; above them may stand what they mean.
_HEADER_WITHIN, _MOST_ABOVE = 20, 3
_Row = Sequence[Any]
# How a mend says to change engagement.toml, and what that is in a workbook: there a setting stands beside its key.
_IN_WORKBOOK = (
    (rf'below \[(\w+)\] in {re.escape(SETTINGS_FILE)}([^:]*): (\S+) = "?([^"]*)"?',
     rf"in the sheet {SETTINGS_SHEET}\2: \1.\3, and beside it \4"),
    (r'write (\S+) = "?(.*?)"? below \[(\w+)\]', r"write \3.\1, and beside it \2"),
    (r'^add (\S+) = "?(.*?)"?$', r"write it beside \1, as in \2"),
    (r'^write it as in \S+ = "?(.*?)"?$', r"write it as in \1"),
    (r"^write \[(.*)\]$", r"write a day a row, as in \1"),
)  # fmt: skip


@dataclass
class Book:
    """What a workbook holds: tables, settings by key with the row of each, and what is wrong with the sheets.

    A table is how messages call its sheet, and what types it for whoever knows where its times were written. `touched`:
    whether anything in it differs from a blank workbook.
    """

    name: str
    tables: Readers = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    has_settings: bool = False
    touched: bool = False

    def file(self, sheet: str) -> str:
        """How messages call a sheet."""
        return f"{self.name}, sheet {sheet}"

    def note(self, sheet: str, kind: str, found: str, expected: str, mend: str, severity: str = "error") -> None:
        """One more problem of a whole sheet."""
        self.problems.append(Problem(self.file(sheet), kind, found, expected, mend, severity=severity))

    def checked_settings(self) -> tuple[Settings | None, list[Problem]]:
        """The settings, or None, and every problem found so far."""
        settings, problems = check_settings(self.settings) if self.rows else (None, [])
        return settings, [*problems, *self.problems]

    def placed(self, problem: Problem) -> Problem:
        """A problem of the settings or of what they should say, in the words of the workbook."""
        mend = problem.mend
        for pattern, words in _IN_WORKBOOK:
            mend = re.sub(pattern, words, mend)
        if problem.file != SETTINGS_FILE:
            return replace(problem, mend=mend)
        row = self.rows.get((problem.column or "").split("[")[0])
        return replace(problem, file=self.file(SETTINGS_SHEET), row=row, mend=mend)


def read_workbook(path: Path) -> Book:
    """Read a workbook. Raises Unreadable for one that cannot be read, MissingExtraError without python-calamine."""
    book = Book(path.name)
    with opened(path) as (found, sheets):
        for meta in found.sheets_metadata:
            # Pages of macros and pictures are no sheets.
            if meta.typ == type(meta.typ).WorkSheet:
                sheet = found.get_sheet_by_name(meta.name)
                merged = [(first, last) for first, last in sheet.merged_cell_ranges or []]
                rows: list[list[Any]] = [*sheet.to_python(skip_empty_area=False)]
                # What nobody sees may be last year's.
                hidden = meta.visible != type(meta.visible).Visible
                _take(book, meta.name, rows, merged, hidden, sheets.get(meta.name, Sheet()))
    # Whether the workbook is one of the kit's at all.
    if not book.has_settings:
        what = f"no sheet {SETTINGS_SHEET}" if book.tables else "a workbook without the kit's sheets"
        expected = f"a sheet {SETTINGS_SHEET}, and sheets that are called as the tables"
        mend = "copy your rows into a blank one: outsourcing-kit new FOLDER"
        book.problems.insert(0, Problem(book.name, "settings", what, expected, mend))
    return book


def _take(book: Book, name: str, rows: list[list[Any]], merged: list[Any], hidden: bool, cells: Sheet) -> None:
    """What one sheet is, by its name: the settings, a table, what the kit wrote itself, or something else."""
    title = re.sub(r"[\s_-]+", "_", folded(name)).strip("_")
    # Formats reach far below the last record.
    while rows and not any(map(_filled, rows[-1])):
        rows.pop()
    # The first sheet is the kit's own; what somebody noted on it is no record.
    if squeezed(name) == squeezed(START) or not rows:
        return
    if title in (SETTINGS_SHEET, "settings"):
        book.has_settings = True
        _take_settings(book, name, rows, cells)
    elif title not in tables.table_names():
        # A sheet of notes is nobody's concern; one called "peoples" is records that would be missed.
        like = like_table(name)
        lost = like and like not in book.tables
        mend = f"rename the sheet to {like}" if lost else "nothing, if it is none"
        what = ("a sheet that is not read", "a table of the data dictionary", mend)
        book.note(name, "unknown table", *what, "error" if lost else "note")
    elif title in book.tables:
        found = f"{book.tables[title][0].rpartition(', ')[2]} too"
        book.note(name, "doubled table", found, "one sheet a table", "remove one")
    else:
        _take_table(book, name, tables.table(title), rows, merged, cells)
        if hidden and title in book.tables:
            mend = "it was read as the others; delete it if it is old"
            book.note(name, "hidden sheet", "a hidden sheet", "sheets that you see", mend, "note")


# --- a table ------------------------------------------------------------------------------------------------------


def _take_table(book: Book, name: str, table: Table, rows: list[list[Any]], merged: list[Any], cells: Sheet) -> None:
    head = _header_row(rows, table.names)
    # As the data dictionary has them, whatever their capitals; others as they are typed.
    known = {squeezed(name): name for name in table.names}
    names = [known.get(squeezed(name), name) for name in (plain(unguarded(str(cell))) for cell in rows[head])]
    if doubled := doubled_column(names, book.file(name)):
        book.problems.append(replace(doubled, row=head + 1))
        return
    found = Found(book.file(name))
    _check_above(rows[:head], {help_of(column) for column in table.columns}, found)
    _check_merged(merged, head, len(rows), found)
    _check_cells(cells, head, [name if name in table.names else "" for name in names], found)
    body = [[_as_in_csv(cell) for cell in row] for row in rows[head + 1 :]]
    kept = _without_examples(body, names, table, head + 2, found)
    book.problems += found.listed()
    book.touched = book.touched or kept
    if not kept:
        return
    # A column without a name is told about only where something stands in it.
    used = [place for place, each in enumerate(names) if each or any(row[place] != "" for row in body)]
    free = (f"unnamed {number}" for number in range(1, len(names) + 2) if f"unnamed {number}" not in names)
    frame = pd.DataFrame([[row[place] for place in used] for row in body], dtype=object)
    frame.columns = pd.Index([names[place] or next(free) for place in used], dtype=object)

    def typed(place: Place) -> tuple[pd.DataFrame | None, list[Problem]]:
        return check_table(frame, table, file=book.file(name), place=place, first_row=head + 2)

    book.tables[table.name] = (book.file(name), typed)


def _header_row(rows: Sequence[_Row], known: Sequence[str]) -> int:
    """Which row, counted from 0, has the names of the columns: the one with most of them; the first where none has."""
    wanted = set(map(squeezed, known))
    times = [sum(squeezed(str(cell)) in wanted for cell in row if _filled(cell)) for row in rows[:_HEADER_WITHIN]]
    # Above the names may stand help, a title, or a word that is a column's name by chance.
    return times.index(max(times))


def _check_above(rows: Sequence[_Row], helps: set[str], found: Found) -> None:
    """What stands above the names of the columns is help, or headings of groups of columns; or it is lost records."""
    helps = set(map(plain, helps))
    odd = [number for number, row in enumerate(rows, start=1) if sum(map(_filled, row)) > 1
           and not any(plain(str(cell)) in helps for cell in row)]  # fmt: skip
    if odd:
        what = ("cells above the names of the columns", "nothing that counts", "delete them, or move them below")
        severity = "error" if len(odd) > _MOST_ABOVE else "note"
        found.add("above the header", None, odd, [what] * len(odd), severity=severity)


def _check_merged(merged: list[Any], head: int, height: int, found: Found) -> None:
    """A merged cell holds one value, and nobody knows of which rows."""
    rows = sorted(first[0] + 1 for first, last in merged if last[0] >= head and first[0] < height)
    what = ("merged cells", "one value in each cell", "unmerge them, and write the value into each row that it is of")
    found.add("merged", None, rows, [what] * len(rows))


def _check_cells(cells: Sheet, head: int, names: Sequence[str], found: Found) -> None:
    """Cells whose value is an error, or a formula that no program has worked out, are no blanks where they are read."""
    kinds = (
        ("formula error", cells.errors, "a formula that ends in an error", "correct the formula, or clear the cell"),
        ("formula", cells.uncounted, "a formula without its value", "open the file in a spreadsheet program, and save"),
    )
    for kind, places, what, mend in kinds:
        for number, name in enumerate(names, start=1):
            rows = [row for row, column in places if name and column == number and row > head + 1]
            found.add(kind, name, rows, [(what, "a value", mend)] * len(rows))


def _as_in_csv(cell: Any) -> Any:
    """A cell as the readers of CSV take it: flags are words, and no text is guarded."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return unguarded(cell) if isinstance(cell, str) else cell


def _without_examples(body: list[list[Any]], names: Sequence[str], table: Table, first: int, found: Found) -> bool:
    """Blank the rows that stand as the blank workbook has them. Returns whether any other is there.

    An example never counts. A usual row counts, where it is whole, once another row of its sheet was touched: nobody
    has looked at a sheet that is as it was.
    """
    example, *usual = ({name: _said(value) for name, value in row.items()} for row in first_rows(table))
    marks = {text for text in example.values() if text.startswith(EXAMPLE)}
    needed = {column.name for column in table.columns if not (column.blank or column.optional)}
    own, left, changed = False, [], []
    for number, row in enumerate(body):
        said = {name: text for name, cell in zip(names, row, strict=True) if (text := _said(cell))}
        if said == example:
            row[:] = [""] * len(row)
        elif marks.intersection(said.values()):
            changed.append((number + first, next(text for text in said.values() if text in marks)))
            row[:] = [""] * len(row)
        elif said in usual:
            left.append((row, set(said) >= needed))
        else:
            own = own or bool(said)
    what = ("a row of your own", "write over every grey cell of that row, or delete it")
    found.add("example", None, [row for row, _ in changed], ((quoted(text), *what) for _, text in changed))
    for row, whole in left:
        if not (own and whole):
            row[:] = [""] * len(row)
    return own or bool(changed)


def _said(cell: Any) -> str:
    """What a cell says, as text; "" for a blank one. A day is the same with its midnight."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat().removesuffix("T00:00:00")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return label(cell) or ""


def _filled(cell: Any) -> bool:
    return cell != "" and bool(_said(cell))


# --- settings -----------------------------------------------------------------------------------------------------


def _take_settings(book: Book, name: str, rows: Sequence[_Row], cells: Sheet) -> None:
    head = _header_row(rows, ("key", "value"))
    names = [squeezed(str(cell)) for cell in rows[head]]
    if not {"key", "value"} <= set(names):
        what = ("no columns key and value", "the names of the settings below key, and what they are below value")
        mend = "copy the sheet from a blank workbook: outsourcing-kit new FOLDER"
        book.note(name, "settings", *what, mend)
        return
    found, kinds = Found(book.file(name)), {column.name: column for column in SETTINGS}
    _check_cells(cells, head, [name if name == "value" else "" for name in names], found)
    key_at, value_at = names.index("key"), names.index("value")
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        key, value = plain(str(row[key_at])), row[value_at]
        if not key and _filled(value):
            found.add("settings", "key", [number], [("a value without a key", "a key beside it", "write the key")])
        # Messages lead to the first of two.
        book.rows.setdefault(key, number)
        if key and _filled(value):
            _put(book, key, _setting(value, kinds.get(key)), found, number)
    book.problems += found.listed()
    book.touched = book.touched or bool(set(book.settings) - {"name"})


def _put(book: Book, key: str, value: Any, found: Found, number: int) -> None:
    """Keep a setting: `limits.kickoff.quiz_right` and `rates.USD` are tables in tables, `decide_on` is a list."""
    if key == "decide_on":
        days = re.split(r"[;,\s]+", value) if isinstance(value, str) else [value]
        book.settings.setdefault(key, []).extend(day for day in days if day != "")
        return
    *outer, last = [part.strip() for part in key.split(".")] if key.count(".") < 3 else [key]
    if outer and outer[0] == "limits":
        # Where a limit was agreed is shown beside it.
        value = {"value": value, "source": book.file(SETTINGS_SHEET)}
    place = book.settings
    for part in outer:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            break
    if not isinstance(place, dict) or last in place:
        found.add("settings", "key", [number], [(f"{quoted(key)} a second time", "each key once", "remove one")])
        return
    place[last] = value


def _setting(value: Value, column: Column | None) -> Any:
    """A cell of the settings as TOML would have it."""
    # A spreadsheet has no days, only midnights.
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, str):
        text = plain(unguarded(value))
        # Cells that are formatted as text hold numbers as text.
        number = re.fullmatch(r"-?\d+(\.\d+)?", text)
        return float(text) if number and not (column and column.kind in ("text", "zone")) else text
    if column is not None and column.kind == "text" and not isinstance(value, dt.date):
        return label(value)
    return value
