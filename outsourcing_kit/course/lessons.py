"""The lessons: which there are, and which one a name means."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.resources import shared_folder
from outsourcing_kit.text import shown

_FILE_NAME = re.compile(r"(\d{2})_([a-z0-9_]+)\.ipynb")


@dataclass(frozen=True)
class Lesson:
    """One teaching notebook: `03_kickoff.ipynb` has number "03", name "kickoff", stem "03_kickoff"."""

    number: str
    name: str
    path: Path

    @property
    def stem(self) -> str:
        return f"{self.number}_{self.name}"

    @functools.cached_property
    def title(self) -> str:
        """The first heading as plain text, or the stem. Raises as `cells`."""
        # A heading is anybody's text, and goes into pages and onto a terminal.
        prose = ("".join(cell.get("source") or "") for cell in self.cells() if cell.get("cell_type") == "markdown")
        lines = (line for text in prose for line in text.splitlines() if line.startswith("# "))
        return shown(next(lines, self.stem).removeprefix("# ").strip().replace("*", "").replace("`", ""), most=200)

    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells, whose parts may be blank. Raises OutsourcingKitError where it is no notebook at all."""
        # Plain JSON: no need to load nbformat for a check.
        try:
            cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                "".join(cell.get("source") or "") + "".join((cell.get("metadata") or {}).get("tags") or [])
            return list(cells)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            found = f"is not a notebook of format 4 ({shown(f'{type(error).__name__}: {error}', most=200)})"
            mend = "copy the kit's own again: outsourcing-kit lab"
            raise OutsourcingKitError(f"{self.path} {found}. Mend: {mend}") from error

    def code_cells(self) -> list[tuple[str, list[str]]]:
        """Source and tags of each code cell. Raises as `cells`."""
        code = (cell for cell in self.cells() if cell.get("cell_type") == "code")
        return [
            ("".join(each.get("source") or ""), [*((each.get("metadata") or {}).get("tags") or [])]) for each in code
        ]


def find_lessons(notebooks: Path | None = None) -> tuple[Lesson, ...]:
    """Every lesson in order: those of `notebooks`, else the kit's own. Raises OutsourcingKitError for none."""
    folder = (notebooks or shared_folder("notebooks")).resolve()
    paths = sorted(folder.glob("*.ipynb"))
    found = tuple(Lesson(match[1], match[2], path) for path in paths if (match := _FILE_NAME.fullmatch(path.name)))
    if not found:
        mend = "pip install --force-reinstall outsourcing-kit"
        raise OutsourcingKitError(f"There is no lesson in {folder}: expected 03_kickoff.ipynb, say. Mend: {mend}")
    return found


def find_lesson(name: str, lessons: Iterable[Lesson]) -> Lesson:
    """The lesson of a number (03, 3), stem (03_kickoff) or name (kickoff). Raises UnknownNameError."""
    known = tuple(lessons)
    wanted = name.strip().removesuffix(".ipynb")
    for lesson in known:
        if wanted in (lesson.stem, lesson.name) or (wanted.isdecimal() and int(wanted) == int(lesson.number)):
            return lesson
    raise UnknownNameError.of("lesson", name, [lesson.stem for lesson in known])


def select_lessons(names: Iterable[str], lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """The lessons that `names` mean, each once, in the course's order; all of them for no names."""
    known = tuple(lessons)
    wanted = {find_lesson(name, known) for name in names}
    return tuple(lesson for lesson in known if lesson in wanted) if wanted else known
