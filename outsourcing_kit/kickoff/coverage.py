"""Was it talked about? A matcher that reads minutes and proposes a quote for every agenda item; a person confirms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.frames import take
from outsourcing_kit.kickoff.agenda import WORDS, AgendaItem, agenda_items, term_pattern
from outsourcing_kit.showing import Result
from outsourcing_kit.text import plain

LIKELY, UNSURE, NO_SIGN = "likely covered", "cannot tell", "no sign"

# Points per 1,000 words at which the score is one half: a telling sentence (2 points, with a plain word 3) every few
# hundred words. Chosen by hand on a few kickoffs before the held-out ones were looked at; see the docstring below.
_HALF_SCORE = 8.0
# Added to the words of every talk, so that one stray word in ten does not look like a talk about nothing else.
_EXTRA_WORDS = 150
_LIKELY_FROM, _NO_SIGN_BELOW = 0.20, 0.10
# Told at length in one place is covered, however long the rest of the meeting: points within so many words.
_PASSAGE_WORDS, _PASSAGE_POINTS = 150, 8
_QUOTE_LENGTH, _BEFORE_QUOTE = 220, 40
# A text is of the words' language if this share of it are common words of it; a short text is taken to be.
_COMMON_SHARE, _COMMON_FROM = 0.12, 40

_READING = WORDS["reading"]
_MARKS = re.compile(r"\{[^{}]*\}|<[^<>]*>|\[(?:[a-z_ ]+)\]", re.IGNORECASE)
_FILLERS = re.compile(rf"(?:,\s*)?(?<![\w'])(?:{_READING['fillers']})(?![\w'-])(?:\s*,)?", re.IGNORECASE)
_IGNORED = re.compile(rf"\b(?:{_READING['ignored']})\b", re.IGNORECASE)
_PUT_OFF = re.compile(
    rf"\b(?:{_READING['not']})\b[^.?!\n]{{0,40}}\b(?:{_READING['told']})\b|\b(?:{_READING['later']})\b", re.IGNORECASE
)
_COMMON = re.compile(rf"\b(?:{_READING['common']})\b", re.IGNORECASE)
_SENTENCE_END, _WORD = re.compile(r"[.?!;\n]+"), re.compile(r"[\w'’-]+")

_Numbers = NDArray[np.intp]


@dataclass(frozen=True, repr=False)
class Coverage(Result):
    """What the matcher proposes for one meeting: `.table` has a row per agenda item, with the best quote and its turn.

    `meeting` is the one that was read (None where the minutes name none), `words` its length, `notes` what to know.
    """

    meeting: str | None
    words: int

    columns: ClassVar = {
        "item": "text", "score": "number", "low": "number", "high": "number", "verdict": "text", "quote": "text",
        "turn": "number",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        return self.table.drop(columns=["low", "high"])

    def _caption(self) -> str:
        return f"Agenda coverage of {self.meeting or 'the minutes'} ({self.words} words), to be confirmed by a person"


def agenda_coverage(minutes: pd.DataFrame, agenda: pd.DataFrame | None = None) -> Coverage:
    """Look for each agenda item in a meeting's minutes, and propose the passage that shows it.

    It reads English words, or those that the agenda brings, not meaning: it proposes, a person confirms. With P points
    (2 for each telling phrase in a sentence, 1 for each plain word) in W words the score is d / (d + 8), where
    d = 1000 · P / (W + 150). `low` counts clear statements alone, `high` questions and what was put off, too.
    "likely covered": low is at least 0.2, or told at length in one place; "no sign": high is below 0.1. `quote` and
    `turn` are the turn with the most points, "" and <NA> without any.

    Args:
        minutes: columns text [, meeting, turn], a turn or a paragraph a row; the first meeting in it is read.
        agenda: a table with item and terms (separated by ;), or None for `DEFAULT_AGENDA`.

    Raises:
        BadDataError: a turn that is no number.
        OutsourcingKitError: an agenda without the column item.

    >>> talk = pd.DataFrame({"text": ["My name is Ana, I am the billing lead.", "We send the invoice on the 5th."]})
    >>> for row in agenda_coverage(talk).table.iloc[[0, 4, 5]].itertuples():
    ...     print(row.item, row.verdict, row.turn, row.quote or "-", sep=" | ")
    introductions | likely covered | 1 | My name is Ana, I am the billing lead.
    timelines | no sign | <NA> | -
    payments | likely covered | 2 | We send the invoice on the 5th.
    """
    items = agenda_items(agenda)
    rows, missing = take(minutes, "minutes", need=("text",), also=("meeting", "turn"))
    names, notes = rows["meeting"].dropna().unique(), []
    meeting = next(iter(names), None)
    if len(names) > 1:
        notes.append(f"The minutes hold {len(names)} meetings; the first, {meeting}, was read.")
    if meeting:
        # Minutes that name no meeting are of one; where some do, lines of none belong to nobody knows which.
        rows = rows[rows["meeting"] == meeting]
    talk = _read(rows)
    if talk.foreign:
        notes.append(
            "The text does not look like English, which the built-in words are: no item can be said to show no sign. "
            "Give an agenda with terms in the language of the minutes."
        )
    missing = missing or ("" if talk.words else "needs table minutes, column text filled in")
    table = pd.DataFrame([_judge(item, talk) for item in items], columns=list(Coverage.columns))
    # Whole numbers with blanks: a turn 3.0 would find nothing in the minutes.
    table = table.assign(turn=pd.array(table["turn"], dtype="Int64"))
    return Coverage(table, meeting, talk.words, missing=missing, notes=tuple(notes))


class _Talk(NamedTuple):
    """A meeting's text as one string, with where turns, sentences and words begin; which sentences ask or put off."""

    text: str
    searched: str
    turns: list[str]
    numbers: list[int]
    turn_starts: _Numbers
    sentence_starts: _Numbers
    word_starts: _Numbers
    asks: NDArray[np.bool_]
    put_off: NDArray[np.bool_]

    @property
    def words(self) -> int:
        return len(self.word_starts)

    @property
    def foreign(self) -> bool:
        return self.words >= _COMMON_FROM and len(_COMMON.findall(self.text)) < _COMMON_SHARE * self.words


def _read(rows: pd.DataFrame) -> _Talk:
    rows = rows.sort_values("turn", kind="stable")
    turns = [*map(_clean, rows["text"])]
    # Numbers with gaps in them would send a reader to the wrong turn, so then they are counted anew.
    numbers = rows["turn"].astype(int) if rows["turn"].notna().all() else range(1, len(rows) + 1)
    text = "\n".join(turns) + "\n"
    ends = list(_SENTENCE_END.finditer(text))
    # A sentence begins where the one before it ended; the text's own last line break closes the last one.
    starts = np.array([0, *(match.end() for match in ends[:-1])])
    put_off = np.zeros(len(ends), dtype=bool)
    put_off[_index(starts, [match.start() for match in _PUT_OFF.finditer(text)])] = True
    return _Talk(
        text, _searchable(text), turns, [*numbers],
        turn_starts=np.cumsum([0, *(len(turn) + 1 for turn in turns)])[:-1],
        sentence_starts=starts,
        word_starts=np.array([match.start() for match in _WORD.finditer(text)], dtype=np.intp),
        asks=np.array(["?" in match.group() for match in ends], dtype=bool),
        put_off=put_off,
    )  # fmt: skip


def _index(starts: _Numbers, positions: Sequence[int] | _Numbers) -> _Numbers:
    """In which stretch each position lies, by where the stretches begin."""
    return np.searchsorted(starts, np.asarray(positions, dtype=np.intp), side="right") - 1


def _searchable(text: str) -> str:
    """The text in lower case, as long as it was, without the phrases that only sound like an agenda item."""
    low = text.lower()
    if len(low) != len(text):
        # A few letters become two in lower case, and every position after them would be wrong.
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return _IGNORED.sub(lambda match: "#" * len(match.group()), low)


def _clean(text: str | None) -> str:
    """Without transcriber's marks and fillers; one blank between words, none before a full stop."""
    words = _FILLERS.sub(" ", _MARKS.sub(" ", plain(text or "").replace("’", "'").replace("`", "'")))
    words = re.sub(r"\s+(?=[.,;:?!])", "", re.sub(r"\s+", " ", words))
    # A stutter ("our our") is one word, and marks that stood around a removed filler go with it.
    words = re.sub(r"\b([a-z']+)(?: \1\b)+", r"\1", words, flags=re.IGNORECASE)
    return re.sub(r"([.?!])(?:\s*[.,;])+", r"\1", words).lstrip(" .,;:?!").rstrip(" ,")


def _hits(terms: tuple[str, ...], talk: _Talk) -> _Numbers:
    """One row for each different term in each sentence: start, end, sentence."""
    pattern = term_pattern(terms)
    matches = pattern.finditer(talk.searched) if pattern else ()
    found = np.array([(match.lastindex, *match.span()) for match in matches], dtype=np.intp).reshape(-1, 3)
    sentence = _index(talk.sentence_starts, found[:, 1])
    # Said twice in a sentence is said once: a term and its sentence make one number, of which the first hit stays.
    _, first = np.unique(found[:, 0] * len(talk.sentence_starts) + sentence, return_index=True)
    return np.column_stack([found[:, 1:], sentence])[np.sort(first)]


def _headings(name: str, talk: _Talk) -> _Numbers:
    """Paragraphs that begin with a word of the item's name and a colon or dash, and go on: written minutes do."""
    words = [re.escape(word).removesuffix("s") + "s?" for word in re.findall(r"[\w-]{4,}", name)]
    pattern = rf"^\W*(?:\d+\W+)?(?:[\w-]+ ){{0,2}}(?:{'|'.join(words)})(?: and [\w-]+)?\s*[:–—]\s*\w"
    matches = re.finditer(pattern, talk.text, re.IGNORECASE | re.MULTILINE) if words else ()
    found = np.array([match.span() for match in matches], dtype=np.intp).reshape(-1, 2)
    return np.column_stack([found, _index(talk.sentence_starts, found[:, 0])])


def _judge(item: AgendaItem, talk: _Talk) -> tuple[object, ...]:
    telling = np.concatenate([_hits(item.telling, talk), _headings(item.item, talk)])
    terms = _hits(item.terms, talk)
    # A paragraph headed by the item ("Payments: …") has told it, as a telling phrase does.
    phrases, words = (np.bincount(found[:, 2], minlength=len(talk.asks)) for found in (telling, terms))
    said = ~talk.put_off
    stated = said & ~talk.asks
    # Strict: a statement with a telling phrase, or with two different plain words; how many more does not matter.
    strict = np.where(stated & ((phrases > 0) | (words > 1)), 2, 0)
    # The score's own points: a question shows that a thing came up, not what was said; what is put off was not told.
    middle = np.where(stated, 2 * phrases + words, np.where(said, phrases + words, 0))
    # Lenient: whoever doubts the rules above sees what the most generous reader would make of it.
    lenient = 2 * (phrases + words)
    # d / (d + half) grows with every mention and never reaches 1: no amount of talk is proof.
    densities = (1000 * points.sum() / (talk.words + _EXTRA_WORDS) for points in (strict, middle, lenient))
    low, score, high = (float(density / (density + _HALF_SCORE)) for density in densities)
    # Words of another language are missed by these lists: that is no sign of silence.
    high = 1.0 if talk.foreign or not talk.words else high
    dense = _densest(strict, talk) >= _PASSAGE_POINTS
    verdict = LIKELY if low >= _LIKELY_FROM or dense else NO_SIGN if high < _NO_SIGN_BELOW else UNSURE
    # The lenient points break ties, and find a passage where nothing was plainly stated.
    quote, turn = _quote(middle + 0.01 * lenient, telling, terms, talk)
    return item.item, round(score, 4), round(low, 4), round(high, 4), verdict, quote, turn


def _densest(points: _Numbers, talk: _Talk) -> float:
    """The most points that any stretch of `_PASSAGE_WORDS` words holds."""
    held = np.flatnonzero(points)
    # A stretch with the most points can be taken to begin with a sentence that has some.
    place = np.searchsorted(talk.word_starts, talk.sentence_starts[held])
    total = np.concatenate([[0], np.cumsum(points[held])])
    until = np.searchsorted(place, place + _PASSAGE_WORDS, side="left")
    return float((total[until] - total[:-1]).max(initial=0))


def _quote(points: NDArray[np.float64], telling: _Numbers, terms: _Numbers, talk: _Talk) -> tuple[str, object]:
    if not points.any():
        return "", pd.NA
    best = int(np.bincount(_index(talk.turn_starts, talk.sentence_starts), points).argmax())
    text, offset = talk.turns[best], talk.turn_starts[best]
    if len(text) <= _QUOTE_LENGTH:
        return text, talk.numbers[best]
    # A long turn is cut to the stretch that holds the most of what was found.
    hits, weights = np.concatenate([telling, terms]), np.repeat([2.0, 1.0], [len(telling), len(terms)])
    starts, ends = hits[:, 0] - offset, hits[:, 1] - offset
    starts, ends, weights = (part[(starts >= 0) & (ends <= len(text))] for part in (starts, ends, weights))
    room = _QUOTE_LENGTH - _BEFORE_QUOTE
    # Of stretches that hold equally much the first.
    _, at = min((-weights[(starts >= at) & (ends <= at + room)].sum(), at) for at in starts.tolist())
    first = text.rfind(" ", 0, max(0, at - _BEFORE_QUOTE)) + 1
    last = min(len(text), first + _QUOTE_LENGTH)
    if last < len(text):
        # Cut between words, unless one word is longer than a quote may be.
        last = max(text.rfind(" ", 0, last), first + 1)
    return f"{'… ' if first else ''}{text[first:last]}{' …' if last < len(text) else ''}", talk.numbers[best]
