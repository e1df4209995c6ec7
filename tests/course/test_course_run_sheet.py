"""A workshop by the minute: it adds up, keeps its reserve, and says what goes first."""

from __future__ import annotations

import json
import shutil

import pytest

from outsourcing_kit import cli
from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.course.run_sheet import run_sheet
from outsourcing_kit.exceptions import OutsourcingKitError


@pytest.mark.parametrize("minutes", [*range(35, 120, 5), 180, 240, 333, 480, 600])
def test_every_sheet_adds_up_and_keeps_a_tenth(minutes):
    sheet = run_sheet(minutes)
    assert sum(block.minutes for block in sheet.blocks) + sheet.reserve == minutes
    assert sheet.reserve >= max(0.1 * minutes - 0.5, 5)
    begins = 0
    for block in sheet.blocks:
        assert block.begins == begins and 0 <= block.exercise <= block.minutes
        begins += block.minutes
    # Each that may go has a turn of its own; start, scorecard and close stay.
    assert sorted(block.drop for block in sheet.blocks) == [0] * 3 + list(range(1, len(sheet.blocks) - 2))


def test_the_workshop_of_ninety_minutes():
    # 10 to start, five times 10, 15 for the scorecard, 5 to close, 10 to spare.
    sheet = run_sheet(90)
    assert [block.minutes for block in sheet.blocks] == [10, 10, 10, 10, 10, 10, 15, 5]
    assert (sheet.reserve, [block.what for block in sheet.blocks][-1][:5]) == (10, "Close")
    assert sum(line.startswith("| ") for line in str(sheet).splitlines()) == 8 + 2


def test_a_longer_workshop_keeps_what_a_shorter_one_has():
    shorter, longer = ({block.what for block in run_sheet(minutes).blocks} for minutes in (90, 480))
    assert shorter < longer and any("Lunch" in what for what in longer)


@pytest.mark.parametrize("minutes", [0, 34, 601, True, 90.0, "90"])
def test_time_that_does_not_add_up_is_refused(minutes):
    with pytest.raises(OutsourcingKitError, match=r"expected 35 to 600: start, scorecard and close take 30"):
        run_sheet(minutes)


def test_a_lesson_that_lost_its_minutes_is_named(tmp_path):
    for lesson in find_lessons():
        shutil.copy(lesson.path, tmp_path)
    place = tmp_path / "03_kickoff.ipynb"
    notebook = json.loads(place.read_text("utf-8"))
    notebook["cells"][1]["source"] = "Afterwards you can: nothing"
    place.write_text(json.dumps(notebook), "utf-8")
    with pytest.raises(OutsourcingKitError, match=r"03_kickoff does not say how long it takes. Mend: .*10 minutes"):
        run_sheet(90, notebooks=tmp_path)


def test_the_command_prints_the_sheet(capsys):
    assert cli.main(["run-sheet", "--minutes", "45"]) == 0
    assert capsys.readouterr().out.strip() == str(run_sheet(45))
    assert cli.main(["run-sheet", "--minutes", "20"]) == 2
    assert "--minutes 90" in capsys.readouterr().err
