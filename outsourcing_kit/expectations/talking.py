"""Do both sides talk regularly, and does each give a little? Cadence, and who moved how far."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import instant
from outsourcing_kit.showing import Result
from outsourcing_kit.words import plural


@dataclass(frozen=True, repr=False)
class Movement(Result):
    """`.table`: a row a side that raised: side, proposals (that ended between), moved (mean share of the way).

    0: it got all that it asked for; 0.5: both met half-way; 1: it took what the other side offered.
    """

    columns: ClassVar = {"side": "text", "proposals": "count", "moved": "share"}
    _nothing: ClassVar = "No proposal with what was asked for, what was offered and what was agreed"


def movement(proposals: pd.DataFrame, people: pd.DataFrame) -> Movement:
    """How far whoever made a proposal moved towards the other side: (opening - agreed) / (opening - counter).

    Args:
        proposals: raised_by, opening, counter, agreed. One without all three numbers, or with nothing between opening
            and counter, is left out.
        people: person, side.

    Raises:
        BadDataError: cells that are not of their kind.

    Example: asked for 10, offered 4, agreed on 7: half of the way.

    >>> people = pd.DataFrame({"person": ["p"], "side": "provider"})
    >>> asked = pd.DataFrame({"proposal": ["s"], "raised_by": "p", "opening": 10, "counter": 4, "agreed": 7})
    >>> movement(asked, people).table.values.tolist()
    [['provider', 1, 0.5]]
    """
    rows, missing = take(proposals, "proposals", need=("raised_by", "opening", "counter", "agreed"))
    people, nobody = take(people, "people", need=("person", "side"))
    if missing := missing or nobody:
        return Movement.lacking(missing)
    # Where nobody was apart nobody had to move.
    apart = (rows["opening"] - rows["counter"]).where(lambda gap: gap != 0)
    rows = rows.assign(side=rows["raised_by"].map(sides(people)), moved=(rows["opening"] - rows["agreed"]) / apart)
    found = rows.dropna(subset=["side", "moved"]).groupby("side")["moved"].agg(proposals="size", moved="mean")
    return Movement(found.reset_index())


@dataclass(frozen=True, repr=False)
class Cadence(Result):
    """`.table`: one row: weeks (whole ones on record), talked (weeks in which each side wrote), longest_gap (weeks)."""

    columns: ClassVar = {"weeks": "count", "talked": "count", "longest_gap": "count"}

    def _more(self) -> tuple[str, ...]:
        if not len(self.table):
            return ()
        row = self.table.iloc[0]
        return (
            f"In {row['talked']} of {plural(int(row['weeks']), 'week')} each side wrote to the other; longest time "
            f"without: {plural(int(row['longest_gap']), 'week')}.",
        )


def cadence(messages: pd.DataFrame, people: pd.DataFrame, now: dt.date | pd.Timestamp) -> Cadence:
    """In how many weeks did both sides write? Weeks run from the first message on; the last counts if it is whole.

    Args:
        messages: sender, sent. people: person, side.
        now: end of the records, a day or an instant.

    Raises:
        BadDataError: cells that are not of their kind.

    Example: both write in the first week, nobody in the second, one side in the third.

    >>> people = pd.DataFrame({"person": ["c", "p"], "side": ["client", "provider"]})
    >>> sent = pd.to_datetime(["2026-03-02", "2026-03-04", "2026-03-17"], utc=True)
    >>> messages = pd.DataFrame({"message": ["a", "b", "c"], "sender": ["c", "p", "c"], "sent": sent})
    >>> cadence(messages, people, dt.date(2026, 3, 22))
    weeks  talked  longest gap
        3       1            2
    In 1 of 3 weeks each side wrote to the other; longest time without: 2 weeks.
    """
    rows, missing = take(messages, "messages", need=("sender", "sent"))
    people, nobody = take(people, "people", need=("person", "side"))
    if missing := missing or nobody:
        return Cadence.lacking(missing)
    rows = rows.dropna(subset=["sent"])
    first, week = rows["sent"].min(), pd.Timedelta(weeks=1)
    weeks = max(int((instant(now) - first) // week), 0) if len(rows) else 0
    rows = rows.assign(side=rows["sender"].map(sides(people)), week=(rows["sent"] - first) // week)
    rows = rows[rows["week"].between(0, weeks - 1) & rows["side"].notna()]
    both = rows.groupby("week")["side"].nunique().reindex(range(weeks), fill_value=0).ge(2)
    # Each stretch without talk has the number of weeks with talk before it.
    gap = int((~both).groupby(both.cumsum()).sum().max()) if weeks else 0
    return Cadence(pd.DataFrame([(weeks, int(both.sum()), gap)], columns=[*Cadence.columns]))
