"""The blank workbook of an engagement: a sheet that says where to begin, the settings, and a sheet a table."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from outsourcing_kit import tables
from outsourcing_kit.exceptions import MissingExtraError
from outsourcing_kit.headlines import headline
from outsourcing_kit.tables import SETTINGS, Column, Table
from outsourcing_kit.text import plain, shown
from outsourcing_kit.validation.places import DEFAULT, ENGAGEMENT, PERSON
from outsourcing_kit.words import capital
from outsourcing_kit.workbook.steps import INTRODUCTION, SETTINGS_SHEET, START, STEPS, Step, asked, first_rows, help_of

if TYPE_CHECKING:
    from openpyxl import Workbook

# Rows that have drop-downs and formats.
_LAST_ROW = 5_000
_WIDEST, _NARROWEST, _POINTS_A_LINE = 44, 12, 15
_FORMATS = {"date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm", "number": "General", "integer": "0"}
_DECIDE_ON = "a day on which verdicts count, between such days they are interim; a row for each day"
_ZONES = (
    f"where times without a UTC offset were written: {PERSON} (in each person's own time zone), {ENGAGEMENT} (in the "
    "one above), or a zone's name"
)
_FONTS: dict[str, dict[str, Any]] = {
    "header": {"bold": True, "color": "FFFFFF"}, "help": {"color": "595959", "size": 9},
    "example": {"italic": True, "color": "7F7F7F"}, "title": {"bold": True, "size": 14},
}  # fmt: skip
_FILLS = {"header": "1F4E79", "example": "F2F2F2"}


def blank_workbook(name: str, names: Iterable[str] | None = None) -> bytes:
    """A blank workbook for an engagement called `name`, with the sheets of these tables (default: worth asking for).

    Raises MissingExtraError where openpyxl is not installed, UnknownNameError for a name that is no table.
    """
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError.of("A workbook", "openpyxl", "readers") from None
    usual = [table for step in STEPS for table in step.tables]
    wanted = [tables.table(each) for each in (usual if names is None else names)]
    book = openpyxl.Workbook()
    # openpyxl begins with a sheet of its own.
    del book[book.sheetnames[0]]
    _start(book, [table.name for table in wanted])
    _settings(book, shown(plain(name)))
    for table in wanted:
        _sheet(book, table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any, kind: str = "", *, wrap: bool = True) -> Any:
    """Write a cell. A text is a text, whatever it begins with: none is a formula."""
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
        # As if somebody had typed an apostrophe first: the program then leaves the text alone.
        cell.quotePrefix = value[:1] in tuple("=+-@\t\r")
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    if kind in _FONTS:
        cell.font = Font(**_FONTS[kind])
    if kind in _FILLS:
        cell.fill = PatternFill("solid", fgColor=_FILLS[kind])
    return cell


def _lines(text: str, width: float) -> int:
    """So many lines a text takes in a column: a little more than the letters ask for, as words are not broken."""
    return max(1, math.ceil(1.15 * len(text) / max(width - 1, 1)))


def _new(book: Workbook, name: str, widths: Iterable[float] = ()) -> Any:
    """One more sheet, with columns of these widths; printed it is as wide as one page."""
    sheet = book.create_sheet(name)
    for letter, width in zip("ABCD", widths, strict=False):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return sheet


def _start(book: Workbook, names: list[str]) -> None:
    widths = (6, 24, 62, 62)
    sheet = _new(book, START, widths)
    _put(sheet, 1, 1, "Start here", "title", wrap=False)
    for row, text in enumerate(INTRODUCTION, start=2):
        # Sentences do not fit into a column.
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        _put(sheet, row, 1, text)
        sheet.row_dimensions[row].height = _POINTS_A_LINE * _lines(text, sum(widths))
    row = len(INTRODUCTION) + 3
    for column, text in enumerate(("step", "sheets", "what you are asked", "what the kit can answer then"), start=1):
        _put(sheet, row, column, text, "header")
    asks = "Who you are, your currency and time zone, and which days these records are of."
    steps = [Step([SETTINGS_SHEET], [], asks), *STEPS]
    told = [step for step in steps if {SETTINGS_SHEET, *names} & {*step.tables}]
    for number, (sheets, keys, asks) in enumerate(told, start=1):
        here = [each for each in sheets if each in (*names, SETTINGS_SHEET)]
        decided = "\n".join(f"{capital(headline(key).mistake.replace('_', ' '))}: {headline(key).name}" for key in keys)
        texts = ("\n".join(here), asks, decided or "needed by most of the others")
        for column, value in enumerate((number, *texts), start=1):
            _put(sheet, row + number, column, value)
        # No program works out the height of a row before somebody opens it.
        high = max(len(here), *(sum(_lines(line, 62) for line in text.split("\n")) for text in texts[1:]))
        sheet.row_dimensions[row + number].height = _POINTS_A_LINE * high
        if len(here) == 1:
            sheet.cell(row + number, 2).hyperlink = f"#'{here[0]}'!A1"
    sheet.sheet_view.showGridLines = False


def _settings(book: Workbook, name: str) -> None:
    sheet = _new(book, SETTINGS_SHEET, (16, 28, 60, 22))
    for column, text in enumerate(("key", "value", "meaning", "example"), start=1):
        _put(sheet, 1, column, text, "header")
    settings = [*SETTINGS, Column("decide_on", "date", _DECIDE_ON, optional=True, example="2026-06-30")]
    # Beside the zone that it may take the place of.
    place = [each.name for each in settings].index("time_zone") + 1
    settings.insert(place, Column(f"zones.{DEFAULT}", "text", _ZONES, optional=True, example=PERSON))
    for row, each in enumerate(settings, start=2):
        _put(sheet, row, 1, each.name)
        cell = _put(sheet, row, 2, name or None if each.name == "name" else None)
        cell.number_format = _FORMATS.get(each.kind, "@")
        meaning = f"{each.meaning}; may stay blank"
        _put(sheet, row, 3, meaning if each.optional else each.meaning, "help")
        _put(sheet, row, 4, f"e.g. {each.example}", "example")
        sheet.row_dimensions[row].height = _POINTS_A_LINE * _lines(meaning, 60)
    sheet.freeze_panes = "B2"


def _sheet(book: Workbook, table: Table) -> None:
    """One table: what a row is, what each column asks for, the names of the columns, and the rows to begin with."""
    from openpyxl.utils import get_column_letter

    sheet = _new(book, table.name)
    columns, rows = asked(table), first_rows(table)
    _put(sheet, 1, 1, f"One row is {table.row}.", "title", wrap=False)
    high = 1
    for number, column in enumerate(columns, start=1):
        told, letter = help_of(column), get_column_letter(number)
        texts = [str(row.get(column.name, "")) for row in rows]
        wide = max(len(column.name) + 4, min(max(map(len, texts)) + 2, _WIDEST), len(told) // 4, _NARROWEST)
        dimension = sheet.column_dimensions[letter]
        dimension.width, dimension.number_format = min(wide, _WIDEST), _FORMATS.get(column.kind, "@")
        high = max(high, _lines(told, dimension.width))
        _put(sheet, 2, number, told, "help")
        _put(sheet, 3, number, column.name, "header")
        for place, row in enumerate(rows, start=4):
            cell = _put(sheet, place, number, row.get(column.name), "example" if place == 4 else "")
            cell.number_format = _FORMATS.get(column.kind, "@")
        _offer(sheet, column, f"{letter}4:{letter}{_LAST_ROW}", set(book.sheetnames))
    sheet.row_dimensions[2].height = 12.5 * high
    # Names of columns and rows stay in sight.
    sheet.freeze_panes = "B4"


def _offer(sheet: Any, column: Column, cells: str, sheets: set[str]) -> None:
    """What a cell of the column is told to be: a list to choose from where there is one, and a word of help."""
    from openpyxl.worksheet.datavalidation import DataValidation

    words = column.allowed or tuple(known.word for known in column.words)
    words = ("yes", "no") if column.kind == "boolean" else words
    other, _, inner = column.refers.partition(".")
    formula = f'"{",".join(words)}"' if words else None
    if not words and other in sheets and other != sheet.title and inner == asked(tables.table(other))[0].name:
        # Names are chosen from the sheet that lists them, so that a name is written one way.
        formula = f"={other}!$A$5:$A${_LAST_ROW}"
    rule = DataValidation(type="list" if formula else None, formula1=formula, allow_blank=True)
    # A list only offers: other words for the same are read, and everybody who is not yet listed can be added later.
    rule.showErrorMessage = bool(column.allowed)
    rule.errorStyle, rule.error = "warning", f"Expected: {' or '.join(words)}."[:225]
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, column.name[:32], help_of(column)[:255]
    rule.add(cells)
    sheet.add_data_validation(rule)
