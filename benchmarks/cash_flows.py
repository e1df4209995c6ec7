"""A million draws of a plan of 12 lines and 36 months, against drawing the lines' amounts alone; and its memory.

The peer is the same kernel with nothing after it: the same normals, made dependent, looked up as the same amounts. Both
run in turn, so that a busy machine slows both. Memory is what Python and numpy hold at most, beyond what they held
before.
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
CHUNK = 16_384
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


def measure() -> list[Timing]:
    from outsourcing_kit.business_case import draws as kernel
    from outsourcing_kit.business_case.cash_flows import model_of, simulate_cash_flows
    from outsourcing_kit.business_case.dependence import stated
    from outsourcing_kit.business_case.lines import checked_lines
    from outsourcing_kit.business_case.paths import drawn

    table = plan()
    lines = checked_lines(table)[0]
    model = model_of(lines, stated(0.3, lines))

    def simulated() -> object:
        return simulate_cash_flows(table, draws=DRAWS, chunk=CHUNK)

    def inputs() -> None:
        for _ in drawn(model, DRAWS, 0, CHUNK):
            pass

    def plain_inputs() -> None:
        rng = np.random.default_rng(0)
        for first in range(0, DRAWS, CHUNK):
            kernel.amounts(model.tables, rng.standard_normal((min(CHUNK, DRAWS - first), len(table))))

    simulated()  # what is imported late is imported now
    whole, alone, plain = [], [], []
    for _ in range(REPEATS):
        whole.append(seconds(simulated))
        alone.append(seconds(inputs))
        plain.append(seconds(plain_inputs))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    simulated()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    ratio = statistics.median(one / other for one, other in zip(whole, alone, strict=True))
    return [
        Timing(f"simulate_cash_flows, {DRAWS:,} draws × 12 lines × 36 months", statistics.median(whole), "s"),
        Timing("… drawing the amounts alone, same kernel", statistics.median(alone), "s"),
        Timing("… drawing them with np.interp, independent", statistics.median(plain), "s"),
        Timing("simulate_cash_flows over drawing the amounts alone", ratio, "×", "promised: at most 1.6"),
        Timing("… memory beyond the import, at most", peak / 1e6, "MB", "promised: under 150 MB"),
    ]
