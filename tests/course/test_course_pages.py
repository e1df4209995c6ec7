"""The page of an executed notebook, and the page around it."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from made_lessons import code, prose

from outsourcing_kit.course.pages import lesson_page
from outsourcing_kit.finding import ANSWERS, SYMBOLS
from outsourcing_kit.page import html_page, made_by, self_contained, write_whole
from outsourcing_kit.showing import verdict_html
from outsourcing_kit.verdicts import COLOURS

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
    return lesson_page(notebook, text.pop("title", "A lesson"), Path(), **text)


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
    # Each cell knows its heading: on a narrow screen some tables stand as cards.
    told = zip(("name", "value", "unit", "meaning"), ("limit", "0.5", "share", "what is &lt;enough&gt;"), strict=True)
    row = "".join(f'<td data-label="{heading}">{words}</td>' for heading, words in told)
    assert row in re.sub(r"\s+", " ", page)


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


HOSTILE = {
    "open at the very end": "<p>kept</p><img src=x onerror=alert(1) ",
    "open at the end, no blank": "<img src=//a.b/x",
    "css escape": r'<b style="background: u\72l(//a.b/x)">kept</b>',
    "css image-set": """<b style='background: image-set("//a.b/x" 1x)'>kept</b>""",
    "css comment": '<b style="background: ur/**/l(//a.b/x)">kept</b>',
    "css entity": '<b style="background: &#117;rl(//a.b/x)">kept</b>',
    "css over the page": '<div style="position: fixed; top: 0">kept</div>',
    "css expression": '<b style="width: expression(alert(1))">kept</b>',
    "css newline": '<b style="background:\nurl\n(//a.b/x)">kept</b>',
    "style element": r'<style>@\69mport "//a.b/x"; p { background: src("//a.b") }</style>kept',
    "style in svg": "<svg><style>@import '//a.b/x';</style></svg>kept",
    "svg paint": '<svg><rect fill="url(//a.b/x#a)" filter="url(//a.b/x#b)" mask="url(//a.b/x)"/></svg>kept',
    "svg use": '<svg><use href="//a.b/x#a"/><use xlink:href="//a.b/x#a"/></svg>kept',
    "svg image": '<svg><image href="//a.b/x"/><feImage href="//a.b/x"/></svg>kept',
    "svg animate": '<svg><a><animate attributeName="href" values="javascript:alert(1)"/>kept</a></svg>',
    "svg set": '<svg><set attributeName="onload" to="alert(1)"/></svg>kept',
    "svg script": "<svg><script>alert(1)</script><script href='//a.b/x'/></svg>",
    "svg handler": "<svg/onload=alert(1)>kept",
    "foreign object": '<svg><foreignObject><iframe src="//a.b"></iframe></foreignObject></svg>kept',
    "math link": '<math><mi xlink:href="javascript:alert(1)">kept</mi><maction actiontype="statusline#//a.b"/></math>',
    "math mutation": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x>'>",
    "form": '<form action="//a.b"><input name=x><button formaction="javascript:alert(1)">kept</button></form>',
    "input image": '<input type=image src="//a.b/x">kept',
    "base": '<base href="//a.b/"><a href="x">kept</a>',
    "meta refresh": '<meta http-equiv="refresh" content="0; url=//a.b">kept',
    "link": '<link rel="prefetch" href="//a.b"><LINK REL=STYLESHEET HREF=//a.b>kept',
    "srcset": '<img srcset="//a.b/x 2x" alt="kept"><picture><source srcset="//a.b/x"></picture>',
    "video": '<video src="//a.b" poster="//a.b"><track src="//a.b">kept</video><audio src="//a.b"></audio>',
    "object": '<object data="//a.b"><embed src="//a.b"><param value="//a.b"></object>kept',
    "frames": '<iframe srcdoc="<script>alert(1)</script>"></iframe><frameset><frame src="//a.b"></frameset>',
    "old attributes": '<table background="//a.b/x"><tr><td background=x>kept</td></tr></table><body background=x>',
    "ping": '<a href="#x" ping="//a.b" target="_blank">kept</a>',
    "javascript": '<a href="javascript:alert(1)">kept</a>',
    "javascript in capitals and entities": '<a href="&#x6A;aVa&Tab;Script&colon;alert(1)">kept</a>',
    "javascript behind control characters": '<a href="\x01\x1f java\nscript\t:alert(1)">kept</a>',
    "other schemes": '<a href="data:text/html,x">kept</a><a href="vbscript:x">a</a><a href="file:///etc">b</a>',
    "a data picture that is a page": '<img src="data:text/html;base64,eA==" alt="kept"><img src="data:image/svg,%3C">',
    "handler in capitals": "<B ONCLICK=alert(1) oNmOuSeOvEr=alert(1)>kept</B>",
    "handler after a slash": '<b/onclick="alert(1)"/id=x>kept</b>',
    "comment": "<!--><script>alert(1)</script>-->kept<!-- <img src=//a.b> -->",
    "comment that does not end": "kept<!-- <img src=//a.b>",
    "comment closed otherwise": "<!-- --!><img src=//a.b onerror=x>kept",
    "cdata": "<![CDATA[<img src=//a.b>]]>kept<svg><![CDATA[><img src=//a.b onerror=x>]]></svg>",
    "doctype": '<!DOCTYPE html [<!ENTITY x "<script>">]>kept&x;',
    "processing instruction": "<?xml-stylesheet href='//a.b'?>kept<?php <script>x</script> ?>",
    "raw text elements": "<textarea><img src=//a.b></textarea><title><img src=//a.b></title><xmp><img src=//a.b></xmp>",
    "noscript": '<noscript><p title="</noscript><img src=//a.b onerror=x>">kept</noscript>',
    "template": '<template><img src="//a.b" onerror="x"></template><slot onslotchange=x>kept</slot>',
    "script that ends oddly": "kept<script>x</script\t/><script/x>y</script foo>end",
    "script in a script": "<scr<script>ipt>alert(1)</scr</script>ipt>kept",
    "quotes": "<b title='\"><script>alert(1)</script>'>kept</b><b class=`\"onclick=x`>a</b>",
    "nul in a name": "<scr\x00ipt>alert(1)</scr\x00ipt><img\x00src=//a.b>kept",
    "custom elements": '<x-y onfocus=alert(1) tabindex=0 autofocus style="animation-name:x">kept</x-y>',
    "contenteditable": "<p contenteditable accesskey=x draggable=true>kept</p>",
    "turned and hidden": "kept &#x202e;&#8294; \u202e\x1b[1m\x00&#0; end",
}


@pytest.mark.parametrize("fragment", HOSTILE.values(), ids=HOSTILE)
def test_nothing_gets_through_the_second_wall(fragment):
    """Read as a browser reads it, the page has only what a text has, and an address only where one is harmless."""
    from bleach._vendor import html5lib

    page = html_page("a \u202e\x00title", fragment)
    body = page[page.index("<body>") :]
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    assert [each.tag for each in tree] == ["head", "body"]
    assert sorted(str(each.tag) for each in tree[0]) == ["meta", "meta", "meta", "style", "title"]
    for element in tree[1].iter():
        assert str(element.tag) in {"body", *_TEXT_TAGS}, element.tag
        for name, value in element.attrib.items():
            assert str(name) in _TEXT_ATTRIBUTES, name
            assert name != "href" or value in ("x", "#x"), value
            assert name != "src" or value.startswith("data:image/"), value
            assert not (name == "style" and re.search(r"[\\(@<&]|position", value)), value
    words = "".join(tree[1].itertext())
    assert "kept" in words or "kept" not in fragment
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page), repr(body)


_TEXT_TAGS = ["main", "p", "b", "i", "em", "a", "div", "span", "table", "tbody", "tr", "td", "img"]
_TEXT_ATTRIBUTES = ["class", "id", "title", "alt", "href", "src", "style"]


def test_what_a_text_needs_stays():
    kept = (
        '<h2 id="a">a</h2><p style="text-align: right; color: #a00">b &lt;i&gt; c&amp;d</p><pre>x\n  y</pre>'
        '<details open=""><summary>s</summary></details><a href="../x.html">r</a><a href="mailto:a@b">m</a>'
        '<ol start="3"><li>o</li></ol><a class="anchor-link" href="#a">¶</a>'
    )
    assert self_contained(kept) == kept
    assert f'<img src="data:image/png;base64,{PIXEL}" alt="z">' in self_contained(
        f'<img src="data:image/png;base64,{PIXEL}" onload="x" alt="z">'
    )


@pytest.mark.parametrize("change", [("<p>x</p>", "<p>x, and a note</p>"), ("</html>", "<!-- mine --></html>"),
                                    ("<title>", "<title>My "), ("color-scheme", "colour-scheme")])  # fmt: skip
def test_a_page_with_notes_added_is_no_longer_the_command_s_own(change):
    page = html_page("a", "<p>x</p>", made_by="outsourcing-kit test")
    assert made_by(page) == made_by(page.replace("\r\n", "\n")) == "outsourcing-kit test"
    assert change[0] in page and made_by(page.replace(*change)) is None


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


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_verdict_is_a_mark_words_and_a_colour_and_passes_the_cleaner(answer):
    shown = verdict_html(answer, interim=True)
    mark = SYMBOLS[answer].replace("–", "\N{NON-BREAKING HYPHEN}")
    assert re.sub("<.*?>", "", shown) == f"{mark} {answer}".replace(" ", "\N{NO-BREAK SPACE}") + " (interim)"
    assert f"background: {COLOURS[answer]}; color: #fff" in shown
    assert self_contained(shown) == shown


def test_a_cell_is_labelled_with_the_heading_of_its_column_in_its_own_table():
    one = "<table><thead><tr><th>a <b>b</b></th><th>c &lt;</th></tr></thead><tbody>"
    one += "<tr><th>1</th><td>2</td><td>3</td></tr>"
    two = "<tr><td>4</td></tr></tbody></table><table><tr><td>5</td></tr></table>"
    kept = self_contained(one + two)
    assert '<th data-label="a b">1</th><td data-label="c &lt;">2</td><td>3</td>' in kept
    assert '<td data-label="a b">4</td>' in kept and "<td>5</td>" in kept


def test_an_error_stands_at_the_top():
    page = page_of(prose("# Title"), error="cell [3]: ValueError: <x>")
    assert page.index("cell [3]: ValueError: &lt;x&gt;") < page.index("Title<")


@pytest.mark.parametrize("name", ["x" * 240 + ".html", "x" * 255, "\u00e9" * 127, "caf\udce9.html"])
def test_a_name_as_long_as_the_file_system_takes_is_written(tmp_path, name):
    try:
        (tmp_path / name).write_text("old")
    except OSError:
        pytest.skip("this file system does not take the name")
    write_whole(tmp_path / name, "new")
    assert (tmp_path / name).read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


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
