"""Boards of Trello: what a correct import gives of the sample, counted by hand."""

from __future__ import annotations

import copy
import json

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

BOARD = json.loads((SAMPLES / "trello_board.json").read_text(encoding="utf-8"))
RECEIPTS = "69a5a1c00000000000000001"


def move(when, who, before, after):
    """One card's move from list to list, as Trello writes it."""
    data = {"card": {"id": RECEIPTS}, "listBefore": {"id": before}, "listAfter": {"id": after}}
    return {"id": when, "type": "updateCard", "date": when, "idMemberCreator": who, "data": data}


@pytest.fixture
def board(tmp_path, imported):
    """board(change, …) -> the plan of the sample's board after `change` was called on it."""

    def do(change, **answers):
        changed = copy.deepcopy(BOARD)
        change(changed)
        path = tmp_path / "board.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        return imported(path, **answers)

    return do


def test_cards_become_work_also_one_without_a_person(imported):
    plan = imported("trello_board.json")
    assert [(row["item"], row.get("person"), row["requested"], row.get("delivered"), row.get("accepted"))
            for row in rows(plan, "work")] == [
        ("00000001", "p03", "2026-03-02T14:40:00+00:00", "2026-03-06T12:00:00+00:00", "2026-03-06T22:12:00+00:00"),
        ("00000002", "p02", "2026-03-16T12:05:20+00:00", None, None),
        # 0x68e00000 seconds after the beginning of 1970.
        ("00000003", None, "2025-10-03T16:55:28+00:00", None, None),
    ]  # fmt: skip
    assert not any("reopened_at" in row for row in rows(plan, "work"))


def test_moves_are_events_and_thanks_are_recognition(imported):
    plan = imported("trello_board.json")
    assert [(row["activity"], row["person"]) for row in rows(plan, "events") if row["case"] == "00000001"] == [
        ("made: To do", "p01"), ("moved: Doing", "p03"), ("moved: For Ines to check", "p03"), ("moved: Done", "p01"),
    ]  # fmt: skip
    assert len(rows(plan, "events")) == 5
    assert rows(plan, "recognition") == [
        {"given_at": "2026-03-06T22:30:00+00:00", "giver": "p01", "receiver": "p03", "kind": "thanks",
         "item": "00000001"}
    ]  # fmt: skip
    assert [(row["sender"], row["recipient"], row["needs_answer"]) for row in rows(plan, "messages")] == [
        ("p01", "p03", "no")
    ]


def test_which_lists_mean_what_is_asked_and_guessed_by_their_names(imported):
    asked = {question.key: question.suggested for question in imported("trello_board.json").asked}
    assert (asked["delivered"], asked["accepted"]) == (("For Ines to check",), ("Done",))


def test_a_board_that_does_not_tell_what_is_accepted_leaves_it_blank(imported):
    first = rows(imported("trello_board.json", accepted="none: the board does not tell"), "work")[0]
    assert "accepted" not in first
    assert first["delivered"] == "2026-03-06T12:00:00+00:00"


def test_a_card_that_goes_back_is_reopened(board):
    back = move("2026-03-09T10:00:00.000Z", "m1", "l4", "l2")
    assert rows(board(lambda b: b["actions"].insert(0, back)), "work")[0]["reopened_at"] == "2026-03-09T10:00:00+00:00"


def test_a_card_that_goes_on_behind_the_accepted_list_is_not(board):
    def archive(b):
        b["lists"].append({"id": "l5", "name": "March"})
        b["actions"].insert(0, move("2026-03-09T10:00:00.000Z", "m1", "l4", "l5"))

    assert "reopened_at" not in rows(board(archive), "work")[0]


def test_what_was_sent_back_before_it_was_accepted_was_not_delivered_yet(board):
    """Checked at 12:00, back to Doing at 13:00, checked again at 15:00: delivered at 15:00."""

    def returned(b):
        later = [("15", "l2", "l3"), ("13", "l3", "l2")]
        b["actions"][:2] = [move(f"2026-03-06T{hour}:00:00.000Z", "m3", *lists) for hour, *lists in later]

    first = rows(board(returned), "work")[0]
    assert (first["delivered"], first.get("accepted")) == ("2026-03-06T15:00:00+00:00", None)


def test_who_accepts_their_own_work_is_asked(board):
    def own(b):
        b["actions"][1]["idMemberCreator"] = "m3"

    plan = board(own)
    assert "accepted" not in rows(plan, "work")[0]
    assert "own" in [question.key for question in plan.asked]


def test_who_accepts_their_own_work_with_the_clients_word_is_believed(board):
    def own(b):
        b["actions"][1]["idMemberCreator"] = "m3"

    assert rows(board(own, own="yes"), "work")[0]["accepted"] == "2026-03-06T22:12:00+00:00"


def test_a_mark_as_complete_may_mean_delivered(board):
    marked = {
        "id": "1", "type": "updateCard", "date": "2026-03-05T09:00:00.000Z", "idMemberCreator": "m3",
        "data": {"card": {"id": RECEIPTS, "dueComplete": True}, "old": {"dueComplete": False}},
    }  # fmt: skip
    plan = board(lambda b: b["actions"].append(marked), delivered="none: a card is marked as complete")
    assert rows(plan, "work")[0]["delivered"] == "2026-03-05T09:00:00+00:00"


def test_of_several_members_the_one_who_moved_the_card_is_in_charge(board):
    plan = board(lambda b: b["cards"][0].update(idMembers=["m2", "m3"]))
    assert rows(plan, "work")[0]["person"] == "p03"


def test_moves_that_are_older_than_the_file_leave_a_blank_that_is_said(board):
    plan = board(lambda b: b["actions"].__delitem__(slice(1, 4)))
    assert "accepted" not in rows(plan, "work")[0]
    assert "1 in Done since before the actions in the file: accepted is blank there" in str(plan)


def test_templates_are_no_work(board):
    plan = board(lambda b: b["cards"][1].update(isTemplate=True))
    assert len(rows(plan, "work")) == 2
    assert left_out(plan) == {"cards that are templates, links or lines between others": 1}


@pytest.mark.parametrize("key", ["members", "actions", "checklists"])
@pytest.mark.parametrize("value", [None, {}, "x", [None, 3, {"data": []}]])
def test_wrong_shapes_are_read_as_nothing(board, key, value):
    assert len(rows(board(lambda b: b.__setitem__(key, value)), "work")) == 3


@pytest.mark.parametrize("change", [{"cards": []}, {"cards": [None]}, {"cards": [{"id": []}], "lists": [3]}])
def test_a_board_without_cards_says_so(tmp_path, change):
    path = tmp_path / "board.json"
    path.write_text(json.dumps(BOARD | change), encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used"):
        plan_import(tmp_path / "ours", [path], prompt=answering())
