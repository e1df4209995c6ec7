"""The picture of mistake 4: every pair of a client's and a provider's rating of the same expectation, in a grid."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.plots.parts import empty_picture, rows_of
from outsourcing_kit.plots.picture import MUTED, Picture, new_figure, style
from outsourcing_kit.verdicts import COLOURS
from outsourcing_kit.words import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.finding import Finding, Measure

# Of a cell's side, for the square of the fullest one.
_POINTS, _WIDEST = range(1, 6), 0.92


@style()
def picture(finding: Finding) -> Picture:
    """Client's rating across, provider's upwards; a square has the size of its share of pairs, the band is near."""
    rows, measure = rows_of(finding, "pairs", "about"), finding.measure("within_one_point")
    if not len(rows):
        return empty_picture(f"no expectation was rated by both sides in {finding.engagement}; {measure.settled_by}")
    figure = new_figure(
        7.5, 5.6, f"Same page? {measure.show_estimate()} of the pairs are within one point: {measure.answer}"
    )
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    for x, y in product(_POINTS, _POINTS):
        # The band of cells in which both say nearly the same.
        face = "#DCEFE6" if abs(x - y) <= 1 else "white"
        _box(axes, x, y, 1, facecolor=face, edgecolor="#D0D0D0", linewidth=0.8)
    total, most = int(rows["pairs"].sum()), int(rows["pairs"].max())
    for row in rows.to_dict("records"):
        _square(axes, row, total, most)
    axes.set(xlim=(0.5, 5.5), ylim=(0.5, 5.5), xticks=_POINTS, yticks=_POINTS)
    axes.set_xlabel("client's rating", fontsize=12)
    axes.set_ylabel("provider's rating of the same", fontsize=12)
    axes.tick_params(length=0, labelsize=12)
    axes.spines[:].set_visible(False)
    words = f"shaded: at most\none point apart\n\nsquares: share\nof {total:,} pairs\n\nlimit {measure.show_limit()}"
    axes.text(5.65, 3.0, words, va="center", fontsize=12, color=MUTED)
    return Picture(figure, _alt(finding, rows, measure))


def _box(axes: Axes, x: float, y: float, side: float, **looks: Any) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, **looks))


def _square(axes: Axes, row: dict[str, float], total: int, most: int) -> None:
    x, y = row["client_mean"], row["provider_mean"]
    side = _WIDEST * (row["pairs"] / most) ** 0.5
    _box(axes, x, y, side, color=COLOURS["fine" if abs(x - y) <= 1 else "problem"], linewidth=0)
    share = percent(row["pairs"] / total)
    # A small square has its number below; the smallest is no nothing, as "0%" would say.
    if share == percent(0.0):
        return
    if side > 0.5:
        axes.text(x, y, share, ha="center", va="center", fontsize=11, color="white")
    else:
        axes.text(x, y - side / 2 - 0.04, share, ha="center", va="top", fontsize=11)


def _alt(finding: Finding, rows: pd.DataFrame, measure: Measure) -> str:
    total = int(rows["pairs"].sum())
    apart = (rows["client_mean"].astype(float) - rows["provider_mean"].astype(float)).abs()
    far = percent(float(rows["pairs"][apart >= 3].sum()) / total)
    return (
        f"Grid of {total:,} pairs of a client's and a provider's rating of the same expectation, from 1 to 5, in "
        f"{finding.engagement}. {measure.show_estimate()} of the pairs lie within one point, limit "
        f"{measure.show_limit()}: {measure.answer}. {far} lie three points apart or four."
    )
