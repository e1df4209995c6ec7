"""Cash flows simulated side by side: by hand, by a slow loop over draws and months; one number on every page."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from outsourcing_kit.business_case import (
    decision_analysis,
    naive_saving,
    no_saving,
    outside_view,
    plan,
    reference_class,
    sensitivity,
    simulate_cash_flows,
)
from outsourcing_kit.business_case.lines import checked_lines
from outsourcing_kit.engagement import Engagement, sample_engagements
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from tests.made import certain, flows
from tests.made import past as items


def past(*ratios: float | None):
    return reference_class(items(*ratios))


# 150 at the start, then 20 saved a month for twelve months.
PLAN = flows(certain("team", "stay", 100), certain("move", "outsource", 150, 0, 0), certain("fee", "outsource", 80))

# Three options whose lines begin and end in many months, with benefits, one-offs and lines that stop early.
MIXED = flows(
    ("team", "stay", "cost", "work", 1, 24, 90, 100, 130),
    ("hiring", "stay", "cost", "work", 5, 9, 10, 20, 70),
    ("search", "outsource", "cost", "search", 0, 0, 100, 200, 500),
    ("fee", "outsource", "cost", "price", 1, 24, 60, 65, 90),
    ("managing", "outsource", "cost", "managing", 2, 24, 5, 8, 30),
    ("desks let", "outsource", "benefit", "work", 6, 20, 0, 6, 12),
    ("exit", "outsource", "cost", "exit", 24, 24, 50, 80, 300),
    ("half a team", "pilot", "cost", "work", 1, 24, 80, 95, 120),
    ("trial", "pilot", "cost", "price", 3, 8, 40, 50, 60),
    ("grant", "pilot", "benefit", "work", 0, 0, 50, 90, 100),
)
RATIOS = (0.8, 1.0, 1.1, 1.3, 2.0, None)


def amounts_of(table: pd.DataFrame, draws: int, ratios: dict | None = None, correlation: float = 0.3) -> np.ndarray:
    """Every line's amounts, as the simulation draws them."""
    drawn = plan.Plan.of(checked_lines(table)[0], 0.05, correlation=correlation)
    return np.hstack([amounts for _, amounts in replace(drawn, ratios=ratios or {}).drawn(draws, 0)])


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_nothing_uncertain_is_the_net_present_value_by_hand():
    # 21% a year: month 12 counts 1/1.21 and month 6 1/1.1. Outsourcing: 40 + 121/1.21 + 110/1.1 - 11/1.1 = 230.
    lines = flows(
        certain("team", "stay", 302.5, 12, 12),  # 302.5/1.21 = 250
        certain("move", "outsource", 40, 0, 0),
        certain("late", "outsource", 121, 12, 12),
        certain("middle", "outsource", 110, 6, 6),
        certain("gain", "outsource", 11, 6, 6, "benefit"),
    )
    table = simulate_cash_flows(lines, draws=100, discount_rate=0.21).table.set_index("option")
    costs = table.filter(like="cost_p")
    assert costs.loc["stay"].tolist() == pytest.approx([250] * 4, rel=1e-12)
    assert costs.loc["outsource"].tolist() == pytest.approx([230] * 4, rel=1e-12)
    assert table.loc["outsource", ["saving_p10", "saving_p50", "saving_p90"]].tolist() == pytest.approx([20] * 3)
    assert table["planned"].tolist() == [302.5, 40 + 121 + 110 - 11]
    # The other way round nothing is owed until stay's month 12, the last: paid back then, and not before.
    assert table.loc["outsource", ["no_saving", "payback", "never_pays_back"]].tolist() == [0, 12, 0]
    # 240 of costs may become 250 + 10 of benefits: 260/240.
    assert table.loc["outsource", "break_even"] == pytest.approx(260 / 240, abs=1e-6)


def test_saving_so_far_by_hand():
    months = simulate_cash_flows(PLAN, draws=100, discount_rate=0).months
    assert months["saving_p50"].tolist() == [-150 + 20 * month for month in range(13)]
    assert (months["saving_p10"] == months["saving_p90"]).all()


@pytest.mark.parametrize(
    ("move", "payback"), [(150, 8), (160, 8), (161, 9), (20, 1), (0, 0), (240, 12), (240.1, math.inf)]
)
def test_payback_by_hand(move, payback):
    # 20 a month: 160 is back after exactly eight months, 240 after exactly twelve, which are all there are.
    lines = PLAN.assign(**{name: PLAN[name].where(PLAN["line"] != "move", move) for name in ("low", "likely", "high")})
    row = simulate_cash_flows(lines, draws=100, discount_rate=0).table.iloc[1]
    assert row["payback"] == payback
    assert row["never_pays_back"] == (1.0 if math.isinf(payback) else 0.0)


def test_a_saving_that_is_lost_again_is_not_paid_back():
    # 20 a month for twelve months, then an exit of 100: at the end 240 - 150 - 100 = -10; with an exit of 80 it holds.
    for exit_cost, payback, share in ((100, math.inf, 1.0), (80, 8, 0.0)):
        lines = pd.concat([PLAN, flows(certain("exit", "outsource", exit_cost, 12, 12))], ignore_index=True)
        row = simulate_cash_flows(lines, draws=100, discount_rate=0).table.iloc[1]
        assert (row["no_saving"], row["payback"]) == (share, payback)


def test_paid_back_lost_and_paid_back_again_counts_from_the_last_time():
    # Saved so far: 10 a month to month 5 (50), then a cost of 70 in month 6 (-10), then 10 a month again: 0 in month 7.
    lines = flows(certain("team", "stay", 90), certain("fee", "outsource", 80), certain("fair", "outsource", 70, 6, 6))
    row = simulate_cash_flows(lines, draws=100, discount_rate=0).table.iloc[1]
    assert row["payback"] == 7


def test_equal_on_paper_is_no_saving():
    # 3 × 0.1 is a tolerance more than 0.3 in floating point, and 0.7 × 3 a tolerance less than 2.1.
    for one, months, other in ((0.1, 3, 0.3), (0.7, 3, 2.1)):
        for ours, theirs in (
            (certain("fee", "outsource", one, 1, months), certain("team", "stay", other, 3, 3)),
            (certain("fee", "outsource", other, 1, 1), certain("team", "stay", one, 1, months)),
        ):
            result = simulate_cash_flows(flows(theirs, ours), draws=100, discount_rate=0)
            assert result.table["no_saving"].iloc[1] == 1.0 and (result.savings("outsource") == 0).all()
            assert result.table["never_pays_back"].iloc[1] == 0.0


def test_at_break_even_nothing_is_saved():
    likely = MIXED.assign(low=MIXED["likely"], high=MIXED["likely"])
    before = simulate_cash_flows(likely, draws=100).table.set_index("option")
    for option in ("outsource", "pilot"):
        ours = (likely["option"] == option) & (likely["kind"] == "cost")
        factor = before.loc[option, "break_even"]
        dearer = likely.assign(
            **{name: likely[name].where(~ours, likely[name] * factor) for name in ("low", "likely", "high")}
        )
        saving = simulate_cash_flows(dearer, draws=100).table.set_index("option").loc[option, "saving_p50"]
        # The factor is rounded to six digits.
        assert abs(saving) < 1e-6 * before.loc[option, "cost_p50"]
        assert factor != 1


def test_six_uniform_ranges():
    # Σ (low + high)/2 = 36.1; Σ width²/12 = (1.8² + 1² + 2² + 24² + 9² + 4²)/12 = 681.24/12, whose root is 7.5346.
    ranges = [(0.2, 2), (2, 3), (3, 5), (3, 27), (1, 10), (6, 10)]
    rows = [(f"line {n}", "outsource", "cost", "", 0, 0, a, (a + b) / 2, b) for n, (a, b) in enumerate(ranges)]
    draws, sd = 200_000, math.sqrt(681.24 / 12)
    costs = simulate_cash_flows(
        flows(certain("team", "stay", 0, 0, 0), *rows), draws=draws, shape="uniform", correlation=0, discount_rate=0
    ).costs["outsource"]
    assert costs.mean() == pytest.approx(36.1, abs=4 * sd / math.sqrt(draws))
    # The sum is flatter than a normal, so that the error of its sd is below sd/√2n.
    assert costs.std() == pytest.approx(sd, abs=4 * sd / math.sqrt(2 * draws))
    # Published percentiles, to one decimal; four errors of a quantile: density at the 5th and 95th above .012.
    reach = 0.05 + 4 * math.sqrt(0.05 * 0.95 / draws) / 0.012
    assert np.quantile(costs, (0.05, 0.5, 0.95)).tolist() == pytest.approx([24.0, 36.1, 48.2], abs=reach)


# --- brute force ------------------------------------------------------------------------------------------------------


def slow_savings(table: pd.DataFrame, amounts: np.ndarray, option: str, rate: float) -> np.ndarray:
    """The discounted saving so far of every draw (rows) in every month (columns), added up one by one."""
    last = int(table["last_month"].max())
    out = np.zeros((amounts.shape[1], last + 1))
    lines = list(enumerate(table.itertuples()))
    for draw in range(amounts.shape[1]):
        saving = 0.0
        for month in range(last + 1):
            for number, line in lines:
                if line.first_month <= month <= line.last_month:
                    cost = amounts[number, draw] * (1 if line.kind == "cost" else -1) / (1 + rate) ** (month / 12)
                    saving += cost if line.option == "stay" else -cost if line.option == option else 0.0
            out[draw, month] = saving
    return out


@pytest.mark.parametrize("outside", [False, True])
def test_costs_savings_and_payback_by_a_slow_loop(outside):
    draws = 300
    ratios = past(*RATIOS).drawable_ratios
    found = simulate_cash_flows(MIXED, draws=draws, reference=past(*RATIOS) if outside else None)
    amounts = amounts_of(MIXED, draws)
    if outside:
        # Past items in turn, each equally often, in place of what the cost lines of both options would be.
        costs = (MIXED["kind"] == "cost") & (MIXED["option"] != "stay")
        for number in np.flatnonzero(costs):
            amounts[number] = MIXED["likely"][number] * plan.in_turn(ratios, 0, draws)
    for option in ("outsource", "pilot"):
        slow = slow_savings(MIXED, amounts, option, 0.05)
        row = found.table.set_index("option").loc[option]
        assert found.savings(option) == pytest.approx(slow[:, -1], rel=1e-9, abs=1e-9)
        for share in (10, 50, 90):
            assert row[f"saving_p{share}"] == pytest.approx(np.quantile(slow[:, -1], share / 100))
            by_month = found.months.loc[found.months["option"] == option, f"saving_p{share}"]
            assert by_month.tolist() == pytest.approx(np.quantile(slow, share / 100, axis=0).tolist())
        assert row["no_saving"] == (slow[:, -1] <= 0).mean()
        months = []
        for draw in slow:
            under = [month for month, value in enumerate(draw) if value < 0]
            months.append(under[-1] + 1 if under else 0)
        never = sum(month == slow.shape[1] for month in months)
        assert row["never_pays_back"] == never / draws
        expected = sorted(months)[draws // 2]  # the smallest month by which more than half have paid back
        assert row["payback"] == (math.inf if expected == slow.shape[1] else expected)
        assert 0 < never < draws and len(set(months)) > 5  # the case must be able to fail


@pytest.mark.slow
@how(deadline=None, max_examples=60)
@given(st.integers(0, 10_000))
def test_payback_of_any_lines_by_a_slow_loop(seed):
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(rng.integers(2, 7)):
        first = int(rng.integers(0, 10))
        kind = "cost" if number < 2 or rng.random() < 0.7 else "benefit"
        low, likely, high = np.sort(rng.integers(0, 6, 3)).tolist()
        option = ("stay", "outsource")[number % 2]
        rows.append((f"line {number}", option, kind, "", first, first + int(rng.integers(0, 8)), low, likely, high))
    table = flows(*rows)
    row = simulate_cash_flows(table, draws=100).table.iloc[1]
    slow = slow_savings(table, amounts_of(table, 100), "outsource", 0.05)
    # The last month below zero by more than rounding; one later it has paid back.
    months = [max([month + 1 for month, value in enumerate(draw) if value < -1e-7], default=0) for draw in slow]
    middle = sorted(months)[50]
    assert row["payback"] == (math.inf if middle == slow.shape[1] else middle)
    assert row["never_pays_back"] == sum(month == slow.shape[1] for month in months) / 100


def test_cost_quantiles_are_numpys_of_the_same_draws():
    result = simulate_cash_flows(MIXED, draws=5001)
    amounts = amounts_of(MIXED, 5001)
    sign = np.where(MIXED["kind"] == "cost", 1.0, -1.0)
    for option, row in result.table.set_index("option").iterrows():
        cost = np.zeros(5001)
        for number in np.flatnonzero(MIXED["option"] == option):
            months = np.arange(MIXED["first_month"][number], MIXED["last_month"][number] + 1)
            cost += sign[number] * amounts[number] * (1.05 ** (-months / 12)).sum()
        expected = np.quantile(cost, (0.1, 0.5, 0.8, 0.9))
        assert row[["cost_p10", "cost_p50", "cost_p80", "cost_p90"]].tolist() == pytest.approx(expected.tolist())


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform"])
def test_one_line_has_scipys_quantiles(shape):
    from scipy import stats

    low, likely, high, draws = 60.0, 65.0, 90.0, 50_000
    rows = (certain("team", "stay", 80, 0, 0), ("fee", "outsource", "cost", "", 0, 0, low, likely, high))
    row = simulate_cash_flows(flows(*rows), draws=draws, shape=shape).table.iloc[1]
    width = high - low
    peer = {
        "pert": stats.beta(1 + 4 * (likely - low) / width, 1 + 4 * (high - likely) / width, low, width),
        "triangular": stats.triang((likely - low) / width, low, width),
        "uniform": stats.uniform(low, width),
    }[shape]
    for share in (0.1, 0.5, 0.8, 0.9):
        error = math.sqrt(share * (1 - share) / draws) / peer.pdf(peer.ppf(share))
        assert row[f"cost_p{round(100 * share)}"] == pytest.approx(peer.ppf(share), abs=4 * error)


# --- one question, one number ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", sample_engagements())
@pytest.mark.parametrize("shape", ["pert", "lognormal"])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_every_page_has_the_same_number(name, shape, correlation):
    records = Engagement.load(name)
    lines, seed, draws = records.cash_flows, 3, 1000
    reference = reference_class(records.estimates, records.settings.plan_class)
    case = no_saving(
        lines, records.estimates, plan_class=records.settings.plan_class, shapes=[shape], correlations=[correlation],
        draws=draws, seed=seed,
    )  # fmt: skip
    for view, past_work in (("inside", None), ("outside", reference)):
        simulated = simulate_cash_flows(
            lines, shape=shape, correlation=correlation, draws=draws, seed=seed, reference=past_work
        )
        row = simulated.table.set_index("option").loc[case.option]
        scenario = case.table[case.table["view"] == view].iloc[0]
        if view == "inside":
            assert scenario["no_saving"] == row["no_saving"]
        else:
            # The case has each past item's own share, and half an item more; the simulation draws the items in turn.
            n, p = len(reference.drawable_ratios), row["no_saving"]
            error = 4 * math.sqrt(p * (1 - p) / draws)
            assert (scenario["no_saving"] * (n + 1) - 0.5) / n == pytest.approx(p, abs=error)
        for ours, theirs in (
            ("saving_p10", "saving_p10"),
            ("saving_median", "saving_p50"),
            ("saving_p90", "saving_p90"),
        ):
            assert scenario[ours] == pytest.approx(row[theirs], rel=1e-9)
        assert case.break_even == row["break_even"]
    # The last was the outside view, which is the centre of the case.
    odds = simulated.odds()
    assert (case.gain, case.loss) == pytest.approx((odds.gain, odds.loss), rel=1e-9)
    act = decision_analysis(*odds).table.set_index("decision")["expected"]["act"]
    assert act == pytest.approx(float(simulated.savings().mean()))
    swings = sensitivity(lines, reference=reference, shape=shape)
    assert swings.saving == pytest.approx(naive_saving(lines).saving)
    overrun = swings.table.set_index("kind").loc["overrun", "turning_point"]
    assert overrun == pytest.approx(case.break_even, abs=1e-8)


# --- dependence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
def test_a_correlation_is_between_the_cost_lines_of_an_option(correlation):
    from scipy import stats

    found = stats.spearmanr(amounts_of(MIXED, 20_000, correlation=correlation), axis=1).statistic
    cost, option = (MIXED["kind"] == "cost").to_numpy(), MIXED["option"].to_numpy()
    together = cost[:, None] & cost[None, :] & (option[:, None] == option[None, :])
    rank = 6 / math.pi * math.asin(correlation / 2)
    expected = np.where(np.eye(len(MIXED)) == 1, 1.0, np.where(together, rank, 0.0))
    # The error of a rank correlation of n draws is at most 1/√n; four of them.
    assert found == pytest.approx(expected, abs=4 / math.sqrt(20_000))


def test_more_correlation_widens_costs_and_leaves_the_middle():
    tables = [simulate_cash_flows(MIXED, correlation=value).table.set_index("option") for value in (0, 0.3, 0.6, 1)]
    widths = [float(table.loc["outsource", "cost_p90"] - table.loc["outsource", "cost_p10"]) for table in tables]
    assert widths == sorted(widths) and widths[-1] > 1.2 * widths[0]


@pytest.mark.parametrize("wrong", [1.5, -0.1, True, "half", math.nan, np.eye(3)])
def test_correlations_that_are_none(wrong):
    with pytest.raises(OutsourcingKitError, match=r"(?s)correlation is .*Mend: correlation=0\.3"):
        simulate_cash_flows(PLAN, correlation=wrong, draws=100)


# --- the outside view -------------------------------------------------------------------------------------------------


def test_the_outside_view_multiplies_all_costs_of_the_others_by_one_past_ratio():
    # Certain amounts: what varies is the ratio alone, the same in every line and option; benefits and stay have none.
    lines = flows(
        certain("team", "stay", 1000, 0, 0),
        certain("fee", "outsource", 60, 0, 0),
        certain("more", "outsource", 20, 0, 0),
        certain("gain", "outsource", 10, 0, 0, "benefit"),
        certain("trial", "pilot", 160, 0, 0),
    )
    result = simulate_cash_flows(lines, reference=past(1.0, 1.5, 1.5, None), draws=4000)
    costs = result.costs
    assert result.table["view"].tolist() == ["inside", "outside", "outside"] and "; outside view;" in result.assumptions
    assert set(costs["stay"]) == {1000.0}
    # An abandoned item counts as the largest ratio seen.
    assert set(costs["pilot"].round(9)) == {160.0, 240.0}
    assert (costs["outsource"] + 10) * 2 == pytest.approx(costs["pilot"])
    # Each past item counts equally often: three of four.
    assert float((costs["pilot"] > 200).mean()) == 0.75
    assert "outside view" in result.notes[0] and "4 past items, 1 of them abandoned" in result.notes[0]


def test_the_outside_view_is_one_and_the_same_everywhere():
    # Planned cost times a past ratio, without the lines' own spread: in money, in the simulation, in the headline.
    likely = float((MIXED["likely"] * (MIXED["last_month"] - MIXED["first_month"] + 1))[2:5].sum() + 80)
    table = MIXED[(MIXED["option"] != "pilot") & (MIXED["kind"] == "cost")]
    moves = past(*np.linspace(0.8, 1.7, 40))
    found = simulate_cash_flows(table, reference=moves, discount_rate=0, draws=40_000).table.iloc[1]
    assert found["planned"] == likely
    assert found["cost_p80"] == pytest.approx(outside_view(likely, moves).table["cost"].iloc[0], rel=0.01)
    scenarios = no_saving(table, moves.table, discount_rate=0, draws=40_000).table.query("view == 'outside'")
    central = scenarios.query("shape == 'pert' and correlation == 0.3").iloc[0]
    assert central["no_saving"] == pytest.approx(found["no_saving"], abs=0.01)
    assert central["saving_p10"] == pytest.approx(found["saving_p10"], abs=0.01 * likely)
    # The option's own ranges play no part in it.
    wide = table.assign(high=table["high"].where(table["option"] == "stay", 10 * table["high"]))
    wider = simulate_cash_flows(wide, reference=moves, discount_rate=0, draws=40_000).table.iloc[1]
    assert wider["cost_p80"] == found["cost_p80"]


@pytest.mark.parametrize("draws", [100, 1000, 2500])
def test_few_draws_of_many_past_items_are_not_the_smallest_of_them(draws):
    # 1,000 ratios from 0.5 to 1.499, evenly: however few the draws, their quantiles are those of all items.
    lines = flows(certain("team", "stay", 100, 0, 0), certain("fee", "outsource", 100, 0, 0))
    many = np.arange(0.5, 1.5, 0.001)
    found = simulate_cash_flows(lines, reference=past(*many), draws=draws, discount_rate=0).costs["outsource"] / 100
    for share in (0.05, 0.2, 0.5, 0.9):
        assert np.quantile(found, share) == pytest.approx(np.quantile(many, share), abs=2 / draws + 1e-3)
    # Each item is taken as often as any other, but for the last round.
    assert np.bincount(np.searchsorted(many, found - 1e-9)).max() <= draws // 1000 + 1


def test_without_usable_past_work_the_view_is_inside_and_says_so():
    empty = reference_class(pd.DataFrame(), "move")
    result = simulate_cash_flows(PLAN, reference=empty, draws=100)
    assert result.notes[0] == "inside view only: needs table estimates"
    pd.testing.assert_frame_equal(result.table, simulate_cash_flows(PLAN, draws=100).table)


# --- same bytes, little memory ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [1, 180, 25_000, 75_025, 10**8])
@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_same_bytes_whatever_the_chunk(at_once, correlation, monkeypatch):
    # 25 months: chunks of 1, 7, 1,000 and 3,001 draws, and all at once.
    settings = {"correlation": correlation, "reference": past(*RATIOS), "draws": 3001}
    first = simulate_cash_flows(MIXED, **settings)
    monkeypatch.setattr(plan, "_AT_ONCE", at_once)
    again = simulate_cash_flows(MIXED, **settings)
    for name, costs in first.costs.items():
        assert costs.tobytes() == again.costs[name].tobytes()
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    pd.testing.assert_frame_equal(first.months, again.months, check_exact=True)


def test_months_are_of_the_first_twenty_thousand_draws_and_end_at_the_savings():
    result = simulate_cash_flows(MIXED, draws=20_001)
    at_the_end = result.months[result.months["month"] == 24].set_index("option")
    for option in ("outsource", "pilot"):
        expected = np.quantile(result.savings(option)[:20_000], (0.1, 0.5, 0.9))
        assert at_the_end.loc[option, ["saving_p10", "saving_p50", "saving_p90"]].tolist() == pytest.approx(expected)


def test_same_seed_same_bytes_and_another_seed_other_draws():
    first, again, other = (simulate_cash_flows(MIXED, draws=500, seed=seed).costs["pilot"] for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes() and not (first == other).any()


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_an_option_keeps_its_draws_when_another_is_added_below(correlation):
    alone, more = (simulate_cash_flows(table, draws=500, correlation=correlation) for table in (MIXED.iloc[:7], MIXED))
    assert len(more.table) == 3
    for option in ("stay", "outsource"):
        assert alone.costs[option].tobytes() == more.costs[option].tobytes()


def test_a_million_draws_stay_under_150_megabytes():
    simulate_cash_flows(MIXED, draws=100)
    tracemalloc.start()
    result = simulate_cash_flows(MIXED, draws=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(result.costs["stay"]) == 1_000_000
    assert peak < 150e6


# --- what a table can hold --------------------------------------------------------------------------------------------


def test_one_option_has_costs_and_says_what_the_saving_needs():
    result = simulate_cash_flows(PLAN.iloc[1:], draws=100)
    assert result.table["option"].tolist() == ["outsource"]
    assert result.table.filter(like="cost").notna().all(axis=None)
    assert result.table.iloc[:, 7:].isna().all(axis=None) and not len(result.months)
    assert "keeps the work inside, called 'stay', in table cash_flows; found outsource" in result.missing
    for shown in (repr(result), result._repr_html_()):
        assert "Not assessed: needs lines of an option" in shown and "saving p50" not in shown
    assert len(result.savings("outsource")) == 0 and math.isnan(result.odds("outsource").p_saving)
    only_stay = simulate_cash_flows(PLAN.iloc[:1], draws=100)
    assert only_stay.missing.startswith("needs lines of an option that hands work out")


def test_a_misspelt_against_is_named():
    assert "did you mean 'stay'?" in simulate_cash_flows(PLAN, against="stey", draws=100).missing


def test_any_option_can_be_what_the_others_are_compared_with():
    stay, outsource = (simulate_cash_flows(MIXED, against=name, draws=2000) for name in ("stay", "outsource"))
    assert (stay.savings("outsource") == -outsource.savings("stay")).all()
    assert outsource.table.set_index("option").loc["outsource"].iloc[6:].isna().all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"discount_rate": 8}, r"discount_rate is 8; .*Mend: discount_rate=0\.08"),
        ({"discount_rate": -0.1}, "from 0 to 1"),
        ({"draws": 99}, r"draws is 99; .*Mend: draws=20_000"),
        ({"draws": 1e4}, r"draws is 10000\.0; expected a whole number"),
        ({"seed": -1}, "seed is -1"),
        ({"shape": "prt"}, "There is no shape 'prt'. Did you mean 'pert'"),
        ({"range_means": "p10p90"}, "Did you mean 'p10-p90'"),
        ({"reference": pd.DataFrame()}, r"reference is a DataFrame; .*Mend: reference=reference_class\(estimates"),
    ],
)
def test_bad_arguments_end_in_the_mend(wrong, words):
    with pytest.raises(OutsourcingKitError, match=words) as caught:
        simulate_cash_flows(PLAN, **{"draws": 100, **wrong})
    assert "Mend:" in str(caught.value) or "Known:" in str(caught.value)


def test_range_means_of_the_column_and_for_all_lines():
    as_limits = simulate_cash_flows(MIXED).table
    as_deciles = simulate_cash_flows(MIXED, range_means="p10-p90")
    by_column = simulate_cash_flows(MIXED.assign(range_means="p10-p90"))
    pd.testing.assert_frame_equal(as_deciles.table, by_column.table)
    pd.testing.assert_frame_equal(
        simulate_cash_flows(MIXED.assign(range_means="p10-p90"), range_means="limits").table, as_limits
    )
    width = [table["cost_p90"] - table["cost_p10"] for table in (as_limits, by_column.table)]
    assert (width[1] > 1.5 * width[0]).all()
    assert as_deciles.notes[0].startswith("low and high of all lines are read as p10-p90")
    # One line alone: its 10th and 90th percentile are what was stated.
    rows = (certain("team", "stay", 80, 0, 0), ("fee", "outsource", "cost", "", 0, 0, 60, 65, 90))
    row = simulate_cash_flows(flows(*rows), range_means="p10-p90", draws=100_000).table.iloc[1]
    assert (row["cost_p10"], row["cost_p90"]) == pytest.approx((60, 90), rel=0.01)


def test_costs_that_plans_forget_are_asked_for_by_option():
    notes = simulate_cash_flows(MIXED, draws=100).notes
    assert notes == (
        "no line of 'outsource' is for transition, quality, redundancy: ask what that costs, if only to write 0",
        "no line of 'pilot' is for search, transition, managing, quality, redundancy, exit: ask what that costs, if "
        "only to write 0",
    )
    complete = [("search", 1), ("Transition ", 2), ("managing", 3), ("QUALITY", 4), ("redundancy", 5), ("exit", 6)]
    rows = [(name, "outsource", "cost", name, 0, 12, n, n, n) for name, n in complete]
    assert simulate_cash_flows(flows(certain("team", "stay", 80, 0, 12), *rows), draws=100).notes == ()
    assert "is for search, transition" in simulate_cash_flows(PLAN.drop(columns="category"), draws=100).notes[0]


def test_other_notes():
    lines = pd.concat(
        [
            PLAN,
            flows(
                certain("later", "pilot", 5, 1, 20, "benefit"),
                certain("whose", None, 5),
                ("blank", "stay", "cost", "", 1, 2, 1, None, 3),
            ),
        ],
        ignore_index=True,
    )
    result = simulate_cash_flows(lines, draws=100)
    assert result.notes[:4] == (
        "1 cash flow line with a blank month or amount left out",
        "1 cash flow line without an option left out",
        "the horizons differ, compare the same months: lines of 'stay' in month 12, 'outsource' in month 12, "
        "'pilot' in month 20 end last",
        "option 'pilot' has benefit lines only: what does it cost?",
    )
    assert math.isnan(result.table["break_even"].iloc[2])


# --- what the result says ---------------------------------------------------------------------------------------------


def test_odds_are_the_draws_mean_taken_apart():
    result = simulate_cash_flows(MIXED)
    for option in ("outsource", "pilot"):
        odds = result.odds(option)
        assert odds.p_saving == pytest.approx(1 - result.table.set_index("option").loc[option, "no_saving"], abs=1e-12)
        assert odds.gain > 0 and odds.loss > 0
        mean = odds.p_saving * odds.gain - (1 - odds.p_saving) * odds.loss
        assert mean == pytest.approx(float(result.savings(option).mean()))
    assert simulate_cash_flows(PLAN, draws=100, discount_rate=0).odds() == (1.0, pytest.approx(90.0), 0.0)
    dear = simulate_cash_flows(PLAN, against="outsource", draws=100, discount_rate=0).odds("stay")
    assert dear == (0.0, 0.0, pytest.approx(90.0))


def test_an_option_that_is_not_there():
    result = simulate_cash_flows(MIXED, draws=100)
    with pytest.raises(UnknownNameError, match="Did you mean 'outsource'"):
        result.savings("outsourcing")
    assert len(result.savings("stay")) == 0  # against itself there is nothing to save
    assert math.isnan(result.odds("stay").gain)


def test_it_shows_itself():
    result = simulate_cash_flows(PLAN, draws=100, discount_rate=0)
    text = repr(result)
    assert text.splitlines()[0] == (
        "Present value at 0% a year; inside view; pert lines; correlation 0.3 among the cost lines of an option; "
        "100 draws"
    )
    assert "month 8" in text and "month 8" in result._repr_html_()
    assert "cost p90" not in text and "cost_p90" in result.table
    never = simulate_cash_flows(PLAN, against="outsource", draws=100)
    assert "never" in repr(never)
