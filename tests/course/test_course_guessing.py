"""The guess beside the records, and the one question at the end of a lesson."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from outsourcing_kit import Engagement, kickoff, task_selection
from outsourcing_kit.course import choice, guesses, reveal
from outsourcing_kit.course.guessing import choices
from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.measure import Measure


def finding(unit: str = "share") -> SimpleNamespace:
    one = Measure("kickoff.quiz_right", "quiz answers right", 0.62, 0.34, 0.78, 0.9, unit, 8, "people", "sample")
    return SimpleNamespace(measures=(one,), not_assessed=())


@pytest.mark.parametrize(
    ("unit", "guess", "said"),
    [
        ("share", "20%", "You said 20%; the records say 62% (34% to 78%)."),
        ("share", " 20 ", "You said 20%"),
        ("share", "0.2", "You said 20%"),
        ("share", 0.2, "You said 20%"),
        ("share", "2 of 10", "You said 20%"),
        ("share", "2/10", "You said 20%"),
        ("share", "", "No guess was written down; the records say 62%"),
        ("points", "-20", "You said -20 points"),
        ("yes/no", "Yes", "You said yes; the records say yes"),
        ("count", "3", "You said 3; the records say 1"),
        ("EUR", "1,200 EUR", "You said 1,200 EUR"),
        ("EUR", "-28690", "You said -28,690 EUR"),
    ],
)
def test_a_guess_stands_beside_the_records_in_the_same_unit(unit, guess, said):
    assert repr(reveal(finding(unit), "quiz_right", guess)).startswith(said)


@pytest.mark.parametrize(
    ("unit", "guess"),
    [("share", "many"), ("share", "250%"), ("share", "-5%"), ("share", "2 of 0"), ("share", "1/2/3"), ("yes/no", "1"),
     ("count", "a few"), ("share", "nan")],
)  # fmt: skip
def test_a_guess_that_cannot_be_read_is_told_with_its_mend(unit, guess):
    with pytest.raises(OutsourcingKitError, match=r"The guess is .* expected .* Mend: guess"):
        reveal(finding(unit), "quiz_right", guess)


def test_without_records_a_guess_says_what_is_missing():
    bare = Engagement.from_frames(
        {}, currency="EUR", time_zone="UTC", observed_from="2026-01-01", observed_to="2026-12-31"
    )
    said = repr(reveal(kickoff.assess(bare), "quiz_right", "20%"))
    assert said.startswith("The records cannot say.") and "table" in said
    # A supporting measure is not even there.
    said = repr(reveal(task_selection.assess(bare), "monthly_saving", "1,200"))
    assert said.startswith("The records cannot say.") and "needs table tasks" in said


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)
def test_every_lesson_ends_in_one_question_of_which_one_answer_is_right(lesson):
    asked = choices()[lesson.stem.partition("_")[2]]
    judged = {letter: asked.judge(letter) for letter in asked.options}
    assert [letter for letter, said in judged.items() if said.right] == [asked.right]
    # Each answer has an explanation of its own, which stays folded.
    assert len({said.message for said in judged.values()}) == len(asked.options) >= 3
    page = asked._repr_html_()
    assert page.count("<details>") == len(asked.options) and asked.question.strip()[:20] in repr(asked)


def test_a_misspelt_question_or_answer_names_the_nearest():
    with pytest.raises(UnknownNameError, match="kickoff"):
        choice("kickof")
    with pytest.raises(UnknownNameError, match="answer"):
        choice("kickoff", "e")
    assert choice("kickoff", " C ").right is True


def test_the_guesses_of_a_room_are_one_picture():
    found = kickoff.assess(Engagement.load("cold-start"))
    measure = found.measure("quiz_right")
    drawn = guesses(found, "quiz_right", "30% 0.3 60 2/10 90%")
    inside = sum(measure.low <= each <= measure.high for each in (0.3, 0.3, 0.6, 0.2, 0.9))
    assert drawn.alt.startswith(f"{inside} of 5 guesses lie where the records say: {measure.show_estimate()}")
    assert "30% (2)" in drawn.alt and "90% (1)" in drawn.alt
    dots = [line.get_xydata().tolist()[0] for line in drawn.figure.axes[0].lines if line.get_marker() == "o"]
    assert sorted(dots) == [[0.2, 1], [0.3, 1], [0.3, 2], [0.6, 1], [0.9, 1]]
    for wrong in ("", "many", "30% 200%"):
        with pytest.raises(OutsourcingKitError, match="Mend"):
            guesses(found, "quiz_right", wrong)
    with pytest.raises(OutsourcingKitError, match="cannot say"):
        guesses(found, "quiz_wrong", "30%")
