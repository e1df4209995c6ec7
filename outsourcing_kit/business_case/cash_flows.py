"""Every option of a plan side by side: what may it cost, what may be saved, when has it paid back?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.business_case.given import check_rate, checked_count
from outsourcing_kit.business_case.lines import RANGE_MEANS, bent_note, compared_lines, forgotten_costs, horizon_note
from outsourcing_kit.business_case.past_work import ReferenceClass, drawable
from outsourcing_kit.business_case.plan import SAMPLE, Floats, Plan, add
from outsourcing_kit.business_case.scenarios import Odds
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.showing import Result, blank_table
from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.text import quoted

Ints = NDArray[np.intp]

_MONTHS = {"option": "text", "month": "count", "saving_p10": "money", "saving_p50": "money", "saving_p90": "money"}
_COSTS, _SAVINGS = (0.1, 0.5, 0.8, 0.9), (0.1, 0.5, 0.9)


@dataclass(frozen=True, repr=False)
class SimulatedCashFlows(Result):
    """Every option's cost and saving over many draws: `.table` and `.months`; see `simulate_cash_flows`.

    against: the option that savings are measured against; option: the one that hands work out. draws: how many.
    assumptions: what was taken as given, in words. costs: each option's draws, present value of costs − benefits.
    """

    months: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    against: str = "stay"
    option: str = "outsource"
    draws: int = 0
    assumptions: str = ""
    costs: Mapping[str, Floats] = field(default_factory=dict, compare=False)

    columns: ClassVar[Mapping[str, str]] = {
        "option": "text", "view": "text", "planned": "money", **{f"cost_p{at}": "money" for at in (10, 50, 80, 90)},
        **{f"saving_p{at}": "money" for at in (10, 50, 90)}, "no_saving": "share", "payback": "number",
        "never_pays_back": "share", "break_even": "number",
    }  # fmt: skip

    def savings(self, option: str | None = None) -> Floats:
        """What each draw saves with this option (present value, currency): shape (draws,); empty if nothing can be.

        None: the option that hands work out, `.option`.

        Raises:
            UnknownNameError: for an option that is not in the table.
        """
        option = self.option if option is None else option
        # Where nothing can be compared, the option taken by default may have no lines, and nobody has misspelt it.
        known = self.table["option"].tolist()
        if known and option not in known and not (self.missing and option == self.option):
            raise UnknownNameError.of("option", option, known)
        if option == self.against or not {option, self.against} <= {*self.costs}:
            return np.array([])
        return self.costs[self.against] - self.costs[option]

    def odds(self, option: str | None = None) -> Odds:
        """The option as a gamble, for `decision_analysis`: see `Odds`. nan where nothing can be said of savings."""
        return Odds.of(self.savings(option))

    def _view(self) -> pd.DataFrame:
        # What a page has room for.
        narrow = self.table.drop(columns=["view", "cost_p10", "cost_p50", "cost_p90", "never_pays_back", "break_even"])
        if self.missing:
            return narrow.dropna(axis="columns", how="all")
        return narrow.assign(payback=[_in_words(month) for month in narrow["payback"]])

    def _caption(self) -> str:
        return self.assumptions


def simulate_cash_flows(
    cash_flows: pd.DataFrame, *, draws: int = 20_000, correlation: float = 0.3, discount_rate: float = 0.05,
    range_means: str | None = None, shape: str = "pert", against: str | None = None,
    reference: ReferenceClass | None = None, seed: int = 0,
) -> SimulatedCashFlows:  # fmt: skip
    """What every option costs and saves, over many draws of its lines.

    cost = Σ cost lines − Σ benefit lines, each month's flow × (1 + rate)^(−month/12).

    `.table`, a row an option (present value): planned (not discounted); cost_p10 … p90; saving_p10, p50, p90 of
    cost(against) − cost(option); no_saving, the share of draws where that is ≤ 0; payback, the first month from which
    the saving so far stays ≥ 0 in over half of the draws; never_pays_back; break_even, as a multiple of its likely
    costs. `.months`: saving so far.

    Args:
        cash_flows: rows of this table.
        draws, seed: of each amount, 100 or more.
        correlation: of an option's cost lines, 0 to 1.
        range_means: "limits" or "p10-p90" for all; None: as the table says.
        shape: see `shapes.quantiles`.
        reference: past work, for the outside view of every option but `against`.

    Raises:
        OutsourcingKitError: lines or arguments that cannot be.

    Source: Vose 2008, Risk Analysis.

    Example: 100 a month against 150 once and 80 a month: saved again in month 8.

    >>> lines = pd.DataFrame({"line": ["team", "move", "fee"], "option": ["stay", "outsource", "outsource"],
    ...     "kind": "cost", "first_month": [1, 0, 1], "last_month": [12, 0, 12], "low": [100, 150, 80]})
    >>> lines = lines.assign(likely=lines["low"], high=lines["low"])
    >>> result = simulate_cash_flows(lines, draws=100, discount_rate=0)
    >>> result.table[["planned", "saving_p50", "payback"]].iloc[1].tolist()
    [1110.0, 90.0, 8.0]
    """
    # A line's amount a month is one uncertain number, the same in all its months: a fee that turns out high stays so.
    check_rate(discount_rate)
    draws, seed = checked_count("draws", draws, 100, 20_000), checked_count("seed", seed, 0, 0)
    kernel.check_shape(shape)
    if range_means is not None and range_means not in RANGE_MEANS:
        raise UnknownNameError.of("range_means", range_means, RANGE_MEANS)
    correlation = kernel.check_correlation(correlation)
    past = drawable(reference)
    lines, option, against, missing, notes = compared_lines(cash_flows, None, against)
    # One option alone still has its costs; benefits alone are no plan of anything.
    if not (lines["kind"] == "cost").any():
        missing = missing if not len(lines) else "needs cost lines in table cash_flows; all of its lines are benefits"
        return SimulatedCashFlows.lacking(missing, blank_table(_MONTHS), against, notes=notes)
    # People's ranges are too narrow: reading limits as p10-p90 shows what that does.
    if range_means is not None:
        lines = lines.assign(is_decile=range_means == "p10-p90")
        notes = (*notes, f"low and high of all lines are read as {range_means}, whatever column range_means says")
    options = list(dict.fromkeys(lines["option"]))
    others = [name for name in options if name != against]
    ratios = dict.fromkeys(others, past) if len(past) else {}
    plan = replace(Plan.of(lines, discount_rate, shape, correlation), ratios=ratios)
    costs, paid_back, months = _simulated(plan, options, against, draws, seed)
    assumptions = (
        f"Present value at {100 * discount_rate:g}% a year; {'outside' if ratios else 'inside'} view; {shape} lines; "
        f"correlation {correlation:g} among the cost lines of an option; {draws:,} draws"
    )
    told = reference.told("outside view: likely costs times {}", "inside view only") if reference else ()
    notes = (*notes, *told, *bent_note(lines, (shape,)), *horizon_note(lines, options), *_forgotten(plan, others))
    table = _table(plan, costs, paid_back, against)
    return SimulatedCashFlows(table, months, against, option, draws, assumptions, costs, missing=missing, notes=notes)


def _simulated(
    plan: Plan, options: list[str], against: str, draws: int, seed: int
) -> tuple[dict[str, Floats], dict[str, Ints], pd.DataFrame]:
    """Each option's costs; in how many draws it has paid back when, last if never; the saving so far by month."""
    others = [name for name in options if name != against and against in options]
    costs, weights = ({name: np.zeros(draws) for name in options}, {name: plan.costs(name) for name in options})
    saves = {name: plan.saves(name, against).T for name in others}
    paid_back = {name: np.zeros(plan.worth.shape[1] + 1, dtype=np.intp) for name in others}
    tolerance = {name: plan.tolerance(name, against) for name in others}
    # The saving by month is of the first draws only: all months of all draws would fill the memory.
    sample = np.empty((len(plan.lines), min(draws, SAMPLE)))
    for now, amounts in plan.drawn(draws, seed):
        for line, drawn in enumerate(amounts):
            add(costs, weights, line, now, drawn)
        sample[:, now] = amounts[:, : max(SAMPLE - now.start, 0)]
        for name in others:
            # The saving so far stays at 0 or more from the month after the last in which it was below.
            below = np.cumsum(saves[name] @ amounts, axis=0) < -tolerance[name]
            in_month = (below * np.arange(1, len(below) + 1, dtype=np.intp)[:, None]).max(axis=0)
            paid_back[name] += np.bincount(in_month, minlength=len(paid_back[name]))
    rows = []
    # Costs that are equal on paper become equal, so that no rounding decides who saves.
    for name in others:
        equal = np.abs(costs[against] - costs[name]) <= tolerance[name]
        costs[name][equal] = costs[against][equal]
        so_far = np.zeros(sample.shape[1])
        for number, worth in enumerate(saves[name]):
            so_far += worth @ sample
            rows.append((name, number, *np.quantile(so_far, _SAVINGS).tolist()))
    return costs, paid_back, pd.DataFrame(rows, columns=list(_MONTHS)) if rows else blank_table(_MONTHS)


def _table(plan: Plan, costs: Mapping[str, Floats], paid_back: Mapping[str, Any], against: str) -> pd.DataFrame:
    rows = []
    for option, cost in costs.items():
        view = "outside" if option in plan.ratios else "inside"
        row = {"option": option, "view": view, "planned": plan.planned(option), **_quantiles("cost", cost, _COSTS)}
        if option in paid_back:
            saving, counts = costs[against] - cost, paid_back[option]
            # The first month by which more than half of the draws have paid back.
            enough = 2 * np.cumsum(counts[:-1]) > counts.sum()
            row |= {
                **_quantiles("saving", saving, _SAVINGS), "no_saving": float((saving <= 0).mean()),
                "payback": float(np.argmax(enough)) if enough.any() else math.inf,
                "never_pays_back": float(counts[-1] / counts.sum()), "break_even": plan.break_even(option, against),
            }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows, columns=list(SimulatedCashFlows.columns))


def _quantiles(name: str, draws: Floats, shares: tuple[float, ...]) -> dict[str, object]:
    names = (f"{name}_p{share * 100:.0f}" for share in shares)
    return dict(zip(names, np.quantile(draws, shares).tolist(), strict=True))


def _forgotten(plan: Plan, others: list[str]) -> list[str]:
    """Which costs may have been forgotten, by option."""
    costless = [name for name in plan.lines["option"].unique() if not plan.is_of(name, "cost").any()]
    absent = {name: ", ".join(forgotten_costs(plan.lines[plan.is_of(name)])) for name in others}
    return [
        *(f"option {quoted(name)} has benefit lines only: what does it cost?" for name in costless),
        *(
            f"no line of {quoted(name)} is for {kinds}: ask what that costs, if only to write 0"
            for name, kinds in absent.items()
            if kinds
        ),
    ]


def _in_words(month: float) -> str:
    return "" if math.isnan(month) else f"month {month:.0f}" if math.isfinite(month) else "never"
