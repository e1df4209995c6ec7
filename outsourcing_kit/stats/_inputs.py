"""Turning what people pass (lists, arrays, pandas columns with missing values) into checked numpy arrays.

One rule for all functions. Missing is None, nan, NaT, pandas' NA, a masked cell, and text of nothing but blanks. The
word "nan" is missing in an array of text, as it is what numpy makes of a nan among words; in a list or a table it is a
word. Numbers are real numbers of any type, yes and no among them; text, durations, dates and complex numbers are none.
A label or category is what `text.label` makes of it, so that 1, 1.0, True and "1" are one.
"""

from __future__ import annotations

import math
import numbers as numbers_abc
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats._tails import Bounds
from outsourcing_kit.text import label, quoted

Floats = NDArray[np.float64]
_NUMBERS = "fiub"  # the kinds of numpy arrays that are numbers as they stand


def clustered(
    values: ArrayLike, bounds: Bounds | None = None, **labels: ArrayLike
) -> tuple[Floats, list[NDArray[np.intp]], Bounds | None]:
    """What estimators of rows in clusters begin with: the known values, each label of theirs as a number, the bounds.

    >>> clustered([0.5, None, 1], (0, 1), cluster=["Bo", "Cy", "Ann"])
    (array([0.5, 1. ]), [array([1, 0])], (0.0, 1.0))
    """
    found = floats(values, "values")
    # The numbering depends on the labels alone, not on the order of the rows.
    columns = {name: numbered(column(cells, name))[0] for name, cells in labels.items()}
    for name, codes in columns.items():
        if lost := int((codes < 0).sum()):  # a row of nobody cannot be counted for anybody
            raise OutsourcingKitError(
                f"{name} is missing in {lost} of {codes.size} rows; expected a label in each. "
                "Mend: drop those rows, or fill in who they belong to."
            )
        same_length(found, codes, "values", name)
    limits = _checked_bounds(bounds, found)
    kept = ~np.isnan(found)
    # Numbered again: who has no value left is not counted.
    again = [np.unique(codes[kept], return_inverse=True)[1].reshape(-1) for codes in columns.values()]
    return found[kept], again, limits


def number(value: Any, name: str, more: str = "") -> float:
    """One number; nan where it is missing. `more` ends the message of an error."""
    if value is np.ma.masked or label(value) is None:
        return math.nan
    # numpy's durations call themselves whole numbers.
    if isinstance(value, np.timedelta64) or not isinstance(value, numbers_abc.Real | Decimal):
        raise OutsourcingKitError(
            f"{name} holds {quoted(value)}, which is not a number; expected numbers. Mend: pd.to_numeric({name}, "
            f"errors='coerce') for text, {name} / pd.Timedelta(hours=1) for durations (of times, subtract a start "
            f"first), None where one is missing.{more}"
        )
    try:
        return float(value)
    except OverflowError:
        return math.inf if cast(int, value) > 0 else -math.inf


def inner_share(value: float, name: str, mend: str) -> float:
    """A number strictly between 0 and 1, as a float."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not 0 < found < 1:
        raise OutsourcingKitError(f"{name} is {value!r}; expected a number between 0 and 1, not either. Mend: {mend}")
    return found


def numbers(values: Any, name: str, more: str = "") -> Floats:
    """A float array of the same shape; missing values of any kind become nan."""
    array = _cells(values, name)
    if array.dtype.kind in _NUMBERS:
        return array.astype(float)
    return np.asarray(_each(lambda cell: number(cell, name, more), array), dtype=float)


def floats(values: Any, name: str) -> Floats:
    """`numbers` of one column, all finite."""
    array = _one_column(numbers(values, name), name)
    if infinite := int(np.isinf(array).sum()):
        raise OutsourcingKitError(
            f"{name} holds {infinite} infinite values; expected finite numbers or nan for missing. "
            "Mend: look for a division by zero upstream, or replace them by nan."
        )
    return array


def _each(call: Callable[[Any], Any], cells: NDArray[Any]) -> Any:
    # A ufunc tells of what the processor noted on the way: that a nan was compared is no trouble of these cells.
    with np.errstate(all="ignore"):
        return np.frompyfunc(call, 1, 1)(cells)


def words(values: Any, name: str) -> NDArray[np.object_]:
    """What each cell says as a label (`text.label`), in the same shape; None where it is missing."""
    try:
        return np.asarray(_each(_word, _cells(values, name)), dtype=object)
    except TypeError:  # what has no hash is no single cell
        raise OutsourcingKitError(
            f"{name} holds a list or a dictionary in a cell; expected one label in each. "
            "Mend: give all rows the same length, and take single cells out of lists."
        ) from None


def numbered(labels: NDArray[np.object_]) -> tuple[NDArray[np.intp], int]:
    """`words` numbered 0 … k − 1 in the order of their numbers, then of their letters, and k; −1 where missing."""
    levels = sorted({word for word in labels.ravel().tolist() if word is not None}, key=_order)
    places = {None: -1, **{word: place for place, word in enumerate(levels)}}
    return np.asarray(_each(places.__getitem__, labels), dtype=np.intp), len(levels)


def column(labels: Any, name: str) -> NDArray[np.object_]:
    """`words` of a single column."""
    return _one_column(words(labels, name), name)


def is_number(word: str) -> bool:
    """Whether a label is a number."""
    return math.isfinite(_order(word)[0])


def same_length(first: Any, second: Any, first_name: str, second_name: str) -> None:
    """Refuse two columns of different length."""
    if len(first) != len(second):
        raise OutsourcingKitError(
            f"{first_name} has {len(first)} rows and {second_name} has {len(second)}; expected the same number. "
            "Mend: take both from the same table, after the same filter."
        )


def _checked_bounds(bounds: Bounds | None, values: Floats) -> Bounds | None:
    if bounds is None:
        return None
    low, high = (number(bound, "bounds") for bound in bounds)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise OutsourcingKitError(
            f"bounds are {bounds!r}; expected two finite numbers, the smaller first. Mend: bounds=(0, 1) for shares."
        )
    if outside := int(((values < low) | (values > high)).sum()):
        raise OutsourcingKitError(
            f"{outside} values lie outside bounds {low:g} to {high:g}; expected none. "
            "Mend: widen the bounds, or convert the values (percent to shares: divide by 100)."
        )
    return low, high


def _one_column(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.ndim != 1:
        raise OutsourcingKitError(f"{name} has {array.ndim} dimensions; expected one. Mend: pass a list or one column.")
    return array


def _cells(values: Any, name: str) -> NDArray[Any]:
    """An array of numbers where it is one as it stands, else of objects: every cell as it was passed."""
    if isinstance(values, np.ma.MaskedArray):
        cells = _cells(values.data, name).astype(object)
        cells[np.ma.getmaskarray(values)] = None
        return cells
    array = _rows(values, name) if isinstance(values, list | tuple) else np.asarray(values)
    if array.dtype.kind in _NUMBERS:
        return array
    if array.dtype.kind in "mM":
        # One by one: astype(object) would make whole numbers of them, of the missing ones too.
        return np.array(list(array.ravel()), dtype=object).reshape(array.shape)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    cells = array.astype(object)
    if array.dtype.kind in "UT":
        cells[cells == "nan"] = None
    return cells


def _rows(values: list[Any] | tuple[Any, ...], name: str) -> NDArray[Any]:
    """A list as an array. Where one cell is a word, numpy would make text of all, and whole numbers of durations."""
    nested = [
        _cells(row, name) if isinstance(row, list | tuple) or getattr(row, "ndim", None) else row for row in values
    ]
    cells = [None if cell is np.ma.masked else cell for cell in nested]
    try:
        array = np.asarray(cells)
        return array if array.dtype.kind in _NUMBERS else np.asarray(cells, dtype=object)
    except ValueError:
        raise OutsourcingKitError(
            f"{name} has rows of different lengths, or lists among single cells; expected cells, or rows of one "
            "length. Mend: fill the gaps with None, and take single cells out of lists."
        ) from None


def _word(cell: Any) -> str | None:
    return None if cell is np.ma.masked else _word_of(cell)


@lru_cache(4096, typed=True)  # columns repeat themselves; 1 and True are one key without their types
def _word_of(cell: Any) -> str | None:
    if isinstance(cell, np.datetime64 | np.timedelta64):
        import pandas as pd

        # The same instant is written alike in every resolution.
        cell = pd.Timestamp(cell) if isinstance(cell, np.datetime64) else pd.Timedelta(cell)
    if isinstance(cell, Decimal) and cell.is_finite() and cell == cell.to_integral_value():
        cell = int(cell)
    return label(cell)


def _order(word: str) -> tuple[float, str]:
    try:
        value = float(word)
    except ValueError:
        value = math.inf
    return (value if math.isfinite(value) else math.inf, word)
