"""The exercises of the first lesson on figures made by hand: each known slip is told, and no other is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.course import check
from outsourcing_kit.engagement import Engagement


def flow(line, option, first, last):
    return {"line": line, "option": option, "kind": "cost", "category": "work", "first_month": first,
            "last_month": last, "low": 100.0, "likely": 100.0, "high": 100.0}  # fmt: skip


def past(*ratios):
    return pd.DataFrame(
        {"item": [f"e{n}" for n in range(len(ratios))], "reference_class": "moves", "estimated": 100.0,
         "actual": [100.0 * ratio for ratio in ratios], "unit": "hours", "status": "finished"}
    )  # fmt: skip


@pytest.fixture
def four_moves():
    """Ratios 1.0, 1.1, 1.2 and 1.6: the place of 80% is 0.8 · 3 = 2.4, so 1.2 + 0.4 · 0.4 = 1.36."""
    steady = Engagement.load("steady")
    settings = replace(steady.settings, plan_class="moves")
    return Engagement(settings, {**steady.tables, "estimates": past(1.6, 1.0, 1.2, 1.1)})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (0.36, "right"),
        (0.6, "item just above"),
        (36, "as a percentage"),
        (1.36, "the reserve is what is above 1"),
        (0.225, "mean overrun"),
        (0.2, "no slip known"),
        (0.37, "no slip known"),
        (0.4, "no slip known"),
    ],
)
def test_the_slips_of_the_reserve_by_hand(four_moves, answer, told):
    found = check("business_case.1", answer, records=four_moves)
    assert told in repr(found), found
    assert "rounded" not in repr(found)


@pytest.mark.parametrize("method", ["higher", "inverted_cdf"])
@pytest.mark.parametrize("name", ["steady", "cold-start", "gold-rush"])
def test_a_quantile_that_is_an_item_is_told_to_be_one(method, name):
    records = Engagement.load(name)
    rows = records.estimates[records.estimates["reference_class"] == records.settings.plan_class]
    ratio = (rows["actual"] / rows["estimated"]).where(rows["status"] == "finished", np.inf)
    answer = float(np.quantile(ratio, 0.8, method=method)) - 1
    found = check("business_case.1", answer, records=records)
    if answer == pytest.approx(float(ratio.quantile(0.8)) - 1, abs=1e-6):
        assert found.right is True, found  # the place is an item's own
        return
    assert found.right is False and "is the item just" in found.message and "interpolates" in found.message, found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        # 24 · 100 inside; 24 · 80 + 1 · 240 = 2,160 outside: room 2400/2160 − 1 = 1/9.
        (1 / 9, "right"),
        (100 / 9, "as a percentage"),
        (10 / 9, "the factor on the costs"),
        # 23 · 100 against 23 · 80 + 0 · 240.
        (0.25, "one too few"),
        # 100 against 80 + 240.
        (100 / 320 - 1, "amounts of one month"),
        (240, "no slip known"),
        (0.1, "share of what staying costs"),
        (0.111, "it is rounded"),
        (0.112, "no slip known"),
    ],
)
def test_the_slips_of_the_room_by_hand(answer, told):
    lines = [("team", "stay", 1, 24), ("fee", "outsource", 1, 24), ("hand-over", "outsource", 1, 1)]
    rows = pd.DataFrame([flow(*line) for line in lines])
    for number, amount in enumerate((100.0, 80.0, 240.0)):
        rows.loc[number, ["low", "likely", "high"]] = amount
    steady = Engagement.load("steady")
    records = Engagement(steady.settings, {**steady.tables, "cash_flows": rows})
    found = check("business_case.2", answer, records=records)
    assert told in repr(found), found


@pytest.mark.parametrize(("out", "inside"), [("vendor A", "stay"), ("Outsource", "In-house"), ("pilot", "keep")])
def test_the_second_exercise_asks_of_the_options_whatever_they_are_called(out, inside):
    steady = Engagement.load("steady")
    flows = steady.cash_flows
    renamed = flows.assign(option=flows["option"].replace({"outsource": out, "stay": inside}))
    months = flows["last_month"] - flows["first_month"] + 1
    total = (flows["likely"] * months).groupby([flows["option"], flows["kind"]]).sum()
    other = Engagement(steady.settings, {**steady.tables, "cash_flows": renamed})
    may_cost = total["stay", "cost"] + total["outsource", "benefit"]
    assert check("business_case.2", may_cost / total["outsource", "cost"] - 1, records=other).right
    short = check("business_case.2", total["stay", "cost"] / total["outsource", "cost"] - 1, records=other)
    assert "leaves out the benefits" in short.message


def test_the_likeliest_first_answer_to_the_reserve_is_known():
    """What pandas gives without a second thought, where some of the past work was abandoned."""
    records = Engagement.load("gold-rush")
    rows = records.estimates[records.estimates["reference_class"] == records.settings.plan_class]
    assert (rows["status"] == "abandoned").any()
    found = check("business_case.1", (rows["actual"] / rows["estimated"]).quantile(0.8), records=records)
    assert found.right is False and "the estimate is still in it" in found.message and "abandoned" in found.message
