"""The glossary: twenty terms, each really used where it is said to be."""

from __future__ import annotations

import json
import re

import pytest

from outsourcing_kit.course.lessons import find_lessons
from outsourcing_kit.resources import shared_folder

PROJECT = shared_folder("notebooks").parent
GLOSSARY = PROJECT / "docs" / "GLOSSARY.md"


def terms() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", GLOSSARY.read_text("utf-8"), re.MULTILINE)
    return [row for row in rows if row[0] not in ("term", "---")]


def seen_in(lesson) -> str:
    """What a reader of the lesson sees: prose and outputs."""
    parts = []
    for cell in lesson.cells():
        if cell["cell_type"] == "markdown":
            parts.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            parts.append("".join(data.get("text/html", data.get("text/plain", output.get("text", "")))))
    return " ".join(parts).lower()


def test_there_are_twenty_terms_each_told_once():
    names = [name for name, _, _ in terms()]
    assert len(names) == len(set(names)) == 20
    assert all(len(meaning.split()) <= 25 for _, meaning, _ in terms())


@pytest.mark.parametrize("term", terms(), ids=lambda term: term[0])
def test_a_term_is_used_where_it_is_said_to_be(term):
    name, _, where = term
    numbers = re.findall(r"\b0\d\b", where) or ["01", "03", "05"]
    lessons = [lesson for lesson in find_lessons() if numbers[0] <= lesson.number <= numbers[-1]]
    assert lessons
    for lesson in lessons:
        assert re.search(rf"\b{name}", seen_in(lesson)), f"{name} is nowhere in {lesson.stem}"


def test_readme_leads_to_it():
    assert "docs/GLOSSARY.md" in (PROJECT / "README.md").read_text("utf-8")


def test_no_lesson_speaks_a_private_language():
    # Words that only whoever wrote the kit would know.
    private = (
        "p10",
        "effective n",
        "convention, edit me",
        "over what nobody knows",
        "half and double",
        "krippendorff",
        "p-value",
    )
    told = {
        lesson.stem: [word for word in private if word in json.dumps(_main(lesson)).lower()]
        for lesson in find_lessons()
    }
    assert told == {lesson.stem: [] for lesson in find_lessons()}


def _main(lesson):
    beyond = {"analyst", "trainer", "exercise", "hint", "solution"}
    return [
        "".join(cell["source"])
        for cell in lesson.cells()
        if cell["cell_type"] == "markdown" and not beyond & set(cell["metadata"].get("tags", []))
    ]
