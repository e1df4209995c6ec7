"""Cards that wander over a board: their moves, and what became of each by the lists that mean something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from outsourcing_kit.readers.opening import said
from outsourcing_kit.written import times

_BORN = {"createCard", "copyCard", "convertToCardFromCheckItem", "emailCard", "moveCardToBoard"}
NONE, MARKED, UNMARKED = "none: the board does not tell", "none: a card is marked as complete", "unmarked"
STORY = ("delivered", "accepted", "reopened_at", "by")
Cards = dict[str, dict[str, Any]]


class Move(NamedTuple):
    """A card came to a list, or was marked: when, by whom; `made`: it came into being there."""

    when: pd.Timestamp
    who: str
    place: str
    made: bool


Moves = dict[str, list[Move]]


def named(move: Move) -> str:
    """What happened, as an activity of `events`."""
    marks = {MARKED: "marked as complete", UNMARKED: "marked as not complete"}
    return marks.get(move.place) or f"{'made' if move.made else 'moved'}: {move.place}"


def moves_of(actions: Sequence[Mapping[str, Any]], cards: Iterable[str], lists: Mapping[str, str]) -> Moves:
    """Card → its moves, the earliest first."""
    found: Moves = {card: [] for card in cards}
    for when, each in dated(actions):
        data, made = each.get("data"), said(each, "type") in _BORN
        at = "list" if made else "listAfter"
        place = lists.get(said(data, at, "id")) or said(data, at, "name")
        # Of a change Trello tells what was there before.
        if not made and said(data, "old", "dueComplete"):
            place = MARKED if said(data, "card", "dueComplete") == "true" else UNMARKED
        # Actions of cards that are gone, or on another board by now.
        if place and (moved := found.get(said(data, "card", "id"))) is not None:
            moved.append(Move(when, said(each, "idMemberCreator"), place, made))
    return {card: sorted(moved, key=lambda move: move.when) for card, moved in found.items()}


def dated(actions: Sequence[Mapping[str, Any]]) -> list[tuple[pd.Timestamp, Mapping[str, Any]]]:
    """Actions with their time, always written in UTC."""
    read = pd.Series(times([said(each, "date") for each in actions], "ymd").local).dt.tz_localize("UTC")
    return [(when, each) for when, each in zip(read, actions, strict=True) if pd.notna(when)]


def story_of(moves: Iterable[Move], delivered: str, accepted: str, order: Mapping[str, int]) -> tuple[object, ...]:
    """When a card was delivered, accepted and reopened, and who accepted it.

    One that went back before it was accepted was not delivered; one that goes on behind the last list is not reopened.
    """
    given = taken = back = None
    by = ""
    for move in moves:
        place = order.get(move.place, len(order))
        if taken is None and move.place == delivered:
            given = move.when
        elif taken is None and (place < order.get(delivered, 0) or (delivered, move.place) == (MARKED, UNMARKED)):
            given = None
        if taken is None and move.place == accepted:
            given, taken, by = given or move.when, move.when, move.who
        elif taken is not None and back is None and place < order[accepted]:
            back = move.when
    return given, taken, back, by


def in_charge(card: Mapping[str, Any], moves: Iterable[Move]) -> str:
    """The one whose card it is; of several the one who moved it last, or nobody where none of them did."""
    members = card.get("idMembers")
    mine = [str(each) for each in members] if isinstance(members, list) else []
    return mine[0] if len(mine) == 1 else ["", *(move.who for move in moves if move.who in mine and not move.made)][-1]


def maker(moves: Sequence[Move]) -> str:
    """Who made a card; "" where that is older than the file."""
    return next((move.who for move in moves if move.made), "")


def births(moves: Moves) -> pd.Series:
    """When each card was made: its id begins with the seconds since 1970, unless the file holds the making itself."""
    ids = [re.match(r"[0-9a-f]{8}(?=[0-9a-f]{16}$)", card) for card in moves]
    born = [pd.Timestamp(int(each[0], 16), unit="s", tz="UTC") if each else pd.NaT for each in ids]
    made = [next((move.when for move in each if move.made), pd.NaT) for each in moves.values()]
    # A card that came from another board is older than its first move here.
    return pd.DataFrame({"born": born, "made": made}, dtype="datetime64[ns, UTC]").min(axis=1)
