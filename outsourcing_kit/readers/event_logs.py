"""Logs of events of tickets, a row an event: as in the BPI Challenge of 2013, or as process mining tools write."""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

NAME, KEY = "a log of events of tickets (CSV)", "log"
_CASE = ("SR Number", "case:concept:name", "Case ID", "Case")
_WHAT = ("concept:name", "Activity", "Status")
_WHEN = ("Change Date+Time", "time:timestamp", "Complete Timestamp", "Event time")
_WHO = ("Owner First Name", "org:resource", "Resource")
_WHERE = ("Owner Country", "resource country")
_TEAM = ("Involved ST", "org:group")
# Not a person, but the tool itself.
_MACHINES = {"siebel", "system", "workflow"}
# More than these are not of one engagement; who did what is optional.
_MOST_PEOPLE = 200


def is_mine(source: Source) -> bool:
    """Whether its header has a case, what happened and when, by the names that logs have for them."""
    grid = source.header
    return all(any(name in grid for name in names) for names in (_CASE, _WHAT, _WHEN))


def read(source: Source, ask: Ask) -> Draft:
    """Rows as `events`. First names are not unique: a person is a name and a country."""
    grid, draft = source.grid, Draft()
    written = grid.get(*_WHEN)
    read = times(written, ask.order(written))
    when = moments(read)
    if when.dtype.kind == "M" and when.dt.tz is None:
        draft.zone = ask.zone("In which time zone does the log show its times?")
    status, more = grid.get(*_WHAT), grid.get("Sub Status")
    what = [" / ".join(filter(None, pair)) for pair in zip(status, more, strict=True)]
    rows = pd.DataFrame({
        "case": grid.get(*_CASE), "activity": what, "happened_at": when, "person": _people(grid),
        "team": grid.get(*_TEAM),
    })  # fmt: skip
    bad = (rows["case"] == "") | (rows["activity"] == "") | read.unread | pd.Series(written, dtype=object).eq("")
    draft.leave_out("events without a ticket, a time or what happened", int(bad.sum()))
    rows = rows[~bad]
    people = [name for name in pd.unique(rows["person"]) if name]
    if len(people) > _MOST_PEOPLE:
        rows = rows.assign(person="")
        draft.assume("events", f"{len(people):,} people are more than one engagement has: who did what is left out")
    draft.meet(Who(name) for name in people if len(people) <= _MOST_PEOPLE)
    draft.add("events", {str(name): column for name, column in rows.items()})
    return draft


def _people(grid: Grid) -> list[str]:
    """A name with its country; nobody where it is a machine's."""
    pairs = zip(grid.get(*_WHO), grid.get(*_WHERE), strict=True)
    return [
        "" if folded(name) in _MACHINES or not name else f"{name} of {place}" if place else name
        for name, place in pairs
    ]
