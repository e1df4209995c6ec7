"""What tools call their columns, and by which words readers know what people meant: lists that anybody can lengthen."""

from __future__ import annotations

import re
from functools import cache

from outsourcing_kit.toml import kit_table

COLUMNS, _WORDS = kit_table("readers/columns.toml"), kit_table("readers/words.toml")
LISTS = _WORDS["lists"]


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One pattern for these words, whatever their capitals.

    >>> bool(pattern("machine").search("Otter.ai Notetaker")), bool(pattern("machine").search("Abbot Dizon"))
    (True, False)
    """
    parts, whole = _WORDS["patterns"], _WORDS["whole"]
    text = "|".join(parts[name]) if name in parts else rf"\b(?:{'|'.join(whole[name])})\b"
    return re.compile(text, re.IGNORECASE)


def first_of(text: str, *names: str) -> str:
    """The first of these patterns that a text holds; "" where it holds none."""
    return next((name for name in names if pattern(name).search(text)), "")
