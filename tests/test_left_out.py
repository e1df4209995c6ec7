"""What cannot be so in a few rows is left out, counted and said; the rest is judged. Too much of it stops."""

from __future__ import annotations

import io
from importlib import import_module

import pandas as pd
import pytest

from outsourcing_kit import expectations, kickoff, recognition
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.folders import csv_text
from outsourcing_kit.frames import take
from outsourcing_kit.headlines import MISTAKES, tables_read
from outsourcing_kit.simulation import simulate
from outsourcing_kit.tables import TABLES, table
from outsourcing_kit.validation import check_table, count
from outsourcing_kit.validation.problem import left_out, spared

HERE = {"currency": "EUR", "time_zone": "UTC", "observed_from": "2026-01-01", "observed_to": "2026-06-30"}
PEOPLE = pd.DataFrame({"person": ["c1", "p1"], "side": ["client", "provider"]})


def checked(name, rows, **columns):
    """The table, its faults by severity, and all that was found but absent columns."""
    frame, problems = check_table(pd.DataFrame(rows).assign(**columns), table(name), file=f"{name}.csv")
    return frame, [problem for problem in problems if problem.kind != "missing column"]


def work(rows=20, **changed):
    """Good items, the changes made in the second row: row 3 of the file."""
    good = {
        "person": "p1", "kind": "k", "topic": "t", "requested": "2026-03-02T08:00Z", "started": "2026-03-02T09:00Z",
        "due": "", "delivered": "2026-03-03T09:00Z", "accepted": "2026-03-04T09:00Z", "reopened_at": "",
        "size": "3", "hours": "6", "requester": "", "text": "",
    }  # fmt: skip
    frame = pd.DataFrame([good] * rows).assign(item=[f"w{n}" for n in range(rows)])
    for name, value in changed.items():
        frame.loc[1, name] = value
    return frame


def test_a_close_before_the_delivery_leaves_the_delivery_and_no_acceptance():
    frame, (note,) = checked("work", work(accepted="2026-03-01T09:00Z"))
    assert frame["delivered"].notna().all() and frame["accepted"].isna().tolist() == [False, True] + [False] * 18
    assert (note.severity, note.kind, note.row, note.column) == ("note", "before delivered", 3, "accepted")
    assert note.found == "accepted 2026-03-01T09:00:00+00:00 before delivered 2026-03-03T09:00:00+00:00"
    assert note.mend == "correct it, or leave it blank: blank is unknown"
    assert left_out([note], ["work"]) == ["Left out of table work: accepted before delivered (1 of 20 rows)."]


@pytest.mark.parametrize(
    ("name", "row", "blank", "kept"),
    [
        # Of moments the later step is not sure to have happened, unless a blank there says that it has not.
        ("work", {"requested": "2026-03-05T08:00Z", "delivered": "2026-03-03T09:00Z"}, ["delivered"], ["requested"]),
        ("work", {"started": "2026-03-05T08:00Z", "delivered": "2026-03-03T09:00Z"}, ["delivered"], ["started"]),
        ("time_entries", {"started": "2026-03-05T08:00Z", "ended": "2026-03-03T09:00Z"}, ["ended"], ["started"]),
        ("proposals", {"raised": "2026-03-05T08:00Z", "answered": "2026-03-03T09:00Z"}, ["raised"], ["answered"]),
        ("people", {"joined": "2026-03-05", "left": "2026-03-03"}, ["joined"], ["left"]),
        ("past_engagements", {"started": "2026-03-05", "observed_until": "2026-03-03"}, ["observed_until"],
         ["started"]),
        # Of numbers nobody knows which of the two is the slip; a scale is what its score is held against.
        ("risks", {"prob_low": "0.5", "prob_high": "0.4"}, ["prob_low", "prob_high"], []),
        ("pulse", {"score": "7", "scale_max": "5"}, ["score"], ["scale_max"]),
        ("pulse", {"score": "0", "scale_max": "5", "scale_min": "1"}, ["score"], ["scale_min", "scale_max"]),
        # Off the scale, or not to be read at all.
        ("expectations", {"rating": "7"}, ["rating"], []),
        ("risks", {"prob_low": "0.5", "prob_high": "1.2"}, ["prob_high"], ["prob_low"]),
        ("tasks", {"hours_per_month": "many", "in_house_rate": "3"}, ["hours_per_month"], ["in_house_rate"]),
        ("pulse", {"asked_on": "2026-02-30", "side": "clent"}, ["asked_on", "side"], []),
        ("people", {"time_zone": "Manila", "workday_start": "25:00"}, ["time_zone", "workday_start"], []),
        ("messages", {"needs_answer": "perhaps"}, ["needs_answer"], []),
    ],
)  # fmt: skip
def test_cells_that_cannot_be_so_are_blank_and_the_others_stay(name, row, blank, kept):
    frame, notes = checked(name, [row])
    assert frame[blank].isna().all(axis=None) and frame[kept].notna().all(axis=None)
    assert notes and {note.severity for note in notes} == {"note"}
    assert all(note.mend.endswith("leave it blank: blank is unknown") for note in notes)


def test_no_cell_that_was_left_blank_is_called_out_of_order_once_more():
    row = {"requested": "2026-03-05T08:00Z", "delivered": "2026-03-03T09:00Z", "accepted": "2026-03-01T09:00Z"}
    _, notes = checked("work", [row])
    assert [note.kind for note in notes] == ["before requested"]


@pytest.mark.parametrize(("rows", "most"), [(1, 1), (9, 1), (20, 2), (40, 4), (1000, 100)])
def test_one_row_in_ten_may_be_wrong_in_one_way_and_one_always(rows, most):
    assert spared(rows) == most
    for wrong in (most, most + 1):
        if wrong > rows:
            continue
        hours = ["-1"] * wrong + ["6"] * (rows - wrong)
        frame, problems = checked("work", work(rows), hours=hours)
        assert count(problems) == wrong and frame["hours"].isna().sum() == wrong
        assert {problem.severity for problem in problems} == {"note" if wrong == most else "error"}
        told = f"({wrong:,} of {rows:,} rows; up to {most} would be left out)"
        assert all((told in problem.mend) == (wrong > most) for problem in problems)


def test_a_few_faults_of_each_column_are_each_few():
    frame = work(20, hours="-1", size="-1").assign(kind=["", "x", ""] + ["k"] * 17)
    _, problems = checked("work", frame)
    assert {(problem.column, problem.severity) for problem in problems} == {
        ("hours", "note"), ("size", "note"), ("kind", "note"),
    }  # fmt: skip


def test_a_needed_cell_that_is_blank_is_asked_for_and_never_made_up():
    (note,) = checked("work", work(kind=""))[1]
    assert (note.kind, note.severity) == ("blank", "note") and "guess" in note.mend


# --- where a blank would say something ------------------------------------------------------------------------------


def test_which_blanks_say_something():
    says = {f"{t.name}.{column.name}" for t in TABLES for column in t.columns if column.blank_says}
    assert says == {
        "estimates.actual", "prerequisites.settled_on", "tasks.quoted_price", "people.left", "attendance.joined_at",
        "past_engagements.kickoff_on", "past_engagements.first_setback", "work.reopened_at", "messages.recipient",
        "proposals.answered",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column", "cell"),
    [("people", "left", "soon"), ("prerequisites", "settled_on", "yes"), ("tasks", "quoted_price", "-1"),
     ("proposals", "answered", "no"), ("attendance", "joined_at", "late")],
)  # fmt: skip
def test_where_a_blank_says_something_a_wrong_cell_stops(name, column, cell):
    (problem,) = checked(name, [{column: cell}])[1]
    assert problem.severity == "error" and "; blank " in problem.mend and "blank is unknown" not in problem.mend


@pytest.mark.parametrize(
    ("name", "rows"),
    [("cash_flows", {"first_month": "5", "last_month": "4"}), ("cash_flows", {"low": "5", "likely": "4", "high": "9"}),
     ("cash_flows", {"low": "-1"}), ("cash_flows", {"line": ["fee"] * 20, "option": "stay"}),
     ("cash_flows", {"kind": "cst"}), ("cash_flows", {"line": ["fee", ""], "option": "stay"}),
     ("people", {"side": "clent"}), ("people", {"person": ["a", "a"], "side": ["client", "provider"]}),
     ("targets", {"target": "most"})],
)  # fmt: skip
def test_a_plan_a_contract_and_whose_side_lose_nothing(name, rows):
    whole = any(isinstance(value, list) for value in rows.values())
    problems = checked(name, pd.DataFrame(rows) if whole else [rows])[1]
    assert problems and {problem.severity for problem in problems} == {"error"}
    assert not any("leave it blank" in problem.mend for problem in problems)


def test_of_what_happened_many_times_such_a_row_is_left_out():
    frame, (note,) = checked("work", work(reopened_at="last week"))
    assert frame["item"].tolist() == ["w0", *(f"w{n}" for n in range(2, 20))]
    assert note.severity == "note" and "the row is left out" in note.mend
    frame, problems = checked("work", work(4), reopened_at=["x", "x", "", ""])
    assert len(frame) == 2 and problems[0].severity == "error"


# --- one row for each key -------------------------------------------------------------------------------------------


def test_rows_of_one_key_are_one_and_blank_where_they_contradict_each_other():
    rows = pd.concat([work(20), work(3, kind="other", hours="", text="?").iloc[1:2]])
    frame, (note,) = checked("work", rows)
    assert len(frame) == 20 and (note.kind, note.row, note.severity) == ("doubled key", 22, "note")
    row = frame[frame["item"] == "w1"].iloc[0]
    assert pd.isna(row["kind"]) and (row["hours"], row["text"], row["topic"]) == (6.0, "?", "t")
    assert row["delivered"] == pd.Timestamp("2026-03-03T09:00Z")


def test_two_rows_of_which_one_says_never_contradict_each_other():
    rows = pd.concat([work(20), work(3, reopened_at="2026-03-09T09:00Z").iloc[1:2]])
    frame, (note,) = checked("work", rows)
    assert "w1" not in set(frame["item"]) and len(frame) == 19 and note.severity == "note"
    settled = pd.DataFrame({"prerequisite": ["a", "b", "a"], "required": "yes", "settled_on": ["2026-01-02", "", ""]})
    assert [problem.severity for problem in checked("prerequisites", settled)[1]] == ["error"]
    settled["settled_on"] = ""
    frame, (note,) = checked("prerequisites", settled)
    assert frame["prerequisite"].tolist() == ["a", "b"] and note.severity == "note"


def test_merged_rows_keep_the_kinds_of_their_columns():
    raw = pd.concat([work(20), work(3).iloc[1:2]]).assign(extra=[["a list"]] * 21)
    frame, _ = checked("work", raw)
    plain, _ = checked("work", work(20))
    pd.testing.assert_frame_equal(frame[plain.columns], plain)


# --- what is made of the rest ---------------------------------------------------------------------------------------


def test_a_name_that_no_table_lists_is_a_note_and_unknown():
    thanks = {"given_at": "2026-03-03T09:00Z", "giver": "c1", "receiver": ["p1"] * 19 + ["P1"]}
    made = Engagement.from_frames({"people": PEOPLE, "recognition": pd.DataFrame(thanks)}, **HERE)
    (note,) = [note for note in made.notes if note.kind == "unknown reference"]
    assert (note.found, note.rows) == ("'P1'", 20) and made.recognition["receiver"].isna().sum() == 1
    with pytest.raises(BadDataError, match="3 of 20 rows; up to 2"):
        thanks["receiver"] = ["p1"] * 17 + ["P1"] * 3
        Engagement.from_frames({"people": PEOPLE, "recognition": pd.DataFrame(thanks)}, **HERE)


def test_a_finding_says_what_was_left_out_of_its_tables_and_no_other_does():
    late = work(20, accepted="2026-03-01T09:00Z", hours="-1")
    made = Engagement.from_frames({"people": PEOPLE, "work": late}, **HERE)
    told = "Left out of table work: hours too low (1 of 20 rows); accepted before delivered (1 of 20 rows)."
    for assess in (recognition.assess, kickoff.assess):
        assert told in assess(made).assumptions and told in "\n".join(assess(made).to_json()["assumptions"])
    entries = pd.DataFrame({"person": ["p1"], "started": ["x"], "ended": ["2026-03-03T09:00Z"]})
    made = Engagement.from_frames({"people": PEOPLE, "time_entries": entries}, **HERE)
    assert any("time_entries: started unreadable" in text for text in kickoff.assess(made).assumptions)
    assert not any("Left out" in text for text in expectations.assess(made).assumptions)


def test_a_frame_given_to_a_function_is_still_refused():
    with pytest.raises(BadDataError, match="found 7; expected at most 5"):
        take(pd.DataFrame({"rating": [7.0, *[4.0] * 30]}), "expectations", need=("rating",))


def test_where_a_blank_would_say_that_nobody_was_addressed_a_strange_name_stays():
    told = {"message": [f"m{n}" for n in range(20)], "sender": ["c1"] * 19 + ["C1"], "recipient": ["P1"] + ["p1"] * 19}
    made = Engagement.from_frames({"people": PEOPLE, "messages": pd.DataFrame(told)}, **HERE)
    assert made.messages["recipient"].iloc[0] == "P1" and pd.isna(made.messages["sender"].iloc[19])


def test_a_proposal_by_nobody_who_is_listed_is_in_the_interval_either_way():
    days = [f"2026-01-{n:02}T09:00Z" for n in range(1, 21)]
    told = {"proposal": [f"s{n}" for n in range(20)], "raised": days, "answered": days}
    whole = Engagement.from_frames({"people": PEOPLE, "proposals": pd.DataFrame({**told, "raised_by": "p1"})}, **HERE)
    raised_by = ["p1"] * 19 + ["P1"]
    odd = Engagement.from_frames(
        {"people": PEOPLE, "proposals": pd.DataFrame({**told, "raised_by": raised_by})}, **HERE
    )
    one, other = (expectations.proposal_answers(e.proposals, e.people, e.settings.end) for e in (whole, odd))
    assert (one.unplaced, other.unplaced) == (0, 1) and other.estimate.low <= one.estimate.low


@pytest.mark.fuzz
@pytest.mark.parametrize("name", Engagement.load("steady").tables)
def test_whatever_column_is_spoilt_in_a_few_rows_the_rest_is_judged_or_the_fault_is_named(name):
    made = simulate(people=6, months=8, seed=1)
    # What nothing reads is judged with all the rest.
    readers = [mistake for mistake in MISTAKES if name in tables_read(mistake)] or MISTAKES
    raw = pd.read_csv(io.StringIO(csv_text(made.tables[name], table(name))), dtype=str, keep_default_na=False)
    where = {key: getattr(made.settings, key) for key in HERE}
    for column in table(name).columns:
        if column.name not in raw:
            continue
        bad = raw.copy()
        cell = "stranger" if column.refers else "" if column.kind in ("text", "prose") else "x!"
        bad.loc[bad.index[:: max(10, len(bad))], column.name] = cell
        try:
            spoilt = Engagement.from_frames({**made.tables, name: bad}, **where)
            found = [import_module(f"outsourcing_kit.{mistake}").assess(spoilt) for mistake in readers]
        except BadDataError as refused:
            assert refused.problems and all(problem.severity == "error" for problem in refused.problems)
            continue
        told = "".join("".join(finding.assumptions) for finding in found)
        quiet = column.blank or column.optional or name in ("past_engagements", "events", "minutes", "agenda")
        assert f"Left out of table {name}" in told or (cell == "" and quiet) or name == "past_engagements", column.name
