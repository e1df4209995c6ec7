"""How a result shows itself: a table as a person reads it, then what there is to say about it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from outsourcing_kit.text import shown
from outsourcing_kit.verdicts import COLOURS, SYMBOLS
from outsourcing_kit.words import capital, endless, money, percent

# A longer table is cut to twelve rows; "and 2 more rows" would save nobody anything.
_WHOLE_UP_TO, _CUT_TO = 15, 12
# A longer cell is cut in the middle; so is a caption or a note, which may name several.
_LONGEST_CELL, _LONGEST_NOTE = 300, 1500


class SameUnknowns:
    """Two of them are equal where all of their fields are, what is not known (nan) among them.

    A dataclass's own comparison holds a nan unequal to itself in some versions of Python, and equal in others.
    """

    def _told(self) -> tuple[Any, ...]:
        values = (getattr(self, each.name) for each in fields(self) if each.compare)  # type: ignore[arg-type]
        return tuple(None if isinstance(value, float) and math.isnan(value) else value for value in values)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash(self._told())


# What a declared column holds: its type in an empty table, and how its numbers are shown.
_KINDS = {
    "text": "object", "number": "float64", "share": "float64", "money": "float64", "count": "int64", "flag": "bool",
    "day": "datetime64[ns]", "instant": "datetime64[ns, UTC]",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Result:
    """A result that shows its `.table` as a person reads it. The table itself stays as it was computed.

    `missing` says in words what was not there to compute it from ("" if nothing): the table is then empty, with the
    columns that it has otherwise. `notes` is what else there is to say.

    A class declares its `columns`, name → text, number, share, money, count, flag, day or instant; it may show
    something else than its table (`_view`), put a line above it (`_caption`), say more below
    (`_more`), or say in its own words that nothing is there (`_nothing`).
    """

    table: pd.DataFrame
    missing: str = field(default="", kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    columns: ClassVar[Mapping[str, str]] = {}
    _nothing: ClassVar[str] = "Nothing to show"

    def __post_init__(self) -> None:
        # Whatever was not computed, whoever goes on with the table finds its columns, each of its type.
        if self.columns and not len(self.table):
            object.__setattr__(self, "table", blank_table(self.columns))

    @classmethod
    def lacking(cls, missing: str, *others: Any, **more: Any) -> Self:
        """The result where something is missing; `others` and `more` are the fields after the table."""
        return cls(pd.DataFrame(), *others, missing=missing, **more)

    def _view(self) -> pd.DataFrame:
        return self.table

    def _caption(self) -> str:
        return ""

    def _more(self) -> Iterable[str]:
        return ()

    def _said(self, view: pd.DataFrame) -> list[str]:
        nothing = f"Not assessed: {self.missing}" if self.missing else "" if len(view) else self._nothing
        return [note for note in (nothing, *self._more(), *self.notes) if note]

    def _of_kind(self, kind: str) -> list[str]:
        return [name for name, held in self.columns.items() if held == kind]

    def _put(self, how: Callable[..., str]) -> str:
        view, shares, whole = self._view(), self._of_kind("share"), self._of_kind("money")
        return how(view, self._caption(), self._said(view), shares=shares, whole=whole)

    def __repr__(self) -> str:
        return self._put(as_text)

    def _repr_html_(self) -> str:
        return self._put(as_html)


def blank_table(columns: Mapping[str, str]) -> pd.DataFrame:
    """An empty table with these columns, each of the type of what it holds (see `Result`).

    >>> blank_table({"case": "text", "days": "number"}).dtypes.astype(str).to_dict()
    {'case': 'object', 'days': 'float64'}
    """
    return pd.DataFrame({name: pd.Series(dtype=_KINDS[kind]) for name, kind in columns.items()})


def as_text(
    table: pd.DataFrame, caption: str = "", notes: Iterable[str] = (), *,
    shares: Sequence[str] = (), whole: Sequence[str] = (),
) -> str:  # fmt: skip
    """A caption, the table's first rows and the notes as plain text.

    Whatever the records hold, each cell is one line of signs that can be seen, at most 300 of them.

    >>> frame = pd.DataFrame({"side": ["client", "provider"], "share_seen": [0.744, None], "a_month": [1234.5, 80.0]})
    >>> print(as_text(frame, "Seen", ["two sides"], shares=["share_seen"], whole=["a_month"]))
    Seen
    side      share seen  a month
    client           74%    1,234
    provider                   80
    Two sides.
    """
    lines = [one_line(caption)] if caption else []
    columns, more = _columns(table, shares, whole)
    padded = []
    for heading, cells, is_number in columns:
        width = max(map(len, (heading, *cells)))
        padded.append([cell.rjust(width) if is_number else cell.ljust(width) for cell in (heading, *cells)])
    lines += ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]
    return "\n".join([*lines, *more, *map(_sentence, notes)])


def as_html(
    table: pd.DataFrame, caption: str = "", notes: Iterable[str] = (), *,
    shares: Sequence[str] = (), whole: Sequence[str] = (), all_rows: bool = False,
) -> str:  # fmt: skip
    """The same as an HTML fragment; `all_rows` shows every one, however many there are.

    >>> as_html(pd.DataFrame({"a_b": ["<1>"]}), notes=["so"])
    '<table><thead><tr><th>a b</th></tr></thead><tbody><tr><td>&lt;1&gt;</td></tr></tbody></table><p>So.</p>'
    """
    parts = [f"<p><strong>{escape(one_line(caption))}</strong></p>"] if caption else []
    columns, more = _columns(table, shares, whole, all_rows)
    if columns:
        # Numbers stand right-aligned below each other, so that their size shows.
        ends = [' style="text-align: right"' if is_number else "" for _, _, is_number in columns]
        head = "".join(f"<th{end}>{escape(name)}</th>" for (name, _, _), end in zip(columns, ends, strict=True))
        rows = zip(*(cells for _, cells, _ in columns), strict=True)
        lines = ("".join(f"<td{end}>{escape(x)}</td>" for x, end in zip(row, ends, strict=True)) for row in rows)
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    return "".join([*parts, *(f"<p>{escape(line)}</p>" for line in (*more, *map(_sentence, notes)))])


def unbroken(words: str) -> str:
    """A verdict's symbol and words, to stay on one line of a page: browsers break at a blank and after a dash."""
    return words.replace(" ", "\N{NO-BREAK SPACE}").replace("–", "\N{NON-BREAKING HYPHEN}")


def verdict_html(answer: str, *, interim: bool = False) -> str:
    """A verdict, or which way an open one leans, as symbol, word and colour on one line: never colour alone."""
    # A notebook knows no style but the one that stands here.
    look = f"background: {COLOURS[answer]}; color: #fff; padding: .1em .4em; border-radius: .3em"
    kind, words = answer.replace(" ", "-"), unbroken(f"{SYMBOLS[answer]} {answer}")
    return f'<span class="verdict verdict-{kind}" style="{look}">{words}</span>{" (interim)" if interim else ""}'


def interval_note(confidence: float) -> str:
    """Which intervals the columns low and high hold, in words; nothing where the confidence is not known.

    >>> interval_note(0.95), interval_note(1 - 0.1 / 3)
    ('low and high: 95% intervals', 'low and high: 96.7% intervals')
    """
    return "" if math.isnan(confidence) else f"low and high: {100 * confidence:.3g}% intervals"


def _columns(
    table: pd.DataFrame, shares: Sequence[str], whole: Sequence[str], all_rows: bool = False
) -> tuple[list[tuple[str, list[str], bool]], list[str]]:
    """Heading, cells and "is it a number?" of each column, none without rows; and a line on the rows left out."""
    # Headings above nothing would say less than the note that stands there instead.
    if not len(table):
        return [], []
    cut = len(table) - _CUT_TO if len(table) > _WHOLE_UP_TO and not all_rows else 0
    rows = table.head(len(table) - cut)
    columns = []
    for place, name in enumerate(table.columns):
        values, heading = rows.iloc[:, place], one_line(name, _LONGEST_CELL).replace("_", " ")
        if not pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
            columns.append((heading, [_word(value) for value in values], False))
            continue
        numbers = values.to_numpy(dtype=float, na_value=math.nan)
        put = percent if name in shares else money if name in whole else None
        columns.append((heading, list(map(put, numbers.tolist())) if put else _numbers(numbers), True))
    return columns, [f"and {cut} more rows"] if cut else []


def _numbers(values: np.ndarray) -> list[str]:
    """As many decimals as give the largest three digits, and none that are zero in all of them.

    >>> _numbers(np.array([1.0561, 1.2, math.inf, math.nan])), _numbers(np.array([24.0])), _numbers(np.array([1234.5]))
    (['1.06', '1.20', 'open', ''], ['24'], ['1,234'])
    """
    # One number of digits a column: figures below each other are compared.
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0))
    digits = min(max(2 - math.floor(math.log10(largest)), 0), 6) if largest > 0 else 0
    while digits and (known.round(digits) == known.round(digits - 1)).all():
        digits -= 1
    # Adding 0 makes an ordinary zero of the negative one that rounding can leave.
    return [
        f"{round(value, digits) + 0.0:,.{digits}f}" if math.isfinite(value) else endless(value)
        for value in values.tolist()
    ]


def _word(value: Any) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _numbers(np.array([value]))[0]
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            return f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    return one_line(value, _LONGEST_CELL)


def one_line(value: Any, most: int = _LONGEST_NOTE) -> str:
    """`shown` on one line; no-break spaces, with which a verdict stays on one line too, are kept."""
    line = " ".join(str(value).splitlines())
    harmless = len(line) <= most and line.replace("\N{NO-BREAK SPACE}", "").isprintable()
    return line if harmless else shown(line, most=most)


def _sentence(note: str) -> str:
    note = one_line(note)
    return capital(note) + ("" if note.endswith((".", "!", "?", ":")) else ".")
