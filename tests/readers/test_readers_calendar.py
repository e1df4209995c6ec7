"""Calendars: series with what was taken out and moved, the clocks' change, who was asked; and never who came."""

from __future__ import annotations

import pytest
from imports import answering, left_out, rows

from outsourcing_kit import Engagement, kickoff
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

TOP = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
ASKED = "ATTENDEE;CN=Joy Reyes:mailto:joy@example.com\r\nATTENDEE;CN=Ines:mailto:ines@example.com\r\n"


def calendar(path, *events, top=TOP):
    body = "".join(f"BEGIN:VEVENT\r\nUID:u{n}\r\n{event}{ASKED}END:VEVENT\r\n" for n, event in enumerate(events))
    path.write_text(f"{top}{body}END:VCALENDAR\r\n")
    return path


def starts(plan):
    return [row["starts"] for row in rows(plan, "meetings")]


def test_the_sample(imported):
    plan = imported("google_calendar.ics", kickoff="2026-03-02 14:00")
    # Nine in Chicago is 15:00 in UTC before 8 March and 14:00 after it; the 23rd was taken out, the 30th moved.
    assert [(row["starts"][:16], row["kind"], row["status"]) for row in rows(plan, "meetings")] == [
        ("2026-03-02T14:00", "kickoff", "held"), ("2026-03-09T13:00", "weekly", "held"),
        ("2026-03-16T13:00", "weekly", "held"), ("2026-03-31T14:00", "weekly", "held"),
        ("2026-04-06T13:00", "weekly", "held"), ("2026-04-20T13:00", "review", "cancelled"),
    ]  # fmt: skip
    stays = rows(plan, "attendance")
    assert [row["response"] for row in stays[:5]] == ["accepted", "accepted", "none", "accepted", "tentative"]
    assert not any("joined_at" in row for row in stays)
    assert left_out(plan) == {"whole-day entries, which are no meetings": 1}
    # Titles hold names: none is kept in the folder.
    assert not any("Welcome" in text for text in plan.texts.values())


def test_which_was_the_kickoff_is_asked_and_there_may_be_none(imported):
    plan = imported("google_calendar.ics", kickoff="none of these")
    assert "kickoff" not in {row["kind"] for row in rows(plan, "meetings")}
    question = next(question for question in plan.asked if question.key == "kickoff")
    assert question.suggested == ("2026-03-02 14:00",) and "Welcome call with Joy" in question.text


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        # A duration, and a zone as Windows calls it: 9:00 in Los Angeles is 17:00 in UTC on 2 March.
        ("DTSTART;TZID=Pacific Standard Time:20260302T090000\r\nDURATION:PT30M\r\n", ["2026-03-02T17:00:00+00:00"]),
        # The end of a series is written in UTC: that of the 10th at 9:00 in Madrid is 8:00.
        (
            "DTSTART;TZID=Europe/Madrid:20260303T090000\r\nRRULE:FREQ=WEEKLY;UNTIL=20260310T080000Z\r\n",
            ["2026-03-03T08:00:00+00:00", "2026-03-10T08:00:00+00:00"],
        ),
        (
            "DTSTART:20260302T090000Z\r\nRDATE:20260304T090000Z\r\n",
            ["2026-03-02T09:00:00+00:00", "2026-03-04T09:00:00+00:00"],
        ),
        # Without an end it goes on until the day of the export.
        (
            "DTSTAMP:20260318T120000Z\r\nDTSTART:20260302T090000Z\r\nRRULE:FREQ=WEEKLY\r\n",
            [f"2026-03-{day:02}T09:00:00+00:00" for day in (2, 9, 16)],
        ),
        # Weekly at nine in Madrid, over the last Sunday of March.
        (
            "DTSTART;TZID=Europe/Madrid:20260326T090000\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n",
            ["2026-03-26T08:00:00+00:00", "2026-04-02T07:00:00+00:00"],
        ),
    ],
)
def test_when_meetings_begin(tmp_path, event, expected):
    plan = plan_import(tmp_path / "ours", [calendar(tmp_path / "a.ics", event)], prompt=answering())
    assert starts(plan) == expected


def test_an_occurrence_that_was_cancelled_alone(tmp_path):
    series = "DTSTART:20260302T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\n"
    gone = "DTSTART:20260309T090000Z\r\nRECURRENCE-ID:20260309T090000Z\r\nSTATUS:CANCELLED\r\n"
    path = calendar(tmp_path / "a.ics", series, gone)
    path.write_text(path.read_text().replace("UID:u1", "UID:u0"))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert [(row["starts"][8:10], row["status"]) for row in rows(plan, "meetings")] == [
        ("02", "held"),
        ("09", "cancelled"),
    ]


def test_times_without_a_zone_are_asked_about_unless_the_calendar_has_one(tmp_path):
    event = "DTSTART:20260302T090000\r\nDTEND:20260302T100000\r\n"
    path = calendar(tmp_path / "a.ics", event)
    assert starts(plan_import(tmp_path / "ours", [path], prompt=answering(zone="Manila"))) == [
        "2026-03-02T01:00:00+00:00"
    ]
    path = calendar(tmp_path / "b.ics", event, top=TOP + "X-WR-TIMEZONE:Asia/Manila\r\n")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert starts(plan) == ["2026-03-02T01:00:00+00:00"]
    assert "zone" not in {question.key for question in plan.asked}


def test_rooms_are_nobody_and_private_entries_are_left_out(tmp_path):
    room = "ATTENDEE;CUTYPE=ROOM;CN=Room 4:mailto:room4@example.com\r\n"
    path = calendar(tmp_path / "a.ics", f"DTSTART:20260302T090000Z\r\n{room}")
    dentist = "BEGIN:VEVENT\r\nUID:d\r\nDTSTART:20260303T090000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR"
    path.write_text(path.read_text().replace("END:VCALENDAR", dentist))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering())
    assert len(rows(plan, "attendance")) == 2 and left_out(plan) == {"events without anybody invited": 1}


@pytest.mark.parametrize(
    "text",
    [
        TOP, TOP + "BEGIN:VEVENT\r\nDTSTART:2026\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        TOP + f"BEGIN:VEVENT\r\nDTSTART:20260302T090000Z\r\nRRULE:FREQ=OFTEN\r\n{ASKED}END:VEVENT\r\nEND:VCALENDAR",
        TOP + f"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260302T090000Z\r\nDTEND:x\r\n{ASKED}END:VEVENT\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 5_000,
    ],
)  # fmt: skip
def test_a_damaged_calendar_is_one_clear_sentence(tmp_path, text):
    (tmp_path / "a.ics").write_text(text)
    with pytest.raises(OutsourcingKitError, match="Mend"):
        plan_import(tmp_path / "ours", [tmp_path / "a.ics"], prompt=answering())


def test_a_meeting_every_second_is_bounded(tmp_path):
    event = "DTSTAMP:20270101T000000Z\r\nDTSTART:20260302T090000Z\r\nRRULE:FREQ=SECONDLY\r\n"
    plan = plan_import(tmp_path / "ours", [calendar(tmp_path / "a.ics", event)], prompt=answering())
    assert 0 < len(starts(plan)) <= 5_000


def test_the_kickoff_that_the_folder_knows_by_its_day_is_the_calendars(tmp_path, imported):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "meetings.csv").write_text(
        "meeting,kind,starts,ends,status\nfirst call,kickoff,2026-03-02,2026-03-02,held\n"
    )
    found = rows(imported("google_calendar.ics", kickoff="2026-03-02 14:00"), "meetings")
    kickoffs = [(row["meeting"], row["starts"]) for row in found if row["kind"] == "kickoff"]
    assert kickoffs == [("first call", "2026-03-02T14:00:00+00:00")]


@pytest.mark.parametrize("limits", ["", "\n[limits.kickoff]\nquiz_right = 0.9\n"])
@pytest.mark.parametrize("there", [False, True])
def test_that_there_was_no_kickoff_is_kept(tmp_path, there, limits, imported):
    folder = tmp_path / "ours"
    if there:
        folder.mkdir()
        (folder / "engagement.toml").write_text(
            'name = "ours"\nclient = "c"\nprovider = "p"\ncurrency = "USD"\ntime_zone = "America/Chicago"\n'
            f"observed_from = 2026-01-01\nobserved_to = 2026-06-30\n{limits}"
        )
    imported("google_calendar.ics", kickoff="there was no kickoff")
    settings = Engagement.load(folder).settings
    assert settings.kickoff_held is False and bool(settings.limits) == (there and bool(limits))
    assert kickoff.assess(Engagement.load(folder)).measure("agenda_missing").verdict == "problem"


def said_of_kickoff(plan):
    return [row["starts"][:10] for row in rows(plan, "meetings") if row["kind"] == "kickoff"]


def test_next_months_calendar_without_the_kickoff_asks_nothing(tmp_path):
    held = "DTSTART:20260302T090000Z\r\nSUMMARY:Welcome\r\n"
    first = calendar(tmp_path / "march.ics", held, "DTSTART:20260309T090000Z\r\n")
    plan = plan_import(tmp_path / "ours", [first], prompt=answering())
    plan.write()
    later = calendar(tmp_path / "may.ics", *(f"DTSTART:202605{day:02}T090000Z\r\n" for day in range(1, 29)))
    plan = plan_import(tmp_path / "ours", [later])
    assert plan.asked == () and said_of_kickoff(plan) == ["2026-03-02"] and len(rows(plan, "meetings")) == 30
    # Thirteen meetings before it, of which no word tells: it is still found.
    many = calendar(tmp_path / "all.ics", *(f"DTSTART:202602{day:02}T090000Z\r\n" for day in range(1, 14)), held)
    assert said_of_kickoff(plan_import(tmp_path / "ours", [many])) == ["2026-03-02"]


def test_a_report_that_was_read_first_is_of_the_calendars_meeting(tmp_path):
    report = tmp_path / "t.csv"
    stays = "Ines,ines@example.com,03/22/2026 09:00:00 AM,03/22/2026 09:29:00 AM\n"
    report.write_text(f"Name,User Email,Join Time,Leave Time\n{stays}")
    asked = {"zone": "UTC", "kickoff 2026-03-22": "yes"}
    plan_import(tmp_path / "ours", [report], prompt=answering(**asked)).write()
    # Another meeting at the same time is another one.
    events = ("DTSTART:20260322T090000Z\r\n", "DTSTART:20260322T091000Z\r\n")
    plan = plan_import(tmp_path / "ours", [calendar(tmp_path / "a.ics", *events)], prompt=answering())
    assert "kickoff" not in {question.key for question in plan.asked}
    assert [row["kind"] for row in rows(plan, "meetings")] == ["kickoff", "other"]
    kickoff = rows(plan, "meetings")[0]["meeting"]
    stays = [row for row in rows(plan, "attendance") if row["meeting"] == kickoff]
    assert [(row["person"], row["response"], row.get("joined_at", "")[11:16]) for row in stays] == [
        ("p01", "none", "09:00"), ("p02", "none", ""),
    ]  # fmt: skip


def test_two_meetings_at_one_time_the_one_that_sounds_like_it_is_offered(tmp_path):
    events = ("DTSTART:20260302T090000Z\r\nSUMMARY:Tax\r\n", "DTSTART:20260302T090000Z\r\nSUMMARY:Kick-off\r\n")
    plan = plan_import(tmp_path / "ours", [calendar(tmp_path / "a.ics", *events)], prompt=answering())
    assert [row["kind"] for row in rows(plan, "meetings")] == ["other", "kickoff"]
    assert "Kick-off" in next(question.text for question in plan.asked if question.key == "kickoff")


def test_outlook_does_not_list_whoever_invites(tmp_path):
    by = "ORGANIZER;CN=Mark Dizon:mailto:mark@example.com\r\n"
    outlook = calendar(tmp_path / "a.ics", f"DTSTART:20260302T090000Z\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n{by}")
    other = calendar(tmp_path / "b.ics", f"DTSTART:20260302T090000Z\r\n{by}")
    found = [
        [row.get("response") for row in rows(plan_import(tmp_path / "ours", [path], prompt=answering()), "attendance")]
        for path in (outlook, other)
    ]
    assert found == [[None, "none", "none"], ["none", "none"]]


def test_a_calendar_of_more_meetings_than_anybody_has_is_refused(tmp_path):
    series = ["DTSTAMP:20270101T000000Z\r\nDTSTART:20260302T090000Z\r\nRRULE:FREQ=SECONDLY\r\n"] * 41
    with pytest.raises(OutsourcingKitError, match="more than 200,000 meetings"):
        plan_import(tmp_path / "ours", [calendar(tmp_path / "a.ics", *series)], prompt=answering())
