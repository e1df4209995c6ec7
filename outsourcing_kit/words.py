"""How numbers, shares, amounts and lists are said: one place, so that the same value reads the same on every page."""

from __future__ import annotations

import math
from collections.abc import Sequence

from outsourcing_kit.text import shown

# Names from the records stand in lists: each is cut as a cell of a table is.
_LONGEST = 300
_IRREGULAR = {"person": "people", "process": "processes"}


def number(value: float, unit: str = "") -> str:
    """About three digits, which is what a reader can use and what is the same on every machine; then the unit.

    >>> number(1234.5, "EUR"), number(12.34), number(0.256, "days"), number(-0.001)
    ('1,234 EUR', '12.3', '0.26 days', '0.00')
    """
    digits = 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2
    # Adding 0 makes an ordinary zero of the negative one that rounding can leave.
    return f"{round(value, digits) + 0.0:,.{digits}f} {unit}".strip()


def numbers(*values: float) -> list[str]:
    """Numbers as one sentence tells them: three digits each without idle zeros, more where two would look the same.

    >>> numbers(5200.4, 0.30), numbers(70.0, 12.34), numbers(99.999, 100.0)
    (['5,200', '0.3'], ['70', '12.3'], ['99.999', '100'])
    """
    # Equal but for rounding: such numbers may look the same.
    largest = max(abs(value) for value in values)
    different = len({round(value / largest, 9) for value in values}) if largest > 0 else 1
    for more in range(10):
        texts = [_in_digits(value, more) for value in values]
        if len(set(texts)) >= different:
            break
    return texts


def _in_digits(value: float, more: int) -> str:
    digits = (min(max(2 - math.floor(math.log10(abs(value))), 0), 9) if value else 0) + more
    text = f"{round(value, digits) + 0.0:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def percent(value: float) -> str:
    """A share in whole percent; blank where there is none, "open" where it has no end.

    >>> percent(0.256), percent(-0.001), percent(math.nan)
    ('26%', '0%', '')
    """
    return f"{round(100 * value)}%" if math.isfinite(value) else endless(value)


def share_in_range(share: float, low: float, high: float) -> str:
    """A share with the ends of its interval, in whole percent; blank where there is none.

    >>> share_in_range(0.6, 0.307, 0.83), share_in_range(math.nan, 0, 1)
    ('60% (31% to 83%)', '')
    """
    return "" if math.isnan(share) else f"{percent(share)} ({percent(low)} to {percent(high)})"


def money(value: float) -> str:
    """An amount of money, whole, with separators; blank where there is none, "open" where it has no end.

    >>> money(1234.5), money(-0.2), money(math.inf)
    ('1,234', '0', 'open')
    """
    return f"{round(value):,}" if math.isfinite(value) else endless(value)


def endless(value: float) -> str:
    """What stands in a cell for a number without end ("open"), or for none at all (nothing)."""
    return "" if math.isnan(value) else "open"


def show(value: float, unit: str) -> str:
    """A number in its unit as a reader wants it: shares in percent, points signed, counts whole, a flag as yes or no.

    >>> show(0.256, "share"), show(-0.05, "points"), show(3.0, "count"), show(1.0, "yes/no")
    ('26%', '-5 points', '3', 'yes')
    """
    if value is None or math.isnan(value):
        return "unknown"
    # Nobody is half a yes; the interval says how sure it is.
    if unit == "yes/no":
        return "yes" if value >= 0.5 else "no"
    if math.isinf(value):
        return "without upper bound" if value > 0 else "without lower bound"
    if unit in ("share", "points"):
        return f"{100 * value:.0f}%" if unit == "share" else f"{100 * value:.0f} points"
    return f"{value:.0f}" if unit == "count" else number(value, unit)


def span(low: float, high: float, unit: str) -> str:
    """Low to high in a unit; nothing where there is no interval or it has no width.

    >>> span(0.2, 0.35, "share"), span(-math.inf, 3.0, "count"), span(1.0, 1.0, "count")
    ('20% to 35%', 'at most 3', '')
    """
    if math.isnan(low) or math.isnan(high) or low == high:
        return ""
    if math.isinf(low) and math.isinf(high):
        return "without bounds"
    if math.isinf(low) or math.isinf(high):
        return f"at least {show(low, unit)}" if math.isinf(high) else f"at most {show(high, unit)}"
    return f"{show(low, unit)} to {show(high, unit)}"


def plural(count: int, what: str) -> str:
    """How many of something, in words that fit the number; `what` is one of it, the verb too where there is one.

    >>> plural(1, "question"), plural(3, "person"), plural(2, "proposal has"), plural(2, "time entry")
    ('1 question', '3 people', '2 proposals have', '2 time entries')
    """
    if count == 1:
        return f"1 {what}"
    *before, noun = what.removesuffix(" has").split(" ")
    verb = ["have"] if what.endswith(" has") else []
    many = _IRREGULAR.get(noun) or (f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s")
    return " ".join([f"{count:,}", *before, many, *verb])


def listed(items: Sequence[object], most: int = 3) -> str:
    """The first few of them, harmless and short as `shown` makes them, and how many more there are.

    >>> listed(["t1", "t2"]), listed(["t1", "t2", "t3", "t4", "t5"])
    ('t1, t2', 't1, t2, t3 and 2 more')
    """
    more = len(items) - most
    return ", ".join(shown(item, _LONGEST) for item in items[:most]) + (f" and {more} more" if more > 0 else "")


def capital(text: str) -> str:
    """The text with a capital first; the rest as it is.

    >>> capital("needs table people")
    'Needs table people'
    """
    return text[:1].upper() + text[1:]


def other_count(what: str, unit: str, row: str, value: float, plain: float) -> list[str]:
    """That each unit counts alike in a share, and the share if each row did; nothing under a point of difference.

    >>> print(*other_count("quick answers", "person", "question", 0.47, 0.384))
    Each person counts alike in the share of quick answers; counting every question alike it is 38%.
    >>> other_count("quick answers", "person", "question", 0.47, 0.466)
    []
    """
    if not abs(value - plain) >= 0.01 - 1e-9:
        return []
    return [f"Each {unit} counts alike in the share of {what}; counting every {row} alike it is {percent(plain)}."]
