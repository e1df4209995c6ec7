"""Which good work was seen: what counts as good, and which act of recognition belongs to which work."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect, bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from statistics import fmean
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import HALF_A_DAY, instant, instants, is_day, leeway
from outsourcing_kit.recognition.small_groups import FEWEST, SEVERAL_KINDS, shown_groups
from outsourcing_kit.showing import Result
from outsourcing_kit.text import quoted
from outsourcing_kit.validation import is_zone

NO_KIND = "kind not on record"
_WORK = ("item", "person", "kind", "due", "delivered", "accepted", "reopened_at")
ACTS = ("given_at", "giver", "receiver", "kind", "item")


@dataclass(frozen=True, repr=False)
class GoodWork(Result):
    """`table`: one row a good item: item, person, kind, delivered, followed (by the whole window)."""

    columns: ClassVar = {"item": "text", "person": "text", "kind": "text", "delivered": "instant", "followed": "flag"}
    _nothing = "No good work on record"

    def _view(self) -> pd.DataFrame:
        # Whose work it was is nobody's league table.
        return self.table.drop(columns="person")


@dataclass(frozen=True, repr=False)
class RecognisedMonths(Result):
    """Person-months of good work, and which of them were seen.

    `table` is for showing: groups of at least five people, cut so that no smaller group can be worked out, each with
    its share as a mean over people. The other frames hold single persons, are for estimation, and are never shown:
    `items` (one row a good item that was followed long enough), `person_months` (person, side, month, kind, seen),
    `by_kind` (the same with one row for each kind a person did in a month), `acts` (one row an act and a good item that
    it is credited to).

    `left_out` counts the good items delivered too late to judge, `waiting` those of them on the provider's side that
    nobody has seen yet; `uncredited` acts belong to no good work in time, `self_given` ones are by the receiver, of
    `undated` ones the day or the receiver is blank, `unnamed` ones have no giver; `unplaced` good items are by somebody
    whose side is blank.
    """

    items: pd.DataFrame = field(compare=False)
    person_months: pd.DataFrame = field(compare=False)
    by_kind: pd.DataFrame = field(compare=False)
    acts: pd.DataFrame = field(compare=False)
    window_days: float = 14
    left_out: int = 0
    waiting: int = 0
    uncredited: int = 0
    self_given: int = 0
    undated: int = 0
    unnamed: int = 0
    unplaced: int = 0

    columns: ClassVar = {
        "side": "text", "month": "text", "kind": "text", "people": "count", "person_months": "count", "seen": "count",
        "share": "share",
    }  # fmt: skip
    _nothing = "No good work with enough days of records after it: nothing to show"

    @property
    def by_side(self) -> Result:
        """Person-months of good work of each whole side: how many were seen, how many nobody saw."""
        found = self.person_months.groupby("side")
        seen, months = found["seen"].sum(), found.size()
        # What it is about stands first, where a telephone shows it.
        table = {"seen": seen, "missed": months - seen, "good_months": months, "people": found["person"].nunique()}
        return Result(pd.DataFrame(table).reset_index(), missing=self.missing)

    def _more(self) -> tuple[str, ...]:
        within = f"Seen: recognised within {self.window_days:g} days of a delivery."
        return (f"{within} Groups under {FEWEST} people are merged with others.",) if len(self.table) else ()


def good_work(work: pd.DataFrame, now: dt.date | pd.Timestamp, window_days: float = 14) -> GoodWork:
    """The good items: accepted, delivered by their due time (or without one), never reopened.

    Args:
        work: the table `work`, one row an item.
        now: the end of the records: a day, or an instant.
        window_days: days after a delivery in which recognition counts.

    Raises:
        OutsourcingKitError: window_days that is not positive, times without a UTC offset.

    Example: one item on time, one late.

    >>> day = pd.Timestamp("2026-03-02 12:00", tz="UTC")
    >>> work = pd.DataFrame({"item": ["a", "b"], "person": ["p1", "p1"], "kind": "report", "delivered": day,
    ...     "due": [day, day - pd.Timedelta(hours=1)], "accepted": day, "reopened_at": pd.NaT})
    >>> good_work(work, day + pd.Timedelta(days=14)).table[["item", "followed"]].values.tolist()
    [['a', True]]
    """
    window, now = _window(window_days), instant(now)
    work, missing = take(work, "work", need=_WORK)
    # Without a due time nobody can say that it was late.
    on_time = work["due"].isna() | (work["delivered"] <= work["due"] + leeway(work["due"], work["delivered"]))
    good = work[work["delivered"].notna() & work["accepted"].notna() & work["reopened_at"].isna() & on_time]
    # Of the work's age alone: whether an item is left out must not depend on whether it was thanked for.
    items = good[["item", "person", "kind", "delivered"]].assign(followed=good["delivered"] <= now - window)
    return GoodWork(items.fillna({"kind": NO_KIND}).reset_index(drop=True), missing=missing)


def recognised_months(
    work: pd.DataFrame, recognition: pd.DataFrame, people: pd.DataFrame, now: dt.date | pd.Timestamp, *,
    window_days: float = 14, time_zone: str = "UTC",
) -> RecognisedMonths:  # fmt: skip
    """For each person and month with good work: was any of it recognised within the window?

    Somebody else's act belongs to the item that it names, if the receiver did it and the act came 0 to `window_days`
    days after delivery; else to the receiver's latest good delivery before it, if that is no older. A person-month (of
    delivery, in `time_zone`) is seen if any of its good items is.

    Args:
        work, recognition, people: the tables.
        now: the end of the records, a day or an instant; good work that is younger than `window_days` is left out.
        time_zone: IANA name, for the months.

    Raises:
        OutsourcingKitError: no positive window_days, times without a UTC offset, an unknown time zone.

    Example: of five who deliver in March two are thanked.

    >>> day = pd.Timestamp("2026-03-02", tz="UTC")
    >>> people = pd.DataFrame({"person": list("abcde"), "side": "provider"})
    >>> work = pd.DataFrame({"item": list("12345"), "person": list("abcde"), "kind": "report", "delivered": day,
    ...     "due": pd.NaT, "accepted": day, "reopened_at": pd.NaT})
    >>> thanks = pd.DataFrame({"given_at": day + pd.Timedelta(days=2), "receiver": ["a", "b"], "kind": "thanks",
    ...     "giver": "z", "item": None})
    >>> recognised_months(work, thanks, people, day + pd.Timedelta(days=30)).table.values.tolist()
    [['provider', '2026-03', 'report', 5, 5, 2, 0.4]]
    """
    if not is_zone(time_zone):
        raise OutsourcingKitError(
            f"time_zone is {quoted(time_zone)}; expected an IANA name. "
            'Mend: time_zone=engagement.settings.time_zone, or "Europe/Madrid".'
        )
    good, now = good_work(work, now, window_days), instant(now)
    people, nobody = take(people, "people", need=("person", "side"))
    acts, no_acts = take(recognition, "recognition", need=ACTS)
    missing = nobody or good.missing or no_acts
    side = sides(people)
    # Without a record of thanks nothing was unseen: nobody knows.
    items = good.table.iloc[:0] if missing else good.table
    items = items.assign(side=items["person"].map(side).astype(object))
    # Somebody of no side is not the same as somebody who is not in the table.
    unplaced = items["side"].isna() & (items["person"].isna() | items["person"].isin(side.index))
    items = items[items["side"].notna()].reset_index(drop=True)
    whole = acts.dropna(subset=["given_at", "receiver"])
    given = whole[whole["giver"].isna() | (whole["giver"] != whole["receiver"])].reset_index(drop=True)
    # Praise for oneself is no recognition; of a giver left blank the assessment tries both readings.
    pairs = _credited(items, given, _window(window_days))
    items["days"] = pairs.groupby("row")["days"].min().reindex(items.index)
    items["seen"] = items["days"].notna()
    recent = items[~items["followed"]]
    # Too early to judge, and not too late to thank: the action names how many.
    waiting = (recent["side"] == "provider") & ~recent["seen"] & (recent["delivered"] <= now)
    items = items[items["followed"]]
    # In the zone's own clock: whoever delivers on 31 March at night there delivered in March.
    month = items["delivered"].dt.tz_convert(time_zone).dt.tz_localize(None).to_numpy(dtype="datetime64[M]")
    items = items.assign(month=month.astype(str).astype(object))
    # Several kinds of work in a month are still one person-month, so that the groups add up.
    key = ["side", "person", "month"]
    by_kind = items.groupby([*key, "kind"], as_index=False)["seen"].max()
    kind = by_kind["kind"].mask(by_kind.duplicated(key, keep=False), SEVERAL_KINDS)
    months = by_kind.assign(kind=kind).drop_duplicates(key, ignore_index=True)
    months["seen"] = by_kind.groupby(key)["seen"].max().to_numpy()
    credited = pairs.merge(items[["person", "side", "month"]], left_on="row", right_index=True)
    return RecognisedMonths(
        _shown(months), items.reset_index(drop=True), months, by_kind, credited, window_days, len(recent),
        int(waiting.sum()), uncredited=len(given) - pairs["act"].nunique(), self_given=len(whole) - len(given),
        undated=len(acts) - len(whole), unnamed=int(acts["giver"].isna().sum()), unplaced=int(unplaced.sum()),
        missing=missing,
    )  # fmt: skip


def _credited(items: pd.DataFrame, given: pd.DataFrame, window: pd.Timedelta) -> pd.DataFrame:
    """One row an act and an item that it is credited to: act, row (of `items`), act_kind, days."""
    done, done_by_day = instants(items["delivered"]).tolist(), is_day(items["delivered"]).tolist()
    named, own = defaultdict(list), defaultdict(list)
    for row, (item, person) in enumerate(zip(items["item"].tolist(), items["person"].tolist(), strict=True)):
        named[item, person].append(row)
        own[person].append((done[row], row))
    for deliveries in own.values():
        deliveries.sort()
    found, longest = [], window.as_unit("ns").value
    moments = (instants(given["given_at"]).tolist(), is_day(given["given_at"]).tolist())
    acts = zip(*moments, *(given[name].tolist() for name in ("receiver", "kind", "item")), strict=True)
    for act, (moment, by_day, receiver, kind, item) in enumerate(acts):
        # One that names an item is for that item alone, if the receiver did it.
        rows = named.get((item, receiver), [])
        if item is None and receiver in own:
            # Thanks for nothing named are for what was done last, by then: of several items done at once, for all of
            # them. Of a day alone that is the end of the day.
            deliveries = own[receiver]
            end = bisect(deliveries, (moment + by_day * HALF_A_DAY, math.inf))
            begin = bisect_left(deliveries, deliveries[end - 1][:1]) if end else 0
            rows = [row for _, row in deliveries[begin:end]]
        for row in rows:
            waited, by = moment - done[row], (by_day or done_by_day[row]) * HALF_A_DAY
            if -by <= waited <= longest + by:
                found.append((act, row, kind or NO_KIND, max(waited / (2 * HALF_A_DAY), 0.0)))
    kinds = {"act": "int64", "row": "int64", "act_kind": object, "days": "float64"}
    cells = zip(*found, strict=True) if found else [()] * len(kinds)
    columns = zip(kinds.items(), cells, strict=True)
    return pd.DataFrame({name: pd.Series(column, dtype=kind) for (name, kind), column in columns})


def _shown(months: pd.DataFrame) -> pd.DataFrame:
    """The person-months in groups that may be shown."""
    groups: defaultdict[tuple[str, ...], defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for side, rows in months.groupby("side"):
        named = shown_groups(rows["person"].tolist(), rows["month"].tolist(), rows["kind"].tolist())
        for (month, kind), person, seen in zip(named, rows["person"], rows["seen"], strict=True):
            groups[str(side), month, kind][person].append(seen)
    table = []
    for where, people in sorted(groups.items()):
        every = [*chain.from_iterable(people.values())]
        # Every person counts alike in the share, however many months they have.
        table.append((*where, len(people), len(every), sum(every), round(fmean(map(fmean, people.values())), 3)))
    return pd.DataFrame(table, columns=[*RecognisedMonths.columns])


def _window(days: float) -> pd.Timedelta:
    if not (isinstance(days, int | float | np.number) and 0 < days < np.inf):
        raise OutsourcingKitError(f"window_days is {days!r}; expected a number of days above 0. Mend: window_days=14.")
    return pd.Timedelta(days=float(days))
