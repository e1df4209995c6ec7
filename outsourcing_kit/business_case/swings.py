"""Which line of a plan decides the saving, and what would have to be true of it? Exact, as the saving is a sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import check_rate
from outsourcing_kit.business_case.lines import bent_note, compared_lines, horizon_note
from outsourcing_kit.business_case.past_work import ReferenceClass, drawable
from outsourcing_kit.business_case.plan import Floats, Plan
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.text import quoted
from outsourcing_kit.words import numbers

OVERRUN = "overrun of the whole plan"
_PLANNED = ", all else as planned"
_TOLD = (
    f"{OVERRUN}: {{}}; low and high are their 10th and 90th percentile, likely is the plan as it stands",
    "no row for an overrun of the plan",
)
_TOLERANCE = 1e-9


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """What each line of a plan does to its saving, widest swing first: `.table`; see `sensitivity`.

    option, against: the options compared. saving: at the likely amounts (present value, currency). in_words: what would
    have to be true of the first line. assumptions: what was taken as given.
    """

    option: str = "outsource"
    against: str = "stay"
    saving: float = math.nan
    in_words: str = ""
    assumptions: str = ""

    columns: ClassVar[Mapping[str, str]] = {
        "line": "text", "option": "text", "kind": "text", "low": "number", "likely": "number", "high": "number",
        "saving_at_low": "money", "saving_at_high": "money", "swing": "money", "variance_share": "share",
        "turning_point": "number", "beyond": "share", "range_means": "text",
    }  # fmt: skip

    @property
    def ends(self) -> list[list[str]]:
        """Low and high of each row of `.table` in words, for a figure; the one amount where there is no range."""
        found = []
        for row in self.table.to_dict("records"):
            words = numbers(row["low"]) if row["low"] == row["high"] else numbers(row["low"], row["high"])
            found.append([f"{word} times" for word in words] if row["kind"] == "overrun" else words)
        return found

    def _view(self) -> pd.DataFrame:
        view = self.table
        is_ratio = view["kind"] == "overrun"
        if is_ratio.any():
            # Ratios among amounts: each as what it is.
            for name in ("low", "likely", "high", "turning_point"):
                texts = [
                    "" if math.isnan(value) else f"{value:.2f} times" if ratio else numbers(value)[0]
                    for value, ratio in zip(self.table[name], is_ratio, strict=True)
                ]
                view = view.assign(**{name: texts})
        # A page has room for what a line may be and from where on it decides; the tornado shows the savings.
        narrow = ["saving_at_low", "saving_at_high", "swing"]
        if view["kind"].isin(["cost", "overrun"]).all():
            narrow.append("kind")
        if view.loc[~is_ratio, "range_means"].eq("limits").all():
            narrow.append("range_means")
        return view.drop(columns=narrow)

    def _caption(self) -> str:
        return self.assumptions

    def _more(self) -> tuple[str, ...]:
        return (self.in_words,)


def sensitivity(
    cash_flows: pd.DataFrame, *, option: str | None = None, against: str | None = None,
    reference: ReferenceClass | None = None, shape: str = "pert", discount_rate: float = 0.05,
) -> Sensitivity:  # fmt: skip
    """Which line decides whether an option saves anything, and what would have to be true of it?

    saving = Σ slope × amount. `.table`, a row a line, widest swing first: low, likely, high (a month); saving_at_low,
    saving_at_high, all others at likely; swing, between those; variance_share, slope²·Var(amount) over the sum of
    all; turning_point, the amount at which the saving is 0; beyond, the chance that this line alone takes it there.

    Args:
        cash_flows: rows of this table.
        option, against: None: see `naive_saving`.
        reference: past work, for a row on the overrun of the whole plan.
        shape: see `shapes.quantiles`.
        discount_rate: a year, as a share.

    Raises:
        OutsourcingKitError: lines or arguments that cannot be.

    Source: Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018 (variance shares).

    Example: 12 × 100 against 12 × 80 saves 240; at 110 it is −120, at 70 360, at 100 nothing.

    >>> lines = pd.DataFrame({"line": ["team", "agency"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [95, 70], "likely": [100, 80], "high": [105, 110]})
    >>> found = sensitivity(lines, discount_rate=0)
    >>> found.table[["saving_at_low", "saving_at_high", "swing", "turning_point"]].iloc[0].tolist()
    [360.0, -120.0, 480.0, 100.0]
    >>> found.in_words[:53]
    "Outsourcing saves as long as 'agency' stays below 100"
    """
    check_rate(discount_rate)
    kernel.check_shape(shape)
    ratios = drawable(reference)
    lines, option, against, missing, notes = compared_lines(cash_flows, option, against)
    if missing:
        return Sensitivity.lacking(missing, option, against, notes=notes)
    lines = lines[lines["option"].isin([option, against])].reset_index(drop=True)
    plan = Plan.of(lines, discount_rate, shape)
    slope = plan.saves(option, against).sum(axis=1)
    saving, tolerance = float(slope @ plan.likely), _TOLERANCE * float(np.abs(slope) @ plan.likely)
    saving = 0.0 if abs(saving) <= tolerance else saving
    # Swings compare ends that may be ten times as likely in one line as in another; variances use whole distributions.
    parts = slope**2 * kernel.variances(plan.tables)
    table = _of_lines(plan, slope, saving, tolerance)
    # A past ratio holds all that went otherwise than planned, so that the plan's costs have no share of their own then.
    if len(ratios):
        own = plan.is_of(option, "cost")
        cost = float(-(slope * plan.likely)[own].sum())
        parts = np.append(np.where(own, math.nan, parts), cost**2 * ratios.var())
        table = pd.concat([table, _of_overrun(option, cost, ratios, saving, tolerance)], ignore_index=True)
    table["variance_share"] = parts / np.nansum(parts) if np.nansum(parts) > 0 else math.nan
    # Swings that are equal on paper keep the order of the lines.
    order = np.argsort(-np.round(table["swing"] / (tolerance or 1.0)), kind="stable")
    table = table[list(Sensitivity.columns)].iloc[order].reset_index(drop=True)
    words = f"Saving of {quoted(option)} over {quoted(against)} at the likely amounts: {numbers(saving)[0]}"
    return Sensitivity(
        table,
        option,
        against,
        saving,
        _in_words(table, option, against, saving, ratios, reference),
        f"{words} (present value at {100 * discount_rate:g}% a year); {shape} lines",
        notes=(
            *(("the costs of the plan vary together, as its overrun, and have no share of their own",)
              if len(ratios) else ()),
            *notes,
            *bent_note(lines, (shape,)),
            *horizon_note(lines, (option, against)),
            *(() if reference is None else reference.told(*_TOLD)),
        ),
    )  # fmt: skip


def _of_lines(plan: Plan, slope: Floats, saving: float, tolerance: float) -> pd.DataFrame:
    """A row a line, in the plan's order; all but its share of the variance."""
    from scipy.special import ndtr

    table = plan.lines[["line", "option", "kind", "low", "likely", "high"]].copy()
    table["range_means"] = np.where(plan.lines["is_decile"], "p10-p90", "limits")
    table = _with_ends(table, slope, saving)
    turning = plan.likely - saving / slope
    # The tolerance lets a turning point of 0 on paper be 0.
    table["turning_point"] = np.where(turning >= -tolerance / np.abs(slope), np.maximum(turning, 0.0), math.nan)
    # Where an amount has several scores, the last: the turning point itself counts as lost.
    side = np.sign(slope)
    at = [
        np.interp(sign * point, np.sort(sign * amounts), kernel.GRID, left=-math.inf, right=math.inf)
        for sign, point, amounts in zip(side, turning, plan.tables, strict=True)
    ]
    certain = (table["low"] == table["high"]).to_numpy()
    return table.assign(beyond=np.where(certain, float(saving <= 0), ndtr(np.array(at))))


def _with_ends(table: pd.DataFrame, slope: Floats, saving: float) -> pd.DataFrame:
    at = {end: saving + slope * (table[end] - table["likely"]) for end in ("low", "high")}
    return table.assign(saving_at_low=at["low"], saving_at_high=at["high"], swing=(at["high"] - at["low"]).abs())


def _of_overrun(option: str, cost: float, ratios: Floats, saving: float, tolerance: float) -> pd.DataFrame:
    low, high = np.quantile(ratios, (0.1, 0.9)).tolist()
    turning = 1 + saving / cost if cost > 0 else math.nan
    # Past items are counted, where a line's own range is a curve: a dozen of them have no smooth tail to read off.
    row = pd.DataFrame(
        {
            "line": [OVERRUN], "option": option, "kind": "overrun", "low": low, "likely": 1.0, "high": high,
            "range_means": "p10-p90", "turning_point": max(turning, 0.0) if turning >= -_TOLERANCE else math.nan,
            "beyond": float((saving - (ratios - 1) * cost <= tolerance).mean()),
        }
    )  # fmt: skip
    return _with_ends(row, np.array([-cost]), saving)


# ---- what would have to be true, in a sentence --------------------------------------------------------------------


def _in_words(
    table: pd.DataFrame, option: str, against: str, saving: float, ratios: Floats, reference: ReferenceClass | None
) -> str:
    """What would have to be true of the line with the widest swing; all else is as planned."""
    who = "Outsourcing" if (option, against) == ("outsource", "stay") else (
        f"Option {quoted(option)}, against {quoted(against)},"
    )  # fmt: skip
    first = table.iloc[0]
    if not first["swing"] > 0:
        verb = "saves" if saving > 0 else "loses"
        outcome = f"{verb} {numbers(abs(saving))[0]} (present value)" if saving else "neither saves nor loses anything"
        who = who[0].lower() + who[1:]
        return f"Every line is one amount, so that nothing here decides: at these amounts {who} {outcome}."
    if first["kind"] == "overrun":
        return _of_the_overrun(first, who, saving, len(ratios), reference is not None and reference.abandoned > 0)
    line = quoted(first["line"])
    if (table["line"] == first["line"]).sum() > 1:
        line += f" of {quoted(first['option'])}"
    return _of_a_line(first, who, line, saving)


def _of_a_line(row: pd.Series, who: str, line: str, saving: float) -> str:
    falls = bool(row["saving_at_high"] < row["saving_at_low"])
    worst, best = sorted((float(row["saving_at_low"]), float(row["saving_at_high"])))
    if math.isnan(row["turning_point"]):
        slope = (row["saving_at_high"] - row["saving_at_low"]) / (row["high"] - row["low"])
        amount = numbers(abs(float(saving - slope * row["likely"])))[0]
        saves, ends = ("would not save", "lost") if falls else ("saves", "saved")
        return f"{who} {saves} whatever {line} comes to{_PLANNED}: even at 0 a month {amount} would be {ends}."
    low, likely, high, limit = numbers(*(float(row[name]) for name in ("low", "likely", "high", "turning_point")))
    in_nine, in_eight = ("in 9 of 10 cases ", " in 8 of 10 cases") if row["range_means"] == "p10-p90" else ("", "")
    between, at_most, at_least = f"{low} to {high}{in_eight}", f"{in_nine}at most {high}", f"{in_nine}at least {low}"
    stays = f"stays {'below' if falls else 'above'} {limit} a month (likely {likely}, "
    if saving > 0 and worst > 0:
        return (
            f"{who} saves over the whole range of {line} ({between}){_PLANNED}; it would have to "
            f"{'rise' if falls else 'fall'} to {limit} a month to end the saving."
        )
    if saving > 0:
        return f"{who} saves as long as {line} {stays}{at_most if falls else at_least}){_PLANNED}."
    if best > 0:
        return f"{who} saves only if {line} {stays}{at_least if falls else at_most}){_PLANNED}."
    return (
        f"{who} would save only if {line} were {'below' if falls else 'above'} {limit} a month, outside its range "
        f"({between}){_PLANNED}."
    )


def _of_the_overrun(row: pd.Series, who: str, saving: float, count: int, abandoned: bool) -> str:
    if math.isnan(row["turning_point"]):
        return f"{who} would not save even if its costs came to nothing{_PLANNED}."
    reached, limit = round(float(row["beyond"]) * count), numbers(float(row["turning_point"]), 1.0)[0]
    counted = ", abandoned ones counted as the largest" if abandoned else ""
    word, found = ("as long as", f"{reached} of {count} past items took that many times their estimate or more")
    if not saving > 0:
        word, found = "only if", f"{count - reached} of {count} past items stayed below that many times their estimate"
    return f"{who} saves {word} its costs stay below {limit} times their likely amounts{_PLANNED}; {found}{counted}."
