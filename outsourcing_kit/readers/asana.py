"""Asana: the tasks of a project as CSV, which knows days and no times, and not who made a task."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, add_items, is_said
from outsourcing_kit.readers.opening import Source, grid_of
from outsourcing_kit.text import shown

NAME, KEY = "tasks of Asana (CSV)", "asana"
_TIMES = ("requested", "due", "delivered")
_IDEA = re.compile(r"\bideas?\b|suggest|proposal|vorschl|sugerenc|sugest|propuesta", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
# Spreadsheets keep 15 digits of a number, and write noughts for the others.
_KEPT, _FEWEST = 15, 5


def is_mine(source: Source) -> bool:
    """Whether a line near its beginning has Asana's names of columns; a sheet that Asana fills has others above it."""
    return (source.is_workbook or "task id" in source.head.casefold()) and _header(source) is not None


def _header(source: Source) -> int | None:
    return next((n for n, row in enumerate(source.rows[:20]) if grid_of(source, [row]).is_of(KEY)), None)


def read(source: Source, ask: Ask) -> Draft:
    """Tasks as `work`; ideas that nobody has taken as `proposals`."""
    rows, draft = grid_of(source, source.rows[_header(source) :]).frame(KEY), Draft()
    # Rounded, ids of several tasks become one, and next month finds none of them again.
    _refuse_rounded(source, rows["item"].tolist())
    name, mail = rows["person"], rows["mail"]
    rows["person"] = mail.where(mail != "", name)
    draft.meet(map(Who, rows["person"], name, mail))
    rows["topic"] = [tags.partition(",")[0].strip() for tags in rows["topic"]]
    draft.date(rows, _TIMES, ask.order(*(rows[column] for column in _TIMES)))
    # Days alone are the same everywhere.
    if any(rows[column].dtype.kind == "M" and rows[column].dt.tz is None for column in _TIMES):
        draft.zone = ask.zone("In which time zone does the file show its times?")
    bad = (rows["item"] == "") | ~is_said(rows["requested"])
    rows = draft.without(rows, bad, "tasks without an id or a day on which they were made")
    said = rows["title"] + "\n" + rows["section"] + "\n" + rows["topic"]
    # Boards keep ideas in a section or under a tag of that name.
    idea = said.str.contains(_IDEA) & (rows["person"] == "")
    rows["text"] = rows["title"] + ("\n" + rows["text"]).where(rows["text"] != "", "")
    add_items(
        draft, rows[~idea].assign(kind="task"), rows[idea].assign(requester=""), ask,
        question="Does the client accept a task by marking it as complete?", tool="Asana",
        done="a task that is complete",
        guess="a task called an idea that nobody has taken is a proposal; who made it is unknown",
    )  # fmt: skip
    if "work" in draft.tables:
        draft.assume("work", "Asana knows no kinds of work: all tasks are of one kind")
    return draft


def _refuse_rounded(source: Source, ids: Sequence[str]) -> None:
    """Raises OutsourcingKitError where a spreadsheet rounded the ids: they would be those of other tasks."""
    long = [each for each in ids if each.isdecimal() and len(each) > _KEPT]
    spoilt = next((each for each in ids if _ROUNDED.fullmatch(each)), "")
    if len(long) >= _FEWEST and not any(each[_KEPT:].strip("0") for each in long):
        spoilt = long[0]
    if spoilt or len(set(long)) < len(long):
        source.refuse(
            f"task ids that a spreadsheet rounded, such as {shown(spoilt or long[0])}",
            "all digits of each id", "export the project again, and import that file without opening it",
        )  # fmt: skip
