"""Which lesson a name means."""

from __future__ import annotations

import json

import pytest
from made_lessons import prose

from outsourcing_kit.course.lessons import Lesson, find_lesson, find_lessons, select_lessons
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError


@pytest.fixture
def lessons(make_lesson, tmp_path):
    for stem in ("03_kickoff", "00_start_here", "05_recognition"):
        make_lesson(stem)
    (tmp_path / "lessons" / "notes.ipynb").write_text("{}")
    return find_lessons(tmp_path / "lessons")


def test_lessons_come_in_order_and_other_notebooks_are_left_alone(lessons):
    assert [lesson.stem for lesson in lessons] == ["00_start_here", "03_kickoff", "05_recognition"]


@pytest.mark.parametrize("name", ["03", "3", "03_kickoff", "kickoff", "03_kickoff.ipynb"])
def test_a_lesson_is_named_by_number_stem_or_mistake(lessons, name):
    assert find_lesson(name, lessons).name == "kickoff"


def test_number_zero_is_a_lesson_too(lessons):
    assert find_lesson("0", lessons).name == "start_here"


@pytest.mark.parametrize("name", ["kickof", "03_kikoff"])
def test_a_wrong_name_is_told_the_nearest(lessons, name):
    with pytest.raises(UnknownNameError, match="Did you mean '03_kickoff'"):
        find_lesson(name, lessons)


@pytest.mark.parametrize("name", ["9", "", "4"])
def test_a_name_like_none_is_refused(lessons, name):
    with pytest.raises(UnknownNameError):
        find_lesson(name, lessons)


def test_selection_keeps_the_course_order_and_drops_doubles(lessons):
    chosen = select_lessons(["5", "kickoff", "03"], lessons)
    assert [lesson.number for lesson in chosen] == ["03", "05"]
    assert select_lessons([], lessons) == lessons


def test_the_title_is_the_first_heading(make_lesson):
    first = make_lesson("03_kickoff", prose("words\n# The *kickoff*\n# Later"), parameters=None)
    notebook = json.loads(first.read_text())
    notebook["cells"][0] = {"cell_type": "code", "source": "# not this"}
    first.write_text(json.dumps(notebook))
    assert Lesson("03", "kickoff", first).title == "The kickoff"
    first.write_text('{"cells": []}')
    assert Lesson("03", "kickoff", first).title == "03_kickoff"


def test_a_folder_without_lessons_says_so(tmp_path):
    with pytest.raises(OutsourcingKitError, match="no lesson"):
        find_lessons(tmp_path)
