"""Why a miss can never improve a verdict: the interval's end is the best that any worse records would give.

A t interval is not monotone: an extreme value widens it, so that one more miss can carry its end back across a limit.
Whatever better records would already prove is therefore taken as proved, and the same the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from outsourcing_kit.stats._inputs import Floats

# Shares at which the better (or worse) records are tried; between two of them an end moves by less than a reader sees.
_STEPS = 161
_CLOSER = 60


@dataclass(frozen=True)
class Steady:
    """Shares p, and for each the least variance v that records at least as good (or as bad) as those given can show.

    `p[0]` is the share of the records themselves. Shape (steps,) each.
    """

    p: Floats
    v: Floats


def steadied(
    totals: Floats, sizes: Floats, rows: float, *, better: bool, alike: float = 0.0, prior_df: float = 0.0
) -> Steady:
    """Records in clusters, made better (or worse) in the way that leaves the clusters least apart.

    With x_j of n_j in cluster j, the variance of p = Σ x_j / n is J/(J − 1) · Σ (x_j − n_j p)² / n². For each higher p
    it is least where the clusters that lag most are raised to one lag: y_j = max(x_j, n_j p − λ), Σ y_j = n p. With a
    prior it is averaged with what is to be expected, p(1 − p)((1 − ρ)/rows + ρ/J), weighted with J − 1 and the prior's
    degrees of freedom. It never falls below p(1 − p)/rows, what chance in the rows alone makes of it.

    Args:
        totals, sizes: shape (clusters,): x_j and n_j, at least two clusters.
        rows: independent rows, at most, behind the share.
        better: whether the records are raised; else lowered, the mirror image.
        alike: ρ, the intraclass correlation to be expected.
        prior_df: degrees of freedom that the expected variance counts for.

    Source: the moderated variance, Smyth 2004, doi 10.2202/1544-6115.1027.
    """
    if not better:
        more = {"alike": alike, "prior_df": prior_df}
        mirrored = steadied(sizes - totals, sizes, rows, better=True, **more)
        return Steady(1 - mirrored.p, mirrored.v)
    share, clusters = totals.sum() / sizes.sum(), len(sizes)
    expected, weight = (1 - alike) / rows + alike / clusters, prior_df / (prior_df + clusters - 1)

    def moderated(p: Floats) -> Floats:
        return weight * p * (1 - p) * expected + (1 - weight) * _least_apart(totals, sizes, p)

    # Closer together near the ends, where an end of an interval moves most.
    p = share + (1 - share) * (1 - np.cos(np.linspace(0, np.pi, _STEPS))) / 2
    v = moderated(p)
    # The lowest end is often where the two variances cross: there it is looked at more closely.
    crossing = np.flatnonzero(np.diff(np.sign(v - p * (1 - p) / rows)) != 0)
    if len(crossing):
        between = np.concatenate([np.linspace(p[cell], p[cell + 1], _CLOSER) for cell in crossing])
        p, v = np.concatenate([p, between]), np.concatenate([v, moderated(between)])
    return Steady(p, np.maximum(v, p * (1 - p) / rows))


def _least_apart(totals: Floats, sizes: Floats, p: Floats) -> Floats:
    """The least variance between clusters that are raised to these shares. Shape of p."""
    n, clusters, spread = sizes.sum(), len(sizes), np.outer(p, sizes)
    # If the k that lag most are raised to one lag, it is (their lags − all lags) / k; the right k has the largest
    # (projection onto a simplex).
    lags = np.sort(spread - totals)[:, ::-1]
    lag = ((lags.cumsum(axis=1) - lags.sum(axis=1, keepdims=True)) / np.arange(1, clusters + 1)).max(axis=1)
    raised = np.maximum(totals, spread - lag[:, None])
    return clusters / (clusters - 1) * ((raised - spread) ** 2).sum(axis=1) / n**2
