"""Tables as spreadsheets leave them are read, or one question is asked of each cause; nothing is guessed in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit.tables import Column, table
from outsourcing_kit.validation import read_table
from outsourcing_kit.validation.habits import Habits, column_name, settled, usual
from outsourcing_kit.validation.places import Place

EXPORTS = Path(__file__).parent / "exports"
YEAR = (np.datetime64("2026-01-01"), np.datetime64("2026-12-31"))
HERE = Place("Europe/Madrid", {"default": "engagement"}, currency="EUR", span=YEAR)
AMOUNT, DAY, SHARE = (
    Column("low", "number", "", "currency"),
    Column("on", "date", ""),
    Column("s", "number", "", "share"),
)
HOURS, MOMENT, CLOCK = Column("h", "number", "", "hours"), Column("at", "instant", ""), Column("c", "clock", "")


def read(tmp_path, name, content, place=HERE):
    path = tmp_path / f"{name}.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, table(name), place)


def told(problems):
    return {(problem.kind, problem.column, problem.severity): problem for problem in problems}


# --- the samples ----------------------------------------------------------------------------------------------------


def test_people_of_a_european_spreadsheet_are_read_with_a_note_for_each_guess(tmp_path):
    data = (EXPORTS / "excel_eu_people.csv").read_bytes()
    march = Place("Europe/Madrid", span=(np.datetime64("2026-03-01"), np.datetime64("2026-06-30")))
    frame, problems = read(tmp_path, "people", data, march)
    assert frame["person"].tolist() == ["Inés", "Joy"] and frame["country"].tolist() == ["España", "Filipinas"]
    assert frame["hourly_cost"].tolist() == [38.5, 8.0] and frame["workday_start"].tolist() == ["09:00", "20:00"]
    assert frame["joined"].tolist() == [pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-02")]
    notes = told(problems)
    assert set(notes) == {
        ("encoding", None, "note"), ("number form", "hourly_cost", "note"), ("day form", "joined", "note"),
    }  # fmt: skip
    assert "38.5, with a comma" in notes["number form", "hourly_cost", "note"].mend
    assert "day first: 2026-03-01" in notes["day form", "joined", "note"].mend


def test_days_that_nothing_settles_are_one_question_and_the_answer_is_taken(tmp_path):
    data = (EXPORTS / "excel_eu_people.csv").read_bytes()
    asked = [problem for problem in read(tmp_path, "people", data)[1] if problem.severity == "error"]
    (problem,) = asked
    assert (problem.kind, problem.column) == ("which day", "joined")
    assert problem.found == "'01/03/2026': 2026-03-01 or 2026-01-03" and 'dates = "day first"' in problem.mend
    for dates, first in (("day first", "2026-03-01"), ("month first", "2026-01-03")):
        frame, problems = read(tmp_path, "people", data, Place("Europe/Madrid", dates=dates, span=YEAR))
        assert frame["joined"].iloc[0] == pd.Timestamp(first)
        assert {problem.severity for problem in problems} == {"note"}


def test_cash_flows_of_an_american_spreadsheet_are_read(tmp_path):
    dollars = Place("America/Chicago", currency="USD", span=YEAR)
    frame, (note,) = read(tmp_path, "cash_flows", (EXPORTS / "excel_us_cash_flows.csv").read_bytes(), dollars)
    assert frame[["low", "likely", "high"]].values.tolist() == [[650, 700, 1100], [5200, 6500, 8000]]
    assert frame["first_month"].tolist() == [1, 1] and frame["line"].iloc[1] == "My own hours"
    assert (note.kind, note.severity) == ("number form", "note")
    _, problems = read(tmp_path, "cash_flows", (EXPORTS / "excel_us_cash_flows.csv").read_bytes())
    (problem,) = [problem for problem in problems if problem.severity == "error"]
    assert (problem.kind, problem.expected) == ("currency", "amounts in EUR") and "column currency" in problem.mend


# --- separators, letters, headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("header", ["task{}person", "Task{}Person", " TASK {} person\N{NO-BREAK SPACE}"])
def test_whatever_separates_and_encodes_the_table_is_the_same(tmp_path, cut, encoding, header):
    text = header.format(cut) + f'\r\nt1{cut}Zoë\r\n"t;,|\t2"{cut}Ana\r\n'
    frame, problems = read(tmp_path, "can_do", text.encode(encoding))
    assert list(frame.columns) == ["task", "person"] and frame["person"].tolist() == ["Zoë", "Ana"]
    assert frame["task"].iloc[1] in ("t;,| 2", "t;,|\t2")
    assert [(problem.kind, problem.severity) for problem in problems] == [("encoding", "note")] * (encoding == "cp1252")


@pytest.mark.parametrize("spoilt", [b"task,person\nt1,Zo\xc3\xab\nt2,Zo\xeb\n", b"task,person\nt1,\x81\n",
                                    b"task,person\nt\x001,Zo\xeb\n"])  # fmt: skip
def test_letters_that_are_broken_are_no_other_alphabet(tmp_path, spoilt):
    frame, (problem,) = read(tmp_path, "can_do", spoilt)
    assert frame is None and (problem.kind, problem.severity) == ("encoding", "error")


def test_two_headers_of_one_column_are_left_as_they_are(tmp_path):
    frame, _ = read(tmp_path, "can_do", "task,person,Person\nt1,p1,x\n")
    assert frame["person"].tolist() == ["p1"] and frame["Person"].tolist() == ["x"]
    assert column_name("first-month", ["first_month"]) == "first_month" and column_name("Other", ["a"]) == "Other"


def test_rows_of_another_separator_are_counted_and_named(tmp_path):
    _, (problem,) = read(tmp_path, "can_do", "task;person\nt1;p1\n\nt2;p2;p3\n")
    assert (problem.kind, problem.row) == ("ragged", 4) and "a semicolon" in problem.mend


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "mark", "cells", "meant"),
    [
        (AMOUNT, ".", ["1,100.00", "$1,100", "USD 5", "1 100", "(50)", "-$3.5", "7"],
         ["1100", "1100", "5", "1100", "-50", "-3.5", "7"]),
        (AMOUNT, ",", ["1.100,00 €", "38,5", "8,0", "1.100", "7"], ["1100", "38.5", "8", "1100", "7"]),
        (SHARE, ".", ["12%", "0.5", "95 %"], ["0.12", "0.5", "0.95"]),
        # A unit in a cell may be another one than the column's; a percent sign is none of hours.
        (HOURS, ".", ["50 min", "3h", "5%", "$8", "n/a", "--1", "0x10", "1_000"], None),
        (AMOUNT, ".", ["about 5", "5-7", "5/7", "five", "1.2.3", "1,10,0"], None),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_dictionary_has_them(column, mark, cells, meant):
    assert usual(cells, column, Habits(mark)) == (meant or cells)


@pytest.mark.parametrize(
    ("rows", "cut", "mark"),
    [
        (["38,5"], ",", ","), (["38,5", "1.100"], ",", ","), (["1,100", "8.50"], ";", "."),
        # What nothing settles: a spreadsheet that writes a decimal comma separates by semicolons.
        (["1,100"], ",", "."), (["1.100"], ";", ","), (["1,100"], "\t", "."),
        (["0.125", "1.100"], ";", "."), (["0,125"], ",", ","),
    ],
)  # fmt: skip
def test_the_decimal_mark_is_that_of_the_whole_file(rows, cut, mark):
    habits, notes = settled({AMOUNT: rows}, HERE, "t.csv", separator=cut)
    assert habits.mark == mark and len(notes) <= 1


def test_thousands_beside_a_decimal_comma_are_never_a_thousandth(tmp_path):
    head = "line;option;kind;category;first_month;last_month;low;likely;high\n"
    frame, (note,) = read(tmp_path, "cash_flows", head + "fee;outsource;cost;price;1;12;1.100;1.250;1.400\n")
    assert frame[["low", "likely", "high"]].values.tolist() == [[1100, 1250, 1400]]
    assert note.severity == "note" and note.found == "'1.100'" and "1100, with a comma" in note.mend


@pytest.mark.parametrize("typed", ["€5", "5 GBP", "¥5", "$5"])
def test_the_sign_of_another_currency_is_asked_about(typed):
    own = {"€5": "EUR", "5 GBP": "GBP", "¥5": "JPY", "$5": "AUD"}[typed]
    for currency, kinds in ((own, ["number form"]), ("CHF" if typed != "$5" else "EUR", ["number form", "currency"])):
        _, problems = settled({AMOUNT: [typed]}, HERE, "t.csv", currency=currency)
        assert [problem.kind for problem in problems] == kinds
    assert len(settled({AMOUNT: [typed]}, HERE, "t.csv")[1]) == 1


# --- days and times -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cells", "meant"),
    [
        (DAY, ["03/04/2026", "3.4.26", "Mar 9, 2026", "2026-03-31", "x"],
         ["2026-04-03", "2026-04-03", "2026-03-09", "2026-03-31", "x"]),
        (DAY, ["46112", "45292"], ["2026-03-31", "2024-01-01"]),
        (DAY, ["20260101", "1774947600", "12", "99999"], None),
        (MOMENT, ["03/04/2026 9:05 PM", "46112.375", "03/04/2026", "03/04/2026 21:05 +0200"],
         ["2026-04-03T21:05:00", "2026-03-31T09:00:00", "2026-04-03", "2026-04-03T21:05:00+02:00"]),
        (MOMENT, ["2026-03-31T09:00:00+02:00", "2026-03-31 9:00"], None),
        (CLOCK, ["9:00", "9:00 AM", "5 pm", "12:30 a.m.", "12 PM", "13 PM"],
         ["9:00", "09:00", "17:00", "00:30", "12:00", "13 PM"]),
    ],
)  # fmt: skip
def test_days_and_times_are_written_as_the_dictionary_has_them(column, cells, meant):
    assert usual(cells, column, Habits(order="dmy")) == (meant or cells)


def test_days_of_a_frame_may_be_numbers_of_a_spreadsheet():
    found = usual(pd.Series([46112, 46113.0, None, "46114", dt.date(2026, 4, 3)], [5, 5, 5, 1, 0]), DAY, Habits())
    assert found.tolist() == ["2026-03-31", "2026-04-01", None, "2026-04-02", dt.date(2026, 4, 3)]


@pytest.mark.parametrize(
    ("days", "order", "kinds"),
    [
        (["03/04/2026", "13/04/2026"], "dmy", ["day form"]), (["03/04/2026", "04/13/2026"], "mdy", ["day form"]),
        (["03/04/2026", "05/04/2026"], "dmy", ["which day"]),
        (["04/04/2026", "13/4/2026"], "dmy", []), (["soon"], "dmy", []),
        (["46112"], "ymd", ["day form"]), (["2026-03-31"], "ymd", []), (["13/04/2026"], "dmy", []),
        # In January to December 2026 alone: of 12/01/2025 and 02/01/2026 neither order has all days inside.
        (["01/12/2025", "02/01/2026"], "dmy", ["which day"]),
    ],
)  # fmt: skip
def test_the_order_of_a_day_is_settled_by_all_days_or_asked(days, order, kinds):
    habits, problems = settled({DAY: days}, HERE, "t.csv")
    assert (habits.order, [problem.kind for problem in problems]) == (order, kinds)


def test_the_months_of_the_engagement_settle_the_order():
    spring = Place("UTC", span=(np.datetime64("2026-03-01"), np.datetime64("2026-04-30")))
    for days, order in ((["05/03/2026", "06/04/2026"], "dmy"), (["03/05/2026", "04/06/2026"], "mdy")):
        habits, (note,) = settled({DAY: days}, spring, "t.csv")
        assert habits.order == order and note.severity == "note"


def test_what_the_column_settles_no_setting_turns_round():
    habits, _ = settled({DAY: ["13/04/2026"]}, Place("UTC", dates="month first"), "t.csv")
    assert habits.order == "dmy"


def test_times_without_an_offset_are_of_the_zone_that_was_named(tmp_path):
    head = "Message,Thread,Sender,Recipient,Sent,Reply to,Needs answer\n"
    rows = "m1,t,ann,,13/04/2026 9:05 AM,,yes\nm2,t,ann,,03/04/2026,,no\n"
    frame, problems = read(tmp_path, "messages", head + rows)
    assert frame["sent"].tolist() == [
        pd.Timestamp("2026-04-13T07:05Z"), pd.Timestamp("2026-04-03T10:00:00.000000001Z"),
    ]  # fmt: skip
    assert [problem.severity for problem in problems] == ["note"]


@given(
    st.lists(st.one_of(st.text(max_size=45), st.floats(), st.integers(), st.none(), st.binary(max_size=2)), max_size=5)
)
def test_whatever_a_column_holds_its_cells_are_written_or_left(cells):
    for column in (AMOUNT, DAY, SHARE, MOMENT, CLOCK):
        habits, problems = settled({column: cells}, HERE, "t.csv", currency="EUR")
        found = usual(cells, column, habits)
        assert len(found) == len(cells) and all(str(problem).isprintable() for problem in problems)
        assert usual(found, column, Habits()) is not None
