"""What in a table cannot be so is left out: which cells, which rows, and where nothing but a correction helps."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.moments import leeway
from outsourcing_kit.tables import Column, Table
from outsourcing_kit.text import shown
from outsourcing_kit.validation.problem import UNKNOWN, Found, spared

# Rows of what happened many times: one more or less is another sample. Of all other tables each row counts.
_MANY = ("work", "messages", "estimates", "past_engagements")
# Of a sum nothing may be missing, of a contract neither, nor of who can do what: a line less is another answer.
_WHOLE = ("cash_flows", "targets", "can_do")
# Whose side somebody is on is asked in every finding, and of few people: a wrong one is a slip that is soon corrected.
_WHOSE = ("people", "side")
# These are taken as given where a score lies beyond them.
_STANDS = ("scale_min", "scale_max")


def severity(definition: Table, column: Column | None = None) -> str:
    """What a fault in some of the table's rows is: "left out" where the others can do without, else "error"."""
    asked = column is not None and (definition.name, column.name) == _WHOSE
    return "error" if definition.name in _WHOLE or asked else "left out"


class Treatment(NamedTuple):
    """What is done with a wrong cell: its severity, what its mend ends in, and whether its row goes with it."""

    severity: str
    more: str
    with_row: bool = False


def treatment(definition: Table, column: Column) -> Treatment:
    """What a wrong cell of this column is to the table: blank, and so unknown, unless a blank there says something.

    >>> from outsourcing_kit.tables import table
    >>> [treatment(table(t), table(t).column(c)).severity for t, c in (("quiz", "answer"), ("people", "left"))]
    ['left out', 'error']
    """
    if not column.blank_says:
        how = severity(definition, column)
        return Treatment(how, "" if how == "error" else ", or leave it blank: blank is unknown")
    says = column.meaning[column.meaning.index("blank") :].rstrip(")")
    if definition.name in _MANY:
        return Treatment("left out", f"; {says}; until then the row is left out", with_row=True)
    return Treatment("error", f"; {says}")


def one_of_each(typed: pd.DataFrame, definition: Table, found: Found) -> pd.DataFrame:
    """Rows of one key as one row: what they say alike is kept, and where they contradict each other it is blank."""
    key = list(definition.key)
    if not key or not set(key) <= set(typed.columns):
        return typed
    again = typed.duplicated(key)
    if again.any():
        # A blank in a key is reported as a blank; reporting it as doubled too would be noise.
        again &= typed[key].notna().all(axis=1)
    if not again.any():
        return typed
    where, what = typed.index[again] + 2, (f"one row for each {' × '.join(key)}", "remove or rename one")
    values = (", ".join(map(shown, row)) for row in typed.loc[again, key].itertuples(index=False))
    said = ((f"{value} a second time", *what) for value in values)
    if len(where) > spared(found.rows) or severity(definition) == "error":
        found.add("doubled key", None, where, said, severity(definition))
        return typed
    several = typed.duplicated(key, keep=False) & typed[key].notna().all(axis=1)
    columns = [column for column in definition.columns if column.name in typed and column.name not in key]
    # All groups at once: a table may have a hundred thousand of them.
    groups = typed.loc[several, [*key, *(column.name for column in columns)]].groupby(key, sort=False)
    ways, first, filled, size = groups.nunique(), groups.first(), groups.count(), groups.size()
    kept = typed[~again].copy()
    places = kept.index[several[~again]]
    differ = pd.Series(False, index=first.index)
    for column in columns:
        contradict = ways[column.name] > 1
        if column.blank_says:
            # One that says "never" by a blank and one that has a day contradict each other, too.
            differ |= contradict | filled[column.name].between(1, size - 1)
        if severity(definition, column) == "error":
            differ |= contradict
        merged = first[column.name].mask(contradict)
        kept[column.name] = kept[column.name].astype(merged.dtype)
        kept.loc[places, column.name] = merged.to_numpy() if merged.dtype == object else merged.array
    hard = differ.any() and definition.name not in _MANY
    found.add("doubled key", None, where, said, "error" if hard else "left out")
    return kept.drop(index=places[differ.to_numpy(dtype=bool)])


def in_order(typed: pd.DataFrame, definition: Table, found: Found) -> pd.DataFrame:
    """The table with blanks where two cells of a row cannot both be right."""
    for first, second in definition.order:
        if first not in typed or second not in typed:
            continue
        moments = typed[first].dtype.kind == "M"
        with np.errstate(invalid="ignore"):
            wrong = (typed[first] > typed[second]).to_numpy(dtype=bool)
        if wrong.any() and definition.column(first).kind == "instant":
            # Of a day without a time nobody knows that it was not the earlier part of it.
            wrong = wrong & (typed[first] - typed[second] > leeway(typed[first], typed[second])).to_numpy(dtype=bool)
        if not wrong.any():
            continue
        how, kind = severity(definition), f"{'before' if moments else 'below'} {first}"
        what = (f"{first} ≤ {second}", UNKNOWN if how == "left out" else "correct it")
        pairs = typed.loc[wrong, [first, second]].itertuples(index=False)
        said = ((f"{second} {_said(b)} {kind} {_said(a)}", *what) for a, b in pairs)
        found.add(kind, second, typed.index[wrong] + 2, said, how)
        if how == "left out" and wrong.sum() <= spared(found.rows):
            # Of moments the later step is blank: what may not have happened counts as not on record, which improves
            # nothing; the earlier, where a blank would say that it never came. Of numbers nobody knows which is wrong.
            doubtful = [name for name in (first, second) if name not in _STANDS]
            if moments:
                doubtful = [first if definition.column(second).blank_says else second]
            typed = typed.assign(**{name: typed[name].mask(wrong) for name in doubtful})
    return typed


def _said(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else f"{value:g}"
