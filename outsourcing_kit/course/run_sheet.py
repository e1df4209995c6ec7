"""A workshop by the minute, with a reserve: what fits into the time, and what is dropped first when late."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.course.lessons import Lesson, find_lesson, find_lessons
from outsourcing_kit.exceptions import OutsourcingKitError

_MINUTES = re.compile(r"\*\*(\d+) minutes,\*\* (\d+) of them for the exercise")
# Of the whole time, and at least so many minutes.
_RESERVE, _LEAST_RESERVE, _LONGEST = 0.1, 5, 600


@dataclass(frozen=True)
class Block:
    """One line of the sheet; `drop` says in which order blocks go when it gets late, 0 for never."""

    what: str
    minutes: int
    exercise: int
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

    def __str__(self) -> str:
        rows = [
            f"| {_clock(block.begins)} | {block.minutes} | {block.exercise or ''} | {block.what} | {block.drop or ''} |"
            for block in self.blocks
        ]
        last = sum(block.minutes for block in self.blocks)
        head = ["| begins | minutes | of them in pairs | what | dropped, if late |", "|---|---|---|---|---|"]
        return "\n".join([*head, *rows, f"| {_clock(last)} | {self.reserve} | | reserve | |"])


def run_sheet(minutes: int = 90, *, notebooks: Path | None = None) -> RunSheet:
    """What fits into so many minutes, a tenth of them kept in reserve.

    Blocks are taken in the order of workshop.toml, the most needed first, as long as they fit, and held in the order of
    the lessons. The last one taken is the first to be dropped.

    Raises:
        OutsourcingKitError: less time than the start, the scorecard and the close take; more than ten hours; a lesson
            that does not say its minutes.

    >>> sheet = run_sheet(90)
    >>> sheet.reserve, sum(block.minutes for block in sheet.blocks)
    (10, 80)
    """
    wanted = _blocks(notebooks)
    needed = sum(block.minutes for block, _ in wanted[:3])
    shortest = needed + _LEAST_RESERVE
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not shortest <= minutes <= _LONGEST:
        raise OutsourcingKitError(
            f"Found {minutes!r} minutes; expected {shortest} to {_LONGEST}: start, scorecard and close take {needed}, "
            f"the reserve {_LEAST_RESERVE}. Mend: --minutes 90"
        )
    left = minutes - max(round(_RESERVE * minutes + 1e-9), _LEAST_RESERVE)
    taken: list[tuple[Block, float]] = []
    for block, place in wanted:
        # Whatever comes after one that no longer fits is needed less: it may still be short enough.
        if block.minutes <= left:
            taken.append((block, place))
            left -= block.minutes
    # The first three are the workshop itself; of the others the last one taken goes first.
    first = len(taken) - 3
    dropped = [(block, place, 0 if number < 3 else first - (number - 3)) for number, (block, place) in enumerate(taken)]
    # Taken by need, held in the order of the day.
    begins, blocks = 0, []
    for block, _, drop in sorted(dropped, key=lambda each: each[1]):
        blocks.append(Block(block.what, block.minutes, block.exercise, begins, drop))
        begins += block.minutes
    return RunSheet(minutes, tuple(blocks))


def _blocks(notebooks: Path | None) -> list[tuple[Block, float]]:
    """Every block with its place in the day, the most needed first."""
    lessons = find_lessons(notebooks)
    names = [lesson.name for lesson in lessons]
    said = tomllib.loads(Path(__file__).with_name("workshop.toml").read_text("utf-8"))["blocks"]
    found = []
    for number, each in enumerate(said):
        lesson = each.get("lesson")
        own = _claimed(find_lesson(lesson, lessons)) if lesson else (each["minutes"], each.get("exercise", 0))
        place = len(names) if each.get("last") else float(_place(each, names))
        # What follows a lesson follows in the order of the file.
        found.append((Block(each["what"], *own), place + (0 if lesson else 0.01 * (number + 1))))
    return found


def _place(said: dict[str, Any], names: list[str]) -> int:
    # The plan comes at the end, after the reader has seen their own records too.
    order = [*(name for name in names if name != "scorecard"), "scorecard"]
    return order.index(said.get("lesson") or said["after"])


def _claimed(lesson: Lesson) -> tuple[int, int]:
    """The minutes that a lesson claims for its main path, and those of them for its exercise."""
    for cell in lesson.cells():
        if match := _MINUTES.search("".join(cell.get("source") or "")):
            return int(match[1]), int(match[2])
    raise OutsourcingKitError(
        f"{lesson.stem} does not say how long it takes. "
        "Mend: in its second cell: **10 minutes,** 4 of them for the exercise."
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
