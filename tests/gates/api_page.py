"""Write docs/API.md from the code: a row per public name. A test fails where the page and the code have drifted apart.

python tests/gates/api_page.py
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import outsourcing_kit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "API.md"
MODULES = (
    (
        "outsourcing_kit",
        "What `from outsourcing_kit import …` gives, besides the modules below, and its methods and properties.",
    ),
    ("outsourcing_kit.business_case", ""),
    ("outsourcing_kit.task_selection", ""),
    ("outsourcing_kit.kickoff", ""),
    ("outsourcing_kit.expectations", ""),
    ("outsourcing_kit.recognition", ""),
    ("outsourcing_kit.stats", ""),
    ("outsourcing_kit.plots", ""),
    ("outsourcing_kit.course", ""),
)
NONE = "–"
_LONGEST_DEFAULT = 60
HEAD = """\
# The public names

Made from the code by `make api`: each public name with its signature, what it says of itself, the lessons that use
it, and the literature that its docstring gives. The name links to its file. What a result holds and how it is computed,
with a worked example, is in the docstring: `help(kickoff.quiz_scores)`, or `kickoff.quiz_scores?` in a notebook. Whole
scripts are in [SCRIPTS.md](SCRIPTS.md).
"""


def public_names(module: ModuleType) -> list[str]:
    """The names in `__all__` that are not modules or dunders, functions first."""
    names = [name for name in module.__all__ if not name.startswith("__")]
    names = [name for name in names if not inspect.ismodule(getattr(module, name))]
    return sorted(names, key=lambda name: (not inspect.isroutine(getattr(module, name)), name.casefold()))


@cache
def used_in_lessons() -> dict[str, list[str]]:
    """Public name (`kickoff.quiz_scores`, `Engagement`) -> the lessons whose code names it."""
    used: dict[str, list[str]] = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found = set()
        for cell in cells:
            if cell["cell_type"] == "code":
                for node in ast.walk(ast.parse("".join(cell["source"]))):
                    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                        found.add(f"{node.value.id}.{node.attr}")
                    elif isinstance(node, ast.Name):
                        found.add(node.id)
        for name in found:
            used.setdefault(name, []).append(f"[{path.stem[:2]}](../notebooks/{path.name})")
    return used


def place_of(module: ModuleType, name: str) -> Path:
    """The file that defines a public name."""
    value = getattr(module, name)
    if hasattr(value, "__module__"):
        return Path(str(importlib.import_module(value.__module__).__file__))
    package = Path(str(module.__file__)).parent
    return next(
        path
        for path in sorted(package.rglob("*.py"))
        if re.search(rf"(?m)^{name}\b.*=", path.read_text(encoding="utf-8"))
    )


def first_line(module: ModuleType, name: str) -> str:
    """The first sentence of a docstring; of a constant, the comment above it."""
    value = getattr(module, name)
    if inspect.isroutine(value) or inspect.isclass(value):
        return (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ").strip()
    above = re.search(rf"(?m)((?:^#.*\n)+)^{name}\b.*=", place_of(module, name).read_text(encoding="utf-8"))
    return " ".join(line.lstrip("# ") for line in above[1].splitlines()) if above else ""


def literature(value: Any) -> str:
    """The docstring's paragraph that begins with "Source:"."""
    found = re.search(r"(?ms)^Source: (.+?)(?:\n\n|\n>>>|\Z)", inspect.getdoc(value) or "")
    return found[1].replace("\n", " ").strip().rstrip(".") if found else NONE


def signature(value: Any) -> str:
    """What a function or a class is called with, without the types: `(minutes, *, agenda=None)`."""
    parameters = inspect.signature(value).parameters.values()
    plain = [one.replace(annotation=inspect.Parameter.empty, default=_default(one.default)) for one in parameters]
    return str(inspect.Signature(plain))


def _default(value: Any) -> Any:
    """A default as a page shows it: four digits of a number, a dot for what has no short name."""
    if isinstance(value, float):
        return _Written(f"{value:.4g}")
    if value is inspect.Parameter.empty or value is None or isinstance(value, bool | int | str):
        return value
    text = repr(value)
    return _Written(text if len(text) <= _LONGEST_DEFAULT and "<" not in text else "…")


class _Written(str):
    """Words that `inspect` writes as they are."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def members(value: type) -> list[str]:
    """The public methods and properties that a class defines itself and says something of."""
    return [
        name
        for name, member in vars(value).items()
        if not name.startswith("_")
        and isinstance(member, property | classmethod | staticmethod | type(members))
        and inspect.getdoc(getattr(value, name))
    ]


def member_row(value: type, name: str) -> str:
    """A method's or property's row: its first sentence."""
    member = getattr(value, name)
    what = (inspect.getdoc(member) or "").split("\n\n")[0].replace("\n", " ")
    called = signature(member).replace("(self, ", "(").replace("(self)", "()") if callable(member) else ""
    return f"| `{value.__name__}.{name}{called}` | {what} | {NONE} | {literature(member)} |"


def row(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    short = module.__name__.partition(".")[2]
    link = f"[`{name}`](../{place_of(module, name).relative_to(ROOT).as_posix()})"
    called = name if short in ("", "course") else f"{short}.{name}"
    lessons = ", ".join(used_in_lessons().get(called, [])) or NONE
    if inspect.isfunction(value):
        link += f"<br>`{signature(value)}`"
    cells = (link, first_line(module, name), lessons, literature(value) if callable(value) else NONE)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page() -> str:
    """The page as the code has it now."""
    parts = [HEAD]
    for path, title in MODULES:
        module = importlib.import_module(path)
        about = title or (inspect.getdoc(module) or "").split("\n\n")[0].replace("\n", " ")
        rows = []
        for name in public_names(module):
            rows.append(row(module, name))
            if path == "outsourcing_kit" and inspect.isclass(getattr(module, name)):
                rows += [member_row(getattr(module, name), member) for member in members(getattr(module, name))]
        parts.append(
            f"## {path}\n\n{about}\n\n| name | what | lesson | source |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    assert Path(str(outsourcing_kit.__file__)).is_relative_to(ROOT), "run it in the checkout's environment"
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
