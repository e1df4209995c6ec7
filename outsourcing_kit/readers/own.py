"""Tables of one's own: with the kit's columns, however a spreadsheet wrote them, or with others, named by --map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, moments
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.tables import Column
from outsourcing_kit.validation.habits import column_name
from outsourcing_kit.written import decimal_marks, number, times

NAME, KEY = "a table in the kit's columns", "own"


def is_mine(source: Source) -> bool:
    """Whether its header has all columns that one of the kit's tables needs, whatever their capitals and spaces."""
    return bool(_columns_of(source))


def read(source: Source, ask: Ask) -> Draft:
    """The table whose columns it has."""
    return Mapped(_columns_of(source)).read(source, ask)


def _columns_of(source: Source) -> dict[str, str]:
    """ "people.joined" → the file's own spelling, of the table that most of its columns belong to."""
    names = {column.name for table in tables.TABLES for column in table.columns}
    own = {column_name(name, names): name for name in source.header.header}
    found = [
        {f"{table.name}.{column.name}": own[column.name] for column in table.columns if column.name in own}
        for table in tables.TABLES
        if all(column.optional or column.name in own for column in table.columns)
    ]
    # A few columns may fit several tables: the one that uses most of them is meant.
    return max(found, key=len, default={})


@dataclass
class Mapped:
    """Reads a file whose columns somebody named: `columns` is "work.item" → the file's own name of it."""

    columns: Mapping[str, str]
    NAME: str = "a table with columns of your own"
    KEY: str = "own"

    def is_mine(self, source: Source) -> bool:
        """Whoever names the columns of a file means it."""
        return bool(source.header.columns)

    def read(self, source: Source, ask: Ask) -> Draft:
        """The named columns, each in its kind; the others are left out.

        Raises UnknownNameError for a table or a column that is none, OutsourcingKitError where rows have no names.
        """
        draft, grid = Draft(), source.grid
        cells: dict[str, dict[Column, list[str]]] = {}
        for target, own in self.columns.items():
            table, _, name = target.partition(".")
            # Raises where the kit has no such column.
            column = tables.table(table).column(name)
            if own not in grid:
                raise UnknownNameError.of(f"column in {source.name}:", own, grid.header)
            cells.setdefault(table, {})[column] = grid.get(own)
        told = [(column.kind, texts) for held in cells.values() for column, texts in held.items()]
        order = ask.order(*(texts for kind, texts in told if kind in ("date", "instant")))
        if any(kind == "instant" for kind, _ in told):
            draft.zone = ask.zone("In which time zone are times without an offset?", own=True)
        for table, held in cells.items():
            draft.add(table, {each.name: _typed(table, each, texts, order, draft) for each, texts in held.items()})
        if not draft.tables:
            raise OutsourcingKitError(f"{source.name} has no rows below its header. Mend: export it again.")
        return draft


def _typed(table: str, column: Column, cells: list[str], order: str, draft: Draft) -> pd.Series:
    """The cells of a column in its kind."""
    values = pd.Series(cells, dtype=object)
    if column.kind in ("date", "instant"):
        read = times(cells, order)
        draft.leave_out(f"cells of {table}.{column.name} that are no time", read.unread)
        # A day with a time of day in a spreadsheet is still a day.
        return moments(read if column.kind == "instant" else read._replace(is_day=np.ones_like(read.is_day)))
    if column.kind in ("number", "integer"):
        # The whole column tells; where it does not, a point is taken for the decimal mark.
        mark = (*decimal_marks(cells), ".")[0]
        numbers = pd.Series([number(cell, mark) for cell in cells], dtype=float)
        draft.leave_out(f"cells of {table}.{column.name} that are no number", numbers.isna() & (values != ""))
        return numbers
    return values
