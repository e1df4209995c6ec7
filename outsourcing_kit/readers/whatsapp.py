"""WhatsApp: "Export chat", from an iPhone or an Android phone, in any of their regional formats."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import THANKS_A_NAME, add_messages, add_thanks, asks, finder, thanked
from outsourcing_kit.readers.draft import Draft, Who, digest, moments
from outsourcing_kit.readers.opening import Source, decoded
from outsourcing_kit.written import Times, times

NAME, KEY = "a chat of WhatsApp", "whatsapp"
_HIDDEN = str.maketrans({"\u200e": "", "\u200f": "", "\u202a": "", "\u202c": "", "\u202f": " ", "\u00a0": " "})
_LINE = re.compile(
    r"\[?(?P<when>\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.? ?[Mm]\.?)?)\]?"
    r" ?(?:- )?(?P<rest>.*)"
)
_SENDER = re.compile(r"(?:~ ?)?(?P<who>[^:\"\u201c]{1,60}): (?P<text>.*)")
_HEAD = 20_000
# A chat has one line of people's talk: there people answer with the next message.
_THREAD = "whatsapp"


class _Message(NamedTuple):
    when: str
    sender: str
    text: str


def is_mine(source: Source) -> bool:
    """Whether its first lines are a time, somebody and what they wrote."""
    lines = [line for line in _text(source)[:_HEAD].translate(_HIDDEN).splitlines() if line.strip()][:20]
    begun = [found for found in map(_LINE.fullmatch, lines) if found]
    return bool(lines) and _LINE.fullmatch(lines[0]) is not None and any(_SENDER.fullmatch(x["rest"]) for x in begun)


def read(source: Source, ask: Ask) -> Draft:
    """Messages; between two people each is for the other, among more for whom it calls by name."""
    draft = Draft()
    found = _messages(_text(source), draft)
    stamps = [each.when for each in found]
    # A chat goes forward: an order of day and month under which it would not is wrong.
    order = ask.order(stamps, settled=lambda order: _in_order(times(stamps, order)))
    # The phone writes its own clock, and no offset.
    draft.zone = ask.zone("In which time zone was the phone that exported the chat?")
    read = times(stamps, order)
    draft.leave_out("messages whose time cannot be read", read.unread)
    draft.meet(Who(each.sender) for each in found)
    find, people = finder(draft.people.values()), list(draft.people)
    rows, thanks = [], []
    again: Counter[_Message] = Counter()
    for each, moment, bad in zip(found, moments(read).tolist(), read.unread, strict=True):
        if bad:
            continue
        called = [who for who in find(each.text[:40]) if who != each.sender]
        # Of two people the other one is meant, named or not.
        if len(people) == 2:
            called = [who for who in people if who != each.sender]
        to = called[0] if len(called) == 1 else ""
        # The same next month, and telling nothing of what was written; whoever writes "ok" twice wrote two messages.
        known = "\0".join((*each, *[""] * again[each]))
        again[each] += 1
        number, needs = f"w-{digest(known, 10)}", asks(each.text, addressed=bool(to))
        rows.append((number, _THREAD, each.sender, to, moment, "", needs))
        named = find(each.text) or ([] if THANKS_A_NAME.search(each.text) else called)
        thanks += [(moment, each.sender, receiver, "") for receiver in thanked(each.text, named, each.sender)]
    add_messages(draft, rows)
    if rows:
        draft.assume("messages", "in a chat the next message of the one who was asked is the answer")
    add_thanks(draft, thanks)
    return draft


def _text(source: Source) -> str:
    """The chat: a text, or the one text of an iPhone's zip."""
    if not source.is_many or sum(name.endswith(".txt") for name in source.names) != 1:
        return source.text
    return decoded(next((data for _, data in source.members(".txt")), b""))


def _messages(text: str, draft: Draft) -> list[_Message]:
    """The messages, with their further lines; what WhatsApp itself says is none."""
    found: list[_Message] = []
    typed: list[bool] = []
    system = False
    for raw in text.splitlines():
        line = raw.translate(_HIDDEN)
        begun = _LINE.fullmatch(line)
        if begun is None:
            # The second line of a message, unless nobody's message came before it.
            if found and not system and line.strip():
                found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
            continue
        said = _SENDER.fullmatch(begun["rest"])
        system = said is None
        if said is None:
            draft.leave_out("lines that WhatsApp wrote itself")
        else:
            day, _, hour = begun["when"].partition(" ")
            when = re.sub(r"(\d)\.(\d\d)", r"\1:\2", hour)
            found.append(_Message(f"{day} {when}", said["who"].strip(), said["text"]))
            typed.append(": \u200e" not in raw)
    # An iPhone begins a chat with a line that nobody typed, in the name of the group or of the other one.
    own = found[0].sender if found and not typed[0] else ""
    group = own and own not in {each.sender for each, by_hand in zip(found, typed, strict=True) if by_hand}
    kept = [each for place, each in enumerate(found) if each.sender != own or (place and not group)]
    draft.leave_out("lines that WhatsApp wrote itself", len(found) - len(kept))
    return kept


def _in_order(found: Times) -> bool:
    """Whether the times never go back: a chat is exported from its first message to its last."""
    stamps = found.local[~found.unread]
    return bool((stamps[1:] >= stamps[:-1]).all())
