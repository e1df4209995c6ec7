"""What the tests run on both sides, natively and in WebAssembly: python inside.py PART…; it answers a line of JSON.

Nothing but the kit and what it needs is imported, except where pytest is asked for by name.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import json
import sys
import tempfile
import types
from hashlib import sha256
from pathlib import Path
from typing import Any

# A process, a thread, a socket or one of the course's packages: a browser has none of them.
FOREIGN = ("papermill", "nbformat", "nbclient", "nbconvert", "jupyter_client", "IPython", "click", "multiprocessing")
# Left out of the core: what runs notebooks, and the door of a terminal.
NOT_CORE = ("outsourcing_kit.course", "outsourcing_kit.cli")


def machine() -> dict[str, Any]:
    """What this Python is."""
    import matplotlib
    import numpy
    import pandas
    import scipy

    return {
        "platform": sys.platform,
        "pointer": sys.maxsize.bit_length() + 1,
        "default_int": numpy.arange(1).dtype.itemsize * 8,
        "python": ".".join(map(str, sys.version_info[:3])),
        **{package.__name__: package.__version__ for package in (numpy, pandas, scipy, matplotlib)},
    }


def samples(*names: str) -> dict[str, Any]:
    """The scorecard of each sample: every value, every word, and whether its pictures were drawn."""
    from outsourcing_kit import Engagement, plots, scorecard

    found = {}
    for name in names:
        card = scorecard(Engagement.load(name))
        pictures = {finding.mistake: plots.picture(finding) for finding in card.findings}
        pictures["scorecard"] = card.picture
        found[name] = {
            "card": card.to_json(),
            "words": {finding.mistake: finding.explain() for finding in card.findings},
            "html": {finding.mistake: "<table" in finding.to_html() for finding in card.findings},
            "pictures": {key: {"alt": picture.alt, "png": _size(picture.png())} for key, picture in pictures.items()},
        }
    return found


def _size(png: bytes) -> tuple[int, int]:
    """Width and height, as the file itself says."""
    assert png.startswith(b"\x89PNG") and png.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def simulated(mistake: str) -> dict[str, Any]:
    """An engagement with one planted mistake: its truth, and a fingerprint of every file it is saved as."""
    from outsourcing_kit import Engagement, scorecard, simulate

    made = simulate(mistake, severity=1.0, people=8, months=6, seed=3)
    with tempfile.TemporaryDirectory() as folder:
        saved = made.save(Path(folder) / "made")
        files = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(saved.iterdir())}
        again = Engagement.load(saved)
        return {"truth": dict(made.truth), "files": files, "verdicts": scorecard(again).verdicts}


def core_modules() -> list[str]:
    """Every module of the core."""
    root = Path(importlib.import_module("outsourcing_kit").__file__ or "").parent
    paths = [path.relative_to(root.parent).with_suffix("") for path in sorted(root.rglob("*.py"))]
    names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if not name.startswith(NOT_CORE) and not name.endswith("__main__")]


def doctests() -> dict[str, Any]:
    """Module -> examples tried; and what failed, in doctest's own words."""
    tried, said = {}, []
    for name in core_modules():
        runner = doctest.DocTestRunner(verbose=False)
        for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name), name):
            runner.run(test, out=said.append)
        tried[name] = runner.tries
    return {"tried": tried, "said": "".join(said)}


class _Strategy:
    """Stands for every strategy: the tests that draw from one are skipped, but their modules are imported."""

    def __getattr__(self, name: str) -> _Strategy:
        return self

    def __call__(self, *given: Any, **named: Any) -> _Strategy:
        return self

    __or__ = __call__


def _without_hypothesis() -> types.ModuleType:
    """Hypothesis has a compiled part, which a browser lacks: the tests that it drives are skipped."""
    import pytest

    absent = types.ModuleType("hypothesis")
    skipping = pytest.mark.skip(reason="no hypothesis in WebAssembly")
    unchanged = lambda *given, **named: lambda test: test  # noqa: E731
    vars(absent).update(
        given=lambda *given, **named: skipping,
        settings=unchanged,
        example=unchanged,
        assume=bool,
        strategies=_Strategy(),
        HealthCheck=_Strategy(),
    )
    return absent


class _Watch:
    """Counts what pytest does, and lets nothing be skipped without its reason on record."""

    def __init__(self) -> None:
        self.passed: dict[str, int] = {}
        self.failed: dict[str, str] = {}
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and "wasi does not support processes" in str(report.longrepr):
            self.skipped[report.nodeid] = "no processes in WebAssembly"
        elif report.failed:
            self.failed[report.nodeid] = str(report.longrepr)
        elif report.skipped:
            self.skipped[report.nodeid] = str(report.longrepr[2])
        elif report.when == "call":
            file = report.nodeid.partition("::")[0]
            self.passed[file] = self.passed.get(file, 0) + 1

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failed[report.nodeid] = str(report.longrepr)


def unit_tests(*paths: str) -> dict[str, Any]:
    """The tests in these files and folders of the project, with pytest."""
    import pytest

    sys.dont_write_bytecode = True
    sys.modules["hypothesis"] = _without_hypothesis()
    root, watch = Path(__file__).resolve().parents[2], _Watch()
    plugins = [part for name in ("cacheprovider", "faulthandler", "logging") for part in ("-p", f"no:{name}")]
    chosen = [str(path) for each in paths for path in sorted(root.glob(each))]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        pytest.main(
            [
                *plugins,
                "--quiet",
                "--capture=sys",
                f"--rootdir={root}",
                "--basetemp=/tmp/tests",
                "-m",
                "not timed and not slow and not calibration",
                *chosen,
            ],
            plugins=[watch],
        )
    found = {"passed": watch.passed, "failed": watch.failed, "skipped": watch.skipped}
    return found if watch.passed else {**found, "said": said.getvalue()}


def foreign() -> list[str]:
    """What no browser has, among all that was imported."""
    return sorted({name.partition(".")[0] for name in sys.modules} & set(FOREIGN))


def main(parts: list[str]) -> None:
    """Each part is a name, or a name and its arguments: samples:steady,thankless."""
    answer: dict[str, Any] = {}
    for part in parts:
        name, _, given = part.partition(":")
        answer[part] = globals()[name](*(given.split(",") if given else ()))
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
