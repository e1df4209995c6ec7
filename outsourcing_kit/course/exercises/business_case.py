"""Exercises of lesson 1: how large a reserve past work asks for, and how far costs may run before nothing is saved."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import naive_saving, no_saving, overrun_quantiles, reference_class
from outsourcing_kit.course.exercises.exercise import Answer, Exercise, shifted

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_SHARE = 0.8

# ---- business_case.1: the reserve that 80% of past work stayed within ----------------------------------------------


def _reserve(records: Engagement) -> float:
    past = reference_class(records.estimates, records.settings.plan_class)
    return float(overrun_quantiles(past.table, q=(_SHARE,), alike=None).table["estimate"].iloc[0]) - 1


def _lacks_reserve(records: Engagement) -> str:
    if missing := reference_class(records.estimates, records.settings.plan_class).missing:
        return missing
    return "" if math.isfinite(_reserve(records)) else "so much past work was abandoned that no reserve would have done"


def _of_ratios(take: Callable[[np.ndarray], Any], *, abandoned: bool = True) -> Answer:
    """What `take` makes of actual / estimated in order, the abandoned ones (endless) counted or not, minus 1."""

    def reserve(records: Engagement) -> float:
        ratios = np.sort(reference_class(records.estimates, records.settings.plan_class).ratios)
        chosen = ratios if abandoned else ratios[np.isfinite(ratios)]
        return float(take(chosen)) - 1 if len(chosen) else math.nan

    return reserve


def _item(ratios: np.ndarray, beside: int) -> float:
    """The item just below (0) or above (1) the place of the quantile."""
    place = math.floor((len(ratios) - 1) * _SHARE) + beside
    return float(ratios[min(place, len(ratios) - 1)])


_without_abandoned = _of_ratios(lambda ratios: np.quantile(ratios, _SHARE), abandoned=False)
_mean = _of_ratios(np.mean, abandoned=False)
_item_below = _of_ratios(lambda ratios: _item(ratios, 0))
_item_above = _of_ratios(lambda ratios: _item(ratios, 1))


# ---- business_case.2: the overrun at which nothing is saved --------------------------------------------------------


# Nothing is drawn for a break-even on likely amounts, so that few draws do.
def _break_even(lines: pd.DataFrame) -> float:
    return no_saving(lines, draws=100, discount_rate=0.0).break_even - 1


def _room(records: Engagement) -> float:
    return _break_even(records.cash_flows)


def _room_in_months(count: Callable[[pd.DataFrame], Any]) -> Answer:
    """The room if each line ran for `count` months."""

    def room(records: Engagement) -> float:
        lines = records.cash_flows
        whole = lines["likely"] * count(lines)
        return _break_even(lines.assign(first_month=1, last_month=1, low=whole, likely=whole, high=whole))

    return room


def _of_staying(records: Engagement) -> float:
    planned = naive_saving(records.cash_flows, discount_rate=0.0).table["planned"]
    return 1 - float(planned.iloc[1]) / float(planned.iloc[0])


def _in_money(records: Engagement) -> float:
    return naive_saving(records.cash_flows, discount_rate=0.0).saving


_months_forgotten = _room_in_months(lambda lines: 1)
_a_month_short = _room_in_months(lambda lines: lines["last_month"] - lines["first_month"])

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
        wrong_ways={
            _without_abandoned: (
                "That leaves out abandoned work: the plans that went worst would make the past look better."
            ),
            _mean: (
                "That is the mean overrun of finished work: half of the plans or more may need more, and a few very "
                "long ones move it."
            ),
            shifted(_reserve, 1): "That is actual / estimated, the estimate included: the reserve is what is above 1.",
            _item_below: (
                "That is the item just below: between two items the course interpolates, as ratio.quantile(0.8) does."
            ),
            _item_above: (
                "That is the item just above: between two items the course interpolates, as ratio.quantile(0.8) does."
            ),
        },
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
        expected=_room,
        wrong_ways={
            _months_forgotten: "That adds the amounts of one month: a fee runs for many months, a hand-over for a few.",
            _a_month_short: (
                "That counts last_month − first_month months, one too few: a line from month 1 to 24 runs for 24."
            ),
            _of_staying: (
                "That is the saving as a share of what staying costs: asked is the room above what outsourcing costs."
            ),
            _in_money: "That is the saving in money: divide it by what outsourcing is likely to cost.",
            shifted(_room, 1): "That is the factor on the costs: the share above 1 is asked.",
        },
        unit="share of the likely costs",
        lacks=lambda records: no_saving(records.cash_flows, draws=100, discount_rate=0.0).missing,
        because="Hold it against the first exercise: is the room to break-even larger than the usual overrun?",
    ),
)
