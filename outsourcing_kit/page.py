"""One self-contained HTML page: our own style, no script, and nothing loaded from outside the file."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from outsourcing_kit.text import shown

# Controls but the line's end and the tabulator, marks that turn the direction of writing, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)

_STYLE = Path(__file__).with_name("page.css")
_MARK = '<meta name="generator" content="{}; {}">\n'


def html_page(title: str, body: str, *, nav: str = "", made_by: str = "outsourcing-kit", style: str = "") -> str:
    """A whole page around the fragment `body`. `title` is plain text, `nav` a fragment of links, `style` more CSS.

    `made_by` is kept in the page with a digest of all the rest, so that a command can tell its own file from somebody
    else's, and from its own with notes added to it.
    """
    # Above and below: nobody scrolls back up a long page for the next one.
    links = f'<nav class="pages" aria-label="pages">{nav}</nav>\n' if nav else ""
    style = _STYLE.read_text("utf-8") + style
    before, after = map(_seen, (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"{links}<main>\n{self_contained(body)}\n</main>\n{links}</body>\n</html>\n",
    ))  # fmt: skip
    return before + _MARK.format(escape(made_by), _digest(before + after)) + after


def made_by(text: str) -> str | None:
    """Which command made the page `text`; None for a page of somebody else's, or one that was edited since."""
    # The mark stands in the head; the rest of a page of many pictures need not be searched.
    match = re.search(_MARK.format('(outsourcing-kit[^";]*)', "([0-9a-f]+)"), text[:2000])
    own = match and match[2] == _digest(text[: match.start()] + text[match.end() :])
    return match[1] if match and own else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _seen(text: str) -> str:
    """`text` with the characters that nobody sees, and those that turn the direction of writing, written out."""
    return _UNSEEN.sub(lambda found: shown(found[0]), text.replace("\r\n", "\n").replace("\r", "\n"))


def write_new(path: Path, text: str) -> None:
    """Write a new file whole or not at all. Raises OSError, having taken the beginning away again."""
    try:
        # A folder's name may hold bytes that are no text: they are shown escaped, and nothing is lost over them.
        with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
            file.flush()
            # Where the disk is full, some file systems say so only here.
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: what was there before stays intact until the new one is complete. Raises OSError."""
    # A short name of its own, as path's may fill what the file system takes; of this process, as others may write, too.
    part = path.with_name(f".{_digest(path.name)}.{os.getpid()}.part")
    write_new(part, text)
    os.replace(part, path)


def self_contained(fragment: str) -> str:
    """`fragment` with the tags and attributes of a text, its tables and embedded pictures, and nothing else.

    So there is no script in it, no form, and nothing that a browser would load from outside the file. Pictures from
    outside are replaced by their description; of other tags the words stay. Tables and pictures get a frame that
    scrolls on a narrow screen. Plain links stay.

    >>> self_contained('<p onclick="f()">a <b style="background: url(//x)">b</b><script>f()</script> <form>c</form>')
    '<p>a <b>b</b> c'
    """
    cleaner = _Cleaner()
    cleaner.feed(fragment)
    cleaner.close()
    return "".join(cleaner.parts)


# What is not named here is left out: a list of what can do harm would never be complete.
_VOID = {"br", "hr", "img", "col", "wbr"}
_TAGS = _VOID | {
    "a", "abbr", "article", "aside", "b", "blockquote", "caption", "cite", "code", "colgroup", "dd", "del",
    "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "i", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time",
    "tr", "u", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {
    "align", "alt", "class", "colspan", "datetime", "dir", "height", "href", "id", "lang", "open", "role",
    "rowspan", "scope", "src", "start", "style", "title", "valign", "value", "width",
}  # fmt: skip
_WITH_CONTENT = {"script", "style"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_LINKS = {"http:", "https:", "mailto:"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
# Colours, sizes, alignment: no function (so nothing loaded), no escape, no at-rule, nothing laid over the page.
_CSS = re.compile(r"(?!.*position)[\w\s#%.,:;!+-]*", re.IGNORECASE | re.DOTALL)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._left_out = ""
        # Of the table that is being read: its headings, whether it is still in them, and the column.
        self._headings: list[str] = []
        self._in_head = False
        self._column = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._left_out = tag if tag in _WITH_CONTENT else ""
        if tag not in _TAGS:
            return
        kept = [(name, value or "") for name, value in attrs if _harmless(tag, name, value or "")]
        kept += self._label(tag)
        if tag == "img":
            self.parts.append(_image(dict(kept), dict(attrs).get("alt")))
        else:
            self.parts.append(f"{_FRAME if tag == 'table' else ''}<{tag}{_written(kept)}>")

    def _label(self, tag: str) -> list[tuple[str, str]]:
        """The heading of a cell, for a narrow screen, where the cells of a row stand below each other."""
        if tag in ("table", "thead"):
            self._headings, self._in_head = [], tag == "thead"
        elif tag == "tr":
            self._column = 0
        elif tag in ("td", "th") and self._in_head:
            self._headings.append("")
        elif tag in ("td", "th"):
            self._column += 1
            if self._column <= len(self._headings) and (heading := self._headings[self._column - 1].strip()):
                return [("data-label", heading)]
        return []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Whatever a slash says, an element of HTML that can have content has an end of its own.
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._left_out = ""
        self._in_head = self._in_head and tag != "thead"
        if tag in _TAGS - _VOID:
            self.parts.append(f"</{tag}>{'</div>' if tag == 'table' else ''}")

    def handle_data(self, data: str) -> None:
        # The parser has unescaped it: what was text before must not become a tag now.
        if not self._left_out:
            if self._in_head and self._headings:
                self._headings[-1] += data
            self.parts.append(escape(data, quote=False))


_FRAME = '<div class="scroll">'


def _harmless(tag: str, name: str, value: str) -> bool:
    if name == "href":
        # A browser leaves blanks and control characters out of an address, wherever they stand.
        scheme = _SCHEME.match("".join(letter for letter in value.casefold() if letter > " "))
        return tag == "a" and (scheme is None or scheme[0] in _LINKS)
    if name == "src":
        return tag == "img" and _PICTURE.fullmatch(value) is not None
    if name == "style":
        return _CSS.fullmatch(value) is not None
    return name in _ATTRIBUTES or name.startswith("aria-")


def _image(kept: dict[str, str], described: str | None) -> str:
    if "src" not in kept:
        return f"<em>[picture not included: {escape(described or 'no description')}]</em>"
    kept.setdefault("alt", "Figure without a description")
    # A figure made for a wide page scrolls on a narrow one: shrunk to it, nobody could read its labels.
    return f'<span class="figure"><img{_written(kept.items())}></span>'


def _written(attributes: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes)
