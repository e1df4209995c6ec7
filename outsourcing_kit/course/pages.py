"""One HTML page per executed notebook, to be read with the code hidden."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outsourcing_kit.page import html_page
from outsourcing_kit.text import shown

if TYPE_CHECKING:
    from nbformat import NotebookNode

MADE_BY = "outsourcing-kit run"
# One exporter serves all threads, one after another: making a page is no work that they could share.
_RENDERING = threading.Lock()

# nbconvert's `basic` keeps alt texts and loads nothing; its code cells are folded away here.
_TEMPLATE = """
{%- extends 'basic/index.html.j2' -%}
{% block input_group -%}
{%- if cell.source.strip() -%}
<details class="code"><summary>show the code</summary>{{ super() }}</details>
{%- endif -%}
{%- endblock input_group %}
"""


@dataclass(frozen=True)
class PageText:
    """What a page says besides its notebook: `title` as plain text, the links before and after as (words, address),
    and one row (name, value, unit, meaning) for each parameter."""

    title: str
    links: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str, str, str], ...] = ()
    error: str | None = None


def lesson_page(notebook: NotebookNode, text: PageText, folder: Path) -> str:
    """The page of an executed notebook. Pictures that Markdown names are looked for in `folder`."""
    resources = {"metadata": {"path": str(folder), "name": text.title}}
    with _RENDERING:
        body, _ = _exporter().from_notebook_node(_for_reading(notebook, text), resources=resources)
    links = "".join(f'<a href="{escape(address)}">{escape(words)}</a>' for words, address in text.links)
    return html_page(text.title, body, nav=links, made_by=MADE_BY)


@functools.cache
def _exporter() -> Any:
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="basic",
        extra_loaders=[DictLoader({"lesson.html.j2": _TEMPLATE})],
        template_file="lesson.html.j2",
        embed_images=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )


def _for_reading(notebook: NotebookNode, text: PageText) -> NotebookNode:
    """A copy with papermill's own cell taken out, and the parameters and the error told in a reader's words."""
    from nbformat.v4 import new_markdown_cell

    # Cells get names of their own: others are drawn by chance, and the same run should give the same page.
    copy, cells = type(notebook)(notebook), []
    if text.error:
        notice = f'<div class="notice" role="alert"><p>{escape(text.error)}</p></div>'
        cells.append(new_markdown_cell(notice, id="what-failed"))
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" not in tags:
            cells.append(cell)
        if "parameters" in tags and text.parameters:
            cells.append(new_markdown_cell(_parameter_table(text.parameters), id="parameters-of-this-run"))
    copy.cells = cells
    return copy


def _parameter_table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    # A blank line would end the HTML block in Markdown.
    cells = [[f"<td>{escape(' '.join(part.split()))}</td>" for part in row] for row in rows]
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return (
        '<table class="parameters"><caption>This run\'s parameters</caption>'
        f"<thead><tr><th>name</th><th>value</th><th>unit</th><th>meaning</th></tr></thead><tbody>{body}</tbody></table>"
    )


def heading_of(cells: Iterable[Mapping[str, Any]]) -> str | None:
    """The first heading of a notebook's cells, as plain text."""
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            for line in "".join(cell.get("source") or "").splitlines():
                if line.startswith("# "):
                    return shown(line.removeprefix("# ").strip().replace("*", "").replace("`", ""), most=200)
    return None
