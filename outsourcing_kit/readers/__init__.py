"""Exports of the tools that people have: one file a source. A reader says what it found before anything is written."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.opening import Source

# Each has NAME, KEY (its section of import.toml), `is_mine(source)` and `read(source, ask)`. The first that knows a
# file by its content takes it: the kit's own tables and surveys, which may look like anything, come last.
READERS: tuple[str, ...] = ("jira",)


def reader_of(source: Source) -> ModuleType:
    """The reader that knows the file. Raises OutsourcingKitError where none does, and says which there are."""
    names = []
    for name in READERS:
        reader = import_module(f"{__name__}.{name}")
        if reader.is_mine(source):
            return reader
        names.append(reader.NAME)
    raise OutsourcingKitError(
        f"{source.name}: found a file that no reader knows; expected one of: {'; '.join(names)}. "
        'Mend: export it anew, or name its columns: --map work.item="Issue key" --map work.person="Assignee"'
    )
