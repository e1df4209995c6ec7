"""Mistake 3: event order, who came, what was covered, and the quiz; worked by hand and by slow loops."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outsourcing_kit import kickoff, plots
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.settling import TALK
from outsourcing_kit.stats import cluster_mean, minimum_of, person_share
from outsourcing_kit.verdicts import CONFIDENCE
from tests import made
from tests.made import instant

ITEMS = [item.item for item in kickoff.DEFAULT_AGENDA]
SETTINGS = Settings(**made.SETTINGS)
PEOPLE = made.people(*(f"c{n}" for n in range(6)), provider=tuple(f"p{n}" for n in range(6)))


def meetings(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["meeting", "kind", "starts", "ends", "status"])
    return frame.assign(starts=frame["starts"].map(instant), ends=frame["ends"].map(instant))


def attendance(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["meeting", "person", "joined_at"])
    return frame.assign(response="accepted", joined_at=pd.to_datetime(frame["joined_at"], utc=True), left_at=pd.NaT)


def entries(*rows: tuple[str, str, bool | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["person", "started", "billable"])
    return frame.assign(started=frame["started"].map(instant), ended=frame["started"].map(instant), task="t")


def engagement(**tables: pd.DataFrame) -> Engagement:
    return Engagement(SETTINGS, {"people": PEOPLE, **tables})


ONE = meetings(("m1", "kickoff", "2026-02-02T09:00+01:00", "2026-02-02T10:00+01:00", "held"))
BOTH = attendance(("m1", "c0", "2026-02-02T09:00+01:00"), ("m1", "p0", "2026-02-02T09:05+01:00"))


def before(**tables: pd.DataFrame) -> object:
    return kickoff.assess(engagement(**tables)).measure("before_work")


# --- event order --------------------------------------------------------------------------------------------------


def test_kickoff_before_first_paid_work_is_fine() -> None:
    held = engagement(meetings=ONE, attendance=BOTH, time_entries=entries(("p1", "2026-02-04T09:00+01:00", True)))
    measure = kickoff.assess(held).measure("before_work")
    assert (measure.estimate, measure.verdict) == (1.0, "fine")
    assert "First paid work is the provider's earliest billable time entry." in kickoff.assess(held).assumptions
    # From Monday 10:00 to Wednesday 9:00 are 47 hours.
    assert kickoff.kickoff_timeline(held).days_between == pytest.approx(47 / 24)


def test_clock_faces_mislead_instants_do_not() -> None:
    # 16:30 in Manila is 9:30 in Madrid: work began before the kickoff ended at 10:00, though the clock says later.
    measure = before(meetings=ONE, attendance=BOTH, time_entries=entries(("p1", "2026-02-02T16:30+08:00", True)))
    assert measure.verdict == "problem"
    # And 17:00 in Manila is 10:00 in Madrid, the very moment it ended: that is in time.
    measure = before(meetings=ONE, attendance=BOTH, time_entries=entries(("p1", "2026-02-02T17:00+08:00", True)))
    assert measure.verdict == "fine"


def test_order_holds_across_the_change_to_summer_time() -> None:
    # 29 March 2026, 2:00 becomes 3:00 in Madrid: from 1:30+01:00 to 3:30+02:00 is one hour.
    night = meetings(("m1", "kickoff", "2026-03-29T00:30+01:00", "2026-03-29T01:30+01:00", "held"))
    there = attendance(("m1", "c0", "2026-03-29T00:30+01:00"), ("m1", "p0", "2026-03-29T00:30+01:00"))
    work = entries(("p0", "2026-03-29T03:30+02:00", True))
    timeline = kickoff.kickoff_timeline(engagement(meetings=night, attendance=there, time_entries=work))
    assert timeline.days_between == pytest.approx(1 / 24)


def test_invitation_is_not_attendance_and_the_missing_side_is_named() -> None:
    invited = attendance(("m1", "c0", "2026-02-02T09:00+01:00"), ("m1", "p0", None))
    finding = kickoff.assess(
        engagement(meetings=ONE, attendance=invited, time_entries=entries(("p1", "2026-02-04T09:00+01:00", True)))
    )
    assert finding.measure("before_work").verdict == "problem"
    assert "Meeting m1 (kickoff) does not count: nobody of the provider side joined." in finding.assumptions
    assert "nobody of the provider side joined" in finding.actions[0]


def test_cancelled_kickoff_is_none() -> None:
    work = entries(("p1", "2026-02-04T09:00+01:00", True))
    finding = kickoff.assess(engagement(meetings=ONE.assign(status="cancelled"), attendance=BOTH, time_entries=work))
    assert finding.measure("before_work").estimate == 0
    assert finding.measure("agenda_missing").estimate == len(ITEMS)
    assert any("it was cancelled" in note for note in finding.assumptions)


def test_a_series_named_kickoff_counts_once_and_the_earliest_with_both_sides() -> None:
    series = meetings(
        ("m0", "Kick-off", "2026-01-26T09:00+01:00", "2026-01-26T10:00+01:00", "held"),
        ("m1", "Kick-off", "2026-02-02T09:00+01:00", "2026-02-02T10:00+01:00", "held"),
        ("m2", "Kick-off", "2026-02-09T09:00+01:00", "2026-02-09T10:00+01:00", "held"),
    )
    # Only the client came to the first one.
    came = pd.concat([BOTH, BOTH.assign(meeting="m2"), BOTH[:1].assign(meeting="m0")])
    timeline = kickoff.kickoff_timeline(
        engagement(meetings=series, attendance=came, time_entries=entries(("p1", "2026-02-05T09:00+01:00", True)))
    )
    assert timeline.kickoff == "m1"
    assert timeline.table["counts"].sum() == 1
    assert len(timeline.refused) == 1 and "1 later meeting of kind kickoff" in timeline.notes[0]


def test_rejoining_counts_one_person_and_unknown_people_none() -> None:
    came = attendance(
        ("m1", "c0", "2026-02-02T09:00+01:00"), ("m1", "c0", "2026-02-02T09:30+01:00"),
        ("m1", "p0", "2026-02-02T09:00+01:00"), ("m1", "stranger", "2026-02-02T09:00+01:00"),
    )  # fmt: skip
    row = kickoff.kickoff_timeline(engagement(meetings=ONE, attendance=came)).table.iloc[0]
    assert (row["client"], row["provider"], row["invited"]) == (1, 1, 3)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        # Unpaid and the client's own hours are not the provider's paid work.
        ([("p0", "2026-01-20T09:00+01:00", False), ("p1", "2026-02-03T09:00+01:00", True)], "fine"),
        ([("c0", "2026-01-20T09:00+01:00", True), ("p1", "2026-02-03T09:00+01:00", True)], "fine"),
        ([("p0", "2026-01-20T09:00+01:00", True), ("p1", "2026-02-03T09:00+01:00", True)], "problem"),
        # Where no entry says, every entry is paid.
        ([("p0", "2026-01-20T09:00+01:00", None)], "problem"),
    ],
)
def test_first_paid_work(rows: list, verdict: str) -> None:
    assert before(meetings=ONE, attendance=BOTH, time_entries=entries(*rows)).verdict == verdict


def test_work_items_stand_in_for_time_sheets() -> None:
    work = pd.DataFrame({"item": ["w1"], "person": ["p0"], "started": [instant("2026-01-20T09:00+01:00")]})
    finding = kickoff.assess(engagement(meetings=ONE, attendance=BOTH, work=work))
    assert finding.measure("before_work").verdict == "problem"
    assert any("work items were used" in note for note in finding.assumptions)


def test_without_paid_work_yet_there_is_still_time() -> None:
    client_only = entries(("c0", "2026-01-20T09:00+01:00", True))
    assert before(meetings=ONE[:0], attendance=BOTH, time_entries=client_only).verdict == "not assessed"
    weekly = ONE.assign(kind="weekly")
    measure = before(meetings=weekly, attendance=BOTH, time_entries=client_only)
    assert measure.verdict == "cannot tell" and "no paid work is on record yet" in measure.settled_by
    assert before(meetings=ONE, attendance=BOTH, time_entries=client_only).verdict == "fine"


def test_what_is_missing_is_named_not_raised() -> None:
    work = entries(("p1", "2026-02-04T09:00+01:00", True))
    assert before(time_entries=work).settled_by == "needs table meetings"
    assert before(meetings=ONE, time_entries=work).settled_by == "needs table attendance"
    assert before(meetings=ONE, attendance=BOTH).settled_by == "needs table time_entries (or work, column started)"
    nobody = Engagement(SETTINGS, {"meetings": ONE, "attendance": BOTH, "time_entries": work})
    assert kickoff.assess(nobody).measure("before_work").settled_by == "needs table people"
    # Where the kickoff was called off, who came does not matter: the fact stands.
    assert before(meetings=ONE.assign(status="cancelled"), time_entries=work).verdict == "problem"


def test_brute_force_over_random_calendars() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        rows, came = [], []
        for number in range(rng.integers(1, 5)):
            start = pd.Timestamp("2026-02-02", tz="UTC") + pd.Timedelta(hours=int(rng.integers(0, 200)))
            kind, status = rng.choice(["kickoff", "weekly"]), rng.choice(["held", "cancelled"], p=[0.8, 0.2])
            rows.append((f"m{number}", kind, start.isoformat(), (start + pd.Timedelta(hours=1)).isoformat(), status))
            came += [(f"m{number}", person, start.isoformat()) for person in ("c0", "p0") if rng.random() < 0.7]
        work = pd.Timestamp("2026-02-06", tz="UTC")
        expected = 0.0
        for name, kind, _, end, status in rows:
            joined = {person[0] for meeting, person, _ in came if meeting == name}
            if kind == "kickoff" and status == "held" and joined == {"c", "p"} and pd.Timestamp(end) <= work:
                expected = 1.0
        there = attendance(*came) if came else attendance(("m0", "c1", None))
        measure = before(
            meetings=meetings(*rows), attendance=there, time_entries=entries(("p0", work.isoformat(), True))
        )
        assert measure.estimate == expected


# --- the agenda ---------------------------------------------------------------------------------------------------


def confirmed(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame([("m1", *row) for row in rows], columns=["meeting", "item", "status", "by"])


def missing(**tables: pd.DataFrame) -> object:
    return kickoff.assess(engagement(**{"meetings": ONE, "attendance": BOTH, **tables})).measure("agenda_missing")


def test_confirmations_decide_the_agenda() -> None:
    votes = [(item, "covered", "c0") for item in ITEMS]
    measure = missing(coverage_confirmed=confirmed(*votes))
    assert (measure.estimate, measure.high, measure.verdict, measure.n) == (0, 0, "fine", 8)
    # One item confirmed missing by both, one on which two people disagree, one that nobody confirmed.
    votes = [(item, "covered", "c0") for item in ITEMS[:6]]
    votes += [(" Payments ", "missing", "p0"), ("introductions", "missing", "p0")]
    measure = missing(coverage_confirmed=confirmed(*votes))
    # payments: covered (c0) and missing (p0) -> open; introductions: the same; items 7 and 8: nobody.
    assert (measure.estimate, measure.high, measure.verdict) == (0, 4, "cannot tell")
    votes = [(item, "covered", "c0") for item in ITEMS[:7]] + [(ITEMS[7], "missing", who) for who in ("c0", "p0")]
    measure = missing(coverage_confirmed=confirmed(*votes))
    assert (measure.estimate, measure.high, measure.verdict) == (1, 1, "problem")


def test_own_agenda_replaces_the_default_and_strange_items_are_counted() -> None:
    agenda = pd.DataFrame({"item": ["data protection", "holidays"], "terms": ["personal data", "holiday; leave"]})
    votes = confirmed(("Data protection", "covered", "c0"), ("holidays", "covered", "c0"), ("lunch", "missing", "c0"))
    finding = kickoff.assess(engagement(meetings=ONE, attendance=BOTH, agenda=agenda, coverage_confirmed=votes))
    measure = finding.measure("agenda_missing")
    assert (measure.estimate, measure.n, measure.verdict) == (0, 2, "fine")
    assert "1 confirmation of what is not on the agenda: left out." in finding.assumptions


def test_confirmations_of_other_meetings_do_not_count() -> None:
    votes = confirmed(*[(item, "covered", "c0") for item in ITEMS]).assign(meeting="m9")
    assert missing(coverage_confirmed=votes).verdict == "cannot tell"


def test_minutes_alone_give_quotes_and_cannot_tell() -> None:
    said = ["My name is Ana, I lead the billing team.", "You send the invoice on the 5th.", "Log in with the password."]
    minutes = pd.DataFrame({"meeting": ["x", "x", "y"], "turn": [1, 2, 1], "speaker": "a", "text": said})
    finding = kickoff.assess(Engagement(SETTINGS, {"minutes": minutes}))
    assert [measure.verdict for measure in finding.headlines] == ["not assessed", "cannot tell", "not assessed"]
    assert finding.verdict == "cannot tell"
    rows = finding.evidence.set_index("label")
    assert rows.loc["payments", "quote"] == "You send the invoice on the 5th."
    assert rows.loc["payments", "turn"] == 2
    assert rows.loc["systems and access", "quote"] == "", "the second meeting is not the kickoff"
    assert any("the first meeting in the minutes, x, was taken for the kickoff" in note for note in finding.assumptions)


def test_an_engagement_without_any_table_shows_itself() -> None:
    finding = kickoff.assess(Engagement(SETTINGS, {}))
    assert finding.verdict == "not assessed"
    assert finding.not_assessed and finding.actions and "needs table meetings" in repr(finding)
    assert finding.to_html() and repr(kickoff.kickoff_timeline(Engagement(SETTINGS, {})))


def test_limits_of_ones_own() -> None:
    votes = confirmed(*[(item, "covered", "c0") for item in ITEMS[:7]], (ITEMS[7], "missing", "c0"))
    found = kickoff.assess(
        engagement(meetings=ONE, attendance=BOTH, coverage_confirmed=votes), limits={"agenda_missing": 1}
    )
    assert found.measure("agenda_missing").verdict == "fine"
    with pytest.raises(OutsourcingKitError, match="agenda_missing"):
        kickoff.assess(engagement(), limits={"agenda_mising": 1})


# --- the quiz -----------------------------------------------------------------------------------------------------

KEY = pd.DataFrame({"question": ["q1", "q2"], "key": ["a", "b"], "level": "nominal", "topic": ["payments", "tasks"]})


def answers(**by_person: str) -> pd.DataFrame:
    """One letter a question, in order; `?` is don't know."""
    rows = [
        (person, f"q{number}", "don't know" if letter == "?" else letter)
        for person, letters in by_person.items()
        for number, letter in enumerate(letters, start=1)
    ]
    return pd.DataFrame(rows, columns=["person", "question", "answer"])


def test_quiz_by_hand() -> None:
    # Client: c0 2/2, c1 1/2 -> 75%. Provider: p0 1/2 (one don't know), p1 0/2 -> 25%.
    scores = kickoff.quiz_scores(answers(c0="ab", c1="A c", p0="a?", p1="bc").replace(" ", "b"), KEY, PEOPLE)
    assert scores.table.set_index("side").loc[["client", "provider"], "people"].tolist() == [2, 2]
    scores = kickoff.quiz_scores(answers(c0="ab", c1="Ac", p0="a?", p1="bc"), KEY, PEOPLE)
    assert scores.table["right"].tolist() == [0.75, 0.25]
    assert scores.table["dont_know"].tolist() == [0.0, 0.25]


def test_quiz_headline_is_the_weaker_side_with_people_as_units() -> None:
    quiz = answers(c0="ab", c1="ab", c2="ab", c3="ab", c4="ac", p0="ac", p1="ab", p2="cc", p3="ac", p4="cb")
    finding = kickoff.assess(engagement(quiz=quiz, answer_key=KEY))
    measure = finding.measure("quiz_right")
    right = {"client": [1, 1, 1, 1, 1, 1, 1, 1, 1, 0], "provider": [1, 0, 1, 1, 0, 0, 1, 0, 0, 1]}
    assert measure.estimate == pytest.approx(0.5)
    assert measure.n == 10
    # Five of the six of each side are on record.
    sides = [person_share(values, np.repeat(range(5), 2), team=6) for values in right.values()]
    assert (measure.low, measure.high) == pytest.approx(minimum_of(*sides).interval(CONFIDENCE))


@pytest.mark.parametrize(("size", "right", "answer"), [(2, 12, "fine"), (2, 0, "problem"), (6, 36, "fine")])
def test_a_whole_small_team_is_told_in_counts_and_judged_by_the_rule(size, right, answer) -> None:
    key = pd.DataFrame({"question": [f"q{n}" for n in range(1, 7)], "key": "a", "level": "nominal", "topic": "tasks"})
    wrong = 6 * size - right
    given = {f"p{n}": "a" * (6 - wrong // size) + "b" * (wrong // size) for n in range(size)}
    quiz = answers(**{f"c{n}": "aaaaaa" for n in range(size)}, **given)
    who = PEOPLE[PEOPLE["person"].isin([*given, *(f"c{n}" for n in range(size))])]
    measure = kickoff.assess(Engagement(SETTINGS, {"people": who, "quiz": quiz, "answer_key": key})).measure(
        "quiz_right"
    )
    assert (measure.whole, bool(measure.show_interval()), measure.answer) == (size <= 2, size > 2, answer)
    side = "client" if right == 6 * size else "provider"
    assert measure.counts == f"{right} of {6 * size} answers, {side} side" and measure.counts in measure.explain()
    if answer == "fine":
        assert measure.low == pytest.approx(0.05 ** (1 / (6 * size)))
    else:
        # The lower of two sides: half the error for each; and a fifth of that, as a team may lie below such teams.
        assert measure.high == pytest.approx(stats.beta.ppf(1 - 0.05 / 2 / 5, right + 1, 6 * size - right))


def test_quiz_nobody_counts_more_for_answering_more() -> None:
    quiz = pd.concat([answers(c0="ab", p0="ab"), answers(c1="c")])
    # c0 1.0 and c1 0.0 (one answer): 50%, not 2 of 3.
    assert kickoff.quiz_scores(quiz, KEY, PEOPLE).table["right"].tolist() == [0.5, 1.0]


def test_quiz_leaves_out_and_counts() -> None:
    quiz = pd.concat([answers(c0="ab", p0="abz"), answers(x9="a"), answers(c1="a").assign(answer=None)])
    scores = kickoff.quiz_scores(quiz, pd.concat([KEY, KEY[:1].assign(question="q9")]), PEOPLE)
    assert scores.table["answers"].tolist() == [2, 2]
    text = " ".join(scores.notes)
    assert "1 quiz answer to questions that have no key" in text
    assert "1 quiz answer by people whose side is unknown" in text
    assert "1 quiz answer left blank" in text
    assert "1 question of the key that nobody answered" in text


def test_agreement_is_not_correctness() -> None:
    # Both sides mostly say "c" to q2, whose key is "b": wrong the same way. On q1 they are right.
    quiz = answers(c0="ac", c1="ac", c2="ab", c3="ac", c4="ac", p0="ac", p1="ac", p2="bc", p3="a?", p4="a?")
    scores = kickoff.quiz_scores(quiz, KEY, PEOPLE)
    assert scores.both_wrong_the_same_way == 1
    assert scores.asked == 2 and scores.table["dont_know"].tolist() == [0.0, 0.2]
    # Both not knowing is not being wrong the same way.
    assert kickoff.quiz_scores(answers(c0="a?", p0="a?"), KEY, PEOPLE).both_wrong_the_same_way == 0


def test_small_sides_are_not_broken_down() -> None:
    quiz = answers(c0="ab", c1="ab", c2="ab", c3="ab", c4="ac", p0="ac", p1="cc", p2="ac", p3="ac")
    scores = kickoff.quiz_scores(quiz, KEY, PEOPLE)
    topics = scores.by_topic.table
    assert topics["provider_right"].isna().all() and topics["client_right"].notna().all()
    assert any("fewer than 5 people" in note for note in scores.notes)
    assert topics[["provider_low", "provider_high"]].isna().all(axis=None) and "nan" not in repr(scores.by_topic)


def test_each_topic_has_its_range_and_whether_the_kickoff_covered_it() -> None:
    quiz = answers(**{f"{side}{n}": "ac" for side in "cp" for n in range(5)})
    told = engagement(coverage_confirmed=confirmed(("Payments", "covered", "c0")), meetings=ONE, attendance=BOTH)
    agenda = kickoff.agenda_status(told)
    topics = kickoff.quiz_scores(quiz, KEY.assign(topic=["payments", "lunch"]), PEOPLE, agenda).by_topic
    rows = topics.table.set_index("topic")
    assert rows["kickoff"].to_dict() == {"lunch": "", "payments": "covered"}
    # Five of the side's people, one answer each, none of them right.
    right = [0.0] * 5
    expected = person_share(right, list("abcde"), team=int((PEOPLE["side"] == "client").sum()), confidence=0.90)
    assert rows.loc["lunch", ["client_right", "client_low", "client_high"]].tolist() == pytest.approx(
        [0.0, 0.0, expected.high]
    )
    assert f"0% (0% to {100 * expected.high:.0f}%)" in repr(topics) and "each for itself" in repr(topics)
    assert "kickoff" not in kickoff.quiz_scores(quiz, KEY, PEOPLE).by_topic._view()


def test_one_person_on_a_side_and_an_absent_side() -> None:
    finding = kickoff.assess(engagement(quiz=answers(c0="ab", c1="ab", p0="ab"), answer_key=KEY))
    measure = finding.measure("quiz_right")
    # Of the provider's six one answered two questions: five are not on record, and .3 alike with that single one.
    assert measure.verdict == "cannot tell" and measure.low == pytest.approx(0.05 ** (0.3 * 5 / 6 + 1 / 6 / 2))
    assert measure.high == 1.0
    assert any("One person answered for the provider side" in note for note in finding.assumptions)
    absent = kickoff.assess(engagement(quiz=answers(c0="ab"), answer_key=KEY)).measure("quiz_right")
    assert absent.verdict == "not assessed" and "provider side" in absent.settled_by
    no_key = kickoff.assess(engagement(quiz=answers(c0="ab"))).measure("quiz_right")
    assert no_key.settled_by == "needs table answer_key"


def test_empty_tables_give_empty_results() -> None:
    empty = Engagement(SETTINGS, {})
    scores = kickoff.quiz_scores(empty.quiz, empty.answer_key, empty.people)
    assert scores.table["people"].tolist() == [0, 0] and math.isnan(scores.table["right"].iloc[0])
    assert scores.asked == 0 and scores.by_topic.table.empty and repr(scores) and scores._repr_html_()
    assert kickoff.agenda_coverage(empty.minutes).table["verdict"].eq("cannot tell").all()


def test_the_calendar_alone_says_less_than_attendance() -> None:
    invited = attendance(("m1", "c0", "2026-02-02T09:00+01:00"), ("m1", "p0", None), ("m1", "p1", None))
    work = entries(("p1", "2026-02-04T09:00+01:00", True))
    row = kickoff.naive_kickoff(engagement(meetings=ONE, attendance=invited, time_entries=work)).table.iloc[0]
    # Three were invited and accepted, in good time; one came, of one side.
    assert (row["invited"], row["accepted"], row["planned_before_work"]) == (3, 3, "yes")
    assert (row["joined_client"], row["joined_provider"]) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("with_people", [False, True])
def test_any_part_of_the_tables_will_do(with_people: bool) -> None:
    parts = {
        "people": PEOPLE,
        "meetings": ONE,
        "attendance": BOTH,
        "time_entries": entries(("p1", "2026-02-04T09:00+01:00", None)),
        "minutes": pd.DataFrame({"meeting": ["m1"], "turn": [1], "text": ["We pay by bank transfer."]}),
        "agenda": pd.DataFrame({"item": ["payments"], "terms": [None]}),
        "coverage_confirmed": confirmed(("payments", "covered", "c0")),
        "quiz": answers(c0="ab", p0="a?"),
        "answer_key": KEY,
    }
    for name in parts:
        part = Engagement(
            SETTINGS, {one: parts[one] for one in parts if one == name or (with_people and one == "people")}
        )
        finding = kickoff.assess(part)
        assert finding.actions and finding.verdict != "fine" and plots.picture(finding).alt
        quiz = kickoff.quiz_scores(part.quiz, part.answer_key, part.people)
        for shown in (kickoff.kickoff_timeline(part), kickoff.agenda_status(part), kickoff.naive_kickoff(part), quiz):
            assert "nan" not in repr(shown) and shown._repr_html_()


def test_what_is_no_table_or_no_kind_is_one_clear_error() -> None:
    given = answers(c0="ab")
    assert kickoff.quiz_scores(given.drop(columns="answer"), KEY, PEOPLE).missing == "needs table quiz, column answer"
    assert kickoff.quiz_scores(given, KEY, PEOPLE.iloc[:0]).missing == "needs table people"
    assert kickoff.quiz_scores(given, KEY[:0], PEOPLE).by_topic.missing == "needs table answer_key"
    with pytest.raises(OutsourcingKitError, match="expected a frame"):
        kickoff.quiz_scores(["ab"], KEY, PEOPLE)
    with pytest.raises(OutsourcingKitError, match=r"column starts.*UTC offset"):
        before(meetings=ONE.assign(starts=pd.Timestamp("2026-02-02")), attendance=BOTH)


def test_without_attendance_who_came_is_unknown_not_nobody() -> None:
    only = engagement(meetings=ONE, time_entries=entries(("p1", "2026-02-04T09:00+01:00", True)))
    calendar = kickoff.naive_kickoff(only)
    row = calendar.table.iloc[0]
    assert [row[n] for n in ("invited", "accepted", "joined_client", "joined_provider")] == ["unknown"] * 4
    assert "says nothing about who came: needs table attendance." in repr(calendar)
    timeline = kickoff.kickoff_timeline(only)
    met = timeline.table[timeline.table["fact"] == "meeting"]
    assert met[["invited", "client", "provider"]].isna().all(axis=None)
    assert "Who was invited and who joined is unknown, so blank: needs table attendance." in repr(timeline)
    finding = kickoff.assess(only)
    assert not [m for m in finding.supporting if m.key == "kickoff.repeat_meetings"]
    assert "Who joined the meetings is not on record" in plots.picture(finding).alt
    # With attendance, nobody is nobody again.
    known = engagement(meetings=ONE, attendance=BOTH.assign(joined_at=pd.NaT))
    assert kickoff.naive_kickoff(known).table[["invited", "joined_client"]].iloc[0].tolist() == [2, 0]
    assert "No kickoff that both sides joined" in plots.picture(kickoff.assess(known)).alt
    # Attendance without people: invited and accepted are known, the sides of who joined are not.
    faceless = Engagement(SETTINGS, {"meetings": ONE, "attendance": BOTH})
    row = kickoff.naive_kickoff(faceless).table.iloc[0]
    assert (row["invited"], row["accepted"], row["joined_client"]) == (2, 2, "unknown")


ALL_A = pd.DataFrame({"question": [f"q{n}" for n in range(1, 6)], "key": "a", "level": "nominal", "topic": "tasks"})


def test_where_everybody_has_answered_more_people_cannot_settle_it() -> None:
    # Six a side, four of five right each but one: too near a limit of 70%, not so one of 68%.
    given = {f"{side}{n}": "aaaab" if n else "aaaaa" for side in "cp" for n in range(6)}
    tables = {"quiz": answers(**given), "answer_key": ALL_A}
    everybody = kickoff.assess(engagement(**tables))
    quiz = everybody.measure("quiz_right")
    assert (quiz.limit, quiz.verdict) == (0.7, "cannot tell")
    assert quiz.settled_by.startswith(TALK) and "in a team of 12:" in quiz.settled_by
    nearby = kickoff.assess(engagement(**tables), limits={"quiz_right": 0.69}).measure("quiz_right")
    assert nearby.verdict == "cannot tell" and nearby.settled_by.startswith("everybody's answers to more questions")
    assert "Answered the quiz: 6 of the client side and 6 of the provider side; the two are alike." in (
        everybody.assumptions
    )
    more = pd.concat([PEOPLE, pd.DataFrame({"person": ["p9"], "side": ["provider"]})])
    some = kickoff.assess(Engagement(SETTINGS, {**tables, "people": more}))
    # One is left to ask, and the page says that this would not do.
    assert "in a team of 13:" in some.measure("quiz_right").settled_by
    assert "more people" not in " ".join([*some.actions, *everybody.actions])


def test_the_quiz_shows_the_intervals_of_the_finding_and_says_which() -> None:
    given = {f"{side}{n}": "aaaab" if n % 2 else "aabbb" for side in "cp" for n in range(6)}
    scores = kickoff.quiz_scores(answers(**given), ALL_A, PEOPLE)
    # Low end: 18 of 30 answers of these six people. High end: people such as these.
    low = stats.beta.ppf(0.05, 18, 13)
    such = cluster_mean([1, 1, 1, 1, 0, 1, 1, 0, 0, 0] * 3, np.repeat(range(6), 5), confidence=0.90, bounds=(0, 1))
    assert scores.table.loc[0, ["low", "high"]].tolist() == pytest.approx([low, such.high])
    assert "Low and high: 90% intervals over people." in repr(scores)


def test_people_count_alike_and_it_is_said_where_answers_would_tell_another_story() -> None:
    # Client c0 answers one question, right; c1 five, all wrong: 50% of people's shares, 1 of 6 answers.
    given = {"c0": "a", "c1": "bbbbb", "p0": "aaaaa"}
    finding = kickoff.assess(engagement(quiz=answers(**given), answer_key=ALL_A))
    assert (
        "Each person counts alike in the share of right quiz answers of the client side; counting every answer alike "
        "it is 17%."
    ) in finding.assumptions
