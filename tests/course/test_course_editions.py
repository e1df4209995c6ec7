"""A participant's stub is made from the solution, and editions keep and leave out cells by tag."""

from __future__ import annotations

import copy

import pytest
from made_lessons import code, prose

from outsourcing_kit.course.editions import BEGIN, END, exercise_of, participant, stub, without_marks
from outsourcing_kit.exceptions import OutsourcingKitError

nbformat = pytest.importorskip("nbformat")

SOLVED = f'a = 1\n{BEGIN}\nb = a + 1\nc = b * 2\n{END}\ncheck("kickoff.1", c)'
PROMPT = '# Your code: put it in place of the dots. Stuck? hint("kickoff.1", 1)'


def test_the_stub_sets_only_what_is_read_afterwards():
    assert stub(SOLVED) == f'a = 1\n{PROMPT}\nc = ...\ncheck("kickoff.1", c)'
    assert stub(SOLVED, ["b"]) == f'a = 1\n{PROMPT}\nb = ...\nc = ...\ncheck("kickoff.1", c)'


def test_a_stub_of_nothing_read_is_one_line_of_dots():
    assert stub(f"{BEGIN}\nshow(1)\n{END}") == "# Your code: put it in place of the dots.\n..."


def test_inset_and_several_stretches_and_definitions():
    function = f"{BEGIN}\ndef f(x):\n    y = x\n    return y\n{END}\n"
    source = f"{function}for x in [1]:\n    {BEGIN}\n    z = f(x)\n    {END}\n    print(z)"
    made = stub(source)
    assert "f = ...\nfor x in [1]:\n    # Your code" in made and "\n    z = ...\n    print(z)" in made
    assert "y = ..." not in made and "return" not in made
    compile(made, "<stub>", "exec")


def test_what_has_no_marks_stays():
    assert stub("x = 1\nx") == "x = 1\nx"
    assert without_marks(SOLVED) == 'a = 1\nb = a + 1\nc = b * 2\ncheck("kickoff.1", c)'


@pytest.mark.parametrize(
    "source",
    [f"{BEGIN}\nx = 1", f"x = 1\n{END}", f"{BEGIN}\n{BEGIN}\n{END}", f"{END}\n{BEGIN}", f"{BEGIN}\n{END}\n{END}"],
)
def test_a_mark_without_its_partner_is_named(source):
    with pytest.raises(OutsourcingKitError, match=r"Line \d: found '### .*' without its partner. Mend:"):
        stub(source)


def test_a_mark_behind_code_is_named():
    with pytest.raises(OutsourcingKitError, match="a line of its own"):
        stub(f"x = 1  {BEGIN}\n{END}")


def test_the_exercise_of_a_cell():
    assert exercise_of("check( 'a.1' , 3)") == "a.1"
    assert exercise_of("recheck('a.1', 3)") is None


def lesson() -> nbformat.NotebookNode:
    shown = [nbformat.v4.new_output("stream", text="shown")]
    cells = [
        prose("# Title"),
        code("engagement: str = 'x'  # -, any, x", "parameters"),
        code("main()"),
        prose("for the trainer"),
        code("analyse()", "analyst"),
        prose("### Exercise 1"),
        code('hint("kickoff.1", 1)', "analyst", "hint"),
        code(SOLVED, "analyst", "solution"),
        code('solution("kickoff.1")', "analyst", "solution"),
        prose("Why this is so"),
        code("b"),
    ]
    cells[3].metadata["tags"] = ["trainer"]
    cells[5].metadata["tags"] = ["analyst", "exercise"]
    cells[9].metadata["tags"] = ["solution"]
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = copy.deepcopy(shown), number
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "P"}})


def test_the_participants_edition():
    whole = lesson()
    before = copy.deepcopy(whole)
    made = participant(whole)
    assert whole == before
    assert [cell["id"] for cell in made.cells] == ["c0", "c1", "c2", "c4", "c5", "c6", "c7", "c10"]
    solved = made.cells[6]
    # `b` is read by the last cell, so that the stub must set it as well.
    assert solved.source == stub(SOLVED, ["b"])
    assert solved.metadata.tags == ["analyst", "exercise"]
    assert not any(cell.outputs or cell.execution_count for cell in made.cells if cell.cell_type == "code")
    # The main path's code is folded; what participants set or write is open.
    folded = [cell["id"] for cell in made.cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert folded == ["c2", "c10"]
    assert made.metadata == whole.metadata
    nbformat.validate(made)
    assert participant(made) == made


def test_a_marked_solution_whose_tag_was_lost_does_not_leak():
    whole = lesson()
    for cell in whole.cells:
        if BEGIN in cell.source:
            cell.metadata["tags"] = []
    assert "a + 1" not in nbformat.writes(participant(whole))
