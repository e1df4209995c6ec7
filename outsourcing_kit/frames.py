"""What every room asks of a table: what does it lack, what does a blank one look like, whose side is a person on?"""

from __future__ import annotations

import pandas as pd


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
