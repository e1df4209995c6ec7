"""A worker process of a run: takes jobs as JSON lines, executes them, writes what came out beside its final place.

Started as `python -m outsourcing_kit.course.worker SCRATCH`. A job is answered by one line. When standard input closes
(the run is over, was interrupted, or died), the worker kills its kernels and ends at once, whatever it is doing.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outsourcing_kit.headlines import MISTAKES
from outsourcing_kit.text import plain, shown

# As in `finding` and `report`, which would bring pandas into every worker; a test compares them.
FINDING_MIME = "application/vnd.outsourcing-kit.finding+json"
SCORECARD_MIME = "application/vnd.outsourcing-kit.scorecard+json"
_VERDICTS = ("problem", "fine", "cannot tell", "not assessed")


def main(scratch: Path) -> None:
    """Do jobs until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = _own_stdout()
    from outsourcing_kit.course import kernels

    kernels.start_server()
    jobs: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read_jobs, args=(jobs, scratch), daemon=True).start()
    while True:
        answers.write(json.dumps(do(jobs.get(), scratch), allow_nan=False) + "\n")
        answers.flush()


def _own_stdout() -> Any:
    """Keep standard output for the answers alone: what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _read_jobs(jobs: queue.Queue[dict[str, Any]], scratch: Path) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    from outsourcing_kit.course import kernels, pool

    with contextlib.suppress(Exception):
        kernels.end_all()
        pool.end_all(scratch)
    os._exit(0)


def do(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    """One lesson on one engagement: the answer says how it went. Never raises."""
    started = time.monotonic()
    try:
        answer = _execute_and_write(job, scratch)
    except OSError as error:
        # Above all a full disk: the run cannot go on as if nothing had happened.
        answer = {"status": "stopped", "error": _described(error), "full": error.errno == errno.ENOSPC}
    except Exception as error:
        answer = {"status": "failed", "error": _described(error)}
    if answer["status"] != "done":
        answer.setdefault("findings", [])
    return answer | {"id": job["id"], "seconds": round(time.monotonic() - started, 2)}


def _described(error: Exception) -> dict[str, Any]:
    return {"cell": None, "type": type(error).__name__, "message": str(error)}


def _execute_and_write(job: dict[str, Any], scratch: Path) -> dict[str, Any]:
    import nbformat

    from outsourcing_kit.course.executing import execute
    from outsourcing_kit.course.pages import PageText, lesson_page
    from outsourcing_kit.page import write_new

    source = Path(job["lesson"])
    executed = execute(source, job["parameters"], scratch)
    findings = findings_in(executed.notebook.cells)
    error = asdict(executed.error) if executed.error else _not_shown(job["mistakes"], findings)
    text = PageText(
        job["title"],
        tuple((words, address) for words, address in job["links"]),
        tuple(tuple(row) for row in job["rows"]),
        error_in_words(error) if error else None,
    )
    write_new(Path(job["notebook"]), nbformat.writes(executed.notebook) + "\n")
    write_new(Path(job["page"]), lesson_page(executed.notebook, text, source.parent))
    return {"status": "failed" if error else "done", "error": error, "findings": findings}


def _not_shown(mistakes: list[str], findings: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What is wrong with a lesson that ran to its end but shows no finding on these `mistakes`."""
    lacking = [mistake for mistake in mistakes if mistake not in {found["mistake"] for found in findings}]
    if not lacking:
        return None
    words = ", ".join(mistake.replace("_", " ") for mistake in lacking)
    message = f"it showed none with a verdict on {words}. Mend: end its evidence with assess(...), or card"
    return {"cell": None, "type": "no finding", "message": message}


def error_in_words(error: dict[str, Any]) -> str:
    """What stopped a lesson, in one line: cell, type, message."""
    place = f"cell [{error['cell']}]: " if error["cell"] is not None else ""
    message = shown(plain(str(error["message"])), most=300)
    return f"{place}{shown(error['type'])}" + (f": {message}" if message else "")


def findings_in(cells: list[Any]) -> list[dict[str, Any]]:
    """Findings that the notebook showed, in order; those of a scorecard are marked with "from_scorecard".

    What has no mistake or no verdict is none.
    """
    found: list[Any] = []
    for cell in cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            found.append((data.get(FINDING_MIME), False))
            card = data.get(SCORECARD_MIME)
            listed = card.get("findings") if isinstance(card, dict) else None
            found += [(each, True) for each in listed] if isinstance(listed, list) else []
    return [
        _without_nan(each | {"from_scorecard": from_scorecard})
        for each, from_scorecard in found
        if isinstance(each, dict) and each.get("mistake") in MISTAKES and each.get("verdict") in _VERDICTS
    ]


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    main(Path(sys.argv[1]))
