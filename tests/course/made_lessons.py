"""Small lessons made on the spot, and the command line on them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

for package in ("nbformat", "papermill", "nbconvert"):
    pytest.importorskip(package, reason="the extra `course` is not installed")

import nbformat  # noqa: E402  (after the check that it is there)

PARAMETERS = """\
engagement: str = "steady"  # -, any, sample engagement or folder whose records are read
quiz_limit: float = 0.80  # share, 0..1, share of right answers that is enough
"""
READS = "engagement, quiz_limit"

FINDING = """\
from IPython.display import display
finding = {{
    "mistake": "{mistake}", "engagement": "{of}", "verdict": "{verdict}", "gate_verdict": "{gate}",
    "interim": {interim}, "measures": [], "headlines": [], "supporting": [], **{more},
}}
display({{"application/vnd.outsourcing-kit.finding+json": finding, "text/plain": "a finding"}}, raw=True)
"""


def code(source: str, *tags: str) -> dict:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def prose(source: str) -> dict:
    return nbformat.v4.new_markdown_cell(source)


def shows(
    mistake: str, of: str, verdict: str, gate: str | None = None, *, interim: bool = False, more: dict | None = None
) -> dict:
    """A cell that shows a finding, as the library's own do; `more` is what else it tells."""
    gate = gate or verdict
    return code(FINDING.format(mistake=mistake, of=of, verdict=verdict, gate=gate, interim=interim, more=more or {}))


def write_lesson(folder: Path, stem: str, *cells: dict, parameters: str | None = PARAMETERS) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    first = [prose(f"# Lesson {stem}")]
    if parameters is not None:
        first.append(code(parameters, "parameters"))
    if parameters == PARAMETERS:
        first.append(code(READS))
    notebook = nbformat.v4.new_notebook(cells=[*first, *cells])
    # Nobody has such a kernel: the run must not look for it.
    notebook.metadata["kernelspec"] = {"name": "no-such-kernel", "display_name": "Nobody's", "language": "python"}
    path = folder / f"{stem}.ipynb"
    nbformat.write(notebook, path)
    return path


DRIVER = """\
import resource, sys
from pathlib import Path
import outsourcing_kit.course.engagements as engagements
import outsourcing_kit.course.lessons as lessons
from outsourcing_kit.cli import main

if __name__ == "__main__":
    lessons.shared_folder = lambda name: Path(sys.argv[1])
    engagements.load = lambda shown_as: (shown_as, shown_as)
    if sys.argv[2] != "-":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
    sys.exit(main(sys.argv[3:]))
"""


def start_cli(
    folder: Path, lessons: Path, *arguments: str, largest_file: int | None = None, **environment: str
) -> subprocess.Popen[str]:
    """The command line as a process of its own, standing in `folder`, with `lessons` in place of the kit's."""
    driver = folder / "driver.py"
    driver.write_text(DRIVER)
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen(
        [sys.executable, str(driver), str(lessons), str(largest_file or "-"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": root, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def processes_with(mark: str) -> list[int]:
    """Processes that inherited an environment with `mark`: a run, its server, their kernels."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def wait_until(true: Callable[[], object], seconds: float = 30) -> bool:
    """Whether it came to be true within so many seconds."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(true())
