"""Past work and reference class forecasting: by hand, by slow loops, by real records, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit.business_case.forecasting import PUBLISHED
from outsourcing_kit.business_case.past_work import ratio_quantile
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from tests.made import past

KITCHENHAM = Path(__file__).parents[2] / "shared" / "data" / "estimates" / "kitchenham.csv"

# --- past work ----


def test_accuracy_by_hand():
    # errors/actual: 20/80 = .25 (counts as within a quarter), 100/200 = .5, 0, 10/90 = .111; overran: one of four
    table = bc.estimate_accuracy(pd.DataFrame({"estimated": [100, 100, 50, 100], "actual": [80, 200, 50, 90]})).table
    row = table.iloc[0]
    assert list(table.columns) == [
        "items", "pred25", "mean_relative_error", "median_relative_error", "share_overrun", "total_ratio",
    ]  # fmt: skip
    assert row["items"] == 4
    assert row["pred25"] == 0.75
    assert row["mean_relative_error"] == pytest.approx((0.25 + 0.5 + 0 + 1 / 9) / 4)
    assert row["median_relative_error"] == pytest.approx((0.25 + 1 / 9) / 2)
    assert row["share_overrun"] == 0.25
    assert row["total_ratio"] == pytest.approx(420 / 350)


def test_accuracy_leaves_out_and_says_so():
    rows = past(1.0, 1.2, None)
    rows.loc[len(rows)] = ["e9", "move", 0.0, 5.0, "hours", "finished"]  # no estimate
    rows.loc[len(rows)] = ["e10", "move", 10.0, np.nan, "hours", "finished"]  # no actual
    result = bc.estimate_accuracy(rows)
    assert result.table["items"].iloc[0] == 2
    assert result.notes == (
        "1 item without an estimate above 0 left out",
        "1 item marked finished without an actual above 0 left out",
        "1 item abandoned: no final actual, left out here",
    )
    assert (
        repr(result).endswith("\n1 item abandoned: no final actual, left out here.")
        and "<table" in result._repr_html_()
    )


def test_mixed_units_keep_relative_errors_but_no_total():
    row = bc.estimate_accuracy(past(1.0, 2.0, unit=["hours", "days"]))
    assert math.isnan(row.table["total_ratio"].iloc[0]) and row.table["pred25"].iloc[0] == 0.5
    assert "2 units are mixed" in row.notes[0]


@pytest.mark.parametrize("function", [bc.estimate_accuracy, bc.overrun_quantiles])
def test_empty_and_wrong_past_work(function):
    assert function(past()).missing == "needs table estimates"
    assert function(past(1.0).drop(columns="actual")).missing == "needs table estimates, column actual"
    assert any("left out" in note for note in function(past(1.0).assign(actual=math.nan)).notes)
    with pytest.raises(UnknownNameError, match="Did you mean 'estimated'"):
        function(past(1.0), estimated="estimatedd")
    with pytest.raises(OutsourcingKitError, match="column actual: found 'a lot'"):
        function(past(1.0).assign(actual="a lot"))


def test_overrun_quantiles_by_hand():
    # 1.0 … 1.9: type 7 puts q80 at position 7.2, i.e. 1.72; ranks by the binomial table for n = 10
    result = bc.overrun_quantiles(past(*[1 + number / 10 for number in range(10)])).table
    assert list(result.columns) == ["quantile", "estimate", "low", "high", "n", "effective_n"]
    assert result["estimate"].tolist() == pytest.approx([1.45, 1.72, 1.81])
    # median of ten: P(B <= 1) = 11/1024 = .011, P(B <= 2) = 56/1024 = .055, so ranks 2 and 9
    assert result.iloc[0][["low", "high"]].tolist() == pytest.approx([1.1, 1.8])
    # P(all ten below q80) = .107 and below q90 = .349: no upper end
    assert result["high"].tolist()[1:] == [math.inf, math.inf]
    assert (result["n"] == 10).all()


def test_a_class_of_two_supports_no_end():
    result = bc.overrun_quantiles(past(1.1, 1.3)).table
    # But both of two lie above the 90th percentile in one case of a hundred only: a low end for that there is.
    assert result["low"].tolist() == [0.0, 0.0, 1.1] and result["high"].tolist() == [math.inf] * 3
    one = bc.overrun_quantiles(past(1.1), q=[0.5]).table.iloc[0]
    assert (one["estimate"], one["low"], one["high"], one["n"]) == (pytest.approx(1.1), 0.0, math.inf, 1)


def test_abandoned_work_counts_as_beyond_every_overrun():
    ratios = bc.overrun_quantiles(past(*[1.0] * 8 + [None] * 2), q=[0.5, 0.75, 0.8]).table["estimate"].tolist()
    # positions 4.5, 6.75 (between two finished) and 7.2 (between the last finished and the first abandoned)
    assert ratios == [1.0, 1.0, math.inf]
    many = bc.overrun_quantiles(past(*[1.0] * 90 + [None] * 10), q=[0.9]).table.iloc[0]
    assert many["low"] == 1.0 and many["high"] == math.inf


def test_quantiles_by_group_equal_those_of_each_group_alone():
    rows = past(1.0, 1.2, 1.4, 2.0, 3.0, client=["a", "b", "a", "b", None])
    grouped = bc.overrun_quantiles(rows, by="client", q=[0.5]).table
    assert grouped["client"].tolist() == ["a", "b"]
    for name, part in grouped.groupby("client"):
        alone = bc.overrun_quantiles(rows[rows["client"] == name], q=[0.5]).table
        pd.testing.assert_frame_equal(part.drop(columns="client").reset_index(drop=True), alone)


def test_an_analyst_s_own_columns():
    rows = past(1.0, 1.2, 1.4, 2.0, client=["a", "a", "b", "b"])
    own = rows.rename(columns={"estimated": "quoted", "actual": "took", "reference_class": "team", "client": "whose"})
    # A column that bears a name of the dictionary and holds something else is not looked at.
    own = own.assign(estimated="a guess", team=["x", "x ", "y", "y"])
    names = {"estimated": "quoted", "actual": "took"}
    expected = bc.overrun_quantiles(rows.assign(reference_class=["x", "x", "y", "y"]), by="reference_class").table
    found = bc.overrun_quantiles(own, by="team", alike="whose", **names).table
    pd.testing.assert_frame_equal(found.rename(columns={"team": "reference_class"}), expected)
    pd.testing.assert_frame_equal(bc.estimate_accuracy(own, **names).table, bc.estimate_accuracy(rows).table)
    for wrong in ({"by": "temas"}, {"alike": "who"}, {"actual": "tok"}):
        with pytest.raises(UnknownNameError, match="no column"):
            bc.overrun_quantiles(own, **{**names, **wrong})
    with pytest.raises(OutsourcingKitError, match="column took: found 'long'"):
        bc.overrun_quantiles(own.assign(took="long"), **names)
    with pytest.raises(OutsourcingKitError, match="is of type list; expected a frame"):
        bc.estimate_accuracy([1, 2])
    assert list(bc.overrun_quantiles(own.iloc[:0], by="team", **names).table)[:2] == ["team", "quantile"]


def test_reference_class_names_the_nearest_and_says_when_classes_are_pooled():
    rows = past(1.0, 1.2, reference_class=["move", "build"])
    assert bc.reference_class(rows, "move").ratios.tolist() == [1.0]
    assert "did you mean 'move'" in bc.reference_class(rows, "mvoe").missing
    assert "all 2 classes" in bc.reference_class(rows).notes[0]
    assert bc.reference_class(rows.iloc[:0], "move").missing == "needs table estimates"
    assert "column actual" in bc.reference_class(rows.drop(columns="actual"), "move").missing


def test_abandoned_items_are_drawn_at_the_largest_ratio_or_their_own():
    rows = past(1.0, 1.5, None, None)
    rows.loc[3, "actual"] = 250.0  # had already taken 2.5 times its estimate when it was given up
    assert bc.reference_class(rows, "move").drawable_ratios.tolist() == [1.0, 1.5, 1.5, 2.5]
    assert len(bc.reference_class(past(None, None), "move").drawable_ratios) == 0


def test_overrun_quantiles_name_the_level_of_their_intervals():
    assert "Low and high: 95% intervals." in repr(bc.overrun_quantiles(past(1.0, 1.2, 1.4)))
    assert "90% intervals" in repr(bc.overrun_quantiles(past(1.0, 1.2, 1.4), confidence=0.9))


# --- the outside view ---


def test_by_hand():
    # 1.0, 1.1 … 2.0: of eleven items nine, up to 1.8, are 80% or more. Planned 50,000, budget 60,000.
    lines = pd.DataFrame(
        {"line": ["fee"], "option": "outsource", "kind": "cost", "first_month": 1, "last_month": 10,
         "low": 4000, "likely": 5000, "high": 9000}
    )  # fmt: skip
    view = bc.outside_view(
        bc.contingency(lines, 60_000), past(*[1 + step / 10 for step in range(11)]), plan_class="move"
    )
    used = view.table.iloc[0]
    assert (view.planned, view.budget, view.reference_class) == (50_000, 60_000, "move")
    assert used["ratio"] == pytest.approx(1.8) and view.reserve == pytest.approx(0.8)
    assert used["cost"] == pytest.approx(90_000) and view.beyond_plan == pytest.approx(40_000)
    # Binomial(11, .8): P(B ≤ 5) = .0117, P(B ≤ 6) = .0504; so the 6th smallest, 1.5, bounds it at 95%; .8¹¹ = .086 is
    # too likely for an upper end.
    assert used["reserve_low"] == pytest.approx(0.5) and used["reserve_high"] == math.inf
    assert "9 of 11 past items stayed within 180% of the estimate: 90,000 for this one, 40,000 above the plan" in repr(
        view
    )
    assert "The budget is 30,000 below that" in repr(view)
    assert "is open" in view.in_words


def test_every_other_class_is_shown():
    records = pd.concat([past(*[1.0] * 40), past(*[1.5] * 40, reference_class="software")])
    view = bc.outside_view(1000, records, plan_class="move")
    assert view.table["reference_class"].tolist() == ["move", "software", *(item.name for item in PUBLISHED)]
    assert view.reserve == 0 and view.table["reserve"].iloc[1] == pytest.approx(0.5)
    assert view.other_classes == "another class would have asked for a reserve of 13% to 115%"
    assert "Another class would have" in repr(view)
    one = bc.outside_view(1000, past(*[1.0] * 40))
    assert one.reference_class == "all past work" and one.table["reference_class"].iloc[1] == PUBLISHED[0].name


def test_words_count_the_items_that_stayed_within():
    # Two of 1.0, 1.2 and 1.396 are fewer than 80%; the whole percent above the third is 140%.
    view = bc.outside_view(1000, past(1.0, 1.2, 1.396), plan_class="move")
    assert view.reserve == pytest.approx(0.4) and view.within == 3
    assert view.in_words.startswith("3 of 3 past items stayed within 140% of the estimate")
    # 3/4: less than the 80% that were asked for, and said so.
    assert view.next_plan == 0.75
    assert "enough with a chance of about 75%, not 80%" in repr(view)
    many = bc.outside_view(1000, past(*[1 + step / 100 for step in range(100)]), plan_class="move")
    assert many.next_plan == pytest.approx(80 / 101) and "with a chance of" not in repr(many)


@pytest.mark.parametrize(("n", "q"), [(3, 0.8), (12, 0.8), (5, 0.5)])
def test_chance_that_a_reserve_is_enough_for_the_next_plan_by_brute_force(n, q):
    rng = np.random.default_rng(n)
    enough = sum(rng.random() <= np.quantile(rng.random(n), q, method="inverted_cdf") for _ in range(4000)) / 4000
    expected = bc.outside_view(1000, past(*(1 + rng.random(n)).tolist()), plan_class="move", quantile=q).next_plan
    assert enough == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 4000))


def test_a_class_of_two_supports_nothing():
    used = bc.outside_view(1000, past(1.1, 1.3), plan_class="move").table.iloc[0]
    assert used["reserve_low"] == -math.inf and used["reserve_high"] == math.inf and used["n"] == 2


def test_clients_that_go_alike_count_for_less():
    ratios = [1.0] * 20 + [1.1] * 20 + [1.6] * 20
    alone = bc.outside_view(1000, past(*ratios)).table.iloc[0]
    alike = bc.outside_view(1000, past(*ratios, client=["a"] * 20 + ["b"] * 20 + ["c"] * 20)).table.iloc[0]
    assert alone["effective_n"] == 60 and alike["effective_n"] < 4
    assert alone["reserve_high"] == pytest.approx(0.6) and alike["reserve_high"] == math.inf


def test_abandoned_work_is_never_within_a_reserve():
    view = bc.outside_view(1000, past(1.0, 1.0, 1.0, None, None), plan_class="move")
    assert view.reserve == math.inf and "no reserve would have been enough for 80%" in view.in_words


def test_published_classes():
    view = bc.outside_view(1000, "software tasks of one company", quantile=0.9)
    assert view.reserve == pytest.approx(1.0) and len(view.table) == 3
    assert view.table["reserve_low"].isna().all()
    # A quantile that is not published is not invented.
    beyond = bc.outside_view(1000, PUBLISHED[0].name, quantile=0.99)
    assert math.isnan(beyond.reserve) and "needs a quantile from 50% to 90%" in repr(beyond)
    # Between published ones it is read off: the source gives 1.91 for the 75th percentile of the Canadian projects.
    assert PUBLISHED[2].ratio(0.75) == pytest.approx(1.91, abs=0.005)
    table = bc.published_reference_classes().table
    assert (table["p50"] < table["p80"]).all() and (table["p80"] < table["p90"]).all()
    assert (table[["source", "known_bias"]].map(len) > 20).all().all()


@pytest.mark.skipif(not KITCHENHAM.is_file(), reason="needs ../shared/data: real records are not part of the project")
def test_the_published_figures_come_from_the_records():
    rows = pd.read_csv(KITCHENHAM)
    ratio = np.sort((rows["Actual.effort"] / rows["First.estimate"]).to_numpy())
    first = PUBLISHED[0]
    assert len(ratio) == first.n and (rows["Client.code"] == rows["Client.code"].mode()[0]).sum() == 116
    for q, figure in ((0.5, first.p50), (0.8, first.p80), (0.9, first.p90)):
        # Type 7 by hand: between the two values around position (n − 1)q.
        position = (len(ratio) - 1) * q
        below = int(position)
        by_hand = ratio[below] + (position - below) * (ratio[below + 1] - ratio[below])
        assert round(by_hand, 2) == figure


@pytest.mark.slow
@pytest.mark.parametrize("n", [10, 20, 36, 80])
@pytest.mark.parametrize("q", [0.5, 0.8, 0.9])
def test_quantiles_of_heavy_tails_are_covered_at_every_n(n, q):
    """Ratios with a Pareto tail of exponent 1, which has no mean, and 5% abandoned: the interval holds the truth."""
    rng = np.random.default_rng(n)
    truth = 0.8 / (1 - q / 0.95)
    runs, held, closed = 400, 0, 0
    for _ in range(runs):
        ratios = np.where(rng.random(n) < 0.05, math.inf, 0.8 / (1 - rng.random(n)))
        found = ratio_quantile(ratios, np.arange(n), q, 0.95)
        held += found["low"] <= truth <= found["high"]
        closed += math.isfinite(found["high"])
    # Order statistics cover at least 95%; the tolerance is three standard errors of a share over 400 runs.
    assert held / runs >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / runs)
    # An upper end is claimed only where n supports one: 6 for the median, 17 for .8, 36 for .9 (1 − qⁿ ≥ .975).
    assert closed == 0 if q**n > 0.025 else closed > 0


def test_reserve_held_in_the_promised_share_of_new_plans():
    """A reserve from 200 items of a heavy-tailed class is enough for about 80% of new plans; the mean's is not."""
    rng = np.random.default_rng(5)
    enough = []
    for _ in range(200):
        ratios = 1 + 0.1 * rng.pareto(1.1, 200)
        view = bc.outside_view(1.0, past(*ratios.tolist()))
        enough.append(np.mean(1 + 0.1 * rng.pareto(1.1, 2000) <= 1 + view.reserve))
    # The standard error of a share over 200 × 2,000 plans is below .002, that of the class's quantile .03/√200.
    assert np.mean(enough) == pytest.approx(0.8, abs=0.01)


def test_what_is_missing_is_said():
    nobody = bc.outside_view(1000, pd.DataFrame())
    assert "needs table estimates" in nobody.missing and math.isnan(nobody.reserve)
    # Who has no history still sees what others' would have said, and how to use one of them.
    assert nobody.table["reference_class"].tolist() == [item.name for item in PUBLISHED]
    assert "published classes; name one as the reference" in repr(nobody)
    view = bc.outside_view(1000, past(1.0), plan_class="mov")
    assert "did you mean 'move'" in view.missing and "Not assessed" in repr(view)
    no_plan = bc.outside_view(bc.contingency(pd.DataFrame(), 10.0), past(1.0))
    assert "cash_flows" in no_plan.missing


def test_wrong_input():
    with pytest.raises(UnknownNameError, match="Did you mean"):
        bc.outside_view(1000, "software tasks of one compani")
    with pytest.raises(OutsourcingKitError, match="quantile is 80; expected a share"):
        bc.outside_view(1000, past(1.0), quantile=80)
    with pytest.raises(OutsourcingKitError, match="above 0"):
        bc.outside_view(-5, past(1.0))
    with pytest.raises(OutsourcingKitError, match="plan is 'a lot'; expected an amount above 0"):
        bc.outside_view("a lot", past(1.0))
