"""Which words of a request leave open what is wanted, and what should be asked?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.expectations._lexicon import (
    CRITERION,
    FLAGS,
    NO_CRITERION,
    NO_CRITERION_QUESTION,
    NO_CRITERION_WHY,
    RULES,
)
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown

# The flags that single words earn: all but the one for a request without a way to check it.
WORD_FLAGS = tuple(flag for flag in FLAGS if flag != NO_CRITERION)


@dataclass(frozen=True, repr=False)
class VagueWording(Shown):
    """`.table`: one row per flag, in the order of the texts and of their words.

    Columns: text (its label: position in a list, index of a Series), start, end (characters of the text, end
    exclusive), flag, why, question (to ask the client), words (text[start:end]). `.texts` is how many texts were
    looked at.
    """

    table: pd.DataFrame
    texts: int = 0
    missing: str = ""

    def _view(self) -> pd.DataFrame:
        shown = self.table[["text", "flag", "words", "question"]].copy()
        # Of a flag on the whole text its first words will do.
        shown["words"] = shown["words"].map(lambda words: words if len(words) <= 40 else f"{words[:38]} …")
        return shown if self.texts > 1 else shown.drop(columns="text")

    @property
    def _nothing(self) -> str:  # type: ignore[override]
        return f"Nothing flagged in {self.texts} text{'s'[: self.texts - 1]}"


def flag_vague_wording(texts: Iterable[str | None] | pd.Series | str, *, flags: Sequence[str] = FLAGS) -> VagueWording:
    """Flag vague words in requests, each with the question that would settle it.

    Eight kinds: vague quantity, vague adjective, vague time, unclear reference, agentless passive, no acceptance
    criterion (about the whole text), and/or, TBD. A flag is a prompt to ask, not a defect found: it is a list of
    English words, which sees neither what is missing altogether nor what the two sides have long settled. Authors read
    their own text one way without noticing (Kamsties, Berry and Paech 2001), so that a second reader must ask.

    Measured on 25 real feature requests that the lists had not seen, two reviewers' marks as truth, WORD_FLAGS: 9 of
    the 17 requests flagged had a defect (Wilson 31% to 74%), 9 of the 17 with a defect were flagged, all 8 without one
    were flagged too. So the flags do not tell good requests from bad; each is one question worth asking, no more.

    Args:
        texts: the requests; blank ones are skipped.
        flags: which kinds to look for; `WORD_FLAGS` are all but the missing acceptance criterion.

    Returns:
        VagueWording; its table is empty where nothing was flagged.

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
    if isinstance(texts, str):
        texts = [texts]
    labelled = pd.Series(texts, dtype=object) if not isinstance(texts, pd.Series) else texts
    labelled = labelled[labelled.notna()]
    wrong = [text for text in labelled if not isinstance(text, str)]
    if wrong:
        raise OutsourcingKitError(f"Found {wrong[0]!r} among the texts; expected text. Mend: pass one column of text.")
    labelled = labelled[labelled.map(lambda text: bool(text.strip())).astype(bool)]
    rows = [(label, *hit) for label, text in labelled.items() for hit in sorted(_hits(text, flags))]
    if not rows:
        kinds = {"text": "object", "start": "int64", "end": "int64", "flag": "object", "why": "object"}
        empty = blank_table(**kinds, question="object", words="object")
        return VagueWording(empty, len(labelled), "" if len(labelled) else "needs texts")
    names = ["text", "start", "end", "flag", "why", "question", "words"]
    return VagueWording(pd.DataFrame(rows, columns=names), len(labelled))


def _hits(text: str, flags: Sequence[str]) -> Iterator[tuple[int, int, str, str, str, str]]:
    taken: set[int] = set()
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            span = range(*match.span())
            # Each word is asked about once, by the first rule that knows it: "to be decided" is no passive too.
            if rule.flag not in flags or not span or not taken.isdisjoint(span):
                continue
            taken.update(span)
            yield (
                match.start(),
                match.end(),
                rule.flag,
                rule.why,
                rule.question.format(words=match.group()),
                match.group(),
            )
    if NO_CRITERION in flags and not CRITERION.search(text):
        yield 0, len(text), NO_CRITERION, NO_CRITERION_WHY, NO_CRITERION_QUESTION, text
