"""answers.toml and the tables: same answers, same bytes; nothing of anybody's is lost; a spoilt file names its line."""

from __future__ import annotations

import datetime as dt
import os
import tomllib

import pytest
from owner import NEEDED, answered

from outsourcing_kit import Engagement
from outsourcing_kit.ask import read_answers, save_answers, write
from outsourcing_kit.engagement import new_engagement
from outsourcing_kit.exceptions import OutsourcingKitError

OWNER = answered()


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_answers_are_read_as_they_were_written_each_below_its_question_and_cells(tmp_path):
    path = save_answers(tmp_path / "ours", OWNER)
    assert read_answers(tmp_path / "ours") == OWNER
    text = path.read_text(encoding="utf-8")
    assert "# In which city do you work?  [engagement.time_zone, people.person, people.time_zone]\ncity = " in text
    assert text.count(" = ") >= len(OWNER)
    assert (tmp_path / "ours").stat().st_mode & 0o077 == 0
    for key in OWNER:
        line = next(n for n, each in enumerate(text.splitlines()) if each.startswith((f"{key} =", f'"{key}" =')))
        assert text.splitlines()[line - 1].startswith("# ")


def test_a_script_may_write_it_whole_with_tomls_own_kinds(tmp_path):
    (tmp_path / "answers.toml").write_text(
        'owner = "Ann"\noutside = ["Bea", "Cid"]\ncity = "Lisbon"\ntoday = 2026-06-30\ncurrency = "EUR"\ncall = true\n'
        'months = 12\n[settled]\n"owner inside named" = "yes"\n[covered]\npayments = false\n',
        encoding="utf-8",
    )
    answers = read_answers(tmp_path)
    assert answers["outside"] == "Bea, Cid" and answers["today"] == "2026-06-30" and answers["call"] == "yes"
    assert answers["settled.owner inside named"] == "yes" and answers["covered.payments"] == "no"
    assert write(tmp_path, answers)[1] == []


def test_same_answers_give_the_same_bytes_and_writing_twice_changes_nothing(tmp_path):
    for name in ("a", "b"):
        folder = tmp_path / name / "ours"
        save_answers(folder, OWNER)
        write(folder, OWNER)
    first = bytes_of(tmp_path / "a" / "ours")
    assert first == bytes_of(tmp_path / "b" / "ours")
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "a" / "ours").glob("*.csv")}
    assert len(write(tmp_path / "a" / "ours", OWNER)[0]) == len(first) - 2
    assert bytes_of(tmp_path / "a" / "ours") == first
    assert before == {path.name: path.stat().st_mtime_ns for path in (tmp_path / "a" / "ours").glob("*.csv")}


def test_the_folder_is_an_engagement_that_says_the_same(tmp_path):
    write(tmp_path / "ours", OWNER)
    loaded = Engagement.load(tmp_path / "ours")
    assert loaded.settings.budget == 7624.5 and loaded.name == "ours"
    assert len(loaded.tasks) == 3 and loaded.side_of().to_dict() == {
        "Ann": "client",
        "Bea": "provider",
        "Cid": "provider",
    }
    # Bea's day is a day in Manila, whatever the owner's clock says.
    assert str(loaded.work["delivered"].iloc[0].tz_convert("Asia/Manila"))[:10] == "2026-05-20"


def test_somebodys_own_tables_stay_as_they_are(tmp_path):
    (tmp_path / "people.csv").write_text("person,side\nZoe,client\n")
    os.symlink(tmp_path / "people.csv", tmp_path / "work.csv")
    written, kept = write(tmp_path, OWNER)
    assert kept == ["people.csv", "work.csv"] and "people.csv" not in written
    assert (tmp_path / "people.csv").read_text() == "person,side\nZoe,client\n"
    # What was changed by hand since is somebody's own as well.
    with open(tmp_path / "tasks.csv", "a") as file:
        file.write("x")
    changed = (tmp_path / "tasks.csv").read_bytes()
    assert "tasks.csv" in write(tmp_path, OWNER)[1]
    assert "tasks.csv" in write(tmp_path, answered(tasks="1", task_hours="5", managing_hours="1"))[1]
    assert (tmp_path / "tasks.csv").read_bytes() == changed


def test_blank_templates_are_nobodys(tmp_path):
    new_engagement(tmp_path / "ours")
    with open(tmp_path / "ours" / "risks.csv", "a") as file:
        file.write("x\n")
    assert write(tmp_path / "ours", OWNER)[1] == []
    (tmp_path / "ours" / "risks.csv").unlink()
    assert len(Engagement.load(tmp_path / "ours").people) == 3


def test_a_table_that_the_answers_no_longer_make_goes_if_ask_wrote_it(tmp_path):
    write(tmp_path, OWNER)
    assert (tmp_path / "estimates.csv").exists()
    write(tmp_path, answered(past="none"))
    assert not (tmp_path / "estimates.csv").exists()
    # A record that names other files makes nothing of them go.
    (tmp_path / "precious.txt").write_text("x")
    (tmp_path / ".ask.json").write_text('{"../precious.txt": "x", "precious.txt": "2d711642b726b04401627ca9fbac32f5"}')
    write(tmp_path, OWNER)
    assert (tmp_path / "precious.txt").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('owner = "Ann"\nowner = "Bo"\n', "line 2"),
        ('owner = "Ann\n', "line 1"),
        ('owner = "Ann"\n\nownr = "Bo"\n', "line 3: found 'ownr'; expected the key of a question. Mend: rename"),
        ('owner = "Ann"\ntoday = "3/4/2026"\n', "line 2, today: Found '3/4/2026'; expected one day"),
        ('owner = "Ann"\n[settled]\n"owner inside named" = "soon"\n', "line 3, settled.owner inside named: Found"),
        ("owner = 2026-01-01T10:00:00\n", "owner is neither a text, a number, a day nor yes or no"),
        ("owner = [[1]]\n", "owner is neither"),
        ("a = " + "[" * 100_000, "nested too deep"),
        ('owner = "' + "x" * 1_000_001 + '"', "larger than 1,000,000 bytes"),
        ('owner = "\\u001b[31mred"\n', "line 1, owner: Found '\\x1b[31mred'"),
        ("owner = \udcff\n", "utf-8"),
        ('owner = "=cmd|x"\n', "no = + - @ first"),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_one_clear_message_with_its_line(tmp_path, text, told):
    (tmp_path / "answers.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(OutsourcingKitError) as error:
        read_answers(tmp_path)
    message = str(error.value)
    assert told in message and "answers.toml" in message and "Mend: " in message
    assert message.isprintable() and len(message) < 700


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "answers.toml").mkdir()
    with pytest.raises(OutsourcingKitError, match=r"answers\.toml"):
        read_answers(tmp_path)


def test_what_is_no_longer_asked_is_not_lost(tmp_path):
    no_call = OWNER | {"call": "no"}
    path = save_answers(tmp_path, no_call)
    assert "# --- Not asked as things stand ---" in path.read_text(encoding="utf-8")
    assert read_answers(tmp_path) == no_call
    assert tomllib.loads(path.read_text(encoding="utf-8"))["call_on"] == "2026-02-01"


def test_an_answer_that_is_none_is_not_saved(tmp_path):
    save_answers(tmp_path, NEEDED)
    with pytest.raises(OutsourcingKitError, match="The answer to 'today'"):
        save_answers(tmp_path, NEEDED | {"today": "soon"})
    assert read_answers(tmp_path) == NEEDED


def test_no_cell_that_is_written_is_a_formula(tmp_path):
    write(tmp_path, OWNER)
    for path in tmp_path.glob("*.csv"):
        cells = [each.strip('"') for line in path.read_text().splitlines() for each in line.split(",")]
        assert not any(each.startswith(("=", "+", "-", "@")) for each in cells), path.name


def test_days_are_kept_as_days():
    assert dt.date.fromisoformat(OWNER["began"].partition(": ")[2][:10]) == dt.date(2026, 2, 2)
