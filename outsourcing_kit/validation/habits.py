"""What spreadsheets make of cells, written as the data dictionary has it: what a cell leaves open its file settles.

Pure functions of texts: readers of other files use them, too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.tables import Column
from outsourcing_kit.text import folded, plain, quoted
from outsourcing_kit.validation.places import Place
from outsourcing_kit.validation.problem import Problem
from outsourcing_kit.written import DAY_ORDERS, day_orders, decimal_marks, number, times

# The kinds of columns that spreadsheets write in forms of their own.
KINDS = ("number", "integer", "date", "instant", "clock")
_NUMBERS, _TIMES = ("number", "integer"), ("date", "instant")
_ISO = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ].*)?")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
# A number with marks of thousands or a percent sign; of money with a sign or a code of its currency, too. No words.
_BARE = re.compile(r"[-+\u2212(]?\d[\d.,'\u2019 ]*%?\)?")
_CODE = r"(?:[A-Z]{3}|[$€£¥])"
_MONEY = re.compile(rf"{_CODE}? ?{_BARE.pattern} ?{_CODE}?|[-(]{_CODE} ?{_BARE.pattern}")
_SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY")}
_HALF_DAY = re.compile(r"(\d\d?)(?::(\d\d))?(?::00)? ?([AaPp])\.?[Mm]\.?")
# Days since the end of 1899, as spreadsheets count them: those of 1990 to 2099.
_SERIAL, _FIRST_SERIAL, _LAST_SERIAL = re.compile(r"\d{5}(?:\.\d+)?"), 32_874, 73_050
_LONGEST = 40
# Cells that may be written in another form, each with its column.
_Said = Sequence[tuple[Column, str]]
_NO_THOUSANDS = re.compile(r"\D*0[.,]\d")


@dataclass(frozen=True)
class Habits:
    """How a file writes its numbers and its days: the decimal mark, and the order of a day's parts ("dmy")."""

    mark: str = "."
    order: str = "ymd"


def column_name(header: str, names: Collection[str]) -> str:
    """The column that a header means, whatever its capitals, spaces and hyphens; else the header as it is.

    >>> column_name("First month", ["first_month"]), column_name("Team size", ["team"])
    ('first_month', 'Team size')
    """
    name = re.sub(r"[\W_]+", "_", folded(header)).strip("_")
    return name if name in names and header not in names else header


def usual(cells: Sequence[Any] | pd.Series, column: Column, habits: Habits) -> Sequence[Any] | pd.Series:
    """A column's cells in the forms of the data dictionary; what is in no form that is known stays as it is.

    >>> amount, day = Column("low", "number", ""), Column("joined", "date", "")
    >>> usual(["1.100,50", "8,0"], amount, Habits(",")), usual(["03/04/2026", "46115"], day, Habits(order="dmy"))
    (['1100.5', '8'], ['2026-04-03', '2026-04-03'])
    """
    if column.kind not in KINDS:
        return cells
    every = cells.tolist() if isinstance(cells, pd.Series) else cells
    # Columns repeat themselves, so each text is looked at once.
    known: dict[str, str] = {}
    out = []
    for cell in every:
        text = _text(cell, column.kind)
        if text is not None and text not in known:
            known[text] = _usual(text, column, habits)
        out.append(cell if text is None or known[text] == text else known[text])
    return pd.Series(out, index=cells.index, dtype=object) if isinstance(cells, pd.Series) else out


def _text(cell: Any, kind: str) -> str | None:
    """A cell that may be written in another form; None of any other."""
    if isinstance(cell, str):
        return plain(cell) or None if len(cell) <= _LONGEST else None
    whole = isinstance(cell, int | float | np.number) and not isinstance(cell, bool) and not pd.isna(cell)
    return f"{cell:.10g}" if whole and kind in _TIMES else None


def _usual(text: str, column: Column, habits: Habits) -> str:
    if column.kind in _NUMBERS:
        return _usual_number(text, column, habits.mark)
    if column.kind == "clock":
        found = _HALF_DAY.fullmatch(text)
        if found is None or not 1 <= int(found[1]) <= 12:
            return text
        return f"{int(found[1]) % 12 + 12 * (found[3] in 'Pp'):02}:{found[2] or '00'}"
    if _ISO.fullmatch(text):
        return text
    # Five digits alone: eight are 20260331, ten a program's seconds, and both stay what nobody can read.
    if _is_serial(text):
        moment = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(float(text) * 86_400))
        return moment.date().isoformat() if "." not in text else moment.isoformat()
    read = times([text], habits.order)
    if read.unread[0]:
        return text
    day = str(read.local[0].astype("datetime64[D]"))
    if read.is_day[0]:
        return day
    # Without an offset it stays a time of the row's own zone, which others know.
    ahead = read.offset[0]
    if math.isnan(ahead):
        return str(read.local[0].astype("datetime64[s]"))
    hours, minutes = divmod(abs(int(ahead)), 60)
    return f"{read.local[0].astype('datetime64[s]')}{'-' if ahead < 0 else '+'}{hours:02}:{minutes:02}"


def _usual_number(text: str, column: Column, mark: str) -> str:
    if (mark == "." and _PLAIN.fullmatch(text)) or not _is_amount(text, column):
        return text
    value = number(text, mark)
    # 12% is .12 of a share; of anything else nobody knows.
    return text if math.isnan(value) or ("%" in text and column.unit != "share") else f"{value:.15g}"


def _is_amount(text: str, column: Column) -> bool:
    return (_MONEY if column.unit.startswith("currency") else _BARE).fullmatch(text) is not None


def _is_serial(text: str) -> bool:
    return _SERIAL.fullmatch(text) is not None and _FIRST_SERIAL <= float(text) < _LAST_SERIAL


# --- what the whole file settles -------------------------------------------------------------------------------------


def settled(
    texts: Mapping[Column, Iterable[Any]], place: Place, file: str, *, separator: str = ",", currency: str = ""
) -> tuple[Habits, list[Problem]]:
    """How a file writes numbers and days, by all its columns; a note for each guess, an error where one must be asked.

    Args:
        texts: each column's cells.
        place: the days that the records cover, and what engagement.toml says of days.
        file: its name, for messages.
        separator: between the file's cells; a spreadsheet that writes a decimal comma separates by semicolons.
        currency: of its amounts; "" where the file has a column of it.
    """
    every = ((column, _text(cell, column.kind)) for column, cells in texts.items() for cell in cells)
    said = [(column, text) for column, text in every if text]
    amounts = [(column, text) for column, text in said if column.kind in _NUMBERS and _is_amount(text, column)]
    moments = [(column, text) for column, text in said if column.kind in _TIMES]
    mark, problems = _mark(amounts, separator, file)
    order, more = _order(moments, place, file)
    return Habits(mark, order), [*problems, *_other_currency(amounts, currency, file), *more]


def _told(
    file: str, column: Column, kind: str, found: str, expected: str, mend: str, severity: str = "note"
) -> Problem:
    return Problem(file, kind, found, expected, mend, column=column.name, severity=severity)


def _mark(amounts: _Said, separator: str, file: str) -> tuple[str, list[Problem]]:
    """The decimal mark, and a note on the first number that is not written as the dictionary has it."""
    marks = decimal_marks(text for _, text in amounts)
    # Nobody writes a thousand as 0.125.
    small = {text[text.index("0") + 1] for _, text in amounts if _NO_THOUSANDS.match(text)}
    marks = tuple(mark for mark in marks if mark in small) or marks
    # Where lists are separated by semicolons it is because a comma is the decimal mark.
    mark = marks[0] if len(marks) == 1 else "," if separator == ";" else "."
    for column, text in amounts:
        if (value := _usual_number(text, column, mark)) != text:
            how = f"read as {value}, with a {'comma' if mark == ',' else 'point'} for decimals"
            return mark, [_told(file, column, "number form", quoted(text), "a number such as 12.5", how)]
    return mark, []


def _other_currency(amounts: _Said, currency: str, file: str) -> list[Problem]:
    """An error where amounts bear the sign of another currency than the one that they would be taken for."""
    for column, text in amounts if currency else ():
        # A dollar may be of many countries: it is only never a euro, a pound or a yen.
        sign = next((sign for sign in "€£¥$" if sign in text), "")
        code = next(iter(re.findall("[A-Z]{3}", text)), "")
        known = _SIGNS.get(sign, ())
        other = (
            folded(code) != folded(currency) if code
            else currency.upper() not in known if known
            else sign and any(currency.upper() in codes for codes in _SIGNS.values())
        )  # fmt: skip
        if other:
            mend = "add a column currency that says which, and its rate below [rates] in engagement.toml"
            return [_told(file, column, "currency", quoted(text), f"amounts in {currency}", mend, "error")]
    return []


def _order(moments: _Said, place: Place, file: str) -> tuple[str, list[Problem]]:
    """The order of a day's parts, and a note where it is a guess, or the question where nothing settles it."""
    expected, problems = "a day such as 2026-03-31", []
    cells = [(column, text) for column, text in moments if not _ISO.fullmatch(text)]
    serial = next((pair for pair in cells if _is_serial(pair[1])), None)
    if serial is not None:
        column, text = serial
        how = f"read as {_usual(text, column, Habits())}, as spreadsheets count days"
        problems.append(_told(file, column, "day form", quoted(text), expected, how))
    cells = [pair for pair in cells if not _is_serial(pair[1])]
    every = [text for _, text in cells]
    orders = day_orders(every) if every else ()
    first = next((pair for pair in cells if len(_readings(*pair)) > 1), None)
    if first is None or not orders:
        return orders[0] if orders else "ymd", problems
    # What the days themselves settle goes first: a setting for one file may be wrong for the next.
    column, text = first
    named = {words: order for order, words in DAY_ORDERS.items()}.get(place.dates, "")
    if len(orders) > 1:
        orders = (named,) if named in orders else _within(every, orders, place) or orders
    days = [_usual(text, column, Habits(order=order)) for order in orders]
    if len(orders) > 1:
        asks = " or ".join(f'dates = "{DAY_ORDERS[order]}"' for order in orders)
        found = f"{quoted(text)}: {' or '.join(days)}"
        one = "a day that can be read in one way"
        problems.append(_told(file, column, "which day", found, one, f"write in engagement.toml {asks}", "error"))
    elif not named:
        how = f"read {DAY_ORDERS[orders[0]]}: {days[0]}; if that is wrong, write dates = … in engagement.toml"
        problems.append(_told(file, column, "day form", quoted(text), expected, how))
    return orders[0], problems


def _readings(column: Column, text: str) -> set[str]:
    """All that a day may mean."""
    return {_usual(text, column, Habits(order=order)) for order in DAY_ORDERS} - {text}


def _within(texts: Sequence[str], orders: Sequence[str], place: Place) -> tuple[str, ...]:
    """The one order in which all days lie in what the records cover; nothing where none or several do."""
    if place.span is None:
        return ()
    # Dates of birth or of a contract would lie outside in both orders, and then nothing is settled.
    first, last = place.span
    inside = []
    for order in orders:
        days = times(texts, order).local
        days = days[~np.isnat(days)]
        inside += [order] if ((days >= first) & (days < last + np.timedelta64(1, "D"))).all() else []
    return tuple(inside) if len(inside) == 1 else ()
