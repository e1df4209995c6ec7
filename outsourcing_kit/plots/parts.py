"""What several pictures share: dumbbells, marks, keys, axes of money and of names, a figure without anything."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from outsourcing_kit.plots.picture import CLIENT, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.text import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.lines import Line2D

    from outsourcing_kit.finding import Finding

# Behind words that stand on lines.
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
# The same side has the same mark in every picture. The dot is larger and below: where both sides say the same, each is
# still seen.
_DOT: dict[str, Any] = {"marker": "o", "color": CLIENT, "markersize": 9}
_DIAMOND: dict[str, Any] = {"marker": "D", "color": PROVIDER, "markersize": 6}


def rows_of(finding: Finding, part: str, column: str = "part") -> pd.DataFrame:
    """The finding's evidence of one part; no rows where it has none."""
    rows = finding.evidence
    return rows[rows[column] == part] if column in rows else rows.head(0)


@style()
def empty_picture(why: str, *, title: str = "") -> Picture:
    """A figure that says why there is none; its alt text says the same.

    >>> empty_picture("needs table tasks").alt
    'Nothing to draw: needs table tasks.'
    """
    words = f"Nothing to draw: {why.rstrip('.')}."
    figure = new_figure(8.0, 2.0 if title else 1.6, title)
    blank(figure.add_subplot(), words)
    return Picture(figure, words)


def blank(axes: Axes, words: str) -> None:
    """Axes without a drawing, which say so."""
    axes.set_axis_off()
    # About as many letters as the narrowest figure has room for.
    axes.text(0.5, 0.5, textwrap.fill(words, 85), ha="center", va="center", color=MUTED, transform=axes.transAxes)


def dumbbell(
    axes: Axes, y: float, client: float, provider: float, *, bar: dict[str, Any] | None = None, hollow: bool = False
) -> None:
    """One row: the client side's value as a dot, the provider side's as a diamond, a bar between where both are known.

    `bar` goes to the line between them; a hollow diamond is one that does not count.
    """
    if client == client and provider == provider:  # a side that did not answer is nan
        axes.plot([client, provider], [y, y], zorder=1, solid_capstyle="butt", **{"color": "#B8B8B8", **(bar or {})})
    axes.plot([client], [y], linestyle="", zorder=2, **_DOT)
    axes.plot([provider], [y], linestyle="", zorder=3, markerfacecolor="white" if hollow else PROVIDER, **_DIAMOND)


def key(words: str, marker: Any = None, *, side: str = "", **looks: Any) -> Line2D:
    """A legend's entry: a marker with words; `side` takes the marker of a dumbbell's end."""
    from matplotlib.lines import Line2D

    own = {"client": _DOT, "provider": _DIAMOND}.get(side, {"marker": marker, "color": "black", "markersize": 7})
    # A line of no points shows in the legend only.
    return Line2D([], [], linestyle="", label=words, **{**own, **looks})


def legend_below(axes: Axes, drop: float = 0.15, **options: Any) -> None:
    """The legend of one pair of axes, under their label."""
    options = {"ncols": 2, "fontsize": 9, "handletextpad": 0.4, **options}
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -drop), **options)


def row_names(axes: Axes, names: Sequence[str], *, head: float = 0.6, **options: Any) -> None:
    """One row a name, the first on top, without a line beside them; `head` is the room above the first."""
    axes.set_yticks(range(len(names)), names, **options)
    axes.set_ylim(len(names) - 0.4, -head)  # upside down, so that the first is on top
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def money_axis(axis: Axis, ticks: int | None = None) -> None:
    """Labels as people write amounts, with at most so many steps between them."""
    # Rounded: 0.1 + 0.2 is 0.3. Adding 0 makes a negative zero an ordinary one.
    axis.set_major_formatter(lambda value, _: f"{round(value, 9) + 0.0:,.12g}")
    if ticks is not None:
        axis.axes.locator_params(axis=axis.axis_name, nbins=ticks)  # type: ignore[attr-defined]


def with_zero(left: float, right: float, most: float) -> tuple[float, float]:
    """The ends of an axis, moved out to zero where it is no further off than this share of their distance.

    >>> with_zero(30.0, 100.0, 0.5), with_zero(80.0, 100.0, 0.5)
    ((0.0, 100.0), (80.0, 100.0))
    """
    room = most * (right - left)
    return (min(left, 0.0), max(right, 0.0)) if left - room <= 0 <= right + room else (left, right)


def mark(axes: Axes, x: float, words: str, height: float, colour: str, dashes: str = "-") -> None:
    """A line across the axes with its words above; where x is off the axis, the words at that end with an arrow."""
    left, right = axes.get_xlim()
    if left <= x <= right:
        axes.axvline(x, color=colour, linewidth=1.6, linestyle=dashes, zorder=1)
    else:
        words = f"{words} →" if x > right else f"← {words}"
    above(axes, min(max(x, left), right), words, height, colour)


def above(axes: Axes, x: float, words: str, height: float, colour: str, y: float | None = None) -> None:
    """Words so many points above the axes, or above y, turned inward near the ends so that nothing of them is cut."""
    left, right = axes.get_xlim()
    share = (x - left) / (right - left)
    # Points, not shares of the axes: how high a figure is depends on its rows.
    side = "left" if share < 0.3 else "right" if share > 0.7 else "center"
    axes.annotate(
        words, (x, 1.0 if y is None else y), xycoords=axes.get_xaxis_transform() if y is None else "data", ha=side,
        va="bottom", xytext=(0, height), textcoords="offset points", fontsize=9.5, color=colour, bbox=PAPER,
    )  # fmt: skip


def shortened(name: object, most: int = 24) -> str:
    """A name that fits beside an axis; its beginning, where it does not.

    >>> shortened("invoices"), shortened("all of the invoices", 8)
    ('invoices', 'all of…')
    """
    text = shown(name)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def two_rows(name: object, about: str, width: int) -> str:
    """A name and what it is about, on two rows at most: a long name is cut, never what stands behind it.

    >>> two_rows("answers to questions of the client", "met", 24)
    'answers to questions of\\nthe client (met)'
    """
    rows = textwrap.wrap(f"{shortened(name, 2 * width - len(about) - 8)} ({about})", width)
    # A long word may leave a gap at the end of the first row: the second takes all the rest.
    return "\n".join([rows[0], " ".join(rows[1:])] if len(rows) > 1 else rows)
