"""Assessing a sample: processor seconds, each in a process of its own.

With BEFORE=/path/to/another/checkout the same is measured there in turn, and the ratio said.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import Timing

REPEATS = 5
HERE = Path(__file__).resolve().parent.parent
CALLS = {
    "a scorecard of steady": "kit.scorecard(steady)",
    "business_case.assess(steady)": "kit.business_case.assess(steady)",
    "expectations.assess(steady)": "kit.expectations.assess(steady)",
    "recognition.assess(steady)": "kit.recognition.assess(steady)",
}
CODE = """
import outsourcing_kit as kit
from time import process_time as now
steady = kit.Engagement.load("steady")
{call}
times = []
for _ in range(5):
    start = now()
    {call}
    times.append(now() - start)
print(min(times))
"""


def seconds(call: str, checkout: Path) -> float:
    """The fastest of five calls after a first one, which imports what it needs."""
    code, env = CODE.format(call=call), {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=checkout, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def measure() -> list[Timing]:
    before = Path(os.environ["BEFORE"]).resolve() if "BEFORE" in os.environ else None
    found = []
    for what, call in CALLS.items():
        now, then = [], []
        for _ in range(REPEATS):
            now.append(seconds(call, HERE))
            if before:
                then.append(seconds(call, before))
        found.append(Timing(what, statistics.median(now), "s"))
        if before:
            found.append(
                Timing(f"{what}, by what it took before", statistics.median(now) / statistics.median(then), "×")
            )
    return found
