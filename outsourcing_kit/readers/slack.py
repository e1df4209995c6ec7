"""Slack: an export of channels, zipped or not. What was said in private is in none of it."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import ASKS, MESSAGE, THANKS, Finder, asks, finder, thanked
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.known import LISTS
from outsourcing_kit.readers.opening import Source, maps, said
from outsourcing_kit.tables import LAST_YEAR

NAME, KEY = "an export of Slack", "slack"
_DAY = re.compile(r"(?:^|/)([^/]+)/\d{4}-\d\d-\d\d\.json$")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_GRATEFUL = set(LISTS["grateful"])
# After this long a message of the one who was asked is no answer to it any more.
_SOON = 7 * 86_400.0
_AFTER = pd.Timestamp(LAST_YEAR + 1, 1, 1, tz="UTC").timestamp()
# Joins, robots and what was deleted have other kinds.
_SAID = (None, "", "thread_broadcast", "file_share", "me_message")


class _Room(NamedTuple):
    """A channel: its number, and of a private talk the two who talk."""

    number: str
    pair: tuple[str, ...] = ()


# Messages column by column, as a million of them take less room so.
_Columns = dict[str, list[Any]]


def is_mine(source: Source) -> bool:
    """Whether it holds a list of users and days of channels."""
    names = source.names if source.is_many else ()
    return any(name.endswith("users.json") for name in names) and any(map(_DAY.search, names))


def read(source: Source, ask: Ask) -> Draft:
    """Messages, and as recognition thanks that name somebody and reactions that thank."""
    draft = Draft()
    people, machines = _people_of(source)
    rooms = _rooms_of(source)
    channels = sorted({found[1] for name in source.names if (found := _DAY.search(name))})
    if len(channels) > 1:
        text = "Which of these channels are about this engagement?"
        # A workspace also talks of other engagements, and of lunch.
        channels = list(ask.many("channels", text, channels, channels))
    thanks: list[tuple[float, str, str, str]] = []
    columns: _Columns = {name: [] for name in MESSAGE}
    find = finder(people.values())
    # A channel at a time: an answer outside its thread is looked for in the same channel.
    for channel, days in groupby(source.members(".json"), lambda day: (_DAY.search(day[0]) or ("", ""))[1]):
        if channel in channels:
            room, first = rooms.get(channel, _Room(channel)), len(columns["message"])
            for name, data in days:
                for sent, each in _said_on(source.parsed(data, name), people, machines, draft):
                    _add(columns, thanks, room, sent, each, find)
            _open_doubts(columns, first, room)
    draft.meet(people.values())
    if columns["message"]:
        draft.add("messages", columns | {"sent": _moments(columns["sent"])})
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
    columns: _Columns, thanks: list[tuple[float, str, str, str]], room: _Room, sent: float, each: Mapping[str, Any],
    find: Finder,
) -> None:  # fmt: skip
    # A million messages are of few people: each name is kept once.
    who, text, stamp = sys.intern(str(each["user"])), str(each.get("text") or ""), str(each["ts"])
    # Whom a message is for stands at its beginning; a name later on is of whom it speaks.
    named = list(dict.fromkeys(_MENTION.findall(text))) if "<@" in text else find(text[:40])
    named = named or [other for other in room.pair if other != who]
    # Of two who are asked either may answer: then nobody alone is waited for.
    to = sys.intern(named[0]) if len(named) == 1 and named[0] != who else ""
    top = str(each.get("thread_ts") or stamp)
    number, thread = f"{room.number}-{stamp}", f"{room.number}-{top}"
    reply = "" if top == stamp else thread
    # Of a private talk all is one thread: there people answer with the next message.
    talk = room.number if room.pair else thread if reply else number
    row = (number, talk, who, to, sent, reply, asks(text, addressed=bool(to)))
    for cells, cell in zip(columns.values(), row, strict=True):
        cells.append(cell)
    thanks += [(sent, who, receiver, "thanks") for receiver in thanked(text, named, who)]
    for reaction in each.get("reactions") or ():
        if isinstance(reaction, dict) and str(reaction.get("name", "")).partition("::")[0] in _GRATEFUL:
            thanks += [(sent, str(by), who, "reaction") for by in reaction.get("users") or () if by != who]


def _open_doubts(columns: _Columns, first: int, room: _Room) -> None:
    """Whoever was asked and wrote soon after outside the thread may have answered: both readings are left open."""
    if room.pair:
        return
    outside: dict[str, list[float]] = {}
    replied = set()
    for place in range(first, len(columns["message"])):
        if columns["reply_to"][place]:
            replied.add((columns["thread"][place], columns["sender"][place]))
        else:
            outside.setdefault(columns["sender"][place], []).append(columns["sent"][place])
    for times in outside.values():
        times.sort()
    for place in range(first, len(columns["message"])):
        to = columns["recipient"][place]
        if columns["needs_answer"][place] and (columns["thread"][place], to) not in replied:
            times, sent = outside.get(to, []), columns["sent"][place]
            after = bisect_right(times, sent)
            if after < len(times) and times[after] - sent <= _SOON:
                columns["needs_answer"][place] = None


# --- what stands beside and around the messages -------------------------------------------------------------------


def _lists(source: Source, ending: str) -> Iterator[dict[str, Any]]:
    for name, data in source.members(ending):
        yield from maps(source.parsed(data, name))


def _people_of(source: Source) -> tuple[dict[str, Who], set[str]]:
    """Everybody by their number, and the numbers of machines."""
    found, machines = {}, set()
    for each in _lists(source, "users.json"):
        number = said(each, "id")
        name = said(each, "profile", "real_name") or said(each, "real_name") or said(each, "name")
        # Slack's own robot is not marked as one.
        if each.get("is_bot") or number == "USLACKBOT":
            machines.add(number)
        elif number:
            found[number] = Who(number, name, said(each, "profile", "email"), said(each, "tz"))
    return found, machines


def _rooms_of(source: Source) -> dict[str, _Room]:
    """Channels by the names of their folders."""
    rooms = {}
    for file in ("channels.json", "groups.json", "mpims.json", "dms.json"):
        for each in _lists(source, file):
            number, members = str(each.get("id", "")), tuple(map(str, each.get("members") or ()))
            pair = members if file == "dms.json" and len(members) == 2 else ()
            rooms[str(each.get("name") or number)] = _Room(number, pair)
    return rooms


def _said_on(
    day: Any, people: dict[str, Who], machines: set[str], draft: Draft
) -> Iterator[tuple[float, dict[str, Any]]]:
    """What people said on a day, each with its time; joins, robots and what was deleted is not."""
    for each in day if isinstance(day, list) else ():
        who = str(each.get("user") or "") if isinstance(each, dict) else ""
        if not isinstance(each, dict) or each.get("subtype") not in _SAID or each.get("bot_id") or who in machines:
            draft.leave_out("messages of machines, joins and the like")
        elif who not in people and not isinstance(each.get("user_profile"), dict):
            draft.leave_out("messages of somebody who is not in users.json")
        else:
            if who not in people:
                # Of another firm's people in a shared channel each message says who they are, and no list does.
                profile = each["user_profile"]
                people[who] = Who(who, str(profile.get("real_name") or profile.get("name") or ""))
            try:
                sent = float(each["ts"])
            except (KeyError, TypeError, ValueError):
                sent = -1.0
            # Neither infinity nor a day beyond the years of records is a time.
            if 0 <= sent < _AFTER:
                yield sent, each
            else:
                draft.leave_out("messages without a time")
