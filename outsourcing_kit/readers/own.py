"""Tables with columns of one's own: which is which is said once, by --map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, moments
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.written import decimal_marks, number, times


@dataclass(frozen=True)
class Mapped:
    """Reads a file whose columns somebody named: `columns` is "work.item" → the file's own name of it."""

    columns: Mapping[str, str]
    NAME: str = "a table with columns of your own"
    KEY: str = "own"

    def is_mine(self, source: Source) -> bool:
        """Whoever names the columns of a file means it."""
        return bool(source.grid.columns)

    def read(self, source: Source, ask: Ask) -> Draft:
        """The named columns, each in its kind; the others are left out.

        Raises UnknownNameError for a table or a column that is none, OutsourcingKitError where rows have no names.
        """
        draft, grid = Draft(), source.grid
        named: dict[str, dict[str, str]] = {}
        for target, own in self.columns.items():
            table, _, column = target.partition(".")
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
            values = moments(read if kind == "instant" else read._replace(is_day=read.is_day | True))
        elif kind in ("number", "integer"):
            mark = (*decimal_marks(column), ".")[0]
            numbers = pd.Series([number(cell, mark) if cell else None for cell in column], dtype=float)
            draft.leave_out(f"cells of {table}.{name} that are no number", int((numbers.isna() & (values != "")).sum()))
            values = numbers
        found[name] = values
    return found
