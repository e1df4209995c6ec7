"""What every room asks of a table: what does it lack, what does a blank one look like, whose side is a person on?"""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import label, yes_or_no


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


def sides(people: pd.DataFrame) -> pd.Series:
    """Each person's side, indexed by person; of a person listed twice the first row counts."""
    return people.drop_duplicates("person").set_index("person")["side"]


def labels(values: pd.Series) -> pd.Series:
    """Names and categories as people mean them (`text.label`): what joins go by. Blanks of any kind are None.

    >>> labels(pd.Series(["Ann ", 7.0, None])).tolist()
    ['Ann', '7', None]
    """
    # Each distinct value once: columns of names repeat themselves. By type, as 1 and True are one key otherwise.
    known: dict[tuple[type, object], str | None] = {}
    words = []
    for value in values.tolist():
        key = (type(value), value)
        if key not in known:
            known[key] = label(value)
        words.append(known[key])
    return pd.Series(words, index=values.index, dtype=object)


def typed(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with these columns as `labels`; those that it does not have are not missed.

    >>> typed(pd.DataFrame({"person": ["Ann\\u00a0"], "rating": [4]}), "person", "team").values.tolist()
    [['Ann', 4]]
    """
    return frame.assign(**{name: labels(frame[name]) for name in columns if name in frame})


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
