"""The exercises in the lessons: told as registered, solved as stored, and a participant's edition that runs."""

from __future__ import annotations

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient", reason="the extra `course` is not installed")

from outsourcing_kit.course.editions import BEGIN, END, exercise_of, participant, stub  # noqa: E402
from outsourcing_kit.course.exercises import registered  # noqa: E402
from outsourcing_kit.course.lessons import find_lesson, find_lessons  # noqa: E402
from outsourcing_kit.course.parameters import names_read  # noqa: E402

WITH_EXERCISES = [
    find_lesson(name, find_lessons()) for name in dict.fromkeys(each.lesson for each in registered().values())
]
with_exercises = pytest.mark.parametrize("lesson", WITH_EXERCISES, ids=lambda lesson: lesson.stem)


def read(lesson):
    return nbformat.read(lesson.path, as_version=4)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def text_of(cell) -> str:
    return "".join(str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs)


def solution_lines(source: str) -> list[str]:
    inside, found = False, []
    for line in source.splitlines():
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside and line.strip():
            found.append(line.strip())
    return found


def test_every_solution_in_a_lesson_is_a_registered_exercise():
    found = []
    for lesson in find_lessons():
        for cell in read(lesson).cells:
            if BEGIN in cell.source:
                assert {"solution", "analyst"} <= set(cell.metadata.get("tags", [])), cell.source
                found.append(exercise_of(cell.source))
    assert sorted(found) == sorted(registered())


@with_exercises
def test_the_lesson_asks_what_is_registered_and_after_the_main_path(lesson):
    notebook = read(lesson)
    own = [each for each in registered().values() if each.lesson == lesson.name]
    asked = [" ".join(cell.source.split()) for cell in tagged(notebook, "exercise")]
    for exercise in own:
        assert sum(exercise.task in text for text in asked) == 1, exercise.key
        assert any(f'hint("{exercise.key}"' in cell.source for cell in tagged(notebook, "hint"))
    main = [not cell.metadata.get("tags") or cell.metadata.tags == ["parameters"] for cell in notebook.cells]
    assert main == sorted(main, reverse=True), "a cell of the main path comes after one for analysts"


@with_exercises
def test_stored_solutions_are_right(lesson):
    for cell in tagged(read(lesson), "solution"):
        if BEGIN in cell.source:
            assert text_of(cell).startswith(f"{exercise_of(cell.source)}: right."), text_of(cell)


@with_exercises
def test_stubs_are_derived_and_nothing_of_a_solution_is_left(lesson):
    whole = read(lesson)
    made = participant(whole)
    text = nbformat.writes(made)
    by_id = {cell["id"]: cell for cell in made.cells}
    solved = [cell for cell in whole.cells if BEGIN in cell.source]
    assert solved
    for cell in solved:
        place = whole.cells.index(cell)
        later = set().union(*(names_read(each.source) for each in whole.cells[place + 1 :] if each.cell_type == "code"))
        assert by_id[cell["id"]].source == stub(cell.source, later)
        assert solution_lines(cell.source)
        # Compared as the file holds it: quotes are escaped there.
        for line in solution_lines(cell.source):
            assert line.replace('"', '\\"') not in text, line
    assert BEGIN not in text and END not in text


@pytest.mark.slow
@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)
def test_the_participants_edition_runs_and_says_what_to_do(lesson):
    made = participant(read(lesson))
    # It raises where a cell does.
    nbclient.NotebookClient(
        made, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(lesson.path.parent)}}
    ).execute()
    checks = [cell for cell in made.cells if cell.cell_type == "code" and exercise_of(cell.source)]
    assert len(checks) == len([each for each in registered().values() if each.lesson == lesson.name])
    for cell in checks:
        assert text_of(cell).startswith(f"{exercise_of(cell.source)}: not yet. No answer yet"), text_of(cell)
