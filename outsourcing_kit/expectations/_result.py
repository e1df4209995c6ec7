"""What every result here has in common: a table that shows itself, and a word for what was missing."""

from __future__ import annotations

from html import escape

import pandas as pd

_ROWS = 10


class Shown:
    """Shows `.table` rounded, at most ten rows, and says what is missing where it is empty."""

    table: pd.DataFrame
    missing: str

    def _view(self) -> pd.DataFrame:
        """What is shown of the result: here the whole table."""
        return self.table

    def _shown(self) -> pd.DataFrame:
        table = self._view().head(_ROWS).copy()
        for name in table.columns:
            if pd.api.types.is_float_dtype(table[name].dtype):
                table[name] = table[name].map(lambda value: "" if pd.isna(value) else f"{value:.2f}").astype(object)
            elif isinstance(table[name].dtype, pd.DatetimeTZDtype):
                table[name] = (
                    table[name].dt.strftime("%Y-%m-%d %H:%M UTC").astype(object).where(table[name].notna(), "")
                )
        return table

    def _notes(self) -> list[str]:
        notes = [f"Nothing to show: {self.missing}."] if self.missing else []
        if (more := len(self._view()) - _ROWS) > 0:
            notes.append(f"{more} more rows in .table")
        return notes

    def __repr__(self) -> str:
        shown = [] if self.table.empty else [self._shown().to_string(index=False)]
        return "\n".join(shown + self._notes()) or "No rows."

    def _repr_html_(self) -> str:
        shown = "" if self.table.empty else self._shown().to_html(index=False, border=0, justify="left")
        return shown + "".join(f"<p>{escape(note)}</p>" for note in self._notes() or ([] if shown else ["No rows."]))


def blank_table(**kinds: str) -> pd.DataFrame:
    """An empty table with these columns."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def lacking(table: pd.DataFrame, name: str, *columns: str) -> str:
    """What a table lacks to be used at all, in a reader's words; empty where nothing is lacking."""
    if not len(table):
        return f"needs table {name}"
    absent = [column for column in columns if column not in table]
    return f"needs table {name}, column {', '.join(absent)}" if absent else ""


def sides(people: pd.DataFrame) -> pd.Series:
    """Each person's side, indexed by person; of a person listed twice the first row counts."""
    return people.drop_duplicates("person").set_index("person")["side"]
