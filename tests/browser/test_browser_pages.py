"""The pages that a run and a diagnosis write, opened in a browser without a network, wide and narrow."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit
from urllib.request import url2pathname

import pytest

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.money import Cost
from outsourcing_kit.page import html_page
from outsourcing_kit.report import scorecard

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
ENGAGEMENTS = ("steady", "cold-start")
SCORECARDS = tuple(f"scorecard of {name}.html" for name in ENGAGEMENTS)
LESSON_PAGES = tuple(f"{engagement}/{lesson}.html" for engagement in ENGAGEMENTS for lesson in LESSONS)
PAGES = ("index.html", *SCORECARDS, *LESSON_PAGES)
WIDE, NARROW = 1280, 390


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """What `run` and `diagnose --html` write on an engagement without a mistake and on one with a mistake."""
    folder = tmp_path_factory.mktemp("a site") / "out"
    kit = [sys.executable, "-m", "outsourcing_kit.cli"]
    chosen = [part for name in ENGAGEMENTS for part in ("--engagement", name)]
    calls = [[*kit, "run", *chosen, "--out", str(folder)]]
    calls += [[*kit, "diagnose", name, "--html", str(folder / f"scorecard of {name}.html")] for name in ENGAGEMENTS]
    for call in calls:
        done = subprocess.run(call, cwd=folder.parent, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")} == set(PAGES)
    return folder


@dataclass
class Window:
    """A browser's window, and what it was heard to say and seen to ask for."""

    page: Any
    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def open(self, path: Path, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(path.as_uri(), wait_until="load")

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture(scope="session")
def only_window(browser) -> Iterator[Window]:
    context = browser.new_context(offline=True)
    opened = Window(context.new_page())
    opened.page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.said.append(f"error: {error}"))
    opened.page.on("requestfailed", lambda request: opened.said.append(f"not loaded: {request.url}"))
    opened.page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:")) else opened.outside.append(request.url),
    )
    yield opened
    context.close()


@pytest.fixture
def window(only_window) -> Window:
    """The window as a new one would be: a blank page, a light screen, nothing said."""
    only_window.page.emulate_media(media="screen", color_scheme="light")
    only_window.page.goto("about:blank")
    only_window.said.clear()
    only_window.outside.clear()
    return only_window


# ---- what can be wrong with a page: each answers with what it found, in words --------------------------------------


def poor_pictures(window: Window) -> list[str]:
    """Pictures that are not loaded, or that say nothing to who does not see them."""
    shown = window.ask("[...document.images].map(i => [i.complete ? i.naturalWidth : 0, i.getAttribute('alt') || ''])")
    return [
        f"picture {n}: {width} wide, {alt!r}" for n, (width, alt) in enumerate(shown) if not (width and alt.strip())
    ]


def broken_links(window: Window, site: Path) -> list[str]:
    """Links to files or places in files that are not there. Links to the web are left alone: nothing is fetched."""
    found = []
    for address in window.ask("[...document.querySelectorAll('a[href]')].map(a => a.href)"):
        whole, place = urldefrag(address)
        parts = urlsplit(whole)
        if parts.scheme in ("https", "mailto"):
            continue
        path = Path(url2pathname(parts.path))
        there = parts.scheme == "file" and path.is_file() and path.is_relative_to(site)
        if not there or (place and f'id="{unquote(place)}"' not in unescape(path.read_text(encoding="utf-8"))):
            found.append(address)
    return found


def cut_off(window: Window) -> list[str]:
    """What runs out of the window, unless it scrolls within a box that itself fits."""
    return window.ask(
        """() => {
          const edge = document.documentElement.clientWidth, found = [];
          if (document.documentElement.scrollWidth > edge) found.push('the page itself');
          for (const part of document.querySelectorAll('body *')) {
            const box = part.getBoundingClientRect();
            if (!box.width || box.right <= edge + 1 && box.left >= -1) continue;
            let frame = part.parentElement;
            const scrolls = () => ['auto', 'scroll'].includes(getComputedStyle(frame).overflowX);
            while (frame && !scrolls()) frame = frame.parentElement;
            if (!frame || frame.getBoundingClientRect().right > edge + 1) found.push(part.outerHTML.slice(0, 120));
          }
          return found;
        }"""
    )


def faint_words(window: Window) -> list[str]:
    """Words with a contrast under 4.5 : 1 to what is behind them (WCAG 2.2, 1.4.3)."""
    return window.ask(
        """() => {
          const channel = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
          const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
          const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
          const behind = part => {
            for (; part; part = part.parentElement) {
              const colour = numbers(getComputedStyle(part).backgroundColor);
              if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return [255, 255, 255];
          };
          const found = new Set();
          for (const part of document.querySelectorAll('body *')) {
            const words = [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim());
            if (!words || !part.checkVisibility({visibilityProperty: true})) continue;
            const [a, b] = [light(numbers(getComputedStyle(part).color)), light(behind(part))];
            const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (ratio < 4.5) found.add(`${ratio.toFixed(2)}: ${part.outerHTML.slice(0, 100)}`);
          }
          return [...found];
        }"""
    )


# ---- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_quietly_and_whole(window, site, name):
    window.open(site / name, WIDE)
    assert window.page.title() and window.page.locator("h1").count() >= 1
    assert window.said == [] and window.outside == []
    assert window.ask("document.scripts.length") == 0
    assert poor_pictures(window) == []
    assert broken_links(window, site) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off(window, site, name, width):
    window.open(site / name, width)
    assert cut_off(window) == []
    window.ask("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert cut_off(window) == []


@pytest.mark.parametrize("name", PAGES)
def test_tables_and_pictures_keep_a_size_that_can_be_read(window, site, name):
    window.open(site / name, NARROW)
    pictures = window.ask("[...document.images].map(i => i.getBoundingClientRect().width / i.naturalWidth)")
    assert all(share > 0.6 for share in pictures)
    # A row of cells with one word a line would be taller than it is wide.
    rows = window.ask(
        "[...document.querySelectorAll('tr')].filter(row => getComputedStyle(row).display == 'table-row')"
        ".map(row => row.getBoundingClientRect())"
        ".filter(box => box.height > box.width).length"
    )
    assert rows == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_words_stand_out_from_what_is_behind_them(window, site, name, scheme):
    window.page.emulate_media(color_scheme=scheme)
    window.open(site / name, WIDE)
    window.ask("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert faint_words(window) == []


@pytest.mark.parametrize("name", LESSON_PAGES)
def test_a_lesson_reads_with_the_code_hidden_and_shows_it_when_asked(window, site, name):
    window.open(site / name, WIDE)
    folds, code = window.page.locator("details.code"), window.page.locator("details.code pre")
    assert folds.count() == code.count() > 3
    assert not any(code.nth(n).is_visible() for n in range(code.count()))
    assert len(window.page.locator("main").inner_text().split()) > 400
    folds.first.locator("summary").click()
    assert code.first.is_visible() and code.first.inner_text().strip()
    folds.first.locator("summary").press("Enter")
    assert not code.first.is_visible()


@pytest.mark.parametrize("name", PAGES)
def test_on_paper_nothing_is_cut_off_and_no_code_is_left(window, site, name):
    window.page.emulate_media(media="print")
    window.open(site / name, 718)  # A4 with margins of 1 cm
    assert cut_off(window) == []
    assert not any(fold.is_visible() for fold in window.page.locator("details.code").all())


# ---- the scorecard -------------------------------------------------------------------------------------------------


def sheets(window: Window) -> int:
    """How many sheets of A4 the page takes on paper."""
    window.page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", window.page.pdf(format="A4")))


@pytest.mark.parametrize("name", SCORECARDS)
def test_a_scorecard_prints_on_one_sheet_whatever_is_unfolded(window, site, name):
    window.open(site / name, WIDE)
    assert sheets(window) == 1
    window.ask("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert sheets(window) == 1
    assert window.page.locator("table.five").is_visible() and window.page.locator("img").is_visible()
    assert not any(fold.is_visible() for fold in window.page.locator("details").all())


def test_the_longest_words_that_are_allowed_still_fit_on_one_sheet(window, tmp_path):
    # Each action 35 words of eight letters, each cost as long as the longest that is said.
    words = " ".join(["supplies"] * 34 + ["by 2026-12-31."])
    card = scorecard(Engagement.load("cold-start"))
    cost = Cost(-123_456.0, 234_567.0, "EUR", "by hand")
    long = [dataclasses.replace(each, actions=(words,), cost=cost) for each in card.findings]
    page = tmp_path / "long.html"
    body = dataclasses.replace(card, findings=tuple(long)).to_html()
    page.write_text(html_page("long", f"<h1>Scorecard of a long one</h1>{body}"), encoding="utf-8")
    window.open(page, WIDE)
    assert sheets(window) == 1 and cut_off(window) == []


@pytest.mark.parametrize("name", SCORECARDS)
def test_a_scorecard_is_read_on_the_first_screen_at_the_promised_size(window, site, name):
    window.open(site / name, WIDE)
    shown, drawn = window.ask("[document.images[0].getBoundingClientRect().width, document.images[0].naturalWidth]")
    assert shown == drawn, "the picture is shown at its own size, at which its type has 14 points"
    first = window.page.locator("table.five tbody tr").first.bounding_box()
    assert first["y"] + first["height"] < 900
    assert window.ask("document.querySelectorAll('details[open]').length") == 0


@pytest.mark.parametrize("name", [*SCORECARDS, "index.html", f"{ENGAGEMENTS[1]}/03_kickoff.html"])
def test_on_a_telephone_a_row_is_a_card_with_headings_and_nothing_to_scroll_to(window, site, name):
    window.open(site / name, NARROW)
    window.ask("document.querySelectorAll('details').forEach(part => part.open = true)")
    tables = "[...document.querySelectorAll('.five, .finding table')]"
    assert window.ask(f"{tables}.length") >= 1
    assert window.ask(f"{tables}.filter(each => each.parentElement.scrollWidth > {NARROW}).length") == 0
    label = "getComputedStyle(document.querySelectorAll('.five td, .finding td')[2], '::before').content"
    assert window.ask(label).strip('"').endswith(": ")


def test_the_links_lead_from_the_index_through_every_lesson_and_back(window, site):
    window.open(site / "index.html", WIDE)
    for engagement in ENGAGEMENTS:
        window.page.locator(f'a[href^="{engagement}/{LESSONS[0]}"]').first.click()
        for lesson in LESSONS:
            assert window.page.url == (site / engagement / f"{lesson}.html").as_uri()
            forward = window.page.locator("nav.pages >> nth=0").locator("a", has_text="→")
            assert (forward.count() == 0) is (lesson == LESSONS[-1])
            if forward.count():
                forward.click()
        window.page.locator("nav.pages >> nth=0").locator("a").first.click()
        assert window.page.url == (site / "index.html").as_uri()


def test_what_is_wrong_with_a_page_is_found(window, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<!DOCTYPE html><meta charset="utf-8"><title>bad</title><h1>bad</h1><p style="color: #bbb">faint</p>'
        '<img src="https://example.org/x.png" alt="far"><img src="data:image/png;base64,xx" alt="">'
        '<a href="no.html">a</a><a href="#nowhere">b</a><p style="width: 3000px">wide</p>'
        '<script>throw new Error("no")</script>',
        encoding="utf-8",
    )
    window.open(bad, NARROW)
    assert window.outside == ["https://example.org/x.png"]
    assert any("not loaded" in line for line in window.said) and any("error: no" in line for line in window.said)
    assert len(poor_pictures(window)) == 2 and len(broken_links(window, tmp_path)) == 2
    assert "the page itself" in cut_off(window) and len(cut_off(window)) == 2
    assert len(faint_words(window)) == 1 and "faint" in faint_words(window)[0]
