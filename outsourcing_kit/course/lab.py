"""The user's own copies of the lessons, and JupyterLab to work in them. A lesson that is there is never touched."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import itertools
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from outsourcing_kit.course.doctor import PROBLEM, check_jupyter_folder
from outsourcing_kit.course.handing_out import participants_text
from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.course.outfolder import digest_of, memory_text, read_memory, refuse_place
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError
from outsourcing_kit.page import write_whole
from outsourcing_kit.resources import typed_path

FOLDER = "outsourcing-lessons"
# Digests of what was given earlier, so that nobody gets the same lesson beside their own twice.
_MEMORY, _MADE_BY = ".outsourcing-kit-lab.json", "outsourcing-kit lab"


@dataclass(frozen=True)
class Copies:
    """What became of the lessons, in the course's order: each name, with the one it was written under or ""."""

    folder: Path
    written: dict[str, str]

    def lines(self) -> list[str]:
        """One line a lesson; where some were kept, how to start one over."""
        told, width = [f"Lessons in {self.folder}:"], max(map(len, self.written))
        for name, written in self.written.items():
            beside = f"; the kit has a newer one, now beside it: {written}" if written else ""
            told.append(f"  {name:<{width}}  {'copied' if written == name else f'kept{beside}'}")
        kept = [name for name, written in self.written.items() if written != name]
        return told + [f"To start a lesson over: rename your {name}, then the same command again." for name in kept[:1]]


def copy_lessons(
    folder: str | os.PathLike[str] = FOLDER, names: Iterable[str] = (), *, notebooks: Path | None = None
) -> Copies:
    """Copy the lessons that `names` mean (default: all) into `folder`, and tell what became of each.

    A file that is there stays. A lesson newer than the one given before goes beside, once, as `03_kickoff.new.ipynb`.
    Raises UnknownNameError, OutsourcingKitError for another folder than one of the user's, OSError on a full disk.
    """
    known = find_lessons(notebooks)
    lessons = select_lessons(names, known)
    path = typed_path(folder)
    refuse_place(path, known[0].path.parent, called="The folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
        return Copies(path, {lesson.path.name: _place(lesson, path) for lesson in lessons})
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        why, mend = error.strerror or error, f"name another one: outsourcing-kit lab {Path('~') / FOLDER}"
        raise OutsourcingKitError(f"The folder {path} cannot be written: {why}. Mend: {mend}") from error


def _place(lesson: Lesson, folder: Path) -> str:
    """Give one lesson, for participants, unless it was given before and is there. The name written, or ""."""
    name, text = lesson.path.name, participants_text(lesson)
    new = hashlib.sha256(text.encode("utf-8")).hexdigest()
    given = read_memory(folder / _MEMORY, _MADE_BY) or {}
    before, written = given.get(name, []), ""
    if not os.path.lexists(folder / name) or new not in (*before, digest_of(folder / name)):
        beside = (f"{lesson.stem}.new{number}.ipynb" for number in itertools.chain([""], itertools.count(2)))
        written = next(each for each in itertools.chain([name], beside) if not os.path.lexists(folder / each))
        write_whole(folder / written, text)
    if new not in before:
        write_whole(folder / _MEMORY, memory_text(_MADE_BY, {**given, name: [*before, new]}))
    return written


def require_jupyterlab() -> None:
    """Raise MissingExtraError without JupyterLab or its kernel, OutsourcingKitError where it cannot keep files."""
    for package in ("jupyterlab", "ipykernel"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError.of("lab", package, "course")
    for check in check_jupyter_folder():
        if check.status == PROBLEM:
            raise OutsourcingKitError(f"{check.name} {check.found}. Mend: {check.mend}; or --no-open, to copy only")


def open_lab(copies: Copies, *, browser: bool = True, port: int | None = None) -> None:
    """Run JupyterLab on the copied lessons, in this process, until Ctrl-C ends it and its kernels."""
    from jupyterlab.labapp import LabApp

    # A shell that starts this in the background has interrupts ignored, which JupyterLab would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        server = LabApp.initialize_server(argv=lab_arguments(copies, browser=browser, port=port))
        # A "python3" in the user's own Jupyter folder would win, and mostly belongs to an environment without the kit.
        server.kernel_spec_manager.kernel_dirs = []
        # JupyterLab itself would ask whether it is meant, behind the browser, and without a terminal leave its kernels.
        signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
        server.start()


def lab_arguments(copies: Copies, *, browser: bool = True, port: int | None = None) -> list[str]:
    """JupyterLab's command line: the first lesson open, nothing asked of the network."""
    import zmq
    from jupyter_client.manager import KernelManager

    arguments = [
        f"--ServerApp.root_dir={copies.folder.resolve()}",
        f"--ServerApp.open_browser={browser}",
        # Root, as in a container, would be refused; the server can do no more than the shell that called.
        "--ServerApp.allow_root=True",
        f"--LabApp.default_url=/lab/tree/{next(iter(copies.written))}",
        # No look for updates, news or extensions, and no question about them: its answer is in the settings there.
        f"--LabApp.app_settings_dir={Path(__file__).with_name('jupyterlab')}",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
        # Lessons need no language server, and looking for one starts other programs.
        "--LanguageServerManager.autodetect=False",
        "--Application.log_level=WARN",
    ]
    if port is not None:
        arguments.append(f"--ServerApp.port={port}")
    # New kernels warn in the terminal where talk with them is not encrypted; older ones do not know the word.
    if hasattr(KernelManager, "transport_encryption") and zmq.has("curve"):
        arguments.append("--KernelManager.transport_encryption=auto")
    return arguments
