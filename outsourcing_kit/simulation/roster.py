"""Who is there, in which hours, from when to when: the frame in which everything else happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from outsourcing_kit.simulation.clock import NAT, Shift, day_number, opening, weekdays
from outsourcing_kit.simulation.frames import STORY, Columns, codes

TIME_ZONE = "Europe/Madrid"
FIRST = dt.date(2026, 1, 1)
COMMITTED = dt.date(2025, 12, 8)
WORK_BEGINS = day_number(dt.date(2026, 1, 12))  # requests from this Monday on; nothing is started before the 13th
ON_BOARD = day_number(dt.date(2026, 1, 5))
LEAVING_SHARE, REPLACED_SHARE = 0.15, 0.6


@dataclass(frozen=True)
class Roster:
    """People in rows (client first), and the days that the engagement covers, as day numbers.

    `present` and `until` are each person's first and last day; `place` indexes `shifts`.
    """

    person: np.ndarray
    provider: np.ndarray
    place: np.ndarray
    present: np.ndarray
    until: np.ndarray
    stays: np.ndarray
    shifts: tuple[Shift, ...]
    countries: tuple[str, ...]
    first: int
    last: int
    now: int
    month_starts: np.ndarray

    @property
    def count(self) -> int:
        return len(self.person)

    def of(self, side: str) -> np.ndarray:
        """Positions of one side's people."""
        return np.flatnonzero(self.provider == (side == "provider"))

    def lasting(self, side: str | None = None) -> np.ndarray:
        """Positions of those who are there from the first day to the last; each side has at least one."""
        there = self.stays & (self.present <= ON_BOARD)
        return np.flatnonzero(there if side is None else there & (self.provider == (side == "provider")))

    def calendar(self) -> tuple[int, int]:
        """First and last day for which working hours are worked out: some weeks more than is observed."""
        return self.first - 40, self.last + 60

    def hours_of(self, position: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Begin and end of these people's working days, UTC seconds."""
        first, last = self.calendar()
        start, end = np.empty(len(day), np.int64), np.empty(len(day), np.int64)
        for number, shift in enumerate(self.shifts):
            here = self.place[position] == number
            begins, ends = opening(shift, first, last)
            start[here], end[here] = begins[day[here] - first], ends[day[here] - first]
        return start, end

    def during(
        self, position: np.ndarray, day: np.ndarray, low: float, high: float, rng: np.random.Generator
    ) -> np.ndarray:
        """A moment, in whole seconds, between the shares `low` and `high` of each person's working day."""
        start, end = self.hours_of(position, day)
        return start + ((end - start) * rng.uniform(low, high, len(start))).astype(np.int64)


def month_start(number: int) -> dt.date:
    """First day of the month that lies `number` months after the first observed one."""
    return dt.date(FIRST.year + (FIRST.month - 1 + number) // 12, (FIRST.month - 1 + number) % 12 + 1, 1)


def make_roster(people: int, months: int, rng: np.random.Generator) -> Roster:
    """People split evenly (the provider gets the odd one), some of whom leave; some of those are replaced."""
    first, last = day_number(FIRST), day_number(month_start(months)) - 1
    sizes = {"client": people // 2, "provider": people - people // 2}
    shifts, countries = zip(*(place for side in sizes for place in STORY["places"][side]), strict=True)
    place = [np.where(np.arange(size) % 4 == 3, 2 * side + 1, 2 * side) for side, size in enumerate(sizes.values())]
    present, until = zip(*(_turnover(size, first, last, rng) for size in sizes.values()), strict=True)
    width = max(2, len(str(max(sizes.values()))))
    leave = np.concatenate(until)
    begin, _ = opening((TIME_ZONE, 0, 0), last + 1, last + 1)
    return Roster(
        person=np.concatenate([codes(side[0], range(1, size + 1), width) for side, size in sizes.items()]),
        provider=np.repeat([False, True], list(sizes.values())),
        place=np.concatenate(place),
        present=np.concatenate(present),
        until=np.where(leave == NAT, last, leave),
        stays=leave == NAT,
        shifts=shifts,
        countries=countries,
        first=first,
        last=last,
        now=int(begin[0]),
        month_starts=np.array([day_number(month_start(number)) for number in range(months + 1)], dtype=np.int64),
    )


def _turnover(size: int, first: int, last: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First and last days of one side's people. The first of a side never leaves; the last ones replace leavers."""
    arrive, leave = np.full(size, ON_BOARD, np.int64), np.full(size, NAT, np.int64)
    leavers = min(int(rng.binomial(size, LEAVING_SHARE)), size // 3)
    # In a few months nobody has left yet whom somebody could follow.
    if last - first < 150:
        return arrive, leave
    replaced = int(rng.binomial(leavers, REPLACED_SHARE))
    old = size - replaced
    # Somebody of each side must know the whole story: the first stays.
    gone = 1 + rng.permutation(old - 1)[:leavers]
    working = weekdays(first, last)
    days = np.sort(working[(len(working) * rng.uniform(0.4, 0.75, len(gone))).astype(np.int64)])
    leave[gone] = days
    back = np.searchsorted(working, days[:replaced]) + rng.integers(2, 15, min(replaced, len(days)))
    arrive[old:] = working[back]
    return arrive, leave


def people_table(roster: Roster, rng: np.random.Generator) -> Columns:
    """The people table."""
    side = np.where(roster.provider, "provider", "client")
    rank = np.concatenate([np.arange(len(roster.of(name))) for name in ("client", "provider")])
    teams, roles, reasons = STORY["teams"], STORY["roles"], STORY["reasons_to_leave"]
    reason = rng.integers(0, len(reasons), roster.count)
    cost = np.where(roster.provider, rng.normal(17, 2, roster.count), rng.normal(38, 4, roster.count))
    return {
        "person": roster.person,
        "side": side,
        "team": [teams[number % len(teams)] for number in rank],
        # The first of a side leads it.
        "role": [roles[name][1 + number % 3 if number else 0] for name, number in zip(side, rank, strict=True)],
        "time_zone": [roster.shifts[number][0] for number in roster.place],
        "country": [roster.countries[number] for number in roster.place],
        "workday_start": [f"{roster.shifts[number][1]:02d}:00" for number in roster.place],
        "workday_end": [f"{roster.shifts[number][2]:02d}:00" for number in roster.place],
        "joined": roster.present,
        "left": np.where(roster.stays, NAT, roster.until),
        "left_reason": [None if stays else reasons[number] for stays, number in zip(roster.stays, reason, strict=True)],
        "fte": np.where(rng.random(roster.count) < 0.15, 0.8, 1.0),
        "hourly_cost": np.clip(np.round(cost), 11, 60),
    }


def somebody_else(roster: Roster, position: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each of these people somebody who is there all the time: a client for the provider's, else anybody.

    Nobody gets oneself: the next in the list steps in.
    """
    everybody = roster.lasting()
    client, anybody = (rng.choice(there, len(position)) for there in (roster.lasting("client"), everybody))
    other = np.where(roster.provider[position], client, anybody)
    following = everybody[(np.searchsorted(everybody, other) + 1) % len(everybody)]
    return np.where(other == position, following, other)
