"""What is typed becomes a value, or one message that says what to type."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from owner import answered

from outsourcing_kit.ask import Question, check_answer, questions
from outsourcing_kit.ask.answering import as_text
from outsourcing_kit.ask.asking import walked
from outsourcing_kit.exceptions import OutsourcingKitError

DAY = dt.date


def of(kind: str, **rule: object) -> Question:
    fields = {name: tuple(rule.pop(name)) for name in ("options", "names", "over") if name in rule}
    return Question("key", "?", {"kind": kind, **rule}, **fields)


GOOD = [
    (of("text"), "  Ann\u00a0B. ", "Ann B."),
    (of("word", words=["yes", "no"]), "Y", "yes"),
    (of("word", words=["yes", "no"]), "no", "no"),
    (of("day"), "2026-03-31", DAY(2026, 3, 31)),
    (of("day"), "2026/3/1", DAY(2026, 3, 1)),
    (of("day"), "25/4/2026", DAY(2026, 4, 25)),
    (of("day"), "4/25/2026", DAY(2026, 4, 25)),
    (of("day"), "4.4.2026", DAY(2026, 4, 4)),
    (of("day"), "March 3rd, 2026", DAY(2026, 3, 3)),
    (of("day"), "3 Sept 2026", DAY(2026, 9, 3)),
    (of("day", words=["never"]), "never", "never"),
    (of("day", words=["never"]), "2026-03-31", DAY(2026, 3, 31)),
    (of("day", words=["yes", "no", "not needed"]), "y", "yes"),
    (of("day", words=["yes", "no", "not needed"]), "not needed", "not needed"),
    (of("number"), "1100.50", 1100.5),
    (of("number"), "€0", 0.0),
    (of("money"), "900 1000 1300", (900.0, 1000.0, 1300.0)),
    (of("money"), "900, 1000, 1300", (900.0, 1000.0, 1300.0)),
    (of("money"), "0", (0.0, 0.0, 0.0)),
    (of("choice", options=["mail", "call"]), "2", "call"),
    (of("choice", options=["mail", "call"]), "Mail", "mail"),
    (of("several", options=["mail", "call", "chat"]), "1 3", ["mail", "chat"]),
    (of("several", options=["mail", "call"]), "all", ["mail", "call"]),
    (of("several", options=["mail", "call"]), "none", []),
    (of("list"), "Ann, Bo; Cid,", ["Ann", "Bo", "Cid"]),
    (of("list", options=["mail", "calls"]), "2, own words", ["calls", "own words"]),
    (of("list"), "none", []),
    (of("marks", marks="yn", over="abc"), "yes n ?", ("y", "n", "?")),
    (of("marks", marks="12345", over="abc"), "4-5", ("4", "-", "5")),
    (of("marks", marks="12345", over="abc", loose=True), "4 5", ("4", "5")),
    (of("pairs"), "100/130, 90/x", ["100/130", "90/x"]),
    (of("clock"), "9.05", "09:05"),
    (of("clock"), "12 am", "00:00"),
    (of("clock"), "1:30pm", "13:30"),
    (of("hours"), "9-17", "09:00-17:00"),
    (of("hours"), "22:00 to 6:00", "22:00-06:00"),
    (of("zone"), "manila", "Asia/Manila"),
    (of("zone"), "Chennai", "Asia/Kolkata"),
    (of("zone"), "New York", "America/New_York"),
    (of("zone"), "europe/madrid", "Europe/Madrid"),
    (of("number", each="people", names=["Ann", "Bo"]), "9", {"Ann": 9.0, "Bo": 9.0}),
    (of("number", each="people", names=["Ann", "Bo"]), "bo: 8", {"Ann": None, "Bo": 8.0}),
    (of("number", each="people", names=["Ann", "Bo"]), "Ann: ?, Bo: 8", {"Ann": None, "Bo": 8.0}),
    (of("hours", each="people", names=["Ann"]), "9:00-17:00", {"Ann": "09:00-17:00"}),
    (of("hours", each="people", names=["Ann"]), "Ann: 9:00-17:00", {"Ann": "09:00-17:00"}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "value"), GOOD, ids=[f"{q.kind}: {text}" for q, text, _ in GOOD])
def test_what_is_typed_is_read(question, text, value):
    assert check_answer(question, text) == value
    # And read back from answers.toml as the same.
    assert check_answer(question, as_text(value)) == value


@pytest.mark.parametrize("kind", ["text", "day", "number", "list", "money", "marks", "zone"])
def test_a_blank_is_unknown(kind):
    for text in ("", "  ", "?", "-", "dk", "Don’t know", "I don't know"):
        assert check_answer(of(kind, marks="yn", over="ab"), text) is None, text
        assert check_answer(of(kind, marks="yn", over="ab", words=["yes", "no"]), text) is None, text


BAD = [
    (of("day"), "3/4/2026", "2026-04-03 (3 April) or 2026-03-04 (4 March)"),
    (of("day"), "tomorrow", "year first, as in 2026-03-31"),
    (of("day"), "2026-02-30", "a day of the years 1970 to 2199"),
    (of("day"), "1/2/9999", "a day of the years 1970 to 2199"),
    (of("number"), "nine", "type 9"),
    (of("number"), "1,100.00", "without signs for thousands"),
    (of("number"), "-4", "a number from 0"),
    (of("number"), "1e5", "a number from 0"),
    (of("number"), "٣", "a number from 0"),
    (of("number"), "9" * 400, "a number from 0"),
    (of("money"), "1000", "three numbers: the least, the usual and the most"),
    (of("money"), "1300 1000 900", "type 900 1000 1300"),
    (of("word", words=["yes", "no"]), "maybe", "expected yes or no"),
    (of("day", words=["yes", "no", "not needed"]), "soon", "yes or no or not needed or a day"),
    (of("choice", options=["mail", "call"]), "3", "mail or call"),
    (of("choice", options=["mail", "call"]), "cal", "type call"),
    (of("list"), "Ann, Bo, ann", "named twice"),
    (of("list", most=2), "a, b, c", "at most 2"),
    (of("list"), "Ann,,Bo", "a name or a word"),
    (of("text"), "=HYPERLINK(1)", "no = + - @ first"),
    (of("text"), "@cmd", "no = + - @ first"),
    (of("text"), "x" * 61, "at most 60 characters"),
    (of("text"), "\x1b[31mred", "all of which can be seen"),
    (of("text"), "\u202eAnn", "all of which can be seen"),
    (of("text"), "\ud800", "all of which can be seen"),
    (of("text"), "x" * 4001, "at most 4,000 characters"),
    (of("marks", marks="yn", over="abc"), "y n", "3 marks, not 2"),
    (of("marks", marks="yn", over="abc"), "y n x", "the marks y, n, ? or -"),
    (of("pairs"), "100", "planned/actual"),
    (of("pairs"), "0/5", "the plan above 0"),
    (of("pairs"), "5/no", "a number from 0"),
    (of("clock"), "25:00", "a time of day"),
    (of("clock"), "13 pm", "a time of day"),
    (of("hours"), "9", "when the day's work begins and ends"),
    (of("hours"), "9-9", "when the day's work begins and ends"),
    (of("zone"), "Manlia", "type Manila if that is meant"),
    (of("zone"), "xyzzy", "a larger city nearby"),
    (of("zone"), "same", "a city that the kit knows"),
    (of("number", each="people", names=["Ann", "Bo"]), "An: 3, Bo: 4", "type 'Ann: …'"),
    (of("number", each="people", names=["Ann", "Bo"]), "Bo: 3, Bo: 4", "at most once"),
    (of("number", each="people", names=["Ann", "Bo"]), "Bo: nine", "type 9"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "text", "told"), BAD, ids=[f"{q.kind}: {text[:30]!a}" for q, text, _ in BAD])
def test_what_cannot_be_read_is_asked_about(question, text, told):
    with pytest.raises(OutsourcingKitError) as error:
        check_answer(question, text)
    message = str(error.value)
    assert told in message and message.startswith("Found ") and "Mend: " in message
    assert message.isprintable() and len(message) < 500


def test_answers_that_cannot_go_together_are_told():
    answers = answered()
    by_key, values = {question.key: question for question in questions(answers)}, walked(answers)[1]
    for key, text, told in (
        ("call_on", "2026-07-01", "a day not after 2026-06-30, which is your answer to 'today'"),
        ("proposal_answered", "2026-03-31", "a day not before 2026-04-01, which is your answer to 'proposed_on'"),
        ("thanked", "Bea: 2026-05-19", "Found 'Bea 2026-05-19'; expected a day not before 2026-05-20"),
        ("outside", "Bea, ann", "a name that nobody else has"),
        ("again", "101", "a number from 0 to 100"),
        ("months", "2.5", "a whole number from 1 to 600"),
        ("matters.a mistake is told at once", "6", "a whole number from 1 to 5"),
    ):
        with pytest.raises(OutsourcingKitError, match="Mend: ") as error:
            check_answer(by_key[key], text, values)
        assert told in str(error.value)


def test_same_is_the_owners_own_zone():
    cities = of("zone", each="others", names=["Bo"], same="city")
    assert check_answer(cities, "same as me", {"city": "Europe/Lisbon"}) == {"Bo": "Europe/Lisbon"}
    with pytest.raises(OutsourcingKitError, match="city"):
        check_answer(cities, "same", {})


ALL = questions(answered())
PIECES = [
    "Ann", "Bea", ":", ",", ";", " ", "/", "-", ".", "2026", "31", "3", "0", "yes", "none", "x", "same", "9", "17",
    "am", "€", "%", "=", "\x00", "\u202e", "٣", "９", "\n", "never", "march", "inbox",
]  # fmt: skip
LINES = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=9).map("".join))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), LINES)
def test_whatever_is_typed_is_a_value_that_is_read_back_or_one_message(question, text):
    try:
        value = check_answer(question, text)
    except OutsourcingKitError as error:
        assert "Mend: " in str(error) and str(error).isprintable()
    else:
        again = check_answer(question, as_text(value))
        # An answer in which all are unknown is unknown.
        assert again == value or (isinstance(value, dict) and again is None and not any(value.values()))
