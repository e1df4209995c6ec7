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
    found = rows(plan, "pulse")
    assert [(row["side"], row["question"], row["score"]) for row in found] == [
        ("client", "I feel needed", "5"), ("provider", "I feel needed", "3"), ("provider", "I feel needed", "4"),
        ("client", "I know what to do", "4"), ("provider", "I know what to do", "4"),
        ("provider", "I know what to do", "1"),
    ]  # fmt: skip
    codes = [row["respondent"] for row in found]
    assert codes[:3] == codes[3:] and len({*codes}) == 3
    assert left_out(plan) == {"questions with free text": 1}
    assert not any("Thank us" in text or "example.com" in text for text in [*plan.texts.values(), plan.key])
    # Fewer than five of a side: nobody could tell the answers from the people.
    assert recognition.assess(Engagement.load(plan.folder)).measure("feel_needed").verdict == "not assessed"


def test_feelings_with_addresses_keep_the_side_alone(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Timestamp,Email Address,I feel needed", f'"{STAMP}",joy@example.com,4',
        f'"{STAMP}",ines@example.com,2', f'"{STAMP}",bot@zapier.example,1',
    )  # fmt: skip
    plan = plan_of(tmp_path, path)
    assert [(row["side"], row["score"]) for row in rows(plan, "pulse")] == [
        ("provider", "4"), ("client", "2"),
    ]  # fmt: skip
    assert left_out(plan) == {"pulse: of somebody of neither side, or of a machine": 1}
    assert not any("example.com" in text for text in plan.texts.values())
    assert "side" not in {question.key for question in plan.asked}


def test_the_same_questions_to_both_sides_are_told_apart_and_asked_about_apart(tmp_path):
    paths = [
        survey(tmp_path / f"{side}.csv", "Timestamp,I feel needed", f'"{STAMP}",{score}')
        for side, score in (("client", 4), ("provider", 2))
    ]
    answers = iter(("client", "provider"))
    prompt = answering()
    plan = plan_import(
        tmp_path / "ours", paths, prompt=lambda asked: next(answers) if asked.key == "side" else prompt(asked)
    )
    assert [(row["side"], row["score"]) for row in rows(plan, "pulse")] == [("client", "4"), ("provider", "2")]
    plan.write()
    assert plan_import(tmp_path / "ours", paths).asked == ()


def test_a_survey_that_went_on_keeps_the_codes_of_those_who_answered_before(tmp_path):
    header, first = "Timestamp,I am on the side of,I feel needed", "2026-03-02 9:14:02,client,4"
    path = survey(tmp_path / "s.csv", header, first)
    before = plan_of(tmp_path, path)
    before.write()
    after = plan_of(tmp_path, survey(path, header, "2026-03-01 9:00:00,provider,2", first))
    assert [row["score"] for row in rows(after, "pulse")] == ["4", "2"]
    assert rows(after, "pulse")[0] == rows(before, "pulse")[0]


def test_what_one_survey_is_says_nothing_of_another(tmp_path):
    quiz = survey(tmp_path / "a.csv", "Name,Who pays?,Timestamp", f'Joy,Ines,"{STAMP}"', f'Ines,Ines,"{STAMP}"')
    other = survey(tmp_path / "b.csv", "Timestamp,Name,Which pizza?", f'"{STAMP}",Joy,Napoli', f'"{STAMP}",Ines,Napoli')
    kinds = iter((QUIZ, "none of these: leave it out"))
    prompt = answering()
    plan = plan_import(
        tmp_path / "ours", [quiz, other], prompt=lambda asked: next(kinds) if asked.key == "kind" else prompt(asked)
    )
    assert {row["question"] for row in rows(plan, "quiz")} == {"Who pays?"}
    assert left_out(plan) == {"a survey that is none of the kit's": 2}


def test_a_scale_is_told_by_all_questions_together(tmp_path):
    # Alone, the 4 would be of five.
    path = survey(
        tmp_path / "s.csv", "Timestamp,I feel needed,I know what to do,Years here", f'"{STAMP}",4,8,12',
    )  # fmt: skip
    plan = plan_of(tmp_path, path, side="provider")
    assert [(row["score"], row["scale_min"], row["scale_max"]) for row in rows(plan, "pulse")] == [
        ("4", "1", "10"), ("8", "1", "10"),
    ]  # fmt: skip
    assert left_out(plan) == {"questions with free text": 1}
    assert "numbers are of a scale from 1 to 10" in str(plan)


@pytest.mark.parametrize(("scale", "verdict"), [("1 to 5", "fine"), ("1 to 10", "problem")])
def test_how_far_numbers_go_is_asked_where_a_verdict_hangs_on_it(tmp_path, scale, verdict):
    path = survey(tmp_path / "s.csv", "Timestamp,I feel needed", *(f"2026-03-{day} 9:00:00,4" for day in range(10, 20)))
    plan = plan_of(tmp_path, path, side="provider", scale=scale)
    assert [question.key for question in plan.asked][:2] == ["scale", "side"]
    assert f"numbers are of a scale from {scale}" in str(plan)
    plan.write()
    assert recognition.assess(Engagement.load(plan.folder)).measure("feel_needed").verdict == verdict


def test_a_scale_that_the_answers_tell_is_not_asked_about(tmp_path):
    path = survey(tmp_path / "s.csv", "Timestamp,I feel needed", f'"{STAMP}",4 of 7', f'"{STAMP}",0 of 7')
    plan = plan_of(tmp_path, path, side="provider")
    assert [(row["score"], row["scale_min"], row["scale_max"]) for row in rows(plan, "pulse")] == [
        ("4", "0", "7"), ("0", "0", "7"),
    ]  # fmt: skip
    assert [question.key for question in plan.asked] == ["side"]


def test_expectations_rated_up_to_ten_are_none_up_to_five(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Timestamp,Email,How important? [Inbox],How well is it met? [Inbox]",
        f'"{STAMP}",joy@example.com,4,9',
    )  # fmt: skip
    with pytest.raises(OutsourcingKitError, match=r"a scale that does not end at 5 \(2\)"):
        plan_of(tmp_path, path)


def test_a_question_about_the_other_side_is_a_question(tmp_path):
    path = survey(tmp_path / "s.csv", "Timestamp,The other side listens,I feel needed", f'"{STAMP}",Agree,Agree')
    plan = plan_of(tmp_path, path, side="client")
    assert [row["question"] for row in rows(plan, "pulse")] == ["The other side listens", "I feel needed"]


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


def test_who_answers_is_no_question_of_a_quiz(tmp_path):
    path = survey(
        tmp_path / "s.csv",
        "#,What\u2019s your first name?,Last name,Your mail?,Who pays?,Response Type,Submit Date (UTC),Ending",
        "a,Joy,Reyes,joy@example.com,Ines,completed,2026-03-20 14:14:02,end",
    )
    plan = plan_of(tmp_path, path, kind=QUIZ)
    assert rows(plan, "quiz") == [{"person": "p01", "question": "Who pays?", "answer": "Ines"}]
    assert "Joy Reyes" in plan.key and "joy@example.com" in plan.key


def test_an_anonymous_address_is_nobodys(tmp_path):
    path = survey(
        tmp_path / "s.csv", "ID,Start time,Completion time,Email,Name,Language,I feel needed",
        "1,8/20/2026 9:10:00,8/20/2026 9:14:02,anonymous,,English,Agree",
        "2,8/20/2026 9:11:00,8/20/2026 9:15:02,anonymous,,English,Disagree",
    )  # fmt: skip
    plan = plan_of(tmp_path, path, side="provider")
    assert [row["score"] for row in rows(plan, "pulse")] == ["4", "2"]
    assert left_out(plan) == {}


def test_a_sheet_typed_by_hand(tmp_path):
    path = survey(tmp_path / "s.csv", "Name,Who pays?,Who is told first?", "Joy,Ines,Mark", "Ines,Ines,Joy")
    assert len(rows(plan_of(tmp_path, path, kind=QUIZ), "quiz")) == 4
    survey(path, "Name,How important? [Inbox],How important? [Bills]", "Joy,4,5")
    with pytest.raises(OutsourcingKitError, match="a column Date gives it"):
        plan_of(tmp_path, path)
    survey(path, "Date,Name,How important? [Inbox],How important? [Bills]", "2026-03-02,Joy,4,5")
    assert [row["asked_on"] for row in rows(plan_of(tmp_path, path), "expectations")] == ["2026-03-02"] * 2


def test_a_quiz_alone_makes_an_engagement_of_its_days(tmp_path):
    path = survey(tmp_path / "s.csv", "Name,Who pays?,Submitted At", "Joy,Ines,2026-03-20 14:14:02")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(kind=QUIZ))
    assert "observed_from = 2026-03-20" in plan.texts["engagement.toml"]


def test_a_survey_in_german(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Zeitstempel;Auf welcher Seite arbeiten Sie?;Ich werde gebraucht",
        "20.08.2026 09:14:02;Kunde;Stimme zu", "20.08.2026 09:15:02;Dienstleister;Stimme voll und ganz zu",
    )  # fmt: skip
    assert [(row["side"], row["score"]) for row in rows(plan_of(tmp_path, path), "pulse")] == [
        ("client", "4"), ("provider", "5"),
    ]  # fmt: skip


def test_grids_in_other_words_are_asked_about(tmp_path):
    path = survey(
        tmp_path / "s.csv", "Timestamp,Email,Weight [Inbox],Grade [Inbox],Remark [Inbox]",
        f'"{STAMP}",joy@example.com,4,5,fine', f'"{STAMP}",ines@example.com,4,5,fine',
    )  # fmt: skip
    kind = "how important each expectation is and how well it is met"
    plan = plan_of(tmp_path, path, kind=kind, importance="Weight", met="Grade")
    assert [(row["aspect"], row["rating"]) for row in rows(plan, "expectations")] == [
        ("importance", "4"), ("importance", "4"), ("met", "5"), ("met", "5"),
    ]  # fmt: skip
    assert left_out(plan) == {"questions that are no grid of expectations": 1}


@pytest.mark.parametrize("header", ["Timestamp,Email Address,I feel needed", "Name,Who pays?,Who is told first?"])
def test_a_survey_without_an_answer_says_that_it_has_none(tmp_path, header):
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used: they have none"):
        plan_of(tmp_path, survey(tmp_path / "s.csv", header))


def test_the_first_answer_to_a_quiz_counts(tmp_path):
    # Who has heard the right answer does better a second time; some tools write the newest row first.
    path = survey(
        tmp_path / "s.csv", "Name,Who pays?,Who is told first?,Submitted At",
        "Joy,Ines,Mark,2026-03-21 9:00:00", "Ines,Ines,Joy,2026-03-20 15:00:00", "Joy,Mark,,2026-03-20 14:00:00",
    )  # fmt: skip
    plan = plan_of(tmp_path, path, kind=QUIZ)
    assert [(row["person"], row["answer"]) for row in rows(plan, "quiz")] == [
        ("p01", "Ines"), ("p02", "Mark"), ("p02", "Mark"), ("p01", "Joy"),
    ]  # fmt: skip
    assert left_out(plan) == {"answers of whoever had answered before": 1}


def test_what_was_covered(tmp_path):
    path = survey(
        tmp_path / "s.csv",
        "Timestamp,Email Address,Was it covered? [Payments],Was it covered? [Timelines],When did we discuss it?",
        f'"{STAMP}",ines@example.com,Yes,No,Friday', f'"{STAMP}",joy@example.com,Yes,,Friday',
        f'"{STAMP}",mark@example.com,I don\u2019t know,,',
    )  # fmt: skip
    plan = plan_of(tmp_path, path, meeting="m01")
    assert [(row["item"], row["status"], row["by"]) for row in rows(plan, "coverage_confirmed")] == [
        ("payments", "covered", "p01"), ("payments", "covered", "p02"), ("timelines", "missing", "p01"),
    ]  # fmt: skip
    assert left_out(plan) == {
        "questions that nobody answers by yes or no": 1, "answers of whoever does not know": 1,
    }  # fmt: skip


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
        (["Agree", "agree "], {"Agree": 4, "agree ": 4}),
        (["stimme voll zu", "D\u2019accord"], {"stimme voll zu": 5, "D\u2019accord": 4}),
        (["6", "2 of 7", "3 (mostly)"], {"6": 6, "2 of 7": 2, "3 (mostly)": 3}),
        (["11"], None), (["Friday"], None), ([""], None), (["3", "perhaps"], None), (["4", "40"], None),
    ],
)  # fmt: skip
def test_points_of_a_scale(cells, expected):
    assert points(cells) == expected


def test_a_survey_of_something_else_is_left_out_if_told_so(tmp_path):
    path = survey(tmp_path / "s.csv", "Timestamp,Which pizza do you like?", f'"{STAMP}",Napoli')
    with pytest.raises(OutsourcingKitError, match="a survey that is none of the kit's"):
        plan_of(tmp_path, path, kind="none of these: leave it out")
