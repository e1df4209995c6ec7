"""Toggl's and Clockify's reports: whose hours, of which client, on which of two days a date can mean."""

from __future__ import annotations

import pytest
from imports import answering, left_out, rows

from outsourcing_kit.readers.importing import OpenQuestions, plan_import

HEADER = "User,Email,Client,Project,Billable,Start date,Start time,End date,End time,Duration\n"


def stretches(plan):
    return [(row["started"][:19], row["ended"][:19]) for row in rows(plan, "time_entries")]


def test_toggl(imported):
    plan = imported("toggl_detailed.csv", zone="Manila")
    found = rows(plan, "time_entries")
    assert [(row["person"], row["task"], row["billable"]) for row in found] == [
        ("p02", "Inbox", "no"), ("p02", "Inbox", "yes"), ("p02", "Inbox", "yes"), ("p03", "Books", "yes"),
    ]  # fmt: skip
    # The first paid work began on 3 March at 20:58:11 in Manila.
    assert found[1]["started"] == "2026-03-03T12:58:11+00:00"
    assert left_out(plan) == {"entries of another client": 1, "time_entries: of the client's own people": 1}


def test_each_persons_own_zone(imported):
    assert stretches(imported("toggl_detailed.csv"))[0] == ("2026-03-02T13:00:00", "2026-03-02T13:40:00")
    plan = imported("toggl_detailed.csv", zone="Chicago", provider_zone="Manila")
    assert stretches(plan)[0] == ("2026-03-02T13:00:00", "2026-03-02T13:40:00")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        # 03/04 beside 03/13 is 4 March; the dots of Germany; and 05/04 that ends on 06/04 is one night in April.
        ("clockify_us.csv", ["2026-03-04T20:58:11", "2026-03-13T23:30:00"]),
        ("clockify_de.csv", ["2026-03-18T20:58:00"]),
        ("clockify_dmy_ambiguous.csv", ["2026-04-03T20:58:00", "2026-04-05T20:58:00"]),
    ],
)
def test_clockify_in_three_regional_formats(imported, file, expected):
    plan = imported(file, zone="UTC")
    assert [began for began, _ in stretches(plan)] == expected
    assert "dates" not in {question.key for question in plan.asked}


def test_what_nothing_settles_is_asked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "Joy,,Us,Inbox,Yes,03/04/2026,09:00,03/04/2026,10:00,1:00\n")
    with pytest.raises(OpenQuestions, match="03/04/2026"):
        plan_import(tmp_path / "ours", [path])
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(dates="month first", zone="UTC"))
    assert stretches(plan) == [("2026-03-04T09:00:00", "2026-03-04T10:00:00")]


def test_an_end_follows_from_the_duration_and_a_clock_left_running_is_left_out(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        HEADER
        + "Joy,,Us,Inbox,Yes,2026-03-13,09:00:00,,,01:30:00\n"
        + "Joy,,Us,Inbox,Yes,2026-03-14,09:00:00,2026-03-17,09:00:00,72:00:00\n"
        + "Joy,,Us,Inbox,Yes,2026-03-15,,,,01:00:00\n"
    )
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert stretches(plan) == [("2026-03-13T09:00:00", "2026-03-13T10:30:00")]
    assert list(left_out(plan).values()) == [1, 1]


def test_the_hour_that_comes_twice_is_said(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "Joy,,Us,Inbox,Yes,2026-11-01,01:30:00,2026-11-01,02:30:00,01:00:00\n")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="Chicago"))
    # The first half past one, five hours behind UTC; the end is there once, six behind.
    assert stretches(plan) == [("2026-11-01T06:30:00", "2026-11-01T08:30:00")]
    assert "time_entries.started: 1 in an hour that the clock of America/Chicago skips or repeats" in str(plan)
