"""Is a workbook what it claims to be? What a reader would build of it is counted before anything is built."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from outsourcing_kit.exceptions import MissingExtraError
from outsourcing_kit.text import shown
from outsourcing_kit.validation.problem import Problem, Unreadable
from outsourcing_kit.validation.reading import unfit

# Beyond these it is no workbook that people filled in. Sizes are of what the file opens to, in bytes.
_LARGEST, _MOST_PARTS = 256 << 20, 10_000
_RATIO, _SMALL = 200, 32 << 20
# A reader keeps a place for each cell of a sheet up to its last row and column, and each cell its own copy of its text.
_MOST_CELLS, _MOST_TEXT = 1 << 24, 256 << 20
_MOST_SHEETS, _CHUNK, _MOST_NOTED = 300, 1 << 20, 1_000
_NO_WORKBOOK = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, ElementTree.ParseError)
_OLD = b"\xd0\xcf\x11\xe0"
_SAVE_AGAIN = "open it in a spreadsheet program and save it as 'Excel workbook (.xlsx)', without a password"


@dataclass
class Sheet:
    """What is worth knowing of a sheet's cells and cannot be told from their values: places as (row, column)."""

    size: int = 0
    errors: list[tuple[int, int]] = field(default_factory=list)
    uncounted: list[tuple[int, int]] = field(default_factory=list)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Mapping[str, Sheet]]]:
    """The workbook at a path, as python-calamine has it, and its sheets by their names.

    Raises Unreadable: the problem tells what it is instead; MissingExtraError without python-calamine.
    """
    try:
        import python_calamine
    except ImportError:
        raise MissingExtraError.of(f"{shown(path.name)}: a workbook", "python-calamine", "readers") from None
    data, sheets = checked(path)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(data) as book:
            yield book, sheets
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a reader of another language that stops is no Exception
        found = f"a workbook that cannot be read ({shown(error)})"
        mend = "open it in a spreadsheet program and save it again as .xlsx"
        raise _refused(path, found, "a workbook (.xlsx)", mend) from error


def checked(path: Path) -> tuple[io.BytesIO, dict[str, Sheet]]:
    """A workbook of known size: the parts that were looked at, and nothing else. Raises Unreadable.

    A zip may claim any size and hold a part twice, so the reader is given what was counted and not the file.
    """
    if why := unfit(path):
        raise _refused(path, *why)
    try:
        with zipfile.ZipFile(path) as archive:
            return _looked_through(path, archive)
    except _NO_WORKBOOK as error:
        raise _refused(path, *_no_zip(path, error)) from error
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror or error})"
        raise _refused(path, found, "a workbook", "check its permissions") from error


def _refused(path: Path, found: str, expected: str, mend: str) -> Unreadable:
    return Unreadable(Problem(path.name, "unreadable", found, expected, mend))


def _no_zip(path: Path, error: Exception) -> tuple[str, str, str]:
    with open(path, "rb") as file:
        head = file.read(len(_OLD))
    # What is protected by a password is kept in the format of the older program.
    if head == _OLD or "encrypted" in str(error):
        return "a workbook with a password, or of an old program", "a workbook that can be opened", _SAVE_AGAIN
    found = "an empty file" if not head else f"a file that is no workbook, or is damaged ({shown(error)})"
    return found, "a workbook (.xlsx)", _SAVE_AGAIN


def _looked_through(path: Path, archive: zipfile.ZipFile) -> tuple[io.BytesIO, dict[str, Sheet]]:
    # Pictures and macros are left behind: nothing of them is read.
    parts = {info.filename: info for info in archive.infolist() if info.filename.lower().endswith((".xml", ".rels"))}
    if len(archive.infolist()) > _MOST_PARTS:
        raise _refused(path, f"{len(archive.infolist()):,} parts", "a workbook as a program saves it", _SAVE_AGAIN)
    data, size, scan = io.BytesIO(), 0, _Scan(path)
    sheets: dict[str, Sheet] = {}
    small: dict[str, bytes] = {}
    # Not squeezed again: the reader opens it at once, and nobody else ever does.
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as copy:
        # The texts come first: the cells name them by number.
        for name in sorted(parts, key=lambda name: "sharedstrings" not in name.lower()):
            kept = bytearray()
            scan.begin()
            with archive.open(parts[name]) as file:
                while piece := file.read(_CHUNK):
                    kept += piece
                    size += len(piece)
                    # Small files may repeat themselves a lot, as blank ones do; large ones that do so are bombs.
                    if size > _LARGEST or (size > _SMALL and size > _RATIO * path.stat().st_size):
                        found, most = (
                            f"a file that opens to more than {size >> 20:,} MB",
                            f"at most {_LARGEST >> 20} MB",
                        )
                        raise _refused(path, found, most, "keep fewer records in one workbook")
                    scan.feed(piece)
            scan.feed(b"", last=True)
            sheets[name] = scan.sheet
            if name.endswith(("workbook.xml", "workbook.xml.rels")):
                small[name] = bytes(kept)
            copy.writestr(name, bytes(kept))
    data.seek(0)
    # A part may be named as the cells of many sheets, and is read as often.
    titles = [(title, sheets[part]) for title, part in _parts_of(small) if part in sheets]
    if len(titles) > _MOST_SHEETS or sum(sheet.size for _, sheet in titles) > _MOST_CELLS:
        raise _refused(path, f"{len(titles):,} sheets", *scan.expected)
    return data, dict(titles)


def _parts_of(small: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that holds its cells."""
    for name, text in small.items():
        links = small.get(posixpath.join(posixpath.dirname(name), "_rels", posixpath.basename(name) + ".rels"))
        if name.endswith(".rels") or links is None:
            continue
        targets = {link.get("Id"): link.get("Target", "") for link in ElementTree.fromstring(links)}
        for element in ElementTree.fromstring(text).iter():
            number = next((value for key, value in element.items() if key.endswith("}id")), None)
            if element.tag.endswith("}sheet") and number in targets:
                target = posixpath.join(posixpath.dirname(name), targets[number])
                yield element.get("name", ""), posixpath.normpath(target).lstrip("/")


class _Scan:
    """Goes through the parts of a workbook, whatever each is, and counts what a reader would build of them."""

    def __init__(self, path: Path) -> None:
        self._path, self._columns, self._why = path, {"": 0}, ""
        # Lengths stand for the texts: a thousand cells may name one text of a megabyte.
        self._lengths, self._longest, self._text, self._cells = [0], 0, 0, 0
        self._last_row = self._last_column = 0

    expected = (
        f"at most {_MOST_CELLS:,} cells, as people fill them in",
        "copy the rows that you have into a new workbook: outsourcing-kit new FOLDER",
    )

    def begin(self) -> None:
        """Begin with a part."""
        self._cells += self._last_row * self._last_column
        self.sheet = Sheet()
        self._row = self._column = self._last_row = self._last_column = 0
        self._kind, self._formula, self._value, self._in, self._digits = "", False, "", "", " "
        self._parser = expat.ParserCreate()
        # A dictionary for each of a million cells would take long.
        self._parser.ordered_attributes, self._parser.buffer_text = True, True
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._parser.CharacterDataHandler, self._parser.StartDoctypeDeclHandler = self._said, self._doctype

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """The part's next bytes. Raises Unreadable where they are beyond what people fill in."""
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, ValueError) as error:
            found = f"a part that is damaged ({shown(error)})"
            raise _refused(self._path, found, "a workbook (.xlsx)", _SAVE_AGAIN) from error
        if not self._why and self._cells + self._last_row * self._last_column > _MOST_CELLS:
            self._why = f"a sheet of {self._last_row:,} rows and {self._last_column:,} columns"
        if not self._why and self._text > _MOST_TEXT:
            self._why = "texts that repeat themselves beyond measure"
        if self._why:
            raise _refused(self._path, self._why, *self.expected)
        self.sheet.size = self._last_row * self._last_column

    def _doctype(self, *_: Any) -> None:
        # No spreadsheet program writes one; what it declares may stand for gigabytes.
        self._why = "a document type, which may declare texts without end"

    def _start(self, name: str, attributes: list[str]) -> None:
        # This is called for every cell: by far most are named alike, and stand in the row that was begun.
        name = name if ":" not in name else name.rpartition(":")[2]
        if name == "c":
            self._column, self._kind, self._formula, self._value = self._column + 1, "", False, ""
            for place in range(0, len(attributes), 2):
                if attributes[place] == "r":
                    self._at(attributes[place + 1])
                elif attributes[place] == "t":
                    self._kind = attributes[place + 1]
            if self._row > self._last_row:
                self._last_row = self._row
            if self._column > self._last_column:
                self._last_column = self._column
        elif name == "v" or name == "si":
            self._in = name
        elif name == "f":
            self._formula = True
        elif name == "row":
            numbers = [attributes[place + 1] for place in range(0, len(attributes), 2) if attributes[place] == "r"]
            self._row, self._column = int(numbers[0]) if numbers else self._row + 1, 0
            self._digits = str(self._row)

    def _at(self, place: str) -> None:
        # By far most cells stand in the row that was begun: then only the letters are looked up.
        if place.endswith(self._digits) and (known := self._columns.get(place[: -len(self._digits)])):
            self._column = known
            return
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            number = 0
            # No column has more than three letters; a longer name must not make a number without end.
            for letter in letters[:8].upper():
                number = 26 * number + ord(letter) - ord("A") + 1
            self._columns[letters] = number
        self._row, self._column = int(place[len(letters) :][:9] or 0), self._columns[letters]

    def _said(self, text: str) -> None:
        if self._in == "v":
            self._value += text
        elif self._in == "si":
            self._lengths[-1] += len(text)

    def _end(self, name: str) -> None:
        name = name if ":" not in name else name.rpartition(":")[2]
        if name == "c":
            if self._kind == "s":
                # What names no text may name the longest.
                number = int(self._value) if self._value.isdecimal() and len(self._value) < 9 else len(self._lengths)
                self._text += self._lengths[number] if number < len(self._lengths) else self._longest
            elif self._kind == "e":
                self._note(self.sheet.errors)
            elif self._formula and not self._value and self._kind != "str":
                self._note(self.sheet.uncounted)
        elif name == "v":
            self._in = ""
        elif name == "si":
            self._in = ""
            self._longest = max(self._longest, self._lengths[-1])
            self._lengths.append(0)

    def _note(self, cells: list[tuple[int, int]]) -> None:
        # A thousand places are shown as a few anyway.
        if len(cells) < _MOST_NOTED:
            cells.append((self._row, self._column))
