"""What is installed: this Python, the kit once, and the packages that it promises to work with."""

from __future__ import annotations

import contextlib
import importlib
import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from outsourcing_kit import __version__
from outsourcing_kit.course.doctor.check import COURSE, KIT, OK, PROBLEM, WARNING, Check, install, short, this_python
from outsourcing_kit.shadows import MEND, shadows

# What is imported to see whether it can be: a package may be there with the right version and still not load.
_IMPORTED = ("numpy", "pandas", "scipy", "matplotlib")
# Needed by nobody who has CSV files.
_OPTIONAL = "readers"


def check_python() -> Iterator[Check]:
    """Which interpreter this is, and whether it is one that packages are made for."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if sys.maxsize <= 2**32:
        yield Check("Python", WARNING, f"{found}; a 32-bit Python", "install a 64-bit Python")
    else:
        yield Check("Python", OK, found)


def check_modules() -> Iterator[Check]:
    """Whether a file of the user's stands in for a module; nothing where none does."""
    if found := shadows():
        yield Check("Python's modules", PROBLEM, found, MEND)


def check_kit() -> Iterator[Check]:
    """Whether the kit is there once, and is the one that the installer knows of."""
    installed, copies = _installed_kits(), _importable_kits()
    places = {folder: f"{version} in {folder}" for folder, version in [*copies, *installed]}
    imported = Path(importlib.import_module("outsourcing_kit").__file__ or "").resolve().parent
    if len(installed) > 1:
        yield Check(
            "kit", PROBLEM,
            f"installed more than once: {'; '.join(places.values())}. Used: {__version__} in {imported.parent}",
            f"{this_python()} -m pip uninstall -y {KIT} (again until it finds none), then {install(KIT)}",
        )  # fmt: skip
    elif len(copies) > 1:
        yield Check(
            "kit", PROBLEM,
            f"there more than once: {'; '.join(places[folder] for folder, _ in copies)}. Used: the first",
            "take the folder that you do not mean off the path (PYTHONPATH, or the folder that Python is started in)",
        )  # fmt: skip
    elif not installed:
        yield Check(
            "kit", WARNING, f"{__version__} used from {imported}, but not installed",
            f'{this_python()} -m pip install -e "{imported.parent}"',
        )  # fmt: skip
    elif installed[0][1] != __version__:
        yield Check(
            "kit", PROBLEM, f"{__version__} used from {imported}, but the installer knows {places[installed[0][0]]}",
            f"{install(KIT, force=True)} (in a checkout: {this_python()} -m pip install -e .)",
        )  # fmt: skip
    else:
        yield Check("kit", OK, f"{__version__} in {imported}")


def _installed_kits() -> list[tuple[Path, str]]:
    """Folder and version of every installation on the path, each once."""
    found: dict[Path, str] = {}
    for each in metadata.distributions(name=KIT):
        found.setdefault(Path(str(each.locate_file(""))).resolve(), each.version)
    for entry in sys.path:
        link = Path(entry, f"{KIT}.egg-link")
        if link.is_file():
            # An old way to install a checkout: the first line is where that is.
            target = Path(link.read_text(encoding="utf-8").splitlines()[0]).resolve()
            found.setdefault(target, _version_in(target / "outsourcing_kit"))
    return list(found.items())


def _importable_kits() -> list[tuple[Path, str]]:
    """Folder and version of every copy of the package that an import could find, the one it does find first."""
    folders = [Path(entry or ".", "outsourcing_kit") for entry in sys.path]
    found = {each.parent.resolve(): _version_in(each) for each in folders if (each / "__init__.py").is_file()}
    return list(found.items())


def _version_in(package: Path) -> str:
    with contextlib.suppress(OSError):
        match = re.search(r'^__version__ = "([^"]+)"', (package / "__init__.py").read_text(encoding="utf-8"), re.M)
        if match:
            return match[1]
    return "unknown version"


def check_packages() -> Iterator[Check]:
    """Every package that the kit promises to work with, against the lowest version it promises."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield Check("packages", PROBLEM, "packaging is missing: versions cannot be compared", install("packaging"))
        return
    try:
        lines = metadata.requires(KIT) or []
    except metadata.PackageNotFoundError:
        lines = []
    needed = [Requirement(line) for line in lines]
    for extra in ("", COURSE, _OPTIONAL):
        group = [each for each in needed if _belongs(each, extra)]
        there = [each.name for each in group if version_of(each.name) is not None]
        if extra and not there and group:
            yield _missing_extra(extra, [each.name for each in group])
            continue
        for each in group:
            yield _package(each.name, each.specifier, extra)
        if extra == COURSE and there:
            # Papermill brings it, and it is what executes a lesson.
            yield _package("nbclient", None, extra)


def _belongs(requirement: Any, extra: str) -> bool:
    """Whether this requirement comes with `extra` ("" for the core) on this platform."""
    marker = requirement.marker
    if marker is None:
        return not extra
    return bool(marker.evaluate({"extra": extra})) and (not extra or not marker.evaluate({"extra": ""}))


def _missing_extra(extra: str, names: list[str]) -> Check:
    line = install(f"{KIT}[{extra}]")
    if extra == _OPTIONAL:
        return Check(", ".join(names), OK, f"not installed; only needed to read Parquet files ({line})")
    return Check(f"extra {extra}", WARNING, f"not installed ({', '.join(names)}): no `run` and no `lab`", line)


def _package(name: str, wanted: Any, extra: str) -> Check:
    version = version_of(name)
    promised = f" (promised: {wanted})" if wanted else ""
    if version is None:
        return Check(name, PROBLEM, f"not installed{promised}", install(f"{KIT}[{extra}]" if extra else KIT))
    if wanted and not wanted.contains(version, prereleases=True):
        return Check(name, PROBLEM, f"{version}{promised}", install(f"{name}{wanted}", upgrade=True))
    if name in _IMPORTED:
        try:
            importlib.import_module(name)
        except Exception as error:
            return Check(name, PROBLEM, f"{version}, cannot be imported: {short(error)}", install(name, force=True))
    return Check(name, OK, f"{version}{promised}")


def version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
