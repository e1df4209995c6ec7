"""The picture of mistake 4: each expectation as a dumbbell, the client side's mean against the provider side's."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, MUTED, PROVIDER, Picture, new_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.finding import Finding, Measure

_MOST_ROWS = 14
_LABEL = 40


def picture(finding: Finding) -> Picture:
    """Dumbbells on the scale of 1 to 5, least agreed first, with the share of pairs within one point beside each."""
    evidence = finding.evidence
    rows = evidence[evidence["about"] == "expectation"] if "about" in evidence else pd.DataFrame()
    measure = finding.measure("within_one_point")
    if not len(rows):
        return _nothing(finding, measure)
    shown = rows.head(_MOST_ROWS)
    with style():
        figure = new_figure(9.5, 2.3 + 0.42 * len(shown))
        axes = figure.subplots()
        for place, (_, row) in enumerate(shown.iterrows()):
            _dumbbell(axes, place, row, measure)
        axes.set_yticks(range(len(shown)), [_label(row) for _, row in shown.iterrows()], fontsize=9)
        axes.set_ylim(len(shown) - 0.4, -1.2)
        axes.set_xlim(0.8, 5.2)
        axes.set_xticks(range(1, 6))
        axes.set_xlabel("mean rating of each side, from 1 to 5")
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color="#E5E5E5", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.text(5.3, -0.8, "pairs within\none point", va="center", fontsize=9, color=MUTED)
        figure.suptitle(f"Same page? {_headline(measure)}", x=0.01, ha="left", fontweight="bold", fontsize=12)
        axes.set_title(_subtitle(finding, len(shown), len(rows)), fontsize=9, fontweight="normal", color=MUTED)
        _legend(figure)
    return Picture(figure, _alt(finding, rows, shown, measure))


def _dumbbell(axes: Axes, place: int, row: pd.Series, measure: Measure) -> None:
    client, provider = row["client_mean"], row["provider_mean"]
    both = pd.notna(client) and pd.notna(provider)
    if both:
        axes.plot([client, provider], [place, place], color="#B8B8B8", linewidth=3, solid_capstyle="butt", zorder=1)
    # A filled dot inside an open square: both stay visible where the sides agree exactly.
    axes.plot(
        [provider],
        [place],
        "s",
        markersize=11,
        markerfacecolor="white",
        markeredgecolor=PROVIDER,
        markeredgewidth=2,
        zorder=2,
    )
    axes.plot([client], [place], "o", markersize=6, color=CLIENT, zorder=3)
    if not both:
        text, colour = "one side only", MUTED
    else:
        text = f"{100 * row['within']:.0f}% of {row['pairs']:.0f}"
        below = measure.limit is not None and row["within"] < measure.limit
        text, colour = (f"{text}, below limit", BAD) if below else (text, GOOD)
    axes.text(5.3, place, text, va="center", fontsize=9, color=colour)


def _label(row: pd.Series) -> str:
    whole = f"{row['subject']} ({row['aspect']})"
    lines = textwrap.wrap(whole, _LABEL, max_lines=2, placeholder=" …")
    if lines and not lines[-1].endswith(f"({row['aspect']})"):  # a cut name must not lose what was rated
        lines = textwrap.wrap(str(row["subject"]), _LABEL - 8, max_lines=2, placeholder=" …")
        lines[-1] += f" ({row['aspect']})"
    return "\n".join(lines)


def _headline(measure: Measure) -> str:
    if measure.verdict == "not assessed":
        return "no expectation was rated by both sides"
    return f"{measure.show_estimate()} of the pairs are within one point: {measure.verdict}"


def _subtitle(finding: Finding, shown: int, rows: int) -> str:
    rest = f", the {shown} least agreed of {rows}" if shown < rows else ""
    return f"{finding.engagement}: client against provider{rest}"


def _legend(figure) -> None:  # type: ignore[no-untyped-def]
    from matplotlib.lines import Line2D

    client = Line2D([], [], marker="o", linestyle="", markersize=6, color=CLIENT, label="client side")
    provider = Line2D([], [], marker="s", linestyle="", markersize=11, markerfacecolor="white",
                      markeredgecolor=PROVIDER, markeredgewidth=2, label="provider side")  # fmt: skip
    figure.legend(handles=[client, provider], loc="outside lower center", ncols=2)


def _alt(finding: Finding, rows: pd.DataFrame, shown: pd.DataFrame, measure: Measure) -> str:
    items = "1 line" if len(rows) == 1 else f"{len(rows)} lines"
    part = f", of which the {len(shown)} least agreed are shown" if len(shown) < len(rows) else ""
    text = f"Client and provider mean ratings, from 1 to 5, on {items} (expectation and aspect){part}"
    text += f", in {finding.engagement}."
    paired = shown[shown["pairs"].astype(float) > 0]
    if len(paired):
        row = paired.iloc[0]
        text += (
            f" Fewest pairs agree on “{row['subject']}” ({row['aspect']}): client {row['client_mean']:.1f}, provider "
            f"{row['provider_mean']:.1f}, {100 * row['within']:.0f}% of {row['pairs']:.0f} pairs within one point."
        )
    if measure.verdict == "not assessed":
        return f"{text} No expectation was rated by both sides."
    return (
        f"{text} Over all, {measure.show_estimate()} of the pairs are, limit {measure.show_limit()}: {measure.verdict}."
    )


def _nothing(finding: Finding, measure: Measure) -> Picture:
    """A figure that says what it would need."""
    text = f"No expectation was rated by both sides in {finding.engagement}: {measure.settled_by}"
    with style():
        figure = new_figure(8.0, 1.8)
        axes = figure.subplots()
        axes.axis("off")
        axes.text(0.5, 0.5, textwrap.fill(text, 80), ha="center", va="center", color=MUTED, transform=axes.transAxes)
    return Picture(figure, f"Nothing to draw. {text}.")
