"""The picture of mistake 4: each expectation as a dumbbell, the client side's mean against the provider side's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.plots.parts import dumbbell, empty_picture, key, row_names, rows_of, shortened, two_rows
from outsourcing_kit.plots.picture import BAD, GOOD, MUTED, Picture, new_figure, style
from outsourcing_kit.words import percent, plural

if TYPE_CHECKING:
    from outsourcing_kit.finding import Finding, Measure

_MOST_ROWS = 14


@style()
def picture(finding: Finding) -> Picture:
    """Dumbbells on the scale of 1 to 5, least agreed first, with the share of pairs within one point beside each."""
    rows, measure = rows_of(finding, "expectation", "about"), finding.measure("within_one_point")
    if not len(rows):
        return empty_picture(f"no expectation was rated by both sides in {finding.engagement}; {measure.settled_by}")
    shown = rows.head(_MOST_ROWS)
    headline = "no expectation was rated by both sides"
    if measure.verdict != "not assessed":
        headline = f"{measure.show_estimate()} of the pairs are within one point: {measure.verdict}"
    figure = new_figure(9.5, 2.3 + 0.42 * len(shown), f"Same page? {headline}")
    axes = figure.subplots()
    names = [two_rows(*each, 40) for each in zip(shown["subject"], shown["aspect"], strict=True)]
    row_names(
        axes,
        names,
        head=1.2,
        fontsize=9,
    )
    for place, (_, row) in enumerate(shown.iterrows()):
        dumbbell(axes, place, row["client_mean"], row["provider_mean"], bar={"linewidth": 3})
        words, colour = _agreement(row, measure)
        # Beside the scale, which ends at 5.
        axes.text(5.3, place, words, va="center", fontsize=9, color=colour)
    axes.set_xlim(0.8, 5.2)
    axes.set_xticks(range(1, 6))
    axes.set_xlabel("mean rating of each side, from 1 to 5")
    axes.grid(axis="x", color="#E5E5E5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.text(5.3, -0.8, "pairs within\none point", va="center", fontsize=9, color=MUTED)
    rest = f", the {len(shown)} least agreed of {len(rows)}" if len(shown) < len(rows) else ""
    subtitle = f"{shortened(finding.engagement, 40)}: client against provider{rest}"
    axes.set_title(subtitle, fontsize=9, fontweight="normal", color=MUTED)
    keys = [key(f"{side} side", side=side) for side in ("client", "provider")]
    figure.legend(handles=keys, loc="outside lower center", ncols=2)
    return Picture(figure, _alt(finding, rows, shown, measure))


def _agreement(row: pd.Series, measure: Measure) -> tuple[str, str]:
    """What stands beside a row, and its colour; the words alone tell what is below the limit."""
    if pd.isna(row["client_mean"]) or pd.isna(row["provider_mean"]):
        return "one side only", MUTED
    words = f"{percent(row['within'])} of {row['pairs']:.0f}"
    if measure.limit is not None and row["within"] < measure.limit:
        return f"{words}, below limit", BAD
    return words, GOOD


def _alt(finding: Finding, rows: pd.DataFrame, shown: pd.DataFrame, measure: Measure) -> str:
    part = f", of which the {len(shown)} least agreed are shown" if len(shown) < len(rows) else ""
    lines = f"{plural(len(rows), 'line')} (expectation and aspect){part}, in {finding.engagement}"
    text = f"Client and provider mean ratings, from 1 to 5, on {lines}."
    # The first rows are the least agreed, but one side alone can neither agree nor disagree.
    paired = shown[shown["pairs"].astype(float) > 0]
    if len(paired):
        row = paired.iloc[0]
        text += (
            f" Fewest pairs agree on “{row['subject']}” ({row['aspect']}): client {row['client_mean']:.1f}, provider "
            f"{row['provider_mean']:.1f}, {percent(row['within'])} of {row['pairs']:.0f} pairs within one point."
        )
    if measure.verdict == "not assessed":
        return f"{text} No expectation was rated by both sides."
    overall = f"{measure.show_estimate()} of the pairs are, limit {measure.show_limit()}"
    return f"{text} Over all, {overall}: {measure.verdict}."
