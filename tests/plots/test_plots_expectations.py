"""The dumbbells: the words beside the figure say what the figure shows."""

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations, plots
from outsourcing_kit.engagement import Engagement
from tests.made import SETTINGS, people
from tests.plots.readable import assert_readable, said


def finding_of(items, shift=2, one_sided=0):
    """Six people a side rate each item, the provider's `shift` lower; of the first ones only the client's do."""
    who = people(*(f"c{i}" for i in range(6)), provider=tuple(f"v{i}" for i in range(6)))
    rng = np.random.default_rng(0)
    rows = []
    for number, item in enumerate(items):
        for person in who["person"][: 6 if number < one_sided else 12]:
            rating = rng.integers(3, 6) - (shift if person.startswith("v") else 0)
            rows.append((item, "met", person, float(np.clip(rating, 1, 5)), pd.Timestamp("2026-02-01")))
    table = pd.DataFrame(rows, columns=["expectation", "aspect", "person", "rating", "asked_on"])
    tables = {"people": who, "expectations": table} if rows else {"people": who}
    return expectations.assess(Engagement.from_frames(tables, **SETTINGS))


def squares(picture):
    """Side of each square by its middle: the cells of the grid are all of side one."""
    boxes = [patch.get_bbox() for patch in picture.figure.axes[0].patches]
    sides = {
        (round(box.x0 + box.width / 2), round(box.y0 + box.height / 2)): box.width for box in boxes if box.width < 1
    }
    return sides


def test_a_square_is_as_large_as_its_pairs():
    finding = finding_of(["invoices in two days", "errors told the same day"])
    picture, measure = plots.picture(finding), finding.measure("within_one_point")
    pairs = finding.evidence[finding.evidence["about"] == "pairs"]
    assert pairs["pairs"].sum() == 72
    most = pairs["pairs"].max()
    expected = {
        (int(row.client_mean), int(row.provider_mean)): 0.92 * (row.pairs / most) ** 0.5 for row in pairs.itertuples()
    }
    assert squares(picture) == pytest.approx(expected)
    far = pairs.loc[(pairs["client_mean"] - pairs["provider_mean"]).abs() >= 3, "pairs"].sum() / 72
    assert "Grid of 72 pairs" in picture.alt and f"{100 * far:.0f}% lie three points apart or four" in picture.alt
    told = (
        f"{measure.show_estimate()} of the pairs lie within one point, limit {measure.show_limit()}: {measure.answer}."
    )
    assert told in picture.alt


@pytest.mark.parametrize("count", [1, 3, 40])
def test_every_size_is_readable(count):
    items = [f"{i} costs stay under $5 a row" for i in range(count)]
    assert_readable(plots.picture(finding_of(items, one_sided=1 if count > 1 else 0)))


def test_a_lone_pair_fills_its_cell():
    who = people("c0", provider=("v0",))
    rows = pd.DataFrame({"expectation": "e", "aspect": "met", "person": ["c0", "v0"], "rating": [5.0, 1.0],
                         "asked_on": pd.Timestamp("2026-02-01")})  # fmt: skip
    picture = plots.picture(
        expectations.assess(Engagement.from_frames({"people": who, "expectations": rows}, **SETTINGS))
    )
    assert squares(picture) == {(5, 1): pytest.approx(0.92)} and "100% lie three points apart" in picture.alt


def test_no_ratings_gives_a_figure_that_says_what_is_missing():
    picture = plots.picture(finding_of([]))
    assert picture.alt.startswith("Nothing to draw: no expectation was rated by both sides in hand-made")
    assert picture.alt.endswith("needs table expectations.")
    assert said(picture).replace("\n", " ") == picture.alt
