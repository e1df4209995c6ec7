"""Sheets to print and fill in on Monday, each blank and as an example; and the example as an engagement's tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.folders import text_csv, write_folder
from outsourcing_kit.page import html_page
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import shown
from outsourcing_kit.toml import kit_table, toml_value

FOLDER, _MADE_BY = "sheets", "outsourcing-kit new --sheets"


def sheet_page(name: str) -> str:
    """A sheet as a self-contained page for A4: blank, then filled in as an example. Raises KeyError for another name.

    >>> "Premortem" in sheet_page("premortem")
    True
    """
    sheet = kit_table("sheets.toml")["sheets"][name]
    blank = [*_given(sheet), *([""] for _ in range(sheet["lines"]))]
    intro = "".join(f"<p>{escape(text)}</p>" for text in (sheet["how"], sheet.get("sign")) if text)
    notes = "".join(f"<h3>{escape(kind)}</h3><p>{escape(text)}</p>" for kind, text in sheet.get("notes", ()))
    body = (
        f"<h1>{escape(sheet['title'])}</h1>{intro}{_table(sheet, blank)}"
        f'<div class="example"><h2>For example</h2>{_table(sheet, _example(sheet))}{notes}</div>'
    )
    return html_page(sheet["title"], body, made_by=_MADE_BY, style="\n" + kit_table("sheets.toml")["style"])


def write_sheets(folder: str | os.PathLike[str]) -> list[Path]:
    """Write every sheet into `folder`/sheets: a page each, blank CSV files of their tables, and the example's tables.

    The folder example in it is an engagement like any other. Returns the files written.

    Raises:
        OutsourcingKitError: something is there already; nothing is written then. A place that is no folder.
    """
    place = typed_path(folder) / FOLDER
    # Somebody may have filled one of them in.
    if os.path.lexists(place) and (not place.is_dir() or any(place.iterdir())):
        raise OutsourcingKitError(
            f"{shown(place)} is there already and stays as it is. Mend: move it elsewhere, or name another folder."
        )
    texts: dict[str, str | bytes] = {f"{name}.html": sheet_page(name) for name in kit_table("sheets.toml")["sheets"]}
    for name, held in kit_table("sheets.toml")["example"].items():
        definition, given = tables.table(name), held.get("rows") or tables.default_rows(held["list"])
        rows = pd.DataFrame(given, columns=held.get("columns"), dtype=object)
        texts[f"{name}.csv"] = text_csv(rows.iloc[:0], definition)
        texts[f"example/{name}.csv"] = text_csv(rows, definition)
    # With its settings the example can be diagnosed like any engagement.
    settings = [f"{name} = {toml_value(value)}\n" for name, value in kit_table("sheets.toml")["settings"].items()]
    texts["example/engagement.toml"] = "".join(settings)
    target = write_folder(place, texts)
    return [target / name for name in texts]


def _given(sheet: Mapping[str, Any]) -> list[list[str]]:
    """What the blank sheet begins its rows with: usual rows, or the first column of a table of the example."""
    if "list" in sheet:
        return [[next(iter(row.values()))] for row in tables.default_rows(sheet["list"])]
    return [row[:1] for row in kit_table("sheets.toml")["example"][sheet["first"]]["rows"]] if "first" in sheet else []


def _example(sheet: Mapping[str, Any]) -> list[list[str]]:
    """The rows of a filled-in sheet; where a table of the example is named: what its first person wrote."""
    if isinstance(sheet["example"], list):
        return sheet["example"]
    rows = kit_table("sheets.toml")["example"][sheet["example"]]["rows"]
    return [row[1:] for row in rows if row[0] == rows[0][0]]


def _table(sheet: Mapping[str, Any], rows: Iterable[Sequence[str]]) -> str:
    columns = sheet["columns"]
    widths = "".join(f'<col style="width: {percent}%">' for percent in sheet["widths"])
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    cells = ("".join(f"<td>{escape(each)}</td>" for each in [*row, *[""] * (len(columns) - len(row))]) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    start = f'<table class="sheet"><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead>'
    return f"{start}<tbody>{body}</tbody></table>"
