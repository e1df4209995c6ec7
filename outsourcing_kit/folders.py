"""The files of an engagement's folder: which of them are tables, how one is read, how a folder is written."""

from __future__ import annotations

import contextlib
import difflib
import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.moments import is_day
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import FIRST_OF_FORMULA, folded, guarded, quoted, shown
from outsourcing_kit.validation import Problem
from outsourcing_kit.validation.reading import read_text

# One file in place of a folder of tables; the one that `new` writes beside them.
WORKBOOKS, WORKBOOK_FILE = (".xlsx", ".xlsm"), "engagement.xlsx"
TRUTH_FILE = "truth.json"
_READ = ("csv", "parquet")
# Endings of files that may hold a table, but are not read; a spreadsheet among the records is named whatever its name.
_SPREADSHEETS = {"xlsx", "xls", "xlsm", "xlsb", "ods", "numbers", "tsv", "tab", "feather", "arrow"}
_TABLES = {*_READ, *_SPREADSHEETS, "", "txt", "json", "jsonl", "ndjson", "xml", "dat", "zip", "gz", "bz2", "xz", "zst"}
# Pages, pictures and programs are never meant as tables, whatever they are called.
_OTHER = {"html", "htm", "md", "rst", "png", "svg", "jpg", "jpeg", "gif", "ipynb", "py", "r", "sql", "toml", "log"}
_ALIKE = 0.8


def files_of(folder: Path) -> list[Path]:
    """Everything in a folder, sorted by name. Raises OutsourcingKitError where it may not be looked into."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise OutsourcingKitError(
            f"The folder {shown(folder)} cannot be read ({error.strerror}). Mend: allow yourself to read it."
        ) from error


def table_files(folder: Path) -> tuple[list[tuple[Path, tables.Table]], list[Problem]]:
    """The tables of a folder, each with its definition, and a problem for every file that may be meant as one."""
    seen: dict[str, Path] = {}
    strays: list[Path] = []
    problems: list[Problem] = []
    for path in files_of(folder):
        name = _exact(path)
        if not name:
            strays.append(path)
        elif name in seen:
            other = f"{shown(seen[name].name)} too"
            problems.append(Problem(path.name, "doubled table", other, "one file a table", "remove one"))
        else:
            seen[name] = path
    problems += [problem for path in strays if (problem := _stray(path, seen))]
    return [(path, tables.table(name)) for name, path in seen.items()], problems


def _exact(path: Path) -> str | None:
    """The table whose file this is, by its name alone; capital letters are small."""
    name, _, ending = path.name.casefold().rpartition(".")
    return name if ending in _READ and name in tables.table_names() else None


def _stray(path: Path, seen: Mapping[str, Path]) -> Problem | None:
    """The problem or note on a file that is not read, if it may be meant as a table."""
    if path.name.startswith((".", "~", "#")) or path.name == TRUTH_FILE:
        return None
    *parts, last = [part for part in folded(path.name).split(".") if part] or [""]
    last, parts = (last, parts) if parts else ("", [last])
    if last in _OTHER or (last not in _READ and path.is_dir()):
        return None
    if path.name == WORKBOOK_FILE:
        mend = "remove it, or validate and diagnose it by its own name"
        what = ("a workbook that is not read", "either tables or a workbook filled in", mend)
        return Problem(path.name, "unread workbook", *what, severity="note")
    table = next(filter(None, map(like_table, parts)), None)
    if not table and last not in _READ and last not in _SPREADSHEETS:
        return None
    # A file that may be a table which nothing else holds would be missed; another copy of one is not.
    severity = "error" if last in _READ or (table and table not in seen and last in _TABLES) else "note"
    mend = f"save it as CSV UTF-8: {table}.csv" if table else "move it out of the folder"
    if table and last in _READ and not path.is_dir():
        mend = f"rename it to {table}.{last}"
    if table and table in seen:
        mend = f"only {shown(seen[table].name)} is read; move this one out of the folder, or {mend}"
    found = f"table '{shown(path.name.rpartition('.')[0])}'" if last in _READ else "a file that is not read"
    return Problem(path.name, "unknown table", found, "a table of the data dictionary", mend, severity=severity)


def like_table(name: str) -> str | None:
    """The table that a file's name may mean: "Copy of people (2)" means people."""
    words = [word for word in re.split(r"[\W_\d]+", name) if word not in ("", "copy", "of", "new", "old", "final", "v")]
    near = difflib.get_close_matches("_".join(words)[:80], tables.table_names(), n=1, cutoff=_ALIKE)
    return near[0] if near else None


def settings_text(folder: Path, name: str) -> str | Problem:
    """What the folder's settings say, which stand in the file called `name`, or the problem with it."""
    if os.path.lexists(folder / name):
        return read_text(folder / name)
    # Other capitals, or a second ending that an editor added and the system hides.
    others = (file.name for file in files_of(folder) if file.suffix.lower() not in WORKBOOKS)
    near = next((each for each in others if each.casefold().startswith(("engagement.", "settings."))), None)
    mend = "write one, or make blank templates with: outsourcing-kit new FOLDER"
    mend = f"rename {shown(near)} to {name}" if near else mend
    return Problem(name, "settings", "no such file", "the engagement's settings", mend)


def read_truth(folder: Path) -> tuple[dict[str, float], list[Problem]]:
    """What a simulated engagement knows of itself. A file that is no truth is a note: no verdict hangs on it."""
    path = folder / TRUTH_FILE
    if not os.path.lexists(path):
        return {}, []
    text = read_text(path)
    if isinstance(text, Problem):
        return {}, [replace(text, severity="note")]
    with contextlib.suppress(ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        read = json.loads(text, object_pairs_hook=_once)
        truth = {key: float(value) for key, value in read.items() if not isinstance(value, bool | str)}
        if len(truth) == len(read) and all(map(math.isfinite, truth.values())):
            return truth, []
    expected, mend = 'a number for each measure, once, such as {"kickoff.quiz_right": 0.9}', "correct or remove it"
    return {}, [Problem(path.name, "truth", quoted(text.strip()), expected, mend, severity="note")]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


# --- writing -----------------------------------------------------------------------------------------------------


def write_folder(folder: str | os.PathLike[str], texts: Mapping[str, str | bytes]) -> Path:
    """Write files, also ones in folders of their own, into a new or an empty folder: all, or, where one fails, none.

    A new folder is its owner's alone, as records of persons should be; an empty one that is there stays what it is.
    """
    target = typed_path(folder)
    if os.path.lexists(target) and (not target.is_dir() or files_of(target)):
        raise OutsourcingKitError(
            f"{shown(folder)} is already there and not empty; nothing was written. Mend: name a new folder."
        )
    places = {target, *((target / name).parent for name in texts)}
    with contextlib.ExitStack() as undo:
        for place in [*reversed(target.parents), *sorted(places)]:
            if not place.exists():
                place.mkdir(mode=0o700)
                undo.callback(_take_away, place)
        for path, text in ((target / name, text) for name, text in texts.items()):
            # Never over a file that somebody else has just put there; bytes, so that line ends are the same everywhere.
            path.touch(exist_ok=False)
            undo.callback(path.unlink, missing_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
        undo.pop_all()
    return target


def _take_away(folder: Path) -> None:
    # What somebody else has put there meanwhile stays.
    with contextlib.suppress(OSError):
        folder.rmdir()


def csv_text(frame: pd.DataFrame, definition: tables.Table) -> str:
    """CSV whose bytes are the same everywhere: instants in UTC, numbers without noise, a blank for what is unknown.

    What a spreadsheet would run as a formula has an apostrophe before it, which is taken off where the file is read.
    """
    kinds = {column.name: column.kind for column in definition.columns}
    return pd.DataFrame(dict(_columns(frame, kinds))).to_csv(index=False, lineterminator="\n")


def _columns(frame: pd.DataFrame, kinds: Mapping[str, str]) -> Iterator[tuple[str, pd.Series]]:
    for name in frame.columns:
        values, kind = frame[name], kinds.get(name, "text")
        if kind == "instant":
            part, days = ".%f" if (values.dt.microsecond > 0).any() else "", is_day(values)
            written = values.dt.strftime(f"%Y-%m-%dT%H:%M:%S{part}+00:00")
            # Of a day alone to the nanosecond that says so.
            values = written.mask(days, values.where(days).dt.strftime("%Y-%m-%dT%H:%M:%S.000000001+00:00"))
        elif kind == "date":
            values = values.dt.strftime("%Y-%m-%d")
        elif kind == "boolean":
            values = values.map({True: "yes", False: "no"})
        elif kind == "number":
            values = values.map(lambda value: "" if pd.isna(value) else f"{value:.15g}")
        else:
            values = values.map(lambda value: _harmless(value) if isinstance(value, str) else value)
        yield guarded(name), values


def text_csv(frame: pd.DataFrame, definition: tables.Table) -> str:
    """CSV of a table whose cells are texts already, as `csv_text` writes it.

    >>> print(text_csv(pd.DataFrame({"task": ["=1+1"], "person": ["Ann"]}), tables.table("can_do")), end="")
    task,person
    '=1+1,Ann
    """
    kinds = {column.name: column.kind for column in definition.columns}
    # A number below 0 is no formula.
    written = {
        guarded(name): _harmless_in(frame[name]) if kinds.get(name, "text") in ("text", "prose") else frame[name]
        for name in frame
    }
    return pd.DataFrame(written).to_csv(index=False, lineterminator="\n")


def _harmless_in(cells: pd.Series) -> pd.Series:
    # Of a million cells hardly one begins so: only those are looked at one by one.
    odd = cells.str.startswith(FIRST_OF_FORMULA) | cells.str.contains("\r", regex=False)
    odd = odd.fillna(False).astype(bool)
    return cells.mask(odd, cells[odd].map(_harmless)) if odd.any() else cells


def _harmless(text: str) -> str:
    # A carriage return alone would be written without quotation marks, and read as the end of the row.
    return guarded(re.sub("\r\n?", "\n", text) if "\r" in text else text)
