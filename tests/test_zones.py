"""A day where a day is known, and times without an offset in the zone that somebody named: never UTC in silence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations, kickoff, recognition
from outsourcing_kit.engagement import Engagement, check_folder
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.moments import followed_within, is_day, leeway
from outsourcing_kit.settings import read_settings, settings_toml

TOML = """name = "mine"
client = "A"
provider = "B"
currency = "EUR"
time_zone = "America/Chicago"
observed_from = 2026-01-01
observed_to = 2026-12-31
"""
SETTINGS = {
    "currency": "EUR", "time_zone": "America/Chicago", "observed_from": "2026-01-01", "observed_to": "2026-12-31",
}  # fmt: skip
PEOPLE = pd.DataFrame(
    {"person": ["ines", "joy", "nobody"], "side": ["client", "provider", "client"],
     "time_zone": ["America/Chicago", "Asia/Manila", None]}
)  # fmt: skip


def load(zones=None, **frames):
    frames = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    return Engagement.from_frames({"people": PEOPLE, **frames}, **SETTINGS, zones=zones or {})


def sent(times, sender="joy", zones=None):
    rows = {"message": [f"m{n}" for n in range(len(times))], "sender": sender, "sent": times}
    return load(zones, messages=rows)


def utc(*texts):
    return [pd.Timestamp(text, tz="UTC") for text in texts]


@pytest.mark.parametrize(
    ("zones", "moment"),
    [
        ({"messages": "America/Chicago"}, "2026-03-31T14:00"),
        ({"messages": "engagement"}, "2026-03-31T14:00"),
        ({"default": "engagement"}, "2026-03-31T14:00"),
        ({"default": "Europe/Madrid"}, "2026-03-31T07:00"),
        ({"default": "Europe/Madrid", "messages": "person"}, "2026-03-31T01:00"),
        ({"default": "person"}, "2026-03-31T01:00"),
        ({"work": "Europe/Madrid", "default": "person"}, "2026-03-31T01:00"),
    ],
)
@pytest.mark.parametrize("written", ["2026-03-31T09:00:00", "2026-03-31 9:00", "2026-03-31 09:00:00.0"])
def test_a_time_without_an_offset_is_of_the_zone_that_was_named(zones, moment, written):
    made = sent([written, "2026-03-31T09:00:00+02:00", "", "2026-03-31T07:00Z"], zones=zones)
    assert made.messages["sent"].dropna().tolist() == utc(moment, "2026-03-31T07:00", "2026-03-31T07:00")
    typed = sent(pd.to_datetime(pd.Series(["2026-03-31T09:00"])), zones=zones)
    assert typed.messages["sent"].tolist() == utc(moment)


def test_each_persons_times_are_of_that_persons_zone_and_of_nobodys_where_it_is_unknown():
    made = sent(["2026-03-31T09:00"] * 12, ["joy"] * 10 + ["ines", "nobody"], {"messages": "person"})
    assert made.messages["sent"].tolist()[9:11] == utc("2026-03-31T01:00", "2026-03-31T14:00")
    assert pd.isna(made.messages["sent"].iloc[11])
    (note,) = [note for note in made.notes if note.column == "sent"]
    assert (note.kind, note.row, note.rows) == ("unreadable", 13, 12) and "messages = " in note.mend


def test_without_a_word_on_zones_no_time_is_taken_for_utc():
    with pytest.raises(BadDataError, match=r'\[zones\] in engagement.toml .*: messages = "Europe/Madrid"'):
        sent(["2026-03-31T09:00:00"] * 3)


def test_a_time_that_the_clock_skipped_or_showed_twice_is_a_note_and_one_moment():
    times = ["2026-03-08T02:30", "2026-11-01T01:30", "2026-11-01T01:30:00-06:00", "2026-03-08T03:30"]
    made = sent(times, zones={"messages": "engagement"})
    expected = utc("2026-03-08T08:00", "2026-11-01T06:30", "2026-11-01T07:30", "2026-03-08T08:30")
    assert made.messages["sent"].tolist() == expected
    notes = {note.kind: (note.row, note.found) for note in made.notes if note.column == "sent"}
    assert notes == {"no such time": (2, "'2026-03-08T02:30'"), "a time twice": (3, "'2026-11-01T01:30'")}


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["2026-03-31", " 2026-03-31 ", dt.date(2026, 3, 31)])
@pytest.mark.parametrize(("zones", "noon"), [({}, "17:00"), ({"default": "person"}, "04:00")])
def test_a_day_is_that_day_where_the_row_was_written(cell, zones, noon):
    made = sent([cell, "2026-03-31T12:00:00Z"], zones=zones).messages["sent"]
    assert made.tolist() == utc(f"2026-03-31T{noon}:00.000000001", "2026-03-31T12:00")
    assert is_day(made).tolist() == [True, False]
    assert leeway(made).tolist() == [pd.Timedelta(hours=12), pd.Timedelta(0)]


def test_the_days_of_a_spreadsheet_are_days_and_its_times_times():
    days = pd.to_datetime(pd.Series(["2026-03-31", None, "2026-04-01"]))
    assert is_day(sent(days).messages["sent"]).tolist() == [True, False, True]
    times = pd.to_datetime(pd.Series(["2026-03-31 00:00", "2026-04-01 09:00"]))
    assert not is_day(sent(times, zones={"default": "engagement"}).messages["sent"]).any()


def test_nothing_is_out_of_order_within_a_day_and_what_is_a_day_early_is():
    work = {
        "item": list("abcdefghijkl"), "person": "joy",
        "delivered": ["2026-03-31"] * 2 + ["2026-03-31T20:00-05:00"] * 10,
        "accepted": ["2026-03-31T00:10-05:00", "2026-03-30", "2026-03-31"] + ["2026-03-31T20:00-05:00"] * 9,
    }  # fmt: skip
    made = load(work=work)
    assert made.work["accepted"].isna().tolist() == [False, True] + [False] * 10
    assert [note.row for note in made.notes if note.column == "accepted"] == [3]


@pytest.mark.parametrize(
    ("start", "end", "in_time"),
    [
        # Fourteen days are the fourteenth day after, whatever time of day is known of one of the two.
        ("2026-03-01", "2026-03-15", True), ("2026-03-01", "2026-03-16", False),
        ("2026-03-01T23:00-06:00", "2026-03-15", True), ("2026-03-01T00:30-06:00", "2026-03-15", True),
        ("2026-03-01T23:00-06:00", "2026-03-16", False), ("2026-03-01", "2026-03-15T23:00-05:00", True),
        # The hour that the clock went ahead meanwhile is a day's by either count.
        ("2026-03-01", "2026-03-16T01:01-05:00", False),
        # With both times known it is hours, as ever: the clock went an hour ahead on 8 March.
        ("2026-03-01T09:00-06:00", "2026-03-15T10:00-05:00", True),
        ("2026-03-01T09:00-06:00", "2026-03-15T10:01-05:00", False),
    ],
)  # fmt: skip
def test_days_are_counted_where_a_day_is_known(start, end, in_time):
    made = load(proposals={"proposal": ["s"], "raised_by": "joy", "raised": [start], "answered": [end]}).proposals
    now = pd.Timestamp("2026-06-01", tz="UTC")
    assert followed_within(made["raised"], made["answered"], now, pd.Timedelta(days=14))[0].tolist() == [in_time]


def test_what_is_saved_keeps_its_days(tmp_path):
    made = sent(["2026-03-31", "2026-03-31T09:00Z", "", "2026-03-08"], ["joy", "ines", "joy", "joy"],
                {"messages": "person"})  # fmt: skip
    text = (made.save(tmp_path / "new") / "messages.csv").read_text()
    assert "2026-03-31T04:00:00.000000001+00:00" in text and "2026-03-31T09:00:00+00:00" in text
    again = pd.read_csv(tmp_path / "new" / "messages.csv")
    pd.testing.assert_series_equal(
        pd.to_datetime(again["sent"], utc=True, format="ISO8601"), made.messages["sent"], check_dtype=False
    )
    assert read_settings((tmp_path / "new" / "engagement.toml").read_text())[0].zones == {"messages": "person"}


# --- the settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('[zones]\nwrok = "person"', "rename it to work"),
        ('[zones]\nwork = "Madrid"', 'write work = "Europe/Madrid"'),
        ('[zones]\nmeetings = "person"', 'write meetings = "engagement"'),
        ("[zones]\nwork = 2", 'write work = "Europe/Madrid"'),
        ('zones = "person"', "below [zones]"),
        ('dates = "dmy"', 'write dates = "day first"'),
        ("dates = 1", 'write dates = "day first"'),
    ],
)
def test_zones_and_dates_that_say_nothing_are_named(lines, says):
    settings, (problem,) = read_settings(f"{TOML}{lines}\n")
    assert settings is None and says in problem.mend and str(problem).isprintable()


def test_zones_and_dates_are_written_as_they_are_read():
    settings, _ = read_settings(f'{TOML}dates = "day first"\n[zones]\ndefault = "engagement"\nwork = "Asia/Manila"\n')
    assert settings.dates == "day first" and settings.zones == {"default": "engagement", "work": "Asia/Manila"}
    assert read_settings(settings_toml(settings)) == (settings, [])


def test_where_settings_are_faulty_no_time_is_blamed(tmp_path):
    (tmp_path / "engagement.toml").write_text(TOML.replace("EUR", ""))
    (tmp_path / "messages.csv").write_text("message,sender,sent\nm,joy,2026-03-31T09:00\nn,joy,2026-03-31\n")
    assert "sent" not in {problem.column for problem in check_folder(tmp_path)}


def test_no_time_by_the_clock_is_ever_taken_for_a_day():
    rng = np.random.default_rng(0)
    moments = pd.Series(pd.to_datetime(rng.integers(0, 2 * 10**9, 100_000), unit="s", utc=True))
    assert not is_day(moments).any() and not is_day(moments + pd.Timedelta(1, "us")).any()


# --- what is made of days -------------------------------------------------------------------------------------------


def asked(*rows):
    """Questions of Ines and the answers of Joy, a day or a time each; both work the same eight hours."""
    people = PEOPLE.iloc[:2].assign(time_zone="America/Chicago", workday_start="09:00", workday_end="17:00")
    told = []
    for number, (question, answer) in enumerate(rows):
        told.append((f"q{number}", f"t{number}", "ines", "joy", question, "", "yes"))
        told.append((f"a{number}", f"t{number}", "joy", "ines", answer, f"q{number}", "no"))
    names = ["message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer"]
    frames = {"people": people, "messages": pd.DataFrame(told, columns=names)}
    return Engagement.from_frames(frames, **SETTINGS)


def times_of(made):
    return expectations.answer_times(made.messages, made.people, made.settings.end)


def test_a_question_of_which_a_day_alone_is_known_is_left_out_counted_and_in_the_interval():
    timed = [("2026-03-02T10:00-06:00", "2026-03-02T11:00-06:00"), ("2026-03-03T10:00-06:00", "2026-03-06T11:00-06:00")]
    days = [("2026-03-04", "2026-03-04T11:00-06:00"), ("2026-03-05T16:00-06:00", "2026-03-05"),
            ("2026-03-09", "2026-03-09")]  # fmt: skip
    found = times_of(asked(*timed, *days))
    assert found.table["question"].tolist() == ["q0", "q1"] and found.table["in_time"].tolist() == [True, False]
    assert (found.untimed, found.estimate.estimate, found.unsaid) == (3, 0.5, 0)
    alone = times_of(asked(*timed)).estimate
    assert found.estimate.low <= alone.low and found.estimate.high >= alone.high
    told = expectations.assess(asked(*timed, *days)).assumptions
    assert any("3 questions left out, as working hours need the time of day" in text for text in told)


def test_where_no_question_has_its_time_the_hours_are_not_assessed_and_the_days_are():
    found = expectations.assess(asked(("2026-03-04", "2026-03-04"), ("2026-03-09", "2026-03-20")))
    in_time = found.measure("answered_in_time")
    assert (in_time.verdict, in_time.settled_by) == (
        "not assessed", "needs table messages, column sent with the time of day",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("meeting", "work", "before"),
    [
        ("2026-03-02", "2026-03-03", True), ("2026-03-02", "2026-03-02", None), ("2026-03-03", "2026-03-02", False),
        ("2026-03-02", "2026-03-02T08:00-06:00", None), ("2026-03-02", "2026-03-02T23:30-06:00", None),
        ("2026-03-02", "2026-03-03T00:30-06:00", True), ("2026-03-02T10:00-06:00", "2026-03-02", None),
        # Without a time that can be read, nobody knows which came first; not: work did.
        ("soon", "2026-03-02T08:00-06:00", None), ("2026-03-02T10:00-06:00", "soon", None),
        ("2026-03-02T10:00-06:00", "2026-03-02T09:00-06:00", False),
    ],
)  # fmt: skip
def test_a_kickoff_of_the_day_on_which_work_began_came_before_it_or_not(meeting, work, before):
    entries = [{"person": "joy", "started": time, "ended": "2026-04-01", "billable": "yes"}
               for time in [work, *["2026-03-30T09:00-05:00"] * 9]]  # fmt: skip
    meetings = [{"meeting": "m", "kind": "kickoff", "starts": meeting, "ends": meeting, "status": "held"}]
    stays = [{"meeting": "m", "person": who, "joined_at": "2026-03-02T10:00-06:00"} for who in ("ines", "joy")]
    made = load(time_entries=entries, meetings=meetings, attendance=stays)
    assert kickoff.kickoff_timeline(made).before_work is before
    verdict = {True: "fine", False: "problem", None: "cannot tell"}[before]
    measure = kickoff.assess(made).measure("before_work")
    assert measure.verdict == verdict and (before is not None or measure.settled_by)


def test_work_delivered_on_its_due_day_is_in_time_and_thanks_of_that_day_are_for_it():
    work = {"item": ["a", "b"], "person": "joy", "kind": "k", "due": "2026-03-02", "accepted": "2026-03-05",
            "delivered": ["2026-03-02T22:00-06:00", "2026-03-03T09:00-06:00"], "reopened_at": ""}  # fmt: skip
    given = {"given_at": ["2026-03-02"], "giver": "ines", "receiver": "joy", "kind": "thanks", "item": ["a"]}
    made = load(work=work, recognition=given)
    assert recognition.good_work(made.work, made.settings.end).table["item"].tolist() == ["a"]
    for acts in (made.recognition, made.recognition.assign(item=None)):
        months = recognition.recognised_months(made.work, acts, made.people, made.settings.end)
        assert months.items["seen"].tolist() == [True] and months.items["days"].tolist() == [0.0]
