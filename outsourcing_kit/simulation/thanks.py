"""What came back for the work: acts of recognition, and what people say in the pulse."""

from __future__ import annotations

import math

import numpy as np

from outsourcing_kit.simulation.calibrate import expit, logit_intercept, mean_over, person_logits
from outsourcing_kit.simulation.clock import DAY
from outsourcing_kit.simulation.frames import Columns, blanked, codes
from outsourcing_kit.simulation.roster import Roster, somebody_else
from outsourcing_kit.simulation.work import NOTICED, Items

# The gap between the sides from which on a few favourites get most of the thanks, rewards stay in-house, and the
# provider's people do what is noticed anyhow.
UNFAIR_FROM = 0.25
UNSEEN = "nobody noticed my work"  # a reason to leave
_WINDOW = 14 * DAY
_ENOUGH_MONTHS = 6  # of good work, from which on it says something that none was ever recognised
_SEEN_SD, _NEEDED_SD = 0.8, 1.0  # of the person effects, logits
_HOUR = 3600


def recognition_table(
    roster: Roster, items: Items, name: np.ndarray, seen: float, gap: float, rng: np.random.Generator
) -> tuple[Columns, float, float, np.ndarray]:
    """Acts such that a share `seen` of the provider's person-months of good work saw recognition, and of the client's
    as much more as `gap` for the same kind of work.

    Besides these: second acts, acts for work that was not good, acts that came weeks too late; with a large gap, acts
    that pile up on favourites. And two truths: of the provider's people on record, and the share never thanked of
    those with enough good months (nan without any). And which people were seen in one month at most.
    """
    counted = np.flatnonzero(items.good & (items.delivered <= roster.now - _WINDOW))
    chances = _chances(roster, seen, gap, rng)
    months = len(roster.month_starts)
    group = items.person[counted] * months + items.month[counted]
    keys, first = np.unique(group, return_index=True)
    person = keys // months
    is_seen = rng.random(len(keys)) < chances[person, np.array(NOTICED)[items.kind[counted[first]]].astype(int)]
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
    late = ((twice, 0.1, 13), (poor, 0.1, 13), (belated, 16, 35))
    when = np.concatenate([moment, *(_days_after(items, rows, low, high, rng) for rows, low, high in late)])
    blank = np.concatenate([open_act, np.zeros(len(item) - len(thanked), bool)])
    there = when < (roster.until[items.person[item]] + 1) * DAY
    item, when, blank = item[there], when[there], blank[there]
    if gap > UNFAIR_FROM:
        more = _piled_up(roster, items, item, thanked[roster.provider[items.person[thanked]]], rng.spawn(1)[0])
        item, when = np.concatenate([item, more[0]]), np.concatenate([when, more[1]])
        blank = np.concatenate([blank, np.zeros(len(more[0]), bool)])
    acts = _as_acts(roster, items.person[item], when, blanked(blank, name[item]), gap, rng)
    noticed = np.where(roster.provider, noticed_outside(gap), 1 - noticed_outside(gap))
    share = chances[:, 0] * (1 - noticed) + chances[:, 1] * noticed
    hardly = np.flatnonzero(np.bincount(person[is_seen], minlength=roster.count) <= 1)
    return acts, mean_over(person[outside], share), never, hardly


def noticed_outside(gap: float) -> float:
    """Share of the provider's months with work that is noticed: half, or with a large gap most of them."""
    return 0.75 if gap > UNFAIR_FROM else 0.5


def _chances(roster: Roster, seen: float, gap: float, rng: np.random.Generator) -> np.ndarray:
    """Each person's chance that a month of good work is seen, people × (work that is not noticed, work that is).

    Where the sides do different work, kinds lie `step` above and below a side's middle, on both sides alike. So the
    gap is the same for each kind, while the plain difference of the sides hides part of it.
    """
    noticed = noticed_outside(gap)
    # As far apart as leaves every chance within 0 and 1; nothing where both sides do the same.
    room = min(seen / (2 * noticed), (1 - seen - gap) / (2 - 2 * noticed))
    step = max(0.75 * room, 0.0) if gap > UNFAIR_FROM else 0.0
    middle = seen - (2 * noticed - 1) * step
    logits = person_logits(roster.provider, seen + gap, seen, _SEEN_SD, rng)
    by_kind = []
    for kind in (-step, step):
        own = [
            logit_intercept(min(1.0, wanted), _SEEN_SD) - logit_intercept(min(1.0, mean), _SEEN_SD)
            for wanted, mean in ((middle + gap + kind, seen + gap), (middle + kind, seen))
        ]
        by_kind.append(expit(logits + np.where(roster.provider, own[1], own[0])))
    return np.stack(by_kind, axis=1)


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
    return chosen, np.minimum(_days_after(items, chosen, 0.1, 13, rng), gone)


def _days_after(items: Items, rows: np.ndarray, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """A moment so many days after each of these deliveries."""
    return items.delivered[rows] + (rng.uniform(low, high, len(rows)) * DAY).astype(np.int64)


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
    roster: Roster, receiver: np.ndarray, when: np.ndarray, item: np.ndarray, gap: float, rng: np.random.Generator
) -> Columns:
    giver = somebody_else(roster, receiver, rng)
    # Of acts of each kind: words, a review, an award, money.
    usual, inside, outside = (0.8, 0.92, 0.97), (0.6, 0.7, 0.85), (0.9, 1.0, 1.0)
    cuts = np.where(roster.provider[receiver][:, None], outside, inside) if gap > UNFAIR_FROM else np.array([usual])
    kind = (rng.random(len(receiver))[:, None] > cuts).sum(axis=1)
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
