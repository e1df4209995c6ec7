"""Who met before the work began: a lane a side, and below it what the kickoff covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.plots.parts import PAPER, blank, key, legend_below, shortened
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, MUTED, OPEN, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from outsourcing_kit.finding import Finding

_LANES = (("client", 1.0, CLIENT), ("provider", 0.0, PROVIDER))
_STATUS = {"covered": ("✔", GOOD), "missing": ("✖", BAD), "open": ("?", OPEN)}
_WEEKS, _ITEMS, _COLUMNS = 8, 24, 4
_UNSETTLED = " (open: what the matcher proposes)"
_DAY = pd.Timedelta(days=1)


def picture(finding: Finding) -> Picture:
    """The first weeks on two lanes, client and provider, with the kickoff and the first paid work; the agenda below.

    Meetings later than eight weeks after the start, and agenda items beyond 24, are counted in words only.
    """
    rows = finding.evidence
    facts = _part(rows, "timeline")
    agenda = _part(rows, "agenda")
    near, later, zero = _window(facts)
    lines = max(1, -(-min(len(agenda), _ITEMS) // _COLUMNS))
    with style():
        figure = new_figure(9.5, 2.9 + 0.62 * lines + (0.3 if len(agenda) > _ITEMS else 0))
        top, below = figure.subplots(2, 1, height_ratios=[2.4, 0.55 + 0.62 * lines])
        top.set_title(_headline(facts))
        _draw_lanes(top, near, later, zero)
        unsettled = len(agenda) and (agenda["status"] == "open").any()
        below.set_title(f"What the kickoff covered{_UNSETTLED if unsettled else ''}", fontsize=11)
        _draw_agenda(below, agenda)
    return Picture(figure, " ".join((_alt_time(facts), _alt_agenda(agenda))))


def _part(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[rows["part"] == name] if "part" in rows else pd.DataFrame(columns=["kind", "status", "label"])


def _window(facts: pd.DataFrame) -> tuple[pd.DataFrame, int, tuple[pd.Timestamp, str] | None]:
    """The rows to draw, how many later meetings are left out, and the moment that is day 0."""
    if facts.empty:
        return facts, 0, None
    work = facts[facts["kind"] == "first paid work"]
    kickoffs = facts[facts["counts"].astype(bool)]
    if len(work):
        zero = (work["happened_at"].iloc[0], "the first paid work")
    elif len(kickoffs):
        zero = (kickoffs["happened_at"].iloc[0], "the kickoff")
    else:
        zero = (facts["happened_at"].iloc[0], "the first meeting")
    # A kickoff that came late is the point of the picture: the window reaches as far as it.
    last = zero[0] + 7 * _WEEKS * _DAY
    if len(kickoffs):
        last = max(last, kickoffs["ends"].iloc[0] + 3 * _DAY)
    near = facts[(facts["happened_at"] <= last) & (facts["happened_at"] >= zero[0] - 7 * _WEEKS * _DAY)]
    return near, len(facts) - len(near), zero


def _draw_lanes(axes: Axes, near: pd.DataFrame, left_out: int, zero: tuple[pd.Timestamp, str] | None) -> None:
    if zero is None:
        return blank(axes, "neither meetings nor paid work on record")
    axes.set_ylim(-0.75, 1.75)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_yticks([lane for _, lane, _ in _LANES], [f"{side} side" for side, _, _ in _LANES])
    meetings = near[near["kind"] != "first paid work"]
    for side, lane, colour in _LANES:
        axes.axhline(lane, color=colour, linewidth=1, alpha=0.4, zorder=1)
        for row in meetings.itertuples():
            _draw_meeting(axes, (row.happened_at - zero[0]) / _DAY, lane, colour, row, getattr(row, side))
    days = (near["happened_at"] - zero[0]) / _DAY
    low, high = min(float(days.min()), 0.0), max(float(days.max()), 0.0)
    pad = max(0.06 * (high - low), 1.0)
    axes.set_xlim(low - pad, high + pad)
    axes.locator_params(axis="x", integer=True)
    if len(meetings) < len(near):
        axes.axvline(0, color="#222222", linewidth=1.5, linestyle="--", zorder=2)
        axes.annotate("first paid work", (0, 1.62), xytext=(4, 0), textcoords="offset points", fontsize=9,
                      va="center", bbox=PAPER)  # fmt: skip
    more = f"; {plural(left_out, 'more meeting')} not drawn" if left_out else ""
    axes.set_xlabel(f"days from {zero[1]} ({zero[0]:%Y-%m-%d %H:%M} UTC){more}", fontsize=9)
    legend_below(axes, 0.32, handles=_keys(_unknown(near)), ncols=4, fontsize=8.5)


def _draw_meeting(axes: Axes, day: float, lane: float, colour: str, row: Any, joined: float) -> None:
    if row.status == "cancelled":
        axes.plot(day, lane, "x", color=MUTED, markersize=8, zorder=3)
        return
    marker, size, above = ("D", 13, 5) if row.counts else ("o", 8, 3)
    face = colour if joined > 0 else "white"
    axes.plot(day, lane, marker, markersize=size, color=colour, markerfacecolor=face, zorder=above)
    if row.counts:
        axes.text(day, lane, f"{joined:.0f}", ha="center", va="center", color="white", fontsize=9, zorder=6)


def _unknown(facts: pd.DataFrame) -> bool:
    """Whether the records do not say who joined the meetings: not on record is not nobody."""
    meetings = facts[facts["kind"] != "first paid work"]
    return bool(len(meetings) and meetings[["client", "provider"]].isna().all(axis=None))


def _keys(unknown: bool) -> list[Line2D]:
    nobody = "who joined is not on record" if unknown else "nobody of this side joined"
    return [
        key("kickoff that counts, with people who joined", "D"),
        key("other meeting", "o"),
        key(nobody, "o", markerfacecolor="white"),
        key("cancelled", "x"),
    ]


def _draw_agenda(axes: Axes, agenda: pd.DataFrame) -> None:
    if agenda.empty:
        return blank(axes, "neither meetings nor minutes on record")
    from matplotlib.patches import Rectangle

    shown = agenda.head(_ITEMS)
    lines = -(-len(shown) // _COLUMNS)
    axes.set_axis_off()
    axes.set_xlim(0, _COLUMNS)
    axes.set_ylim(lines + (0.5 if len(agenda) > len(shown) else 0), 0)
    for place, row in enumerate(shown.itertuples()):
        line, column = divmod(place, _COLUMNS)
        symbol, colour = _STATUS[row.status]
        axes.add_patch(Rectangle((column + 0.02, line + 0.08), 0.96, 0.84, facecolor=colour, alpha=0.13, linewidth=0))
        axes.text(column + 0.11, line + 0.5, symbol, ha="center", va="center", color=colour, fontsize=13, weight="bold")
        axes.text(column + 0.2, line + 0.34, shortened(row.label, 25), va="center", fontsize=9.5)
        axes.text(column + 0.2, line + 0.7, _said(row), va="center", fontsize=8, color="#444444")
    if len(agenda) > len(shown):
        axes.text(0.02, lines + 0.25, f"and {len(agenda) - len(shown)} more items", fontsize=9, va="center")


def _said(row: Any) -> str:
    if row.status != "open":
        return str(row.status)
    return f"open; {row.matcher}" if isinstance(row.matcher, str) and row.matcher else "open; no minutes to read"


# --- in words ------------------------------------------------------------------------------------------------------


def _headline(facts: pd.DataFrame) -> str:
    if facts.empty:
        return "Kickoff and first paid work"
    kickoff = facts[facts["counts"].astype(bool)]
    if kickoff.empty:
        meetings = facts[facts["kind"] != "first paid work"]
        if _unknown(facts):
            return "Who joined the meetings is not on record"
        return "No kickoff that both sides joined" if len(meetings) else "First paid work, no meetings on record"
    after = kickoff["days_from_work"].iloc[0]
    if pd.isna(after):
        return "A kickoff that both sides joined; no paid work on record"
    return f"The kickoff ended {_span_words(abs(after))} {'after' if after < 0 else 'before'} paid work began"


def _span_words(days: float) -> str:
    if days >= 1.95:
        return f"{days:.0f} days"
    hours = 24 * days
    return plural(round(hours), "hour") if hours >= 0.95 else f"{60 * hours:.0f} minutes"


def _alt_time(facts: pd.DataFrame) -> str:
    meetings = facts[facts["kind"] != "first paid work"]
    if facts.empty:
        return "Timeline of the two sides: neither meetings nor paid work are on record."
    kickoff = facts[facts["counts"].astype(bool)]
    text = f"Timeline of the two sides with {plural(len(meetings), 'meeting')}. {_headline(facts)}"
    if len(kickoff):
        row = kickoff.iloc[0]
        text += f"; {row['client']:.0f} of the client and {row['provider']:.0f} of the provider joined it"
    return text + "."


def _alt_agenda(agenda: pd.DataFrame) -> str:
    if agenda.empty:
        return "Of the agenda nothing is known: neither meetings nor minutes are on record."
    counts = agenda["status"].value_counts()
    parts = ", ".join(f"{int(counts.get(name, 0))} {name}" for name in _STATUS)
    missing = list(agenda.loc[agenda["status"] == "missing", "label"])
    more = " and others" if len(missing) > 8 else ""
    named = f" Missing: {', '.join(map(str, missing[:8]))}{more}." if missing else ""
    return f"Of {len(agenda)} agenda items: {parts}.{named}"
