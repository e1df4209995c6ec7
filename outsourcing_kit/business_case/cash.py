"""What does each option cost, how sure is the saving, and how large is the plan's reserve?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.business_case.past_work import ReferenceClass, reference_class
from outsourcing_kit.business_case.showing import Shown
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

COLUMNS = ("line", "option", "kind", "first_month", "last_month", "low", "likely", "high")
CORRELATIONS = (0.0, 0.3, 0.6)
SHAPES = ("pert", "triangular", "lognormal")
VIEWS = ("inside", "outside")


@dataclass(frozen=True, repr=False)
class Reserve(Shown):
    """What a plan costs at its likely amounts, the budget, and the reserve between: `.reserve` = budget/planned − 1."""

    planned: float
    budget: float
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def reserve(self) -> float:
        """The reserve as a share of the plan; nan where it is not known."""
        return self.budget / self.planned - 1 if self.planned > 0 else math.nan

    @property
    def table(self) -> pd.DataFrame:
        """One row: planned, budget (currency), reserve (share)."""
        return pd.DataFrame([{"planned": self.planned, "budget": self.budget, "reserve": self.reserve}])

    def __float__(self) -> float:
        return self.reserve


@dataclass(frozen=True, repr=False)
class SingleNumberCase(Shown):
    """The business case that uses the likely amounts only. `.table`: option, planned, present_value, saving."""

    table: pd.DataFrame
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def saving(self) -> float:
        """Present value of staying minus that of outsourcing, at the likely amounts; nan where unknown."""
        return float(self.table["saving"].iloc[-1]) if len(self.table) else math.nan


@dataclass(frozen=True, repr=False)
class NoSaving(Shown):
    """P(outsourcing costs at least as much as staying) under every assumption tried: `.table`; see `no_saving`.

    estimate: the central one; low, high: the range over all of them (shares). saving, saving_low, saving_high: median
    saving (present value, currency) centrally, and its 10th and 90th percentile there. break_even: how many times its
    likely cost outsourcing may cost before it saves nothing, at likely amounts. plan_low, plan_high: 10th and 90th
    percentile of the option's costs, inside view, as multiples of their likely sum. n: cost lines. lines: the present
    value of each line at its low, likely and high amount, widest first.
    """

    table: pd.DataFrame
    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan
    saving: float = math.nan
    saving_low: float = math.nan
    saving_high: float = math.nan
    break_even: float = math.nan
    plan_low: float = math.nan
    plan_high: float = math.nan
    n: int = 0
    lines: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    reference: ReferenceClass | None = field(default=None, compare=False)
    missing: str = ""
    notes: tuple[str, ...] = ()

    def range_of(self, view: str) -> tuple[float, float]:
        """Lowest and highest P(no saving) in one view ("inside" or "outside"); nan where it was not tried."""
        seen = self.table.loc[self.table["view"] == view, "no_saving"]
        return (float(seen.min()), float(seen.max())) if len(seen) else (math.nan, math.nan)


def reserve_of(cash_flows: pd.DataFrame, budget: float | None, *, option: str = "outsource") -> Reserve:
    """The reserve that a plan's budget holds: budget/planned − 1, planned = Σ likely × months over its cost lines.

    Not discounted: budgets are not. A negative reserve means that the budget is below the plan itself.

    Args:
        cash_flows: rows of table `cash_flows`.
        budget: what was set aside, in the engagement's currency; None where it is not known.
        option: which option's cost lines are the plan.

    Example: 4,000 a month for 24 months and 4,000 once make 100,000; a budget of 110,000 holds 10% in reserve.

    >>> lines = pd.DataFrame({"line": ["fee", "search"], "option": "outsource", "kind": "cost", "first_month": [1, 0],
    ...                       "last_month": [24, 0], "low": [0, 0], "likely": [4000, 4000], "high": [9000, 9000]})
    >>> round(reserve_of(lines, 110_000).reserve, 10)
    0.1
    """
    lines, missing, notes = _lines(cash_flows)
    chosen = lines[(lines["option"] == option) & (lines["kind"] == "cost")]
    planned = float((chosen["likely"] * (chosen["last_month"] - chosen["first_month"] + 1)).sum())
    if not missing and not planned > 0:
        missing = f"needs cost lines above 0 of option {option!r} in table cash_flows"
    if budget is None:
        missing = f"{missing} and" if missing else "needs"
        missing += " budget in engagement.toml (what was set aside, reserve included)"
    return Reserve(planned or math.nan, math.nan if budget is None else float(budget), missing, notes)


def single_number_case(
    cash_flows: pd.DataFrame, *, discount_rate: float = 0.05, option: str = "outsource", against: str = "stay"
) -> SingleNumberCase:
    """The usual business case: every line at its likely amount, one saving at the end, nothing about how sure it is.

    `.table`: option; planned, Σ likely × months of costs less benefits; present_value, the same discounted monthly;
    saving, present value of `against` minus the row's own (blank in the row of `against`).

    Args:
        cash_flows: rows of table `cash_flows`.
        discount_rate: a year, as a share.
        option, against: the two options compared.

    Raises:
        OutsourcingKitError: for a discount rate outside 0 to 1.

    Example: 100 a month for 12 months inside, 80 outside, no interest: 240 saved.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [90, 70], "likely": [100, 80], "high": [110, 130]})
    >>> single_number_case(lines, discount_rate=0).saving
    240.0
    """
    _check_rate(discount_rate)
    lines, missing, notes = _lines(cash_flows)
    missing = missing or _options_missing(lines, option, against)
    if missing:
        empty = pd.DataFrame(columns=["option", "planned", "present_value", "saving"])
        return SingleNumberCase(empty, missing, notes)
    signed = lines["likely"] * np.where(lines["kind"] == "benefit", -1.0, 1.0)
    months = lines["last_month"] - lines["first_month"] + 1
    planned = (signed * months).groupby(lines["option"]).sum()
    present = (signed * _factors(lines, discount_rate)).groupby(lines["option"]).sum()
    table = pd.DataFrame(
        {
            "option": [against, option],
            "planned": [planned[against], planned[option]],
            "present_value": [present[against], present[option]],
            "saving": [math.nan, present[against] - present[option]],
        }
    )
    return SingleNumberCase(table, "", notes)


def no_saving(
    cash_flows: pd.DataFrame,
    estimates: pd.DataFrame | None = None,
    *,
    plan_class: str | None = None,
    option: str = "outsource",
    against: str = "stay",
    draws: int = 4000,
    discount_rate: float = 0.05,
    correlations: Sequence[float] = CORRELATIONS,
    shapes: Sequence[str] = SHAPES,
    seed: int = 0,
) -> NoSaving:
    """How likely is it that outsourcing saves nothing, under each assumption that nobody knows?

    Each line's amount a month is one uncertain number, the same in all its months. An option costs Σ cost lines −
    Σ benefit lines, discounted monthly. P = share of the draws with cost(option) ≥ cost(against).

    `.table` has one row for each view × shape × correlation: no_saving (P), and the saving's 10th, 50th and 90th
    percentile (saving_p10, saving_median, saving_p90; present value, currency).
      view         inside: the lines as they stand. outside: the option's costs times a ratio actual/estimated of the
                   plan's reference class, each past item equally likely; abandoned ones count as the largest ratio
                   seen, or what they had taken by then if that is more.
      shape        what low, likely and high mean: see `draws.quantile_tables`.
      correlation  how much the cost lines of one option miss their plan together (Gaussian copula); the two options
                   and all benefit lines vary on their own.
    All rows use the same random numbers, so differences between them come from the assumptions. The central estimate
    is the outside view (inside, if there is no past work), PERT, correlation 0.3; or the nearest of those asked for.

    Args:
        cash_flows: rows of table `cash_flows`.
        estimates: rows of table `estimates`, for the outside view; None for the inside view only.
        plan_class: reference class of the plan; None uses all past work.
        option, against: the two options compared.
        draws: random draws of each amount; 10,000 put the Monte Carlo error of P under half a point.
        discount_rate: a year, as a share.
        correlations: each from 0 to 1.
        shapes: any of "pert", "triangular", "lognormal", "uniform".
        seed: of the random numbers.

    Raises:
        OutsourcingKitError: a discount rate outside 0 to 1, low > likely or likely > high, an unknown shape.

    Source: reference class forecasting, Flyvbjerg et al. 2022, doi 10.1080/07421222.2022.2096544.

    Example: nothing uncertain, 100 a month inside against 80 outside; three of four past moves took 1.5 times as long.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": [10, 10, 10, 10], "actual": [10, 15, 15, 15]})
    >>> result = no_saving(lines, past)
    >>> result.range_of("inside"), result.range_of("outside"), result.break_even
    ((0.0, 0.0), (0.75, 0.75), 1.25)
    """
    _check_rate(discount_rate)
    if not (isinstance(draws, int | np.integer) and draws >= 100):
        raise OutsourcingKitError(f"draws is {draws!r}; expected a whole number of at least 100. Mend: draws=10_000.")
    if not len(correlations) or not len(shapes):
        raise OutsourcingKitError(
            "No correlation or no shape given; expected at least one of each. Mend: leave it out."
        )
    for shape in shapes:
        if shape not in kernel.SHAPES:
            raise UnknownNameError.of("shape", shape, kernel.SHAPES)
    reference = reference_class(pd.DataFrame() if estimates is None else estimates, plan_class)
    lines, missing, notes = _lines(cash_flows)
    missing = missing or _options_missing(lines, option, against)
    if missing:
        return NoSaving(_no_scenarios(), reference=reference, missing=missing, notes=notes)
    lines = lines[lines["option"].isin([option, against])].reset_index(drop=True)
    notes = (*notes, *_horizon_note(lines, option, against))

    ratios = {"inside": np.ones(1)}
    if len(past := reference.drawable_ratios):
        ratios["outside"] = past
    scenarios, plan = _scenarios(
        lines, option, ratios, int(draws), discount_rate, tuple(correlations), tuple(shapes), seed
    )
    view = "outside" if "outside" in ratios else "inside"
    central = scenarios[scenarios["view"] == view].iloc[_nearest_central(correlations, shapes)]
    return NoSaving(
        scenarios,
        estimate=float(central["no_saving"]),
        low=float(scenarios["no_saving"].min()),
        high=float(scenarios["no_saving"].max()),
        saving=float(central["saving_median"]),
        saving_low=float(central["saving_p10"]),
        saving_high=float(central["saving_p90"]),
        break_even=_break_even(lines, option, discount_rate),
        plan_low=plan[0],
        plan_high=plan[1],
        n=int((lines["kind"] == "cost").sum()),
        lines=_line_values(lines, discount_rate),
        reference=reference,
        notes=notes,
    )


def _scenarios(
    lines: pd.DataFrame,
    option: str,
    ratios: dict[str, np.ndarray],
    draws: int,
    discount_rate: float,
    correlations: tuple[float, ...],
    shapes: tuple[str, ...],
    seed: int,
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """P and saving quantiles of every scenario; and the inside plan's 10th and 90th percentile over its likely cost."""
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((draws, len(lines)))
    common = rng.standard_normal((draws, 2))
    pick = rng.random(draws)

    is_out = (lines["option"] == option).to_numpy()
    is_cost = (lines["kind"] == "cost").to_numpy()
    weights = _factors(lines, discount_rate)
    low, likely, high = (lines[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
    scores = {}
    for correlation in correlations:
        scores[correlation] = own.copy()
        for cause, members in enumerate((is_cost & is_out, is_cost & ~is_out)):
            scores[correlation][:, members] = kernel.normal_scores(own[:, members], common[:, cause], correlation)
    rows: dict[tuple[str, str, float], dict[str, object]] = {}
    plan = (math.nan, math.nan)
    for shape in shapes:
        tables = kernel.quantile_tables(low, likely, high, lines["is_decile"].to_numpy(), shape)
        for correlation in correlations:
            money = kernel.amounts(tables, scores[correlation]) * weights
            cost = money[:, is_out & is_cost].sum(axis=1)
            # What the option's costs may come to before the saving is gone.
            room = money[:, is_out & ~is_cost].sum(axis=1) + money[:, ~is_out] @ np.where(is_cost[~is_out], 1.0, -1.0)
            if (shape, correlation) == (shapes[0], correlations[min(1, len(correlations) - 1)]):
                base = float((likely * weights)[is_out & is_cost].sum())
                plan = tuple(float(value) / base if base else math.nan for value in np.quantile(cost, (0.1, 0.9)))
            for view, past in ratios.items():
                saving = room - cost * past[(pick * len(past)).astype(int)]
                p10, p50, p90 = np.quantile(saving, (0.1, 0.5, 0.9))
                rows[view, shape, correlation] = {
                    "view": view,
                    "shape": shape,
                    "correlation": float(correlation),
                    "no_saving": _share_at_least(past, cost, room),
                    "saving_p10": float(p10),
                    "saving_median": float(p50),
                    "saving_p90": float(p90),
                }
    order = [(view, shape, correlation) for view in ratios for shape in shapes for correlation in correlations]
    return pd.DataFrame([rows[key] for key in order]), plan


def _share_at_least(ratios: np.ndarray, cost: np.ndarray, room: np.ndarray) -> float:
    """P(ratio × cost ≥ room) over draws and ratios: each draw's share of ratios is exact, so none is left to chance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        threshold = np.where(cost > 0, room / cost, np.where(room > 0, math.inf, -math.inf))
    # The hair lets amounts that are equal on paper count as equal.
    enough = len(ratios) - np.searchsorted(ratios, threshold * (1 - 1e-9), side="left")
    return float(enough.mean() / len(ratios))


def _break_even(lines: pd.DataFrame, option: str, discount_rate: float) -> float:
    money = lines["likely"].to_numpy(dtype=float) * _factors(lines, discount_rate)
    is_out, is_cost = (lines["option"] == option).to_numpy(), (lines["kind"] == "cost").to_numpy()
    cost = money[is_out & is_cost].sum()
    room = money[is_out & ~is_cost].sum() + money[~is_out & is_cost].sum() - money[~is_out & ~is_cost].sum()
    return float(round(room / cost, 12)) if cost > 0 else math.nan


def _line_values(lines: pd.DataFrame, discount_rate: float) -> pd.DataFrame:
    weights = _factors(lines, discount_rate)
    values = lines[["line", "option", "kind"]].assign(
        months=(lines["last_month"] - lines["first_month"] + 1).astype(int),
        low_value=lines["low"] * weights,
        likely_value=lines["likely"] * weights,
        high_value=lines["high"] * weights,
    )
    width = values["high_value"] - values["low_value"]
    return values.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _nearest_central(correlations: Sequence[float], shapes: Sequence[str]) -> int:
    shape = list(shapes).index("pert") if "pert" in shapes else 0
    return shape * len(correlations) + int(np.argmin([abs(value - 0.3) for value in correlations]))


def _lines(cash_flows: pd.DataFrame) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Checked lines, what is missing ("" if nothing), and notes. Raises for ranges that are out of order."""
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    if not len(cash_flows):
        return empty, "needs table cash_flows", ()
    absent = [name for name in COLUMNS if name not in cash_flows and name != "line"]
    if absent:
        return empty, f"needs table cash_flows, column {', '.join(absent)}", ()
    numbers = ["first_month", "last_month", "low", "likely", "high"]
    lines = cash_flows.copy()
    try:
        lines[numbers] = lines[numbers].astype(float)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"cash_flows holds an amount or month that is not a number ({error}); expected plain numbers. "
            "Mend: write 4000, not '4,000 EUR'."
        ) from error
    if "line" not in lines:
        lines["line"] = [f"line {number}" for number in range(1, len(lines) + 1)]
    means = lines["range_means"] if "range_means" in lines else pd.Series("limits", index=lines.index)
    lines["is_decile"] = (means == "p10-p90").to_numpy(dtype=bool)
    blank = lines[numbers].isna().any(axis=1)
    notes = (f"{int(blank.sum())} cash flow lines with a blank month or amount left out",) if blank.any() else ()
    lines = lines[~blank]
    for first, second in (("low", "likely"), ("likely", "high"), ("first_month", "last_month")):
        wrong = lines[lines[first] > lines[second]]
        if len(wrong):
            row = wrong.iloc[0]
            raise OutsourcingKitError(
                f"Line {row['line']!r} of option {row['option']!r} has {first} {row[first]:g} and {second} "
                f"{row[second]:g} ({len(wrong)} such lines); expected {first} ≤ {second}. Mend: swap or correct them."
            )
    negative = lines[lines["low"] < 0]
    if len(negative):
        row = negative.iloc[0]
        raise OutsourcingKitError(
            f"Line {row['line']!r} has low {row['low']:g}; expected amounts of 0 or more. Mend: write what is gained "
            "as a line of kind 'benefit'."
        )
    return lines, "" if len(lines) else "needs cash_flows with amounts", notes


def _options_missing(lines: pd.DataFrame, option: str, against: str) -> str:
    found = sorted(lines["option"].dropna().astype(str).unique())
    absent = [name for name in (option, against) if name not in found]
    if absent:
        return f"needs lines of both options {option!r} and {against!r} in table cash_flows; found {', '.join(found)}"
    costs = set(lines.loc[lines["kind"] == "cost", "option"])
    if option not in costs:
        return f"needs cost lines of option {option!r} in table cash_flows; all of its lines are benefits"
    return ""


def _horizon_note(lines: pd.DataFrame, option: str, against: str) -> tuple[str, ...]:
    last = lines.groupby("option")["last_month"].max()
    if last[option] == last[against]:
        return ()
    return (
        f"the horizons differ: lines of {option!r} end in month {last[option]:.0f}, those of {against!r} in month "
        f"{last[against]:.0f}; compare the same months",
    )


def _factors(lines: pd.DataFrame, discount_rate: float) -> np.ndarray:
    months = (lines[name].to_numpy(dtype=float) for name in ("first_month", "last_month"))
    return kernel.discount_factors(*months, discount_rate)


def _no_scenarios() -> pd.DataFrame:
    text = {name: pd.Series(dtype=object) for name in ("view", "shape")}
    numbers = ("correlation", "no_saving", "saving_p10", "saving_median", "saving_p90")
    return pd.DataFrame({**text, **{name: pd.Series(dtype=float) for name in numbers}})


def _check_rate(rate: float) -> None:
    try:
        value = float(rate)
    except (TypeError, ValueError):
        value = math.nan
    if 0 <= value <= 1:
        return
    mend = f"discount_rate={value / 100:g}" if 1 < value <= 100 else "discount_rate=0.05"
    raise OutsourcingKitError(
        f"discount_rate is {rate!r}; expected a share a year from 0 to 1, so that 8% is 0.08. Mend: {mend}."
    )
