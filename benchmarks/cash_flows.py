"""A million draws of a plan of 12 lines and 36 months, and its memory; exact shares of the variance against drawn ones.

The first peer is the same kernel with nothing after it: the same normals, made dependent, looked up as amounts.
The second takes each line's share of the variance from 20,000 draws, which leaves an error of about one point. Both
run in turn with ours, so that a busy machine slows both. Memory is what Python and numpy hold at most, beyond what they
held before.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks import Timing

REPEATS = 9
DRAWS = 1_000_000
# option, line, first and last month, likely amount a month
LINES = (
    ("outsource", "search", 0, 0, 8000.0),
    ("outsource", "handing over", 1, 3, 5000.0),
    ("outsource", "fee", 1, 36, 21000.0),
    ("outsource", "managing", 1, 36, 3000.0),
    ("outsource", "checks", 4, 36, 1500.0),
    ("outsource", "tools", 1, 36, 1000.0),
    ("outsource", "exit", 36, 36, 7000.0),
    ("stay", "salaries", 1, 36, 24000.0),
    ("stay", "desks", 1, 36, 3200.0),
    ("stay", "overtime", 1, 12, 1600.0),
    ("stay", "hiring", 6, 6, 9000.0),
    ("stay", "training", 12, 12, 4000.0),
)


def plan() -> pd.DataFrame:
    """The twelve lines as a table `cash_flows`."""
    table = pd.DataFrame(LINES, columns=["option", "line", "first_month", "last_month", "likely"])
    return table.assign(kind="cost", category="work", low=0.8 * table["likely"], high=1.5 * table["likely"])


def seconds(work: Callable[[], object]) -> float:
    """Seconds that it takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(work: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratios."""
    work()  # what is imported late is imported now
    pairs = [(seconds(work), seconds(peer)) for _ in range(REPEATS)]
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(one / other for one, other in pairs)
    return statistics.median(ours), statistics.median(theirs), ratio


def measure() -> list[Timing]:
    from outsourcing_kit.business_case import simulate_cash_flows
    from outsourcing_kit.business_case.lines import checked_lines
    from outsourcing_kit.business_case.plan import Plan
    from outsourcing_kit.stats import shapes

    table = plan()
    model = Plan.of(checked_lines(table)[0], 0.05, correlation=0.3)
    slope = model.saves("outsource", "stay").sum(axis=1)

    def simulated() -> object:
        return simulate_cash_flows(table, draws=DRAWS)

    def inputs() -> None:
        for _ in model.drawn(DRAWS, 0):
            pass

    def exact() -> object:
        return slope**2 * shapes.variances(model.tables)

    def drawn_shares() -> object:
        return np.var(slope[:, None] * np.hstack([amounts for _, amounts in model.drawn(20_000, 0)]), axis=1)

    whole, alone, ratio = in_turn(simulated, inputs)
    ours, theirs, times = in_turn(exact, drawn_shares)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    simulated()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return [
        Timing(f"simulate_cash_flows, {DRAWS:,} draws × 12 lines × 36 months", whole, "s"),
        Timing("… drawing the amounts alone, same kernel", alone, "s"),
        Timing("simulate_cash_flows over drawing the amounts alone", ratio, "×"),
        Timing("… memory beyond the import, at most", peak / 1e6, "MB", "promised: under 150 MB"),
        Timing("shares of the variance, exact", 1000 * ours, "ms"),
        Timing("… from 20,000 draws", 1000 * theirs, "ms"),
        Timing("exact shares over drawn ones", times, "×", "promised: at most 0.05"),
    ]
