"""Slack: an export of channels, zipped or not. What was said in private is in none of it."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import ASKS, THANKS, Names, asks, thanked
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.readers.slack_files import Room, people_of, rooms_of, said_on

NAME, KEY = "an export of Slack", "slack"
_DAY = re.compile(r"(?:^|/)([^/]+)/\d{4}-\d\d-\d\d\.json$")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
# Of other reactions, such as +1, nobody knows whether they thank.
_GRATEFUL = {
    "tada", "clap", "raised_hands", "heart", "pray", "bow", "star", "star2", "trophy", "medal", "100", "muscle",
    "sparkles", "heart_eyes", "star-struck", "thank_you", "thanks", "thankyou", "bouquet", "confetti_ball",
}  # fmt: skip
# After this long a message of the one who was asked is no answer to it any more.
_SOON = 7 * 86_400.0


@dataclass
class _Columns:
    """Messages column by column, as a million of them take less room so."""

    message: list[str] = field(default_factory=list)
    thread: list[str] = field(default_factory=list)
    sender: list[str] = field(default_factory=list)
    recipient: list[str] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    reply_to: list[str] = field(default_factory=list)
    needs_answer: list[bool | None] = field(default_factory=list)


def is_mine(source: Source) -> bool:
    """Whether it holds a list of users and days of channels."""
    names = source.names if source.is_many else ()
    return any(name.endswith("users.json") for name in names) and any(map(_DAY.search, names))


def read(source: Source, ask: Ask) -> Draft:
    """Messages, and as recognition thanks that name somebody and reactions that thank."""
    draft = Draft()
    people, machines = people_of(source)
    rooms = rooms_of(source)
    channels = sorted({found[1] for name in source.names if (found := _DAY.search(name))})
    if len(channels) > 1:
        text = "Which of these channels are about this engagement?"
        # A workspace also talks of other engagements, and of lunch.
        channels = list(ask.many("channels", text, channels, channels))
    thanks: list[tuple[float, str, str, str]] = []
    columns, names = _Columns(), Names(people.values())
    # A channel at a time: an answer outside its thread is looked for in the same channel.
    for channel, days in groupby(source.members(".json"), lambda day: (_DAY.search(day[0]) or ("", ""))[1]):
        if channel in channels:
            room, first = rooms.get(channel, Room(channel)), len(columns.message)
            for name, data in days:
                for sent, each in said_on(source.parsed(data, name), people, machines, draft):
                    _add(columns, thanks, room, sent, each, names)
            _open_doubts(columns, first, room)
    draft.meet(people.values())
    if columns.message:
        draft.add("messages", vars(columns) | {"sent": _moments(columns.sent)})
        draft.assume("messages", ASKS)
        draft.assume("messages", "an answer outside the thread of its question: both readings are taken")
    if thanks:
        given, giver, receiver, kind = zip(*thanks, strict=True)
        draft.add("recognition", {"given_at": _moments(given), "giver": giver, "receiver": receiver, "kind": kind})
        draft.assume("recognition", THANKS + "; a reaction has the time of its message, as Slack keeps no other")
    return draft


def _moments(seconds: Sequence[float]) -> pd.Series:
    # Stamps tell messages apart to the microsecond; thousandths would make two of them one.
    micro = (np.array(seconds) * 1e6).round().astype("int64").view("datetime64[us]")
    return pd.Series(micro).dt.tz_localize("UTC")


def _add(
    columns: _Columns, thanks: list[tuple[float, str, str, str]], room: Room, sent: float, each: Mapping[str, Any],
    names: Names,
) -> None:  # fmt: skip
    # A million messages are of few people: each name is kept once.
    who, text, stamp = sys.intern(str(each["user"])), str(each.get("text") or ""), str(each["ts"])
    # Whom a message is for stands at its beginning; a name later on is of whom it speaks.
    named = list(dict.fromkeys(_MENTION.findall(text))) if "<@" in text else names.named(text[:40])
    named = named or [other for other in room.pair if other != who]
    # Of two who are asked either may answer: then nobody alone is waited for.
    to = sys.intern(named[0]) if len(named) == 1 and named[0] != who else ""
    top = str(each.get("thread_ts") or stamp)
    columns.message.append(f"{room.number}-{stamp}")
    # Of a private talk all is one thread: there people answer with the next message.
    thread = columns.message[-1] if top == stamp else f"{room.number}-{top}"
    columns.thread.append(room.number if room.pair else thread)
    columns.sender.append(who)
    columns.recipient.append(to)
    columns.sent.append(sent)
    columns.reply_to.append("" if top == stamp else thread)
    columns.needs_answer.append(asks(text, addressed=bool(to)))
    thanks += [(sent, who, receiver, "thanks") for receiver in thanked(text, named, who)]
    for reaction in each.get("reactions") or ():
        if isinstance(reaction, dict) and str(reaction.get("name", "")).partition("::")[0] in _GRATEFUL:
            thanks += [(sent, str(by), who, "reaction") for by in reaction.get("users") or () if by != who]


def _open_doubts(columns: _Columns, first: int, room: Room) -> None:
    """Whoever was asked and wrote soon after outside the thread may have answered: both readings are left open."""
    if room.pair:
        return
    outside: dict[str, list[float]] = {}
    replied = set()
    for place in range(first, len(columns.message)):
        if columns.reply_to[place]:
            replied.add((columns.thread[place], columns.sender[place]))
        else:
            outside.setdefault(columns.sender[place], []).append(columns.sent[place])
    for times in outside.values():
        times.sort()
    for place in range(first, len(columns.message)):
        to = columns.recipient[place]
        if columns.needs_answer[place] and (columns.thread[place], to) not in replied:
            times, sent = outside.get(to, []), columns.sent[place]
            after = bisect_right(times, sent)
            if after < len(times) and times[after] - sent <= _SOON:
                columns.needs_answer[place] = None
