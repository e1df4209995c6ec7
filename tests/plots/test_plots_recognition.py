"""The icons say what the finding says: the filled ones are counted, and the alt text's numbers are the evidence's."""

from __future__ import annotations

import dataclasses
import datetime as dt

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.patches import Circle

from outsourcing_kit import plots, recognition
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.plots.recognition import _icons

MARCH = pd.Timestamp("2026-03-02 12:00", tz="UTC")


def finding_of(client: int, provider: int, seen_client: int, seen_provider: int, **limits: float):
    """Everybody delivers once; the first few of each side are thanked. A client person `boss` only thanks."""
    who = [f"c{i}" for i in range(client)] + [f"p{i}" for i in range(provider)]
    side = ["client"] * client + ["provider"] * provider
    thanked = [f"c{i}" for i in range(seen_client)] + [f"p{i}" for i in range(seen_provider)] or ["boss"]
    never = pd.Series(pd.NaT, index=range(len(who))).dt.tz_localize("UTC")
    tables = {
        "people": pd.DataFrame({"person": [*who, "boss"], "side": [*side, "client"]}),
        "work": pd.DataFrame(
            {"item": [f"w{i}" for i in range(len(who))], "person": who, "kind": "report", "due": never,
             "delivered": MARCH, "accepted": MARCH, "reopened_at": never}
        ),
        "recognition": pd.DataFrame(
            {"given_at": MARCH, "giver": "boss", "receiver": thanked, "kind": "thanks", "item": None}
        ),
    }  # fmt: skip
    settings = Settings("made", "A", "B", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    return recognition.assess(Engagement(settings, tables), limits=limits)


def heads(picture: plots.Picture) -> list[tuple[bool, str]]:
    """(filled, line style) of each icon's head, in the order drawn: in-house, then provider."""
    found = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Circle)]
    return [(mpl.colors.to_hex(patch.get_facecolor()) != "#ffffff", patch.get_linestyle()) for patch in found]


def words(picture: plots.Picture) -> str:
    return "\n".join(text.get_text() for text in picture.figure.axes[0].texts)


def test_ten_icons_a_side_filled_as_the_shares_say():
    # In-house 4 of 5 seen: 8 icons. Provider 6 of 20: 3 icons.
    picture = plots.picture(finding_of(5, 20, 4, 6))
    filled = [one for one, _ in heads(picture)]
    assert (len(filled), sum(filled[:10]), sum(filled[10:])) == (20, 8, 3)
    assert filled[:10] == sorted(filled[:10], reverse=True)


@pytest.mark.parametrize(
    ("share", "icons"), [(0, 0), (0.04, 0), (0.05, 1), (0.25, 3), (0.35, 4), (0.949, 9), (0.95, 10), (1, 10)]
)
def test_half_an_icon_counts_as_one(share, icons):
    assert _icons(share) == icons


def test_alt_text_has_the_numbers_of_the_finding():
    finding = finding_of(5, 20, 4, 6)
    seen, inside = finding.headlines[0], finding.measure("good_work_seen_in_house")
    alt = plots.picture(finding).alt
    assert alt.startswith("Of ten person-months of good work, about 8 in-house and 3 at the provider were recognised.")
    assert f"In-house 80% (likely between {inside.low:.0%} and {inside.high:.0%}, people: 5)" in alt
    assert f"provider 30% (likely between {seen.low:.0%} and {seen.high:.0%}, people: 20)" in alt
    assert alt.endswith(f"Limit for the provider at least 50%: {seen.verdict}.")


def test_the_figure_writes_both_sides_intervals_and_the_limit():
    finding = finding_of(5, 20, 4, 6)
    seen, inside = finding.headlines[0], finding.measure("good_work_seen_in_house")
    text = words(plots.picture(finding))
    assert f"80%, likely {inside.low:.0%} to {inside.high:.0%}\n5 people, 5 person-months" in text
    assert f"30%, likely {seen.low:.0%} to {seen.high:.0%}\n20 people, 20 person-months" in text
    assert f"limit: at least 50%  ? {seen.verdict}" in text or f"✖ {seen.verdict}" in text


def test_one_person_is_said_in_the_singular():
    assert "1 person, 1 person-month" in words(plots.picture(finding_of(1, 1, 1, 0)))


@pytest.mark.parametrize(("client", "provider", "absent"), [(0, 6, "In-house"), (6, 0, "provider")])
def test_a_side_without_good_work_is_dotted_and_said(client, provider, absent):
    picture = plots.picture(finding_of(client, provider, min(client, 2), min(provider, 2)))
    lines = [line for _, line in heads(picture)]
    assert lines.count(":") == 10
    assert f"{absent} has no good work on record" in picture.alt
    assert "no good work\non record" in words(picture)


def test_nothing_to_draw_says_why():
    day = dt.date(2026, 1, 1)
    finding = recognition.assess(Engagement(Settings("x", "A", "B", "EUR", "UTC", day, day), {}))
    picture = plots.picture(finding)
    assert picture.alt == "No picture of recognition. Not assessed: needs table people."
    assert "needs table people" in words(picture) and picture.png()
    bare = dataclasses.replace(finding_of(5, 5, 1, 1), evidence=pd.DataFrame())
    assert plots.picture(bare).alt == "No picture of recognition. No good work on record."


@pytest.mark.parametrize("limit", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(5, 20, 4, 6), (6, 6, 0, 6), (1, 1, 0, 0), (0, 6, 0, 3)])
def test_no_words_overlap_and_none_are_cut(shape, limit):
    picture = plots.picture(finding_of(*shape, good_work_seen=limit))
    figure = picture.figure
    figure.canvas.draw()
    axes = figure.axes[0]
    frames = [text.get_window_extent() for text in [*axes.texts, axes._left_title]]
    for position, frame in enumerate(frames):
        assert frame.x0 >= 0 and frame.y0 >= 0 and frame.x1 <= figure.bbox.x1 and frame.y1 <= figure.bbox.y1
        assert not any(frame.overlaps(other) for other in frames[position + 1 :])
        heads_and_bodies = [patch.get_window_extent() for patch in axes.patches]
        assert not any(frame.overlaps(patch) for patch in heads_and_bodies)


def test_the_same_finding_gives_the_same_picture():
    finding = finding_of(5, 20, 4, 6)
    assert plots.picture(finding).png() == plots.picture(finding).png()
