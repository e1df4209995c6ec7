"""The picture of mistake 1: its words come from the numbers, and it can be drawn from any finding."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from readable import assert_readable

from outsourcing_kit import business_case, plots
from outsourcing_kit.engagement import Engagement, Settings


def plan(fee: float = 80.0) -> pd.DataFrame:
    """Staying costs 1,200; outsourcing 12 × fee; nothing is uncertain."""
    return pd.DataFrame(
        {
            "line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost", "category": "work",
            "first_month": 1, "last_month": 12, "low": [100.0, fee], "likely": [100.0, fee], "high": [100.0, fee],
        }
    )  # fmt: skip


def past(*ratios: float) -> pd.DataFrame:
    gone = np.isinf(ratios)
    return pd.DataFrame(
        {
            "item": [f"e{number}" for number in range(len(ratios))], "reference_class": "move", "estimated": 100.0,
            "actual": np.where(gone, np.nan, 100 * np.array(ratios)), "unit": "hours",
            "status": np.where(gone, "abandoned", "finished"),
        }
    )  # fmt: skip


def finding(budget: float | None = 1056.0, **tables: pd.DataFrame):
    days = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    settings = Settings("example", "c", "p", "EUR", "UTC", *days, dt.date(2026, 1, 15), budget, "move")
    return business_case.assess(Engagement(settings, tables))


def test_alt_text_by_hand():
    # Plan 960, budget 1,056 (10% more), break-even 1,200 (25% more): beyond the reserve 1.2, 1.25, 1.5 and abandoned;
    # on or beyond break-even 1.25, 1.5 and abandoned.
    picture = plots.picture(finding(cash_flows=plan(), estimates=past(0.9, 1.0, 1.2, 1.25, 1.5, math.inf)))
    assert picture.alt == (
        "One cost axis: the plan costs 960 EUR at its likely amounts (80% range of its own lines 960 to 960), "
        "the budget is 1,056 EUR, and outsourcing saves nothing from 1,200 EUR on. Of 6 past items, 4 (67%) overran by "
        "more than the plan's reserve, 3 (50%) would have put this plan on or beyond break-even and 1 was abandoned."
    )


def test_without_a_plan_the_axis_is_actual_over_estimated():
    # One of the four took 2.5 times its estimate, one was abandoned.
    picture = plots.picture(finding(None, estimates=past(0.5, 1.0, 2.5, math.inf)))
    assert picture.alt == (
        "4 past items by actual over estimated: 2 (50%) took more than estimated, 1 of them abandoned; the largest "
        "overrun took 2.50 times its estimate."
    )
    assert picture.figure.axes[0].get_xlabel() == "actual / estimated"


def test_work_that_never_overran_has_no_largest_overrun():
    assert plots.picture(finding(None, estimates=past(0.5, 0.9))).alt.endswith("0 of them abandoned.")


def test_nothing_to_draw_says_what_is_missing():
    assert "needs table cash_flows" in plots.picture(finding()).alt
    assert "No past work of this kind" in plots.picture(finding(cash_flows=plan())).alt


def test_every_item_is_drawn_once_and_three_thousand_are_thinned():
    few = plots.picture(finding(cash_flows=plan(), estimates=past(*np.linspace(0.8, 1.4, 40), math.inf)))
    assert dots(few) == 41
    many = plots.picture(finding(cash_flows=plan(), estimates=past(*np.linspace(0.8, 1.4, 3000))))
    assert dots(many) == 300 and "3000 past items (300 drawn, evenly spaced)" in many.alt


def dots(picture: plots.Picture) -> int:
    return sum(len(line.get_xdata()) for line in picture.figure.axes[0].lines if line.get_marker() in "o^X")


@pytest.mark.parametrize(
    "case",
    [
        finding(cash_flows=plan(), estimates=past(0.9, 1.1, 40.0, math.inf)),
        finding(cash_flows=plan(1.0), estimates=past(0.9, 1.1)),  # break-even a hundred times off the axis
        finding(cash_flows=plan(400.0), estimates=past(0.9, 1.1)),  # dear from the start
        finding(None, cash_flows=plan(), estimates=past(math.inf, math.inf)),
        finding(1e7, cash_flows=plan(), estimates=past(1.0)),
        finding(cash_flows=plan(), estimates=past(*np.full(200, 1.0))),
        finding(None, estimates=past(math.inf)),
    ],
)
def test_no_words_are_cut_and_none_overlap(case):
    assert_readable(plots.picture(case))
