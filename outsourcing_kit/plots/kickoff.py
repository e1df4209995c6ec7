"""Who met before the work began: a lane a side, and below it what the kickoff covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.plots.parts import PAPER, blank, key, legend_below, row_names, rows_of, shortened
from outsourcing_kit.plots.picture import BAD, CLIENT, GOOD, MUTED, OPEN, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import listed, plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outsourcing_kit.finding import Finding

_LANES = {"client": CLIENT, "provider": PROVIDER}
_STATUS = {"covered": ("✔", GOOD), "missing": ("✖", BAD), "open": ("?", OPEN)}
_WEEKS, _ITEMS, _COLUMNS = 8, 24, 4
_DAY = pd.Timedelta(days=1)
_WORK = "first paid work"


@style()
def picture(finding: Finding) -> Picture:
    """The first weeks on two lanes, client and provider, with the kickoff and the first paid work; the agenda below.

    Meetings later than eight weeks after the start, and agenda items beyond 24, are counted in words only.
    """
    facts, agenda = (rows_of(finding, name) for name in ("timeline", "agenda"))
    lines = max(1, -(-min(len(agenda), _ITEMS) // _COLUMNS))  # rounded up
    figure = new_figure(9.5, 2.9 + 0.62 * lines + (0.3 if len(agenda) > _ITEMS else 0))
    top, below = figure.subplots(2, 1, height_ratios=[2.4, 0.55 + 0.62 * lines])
    top.set_title(_headline(facts) if len(facts) else "Kickoff and first paid work")
    unsettled = " (open: what the matcher proposes)" if len(agenda) and (agenda["status"] == "open").any() else ""
    below.set_title(f"What the kickoff covered{unsettled}", fontsize=11)
    if len(facts):
        _draw_lanes(top, facts)
    else:
        blank(top, "neither meetings nor paid work on record")
    if len(agenda):
        _draw_agenda(below, agenda.head(_ITEMS), lines, len(agenda) - _ITEMS)
    else:
        blank(below, "neither meetings nor minutes on record")
    return Picture(figure, f"{_alt_time(facts)} {_alt_agenda(agenda)}")


def _kickoff(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[facts["counts"].astype(bool)]


def _meetings(facts: pd.DataFrame) -> pd.DataFrame:
    return facts[facts["kind"] != _WORK]


def _unknown(facts: pd.DataFrame) -> bool:
    """Whether the records do not say who joined the meetings: not on record is not nobody."""
    joined = _meetings(facts)[[*_LANES]]
    return bool(len(joined) and joined.isna().all(axis=None))


def _draw_lanes(axes: Axes, facts: pd.DataFrame) -> None:
    kickoff, work = _kickoff(facts), facts[facts["kind"] == _WORK]
    # Day 0 is the first paid work; where there is none, the kickoff or else the first meeting.
    named = ((work, f"the {_WORK}"), (kickoff, "the kickoff"), (facts, "the first meeting"))
    zero, name = next((rows["happened_at"].iloc[0], name) for rows, name in named if len(rows))
    # A kickoff that came late is the point of the picture: the window reaches as far as it.
    last = zero + 7 * _WEEKS * _DAY
    last = max(last, kickoff["ends"].iloc[0] + 3 * _DAY) if len(kickoff) else last
    near = facts[facts["happened_at"].between(zero - 7 * _WEEKS * _DAY, last)]
    row_names(axes, [f"{side} side" for side in _LANES], head=0.75)
    for lane, (side, colour) in enumerate(_LANES.items()):
        axes.axhline(lane, color=colour, linewidth=1, alpha=0.4, zorder=1)
        for row in _meetings(near).itertuples():
            _draw_meeting(axes, (row.happened_at - zero) / _DAY, lane, colour, row, getattr(row, side))
    days = [0.0, *(near["happened_at"] - zero) / _DAY]
    pad = max(0.06 * (max(days) - min(days)), 1.0)  # a single meeting has no span of its own
    axes.set_xlim(min(days) - pad, max(days) + pad)
    axes.locator_params(axis="x", integer=True)
    if len(work):
        axes.axvline(0, color="#222222", linewidth=1.5, linestyle="--", zorder=2)
        axes.text(0.01 * (max(days) - min(days) + 2 * pad), -0.62, _WORK, fontsize=9, va="center", bbox=PAPER)
    more = f"; {plural(len(facts) - len(near), 'more meeting')} not drawn" if len(near) < len(facts) else ""
    axes.set_xlabel(f"days from {name} ({zero:%Y-%m-%d %H:%M} UTC){more}", fontsize=9)
    nobody = "who joined is not on record" if _unknown(near) else "nobody of this side joined"
    keys = [key("kickoff that counts, with people who joined", "D"), key("other meeting", "o")]
    keys += [key(nobody, "o", markerfacecolor="white"), key("cancelled", "x")]
    legend_below(axes, 0.32, handles=keys, ncols=4, fontsize=8.5)


def _draw_meeting(axes: Axes, day: float, lane: int, colour: str, row: Any, joined: float) -> None:
    if row.status == "cancelled":
        axes.plot(day, lane, "x", color=MUTED, markersize=8, zorder=3)
        return
    marker, size, above = ("D", 13, 5) if row.counts else ("o", 8, 3)
    face = colour if joined > 0 else "white"  # also where it is not on record: nan is not above 0
    axes.plot(day, lane, marker, markersize=size, color=colour, markerfacecolor=face, zorder=above)
    if row.counts:
        axes.text(day, lane, f"{joined:.0f}", ha="center", va="center", color="white", fontsize=9, zorder=6)


def _draw_agenda(axes: Axes, shown: pd.DataFrame, lines: int, left_out: int) -> None:
    from matplotlib.patches import Rectangle

    axes.set_axis_off()
    axes.set_xlim(0, _COLUMNS)
    axes.set_ylim(lines + (0.5 if left_out > 0 else 0), 0)  # the first line of tiles is on top
    for place, row in enumerate(shown.itertuples()):
        line, column = divmod(place, _COLUMNS)
        symbol, colour = _STATUS[row.status]
        axes.add_patch(Rectangle((column + 0.02, line + 0.08), 0.96, 0.84, facecolor=colour, alpha=0.13, linewidth=0))
        axes.text(column + 0.11, line + 0.5, symbol, ha="center", va="center", color=colour, fontsize=13, weight="bold")
        axes.text(column + 0.2, line + 0.34, shortened(row.label, 25), va="center", fontsize=9.5)
        said = row.matcher if isinstance(row.matcher, str) and row.matcher else "no minutes to read"
        said = f"open; {said}" if row.status == "open" else row.status
        axes.text(column + 0.2, line + 0.7, said, va="center", fontsize=8, color="#444444")
    if left_out > 0:
        axes.text(0.02, lines + 0.25, f"and {left_out} more items", fontsize=9, va="center")


def _headline(facts: pd.DataFrame) -> str:
    kickoff = _kickoff(facts)
    if kickoff.empty and _unknown(facts):
        return "Who joined the meetings is not on record"
    if kickoff.empty and len(_meetings(facts)):
        return "No kickoff that both sides joined"
    if kickoff.empty:
        return "First paid work, no meetings on record"
    after = kickoff["days_from_work"].iloc[0]
    if pd.isna(after):
        return "A kickoff that both sides joined; no paid work on record"
    days, hours = abs(after), 24 * abs(after)
    span = plural(round(hours), "hour") if hours >= 0.95 else f"{60 * hours:.0f} minutes"
    span = f"{days:.0f} days" if days >= 1.95 else span
    return f"The kickoff ended {span} {'after' if after < 0 else 'before'} paid work began"


def _alt_time(facts: pd.DataFrame) -> str:
    if facts.empty:
        return "Timeline of the two sides: neither meetings nor paid work are on record."
    text = f"Timeline of the two sides with {plural(len(_meetings(facts)), 'meeting')}. {_headline(facts)}"
    for row in _kickoff(facts).head(1).itertuples():
        text += f"; {row.client:.0f} of the client and {row.provider:.0f} of the provider joined it"
    return text + "."


def _alt_agenda(agenda: pd.DataFrame) -> str:
    if agenda.empty:
        return "Of the agenda nothing is known: neither meetings nor minutes are on record."
    counts = agenda["status"].value_counts()
    parts = ", ".join(f"{int(counts.get(name, 0))} {name}" for name in _STATUS)
    missing = agenda.loc[agenda["status"] == "missing", "label"].map(str).tolist()
    named = f" Missing: {listed(missing, 8)}." if missing else ""
    return f"Of {len(agenda)} agenda items: {parts}.{named}"
