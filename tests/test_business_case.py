"""Mistake 1: every number by hand, by brute force, or against another library."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit.exceptions import OutsourcingKitError
from tests.made import RATIOS, UNCERTAIN, certain, flows, past

PLAN = flows(certain("team", "stay", 100), certain("fee", "outsource", 80))  # 960 planned, budget 1,056: reserve 10%


# --- the plan and its saving ------------------------------------------------------------------------------------


def test_saving_at_a_contract_of_sixty_percent():
    # Saving = 1 − c (1 + h): with c = .6 and the ranges above, 18.3% at the middle.
    ranges = [(0.2, 2), (2, 3), (3, 5), (3, 27), (1, 10), (6, 10)]
    hidden = [
        (f"h{n}", "outsource", "cost", "x", 0, 0, 0.6 * a, 0.6 * (a + b) / 2, 0.6 * b)
        for n, (a, b) in enumerate(ranges)
    ]
    lines = flows(certain("team", "stay", 100, 0, 0), certain("price", "outsource", 60, 0, 0), *hidden)
    result = bc.no_saving(lines, shapes=["uniform"], correlations=[0], draws=20_000)
    assert result.saving == pytest.approx(18.3, abs=0.15)
    assert bc.naive_saving(lines).saving == pytest.approx(18.34, abs=0.01)


# --- options ----------------------------------------------------------------------------------------------------------


def test_present_value_by_hand():
    # 21% a year: month 0 counts 1, month 6 counts 1/1.1, month 12 counts 1/1.21.
    lines = flows(
        certain("team", "stay", 121, 12, 12), certain("search", "outsource", 50, 0, 0),
        certain("fee", "outsource", 33, 6, 6),
        certain("resale", "outsource", 12.1, 12, 12, "benefit"),
        certain("sublet", "stay", 11, 6, 6, "benefit"),
    )  # fmt: skip
    case = bc.naive_saving(lines, discount_rate=0.21)
    assert case.table["present_value"].tolist() == pytest.approx([100.0 - 10, 50 + 30 - 10])
    assert case.table["planned"].tolist() == pytest.approx([121.0 - 11, 50 + 33 - 12.1])
    assert case.saving == pytest.approx(20.0)
    result = bc.no_saving(lines, discount_rate=0.21, draws=200)
    # Nothing is uncertain: every scenario gives the same; costs of 80 may grow to 90 + 10 before the saving is gone.
    assert result.saving == pytest.approx(20.0) and result.range_of("inside") == (0.0, 0.0)
    assert result.break_even == pytest.approx(100 / 80)
    assert result.n == 3


@pytest.mark.parametrize(("ratio", "expected"), [(1.24, 0.25), (1.25, 0.75), (1.26, 0.75)])
def test_a_tie_saves_nothing(ratio, expected):
    result = bc.no_saving(PLAN, past(ratio), draws=100)
    # One past item, and half an item either way, out of two: no assumption changes anything.
    assert result.estimate == result.low == result.high == expected and result.range_of("inside") == (0.0, 0.0)


def test_equal_options_save_nothing():
    lines = flows(certain("team", "stay", 0.1, 1, 36), *(certain(f"x{n}", "outsource", 0.01, 1, 36) for n in range(10)))
    assert bc.no_saving(lines, draws=100).low == 1.0


def brute_force(correlation: float, ratios: list[float] | None, draws: int) -> float:
    """P(no saving) the slow way: PERT amounts through scipy's beta, then draw by draw and month by month.

    With past ratios the option's costs are its likely amounts times one of them.
    """
    from scipy import stats

    rng = np.random.default_rng(99)
    common = {option: rng.standard_normal(draws) for option in ("stay", "outsource")}
    amounts = []
    for row in UNCERTAIN.itertuples():
        scores = rng.standard_normal(draws)
        if row.kind == "cost":
            scores = math.sqrt(correlation) * common[row.option] + math.sqrt(1 - correlation) * scores
        width = row.high - row.low
        alpha, beta = 1 + 4 * (row.likely - row.low) / width, 1 + 4 * (row.high - row.likely) / width
        amounts.append(stats.beta.ppf(stats.norm.cdf(scores), alpha, beta, row.low, width).tolist())
    picked = rng.choice(ratios or [1.0], draws).tolist()
    worse = 0
    for draw in range(draws):
        stay = outsource = 0.0
        for row, values in zip(UNCERTAIN.itertuples(), amounts, strict=True):
            for month in range(row.first_month, row.last_month + 1):
                discount = 1.05 ** (month / 12)
                value = values[draw] / discount
                if row.option == "stay":
                    stay += value
                elif row.kind == "benefit":
                    outsource -= value
                else:
                    outsource += row.likely * picked[draw] / discount if ratios else value
        worse += outsource >= stay
    return worse / draws


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.6])
@pytest.mark.parametrize("view", ["inside", "outside"])
def test_no_saving_by_brute_force(correlation, view):
    table = bc.no_saving(UNCERTAIN, past(*RATIOS), draws=40_000).table
    row = table[(table["view"] == view) & (table["shape"] == "pert") & (table["correlation"] == correlation)]
    slow = brute_force(correlation, None if view == "inside" else RATIOS, 4000)
    assert 0.005 < slow < 0.7
    # The next item is not among the past ones: half of one more is lost.
    n, lost = (1, 0.0) if view == "inside" else (len(RATIOS) / (len(RATIOS) + 1), 0.5 / (len(RATIOS) + 1))
    error = n * math.sqrt(slow * (1 - slow) / 4000)
    assert row["no_saving"].iloc[0] == pytest.approx(n * slow + lost, abs=4 * error)


def test_the_outside_view_is_each_past_item_s_own_share_and_half_an_item():
    shares = []
    for ratio in RATIOS:
        one = bc.simulate_cash_flows(UNCERTAIN, reference=bc.reference_class(past(ratio)), draws=1000, seed=3)
        shares.append(1 - one.odds().p_saving)
    case = bc.no_saving(UNCERTAIN, past(*RATIOS), draws=1000, seed=3, shapes=["pert"], correlations=[0.3])
    assert 0 < sum(shares) < len(RATIOS)
    assert case.estimate == pytest.approx((sum(shares) + 0.5) / (len(RATIOS) + 1), abs=1e-12)


def test_scenarios_range_and_centre():
    result = bc.no_saving(UNCERTAIN, past(*RATIOS))
    assert len(result.table) == 18  # two views, three shapes, three correlations
    outside = result.table[result.table["view"] == "outside"]
    assert (result.low, result.high) == (outside["low"].min(), outside["high"].max()) == result.range_of("outside")
    # No past work was abandoned: a row has one value.
    assert (result.table["low"] == result.table["no_saving"]).all()
    assert (result.table["high"] == result.table["no_saving"]).all()
    centre = result.table.query("view == 'outside' and shape == 'pert' and correlation == 0.3").iloc[0]
    assert (result.estimate, result.saving) == (centre["no_saving"], centre["saving_median"])
    inside = bc.no_saving(UNCERTAIN)
    assert len(inside.table) == 9 and set(inside.table["view"]) == {"inside"}
    pd.testing.assert_frame_equal(inside.table, result.table.query("view == 'inside'"))
    # Lines that miss together widen the saving.
    spread = (inside.table["saving_p90"] - inside.table["saving_p10"]).to_numpy().reshape(3, 3)
    assert (np.diff(spread, axis=1) > 0).all()


def test_same_seed_same_numbers_and_more_draws_do_not_narrow():
    first, again = bc.no_saving(UNCERTAIN, past(*RATIOS), seed=3), bc.no_saving(UNCERTAIN, past(*RATIOS), seed=3)
    pd.testing.assert_frame_equal(first.table, again.table)
    more = bc.no_saving(UNCERTAIN, past(*RATIOS), draws=40_000)
    assert more.high - more.low == pytest.approx(first.high - first.low, abs=0.03)


def test_widest_line_first():
    lines = bc.no_saving(UNCERTAIN).lines
    assert lines["line"].iloc[0] == "fee" or lines["line"].iloc[0] == "team"
    widths = lines["high_value"] - lines["low_value"]
    assert widths.is_monotonic_decreasing


def test_reserve_by_hand():
    reserve = bc.contingency(PLAN, 1056.0)
    assert (reserve.planned, reserve.reserve) == (960.0, pytest.approx(0.1))
    assert bc.contingency(PLAN, 900.0).reserve == pytest.approx(-0.0625)
    assert "budget" in bc.contingency(PLAN, None).missing and math.isnan(bc.contingency(PLAN, None).reserve)
    assert bc.contingency(PLAN.iloc[:0], None).missing.startswith("needs table cash_flows and budget")
    assert "outsource" in bc.contingency(PLAN.iloc[:1], 10.0).missing


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": -1}, "seed is -1; expected a whole number of at least 0"),
        ({"correlations": [2]}, "correlation is 2; expected a number from 0"),
        ({"draws": 1.5}, "draws is 1.5"),
        ({"draws": 10}, "draws is 10"),
        ({"correlations": []}, "correlations is []"),
        ({"shapes": ["prt"]}, "There is no shape 'prt'"),
        ({"correlations": 0.3}, "correlations is 0.3; expected a list of at least one"),
        ({"shapes": "pert"}, "shapes is 'pert'; expected a list"),
    ],
)
def test_arguments_that_cannot_be_are_named_as_they_were_typed(changes, words):
    with pytest.raises(OutsourcingKitError, match=re.escape(words)):
        bc.no_saving(PLAN, **changes)


def test_benefits_that_never_come_are_a_row_of_their_own():
    one = bc.one_number_against_range(bc.naive_saving(PLAN), bc.no_saving(PLAN, draws=100))
    told = " ".join(one.table["case"])
    assert len(one.table) == 4 and "without" not in told
    # Of plans like it only past work can tell.
    assert "by its own ranges" in told and "plans like it" not in told
    # 12 × (100 − 90 + 15) = 300 promised, of which 180 are hours that somebody else is to use.
    lines = flows(
        *(certain(*row) for row in (("team", "stay", 100), ("fee", "outsource", 90), ("freed hours", "outsource", 15)))
    )
    lines.loc[2, "kind"] = "benefit"
    single, found = bc.naive_saving(lines, discount_rate=0), bc.no_saving(lines, discount_rate=0, draws=100)
    row = bc.one_number_against_range(single, found).table.iloc[1]
    assert row["case"] == "the same without freed hours" and row["saving"] == pytest.approx(120)


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        # 960 planned against 1,200 inside: nothing is saved from 25% above on.
        (
            1056,
            "holds 10% more than costs of 960; spend all of it, and the plan still saves, up to 25% above its costs",
        ),
        (1200, "The budget holds 25% more than costs of 960; spend all of it, and nothing is saved"),
        (864, "The budget is 10% below the planned cost"),
    ],
)
def test_the_usual_business_case_knows_its_reserve(budget, told):
    lines = flows(certain("team", "stay", 100), certain("fee", "outsource", 80))
    assert told in repr(bc.naive_saving(lines, budget=budget))
    assert "budget" not in repr(bc.naive_saving(lines))


def test_abandoned_work_never_lets_the_saving_look_safe():
    every = bc.no_saving(PLAN, past(*[None] * 12), draws=100)
    assert every.high == 1.0 and "cannot be excluded" in " ".join(every.notes)
    half = bc.no_saving(PLAN, past(*[None] * 20, *[0.9] * 20), draws=100)
    # The finished ones all save; of the abandoned nobody knows, so that the range goes from none to 20 of 40 lost.
    assert half.estimate == half.low == pytest.approx(0.5 / 41)
    assert half.high == pytest.approx(20.5 / 41)
