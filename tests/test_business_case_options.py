"""Which option hands work out, whatever it is called; amounts that no plan has; names that are typed differently."""

from __future__ import annotations

import dataclasses
import math
import warnings

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit import plots
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError
from tests.made import certain, flows

STEADY = Engagement.load("steady")
FLOWS = STEADY.cash_flows


def named(**names: str) -> pd.DataFrame:
    return FLOWS.assign(option=FLOWS["option"].replace(names))


def engagement(flows: pd.DataFrame) -> Engagement:
    return dataclasses.replace(STEADY, tables={**STEADY.tables, "cash_flows": flows})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("out", "inside"),
    [
        ("vendor A", "stay"), ("Outsource", "Stay"), ("outsourcing", "in-house"), ("agency", "In house"),
        ("pilot", "keep"), ("BrightDesk", "status quo"), ("outsource\u00a0", " stay"), ("stay elsewhere", "stay"),
    ],
)  # fmt: skip
def test_the_same_plan_under_other_names_is_the_same_plan(out, inside):
    """Functions, figures and the headline: nothing hangs on what the options are called."""
    table = named(outsource=out, stay=inside)
    case, plain = (bc.no_saving(lines, STEADY.estimates, draws=200) for lines in (table, FLOWS))
    assert (case.estimate, case.low, case.high) == (plain.estimate, plain.low, plain.high)
    assert (case.option, case.against) == (out.strip("\u00a0 "), inside.strip())
    assert bc.naive_saving(table).saving == pytest.approx(bc.naive_saving(FLOWS).saving, rel=1e-12)
    assert bc.contingency(table, 1_142_159.53).reserve == bc.contingency(FLOWS, 1_142_159.53).reserve
    assert bc.sensitivity(table).saving == bc.sensitivity(FLOWS).saving
    simulated = bc.simulate_cash_flows(table, draws=500)
    assert simulated.odds() == bc.simulate_cash_flows(FLOWS, draws=500).odds()
    for draw in (plots.cash_fan, plots.saving_distribution):
        assert "Nothing to draw" not in draw(simulated).alt
    finding, told = (bc.assess(engagement(lines), draws=200) for lines in (table, FLOWS))
    # The words may name the option.
    plain, other = ([dataclasses.replace(m, settled_by="") for m in one.headlines] for one in (told, finding))
    assert plain == other
    assert finding.actions == told.actions


def test_of_several_options_the_first_is_looked_at_and_said():
    more = [named(outsource=name).query("option == @name") for name in ("vendor A", "vendor B", "pilot")]
    lines = pd.concat([*more, FLOWS[FLOWS["option"] == "stay"]], ignore_index=True)
    result = bc.no_saving(lines)
    assert result.option == "vendor A"
    assert any("'vendor A', not 'vendor B', 'pilot'" in note for note in result.notes)
    assert bc.no_saving(lines, option="vendor b").option == "vendor B"
    assert any("'vendor A'" in line for line in bc.assess(engagement(lines)).assumptions)
    with_one = pd.concat([lines, FLOWS[FLOWS["option"] == "outsource"]], ignore_index=True)
    assert bc.no_saving(with_one).option == "outsource"
    assert not any("several options" in note for note in bc.no_saving(with_one).notes)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"stay": "sty"}, "that keeps the work inside, called 'stay', in table cash_flows; found outsource, sty "
         "(is 'sty' meant? Then call it 'stay')"),
        ({"stay": "A", "outsource": "B"}, "keeps the work inside, called 'stay', in table cash_flows; found A, B"),
        ({"outsource": "stay"}, "that hands work out, in table cash_flows; found stay"),
        ({"outsource": "keep", "stay": "inside"}, "keeps the work inside, called 'stay'"),
    ],
)  # fmt: skip
def test_a_near_miss_is_asked_about_and_nothing_is_guessed(names, words):
    lines = named(**names)
    for function in (bc.no_saving, bc.naive_saving, bc.sensitivity):
        assert words in function(lines).missing
    simulated = bc.simulate_cash_flows(lines, draws=100)
    assert simulated.missing
    assert "Nothing to draw" in plots.cash_fan(simulated).alt
    assert math.isnan(simulated.odds().gain)
    assert bc.assess(engagement(lines)).headlines[0].verdict == "not assessed"


def test_a_word_for_staying_is_said_to_be_taken_as_such():
    assert any("option 'in-house' is taken as" in note for note in bc.no_saving(named(stay="in-house")).notes)
    assert not any("taken as" in note for note in bc.no_saving(named(stay="Stay")).notes)


def test_spellings_that_differ_in_capitals_alone_are_one_option():
    mixed = FLOWS.assign(
        option=[name.upper() if row % 2 else name for row, name in enumerate(FLOWS["option"])],
        kind=[f" {kind.title()}\u00a0" for kind in FLOWS["kind"]],
    )
    assert bc.no_saving(mixed).saving == bc.no_saving(FLOWS).saving


# --- amounts that no plan has ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [1e308, 1.1e12, 5e-324, 1e-300])
def test_amounts_out_of_range_are_refused_before_anything_overflows(amount):
    lines = FLOWS.assign(**dict.fromkeys(("low", "likely", "high"), amount))
    risks = STEADY.risks.assign(loss_low=amount, loss_high=amount)
    past = STEADY.estimates.assign(actual=amount)
    calls = [
        lambda: bc.no_saving(lines), lambda: bc.naive_saving(lines), lambda: bc.sensitivity(lines),
        lambda: bc.simulate_cash_flows(lines), lambda: bc.contingency(lines, 1e6), lambda: bc.risk_register(risks),
        lambda: bc.reference_class(past), lambda: bc.estimate_accuracy(past), lambda: bc.overrun_quantiles(past),
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in calls:
            with pytest.raises(OutsourcingKitError, match=r"1e-12|at most 1(e\+12|,000,000,000,000)"):
                call()


@pytest.mark.parametrize("amount", [0.0, 1e-12, 1e12])
def test_the_ends_of_the_range_are_computed_without_a_warning(amount):
    lines = FLOWS.assign(**dict.fromkeys(("low", "likely", "high"), amount))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in ("pert", "lognormal"):
            wide = lines.assign(low=0.0, range_means="p10-p90")
            assert np.isfinite(bc.simulate_cash_flows(wide, draws=200, shape=shape).savings()).all()
        assert not bc.no_saving(lines, STEADY.estimates, draws=200).missing


@pytest.mark.parametrize("rate", [math.nan, math.inf, -math.inf, "5%", None, 1e308])
def test_a_discount_rate_that_is_none_is_refused(rate):
    for function in (bc.no_saving, bc.naive_saving, bc.sensitivity, bc.simulate_cash_flows):
        with pytest.raises(OutsourcingKitError, match="discount_rate is"):
            function(FLOWS, discount_rate=rate)


# --- a range given as 10th and 90th percentile ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform"])
def test_one_in_ten_that_a_benefit_is_ten_is_one_in_ten_that_nothing_is_saved(shape):
    # Without the licence 50 a month are lost; the licence is 10 or less in one case of ten.
    rows = flows(
        certain("team", "stay", 1000),
        certain("fee", "outsource", 1050),
        ("licence saved", "outsource", "benefit", "price", 1, 12, 10, 100, 110),
    ).assign(range_means=["limits", "limits", "p10-p90"])
    least = 0.1 - 4 * math.sqrt(0.09 / 20_000)
    result = bc.simulate_cash_flows(rows, discount_rate=0, shape=shape)
    assert result.table["no_saving"].iloc[1] >= least
    headline = bc.no_saving(rows, shapes=(shape,), correlations=(0.0,), draws=20_000, discount_rate=0)
    assert headline.estimate >= least
    matters = bc.sensitivity(rows, shape=shape, discount_rate=0)
    beyond = matters.table.set_index("line")["beyond"]["licence saved"]
    assert beyond == pytest.approx(float(result.table["no_saving"].iloc[1]), abs=1e-2)
    assert "in 9 of 10 cases at least 10" in matters.in_words
    for found in (result, headline, matters):
        assert any("10th and 90th percentile given for 'licence saved'" in note for note in found.notes)
    limits = bc.simulate_cash_flows(rows.assign(range_means="limits"), draws=100, shape=shape)
    assert not any("percentile" in note for note in limits.notes)


# --- typed text ------------------------------------------------------------------------------------------------------


def test_names_that_are_typed_differently_meet():
    past = pd.DataFrame(
        {"reference_class": ["Cafe\u0301 move\u00a0", "Caf\u00e9  move", 7.0], "estimated": 10.0,
         "actual": [12.0, 14.0, 30.0], "status": ["Finished ", "abandoned", None], "client": ["A", "A ", None]}
    )  # fmt: skip
    found = bc.reference_class(past, " Caf\u00e9 move")
    assert found.ratios.tolist() == [1.2, math.inf]
    assert len(set(found.groups)) == 1
    assert bc.reference_class(past, 7).ratios.tolist() == [3.0]
    view = bc.outside_view(100, past, plan_class="Cafe\u0301 move").table
    assert view.loc[view["source"] == "own records", "reference_class"].tolist() == ["Caf\u00e9 move", "7"]
    typed = dataclasses.replace(STEADY.settings, plan_class="Caf\u00e9 move")
    told = bc.assess(Engagement(typed, {**STEADY.tables, "estimates": past.assign(unit="hours")}))
    assert told.measure("overrun_p80").n == 2
    with pytest.raises(OutsourcingKitError, match="convert durations"):
        bc.reference_class(past.assign(actual=pd.to_timedelta(["1h", "2h", None])))


HOUR = pd.Timedelta(hours=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bc.no_saving(FLOWS.assign(low=HOUR)), "column low: found .* expected a number"),
        (lambda: bc.no_saving(FLOWS.assign(first_month=pd.Timestamp("2026-01-01"))), "expected a whole number"),
        (lambda: bc.risk_register(STEADY.risks.assign(loss_low=HOUR)), "column loss_low: found .* expected a number"),
        (lambda: bc.decision_analysis(0.5, HOUR, 2), "gain is"),
        (lambda: bc.overrun_quantiles(STEADY.estimates, q=[0.5, pd.NA]), "q is '<NA>'"),
        (lambda: bc.overrun_quantiles(STEADY.estimates, q=["p80"]), "q is 'p80'"),
        (lambda: bc.outside_view(1e5, STEADY.estimates, confidence="80%"), "confidence is '80%'"),
        (lambda: bc.outside_view(pd.NaT, STEADY.estimates), "plan is 'NaT'"),
        (lambda: bc.contingency(FLOWS, pd.NaT), "budget is 'NaT'"),
    ],
)
def test_what_is_no_number_is_one_clear_error(call, words):
    with pytest.raises(OutsourcingKitError, match=words):
        call()
