"""Does a table hold what its definition says? Every problem is collected; none stops the search for the next."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import Column, Table

_TRUE, _FALSE = {"yes", "true", "1", "y"}, {"no", "false", "0", "n"}
_OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SHOWN_OF_A_KIND = 5


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: what was found, what was expected, what mends it.

    `row` counts as a spreadsheet does: the header is row 1. `severity` is "error", or "note" for what the kit can live
    with but the user should know.
    """

    file: str
    kind: str
    found: str
    expected: str
    mend: str
    row: int | None = None
    column: str | None = None
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: found {self.found}; expected {self.expected}. Mend: {self.mend}"


def report(problems: Iterable[Problem]) -> str:
    """All problems in a few lines: counted, the first five of each kind in each file and column."""
    groups: dict[tuple[str, str, str | None], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.file, problem.kind, problem.column), []).append(problem)
    lines = []
    for group in groups.values():
        lines += [f"  {problem}" for problem in group[:_SHOWN_OF_A_KIND]]
        if len(group) > _SHOWN_OF_A_KIND:
            lines.append(f"  … and {len(group) - _SHOWN_OF_A_KIND} more like the last ({group[0].file})")
    return "\n".join(lines)


def read_table(path: Path, definition: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read one CSV or Parquet file and check it against its definition.

    Returns the typed table (None where it could not be read or holds no rows) and every problem found.
    """
    try:
        raw = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    except _Unreadable as unreadable:
        return None, [unreadable.problem]
    return check_table(raw, definition, file=path.name)


def check_table(raw: pd.DataFrame, definition: Table, *, file: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Check a raw table (strings or typed columns) and return it typed, with every problem found."""
    problems = list(_header_problems(raw, definition, file))
    rows = np.arange(len(raw)) + 2
    blank_lines = (
        raw.map(_is_blank).all(axis=1).to_numpy(dtype=bool) if len(raw) and raw.shape[1] else np.zeros(0, bool)
    )
    if len(blank_lines):
        raw, rows = raw.loc[~blank_lines], rows[~blank_lines]
    if not len(raw):
        problems.append(
            Problem(
                file,
                "no rows",
                "a header without rows",
                "at least one row",
                "fill it in, or remove the file",
                severity="note",
            )
        )
        return None, problems
    columns = {}
    for name in raw.columns:
        known = next((column for column in definition.columns if column.name == name), None)
        if known is None:
            columns[name] = raw[name].to_numpy()
            continue
        values, found = _convert(raw[name], known, rows, file)
        columns[name] = values
        problems += found
    # The index keeps each row's place in the file until the references are checked.
    typed = pd.DataFrame(columns, index=rows - 2)
    problems += _key_problems(typed, definition, rows, file)
    problems += _order_problems(typed, definition, rows, file)
    return typed, problems


def reference_problems(frames: Mapping[str, pd.DataFrame], definition: Table, file: str) -> Iterator[Problem]:
    """Values that must be found in another table, and are not. A table that is absent is not asked."""
    frame = frames[definition.name]
    for column in definition.columns:
        other, _, key = column.refers.partition(".")
        if not column.refers or other not in frames or column.name not in frame or key not in frames[other]:
            continue
        known = set(frames[other][key].dropna())
        values = frame[column.name]
        for position in np.flatnonzero(values.notna() & ~values.isin(known)):
            value = values.iloc[position]
            guess = nearest(value, known)
            yield Problem(
                file,
                "unknown reference",
                repr(value),
                f"a {key} that {other} lists",
                f"write {guess!r}, or add {value!r} to {other}" if guess else f"add {value!r} to {other}",
                row=int(frame.index[position]) + 2,
                column=column.name,
            )


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except ImportError as error:
        mend = "pip install 'outsourcing-kit[readers]', or save the table as CSV"
        raise _Unreadable(Problem(path.name, "no reader", "a Parquet file", "a reader for it", mend)) from error
    except (OSError, ValueError) as error:
        raise _Unreadable(
            Problem(path.name, "unreadable", f"a file that is not Parquet ({error})", "a Parquet file", "save it again")
        ) from error


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        found = f"a byte that is not UTF-8 (0x{error.object[error.start]:02x})"
        mend = "save the file as 'CSV UTF-8'"
        raise _Unreadable(Problem(path.name, "encoding", found, "UTF-8 text", mend, row=line)) from error
    if not text.strip():
        raise _Unreadable(
            Problem(path.name, "empty", "an empty file", "a header line and rows", "fill it in, or remove the file")
        )
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        found, expected = "a quotation mark that is never closed, or text after one", 'every " closed by another'
        raise _Unreadable(Problem(path.name, "quotes", found, expected, "close or remove it")) from error
    header = [name.strip() for name in header]
    doubled = sorted({name for name in header if header.count(name) > 1 and name})
    if doubled:
        found = f"column {doubled[0]!r} twice"
        raise _Unreadable(
            Problem(path.name, "doubled column", found, "each column once", "rename or remove one", row=1)
        )
    if not any(header):
        raise _Unreadable(
            Problem(
                path.name, "no header", "a blank first line", "the header", "begin with the names of the columns", row=1
            )
        )
    if len(header) == 1 and ";" in header[0]:
        raise _Unreadable(
            Problem(
                path.name, "separator", "columns separated by ';'", "commas", "save it as comma-separated CSV", row=1
            )
        )
    ragged = [number for number, row in enumerate(rows, start=2) if row and len(row) != len(header)]
    if ragged:
        found = f"{len(rows[ragged[0] - 2])} values" + (f", and {len(ragged) - 1} more such rows" if ragged[1:] else "")
        expected, mend = f"{len(header)} values, as the header has columns", "quote values that hold a comma"
        raise _Unreadable(Problem(path.name, "ragged", found, expected, mend, row=ragged[0]))
    blank = [""] * len(header)
    named = [name or f"unnamed {number}" for number, name in enumerate(header, start=1)]
    return pd.DataFrame([row or blank for row in rows], columns=named, dtype=str)


def _header_problems(raw: pd.DataFrame, definition: Table, file: str) -> Iterator[Problem]:
    names = [str(name) for name in raw.columns]
    unknown = [name for name in names if name not in definition.names]
    for name in definition.required:
        if name not in names:
            guess = nearest(name, unknown)
            mend = f"rename {guess!r} to {name!r}" if guess else f"add the column {name!r}"
            yield Problem(file, "missing column", "no such column", definition.column(name).meaning, mend, column=name)
    for name in unknown:
        guess = nearest(name, [known for known in definition.names if known not in names])
        if guess and guess not in definition.required:
            yield Problem(
                file,
                "unread column",
                f"{name!r}",
                f"{guess!r}",
                f"rename it to {guess!r}",
                column=name,
                severity="note",
            )


def _key_problems(typed: pd.DataFrame, definition: Table, rows: np.ndarray, file: str) -> Iterator[Problem]:
    key = list(definition.key)
    if not key or not set(key) <= set(typed.columns):
        return
    # A blank in a key is reported as a blank; reporting it as doubled too would be noise.
    whole = typed[key].notna().all(axis=1)
    for position in np.flatnonzero(typed.duplicated(key) & whole):
        value = ", ".join(str(part) for part in typed[key].iloc[position])
        what = " × ".join(key)
        yield Problem(
            file,
            "doubled key",
            f"{value} a second time",
            f"one row for each {what}",
            "remove or rename one",
            int(rows[position]),
        )


def _order_problems(typed: pd.DataFrame, definition: Table, rows: np.ndarray, file: str) -> Iterator[Problem]:
    for first, second in definition.order:
        if first not in typed or second not in typed:
            continue
        for position in np.flatnonzero((typed[first] > typed[second]).fillna(False).to_numpy(dtype=bool)):
            a, b = typed[first].iloc[position], typed[second].iloc[position]
            yield Problem(
                file,
                f"order {first} {second}",
                f"{first} {_show(a)} after {second} {_show(b)}"
                if hasattr(a, "year")
                else f"{first} {_show(a)} > {second} {_show(b)}",
                f"{first} ≤ {second}",
                "swap or correct them",
                int(rows[position]),
                first,
            )


def _show(value: Any) -> str:
    return (
        value.isoformat() if hasattr(value, "isoformat") else f"{value:g}" if isinstance(value, float) else str(value)
    )


def _is_blank(value: Any) -> bool:
    return (
        value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, float) and value != value)
    )


def _convert(raw: pd.Series, column: Column, rows: np.ndarray, file: str) -> tuple[Any, list[Problem]]:
    """Turn a raw column into its kind; report cells that are blank, unreadable, out of range or not allowed."""
    problems: list[Problem] = []

    def report_cells(mask: np.ndarray, kind: str, expected: str, mend: str) -> None:
        for position in np.flatnonzero(mask):
            found = repr(raw.iloc[position]) if isinstance(raw.iloc[position], str) else _show(raw.iloc[position])
            problems.append(Problem(file, kind, found, expected, mend, int(rows[position]), column.name))

    blank = (raw.isna() | (raw.map(_is_blank))).to_numpy(dtype=bool)
    if not (column.blank or column.optional):
        for position in np.flatnonzero(blank):
            problems.append(
                Problem(file, "blank", "nothing", column.meaning, "fill it in", int(rows[position]), column.name)
            )
    values, bad = _CONVERTERS[column.kind](raw, blank)
    report_cells(bad & ~blank, "unreadable", _EXPECTED[column.kind], _MEND[column.kind])
    if column.allowed:
        folded = {option.casefold(): option for option in column.allowed}
        values = values.map(lambda value: folded.get(value.casefold(), value) if isinstance(value, str) else value)
        wrong = values.notna() & ~values.isin(column.allowed)
        for position in np.flatnonzero(wrong):
            guess = nearest(values.iloc[position], column.allowed) or column.allowed[0]
            problems.append(
                Problem(
                    file,
                    "not allowed",
                    repr(values.iloc[position]),
                    " or ".join(column.allowed),
                    f"write {guess!r}",
                    int(rows[position]),
                    column.name,
                )
            )
    if column.low is not None:
        report_cells(
            (values < column.low).fillna(False).to_numpy(dtype=bool),
            "too low",
            f"at least {column.low:g}",
            _MEND_RANGE.get(column.unit, "correct it"),
        )
    if column.high is not None:
        report_cells(
            (values > column.high).fillna(False).to_numpy(dtype=bool),
            "too high",
            f"at most {column.high:g}",
            _MEND_RANGE.get(column.unit, "correct it"),
        )
    return values.to_numpy() if column.kind != "instant" else values.array, problems


def _to_text(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values = raw.map(lambda value: value.strip() if isinstance(value, str) else value).astype(object)
    values = values.map(lambda value: value if isinstance(value, str) else str(value)).where(~blank, None)
    return values, np.zeros(len(raw), bool)


def _to_number(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values = pd.to_numeric(raw.where(~blank, None), errors="coerce").astype(float)
    return values, ~np.isfinite(values.to_numpy())


def _to_integer(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values, bad = _to_number(raw, blank)
    bad = bad | (values % 1 != 0).to_numpy()
    if not bad.any():
        values = values.astype("int64")
    return values, bad


def _to_boolean(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    folded = raw.map(lambda value: str(value).strip().casefold())
    true, false = folded.isin(_TRUE), folded.isin(_FALSE)
    # A blank flag means "nobody said so": a flag is only ever raised on purpose.
    return true.astype(bool), (~(true | false)).to_numpy()


def _to_date(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values = _stamps(raw, blank, "%Y-%m-%d", utc=False)
    return values, values.isna().to_numpy()


def _to_instant(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return raw.dt.tz_convert("UTC"), np.zeros(len(raw), bool)
    if pd.api.types.is_datetime64_dtype(raw.dtype):  # typed, but no zone: nobody knows when it was
        return pd.Series(pd.NaT, index=raw.index, dtype="datetime64[ns, UTC]"), np.ones(len(raw), bool)
    texts = raw.map(lambda value: value.strip() if isinstance(value, str) else str(value)).where(~blank, "")
    offset = texts.str.contains(_OFFSET, regex=True).to_numpy(dtype=bool)
    values = _stamps(texts.where(offset, ""), ~offset, "ISO8601", utc=True)
    return values, values.isna().to_numpy()


def _stamps(raw: pd.Series, blank: np.ndarray, form: str, *, utc: bool) -> pd.Series:
    stamps = pd.to_datetime(raw.where(~blank, None), format=form, errors="coerce", utc=utc)
    # Beyond these no nanosecond can be counted: a year 1 or 9999 is a slip of the pen.
    first, last = (pd.Timestamp(year, 1, 1, tz="UTC" if utc else None) for year in (1700, 2200))
    stamps = stamps.where((stamps >= first) & (stamps < last))
    return stamps.astype("datetime64[ns, UTC]" if utc else "datetime64[ns]")


def _to_clock(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values, _ = _to_text(raw, blank)
    good = values.fillna("").astype(str).str.fullmatch(_CLOCK).to_numpy(dtype=bool)
    return values, ~good


def _to_zone(raw: pd.Series, blank: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    values, _ = _to_text(raw, blank)
    good = {value: is_zone(value) for value in set(values.dropna())}
    return values, ~values.map(lambda value: good.get(value, False)).to_numpy(dtype=bool)


def is_zone(name: object) -> bool:
    """Whether `name` is a time zone of the IANA database, as "Asia/Manila" is."""
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


_CONVERTERS = {
    "text": _to_text,
    "prose": _to_text,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "date": _to_date,
    "instant": _to_instant,
    "clock": _to_clock,
    "zone": _to_zone,
}
_EXPECTED = {
    "text": "text",
    "prose": "text",
    "number": "a number such as 12.5",
    "integer": "a whole number",
    "boolean": "yes or no",
    "date": "a date of the years 1700 to 2199, such as 2026-03-31",
    "instant": "a date and time of the years 1700 to 2199 with its UTC offset, such as 2026-03-31T09:00:00+02:00",
    "clock": "a time such as 09:00",
    "zone": "a time zone name such as Europe/Madrid",
}
_MEND_RANGE = {
    "month": "count months from the commitment, which is month 0",
}
_MEND = {
    "text": "correct it",
    "prose": "correct it",
    "number": "write a point for decimals and nothing between thousands",
    "integer": "write a whole number",
    "boolean": "write yes or no",
    "date": "write year-month-day",
    "instant": "check the year, and add the offset of the zone that it was written in",
    "clock": "write hours:minutes, 24 hours",
    "zone": "use a name of the IANA database",
}
