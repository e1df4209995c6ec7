"""The business case's finding: by hand, what is missing, and advice that follows from what is computed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
import time
import warnings

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit.assessments import action_table
from outsourcing_kit.engagement import Engagement, sample_engagements
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from tests.made import RATIOS, UNCERTAIN, certain, engagement, flows, past, prerequisites

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


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_the_advice_is_what_the_lesson_s_own_cells_find(name):
    """The cells of lesson 01 on the same records; then the advice, which speaks of no pilot that is worth nothing."""
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
    told = {day: bc.assess(changed(sample, {"committed_on": day})) for day in (sample.settings.observed_to, None)}
    running = bc.assess(sample)
    decided = choice.holds and choice.best in ("act", "drop")
    for finding in (running, *told.values()):
        assert [m.answer for m in finding.headlines][:2] == [m.answer for m in running.headlines][:2]
        if decided:
            assert "pilot" not in words_of(finding)
        if decided and choice.best == "act":
            assert "you need not know" in finding.headlines[0].settled_by
            assert "lower price" not in words_of(finding)
        # What the next headline may find out of reach is not asked for here.
        assert "past work like" not in finding.headlines[0].settled_by
    # A contract that runs is asked for its own invoices first, one that is still open for none.
    assert "small part" not in words_of(running) and "Before committing" not in words_of(running)
    assert "invoices" in " ".join(running.actions)
    assert not any("invoices so far" in words_of(finding) for finding in told.values())


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
    # The fee is below what staying costs at any amount: the lines alone look safe.
    lines = plan((90, 95, 99))
    finding = bc.assess(changed(sample, settings, cash_flows=lines, estimates=past))
    assert finding.headlines[0].verdict == "cannot tell"
    assert finding.headlines[0].settled_by.startswith("a pilot")
    assert "a pilot" in finding.actions[0]
    settings["committed_on"] = dt.date(2026, 1, 5)
    running = bc.assess(changed(sample, settings, cash_flows=lines, estimates=past))
    assert "invoices so far against the plan" in running.actions[0] and "pilot" not in words_of(running)


def test_past_work_is_not_asked_for_where_there_is_none():
    sample = Engagement.load("steady")
    for estimates in (sample.estimates.iloc[:0], sample.estimates.assign(status="abandoned", actual=math.nan)):
        for committed in (dt.date(2025, 12, 8), None):
            told = bc.assess(changed(sample, {"committed_on": committed}, estimates=estimates))
            assert "a dozen" not in words_of(told)
            assert "more past work" not in words_of(told)
            assert told.headlines[0].verdict == "cannot tell"


# --- a reserve that is not known -------------------------------------------------------------------------------------


@pytest.mark.slow
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


# --- what is advised --------------------------------------------------------------------------------------------------


def test_a_prerequisite_that_may_be_required_is_asked_about():
    sample = Engagement.load("steady")
    told = bc.assess(changed(sample, prerequisites=prerequisites(None, None, required=["no", None])))
    measure = told.headlines[2]
    assert (measure.estimate, measure.high, measure.verdict) == (0.0, 1.0, "cannot tell")
    assert "saying whether 'thing 1' is required" in measure.settled_by
    assert measure.settled_by in " ".join(told.actions)
    rows = prerequisites(None, None, None, required=[True, None, False])
    open_too = bc.assess(changed(sample, prerequisites=rows)).headlines[2]
    assert (open_too.estimate, open_too.high, open_too.verdict) == (1.0, 2.0, "problem")
    nobody_knows = changed(sample, prerequisites=prerequisites("2025-01-01", required=None))
    assert bc.assess(nobody_knows).headlines[2].verdict == "not assessed"


def test_the_reserve_that_is_advised_is_enough_as_it_is_read():
    sample = Engagement.load("gold-rush")
    finding = bc.assess(sample)
    [action] = [action for action in finding.actions if "reserve" in action]
    # More than the plan saves: no reserve is advised that leaves nothing of it.
    told = re.search(r"covers (\d+) of (\d+) past items, (\d+)%, is more than the plan saves, (\d+)%", action)
    within, n, reserve, room = map(int, told.groups())
    past = bc.reference_class(sample.estimates, sample.settings.plan_class)
    assert reserve > room and past.within(1 + reserve / 100) == within >= 0.8 * n > past.within(0.99 + reserve / 100)
    # One number for one question: the view of the lesson's cells, and what the finding tells of past work.
    view = bc.outside_view(bc.contingency(sample.cash_flows, sample.settings.budget), past)
    assert view.within == within and round(100 * view.reserve) == reserve
    assert finding.measure("overrun_p80").show_estimate() == f"{reserve}%"
    assert f"{within} of {n} past items" in " ".join(finding.assumptions)


def test_two_tables_that_are_missing_are_named_in_one_sentence():
    bare = dataclasses.replace(Engagement.load("steady"), tables={})
    finding = bc.assess(bare)
    assert finding.headlines[1].settled_by == "needs table estimates and table cash_flows"
    assert "it needs table estimates and table cash_flows." in " ".join(finding.actions)


# --- the finding by hand ----------------------------------------------------------------------------------------------


PLAN = flows(certain("team", "stay", 100), certain("fee", "outsource", 80))  # 960 planned, budget 1,056: reserve 10%


def case(settings: dict | None = None, **tables: pd.DataFrame) -> Engagement:
    known = {"committed_on": dt.date(2026, 1, 15), "budget": 1056.0, "plan_class": "move"}
    return engagement({**known, **(settings or {})}, **tables)


def test_assess_by_hand():
    # Reserve 10%. Of 40 past items 24 took 1.3 times their estimate, 2 were abandoned, 14 took exactly 1.1 times,
    # which is the reserve and no more.
    ratios = [1.3] * 24 + [None] * 2 + [1.1] * 14
    finding = bc.assess(
        case(cash_flows=PLAN, estimates=past(*ratios), prerequisites=prerequisites("2026-01-01", "2026-02-01", None))
    )
    saving, overrun, settled = finding.headlines
    # 1.25 is break-even: 24 + 2 of 40 items save nothing, under all assumptions, as the lines themselves are certain.
    assert saving.estimate == saving.low == saving.high == pytest.approx(26.5 / 41)
    # An estimate decides nothing, whatever it is; it leans.
    assert (saving.verdict, saving.gate_verdict, saving.answer) == ("cannot tell", "cannot tell", "leans problem")
    assert saving.settled_by.startswith("the invoices so far against the plan, or a fixed price")
    assert overrun.counts == "the reserve would have covered 14 of 40 past items"
    assert (overrun.estimate, overrun.n, overrun.verdict) == (26 / 40, 40, "problem")
    assert (settled.estimate, settled.n, settled.verdict) == (2.0, 3, "problem")
    assert finding.verdict == "problem"
    # Problems first.
    assert "thing 2" in finding.actions[0] and "38 of 40 past items, 30%" in finding.actions[1]
    # Of a plan that saves more it is enough.
    dearer = case(
        cash_flows=flows(certain("team", "stay", 120), certain("fee", "outsource", 80)), estimates=past(*ratios)
    )
    assert "from 10% to 30% of the plan" in bc.assess(dearer).actions[0]
    assert finding.measure("break_even_overrun").estimate == pytest.approx(0.25)
    assert finding.measure("reserve").estimate == pytest.approx(0.1)
    assert finding.measure("single_number_saving").estimate == pytest.approx(bc.naive_saving(PLAN).saving)


def test_an_overrun_of_just_the_reserve_is_none():
    # 27/25 is 1 + 8% on paper, and a tolerance more than 1 + (1036.8/960 - 1) in floating point.
    assert 27 / 25 > 1 + (1036.8 / 960 - 1)
    rows = past(1.0).assign(estimated=25.0, actual=27.0)
    assert bc.assess(case({"budget": 1036.8}, cash_flows=PLAN, estimates=rows)).headlines[1].estimate == 0.0


def test_overrun_interval_is_the_exact_binomial():
    from scipy import stats

    finding = bc.assess(case(cash_flows=PLAN, estimates=past(*[1.5] * 3 + [1.0] * 17)))
    overrun = finding.headlines[1]
    tail = 0.05  # one headline of the three is a sample
    assert overrun.low == pytest.approx(stats.beta.ppf(tail, 3, 18))
    assert overrun.high == pytest.approx(stats.beta.ppf(1 - tail, 4, 17))
    assert overrun.verdict == "cannot tell"


def test_two_past_items_cannot_tell():
    overrun = bc.assess(case(cash_flows=PLAN, estimates=past(1.5, 1.0))).headlines[1]
    assert overrun.verdict == "cannot tell"
    assert (overrun.low, overrun.high) == pytest.approx((1 - 0.95**0.5, 0.95**0.5))


def test_a_sound_case_is_fine():
    ratios = [0.9, 0.95, 1.0, 1.05] * 12
    plan = flows(
        ("team", "stay", "cost", "work", 1, 24, 95, 100, 120), ("fee", "outsource", "cost", "price", 1, 24, 55, 60, 75)
    )
    made = case({"budget": 1800.0}, cash_flows=plan, estimates=past(*ratios), prerequisites=prerequisites("2026-01-01"))
    finding = bc.assess(made)
    assert finding.verdict == "fine" and finding.scope.startswith("on 2 of 3")
    assert [m.answer for m in finding.headlines] == ["leans fine", "fine", "fine"]
    assert finding.measure("forgotten_costs").estimate == 6  # only the price is planned for
    assert any("search" in action and "3 more" in action for action in finding.actions)


def test_dear_from_the_start():
    finding = bc.assess(case(cash_flows=flows(certain("team", "stay", 70), certain("fee", "outsource", 80))))
    assert finding.headlines[0].estimate == 1.0 and finding.headlines[0].answer == "leans problem"
    assert finding.answer == "leans problem" and "lower price" in finding.actions[0]
    words = [measure.explain() for measure in finding.supporting]
    assert "Outsourcing already saves nothing at likely amounts: yes." in words
    assert not [word for word in words if word.startswith("Overrun at which outsourcing saves nothing")]


@pytest.mark.parametrize(
    ("ratio", "limit", "answer"), [(3.0, 0.0, "leans problem"), (0.5, 1.0, "leans fine"), (0.5, 0.0, "leans problem")]
)
def test_an_estimate_of_the_saving_leans_at_most_and_keeps_a_finding_from_being_fine_only_the_wrong_way(
    ratio, limit, answer
):
    # A reserve of 300%: past work stayed within it, whatever it makes of the saving.
    made = case(
        {"budget": 4000.0}, cash_flows=PLAN, estimates=past(*[ratio] * 60), prerequisites=prerequisites("2026-01-01")
    )
    finding = bc.assess(made, limits={"no_saving": limit})
    saving = finding.headlines[0]
    assert (saving.answer, saving.verdict, saving.gate_verdict) == (answer, "cannot tell", "cannot tell")
    assert 0.8 <= saving.sure < 0.95 and not saving.needed
    whole = ("fine", "fine", "on 2 of 3") if answer == "leans fine" else ("cannot tell", "cannot tell", "")
    assert (finding.verdict, finding.gate_verdict, finding.scope) == whole
    assert finding.answer == ("fine" if answer == "leans fine" else "leans problem")
    unneeded = bc.assess(
        dataclasses.replace(made, tables={**made.tables, "cash_flows": PLAN[PLAN["option"] != "stay"]})
    )
    assert [m.verdict for m in unneeded.headlines] == ["not assessed", "fine", "fine"]
    assert (unneeded.verdict, unneeded.scope) == ("fine", "on 2 of 3")


@pytest.mark.parametrize("absent", ["estimates", "prerequisites"])
def test_a_needed_headline_without_its_table_keeps_the_finding_open(absent):
    tables = {"cash_flows": PLAN, "estimates": past(*[1.0] * 60), "prerequisites": prerequisites("2026-01-01")}
    assert bc.assess(case(**tables)).verdict == "fine"
    finding = bc.assess(case(**{name: table for name, table in tables.items() if name != absent}))
    assert (finding.verdict, finding.gate_verdict, finding.sure_fine, finding.answer) == (
        "cannot tell",
        "cannot tell",
        0.0,
        "cannot tell",
    )


def test_past_work_alone_is_not_assessed_and_still_useful():
    finding = bc.assess(case({"budget": None, "plan_class": None}, estimates=past(1.0, 1.1, 1.6)))
    assert finding.verdict == "not assessed"
    assert finding.headlines[1].settled_by.startswith("needs table cash_flows and budget in engagement.toml")
    assert finding.measure("estimate_accuracy").estimate == pytest.approx(2 / 3)
    assert finding.measure("overrun_p80").n == 3
    assert len(finding.actions) == 3


def test_an_end_that_past_items_cannot_support_is_open():
    finding = bc.assess(case(cash_flows=PLAN, estimates=past(1.0, 1.1)))
    overrun = finding.measure("overrun_p80")
    assert (overrun.low, overrun.high) == (-math.inf, math.inf)
    assert "-100%" not in repr(finding)


@pytest.mark.parametrize("absent", ["cash_flows", "estimates", "prerequisites"])
def test_each_missing_table_is_named(absent):
    tables = {"cash_flows": PLAN, "estimates": past(1.0, 1.2), "prerequisites": prerequisites("2026-01-01")}
    finding = bc.assess(case(**{name: table for name, table in tables.items() if name != absent}))
    assert any(f"needs table {absent}" in line for line in finding.not_assessed)
    assert finding.explain() and finding.to_html() and finding.actions


def test_nothing_at_all():
    finding = bc.assess(case({"budget": None, "committed_on": None, "plan_class": None}))
    assert finding.verdict == "not assessed" and len(finding.not_assessed) == 3 and not len(finding.evidence)


def test_class_that_is_not_there_falls_back_and_says_so():
    finding = bc.assess(case({"plan_class": "mov"}, cash_flows=PLAN, estimates=past(1.0, 1.2)))
    assert "did you mean 'move'" in finding.headlines[1].settled_by
    # The lines alone save whatever happens, and still it is no more than "cannot tell".
    assert (finding.headlines[0].low, finding.headlines[0].high) == (0.0, 1.0)
    assert finding.headlines[0].verdict == "cannot tell" and "past work" in finding.headlines[0].settled_by
    assert any("Inside view only" in line and "'mov'" in line for line in finding.assumptions)


def test_one_large_client_is_said():
    rows = past(*[1.0] * 10, client=["a"] * 8 + ["b", None])
    text = " ".join(bc.assess(case(cash_flows=PLAN, estimates=rows)).assumptions)
    assert "the 10 past items in 3 groups by client (the largest 8) are worth" in text


def test_limits_and_same_result_twice():
    made = case(cash_flows=UNCERTAIN, estimates=past(*RATIOS))
    assert bc.assess(made, limits={"no_saving": 1.0}).headlines[0].answer == "leans fine"
    with pytest.raises(UnknownNameError):
        bc.assess(made, limits={"no_savings": 0.5})
    assert bc.assess(made, seed=5).to_json() == bc.assess(made, seed=5).to_json()


def test_a_model_that_cannot_tell_names_the_widest_line_that_somebody_offers():
    wide = UNCERTAIN.assign(low=UNCERTAIN["low"].where(UNCERTAIN["line"] != "team", 0.0))
    limit = sum(bc.no_saving(wide).range_of("inside")) / 2
    made = case({"committed_on": None}, cash_flows=wide, estimates=past(*[1.0] * 100))
    saving = bc.assess(made, limits={"no_saving": limit}).headlines[0]
    assert saving.low <= limit < saving.high
    lines = bc.no_saving(wide).lines
    assert lines["line"].iloc[0] == "team"
    costs = lines[(lines["option"] == "outsource") & (lines["kind"] == "cost")]
    assert f"a firm price for {costs['line'].iloc[0]!r} (outsource)" in saving.settled_by


def test_lines_without_past_work_never_lean_fine_but_may_lean_problem():
    safe = bc.assess(case(cash_flows=PLAN)).headlines[0]
    assert bc.no_saving(PLAN).range_of("inside") == (0.0, 0.0)
    # Each set of assumptions stands beside one as bad as can be.
    assert (safe.low, safe.high, safe.answer) == (0.0, 1.0, "cannot tell")
    assert safe.sure_fine == safe.sure_problem == 0.5
    assert "the lines alone cannot show" in safe.settled_by
    dear = PLAN.assign(
        **{name: PLAN[name] * np.where(PLAN["option"] == "outsource", 3, 1) for name in ("low", "likely", "high")}
    )
    assert bc.assess(case(cash_flows=dear)).headlines[0].answer == "leans problem"


@pytest.mark.timed
def test_all_scenarios_of_an_assessment_take_less_than_a_second():
    lines = pd.concat([UNCERTAIN.assign(line=UNCERTAIN["line"] + str(n)) for n in range(4)], ignore_index=True)
    made = case(cash_flows=lines, estimates=past(*RATIOS * 20))
    bc.assess(made)
    times = []
    for _ in range(3):
        start = time.process_time()
        bc.assess(made, draws=10_000)
        times.append(time.process_time() - start)
    # 0.2 to 0.4 s where measured.
    assert min(times) < 1.0


def test_a_budget_below_the_plan_is_a_shortfall_not_a_negative_reserve():
    # Planned 960; 326.4 is 34% of it.
    made = case({"budget": 326.4}, cash_flows=PLAN, estimates=past(*[1.0] * 20))
    finding = bc.assess(made)
    assert finding.measure("budget_short").explain() == "What the budget lacks of the planned cost: 66%."
    assert "the budget is 66% below the planned cost." in finding.actions[0]
    everything = " ".join((repr(finding), *finding.assumptions))
    assert "the budget is 66% below the planned cost" in everything and "-66%" not in everything
    assert "The budget is 66% below the planned cost." in repr(bc.contingency(PLAN, 326.4))


def test_an_action_never_asks_for_past_work_that_cannot_be_had():
    # 20% of ten items at a limit of 20%: no number of items would tell them apart.
    finding = bc.assess(case(cash_flows=PLAN, estimates=past(*[1.0] * 8 + [1.3] * 2)))
    settled_by = finding.headlines[1].settled_by
    assert settled_by.startswith("more finished past work") and not re.search(r"\d", settled_by)
    assert any("does not settle whether the reserve is enough" in action for action in finding.actions)


def test_every_case_of_the_table_of_actions_can_be_written():
    facts = dict.fromkeys(
        ("settled_by", "by", "worth", "room", "chance", "pilot", "now", "reserve", "needed", "within", "n", "abandoned",
         "open", "late", "kinds"), "1",
    )  # fmt: skip
    for cases in action_table()["business_case"].values():
        assert all(words.format(**facts).strip().endswith(".") for words in cases.values())


def test_no_reserve_is_enough_for_work_that_was_abandoned():
    finding = bc.assess(case({"committed_on": None}, cash_flows=PLAN, estimates=past(*[None] * 20, *[1.0] * 20)))
    assert "small part" in finding.actions[0] and "20 of 40 items abandoned" in finding.actions[0]
