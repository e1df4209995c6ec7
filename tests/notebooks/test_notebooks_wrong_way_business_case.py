"""Lesson 01's wrong way looks fine on its own sample, the right way says problem; and each named slip shows there."""

from __future__ import annotations

import pytest

from outsourcing_kit import Engagement, business_case
from outsourcing_kit.course.exercises import registered

OWN = [exercise for exercise in registered().values() if exercise.lesson == "business_case"]


@pytest.fixture(scope="module", params=["gold-rush", "steady"])
def records(request):
    return Engagement.load(request.param)


def test_the_promise_looks_fine_on_either_sample(records):
    promised = business_case.naive_saving(records.cash_flows, budget=records.settings.budget)
    # As a slide has it: a saving, a reserve, and a saving still when all of the reserve is spent.
    assert promised.saving > 0 and 0 < promised.reserve < promised.room
    assert "the plan still saves" in repr(promised)


def test_only_one_of_the_two_is_a_problem(records):
    finding = business_case.assess(records)
    answers = [measure.answer for measure in finding.headlines]
    if records.name == "gold-rush":
        assert finding.verdict == "problem" and answers == ["leans problem", "problem", "problem"]
        assert "lose more than" in finding.cost.in_short()
    else:
        assert finding.verdict == "fine" and answers == ["leans fine", "fine", "fine"]
        assert "save less than" in finding.cost.in_short()


def test_the_reserve_and_the_end_of_the_saving_are_two_questions(records):
    """They were one number: whoever overran the reserve had lost the saving as well."""
    reserve = business_case.contingency(records.cash_flows, records.settings.budget).reserve
    past = business_case.reference_class(records.estimates, records.settings.plan_class)
    room = business_case.no_saving(records.cash_flows, records.estimates, plan_class=past.name).break_even - 1
    assert room > reserve + 0.05
    between = past.within(1 + room) - past.within(1 + reserve)
    assert between > 0 or records.name == "steady"


def test_the_promise_hangs_on_hours_that_nobody_has_asked_about():
    records = Engagement.load("gold-rush")
    promised = business_case.naive_saving(records.cash_flows)
    right = business_case.no_saving(records.cash_flows, records.estimates, plan_class=records.settings.plan_class)
    shown = business_case.one_number_against_range(promised, right).table.set_index("case")["saving"]
    without = shown["the same without our specialists' freed hours"]
    assert without < 0 < promised.saving


def test_people_disagree_about_risks_on_the_planted_sample_alone():
    worst = {
        name: business_case.risk_register(Engagement.load(name).risks).table["disagreement"].max()
        for name in ("gold-rush", "steady")
    }
    assert worst["gold-rush"] > 0.5 > worst["steady"]


@pytest.mark.parametrize("exercise", OWN, ids=lambda exercise: exercise.key)
def test_each_named_slip_shows_on_the_lesson_s_own_sample(exercise):
    records = Engagement.load("gold-rush")
    right = float(exercise.expected(records))
    wrong = [float(way(records)) for way in exercise.wrong_ways]
    assert not any(exercise.same(right, each) for each in wrong)
    assert len({round(each, 6) for each in wrong}) == len(wrong) == 5
