"""What stands in an export of Slack beside and around the messages: who is who, which channel is which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.opening import Source

# Joins, robots and what was deleted have other kinds.
_SAID = (None, "", "thread_broadcast", "file_share", "me_message")


class Room(NamedTuple):
    """A channel: its number, and of a private talk the two who talk."""

    number: str
    pair: tuple[str, ...] = ()


def people_of(source: Source) -> tuple[dict[str, Who], set[str]]:
    """Everybody by their number, and the numbers of machines."""
    found, machines = {}, set()
    for each in _lists(source, "users.json"):
        told = each.get("profile")
        profile: dict[str, Any] = told if isinstance(told, dict) else {}
        name = next((str(x) for x in (profile.get("real_name"), each.get("real_name"), each.get("name")) if x), "")
        number = str(each.get("id", ""))
        # Slack's own robot is not marked as one.
        if each.get("is_bot") or number == "USLACKBOT":
            machines.add(number)
        elif number:
            found[number] = Who(number, name, str(profile.get("email") or ""), str(each.get("tz") or ""))
    return found, machines


def rooms_of(source: Source) -> dict[str, Room]:
    """Channels by the names of their folders."""
    rooms = {}
    for file in ("channels.json", "groups.json", "mpims.json", "dms.json"):
        for each in _lists(source, file):
            number, members = str(each.get("id", "")), tuple(map(str, each.get("members") or ()))
            pair = members if file == "dms.json" and len(members) == 2 else ()
            rooms[str(each.get("name") or number)] = Room(number, pair)
    return rooms


def _lists(source: Source, ending: str) -> Iterator[dict[str, Any]]:
    for name, data in source.members(ending):
        found = source.parsed(data, name)
        yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def said_on(
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
                yield float(each["ts"]), each
            except (KeyError, TypeError, ValueError):
                draft.leave_out("messages without a time")
