"""Files of any make become raw columns, or one problem that names the row and the mend."""

import csv
import datetime as dt
import io
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit.tables import table
from outsourcing_kit.validation import read_table
from outsourcing_kit.validation.cells import _twice
from outsourcing_kit.validation.moments import parse_instants, usual_instant
from outsourcing_kit.validation.reading import _CELLS, LONGEST_CELL, _split

MINUTES = "meeting,turn,speaker,text\n"


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, table(path.stem))


def parquet(tmp_path, frame, name="people", **how):
    pytest.importorskip("pyarrow", reason="Parquet needs the readers extra")
    frame.to_parquet(tmp_path / f"{name}.parquet", **how)
    return read_table(tmp_path / f"{name}.parquet", table(name))


def person(**cells):
    whole = {
        "person": "p1", "side": "client", "team": "a", "role": "b", "time_zone": "Europe/Madrid", "country": "Spain",
        "workday_start": "09:00", "workday_end": "17:00", "joined": "2026-01-01", "left": None,
    }  # fmt: skip
    return pd.DataFrame({name: [value] for name, value in {**whole, **cells}.items()})


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_transcript_pasted_in_one_piece_is_one_row(tmp_path, quote):
    before = csv.field_size_limit()
    frame, problems = read(tmp_path, "minutes.csv", f"{MINUTES}m1,1,a,{quote}{'word ' * 30_000}{quote}\n")
    assert problems == [] and frame["text"].str.len().tolist() == [149_999]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("length", [LONGEST_CELL + 1, 10 * LONGEST_CELL + 1])
@pytest.mark.parametrize("column", ["speaker", "text"])
def test_too_long_a_cell_says_how_long_it_is_and_how_long_it_may_be(tmp_path, length, column):
    cell = {"speaker": "a", "text": "b", column: "x" * length}
    _, (problem,) = read(tmp_path, "minutes.csv", f"{MINUTES}m1,1,a,b\nm1,2,{cell['speaker']},{cell['text']}\n")
    assert problem.row == 3 and f"{length:,} characters" in problem.found and "1,000,000" in problem.expected
    assert len(str(problem)) < 500


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ('m1,1,a,"b\nm1,2,a,b\n', 2),
        ('m1,1,a,b\n\nm1,2,a,"b\nm1,3,a,c\n', 4),
        ('m1,1,a,"one\ntwo"\nm1,2,a,"b', 3),
        ('m1,1,a,b\nm1,2,a,"b" c\n', 3),
        ('m1,1,a,"b\nm1,2,a,"c"\n', 2),
    ],
)
def test_an_unclosed_quotation_mark_names_the_row_where_it_opens(tmp_path, rows, row):
    _, (problem,) = read(tmp_path, "minutes.csv", MINUTES + rows)
    assert (problem.kind, problem.row) == ("quotes", row)


def test_rows_are_counted_across_the_blocks_in_which_they_are_read(tmp_path):
    wide = 2
    rows = ["t,p"] * (_CELLS // wide) + ["", "t,p", "u,"]
    frame, problems = read(tmp_path, "can_do.csv", "task,person\n" + "\n".join(rows) + "\n")
    assert [problem.row for problem in problems if problem.kind == "blank"] == [len(rows) + 1]
    assert len(frame) == len(rows) - 1 and frame.index[-1] == len(rows) - 1
    _, (problem,) = read(tmp_path, "can_do.csv", "task,person\n" + "\n".join([*rows, "a,b,c"] + ["d"] * 20_000) + "\n")
    assert (problem.kind, problem.row) == ("ragged", len(rows) + 2) and "20,000 more" in problem.found


def test_another_separator_is_read(tmp_path):
    for other in (";", "\t", "|"):
        frame, problems = read(tmp_path, "can_do.csv", f'task{other}person\nt1{other}p1\n"t{other}2"{other}\n')
        assert frame["task"].tolist()[0] == "t1" and [problem.kind for problem in problems] == ["blank"]


@pytest.mark.parametrize(
    "header", ["task,person,,unnamed 3", "task,person,unnamed 1,", "task,person,,", "task, per\u200bson\u00a0,a,b"]
)
def test_a_header_is_read_as_it_looks_and_columns_without_a_name_get_one_of_their_own(tmp_path, header):
    frame, problems = read(tmp_path, "can_do.csv", f"{header}\nt1,p1,a,b\n")
    assert problems == [] and frame.columns.is_unique and len(frame.columns) == 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "cp1252"])
def test_a_file_that_is_not_utf_8(tmp_path, encoding):
    data = ("" if encoding != "utf-16-be" else "\ufeff") + "task,person\nt1,Zo\u00eb\n"
    frame, problems = read(tmp_path, "can_do.csv", data.encode(encoding))
    assert frame["person"].tolist() == ["Zo\u00eb"]
    # By its mark, or by a guess, which is said.
    kinds = [(problem.kind, problem.row, problem.severity) for problem in problems]
    assert kinds == [("encoding", 2, "note")] * (encoding == "cp1252")
    assert all("CSV UTF-8" in problem.mend for problem in problems)


def test_what_is_no_file_is_a_problem_and_never_waits(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "can_do.csv")
    (tmp_path / "people.csv").mkdir()
    for name in ("can_do", "people"):
        frame, (problem,) = read_table(tmp_path / f"{name}.csv", table(name))
        assert frame is None and problem.kind == "unreadable"


def test_the_end_of_a_name_may_be_in_capitals_and_a_broken_file_is_named(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet needs the readers extra")
    person().to_parquet(tmp_path / "people.PARQUET")
    assert read_table(tmp_path / "people.PARQUET", table("people"))[1] == []
    assert read(tmp_path, "can_do.CSV", "task,person\nt1,p1\n")[1] == []
    assert read(tmp_path, "can_do.parquet", "not parquet")[1][0].kind == "unreadable"


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Madrid", "Asia/Manila"])
def test_days_with_a_zone_are_the_days_of_that_zone(tmp_path, zone):
    days = pd.Series(pd.to_datetime(["2026-01-01"])).dt.tz_localize(zone)
    frame, problems = parquet(tmp_path, person().assign(joined=days, left=days.where(days.isna())))
    assert problems == [] and frame["joined"].tolist() == [pd.Timestamp("2026-01-01")] and frame["left"].isna().all()
    _, (problem,) = parquet(tmp_path, person().assign(joined=days + pd.Timedelta(hours=15)))
    assert (problem.row, problem.column) == (2, "joined") and "without a time of day" in problem.mend


def test_clocks_days_flags_and_names_as_parquet_has_them(tmp_path):
    frame, problems = parquet(
        tmp_path, person(person=1.0, joined=dt.date(2026, 1, 1), workday_start=dt.time(9), workday_end=dt.time(17, 0))
    )
    assert problems == [] and frame.loc[0, ["person", "workday_start"]].tolist() == ["1", "09:00"]
    entry = pd.DataFrame(
        {"person": ["p"] * 3, "started": pd.Timestamp("2026-01-01", tz="Asia/Manila"), "task": [7, None, 8]}
    )
    entry = entry.assign(ended=entry["started"], billable=[1.0, 0.0, np.nan])
    frame, problems = parquet(tmp_path, entry, "time_entries")
    assert problems == [] and frame["task"].dropna().tolist() == ["7", "8"]
    assert frame["billable"].fillna(True).tolist() == [True, False, True] and frame["billable"].isna().sum() == 1


def test_large_numbers_as_names_keep_their_digits_beside_a_blank(tmp_path):
    tasks = pd.DataFrame({"task": pd.array([2**53 + 1, None], dtype="Int64"), "person": "p"})
    frame, _ = parquet(tmp_path, tasks, "can_do")
    assert frame["task"].iloc[0] == str(2**53 + 1)


def test_an_index_with_a_name_is_a_column_and_one_without_is_none(tmp_path):
    frame, problems = parquet(tmp_path, person().set_index("person"))
    assert problems == [] and frame["person"].tolist() == ["p1"]
    frame, problems = parquet(tmp_path, person().set_axis([7]))
    assert problems == [] and list(frame.columns) == list(person().columns)


def test_text_of_parquet_that_is_no_text(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason="Parquet needs the readers extra")
    from pyarrow import parquet as writer

    half = [None, *map(arrow.py_buffer, (b"\0\0\0\0\2\0\0\0", b"\xed\xa0"))]
    broken = arrow.Array.from_buffers(arrow.string(), 1, half)
    writer.write_table(arrow.table({"task": broken, "person": ["p"]}), tmp_path / "can_do.parquet")
    frame, (problem,) = read_table(tmp_path / "can_do.parquet", table("can_do"))
    assert frame is None and problem.kind == "unreadable"


def test_parquet_is_read_in_blocks_and_gives_what_csv_gives(tmp_path):
    rows = pd.DataFrame({"task": [f"t{n}" for n in range(_CELLS)], "person": "p"})
    frame, problems = parquet(tmp_path, rows, "can_do")
    again, _ = read(tmp_path, "can_do.csv", rows.to_csv(index=False))
    assert problems == []
    pd.testing.assert_frame_equal(frame, again)


@given(
    st.lists(st.lists(st.text('ab,"\r\n ', max_size=4), min_size=2, max_size=2), min_size=1, max_size=5), st.booleans()
)
def test_lines_split_at_once_are_those_of_the_reader(rows, dos):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n" if dos else "\n", quoting=csv.QUOTE_MINIMAL).writerows(rows)
    lines = list(io.StringIO(text.getvalue(), newline=""))
    columns = _split(lines, 2)
    assert columns is None or list(map(list, zip(*columns, strict=True))) == list(csv.reader(lines, strict=True))
    # Nothing that needs the reader's care: split at once.
    assert columns is not None or any(set(cell) & set(',"\r\n') for row in rows for cell in row)


PLACES = st.text("0123456789-+:T \nZ", min_size=25, max_size=25)
FORMED = st.builds(
    "{}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}".format,
    st.integers(1000, 9999), st.integers(0, 13), st.integers(0, 32), st.integers(0, 25), st.integers(0, 61),
    st.integers(0, 61), st.sampled_from("+-Z"), st.integers(0, 24), st.integers(0, 61),
)  # fmt: skip


@given(
    st.one_of(
        st.lists(FORMED | PLACES | st.just(""), max_size=4),
        st.lists(FORMED.map(lambda word: word[:-3].replace("T", " ")), max_size=4),
        st.lists(FORMED.map(lambda word: word[:19] + "Z"), max_size=4),
    )
)
def test_instants_written_alike_are_what_pandas_reads_one_by_one(words):
    together, _ = _twice(words, parse_instants, usual_instant)
    assert together.dtype == "datetime64[ns]"
    one_by_one = [parse_instants([usual_instant(word) or word, "2026-03-31 09:00:00.25+00:00"])[0] for word in words]
    np.testing.assert_array_equal(together, np.array(one_by_one, dtype="datetime64[ns]"))
