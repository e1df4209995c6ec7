"""Ten icons a side: of ten person-months of good work, how many were seen?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outsourcing_kit.finding import SYMBOLS, Finding, Measure
from outsourcing_kit.plots.parts import empty_picture, rows_of
from outsourcing_kit.plots.picture import CLIENT, MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.verdicts import COLOURS
from outsourcing_kit.words import capital, percent, plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ICONS = 10
_LANES = (("client", "in-house", CLIENT, 1.0), ("provider", "provider", PROVIDER, -0.35))


@style()
def picture(finding: Finding) -> Picture:
    """In-house and provider as ten icons each: filled with a tick where the good work of a person-month was seen.

    The icons are rounded; the share, its interval and the counts stand beside them, the headline's limit below the
    provider's.
    """
    whole = {row["side"]: row for row in rows_of(finding, "whole side").to_dict("records")}
    seen = finding.measure("good_work_seen")
    if not whole:
        # A headline that was not assessed knows what is missing; without any evidence nobody does.
        why = seen.settled_by if seen.verdict == "not assessed" else "no good work on record"
        return empty_picture(why, title="Was good work seen?")
    seen_of = [f"{_icons(whole[side]['share'])} {name}" for side, name, _, _ in _LANES if side in whole]
    figure = new_figure(9.0, 2.5, f"Of ten months of good work, seen: {', '.join(seen_of)}")
    axes = figure.add_subplot()
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set(xlim=(-2.4, 14.6), ylim=(-1.75, 1.7))
    for side, name, colour, height in _LANES:
        _lane(axes, name, colour, height, whole.get(side))
    if seen.limit is not None and "provider" in whole:
        _limit(axes, seen)
    return Picture(figure, _alt(whole, seen))


def _lane(axes: Axes, name: str, colour: str, height: float, row: dict[str, Any] | None) -> None:
    colour, filled = (colour, _icons(row["share"])) if row else (MUTED, 0)
    axes.text(-0.6, height, name, ha="right", va="center", fontweight="bold", color=colour)
    for place in range(_ICONS):
        _icon(axes, float(place), height, colour, place < filled, absent=row is None)
    words = _beside(row) if row else "no good work\non record"
    axes.text(_ICONS - 0.3, height, words, va="center", linespacing=1.45, color="black" if row else MUTED)


def _icon(axes: Axes, x: float, y: float, colour: str, filled: bool, *, absent: bool) -> None:
    """A head and shoulders; filled and ticked, or an empty outline. Fill and tick tell it without colour."""
    from matplotlib.patches import Circle, Wedge

    looks: dict[str, Any] = {"facecolor": colour if filled else "white", "edgecolor": colour if filled else MUTED}
    looks |= {"linewidth": 1.4, "linestyle": ":" if absent else "-"}
    axes.add_patch(Circle((x, y + 0.27), 0.19, **looks))
    axes.add_patch(Wedge((x, y - 0.42), 0.40, 0, 180, **looks))
    if filled:
        axes.plot([x - 0.15, x - 0.04, x + 0.17], [y - 0.25, y - 0.34, y - 0.13], color="white", linewidth=1.8)


def _limit(axes: Axes, seen: Measure) -> None:
    """Where the icons would have to reach, and what that makes of it."""
    place, bottom = _ICONS * float(seen.limit or 0.0) - 0.5, _LANES[1][3]
    axes.plot([place, place], [bottom - 0.75, bottom + 0.65], color="black", linewidth=1.2, linestyle="--")
    words = f"limit: {seen.show_limit()}  {SYMBOLS[seen.verdict]} {seen.verdict}"
    # Centred on its line, but kept under the icons: the words are about seven icons wide.
    middle, colour = min(max(place, 2.0), _ICONS - 3.0), COLOURS[seen.verdict]
    axes.text(middle, bottom - 0.85, words, ha="center", va="top", fontweight="bold", color=colour)


def _icons(share: float) -> int:
    # Half an icon counts as one; plain round() would send 2.5 to 2 and 3.5 to 4.
    return int(_ICONS * share + 0.5 + 1e-9)


def _beside(row: dict[str, Any]) -> str:
    counts = f"{plural(int(row['people']), 'person')}, {plural(int(row['person_months']), 'good month')}"
    return f"{percent(row['share'])}, likely {percent(row['low'])} to {percent(row['high'])}\n{counts}"


def _alt(whole: dict[str, dict[str, Any]], seen: Measure) -> str:
    counts, parts = [], []
    for side, name, _, _ in _LANES:
        if (row := whole.get(side)) is None:
            parts.append(f"{name} has no good work on record")
            continue
        counts.append(f"{_icons(row['share'])} {name if side == 'client' else 'at the provider'}")
        likely = f"could be {percent(row['low'])} to {percent(row['high'])}, people: {int(row['people'])}"
        parts.append(f"{name} {percent(row['share'])} ({likely})")
    text = f"Of ten months of good work, about {' and '.join(counts)} were recognised. {capital('; '.join(parts))}."
    if seen.limit is not None and "provider" in whole:
        text += f" Limit for the provider {seen.show_limit()}: {seen.verdict}."
    return text
