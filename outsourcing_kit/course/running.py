"""Run lessons on engagements: check everything, execute in parallel, keep every finished result whatever happens."""

from __future__ import annotations

import datetime as dt
import errno
import importlib.util
import json
import os
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outsourcing_kit.course import parameters as checks
from outsourcing_kit.course import results
from outsourcing_kit.course.engagements import all_of, select_engagements
from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.course.outfolder import OutFolder
from outsourcing_kit.course.pages import lesson_page
from outsourcing_kit.course.results import DONE, FAILED, Run, RunResult, Trouble
from outsourcing_kit.course.surroundings import cores, interruptible, neutral, scratch_folder
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError
from outsourcing_kit.page import write_new
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import shown

if TYPE_CHECKING:
    from outsourcing_kit.course.kernels import Kernels

INDEX, SUMMARY = "index.html", "summary.json"
_NEEDED = ("papermill", "nbconvert", "nbformat", "ipykernel", "tqdm")
# What to pass to each lesson: values by name.
_Passed = Mapping[Lesson, Mapping[str, checks.Value]]


def run(
    lessons: Iterable[str] = (), engagements: Iterable[str] = (), parameters: Mapping[str, object] | None = None, *,
    jobs: int | None = None, out: str | os.PathLike[str] = "out", force: bool = False, notebooks: Path | None = None,
    progress: bool = True,
) -> RunResult:  # fmt: skip
    """Execute `lessons` (default: all) on `engagements` (default: all samples), `jobs` at a time (default: cores + 1).

    Writes into `out`, for each, the executed notebook and its page, and for all, `index.html` and `summary.json`.
    Raises OutsourcingKitError before anything starts where a name, a parameter, the data or the folder is wrong. What
    happens later (a lesson that raises, a full disk, Ctrl-C) is told in the result.
    """
    if missing := next((name for name in _NEEDED if importlib.util.find_spec(name) is None), ""):
        raise MissingExtraError.of("run", missing, "course")
    if jobs is not None and jobs < 1:
        raise OutsourcingKitError(f"--jobs is {jobs}; expected 1 or more.")
    passed, selected = all_of(
        lambda: checks.check(select_lessons(lessons, find_lessons(notebooks)), parameters or {}),
        lambda: select_engagements(engagements),
    )
    runs = [Run(lesson, engagement) for engagement in selected for lesson in passed]
    targets = [name for each in runs for name in _names(each)] + [INDEX, SUMMARY]
    opened = OutFolder.open(typed_path(out), targets, force=force, notebooks=runs[0].lesson.path.parent)
    with opened as folder, interruptible() as interrupted:
        started, clock = dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), time.monotonic()
        with scratch_folder() as scratch, neutral(scratch), _bar(len(runs), shown=progress) as bar:
            stopped = _carry_out(runs, passed, folder, scratch, jobs, interrupted, bar)
        # Still deaf to a second Ctrl-C: it would lose the account of what was finished.
        seconds = time.monotonic() - clock
        result = RunResult(folder.path / INDEX, tuple(runs), selected, seconds, stopped)
        given = {name: value for each in passed.values() for name, value in each.items()}
        try:
            told = json.dumps(results.summary(result, given, started), indent=1, allow_nan=False)
            folder.write(SUMMARY, told + "\n")
            folder.write(INDEX, results.index_page(result))
        except OSError as error:
            result = replace(result, stopped=stopped or _disk_trouble(error, result.index), told=False)
    return result


def _bar(total: int, *, shown: bool) -> Any:
    from tqdm import tqdm

    # In a log file every refresh is a line: few of them, there.
    interval = 0.1 if sys.stderr.isatty() else 20
    return tqdm(total=total, desc="lessons", unit="run", file=sys.stderr, disable=not shown, mininterval=interval)


def _names(run: Run) -> tuple[str, str]:
    """Names of a run's notebook and page, relative to the output folder."""
    base = f"{run.engagement.label}/{run.lesson.stem}"
    return f"{base}.ipynb", f"{base}.html"


def _disk_trouble(error: OSError, place: Path) -> str:
    what, mend = str(error), "make the folder writable, or its limits wider"
    if error.errno == errno.ENOSPC:
        what, mend = "the disk is full", "make room"
    return f"Stopped: {place} could not be written: {what}. What was finished is kept. Mend: {mend}, then run again."


def _carry_out(
    runs: list[Run], passed: _Passed, folder: OutFolder, scratch: Path, jobs: int | None, stop: threading.Event,
    bar: Any,
) -> str | None:  # fmt: skip
    """Do every run and note in `runs` how it went. Returns why that ended early, if it did."""
    from outsourcing_kit.course.kernels import Kernels

    kernels = Kernels(scratch)
    # Kernels are processes: a thread passes messages and makes the page. One thread more than there are cores, for a
    # kernel that starts or ends mostly waits.
    with ThreadPoolExecutor(min(jobs or cores() + 1, len(runs))) as threads:
        try:
            # papermill takes a second to import, as the kernel server's own imports do in the meantime.
            from outsourcing_kit.course import executing  # noqa: F401

            waiting = {threads.submit(_one, run, passed, folder, kernels): number for number, run in enumerate(runs)}
            while waiting and not stop.is_set():
                for future in wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED).done:
                    number = waiting.pop(future)
                    try:
                        done = future.result()
                        if done.page:
                            folder.commit(_names(done))
                    except OSError as error:
                        # Above all a full disk: the run cannot go on as if nothing had happened.
                        runs[number] = replace(runs[number], status=FAILED, trouble=Trouble.of(error))
                        return _disk_trouble(error, folder.path / _names(runs[number])[0])
                    runs[number] = done
                    bar.update()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            kernels.end()
    return "Interrupted: what was finished is kept." if waiting else None


def _one(run: Run, passed: _Passed, folder: OutFolder, kernels: Kernels) -> Run:
    """One lesson on one engagement: executed, and written beside its place. Raises OSError where that cannot be."""
    started = time.monotonic()
    try:
        done = _execute(run, passed, folder, kernels)
    except OSError:
        raise
    except Exception as error:
        done = replace(run, trouble=Trouble.of(error))
    return replace(done, status=FAILED if done.trouble else DONE, seconds=round(time.monotonic() - started, 2))


def _execute(run: Run, passed: _Passed, folder: OutFolder, kernels: Kernels) -> Run:
    import nbformat

    from outsourcing_kit.course import executing

    declared = checks.read_parameters(run.lesson)
    own = {each.name: run.engagement.passed for each in declared if each.name == "engagement"}
    executed, trouble = executing.execute(run.lesson.path, {**passed[run.lesson], **own}, kernels)
    findings = results.findings_in(executed.cells)
    trouble = trouble or results.not_shown(run.lesson, findings)
    values = {each.name: each.default for each in declared} | dict(passed[run.lesson])
    values["engagement"] = run.engagement.shown_as
    rows = [(each.name, shown(values[each.name], most=1_000), each.unit.strip("-"), each.meaning) for each in declared]
    title = f"{run.lesson.title} · {run.engagement.shown_as}"
    notebook, page = _names(run)
    write_new(folder.part(notebook), nbformat.writes(executed) + "\n")
    lessons = list(passed)
    place = lessons.index(run.lesson)
    links = [("All results", f"../{INDEX}")]
    links += [(f"← {each.title}", f"{each.stem}.html") for each in lessons[:place][-1:]]
    links += [(f"{each.title} →", f"{each.stem}.html") for each in lessons[place + 1 :][:1]]
    error = str(trouble) if trouble else None
    told = lesson_page(executed, title, run.lesson.path.parent, links=links, parameters=rows, error=error)
    write_new(folder.part(page), told)
    return replace(run, trouble=trouble, findings=findings, notebook=notebook, page=page)
