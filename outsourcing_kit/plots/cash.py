"""A plan's saving over many draws: month by month, and how it lies around zero at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.plots.parts import above, empty_picture, legend_below, mark, money_axis, shortened, with_zero
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import quoted
from outsourcing_kit.words import numbers, percent, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows

_BARS = 60
# Of the draws, what lies beyond these shares is not drawn, so that a few wild ones do not squeeze the rest.
_ENDS = (0.005, 0.995)


@style()
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
    months = result.months[result.months["option"] == option]
    row = result.table.set_index("option").loc[option]
    ends = numbers(float(months["saving_p50"].iloc[-1]))[0]
    figure = new_figure(8.5, 4.4, f"{shortened(option, 30)}, {row['view']} view: the middle case ends at {ends}")
    axes = figure.add_subplot()
    _draw_band(axes, months)
    axes.axhline(0.0, color="#333333", linewidth=1.0)
    payback = float(row["payback"])
    if 0 < payback < math.inf:
        mark(axes, payback, _payback(row), 3, PROVIDER, ":")
        axes.plot([payback], [0.0], marker="D", color=PROVIDER, markersize=7, clip_on=False, zorder=5)
    else:
        # There is no month to stand at.
        above(axes, sum(axes.get_xlim()) / 2, _payback(row), 3, PROVIDER)
    axes.set_xlabel("month (0 is the commitment)")
    axes.set_ylabel(f"saved so far over {shortened(result.against)},\npresent value")
    axes.locator_params(axis="x", integer=True)
    money_axis(axes.yaxis)
    legend_below(axes)
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
    # `savings` knows the names of all options; that of `against` has none over itself.
    same = option == result.against and not result.missing
    return f"savings are measured against {quoted(option)} itself" if same else result.missing


def _draw_band(axes: Axes, months: pd.DataFrame) -> None:
    month, low, middle, high = (months[name].to_numpy() for name in ("month", "saving_p10", "saving_p50", "saving_p90"))
    only = len(month) == 1
    if only:  # everything falls in the month of the commitment, and a band of no width would not be seen
        axes.vlines(month, low, high, color=CLIENT, alpha=0.35, linewidth=12, label="8 of 10 cases")
    else:
        axes.fill_between(month, low, high, color=CLIENT, alpha=0.2, label="8 of 10 cases")
    axes.set_xlim((-1, 1) if only else (month[0], month[-1]))
    axes.plot(month, middle, color=CLIENT, linewidth=2.2, marker="o" if only else None, label="middle case")
    axes.margins(y=0.08)


def _payback(row: pd.Series) -> str:
    if row["payback"] == 0:
        return "the middle case is never below zero: nothing to pay back"
    if math.isinf(row["payback"]):
        return f"does not pay back in the middle case ({percent(row['never_pays_back'])} of the draws never do)"
    return f"paid back in month {row['payback']:.0f} in the middle case"


@style()
def saving_distribution(result: SimulatedCashFlows, option: str | None = None) -> Picture:
    """A histogram of an option's saving over the draws, zero marked, with the share of draws that save nothing.

    Draws that save nothing are hatched. p10, p50 and p90 stand above. The outermost half per cent at each end is
    left out of the drawing, and said. Arguments and errors as those of `cash_fan`.

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
    nothing = percent(float(row["no_saving"]))
    figure = new_figure(8.5, 4.4, f"{shortened(option, 30)}, {row['view']} view: {nothing} save nothing")
    axes = figure.add_subplot()
    _draw_bars(axes, savings, edges, float(row["no_saving"]))
    # Each in a row of its own: where all draws are alike the three stand at one place.
    for name, words, height in (("p10", "1 of 10 below", 31), ("p50", "middle", 17), ("p90", "1 of 10 above", 3)):
        x = float(row[f"saving_{name}"])
        mark(axes, x, f"{words} {show(x, '')}", height, CLIENT, "-" if name == "p50" else "--")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    left_out = f" ({beyond:,} of {len(savings):,} draws lie beyond the ends)" if beyond else ""
    axes.set_xlabel(f"saving over {shortened(result.against)}, present value{left_out}")
    money_axis(axes.xaxis, 7)
    return Picture(
        figure,
        f"Histogram of what {quoted(option)} saves over {quoted(result.against)} in {result.draws:,} draws, "
        f"{row['view']} view: {nothing} save nothing. One in ten is below {show(row['saving_p10'], '')}, the "
        f"middle is {show(row['saving_p50'], '')}, one in ten above "
        f"{show(row['saving_p90'], '')} (present value).",
    )


def _edges(savings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of the bars over nearly all draws; zero is one of them wherever it lies among the draws."""
    low, high = np.quantile(savings, _ENDS).tolist()
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        # One and the same saving: a single bar.
        return low + np.array([-1.0, 1.0]) * (0.01 * abs(low) or 1.0)
    width = (high - low) / _BARS
    # Whole multiples of the width, of which 0 is one.
    return np.asarray(width * np.arange(math.floor(low / width), math.ceil(high / width) + 1))


def _draw_bars(axes: Axes, savings: NDArray[np.float64], edges: NDArray[np.float64], no_saving: float) -> None:
    # Two colours of a bar: one that begins at zero can hold both, draws of exactly zero and just above it.
    looks: dict[str, Any] = {"color": [BAD, GOOD], "edgecolor": "white", "linewidth": 0.4}
    words = [f"no saving: {percent(no_saving)} of the draws", f"a saving: {percent(1 - no_saving)}"]
    parts = [savings[savings <= 0], savings[savings > 0]]
    drawn: Any = axes.hist(parts, edges.tolist(), stacked=True, label=words, **looks)
    # matplotlib takes a hatch for each part from 3.10 on only.
    for bar in drawn[2][0]:
        bar.set_hatch("//")
    legend_below(axes)
    # Zero is drawn if it is not far off; else an arrow says on which side it is.
    span = float(np.ptp(edges))
    left, right = with_zero(float(edges[0]), float(edges[-1]), 0.5)
    if left <= 0 <= right:
        axes.axvline(0.0, color="#333333", linewidth=1.6)
    else:
        place, zero, side = (0.99, "zero →", "right") if right < 0 else (0.01, "← zero", "left")
        axes.text(place, 0.9, zero, transform=axes.transAxes, ha=side, color="#333333")
    gap = span * (4 if len(edges) == 2 else 0.04)  # a single bar would fill the figure
    axes.set_xlim(left - gap, right + gap)
