"""What may be saved: how the draws of an option's saving lie around zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.plots.business_case.cash import nothing_to_draw, short, small_figure
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, Picture, new_figure, style
from outsourcing_kit.text import quoted
from outsourcing_kit.words import percent, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows

Floats = NDArray[np.float64]

_BARS = 60
# Of the draws, what lies beyond these shares is not drawn, so that a few wild ones do not squeeze the rest.
_ENDS = (0.005, 0.995)
_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
# About the width of a letter, as a share of the axis.
_LETTER = 0.0098


def saving_distribution(result: SimulatedCashFlows, option: str | None = None) -> Picture:
    """A histogram of an option's saving over the draws, zero marked, with the share of draws that save nothing.

    Draws that save nothing are hatched. p10, p50 and p90 stand above. The outermost half per cent at each end is
    left out of the drawing, and said.

    Args:
        result: of `simulate_cash_flows`.
        option: whose saving; None: the option that hands work out.

    Raises:
        UnknownNameError: for an option that is not in the result.

    Example: a team costs 100 a month; the fee is 80 and moving costs 100 once, so 140 are saved in a year.

    >>> import pandas as pd
    >>> from outsourcing_kit.business_case import simulate_cash_flows
    >>> lines = pd.DataFrame({"line": ["team", "fee", "moving"], "option": ["stay", "outsource", "outsource"],
    ...     "kind": "cost", "first_month": [1, 1, 0], "last_month": [12, 12, 0], "low": [100, 80, 100],
    ...     "likely": [100, 80, 100], "high": [100, 80, 100]})
    >>> saving_distribution(simulate_cash_flows(lines, draws=100, discount_rate=0)).alt[:91]
    "Histogram of what 'outsource' saves over 'stay' in 100 draws, inside view: 0% save nothing."
    """
    option = result.option if option is None else option
    if words := nothing_to_draw(result, option):
        return small_figure(words)
    savings = result.savings(option)
    row = result.table.set_index("option").loc[option]
    edges = _edges(savings)
    with style():
        figure = new_figure(8.5, 4.4)
        axes = figure.add_subplot()
        _draw_bars(axes, savings, edges, float(row["no_saving"]))
        _draw_quantiles(axes, row)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(f"saving over {short(result.against)}, present value" + _left_out(savings, edges))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.12g}")
        axes.locator_params(axis="x", nbins=7)
        title = f"What may be saved: {short(option)}, {row['view']} view"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return Picture(figure, _alt(result, option, row))


def _edges(savings: Floats) -> Floats:
    """Edges of the bars over nearly all draws; zero is one of them wherever it lies among the draws."""
    low, high = (float(end) for end in np.quantile(savings, _ENDS))
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        # One and the same saving: a single bar.
        reach = 0.01 * abs(low) or 1.0
        return np.array([low - reach, low + reach])
    width = (high - low) / _BARS
    return np.asarray(width * np.arange(math.floor(low / width), math.ceil(high / width) + 1))


def _draw_bars(axes: Axes, savings: Floats, edges: Floats, no_saving: float) -> None:
    from matplotlib.patches import Patch

    middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    below = np.zeros(len(middle))
    keys = []
    for mine, colour, hatch, words in (
        (savings <= 0, BAD, "//", f"no saving: {percent(no_saving)} of the draws"),
        (savings > 0, GOOD, "", f"a saving: {percent(1 - no_saving)}"),
    ):
        # A bar that begins at zero can hold both: draws of exactly zero, and just above it.
        counts = np.histogram(savings[mine], edges)[0].astype(float)
        axes.bar(middle, counts, width, bottom=below, color=colour, edgecolor="white", linewidth=0.4, hatch=hatch)
        below = below + counts
        keys.append(Patch(facecolor=colour, edgecolor="white", hatch=hatch, label=words))
    axes.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, fontsize=9)
    _set_ends(axes, float(edges[0]), float(edges[-1]), single=len(middle) == 1)
    axes.set_ylim(0, 1.05 * max(float(below.max()), 1.0))


def _set_ends(axes: Axes, left: float, right: float, *, single: bool) -> None:
    """Ends of the axis: the bars, and zero if it is not far off; else an arrow says on which side it is."""
    span = right - left
    if left - 0.5 * span <= 0 <= right + 0.5 * span:
        axes.axvline(0.0, color="#333333", linewidth=1.6)
        left, right = min(left, 0.0), max(right, 0.0)
    else:
        place, words, side = (0.99, "zero →", "right") if right < 0 else (0.01, "← zero", "left")
        axes.text(place, 0.9, words, transform=axes.transAxes, ha=side, color="#333333", bbox=_PAPER)
    gap = span * (4 if single else 0.04)
    axes.set_xlim(left - gap, right + gap)


def _draw_quantiles(axes: Axes, row: pd.Series) -> None:
    """Three marks with words above the bars. The words run right, each in a row above the marks that it passes."""
    left, right = axes.get_xlim()
    marks = (
        ("saving_p10", "1 of 10 below", 1.16),
        ("saving_p50", "middle", 1.09),
        ("saving_p90", "1 of 10 above", 1.02),
    )
    for column, words, height in marks:
        x = float(row[column])
        axes.plot([x, x], [0, height], transform=axes.get_xaxis_transform(), color=CLIENT, linewidth=1.2,
                  linestyle="-" if column == "saving_p50" else "--", clip_on=False)  # fmt: skip
        text = f"{words} {show(x, '')}"
        start = min((x - left) / (right - left), 1.0 - _LETTER * len(text))
        axes.text(start, height, text, transform=axes.transAxes, va="bottom", fontsize=9.5, color=CLIENT, bbox=_PAPER)


def _left_out(savings: Floats, edges: Floats) -> str:
    beyond = int(((savings < edges[0]) | (savings > edges[-1])).sum())
    return f" ({beyond:,} of {len(savings):,} draws lie beyond the ends)" if beyond else ""


def _alt(result: SimulatedCashFlows, option: str, row: pd.Series) -> str:
    return (
        f"Histogram of what {quoted(option)} saves over {quoted(result.against)} in {result.draws:,} draws, "
        f"{row['view']} view: {percent(float(row['no_saving']))} save nothing. One in ten is below "
        f"{show(row['saving_p10'], '')}, the middle is {show(row['saving_p50'], '')}, one in ten above "
        f"{show(row['saving_p90'], '')} (present value)."
    )
