"""Instants from any column, as one number each: nobody guesses the zone in which a time was written."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.tables import is_counted
from outsourcing_kit.text import label, quoted

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NEVER = np.iinfo(np.int64).min


def instants(values: object, name: str = "values") -> NDArray[np.int64]:
    """Instants as nanoseconds since 1970 in UTC; a blank of any kind becomes `NEVER`, the smallest number there is.

    Args:
        values: one instant or a column of them; also as text with an offset, whatever the offsets.
        name: what a message calls the column.

    Raises:
        OutsourcingKitError: an instant without a UTC offset, a day alone, or what is no instant.

    >>> (instants(["2026-01-12T09:00+01:00", None], "sent") // 10**9).tolist()
    [1768204800, -9223372037]
    """
    column = values if isinstance(values, pd.Series) else pd.Series(values)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        stamps = [_stamp(value, name) for value in column.tolist()]
        naive = any(stamp.tzinfo is None for stamp in stamps if stamp is not pd.NaT)
        column = pd.Series(pd.to_datetime(stamps, utc=not naive))
    index = pd.DatetimeIndex(column)
    if index.tz is None:
        if index.isna().all():
            return np.full(len(index), NEVER)
        raise OutsourcingKitError(
            f"{name} has no UTC offset, so nobody knows when it was. "
            f'Mend: {name} = {name}.dt.tz_localize("Europe/Madrid"), with the zone that it was written in.'
        )
    return np.asarray(index.tz_convert("UTC").as_unit("ns").asi8)


def instant(value: object, name: str = "now") -> pd.Timestamp:
    """One instant in UTC; of a day alone its end, in UTC.

    Raises:
        OutsourcingKitError: a blank, a time without its offset, or what is neither.

    >>> instant("2026-03-31T09:00+02:00"), instant(dt.date(2026, 3, 31))
    (Timestamp('2026-03-31 07:00:00+0000', tz='UTC'), Timestamp('2026-04-01 00:00:00+0000', tz='UTC'))
    """
    # The last moment of the day: whatever was recorded on it lies before.
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return (pd.Timestamp(value) + pd.Timedelta(days=1)).tz_localize("UTC").as_unit("ns")
    stamp = _stamp(value, name)
    if stamp is pd.NaT or stamp.tzinfo is None:
        raise OutsourcingKitError(
            f"{name} is {quoted(value)}; expected a day, or an instant with its UTC offset. "
            f'Mend: {name}=datetime.date(2026, 12, 31), or {name}=pd.Timestamp("2026-12-31 18:00", tz="Europe/Madrid").'
        )
    return stamp.tz_convert("UTC").as_unit("ns")


# Noon and a nanosecond is no time that anybody writes: it says that a day is known, and not when in it. As part of
# the instant it stays with it, whatever is selected, joined or sorted.
HALF_A_DAY = 12 * 3600 * 10**9
DAY_MARK = np.timedelta64(HALF_A_DAY + 1, "ns")
_MINUTE = 60 * 10**9


def is_day(moments: pd.Series) -> NDArray[np.bool_]:
    """Of which instants only the day is known: they stand at noon of that day where it was, and a nanosecond.

    >>> noon = pd.Timestamp("2026-03-31 12:00", tz="Asia/Manila")
    >>> is_day(pd.Series([noon, noon + pd.Timedelta(1, "ns"), pd.NaT])).tolist()
    [False, True, False]
    """
    index = pd.DatetimeIndex(moments)
    return np.asarray((index.as_unit("ns").asi8 % _MINUTE == 1) & index.notna())


def leeway(*columns: pd.Series) -> pd.Series:
    """How far each row's instants may be from what is written: half a day where only a day is known, else nothing.

    >>> noon = pd.Series(map(pd.Timestamp, ["2026-03-31T12:00:00.000000001Z", "2026-03-31T12:00Z"]))
    >>> leeway(noon).tolist()
    [Timedelta('0 days 12:00:00'), Timedelta('0 days 00:00:00')]
    """
    days = np.logical_or.reduce([is_day(column) for column in columns])
    return pd.Series(days * np.timedelta64(HALF_A_DAY, "ns"), index=columns[0].index)


def followed_within(
    start: pd.Series, end: pd.Series, now: pd.Timestamp, window: pd.Timedelta
) -> tuple[pd.Series, pd.Series]:
    """Which things were followed by their end within a window, and which began too late for anybody to know yet.

    Where of one of the two only the day is known, days are counted: 14 days are the 14th day after.

    Args:
        start, end: instants; a blank end is one that has not come, as is one after `now`.
        now: the end of the records.
        window: the longest time that still counts.

    Returns:
        Two flags a row: in time (end − start ≤ window), and left out (start later than `now` − window).

    >>> day = pd.Timestamp("2026-03-02", tz="UTC") + pd.to_timedelta(pd.Series([0, 0, 9]), "D")
    >>> end = day + pd.to_timedelta(pd.Series([2, 8, None]), "D")
    >>> in_time, left_out = followed_within(day, end, pd.Timestamp("2026-03-12", tz="UTC"), pd.Timedelta(days=7))
    >>> in_time.tolist(), left_out.tolist()
    ([True, False, False], [False, False, True])
    """
    # An end after the records' end has not happened yet for whoever reads them; a comparison with a blank is False.
    return (end - start).where(end <= now) <= window + leeway(start, end), start > now - window


def day(value: object, name: str) -> pd.Timestamp:
    """The day on the calendar of whoever wrote it; NaT for a blank. Raises OutsourcingKitError for what is no day.

    >>> day("2026-03-31 ", "left"), day(" ", "left")
    (Timestamp('2026-03-31 00:00:00'), NaT)
    """
    if (word := label(value)) is None:
        return pd.NaT
    # 01/03/2026 is in January or in March, "today" never the same, and 20260301 a moment of 1970.
    unclear = not _DATE.match(word) if isinstance(value, str) else isinstance(value, int | float | np.number)
    try:
        found = pd.NaT if unclear else pd.Timestamp(word if isinstance(value, str) else value)
    except (TypeError, ValueError):
        found = pd.NaT
    # A day in the year 9999 is a slip of the pen, and no nanosecond of it can be counted.
    if not (isinstance(found, pd.Timestamp) and is_counted(found)):
        raise OutsourcingKitError(
            f"{name} is {value!r}; expected a day. Mend: write it as 2026-03-02, and leave it blank if it is not known."
        )
    return found.tz_localize(None).normalize()


def _stamp(value: object, name: str) -> pd.Timestamp:
    try:
        if label(value) is None:
            return pd.NaT
        if isinstance(value, int | float):
            raise ValueError
        return pd.Timestamp(value)
    except (ValueError, TypeError):
        raise OutsourcingKitError(
            f"Found {quoted(value)} in {name}; expected a date and time with its UTC offset. "
            "Mend: write it as 2026-03-31T09:00:00+02:00."
        ) from None
