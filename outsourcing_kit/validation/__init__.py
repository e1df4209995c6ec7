"""Does a table hold what its definition says? Every problem is found; none stops the search for the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import Column, Table
from outsourcing_kit.text import folded, no_answer, plain, quoted, shown
from outsourcing_kit.validation.cells import Fault, convert, is_blank, is_zone, named
from outsourcing_kit.validation.problem import SHOWN, Found, Problem, Unreadable, count, report
from outsourcing_kit.validation.reading import Block, doubled_column, read_blocks

__all__ = ["Problem", "check_table", "count", "is_zone", "read_table", "reference_problems", "report"]

# A guess at what was meant is a look at every name that there is: not worth it beyond these.
_MOST_TO_GUESS_FROM = 2_000
_LONGEST_TO_GUESS = 200
# Ratings are numbers where all but this share of a criterion's are.
_FEW = 0.2


def read_table(path: Path, definition: Table) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read one CSV or Parquet file and check it against its definition.

    Returns the typed table (None where it could not be read or holds no rows) and every problem found; of many of one
    kind in one column the first five, and how many more there are.
    """
    try:
        return _check(read_blocks(path), definition, path.name)
    except Unreadable as unreadable:
        return None, [unreadable.problem]


def check_table(raw: pd.DataFrame, definition: Table, *, file: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Check a raw table (strings or typed columns) and return it typed, with every problem found."""
    names = [plain(str(name)) for name in raw.columns]
    if doubled := doubled_column(names, file):
        return None, [doubled]
    return _check([{name: raw.iloc[:, n] for n, name in enumerate(names)}], definition, file)


def _check(blocks: Iterable[Block], definition: Table, file: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    found, parts = Found(file), []
    known = {column.name: column for column in definition.columns}
    first_row = 2
    for number, block in enumerate(blocks):
        if not number:
            _check_header(list(block), definition, found)
        rows = np.arange(first_row, first_row + len(next(iter(block.values()), ())))
        parts.append(_converted(block, rows, known, found))
        first_row += len(rows)
        del block  # before the next is read
    parts = [part for part in parts if len(part)]
    if not parts:
        what = ("a header without rows", "at least one row", "fill it in, or remove the file")
        return None, [*found.listed(), Problem(file, "no rows", *what, severity="note")]
    typed = pd.concat(parts) if len(parts) > 1 else parts[0]
    _check_keys(typed, definition, found)
    _check_order(typed, definition, found)
    _note_near_words(typed, definition, found)
    if definition.name == "ratings":
        _note_odd_ratings(typed, found)
    return typed, found.listed()


def reference_problems(frames: Mapping[str, pd.DataFrame], definition: Table, file: str) -> list[Problem]:
    """Values that must be found in another table, and are not. A table that is absent is not asked."""
    frame, found = frames[definition.name], Found(file)
    for column in definition.columns:
        other, _, key = column.refers.partition(".")
        if not column.refers or other not in frames or column.name not in frame or key not in frames[other]:
            continue
        values, listed = frame[column.name], frames[other][key].dropna()
        wrong = values[values.notna() & ~values.isin(listed)]

        def say(
            n: int, wrong: pd.Series = wrong, listed: pd.Series = listed, other: str = other, key: str = key
        ) -> tuple[str, str, str]:
            value, expected = wrong.iloc[n], f"a {key} that {other} lists"
            guess = _guess(value, listed)
            add = f"add {quoted(value)} to {other}"
            return quoted(value), expected, f"write {quoted(guess)}, or {add}" if guess else add

        found.add("unknown reference", column.name, wrong.index + 2, say)
    return found.listed()


def _guess(value: str, listed: pd.Series) -> str | None:
    names = listed.unique()
    same = [name for name in names if folded(name) == folded(value)]
    if same or len(names) > _MOST_TO_GUESS_FROM or len(value) > _LONGEST_TO_GUESS:
        return same[0] if same else None
    return nearest(value, [name for name in names if len(name) <= _LONGEST_TO_GUESS])


def _check_header(names: list[str], definition: Table, found: Found) -> None:
    unknown = [name for name in names if name not in definition.names and len(name) <= _LONGEST_TO_GUESS]
    for column in definition.columns:
        if column.name in names:
            continue
        guess = nearest(column.name, unknown)
        if not column.optional:
            mend = f"rename {quoted(guess)} to {column.name!r}" if guess else f"add the column {column.name!r}"
            what = ("no such column", column.meaning, mend)
            found.listed_too(Problem(found.file, "missing column", *what, column=column.name))
        elif guess:
            what = (quoted(guess), repr(column.name), f"rename it to {column.name!r}")
            found.listed_too(Problem(found.file, "unread column", *what, column=guess, severity="note"))


def _blank_lines(block: Block) -> NDArray[np.bool_]:
    """Which lines hold nothing at all. One that does not hold the first column's cell is looked at whole."""
    columns = list(block.values())
    first = columns[0] if columns else []
    first = first.astype(object).tolist() if isinstance(first, pd.Series) else first
    # Most cells begin with a letter or a digit, and that is found out at once.
    blank = np.array(
        [not (isinstance(cell, str) and cell[:1].isalnum()) and is_blank(cell) for cell in first], dtype=bool
    )
    for place in np.flatnonzero(blank).tolist():
        blank[place] = all(
            is_blank(cells.iloc[place] if isinstance(cells, pd.Series) else cells[place]) for cells in columns
        )
    return blank


def _converted(block: Block, rows: NDArray[Any], known: Mapping[str, Column], found: Found) -> pd.DataFrame:
    """The block's columns, each in its kind, without its blank lines."""
    kept = ~_blank_lines(block)
    columns = {}
    for name, cells in block.items():
        if not kept.all():
            cells = cells[kept] if isinstance(cells, pd.Series) else list(compress(cells, kept))
        columns[name] = _column(cells, known[name], rows[kept], found) if name in known else list(cells)
    # The index keeps each row's place in the file until the references are checked.
    return pd.DataFrame(columns, index=rows[kept] - 2)


def _column(raw: Sequence[str] | pd.Series, column: Column, rows: NDArray[Any], found: Found) -> Any:
    values, blank, faults = convert(raw, column)
    if not (column.blank or column.optional) and blank.any():
        found.add("blank", column.name, rows[blank], lambda _: ("nothing", column.meaning, "fill it in"))
    for fault in faults:
        places = np.flatnonzero(fault.mask)
        if not len(places):
            continue
        first = [raw.iloc[place] if isinstance(raw, pd.Series) else raw[place] for place in places[:SHOWN].tolist()]

        def say(n: int, first: list[Any] = first, fault: Fault = fault) -> tuple[str, str, str]:
            mend = fault.mend(plain(str(first[n]))) if callable(fault.mend) else fault.mend
            return named(first[n]), fault.expected, mend

        found.add(fault.kind, column.name, rows[places], say)
    return values


def _check_keys(typed: pd.DataFrame, definition: Table, found: Found) -> None:
    key = list(definition.key)
    if not key or not set(key) <= set(typed.columns):
        return
    # A blank in a key is reported as a blank; reporting it as doubled too would be noise.
    doubled = typed.duplicated(key)
    if not doubled.any():
        return
    again = typed.loc[doubled & typed[key].notna().all(axis=1), key]

    def say(n: int) -> tuple[str, str, str]:
        value = ", ".join(shown(part) for part in again.iloc[n])
        return f"{value} a second time", f"one row for each {' × '.join(key)}", "remove or rename one"

    if len(again):
        found.add("doubled key", None, again.index + 2, say)


def _check_order(typed: pd.DataFrame, definition: Table, found: Found) -> None:
    for first, second in definition.order:
        if first not in typed or second not in typed:
            continue
        mask = (typed[first] > typed[second]).to_numpy(dtype=bool)
        if not mask.any():
            continue
        wrong = typed.loc[mask, [first, second]]

        def say(n: int, wrong: pd.DataFrame = wrong) -> tuple[str, str, str]:
            (a, b), (first, second) = (wrong.iloc[n], wrong.columns)
            after = "after" if hasattr(a, "year") else ">"
            return f"{first} {_said(a)} {after} {second} {_said(b)}", f"{first} ≤ {second}", "swap or correct them"

        if len(wrong):
            found.add(f"order {first} {second}", first, wrong.index + 2, say)


def _said(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else f"{value:g}"


def _note_near_words(typed: pd.DataFrame, definition: Table, found: Found) -> None:
    """Words like those that the kit looks for: taken for something else, they would be counted as absent."""
    for column in definition.columns:
        if not column.words or column.allowed or column.name not in typed:
            continue
        words, near = typed[column.name].dropna().drop_duplicates(), []
        for row, word in words.head(_MOST_TO_GUESS_FROM).items():
            meaning, how = column.meant(word)
            if how == "near":
                near.append((row, word, meaning))
        if near:

            def say(n: int, near: list[tuple[int, str, str]] = near) -> tuple[str, str, str]:
                _, word, meaning = near[n]
                expected = f"{meaning!r} if it is that: the two are alike, and only you can say"
                return quoted(word), expected, f"write {meaning} if it is the {meaning}, else leave it"

            found.add("near word", column.name, [row + 2 for row, *_ in near], say, severity="note")


def _note_odd_ratings(typed: pd.DataFrame, found: Found) -> None:
    if not {"criterion", "rating"} <= set(typed.columns):
        return
    given = typed.loc[~typed["rating"].map(no_answer).astype(bool), ["criterion", "rating"]]
    odd = pd.to_numeric(given["rating"], errors="coerce").isna()
    few = odd & (odd.groupby(given["criterion"]).transform("mean") <= _FEW)
    cells = given[few].drop_duplicates()

    def say(n: int) -> tuple[str, str, str]:
        criterion, rating = cells.iloc[n]
        expected = f"a number, as the other ratings of {quoted(criterion)}"
        return quoted(rating), expected, "write the number; or n/a where there is no answer"

    if len(cells):
        found.add("odd rating", "rating", cells.index + 2, say, severity="note")
