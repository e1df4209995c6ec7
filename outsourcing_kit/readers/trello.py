"""Trello: a board as JSON. When and who stand in its actions alone, of which a file holds the newest thousand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import Comment, add_comments
from outsourcing_kit.readers.draft import Draft, Who, utc
from outsourcing_kit.readers.known import pattern
from outsourcing_kit.readers.opening import Source, maps, said

NAME, KEY = "a board of Trello (JSON)", "trello"
_MOST_ACTIONS = 1_000
_CHECK, _DONE = pattern("checked"), pattern("done")
_BORN = {"createCard", "copyCard", "convertToCardFromCheckItem", "emailCard", "moveCardToBoard"}
_NONE, _MARKED, _UNMARKED = "none: the board does not tell", "none: a card is marked as complete", "unmarked"
_MARKS = {_MARKED: "marked as complete", _UNMARKED: "marked as not complete"}
_STORY, _EVENT = ("delivered", "accepted", "reopened_at", "by"), ("case", "activity", "happened_at", "person")


class _Move(NamedTuple):
    """A card came to a list, or was marked: when, by whom; `made`: it came into being there."""

    when: pd.Timestamp
    who: str
    place: str
    made: bool

    @property
    def activity(self) -> str:
        return _MARKS.get(self.place) or f"{'made' if self.made else 'moved'}: {self.place}"


_Cards = dict[str, dict[str, Any]]
_Moves = dict[str, list[_Move]]


def is_mine(source: Source) -> bool:
    """Whether it is JSON of a board: its lists and the cards on them."""
    if not (source.head.lstrip().startswith("{") and '"cards"' in source.text and '"lists"' in source.text):
        return False
    return all(isinstance(source.json.get(key), list) for key in ("cards", "lists"))


def read(source: Source, ask: Ask) -> Draft:
    """Cards as `work`, moves as `events`, comments as `messages`. Which lists mean what is asked."""
    board, draft = source.json, Draft()
    # The newest comes first.
    actions = maps(board.get("actions"))[::-1]
    people = [*maps(board.get("members")), *maps([each.get("memberCreator") for each in actions])]
    draft.meet(Who(said(each, "id"), said(each, "fullName") or said(each, "username")) for each in people)
    lists = {said(each, "id"): said(each, "name") for each in sorted(maps(board["lists"]), key=_place)}
    cards = {said(each, "id"): each for each in maps(board["cards"]) if said(each, "id")}
    odd = {key for key, each in cards.items() if said(each, "isTemplate") == "true" or said(each, "cardRole")}
    draft.leave_out("cards that are templates, links or lines between others", len(odd))
    cards = {key: each for key, each in cards.items() if key not in odd}
    # Always written in UTC.
    when = utc([said(each, "date") for each in actions])
    dated = [(moment, each) for moment, each in zip(when, actions, strict=True) if pd.notna(moment)]
    moves = _moves_of(dated, cards, lists)
    if len(actions) >= _MOST_ACTIONS:
        since = said(actions[0], "date")[:10]
        draft.assume("work", f"the file holds the newest {len(actions):,} actions: moves before {since} are not known")
    _add_work(draft, cards, moves, lists, ask)
    happened = [(_key(cards[card]), move.activity, move.when, move.who) for card in cards for move in moves[card]]
    draft.add("events", pd.DataFrame(happened, columns=_EVENT))
    # After an @ stands a login; actions name people by number.
    logins = {said(each, "username").casefold(): said(each, "id") for each in people if said(each, "username")}
    add_comments(draft, _comments(dated, cards, moves), logins)
    return draft


def _place(found: Mapping[str, Any]) -> float:
    """Where a list stands; in the file's order where that is all there is."""
    place = found.get("pos")
    return float(place) if isinstance(place, int | float) else 0.0


def _key(card: Mapping[str, Any]) -> str:
    return said(card, "shortLink") or said(card, "id")


def _moves_of(actions: Iterable[tuple[pd.Timestamp, Any]], cards: _Cards, lists: Mapping[str, str]) -> _Moves:
    """Card → its moves, the earliest first."""
    found: _Moves = {card: [] for card in cards}
    for when, each in actions:
        data, made = each.get("data"), said(each, "type") in _BORN
        at = "list" if made else "listAfter"
        place = lists.get(said(data, at, "id")) or said(data, at, "name")
        # Of a change Trello tells what was there before.
        if not made and said(data, "old", "dueComplete"):
            place = _MARKED if said(data, "card", "dueComplete") == "true" else _UNMARKED
        # Actions of cards that are gone, or on another board by now.
        if place and (moved := found.get(said(data, "card", "id"))) is not None:
            moved.append(_Move(when, said(each, "idMemberCreator"), place, made))
    return {card: sorted(moved, key=lambda move: move.when) for card, moved in found.items()}


def _add_work(draft: Draft, cards: _Cards, moves: _Moves, lists: Mapping[str, str], ask: Ask) -> None:
    names = tuple(dict.fromkeys(lists.values()))
    # Lists stand from left to right: the last that sounds like done is the end.
    done = next((name for name in reversed(names) if _DONE.search(name)), "")
    check = next((name for name in names if _CHECK.search(name) and name != done), "")
    marked = (_MARKED,) if any(move.place == _MARKED for each in moves.values() for move in each) else ()
    text = "Which list means that the work on a card is delivered?"
    delivered = ask.one("delivered", text, (*names, *marked, _NONE), check or done or _NONE)
    text = "Which list means that the client has accepted it?"
    accepted = ask.one("accepted", text, (*names, _NONE), done if check and done else _NONE)
    order = {name: place for place, name in enumerate(names)}
    stories = [_story_of(each, delivered, accepted, order) for each in moves.values()]
    rows = pd.DataFrame(stories, columns=_STORY, dtype=object)
    # A card that lies in a list without a move into it came there before the file begins.
    now = pd.Series([lists.get(said(card, "idList")) for card in cards.values()], dtype=object)
    for column, place in (("delivered", delivered), ("accepted", accepted)):
        if lost := int((rows[column].isna() & (now == place)).sum()):
            draft.assume("work", f"{lost} in {place} since before the actions in the file: {column} is blank there")
    rows["person"] = pd.Series([_in_charge(card, moves[key]) for key, card in cards.items()], dtype=object)
    # Who moves their own card to the end says that it is done, not that somebody took it.
    own = (rows["by"] == rows["person"]) & (rows["person"] != "")
    text = f"Some moved their own card to {accepted}: had the client accepted it then?"
    if own.any() and ask.one("own", text, ("no, or not always", "yes")) != "yes":
        rows["accepted"] = rows["accepted"].mask(own, None)
        draft.assume("work", f"a card that its own person moved to {accepted} is not accepted, as answered")
    labels = (
        [said(each, "name") or said(each, "color") for each in maps(card.get("labels"))] for card in cards.values()
    )
    topics = [next(filter(None, names), "") for names in labels]
    draft.assume("work", "a board knows no kinds of work: all cards are of one kind")
    draft.add("work", {
        "item": [_key(card) for card in cards.values()], "person": rows["person"], "kind": ["card"] * len(cards),
        "topic": topics,
        "requested": _births(moves), "due": utc([said(card, "due") for card in cards.values()]),
        **{name: pd.to_datetime(rows[name], utc=True) for name in ("delivered", "accepted", "reopened_at")},
        "requester": [_maker(moves[key]) for key in cards],
        "text": ["\n".join(filter(None, (said(card, "name"), said(card, "desc")))) for card in cards.values()],
    })  # fmt: skip


def _story_of(moves: Iterable[_Move], delivered: str, accepted: str, order: Mapping[str, int]) -> tuple[object, ...]:
    """When a card was delivered, accepted and reopened, and who accepted it.

    One that went back before it was accepted was not delivered; one that goes on behind the last list is not reopened.
    """
    given = taken = back = None
    by = ""
    for move in moves:
        place = order.get(move.place, len(order))
        if taken is None and move.place == delivered:
            given = move.when
        elif taken is None and (place < order.get(delivered, 0) or (delivered, move.place) == (_MARKED, _UNMARKED)):
            given = None
        if taken is None and move.place == accepted:
            given, taken, by = given or move.when, move.when, move.who
        elif taken is not None and back is None and place < order[accepted]:
            back = move.when
    return given, taken, back, by


def _in_charge(card: Mapping[str, Any], moves: Iterable[_Move]) -> str:
    """The one whose card it is; of several the one who moved it last, or nobody where none of them did."""
    members = card.get("idMembers")
    mine = [str(each) for each in members] if isinstance(members, list) else []
    return mine[0] if len(mine) == 1 else ["", *(move.who for move in moves if move.who in mine and not move.made)][-1]


def _maker(moves: Sequence[_Move]) -> str:
    """Who made a card; "" where that is older than the file."""
    return next((move.who for move in moves if move.made), "")


def _births(moves: _Moves) -> pd.Series:
    """When each card was made: its id begins with the seconds since 1970, unless the file holds the making itself."""
    ids = [re.match(r"[0-9a-f]{8}(?=[0-9a-f]{16}$)", card) for card in moves]
    born = [pd.Timestamp(int(each[0], 16), unit="s", tz="UTC") if each else pd.NaT for each in ids]
    made = [next((move.when for move in each if move.made), pd.NaT) for each in moves.values()]
    # A card that came from another board is older than its first move here.
    return pd.DataFrame({"born": born, "made": made}, dtype="datetime64[ns, UTC]").min(axis=1)


def _comments(actions: Iterable[tuple[pd.Timestamp, Any]], cards: _Cards, moves: _Moves) -> Iterator[Comment]:
    for when, each in actions:
        number, who = said(each, "data", "card", "id"), said(each, "idMemberCreator")
        if said(each, "type") == "commentCard" and number in cards:
            item, pair = _key(cards[number]), (_in_charge(cards[number], moves[number]), _maker(moves[number]))
            # The ids of actions are not unique in every file.
            yield Comment(f"{item}-{when:%Y%m%d%H%M%S%f}", item, pair, who, when, said(each, "data", "text"))
