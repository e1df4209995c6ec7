"""Toggl and Clockify: the detailed report, in any of their regional formats."""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.scales import affirmed
from outsourcing_kit.written import times

NAME, KEY = "time entries of Toggl or Clockify (CSV)", "time"
# Nobody works longer in one go: a longer entry is a day read in the wrong order, or a clock that was not stopped.
_LONGEST = pd.Timedelta(hours=24)


def is_mine(source: Source) -> bool:
    """Whether its header has a user, the day and the time at which work began, and how long it took."""
    header = source.header
    return header.is_of(KEY) and (header.is_of(KEY, "length") or "End time" in header)


def read(source: Source, ask: Ask) -> Draft:
    """Stretches of work of the provider's people; whose side somebody is on is asked for all files at once."""
    rows, draft = source.grid.frame(KEY), Draft()
    ours = _ours(rows["client"], ask, draft)
    rows["person"] = rows["mail"].where(rows["mail"] != "", rows["user"])
    draft.meet(map(Who, rows["person"], rows["user"], rows["mail"]))
    days = (rows[name] for name in ("start_date", "end_date", "made"))
    order = ask.order(*days, settled=lambda order: _fits(rows, order))
    # A report shows the clock of its reader or of each worker, and does not say which.
    draft.zone = ask.zone("In which time zone does the report show its times?", own=True)
    rows["started"], rows["ended"] = _stretches(rows, order)
    rows["task"] = [task or project or "work" for task, project in zip(rows["task"], rows["project"], strict=True)]
    rows["billable"] = rows["billable"].map(affirmed)
    rows = rows[ours]
    unknown = rows["started"].isna() | rows["ended"].isna() | (rows["person"] == "")
    rows = draft.without(rows, unknown, "entries without a person, a beginning or an end")
    endless, backwards = rows["ended"] - rows["started"] > _LONGEST, rows["ended"] < rows["started"]
    draft.leave_out("entries of more than a day: a clock that was not stopped", endless)
    draft.leave_out("entries that end before they begin", backwards)
    draft.add("time_entries", rows[~endless & ~backwards])
    return draft


def _ours(client: pd.Series, ask: Ask, draft: Draft) -> pd.Series:
    """The rows of this engagement; an agency's report may hold those of all its clients."""
    names = [name for name in pd.unique(client) if name]
    known = bool(ask.said("client"))
    if not names or (len(names) == 1 and not known):
        return pd.Series(True, client.index)
    most = str(client[client != ""].mode()[0])
    # Another month's report may have entries of others alone.
    mine = client == ask.one("client", "Which client's engagement is this?", () if known else names, most)
    draft.leave_out("entries of another client", ~mine & (client != ""))
    draft.leave_out("entries without a client, in a report that has several", client == "")
    return mine


def _fits(rows: pd.DataFrame, order: str) -> bool:
    """Whether under this order of day and month no entry is longer than a day, or was made before it began."""
    started, ended = _stretches(rows, order)
    made = pd.Series(times(rows["made"].tolist(), order).local)
    length = ended - started
    too_early = made + pd.Timedelta(days=1) < started
    return not ((length > _LONGEST) | (length < pd.Timedelta(0)) | too_early).any()


def _stretches(rows: pd.DataFrame, order: str) -> tuple[pd.Series, pd.Series]:
    """When each began and ended; an end that is not there follows from the duration."""
    started, ended = (_moments(rows[f"{end}_date"], rows[f"{end}_time"], order) for end in ("start", "end"))
    # Durations are written as 2:04:29 or 2:04.
    parts = rows["length"].str.extract(r"^(\d{1,5}):(\d{1,5})(?::(\d{1,5}))?(?::\d{1,5})*$").astype(float)
    seconds = parts[0] * 3600 + parts[1] * 60 + parts[2].fillna(0)
    return started, ended.fillna(started + pd.to_timedelta(seconds, unit="s"))


def _moments(days: pd.Series, hours: pd.Series, order: str) -> pd.Series:
    # A workbook's days are midnights.
    told = (days.str.removesuffix(" 00:00:00") + " " + hours).where((days != "") & (hours != ""), "")
    return pd.Series(times(told.tolist(), order).local)
