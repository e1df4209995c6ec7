"""The dumbbells: the words beside the figure say what the figure shows."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations, plots
from outsourcing_kit.engagement import Engagement, Settings


def engagement(items, a_side=6, shift=2, one_sided=0, name="hand-made"):
    names = [f"c{i}" for i in range(a_side)] + [f"v{i}" for i in range(a_side)]
    people = pd.DataFrame({"person": names, "side": ["client"] * a_side + ["provider"] * a_side})
    rng = np.random.default_rng(0)
    rows = []
    for number, item in enumerate(items):
        for person in names:
            if number < one_sided and person.startswith("v"):
                continue
            rating = rng.integers(3, 6) - (shift if person.startswith("v") else 0)
            rows.append((item, "met", person, float(np.clip(rating, 1, 5)), pd.Timestamp("2026-02-01")))
    table = pd.DataFrame(rows, columns=["expectation", "aspect", "person", "rating", "asked_on"])
    settings = Settings(name, "A", "B", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    return Engagement(settings, {"people": people, "expectations": table} if rows else {"people": people})


def texts(picture):
    """Everything written in the figure, drawn so that positions are final."""
    picture.png()
    axes = picture.figure.axes[0]
    return [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels(), axes.title, picture.figure._suptitle]


def test_the_alt_text_has_the_numbers_of_the_evidence():
    finding = expectations.assess(engagement(["invoices in two days", "errors told the same day"]))
    alt = plots.picture(finding).alt
    row = finding.evidence.iloc[0]
    assert "on 2 lines (expectation and aspect), in hand-made" in alt
    assert f"“{row['subject']}” (met): client {row['client_mean']:.1f}, provider {row['provider_mean']:.1f}" in alt
    assert f"{100 * row['within']:.0f}% of 36 pairs within one point" in alt
    measure = finding.measure("within_one_point")
    assert f"Over all, {measure.show_estimate()} of the pairs are, limit at least 80%: {measure.verdict}." in alt
    assert alt.count(". ") <= 2


def test_markers_stand_at_the_means():
    finding = expectations.assess(engagement(["one", "two"]))
    axes = plots.picture(finding).figure.axes[0]
    dots = {line.get_marker(): [] for line in axes.lines}
    for line in axes.lines:
        dots[line.get_marker()].append(float(line.get_xdata()[0]))
    assert dots["o"] == finding.evidence["client_mean"].tolist()
    assert dots["s"] == finding.evidence["provider_mean"].tolist()


@pytest.mark.parametrize("count", [1, 3, 40])
def test_every_size_is_readable_and_nothing_overlaps(count):
    long_name = "costs stay under $5 a row and $50 a month, whatever the season brings and whoever is on leave"
    items = [f"{i} {long_name if i % 2 else 'short'}" for i in range(count)]
    picture = plots.picture(expectations.assess(engagement(items, one_sided=1 if count > 1 else 0)))
    boxes = [text.get_window_extent() for text in texts(picture) if text.get_text()]
    width, height = picture.figure.canvas.get_width_height()
    for number, box in enumerate(boxes):
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])
    if count > 14:
        assert "of which the 14 least agreed are shown" in picture.alt
        assert "the 14 least agreed of 40" in picture.figure.axes[0].get_title(loc="left")
    assert picture.png()[:4] == b"\x89PNG"


def test_colour_is_never_alone():
    picture = plots.picture(expectations.assess(engagement(["far apart", "near"], shift=3)))
    assert any("below limit" in text.get_text() for text in texts(picture))
    assert {line.get_marker() for line in picture.figure.axes[0].lines} >= {"o", "s"}


def test_one_side_only_is_drawn_and_said():
    picture = plots.picture(expectations.assess(engagement(["one", "two"], one_sided=1)))
    assert any(text.get_text() == "one side only" for text in texts(picture))


def test_no_ratings_gives_a_figure_that_says_what_is_missing():
    picture = plots.picture(expectations.assess(engagement([])))
    assert picture.alt == (
        "Nothing to draw. No expectation was rated by both sides in hand-made: needs table expectations."
    )
    assert not re.search("nan|None", picture.alt)
    assert picture.png()[:4] == b"\x89PNG"


def test_the_same_finding_gives_the_same_bytes():
    finding = expectations.assess(engagement(["one", "two"]))
    assert plots.picture(finding).png() == plots.picture(finding).png()
