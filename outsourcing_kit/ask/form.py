"""What the provider's people are asked, as one page to print: coverage, quiz, expectations, proposals, thanks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path

from outsourcing_kit.ask.asking import FEWEST, group, in_own_words, options, walked
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.page import html_page, made_by, write_whole
from outsourcing_kit.resources import typed_path

_MADE_BY, _LINE, _BOX = "outsourcing-kit ask", "_" * 28, "☐"


def form_page(answers: Mapping[str, str] | None = None) -> str:
    """The form as a self-contained page for A4, a copy for each of the other side. Raises BadAnswerError.

    >>> "Who checks the work before it goes out?" in form_page()
    True
    """
    return html_page("How we work together", _body(walked(answers or {})[1]), made_by=_MADE_BY)


def write_form(folder: str | os.PathLike[str], answers: Mapping[str, str]) -> Path:
    """Write form.html into the folder. Raises OutsourcingKitError where one is there that this did not write."""
    path = typed_path(folder) / "form.html"
    if os.path.lexists(path) and (not path.is_file() or made_by(path.read_text("utf-8", "replace")) != _MADE_BY):
        raise OutsourcingKitError(f"{path.name} is there already, and ask did not write it. Mend: move it elsewhere.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, form_page(answers))
    return path


def _body(values: Mapping[str, object]) -> str:
    page, _, sheet = Path(__file__).with_name("form_en.html").read_text(encoding="utf-8").partition("<!--")
    rows = {
        "agenda": [[in_own_words(item), *[_BOX] * 3] for item in group("agenda", values)],
        "quiz": [[text, *(f"{_BOX} {each}" for each in options()[text])] for text in group("quiz", values)],
        "expectations": [[item, *[_BOX] * 5] for item in group("expectations", values)],
        "lines": [[_LINE] * 3],
    }
    for name, own in rows.items():
        cells = ("".join(f"<td>{escape(each)}</td>" for each in row) for row in own)
        page = page.replace(f"{{{name}}}", "".join(f"<tr>{row}</tr>" for row in cells))
    # Of fewer than five everybody could tell whose answer is whose.
    return page + (sheet.partition("-->")[2] if len(group("outside", values)) >= FEWEST else "")
