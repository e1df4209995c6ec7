"""Where times without an offset were written: in the zone of the table, of the person or of the engagement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.tables import Table, table, table_names
from outsourcing_kit.text import plain, quoted
from outsourcing_kit.validation.problem import Checked, Problem

# Words of [zones] in engagement.toml.
DEFAULT, PERSON, ENGAGEMENT = "default", "person", "engagement"


class Zones(NamedTuple):
    """The zones of a block's rows: `times` of its times (None: nobody has said), `days` of days without a time.

    Both are objects, a name or None a row.
    """

    table: str
    times: NDArray[np.object_] | None
    days: NDArray[np.object_]


@dataclass(frozen=True)
class Place:
    """Where one engagement's records were written: its own zone, what [zones] says, and each person's zone.

    `dates` is the order of day and month that engagement.toml names; `span` the first and the last day of the records,
    `currency` that of amounts without one.
    """

    zone: str
    zones: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    currency: str = ""
    span: tuple[np.datetime64, np.datetime64] | None = None

    def with_zones_of(self, table: str, frame: pd.DataFrame) -> Place:
        """With the zones that table people gives its people; of any other table as it is."""
        if table != "people" or not {"person", "time_zone"} <= set(frame):
            return self
        known = frame.dropna(subset=["person", "time_zone"])
        return replace(self, people=dict(zip(known["person"], known["time_zone"], strict=True)))

    def zones_of(self, definition: Table, persons: Any, rows: int) -> Zones:
        """The zones of a block of so many rows; `persons` has the names in the table's first column of them."""
        rule = self.zones.get(definition.name, self.zones.get(DEFAULT))
        here = np.full(rows, self.zone, dtype=object)
        if rule == PERSON and persons is not None:
            own = np.array([*map(self.people.get, persons), None], dtype=object)[:-1]
            # A day is the same almost everywhere; a time is not, so that it needs the person's zone.
            return Zones(definition.name, own, np.where(own == None, here, own))  # noqa: E711
        if rule is None:
            return Zones(definition.name, None, here)
        own = here if rule in (ENGAGEMENT, PERSON) else np.full(rows, rule, dtype=object)
        return Zones(definition.name, own, own)


def person_column(definition: Table) -> str:
    """The table's first column of a person: whose day and clock its rows are of; "" if it has none.

    >>> from outsourcing_kit.tables import table
    >>> person_column(table("messages")), person_column(table("meetings"))
    ('sender', '')
    """
    return next((column.name for column in definition.columns if column.refers == "people.person"), "")


# Where the settings do not hold, no cell is blamed for what they do not say.
NOWHERE = Place("UTC", {DEFAULT: ENGAGEMENT})
ZONE_EXAMPLE = 'write work = "Europe/Madrid" below [zones]'


def is_zone(name: object) -> bool:
    """Whether `name` is a time zone of the IANA database, as "Asia/Manila" is."""
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


def zone_fault(name: str, value: object, found: str) -> tuple[str, str, str] | None:
    """What is wrong with a line of [zones]: found, expected, mend; None where nothing is.

    >>> zone_fault("work", "person", "'person'"), zone_fault("meetings", "person", "'person'")[2]
    (None, 'write meetings = "engagement"')
    """
    if name not in (*table_names(), DEFAULT):
        guess = nearest(name, [*table_names(), DEFAULT])
        expected = f"a table of the data dictionary, or {DEFAULT}"
        return quoted(name), expected, f"rename it to {guess}" if guess else "remove it"
    if value == PERSON and name != DEFAULT and not person_column(table(name)):
        expected = f"a zone's name or {ENGAGEMENT!r}: table {name} has no column of a person"
        return found, expected, f'write {name} = "{ENGAGEMENT}"'
    # All else is the name of a zone, or nothing that anybody could use.
    if isinstance(value, str) and (value in (PERSON, ENGAGEMENT) or is_zone(plain(value))):
        return None
    return found, f"a time zone's name such as Europe/Madrid, {PERSON!r} or {ENGAGEMENT!r}", ZONE_EXAMPLE


# Table → how messages call it, and what gives it in its kinds where it is known where its times were written.
Readers = dict[str, tuple[str, Callable[[Place], Checked]]]


class Typed(NamedTuple):
    """The tables of one engagement in their kinds, how messages call each, and what is wrong with them."""

    frames: dict[str, pd.DataFrame]
    files: dict[str, str]
    problems: list[Problem]


def typed_together(readers: Readers, place: Place | None) -> Typed:
    """The tables that these give at `place`; without it, as anywhere."""
    typed, place = Typed({}, {}, []), place or NOWHERE
    # People first: where a person's times were written, only they can say.
    for name, (file, read) in sorted(readers.items(), key=lambda pair: pair[0] != "people"):
        frame, more = read(place)
        typed.problems.extend(more)
        if frame is not None:
            typed.frames[name], typed.files[name] = frame, file
            place = place.with_zones_of(name, frame)
    return typed
