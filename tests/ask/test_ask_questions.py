"""The questions are data: each fills cells that there are, and decides a headline; none is asked for nothing."""

from __future__ import annotations

import re

import pytest
from owner import NEEDED, answered

from outsourcing_kit.ask import next_question, questions
from outsourcing_kit.ask.answering import _KINDS
from outsourcing_kit.ask.asking import CONDITIONS, USUAL, asked, group
from outsourcing_kit.headlines import HEADLINES
from outsourcing_kit.tables import LARGEST, SETTINGS, table

RULES = asked()["question"]
KEYS = [rule["key"] for rule in RULES]
# Which kinds of column a kind of answer may stand in, as it is; what names a row is text.
FITS = {
    "text": {"text"}, "list": {"text"}, "zone": {"zone"}, "day": {"date", "instant"}, "money": {"number"},
    "number": {"number"}, "choice": {"text"}, "several": {"text"}, "hours": {"clock"}, "pairs": {"number"},
    "marks": {"text", "number"}, "word": set(), "clock": set(),
}  # fmt: skip
# What a word in braces is: a kind of column that it may stand in.
WORDS = {
    "began": {"instant"}, "ended": {"instant"}, "due": {"instant"}, "today": {"date"},
    "decided": {"date"}, "months": {"integer"}, "owner": {"text"}, "name": {"text"}, "item": {"text"}, "over": {"text"},
    "text": {"text"}, "covered_by": {"text"}, "process": {"text"}, "status": {"text"}, "number": {"text"},
}  # fmt: skip


def cell(name):
    """The column that "table.column" or "engagement.setting" names."""
    head, _, column = name.partition(".")
    settings = {each.name: each for each in SETTINGS}
    return settings[column] if head == "engagement" else table(head).column(column)


def cells_of(rule):
    """Each cell with the text that fills it."""
    heads = rule.get("fills", {})
    for head, row in heads.items():
        yield from ((f"{head}.{column}", text) for column, text in row.items())
        for more in rule.get("means", {}).values():
            yield from ((f"{head}.{column}", text) for column, text in more.items())
        yield from ((f"{head}.{flag}", "{flag}") for flag in rule.get("flags", ()))


def test_every_cell_is_one_of_the_tables_and_takes_what_fills_it():
    for rule, (name, text) in [(each, own) for each in RULES for own in cells_of(each)]:
        column = cell(name)
        word = re.fullmatch(r"\{(\w+)\}", text)
        if word and word[1] == "flag":
            assert column.kind == "boolean", name
        elif word:
            kinds = FITS[rule["kind"]] if word[1] in ("value", "0", "1", "2") else WORDS[word[1]]
            assert column.kind in kinds, (name, text)
            if rule["kind"] == "number" and column.kind == "number":
                # A number that is taken is one that the cell may hold.
                bounds = rule.get("least", 0), rule.get("highest", LARGEST), rule.get("scale", 1)
                assert bounds[0] * bounds[2] >= column.low and bounds[1] * bounds[2] <= (column.high or LARGEST), name
        elif "{" in text:
            assert column.kind in ("text", "prose"), name
        elif text:
            assert not column.allowed or text in column.allowed, (name, text)
            assert column.kind not in ("integer", "number") or float(text) >= (column.low or 0), name
    # A key is what tells rows apart: all of it, or the answers would run into one another.
    for head, row in [each for rule in RULES for each in rule.get("fills", {}).items()]:
        assert head == "engagement" or set(table(head).key) <= set(row), head


@pytest.mark.parametrize("rule", RULES, ids=KEYS)
def test_every_question_is_whole(rule):
    known = {
        "key", "part", "text", "kind", "decides", "why", "required", "per", "each", "when", "over", "from", "options",
        "after", "until", "apart", "fills", "means", "unless", "with", "together", "unknown", "flags", "marks", "loose",
        "most", "scale", "least", "highest", "whole", "words", "same",
    }  # fmt: skip
    assert set(rule) <= known
    assert rule["kind"] in _KINDS and rule["kind"] in FITS
    assert rule["decides"] and set(rule["decides"]) <= {item.key for item in HEADLINES}
    assert len(rule["text"]) <= 120 and len(rule["why"]) <= 130
    assert "when" not in rule or rule["when"] in CONDITIONS
    before = KEYS[: KEYS.index(rule["key"])]
    for other in [rule.get("after"), rule.get("until"), *rule.get("apart", ())]:
        assert other is None or other in before
    assert rule.get("with", "owner") in KEYS and rule.get("same", "owner") in KEYS
    # A word is known by its first letter, too: the first that begins so.
    assert (rule["kind"] == "word") <= ("words" in rule)
    # A list of them stands in answers.toml with commas in between.
    if rule["kind"] == "several":
        assert not any("," in option for option in rule.get("options", ()))
    if "flags" in rule:
        assert len(rule["flags"]) == len(rule["options"])


def test_every_item_that_is_told_in_own_words_is_one_of_a_list():
    assert list(asked()["about"]) == [*group("prerequisites", {}), *group("agenda", {})]
    assert all(len(words) <= 70 for words in asked()["about"].values())


def test_keys_are_there_once_and_conditions_are_used():
    assert len(set(KEYS)) == len(KEYS) > 50
    assert {rule["when"] for rule in RULES if "when" in rule} == set(CONDITIONS)


def test_a_question_that_fills_nothing_stands_in_what_another_fills():
    used = "".join(text for rule in RULES for _, text in cells_of(rule))
    for rule in RULES:
        if not rule.get("fills"):
            # work_began is the clock of {began}.
            assert f"{{{rule['key']}}}" in used or rule["key"] == "work_began", rule["key"]


def test_an_owner_with_two_assistants_is_asked_sixty_to_ninety():
    assert len(questions(answered())) == 77
    # What is said of an owner who has not answered anything yet.
    assert len(questions(USUAL)) == len(questions(USUAL | answered())) == 77


@pytest.mark.parametrize("outside", [2, 5, 12])
def test_nobody_is_asked_more_than_ninety(outside):
    # As many tasks, proposals and people as are asked about, and both on one day.
    names = ", ".join(f"P{number}" for number in range(outside))
    most = answered(
        outside=names, inside="Dan, Eve", tasks="1, 2, 3, 4", proposals="x, y, z", call_on="2026-02-02",
        cities="same", hours="9-17", came="all", quiz_of="a a a a a", matters_to="3 3 3 3 3", covered_by="P1",
        task_hours="5", managing_hours="1", able="all", protected="none", proposed_by="P1", covered_too="yyyyyyyy",
        proposal_answered="never", thanked="never", past="none", like="1", needed="4 4",
    )  # fmt: skip
    assert 60 <= len(most) == len(questions(most)) <= 90
    assert next_question(most) is None


def test_what_is_passed_over_and_what_was_not_asked_are_told_apart():
    assert next_question({}).key == "owner"
    assert next_question({"owner": "Ann", "inside": ""}).key == "outside"
    assert next_question(NEEDED).key == "inside"


def test_a_question_is_asked_only_where_it_decides_something():
    keys = {question.key for question in questions(answered(call="no"))}
    assert "call" in keys and not {"call_on", "came", "covered.tasks", "covered_too"} & keys
    assert "needed" not in keys and "like" not in keys
    assert "like" in {question.key for question in questions(answered(past="none"))}
