"""A lesson as it is handed out: to participants, to whoever teaches, to a manager, or on slides."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outsourcing_kit.course.editions import main_path, participant, refuse_broken
from outsourcing_kit.course.exercises.exercise import exercise_words
from outsourcing_kit.course.lessons import Lesson, find_lessons, select_lessons
from outsourcing_kit.course.outfolder import OutFolder, refuse_place
from outsourcing_kit.course.pages import TEMPLATES, lesson_body
from outsourcing_kit.course.parameters import read_parameters
from outsourcing_kit.course.results import findings_in
from outsourcing_kit.course.run_sheet import run_sheet
from outsourcing_kit.exceptions import MissingExtraError, OutsourcingKitError, UnknownNameError
from outsourcing_kit.limits import CONVENTION
from outsourcing_kit.page import html_page
from outsourcing_kit.resources import typed_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

MADE_BY = "outsourcing-kit edition"
# The rooms of a lesson that a report keeps.
_FOR_A_MANAGER = ("## What this data says", "## From the provider's side", "## On Monday", "## Key points")


def write_editions(
    kind: str, names: Iterable[str] = (), out: str = "out", *, engagement: str = "", force: bool = False,
    notebooks: Path | None = None,
) -> list[Path]:  # fmt: skip
    """Write one edition of the lessons that `names` mean (default: all) into the folder `out`.

    Args:
        kind: participant (notebooks with stubs, nothing shown yet), trainer (pages and notebooks with solutions, all
            hints, notes and the minutes), report (pages for a manager, without code and exercises) or slides (one page,
            a slide a room).
        engagement: report and slides are then executed on it; else they show the lessons as stored.
        force: write into a folder that holds other files, and over editions that were changed since.

    Raises:
        UnknownNameError: another kind or lesson, with the nearest.
        OutsourcingKitError: a file that would be lost, a lesson that an edit broke or that fails there.
    """
    if kind not in _EDITIONS:
        raise UnknownNameError.of("edition", kind, _EDITIONS)
    if engagement and kind in ("participant", "trainer"):
        mend = "leave --engagement out, or take report or slides"
        raise OutsourcingKitError(f"The {kind}'s edition is of the lesson itself, on any engagement. Mend: {mend}.")
    known = find_lessons(notebooks)
    folder = typed_path(out)
    refuse_place(folder, known[0].path.parent, called="--out")
    lessons = select_lessons(names, known)
    # All texts before the first byte: a lesson that is broken leaves the folder as it was.
    stored = _executed(lessons, engagement) if engagement else {lesson: _read(lesson.path) for lesson in lessons}
    makers = _EDITIONS[kind].items()
    texts = {f"{each.stem}{suffix}": make(each, stored[each]) for each in lessons for suffix, make in makers}
    with OutFolder.open(folder, texts, force=force, notebooks=known[0].path.parent, made_by=MADE_BY) as place:
        for name, text in texts.items():
            place.write(name, text)
    return [folder / name for name in texts]


def participants_text(lesson: Lesson) -> str:
    """The participant's notebook of a lesson, as text."""
    return _file(participant(_read(lesson.path), lesson.stem))


def _read(path: Path) -> NotebookNode:
    try:
        import nbformat
    except ModuleNotFoundError:
        raise MissingExtraError.of("the lessons", "nbformat", "course") from None
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        mend = "copy the kit's own again: outsourcing-kit lab"
        raise OutsourcingKitError(f"{path} is not a notebook ({type(error).__name__}). Mend: {mend}") from error


def _executed(lessons: tuple[Lesson, ...], engagement: str) -> dict[Lesson, NotebookNode]:
    """The lessons with their outputs on that engagement."""
    from outsourcing_kit.course.running import run

    # Somewhere else: --out is for what was asked for, not for the run behind it.
    with tempfile.TemporaryDirectory() as scratch:
        result = run([lesson.stem for lesson in lessons], [engagement], out=f"{scratch}/out", progress=False)
        if result.failed:
            raise OutsourcingKitError(f"{result.failed[0]}. Mend: outsourcing-kit run tells more.")
        found = {path.stem: _read(path) for path in Path(scratch, "out").rglob("*.ipynb")}
    return {lesson: found[lesson.stem] for lesson in lessons}


def _trainer(lesson: Lesson, notebook: NotebookNode) -> NotebookNode:
    """Everything, with the minutes and the trainer's notes on top, and each hint in all its stages."""
    refuse_broken(notebook, lesson.stem)
    made = copy.deepcopy(notebook)
    # First what one reads before the room fills, then the lesson.
    notes = [cell for cell in made.cells if "trainer" in cell.metadata.get("tags", [])]
    rest = [_hints(cell) for cell in made.cells if cell not in notes]
    sheet = run_sheet(90)
    made.cells = [*rest[:1], *notes, _markdown(f"## {sheet.title}\n\n{sheet}", id="run-sheet"), *rest[1:]]
    return made


def _hints(cell: NotebookNode) -> NotebookNode:
    key = next((key for key in exercise_words() if f'hint("{key}"' in cell.source), None)
    if cell.cell_type != "code" or "hint" not in cell.metadata.get("tags", []) or key is None:
        return cell
    stages = "\n".join(f"{stage}. {said}" for stage, said in enumerate(exercise_words()[key]["hints"], start=1))
    return _markdown(f"**Hints**\n\n{stages}", id=cell["id"])


def _report(lesson: Lesson, notebook: NotebookNode) -> str:
    """What these records say and what to do, without code; then what was set, the limits, and what was assumed."""
    cells = main_path(notebook.cells)
    # The title and its question; objectives and claim are for those who learn.
    kept = cells[:1]
    for room in _rooms(cells[1:]):
        if room[0].source.startswith(_FOR_A_MANAGER):
            kept += [cell for cell in room if "choice(" not in cell.source and "reveal(" not in cell.source]
    kept.append(_as_list("What was set", _set(lesson, notebook)))
    for found in (each for each in findings_in(notebook.cells) if not each["from_scorecard"]):
        limits = (f"{each['name']}: {_who_set(each)}" for each in found["headlines"])
        kept.append(_as_list("Who set the limits", limits))
        kept.append(_as_list("Assumed, and what these records could have missed", found["assumptions"]))
    return _page(lesson, _of(notebook, kept))


def _set(lesson: Lesson, notebook: NotebookNode) -> Iterator[str]:
    """The lesson's parameters as they were when it was executed."""
    injected = (c.source for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", []))
    given = dict(line.split(" = ", 1) for line in "\n".join(injected).splitlines() if " = " in line)
    for each in read_parameters(lesson):
        # A guess is the learner's, no part of what was found.
        if each.name != "guess":
            yield f"{each.meaning}: {given.get(each.name, each.default)}".replace('"', "")


def _who_set(headline: dict[str, Any]) -> str:
    source: str = "not assessed" if headline["limit"] is None else headline["limit_source"]
    return "the kit's own starting point" if source == CONVENTION else source


def _slides(lesson: Lesson, notebook: NotebookNode) -> str:
    """A slide a room of the main path, and one a picture, without code; a page that scrolls from slide to slide."""
    # No slide gives the answer away before the room has guessed.
    cells = [cell for cell in main_path(notebook.cells) if "reveal(" not in cell.source]
    rooms = [part for room in _rooms(cells) for part in _screens(room)]
    bodies = (lesson_body(_of(notebook, room), lesson.title, lesson.path.parent) for room in rooms)
    slides = "".join(f'<section class="slide">{body}</section>' for body in bodies)
    return html_page(lesson.title, slides, made_by=MADE_BY, style=(TEMPLATES / "slides.css").read_text("utf-8"))


def _rooms(cells: Iterable[NotebookNode]) -> list[list[NotebookNode]]:
    """The cells by room: a new one begins with each heading, wherever in a cell it stands."""
    rooms: list[list[NotebookNode]] = [[]]
    for cell in cells:
        head, *others = cell.source.split("\n## ") if cell.cell_type == "markdown" else [None]
        if head is not None and head.startswith("## "):
            rooms.append([])
        rooms[-1].append(cell if head is None or not others else _markdown(head))
        rooms += [[_markdown(f"## {other}")] for other in others]
    return [room for room in rooms if room]


def _screens(room: list[NotebookNode]) -> list[list[NotebookNode]]:
    """The cells of a room, slide by slide: one for each picture, and a new one for words after what was shown."""
    parts: list[list[NotebookNode]] = [[]]
    for cell in room:
        drawn = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        shown = any(each.get("outputs") for each in parts[-1])
        # A heading alone stays with its picture.
        words = any("\n" in each.source.strip() for each in parts[-1] if each.cell_type == "markdown")
        if (drawn and (shown or words)) or (shown and cell.cell_type == "markdown"):
            parts.append([])
        parts[-1].append(cell)
        parts += [[]] if drawn else []
    return [part for part in parts if any(cell.cell_type == "markdown" or cell.get("outputs") for cell in part)]


def _of(notebook: NotebookNode, cells: list[NotebookNode]) -> NotebookNode:
    """A notebook of these cells, without any code."""
    made = copy.deepcopy(notebook)
    # Other editions may be made from the same cells.
    made.cells = copy.deepcopy(cells)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.source = ""
    return made


def _as_list(title: str, lines: Iterable[str]) -> NotebookNode:
    listed = "\n".join(f"- {line.replace('`', chr(39))}" for line in lines if line.strip())
    return _markdown(f"## {title}\n\n{listed}")


def _markdown(source: str, **named: str) -> NotebookNode:
    import nbformat

    return nbformat.v4.new_markdown_cell(source, **named)


def _file(notebook: NotebookNode) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _page(lesson: Lesson, notebook: NotebookNode) -> str:
    # A hint may be one long line of code.
    style = "li { overflow-wrap: anywhere; }\n"
    body = lesson_body(notebook, lesson.title, lesson.path.parent)
    return html_page(lesson.title, body, made_by=MADE_BY, style=style)


_EDITIONS: Mapping[str, Mapping[str, Callable[[Lesson, Any], str]]] = {
    "participant": {".ipynb": lambda lesson, notebook: _file(participant(notebook, lesson.stem))},
    "trainer": {
        ".trainer.html": lambda lesson, notebook: _page(lesson, _trainer(lesson, notebook)),
        ".trainer.ipynb": lambda lesson, notebook: _file(_trainer(lesson, notebook)),
    },
    "report": {".report.html": _report},
    "slides": {".slides.html": _slides},
}
