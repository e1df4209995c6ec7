"""A user's file, opened with care: bounded memory, no traceback, and no name inside it is ever taken for a path."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.known import COLUMNS
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import folded, plain, shown
from outsourcing_kit.validation.problem import Unreadable
from outsourcing_kit.validation.reading import LONGEST_CELL, separator_of
from outsourcing_kit.workbook.guard import opened

# Beyond these nobody exported a year of one engagement. Read by pieces: 32 bits have no room for all that may come.
_LARGEST_FILE, _LARGEST_MEMBER, _MOST_MEMBERS = 1 << 28, 1 << 28, 200_000
_MOST_OPENED, _PIECE, _HEAD, _LONGEST_NAME = 4 << 30, 1 << 20, 100_000, 2_000


@dataclass(frozen=True)
class Grid:
    """A table of texts as a tool wrote it. Names of columns are met whatever their capitals; some stand there twice."""

    header: tuple[str, ...]
    columns: tuple[Sequence[str], ...]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def __contains__(self, name: str) -> bool:
        return folded(name) in self._places

    def all(self, name: str) -> list[Sequence[str]]:
        """Every column of this name; none where there is none."""
        return [self.columns[place] for place in self._places.get(folded(name), ())]

    def get(self, *names: str) -> list[str]:
        """The first column that has one of these names, stripped; blanks where there is none."""
        for name in names:
            if found := self.all(name):
                return [cell.strip() for cell in found[0]]
        return [""] * len(self)

    def is_of(self, tool: str, *fields: str) -> bool:
        """Whether its header has these of a tool's columns, or those by which its files are known."""
        known = COLUMNS[tool]
        return all(any(name in self for name in known[field]) for field in fields or known["known_by"])

    def frame(self, tool: str) -> pd.DataFrame:
        """What the kit knows of this tool's columns, by the kit's names; blanks where the file has none of them."""
        known = ((field, names) for field, names in COLUMNS[tool].items() if field != "known_by")
        return pd.DataFrame({field: self.get(*names) for field, names in known}, dtype=object)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, name in enumerate(self.header):
            places.setdefault(folded(name), []).append(place)
        return places


@dataclass(frozen=True)
class Source:
    """A file, a zip or a folder that a user names. Raises OutsourcingKitError where it cannot be what it claims."""

    path: Path

    @property
    def name(self) -> str:
        return shown(self.path.name)

    def refuse(self, found: str, expected: str, mend: str) -> NoReturn:
        """Raises OutsourcingKitError, naming the file."""
        raise OutsourcingKitError(f"{self.name}: found {found}; expected {expected}. Mend: {mend}.")

    @cached_property
    def is_many(self) -> bool:
        """Whether it is a folder or a zip, whose files `members` gives."""
        return self.path.is_dir() or (self._is_zip and not self.is_workbook)

    @cached_property
    def is_workbook(self) -> bool:
        """Whether it is a spreadsheet program's file (.xlsx)."""
        return self._is_zip and "xl/workbook.xml" in self.names

    @cached_property
    def _is_zip(self) -> bool:
        # By its first bytes: a zip is never in memory as a whole.
        return not self.path.is_dir() and self._bytes(self.path, 4, whole=False) == b"PK\x03\x04"

    @cached_property
    def text(self) -> str:
        """The file as text: UTF-8, or UTF-16 by its mark, or what Western Windows writes; "" of a folder or a zip."""
        return "" if self.path.is_dir() or self._is_zip else decoded(self._bytes(self.path, _LARGEST_FILE))

    @property
    def head(self) -> str:
        """How the text begins: enough to know a format by."""
        return self.text[:_HEAD]

    @cached_property
    def json(self) -> Any:
        """What it says as JSON; None where it is not."""
        return self.parsed(self.text) if self._is_json else None

    @property
    def _is_json(self) -> bool:
        return self.head.lstrip()[:1] in ("{", "[")

    def parsed(self, text: str | bytes, name: str = "") -> Any:
        """JSON of this file or of a member called `name`."""
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            found = "lists inside one another, thousands deep" if deep else f"damaged JSON ({shown(error)})"
            found += f" in {shown(name)}" if name else ""
            self.refuse(found, "the file as it was exported", "export it again")

    @cached_property
    def grid(self) -> Grid:
        """It as one table with a header; without columns where it is none."""
        return grid_of(self, self.rows)

    @cached_property
    def header(self) -> Grid:
        """The names of its columns alone, to know a format by; of what is no table some words, and no complaint."""
        if self.is_workbook:
            found = grid_of(self, self.rows[:1])
        else:
            line = next((line for line in self.head.splitlines() if line.strip()), "")
            first = [] if self._is_json else list(csv.reader([line], delimiter=_separator(self.head)))
            found = grid_of(self, first)
        # What is longer is no name, and to look for one in it may take for ever.
        return Grid((), ()) if any(len(name) > _LONGEST_NAME for name in found.header) else found

    @cached_property
    def rows(self) -> list[list[str]]:
        """The lines as CSV, whatever separates the cells, or a workbook's first sheet; none of a folder or JSON."""
        if self.is_workbook:
            try:
                # Looked through before anything is built of it, so that no bomb is.
                with opened(self.path) as (book, _):
                    sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
                    return [[_as_text(cell) for cell in row] for row in next((rows for rows in sheets if rows), [])]
            except Unreadable as unreadable:
                raise OutsourcingKitError(str(unreadable.problem)) from None
        if self.is_many or self._is_json or not self.head.strip():
            return []
        # The limit is the whole process's: others get theirs back.
        before = csv.field_size_limit(LONGEST_CELL)
        try:
            return list(csv.reader(io.StringIO(self.text, newline=""), delimiter=_separator(self.head)))
        except csv.Error as error:
            self.refuse(
                f"a cell that never ends, or no table ({shown(error)})", "the file as exported", "export it again"
            )
        finally:
            csv.field_size_limit(before)

    @cached_property
    def names(self) -> list[str]:
        """The names of the files inside a folder or a zip, in order."""
        if self.path.is_dir():
            return [name for name, _ in self._files("")]
        with self._archive() as archive:
            return sorted(info.filename for info in archive.infolist() if not info.is_dir())

    def members(self, ending: str) -> Iterator[tuple[str, bytes]]:
        """The files inside whose names end so, by name: ("desk/2026-03-03.json", its bytes). Links are not followed."""
        if self.path.is_dir():
            yield from ((name, self._bytes(path, _LARGEST_MEMBER)) for name, path in self._files(ending))
            return
        total = 0
        with self._archive() as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if not info.filename.endswith(ending) or stat.S_ISLNK(info.external_attr >> 16):
                    continue
                with archive.open(info) as file:
                    # What the zip claims of its sizes may be a lie: counted while it is read.
                    data = file.read(_LARGEST_MEMBER + 1)
                total += len(data)
                if len(data) > _LARGEST_MEMBER or total > _MOST_OPENED:
                    self.refuse("a zip that opens to more than anybody exports", "an export", "unzip it and look")
                yield info.filename, data

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        # What a damaged zip, one with a password or one of an unknown kind raises.
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            self.refuse(f"a zip that cannot be opened ({shown(error)})", "a zip without a password", "export it again")

    def _files(self, ending: str) -> list[tuple[str, Path]]:
        found = []
        for place, folders, files in os.walk(self.path):
            folders.sort()
            found += [Path(place) / name for name in files if name.endswith(ending)]
            if len(found) > _MOST_MEMBERS:
                self.refuse(f"more than {_MOST_MEMBERS:,} files", "one export", "name the folder of the export alone")
        # A link may lead anywhere.
        real = [path for path in sorted(found) if not path.is_symlink() and path.is_file()]
        return [(path.relative_to(self.path).as_posix(), path) for path in real]

    def _bytes(self, path: Path, most: int, *, whole: bool = True) -> bytes:
        """What a file holds, refused beyond so many bytes; its first ones if not `whole`."""
        try:
            with open(path, "rb") as file:
                if not whole:
                    return file.read(most)
                data = b"".join(islice(iter(lambda: file.read(_PIECE), b""), most // _PIECE + 1))
        except OSError as error:
            self.refuse(
                f"a file that cannot be read ({error.strerror})", "a file that can be read", "allow yourself to"
            )
        if len(data) > most:
            self.refuse(f"more than {most >> 20:,} MB", "the export of one engagement", "export fewer months at a time")
        return data


def open_source(name: str | os.PathLike[str]) -> Source:
    """The file, zip or folder at a path. Raises OutsourcingKitError where there is none, or a device."""
    source = Source(typed_path(name))
    try:
        mode = source.path.stat().st_mode
    except (OSError, ValueError):
        source.refuse("no such file", "a file that a tool exported", "correct the path")
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        source.refuse("a pipe or a device", "a file that a tool exported", "save it as a file first")
    return source


def grid_of(source: Source, rows: Sequence[Sequence[str]]) -> Grid:
    """Rows below a header as a table. Short rows are filled up; raises where a row is longer than the header."""
    rows = [row for row in rows if any(map(str.strip, row))]
    if not rows:
        return Grid((), ())
    wide = len(rows[0])
    for number, row in enumerate(rows):
        # A last separator that some tools write holds nothing.
        if len(row) > wide and any(map(str.strip, row[wide:])):
            source.refuse(
                f"{len(row)} cells in row {number + 1} and {wide} in the header", "rows as wide as the header",
                "export it again, or look at that row",
            )  # fmt: skip
    filled = [[*row[:wide], *[""] * (wide - len(row))] for row in rows[1:]]
    header = tuple(plain(name) for name in rows[0])
    return Grid(header, tuple(zip(*filled, strict=True)) if filled else ((),) * wide)


def decoded(data: bytes) -> str:
    """Text of bytes, whatever wrote them.

    >>> decoded("Inés".encode("cp1252")), decoded("\ufeffInés".encode("utf-16"))
    ('Inés', 'Inés')
    """
    # What a Windows program calls Unicode.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").lstrip("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _as_text(cell: object) -> str:
    """A cell of a workbook as a program would write it into CSV."""
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return cell.isoformat(" ") if isinstance(cell, dt.datetime) else str(cell)


def _separator(head: str) -> str:
    lines = [line for line in head.splitlines() if line.strip()][:30]
    # Nobody has several tabs in a line but between cells; a report may begin with lines of one cell.
    if any(line.count("\t") > 1 for line in lines):
        return "\t"
    return separator_of(lines[0]) if lines else ","


def maps(found: Any) -> list[dict[str, Any]]:
    """The maps of a list of JSON; nothing of what is no list.

    >>> maps([{"id": 1}, None, 3]), maps({"id": 1})
    ([{'id': 1}], [])
    """
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def inside(found: Any, *keys: str) -> Any:
    """What JSON has under one key after the other; None where it has nothing there."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def said(found: Any, *keys: str) -> str:
    """What JSON says under one key after the other, as stripped text; "" where it says nothing or no single thing.

    >>> said({"author": {"login": "joy-r"}}, "author", "login"), said({"author": []}, "author", "login")
    ('joy-r', '')
    >>> said({"closed": True}, "closed")
    'true'
    """
    value = inside(found, *keys)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, str | int | float) else ""
