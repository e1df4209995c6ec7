"""Could both sides talk, do they regularly, and does each give a little? Shared hours, cadence, who moved how far."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import pandas as pd

from outsourcing_kit.expectations.answers import WORKING_DAY, workdays_of
from outsourcing_kit.expectations.working_hours import shared_hours
from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import instant
from outsourcing_kit.showing import Result
from outsourcing_kit.words import plural

_OUTCOMES = ("adopted", "changed", "declined", "open")


@dataclass(frozen=True, repr=False)
class Movement(Result):
    """`.table`: a row a side that raised: side, raised, adopted, changed, declined, open (counts), moved.

    What nobody wrote an outcome of is in `raised` alone. `moved` is the mean share of the way to the other side's
    offer: 0, it got all that it asked for; 0.5, both met half-way; 1, it took what was offered; nan, of none known.
    """

    columns: ClassVar = {"side": "text", "raised": "count", **dict.fromkeys(_OUTCOMES, "count"), "moved": "share"}


def movement(proposals: pd.DataFrame, people: pd.DataFrame) -> Movement:
    """What came of proposals, and how far whoever made one moved: (opening - agreed) / (opening - counter).

    Args:
        proposals: raised_by, outcome [, opening, counter, agreed]. One without all three numbers, or with nothing
            between opening and counter, has no share of the way.
        people: person, side.

    Raises:
        BadDataError: cells that are not of their kind.

    Example: asked for 10, offered 4, agreed on 7: half of the way. A second one is still open.

    >>> people = pd.DataFrame({"person": ["p"], "side": "provider"})
    >>> told = pd.DataFrame({"proposal": ["s", "t"], "raised_by": "p", "outcome": ["changed", "open"],
    ...     "opening": 10, "counter": [4, None], "agreed": [7, None]})
    >>> movement(told, people).table.values.tolist()
    [['provider', 2, 0, 1, 0, 1, 0.5]]
    """
    numbers = ("opening", "counter", "agreed")
    rows, missing = take(proposals, "proposals", need=("raised_by", "outcome"), also=numbers)
    people, nobody = take(people, "people", need=("person", "side"))
    if missing := missing or nobody:
        return Movement.lacking(missing)
    asked, apart = rows["opening"], rows["opening"] - rows["counter"]
    # Where nobody was apart nobody had to move.
    moved = (asked - rows["agreed"]) / apart.where(apart != 0)
    told = {name: rows["outcome"].eq(name).astype(int) for name in _OUTCOMES}
    by = rows.assign(moved=moved, side=rows["raised_by"].map(sides(people)), **told).groupby("side")
    table = by[list(_OUTCOMES)].sum().assign(raised=by.size(), moved=by["moved"].mean()).reset_index()
    return Movement(table[[*Movement.columns]])


@dataclass(frozen=True, repr=False)
class Cadence(Result):
    """`.table`: one row: weeks (whole ones on record), talked (weeks in which each side wrote), longest_gap (weeks)."""

    columns: ClassVar = {"weeks": "count", "talked": "count", "longest_gap": "count"}

    def _more(self) -> tuple[str, ...]:
        return tuple(
            f"In {talked} of {plural(weeks, 'week')} each side wrote to the other; longest time without: "
            f"{plural(gap, 'week')}."
            for weeks, talked, gap in self.table.to_numpy().tolist()
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


@dataclass(frozen=True, repr=False)
class Overlap(Result):
    """`.table`: a row for each working day of a client and each of a provider, fewest shared hours first.

    Columns: client, provider (their working days), pairs (of people who keep them), hours_a_week.
    """

    columns: ClassVar = {"client": "text", "provider": "text", "pairs": "count", "hours_a_week": "number"}


def overlap(people: pd.DataFrame, now: dt.date | pd.Timestamp) -> Overlap:
    """How many hours a week are both at work, in the seven days that follow? Clocks that change change it.

    Args:
        people: person, side, time_zone, workday_start, workday_end; who lacks one of them is left out.
        now: before those seven days, a day or an instant.

    Raises:
        BadDataError: cells that are not of their kind.

    Example: 9 to 17 in Madrid and in Manila, in January: Manila stops at 10:00 in Madrid, an hour a day.

    >>> people = pd.DataFrame({"person": ["c", "p"], "side": ["client", "provider"],
    ...     "time_zone": ["Europe/Madrid", "Asia/Manila"], "workday_start": "09:00", "workday_end": "17:00"})
    >>> overlap(people, dt.date(2026, 1, 12)).table["hours_a_week"].tolist()
    [5.0]
    """
    people, missing = take(people, "people", need=WORKING_DAY)
    if missing:
        return Overlap.lacking(missing)
    side, begin, rows = sides(people), instant(now), []
    kept = Counter((side[name], day) for name, day in workdays_of(people).items())
    for (which, one), (whose, other) in product(kept, kept):
        if (which, whose) == ("client", "provider"):
            shared = shared_hours([begin], [begin + pd.Timedelta(weeks=1)], one, other)[0]
            names = (f"{day.time_zone}, {day.start} to {day.end}" for day in (one, other))
            rows.append((*names, kept[which, one] * kept[whose, other], float(shared)))
    table = pd.DataFrame(rows, columns=[*Overlap.columns]).sort_values(["hours_a_week", "client", "provider"])
    absent = "" if rows else "needs table people with somebody of either side whose working hours are known"
    return Overlap(table.reset_index(drop=True), missing=absent)
