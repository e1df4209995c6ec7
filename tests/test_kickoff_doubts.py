"""What only the writer can say of a kickoff: near names and statuses, blanks, and words typed on another machine."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from outsourcing_kit import kickoff
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.plots import picture
from tests import made

SETTINGS = Settings(**made.SETTINGS)
PEOPLE = made.people(*(f"c{n}" for n in range(6)), provider=tuple(f"p{n}" for n in range(6)))
HELD = pd.Timestamp("2026-02-02T09:00Z")
HOUR = pd.Timedelta(hours=1)
ITEMS = len(kickoff.DEFAULT_AGENDA)


def engagement(
    kind: object = "kickoff",
    status: object = "held",
    came: tuple[str, ...] = ("c0", "p0"),
    work: tuple[tuple[float, object], ...] = ((2, True),),
    people: pd.DataFrame = PEOPLE,
    **more: pd.DataFrame,
) -> Engagement:
    """One meeting, who joined it, and the provider's time entries as (days after it, billable)."""
    meetings = pd.DataFrame(
        {"meeting": ["m7"], "kind": [kind], "starts": [HELD], "ends": [HELD + HOUR], "status": [status]}
    )
    there = pd.DataFrame({"meeting": "m7", "person": ["c1", *came], "response": "accepted", "left_at": pd.NaT})
    there["joined_at"] = pd.to_datetime([pd.NaT, *[HELD] * len(came)], utc=True)
    begins = [HELD + pd.Timedelta(days=day) for day, _ in work]
    entries = pd.DataFrame({"person": "p1", "started": begins, "ended": begins, "billable": [paid for _, paid in work]})
    tables = {"people": people, "meetings": meetings, "attendance": there, "time_entries": entries.assign(task="t")}
    return Engagement(SETTINGS, {**tables, **more})


def judged(*args: object, **more: object):
    finding = kickoff.assess(engagement(*args, **more))
    return finding, finding.measure("before_work"), finding.measure("agenda_missing")


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"kind": "kikoff"}, "Is meeting m7 ('kikoff') the kickoff? If so write kickoff in meetings.kind."),
        ({"status": None}, "Was meeting m7 ('kickoff') held? Its status is blank: write held or cancelled."),
        ({"work": ((-1, None), (2, True))}, "Say of 1 time entry before the kickoff's end whether"),
    ],
)
def test_what_only_the_writer_can_say_is_the_first_action(changes, asked):
    finding, before, agenda = judged(**changes)
    assert before.verdict == "cannot tell"
    # The action says who is to answer, and by when; then it asks what would settle it.
    assert asked.lower() in finding.actions[0].lower()
    assert finding.actions[0].lower().endswith(f": {before.settled_by.rstrip('.')}.".lower())
    assert "?;" not in agenda.settled_by


# --- near misses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["kickoff", "KICK-OFF", "Kick off\N{NO-BREAK SPACE}meeting", "kick-off mtg", "kickoff call"]
)
def test_other_spellings_are_the_kickoff(kind):
    assert judged(kind)[1].verdict == "fine"


@pytest.mark.parametrize("kind", ["kikoff", "kickof", "project kickoff", "launch", "kick-off workshop", None])
def test_a_meeting_that_may_be_the_kickoff_leaves_it_open(kind):
    finding, before, agenda = judged(kind)
    assert (before.verdict, before.estimate, agenda.verdict) == ("cannot tell", 0.0, "cannot tell")
    assert "is meeting m7" in before.settled_by and "write kickoff" in before.settled_by
    assert "m7" in agenda.settled_by and agenda.high == ITEMS
    assert "surely a kickoff" in " ".join(finding.assumptions)
    assert f"{ITEMS} agenda items" in picture(finding).alt


@pytest.mark.parametrize("kind", ["weekly", "retrospective", "1:1"])
def test_something_else_is_no_kickoff_and_no_sign_that_there_was_none(kind):
    _, before, agenda = judged(kind)
    assert (before.verdict, agenda.verdict, agenda.high) == ("cannot tell", "cannot tell", ITEMS)
    assert "m7" not in before.settled_by


def test_a_near_miss_after_the_work_began_changes_nothing():
    assert judged("kikoff", work=((-5, True),))[1].verdict == "problem"
    assert judged("kikoff", came=("c0",))[1].verdict == "problem"


def test_confirmations_of_a_meeting_that_may_be_the_kickoff():
    items = [item.item for item in kickoff.DEFAULT_AGENDA]
    confirmed = pd.DataFrame(
        {"meeting": "m7", "item": items, "status": ["missing", *["covered"] * (ITEMS - 1)], "by": "c0"}
    )
    sure = judged("kickoff", coverage_confirmed=confirmed)[2]
    assert (sure.low, sure.high) == (1, 1)
    near = judged("kikoff", coverage_confirmed=confirmed)[2]
    # What was missing there is missing either way; what was covered there is, if it was the kickoff.
    assert (near.low, near.high) == (1, ITEMS)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("held", "fine"),
        ("Held ", "fine"),
        ("canceled", "problem"),
        ("cancelled", "problem"),
        ("", "cannot tell"),
        (None, "cannot tell"),
    ],
)
def test_whether_it_was_held(status, verdict):
    _, before, agenda = judged("kickoff", status)
    assert before.verdict == verdict
    assert (verdict == "cannot tell") == ("write held or cancelled" in before.settled_by)
    assert agenda.verdict == ("problem" if verdict == "problem" else "cannot tell")


@pytest.mark.parametrize("status", ["postponed", "cancld", "?"])
def test_a_status_that_is_none_is_asked_about(status):
    with pytest.raises(BadDataError, match=r"column status: found .* expected held or cancelled"):
        judged("kickoff", status)


# --- blanks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [None, float("nan"), pd.NA, ""])
@pytest.mark.parametrize(
    ("work", "verdict"),
    [
        (((-3, "?"), (2, True)), "cannot tell"),
        (((-3, "?"), (-4, "?"), (2, True)), "cannot tell"),
        # After the kickoff it does not matter; after work that was paid for neither.
        (((1, "?"), (2, True)), "fine"),
        (((-3, True), (-5, "?")), "problem"),
        (((-3, False), (2, True)), "fine"),
        # Some say no, none says yes, one may: nobody knows of paid work before.
        (((-3, "?"), (1, False)), "cannot tell"),
        (((-3, "?"), (1, "?")), "problem"),
    ],
)
def test_hours_that_may_be_paid_for(work, verdict, blank):
    before = judged(work=tuple((day, blank if paid == "?" else paid) for day, paid in work))[1]
    assert before.verdict == verdict
    if verdict == "cannot tell":
        assert "whether the provider is paid" in before.settled_by and before.estimate == 1.0


def test_somebody_of_unknown_side_may_be_the_one_who_is_missing():
    blank = PEOPLE.assign(side=PEOPLE["side"].where(PEOPLE["person"] != "p0"))
    before = judged(people=blank)[1]
    assert before.verdict == "cannot tell" and "who of the provider side joined" in before.settled_by
    # And whose hours nobody can place may have been the provider's.
    worked = PEOPLE.assign(side=PEOPLE["side"].where(PEOPLE["person"] != "p1"))
    assert judged(people=worked, work=((-3, True), (2, True)))[1].verdict != "fine"


def test_a_held_kickoff_that_nobody_is_on_record_for_is_not_a_meeting_of_nobody():
    before = judged(came=())[1]
    assert before.verdict == "cannot tell" and "who of the client and the provider side joined" in before.settled_by
    assert judged(came=("c0",))[1].verdict == "problem"


# --- typed text -----------------------------------------------------------------------------------------------------

NFD = unicodedata.normalize("NFD", "Đà Nẵng")
QUIZ_PEOPLE = PEOPLE.drop(index=[5, 11])


def right(key: object, answers: dict[str, object], **more: object) -> list[float]:
    quiz = pd.DataFrame(
        [(person, "q1", answers[side]) for person, side in QUIZ_PEOPLE.itertuples(index=False)],
        columns=["person", "question", "answer"],
    )
    keys = pd.DataFrame({"question": ["q1"], "key": [key], "topic": ["t"]})
    return kickoff.quiz_scores(quiz.assign(**more), keys, QUIZ_PEOPLE).table["right"].tolist()


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("Đà Nẵng", NFD),
        (NFD, "đà nẵng"),
        ("each Monday", " Each\N{NO-BREAK SPACE} monday\t"),
        ("the client's", "the client’s"),
        ("10-12", "10–12"),
        ("“yes”", '"yes"'),
        ("2", 2.0),
        (2, "2"),
        ("STRASSE", "Straße"),
        ("wait...", "wait…"),
    ],
)
def test_the_same_answer_typed_on_two_machines(key, typed):
    assert right(key, {"client": key, "provider": typed}) == [1.0, 1.0]
    assert right("x", {"client": "x", "provider": "X"}, question="q1\N{NO-BREAK SPACE}") == [1.0, 1.0]


@pytest.mark.parametrize("other", ["Da Nang", "10-13", "2.5", "no", "don't know", "don’t  know"])
def test_another_answer_stays_another(other):
    assert right("10-12", {"client": "10-12", "provider": other}) == [1.0, 0.0]


@pytest.mark.parametrize("blank", ["", " ", None, float("nan")])
def test_a_blank_answer_is_neither_right_nor_wrong(blank):
    quiz = pd.DataFrame({"person": ["c0", "c0", "p0"], "question": ["q1", "q2", "q1"], "answer": ["x", blank, "x"]})
    keys = pd.DataFrame({"question": ["q1", "q2"], "key": ["x", "x"], "topic": ["t", "t"]})
    scores = kickoff.quiz_scores(quiz, keys, PEOPLE)
    assert scores.table["right"].tolist() == [1.0, 1.0]
    assert "1 quiz answer left blank: left out." in scores.notes


def test_agenda_items_and_minutes_of_another_machine():
    agenda = pd.DataFrame({"item": ["Giờ làm việc", "pays $5_a^2 {x}"], "terms": ["giờ hành chính; múi giờ", ""]})
    said = unicodedata.normalize("NFD", "Chúng tôi theo giờ hành chính. Múi giờ là Việt Nam.")
    minutes = pd.DataFrame({"meeting": ["m7 "], "turn": [1], "speaker": ["p0"], "text": [said]})
    found = kickoff.agenda_coverage(minutes, agenda).table
    assert found["quote"].iloc[0] != "" and found["item"].tolist() == agenda["item"].tolist()
    confirmed = pd.DataFrame(
        {
            "meeting": "m7\N{NO-BREAK SPACE}",
            "item": [unicodedata.normalize("NFD", "GIỜ làm  việc")],
            "status": "covered",
            "by": "c0",
        }
    )
    status = kickoff.agenda_status(engagement(agenda=agenda, coverage_confirmed=confirmed, minutes=minutes))
    assert status.table["status"].tolist() == ["covered", "open"]
