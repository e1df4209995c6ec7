"""The scorecard's figure: fifteen headline measures, each against its own limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from outsourcing_kit.finding import SYMBOLS, Finding, Measure
from outsourcing_kit.headlines import headline
from outsourcing_kit.plots.parts import PAPER, shortened
from outsourcing_kit.plots.picture import MUTED, VERDICT_COLOURS, Picture, new_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Shapes tell the verdicts apart without colour.
_MARKERS = {"problem": "X", "fine": "o", "cannot tell": "D", "not assessed": "None"}


@style()
def picture(engagement: str, findings: Sequence[Finding]) -> Picture:
    """Every headline on a strip: the limit is its middle, left of it is inside, right of it is beyond."""
    figure = new_figure(11, 7.2, f"Scorecard of {shortened(engagement, 60)}")
    axes = figure.subplots()
    for left, right, colour, words in ((-0.02, 0.5, "#EAF4F0", "inside"), (0.5, 1.02, "#FBECEA", "beyond")):
        axes.axvspan(left, right, color=colour)
        axes.text((left + right) / 2, -1.1, f"{words} the limit", ha="center", fontsize=9, color=MUTED)
    axes.axvline(0.5, color="#444444", linewidth=1)
    row, names = 0.0, {}
    for number, finding in enumerate(findings, start=1):
        axes.text(-0.03, row, f"{number}. {finding.title}", ha="right", va="center", fontweight="bold")
        axes.text(1.045, row, f"{SYMBOLS[finding.verdict]} {finding.verdict}", va="center", fontweight="bold",
                  color=VERDICT_COLOURS[finding.verdict])  # fmt: skip
        row += 1
        for measure in finding.headlines:
            _strip(axes, measure, row)
            names[row] = measure.name
            row += 1
        row += 0.35  # a gap between mistakes
    axes.set_yticks(list(names), list(names.values()))
    axes.set_ylim(row - 0.5, -0.8)
    # Room for a marker at either end.
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0.0, 0.5, 1.0], ["best", "limit", "worst"])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return Picture(figure, _alt(engagement, findings))


def _strip(axes: Axes, measure: Measure, row: float) -> None:
    colour = VERDICT_COLOURS[measure.verdict]
    if measure.verdict == "not assessed":
        axes.text(0.5, row, "not assessed", ha="center", va="center", color=MUTED, fontsize=9, bbox=PAPER)
        return
    low, middle, high = (_position(measure, value) for value in (measure.low, measure.estimate, measure.high))
    if not (math.isnan(low) or math.isnan(high)):
        axes.plot([low, high], [row, row], color=colour, linewidth=3, solid_capstyle="butt", alpha=0.6)
    axes.plot([middle], [row], _MARKERS[measure.verdict], color=colour, markersize=7, clip_on=False)
    axes.text(1.045, row, f"{measure.show_estimate()}, limit {measure.show_limit()}", va="center", fontsize=9)


def _position(measure: Measure, value: float) -> float:
    """Where a value stands between best (0), limit (1/2) and worst (1)."""
    # Each measure has its own scale: where its worst and its best lie, and a limit that a trainer may have moved.
    item = headline(measure.key)
    limit = item.limit if measure.limit is None else measure.limit
    if math.isnan(value):
        return value
    beyond = (value - limit) / (item.worst - limit) if item.worst != limit else 0.0
    if beyond > 0:
        return 0.5 + 0.5 * min(beyond, 1.0)
    # Where the limit is the best possible value, a value inside is the best there is.
    return 0.0 if limit == item.best else 0.5 * max(0.0, (value - item.best) / (limit - item.best))


def _alt(engagement: str, findings: Sequence[Finding]) -> str:
    verdicts = "; ".join(f"{finding.title}: {finding.verdict}" for finding in findings)
    beyond = [
        f"{m.name} {m.show_estimate()} against a limit of {m.show_limit()}"
        for finding in findings
        for m in finding.headlines
        if m.verdict == "problem"
    ]
    tail = f" Beyond their limits: {'; '.join(beyond)}." if beyond else " No headline measure is beyond its limit."
    return f"Fifteen headline measures of {engagement} against their limits. {verdicts}.{tail}"
