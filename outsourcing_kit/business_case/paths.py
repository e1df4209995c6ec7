"""Draws of whole plans, a chunk at a time: what each option costs, and when it has paid back. Plain numpy, no tables.

Nothing is ever as large as draws × months. Every number of a draw is made by the same elementwise steps in the same
order, and every line has a stream of random numbers of its own: so the results are the same bytes for any chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.business_case.dependence import Dependence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLE = 20_000
# Amounts that are equal on paper differ by rounding: less than this share of all the money in play.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Model:
    """A plan as arrays, one entry a line unless it says otherwise.

    tables: (lines, 401) of `draws.quantile_tables`. option: number of the line's option. sign: 1 for a cost, −1 for a
    benefit. first, last: months. scaled: whether the line is multiplied by a past ratio. ratios: by number of the
    option, (past items,); options without any have the inside view. against: number of the option that the others are
    compared with, −1 for none.
    """

    tables: Floats
    option: Ints
    sign: Floats
    first: Ints
    last: Ints
    scaled: NDArray[np.bool_]
    ratios: Mapping[int, Floats]
    dependence: Dependence
    discount_rate: float
    against: int

    @property
    def options(self) -> int:
        return int(self.option.max()) + 1

    @property
    def others(self) -> list[int]:
        """The options that are compared with `against`."""
        return [option for option in range(self.options) if option != self.against] if self.against >= 0 else []

    @property
    def factors(self) -> Floats:
        """Present value of 1 a month over each line's months."""
        return kernel.discount_factors(self.first.astype(float), self.last.astype(float), self.discount_rate)

    @property
    def discounts(self) -> Floats:
        """Present value of 1 in each month, from 0 to the last."""
        return (1 + self.discount_rate) ** (-np.arange(int(self.last.max()) + 1) / 12)


@dataclass(frozen=True)
class Paths:
    """costs: (options, draws), present value. paid_back: (options, months + 1), in how many draws each month is the one
    from which the saving stays; the last column counts those that never get there. sample: (lines, up to 20,000), the
    amounts of the first draws.
    """

    costs: Floats
    paid_back: Ints
    sample: Floats


def drawn(model: Model, draws: int, seed: int, chunk: int) -> Iterator[tuple[slice, Floats]]:
    """Every line's amounts a month: which draws, and (lines, that many), in memory that the next chunk uses again."""
    lines = len(model.tables)
    # Streams of their own for the ratio, each cause and each line: another correlation, or one more option below,
    # leaves the others' random numbers as they were.
    ratio, of_causes, of_lines = np.random.default_rng(seed).spawn(3)
    causes, own = of_causes.spawn(model.options), of_lines.spawn(lines)
    start, rise = kernel.cells(model.tables)
    scores, amounts = np.empty((lines, min(chunk, draws))), np.empty((lines, min(chunk, draws)))
    for first in range(0, draws, chunk):
        now = slice(first, min(first + chunk, draws))
        size = now.stop - now.start
        for line in range(lines):
            own[line].standard_normal(out=scores[line, :size])
        model.dependence.apply(scores[:, :size], (cause.standard_normal(size) for cause in causes))
        for line in range(lines):
            kernel.look_up(start[line], rise[line], scores[line, :size], amounts[line, :size])
        if model.ratios:
            share = ratio.random(size)
            for option, past in model.ratios.items():
                times = past[(share * len(past)).astype(np.intp)]
                for line in np.flatnonzero(model.scaled & (model.option == option)).tolist():
                    amounts[line, :size] *= times
        yield now, amounts[:, :size]


def simulated(model: Model, draws: int, seed: int, chunk: int) -> Paths:
    """Cost of every option in every draw, and how many draws have paid back by when."""
    months = int(model.last.max()) + 1
    costs = np.zeros((model.options, draws))
    paid_back = np.zeros((model.options, months + 1), dtype=np.int64)
    sample = np.empty((len(model.tables), min(draws, SAMPLE)))
    weights = model.factors * model.sign
    room = np.empty(min(chunk, draws))
    tolerances = _tolerances(model)
    timetables = {option: Timetable.of(model, option) for option in model.others}
    for now, amounts in drawn(model, draws, seed, chunk):
        part = room[: amounts.shape[1]]
        for line, option in enumerate(model.option.tolist()):
            np.multiply(amounts[line], weights[line], out=part)
            costs[option, now] += part
        kept = slice(now.start, min(now.stop, SAMPLE))
        if kept.start < kept.stop:
            sample[:, kept] = amounts[:, : kept.stop - kept.start]
        for option, timetable in timetables.items():
            ours, theirs = costs[option, now], costs[model.against, now]
            np.abs(np.subtract(ours, theirs, out=part), out=part)
            if part.min() <= tolerances[option]:
                ours[part <= tolerances[option]] = theirs[part <= tolerances[option]]
            paid_back[option] += np.bincount(timetable.payback(amounts, tolerances[option]), minlength=months + 1)
    return Paths(costs, paid_back, sample)


@dataclass(frozen=True)
class Timetable:
    """When an option's monthly saving changes: stretches of months in which it is the same, in order.

    changes: for each stretch, the lines that begin or end there, each with the sign of what it adds to the saving.
    begins: first month of each stretch. worth: for each, the present value of 1 a month from its first month up to
    each of its months.
    """

    changes: tuple[tuple[tuple[int, float], ...], ...]
    begins: tuple[int, ...]
    worth: tuple[Floats, ...]

    @classmethod
    def of(cls, model: Model, option: int) -> Timetable:
        saved = np.where(model.option == model.against, model.sign, -model.sign)
        ours = np.flatnonzero((model.option == option) | (model.option == model.against))
        discounts = model.discounts
        edges = sorted({0, *model.first[ours].tolist(), *(model.last[ours] + 1).tolist(), len(discounts)})
        changes = [
            tuple(
                [(int(line), float(saved[line])) for line in ours if model.first[line] == begin]
                + [(int(line), -float(saved[line])) for line in ours if model.last[line] + 1 == begin]
            )
            for begin in edges[:-1]
        ]
        worth = [np.cumsum(discounts[begin:end]) for begin, end in pairwise(edges)]
        return cls(tuple(changes), tuple(edges[:-1]), tuple(worth))

    def payback(self, amounts: Floats, tolerance: float) -> NDArray[np.intp]:
        """The month from which each draw's discounted saving so far stays at 0 or more; one past the last if none does.

        Within a stretch the saving so far only rises or only falls, so each has one crossing at most: found from the
        ends of the stretches, and then by its place in the stretch.
        """
        draws = amounts.shape[1]
        flow, saving, gained = np.zeros(draws), np.zeros(draws), np.empty(draws)
        month = np.zeros(draws, dtype=np.intp)
        below = np.zeros(draws, dtype=bool)
        for changes, begin, worth in zip(self.changes, self.begins, self.worth, strict=True):
            for line, sign in changes:
                (np.add if sign > 0 else np.subtract)(flow, amounts[line], out=flow)
            saving += np.multiply(flow, worth[-1], out=gained)
            still = saving < -tolerance
            risen = np.flatnonzero(below > still)
            if len(risen):
                # How much of the stretch it took: from −tolerance back to what it was at the beginning.
                owed = worth[-1] - (saving[risen] + tolerance) / flow[risen]
                month[risen] = begin + np.minimum(np.searchsorted(worth, owed), len(worth) - 1)
            below = still
        month[below] = self.begins[-1] + len(self.worth[-1])
        return month


def savings_so_far(model: Model, option: int, sample: Floats) -> Iterator[Floats]:
    """The discounted saving up to each month, 0 to the last, of every draw of a sample of amounts."""
    saved = np.where(model.option == model.against, model.sign, -model.sign)
    ours = np.flatnonzero((model.option == option) | (model.option == model.against))
    flow, saving = np.zeros(sample.shape[1]), np.zeros(sample.shape[1])
    for month, discount in enumerate(model.discounts):
        for line in ours:
            if model.first[line] == month:
                flow += saved[line] * sample[line]
            if model.last[line] + 1 == month:
                flow -= saved[line] * sample[line]
        saving += flow * discount
        yield saving


def quantiles(values: Floats, at: Sequence[float]) -> list[float]:
    """Quantiles at rising shares, as `np.quantile` gives them, four times as fast; puts `values` in another order.

    >>> quantiles(np.array([40.0, 10.0, 20.0, 30.0]), (0.5, 0.9))
    [25.0, 37.0]
    """
    places = [(len(values) - 1) * share for share in at]
    ranks = sorted({int(place) for place in places})
    _put_in_place(values, ranks)
    found = []
    for place in places:
        rank = int(place)
        # All that is right of a rank is larger, up to the next rank in place: the next larger value is among them.
        until = next((later for later in ranks if later > rank), len(values) - 1)
        low, share = float(values[rank]), place - rank
        high = float(values[rank + 1 : until + 1].min()) if rank < len(values) - 1 else low
        found.append(low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share))
    return found


def _put_in_place(values: Floats, ranks: Sequence[int]) -> None:
    """Partition at one rank, then each side at its own: numpy is fast at one rank, slow at several at once."""
    if not ranks:
        return
    middle = ranks[len(ranks) // 2]
    values.partition(middle)
    _put_in_place(values[:middle], ranks[: len(ranks) // 2])
    _put_in_place(values[middle + 1 :], [rank - middle - 1 for rank in ranks[len(ranks) // 2 + 1 :]])


def _tolerances(model: Model) -> list[float]:
    """For each option, the difference from `against` that rounding alone could make."""
    times = max([1.0, *(float(past.max()) for past in model.ratios.values())])
    largest = model.tables.max(axis=1) * model.factors * times
    return [
        _TOLERANCE * float(largest[(model.option == option) | (model.option == model.against)].sum())
        for option in range(model.options)
    ]
