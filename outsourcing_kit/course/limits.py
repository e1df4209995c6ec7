"""How long and how plain a lesson is: measured, and held against the limits that keep it readable.

The main path is every cell without one of the tags below; exercises are the cells tagged exercise, hint or solution.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.course.editions import TAGS
from outsourcing_kit.exceptions import OutsourcingKitError, nearest

EXERCISE_TAGS = ("exercise", "hint", "solution")
OFF_THE_MAIN_PATH = (*EXERCISE_TAGS, "analyst", "trainer")

MAIN_CODE_CELLS, MAIN_WORDS = 12, 500
MEDIAN_LINES, LONGEST_LINES = 4, 15
CELLS, WORDS = (20, 35), (700, 1400)
ROOMS = (
    "The claim",
    "The story",
    "Predict before you reveal",
    "The wrong way",
    "The right way",
    "What this data says",
    "From the provider's side",
    "On Monday",
    "Key points",
)

# A tag opens with a letter, a slash or an exclamation mark; `<https://…>` is a Markdown link.
_HTML = re.compile(r"<(?!https?:|mailto:)[a-zA-Z/!][^<>]*>")
_CODE_IN_PROSE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_ADDRESS = re.compile(r"\b(?:https?|ftp|wss?|s3)://[^\s\"')]+")
_NETWORK = {"requests", "urllib", "urllib3", "httpx", "socket", "http", "ftplib", "aiohttp"}
_DRAWING = {"matplotlib", "pylab", "seaborn", "plotly", "altair", "bokeh", "plotnine"}
_DRAWING_CALLS = {"plot", "hist", "scatter", "bar", "barh", "boxplot", "subplots", "savefig", "imshow", "axvline"}


@dataclass(frozen=True)
class LessonFigures:
    """What was measured of one lesson. Texts in tuples say where: "cell 5: …", counted from 1 over all cells.

    Words are those of Markdown cells; code lines are those that are not blank. `cells` and `words` leave out the
    exercises and the trainer's notes, the lines of code leave out the exercises.
    """

    lesson: str
    cells: int
    words: int
    main_words: int
    main_code_cells: int
    median_code_lines: float
    longest_code_lines: int
    rooms: tuple[str, ...]
    figures: int
    without_alt: tuple[str, ...]
    definitions: tuple[str, ...]
    drawing: tuple[str, ...]
    raw_html: tuple[str, ...]
    addresses: tuple[str, ...]
    outputs: tuple[str, ...]
    errors: tuple[str, ...]
    tags: tuple[str, ...]
    opening: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    number: int
    kind: str
    source: str
    tags: tuple[str, ...]
    outputs: tuple[Mapping[str, Any], ...]
    count: int | None

    @property
    def code(self) -> bool:
        return self.kind == "code" and bool(self.source.strip())

    @property
    def main(self) -> bool:
        return not set(self.tags) & set(OFF_THE_MAIN_PATH)

    @property
    def exercise(self) -> bool:
        return bool(set(self.tags) & set(EXERCISE_TAGS))

    @property
    def words(self) -> int:
        return len(self.source.split()) if self.kind == "markdown" else 0

    @property
    def lines(self) -> int:
        return sum(bool(line.strip()) for line in self.source.splitlines())

    def says(self, what: str) -> str:
        return f"cell {self.number}: {what}"


def measure(path: Path) -> LessonFigures:
    """Measure the notebook `path`. Raises OutsourcingKitError where it is none."""
    cells = _read(path)
    counted = [cell for cell in cells if not cell.exercise and "trainer" not in cell.tags]
    code = [cell for cell in cells if cell.code]
    plain = [cell for cell in code if not cell.exercise]
    lines = [cell.lines for cell in plain]
    pictures = [(cell, output) for cell in cells for output in cell.outputs if _is_picture(output)]
    return LessonFigures(
        lesson=path.stem,
        cells=len(counted),
        words=sum(cell.words for cell in counted),
        main_words=sum(cell.words for cell in cells if cell.main),
        main_code_cells=sum(cell.main for cell in code),
        median_code_lines=statistics.median(lines) if lines else 0,
        longest_code_lines=max(lines, default=0),
        rooms=tuple(_headings(cells)),
        figures=len(pictures),
        without_alt=tuple(cell.says("a figure") for cell, output in pictures if not alt_of(output)),
        definitions=_each(plain, _definitions),
        drawing=_each(plain, _drawing),
        raw_html=_each([cell for cell in cells if cell.kind == "markdown"], _html),
        addresses=_each(code, _network),
        outputs=tuple(_incomplete(code)),
        errors=_each(code, _bad_outputs),
        tags=_each(cells, _bad_tags),
        opening=tuple(_opening(cells)),
    )


def beyond_limits(figures: LessonFigures, *, full: bool = False) -> tuple[str, ...]:
    """What is wrong with a lesson, in words; empty where all is well.

    The main path's limits always hold. `full` adds those of a finished lesson: its cells and words in all.
    """
    found: list[str] = []

    def at_most(value: float, limit: float, what: str, mend: str) -> None:
        if value > limit:
            found.append(f"{value:g} {what}, at most {limit:g}. Mend: {mend}")

    at_most(figures.main_code_cells, MAIN_CODE_CELLS, "code cells on the main path", "tag the rest `analyst`")
    at_most(figures.main_words, MAIN_WORDS, "words on the main path", "shorten, or tag a cell `analyst`")
    at_most(figures.median_code_lines, MEDIAN_LINES, "lines in the median code cell", "split cells")
    at_most(figures.longest_code_lines, LONGEST_LINES, "lines in the longest code cell", "split it")
    if full:
        for value, (low, high), what in ((figures.cells, CELLS, "cells"), (figures.words, WORDS, "words")):
            if not low <= value <= high:
                found.append(f"{value} {what} outside the exercises, expected {low} to {high}")
    found += _room_problems(figures.rooms)
    found += figures.opening
    for places, what in (
        (figures.definitions, "a definition; the library holds those"),
        (figures.drawing, "plotting code; the library draws"),
        (figures.raw_html, "raw HTML; plain Markdown only"),
        (figures.addresses, "the network; a lesson runs offline"),
        (figures.without_alt, "no alt text"),
        (figures.outputs, "stored outputs; execute the lesson again from the top"),
        (figures.errors, "an error or a warning is stored"),
        (figures.tags, "an unknown tag"),
    ):
        found += [f"{place} ({what})" for place in places]
    return tuple(f"{figures.lesson}: {problem}" for problem in found)


# ---- reading -------------------------------------------------------------------------------------------------------


def alt_of(output: Mapping[str, Any]) -> str:
    """The alt text of a picture's output, "" where it has none."""
    metadata = output.get("metadata", {})
    found = [metadata[kind].get("alt", "") for kind in metadata if kind.startswith("image/")]
    return str(found[0]).strip() if found else ""


def _is_picture(output: Mapping[str, Any]) -> bool:
    data = output.get("data", {})
    inline = "".join(data.get("text/html", ""))
    return any(kind.startswith("image/") for kind in data) or "<img" in inline or "<svg" in inline


def _read(path: Path) -> list[_Cell]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            _Cell(
                number,
                str(cell["cell_type"]),
                "".join(cell["source"]),
                tuple(cell.get("metadata", {}).get("tags", ())),
                tuple(cell.get("outputs", ())),
                cell.get("execution_count"),
            )
            for number, cell in enumerate(raw, start=1)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise OutsourcingKitError(f"{path} is not a notebook of format 4 ({type(error).__name__}: {error}).") from error


def _each(cells: Iterable[_Cell], look: Any) -> tuple[str, ...]:
    return tuple(cell.says(what) for cell in cells for what in look(cell))


def _headings(cells: Sequence[_Cell]) -> list[str]:
    """The headings of the second level on the main path; fenced code is no heading."""
    prose = [_CODE_IN_PROSE.sub("", cell.source) for cell in cells if cell.kind == "markdown" and cell.main]
    return [line[3:].strip() for text in prose for line in text.splitlines() if line.startswith("## ")]


def _room_problems(headings: Sequence[str]) -> list[str]:
    found = []
    places = []
    for room in ROOMS:
        place = next((number for number, heading in enumerate(headings) if heading.startswith(room)), None)
        if place is None:
            found.append(f"there is no room {room!r} (a heading ## {room})")
        else:
            places.append((place, room))
    for (before, one), (after, other) in itertools.pairwise(places):
        if after < before:
            found.append(f"the room {other!r} comes before {one!r}")
    known = [heading for heading in headings if heading.startswith(ROOMS)]
    found += [f"the heading {heading!r} is none of the rooms" for heading in headings if heading not in known]
    return found


def _opening(cells: Sequence[_Cell]) -> list[str]:
    """Before the claim: title and question, minutes and objectives, the parameters; and the records loaded."""
    claim = next((n for n, cell in enumerate(cells) if cell.source.lstrip().startswith("## The claim")), len(cells))
    first = cells[:claim]
    found = []
    title = first[0].source.strip().splitlines() if first and first[0].kind == "markdown" else []
    if not title or not title[0].startswith("# ") or not any(line.strip().endswith("?") for line in title):
        found.append("the first cell is not a title with a one-line question")
    prose = [cell.source for cell in first if cell.kind == "markdown"]
    if not any(re.search(r"\b\d+ minutes\b", text) for text in prose):
        found.append("no minutes before the claim (**12 minutes.** …)")
    objectives = sum(line.startswith("- ") for text in prose for line in text.splitlines())
    if not 2 <= objectives <= 3:
        found.append(f"{objectives} objectives before the claim, expected 2 or 3")
    if not any("parameters" in cell.tags for cell in first):
        found.append("no cell tagged `parameters` before the claim")
    return found


# ---- looking at one cell -------------------------------------------------------------------------------------------


def _tree(cell: _Cell) -> ast.AST:
    python = "\n".join(line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!", "?")))
    try:
        return ast.parse(python)
    except SyntaxError:
        return ast.Module([], [])


def _definitions(cell: _Cell) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [f"defines {node.name}" for node in ast.walk(_tree(cell)) if isinstance(node, kinds)]


def _imported(cell: _Cell) -> set[str]:
    found = set()
    for node in ast.walk(_tree(cell)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def _drawing(cell: _Cell) -> list[str]:
    calls = {
        node.func.attr
        for node in ast.walk(_tree(cell))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    found = [f"imports {name}" for name in sorted(_imported(cell) & _DRAWING)]
    found += [f"calls .{name}()" for name in sorted(calls & _DRAWING_CALLS)]
    return found + (["%matplotlib"] if "%matplotlib" in cell.source else [])


def _network(cell: _Cell) -> list[str]:
    found = [f"imports {name}" for name in sorted(_imported(cell) & _NETWORK)]
    # A shell line may do anything.
    found += [line.strip() for line in cell.source.splitlines() if line.lstrip().startswith(("!", "%pip", "%conda"))]
    return found + _ADDRESS.findall(cell.source)


def _html(cell: _Cell) -> list[str]:
    return _HTML.findall(_CODE_IN_PROSE.sub("", cell.source))


def _bad_outputs(cell: _Cell) -> list[str]:
    found = [str(output.get("ename")) for output in cell.outputs if output.get("output_type") == "error"]
    loud = [output for output in cell.outputs if output.get("name") == "stderr"]
    return found + ["".join(output["text"]).strip().splitlines()[-1][:80] for output in loud]


def _bad_tags(cell: _Cell) -> list[str]:
    found = []
    for tag in cell.tags:
        if tag not in TAGS:
            guess = nearest(tag, TAGS)
            found.append(f"tag {tag!r}" + (f", did you mean {guess!r}?" if guess else ""))
    return found


def _incomplete(code: Sequence[_Cell]) -> list[str]:
    """Code cells that were not executed in order, or end in an expression that shows nothing."""
    found = []
    for expected, cell in enumerate(code, start=1):
        if cell.count != expected:
            found.append(cell.says(f"executed as [{cell.count or ' '}], expected [{expected}]"))
        elif not cell.outputs and _shows_something(cell):
            found.append(cell.says("shows nothing"))
    return found


def _shows_something(cell: _Cell) -> bool:
    body = getattr(_tree(cell), "body", [])
    return bool(body) and isinstance(body[-1], ast.Expr) and not cell.source.rstrip().endswith(";")
