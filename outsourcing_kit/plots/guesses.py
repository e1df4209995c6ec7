"""A room's guesses beside the records: each a dot, the records' value with its range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from outsourcing_kit.measure import Measure
from outsourcing_kit.plots.picture import MUTED, PROVIDER, Picture, new_figure, style
from outsourcing_kit.words import show


@style()
def picture(measure: Measure, guesses: Sequence[float]) -> Picture:
    """Dots piled up where guesses agree; the title says how many lie inside the range that the records leave."""
    inside = sum(measure.low <= each <= measure.high for each in guesses)
    told = f"{inside} of {len(guesses)} guesses lie where the records say: {measure.show_estimate()}"
    figure = new_figure(8.5, 3.0, told)
    axes = figure.add_subplot()
    axes.axvspan(measure.low, measure.high, color=PROVIDER, alpha=0.18, linewidth=0)
    axes.axvline(measure.estimate, color=PROVIDER, linewidth=2)
    # Piled up, as a room sees at once where it agrees.
    seen: Counter[float] = Counter()
    for guess in sorted(guesses):
        seen[guess] += 1
        axes.plot([guess], [seen[guess]], marker="o", color="black", markersize=9, linestyle="")
    axes.set_ylim(0.4, max([4, *seen.values()]) + 0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: show(value, measure.unit))
    axes.tick_params(labelsize=12)
    axes.set_xlabel("guesses; shaded: what the records leave open", fontsize=11, color=MUTED)
    between = measure.show_interval()
    listed = ", ".join(f"{show(value, measure.unit)} ({count})" for value, count in sorted(seen.items()))
    return Picture(figure, f"{told}{f' ({between})' if between else ''}. Guesses, with how many: {listed}.")
