"""What is the mean over pairs, when each value belongs to one person of each of two sides?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Ends, Estimate, bound_ends, checked_confidence, no_interval, whole_range
from outsourcing_kit.stats._inputs import checked_bounds, codes, floats, same_length
from outsourcing_kit.stats.means import Scale, check_scale, no_spread


def pair_mean(
    values: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    confidence: float = 0.95,
    bounds: tuple[float, float] | None = None,
    scale: Scale | None = None,
) -> Estimate:
    """Mean over pairs (one person of each side), its uncertainty from the people of both sides, not from the pairs.

    Rows of one pair are averaged first. With y_ij the pair's value, N pairs and m their mean,

        variance = Σ_sides  n/(n−1) · Σ_i (Σ_j (y_ij − m))² / N²,

    which for complete pairs is s₁²/n₁ + s₂²/n₂, s₁² and s₂² the variances of the row and column means: Hoeffding's
    first-order projections of a two-sample U-statistic. Degrees of freedom by Satterthwaite.

    What chance in the single pair adds is counted once on each side and so twice in all. It is left in on purpose:
    subtracting it gives negative variances, and 88% coverage at 6 × 6 where pairs are pure noise (against 99%).

    Args:
        values: shape (rows,), in any unit; nan is dropped. Agreement: 0/1 with bounds=(0, 1).
        first, second: shape (rows,), the pair's person on the first and on the second side. Pairs may be missing.
        confidence: of the interval.
        bounds: smallest and largest possible value, if any.
        scale: "identity" for a t interval on the mean, clipped to bounds; "logit" for one that is symmetric in the
            log-odds between the bounds. Default: "logit" with bounds, as agreement near 1 is badly skewed:
            where people rate ten expectations on five points and truth is .84, the plain 95% interval covers 88% at
            6 × 6, 89% at 6 × 20 and 91% at 12 × 12; the log-odds one 95%, 93% and 95%. (Two people a side is too
            few for any of this; there the interval is nearly the whole range.)

    Returns:
        Estimate with n = n₁ + n₂ people. Where no row and no column differs, the exact binomial interval with the
        smaller side's people as trials (see cluster_mean). With one person on a side nothing says how much people
        of that side differ: the whole range between the bounds, or nan without bounds.

    Raises:
        OutsourcingKitError: lengths that differ, a missing person, values outside the bounds, a confidence outside (0,
        1).

    Source: Hoeffding 1948, doi 10.1214/aoms/1177730196; Satterthwaite 1946, doi 10.2307/3002019.

    Example: clients A, B and providers x, y; agreement A–x 1, A–y 1, B–x 1, B–y 0. Row means 1 and .5, column means
    1 and .5: variance .125/2 + .125/2 = .125.

    >>> e = pair_mean([1, 1, 1, 0], ["A", "A", "B", "B"], ["x", "y", "x", "y"])
    >>> e.estimate, round(e.standard_error ** 2, 6), e.n
    (0.75, 0.125, 4)
    """
    confidence = checked_confidence(confidence)
    scale = scale or ("identity" if bounds is None else "logit")
    check_scale(scale, bounds)
    numbers = floats(values, "values")
    row, _ = codes(first, "first")
    column, columns = codes(second, "second")
    same_length(numbers, row, "values", "first")
    same_length(numbers, column, "values", "second")
    limits = checked_bounds(bounds, numbers)
    kept = ~np.isnan(numbers)
    pairs, where = np.unique(row[kept] * columns + column[kept], return_inverse=True)
    if not len(pairs):
        ends: Ends = no_interval if limits is None else bound_ends(whole_range, *limits)
        return Estimate.of(np.nan, ends, confidence=confidence, n=0, standard_error=np.nan, method="no values")
    pair_values = np.bincount(where.reshape(-1), weights=numbers[kept]) / np.bincount(where.reshape(-1))

    estimate = float(pair_values.mean())
    parts, people = [], []
    for side in (pairs // columns, pairs % columns):
        _, index = np.unique(side, return_inverse=True)
        sums = np.bincount(index.reshape(-1), weights=pair_values - estimate)
        people.append(len(sums))
        parts.append(float((sums**2).sum()) / len(pairs) ** 2 * len(sums) / max(len(sums) - 1, 1))
    n = sum(people)
    if min(people) < 2:
        ends = no_interval if limits is None else bound_ends(whole_range, *limits)
        method = "one person on a side: the data cannot say how much people of that side differ"
        return Estimate.of(estimate, ends, confidence=confidence, n=n, standard_error=np.nan, method=method)
    variance = sum(parts)
    if variance <= 1e-24 * max(1.0, estimate * estimate):
        return no_spread(estimate, min(people), limits, confidence, n)
    df = variance**2 / sum(part**2 / (count - 1) for part, count in zip(parts, people, strict=True))
    error = float(np.sqrt(variance))
    ends = bound_ends(_tails.t_ends, estimate, error, df, limits, scale == "logit")
    method = f"mean over {people[0]} × {people[1]} people, two-sample U-statistic, t interval with {df:.1f} df" + (
        ", log-odds scale" if scale == "logit" else ""
    )
    return Estimate.of(estimate, ends, confidence=confidence, n=n, standard_error=error, method=method)
