"""Where a browser's Python counts in 32 bits, numpy refuses to count 64-bit integers: read from the sources."""

from __future__ import annotations

import ast

import pytest
from test_gates_imports import sources

# What draws whole numbers of 64 bits on every machine.
DRAWS = {"integers", "choice", "permutation", "poisson", "binomial", "multinomial", "geometric"}
# Which argument of a function must be as wide as the machine's own integers.
COUNTED = {"bincount": 0, "repeat": 1}


def too_wide(source: str) -> list[str]:
    """Calls that count drawn numbers, or a frame's column, as wide as they come."""
    tree = ast.parse(source)
    wide: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and is_wide(node.value, wide):
            wide |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COUNTED
        for argument in node.args[COUNTED[node.func.attr] :][:1]
        if is_wide(argument, wide)
    ]


def is_wide(value: ast.AST, wide: set[str]) -> bool:
    """Whether numbers come from a draw or a column, and nobody says how wide they shall be."""
    if "np.intp" in ast.unparse(value) or (isinstance(value, ast.Call) and ast.unparse(value.func) == "len"):
        return False
    if (
        isinstance(value, ast.Subscript)
        and isinstance(value.slice, ast.Constant)
        and isinstance(value.slice.value, str)
    ):
        return True
    if (isinstance(value, ast.Attribute) and value.attr in DRAWS) or (isinstance(value, ast.Name) and value.id in wide):
        return True
    return any(is_wide(child, wide) for child in ast.iter_child_nodes(value))


def test_what_is_counted_is_as_wide_as_the_machine_counts():
    assert {name: found for name, path in sources().items() if (found := too_wide(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("np.bincount(rng.integers(0, n, n), minlength=n)", True),
        ("drawn = rng.choice(9, 5)\nnp.bincount(drawn)", True),
        ("np.bincount(frame['turn'], minlength=3)", True),
        ("np.repeat(names, rng.poisson(2.0, 9))", True),
        ("np.bincount(rng.integers(0, n, n).astype(np.intp))", False),
        ("drawn = rng.choice(9, 5).astype(np.intp)\nnp.bincount(drawn)", False),
        ("np.repeat(rng.integers(0, 9, 5), 3)", False),
        ("np.bincount(index, weights=frame['turn'])", False),
        ("def one():\n    done = frame['x']\n    np.repeat([0, 1], [len(done), 3])", False),
    ],
)
def test_the_gate_sees_such_calls(source, found):
    assert bool(too_wide(source)) is found
