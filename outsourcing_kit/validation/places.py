"""Where times without an offset were written: in the zone of the table, of the person or of the engagement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outsourcing_kit.tables import Table

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
