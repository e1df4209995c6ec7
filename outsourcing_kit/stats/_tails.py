"""Interval ends that several estimators share. scipy.special only: scipy.stats takes a second to load."""

from __future__ import annotations

import math

Bounds = tuple[float, float]


def normal_quantile(probability: float) -> float:
    """Standard normal quantile."""
    from scipy import special

    return float(special.ndtri(probability))


def t_quantile(df: float, probability: float) -> float:
    """Quantile of Student's t with `df` degrees of freedom, fractional ones allowed."""
    from scipy import special

    return float(special.stdtrit(df, probability))


def clopper_pearson_ends(successes: float, trials: float, confidence: float) -> Bounds:
    """Exact binomial ends, by the beta quantiles. A whole number of successes is not needed for the formula."""
    from scipy import special

    tail = (1 - confidence) / 2
    failures = trials - successes
    low = 0.0 if successes <= 0 else float(special.betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures <= 0 else float(special.betaincinv(successes + 1, failures, 1 - tail))
    return low, high


def no_disagreement_ends(n: float, heaviest: float, confidence: float) -> Bounds:
    """Ends of an agreement of 1 seen in n items, `heaviest` its loss if all were as far apart as can be."""
    # None of the n disagreed: the exact binomial upper bound of their share takes the place of none.
    _, disagreeing = clopper_pearson_ends(0, n, confidence)
    return max(-1.0, 1 - disagreeing * heaviest), 1.0


def no_spread_ends(mean: float, units: int, bounds: Bounds | None, confidence: float) -> Bounds:
    """Ends of a mean of units that all show the same value: Clopper–Pearson between the bounds, units as trials."""
    if bounds is None:
        return -math.inf, math.inf
    # Of all distributions between two bounds with a given mean, the one that sits on the bounds spreads most: a
    # binomial with one trial a unit is the cautious choice where the data show no spread to judge by.
    low, high = bounds
    span = high - low
    below, above = clopper_pearson_ends(units * (min(max(mean, low), high) - low) / span, units, confidence)
    return low + span * below, low + span * above


def t_ends(mean: float, error: float, df: float, bounds: Bounds | None, confidence: float) -> Bounds:
    """A t interval; with bounds, one that is symmetric in the log-odds between them."""
    from scipy import special

    reach = t_quantile(df, (1 + confidence) / 2) * error
    if bounds is None:
        return mean - reach, mean + reach
    # The delta method: the error of log(p / (1 − p)) is error / (p (1 − p)). In the middle this is the plain interval;
    # near a bound it leans away from it, as skew demands, where the plain one covers far less than it says.
    low, high = bounds
    span = high - low
    share = (mean - low) / span
    centre = math.log(share / (1 - share))
    reach = reach / span / (share * (1 - share))
    return low + span * float(special.expit(centre - reach)), low + span * float(special.expit(centre + reach))
