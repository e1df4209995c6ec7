"""The first command on a fresh machine: what `make` installs is the lock, whatever else an index has come to offer."""

from __future__ import annotations

import base64
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.packaging


# ---- an index of our own: `tool` needs `lib` with an extra, and a newer `lib` has come out since the lock ---------

PACKAGES = {
    ("tool", "1.0"): ["Requires-Dist: lib[fast]>=1"],
    ("lib", "1.0"): ["Provides-Extra: fast", "Requires-Dist: quick>=1; extra == 'fast'"],
    ("lib", "2.0"): ["Provides-Extra: fast", "Requires-Dist: quick>=2; extra == 'fast'"],
    ("quick", "1.0"): [],
    ("quick", "2.0"): [],
}
LOCKED = {"tool": "tool==1.0", "lib": "lib[fast]==1.0", "quick": "quick==1.0"}
# What builds the made project is part of it: a wheel that points to the folder.
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "made-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("made-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: made\\nVersion: 1.0\\n")
        wheel.writestr("made-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("made-1.0.dist-info/RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "made"
version = "1.0"
"""


def made_wheel(folder: Path, name: str, version: str, needs: list[str]) -> Path:
    """A wheel with one empty module."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    texts = {
        f"{name}.py": "",
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *needs, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: made\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{file},sha256={digest(text.encode())},{len(text)}" for file, text in texts.items()]
    texts[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in texts.items():
            wheel.writestr(file, text)
    return path


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


class Index(http.server.SimpleHTTPRequestHandler):
    """Serves a folder of folders of wheels, and remembers what was asked for."""

    asked: list[str]

    def __init__(self, *arguments, asked: list[str], **more) -> None:
        self.asked = asked
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of the index on this machine alone, and the paths that were asked for."""
    for (name, version), needs in PACKAGES.items():
        (tmp_path / "index" / name).mkdir(parents=True, exist_ok=True)
        made_wheel(tmp_path / "index" / name, name, version, needs)
    asked: list[str] = []
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Index, asked=asked, directory=str(tmp_path / "index"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project with our Makefile, and a lock made while `lib` was 1.0."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    lines = []
    for name, line in LOCKED.items():
        wheel = made_wheel(tmp_path, name, "1.0", PACKAGES[name, "1.0"])
        lines.append(f"{line} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    (folder / "requirements.lock").write_text("".join(lines))
    return folder


def set_up(project: Path, address: str, pip: str) -> subprocess.CompletedProcess[str]:
    """`make .venv/.ready` with this pip in the new environment: its own, or a wheel of another."""
    python = project / "python-of-the-test"
    more = f'case "$2" in venv) .venv/bin/python -m pip install --quiet --no-index "{pip}" ;; esac' if pip else ":"
    python.write_text(f'#!/bin/sh\nset -e\n"{sys.executable}" "$@"\n{more}\n')
    python.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "VIRTUAL_ENV", "MAKE"))}
    ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": address, "PIP_NO_CACHE_DIR": "1", "HOME": str(project)}
    return subprocess.run(
        ["make", f"PYTHON={python}", ".venv/.ready"],
        cwd=project, env=kept | ours, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="session")
def pips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Wheels of pip: that of Python 3.11.7, which asked for more than the lock, and the newest there is."""
    found = {}
    for wanted in ("pip==23.2.1", "pip"):
        folder = tmp_path_factory.mktemp("pip")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), wanted]
        subprocess.run(command, check=True, timeout=300)
        found[wanted] = str(next(folder.glob("*.whl")))
    return found


@pytest.mark.parametrize("pip", ["pip==23.2.1", "pip"])
@pytest.mark.parametrize("line", ["lib[fast]==1.0", "lib==1.0"])
def test_make_installs_the_lock_and_asks_for_nothing_else(clone, index, pips, pip, line):
    lock = clone / "requirements.lock"
    lock.write_text(lock.read_text().replace(LOCKED["lib"], line))
    address, asked = index
    done = set_up(clone, address, pips[pip])
    assert done.returncode == 0, done.stdout + done.stderr
    listed = subprocess.run(
        [clone / ".venv/bin/python", "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    ).stdout
    assert {"tool==1.0", "lib==1.0", "quick==1.0"} <= set(listed.split())
    wheels = {path.rsplit("/", 1)[-1].partition("#")[0] for path in asked if path.endswith((".whl", ".metadata"))}
    assert wheels == {f"{name}-1.0-py3-none-any.whl" for name in LOCKED}
    assert {path.strip("/") for path in asked if path.endswith("/")} == set(LOCKED)
    assert "installing requirements.lock into .venv" in done.stdout


def test_a_lock_that_lacks_a_package_is_told_at_once(clone, index):
    lock = clone / "requirements.lock"
    lock.write_text(lock.read_text().partition("quick==")[0])
    done = set_up(clone, index[0], "")
    # pip check does not look at extras; that the real lock has what they ask for is tested below.
    assert done.returncode == 0
    lock.write_text(lock.read_text().partition("lib[fast]==")[0])
    done = set_up(clone, index[0], "")
    assert done.returncode != 0 and "tool 1.0 requires lib, which is not installed" in done.stdout


# ---- the lock itself -----------------------------------------------------------------------------------------------


def locked(lock: str) -> dict[str, Requirement]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.removesuffix("\\")) for line in lines if line[:1].isalnum()]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def lacking(lock: dict[str, Requirement], wheels: list[Path], places: list[dict[str, str]]) -> set[str]:
    """What a locked package asks for in one of these places and the lock does not have, or not in that version."""
    found = set()
    for wheel, place in product(wheels, places):
        with zipfile.ZipFile(wheel) as archive:
            file = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            head = archive.read(file).decode("utf-8").partition("\n\n")[0].splitlines()
        name = canonicalize_name(next(line for line in head if line.startswith("Name: ")).removeprefix("Name: "))
        own = lock[name]
        if own.marker and not own.marker.evaluate(place):
            continue
        for line in (line.removeprefix("Requires-Dist: ") for line in head if line.startswith("Requires-Dist: ")):
            needs = Requirement(line)
            wanted = any(
                not needs.marker or needs.marker.evaluate({**place, "extra": extra}) for extra in ("", *own.extras)
            )
            has = lock.get(canonicalize_name(needs.name))
            if not wanted or (has and (not has.marker or has.marker.evaluate(place)) and fits(has, needs)):
                continue
            found.add(f"{name} needs {line} on {place['python_version']}, {place['sys_platform']}")
    return found


def fits(has: Requirement, needs: Requirement) -> bool:
    version = str(has.specifier).removeprefix("==")
    return needs.specifier.contains(version, prereleases=True) and needs.extras <= has.extras


PLACES = [
    {
        "python_version": version, "python_full_version": f"{version}.1", "sys_platform": platform,
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[platform], "os_name": "posix",
        "platform_machine": "x86_64", "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }
    for version in ("3.11", "3.12", "3.13") for platform in ("linux", "darwin")
]  # fmt: skip


def test_the_lock_has_all_that_its_packages_ask_for_extras_included(packages):
    lock, wheels = locked("requirements.lock"), sorted(packages.glob("*.whl"))
    assert len(wheels) > 100
    assert lacking(lock, wheels, PLACES) == set()
    # It can fail: without what only an extra asks for, and without the extra itself.
    asked_by_extras = {name: line for name, line in lock.items() if line.extras}
    assert asked_by_extras
    for name, line in asked_by_extras.items():
        bare = Requirement(f"{line.name}{line.specifier}")
        assert lacking({**lock, name: bare}, wheels, PLACES[:1]), name
