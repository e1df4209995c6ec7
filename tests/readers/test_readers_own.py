"""A file that no reader knows: its columns are named once. The kit's own tables, as a spreadsheet writes them."""

from __future__ import annotations

import pytest
from imports import answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.readers.importing import OpenQuestions, plan_import

TICKETS = (
    "Ticket;Agent;Asked by;Opened;Closed;Hours\n"
    "T1;Mark;Ines;13.03.2026 09:00;16.03.2026 17:30;1,5\n"
    "T2;Mark;Ines;14.03.2026 09:00;later;-\n"
)
COLUMNS = {
    "work.item": "Ticket", "work.person": "agent", "work.requester": "Asked by", "work.requested": "Opened",
    "work.delivered": "Closed", "work.hours": "Hours",
}  # fmt: skip


def test_columns_of_ones_own(tmp_path):
    (tmp_path / "t.csv").write_text(TICKETS)
    plan = plan_import(tmp_path / "ours", [tmp_path / "t.csv"], prompt=answering(zone="Manila"), columns=COLUMNS)
    assert [(row["item"], row.get("delivered"), row.get("hours")) for row in rows(plan, "work")] == [
        ("T1", "2026-03-16T09:30:00+00:00", "1.5"), ("T2", None, None),
    ]  # fmt: skip
    assert left_out(plan) == {
        "cells of work.delivered that are no time": 1,
        "cells of work.hours that are no number": 1,
    }


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"work.itm": "Ticket"}, "'itm'"),
        ({"job.item": "Ticket"}, "'job'"),
        ({"work.item": "Tickets"}, "'Tickets'.*'Ticket'"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_told_with_the_nearest(tmp_path, columns, words):
    (tmp_path / "t.csv").write_text(TICKETS)
    with pytest.raises(UnknownNameError, match=words):
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"], prompt=answering(), columns=columns)


def test_a_file_that_nobody_knows_is_refused_with_the_way_on(tmp_path):
    (tmp_path / "t.csv").write_text(TICKETS)
    with pytest.raises(OutsourcingKitError, match=r"that no reader knows.*--map"):
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"])
    assert not (tmp_path / "ours").exists()


def test_the_kits_own_table_after_a_spreadsheet(tmp_path):
    (tmp_path / "t.csv").write_text(
        "Line,Option,Kind,Category,First month,Last month,Low,Likely,High\n"
        'Joy 20 h a week,outsource,cost,price,1,12,$650,$700.00,"$1,100"\n'
        'My own hours,stay,cost,work,1,12,"$5,200","$6,500","$8,000"\n'
    )
    with pytest.raises(OutsourcingKitError, match="no day at all"):
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"], prompt=answering())
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "engagement.toml").write_text(
        'name = "ours"\nclient = "c"\nprovider = "p"\ncurrency = "USD"\ntime_zone = "America/Chicago"\n'
        "observed_from = 2026-01-01\nobserved_to = 2026-06-30\n"
    )
    plan = plan_import(tmp_path / "ours", [tmp_path / "t.csv"], prompt=answering())
    assert [(row["low"], row["likely"], row["high"]) for row in rows(plan, "cash_flows")] == [
        ("650", "700", "1100"), ("5200", "6500", "8000"),
    ]  # fmt: skip


def test_days_that_can_be_read_in_two_ways_are_asked_about(tmp_path):
    (tmp_path / "t.csv").write_text("Ticket,Agent,Opened\nT1,Mark,03/04/2026 9:00\nT2,Mark,05/04/2026 9:00\n")
    columns = {"work.item": "Ticket", "work.person": "Agent", "work.requested": "Opened"}
    with pytest.raises(OpenQuestions, match="03/04/2026"):
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"], columns=columns)
    found = [
        plan_import(tmp_path / "ours", [tmp_path / "t.csv"], columns=columns, prompt=answering(dates=dates, ours=[]))
        for dates in ("day first", "month first")
    ]
    assert [rows(plan, "work")[0]["requested"][:10] for plan in found] == ["2026-04-03", "2026-03-04"]
