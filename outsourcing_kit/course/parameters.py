"""The parameters of a lesson: read from its one tagged cell, and checked before anything starts.

papermill only warns about a name it does not know, and passes any value on. Here a misspelt, unread, wrongly typed or
out-of-range parameter stops the run, and every such problem is told at once.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.text import quoted, shown

Value = str | int | float | bool

TAG = "parameters"
_TOLD = 5
SHAPE = "name: type = value  # unit, lo..hi or a|b or any, meaning"

_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
# Cell magics whose body is still Python that runs in the notebook's own namespace.
_PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture")


class ParameterError(OutsourcingKitError):
    """Problems with parameters: all of them in `.problems`, the first five in the message."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - _TOLD
        super().__init__("\n".join([*self.problems[:_TOLD], *([f"and {more} more problems"] if more > 0 else [])]))


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell. `type` is "str", "int", "float" or "bool"; an open end of the range is None."""

    name: str
    type: str
    default: Value
    unit: str
    low: float | None
    high: float | None
    choices: tuple[Value, ...]
    meaning: str

    @property
    def allowed(self) -> str:
        """What may be given, as the cell writes it."""
        if self.choices:
            return "|".join(str(choice) for choice in self.choices)
        if self.low is None and self.high is None:
            return "any"
        ends = ["" if end is None else f"{end:g}" for end in (self.low, self.high)]
        return "..".join(ends)

    def convert(self, given: object) -> Value:
        """`given` (a command line's text or a Python value) as this parameter's type, checked.

        Raises ValueError saying what was expected.
        """
        value = _as_type(given, self.type)
        if self.choices and value not in self.choices:
            guess = nearest(str(value), [str(choice) for choice in self.choices])
            hint = f"; did you mean {guess!r}?" if guess else ""
            raise ValueError(f"expected one of {self.allowed}{hint}")
        if not isinstance(value, str) and (
            (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
        ):
            unit = "" if self.unit == "-" else f" ({self.unit})"
            raise ValueError(f"expected {_range_in_words(self.low, self.high)}{unit}")
        return value


def _range_in_words(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low:g} or more"
    return f"{high:g} or less" if low is None else f"between {low:g} and {high:g}"


def _as_type(given: object, kind: str) -> Value:
    if kind == "str":
        if not isinstance(given, str):
            raise ValueError(f"expected text, found {quoted(given)}")
        return given
    if kind == "bool":
        word = str(given).strip().casefold()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise ValueError("expected true or false")
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(f"expected {_number_in_words(kind)}, found {quoted(given)}")
    if kind == "int" and isinstance(given, float):
        raise ValueError("expected a whole number")
    try:
        value = int(given) if kind == "int" else float(given)
        float(value)  # no calculation could take a whole number beyond it
    except (ValueError, OverflowError):
        comma = "; write the decimals after a point" if isinstance(given, str) and "," in given else ""
        raise ValueError(f"expected {_number_in_words(kind)}{comma}") from None
    if not math.isfinite(value):
        raise ValueError("expected a finite number")
    return value


def _number_in_words(kind: str) -> str:
    return "a whole number" if kind == "int" else "a number"


# ---- reading the cell ----------------------------------------------------------------------------------------------


def read_parameters(lesson: Lesson) -> tuple[Parameter, ...]:
    """The parameters that `lesson` declares; none where it has no parameters cell and needs none.

    Raises ParameterError naming the lesson, the line and how it should look, or the cell that lost its tag.
    """
    cells = code_cells(lesson.path)
    tagged = [source for source, tags in cells if TAG in tags]
    if len(tagged) > 1:
        raise ParameterError([f"{lesson.stem}: found {len(tagged)} cells tagged {TAG!r}, expected one."])
    if not tagged and (why := _tag_lost(cells)):
        raise ParameterError([f"{lesson.stem}: {why}"])
    found: list[Parameter] = []
    problems = []
    for number, line in enumerate(tagged[0].splitlines() if tagged else [], start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            parameter = parse_line(line)
            if parameter.name in {other.name for other in found}:
                raise ValueError(f"{parameter.name} is declared a second time")
            found.append(parameter)
        except ValueError as error:
            problems.append(
                f"{lesson.stem}, parameters cell, line {number}: {shown(line.strip(), most=200)}\n"
                f"    {error}. It should look like: {SHAPE}"
            )
    if problems:
        raise ParameterError(problems)
    return tuple(found)


def _tag_lost(cells: list[tuple[str, list[str]]]) -> str | None:
    """What to mend where no cell is tagged but one looks as if it should be, or parameters are read all the same.

    Without the tag, papermill would pass nothing on and every engagement would get the figures of the one written down.
    """
    mend = f"Mend: select the cell in JupyterLab and add the tag {TAG} in the property inspector (View menu)"
    for number, (source, tags) in enumerate(cells, start=1):
        if any(_is_declaration(line) for line in source.splitlines()):
            first = next(line.strip() for line in source.splitlines() if _is_declaration(line))
            found = f"it is tagged {', '.join(tags)}" if tags else "it has no tag"
            return f"no cell is tagged {TAG!r}. Code cell {number} looks like it ({shown(first)}); {found}. {mend}."
    if any("engagement" in names_read(source) for source, _tags in cells):
        return f"no cell is tagged {TAG!r}, but `engagement` is read. {mend}, one line for each: {SHAPE}"
    return None


def _is_declaration(line: str) -> bool:
    try:
        parse_line(line)
    except ValueError:
        return False
    return True


def code_cells(path: Path) -> list[tuple[str, list[str]]]:
    """Source and tags of each code cell."""
    return [
        ("".join(cell.get("source") or ""), list((cell.get("metadata") or {}).get("tags") or []))
        for cell in cells_of(path)
        if cell.get("cell_type") == "code"
    ]


def cells_of(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook, whose parts may be blank: what comes of those, the run of that lesson tells.

    Plain JSON: no need to load nbformat for a check. Raises OutsourcingKitError where it is no notebook at all.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            "".join(cell.get("source") or "") + "".join((cell.get("metadata") or {}).get("tags") or [])
        return list(cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = shown(f"{type(error).__name__}: {error}", most=200)
        raise OutsourcingKitError(
            f"{path} is not a notebook of format 4 ({why}). Mend: copy the kit's own again: outsourcing-kit lab"
        ) from error


def parse_line(line: str) -> Parameter:
    """One line of the cell.

    Raises ValueError saying what is wrong with it.

    >>> parse_line('quiz_limit: float = 0.80  # share, 0..1, share of right answers that is enough').high
    1.0
    """
    code, comment = _split_comment(line)
    name, kind, default = _declaration(code)
    parts = [part.strip() for part in comment.split(",", 2)]
    if len(parts) < 3 or not all(parts):
        raise ValueError("the comment needs three parts: unit (or -), what is allowed, meaning")
    unit, allowed, meaning = parts
    low, high, choices = _allowed(allowed, kind)
    bare = Parameter(name, kind, "", unit, low, high, choices, meaning)
    try:
        value = bare.convert(default)
    except ValueError as error:
        raise ValueError(f"the default {shown(default)} is not allowed: {error}") from None
    return Parameter(name, kind, value, unit, low, high, choices, meaning)


def _split_comment(line: str) -> tuple[str, str]:
    # Tokenised, because a default may hold a "#" itself.
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
            if token.type == tokenize.COMMENT:
                return line.strip()[: token.start[1]], token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        raise ValueError("it is not one complete Python line") from None
    raise ValueError("there is no comment that says unit, what is allowed, and meaning")


def _declaration(code: str) -> tuple[str, str, Value]:
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("it is not Python") from None
    statement = statements[0] if len(statements) == 1 else None
    if not (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(statement.annotation, ast.Name)
        and statement.value is not None
    ):
        raise ValueError("expected a name, its type and its value")
    name, kind = statement.target.id, statement.annotation.id
    if kind not in _TYPES:
        raise ValueError(f"type {quoted(kind)} is not among {', '.join(_TYPES)}")
    try:
        value = ast.literal_eval(statement.value)
    except (ValueError, RecursionError, MemoryError):
        raise ValueError("the value is not a plain literal") from None
    fits = isinstance(value, _TYPES[kind]) or (kind == "float" and isinstance(value, int))
    if not fits or (kind in ("int", "float") and isinstance(value, bool)):
        raise ValueError(f"the value {shown(value)} is not of type {kind}")
    return name, kind, value


def _allowed(text: str, kind: str) -> tuple[float | None, float | None, tuple[Value, ...]]:
    if text == "any":
        return None, None, ()
    if "|" in text:
        return None, None, tuple(_as_type(part.strip(), kind) for part in text.split("|"))
    low, dots, high = (part.strip() for part in text.partition(".."))
    if not dots or not (low or high) or kind not in ("int", "float"):
        raise ValueError(f"{quoted(text)} is neither a range lo..hi of numbers, nor choices a|b, nor the word any")
    ends = [float(_as_type(end, "float")) if end else None for end in (low, high)]
    if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
        raise ValueError(f"the range {quoted(text)} is empty")
    return ends[0], ends[1], ()


# ---- is it read? ---------------------------------------------------------------------------------------------------


def unread(lesson: Lesson, parameters: Iterable[Parameter]) -> list[str]:
    """Names that `lesson` declares but reads in none of its later code cells."""
    sources = []
    after = False
    for source, tags in code_cells(lesson.path):
        if after:
            sources.append(source)
        after = after or TAG in tags
    read = set().union(*(names_read(source) for source in sources)) if sources else set()
    return [parameter.name for parameter in parameters if parameter.name not in read]


def names_read(source: str) -> set[str]:
    """Names that a code cell reads. Line magics and shell lines are left out, cells in another language too."""
    lines = source.lstrip().splitlines()
    if lines and lines[0].startswith("%%"):
        if lines[0].split()[0] not in _PYTHON_MAGICS:
            return set()
        lines = lines[1:]
    python = "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!", "?")))
    try:
        tree = ast.parse(python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # IPython-only syntax (`name?`): any word may be a name that is read.
        return set(re.findall(r"[^\W\d]\w*", python))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


# ---- checking what was given ---------------------------------------------------------------------------------------


def split_given(pairs: Iterable[str]) -> dict[str, str]:
    """`name=value` texts of a command line as a dictionary. Raises ParameterError."""
    given: dict[str, str] = {}
    problems = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            problems.append(f"-p {shown(pair)}: expected name=value, for example -p seed=1")
        elif name in given and given[name] != value:
            problems.append(f"-p {shown(name)}: given twice, as {quoted(given[name])} and {quoted(value)}")
        else:
            given[name] = value
    if problems:
        raise ParameterError(problems)
    return given


def check(lessons: Iterable[Lesson], given: Mapping[str, object]) -> dict[str, dict[str, Value]]:
    """For each lesson's stem the parameters to pass: those of `given` that it declares, converted.

    Raises ParameterError with every problem: malformed lines, names that no lesson declares, parameters that are
    declared but never read, wrong types, values out of range.
    """
    problems: list[str] = []
    declared: dict[str, tuple[Parameter, ...]] = {}
    for lesson in lessons:
        try:
            declared[lesson.stem] = read_parameters(lesson)
        except ParameterError as error:
            problems.extend(error.problems)
            continue
        for name in unread(lesson, declared[lesson.stem]):
            problems.append(
                f"{lesson.stem}: parameter {name!r} is declared but never read in a later cell. "
                "Mend: use it there, or take its line out."
            )
    names = sorted({parameter.name for parameters in declared.values() for parameter in parameters} - {"engagement"})
    for name in given:
        if name == "engagement":
            problems.append("-p engagement=… is not taken here. Mend: --engagement NAME_OR_FOLDER")
        elif name not in names and not any(name in problem for problem in problems):
            problems.append(_unknown(name, names))
    passed = {stem: _convert_all(parameters, given, problems) for stem, parameters in declared.items()}
    if problems:
        raise ParameterError(dict.fromkeys(problems))
    return passed


def _unknown(name: str, names: list[str]) -> str:
    guess = nearest(name, names)
    hint = f" Did you mean {guess!r}?" if guess else ""
    known = f" They declare: {', '.join(names)}." if names else f" They declare none: no cell is tagged {TAG!r}."
    return f"-p {shown(name)}: none of the selected lessons declares it.{hint}{known}"


def _convert_all(parameters: Iterable[Parameter], given: Mapping[str, object], problems: list[str]) -> dict[str, Value]:
    passed = {}
    for parameter in parameters:
        if parameter.name not in given or parameter.name == "engagement":
            continue
        try:
            passed[parameter.name] = parameter.convert(given[parameter.name])
        except ValueError as error:
            problems.append(
                f"-p {parameter.name}={shown(given[parameter.name])}: {error}. It means: {parameter.meaning}."
            )
    return passed
