"""One plan, one engine: what a month of each line is worth, all lines' draws, and the plan as it is usually written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.business_case.given import check_rate
from outsourcing_kit.business_case.lines import ComparedLines, compared_lines
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.tables import LARGEST
from outsourcing_kit.text import quoted
from outsourcing_kit.words import money, percent

Floats = NDArray[np.float64]

# Of the saving month by month only the first draws are kept: enough for its quantiles, and memory stays small.
SAMPLE = 20_000
# Numbers that a chunk of draws may hold at once, over its lines or its months.
_AT_ONCE = 2**16
_GOLDEN = (math.sqrt(5) - 1) / 2
# Amounts that are equal on paper differ by rounding: less than this share of all the money in play.
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Plan:
    """The lines of all options as arrays, one row a line, and how they are drawn.

    worth: (lines, months), present value of 1 a month of this line in each month, from 0 to the last; below 0 for a
    benefit, so that an option costs Σ amounts × worth over its lines. tables: (lines, 401), see
    `shapes.quantile_tables`; cells: see `shapes.cells`. ratios: past actual/estimated of the options in the outside
    view, by option. There the ranges of the option's cost lines play no part: a past ratio is the whole error of an
    estimate, and the lines' own spread on top would count it twice.
    """

    lines: pd.DataFrame
    worth: Floats
    tables: Floats
    cells: tuple[Floats, Floats]
    correlation: float = 0.0
    ratios: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: pd.DataFrame, discount_rate: float, shape: str = "pert", correlation: float = 0.0) -> Plan:
        """A plan of checked lines (`checked_lines`)."""
        # Plain arrays of objects: columns of text are slow to compare, and this is asked for every scenario.
        plain = lines.assign(option=lines["option"].astype(object), kind=lines["kind"].astype(object))
        first, last = (lines[name].to_numpy(dtype=float)[:, None] for name in ("first_month", "last_month"))
        month = np.arange(int(last.max()) + 1)
        # Month 0 is the commitment: what falls into it counts in full.
        sign = np.where(plain["kind"] == "cost", 1.0, -1.0)[:, None]
        worth = sign * ((month >= first) & (month <= last)) * (1 + discount_rate) ** (-month / 12)
        none = np.empty((0, 0))
        return cls(plain, worth, none, (none, none), correlation).of_shape(shape)

    def of_shape(self, shape: str) -> Plan:
        """The same plan with ranges of another shape."""
        low, likely, high = (self.lines[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
        tables = kernel.quantile_tables(low, likely, high, self.lines["is_decile"].to_numpy(dtype=bool), shape)
        return replace(self, tables=tables, cells=kernel.cells(tables))

    @property
    def likely(self) -> Floats:
        """The likely amount a month of each line."""
        return self.lines["likely"].to_numpy(dtype=float)

    def is_of(self, option: str, kind: str | None = None) -> NDArray[np.bool_]:
        """Which lines are an option's, all of them or those of one kind."""
        own = np.asarray(self.lines["option"].to_numpy() == option, dtype=bool)
        return own if kind is None else own & np.asarray(self.lines["kind"].to_numpy() == kind, dtype=bool)

    def planned(self, option: str, kind: str | None = None) -> float:
        """Its costs less its benefits at the likely amounts, over all months, not discounted; or one kind of them."""
        return float((self.likely * np.sign(self.worth).sum(axis=1))[self.is_of(option, kind)].sum())

    def costs(self, option: str) -> Floats:
        """What 1 a month of each line costs this option in all months: shape (lines,), 0 for other options' lines."""
        return np.where(self.is_of(option), self.worth.sum(axis=1), 0.0)

    def saves(self, option: str, against: str) -> Floats:
        """What 1 a month of each line saves in each month, if `option` is taken in place of `against`."""
        side = self.is_of(against).astype(float) - self.is_of(option)
        # Adding 0 makes an ordinary zero of a negative one.
        return np.asarray(side[:, None] * self.worth + 0.0)

    def break_even(self, option: str, against: str) -> float:
        """How many times its likely costs the option may cost before it saves nothing; nan if it has none."""
        money, own = self.saves(option, against).sum(axis=1) * self.likely, self.is_of(option, "cost")
        cost = -money[own].sum()
        # What is 1.25 on paper must not be a rounding less, as it is compared with past ratios.
        return float(round(money[~own].sum() / cost, 9)) if cost > 0 else math.nan

    def tolerance(self, option: str, against: str) -> float:
        """What rounding alone could make of a saving that is 0 on paper."""
        times = max([1.0, *(float(past.max()) for past in self.ratios.values())])
        # By the largest amounts that may be drawn: the rounding of a sum grows with its parts, not with what is left.
        largest = self.tables.max(axis=1) * np.abs(self.worth.sum(axis=1)) * times
        return _TOLERANCE * float(largest[self.is_of(option) | self.is_of(against)].sum())

    def scored(self, draws: int, seed: int) -> Iterator[tuple[slice, dict[str, Floats], list[Floats]]]:
        """Normal scores, a chunk of draws at a time: which draws, those of each option's cause, and each line's own."""
        # Streams of their own for each cause and each line: neither the chunks, nor another correlation, nor one more
        # option below changes what a line draws.
        of_causes, of_lines = np.random.default_rng(seed).spawn(2)
        options = self.lines["option"].unique().tolist()
        causes, lines = dict(zip(options, of_causes.spawn(len(options)), strict=True)), of_lines.spawn(len(self.lines))
        chunk = max(1, _AT_ONCE // max(self.worth.shape))
        for first in range(0, draws, chunk):
            size = min(chunk, draws - first)
            common = {option: cause.standard_normal(size) for option, cause in causes.items()}
            yield slice(first, first + size), common, [line.standard_normal(size) for line in lines]

    def amounts(
        self, which: Iterable[int], now: slice, common: Mapping[str, Floats], own: Sequence[Floats]
    ) -> Iterator[Floats]:
        """The amounts of these lines in a chunk of `scored`, one line after the other.

        The cost lines of one option share a cause (`shapes.together`); options, and all benefits, vary on their own.
        Past ratios come in turn (`in_turn`).
        """
        (start, rise), likely = self.cells, self.likely
        option_of, kinds = self.lines["option"].tolist(), self.lines["kind"].tolist()
        for line in which:
            option, scores, is_cost = option_of[line], own[line], kinds[line] == "cost"
            if is_cost and option in self.ratios:
                yield likely[line] * in_turn(self.ratios[option], now.start, now.stop)
                continue
            if is_cost and self.correlation:
                scores = kernel.together(scores, common[option], self.correlation)
            yield kernel.amounts(start[line], rise[line], scores)

    def drawn(self, draws: int, seed: int) -> Iterator[tuple[slice, Floats]]:
        """Every line's amounts, a chunk of draws at a time: which draws, and (lines, that many)."""
        for now, common, own in self.scored(draws, seed):
            yield now, np.array([*self.amounts(range(len(own)), now, common, own)])


def sums(plans: Sequence[Plan], weights: Mapping[str, Floats], draws: int, seed: int) -> list[dict[str, Floats]]:
    """Σ weights × amounts over the lines, of each draw, for each named set of weights (lines,), of each plan.

    The plans have the same lines and differ in shape and correlation: the same scores serve all of them.
    """
    found = [{name: np.zeros(draws) for name in weights} for _ in plans]
    used = np.flatnonzero(np.any([*weights.values()], axis=0)).tolist()
    for now, common, own in plans[0].scored(draws, seed):
        for plan, sums_of_plan in zip(plans, found, strict=True):
            for line, amounts in zip(used, plan.amounts(used, now, common, own), strict=True):
                add(sums_of_plan, weights, line, now, amounts)
    return found


def add(found: Mapping[str, Floats], weights: Mapping[str, Floats], line: int, now: slice, amounts: Floats) -> None:
    """Add a line's amounts, weighted, to its draws."""
    # Line by line, never as one matrix product: the same draws then give the same bytes, however many come at once.
    for name, weight in weights.items():
        if weight[line]:
            found[name][now] += weight[line] * amounts


def in_turn(ratios: Floats, first: int, last: int) -> Floats:
    """The past ratio of each draw from `first` to before `last`: each item equally often, so that it needs no chance.

    Any stretch of draws is spread evenly over the items in order of size, as multiples of the golden ratio are: a few
    draws of many items are not those of the smallest ratios.

    >>> in_turn(np.array([1.0, 1.1, 1.2, 2.0]), 0, 6).tolist()
    [1.0, 1.2, 1.1, 2.0, 1.0, 1.2]
    """
    turns = np.argsort(np.argsort(np.arange(len(ratios)) * _GOLDEN % 1.0))
    return np.asarray(np.sort(ratios)[turns][np.arange(first, last) % len(ratios)])


# ---- the plan as it is usually written ---------------------------------------------------------------------------


def _short_of(reserve: float) -> str:
    return f"the budget is {percent(-reserve)} below the planned cost" if reserve < 0 else ""


@dataclass(frozen=True, repr=False)
class Reserve(Result):
    """What a plan costs at its likely amounts, the budget, and the reserve between: `.reserve` = budget/planned − 1.

    `.table` has one row: planned, budget (currency), reserve (share); blank where not known.
    """

    columns: ClassVar[Mapping[str, str]] = {"planned": "money", "budget": "money", "reserve": "share"}

    @property
    def planned(self) -> float:
        """Σ likely × months over the plan's cost lines, not discounted."""
        return float(self.table["planned"].iloc[0])

    @property
    def budget(self) -> float:
        """What was set aside."""
        return float(self.table["budget"].iloc[0])

    @property
    def reserve(self) -> float:
        """The reserve as a share of the plan; nan where it is not known."""
        return float(self.table["reserve"].iloc[0])

    def _view(self) -> pd.DataFrame:
        return self.table.dropna(axis="columns")

    @property
    def in_words(self) -> str:
        """How the budget stands to the plan: the reserve it holds, or how far it is below the planned cost."""
        return _short_of(self.reserve) or f"the reserve is {percent(self.reserve)} of the plan"

    def _more(self) -> tuple[str, ...]:
        return (_short_of(self.reserve),)


@dataclass(frozen=True, repr=False)
class NaiveSaving(Result):
    """The business case that uses the likely amounts only. `.table`: option, planned, present_value, saving.

    cost: the option's planned costs alone; reserve: the budget's, room: what they may be exceeded by before nothing is
    saved, as shares of them; nan where not known.
    """

    cost: float = math.nan
    reserve: float = math.nan
    room: float = math.nan

    columns: ClassVar[Mapping[str, str]] = {
        "option": "text", "planned": "money", "present_value": "money", "saving": "money",
    }  # fmt: skip

    @property
    def saving(self) -> float:
        """Present value of staying minus that of outsourcing, at the likely amounts; nan where unknown."""
        return float(self.table["saving"].iloc[-1]) if len(self.table) else math.nan

    def _view(self) -> pd.DataFrame:
        # What is not discounted the budget is held against, below.
        return self.table.drop(columns="planned")

    def _more(self) -> tuple[str, ...]:
        if math.isnan(self.reserve) or math.isnan(self.room):
            return ()
        held = f"the budget holds {percent(self.reserve)} more than costs of {money(self.cost)}; spend all of it, and "
        saves = f"the plan still saves, up to {percent(self.room)} above its costs"
        return (_short_of(self.reserve) or held + (saves if self.room > self.reserve else "nothing is saved"),)


def contingency(cash_flows: pd.DataFrame, budget: float | None, *, option: str | None = None) -> Reserve:
    """The reserve that a plan's budget holds: budget/planned − 1, planned = Σ likely × months over its cost lines.

    Not discounted: budgets are not.

    Args:
        cash_flows: rows of table `cash_flows`.
        budget: what was set aside, in the engagement's currency; None, nan or inf where it is not known.
        option: which option's cost lines are the plan; None: the one that hands work out, as in `no_saving`.

    Raises:
        OutsourcingKitError: a budget that is no number.

    Example: 4,000 a month for 24 months and 4,000 once make 100,000; a budget of 110,000 holds 10% in reserve.

    >>> lines = pd.DataFrame({"line": ["fee", "search"], "option": "outsource", "kind": "cost", "first_month": [1, 0],
    ...                       "last_month": [24, 0], "low": [0, 0], "likely": [4000, 4000], "high": [9000, 9000]})
    >>> round(contingency(lines, 110_000).reserve, 10)
    0.1
    """
    return reserve_of(compared_lines(cash_flows, option, None), budget)


def reserve_of(compared: ComparedLines, budget: float | None) -> Reserve:
    """`contingency` of lines that were checked before."""
    lines, option, _, missing, notes = compared
    # A budget is held against one option's costs: whether there is another to compare them with is of no account.
    missing = "" if len(lines) else missing
    chosen = lines[(lines["option"] == option) & (lines["kind"] == "cost")]
    planned = float((chosen["likely"] * (chosen["last_month"] - chosen["first_month"] + 1)).sum())
    if not missing and not planned > 0:
        missing = f"needs cost lines above 0 of option {quoted(option)} in table cash_flows"
    if math.isnan(known := _known(budget)):
        found = "" if budget is None else f"; found {budget}"
        said = f"budget in engagement.toml (what was set aside, reserve included){found}"
        missing = f"{missing} and {said}" if missing else f"needs {said}"
    reserve = known / planned - 1 if planned > 0 else math.nan
    table = pd.DataFrame([(planned or math.nan, known, reserve)], columns=[*Reserve.columns])
    return Reserve(table, missing=missing, notes=notes)


def _known(budget: float | None) -> float:
    """The budget as a number, nan where it says nothing of a reserve: none, no amount, or one without end."""
    try:
        amount = math.nan if budget is None or budget is pd.NA else float(budget)
    except (TypeError, ValueError, OverflowError) as error:
        raise OutsourcingKitError(
            f"budget is {quoted(budget)}; expected an amount of money. Mend: 110_000, or None where it is not known."
        ) from error
    # As far as a plan of the largest amounts over fifty years goes.
    return amount if 0 <= amount <= 1000 * LARGEST else math.nan


def naive_saving(
    cash_flows: pd.DataFrame, *, discount_rate: float = 0.05, option: str | None = None, against: str | None = None,
    budget: float | None = None,
) -> NaiveSaving:  # fmt: skip
    """The usual business case: every line at its likely amount, one saving at the end, nothing about how sure it is.

    `.table`: option; planned, Σ likely × months of costs less benefits; present_value, the same discounted monthly;
    saving, present value of `against` minus the row's own (blank in the row of `against`).

    Args:
        cash_flows: rows of table `cash_flows`.
        discount_rate: a year, as a share.
        option, against: the two options compared; None: the one that hands work out ("outsource", else the first that
            is not the other) and the one that keeps it inside ("stay", or another word for it).
        budget: what was set aside for the option; None where it is not known.

    Raises:
        OutsourcingKitError: for a discount rate outside 0 to 1, a budget that is no number.

    Example: 100 a month for 12 months inside, 80 outside, no interest: 240 saved.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [90, 70], "likely": [100, 80], "high": [110, 130]})
    >>> naive_saving(lines, discount_rate=0).saving
    240.0
    """
    check_rate(discount_rate)
    return promise_of(compared_lines(cash_flows, option, against), discount_rate, budget)


def promise_of(compared: ComparedLines, discount_rate: float, budget: float | None = None) -> NaiveSaving:
    """`naive_saving` of lines that were checked before."""
    lines, option, against, missing, notes = compared
    if missing:
        return NaiveSaving.lacking(missing, notes=notes)
    # No range plays a part here, so that of all shapes the quickest will do.
    plan = Plan.of(lines, discount_rate, "uniform")
    stays, goes = (float(plan.costs(name) @ plan.likely) for name in (against, option))
    rows = [(against, plan.planned(against), stays, math.nan), (option, plan.planned(option), goes, stays - goes)]
    table, cost = pd.DataFrame(rows, columns=[*NaiveSaving.columns]), plan.planned(option, "cost")
    reserve = _known(budget) / cost - 1 if cost > 0 else math.nan
    return NaiveSaving(table, cost, reserve, plan.break_even(option, against) - 1, notes=notes)
