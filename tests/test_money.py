"""What a mistake costs a month: its words, and each reckoning by hand, with blanks, and with what is wrong."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import FrozenInstanceError

import pandas as pd
import pytest
from made import assert_refused, certain, flows, instant, past, people, task, unchecked

from outsourcing_kit import Engagement, business_case, expectations, kickoff, task_selection
from outsourcing_kit.business_case.cost import monthly_cost as cost_of_promise
from outsourcing_kit.expectations.cost import monthly_cost as cost_of_waiting
from outsourcing_kit.kickoff.cost import monthly_cost as cost_of_early_work
from outsourcing_kit.money import Cost, months_of, not_in_it
from outsourcing_kit.recognition.cost import monthly_cost as cost_of_leaver
from outsourcing_kit.task_selection.cost import monthly_cost as cost_of_tasks

YEAR = {"currency": "EUR", "since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}
WORKDAY = {"time_zone": "UTC", "workday_start": "09:00", "workday_end": "17:00"}


# ---- the words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Cost(0, 1240.4, "EUR", "so"), "costs 0 to 1,240 EUR a month: so"),
        (Cost(113, 113.2, "EUR", "so"), "costs 113 EUR a month: so"),
        (Cost(0, 0.3, "EUR", "so"), "costs nothing: so"),
        (Cost(-987, 3364, "EUR", "so"), "costs up to 3,364 EUR a month, or saves up to 987: so"),
        (Cost(-300, -100, "EUR", "so"), "saves 100 to 300 EUR a month: so"),
        (Cost(-300, 0, "EUR", "so"), "saves 0 to 300 EUR a month: so"),
        (Cost(-5, 9, "EUR", "so", kind="forgone"), "misses up to 9 EUR a month, or gains up to 5: so"),
        (Cost(5, 9, "EUR", "so", kind="what-if"), "would cost 5 to 9 EUR a month: so"),
        (Cost(missing="needs table tasks"), "not estimable, because it needs table tasks"),
        (Cost(missing="nobody knows"), "not estimable, because nobody knows"),
    ],
)
def test_a_cost_is_one_sentence(cost, words):
    assert cost.in_words() == words


def test_a_cost_becomes_plain_values():
    found = json.loads(json.dumps(Cost(-0.001, 12.345, "EUR", "so").to_json(), allow_nan=False))
    assert found == {
        "low": 0.0, "high": 12.35, "currency": "EUR", "reckoned": "so", "missing": "", "kind": "spent",
        "in_words": "costs 0 to 12 EUR a month: so", "in_short": "It costs 0 to 12 EUR a month.",
    }  # fmt: skip
    none = json.loads(json.dumps(Cost(missing="needs table tasks", kind="what-if").to_json(), allow_nan=False))
    assert (none["low"], none["high"], none["kind"]) == (None, None, "what-if")


def test_what_a_manager_remembers_is_one_whole_sentence():
    assert (
        Cost(0, 12, "EUR", "so", sentence="You paid 12 EUR for nothing.").in_short() == "You paid 12 EUR for nothing."
    )
    assert Cost(-5, -5, "EUR", "so").in_short() == "It saves 5 EUR a month."
    assert Cost(missing="needs table tasks").in_short() == "In money: not estimable, because it needs table tasks."


def test_a_cost_stays_as_it_is_and_on_one_line():
    cost = Cost(0, 1, "EUR", "a\nb\x1b[31m")
    assert cost.in_words().isprintable()
    with pytest.raises(FrozenInstanceError):
        cost.low = 5


def test_a_cost_that_says_nothing_is_refused():
    assert_refused(
        (lambda: Cost(), "says nothing"),
        (lambda: Cost(2, 1, "EUR", "so"), "low ≤ high"),
        (lambda: Cost(0, math.inf, "EUR", "so"), "says nothing"),
        (lambda: Cost(0, 1, "EUR"), "how it was calculated"),
        (lambda: Cost(0, 1, "EUR", "so", "needs x"), "says nothing"),
        (lambda: Cost(0, 1, "EUR", "so", kind="lost"), "kind 'lost'"),
        (lambda: months_of(dt.date(2026, 2, 1), dt.date(2026, 1, 1)), "two days"),
        (lambda: months_of("2026-01-01", dt.date(2026, 2, 1)), "two days"),
    )


def test_months_are_those_of_a_calendar():
    assert months_of(dt.date(2026, 1, 1), dt.date(2026, 3, 31)) == 3
    assert months_of(dt.date(2025, 11, 15), dt.date(2026, 5, 14)) == 6
    assert months_of(dt.date(2026, 1, 1), dt.date(2026, 1, 1)) == 1
    assert (
        not_in_it((1, "task", "so"), (2, "time entry", "as well")) == "; not in it: 1 task so, 2 time entries as well"
    )


# ---- 1: the promise ----------------------------------------------------------------------------------------------

PLAN = flows(certain("team", "stay", 100), certain("fee", "outsource", 80))


def promise(estimates, plan=PLAN):
    found = business_case.no_saving(plan, estimates, discount_rate=0)
    return cost_of_promise(business_case.naive_saving(plan, discount_rate=0), found, currency="EUR")


def test_a_promise_less_what_past_work_makes_of_it_by_hand():
    # 240 promised; half of past work at 0.75 times its estimate saves 480, half at 1.5 times loses 240.
    cost = promise(past(0.75, 0.75, 1.5, 1.5, 1.5, 1.5))
    assert (cost.low, cost.high, cost.kind) == (pytest.approx(-20), pytest.approx(40), "forgone")
    assert cost.in_words().startswith("misses up to 40 EUR a month, or gains up to 20: ")
    assert "promise to save 240 EUR in 12 months" in cost.reckoned
    assert "end below -240, 40 a month less" in cost.reckoned
    assert cost.in_short() == (
        "The plan promises to save 240 EUR in 12 months; going by past work, half of the plans like it lose more than "
        "240 EUR."
    )
    assert "half of the plans like it save less than 240 EUR" in promise(past(0.5, 1.0, 2.0)).in_short()


def test_the_months_are_those_of_the_longest_line_not_of_one_piece():
    in_two = flows(
        certain("team", "stay", 100), certain("fee", "outsource", 80, 1, 6), certain("on", "outsource", 80, 7)
    )
    assert promise(past(1.5, 1.5, 1.5), in_two).high == pytest.approx(40)
    assert promise(past(1.5), flows(certain("a", "stay", 100, 0, 0), certain("b", "outsource", 80, 0, 0))).high == 40


def test_a_promise_without_past_work_or_another_option_is_held_against_nothing():
    assert "needs table estimates" in promise(pd.DataFrame()).missing
    assert promise(past(None)).missing == "no past work of this kind was finished"
    assert "stay" in promise(past(1.5), PLAN.iloc[1:]).missing
    assert promise(past(1.5), pd.DataFrame()).in_words() == "not estimable, because it needs table cash_flows"
    assert promise(past(1.5), PLAN.assign(likely=None)).missing


# ---- 2: the tasks ------------------------------------------------------------------------------------------------


def wrong(*rows, **columns):
    """40 hours at 50 are 2,000 inside, 1,200 by the quote; managing 2 h × 50 = 100 and exit 2,400/24 = 100 hidden."""
    hidden = {"management_hours": 2.0, "rework_share": 0.0, "onboarding_hours": 0.0, "switching_cost": 0.0}
    table = pd.DataFrame([task(f"t{n}", **{**hidden, "exit_cost": 2400.0, **row}) for n, row in enumerate(rows)])
    table = table.assign(**columns)
    return cost_of_tasks(task_selection.task_costs(table, draws=200), table, currency="EUR")


def test_what_core_and_dearer_tasks_cost_by_hand():
    # 800 by the quote less 200 are 600: 700 with half of the hidden costs, 200 with three times them.
    cost = wrong({"core": True}, {})
    assert (cost.low, cost.high) == (-700, -200)
    assert "all outside (2 tasks): 1,600 saved by the quotes, 1,200 with all costs counted" in cost.reckoned
    assert "core or vetoed (1 task): 800 saved by the quotes, 600 with all costs counted" in cost.reckoned
    # Quoted above its cost inside: 400 more and 200 hidden.
    dearer = wrong({"quoted_price": 60.0}, {})
    assert (dearer.low, dearer.high) == (500, 1000)
    assert "not clearly cheaper (1 task): -400 saved by the quotes, -600" in dearer.reckoned


def test_no_wrong_task_costs_nothing_and_none_outside_is_no_answer():
    assert wrong({}, {"core": True, "plan": "stay"}).in_words().startswith("costs nothing: no task outside")
    assert wrong({"plan": "stay"}).missing == "no task has plan outsource or share"


def test_a_blank_flag_widens_the_range_and_a_blank_price_is_not_0():
    # Free or not: nothing, or the -700 to -200 of a locked task.
    unsaid = wrong({"core": None})
    assert (unsaid.low, unsaid.high) == (-700, 0)
    assert "perhaps vetoed (1 task)" in unsaid.reckoned
    left_out = wrong({"core": True}, {"core": True, "quoted_price": None})
    assert (left_out.low, left_out.high) == (-700, -200)
    assert left_out.reckoned.endswith("not in it: 1 task outside without a quote or hidden costs")
    assert wrong({"core": True}, quoted_price=None).missing.startswith("needs a quote and hidden costs")


def test_hidden_costs_that_nobody_wrote_are_not_0():
    blank = dict.fromkeys(task_selection.costs.HIDDEN_COLUMNS)
    assert wrong({"core": True}, **blank).missing.startswith("needs a quote and hidden costs")
    # Cheaper by the quote alone is not known to be right.
    assert wrong({}, **blank).missing.startswith("needs a quote and hidden costs")
    partly = wrong({"core": True}, exit_cost=None)
    # Leaving may cost up to 7% of the price of 1,200 a month beside what is known.
    assert (partly.low, partly.high) == (-750, -500 + 84)
    assert "1 task with blank hidden costs" in partly.reckoned


def test_tasks_that_are_missing_or_others_are_told():
    none = pd.DataFrame()
    assert cost_of_tasks(task_selection.task_costs(none), none, currency="EUR").missing == "needs table tasks"
    table = pd.DataFrame([task("t0")])
    costs = task_selection.task_costs(table, draws=100)
    assert_refused(
        (lambda: cost_of_tasks(costs, table.iloc[:0], currency="EUR"), "Found 1 and 0 tasks"),
        (lambda: cost_of_tasks(costs, table.assign(exit_cost="much"), currency="EUR"), "exit_cost"),
    )


# ---- 3: the work before the kickoff --------------------------------------------------------------------------------


def early(entries, *, kickoff_at="2026-03-02 10:00", roster=None, **replaced):
    """Two hours by p at 60 each end at the kickoff's end, unless the entries say otherwise."""
    held = {"kind": "kickoff", "status": "held"} | {"meeting": "k"}
    meetings = [{**held, "starts": instant(kickoff_at) - pd.Timedelta(hours=1), "ends": instant(kickoff_at)}]
    here = [{"meeting": "k", "person": person, "joined_at": instant(kickoff_at)} for person in ("c", "p")]
    who = people("c", provider=("p",), hourly_cost=[90.0, 60.0]) if roster is None else roster
    tables = {"people": who, "time_entries": pd.DataFrame(entries), "meetings": pd.DataFrame(meetings),
              "attendance": pd.DataFrame(here)}  # fmt: skip
    made = unchecked(None, **{**tables, **replaced})
    return cost_of_early_work(kickoff.kickoff_timeline(made), made.time_entries, made.people, made.work, **YEAR)


def entry(started, ended, person="p", **more):
    day = "2026-03-02 "
    return {
        "person": person,
        "started": instant(day + started),
        "ended": instant(day + ended) if ended else pd.NaT,
        **more,
    }


def test_paid_hours_before_the_kickoff_by_hand():
    # 7:00 to 11:00, of which 3 hours before 10:00, at 60: 180 once, 15 a month. The client's own hours do not count.
    cost = early([entry("07:00", "11:00"), entry("06:00", "09:00", "c"), entry("12:00", "13:00")])
    assert (cost.low, cost.high) == (0, 15)
    assert cost.reckoned.startswith(
        "180 EUR once for 3.00 paid hours before the kickoff's end, at most, if all of it had"
    )
    assert early([entry("11:00", "12:00")]).in_words() == (
        "costs nothing: the kickoff ended before the first paid work began"
    )


def test_what_came_back_of_the_work_before_the_kickoff_and_of_later_work():
    back = instant("2026-03-09 09:00")
    rows = [("08:00", "p", back), ("09:00", "p", pd.NaT), ("11:00", "p", pd.NaT), ("08:30", "c", back)]
    work = pd.DataFrame([{"person": who, "delivered": instant(f"2026-03-02 {at}"), "reopened_at": re}
                         for at, who, re in rows])  # fmt: skip
    paid = "3.00 hours for 180 EUR were paid before the kickoff's end"
    hours = [entry("07:00", "11:00")]
    told = f"{paid}; of 2 pieces of work delivered by then, 1 came back, of 1 later one 0."
    assert early(hours, work=work).sentence == told
    assert early(hours, work=work[:2]).sentence == f"{paid}; of 2 pieces of work delivered by then, 1 came back."
    # Without the column nobody knows what came back; where all was delivered later, none was early.
    assert early(hours, work=work.drop(columns="reopened_at")).sentence == f"{paid}."
    assert early(hours, work=work[2:3]).sentence == f"{paid}." == early(hours).sentence


def test_without_any_record_of_paid_work_nothing_is_said_to_cost_nothing():
    assert early([]).in_words() == "not estimable, because it needs table time_entries or work"


def test_without_a_kickoff_all_paid_hours_count():
    cost = early(
        [entry("07:00", "11:00")], attendance=pd.DataFrame({"meeting": ["k"], "person": "c", "joined_at": None})
    )
    assert (cost.high, "before any kickoff" in cost.reckoned) == (20, True)


def test_a_blank_is_neither_unpaid_nor_free_of_cost():
    said = [entry("07:00", "09:00", billable=paid) for paid in (True, False, None)]
    assert early(said).high == 2 * 120 / 12
    # Whose side is blank may be the provider's.
    unplaced = people("c", provider=("p", "q"), hourly_cost=[90.0, 60.0, 60.0]).assign(
        side=["client", "provider", None]
    )
    assert early([entry("07:00", "09:00"), entry("07:00", "09:00", "q")], roster=unplaced).high == 20
    no_end = early([entry("07:00", "09:00"), entry("07:00", None)])
    assert (no_end.high, no_end.reckoned.endswith("not in it: 1 time entry without an end or an hourly cost")) == (
        10,
        True,
    )
    assert early([entry("07:00", None)]).missing == "needs table time_entries, column ended, which is empty in all rows"


def test_early_work_that_the_records_do_not_tell_is_not_estimable():
    hours = [entry("07:00", "09:00")]
    assert early(hours, roster=people("c", provider=("p",))).missing == "needs table people, column hourly_cost"
    assert early(hours, meetings=pd.DataFrame()).missing.startswith("needs table meetings")
    work = pd.DataFrame({"person": ["p"], "started": instant("2026-03-02 07:00")})
    assert early(hours, time_entries=pd.DataFrame(), work=work).missing.startswith("needs table time_entries")
    unpaid = early([entry("07:00", "09:00", billable=False)], work=work)
    assert unpaid.missing.startswith("needs paid time entries")
    assert_refused((lambda: early([{**hours[0], "started": "soon"}]), "started"))


def test_a_kickoff_in_doubt_is_no_late_one():
    doubtful = pd.DataFrame({"meeting": ["k"], "kind": "kikoff", "status": "held",
                             "starts": instant("2026-03-02 05:00"), "ends": instant("2026-03-02 06:00")})  # fmt: skip
    cost = early([entry("07:00", "09:00")], meetings=doubtful)
    assert cost.missing.startswith("it is open which meeting was the kickoff: is meeting k")


# ---- 4: waiting ----------------------------------------------------------------------------------------------------


def waiting(*answered, roster=None, **columns):
    """c asks p on Monday at 9:00; both work from 9 to 17 and cost 30 and 15 an hour."""
    rows = []
    for n, when in enumerate(answered):
        rows.append({"message": f"q{n}", "sender": "c", "recipient": "p", "sent": instant("2026-03-02 09:00"),
                     "reply_to": None, "needs_answer": True, "thread": f"t{n}"})  # fmt: skip
        if when:
            rows.append({"message": f"a{n}", "sender": "p", "recipient": "c", "sent": instant(when),
                         "reply_to": f"q{n}", "needs_answer": False, "thread": f"t{n}"})  # fmt: skip
    who = people("c", provider=("p",), hourly_cost=[30.0, 15.0], **WORKDAY) if roster is None else roster
    messages = pd.DataFrame(rows).assign(**columns)
    found = expectations.answer_times(messages, who, dt.date(2026, 12, 31))
    return cost_of_waiting(found, messages, who, **YEAR)


def test_waiting_for_late_answers_by_hand():
    # Until Wednesday at 13:00: 8 + 8 + 4 = 20 shared hours, 12 beyond 8, at the asker's 30: 360 in a year.
    cost = waiting("2026-03-04 13:00", "2026-03-02 12:00")
    assert (cost.low, cost.high) == (0, 30)
    assert cost.reckoned.startswith("1 answer came late, 12.0 shared hours in all beyond the 8 that each may take")
    assert waiting("2026-03-02 12:00").in_words().startswith("costs nothing: no question waited more than 8")


def test_what_never_came_is_unknown_and_said():
    assert waiting(None).missing.startswith("1 late question got no answer")
    both = waiting("2026-03-04 13:00", None)
    assert (both.high, both.reckoned.endswith("not in it: 1 question nobody answered")) == (30, True)


def test_waiting_at_an_unknown_cost_is_not_free():
    blank = people("c", "d", provider=("p",), hourly_cost=[None, 30.0, 15.0], **WORKDAY)
    assert waiting("2026-03-04 13:00", roster=blank).missing.startswith("needs hourly_cost of those who waited")
    some = waiting("2026-03-04 13:00", "2026-03-04 13:00", roster=blank, sender=["c", "p", "d", "p"])
    assert (some.high, some.reckoned.endswith("1 late answer to somebody without an hourly cost")) == (30, True)
    none = people("c", provider=("p",), **WORKDAY)
    assert waiting("2026-03-04 13:00", roster=none).missing == "needs table people, column hourly_cost"


def test_without_messages_nobody_is_known_to_have_waited():
    nothing, who = pd.DataFrame(), people("c", provider=("p",), hourly_cost=30.0, **WORKDAY)
    found = expectations.answer_times(nothing, who, dt.date(2026, 12, 31))
    assert cost_of_waiting(found, nothing, who, **YEAR).missing == "needs table messages"
    assert_refused((lambda: cost_of_waiting(found, nothing, who.assign(hourly_cost="dear"), **YEAR), "hourly_cost"))


# ---- 5: a leaver ---------------------------------------------------------------------------------------------------


def test_replacing_one_person_by_hand():
    # The median of 10, 15 and 40; 8 hours on 260 days are 2,080: 31,200 a year, 52 to 5,200 a month.
    who = people("c", provider=("p", "q", "r"), hourly_cost=[99.0, 10.0, 15.0, 40.0], **WORKDAY)
    cost = cost_of_leaver(who, currency="EUR")
    assert (cost.low, cost.high, cost.kind) == (pytest.approx(52), pytest.approx(5200), "what-if")
    assert "21% of a year's pay in the median case, 6,552 EUR, and 2% to 200% by source" in cost.reckoned
    assert cost_of_leaver(pd.concat([who, who.tail(1)]), currency="EUR") == cost


def test_a_leaver_at_unknown_pay():
    who = people("c", provider=("p", "q"), hourly_cost=[99.0, 15.0, None], **WORKDAY)
    assert cost_of_leaver(who, currency="EUR").reckoned.endswith(
        "not in it: 1 person without an hourly cost or a workday"
    )
    for column in ("hourly_cost", "workday_end"):
        nobody = cost_of_leaver(who.assign(**{column: None}), currency="EUR").missing
        assert nobody == f"needs table people, column {column}, which is empty in all rows"
    assert cost_of_leaver(who.iloc[:1], currency="EUR").missing.startswith("needs hourly_cost and a workday")
    assert cost_of_leaver(pd.DataFrame(), currency="EUR").missing == "needs table people"
    assert cost_of_leaver(who.drop(columns="hourly_cost"), currency="EUR").missing.endswith("column hourly_cost")
    assert_refused((lambda: cost_of_leaver(who.assign(workday_end="late"), currency="EUR"), "workday_end"))


# ---- all five ------------------------------------------------------------------------------------------------------


def five(name):
    here = Engagement.load(name)
    settings, flows = here.settings, here.cash_flows
    period = {"currency": settings.currency, "since": settings.observed_from, "until": settings.observed_to}
    saving = business_case.no_saving(flows, here.estimates, plan_class=settings.plan_class)
    answers = expectations.answer_times(here.messages, here.people, settings.end)
    costs = task_selection.task_costs(here.tasks, draws=200)
    return (
        cost_of_promise(business_case.naive_saving(flows), saving, currency=settings.currency),
        cost_of_tasks(costs, here.tasks, currency=settings.currency),
        cost_of_early_work(kickoff.kickoff_timeline(here), here.time_entries, here.people, **period),
        cost_of_waiting(answers, here.messages, here.people, **period),
        cost_of_leaver(here.people, currency=settings.currency),
    )


def test_each_planted_mistake_costs_more_than_in_the_control():
    steady = five("steady")
    assert five("cold-start")[2].high > steady[2].high == 0
    # Not only are more answers late, as was planted; each is later.
    late = {
        name: 1 - Engagement.load(name).truth["expectations.answered_in_time"] for name in ("radio-silence", "steady")
    }
    assert five("radio-silence")[3].high / steady[3].high > late["radio-silence"] / late["steady"] > 5
    assert five("fire-sale")[1].high > 3 * steady[1].high
    assert all(cost.missing == "" and cost.low <= cost.high for cost in steady)


def test_another_result_is_refused():
    table = pd.DataFrame({"saving": [1.0]})
    assert_refused(
        (lambda: cost_of_promise(table, table, currency="EUR"), "expected NaiveSaving"),
        (lambda: cost_of_tasks(table, table, currency="EUR"), "expected TaskCosts"),
        (lambda: cost_of_early_work(None, table, table, **YEAR), "expected Timeline"),
        (lambda: cost_of_waiting(table, table, table, **YEAR), "expected AnswerTimes"),
        (lambda: cost_of_leaver(None, currency="EUR"), "expected a frame of pandas"),
    )
