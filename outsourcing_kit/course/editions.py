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
from typing import TYPE_CHECKING, Any

from outsourcing_kit.course.parameters import names_read
from outsourcing_kit.exceptions import OutsourcingKitError

if TYPE_CHECKING:
    from nbformat import NotebookNode

TAGS = ("parameters", "exercise", "hint", "solution", "trainer", "analyst")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_CHECKED = re.compile(r"""\bcheck\(\s*["']([^"']+)["']""")


def participant(notebook: NotebookNode) -> NotebookNode:
    """A copy for whoever takes the course: stubs in place of solutions, no trainer's notes, no hint shown yet.

    A code cell with a marked solution becomes its stub, whatever its tags; any other cell tagged `solution` is left
    out. Raises OutsourcingKitError where a mark has no partner.
    """
    made = copy.deepcopy(notebook)
    sources = [cell.source if cell.cell_type == "code" else "" for cell in made.cells]
    cells = []
    for place, cell in enumerate(made.cells):
        tags = _tags(cell)
        marked = cell.cell_type == "code" and (BEGIN in cell.source or END in cell.source)
        if "trainer" in tags or ("solution" in tags and not marked):
            continue
        if marked:
            later = set().union(*(names_read(source) for source in sources[place + 1 :]))
            cell.source = stub(cell.source, later)
            kept = [tag for tag in tags if tag not in ("solution", "exercise")]
            cell.metadata["tags"] = [*kept, "exercise"]
        if cell.cell_type == "code" and (marked or "hint" in tags):
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    made.cells = cells
    return made


def trainer(notebook: NotebookNode) -> NotebookNode:
    """A copy for whoever teaches: everything, solutions and notes included."""
    return copy.deepcopy(notebook)


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
    lines = source.splitlines()
    made: list[str] = []
    place = 0
    for begin, end in _marked(lines):
        made += lines[place:begin]
        made += _prompt(source, lines[begin : end + 1], {*names_read("\n".join(lines[end + 1 :])), *read_later})
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
    stretches: list[tuple[int, int]] = []
    begin: int | None = None
    for number, line in enumerate(lines):
        word = line.strip()
        if (word == BEGIN and begin is not None) or (word == END and begin is None):
            raise OutsourcingKitError(_unpaired(word, number))
        if word == BEGIN:
            begin = number
        elif word == END and begin is not None:
            stretches.append((begin, number))
            begin = None
        elif word not in (BEGIN, END) and (BEGIN in line or END in line):
            raise OutsourcingKitError(f"Line {number + 1}, {line.strip()!r}: a mark stands on a line of its own.")
    if begin is not None:
        raise OutsourcingKitError(_unpaired(BEGIN, begin))
    return stretches


def _unpaired(word: str, number: int) -> str:
    partner = END if word == BEGIN else BEGIN
    return f"Line {number + 1}: found {word!r} without its partner. Mend: add a line {partner!r}, or take this one out."


def _prompt(source: str, region: list[str], read: set[str]) -> list[str]:
    inset = region[0][: len(region[0]) - len(region[0].lstrip())]
    key = exercise_of(source)
    stuck = f' Stuck? hint("{key}", 1)' if key else ""
    names = [name for name in _names_set("\n".join(region)) if name in read]
    blanks = [f"{name} = ..." for name in names] or ["..."]
    return [f"{inset}{line}" for line in (f"# Your code: put it in place of the dots.{stuck}", *blanks)]


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


def _tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))
