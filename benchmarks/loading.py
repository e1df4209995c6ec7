"""Loading: a sample engagement, and a long table checked, beside what pandas takes to read its texts alone."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from benchmarks import Timing

REPEATS = 9
ROWS = 1_000_000
_PART = 100_000


def seconds(call: Callable[[], object]) -> float:
    """Processor seconds of one call: other programs on the machine count less."""
    start = time.process_time()
    call()
    return time.process_time() - start


def write_work(path: Path, rows: int) -> None:
    """The control sample's work table again and again, each row with an item and instants of its own."""
    from outsourcing_kit import Engagement

    work = Engagement.load("steady").work
    instants = [name for name in work.columns if isinstance(work[name].dtype, pd.DatetimeTZDtype)]
    for first in range(0, rows, _PART):
        numbers = pd.RangeIndex(first, min(first + _PART, rows))
        part = work.iloc[numbers % len(work)].assign(item=[f"w{number:07d}" for number in numbers])
        ahead = pd.to_timedelta(numbers // len(work), unit="s")
        for name in instants:
            part[name] = (part[name] + ahead).dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        part.to_csv(path, index=False, header=not first, mode="a")


def measure() -> list[Timing]:
    from outsourcing_kit import Engagement
    from outsourcing_kit.tables import table
    from outsourcing_kit.validation import read_table

    rows = sum(len(frame) for frame in Engagement.load("steady").tables.values())
    load = statistics.median(seconds(lambda: Engagement.load("steady")) for _ in range(REPEATS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "work.csv"
        write_work(path, ROWS)
        frame, problems = read_table(path, table("work"))
        assert frame is not None and len(frame) == ROWS and not problems
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        del frame
        checked = seconds(lambda: read_table(path, table("work")))
        read = seconds(lambda: pd.read_csv(path, dtype=str, keep_default_na=False))
    what = f"read_table of {ROWS:,} rows of work"
    return [
        Timing(f"Engagement.load('steady'), {rows} rows", load, "s", "at most 0.15"),
        Timing(f"{what}, beyond pd.read_csv of its texts ({read:.1f} s)", checked - read, "s", "at most 3"),
        Timing(f"{what} : pd.read_csv of its texts", checked / read, "times"),
        Timing(f"{what}, peak memory of the process", peak, "MB", "at most 1,000"),
    ]
