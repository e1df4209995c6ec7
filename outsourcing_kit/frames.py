"""What every room asks of a table: what does it lack, what does a blank one look like, whose side is a person on?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError, UnknownNameError
from outsourcing_kit.tables import Column
from outsourcing_kit.text import label
from outsourcing_kit.validation.cells import convert
from outsourcing_kit.validation.problem import Found, count, report
from outsourcing_kit.words import plural


def lacking(table: pd.DataFrame, name: str, *columns: str) -> str:
    """What a table lacks to be used at all, in a reader's words; empty where nothing is lacking.

    >>> lacking(pd.DataFrame({"person": ["a"]}), "people", "person", "side")
    'needs table people, column side'
    """
    if not len(table):
        return f"needs table {name}"
    absent = [column for column in columns if column not in table]
    if absent:
        return f"needs table {name}, column {', '.join(absent)}"
    empty = [column for column in columns if _is_empty(table[column], name, column)]
    return (
        f"needs table {name}, column {', '.join(empty)}, which {_ARE[len(empty) > 1]} empty in all rows"
        if empty
        else ""
    )


_ARE = {False: "is", True: "are"}
# What reads these takes a blank for something: no time set, no item named, a thread in place of an answer's address.
_MAY_BE_EMPTY = ("work.due", "work.kind", "recognition.giver", "recognition.item", "messages.reply_to")


def _is_empty(cells: pd.Series | pd.DataFrame, name: str, column: str) -> bool:
    """Whether nobody has filled in anything, where a blank says nothing of its own."""
    # Two columns of one name are refused where they are read.
    if isinstance(cells, pd.DataFrame) or cells.count() or f"{name}.{column}" in _MAY_BE_EMPTY:
        return False
    known = [each for each in tables.table(name).columns if each.name == column]
    # Flags that nobody has set are asked about, one by one.
    return not any(each.blank_says or each.kind == "boolean" for each in known)


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
    # Where a column lacks, nobody is told of bad cells in the others: the rows are left out before they are read.
    own_names = [called.get(column, column) for column in need]
    lacks = lacking(frame, name, *own_names)
    rows, found = frame if set(own_names) <= {*frame.columns} else frame.iloc[:0], Found(f"table {name}")
    columns = {}
    for column in map(definition.column, dict.fromkeys((*need, *also))):
        own = called.get(column.name, column.name)
        if own in rows:
            if isinstance(cells := rows[own], pd.DataFrame):
                raise OutsourcingKitError(f"Two columns are called {own!r}; expected one. Mend: rename one.")
            columns[column.name] = _taken(cells, column if own == column.name else replace(column, name=own), found)
        else:
            columns[column.name] = pd.Series([None] * len(rows), rows.index, _BLANK.get(column.kind, object))
    if problems := found.listed():
        raise BadDataError(f"{plural(count(problems), 'problem')} in table {name}:\n{report(problems)}", problems)
    # An index may be called as a column is, and pandas would not know which is meant.
    taken = pd.DataFrame(columns, index=rows.index)
    return taken if taken.index.names == [None] else taken.rename_axis(index=None), lacks


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


def blank_frame(definition: tables.Table) -> pd.DataFrame:
    """A table without rows, each column in its kind."""
    kinds = _BLANK | {"integer": "int64"}
    return pd.DataFrame({c.name: pd.Series(dtype=kinds.get(c.kind, "object")) for c in definition.columns})


def sides(people: pd.DataFrame) -> pd.Series:
    """Each person's side, indexed by person; of a person listed twice the first row counts."""
    return of_each(people, "side")


def of_each(rows: pd.DataFrame, column: str, key: str = "person") -> pd.Series:
    """A column by person, or by another key; of a key listed twice the first row counts."""
    first = rows[key].notna() & ~rows[key].duplicated()
    return rows.loc[first, column].set_axis(rows.loc[first, key])


def labels(values: pd.Series) -> pd.Series:
    """Names as people wrote them (`text.label`), without the dictionary's words for them; blanks are None.

    >>> labels(pd.Series(["Ann ", 7.0, None])).tolist()
    ['Ann', '7', None]
    """
    return pd.Series([label(value) for value in values.tolist()], index=values.index, dtype=object)
