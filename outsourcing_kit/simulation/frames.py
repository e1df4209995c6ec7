"""Plain arrays become the typed frames that a checked folder would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.simulation.clock import NAT
from outsourcing_kit.tables import Table
from outsourcing_kit.toml import as_tuples, kit_table
from outsourcing_kit.validation.cells import TEXT

# What happens in the engagements; how it comes about is code.
STORY = as_tuples(kit_table("simulation/story.toml"))
# Columns that the simulation fills: name of the table's column -> values, all of one length. Instants are whole UTC
# seconds, dates day numbers, NAT for neither.
Columns = Mapping[str, Sequence[Any] | np.ndarray]


def codes(prefix: str, numbers: np.ndarray | range, width: int) -> np.ndarray:
    """Codes such as w0007.

    >>> codes("w", range(7, 9), 4).tolist()
    ['w0007', 'w0008']
    """
    return np.array([f"{prefix}{number:0{width}d}" for number in numbers], dtype=object)


def blanked(blank: np.ndarray, values: np.ndarray | str) -> np.ndarray:
    """Objects: the values, and None where `blank`.

    >>> blanked(np.array([True, False]), "EUR").tolist()
    [None, 'EUR']
    """
    return np.where(blank, np.array(None, dtype=object), np.asarray(values, dtype=object))


def typed(columns: Columns, definition: Table) -> pd.DataFrame:
    """The frame that validation.check_table would return for these values, in the definition's column order."""
    names = [name for name in definition.names if name in columns]
    assert len(names) == len(columns), set(columns) - set(names)
    return pd.DataFrame({name: _column(columns[name], definition.column(name).kind) for name in names})


def _column(values: Sequence[Any] | np.ndarray, kind: str) -> Any:
    if kind == "number":
        return np.round(np.asarray(values, dtype=float), 2)  # cents: nothing is lost on the way to CSV and back
    if kind == "integer":
        return np.asarray(values, dtype="int64")
    if kind == "boolean":
        return pd.array(np.asarray(values, dtype=bool), dtype="boolean")
    if kind == "date":
        return _times(values, "M8[D]")
    if kind == "instant":
        return pd.DatetimeIndex(_times(values, "M8[s]")).tz_localize("UTC").array
    return pd.array([None if text is None else str(text) for text in values], dtype=TEXT)


def _times(values: Sequence[Any] | np.ndarray, unit: str) -> np.ndarray:
    whole = np.asarray(values, dtype="int64")
    times = whole.astype(unit).astype("M8[ns]")
    times[whole == NAT] = np.datetime64("NaT", "ns")
    return times
