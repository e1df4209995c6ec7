"""`import outsourcing_kit` costs under 60 ms beyond pandas. Each import happens in a process of its own."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks import Timing

REPEATS = 15
EVERY_NAME = "import outsourcing_kit as kit; [getattr(kit, name) for name in kit.__all__]"


def seconds(statement: str, *, after: str) -> float:
    """Median seconds of a statement in a new process that has run another one before the clock starts."""
    code = f"{after}; from time import perf_counter as now; start = now(); {statement}; print(now() - start)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(REPEATS)
    ]
    return statistics.median(times)


def measure() -> list[Timing]:
    promise = "promised: under 60 ms"
    return [
        Timing("import pandas", 1000 * seconds("import pandas", after="pass"), "ms"),
        Timing(
            "import outsourcing_kit, beyond pandas",
            1000 * seconds("import outsourcing_kit", after="import pandas"),
            "ms",
            promise,
        ),
        Timing("… and every public name of it", 1000 * seconds(EVERY_NAME, after="import pandas"), "ms"),
    ]
