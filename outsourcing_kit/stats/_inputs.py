"""Turning what people pass (lists, arrays, pandas columns with missing values) into checked numpy arrays.

One rule for all functions. Missing is None, nan, NaT, pandas' NA, a masked cell, and text of nothing but blanks. The
word "nan" is missing in an array of text, as it is what numpy makes of a nan among words; in a list or a table it is a
word. Numbers are real numbers of any type, yes and no among them; text, durations, dates and complex numbers are none.
A label or category is what `text.label` makes of it, so that 1, 1.0, True and "1" are one.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers as kinds
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import label, quoted

Floats = NDArray[np.float64]
_NUMBERS = "fiub"  # the kinds of numpy arrays that are numbers as they stand


def number(value: Any, name: str) -> float:
    """One number; nan where it is missing.

    Raises:
        OutsourcingKitError: if it is something else, with the line that makes a number of it.

    >>> number(Decimal("3.5"), "fee"), number("", "fee")
    (3.5, nan)
    """
    if isinstance(value, int | float):
        return _float(value)
    if value is np.ma.masked or label(value) is None:
        return math.nan
    # numpy's durations call themselves whole numbers.
    duration = isinstance(value, np.timedelta64)
    if isinstance(value, kinds.Real | Decimal) and not duration:
        return _float(value)
    kind, mend = _what_it_is(value, name)
    raise OutsourcingKitError(f"{name} holds {quoted(value)}, {kind} and not a number; expected numbers. Mend: {mend}.")


def numbers(values: Any, name: str) -> Floats:
    """A float array of the same shape; missing values of any kind become nan.

    Raises:
        OutsourcingKitError: if something is not a number, with the line that makes numbers of it.

    >>> numbers([[1, None], [True, Decimal("2.5")]], "ratings").tolist()
    [[1.0, nan], [1.0, 2.5]]
    """
    array = _cells(values, name)
    if array.dtype.kind in _NUMBERS:
        return array.astype(float)
    return np.array([number(cell, name) for cell in array.ravel().tolist()], dtype=float).reshape(array.shape)


def floats(values: Any, name: str) -> Floats:
    """A one-dimensional float array; missing values of any kind become nan.

    Raises:
        OutsourcingKitError: if something is not a number, infinite, or the shape is not one-dimensional.
    """
    array = numbers(values, name)
    if array.ndim != 1:
        raise OutsourcingKitError(
            f"{name} has {array.ndim} dimensions; expected one. Mend: pass a list or one column of numbers."
        )
    if np.isinf(array).any():
        raise OutsourcingKitError(
            f"{name} holds {int(np.isinf(array).sum())} infinite values; expected finite numbers or nan for missing. "
            f"Mend: look for a division by zero upstream, or replace them by nan."
        )
    return array


def words(values: Any, name: str) -> NDArray[np.object_]:
    """What each cell says as a label (`text.label`), in the same shape; None where it is missing.

    >>> words([1, 1.0, " 1", True, float("nan"), "yes"], "answers").tolist()
    ['1', '1', '1', '1', None, 'yes']
    """
    array = _cells(values, name)
    if array.dtype.kind in _NUMBERS:
        levels, where = np.unique(array, return_inverse=True)
        return np.array([label(confidence) for confidence in levels.tolist()], dtype=object)[where].reshape(array.shape)
    # Each distinct cell once: labels repeat themselves. By type, as 1 and True are one key otherwise.
    known: dict[tuple[type, Any], str | None] = {}
    found = np.empty(array.size, dtype=object)
    for place, cell in enumerate(array.ravel().tolist()):
        if cell is np.ma.masked:
            continue
        key = (type(cell), cell)
        try:
            if key not in known:
                known[key] = _word(cell)
        except TypeError:
            raise OutsourcingKitError(
                f"{name} holds {quoted(cell)}; expected one label in each cell. "
                "Mend: give all rows the same length, and take single cells out of lists."
            ) from None
        found[place] = known[key]
    return found.reshape(array.shape)


def numbered(labels: NDArray[np.object_]) -> tuple[NDArray[np.intp], int]:
    """`words` numbered 0 … k − 1 in the order of their numbers, then of their letters, and k; −1 where missing.

    >>> numbered(words(["10", "b", 9, None], "scores"))
    (array([ 1,  2,  0, -1]), 3)
    """
    levels = sorted({word for word in labels.ravel().tolist() if word is not None}, key=_order)
    places: dict[str | None, int] = {word: place for place, word in enumerate(levels)}
    places[None] = -1
    found = np.array([places[word] for word in labels.ravel().tolist()], dtype=np.intp)
    return found.reshape(labels.shape), len(levels)


def codes(labels: Any, name: str) -> tuple[NDArray[np.intp], int]:
    """Labels numbered 0 … k − 1, and k. The numbering depends on the labels alone, not on the order of the rows.

    Raises:
        OutsourcingKitError: if a label is missing: a row of nobody cannot be counted for anybody.
    """
    found, count = numbered(column(labels, name))
    lost = int((found < 0).sum())
    if lost:
        raise OutsourcingKitError(
            f"{name} is missing in {lost} of {found.size} rows; expected a label in each. "
            "Mend: drop those rows, or fill in who they belong to."
        )
    return found, count


def column(labels: Any, name: str) -> NDArray[np.object_]:
    """`words` of a single column.

    Raises:
        OutsourcingKitError: if the shape is not one-dimensional.
    """
    found = words(labels, name)
    if found.ndim != 1:
        raise OutsourcingKitError(
            f"{name} has {found.ndim} dimensions; expected one label per row. Mend: pass a single column."
        )
    return found


def is_number(word: str) -> bool:
    """Whether a label is a number.

    >>> is_number("1.10"), is_number("yes"), is_number("nan")
    (True, False, False)
    """
    return math.isfinite(_order(word)[0])


def same_length(first: Any, second: Any, first_name: str, second_name: str) -> None:
    """Refuse two columns of different length.

    Raises:
        OutsourcingKitError: if the lengths differ.
    """
    if len(first) != len(second):
        raise OutsourcingKitError(
            f"{first_name} has {len(first)} rows and {second_name} has {len(second)}; expected the same number. "
            "Mend: take both from the same table, after the same filter."
        )


def checked_bounds(bounds: tuple[float, float] | None, values: Floats) -> tuple[float, float] | None:
    """The smallest and largest possible value, checked against the data.

    Raises:
        OutsourcingKitError: if they are out of order, or if a value lies outside them.
    """
    if bounds is None:
        return None
    low, high = (number(bound, "bounds") for bound in bounds)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise OutsourcingKitError(
            f"bounds are {bounds!r}; expected two finite numbers, the smaller first. Mend: bounds=(0, 1) for shares."
        )
    outside = int(((values < low) | (values > high)).sum())
    if outside:
        raise OutsourcingKitError(
            f"{outside} values lie outside bounds {low:g} to {high:g}; expected none. "
            "Mend: widen the bounds, or convert the values (percent to shares: divide by 100)."
        )
    return low, high


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
        # As objects they would be whole numbers, the missing ones among them.
        cells = np.empty(array.size, dtype=object)
        cells[:] = list(array.ravel())
        return cells.reshape(array.shape)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    text = array.dtype.kind in "UT"
    array = array.astype(object)
    if text:
        array[array == "nan"] = None
    return array


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


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _what_it_is(value: Any, name: str) -> tuple[str, str]:
    """What a cell is that is no number, and the line that makes numbers of such cells."""
    if isinstance(value, dt.timedelta | np.timedelta64):
        return "a duration", f"{name} / pd.Timedelta(hours=1) for hours, with pd.Series({name}) in place of a list"
    if isinstance(value, dt.date | dt.time | np.datetime64):
        return "a point in time", f"({name} - start) / pd.Timedelta(hours=1), the hours since a start, of a column"
    if isinstance(value, str | bytes):
        return "text", f"pd.to_numeric({name}, errors='coerce'), column by column"
    if isinstance(value, kinds.Complex):
        return "a complex value", "take its size, abs(…), or one of its parts, .real"
    return f"of type {type(value).__name__}", "pass single numbers, with None where one is missing"
