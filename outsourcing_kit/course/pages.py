"""One HTML page per executed notebook, to be read with the code hidden."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outsourcing_kit.page import html_page

if TYPE_CHECKING:
    from nbformat import NotebookNode

MADE_BY = "outsourcing-kit run"
TEMPLATES = Path(__file__).with_name("templates")
# One exporter serves all threads, one after another: making a page is no work that they could share.
_RENDERING = threading.Lock()


def lesson_page(
    notebook: NotebookNode, title: str, folder: Path, *, links: Iterable[tuple[str, str]] = (),
    parameters: Iterable[tuple[str, str, str, str]] = (), error: str | None = None,
) -> str:  # fmt: skip
    """The page of an executed notebook. Pictures that Markdown names are looked for in `folder`.

    `title` is plain text, `links` are words and address; of each of the `parameters` name, value, unit and meaning.
    """
    body = lesson_body(notebook, title, folder, parameters=list(parameters), error=error)
    nav = "".join(f'<a href="{escape(address)}">{escape(words)}</a>' for words, address in links)
    return html_page(title, body, nav=nav, made_by=MADE_BY)


def lesson_body(notebook: NotebookNode, title: str, folder: Path, **told: Any) -> str:
    """What stands on the page of an executed notebook, as a fragment."""
    # nbconvert keeps changing what it is given, and takes the page's name from there.
    resources = {"metadata": {"path": str(folder), "name": title}, **told}
    with _RENDERING:
        body, _ = _exporter().from_notebook_node(notebook, resources=resources)
    return str(body)


@functools.cache
def _exporter() -> Any:
    from jinja2 import FileSystemLoader
    from nbconvert import HTMLExporter
    from nbconvert.preprocessors import TagRemovePreprocessor

    exporter = HTMLExporter(
        template_name="basic",
        extra_loaders=[FileSystemLoader(TEMPLATES)],
        template_file="lesson.html.j2",
        embed_images=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    # papermill's own cell: the table of parameters says the same in a reader's words.
    exporter.register_preprocessor(TagRemovePreprocessor(remove_cell_tags={"injected-parameters"}), enabled=True)
    return exporter
