"""How long and how plain a lesson may be, and what in a notebook is beyond that.

The main path is every cell without one of the tags in OFF_THE_MAIN_PATH.
"""

from __future__ import annotations

import ast
import html
import itertools
import re
import statistics
from collections.abc import Iterable, Iterator
from typing import Any

from outsourcing_kit.course.editions import TAGS
from outsourcing_kit.exceptions import nearest

EXERCISE = {"exercise", "hint", "solution"}
OFF_THE_MAIN_PATH = {*EXERCISE, "analyst", "trainer"}
MAIN_CODE_CELLS, MEDIAN_LINES, LONGEST_LINES = 12, 4, 15
# Read aloud.
WORDS_A_MINUTE = 130
# What is seen of the main path, outputs counted: words, numbers, tables, pictures.
SEEN = {"words": 700, "numbers": 60, "tables": 3, "pictures": 1}
# A main path of 700 words with its outputs has about half of them in prose.
CELLS, WORDS = (20, 35), (600, 1400)
ROOMS = (
    "The claim", "The story", "The wrong way", "Predict before you reveal", "The right way", "What this data says",
    "From the provider's side", "On Monday", "Key points",
)  # fmt: skip

# A tag opens with a letter, a slash or an exclamation mark; `<https://…>` is a Markdown link.
_HTML = re.compile(r"<(?!https?:|mailto:)[a-zA-Z/!][^<>]*>")
_CODE_IN_PROSE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_MINUTES = re.compile(r"\*\*(\d+) minutes,\*\* (\d+) of them for the exercise")
_FOLD = re.compile(r"<details>.*?</details>|<style.*?</style>", re.DOTALL)
_NUMBER = re.compile(r"\d[\d,.]*")
# The line below a Markdown table's head.
_TABLE = re.compile(r"^\|[ :|-]*-[ :|-]*$", re.MULTILINE)
_ADDRESS = re.compile(r"\b(?:https?|ftp|wss?|s3)://[^\s\"')]+")
_NETWORK = {"requests", "urllib", "urllib3", "httpx", "socket", "http", "ftplib", "aiohttp"}
_DRAWING = {"matplotlib", "pylab", "seaborn", "plotly", "altair", "bokeh", "plotnine"}
_DRAWING_CALLS = {"plot", "hist", "scatter", "bar", "barh", "boxplot", "subplots", "savefig", "imshow", "axvline"}


def alt_of(output: dict[str, Any]) -> str:
    """The alt text of a picture's output, "" where it has none."""
    metadata = output.get("metadata", {})
    return next((str(metadata[kind].get("alt", "")).strip() for kind in metadata if kind.startswith("image/")), "")


def is_picture(output: dict[str, Any]) -> bool:
    data = output.get("data", {})
    inline = "".join(data.get("text/html", ""))
    return any(kind.startswith("image/") for kind in data) or "<img" in inline or "<svg" in inline


def beyond_limits(notebook: Any, *, full: bool = False) -> list[str]:
    """What is wrong with a lesson, in words. `full` adds the limits of a finished one: its cells and words in all."""
    cells = notebook.cells
    main = [cell for cell in cells if not _tags(cell) & OFF_THE_MAIN_PATH]
    told = [cell for cell in cells if not _tags(cell) & {*EXERCISE, "trainer"}]
    lines = [_lines(cell) for cell in cells if _is_code(cell) and not _tags(cell) & EXERCISE] or [0]
    found = [
        f"{value:g} {what}, expected {low} to {high}"
        for value, low, high, what in (
            (sum(map(_is_code, main)), 0, MAIN_CODE_CELLS, "code cells on the main path"),
            *((value, 0, SEEN[what], f"{what} seen on the main path") for what, value in seen_of(main).items()),
            (statistics.median(lines), 0, MEDIAN_LINES, "lines in the median code cell"),
            (max(lines), 0, LONGEST_LINES, "lines in the longest code cell"),
            *([(len(told), *CELLS, "cells"), (sum(map(_words, told)), *WORDS, "words")] if full else []),
        )
        if not low <= value <= high
    ]
    found += [*_rooms(main), *_opening(cells), *_in_time(main)]
    found += [f"cell {n}: {what}" for n, cell in enumerate(cells, start=1) for what in _in_cell(cell)]
    return found + list(_not_run_in_order(cells))


def _tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def _is_code(cell: Any) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def seen_of(cells: Iterable[Any]) -> dict[str, int]:
    """Words, numbers, tables and pictures that a reader sees with the code hidden and the folds closed."""
    counts = dict.fromkeys(SEEN, 0)
    for cell in cells:
        prose = [cell.source] if cell.cell_type == "markdown" else []
        outputs = cell.get("outputs", [])
        text = " ".join([*prose, *(shown(output) for output in outputs if not is_picture(output))])
        counts["words"] += len(text.split())
        counts["numbers"] += len(_NUMBER.findall(text))
        counts["tables"] += len(_TABLE.findall("\n".join(prose))) + sum(map(_tables, outputs))
        counts["pictures"] += sum(map(is_picture, outputs))
    return counts


def shown(output: dict[str, Any]) -> str:
    """The text of an output outside its folds."""
    data = output.get("data", {})
    text = "".join(data.get("text/html") or data.get("text/plain") or output.get("text", ""))
    if "text/html" in data:
        text = html.unescape(re.sub(r"<[^>]*>", " ", _FOLD.sub("", text)))
    return text


def _tables(output: dict[str, Any]) -> int:
    return _FOLD.sub("", "".join(output.get("data", {}).get("text/html", ""))).count("<table")


def _words(cell: Any) -> int:
    return len(cell.source.split()) if cell.cell_type == "markdown" else 0


def _lines(cell: Any) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def _rooms(main: Iterable[Any]) -> Iterator[str]:
    prose = [_CODE_IN_PROSE.sub("", cell.source) for cell in main if cell.cell_type == "markdown"]
    headings = [line[3:].strip() for text in prose for line in text.splitlines() if line.startswith("## ")]
    places = {room: n for room in ROOMS for n, heading in enumerate(headings) if heading.startswith(room)}
    yield from (f"there is no room {room!r} (a heading ## {room})" for room in ROOMS if room not in places)
    for one, other in itertools.pairwise(places):
        if places[other] < places[one]:
            yield f"the room {other!r} comes before {one!r}"
    yield from (
        f"the heading {heading!r} is none of the rooms" for heading in headings if not heading.startswith(ROOMS)
    )


def _opening(cells: list[Any]) -> Iterator[str]:
    """Before the claim: title and question, minutes and objectives, the parameters."""
    first = list(itertools.takewhile(lambda cell: not cell.source.lstrip().startswith("## The claim"), cells))
    prose = [cell.source for cell in first if cell.cell_type == "markdown"]
    if not (first and first[0].cell_type == "markdown" and re.search(r"\A# .*\?$", first[0].source, re.S | re.M)):
        yield "the first cell is not a title with a one-line question"
    if not any(_MINUTES.search(text) for text in prose):
        yield "no minutes before the claim (**10 minutes,** 3 of them for the exercise. …)"
    objectives = sum(line.startswith("- ") for text in prose for line in text.splitlines())
    if not 2 <= objectives <= 3:
        yield f"{objectives} objectives before the claim, expected 2 or 3"
    if not any("parameters" in _tags(cell) for cell in first):
        yield "no cell tagged `parameters` before the claim"


def _in_time(main: Iterable[Any]) -> Iterator[str]:
    """Whether the main path can be read aloud in the time that it claims, beside its exercise."""
    claimed = next(filter(None, (_MINUTES.search(cell.source) for cell in main)), None)
    words = seen_of(main)["words"]
    if claimed and words > WORDS_A_MINUTE * (int(claimed[1]) - int(claimed[2])):
        yield f"{words} words take {words / WORDS_A_MINUTE:.0f} minutes to read, beside {claimed[2]} for the exercise"


def _in_cell(cell: Any) -> Iterator[str]:
    for tag in sorted(_tags(cell) - set(TAGS)):
        guess = nearest(tag, TAGS)
        yield f"an unknown tag {tag!r}" + (f", did you mean {guess!r}?" if guess else "")
    if cell.cell_type == "markdown":
        yield from (f"raw HTML: {tag}" for tag in _HTML.findall(_CODE_IN_PROSE.sub("", cell.source)))
    yield from (
        "a figure without alt text" for output in cell.get("outputs", ()) if is_picture(output) > bool(alt_of(output))
    )
    if not _is_code(cell):
        return
    nodes = list(ast.walk(_tree(cell)))
    imported = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {(node.module or "").partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    # A shell line may do anything.
    shell = [line.strip() for line in cell.source.splitlines() if line.lstrip().startswith(("!", "%pip", "%conda"))]
    yield from (f"the network: {what}" for what in (*(imported & _NETWORK), *shell, *_ADDRESS.findall(cell.source)))
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"an error is stored: {output.ename}"
        if output.get("name") == "stderr":
            yield f"a warning is stored: {output.text.strip().splitlines()[-1][:80]}"
    if not _tags(cell) & EXERCISE:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        yield from (f"a definition, which the library holds: {node.name}" for node in nodes if isinstance(node, kinds))
        calls = {
            node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        magic = ["%matplotlib"] if "%matplotlib" in cell.source else []
        drawn = (*(imported & _DRAWING), *(calls & _DRAWING_CALLS), *magic)
        yield from (f"plotting, which the library does: {what}" for what in drawn)


def _tree(cell: Any) -> ast.Module:
    python = "\n".join(line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!", "?")))
    try:
        return ast.parse(python)
    except SyntaxError:
        return ast.Module([], [])


def _not_run_in_order(cells: list[Any]) -> Iterator[str]:
    """Code cells that were not executed in order, or end in an expression that shows nothing."""
    code = [(number, cell) for number, cell in enumerate(cells, start=1) if _is_code(cell)]
    for expected, (number, cell) in enumerate(code, start=1):
        body = _tree(cell).body
        if cell.execution_count != expected:
            yield f"cell {number}: executed as [{cell.execution_count or ' '}], expected [{expected}]"
        elif not cell.outputs and body and isinstance(body[-1], ast.Expr) and not cell.source.rstrip().endswith(";"):
            yield f"cell {number}: shows nothing"
