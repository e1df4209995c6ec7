"""Sobol indices of 12 inputs from 2¹⁷ base points: `sobol_indices` against SALib's sample and analyze, in turn.

Both evaluate the same cheap function at the same number of points, 2¹⁷ × (12 + 2), without second-order indices. SALib
takes one scramble and resamples it (100 times, its default) for its intervals, which is most of its time: a second
ratio is without. Ours takes 8 scrambles of 2¹⁴ points for its intervals. On Ishigami's function they are 9 to 25 times
narrower than the resampled ones, but the estimate in their middle can be less exact than that of one scramble of 2¹⁷
points (root mean square error up to 3 against up to 2 in 10,000): a third ratio is at 8 scrambles of 2¹⁷ points.
Peaks are of each process, in a process of its own, above what importing took.
"""

from __future__ import annotations

import importlib
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks import Timing

INPUTS, POINTS, SCRAMBLES = 12, 2**17, 8
REPEATS = 3
WEIGHTS = np.arange(1.0, INPUTS + 1)
# VmHWM is of this program alone; ru_maxrss would start at what the process that started it had.
PEAK = """
import benchmarks.sobol as here
def peak():
    status = open("/proc/self/status").read().split()
    return int(status[status.index("VmHWM:") + 1]) / 1024
{warm}
before = peak()
{call}
print(peak() - before)
"""


def function(points: np.ndarray) -> np.ndarray:
    """Twelve inputs, squared, weighted and added."""
    return (points * points) @ WEIGHTS


def ours(points: int = POINTS) -> None:
    """All first-order and total indices with their intervals, `points` being the base points of all scrambles."""
    from outsourcing_kit.stats.sobol import sobol_indices

    sobol_indices(function, INPUTS, draws=points // SCRAMBLES, replicates=SCRAMBLES)


def salib(points: int = POINTS, resamples: int = 100) -> None:
    """The same with SALib."""
    analyze, sample = (importlib.import_module(f"SALib.{part}.sobol") for part in ("analyze", "sample"))
    names = [f"x{number}" for number in range(1, INPUTS + 1)]
    problem = {"num_vars": INPUTS, "names": names, "bounds": [[0.0, 1.0]] * INPUTS}
    points_of_salib = sample.sample(problem, points, calc_second_order=False, seed=0)
    analyze.analyze(problem, function(points_of_salib), calc_second_order=False, num_resamples=resamples, seed=1)


def seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak(name: str) -> float:
    """Megabytes that one call adds to the peak of a fresh process that has imported everything; nan where unknown."""
    code = PEAK.format(warm=f"here.{name}(256)", call=f"here.{name}()")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else float("nan")


def measure() -> list[Timing]:
    what = f"Sobol indices, {INPUTS} inputs, {POINTS:,} base points"
    ours(256)
    if importlib.util.find_spec("SALib") is None:
        print("SALib is not installed: no ratio. Mend: pip install 'outsourcing-kit[test]'")
        mine = statistics.median(seconds(ours) for _ in range(REPEATS))
        return [Timing(what, mine, "s"), Timing("… peak above the imports", peak("ours"), "MB")]
    salib(256)
    pairs = [(seconds(ours), seconds(salib)) for _ in range(REPEATS)]
    mine, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(there / here for here, there in pairs)
    large = [seconds(lambda: ours(SCRAMBLES * POINTS)) for _ in range(REPEATS)]
    # Two are the fewest that it can take.
    bare = statistics.median(seconds(lambda: salib(resamples=2)) / seconds(ours) for _ in range(REPEATS))
    return [
        Timing(what, mine, "s"),
        Timing("… with SALib", theirs, "s"),
        Timing("… times faster", ratio, "x", "promised: at least 5"),
        Timing("… times faster than SALib with 2 resamples in place of 100", bare, "x"),
        Timing("… times faster at 8 times as many points", theirs / statistics.median(large), "x"),
        Timing("… peak above the imports", peak("ours"), "MB"),
        Timing("… with SALib", peak("salib"), "MB"),
    ]
