"""The library stays small: lines of each folder against its budget, words of each docstring, comments beside code."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
import tomllib
from pathlib import Path

import pytest
from test_gates_api import EXPOSED

ROOT = Path(__file__).resolve().parents[2]
KIT = ROOT / "outsourcing_kit"
BUDGETS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["outsourcing-kit"]["lines"]
LONGEST_FILE, LONGEST_DOCSTRING, COMMENTS = 400, 200, 6.0


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def lines_in(folder: str) -> int:
    """Lines of a folder's Python files, all in; of the root those beside the folders; "data" is what is no code."""
    if folder == "data":
        return sum(lines_of(path) for path in KIT.rglob("*.toml"))
    return sum(lines_of(path) for path in (KIT.glob("*.py") if folder == "root" else (KIT / folder).rglob("*.py")))


@pytest.mark.parametrize("folder", BUDGETS)
def test_a_folder_keeps_to_its_budget(folder):
    assert lines_in(folder) <= BUDGETS[folder], "find what can go, or decide to let it grow: a row of pyproject.toml"


def test_every_folder_has_a_budget():
    folders = {path.name for path in KIT.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    assert {*folders, "root", "data"} == set(BUDGETS)


def test_a_file_answers_one_question():
    assert {path.name: lines_of(path) for path in KIT.rglob("*.py") if lines_of(path) > LONGEST_FILE} == {}


@pytest.mark.parametrize(("module", "name"), EXPOSED, ids=lambda value: getattr(value, "__name__", value))
def test_a_docstring_is_short(module, name):
    value = getattr(module, name)
    if inspect.isroutine(value) or inspect.isclass(value):
        text = inspect.getdoc(value) or ""
        # The example is there to be run, not to be read as prose.
        words = text.partition(">>> ")[0].split()
        assert len(words) <= LONGEST_DOCSTRING, "the why goes beside the code, as a comment"


def test_the_code_says_why():
    comments = code = 0
    for path in KIT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        documented = {
            row
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            for row in range(node.lineno, (node.end_lineno or 0) + 1)
        }
        rows = {
            token.start[0] for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT and not token.string.startswith(("# fmt", "# type"))
        }  # fmt: skip
        comments += len(rows)
        code += sum(
            bool(line.strip()) and not line.strip().startswith("#")
            for row, line in enumerate(text.splitlines(), 1)
            if row not in documented
        )
    assert 100 * comments / code >= COMMENTS
