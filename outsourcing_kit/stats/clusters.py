"""How much do rows tell that come in groups, such as past items of the same client?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from outsourcing_kit.stats import _tails
from outsourcing_kit.stats._estimate import Estimate, bound_ends, checked_confidence, whole_range
from outsourcing_kit.stats._inputs import Floats, checked_bounds, codes, floats, same_length


def cluster_proportion(values: ArrayLike, group: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Share of successes among rows that come in groups, with the Korn–Graubard interval. Every row counts the same.

    The exact binomial (Clopper–Pearson) interval at the effective sample size n* = p(1 − p)/v, at most n, times
    (t(n − 1)/t(J − 1))², both at (1 + confidence)/2. v = J/(J − 1) · Σ_j (Σ_i in j (x_i − p))² / n² is the variance of
    the share p between the J groups. Where groups do not differ n* is n; where all rows of a group agree it is near J.

    Args:
        values: shape (rows,), 0 or 1, or anything between (then the mean); nan is dropped.
        group: shape (rows,), whose row it is.
        confidence: of the interval.

    Returns:
        Estimate with n = rows; `.method` says how many independent rows they are worth. Where all rows agree,
        p(1 − p)/v is 0/0 and n stands for it, with the same allowance for few groups. One group only, or groups of one
        row each: the exact interval of n independent rows, which in one group speaks of that group alone.

    Measured coverage of the 96.7% interval, 40 or 60 rows, true shares .1, .2 and .5, 4,000 runs each: rows in groups
    of their own 97–98%. Groups that differ (beta, intraclass correlation .2; taking rows as independent covers 72–86%):
    8 groups of even size 97–99%, of very uneven size 94–99%, 4 groups 99%. 8 groups that do not differ 99%.

    Raises:
        OutsourcingKitError: lengths that differ, a missing group, values outside 0 to 1, a confidence outside (0, 1).

    Source: Korn & Graubard 1998, Survey Methodology 24:193–201; variance between ultimate clusters as in Cochran 1977.

    Example: two clients, four items each; three of Ann's overran and one of Bo's. p = .5; the groups are 1 above and
    1 below what p expects, so v = 2·(1 + 1)/64 = 1/16 and n* = .25·16 = 4: eight items tell as much as four.

    >>> overran, client = [1, 1, 1, 0, 0, 0, 0, 1], ["Ann"] * 4 + ["Bo"] * 4
    >>> effective_n(overran, client)
    4.0
    >>> share = cluster_proportion(overran, client)
    >>> share.estimate, share.standard_error
    (0.5, 0.25)
    """
    confidence = checked_confidence(confidence)
    numbers, who, groups = _rows(values, group)
    n = len(numbers)
    if n == 0:
        ends = bound_ends(whole_range, 0.0, 1.0)
        return Estimate.of(math.nan, ends, confidence=confidence, n=0, standard_error=math.nan, method="no rows")
    share = float(numbers.mean())
    worth = _effective_n(numbers, who, groups)
    method = (
        f"Korn–Graubard interval: {n} rows in {groups} groups are worth {worth:.0f} independent ones"
        if 1 < groups < n
        else "exact binomial (Clopper–Pearson) interval"
    )
    ends = bound_ends(_ends, share, worth, n, groups)
    error = math.sqrt(share * (1 - share) / worth)
    return Estimate.of(share, ends, confidence=confidence, n=n, standard_error=error, method=method)


def effective_n(values: ArrayLike, group: ArrayLike) -> float:
    """How many independent rows would tell as much about the share: p(1 − p)/v, at most n; see `cluster_proportion`.

    Args:
        values: shape (rows,), from 0 to 1; nan is dropped.
        group: shape (rows,), whose row it is.

    Raises:
        OutsourcingKitError: lengths that differ, a missing group, values outside 0 to 1.

    Source: n divided by the design effect, Kish 1965, Survey Sampling, §8.1.

    Example: both items of each client agree, so the four are worth J − 1 = 1 of two clients: v = 2·(1 + 1)/16 = 1/4.

    >>> effective_n([1, 1, 0, 0], ["Ann", "Ann", "Bo", "Bo"])
    1.0
    """
    return _effective_n(*_rows(values, group))


def effective_n_at(values: Floats, cut: float, group: ArrayLike) -> float:
    """Effective n of the share of values up to a cut; of the share below it, where ties at the cut leave less there.

    >>> effective_n_at(np.array([1.0, 1.0, 2.0, 2.0]), 2.0, ["Ann", "Ann", "Bo", "Bo"])
    1.0
    """
    return min(effective_n((values <= cut).astype(float), group), effective_n((values < cut).astype(float), group))


def at_confidence(worth: float, n: int, groups: int, confidence: float) -> float:
    """The effective sample size, less what estimating it from few groups costs at this confidence.

    >>> at_confidence(20.0, 20, 1, 0.95)
    20.0
    """
    if groups < 2 or n < 3:
        return worth
    upper = (1 + confidence) / 2
    # Never above n: rows that differ less than chance would have it are no more than n independent ones.
    return min(float(n), worth * (_tails.t_quantile(n - 1, upper) / _tails.t_quantile(groups - 1, upper)) ** 2)


def _rows(values: ArrayLike, group: ArrayLike) -> tuple[Floats, np.ndarray, int]:
    numbers = floats(values, "values")
    who, _ = codes(group, "group")
    same_length(numbers, who, "values", "group")
    checked_bounds((0, 1), numbers)
    kept = ~np.isnan(numbers)
    labels, who = np.unique(who[kept], return_inverse=True)
    return numbers[kept], who.reshape(-1), len(labels)


def _effective_n(numbers: Floats, who: np.ndarray, groups: int) -> float:
    n = len(numbers)
    share = float(numbers.mean()) if n else math.nan
    if groups < 2 or groups == n or not 0 < share < 1:
        return float(n)
    apart = np.bincount(who, weights=numbers - share, minlength=groups)
    variance = groups / (groups - 1) * float(apart @ apart) / n**2
    # The tolerance: groups that differ by rounding only do not differ.
    return min(float(n), share * (1 - share) / variance) if variance > 1e-24 else float(n)


def _ends(share: float, worth: float, n: int, groups: int, confidence: float) -> tuple[float, float]:
    # Few groups say little even where all agree: the thirteenth row of two clients would be theirs again.
    trials = at_confidence(worth, n, groups, confidence)
    return _tails.clopper_pearson_ends(share * trials, trials, confidence)
