"""One cost axis: what the plan says, what past work would have made of it, and where the saving ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outsourcing_kit.plots.parts import PAPER, empty_picture, heading, inward, legend_below, money_axis, shortened
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.finding import Finding

_MOST_DOTS = 300
_DOT_WIDTH = 0.0125
# State of a past item: marker, colour, words. Markers differ, so that colour is never needed.
_STATES = {
    "within reserve": ("o", GOOD, "stayed within the reserve"),
    "beyond reserve": ("^", BAD, "overran by more than the reserve"),
    "": ("o", MUTED, "finished"),
    "abandoned": ("X", "#222222", "abandoned, drawn at the right end"),
}


@dataclass(frozen=True)
class _Axis:
    """Everything on the axis, in the axis' unit: money if there is a plan, else actual/estimated."""

    unit: str
    plan: float
    low: float
    high: float
    budget: float
    break_even: float
    past: pd.DataFrame

    @property
    def has_plan(self) -> bool:
        return math.isfinite(self.plan)

    @property
    def reach(self) -> tuple[float, float]:
        """Left and right end: everything but the last far-out items, which are drawn at the edge and counted."""
        finished = self.past.loc[np.isfinite(self.past["position"]), "position"].to_numpy()
        own = [v for v in (self.plan, self.low, self.high, self.budget) if math.isfinite(v)] or [1.0]
        shown = np.concatenate([own, np.quantile(finished, (0.02, 0.98)) if len(finished) else []])
        left, right = float(shown.min()), float(shown.max())
        # The median of what is there keeps one wild value from squeezing all the rest.
        right = min(right, max(4 * float(np.median(shown)), *(v for v in (self.plan, self.high) if v > 0), left))
        if 0.5 * left < self.break_even < 2 * right:
            left, right = min(left, self.break_even), max(right, self.break_even)
        margin = 0.08 * (right - left) or 0.1 * abs(right) or 1.0
        return left - margin, right + margin


def picture(finding: Finding) -> Picture:
    """The cost axis of a business case, drawn from the finding's evidence rows, with alt text made from them.

    With a plan the axis is money: the plan with its 80% range, the budget, the break-even line, and each past item at
    what this plan would cost if it went as that item did. Without one it is actual/estimated of the past items.
    """
    axis = _axis(finding.evidence)
    if not axis.has_plan and not len(axis.past):
        return empty_picture("needs table cash_flows (the plan) or table estimates (past work)")
    with style():
        figure = new_figure(8.5, 4.2)
        axes = figure.add_subplot()
        left, right = axis.reach
        axes.set_xlim(left, right)
        axes.set_ylim(-0.15, 2.0 if axis.has_plan else 1.25)
        dots = _thinned(axis.past)
        if axis.has_plan:
            _draw_plan(axes, axis)
        else:
            axes.axvline(1.0, color=CLIENT, linewidth=1.5)
            _label(axes, 1.0, "as estimated", 1.02, CLIENT)
        _draw_past(axes, axis, dots)
        axes.spines["left"].set_visible(False)
        axes.set_yticks([])
        axes.set_xlabel(f"cost of the plan, {axis.unit}" if axis.has_plan else "actual / estimated")
        if axis.has_plan:
            money_axis(axes.xaxis, 7)
        title = "Plan, past work and break-even" if axis.has_plan else "Past work against its estimates"
        heading(figure, f"{title}: {shortened(finding.engagement, 40)}")
    return Picture(figure, _alt(axis, len(dots)))


def _axis(evidence: pd.DataFrame) -> _Axis:
    parts = evidence["part"] if "part" in evidence else pd.Series(dtype=object)
    plan = evidence[parts == "plan"].set_index("name") if len(evidence) else pd.DataFrame()
    past = evidence[parts == "past item"] if len(evidence) else pd.DataFrame({"value": [], "state": []})

    def value(name: str, column: str = "value") -> float:
        return float(plan.loc[name, column]) if name in plan.index else math.nan

    planned = value("planned cost")
    scale = planned if math.isfinite(planned) else 1.0
    return _Axis(
        str(plan["unit"].iloc[0]) if len(plan) else "",
        planned,
        value("planned cost", "low"),
        value("planned cost", "high"),
        value("budget"),
        value("break-even"),
        past[["value", "state"]].assign(position=past["value"].astype(float) * scale).reset_index(drop=True),
    )


def _thinned(past: pd.DataFrame) -> pd.DataFrame:
    """At most 300 rows, evenly spaced in order of their size, so that the shape stays."""
    if len(past) <= _MOST_DOTS:
        return past
    ordered = past.sort_values("position", kind="stable")
    return ordered.iloc[np.linspace(0, len(ordered) - 1, _MOST_DOTS).round().astype(int)]


def _draw_plan(axes: Axes, axis: _Axis) -> None:
    height = 1.55
    if math.isfinite(axis.low):
        axes.plot([axis.low, axis.high], [height, height], color=CLIENT, linewidth=6, alpha=0.35, solid_capstyle="butt")
    axes.plot([axis.plan], [height], marker="D", color=CLIENT, markersize=8)
    words = f"the plan: {show(axis.plan, axis.unit)}"
    if math.isfinite(axis.low):
        words += " (band: its own 80% range)"
    _label(axes, axis.plan, words, height + 0.13, CLIENT, data=True)
    _mark(axes, axis.budget, f"budget {show(axis.budget, axis.unit)}", 1.02, "#555555", ":")
    _mark(axes, axis.break_even, f"break-even {show(axis.break_even, axis.unit)}", 1.09, PROVIDER, "--")


def _mark(axes: Axes, x: float, words: str, y: float, colour: str, dashes: str) -> None:
    """A line across both lanes with its words above; off the axis, the words at its end with an arrow."""
    if not math.isfinite(x):
        return
    left, right = axes.get_xlim()
    if left <= x <= right:
        axes.axvline(x, color=colour, linewidth=1.8, linestyle=dashes)
    else:
        words = f"{words} →" if x > right else f"← {words}"
    _label(axes, min(max(x, left), right), words, y, colour)


def _draw_past(axes: Axes, axis: _Axis, dots: pd.DataFrame) -> None:
    left, right = axes.get_xlim()
    heading = 1.2 if axis.has_plan else 1.13
    if not len(dots):
        axes.text(
            0.0,
            0.45,
            "no past work of this kind to compare with",
            transform=axes.transAxes,
            color="#555555",
            bbox=PAPER,
        )
        return
    words = f"{len(axis.past)} past items" + (", at the size of this plan" if axis.has_plan else "")
    if len(dots) < len(axis.past):
        words += f" ({len(dots)} drawn, evenly spaced)"
    axes.text(left + 0.005 * (right - left), heading, words, color="#333333", fontsize=9.5, va="center", bbox=PAPER)
    # The far-out and the abandoned stand just inside the ends.
    gap = _DOT_WIDTH * (right - left)
    x = np.clip(dots["position"].to_numpy(dtype=float), left + gap, right - gap)
    level = _stacked(x, gap)
    step = min(0.1, 1.0 / (level.max() + 1))
    size = max(3.0, min(6.0, 6.0 * step / 0.075))
    for state, (marker, colour, meaning) in _STATES.items():
        mine = (dots["state"] == state).to_numpy()
        if not mine.any():
            continue
        count = int((axis.past["state"] == state).sum())
        label = f"{meaning} ({count})"
        axes.plot(x[mine], level[mine] * step, marker, color=colour, markersize=size, label=label, linestyle="")
    position = axis.past["position"]
    far = int((np.isfinite(position) & ((position > right) | (position < left))).sum())
    if far:
        axes.plot([], [], linestyle="", label=f"{far} off the axis, drawn at its ends")
    legend_below(axes, 0.16, handletextpad=0.3)


def _stacked(x: np.ndarray, gap: float) -> np.ndarray:
    """The level of each dot: the lowest at which it is at least `gap` away from the dot before it.

    >>> _stacked(np.array([0.0, 0.4, 3.0, 0.1]), 1.0).tolist()
    [0, 2, 0, 1]
    """
    level = np.zeros(len(x), dtype=int)
    last: list[float] = []
    for dot in np.argsort(x, kind="stable"):
        free = next((row for row, before in enumerate(last) if x[dot] - before >= gap * (1 - 1e-9)), len(last))
        last[free : free + 1] = [float(x[dot])]
        level[dot] = free
    return level


def _label(axes: Axes, x: float, words: str, y: float, colour: str, *, data: bool = False) -> None:
    """Words at x, turned inward near the ends of the axis so that nothing is cut."""
    transform = axes.transData if data else axes.get_xaxis_transform()
    axes.text(x, y, words, color=colour, ha=inward(axes, x), va="bottom", fontsize=9.5, transform=transform, bbox=PAPER)


def _alt(axis: _Axis, drawn: int) -> str:
    return " ".join(([_plan_words(axis)] if axis.has_plan else []) + [_past_words(axis, drawn)])


def _plan_words(axis: _Axis) -> str:
    words = f"One cost axis: the plan costs {show(axis.plan, axis.unit)} at its likely amounts"
    if math.isfinite(axis.low):
        words += f" (80% range of its own lines {show(axis.low, '')} to {show(axis.high, '')})"
    if math.isfinite(axis.budget):
        words += f", the budget is {show(axis.budget, axis.unit)}"
    if math.isfinite(axis.break_even):
        words += f", and outsourcing saves nothing from {show(axis.break_even, axis.unit)} on"
    return words + "."


def _past_words(axis: _Axis, drawn: int) -> str:
    n = len(axis.past)
    if not n:
        return "No past work of this kind to compare with."
    ratios = axis.past["value"].to_numpy(dtype=float)
    abandoned = int(np.isinf(ratios).sum())
    drawn_only = f" ({drawn} drawn, evenly spaced)" if drawn < n else ""
    if not axis.has_plan:
        over = int((ratios > 1).sum())
        finished = ratios[np.isfinite(ratios)]
        largest = (
            f"; the largest overrun took {finished.max():.2f} times its estimate" if finished.max(initial=0) > 1 else ""
        )
        return (
            f"{n} past items{drawn_only} by actual over estimated: {over} ({show(over / n, 'share')}) took more than "
            f"estimated, {abandoned} of them abandoned{largest}."
        )
    words = f"Of {n} past items{drawn_only}"
    counts = []
    if axis.past["state"].isin(["within reserve", "beyond reserve"]).any():
        beyond = int(axis.past["state"].isin(["beyond reserve", "abandoned"]).sum())
        counts.append(f"{beyond} ({show(beyond / n, 'share')}) overran by more than the plan's reserve")
    if math.isfinite(axis.break_even):
        past_it = int((axis.past["position"] >= axis.break_even).sum())
        counts.append(f"{past_it} ({show(past_it / n, 'share')}) would have put this plan on or beyond break-even")
    counts.append(f"{abandoned} {'was' if abandoned == 1 else 'were'} abandoned")
    return f"{words}, {', '.join(counts[:-1])}{' and ' if counts[:-1] else ''}{counts[-1]}."
