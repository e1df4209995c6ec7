"""Editions of a lesson, made from its one notebook by the tags of its cells.

`analyst` marks what follows the main path, `exercise` a task, `hint` and `solution` what helps with it, `trainer` notes
for whoever teaches. In a solution's code the lines from BEGIN to END are what a participant writes: the stub is made
from them, never by hand.
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from outsourcing_kit.course.exercises.exercise import exercise_words
from outsourcing_kit.course.parameters import names_read
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

if TYPE_CHECKING:
    from nbformat import NotebookNode

TAGS = ("parameters", "exercise", "hint", "solution", "trainer", "analyst")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_CHECKED = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")
_NAMED = re.compile(r"""\b(?:check|hint|solution)\(\s*["']([^"']+)["']""")


def participant(notebook: NotebookNode, called: str = "") -> NotebookNode:
    """A copy for whoever takes the course: stubs in place of solutions, no trainer's notes, nothing shown yet.

    A code cell with a marked solution becomes its stub, whatever its tags; any other cell tagged `solution` is left
    out. The main path's code is folded, but for the parameters. Raises as `refuse_broken`.
    """
    refuse_broken(notebook, called)
    made = copy.deepcopy(notebook)
    sources = [cell.source if cell.cell_type == "code" else "" for cell in made.cells]
    cells = []
    for place, cell in enumerate(made.cells):
        tags = cell.metadata.get("tags", [])
        marked = BEGIN in sources[place] or END in sources[place]
        if "trainer" in tags or ("solution" in tags and not marked):
            continue
        if marked:
            cell.source = stub(cell.source, (name for source in sources[place + 1 :] for name in names_read(source)))
            cell.metadata["tags"] = [*(tag for tag in tags if tag not in ("solution", "exercise")), "exercise"]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if not {"analyst", "exercise", "parameters"} & set(tags) and not marked:
                cell.metadata["jupyter"] = {"source_hidden": True}
        cells.append(cell)
    made.cells = cells
    return made


def refuse_broken(notebook: NotebookNode, called: str = "") -> None:
    """Raise OutsourcingKitError with all `problems`."""
    if found := problems(notebook):
        raise OutsourcingKitError("\n".join(f"{called}: {each}" if called else each for each in found))


def problems(notebook: NotebookNode) -> list[str]:
    """What an edit by hand may have broken, each with its mend: a tag that is none, an exercise that is cut in two."""
    known = exercise_words()
    found, checked, asked = [], 0, 0
    for number, cell in enumerate(notebook.cells, start=1):
        tags = cell.metadata.get("tags", [])
        found += [f"Cell {number}: {UnknownNameError.of('tag', tag, TAGS)}" for tag in tags if tag not in TAGS]
        if cell.cell_type != "code":
            asked += "exercise" in tags and cell.cell_type == "markdown"
            continue
        lost = dict.fromkeys(name for name in _NAMED.findall(cell.source) if name not in known)
        found += [f"Cell {number}: {UnknownNameError.of('exercise', name, known)}" for name in lost]
        try:
            _marked(cell.source.splitlines())
        except OutsourcingKitError as error:
            found.append(f"Cell {number}: {error}")
        key = exercise_of(cell.source)
        checked += key is not None
        if key and BEGIN not in cell.source and "solution" in tags:
            mend = f"{BEGIN!r} above what participants write, {END!r} below"
            found.append(f"Cell {number} solves {key} without marks: handed out or lost whole. Mend: {mend}.")
    if asked != checked:
        mend = "the tag exercise on each cell with a task, one check(…) for each"
        found.append(f"{asked} cells tell an exercise, {checked} check one; expected as many. Mend: {mend}.")
    return found


def main_path(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """The cells for everybody in the room."""
    beyond = {"analyst", "trainer", "exercise", "hint", "solution"}
    return [cell for cell in cells if not beyond & set(cell.metadata.get("tags", []))]


def stub(source: str, read_later: Iterable[str] = ()) -> str:
    """A solution's code with the marked lines taken out: what a participant starts from.

    Names that those lines set and that are read afterwards (in the cell, or among `read_later`) are set to `...`, so
    that the stub runs and its check can say that there is no answer yet.

    Raises OutsourcingKitError where a mark has no partner.

    >>> print(stub('### BEGIN SOLUTION\\nhalf = 1 / 2\\ndays = 3 * half\\n### END SOLUTION\\ncheck("kickoff.1", days)'))
    # Your code: put it in place of the dots. Stuck? hint("kickoff.1", 1)
    days = ...
    check("kickoff.1", days)
    """
    lines, made, place, key = source.splitlines(), [], 0, exercise_of(source)
    prompt = "# Your code: put it in place of the dots." + (f' Stuck? hint("{key}", 1)' if key else "")
    for begin, end in _marked(lines):
        # A name that nobody reads afterwards needs no dots: they would only give away how the solution goes.
        read = {*read_later, *names_read("\n".join(lines[end + 1 :]))}
        blanks = [f"{name} = ..." for name in _names_set("\n".join(lines[begin:end])) if name in read]
        inset = lines[begin].partition(BEGIN)[0]
        made += [*lines[place:begin], *(inset + line for line in (prompt, *(blanks or ["..."])))]
        place = end + 1
    return "\n".join([*made, *lines[place:]])


def without_marks(source: str) -> str:
    """A solution's code as one would write it.

    >>> without_marks('a = 1\\n### BEGIN SOLUTION\\nb = a\\n### END SOLUTION')
    'a = 1\\nb = a'
    """
    return "\n".join(line for line in source.splitlines() if line.strip() not in (BEGIN, END))


def exercise_of(source: str) -> str | None:
    """The exercise that a cell checks.

    >>> exercise_of('check("kickoff.1", days)')
    'kickoff.1'
    """
    found = _CHECKED.search(source)
    return found[1] if found else None


def _marked(lines: list[str]) -> list[tuple[int, int]]:
    """Begin and end of each marked stretch, as line numbers from 0."""
    marks = [(number, line.strip()) for number, line in enumerate(lines) if BEGIN in line or END in line]
    # A begin, its end, the next begin: what stands out of turn, or behind code, has no partner.
    for place, (number, line) in enumerate(marks):
        if line != (BEGIN, END)[place % 2] or (line == BEGIN and place + 1 == len(marks)):
            mend = f"{BEGIN!r} and {END!r} in turn, each on a line of its own"
            raise OutsourcingKitError(f"Line {number + 1}: found {line!r} without its partner. Mend: {mend}.")
    numbers = [number for number, _ in marks]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _names_set(code: str) -> list[str]:
    """Names that the code sets, each once, in order."""
    try:
        tree = ast.parse(textwrap.dedent(code))
    except SyntaxError:
        return []
    found = [
        (node.lineno, node.col_offset, node.id if isinstance(node, ast.Name) else node.name)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)) or isinstance(node, ast.FunctionDef)
    ]
    return list(dict.fromkeys(name for _line, _column, name in sorted(found)))
