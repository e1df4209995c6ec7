"""Who is there, from when to when, in which zones and currencies, and how bad each thing is to be."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from outsourcing_kit.headlines import HEADLINES, MISTAKES
from second_generator.clock import DAY, Hours, Schedule, instant, own_hours, shared_hours

RATES = {"MXN": 0.05, "EGP": 0.02, "USD": 0.9}
_BERLIN = (Schedule("Europe/Berlin", "09:00", "17:30"), Schedule("Europe/Berlin", "08:00", "14:00"))
_CAIRO = (Schedule("Africa/Cairo", "09:00", "17:00"), Schedule("Africa/Cairo", "10:30", "18:30"))
_AWAY = (
    Schedule("America/Mexico_City", "07:00", "16:00"),
    Schedule("Africa/Cairo", "10:00", "18:00"),
    Schedule("America/Santiago", "08:00", "17:00"),
    Schedule("America/Mexico_City", "22:00", "06:00"),  # a night shift
    Schedule("Pacific/Auckland", "09:00", "17:00"),  # never at work when Berlin or Cairo is
)
_COUNTRY = {
    "Europe/Berlin": "Germany",
    "Africa/Cairo": "Egypt",
    "America/Mexico_City": "Mexico",
    "America/Santiago": "Chile",
    "Pacific/Auckland": "New Zealand",
}


@dataclass(frozen=True)
class Person:
    """One person; `until` is the second after which nothing more is heard of them (a leaver falls silent first)."""

    name: str
    side: str
    schedule: Schedule
    joined: dt.date
    left: dt.date | None
    until: int
    slow: bool  # answers less
    unthanked: bool  # gets thanked less


@dataclass
class Frame:
    """One engagement in the making: what is wanted, who is there, the rows so far and the truth so far."""

    seed: int
    want: Mapping[str, float]
    zone: str
    first: dt.date
    last: dt.date
    people: list[Person]
    clustered_clients: bool = False
    tables: dict[str, list[dict]] = field(default_factory=dict)
    truth: dict[str, float] = field(default_factory=dict)
    budget: float = 0.0

    @property
    def begin(self) -> int:
        return instant(self.first, "00:00", self.zone)

    @property
    def now(self) -> int:
        """The end of the last observed day."""
        return instant(self.last + dt.timedelta(days=1), "00:00", self.zone)

    def stream(self, number: int) -> np.random.Generator:
        """Random numbers of one room, so that no room's rows depend on how many another one drew."""
        return np.random.default_rng([self.seed, 71, number])

    def of(self, side: str) -> list[Person]:
        return [person for person in self.people if person.side == side]

    def own(self, person: Person) -> Hours:
        return own_hours(person.schedule, self.first, self.last + dt.timedelta(days=150))

    def shared(self, one: Person, other: Person) -> Hours:
        return shared_hours(one.schedule, other.schedule, self.first, self.last + dt.timedelta(days=150))

    def add(self, table: str, **row: object) -> None:
        self.tables.setdefault(table, []).append(row)

    def stamp(self, second: float, zone: str | None = None) -> str:
        """An instant in words, with the offset of a zone at that time."""
        return dt.datetime.fromtimestamp(int(second), ZoneInfo(zone or self.zone)).isoformat()

    def csv(self, name: str, rows: list[dict]) -> str:
        """A table as a file; None is a blank cell."""
        out = io.StringIO()
        pd.DataFrame(rows, dtype=object).to_csv(out, index=False, lineterminator="\n")
        return out.getvalue()

    def know(self, key: str, truth: float, observed: float, chances: Collection[float] = ()) -> None:
        """The truth, what the rows show of it, and the mean of the own chances of the people on record."""
        self.truth |= {key: float(truth), f"observed.{key}": float(observed)}
        if len(chances):
            self.truth[f"team.{key}"] = float(np.mean(list(chances)))


def targets(severity: Mapping[str, float]) -> dict[str, float]:
    """The wanted truth of each headline: severity by headline, else by mistake, else 0."""
    unknown = set(severity) - set(MISTAKES) - {item.key for item in HEADLINES}
    if unknown:
        raise KeyError(f"no mistake or headline is called {sorted(unknown)}")
    return {item.key: item.truth(severity.get(item.key, severity.get(item.mistake, 0.0))) for item in HEADLINES}


def severity_at_limit() -> dict[str, float]:
    """By headline, the severity at which the truth is the limit itself."""
    out = {}
    for item in HEADLINES:
        half_way, bad = item.truth(0.0), item.truth(1.0)
        out[item.key] = (item.limit - half_way) / (bad - half_way)
    return out


def three_kinds(mean: float, floor: float = 0.0, ceiling: float = 1.0, spread: float = 0.9) -> np.ndarray:
    """Values of three kinds of people (a fifth low, two fifths as the mean, two fifths high) whose mean is `mean`."""
    step = spread * min(ceiling - mean, (mean - floor) / 2)
    return mean + step * np.array([-2.0, 0.0, 1.0])


KINDS = np.array([0.2, 0.4, 0.4])


def make_frame(seed: int, people: int, severity: Mapping[str, float], clustered_clients: bool) -> Frame:
    """People of both sides, their zones and their leaving; the period; the wanted truths."""
    rng = np.random.default_rng([seed, 70])
    first = dt.date(2024, 10, 1) + dt.timedelta(days=int(rng.integers(0, 400)))
    last = first + dt.timedelta(days=364)
    zone, home = [("Europe/Berlin", _BERLIN), ("Africa/Cairo", _CAIRO)][int(rng.integers(2))]
    frame = Frame(seed, targets(severity), zone, first, last, [], clustered_clients)
    outside = people // 2 + people // 20
    for number in range(people):
        provider = number >= people - outside
        if provider:
            rank = number - (people - outside)
            # The fifth person of the provider's side works nights, the sixth at the other end of the world.
            place = rank - 1 if rank in (4, 5) else int(rng.choice(3, p=[0.5, 0.3, 0.2]))
            schedule = _AWAY[place]
        else:
            schedule = home[int(rng.random() < 0.25)]
        slow, unthanked = rng.random(2) < KINDS[0]
        leaves = rng.random() < 0.05 + 0.35 * slow + 0.35 * unthanked
        left = last - dt.timedelta(days=int(rng.integers(20, 170))) if leaves else None
        until = frame.now
        if left is not None:
            until = instant(left, "12:00", zone) - int(rng.integers(15, 45)) * DAY
        frame.people.append(
            Person(
                f"{'ob' if provider else 'in'}{number:02d}",
                "provider" if provider else "client",
                schedule,
                first - dt.timedelta(days=int(rng.integers(0, 900))) if not provider else first,
                left,
                until,
                bool(slow),
                bool(unthanked),
            )
        )
    for person in frame.people:
        frame.add(
            "people",
            person=person.name,
            side=person.side,
            team="outer desk" if person.side == "provider" else "inner desk",
            role="clerk",
            time_zone=person.schedule.zone,
            country=_COUNTRY[person.schedule.zone],
            workday_start=person.schedule.start,
            workday_end=person.schedule.end,
            joined=person.joined.isoformat(),
            left=person.left.isoformat() if person.left else None,
            left_reason="resigned" if person.left else None,
        )
    return frame


def settings_toml(frame: Frame) -> str:
    """The engagement's settings; amounts in other currencies need rates."""
    committed = frame.first - dt.timedelta(days=10)
    lines = [
        f'name = "second-{frame.seed}"',
        'client = "Harbour & Sons"',
        'provider = "Outer Desk"',
        'currency = "EUR"',
        f'time_zone = "{frame.zone}"',
        f"observed_from = {frame.first}",
        f"observed_to = {frame.last}",
        f"committed_on = {committed}",
        f"budget = {frame.budget!r}",
        'plan_class = "ledger move"',
        "",
        "[rates]",
        *(f"{name} = {rate}" for name, rate in RATES.items()),
    ]
    return "\n".join(lines) + "\n"
