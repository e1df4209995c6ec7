"""Which words of a request leave open what is wanted, and what should be asked?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.showing import Result
from outsourcing_kit.toml import kit_table
from outsourcing_kit.validation.problem import named
from outsourcing_kit.words import plural

_WORDS = kit_table("expectations/vague_en.toml")
_CRITERION = _WORDS["criterion"]
# The flags that single words earn: all but the one for a request without a way to check it.
WORD_FLAGS = tuple(kind["flag"] for kind in _WORDS["kinds"])
# Every flag that a request can get, in the order in which they are looked for.
FLAGS = (*WORD_FLAGS, _CRITERION["flag"])


# The words stand one a line in the file, and are joined; a kind may have an ending to look for, or something instead.
def _pattern(words: Sequence[str], then: str = "", instead: str = "") -> re.Pattern[str]:
    found = rf"\b(?:{'|'.join(words)}){then}{'|' if instead else ''}{instead}"
    return re.compile("".join(found.splitlines()), re.IGNORECASE)


_PATTERNS = {
    kind["flag"]: _pattern(kind["words"], rf"\b{kind.get('ending', '')}", kind.get("or", ""))
    for kind in _WORDS["kinds"]
}
_CHECKED = _pattern(_CRITERION["words"])


@dataclass(frozen=True, repr=False)
class VagueWording(Result):
    """`.table`: one row per flag, in the order of the texts and of their words.

    Columns: text (its label: position in a list, index of a Series), start, end (of the words in it, end exclusive),
    flag, why, question (to ask the client), words (text[start:end]). `.texts` is how many texts were looked at.
    """

    texts: int = 0

    columns: ClassVar = {
        "text": "text", "start": "count", "end": "count", "flag": "text", "why": "text", "question": "text",
        "words": "text",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        shown = self.table[["text", "flag", "words", "question"]].copy()
        # Of a flag on the whole text its first words will do.
        shown["words"] = shown["words"].map(lambda words: words if len(words) <= 40 else f"{words[:38]} …")
        return shown if self.texts > 1 else shown.drop(columns="text")

    @property
    def _nothing(self) -> str:  # type: ignore[override]
        return f"Nothing flagged in {plural(self.texts, 'text')}"


def flag_vague_wording(texts: Iterable[str | None] | pd.Series | str, *, flags: Sequence[str] = FLAGS) -> VagueWording:
    """Flag vague words in requests, each with the question that would settle it.

    A flag is a prompt to ask, not a defect found: `FLAGS` are eight lists of English words (vague_en.toml), which see
    neither what is missing altogether nor what the two sides have long settled.

    Measured on 25 real feature requests that the lists had not seen, two reviewers' marks as truth, WORD_FLAGS: 9 of
    the 17 requests flagged had a defect (Wilson 31% to 74%), 9 of the 17 with a defect were flagged, all 8 without one
    were flagged too. So the flags do not tell good requests from bad.

    Args:
        texts: the requests; blank ones are skipped.
        flags: which kinds to look for; `WORD_FLAGS` are all but the missing acceptance criterion.

    Raises:
        UnknownNameError: a flag that is none, naming the nearest.
        OutsourcingKitError: texts that are not text.

    Source: word lists after the quality models for natural-language requirements of Berry, Bucchiarone, Gnesi, Lami
    and Trentanni.

    >>> flagged = flag_vague_wording(["Send some reports soon.", "Send 3 reports, accepted when totals match."])
    >>> flagged.table[["text", "start", "end", "flag"]].values.tolist()[:2]
    [[0, 0, 23, 'no acceptance criterion'], [0, 5, 9, 'vague quantity']]
    >>> flagged.table["words"].tolist()
    ['Send some reports soon.', 'some', 'soon']
    """
    for flag in flags:
        if flag not in FLAGS:
            raise UnknownNameError.of("kind of vague wording", flag, FLAGS)
    labelled = _as_series(texts)
    rows = [(label, *hit) for label, text in labelled.items() for hit in sorted(_hits(text, flags))]
    found = pd.DataFrame(rows, columns=list(VagueWording.columns))
    return VagueWording(found, len(labelled), missing="" if len(labelled) else "needs texts")


def _as_series(texts: Any) -> pd.Series:
    """The texts that are not blank, labelled."""
    several = isinstance(texts, Iterable) and not isinstance(texts, str | pd.DataFrame)
    labelled = texts if isinstance(texts, pd.Series) else pd.Series(list(texts) if several else [texts], dtype=object)
    labelled = labelled[labelled.notna()]
    if wrong := [named(text) for text in labelled if not isinstance(text, str)]:
        raise OutsourcingKitError(f"Found {wrong[0]} among the texts; expected text. Mend: pass one column of text.")
    return labelled[[bool(text.strip()) for text in labelled]]


def _hits(text: str, flags: Sequence[str]) -> Iterator[tuple[int, int, str, str, str, str]]:
    taken: set[int] = set()
    for kind in (kind for kind in _WORDS["kinds"] if kind["flag"] in flags):
        for match in _PATTERNS[kind["flag"]].finditer(text):
            span, words = range(*match.span()), match.group()
            # Each word is asked about once, by the first kind that knows it: "to be decided" is no passive too.
            if span and taken.isdisjoint(span):
                taken.update(span)
                yield *match.span(), kind["flag"], kind["why"], kind["question"].format(words=words), words
    # One for the whole text: what is missing stands nowhere.
    if _CRITERION["flag"] in flags and not _CHECKED.search(text):
        yield 0, len(text), _CRITERION["flag"], _CRITERION["why"], _CRITERION["question"], text
