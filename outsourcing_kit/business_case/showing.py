"""How the results of this room show themselves: the table, then what was left out."""

from __future__ import annotations

from html import escape

import pandas as pd


class Shown:
    """A result with `.table` and `.notes` that prints as both. `missing` says what an empty one lacks."""

    table: pd.DataFrame
    notes: tuple[str, ...]
    missing: str = ""

    def __repr__(self) -> str:
        lines = [self.table.to_string(index=False, float_format=_short)] if len(self.table) else []
        if self.missing:
            lines.append(f"Not assessed: {self.missing}.")
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes)]) or "Nothing to show."

    def _repr_html_(self) -> str:
        parts = []
        if len(self.table):
            parts.append(self.table.to_html(index=False, border=0, justify="left", float_format=_short))
        if self.missing:
            parts.append(f"<p>Not assessed: {escape(self.missing)}.</p>")
        parts += [f"<p>Note: {escape(note)}.</p>" for note in self.notes]
        return "".join(parts) or "<p>Nothing to show.</p>"


def _short(value: float) -> str:
    """Money without cents, shares and ratios with three decimals.

    >>> _short(48123.4), _short(0.25)
    ('48,123', '0.250')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"
