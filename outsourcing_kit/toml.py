"""Keys and values as TOML has them."""

from __future__ import annotations

import datetime as dt
import re


def toml_value(value: str | float | dt.date) -> str:
    """A text, a number, a flag or a day as TOML has it."""
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
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
