"""Lessons 02 to 05: the wrong way looks fine on the planted sample and on the control; the right way does not."""

from __future__ import annotations

import pytest

from outsourcing_kit import Engagement, expectations, kickoff, recognition, task_selection
from outsourcing_kit.course.exercises import registered
from outsourcing_kit.simulation.samples import SAMPLES

CONTROL = "steady"
PLANTED = {recipe.mistake: name for name, recipe in SAMPLES.items() if recipe.mistake}


def both(mistake):
    return Engagement.load(PLANTED[mistake]), Engagement.load(CONTROL)


@pytest.mark.parametrize("module", [task_selection, kickoff, expectations, recognition])
def test_the_right_way_says_problem_on_the_planted_sample_alone(module):
    planted, control = (module.assess(records) for records in both(module.__name__.rpartition(".")[2]))
    assert (planted.verdict, control.verdict) == ("problem", "fine")


def test_quotes_promise_a_saving_on_either_sample():
    for records in both("task_selection"):
        costs = task_selection.task_costs(records.tasks)
        outside = costs.table[costs.table["outside"] & costs.table["price"].notna()]
        # Every single quote lies below our own cost.
        assert (outside["price"] < outside["in_house_cost"]).all() and len(costs.by_quote.table) == 1
    planted, _ = both("task_selection")
    locked = task_selection.task_costs(planted.tasks).table.query("outside and locked and saving.notna()")
    promised, saved = (locked["in_house_cost"] - locked["price"]).sum(), locked["saving"].sum()
    # What was given away: a promise of which less than a tenth is left.
    assert 0 < saved < 0.1 * promised


def test_the_calendar_shows_a_kickoff_before_the_work_on_either_sample():
    for records in both("kickoff"):
        calendar = kickoff.naive_kickoff(records)._view()
        first = calendar.iloc[0]
        assert first["planned_before_work"] == "yes" and first["accepted"] >= 2 / 3 * first["invited"]
        assert not {"status", "joined_client", "joined_provider"} & set(calendar)


def test_a_late_kickoff_costs_rework_and_an_early_one_does_not():
    for records, few in zip(both("kickoff"), (False, True), strict=True):
        provider = records.side_of()[lambda side: side == "provider"].index
        early = records.work[
            records.work["person"].isin(provider)
            & (records.work["requested"] < "2026-02-20")
            & records.work["accepted"].notna()
        ]
        assert (early["reopened_at"].notna().mean() < 0.2) == few


def test_messages_a_week_are_alike_and_a_word_with_equal_means_is_misread():
    planted, control = both("expectations")
    weekly = [
        expectations.naive_response_time(each.messages, each.people, each.settings.end)._view()["says"].iloc[0]
        / len(each.people)
        for each in (planted, control)
    ]
    assert weekly[0] >= 0.9 * weekly[1]
    agreement = expectations.pair_agreement(planted.expectations, planted.people)
    row = agreement.hidden.table.iloc[0]
    assert row["expectation"] == "urgent means today" and abs(row["client_mean"] - row["provider_mean"]) <= 0.5
    assert row["within"] <= 0.6
    # The talk is regular on both, and on the planted one the provider alone gives way.
    moved = [
        expectations.movement(each.proposals, each.people).table.set_index("side")["moved"]["provider"]
        for each in (planted, control)
    ]
    assert moved[0] > 0.8 and 0.3 < moved[1] < 0.7


def test_requests_are_vague_on_the_planted_sample_alone():
    shares = [expectations.assess(records).measure("vague_requests").estimate for records in both("expectations")]
    assert shares[0] > 0.9 and shares[1] < 0.1


def test_acts_a_head_are_as_many_as_in_house_while_few_people_get_them():
    for records in both("recognition"):
        acts = recognition.naive_thanks(records.recognition, records.people).table.set_index("side")["acts_per_head"]
        assert acts["provider"] >= 0.8 * acts["client"]
    planted, _ = both("recognition")
    got = planted.recognition["receiver"].value_counts()
    provider = planted.people.loc[planted.people["side"] == "provider", "person"]
    got = got.reindex(provider, fill_value=0).sort_values()
    # Favourites: two of eight people have most of it, half have next to nothing.
    assert got.iloc[-2:].sum() > 0.6 * got.sum() > 0 and got.iloc[: len(got) // 2].sum() < 0.15 * got.sum()


@pytest.mark.parametrize("key", registered())
def test_each_named_slip_shows_on_the_lesson_s_own_sample(key):
    exercise, records = registered()[key], Engagement.load(PLANTED[key.partition(".")[0]])
    right = float(exercise.expected(records))
    wrong = [float(way(records)) for way in exercise.wrong_ways]
    assert not exercise.lacks(records) and len(wrong) >= 4
    assert not any(exercise.same(right, each) for each in wrong) and len({round(each, 6) for each in wrong}) == len(
        wrong
    )
