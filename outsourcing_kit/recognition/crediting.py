"""Which good work was seen: what counts as good, and which act of recognition belongs to which work."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import sides, typed
from outsourcing_kit.moments import instant, instant_column, instants
from outsourcing_kit.recognition.small_groups import FEWEST, SEVERAL_KINDS, shown_groups
from outsourcing_kit.showing import Shown

_DAY = 86_400 * 10**9
NO_KIND = "kind not on record"
_TABLE = ["side", "month", "kind", "people", "person_months", "seen", "share"]


def good_work(work: pd.DataFrame, now: pd.Timestamp, window_days: float = 14) -> pd.DataFrame:
    """The good items: accepted, delivered by their due time (or without one), never reopened.

    Args:
        work: the table `work`, one row an item.
        now: the end of the records, an instant.
        window_days: days after a delivery in which recognition counts.

    Returns:
        One row a good item: item, person, kind, delivered, followed. `followed` is False where fewer than
        `window_days` days of records follow the delivery: too early to judge.

    Raises:
        OutsourcingKitError: window_days that is not positive, times without a UTC offset.

    Example: one item on time, one late.

    >>> day = pd.Timestamp("2026-03-02 12:00", tz="UTC")
    >>> table = pd.DataFrame({"item": ["a", "b"], "person": ["p1", "p1"], "kind": "report", "delivered": day,
    ...     "due": [day, day - pd.Timedelta(hours=1)], "accepted": day, "reopened_at": pd.NaT})
    >>> good_work(table, day + pd.Timedelta(days=14))[["item", "followed"]].values.tolist()
    [['a', True]]
    """
    window = _window(window_days)
    work = typed(work, "item", "person", "kind")
    delivered, due, accepted, reopened = (
        instant_column(work, name) for name in ("delivered", "due", "accepted", "reopened_at")
    )
    good = delivered.notna() & accepted.notna() & reopened.isna() & (due.isna() | (delivered <= due))
    items = work.loc[good, ["item", "person", "kind"]].reset_index(drop=True)
    items["kind"] = items["kind"].fillna(NO_KIND)
    items["delivered"] = delivered[good].reset_index(drop=True)
    age = instant(now) - items["delivered"]
    items["followed"] = (age >= pd.Timedelta(window, unit="ns")).astype(bool)
    return items


@dataclass(frozen=True, repr=False)
class RecognisedMonths(Shown):
    """Person-months of good work, and which of them were seen.

    `table` is for showing: groups of at least five people, cut so that no smaller group can be worked out. The other
    frames hold single persons, are for estimation, and are never shown: `items` (one row a good item that was followed
    long enough), `person_months` (person, side, month, kind, seen), `by_kind` (the same with one row for each kind a
    person did in a month), `acts` (one row an act and a good item that it is credited to).

    `left_out` counts the good items delivered too late to judge, `waiting` those of them on the provider's side that
    nobody has seen yet; `uncredited` acts belong to no good work in time, `self_given` ones are by the receiver, of
    `undated` ones the day or the receiver is blank; `unplaced` good items are by somebody whose side is blank.
    """

    table: pd.DataFrame
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
    unplaced: int = 0

    _shares = ("share",)

    @property
    def note(self) -> str:
        """What the table leaves out, in words."""
        if not len(self.table):
            return "No good work with enough days of records after it: nothing to show."
        return (
            f"Seen: recognised within {self.window_days:g} days of a delivery. Groups under {FEWEST} people are merged "
            "with others."
        )

    def _said(self, view: pd.DataFrame) -> list[str]:
        return [self.note]


def recognised_months(
    work: pd.DataFrame,
    recognition: pd.DataFrame,
    people: pd.DataFrame,
    now: pd.Timestamp,
    *,
    window_days: float = 14,
    time_zone: str = "UTC",
) -> RecognisedMonths:
    """For each person and month with good work: was any of it recognised within the window?

    An act that names an item belongs to that item, if the receiver did it and the act came 0 to `window_days` days
    after delivery. An act without an item belongs to the receiver's latest good delivery before it, if that is at most
    `window_days` days ago (to all items delivered at that same instant). Nobody recognises themselves. A person-month
    (of delivery, in `time_zone`) is seen if any of its good items is.

    Args:
        work, recognition, people: the tables of an engagement.
        now: the end of the records; items delivered later than `window_days` before it are left out, and counted.
        window_days: days, elapsed time.
        time_zone: IANA name of the zone in which months are counted, the client's.

    Returns:
        RecognisedMonths; `table` has side, month, kind, people, person_months, seen and share (mean over people). A
        person-month with more than one kind of work is counted under "several kinds", so that the groups add up.

    Raises:
        OutsourcingKitError: window_days that is not positive, times without a UTC offset.

    Example: five people deliver in March, two are thanked within 14 days.

    >>> day = pd.Timestamp("2026-03-02 12:00", tz="UTC")
    >>> who = ["a", "b", "c", "d", "e"]
    >>> people = pd.DataFrame({"person": who, "side": "provider"})
    >>> work = pd.DataFrame({"item": ["1", "2", "3", "4", "5"], "person": who, "kind": "report", "delivered": day,
    ...     "due": pd.NaT, "accepted": day, "reopened_at": pd.NaT})
    >>> thanks = pd.DataFrame({"given_at": day + pd.Timedelta(days=2), "giver": "z", "receiver": ["a", "b"],
    ...     "kind": "thanks", "item": None})
    >>> recognised_months(work, thanks, people, day + pd.Timedelta(days=30)).table.values.tolist()
    [['provider', '2026-03', 'report', 5, 5, 2, 0.4]]
    """
    items = good_work(work, now, window_days)
    now = instant(now)
    side = sides(typed(people, "person", "side"))
    items["side"] = items["person"].map(side).astype(object)
    unplaced = int((items["side"].isna() & (items["person"].isin(side.index) | items["person"].isna())).sum())
    items = items[items["side"].notna()].reset_index(drop=True)
    recognition = typed(recognition, "giver", "receiver", "kind", "item")
    acts, uncredited, self_given, undated = _credit(items, recognition, _window(window_days))
    first = acts.groupby("row")["days"].min()
    items["seen"] = items.index.isin(first.index)
    items["days"] = first.reindex(items.index)
    recent = items[~items["followed"]]
    waiting = int(((recent["side"] == "provider") & ~recent["seen"] & (recent["delivered"] <= now)).sum())
    acts = acts[items["followed"].reindex(acts["row"]).to_numpy(dtype=bool)]
    items = items[items["followed"]].copy()
    items["month"] = _months(items["delivered"], time_zone)
    acts = acts.merge(items[["person", "side", "month"]], left_on="row", right_index=True).drop(columns="row")
    by_kind = items.groupby(["side", "person", "month", "kind"], as_index=False, observed=True)["seen"].max()
    months = by_kind.groupby(["side", "person", "month"], as_index=False).agg(
        kind=("kind", "first"), kinds=("kind", "size"), seen=("seen", "max")
    )
    months.loc[months["kinds"] > 1, "kind"] = SEVERAL_KINDS
    months = months.drop(columns="kinds")
    return RecognisedMonths(
        table=_shown(months),
        items=items.reset_index(drop=True),
        person_months=months,
        by_kind=by_kind,
        acts=acts.reset_index(drop=True),
        window_days=window_days,
        left_out=len(recent),
        waiting=waiting,
        uncredited=uncredited,
        self_given=self_given,
        undated=undated,
        unplaced=unplaced,
    )


def _credit(items: pd.DataFrame, recognition: pd.DataFrame, window: int) -> tuple[pd.DataFrame, int, int, int]:
    """One row an act and an item it is credited to (row of `items`, kind, days); acts credited to none; self-given;
    those of which the day or the receiver is blank."""
    recognition = recognition.assign(given_at=instant_column(recognition, "given_at"))
    given = recognition[recognition["given_at"].notna() & recognition["receiver"].notna()]
    undated = len(recognition) - len(given)
    own = given["giver"].notna() & (given["giver"] == given["receiver"])
    given = given[~own]
    acts = pd.DataFrame(
        {
            "act": np.arange(len(given)),
            "receiver": given["receiver"].to_numpy(dtype=object),
            "act_kind": given["kind"].fillna(NO_KIND).to_numpy(dtype=object),
            "item": given["item"].to_numpy(dtype=object),
            "given": instants(given["given_at"]),
        }
    )
    done = pd.DataFrame(
        {
            "row": np.arange(len(items)),
            "item": items["item"].to_numpy(dtype=object),
            "receiver": items["person"].to_numpy(dtype=object),
            "delivered": instants(items["delivered"]),
        }
    )
    named = acts["item"].notna().to_numpy(dtype=bool)
    loose = acts[~named].drop(columns="item")
    loose = loose.assign(delivered=_latest_before(loose, done))
    pairs = pd.concat(
        [
            acts[named].merge(done, on=["item", "receiver"]),
            loose.merge(done.drop(columns="item"), on=["receiver", "delivered"]),
        ],
        ignore_index=True,
    )
    waited = pairs["given"] - pairs["delivered"]
    pairs = pairs[(waited >= 0) & (waited <= window)]
    pairs = pairs.assign(days=(pairs["given"] - pairs["delivered"]) / _DAY)
    uncredited = len(acts) - pairs["act"].nunique()
    return pairs[["row", "act_kind", "days"]].reset_index(drop=True), uncredited, int(own.sum()), undated


def _latest_before(acts: pd.DataFrame, done: pd.DataFrame) -> np.ndarray:
    """For each act the time of its receiver's latest delivery not after it; the smallest integer without one."""
    nothing = np.iinfo(np.int64).min
    who = pd.factorize(np.concatenate([done["receiver"], acts["receiver"]]))[0]
    when = np.concatenate([done["delivered"], acts["given"]]).astype(np.int64)
    is_act = np.repeat([0, 1], [len(done), len(acts)])
    # Sorted by person, then time, a delivery before an act of the same instant; then look back to the last delivery.
    order = np.lexsort((is_act, when, who))
    last = np.maximum.accumulate(np.where(is_act[order] == 0, np.arange(len(order)), -1))
    found = np.full(len(order), nothing)
    valid = last >= 0
    valid[valid] = who[order][last[valid]] == who[order][valid]
    found[order[valid]] = when[order][last[valid]]
    return found[len(done) :]


def _shown(months: pd.DataFrame) -> pd.DataFrame:
    """The person-months in groups that may be shown."""
    groups: dict[tuple[str, str, str], dict[str, list[bool]]] = {}
    for side in sorted(months["side"].unique()):
        rows = months[months["side"] == side]
        person = rows["person"].tolist()
        names = shown_groups(person, rows["month"].tolist(), rows["kind"].tolist())
        for who, name, seen in zip(person, names, rows["seen"].tolist(), strict=True):
            groups.setdefault((side, *name), {}).setdefault(who, []).append(bool(seen))
    lines = []
    for group, persons in sorted(groups.items()):
        share = sum(sum(seen) / len(seen) for seen in persons.values()) / len(persons)
        flat = [one for seen in persons.values() for one in seen]
        lines.append((*group, len(persons), len(flat), sum(flat), round(share, 3)))
    return pd.DataFrame(lines, columns=_TABLE)


def _window(days: float) -> int:
    if not (isinstance(days, int | float | np.number) and days > 0):
        raise OutsourcingKitError(f"window_days is {days!r}; expected a number of days above 0. Mend: window_days=14.")
    return round(float(days) * _DAY)


def _months(stamps: pd.Series, time_zone: str) -> pd.Series:
    """Months as 2026-03, in the zone."""
    local = stamps.dt.tz_convert(time_zone)
    number = local.dt.year * 12 + local.dt.month - 1
    names = {value: f"{value // 12:04d}-{value % 12 + 1:02d}" for value in number.unique()}
    return number.map(names).astype(object)
