"""Tables of the work and of what came back for it: items, ticket events, recorded time, recognition, pulse."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from outsourcing_kit.simulation.calibrate import expit, mean_over, person_logits
from outsourcing_kit.simulation.clock import DAY, NAT, weekdays
from outsourcing_kit.simulation.frames import Columns, blanked, codes
from outsourcing_kit.simulation.roster import WORK_BEGINS, Roster, somebody_else, spread_over_day

# kind, topic, task of the time records, what people write where both sides talk, and where they do not
KINDS = (
    ("invoice run", "invoicing", "send invoices", "Please send the invoices that are on the list.",
     "Kindly do the needful with the invoices."),
    ("mail reply", "mail", "answer order mail", "Please answer the customers who are still waiting.",
     "Please answer the urgent mails as soon as possible."),
    ("figures", "reporting", "update figures", "Please update the figures and mark what changed.",
     "Please send the usual figures at your earliest convenience."),
    ("web page", "web", "update pages", "Please put the new articles on the site.",
     "Please make the page look better, as discussed."),
)  # fmt: skip
VAGUE_BELOW = 0.80  # the share of questions answered in time below which requests are vague, too
LOGGED_MONTHS = 4  # that time records and the ticket log were exported for
_WINDOW = 14 * DAY
_ENOUGH_MONTHS = 6  # of good work, from which on it says something that none was ever recognised
_SEEN_SD, _NEEDED_SD = 0.8, 1.0  # of the person effects, logits
_FAVOURED_FROM = 0.25  # the gap between the sides from which on a few favourites get most of the thanks
_BACK, _BACK_UNTOLD = 0.07, 0.5  # of the accepted items come back; of the provider's before a late kickoff
_HOUR = 3600


@dataclass(frozen=True)
class Items:
    """Delivered work items, one a row; instants in UTC seconds, NAT for blank. `month` counts from the first."""

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


def draw_items(roster: Roster, untold_until: int, rng: np.random.Generator) -> Items:
    """Everybody's items, month by month. In one month a person does one kind of work, of two that the person knows.

    Before `untold_until`, the day of a late kickoff, much of what the provider delivers comes back.
    """
    person, month, day, from_day = _delivery_days(roster, rng)
    count = len(person)
    start, end = roster.hours_of(person, day)
    delivered = spread_over_day(start, end, 0.6, 0.98, rng)
    begun = _working_days_before(day, rng.integers(0, 3, count), from_day + 1)
    started = spread_over_day(*roster.hours_of(person, begun), 0.0, 0.25, rng)
    asked = _working_days_before(begun, rng.integers(1, 6, count), from_day)
    requester = somebody_else(roster, person, rng)
    requested = np.minimum(
        spread_over_day(*roster.hours_of(requester, np.minimum(asked, begun - 1)), 0.0, 0.9, rng), started
    )
    on_time, late = rng.random(count) < 0.88, rng.uniform(1, 10, count)
    slack = np.where(on_time, rng.uniform(0.5, 96, count), -late) * _HOUR
    due = np.where(rng.random(count) < 0.2, NAT, delivered + slack.astype(np.int64))
    looked_at, found = _working_days_after(day, rng.integers(1, 4, count)), rng.integers(1, 6, count)
    accepted = spread_over_day(*roster.hours_of(requester, looked_at), 0.0, 1.0, rng)
    reopened = spread_over_day(*roster.hours_of(requester, _working_days_after(looked_at, found)), 0.0, 1.0, rng)
    accepted = np.where((rng.random(count) < 0.03) | (accepted >= roster.now), NAT, accepted)
    untold = roster.provider[person] & (day < untold_until)
    came_back = (
        (rng.random(count) < np.where(untold, _BACK_UNTOLD, _BACK)) & (accepted != NAT) & (reopened < roster.now)
    )
    reopened = np.where(came_back, reopened, NAT)
    # Of two kinds at most, so that a person can be compared with others who do the same.
    knows = rng.random((roster.count, len(roster.month_starts))) < 0.5
    rank = np.concatenate([np.arange(len(roster.of(side))) for side in ("client", "provider")])
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
    still_open = _open_items(roster, rng)
    count, more = len(items.person), len(still_open[0])

    def both(closed: np.ndarray, running: np.ndarray) -> np.ndarray:
        return np.concatenate([closed, running])

    nothing = np.full(more, NAT)
    kind = both(items.kind, rng.integers(0, len(KINDS), more))
    hours = np.round(np.clip(np.exp(rng.normal(1.2, 0.4, count + more)), 1, 9), 1)
    requested = both(items.requested, still_open[1])
    # Codes follow time, as those of a ticket system do.
    order = np.argsort(requested, kind="stable")
    name = np.empty(count + more, dtype=object)
    name[order] = codes("w", range(1, count + more + 1), 4)
    written = rng.random(count + more) < 0.1
    done = np.arange(count + more) < count
    by_provider = roster.provider[both(items.person, still_open[0])]
    columns = {
        "item": name,
        "person": roster.person[both(items.person, still_open[0])],
        "kind": np.array([row[0] for row in KINDS], dtype=object)[kind],
        "topic": np.array([row[1] for row in KINDS], dtype=object)[kind],
        "requested": requested,
        "started": np.where(by_provider, both(items.started, still_open[2]), NAT),  # the client does not note it
        "due": both(items.due, still_open[3]),
        "delivered": both(items.delivered, nothing),
        "accepted": both(items.accepted, nothing),
        "reopened_at": both(items.reopened, nothing),
        "size": np.clip(np.round(hours / 2), 1, 5),
        "hours": np.where(done, hours, np.nan),
        "requester": roster.person[both(items.requester, still_open[4])],
        "text": np.array(
            [KINDS[number][3 + vague] if some else None for number, some in zip(kind, written, strict=True)],
            dtype=object,
        ),
    }
    work = {column: values[order] for column, values in columns.items()}
    tables: dict[str, Columns] = {
        "time_entries": _time_entries(roster, items, hours[:count]),
        "work": work,
        "events": _events(roster, items, name[:count]),
    }
    return {key: table for key, table in tables.items() if len(next(iter(table.values())))}, name[:count]


def _open_items(roster: Roster, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Work that is still open at the end: person, requested, started, due, requester. Due dates lie in the future."""
    there = roster.lasting()
    person = there[rng.integers(0, len(there), max(1, roster.count // 6))]
    working = weekdays(max(WORK_BEGINS, roster.last - 16), roster.last - 2)
    asked = working[rng.integers(0, len(working), len(person))]
    requester = somebody_else(roster, person, rng)
    requested = spread_over_day(*roster.hours_of(requester, asked), 0.0, 0.9, rng)
    begun = np.where(rng.random(len(person)) < 0.5, requested + 20 * _HOUR, NAT)
    begun[begun >= roster.now] = NAT
    due = roster.now + (rng.uniform(0.4, 9, len(person)) * DAY).astype(np.int64)
    return person, requested, begun, due, requester


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


# --- recognition --------------------------------------------------------------------------------------------------


def recognition_table(
    roster: Roster, items: Items, name: np.ndarray, seen: float, gap: float, rng: np.random.Generator
) -> tuple[Columns, float, float]:
    """Acts such that a share `seen` of the provider's person-months of good work, and `seen + gap` of the client's,
    saw recognition: of each kind of work the same.

    Besides these: second acts, acts for work that was not good, acts that came weeks too late; with a large gap, acts
    that pile up on favourites. And two truths: of the provider's people on record, and the share never thanked of
    those with enough good months (nan without any).
    """
    counted = np.flatnonzero(items.good & (items.delivered <= roster.now - _WINDOW))
    share = expit(person_logits(roster.provider, seen + gap, seen, _SEEN_SD, rng))
    months = len(roster.month_starts)
    group = items.person[counted] * months + items.month[counted]
    keys, first = np.unique(group, return_index=True)
    person = keys // months
    is_seen = rng.random(len(keys)) < share[person]
    outside = roster.provider[person]
    rows = (outside, outside & is_seen)
    good_months, seen_months = (np.bincount(person[some].astype(np.intp), minlength=roster.count) for some in rows)
    enough = good_months >= _ENOUGH_MONTHS
    never = float((seen_months[enough] == 0).mean()) if enough.any() else math.nan
    # One of the month's good items is the one that is recognised: the last or the first.
    last = len(group) - 1 - np.unique(group[::-1], return_index=True)[1]
    chosen = counted[np.where(rng.random(len(keys)) < 0.5, first, last)]
    thanked = chosen[is_seen]
    open_act, moment = _times_of_acts(roster, items, thanked, rng)
    twice = thanked[rng.random(len(thanked)) < 0.15]
    poor = np.flatnonzero(~items.good & (items.delivered < roster.now - 20 * DAY))
    poor = poor[rng.random(len(poor)) < 0.15]
    ignored = chosen[~is_seen & (items.delivered[chosen] < roster.now - 40 * DAY)]
    belated = ignored[rng.random(len(ignored)) < 0.08]
    item = np.concatenate([thanked, twice, poor, belated])
    when = np.concatenate(
        [
            moment,
            *(items.delivered[rows] + (rng.uniform(low, high, len(rows)) * DAY).astype(np.int64)
              for rows, low, high in ((twice, 0.1, 13), (poor, 0.1, 13), (belated, 16, 35))),
        ]
    )  # fmt: skip
    blank = np.concatenate([open_act, np.zeros(len(item) - len(thanked), bool)])
    there = when < (roster.until[items.person[item]] + 1) * DAY
    item, when, blank = item[there], when[there], blank[there]
    if gap > _FAVOURED_FROM:
        more = _piled_up(roster, items, item, thanked[roster.provider[items.person[thanked]]], rng.spawn(1)[0])
        item, when = np.concatenate([item, more[0]]), np.concatenate([when, more[1]])
        blank = np.concatenate([blank, np.zeros(len(more[0]), bool)])
    acts = _as_acts(roster, items.person[item], when, blanked(blank, name[item]), rng)
    return acts, mean_over(person[outside], share), never


def _piled_up(
    roster: Roster, items: Items, acts: np.ndarray, thanked: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """More acts for work that was thanked anyhow, of a few favourites, until both sides have as many a head.

    A count of acts then shows no difference, while no further person and no further month is seen.
    """
    provider = roster.provider[items.person[acts]]
    heads = [len(roster.of(side)) for side in ("client", "provider")]
    missing = max(round(int((~provider).sum()) * heads[1] / heads[0]) - int(provider.sum()), 0)
    months = np.bincount(items.person[thanked].astype(np.intp), minlength=roster.count)
    favourites = np.argsort(-months, kind="stable")[: max(heads[1] // 4, 1)]
    theirs = thanked[np.isin(items.person[thanked], favourites)]
    chosen = theirs[rng.integers(0, len(theirs), missing)] if len(theirs) else theirs
    gone = (roster.until[items.person[chosen]] + 1) * DAY - _HOUR
    return chosen, np.minimum(
        items.delivered[chosen] + (rng.uniform(0.1, 13, len(chosen)) * DAY).astype(np.int64), gone
    )


def _times_of_acts(
    roster: Roster, items: Items, thanked: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the act names no item, and when it was.

    Without an item it falls before the person's next good delivery, the end of the month and 14 days, so that nobody
    could credit it to another month.
    """
    delivered = items.delivered[thanked]
    good = np.flatnonzero(items.good)
    order = np.lexsort((items.delivered[good], items.person[good]))
    stamp = items.person[good][order] * (1 << 40) + items.delivered[good][order]
    place = np.searchsorted(stamp, items.person[thanked] * (1 << 40) + delivered, side="right")
    following = np.append(stamp, 1 << 62)[place] - items.person[thanked] * (1 << 40)
    month_end = roster.month_starts[items.month[thanked] + 1] * DAY - 3 * _HOUR  # no later than the client's midnight
    gone = (roster.until[items.person[thanked]] + 1) * DAY - _HOUR
    limit = np.minimum(np.minimum(following, month_end), np.minimum(delivered + _WINDOW, gone))
    room = limit - delivered
    open_act = (rng.random(len(thanked)) < 0.3) & (room > 4 * _HOUR)
    share = rng.uniform(0.05, 0.9, len(thanked))
    days = np.minimum(np.exp(rng.normal(0.7, 0.9, len(thanked))), 13.5)
    with_item = np.minimum(delivered + (days * DAY).astype(np.int64), gone)
    return open_act, np.where(open_act, delivered + (room * share).astype(np.int64), with_item)


def _as_acts(
    roster: Roster, receiver: np.ndarray, when: np.ndarray, item: np.ndarray, rng: np.random.Generator
) -> Columns:
    giver = somebody_else(roster, receiver, rng)
    kind = np.searchsorted([0.8, 0.92, 0.97], rng.random(len(receiver)))
    paid = kind == 3
    order = np.argsort(when, kind="stable")
    return {
        "given_at": when[order],
        "giver": roster.person[giver[order]],
        "receiver": roster.person[receiver[order]],
        "kind": np.array(["thanks", "review", "award", "bonus"], dtype=object)[kind[order]],
        "amount": np.where(paid, 50.0, np.nan)[order],
        "currency": blanked(~paid, "EUR")[order],
        "item": item[order],
    }


def pulse_table(roster: Roster, needed: float, rng: np.random.Generator) -> tuple[Columns, float]:
    """A question a quarter, another every second time, under codes in an order of their own; one sheet in twelve is
    missing. And the truth of the provider's people who answered.
    """
    high = expit(person_logits(roster.provider, needed + 0.05, needed, _NEEDED_SD, rng))
    # A code that followed the list of people would tell who answered.
    respondent = codes("r", 1 + rng.permutation(roster.count), 2)
    ends = roster.month_starts[3::3] - 4 if len(roster.month_starts) > 3 else np.array([roster.last - 4])
    there = (roster.present[:, None] <= ends - 10) & (roster.until[:, None] >= ends)
    person, wave = np.nonzero(there & (rng.random(there.shape) >= 1 / 12))
    order = np.lexsort((respondent[person].astype(str), ends[wave]))
    person, wave = person[order], wave[order]
    count = len(person)
    agrees = rng.random(count) < high[person]
    first = np.where(agrees, rng.integers(4, 6, count), rng.integers(1, 4, count))
    second = np.clip(np.round(rng.normal(3.7, 0.9, count)), 1, 5)
    side = np.where(roster.provider[person], "provider", "client")
    sheet, number = np.nonzero(np.stack([np.ones(count, bool), wave % 2 == 0], axis=1))
    return {
        "respondent": respondent[person][sheet],
        "side": side[sheet],
        "asked_on": ends[wave][sheet],
        "question": np.array(["I feel needed", "I know what to do"], dtype=object)[number],
        "score": np.where(number == 0, first[sheet], second[sheet]),
        "scale_max": np.full(len(sheet), 5.0),
    }, mean_over(person[roster.provider[person]], high)
