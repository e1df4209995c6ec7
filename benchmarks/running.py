"""Seconds a notebook: `outsourcing-kit run` against a plain papermill loop over the same notebooks, in turn.

Plain papermill writes the executed notebook only; `run` also checks parameters and records, and writes the pages.
"""

from __future__ import annotations

import contextlib
import io
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import Timing

REPEATS = 2
LESSONS = ("kickoff", "recognition")
SAMPLES = ("steady", "cold-start")
COUNT = len(LESSONS) * len(SAMPLES)


def with_run(folder: Path, *, jobs: int | None) -> float:
    """Seconds a notebook of `run`, index page and all."""
    from outsourcing_kit.cli import main

    arguments = ["run", *LESSONS, "--out", str(folder / "out")]
    for sample in SAMPLES:
        arguments += ["--engagement", sample]
    if jobs:
        arguments += ["--jobs", str(jobs)]
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = main(arguments)
    assert code == 0, f"run ended with {code}"
    return (time.perf_counter() - start) / COUNT


def with_papermill(folder: Path) -> float:
    """Seconds a notebook of the loop that one writes without the kit."""
    import papermill

    from outsourcing_kit.course.lessons import find_lessons, select_lessons

    start = time.perf_counter()
    for lesson in select_lessons(LESSONS, find_lessons()):
        for sample in SAMPLES:
            papermill.execute_notebook(
                lesson.path,
                folder / f"{lesson.stem}-{sample}.ipynb",
                parameters={"engagement": sample},
                kernel_name="python3",
                progress_bar=False,
                # What the kernel would warn of is no part of the table.
                extra_arguments=["--IPKernelApp.log_level=40"],
                cwd=str(lesson.path.parent),
            )
    return (time.perf_counter() - start) / COUNT


def measure() -> list[Timing]:
    plain, one, all_cores = [], [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            plain.append(with_papermill(folder))
            one.append(with_run(folder / "one", jobs=1))
            all_cores.append(with_run(folder / "all", jobs=None))
    base = statistics.median(plain)
    return [
        Timing(f"a notebook of {COUNT}, plain papermill in a loop", base, "s"),
        Timing(f"a notebook of {COUNT}, outsourcing-kit run --jobs 1", statistics.median(one), "s"),
        Timing(f"a notebook of {COUNT}, outsourcing-kit run", statistics.median(all_cores), "s"),
        Timing("papermill's seconds for one of run --jobs 1", base / statistics.median(one), "×"),
        Timing("papermill's seconds for one of run", base / statistics.median(all_cores), "×"),
    ]
