"""Was it talked about? A matcher that reads minutes and proposes a quote for every agenda item; a person confirms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import numeric, typed
from outsourcing_kit.kickoff.agenda import AgendaItem, agenda_items, term_pattern
from outsourcing_kit.showing import Shown
from outsourcing_kit.text import label, plain

LIKELY, UNSURE, NO_SIGN = "likely covered", "cannot tell", "no sign"
COLUMNS = ("item", "score", "low", "high", "verdict", "quote", "turn")

# Points per 1,000 words at which the score is one half: a telling sentence (2 points, with a plain word 3) every few
# hundred words. Chosen by hand on a few kickoffs before the held-out ones were looked at; see the docstring below.
_HALF_SCORE = 8.0
# Added to the words of every talk, so that one stray word in ten does not look like a talk about nothing else.
_EXTRA_WORDS = 150
_LIKELY_FROM, _NO_SIGN_BELOW = 0.20, 0.10
# Told at length in one place is covered, however long the rest of the meeting: points within so many words.
_PASSAGE_WORDS, _PASSAGE_POINTS = 150, 8
_QUOTE_LENGTH = 220

_MARKS = re.compile(r"\{[^{}]*\}|<[^<>]*>|\[(?:[a-z_ ]+)\]", re.IGNORECASE)
_FILLERS = re.compile(r"(?:,\s*)?(?<![\w'])(?:u+h+m*|u+m+|e+rm*|m+h*m+|hmm+|ah+|oh+)(?![\w'-])(?:\s*,)?", re.IGNORECASE)
_IGNORED = re.compile(
    r"\b(?:pa(?:y|id|ying) attention|at any rate|good question|in the meantime|at the same time|by the way)\b",
    re.IGNORECASE,
)
# What was put off or left out was named, not told.
_PUT_OFF = re.compile(
    r"\b(?:not|never|didn't|don't|won't|can't|couldn't|haven't|no time|nobody|without)\b[^.?!\n]{0,40}"
    r"\b(?:discuss\w*|talk\w*|cover\w*|mention\w*|address\w*|go(?:ne)? (?:into|through|over))\b"
    r"|\b(?:postpon\w*|skip\w*|put off|defer\w*|left out|leave (?:it|that|this)? ?out|to be discussed|tbd|"
    r"(?:some|an)other time|ran out of time|later (?:meeting|call|date)|"
    r"not (?:discussed|covered|mentioned|agreed|clear))\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.?!;\n]+")
_ENGLISH = re.compile(r"\b(?:the|and|to|of|is|are|in|we|you|i|it|that|for|with|on|our|will|was|a|be)\b", re.IGNORECASE)
_ENGLISH_SHARE, _ENGLISH_FROM = 0.12, 40


@dataclass(frozen=True, repr=False)
class Coverage(Shown):
    """What the matcher proposes for one meeting: `.table` has a row per agenda item, with the best quote and its turn.

    `meeting` is the one that was read (None where the minutes name none), `words` its length, `notes` what to know.
    """

    table: pd.DataFrame
    meeting: str | None
    words: int
    notes: tuple[str, ...] = ()

    def _view(self) -> pd.DataFrame:
        return self.table.drop(columns=["low", "high"])

    def _caption(self) -> str:
        return f"Agenda coverage of {self.meeting or 'the minutes'} ({self.words} words), to be confirmed by a person"


def agenda_coverage(
    minutes: pd.DataFrame,
    agenda: pd.DataFrame | Sequence[AgendaItem] | None = None,
    *,
    meeting: str | None = None,
) -> Coverage:
    """Look for each agenda item in a meeting's minutes, and propose the passage that shows it.

    Works on transcripts (a turn a row) and on written minutes (a paragraph a row), English unless the agenda brings
    words of another language. It reads words, not meaning: it proposes, a person confirms.

    A sentence that holds telling phrases ("my name is") gets 2 points for each different one, and 1 for each different
    plain word ("name"); a paragraph headed by the item ("Payments: …") has told it, too. With W words in the meeting
    and P the sum of points, the score is d / (d + 8), where d = 1000 · P / (W + 150): what counts is how much of the
    talk is about the item, not how long the talk is.

    - `score`: as above; a question gives 1 point for each phrase or word, a sentence that puts the item off none.
    - `low`, the strict matcher: 2 points for a statement with a telling phrase or two different plain words, else none.
    - `high`, the lenient matcher: 2 points for every phrase and word, in questions and put-off sentences too.
    - `verdict`: "likely covered" if low is at least 0.2, or the strict matcher finds 8 points within 150 words;
      "no sign" if high is below 0.1; else "cannot tell". Cut-offs are conventions.
    - `quote`, `turn`: the turn with the most points (the first of equals), cut to where the words are; without
      fillers ("um") and transcriber's marks. Empty, and turn <NA>, where nothing was found.

    Args:
        minutes: columns text and, where there are several meetings or the order matters, meeting, turn, speaker.
        agenda: a table with item and terms (separated by ;), items, or None for `DEFAULT_AGENDA`.
        meeting: which meeting to read; None reads the first one in the table.

    Raises:
        OutsourcingKitError: no column text, or a meeting that is not in the minutes.

    >>> talk = pd.DataFrame({"text": ["My name is Ana, I am the billing lead.", "We send the invoice on the 5th."]})
    >>> for row in agenda_coverage(talk).table.iloc[[0, 4, 5]].itertuples():
    ...     print(row.item, row.verdict, row.turn, row.quote or "-", sep=" | ")
    introductions | likely covered | 1 | My name is Ana, I am the billing lead.
    timelines | no sign | <NA> | -
    payments | likely covered | 2 | We send the invoice on the 5th.
    """
    items = agenda_items(agenda)
    chosen, rows, notes = _one_meeting(minutes, meeting)
    talk = _Talk.of(rows)
    if not talk.words:
        notes += ("The minutes hold no words: nothing can be said about any item.",)
    foreign = talk.words >= _ENGLISH_FROM and talk.english < _ENGLISH_SHARE
    if foreign:
        notes += (
            "The text does not look like English, which the built-in words are: no item can be said to show no sign. "
            "Give an agenda with terms in the language of the minutes.",
        )
    table = pd.DataFrame([_judge(item, talk, foreign or not talk.words) for item in items], columns=list(COLUMNS))
    table["turn"] = pd.array(table["turn"], dtype="Int64")
    return Coverage(table, chosen, talk.words, notes)


def coverage_by_meeting(
    minutes: pd.DataFrame, agenda: pd.DataFrame | Sequence[AgendaItem] | None = None
) -> pd.DataFrame:
    """The coverage of every meeting in the minutes, in their order: meeting, item, score, low, high, verdict.

    >>> said = ["Welcome. Invoices are sent at the end of each month.", "Hello."]
    >>> by_meeting = coverage_by_meeting(pd.DataFrame({"meeting": ["m1", "m2"], "text": said}))
    >>> by_meeting[by_meeting["item"] == "payments"][["meeting", "verdict"]].to_numpy().tolist()
    [['m1', 'likely covered'], ['m2', 'no sign']]
    """
    if "meeting" not in minutes or minutes.empty:
        return pd.DataFrame(columns=["meeting", "item", "score", "low", "high", "verdict"])
    items = agenda_items(agenda)
    parts = [
        agenda_coverage(rows, items).table.drop(columns=["quote", "turn"]).assign(meeting=name)
        for name, rows in typed(minutes, "meeting").groupby("meeting", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)[["meeting", "item", "score", "low", "high", "verdict"]]


def _one_meeting(minutes: pd.DataFrame, meeting: str | None) -> tuple[str | None, pd.DataFrame, tuple[str, ...]]:
    if "text" not in minutes:
        raise OutsourcingKitError(
            f"The minutes have columns {', '.join(map(str, minutes.columns)) or 'none'}; expected meeting, turn, "
            "speaker, text. Mend: name the column with what was said 'text'."
        )
    notes: tuple[str, ...] = ()
    minutes, meeting = typed(minutes, "meeting"), label(meeting)
    if "meeting" in minutes:
        names = list(dict.fromkeys(minutes["meeting"].dropna()))
        if meeting is None and names:
            meeting = names[0]
            if len(names) > 1:
                notes = (f"The minutes hold {len(names)} meetings; the first, {meeting}, was read.",)
        if meeting is not None and meeting not in names:
            raise OutsourcingKitError(
                f"There are no minutes of meeting {meeting!r}. Expected one of: "
                f"{', '.join(map(str, names[:8])) or 'none'}{' …' if len(names) > 8 else ''}. "
                "Mend: name one of these, or add its minutes."
            )
        if meeting is not None:
            minutes = minutes[minutes["meeting"] == meeting]
    if "turn" in minutes:
        minutes = minutes.assign(turn=numeric(minutes, "turn")).sort_values("turn", kind="stable")
    return (None if meeting is None else str(meeting)), minutes, notes


@dataclass(frozen=True)
class _Talk:
    """A meeting's text as one string, with where each turn and sentence begins, and which sentences ask or put off."""

    text: str
    searched: str
    turns: tuple[str, ...]
    numbers: tuple[int, ...]
    turn_starts: np.ndarray
    sentence_starts: np.ndarray
    asks: np.ndarray
    put_off: np.ndarray
    word_starts: np.ndarray
    english: float

    @property
    def words(self) -> int:
        return len(self.word_starts)

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Talk:
        turns = tuple(_clean(text) for text in rows["text"])
        numbers = tuple(range(1, len(rows) + 1))
        if "turn" in rows and rows["turn"].notna().all():
            numbers = tuple(int(number) for number in rows["turn"])
        text = "\n".join(turns) + "\n"
        turn_starts = (
            np.concatenate([[0], np.cumsum([len(turn) + 1 for turn in turns])[:-1]]) if turns else np.array([0])
        )
        ends = [match for match in _SENTENCE_END.finditer(text)]
        sentence_ends = np.array([match.end() for match in ends], dtype=int)
        sentence_starts = np.concatenate([[0], sentence_ends[:-1]]).astype(int)
        put_off = np.zeros(len(ends), dtype=bool)
        put_off[_index(sentence_starts, [match.start() for match in _PUT_OFF.finditer(text)])] = True
        word_starts = np.array([match.start() for match in re.finditer(r"[\w'’-]+", text)], dtype=int)
        english = len(_ENGLISH.findall(text)) / max(len(word_starts), 1)
        asks = np.array(["?" in match.group() for match in ends], dtype=bool)
        return cls(
            text=text,
            searched=_searchable(text),
            turns=turns,
            numbers=numbers,
            turn_starts=turn_starts,
            sentence_starts=sentence_starts,
            asks=asks,
            put_off=put_off,
            word_starts=word_starts,
            english=english,
        )


def _searchable(text: str) -> str:
    """The text in lower case, as long as it was, without the phrases that only sound like an agenda item."""
    low = text.lower()
    if len(low) != len(text):
        # A few letters become two in lower case, and every position after them would be wrong.
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return _IGNORED.sub(lambda match: "#" * len(match.group()), low)


def _clean(text: object) -> str:
    """Without transcriber's marks and fillers; one blank between words, none before a full stop."""
    if not isinstance(text, str):
        return ""
    words = _FILLERS.sub(" ", _MARKS.sub(" ", plain(text).replace("’", "'").replace("`", "'")))
    words = re.sub(r"\s+(?=[.,;:?!])", "", re.sub(r"\s+", " ", words))
    # A stutter ("our our") is one word, and marks that stood around a removed filler go with it.
    words = re.sub(r"\b([a-z']+)(?: \1\b)+", r"\1", words, flags=re.IGNORECASE)
    return re.sub(r"([.?!])(?:\s*[.,;])+", r"\1", words).lstrip(" .,;:?!").rstrip(" ,")


def _index(starts: np.ndarray, positions: Sequence[int] | np.ndarray) -> np.ndarray:
    return np.searchsorted(starts, np.asarray(positions, dtype=int), side="right") - 1


def _hits(terms: Sequence[str], talk: _Talk) -> pd.DataFrame:
    """One row for each different term in each sentence: term, start, end, sentence."""
    pattern = term_pattern(tuple(terms))
    found = [(m.lastindex, m.start(), m.end()) for m in pattern.finditer(talk.searched)] if pattern else []
    frame = pd.DataFrame(np.array(found, dtype=int).reshape(-1, 3), columns=["term", "start", "end"])
    frame["sentence"] = _index(talk.sentence_starts, frame["start"].to_numpy())
    return frame.drop_duplicates(["term", "sentence"])


def _headings(name: str, talk: _Talk) -> pd.DataFrame:
    """Paragraphs that begin with a word of the item's name and a colon or dash, and go on: written minutes do."""
    words = [re.escape(word).removesuffix("s") + "s?" for word in re.findall(r"[\w-]{4,}", name)]
    pattern = rf"^\W*(?:\d+\W+)?(?:[\w-]+ ){{0,2}}(?:{'|'.join(words)})(?: and [\w-]+)?\s*[:–—]\s*\w"
    found = [match.span() for match in re.finditer(pattern, talk.text, re.IGNORECASE | re.MULTILINE)] if words else []
    frame = pd.DataFrame([(0, start, end) for start, end in found], columns=["term", "start", "end"], dtype=int)
    return frame.assign(sentence=_index(talk.sentence_starts, frame["start"].to_numpy()))


def _judge(item: AgendaItem, talk: _Talk, unread: bool) -> tuple[object, ...]:
    sentences = len(talk.sentence_starts)
    telling, plain = _hits(item.telling, talk), _hits(item.terms, talk)
    telling = pd.concat([telling, _headings(item.item, talk)], ignore_index=True)
    phrases = np.bincount(telling["sentence"].to_numpy(np.intp), minlength=sentences)
    words = np.bincount(plain["sentence"].to_numpy(np.intp), minlength=sentences)
    said = ~talk.put_off
    stated = said & ~talk.asks
    strict = np.where(stated & ((phrases > 0) | (words > 1)), 2, 0)
    middle = np.where(stated, 2 * phrases + words, np.where(said, phrases + words, 0))
    lenient = 2 * (phrases + words)
    low, score, high = (_share(points.sum(), talk.words) for points in (strict, middle, lenient))
    if unread:
        high = 1.0
    dense = _densest(strict, talk) >= _PASSAGE_POINTS
    verdict = LIKELY if low >= _LIKELY_FROM or dense else NO_SIGN if high < _NO_SIGN_BELOW else UNSURE
    quote, turn = _quote(middle * 1.0 + 0.01 * lenient, telling, plain, talk)
    return item.item, round(score, 4), round(low, 4), round(high, 4), verdict, quote, turn


def _share(points: float, words: int) -> float:
    density = 1000 * points / (words + _EXTRA_WORDS)
    return float(density / (density + _HALF_SCORE))


def _densest(points: np.ndarray, talk: _Talk) -> float:
    """The most points that any stretch of `_PASSAGE_WORDS` words holds."""
    held = np.flatnonzero(points)
    if not len(held):
        return 0.0
    place = np.searchsorted(talk.word_starts, talk.sentence_starts[held])
    total = np.concatenate([[0], np.cumsum(points[held])])
    until = np.searchsorted(place, place + _PASSAGE_WORDS, side="left")
    return float((total[until] - total[:-1]).max())


def _quote(points: np.ndarray, telling: pd.DataFrame, plain: pd.DataFrame, talk: _Talk) -> tuple[str, object]:
    if not points.any():
        return "", pd.NA
    by_turn = np.bincount(_index(talk.turn_starts, talk.sentence_starts), points, minlength=len(talk.turns))
    best = int(np.argmax(by_turn))
    text, offset = talk.turns[best], int(talk.turn_starts[best])
    if len(text) <= _QUOTE_LENGTH:
        return text, talk.numbers[best]
    # A long turn is cut to the stretch that holds the most of what was found.
    hits = pd.concat([telling.assign(weight=2.0), plain.assign(weight=1.0)])
    hits = hits[(hits["start"] >= offset) & (hits["end"] <= offset + len(text))].sort_values("start", kind="stable")
    starts, ends, weights = (
        hits["start"].to_numpy() - offset,
        hits["end"].to_numpy() - offset,
        hits["weight"].to_numpy(),
    )
    held = [weights[(starts >= first) & (ends <= first + _QUOTE_LENGTH - 40)].sum() for first in starts]
    first = max(0, int(starts[int(np.argmax(held))]) - 40)
    first = text.rfind(" ", 0, first) + 1 if first else 0
    last = min(len(text), first + _QUOTE_LENGTH)
    if last < len(text):
        last = max(text.rfind(" ", 0, last), first + 1)
    return f"{'… ' if first else ''}{text[first:last]}{' …' if last < len(text) else ''}", talk.numbers[best]
