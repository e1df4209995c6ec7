"""What messages of any tool say: whether one asks for an answer, whom it addresses, whom it thanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.known import pattern
from outsourcing_kit.text import folded

# A question mark in an address or in code asks nobody.
_LINK = re.compile(r"<?https?://[^\s>]+>?|`[^`]*`")
_MARK = re.compile(r"\?(?=\s|$|[)\"'\u2019\u201d*_!?.]|[^\x00-\x7f])|\uff1f")
# A request may end without a mark, and such words may stand in no request: a second reading, never a guess.
_LIKE_A_QUESTION = re.compile(
    r"(?:\W*[\w.]+,)?\W*(?:(?:can|could|would|will) you|who|what|when|where|which|why|how)\b", re.IGNORECASE
)
_PLEASE = re.compile(r"\bplease (?:tell|confirm|send|check|let me know|advise)\b|\blet me know\b", re.IGNORECASE)
_THANKS = pattern("thanks")
# A capital is all that tells a name from a word here.
THANKS_A_NAME = re.compile(
    r"\b(?:[Tt]hanks?(?: you)?|[Dd]anke|[Gg]racias|[Mm]erci)(?: so much| very much| a lot)?,? [A-Z]\w+"
)
_MOST_NAMES = 2_000
ASKS = "a question mark at somebody asks for an answer; at nobody, or a request without one, both readings are taken"
THANKS = "thanks count where they name who is thanked"


def asks(text: str, *, addressed: bool) -> bool | None:
    """Whether a message asks for an answer: yes, no, or None where both can be meant.

    >>> asks("Which price list?", addressed=True), asks("Any questions?", addressed=False)
    (True, None)
    >>> asks("see https://example.com/list?id=3", addressed=True), asks("Please send the list", addressed=True)
    (False, None)
    """
    bare = _LINK.sub(" ", text) if "://" in text or "`" in text else text
    if ("?" in bare or "\uff1f" in bare) and _MARK.search(bare):
        return True if addressed else None
    # Of a million messages few hold these words, which are found more quickly so.
    low = bare.casefold()
    rare = "please" in low or "let me know" in low
    return None if _LIKE_A_QUESTION.match(bare) or (rare and _PLEASE.search(bare)) else False


Finder = Callable[[str], list[str]]


def finder(people: Iterable[Who]) -> Finder:
    """What finds people in a text, by their whole names or their first ones: their aliases in its order, each once.

    >>> finder([Who("U3", "Mark Dizon"), Who("U2", "Joy Reyes")])("Thank you Mark, spotless")
    ['U3']
    """
    called: dict[str, set[str]] = {}
    for who in people:
        for name in {who.said, *who.said.split()[:1]}:
            if len(name) > 1:
                called.setdefault(folded(name), set()).add(who.alias)
    # A first name that two people bear names neither.
    alias = {name: next(iter(aliases)) for name, aliases in called.items() if len(aliases) == 1}
    # Of so many people no import takes a table, and to look for each in each message would take hours.
    names = sorted(alias, key=len, reverse=True) if len(alias) <= _MOST_NAMES else []
    any_name = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")

    def found(text: str) -> list[str]:
        return list(dict.fromkeys(alias[name] for name in any_name.findall(text.casefold()))) if names else []

    return found


def thanked(text: str, named: Iterable[str], sender: str) -> list[str]:
    """Whom a message thanks: those it names, if it has words of thanks in it; nobody thanks themselves."""
    others = [alias for alias in named if alias != sender]
    return others if others and _THANKS.search(text) else []


MESSAGE = ("message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer")


def add_messages(draft: Draft, rows: Iterable[tuple[str, str, str, str, object, str, bool | None]]) -> None:
    """Rows of table `messages`: see `MESSAGE`."""
    if listed := list(zip(*rows, strict=True)):
        draft.add("messages", dict(zip(MESSAGE, listed, strict=True)))
        draft.assume("messages", ASKS)


class Comment(NamedTuple):
    """What somebody wrote beside an item of work. `pair`: those whose item it is; `sent` is a moment of a draft."""

    message: str
    item: str
    pair: tuple[str, ...]
    sender: str
    sent: object
    text: str
    reply_to: str = ""


_AT = re.compile(r"(?<![\w.])@([\w.-]*\w)")


def add_comments(draft: Draft, comments: Iterable[Comment], logins: Mapping[str, str]) -> None:
    """Comments as `messages`, and as `recognition` where they thank. `logins`: what stands behind an @ → alias.

    A comment speaks to the one whom it calls with an @, else to the other one of the pair.
    """
    find = finder(draft.people.values())
    rows, thanks = [], []
    for each in comments:
        called = list(dict.fromkeys(logins[at] for at in _AT.findall(each.text.casefold()) if at in logins))
        others = called or list(dict.fromkeys(name for name in each.pair if name and name != each.sender))
        to = others[0] if len(others) == 1 and others[0] != each.sender else ""
        needs = asks(each.text, addressed=bool(to))
        rows.append((each.message, each.item, each.sender, to, each.sent, each.reply_to, needs))
        named = dict.fromkeys([*called, *find(each.text)])
        thanks += [(each.sent, each.sender, who, each.item) for who in thanked(each.text, named, each.sender)]
    add_messages(draft, rows)
    add_thanks(draft, thanks)


def add_thanks(draft: Draft, thanks: Iterable[tuple[object, str, str, str]]) -> None:
    """Rows of table `recognition`: given_at, giver, receiver, item."""
    if listed := list(zip(*thanks, strict=True)):
        columns = dict(zip(("given_at", "giver", "receiver", "item"), listed, strict=True))
        draft.add("recognition", columns | {"kind": ("thanks",) * len(listed[0])})
        draft.assume("recognition", THANKS)
