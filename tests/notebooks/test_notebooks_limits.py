"""The lessons themselves: short, plain and complete. Each limit can be broken, and is then named."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest

nbformat = pytest.importorskip("nbformat")

from lesson_limits import CELLS, OFF_THE_MAIN_PATH, ROOMS, WORDS, alt_of, beyond_limits, shown  # noqa: E402

from outsourcing_kit.course.lessons import find_lesson, find_lessons  # noqa: E402
from outsourcing_kit.headlines import MISTAKES  # noqa: E402

# Lessons whose own issue is done: the limits on cells and words in all hold for these too.
FINISHED: tuple[str, ...] = (
    "01_business_case",
    "02_task_selection",
    "03_kickoff",
    "04_expectations",
    "05_recognition",
)


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)
def test_a_lesson_keeps_to_the_limits(lesson):
    assert beyond_limits(nbformat.read(lesson.path, as_version=4), full=lesson.stem in FINISHED) == []


def test_finished_lessons_are_lessons():
    assert all(find_lesson(name, find_lessons()).stem == name for name in FINISHED)


# What means nothing to a manager; it may stand in a fold or among the cells for analysts.
JARGON = ("convention, edit me", "likely between", "96.7", "alpha", "at a limit of", "d = ", "r = ")


def main_path(lesson):
    cells = nbformat.read(lesson.path, as_version=4).cells
    return [cell for cell in cells if not set(cell.metadata.get("tags", [])) & OFF_THE_MAIN_PATH]


def read(cell) -> str:
    """What is read of a cell without opening a fold."""
    return cell.source if cell.cell_type == "markdown" else "\n".join(map(shown, cell.outputs))


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)
def test_the_main_path_speaks_plainly(lesson):
    told = [(cell.id, word) for cell in main_path(lesson) for word in JARGON if word in read(cell).lower()]
    assert told == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_lesson_tells_the_money_once_and_its_finding_once(name):
    cells = [cell for cell in main_path(find_lesson(name, find_lessons())) if cell.cell_type == "code"]
    # The finding says it, in bold, from the library.
    bold = re.findall(
        r'<p class="money"><strong>(.*?)</strong></p>', json.dumps([cell.outputs for cell in cells]).replace("\\", "")
    )
    assert len(bold) == 1 and bold[0].endswith(".") and len(bold[0].split()) <= 35
    assert not any("finding.cost" in cell.source for cell in cells)
    # The table of the finding says it all; the same in sentences is said twice.
    assert not any("finding.explain()" in cell.source for cell in cells)


def test_the_last_lesson_asks_the_ten_statements_of_the_first():
    def statements(name):
        prose = "\n".join(cell.source for cell in main_path(find_lesson(name, find_lessons())))
        return re.findall(r"^\d+\. .*$", prose, re.MULTILINE)

    assert statements("00") == statements("06") and len(statements("00")) == 10


# ---- the limits, on lessons made for it ----------------------------------------------------------------------------

PICTURE = {"output_type": "display_data", "data": {"image/png": "AAAA"}, "metadata": {"image/png": {"alt": "3 of 4"}}}


def prose(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, *tags, **output):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    cell.outputs = [nbformat.from_dict(output)] if output else []
    return cell


def good_cells() -> list:
    rooms = [prose(f"## {room}: more\n\nSome words.") for room in ROOMS]
    return [
        prose("# Title\n\nA question?"),
        prose("**8 minutes,** 3 of them for the exercise. Afterwards you can:\n\n- one\n- two"),
        code("engagement: str = 'x'  # -, any, x", "parameters"),
        *rooms[:4],
        code("engagement"),
        *rooms[4:],
    ]


def told(*cells, run=True, full=False) -> list[str]:
    """What is beyond the limits in these cells, executed from the top."""
    for number, cell in enumerate((cell for cell in cells if run and cell.cell_type == "code"), start=1):
        cell.execution_count = number
        if not cell.outputs and "=" not in cell.source.splitlines()[-1]:
            cell.outputs = [nbformat.v4.new_output("stream", text="x")]
    return beyond_limits(SimpleNamespace(cells=cells), full=full)


def test_a_good_lesson_has_no_problem_and_what_is_for_analysts_or_trainers_is_not_counted():
    extra = [
        prose("word " * 450, "analyst"),
        *(code("a = 1\n\nb = 2\na", "analyst") for _ in range(12)),
        prose("word " * 450, "analyst", "exercise"),
        code("def f():\n    return 1\n" * 20, "analyst", "solution"),
        prose("word " * 450, "trainer"),
    ]
    assert told(*good_cells()) == told(*good_cells(), *extra) == []


FAILED = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []}
WARNED = {"output_type": "stream", "name": "stderr", "text": "FutureWarning: soon\n"}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([code("1")] * 11, "13 code cells on the main path, expected 0 to 12"),
        ([prose("word " * 700)], "words seen on the main path, expected 0 to 700"),
        ([code("x", output_type="stream", text="word " * 700)], "words seen on the main path, expected 0 to 700"),
        ([prose("word " * 690)], "take 6 minutes to read, beside 3 for the exercise"),
        ([prose("7 " * 59)], "61 numbers seen on the main path, expected 0 to 60"),
        ([prose("| a |\n|---|\n| b |")] * 4, "4 tables seen on the main path, expected 0 to 3"),
        (
            [code("x", output_type="display_data", data={"text/html": "<table></table>" * 4}, metadata={})],
            "4 tables seen",
        ),
        ([code("show()", **PICTURE)] * 2, "2 pictures seen on the main path, expected 0 to 1"),
        ([code("x = 1\n" * 5 + "x")] * 3, "6 lines in the median code cell, expected 0 to 4"),
        ([code("x = 1\n" * 15 + "x")], "16 lines in the longest code cell, expected 0 to 15"),
        ([code("def f():\n    pass\nf()")], "a definition, which the library holds: f"),
        ([code("class A:\n    b = 1\nA")], "a definition, which the library holds: A"),
        ([code("import matplotlib.pyplot as plt")], "plotting, which the library does: matplotlib"),
        ([code("rows.plot(kind='bar')")], "plotting, which the library does: plot"),
        ([code("%matplotlib inline\n1")], "plotting, which the library does: %matplotlib"),
        ([prose("a <b>word</b>")], "raw HTML: <b>"),
        ([prose("<!-- note -->")], "raw HTML: <!-- note -->"),
        ([code("get('https://a.b/c')")], "the network: https://a.b/c"),
        ([code("from urllib.request import urlopen")], "the network: urllib"),
        ([code("!pip install x")], "the network: !pip install x"),
        ([code("show()", **{**PICTURE, "metadata": {}})], "a figure without alt text"),
        ([code("show()", **{**PICTURE, "metadata": {"image/png": {"alt": " "}}})], "a figure without alt text"),
        ([code("boom()", **FAILED)], "an error is stored: ValueError"),
        ([code("f()", **WARNED)], "a warning is stored: FutureWarning: soon"),
        ([code("1", "analist")], "tag 'analist', did you mean 'analyst'?"),
        ([prose("## One more room")], "the heading 'One more room' is none of the rooms"),
    ],
)
def test_each_limit_can_be_broken(cells, words):
    own = [nbformat.from_dict(json.loads(json.dumps(cell))) for cell in cells]
    problems = told(*good_cells(), *own)
    assert any(words in problem for problem in problems), problems


def test_what_looks_like_a_problem_and_is_none():
    fine = [
        prose("`<b>` and a < b > c, <https://a.b/c>, [x](https://a.b)\n\n```\n<b>\n## no room\n```"),
        code("show()", **PICTURE),
        code("plots.picture(finding)"),
        code("x = 1;"),
        prose("## For analysts", "analyst"),
    ]
    assert told(*good_cells(), *fine) == [] and alt_of(PICTURE) == "3 of 4"


@pytest.mark.parametrize("room", range(len(ROOMS)))
def test_a_room_that_is_missing_or_misplaced_is_named(room):
    cells = good_cells()
    moved = cells.pop(next(n for n, cell in enumerate(cells) if cell.source.startswith(f"## {ROOMS[room]}")))
    assert any(f"no room {ROOMS[room]!r}" in problem for problem in told(*cells))
    assert any("comes before" in problem for problem in told(*([moved, *cells] if room else [*cells, moved])))


@pytest.mark.parametrize(
    ("place", "instead", "words"),
    [
        (0, [], "not a title with a one-line question"),
        (0, [prose("# Title\n\nNo question.")], "not a title with a one-line question"),
        (1, [], "no minutes before the claim"),
        (1, [prose("**8 minutes,** 3 of them for the exercise. Afterwards you can:\n\n- one")], "1 objectives"),
        (2, [], "no cell tagged `parameters`"),
    ],
)
def test_the_opening_is_looked_at(place, instead, words):
    cells = good_cells()
    cells[place : place + 1] = instead
    assert any(words in problem for problem in told(*cells))


@pytest.mark.parametrize(
    ("counts", "words"),
    [((None, None), "executed as [ ], expected [1]"), ((2, 1), "executed as [2], expected [1]"),
     ((1, 2), "cell 8: shows nothing")],
)  # fmt: skip
def test_outputs_are_complete_and_in_order(counts, words):
    cells = good_cells()
    cells[2].execution_count, cells[7].execution_count = counts
    assert any(words in problem for problem in told(*cells, run=False))


def test_full_limits_come_with_a_finished_lesson():
    few = " ".join(told(*good_cells(), full=True))
    assert f"13 cells, expected {CELLS[0]} to {CELLS[1]}" in few and f"words, expected {WORDS[0]} to {WORDS[1]}" in few
    assert told(*good_cells(), *(prose("word " * 80, "analyst") for _ in range(10)), full=True) == []
