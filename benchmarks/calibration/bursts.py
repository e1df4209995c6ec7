"""The design effect: how much more the mean of person means strays than n* independent rows, where rows go together.

Worlds that neither generator has: a person's good and bad months or quarters, and waves that move everybody. The mean
of K people with m_i rows is worth n* = K²/Σ(1/m_i) rows; its design effect is E(estimate − truth)² / E[p(1 − p)/n*].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from outsourcing_kit.headlines import headline

RUNS = 10_000
_SURE = 0.95
Rows = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def _each(periods: int, share: float) -> Rows:
    return lambda rng, shape: (rng.random((*shape, periods)) < share).astype(int)


def _poisson(periods: int, rate: float) -> Rows:
    return lambda rng, shape: rng.poisson(rate, (*shape, periods))


# Rows of a person in each month or wave, about as the generators have them.
ROWS: dict[str, Rows] = {
    "kickoff.quiz_right": lambda rng, shape: np.full((*shape, 1), 12),
    "expectations.answered_in_time": _poisson(12, 0.6),
    "expectations.proposals_answered": _poisson(12, 0.35),
    "recognition.good_work_seen": _each(12, 0.7),
    "recognition.feel_needed": _each(4, 0.92),
}
# Name: intraclass correlation of a person's rows in one period, periods that go together, shift common to all (probit).
BURSTS: dict[str, tuple[float, int, float]] = {
    "none": (0.0, 1, 0.0),
    "a person's months or waves": (0.2, 1, 0.0),
    "a person's quarters": (0.2, 3, 0.0),
    "months or waves common to all": (0.0, 1, 0.33),
}
_NOT_IN = {"kickoff.quiz_right": tuple(BURSTS)[1:], "recognition.feel_needed": ("a person's quarters",)}
# What could be allowed for: a tenth more of a bound's width.
ALLOWED = 1.2
_PEOPLE, _ALIKE = (6, 12, 24), (0.0, 0.2)


def measured(runs: int = RUNS) -> pd.DataFrame:
    """A row a headline and kind of burst: the worst over 6, 12, 24 people who differ or not (correlation 0 or .2).

    Columns: design_effect; false fine (how often a 95% bound is beyond the truth) about the people's usual chance at a
    design effect of 1 and of 1.2; and about their chance in the months on record, which the kit claims, at 1.
    """
    rng, rows = np.random.default_rng(2027), []
    for key, counts in ROWS.items():
        item = headline(key)
        for burst, (within, together, common) in BURSTS.items():
            # A quiz is answered on one day; waves are quarters.
            if burst in _NOT_IN.get(key, ()):
                continue
            found = [
                _one(rng, runs, item.limit, people, alike, counts, within, together, common)
                for people in _PEOPLE
                for alike in _ALIKE
            ]
            rows.append((key, burst, *np.max(found, axis=0)))
    names = ["key", "burst", "design_effect", "usual_at_1", "usual_allowed", "on_record_at_1"]
    return pd.DataFrame(rows, columns=names)


def _one(
    rng: np.random.Generator, runs: int, mean: float, people: int, alike: float, counts: Rows, within: float,
    together: int, common: float,
) -> tuple[float, ...]:  # fmt: skip
    from scipy.special import ndtr, ndtri

    own = _beta(rng, np.full((runs, people), mean), alike)
    rows = counts(rng, (runs, people))
    period = np.arange(rows.shape[2]) // together
    chance = _beta(rng, np.repeat(own[:, :, None], period[-1] + 1, axis=2), within)
    if common:
        # Scaled, so that the mean over waves stays as it is.
        normal = ndtri(np.clip(chance, 1e-12, 1 - 1e-12)) * np.sqrt(1 + common**2)
        chance = ndtr(normal + rng.normal(0, common, (runs, 1, period[-1] + 1)))
    chance = chance[:, :, period]
    hits, number = rng.binomial(rows, chance).sum(axis=2), rows.sum(axis=2)
    there = number > 0
    count, per = there.sum(axis=1), np.maximum(number, 1)

    def over_people(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.where(there, values, 0).sum(axis=1) / np.maximum(count, 1))[count > 0]

    estimate, usual, on_record = (
        over_people(values) for values in (hits / per, own, (chance * rows).sum(axis=2) / per)
    )
    worth = (count**2 / np.maximum(np.where(there, 1 / per, 0).sum(axis=1), 1e-12))[count > 0]
    effect = np.mean((estimate - usual) ** 2) / np.mean(usual * (1 - usual) / worth)
    missed = [(usual, 1.0), (usual, ALLOWED), (on_record, 1.0)]
    return (float(effect), *(float(np.mean(_low(estimate, worth / d) > truth + 1e-12)) for truth, d in missed))


def _beta(rng: np.random.Generator, mean: np.ndarray, correlation: float) -> np.ndarray:
    if not correlation:
        return mean
    size = 1 / correlation - 1
    return rng.beta(np.maximum(mean * size, 1e-9), np.maximum((1 - mean) * size, 1e-9))


def _low(share: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """One-sided Clopper–Pearson."""
    from scipy.special import betaincinv

    hits = share * trials
    return np.asarray(np.where(hits <= 1e-12, 0.0, betaincinv(np.maximum(hits, 1e-12), trials - hits + 1, 1 - _SURE)))
