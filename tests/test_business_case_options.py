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

STEADY = Engagement.load("steady")
FLOWS = STEADY.cash_flows


def named(**names: str) -> pd.DataFrame:
    return FLOWS.assign(option=FLOWS["option"].replace(names))


def engagement(flows: pd.DataFrame) -> Engagement:
    return dataclasses.replace(STEADY, tables={**STEADY.tables, "cash_flows": flows})


@pytest.mark.parametrize(
    ("out", "inside"),
    [
        ("vendor A", "stay"), ("Outsource", "Stay"), ("outsourcing", "in-house"), ("agency", "In house"),
        ("pilot", "keep"), ("BrightDesk", "status quo"), ("outsource\u00a0", " stay"), ("stay elsewhere", "stay"),
    ],
)  # fmt: skip
def test_the_same_plan_under_other_names_is_the_same_plan(out, inside):
    """Functions, figures and the headline: nothing hangs on what the options are called."""
    flows = named(outsource=out, stay=inside)
    case, plain = (bc.no_saving(lines, STEADY.estimates, draws=200) for lines in (flows, FLOWS))
    assert (case.estimate, case.low, case.high) == (plain.estimate, plain.low, plain.high)
    assert (case.option, case.against) == (out.strip("\u00a0 "), inside.strip())
    assert bc.naive_saving(flows).saving == pytest.approx(bc.naive_saving(FLOWS).saving, rel=1e-12)
    assert bc.contingency(flows, 1_142_159.53).reserve == bc.contingency(FLOWS, 1_142_159.53).reserve
    assert bc.sensitivity(flows, draws=64).saving == bc.sensitivity(FLOWS, draws=64).saving
    simulated = bc.simulate_cash_flows(flows, draws=500)
    assert simulated.odds() == bc.simulate_cash_flows(FLOWS, draws=500).odds()
    for draw in (plots.cash_fan, plots.saving_distribution):
        assert "Nothing to draw" not in draw(simulated).alt
    finding, told = (bc.assess(engagement(lines), draws=200) for lines in (flows, FLOWS))
    assert finding.headlines == told.headlines
    assert finding.actions == told.actions


def test_of_several_options_the_first_is_looked_at_and_said():
    more = [named(outsource=name).query("option == @name") for name in ("vendor A", "vendor B", "pilot")]
    flows = pd.concat([*more, FLOWS[FLOWS["option"] == "stay"]], ignore_index=True)
    result = bc.no_saving(flows)
    assert result.option == "vendor A"
    assert any("'vendor A', not 'vendor B', 'pilot'" in note for note in result.notes)
    assert bc.no_saving(flows, option="vendor b").option == "vendor B"
    assert any("'vendor A'" in line for line in bc.assess(engagement(flows)).assumptions)
    with_one = pd.concat([flows, FLOWS[FLOWS["option"] == "outsource"]], ignore_index=True)
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
    flows = named(**names)
    for function in (bc.no_saving, bc.naive_saving, bc.sensitivity):
        assert words in function(flows).missing
    simulated = bc.simulate_cash_flows(flows, draws=100)
    assert simulated.missing
    assert "Nothing to draw" in plots.cash_fan(simulated).alt
    assert math.isnan(simulated.odds().gain)
    assert bc.assess(engagement(flows)).headlines[0].verdict == "not assessed"


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
    flows = FLOWS.assign(**dict.fromkeys(("low", "likely", "high"), amount))
    risks = STEADY.risks.assign(loss_low=amount, loss_high=amount)
    past = STEADY.estimates.assign(actual=amount)
    calls = [
        lambda: bc.no_saving(flows), lambda: bc.naive_saving(flows), lambda: bc.sensitivity(flows),
        lambda: bc.simulate_cash_flows(flows), lambda: bc.contingency(flows, 1e6), lambda: bc.risk_register(risks),
        lambda: bc.reference_class(past), lambda: bc.estimate_accuracy(past), lambda: bc.overrun_quantiles(past),
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in calls:
            with pytest.raises(OutsourcingKitError, match=r"from 1e-12 to at most 1e\+12"):
                call()


@pytest.mark.parametrize("amount", [0.0, 1e-12, 1e12])
def test_the_ends_of_the_range_are_computed_without_a_warning(amount):
    flows = FLOWS.assign(**dict.fromkeys(("low", "likely", "high"), amount))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for shape in ("pert", "lognormal"):
            wide = flows.assign(low=0.0, range_means="p10-p90")
            assert np.isfinite(bc.simulate_cash_flows(wide, draws=200, shape=shape).savings()).all()
        assert not bc.no_saving(flows, STEADY.estimates, draws=200).missing


@pytest.mark.parametrize("rate", [math.nan, math.inf, -math.inf, "5%", None, 1e308])
def test_a_discount_rate_that_is_none_is_refused(rate):
    for function in (bc.no_saving, bc.naive_saving, bc.sensitivity, bc.simulate_cash_flows):
        with pytest.raises(OutsourcingKitError, match="discount_rate is"):
            function(FLOWS, discount_rate=rate)


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
    with pytest.raises(OutsourcingKitError, match=r"divide it by pd\.Timedelta"):
        bc.reference_class(past.assign(actual=pd.to_timedelta(["1h", "2h", None])))


HOUR = pd.Timedelta(hours=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bc.no_saving(FLOWS.assign(low=HOUR)), "Column low holds .* not a number"),
        (lambda: bc.no_saving(FLOWS.assign(first_month=pd.Timestamp("2026-01-01"))), "not a number"),
        (lambda: bc.risk_register(STEADY.risks.assign(loss_low=HOUR)), "Column loss_low holds .* not a number"),
        (lambda: bc.value_of_information(np.array([[1, 2]], dtype="timedelta64[h]"), [0.5, 0.5]), "length of time"),
        (lambda: bc.value_of_information([[1, pd.NaT]], [0.5, 0.5]), "no number"),
        (lambda: bc.decision_analysis(0.5, HOUR, 2), "gain is"),
        (lambda: bc.overrun_quantiles(STEADY.estimates, q=[0.5, pd.NA]), "q holds '<NA>'"),
        (lambda: bc.overrun_quantiles(STEADY.estimates, q=["p80"]), "q holds 'p80'"),
        (lambda: bc.outside_view(1e5, STEADY.estimates, confidence="80%"), "confidence is '80%'"),
        (lambda: bc.outside_view(pd.NaT, STEADY.estimates), "plan is NaT"),
        (lambda: bc.contingency(FLOWS, pd.NaT), "budget is 'NaT'"),
    ],
)
def test_what_is_no_number_is_one_clear_error(call, words):
    with pytest.raises(OutsourcingKitError, match=words):
        call()
