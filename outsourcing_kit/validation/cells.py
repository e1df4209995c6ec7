"""A raw column becomes values of its kind; each cell that cannot is named, with what was expected."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import FIRST_YEAR, LARGEST, LAST_YEAR, SMALLEST, Column
from outsourcing_kit.text import label, plain, quoted, shown, squeezed, yes_or_no
from outsourcing_kit.validation.moments import (
    mend_day,
    mend_instant,
    parse_days,
    parse_instants,
    usual_day,
    usual_instant,
    within_years,
)
from outsourcing_kit.validation.reading import LONGEST_CELL, too_long

_Mask = NDArray[np.bool_]
_Texts = Sequence[str]
# "str" or "object", as pandas' version has it.
TEXT = pd.Series(["a"]).dtype


class Fault(NamedTuple):
    """Cells that are wrong in one way. `expected` and `mend` may depend on what the cell says."""

    mask: _Mask
    kind: str
    expected: str
    mend: str | Callable[[str], str]


# The values, which cells are blank, and what is wrong.
_Converted = tuple[Any, _Mask, list[Fault]]


def convert(raw: Sequence[str] | pd.Series, column: Column) -> _Converted:
    """The column in its kind as an array of numpy's or pandas', which cells are blank, and what is wrong.

    Raises nothing: a cell that cannot be read is missing in the values and named by a fault.
    """
    if not isinstance(raw, pd.Series):
        return _READERS[column.kind](raw, column)
    ready = _from_typed(raw, column)
    if ready is not None:
        return ready
    texts, odd = _as_texts(raw)
    values, blank, faults = _READERS[column.kind](texts, column)
    kinds = "a list, a map, bytes or the like"
    fault = Fault(odd, "unreadable", f"{_EXPECTED[column.kind]}, not {kinds}", "write one value in each cell")
    return values, blank & ~odd, [fault, *faults]


def named(value: Any) -> str:
    """What a cell holds, for a message."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.date | dt.time):
        return shown(value.isoformat())
    return shown(f"{value:g}" if isinstance(value, float) else repr(value) if isinstance(value, bytes) else value)


def is_blank(value: Any) -> bool:
    """Whether a raw cell holds nothing: no text, no number, no day."""
    return not _is_container(value) and not plain(_as_text(value))


def is_zone(name: object) -> bool:
    """Whether `name` is a time zone of the IANA database, as "Asia/Manila" is."""
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


# --- typed columns: Parquet's, and those of a frame ----------------------------------------------------------------


def _from_typed(raw: pd.Series, column: Column) -> _Converted | None:
    """A column whose type says already what it is; None where its cells have to be read."""
    blank = raw.isna().to_numpy(dtype=bool)
    if column.kind in ("number", "integer"):
        if raw.dtype.kind in "iuf":
            return _numbers(raw.to_numpy(dtype=float, na_value=np.nan), blank, column)
        if raw.dtype.kind in "mMb" or isinstance(raw.dtype, pd.DatetimeTZDtype | pd.BooleanDtype):
            return (
                np.full(len(raw), np.nan),
                blank,
                [Fault(~blank, "unreadable", _EXPECTED[column.kind], _not_a_number(raw, column))],
            )
    if column.kind == "boolean" and pd.api.types.is_bool_dtype(raw.dtype):
        return pd.array(raw.to_numpy(dtype=object), dtype="boolean"), blank, []
    zoned = isinstance(raw.dtype, pd.DatetimeTZDtype)
    if raw.dtype.kind != "M" and not zoned:
        return None
    if column.kind == "instant" and zoned:
        return _stamped(within_years(raw.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()), blank, column)
    if column.kind == "instant":  # typed, but no zone: nobody knows when it was
        return _stamped(np.full(len(raw), "NaT", dtype="datetime64[ns]"), blank, column)
    if column.kind == "date":
        local = raw.dt.tz_localize(None) if zoned else raw
        days = local.dt.normalize()
        return _stamped(within_years(days.where(days == local).to_numpy()), blank, column)
    return None


def _not_a_number(raw: pd.Series, column: Column) -> str:
    if raw.dtype.kind == "m":
        unit = "hours" if "hour" in column.unit else "days"
        name = shown(column.name)
        return f'convert durations to {unit} before saving: frame["{name}"] / pd.Timedelta({unit}=1)'
    return f"save the column as numbers ({column.meaning}), not as {'days' if raw.dtype.kind != 'b' else 'yes and no'}"


def _as_texts(raw: pd.Series) -> tuple[list[str], _Mask]:
    """Each cell as it would stand in a CSV file; "" for a blank of any kind. Also: which cells are no single value."""
    # Each distinct value once, by type: 1 and True are one key otherwise.
    known: dict[tuple[type, Any], str] = {}
    texts, odd = [], np.zeros(len(raw), dtype=bool)
    for place, value in enumerate(raw.astype(object).tolist()):
        if isinstance(value, str):
            texts.append(value)
        elif _is_container(value):
            odd[place] = True
            texts.append("")
        else:
            key = (type(value), value)
            if key not in known:
                known[key] = _as_text(value)
            texts.append(known[key])
    return texts, odd


def _is_container(value: Any) -> bool:
    return isinstance(value, list | tuple | dict | set | frozenset | np.ndarray | bytes | bytearray | memoryview)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date | dt.time) and value is not pd.NaT:
        return value.isoformat()
    return label(value) or ""


# --- texts ---------------------------------------------------------------------------------------------------------


def _each(texts: _Texts, convert_one: Callable[[str], Any]) -> list[Any]:
    """Each distinct text converted once."""
    known = {text: convert_one(text) for text in set(texts)}
    return [known[text] for text in texts]


def _read_typed(texts: _Texts, column: Column) -> _Converted:
    distinct = set(texts)
    if not column.words and _all_plain(distinct):
        return pd.array([text or None for text in texts], dtype=TEXT), _among(texts, distinct & {""}), []
    kept = {text: plain(text) for text in distinct}
    if column.words:
        words = {squeezed(word): known.word for known in column.words for word in (known.word, *known.same)}
        kept = {text: words.get(squeezed(word), word) for text, word in kept.items()}
    values, blank, faults = _text_values(texts, kept)
    if column.allowed:
        wrong = {text for text, word in kept.items() if word and word not in column.allowed}
        faults.append(
            Fault(_among(texts, wrong), "not allowed", " or ".join(column.allowed), lambda word: _near(column, word))
        )
    return values, blank, faults


def _all_plain(distinct: set[str]) -> bool:
    """Whether every text is short and plain already: so are most columns, and all together are asked at once."""
    together = f"|{'|'.join(distinct)}|"
    odd = any(blank in together for blank in ("  ", " |", "| "))
    return together.isascii() and together.isprintable() and not odd and len(together) <= LONGEST_CELL


def _near(column: Column, word: str) -> str:
    guess = column.meant(word)[0] or nearest(word[:LONGEST_CELL], column.allowed)
    return f"write {guess!r} if that is meant" if guess else f"write {' or '.join(map(repr, column.allowed))}"


def _read_prose(texts: _Texts, column: Column) -> _Converted:
    return _text_values(texts, {text: unicodedata.normalize("NFC", text).strip() for text in set(texts)})


def _text_values(texts: _Texts, kept: dict[str, str]) -> _Converted:
    empty = {text for text, word in kept.items() if not (word[:1].isalnum() or plain(word))}
    halves = {text for text, word in kept.items() if not word.isascii() and _is_broken(word)}
    said: dict[str, str | None] = {**kept, **dict.fromkeys(empty | halves)}
    values = pd.array(list(map(said.get, texts)), dtype=TEXT)
    blank, faults = _among(texts, empty), []
    if max(map(len, kept.values()), default=0) > LONGEST_CELL:
        _, expected, mend = too_long(0)
        long = {text for text, word in kept.items() if len(word) > LONGEST_CELL}
        faults.append(Fault(_among(texts, long), "too long", f"{expected} characters", mend))
    if halves:
        faults.append(Fault(_among(texts, halves), "half a character", "whole characters", "write the text again"))
    return values, blank, faults


def _among(texts: _Texts, some: set[str]) -> _Mask:
    if not some:
        return np.zeros(len(texts), dtype=bool)
    return np.fromiter(map(some.__contains__, texts), dtype=bool, count=len(texts))


def _is_broken(word: str) -> bool:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _twice(
    texts: _Texts, parse: Callable[[_Texts], NDArray[Any]], again: Callable[[str], str]
) -> tuple[NDArray[Any], _Mask]:
    """Values by the quick way; what it cannot read is written in its usual form, and read once more. And the blanks."""
    values = parse(texts)
    blank, left = np.zeros(len(texts), dtype=bool), np.flatnonzero(pd.isna(values))
    words = [texts[place] and plain(texts[place]) for place in left.tolist()]
    blank[left] = [not word for word in words]
    if any(words):
        values[left] = parse([again(word) for word in words])
    return values, blank


_DIGITS = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE]\+?\d+)?")


def _read_numbers(texts: _Texts, column: Column) -> _Converted:
    def parse(words: _Texts) -> NDArray[np.float64]:
        known = {word: place for place, word in enumerate(dict.fromkeys(words))}
        values = pd.to_numeric(np.array(list(known), dtype=object), errors="coerce").astype(float)
        return values[np.fromiter(map(known.__getitem__, words), dtype=np.intp, count=len(words))]

    def usual(word: str) -> str:
        # Not every version of pandas reads a number that is too large for it.
        return "inf" if _DIGITS.fullmatch(word) and math.isinf(float(word)) else word

    values, blank = _twice(texts, parse, usual)
    return _numbers(values, blank, column)


def _numbers(values: NDArray[np.float64], blank: _Mask, column: Column) -> _Converted:
    bad = np.isnan(values) & ~blank
    size = np.abs(np.where(bad | blank, 0.0, values))
    large, small = size > LARGEST, (size > 0) & (size < SMALLEST)
    faults = [
        Fault(bad, "unreadable", _EXPECTED[column.kind], _MEND[column.kind]),
        Fault(large, "too large", f"at most {LARGEST:,.0f} in size", "correct it, or count in a larger unit"),
        Fault(small, "too small", f"0, or at least {SMALLEST:g} in size", "write 0, or count in a smaller unit"),
    ]
    good = ~(bad | large | small | blank)
    mend = "count months from the commitment, which is month 0" if column.unit == "month" else "correct it"
    with np.errstate(invalid="ignore"):
        if column.kind == "integer":
            whole = good & (values % 1 == 0)
            faults.append(Fault(good & ~whole, "unreadable", _EXPECTED["integer"], _MEND["integer"]))
            good = whole
        if column.low is not None:
            faults.append(Fault(good & (values < column.low), "too low", f"at least {column.low:g}", mend))
        if column.high is not None:
            mended = _as_share if column.unit == "share" else mend
            faults.append(Fault(good & (values > column.high), "too high", f"at most {column.high:g}", mended))
    if column.kind == "integer" and good.all():
        return values.astype("int64"), blank, faults
    return values, blank, faults


def _as_share(text: str) -> str:
    return f"write {float(text) / 100:g} for {text}%" if float(text) <= 100 else "correct it"


def _read_flags(texts: _Texts, column: Column) -> _Converted:
    def one(text: str) -> bool | str | None:
        try:
            return yes_or_no(text)
        except ValueError:
            return "neither"

    said = np.array([*_each(texts, one), None], dtype=object)[:-1]
    bad = np.array([answer == "neither" for answer in said], dtype=bool)
    said[bad] = None
    blank = np.array([answer is None for answer in said], dtype=bool) & ~bad
    return pd.array(said, dtype="boolean"), blank, [_unreadable(bad, column)]


def _unreadable(mask: _Mask, column: Column) -> Fault:
    return Fault(mask, "unreadable", _EXPECTED[column.kind], _MEND[column.kind])


def _read_instants(texts: _Texts, column: Column) -> _Converted:
    return _stamped(*_twice(texts, parse_instants, usual_instant), column)


def _read_dates(texts: _Texts, column: Column) -> _Converted:
    return _stamped(*_twice(texts, parse_days, usual_day), column)


def _stamped(values: NDArray[np.datetime64], blank: _Mask, column: Column) -> _Converted:
    mend = mend_instant if column.kind == "instant" else mend_day
    faults = [Fault(np.isnat(values) & ~blank, "unreadable", _EXPECTED[column.kind], mend)]
    return pd.DatetimeIndex(values, tz="UTC").array if column.kind == "instant" else values, blank, faults


_CLOCK = re.compile(r"(\d|[01]\d|2[0-3]):([0-5]\d)(?::00(?:\.0+)?)?")


def _read_clocks(texts: _Texts, column: Column) -> _Converted:
    def one(text: str) -> str:
        found = _CLOCK.fullmatch(plain(text))
        return f"{found[1]:0>2}:{found[2]}" if found else plain(text)

    values, blank, faults = _text_values(texts, {text: one(text) for text in set(texts)})
    bad = np.array(_each(texts, lambda text: not _CLOCK.fullmatch(plain(text))), dtype=bool) & ~blank
    return values, blank, [*faults, _unreadable(bad, column)]


def _read_zones(texts: _Texts, column: Column) -> _Converted:
    values, blank, faults = _text_values(texts, {text: plain(text) for text in set(texts)})
    bad = np.array(_each(texts, lambda text: not is_zone(plain(text))), dtype=bool) & ~blank
    return values, blank, [*faults, _unreadable(bad, column)]


_READERS = {
    "text": _read_typed,
    "prose": _read_prose,
    "number": _read_numbers,
    "integer": _read_numbers,
    "boolean": _read_flags,
    "date": _read_dates,
    "instant": _read_instants,
    "clock": _read_clocks,
    "zone": _read_zones,
}
_YEARS = f"of the years {FIRST_YEAR} to {LAST_YEAR}"
_EXPECTED = {
    "text": "text",
    "prose": "text",
    "number": "a number such as 12.5",
    "integer": "a whole number",
    "boolean": "yes or no",
    "date": f"a date {_YEARS}, such as 2026-03-31",
    "instant": f"a date and time {_YEARS} with its UTC offset, such as 2026-03-31T09:00:00+02:00",
    "clock": "a time such as 09:00",
    "zone": "a time zone name such as Europe/Madrid",
}
_MEND = {
    "number": "write a point for decimals and nothing between thousands",
    "integer": "write a whole number",
    "boolean": "write yes or no, or leave it blank where nobody has said",
    "clock": "write hours:minutes, 24 hours",
    "zone": "use a name of the IANA database",
}
