"""Toggl's and Clockify's reports: whose hours, of which client, on which of two days a date can mean."""

from __future__ import annotations

import datetime as dt

import pytest
from imports import answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
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


def test_entries_of_one_beginning_are_as_many_as_the_report_has(tmp_path):
    # Who notes hours alone begins each of them at nine.
    path, folder = tmp_path / "t.csv", tmp_path / "ours"
    entries = [f"Joy,,Us,{task},Yes,2026-03-13,09:00:00,,,0{hours}:00:00\n" for task, hours in (("a", 1), ("b", 2))]
    path.write_text(HEADER + entries[0] + entries[1])
    plan = plan_import(folder, [path], prompt=answering(zone="UTC"))
    plan.write()
    assert [row["task"] for row in rows(plan, "time_entries")] == ["a", "b"]
    # Next time the second was corrected, and a third is there.
    path.write_text(HEADER + entries[0] + entries[1].replace("02:", "03:") + entries[0].replace(",a,", ",c,"))
    again = plan_import(folder, [path])
    assert [(row["task"], row["ended"][11:13]) for row in rows(again, "time_entries")] == [
        ("a", "10"), ("b", "12"), ("c", "10"),
    ]  # fmt: skip
    assert again.rows.query("table == 'time_entries'")[["new", "changed"]].to_numpy().tolist() == [[1, 1]]


def test_another_months_report_may_have_nothing_of_ours(tmp_path):
    path, folder = tmp_path / "t.csv", tmp_path / "ours"
    one = "Joy,,{},Inbox,Yes,2026-0{}-13,09:00:00,2026-0{}-13,10:00:00,01:00:00\n"
    path.write_text(HEADER + one.format("Us", 3, 3) + one.format("Us", 4, 4) + one.format("", 3, 3))
    plan_import(folder, [path], prompt=answering(zone="UTC")).write()
    path.write_text(HEADER + one.format("Us", 3, 3) + one.format("Them", 3, 3))
    plan = plan_import(folder, [path], prompt=answering(client="Us"))
    plan.write()
    assert left_out(plan) == {"entries of another client": 1}
    path.write_text(HEADER + one.format("Them", 5, 5) + one.format("", 5, 5))
    with pytest.raises(OutsourcingKitError, match=r"another client \(1\); entries without a client"):
        plan_import(folder, [path])


def test_a_day_that_never_was_leaves_the_others_as_they_are(tmp_path):
    path = tmp_path / "t.csv"
    one = "Joy,,Us,Inbox,Yes,{0},09:00:00,{0},10:00:00,01:00:00\n"
    path.write_text(HEADER + one.format("2026-03-13") + one.format("2026-02-31"))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert "dates" not in {question.key for question in plan.asked}
    assert left_out(plan) == {"entries without a person, a beginning or an end": 1}
    # Days of which each can be read, and not all in one order, are asked about all the same.
    path.write_text(HEADER + one.format("13/03/2026") + one.format("03/14/2026"))
    with pytest.raises(OpenQuestions, match="13/03/2026"):
        plan_import(tmp_path / "ours", [path])


def test_other_headers_and_what_nobody_can_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Description,Billable,Duration,Member,Email,Project,Start date,Start time,Stop date,Stop time\n"
        "x,Oui,01:00:00,Joy,j@x.org,Inbox,2026-03-13,09:00:00,2026-03-13,10:00:00\n"
        "x,?,01:00:00,Joy,j@x.org,Inbox,2026-03-14,09:00:00,2026-03-14,10:00:00\n"
        "x,,01:00:00,Joy,j@x.org,Inbox,2026-03-15,09:00:00,2026-03-15,08:00:00\n"
    )
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert [row.get("billable", "") for row in rows(plan, "time_entries")] == ["yes", ""]
    assert left_out(plan) == {"entries that end before they begin": 1}


def test_a_report_in_a_workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["User", "Billable", "Start Date", "Start Time", "Duration (h)"])
    book.active.append(["Joy", "Yes", dt.datetime(2026, 3, 4), dt.time(20, 58), dt.timedelta(hours=2, minutes=4)])
    book.save(tmp_path / "t.xlsx")
    plan = plan_import(tmp_path / "ours", [tmp_path / "t.xlsx"], prompt=answering(zone="UTC"))
    assert stretches(plan) == [("2026-03-04T20:58:00", "2026-03-04T23:02:00")]


def test_a_report_without_entries_says_so(tmp_path):
    (tmp_path / "t.csv").write_text(HEADER)
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used: they have none"):
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"], prompt=answering())


def test_two_files_of_one_name_are_two_files(tmp_path):
    paths = []
    for month in (3, 4):
        paths.append(tmp_path / str(month) / "t.csv")
        paths[-1].parent.mkdir()
        paths[-1].write_text(HEADER + f"Joy,,Us,a,Yes,2026-0{month}-13,09:00:00,2026-0{month}-13,10:00:00,01:00:00\n")
    plan = plan_import(tmp_path / "ours", paths, prompt=answering(zone="UTC"))
    assert [began[:10] for began, _ in stretches(plan)] == ["2026-03-13", "2026-04-13"]
