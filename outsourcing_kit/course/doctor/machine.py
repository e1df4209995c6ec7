"""The machine: lessons, fonts, folders that can be written, time zones, console."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

from outsourcing_kit.course.doctor.check import (
    KIT,
    OK,
    PROBLEM,
    WARNING,
    Check,
    count,
    home,
    install,
    set_variable,
    short,
)
from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.resources import sample_engagements, shared_folder

_ZONES = {"Europe/Madrid": (1, 2), "Asia/Manila": (8, 8)}
# A run of every lesson on every sample writes about 12 MB.
_TOO_LITTLE, _LITTLE = 100 * 2**20, 2**30
# Windows refuses longer paths unless told otherwise, and a run adds some 60 characters.
_LONGEST_WINDOWS_FOLDER = 180


def check_lessons() -> Iterator[Check]:
    """Whether lessons and samples came with the package."""
    try:
        folder = shared_folder("notebooks")
        lessons, samples = find_lessons(folder), sample_engagements()
    except OutsourcingKitError as error:
        yield Check("lessons", PROBLEM, str(error).split(" Mend:")[0], install(KIT, force=True))
        return
    found = f"{count(len(lessons), 'lesson')} and {count(len(samples), 'sample engagement')} in {folder.parent}"
    if not samples:
        yield Check("lessons", PROBLEM, found, install(KIT, force=True))
    elif os.access(folder, os.W_OK):
        yield Check("lessons", OK, found)
    else:
        yield Check("lessons", OK, f"{found}; read-only, and nothing is written there: `lab` copies lessons out of it")


def check_fonts() -> Iterator[Check]:
    """Whether pictures can be lettered: the font that comes with matplotlib, with the signs of the verdicts."""
    mend = install("matplotlib", force=True)
    try:
        import matplotlib
        from matplotlib.ft2font import FT2Font

        from outsourcing_kit.finding import SYMBOLS
    except ImportError as error:
        yield Check("fonts", PROBLEM, f"cannot be looked at: {short(error)}", mend)
        return
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    if not path.is_file():
        # Some systems' own matplotlib uses the system's fonts. Asking for those takes seconds the first time.
        from matplotlib.font_manager import findfont

        try:
            path = Path(findfont("DejaVu Sans", fallback_to_default=False))
        except ValueError:
            yield Check("fonts", PROBLEM, "DejaVu Sans not found", mend)
            return
    signs = FT2Font(str(path)).get_charmap()
    lacking = [sign for sign in SYMBOLS.values() if ord(sign) not in signs]
    if lacking:
        yield Check("fonts", PROBLEM, f"DejaVu Sans lacks {' '.join(lacking)} ({path})", mend)
    else:
        yield Check("fonts", OK, f"DejaVu Sans, with {' '.join(SYMBOLS.values())}")


def check_current_folder() -> Iterator[Check]:
    """Whether `run` and `lab` can write where the user stands."""
    try:
        here = Path.cwd()
    except OSError:
        yield Check("current folder", PROBLEM, "it is not there any more", f"cd {home()}")
        return
    yield from _folder("current folder", here, f"cd {home()}, or name a folder: run --out FOLDER, lab FOLDER")
    if sys.platform == "win32" and len(str(here)) > _LONGEST_WINDOWS_FOLDER:
        yield Check(
            "path length", WARNING, f"{len(str(here))} characters; Windows stops at 260 for a whole path",
            f"cd {home()}, or another folder with a short name",
        )  # fmt: skip


def check_temporary_folder() -> Iterator[Check]:
    """Whether there is room for what a kernel needs while it runs."""
    name = "TEMP" if sys.platform == "win32" else "TMPDIR"
    mend = f"{set_variable(name, 'FOLDER')} (one that you can write to)"
    try:
        folder = Path(tempfile.gettempdir())
    except OSError as error:
        yield Check("temporary folder", PROBLEM, short(error), mend)
        return
    yield from _folder("temporary folder", folder, mend)


def _folder(name: str, folder: Path, mend: str) -> Iterator[Check]:
    error = _write_error(folder)
    if error is not None:
        yield Check(name, PROBLEM, f"{folder} cannot be written: {error.strerror or error}", mend)
        return
    free = shutil.disk_usage(folder).free
    status = PROBLEM if free < _TOO_LITTLE else WARNING if free < _LITTLE else OK
    room = f"{free / 2**30:.1f} GB" if free >= _LITTLE else f"{free / 2**20:.0f} MB"
    yield Check(name, status, f"{folder}: can be written, {room} free", "" if status == OK else f"make room, or {mend}")


def _write_error(folder: Path) -> OSError | None:
    """Why the folder cannot be written. Only writing tells: on Windows and network drives permission bits do not."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        return error
    return None


def check_jupyter_folder() -> Iterator[Check]:
    """Whether JupyterLab can keep its own files, as a locked home folder prevents."""
    try:
        from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir
    except ImportError:
        # Without the extra there is no JupyterLab either: told above.
        return
    folders = {
        "JUPYTER_RUNTIME_DIR": jupyter_runtime_dir(),
        "JUPYTER_DATA_DIR": jupyter_data_dir(),
        "JUPYTER_CONFIG_DIR": jupyter_config_dir(),
    }
    closed = {name: each for name, each in folders.items() if not _can_make(Path(each))}
    if closed:
        yield Check(
            "Jupyter's folder", PROBLEM, f"cannot be written: {', '.join(closed.values())}",
            f"{'; '.join(set_variable(name, 'FOLDER') for name in closed)} (one that you can write to)",
        )  # fmt: skip
    else:
        yield Check("Jupyter's folder", OK, folders["JUPYTER_DATA_DIR"])


def _can_make(folder: Path) -> bool:
    """Whether the folder can be written, or made: nothing is made to find out."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    return _write_error(there) is None


def check_time_zones() -> Iterator[Check]:
    """Whether working hours on both sides of the world can be told: Windows has no time zones of its own."""
    mend = install("tzdata", upgrade=True)
    for name, expected in _ZONES.items():
        try:
            zone = zoneinfo.ZoneInfo.no_cache(name)
        except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
            yield Check("time zones", PROBLEM, f"{name} is not known here", mend)
            return
        hours = tuple(dt.datetime(2026, month, 15, tzinfo=zone).utcoffset() for month in (1, 7))
        if hours != tuple(dt.timedelta(hours=each) for each in expected):
            yield Check("time zones", PROBLEM, f"{name} is wrong: UTC{hours[0]} and UTC{hours[1]} in 2026", mend)
            return
    yield Check("time zones", OK, f"{' and '.join(_ZONES)} are known")


def check_console() -> Iterator[Check]:
    """Whether the verdicts' signs can be printed. Where not, question marks are printed instead."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        "✖✔–…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        yield Check(
            "console",
            WARNING,
            f"{encoding}: some signs are shown as ?; files are right",
            set_variable("PYTHONUTF8", "1"),
        )
    else:
        yield Check("console", OK, encoding)
