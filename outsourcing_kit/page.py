"""One self-contained HTML page: our own style, no script, and nothing loaded from outside the file."""

from __future__ import annotations

import contextlib
import os
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; --text: #1d2430; --soft: #556070; --back: #ffffff; --panel: #f4f6f9;
  --line: #cfd6df; --link: #0b57a4; --problem: #a8201a; --fine: #1b6b3a; --open: #7a5200; --none: #556070; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --soft: #a9b4c2; --back: #14181f; --panel: #1e242d;
  --line: #3a4451; --link: #8ec1ff; --problem: #ff9b93; --fine: #7fd6a0; --open: #f0c46c; --none: #a9b4c2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1.25rem 4rem; color: var(--text); background: var(--back);
  font: 1.0625rem/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.8em 0 .5em; } h1 { margin-top: .6em; font-size: 1.9rem; }
a { color: var(--link); } a.anchor-link { visibility: hidden; text-decoration: none; padding-left: .3em; }
:is(h1, h2, h3, h4):hover a.anchor-link, a.anchor-link:focus { visibility: visible; }
nav.pages { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
nav.pages + main { margin-top: 1rem; } main + nav.pages { border: 0; border-top: 1px solid var(--line); }
.scroll, .figure { overflow-x: auto; } .figure { display: block; }
table { border-collapse: collapse; margin: 1em 0; font-size: .95rem; font-variant-numeric: tabular-nums; }
th, td { border: 0; border-bottom: 1px solid var(--line); padding: .4rem .8rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--soft); } caption { text-align: left; font-weight: 600; padding: .3rem 0; }
blockquote { margin: 1em 0; padding: .1em 1em; border-left: .25rem solid var(--line); color: var(--soft); }
pre { overflow-x: auto; white-space: pre-wrap; padding: .7rem 1rem; background: var(--panel); border-radius: .3rem; }
code, pre { font: .9rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
img, svg { max-width: 100%; height: auto; } img { background: #ffffff; }
details { margin: .4em 0; } summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
/* An edge in shadow where there is more to scroll to. */
.scroll, .figure { background: linear-gradient(to right, var(--back), var(--back)) left / 1rem 100% no-repeat local,
  linear-gradient(to left, var(--back), var(--back)) right / 1rem 100% no-repeat local,
  linear-gradient(to left, var(--line), transparent) right / .8rem 100% no-repeat scroll; }
@media screen and (max-width: 40rem) { .scroll > table { width: max-content; max-width: 46rem; }
  .figure > img { max-width: max(100%, 44rem); } }
.notice { padding: .2rem 1rem; border-left: .3rem solid var(--problem); background: var(--panel); }
.soft { color: var(--soft); font-size: .95rem; }
.verdict { font-weight: 600; white-space: nowrap; } .verdict-problem { color: var(--problem); }
.verdict-fine { color: var(--fine); } .verdict-cannot-tell { color: var(--open); }
.verdict-not-assessed { color: var(--none); font-weight: 400; }
.highlight .k, .highlight .kn, .highlight .ow, .highlight .kc { font-weight: 600; }
.highlight :is(.c1, .s1, .s2, .sa, .si) { color: var(--soft); }
@media print { :root { --text: #000; --soft: #333; --back: #fff; --panel: #fff; --line: #999; --link: #000;
    --problem: #8a1510; --fine: #14532d; --open: #5c3d00; }
  body { max-width: none; padding: 0; font-size: 10.5pt; } nav.pages, details.code, a.anchor-link { display: none; }
  tr, img, .output { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
  .scroll, .figure { overflow: visible; background: none; } /* Paper does not scroll: what is wide has to fit. */
  table { font-size: 8pt; } th, td { padding: .15rem .25rem; overflow-wrap: break-word; } }
"""


def html_page(title: str, body: str, *, nav: str = "", made_by: str = "outsourcing-kit", lang: str = "en") -> str:
    """A whole page around the fragment `body`. `title` is plain text, `nav` a fragment of links.

    `made_by` is kept in the page, so that a command can tell its own file from somebody else's.
    """
    links = f'<nav class="pages" aria-label="pages">{nav}</nav>\n' if nav else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="{escape(made_by)}">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{links}<main>\n{self_contained(body)}\n</main>\n{links}</body>\n</html>\n"
    )


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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    write_new(part, text)
    os.replace(part, path)


def made_by(text: str) -> str | None:
    """Which command made the page `text`; None for a page of somebody else's."""
    match = re.search(r'<meta name="generator" content="(outsourcing-kit[^"]*)">', text[:2000])
    return match[1] if match else None


def verdict_html(verdict: str, symbol: str, *, interim: bool = False) -> str:
    """A verdict as symbol, word and colour: never colour alone."""
    note = " (interim)" if interim else ""
    kind = verdict.replace(" ", "-")
    return f'<span class="verdict verdict-{escape(kind)}">{escape(symbol)} {escape(verdict)}{note}</span>'


def self_contained(fragment: str) -> str:
    """`fragment` without scripts and without anything a browser would load from outside the file.

    Pictures from outside are replaced by their description; tables and pictures get a frame that scrolls on a narrow
    screen. Plain links stay.
    """
    cleaner = _Cleaner()
    cleaner.feed(fragment)
    cleaner.close()
    return "".join(cleaner.parts)


# What these hold goes with them; the others named below are dropped alone.
_DROPPED_WITH_CONTENT = {"script", "iframe", "object", "applet", "noscript", "template"}
_DROPPED = {"link", "base", "meta", "embed", "frame", "frameset"}
_LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href", "action", "formaction"}
_VOID = {"img", "br", "hr", "input", "source", "track", "wbr", "col", "area"}
_OUTSIDE_STYLE = re.compile(r"@import[^;]*;?|url\(\s*['\"]?(?!data:|#)[^)]*\)", re.IGNORECASE)


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._inside_dropped: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WITH_CONTENT:
            self._inside_dropped.append(tag)
        if self._inside_dropped or tag in _DROPPED:
            return
        self._in_style = tag == "style"
        kept = [(name, _harmless_style(name, value)) for name, value in attrs if not _loads(tag, name, value)]
        if tag == "img":
            self.parts.append(_image(kept, attrs))
            return
        if tag == "table":
            self.parts.append('<div class="scroll">')
            kept = [(name, value) for name, value in kept if name != "border"]
        self.parts.append(f"<{tag}{_written(kept)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WITH_CONTENT:
            return
        before = len(self.parts)
        self.handle_starttag(tag, attrs)
        if len(self.parts) > before and tag not in _VOID:
            # SVG has elements without content, such as <path/>.
            self.parts.append(f"</{tag}>")
            self._in_style = False

    def handle_endtag(self, tag: str) -> None:
        if self._inside_dropped:
            if tag == self._inside_dropped[-1]:
                self._inside_dropped.pop()
            return
        self._in_style = False
        if tag not in _DROPPED and tag not in _VOID:
            self.parts.append(f"</{tag}>" + ("</div>" if tag == "table" else ""))

    def handle_data(self, data: str) -> None:
        if not self._inside_dropped:
            self.parts.append(_OUTSIDE_STYLE.sub("", data) if self._in_style else data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _loads(tag: str, name: str, value: str | None) -> bool:
    """Whether the attribute would load something from outside the file, or run a script."""
    text = re.sub(r"\s", "", value or "").casefold()
    if name.startswith("on") or text.startswith(("javascript:", "vbscript:")):
        return True
    if name in _LOADING or (name == "href" and tag not in ("a", "area")):
        return not text.startswith(("data:image/", "#"))
    return name in ("srcdoc", "ping")


def _harmless_style(name: str, value: str | None) -> str | None:
    return _OUTSIDE_STYLE.sub("", value) if name == "style" and value else value


def _image(kept: list[tuple[str, str | None]], given: list[tuple[str, str | None]]) -> str:
    described = dict(given).get("alt")
    if "src" not in dict(kept):
        return f"<em>[picture not included: {escape(described or 'no description')}]</em>"
    if described is None:
        kept = [*kept, ("alt", "Figure without a description")]
    # A figure made for a wide page scrolls on a narrow one: shrunk to it, nobody could read its labels.
    return f'<span class="figure"><img{_written(kept)}></span>'


def _written(attributes: list[tuple[str, str | None]]) -> str:
    return "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes)
