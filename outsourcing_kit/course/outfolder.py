"""The folder a command writes into: nothing in it that the command did not write itself is ever overwritten."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import importlib.util
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.page import write_new
from outsourcing_kit.words import listed

MARKER = ".outsourcing-kit-run.json"
_MADE_BY = "outsourcing-kit run"
_SHOWN = 5


class OutFolder:
    """What a run has written, remembered in a marker file as a digest for each file.

    A file goes to a temporary name beside its place first (`part`) and is then moved there in one step (`commit`).
    Another command keeps a marker of its own in a subclass.
    """

    marker: ClassVar[str] = MARKER
    made_by: ClassVar[str] = _MADE_BY

    def __init__(self, path: Path, files: Mapping[str, list[str]]) -> None:
        self.path = path
        self._files = dict(files)
        self._lock: int | None = None

    @classmethod
    def open(cls, path: Path, targets: Iterable[str], *, force: bool, notebooks: Path) -> OutFolder:
        """Check that `targets` (names relative to the folder) may be written, and make the folders they need.

        The folder is this run's alone until `close`. Raises OutsourcingKitError where that would touch anything that is
        not the run's own, or another run writes there now; OSError on a full disk.
        """
        names = sorted(targets)
        refuse_place(path, notebooks, called="--out")
        folder = cls(path, {})
        try:
            folder._claim(names, force=force)
            folder._write_marker()
            for parent in sorted({(path / name).parent for name in names}):
                parent.mkdir(parents=True, exist_ok=True)
        except BlockingIOError:
            raise OutsourcingKitError(
                f"Another run is writing into --out {path}. Mend: wait for its end, or choose another folder."
            ) from None
        except OSError as error:
            folder.close()
            if error.errno == errno.ENOSPC:
                # Not a wrong choice of folder: told as what it is.
                raise
            raise OutsourcingKitError(
                f"--out {path} cannot be written: {error.strerror or error}. Mend: choose another folder."
            ) from error
        except OutsourcingKitError:
            folder.close()
            raise
        return folder

    def _claim(self, names: list[str], *, force: bool) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = lock(self.path)
        known = self._read_marker(self.path)
        if known is None and any(self.path.iterdir()) and not force:
            raise OutsourcingKitError(
                f"--out {self.path} holds files that `outsourcing-kit run` did not write. "
                "Mend: choose another folder, or add --force to write beside them."
            )
        self._files = known or {}
        self._refuse_files(names, force=force)
        # What a run that was killed left behind: with the lock held, nobody is writing it.
        for name in {*names, *self._files, self.marker} if self._lock is not None else ():
            for part in self.part(name).parent.glob(f".{glob.escape(Path(name).name)}.*.part"):
                part.unlink()

    def close(self) -> None:
        """Let other runs write into the folder."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def _refuse_files(self, names: list[str], *, force: bool) -> None:
        existing = [name for name in names if os.path.lexists(self.path / name)]
        foreign = [name for name in existing if name not in self._files]
        if foreign:
            raise OutsourcingKitError(
                f"In --out {self.path} these were not written by `outsourcing-kit run` and stay as they are: "
                f"{listed(foreign, _SHOWN)}. Mend: move them, or choose another folder."
            )
        edited = [name for name in existing if digest_of(self.path / name) not in self._files[name]]
        if edited and not force:
            raise OutsourcingKitError(
                f"In --out {self.path} these were changed since they were written: {listed(edited, _SHOWN)}. "
                "Mend: copy them elsewhere or choose another folder; --force overwrites them."
            )

    def part(self, name: str) -> Path:
        """Where to write the file `name` first."""
        place = self.path / name
        return place.with_name(f".{place.name}.{os.getpid()}.part")

    def commit(self, names: Iterable[str]) -> None:
        """Move the parts of `names` to their places. Raises OSError."""
        wanted = list(names)
        for name in wanted:
            # The digest before this one stays: the move may not come to pass.
            self._files[name] = [*self._files.get(name, [])[-1:], digest_of(self.part(name)) or ""]
        self._write_marker()
        for name in wanted:
            os.replace(self.part(name), self.path / name)

    def write(self, name: str, text: str) -> None:
        """Write one file by way of its part. Raises OSError, with what was there before intact."""
        write_new(self.part(name), text)
        self.commit([name])

    def discard_parts(self, names: Iterable[str]) -> None:
        """Take away what an interrupted or failed job left."""
        for name in names:
            with contextlib.suppress(OSError):
                self.part(name).unlink()

    def _write_marker(self) -> None:
        text = json.dumps({"made_by": self.made_by, "files": dict(sorted(self._files.items()))}, indent=1)
        write_new(self.part(self.marker), text + "\n")
        os.replace(self.part(self.marker), self.path / self.marker)

    @classmethod
    def _read_marker(cls, path: Path) -> dict[str, list[str]] | None:
        """The files that this command wrote earlier, or None where the folder is not its own."""
        try:
            marker: dict[str, Any] = json.loads((path / cls.marker).read_text(encoding="utf-8"))
            if marker["made_by"] == cls.made_by:
                return {str(name): [str(each) for each in digests] for name, digests in marker["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        return None


def lock(folder: Path) -> int | None:
    """A hold on `folder` that ends with this process, however that ends, or when the number returned is closed.

    None where the system has no such thing. Raises BlockingIOError where another process has it.
    """
    if importlib.util.find_spec("fcntl") is None:  # Windows, and a browser
        return None
    import fcntl

    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(number)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return number


def refuse_place(path: Path, notebooks: Path, *, called: str) -> None:
    """Raise OutsourcingKitError where `path` is a file, or in the folder of the lessons themselves."""
    if path.exists() and not path.is_dir():
        raise OutsourcingKitError(
            f"{called} {path} is a file or a device; expected a folder. Mend: choose another name."
        )
    place, lessons = path.resolve(), notebooks.resolve()
    if place == lessons or lessons in place.parents:
        raise OutsourcingKitError(
            f"{called} {path} is the folder of the lessons themselves. Mend: choose another folder, for example out."
        )


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file's bytes, or None where there is no readable file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
