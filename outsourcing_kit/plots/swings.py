"""Tornado: how far each line of a plan moves the saving, the widest swing on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outsourcing_kit.plots.parts import (
    PAPER,
    empty_picture,
    mark,
    money_axis,
    row_names,
    shortened,
    two_rows,
    with_zero,
)
from outsourcing_kit.plots.picture import CLIENT, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import quoted
from outsourcing_kit.words import plural, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.business_case.swings import Sensitivity

_MOST = 12  # beyond, the swings are too small to decide anything
_BAR = 0.58
# End of a line: marker, its fill and rim, fill of the bar, hatch, words. Marker and hatch do without colour.
_ENDS = (
    ("o", "white", CLIENT, "#D6E6F2", "////", "towards its low amount (ring)"),
    ("s", CLIENT, "white", CLIENT, "", "towards its high amount (square)"),
)
# About the width of a letter beside the bars, as a share of the axis.
_LETTER = 0.015


@style()
def tornado(result: Sensitivity) -> Picture:
    """A bar for each line, from the saving at its low to that at its high amount, around the saving at likely amounts.

    The ends tell the amounts a month (ratios, for the overrun of the whole plan). At most 12 lines are drawn, those
    with the widest swings; the others are counted in words. The line at 0 parts losing from saving.

    >>> import pandas as pd
    >>> from outsourcing_kit.business_case import sensitivity
    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [95, 70], "likely": [100, 80], "high": [105, 110]})
    >>> tornado(sensitivity(lines, discount_rate=0)).alt[:81]
    'Tornado of 2 lines around a saving of 240 at the likely amounts (present value): '
    """
    if not len(result.table):
        return empty_picture(result.missing)
    from matplotlib.patches import Patch

    table = result.table.assign(words=result.ends)
    drawn, left_out = table.head(_MOST), table.iloc[_MOST:]
    title = f"{shortened(str(table['line'].iloc[0]), 40)} decides most whether {shortened(result.option, 20)} saves"
    figure = new_figure(8.8, 1.9 + 0.44 * len(drawn), title)
    axes = figure.add_subplot()
    _set_axes(axes, drawn, result.saving)
    for place, row in enumerate(drawn.to_dict("records")):
        _draw_line(axes, place, row, result.saving)
    mark(axes, result.saving, f"at the likely amounts: {show(result.saving, '')}", 18, "#333333")
    left, right = axes.get_xlim()
    mark(axes, 0.0, "no saving" if left <= 0 <= right else "no saving at 0", 3, PROVIDER, "--")
    widest = show(float(left_out["swing"].max()), "")
    rest = f"{plural(len(left_out), 'more line')} not drawn: swing {widest} or less" if len(left_out) else ""
    axes.set_xlabel(f"saving with this line at that amount, all else as planned (present value)\n{rest}".strip())
    keys = [Patch(facecolor=face, edgecolor=CLIENT, hatch=each, label=words) for *_, face, each, words in _ENDS]
    figure.legend(handles=keys, loc="outside lower center", ncols=2, fontsize=9)
    return Picture(figure, f"{_alt(drawn, result.saving)} {rest}.".removesuffix(" ."))


def _set_axes(axes: Axes, drawn: pd.DataFrame, saving: float) -> None:
    """Names of the lines, and ends of the axis: the bars with room for their words, and zero if it is not far off."""
    row_names(axes, [_name(row) for row in drawn.to_dict("records")], fontsize=9)
    ends = np.append(drawn[["saving_at_low", "saving_at_high"]].to_numpy().ravel(), saving)
    left, right = float(ends.min()), float(ends.max())
    span = right - left
    if not span > 1e-9 * abs(saving):  # no line has a range, but for rounding
        span = 0.2 * abs(saving) or 1.0
    left, right = with_zero(left, right, 0.6)
    longest = max(len(words) for row in drawn.to_dict("records") for words in _amounts(row))
    gap = (0.03 + _LETTER * longest) * max(right - left, span)
    axes.set_xlim(left - gap, right + gap)
    # As many ticks as their numbers leave room for.
    money_axis(axes.xaxis, max(2, min(6, 60 // len(f"{min(left, -right):,.0f}"))))


def _draw_line(axes: Axes, place: int, row: dict[Any, Any], saving: float) -> None:
    low, high = ends = float(row["saving_at_low"]), float(row["saving_at_high"])
    if row["high"] == row["low"]:
        axes.plot([low], [place], "x", color="#333333", markersize=7, zorder=4)
        _tell(axes, low, place, _amounts(row)[0], leftward=False)
        return
    # Past work may never have met the plan: its bar then lies beside the likely saving, all of it towards one end.
    middle = min(max(saving, min(ends)), max(ends))
    for (marker, fill, rim, colour, hatch, _), end, words in zip(_ENDS, ends, _amounts(row), strict=True):
        if end != middle:
            axes.barh(
                place, end - middle, left=middle, height=_BAR, facecolor=colour, edgecolor=CLIENT, hatch=hatch,
                linewidth=0.8, zorder=2,
            )  # fmt: skip
        axes.plot([end], [place], marker, markeredgecolor=rim, markerfacecolor=fill, markersize=7.5, zorder=4)
        # Outward: the lower of two costs stands right, the lower of two benefits left.
        _tell(axes, end, place, words, leftward=(low < high) == (end == low))


def _tell(axes: Axes, x: float, place: int, words: str, *, leftward: bool) -> None:
    axes.annotate(
        words, (x, place), xytext=(-7 if leftward else 7, 0), textcoords="offset points", va="center",
        ha="right" if leftward else "left", fontsize=9, color="#333333", zorder=5, bbox=PAPER,
    )  # fmt: skip


def _amounts(row: dict[Any, Any]) -> list[str]:
    """What stands at the ends of its bar."""
    return list(row["words"]) if row["high"] > row["low"] else [f"{row['words'][0]}, no range"]


def _name(row: dict[Any, Any]) -> str:
    kind = ", benefit" if row["kind"] == "benefit" else ""
    means = ", p10 to p90" if row["range_means"] == "p10-p90" else ""
    return two_rows(row["line"], f"{shortened(row['option'])}{kind}{means}", 34)


def _alt(drawn: pd.DataFrame, saving: float) -> str:
    kind = f"a loss of {show(-saving, '')}" if saving < 0 else f"a saving of {show(saving, '')}"
    words = f"Tornado of {plural(len(drawn), 'line')} around {kind} at the likely amounts (present value)"
    first = drawn.iloc[0].to_dict()
    if not first["swing"] > 0:
        return f"{words}: none has a range, so none moves it."
    low, high = _amounts(first)
    # An overrun is a ratio, not an amount.
    a_month = "" if first["kind"] == "overrun" else " a month"
    ends = drawn[["saving_at_low", "saving_at_high"]]
    # At 0 exactly nothing is saved.
    turning = ends.min(axis=1) <= 0 if saving > 0 else ends.max(axis=1) > 0
    what = "end the saving" if saving > 0 else "bring a saving"
    return (
        f"{words}: {quoted(first['line'])} moves it most, from {show(first['saving_at_low'], '')} at {low}{a_month} to "
        f"{show(first['saving_at_high'], '')} at {high}. {turning.sum() or 'None'} of them alone would {what} within "
        "the range drawn."
    )
