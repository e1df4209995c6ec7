"""Raw frames, as people have them: their words, their dtypes, their index, cells that are no numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case, expectations, kickoff, recognition, task_selection
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take

STEADY = Engagement.load("steady")
NOW = pd.Timestamp("2026-07-01", tz="UTC")
LAST = dt.date(2026, 6, 1)
HOUR = pd.Timedelta(hours=1)


def months(people: pd.DataFrame) -> recognition.RecognisedMonths:
    return recognition.recognised_months(STEADY.work, STEADY.recognition, people, NOW)


BY_PEOPLE = {
    "process_cover": lambda people: task_selection.process_cover(STEADY.tasks, STEADY.can_do, people, LAST).table,
    "quiz_scores": lambda people: kickoff.quiz_scores(STEADY.quiz, STEADY.answer_key, people).table,
    "answer_times": lambda people: expectations.answer_times(STEADY.messages, people, NOW).table,
    "naive_response_time": lambda people: expectations.naive_response_time(STEADY.messages, people, NOW).table,
    "pair_agreement": lambda people: expectations.pair_agreement(STEADY.expectations, people).table,
    "proposal_answers": lambda people: expectations.proposal_answers(STEADY.proposals, people, NOW).table,
    "recognition_gap": lambda people: recognition.recognition_gap(months(people)).table,
    "naive_thanks": lambda people: recognition.naive_thanks(STEADY.recognition, people).table,
}


@pytest.mark.parametrize("call", BY_PEOPLE.values(), ids=BY_PEOPLE)
def test_a_side_in_other_words_is_the_same_side_and_a_slip_is_asked_about(call):
    said = STEADY.people["side"].map({"client": "Customer", "provider": "Service-Provider "})
    pd.testing.assert_frame_equal(call(STEADY.people.assign(side=said)), call(STEADY.people))
    with pytest.raises(OutsourcingKitError, match=r"side\b.* 'Provder'; expected client or provider"):
        call(STEADY.people.assign(side=said.replace("Customer", "Provder")))


@pytest.mark.parametrize(
    "call",
    [
        lambda tasks: task_selection.process_cover(tasks, STEADY.can_do, STEADY.people, LAST).table,
        lambda tasks: task_selection.protected_tasks(tasks).table,
        lambda tasks: task_selection.task_costs(tasks, draws=50).table,
    ],
)
def test_a_plan_in_other_words_is_the_same_plan_and_a_slip_is_asked_about(call):
    said = STEADY.tasks["plan"].map({"stay": "In-House", "outsource": "OUTSOURCED", "share": "Shared"})
    pd.testing.assert_frame_equal(call(STEADY.tasks.assign(plan=said)), call(STEADY.tasks))
    with pytest.raises(OutsourcingKitError, match=r"plan\b.* 'Outsorce'"):
        call(STEADY.tasks.assign(plan=said.replace("OUTSOURCED", "Outsorce")))


def test_a_pulse_is_of_the_side_that_its_words_mean():
    other = STEADY.pulse.assign(side=STEADY.pulse["side"].replace("provider", "Vendor"))
    expected = recognition.feel_needed(STEADY.pulse)
    assert recognition.feel_needed(other).estimate == expected.estimate
    assert recognition.feel_needed(STEADY.pulse, side="Vendor").estimate == expected.estimate


BY_NUMBER = {
    "no_saving": lambda cell: business_case.no_saving(STEADY.cash_flows.assign(low=cell), draws=100),
    "risk_register": lambda cell: business_case.risk_register(STEADY.risks.assign(prob_low=cell)),
    "estimate_accuracy": lambda cell: business_case.estimate_accuracy(STEADY.estimates.assign(actual=cell)),
    "protected_tasks": lambda cell: task_selection.protected_tasks(STEADY.tasks.assign(hours_per_month=cell)),
    "task_costs": lambda cell: task_selection.task_costs(STEADY.tasks.assign(rework_share=cell), draws=50),
    "feel_needed": lambda cell: recognition.feel_needed(STEADY.pulse.assign(score=cell)),
    "feel_needed, scale": lambda cell: recognition.feel_needed(STEADY.pulse.assign(scale_min=cell)),
}


@pytest.mark.parametrize("cell", ["80%", "many", "1_000", HOUR, HOUR.to_timedelta64(), pd.Timestamp("2026-01-01")])
@pytest.mark.parametrize("call", BY_NUMBER.values(), ids=BY_NUMBER)
def test_what_is_no_number_is_refused_by_name_with_the_mend(call, cell):
    with pytest.raises(OutsourcingKitError, match=r"(?i)column \w+.* a number.* Mend: "):
        call(cell)


def scores(column: pd.Series) -> pd.Series:
    return take(pd.DataFrame({"score": column}), "pulse", need=("score",))[0]["score"]


@pytest.mark.parametrize("dtype", ["object", "Int64", "Float64", "category", "string", "float32"])
def test_a_number_is_the_same_in_every_dtype(dtype):
    blank = pd.NA if dtype in ("Int64", "Float64", "string") else None
    column = pd.Series([4, blank, 5], dtype=object).astype(dtype)
    np.testing.assert_array_equal(scores(column), [4.0, np.nan, 5.0])


def test_numbers_and_blanks_of_any_kind():
    cells = [Decimal("2.5"), " 4 ", np.float32(1), "", "\u00a0", None, np.nan, pd.NA, pd.NaT]
    np.testing.assert_array_equal(scores(pd.Series(cells, dtype=object)), [2.5, 4, 1, *[np.nan] * 6])


@pytest.mark.parametrize("blank", ["", " ", None, pd.NA])
def test_an_abandoned_item_may_have_a_blank_of_any_kind(blank):
    past = pd.DataFrame({"item": ["a", "b"], "reference_class": "move", "estimated": [10, 10], "actual": [12, blank]})
    past["status"] = ["finished", "abandoned"]
    assert business_case.reference_class(past, "move").ratios.tolist() == [1.2, np.inf]


@pytest.mark.parametrize("blank", ["", " ", None, pd.NaT])
def test_somebody_whose_last_day_is_blank_is_still_there(blank):
    people = STEADY.people.assign(left=STEADY.people["left"].astype(object))
    expected = BY_PEOPLE["process_cover"](people)
    people["left"] = people["left"].where(people["left"].notna(), blank)
    pd.testing.assert_frame_equal(BY_PEOPLE["process_cover"](people), expected)


@pytest.mark.parametrize(("people", "now"), [({"left": "unknown"}, LAST), ({}, "soon"), ({}, None)])
def test_what_is_no_day_is_one_clear_error(people, now):
    with pytest.raises(OutsourcingKitError, match=r"expected a (day|date)"):
        task_selection.process_cover(STEADY.tasks, STEADY.can_do, STEADY.people.assign(**people), now)


def test_days_with_a_zone_are_days_on_their_own_clock():
    people = STEADY.people.assign(joined=STEADY.people["joined"].dt.tz_localize("Asia/Manila"))
    pd.testing.assert_frame_equal(BY_PEOPLE["process_cover"](people), BY_PEOPLE["process_cover"](STEADY.people))


def test_the_latest_rating_counts_however_its_day_is_written():
    rows = [
        ("a", "met", "c", 1, "2026-03-05"),
        ("a", "met", "c", 5, pd.Timestamp("2026-10-01")),
        ("a", "met", "p", 5, None),
    ]
    ratings = pd.DataFrame(rows, columns=["expectation", "aspect", "person", "rating", "asked_on"])
    people = pd.DataFrame({"person": ["c", "p"], "side": ["client", "provider"]})
    assert expectations.pair_agreement(ratings, people).table["client_mean"].tolist() == [5.0]


def test_an_index_may_repeat_itself_or_be_called_as_a_column_is():
    proposals, people = STEADY.proposals, STEADY.people
    expected = expectations.proposal_answers(proposals, people, NOW).table
    for other in (proposals.set_index(np.zeros(len(proposals), int)), proposals.set_index("proposal", drop=False)):
        pd.testing.assert_frame_equal(expectations.proposal_answers(other, people, NOW).table, expected)


def test_the_turns_of_a_meeting_are_in_the_order_of_their_numbers_and_its_name_is_one():
    text = ["Later."] * 8 + ["Not now."] * 2 + ["Payments: every invoice is paid within thirty days."]
    minutes = pd.DataFrame({"meeting": "réunion", "turn": [*range(1, 11), 11], "text": text})
    expected = kickoff.agenda_coverage(minutes).table
    decomposed = minutes.assign(turn=minutes["turn"].astype(str))
    decomposed.loc[::2, "meeting"] = "re\u0301union "
    pd.testing.assert_frame_equal(kickoff.agenda_coverage(decomposed).table, expected)
