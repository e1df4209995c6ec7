"""The folder a run writes into: nothing in it that a run did not write itself is ever overwritten."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import importlib.util
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from outsourcing_kit.course.pages import MADE_BY
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.page import write_new
from outsourcing_kit.words import listed


class OutFolder:
    """What one command has written, remembered in a marker file as digests of each file.

    A file goes to a temporary name beside its place first (`part`) and is then moved there in one step (`commit`).
    """

    def __init__(self, path: Path, made_by: str) -> None:
        self.path, self._made_by = path, made_by
        self._marker = f".{made_by.replace(' ', '-')}.json"
        self._files: dict[str, list[str]] = {}

    @classmethod
    @contextlib.contextmanager
    def open(
        cls, path: Path, targets: Iterable[str], *, force: bool, notebooks: Path, made_by: str = MADE_BY
    ) -> Iterator[OutFolder]:
        """The folder, this run's alone for the while, with the folders that `targets` (names relative to it) need.

        Raises OutsourcingKitError where that would touch anything that is not the run's own, or another run writes
        there now; OSError on a full disk.
        """
        refuse_place(path, notebooks, called="--out")
        folder, held, parts = cls(path, made_by), None, list[Path]()
        try:
            try:
                path.mkdir(parents=True, exist_ok=True)
                held = lock(path)
                names = sorted(targets)
                folder._claim(names, force=force, alone=held is not None)
                # From here on they are this run's: those of another one, of the same process, are not.
                parts = [folder.part(name) for name in names]
            except BlockingIOError as error:
                why = f"Another run is writing into --out {path}. Mend: wait for its end, or choose another folder."
                raise OutsourcingKitError(why) from error
            except OSError as error:
                # A full disk is not a wrong choice of folder: told as what it is.
                if error.errno == errno.ENOSPC:
                    raise
                why = f"--out {path} cannot be written: {error.strerror or error}. Mend: choose another folder."
                raise OutsourcingKitError(why) from error
            yield folder
        finally:
            for part in parts:
                with contextlib.suppress(OSError):
                    part.unlink()
            if held is not None:
                os.close(held)

    def _claim(self, names: list[str], *, force: bool, alone: bool) -> None:
        known = read_memory(self.path / self._marker, self._made_by)
        self._files = known or {}
        existing = [name for name in names if os.path.lexists(self.path / name)]
        foreign = [name for name in existing if name not in self._files]
        edited = [
            name for name in existing if name in self._files and digest_of(self.path / name) not in self._files[name]
        ]
        why, by, other = "", f"`{self._made_by}`", "choose another folder"
        if known is None and any(self.path.iterdir()) and not force:
            why = f"it holds files that {by} did not write. Mend: {other}, or add --force to write beside them."
        elif foreign:
            why = f"not written by {by} and stay as they are: {listed(foreign, 5)}. Mend: move them, or {other}."
        elif edited and not force:
            why = f"changed since they were written: {listed(edited, 5)}. Mend: copy them or {other}, or --force."
        # All refusals come before the first byte is written: a folder that is refused is as it was.
        if why:
            raise OutsourcingKitError(f"--out {self.path}: {why}")
        # What a run that was killed left behind: with the lock held, nobody is writing it.
        for name in {*names, *self._files, self._marker} if alone else ():
            for part in self.part(name).parent.glob(f".{glob.escape(Path(name).name)}.*.part"):
                part.unlink()
        self._write_marker()
        for name in names:
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)

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
        # The marker first: a file that is not in it could never be written again without --force.
        for name in wanted:
            os.replace(self.part(name), self.path / name)

    def write(self, name: str, text: str) -> None:
        """Write one file by way of its part. Raises OSError, with what was there before intact."""
        write_new(self.part(name), text)
        self.commit([name])

    def _write_marker(self) -> None:
        write_new(self.part(self._marker), memory_text(self._made_by, self._files))
        os.replace(self.part(self._marker), self.path / self._marker)


def memory_text(made_by: str, files: dict[str, list[str]]) -> str:
    """What a command keeps in a folder about the files it wrote: the digests that are its own of each."""
    return json.dumps({"made_by": made_by, "files": dict(sorted(files.items()))}, indent=1) + "\n"


def read_memory(path: Path, made_by: str) -> dict[str, list[str]] | None:
    """What `memory_text` kept for this command; None where nothing of its own can be read."""
    # Anybody may have written there: a wrong type at any depth, or one nested without end.
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["made_by"] == made_by:
            return {str(name): [str(each) for each in digests] for name, digests in kept["files"].items()}
    return None


def lock(folder: Path) -> int | None:
    """A hold on `folder` until this process ends or closes the number; None where the system has no such thing.

    Raises BlockingIOError where another process has it.
    """
    if importlib.util.find_spec("fcntl") is None:  # Windows, and a browser
        return None
    import fcntl

    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return number
    except OSError as error:
        os.close(number)
        if isinstance(error, BlockingIOError):
            raise
    return None


def refuse_place(path: Path, notebooks: Path, *, called: str) -> None:
    """Raise OutsourcingKitError where `path` is a file, or in the folder of the lessons themselves."""
    why = ""
    if path.exists() and not path.is_dir():
        why = "is a file or a device; expected a folder. Mend: choose another name."
    elif notebooks.resolve() in (path.resolve(), *path.resolve().parents):
        why = "is the folder of the lessons themselves. Mend: choose another folder, for example out."
    if why:
        raise OutsourcingKitError(f"{called} {path} {why}")


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file's bytes, or None where there is no readable file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    except OSError:
        return None
