"""A run from end to end on small lessons, in real kernels; and what is written where, without them."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import sys
import uuid
from pathlib import Path

import nbformat
import pytest
from made_lessons import code, processes_with, prose, shows, start_cli, wait_until, write_lesson

from outsourcing_kit.course import engagements, results
from outsourcing_kit.course.kernels import Kernels
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.headlines import MISTAKES

MARKER = ".outsourcing-kit-run.json"
PICTURE = 'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title("a & b");'
# What only a set-up of somebody's own, or another lesson, could have left here.
LEFT = """\
import builtins, numpy, matplotlib.pyplot as plt
print("left:", plt.get_fignums(), plt.rcParams["figure.dpi"], hasattr(builtins, "mine"), "mine" in globals())
print("drawn:", numpy.random.random())
builtins.mine = plt.figure()"""
LEANS = {
    "lean": "leans fine", "sure": 0.8712, "headline": "Kickoff: leans fine.", "actions": ["Ask again by Friday."],
    "cost": {"in_words": "costs 1 to 2 EUR a month: by hand"},
}  # fmt: skip
LATER = code('raise ValueError("no such <table>")')


def write_course(folder: Path) -> Path:
    """Four lessons: one that works, one that raises, one whose kernel dies, and a scorecard."""
    write_lesson(
        folder,
        "01_business_case",
        prose("## Evidence\n\n![plot](https://example.org/plot.png) and [a source](https://doi.org/10.1/x)"),
        code("print(quiz_limit)"),
        code("import sys\nprint(sys.executable)"),
        code(PICTURE),
        code(LEFT),
        shows("business_case", "alpha", "problem"),
        shows("business_case", "another", "fine"),
    )
    write_lesson(
        folder, "03_kickoff", shows("kickoff", "alpha", "cannot tell", more=LEANS), LATER, code("print('after')")
    )
    write_lesson(folder, "04_expectations", code("import os\nos._exit(3)"))
    card = "application/vnd.outsourcing-kit.scorecard+json"
    one = "{{'mistake': {!r}, 'engagement': engagement, 'verdict': 'fine', 'gate_verdict': 'fine'}}"
    findings = ", ".join(one.format(name) for name in MISTAKES)
    source = (
        f"display({{{card!r}: {{'engagement': engagement, 'findings': [{findings}]}}, 'text/plain': 'c'}}, raw=True)"
    )
    write_lesson(folder, "06_scorecard", code(source))
    return folder


def of_the_run(test):
    """Who looks at the one run in real kernels is as slow as the run, and sits with the others on one worker."""
    return pytest.mark.slow(versions=True)(pytest.mark.xdist_group("course_running")(test))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One run of the four lessons on two engagements, in the middle of somebody's own set-up of everything."""
    folder = tmp_path_factory.mktemp("course {with} braces")
    lessons = write_course(folder / "lessons")
    for name, text in {
        ".ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines = ['mine = 1']",
        ".ipython/profile_default/startup/mine.py": "mine = 1",
        ".config/matplotlib/matplotlibrc": "figure.dpi: 7",
        ".local/share/jupyter/nbconvert/templates/basic/index.html.j2": "mine",
        "start.py": "import builtins\nbuiltins.mine = 1",
    }.items():
        (folder / "home" / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / "home" / name).write_text(text)
    (folder / "matplotlibrc").write_text("figure.dpi: 7")
    process = start_cli(
        folder, lessons, "run", "--engagement", "alpha", "--engagement", "./up/../alpha", "-p", "quiz_limit=0.5",
        "--fail-on", "problem", "--jobs", "2", HOME=str(folder / "home"), MPLBACKEND="Agg", JPY_PARENT_PID="1234567",
        PYTHONSTARTUP=str(folder / "home" / "start.py"),
    )  # fmt: skip
    output, errors = process.communicate(timeout=90)
    return folder, process.returncode, output, errors


@of_the_run
def test_the_other_lessons_go_on_and_the_failed_are_told_in_a_few_lines(course):
    _, code_, output, errors = course
    assert code_ == 1
    assert "Traceback" not in errors + output
    assert "03_kickoff on alpha: cell [5]: ValueError: no such <table>" in errors
    assert f"look at {Path('out/alpha/03_kickoff.html')}" in errors
    assert "04_expectations on alpha: cell [4]: DeadKernelError" in errors
    assert output.rstrip().splitlines()[-1].startswith(f"Results: {Path('out/index.html')} (8 runs")
    assert "alpha" in output and "business case: problem" in output


@of_the_run
def test_a_problem_trips_the_gate(course):
    assert "--fail-on problem): alpha: business case" in course[3]


@of_the_run
def test_summary_is_json_that_lists_every_run_and_finding(course):
    told = json.loads((course[0] / "out" / "summary.json").read_text())
    assert {(run["engagement"], run["lesson"]): run["status"] for run in told["runs"]} == {
        (engagement, lesson): status
        for engagement in ("alpha", "alpha-2")
        for lesson, status in {
            "01_business_case": "done",
            "03_kickoff": "failed",
            "04_expectations": "failed",
            "06_scorecard": "done",
        }.items()
    }
    assert told["parameters"] == {"quiz_limit": 0.5}
    first = told["engagements"][0]
    assert (first["name"], first["shown_as"]) == ("alpha", "alpha")
    # The lesson's own finding on this engagement, not the one on another, nor the scorecard's.
    assert {each["mistake"]: each["verdict"] for each in first["findings"]} == {
        "business_case": "problem",
        "task_selection": "fine",
        "kickoff": "cannot tell",
        "expectations": "fine",
        "recognition": "fine",
    }
    by_mistake = {each["mistake"]: each for each in first["findings"]}
    kickoff, other = by_mistake["kickoff"], by_mistake["recognition"]
    assert (kickoff["lean"], kickoff["sure"], kickoff["money"]) == ("leans fine", 0.8712, "costs 1 to 2 EUR a month")
    # Told alike where a lesson says nothing of them.
    assert (other["lean"], other["sure"], other["cost"], other["money"]) == ("", None, None, "")
    assert first["headline"] == "1 of 5 shows a problem: Business case; 3 are fine, 1 leans fine."
    assert told["engagements"][1]["shown_as"] == "./up/../alpha"


@of_the_run
def test_notebooks_were_run_by_this_interpreter_with_the_parameters(course):
    notebook = nbformat.read(course[0] / "out" / "alpha" / "01_business_case.ipynb", 4)
    text = json.dumps(notebook)
    assert '"0.5\\n"' in text and json.dumps(sys.executable)[1:-1] in text
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))


@of_the_run
def test_neither_a_set_up_nor_another_lesson_is_in_a_kernel(course):
    pages = [(course[0] / "out" / name / "01_business_case.html").read_text() for name in ("alpha", "alpha-2")]
    assert all("left: [] 100.0 False False" in page and len(page) > 10_000 for page in pages)
    # Where a lesson gives no seed, no two draw alike.
    drawn = [page.partition("drawn: ")[2].split()[0] for page in pages]
    assert float(drawn[0]) != float(drawn[1])


@of_the_run
def test_a_failed_notebook_keeps_what_came_before_the_failure(course):
    notebook = nbformat.read(course[0] / "out" / "alpha" / "03_kickoff.ipynb", 4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.output_type for output in outputs] == ["execute_result", "display_data", "error"]
    page = (course[0] / "out" / "alpha" / "03_kickoff.html").read_text()
    assert "cell [5]: ValueError: no such &lt;table&gt;" in page


@of_the_run
def test_pages_load_nothing_from_outside_and_link_to_each_other(course):
    page = (course[0] / "out" / "alpha-2" / "01_business_case.html").read_text()
    assert "https://example.org" not in page and "[picture not included: plot]" in page
    assert "https://doi.org/10.1/x" in page
    assert 'href="../index.html"' in page and 'href="03_kickoff.html"' in page
    assert "<title>Lesson 01_business_case · ./up/../alpha</title>" in page


@of_the_run
def test_the_index_shows_verdicts_in_words_and_names_failures(course):
    page = (course[0] / "out" / "index.html").read_text()
    assert re.search(
        r'<a href="alpha/01_business_case.html"><span class="verdict verdict-problem"[^>]*>✖.problem<', page
    )
    assert "03_kickoff on ./up/../alpha: cell [5]" in page
    assert "\N{NON-BREAKING HYPHEN}\N{NO-BREAK SPACE}not\N{NO-BREAK SPACE}assessed" in page and "Interim" in page
    # What a lesson tells of a finding: lean, how sure and money, the problems first.
    assert "<strong>1 of 5 shows a problem: Business case; 3 are fine, 1 leans fine.</strong>" in page
    rows = re.findall(r'<tr><th scope="row"[^>]*>(.*?)</tr>', page[page.index('class="five"') :], re.DOTALL)[:5]
    titles = [re.sub("<.*?>", "", row.partition("</th>")[0]) for row in rows]
    assert titles == ["Business case", "Kickoff", "Task choice", "Expectations", "Recognition"]
    assert "leans\N{NO-BREAK SPACE}fine" in rows[1] and "<br>87% sure" in rows[1] and "Ask again by Friday." in rows[1]
    assert "costs 1 to 2 EUR a month<" in rows[1] and "by hand" not in rows[1]


@of_the_run
def test_nothing_is_left_behind(course):
    left = [path.name for path in (course[0] / "out").rglob(".*") if path.name != MARKER]
    assert left == []
    assert not (course[0] / "home" / ".ipython" / "profile_default" / "history.sqlite").exists()


# ---- without processes: what is written, and when not --------------------------------------------------------------


def full_disk(*_arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_second_run_overwrites_its_own(quick_run, tmp_path):
    assert quick_run().stopped is None
    (tmp_path / "out" / "mine.txt").write_text("mine")
    assert [run.status for run in quick_run().runs] == ["done", "done"]
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


def test_a_folder_of_somebody_elses_is_refused_without_force(quick_run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    with pytest.raises(OutsourcingKitError, match="--force"):
        quick_run()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]
    assert quick_run(force=True).stopped is None
    assert (tmp_path / "out" / "letter.txt").read_text() == "dear"


def test_a_file_that_run_did_not_write_is_never_overwritten(quick_run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine")
    with pytest.raises(OutsourcingKitError, match=r"index\.html"):
        quick_run(force=True)
    assert (tmp_path / "out" / "index.html").read_text() == "mine"


def test_an_edited_notebook_is_overwritten_only_with_force(quick_run, tmp_path):
    quick_run()
    notebook = tmp_path / "out" / "alpha" / "03_three.ipynb"
    before = notebook.read_text()
    notebook.write_text("my notes")
    with pytest.raises(OutsourcingKitError, match=r"03_three\.ipynb"):
        quick_run()
    assert notebook.read_text() == "my notes"
    quick_run(force=True)
    assert notebook.read_text() == before


def test_the_same_run_writes_the_same_bytes(quick_run, tmp_path):
    def pages():
        quick_run()
        return {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.html")}

    assert pages() == pages()


@pytest.mark.parametrize(
    ("out", "told"), [("file", "is a file"), ("lessons", "lessons themselves"), ("file/x", "file")]
)
def test_places_where_nothing_may_be_written(quick_run, tmp_path, out, told):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsourcingKitError, match=told):
        quick_run(out=out)
    assert sorted(path.name for path in (tmp_path / "lessons").iterdir()) == ["01_one.ipynb", "03_three.ipynb"]


def test_a_disk_that_fills_up_while_results_are_put_in_place(quick_run, tmp_path, monkeypatch):
    quick_run()
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    monkeypatch.setattr("outsourcing_kit.course.outfolder.OutFolder.commit", full_disk)
    result = quick_run()
    assert result.stopped and "the disk is full" in result.stopped
    assert [run.status for run in result.runs] == ["failed", "not run"]
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_a_disk_that_fills_up_when_the_index_is_written(quick_run, tmp_path, monkeypatch):
    quick_run()
    index = (tmp_path / "out" / "index.html").read_bytes()
    monkeypatch.setattr("outsourcing_kit.course.outfolder.OutFolder.write", full_disk)
    result = quick_run()
    assert "index.html could not be written: the disk is full" in (result.stopped or "")
    assert [run.status for run in result.runs] == ["done", "done"]
    assert (tmp_path / "out" / "index.html").read_bytes() == index


def test_a_disk_that_is_full_from_the_start_is_no_wrong_use(quick_run, monkeypatch):
    monkeypatch.setattr("outsourcing_kit.course.outfolder.write_new", full_disk)
    with pytest.raises(OSError, match="No space"):
        quick_run()


def test_a_disk_that_fills_up_meanwhile_stops_the_run(quick_run):
    result = quick_run(meanwhile=full_disk)
    assert "the disk is full" in (result.stopped or "")
    assert [run.status for run in result.runs] == ["failed", "not run"]


def test_a_lesson_whose_run_raises_fails_alone(quick_run):
    raised = iter([RuntimeError("no kernel")])

    def once():
        for error in raised:
            raise error

    result = quick_run(meanwhile=once)
    assert result.stopped is None and [run.status for run in result.runs] == ["failed", "done"]
    assert str(result.failed[0]) == "01_one on alpha: RuntimeError: no kernel"


def test_numbers_that_json_lacks_become_null():
    finding = {"mistake": "kickoff", "verdict": "fine", "low": [float("nan"), float("-inf"), 1.5]}
    (found,) = results.findings_in([{"outputs": [{"data": {results.FINDING_MIME: finding}}]}])
    assert found["low"] == [None, None, 1.5]


@pytest.mark.parametrize(
    ("shown_as", "taken", "label"),
    [
        ("steady", [], "steady"),
        ("./steady", ["steady"], "steady-2"),
        ("./Steady/", ["steady"], "Steady-2"),
        ("../my data: 5", [], "my-data-5"),
        ("nul", [], "engagement-nul"),
        ("index.html", [], "engagement-index.html"),
        ("/", [], "engagement"),
    ],
)
def test_labels_are_safe_as_names_of_folders(shown_as, taken, label):
    assert engagements.new_label(shown_as, taken) == label


def test_a_label_of_here_is_the_folders_name(tmp_path, monkeypatch):
    (tmp_path / "ours").mkdir()
    monkeypatch.chdir(tmp_path / "ours")
    assert engagements.new_label(".", []) == "ours"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked there alone")
def test_without_a_server_kernels_start_in_the_ordinary_way(monkeypatch, tmp_path):
    monkeypatch.setattr("outsourcing_kit.course.kernels._SERVE", [sys.executable, "-c", ""])
    kernels = Kernels(tmp_path)
    assert kernels.fork([], "/") is None
    kernels.end()


# ---- cut short -----------------------------------------------------------------------------------------------------


@pytest.mark.slow(versions=True)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("kernels", ["forked", "cold"])
def test_ctrl_c_keeps_the_finished_and_leaves_no_process(tmp_path, kernels):
    lessons = tmp_path / "lessons"
    write_lesson(lessons, "01_business_case", shows("business_case", "alpha", "fine"))
    write_lesson(lessons, "02_task_selection", code("open('started', 'w').close()\nimport time\ntime.sleep(600)"))
    write_lesson(lessons, "03_kickoff")
    mark = f"mark-{uuid.uuid4()}"
    process = start_cli(
        tmp_path, lessons, "run", "-e", "alpha", "-j", "1", OUTSOURCING_KIT_KERNELS=kernels, OKIT_MARK=mark
    )
    try:
        assert wait_until((lessons / "started").exists)
        assert len(processes_with(mark)) >= (3 if kernels == "forked" else 2)
        # As a terminal does: to the whole group.
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "Interrupted: what was finished is kept. Finished: 1 of 3." in errors
    assert "Traceback" not in errors
    assert wait_until(lambda: not processes_with(mark), 5), "processes were left behind"
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert [run["status"] for run in told["runs"]] == ["done", "not run", "not run"]
    assert (tmp_path / "out" / "alpha" / "01_business_case.html").is_file()
    assert "03_kickoff on alpha" in (tmp_path / "out" / "index.html").read_text()
    assert [path.name for path in (tmp_path / "out").rglob(".*.part")] == []


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_all_kernels_end_when_the_run_is_killed_outright(tmp_path):
    lessons = tmp_path / "lessons"
    write_lesson(lessons, "02_task_selection", code("open('started', 'w').close()\nimport time\ntime.sleep(600)"))
    mark = f"mark-{uuid.uuid4()}"
    process = start_cli(tmp_path, lessons, "run", "-e", "alpha", "-j", "1", OKIT_MARK=mark)
    try:
        assert wait_until((lessons / "started").exists)
    finally:
        process.kill()
        process.communicate(timeout=20)
    assert wait_until(lambda: not processes_with(mark), 8), "processes were left behind"


KILLS = "import os, signal, time\nos.kill({}, signal.SIGKILL)\ntime.sleep(600)"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked there alone")
@pytest.mark.parametrize("killed", ["os.getpid()", "os.getppid()"], ids=["kernel", "server"])
def test_what_kills_its_kernel_or_their_server_costs_one_lesson_only(tmp_path, killed):
    lessons = tmp_path / "lessons"
    write_lesson(lessons, "01_business_case", code(KILLS.format(killed)))
    write_lesson(lessons, "07_after")
    mark = f"mark-{uuid.uuid4()}"
    process = start_cli(tmp_path, lessons, "run", "-e", "alpha", "-j", "1", OKIT_MARK=mark)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and "Traceback" not in errors
    assert "01_business_case on alpha: cell [4]: DeadKernelError" in errors and "07_after" not in errors
    assert (tmp_path / "out" / "alpha" / "07_after.html").is_file(), output
    assert wait_until(lambda: not processes_with(mark), 5), "processes were left behind"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_file_that_cannot_be_written_in_full_is_told_and_leaves_nothing(tmp_path):
    lessons = tmp_path / "lessons"
    write_lesson(lessons, "01_business_case", code("print('x' * 200_000)"))
    process = start_cli(tmp_path, lessons, "run", "-e", "alpha", largest_file=100_000)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "could not be written" in errors and "Traceback" not in errors
    assert list((tmp_path / "out" / "alpha").iterdir()) == []
