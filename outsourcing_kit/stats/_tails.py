"""Interval ends that several estimators share. scipy.special only: scipy.stats takes a second to load."""

from __future__ import annotations

import math


def normal_quantile(probability: float) -> float:
    """Standard normal quantile.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    from scipy import special

    return float(special.ndtri(probability))


def t_quantile(df: float, probability: float) -> float:
    """Quantile of Student's t with `df` degrees of freedom, fractional ones allowed.

    >>> round(t_quantile(5, 0.975), 3)
    2.571
    """
    from scipy import special

    return float(special.stdtrit(df, probability))


def clopper_pearson_ends(successes: float, trials: float, confidence: float) -> tuple[float, float]:
    """Exact binomial ends, by the beta quantiles. A whole number of successes is not needed for the formula.

    >>> [round(end, 4) for end in clopper_pearson_ends(0, 20, 0.90)]   # 1 - 0.05 ** (1 / 20)
    [0.0, 0.1391]
    """
    from scipy import special

    tail = (1 - confidence) / 2
    failures = trials - successes
    low = 0.0 if successes <= 0 else float(special.betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures <= 0 else float(special.betaincinv(successes + 1, failures, 1 - tail))
    return low, high


def scaled_clopper_pearson_ends(
    mean: float, units: int, low: float, high: float, confidence: float
) -> tuple[float, float]:
    """Clopper–Pearson for a mean of values between `low` and `high`, with `units` as trials.

    Of all distributions between two bounds with a given mean, the one that sits on the two bounds spreads most. So a
    binomial interval with one trial a unit is the cautious choice where the data show no spread to judge by.

    >>> [round(end, 3) for end in scaled_clopper_pearson_ends(1, 6, 0, 1, 0.95)]   # 0.025 ** (1 / 6)
    [0.541, 1.0]
    """
    span = high - low
    below, above = clopper_pearson_ends(units * (mean - low) / span, units, confidence)
    return low + span * below, low + span * above


def t_ends(
    mean: float, error: float, df: float, bounds: tuple[float, float] | None, logit: bool, confidence: float
) -> tuple[float, float]:
    """A t interval, either on the scale of the mean and clipped, or symmetric in the log-odds between the bounds.

    On the log-odds scale the standard error is `error` / (p (1 − p)) with p = (mean − low) / (high − low), the delta
    method. The two agree in the middle; near a bound the log-odds interval leans away from it, as skew demands.

    >>> [round(end, 2) for end in t_ends(0.9, 0.05, 5, (0.0, 1.0), False, 0.95)]
    [0.77, 1.0]
    >>> [round(end, 2) for end in t_ends(0.9, 0.05, 5, (0.0, 1.0), True, 0.95)]
    [0.68, 0.97]
    """
    reach = t_quantile(df, (1 + confidence) / 2) * error
    if bounds is None:
        return mean - reach, mean + reach
    low, high = bounds
    if not logit:
        return max(low, mean - reach), min(high, mean + reach)
    span = high - low
    share = (mean - low) / span
    centre = math.log(share / (1 - share))
    reach = reach / span / (share * (1 - share))
    return low + span * _expit(centre - reach), low + span * _expit(centre + reach)


def _expit(value: float) -> float:
    """1 / (1 + exp(−value)) without overflow."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))


def normal_ends(estimate: float, error: float, low: float, high: float, confidence: float) -> tuple[float, float]:
    """A normal interval clipped to low … high."""
    reach = normal_quantile((1 + confidence) / 2) * error
    return max(low, estimate - reach), min(high, estimate + reach)
