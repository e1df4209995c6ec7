"""What a blank, a machine or another spelling leaves open: counted, said, and never in anybody's favour."""

from __future__ import annotations

import datetime as dt
import unicodedata

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.expectations import (
    Anyone,
    Workday,
    answer_times,
    naive_response_time,
    pair_agreement,
    proposal_answers,
)
from outsourcing_kit.expectations import shared_hours as shared
from outsourcing_kit.moments import NEVER, instant, instants
from tests import made

NOW = made.instant("2026-03-01")
CLIENTS, PROVIDERS = [f"c{n}" for n in range(10)], [f"p{n}" for n in range(10)]
MONDAY = made.instant("2026-01-12 10:00")


def people(*names: str) -> pd.DataFrame:
    clients, providers = (tuple(name for name in names if name.startswith(letter)) for letter in "cp")
    clocks = {"time_zone": "UTC", "workday_start": "09:00", "workday_end": "17:00"}
    return made.people(*clients, provider=providers, **clocks)


BOTH = people(*CLIENTS, *PROVIDERS)


def talk(asks: list[object], days: list[float | None], **more: object) -> pd.DataFrame:
    """One question to each provider person, with needs_answer as given, answered after so many days (None: never)."""
    rows = []
    for number, (ask, wait) in enumerate(zip(asks, days, strict=True)):
        client, provider = CLIENTS[number % 10], PROVIDERS[number % 10]
        rows.append((f"q{number}", f"t{number}", client, provider, MONDAY, None, ask))
        if wait is not None:
            sent = MONDAY + pd.Timedelta(days=wait)
            rows.append((f"a{number}", f"t{number}", provider, client, sent, f"q{number}", False))
    return made.messages(*rows).assign(**more)


def judged(messages: pd.DataFrame, who: pd.DataFrame = BOTH, limit: float = 0.9):
    settings = Settings("made", "we", "they", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 2, 28))
    finding = expectations.assess(
        Engagement(settings, {"messages": messages, "people": who}), limits={"answered_in_time": limit}
    )
    return finding, finding.measure("answered_in_time")


# --- records of one side only ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [[], ["c0"], ["p0"], CLIENTS, PROVIDERS])
def test_a_question_to_everybody_where_only_one_side_is_on_record(names):
    asked = talk([True] * 3, [0, None, 1]).assign(recipient=None, sender=(names or ["c0"])[0])
    times = answer_times(asked, people(*names), NOW)
    assert not len(times.table) and "needs table" in times.missing
    assert judged(asked, people(*names))[1].verdict == "not assessed"
    assert not len(naive_response_time(asked, people(*names), NOW).table)


def test_nobodys_hours_are_no_hours():
    week = [MONDAY, MONDAY], [MONDAY + pd.Timedelta(days=7)] * 2
    assert shared(*week, Anyone(())).tolist() == [0, 0]
    assert shared(*week, Anyone(()), Workday("UTC")).tolist() == [0, 0]
    assert shared(*week, Anyone((Workday("UTC"),)), Anyone(())).tolist() == [0, 0]


# --- a blank needs_answer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, "", " "])
def test_messages_that_do_not_say_whether_they_ask_leave_open_what_they_decide(blank):
    # Forty answered questions are fine; thirty more that nobody answered may have been questions, or not.
    sure = talk([True] * 40, [0.1] * 40)
    more = talk([blank] * 30, [None] * 30).assign(message=[f"x{n}" for n in range(30)], thread="x")
    assert judged(sure, limit=0.5)[1].verdict == "fine"
    finding, measure = judged(pd.concat([sure, more], ignore_index=True), limit=0.5)
    assert (measure.estimate, measure.verdict) == (1.0, "cannot tell")
    assert measure.low < 0.6 and measure.high == 1.0
    assert "30 messages without a word on whether" in " ".join(finding.assumptions)
    assert measure.settled_by.startswith("say of 30 messages whether they need an answer")


def test_a_verdict_stands_where_both_readings_agree():
    late = talk([True] * 40 + [None] * 10, [None] * 50)
    assert judged(late)[1].verdict == "problem"
    early = talk([True] * 40 + [None] * 10, [0.1] * 50)
    assert judged(early, limit=0.5)[1].verdict == "fine"
    assert answer_times(early, BOTH, NOW).unsaid == 10 and len(answer_times(early, BOTH, NOW).table) == 40


def test_without_any_word_on_what_asks_nothing_is_assessed():
    silent = talk([None] * 5, [0.1] * 5).assign(needs_answer=None)
    assert judged(silent)[1].settled_by == "needs table messages, column needs_answer, which is empty in all rows"
    no_questions = talk([None] * 5, [0.1] * 5)
    assert "questions between the sides" in judged(no_questions)[1].settled_by


def test_blanks_never_turn_a_problem_into_fine_nor_hide_the_truth():
    rng = np.random.default_rng(3)
    for share in (0.1, 0.5, 0.9) * 2:
        waits = [float(day) if day < 3 else None for day in rng.choice([0.1, 0.2, 5], 80, p=[0.5, 0.2, 0.3])]
        whole = talk(list(rng.random(80) < 0.6), waits)
        hidden = whole.assign(needs_answer=whole["needs_answer"].astype("boolean").mask(rng.random(len(whole)) < share))
        truth, measure = (judged(rows)[1] for rows in (whole, hidden))
        assert measure.verdict == "not assessed" or measure.low <= truth.estimate <= measure.high
        assert (truth.verdict, measure.verdict) != ("problem", "fine")


@pytest.mark.parametrize("column", ["side", "time_zone", "workday_start", "workday_end"])
def test_people_of_unknown_side_or_hours_leave_their_questions_open(column):
    messages = talk([True] * 40, [0.1 if number % 10 else None for number in range(40)])
    assert judged(messages)[1].verdict == "cannot tell"
    known = BOTH.assign(**{column: BOTH[column].where(BOTH["person"] != "p0")})
    finding, measure = judged(messages, known)
    assert measure.verdict == "cannot tell" and measure.low < 0.9 and "table people" in measure.settled_by
    assert "4 questions by or to somebody whose side or working hours are blank" in " ".join(finding.assumptions)


# --- automatic messages ---------------------------------------------------------------------------------------------


def test_an_out_of_office_reply_is_no_answer():
    # Asked on Monday at 10; a machine answers after five seconds, the person after nine days: 56 working hours.
    rows = talk([True], [9])
    auto = pd.DataFrame([{**rows.iloc[1], "message": "auto", "sent": MONDAY + pd.Timedelta(seconds=5)}])
    rows = pd.concat([rows, auto], ignore_index=True)
    assert answer_times(rows, BOTH, NOW).table["in_time"].tolist() == [True]
    marked = answer_times(rows.assign(automatic=["no", "", "yes"]), BOTH, NOW)
    assert (marked.table["hours"].tolist(), marked.table["in_time"].tolist()) == ([56.0], [False])
    assert (marked.automatic, marked.unmarked) == (1, 1)


@pytest.mark.parametrize(
    ("automatic", "assumed"), [(None, True), ([None, None], True), (["no", "no"], False), (["no", None], True)]
)
def test_automatic_replies_that_nobody_marked_are_an_assumption(automatic, assumed):
    rows = talk([True], [0.1])
    rows = rows if automatic is None else rows.assign(automatic=automatic)
    said = " ".join(judged(rows)[0].assumptions)
    assert ("unless marked (messages.automatic)" in said) is assumed


def test_a_machine_asks_nobody():
    rows = talk([True, True], [None, 0.1]).assign(automatic=[True, False, False])
    assert answer_times(rows, BOTH, NOW).table["question"].tolist() == ["q1"]


# --- typed text -----------------------------------------------------------------------------------------------------

TYPED = [
    ("Đà Nẵng", unicodedata.normalize("NFD", "Đà Nẵng")),
    ("Zoë", "Zoë\N{NO-BREAK SPACE}"),
    ("m 1", " m  1\t"),
    ("7", 7.0),
    ("x", "\N{ZERO WIDTH SPACE}x"),
]


@pytest.mark.parametrize(("one", "other"), TYPED)
def test_names_are_the_same_however_they_were_typed(one, other):
    who = BOTH.replace({"person": {"p0": one}})
    rows = talk([True], [0.1]).replace({"p0": other})
    rows["thread"] = [one, other]
    assert answer_times(rows, who, NOW).table["in_time"].tolist() == [True]
    assert answer_times(rows.assign(message=[one, "a"], reply_to=[None, other]), who, NOW).unanswered == 0

    rated = pd.DataFrame(
        {"expectation": [one, other], "aspect": "met", "person": ["c0", other], "rating": [4, 4], "asked_on": NOW}
    )
    assert pair_agreement(rated, who).table["pairs"].tolist() == [1]
    raised = pd.DataFrame({"proposal": ["s"], "raised_by": [other], "raised": [MONDAY], "answered": [MONDAY]})
    assert proposal_answers(raised, who, NOW).estimate.estimate == 1.0
    log = pd.DataFrame(
        {"case": [one, other, None], "happened_at": ["2026-01-01T00:00Z", "2026-01-03T01:00+01:00", None]}
    )
    assert expectations.throughput(log).table.values.tolist() == [[1.0, 2.0, 2.0, 2.0, 2.0]]


# --- ratings and proposals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_of_another_scale_is_refused(rating):
    rated = {"expectation": "e", "aspect": "met", "person": ["c0", "p0"], "rating": [4, rating], "asked_on": NOW}
    with pytest.raises(OutsourcingKitError, match=r"row 1, column rating: .*expected at (least 1|most 5)"):
        pair_agreement(pd.DataFrame(rated), BOTH)


def test_blank_ratings_and_raters_of_no_side_are_counted():
    rated = {"expectation": "e", "aspect": "met", "person": ["c0", "p0", "p1", "p2"], "rating": [4, 4, None, 4]}
    result = pair_agreement(
        pd.DataFrame({**rated, "asked_on": NOW}), BOTH.assign(side=BOTH["side"].where(BOTH["person"] != "p2"))
    )
    assert (result.table["pairs"].tolist(), result.left_out) == ([1], 2)


def test_proposals_by_nobody_known_leave_it_open():
    raised = pd.DataFrame({"proposal": range(40), "raised_by": PROVIDERS * 4, "raised": MONDAY})
    raised["answered"] = MONDAY + pd.Timedelta(days=1)
    more = raised.head(20).assign(raised_by=[None, "p0"] * 10, answered=pd.NaT)
    more.loc[1::2, "raised"] = pd.NaT
    sure, open_ = (proposal_answers(part, BOTH, NOW) for part in (raised, pd.concat([raised, more], ignore_index=True)))
    assert sure.estimate.low > 0.6 and open_.unplaced == 20 and len(open_.table) == 40
    assert open_.estimate.estimate == 1.0 and open_.estimate.low < sure.estimate.low


# --- instants -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [None, np.nan, pd.NaT, "", " ", pd.NA])
def test_instants_in_any_dress(blank):
    nine = "2026-01-12T09:00+01:00"
    for column in (
        [nine, blank],
        pd.Series([nine, blank]),
        [pd.Timestamp(nine), blank],
        [dt.datetime.fromisoformat(nine), blank],
    ):
        assert instants(column).tolist() == [1_768_204_800 * 10**9, NEVER]
    # Offsets of a winter and a summer in one column.
    assert np.diff(instants(["2026-01-12T09:00+01:00", "2026-01-12T09:00+02:00"])).tolist() == [-3600 * 10**9]


@pytest.mark.parametrize("naive", ["2026-01-12T09:00", "2026-01-12", dt.date(2026, 1, 12), pd.Timestamp("2026-01-12")])
def test_nobody_guesses_a_zone(naive):
    for values in ([naive], [naive, None]):
        with pytest.raises(OutsourcingKitError, match=r"no UTC offset.*Mend"):
            instants(values, "sent")
    if isinstance(naive, str | pd.Timestamp):  # a day of Python's is one: its end
        with pytest.raises(OutsourcingKitError, match="UTC offset"):
            instant(naive)
    with pytest.raises(OutsourcingKitError, match="UTC offset"):
        answer_times(talk([True], [0.1]).assign(sent=naive), BOTH, NOW)


@pytest.mark.parametrize("strange", ["soon", 12, 1.5, "2026-02-30T00:00Z"])
def test_what_is_no_instant_is_named(strange):
    with pytest.raises(OutsourcingKitError, match=r"expected a date and time"):
        instants([strange], "sent")
