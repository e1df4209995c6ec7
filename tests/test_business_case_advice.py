"""What the business case advises follows from what it computes, and from what is known at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import warnings

import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit.engagement import Engagement, sample_engagements
from outsourcing_kit.exceptions import OutsourcingKitError

SAMPLES = sample_engagements()


def changed(sample: Engagement, settings: dict[str, object] | None = None, **tables: pd.DataFrame) -> Engagement:
    return dataclasses.replace(
        sample,
        settings=dataclasses.replace(sample.settings, **(settings or {})),
        tables={**sample.tables, **tables},
    )


def words_of(finding) -> str:
    return " ".join([*finding.actions, *(measure.settled_by for measure in finding.headlines)])


# --- no advice against one's own figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_no_pilot_is_advised_where_the_lesson_finds_it_worth_nothing(name):
    """The cells of lesson 01 on the same records; then the advice."""
    sample = Engagement.load(name)
    right = bc.no_saving(sample.cash_flows, sample.estimates, plan_class=sample.settings.plan_class)
    past = bc.reference_class(sample.estimates, sample.settings.plan_class)
    odds = bc.simulate_cash_flows(sample.cash_flows, draws=4000, reference=past).odds()
    choice = bc.decision_analysis(
        1 - right.estimate, odds.gain, odds.loss, p_range=(1 - right.high, 1 - right.low), sensitivity=0.8,
        specificity=0.8, pilot_cost=5000,
    )  # fmt: skip
    # gain and loss of the estimate itself are those of the simulation, within Monte Carlo error.
    assert (right.gain, right.loss) == pytest.approx((odds.gain, odds.loss), rel=0.1)
    finding = bc.assess(sample)
    for committed in (sample.settings.committed_on, sample.settings.observed_to, None):
        told = bc.assess(changed(sample, {"committed_on": committed}))
        assert [m.verdict for m in told.headlines][:2] == [m.verdict for m in finding.headlines][:2]
        if choice.holds:
            assert "pilot" not in words_of(told)
        if finding.headlines[0].verdict == "cannot tell":
            assert choice.best == "act"
            told_first = told.actions[0]
            assert told_first.startswith("Go on, and hold ") and "going on is best; another forecast" in told_first
            # What the next headline may find out of reach is not asked for here.
            assert "past work like" not in told.headlines[0].settled_by


@pytest.mark.parametrize("name", SAMPLES)
def test_a_contract_that_runs_is_asked_for_its_own_invoices_first(name):
    sample = Engagement.load(name)
    running = bc.assess(sample)
    assert "small part" not in words_of(running)
    assert "Before committing" not in words_of(running)
    if running.headlines[0].verdict == "cannot tell":
        assert running.headlines[0].settled_by.startswith("the invoices so far")
        assert running.actions[0].startswith("Go on, and hold the invoices so far against the plan")
    still_open = bc.assess(changed(sample, {"committed_on": sample.settings.observed_to}))
    assert "invoices so far" not in words_of(still_open)


def plan(fee: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost", "category": "x",
            "first_month": 1, "last_month": 24, "low": [100, fee[0]], "likely": [100, fee[1]], "high": [100, fee[2]],
        }
    )  # fmt: skip


def test_a_pilot_is_advised_where_it_could_change_the_decision():
    """Ten past items of which six lose as much as the others gain: whether to go is a toss-up."""
    sample = Engagement.load("steady")
    past = pd.DataFrame({"item": range(10), "reference_class": "move", "estimated": 10.0, "unit": "hours",
                         "actual": [8.0] * 6 + [12.6] * 4, "status": "finished"})  # fmt: skip
    settings = {"plan_class": "move", "committed_on": None, "budget": 3000.0}
    finding = bc.assess(changed(sample, settings, cash_flows=plan((90, 95, 120)), estimates=past))
    assert finding.headlines[0].verdict == "cannot tell"
    assert finding.headlines[0].settled_by.startswith("a pilot, or a fixed price: ")
    assert finding.actions[0].startswith("Before committing, get a pilot")
    settings["committed_on"] = dt.date(2026, 1, 5)
    running = bc.assess(changed(sample, settings, cash_flows=plan((90, 95, 120)), estimates=past))
    assert "invoices so far against the plan, line by line, before committing more" in running.actions[0]


def test_past_work_is_not_asked_for_where_there_is_none():
    sample = Engagement.load("steady")
    for estimates in (sample.estimates.iloc[:0], sample.estimates.assign(status="abandoned", actual=math.nan)):
        for committed in (dt.date(2025, 12, 8), None):
            told = bc.assess(changed(sample, {"committed_on": committed}, estimates=estimates))
            assert "a dozen" not in words_of(told)
            assert "more past work" not in words_of(told)
            assert told.headlines[0].verdict == "cannot tell"


# --- a reserve that is not known -------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [None, math.nan, math.inf, -math.inf, -1.0, 1e308, pd.NA])
def test_a_reserve_that_is_not_known_is_not_assessed(budget):
    sample = Engagement.load("gold-rush")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        finding = bc.assess(changed(sample, {"budget": budget}))
    assert bc.assess(sample).headlines[1].verdict == "problem"
    assert finding.headlines[1].verdict == "not assessed"
    assert "budget in engagement.toml" in finding.headlines[1].settled_by
    assert finding.headlines[0] == bc.assess(sample).headlines[0]
    assert "nan" not in words_of(finding) or str(budget) == "nan"


def test_a_plan_that_costs_nothing_has_no_reserve():
    sample = Engagement.load("gold-rush")
    free = sample.cash_flows.assign(**dict.fromkeys(("low", "likely", "high"), 0.0))
    finding = bc.assess(changed(sample, cash_flows=free))
    assert finding.headlines[1].verdict == "not assessed"
    assert "nan" not in words_of(finding)
    with pytest.raises(OutsourcingKitError, match="budget is 'much'"):
        bc.contingency(sample.cash_flows, "much")


# --- whether a prerequisite is required ------------------------------------------------------------------------------


def rows(*flags: object, settled: object = None) -> pd.DataFrame:
    return pd.DataFrame(
        {"prerequisite": [f"thing {n}" for n in range(len(flags))], "required": flags, "settled_on": settled}
    )


@pytest.mark.parametrize("blank", [None, pd.NA, math.nan, "", " "])
def test_a_blank_in_required_is_not_a_no(blank):
    sample = Engagement.load("steady")
    measure = bc.assess(changed(sample, prerequisites=rows("no", blank))).headlines[2]
    assert (measure.estimate, measure.high, measure.verdict) == (0.0, 1.0, "cannot tell")
    assert measure.settled_by == "saying whether 'thing 1' is required (column required)"
    told = bc.assess(changed(sample, prerequisites=rows("no", blank)))
    assert "saying whether 'thing 1' is required" in " ".join(told.actions)
    open_too = bc.assess(changed(sample, prerequisites=rows(True, blank, False))).headlines[2]
    assert (open_too.estimate, open_too.high, open_too.verdict) == (1.0, 2.0, "problem")
    # Whether what is settled in time had to be is of no account.
    in_time = bc.unsettled_prerequisites(rows(True, blank, settled="2025-01-01"), "2025-12-08")
    assert (in_time.unsettled, in_time.required, in_time.unsaid) == (0, 1, [])
    assert bc.assess(changed(sample, prerequisites=rows(blank, settled="2025-01-01"))).headlines[2].verdict == (
        "not assessed"
    )
    late = bc.unsettled_prerequisites(rows(blank, settled="2026-01-01"), "2025-12-08")
    assert late.table["state"].tolist() == ["settled after commitment, if it is required"]
    assert "1 more may count" in repr(late)


def test_what_is_neither_yes_nor_no_is_refused():
    with pytest.raises(OutsourcingKitError, match="Column required: found 'perhaps'; expected yes or no"):
        bc.unsettled_prerequisites(rows("perhaps"), "2025-12-08")


def test_the_reserve_that_is_advised_is_enough_as_it_is_read():
    sample = Engagement.load("gold-rush")
    [action] = [action for action in bc.assess(sample).actions if action.startswith("Raise the reserve")]
    assert action == "Raise the reserve from 5% to 22% of the plan, enough for 55 of 68 past items, or plan less."
    past = bc.reference_class(sample.estimates, sample.settings.plan_class)
    assert past.within(1.22) == 55 and past.within(1.21) == 54


def test_two_tables_that_are_missing_are_named_in_one_sentence():
    bare = dataclasses.replace(Engagement.load("steady"), tables={})
    finding = bc.assess(bare)
    assert finding.headlines[1].settled_by == "needs table estimates and table cash_flows"
    assert 'reserve": it needs table estimates and table cash_flows.' in " ".join(finding.actions)
