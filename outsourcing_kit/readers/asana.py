"""Asana: the tasks of a project as CSV, which knows days and no times, and not who made a task."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, acceptance, moments
from outsourcing_kit.readers.opening import Grid, Source, grid_of
from outsourcing_kit.text import folded, shown
from outsourcing_kit.written import times

NAME, KEY = "tasks of Asana (CSV)", "asana"
_NEEDED = {"task id", "created at", "name"}
_IDEA = re.compile(r"\bideas?\b|suggest|proposal|vorschl|sugerenc|sugest|propuesta", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
# Spreadsheets keep 15 digits of a number, and write noughts for the others.
_KEPT, _FEWEST = 15, 5


def is_mine(source: Source) -> bool:
    """Whether a line near its beginning has Asana's names of columns; a sheet that Asana fills has others above it."""
    return (source.is_workbook or "task id" in source.head.casefold()) and _header(source) is not None


def _header(source: Source) -> int | None:
    named = (n for n, row in enumerate(source.rows[:20]) if {folded(cell) for cell in row} >= _NEEDED)
    return next(named, None)


def read(source: Source, ask: Ask) -> Draft:
    """Tasks as `work`; ideas that nobody has taken as `proposals`."""
    grid, draft = grid_of(source, source.rows[_header(source) :]), Draft()
    # Rounded, ids of several tasks become one, and next month finds none of them again.
    _refuse_rounded(source, grid.get("Task ID"))
    mail, name = grid.get("Assignee Email"), grid.get("Assignee")
    draft.meet(Who(address or who, who, address) for who, address in zip(name, mail, strict=True))
    cells = pd.DataFrame({
        "item": grid.get("Task ID"), "person": [address or who for who, address in zip(name, mail, strict=True)],
        "topic": [tags.split(",")[0].strip() for tags in grid.get("Tags")],
        "section": grid.get("Section/Column"), "title": grid.get("Name"), "notes": grid.get("Notes"),
        **_times(grid, ask, draft),
    }, dtype=object)  # fmt: skip
    kept = (cells["item"] != "") & pd.Series([bool(day) and day == day for day in cells["requested"]], dtype=bool)
    draft.leave_out("tasks without an id or a day on which they were made", int((~kept).sum()))
    said = cells["title"] + "\n" + cells["section"] + "\n" + cells["topic"]
    # Boards keep ideas in a section or under a tag of that name.
    idea = said.str.contains(_IDEA) & (cells["person"] == "")
    _add_work(draft, cells[kept & ~idea], ask)
    ideas = cells[kept & idea]
    why = "a task called an idea that nobody has taken is a proposal; who made it is unknown"
    draft.suggest(ideas["item"], [""] * len(ideas), ideas["requested"], ideas["delivered"], why)
    return draft


def _refuse_rounded(source: Source, ids: Sequence[str]) -> None:
    """Raises OutsourcingKitError where a spreadsheet rounded the ids: they would be those of other tasks."""
    long = [each for each in ids if each.isdecimal() and len(each) > _KEPT]
    spoilt = next((each for each in ids if _ROUNDED.fullmatch(each)), "")
    if len(long) >= _FEWEST and not any(each[_KEPT:].strip("0") for each in long):
        spoilt = long[0]
    twice = len(set(long)) < len(long) or bool(spoilt)
    if twice:
        source.refuse(
            f"task ids that a spreadsheet rounded, such as {shown(spoilt or long[0])}",
            "all digits of each id", "export the project again, and import that file without opening it",
        )  # fmt: skip


def _times(grid: Grid, ask: Ask, draft: Draft) -> dict[str, pd.Series]:
    """When tasks were made, due and done: days, unless a file of the interface has times."""
    written = {"requested": "Created At", "due": "Due Date", "delivered": "Completed At"}
    cells = {name: grid.get(column) for name, column in written.items()}
    order, found = ask.order(*cells.values()), {}
    for name, column in cells.items():
        read = times(column, order)
        draft.leave_out(f"times of {name} that cannot be read", int(read.unread.sum()))
        found[name] = moments(read)
    # Days alone are the same everywhere.
    if any(each.dtype.kind == "M" and each.dt.tz is None and each.notna().any() for each in found.values()):
        draft.zone = ask.zone("In which time zone does the file show its times?")
    return found


def _add_work(draft: Draft, work: pd.DataFrame, ask: Ask) -> None:
    if not len(work):
        return
    question = "Does the client accept a task by marking it as complete?"
    accepted = acceptance(draft, ask, work["delivered"], question, "Asana", "a task that is complete")
    text = work["title"] + work["notes"].map(lambda notes: f"\n{notes}" if notes else "")
    draft.assume("work", "Asana knows no kinds of work: all tasks are of one kind")
    draft.add("work", {
        "item": work["item"], "person": work["person"], "kind": ["task"] * len(work), "topic": work["topic"],
        "requested": work["requested"], "due": work["due"], "delivered": work["delivered"], "accepted": accepted,
        "text": text,
    })  # fmt: skip
