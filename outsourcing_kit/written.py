"""Days, times and numbers as tools and spreadsheets write them: what a cell leaves open, its whole column settles."""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from outsourcing_kit.tables import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DAY_ORDERS", "Times", "day_orders", "days", "decimal_marks", "number", "times"]

# What a question about it calls each order.
DAY_ORDERS = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}

_WORD = r"\d{1,4}|[^\W\d_]{3,12}\.?"
_TIME = re.compile(
    rf"\W*(?P<a>{_WORD})[ /.-]\s?(?P<b>{_WORD})[ /.,-]\s?(?P<c>\d{{1,4}})"
    r"(?:(?:T|,? +|, ?)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9})\d*)?)?"
    r"(?:[ \u00a0\u202f]?(?P<half>[AaPp])\.? ?[Mm]\.?)?"
    r" ?(?P<zone>[Zz]|(?:UTC|GMT)? ?[+\u2212-]\d\d?(?::?\d\d)?|UTC|GMT)?)?\W*"
)
# The first letters of each month in English, German, Dutch, French, Spanish, Portuguese, Italian, Polish and Russian.
_MONTHS = (
    "jan ene gen sty янв", "feb fév fev lut фев", "mar mär mrt мар", "apr avr abr kwi апр",
    "may mai mei mag maj май мая", "jun juin giu cze июн", "jul juil lug lip июл", "aug aoû ago sie авг",
    "sep set wrz сен", "oct okt out ott paź окт", "nov lis ноя", "dec déc dez dic gru дек",
)  # fmt: skip


def _bare(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_MONTH = {_bare(start): number for number, starts in enumerate(_MONTHS, start=1) for start in starts.split()}


def _month(word: str) -> int:
    """The number of a month by its name in one of the languages; 0 for any other word."""
    word = _bare(word)
    return _MONTH.get(word[:4]) or _MONTH.get(word[:3]) or 0


class Times(NamedTuple):
    """A column of times as written. `local` has no zone; `offset` is minutes ahead of UTC, NaN where none is written.

    `is_day`: no time of day is written. `unread`: neither blank nor a time.
    """

    local: NDArray[np.datetime64]
    offset: NDArray[np.float64]
    is_day: NDArray[np.bool_]
    unread: NDArray[np.bool_]


def day_orders(texts: Iterable[str]) -> tuple[str, ...]:
    """The orders of year, month and day in which every text of a column can be read: several where none settles it.

    Names of months are read in nine languages. Blanks settle nothing.

    >>> day_orders(["03/04/2026", "05/04/2026"]), day_orders(["03/04/2026", "13/04/2026"]), day_orders(["03/Mar/26"])
    (('dmy', 'mdy'), ('dmy',), ('dmy',))
    """
    left = tuple(DAY_ORDERS)
    for text in dict.fromkeys(texts):
        if text and (found := _TIME.fullmatch(text)):
            left = tuple(order for order in left if _date(found, order))
            if not left:
                return ()
    # Two digits first may be a year, but nobody writes 03/04/05 so where a day or a month fits too.
    return left if left == ("ymd",) else left[left[:1] == ("ymd",) :]


def times(texts: Sequence[str], order: str) -> Times:
    """Times as tools write them, with the parts of a day in this order; names of months need none.

    >>> found = times(["03/04/2026 08:58:11 PM", "Mar 9, 2026", "2026/08/20 9:14 AM GMT-5", ""], "mdy")
    >>> found.local.astype("datetime64[s]").astype(str).tolist()
    ['2026-03-04T20:58:11', '2026-03-09T00:00:00', '2026-08-20T09:14:00', 'NaT']
    >>> found.offset.tolist(), found.is_day.tolist()
    ([nan, nan, -300.0, nan], [False, True, False, False])
    """
    # Whoever is asked for one day waits for no numpy.
    import numpy as np

    read = {text: _read(text, order) for text in dict.fromkeys(texts)}
    rows = [read[text] for text in texts]
    local = np.array([row[0] for row in rows], dtype="datetime64[ns]")
    offset = np.array([row[1] for row in rows], dtype=float)
    is_day = np.array([row[2] for row in rows], dtype=bool)
    blank = np.array([not text.strip() for text in texts], dtype=bool)
    return Times(local, offset, is_day, np.isnat(local) & ~blank)


def days(text: str) -> tuple[str, ...]:
    """The days that a text may mean, as 2026-03-31: several where nobody can tell which number is the month.

    >>> days("31/3/2026"), days("3 April 2026"), days("3/4/2026"), days("soon")
    (('2026-03-31',), ('2026-04-03',), ('2026-04-03', '2026-03-04'), ())
    """
    found = _TIME.fullmatch(text)
    meant = [_date(found, order) for order in DAY_ORDERS] if found and not found["hour"] else []
    return tuple(dict.fromkeys(filter(None, meant)))


_NEVER = "NaT"


def _read(text: str, order: str) -> tuple[str, float, bool]:
    """The time as ISO has it, minutes ahead of UTC, and whether it is a day."""
    found = _TIME.fullmatch(text)
    day = found and (_date(found, order) or _date(found, "ymd") or _date(found, "dmy", named=True))
    day = day or (found and _date(found, "mdy", named=True))
    if not found or not day:
        return _NEVER, math.nan, False
    if found["hour"] is None:
        return day, math.nan, True
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return _NEVER, math.nan, False
        hour = hour % 12 + 12 * (found["half"] in "Pp")
    if hour > 23 or minute > 59 or second > 59:
        return _NEVER, math.nan, False
    return f"{day}T{hour:02}:{minute:02}:{second:02}.{found['part'] or 0}", _ahead(found["zone"]), False


def _date(found: re.Match[str], order: str, *, named: bool = False) -> str:
    """The day as 2026-03-31 if its parts can be read in this order, else ""; `named`: only with a month's name."""
    part = dict(zip(order, (found["a"], found["b"], found["c"]), strict=True))
    year, word, day = part["y"], part["m"], part["d"]
    if not (year.isdigit() and day.isdigit()) or len(day) > 2 or len(year) not in (2, 4):
        return ""
    if word.isdigit() and (named or len(word) > 2):
        return ""
    # Two digits are a year of ours; four come first or last, so that 2026 is never a day.
    month, number = int(word) if word.isdigit() else _month(word), int(year) + 2000 * (len(year) == 2)
    if not (1 <= month <= 12 and FIRST_YEAR <= number <= LAST_YEAR):
        return ""
    return f"{number}-{month:02}-{int(day):02}" if 1 <= int(day) <= monthrange(number, month)[1] else ""


def _ahead(zone: str | None) -> float:
    """Minutes ahead of UTC."""
    if not zone:
        return math.nan
    digits = re.sub(r"\D", "", zone)
    # Two digits are hours; the last two of more are minutes.
    hours, minutes = (digits, "") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    return (60 * int(hours or 0) + int(minutes or 0)) * (-1.0 if "-" in zone or "\u2212" in zone else 1.0)


# --- numbers -----------------------------------------------------------------------------------------------------

_DIGITS = re.compile(r"\d[\d.,' \u00a0\u202f\u2019]*")
_THOUSANDS = {"." : re.compile(r"\d{1,3}(?:,\d{3})+"), ",": re.compile(r"\d{1,3}(?:\.\d{3})+")}  # fmt: skip


def decimal_marks(texts: Iterable[str]) -> tuple[str, ...]:
    """The decimal marks, "." or ",", with which every number of a column can be read: both where none settles it.

    >>> decimal_marks(["$1,100", "8.50"]), decimal_marks(["38,5"]), decimal_marks(["1,100"])
    (('.',), (',',), ('.', ','))
    """
    left: tuple[str, ...] = (".", ",")
    for text in dict.fromkeys(texts):
        if found := _DIGITS.search(text):
            left = tuple(mark for mark in left if not math.isnan(_number(found[0], mark)))
    return left


def number(text: str, mark: str = ".") -> float:
    """A number with this decimal mark; signs of currency, spaces and words around it are left out. NaN where none is.

    A minus before it or brackets around it make it negative, a percent sign a hundredth.

    >>> number("1.100,50 €", ","), number("-$157.33"), number("(50)"), number("12 %"), number("n/a")
    (1100.5, -157.33, -50.0, 0.12, nan)
    """
    found = _DIGITS.search(text)
    if not found:
        return math.nan
    before, after = text[: found.start()], text[found.end() :]
    below = re.search(r"[-\u2212(]\W*$", before)
    value = _number(found[0], mark) / (100 if after.strip().startswith("%") else 1)
    return -value if below else value


def _number(digits: str, mark: str) -> float:
    bare = re.sub(r"['\s\u00a0\u202f\u2019]", "", digits).rstrip(".,")
    other = "," if mark == "." else "."
    whole, _, part = bare.partition(mark)
    if other in part or mark in part or (other in whole and not _THOUSANDS[mark].fullmatch(whole)):
        return math.nan
    return float(f"{whole.replace(other, '')}.{part or 0}")
