"""The icons say what the finding says: the filled ones are counted, and the alt text's numbers are the evidence's."""

from __future__ import annotations

import dataclasses

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.patches import Circle

from outsourcing_kit import plots, recognition
from outsourcing_kit.engagement import Engagement
from tests.made import SETTINGS, instant, people
from tests.plots.readable import assert_readable, said

MARCH = instant("2026-03-02 12:00")


def finding_of(client: int, provider: int, seen_client: int, seen_provider: int, **limits: float):
    """Everybody delivers once; the first few of each side are thanked. A client person `boss` only thanks."""
    clients, providers = [f"c{i}" for i in range(client)], tuple(f"p{i}" for i in range(provider))
    who = [*clients, *providers]
    never = pd.Series(pd.NaT, index=range(len(who))).dt.tz_localize("UTC")
    work = {"item": [f"w{i}" for i in range(len(who))], "person": who, "kind": "report", "due": never}
    work |= {"delivered": MARCH, "accepted": MARCH, "reopened_at": never}
    thanked = [*clients[:seen_client], *providers[:seen_provider]] or ["boss"]
    thanks = {"given_at": MARCH, "giver": "boss", "receiver": thanked, "kind": "thanks", "item": None}
    tables = {
        "people": people(*clients, "boss", provider=providers),
        "work": pd.DataFrame(work),
        "recognition": pd.DataFrame(thanks),
    }
    return recognition.assess(Engagement.from_frames(tables, **SETTINGS), limits=limits)


def heads(picture: plots.Picture) -> list[tuple[bool, str]]:
    """(filled, line style) of each icon's head, in the order drawn: in-house, then provider."""
    found = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Circle)]
    return [(mpl.colors.to_hex(patch.get_facecolor()) != "#ffffff", patch.get_linestyle()) for patch in found]


@pytest.mark.parametrize(
    ("client", "provider", "icons"),
    # In-house 4 of 5 seen: 8 icons; provider 6 of 20: 3. Half an icon counts as one: 1 of 20 is 1 icon, 5 of 20 are 3.
    [((5, 4), (20, 6), (8, 3)), ((20, 1), (20, 5), (1, 3)), ((6, 0), (20, 19), (0, 10)), ((25, 1), (6, 6), (0, 10))],
)
def test_ten_icons_a_side_filled_as_the_shares_say(client, provider, icons):
    filled = [one for one, _ in heads(plots.picture(finding_of(client[0], provider[0], client[1], provider[1])))]
    assert filled == [place < count for count in icons for place in range(10)]


def test_words_and_alt_text_have_the_numbers_of_the_finding():
    finding = finding_of(5, 20, 4, 6)
    seen, inside = finding.headlines[0], finding.measure("good_work_seen_in_house")
    picture = plots.picture(finding)
    alt, text = picture.alt, said(picture)
    assert alt.startswith("Of ten months of good work, about 8 in-house and 3 at the provider were recognised.")
    assert alt.endswith(f"Limit for the provider at least 50%: {seen.verdict}.")
    for side, share, measure, count in (("In-house", 80, inside, 5), ("provider", 30, seen, 20)):
        low, high = f"{measure.low:.0%}", f"{measure.high:.0%}"
        assert f"{side} {share}% (could be {low} to {high}, people: {count})" in alt
        assert f"{share}%, likely {low} to {high}\n{count} people, {count} good months" in text
    assert "limit: at least 50%" in text and seen.verdict in text
    assert "1 person, 1 good month" in said(plots.picture(finding_of(1, 1, 1, 0)))


@pytest.mark.parametrize(("client", "provider", "absent"), [(0, 6, "In-house"), (6, 0, "provider")])
def test_a_side_without_good_work_is_dotted_and_said(client, provider, absent):
    picture = plots.picture(finding_of(client, provider, min(client, 2), min(provider, 2)))
    assert [line for _, line in heads(picture)].count(":") == 10
    assert f"{absent} has no good work on record" in picture.alt and "no good work\non record" in said(picture)


def test_nothing_to_draw_says_why():
    nothing = recognition.assess(Engagement.from_frames({}, **SETTINGS))
    assert plots.picture(nothing).alt == "Nothing to draw: needs table people."
    bare = dataclasses.replace(finding_of(5, 5, 1, 1), evidence=pd.DataFrame())
    assert plots.picture(bare).alt == "Nothing to draw: no good work on record."
    assert_readable(plots.picture(bare))


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0.0, 0.5, 1.0])
def test_no_words_overlap_and_none_are_cut(limit):
    for shape in [(5, 20, 4, 6), (1, 1, 0, 0), (0, 6, 0, 3)]:
        picture = plots.picture(finding_of(*shape, good_work_seen=limit))
        assert_readable(picture, *picture.figure.axes[0].patches)
