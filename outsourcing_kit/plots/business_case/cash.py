"""The saving so far, month by month: where most cases lie, and when it has paid back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.plots.picture import CLIENT, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import percent, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows


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
    if words := nothing_to_draw(result, option):
        return small_figure(words)
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
        axes.set_ylabel(f"saved so far over {short(result.against)},\npresent value")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.12g}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2, fontsize=9)
        title = f"Saving so far: {short(option)}, {row['view']} view"
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return Picture(figure, _alt(result, option, months, row))


def nothing_to_draw(result: SimulatedCashFlows, option: str) -> str:
    """Why an option's saving cannot be drawn, in words; "" if it can. Raises UnknownNameError for an unknown option."""
    if len(result.savings(option)):
        return ""
    if option == result.against and not result.missing:
        return f"Nothing to draw: savings are measured against {quoted(option)} itself."
    return f"Nothing to draw: {result.missing}."


def small_figure(words: str) -> Picture:
    """A figure that says why there is none."""
    import textwrap

    with style():
        figure = new_figure(8.0, 1.6)
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.text(0.5, 0.5, textwrap.fill(words, 85), ha="center", va="center", color="#333333")
    return Picture(figure, words)


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
    words = _payback(row)
    month = float(row["payback"])
    place, side = 0.5, "center"
    if 0 < month < math.inf:
        axes.axvline(month, color=PROVIDER, linewidth=1.6, linestyle=":")
        axes.plot([month], [0.0], marker="D", color=PROVIDER, markersize=7, clip_on=False, zorder=5)
        left, right = axes.get_xlim()
        place = (month - left) / (right - left)
        side = "left" if place < 0.25 else "right" if place > 0.75 else "center"
    axes.text(place, 1.02, words, transform=axes.transAxes, ha=side, va="bottom", fontsize=9.5, color=PROVIDER)


def _payback(row: pd.Series) -> str:
    month = float(row["payback"])
    if month == 0:
        return "the middle case is never below zero: nothing to pay back"
    if math.isinf(month):
        return f"does not pay back in the middle case ({percent(float(row['never_pays_back']))} of the draws never do)"
    return f"paid back in month {month:.0f} in the middle case"


def _alt(result: SimulatedCashFlows, option: str, months: pd.DataFrame, row: pd.Series) -> str:
    last = months.iloc[-1]
    return (
        f"Saving so far of {quoted(option)} over {quoted(result.against)}, {row['view']} view, by month: "
        f"{_payback(row)}. At the end, month {last['month']:.0f}, the middle case is {show(last['saving_p50'], '')}, "
        f"and 8 of 10 cases lie between {show(last['saving_p10'], '')} and {show(last['saving_p90'], '')} (present "
        "value)."
    )


def short(name: str) -> str:
    """A name that fits beside an axis."""
    name = shown(name)
    return name if len(name) <= 24 else f"{name[:23]}…"
