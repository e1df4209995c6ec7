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


@dataclass(frozen=True)
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
        named: dict[str, dict[str, str]] = {}
        for target, own in self.columns.items():
            table, _, column = target.partition(".")
            # Raises where the kit has no such column.
            tables.table(table).column(column)
            if own not in grid:
                raise UnknownNameError.of(f"column in {source.name}:", own, grid.header)
            named.setdefault(table, {})[column] = own
        kinds = {(t, c): tables.table(t).column(c).kind for t, held in named.items() for c in held}
        dated = [grid.get(named[t][c]) for (t, c), kind in kinds.items() if kind in ("date", "instant")]
        order = ask.order(*dated) if any(map(any, dated)) else "ymd"
        if "instant" in kinds.values():
            draft.zone = ask.zone("In which time zone are times without an offset?", own=True)
        for table, held in named.items():
            draft.add(table, _columns(table, {c: grid.get(own) for c, own in held.items()}, order, draft))
        if not draft.tables:
            raise OutsourcingKitError(f"{source.name} has no rows below its header. Mend: export it again.")
        return draft


def _columns(table: str, cells: Mapping[str, list[str]], order: str, draft: Draft) -> dict[str, pd.Series]:
    found = {}
    for name, column in cells.items():
        kind, values = tables.table(table).column(name).kind, pd.Series(column, dtype=object)
        if kind in ("date", "instant"):
            read = times(column, order)
            draft.leave_out(f"cells of {table}.{name} that are no time", int(read.unread.sum()))
            # A day with a time of day in a spreadsheet is still a day.
            values = moments(read if kind == "instant" else read._replace(is_day=np.ones_like(read.is_day)))
        elif kind in ("number", "integer"):
            # The whole column tells; where it does not, a point is taken for the decimal mark.
            mark = (*decimal_marks(column), ".")[0]
            numbers = pd.Series([number(cell, mark) if cell else None for cell in column], dtype=float)
            draft.leave_out(f"cells of {table}.{name} that are no number", int((numbers.isna() & (values != "")).sum()))
            values = numbers
        found[name] = values
    return found
