"""Sheets for Monday: each blank and as an example, and the example is an engagement like any other."""

from __future__ import annotations

import errno
import re
from html import unescape
from pathlib import Path

import pytest

from outsourcing_kit import Engagement, cli, scorecard
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.page import made_by
from outsourcing_kit.sheets import sheet_page, write_sheets
from outsourcing_kit.tables import default_rows
from outsourcing_kit.task_selection import task_costs

NAMES = ("premortem", "tasks", "kickoff", "quiz", "expectations", "thanks", "plan")


def rows_of(name, part):
    """The cells of a sheet's table, blank (0) or as an example (1), without its headings."""
    body = re.findall(r"<tbody>(.*?)</tbody>", sheet_page(name))[part]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]
    return [[unescape(cell) for cell in row] for row in rows]


@pytest.fixture
def example(tmp_path):
    write_sheets(tmp_path)
    return Engagement.load(tmp_path / "sheets" / "example")


def test_there_is_a_sheet_for_each_monday_of_the_lessons(tmp_path):
    assert tuple(path.stem for path in write_sheets(tmp_path) if path.suffix == ".html") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_a_page_with_a_blank_table_and_an_example(name):
    page = sheet_page(name)
    assert made_by(page) == "outsourcing-kit new --sheets" and "<script" not in page
    blank, filled = rows_of(name, 0), rows_of(name, 1)
    # Room to write in the first, words in the second, in the same columns.
    assert len(blank) >= 10 and sum(not cell for row in blank for cell in row) >= 24
    assert len(filled) >= 1 and sum(bool(cell) for row in filled for cell in row) > len(filled)
    assert {len(row) for row in blank + filled} == {page.count("<th scope") // 2}
    assert sum(map(int, re.findall(r"<col style=.width: (\d+)%", page))) == 200


def test_usual_tasks_and_agenda_items_stand_on_the_sheets_and_twelve_questions():
    assert [row[0] for row in rows_of("tasks", 0) if row[0]] == [row["task"] for row in default_rows("tasks")]
    items = [row["item"] for row in default_rows("agenda")]
    assert [row[0] for row in rows_of("kickoff", 0) if row[0]] == items
    # The example is a whole agenda, and keeps what its title promises.
    assert [row[0] for row in rows_of("kickoff", 1)] == items
    assert "one hour" in sheet_page("kickoff") and sum(int(row[1]) for row in rows_of("kickoff", 1)) == 60
    assert len({row[0] for row in rows_of("quiz", 0)}) == 12


def test_a_bad_and_a_good_note_stand_beside_each_other():
    page = sheet_page("thanks")
    assert page.index("<h3>A bad note</h3>") < page.index("<h3>A good note</h3>")
    (receiver, did, *_) = rows_of("thanks", 1)[0]
    good = page.partition("A good note")[2]
    assert receiver in good and did.removeprefix("you ").removesuffix(" on Tuesday") in good


def test_the_example_says_the_same_on_paper_and_in_its_tables(example):
    quiz = example.quiz[example.quiz["person"] == "Ines"]
    assert rows_of("quiz", 1) == quiz[["question", "answer", "believed_other"]].to_numpy().tolist()
    assert [*example.answer_key["question"]] == [row[0] for row in rows_of("quiz", 0)]
    # Whoever agreed on the key could not have known a topic that no agenda has.
    assert {*example.answer_key["topic"]} <= {*example.agenda["item"]}
    risks = example.risks
    assert [[row[0], *spans(row[2:])] for row in rows_of("premortem", 1)] == [
        [each.person, each.prob_low, each.prob_high, each.loss_low, each.loss_high] for each in risks.itertuples()
    ]
    costs = task_costs(example.tasks).table
    for row, cost in zip(rows_of("tasks", 1), costs.itertuples(), strict=True):
        assert row[0] == cost.task and row[-1] == cost.plan and float(row[2]) == cost.hours
        assert [number(row[3]), number(row[4])] == [cost.in_house_cost, cost.price]
        assert number(row[5]) == cost.outside_cost if cost.outside else row[5] == ""
    mine = example.expectations[example.expectations["person"] == "Ines"]
    rated = mine.pivot(index="expectation", columns="aspect", values="rating")
    for row in rows_of("expectations", 1):
        assert [*map(float, row[2:])] == [*rated.loc[row[0], ["meaning", "importance", "met"]]]
    assert [*example.recognition["receiver"]] == [row[0] for row in rows_of("thanks", 1)]


def spans(cells):
    for cell in cells:
        yield from (number(end) for end in cell.split(" to "))


def number(text):
    return float(text.replace(",", "").removesuffix("%")) / (100 if text.endswith("%") else 1)


def test_the_example_is_an_engagement_and_the_blank_tables_take_rows(tmp_path, capsys):
    assert cli.main(["new", str(tmp_path / "ours"), "--sheets"]) == 0
    folder = tmp_path / "ours" / "sheets"
    assert cli.main(["validate", str(folder / "example")]) == 0
    assert "note" not in capsys.readouterr().err
    example = Engagement.load(folder / "example")
    assert example.settings.client == "Frostline Outdoor" and len(example.risks) == 3
    card = scorecard(example)
    # Core and vetoes are said of each task.
    assert card.finding("task_selection").measure("protected_hours").verdict == "fine"
    # Joy has company, done, clock, whom to ask and no answer wrong: seven of twelve are right.
    quiz = card.finding("kickoff").measure("quiz_right")
    assert quiz.estimate == pytest.approx(7 / 12) and quiz.verdict == "cannot tell"
    # Within a point are two of six pairs: how important urgent is (5, 4), and what bad news means (4, 4).
    assert card.finding("expectations").measure("within_one_point").estimate == pytest.approx(2 / 6)
    for path in folder.glob("*.csv"):
        # What was filled in fits below the blank one's header.
        header = path.read_text("utf-8")
        assert header.count("\n") == 1 and (folder / "example" / path.name).read_text("utf-8").startswith(header)
    # The records' own tables are untouched by the sheets in them.
    assert cli.main(["validate", str(tmp_path / "ours")]) == 0


def test_filled_in_tables_moved_into_the_folder_are_read(tmp_path):
    ours = tmp_path / "ours"
    assert cli.main(["new", str(ours), "--sheets"]) == 0
    for path in (ours / "sheets" / "example").glob("*.csv"):
        path.rename(ours / path.name)
    moved = Engagement.load(ours)
    assert len(moved.risks) == 3 and len(moved.quiz) == 24 and len(moved.agenda) == 8


def test_no_cell_of_the_tables_runs_as_a_formula(tmp_path, monkeypatch):
    from outsourcing_kit import sheets

    data = sheets.kit_table("sheets.toml")
    spoilt = data["example"] | {"can_do": {"columns": ["task", "person"], "rows": [["=1+1", "@SUM(A1)"]]}}
    monkeypatch.setattr(sheets, "kit_table", lambda _: data | {"example": spoilt})
    write_sheets(tmp_path)
    assert (tmp_path / "sheets" / "example" / "can_do.csv").read_text("utf-8") == "task,person\n'=1+1,'@SUM(A1)\n"


def test_sheets_go_into_a_folder_of_records_and_never_over_a_file(tmp_path, capsys):
    ours = tmp_path / "ours"
    assert cli.main(["new", str(ours)]) == 0
    people = (ours / "people.csv").read_bytes()
    assert cli.main(["new", str(ours), "--sheets"]) == 0
    mine = ours / "sheets" / "plan.html"
    mine.write_text("mine")
    (ours / "sheets" / "quiz.html").unlink()
    assert cli.main(["new", str(ours), "--sheets"]) == 2
    assert re.search(r"there already and stays as it is.*Mend: move it", capsys.readouterr().err)
    assert mine.read_text() == "mine" and not (ours / "sheets" / "quiz.html").exists()
    assert (ours / "people.csv").read_bytes() == people
    # Tables that are asked for by name are not left out in silence.
    (tmp_path / "ours" / "sheets").rename(tmp_path / "away")
    assert cli.main(["new", str(ours), "--sheets", "--tables", "people"]) == 2
    assert "not empty" in capsys.readouterr().err and not (ours / "sheets").exists()


def test_a_place_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "f").write_text("x")
    assert cli.main(["new", str(tmp_path / "f"), "--sheets"]) == 2
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "sheets").write_text("x")
    with pytest.raises(OutsourcingKitError, match="Mend: move it elsewhere, or name another folder"):
        write_sheets(tmp_path / "ours")
    assert (tmp_path / "ours" / "sheets").read_text() == "x"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_where_nothing_can_be_written_nothing_is_left_behind(tmp_path, capsys, monkeypatch, number):
    ours = tmp_path / "ours"
    assert cli.main(["new", str(ours)]) == 0
    before, write = sorted(ours.rglob("*")), Path.write_bytes

    def refuse(path, content):
        if path.name == "tasks.csv":
            raise OSError(number, "refused", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert cli.main(["new", str(ours), "--sheets"]) == 1
    assert "Stopped: " in capsys.readouterr().err and sorted(ours.rglob("*")) == before
