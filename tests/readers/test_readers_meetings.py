"""Reports of who was there, transcripts and the chat of a meeting."""

from __future__ import annotations

import pytest
from imports import answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

WHEN = {"dates": "month first", "zone": "Chicago"}
FIRST = {"kickoff 2026-03-02": "yes"}


def minutes(stay):
    return stay["person"], stay["joined_at"][11:16], stay["left_at"][11:16]


@pytest.mark.parametrize("file", ["zoom_participants.csv", "teams_attendance.csv"])
def test_three_stays_of_two_people(imported, file):
    plan = imported(file, **WHEN, **FIRST)
    # Eight in Chicago on 2 March is 14:00 in UTC; Joy was away for two minutes; the robot is nobody.
    assert [minutes(stay) for stay in rows(plan, "attendance")] == [
        ("p01", "14:00", "15:02"), ("p02", "14:03", "14:20"), ("p02", "14:22", "15:01"),
    ]  # fmt: skip
    meeting = rows(plan, "meetings")[0]
    assert (meeting["kind"], meeting["starts"][:16], meeting["status"]) == ("kickoff", "2026-03-02T14:00", "held")
    assert {stay["meeting"] for stay in rows(plan, "attendance")} == {meeting["meeting"]}
    machine = {"attendance: of somebody of neither side, or of a machine": 1}
    assert left_out(plan) == (machine if file.startswith("zoom") else {})


def test_the_calendars_meeting_and_the_report_are_one(imported):
    plan = imported("google_calendar.ics", "zoom_participants.csv", **WHEN, kickoff="2026-03-02 14:00")
    assert [row["kind"] for row in rows(plan, "meetings")].count("kickoff") == 1
    assert len(rows(plan, "meetings")) == 6
    stays = [stay for stay in rows(plan, "attendance") if "joined_at" in stay]
    assert {stay["meeting"] for stay in stays} == {rows(plan, "meetings")[0]["meeting"]}
    # "Joy" of the calendar and "Joy R." of the report are offered as one, in one question.
    assert [question.options for question in plan.asked if question.key == "same"] == [("Joy R. = Joy",)]


def test_teams_older_list_of_joined_and_left(tmp_path):
    path = tmp_path / "t.csv"
    lines = ["Full Name\tUser Action\tTimestamp", "Ines Abara\tJoined\t3/22/2026, 8:00:00 AM"]
    lines += ["Joy Reyes\tJoined before\t3/22/2026, 8:01:00 AM", "Joy Reyes\tLeft\t3/22/2026, 8:30:00 AM"]
    path.write_bytes("\r\n".join(lines).encode("utf-16"))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(**WHEN))
    assert [(stay["person"], stay.get("left_at", "")[11:16]) for stay in rows(plan, "attendance")] == [
        ("p01", ""), ("p02", "13:30"),
    ]  # fmt: skip


def test_what_one_person_says_in_several_cues_is_one_turn(imported):
    found = rows(imported("zoom_transcript.vtt", day="2026-03-02", kickoff="yes"), "minutes")
    assert [(row["turn"], row["speaker"]) for row in found] == [("1", "p01"), ("2", "p02"), ("3", "p01")]
    assert found[0]["text"] == "Welcome Joy, let us start with who is who. I run the firm, three of us, since 2019."
    # A colon inside what is said is no speaker.
    assert found[1]["text"].endswith("law firm: mail and calendar.")


def test_voices_of_teams(imported):
    found = rows(imported("teams_transcript.vtt", day="2026-03-02", kickoff="no"), "minutes")
    assert [(row["speaker"], row["text"]) for row in found] == [
        ("p01", "Welcome Joy, let us start with who is who."),
        ("p02", "My name is Joy, I was an assistant at a law firm."),
    ]  # fmt: skip


def test_a_transcript_is_of_the_kickoff_that_the_calendar_has(imported):
    plan = imported("google_calendar.ics", "zoom_transcript.vtt", kickoff="2026-03-02 14:00")
    assert {row["meeting"] for row in rows(plan, "minutes")} == {rows(plan, "meetings")[0]["meeting"]}
    assert "assumed for minutes: zoom_transcript.vtt is of meeting" in str(plan)


def test_a_meetings_chat(imported):
    plan = imported("zoom_chat.txt", day="2026-03-02", zone="Chicago")
    assert [(row["sender"], row["sent"], row.get("needs_answer")) for row in rows(plan, "messages")] == [
        ("p01", "2026-03-02T14:05:10+00:00", "no"), ("p02", "2026-03-02T14:06:00+00:00", None),
    ]  # fmt: skip


def test_a_day_that_is_none_is_told(tmp_path):
    path = tmp_path / "c.txt"
    path.write_text("08:05:10\t From Ines to Everyone:\n\tHello\n")
    with pytest.raises(OutsourcingKitError, match=r"correct 'day \w{4}' below"):
        plan_import(tmp_path / "ours", [path], prompt=answering(day="Monday"))


def vtt(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nInes Abara: {text}\n")
    return path


def test_each_transcript_is_of_its_own_meeting(tmp_path):
    one, two = vtt(tmp_path / "a" / "t.vtt", "Welcome."), vtt(tmp_path / "b" / "t.vtt", "And now the taxes.")
    days = {}

    def prompt(question):
        if question.key.startswith("day "):
            return days.setdefault(question.key, f"2026-03-{2 + len(days):02}")
        return "yes" if question.key.startswith("kickoff ") else answering()(question)

    plan = plan_import(tmp_path / "ours", [one, two], prompt=prompt)
    # The second one is not asked about: the kickoff is found.
    assert [(row["starts"], row["kind"]) for row in rows(plan, "meetings")] == [
        ("2026-03-02", "kickoff"), ("2026-03-03", "other"),
    ]  # fmt: skip
    assert [(row["meeting"][:10], row["text"]) for row in rows(plan, "minutes")] == [
        ("2026-03-02", "Welcome."), ("2026-03-03", "And now the taxes."),
    ]  # fmt: skip


def test_zooms_name_of_a_transcript_says_when(imported, tmp_path):
    path = vtt(tmp_path / "GMT20260316-130210_Recording.transcript.vtt", "Now the taxes.")
    plan = imported("google_calendar.ics", path, kickoff="2026-03-02 14:00")
    assert [row["meeting"][:16] for row in rows(plan, "minutes")] == ["2026-03-16T13:00"]
    question = next(question for question in plan.asked if question.key.startswith("day "))
    assert question.suggested == ("2026-03-16",)


def test_two_transcripts_of_one_meeting_are_not_mixed(tmp_path):
    paths = [
        vtt(tmp_path / "a.vtt", "Welcome."),
        vtt(tmp_path / "b.vtt", "Goodbye."),
    ]
    report = tmp_path / "t.csv"
    report.write_text("Name,Join Time,Leave Time\nInes,03/22/2026 09:00:00 AM,03/22/2026 09:29:00 AM\n")
    with pytest.raises(OutsourcingKitError, match=r"another transcript.*Mend: put the parts into one file"):
        plan_import(tmp_path / "ours", [report, *paths], prompt=answering(day="2026-03-22", zone="UTC"))


def test_the_waiting_room_is_no_meeting(tmp_path):
    path = tmp_path / "t.csv"
    stays = ["03/22/2026 09:00:00 AM,03/22/2026 09:05:00 AM,Yes", "03/22/2026 09:05:00 AM,03/22/2026 09:30:00 AM,No"]
    head = "Name (original name),Join time,Leave time,In waiting room"
    path.write_text("\n".join([head, *(f"Ines,{stay}" for stay in stays)]))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert [minutes(stay) for stay in rows(plan, "attendance")] == [("p01", "09:05", "09:30")]
    assert left_out(plan) == {"time spent in the waiting room": 1}


def test_who_said_that_there_was_no_kickoff_is_not_asked_again(imported):
    plan = imported("google_calendar.ics", kickoff="there was no kickoff")
    plan.write()
    plan = imported("zoom_participants.csv", "zoom_transcript.vtt", day="2026-03-02", **WHEN)
    assert not any(question.key.startswith("kickoff") for question in plan.asked)
    assert "kickoff" not in {row["kind"] for row in rows(plan, "meetings")}
