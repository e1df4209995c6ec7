"""A raw column becomes values of its kind; each cell that cannot is named, with what was expected."""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import FIRST_YEAR, KINDS, LARGEST, LAST_YEAR, SMALLEST, Column
from outsourcing_kit.text import label, plain, shown, squeezed, yes_or_no
from outsourcing_kit.validation import moments
from outsourcing_kit.validation.places import Zones, is_zone
from outsourcing_kit.validation.problem import Converted, Fault
from outsourcing_kit.validation.reading import LONGEST_CELL, too_long

_SAMPLED = 200
_Mask = NDArray[np.bool_]
_Texts = Sequence[str]
# "str" or "object", as pandas' version has it; of Python's own texts, which small tables handle faster than Arrow's.
TEXT = pd.Series(["a"]).dtype
if isinstance(TEXT, pd.StringDtype):
    TEXT = pd.StringDtype("python", na_value=np.nan)
_CONTAINERS = list | tuple | dict | set | frozenset | np.ndarray | bytes | bytearray | memoryview


def convert(raw: Sequence[str] | pd.Series, column: Column, zones: Callable[[], Zones] | None = None) -> Converted:
    """A column of texts, as CSV has them, or of a frame's, in its kind.

    With the zones of its rows a time without an offset is one of those, and a day alone is that day there.

    Raises nothing: a cell that cannot be read is missing in the values and named by a fault.
    """
    if not isinstance(raw, pd.Series):
        if column.kind == "instant":  # no two are alike
            return _with_local(_read_stamps(raw, column), raw, column, zones)
    elif (ready := _from_typed(raw, column, zones)) is not None:
        return ready
    # Columns repeat themselves, so each distinct cell is read once.
    places, texts = _distinct(raw)
    odd = np.zeros(len(texts), dtype=bool)
    if isinstance(raw, pd.Series):
        odd = _mask(texts, lambda cell: isinstance(cell, _CONTAINERS))
        texts = ["" if no_text else _as_text(cell) for cell, no_text in zip(texts, odd.tolist(), strict=True)]
    whole = [texts[place] for place in places.tolist()] if column.kind == "instant" else []
    values, blank, faults = _READERS[column.kind](texts, column)
    if odd.any():
        expected = f"{_EXPECTED[column.kind]}, not a list, a map, bytes or the like"
        faults.insert(0, Fault(odd, "unreadable", expected, "write one value in each cell"))
    faults = [fault._replace(mask=fault.mask[places]) for fault in faults if fault.mask.any()]
    values = pd.array(values[places], dtype="boolean") if column.kind == "boolean" else values[places]
    return _with_local(Converted(values, (blank & ~odd)[places], faults), whole, column, zones)


def _with_local(read: Converted, texts: _Texts, column: Column, zones: Callable[[], Zones] | None) -> Converted:
    """The column with what is no instant by itself and is one in its row's zone."""
    wrong = next((fault.mask for fault in read.faults if fault.expected == _EXPECTED["instant"]), np.zeros(0))
    if column.kind != "instant" or zones is None or not wrong.any():
        return read
    at = np.flatnonzero(wrong)
    local, is_day = np.full(len(wrong), "NaT", dtype="datetime64[ns]"), np.zeros(len(wrong), dtype=bool)
    local[at], is_day[at] = moments.local_times([plain(texts[place]) for place in at.tolist()])
    return _placed(read, local, is_day, zones())


def _placed(read: Converted, local: NDArray[np.datetime64], is_day: _Mask, zones: Zones) -> Converted:
    """The column with these times, NaT for those that are known already, each in its row's zone."""
    times = np.full(len(local), None, dtype=object) if zones.times is None else zones.times
    found = moments.placed(local, is_day, np.where(is_day, zones.days, times))
    values = np.where(np.isnat(found.values), read.values.tz_convert(None).to_numpy(), found.values)
    unread = read.faults[-1]
    unread = unread._replace(mask=unread.mask & np.isnat(values), mend=partial(moments.mend_instant, table=zones.table))
    guesses = Fault(found.skipped, *_SKIPPED, note=True), Fault(found.doubled, *_DOUBLED, note=True)
    return Converted(pd.DatetimeIndex(values, tz="UTC").array, read.blank, [*read.faults[:-1], unread, *guesses])


_SKIPPED = (
    "no such time", "a time that clocks there showed", "taken as an hour later; write its offset where you know it",
)  # fmt: skip
_DOUBLED = (
    "a time twice", "a time that clocks there showed once", "the first is taken; write its offset where you know it",
)  # fmt: skip


def _distinct(raw: Sequence[str] | pd.Series) -> tuple[NDArray[np.intp], list[Any]]:
    """Each cell's place among the distinct ones, a blank last of them. What is equal (1, 1.0 and True) is one."""
    if isinstance(raw, pd.Series) and isinstance(raw.dtype, pd.StringDtype) and raw.dtype.storage == "pyarrow":
        places, distinct = pd.factorize(raw)
        return places, [*distinct.tolist(), ""]  # a missing one's place is −1
    # Not by pandas, whose tables of Python's own texts take what follows a NUL for nothing.
    cells = raw.tolist() if isinstance(raw, pd.Series) else raw
    try:
        if len(cells) >= _SAMPLED and len(set(cells[:_SAMPLED])) == _SAMPLED:  # a column of keys: all are distinct
            return np.arange(len(cells)), [*cells, ""]
        place = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
        return np.fromiter(map(place.__getitem__, cells), dtype=np.intp, count=len(cells)), [*place, ""]
    except TypeError:  # a list or the like in a cell
        return np.arange(len(cells)), [*cells, ""]


def is_blank(value: Any) -> bool:
    """Whether a raw cell holds nothing: no text, no number, no day."""
    return not isinstance(value, _CONTAINERS) and not plain(_as_text(value))


def _as_text(value: Any) -> str:
    """A cell as it would stand in a CSV file; "" for a blank of any kind."""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date | dt.time) and value is not pd.NaT:
        return value.isoformat()
    return label(value) or ""


# --- typed columns: Parquet's, and those of a frame ----------------------------------------------------------------


def _from_typed(raw: pd.Series, column: Column, zones: Callable[[], Zones] | None) -> Converted | None:
    """A column whose type says already what it is; None where its cells have to be read."""
    kind, made_of = column.kind, raw.dtype.kind
    if made_of not in "iufmMb":
        return None
    blank = raw.isna().to_numpy(dtype=bool)
    if kind in ("number", "integer") and made_of in "iuf":
        return _numbers(raw.to_numpy(dtype=float, na_value=np.nan), blank, column)
    if kind in ("number", "integer") and made_of in "mMb":
        fault = Fault(~blank, "unreadable", _EXPECTED[kind], _not_a_number(raw, column))
        return Converted(np.full(len(raw), np.nan), blank, [fault])
    if kind == "boolean" and made_of == "b":
        return Converted(raw.astype("boolean").array, blank, [])
    if made_of != "M" or kind not in ("date", "instant"):
        return None
    zone = getattr(raw.dtype, "tz", None)
    if kind == "date":
        local = raw.dt.tz_localize(None) if zone else raw
        return _stamped(moments.within_years(local.where(local == local.dt.normalize()).to_numpy()), blank, column)
    # Without a zone nobody knows when it was.
    utc = raw.array.tz_convert(None) if zone else raw.where(blank)
    read = _stamped(moments.within_years(utc.to_numpy()), blank, column)
    if zone or zones is None:
        return read
    # A spreadsheet has days and times in one kind: where none has a time of day, they are days.
    local = raw.to_numpy().astype("datetime64[ns]")
    days = (local == local.astype("datetime64[D]"))[~blank].all()
    return _placed(read, local, np.full(len(local), days), zones())


def _not_a_number(raw: pd.Series, column: Column) -> str:
    if raw.dtype.kind == "m":
        unit = "hours" if "hour" in column.unit else "days"
        name = shown(column.name)
        return f'convert durations to {unit} before saving: frame["{name}"] / pd.Timedelta({unit}=1)'
    return f"save the column as numbers ({column.meaning}), not as {'days' if raw.dtype.kind != 'b' else 'yes and no'}"


# --- texts ---------------------------------------------------------------------------------------------------------

_CLOCK = re.compile(r"(\d|[01]\d|2[0-3]):([0-5]\d)(?::00(?:\.0+)?)?")
_HALF = re.compile("[\ud800-\udfff]")
_DIGITS = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE]\+?\d+)?")


def _read_words(texts: _Texts, column: Column) -> Converted:
    """Text, prose, a clock or a zone."""
    if column.kind == "text" and not column.words and _all_plain(texts):
        return Converted(_objects([text or None for text in texts]), _mask(texts, operator.not_), [])
    if column.kind == "prose":
        words = [unicodedata.normalize("NFC", text).strip() for text in texts]
    else:
        words = [plain(text) for text in texts]
    if column.words:
        meant = {squeezed(word): known.word for known in column.words for word in (known.word, *known.same)}
        words = [meant.get(squeezed(word), word) for word in words]
    blank = _mask(words, lambda word: not (word[:1].isalnum() or plain(word)))
    broken = _mask(words, lambda word: not word.isascii() and _HALF.search(word) is not None)
    faults = [Fault(broken, "half a character", "whole characters", "write the text again")]
    if max(map(len, words), default=0) > LONGEST_CELL:
        _, expected, mend = too_long(0)
        long = _mask(words, lambda word: len(word) > LONGEST_CELL)
        faults.append(Fault(long, "too long", f"{expected} characters", mend))
    if column.allowed:
        wrong = _mask(words, lambda word: word not in column.allowed) & ~blank
        faults.append(Fault(wrong, "not allowed", " or ".join(column.allowed), lambda word: _near(column, word)))
    if column.kind == "clock":
        faults.append(_unreadable(_mask(words, lambda word: not _CLOCK.fullmatch(word)) & ~blank, column))
        words = [f"{found[1]:0>2}:{found[2]}" if (found := _CLOCK.fullmatch(word)) else word for word in words]
    if column.kind == "zone":
        faults.append(_unreadable(_mask(words, lambda word: not is_zone(word)) & ~blank, column))
    gone = blank | Converted(None, blank, faults).wrong
    kept = [None if missing else word for word, missing in zip(words, gone.tolist(), strict=True)]
    return Converted(_objects(kept), blank, faults)


def _all_plain(texts: _Texts) -> bool:
    """Whether every text is short and plain already: so are most columns, and all together are asked at once."""
    together = f"|{'|'.join(texts)}|"
    odd = any(blank in together for blank in ("  ", " |", "| "))
    return together.isascii() and together.isprintable() and not odd and len(together) <= LONGEST_CELL


def _mask(words: Sequence[Any], is_so: Callable[[Any], bool]) -> _Mask:
    return np.fromiter(map(is_so, words), dtype=bool, count=len(words))


def _near(column: Column, word: str) -> str:
    guess = column.meant(word)[0] or nearest(word[:LONGEST_CELL], column.allowed)
    return f"write {guess!r} if that is meant" if guess else f"write {' or '.join(map(repr, column.allowed))}"


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    return np.array([*values, None], dtype=object)[:-1]


def _read_flags(texts: _Texts, column: Column) -> Converted:
    def one(text: str) -> bool | str | None:
        try:
            return yes_or_no(text)
        except ValueError:
            return "neither"

    said = [one(text) for text in texts]
    blank, bad = (np.array([answer == what for answer in said], dtype=bool) for what in (None, "neither"))
    return Converted(
        _objects([None if answer == "neither" else answer for answer in said]), blank, [_unreadable(bad, column)]
    )


def _read_numbers(texts: _Texts, column: Column) -> Converted:
    def parse(words: _Texts) -> NDArray[np.float64]:
        return np.asarray(pd.to_numeric(np.array(words, dtype=object), errors="coerce"), dtype=float)

    def usual(word: str) -> str:
        # Not every version of pandas reads a number that is too large for it.
        return "inf" if _DIGITS.fullmatch(word) and math.isinf(float(word)) else word

    return _numbers(*_twice(texts, parse, usual), column)


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


def _numbers(values: NDArray[np.float64], blank: _Mask, column: Column) -> Converted:
    bad = np.isnan(values) & ~blank
    size = np.abs(np.where(bad | blank, 0.0, values))
    large, small = size > LARGEST, (size > 0) & (size < SMALLEST)
    faults = [
        _unreadable(bad, column),
        Fault(large, "too large", f"at most {LARGEST:,.0f} in size", "correct it, or count in a larger unit"),
        Fault(small, "too small", f"0, or at least {SMALLEST:g} in size", "write 0, or count in a smaller unit"),
    ]
    good = ~(bad | large | small | blank)
    if column.kind == "integer":
        with np.errstate(invalid="ignore"):
            whole = good & (values % 1 == 0)
        faults.append(_unreadable(good & ~whole, column))
        good = whole
    mend = "count months from the commitment, which is month 0" if column.unit == "month" else "correct it"
    if column.low is not None:
        faults.append(Fault(good & (values < column.low), "too low", f"at least {column.low:g}", mend))
    if column.high is not None:
        mended = _as_share if column.unit == "share" else mend
        faults.append(Fault(good & (values > column.high), "too high", f"at most {column.high:g}", mended))
    if (wrong := Converted(None, blank, faults).wrong).any():
        values = np.where(wrong, np.nan, values)
    return Converted(values, blank, faults)


def _as_share(text: str) -> str:
    return f"write {float(text) / 100:g} for {text}%" if float(text) <= 100 else "correct it"


def _read_stamps(texts: _Texts, column: Column) -> Converted:
    if column.kind == "instant":
        return _stamped(*_twice(texts, moments.parse_instants, moments.usual_instant), column)
    return _stamped(*_twice(texts, moments.parse_days, moments.usual_day), column)


def _stamped(values: NDArray[np.datetime64], blank: _Mask, column: Column) -> Converted:
    fault = _unreadable(np.isnat(values) & ~blank, column)
    return Converted(pd.DatetimeIndex(values, tz="UTC").array if column.kind == "instant" else values, blank, [fault])


def _unreadable(mask: _Mask, column: Column) -> Fault:
    return Fault(mask, "unreadable", _EXPECTED[column.kind], _MEND[column.kind])


_READERS: dict[str, Callable[[_Texts, Column], Converted]] = {
    **dict.fromkeys(("text", "prose", "clock", "zone"), _read_words),
    **dict.fromkeys(("number", "integer"), _read_numbers),
    **dict.fromkeys(("date", "instant"), _read_stamps),
    "boolean": _read_flags,
}
_EXPECTED = {kind: said.get("expected", "").format(FIRST_YEAR, LAST_YEAR) for kind, said in KINDS.items()}
_MEND: dict[str, str | Callable[[str], str]] = {
    **{kind: said.get("mend", "") for kind, said in KINDS.items()},
    "date": moments.mend_day,
    "instant": moments.mend_instant,
}
