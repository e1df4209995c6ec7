"""Exercises of lesson 1: how large a reserve past work asks for, and how far costs may run before nothing is saved."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import naive_saving, no_saving, overrun_quantiles, reference_class
from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.engagement import Engagement

_SHARE = 0.8


def _reserve(records: Engagement) -> float:
    past = reference_class(records.estimates, records.settings.plan_class)
    return float(overrun_quantiles(past.table, q=(_SHARE,), alike=None).table["estimate"].iloc[0]) - 1


def _lacks_reserve(records: Engagement) -> str:
    if missing := reference_class(records.estimates, records.settings.plan_class).missing:
        return missing
    return "" if math.isfinite(_reserve(records)) else "so much past work was abandoned that no reserve would have done"


def _of_ratios(
    records: Engagement, statistic: Callable[..., Any] = np.quantile, *, abandoned: bool = False, **named: Any
) -> float:
    """A statistic of actual / estimated minus 1; abandoned work, which is endless, counts only where asked."""
    ratios = reference_class(records.estimates, records.settings.plan_class).ratios
    chosen = ratios if abandoned else ratios[np.isfinite(ratios)]
    return float(statistic(chosen, **named)) - 1 if len(chosen) else math.nan


# A break-even on likely amounts hangs on no draw and on no assumption, so that few and one of them do.
_compared = partial(no_saving, draws=100, discount_rate=0.0, correlations=(0.0,), shapes=("uniform",))


def _break_even(lines: pd.DataFrame) -> float:
    return _compared(lines).break_even - 1


def _room(records: Engagement) -> float:
    return _break_even(records.cash_flows)


def _at_once(lines: pd.DataFrame, months: Any) -> pd.DataFrame:
    """The lines as if each came in one month, with the amounts of so many."""
    whole = lines["likely"] * months
    return lines.assign(first_month=1, last_month=1, low=whole, likely=whole, high=whole)


def _a_month_short(records: Engagement) -> float:
    lines = records.cash_flows
    return _break_even(_at_once(lines, lines["last_month"] - lines["first_month"]))


def _of_staying(records: Engagement) -> float:
    planned = naive_saving(records.cash_flows, discount_rate=0.0).table["planned"]
    return 1 - float(planned.iloc[1]) / float(planned.iloc[0])


EXERCISES = (
    worded(
        "business_case.1",
        _reserve,
        lacks=_lacks_reserve,
        # Of blanks, as those of abandoned work, a quantile takes no notice.
        as_it_comes=lambda records: _of_ratios(records, q=_SHARE) + 1,
        without_abandoned=partial(_of_ratios, q=_SHARE),
        mean=partial(_of_ratios, statistic=np.mean),
        estimate_included=lambda records: _reserve(records) + 1,
        # Other programs take an item itself where pandas goes between two.
        item_above=partial(_of_ratios, abandoned=True, q=_SHARE, method="higher"),
    ),
    worded(
        "business_case.2",
        _room,
        lacks=lambda records: _compared(records.cash_flows).missing,
        one_month=lambda records: _break_even(_at_once(records.cash_flows, 1)),
        without_benefits=lambda records: _break_even(records.cash_flows.query("kind == 'cost'")),
        a_month_short=_a_month_short,
        of_staying=_of_staying,
        factor=lambda records: _room(records) + 1,
    ),
)
