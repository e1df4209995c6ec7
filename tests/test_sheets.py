"""Sheets for Monday: each blank and as an example, and the example is an engagement like any other."""

from __future__ import annotations

import pytest

from outsourcing_kit import Engagement, cli, scorecard
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.lists import default_rows
from outsourcing_kit.page import made_by
from outsourcing_kit.sheets import sheet_names, sheet_page, write_sheets

NAMES = ("premortem", "tasks", "kickoff", "quiz", "expectations", "thanks", "plan")


def test_there_is_a_sheet_for_each_monday_of_the_lessons():
    assert sheet_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_a_page_with_a_blank_table_and_an_example(name):
    page = sheet_page(name)
    blank, _, example = page.partition("For example")
    assert made_by(page) == "outsourcing-kit new --sheets" and "<script" not in page
    # Room to write in the first, words in the second.
    assert blank.count("<tr>") >= 7 and blank.count("></td>") >= 12
    assert example.count("<tr>") >= 2 and example.count("></td>") < blank.count("></td>")
    assert page.count("<th scope") % 2 == 0


def test_usual_tasks_and_agenda_items_stand_on_the_sheets_and_twelve_questions():
    assert all(f">{row['task']}</td>" in sheet_page("tasks") for row in default_rows("tasks"))
    assert all(f">{row['item']}</td>" in sheet_page("kickoff") for row in default_rows("agenda"))
    assert sheet_page("quiz").partition("For example")[0].count("?</td>") == 12


def test_the_example_is_an_engagement_and_the_blank_tables_take_rows(tmp_path, capsys):
    assert cli.main(["new", str(tmp_path / "ours"), "--sheets"]) == 0
    folder = tmp_path / "ours" / "sheets"
    assert cli.main(["validate", str(folder / "example")]) == 0
    example = Engagement.load(folder / "example")
    assert example.settings.client == "Frostline Outdoor" and len(example.risks) == 3
    card = scorecard(example)
    # Core is said of each task, vetoes of none: nobody knows, so nothing is fine.
    assert card.finding("task_selection").measure("protected_hours").verdict == "cannot tell"
    for path in folder.glob("*.csv"):
        # What was filled in fits below the blank one's header.
        assert (folder / "example" / path.name).read_text().startswith(path.read_text()) and path.read_text().count(
            "\n"
        ) == 1
    capsys.readouterr()
    # The records' own tables are untouched by the sheets in them.
    assert cli.main(["validate", str(tmp_path / "ours")]) == 0


def test_sheets_go_into_a_folder_of_records_and_never_over_a_file(tmp_path, capsys):
    ours = tmp_path / "ours"
    assert cli.main(["new", str(ours)]) == 0
    people = (ours / "people.csv").read_bytes()
    assert cli.main(["new", str(ours), "--sheets"]) == 0
    mine = ours / "sheets" / "plan.html"
    mine.write_text("mine")
    (ours / "sheets" / "quiz.html").unlink()
    with pytest.raises(OutsourcingKitError, match=r"there already and stay as they are: .*Mend: move them"):
        write_sheets(ours)
    assert mine.read_text() == "mine" and not (ours / "sheets" / "quiz.html").exists()
    assert (ours / "people.csv").read_bytes() == people
    capsys.readouterr()


def test_a_place_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "f").write_text("x")
    assert cli.main(["new", str(tmp_path / "f"), "--sheets"]) == 2
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "sheets").write_text("x")
    with pytest.raises(OutsourcingKitError, match="Mend: name another folder"):
        write_sheets(tmp_path / "ours")
