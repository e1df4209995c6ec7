"""What people, databases and programs write into a cell: the value that is meant, or a problem that says why not."""

import datetime as dt
import decimal
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit import tables
from outsourcing_kit.tables import LARGEST, SMALLEST, Column, table
from outsourcing_kit.validation import check_table, count, reference_problems, report

KINDS = ["text", "prose", "number", "integer", "boolean", "date", "instant", "clock", "zone"]


def checked(name, **columns):
    """The table of these columns, and its problems."""
    return check_table(pd.DataFrame(columns), table(name), file=f"{name}.csv")


def one(kind, cell, **rules):
    """One cell of a column of this kind: its value, and the problems."""
    definition = tables.Table(
        "t", "a row", (Column("key", "text", ""), Column("cell", kind, "a cell", blank=True, **rules))
    )
    frame, problems = check_table(
        pd.DataFrame({"key": ["k"], "cell": pd.Series([cell], dtype=object)}), definition, file="t.csv"
    )
    return frame["cell"].iloc[0], problems


@pytest.mark.parametrize("offset", ["+02", "+0200", "+02:00", " +02", " +02:00", " +0200", "+02:00[Europe/Madrid]"])
@pytest.mark.parametrize(
    "time", ["2026-03-31T09:00", "2026-03-31 09:00:00", "2026-03-31 09:00:00.0", "2026-03-31t09:00:00,000"]
)
def test_an_offset_is_read_however_a_database_writes_it(time, offset):
    assert one("instant", time + offset) == (pd.Timestamp("2026-03-31T07:00Z"), [])


@pytest.mark.parametrize("offset", ["Z", "z", " Z", "UTC", " UTC", " GMT", "+00", "-00:00", "+00:00"])
def test_utc_is_utc_by_any_name(offset):
    assert one("instant", f"2026-03-31 09:00:00.5{offset}") == (pd.Timestamp("2026-03-31T09:00:00.5Z"), [])


@pytest.mark.parametrize("minus", ["-03", "-0300", "\N{MINUS SIGN}03:00"])
def test_west_of_greenwich(minus):
    assert one("instant", f"2026-03-31 12:30:00.5{minus}") == (pd.Timestamp("2026-03-31T15:30:00.5Z"), [])


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        ("2026-03-31T09:00:00", "add the offset"),
        ("2026-03-31 09:00", "add the offset"),
        ("2026-03-31T09:00:00 CET", "write the day"),
        ("2026-03-31", "write the day"),
        ("31/03/2026 09:00+02", "write the day"),
        ("1700-01-01T00:00:00Z", "check the year"),
        ("9999-12-31 00:00:00+00", "check the year"),
        ("2026-02-30T09:00:00+01:00", "check the year"),
        ("2026-03-31T09:00:00+25:00", "offset"),
        (1774947600, "write the day"),
    ],
)
def test_an_instant_that_cannot_be_known_says_what_is_missing(cell, mend):
    value, problems = one("instant", cell)
    assert pd.isna(value) and mend in problems[0].mend


def test_one_instant_without_offset_among_many_with_is_found():
    times = (
        ["2026-03-31T09:00:00+00:00"] * 5 + ["2026-03-31T09:00:00"] + ["2026-03-31T09:00:00Z", "2026-03-31T09:00:00+02"]
    )
    frame, problems = checked("events", case="c", activity="a", happened_at=times)
    assert [problem.row for problem in problems] == [7] and frame["happened_at"].notna().sum() == 7


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-01", " 2026-01-01 ", "2026-01-01 00:00:00", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00+02",
        dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-01-01", tz="Asia/Manila"), pd.Timestamp("2026-01-01", tz="UTC"), np.datetime64("2026-01-01"),
    ],
)  # fmt: skip
def test_midnight_of_a_day_is_that_day(cell):
    assert one("date", cell) == (pd.Timestamp("2026-01-01"), [])


@pytest.mark.parametrize(
    "cell",
    ["2026-01-01 15:00:00", pd.Timestamp("2026-01-01 15:00"), pd.Timestamp("2026-01-01 23:00", tz="UTC"), "01.02.2026",
     "1969-12-31", "2200-01-01", dt.date(1700, 1, 1), dt.date(9999, 12, 31), "0001-01-01", 20260101],
)  # fmt: skip
def test_a_day_with_a_time_of_day_or_beyond_the_years_is_a_problem(cell):
    value, (problem,) = one("date", cell)
    assert pd.isna(value) and "1970 to 2199" in problem.expected and "year" in problem.mend


@pytest.mark.parametrize("day", ["1970-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_that_can_be(day):
    assert one("date", day) == (pd.Timestamp(day), []) and one("instant", f"{day}T00:00Z")[1] == []
    assert tables.is_counted(dt.date.fromisoformat(day))


@pytest.mark.parametrize("cell", ["09:00", "9:00", "09:00:00", "9:00:00", dt.time(9), "\u00a09:00 "])
def test_a_clock_of_any_make(cell):
    assert one("clock", cell) == ("09:00", [])


@pytest.mark.parametrize("cell", ["24:00", "9", "09:00:30", "9am", dt.time(9, 0, 30), pd.Timedelta(hours=9)])
def test_what_is_no_clock(cell):
    assert len(one("clock", cell)[1]) == 1


@pytest.mark.parametrize(
    ("cell", "said"),
    [("yes", True), ("N", False), (1.0, True), (0.0, False), (1, True), ("1.0", True), ("t", True), ("f", False),
     (True, True), (np.False_, False), ("\u00a0Yes", True)],
)  # fmt: skip
def test_a_flag_is_yes_or_no(cell, said):
    value, problems = one("boolean", cell)
    assert value is np.bool_(said) or (value == said and problems == [])


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u200b", None, float("nan"), pd.NA, pd.NaT, np.datetime64("NaT")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_of_any_kind_is_unknown(kind, cell):
    value, problems = one(kind, cell)
    assert pd.isna(value) and problems == []


FLAGS = [
    (definition, column) for definition in tables.TABLES for column in definition.columns if column.kind == "boolean"
]


@pytest.mark.parametrize(("definition", "column"), FLAGS, ids=lambda part: part.name)
def test_a_blank_flag_is_not_a_no(definition, column):
    flags = pd.DataFrame({column.name: ["yes", "", "no", None]})
    frame, problems = check_table(flags.assign(other=list("abcd")), definition, file="t.csv")
    assert frame[column.name].dtype == "boolean" and frame[column.name].isna().tolist() == [False, True, False, True]
    assert not [problem for problem in problems if problem.column == column.name]


@pytest.mark.parametrize("cell", ["1e308", "1e400", "9" * 400, "inf", "-inf", "1e13", float("inf"), -1e300, 10**30])
def test_a_number_too_large_says_how_large_it_may_be(cell):
    (problem,) = one("number", cell)[1]
    assert "1,000,000,000,000" in problem.expected and len(str(problem)) < 400


@pytest.mark.parametrize("cell", ["5e-324", 5e-324, "-1e-300"])
def test_a_number_next_to_nothing(cell):
    (problem,) = one("number", cell)[1]
    assert problem.kind == "too small"


@pytest.mark.parametrize(
    "cell", ["nan", "NaN", "n/a", "1,5", "1_000", "1 000", "0x10", "--1", "2026-01-01", dt.date(2026, 1, 1), 1j]
)
def test_what_is_no_number(cell):
    (problem,) = one("number", cell)[1]
    assert problem.kind == "unreadable"


@pytest.mark.parametrize(
    ("cell", "number"),
    [("12.5", 12.5), (" 12 ", 12), ("\u00a012", 12), (decimal.Decimal("1.50"), 1.5), (7, 7), (0, 0), ("1e5", 1e5),
     (-LARGEST, -LARGEST), (SMALLEST, SMALLEST), (np.float32(0.5), 0.5)],
)  # fmt: skip
def test_a_number_of_any_make(cell, number):
    assert one("number", cell) == (number, [])


@pytest.mark.parametrize(
    ("values", "mend"),
    [
        (pd.to_timedelta(["1h", None]), 'frame["cell"] / pd.Timedelta(hours=1)'),
        (pd.to_datetime(["2026-01-01", None]), "save the column as numbers"),
        (pd.to_datetime(["2026-01-01", None], utc=True), "save the column as numbers"),
        (pd.array([True, None], dtype="boolean"), "save the column as numbers"),
    ],
)
def test_durations_days_and_flags_are_no_numbers(values, mend):
    definition = tables.Table("t", "a row", (Column("cell", "number", "hours", "hours", blank=True),))
    _, (problem,) = check_table(pd.DataFrame({"cell": values, "k": "k"}), definition, file="t.parquet")
    assert mend in problem.mend and problem.row == 2


@pytest.mark.parametrize("cell", [["a"], ("a", 1), {"a": 1}, b"a", np.array([1, 2]), {1}])
@pytest.mark.parametrize("kind", ["text", "number", "date", "instant", "boolean"])
def test_a_cell_holds_one_value(kind, cell):
    (problem,) = one(kind, cell)[1]
    assert problem.row == 2 and "one value" in problem.mend


@pytest.mark.parametrize("cell", [1, 1.0, "1", True, np.int64(1), decimal.Decimal(1)])
def test_numbers_as_names_are_one_name(cell):
    assert one("text", cell) == ("1", [])


@pytest.mark.parametrize(
    "typed", [unicodedata.normalize("NFD", "Đà Nẵng"), "Đà\u00a0Nẵng", " Đà  Nẵng\t", "Đà\nNẵng\u200b"]
)
def test_typed_text_is_kept_in_one_form(typed):
    assert one("text", typed) == ("Đà Nẵng", [])


def test_prose_keeps_its_inner_blanks():
    assert one("prose", " a\n\n  b\t")[0] == "a\n\n  b"
    assert {(d.name, c.name) for d in tables.TABLES for c in d.columns if c.kind == "prose"} == {
        ("prerequisites", "evidence"), ("minutes", "text"), ("work", "text"), ("agenda", "terms"),
    }  # fmt: skip


def test_half_a_character_is_a_problem_and_is_shown_without_harm():
    (problem,) = one("text", "a\ud800b")[1]
    assert "half a character" in problem.kind and str(problem).encode()


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("meetings.status", "Canceled", "cancelled"),
        ("meetings.status", "took place", "held"),
        ("meetings.status", "DONE", "held"),
        ("people.side", "Service-Provider", "provider"),
        ("people.side", "customer", "client"),
        ("attendance.response", "Yes", "accepted"),
        ("attendance.response", "NEEDS-ACTION", "none"),
        ("estimates.status", "Completed", "finished"),
        ("proposals.outcome", "turned\u00a0down", "declined"),
        ("tasks.plan", "in-house", "stay"),
        ("cash_flows.range_means", "P10–P90", "p10-p90"),
        ("meetings.kind", "Kick-off", "kickoff"),
        ("cash_flows.option", "Stay", "stay"),
        ("pulse.question", "i feel needed.", "I feel needed"),
    ],
)
def test_other_words_for_the_same_thing(column, typed, kept):
    name, _, inner = column.partition(".")
    frame, problems = check_table(pd.DataFrame({inner: [typed]}), table(name), file="t.csv")
    assert frame[inner].iloc[0] == kept and not [problem for problem in problems if problem.column == inner]


@pytest.mark.parametrize(
    ("column", "typed", "guess"),
    [
        ("meetings.status", "postponed", "'cancelled' if that is meant"),
        ("meetings.status", "heldd", "'held' if that is meant"),
        ("meetings.status", "xyz", "'held' or 'cancelled'"),
        ("estimates.status", "cancelled", "'abandoned' if that is meant"),
        ("people.side", "clint", "'client' if that is meant"),
        ("people.side", "us", "'client' or 'provider'"),
    ],
)
def test_a_word_that_is_not_the_same_is_a_problem_and_never_a_guess(column, typed, guess):
    name, _, inner = column.partition(".")
    _, problems = check_table(pd.DataFrame({inner: [typed]}), table(name), file="t.csv")
    (problem,) = [problem for problem in problems if problem.column == inner]
    assert problem.severity == "error" and guess in problem.mend


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        *(
            ("meetings.kind", typed)
            for typed in ("kikoff", "kick of", "Kickoff with client", "launch meeting", "pre-kickoff")
        ),
        ("cash_flows.option", "in-house"),
        ("cash_flows.category", "managment"),
        ("pulse.question", "Do you feel needed?"),
    ],
)
def test_a_word_near_the_one_looked_for_is_asked_about(column, typed):
    name, _, inner = column.partition(".")
    frame, problems = check_table(pd.DataFrame({inner: ["weekly", typed, typed]}), table(name), file="t.csv")
    (problem,) = [problem for problem in problems if problem.column == inner]
    assert (problem.severity, problem.kind, problem.row) == ("note", "near word", 3)
    assert typed in problem.found and "if it is" in problem.mend and frame[inner].iloc[1] == typed


def test_a_few_odd_ratings_among_numbers_are_named():
    rating = ["1", "2", "3", "4", "5", "n/a", "-", "4 of 5", "", "3"]
    _, problems = checked(
        "ratings", task=list("abcdefghij"), person="p", side="client", criterion="core", rating=rating
    )
    (problem,) = [problem for problem in problems if problem.severity == "note"]
    assert (problem.row, problem.found) == (9, "'4 of 5'") and "'core'" in problem.expected
    words = ["low", "high"] * 5
    assert not checked("ratings", task=list("abcdefghij"), person="p", side="client", criterion="core", rating=words)[1]


def test_a_reference_that_differs_by_case_or_form_alone():
    people = pd.DataFrame({"person": ["Ann", "7", "Zo\u00eb"]})
    given = pd.DataFrame({"task": ["1", "2", "3", "4"], "person": ["ann", 7.0, "Zoe\u0308 ", "Bob"]})
    typed, _ = check_table(given.astype(object), table("can_do"), file="can_do.csv")
    problems = reference_problems({"people": people, "can_do": typed}, table("can_do"), "can_do.csv")
    assert [(problem.row, problem.found) for problem in problems] == [(2, "'ann'"), (5, "'Bob'")]
    assert "write 'Ann'" in problems[0].mend


def test_five_problems_of_a_kind_stand_for_all_of_them():
    _, problems = checked("can_do", task=["t"] * 1000, person=[""] * 400 + ["p"] * 600)
    assert [(problem.kind, problem.more) for problem in problems if problem.more] == [
        ("blank", 395),
        ("doubled key", 594),
    ]
    assert len(problems) == 10 and count(problems) == 999 and "… and 594 more like the last" in report(problems)


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\x00", "x" * 100_000, "a\nb"])
def test_a_message_never_shows_what_acts_and_is_never_long(hostile):
    raw = pd.DataFrame({"person": ["p1"], "side": [hostile + "?"], hostile + "team": ["a"], "joined": [hostile]})
    _, problems = check_table(raw, table("people"), file=f"{hostile}.csv")
    said = report(problems)
    assert said.replace("\n", "").isprintable() and all(len(line) < 1500 for line in said.splitlines())
    assert any("side" in str(problem) for problem in problems)


def test_thousands_of_unknown_columns_are_a_few_lines():
    raw = pd.DataFrame([["p1"] * 5000], columns=[f"hourly_cost{n}" for n in range(5000)])
    _, problems = check_table(raw, table("people"), file="people.csv")
    assert len(report(problems).splitlines()) < 30


ANYTHING = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.binary(max_size=3), st.just(pd.NaT), st.just(pd.NA), st.decimals(allow_nan=False),
    st.datetimes(timezones=st.timezones()), st.sampled_from(["\x1b[31m", "\u202e", "Zoe\u0308", "\u00a0", "\x00"]),
)  # fmt: skip


@given(st.lists(ANYTHING, min_size=1, max_size=6), st.sampled_from(KINDS))
def test_whatever_a_cell_holds_it_is_a_value_a_blank_or_a_problem(cells, kind):
    definition = tables.Table("t", "a row", (Column("key", "text", "key"), Column("cell", kind, "cell", blank=True)))
    raw = pd.DataFrame({"key": "k", "cell": pd.Series(cells, dtype=object)})
    frame, problems = check_table(raw, definition, file="t.csv")
    assert len(frame) == len(cells)
    assert all(str(problem).replace("\n", "").isprintable() for problem in problems)
    assert not problems or {problem.column for problem in problems} == {"cell"}


@pytest.mark.parametrize("raw", [pd.DataFrame(), pd.DataFrame({"task": [], "person": []}), pd.DataFrame({0: ["a"]})])
def test_a_frame_without_rows_or_columns_is_no_table(raw):
    frame, problems = check_table(raw, table("can_do"), file="can_do.csv")
    assert problems and (frame is None or len(frame))


def test_a_frame_with_a_column_twice_is_refused():
    raw = pd.DataFrame([["a", "b", "c"]], columns=["task", "person", "person "])
    frame, (problem,) = check_table(raw, table("can_do"), file="can_do.csv")
    assert frame is None and problem.kind == "doubled column"
