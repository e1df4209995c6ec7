"""`Engagement.load` of the control sample: read, checked, typed."""

from __future__ import annotations

import statistics
import time

from benchmarks import Timing

REPEATS = 9


def measure() -> list[Timing]:
    from outsourcing_kit import Engagement

    times, rows = [], 0
    for _ in range(REPEATS):
        start = time.perf_counter()
        engagement = Engagement.load("steady")
        times.append(time.perf_counter() - start)
        rows = sum(len(frame) for frame in engagement.tables.values())
    return [Timing(f"Engagement.load('steady'), {rows} rows", statistics.median(times), "s")]
