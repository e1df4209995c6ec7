"""Imports go one way, and importing the kit costs next to nothing: read from the sources, and from a new process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KIT = "outsourcing_kit"

# From the ground up. A part may import parts of lower floors only; parts of one floor do not know each other.
FLOORS = (
    {"exceptions", "shadows", "text", "toml"},
    {"cities", "headlines", "page", "resources", "verdicts", "words"},
    {"tables"},
    {"moments", "written"},
    {"showing", "validation"},
    {"folders", "frames", "money", "settings"},
    {"receipt", "sheets"},
    {"workbook"},
    {"engagement", "stats"},
    {"limits", "settling"},
    {"measure"},
    {"finding"},
    {"assessments"},
    {"plots"},
    {"business_case", "task_selection", "kickoff", "expectations", "recognition"},
    {"report", "simulation"},
    {"ask", "readers"},
    {"course"},
    {"cli"},
)
FLOOR = {part: number for number, floor in enumerate(FLOORS) for part in floor}


@cache
def sources() -> dict[str, Path]:
    """Every module of the package, and its file."""
    found = {}
    for path in (ROOT / KIT).rglob("*.py"):
        found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(tree: ast.AST, *, types: bool = False) -> Iterator[str]:
    """What a module imports at any depth, inside functions too; for the sake of types alone if `types`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and not types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in sources() else str(node.module)
        else:
            yield from imported(node, types=types)


@cache
def graph(*, types: bool = False) -> dict[str, set[str]]:
    """Module -> the kit's modules that it imports."""
    found = {}
    for module, path in sources().items():
        names = imported(ast.parse(path.read_text(encoding="utf-8")), types=types)
        found[module] = {name for name in names if name.split(".")[0] == KIT}
    return found


def wrong_ways(edges: dict[str, set[str]]) -> list[str]:
    """Imports that go up, or across a floor."""
    return [
        f"{module} imports {other}"
        for module, others in sorted(edges.items())
        for other in sorted(others)
        if part_of(other)
        and part_of(module) != part_of(other)
        and FLOOR[part_of(other)] >= FLOOR.get(part_of(module), len(FLOORS))
    ]


def cycle(edges: dict[str, set[str]]) -> list[str]:
    """One import cycle, or nothing."""
    done: set[str] = set()

    def visit(module: str, trail: list[str]) -> list[str]:
        if module in trail:
            return trail[trail.index(module) :]
        if module in done:
            return []
        for other in sorted(edges.get(module, ())):
            if found := visit(other, [*trail, module]):
                return found
        done.add(module)
        return []

    for module in sorted(edges):
        if found := visit(module, []):
            return found
    return []


def test_every_part_has_a_floor():
    assert {part_of(module) for module in sources()} - {""} == set(FLOOR)


def test_imports_go_down_only():
    assert wrong_ways(graph()) == []


def test_only_the_doors_import_the_package_itself():
    importers = {part_of(module) for module, others in graph().items() if KIT in others}
    assert importers <= {"cli", "course"}


def test_there_is_no_import_cycle():
    # Imports inside functions count, and so do those for types: who draws a thing does not know who asks for it.
    assert cycle(graph(types=True)) == []


def test_no_peer_that_the_tests_compare_with_is_imported():
    peers = {"krippendorff", "statsmodels", "sklearn", "hypothesis", "pytest"}
    for module, path in sources().items():
        names = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")))}
        assert not names & peers, module


def in_webassembly() -> list[Path]:
    """The tests that also run where there is neither a terminal nor a course."""
    tree = ast.parse((ROOT / "tests" / "browser" / "test_browser_wasm.py").read_text(encoding="utf-8"))
    named = next(ast.literal_eval(node.value) for node in tree.body if ast.unparse(node).startswith("UNITS = "))
    asked = [path for part in named for each in part.partition(":")[2].split(",") for path in ROOT.glob(each)]
    return [file for path in asked for file in ([path] if path.is_file() else path.rglob("*.py"))]


def test_what_is_tested_in_webassembly_needs_neither_the_course_nor_a_terminal():
    assert len(in_webassembly()) > 20
    for path in in_webassembly():
        names = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        assert not {part_of(name) for name in names if name.startswith(f"{KIT}.")} & {"course", "cli"}, path


@pytest.mark.parametrize(
    ("module", "other", "wrong"),
    [
        ("kickoff.agenda", "recognition", True),
        ("report", "course.lessons", True),
        ("stats.kappa", "finding", True),
        ("tables", "engagement", True),
        ("kickoff.agenda", "kickoff.quiz", False),
        ("cli", "course.lessons", False),
    ],
)
def test_an_import_the_wrong_way_is_found(module, other, wrong):
    assert bool(wrong_ways({f"{KIT}.{module}": {f"{KIT}.{other}"}})) is wrong


def test_an_import_is_seen_inside_a_function_and_for_types():
    code = f"if TYPE_CHECKING:\n    import {KIT}.report\ndef f():\n    if 1:\n        from {KIT} import plots"
    assert set(imported(ast.parse(code))) == {f"{KIT}.plots"}
    assert set(imported(ast.parse(code), types=True)) == {f"{KIT}.plots", f"{KIT}.report"}


def test_a_cycle_is_found():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert cycle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


# ---- what an import loads ------------------------------------------------------------------------------------------

LOADED = "print(*sorted({name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)))"


def loaded_by(code: str) -> set[str]:
    """Packages outside the standard library that a new process holds after this code."""
    whole = f"import sys; before = set(sys.modules); {code}; [sys.modules.pop(name) for name in before]; {LOADED}"
    done = subprocess.run([sys.executable, "-c", whole], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split() if not name.startswith("_")}


def test_importing_the_kit_loads_no_package_at_all():
    assert loaded_by(f"import {KIT}") == {KIT}


def test_every_public_name_together_loads_nothing_beyond_pandas():
    # All of the analysis. scipy, matplotlib, click and the course's packages wait for a call that needs them.
    every = f"import {KIT}; [getattr({KIT}, name) for name in {KIT}.__all__]"
    assert loaded_by(every) - loaded_by("import pandas") == {KIT}
    assert not loaded_by(every) & {"scipy", "matplotlib", "papermill", "nbformat", "nbclient", "click", "IPython"}


def test_the_command_line_loads_neither_pandas_nor_the_course_for_its_help():
    assert loaded_by(f"import {KIT}.cli") == {KIT, "click"}
