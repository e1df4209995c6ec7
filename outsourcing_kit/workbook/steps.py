"""In which order a workbook is filled in, what each sheet decides, and the rows that stand there to begin with."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.tables import Column, Table, asked, default_rows
from outsourcing_kit.toml import kit_table

START, SETTINGS_SHEET = "Start here", "engagement"
# Before what is only an example, so that nobody takes it for a record, not even where colours are lost.
EXAMPLE = "e.g. "

Value = str | float | dt.date | dt.datetime


class Step(NamedTuple):
    """Sheets that are filled in together: the headlines that they decide with those before them, and in whose words."""

    tables: list[str]
    headlines: list[str]
    asks: str


_SAID = kit_table("workbook/steps.toml")
INTRODUCTION: list[str] = _SAID["introduction"]
STEPS = tuple(Step(**step) for step in _SAID["steps"])


def first_rows(table: Table) -> list[dict[str, Value]]:
    """The rows that a blank sheet begins with: one example, and what is usual. Left as they are, they say nothing."""
    try:
        usual = default_rows(table.name)
    except UnknownNameError:
        usual = []
    rows: list[dict[str, Value]] = [{**row} for row in usual]
    return [example_row(table), *rows]


def example_row(table: Table) -> dict[str, Value]:
    """A row that shows what a cell of each column looks like.

    >>> from outsourcing_kit.tables import table
    >>> example_row(table("coverage_confirmed"))
    {'meeting': 'e.g. m01', 'item': 'e.g. payments', 'status': 'covered', 'by': 'e.g. p01'}
    """
    row: dict[str, Value] = {}
    for number, column in enumerate(asked(table)):
        # "Blank while still there" is best shown by a blank.
        left = column.kind in ("date", "instant") and "blank" in column.meaning
        if column.example and not left:
            row[column.name] = _example(column, number)
    return row


def _example(column: Column, number: int) -> Value:
    if column.kind in ("text", "prose") and not column.words:
        return EXAMPLE + column.example
    if column.kind in ("number", "integer"):
        return float(column.example)
    # Later columns are later: a row of one and the same time would show what can hardly be.
    if column.kind == "date":
        return dt.date.fromisoformat(column.example) + dt.timedelta(days=number)
    if column.kind == "instant":
        return dt.datetime.fromisoformat(column.example).replace(tzinfo=None) + dt.timedelta(hours=number)
    return column.example


_UNITS = {"share": "0.05 is 5%", "IANA name": "a name such as Asia/Manila", "local time": "as 09:00, local time",
          "1 to 5": "from 1 to 5"}  # fmt: skip


def help_of(column: Column) -> str:
    """What a column asks for, in one line above its name.

    >>> from outsourcing_kit.tables import table
    >>> help_of(table("tasks").column("rework_share"))
    'share of the outside hours done again inside; 0.05 is 5%; optional'
    """
    needed = "optional" if column.optional else "may stay blank" if column.blank else ""
    # The meaning says what a blank says.
    needed = "" if "blank" in column.meaning else needed
    unit = f"in {column.unit.replace('currency', 'your currency').replace('/', ' per ')}" if column.unit else ""
    unit = _UNITS.get(column.unit, unit)
    return "; ".join(part for part in (column.meaning, unit, needed) if part)
