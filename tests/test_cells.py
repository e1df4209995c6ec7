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
from outsourcing_kit.tables import LARGEST, SMALLEST, Column, Table, table
from outsourcing_kit.validation import check_table
from outsourcing_kit.validation.cells import TEXT

KINDS = ["text", "prose", "number", "integer", "boolean", "date", "instant", "clock", "zone"]
NAN = float("nan")


def one(kind, cell):
    """One cell of a column of this kind: its value, and the problems."""
    definition = Table("t", "a row", (Column("key", "text", ""), Column("cell", kind, "a cell", blank=True)))
    raw = pd.DataFrame({"key": ["k"], "cell": pd.Series([cell], dtype=object)})
    frame, problems = check_table(raw, definition, file="t.csv")
    return frame["cell"].iloc[0], problems


def utc(text):
    return pd.Timestamp(text, tz="UTC")


DAY = pd.Timestamp("2026-01-01")
MEANT = {
    # Offsets as databases write them, and UTC by any name.
    ("instant", utc("2026-03-31 07:00")): [
        f"{time}{offset}"
        for time in ("2026-03-31T09:00", "2026-03-31 9:00:00", "2026-03-31 09:00:00.0", "2026-03-31t09:00:00,000")
        for offset in ("+02", "+0200", " +02", " +02:00", " +0200", "+02:00[Europe/Madrid]")
    ],
    ("instant", utc("2026-03-31 09:00:00.5")): [
        f"2026-03-31 09:00:00.5{offset}" for offset in ("Z", "z", " Z", "UTC", " UTC", " GMT", "+00", "-00:00")
    ],
    ("instant", utc("2026-03-31 15:30")): [
        f"2026-03-31 12:30:00{minus}" for minus in ("-03", "-0300", "\N{MINUS SIGN}03:00")
    ],
    ("date", DAY): [
        "2026-01-01", " 2026-01-01 ", "2026-01-01 00:00:00", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00+02",
        dt.date(2026, 1, 1), dt.datetime(2026, 1, 1), DAY, DAY.tz_localize("Asia/Manila"), DAY.tz_localize("UTC"),
        np.datetime64("2026-01-01"),
    ],
    ("clock", "09:00"): ["09:00", "9:00", "09:00:00", "9:00:00", dt.time(9), "\u00a09:00 "],
    ("boolean", True): ["yes", 1.0, 1, "1.0", "t", True, "\u00a0Yes"],
    ("boolean", False): ["N", 0.0, "f", np.False_],
    ("number", 12.5): ["12.5", " 12.5 ", "\u00a012.5", decimal.Decimal("12.50"), np.float32(12.5)],
    ("number", 7): [7, "7", "7e0", "+7"],
    ("number", -LARGEST): [-LARGEST, "-1e12"],
    ("number", SMALLEST): [SMALLEST],
    ("text", "1"): [1, 1.0, "1", True, np.int64(1), decimal.Decimal(1)],
    ("text", "Đà Nẵng"): [unicodedata.normalize("NFD", "Đà Nẵng"), "Đà\u00a0Nẵng", " Đà  Nẵng\t", "Đà\nNẵng\u200b"],
    ("prose", "a\n\n  b"): [" a\n\n  b\t"],
    ("zone", "Asia/Manila"): [" Asia/Manila"],
}  # fmt: skip


@pytest.mark.parametrize(("meaning", "cells"), MEANT.items(), ids=lambda part: str(part)[:40])
def test_a_cell_means_one_thing_however_it_is_written(meaning, cells):
    kind, value = meaning
    for cell in cells:
        found, problems = one(kind, cell)
        assert (found, problems) == (value, []), cell


REFUSED = {
    ("instant", "add the offset"): ["2026-03-31T09:00:00", "2026-03-31 09:00"],
    ("instant", "write the day"): ["2026-03-31T09:00:00 CET", "2026-03-31", "31/03/2026 09:00+02", 1774947600],
    ("instant", "check the year"): [
        "1700-01-01T00:00:00Z", "9999-12-31 00:00:00+00", "2026-02-30T09:00:00+01:00", "2026-03-31T09:00:00+25:00",
    ],
    ("date", "year"): [
        "2026-01-01 15:00:00", pd.Timestamp("2026-01-01 15:00"), utc("2026-01-01 23:00"), "01.02.2026", "1969-12-31",
        "2200-01-01", dt.date(1700, 1, 1), dt.date(9999, 12, 31), "0001-01-01", 20260101,
    ],
    ("clock", "24 hours"): ["24:00", "9", "09:00:30", "9am", dt.time(9, 0, 30), pd.Timedelta(hours=9)],
    ("zone", "IANA"): ["Europe/Madird", "Europe", "../etc/passwd", "CEST"],
    ("boolean", "yes or no"): ["maybe", 2, 0.5],
    ("number", "larger unit"): ["1e308", "1e400", "9" * 400, "inf", "-inf", "1e13", float("inf"), -1e300, 10**30],
    ("number", "smaller unit"): ["5e-324", 5e-324, "-1e-300"],
    ("number", "write a point"): [
        "nan", "NaN", "n/a", "1,5", "1_000", "1 000", "0x10", "--1", "2026-01-01", dt.date(2026, 1, 1), 1j,
    ],
    ("integer", "whole number"): ["1.5", 1.5],
    ("text", "write the text again"): ["a\ud800b"],
    **{(kind, "one value"): [["a"], ("a", 1), {"a": 1}, b"a", np.array([1, 2]), {1}] for kind in KINDS},
}  # fmt: skip


@pytest.mark.parametrize(("how", "cells"), REFUSED.items(), ids=lambda part: str(part)[:40])
def test_what_cannot_be_meant_is_one_problem_with_its_mend(how, cells):
    kind, mend = how
    for cell in cells:
        value, (problem,) = one(kind, cell)
        assert mend in problem.mend and problem.row == 2 and problem.severity == "note", cell
        assert len(str(problem)) < 450 and str(problem).isprintable()
        # One row in ten may be so, and one in any table: the cell is blank, and the rest is read.
        assert pd.isna(value) and problem.mend.endswith("or leave it blank: blank is unknown"), cell


@pytest.mark.parametrize("cell", ["", " ", "\u00a0", "\u200b", None, NAN, pd.NA, pd.NaT, np.datetime64("NaT")])
def test_a_blank_of_any_kind_is_unknown(cell):
    for kind in KINDS:
        value, problems = one(kind, cell)
        assert pd.isna(value) and problems == [], kind


@pytest.mark.parametrize("day", ["1970-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_that_can_be(day):
    assert one("date", day) == (pd.Timestamp(day), []) and one("instant", f"{day}T00:00Z")[1] == []
    assert tables.is_counted(dt.date.fromisoformat(day))


def test_one_instant_without_offset_among_many_with_is_found():
    times = ["2026-03-31T09:00:00+00:00"] * 5 + ["2026-03-31T09:00:00", "2026-03-31T09:00Z", "2026-03-31T09:00:00+02"]
    raw = pd.DataFrame({"case": "c", "activity": "a", "happened_at": times})
    for frame in (raw, raw.astype({"happened_at": object})):
        typed, problems = check_table(frame, table("events"), file="events.csv")
        assert [problem.row for problem in problems] == [7] and typed["happened_at"].notna().sum() == 7


def test_instants_without_a_zone_are_refused_though_they_are_typed():
    raw = pd.DataFrame({"case": "c", "activity": "a", "happened_at": pd.to_datetime(["2026-01-01", None])})
    _, problems = check_table(raw, table("events"), file="events.parquet")
    assert [(problem.kind, problem.row) for problem in problems] == [("blank", 3), ("unreadable", 2)]


@pytest.mark.parametrize("kind", [object, TEXT])
def test_names_that_differ_behind_a_sign_that_nobody_sees_are_two(kind):
    raw = pd.DataFrame({"task": pd.Series(["a\0b", "a\0c", "a"], dtype=kind), "person": "p"})
    frame, _ = check_table(raw, table("can_do"), file="can_do.csv")
    assert frame["task"].tolist() == ["a\0b", "a\0c", "a"]


def test_a_blank_flag_is_never_a_no():
    for definition in tables.TABLES:
        for column in (column for column in definition.columns if column.kind == "boolean"):
            raw = pd.DataFrame({column.name: ["yes", "", "no", None], "other": list("abcd")})
            frame, problems = check_table(raw, definition, file="t.csv")
            assert frame[column.name].dtype == "boolean"
            assert frame[column.name].isna().tolist() == [False, True, False, True]
            assert not [problem for problem in problems if problem.column == column.name]


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
    definition = Table("t", "a row", (Column("cell", "number", "hours", "hours", blank=True),))
    _, (problem,) = check_table(pd.DataFrame({"cell": values, "k": "k"}), definition, file="t.parquet")
    assert mend in problem.mend and problem.row == 2


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("meetings.status", "Canceled", "cancelled"), ("meetings.status", "took place", "held"),
        ("meetings.status", "DONE", "held"), ("people.side", "Service-Provider", "provider"),
        ("people.side", "customer", "client"), ("attendance.response", "NEEDS-ACTION", "none"),
        ("estimates.status", "Completed", "finished"), ("proposals.outcome", "turned\u00a0down", "declined"),
        ("tasks.plan", "in-house", "stay"), ("cash_flows.range_means", "P10–P90", "p10-p90"),
        ("meetings.kind", "Kick-off", "kickoff"), ("cash_flows.option", "Stay", "stay"),
        ("pulse.question", "i feel needed.", "I feel needed"),
        # What is not the same is a problem and never a guess.
        ("meetings.status", "postponed", "write 'cancelled' if that is meant"),
        ("meetings.status", "heldd", "write 'held' if that is meant"),
        ("meetings.status", "xyz", "write 'held' or 'cancelled'"),
        ("estimates.status", "cancelled", "write 'abandoned' if that is meant"),
        ("people.side", "us", "write 'client' or 'provider'"),
    ],
)  # fmt: skip
def test_other_words_for_the_same_thing(column, typed, kept):
    name, _, inner = column.partition(".")
    frame, problems = check_table(pd.DataFrame({inner: [typed]}), table(name), file="t.csv")
    mends = [problem.mend for problem in problems if problem.column == inner]
    if kept.startswith("write"):
        more = "" if column == "people.side" else ", or leave it blank: blank is unknown"
        assert mends == [kept + more] and pd.isna(frame[inner].iloc[0])
    else:
        assert frame[inner].iloc[0] == kept and not mends


ANYTHING = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.binary(max_size=3), st.just(pd.NaT), st.just(pd.NA), st.decimals(allow_nan=False),
    st.datetimes(timezones=st.timezones()), st.sampled_from(["\x1b[31m", "\u202e", "Zoe\u0308", "\u00a0", "\x00"]),
)  # fmt: skip


@given(st.lists(ANYTHING, min_size=1, max_size=6), st.sampled_from(KINDS))
def test_whatever_a_cell_holds_it_is_a_value_a_blank_or_a_problem(cells, kind):
    definition = Table("t", "a row", (Column("key", "text", "key"), Column("cell", kind, "cell", blank=True)))
    raw = pd.DataFrame({"key": "k", "cell": pd.Series(cells, dtype=object)})
    frame, problems = check_table(raw, definition, file="t.csv")
    assert len(frame) == len(cells)
    assert all(str(problem).replace("\n", "").isprintable() for problem in problems)
    assert not problems or {problem.column for problem in problems} == {"cell"}
    # Each cell alone is read as it is among the others.
    alone = [one(kind, cell) for cell in cells]
    assert frame["cell"].isna().tolist() == [bool(pd.isna(value)) for value, _ in alone]
