"""The pictures of the lessons are told in words, on the page too, and the words are true to the numbers."""

from __future__ import annotations

import importlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbconvert", reason="the extra `course` is not installed")

from lesson_limits import alt_of, is_picture  # noqa: E402

from outsourcing_kit import Engagement, plots, scorecard  # noqa: E402
from outsourcing_kit.course.lessons import find_lesson, find_lessons  # noqa: E402
from outsourcing_kit.course.pages import lesson_page  # noqa: E402
from outsourcing_kit.course.parameters import read_parameters  # noqa: E402
from outsourcing_kit.headlines import MISTAKES  # noqa: E402

every_lesson = pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.stem)


class Pictures(HTMLParser):
    """The alt text of every picture on a page, None where there is none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("img", "svg"):
            self.alts.append(dict(attributes).get("alt"))


def stored_alts(path: Path) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [alt_of(output) for output in outputs if is_picture(output)]


@every_lesson
def test_every_figure_has_its_alt_text_on_the_page_too(lesson):
    notebook = nbformat.read(lesson.path, as_version=4)
    page = lesson_page(notebook, lesson.stem, lesson.path.parent)
    alts = stored_alts(lesson.path)
    assert all(alts) and Pictures(page).alts == alts


@pytest.mark.parametrize("name", [*MISTAKES, "scorecard"])
def test_the_alt_text_is_true_to_the_numbers(name):
    lesson = find_lesson(name, find_lessons())
    given = {parameter.name: parameter.default for parameter in read_parameters(lesson)}
    stored = stored_alts(lesson.path)
    # The finding's own picture comes first; those of closer looks are tested with their functions and run by nbval.
    assert stored[0] == alt_now(name, str(given["engagement"]), given)
    if name == "scorecard":
        # Its five findings are drawn one by one above; it tells verdicts, not numbers.
        return
    assert any(letter.isdigit() for letter in stored[0])
    other = "steady" if given["engagement"] != "steady" else "thankless"
    assert alt_now(name, other, given) != stored[0]


def alt_now(name: str, engagement: str, given: dict) -> str:
    records = Engagement.load(engagement)
    if name == "scorecard":
        return scorecard(records, seed=given["seed"]).picture.alt
    assess = importlib.import_module(f"outsourcing_kit.{name}").assess
    taken = {key: value for key, value in given.items() if key in assess.__kwdefaults__}
    return plots.picture(assess(records, **taken)).alt
