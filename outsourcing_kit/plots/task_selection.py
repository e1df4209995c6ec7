"""The picture of mistake 2: what each task costs inside and outside, and a lock where cost must not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outsourcing_kit.plots.parts import dumbbell, empty_picture, key, money_axis, row_names, shortened
from outsourcing_kit.plots.picture import MUTED, Picture, new_figure, style
from outsourcing_kit.text import shown
from outsourcing_kit.words import listed, percent, plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

    from outsourcing_kit.finding import Finding

_MOST_ROWS = 15
_PLANS = {"outsource": "outside", "share": "shared", "stay": "stays"}
_HEADINGS = ((0.0, "plan"), (0.2, "chance of\ncheaper"), (0.55, "must stay\nbecause"))
_LOCK_AT, _LOCK_COLOUR = 0.5, "#222222"


@style()
def picture(finding: Finding) -> Picture:
    """Cost dumbbells: a round dot inside, a diamond outside, for every task; a lock on core and vetoed tasks.

    Tasks planned outside come first, then those that must stay, the dearest on top; beyond 15 rows, what a phone can
    show, the rest is left out, and it is said how many.
    """
    rows = _rows(finding.evidence)
    if rows.empty:
        why = dict.fromkeys(m.settled_by for m in finding.headlines if m.verdict == "not assessed")
        return empty_picture("; ".join(why) or "no task has a cost on record", title="What each task costs a month")
    return Picture(_figure(rows, _title(finding.evidence, rows)), _alt(finding.evidence, rows))


def _rows(evidence: pd.DataFrame) -> pd.DataFrame:
    if "in_house_cost" not in evidence:
        return pd.DataFrame()
    known = evidence[evidence["in_house_cost"].notna() | evidence["outside_cost"].notna()]
    # Stable: tasks of one cost stay in the order of the records, on every machine.
    first = ["outside", "locked", "in_house_cost"]
    return known.sort_values(first, ascending=False, kind="stable", ignore_index=True).head(_MOST_ROWS)


def _title(evidence: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The result: of the tasks outside, how many must stay, and how many are clearly cheaper there."""
    left_out = f" ({len(evidence) - len(rows)} tasks not shown)" if len(rows) < len(evidence) else ""
    outside = evidence[evidence["outside"].astype(bool)]
    if outside.empty:
        return f"No task is planned outside{left_out}"
    locked, cheaper = int(outside["locked"].sum()), int(outside["clearly_cheaper"].sum())
    return f"{plural(len(outside), 'task')} outside: {locked} must stay, {cheaper} clearly cheaper{left_out}"


def _figure(rows: pd.DataFrame, title: str) -> Figure:
    # Narrow, so that the words are still read where a telephone makes it smaller.
    figure = new_figure(7.8, 2.2 + 0.33 * len(rows), title)
    # The words have axes of their own, so that the layout keeps room for them whatever the names and amounts.
    costs, words = figure.subplots(1, 2, sharey=True, width_ratios=(1.0, 1.05))
    row_names(costs, [_named(*each) for each in zip(rows["task"], rows["process"], strict=True)])
    for place, row in enumerate(rows.itertuples()):
        bar = {"color": MUTED, "linewidth": 2, "linestyle": "-" if row.outside else ":"}
        dumbbell(costs, place, row.in_house_cost, row.outside_cost, bar=bar, hollow=not row.outside)
    # Where all costs are 0 the axis still has a width.
    costs.set_xlim(0, max(1.0, 1.06 * rows[["in_house_cost", "outside_cost"]].max().max()))
    money_axis(costs.xaxis, ticks=4)
    blank = " as far as filled in" if (rows["blank"] != "").any() else ""
    costs.set_xlabel(f"{rows['currency'].iloc[0]} a month, hidden costs included{blank}")
    _words(words, rows)
    keys = [
        key("inside", side="client"),
        key("outside, planned so", side="provider"),
        key("outside, but it stays", side="provider", markerfacecolor="white"),
    ]
    if rows["locked"].any():
        keys.append(key("must stay: cost does not decide", _padlock(), color=_LOCK_COLOUR, markersize=11))
    figure.legend(handles=keys, loc="outside lower center", ncols=2, fontsize=10)
    return figure


def _words(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    for x, text in _HEADINGS:
        axes.text(x, -0.75, text, fontsize=10, color=MUTED, va="bottom")
    for place, row in enumerate(rows.itertuples()):
        chance = "no quote" if pd.isna(row.cheaper) else percent(row.cheaper)
        why = shortened(row.locked_by or ("? nobody said" if row.unsaid else "–"), 22)
        for (x, _), text in zip(_HEADINGS, (_PLANS.get(str(row.plan), "no plan"), chance, why), strict=True):
            axes.text(x, place, text, fontsize=10, va="center")
        if row.locked:
            axes.plot(_LOCK_AT, place, marker=_padlock(), color=_LOCK_COLOUR, ms=11, ls="")


def _padlock() -> Path:
    """A small padlock as a marker: body and shackle."""
    from matplotlib.path import Path

    # Drawn, as few fonts have the sign and each has it in another size.
    body = Path([(-0.5, -0.6), (0.5, -0.6), (0.5, 0.15), (-0.5, 0.15), (-0.5, -0.6)], closed=True)
    arc = Path.arc(0, 180)
    points, steps = np.asarray(arc.vertices, dtype=float), list(np.asarray(arc.codes))
    bow = [*(points * 0.38), *(points[::-1] * 0.22)]
    shackle = Path([(x, y + 0.15) for x, y in bow] + [(0, 0)], [*steps, Path.LINETO, *steps[1:], Path.CLOSEPOLY])
    return Path.make_compound_path(body, shackle)


def _alt(every: pd.DataFrame, rows: pd.DataFrame) -> str:
    scope, more = plural(len(every), "task"), ""
    if left_out := len(every) - len(rows):
        scope = f"{len(rows)} of {scope}"
        more = f" ({left_out} left out: tasks planned outside come first, then those that must stay)"
    first, outside = f"Monthly cost of {scope} inside and outside{more}.", every[every["outside"].astype(bool)]
    if outside.empty:
        return f"{first} None is planned outside."
    locked, clear = outside["task"][outside["locked"].astype(bool)].tolist(), int(outside["clearly_cheaper"].sum())
    held = f"{len(locked)} must stay as core or vetoed" + (f" ({listed(locked, 4)})" if locked else "")
    if unsaid := int((outside["unsaid"] != "").sum()):
        held += f", {unsaid} open as nobody said whether a veto holds"
    planned = f"{first} Planned outside: {plural(len(outside), 'task')}, of which {held}"
    return f"{planned}; {clear} clearly cheaper outside, {len(outside) - clear} not."


def _named(task: str, process: str) -> str:
    """A task's name; a bare code says little, so it gets its process beside it."""
    text = shown(task) if len(str(task)) > 8 or pd.isna(process) else f"{task} · {shown(process)}"
    return shortened(text, 24)
