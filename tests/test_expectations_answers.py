"""Questions between the sides, and when they were answered."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError
from outsourcing_kit.expectations import AnswerTimes, Anyone, Workday, answer_times, naive_response_time, shared_hours
from outsourcing_kit.tables import table
from tests.made import instant, messages, people

NOW = instant("2026-03-01")
NINE_TO_FIVE = {"time_zone": "UTC", "workday_start": "09:00", "workday_end": "17:00"}
BOTH = people("Ann", "Bob", provider=("Cid", "Dee"), **NINE_TO_FIVE)
# Dee works from 13 to 21.
BOTH.loc[BOTH["person"] == "Dee", ["workday_start", "workday_end"]] = ["13:00", "21:00"]


def asked(*rows: tuple, who: pd.DataFrame = BOTH, now: pd.Timestamp = NOW) -> AnswerTimes:
    return answer_times(messages(*rows), who, now)


def only(*rows: tuple, **rest: object) -> pd.Series:
    result = asked(*rows, **rest)
    assert len(result.table) == 1
    return result.table.iloc[0]


def test_a_reply_by_name_within_the_day():
    row = only(
        ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
        ("a", "u", "Cid", "Ann", "2026-01-13T16:30Z", "q", False),
    )
    found = row[["hours", "in_time", "left_out", "clock", "side"]].tolist()
    assert found == [6.5, True, False, "shared", "provider"]


@pytest.mark.parametrize(("minute", "in_time"), [("00", True), ("01", False)])
def test_only_hours_that_both_are_at_work_count(minute, in_time):
    # Ann works 9 to 17, Dee 13 to 21: four shared hours a day. Asked on Tuesday at 10, answered on Thursday at 13:00
    # after two shared days: 8 hours, just in time. One minute later is too late.
    row = only(
        ("q", "t", "Ann", "Dee", "2026-01-13T10:00Z", None, True),
        ("a", "t", "Dee", "Ann", f"2026-01-15T13:{minute}Z", "q", False),
    )
    assert (row["hours"], row["in_time"]) == (pytest.approx(8 + int(minute) / 60), in_time)


def test_the_next_message_of_the_recipient_in_the_thread_is_an_answer_but_not_a_colleagues():
    row = only(
        ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
        ("x", "t", "Dee", "Ann", "2026-01-13T13:00Z", None, False),
        ("y", "t", "Bob", "Ann", "2026-01-13T11:00Z", "q", False),  # the asker's own side
        ("a", "t", "Cid", "Ann", "2026-01-13T15:00Z", None, False),
    )
    assert row["hours"] == 5.0


def test_a_colleague_who_replies_to_the_question_answers_it():
    row = only(
        ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
        ("a", "t", "Dee", "Ann", "2026-01-13T14:00Z", "q", False),
        ("b", "t", "Cid", "Ann", "2026-01-13T16:00Z", "q", False),
    )
    # Counted for Cid, who was asked, and on the clock that Ann and Cid share.
    assert (row["person"], row["hours"]) == ("Cid", 4.0)


def test_anyone_may_answer_a_question_to_nobody_by_name():
    question = ("q", "t", "Ann", None, "2026-01-13T10:00Z", None, True)
    answered = only(question, ("a", "t", "Dee", None, "2026-01-13T14:00Z", "q", False))
    # On the clock that Ann shares with Dee (13 to 14); counted for Ann, as an open one would be.
    assert (answered["person"], answered["hours"]) == ("Ann", 1.0)
    # A later message of the thread that replies to nothing is no answer: nobody was asked by name.
    waiting = only(question, ("a", "t", "Dee", None, "2026-01-13T14:00Z", None, False))
    assert (waiting["person"], waiting["in_time"]) == ("Ann", False) and pd.isna(waiting["answered"])


def test_what_is_no_question_between_the_sides():
    result = asked(
        ("a", "t", "Ann", "Bob", "2026-01-13T10:00Z", None, True),  # same side
        ("b", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, False),  # needs no answer
        ("c", "t", "Ann", "Eve", "2026-01-13T10:00Z", None, True),  # nobody knows Eve
        ("d", "t", "Ann", "Cid", "2026-03-02T10:00Z", None, True),  # after the records end
    )
    assert (len(result.table), result.estimate.n) == (0, 0)
    assert "questions between the sides" in result.missing and result.missing in repr(result)


def test_an_answer_before_the_question_or_after_the_records_end_is_none():
    row = only(
        ("a", "t", "Cid", "Ann", "2026-01-12T10:00Z", None, False),
        ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
        ("b", "t", "Cid", "Ann", "2026-03-02T10:00Z", "q", False),
    )
    assert pd.isna(row["answered"])


def test_questions_too_late_to_judge_are_left_out_answered_or_not():
    # The records end on Friday at 17:00. Asked on Friday at 9:00: eight hours, judged. At 10:00: seven, left out.
    result = asked(
        ("q1", "1", "Ann", "Cid", "2026-01-16T09:00Z", None, True),
        ("q2", "2", "Ann", "Cid", "2026-01-16T10:00Z", None, True),
        ("q3", "3", "Ann", "Cid", "2026-01-16T10:00Z", None, True),
        ("a3", "3", "Cid", "Ann", "2026-01-16T10:30Z", "q3", False),
        now=instant("2026-01-16 17:00"),
    )
    assert result.table.set_index("question")["left_out"].to_dict() == {"q1": False, "q2": True, "q3": True}
    assert (result.left_out, result.estimate.estimate) == (2, 0.0)


def test_a_day_as_now_is_its_end():
    rows = messages(("q", "t", "Ann", "Cid", "2026-01-16T10:00Z", None, True))
    day, end = (answer_times(rows, BOTH, now).table for now in (NOW.date(), NOW + pd.Timedelta(days=1)))
    pd.testing.assert_frame_equal(day, end)


def test_without_a_shared_hour_the_addressed_persons_day_counts():
    # Ann 9 to 17 in UTC, Kim 9 to 17 in UTC+8 (1 to 9 in UTC): nothing shared. Asked on Tuesday 16:00, answered on
    # Wednesday 05:00: Kim was at work from 1 to 5.
    row = only(
        ("q", "t", "Ann", "Kim", "2026-01-13T16:00Z", None, True),
        ("a", "t", "Kim", "Ann", "2026-01-14T05:00Z", "q", False),
        who=people("Ann", provider=("Kim",), **{**NINE_TO_FIVE, "time_zone": ["UTC", "Asia/Manila"]}),
    )
    assert (row["hours"], row["clock"]) == (4.0, "own")


def test_clock_changes_on_one_side():
    # Madrid and New York, 9 to 17: on 5 March they share 15 to 17 Madrid time. Asked at 14:00 UTC (15:00 in Madrid),
    # answered on Monday the 9th at 13:30 UTC: New York is on summer time, so it is 9:30 there. 2 hours on Thursday,
    # 2 on Friday, half an hour on Monday.
    row = only(
        ("q", "t", "Ann", "Lou", "2026-03-05T14:00Z", None, True),
        ("a", "t", "Lou", "Ann", "2026-03-09T13:30Z", "q", False),
        who=people("Ann", provider=("Lou",), **{**NINE_TO_FIVE, "time_zone": ["Europe/Madrid", "America/New_York"]}),
        now=instant("2026-04-01"),
    )
    assert row["hours"] == 4.5


def test_the_share_counts_people_not_questions():
    rows = [(f"q{i}", f"{i}", "Ann", "Cid", "2026-01-13T10:00Z", None, True) for i in range(8)]
    rows += [(f"a{i}", f"{i}", "Cid", "Ann", "2026-01-13T11:00Z", f"q{i}", False) for i in range(8)]
    result = asked(*rows, ("qd", "d", "Ann", "Dee", "2026-01-13T10:00Z", None, True))
    assert (result.estimate.estimate, result.estimate.n) == (0.5, 2)  # Cid 8 of 8, Dee 0 of 1: not 8/9


def test_the_median_waits_with_the_unanswered():
    # Answers after 1, 2 and 4 shared hours, one open: Kaplan-Meier's median is 2 (half are through); the mean of the
    # answered ones is 7/3.
    rows = [(f"q{i}", f"{i}", "Ann", "Cid", "2026-01-13T10:00Z", None, True) for i in range(4)]
    for i, hour in enumerate((11, 12, 14)):
        rows.append((f"a{i}", f"{i}", "Cid", "Ann", f"2026-01-13T{hour}:00Z", f"q{i}", False))
    assert asked(*rows).median_hours() == 2.0
    assert asked(*[row for row in rows if row[0] != "a1"]).median_hours() == 4.0
    assert asked(*rows[:4]).median_hours() == math.inf


def test_shortcuts_say_what_they_hide():
    rows = messages(
        ("q0", "0", "Ann", "Cid", "2026-01-16T16:00Z", None, True),
        ("a0", "0", "Cid", "Ann", "2026-01-19T10:00Z", "q0", False),
        ("q1", "1", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
    )
    shortcuts = naive_response_time(rows, BOTH, NOW).table.set_index("shortcut")
    assert shortcuts.loc["mean time to an answer", "says"] == 66.0  # two shared hours, and a weekend
    assert shortcuts.loc["mean time to an answer", "leaves_out"].startswith("1 of 2 questions")
    weeks = (NOW - instant("2026-01-13 10:00")) / pd.Timedelta(days=7)
    assert shortcuts.loc["messages a week", "says"] == pytest.approx(3 / weeks)


SOME = messages(("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True))


@pytest.mark.parametrize(
    ("sent", "who", "missing"),
    [
        (pd.DataFrame(columns=table("messages").names), BOTH, "needs table messages"),
        (SOME, pd.DataFrame(columns=table("people").names), "needs table people"),
        (SOME.drop(columns="reply_to"), BOTH, "needs table messages, column reply_to"),
        (
            SOME,
            BOTH[BOTH["side"] == "client"],
            "questions between the sides: table people lists nobody of the provider",
        ),
    ],
)
def test_what_is_missing_is_said(sent, who, missing):
    result, naive = answer_times(sent, who, NOW), naive_response_time(sent, who, NOW)
    assert missing in result.missing and missing in naive._repr_html_()
    assert math.isnan(result.median_hours()) and result.table.columns.tolist() == list(AnswerTimes.columns)


def test_wrong_input_is_one_clear_error():
    with pytest.raises(BadDataError, match=r"2 problems(.|\n)*column sent(.|\n)*column needs_answer"):
        answer_times(SOME.assign(sent=pd.Timestamp("2026-01-13"), needs_answer="perhaps"), BOTH, NOW)
    with pytest.raises(OutsourcingKitError, match="expected a frame"):
        answer_times(SOME.to_dict("records"), BOTH, NOW)
    with pytest.raises(OutsourcingKitError, match="UTC offset"):
        answer_times(SOME, BOTH, pd.Timestamp("2026-03-01"))


def slow_answers(sent, folk, now, hours=8.0):
    """The definition, question by question, in a loop over all messages."""
    workday = {p.person: Workday(p.time_zone, p.workday_start, p.workday_end) for p in folk.itertuples()}
    side = dict(zip(folk["person"], folk["side"], strict=True))
    found = {}
    for q in sent.itertuples():
        other = {"client": "provider", "provider": "client"}[side[q.sender]]
        named = not pd.isna(q.recipient)
        if not q.needs_answer or q.sent > now or (named and side[q.recipient] != other):
            continue
        answer = None
        for m in sorted(sent.itertuples(), key=lambda m: m.sent):
            replies = m.reply_to == q.message and side[m.sender] == other and m.sent >= q.sent
            follows = named and m.thread == q.thread and m.sender == q.recipient and m.sent > q.sent
            if (replies or follows) and m.sent <= now:
                answer = m
                break
        who = q.recipient if named else answer.sender if answer else None
        party = workday[who] if who else Anyone(tuple(workday[p] for p in sorted(workday) if side[p] == other))
        week = [q.sent + pd.Timedelta(days=7)]
        asker = workday[q.sender] if shared_hours([q.sent], week, workday[q.sender], party)[0] > 0 else party
        waited = shared_hours([q.sent], [now], asker, party)[0]
        taken = shared_hours([q.sent], [answer.sent], asker, party)[0] if answer else math.nan
        found[q.message] = (q.recipient if named else q.sender, taken, taken <= hours, waited < hours)
    return found


def test_against_a_loop_over_all_messages():
    rng = np.random.default_rng(1)
    zones = ["Europe/Madrid", "Asia/Manila", "America/New_York"]
    clocks = {"workday_start": [f"{8 + i % 3:02d}:00" for i in range(8)], "workday_end": "18:00"}
    names = [f"p{i}" for i in range(8)]
    folk = people(*names[:4], provider=tuple(names[4:]), time_zone=[zones[i % 3] for i in range(8)], **clocks)
    rows = []
    for i in range(300):
        recipient = None if rng.random() < 0.2 else names[rng.integers(8)]
        reply_to = f"m{rng.integers(300)}" if rng.random() < 0.4 else None
        sent = instant("2026-03-01") + pd.Timedelta(minutes=int(rng.integers(0, 40 * 1440)))
        rows.append(
            (f"m{i}", f"t{rng.integers(20)}", names[rng.integers(8)], recipient, sent, reply_to, rng.random() < 0.5)
        )
    sent, now = messages(*rows), instant("2026-04-07 09:00")
    found, expected = answer_times(sent, folk, now).table.set_index("question"), slow_answers(sent, folk, now)
    assert set(found.index) == set(expected) and len(expected) > 60
    for question, (person, taken, in_time, left_out) in expected.items():
        row = found.loc[question]
        assert (row["person"], row["in_time"], row["left_out"]) == (person, in_time, left_out)
        assert row["hours"] == pytest.approx(taken, nan_ok=True)


@pytest.mark.timed
def test_ten_thousand_questions_are_fast_even_in_one_thread():
    rng, count = np.random.default_rng(0), 10_000
    names = [f"p{i}" for i in range(40)]
    starts = [f"{rng.integers(7, 11):02d}:{rng.integers(60):02d}" for _ in names]
    zones = ["Europe/Madrid"] * 20 + ["Asia/Kolkata"] * 20
    clocks = {"time_zone": zones, "workday_start": starts, "workday_end": "18:00"}
    folk = people(*names[:20], provider=tuple(names[20:]), **clocks)
    sent = instant("2026-01-01") + pd.to_timedelta(rng.integers(0, 365 * 86400, count), unit="s")
    asks = pd.DataFrame(
        {"message": [f"q{i}" for i in range(count)], "thread": "general", "sent": sent, "reply_to": None}
    )
    asks["sender"], asks["recipient"] = rng.choice(names[:20], count), rng.choice(names[20:], count)
    answers = asks.assign(
        message="a" + asks["message"], sender=asks["recipient"], recipient=asks["sender"], reply_to=asks["message"],
        sent=asks["sent"] + pd.Timedelta(hours=20), needs_answer=False,
    )  # fmt: skip
    both = pd.concat([asks.assign(needs_answer=True), answers], ignore_index=True)
    clock = time.perf_counter()
    result = answer_times(both, folk, instant("2027-02-01"))
    assert time.perf_counter() - clock < 1.5
    assert len(result.table) == count
