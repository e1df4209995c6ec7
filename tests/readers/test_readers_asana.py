"""Tasks of Asana: what a correct import gives of the sample, counted by hand."""

from __future__ import annotations

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

TEXT = (SAMPLES / "asana.csv").read_text(encoding="utf-8")


def test_tasks_become_work_and_an_idea_that_nobody_has_taken_a_proposal(imported):
    plan = imported("asana.csv")
    assert rows(plan, "work") == [
        {"item": "1209000000000001", "person": "p02", "kind": "task", "topic": "books", "requested": "2026-03-02",
         "due": "2026-03-06", "delivered": "2026-03-06", "accepted": "2026-03-06",
         "text": "Enter the March receipts\nAll receipts, one line each"},
        {"item": "1209000000000002", "person": "p01", "kind": "task", "requested": "2026-03-13", "due": "2026-03-16",
         "text": "Answer the Friday enquiries"},
    ]  # fmt: skip
    assert rows(plan, "proposals") == [{"proposal": "1209000000000003", "raised": "2026-04-02"}]
    assert left_out(plan) == {}


def test_complete_is_accepted_only_if_somebody_says_so(imported):
    assert all("accepted" not in row for row in rows(imported("asana.csv", accepted="no, Asana does not tell"), "work"))


def test_a_task_that_nobody_has_taken_and_that_is_no_idea_is_work(imported_text):
    plan = imported_text(TEXT.replace("Idea: template for replies,Ideas", "Template for replies,Backlog"))
    assert [row.get("person") for row in rows(plan, "work")] == ["p02", "p01", None]
    assert rows(plan, "proposals") == []


@pytest.mark.parametrize("spoilt", ["1.209E+15", "1,209E+15", "1209000000000000"])
def test_ids_that_a_spreadsheet_rounded_are_refused(tmp_path, spoilt):
    text = TEXT
    for number in (1, 2, 3):
        text = text.replace(f"120900000000000{number}", f'"{spoilt}"')
    path = tmp_path / "tasks.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="task ids that a spreadsheet rounded, such as 1"):
        plan_import(tmp_path / "ours", [path], prompt=answering())


def test_rounded_ids_that_differ_are_told_by_their_noughts(tmp_path):
    head, line = TEXT.splitlines()[0], TEXT.splitlines()[1]
    lines = [line.replace("1209000000000001", f"12090000000{number}00000"[:16] + "0") for number in range(1, 7)]
    path = tmp_path / "tasks.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="rounded"):
        plan_import(tmp_path / "ours", [path], prompt=answering())


def test_a_sheet_that_asana_fills_has_lines_above_its_header(imported_text):
    assert len(rows(imported_text(f",,\n,,https://app.example.com/sheet\n,,\n{TEXT}"), "work")) == 2


def test_days_of_a_spreadsheet_with_the_day_first(imported_text):
    """13/03 can only be the 13th of March; so 02/03 is the 2nd."""
    text = TEXT
    for day in ("2026-03-02", "2026-03-06", "2026-03-13", "2026-03-14", "2026-03-16", "2026-04-02"):
        text = text.replace(day, "/".join(reversed(day.split("-"))))
    plan = imported_text(text)
    assert [row["requested"] for row in rows(plan, "work")] == ["2026-03-02", "2026-03-13"]
    assert "dates" not in [question.key for question in plan.asked]


def test_a_file_of_fewer_columns_is_read(imported_text):
    plan = imported_text("Task ID,Created At,Name\n7,2026-03-02,Enter the receipts\n")
    assert rows(plan, "work") == [
        {"item": "7", "kind": "task", "requested": "2026-03-02", "text": "Enter the receipts"}
    ]


def test_a_header_alone_has_no_rows(tmp_path):
    path = tmp_path / "tasks.csv"
    path.write_text(TEXT.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used"):
        plan_import(tmp_path / "ours", [path], prompt=answering())


def test_a_time_without_an_offset_is_in_the_zone_that_was_answered(imported_text):
    plan = imported_text(TEXT.replace("2026-03-02,2026-03-06", "2026-03-02 10:00,2026-03-06 09:30"), zone="Chicago")
    first = rows(plan, "work")[0]
    assert (first["requested"], first["delivered"]) == ("2026-03-02T16:00:00+00:00", "2026-03-06T15:30:00+00:00")
