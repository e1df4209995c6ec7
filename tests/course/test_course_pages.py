"""The page of an executed notebook, and the page around it."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from made_lessons import code, prose

from outsourcing_kit.course.pages import PageText, heading_of, lesson_page
from outsourcing_kit.page import html_page, made_by, self_contained, verdict_html, write_whole

PIXEL = base64.b64encode(b"\x89PNG not really").decode()


class Loads(HTMLParser):
    """Collects every address that a browser would load on opening the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster") or (name == "href" and tag != "a"):
                self.found.append(value)
            if name == "style":
                self.found += re.findall(r"url\(([^)]*)\)", value or "")
        if tag == "script":
            self.found.append("script")

    def handle_data(self, data):
        if self.lasttag == "style":
            self.found += re.findall(r"url\(([^)]*)\)|(@import)", data)


def loaded_from_outside(page: str) -> list[str]:
    parser = Loads()
    parser.feed(page)
    return [each for each in parser.found if not str(each).startswith("data:")]


def figure(alt: str | None) -> dict:
    metadata = {} if alt is None else {"image/png": {"alt": alt}}
    cell = code("show()")
    cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": PIXEL, "text/plain": "x"}, metadata=metadata)]
    return cell


def page_of(*cells: dict, **text) -> str:
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    return lesson_page(notebook, PageText(text.pop("title", "A lesson"), **text), Path())


def test_alt_text_reaches_the_picture_escaped():
    page = page_of(figure('cost <20% & "rising"'))
    assert 'alt="cost &lt;20% &amp; &quot;rising&quot;"' in page


def test_a_picture_without_alt_text_says_so():
    assert re.search(r'<img[^>]* alt="[^"]*[Dd]escription', page_of(figure(None)))


def test_the_code_is_folded_away_and_its_output_is_not():
    cell = code("1 + 1")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "two"}, execution_count=1)]
    page = page_of(cell)
    start, end = page.index('<details class="code">'), page.index("</details>")
    assert "+" in page[start:end] and "two" not in page[start:end] and "two" in page[end:]
    assert "In&nbsp;[" not in page and "Out[" not in page


def test_parameters_are_a_table_and_the_injected_cell_is_gone():
    page = page_of(
        code("limit: float = 0.8  # -, any, x", "parameters"),
        code("limit = 0.5  # PAPERMILL", "injected-parameters"),
        parameters=(("limit", "0.5", "share", "what is\n\n<enough>"),),
    )
    assert "PAPERMILL" not in page
    assert "<td>limit</td><td>0.5</td><td>share</td><td>what is &lt;enough&gt;</td>" in page


def test_headings_have_anchors():
    assert 'id="What-to-do"' in page_of(prose("# What to do"))


def test_nothing_is_loaded_from_outside():
    hostile = code("x")
    html = (
        '<script src="https://a.b/x.js">let x = "</div>"</script><link rel="stylesheet" href="https://a.b/x.css">'
        '<iframe src="https://a.b"></iframe><b onclick="f()" style="background:url(https://a.b/c.png)">bold</b>'
        '<style>@import "https://a.b/f.css"; p { background: url("//a.b/p.png") }</style>'
        '<a href="javascript:alert(1)">go</a><img src="https://a.b/i.png" alt="pic"><img srcset="x.png 2x" src="x.png">'
        '<svg viewBox="0 0 1 1"><image href="https://a.b/i.png"/><path d="M0 0"/></svg>'
    )
    hostile.outputs = [nbformat.v4.new_output("display_data", {"text/html": html})]
    page = page_of(hostile, prose("![far](https://a.b/far.png) [DOI](https://doi.org/10.1/x) $x^2$"), figure("near"))
    assert loaded_from_outside(page) == []
    assert "bold" in page and 'href="https://doi.org/10.1/x"' in page and "javascript:" not in page
    assert "[picture not included: far]" in page


def test_a_finding_shown_as_html_keeps_its_table():
    kept = self_contained('<table border="1"><tr><td colspan="2">a &amp; b &lt; c</td></tr></table><br/>')
    assert kept == '<div class="scroll"><table><tr><td colspan="2">a &amp; b &lt; c</td></tr></table></div><br>'


def test_a_page_is_whole_and_says_who_made_it():
    page = html_page("a < b", "<p>x</p>", made_by="outsourcing-kit test")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>a &lt; b</title>" in page and "prefers-color-scheme: dark" in page and "@media print" in page
    assert made_by(page) == "outsourcing-kit test"
    assert made_by("<html><head></head></html>") is None
    assert loaded_from_outside(page) == []


def test_a_verdict_is_never_colour_alone():
    shown = verdict_html("cannot tell", "?", interim=True)
    assert shown == '<span class="verdict verdict-cannot-tell">? cannot tell (interim)</span>'


def test_an_error_stands_at_the_top():
    page = page_of(prose("# Title"), error="cell [3]: ValueError: <x>")
    assert page.index("cell [3]: ValueError: &lt;x&gt;") < page.index("Title<")


def test_the_title_is_the_first_heading():
    cells = [code("# not this"), prose("words\n# The *kickoff*\n# Later")]
    assert heading_of(cells) == "The kickoff"
    assert heading_of([prose("words")]) is None


def test_what_was_there_stays_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    write_whole(path, "old")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
