"""A city or a zone as people type it: one list for whoever asks, and every city lies in a zone that there is."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from outsourcing_kit.ask import Question as AskQuestion
from outsourcing_kit.ask import check_answer
from outsourcing_kit.cities import nearest_place, places, zone_of
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.asking import Question as ReadersQuestion


def test_cities_lie_in_zones_that_there_are_and_hundreds_are_known():
    zones = available_timezones()
    assert set(places().values()) <= zones
    assert len(set(places()) - {zone.rpartition("/")[2].replace("_", " ").casefold() for zone in zones}) > 300


def asked(text):
    """What the questions of `ask` and of `import` make of it."""
    here = check_answer(AskQuestion("city", "Where?", {"kind": "zone"}), text)
    there = ReadersQuestion("engagement", "client_zone", "Where?", place=True).checked(text)
    return [here, *there]


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("lisbon", "Europe/Lisbon"), ("São  Paulo", "America/Sao_Paulo"), ("philippines", "Asia/Manila"),
        ("Cape Town", "Africa/Johannesburg"), ("New_York", "America/New_York"), ("utc", "UTC"), ("GMT", "GMT"),
        ("america/new york", "America/New_York"), ("US/Eastern", "US/Eastern"), ("Etc/GMT+3", "Etc/GMT+3"),
        ("Japan", "Asia/Tokyo"), ("Iran", "Iran"),
    ],
)  # fmt: skip
def test_whoever_asks_takes_the_same_cities(text, zone):
    assert asked(text) == [zone, zone] and zone_of(text) == zone


# Whoever types EST means a clock that is another one in summer.
@pytest.mark.parametrize("text", ["EST", "localtime", "East", "Manlia", "../Europe/Madrid", "", "x" * 4000])
def test_what_is_no_place_is_not_guessed(text):
    assert zone_of(text) is None
    with pytest.raises(OutsourcingKitError, match="Mend: "):
        ReadersQuestion("engagement", "client_zone", "Where?", place=True).checked(text)


def test_the_nearest_is_offered_by_both():
    assert nearest_place("Manlia") == "Manila" and nearest_place("xyzzy") is None
    for ask in (
        lambda: check_answer(AskQuestion("city", "Where?", {"kind": "zone"}), "Cape Twon"),
        lambda: ReadersQuestion("engagement", "client_zone", "Where?", place=True).checked("Cape Twon"),
    ):
        with pytest.raises(OutsourcingKitError, match="Cape Town"):
            ask()
