"""The receipt of an import: what each file gave, what was left out of it, and the guesses, which findings quote."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import shown
from outsourcing_kit.toml import toml_section, toml_value

RECEIPT_FILE = "receipt.toml"


@dataclass(frozen=True)
class Entry:
    """What one file gave: table → rows, why → how many rows are in no table, table → guesses."""

    file: str
    format: str
    rows: Mapping[str, int]
    left_out: Mapping[str, int]
    assumed: dict[str, list[str]]


def read_receipt(folder: Path) -> list[Entry]:
    """The entries of the folder's receipt; none where there is none.

    Raises OutsourcingKitError where somebody's edit spoilt it.
    """
    path = folder / RECEIPT_FILE
    if not path.exists():
        return []
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return [_entry(each) for each in found.get("import", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OutsourcingKitError(
            f"{RECEIPT_FILE} cannot be read ({shown(error, 200)}); expected what an import wrote. "
            "Mend: remove the file, and import again."
        ) from None


def _entry(found: Mapping[str, Any]) -> Entry:
    """One entry of the file. Raises KeyError, TypeError or AttributeError where somebody's edit changed its form."""
    rows, gone = ({why: int(count) for why, count in found[name].items()} for name in ("rows", "left_out"))
    assumed = {table: [shown(text) for text in [*said]] for table, said in found["assumed"].items()}
    return Entry(str(found["file"]), str(found["format"]), rows, gone, assumed)


def guesses(folder: Path) -> dict[str, tuple[str, ...]]:
    """Table → what the imports assumed about it, each once; of the whole engagement under "engagement"."""
    found: dict[str, dict[str, None]] = {}
    for entry in read_receipt(folder):
        for table, said in entry.assumed.items():
            found.setdefault(table, {}).update(dict.fromkeys(said))
    return {table: tuple(said) for table, said in found.items()}


def receipt_toml(entries: Iterable[Entry]) -> str:
    """The receipt's text, a file after the other by format and name: the same files give the same bytes."""
    lines = ["# What the imports read. Guesses stand in the findings, under what was assumed."]
    for entry in sorted(entries, key=lambda entry: (entry.format, entry.file)):
        lines += ["", "[[import]]", f"file = {toml_value(entry.file)}", f"format = {toml_value(entry.format)}"]
        for name in ("rows", "left_out", "assumed"):
            # The heading stands also where nothing is below it: who reads it asks for all three.
            lines += toml_section(f"import.{name}", getattr(entry, name))[1:] or [f"[import.{name}]"]
    return "\n".join(lines) + "\n"
