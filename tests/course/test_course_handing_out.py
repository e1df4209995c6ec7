"""Lessons as they are handed out: what each reader gets, and what a trainer's edit may have broken."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbconvert", reason="the extra `course` is not installed")

from outsourcing_kit import cli  # noqa: E402
from outsourcing_kit.course.editions import BEGIN, END, exercise_of, participant, problems  # noqa: E402
from outsourcing_kit.course.exercises import registered  # noqa: E402
from outsourcing_kit.course.handing_out import write_editions  # noqa: E402
from outsourcing_kit.course.lab import copy_lessons  # noqa: E402
from outsourcing_kit.course.lessons import find_lesson, find_lessons  # noqa: E402
from outsourcing_kit.course.run_sheet import run_sheet  # noqa: E402
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError  # noqa: E402

LESSONS_WITH_EXERCISES = {each.lesson for each in registered().values()}
every_lesson = pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)


class Text(HTMLParser):
    """The words of a page, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)

    def __str__(self):
        return " ".join(" ".join(self.words).split())


def written(kind, lesson, folder, **given):
    first, *_ = write_editions(kind, [lesson.stem], str(folder), **given)
    return first.read_text("utf-8")


@every_lesson
def test_the_lab_gives_what_participants_get(lesson, tmp_path):
    copy_lessons(tmp_path / "lab", [lesson.stem])
    given = (tmp_path / "lab" / lesson.path.name).read_text("utf-8")
    assert given == written("participant", lesson, tmp_path / "edition")
    made = nbformat.reads(given, as_version=4)
    nbformat.validate(made)
    assert BEGIN not in given and ": right." not in given and "trainer" not in given
    assert not any(cell.get("outputs") for cell in made.cells)


@every_lesson
def test_the_trainers_page_has_the_notes_the_minutes_and_the_solutions(lesson, tmp_path):
    page = str(Text(written("trainer", lesson, tmp_path)))
    whole = nbformat.read(lesson.path, as_version=4)
    notes = [cell for cell in whole.cells if "trainer" in cell.metadata.get("tags", [])]
    assert 1 <= len(notes) <= 3
    for note in notes:
        assert re.sub(r"[*`]", "", note.source).split()[:6] == page[page.index("For the trainer") :].split()[:6]
    assert all(block.what in page for block in run_sheet(90).blocks) and "reserve" in page
    solved = [cell for cell in whole.cells if BEGIN in cell.source]
    assert page.count(": right.") == len(solved)
    # Every hint, in all its stages, in place of the first one alone.
    hints = [hint for each in registered().values() if each.lesson == lesson.name for hint in each.hints]
    assert all(re.sub(r"[*`]", "", hint) in page for hint in hints) and "hint 1 of" not in page


@every_lesson
def test_the_trainers_notebook_says_what_the_page_says(lesson, tmp_path):
    page, notebook = write_editions("trainer", [lesson.stem], str(tmp_path))
    made = nbformat.read(notebook, as_version=4)
    nbformat.validate(made)
    whole, words = nbformat.read(lesson.path, as_version=4), str(Text(page.read_text("utf-8")))
    assert any(str(run_sheet(90)) in cell.source for cell in made.cells)
    for cell in made.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("**Hints**"):
            assert all(re.sub(r"[*`]", "", line[3:]) in words for line in cell.source.splitlines()[2:])
    # Nothing of the lesson is lost but the calls for a first hint.
    sources = [cell.source for cell in made.cells]
    hints = [cell for cell in whole.cells if "hint" in cell.metadata.get("tags", [])]
    assert all(cell.source in sources for cell in whole.cells if cell not in hints)
    assert sum(source.startswith("**Hints**") for source in sources) == len(hints)
    # The same again, to the last byte.
    before = notebook.read_bytes()
    write_editions("trainer", [lesson.stem], str(tmp_path))
    assert notebook.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [each for each in find_lessons() if each.name in LESSONS_WITH_EXERCISES])
def test_in_the_trainers_notebook_every_solution_is_right_when_it_is_run(lesson, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    _, path = write_editions("trainer", [lesson.stem], str(tmp_path))
    made = nbformat.read(path, as_version=4)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbclient.NotebookClient(made, timeout=120, kernel_name="python3").execute()
    said = [
        "".join(str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs)
        for cell in made.cells if cell.cell_type == "code" and exercise_of(cell.source)
    ]  # fmt: skip
    own = [key for key, each in registered().items() if each.lesson == lesson.name]
    assert [words.partition(": right.")[0] for words in said] == own


@every_lesson
def test_a_report_has_no_code_and_no_exercise_and_says_what_was_set(lesson, tmp_path):
    page = written("report", lesson, tmp_path)
    text = Text(page)
    assert "show the code" not in page and "from outsourcing_kit" not in str(text) and "Predict before" not in str(text)
    assert "What was set" in str(text) and "sample engagement or folder" in str(text)
    if '"mistake"' in lesson.path.read_text("utf-8") and lesson.name not in ("scorecard", "your_own_records"):
        assert "Who set the limits" in str(text) and "Assumed, and what these records could have missed" in str(text)
        assert "edit me" not in str(text)


@pytest.mark.slow
def test_a_report_on_another_engagement_is_run_on_it(tmp_path):
    page = str(Text(written("report", find_lesson("kickoff", find_lessons()), tmp_path, engagement="steady")))
    assert "Engagement steady" in page and "records are read: steady" in page and "Engagement cold-start" not in page


@every_lesson
def test_slides_are_one_page_without_code_a_slide_a_room(lesson, tmp_path):
    page = written("slides", lesson, tmp_path)
    text = Text(page)
    rooms = re.findall(
        r"^## ", "\n".join(c.source for c in nbformat.read(lesson.path, as_version=4).cells), re.MULTILINE
    )
    assert text.tags.count("section") >= min(len(rooms), 9) and "script" not in text.tags
    assert "show the code" not in page and "For the trainer" not in str(text) and "guess was written" not in str(text)


def test_a_file_that_is_there_stays(tmp_path):
    kickoff = find_lesson("kickoff", find_lessons())
    first = written("participant", kickoff, tmp_path)
    # The same again changes nothing, and is no trouble.
    assert written("participant", kickoff, tmp_path) == first
    mine = tmp_path / kickoff.path.name
    mine.write_text("mine", "utf-8")
    with pytest.raises(OutsourcingKitError, match=r"changed since they were written: 03_kickoff\.ipynb.*--force"):
        written("participant", kickoff, tmp_path)
    assert mine.read_text("utf-8") == "mine"
    assert written("participant", kickoff, tmp_path, force=True) == first


def test_an_edition_that_nobody_edited_is_written_again(tmp_path):
    kickoff = find_lesson("kickoff", find_lessons())
    first = written("participant", kickoff, tmp_path)
    memory = tmp_path / ".outsourcing-kit-edition.json"
    # As an older version of the kit had written it.
    older = first.replace("kickoff", "KICKOFF")
    (tmp_path / kickoff.path.name).write_text(older, "utf-8")
    told = json.loads(memory.read_text("utf-8"))
    told["files"][kickoff.path.name] = [hashlib.sha256(older.encode("utf-8")).hexdigest()]
    memory.write_text(json.dumps(told), "utf-8")
    assert written("participant", kickoff, tmp_path) == first
    # Another edition goes beside it.
    assert "For the trainer" in written("trainer", kickoff, tmp_path)


def test_a_folder_with_other_files_in_it_is_left_alone(tmp_path):
    kickoff = find_lesson("kickoff", find_lessons())
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(OutsourcingKitError, match=r"`outsourcing-kit edition` did not write.*--force"):
        written("report", kickoff, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "03_kickoff.report.html").write_text("mine", "utf-8")
    # Beside other files when asked to, and never over one of them.
    with pytest.raises(OutsourcingKitError, match=r"not written by `outsourcing-kit edition` and stay"):
        written("report", kickoff, tmp_path, force=True)
    assert (tmp_path / "03_kickoff.report.html").read_text("utf-8") == "mine"
    assert "What was set" in written("report", find_lesson("01", find_lessons()), tmp_path, force=True)


def test_wrong_use_is_told_in_the_users_words(tmp_path, capsys):
    for wrong, words in (
        (("partcipant",), "Did you mean 'participant'"),
        (("trainer", "kikoff"), "Did you mean '03_kickoff'"),
        (("trainer", "kickoff", "--engagement", "steady"), "leave --engagement out"),
        (("report", "kickoff", "--engagement", "stedy"), "steady"),
    ):
        assert cli.main(["edition", *wrong, "--out", str(tmp_path / "out")]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("x")
    assert cli.main(["edition", "slides", "--out", str(tmp_path / "file")]) == 2
    assert "expected a folder" in capsys.readouterr().err


# ---- what an edit may have broken ----------------------------------------------------------------------------------


def edited(change):
    whole = nbformat.read(find_lesson("kickoff", find_lessons()).path, as_version=4)
    change(whole.cells)
    return whole


def solved(cells):
    return next(cell for cell in cells if BEGIN in cell.source)


def hinted(cells):
    return next(cell for cell in cells if "hint" in cell.metadata.get("tags", []))


def told(cells):
    return next(cell for cell in cells if "exercise" in cell.metadata.get("tags", []))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cells: told(cells).metadata.update(tags=["analyst", "exercize"]), "Did you mean 'exercise'"),
        (lambda cells: told(cells).metadata.update(tags=["analyst"]), "1 cells tell an exercise, 2 check one"),
        (lambda cells: cells.remove(solved(cells)), "2 cells tell an exercise, 1 check one"),
        (lambda cells: solved(cells).update(source=solved(cells).source.replace(BEGIN, "")), "without marks"),
        (lambda cells: solved(cells).update(source=solved(cells).source.replace(END, "")), "without its partner"),
        (
            lambda cells: solved(cells).update(source=solved(cells).source.replace("kickoff.1", "kickof.1")),
            "no exercise 'kickof.1'. Did you mean 'kickoff.1'",
        ),
        (lambda cells: hinted(cells).update(source='hint("kickoff.7", 1)'), "no exercise 'kickoff.7'"),
    ],
)
def test_what_an_edit_by_hand_broke_is_named_with_its_mend(change, words):
    whole = edited(change)
    found = problems(whole)
    assert any(words in each and ("Mend:" in each or "mean" in each) for each in found), found
    # The cell is named, as one counts them from above; where a count is wrong, no single cell is to blame.
    assert any(re.match(r"Cell \d+:? ", each) for each in found) or all(
        "cells tell an exercise" in each for each in found
    )
    with pytest.raises(OutsourcingKitError, match=re.escape(words)):
        participant(whole)


def test_no_lesson_is_broken():
    assert {lesson.stem: problems(nbformat.read(lesson.path, as_version=4)) for lesson in find_lessons()} == {
        lesson.stem: [] for lesson in find_lessons()
    }


def test_a_lesson_that_is_no_notebook_is_named(tmp_path):
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit" / "03_kickoff.ipynb").write_text(json.dumps({"cells": 5}))
    with pytest.raises(OutsourcingKitError, match=r"03_kickoff\.ipynb is not a notebook"):
        write_editions("participant", ["03"], str(tmp_path / "out"), notebooks=tmp_path / "kit")
    with pytest.raises(UnknownNameError, match="participant"):
        write_editions("participants", notebooks=tmp_path / "kit")
