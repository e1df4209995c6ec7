"""Text that strangers typed: when two of them are the same, and how one is shown without doing harm."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# Zero-width space, word joiner, byte order mark, soft hyphen: nobody sees them, so they tell nothing apart.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
# Joiners belong to the spelling of some languages and of many signs.
_JOINERS = "\u200c\u200d"
_MOST = 80
_ALIKE = 0.8
_LEAST_TO_FIND = 4
# A whole paragraph is no word; comparing it letter by letter would take minutes.
_LONGEST_WORD = 200
_NO_ANSWER = {
    "na", "none", "null", "nil", "nan", "noanswer", "notanswered", "noreply", "notapplicable", "notavailable",
    "dontknow", "donotknow", "dk", "norating", "notrated", "unrated", "missing", "skipped", "unknown",
}  # fmt: skip
_YES_NO = {
    **dict.fromkeys(("yes", "true", "1", "1.0", "y", "t"), True),
    **dict.fromkeys(("no", "false", "0", "0.0", "n", "f"), False),
}


def plain(text: str) -> str:
    """The form in which typed text is compared and kept: one Unicode form, blanks of any kind one space, none outside.

    The same letter can be typed as one character or as two (on a Mac, say), and a blank as a no-break space or a tab.

    >>> plain(" Da\\u0300\\u00a0 Nẵng\\t") == plain("Dà Nẵng")
    True
    """
    # Most cells are plain already, and this is asked of every cell of a table.
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    return " ".join(unicodedata.normalize("NFC", text.translate(_UNSEEN)).split())


def folded(text: str) -> str:
    """`plain`, and capitals are small: for words that mean the same however they are written.

    >>> folded("Kickoff  MEETING")
    'kickoff meeting'
    """
    return unicodedata.normalize("NFC", plain(text).casefold())


def label(value: Any) -> str | None:
    """What a cell says as a name or a category: `plain` text, or None for a blank of any kind.

    A whole number is written alike whether a missing value elsewhere made it a decimal one or a flag: 1, 1.0 and True
    are "1". A number that was typed as text stays as typed: "1.10" may be a version.

    >>> [label(value) for value in (1, 1.0, True, "1", " 1", 2.5, "1.10", None, float("nan"), "\u00a0")]
    ['1', '1', '1', '1', '1', '2.5', '1.10', None, None, None]
    """
    if isinstance(value, str):
        return plain(value) or None
    value = value.item() if hasattr(value, "item") else value
    try:
        if value is None or bool(value != value):
            return None
    except TypeError:  # pandas' NA is neither equal nor unequal to itself
        return None
    if isinstance(value, int):
        return str(int(value))  # True is 1: a flag read as a number elsewhere is the same label
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # also of −0.0
    return plain(str(value)) or None


def yes_or_no(value: Any) -> bool | None:
    """What a flag says: True, False, or None where nobody said. Raises ValueError for anything else.

    >>> [yes_or_no(value) for value in ("Yes", "n", 1.0, False, "", None)]
    [True, False, True, False, None, None]
    """
    word = label(value)
    if word is None:
        return None
    if (known := _YES_NO.get(word.casefold())) is None:
        raise ValueError(f"found {quoted(value)}; expected yes or no")
    return known


def squeezed(text: str) -> str:
    """`folded` letters and digits alone: for words that people write in one, in two, or with a hyphen.

    >>> squeezed("Kick-off  meeting")
    'kickoffmeeting'
    """
    return "".join(filter(str.isalnum, _narrow(text)))


def _narrow(text: str) -> str:
    """`folded`, with letters of another width as the letter: for finding words that are looked for."""
    return folded(unicodedata.normalize("NFKC", text))


def no_answer(value: Any) -> bool:
    """Whether a cell says that there is no answer: a blank of any kind, a mere sign, "n/a", "none", "don't know".

    >>> [no_answer(value) for value in ("N/A", "-", "?", "don't know", None, "no", "0")]
    [True, True, True, True, True, False, False]
    """
    word = label(value)
    return word is None or (kept := squeezed(word)) in _NO_ANSWER or not kept


def likeness(value: Any, wanted: str, same: Iterable[str] = (), alike: Iterable[str] = ()) -> str:
    """Whether a typed word is the wanted one: "same", "near" (only the writer can say), or "" for something else.

    Capitals, hyphens and blanks do not matter. Near is a slip of the pen, a longer name that holds the word, and what
    begins a word with one of `alike`; "" is also said of a blank.

    >>> [likeness(word, "kickoff", ["kickoff call"]) for word in ("Kick-off Call", "kikoff", "new kickoff", "weekly")]
    ['same', 'near', 'near', '']
    """
    text = _narrow((label(value) or "")[:_LONGEST_WORD])
    return _likeness(text, wanted, tuple(same), tuple(alike))


@lru_cache(4096)  # columns repeat themselves
def _likeness(text: str, wanted: str, same: tuple[str, ...], alike: tuple[str, ...]) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    whole, known = "".join(words), [squeezed(word) for word in (wanted, *same)]
    if not whole or whole in known:
        return "same" if whole else ""
    starts = ["".join(words[place:]) for place in range(len(words))]
    near = [*known, *(squeezed(word) for word in alike)]
    held = any(start.startswith(word) for word in near for start in starts if len(word) >= _LEAST_TO_FIND)
    slip = any(difflib.SequenceMatcher(None, whole, word).ratio() >= _ALIKE for word in known)
    return "near" if held or slip or whole in near or not set(words).isdisjoint(near) else ""


# What a spreadsheet takes for the beginning of a formula, and runs: a stranger's text must never be one.
_FORMULA = re.compile("'*[=+@\\-\t\r]")
FIRST_OF_FORMULA = tuple("'=+@-\t\r")


def guarded(text: str) -> str:
    """A text for a cell of CSV, with an apostrophe before what a spreadsheet would run as a formula.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("1+1")
    ("'=1+1", "''=1+1", '1+1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A text as it was before `guarded`; of others nothing changes.

    >>> [unguarded(guarded(text)) for text in ("=1+1", "'=1+1", "'tis")]
    ['=1+1', "'=1+1", "'tis"]
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def shown(value: object, most: int = _MOST) -> str:
    """Anybody's text for a message, a terminal or a page: no character that is not seen, and not too long.

    Control characters, marks that turn the direction of writing and halves of characters are written as Python writes
    them; what is longer than `most` characters is cut in the middle, and says how long it was.

    >>> shown("tab\\tand \\x1b[31mred"), shown("ab" * 500, most=24)
    ('tab\\\\tand \\\\x1b[31mred', 'abab…abab (1,000 characters)')
    """
    text = str(value)
    tail = f" ({len(text):,} characters)"
    if len(text) > most + len(tail):
        half = max((most - len(tail)) // 2, 4)
        return f"{_visible(text[:half])}…{_visible(text[-half:])}{tail}"
    return _visible(text)


def quoted(value: object, most: int = _MOST) -> str:
    """`shown` between quotation marks, as messages name what they found.

    >>> print(quoted("kick off"))
    'kick off'
    """
    return f"'{shown(value, most)}'"


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in _JOINERS else " " if unicodedata.category(letter) == "Zs"
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )  # fmt: skip
