"""A workshop by the minute, with a reserve: what fits into the time, and what is dropped first when late."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.page import html_page, write_whole
from outsourcing_kit.resources import typed_path
from outsourcing_kit.toml import kit_table
from outsourcing_kit.words import plural

_MINUTES = re.compile(r"\*\*(\d+) minutes,\*\* (\d+) of them for the exercise")
# Of the whole time, and at least so many minutes.
_RESERVE, _LEAST_RESERVE, _LONGEST = 0.1, 5, 600
_HEAD = ("begins", "minutes", "of them in pairs", "what", "if late, leave out (1 first)")


@dataclass(frozen=True)
class Block:
    """One line of the sheet; `drop` says in which order blocks go when it gets late, 0 for never."""

    what: str
    minutes: int
    exercise: int = 0
    begins: int = 0
    drop: int = 0


@dataclass(frozen=True)
class RunSheet:
    """The blocks in their order; what is left is the reserve. It shows itself as a Markdown table."""

    minutes: int
    blocks: tuple[Block, ...]

    @property
    def reserve(self) -> int:
        return self.minutes - sum(block.minutes for block in self.blocks)

    @property
    def title(self) -> str:
        return f"A workshop of {self.minutes} minutes"

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [_HEAD]
        for each in (*self.blocks, Block("reserve", self.reserve, begins=self.minutes - self.reserve)):
            begins = f"{each.begins // 60}:{each.begins % 60:02d}"
            rows.append((begins, str(each.minutes), str(each.exercise or ""), each.what, str(each.drop or "")))
        return rows

    def __str__(self) -> str:
        head, *rows = (f"| {' | '.join(row)} |" for row in self._rows)
        return "\n".join([head, "| --- " * len(_HEAD) + "|", *rows])

    def write(self, file: str, *, force: bool = False) -> Path:
        """Write it as Markdown (.md) or a page (.html); `force` overwrites another text. Raises OutsourcingKitError."""
        path = typed_path(file)
        if path.suffix not in (".md", ".html") or path.is_dir() or not path.absolute().parent.is_dir():
            what = "a file that ends in .md or .html, in a folder that is there"
            raise OutsourcingKitError(f"--out {file}: expected {what}. Mend: --out run-sheet.html")
        text = f"# {self.title}\n\n{self}\n"
        if path.suffix == ".html":
            # A column for each part of a row, whatever a name holds.
            head, *rows = (f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>" for row in self._rows)
            table = f"<table><thead>{head.replace('td>', 'th>')}</thead>{''.join(rows)}</table>"
            text = html_page(self.title, f"<h1>{self.title}</h1>{table}")
        if path.exists() and not force and path.read_bytes() != text.encode("utf-8"):
            raise OutsourcingKitError(f"--out {file} would change. Mend: another name; --force overwrites it.")
        write_whole(path, text)
        return path


def run_sheet(minutes: int = 90, lessons: Iterable[str] = (), *, notebooks: Path | None = None) -> RunSheet:
    """What fits into so many minutes, a tenth of them kept in reserve.

    Blocks are taken in the order of workshop.toml, the most needed first, as long as they fit, and held in the order of
    the lessons. The last one taken is the first to be left out; breaks, the scorecard, start and close stay.

    Args:
        minutes: of the whole workshop, the reserve included.
        lessons: these, each of them, and what belongs to them; default: whichever fit.

    Raises:
        UnknownNameError: another lesson, with the nearest.
        OutsourcingKitError: less time than what must be in takes; more than ten hours; a lesson that does not say its
            minutes.

    >>> sheet = run_sheet(90)
    >>> sheet.reserve, sum(block.minutes for block in sheet.blocks)
    (10, 80)
    """
    known, named = find_lessons(notebooks), tuple(lessons)
    wanted = {lesson.name for lesson in select_lessons(named, known)}
    frame, others = (parts := _parts(known))[:2], [part for part in parts[2:] if part["of"] in wanted]
    # Whoever names lessons wants all of them; what else belongs to them comes in as it fits.
    must = [*frame, *(part for part in others if named and "lesson" in part)]
    _refuse(minutes, must)
    taken, left = [*must], minutes - _reserve(minutes) - sum(part["minutes"] for part in must)
    for part in (each for each in others if each not in must):
        # Whatever comes after one that no longer fits is needed less: it may still be short enough.
        if part["minutes"] <= left and part.get("at_least", 0) <= minutes:
            taken.append(part)
            left -= part["minutes"]
    turn = [part for part in reversed(taken) if not part.get("stays")]
    # Taken by need, held in the order of the day.
    begins, blocks = 0, []
    for part in sorted(taken, key=lambda each: each["place"]):
        drop = turn.index(part) + 1 if part in turn else 0
        blocks.append(Block(part["what"], part["minutes"], part.get("exercise", 0), begins, drop))
        begins += part["minutes"]
    return RunSheet(minutes, tuple(blocks))


def _reserve(minutes: int) -> int:
    return max(round(_RESERVE * minutes + 1e-9), _LEAST_RESERVE)


def _refuse(minutes: int, must: list[dict[str, Any]]) -> None:
    """Raise OutsourcingKitError where these blocks do not fit."""
    needed = sum(part["minutes"] for part in must)
    shortest = next(each for each in range(needed, 2 * needed + 2 * _LEAST_RESERVE) if each - _reserve(each) >= needed)
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not shortest <= minutes <= _LONGEST:
        what, mend = "start and close", "--minutes 90"
        if named := must[2:]:
            what, mend = f"{plural(len(named), 'named lesson')}, {what}", f"--minutes {shortest}, or fewer lessons"
        # A lesson's own claim may be beyond any workshop.
        mend = mend if shortest <= _LONGEST else "fewer minutes in the second cell of a lesson"
        expected = f"{shortest} to {_LONGEST}: {what} take {needed}, the reserve {_reserve(shortest)}"
        raise OutsourcingKitError(f"Found {minutes!r} minutes; expected {expected}. Mend: {mend}")


def _parts(lessons: tuple[Lesson, ...]) -> list[dict[str, Any]]:
    """The blocks of workshop.toml, the most needed first: `of` a lesson, at a `place` of the day, with its minutes."""
    # The plan comes at the end, after the reader has seen their own records too.
    known = {lesson.name: lesson for lesson in sorted(lessons, key=lambda each: each.name == "scorecard")}
    parts: list[dict[str, Any]] = [{**block} for block in kit_table("course/workshop.toml")["blocks"]]
    for number, each in enumerate(parts):
        each["of"] = name = each.get("lesson") or each.get("after", "")
        # What follows a lesson follows in the order of the file; what follows none comes last.
        each["place"] = ([*known, ""].index(name), 0 if "lesson" in each else number + 1)
        if "lesson" in each:
            each["minutes"], each["exercise"] = _claimed(known[name])
    return parts


def _claimed(lesson: Lesson) -> tuple[int, int]:
    """The minutes that a lesson claims for its main path, and those of them for its exercise."""
    for cell in lesson.cells():
        match = _MINUTES.search("".join(cell.get("source") or ""))
        if match and int(match[2]) <= int(match[1]):
            return int(match[1]), int(match[2])
    why = "does not say how long it takes, or gives its exercise more than that"
    mend = "in its second cell: **10 minutes,** 4 of them for the exercise"
    raise OutsourcingKitError(f"{lesson.stem} {why}. Mend: {mend}.")
