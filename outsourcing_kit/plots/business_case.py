"""One cost axis: what the plan says, what past work would have made of it, and where the saving ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outsourcing_kit.plots.parts import PAPER, above, empty_picture, legend_below, mark, money_axis, rows_of, shortened
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
    past: pd.DataFrame  # value (actual/estimated), state, position; by position, the abandoned (inf) last

    @classmethod
    def of(cls, finding: Finding) -> _Axis:
        nan, plan = math.nan, {row.name: row for row in rows_of(finding, "plan").itertuples()}
        own, *others = (plan.get(name) for name in ("planned cost", "budget", "break-even"))
        planned, low, high, unit = (own.value, own.low, own.high, own.unit) if own else (nan, nan, nan, "")
        past = rows_of(finding, "past item").reindex(columns=["value", "state"]).astype({"value": float})
        past = past.assign(position=past["value"] * (planned if own else 1.0)).sort_values("position", kind="stable")
        budget, break_even = (each.value if each else nan for each in others)
        return cls(unit, planned, low, high, budget, break_even, past)

    @property
    def has_plan(self) -> bool:
        return math.isfinite(self.plan)

    @property
    def beyond(self) -> int | None:
        """How many past items went beyond the reserve, abandoned ones too; None where nobody knows the reserve."""
        state = self.past["state"]
        is_known = state.isin(["within reserve", "beyond reserve"]).any()
        return int(state.isin(["beyond reserve", "abandoned"]).sum()) if is_known else None

    @property
    def dots(self) -> pd.DataFrame:
        """At most 300 of the past items, evenly spaced in order of their size, so that the shape stays."""
        n = len(self.past)
        return self.past.iloc[np.linspace(0, n - 1, min(n, _MOST_DOTS)).round().astype(int)]

    @property
    def reach(self) -> tuple[float, float]:
        """Left and right end: everything but the last far-out items, which are drawn at the edge and counted."""
        finished = self.past["position"][np.isfinite(self.past["position"])]
        own = [v for v in (self.plan, self.low, self.high, self.budget) if math.isfinite(v)] or [1.0]
        shown = np.concatenate([own, np.quantile(finished, (0.02, 0.98)) if len(finished) else []])
        left, right = float(shown.min()), float(shown.max())
        # The median of what is there keeps one wild value from squeezing all the rest.
        right = min(right, max(4 * float(np.median(shown)), *(v for v in (self.plan, self.high) if v > 0), left))
        # Further off it would press all the rest together; `mark` then points to it.
        if 0.5 * left < self.break_even < 2 * right:
            left, right = min(left, self.break_even), max(right, self.break_even)
        margin = 0.08 * (right - left) or 0.1 * abs(right) or 1.0  # all at one place, or at 0
        return left - margin, right + margin


@style()
def picture(finding: Finding) -> Picture:
    """The cost axis of a business case, drawn from the finding's evidence rows, with alt text made from them.

    With a plan the axis is money: the plan with its 80% range, the budget, the break-even line, and each past item at
    what this plan would cost if it went as that item did. Without one it is actual/estimated of the past items.
    """
    axis = _Axis.of(finding)
    if not axis.has_plan and not len(axis.past):
        return empty_picture("needs table cash_flows (the plan) or table estimates (past work)")
    figure = new_figure(8.5, 4.2, f"{shortened(finding.engagement, 30)}: {_result(axis)}")
    axes = figure.add_subplot()
    axes.set_xlim(*axis.reach)
    axes.set_ylim(-0.15, 2.0 if axis.has_plan else 1.25)
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    if axis.has_plan:
        _draw_plan(axes, axis)
        money_axis(axes.xaxis, 7)
    else:
        mark(axes, 1.0, "as estimated", 4, CLIENT)
    axes.set_xlabel(f"cost of the plan, {axis.unit}" if axis.has_plan else "actual / estimated")
    _draw_past(axes, axis)
    return Picture(figure, _plan_words(axis) + _past_words(axis))


def _result(axis: _Axis) -> str:
    """What the picture shows, in a few words."""
    n = len(axis.past)
    if axis.beyond is not None:
        return f"{axis.beyond} of {n} past items needed more than the plan's reserve"
    if axis.has_plan:
        return f"no saving from {show(axis.break_even, axis.unit)} on" if axis.break_even > 0 else "what the plan costs"
    return f"{int((axis.past['position'] > 1).sum())} of {n} past items took more than estimated"


def _draw_plan(axes: Axes, axis: _Axis) -> None:
    height, words = 1.55, f"the plan: {show(axis.plan, axis.unit)}"
    if math.isfinite(axis.low):
        axes.plot([axis.low, axis.high], [height, height], color=CLIENT, linewidth=6, alpha=0.35, solid_capstyle="butt")
        words += " (band: its own 80% range)"
    axes.plot([axis.plan], [height], marker="D", color=CLIENT, markersize=8)
    above(axes, axis.plan, words, 8, CLIENT, height)
    if math.isfinite(axis.budget):
        mark(axes, axis.budget, f"budget {show(axis.budget, axis.unit)}", 4, "#555555", ":")
    if math.isfinite(axis.break_even):
        mark(axes, axis.break_even, f"break-even {show(axis.break_even, axis.unit)}", 19, PROVIDER, "--")


def _draw_past(axes: Axes, axis: _Axis) -> None:
    (left, right), dots = axes.get_xlim(), axis.dots
    if not len(dots):
        words, place = "no past work of this kind to compare with", axes.transAxes
        axes.text(0.0, 0.45, words, transform=place, color="#555555", bbox=PAPER)
        return
    words = f"{len(axis.past)} past items{', at the size of this plan' if axis.has_plan else ''}{_drawn_only(axis)}"
    height = 1.2 if axis.has_plan else 1.13
    axes.text(left + 0.005 * (right - left), height, words, color="#333333", fontsize=9.5, va="center", bbox=PAPER)
    # The far-out and the abandoned stand just inside the ends.
    gap = _DOT_WIDTH * (right - left)
    x = np.clip(dots["position"].to_numpy(dtype=float), left + gap, right - gap)
    level = _stacked(x, gap)
    step = min(0.1, 1.0 / (level.max() + 1))
    size = max(3.0, min(6.0, 80.0 * step))  # no larger than the step from level to level
    for state, (marker, colour, meaning) in _STATES.items():
        mine = (dots["state"] == state).to_numpy()
        if mine.any():
            label = f"{meaning} ({(axis.past['state'] == state).sum()})"
            axes.plot(x[mine], level[mine] * step, marker, color=colour, markersize=size, label=label, linestyle="")
    position = axis.past["position"]
    if far := int((np.isfinite(position) & ~position.between(left, right)).sum()):
        axes.plot([], [], linestyle="", label=f"{far} off the axis, drawn at its ends")
    legend_below(axes, 0.16, handletextpad=0.3)


def _stacked(x: np.ndarray, gap: float) -> np.ndarray:
    """The level of each dot, from left to right: the lowest at which it is `gap` away from the dot before it.

    >>> _stacked(np.array([0.0, 0.1, 0.4, 3.0]), 1.0).tolist()
    [0, 1, 2, 0]
    """
    level, last = [], list[float]()
    for place in x.tolist():
        # The tolerance: dots that lie a gap apart but for rounding stay side by side.
        free = next((row for row, before in enumerate(last) if place - before >= gap * (1 - 1e-9)), len(last))
        last[free : free + 1] = [place]
        level.append(free)
    return np.array(level)


def _drawn_only(axis: _Axis) -> str:
    return f" ({_MOST_DOTS} drawn, evenly spaced)" if len(axis.past) > _MOST_DOTS else ""


def _plan_words(axis: _Axis) -> str:
    if not axis.has_plan:
        return ""
    words = f"One cost axis: the plan costs {show(axis.plan, axis.unit)} at its likely amounts"
    if math.isfinite(axis.low):
        words += f" (80% range of its own lines {show(axis.low, '')} to {show(axis.high, '')})"
    if math.isfinite(axis.budget):
        words += f", the budget is {show(axis.budget, axis.unit)}"
    if math.isfinite(axis.break_even):
        words += f", and outsourcing saves nothing from {show(axis.break_even, axis.unit)} on"
    return words + ". "


def _past_words(axis: _Axis) -> str:
    if not (n := len(axis.past)):
        return "No past work of this kind to compare with."
    ratios = axis.past["value"].to_numpy()
    abandoned = int(np.isinf(ratios).sum())  # never finished: no actual amount is large enough
    if not axis.has_plan:
        over, most = int((ratios > 1).sum()), ratios[np.isfinite(ratios)].max(initial=0)
        largest = f"; the largest overrun took {most:.2f} times its estimate" if most > 1 else ""
        return (
            f"{n} past items{_drawn_only(axis)} by actual over estimated: {over} ({show(over / n, 'share')}) took more "
            f"than estimated, {abandoned} of them abandoned{largest}."
        )
    counts = []
    if axis.beyond is not None:
        counts.append(f"{axis.beyond} ({show(axis.beyond / n, 'share')}) overran by more than the plan's reserve")
    if math.isfinite(axis.break_even):
        # On the line nothing is saved either.
        past_it = int((axis.past["position"] >= axis.break_even).sum())
        counts.append(f"{past_it} ({show(past_it / n, 'share')}) would have put this plan on or beyond break-even")
    first = f"{', '.join(counts)} and " if counts else ""
    were = "was" if abandoned == 1 else "were"
    return f"Of {n} past items{_drawn_only(axis)}, {first}{abandoned} {were} abandoned."
