"""From answers to tables to headlines: the owner's, reckoned by hand; what is not known stays open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from owner import NEEDED, answered, measures

from outsourcing_kit.ask import engagement_from, tables_from
from outsourcing_kit.ask.asking import asked
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import HEADLINES, MISTAKES
from outsourcing_kit.report import scorecard

OWNER = answered()


@pytest.fixture(scope="module")
def owners():
    return measures(OWNER, *MISTAKES)


# Settled: "no" twice and once too late, of nine that are needed. Inbox, 20 of 34 hours, holds a secret. Nobody inside
# can do the bookings, one of three processes. Both sides heard nothing of expectations. Quiz: Bea 4 of 5, Cid 2 of 4.
# Ratings: Bea's five are within a point, of Cid's four one is. One of two proposals, one of two good pieces.
# Past: 1.2, 1.025, 1.4, 1, given up; three are beyond 1.15.
BY_HAND = {
    "business_case.unsettled_prerequisites": (3, "problem"),
    "business_case.reference_overrun": (3 / 5, "cannot tell"),
    "task_selection.protected_hours": (20 / 34, "problem"),
    "task_selection.not_cheaper": (0, "fine"),
    "task_selection.no_inside_skill": (1 / 3, "problem"),
    "kickoff.before_work": (1, "fine"),
    "kickoff.agenda_missing": (1, "problem"),
    "kickoff.quiz_right": ((4 / 5 + 2 / 4) / 2, "cannot tell"),
    "expectations.within_one_point": ((5 / 5 + 1 / 4) / 2, "cannot tell"),
    "expectations.proposals_answered": (1 / 2, "cannot tell"),
    "recognition.good_work_seen": (1 / 2, "cannot tell"),
}


def test_the_owners_headlines_are_those_reckoned_by_hand(owners):
    assert {key: owners[key].estimate for key in BY_HAND} == pytest.approx(
        {key: value for key, (value, _) in BY_HAND.items()}, abs=1e-9
    )
    assert {key: owners[key].verdict for key in BY_HAND} == {key: verdict for key, (_, verdict) in BY_HAND.items()}


def test_six_headlines_are_decided_and_twelve_assessed(owners):
    verdicts = [owners[item.key].verdict for item in HEADLINES]
    assert sum(verdict in ("fine", "problem") for verdict in verdicts) == 6
    assert sum(verdict != "not assessed" for verdict in verdicts) == 12
    # What no question is enough for: chat, in-house work of one kind, half a year of good work, five people.
    left = {item.key for item in HEADLINES if owners[item.key].verdict == "not assessed"}
    assert left == {
        "expectations.answered_in_time", "recognition.gap_to_in_house", "recognition.never_thanked",
        "recognition.feel_needed",
    }  # fmt: skip


def test_the_tables_are_what_was_said():
    frames, settings = tables_from(OWNER)
    assert settings == {
        "name": "ours", "currency": "EUR", "time_zone": "Europe/Lisbon", "observed_from": "2026-01-12",
        "observed_to": "2026-06-30", "committed_on": "2026-01-12", "plan_class": "own past work",
        # 12 × (310 + 140 + 40) + 150 + 600 = 6,630, and 15% on top.
        "budget": 7624.5,
    }  # fmt: skip
    people = frames["people"]
    assert people[["person", "side", "time_zone", "workday_start"]].values.tolist() == [
        ["Ann", "client", "Europe/Lisbon", "09:00"], ["Bea", "provider", "Asia/Manila", "14:00"],
        ["Cid", "provider", "Europe/Lisbon", "09:00"],
    ]  # fmt: skip
    # The owner's first day is not asked, and nobody has left.
    assert people["joined"].tolist() == [None, "2026-02-02", "2026-02-02"] and people["left"].isna().all()
    wanted = ["task", "process", "hours_per_month", "rework_share", "veto_secret", "core"]
    assert frames["tasks"].iloc[0][wanted].tolist() == ["inbox", "mail", "20", "0.05", "yes", "no"]
    assert frames["prerequisites"].iloc[[0, 1, 6, 9]][["required", "settled_on"]].values.tolist() == [
        ["yes", "2026-01-12"], ["yes", None], ["yes", "2026-03-01"], ["no", None],
    ]  # fmt: skip
    assert frames["recognition"].iloc[0][["given_at", "giver", "receiver"]].tolist() == [
        "2026-05-21", "Ann", "Bea",
    ]  # fmt: skip
    assert len(frames["recognition"]) == 1 and len(frames["work"]) == 2
    assert frames["estimates"].iloc[4][["estimated", "actual", "status"]].tolist() == ["90", None, "abandoned"]
    assert frames["cash_flows"].iloc[4][["line", "first_month", "last_month", "likely"]].tolist() == [
        "finding them", "0", "0", "150",
    ]  # fmt: skip
    cid = frames["quiz"][frames["quiz"]["person"] == "Cid"]
    assert cid["answer"].tolist() == ["the owner", "by mail", "don't know", "each month"]
    assert len(frames["coverage_confirmed"]) == 8 + 7


def test_only_what_is_needed_gives_people_and_nothing_else():
    frames, settings = tables_from(NEEDED)
    assert list(frames) == ["people"] and settings["observed_from"] == "2026-06-30"
    for missing in NEEDED:
        with pytest.raises(OutsourcingKitError, match=f"answer {missing}"):
            tables_from({key: value for key, value in NEEDED.items() if key != missing})


GROUPS = sorted({key.partition(".")[0] for key in OWNER} - set(NEEDED))


@pytest.mark.slow
@pytest.mark.parametrize("key", GROUPS)
def test_a_blank_makes_no_headline_fine_and_none_a_problem(owners, key):
    # Each answer alone forgotten, and of several alike the first: unknown is never no, never 0, never good.
    first = next(each for each in OWNER if each.partition(".")[0] == key)
    blank = OWNER | {first: ""}
    if key == "tasks":
        blank = {name: value for name, value in blank.items() if not name.startswith(("protected", "able"))}
    rule = next(each for each in asked()["question"] if each["key"] == key)
    for name, measure in measures(blank, *{each.partition(".")[0] for each in rule["decides"]}).items():
        if measure.verdict in ("fine", "problem"):
            assert measure.verdict == owners[name].verdict, name


def test_a_name_without_an_answer_is_left_open_not_taken_for_the_others():
    some = answered(task_hours="inbox: 20", began="Bea: 2026-02-02", proposal_answered="shared folder: 2026-04-05")
    frames, _ = tables_from(some)
    assert "hours_per_month" not in frames["tasks"]
    # Cid may have begun before the call.
    assert "time_entries" not in frames
    # Whether the other was answered nobody said.
    assert "raised" not in frames["proposals"]
    found = measures(some, "task_selection", "kickoff", "expectations")
    for key in ("task_selection.protected_hours", "kickoff.before_work", "expectations.proposals_answered"):
        assert found[key].verdict == "not assessed", key


def test_an_unknown_cost_leaves_the_whole_plan_open():
    frames, settings = tables_from(answered(managing_cost=""))
    assert "cash_flows" not in frames and "budget" not in settings
    # 0 is an answer.
    assert len(tables_from(answered(managing_cost="0"))[0]["cash_flows"]) == 6


def test_a_prerequisite_that_nobody_knows_of_keeps_the_headline_open():
    settled = ["y"] * 9 + [""]
    found = measures(answered(settled=settled), "business_case")["business_case.unsettled_prerequisites"]
    assert (found.verdict, found.estimate) == ("cannot tell", 0)
    found = measures(answered(settled=["y"] * 10), "business_case")["business_case.unsettled_prerequisites"]
    assert found.verdict == "fine"


def test_who_can_do_a_task_is_known_for_all_or_for_none():
    assert "can_do" not in tables_from(answered(able=["1", "1", ""]))[0]
    assert len(tables_from(answered(able=["1", "1", "none"]))[0]["can_do"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ended", "began", "verdict"),
    [
        ("10:30", "11:00", "fine"),
        ("11:30", "11:00", "problem"),
        ("", "11:00", "not assessed"),
        ("10:30", "", "not assessed"),
    ],
)
def test_on_one_day_the_clock_decides_and_no_clock_nothing(ended, began, verdict):
    same = answered(call_on="2026-02-02", call_ended=ended, work_began=began)
    assert measures(same, "kickoff")["kickoff.before_work"].verdict == verdict


def test_no_first_call_is_a_problem_and_an_unknown_one_is_not():
    found = measures(answered(call="no"), "kickoff")
    assert [found[f"kickoff.{key}"].verdict for key in ("before_work", "agenda_missing")] == ["problem", "problem"]
    found = measures(answered(call=""), "kickoff")
    assert [found[f"kickoff.{key}"].verdict for key in ("before_work", "agenda_missing")] == ["not assessed"] * 2


def test_a_call_without_the_other_side_does_not_count():
    assert measures(answered(came="1"), "kickoff")["kickoff.before_work"].verdict == "problem"


def test_a_published_class_is_named_where_there_is_no_past_work():
    _, settings = tables_from(answered(past="none", like="1"))
    assert settings["plan_class"] == "projects of an outsourcing company"
    assert "plan_class" not in tables_from(answered(past="", like="1"))[1]


def test_five_people_are_asked_without_names_whether_they_feel_needed():
    five = answered(
        outside="Bea, Cid, Dan, Eve, Fay", cities="same", hours="9-17", came="all", able="all", protected="none",
        quiz_of="a a b c b", matters_to="5 4 5 3 5", needed="54524", thanked="never",
    )  # fmt: skip
    pulse = tables_from(five)[0]["pulse"]
    assert pulse[["respondent", "score"]].values.tolist() == [
        ["r01", "5"], ["r02", "4"], ["r03", "5"], ["r04", "2"], ["r05", "4"],
    ]  # fmt: skip
    assert measures(five, "recognition")["recognition.feel_needed"].estimate == pytest.approx(4 / 5)


def test_a_task_in_own_words_is_a_process_of_its_own():
    tasks = tables_from(answered(tasks="inbox, stock lists", task_hours="5", managing_hours="1"))[0]["tasks"]
    assert tasks[["task", "process"]].values.tolist() == [["inbox", "mail"], ["stock lists", "stock lists"]]


def test_it_ends_in_a_scorecard_of_five():
    card = scorecard(engagement_from(OWNER))
    assert list(card.verdicts.values()) == ["problem", "problem", "problem", "cannot tell", "cannot tell"]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.sets(st.sampled_from(sorted(set(OWNER) - set(NEEDED)))), st.booleans())
def test_whatever_is_not_known_an_engagement_is_made_of_the_rest(unknown, passed_over):
    some = {key: value for key, value in OWNER.items() if key not in unknown}
    if passed_over:
        some |= dict.fromkeys(unknown, "")
    made = engagement_from(some)
    assert made.side_of().to_dict() == {"Ann": "client", "Bea": "provider", "Cid": "provider"}
    assert not [note for note in made.notes if "left out" in str(note)]
