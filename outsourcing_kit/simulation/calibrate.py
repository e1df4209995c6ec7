"""From a true value to the parameters that plant it, so that infinitely many people would show exactly that value."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np

_NORMAL = NormalDist()
_MOST = 8.0  # standard deviations that stand for "always": 1 in 10^15
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def solve(rising: Callable[[float], float], value: float, low: float, high: float) -> float:
    """Where a rising function takes `value`, by bisection; an end of the range where it never does.

    >>> round(solve(lambda x: x * x, 2.0, 0.0, 2.0), 6)
    1.414214
    """
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return (low + high) / 2


def expit(x: np.ndarray) -> np.ndarray:
    """Logistic function, without overflow."""
    return 0.5 * (1.0 + np.tanh(np.asarray(x) / 2.0))


@lru_cache(maxsize=4096)
def logit_intercept(share: float, person_sd: float, offsets: tuple[float, ...] = (0.0,)) -> float:
    """Intercept a with E[expit(a + sd Z + offset)] = share, Z standard normal, averaged over the offsets.

    A share of 0 or 1 gives an intercept so far out that no draw is ever the other way.

    >>> round(logit_intercept(0.8, 0.0), 6)  # nobody differs: log(0.8 / 0.2)
    1.386294
    """
    if share <= 0.0:
        return -200.0
    if share >= 1.0:
        return 200.0
    grid = person_sd * _NODES[:, None] + np.asarray(offsets)[None, :]
    return solve(lambda a: float(_WEIGHTS @ expit(a + grid).mean(axis=1)), share, -40.0, 40.0)


def person_logits(
    provider: np.ndarray, inside: float, outside: float, sd: float, rng: np.random.Generator, offsets: tuple = (0.0,)
) -> np.ndarray:
    """Each person's logit: normal around what gives the client's side the share `inside`, the provider's `outside`."""
    client, other = (logit_intercept(min(1.0, share), sd, offsets) for share in (inside, outside))
    return np.where(provider, other, client) + rng.normal(0, sd, len(provider))


def normal_quantile(share: float) -> float:
    """Standard normal quantile; 0 and 1 give the ends that stand for "never" and "always"."""
    if share <= 0.0 or share >= 1.0:
        return -_MOST if share <= 0.0 else _MOST
    return max(-_MOST, min(_MOST, _NORMAL.inv_cdf(share)))


def log_wait_mean(share: float, limit: float, sd: float) -> float:
    """Mean of the logarithm (with this `sd`) of a lognormal wait that is at most `limit` in `share` of the cases."""
    return math.log(limit) - sd * normal_quantile(share)


def shares_within(log_means: np.ndarray, limit: float, sd: float) -> np.ndarray:
    """The other way about: of lognormal waits with these means of the logarithm, how many are at most `limit`.

    >>> shares_within(np.array([log_wait_mean(0.8, 14.0, 0.9)]), 14.0, 0.9).round(9).tolist()
    [0.8]
    """
    return np.vectorize(_NORMAL.cdf, otypes=[float])((math.log(limit) - log_means) / sd)


def mean_over(person: np.ndarray, chance: np.ndarray) -> float:
    """Mean chance of the people who are in `person`, each counted once; nan without any.

    >>> mean_over(np.array([0, 0, 2]), np.array([0.5, 0.1, 0.7]))
    0.6
    """
    there = np.unique(person)
    return float(chance[there].mean()) if len(there) else math.nan


# --- ratings of expectations --------------------------------------------------------------------------------------

LENIENCY_SD, NOISE_SD, SPREADS = 0.35, 0.45, (0.7, 1.3)  # a rater spreads little or much, either half the time


@lru_cache(maxsize=1024)
def rating_shift(share: float, bases: tuple[float, ...]) -> tuple[float, float]:
    """Shift between the sides and scale of the raters' styles with P(|r_client - r_provider| <= 1) = share.

    A rating is base ± shift/2 + scale (leniency + spread × noise), rounded and clipped to 1 … 5. Two people of
    different sides rate independently, so the share is a sum over the two marginal distributions, averaged over bases.
    Where even no shift leaves too little agreement, the styles shrink instead.
    """
    if share >= 1.0:
        return 0.0, 1e-9
    together = _agreement(0.0, 1.0, bases)
    if share > together:
        return 0.0, solve(lambda scale: -_agreement(0.0, scale, bases), -share, 1e-6, 1.0)
    return solve(lambda shift: -_agreement(shift, 1.0, bases), -share, 0.0, 24.0), 1.0


def _agreement(shift: float, scale: float, bases: tuple[float, ...]) -> float:
    client = _rating_shares(np.asarray(bases) + shift / 2, scale)
    provider = _rating_shares(np.asarray(bases) - shift / 2, scale)
    near = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) <= 1
    return float(np.einsum("bi,ij,bj->b", client, near.astype(float), provider).mean())


def _rating_shares(means: np.ndarray, scale: float) -> np.ndarray:
    """Shares of the ratings 1 … 5 (bases × 5), averaged over the raters' styles."""
    cuts = np.array([1.5, 2.5, 3.5, 4.5])
    below = np.zeros((len(means), 4))
    for spread in SPREADS:
        sd = scale * math.hypot(LENIENCY_SD, NOISE_SD * spread)
        below += np.vectorize(_NORMAL.cdf)((cuts[None, :] - means[:, None]) / sd) / len(SPREADS)
    return np.diff(below, axis=1, prepend=0.0, append=1.0)
