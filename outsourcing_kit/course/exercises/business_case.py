"""Exercises of lesson 1: how large a reserve past work asks for, and how far costs may run before nothing is saved."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import naive_saving, no_saving, overrun_quantiles, reference_class
from outsourcing_kit.course.exercises.exercise import Exercise, WrongWay

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_SHARE = 0.8
_OTHER_PLACES: tuple[Literal["weibull", "hazen", "median_unbiased"], ...] = ("weibull", "hazen", "median_unbiased")

# ---- business_case.1: the reserve that 80% of past work stayed within ----------------------------------------------


def _reserve(records: Engagement) -> float:
    past = reference_class(records.estimates, records.settings.plan_class)
    return float(overrun_quantiles(past.table, q=(_SHARE,), alike=None).table["estimate"].iloc[0]) - 1


def _lacks_reserve(records: Engagement) -> str:
    if missing := reference_class(records.estimates, records.settings.plan_class).missing:
        return missing
    return "" if math.isfinite(_reserve(records)) else "so much past work was abandoned that no reserve would have done"


def _finished(records: Engagement) -> pd.DataFrame:
    past = reference_class(records.estimates, records.settings.plan_class).table
    return past[np.isfinite(past["ratio"].astype(float))]


def _quantile(values: pd.Series) -> float:
    return float(np.quantile(values.to_numpy(dtype=float), _SHARE)) if len(values) else math.nan


def _without_abandoned(records: Engagement) -> float:
    return _quantile(_finished(records)["ratio"]) - 1


def _mean(records: Engagement) -> float:
    return float(_finished(records)["ratio"].mean()) - 1


def _ratio_itself(records: Engagement) -> float:
    return _reserve(records) + 1


def _of_the_actual(records: Engagement) -> float:
    """The overrun as a share of what the work took: the same order of items, another base."""
    return 1 - 1 / _ratio_itself(records)


def _all_classes(records: Engagement) -> float:
    return float(overrun_quantiles(records.estimates, q=(_SHARE,), alike=None).table["estimate"].iloc[0]) - 1


def _other_quantile(q: float) -> Callable[[Engagement], float]:
    def reserve(records: Engagement) -> float:
        past = reference_class(records.estimates, records.settings.plan_class)
        return float(overrun_quantiles(past.table, q=(q,), alike=None).table["estimate"].iloc[0]) - 1

    return reserve


def _item_itself(beside: int) -> Callable[[Engagement], float]:
    """The reserve of the item just below (0) or above (1) the place of the quantile."""

    def reserve(records: Engagement) -> float:
        ratios = reference_class(records.estimates, records.settings.plan_class).ratios
        place = math.floor(round((len(ratios) - 1) * _SHARE, 9)) + beside
        return float(ratios[min(place, len(ratios) - 1)]) - 1

    return reserve


def _interpolated_elsewhere(method: Literal["weibull", "hazen", "median_unbiased"]) -> Callable[[Engagement], float]:
    """The quantile as another program has it: "weibull" is what a spreadsheet calls exclusive."""

    def reserve(records: Engagement) -> float:
        ratios = reference_class(records.estimates, records.settings.plan_class).ratios
        with np.errstate(invalid="ignore"):  # between an item and an abandoned one there is no place
            return float(np.quantile(ratios, _SHARE, method=method)) - 1

    return reserve


def _in_percent(records: Engagement) -> float:
    return 100 * _reserve(records)


def _ratio_in_percent(records: Engagement) -> float:
    return 100 * _ratio_itself(records)


# ---- business_case.2: the overrun at which nothing is saved --------------------------------------------------------


def _break_even(records: Engagement) -> float:
    return no_saving(records.cash_flows, draws=100, discount_rate=0.0).break_even - 1


def _lacks_lines(records: Engagement) -> str:
    return no_saving(records.cash_flows, draws=100, discount_rate=0.0).missing


def _discounted(records: Engagement) -> float:
    return no_saving(records.cash_flows, draws=100, discount_rate=0.05).break_even - 1


def _without_months(records: Engagement) -> float:
    amounts = records.cash_flows.assign(first_month=1, last_month=1)
    return no_saving(amounts, draws=100, discount_rate=0.0).break_even - 1


def _a_month_short(records: Engagement) -> float:
    lines = records.cash_flows
    shorter = lines.assign(likely=lines["likely"] * (lines["last_month"] - lines["first_month"]))
    once = shorter.assign(first_month=1, last_month=1, low=shorter["likely"], high=shorter["likely"])
    return no_saving(once, draws=100, discount_rate=0.0).break_even - 1


def _of_staying(records: Engagement) -> float:
    planned = naive_saving(records.cash_flows, discount_rate=0.0).table["planned"]
    return 1 - float(planned.iloc[1]) / float(planned.iloc[0])


def _in_money(records: Engagement) -> float:
    return naive_saving(records.cash_flows, discount_rate=0.0).saving


def _factor(records: Engagement) -> float:
    return _break_even(records) + 1


def _room_in_percent(records: Engagement) -> float:
    return 100 * _break_even(records)


EXERCISES = (
    Exercise(
        key="business_case.1",
        task=(
            "What reserve, as a share of the plan, would have been enough for 80% of the past work of the plan's "
            "class? Abandoned work never came in, whatever the reserve; do not round."
        ),
        hints=(
            "Compare each past item with its own estimate first: actual / estimated. What is an abandoned one's?",
            'An abandoned item is beyond every reserve: give it float("inf"), so that it stays in the count.',
            "ratio.quantile(0.8) is what 80% stayed within, the estimate included; the reserve is what is above 1.",
        ),
        expected=_reserve,
        wrong_ways=(
            WrongWay(
                "abandoned work left out",
                _without_abandoned,
                "That leaves out abandoned work: the plans that went worst would make the past look better.",
            ),
            WrongWay(
                "the mean",
                _mean,
                "That is the mean overrun of finished work: half of the plans or more may need more, and a few very "
                "long ones move it.",
            ),
            WrongWay(
                "the median", _other_quantile(0.5), "That is the median: half of the past work needed more than that."
            ),
            WrongWay(
                "the 20th percentile",
                _other_quantile(0.2),
                "That is the 20th percentile: 80% of the past work needed more than that.",
            ),
            WrongWay(
                "the 90th percentile",
                _other_quantile(0.9),
                "That is the 90th percentile: the reserve that 80% asks for is smaller.",
            ),
            WrongWay("percent", _in_percent, "That is in percent: a share of the plan is asked. Divide by 100."),
            WrongWay(
                "percent of the plan",
                _ratio_in_percent,
                "That is actual / estimated in percent, the estimate included: divide by 100, and what is above 1 is "
                "the reserve.",
            ),
            WrongWay(
                "the item below",
                _item_itself(0),
                "That is the item just below: between two items the course interpolates, as ratio.quantile(0.8) does.",
            ),
            WrongWay(
                "the item above",
                _item_itself(1),
                "That is the item just above: between two items the course interpolates, as ratio.quantile(0.8) does.",
            ),
            *(
                WrongWay(
                    f"interpolated elsewhere ({method})",
                    _interpolated_elsewhere(method),
                    "That is between two items too, but at another place, as some programs have it: the course takes "
                    "the one of ratio.quantile(0.8), a spreadsheet's PERCENTILE.INC.",
                )
                for method in _OTHER_PLACES
            ),
            WrongWay(
                "the ratio itself",
                _ratio_itself,
                "That is actual / estimated, the estimate included: the reserve is what is above 1.",
            ),
            WrongWay(
                "a share of the actual",
                _of_the_actual,
                "That is a share of what the work took: a reserve is set before, as a share of what was planned.",
            ),
            WrongWay(
                "all classes",
                _all_classes,
                "That takes all past work: the plan's own class is asked (plan_class in the settings).",
            ),
        ),
        unit="share of the plan",
        lacks=_lacks_reserve,
        because="A quantile holds up where a mean does not: one project out of control cannot move it far.",
    ),
    Exercise(
        key="business_case.2",
        task=(
            "By what share may the costs of outsourcing exceed their likely amounts before nothing is saved against "
            "staying? Likely amounts only, no discounting; negative if nothing is saved as it is; do not round."
        ),
        hints=(
            "Each line runs for last_month − first_month + 1 months. What does each option cost over all of them?",
            "Sum likely × months by option, benefits with a minus; nothing is saved once both sums are equal.",
            "What outsourcing may cost, divided by what it is likely to cost, minus 1.",
        ),
        expected=_break_even,
        wrong_ways=(
            WrongWay(
                "months forgotten",
                _without_months,
                "That adds the amounts of one month: a fee runs for many months, a hand-over for a few.",
            ),
            WrongWay(
                "a month short",
                _a_month_short,
                "That counts last_month − first_month months, one too few: a line from month 1 to 24 runs for 24.",
            ),
            WrongWay(
                "a share of staying",
                _of_staying,
                "That is the saving as a share of what staying costs: asked is the room above what outsourcing costs.",
            ),
            WrongWay(
                "money", _in_money, "That is the saving in money: divide it by what outsourcing is likely to cost."
            ),
            WrongWay("percent", _room_in_percent, "That is in percent: a share of the costs is asked. Divide by 100."),
            WrongWay("a factor", _factor, "That is the factor on the costs: the share above 1 is asked."),
            WrongWay(
                "discounted",
                _discounted,
                "That is discounted at 5% a year: right for a decision, but here the plain sums are asked.",
            ),
        ),
        unit="share of the likely costs",
        lacks=_lacks_lines,
        because="Hold it against the first exercise: is the room to break-even larger than the usual overrun?",
    ),
)
