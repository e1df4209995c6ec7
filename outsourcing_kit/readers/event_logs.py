"""Logs of events of tickets, a row an event: as in the BPI Challenge of 2013, or as process mining tools write."""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

NAME, KEY = "a log of events of tickets (CSV)", "log"
# Not a person, but the tool itself.
_MACHINES = {"siebel", "system", "workflow"}
# More than these are not of one engagement; who did what is optional.
_MOST_PEOPLE = 200


def is_mine(source: Source) -> bool:
    """Whether its header has a case, what happened and when, by the names that logs have for them."""
    return source.header.is_of(KEY)


def read(source: Source, ask: Ask) -> Draft:
    """Rows as `events`. First names are not unique: a person is a name and a country."""
    rows, draft = source.grid.frame(KEY), Draft()
    written = rows["happened_at"]
    read = times(written.tolist(), ask.order(written))
    rows["happened_at"] = moments(read)
    if rows["happened_at"].dtype.kind == "M" and rows["happened_at"].dt.tz is None:
        draft.zone = ask.zone("In which time zone does the log show its times?")
    rows["activity"] = [" / ".join(filter(None, pair)) for pair in zip(rows["activity"], rows["more"], strict=True)]
    named = (rows["person"] != "") & ~rows["person"].map(folded).isin(_MACHINES)
    there = (" of " + rows["country"]).where(rows["country"] != "", "")
    rows["person"] = (rows["person"] + there).where(named, "")
    bad = (rows["case"] == "") | (rows["activity"] == "") | read.unread | (written == "")
    rows = draft.without(rows, bad, "events without a ticket, a time or what happened")
    people = [name for name in pd.unique(rows["person"]) if name]
    if len(people) > _MOST_PEOPLE:
        rows = rows.assign(person="")
        draft.assume("events", f"{len(people):,} people are more than one engagement has: who did what is left out")
    else:
        draft.meet(map(Who, people))
    draft.add("events", rows)
    return draft
