"""Exports of the tools that people have: one file a source. A reader says what it found before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.asking import ANSWERS_FILE, Ask, read_answers
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.resources import shared_folder


class Samples(NamedTuple):
    """Exports of one invented engagement: the folder, the files that an import takes, and the answers to its questions.

    `answers.toml` in the folder is what its owner answered to `ask`.
    """

    folder: Path
    files: tuple[Path, ...]
    answers: dict[str, dict[str, Any]]


def samples() -> Samples:
    """The sample exports that come with the kit.

    >>> [file.name for file in samples().files][:2]
    ['google_calendar.ics', 'google_form_expectations.csv']
    """
    folder = shared_folder("datasets") / "exports"
    answers = read_answers((folder / ANSWERS_FILE).read_text(encoding="utf-8"))
    return Samples(folder, tuple(sorted(path for path in folder.iterdir() if path.suffix != ".toml")), answers)


class Reader(Protocol):
    """What each module of a source has: its name for people, its section of import.toml, and two functions."""

    NAME: str
    KEY: str

    def is_mine(self, source: Source) -> bool:
        """Whether the file is of this source, by its content."""

    def read(self, source: Source, ask: Ask) -> Draft:
        """The file as tables. Raises OutsourcingKitError where it is damaged."""


# The first that knows a file takes it: the kit's own tables and surveys, which may look like anything, come last.
READERS: tuple[str, ...] = (
    "slack", "whatsapp", "calendar", "time_trackers", "attendance", "transcripts", "jira", "trello", "asana",
    "upwork", "github", "servicenow", "event_logs", "ocds", "own", "surveys",
)  # fmt: skip


def reader_of(source: Source, columns: Mapping[str, str] | None = None) -> Reader:
    """The reader that knows the file, or one of these columns: "work.item" → the file's own name.

    Raises OutsourcingKitError where none knows it, and says which there are.
    """
    if columns:
        from outsourcing_kit.readers.own import Mapped

        return Mapped(columns)
    names = []
    for name in READERS:
        reader = cast(Reader, import_module(f"{__name__}.{name}"))
        if reader.is_mine(source):
            return reader
        names.append(reader.NAME)
    raise OutsourcingKitError(
        f"{source.name}: found a file that no reader knows; expected one of: {'; '.join(names)}. "
        'Mend: export it anew, or name its columns: --map work.item="Issue key" --map work.person="Assignee"'
    )
