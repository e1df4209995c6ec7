"""One workbook: the blank one, filled in and read back as a folder is; habits of spreadsheets; hostile files."""

from __future__ import annotations

import datetime as dt
import io
import os
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from outsourcing_kit import report, tables
from outsourcing_kit.cli import main
from outsourcing_kit.engagement import Engagement, check_folder, new_engagement, sample_engagements
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError
from outsourcing_kit.folders import csv_text
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.text import guarded, unguarded
from outsourcing_kit.workbook import guard, steps
from outsourcing_kit.workbook.template import blank_workbook

openpyxl = pytest.importorskip("openpyxl", reason="workbooks need the readers extra")
calamine = pytest.importorskip("python_calamine", reason="workbooks need the readers extra")

HERE = {
    "client": "Abara Books", "provider": "Reyes & Dizon", "currency": "USD", "time_zone": "America/Chicago",
    "observed_from": dt.date(2026, 1, 1), "observed_to": dt.date(2026, 6, 30),
}  # fmt: skip
PEOPLE = [
    {"person": "Ines", "side": "client", "time_zone": "America/Chicago"},
    {"person": "Joy", "side": "provider", "time_zone": "Asia/Manila"},
]


@cache
def blank(*names: str) -> bytes:
    return blank_workbook("ours", names or None)


def opened(*names: str):
    """A blank workbook, as whoever fills it in opens it."""
    return openpyxl.load_workbook(io.BytesIO(blank(*names)))


def header(sheet, column: str) -> int:
    """The place of a column, which is added where the blank workbook does not have it."""
    names = [cell.value for cell in sheet[3]]
    if column not in names:
        sheet.cell(3, len(names) + 1, column)
        return len(names) + 1
    return names.index(column) + 1


def settle(book, **values: object) -> None:
    sheet = book["engagement"]
    keys = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    for key, value in values.items():
        key = key.replace("__", ".")
        row = keys.get(key) or sheet.max_row + 1
        sheet.cell(row, 1, key)
        sheet.cell(row, 2, value)


def fill(book, table: str, rows: Iterable[Mapping[str, object]], *, first: int = 5, whole: bool = True) -> None:
    """Write rows below the example, over what is usual."""
    sheet = book[table] if table in book.sheetnames else book.create_sheet(table)
    if sheet.max_row < 3:
        for number, name in enumerate(tables.table(table).names, start=1):
            sheet.cell(3, number, name)
    rows = list(rows)
    if whole and sheet.max_row >= first:
        sheet.delete_rows(first, sheet.max_row)
    places = {column: header(sheet, column) for column in dict.fromkeys(name for row in rows for name in row)}
    for number, row in enumerate(rows, start=first):
        for column, value in row.items():
            cell = sheet.cell(number, places[column], value)
            if isinstance(value, str):
                cell.data_type = "s"


def saved(book, folder: Path, name: str = "ours.xlsx") -> Path:
    path = folder / name
    book.save(path)
    return path


def small(folder: Path, change: Callable | None = None, **settings: object) -> Path:
    """A workbook of two people, changed by a function."""
    book = opened()
    settle(book, **HERE, **settings)
    more = {"joined": dt.date(2026, 1, 1), "workday_start": "09:00", "workday_end": "17:00"}
    fill(book, "people", [row | more for row in PEOPLE])
    if change:
        change(book)
    return saved(book, folder)


def told(path: Path, severity: str = "error") -> str:
    """All that is said of a workbook; never a traceback, never endless."""
    found = check_folder(path)
    assert all(str(problem).isprintable() and len(str(problem)) < 1_000 for problem in found)
    return "\n".join(str(problem) for problem in found if problem.severity == severity)


# ---- the blank workbook --------------------------------------------------------------------------------------------


def test_the_blank_workbook_begins_with_where_to_begin_and_has_a_sheet_for_each_step():
    book = opened()
    usual = [table for step in steps.STEPS for table in step.tables]
    assert book.sheetnames == ["Start here", "engagement", *usual]
    words = " ".join(str(cell.value) for row in book["Start here"].iter_rows() for cell in row if cell.value)
    assert all(item.name in words for item in HEADLINES) and "not known" in words
    for sheet in map(book.__getitem__, usual):
        table = tables.table(sheet.title)
        names = [cell.value for cell in sheet[3]]
        assert {column.name for column in table.columns if not column.optional} <= set(names) <= set(table.names)
        assert sheet.freeze_panes == "B4"
        assert any(str(cell.value).startswith("e.g. ") for cell in sheet[4])
        for number, column in enumerate(map(table.column, names), start=1):
            letter = openpyxl.utils.get_column_letter(number)
            assert len(column.name) < sheet.column_dimensions[letter].width <= 44
            assert sheet.cell(2, number).alignment.wrap_text
            rule = next(rule for rule in sheet.data_validations.dataValidation if f"{letter}4" in str(rule.sqref))
            words = column.allowed or (("yes", "no") if column.kind == "boolean" else ())
            assert not words or rule.formula1 == f'"{",".join(words)}"'
            assert rule.prompt and rule.showInputMessage


def test_the_text_of_every_cell_has_room():
    # A letter takes about one unit of width, and a line 15 points; help is set smaller.
    for sheet in opened():
        merged = {str(each).split(":")[0] for each in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, str) or not cell.alignment.wrap_text:
                    continue
                letters = "ABCD" if cell.coordinate in merged else cell.column_letter
                wide = sum(sheet.column_dimensions[letter].width for letter in letters)
                lines = sum(-(-len(line) // int(wide)) for line in cell.value.split("\n"))
                high = sheet.row_dimensions[cell.row].height
                small_print = 12.5 if cell.font.size == 9 else 15
                assert (high is None and lines <= 2) or (high is not None and high >= lines * small_print - 3), cell


def test_same_input_same_cells():
    books = (openpyxl.load_workbook(io.BytesIO(blank_workbook("ours"))) for _ in range(2))
    one, two = ([[cell.value for row in sheet.iter_rows() for cell in row] for sheet in book] for book in books)
    assert one == two


@pytest.mark.slow
def test_the_steps_decide_what_they_promise():
    # On a sample restricted to the tables of a step and of those before it, its headlines are measured, others later.
    whole, so_far, promised = Engagement.load("steady"), set(), set()
    for step in steps.STEPS:
        so_far |= set(step.tables)
        promised |= set(step.headlines)
        held = {name: frame for name, frame in whole.tables.items() if name in so_far}
        card = report.scorecard(Engagement(whole.settings, held))
        measured = {
            measure.key
            for finding in card.findings
            for measure in finding.headlines
            if measure.verdict != "not assessed"
        }
        assert promised <= measured, (step.tables, promised - measured)
    assert promised == {item.key for item in HEADLINES}


def test_a_blank_workbook_says_nothing_at_all(tmp_path):
    folder = tmp_path / "ours"
    new_engagement(folder)
    # Beside blank tables a blank workbook changes nothing; named itself, it asks for its settings.
    assert Engagement.load(folder).tables == {}
    said = told(folder / "engagement.xlsx")
    assert "sheet engagement, row 5, column currency: found nothing" in said and "as in EUR" in said
    assert said.count("\n") == 5
    # With the settings it is an engagement without records: no list that stands there counts as said.
    settings_only = opened()
    settle(settings_only, **HERE)
    assert Engagement.load(saved(settings_only, tmp_path)).tables == {}


# ---- filled in, it is what a folder is -----------------------------------------------------------------------------


def as_typed(frame: pd.DataFrame, table: tables.Table) -> list[dict[str, object]]:
    """A table's rows as a spreadsheet holds them: days, numbers and flags as such, instants with their offsets."""
    rows = pd.read_csv(io.StringIO(csv_text(frame, table)), dtype=str, keep_default_na=False).to_dict("records")
    kinds = {column.name: column.kind for column in table.columns}
    return [{name: as_cell(unguarded(text), kinds.get(name, "text")) for name, text in row.items()} for row in rows]


def as_cell(text: str, kind: str) -> object:
    if not text:
        return None
    if kind in ("number", "integer"):
        return float(text)
    if kind == "boolean":
        return text == "yes"
    return dt.date.fromisoformat(text) if kind == "date" else text


@pytest.mark.parametrize(
    "sample",
    ["steady", *(pytest.param(name, marks=pytest.mark.slow) for name in sample_engagements() if name != "steady")],
)
def test_a_filled_workbook_is_what_the_folder_is(tmp_path, sample):
    folder = Engagement.load(sample)
    book = opened()
    values = {each.name: getattr(folder.settings, each.name) for each in tables.SETTINGS}
    settle(book, **values, **{f"rates__{name}": rate for name, rate in folder.settings.rates.items()})
    for day in folder.settings.decide_on:
        book["engagement"].append(["decide_on", day])
    for name, frame in folder.tables.items():
        fill(book, name, as_typed(frame, tables.table(name)))
    read = Engagement.load(saved(book, tmp_path))
    # The samples' agenda is the usual one: a list that nobody has changed is not read, and is the kit's own even so.
    assert read.settings == folder.settings and list(read.tables) == [
        name for name in folder.tables if name != "agenda"
    ]
    for name, frame in folder.tables.items():
        if name == "agenda":
            continue
        pd.testing.assert_frame_equal(read.tables[name][list(frame)], frame, check_dtype=False)
    assert [finding.verdict for finding in report.scorecard(read).findings] == [
        finding.verdict for finding in report.scorecard(folder).findings
    ]


def test_validate_diagnose_and_new_take_a_workbook(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = small(tmp_path)
    assert main(["validate", str(path)]) == 0 and "no problems" in capsys.readouterr().out
    assert main(["diagnose", "ours.xlsx"]) == 0 and "not assessed" in capsys.readouterr().out
    assert main(["new", "fresh"]) == 0
    said = capsys.readouterr().out
    assert "engagement.xlsx" in said and "first sheet" in said
    # The folder means its workbook while none of its tables has a row; then the tables, and that is said.
    os.replace(path, "fresh/engagement.xlsx")
    assert Engagement.load("./fresh").people["person"].tolist() == ["Ines", "Joy"]
    Path("fresh/can_do.csv").write_text("task,person\nt1,c1\n")
    loaded = Engagement.load("./fresh")
    assert list(loaded.tables) == ["can_do"]
    assert "engagement.xlsx: found a workbook that is not read" in str([str(note) for note in loaded.notes])


def test_settings_are_cells_of_their_kind(tmp_path):
    def change(book):
        for day in (dt.datetime(2026, 3, 31), "2026-06-30"):
            book["engagement"].append(["decide_on", day])
        settle(book, committed_on=dt.datetime(2026, 1, 2), budget=60000, plan_class=2026, rates__EUR="1.08")
        settle(book, limits__kickoff__quiz_right=0.9)

    settings = Engagement.load(small(tmp_path, change)).settings
    assert settings.committed_on == dt.date(2026, 1, 2) and settings.budget == 60000 and settings.plan_class == "2026"
    assert settings.decide_on == (dt.date(2026, 3, 31), dt.date(2026, 6, 30)) and dict(settings.rates) == {"EUR": 1.08}
    assert dict(settings.limits) == {"kickoff.quiz_right": (0.9, "ours.xlsx, sheet engagement")}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"time_zone": "Chicago"}, "row 6, column time_zone: found 'Chicago'"),
        ({"observed_to": "30 June"}, "row 9, column observed_to: found '30 June'; expected a day"),
        ({"observed_to": dt.datetime(2026, 6, 30, 9)}, "column observed_to"),
        ({"decide_on": "soon"}, "column decide_on: found 'soon'"),
        ({"limits__kickoff__quiz_right": 90}, "found 90; expected a number from 0 to 1 (share)"),
        ({"buget": 5}, "an unknown setting 'buget'"),
        ({"zones__wrok": "person"}, "Mend: rename it to work"),
        ({"name.first": 1}, "'name.first' a second time"),
    ],
)
def test_a_wrong_setting_is_told_where_it_stands(tmp_path, settings, said):
    found = told(small(tmp_path, lambda book: settle(book, **settings)))
    assert found.startswith("ours.xlsx, sheet engagement") and said in found and "engagement.toml" not in found


def test_a_rate_that_lacks_is_asked_for_in_the_sheet(tmp_path):
    row = {
        "line": "fee",
        "option": "outsource",
        "kind": "cost",
        "category": "price",
        "first_month": 1,
        "currency": "GBP",
    }
    amounts = {"last_month": 2, "low": 1, "likely": 2, "high": 3}
    said = told(small(tmp_path, lambda book: fill(book, "cash_flows", [row | amounts])))
    assert "ours.xlsx, sheet cash_flows, column currency: found amounts in GBP" in said
    assert "in the sheet engagement: rates.GBP, and beside it <USD for one GBP>" in said


# ---- times ---------------------------------------------------------------------------------------------------------

MEETING = {"meeting": "m1", "kind": "kickoff", "ends": "2026-03-02T10:00:00-06:00", "status": "held"}


def meeting(start: object) -> Callable:
    return lambda book: fill(book, "meetings", [MEETING | {"starts": start}])


def test_a_real_time_is_of_the_zone_that_the_sheet_names(tmp_path):
    start = dt.datetime(2026, 3, 2, 9, 30)
    said = told(small(tmp_path, meeting(start)), "note")
    assert "sheet meetings, row 5, column starts: found 2026-03-02T09:30:00" in said
    assert "in the sheet engagement where this table was written: zones.meetings, and beside it" in said
    # 09:30 is 15:30 UTC in Chicago and 01:30 UTC in Manila, on that day.
    for zone, hour in (("engagement", "15:30"), ("person", "15:30"), ("Asia/Manila", "01:30")):
        read = Engagement.load(small(tmp_path, meeting(start), zones__default=zone))
        assert f"{read.meetings['starts'].iloc[0]:%Y-%m-%d %H:%M}" == f"2026-03-02 {hour}"


def test_a_time_of_a_person_is_of_the_persons_zone(tmp_path):
    def change(book):
        row = {
            "person": "Joy",
            "started": dt.datetime(2026, 3, 3, 9),
            "ended": dt.datetime(2026, 3, 3, 10),
            "task": "x",
        }
        fill(book, "time_entries", [row])

    read = Engagement.load(small(tmp_path, change, zones__default="person"))
    assert read.time_entries["started"].iloc[0] == pd.Timestamp("2026-03-03T01:00Z")


def test_days_and_clocks_are_read_as_a_spreadsheet_holds_them(tmp_path):
    def change(book):
        days, clocks = (dt.datetime(2026, 1, 2), "2026-01-03"), (dt.time(9, 30), dt.timedelta(hours=8))
        for row, day, clock in zip((5, 6), days, clocks, strict=True):
            book["people"].cell(row, header(book["people"], "joined"), day)
            book["people"].cell(row, header(book["people"], "workday_start"), clock)

    people = Engagement.load(small(tmp_path, change)).people
    assert people["joined"].dt.strftime("%Y-%m-%d").tolist() == ["2026-01-02", "2026-01-03"]
    assert people["workday_start"].tolist() == ["09:30", "08:00"]


# ---- examples and lists that stand there ---------------------------------------------------------------------------


def test_an_example_left_as_it_is_is_no_row_and_one_changed_in_part_is_asked_about(tmp_path):
    assert Engagement.load(small(tmp_path)).people["person"].tolist() == ["Ines", "Joy"]
    said = told(small(tmp_path, lambda book: book["people"].cell(4, 2, "client")))
    assert said.startswith("ours.xlsx, sheet people, row 4: found 'e.g. p01'") and said.count("\n") == 0

    # Written over, it is a row like any other.
    def own(book):
        book["people"].delete_rows(4)
        for row, name in ((4, "Ann"), (5, "Bo")):
            book["people"].cell(row, 1, name)

    assert Engagement.load(small(tmp_path, own)).people["person"].tolist() == ["Ann", "Bo"]


def test_an_example_that_lost_its_colours_and_its_place_is_still_one(tmp_path):
    def change(book):
        sheet = book["people"]
        values = [cell.value for cell in sheet[4]]
        for number, value in enumerate(values, start=1):
            sheet.cell(9, number, value)

    assert len(Engagement.load(small(tmp_path, change)).people) == 2


def test_a_usual_row_counts_once_its_sheet_was_touched_and_where_it_is_whole(tmp_path):
    # Touched: one of the ten is settled; the nine others are there, and nobody said whether they are required.
    def settled(book):
        sheet = book["prerequisites"]
        sheet.cell(5, header(sheet, "required"), "yes")
        sheet.cell(5, header(sheet, "settled_on"), dt.date(2026, 1, 1))

    read = Engagement.load(small(tmp_path, settled, committed_on=dt.date(2026, 1, 2)))
    assert len(read.prerequisites) == 10 and read.prerequisites["required"].isna().sum() == 9
    finding = report.scorecard(read).finding("business_case")
    assert finding.verdict not in ("fine", "problem")

    # A usual task without hours is nobody's task.
    def task(book):
        row = {"task": "inbox", "process": "mail", "hours_per_month": 20, "in_house_rate": 30, "plan": "stay"}
        fill(book, "tasks", [row], whole=False)

    assert Engagement.load(small(tmp_path, task)).tables["tasks"]["task"].tolist() == ["inbox"]


# ---- habits of spreadsheets ----------------------------------------------------------------------------------------


def capitals(book):
    sheet = book["people"]
    sheet._WorkbookChild__title = "PEOPLE"  # openpyxl takes it for another sheet of the same name
    sheet.cell(3, 1, "Person ")
    sheet.cell(3, 2, "Side")


def spaces(book):
    book["people"].title = "people "


def empty_around(book):
    sheet = book["people"]
    sheet.cell(900, 1, " ")
    sheet.cell(8, 40, "")
    for row in range(10, 60):
        sheet.cell(row, 2).number_format = "0.00"


def own_column(book):
    sheet = book["people"]
    number = header(sheet, "shoe size")
    sheet.cell(5, number, 39)


def headings(book):
    book["people"].insert_rows(3)
    book["people"].cell(3, 1, "who")
    book["people"].cell(3, 5, "where")


def only_a_header(book):
    book["people"].delete_rows(1, 2)
    assert book["people"].cell(1, 1).value == "person"


def a_chart(book):
    book.create_chartsheet("Chart")


def others(book):
    book.create_sheet("Sheet1")
    book.create_sheet("pivot")["A1"] = "whatever"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (capitals, ""), (spaces, ""), (empty_around, ""), (own_column, ""), (a_chart, ""), (only_a_header, ""),
        (headings, "row 3: found cells above the names of the columns"),
        (others, "sheet pivot: found a sheet that is not read"),
        (lambda book: setattr(book["people"], "sheet_state", "hidden"), "sheet people: found a hidden sheet"),
    ],
)  # fmt: skip
def test_a_habit_is_read(tmp_path, change, note):
    path = small(tmp_path, change)
    read = Engagement.load(path)
    assert read.people["person"].tolist() == ["Ines", "Joy"]
    assert [str(each) for each in read.notes] == [] if not note else note in told(path, "note")


def moved_below(book):
    book["people"].move_range("A1:K3", rows=30)


def errors(book):
    sheet = book["people"]
    sheet.cell(5, header(sheet, "time_zone")).value = "#N/A"
    sheet.cell(6, header(sheet, "hourly_cost")).value = "=1+1"


def doubled(book):
    book.create_sheet("People_")["A1"] = "person"


def copied(book):
    book.create_sheet("quizz")["A1"] = "person"


def sorted_all(book):
    for _ in range(5):
        book["people"].insert_rows(3)
    for row in range(3, 8):
        for column in range(1, 5):
            book["people"].cell(row, column, f"x{row}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (errors, "sheet people, row 5, column time_zone: found a formula that ends in an error"),
        (errors, "sheet people, row 6, column hourly_cost: found a formula without its value"),
        (lambda book: book["people"].merge_cells("C5:C6"), "sheet people, row 5: found merged cells"),
        (doubled, "sheet People_: found sheet people too; expected one sheet a table"),
        (copied, "Mend: rename the sheet to quiz"),
        (moved_below, "column person: found no such column"),
        (sorted_all, "row 3: found cells above the names of the columns"),
        (lambda book: fill(book, "people", [{"joined": "2026-01-32"}], whole=False), "row 5, column joined"),
        (lambda book: book["people"].cell(5, 2, True), "column side: found 'TRUE'; expected client or provider"),
        (lambda book: book["people"].cell(3, 2, "person"), "row 3: found column 'person' 2 times"),
        (lambda book: book.remove(book["engagement"]), "ours.xlsx: found no sheet engagement"),
        (lambda book: book["engagement"].cell(1, 1, "name"), "found no columns key and value"),
    ],
)
def test_what_a_spreadsheet_can_do_is_told(tmp_path, change, said):
    found = told(small(tmp_path, change)) + "\n" + told(small(tmp_path, change), "note")
    assert said in found


def test_a_workbook_of_something_else_is_told_in_one_line(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "sales"
    said = told(saved(book, tmp_path))
    assert said.startswith("ours.xlsx: found a workbook without the kit's sheets") and said.count("\n") == 0


# ---- formulas ------------------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-x", "@sum", "\tx", "\rx", "'=1", "''=1", "'tis", "plain", "='[a]b'!A1", "-1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_run_is_guarded_and_read_back(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[0] not in "=+-@\t\r"


def test_every_csv_and_workbook_that_the_kit_writes_guards_texts(tmp_path):
    texts = ["=1+1", "+x", "-x", "@x", "'=1", "'tis"]
    frame = pd.DataFrame({"task": texts, "person": [f'{text} "a", b' for text in texts], "=own": texts})
    given = {
        "currency": "EUR",
        "time_zone": "Europe/Madrid",
        "observed_from": "2026-01-01",
        "observed_to": "2026-02-01",
    }
    made = Engagement.from_frames({"can_do": frame}, **given)
    written = (made.save(tmp_path / "one") / "can_do.csv").read_text(encoding="utf-8")
    cells = [cell for line in written.splitlines() for cell in line.replace('"', "").split(",")]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    again = Engagement.load(tmp_path / "one")
    pd.testing.assert_frame_equal(again.tables["can_do"], made.tables["can_do"], check_dtype=False)
    # Saved again and again, nothing is added.
    assert (again.save(tmp_path / "two") / "can_do.csv").read_text(encoding="utf-8") == written
    # In a workbook the type says that it is a text.
    sheet = openpyxl.load_workbook(io.BytesIO(blank_workbook('=HYPERLINK("x")')))["engagement"]
    assert sheet["B2"].value == '=HYPERLINK("x")' and sheet["B2"].data_type == "s" and sheet["B2"].quotePrefix


# ---- hostile files -------------------------------------------------------------------------------------------------


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(path: Path, found: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    return path


def with_sheet(path: Path, rows: str, more: Mapping[str, bytes] | None = None) -> Path:
    """The workbook with these rows as the cells of its sheet people."""
    found, name = parts(path), "xl/worksheets/sheet3.xml"
    head, _, rest = found[name].partition(b"<sheetData>")
    found[name] = head + b"<sheetData>" + rows.encode() + b"</sheetData>" + rest.partition(b"</sheetData>")[2]
    return rezipped(path, found | dict(more or {}))


FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'


def bomb(path):
    found = parts(path)
    found["xl/worksheets/sheet3.xml"] += b" " * (80 << 20)
    return rezipped(path, found)


def lying(path):
    """A part that claims to be empty, and is not: the size stands in the directory of the zip alone."""
    bomb(path)
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    while place >= 0:
        if b"sheet3.xml" in data[place : place + 80]:
            data[place + 24 : place + 28] = struct.pack("<I", 10)
        place = data.find(b"PK\x01\x02", place + 4)
    path.write_bytes(bytes(data))
    return path


def far_away(path):
    return with_sheet(
        path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def far_away_without_a_place(path):
    return with_sheet(
        path, '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 5000 + "</row>"
    )


def many_texts(path):
    text = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + b"a" * 1_000_000
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 1001))
    return with_sheet(path, rows, {"xl/sharedStrings.xml": text + b"</t></si></sst>"})


def entities(path):
    found = parts(path)
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    found["xl/workbook.xml"] = doctype + found["xl/workbook.xml"].replace(b"ours", b"&b;")
    return rezipped(path, found)


def many_sheets(path):
    found = parts(path)
    links = b"".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId3" '
                     'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'.encode()
                     for n in range(100, 5000))  # fmt: skip
    found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b"</sheets>", links + b"</sheets>")
    return rezipped(path, found)


def many_parts(path):
    return rezipped(path, parts(path) | {f"x{n}.txt": b"" for n in range(10_001)})


def encrypted(path):
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(mark, place + 4)
    path.write_bytes(bytes(data))
    return path


def deep(path):
    return with_sheet(path, "<a>" * 500_000 + "</a>" * 500_000)


def written_over(data: bytes) -> Callable[[Path], Path]:
    def change(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return change


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (bomb, "opens to more than"),
        (lying, "damaged"),
        (far_away, "1,048,576 rows and 16,384 columns"),
        (far_away_without_a_place, "1,048,576 rows"),
        (many_texts, "texts that repeat themselves"),
        (entities, "a document type"),
        (many_sheets, "sheets; expected at most"),
        (many_parts, "parts; expected"),
        (encrypted, "a workbook with a password"),
        (written_over(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "a workbook with a password"),
        (written_over(b""), "an empty file"),
        (written_over(b"person,side\n"), "a file that is no workbook"),
        (written_over(b"PK\x03\x04" + b"\0" * 100), "a file that is no workbook, or is damaged"),
        (lambda path: with_sheet(path, '<row r="1"><c r="A1"><v>1</v>'), "damaged"),
        (lambda path: with_sheet(path, '<row r="1"><c r="ZZZZZZZZ99999999999"><v>1</v></c></row>'), "columns"),
        (lambda path: with_sheet(path, '<row r="x"><c r="A1"><v>1</v></c></row>'), "damaged"),
        (lambda path: rezipped(path, {"a.txt": b"x"}), "cannot be read"),
        (lambda path: rezipped(path, parts(path) | {"xl/workbook.xml": b"<a/>"}), "cannot be read"),
    ],
)
def test_a_hostile_workbook_is_refused_in_a_line_and_in_no_time(tmp_path, spoil, said):
    path = spoil(small(tmp_path))
    started = time.perf_counter()
    found = told(path)
    assert said in found and found.startswith("ours.xlsx") and "Mend: " in found
    assert time.perf_counter() - started < 20
    with pytest.raises(BadDataError):
        Engagement.load(path)


def test_deep_elements_are_no_harm(tmp_path):
    found = told(deep(small(tmp_path)))
    assert "Traceback" not in found


def test_refusing_takes_little_memory(tmp_path):
    import tracemalloc

    for spoil in (bomb, far_away, many_texts):
        path = spoil(small(tmp_path))
        tracemalloc.start()
        told(path)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 150 << 20, spoil.__name__


def test_what_is_no_workbook_by_its_name(tmp_path):
    folder = tmp_path / "x.xlsx"
    small(tmp_path)
    new_engagement(folder, ["people"])
    assert Engagement.load(folder).missing  # a folder may be called so
    for name in ("people.csv", "old.xls", "sheet.ods"):
        (tmp_path / name).write_text("x")
        with pytest.raises(OutsourcingKitError, match=r"or a workbook \(\.xlsx\)"):
            Engagement.load(tmp_path / name)
    with pytest.raises(OutsourcingKitError, match="There is no"):
        Engagement.load("./nowhere.xlsx")


def test_without_the_readers_the_line_that_installs_them(tmp_path, monkeypatch, capsys):
    path = small(tmp_path)
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(OutsourcingKitError, match=r"pip install 'outsourcing-kit\[readers\]'"):
        Engagement.load(path)
    assert main(["new", str(tmp_path / "plain")]) == 0
    assert "pip install 'outsourcing-kit[readers]'" in capsys.readouterr().out
    assert not list((tmp_path / "plain").glob("*.xlsx")) and (tmp_path / "plain" / "people.csv").exists()


@pytest.mark.slow
def test_a_hundred_thousand_cells_in_little_time(tmp_path):
    rows = ({"task": f"t{n}", "person": "Ines"} for n in range(50_000))
    book = opened("people", "can_do")
    settle(book, **HERE)
    for row in rows:
        book["can_do"].append(list(row.values()))
    path = saved(book, tmp_path)
    started = time.perf_counter()
    assert len(Engagement.load(path).can_do) == 50_000
    assert time.perf_counter() - started < 15


def test_the_guard_counts_what_it_reads(tmp_path):
    (_, sheets), sheet = guard.checked(small(tmp_path, errors)), opened()["people"]
    assert sheets["people"].errors == [(5, header(sheet, "time_zone"))]
    assert sheets["people"].uncounted == [(6, header(sheet, "hourly_cost"))]
    assert set(sheets) == set(opened().sheetnames)
