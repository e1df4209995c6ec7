"""What is measured of a lesson, on lessons made for it: each limit can be broken, and is then named."""

from __future__ import annotations

import json

import nbformat
import pytest
from made_lessons import code, prose

from outsourcing_kit.course.limits import CELLS, ROOMS, WORDS, LessonFigures, alt_of, beyond_limits, measure
from outsourcing_kit.exceptions import OutsourcingKitError

PICTURE = {"output_type": "display_data", "data": {"image/png": "AAAA"}, "metadata": {"image/png": {"alt": "3 of 4"}}}


def tagged(cell, *tags):
    cell.metadata["tags"] = list(tags)
    return cell


def good_cells() -> list:
    rooms = [prose(f"## {room}: more\n\nSome words.") for room in ROOMS]
    return [
        prose("# Title\n\nA question?"),
        prose("**12 minutes.** Afterwards you can:\n\n- one\n- two"),
        code("engagement: str = 'x'  # -, any, x", "parameters"),
        *rooms[:4],
        code("engagement"),
        *rooms[4:],
    ]


@pytest.fixture
def figures_of(tmp_path):
    def build(*cells, run=True) -> LessonFigures:
        number = 0
        for cell in cells:
            if run and cell.cell_type == "code" and cell.source.strip():
                number += 1
                cell.execution_count = number
                if not cell.outputs and "=" not in cell.source:
                    cell.outputs = [nbformat.v4.new_output("stream", text="x")]
        path = tmp_path / "07_made.ipynb"
        path.write_text(json.dumps(nbformat.v4.new_notebook(cells=list(cells))), encoding="utf-8")
        return measure(path)

    return build


def test_a_good_lesson_has_no_problem(figures_of):
    assert beyond_limits(figures_of(*good_cells())) == ()


def test_what_is_counted_where(figures_of):
    extra = [
        tagged(prose("five words for an analyst"), "analyst"),
        code("a = 1\n\nb = 2\nc = 3\na", "analyst"),
        tagged(prose("words of an exercise"), "analyst", "exercise"),
        code("def f():\n    return 1\n" * 20, "analyst", "solution"),
        tagged(prose("words for the trainer"), "trainer"),
    ]
    alone, more = figures_of(*good_cells()), figures_of(*good_cells(), *extra)
    assert (more.cells - alone.cells, more.words - alone.words) == (2, 5)
    assert (more.main_words, more.main_code_cells) == (alone.main_words, alone.main_code_cells) == (75, 2)
    # 1, 1 and 4 lines that are not blank.
    assert (more.median_code_lines, more.longest_code_lines) == (1, 4)
    assert more.definitions == ()


def picture(*alt: str):
    cell = code("show()")
    cell.outputs = [json.loads(json.dumps(PICTURE))]
    if alt:
        cell.outputs[0]["metadata"] = {"image/png": {"alt": alt[0]}} if alt[0] else {}
    return cell


def failing():
    cell = code("boom()")
    cell.outputs = [nbformat.v4.new_output("error", ename="ValueError", evalue="x", traceback=[])]
    return cell


def warning():
    cell = code("f()")
    cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: soon\n")]
    return cell


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([code("1")] * 11, "13 code cells on the main path, at most 12"),
        ([prose("word " * 450)], "words on the main path, at most 500"),
        ([code("x = 1\n" * 5 + "x")] * 3, "6 lines in the median code cell, at most 4"),
        ([code("x = 1\n" * 15 + "x")], "16 lines in the longest code cell, at most 15"),
        ([code("def f():\n    pass\nf()")], "defines f (a definition"),
        ([code("class A:\n    b = 1\nA")], "defines A (a definition"),
        ([code("import matplotlib.pyplot as plt")], "imports matplotlib (plotting"),
        ([code("rows.plot(kind='bar')")], "calls .plot() (plotting"),
        ([prose("a <b>word</b>")], "<b> (raw HTML"),
        ([prose("<!-- note -->")], "(raw HTML"),
        ([code("get('https://a.b/c')")], "https://a.b/c (the network"),
        ([code("import requests")], "imports requests (the network"),
        ([code("!pip install x")], "!pip install x (the network"),
        ([picture("")], "a figure (no alt text)"),
        ([picture(" ")], "a figure (no alt text)"),
        ([failing()], "ValueError (an error"),
        ([warning()], "FutureWarning: soon (an error or a warning"),
        ([code("1", "analist")], "tag 'analist', did you mean 'analyst'?"),
        ([prose("## One more room")], "heading 'One more room' is none of the rooms"),
    ],
)
def test_each_limit_can_be_broken(figures_of, cells, told):
    own = [nbformat.from_dict({**cell, "id": f"made{number}"}) for number, cell in enumerate(cells)]
    problems = beyond_limits(figures_of(*good_cells(), *own))
    assert any(told in problem for problem in problems), problems
    assert all(problem.startswith("07_made: ") for problem in problems)


def test_what_looks_like_a_problem_and_is_none(figures_of):
    fine = [
        prose("`<b>` and a < b > c, <https://a.b/c>, [x](https://a.b)\n\n```\n<b>\n## no room\n```"),
        picture(),
        code("plots.picture(finding)"),
        code("x = 1;"),
        tagged(prose("## For analysts"), "analyst"),
    ]
    assert beyond_limits(figures_of(*good_cells(), *fine)) == ()


@pytest.mark.parametrize("room", range(len(ROOMS)))
def test_a_room_that_is_missing_or_misplaced_is_named(figures_of, room):
    cells = good_cells()
    place = next(n for n, cell in enumerate(cells) if cell.source.startswith(f"## {ROOMS[room]}"))
    moved = cells.pop(place)
    assert any(f"no room {ROOMS[room]!r}" in problem for problem in beyond_limits(figures_of(*cells)))
    other = [moved, *cells] if room else [*cells, moved]
    assert any("comes before" in problem for problem in beyond_limits(figures_of(*other)))


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (0, "not a title with a one-line question"),
        (1, "no minutes before the claim"),
        (2, "no cell tagged `parameters`"),
    ],
)
def test_the_opening_is_looked_at(figures_of, place, told):
    cells = good_cells()
    del cells[place]
    assert any(told in problem for problem in beyond_limits(figures_of(*cells)))


def test_objectives_are_two_or_three(figures_of):
    cells = good_cells()
    cells[1] = prose("**12 minutes.** Afterwards you can:\n\n- one")
    assert any("1 objectives" in problem for problem in beyond_limits(figures_of(*cells)))


def test_outputs_are_complete_and_in_order(figures_of):
    cells = good_cells()
    assert any("executed as [ ], expected [1]" in p for p in beyond_limits(figures_of(*cells, run=False)))
    cells = good_cells()
    cells[2].execution_count, cells[7].execution_count = 2, 1
    assert any("executed as [2], expected [1]" in p for p in beyond_limits(figures_of(*cells, run=False)))
    cells = good_cells()
    cells[2].execution_count, cells[7].execution_count = 1, 2
    assert any("cell 8: shows nothing" in p for p in beyond_limits(figures_of(*cells, run=False)))


def test_full_limits_come_with_a_finished_lesson(figures_of):
    few = figures_of(*good_cells())
    told = " ".join(beyond_limits(few, full=True))
    assert f"13 cells outside the exercises, expected {CELLS[0]} to {CELLS[1]}" in told
    assert f"words outside the exercises, expected {WORDS[0]} to {WORDS[1]}" in told
    enough = [tagged(prose("word " * 80), "analyst") for _ in range(10)]
    assert beyond_limits(figures_of(*good_cells(), *enough), full=True) == ()


def test_the_alt_text_of_an_output():
    assert alt_of(PICTURE) == "3 of 4"
    assert alt_of({"data": {"image/png": "A"}, "metadata": {}}) == ""


def test_what_is_no_notebook_is_named(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="not a notebook of format 4"):
        measure(path)
