"""The user's own copies of the lessons, and JupyterLab to work in them.

A lesson that is there is the user's: it is brought up to date only where it is byte for byte a copy made earlier.
"""

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
from typing import ClassVar

from outsourcing_kit.course.doctor import PROBLEM, check_jupyter_folder
from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.course.outfolder import OutFolder, digest_of, refuse_place
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError
from outsourcing_kit.resources import typed_path

FOLDER = "outsourcing-lessons"
_NEEDED = ("jupyterlab", "ipykernel")

_SAID = {
    "copied": "copied",
    "current": "there already, as the kit has it",
    "refreshed": "brought up to date (you had not changed it)",
    "kept": "kept as you left it",
    "beside": "kept as you left it; the kit's newer lesson is now beside it: {beside}",
    "waiting": "kept as you left it; the kit's newer lesson is beside it: {beside}",
}


@dataclass(frozen=True)
class Copy:
    """What became of one lesson: copied, current, refreshed, kept, beside or waiting (see `said`)."""

    name: str
    became: str
    beside: str = ""

    @property
    def said(self) -> str:
        """The same in the user's words."""
        return _SAID[self.became].format(beside=self.beside)


@dataclass(frozen=True)
class Copies:
    """What became of every lesson asked for, in the course's order."""

    folder: Path
    copies: tuple[Copy, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """The lessons that are the user's own by now."""
        return tuple(each.name for each in self.copies if each.became in ("kept", "beside", "waiting"))

    def lines(self) -> list[str]:
        """One line a lesson; where the user's own were kept, how to start one over."""
        width = max(len(each.name) for each in self.copies)
        told = [f"  {each.name:<{width}}  {each.said}" for each in self.copies]
        if self.own:
            told.append(f"To start a lesson over: rename your {self.own[0]}, then the same command again.")
        return [f"Lessons in {self.folder}:", *told]


class _LessonFolder(OutFolder):
    """The user's folder: what was copied there earlier is remembered by its digest."""

    marker: ClassVar[str] = ".outsourcing-kit-lab.json"
    made_by: ClassVar[str] = "outsourcing-kit lab"

    @classmethod
    def at(cls, path: Path) -> _LessonFolder:
        """The folder, made where it is not there. Raises OSError."""
        path.mkdir(parents=True, exist_ok=True)
        return cls(path, cls._read_marker(path) or {})

    def place(self, lesson: Lesson) -> Copy:
        """Copy one lesson, unless that would touch something of the user's. Raises OSError."""
        name, text = lesson.path.name, lesson.path.read_bytes().decode("utf-8")
        new = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if not os.path.lexists(self.path / name):
            self.write(name, text)
            return Copy(name, "copied")
        if self._digest(name) == new:
            # Also if somebody put it there by hand: from now on it counts as a copy of ours.
            if new not in self._files.get(name, []):
                self._files[name] = [*self._files.get(name, [])[-1:], new]
                self._write_marker()
            return Copy(name, "current")
        if self._ours(name):
            self.write(name, text)
            return Copy(name, "refreshed")
        return self._beside(lesson, text, new)

    def _beside(self, lesson: Lesson, text: str, new: str) -> Copy:
        """The user has made `lesson` their own. A version they have not been given yet goes beside it, once."""
        name = lesson.path.name
        if new in self._files.get(name, []):
            return Copy(name, "kept")
        for number in itertools.count(1):
            beside = f"{lesson.stem}.new{'' if number == 1 else number}.ipynb"
            there = os.path.lexists(self.path / beside)
            if new in self._files.get(beside, []):
                return Copy(name, "waiting", beside) if there else Copy(name, "kept")
            if not there or self._ours(beside):
                self.write(beside, text)
                return Copy(name, "beside", beside)
        raise AssertionError("there is always a next number")

    def _ours(self, name: str) -> bool:
        return self._digest(name) in self._files.get(name, [])

    def _digest(self, name: str) -> str | None:
        # A link is how the user arranged things, wherever it leads.
        path = self.path / name
        return None if path.is_symlink() else digest_of(path)


def copy_lessons(
    folder: str | os.PathLike[str] = FOLDER, names: Iterable[str] = (), *, notebooks: Path | None = None
) -> Copies:
    """Copy the lessons that `names` mean (default: all) into `folder`, and tell what became of each.

    A file that is there stays exactly as it is, unless it is an unchanged copy of an older version: that is brought up
    to date. Where the user has changed a lesson and the kit has a newer one, that goes beside it once, as
    `03_kickoff.new.ipynb`. Raises UnknownNameError for a name, OutsourcingKitError where the folder is a file, the
    kit's own or cannot be written, OSError on a full disk.
    """
    known = find_lessons(notebooks)
    lessons = select_lessons(names, known)
    path = typed_path(folder)
    refuse_place(path, known[0].path.parent, called="The folder")
    try:
        here = _LessonFolder.at(path)
        return Copies(path, tuple(here.place(lesson) for lesson in lessons))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise OutsourcingKitError(
            f"The folder {path} cannot be written: {error.strerror or error}. "
            f"Mend: name another one: outsourcing-kit lab {Path('~') / FOLDER}"
        ) from error


def require_jupyterlab() -> None:
    """Raise MissingExtraError where JupyterLab or the kernel is not there, OutsourcingKitError where it cannot work.

    JupyterLab keeps files of its own while it runs, which a locked home folder prevents.
    """
    for package in _NEEDED:
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
        # JupyterLab itself would ask whether it is meant, behind the browser, and without a terminal leave its kernels.
        signal.signal(signal.SIGINT, lambda *_: server.stop(from_signal=True))
        server.start()


def lab_arguments(copies: Copies, *, browser: bool = True, port: int | None = None) -> list[str]:
    """JupyterLab's command line: this kernel only, the first lesson open, nothing asked of the network."""
    arguments = [
        f"--ServerApp.root_dir={copies.folder.resolve()}",
        "--ServerApp.kernel_spec_manager_class=outsourcing_kit.course.this_kernel.ThisKernel",
        f"--LabApp.default_url=/lab/tree/{copies.copies[0].name}",
        # No look for updates, news or extensions.
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
        # Lessons need no language server, and looking for one starts other programs.
        "--LanguageServerManager.autodetect=False",
        "--Application.log_level=WARN",
    ]
    if not browser:
        arguments.append("--ServerApp.open_browser=False")
    if port is not None:
        arguments.append(f"--ServerApp.port={port}")
    if _can_encrypt():
        arguments.append("--KernelManager.transport_encryption=auto")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # As in a container. JupyterLab would refuse; it can do no more than the shell that called.
        arguments.append("--ServerApp.allow_root=True")
    return arguments


def _can_encrypt() -> bool:
    """Whether talk with the kernels can be encrypted; new kernels warn in the terminal where it is not."""
    import zmq
    from jupyter_client.manager import KernelManager

    return hasattr(KernelManager, "transport_encryption") and zmq.has("curve")
