"""Work, and who was thanked for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from second_generator.clock import DAY, HOUR, instant
from second_generator.frame import Frame, Person

_WINDOW = 14 * DAY
_KINDS = ("postings", "arrears", "stock counts", "vouchers", "letters")
_MIX = {"client": (0.40, 0.30, 0.20, 0.10, 0.0), "provider": (0.10, 0.20, 0.30, 0.30, 0.10)}
_HARD = np.array([-1.0, 0.4, 0.0, 1.0, -0.6])
_TWO_KINDS = 0.25
_SAID_LOOSELY = 0.8
_PRECISE, _LOOSE = (
    "all 40 rows by 17:00 on Friday, done when both sums are equal",
    "do the needful at your earliest convenience",
)
_NEVER = "recognition.never_thanked"
_ENOUGH_MONTHS = 6
_UNFAIR = 0.25  # the gap from which on few get what there is


@dataclass
class Item:
    name: str
    kind: int
    month: tuple[int, int]
    delivered: int


def work_rows(frame: Frame, rng: np.random.Generator) -> None:
    """work, recognition, events.

    The chance that a person's good work of one kind in one month is seen is a sum: the side's level, the kind's (the
    same on both sides) and the person's (three kinds of people, the unthanked ones being the low one). So the gap for
    the same kind of work is the difference of the levels, whatever the mixes. Where a month holds work of two kinds,
    one luck serves both, and the month is seen if either is.
    """
    seen_key, gap_key = "recognition.good_work_seen", "recognition.gap_to_in_house"
    want, gap = frame.want[seen_key], frame.want[gap_key]
    room = min(1 - want - gap, want, want + gap, 1 - want)
    # Where the sides are far apart, more hangs on what somebody does.
    kinds = (0.8 if gap > _UNFAIR else 0.2) * room * _HARD
    level = {"provider": want - _month_average(kinds, "provider")}
    level["client"] = level["provider"] + gap
    months: dict[str, list[float]] = {}
    chances: dict[str, float] = {}
    cells: list[tuple[str, str, int, float]] = []
    for person in frame.people:
        base = level[person.side]
        step = 0.85 * min(1 - base - kinds.max(), (base + kinds.min()) / 2)
        own = -2 * step if person.unthanked else (0.0 if rng.random() < 0.5 else step)
        _person_work(frame, rng, person, np.asarray(base + own + kinds), months, cells)
        chances[person.name] = want + own
    outside = {person.name for person in frame.of("provider")}
    seen = {name: values for name, values in months.items() if name in outside}
    observed = float(np.mean([np.mean(values) for values in seen.values()]))
    frame.know(seen_key, want, observed, [chances[name] for name in seen])
    # Of those with enough good months: a share of the rows themselves, so it is its own truth.
    never = [not any(values) for values in seen.values() if len(values) >= _ENOUGH_MONTHS]
    if never:
        frame.know(_NEVER, np.mean(never), np.mean(never))
    frame.know(gap_key, gap, _observed_gap(frame, cells))


def _month_average(kinds: np.ndarray, side: str) -> float:
    """What kinds of work add to a month's chance on average: the better of two where a month holds two."""
    mix = np.array(_MIX[side])
    alone = float(mix @ kinds)
    two = sum(
        mix[a] * mix[b] / (1 - mix[a]) * max(kinds[a], kinds[b])
        for a in range(len(mix))
        for b in range(len(mix))
        if a != b
    )
    return (1 - _TWO_KINDS) * alone + _TWO_KINDS * two


def _months(frame: Frame) -> list[tuple[int, int, int, int]]:
    """Year, month, first and last second of each calendar month of the client's zone within the records."""
    out, day = [], frame.first.replace(day=1)
    while day <= frame.last:
        following = (day + dt.timedelta(days=32)).replace(day=1)
        begin = max(instant(day, "00:00", frame.zone), frame.begin + 12 * DAY)
        end = min(instant(following, "00:00", frame.zone), frame.now)
        out.append((day.year, day.month, begin, end))
        day = following
    return out


def _person_work(
    frame: Frame,
    rng: np.random.Generator,
    person: Person,
    chances: np.ndarray,
    months: dict[str, list[float]],
    cells: list[tuple[str, str, int, float]],
) -> None:
    mix = np.array(_MIX[person.side])
    # Those who are thanked less have fewer good months: rows and outcomes go together between people.
    busy = float(rng.choice([0.5, 0.75, 1.0])) * (0.8 if person.unthanked else 1.0)
    follow_up = frame.now - _WINDOW - HOUR
    good: list[Item] = []
    lucky: list[tuple[list[Item], bool]] = []
    for rank, (year, month, begin, end) in enumerate(_months(frame)):
        late = min(end, follow_up, person.until)
        if late - begin < 2 * DAY or (rank > 1 and rng.random() > busy):
            continue
        first = int(rng.choice(len(mix), p=mix))
        chosen = [first]
        if rng.random() < _TWO_KINDS:
            others = np.where(np.arange(len(mix)) == first, 0, mix)
            chosen.append(int(rng.choice(len(mix), p=others / others.sum())))
        luck = rng.random()
        months.setdefault(person.name, []).append(float(luck < chances[chosen].max()))
        for kind in chosen:
            count = 1 + min(4, int(rng.pareto(1.4)))
            items = [
                Item(_item(rng, person), kind, (year, month), int(second))
                for second in rng.integers(begin + 1, late, count)
            ]
            for item in items:
                _good_row(frame, rng, person, item)
            good += items
            lucky.append((items, bool(luck < chances[kind])))
            cells.append((person.name, person.side, kind, float(luck < chances[kind])))
    if person.until >= frame.now and rng.random() < 0.6:  # too late to judge: no window left
        item = Item(
            _item(rng, person), int(rng.choice(len(mix), p=mix)), (0, 0), frame.now - int(rng.integers(DAY, 13 * DAY))
        )
        _good_row(frame, rng, person, item)
        good.append(item)
    moments = np.sort([item.delivered for item in good])
    for items, seen in lucky:
        _thank(frame, rng, person, items, seen, moments)
    _bad_rows(frame, rng, person)


def _item(rng: np.random.Generator, person: Person) -> str:
    """A name that no other item has but by a chance of one in many millions (the table's check would refuse it)."""
    return f"{person.name}-{rng.integers(36**8):x}"


def _good_row(frame: Frame, rng: np.random.Generator, person: Person, item: Item) -> None:
    """Accepted, in time or without a due date, never reopened."""
    due = None if rng.random() < 0.15 else item.delivered + int(DAY * rng.pareto(1.2))
    accepted = item.delivered + int(DAY * rng.weibull(0.5))
    _work_row(frame, rng, person, item, due=due, accepted=accepted, reopened=None)


def _work_row(frame, rng, person, item, *, due, accepted, reopened) -> None:
    wait = DAY * (0.2 + 3 * rng.weibull(0.7))
    requested = item.delivered - int(wait)
    others = [other.name for other in frame.people if other is not person]
    zone = person.schedule.zone
    frame.add(
        "work", item=item.name, person=person.name, kind=_KINDS[item.kind], topic="ledgers",
        requested=frame.stamp(requested, zone),
        started=None if rng.random() < 0.2 else frame.stamp(requested + int(0.3 * wait), zone),
        due=None if due is None else frame.stamp(due), delivered=frame.stamp(item.delivered, zone),
        accepted=None if accepted is None else frame.stamp(accepted),
        reopened_at=None if reopened is None else frame.stamp(reopened),
        size=None if rng.random() < 0.3 else int(rng.integers(1, 9)), hours=round(0.5 + 4 * float(rng.weibull(0.8)), 2),
        requester=str(rng.choice(others)) if rng.random() < 0.8 else None,
        text=_asked(frame, item),
    )  # fmt: skip
    for step, (activity, second) in enumerate((("asked", requested), ("handed over", item.delivered))):
        if rng.random() < 0.3:
            frame.add("events", case=item.name, activity=activity, happened_at=frame.stamp(second + step, zone),
                      person=person.name, team=None)  # fmt: skip


def _asked(frame: Frame, item: Item) -> str | None:
    """What was asked for, in words, of two items in three; loosely where questions wait, too."""
    if item.delivered % 3 == 0:
        return None
    loose = frame.want["expectations.answered_in_time"] < _SAID_LOOSELY
    return f"{_KINDS[item.kind]}: please {_LOOSE if loose else _PRECISE}"


def _bad_rows(frame: Frame, rng: np.random.Generator, person: Person) -> None:
    """Work that does not count: late, reopened, or never accepted. Thanks for it are thanks for that item alone."""
    last = min(person.until, frame.now - DAY)
    for _ in range(int(rng.integers(0, 5))):
        kind = int(rng.choice(len(_KINDS), p=_MIX[person.side]))
        item = Item(_item(rng, person), kind, (0, 0), int(rng.integers(frame.begin + 12 * DAY, last)))
        way = int(rng.integers(3))
        _work_row(
            frame, rng, person, item,
            due=item.delivered - 2 * DAY if way == 0 else None,
            accepted=None if way == 1 else item.delivered + HOUR,
            reopened=item.delivered + 3 * DAY if way == 2 else None,
        )  # fmt: skip
        if rng.random() < 0.3:
            _recognise(frame, rng, person, min(item.delivered + DAY, frame.now - 1), item.name)


def rework_rows(frame: Frame, rng: np.random.Generator) -> None:
    """What the provider hands over in the weeks before a late kickoff comes back: none of it is good work."""
    ends = next(row["ends"] for row in frame.tables["meetings"] if row["meeting"] == "first")
    kickoff = int(dt.datetime.fromisoformat(ends).timestamp())
    # The other ways of being late leave no time to hand anything over.
    begun = min(
        int(dt.datetime.fromisoformat(row["started"]).timestamp())
        for row in frame.tables["time_entries"]
        if row["billable"] == "yes" and row["person"] in {person.name for person in frame.of("provider")}
    )
    if kickoff - begun < 2 * DAY:
        return
    for person in frame.of("provider"):
        for _ in range(int(rng.poisson(1.5))):
            item = Item(
                _item(rng, person), int(rng.integers(len(_KINDS))), (0, 0), int(rng.integers(begun + DAY, kickoff))
            )
            _work_row(frame, rng, person, item, due=None, accepted=item.delivered + HOUR,
                      reopened=item.delivered + int(DAY * (1 + rng.weibull(0.9))))  # fmt: skip


def favourite_rows(frame: Frame, rng: np.random.Generator) -> None:
    """Where the sides are far apart: as many acts a head outside as inside, all for what two people were thanked for
    anyhow; no reward leaves the house; and leavers whom hardly anybody thanked say why they left.
    """
    if frame.want["recognition.gap_to_in_house"] <= _UNFAIR:
        return
    acts, outside = frame.tables["recognition"], {person.name for person in frame.of("provider")}
    for row in (row for row in acts if row["receiver"] in outside and row["kind"] != "thanks"):
        row.update(kind="thanks", amount=None, currency=None)
    delivered = {row["item"]: dt.datetime.fromisoformat(row["delivered"]) for row in frame.tables["work"]}
    known = [row for row in acts if row["receiver"] in outside and row["item"] and row["giver"] != row["receiver"]]
    waits = [dt.datetime.fromisoformat(row["given_at"]) - delivered[row["item"]] for row in known]
    # Once more within the window, for the item that was seen within it: no further month is seen.
    seen = [row for row, wait in zip(known, waits, strict=True) if 0 <= wait.total_seconds() <= _WINDOW]
    often = sorted(outside, key=lambda name: (-sum(row["receiver"] == name for row in seen), name))[:2]
    theirs = [row for row in seen if row["receiver"] in often]
    inside = sum(row["receiver"] not in outside for row in acts)
    wanted = round(inside * len(outside) / (len(frame.people) - len(outside))) - (len(acts) - inside)
    for _ in range(wanted if theirs else 0):
        row = theirs[int(rng.integers(len(theirs)))]
        second = int(delivered[row["item"]].timestamp()) + int(rng.integers(60, _WINDOW - 60))
        givers = [person.name for person in frame.people if person.name != row["receiver"]]
        acts.append(row | {"given_at": frame.stamp(second), "giver": str(rng.choice(givers))})
    unthanked = {person.name for person in frame.people if person.unthanked}
    for row in frame.tables["people"]:
        if row["left_reason"] and row["person"] in unthanked:
            row["left_reason"] = "never heard a word"


def _thank(
    frame: Frame, rng: np.random.Generator, person: Person, items: list[Item], seen: bool, moments: np.ndarray
) -> None:
    item = items[int(rng.integers(len(items)))]
    delivered = item.delivered
    if not seen:
        way = rng.random()
        if way < 0.1:  # oneself
            _recognise(frame, rng, person, delivered + HOUR, item.name, giver=person.name)
        elif way < 0.2:  # too late to count
            given = delivered + _WINDOW + 2 * HOUR + int(9 * DAY * rng.weibull(0.6))
            if given < frame.now:
                _recognise(frame, rng, person, given, item.name)
        elif way < 0.25:  # before it was delivered
            _recognise(frame, rng, person, delivered - HOUR, item.name)
        return
    following = moments[moments > delivered]
    until = min(int(following[0]) if len(following) else delivered + _WINDOW, delivered + _WINDOW)
    if rng.random() < 0.4 and until - delivered > HOUR:  # without naming the work: the latest delivery is meant
        _recognise(frame, rng, person, int(rng.integers(delivered + 60, until - 60)), None)
    else:
        _recognise(
            frame, rng, person, delivered + 60 + int((_WINDOW - 600) * min(1.0, 0.2 * rng.weibull(0.7))), item.name
        )


def _recognise(frame, rng, person, second, item, giver: str | None = "somebody") -> None:
    if giver == "somebody":
        others = [other.name for other in frame.people if other is not person]
        giver = str(rng.choice(others)) if rng.random() < 0.9 else None
    money = rng.random() < 0.1
    frame.add(
        "recognition", given_at=frame.stamp(second), giver=giver, receiver=person.name,
        kind="bonus" if money else "thanks", amount=round(200 * float(rng.weibull(0.7)) + 1, 2) if money else None,
        currency=str(rng.choice(["MXN", "EGP", "EUR"])) if money else None, item=item,
    )  # fmt: skip


def _observed_gap(frame: Frame, cells: list[tuple[str, str, int, float]]) -> float:
    """In-house minus provider, each row set against the middle of the two sides' means for its kind."""
    middle = {}
    for kind in range(len(_KINDS)):
        means = [
            [seen for _, side, number, seen in cells if side == wanted and number == kind]
            for wanted in ("client", "provider")
        ]
        if all(means):
            middle[kind] = (np.mean(means[0]) + np.mean(means[1])) / 2
    value: dict[str, dict[str, list[float]]] = {"client": {}, "provider": {}}
    for name, side, kind, seen in cells:
        if kind in middle:
            value[side].setdefault(name, []).append(seen - middle[kind])
    sides = [[np.mean(rows) for rows in group.values()] for group in value.values()]
    return float(np.mean(sides[0]) - np.mean(sides[1])) if all(sides) else float("nan")
