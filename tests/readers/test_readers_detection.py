"""Each sample is claimed by its reader, and by no other one that comes before it or after."""

from __future__ import annotations

from importlib import import_module

import pytest
from imports import SAMPLES

from outsourcing_kit.readers import READERS
from outsourcing_kit.readers.opening import open_source

CLAIMED = {
    "asana.csv": "asana",
    "bpi2013_like.csv": "event_logs",
    "clockify_de.csv": "time_trackers",
    "clockify_dmy_ambiguous.csv": "time_trackers",
    "clockify_us.csv": "time_trackers",
    "github_issues.json": "github",
    "google_calendar.ics": "calendar",
    "google_form_expectations.csv": "surveys",
    "google_form_pulse.csv": "surveys",
    "jira_cloud.csv": "jira",
    "jira_server_ru.csv": "jira",
    "servicenow_incident.csv": "servicenow",
    "slack": "slack",
    "teams_attendance.csv": "attendance",
    "teams_transcript.vtt": "transcripts",
    "toggl_detailed.csv": "time_trackers",
    "ocds_release.json": "ocds",
    "trello_board.json": "trello",
    "typeform_quiz.csv": "surveys",
    "upwork_transactions.csv": "upwork",
    "whatsapp_android.txt": "whatsapp",
    "whatsapp_ios_chat.txt": "whatsapp",
    "zoom_chat.txt": "transcripts",
    "zoom_participants.csv": "attendance",
    "zoom_transcript.vtt": "transcripts",
}


def claiming(path):
    source = open_source(path)
    return [name for name in READERS if import_module(f"outsourcing_kit.readers.{name}").is_mine(source)]


@pytest.mark.parametrize("file", sorted(path.name for path in SAMPLES.iterdir()))
def test_exactly_one_reader_claims_a_sample(file):
    assert claiming(SAMPLES / file) == [CLAIMED[file]]


@pytest.mark.parametrize(
    "text", ["", "\ufeff", "[]", "{}", "null", "a,b\n1,2\n", "BEGIN:VCARD", "Dear Joy,\nthank you.\n"]
)
def test_what_is_of_no_tool_is_nobodys(tmp_path, text):
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    assert claiming(path) == []


@pytest.mark.parametrize(
    "header",
    [
        "name,email,phone", "Name,Is it ours?", "Date,Description,Amount", "User,Start date,Start time",
        "person,side,time_zone,workday_start,workday_end", "", "?", "a,b,c?",
    ],
)  # fmt: skip
def test_a_table_of_something_else_is_neither_a_survey_nor_a_time_report(tmp_path, header):
    path = tmp_path / "t.csv"
    path.write_text(header + "\n1,2,3,4,5,6\n")
    for name in ("surveys", "time_trackers"):
        assert not import_module(f"outsourcing_kit.readers.{name}").is_mine(open_source(path))
