"""A plan's saving over many draws: month by month, and how it lies around zero at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.plots.parts import PAPER, empty_picture, heading, legend_below, money_axis, shortened
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import quoted
from outsourcing_kit.words import percent, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows

_BARS = 60
# Of the draws, what lies beyond these shares is not drawn, so that a few wild ones do not squeeze the rest.
_ENDS = (0.005, 0.995)
# About the width of a letter, as a share of the axis.
_LETTER = 0.0098


def cash_fan(result: SimulatedCashFlows, option: str | None = None) -> Picture:
    """An option's discounted saving so far against the months: the middle case, the band from p10 to p90, payback.

    Args:
        result: of `simulate_cash_flows`.
        option: whose saving; None: the option that hands work out.

    Raises:
        UnknownNameError: for an option that is not in the result.

    Example: a team costs 100 a month; the fee is 80 and moving costs 100 once, so it pays back with the fifth month.

    >>> import pandas as pd
    >>> from outsourcing_kit.business_case import simulate_cash_flows
    >>> lines = pd.DataFrame({"line": ["team", "fee", "moving"], "option": ["stay", "outsource", "outsource"],
    ...     "kind": "cost", "first_month": [1, 1, 0], "last_month": [12, 12, 0], "low": [100, 80, 100],
    ...     "likely": [100, 80, 100], "high": [100, 80, 100]})
    >>> cash_fan(simulate_cash_flows(lines, draws=100, discount_rate=0)).alt[:104]
    "Saving so far of 'outsource' over 'stay', inside view, by month: paid back in month 5 in the middle case"
    """
    option = result.option if option is None else option
    if why := _nothing_to_draw(result, option):
        return empty_picture(why)
    from matplotlib.ticker import MaxNLocator

    months = result.months[result.months["option"] == option]
    row = result.table.set_index("option").loc[option]
    with style():
        figure = new_figure(8.5, 4.4)
        axes = figure.add_subplot()
        _draw_band(axes, months)
        axes.axhline(0.0, color="#333333", linewidth=1.0)
        _draw_payback(axes, row)
        axes.set_xlabel("month (0 is the commitment)")
        axes.set_ylabel(f"saved so far over {shortened(result.against)},\npresent value")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        money_axis(axes.yaxis)
        legend_below(axes)
        heading(figure, f"Saving so far: {shortened(option)}, {row['view']} view")
    last = months.iloc[-1]
    return Picture(
        figure,
        f"Saving so far of {quoted(option)} over {quoted(result.against)}, {row['view']} view, by month: "
        f"{_payback(row)}. At the end, month {last['month']:.0f}, the middle case is {show(last['saving_p50'], '')}, "
        f"and 8 of 10 cases lie between {show(last['saving_p10'], '')} and {show(last['saving_p90'], '')} (present "
        "value).",
    )


def _nothing_to_draw(result: SimulatedCashFlows, option: str) -> str:
    """Why an option's saving cannot be drawn; "" if it can. Raises UnknownNameError for an unknown option."""
    if len(result.savings(option)):
        return ""
    same = option == result.against and not result.missing
    return f"savings are measured against {quoted(option)} itself" if same else result.missing


def _draw_band(axes: Axes, months: pd.DataFrame) -> None:
    month, low, middle, high = (months[name].to_numpy() for name in ("month", "saving_p10", "saving_p50", "saving_p90"))
    only = len(month) == 1  # everything falls in the month of the commitment
    if only:
        axes.vlines(month, low, high, color=CLIENT, alpha=0.35, linewidth=12, label="8 of 10 cases")
        axes.set_xlim(-1, 1)
    else:
        axes.fill_between(month, low, high, color=CLIENT, alpha=0.2, linewidth=0, label="8 of 10 cases")
        for edge in (low, high):
            axes.plot(month, edge, color=CLIENT, linewidth=0.8, linestyle="--")
        axes.set_xlim(month[0], month[-1])
    axes.plot(month, middle, color=CLIENT, linewidth=2.2, marker="o" if only else None, label="middle case")
    axes.margins(y=0.08)


def _draw_payback(axes: Axes, row: pd.Series) -> None:
    """Where more than half of the draws have paid back, with words above; if they do not, the words alone."""
    month, place, side = float(row["payback"]), 0.5, "center"
    if 0 < month < math.inf:
        axes.axvline(month, color=PROVIDER, linewidth=1.6, linestyle=":")
        axes.plot([month], [0.0], marker="D", color=PROVIDER, markersize=7, clip_on=False, zorder=5)
        left, right = axes.get_xlim()
        place = (month - left) / (right - left)
        side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    axes.text(place, 1.02, _payback(row), transform=axes.transAxes, ha=side, va="bottom", fontsize=9.5, color=PROVIDER)


def _payback(row: pd.Series) -> str:
    month = float(row["payback"])
    if month == 0:
        return "the middle case is never below zero: nothing to pay back"
    if math.isinf(month):
        return f"does not pay back in the middle case ({percent(float(row['never_pays_back']))} of the draws never do)"
    return f"paid back in month {month:.0f} in the middle case"


# ---- how the saving lies around zero --------------------------------------------------------------------------------


def saving_distribution(result: SimulatedCashFlows, option: str | None = None) -> Picture:
    """A histogram of an option's saving over the draws, zero marked, with the share of draws that save nothing.

    Draws that save nothing are hatched. p10, p50 and p90 stand above. The outermost half per cent at each end is
    left out of the drawing, and said.

    Args:
        result: of `simulate_cash_flows`.
        option: whose saving; None: the option that hands work out.

    Raises:
        UnknownNameError: for an option that is not in the result.

    Example: as that of `cash_fan`.

    >>> import pandas as pd
    >>> from outsourcing_kit.business_case import simulate_cash_flows
    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> saving_distribution(simulate_cash_flows(lines, draws=100, discount_rate=0)).alt[:91]
    "Histogram of what 'outsource' saves over 'stay' in 100 draws, inside view: 0% save nothing."
    """
    option = result.option if option is None else option
    if why := _nothing_to_draw(result, option):
        return empty_picture(why)
    savings, row = result.savings(option), result.table.set_index("option").loc[option]
    edges = _edges(savings)
    beyond = int(((savings < edges[0]) | (savings > edges[-1])).sum())
    with style():
        figure = new_figure(8.5, 4.4)
        axes = figure.add_subplot()
        _draw_bars(axes, savings, edges, float(row["no_saving"]))
        _draw_quantiles(axes, row)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        left_out = f" ({beyond:,} of {len(savings):,} draws lie beyond the ends)" if beyond else ""
        axes.set_xlabel(f"saving over {shortened(result.against)}, present value{left_out}")
        money_axis(axes.xaxis, 7)
        heading(figure, f"What may be saved: {shortened(option)}, {row['view']} view")
    return Picture(
        figure,
        f"Histogram of what {quoted(option)} saves over {quoted(result.against)} in {result.draws:,} draws, "
        f"{row['view']} view: {percent(float(row['no_saving']))} save nothing. One in ten is below "
        f"{show(row['saving_p10'], '')}, the middle is {show(row['saving_p50'], '')}, one in ten above "
        f"{show(row['saving_p90'], '')} (present value).",
    )


def _edges(savings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of the bars over nearly all draws; zero is one of them wherever it lies among the draws."""
    low, high = (float(end) for end in np.quantile(savings, _ENDS))
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        # One and the same saving: a single bar.
        reach = 0.01 * abs(low) or 1.0
        return np.array([low - reach, low + reach])
    width = (high - low) / _BARS
    return np.asarray(width * np.arange(math.floor(low / width), math.ceil(high / width) + 1))


def _draw_bars(axes: Axes, savings: NDArray[np.float64], edges: NDArray[np.float64], no_saving: float) -> None:
    from matplotlib.patches import Patch

    middle, width = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    below, keys = np.zeros(len(middle)), []
    for mine, colour, hatch, words in (
        (savings <= 0, BAD, "//", f"no saving: {percent(no_saving)} of the draws"),
        (savings > 0, GOOD, "", f"a saving: {percent(1 - no_saving)}"),
    ):
        # A bar that begins at zero can hold both: draws of exactly zero, and just above it.
        counts = np.histogram(savings[mine], edges)[0].astype(float)
        axes.bar(middle, counts, width, bottom=below, color=colour, edgecolor="white", linewidth=0.4, hatch=hatch)
        below = below + counts
        keys.append(Patch(facecolor=colour, edgecolor="white", hatch=hatch, label=words))
    legend_below(axes, handles=keys)
    axes.set_ylim(0, 1.05 * max(float(below.max()), 1.0))
    # Zero is drawn if it is not far off; else an arrow says on which side it is.
    left, right = float(edges[0]), float(edges[-1])
    span = right - left
    if left - 0.5 * span <= 0 <= right + 0.5 * span:
        axes.axvline(0.0, color="#333333", linewidth=1.6)
        left, right = min(left, 0.0), max(right, 0.0)
    else:
        place, words, side = (0.99, "zero →", "right") if right < 0 else (0.01, "← zero", "left")
        axes.text(place, 0.9, words, transform=axes.transAxes, ha=side, color="#333333", bbox=PAPER)
    gap = span * (4 if len(middle) == 1 else 0.04)
    axes.set_xlim(left - gap, right + gap)


def _draw_quantiles(axes: Axes, row: pd.Series) -> None:
    """Three marks with words above the bars. The words run right, each in a row above the marks that it passes."""
    left, right = axes.get_xlim()
    for column, words, height in (
        ("saving_p10", "1 of 10 below", 1.16), ("saving_p50", "middle", 1.09), ("saving_p90", "1 of 10 above", 1.02),
    ):  # fmt: skip
        x = float(row[column])
        axes.plot([x, x], [0, height], transform=axes.get_xaxis_transform(), color=CLIENT, linewidth=1.2,
                  linestyle="-" if column == "saving_p50" else "--", clip_on=False)  # fmt: skip
        text = f"{words} {show(x, '')}"
        start = min((x - left) / (right - left), 1.0 - _LETTER * len(text))
        axes.text(start, height, text, transform=axes.transAxes, va="bottom", fontsize=9.5, color=CLIENT, bbox=PAPER)
