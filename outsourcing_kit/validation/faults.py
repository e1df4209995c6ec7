"""A column of values, and which of its cells are not what they should be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.text import plain, quoted, shown
from outsourcing_kit.validation.problem import SHOWN, Found

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
                said = ((named(cell), fault.expected, _mend(fault, cell) + end) for cell in first)
                found.add(fault.kind, column, rows[at], said, "note" if fault.note else severity)


def _mend(fault: Fault, cell: Any) -> str:
    return fault.mend(plain(str(cell))) if callable(fault.mend) else fault.mend


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
