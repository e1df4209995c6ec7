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


def test_words_and_markers_have_the_numbers_of_the_evidence():
    finding = finding_of(["invoices in two days", "errors told the same day"])
    picture, row, measure = plots.picture(finding), finding.evidence.iloc[0], finding.measure("within_one_point")
    assert "on 2 lines (expectation and aspect), in hand-made" in picture.alt
    means = f"client {row['client_mean']:.1f}, provider {row['provider_mean']:.1f}"
    share = f"{100 * row['within']:.0f}% of 36 pairs within one point"
    assert f"“{row['subject']}” (met): {means}, {share}" in picture.alt
    limit = measure.show_limit()
    assert f"Over all, {measure.show_estimate()} of the pairs are, limit {limit}: {measure.verdict}." in picture.alt
    found = {"o": [], "D": []}
    for line in picture.figure.axes[0].lines:
        found.get(line.get_marker(), []).append(float(line.get_xdata()[0]))
    assert found["o"] == finding.evidence["client_mean"].tolist()
    assert found["D"] == finding.evidence["provider_mean"].tolist()


@pytest.mark.parametrize("count", [1, 3, 40])
def test_every_size_is_readable(count):
    long_name = "costs stay under $5 a row and $50 a month, whatever the season brings and whoever is on leave"
    items = [f"{i} {long_name if i % 2 else 'short'}" for i in range(count)]
    picture = plots.picture(finding_of(items, one_sided=1 if count > 1 else 0))
    assert_readable(picture)
    assert ("of which the 14 least agreed are shown" in picture.alt) == (count == 40)
    assert ("the 14 least agreed of 40" in said(picture)) == (count == 40)


def test_colour_is_never_alone_and_one_side_only_is_said():
    assert "below limit" in said(plots.picture(finding_of(["far apart", "near"], shift=3)))
    assert "one side only" in said(plots.picture(finding_of(["one", "two"], one_sided=1)))


def test_no_ratings_gives_a_figure_that_says_what_is_missing():
    picture = plots.picture(finding_of([]))
    assert picture.alt.startswith("Nothing to draw: no expectation was rated by both sides in hand-made")
    assert picture.alt.endswith("needs table expectations.")
    assert said(picture).replace("\n", " ") == picture.alt
