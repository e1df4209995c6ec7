"""Interval ends that several estimators share. scipy.special only: scipy.stats takes a second to load."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Bounds = tuple[float, float]
Floats = NDArray[np.float64]


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
    low, high = clopper_pearson_arrays(np.asarray(successes), np.asarray(trials), confidence)
    return float(low), float(high)


def clopper_pearson_arrays(successes: Floats, trials: Floats, confidence: float) -> tuple[Floats, Floats]:
    """The same for many at once."""
    from scipy import special

    tail = (1 - confidence) / 2
    failures = trials - successes
    # The formulas have no value at none and at all: there the end is that of what can be.
    some, short = np.maximum(successes, 1e-300), np.maximum(failures, 1e-300)
    low = np.where(successes <= 1e-12, 0.0, special.betaincinv(some, failures + 1, tail))
    high = np.where(failures <= 1e-12, 1.0, special.betaincinv(successes + 1, short, 1 - tail))
    return low, high


def no_disagreement_ends(n: float, heaviest: float, confidence: float) -> Bounds:
    """Ends of an agreement of 1 seen in n items, `heaviest` its loss if all were as far apart as can be."""
    # None of the n disagreed: the exact binomial upper bound of their share takes the place of none.
    _, disagreeing = clopper_pearson_ends(0, n, confidence)
    return max(-1.0, 1 - disagreeing * heaviest), 1.0


def no_ends(confidence: float) -> Bounds:
    """Ends where nothing limits a mean, at any confidence."""
    return -math.inf, math.inf


def t_ends(mean: float, error: float, df: float, confidence: float) -> Bounds:
    """A t interval."""
    reach = t_quantile(df, (1 + confidence) / 2) * error
    return mean - reach, mean + reach


def log_odds_end(shares: Floats, variances: Floats, reach: float) -> Floats:
    """Ends, `reach` standard errors away in the log-odds, of shares p. Same shape."""
    from scipy import special

    # The delta method: the error of log(p / (1 − p)) is error / (p (1 − p)). In the middle this is the plain interval;
    # near a bound it leans away from it, as skew demands, where the plain one covers far less than it says. A share
    # that is rounded to 0 or 1 is moved off it by as little as changes nothing.
    p = np.clip(shares, 1e-9, 1 - 1e-9)
    ends = special.expit(special.logit(p) + reach * np.sqrt(variances) / (p * (1 - p)))
    # At 0 and 1 there is no variance left to reckon with: the records nearby say how far the end may lie.
    settled = (shares <= 0) | (shares >= 1)
    return np.where(settled, 1.0 if reach > 0 else 0.0, ends)
