"""Keys and values as TOML has them, and the tables of the kit that stand beside its code."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def kit_table(name: str) -> dict[str, Any]:
    """What a file of the package says, by its place in it: words, rows and sentences that are no code."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def as_tuples(value: Any) -> Any:
    """A value of TOML with tuples in place of its lists, for what is frozen."""
    if isinstance(value, dict):
        return {key: as_tuples(each) for key, each in value.items()}
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


def toml_section(heading: str, values: Mapping[str, Any]) -> list[str]:
    """The lines of one section, below its heading; none of a section without values.

    >>> toml_section("sides", {"p01": "client", "a b": [1, "x"]})
    ['', '[sides]', 'p01 = "client"', '"a b" = [1, "x"]']
    """
    lines = [f"{toml_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return ["", f"[{heading}]", *lines] if lines else []


def toml_value(value: Any) -> str:
    """A text, a number, a flag, a day or a list of them as TOML has it; of anything else the text of it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, float):
        return str(value) if isinstance(value, int) else toml_text(str(value))
    # Ten digits where they say it all; never fewer than the number has.
    short = f"{value:.10g}"
    return short if float(short) == value else repr(float(value))


def toml_key(name: str) -> str:
    """A key of TOML; quoted, but for letters without accents, digits, - and _."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_text(name)


def toml_text(value: str) -> str:
    """A text of TOML, in which every character that is not seen is written as its number."""
    # Half a character, as names of files may hold, is no text to TOML.
    whole = re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in whole) + '"'
