"""Which line of a plan decides the saving, and what would have to be true of it?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.business_case.deciding import OVERRUN, Deciding, told
from outsourcing_kit.business_case.lines import (
    bent_note,
    check_rate,
    checked_lines,
    horizon_note,
    options_compared,
    present_value_factors,
)
from outsourcing_kit.business_case.past_work import ReferenceClass
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats.sobol import Quantiles, SobolIndices, checked_draws, sobol_indices
from outsourcing_kit.text import quoted

Floats = np.ndarray[Any, np.dtype[np.float64]]

_NUMBERS = ("low", "likely", "high", "saving_at_low", "saving_at_high", "swing", "first", "total", "turning_point",
            "beyond")  # fmt: skip
# What is closer to zero than this share of all the money involved is zero on paper.
_TOLERANCE = 1e-9


@dataclass(frozen=True, repr=False)
class Sensitivity(Shown):
    """What each line of a plan does to its saving, widest swing first: `.table`; see `sensitivity`.

    option, against: the options compared. saving: at the likely amounts (present value, currency). in_words: what would
    have to be true of the first line. assumptions: what was taken as given. indices: the Sobol indices with their
    intervals, of all that is uncertain; None where nothing is.
    """

    table: pd.DataFrame
    option: str = "outsource"
    against: str = "stay"
    saving: float = math.nan
    in_words: str = ""
    assumptions: str = ""
    indices: SobolIndices | None = field(default=None, compare=False)
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("first", "total", "beyond")

    @property
    def ends(self) -> list[list[str]]:
        """Low and high of each row of `.table` in words, for a figure; the one amount where there is no range."""
        found = []
        for row in self.table.to_dict("records"):
            words = told(row["low"]) if row["low"] == row["high"] else told(row["low"], row["high"])
            found.append([f"{word} times" for word in words] if row["kind"] == "overrun" else words)
        return found

    def _view(self) -> pd.DataFrame:
        view = self.table
        is_ratio = view["kind"] == "overrun"
        if is_ratio.any():
            # Ratios among amounts: each as what it is.
            for name in ("low", "likely", "high", "turning_point"):
                texts = [
                    "" if math.isnan(value) else f"{value:.2f} times" if ratio else told(value)[0]
                    for value, ratio in zip(self.table[name], is_ratio, strict=True)
                ]
                view = view.assign(**{name: texts})
        # A page has room for what a line may be and from where on it decides; the tornado shows the savings.
        narrow = ["saving_at_low", "saving_at_high", "swing", "first"]
        if view["kind"].isin(["cost", "overrun"]).all():
            narrow.append("kind")
        if view.loc[~is_ratio, "range_means"].eq("limits").all():
            narrow.append("range_means")
        return view.drop(columns=narrow)

    def _caption(self) -> str:
        return self.assumptions

    def _notes(self) -> tuple[str, ...]:
        return (self.in_words, *self.notes)


def sensitivity(
    cash_flows: pd.DataFrame,
    *,
    option: str | None = None,
    against: str | None = None,
    reference: ReferenceClass | None = None,
    shape: str = "pert",
    discount_rate: float = 0.05,
    rates: Mapping[str, float] | None = None,
    draws: int = 2048,
    seed: int = 0,
) -> Sensitivity:
    """Which line decides whether an option saves anything, and what would have to be true of it?

    saving = present value of `against` − that of `option`, each Σ cost lines − Σ benefit lines; a line's amount a month
    is one uncertain number, the same in all its months.

    `.table` has one row a line of the two options, widest swing first:
      line, option, kind              as in the table
      low, likely, high               amounts a month
      saving_at_low, saving_at_high   saving with this line at low or high and all others at likely (present value)
      swing                           |saving_at_high − saving_at_low|
      first, total                    Sobol indices of the saving (`stats.sobol_indices`), all that is uncertain
                                      varying on its own: the share of its variance that goes if this line becomes
                                      known, and that is left if all others do. The saving is a sum of its lines, so
                                      the two are equal up to their error
      turning_point                   amount a month at which the saving is exactly 0, all others at likely; blank
                                      where no amount of 0 or more does it
      beyond                          chance that this line alone takes the saving to 0 or below, all others at likely
      range_means                     what low and high are: limits, or p10-p90
    With `reference` one row more, of kind "overrun": by how much all costs of `option` are multiplied. Its values are
    ratios: low and high the 10th and 90th percentile of actual/estimated of past work, likely 1, the plan as it stands
    (which past work may never have met). Each past item is equally likely; abandoned ones count as the largest ratio
    seen, or what they had taken by then if that is more. In all other rows the ratio is 1. A past ratio holds all that
    went otherwise than planned, so that the cost lines of `option` have no indices of their own then: they are blank.

    Swings compare ends that may be ten times as likely in one line as in another; the indices use whole distributions.

    Args:
        cash_flows: rows of table `cash_flows`.
        option, against: the two options compared; None: the one that hands work out ("outsource", else the first that
            is not the other) and the one that keeps it inside ("stay", or another word for it).
        reference: past work like the plan (`reference_class`).
        shape: "pert", "triangular", "lognormal" or "uniform"; see `draws.quantile_tables`.
        discount_rate: a year, as a share.
        rates: with a column `currency`, what one unit of each is in the currency of the result.
        draws: base points of each of 8 scrambles, for the indices only; made up to a power of two.
        seed: of the scrambles; the same seed gives the same bytes.

    Raises:
        OutsourcingKitError: low > likely or likely > high, negative amounts, several currencies without a rate, a
            discount rate, shape, reference or number of draws that cannot be.

    Source: Sobol indices, Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018.

    Example: 12 months, no interest: 12 × 100 for the team against 12 × 80 for the agency, 240 saved. At 110 the agency
    leaves 12 × (100 − 110) = −120, at 70 it leaves 360; at 100 nothing.

    >>> lines = pd.DataFrame({"line": ["team", "agency"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [95, 70], "likely": [100, 80], "high": [105, 110]})
    >>> found = sensitivity(lines, discount_rate=0)
    >>> found.table[["saving_at_low", "saving_at_high", "swing", "turning_point"]].iloc[0].tolist()
    [360.0, -120.0, 480.0, 100.0]
    >>> print(found.in_words)
    Outsourcing saves as long as 'agency' stays below 100 a month (likely 80, at most 110), all else as planned.
    """
    check_rate(discount_rate)
    _, made_up = checked_draws(draws)
    if shape not in kernel.SHAPES:
        raise UnknownNameError.of("shape", shape, kernel.SHAPES)
    if reference is not None and not isinstance(reference, ReferenceClass):
        raise OutsourcingKitError(
            f"reference is a {type(reference).__name__}; expected a reference class. "
            "Mend: reference=reference_class(estimates, plan_class)."
        )
    lines, missing, notes = checked_lines(cash_flows, rates)
    option, against, incomplete, said = options_compared(lines, option, against)
    notes = (*notes, *said)
    if missing := missing or incomplete:
        return Sensitivity(_no_lines(), option, against, missing=missing, notes=notes)
    lines = lines[lines["option"].isin([option, against])].reset_index(drop=True)
    plan = _plan_of(lines, option, reference, discount_rate, shape)
    indices = _indices(plan, draws, seed)
    rows = [_line_row(plan, number, row) for number, row in enumerate(lines.to_dict("records"))]
    if plan.is_outside:
        rows.append(_overrun_row(plan, option))
    columns = _no_lines()
    table = pd.DataFrame(rows).assign(**_shares_of(plan, indices))[list(columns)].astype(columns.dtypes.to_dict())
    table = table.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)
    words = f"Saving of {quoted(option)} over {quoted(against)} at the likely amounts: {told(plan.saving)[0]}"
    return Sensitivity(
        table,
        option,
        against,
        plan.saving,
        Deciding(table, option, against, plan.saving, plan.ratios, plan.abandoned).in_words,
        f"{words} (present value at {100 * discount_rate:g}% a year); {shape} lines",
        indices,
        notes=(
            *_of_the_indices(plan, indices),
            *(made_up if indices is not None else ()),
            *notes,
            *bent_note(lines, (shape,)),
            *horizon_note(lines, (option, against)),
            *_of_the_past(plan, reference),
        ),
    )


class _Plan(NamedTuple):
    """The saving as a sum over lines, slope × amount.

    Where there are past ratios, the likely costs of the option (`is_planned`) are multiplied by one.
    """

    low: Floats
    likely: Floats
    high: Floats
    slope: Floats
    is_planned: np.ndarray[Any, np.dtype[np.bool_]]
    quantiles: Floats
    ratios: Floats
    abandoned: int
    saving: float
    tolerance: float

    @property
    def cost(self) -> float:
        """What the option costs at the likely amounts, its benefits aside."""
        return float(-(self.slope * self.likely)[self.is_planned].sum())

    @property
    def is_outside(self) -> bool:
        return len(self.ratios) > 0

    @property
    def uncertain(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The lines that vary on their own. The plan's costs do so together, where past work says how."""
        return np.flatnonzero((self.high > self.low) & ~(self.is_planned & self.is_outside))

    @property
    def overrun_varies(self) -> bool:
        return self.is_outside and bool(self.ratios[-1] > self.ratios[0])


def _plan_of(
    lines: pd.DataFrame, option: str, reference: ReferenceClass | None, discount_rate: float, shape: str
) -> _Plan:
    low, likely, high = (lines[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
    is_out, is_cost = (lines["option"] == option).to_numpy(), (lines["kind"] == "cost").to_numpy()
    slope = present_value_factors(lines, discount_rate) * np.where(is_out == is_cost, -1.0, 1.0)
    tables = kernel.quantile_tables(low, likely, high, lines["is_decile"].to_numpy(dtype=bool), shape)
    ratios = np.array([]) if reference is None else reference.drawable_ratios
    abandoned = 0 if reference is None else int(np.isinf(reference.ratios).sum())
    saving, tolerance = float((slope * likely).sum()), _TOLERANCE * float(np.abs(slope * likely).sum())
    saving = 0.0 if abs(saving) <= tolerance else saving
    return _Plan(low, likely, high, slope, is_out & is_cost, tables, ratios, abandoned, saving, tolerance)


def _no_lines() -> pd.DataFrame:
    numbers = dict.fromkeys(_NUMBERS, "float64")
    return blank_table(line="object", option="object", kind="object", **numbers, range_means="object")


def _line_row(plan: _Plan, number: int, row: dict[Any, Any]) -> dict[str, object]:
    slope, likely = float(plan.slope[number]), float(plan.likely[number])
    at_low, at_high = (plan.saving + slope * (end - likely) for end in (row["low"], row["high"]))
    turning = likely - plan.saving / slope
    # The tolerance lets a turning point of 0 on paper be 0.
    turning = max(turning, 0.0) if turning >= -plan.tolerance / abs(slope) else math.nan
    return {
        "line": f"line {number + 1}" if pd.isna(row["line"]) else str(row["line"]),
        "option": row["option"],
        "kind": row["kind"],
        **{name: float(row[name]) for name in ("low", "likely", "high")},
        "saving_at_low": at_low,
        "saving_at_high": at_high,
        "swing": abs(at_high - at_low),
        "turning_point": turning,
        "beyond": _beyond(plan, number),
        "range_means": "p10-p90" if row["is_decile"] else "limits",
    }


def _beyond(plan: _Plan, number: int) -> float:
    """P(saving ≤ 0) with this line from its distribution and all others at likely."""
    slope, likely, table = float(plan.slope[number]), float(plan.likely[number]), plan.quantiles[number]
    if not plan.high[number] > plan.low[number]:
        return float(plan.saving <= 0)
    turning = likely - plan.saving / slope
    from scipy.special import ndtr

    # The table's columns are normal scores from −5 to 5. Where an amount has several, the last: turning counts as lost.
    side, scores = math.copysign(1.0, slope), np.linspace(-5.0, 5.0, len(table))
    return float(ndtr(np.interp(side * turning, np.sort(side * table), scores, left=-math.inf, right=math.inf)))


def _overrun_row(plan: _Plan, option: str) -> dict[str, object]:
    cost, ratios = plan.cost, plan.ratios
    low, high = (float(end) for end in np.quantile(ratios, (0.1, 0.9)))
    at_low, at_high = (plan.saving - (end - 1) * cost for end in (low, high))
    turning = 1 + plan.saving / cost if cost > 0 else math.nan
    turning = max(turning, 0.0) if turning >= -_TOLERANCE else math.nan
    loses = plan.saving - (ratios - 1) * cost <= plan.tolerance
    return {
        "line": OVERRUN,
        "option": option,
        "kind": "overrun",
        "low": low,
        "likely": 1.0,
        "high": high,
        "saving_at_low": at_low,
        "saving_at_high": at_high,
        "swing": abs(at_high - at_low),
        "turning_point": turning,
        "beyond": float(loses.mean()),
        "range_means": "p10-p90",
    }


def _indices(plan: _Plan, draws: int, seed: int) -> SobolIndices | None:
    """Sobol indices of what varies: the uncertain lines in their order, then the overrun if there is one."""
    inputs = [_quantiles_of(plan.quantiles[number]) for number in plan.uncertain]
    slope = plan.slope[plan.uncertain]
    if plan.overrun_varies:
        inputs.append(lambda shares: plan.ratios[(shares * len(plan.ratios)).astype(np.int64)])
        slope = np.append(slope, -plan.cost)
    return sobol_indices(lambda points: points @ slope, inputs, draws=draws, seed=seed) if inputs else None


def _quantiles_of(table: Floats) -> Quantiles:
    from scipy.special import ndtri

    return lambda shares: kernel.amounts(table[None, :], ndtri(shares)[:, None])[:, 0]


def _shares_of(plan: _Plan, indices: SobolIndices | None) -> dict[str, Floats]:
    """Columns first and total of all rows: 0 for what does not vary, blank for what varies as part of the overrun."""
    rows = len(plan.likely) + plan.is_outside
    shares = {name: np.full(rows, math.nan if indices is None else 0.0) for name in ("first", "total")}
    if indices is not None:
        varying = np.append(plan.uncertain, [rows - 1] * plan.overrun_varies).astype(np.int64)
        shares["first"][varying], shares["total"][varying] = indices.first, indices.total
        if plan.is_outside:
            for share in shares.values():
                share[np.flatnonzero(plan.is_planned)] = math.nan
    return shares


def _of_the_indices(plan: _Plan, indices: SobolIndices | None) -> list[str]:
    if indices is None:
        return []
    ends = (indices.total_high - indices.total_low) / 2
    within = "; the costs of the plan vary together, as its overrun, and have no share of their own"
    return [
        "total: the share of the saving's variance that is left if all else becomes known; up to "
        f"{100 * float(ends.max()):.1g} points of error{within if plan.is_outside else ''}"
    ]


def _of_the_past(plan: _Plan, reference: ReferenceClass | None) -> list[str]:
    if reference is None:
        return []
    if not len(plan.ratios):
        return [f"no row for an overrun of the plan: {reference.missing or 'no past work of this kind was finished'}"]
    return [
        f"{OVERRUN}: ratios actual/estimated of {len(plan.ratios)} past items, {plan.abandoned} of them abandoned; low "
        "and high are their 10th and 90th percentile, likely is the plan as it stands",
        *reference.notes,
    ]
