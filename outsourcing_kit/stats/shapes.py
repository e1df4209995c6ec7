"""What a low, a likely and a high amount mean as a distribution, and how several of them vary together.

Every amount is drawn through a normal score, so that one table a line, from scores to amounts, serves drawing, moments
and chances alike. Plain numpy, no tables of an engagement.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SHAPES = ("pert", "triangular", "lognormal", "uniform")

# Between ±5 lie all but one score in 1.7 million; 401 points put the interpolated amount within one ten-thousandth of
# the line's range.
GRID = np.linspace(-5.0, 5.0, 401)
_PER_SCORE, _ZERO_AT = 40.0, 201.0
_STEPS = 300
# Where the 10th and the 90th percentile lie: the grid's scores around them, and how far between those two.
_TENTH = 1.2815515655446004
_AROUND_P10, _AROUND_P90, _SHARE_OF_CELL = 148, 252, (5.0 - _TENTH) * _PER_SCORE - 148
# A percentile further off than this share of the range was not the shape's own.
_OFF = 0.005


def quantiles(low: Floats, likely: Floats, high: Floats, scores: Floats, shape: str) -> Floats:
    """Amounts at normal scores (lines, points); a, m, b = low, likely, high, each of shape (lines,).

      pert        a + (b − a)·Beta(1 + 4(m − a)/(b − a), 1 + 4(b − m)/(b − a))
      triangular  density rising from a to m, falling to b
      lognormal   mean (a + m + b)/3 and variance ((b − a)² − (m − a)(b − m))/18, those of the triangular, so that a may
                  be 0; its tail goes beyond b, as "high" is rarely the highest that can happen
      uniform     any amount from a to b alike; m is ignored

    Raises:
        UnknownNameError: for another shape.

    Example: half-way up, a triangle from 0 to 2 that is symmetric is at 1.

    >>> ends = [np.array([amount]) for amount in (0.0, 1.0, 2.0)]
    >>> float(quantiles(*ends, np.zeros((1, 1)), "triangular")[0, 0])
    1.0
    """
    check_shape(shape)
    if shape == "lognormal":
        mean = (low + likely + high) / 3
        variance = ((high - low) ** 2 - (likely - low) * (high - likely)) / 18
        spread = np.log1p(variance / np.where(mean > 0, mean, 1.0) ** 2)[:, None]
        return np.asarray(mean[:, None] * np.exp(np.sqrt(spread) * scores - spread / 2))
    from scipy.special import betaincinv, ndtr

    shares, start, width = ndtr(scores), low[:, None], (high - low)[:, None]
    if shape == "uniform":
        return np.asarray(start + shares * width)
    peak = (likely - low)[:, None] / np.where(width > 0, width, 1.0)
    if shape == "pert":
        return np.asarray(start + width * betaincinv(1 + 4 * peak, 5 - 4 * peak, shares))
    falling = 1 - np.sqrt((1 - shares) * (1 - peak))
    return np.asarray(start + width * np.where(shares < peak, np.sqrt(shares * peak), falling))


def check_shape(shape: str) -> None:
    """Raises UnknownNameError for a shape that is none of SHAPES."""
    if shape not in SHAPES:
        raise UnknownNameError.of("shape", str(shape), SHAPES)


def quantile_tables(low: Floats, likely: Floats, high: Floats, is_decile: Bools, shape: str) -> Floats:
    """Each line's amount at each score of GRID: shape (lines, 401).

    Where `is_decile`, low and high are the 10th and 90th percentile: the limits of the shape are first moved out until
    they are, the lower one not below 0. Where no curve of the shape from 0 up has both (a long tail towards 0; most
    lognormals), it is bent: stretched evenly between the two, moved beyond p90, pressed together below p10. So p10 and
    p90 are drawn as stated, for every shape; `bent` tells which lines had to be.

    >>> ten, most = np.array([10.0]), np.array([110.0])
    >>> table = quantile_tables(ten, np.array([100.0]), most, np.array([True]), "pert")[0]
    >>> np.interp((-1.2815515655, 1.2815515655), GRID, table).round(6).tolist()
    [10.0, 110.0]
    """
    tables = _unbent(low, likely, high, is_decile, shape)
    for line in np.flatnonzero(is_decile & (high > low)):
        tables[line] = _bent(tables[line], float(low[line]), float(high[line]))
    return tables


def bent(low: Floats, likely: Floats, high: Floats, is_decile: Bools, shape: str) -> Bools:
    """Which lines' p10 and p90 no curve of the shape has, so that `quantile_tables` bends it: shape (lines,)."""
    tables = _unbent(low, likely, high, is_decile, shape)
    own = np.array([np.interp((-_TENTH, _TENTH), GRID, table) for table in tables]).reshape(-1, 2)
    off = np.abs(own - np.column_stack([low, high])).max(axis=1)
    return np.asarray(is_decile & (off > _OFF * (high - low)), dtype=bool)


def _bent(table: Floats, p10: float, p90: float) -> Floats:
    """One line's table with these percentiles and nothing below 0, read between two scores as `amounts` reads it."""
    own10, own90 = np.interp((-_TENTH, _TENTH), GRID, table)
    new = p10 + (table - own10) * (p90 - p10) / (own90 - own10)
    first, last = _AROUND_P10, _AROUND_P90
    new[last:] = new[last] + table[last:] - table[last]
    # p10 lies between the first two scores of the middle part, of which the lower may not be below 0.
    new[first] = max(new[first], 0.0)
    new[first + 1] = new[first] + (p10 - new[first]) / _SHARE_OF_CELL
    room = table[first] - table[0]
    pressed = min(1.0, new[first] / room) if room > 0 else 0.0
    new[:first] = np.maximum(new[first] - pressed * (table[first] - table[:first]), 0.0)
    return new


def _unbent(low: Floats, likely: Floats, high: Floats, is_decile: Bools, shape: str) -> Floats:
    """Tables of the shape itself, whose p10 and p90 are as near to the stated ones as a lower limit of 0 allows."""
    check_shape(shape)
    if is_decile.any():
        a, b = low.astype(float).copy(), high.astype(float).copy()
        a[is_decile], b[is_decile] = _limits_of(low[is_decile], likely[is_decile], high[is_decile], shape)
        low, high = a, b
    return quantiles(low, likely, high, np.broadcast_to(GRID, (len(low), len(GRID))), shape)


def _limits_of(p10: Floats, likely: Floats, p90: Floats, shape: str) -> tuple[Floats, Floats]:
    """Limits whose 10th and 90th percentile are these, found by moving each out by what it still lacks."""
    shape = "triangular" if shape == "lognormal" else shape
    tenths = np.broadcast_to(np.array([-_TENTH, _TENTH]), (len(p10), 2))
    left, right = p10.astype(float), p90.astype(float)
    for _ in range(_STEPS):
        now = quantiles(left, likely, right, tenths, shape)
        to_left = np.clip(left + p10 - now[:, 0], 0.0, likely)
        to_right = np.maximum(right + p90 - now[:, 1], likely)
        moved = np.abs(to_left - left) + np.abs(to_right - right)
        left, right = to_left, to_right
        if (moved <= 1e-10 * (1 + right)).all():
            break
    return left, right


def cells(tables: Floats) -> tuple[Floats, Floats]:
    """The pieces that `quantile_tables` are made of, for `amounts`: start and rise, each (lines, 402).

    Between two neighbouring scores an amount is start + rise × place, place = 40 × score + 201. The first and the last
    cell are what lies beyond −5 and 5: flat.
    """
    rise = np.zeros((len(tables), len(GRID) + 1))
    rise[:, 1:-1] = np.diff(tables, axis=1)
    return np.column_stack([tables[:, :1], tables]) - rise * np.arange(len(GRID) + 1), rise


def amounts(start: Floats, rise: Floats, scores: Floats) -> Floats:
    """One line's amounts at normal scores (draws,), from its rows of `cells`.

    Equal to np.interp(scores, GRID, table) but for rounding; the grid is even, so that nothing need be searched, which
    is 10 to 20 times as fast.

    >>> tables = quantile_tables(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1, dtype=bool), "uniform")
    >>> start, rise = cells(tables)
    >>> amounts(start[0], rise[0], np.array([0.0, 9.0, -9.0, 0.01])).round(6).tolist()
    [0.5, 1.0, 0.0, 0.503989]
    """
    place = scores * _PER_SCORE + _ZERO_AT
    cell = place.astype(np.intp)
    place *= np.take(rise, cell, mode="clip")
    place += np.take(start, cell, mode="clip")
    return np.asarray(place)


def together(own: Floats, common: Floats, correlation: float) -> Floats:
    """Normal scores that share one cause: √ρ·common + √(1 − ρ)·own, so that any two of them have correlation ρ.

    The rank correlation of the amounts, whatever their shapes, is then (6/π)·asin(ρ/2): .287 where ρ is .3.
    """
    return np.asarray(np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)


def check_correlation(correlation: object) -> float:
    """The correlation as a float. Raises OutsourcingKitError for one that is no number from 0 to 1."""
    number = isinstance(correlation, int | float | np.number) and not isinstance(correlation, bool)
    if number and 0 <= float(correlation) <= 1:  # type: ignore[arg-type]
        return float(correlation)  # type: ignore[arg-type]
    raise OutsourcingKitError(
        f"correlation is {correlation!r}; expected a number from 0 (amounts miss their plan independently) to 1 (all "
        "together). Mend: correlation=0.3."
    )


def variances(tables: Floats) -> Floats:
    """Each line's variance: Σ w·(x − mean)² over the scores of GRID, w the normal density there, scaled to sum to 1.

    Exact but for the grid: a uniform from 0 to 1 has 1/12 = .083333.

    >>> tables = quantile_tables(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1, dtype=bool), "uniform")
    >>> variances(tables).round(5).tolist()
    [0.08333]
    """
    weights = np.exp(-(GRID**2) / 2)
    weights /= weights.sum()
    # From its own first amount: a line that is certain then has a variance of exactly 0.
    away = tables - tables[:, :1]
    return np.asarray((away - (away @ weights)[:, None]) ** 2 @ weights)
