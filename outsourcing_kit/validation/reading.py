"""A CSV or Parquet file becomes blocks of raw columns, or the one problem for which it cannot be read."""

from __future__ import annotations

import csv
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple, TextIO

import pandas as pd

from outsourcing_kit.text import plain, quoted, shown, unguarded
from outsourcing_kit.validation.problem import Problem, Unreadable

# Cells of CSV are texts as they stand in the file, those of Parquet a typed column.
Block = Mapping[str, Sequence[str] | pd.Series]

LONGEST_CELL = 1_000_000
# Cells at a time: few enough to stay in the processor's own memory, which makes reading twice as quick.
_CELLS = 100_000
_FEWEST_ROWS = 1_000
# Beyond this the reader gives up at once: one quotation mark that is never closed would keep the rest of the file.
_READER_LIMIT = 10 * LONGEST_CELL
_NO_LIMIT = 2**31 - 1
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "'|'"}
_HEAD = 65_536


class Form(NamedTuple):
    """How a CSV file is written."""

    encoding: str = "utf-8-sig"
    separator: str = ","


def form_of(path: Path) -> Form:
    """How a file is written, as far as its first bytes and its header tell. Raises Unreadable."""
    with _opening(path), path.open("rb") as file:
        head = file.read(_HEAD)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else Form().encoding
    return Form(encoding, separator_of(head.decode(encoding, "replace").partition("\n")[0]))


def separator_of(header: str) -> str:
    """What separates the cells of a file with this header: what makes most columns of it, commas where it is open.

    >>> separator_of("person;side;team"), separator_of("task"), separator_of('"a;b;c",d,e')
    (';', ',', ',')
    """
    outside = re.sub(r'"[^"]*"', "", header)
    return max(_SEPARATORS, key=outside.count)


def western(path: Path) -> bool:
    """Whether a file that is no UTF-8 can be what Windows writes in Western Europe and America (cp1252).

    Not where some of its letters are UTF-8: then the others are broken.
    """
    try:
        data = path.read_bytes()
        data.decode("cp1252")
    except (OSError, UnicodeDecodeError):
        return False
    whole = data.decode("utf-8", "replace").replace("\N{REPLACEMENT CHARACTER}", "")
    return whole.isascii() and b"\0" not in data


def read_blocks(path: Path, form: Form = Form()) -> Iterator[Block]:  # noqa: B008
    """The file's columns, some thousand rows at a time; blank lines are rows too. Raises Unreadable."""
    with _opening(path, "save the file as 'CSV UTF-8'"):
        yield from _parquet_blocks(path) if path.suffix.lower() == ".parquet" else _csv_blocks(path, form)


@contextmanager
def _opening(path: Path, mend: str = "save the file as UTF-8") -> Iterator[None]:
    """Whatever keeps a file from being read, as Unreadable."""
    if why := unfit(path):
        raise _unreadable(path, "unreadable", *why)
    try:
        yield
    except UnicodeDecodeError:
        raise _wrong_encoding(path, mend) from None
    except OSError as error:
        raise _unreadable(
            path, "unreadable", _kept(error), "a file that can be read", "check its permissions"
        ) from error


def unfit(path: Path) -> tuple[str, str, str] | None:
    """Why a file cannot be read as one: what was found, what was expected, what mends it. None where it can.

    To open a pipe or a device may take for ever, so that nothing else is ever opened.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        nowhere = path.is_symlink() and isinstance(error, FileNotFoundError)
        found = "a link that leads nowhere" if nowhere else _kept(error)
        return found, "a file", "put the file there, or remove this one"
    if stat.S_ISREG(mode):
        return None
    found = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
    return found, "a file", "put a file in its place, or move it out of the folder"


def read_text(path: Path) -> str | Problem:
    """What a text file says, or the problem with reading it."""
    try:
        with _opening(path):
            return path.read_text(encoding="utf-8-sig")
    except Unreadable as unreadable:
        return unreadable.problem


def _wrong_encoding(path: Path, mend: str) -> Unreadable:
    """Where a file is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _unreadable(path, "encoding", "UTF-16 text", "UTF-8 text", mend, 1)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 (0x{data[error.start]:02x})"
        return _unreadable(path, "encoding", found, "UTF-8 text", mend, data[: error.start].count(b"\n") + 1)
    return _unreadable(path, "encoding", "a file that changed while it was read", "UTF-8 text", "try again")


def _kept(error: OSError) -> str:
    return f"a file that cannot be read ({error.strerror or error})"


def _unreadable(path: Path, kind: str, found: str, expected: str, mend: str, row: int | None = None) -> Unreadable:
    return Unreadable(Problem(path.name, kind, found, expected, mend, row))


# --- Parquet -----------------------------------------------------------------------------------------------------


def _parquet_blocks(path: Path) -> Iterator[Block]:
    try:
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        mend = "pip install 'outsourcing-kit[readers]', or save the table as CSV"
        raise _unreadable(path, "no reader", "a Parquet file", "a reader for it", mend) from error
    try:
        with ParquetFile(path) as file:
            names = _names(path, file.schema_arrow.names, iter(()))
            blocks = (
                file.iter_batches(max(_CELLS // len(names), _FEWEST_ROWS)) if file.metadata.num_rows else [file.read()]
            )
            for block in blocks:
                block.validate(full=True)  # texts that are none, among others
                # What pandas wrote beside the columns may name an index that is not there; whole numbers beside blanks
                # would become decimal ones and lose digits.
                frame = block.to_pandas(ignore_metadata=True, integer_object_nulls=True)
                yield {name: frame.iloc[:, n] for n, name in enumerate(names) if not name.startswith("__index_level_")}
    except (Unreadable, OSError):
        raise
    except Exception as error:  # a broken file ends in errors of many kinds
        found = f"a file that is not Parquet, or is damaged ({shown(error)})"
        raise _unreadable(path, "unreadable", found, "a Parquet file", "save it again, or as CSV") from error


# --- CSV ---------------------------------------------------------------------------------------------------------


def _csv_blocks(path: Path, form: Form) -> Iterator[Block]:
    try:
        with path.open(encoding=form.encoding, newline="") as file:
            yield from _blocks_of(path, file, form.separator)
    except csv.Error as error:
        raise _wrong_quotes(path, form) from error


def _blocks_of(path: Path, file: TextIO, cut: str) -> Iterator[Block]:
    below = (bool(line.strip(f' {cut}"\r\n\t')) for line in file)
    names = _names(path, next(iter(_rows(csv.reader(file, delimiter=cut, strict=True), 1)), []), below)
    number, wide, most = 2, len(names), max(_CELLS // len(names), _FEWEST_ROWS)
    got = most
    while got == most:
        lines = list(islice(file, most))
        got = len(lines)
        columns: Sequence[Sequence[str]] | None = _split(lines, wide, cut)
        if columns is None:
            # A row may stand on several lines: the reader goes on from the file where it needs to.
            reader = csv.reader(chain(lines, file), delimiter=cut, strict=True)
            rows = _rows(reader, got)
            if {0, wide}.union(map(len, rows)) != {0, wide}:
                raise _ragged(path, rows, number, wide, reader, cut)
            columns = [*map(_unguarded, zip(*(row or [""] * wide for row in rows), strict=True))] or [()] * wide
        number += len(columns[0])
        del lines
        yield dict(zip(names, columns, strict=True))
        # The next rows are read into the memory of these: a third quicker than into memory never used.
        del columns


def _split(lines: list[str], wide: int, cut: str = ",") -> list[list[str]] | None:
    """The columns of lines without a quotation mark, twice as quickly as by the reader; None where it has to look."""
    text = "".join(lines).replace("\r\n", "\n")
    if '"' in text or "\r" in text or {line.count(cut) for line in lines} != {wide - 1}:
        return None
    cells = text.removesuffix("\n").replace("\n", cut).split(cut)
    if "'" in text:
        cells = _unguarded(cells)
    return [cells[place::wide] for place in range(wide)]


def _unguarded(cells: Sequence[str]) -> list[str]:
    """The cells without the apostrophe that kept a spreadsheet from running them."""
    return [unguarded(cell) if cell[:1] == "'" else cell for cell in cells]


def _rows(reader: Iterator[list[str]], most: int | None, limit: int = _READER_LIMIT) -> list[list[str]]:
    # The limit is the whole process's: it is raised while we read, and no longer.
    before = csv.field_size_limit(limit)
    try:
        return list(islice(reader, most))
    finally:
        csv.field_size_limit(before)


def _ragged(
    path: Path, rows: list[list[str]], number: int, wide: int, reader: Iterator[list[str]], cut: str
) -> Unreadable:
    wrong = [n for n, row in enumerate(rows) if len(row) not in (0, wide)]
    more = len(wrong) - 1
    while rows_after := _rows(reader, 10_000):
        more += sum(len(row) not in (0, wide) for row in rows_after)
    values, one = len(rows[wrong[0]]), _SEPARATORS[cut].removesuffix("s")
    found = f"{values} values" + (f", and {more:,} more such rows" if more else "")
    mend = f"write a {one} for each cell, blank ones too" if values < wide else f"quote values that hold a {one}"
    return _unreadable(path, "ragged", found, f"{wide} values, as the header has columns", mend, number + wrong[0])


def _names(path: Path, header: Sequence[str], lines: Iterator[bool]) -> list[str]:
    """The names of the columns, those of blank ones made up. `lines`: whether each line below holds anything."""
    names = [plain(unguarded(name)) for name in header]
    if not any(names):
        if any(lines):
            mend = "begin with the names of the columns"
            raise _unreadable(path, "no header", "a blank first line", "the header", mend, 1)
        mend = "write what you have, or remove the file"
        raise _unreadable(path, "empty", "an empty file", "a header line and rows", mend)
    if doubled := doubled_column(names, path.name):
        raise Unreadable(doubled)
    free = (f"unnamed {n}" for n in count(1) if f"unnamed {n}" not in names)
    return [name or next(free) for name in names]


def doubled_column(names: Sequence[str], file: str) -> Problem | None:
    """The problem with a header that names a column more than once."""
    [(name, times)] = Counter(filter(None, names)).most_common(1) or [("", 0)]
    if times < 2:
        return None
    found = f"column {quoted(name)} {times} times"
    return Problem(file, "doubled column", found, "each column once", "rename or remove one", 1)


def _wrong_quotes(path: Path, form: Form) -> Unreadable:
    """Which row the reader could not read: from the beginning once more, a row at a time, and however long."""
    row, wrong = 1, "a quotation mark inside a text, or one that opens here and is closed in a later row"
    with path.open(encoding=form.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=form.separator, strict=True)
        try:
            while cells := _rows(reader, 1, _NO_LIMIT):
                if (longest := max(map(len, cells[0]), default=0)) > LONGEST_CELL:
                    return _unreadable(path, "too long", *too_long(longest), row)
                row += 1
        except csv.Error as error:
            if "unexpected end" in str(error):
                wrong = "a quotation mark that opens in this row and is never closed"
    expected, mend = "every quotation mark closed by another, and doubled inside a text", "close, double or remove it"
    return _unreadable(path, "quotes", wrong, expected, mend, row)


def too_long(characters: int) -> tuple[str, str, str]:
    """What is said of a cell that nobody would read: found, expected, mend."""
    mend = "cut it into several rows, or shorten it"
    return f"{characters:,} characters in one cell", f"at most {LONGEST_CELL:,}", mend
