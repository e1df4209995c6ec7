"""What did the paid work before the kickoff cost, if it was in vain?"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from outsourcing_kit.frames import of_each, sides, take
from outsourcing_kit.kickoff.timeline import Timeline
from outsourcing_kit.money import Cost, checked, months_of, not_in_it
from outsourcing_kit.words import money, number, numbers, plural


def monthly_cost(
    timeline: Timeline, time_entries: pd.DataFrame, people: pd.DataFrame, work: pd.DataFrame | None = None, *,
    currency: str, since: dt.date, until: dt.date,
) -> Cost:  # fmt: skip
    """From nothing to all of the provider's paid hours before the kickoff's end: at most, if all had to be redone.

    Σ hours × hourly_cost, once, spread over the months on record: what was redone no record says. Without a kickoff all
    paid hours count. An entry counts unless it is the client's or not billable, a blank may be either; without its end
    or the person's hourly cost it is left out and counted.

    Of the work it tells how much came back; `currency` is that of the hourly costs, `since` and `until` are the first
    and the last day on record.

    Raises:
        OutsourcingKitError: another result, cells that are not of their kind, days out of order.

    Example: from 8:00 to 11:00 at 60 an hour, and a kickoff that ends at 10:00: 120 once, 10 a month in a year.

    >>> at = pd.to_datetime(["2026-03-02 08:00", "2026-03-02 11:00", "2026-03-02 10:00"], utc=True)
    >>> entries = pd.DataFrame({"person": ["p"], "started": at[:1], "ended": at[1:2]})
    >>> people = pd.DataFrame({"person": ["p"], "side": "provider", "hourly_cost": 60})
    >>> facts, first, last = Timeline(pd.DataFrame(), "k", at[2], at[0], ""), dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    >>> monthly_cost(facts, entries, people, currency="EUR", since=first, until=last).high
    10.0
    """
    timeline, months = checked(timeline, Timeline, "kickoff_timeline(engagement)"), months_of(since, until)
    entries, no_entries = take(time_entries, "time_entries", need=("person", "started", "ended"), also=("billable",))
    people, nobody = take(people, "people", need=("person", "side", "hourly_cost"))
    # Without any record of paid work nobody knows which came first.
    if timeline.before_work and not (timeline.first_work is None and no_entries):
        early = "the kickoff ended before the first paid work began"
        return Cost(0.0, 0.0, currency, early, sentence="No hour was paid before both sides had met.")
    doubt = [f"it is open which meeting was the kickoff: {doubt}" for doubt in timeline.doubts[:1]]
    if missing := [*filter(None, (timeline.missing, no_entries, nobody)), *doubt]:
        return Cost(missing=missing[0])
    side, ends = sides(people), timeline.kickoff_ends
    early = entries["started"].notna() if ends is None else entries["started"] < ends
    # Strangers are nobody's side.
    entries = entries[early & entries["person"].isin(side.index) & entries["billable"].fillna(True).astype(bool)]
    entries = entries[entries["person"].map(side) != "client"]
    if not len(entries):
        # Work items show that something was done, not how many hours were paid for it.
        return Cost(missing="needs paid time entries of the provider (table time_entries)")
    stop = entries["ended"] if ends is None else entries["ended"].clip(upper=ends)
    hours = (stop - entries["started"]) / pd.Timedelta(hours=1)
    rate = entries["person"].map(of_each(people, "hourly_cost"))
    known = (hours >= 0) & rate.notna()
    if not known.any():
        return Cost(missing="needs hourly_cost of those who worked (table people) and the end of what they did")
    once = float((hours * rate)[known].sum())
    when = "before any kickoff" if ends is None else "before the kickoff's end"
    reckoned = (
        f"{money(once)} {currency} once for {number(hours[known].sum())} paid hours {when}, at most, if all of it had "
        f"to be redone, spread over {numbers(months)[0]} months"
    )
    beside = not_in_it((int((~known).sum()), "time entry", "without an end or an hourly cost"))
    paid = f"{number(hours[known].sum())} hours for {money(once)} {currency} were paid {when}"
    sentence = f"{paid}{_came_back(work, side, ends)}."
    return Cost(0.0, once / months, currency, reckoned + beside, sentence=sentence)


def _came_back(work: pd.DataFrame | None, side: pd.Series, ends: pd.Timestamp | None) -> str:
    """How many of the provider's pieces of work came back, of those from before the kickoff's end and later ones."""
    if work is None or ends is None:
        return ""
    rows, missing = take(work, "work", need=("person", "delivered", "reopened_at"))
    rows = rows[(rows["person"].map(side) == "provider") & rows["delivered"].notna()]
    early = rows["delivered"] < ends
    if missing or not early.any():
        return ""
    first, later = rows.loc[early, "reopened_at"], rows.loc[~early, "reopened_at"]
    told = f"; of {plural(len(first), 'piece')} of work delivered by then, {first.count()} came back"
    return told + (f", of {plural(len(later), 'later one')} {later.count()}" if len(later) else "")
