"""A workshop by the minute: it adds up, keeps its reserve, and says what goes first."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from outsourcing_kit import cli
from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.course.run_sheet import run_sheet
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

SAID = tomllib.loads((Path(run_sheet.__code__.co_filename).with_name("workshop.toml")).read_text("utf-8"))["blocks"]


def named(lesson):
    return next(each["what"] for each in SAID if each.get("lesson") == lesson)


@pytest.mark.parametrize("lessons", [(), ("kickoff",), ("06", "expectations")])
@pytest.mark.parametrize("minutes", [*range(20, 120), 180, 240, 333, 480, 600])
def test_every_sheet_adds_up_and_keeps_a_tenth(minutes, lessons):
    if minutes < 45 and lessons:
        minutes += 25
    sheet = run_sheet(minutes, lessons)
    assert sum(block.minutes for block in sheet.blocks) + sheet.reserve == minutes
    assert sheet.reserve >= max(0.1 * minutes - 0.5, 5)
    begins = 0
    for block in sheet.blocks:
        assert block.begins == begins and 0 <= block.exercise <= block.minutes
        begins += block.minutes
    assert sheet.blocks[0].what == named("start_here") and sheet.blocks[-1].what.startswith("Close")
    # Each that may go has a turn of its own; start, scorecard, breaks and close stay.
    stay = {each["what"] for each in SAID if each.get("stays")}
    assert {block.what for block in sheet.blocks if not block.drop} <= stay
    turns = sorted(block.drop for block in sheet.blocks if block.drop)
    assert turns == list(range(1, len(turns) + 1)) and stay.isdisjoint(b.what for b in sheet.blocks if b.drop)


def test_the_workshop_of_ninety_minutes():
    # 10 to start, five times 10, 15 for the scorecard, 5 to close, 10 to spare.
    sheet = run_sheet(90)
    assert [block.minutes for block in sheet.blocks] == [10, 10, 10, 10, 10, 10, 15, 5]
    assert (sheet.reserve, [block.what for block in sheet.blocks][-1][:5]) == (10, "Close")
    assert sum(line.startswith("| ") for line in str(sheet).splitlines()) == 8 + 3


def test_a_longer_workshop_keeps_what_a_shorter_one_has():
    shorter, longer = ({block.what for block in run_sheet(minutes).blocks} for minutes in (90, 480))
    assert shorter < longer and any("Lunch" in what for what in longer)


def test_what_goes_first_is_what_was_taken_last():
    drop = {block.what: block.drop for block in run_sheet(180).blocks if block.drop}
    # workshop.toml, read backwards.
    by_need = [each["what"] for each in reversed(SAID) if each["what"] in drop]
    assert [drop[what] for what in by_need] == list(range(1, len(drop) + 1))
    assert drop[named("kickoff")] == len(drop)


def test_a_meal_only_in_a_long_workshop():
    assert not any("Lunch" in block.what for block in run_sheet(239, ["kickoff"]).blocks)
    assert any("Lunch" in block.what for block in run_sheet(240, ["kickoff"]).blocks)


def test_named_lessons_are_all_in_and_no_other():
    named_two = [block.what for block in run_sheet(60, ["expectations", "03"]).blocks]
    # 10 to start, twice 10, 5 to close, 10 in reserve: 15 are left for one exercise of a quarter of an hour.
    assert named_two[0] == named("start_here") and {named("kickoff"), named("expectations")} < set(named_two)
    lessons = {each["what"] for each in SAID if "lesson" in each}
    assert lessons & set(named_two) == {named(each) for each in ("start_here", "kickoff", "expectations")}
    assert "In pairs: the agenda for your own kickoff" in named_two and len(named_two) == 5
    with pytest.raises(UnknownNameError, match="03_kickoff"):
        run_sheet(60, ["kikoff"])


@pytest.mark.parametrize("minutes", [0, 19, 601, True, 90.0, "90"])
def test_time_that_does_not_add_up_is_refused(minutes):
    with pytest.raises(OutsourcingKitError, match=r"expected 20 to 600: start and close take 15.*Mend: --minutes 90$"):
        run_sheet(minutes)


def test_named_lessons_that_do_not_fit_name_the_least_time():
    with pytest.raises(OutsourcingKitError, match="2 named lessons, start and close take 35, the reserve 5") as caught:
        run_sheet(39, ["kickoff", "expectations"])
    (least,) = re.findall(r"Mend: --minutes (\d+), or fewer lessons", str(caught.value))
    # The mend works, and no minute less does.
    assert run_sheet(int(least), ["kickoff", "expectations"]).reserve == 5
    with pytest.raises(OutsourcingKitError, match="or fewer lessons"):
        run_sheet(int(least) - 1, ["kickoff", "expectations"])


@pytest.mark.parametrize("said", ["Afterwards you can: nothing", "**10 minutes,** 11 of them for the exercise."])
def test_a_lesson_that_lost_its_minutes_is_named(tmp_path, said):
    for lesson in find_lessons():
        shutil.copy(lesson.path, tmp_path)
    place = tmp_path / "03_kickoff.ipynb"
    notebook = json.loads(place.read_text("utf-8"))
    notebook["cells"][1]["source"] = said
    place.write_text(json.dumps(notebook), "utf-8")
    with pytest.raises(OutsourcingKitError, match=r"03_kickoff does not say how long it takes.*Mend: .*10 minutes"):
        run_sheet(90, notebooks=tmp_path)


def test_lessons_longer_than_any_workshop_are_named(tmp_path):
    for lesson in find_lessons():
        shutil.copy(lesson.path, tmp_path)
    place = tmp_path / "03_kickoff.ipynb"
    place.write_text(place.read_text("utf-8").replace("**10 minutes,**", "**700 minutes,**"), "utf-8")
    assert named("kickoff") not in [block.what for block in run_sheet(90, notebooks=tmp_path).blocks]
    with pytest.raises(
        OutsourcingKitError, match=r"1 named lesson, start and close take 715, .*Mend: fewer minutes in the second cell"
    ):
        run_sheet(90, ["kickoff"], notebooks=tmp_path)


def test_the_command_prints_the_sheet(capsys):
    assert cli.main(["run-sheet", "--minutes", "45"]) == 0
    assert capsys.readouterr().out.strip() == str(run_sheet(45))
    assert cli.main(["run-sheet", "--minutes", "19"]) == 2
    assert "--minutes 90" in capsys.readouterr().err


def test_the_sheet_goes_into_a_file(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["run-sheet", "kickoff", "--minutes", "45", "--out", "sheet.md"]) == 0
    assert capsys.readouterr().out == "Written: sheet.md\n"
    sheet = run_sheet(45, ["kickoff"])
    assert (tmp_path / "sheet.md").read_text("utf-8") == f"# A workshop of 45 minutes\n\n{sheet}\n"
    assert cli.main(["run-sheet", "--minutes", "45", "--out", "sheet.html"]) == 0
    page = (tmp_path / "sheet.html").read_text("utf-8")
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    rows = [cells[place : place + 5] for place in range(0, len(cells), 5)]
    assert [row[3] for row in rows] == [*(block.what for block in run_sheet(45).blocks), "reserve"]
    assert sum(int(row[1]) for row in rows) == 45
    # The same again is no trouble; another text only when asked for.
    assert cli.main(["run-sheet", "--minutes", "45", "--out", "sheet.html"]) == 0
    assert cli.main(["run-sheet", "--minutes", "90", "--out", "sheet.html"]) == 2
    assert "would change" in capsys.readouterr().err and (tmp_path / "sheet.html").read_text("utf-8") == page
    assert cli.main(["run-sheet", "--minutes", "90", "--out", "sheet.html", "--force"]) == 0
    (tmp_path / "folder.md").mkdir()
    for wrong in ("sheet.pdf", "none/sheet.md", "folder.md"):
        assert cli.main(["run-sheet", "--out", wrong]) == 2
        assert "ends in .md or .html" in capsys.readouterr().err
