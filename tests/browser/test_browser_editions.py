"""Editions as they are read: slides on a projector, all pages on a telephone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbconvert", reason="the extra `course` is not installed")

from outsourcing_kit.course.handing_out import write_editions
from outsourcing_kit.course.lessons import find_lessons

pytestmark = pytest.mark.browser

WIDE, HIGH, NARROW = 1280, 720, 390
HEIGHTS = "[...document.querySelectorAll('.slide')].map(each => each.getBoundingClientRect().height)"
SMALLEST = """() => Math.min(...[...document.querySelectorAll('.slide :is(p, li, td, th)')]
    .filter(each => each.getClientRects().length && each.innerText.trim())
    .map(each => parseFloat(getComputedStyle(each).fontSize)))"""


@pytest.fixture(scope="session")
def slides(tmp_path_factory) -> dict[str, Path]:
    """Every lesson's slides, by the lesson's name."""
    paths = write_editions("slides", out=str(tmp_path_factory.mktemp("slides") / "out"))
    return dict(zip([lesson.name for lesson in find_lessons()], paths, strict=True))


@pytest.fixture
def opened(browser):
    """Open a page in a window of that size."""
    context = browser.new_context(offline=True)

    def open_page(path: Path, width: int):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": HIGH})
        page.goto(path.as_uri())
        return page

    yield open_page
    context.close()


@pytest.mark.parametrize("lesson", [lesson.name for lesson in find_lessons()])
def test_each_slide_fits_on_a_projector_and_can_be_read(slides, opened, lesson):
    page = opened(slides[lesson], WIDE)
    heights = page.evaluate(HEIGHTS)
    assert len(heights) >= 9 and all(HIGH <= round(height) <= HIGH + 1 for height in heights), heights
    # On a wall two metres wide 17 of 1280 points are nearly three centimetres.
    assert page.evaluate(SMALLEST) >= 17
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE


@pytest.mark.parametrize("kind", ["slides", "trainer", "report"])
def test_on_a_telephone_nothing_runs_out_at_the_side(opened, tmp_path, kind):
    pages = [path for path in write_editions(kind, out=str(tmp_path / "out")) if path.suffix == ".html"]
    wide = {path.name: opened(path, NARROW).evaluate("document.documentElement.scrollWidth") for path in pages}
    assert len(wide) == len(find_lessons()) and max(wide.values()) <= NARROW, wide


@pytest.mark.parametrize("key", ["ArrowDown", "Space", "PageDown"])
def test_a_key_goes_on_by_one_slide(slides, opened, key):
    page = opened(slides["kickoff"], WIDE)
    # A key that is pressed while the page still moves is a correction of that move.
    page.evaluate("addEventListener('scrollend', () => { window.rests = scrollY })")
    for pressed, slide in ((key, 1), (key, 2), ("ArrowUp", 1)):
        page.keyboard.press(pressed)
        page.wait_for_function(f"Math.abs(window.rests - {slide * HIGH}) < 2")
