"""The picture of mistake 2: what each task costs inside and outside, and a lock where cost must not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outsourcing_kit.plots.picture import CLIENT, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import shown
from outsourcing_kit.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

    from outsourcing_kit.finding import Finding

_MOST_ROWS = 15
_LOCK_COLOUR = "#222222"
_PLANS = {"outsource": "outside", "share": "shared", "stay": "stays"}
_HEADINGS = ((0.0, "plan"), (0.2, "P(cheaper\noutside)"), (0.55, "locked by"))
_LOCK_AT = 0.5


def picture(finding: Finding) -> Picture:
    """Cost dumbbells: a round dot inside, a diamond outside, for every task; a lock on core and vetoed tasks.

    Tasks planned outside come first, then locked ones, the dearest on top; beyond 15 rows, what a telephone can show,
    the rest is left out, and it is said how many.
    """
    rows = _rows(finding.evidence)
    alt = _alt(finding, rows)
    with style():
        return Picture(_empty_figure(finding) if rows.empty else _figure(rows, len(finding.evidence)), alt)


def _rows(evidence: pd.DataFrame) -> pd.DataFrame:
    if "in_house_cost" not in evidence:
        return pd.DataFrame()
    known = evidence[evidence["in_house_cost"].notna() | evidence["outside_cost"].notna()]
    ordered = known.sort_values(
        ["outside", "locked", "in_house_cost"], ascending=[False, False, False], kind="stable", ignore_index=True
    )
    return ordered.head(_MOST_ROWS)


def _figure(rows: pd.DataFrame, total: int) -> Figure:
    # Narrow, so that the words are still read where a telephone makes it smaller.
    fig = new_figure(7.8, 2.2 + 0.33 * len(rows))
    # The words have axes of their own, so that the layout keeps room for them whatever the names and amounts.
    costs, words = fig.subplots(1, 2, sharey=True, width_ratios=(1.0, 1.05))
    for place, row in enumerate(rows.itertuples()):
        _dumbbell(costs, place, row)
    _scale(costs, rows)
    _words(words, rows)
    left_out = f" ({len(rows)} of {total} tasks, {total - len(rows)} left out)" if len(rows) < total else ""
    fig.suptitle(f"What each task costs a month{left_out}", x=0.01, ha="left", fontsize=12, fontweight="bold")
    _legend(fig, rows)
    return fig


def _dumbbell(axes: Axes, place: int, row: Any) -> None:
    inside, outside, planned = row.in_house_cost, row.outside_cost, bool(row.outside)
    if inside == inside and outside == outside:
        axes.plot([inside, outside], [place, place], color=MUTED, lw=2, ls="-" if planned else ":", zorder=1)
    # The dot is larger than the diamond: where both costs are the same, each is still seen.
    axes.plot(inside, place, "o", color=CLIENT, ms=9, zorder=2)
    axes.plot(outside, place, "D", color=PROVIDER, ms=6, mfc=PROVIDER if planned else "white", zorder=3)


def _scale(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_yticks(range(len(rows)), [_named(*each) for each in zip(rows["task"], rows["process"], strict=True)])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, max(1.0, 1.06 * rows[["in_house_cost", "outside_cost"]].max().max()))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel(f"{rows['currency'].iloc[0]} a month, hidden costs included")


def _words(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    for x, text in _HEADINGS:
        axes.text(x, -0.75, text, fontsize=10, color=MUTED, va="bottom")
    for place, row in enumerate(rows.itertuples()):
        chance = "no quote" if row.cheaper != row.cheaper else f"{100 * row.cheaper:.0f}%"
        why = _shortened(row.locked_by or ("? nobody said" if row.unsaid else "–"), 22)
        for (x, _), text in zip(_HEADINGS, (_PLANS.get(str(row.plan), "no plan"), chance, why), strict=True):
            axes.text(x, place, text, fontsize=10, va="center")
        if row.locked:
            axes.plot(_LOCK_AT, place, marker=_padlock(), color=_LOCK_COLOUR, ms=11, ls="")


def _legend(fig: Figure, rows: pd.DataFrame) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="o", color=CLIENT, ls="", ms=8, label="inside"),
        Line2D([], [], marker="D", color=PROVIDER, ls="", ms=7, label="outside, planned so"),
        Line2D([], [], marker="D", color=PROVIDER, mfc="white", ls="", ms=7, label="outside, but it stays"),
    ]
    if rows["locked"].any():
        handles.append(
            Line2D([], [], marker=_padlock(), color=_LOCK_COLOUR, ls="", ms=11, label="locked: cost does not decide")
        )
    fig.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=10)


def _padlock() -> Path:
    """A small padlock as a marker: body and shackle. Fonts differ too much to use a character."""
    from matplotlib.path import Path

    body = Path([(-0.5, -0.6), (0.5, -0.6), (0.5, 0.15), (-0.5, 0.15), (-0.5, -0.6)], closed=True)
    arc = Path.arc(0, 180)
    points, steps = np.asarray(arc.vertices, dtype=float), list(np.asarray(arc.codes))
    bow = [*(points * 0.38), *(points[::-1] * 0.22)]
    codes = [*steps, Path.LINETO, *steps[1:]]
    shackle = Path([(x, y + 0.15) for x, y in bow] + [(0, 0)], [*codes, Path.CLOSEPOLY])
    return Path.make_compound_path(body, shackle)


def _empty_figure(finding: Finding) -> Figure:
    fig = new_figure(8.0, 1.6)
    fig.suptitle("What each task costs a month", x=0.01, ha="left", fontsize=12, fontweight="bold")
    fig.text(0.01, 0.4, f"Nothing to draw: {_missing(finding)}.", fontsize=10)
    return fig


def _missing(finding: Finding) -> str:
    why = dict.fromkeys(m.settled_by for m in finding.headlines if m.verdict == "not assessed")
    return "; ".join(why) or "no task has a cost on record"


def _alt(finding: Finding, rows: pd.DataFrame) -> str:
    if rows.empty:
        return f"No figure of task costs: {_missing(finding)}."
    every = finding.evidence
    outside = every[every["outside"].astype(bool)]
    locked = outside.loc[outside["locked"].astype(bool), "task"].map(shown)
    unsaid = int((outside["unsaid"] != "").sum())
    maybe = f", {unsaid} open as nobody said whether a veto holds" if unsaid else ""
    clear = int(outside["clearly_cheaper"].sum())
    left_out = len(every) - len(rows)
    scope = f"{len(rows)} of {_tasks(len(every))}" if left_out else _tasks(len(every))
    more = f" ({left_out} left out: tasks planned outside come first, then locked ones)" if left_out else ""
    first = f"Monthly cost of {scope} inside and outside{more}."
    if outside.empty:
        return f"{first} None is planned outside."
    which = f" ({listed(locked.tolist(), 4)})" if len(locked) else ""
    return (
        f"{first} Planned outside: {_tasks(len(outside))}, of which {len(locked)} locked as core or vetoed{which}"
        f"{maybe}; {clear} clearly cheaper outside, {len(outside) - clear} not."
    )


def _tasks(n: int) -> str:
    return f"{n} task" if n == 1 else f"{n} tasks"


def _named(task: str, process: str) -> str:
    """A task's name; a bare code says little, so it gets its process beside it."""
    text = shown(task) if len(str(task)) > 8 or pd.isna(process) else f"{task} · {shown(process)}"
    return _shortened(text, 24)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
