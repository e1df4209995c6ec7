"""Days and instants as people, databases and programs write them, within the years that records can be of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.moments import DAY_MARK
from outsourcing_kit.tables import FIRST_YEAR, LAST_YEAR

_OFFSET = r"(?P<offset>[Zz]|UTC|GMT|utc|gmt|[+-]\d{2}(?::?\d{2})?)"
_TIME = r"(?P<time>\d\d?:\d\d(?::\d\d)?)(?P<part>[.,]\d+)?"
_INSTANT = re.compile(rf"(?P<day>\d{{4}}-\d\d?-\d\d?)[T t]{_TIME} ?{_OFFSET}?(?:\[[^]]*\])?")
_DAY = re.compile(rf"(\d{{4}}-\d\d?-\d\d?)(?:[Tt ]0?0:00(?::00)?(?:[.,]0+)? ?{_OFFSET}?)?")

# Where 2026-03-31T09:00:00 has no digit, and the offsets that may follow it.
_BETWEEN = [4, 7, 10, 13, 16]
_WRITTEN = re.compile(r"Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?", re.ASCII)


def parse_instants(words: Sequence[str]) -> NDArray[np.datetime64]:
    """ISO 8601 with an offset, in UTC; NaT for anything else.

    >>> parse_instants(["2026-03-31T09:00:00+02:00", "2026-03-31T09:00:00", ""]).astype(str).tolist()
    ['2026-03-31T07:00:00.000000000', 'NaT', 'NaT']
    """
    alike = _all_alike(words)
    if alike is None:
        # Without its offset nobody knows when it was, and pandas would take it for UTC.
        told = [word if len(word) > 15 and _has_offset(word) else "" for word in words]
        stamps = pd.to_datetime(np.array(told, dtype=object), format="ISO8601", errors="coerce", utc=True)
        alike = stamps.tz_localize(None).to_numpy()
    return within_years(alike)


def _has_offset(word: str) -> bool:
    return word[-1] == "Z" or (word[-3] == ":" and word[-6] in "+-")


def _all_alike(words: Sequence[str]) -> NDArray[np.datetime64] | None:
    """Instants all written as 2026-03-31T09:00:00 and an offset, or blank, several times as quickly; else None."""
    try:
        # One byte more than the longest offset takes: what is longer does not fit.
        letters = np.array(words, dtype="S26").view("S1").reshape(-1, 26)
    except UnicodeEncodeError:
        return None
    stamps = np.full(len(words), "NaT", dtype="datetime64[s]")
    given = letters[:, 0] != b""
    letters = letters if given.all() else letters[given]
    # numpy reads other forms, too, some of them as something else.
    between = np.ascontiguousarray(letters[:, _BETWEEN]).view("S5")[:, 0]
    ends = np.ascontiguousarray(letters[:, 19:]).view("S7")[:, 0]
    known = {end: end.decode() for end in set(ends[:1] if (ends == ends[:1]).all() else ends.tolist())}
    if not ((between == b"--T::") | (between == b"-- ::")).all() or not all(map(_WRITTEN.fullmatch, known.values())):
        return None
    try:
        local = np.ascontiguousarray(letters[:, :19]).view("S19")[:, 0].astype("datetime64[s]")
    except ValueError:  # a 30 February, say: which one, the other way finds out
        return None
    ahead = {end: _seconds(text) for end, text in known.items()}
    ahead_of = [*ahead.values()] if len(ahead) == 1 else [ahead[end] for end in ends.tolist()]
    stamps[given] = local - np.array(ahead_of, "m8[s]")
    return stamps


def _seconds(end: str) -> int:
    """How far an offset is ahead of UTC."""
    return 0 if end == "Z" else int(f"{end[0]}1") * (3600 * int(end[1:3]) + 60 * int(end[3:].strip(":") or 0))


def usual_instant(word: str) -> str:
    """An instant in the form that `parse_instants` reads; "" where it has no offset, or is none.

    >>> usual_instant("2026-03-31 9:00 +02"), usual_instant("2026-03-31 09:00:00.5 utc")
    ('2026-03-31T09:00:00+02:00', '2026-03-31T09:00:00.5Z')
    """
    found = _INSTANT.fullmatch(word.replace("\N{MINUS SIGN}", "-"))
    if found is None or not found["offset"]:
        return ""
    offset = found["offset"].upper()
    digits = offset[1:].replace(":", "").ljust(4, "0")
    zone = "Z" if offset in ("Z", "UTC", "GMT") else f"{offset[0]}{digits[:2]}:{digits[2:]}"
    part = (found["part"] or "").replace(",", ".")[:10]
    seconds = "" if found["time"].count(":") == 2 else ":00"
    return f"{found['day']}T{found['time'].zfill(5 + 3 * (not seconds))}{seconds}{part}{zone}"


class Placed(NamedTuple):
    """Times by the clock of their zones, in UTC; `skipped` and `doubled` are such as that clock never or twice showed.

    Of a day alone it is noon there and a nanosecond: see `moments.is_day`.
    """

    values: NDArray[np.datetime64]
    skipped: NDArray[np.bool_]
    doubled: NDArray[np.bool_]


def placed(local: NDArray[np.datetime64], is_day: NDArray[np.bool_], zones: NDArray[np.object_]) -> Placed:
    """Times without an offset, each in its zone (None: nobody knows). What the clock skipped is taken an hour later.

    >>> local = np.array(["2026-03-08T02:30", "2026-11-01T01:30", "2026-03-31"], dtype="datetime64[ns]")
    >>> found = placed(local, np.array([False, False, True]), np.array(["America/Chicago"] * 3, dtype=object))
    >>> found.values.astype(str).tolist()
    ['2026-03-08T08:00:00.000000000', '2026-11-01T06:30:00.000000000', '2026-03-31T17:00:00.000000001']
    >>> found.skipped.tolist(), found.doubled.tolist()
    ([True, False, False], [False, True, False])
    """
    local = within_years(local)
    local = np.where(is_day, local + DAY_MARK, local)
    values = np.full(len(local), "NaT", dtype="datetime64[ns]")
    skipped, doubled = np.zeros((2, len(local)), dtype=bool)
    for zone in dict.fromkeys(filter(None, zones.tolist())):
        at = np.asarray(zones == zone)
        here = pd.DatetimeIndex(local[at])
        first, last = (
            here.tz_localize(zone, ambiguous=np.full(len(here), which), nonexistent="shift_forward")
            for which in (True, False)
        )
        values[at] = first.tz_convert(None).to_numpy()
        known = here.notna()
        skipped[at], doubled[at] = (first.tz_localize(None) != here) & known, (first != last) & known
    return Placed(values, skipped, doubled)


def local_times(words: Sequence[str]) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Times without an offset and days, as written, and which of them are days; NaT for anything else.

    >>> local, is_day = local_times(["2026-03-31 9:00", "2026-03-31", "2026-03-31T09:00Z"])
    >>> local.astype("datetime64[m]").astype(str).tolist(), is_day.tolist()
    (['2026-03-31T09:00', '2026-03-31T00:00', 'NaT'], [False, True, False])
    """
    is_day = np.fromiter((_DAY_ALONE.fullmatch(word) is not None for word in words), dtype=bool, count=len(words))
    forms = [word if day else _usual_local(word) for word, day in zip(words, is_day.tolist(), strict=True)]
    local = pd.to_datetime(np.array(forms, dtype=object), format="ISO8601", errors="coerce")
    return within_years(local.to_numpy()), is_day


_DAY_ALONE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _usual_local(word: str) -> str:
    found = _INSTANT.fullmatch(word)
    return usual_instant(f"{word}Z").removesuffix("Z") if found is not None and not found["offset"] else ""


def mend_instant(word: str, table: str = "") -> str:
    """What mends an instant that could not be read."""
    found = _INSTANT.fullmatch(word.replace("\N{MINUS SIGN}", "-"))
    if found is None:
        return "write the day, the time and the offset of the zone as in the example"
    if not found["offset"]:
        own = f', or say below [zones] in engagement.toml where this table was written: {table} = "Europe/Madrid"'
        return "add the offset of the zone that it was written in: +02:00, or Z for UTC" + (own if table else "")
    return "check the year, the day, the hour and the offset: there is no such time within these years"


def parse_days(words: Sequence[str]) -> NDArray[np.datetime64]:
    """Days as 2026-03-31; NaT for anything else.

    >>> parse_days(["2026-03-31", "2026-02-30", ""]).astype("datetime64[D]").astype(str).tolist()
    ['2026-03-31', 'NaT', 'NaT']
    """
    # pandas takes "today" for a day, whatever the format: another one each day.
    told = np.array([word if word[:1].isdigit() else "" for word in words], dtype=object)
    return within_years(pd.to_datetime(told, format="%Y-%m-%d", errors="coerce").to_numpy())


def usual_day(word: str) -> str:
    """A day that a database or a program wrote with its midnight, without it; "" for anything else.

    >>> usual_day("2026-03-31 00:00:00+02"), usual_day("2026-03-31 09:00")
    ('2026-03-31', '')
    """
    found = _DAY.fullmatch(word)
    return found[1] if found else ""


def mend_day(word: str) -> str:
    """What mends a day that could not be read."""
    if _DAY.fullmatch(word):
        return "check the year, the month and the day"
    return "write year-month-day, without a time of day"


def within_years(values: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """The values to the nanosecond; NaT beyond the years, which nanoseconds could not count.

    >>> within_years(np.array(["2026-03-31", "9999-12-31"], dtype="datetime64[s]")).astype(str).tolist()
    ['2026-03-31T00:00:00.000000000', 'NaT']
    """
    first, after = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR + 1}-01-01")
    # Masked in the unit that they have: in nanoseconds the others would be days within the years.
    never = np.array("NaT", dtype=values.dtype)
    return np.where((values >= first) & (values < after), values, never).astype("datetime64[ns]")
