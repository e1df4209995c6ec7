"""What every room asks of a table: what does it lack, what does a blank one look like, whose side is a person on?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError, UnknownNameError
from outsourcing_kit.tables import Column
from outsourcing_kit.text import label, quoted, yes_or_no
from outsourcing_kit.validation.cells import convert
from outsourcing_kit.validation.problem import Found, count, report
from outsourcing_kit.words import plural

# Columns that mean the same wherever they are, and on whose words a verdict hangs: other words for one of these are
# taken as it, and what is none of them would be counted as absent if nobody said so.
_WORDS = {
    "side": tables.table("people").column("side"),
    "plan": tables.table("tasks").column("plan"),
    "quote_unit": tables.table("tasks").column("quote_unit"),
}


def lacking(table: pd.DataFrame, name: str, *columns: str) -> str:
    """What a table lacks to be used at all, in a reader's words; empty where nothing is lacking.

    >>> lacking(pd.DataFrame({"person": ["a"]}), "people", "person", "side")
    'needs table people, column side'
    """
    if not len(table):
        return f"needs table {name}"
    absent = [column for column in columns if column not in table]
    return f"needs table {name}, column {', '.join(absent)}" if absent else ""


def blank_table(**kinds: str) -> pd.DataFrame:
    """An empty table with these columns.

    >>> blank_table(case="object", days="float64").dtypes.astype(str).to_dict()
    {'case': 'object', 'days': 'float64'}
    """
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def take(
    frame: pd.DataFrame, name: str, *, need: Sequence[str] = (), also: Sequence[str] = (),
    called: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, str]:  # fmt: skip
    """These columns of one of the data dictionary's tables, each in its kind, and what is lacking ("" if nothing).

    Names and categories are as people mean them (`text.label`), other words for a side, a plan … are the dictionary's;
    yes and no are pandas' "boolean", instants are in UTC, days without a time. Blanks of any kind are missing.

    Args:
        frame: the rows, whatever their index; other columns are left out, the index is kept.
        name: which table they are of.
        need: columns without which nothing can be said; `also` are blank where the frame does not have them.
        called: the frame's own names of some of them, as in {"estimated": "quoted days"}.

    Returns:
        The frame, without rows where something is lacking, and the words "needs table work, column person".

    Raises:
        BadDataError: cells that are not of their column's kind, all of them at once; rows are counted from 0.
        UnknownNameError: a name in `called` that the frame does not have.

    >>> people = pd.DataFrame({"person": ["Ann\u00a0", "Bo"], "side": ["Vendor", ""], "shoe": [39, 42]})
    >>> found, lacks = take(people, "people", need=("person", "side"), also=("left",))
    >>> found[["person", "side"]].values.tolist(), lacks
    ([['Ann', 'provider'], ['Bo', None]], '')
    """
    if not isinstance(frame, pd.DataFrame):
        raise OutsourcingKitError(
            f"The table {name} is of type {type(frame).__name__}; expected a frame of pandas. "
            f"Mend: pd.DataFrame(…), or Engagement.load(folder).{name}."
        )
    definition, called = tables.table(name), called or {}
    for own in called.values():
        if own not in frame.columns.tolist():
            raise UnknownNameError.of("column", str(own), frame.columns)
    lacks = lacking(frame, name, *(called.get(column, column) for column in need))
    rows, found = frame.iloc[:0] if lacks else frame, Found(f"table {name}")
    columns = {}
    for column in map(definition.column, dict.fromkeys((*need, *also))):
        own = called.get(column.name, column.name)
        if own in rows:
            if isinstance(rows[own], pd.DataFrame):
                raise OutsourcingKitError(f"Two columns are called {own!r}; expected one. Mend: rename one.")
            columns[column.name] = _taken(rows[own], column if own == column.name else replace(column, name=own), found)
        else:
            columns[column.name] = pd.Series([None] * len(rows), rows.index, _BLANK.get(column.kind, object))
    if problems := found.listed():
        raise BadDataError(f"{plural(count(problems), 'problem')} in table {name}:\n{report(problems)}", problems)
    # An index may be called as a column is, and pandas would not know which is meant.
    return pd.DataFrame(columns, index=rows.index).rename_axis(index=None), lacks


def _taken(values: pd.Series, column: Column, found: Found) -> pd.Series:
    """The column in its kind."""
    read = convert(values, column)
    read.tell(values, column.name, np.arange(len(values)), found)
    kind = {"integer": "float64"}.get(column.kind, object if column.kind in _AS_TYPED else None)
    return pd.Series(read.values, index=values.index, dtype=kind)


_AS_TYPED = ("text", "prose", "clock", "zone")
_BLANK = {
    "number": "float64", "integer": "float64", "boolean": "boolean",
    "date": "datetime64[ns]", "instant": "datetime64[ns, UTC]",
}  # fmt: skip


def sides(people: pd.DataFrame) -> pd.Series:
    """Each person's side, indexed by person; of a person listed twice the first row counts."""
    named = people[["person", "side"]].dropna(subset=["person"])
    return named.drop_duplicates("person").set_index("person")["side"]


def labels(values: pd.Series) -> pd.Series:
    """Names and categories as people mean them (`text.label`): what joins go by. Blanks of any kind are None.

    >>> labels(pd.Series(["Ann ", 7.0, None])).tolist()
    ['Ann', '7', None]
    """
    return _each(label, values)


def _each(word_of: Callable[[object], str | None], values: pd.Series) -> pd.Series:
    # Each distinct value once: columns of names repeat themselves. What is equal (1 and True) has the same label; a
    # blank is −1, which is the last of the words.
    codes, distinct = pd.factorize(np.asarray(values, dtype=object))
    words = np.array([*map(word_of, distinct), None], dtype=object)
    return pd.Series(words[codes], index=values.index, dtype=object)


def typed(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with these columns as `labels`; those that it does not have are not missed.

    Words for a side, a plan or the unit of a quote become those of the data dictionary.

    Raises:
        OutsourcingKitError: a word that is no side, plan or unit.

    >>> typed(pd.DataFrame({"person": ["Ann\\u00a0"], "side": ["Vendor"]}), "person", "side", "team").values.tolist()
    [['Ann', 'provider']]
    """
    found = frame.rename_axis(index=None)  # an index may be called as a column is
    return found.assign(**{name: _each(partial(_meant, name), frame[name]) for name in columns if name in frame})


def _meant(name: str, value: object) -> str | None:
    word = label(value)
    if word is None or name not in _WORDS:
        return word
    meant, how = _WORDS[name].meant(word)
    if how != "same":
        raise OutsourcingKitError(
            f"Column {name} holds {quoted(word)}; expected {' or '.join(_WORDS[name].allowed)}. "
            "Mend: write one of them, or leave the cell blank where nobody knows."
        )
    return meant


def numeric(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of numbers, also written as text, as floats; blanks of any kind are nan.

    Raises:
        OutsourcingKitError: a cell that is something else, a length of time among them: nobody knows its unit.

    >>> numeric(pd.DataFrame({"score": ["4 ", None, 2.5, ""]}), "score").tolist()
    [4.0, nan, 2.5, nan]
    """
    column = frame[name]
    if column.dtype.kind in "fiub":
        return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), index=column.index)
    return pd.Series([_number(value, name) for value in column.tolist()], index=column.index, dtype=float)


def _number(value: Any, name: str) -> float:
    word = label(value)
    try:
        if word is None:
            return math.nan
        if "_" in word or isinstance(value, np.timedelta64 | np.datetime64):
            raise ValueError
        return float(word)
    except ValueError:
        raise OutsourcingKitError(
            f"Column {name} holds {quoted(value)}, which is not a number; expected plain numbers, blank where unknown. "
            "Mend: write 0.8 for 80% and 4000 for 4,000 EUR; a length of time: divide it by pd.Timedelta(hours=1)."
        ) from None


def flags(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column of yes, no and unknown as pandas' "boolean": a blank is nobody's answer, never a no.

    Raises:
        OutsourcingKitError: a cell that is none of them.

    >>> flags(pd.DataFrame({"core": ["yes", "", 0.0]}), "core").tolist()
    [True, <NA>, False]
    """
    if frame[name].dtype in (bool, "boolean"):
        return frame[name].astype("boolean")
    try:
        return frame[name].map(yes_or_no).astype("boolean")
    except ValueError as error:
        raise OutsourcingKitError(f"Column {name}: {error}. Mend: write yes or no, or leave it blank.") from None
