"""Trello: a board as JSON. When and who stand in its actions alone, of which a file holds the newest thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.cards import (
    MARKED,
    NONE,
    STORY,
    Cards,
    Moves,
    births,
    dated,
    in_charge,
    maker,
    moves_of,
    named,
    story_of,
)  # fmt: skip
from outsourcing_kit.readers.chat import Comment, add_comments
from outsourcing_kit.readers.draft import Draft, Who
from outsourcing_kit.readers.opening import Source, maps, said
from outsourcing_kit.written import times

NAME, KEY = "a board of Trello (JSON)", "trello"
_MOST_ACTIONS = 1_000
_CHECK = re.compile(
    r"check|review|to approve|approval|deliver|verify|\bqa\b|prüf|kontroll|freigabe|revis|vérif|valid|проверк", re.I
)
_DONE = re.compile(
    r"\bdone|accept|approved|complete|finished|closed|erledigt|fertig|abgenommen|hecho|terminad|listo|aceptad|feito"
    r"|conclu[ií]d|terminé|accepté|готово|сделано|принято", re.I,
)  # fmt: skip
_EVENT = ("case", "activity", "happened_at", "person")


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
    moves = moves_of(actions, cards, lists)
    if len(actions) >= _MOST_ACTIONS:
        since = said(actions[0], "date")[:10]
        draft.assume("work", f"the file holds the newest {len(actions):,} actions: moves before {since} are not known")
    _add_work(draft, cards, moves, lists, ask)
    happened = [(_key(cards[card]), named(move), move.when, move.who) for card in cards for move in moves[card]]
    if happened:
        draft.add("events", dict(zip(_EVENT, zip(*happened, strict=True), strict=True)))
    # After an @ stands a login; actions name people by number.
    logins = {said(each, "username").casefold(): said(each, "id") for each in people if said(each, "username")}
    add_comments(draft, _comments(actions, cards, moves), logins)
    return draft


def _place(found: Mapping[str, Any]) -> float:
    """Where a list stands; in the file's order where that is all there is."""
    place = found.get("pos")
    return float(place) if isinstance(place, int | float) else 0.0


def _key(card: Mapping[str, Any]) -> str:
    return said(card, "shortLink") or said(card, "id")


def _add_work(draft: Draft, cards: Cards, moves: Moves, lists: Mapping[str, str], ask: Ask) -> None:
    names = tuple(dict.fromkeys(lists.values()))
    # Lists stand from left to right: the last that sounds like done is the end.
    done = next((name for name in reversed(names) if _DONE.search(name)), "")
    check = next((name for name in names if _CHECK.search(name) and name != done), "")
    marked = (MARKED,) if any(move.place == MARKED for each in moves.values() for move in each) else ()
    text = "Which list means that the work on a card is delivered?"
    delivered = ask.one("delivered", text, (*names, *marked, NONE), check or done or NONE)
    text = "Which list means that the client has accepted it?"
    accepted = ask.one("accepted", text, (*names, NONE), done if check and done else NONE)
    order = {name: place for place, name in enumerate(names)}
    stories = [story_of(each, delivered, accepted, order) for each in moves.values()]
    rows = pd.DataFrame(stories, columns=STORY, dtype=object)
    # A card that lies in a list without a move into it came there before the file begins.
    now = pd.Series([lists.get(said(card, "idList")) for card in cards.values()], dtype=object)
    for column, place in (("delivered", delivered), ("accepted", accepted)):
        if lost := int((rows[column].isna() & (now == place)).sum()):
            draft.assume("work", f"{lost} in {place} since before the actions in the file: {column} is blank there")
    people = pd.Series([in_charge(card, moves[key]) for key, card in cards.items()], dtype=object)
    # Who moves their own card to the end says that it is done, not that somebody took it.
    own = (rows["by"] == people) & (people != "")
    text = f"Some moved their own card to {accepted}: had the client accepted it then?"
    if own.any() and ask.one("own", text, ("no, or not always", "yes")) != "yes":
        rows["accepted"] = rows["accepted"].mask(own, None)
        draft.assume("work", f"a card that its own person moved to {accepted} is not accepted, as answered")
    due = times([said(card, "due") for card in cards.values()], "ymd").local
    texts = ["\n".join(filter(None, (said(card, "name"), said(card, "desc")))) for card in cards.values()]
    draft.assume("work", "a board knows no kinds of work: all cards are of one kind")
    draft.add("work", {
        "item": [_key(card) for card in cards.values()], "person": people, "kind": ["card"] * len(cards),
        "topic": [next(iter(_labels(card)), "") for card in cards.values()],
        "requested": births(moves), "due": pd.Series(due).dt.tz_localize("UTC"),
        **{name: pd.to_datetime(rows[name], utc=True) for name in ("delivered", "accepted", "reopened_at")},
        "requester": [maker(moves[key]) for key in cards], "text": texts,
    })  # fmt: skip


def _labels(card: Mapping[str, Any]) -> list[str]:
    return [name for each in maps(card.get("labels")) if (name := said(each, "name") or said(each, "color"))]


def _comments(actions: Sequence[Mapping[str, Any]], cards: Cards, moves: Moves) -> Iterator[Comment]:
    for when, each in dated(actions):
        number, who = said(each, "data", "card", "id"), said(each, "idMemberCreator")
        if said(each, "type") == "commentCard" and number in cards:
            item, pair = _key(cards[number]), (in_charge(cards[number], moves[number]), maker(moves[number]))
            # The ids of actions are not unique in every file.
            yield Comment(f"{item}-{when:%Y%m%d%H%M%S%f}", item, pair, who, when, said(each, "data", "text"))
