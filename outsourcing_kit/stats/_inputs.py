"""Turning what people pass (lists, arrays, pandas columns with missing values) into checked numpy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError

Floats = NDArray[np.float64]


def floats(values: Any, name: str) -> Floats:
    """A one-dimensional float array; missing values of any kind become nan.

    Raises:
        OutsourcingKitError: if something is not a number, infinite, or the shape is not one-dimensional.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        array = _through_pandas(values, name)
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


def _through_pandas(values: Any, name: str) -> Floats:
    """pandas' own missing values (NA, None in a nullable column) do not convert in plain numpy."""
    import pandas as pd

    try:
        return pd.Series(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"{name} holds something that is not a number ({error}). "
            f"Mend: convert the column first, e.g. pd.to_numeric({name}, errors='coerce')."
        ) from None


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


def missing(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a label is None, nan or pandas' NA."""
    if labels.dtype.kind == "f":
        return np.isnan(labels)
    if labels.dtype == object:
        import pandas as pd

        return np.asarray(pd.isna(labels), dtype=bool)
    return np.zeros(labels.shape, dtype=bool)


def codes(labels: Any, name: str) -> tuple[NDArray[np.intp], int]:
    """Labels numbered 0 … k − 1, and k. The numbering depends on the labels alone, not on the order of the rows
    wherever they can be sorted.

    Raises:
        OutsourcingKitError: if a label is missing: a row of nobody cannot be counted for anybody.
    """
    array = np.asarray(labels)
    if array.ndim != 1:
        raise OutsourcingKitError(
            f"{name} has {array.ndim} dimensions; expected one label per row. Mend: pass a single column."
        )
    lost = int(missing(array).sum())
    if lost:
        raise OutsourcingKitError(
            f"{name} is missing in {lost} of {array.size} rows; expected a label in each. "
            "Mend: drop those rows, or fill in who they belong to."
        )
    try:
        levels, inverse = np.unique(array, return_inverse=True)
    except TypeError:
        # Labels of mixed type have no order; any numbering will do, since only equality is used.
        seen: dict[Any, int] = {}
        inverse = np.array([seen.setdefault(label, len(seen)) for label in array.tolist()], dtype=np.intp)
        return inverse, len(seen)
    return inverse.reshape(-1).astype(np.intp), len(levels)


def checked_bounds(bounds: tuple[float, float] | None, values: Floats) -> tuple[float, float] | None:
    """The smallest and largest possible value, checked against the data.

    Raises:
        OutsourcingKitError: if they are out of order, or if a value lies outside them.
    """
    if bounds is None:
        return None
    low, high = (float(bound) for bound in bounds)
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
