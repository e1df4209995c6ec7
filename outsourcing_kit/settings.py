"""What `engagement.toml` says: read and checked key by key, written again, and what a limit can be."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.tables import FIRST_YEAR, LARGEST, LAST_YEAR, SETTINGS, Column, is_counted
from outsourcing_kit.text import folded, plain, quoted, shown
from outsourcing_kit.toml import kit_table, toml_key, toml_section, toml_text, toml_value
from outsourcing_kit.validation import Problem, is_zone
from outsourcing_kit.validation.places import ZONE_EXAMPLE, Place, zone_fault

SETTINGS_FILE = "engagement.toml"
DATES = ("day first", "month first", "year first")
_MOST_RATE = 1e9
_MOST_YEARS = 50
_MOST_GUESSES = 20
# So many days before its end a contract counts as ending: what is agreed now is agreed for the next one.
_ENDING = 60
_HEADLINES = {item.key: item for item in HEADLINES}
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_EXPECTED = {
    "text": "text",
    "zone": "a time zone's name",
    "number": f"a number from 0 to {LARGEST:,.0f}",
    "boolean": "true or false",
    "date": f"a day of the years {FIRST_YEAR} to {LAST_YEAR}, without a time",
}


@dataclass(frozen=True)
class Settings:
    """What `engagement.toml` says.

    `limits` maps a headline's key to (value, source); `rates` a currency to what one unit is in the engagement's own;
    `zones` a table (or "default") to where its times without an offset were written: a zone, "person" or "engagement".
    `dates` is the order of day and month in tables that write 03/04/2026, where somebody has said. `kickoff_held` is
    False where somebody says that there was no kickoff: a calendar without one cannot say it.
    """

    name: str
    client: str
    provider: str
    currency: str
    time_zone: str
    observed_from: dt.date
    observed_to: dt.date
    committed_on: dt.date | None = None
    budget: float | None = None
    plan_class: str | None = None
    decide_on: tuple[dt.date, ...] = ()
    limits: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    ends_on: dt.date | None = None
    zones: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    kickoff_held: bool | None = None

    @property
    def interim(self) -> bool:
        """Whether the records end between decision dates: verdicts are then printed as interim."""
        return bool(self.decide_on) and self.observed_to not in self.decide_on

    @property
    def phase(self) -> str:
        """Where the engagement stands at the end of the records: "before" it is signed, "running" or "ending"."""
        if self.ends_on is not None and (self.ends_on - self.observed_to).days <= _ENDING:
            return "ending"
        signed = self.committed_on is not None and self.committed_on < self.observed_to
        return "running" if signed else "before"

    @property
    def end(self) -> pd.Timestamp:
        """The end of the last observed day in the client's time zone, as an instant in UTC."""
        midnight = pd.Timestamp(self.observed_to) + pd.Timedelta(days=1)
        return midnight.tz_localize(self.time_zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")

    @property
    def place(self) -> Place:
        """Where and when the records were written, for whoever reads their times."""
        span = (np.datetime64(self.observed_from), np.datetime64(self.observed_to))
        return Place(self.time_zone, self.zones, dates=self.dates or "", currency=self.currency, span=span)

    def rate_of(self, currency: str) -> float | None:
        """What one unit of `currency` is in the engagement's own; None where nobody said. "usd" and "USD" are one."""
        rates = {folded(name): rate for name, rate in self.rates.items()} | {folded(self.currency): 1.0}
        return rates.get(folded(currency))


class Fault(NamedTuple):
    """What is wrong with a value: what was found, what was expected, what mends it."""

    found: str
    expected: str
    mend: str


def limit_fault(key: str, value: Any) -> Fault | None:
    """What is wrong with a limit or a target of the headline called `key`; None where nothing is.

    >>> limit_fault("kickoff.quiz_right", 90).mend
    'write 0.9'
    """
    if key not in _HEADLINES:
        guess = nearest(key, _HEADLINES)
        return Fault(quoted(key), "a headline measure's key", f"rename it to {guess}" if guess else "remove it")
    item = _HEADLINES[key]
    low, high = sorted((item.best, item.worst))
    number = _number(value)
    if number is not None and low <= number <= high:
        return None
    in_percent = number is not None and item.unit in ("share", "points") and low <= number / 100 <= high
    mend = f"write {(number or 0) / 100:.10g}" if in_percent else "correct it"
    if isinstance(value, dict):
        mend = 'write a number, or {value = 0.9, source = "contract, section 4"}'
    return Fault(_found(value), f"a number from {low:g} to {high:g} ({item.unit}) for {key}", mend)


# --- reading -----------------------------------------------------------------------------------------------------


def read_settings(text: str) -> tuple[Settings | None, list[Problem]]:
    """The settings that a file's text says, or None, and every problem found in it."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [_unreadable(text, error)]
    return check_settings(raw)


def check_settings(raw: Mapping[str, Any]) -> tuple[Settings | None, list[Problem]]:
    """The settings that a file or a caller gives by name, or None, and every problem found in them."""
    values = {column.name: _value(raw.get(column.name), column.kind) for column in SETTINGS}
    problems = [
        _wrong_value(raw, column)
        for column in SETTINGS
        if values[column.name] is None and (column.name in raw or not column.optional)
    ]
    given = raw.get("decide_on", [])
    days = given if isinstance(given, list) else [given]
    mend = "write [2026-06-30, 2026-12-31]"
    problems += [_problem(_found(day), _EXPECTED["date"], mend, "decide_on") for day in days if _day(day) is None]
    read: dict[str, Any] = {
        "limits": _limits(raw.get("limits", {}), problems),
        "rates": _rates(raw.get("rates", {}), values["currency"] or "", problems),
        "zones": _zones(raw.get("zones", {}), problems),
    }
    dates = raw.get("dates")
    if dates is not None and dates not in DATES:
        expected = f"{' or '.join(map(repr, DATES))}: how your tables write a day such as 03/04/2026"
        problems.append(_problem(_found(dates), expected, f'write dates = "{DATES[0]}"', "dates"))
    problems += _wrong_span(values["observed_from"], values["observed_to"])
    if values["committed_on"] and values["ends_on"] and values["committed_on"] > values["ends_on"]:
        problems.append(
            _problem(f"{values['ends_on']} before committed_on", "committed_on ≤ ends_on", "correct them", "ends_on")
        )
    problems += _unknown_keys(raw)
    if problems:
        return None, problems
    frozen: dict[str, Any] = {name: MappingProxyType(value) for name, value in read.items()}
    return Settings(**values, decide_on=tuple(_value(day, "date") for day in days), dates=dates, **frozen), []


def _problem(found: str, expected: str, mend: str, key: str | None = None, row: int | None = None) -> Problem:
    return Problem(SETTINGS_FILE, "settings", found, expected, mend, row=row, column=key)


def _unreadable(text: str, error: Exception) -> Problem:
    expected = 'lines such as name = "my-engagement"'
    if isinstance(error, RecursionError):
        return _problem("lists inside one another, hundreds deep", expected, "take that line out")
    if not isinstance(error, tomllib.TOMLDecodeError):
        # Python refuses to read a whole number of thousands of digits, and does not say where it stands.
        for row, line in enumerate(text.split("\n"), start=1):
            if re.search(r"[0-9_]{1000}", line):
                key, _, value = line.partition("=")
                return _problem(quoted(value.strip()), "a number that can be counted", "correct it", key.strip(), row)
    return _problem(f"text that is not TOML ({shown(error, 200)})", expected, "correct that line")


def _unknown_keys(raw: Mapping[str, Any]) -> Iterator[Problem]:
    known = [column.name for column in SETTINGS] + ["decide_on", "limits", "rates", "zones", "dates"]
    for number, name in enumerate(name for name in raw if name not in known):
        # A report shows a few; to look what thousands of others are like would take long.
        guess = nearest(name, known) if number < _MOST_GUESSES else None
        mend = f"rename it to {guess}" if guess else "remove it"
        yield _problem(f"an unknown setting {quoted(name)}", "one of the data dictionary", mend)


def _wrong_value(raw: Mapping[str, Any], column: Column) -> Problem:
    example = f"{column.name} = {_example(column)}"
    if column.name not in raw:
        return _problem("nothing", column.meaning, f"add {example}", column.name)
    value, expected = raw[column.name], f"{_EXPECTED[column.kind]}: {column.meaning}"
    if column.kind == "date" and isinstance(value, dt.datetime):
        example = f"{column.name} = {value.date()}"
    return _problem(_found(value), expected, f"write it as in {example}", column.name)


def _value(value: Any, kind: str) -> Any:
    """The setting's value in its kind, or None where it is not of that kind."""
    if kind == "number":
        number = _number(value)
        return number if number is not None and 0 <= number <= LARGEST else None
    if kind == "date":
        return _day(value)
    if kind == "boolean":
        # A workbook's cell has it as a word.
        return value if isinstance(value, bool) else _FLAGS.get(folded(value)) if isinstance(value, str) else None
    word = (plain(value) or None) if isinstance(value, str) else None
    return word if kind == "text" or is_zone(word) else None


def _number(value: Any) -> float | None:
    """A number that can be counted with; None for anything else: nan and infinity, yes and no, hundreds of digits."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        return None
    return float(value)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(plain(value))
        except ValueError:
            return None
    # A datetime is a date to Python. Its time and zone say another day elsewhere: nobody knows which was meant.
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        return None
    return value if is_counted(value) else None


def _found(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a table"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 1e300:
        return "a number of more than 300 digits"
    if isinstance(value, float):
        return f"{value:.15g}"
    return quoted(value) if isinstance(value, str) else shown(value)


def _wrong_span(first: dt.date | None, last: dt.date | None) -> Iterator[Problem]:
    if first and last and first > last:
        yield _problem(f"{first} after observed_to", "observed_from ≤ observed_to", "correct them", "observed_from")
    elif first and last and last.year - first.year > _MOST_YEARS:
        found, expected = f"{first} to {last}", f"records of at most {_MOST_YEARS} years"
        yield _problem(found, expected, "correct the year", "observed_from")


def _limits(raw: Any, problems: list[Problem]) -> dict[str, tuple[float, str]]:
    limits = {}
    for mistake, group in raw.items() if isinstance(raw, dict) else [("", raw)]:
        for name, given in group.items() if isinstance(group, dict) else [("", group)]:
            key = f"{mistake}.{name}".strip(".")
            value, source = _limit(given)
            if fault := limit_fault(key, value):
                column = f"limits.{key}" if key in _HEADLINES else "limits"
                found = fault.found if key in _HEADLINES else f"a limit {fault.found}"
                problems.append(_problem(found, fault.expected, fault.mend, column))
            elif source is None:
                expected = 'text: where it is agreed, such as "contract, section 4"'
                problems.append(_problem("no such text", expected, "correct source", f"limits.{key}"))
            else:
                limits[key] = (float(value), source)
    return limits


def _limit(given: Any) -> tuple[Any, str | None]:
    """A limit's value as it was given, and its source, None where that is no text."""
    if not isinstance(given, dict):
        return given, SETTINGS_FILE
    # What else stands there is a slip of one of the two names.
    if set(given) - {"value", "source"}:
        return given, None
    return given.get("value", given), _value(given.get("source", SETTINGS_FILE), "text")


def _rates(raw: Any, own: str, problems: list[Problem]) -> dict[str, float]:
    expected = f"a number above 0, up to {_MOST_RATE:,.0f}: what one unit of it is in {shown(own) or 'your own'}"
    if not isinstance(raw, dict):
        problems.append(_problem(_found(raw), expected, "write USD = 0.92 below [rates]", "rates"))
        return {}
    rates: dict[str, float] = {}
    for typed, value in raw.items():
        name, rate = plain(typed), _number(value)
        if not name or folded(name) in map(folded, rates):
            found, needed, mend = f"a currency {quoted(typed)}", "each currency once, by its name", "rename it"
        elif rate is None or not 1 / _MOST_RATE <= rate <= _MOST_RATE:
            found, needed, mend = _found(value), expected, f"write it as in {toml_key(name)} = 0.92"
        elif folded(name) == folded(own) and rate != 1:
            found, needed = _found(value), f"1, as {shown(own)} is the engagement's own currency"
            mend = "remove it"
        else:
            rates[name] = rate
            continue
        problems.append(_problem(found, needed, mend, f"rates.{typed}"))
    return rates


def _zones(raw: Any, problems: list[Problem]) -> dict[str, str]:
    if not isinstance(raw, Mapping):
        problems.append(_problem(_found(raw), "a table and the zone of its times, a line each", ZONE_EXAMPLE, "zones"))
        return {}
    faults = {typed: zone_fault(plain(typed), value, _found(value)) for typed, value in raw.items()}
    problems += [_problem(*fault, f"zones.{typed}") for typed, fault in faults.items() if fault]
    return {plain(typed): plain(raw[typed]) for typed, fault in faults.items() if not fault}


# --- writing -----------------------------------------------------------------------------------------------------


def blank_settings(name: str) -> str:
    """A template of the file, for an engagement called `name`."""
    lines = []
    for column in SETTINGS:
        value = toml_text(plain(name) or column.example) if column.name == "name" else _example(column)
        lines.append(f"{'# ' if column.optional else ''}{column.name} = {value}  # {column.meaning}")
    return "\n".join([*lines, kit_table("tables.toml")["template"]["more"]])


def settings_toml(settings: Settings) -> str:
    """The settings as the text of the file."""
    values = {column.name: getattr(settings, column.name) for column in SETTINGS}
    lines = [f"{name} = {toml_value(value)}" for name, value in values.items() if value is not None]
    if settings.decide_on:
        lines.append(f"decide_on = {toml_value(settings.decide_on)}")
    if settings.dates:
        lines.append(f"dates = {toml_text(settings.dates)}")
    for mistake in sorted({key.partition(".")[0] for key in settings.limits}):
        lines += ["", f"[limits.{toml_key(mistake)}]"]
        for key, (value, source) in settings.limits.items():
            if key.startswith(f"{mistake}."):
                name = toml_key(key.partition(".")[2])
                lines.append(f"{name} = {{value = {toml_value(value)}, source = {toml_text(source)}}}")
    lines += [*toml_section("rates", settings.rates), *toml_section("zones", settings.zones)]
    return "\n".join(lines) + "\n"


def _example(column: Column) -> str:
    return column.example if column.kind in ("date", "number", "boolean") else toml_text(column.example)
