"""One total score per task: what it says, and so what it hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.showing import Result


@dataclass(frozen=True, repr=False)
class Topsis(Result):
    """Closeness of each row to the best that occurs.

    `.table`, one row per row of the input, same order and index: score (0 worst to 1 best; nan where it cannot be
    formed), to_best, to_worst (distances). `.weights` as used, summing to 1. `.notes` say what has no score and why.
    """

    weights: Mapping[str, float]

    columns: ClassVar = {"score": "number", "to_best": "number", "to_worst": "number"}

    def _view(self) -> pd.DataFrame:
        # A result shows columns alone, and without the rows' names nobody knows whose score it is.
        return self.table.rename_axis(self.table.index.name or "row").reset_index()

    def _caption(self) -> str:
        return "One score per row, weights " + ", ".join(f"{name} {each:.0%}" for name, each in self.weights.items())


def topsis(table: pd.DataFrame, *, weights: Mapping[str, float], minimise: Sequence[str] = ()) -> Topsis:
    """TOPSIS: how near each row lies to the ideal row, made of the best value that occurs in every column.

    v_ij = w_j x_ij / √Σ_i x_ij²; S*_i and S⁻_i are the Euclidean distances of v_i to the best and the worst value of
    each column; score = S⁻ / (S* + S⁻). Enough of one column buys off any amount of another, and adding or dropping a
    row may turn the order of the others.

    Args:
        table: one row per alternative; the weighted columns hold finite numbers. A row with a blank gets nan.
        weights: column to weight ≥ 0; they are divided by their sum.
        minimise: columns of which less is better.

    Raises:
        UnknownNameError: a column that the table does not have, or one to minimise that has no weight.
        OutsourcingKitError: no weights above 0, a negative one; a column of words or infinite values.

    Source: Hwang & Yoon 1981, Multiple Attribute Decision Making.

    Example: the second task saves more with less effort: best in both columns, so 1; the first 0.

    >>> topsis(pd.DataFrame({"saving": [3, 4], "effort": [4, 3]}), weights={"saving": 1, "effort": 1},
    ...        minimise=["effort"]).table["score"].tolist()
    [0.0, 1.0]
    """
    shares = _weights(table, weights, minimise)
    values = np.column_stack([column_of_numbers(table[name], name) for name in shares])
    scored = ~np.isnan(values).any(axis=1)
    score, to_best, to_worst = np.full((3, len(table)), np.nan)
    if scored.any():
        # What is to be low is turned over, so that the best of every column is its largest value.
        sign = np.where([name in minimise for name in shares], -1.0, 1.0)
        to_best[scored], to_worst[scored] = _distances(values[scored] * sign, np.array(list(shares.values())))
        total = to_best + to_worst
        # Where no column tells the rows apart, every score would be 0/0.
        apart = scored & (total > 0)
        score[apart] = to_worst[apart] / total[apart]
    notes: tuple[str, ...] = ()
    if left_out := int((~scored).sum()):
        notes = (f"{left_out} of {len(table)} rows have a blank and no score",)
    elif len(table) and np.isnan(score).all():
        notes = ("no score: the rows do not differ",)
    result = pd.DataFrame({"score": score, "to_best": to_best, "to_worst": to_worst}, index=table.index)
    return Topsis(result, shares, missing="" if len(table) else "no rows to score", notes=notes)


def _distances(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # Scaled by the largest first: squares of very large or very small numbers would overflow or vanish.
    largest = np.abs(values).max(axis=0)
    values = values / np.where(largest > 0, largest, 1.0)
    length = np.sqrt((values**2).sum(axis=0))
    v = weights * values / np.where(length > 0, length, 1.0)
    return np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1)), np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))


def _weights(table: pd.DataFrame, weights: Mapping[str, float], minimise: Sequence[str]) -> dict[str, float]:
    if not isinstance(table, pd.DataFrame):
        raise OutsourcingKitError(
            f"The table is of type {type(table).__name__}; expected a frame of pandas. Mend: pd.DataFrame(…)."
        )
    for name in weights:
        if name not in table:
            raise UnknownNameError.of("column to weight", name, table.columns)
    if isinstance(minimise, str):
        raise OutsourcingKitError(f"minimise is the word {minimise!r}; expected a list. Mend: minimise=[{minimise!r}].")
    for name in set(minimise) - set(weights):
        raise UnknownNameError.of("weighted column to minimise", name, weights)
    numbers = [weight for weight in weights.values() if isinstance(weight, int | float | np.number)]
    total = float(sum(numbers))
    if len(numbers) < len(weights) or not np.isfinite(total) or total <= 0 or min(numbers) < 0:
        raise OutsourcingKitError(
            f"The weights are {dict(weights)!r}; expected numbers from 0, at least one above. "
            'Mend: weights={"saving": 0.6, "core": 0.4}.'
        )
    return {name: float(weight) / total for name, weight in weights.items()}


def column_of_numbers(column: pd.Series, name: str) -> np.ndarray:
    """A column as numbers, nan for a blank. Raises OutsourcingKitError for words, and for what has no end."""
    if isinstance(column, pd.DataFrame):
        raise OutsourcingKitError(f"The table has column {name!r} twice; expected it once. Mend: rename or drop one.")
    # Digits kept as text are refused too: whoever has them has a column that was not read as meant.
    cells = [np.nan if cell is None or cell is pd.NA else cell for cell in column.tolist()]
    if odd := [cell for cell in cells if not isinstance(cell, int | float | np.number | np.bool_) or np.isinf(cell)]:
        raise OutsourcingKitError(
            f"Column {name!r} holds {odd[0]!r}; expected finite numbers. "
            "Mend: correct it, leave the column out of the weights, or map its words to numbers first."
        )
    return np.array(cells, dtype=float)
