"""Sheets to print and fill in on Monday, each blank and as an example; and the example as an engagement's tables."""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.folders import text_csv
from outsourcing_kit.lists import default_rows
from outsourcing_kit.page import html_page, write_new
from outsourcing_kit.resources import typed_path
from outsourcing_kit.toml import toml_value
from outsourcing_kit.words import listed

FOLDER, _MADE_BY = "sheets", "outsourcing-kit new --sheets"
_STYLE = """
table.sheet { width: 100%; table-layout: fixed; } table.sheet td { height: 2.1rem; border: 1px solid var(--line); }
table.sheet th { overflow-wrap: normal; }
@media screen and (max-width: 40rem) { table.sheet { table-layout: auto; min-width: 44rem; } }
@media print { .example { break-before: page; } }
"""


def sheet_page(name: str) -> str:
    """A sheet as a self-contained page for A4: blank, then filled in as an example. Raises KeyError for another name.

    >>> "Premortem" in sheet_page("premortem")
    True
    """
    sheet = _data()["sheets"][name]
    columns = sheet["columns"]
    usual = default_rows(sheet["list"]) if "list" in sheet else []
    given = [[next(iter(row.values()))] for row in usual] or sheet.get("rows", [])
    blank = [*given, *([""] for _ in range(sheet["lines"]))]
    body = (
        f"<h1>{escape(sheet['title'])}</h1><p>{escape(sheet['how'])}</p>{_table(columns, blank)}"
        f'<div class="example"><h2>For example</h2>{_table(columns, sheet["example"])}</div>'
    )
    return html_page(sheet["title"], body, made_by=_MADE_BY, style=_STYLE)


def sheet_names() -> tuple[str, ...]:
    return tuple(_data()["sheets"])


def write_sheets(folder: str | os.PathLike[str]) -> list[Path]:
    """Write every sheet into `folder`/sheets: a page each, blank CSV files of their tables, and the example's tables.

    The folder example in it is an engagement like any other. Returns the files written.

    Raises:
        OutsourcingKitError: a file of that name is there already; nothing is written then. A place that is no folder.
    """
    place = typed_path(folder) / FOLDER
    texts = {place / f"{name}.html": sheet_page(name) for name in sheet_names()}
    for name, held in _data()["example"].items():
        definition = tables.table(name)
        rows = pd.DataFrame(held["rows"], columns=held["columns"], dtype=object)
        texts[place / f"{name}.csv"] = text_csv(rows.iloc[:0], definition)
        texts[place / "example" / f"{name}.csv"] = text_csv(rows, definition)
    # With its settings the example can be diagnosed like any engagement.
    settings = [f"{name} = {toml_value(value)}\n" for name, value in _data()["settings"].items()]
    texts[place / "example" / "engagement.toml"] = "".join(settings)
    # All or nothing: somebody may have filled one of them in.
    there = [str(path.relative_to(place)) for path in texts if os.path.lexists(path)]
    if there:
        raise OutsourcingKitError(
            f"In {place} these are there already and stay as they are: {listed(there, 5)}. Mend: move them elsewhere."
        )
    try:
        (place / "example").mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise OutsourcingKitError(f"{place} cannot be written: {error.strerror}. Mend: name another folder.") from error
    for path, text in texts.items():
        write_new(path, text)
    return list(texts)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    cells = ("".join(f"<td>{escape(each)}</td>" for each in [*row, *[""] * (len(columns) - len(row))]) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f'<table class="sheet"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


@functools.cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("sheets.toml").read_text("utf-8"))
