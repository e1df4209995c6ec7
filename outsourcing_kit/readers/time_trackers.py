"""Toggl and Clockify: the detailed report, in any of their regional formats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.readers.scales import affirmed
from outsourcing_kit.written import times

NAME, KEY = "time entries of Toggl or Clockify (CSV)", "time"
# Nobody works longer in one go: a longer entry is a day read in the wrong order, or a clock that was not stopped.
_LONGEST = pd.Timedelta(hours=24)


def is_mine(source: Source) -> bool:
    """Whether its header has a user, the day and the time at which work began, and how long it took."""
    columns = (("User", "Member"), ("Start date",), ("Start time",), ("Duration", "Duration (h)", "End time"))
    return all(any(name in source.header for name in names) for names in columns)


def read(source: Source, ask: Ask) -> Draft:
    """Stretches of work of the provider's people; whose side somebody is on is asked for all files at once."""
    grid, draft = source.grid, Draft()
    ours = _ours(grid, ask, draft)
    user, mail = grid.get("User", "Member"), grid.get("Email")
    alias = pd.Series([address or name for name, address in zip(user, mail, strict=True)], dtype=object)
    draft.meet(Who(a, name, address) for a, name, address in zip(alias, user, mail, strict=True))
    days = (grid.get(*names) for names in (("Start date",), ("End date", "Stop date"), ("Date of creation",)))
    order = ask.order(*days, settled=lambda order: _fits(grid, order))
    # A report shows the clock of its reader or of each worker, and does not say which.
    draft.zone = ask.zone("In which time zone does the report show its times?", own=True)
    started, ended = _stretches(grid, order)
    known = pd.notna(started) & pd.notna(ended) & (alias != "")
    draft.leave_out("entries without a person, a beginning or an end", int((~known & ours).sum()))
    endless, backwards = known & (ended - started > _LONGEST), known & (ended < started)
    draft.leave_out("entries of more than a day: a clock that was not stopped", int((endless & ours).sum()))
    draft.leave_out("entries that end before they begin", int((backwards & ours).sum()))
    kept = known & ours & ~endless & ~backwards
    what = zip(grid.get("Task"), grid.get("Project"), strict=True)
    columns = {
        "person": alias, "started": started, "ended": ended,
        "task": pd.Series([task or project or "work" for task, project in what], dtype=object),
        "billable": pd.Series([affirmed(cell) for cell in grid.get("Billable")], dtype=object),
    }  # fmt: skip
    draft.add("time_entries", {name: column[kept] for name, column in columns.items()})
    return draft


def _ours(grid: Grid, ask: Ask, draft: Draft) -> pd.Series:
    """The rows of this engagement; an agency's report may hold those of all its clients."""
    client = pd.Series(grid.get("Client"), dtype=object)
    names = [name for name in pd.unique(client) if name]
    known = bool(ask.said("client"))
    if not names or (len(names) == 1 and not known):
        return pd.Series(True, client.index)
    most = str(client[client != ""].mode()[0])
    # Another month's report may have entries of others alone.
    mine = client == ask.one("client", "Which client's engagement is this?", () if known else names, most)
    draft.leave_out("entries of another client", int((~mine & (client != "")).sum()))
    draft.leave_out("entries without a client, in a report that has several", int((client == "").sum()))
    return mine


def _fits(grid: Grid, order: str) -> bool:
    """Whether under this order of day and month no entry is longer than a day, or was made before it began."""
    started, ended = _stretches(grid, order)
    made = pd.Series(times(grid.get("Date of creation"), order).local)
    length = ended - started
    too_early = made + pd.Timedelta(days=1) < started
    return not ((length > _LONGEST) | (length < pd.Timedelta(0)) | too_early).any()


def _stretches(grid: Grid, order: str) -> tuple[pd.Series, pd.Series]:
    """When each began and ended; an end that is not there follows from the duration."""
    started, ended = (_moments(grid, ends, order) for ends in (("Start",), ("End", "Stop")))
    return started, ended.fillna(started + _lengths(grid.get("Duration", "Duration (h)")))


def _moments(grid: Grid, ends: tuple[str, ...], order: str) -> pd.Series:
    cells = zip(*(grid.get(*(f"{end} {part}" for end in ends)) for part in ("date", "time")), strict=True)
    # A workbook's days are midnights.
    told = [f"{day.removesuffix(' 00:00:00')} {hour}" if day and hour else "" for day, hour in cells]
    return pd.Series(times(told, order).local)


def _lengths(cells: list[str]) -> pd.Series:
    """Durations written as 2:04:29 or 2:04."""
    parts = [cell.split(":") for cell in cells]
    seconds = [
        sum(int(part) * unit for part, unit in zip(cell, (3600, 60, 1), strict=False))
        if len(cell) > 1 and all(part.isdecimal() and len(part) < 6 for part in cell) else np.nan
        for cell in parts
    ]  # fmt: skip
    return pd.to_timedelta(pd.Series(seconds, dtype=float), unit="s")
