"""Each export is known by its content to its own reader, and to no other."""

from __future__ import annotations

from importlib import import_module

import pytest
from conftest import SAMPLES

from outsourcing_kit import readers
from outsourcing_kit.readers.opening import open_source

KNOWN = {
    "slack": ["slack"],
    "whatsapp": ["whatsapp_android.txt", "whatsapp_ios_chat.txt"],
    "calendar": ["google_calendar.ics"],
    "time_trackers": ["toggl_detailed.csv", "clockify_us.csv", "clockify_de.csv", "clockify_dmy_ambiguous.csv"],
    "attendance": ["zoom_participants.csv", "teams_attendance.csv"],
    "transcripts": ["zoom_transcript.vtt", "teams_transcript.vtt", "zoom_chat.txt"],
    "jira": ["jira_cloud.csv", "jira_server_ru.csv"],
    "surveys": ["google_form_expectations.csv", "google_form_pulse.csv", "typeform_quiz.csv"],
}


@pytest.mark.parametrize(("reader", "file"), [(name, file) for name, files in KNOWN.items() for file in files])
def test_one_reader_knows_each_export_whatever_its_name(tmp_path, reader, file):
    renamed = tmp_path / "export"
    renamed.symlink_to(SAMPLES / file)
    source = open_source(renamed)
    found = [name for name in readers.READERS if import_module(f"{readers.__name__}.{name}").is_mine(source)]
    assert found == [reader]


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
        assert not import_module(f"{readers.__name__}.{name}").is_mine(open_source(path))
