"""Every way in which a file can be wrong is found, placed and answered with a repair."""

import pandas as pd
import pytest

from outsourcing_kit import tables
from outsourcing_kit.validation import check_table, read_table, report

PEOPLE = "person,side,team,role,time_zone,country,workday_start,workday_end,joined,left\n"
GOOD = "p1,client,a,b,Europe/Madrid,Spain,09:00,17:00,2026-01-01,\n"


def write(tmp_path, name, content, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return path


def read(tmp_path, name, content, encoding="utf-8"):
    path = write(tmp_path, name, content, encoding)
    return read_table(path, tables.table(path.stem))


def only(problems):
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_good_file_is_typed_and_has_no_problem(tmp_path):
    frame, problems = read(tmp_path, "people.csv", PEOPLE + GOOD)
    assert problems == []
    assert frame["joined"].iloc[0] == pd.Timestamp("2026-01-01")
    assert pd.isna(frame["left"].iloc[0])


def test_a_byte_order_mark_and_spaces_are_no_problem(tmp_path):
    frame, problems = read(tmp_path, "people.csv", "\ufeff" + PEOPLE + GOOD.replace("client", " Client "))
    assert problems == [] and frame["side"].tolist() == ["client"]


def test_wrong_encoding_names_the_line_and_the_mend(tmp_path):
    problem = only(read(tmp_path, "people.csv", PEOPLE + GOOD.replace("Spain", "España"), "cp1252")[1])
    assert (problem.kind, problem.row) == ("encoding", 2)
    assert "CSV UTF-8" in problem.mend


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file(tmp_path, content):
    assert only(read(tmp_path, "people.csv", content)[1]).kind == "empty"


def test_a_header_alone_is_a_note_and_no_table(tmp_path):
    frame, problems = read(tmp_path, "people.csv", PEOPLE)
    assert frame is None and only(problems).severity == "note"


def test_a_missing_column_names_the_misspelt_one(tmp_path):
    problem = only(read(tmp_path, "people.csv", (PEOPLE + GOOD).replace("time_zone", "timezone"))[1])
    assert (problem.kind, problem.column) == ("missing column", "time_zone")
    assert "'timezone'" in problem.mend


def test_a_misspelt_optional_column_is_a_note(tmp_path):
    content = PEOPLE.replace("left\n", "left,hourly_costs\n") + GOOD.replace(",\n", ",,38\n")
    problem = only(read(tmp_path, "people.csv", content)[1])
    assert problem.severity == "note" and "'hourly_cost'" in problem.expected


def test_a_doubled_column(tmp_path):
    problem = only(read(tmp_path, "can_do.csv", "task,person,person\nt1,p1,p2\n")[1])
    assert problem.kind == "doubled column" and "'person'" in problem.found


def test_semicolons_instead_of_commas(tmp_path):
    assert only(read(tmp_path, "can_do.csv", "task;person\nt1;p1\n")[1]).kind == "separator"


def test_a_row_with_too_many_values_names_its_row(tmp_path):
    problem = only(read(tmp_path, "can_do.csv", "task,person\nt1,p1\nt2,p2,p3\n")[1])
    assert (problem.kind, problem.row) == ("ragged", 3)


def test_a_time_without_offset_is_refused_and_one_with_is_read(tmp_path):
    rows = "p1,2026-03-01T09:00:00,2026-03-01T10:00:00+01:00,t\np1,2026-03-02T09:00Z,2026-03-02 12:00:00+0200,t\n"
    frame, problems = read(tmp_path, "time_entries.csv", "person,started,ended,task\n" + rows)
    problem = only(problems)
    assert (problem.row, problem.column) == (2, "started") and "offset" in problem.expected
    assert frame["started"].iloc[1] == pd.Timestamp("2026-03-02T09:00Z")
    assert frame["ended"].iloc[1] == pd.Timestamp("2026-03-02T10:00Z")


def test_a_negative_cost_and_a_number_with_thousands_separator(tmp_path):
    head = "line,option,kind,category,first_month,last_month,low,likely,high\n"
    rows = 'fee,outsource,cost,price,1,12,-5,10,20\ntool,outsource,cost,price,1,12,1,"1,000",2000\n'
    problems = read(tmp_path, "cash_flows.csv", head + rows)[1]
    assert {(p.kind, p.row, p.column) for p in problems} == {("too low", 2, "low"), ("unreadable", 3, "likely")}


def test_pairs_out_of_order(tmp_path):
    head = "line,option,kind,category,first_month,last_month,low,likely,high\n"
    problems = read(tmp_path, "cash_flows.csv", head + "fee,outsource,cost,price,12,1,9,8,20\n")[1]
    assert {p.kind for p in problems} == {"order first_month last_month", "order low likely"}


def test_a_value_that_is_not_allowed_names_the_nearest(tmp_path):
    assert "write 'client'" in only(read(tmp_path, "people.csv", PEOPLE + GOOD.replace("client", "clint"))[1]).mend


def test_a_zone_a_clock_and_a_date_that_do_not_exist(tmp_path):
    bad = GOOD.replace("Europe/Madrid", "Europe/Madird").replace("09:00", "25:00").replace("2026-01-01", "2026-02-30")
    problems = read(tmp_path, "people.csv", PEOPLE + bad)[1]
    assert {p.column for p in problems} == {"time_zone", "workday_start", "joined"}


def test_a_doubled_key_and_a_blank_that_may_not_be(tmp_path):
    problems = read(tmp_path, "people.csv", PEOPLE + GOOD + GOOD + GOOD.replace("p1,client,a", "p2,client,"))[1]
    assert {(p.kind, p.row) for p in problems} == {("doubled key", 3), ("blank", 4)}


def test_rows_are_counted_as_a_spreadsheet_does_across_blank_lines(tmp_path):
    problems = read(tmp_path, "people.csv", PEOPLE + "\n" + GOOD + "\n" + GOOD.replace("p1,client", "p2,nobody"))[1]
    assert [problem.row for problem in problems] == [5]


def test_the_report_counts_and_shows_the_first_five_of_each(tmp_path):
    rows = "".join(GOOD.replace("p1,client", f"p{n},nobody") for n in range(8))
    lines = report(read(tmp_path, "people.csv", PEOPLE + rows)[1]).splitlines()
    assert len(lines) == 6 and "3 more" in lines[-1]


def test_parquet_gives_the_same_table_as_csv(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet needs the readers extra")
    frame, _ = read(tmp_path, "people.csv", PEOPLE + GOOD)
    frame.to_parquet(tmp_path / "people.parquet")
    again, problems = read_table(tmp_path / "people.parquet", tables.table("people"))
    assert problems == []
    pd.testing.assert_frame_equal(again, frame, check_dtype=False)


def test_a_parquet_file_that_is_none_and_typed_times_without_zone(tmp_path):
    pytest.importorskip("pyarrow", reason="Parquet needs the readers extra")
    write(tmp_path, "can_do.parquet", "not parquet")
    assert only(read_table(tmp_path / "can_do.parquet", tables.table("can_do"))[1]).kind == "unreadable"
    naive = pd.DataFrame({"person": ["p"], "started": [pd.Timestamp("2026-01-01")], "task": ["t"]})
    naive["ended"] = naive["started"].dt.tz_localize("UTC")
    problems = check_table(naive, tables.table("time_entries"), file="time_entries.parquet")[1]
    assert [problem.column for problem in problems] == ["started"]


def test_a_quotation_mark_that_is_never_closed(tmp_path):
    problem = only(read(tmp_path, "can_do.csv", 'task,person\nt1,"p1\nt2,p2\n')[1])
    assert problem.kind == "quotes" and "never closed" in problem.found


def test_rows_shorter_than_the_header_and_a_blank_first_line(tmp_path):
    problem = only(read(tmp_path, "can_do.csv", "task,person\nt1\nt2,p2\nt3\n")[1])
    assert (problem.kind, problem.row) == ("ragged", 2) and "1 more" in problem.found
    assert only(read(tmp_path, "can_do.csv", "\ntask,person\nt1,p1\n")[1]).kind == "no header"


def test_a_first_row_longer_than_the_header_loses_nothing_silently(tmp_path):
    assert only(read(tmp_path, "can_do.csv", "task,person\nt1,p1,p2\nt2,p2,p3\n")[1]).kind == "ragged"


def test_years_that_no_record_can_have(tmp_path):
    bad = GOOD.replace("2026-01-01", "0001-01-01") + GOOD.replace("p1", "p2").replace("2026-01-01", "9999-12-31")
    assert [problem.column for problem in read(tmp_path, "people.csv", PEOPLE + bad)[1]] == ["joined", "joined"]


def test_a_date_typed_as_a_month_is_found_before_anything_is_computed(tmp_path):
    header = "line,option,kind,category,first_month,last_month,low,likely,high\n"
    rows = "fee,outsource,cost,price,1,202612,1,2,3\nteam,stay,cost,work,1,600,1,2,3\n"
    _, problems = read(tmp_path, "cash_flows.csv", header + rows)
    found = str(only(problems))
    assert "row 2, column last_month: found '202612'; expected at most 600" in found


def test_a_year_beyond_counting_is_said_to_be_the_year(tmp_path):
    _, problems = read(tmp_path, "people.csv", PEOPLE + GOOD.replace("2026-01-01", "2357-01-01"))
    assert "expected a date of the years 1970 to 2199" in str(only(problems))
