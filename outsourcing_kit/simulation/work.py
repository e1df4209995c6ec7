"""Tables of the work: items, ticket events, recorded time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from outsourcing_kit.simulation.clock import DAY, NAT, weekdays
from outsourcing_kit.simulation.frames import STORY, Columns, blanked, codes
from outsourcing_kit.simulation.roster import WORK_BEGINS, Roster, somebody_else

KINDS = STORY["kinds"]
NOTICED = (False, True, False, True)  # of the kinds: customers see a reply and a page
VAGUE_BELOW = 0.80  # the share of questions answered in time below which requests are vague, too
LOGGED_MONTHS = 4  # that time records and the ticket log were exported for
_BACK, _BACK_UNTOLD = 0.07, 0.5  # of the accepted items come back; of the provider's before a late kickoff
_HOUR = 3600


class Items(NamedTuple):
    """Work items, one a row; instants in UTC seconds, NAT for blank. `month` counts from the first."""

    person: np.ndarray
    month: np.ndarray
    kind: np.ndarray
    requester: np.ndarray
    requested: np.ndarray
    started: np.ndarray
    due: np.ndarray
    delivered: np.ndarray
    accepted: np.ndarray
    reopened: np.ndarray
    good: np.ndarray


def draw_items(roster: Roster, untold_until: int, noticed: float, rng: np.random.Generator) -> Items:
    """Everybody's items, month by month. In one month a person does one kind of work, of two that the person knows.

    One of the two is a kind that is noticed: a share `noticed` of the provider's months, `1 - noticed` of the client's.
    Before `untold_until`, the day of a late kickoff, much of what the provider delivers comes back.
    """
    person, month, day, from_day = _delivery_days(roster, rng)
    count = len(person)
    delivered = roster.during(person, day, 0.6, 0.98, rng)
    begun = _working_days_before(day, rng.integers(0, 3, count), from_day + 1)
    started = roster.during(person, begun, 0.0, 0.25, rng)
    asked = _working_days_before(begun, rng.integers(1, 6, count), from_day)
    requester = somebody_else(roster, person, rng)
    requested = np.minimum(roster.during(requester, np.minimum(asked, begun - 1), 0.0, 0.9, rng), started)
    on_time, late = rng.random(count) < 0.88, rng.uniform(1, 10, count)
    slack = np.where(on_time, rng.uniform(0.5, 96, count), -late) * _HOUR
    due = np.where(rng.random(count) < 0.2, NAT, delivered + slack.astype(np.int64))
    looked_at, found = _working_days_after(day, rng.integers(1, 4, count)), rng.integers(1, 6, count)
    accepted = roster.during(requester, looked_at, 0.0, 1.0, rng)
    reopened = roster.during(requester, _working_days_after(looked_at, found), 0.0, 1.0, rng)
    accepted = np.where((rng.random(count) < 0.03) | (accepted >= roster.now), NAT, accepted)
    untold = roster.provider[person] & (day < untold_until)
    came_back = (
        (rng.random(count) < np.where(untold, _BACK_UNTOLD, _BACK)) & (accepted != NAT) & (reopened < roster.now)
    )
    reopened = np.where(came_back, reopened, NAT)
    # Of two kinds at most, so that a person can be compared with others who do the same.
    rank = np.concatenate([np.arange(len(roster.of(side))) for side in ("client", "provider")])
    second = np.where(np.array(NOTICED)[rank % len(KINDS)] == roster.provider, 1 - noticed, noticed)
    knows = rng.random((roster.count, len(roster.month_starts))) < second[:, None]
    kind = (rank[person] + knows[person, month]) % len(KINDS)
    good = (accepted != NAT) & (reopened == NAT) & ((due == NAT) | (delivered <= due))
    return Items(person, month, kind, requester, requested, started, due, delivered, accepted, reopened, good)


def _delivery_days(roster: Roster, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Person, month, day of each delivery, and the day from which the person works."""
    months = len(roster.month_starts) - 1
    working = weekdays(roster.first, roster.last)
    from_day = np.maximum(roster.present, WORK_BEGINS)
    low = np.maximum(roster.month_starts[None, :-1], from_day[:, None] + 3)
    high = np.minimum(roster.month_starts[None, 1:] - 1, roster.until[:, None])
    low, high = np.searchsorted(working, low), np.searchsorted(working, high, side="right")
    number = 1 + (rng.random((roster.count, months)) < 0.1) - (rng.random((roster.count, months)) < 0.3)
    number[:, 0] = np.maximum(number[:, 0], 1)
    number = np.where(high > low, number, 0)
    person, month = (np.repeat(part.ravel(), number.ravel()) for part in np.indices(number.shape, np.int64))
    width = (high - low)[person, month]
    place = low[person, month] + (rng.random(len(person)) * width).astype(np.int64)
    lead = np.flatnonzero(person == roster.lasting("provider")[0])[:1]
    place[lead] = low[person, month][lead]  # paid work begins in the first days, before any late kickoff
    day = working[place]
    return person, month, day, from_day[person]


def _working_days_before(day: np.ndarray, steps: np.ndarray, earliest: np.ndarray) -> np.ndarray:
    """So many working days earlier, but not before `earliest` (moved to the next working day, never after `day`)."""
    if not len(day):
        return day
    working = weekdays(int(day.min()) - 40, int(day.max()) + 5)
    earlier = working[np.searchsorted(working, day, side="right") - 1 - steps]
    floor = working[np.searchsorted(working, earliest)]
    return np.minimum(np.maximum(earlier, floor), day)


def _working_days_after(day: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """So many working days later."""
    if not len(day):
        return day
    working = weekdays(int(day.min()), int(day.max()) + 20)
    return working[np.searchsorted(working, day) + steps]


def work_tables(
    roster: Roster, items: Items, vague: bool, rng: np.random.Generator
) -> tuple[dict[str, Columns], np.ndarray]:
    """work, events and time_entries; and the code of each of `items`. What was asked in words may be `vague`."""
    every = Items(*map(np.concatenate, zip(items, _open_items(roster, rng), strict=True)))
    done, count = len(items.person), len(every.person)
    hours = np.round(np.clip(np.exp(rng.normal(1.2, 0.4, count)), 1, 9), 1)
    # Codes follow time, as those of a ticket system do.
    order = np.argsort(every.requested, kind="stable")
    name = np.empty(count, dtype=object)
    name[order] = codes("w", range(1, count + 1), 4)
    written = rng.random(count) < 0.1
    columns = {
        "item": name,
        "person": roster.person[every.person],
        "kind": np.array([row[0] for row in KINDS], dtype=object)[every.kind],
        "topic": np.array([row[1] for row in KINDS], dtype=object)[every.kind],
        "requested": every.requested,
        "started": np.where(roster.provider[every.person], every.started, NAT),  # the client does not note it
        "due": every.due,
        "delivered": every.delivered,
        "accepted": every.accepted,
        "reopened_at": every.reopened,
        "size": np.clip(np.round(hours / 2), 1, 5),
        "hours": np.where(np.arange(count) < done, hours, np.nan),
        "requester": roster.person[every.requester],
        "text": blanked(~written, np.array([row[3 + vague] for row in KINDS], dtype=object)[every.kind]),
    }
    return {
        "time_entries": _time_entries(roster, items, hours[:done]),
        "work": {column: values[order] for column, values in columns.items()},
        "events": _events(roster, items, name[:done]),
    }, name[:done]


def _open_items(roster: Roster, rng: np.random.Generator) -> Items:
    """Work that is still open at the end. Due dates lie in the future."""
    there = roster.lasting()
    person = rng.choice(there, max(1, roster.count // 6))
    working = weekdays(max(WORK_BEGINS, roster.last - 16), roster.last - 2)
    asked = rng.choice(working, len(person))
    requester = somebody_else(roster, person, rng)
    requested = roster.during(requester, asked, 0.0, 0.9, rng)
    begun = np.where(rng.random(len(person)) < 0.5, requested + 20 * _HOUR, NAT)
    begun[begun >= roster.now] = NAT
    due = roster.now + (rng.uniform(0.4, 9, len(person)) * DAY).astype(np.int64)
    kind, never = rng.integers(0, len(KINDS), len(person)), np.full(len(person), NAT)
    good = np.zeros(len(person), bool)
    return Items(person, never, kind, requester, requested, begun, due, never, never, never, good)


def _time_entries(roster: Roster, items: Items, hours: np.ndarray) -> Columns:
    """The first months: a billable stretch for each of the provider's items; two unpaid hours of training before."""
    mine = np.flatnonzero(roster.provider[items.person] & (items.month < LOGGED_MONTHS))
    learners = roster.of("provider")[roster.present[roster.of("provider")] < WORK_BEGINS]
    training, _ = roster.hours_of(learners, np.full(len(learners), WORK_BEGINS - 6))
    started = np.concatenate([training + _HOUR, items.started[mine]])
    lasted = np.concatenate([np.full(len(learners), 2.0), np.minimum(hours[mine], 2.5)])  # longer work: other stretches
    task = np.array([row[2] for row in KINDS], dtype=object)[items.kind[mine]]
    order = np.argsort(started, kind="stable")
    return {
        "person": roster.person[np.concatenate([learners, items.person[mine]])[order]],
        "started": started[order],
        "ended": (started + (lasted * _HOUR).astype(np.int64))[order],
        "task": np.concatenate([np.full(len(learners), "training", dtype=object), task])[order],
        "billable": np.concatenate([np.zeros(len(learners), bool), np.ones(len(mine), bool)])[order],
    }


def _events(roster: Roster, items: Items, name: np.ndarray) -> Columns:
    """The first months of the ticket log of the provider's mail: the moments that the work table holds."""
    mine = np.flatnonzero(roster.provider[items.person] & (items.kind == 1) & (items.month < LOGGED_MONTHS))
    steps = (
        ("opened", items.requested, items.requester),
        ("started", items.started, items.person),
        ("delivered", items.delivered, items.person),
        ("accepted", items.accepted, items.requester),
        ("reopened", items.reopened, items.requester),
    )
    row = np.concatenate([mine] * len(steps))
    when = np.concatenate([moment[mine] for _, moment, _ in steps])
    step = np.repeat(np.arange(len(steps)), len(mine))
    keep = when != NAT
    row, when, step = row[keep], when[keep], step[keep]
    order = np.lexsort((step, when, name[row].astype(str)))
    row, when, step = row[order], when[order], step[order]
    return {
        "case": name[row],
        "activity": np.array([label for label, _, _ in steps], dtype=object)[step],
        "happened_at": when,
        "person": roster.person[np.stack([who for _, _, who in steps])[step, row]],
    }
