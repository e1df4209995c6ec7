"""Tables that ask for less: what is absent, blank or not asked for is unknown, and is told as that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case, expectations, kickoff, recognition, task_selection
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.plots import picture
from outsourcing_kit.settings import blank_settings, read_settings, settings_toml
from tests import made

PEOPLE = made.people("c0", "c1", provider=("p0", "p1"))
DAY = pd.Timestamp("2026-02-02T09:00Z")
HOUR = pd.Timedelta(hours=1)


def calendar(*kinds: str, status: str = "held") -> pd.DataFrame:
    starts = [DAY + 24 * HOUR * number for number in range(len(kinds))]
    rows = {"meeting": [f"m{n}" for n in range(len(kinds))], "kind": kinds, "starts": starts, "status": status}
    return pd.DataFrame(rows).assign(ends=[start + HOUR for start in starts])


def paid(day: int = 9) -> pd.DataFrame:
    begin = DAY + 24 * HOUR * day
    return pd.DataFrame({"person": ["p0"], "started": [begin], "ended": [begin + HOUR], "task": "t"})


def begun(kickoff_held: bool | None = None, **tables: pd.DataFrame) -> Engagement:
    return made.unchecked({"kickoff_held": kickoff_held}, people=PEOPLE, **tables)


# --- no meeting is marked as the kickoff ---------------------------------------------------------------------------


def test_a_calendar_that_marks_no_kickoff_cannot_tell_and_says_how_to_mark_it_or_that_there_was_none():
    finding = kickoff.assess(begun(meetings=calendar("weekly", "review"), time_entries=paid()))
    before, agenda = finding.measure("before_work"), finding.measure("agenda_missing")
    assert (before.verdict, before.low, before.high) == ("cannot tell", 0, 1)
    assert (agenda.verdict, agenda.low, agenda.high) == ("cannot tell", 0, len(kickoff.DEFAULT_AGENDA))
    for said in (before.settled_by, agenda.settled_by, finding.actions[0]):
        assert "kickoff in meetings.kind" in said and "kickoff_held = false" in said
    assert finding.verdict == "cannot tell" and f"{len(kickoff.DEFAULT_AGENDA)} open" in picture(finding).alt


def test_a_meeting_of_unknown_kind_is_no_mark_either():
    late = calendar("weekly", None).assign(starts=lambda rows: rows["starts"] + 480 * HOUR, ends=DAY + 960 * HOUR)
    before = kickoff.assess(begun(meetings=late, time_entries=paid())).measure("before_work")
    assert before.verdict == "cannot tell" and "No meeting is marked" in before.settled_by


def test_what_was_confirmed_of_a_meeting_that_is_not_marked_settles_nothing():
    items = [item.item for item in kickoff.DEFAULT_AGENDA]
    for status in ("covered", "missing"):
        said = pd.DataFrame({"meeting": "m0", "item": items, "status": status, "by": "c0"})
        found = kickoff.assess(begun(meetings=calendar("weekly"), coverage_confirmed=said))
        assert found.measure("agenda_missing").verdict == "cannot tell"


@pytest.mark.parametrize("meetings", [None, calendar("weekly"), calendar("kikoff", "weekly")])
def test_where_somebody_said_that_there_was_none_it_is_a_problem(meetings):
    tables = {} if meetings is None else {"meetings": meetings}
    finding = kickoff.assess(begun(False, time_entries=paid(), **tables))
    assert [measure.verdict for measure in finding.headlines] == ["problem", "problem", "not assessed"]
    assert "hold the missing kickoff" in " ".join(finding.actions) and picture(finding).alt
    # As long as nobody has been paid there is still time for one.
    assert kickoff.assess(begun(False, **tables)).measure("before_work").verdict in ("cannot tell", "not assessed")


def test_where_one_was_held_and_is_not_marked_nobody_is_asked_whether():
    measure = kickoff.assess(begun(True, meetings=calendar("weekly"), time_entries=paid())).measure("before_work")
    assert measure.verdict == "cannot tell" and "kickoff_held" not in measure.settled_by


def test_a_kickoff_that_is_marked_and_was_called_off_is_none():
    cancelled = calendar("kickoff", "weekly", status="cancelled")
    finding = kickoff.assess(begun(meetings=cancelled, time_entries=paid()))
    assert [measure.verdict for measure in finding.headlines[:2]] == ["problem", "problem"]


def test_records_that_say_both_are_refused_with_the_line_that_mends_it():
    with pytest.raises(BadDataError, match=r"kickoff_held = false.*m0.*Mend: take kickoff_held out, or"):
        Engagement.from_frames({"meetings": calendar("kickoff")}, **made.SETTINGS, kickoff_held=False)
    called_off = calendar("kickoff", status="cancelled")
    assert (
        Engagement.from_frames({"meetings": called_off}, **made.SETTINGS, kickoff_held=False).settings.kickoff_held
        is False
    )


@pytest.mark.parametrize("value", [True, False, None])
def test_the_setting_is_written_and_read_again(value):
    settings = replace(made.unchecked().settings, kickoff_held=value)
    assert read_settings(settings_toml(settings)) == (settings, [])


def test_the_setting_stands_in_the_template_and_takes_yes_and_no_alone():
    assert "# kickoff_held = false  # " in blank_settings("mine")
    text = blank_settings("mine")
    for said, held in (("true", True), ("false", False), ('"no"', False), ('"Yes"', True)):
        assert read_settings(f"kickoff_held = {said}\n{text}")[0].kickoff_held is held
    for said in ("0", '"perhaps"', "2026-01-01", "[]"):
        settings, (problem,) = read_settings(f"kickoff_held = {said}\n{text}")
        assert settings is None and problem.column == "kickoff_held" and "kickoff_held = false" in problem.mend


# --- costs that nobody wrote down ----------------------------------------------------------------------------------

HIDDEN = {"onboarding_hours": 0, "management_hours": 0, "rework_share": 0, "switching_cost": 0, "exit_cost": 0}


def outside(*rows: dict[str, object]) -> Engagement:
    frame = pd.DataFrame([{**made.task(f"t{number}"), **row} for number, row in enumerate(rows, start=1)])
    return made.unchecked(tasks=frame)


def not_cheaper(*rows: dict[str, object]):
    return task_selection.assess(outside(*rows)).measure("not_cheaper")


def test_fourteen_inside_and_twelve_outside_is_not_fine_while_hidden_costs_are_blank():
    row = {"in_house_rate": 14.0, "quoted_price": 12.0}
    measure, finding = not_cheaper(row), task_selection.assess(outside(row))
    assert measure.answer in ("cannot tell", "leans problem", "leans fine")
    assert "management_hours" in measure.settled_by and "exit_cost" in measure.settled_by and "t1" in measure.settled_by
    assert (measure.low, measure.high) == (0, 1) and "under 0 to 100% of them" in measure.explain()
    assert any("what is blank" in action and "t1" in action for action in finding.actions)
    # The same figures filled in, as nothing: then all costs are counted.
    assert not_cheaper({**row, **HIDDEN}).answer in ("fine", "leans fine")
    assert "all costs counted" not in finding.measure("monthly_saving").name
    assert "all costs counted" in task_selection.assess(outside({**row, **HIDDEN})).measure("monthly_saving").name


def test_what_is_blank_may_come_to_a_published_share_of_the_price_and_no_further():
    # 1,000 a month; rework 27%, handing over 13%, moving 7% and leaving 7% of it are blank; managing is 5 to 12% of it.
    row = {"quoted_price": 1000.0, "quote_unit": "month"}
    costs = task_selection.task_costs(outside(row, {**row, **HIDDEN, "exit_cost": None}).tasks)
    assert costs.table["blank_costs"].tolist() == pytest.approx([540.0, 70.0])
    assert any("Blank, so unknown: 1 × management_hours" in note and "2 × exit_cost" in note for note in costs.notes)
    # Even so 2,000 inside and 1,000 outside is cheaper there, and so it is fine; 30% less is not told from more.
    assert not_cheaper({"quoted_price": 20.0}).verdict == "fine"
    assert not_cheaper({"quoted_price": 35.0}).verdict == "cannot tell"


def test_a_blank_never_makes_it_better_than_a_cost_that_is_known():
    for price in (20.0, 30.0, 40.0, 47.0, 60.0):
        blank, none = not_cheaper({"quoted_price": price}), not_cheaper({"quoted_price": price, **HIDDEN})
        assert blank.high >= none.high and blank.sure_fine <= none.sure_fine and blank.sure_problem <= none.sure_problem


def test_where_nobody_says_how_many_hours_a_task_takes_they_are_not_none():
    known = {"quoted_price": 20.0, **HIDDEN}
    finding = task_selection.assess(outside(known, {**known, "core": True, "hours_per_month": None}))
    for key in ("protected_hours", "not_cheaper"):
        measure = finding.measure(key)
        assert (measure.verdict, measure.high) == ("cannot tell", 1) and "hours_per_month of t2" in measure.settled_by
    free = task_selection.assess(outside(known, {**known, "hours_per_month": None}))
    assert free.measure("protected_hours").verdict == "fine"
    assert free.measure("not_cheaper").verdict == "cannot tell"


@pytest.mark.parametrize("column", ["in_house_rate", "quote_unit"])
def test_a_cost_that_nobody_can_compare_is_not_a_dear_one(column):
    cheap = {"quoted_price": 20.0, **HIDDEN}
    finding = task_selection.assess(outside(cheap, {**cheap, column: None}))
    measure = finding.measure("not_cheaper")
    assert (measure.verdict, measure.low, measure.high) == ("cannot tell", 0, 0.5)
    assert measure.settled_by == f"{column} of t2" and any(f"{column} of t2" in action for action in finding.actions)
    # 5 of 45 hours are less than 20% of them, whatever they cost; and one dear task of three is more.
    assert not_cheaper(cheap, {**cheap, column: None, "hours_per_month": 5.0}).verdict == "fine"
    assert not_cheaper(cheap, {**cheap, column: None}, {**cheap, "quoted_price": 90.0}).verdict == "problem"
    # Without a quote nobody has said that it is cheaper: a blank price is none.
    assert not_cheaper(cheap, {**cheap, "quoted_price": None, "quote_unit": None}).verdict == "problem"


# --- a column that is empty in all rows ----------------------------------------------------------------------------


def emptied(table: str, column: str) -> tuple[Engagement, Engagement]:
    """A sample, and the same without anything in one column."""
    steady = Engagement.load("steady")
    frame = steady.tables[table]
    kept = frame[column].where(np.zeros(len(frame), dtype=bool))
    return steady, replace(steady, tables={**steady.tables, table: frame.assign(**{column: kept})})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "table", "column", "headlines"),
    [
        (recognition, "work", "accepted", ["good_work_seen", "gap_to_in_house", "never_thanked"]),
        (recognition, "work", "delivered", ["good_work_seen", "gap_to_in_house", "never_thanked"]),
        (recognition, "recognition", "given_at", ["good_work_seen", "gap_to_in_house", "never_thanked"]),
        (recognition, "pulse", "score", ["feel_needed"]),
        (recognition, "people", "side", ["good_work_seen", "gap_to_in_house", "never_thanked"]),
        (expectations, "expectations", "rating", ["within_one_point"]),
        (expectations, "messages", "needs_answer", ["answered_in_time"]),
        (expectations, "proposals", "raised", ["proposals_answered"]),
        (kickoff, "quiz", "answer", ["quiz_right"]),
        (kickoff, "answer_key", "key", ["quiz_right"]),
        (task_selection, "tasks", "plan", ["protected_hours", "not_cheaper", "no_inside_skill"]),
        (task_selection, "tasks", "in_house_rate", ["not_cheaper"]),
        (task_selection, "can_do", "person", ["no_inside_skill"]),
        (business_case, "estimates", "estimated", ["reference_overrun"]),
        (business_case, "prerequisites", "prerequisite", ["unsettled_prerequisites"]),
    ],
)
def test_a_needed_column_without_any_cell_filled_in_is_told_as_that(room, table, column, headlines):
    steady, blank = emptied(table, column)
    finding, before = room.assess(blank), room.assess(steady)
    for measure in finding.headlines:
        key = measure.key.partition(".")[2]
        if key in headlines:
            assert measure.verdict == "not assessed", key
            assert f"{table}, column {column}, which is empty in all rows" in measure.settled_by
        else:
            assert measure.verdict == before.measure(key).verdict


@pytest.mark.parametrize("column", ["item", "question"])
def test_an_agenda_or_a_key_that_lacks_its_own_names_is_told_of_and_stops_nothing_else(column):
    table, key = ("agenda", "agenda_missing") if column == "item" else ("answer_key", "quiz_right")
    steady = Engagement.load("steady")
    absent = replace(steady, tables={**steady.tables, table: steady.tables[table].drop(columns=column)})
    before = kickoff.assess(steady)
    for engagement, why in ((absent, ""), (emptied(table, column)[1], ", which is empty in all rows")):
        finding = kickoff.assess(engagement)
        assert finding.measure(key).settled_by == f"needs table {table}, column {column}{why}"
        rest = [measure for measure in finding.headlines if not measure.key.endswith(key)]
        assert [m.verdict for m in rest] == [before.measure(m.key).verdict for m in rest] and len(rest) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "table", "column"),
    [
        (recognition, "work", "due"), (recognition, "work", "reopened_at"), (recognition, "recognition", "item"),
        (recognition, "recognition", "giver"), (expectations, "messages", "reply_to"), (kickoff, "people", "left"),
        (expectations, "proposals", "answered"), (task_selection, "tasks", "quoted_price"),
        (business_case, "prerequisites", "settled_on"), (business_case, "prerequisites", "required"),
    ],
)  # fmt: skip
def test_a_column_whose_blanks_say_something_may_be_blank_in_all_rows(room, table, column):
    _, blank = emptied(table, column)
    assert "empty" not in repr(room.assess(blank))
