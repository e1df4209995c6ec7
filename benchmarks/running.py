"""Seconds for 20 runs, five lessons on four engagements: `outsourcing-kit run` beside what one would do without it.

In turn, the shortest of three, as the machine may be busy. `papermill`, one command after another, writes the executed
notebook only; the bare processes run the cells' code and show nothing; `run` also checks parameters and records, and
makes the pages. Another checkout's `run` takes part where OUTSOURCING_KIT_BEFORE names its folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import Timing

REPEATS = 3
ROOT = Path(__file__).resolve().parents[1]
LESSONS = ("business_case", "task_selection", "kickoff", "expectations", "recognition")
SAMPLES = ("steady", "cold-start", "gold-rush", "thankless")
BARE = """\
import json, os, sys
import matplotlib.pyplot as plt
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for path, sample in json.loads(sys.argv[1]):
    shell.reset()
    os.chdir(os.path.dirname(path))
    for cell in json.load(open(path, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"])).raise_error()
            if "parameters" in cell["metadata"].get("tags", []):
                shell.user_ns["engagement"] = sample
    plt.close("all")
"""


def start(*words: str, checkout: Path = ROOT, **environment: str) -> subprocess.Popen[bytes]:
    """Python on a checkout, in silence."""
    return subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finish(*processes: subprocess.Popen[bytes]) -> None:
    """Wait for all; none of them may fail."""
    assert [process.wait() for process in processes] == [0] * len(processes)


def with_run(folder: Path, checkout: Path = ROOT) -> None:
    """All in one command, index page and all."""
    engagements = [word for sample in SAMPLES for word in ("--engagement", sample)]
    command = ("-m", "outsourcing_kit.cli", "run", *LESSONS, *engagements, "--out", str(folder / "out"), "--force")
    finish(start(*command, checkout=checkout))


def with_papermill(folder: Path) -> None:
    """One command after another."""
    for path, sample in notebooks():
        made = str(folder / f"{Path(path).stem}-{sample}.ipynb")
        words = ("-m", "papermill", path, made, "-p", "engagement", sample, "-k", "python3", "--no-progress-bar")
        finish(start(*words, "--cwd", str(Path(path).parent)))


def bare(_folder: Path) -> None:
    """The cells' code alone, half of it in each of two processes."""
    parts = [json.dumps(notebooks()[half::2]) for half in (0, 1)]
    finish(*(start("-c", BARE, part, MPLBACKEND="Agg") for part in parts))


def notebooks() -> list[tuple[str, str]]:
    """Lessons and the engagements to run them on."""
    from outsourcing_kit.course.lessons import find_lessons, select_lessons

    chosen = select_lessons(LESSONS, find_lessons(ROOT / "notebooks"))
    return [(str(lesson.path), sample) for sample in SAMPLES for lesson in chosen]


def shortest(ways: dict[str, Callable[[Path], None]]) -> dict[str, float]:
    """The least seconds of each way, all of them in turn."""
    seconds: dict[str, float] = {}
    for _ in range(REPEATS):
        for name, way in ways.items():
            with tempfile.TemporaryDirectory() as folder:
                begin = time.perf_counter()
                way(Path(folder))
                seconds[name] = min(seconds.get(name, float("inf")), time.perf_counter() - begin)
    return seconds


def measure() -> list[Timing]:
    ways: dict[str, Callable[[Path], None]] = {"run": with_run, "bare": bare, "papermill": with_papermill}
    before = os.environ.get("OUTSOURCING_KIT_BEFORE")
    if before:
        ways["before"] = lambda folder: with_run(folder, Path(before))
    seconds = shortest(ways)
    count = len(LESSONS) * len(SAMPLES)
    timings = [
        Timing(f"{count} runs, papermill's command one after another", seconds["papermill"], "s"),
        Timing(f"{count} runs, the cells alone in two bare processes", seconds["bare"], "s"),
        Timing(f"{count} runs, outsourcing-kit run", seconds["run"], "s"),
        Timing("papermill's seconds for one of run", seconds["papermill"] / seconds["run"], "×", "at least 4.5"),
        Timing("run's seconds for one of the bare processes", seconds["run"] / seconds["bare"], "×", "at most 3"),
    ]
    if before:
        timings.append(Timing("run's seconds for one of the checkout before", seconds["run"] / seconds["before"], "×"))
    return timings
