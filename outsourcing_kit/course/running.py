"""Run lessons on engagements: check everything, execute in parallel, keep every finished result whatever happens."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from outsourcing_kit.course import parameters as checks
from outsourcing_kit.course.engagements import Selected, select_engagements
from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.course.outfolder import OutFolder, lock
from outsourcing_kit.course.pages import heading_of
from outsourcing_kit.course.pool import end_all, run_jobs, usable_cores
from outsourcing_kit.course.results import DONE, FAILED, NOT_RUN, Run, findings_of, index_page, summary, verdict_lines
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError
from outsourcing_kit.headlines import MISTAKES
from outsourcing_kit.resources import typed_path
from outsourcing_kit.text import shown

INDEX, SUMMARY = "index.html", "summary.json"
_NEEDED = ("papermill", "nbconvert", "nbformat", "ipykernel", "tqdm")


@dataclass(frozen=True)
class RunResult:
    """How a run went. `stopped` says why it ended early, in the user's words; None where it came to its end.

    `told` is whether the index and the summary were written.
    """

    index: Path
    runs: tuple[Run, ...]
    engagements: tuple[Selected, ...]
    seconds: float
    stopped: str | None = None
    told: bool = True

    @property
    def failed(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.status == FAILED)

    @property
    def tripped(self) -> tuple[str, ...]:
        """Engagements and mistakes that `--fail-on problem` counts."""
        return tuple(
            f"{each.shown_as}: {mistake.replace('_', ' ')}"
            for each in self.engagements
            for mistake, found in findings_of(each, self.runs).items()
            if found.trips
        )

    def verdict_lines(self) -> list[str]:
        """One line an engagement: each mistake's verdict."""
        return verdict_lines(self.runs, self.engagements)


@dataclass(frozen=True)
class _Plan:
    """Everything a run needs to know, checked."""

    runs: tuple[Run, ...]
    lessons: tuple[Lesson, ...]
    engagements: tuple[Selected, ...]
    declared: Mapping[str, tuple[checks.Parameter, ...]]
    passed: Mapping[str, Mapping[str, checks.Value]]
    titles: Mapping[str, str]

    @property
    def given(self) -> dict[str, checks.Value]:
        return {name: value for each in self.passed.values() for name, value in each.items()}


def run(
    lessons: Iterable[str] = (),
    engagements: Iterable[str] = (),
    parameters: Mapping[str, object] | None = None,
    *,
    jobs: int | None = None,
    out: str | os.PathLike[str] = "out",
    force: bool = False,
    notebooks: Path | None = None,
    progress: bool = True,
) -> RunResult:
    """Execute `lessons` (default: all) on `engagements` (default: all samples), `jobs` at a time (default: the cores).

    Writes into `out`, for each, the executed notebook and its page, and for all, `index.html` and `summary.json`.
    Raises OutsourcingKitError before anything starts where a name, a parameter, the data or the folder is wrong. What
    happens later (a lesson that raises, a full disk, Ctrl-C) is told in the result.
    """
    for package in _NEEDED:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError.of("run", package, "course")
    if jobs is not None and jobs < 1:
        raise OutsourcingKitError(f"--jobs is {jobs}; expected 1 or more.")
    plan = _plan(lessons, engagements, parameters or {}, notebooks)
    targets = [name for each in plan.runs for name in _names(each)] + [INDEX, SUMMARY]
    folder = OutFolder.open(typed_path(out), targets, force=force, notebooks=plan.lessons[0].path.parent)
    return _carry_out(plan, folder, jobs or usable_cores(), progress=progress)


def _plan(
    lessons: Iterable[str], engagements: Iterable[str], given: Mapping[str, object], notebooks: Path | None
) -> _Plan:
    """Check names, parameters and data. Raises one error that tells all of it."""
    troubles: list[OutsourcingKitError] = []
    chosen: tuple[Lesson, ...] = ()
    passed: dict[str, dict[str, checks.Value]] = {}
    selected: tuple[Selected, ...] = ()
    try:
        chosen = select_lessons(lessons, find_lessons(notebooks))
        passed = checks.check(chosen, given)
    except OutsourcingKitError as error:
        troubles.append(error)
    try:
        selected = select_engagements(engagements)
    except OutsourcingKitError as error:
        troubles.append(error)
    if len(troubles) == 1:
        raise troubles[0]
    if troubles:
        raise OutsourcingKitError("\n".join(str(trouble) for trouble in troubles))
    return _Plan(
        tuple(Run(lesson, engagement) for engagement in selected for lesson in chosen),
        chosen,
        selected,
        {lesson.stem: checks.read_parameters(lesson) for lesson in chosen},
        passed,
        {lesson.stem: _title(lesson) for lesson in chosen},
    )


def _title(lesson: Lesson) -> str:
    return heading_of(checks.cells_of(lesson.path)) or lesson.stem


def _names(run: Run) -> tuple[str, str]:
    """Names of a run's notebook and page, relative to the output folder."""
    base = f"{run.engagement.label}/{run.lesson.stem}"
    return f"{base}.ipynb", f"{base}.html"


# ---- carrying it out -----------------------------------------------------------------------------------------------


def _carry_out(plan: _Plan, folder: OutFolder, jobs: int, *, progress: bool) -> RunResult:
    started, clock = dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), time.monotonic()
    runs = list(plan.runs)
    stopped = None
    try:
        with _scratch() as scratch, _interruptible() as interrupted, _bar(len(runs), shown=progress) as bar:
            todo = [_job(number, plan, folder) for number in range(len(runs))]
            answers = run_jobs(todo, jobs, scratch, stop=interrupted.is_set)
            with contextlib.closing(answers):
                for answer in answers:
                    stopped = _keep(runs, answer, folder)
                    bar.update()
                    if stopped:
                        break
            if interrupted.is_set() and any(run.status == NOT_RUN for run in runs):
                stopped = stopped or "Interrupted: what was finished is kept."
            # Still deaf to a second Ctrl-C: it would lose the account of what was finished.
            seconds = time.monotonic() - clock
            told = summary(runs, plan.engagements, plan.given, started, seconds)
            unwritten = _write_account(folder, runs, plan, told)
    finally:
        for each in plan.runs:
            folder.discard_parts(_names(each))
        folder.discard_parts([INDEX, SUMMARY])
        folder.close()
    return RunResult(
        folder.path / INDEX, tuple(runs), plan.engagements, seconds, stopped or unwritten, told=unwritten is None
    )


_SCRATCH = "okit-run-"


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A temporary folder for sockets and logs. Those of runs that were killed are removed first. Raises OSError."""
    place = Path(tempfile.gettempdir())
    for left in place.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):
            if not left.is_symlink() and left.stat().st_uid == os.getuid() and (held := lock(left)) is not None:
                end_all(left)
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)
    # Nobody finds it by its name before it is held.
    unheld = Path(tempfile.mkdtemp(prefix="okit-new-"))
    held = lock(unheld)
    scratch = unheld.rename(place / unheld.name.replace("okit-new-", _SCRATCH))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if held is not None:
            os.close(held)


def _job(number: int, plan: _Plan, folder: OutFolder) -> dict[str, Any]:
    """What a worker is told about one run."""
    run = plan.runs[number]
    declared = plan.declared[run.lesson.stem]
    passed: dict[str, checks.Value] = dict(plan.passed[run.lesson.stem])
    if any(parameter.name == "engagement" for parameter in declared):
        passed["engagement"] = run.engagement.passed
    notebook, page = (str(folder.part(name).absolute()) for name in _names(run))
    return {
        "id": number,
        "lesson": str(run.lesson.path),
        "parameters": passed,
        "title": f"{plan.titles[run.lesson.stem]} · {run.engagement.shown_as}",
        "links": _links(run.lesson, plan),
        # What its page is for: without that, a lesson that ran to its end has failed all the same.
        "mistakes": [m for m in MISTAKES if run.lesson.name in (m, "scorecard")],
        "rows": [_row(parameter, passed, run.engagement) for parameter in declared],
        "notebook": notebook,
        "page": page,
    }


def _links(lesson: Lesson, plan: _Plan) -> list[tuple[str, str]]:
    place = plan.lessons.index(lesson)
    found = [("All results", f"../{INDEX}")]
    if place > 0:
        before = plan.lessons[place - 1].stem
        found.append((f"← {plan.titles[before]}", f"{before}.html"))
    if place + 1 < len(plan.lessons):
        after = plan.lessons[place + 1].stem
        found.append((f"{plan.titles[after]} →", f"{after}.html"))
    return found


def _row(
    parameter: checks.Parameter, passed: Mapping[str, checks.Value], engagement: Selected
) -> tuple[str, str, str, str]:
    value = passed.get(parameter.name, parameter.default)
    given = engagement.shown_as if parameter.name == "engagement" else shown(value, most=1_000)
    unit = "" if parameter.unit == "-" else parameter.unit
    return parameter.name, given, unit, parameter.meaning


def _keep(runs: list[Run], answer: dict[str, Any], folder: OutFolder) -> str | None:
    """Put one answer's files in place and note how it went. Returns why the run must stop, if it must."""
    run = runs[answer["id"]]
    names = _names(run)
    if answer["status"] == "stopped":
        runs[answer["id"]] = replace(run, status=FAILED, seconds=answer["seconds"], error=answer["error"])
        return _disk_trouble(answer["error"]["message"], f"{folder.path / names[0]}", full=answer["full"])
    written = folder.part(names[0]).is_file() and folder.part(names[1]).is_file()
    try:
        if written:
            folder.commit(names)
    except OSError as error:
        described = {"cell": None, "type": type(error).__name__, "message": str(error)}
        runs[answer["id"]] = replace(run, status=FAILED, seconds=answer["seconds"], error=described)
        return _disk_trouble(str(error), str(folder.path), full=error.errno == errno.ENOSPC)
    runs[answer["id"]] = replace(
        run,
        status=DONE if answer["status"] == "done" else FAILED,
        seconds=answer["seconds"],
        error=answer["error"],
        findings=tuple(answer["findings"]),
        notebook=names[0] if written else None,
        page=names[1] if written else None,
    )
    return None


def _disk_trouble(message: str, place: str, *, full: bool) -> str:
    mend = (
        "Mend: make room, then run again."
        if full
        else "Mend: make the folder writable, or its limits wider, then run again."
    )
    what = "the disk is full" if full else message
    return f"Stopped: {place} could not be written: {what}. What was finished is kept. {mend}"


def _write_account(folder: OutFolder, runs: list[Run], plan: _Plan, told: dict[str, Any]) -> str | None:
    """Write the summary and the index; returns what kept them from being written, if anything did."""
    try:
        folder.write(SUMMARY, json.dumps(told, indent=1, allow_nan=False) + "\n")
        folder.write(INDEX, index_page(runs, plan.engagements, plan.titles))
    except OSError as error:
        return _disk_trouble(str(error), f"{folder.path / INDEX}", full=error.errno == errno.ENOSPC)
    return None


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C (or a polite request to end) sets, instead of breaking in anywhere."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    wanted = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if signal.SIG_IGN in map(signal.getsignal, wanted[2:3]):
        wanted.pop(2)  # nohup: the run is meant to go on
    before = {number: signal.signal(number, lambda *_: event.set()) for number in wanted}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _bar(total: int, *, shown: bool) -> Iterator[Any]:
    from tqdm import tqdm

    # In a log file every refresh is a line: few of them, there.
    interval = 0.1 if sys.stderr.isatty() else 20
    with tqdm(
        total=total, desc="lessons", unit="run", file=sys.stderr, disable=not shown, mininterval=interval, leave=True
    ) as bar:
        yield bar
