"""How likely is a task cheaper outside, over what nobody knows about hours and hidden costs?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.stats.shapes import amounts, cells, quantile_tables, together

Floats = NDArray[np.float64]

# What nobody knows. Conventions, but for the last: relationship management costs 5-12% of a contract (EVIDENCE 1).
HOURS = (0.8, 1.0, 1.2)
HIDDEN = (0.5, 1.0, 3.0)
MANAGING_SHARE = (0.05, 0.12)
CORRELATIONS = (0.0, 0.3, 0.6)
SHAPES = ("pert", "triangular", "lognormal")
VIEWS = ("inside", "outside")
# The outside view, with what is blank as dear as reported.
BLANKS = "blanks"
# The most that a kind of hidden cost is reported to come to, as a share of the price (Overby 2003, large contracts of
# information technology, by a journalist: lost productivity; transition and process improvement; search and layoffs).
# Managing is in the outside view. Of leaving nobody reports any: a convention, as much as moving.
REPORTED = {"rework_share": 0.27, "onboarding_hours": 0.13, "switching_cost": 0.07, "exit_cost": 0.07}
CENTRAL = ("outside", 0.3, "pert")
# Few enough that a block's draws stay in the processor's cache: half the time of 256 at once.
_TASKS_AT_ONCE = 8


class MonthlyCosts(NamedTuple):
    """A month's costs of each task, each of shape (tasks,): what moves with the hours, what is fixed, what is hidden.

    in_house, priced_by_hour and rework move with the hours; managing, rework and one_off with the hidden factor.
    `blank` is what may come on top, a share of the price.
    """

    in_house: Floats
    priced_by_hour: Floats
    priced_by_month: Floats
    managing: Floats
    rework: Floats
    one_off: Floats
    blank: Floats


def chances(costs: MonthlyCosts, *, draws: int, seed: int) -> tuple[list[tuple[str, float, str]], Floats]:
    """P(outside < in-house) of each task under each set of assumptions.

    Hours vary by a factor 0.8 … 1 … 1.2, the hidden costs by one 0.5 … 1 … 3; in the outside view managing costs at
    least a share of the price that is even between 5% and 12%; in the view "blanks" what is blank comes on top, as
    dear as reported. The three share one cause (`shapes.together`),
    and their ranges mean what a plan's do (`shapes.quantile_tables`). The draws are the same for all tasks, so that
    equal tasks get equal chances.

    Returns:
        The assumptions, as (view, correlation, shape), and an array (assumptions, tasks).
    """
    assumptions, rows = [], []
    for correlation, shape, *factors in _factors(draws, seed):
        assumptions += [(view, correlation, shape) for view in (*VIEWS, BLANKS)]
        rows.append(_chances(costs, *factors))
    return assumptions, np.vstack(rows)


def _chances(costs: MonthlyCosts, hours: Floats, hidden: Floats, managing_share: Floats) -> Floats:
    """Of each task in each view: shape (views, tasks)."""
    found = np.empty((len(VIEWS) + 1, len(costs.in_house)))
    for start in range(0, found.shape[1], _TASKS_AT_ONCE):
        rows = slice(start, start + _TASKS_AT_ONCE)
        # As columns, against which the draws broadcast.
        one = MonthlyCosts(*(part[rows, None] for part in costs))
        inside, price = one.in_house * hours, one.priced_by_hour * hours + one.priced_by_month
        managing, more = one.managing * hidden, (one.rework * hours + one.one_off) * hidden
        # In the outside view the table's own figure where it is higher: surveys only say what is usually forgotten.
        at_least = np.maximum(managing, managing_share * price)
        for view, managed in enumerate((managing, at_least, at_least + one.blank * price)):
            outside = price + managed + more
            cheaper = np.count_nonzero(outside < inside, axis=1) / len(hours)
            # A task without a price, which is so in every draw, has no chance to speak of; nan would quietly say 0.
            found[view, rows] = np.where(np.isnan(outside[:, 0] + one.in_house[:, 0]), np.nan, cheaper)
    return found


def _factors(draws: int, seed: int) -> Iterator[tuple[float, str, Floats, Floats, Floats]]:
    """Correlation, shape, and draws of the hours' factor, the hidden costs' factor and the managing share."""
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(seed)
    # One draw from each of `draws` equal strata, shuffled: far less noise than plain draws, and still unbiased.
    even = (np.array([rng.permutation(draws) for _ in range(4)]) + rng.random((4, draws))) / draws
    common, *own = ndtri(even)
    low, likely, high = (np.array(ends) for ends in zip(HOURS, HIDDEN, strict=True))
    least, most = MANAGING_SHARE
    limits = np.zeros(len(low), dtype=bool)
    pieces = {shape: cells(quantile_tables(low, likely, high, limits, shape)) for shape in SHAPES}
    # The same scores under every correlation and shape: what differs is the assumption, not the luck of the draw.
    for correlation in CORRELATIONS:
        scores = [together(each, common, correlation) for each in own]
        for shape in SHAPES:
            drawn = zip(*pieces[shape], scores[:2], strict=True)
            hours, hidden = (amounts(start, rise, score) for start, rise, score in drawn)
            # The managing share has no likeliest value, so it has no shape: even between its ends.
            yield correlation, shape, hours, hidden, least + (most - least) * ndtr(scores[2])
