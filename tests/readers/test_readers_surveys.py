"""Surveys: what was asked, of whom, on which scale; and of feelings no name."""

from __future__ import annotations

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit import Engagement, recognition
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import
from outsourcing_kit.readers.scales import points

STAMP = "2026/08/20 9:14:02 AM GMT-5"
QUIZ = "how we work: a quiz with right answers"


def survey(path, header, *lines):
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def plan_of(tmp_path, path, **answers):
    folder = tmp_path / "ours"
    folder.mkdir(exist_ok=True)
    (folder / "engagement.toml").write_text(
        'name = "ours"\nclient = "c"\nprovider = "p"\ncurrency = "USD"\ntime_zone = "America/Chicago"\n'
        "observed_from = 2026-01-01\nobserved_to = 2026-06-30\n"
    )
    return plan_import(folder, [path], prompt=answering(**answers))


def test_a_grid_becomes_a_row_for_each_expectation_aspect_and_person(imported):
    found = rows(imported("google_form_expectations.csv"), "expectations")
    assert len(found) == 11
    assert found[0] == {
        "expectation": "Inbox empty by noon", "aspect": "importance", "person": "p01", "rating": "5",
        "asked_on": "2026-08-20",
    }  # fmt: skip
    # Mark did not say how well the invoices are met.
    met = [row for row in found if row["aspect"] == "met" and "Invoices" in row["expectation"]]
    assert [(row["person"], row["rating"]) for row in met] == [("p01", "4"), ("p02", "5")]


def test_feelings_in_words_are_points_without_a_name(imported):
    plan = imported("google_form_pulse.csv")
    assert [(row["respondent"], row["side"], row["question"], row["score"]) for row in rows(plan, "pulse")] == [
        ("r01", "client", "I feel needed", "5"), ("r02", "provider", "I feel needed", "3"),
        ("r03", "provider", "I feel needed", "4"), ("r01", "client", "I know what to do", "4"),
        ("r02", "provider", "I know what to do", "4"), ("r03", "provider", "I know what to do", "1"),
    ]  # fmt: skip
    assert left_out(plan) == {"questions with free text": 1}
    assert not any("Thank us" in text or "example.com" in text for text in [*plan.texts.values(), plan.key])
    # Fewer than five of a side: nobody could tell the answers from the people.
    assert recognition.assess(Engagement.load(plan.folder)).measure("feel_needed").verdict == "not assessed"


def test_feelings_with_addresses_keep_none_of_them(tmp_path):
    path = survey(tmp_path / "s.csv", "Timestamp,Email Address,I feel needed", f'"{STAMP}",joy@example.com,4')
    plan = plan_of(tmp_path, path, kind="how people feel", side="provider")
    assert rows(plan, "pulse")[0]["side"] == "provider"
    assert "joy" not in "".join([*plan.texts.values(), plan.key])


def test_a_quiz_without_names_says_that_it_needs_a_side(tmp_path):
    with pytest.raises(OutsourcingKitError, match="nobody knows whose side they are"):
        plan_import(tmp_path / "ours", [SAMPLES / "typeform_quiz.csv"], prompt=answering(kind=QUIZ))


def test_a_quiz_keeps_dont_know(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Name,Who answers a key client?,By when is a mail answered?,Submitted At",
        "Ines,Ines,Same day,2026-03-20 14:14:02", "Joy,I don't know,Within 24 hours,2026-03-20 14:51:40",
    )  # fmt: skip
    found = rows(plan_of(tmp_path, path, kind=QUIZ), "quiz")
    assert [(row["person"], row["answer"]) for row in found] == [
        ("p01", "Ines"), ("p02", "I don't know"), ("p01", "Same day"), ("p02", "Within 24 hours"),
    ]  # fmt: skip


def test_what_was_covered(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Timestamp,Email Address,Was it covered? [Payments],Was it covered? [Timelines]",
        f'"{STAMP}",ines@example.com,Yes,No', f'"{STAMP}",joy@example.com,Yes,',
    )  # fmt: skip
    found = rows(plan_of(tmp_path, path, meeting="m01"), "coverage_confirmed")
    assert [(row["item"], row["status"], row["by"]) for row in found] == [
        ("payments", "covered", "p01"), ("payments", "covered", "p02"), ("timelines", "missing", "p01"),
    ]  # fmt: skip


def test_a_survey_in_a_workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    import datetime as dt

    book = openpyxl.Workbook()
    for row in (
        ["Completion time", "Email", "How important? [Inbox empty]"],
        [dt.datetime(2026, 8, 20, 9, 14), "ines@example.com", 5],
        [dt.datetime(2026, 8, 20, 10, 1), "joy@example.com", 4],
    ):
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    found = rows(plan_of(tmp_path, tmp_path / "s.xlsx"), "expectations")
    assert [(row["person"], row["rating"], row["asked_on"]) for row in found] == [
        ("p01", "5", "2026-08-20"), ("p02", "4", "2026-08-20"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Agree", "agree "], {"Agree": (4, 5), "agree ": (4, 5)}),
        (["stimme voll zu"], {"stimme voll zu": (5, 5)}),
        (["6", "2"], {"6": (6, 7), "2": (2, 7)}),
        (["11"], None), (["Friday"], None), ([""], None), (["3", "perhaps"], None),
    ],
)  # fmt: skip
def test_points_of_a_scale(cells, expected):
    assert points(cells) == expected


def test_a_survey_of_something_else_is_left_out_if_told_so(tmp_path):
    path = survey(tmp_path / "s.csv", "Timestamp,Which pizza do you like?", f'"{STAMP}",Napoli')
    with pytest.raises(OutsourcingKitError, match="a survey that is none of the kit's"):
        plan_of(tmp_path, path, kind="none of these: leave it out")
