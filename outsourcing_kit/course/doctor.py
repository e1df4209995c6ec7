"""Is this machine fit for the kit? Looks, changes nothing, and says for each thing what mends it."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from outsourcing_kit import __version__
from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.resources import sample_engagements, shared_folder
from outsourcing_kit.shadows import MEND, shadows
from outsourcing_kit.words import plural

OK, WARNING, PROBLEM = "ok", "warning", "problem"
_KIT, _AGAIN = "outsourcing-kit", "install --force-reinstall"
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.M)
_ZONES = {"Europe/Madrid": (1, 2), "Asia/Manila": (8, 8)}
# A run of every lesson on every sample writes about 12 MB; a lesson takes up to 1 GB of memory while it runs.
_LEAST_DISK, _LOW_DISK, _LOW_MEMORY = 100 * 2**20, 2**30, 2 * 2**30


@dataclass(frozen=True)
class Check:
    """One thing looked at: `status` is ok, warning or problem; `mend` is empty where there is nothing to mend."""

    name: str
    status: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f"\n{'':10}Mend: {self.mend}" if self.mend else ""
        return f"{self.status:<8}  {self.name}: {self.found}{mend}"


@dataclass(frozen=True)
class Checkup:
    """All checks; shows itself as text."""

    checks: tuple[Check, ...]

    def count(self, status: str) -> int:
        """How many checks ended as "ok", "warning" or "problem"."""
        return sum(check.status == status for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        counts = {f"{status}s": self.count(status) for status in (PROBLEM, WARNING)}
        return {"version": __version__, **counts, "checks": [asdict(check) for check in self.checks]}

    def __str__(self) -> str:
        counts = f"{plural(self.count(PROBLEM), PROBLEM)}, {plural(self.count(WARNING), WARNING)}"
        return "\n".join([*map(str, self.checks), f"{counts} in {len(self.checks)} checks."])


def doctor(*, kernel_seconds: float = 7.0) -> Checkup:
    """Check the environment. A kernel that has not answered after `kernel_seconds` counts as a problem."""
    with contextlib.suppress(Exception):
        # As figures do it: with a backend that matplotlib does not know, its plain import would be told as a problem.
        from outsourcing_kit.plots.picture import import_matplotlib

        import_matplotlib()
    looks: dict[str, Callable[[], Iterator[Check]]] = {
        "Python": check_python, "kit": check_kit, "packages": check_packages,
        "kernel": lambda: check_kernel(kernel_seconds), "lessons": check_lessons, "folders": check_folders,
        "memory": check_memory, "time zones": check_time_zones, "console": check_console,
    }  # fmt: skip
    checks: list[Check] = []
    for name, look in looks.items():
        try:
            checks += look()
        except Exception as error:
            # One that fails itself is told like any other, and the rest still runs.
            checks.append(Check(name, PROBLEM, f"could not be checked: {_short(error)}", pip(_KIT, _AGAIN)))
    return Checkup(tuple(checks))


def pip(what: str, how: str = "install") -> str:
    """A line to copy for this very interpreter, since `pip` alone may be another one's."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    # Double quotes are understood by every shell, Windows' own too.
    return f'{python} -m pip {how} "{what}"'


def _variable(name: str, value: str = "FOLDER (one that you can write to)") -> str:
    return f"{'set' if sys.platform == 'win32' else 'export'} {name}={value}"


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".split(" Mend:")[0].strip().splitlines()[0]


# ---- what is installed ---------------------------------------------------------------------------------------------


def check_python() -> Iterator[Check]:
    """Which interpreter this is, and whether a file of the user's stands in for one of its modules."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    yield Check("Python", OK, found)
    if shadowed := shadows():
        yield Check("Python's modules", PROBLEM, shadowed, MEND)


def check_kit() -> Iterator[Check]:
    """Whether the kit is there once, and is the one that the installer knows of."""
    known: dict[Path, str] = {}
    for each in metadata.distributions(name=_KIT):
        known.setdefault(Path(str(each.locate_file(""))).resolve(), each.version)
    files = [Path(entry or ".", "outsourcing_kit", "__init__.py").resolve() for entry in sys.path]
    texts = {each.parents[1]: each.read_text(encoding="utf-8") for each in files if each.is_file()}
    copies = {folder: _VERSION.findall(f'{text}\n__version__ = "unknown"')[0] for folder, text in texts.items()}
    here = Path(__file__).resolve().parents[2]
    used = f"{__version__} used from {here}"
    if len(known) > 1 or len(copies) > 1:
        places = "; ".join(f"{version} in {folder}" for folder, version in (copies | known).items())
        mend = f"{pip(_KIT, 'uninstall -y')} (again until it finds none), then {pip(_KIT)}; take others off PYTHONPATH"
        yield Check("kit", PROBLEM, f"there more than once: {places}; {used}", mend)
    elif not known:
        yield Check("kit", WARNING, f"{used}, but not installed", pip(str(here), "install -e"))
    elif __version__ not in known.values():
        used += f", but the installer knows {', '.join(known.values())}"
        yield Check("kit", PROBLEM, used, f"{pip(_KIT, _AGAIN)} (in a checkout: make)")
    else:
        yield Check("kit", OK, used)


def check_packages() -> Iterator[Check]:
    """Every package that the kit promises to work with, against the lowest version it promises."""
    from packaging.requirements import Requirement

    groups: dict[str, list[Requirement]] = {"": [], "course": [], "readers": []}
    for each in map(Requirement, metadata.requires(_KIT) or []):
        # The first that asks for it: what the core needs is asked for by every extra.
        asked = (extra for extra in groups if each.marker is None or each.marker.evaluate({"extra": extra}))
        groups.get(next(asked, "not here"), []).append(each)
    for extra, group in groups.items():
        line = pip(f"{_KIT}[{extra}]" if extra else _KIT)
        lost = [each.name for each in group if not _version_of(each.name)]
        if extra == "readers" and lost:
            # Each of them reads one kind of file: whoever has other kinds needs none of it.
            found = f"not installed ({', '.join(lost)}): needed only for workbooks, calendars and Parquet files"
            yield Check("extra readers", OK, found, line)
            group = [each for each in group if each.name not in lost]
        if extra == "course" and lost and len(lost) == len(group):
            yield Check("extra course", WARNING, f"not installed ({', '.join(lost)}): no `run` and no `lab`", line)
        else:
            yield from (_package(each.name, each.specifier, line) for each in group)


def _package(name: str, wanted: Any, line: str) -> Check:
    version = _version_of(name)
    found = f"{version or 'not installed'}{f' (promised: {wanted})' if wanted else ''}"
    mend = "" if version else line
    if version and not wanted.contains(version, prereleases=True):
        mend = pip(f"{name}{wanted}", "install --upgrade")
    elif version and name in ("numpy", "pandas", "scipy", "matplotlib"):
        # Packages with compiled parts may be there with the right version and still not load.
        try:
            importlib.import_module(name)
        except Exception as error:
            found, mend = f"{version}, cannot be imported: {_short(error)}", pip(name, _AGAIN)
    return Check(name, PROBLEM if mend else OK, found, mend)


def _version_of(name: str) -> str | None:
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return None


def check_kernel(seconds: float = 7.0) -> Iterator[Check]:
    """Whether a kernel of this interpreter starts, knows this kit and can add, as lessons need it."""
    start = time.monotonic()
    if missing := [name for name in ("ipykernel", "jupyter_client") if not _version_of(name)]:
        # Who has neither JupyterLab nor papermill has chosen the core alone.
        status = PROBLEM if _version_of("jupyterlab") or _version_of("papermill") else WARNING
        found = f"no kernel: {' and '.join(missing)} not installed, so no lesson can be executed"
        yield Check("kernel", status, found, pip(f"{_KIT}[course]"))
    elif trouble := _kernel_trouble(seconds):
        slow = f"if this machine is just slow: outsourcing-kit doctor --wait {max(60, round(4 * seconds))}"
        blocked = "else let Python talk to itself on 127.0.0.1 (firewall, virus scanner)"
        yield Check("kernel", PROBLEM, trouble, f"{slow}; {blocked}, or {pip('ipykernel', _AGAIN)}")
    else:
        yield Check("kernel", OK, f"started and answered in {time.monotonic() - start:.1f} s")


def _kernel_trouble(seconds: float) -> str:
    """Start a kernel, ask it, end it, and leave no file in the user's home. What is wrong with it, or ""."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    with tempfile.TemporaryDirectory(prefix="outsourcing-kit-") as scratch, contextlib.ExitStack() as after:
        # `start_new_kernel` would take a "python3" of the user's that belongs elsewhere, and write into their home.
        specs, place = KernelSpecManager(kernel_dirs=[]), f"{scratch}/kernel.json"
        manager = KernelManager(kernel_name="python3", kernel_spec_manager=specs, connection_file=place)
        words = after.enter_context(open(Path(scratch, "log"), "w+b"))
        try:
            environment = os.environ | {"IPYTHONDIR": f"{scratch}/ipython"}
            manager.start_kernel(env=environment, stdout=words, stderr=subprocess.STDOUT)
            after.callback(manager.shutdown_kernel, now=True)
            client = manager.blocking_client()
            client.start_channels()
            after.callback(client.stop_channels)
            client.wait_for_ready(timeout=seconds)
            asked = {"sum": "1 + 1", "kit": "__import__('outsourcing_kit').__version__"}
            reply = client.execute("", user_expressions=asked, store_history=False, reply=True, timeout=seconds)
        except Exception as error:
            if manager.is_alive():
                return f"no answer within {seconds:g} s"
            # The kernel's own last line says more than the error on this side.
            words.seek(0)
            lines = words.read().decode("utf-8", "replace").strip().splitlines()
            return f"the kernel did not start: {lines[-1].strip() if lines else _short(error)}"
    told = {name: each.get("data", {}).get("text/plain") for name, each in reply["content"]["user_expressions"].items()}
    if told != {"sum": "2", "kit": repr(__version__)}:
        return f"the kernel says that 1 + 1 is {told['sum']} and imports the kit {told['kit']}, not {__version__}"
    return ""


# ---- the machine ---------------------------------------------------------------------------------------------------


def check_lessons() -> Iterator[Check]:
    """Whether lessons and samples came with the package."""
    folder = shared_folder("notebooks")
    lessons, samples = find_lessons(folder), sample_engagements()
    found = f"{plural(len(lessons), 'lesson')} and {plural(len(samples), 'sample engagement')} in {folder.parent}"
    closed = "" if os.access(folder, os.W_OK) else "; read-only, which is fine: `lab` copies lessons out of it"
    yield Check("lessons", *((OK, found + closed) if samples else (PROBLEM, found, pip(_KIT, _AGAIN))))


def check_folders() -> Iterator[Check]:
    """Whether what writes can write: `run` and `lab` where the user stands, kernels elsewhere, JupyterLab at home."""
    go, temporary = ("cd %USERPROFILE%", "TEMP") if sys.platform == "win32" else ("cd ~", "TMPDIR")
    yield _folder("current folder", Path.cwd, f"{go}, or name a folder: run --out FOLDER, lab FOLDER")
    yield _folder("temporary folder", tempfile.gettempdir, _variable(temporary))
    # Windows refuses paths of more than 260 unless told otherwise, and a run adds some 60.
    if sys.platform == "win32" and (length := len(os.getcwd())) > 180:
        found = f"{length} characters; Windows stops at 260 for a whole path"
        yield Check("path length", WARNING, found, f"{go}, or another folder with a short name")
    yield from check_jupyter_folder()


def check_jupyter_folder() -> Iterator[Check]:
    """Whether JupyterLab can keep its own files, as a locked home folder prevents. Nothing is made to find out."""
    with contextlib.suppress(ImportError):
        from jupyter_core import paths

        places = {kind: Path(getattr(paths, f"jupyter_{kind}_dir")()) for kind in ("runtime", "data", "config")}
        there = {kind: next(each for each in (path, *path.parents) if each.exists()) for kind, path in places.items()}
        closed = [kind for kind, folder in there.items() if _write_error(folder)]
        found = f"cannot be written: {', '.join(str(places[kind]) for kind in closed)}"
        mend = "; ".join(_variable(f"JUPYTER_{kind.upper()}_DIR") for kind in closed)
        yield Check("Jupyter's folder", *((PROBLEM, found, mend) if closed else (OK, str(places["data"]))))


def _folder(name: str, find: Callable[[], str | Path], mend: str) -> Check:
    folder: str | Path = "it"
    try:
        folder = find()
        if error := _write_error(folder):
            raise error
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check(name, PROBLEM, f"{folder} cannot be written: {error.strerror or error}", mend)
    status = PROBLEM if free < _LEAST_DISK else WARNING if free < _LOW_DISK else OK
    found = f"{folder}: can be written, {free / 2**30:.1f} GB free"
    return Check(name, status, found, "" if status == OK else f"delete what you need no more, or {mend}")


def _write_error(folder: str | Path) -> OSError | None:
    """Why the folder cannot be written. Only writing tells: on Windows and network drives permission bits do not."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"1")
    except OSError as error:
        return error
    return None


def check_memory() -> Iterator[Check]:
    """Whether lessons can run side by side; nothing on Windows, which has no simple way to ask."""
    if hasattr(os, "sysconf"):
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        found = f"{size / 2**30:.1f} GB"
        mend = "close other programs, and run one lesson at a time: outsourcing-kit run --jobs 1"
        yield Check("memory", *(WARNING, found, mend) if size < _LOW_MEMORY else (OK, found))


def check_time_zones() -> Iterator[Check]:
    """Whether working hours on both sides of the world can be told: Windows has no time zones of its own."""
    told = (OK, f"{' and '.join(_ZONES)} are known", "")
    for name, hours in reversed(_ZONES.items()):
        found = None
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
            # A zone from the cache would hide files that have gone since.
            zone = zoneinfo.ZoneInfo.no_cache(name)
            found = [dt.datetime(2026, month, 15, tzinfo=zone).utcoffset() for month in (1, 7)]
        if found != [dt.timedelta(hours=each) for each in hours]:
            told = (PROBLEM, f"{name} is not known here, or wrong", pip("tzdata", "install --upgrade"))
    yield Check("time zones", *told)


def check_console() -> Iterator[Check]:
    """Whether the verdicts' signs can be printed. Where not, question marks are printed instead."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    told = (WARNING, f"{encoding}: some signs are shown as ?; files are right", _variable("PYTHONUTF8", "1"))
    with contextlib.suppress(UnicodeEncodeError, LookupError):
        "✖✔–…".encode(encoding)
        told = (OK, encoding, "")
    yield Check("console", *told)
