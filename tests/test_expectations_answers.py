"""Questions between the sides, and when they were answered."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.expectations import Anyone, Workday, answer_times, naive_response_time, shared_hours
from outsourcing_kit.tables import table

NOW = pd.Timestamp("2026-03-01", tz="UTC")


def people(*rows):
    """Rows are (person, side, time zone, start, end)."""
    return pd.DataFrame(rows, columns=["person", "side", "time_zone", "workday_start", "workday_end"])


BOTH = people(
    ("Ann", "client", "UTC", "09:00", "17:00"),
    ("Bob", "client", "UTC", "09:00", "17:00"),
    ("Cid", "provider", "UTC", "09:00", "17:00"),
    ("Dee", "provider", "UTC", "13:00", "21:00"),
)


def messages(*rows):
    """Rows are (message, thread, sender, recipient, sent, reply_to, needs_answer)."""
    names = ["message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(sent=pd.to_datetime(frame["sent"], utc=True, format="ISO8601"))


def only(result):
    assert len(result.table) == 1
    return result.table.iloc[0]


def test_a_reply_by_name_within_the_day():
    row = only(
        answer_times(
            messages(
                ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
                ("a", "u", "Cid", "Ann", "2026-01-13T16:30Z", "q", False),
            ),
            BOTH,
            NOW,
        )
    )
    assert (row["hours"], row["in_time"], row["left_out"], row["clock"], row["side"]) == (
        6.5,
        True,
        False,
        "shared",
        "provider",
    )


def test_only_hours_that_both_are_at_work_count():
    # Ann works 9 to 17, Dee 13 to 21: four shared hours a day. Asked on Tuesday at 10, answered on Thursday at 13:00
    # after two shared days: 8 hours, just in time. One minute later is too late.
    for minute, in_time in (("00", True), ("01", False)):
        row = only(
            answer_times(
                messages(
                    ("q", "t", "Ann", "Dee", "2026-01-13T10:00Z", None, True),
                    ("a", "t", "Dee", "Ann", f"2026-01-15T13:{minute}Z", "q", False),
                ),
                BOTH,
                NOW,
            )
        )
        assert row["hours"] == pytest.approx(8 + int(minute) / 60)
        assert row["in_time"] == in_time


def test_the_next_message_of_the_recipient_in_the_thread_is_an_answer_but_not_a_colleagues():
    result = answer_times(
        messages(
            ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
            ("x", "t", "Dee", "Ann", "2026-01-13T13:00Z", None, False),
            ("y", "t", "Bob", "Ann", "2026-01-13T11:00Z", "q", False),  # the asker's own side
            ("a", "t", "Cid", "Ann", "2026-01-13T15:00Z", None, False),
        ),
        BOTH,
        NOW,
    )
    assert only(result)["hours"] == 5.0


def test_a_colleague_who_replies_to_the_question_answers_it():
    result = answer_times(
        messages(
            ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
            ("a", "t", "Dee", "Ann", "2026-01-13T14:00Z", "q", False),
            ("b", "t", "Cid", "Ann", "2026-01-13T16:00Z", "q", False),
        ),
        BOTH,
        NOW,
    )
    row = only(result)
    # Counted for Cid, who was asked, and on the clock that Ann and Cid share.
    assert (row["person"], row["hours"]) == ("Cid", 4.0)


def test_anyone_may_answer_a_question_to_nobody_by_name():
    asked = ("q", "t", "Ann", None, "2026-01-13T10:00Z", None, True)
    answered = only(answer_times(messages(asked, ("a", "t", "Dee", None, "2026-01-13T14:00Z", "q", False)), BOTH, NOW))
    assert (answered["person"], answered["hours"]) == ("Dee", 1.0)  # shared with Dee: 13 to 14
    # A later message of the thread that replies to nothing is no answer: nobody was asked by name.
    waiting = only(answer_times(messages(asked, ("a", "t", "Dee", None, "2026-01-13T14:00Z", None, False)), BOTH, NOW))
    assert waiting["person"] == "Ann"
    assert pd.isna(waiting["answered"])
    assert not waiting["in_time"]


def test_what_is_no_question_between_the_sides():
    result = answer_times(
        messages(
            ("a", "t", "Ann", "Bob", "2026-01-13T10:00Z", None, True),  # same side
            ("b", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, False),  # needs no answer
            ("c", "t", "Ann", "Eve", "2026-01-13T10:00Z", None, True),  # nobody knows Eve
            ("d", "t", "Ann", "Cid", "2026-03-02T10:00Z", None, True),  # after the records end
        ),
        BOTH,
        NOW,
    )
    assert len(result.table) == 0
    assert "questions between the sides" in result.missing
    assert "questions between the sides" in repr(result)
    assert result.estimate.n == 0


def test_an_answer_before_the_question_or_after_the_records_end_is_none():
    result = answer_times(
        messages(
            ("a", "t", "Cid", "Ann", "2026-01-12T10:00Z", None, False),
            ("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
            ("b", "t", "Cid", "Ann", "2026-03-02T10:00Z", "q", False),
        ),
        BOTH,
        NOW,
    )
    assert pd.isna(only(result)["answered"])
    assert result.unanswered == 1


def test_questions_too_late_to_judge_are_left_out_answered_or_not():
    # The records end on Friday at 17:00. Asked on Friday at 9:00: eight hours, judged. At 10:00: seven, left out.
    now = pd.Timestamp("2026-01-16T17:00Z")
    result = answer_times(
        messages(
            ("q1", "1", "Ann", "Cid", "2026-01-16T09:00Z", None, True),
            ("q2", "2", "Ann", "Cid", "2026-01-16T10:00Z", None, True),
            ("q3", "3", "Ann", "Cid", "2026-01-16T10:00Z", None, True),
            ("a3", "3", "Cid", "Ann", "2026-01-16T10:30Z", "q3", False),
        ),
        BOTH,
        now,
    )
    assert result.table.set_index("question")["left_out"].to_dict() == {"q1": False, "q2": True, "q3": True}
    assert result.left_out == 2
    assert result.estimate.estimate == 0.0


def test_without_a_shared_hour_the_addressed_persons_day_counts():
    # Ann 9 to 17 in UTC, Kim 9 to 17 in UTC+8 (1 to 9 in UTC): nothing shared. Asked on Tuesday 16:00, answered on
    # Wednesday 05:00: Kim was at work from 1 to 5.
    apart = people(("Ann", "client", "UTC", "09:00", "17:00"), ("Kim", "provider", "Asia/Manila", "09:00", "17:00"))
    result = answer_times(
        messages(
            ("q", "t", "Ann", "Kim", "2026-01-13T16:00Z", None, True),
            ("a", "t", "Kim", "Ann", "2026-01-14T05:00Z", "q", False),
        ),
        apart,
        NOW,
    )
    row = only(result)
    assert (row["hours"], row["clock"]) == (4.0, "own")
    assert result.own_clock == 1


def test_clock_changes_on_one_side():
    # Madrid and New York, 9 to 17: on 5 March they share 15 to 17 Madrid time. Asked at 14:00 UTC (15:00 in Madrid),
    # answered on Monday the 9th at 13:30 UTC: New York is on summer time, so it is 9:30 there. 2 hours on Thursday,
    # 2 on Friday, half an hour on Monday.
    far = people(
        ("Ann", "client", "Europe/Madrid", "09:00", "17:00"), ("Lou", "provider", "America/New_York", "09:00", "17:00")
    )
    result = answer_times(
        messages(
            ("q", "t", "Ann", "Lou", "2026-03-05T14:00Z", None, True),
            ("a", "t", "Lou", "Ann", "2026-03-09T13:30Z", "q", False),
        ),
        far,
        pd.Timestamp("2026-04-01", tz="UTC"),
    )
    assert only(result)["hours"] == 4.5


def test_the_share_counts_people_not_questions():
    rows = [(f"q{i}", f"{i}", "Ann", "Cid", "2026-01-13T10:00Z", None, True) for i in range(8)]
    rows += [(f"a{i}", f"{i}", "Cid", "Ann", "2026-01-13T11:00Z", f"q{i}", False) for i in range(8)]
    rows += [("qd", "d", "Ann", "Dee", "2026-01-13T10:00Z", None, True)]
    result = answer_times(messages(*rows), BOTH, NOW)
    assert result.estimate.estimate == 0.5  # Cid 8 of 8, Dee 0 of 1: not 8/9
    assert result.estimate.n == 2


def test_the_median_waits_with_the_unanswered():
    # Answers after 1, 2 and 4 shared hours, one open: Kaplan-Meier's median is 2 (half are through); the mean of the
    # answered ones is 7/3.
    rows = [(f"q{i}", f"{i}", "Ann", "Cid", "2026-01-13T10:00Z", None, True) for i in range(4)]
    for i, hour in enumerate((11, 12, 14)):
        rows.append((f"a{i}", f"{i}", "Cid", "Ann", f"2026-01-13T{hour}:00Z", f"q{i}", False))
    result = answer_times(messages(*rows), BOTH, NOW)
    assert result.median_hours() == 2.0
    rest = messages(*[row for row in rows if row[0] != "a1"])
    assert answer_times(rest, BOTH, NOW).median_hours() == 4.0
    assert answer_times(messages(*rows[:4]), BOTH, NOW).median_hours() == math.inf


def test_shortcuts_say_what_they_hide():
    rows = [
        ("q0", "0", "Ann", "Cid", "2026-01-16T16:00Z", None, True),
        ("a0", "0", "Cid", "Ann", "2026-01-19T10:00Z", "q0", False),
        ("q1", "1", "Ann", "Cid", "2026-01-13T10:00Z", None, True),
    ]
    shortcuts = naive_response_time(messages(*rows), BOTH, NOW).table.set_index("shortcut")
    assert shortcuts.loc["mean time to an answer", "says"] == 66.0  # two shared hours, and a weekend
    assert shortcuts.loc["mean time to an answer", "leaves_out"].startswith("1 of 2 questions")
    weeks = (NOW - pd.Timestamp("2026-01-13T10:00Z")) / pd.Timedelta(days=7)
    assert shortcuts.loc["messages a week", "says"] == pytest.approx(3 / weeks)


def test_empty_tables_and_missing_columns_say_so():
    empty = pd.DataFrame(columns=table("messages").names)
    nobody = pd.DataFrame(columns=table("people").names)
    some = messages(("q", "t", "Ann", "Cid", "2026-01-13T10:00Z", None, True))
    assert answer_times(empty, BOTH, NOW).missing == "needs table messages"
    assert answer_times(some, nobody, NOW).missing == "needs table people"
    assert answer_times(some.drop(columns="reply_to"), BOTH, NOW).missing == "needs table messages, column reply_to"
    assert math.isnan(answer_times(empty, BOTH, NOW).median_hours())
    assert "needs table messages" in naive_response_time(empty, BOTH, NOW)._repr_html_()
    one_side = BOTH[BOTH["side"] == "client"]
    assert "questions between the sides" in answer_times(some, one_side, NOW).missing


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
        found[q.message] = (who or q.sender, taken, taken <= hours, waited < hours)
    return found


def busy(seed, size, threads):
    rng = np.random.default_rng(seed)
    zones = ["Europe/Madrid", "Asia/Manila", "America/New_York"]
    folk = people(
        *[(f"p{i}", "client" if i < 4 else "provider", zones[i % 3], f"{8 + i % 3:02d}:00", "18:00") for i in range(8)]
    )
    rows = []
    for i in range(size):
        sender = int(rng.integers(8))
        recipient = None if rng.random() < 0.2 else f"p{int(rng.integers(8))}"
        reply_to = f"m{int(rng.integers(size))}" if rng.random() < 0.4 else None
        sent = pd.Timestamp("2026-03-01", tz="UTC") + pd.Timedelta(minutes=int(rng.integers(0, 40 * 1440)))
        rows.append(
            (f"m{i}", f"t{int(rng.integers(threads))}", f"p{sender}", recipient, sent, reply_to, rng.random() < 0.5)
        )
    return messages(*rows), folk, pd.Timestamp("2026-04-07T09:00Z")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_against_a_loop_over_all_messages(seed):
    sent, folk, now = busy(seed, 150, 12)
    table = answer_times(sent, folk, now).table.set_index("question")
    expected = slow_answers(sent, folk, now)
    assert set(table.index) == set(expected)
    assert len(expected) > 20
    for question, (person, taken, in_time, left_out) in expected.items():
        row = table.loc[question]
        assert (row["person"], row["in_time"], row["left_out"]) == (person, in_time, left_out)
        assert row["hours"] == pytest.approx(taken, nan_ok=True)


@pytest.mark.timed
def test_ten_thousand_questions_are_fast_even_in_one_thread():
    rng = np.random.default_rng(0)
    folk = people(
        *[(f"p{i}", "client" if i < 20 else "provider", "Europe/Madrid" if i < 20 else "Asia/Kolkata",
           f"{rng.integers(7, 11):02d}:{rng.integers(60):02d}", "18:00") for i in range(40)]
    )  # fmt: skip
    count = 10_000
    sent = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 365 * 86400, count), unit="s")
    asked = pd.DataFrame(
        {
            "message": [f"q{i}" for i in range(count)],
            "thread": "general",
            "sender": [f"p{i}" for i in rng.integers(0, 20, count)],
            "recipient": [f"p{i}" for i in rng.integers(20, 40, count)],
            "sent": sent,
            "reply_to": None,
            "needs_answer": True,
        }
    )
    answers = asked.assign(
        message="a" + asked["message"], sender=asked["recipient"], recipient=asked["sender"], needs_answer=False,
        reply_to=asked["message"], sent=asked["sent"] + pd.Timedelta(hours=20),
    )  # fmt: skip
    both = pd.concat([asked, answers], ignore_index=True)
    clock = time.perf_counter()
    result = answer_times(both, folk, pd.Timestamp("2027-02-01", tz="UTC"))
    assert time.perf_counter() - clock < 1.5
    assert len(result.table) == count
