"""Act, pilot, wait or drop: which is best at which chance of a saving, and what each may come to regret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.plots.parts import empty_picture, heading, money_axis
from outsourcing_kit.plots.picture import CLIENT, GOOD, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import numbers, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.decision import DecisionAnalysis

# Colour, dashes and width differ, so that colour is never needed; the names stand at the lines' ends.
_LINES = {
    "act": (CLIENT, "-", 1.8),
    "pilot": (PROVIDER, (0, (6, 2)), 1.8),
    "wait": (GOOD, (0, (6, 2, 1, 2)), 1.8),
    "drop": (MUTED, (0, (1, 1.5)), 1.8),
}
# Above, on and below the row, so that none hides another.
_SHIFT = 0.17
_REGRETS = {
    "regret_if_it_saves": ("^", "#222222", "if it saves", -_SHIFT),
    "regret_if_it_does_not": ("o", "#222222", "if it does not", _SHIFT),
    "expected_regret": ("D", PROVIDER, "on average, at this chance", 0.0),
}
_GAP = 0.085


def regret(result: DecisionAnalysis) -> Picture:
    """Left: each decision's expected value against the chance that it saves, the best of them shaded, what is best
    where written above. Right: what each decision misses if it saves, if it does not, and on average.

    Args:
        result: of `business_case.decision_analysis`.

    Example: worth 100 if it saves, which it does in six of ten cases, and 80 lost if not: act 60 − 32 = 28.

    >>> from outsourcing_kit.business_case import decision_analysis
    >>> regret(decision_analysis(0.6, 100, 80, sensitivity=0.9, specificity=0.8)).alt[:97]
    'Expected value against the chance that it saves: at 60% the pilot is best (act 28, pilot 47.6, wa'
    """
    if not len(result.table):
        return empty_picture(result.missing)
    with style():
        figure = new_figure(8.8, 4.4)
        value, missed = figure.subplots(1, 2, width_ratios=(1.35, 1.0))
        _draw_values(value, result)
        _draw_regrets(missed, result)
        figure.legend(*missed.get_legend_handles_labels(), loc="outside lower right", ncols=3, handletextpad=0.2)
        heading(figure, _title(result))
    return Picture(figure, _alt(result))


def _title(result: DecisionAnalysis) -> str:
    words = f"At a {percent(result.p_saving)} chance of a saving, {result.words[result.best]} is best"
    return f"{words}, but not over the whole band" if result.holds is False else words


def _draw_values(axes: Axes, result: DecisionAnalysis) -> None:
    curves = result.curves
    if result.p_range is not None:
        low, high = result.p_range
        axes.axvspan(low, high, color="#000000", alpha=0.08, linewidth=0)
    best = _best_values(result)
    axes.plot(best["p"], best["value"], color="#E8C547", linewidth=7, alpha=0.6, solid_capstyle="butt", zorder=1)
    names = result.table["decision"].tolist()
    for name in names:
        colour, dashes, width = _LINES[name]
        axes.plot(curves["p"], curves[name], color=colour, linestyle=dashes, linewidth=width, zorder=2)
    axes.axvline(result.p_saving, color="#222222", linewidth=1)
    here = result.table.set_index("decision")["expected"][result.best]
    axes.plot([result.p_saving], [here], marker="o", color="#222222", markersize=7, zorder=4)
    axes.set_xlim(0, 1)
    axes.set_ylim(_floor(result))
    axes.xaxis.set_major_formatter(lambda share, _: percent(share))
    money_axis(axes.yaxis)
    axes.set_xlabel(_chance_words(result))
    axes.set_ylabel("expected value")
    _name_lines(axes, {name: float(curves[name].iloc[-1]) for name in names}, result)
    _name_regions(axes, result.regions)


def _best_values(result: DecisionAnalysis) -> pd.DataFrame:
    """The value of the best decision along the axis: at every kink, the highest of those open to choice."""
    columns = list(result.open_to_choice)
    return pd.DataFrame({"p": result.curves["p"], "value": result.curves[columns].max(axis=1)})


def _floor(result: DecisionAnalysis) -> float | None:
    """Where the axis ends below: a loss far beyond all the rest would press the other lines into one."""
    curves = result.curves.drop(columns="p")
    lowest = float(curves.min().min())
    others = float(curves.drop(columns="act").abs().max().max())
    return -1.5 * others if 0 < 1.5 * others < -lowest else None


def _name_lines(axes: Axes, ends: dict[str, float], result: DecisionAnalysis) -> None:
    """Each line's name beside its right end, moved apart where they would meet."""
    bottom, top = axes.get_ylim()
    heights = {name: (value - bottom) / (top - bottom) for name, value in ends.items()}
    for name, height in _moved_apart(heights).items():
        words = name if name in result.open_to_choice else "wait, if free"
        axes.annotate(
            words, xy=(1.0, heights[name]), xytext=(1.06, height), xycoords="axes fraction", color=_LINES[name][0],
            va="center", ha="left", fontsize=10, fontweight="bold",
            arrowprops={"arrowstyle": "-", "color": _LINES[name][0], "linewidth": 0.8, "shrinkA": 1, "shrinkB": 0},
        )  # fmt: skip


def _moved_apart(heights: dict[str, float], gap: float = _GAP) -> dict[str, float]:
    """The same heights, from 0 to 1, in the same order, each at least a gap above the one below.

    >>> {name: round(height, 3) for name, height in _moved_apart({"a": 0.98, "b": 0.97, "c": 0.2}, 0.1).items()}
    {'c': 0.2, 'b': 0.9, 'a': 1.0}
    """
    names = sorted(heights, key=lambda name: heights[name])
    moved = [heights[name] for name in names]
    for place in range(1, len(moved)):
        moved[place] = max(moved[place], moved[place - 1] + gap)
    moved[-1] = min(moved[-1], 1.0)
    for place in range(len(moved) - 2, -1, -1):
        moved[place] = min(moved[place], moved[place + 1] - gap)
    return dict(zip(names, moved, strict=True))


def _name_regions(axes: Axes, regions: pd.DataFrame) -> None:
    """Above the axis, which decision is best where; too narrow a stretch stays without its name."""
    for row in regions.itertuples():
        if row.p_from > 0:
            axes.plot([row.p_from] * 2, [1.0, 1.07], transform=axes.get_xaxis_transform(), color="#222222",
                      linewidth=1, clip_on=False)  # fmt: skip
        words = f"{row.best} best" if row.p_to - row.p_from > 0.25 else row.best
        if row.p_to - row.p_from > 0.1:
            axes.text(
                (row.p_from + row.p_to) / 2, 1.02, words, transform=axes.get_xaxis_transform(), ha="center",
                va="bottom", fontsize=9, color="#333333",
            )  # fmt: skip


def _draw_regrets(axes: Axes, result: DecisionAnalysis) -> None:
    table = result.table
    places = pd.Series(range(len(table)), dtype=float)
    for shift in (-_SHIFT, _SHIFT):
        axes.hlines(places + shift, 0, 1, transform=axes.get_yaxis_transform(), color="#E3E3E3", linewidth=1, zorder=1)
    for name, (marker, colour, words, shift) in _REGRETS.items():
        axes.plot(
            table[name], places + shift, marker, color=colour, markersize=8, linestyle="", zorder=3, clip_on=False,
            markerfacecolor=colour if marker != "o" else "white", label=words,
        )  # fmt: skip
    labels = [
        f"{name}\n(best)" if name == result.best else name if name in result.open_to_choice else f"{name}\n(if free)"
        for name in table["decision"]
    ]
    axes.set_yticks(range(len(table)), labels)
    axes.set_ylim(len(table) - 0.5, -0.5)
    most = float(table["max_regret"].max())
    axes.set_xlim(-0.04 * (most or 1.0), 1.06 * (most or 1.0))
    # As many steps as their numbers leave room for.
    money_axis(axes.xaxis, 4 if most < 1e6 else 2)
    axes.set_xlabel("regret against the best choice")


def _chance_words(result: DecisionAnalysis) -> str:
    words = f"chance that it saves (line: {percent(result.p_saving)}"
    if result.p_range is None:
        return f"{words})"
    return f"{words}, band: {percent(result.p_range[0])} to {percent(result.p_range[1])})"


def _alt(result: DecisionAnalysis) -> str:
    rows = result.table.set_index("decision")
    expected, best = rows["expected"], result.words[result.best]
    named = {name: name if name in result.open_to_choice else f"{name} (if free)" for name in rows.index}
    values = ", ".join(f"{named[name]} {numbers(expected[name])[0]}" for name in rows.index)
    regrets = ", ".join(
        f"{name} {numbers(row['regret_if_it_saves'])[0]} and {numbers(row['regret_if_it_does_not'])[0]}"
        for name, row in rows.iterrows()
    )
    return (
        f"Expected value against the chance that it saves: at {percent(result.p_saving)} {best} is best ({values}); "
        f"{_regions_words(result)}{_range_words(result)}. Regret if it saves and if it does not: {regrets}."
    )


def _regions_words(result: DecisionAnalysis) -> str:
    """What is best from 0 to 1, in words."""
    regions = result.regions
    if len(regions) == 1:
        return f"{result.words[regions['best'].iloc[0]]} is best at every chance"
    parts = [
        f"{result.words[row.best]} from {percent(row.p_from)} to {percent(row.p_to)}" for row in regions.itertuples()
    ]  # fmt: skip
    return f"the best is {', '.join(parts)}"


def _range_words(result: DecisionAnalysis) -> str:
    """The band, and whether one decision is best all over it."""
    if result.p_range is None:
        return ""
    words = "the best stays the same" if result.holds else "the best changes"
    return f"; over the band from {percent(result.p_range[0])} to {percent(result.p_range[1])} {words}"
