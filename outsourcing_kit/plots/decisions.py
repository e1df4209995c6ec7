"""Act, pilot, wait or drop: which is best at which chance of a saving, and what each may come to regret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outsourcing_kit.plots.parts import empty_picture, legend_below, money_axis
from outsourcing_kit.plots.picture import CLIENT, GOOD, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import numbers, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.decision import DecisionAnalysis

# Colour and dashes both differ, so that colour is never needed.
_LINES = {
    "act": (CLIENT, "-"),
    "pilot": (PROVIDER, (0, (6, 2))),
    "wait": (GOOD, (0, (6, 2, 1, 2))),
    "drop": (MUTED, (0, (1, 1.5))),
}
# Above, on and below the row, so that none hides another.
_SHIFT = 0.17
_REGRETS = {
    "regret_if_it_saves": ("^", "#222222", "if it saves", -_SHIFT),
    "regret_if_it_does_not": ("o", "#222222", "if it does not", _SHIFT),
    "expected_regret": ("D", PROVIDER, "on average, at this chance", 0.0),
}


@style()
def regret(result: DecisionAnalysis) -> Picture:
    """Left: each decision's expected value against the chance that it saves, the best of them shaded, what is best
    where written above. Right: what each decision misses if it saves, if it does not, and on average.

    Example: worth 100 if it saves, which it does in six of ten cases, and 80 lost if not: act 60 − 32 = 28.

    >>> from outsourcing_kit.business_case import decision_analysis
    >>> regret(decision_analysis(0.6, 100, 80, sensitivity=0.9, specificity=0.8)).alt[:97]
    'Expected value against the chance that it saves: at 60% the pilot is best (act 28, pilot 47.6, wa'
    """
    if not len(result.table):
        return empty_picture(result.missing)
    title = f"At a {percent(result.p_saving)} chance of a saving, {result.words[result.best]} is best"
    # Where no band is given, nobody knows whether it holds: None is not False.
    more = ", but not over the whole band" if result.holds is False else ""
    figure = new_figure(8.8, 4.6, title + more)
    value, missed = figure.subplots(1, 2, width_ratios=(1.35, 1.0))
    # What costs nothing here is only a bound: its name says so wherever it stands.
    named = {name: name if name in result.open_to_choice else f"{name} (if free)" for name in result.table["decision"]}
    _draw_values(value, result, named)
    _draw_regrets(missed, result, named)
    return Picture(figure, _alt(result, named))


def _draw_values(axes: Axes, result: DecisionAnalysis, named: dict[str, str]) -> None:
    curves, chance = result.curves, f"line: {percent(result.p_saving)}"
    if result.p_range is not None:
        axes.axvspan(*result.p_range, color="#000000", alpha=0.08, linewidth=0)
        chance += f", band: {percent(result.p_range[0])} to {percent(result.p_range[1])}"
    best = curves[list(result.open_to_choice)].max(axis=1)
    axes.plot(curves["p"], best, color="#E8C547", linewidth=7, alpha=0.6, solid_capstyle="butt", zorder=1)
    for name, words in named.items():
        colour, dashes = _LINES[name]
        axes.plot(curves["p"], curves[name], color=colour, linestyle=dashes, linewidth=1.8, zorder=2, label=words)
    axes.axvline(result.p_saving, color="#222222", linewidth=1)
    here = result.table.set_index("decision")["expected"][result.best]
    axes.plot([result.p_saving], [here], marker="o", color="#222222", markersize=7, zorder=4)
    axes.set_xlim(0, 1)
    # A loss far beyond all the rest would press the other lines into one: the axis ends before it.
    others = 1.5 * float(curves.drop(columns=["p", "act"]).abs().max().max())
    if 0 < others < -float(curves["act"].min()):
        axes.set_ylim(bottom=-others)
    axes.xaxis.set_major_formatter(lambda share, _: percent(share))
    money_axis(axes.yaxis)
    axes.set_xlabel(f"chance that it saves ({chance})")
    axes.set_ylabel("expected value")
    legend_below(axes, ncols=4, columnspacing=1.2)
    _name_regions(axes, result.regions)


def _name_regions(axes: Axes, regions: pd.DataFrame) -> None:
    """Above the axis, which decision is best where; too narrow a stretch stays without its name."""
    across = axes.get_xaxis_transform()
    for row in regions.itertuples():
        if row.p_from > 0:
            axes.plot([row.p_from] * 2, [1.0, 1.07], transform=across, color="#222222", linewidth=1, clip_on=False)
        if (width := row.p_to - row.p_from) > 0.1:
            words, middle = f"{row.best} best" if width > 0.25 else row.best, (row.p_from + row.p_to) / 2
            axes.text(middle, 1.02, words, transform=across, ha="center", va="bottom", fontsize=9, color="#333333")


def _draw_regrets(axes: Axes, result: DecisionAnalysis, named: dict[str, str]) -> None:
    table = result.table
    places = np.arange(len(table))
    for shift in (-_SHIFT, _SHIFT):
        axes.hlines(places + shift, 0, 1, transform=axes.get_yaxis_transform(), color="#E3E3E3", linewidth=1, zorder=1)
    for name, (marker, colour, words, shift) in _REGRETS.items():
        axes.plot(
            table[name], places + shift, marker, color=colour, markersize=8, linestyle="", zorder=3, clip_on=False,
            markerfacecolor=colour if marker != "o" else "white", label=words,
        )  # fmt: skip
    names = [f"{words} (best)" if name == result.best else words for name, words in named.items()]
    axes.set_yticks(places, [words.replace(" (", "\n(") for words in names])
    axes.set_ylim(len(table) - 0.5, -0.5)
    most = float(table["max_regret"].max())
    axes.set_xlim(-0.04 * (most or 1.0), 1.06 * (most or 1.0))
    # As many steps as their numbers leave room for.
    money_axis(axes.xaxis, 4 if most < 1e6 else 2)
    axes.set_xlabel("regret against the best choice")
    legend_below(axes)


def _alt(result: DecisionAnalysis, named: dict[str, str]) -> str:
    rows = [*result.table.itertuples()]
    values = ", ".join(f"{named[row.decision]} {numbers(row.expected)[0]}" for row in rows)
    regrets = ", ".join(
        f"{row.decision} {numbers(row.regret_if_it_saves)[0]} and {numbers(row.regret_if_it_does_not)[0]}"
        for row in rows
    )
    band = ""
    if result.p_range is not None:
        words = "the best stays the same" if result.holds else "the best changes"
        band = f"; over the band from {percent(result.p_range[0])} to {percent(result.p_range[1])} {words}"
    return (
        f"Expected value against the chance that it saves: at {percent(result.p_saving)} {result.words[result.best]} "
        f"is best ({values}); {_regions_words(result)}{band}. Regret if it saves and if it does not: {regrets}."
    )


def _regions_words(result: DecisionAnalysis) -> str:
    """What is best from 0 to 1, in words."""
    regions = [(result.words[row.best], row.p_from, row.p_to) for row in result.regions.itertuples()]
    if len(regions) == 1:
        return f"{regions[0][0]} is best at every chance"
    return "the best is " + ", ".join(f"{best} from {percent(low)} to {percent(high)}" for best, low, high in regions)
