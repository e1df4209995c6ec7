"""The scorecard's figure: five findings, the most urgent first, each with its headlines against their limits."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from outsourcing_kit.finding import SYMBOLS, Finding, Measure
from outsourcing_kit.headlines import headline
from outsourcing_kit.plots.picture import MUTED, Picture, new_figure, style
from outsourcing_kit.text import shown
from outsourcing_kit.verdicts import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

# Points that the last row of a room can read on a projector; as wide as a page shows it without shrinking.
TYPE, _TITLE, WIDTH = 14.0, 16.0, 8.2
# In inches: a line of type, the strip's left, middle and right, its height, a finding's height, the lines beside it.
_LINE, _LEFT, _LIMIT, _RIGHT, _STRIP, _BLOCK, _MARGIN = 0.245, 3.75, 5.9, 8.05, 0.74, 1.2, 0.1
_BESIDE, _ACROSS, _LINES_BESIDE = 32, 56, 3
_INSIDE, _BEYOND = "#F1F7F4", "#FCF1EF"


@style()
def picture(engagement: str, title: str, rows: Sequence[tuple[Finding, str, Measure]]) -> Picture:
    """A strip a finding: left of its middle is inside the limit, right of it beyond.

    `title` is the result in a sentence; a row is a finding, its answer in words and the measure that decides it, which
    is told in numbers and drawn first.
    """
    above = textwrap.wrap(title, _ACROSS)
    top = _MARGIN + _LINE * (1.2 * len(above) + 2.0)
    height = top + _BLOCK * len(rows) + 1.5 * _LINE
    figure = new_figure(WIDTH, height)
    # In inches, from the top left: nothing is moved to make room for a long name, which is cut instead.
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    words: dict[str, Any] = {"fontsize": TYPE, "va": "top"}
    axes.text(_MARGIN, _MARGIN, "\n".join(above), va="top", fontsize=_TITLE, fontweight="bold")
    for left, right, side in ((_LEFT, _LIMIT, "inside"), (_LIMIT, _RIGHT, "beyond")):
        axes.text((left + right) / 2, top - 1.5 * _LINE, f"{side} the limit", ha="center", color=MUTED, **words)
    for finding, answer, deciding in rows:
        colour = COLOURS[finding.answer]
        heading = f"{SYMBOLS[finding.answer]} {finding.title}: {answer}"
        axes.text(_MARGIN, top, heading, color=colour, fontweight="bold", **words)
        axes.text(_MARGIN, top + 1.2 * _LINE, _beside(deciding), linespacing=1.1, **words)
        _strip(axes, [deciding, *(m for m in finding.headlines if m is not deciding)], top + 1.2 * _LINE)
        top += _BLOCK
    axes.text(_MARGIN, top, "Bar: where the truth may lie. Dotted: target.", color=MUTED, **words)
    return Picture(figure, _alt(engagement, title, rows))


def against_limit(measure: Measure, counts: str = "") -> str:
    """The value, what was counted, and the limit: "30% (29 of 96 answers), limit at least 70%"."""
    limit = "" if measure.unit == "yes/no" else f", limit {measure.show_limit()}"
    # What is still open may become anything up to its end.
    still = measure.show_interval() if measure.basis == "fact" and measure.verdict == "cannot tell" else ""
    return f"{still or measure.show_estimate()}{f' ({counts})' if counts else ''}{limit}"


def _beside(measure: Measure) -> str:
    """The deciding measure in three lines: its number first, since a long name is cut."""
    told = f"{measure.name}: {measure.settled_by}"
    text = told if measure.verdict == "not assessed" else f"{against_limit(measure)}: {measure.name}"
    return "\n".join(textwrap.wrap(shown(text, most=300), _BESIDE, max_lines=_LINES_BESIDE, placeholder=" …"))


def _strip(axes: Axes, measures: Sequence[Measure], top: float) -> None:
    for left, right, colour in ((_LEFT, _LIMIT, _INSIDE), (_LIMIT, _RIGHT, _BEYOND)):
        axes.fill([left, right, right, left], [top, top, top + _STRIP, top + _STRIP], color=colour, linewidth=0)
    axes.plot([_LIMIT, _LIMIT], [top, top + _STRIP], color="#444444", linewidth=1.5)
    if all(measure.verdict == "not assessed" for measure in measures):
        # Over the middle line, hence on paper of its own.
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        axes.text(_LIMIT, top + _STRIP / 2, "not assessed", ha="center", va="center", fontsize=TYPE, color=MUTED,
                  bbox=paper)  # fmt: skip
        return
    step = _STRIP / len(measures)
    for number, measure in enumerate(measures):
        if measure.verdict != "not assessed":
            _mark(axes, measure, top + (number + 0.5) * step, step)


def _mark(axes: Axes, measure: Measure, y: float, step: float) -> None:
    colour = COLOURS[measure.answer]
    low, middle, high = (_position(measure, value) for value in (measure.low, measure.estimate, measure.high))
    if not (math.isnan(low) or math.isnan(high) or measure.whole):
        axes.plot([low, high], [y, y], color=colour, linewidth=4, solid_capstyle="butt", alpha=0.35)
    if measure.show_target():
        target = _position(measure, measure.target or 0.0)
        axes.plot([target, target], [y - step / 2, y + step / 2], color="#444444", linewidth=1.5, linestyle=":")
    # The mark that stands before the words stands here too: no key is needed.
    axes.plot([middle], [y], marker=_glyph(SYMBOLS[measure.answer]), color=colour, markersize=12, markeredgewidth=0)


def _glyph(symbol: str) -> Path:
    """A sign of the font as a marker, its middle on the point."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import TextPath

    drawn = TextPath((0, 0), symbol, size=1, prop=FontProperties(family=["DejaVu Sans"], weight="bold"))
    ends = drawn.get_extents()
    middle = ((ends.x0 + ends.x1) / 2, (ends.y0 + ends.y1) / 2)
    return Path(drawn.vertices - middle, drawn.codes)


def _position(measure: Measure, value: float) -> float:
    """Where a value stands on the strip, between best (left), limit (middle) and worst (right)."""
    # Each measure has its own scale: where its worst and its best lie, and a limit that a trainer may have moved.
    item = headline(measure.key)
    limit = item.limit if measure.limit is None else measure.limit
    # A sign at an end stays on the strip.
    half = (_RIGHT - _LEFT) / 2 - 0.1
    beyond = (value - limit) / (item.worst - limit) if item.worst != limit else 0.0
    if beyond > 0:
        return _LIMIT + half * min(beyond, 1.0)
    # Where the limit is the best possible value, a value inside is the best there is.
    inside = 1.0 if limit == item.best else min((value - limit) / (item.best - limit), 1.0)
    return _LIMIT - half * inside


def _alt(engagement: str, title: str, rows: Sequence[tuple[Finding, str, Measure]]) -> str:
    measures = [measure for finding, _, _ in rows for measure in finding.headlines]
    answers = "; ".join(f"{finding.title}: {answer}" for finding, answer, _ in rows)
    problems = [measure for measure in measures if measure.verdict == "problem"]
    beyond = "; ".join(f"{m.name} {m.show_estimate()} against a limit of {m.show_limit()}" for m in problems)
    tail = f"Beyond their limits: {beyond}." if beyond else "No headline measure is beyond its limit."
    return f"{title} {len(measures)} headline measures of {engagement} against their limits. {answers}. {tail}"
