"""A hundred intervals with the truth and the limit: how often is a verdict on few people right?"""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.plots.parts import key
from outsourcing_kit.plots.picture import Picture, new_figure, style
from outsourcing_kit.verdicts import COLOURS, SYMBOLS
from outsourcing_kit.words import percent


@style()
def picture(teams: pd.DataFrame, truth: float, limit: float, said: str) -> Picture:
    """A bar for each team from low to high, in the colour of its verdict; a cross where it misses the truth."""
    fine = int(teams["verdict"].eq("fine").sum())
    title = f"The truth is {percent(truth)}: {fine} of {len(teams)} teams are shown as fine"
    figure = new_figure(9.0, 4.2, title)
    axes = figure.add_subplot()
    for verdict, rows in teams.groupby("verdict"):
        axes.vlines(rows.index, 100 * rows["low"], 100 * rows["high"], color=COLOURS[str(verdict)], linewidth=3.2)
    axes.plot(teams.index, 100 * teams["estimate"], linestyle="", marker="o", color="black", markersize=2.5)
    # Told by a sign, not by colour alone.
    missed = teams[~teams["holds_truth"]]
    axes.plot(missed.index, 100 * missed["estimate"], linestyle="", marker="x", color="black", markersize=9, mew=2)
    for value, dashes, words in ((truth, "-", "truth"), (limit, "--", "limit")):
        axes.axhline(100 * value, color="black", linewidth=1.3, linestyle=dashes)
        place, across = (1.01, 100 * value), axes.get_yaxis_transform()
        axes.annotate(f"{words} {percent(value)}", place, xycoords=across, va="center", fontsize=12)
    axes.set(xlim=(-1, len(teams)), xlabel="one bar a team, the lowest first")
    axes.set_ylabel("right answers, %")
    axes.set_xticks([])
    shown = [verdict for verdict in COLOURS if verdict in set(teams["verdict"])]
    entries = [key(f"{SYMBOLS[verdict]} {verdict}", "s", color=COLOURS[verdict]) for verdict in shown]
    axes.legend(handles=[*entries, key("misses the truth", "x", mew=2)], loc="lower right", ncols=1, fontsize=11)
    return Picture(figure, said)
