"""How lines miss their plan together: stated as rank correlations, which people can judge, used as normal scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.words import listed

Floats = NDArray[np.float64]

# What rounding leaves of an eigenvalue or a pivot that is zero on paper.
_ROUNDING = 1e-10
_MOST_STEPS = 5000


@dataclass(frozen=True)
class Dependence:
    """How independent normal scores become dependent ones.

    Either `groups` of lines that share a cause each, with weight √`shared` (two of them then have correlation
    `shared`), or the lower triangular `factor` (lines, lines) of a correlation matrix. `words` names it, `notes` say
    what had to be changed.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    shared: float = 0.0
    factor: Floats | None = None
    words: str = ""
    notes: tuple[str, ...] = ()

    def apply(self, scores: Floats, causes: Iterator[Floats]) -> None:
        """Make scores (lines, draws) dependent, in place; `causes` gives independent scores (draws,), one a group.

        Line by line, never as one matrix product: the same draws then give the same bytes, however many come at once.
        """
        if self.factor is not None:
            # From the last line up: a row of the factor needs the untouched rows above it only.
            for line in range(len(scores) - 1, -1, -1):
                scores[line] *= self.factor[line, line]
                for other in range(line):
                    if weight := float(self.factor[line, other]):
                        scores[line] += weight * scores[other]
            return
        for members in self.groups:
            common = np.sqrt(self.shared) * next(causes)
            for line in members:
                scores[line] *= np.sqrt(1 - self.shared)
                scores[line] += common


def score_correlation(rank: Any) -> Any:
    """The correlation of normal scores that gives a rank correlation: 2·sin(π·rank/6), for a number or an array.

    Source: Kruskal 1958, J. American Statistical Association 53:814–861.

    Example: 0 and ±1 stay what they are; in between the two differ by .018 at most.

    >>> score_correlation(np.array([-1.0, 0.0, 0.3, 1.0])).round(4).tolist()
    [-1.0, 0.0, 0.3129, 1.0]
    """
    return 2 * np.sin(np.pi * rank / 6)


def rank_correlation(score: Any) -> Any:
    """The rank correlation (Spearman) of two normal scores with this correlation: (6/π)·asin(score/2).

    >>> round(float(rank_correlation(score_correlation(0.3))), 12)
    0.3
    """
    return 6 / np.pi * np.arcsin(score / 2)


def nearest_correlation(matrix: ArrayLike, *, tolerance: float = 1e-10) -> Floats:
    """The correlation matrix nearest to a symmetric matrix: least Σ (difference)² over all entries.

    Projects in turn onto the positive semidefinite matrices (negative eigenvalues become 0) and onto those with ones
    on the diagonal; Dykstra's correction of the first makes the limit the nearest point of both, and not just a common
    one. Stops when the two projections differ by less than `tolerance`, relatively.

    Args:
        matrix: shape (n, n), symmetric.
        tolerance: relative; the result is a correlation matrix whatever it is, and the nearest within about it.

    Raises:
        OutsourcingKitError: not square, not symmetric, or not finite.

    Source: Higham 2002, IMA J. Numerical Analysis 22:329–343, doi 10.1093/imanum/22.3.329.

    Example: a and b cannot go together exactly, and b and c too, while a and c are unrelated.

    >>> nearest_correlation([[1, 1, 0], [1, 1, 1], [0, 1, 1]]).round(4).tolist()
    [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    """
    wanted = _symmetric(matrix)
    unit = wanted.copy()
    correction = np.zeros_like(wanted)
    scale = float(np.linalg.norm(wanted)) or 1.0
    for _ in range(_MOST_STEPS):
        corrected = unit - correction
        definite = _semidefinite(corrected)
        correction = definite - corrected
        unit = definite.copy()
        np.fill_diagonal(unit, 1.0)
        if np.linalg.norm(unit - definite) <= tolerance * scale:
            break
    definite = _semidefinite(unit)
    spread = np.sqrt(np.diag(definite))
    nearest = np.clip(definite / np.outer(spread, spread), -1.0, 1.0)
    nearest = (nearest + nearest.T) / 2
    np.fill_diagonal(nearest, 1.0)
    return nearest


def stated(correlation: Any, lines: pd.DataFrame) -> Dependence:
    """What a number or a matrix of rank correlations says of these lines (columns line, option, kind).

    Raises:
        OutsourcingKitError: a number outside 0 to 1; a matrix of another size, with unknown names, not symmetric, with
            a diagonal other than 1 or an entry beyond ±1.
    """
    if np.ndim(correlation) == 0:
        return _of_number(correlation, lines)
    names = _names(lines)
    ranks = _in_order(correlation, names)
    wrong = np.argwhere(~(np.abs(ranks) <= 1))
    if len(wrong):
        first, second = (names[place] for place in wrong[0])
        raise OutsourcingKitError(
            f"The correlation of {first!r} and {second!r} is {ranks[tuple(wrong[0])]:g}; expected a rank correlation "
            "from -1 to 1. Mend: 30% is 0.3."
        )
    _symmetric(ranks)
    if not np.allclose(np.diag(ranks), 1.0, rtol=0, atol=1e-9):
        line = int(np.argmax(np.abs(np.diag(ranks) - 1)))
        raise OutsourcingKitError(
            f"The correlation of {names[line]!r} with itself is {ranks[line, line]:g}; expected 1. "
            "Mend: np.fill_diagonal(matrix, 1.0)."
        )
    scores = score_correlation(ranks)
    words = "rank correlations as stated"
    if np.linalg.eigvalsh(scores)[0] >= -_ROUNDING:
        return Dependence(factor=_cholesky(scores), words=words)
    nearest = nearest_correlation(scores)
    note = _moved(ranks, rank_correlation(nearest), names)
    return Dependence(factor=_cholesky(nearest), words="rank correlations nearest to those stated", notes=(note,))


def _of_number(correlation: Any, lines: pd.DataFrame) -> Dependence:
    number = isinstance(correlation, int | float | np.number) and not isinstance(correlation, bool)
    if not (number and 0 <= correlation <= 1):
        raise OutsourcingKitError(
            f"correlation is {correlation!r}; expected a rank correlation from 0 (cost lines miss their plan "
            "independently) to 1 (all together). Mend: correlation=0.3, or a matrix with one entry a pair of lines."
        )
    words = f"rank correlation {float(correlation):g} among the cost lines of an option"
    if not correlation:
        return Dependence(words=words)
    costs = (lines["kind"] == "cost").to_numpy()
    options = lines["option"].to_numpy()
    groups = tuple(
        tuple(np.flatnonzero(costs & (options == option)).tolist()) for option in dict.fromkeys(options.tolist())
    )
    return Dependence(groups, float(score_correlation(float(correlation))), words=words)


def _names(lines: pd.DataFrame) -> list[str]:
    """What each line is called in a matrix: its name, with the option where two lines share one."""
    twice = lines["line"].duplicated(keep=False)
    rows = zip(lines["line"], lines["option"], twice, strict=True)
    return [f"{option}: {line}" if double else str(line) for line, option, double in rows]


def _in_order(correlation: Any, names: Sequence[str]) -> Floats:
    """The matrix as numbers, its rows and columns in the order of the lines."""
    if isinstance(correlation, pd.DataFrame):
        for labels in (correlation.index, correlation.columns):
            _check_labels([str(label) for label in labels], names)
        labelled = correlation.set_axis(correlation.index.map(str)).set_axis(correlation.columns.map(str), axis=1)
        correlation = labelled.loc[list(names), list(names)]
    try:
        ranks = np.asarray(correlation, dtype=float)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"correlation holds something that is not a number ({error}); expected a square table of numbers from -1 "
            "to 1. Mend: correlation=0.3."
        ) from error
    if ranks.shape != (len(names), len(names)):
        raise OutsourcingKitError(
            f"correlation has the shape {ranks.shape}; expected ({len(names)}, {len(names)}), a row and a column for "
            f"each line with amounts: {listed(names, 6)}. Mend: label it, pd.DataFrame(matrix, index=lines, "
            "columns=lines)."
        )
    return ranks


def _check_labels(labels: Sequence[str], names: Sequence[str]) -> None:
    for label in labels:
        if label not in names:
            raise UnknownNameError.of("line", label, names)
    absent = [name for name in names if name not in labels]
    if absent or len(set(labels)) < len(labels):
        what = f"no row or column for {listed([repr(name) for name in absent])}" if absent else "a line twice"
        raise OutsourcingKitError(
            f"correlation has {what}; expected each of the {len(names)} lines once. Mend: write 0 for lines that miss "
            "their plan independently, and 1 on the diagonal."
        )


def _symmetric(matrix: ArrayLike) -> Floats:
    values = np.asarray(matrix, dtype=float)
    square = values.ndim == 2 and values.shape[0] == values.shape[1]
    if not square or not np.isfinite(values).all():
        found = "entries that are no number" if square else f"the shape {values.shape}"
        raise OutsourcingKitError(
            f"The matrix has {found}; expected as many rows as columns, all of them numbers. "
            "Mend: write 0 where nothing is known."
        )
    gap = np.abs(values - values.T)
    if gap.max(initial=0.0) > 1e-9:
        row, column = np.unravel_index(int(gap.argmax()), gap.shape)
        raise OutsourcingKitError(
            f"The matrix is not symmetric: {values[row, column]:g} in row {row + 1}, column {column + 1}, and "
            f"{values[column, row]:g} the other way round; expected the same. Mend: matrix = (matrix + matrix.T) / 2."
        )
    return (values + values.T) / 2


def _semidefinite(matrix: Floats) -> Floats:
    """The nearest positive semidefinite matrix: its negative eigenvalues become 0."""
    roots, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(roots, 0.0)) @ vectors.T


def _cholesky(matrix: Floats) -> Floats:
    """Lower triangular L with L·Lᵀ = matrix, semidefinite ones too: a line that others decide gets a zero column."""
    size = len(matrix)
    factor = np.zeros((size, size))
    for column in range(size):
        done = factor[column, :column]
        pivot = matrix[column, column] - float((done * done).sum())
        if pivot <= _ROUNDING:
            continue
        factor[column, column] = np.sqrt(pivot)
        below = slice(column + 1, size)
        factor[below, column] = (matrix[below, column] - (factor[below, :column] * done).sum(axis=1)) / np.sqrt(pivot)
    # Rounding, and pivots taken as 0, leave a row's length a tolerance off 1: every line keeps its own distribution.
    return factor / np.sqrt((factor * factor).sum(axis=1, keepdims=True))


def _moved(before: Floats, after: Floats, names: Sequence[str]) -> str:
    change = np.abs(after - before)
    row, column = divmod(int(change.argmax()), len(names))
    return (
        "the correlations stated cannot all hold at once (as normal scores they are not positive semidefinite): the "
        f"nearest that can were used; the largest change is that of {names[row]!r} and {names[column]!r}, from "
        f"{before[row, column]:.2f} to {after[row, column]:.2f}"
    )
