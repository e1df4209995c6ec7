"""Lessons that misbehave, runs that are killed, and two runs at once: each costs what it must and no more."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from made_lessons import code, shows, start_cli, wait_until, write_lesson

from outsourcing_kit.course import lab, parameters, results, running
from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.course.outfolder import OutFolder, lock
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import MISTAKES

MARKER = ".outsourcing-kit-run.json"
FINDING = results.FINDING_MIME
NO_VERDICT = f"display({{{FINDING!r}: {{'mistake': 'kickoff', 'verdict': None}}, 'text/plain': 'a'}}, raw=True)"
CHILD = """\
import os, subprocess
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
with open("child", "w") as file:
    file.write(str(child.pid))
"""


def running_still(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def of_the_run(test):
    """Who looks at the one run in real kernels is as slow as the run, and sits with the others on one worker."""
    return pytest.mark.slow(pytest.mark.xdist_group("course_misbehaving")(test))


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One run of lessons that misbehave, each in its own way: the folder, standard error, and each run's account."""
    folder = tmp_path_factory.mktemp("misbehaving")
    lessons = folder / "lessons"
    write_lesson(lessons, "00_exit", code("1"), code("import sys\nsys.exit(0)"), code("2"))
    write_lesson(lessons, "01_business_case", shows("business_case", "alpha", "fine"), code("quit()"))
    write_lesson(lessons, "02_task_selection", code("1"))
    write_lesson(lessons, "03_kickoff", code(NO_VERDICT))
    deep = code("import sys\nsys.setrecursionlimit(10**9)\nassert sys.getrecursionlimit() < 10**5")
    write_lesson(lessons, "04_expectations", deep, code(CHILD), shows("expectations", "alpha", "fine"))
    write_lesson(lessons, "05_recognition", shows("recognition", "alpha", "fine"), code("exit(0)"), code("3"))
    write_lesson(lessons, "06_scorecard", *(shows(mistake, "alpha", "fine") for mistake in MISTAKES[:4]))
    for name, change in {
        "07_no_metadata": lambda cells: cells[0].update(metadata=None),
        "08_no_source": lambda cells: cells[0].pop("source"),
        "09_no_outputs": lambda cells: cells[1].pop("outputs"),
    }.items():
        path = write_lesson(lessons, name)
        notebook = json.loads(path.read_text())
        change(notebook["cells"])
        path.write_text(json.dumps(notebook))
    process = start_cli(folder, lessons, "run", "-e", "alpha")
    _, errors = process.communicate(timeout=90)
    assert process.returncode == 1
    runs = json.loads((folder / "out" / "summary.json").read_text())["runs"]
    return folder, errors, {run["lesson"]: run for run in runs}


@of_the_run
@pytest.mark.parametrize(
    ("lesson", "why"),
    [
        ("00_exit", "cell [5]: SystemExit: the lesson ended itself here"),
        ("01_business_case", "cell [5]: SystemExit"),
        ("02_task_selection", "no finding: it showed none with a verdict on task selection"),
        ("03_kickoff", "no finding: it showed none with a verdict on kickoff"),
        ("05_recognition", "cell [5]: SystemExit"),
        ("06_scorecard", "no finding: it showed none with a verdict on recognition"),
    ],
)
def test_a_lesson_that_ends_itself_or_shows_nothing_has_failed(told, lesson, why):
    folder, errors, runs = told
    assert runs[lesson]["status"] == "failed"
    assert f"{lesson} on alpha: {why}" in errors
    assert why.partition(":")[0] in (folder / "out" / "alpha" / f"{lesson}.html").read_text()


@of_the_run
def test_a_broken_notebook_costs_no_other_lesson_and_is_told_in_a_line(told):
    _, errors, runs = told
    assert runs["04_expectations"]["status"] == "done"
    assert "Traceback" not in errors and all(len(line) < 500 for line in errors.splitlines())
    for lesson in ("07_no_metadata", "08_no_source", "09_no_outputs"):
        assert runs[lesson]["status"] == "done" or f"Failed: {lesson} on alpha: " in errors


@of_the_run
def test_the_index_is_written_whatever_the_findings_lack(told):
    page = (told[0] / "out" / "index.html").read_text()
    assert page.count("These failed") == 1 and "03_kickoff on alpha" in page


@of_the_run
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_child_in_a_session_of_its_own_ends_with_the_run(told):
    assert not running_still(int((told[0] / "lessons" / "child").read_text()))


@pytest.mark.parametrize(
    "finding",
    [None, [], "a", {}, {"mistake": "kickoff"}, {"verdict": "fine"}, {"mistake": "kickoff", "verdict": "bad"},
     {"mistake": ["kickoff"], "verdict": {}}],
)  # fmt: skip
def test_what_has_no_mistake_or_no_verdict_is_no_finding(finding):
    cells = [{"outputs": [{"data": {FINDING: finding}}, {"data": {results.SCORECARD_MIME: finding}},
                          {"data": {results.SCORECARD_MIME: {"findings": [finding]}}}]}]  # fmt: skip
    assert results.findings_in(cells) == ()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"cells": 1}', '{"cells": [null]}', '{"cells": [{"metadata": [1]}]}', "[" * 100_000,
     '{"cells": [{"source": {"a": 1}, "metadata": {"tags": [1]}}]}', '{"cells": ' + '[{"a":' * 50_000],
)  # fmt: skip
def test_what_is_no_notebook_is_told_in_a_line(tmp_path, text):
    path = tmp_path / "03_kickoff.ipynb"
    path.write_text(text)
    with pytest.raises(OutsourcingKitError, match="is not a notebook of format 4") as caught:
        parameters.read_parameters(Lesson("03", "kickoff", path))
    assert len(str(caught.value)) < 600 and "\n" not in str(caught.value)


# ---- two at once, and killed ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_second_run_at_once_on_one_folder_is_refused_and_nothing_is_forgotten(quick_run, tmp_path):
    refused = []

    def second():
        opened = OutFolder.open(Path("out"), ["other.html"], force=True, notebooks=tmp_path / "lessons")
        with pytest.raises(OutsourcingKitError, match="Another run is writing into --out out") as caught, opened:
            pass
        refused.append(caught.value)

    quick_run(["01"], meanwhile=second)
    assert len(refused) == 1
    quick_run(["03"])
    # Both runs' files are known, so that they may be written again without --force.
    assert [run.status for run in quick_run().runs] == ["done", "done"]


@pytest.mark.parametrize("wrong", [{"out": "lessons"}, {"out": "full"}])
def test_a_refused_run_lets_go_of_the_folder(quick_run, tmp_path, wrong):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    for _ in range(2):
        with pytest.raises(OutsourcingKitError, match=r"Mend: choose another folder"):
            quick_run(**wrong)
    assert quick_run(out="full", force=True).told


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_what_a_killed_run_left_is_removed_by_the_next_and_nothing_else_is(quick_run, tmp_path):
    quick_run()
    parts = [tmp_path / "out" / "alpha" / ".03_three.html.99.part", tmp_path / "out" / f".{MARKER}.99.part"]
    mine = [tmp_path / "out" / ".mine.99.part", tmp_path / "out" / "alpha" / ".03_three.html.part"]
    stale, alive, foreign = (tmp_path / f"okit-{name}" for name in ("run-stale", "run-alive", "mine"))
    for folder in (stale, alive, foreign):
        folder.mkdir()
        (folder / "socket").write_text("")
    for part in (*parts, *mine):
        part.write_text("")
    child = subprocess.Popen(["sleep", "60"], env={**os.environ, "IPYTHONDIR": str(stale / "ipython")})
    held = lock(alive)
    try:
        quick_run()
        assert not any(part.exists() for part in parts) and all(part.exists() for part in mine)
        assert not stale.exists() and (alive / "socket").exists() and (foreign / "socket").exists()
        if sys.platform.startswith("linux"):
            assert child.wait(5) == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()
        assert held is not None
        os.close(held)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM])
def test_a_signal_to_end_leaves_no_parts_and_an_account(quick_run, tmp_path, number):
    # Whoever starts the tests by nohup has them ignore one of these, and an ignored signal ends no run.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        result = quick_run(meanwhile=lambda: os.kill(os.getpid(), number))
    finally:
        signal.signal(number, before)
    assert result.told and result.stopped.startswith("Interrupted") and result.runs[1].status == "not run"
    assert not [path for path in tmp_path.rglob("*") if re.search(r"\.part$|okit-", path.name)]


def test_a_home_folder_is_one_and_no_folder_is_called_so(quick_run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert quick_run(out="~/out").told and (tmp_path / "home" / "out" / "index.html").is_file()
    copied = lab.copy_lessons("~/mine", ["03"], notebooks=tmp_path / "lessons")
    assert copied.folder == tmp_path / "home" / "mine" and (copied.folder / "03_three.ipynb").is_file()
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize(
    "marker", ["[" * 100_000, '{"made_by": ' * 50_000, '{"made_by": "outsourcing-kit run", "files": [1]}']
)
def test_a_marker_that_cannot_be_read_makes_the_folder_somebody_else_s(quick_run, tmp_path, marker):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MARKER).write_text(marker)
    with pytest.raises(OutsourcingKitError, match="holds files that `outsourcing-kit run` did not write"):
        quick_run()
    assert quick_run(force=True).told


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name there")
@pytest.mark.parametrize(
    "out", ["fifo", "fifo/x", "/dev/null", "~nobody-of-that-name/x", "x" * 300, "circle", "a\0b", ""]
)
def test_what_can_be_no_folder_is_refused_in_a_line(quick_run, tmp_path, out):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "circle").symlink_to("circle")
    for write in (lambda: quick_run(out=out), lambda: lab.copy_lessons(out, notebooks=tmp_path / "lessons")):
        with pytest.raises(OutsourcingKitError, match="Mend: ") as caught:
            write()
        assert len(str(caught.value)) < 500 and str(caught.value).isprintable()


def test_results_are_named_only_where_they_were_written(quick_run, monkeypatch, capsys):
    from outsourcing_kit.cli import lessons as door

    door._tell_run(quick_run())
    assert "Results: out" in capsys.readouterr().out

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(OutFolder, "write", full)
    result = quick_run()
    door._tell_run(result)
    shown = capsys.readouterr()
    assert not result.told and "Results" not in shown.out and "could not be written" in shown.err


@pytest.mark.slow
def test_a_lesson_that_is_killed_outright_is_cleaned_up_by_the_next_run(tmp_path):
    lessons = tmp_path / "lessons"
    write_lesson(lessons, "02_task_selection", code(CHILD), code("import time\ntime.sleep(600)"))
    (tmp_path / "tmp").mkdir()
    process = start_cli(tmp_path, lessons, "run", "-e", "alpha", TMPDIR=str(tmp_path / "tmp"))
    assert wait_until((lessons / "child").is_file)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    write_lesson(lessons, "02_task_selection", shows("task_selection", "alpha", "fine"))
    process = start_cli(tmp_path, lessons, "run", "-e", "alpha", TMPDIR=str(tmp_path / "tmp"))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name for path in (tmp_path / "out").rglob(".*")] == [MARKER]
    if sys.platform.startswith("linux"):
        assert not running_still(int((lessons / "child").read_text()))


def test_no_lesson_of_the_kit_is_without_its_finding():
    """The rule on findings holds for the lessons as they are stored."""
    for lesson in running.find_lessons():
        assert results.not_shown(lesson, results.findings_in(nbformat.read(lesson.path, 4).cells)) is None
