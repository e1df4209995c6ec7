"""How the results of this room show themselves: the table, then what was left out."""

from __future__ import annotations

import math
from html import escape

import pandas as pd


class Shown:
    """A result with `.table` and `.notes` that prints as both. `missing` says what an empty one lacks."""

    table: pd.DataFrame
    notes: tuple[str, ...]
    missing: str = ""

    @property
    def shown(self) -> pd.DataFrame:
        """What a reader sees first: the table, unless that is long."""
        return self.table

    def __repr__(self) -> str:
        lines = [self.shown.to_string(index=False, float_format=_short, na_rep="")] if len(self.shown) else []
        if self.missing:
            lines.append(f"Not assessed: {self.missing}.")
        return "\n".join([*lines, *(f"Note: {note}." for note in self.notes)]) or "Nothing to show."

    def _repr_html_(self) -> str:
        parts = []
        if len(self.shown):
            parts.append(self.shown.to_html(index=False, border=0, justify="left", float_format=_short, na_rep=""))
        if self.missing:
            parts.append(f"<p>Not assessed: {escape(self.missing)}.</p>")
        parts += [f"<p>Note: {escape(note)}.</p>" for note in self.notes]
        return "".join(parts) or "<p>Nothing to show.</p>"


def _short(value: float) -> str:
    """Money without cents, shares and ratios with three decimals, an end that the data leave open in words.

    >>> _short(48123.4), _short(0.25), _short(math.inf)
    ('48,123', '0.250', 'open')
    """
    if math.isinf(value):
        return "open"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"
