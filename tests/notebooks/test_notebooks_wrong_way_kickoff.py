"""Lesson 03: what participants are likely to answer, each tried on the lesson's own sample, gets words that help."""

from __future__ import annotations

import pandas as pd
import pytest

from outsourcing_kit import Engagement, kickoff
from outsourcing_kit.course.exercises import registered

DAY = pd.Timedelta(days=1)
RECORDS = Engagement.load("cold-start")


def _said(key, answer):
    return repr(registered()[key].judge(answer, RECORDS))


def _moments():
    """First paid work, and the kickoff that counts: by the tables alone."""
    came = RECORDS.attendance.dropna(subset=["joined_at"]).assign(
        side=lambda rows: rows["person"].map(RECORDS.side_of())
    )
    both = came.groupby("meeting")["side"].nunique().loc[lambda sides: sides == 2].index
    meetings = RECORDS.meetings
    held = meetings[meetings["meeting"].isin(both) & (meetings["kind"] == "kickoff") & (meetings["status"] == "held")]
    paid = RECORDS.time_entries
    paid = paid[paid["billable"].astype(bool) & (paid["person"].map(RECORDS.side_of()) == "provider")]
    return paid["started"].min(), held.iloc[0], meetings[meetings["kind"] == "kickoff"].iloc[0]


def _judged():
    rows = RECORDS.quiz.merge(RECORDS.answer_key[["question", "key"]], on="question")
    unsure = rows["answer"] == "don't know"
    return rows.assign(side=rows["person"].map(RECORDS.side_of()), right=rows["answer"] == rows["key"], unsure=unsure)


def _weaker(rows, by=("side", "person"), how="mean"):
    return float(rows.groupby(list(by))["right"].mean().groupby("side").agg(how).min())


WORK, HELD, PLANNED = _moments()
LATE = WORK - HELD["ends"]
ROWS = _judged()


def test_the_right_answers_by_the_tables_alone():
    assert "right" in _said("kickoff.1", LATE / DAY) and LATE < -30 * DAY
    assert "right" in _said("kickoff.2", _weaker(ROWS))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (LATE.days, "cuts off the hours"),
        (int(LATE / DAY), "rounded"),
        (round(LATE / DAY, 1), "rounded"),
        (42, "wrong way round, and digits are missing"),
        (-LATE / DAY, "sign is the wrong way round: work minus kickoff"),
        (LATE / pd.Timedelta(hours=1), "in hours"),
        (LATE, "length of time"),
        ((WORK - HELD["starts"]) / DAY, "kickoff's begin"),
        ((WORK - PLANNED["ends"]) / DAY, "first kickoff in the calendar"),
        (float("nan"), "selection was empty"),
        ("-42", "Take the quotes away"),
    ],
)
def test_likely_answers_on_the_days(answer, words):
    said = _said("kickoff.1", answer)
    assert "not yet" in said and words in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ROWS.groupby("side")["right"].mean().min(), "whoever answered more counts more"),
        (_weaker(ROWS[~ROWS["unsure"]]), 'leaves out "don\'t know"'),
        (_weaker(ROWS, how="median"), "person in the middle"),
        (ROWS.groupby(["side", "person"])["right"].mean().groupby("side").mean().mean(), "mean of both sides"),
        ((ROWS.groupby(["side", "person"])["right"].sum() / 12).groupby("side").mean().min(), "a blank is unknown"),
        (100 * _weaker(ROWS), "as a percentage"),
        (round(_weaker(ROWS), 2), "rounded"),
        (29, "looks like a percentage"),
        (ROWS.groupby("side")["right"].mean(), "a whole Series"),
    ],
)
def test_likely_answers_on_the_quiz(answer, words):
    said = _said("kickoff.2", answer)
    assert "not yet" in said and words in said


def test_covered_is_not_yet_understood_and_agreeing_is_not_knowing():
    topics, shared = {}, {}
    for name in ("cold-start", "steady"):
        each = Engagement.load(name)
        scores = kickoff.quiz_scores(each.quiz, each.answer_key, each.people, kickoff.agenda_status(each))
        table = scores.by_topic.table
        weaker = table[["client_right", "provider_right"]].min(axis=1)
        topics[name] = table.loc[(table["kickoff"] == "covered") & (weaker < 0.5), "topic"].tolist()
        shared[name] = scores.both_wrong_the_same_way
    assert "tasks" in topics["cold-start"] and len(topics["cold-start"]) >= 3 and not topics["steady"]
    assert shared["cold-start"] >= 1 and not shared["steady"]


def test_uneven_sheets_make_people_and_answers_two_numbers():
    sheets = ROWS.groupby("person").size()
    assert sheets.min() <= 8 and sheets.max() == 12
    assert abs(_weaker(ROWS) - ROWS.groupby("side")["right"].mean().min()) > 0.005


def test_the_lesson_says_what_came_back_only_where_work_came_first():
    late, early = (kickoff.assess(Engagement.load(name)).cost.sentence for name in ("cold-start", "steady"))
    assert "came back" in late and "EUR" in late and early == "No hour was paid before both sides had met."
    assert max(len(said.split()) for said in (late, early)) <= 35


def test_harder_engagements_held_more_kickoffs():
    table = kickoff.setbacks(RECORDS.past_engagements).table.set_index(["stakes", "kickoff"])["engagements"]
    assert table["harder", "yes"] / table["harder"].sum() > table["easier", "yes"] / table["easier"].sum() + 0.2
