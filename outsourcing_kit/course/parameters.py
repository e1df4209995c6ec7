"""The parameters of a lesson: read from its one tagged cell, and checked before anything starts.

papermill only warns about a name it does not know, and passes any value on. Here a misspelt, unread, wrongly typed or
out-of-range parameter stops the run, and every such problem is told at once.
"""

from __future__ import annotations

import ast
import contextlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.text import quoted, shown

Value = str | int | float | bool

TAG = "parameters"
SHAPE = "name: type = value  # unit, lo..hi or a|b or any, meaning"
_TOLD = 5
_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_BOOL = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(("false", "no", "off", "0"), False)
# Cell magics whose body is still Python that runs in the notebook's own namespace.
_PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture")
# What Python raises for text that is no Python, or is nested beyond what it reads.
_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


class ParameterError(OutsourcingKitError):
    """Problems with parameters: all of them in `.problems`, the first five in the message."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - _TOLD
        super().__init__("\n".join([*self.problems[:_TOLD], *([f"and {more} more problems"] if more > 0 else [])]))


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell. `type` is "str", "int", "float" or "bool"; `allowed` is as the cell writes it."""

    name: str
    type: str
    default: Value
    unit: str
    allowed: str
    meaning: str

    def convert(self, given: object) -> Value:
        """`given` (text or a Python value) as this parameter's type. Raises ValueError saying what was expected."""
        value = _as_type(given, self.type)
        low, high, choices = _limits(self.allowed, self.type)
        if choices and value not in choices:
            guess = nearest(str(value), map(str, choices))
            raise ValueError(f"expected one of {self.allowed}" + (f"; did you mean {guess!r}?" if guess else ""))
        if not isinstance(value, str) and not low <= value <= high:
            ends = f"between {low:g} and {high:g}" if math.isfinite(high - low) else ""
            ends = ends or (f"{low:g} or more" if math.isfinite(low) else f"{high:g} or less")
            raise ValueError(f"expected {ends}" + ("" if self.unit == "-" else f" ({self.unit})"))
        return value


def _as_type(given: object, kind: str) -> Value:
    if kind == "str":
        if not isinstance(given, str):
            raise ValueError(f"expected text, found {quoted(given)}")
        return given
    if kind == "bool":
        if (word := str(given).strip().casefold()) not in _BOOL:
            raise ValueError("expected true or false")
        return _BOOL[word]
    wanted = "expected a whole number" if kind == "int" else "expected a number"
    if isinstance(given, bool) or not isinstance(given, (str, int) if kind == "int" else (str, int, float)):
        raise ValueError(f"{wanted}, found {quoted(given)}")
    try:
        value = int(given) if kind == "int" else float(given)
        float(value)  # no calculation could take a whole number beyond it
    except (ValueError, OverflowError):
        comma = "; write the decimals after a point" if isinstance(given, str) and "," in given else ""
        raise ValueError(wanted + comma) from None
    if not math.isfinite(value):
        raise ValueError("expected a finite number")
    return value


def _limits(text: str, kind: str) -> tuple[float, float, tuple[Value, ...]]:
    """Lowest, highest and choices that `text` allows; an open end is infinite."""
    if text == "any" or "|" in text:
        choices = () if text == "any" else text.split("|")
        return -math.inf, math.inf, tuple(_as_type(part.strip(), kind) for part in choices)
    low, dots, high = text.partition("..")
    if not dots or not (low or high) or kind not in ("int", "float"):
        raise ValueError(f"{quoted(text)} is neither a range lo..hi of numbers, nor choices a|b, nor the word any")
    lowest = float(_as_type(low, "float")) if low else -math.inf
    highest = float(_as_type(high, "float")) if high else math.inf
    if lowest > highest:
        raise ValueError(f"the range {quoted(text)} is empty")
    return lowest, highest, ()


# ---- reading the cell ----------------------------------------------------------------------------------------------


def parse_line(line: str) -> Parameter:
    """One line of the cell.

    Raises ValueError saying what is wrong with it.

    >>> parse_line('quiz_limit: float = 0.80  # share, 0..1, share of right answers that is enough').allowed
    '0..1'
    """
    # papermill.inspect_notebook leaves out, without a word, a line with a second "=" or a "#" in its default.
    line = line.strip()
    try:
        statements = ast.parse(line).body
    except _NOT_PYTHON:
        raise ValueError("it is not Python, or not one complete line of it") from None
    match statements:
        case [ast.AnnAssign(ast.Name(name), ast.Name(kind), ast.expr() as literal) as statement]:
            comment = line.encode()[statement.end_col_offset :].decode().strip()
        case _:
            raise ValueError("expected a name, its type and its value")
    if kind not in _TYPES:
        raise ValueError(f"type {quoted(kind)} is not among {', '.join(_TYPES)}")
    try:
        value: Any = ast.literal_eval(literal)
    except _NOT_PYTHON:
        raise ValueError("the value is not a plain literal") from None
    # A whole number does for a decimal one; yes and no are numbers to Python alone.
    if not isinstance(value, _TYPES[kind]) and not (kind == "float" and isinstance(value, int)):
        raise ValueError(f"the value {shown(value)} is not of type {kind}")
    if not comment.startswith("#"):
        raise ValueError("there is no comment that says unit, what is allowed, and meaning")
    parts = [part.strip() for part in comment.lstrip("#").split(",", 2)]
    if len(parts) < 3 or not all(parts):
        raise ValueError("the comment needs three parts: unit (or -), what is allowed, meaning")
    _limits(parts[1], kind)
    parameter = Parameter(name, kind, "", *parts)
    try:
        return replace(parameter, default=parameter.convert(value))
    except ValueError as error:
        raise ValueError(f"the default {shown(value)} is not allowed: {error}") from None


def read_parameters(lesson: Lesson) -> tuple[Parameter, ...]:
    """The parameters that `lesson` declares. Raises ParameterError naming lines, or the cell that lost its tag."""
    cells = lesson.code_cells()
    tagged = [source for source, tags in cells if TAG in tags]
    problems = [f"found {len(tagged)} cells tagged {TAG!r}, expected one."] if len(tagged) > 1 else []
    problems += [] if tagged else _tag_lost(cells)
    found: dict[str, Parameter] = {}
    for number, line in enumerate(tagged[0].splitlines() if len(tagged) == 1 else [], start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                parameter = parse_line(line)
                if found.setdefault(parameter.name, parameter) is not parameter:
                    raise ValueError(f"{parameter.name} is declared a second time")
            except ValueError as error:
                place = f"parameters cell, line {number}: {shown(line.strip(), most=200)}"
                problems.append(f"{place}\n    {error}. It should look like: {SHAPE}")
    if problems:
        raise ParameterError(f"{lesson.stem}: {problem}" for problem in problems)
    return tuple(found.values())


def _tag_lost(cells: list[tuple[str, list[str]]]) -> list[str]:
    """What to mend where no cell is tagged but one looks as if it should be, or parameters are read all the same."""
    # Without the tag papermill passes nothing on, and every engagement would get the figures of the one written down.
    mend = f"Mend: select the cell in JupyterLab and add the tag {TAG} in the property inspector (View menu)"
    for number, (source, tags) in enumerate(cells, start=1):
        for line in source.splitlines():
            with contextlib.suppress(ValueError):
                parse_line(line)
                found = f"it is tagged {', '.join(tags)}" if tags else "it has no tag"
                looks = f"Code cell {number} looks like it ({shown(line.strip())}); {found}"
                return [f"no cell is tagged {TAG!r}. {looks}. {mend}."]
    if any("engagement" in names_read(source) for source, _tags in cells):
        return [f"no cell is tagged {TAG!r}, but `engagement` is read. {mend}, one line for each: {SHAPE}"]
    return []


def names_read(source: str) -> set[str]:
    """Names that a code cell reads. Line magics and shell lines are left out, cells in another language too.

    >>> sorted(names_read("x = limit + 1"))
    ['limit']
    """
    lines = source.lstrip().splitlines()
    if lines and lines[0].startswith("%%"):
        if lines[0].split()[0] not in _PYTHON_MAGICS:
            return set()
        lines = lines[1:]
    python = "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!", "?")))
    try:
        tree = ast.parse(python)
    except _NOT_PYTHON:
        # IPython-only syntax (`name?`): any word may be a name that is read.
        return set(re.findall(r"[^\W\d]\w*", python))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


# ---- checking what was given ---------------------------------------------------------------------------------------


def split_given(pairs: Iterable[str]) -> dict[str, str]:
    """`name=value` texts of a command line as a dictionary. Raises ParameterError.

    >>> split_given(["seed=1", "title=a=b"])
    {'seed': '1', 'title': 'a=b'}
    """
    given: dict[str, str] = {}
    problems = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not (name := name.strip()):
            problems.append(f"-p {shown(pair)}: expected name=value, for example -p seed=1")
        elif given.setdefault(name, value) != value:
            problems.append(f"-p {shown(name)}: given twice, as {quoted(given[name])} and {quoted(value)}")
    if problems:
        raise ParameterError(problems)
    return given


def check(lessons: Iterable[Lesson], given: Mapping[str, object]) -> dict[Lesson, dict[str, Value]]:
    """For each lesson the parameters to pass: those of `given` that it declares, converted.

    Raises ParameterError with every problem: malformed lines, unknown or unread names, wrong types, out of range.
    """
    malformed, problems, names = list[str](), list[str](), set[str]()
    passed: dict[Lesson, dict[str, Value]] = {}
    if "engagement" in given:
        problems.append("-p engagement=… is not taken here. Mend: --engagement NAME_OR_FOLDER")
    for lesson in lessons:
        passed[lesson] = {}
        try:
            declared = read_parameters(lesson)
        except ParameterError as error:
            malformed += error.problems
            continue
        cells = lesson.code_cells()
        later = cells[next((place for place, (_, tags) in enumerate(cells, 1) if TAG in tags), 0) :]
        read = {name for source, _ in later for name in names_read(source)}
        for each in declared:
            names.add(each.name)
            if each.name not in read:
                what = f"{lesson.stem}: parameter {each.name!r} is declared but never read in a later cell"
                problems.append(f"{what}. Mend: use it there, or take its line out.")
            if each.name in given and each.name != "engagement":
                try:
                    passed[lesson][each.name] = each.convert(given[each.name])
                except ValueError as error:
                    told = f"-p {each.name}={shown(given[each.name])}: {error}"
                    problems.append(f"{told}. It means: {each.meaning}.")
    known = sorted(names - {"engagement"})
    they = f"They declare: {', '.join(known)}." if known else f"They declare none: no cell is tagged {TAG!r}."
    for name in given:
        # Of a lesson whose cell is malformed nobody knows what it declares: that is told already.
        if name not in (*known, "engagement") and not any(name in problem for problem in malformed):
            guess = nearest(name, known)
            hint = f" Did you mean {guess!r}?" if guess else ""
            problems.append(f"-p {shown(name)}: none of the selected lessons declares it.{hint} {they}")
    if malformed or problems:
        raise ParameterError(dict.fromkeys([*malformed, *problems]))
    return passed
