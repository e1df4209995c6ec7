"""Numbers behind the inside view: what a line's low, likely and high mean as a distribution. Plain numpy, no tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

Floats = NDArray[np.float64]

SHAPES = ("pert", "triangular", "lognormal", "uniform")

# Every amount is drawn through a normal score. Between ±5 lie all but one in 1.7 million; 401 points a line put the
# interpolated amount within one ten-thousandth of the line's range.
_GRID = np.linspace(-5.0, 5.0, 401)
_PER_SCORE, _ZERO_AT = 40.0, 201.0
_STEPS = 300
# Where the 10th and the 90th percentile lie: the grid's scores around them, and how far between those two.
_TENTH = 1.2815515655446004
_AROUND_P10, _AROUND_P90, _SHARE_OF_CELL = 148, 252, (5.0 - _TENTH) * _PER_SCORE - 148
# A percentile further off than this share of the range was not the shape's own.
_OFF = 0.005


def discount_factors(first_month: Floats, last_month: Floats, discount_rate: float) -> Floats:
    """Present value of 1 a month from first_month to last_month, both included: Σ (1 + rate)^(−month/12).

    Args:
        first_month, last_month: shape (lines,), whole months; month 0 is the commitment and is not discounted.
        discount_rate: a year, as a share: 0.05.

    Example: without interest it is the number of months; at 21% a year, month 12 counts 1/1.21 and month 6 1/1.1.

    >>> discount_factors(np.array([1.0]), np.array([24.0]), 0.0).tolist()
    [24.0]
    >>> discount_factors(np.array([12.0, 6.0]), np.array([12.0, 6.0]), 0.21).round(4).tolist()
    [0.8264, 0.9091]
    """
    monthly = (1 + discount_rate) ** (-1 / 12)
    months = last_month - first_month + 1
    if discount_rate == 0:
        return np.asarray(months, dtype=float)
    return monthly**first_month * (1 - monthly**months) / (1 - monthly)


def quantile_tables(low: Floats, likely: Floats, high: Floats, is_decile: NDArray[np.bool_], shape: str) -> Floats:
    """Each line's amount at each of 401 normal scores from −5 to 5: shape (lines, 401).

    Shapes, all on the limits [a, b] with mode m:
      pert        a + (b − a)·Beta(1 + 4(m − a)/(b − a), 1 + 4(b − m)/(b − a))
      triangular  density rising from a to m, falling to b
      lognormal   mean (a + m + b)/3 and variance ((b − a)² − (m − a)(b − m))/18 of the triangular, with a tail
                  beyond b: "high" is rarely the highest that can happen
      uniform     any amount from a to b alike; m is ignored
    Where `is_decile`, low and high are the 10th and 90th percentile: a and b are first moved out until they are, but a
    not below 0. Where no curve of the shape from 0 up has them (a long tail towards 0; most lognormals with that mode),
    it is bent: stretched evenly between the two, moved beyond p90, pressed together below p10. So p10 and p90 are drawn
    as stated, for every shape; `bent` tells which lines had to be.

    Args:
        low, likely, high: shape (lines,), amounts in one currency, low ≤ likely ≤ high.
        is_decile: shape (lines,), True where low and high are p10 and p90.
        shape: one of SHAPES.

    Raises:
        UnknownNameError: for another shape.

    Example: half-way up, a symmetric triangle from 0 to 2 is at 1; the uniform's sd is (b − a)/√12.

    >>> zero, one, two = np.zeros(1), np.ones(1), np.full(1, 2.0)
    >>> float(quantile_tables(zero, one, two, zero > 1, "triangular")[0, 200])
    1.0
    """
    tables = _unbent(low, likely, high, is_decile, shape)
    for line in np.flatnonzero(is_decile & (high > low)):
        tables[line] = _bent(tables[line], float(low[line]), float(high[line]))
    return tables


def bent(low: Floats, likely: Floats, high: Floats, is_decile: NDArray[np.bool_], shape: str) -> NDArray[np.bool_]:
    """Which lines' p10 and p90 no curve of the shape has, so that `quantile_tables` bends it: shape (lines,).

    >>> benefit = [np.full(1, amount) for amount in (10.0, 100.0, 110.0)]
    >>> bent(*benefit, np.ones(1, dtype=bool), "pert").tolist()
    [True]
    """
    tables = _unbent(low, likely, high, is_decile, shape)
    own = np.array([np.interp((-_TENTH, _TENTH), _GRID, table) for table in tables]).reshape(-1, 2)
    off = np.abs(own - np.column_stack([low, high])).max(axis=1)
    return np.asarray(is_decile & (off > _OFF * (high - low)), dtype=bool)


def _bent(table: Floats, p10: float, p90: float) -> Floats:
    """One line's table with these percentiles and nothing below 0, read between two scores as `amounts` reads it."""
    own10, own90 = np.interp((-_TENTH, _TENTH), _GRID, table)
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


def _unbent(low: Floats, likely: Floats, high: Floats, is_decile: NDArray[np.bool_], shape: str) -> Floats:
    """Tables of the shape itself, whose p10 and p90 are as near to the stated ones as a lower limit of 0 allows."""
    if shape not in SHAPES:
        raise UnknownNameError.of("shape", shape, SHAPES)
    limits_shape = "triangular" if shape == "lognormal" else shape
    if is_decile.any():
        low, high = _widened(low, likely, high, is_decile, limits_shape)
    scores = np.broadcast_to(_GRID, (len(low), len(_GRID)))
    if shape == "lognormal":
        return _lognormal(low, likely, high, scores)
    from scipy.special import ndtr

    return _quantiles(low, likely, high, ndtr(scores), shape)


def amounts(tables: Floats, scores: Floats) -> Floats:
    """Amounts at normal scores, read from `quantile_tables`: scores (draws, lines) → amounts (draws, lines)."""
    out = np.empty_like(scores)
    for line in range(scores.shape[1]):
        out[:, line] = np.interp(scores[:, line], _GRID, tables[line])
    return out


def cells(tables: Floats) -> tuple[Floats, Floats]:
    """The pieces that `quantile_tables` are made of, ready to be looked up: start and rise, each (lines, 402).

    Between two neighbouring scores an amount is start + rise × place, place = 40 × score + 201. The first and the last
    cell are what lies beyond −5 and 5: flat.
    """
    rise = np.zeros((len(tables), len(_GRID) + 1))
    rise[:, 1:-1] = np.diff(tables, axis=1)
    start = np.column_stack([tables[:, :1], tables]) - rise * np.arange(len(_GRID) + 1)
    return start, rise


def look_up(start: Floats, rise: Floats, scores: Floats, out: Floats) -> None:
    """One line's amounts at normal scores, written to `out`; equal to `amounts` but for rounding.

    The grid is even, so that a score says where it lies and nothing need be searched: 10 to 20 times as fast.

    Args:
        start, rise: shape (402,), one line's row of `cells`.
        scores: shape (draws,); overwritten.
        out: shape (draws,).

    Example: a uniform from 0 to 1 at the scores 0, 9 and −9; and at 0.01, where its density is .39894.

    >>> tables = quantile_tables(np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1, dtype=bool), "uniform")
    >>> start, rise = cells(tables)
    >>> out = np.empty(4)
    >>> look_up(start[0], rise[0], np.array([0.0, 9.0, -9.0, 0.01]), out)
    >>> out.round(6).tolist()
    [0.5, 1.0, 0.0, 0.503989]
    """
    scores *= _PER_SCORE
    scores += _ZERO_AT
    cell = scores.astype(np.intp)
    np.take(start, cell, out=out, mode="clip")
    scores *= np.take(rise, cell, mode="clip")
    out += scores


def normal_scores(own: Floats, common: Floats, correlation: float) -> Floats:
    """Normal scores (draws, lines) that share a common cause: √ρ·common + √(1 − ρ)·own, each pair correlated by ρ.

    Args:
        own: shape (draws, lines), independent standard normals.
        common: shape (draws,), the cause that all these lines share.
        correlation: ρ, from 0 to 1.

    Raises:
        OutsourcingKitError: for a correlation outside 0 to 1.
    """
    if not 0 <= correlation <= 1:
        raise OutsourcingKitError(
            f"correlation is {correlation!r}; expected a number from 0 (lines miss their plan independently) to 1 "
            "(all together). Mend: correlations=(0, 0.3, 0.6)."
        )
    return np.sqrt(correlation) * common[:, None] + np.sqrt(1 - correlation) * own


def _quantiles(low: Floats, likely: Floats, high: Floats, shares: Floats, shape: str) -> Floats:
    """Quantiles of each line at shares (lines, points)."""
    width = (high - low)[:, None]
    if shape == "uniform":
        return low[:, None] + shares * width
    safe = np.where(width > 0, width, 1.0)
    peak = (likely - low)[:, None] / safe
    if shape == "pert":
        from scipy.special import betaincinv

        return low[:, None] + width * betaincinv(1 + 4 * peak, 1 + 4 * (high - likely)[:, None] / safe, shares)
    rising = np.sqrt(shares * peak)
    falling = 1 - np.sqrt((1 - shares) * (1 - peak))
    return low[:, None] + width * np.where(shares < peak, rising, falling)


def _lognormal(low: Floats, likely: Floats, high: Floats, scores: Floats) -> Floats:
    mean = (low + likely + high) / 3
    variance = ((high - low) ** 2 - (likely - low) * (high - likely)) / 18
    spread = np.log1p(variance / np.where(mean > 0, mean, 1.0) ** 2)[:, None]
    return mean[:, None] * np.exp(np.sqrt(spread) * scores - spread / 2)


def _widened(
    low: Floats, likely: Floats, high: Floats, is_decile: NDArray[np.bool_], shape: str
) -> tuple[Floats, Floats]:
    """Limits whose 10th and 90th percentile are low and high, found by moving each out by what it still lacks."""
    a, b = low.astype(float).copy(), high.astype(float).copy()
    deciles = np.broadcast_to(np.array([0.1, 0.9]), (int(is_decile.sum()), 2))
    middle, p10, p90 = likely[is_decile], low[is_decile], high[is_decile]
    left, right = a[is_decile], b[is_decile]
    for _ in range(_STEPS):
        now = _quantiles(left, middle, right, deciles, shape)
        left_next = np.clip(left + p10 - now[:, 0], 0.0, middle)
        right_next = np.maximum(right + p90 - now[:, 1], middle)
        moved = np.abs(left_next - left) + np.abs(right_next - right)
        left, right = left_next, right_next
        if (moved <= 1e-10 * (1 + right)).all():
            break
    a[is_decile], b[is_decile] = left, right
    return a, b
