"""What is usual: rows to start a table from, offered by whatever helps somebody to fill it in."""

from __future__ import annotations

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.toml import kit_table


def default_rows(table: str) -> list[dict[str, str]]:
    """The usual rows of `table` (prerequisites, agenda or tasks), by column as text; a column left out is blank.

    Only names are given: whether a thing is required, settled or handed over is unknown until the owner says so.

    Raises:
        UnknownNameError: a table that has no usual rows.

    >>> default_rows("tasks")[0], len(default_rows("prerequisites"))
    ({'task': 'inbox', 'process': 'mail'}, 10)
    """
    lists = kit_table("lists.toml")
    if table not in lists:
        raise UnknownNameError.of("list of usual rows for table", table, lists)
    return [dict(zip(lists[table]["columns"], row, strict=True)) for row in lists[table]["rows"]]
