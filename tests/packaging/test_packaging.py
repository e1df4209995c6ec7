"""The wheel and the sdist, as a stranger gets them: fresh environments outside the checkout, locked packages only.

The locked packages are fetched once, with their hashes checked; the environments are then made without an index, so
that what the kit's own metadata asks for is found among exactly these versions or not at all.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from itertools import chain
from pathlib import Path

import pytest

from outsourcing_kit import __version__

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
SAMPLES = sorted(path.parent.name for path in (ROOT / "datasets").glob("*/engagement.toml"))
SHARED = "outsourcing_kit/_shared"


def call(*arguments: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout, and without what points Python to it."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        [str(part) for part in arguments], cwd=folder, env=kept, capture_output=True, text=True, timeout=300
    )


def succeed(*arguments: str | Path, folder: Path | None = None) -> str:
    done = call(*arguments, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Fresh:
    """A new virtual environment, and the kit in it."""

    def __init__(self, folder: Path, packages: Path) -> None:
        venv.create(folder, with_pip=True)
        programs = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python, self.kit, self.packages = programs / "python", programs / "outsourcing-kit", packages

    def install(self, *what: str) -> None:
        succeed(
            self.python, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", self.packages, *what,
            folder=self.packages,
        )  # fmt: skip

    def has(self, module: str) -> bool:
        return call(self.python, "-c", f"import {module}").returncode == 0


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The folder with the sdist of this checkout and the wheel that is built from that sdist, with the locked tools."""
    folder = tmp_path_factory.mktemp("built")
    succeed(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    assert len(list(folder.iterdir())) == 2
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def core(tmp_path_factory, packages, wheel) -> Fresh:
    """The wheel without any extra."""
    fresh = Fresh(tmp_path_factory.mktemp("core"), packages)
    fresh.install(str(wheel))
    return fresh


@pytest.fixture(scope="session")
def course(tmp_path_factory, packages) -> Fresh:
    """An environment in which the tests install the kit with the extra `course`."""
    return Fresh(tmp_path_factory.mktemp("course"), packages)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    return folder


# ---- what is in them -----------------------------------------------------------------------------------------------


def test_the_wheel_holds_every_lesson_and_sample_once(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert sorted(Path(name).name for name in names if name.endswith(".ipynb")) == LESSONS
    assert sorted(name.split("/")[-2] for name in names if name.endswith("/engagement.toml")) == SAMPLES
    data = [name for name in names if name.endswith((".ipynb", ".csv", "engagement.toml", ".json"))]
    # JupyterLab looks for its settings under this name; all else of that kind is lessons and samples.
    (settings,) = [name for name in data if not name.startswith(f"{SHARED}/")]
    assert settings == "outsourcing_kit/course/jupyterlab/overrides.json" and len(data) > 100


def test_the_wheels_lessons_and_data_are_the_checkouts(wheel):
    archive = zipfile.ZipFile(wheel)
    for name in archive.namelist():
        if name.startswith(f"{SHARED}/"):
            assert archive.read(name) == (ROOT / name.removeprefix(f"{SHARED}/")).read_bytes(), name


def test_the_repository_has_no_second_copy():
    assert not (ROOT / SHARED).exists()


def test_the_wheel_holds_the_package_and_nothing_of_the_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    # Words, styles and templates too: without workshop.toml there is no run sheet.
    files = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "outsourcing_kit").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip
    assert {"outsourcing_kit/course/workshop.toml", "outsourcing_kit/course/templates/slides.css"} < files <= set(names)
    assert {name.partition("/")[0] for name in names} == {"outsourcing_kit", f"outsourcing_kit-{__version__}.dist-info"}
    assert {"LICENSE", "LICENSE-lessons"} <= {Path(name).name for name in names}


def test_the_sdist_holds_what_builds_and_tests_it(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "Makefile", "requirements.lock", "README.md", "tests/conftest.py"} <= names
    assert {f"notebooks/{name}" for name in LESSONS} <= names
    assert not any(name.startswith((".venv", "out/", ".git/")) for name in names)


# ---- the locks -----------------------------------------------------------------------------------------------------

# And how many packages each has at least.
LOCKS = {"requirements.lock": 100, "requirements-oldest.lock": 30, "requirements-browser.lock": 3}


def locked(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return dict(re.match(r"([a-z0-9.-]+)(?:\[.+\])?==([^ ]+)", line).groups() for line in lines if line[:1].isalnum())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_an_exact_version_and_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[^ #])", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert len(blocks) == len(locked(lock)) >= LOCKS[lock]
    for block in blocks:
        first, *hashes = block.split(" \\\n")
        assert re.fullmatch(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==[0-9][^ ]*( ; .+)?", first), first
        assert hashes and all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes), first
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_the_lock_has_the_build_tools_and_every_package_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"][:5]]
    extras = project["project"]["optional-dependencies"]
    assert {named(line) for line in extras.pop("browser")} <= set(locked("requirements-browser.lock"))
    asked += chain(*extras.values())
    assert {named(line) for line in asked} <= set(locked("requirements.lock"))


def named(requirement: str) -> str:
    """The package's name as locks write it."""
    return re.match(r"[a-zA-Z0-9.-]+", requirement).group().lower()


def test_no_package_is_locked_twice_in_one_environment():
    assert not set(locked("requirements.lock")) & set(locked("requirements-browser.lock"))


def test_the_oldest_lock_has_exactly_the_lowest_versions_promised():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    promised = dict(re.match(r"(\w+)>=(.+)", line).groups() for line in project["project"]["dependencies"][:4])
    assert promised == {"numpy": "2.0", "pandas": "2.2", "scipy": "1.14", "matplotlib": "3.8"}
    oldest = locked("requirements-oldest.lock")
    assert {name: oldest[name].rpartition(".")[0] for name in promised} == promised


# ---- installed -----------------------------------------------------------------------------------------------------


def test_the_core_diagnoses_without_the_extras(core, empty):
    assert not core.has("papermill") and not core.has("nbformat")
    shown = json.loads(succeed(core.kit, "diagnose", "cold-start", "--json", folder=empty))
    verdicts = {finding["mistake"]: finding["verdict"] for finding in shown["findings"]}
    assert len(verdicts) == 5 and verdicts["kickoff"] == "problem"
    succeed(core.kit, "diagnose", "steady", "--html", "page.html", folder=empty)
    assert [path.name for path in empty.iterdir()] == ["page.html"]


@pytest.mark.parametrize("verb", ["run", "lab"])
def test_without_the_extra_a_verb_prints_the_line_that_installs_it(core, empty, verb):
    done = call(core.kit, verb, folder=empty)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.rstrip().endswith("Mend: pip install 'outsourcing-kit[course]'")
    assert len(done.stderr.strip().splitlines()) == 1 and not list(empty.iterdir())


def test_lessons_and_data_are_found_in_the_wheel(core, empty):
    found = succeed(
        core.python, "-c", "from outsourcing_kit.resources import *; print(shared_folder('notebooks'))", folder=empty
    )
    assert Path(found.strip()).parts[-3:] == ("outsourcing_kit", "_shared", "notebooks")
    assert not Path(found.strip()).is_relative_to(ROOT)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_lesson_runs_from_an_empty_folder(course, empty, kind, wheel, sdist):
    # In this order in one environment: the second replaces the first, the packages that they need stay.
    if course.has("outsourcing_kit"):
        succeed(course.python, "-m", "pip", "uninstall", "--quiet", "--yes", "outsourcing-kit")
    course.install(f"{wheel if kind == 'wheel' else sdist}[course]")
    said = succeed(course.kit, "run", "kickoff", "--engagement", "steady", folder=empty)
    assert re.search(r"^steady +kickoff: (fine|problem|cannot tell)$", said, re.MULTILINE), said
    assert [path.name for path in empty.iterdir()] == ["out"]
    pages = {path.name for path in (empty / "out").rglob("*.html")}
    assert "index.html" in pages and len(pages) == 2
    summary = json.loads((empty / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["runs"][0]["status"] == "done", summary


def test_the_tools_that_build_are_here():
    # Without them the tests above would fetch some: `make` installs the locked ones.
    assert all(importlib.util.find_spec(name) for name in ("build", "hatchling", "editables"))
