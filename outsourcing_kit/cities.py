"""A city or a time zone as people type it, and the IANA zone that is meant: nobody need know what a zone is called."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from outsourcing_kit.exceptions import nearest
from outsourcing_kit.text import folded
from outsourcing_kit.toml import kit_table


def zone_of(text: str) -> str | None:
    """The zone of a city or of a zone's own name, however capitals and blanks are typed; None where there is none.

    >>> zone_of("cape town"), zone_of("New_York"), zone_of("europe/madrid"), zone_of("Atlantis")
    ('Africa/Johannesburg', 'America/New_York', 'Europe/Madrid', None)
    """
    return places().get(_key(text))


def nearest_place(text: str) -> str | None:
    """The known city or zone that is written most like the text; None where none is near.

    >>> nearest_place("Manlia"), nearest_place("xyzzy")
    ('Manila', None)
    """
    found = nearest(_key(text), places())
    return found and found.title()


def _key(text: str) -> str:
    return folded(text.replace("_", " "))


@cache
def places() -> dict[str, str]:
    """City or zone, in small letters → zone."""
    # EST and the like are left out: whoever types it means the clock of a city, which is another one in summer. Japan
    # and other countries with a zone of their own stay.
    zones = [
        zone for zone in sorted(available_timezones(), reverse=True) if re.match("UTC|GMT$|.+/|[A-Z][a-z]{3}", zone)
    ]
    # Brazil/East is no city. Of two zones with a city of one name the first of the alphabet is meant.
    cities = [zone for zone in zones if not re.match("Etc|Brazil|Canada|Chile|Mexico|US/|[^/]+$", zone)]
    known = {_key(zone): zone for zone in zones} | {_key(zone.rpartition("/")[2]): zone for zone in cities}
    # The file has the last word: it says what people mean where a name may be two places.
    return known | {_key(city): zone for zone, names in kit_table("cities.toml").items() for city in names.split(",")}
