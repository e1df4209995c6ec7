"""Does a table hold what its definition says? Every problem is found; none stops the search for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import compress, repeat
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import Column, Table
from outsourcing_kit.text import folded, no_answer, plain, quoted
from outsourcing_kit.validation.cells import TEXT, convert, is_blank
from outsourcing_kit.validation.contradictions import in_order, one_of_each, severity, treatment
from outsourcing_kit.validation.habits import KINDS, Habits, column_name, settled, usual
from outsourcing_kit.validation.places import Place, Zones, is_zone, person_column
from outsourcing_kit.validation.problem import Checked, Found, Problem, Unreadable, cell_of, count, report
from outsourcing_kit.validation.reading import Block, Form, doubled_column, form_of, read_blocks, western

__all__ = [
    "Problem", "as_written", "check_table", "count", "is_zone", "only_listed", "read_table", "reference_problems",
    "report",
]  # fmt: skip

# A guess at what was meant is a look at every name that there is: not worth it beyond these.
_MOST_TO_GUESS_FROM = 2_000
_LONGEST_TO_GUESS = 200
_T = TypeVar("_T")
# Ratings are numbers where all but this share of a criterion's are.
_FEW = 0.2


def read_table(path: Path, definition: Table, place: Place | None = None) -> Checked:
    """Read one CSV or Parquet file and check it against its definition; `place` says where its times were written.

    Returns the typed table (None where it could not be read or holds no rows) and every problem found; of many of one
    kind in one column the first five, and how many more there are.
    """

    def read(form: Form) -> Checked:
        # Who separates by semicolons may write a decimal comma, in which 1.100 is a thousand.
        return _as_written(lambda: read_blocks(path, form), definition, path.name, place, separator=form.separator)

    try:
        (frame, problems), notes = _in_its_form(path, read)
    except Unreadable as unreadable:
        return None, [unreadable.problem]
    return frame, notes + problems


def as_written(path: Path, definition: Table, place: Place) -> pd.DataFrame:
    """A CSV table as texts in the dictionary's forms; nothing is checked and nothing left out.

    For whoever writes rows beside those that are there. Raises Unreadable, also for a day that can be read in two ways.
    """

    def read(form: Form) -> pd.DataFrame:
        blocks = [_named(block, definition) for block in read_blocks(path, form)]
        cells = {name: [cell for block in blocks for cell in block[name]] for name in blocks[0]}
        habits, found = _habits_of(blocks, definition, path.name, place, form.separator)
        if asked := next((problem for problem in found if problem.severity == "error"), None):
            raise Unreadable(asked)
        known = _written(definition)
        usually = {name: usual(each, known[name], habits) if name in known else each for name, each in cells.items()}
        frame = pd.DataFrame(usually, dtype=object)
        return frame[(frame != "").any(axis=1)].reset_index(drop=True)

    return _in_its_form(path, read)[0]


def _in_its_form(path: Path, read: Callable[[Form], _T]) -> tuple[_T, list[Problem]]:
    """What `read` makes of a file in the form that it is written in, and a note where its letters are a guess."""
    form = form_of(path)
    # A byte that is not UTF-8 may come late in a long file: it is read from the beginning once more, not before.
    try:
        return read(form), []
    except Unreadable as unreadable:
        if unreadable.problem.kind != "encoding" or not western(path):
            raise
        how = "read as Western European (Windows-1252): look at its accents, or save it as 'CSV UTF-8'"
        note = replace(unreadable.problem, mend=how, severity="note")
    return read(form._replace(encoding="cp1252")), [note]


def _as_written(
    blocks: Callable[[], Iterable[Block]], definition: Table, file: str, place: Place | None, *,
    separator: str = ",", first_row: int = 2,
) -> Checked:  # fmt: skip
    """The table as the dictionary writes it; where it is not written so, as a spreadsheet does, read once more."""
    # Most files are written as the dictionary has it: for those a look at the habits of others would cost time.
    frame, problems = _check(blocks(), definition, file, place, first_row)
    odd = separator != "," or any(p.kind == "unreadable" and p.column in _written(definition) for p in problems)
    if place is None or not odd:
        return frame, problems
    habits, notes = _habits_of(blocks(), definition, file, place, separator)
    frame, problems = _check(blocks(), definition, file, place, first_row, habits)
    return frame, notes + problems


def _habits_of(
    blocks: Iterable[Block], definition: Table, file: str, place: Place, separator: str
) -> tuple[Habits, list[Problem]]:
    """How the file writes numbers and days: all columns first, as what one leaves open another may settle."""
    written, currency = _written(definition), place.currency
    cells: dict[Column, list[Any]] = {}
    for block in blocks:
        named = _named(block, definition)
        currency = "" if "currency" in named else currency
        for name in filter(written.__contains__, named):
            texts = (cell for cell in named[name] if isinstance(cell, str | int | float | np.number))
            cells.setdefault(written[name], []).extend(dict.fromkeys(texts))
    return settled(cells, place, file, separator=separator, currency=currency)


def _written(definition: Table) -> dict[str, Column]:
    """The columns that spreadsheets write in forms of their own."""
    return {column.name: column for column in definition.columns if column.kind in KINDS}


def _named(block: Block, definition: Table) -> Block:
    """The block with the names of the dictionary, where the file's differ by capitals or blanks alone."""
    names = [column_name(name, definition.names) for name in block]
    # "Person" beside "person" is a column of somebody's own.
    return block if len(set(names)) < len(names) else dict(zip(names, block.values(), strict=True))


def check_table(
    raw: pd.DataFrame, definition: Table, *, file: str, place: Place | None = None, first_row: int = 2
) -> Checked:
    """Check a raw table (strings or typed columns) and return it typed, with every problem found.

    `place` says where its times were written; `first_row` is the number by which messages call its first row.
    """
    names = [plain(str(name)) for name in raw.columns]
    if doubled := doubled_column(names, file):
        return None, [doubled]
    block = {name: raw.iloc[:, n] for n, name in enumerate(names)}
    return _as_written(lambda: [block], definition, file, place, first_row=first_row)


def _check(
    blocks: Iterable[Block], definition: Table, file: str, place: Place | None, first_row: int,
    habits: Habits | None = None,
) -> Checked:  # fmt: skip
    found, parts = Found(file, definition.name), []
    for number, raw in enumerate(blocks):
        block = _named(raw, definition)
        if not number:
            _check_header(list(block), definition, found)
        rows = np.arange(first_row, first_row + len(next(iter(block.values()), ())))
        parts.append(_converted(block, rows, definition, found, place, habits))
        first_row += len(rows)
        del raw, block  # before the next is read
    parts = [part for part in parts if len(part)]
    if not parts:
        what = ("a header without rows", "at least one row", "write what you have, or remove the file")
        return None, [*found.listed(), Problem(file, "no rows", *what, severity="note")]
    typed = pd.concat(parts) if len(parts) > 1 else parts[0]
    typed = in_order(one_of_each(typed, definition, found), definition, found)
    _note_near_words(typed, definition, found)
    if definition.name == "ratings":
        _note_odd_ratings(typed, found)
    return typed, found.listed()


def reference_problems(frames: Mapping[str, pd.DataFrame], definition: Table, file: str) -> list[Problem]:
    """Values that must be found in another table, and are not. A table that is absent is not asked."""
    found = Found(file, definition.name)
    found.rows = len(frames[definition.name])
    for column, listed, wrong in _strange(frames, definition):
        other, _, key = column.refers.partition(".")
        said = ((quoted(value), f"a {key} that {other} lists", _listed(value, listed, other)) for value in wrong)
        found.add("unknown reference", column.name, wrong.index + 2, said, severity(definition))
    return found.listed()


def only_listed(frames: Mapping[str, pd.DataFrame], definition: Table) -> pd.DataFrame:
    """The table with blanks for what another table should list and does not: nobody knows who or what is meant.

    Where a blank would say something, as of nobody addressed, the name stays, and is nobody's.
    """
    frame = frames[definition.name]
    for column, _, wrong in _strange(frames, definition):
        if len(wrong) and not column.blank_says:
            frame = frame.assign(**{column.name: frame[column.name].mask(frame.index.isin(wrong.index))})
    return frame


def _strange(frames: Mapping[str, pd.DataFrame], definition: Table) -> Iterator[tuple[Column, pd.Series, pd.Series]]:
    """Each column that refers to a table that is there: what that lists, and the column's values that it does not."""
    frame = frames[definition.name]
    for column in definition.columns:
        other, _, key = column.refers.partition(".")
        if column.refers and other in frames and column.name in frame and key in frames[other]:
            values, listed = frame[column.name], frames[other][key].dropna()
            yield column, listed, values[~values.isin(listed)].dropna()


def _listed(value: str, listed: pd.Series, other: str) -> str:
    """What mends a value that another table does not list."""
    names, add = listed.unique(), f"add {quoted(value)} to {other}"
    guess = next((name for name in names if folded(name) == folded(value)), None)
    if guess is None and len(names) <= _MOST_TO_GUESS_FROM and len(value) <= _LONGEST_TO_GUESS:
        guess = nearest(value, [name for name in names if len(name) <= _LONGEST_TO_GUESS])
    return add if guess is None else f"write {quoted(guess)}, or {add}"


def _check_header(names: list[str], definition: Table, found: Found) -> None:
    unknown = [name for name in names if name not in definition.names and len(name) <= _LONGEST_TO_GUESS]
    for column in definition.columns:
        if column.name in names:
            continue
        guess = nearest(column.name, unknown)
        if not column.optional:
            mend = f"rename {quoted(guess)} to {column.name!r}" if guess else f"add the column {column.name!r}"
            what = ("no such column", column.meaning, mend)
            found.add_whole(Problem(found.file, "missing column", *what, column=column.name))
        elif guess:
            what = (quoted(guess), repr(column.name), f"rename it to {column.name!r}")
            found.add_whole(Problem(found.file, "unread column", *what, column=guess, severity="note"))


def _converted(
    block: Block, rows: NDArray[Any], definition: Table, found: Found, place: Place | None, habits: Habits | None
) -> pd.DataFrame:
    """The block's columns, each in its kind, without its blank lines."""
    known = {column.name: column for column in definition.columns}
    who = person_column(definition)

    def zones() -> Zones:
        assert place is not None
        return place.zones_of(definition, convert(block[who], known[who]).values if who in block else None, len(rows))

    read = {}
    for name, cells in block.items():
        if name in known:
            cells = usual(cells, known[name], habits) if habits else cells
            read[name] = convert(cells, known[name], zones if place else None)
    nothing = np.logical_and.reduce([np.ones(len(rows), dtype=bool), *(column.blank for column in read.values())])
    for name in block.keys() - read.keys():
        for row in np.flatnonzero(nothing).tolist():
            nothing[row] = is_blank(cell_of(block[name], row))
    kept, columns = ~nothing, {}
    found.rows += int(kept.sum())
    for name, column in read.items():
        rule = known[name]
        if not (rule.blank or rule.optional):
            blank = rows[kept & column.blank]
            what = ("nothing", rule.meaning, "ask who knows it and write that, never a guess")
            found.add("blank", name, blank, repeat(what), severity(definition, rule))
        how = treatment(definition, rule)
        column.tell(block[name], name, rows, found, severity=how.severity, more=how.more)
    for name, column in read.items():
        # Only now, so that the other cells of such a row are told of, too.
        if treatment(definition, known[name]).with_row:
            kept &= ~column.wrong
    for name, cells in block.items():
        if name not in read:
            columns[name] = list(compress(cells, kept.tolist()))
            continue
        values = read[name].values[kept]
        if values.dtype == object:
            values = pd.array(values, dtype=TEXT)
        elif known[name].kind == "integer" and not np.isnan(values).any():
            values = values.astype("int64")
        columns[name] = values
    # The index keeps each row's place in the file until the references are checked.
    return pd.DataFrame(columns, index=rows[kept] - 2)


def _note_near_words(typed: pd.DataFrame, definition: Table, found: Found) -> None:
    """Words like those that the kit looks for: taken for something else, they would be counted as absent."""
    for column in definition.columns:
        if not column.words or column.allowed or column.name not in typed:
            continue
        words = typed[column.name].dropna().drop_duplicates().head(_MOST_TO_GUESS_FROM)
        meant = ((row, *column.meant(word)) for row, word in words.items())
        near = {row: word for row, word, how in meant if how == "near"}
        only_you = "if it is that: the two are alike, and only you can say"
        said = (
            (quoted(words[row]), f"{word!r} {only_you}", f"write {word} if it is the {word}, else leave it")
            for row, word in near.items()
        )
        found.add("near word", column.name, [row + 2 for row in near], said, severity="note")


def _note_odd_ratings(typed: pd.DataFrame, found: Found) -> None:
    if not {"criterion", "rating"} <= set(typed.columns):
        return
    given = typed.loc[~typed["rating"].map(no_answer).astype(bool), ["criterion", "rating"]]
    odd = pd.to_numeric(given["rating"], errors="coerce").isna()
    few = odd & (odd.groupby(given["criterion"]).transform("mean") <= _FEW)
    cells, mend = given[few].drop_duplicates(), "write the number; or n/a where there is no answer"
    said = (
        (quoted(rating), f"a number, as the other ratings of {quoted(criterion)}", mend)
        for criterion, rating in cells.itertuples(index=False)
    )
    found.add("odd rating", "rating", cells.index + 2, said, severity="note")
