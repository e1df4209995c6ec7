"""Every way in which a table can be wrong is found, placed and answered with a repair."""

import pandas as pd
import pytest

from outsourcing_kit.tables import table
from outsourcing_kit.validation import check_table, count, read_table, reference_problems, report

PEOPLE = "person,side,team,role,time_zone,country,workday_start,workday_end,joined,left\n"
GOOD = "p1,client,a,b,Europe/Madrid,Spain,09:00,17:00,2026-01-01,\n"
PERSON = PEOPLE + GOOD
FLOWS = "line,option,kind,category,first_month,last_month,low,likely,high\n"


def read(tmp_path, name, content):
    path = tmp_path / f"{name}.csv"
    path.write_bytes(content.encode())
    return read_table(path, table(name))


def test_a_good_file_is_typed_and_has_no_problem(tmp_path):
    frame, problems = read(tmp_path, "people", "\ufeff" + PERSON.replace("client", " Client "))
    assert problems == [] and frame["side"].tolist() == ["client"]
    assert frame["joined"].iloc[0] == pd.Timestamp("2026-01-01") and pd.isna(frame["left"].iloc[0])


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("people", "", "empty, None: write what you have"),
        ("people", "\n\n", "empty, None: write what you have"),
        ("can_do", "\ntask,person\nt1,p1\n", "no header, 1: begin with"),
        ("people", PEOPLE, "no rows, None: write what you have"),
        ("people", PERSON.replace("time_zone", "timezone"), "missing column, None, time_zone: rename 'timezone'"),
        ("people", PERSON.replace("left\n", "left,hourly_costs\n").replace(",\n", ",,38\n"),
         "unread column, None, hourly_costs: rename it to 'hourly_cost'"),
        ("can_do", "task,person,person \nt1,p1,p2\n", "doubled column, 1: rename"),
        ("can_do", "task,person\nt1,p1\nt2,p2,p3\n", "ragged, 3: quote values"),
        ("can_do", "task,person\nt1,p1,p2\nt2,p2,p3\n", "ragged, 2: quote values"),
        ("can_do", "task,person\nt1\nt2,p2\nt3\n", "ragged, 2: write a comma"),
        ("people", PERSON.replace("client", "clint"), "not allowed, 2, side: write 'client'"),
        ("people", PERSON.replace("Madrid", "Madird"), "unreadable, 2, time_zone: use a name"),
        ("people", PERSON.replace("09:00", "25:00"), "unreadable, 2, workday_start: write hours"),
        ("people", PERSON.replace("01-01", "02-30"), "unreadable, 2, joined: check the year"),
        ("people", PERSON + GOOD, "doubled key, 3: remove or rename"),
        ("people", PERSON.replace("Europe/Madrid", ""), "blank, 2, time_zone: ask who knows"),
        # Rows are counted as a spreadsheet does, blank lines too.
        ("people", PEOPLE + "\n" + GOOD + "\n" + GOOD.replace("p1,client", "p2,nobody"), "not allowed, 5, side: write"),
        ("cash_flows", FLOWS + "fee,outsource,cost,price,1,12,-5,10,20\n", "too low, 2, low: correct it"),
        ("cash_flows", FLOWS + 'fee,outsource,cost,price,1,12,1,"1,0",20\n', "unreadable, 2, likely: write a point"),
        ("cash_flows", FLOWS + "fee,outsource,cost,price,12,1,7,8,20\n", "below first_month, 2, last_month: correct"),
        ("cash_flows", FLOWS + "fee,outsource,cost,price,1,202612,1,2,3\n", "too high, 2, last_month: count months"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named_with_its_place_and_its_mend(tmp_path, name, content, found):
    (problem,) = read(tmp_path, name, content)[1]
    place = f", {problem.column}" if problem.column else ""
    assert f"{problem.kind}, {problem.row}{place}: {problem.mend}".startswith(found)
    whole = problem.kind in ("empty", "no header", "missing column", "doubled column", "ragged")
    stops = whole or name == "cash_flows" or problem.column == "side"
    assert problem.severity == ("error" if stops else "note")


def test_all_problems_are_found_at_once(tmp_path):
    bad = GOOD.replace("Madrid", "Madird").replace("09:00", "25:00").replace("2026", "2357")
    problems = read(tmp_path, "people", PEOPLE + bad + bad)[1]
    assert {(problem.column, problem.row) for problem in problems} == {
        ("time_zone", 2), ("time_zone", 3), ("workday_start", 2), ("workday_start", 3), ("joined", 2), ("joined", 3),
        (None, 3),
    }  # fmt: skip


def test_five_problems_of_a_kind_stand_for_all_of_them():
    raw = pd.DataFrame({"task": "t", "person": [""] * 400 + ["p"] * 600})
    _, problems = check_table(raw, table("can_do"), file="can_do.csv")
    assert [(problem.kind, problem.more) for problem in problems if problem.more] == [
        ("blank", 395),
        ("doubled key", 594),
    ]
    assert len(problems) == 10 and count(problems) == 999
    assert len(report(problems).splitlines()) == 12 and "… and 594 more like the last" in report(problems)


def test_thousands_of_unknown_columns_are_a_few_lines():
    raw = pd.DataFrame([["p1"] * 5000], columns=[f"hourly_cost{n}" for n in range(5000)])
    assert len(report(check_table(raw, table("people"), file="people.csv")[1]).splitlines()) < 30


@pytest.mark.parametrize("raw", [pd.DataFrame(), pd.DataFrame({"task": [], "person": []}), pd.DataFrame({0: ["a"]})])
def test_a_frame_without_rows_or_columns_is_no_table(raw):
    frame, problems = check_table(raw, table("can_do"), file="can_do.csv")
    assert problems and (frame is None or len(frame))


def test_a_frame_with_a_column_twice_is_refused():
    raw = pd.DataFrame([["a", "b", "c"]], columns=["task", "person", "person "])
    frame, (problem,) = check_table(raw, table("can_do"), file="can_do.csv")
    assert frame is None and problem.kind == "doubled column"


def test_a_row_is_blank_where_no_column_holds_anything_whatever_the_index():
    raw = pd.DataFrame({"task": ["t1", "", None, "t4"], "person": ["p", " ", None, "p"], "note": ["", "", "seen", ""]})
    for index in ([0, 1, 2, 3], [3.0, 2.0, 1.0, 0.5], list("dcba"), [7, 7, 7, 7]):
        frame, problems = check_table(raw.set_axis(index), table("can_do"), file="can_do.csv")
        assert frame["note"].tolist() == ["", "seen", ""]
        assert [(problem.kind, problem.row) for problem in problems] == [("blank", 4), ("blank", 4)]


def test_a_reference_that_differs_by_case_or_form_alone():
    people = pd.DataFrame({"person": ["Ann", "7", "Zo\u00eb"]})
    given = pd.DataFrame({"task": ["1", "2", "3", "4"], "person": ["ann", 7.0, "Zoe\u0308 ", "Bob"]})
    typed, _ = check_table(given.astype(object), table("can_do"), file="can_do.csv")
    problems = reference_problems({"people": people, "can_do": typed}, table("can_do"), "can_do.csv")
    assert [(problem.row, problem.found) for problem in problems] == [(2, "'ann'"), (5, "'Bob'")]
    assert "write 'Ann'" in problems[0].mend and problems[1].mend == "add 'Bob' to people"


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\x00", "x" * 100_000, "a\nb"])
def test_a_message_never_shows_what_acts_and_is_never_long(hostile):
    raw = pd.DataFrame({"person": ["p1"], "side": [hostile + "?"], hostile + "team": ["a"], "joined": [hostile]})
    said = report(check_table(raw, table("people"), file=f"{hostile}.csv")[1])
    assert said.replace("\n", "").isprintable() and all(len(line) < 1500 for line in said.splitlines())
    assert "column side" in said


@pytest.mark.parametrize(
    ("column", "typed"),
    [
        *(("meetings.kind", typed) for typed in ("kikoff", "Kickoff with client", "launch meeting", "pre-kickoff")),
        ("cash_flows.option", "in-house"), ("cash_flows.category", "managment"),
        ("pulse.question", "Do you feel needed?"),
    ],
)  # fmt: skip
def test_a_word_near_the_one_looked_for_is_asked_about(column, typed):
    name, _, inner = column.partition(".")
    frame, problems = check_table(pd.DataFrame({inner: ["weekly", typed, typed]}), table(name), file="t.csv")
    (problem,) = [problem for problem in problems if problem.column == inner]
    assert (problem.severity, problem.kind, problem.row) == ("note", "near word", 3)
    assert typed in problem.found and "if it is" in problem.mend and frame[inner].iloc[1] == typed


def test_a_few_odd_ratings_among_numbers_are_named():
    ratings = pd.DataFrame({"task": list("abcdefghij"), "person": "p", "side": "client", "criterion": "core"})
    rating = ["1", "2", "3", "4", "5", "n/a", "-", "4 of 5", "", "3"]
    _, problems = check_table(ratings.assign(rating=rating), table("ratings"), file="ratings.csv")
    (problem,) = [problem for problem in problems if problem.kind == "odd rating"]
    assert (
        problem.severity == "note" and (problem.row, problem.found) == (9, "'4 of 5'") and "'core'" in problem.expected
    )
    assert not check_table(ratings.assign(rating=["low", "high"] * 5), table("ratings"), file="ratings.csv")[1]
