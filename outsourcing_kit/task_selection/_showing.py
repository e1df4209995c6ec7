"""How this room's results show themselves: rounded, the same on every machine, and never longer than a screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import pandas as pd

_ROWS = 15


def as_text(heading: str, table: pd.DataFrame, empty: str) -> str:
    """A heading and the first rows in plain text; `empty` where there are none."""
    if table.empty:
        return f"{heading}: {empty}"
    shown = table.head(_ROWS).to_string(index=False)
    return f"{heading}\n{shown}" + _rest(table, "\n{}")


def as_html(heading: str, table: pd.DataFrame, empty: str) -> str:
    """The same as an HTML fragment."""
    if table.empty:
        return f"<p>{escape(heading)}: {escape(empty)}</p>"
    rows = table.head(_ROWS).to_html(index=False, border=0, justify="left")
    return f"<p><strong>{escape(heading)}</strong></p>{rows}" + _rest(table, "<p>{}</p>")


def _rest(table: pd.DataFrame, frame: str) -> str:
    return frame.format(f"and {len(table) - _ROWS} more rows in .table") if len(table) > _ROWS else ""


def percent(value: float) -> str:
    """A share in whole percent; blank where there is none."""
    return "" if math.isnan(value) else f"{100 * value:.0f}%"


def amount(value: float) -> str:
    """An amount of money, whole, with separators; blank where there is none.

    >>> amount(1234.5), amount(-0.2), amount(float("nan"))
    ('1,234', '0', '')
    """
    return "" if math.isnan(value) else f"{round(value) + 0:,}"


def names(items: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are.

    >>> names(["t1", "t2"]), names(["t1", "t2", "t3", "t4", "t5"])
    ('t1, t2', 't1, t2, t3 and 2 more')
    """
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")
