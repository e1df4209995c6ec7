"""One person under many names: recognised, asked about, coded; and the key stays out of the engagement."""

from __future__ import annotations

import stat

import pytest
from imports import answering, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.asking import Answers
from outsourcing_kit.readers.draft import Who
from outsourcing_kit.readers.importing import OpenQuestions, plan_import
from outsourcing_kit.readers.people import Roster, alike, key_file, read_roster, roster_toml

HEADER = "Summary,Issue key,Issue Type,Assignee,Reporter,Created,Resolved\n"


def jira(path, *pairs):
    """A small export: one issue for each (assignee, reporter)."""
    lines = [f"t,K-{n},Task,{who},{by},2026-03-0{n} 9:00,\n" for n, (who, by) in enumerate(pairs, start=1)]
    path.write_text(HEADER + "".join(lines))
    return path


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Joy R.", "Joy Reyes", True), ("J. Reyes", "Joy Reyes", True), ("jreyes", "Joy Reyes", True),
        ("Joy", "Joy Reyes", True), ("Joy Reyess", "Joy Reyes", True), ("Jay Reyes", "Joy Reyes", True),
        ("Roy Jones", "Joy Reyes", False), ("Reyes Mark", "Joy Reyes", False), ("", "Joy", False),
    ],
)  # fmt: skip
def test_names_that_may_be_one_persons(one, other, expected):
    assert alike(one, other) is alike(other, one) is expected


def test_one_address_is_one_person_and_a_like_name_is_asked_about():
    asked = []

    def prompt(question):
        asked.append(question)
        return question.suggested

    ask, roster = Answers({}, prompt).of("people"), Roster()
    found = roster.recognise(
        [Who("U02", "Joy", "j@x.org"), Who("Joy Reyes", "Joy Reyes", "j@x.org"), Who("Joy R."), Who("Mark")],
        ask,
        keep_names=False,
    )  # fmt: skip
    assert found == {"Joy Reyes": "p01", "Joy R.": "p01", "U02": "p01", "Mark": "p02"}
    assert [question.options for question in asked] == [("Joy R. = Joy Reyes",)]


def test_another_person_of_a_like_name_has_a_code_of_their_own():
    ask, roster = Answers({}, lambda question: []).of("people"), Roster()
    found = roster.recognise([Who("Ann Lee"), Who("Ann")], ask, keep_names=False)
    assert found == {"Ann Lee": "p01", "Ann": "p02"}


def test_next_month_the_codes_are_the_same_and_only_the_new_face_is_asked_about(tmp_path):
    folder = tmp_path / "ours"
    plan_import(folder, [jira(tmp_path / "march.csv", ("Mark Dizon", "Ines Abara"))], prompt=answering()).write()
    april = jira(tmp_path / "april.csv", ("Abel Cruz", "Ines Abara"), ("Mark Dizon", "Ines Abara"))
    with pytest.raises(OpenQuestions, match="Abel Cruz") as stopped:
        plan_import(folder, [april])
    assert {option for question in stopped.value.questions for option in question.options} == {"Abel Cruz"}
    plan = plan_import(folder, [april], prompt=answering())
    assert [row["person"] for row in rows(plan, "work")] == ["p03", "p02"]
    assert [row["side"] for row in rows(plan, "people")] == ["client", "provider", "provider"]


def test_whoever_is_on_the_list_of_people_is_known_by_the_name_there(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "people.csv").write_text(
        "person,side,time_zone,workday_start,workday_end,joined\n"
        "Ines,client,America/Chicago,08:00,15:00,2026-01-01\nJoy,provider,Asia/Manila,20:00,04:00,2026-01-01\n"
    )
    file = jira(tmp_path / "march.csv", ("Joy Reyes", "Ines"))
    plan = plan_import(folder, [file], prompt=answering())
    assert [question.options for question in plan.asked if question.section == "people"] == [("Joy Reyes = Joy",)]
    assert [(row["person"], row["requester"]) for row in rows(plan, "work")] == [("Joy", "Ines")]
    # Their working days are not overwritten by a guess: nobody is new.
    assert "people.csv" not in plan.texts


def test_no_name_is_in_the_folder_and_the_key_is_its_owners_alone(tmp_path):
    folder = tmp_path / "ours"
    plan_import(folder, [jira(tmp_path / "a.csv", ("Mark Dizon", "Ines Abara"))], prompt=answering()).write()
    assert not [path for path in folder.iterdir() if b"Dizon" in path.read_bytes() or b"Abara" in path.read_bytes()]
    place = key_file(folder)
    assert place.parent == folder.parent and stat.S_IMODE(place.stat().st_mode) == 0o600
    assert read_roster(place).codes == {"p01": ["Ines Abara"], "p02": ["Mark Dizon"]}


def test_names_are_kept_if_told_so_and_next_month_too(tmp_path):
    folder, file = tmp_path / "ours", jira(tmp_path / "a.csv", ("Mark Dizon", "Ines Abara"))
    plan_import(folder, [file], prompt=answering(), keep_names=True).write()
    assert [row["person"] for row in rows(plan_import(folder, [file]), "work")] == ["Mark Dizon"]


def test_robots_and_people_of_neither_side_are_left_out(tmp_path):
    file = jira(tmp_path / "a.csv", ("Mark Dizon", "Ines Abara"), ("Deploy Bot", "Ines Abara"), ("Eve", "Ines Abara"))
    (tmp_path / "ours-names.toml").write_text('[people]\nneither = ["Eve"]\n')
    plan = plan_import(tmp_path / "ours", [file], prompt=answering())
    assert [row["item"] for row in rows(plan, "work")] == ["K-1"]
    assert "work: of somebody of neither side, or of a machine: 2" in str(plan)


def test_of_many_people_it_is_asked_who_belongs_to_neither_side(tmp_path):
    names = ["Ann Lee", "Bea Moss", "Cem Oz", "Dua Khan", "Eli Park", "Fay Wu"]
    path = jira(tmp_path / "a.csv", *((name, "Ines Abara") for name in names))
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(neither=["Fay Wu"]))
    assert len(rows(plan, "work")) == 5


@pytest.mark.parametrize("text", ["codes = 3", '[sides]\np01 = "boss"', "[[[", '[codes]\np01 = [["a"]'])
def test_a_spoilt_key_is_named_and_not_overwritten(tmp_path, text):
    place = tmp_path / "ours-names.toml"
    place.write_text(text)
    with pytest.raises(OutsourcingKitError, match=r"ours-names\.toml cannot be read"):
        plan_import(tmp_path / "ours", [jira(tmp_path / "a.csv", ("Mark", "Ines"))], prompt=answering())
    assert place.read_text() == text


def test_the_key_survives_its_own_file(tmp_path):
    names = ['a "b"', "c\nd", "\x1b[31m", "=cmd", "Inés"]
    roster = Roster({"p01": names}, {"p01": "client"}, {"p01": "Asia/Manila"})
    (tmp_path / "k.toml").write_text(roster_toml(roster))
    assert read_roster(tmp_path / "k.toml") == roster


def test_the_people_of_a_whole_company_are_refused(tmp_path):
    with pytest.raises(OutsourcingKitError, match="401 people"):
        Roster().recognise([Who(f"Person {n}") for n in range(401)], Answers({}).of("people"), keep_names=False)


def test_a_file_that_is_called_as_somebody_is_names_nobody(tmp_path):
    folder = tmp_path / "ours"
    path = jira(tmp_path / "Issues of Mark Dizon and mark.csv", ("Mark Dizon", "Ines Abara"))
    plan_import(folder, [path], prompt=answering()).write()
    assert 'file = "Issues of p02 and p02.csv"' in (folder / "receipt.toml").read_text()
    assert not [each for each in folder.iterdir() if b"mark" in each.read_bytes().lower()]
    # The same file again takes its own place.
    before = (folder / "receipt.toml").read_bytes()
    plan_import(folder, [path]).write()
    assert (folder / "receipt.toml").read_bytes() == before


def test_a_word_that_is_also_a_name_stays_a_word(tmp_path, imported):
    """Mark Dizon is in the chat, and a question mark is no person."""
    assert "a question mark at somebody asks" in str(imported("slack"))
