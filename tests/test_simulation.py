"""The planted truth is what the assessments find, which loops of their own and a second generator check elsewhere."""

from __future__ import annotations

import itertools
import math
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.engagement import Engagement, check_folder
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headlines_of
from outsourcing_kit.simulation import planted_truth, simulate
from outsourcing_kit.simulation.calibrate import logit_intercept, rating_shift
from outsourcing_kit.simulation.clock import NAT, after_shared, shared_windows

big = cache(lambda mistake: simulate(mistake, people=400, seed=7))


def measures(engagement: Engagement, mistake: str):
    return import_module(f"outsourcing_kit.{mistake}").assess(engagement).headlines


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("planted", [False, True])
def test_a_planted_truth_is_found(mistake, planted):
    engagement = big(mistake if planted else None)
    for measure in measures(engagement, mistake):
        # Ends that are 95% sure reach 1.65 standard errors to each side: three and a bit here.
        near = 2 * (measure.high - measure.low) / 2 + 1e-9  # truths have ten digits
        if measure.basis == "model" and mistake == "business_case":  # which past work is on record is not in its range
            truth = engagement.truth[measure.key]
            near += 3 * math.sqrt(truth * (1 - truth) / len(engagement.estimates))
        assert near < 0.25 and abs(measure.estimate - engagement.truth[measure.key]) <= near, measure.key


@pytest.mark.slow
@pytest.mark.parametrize("severity", [-1, 0.3, 0.5, 2])
@pytest.mark.parametrize("mistake", ["business_case", "task_selection", "kickoff"])
def test_a_planted_fact_is_there_exactly(mistake, severity):
    for people, months, seed in ((2, 1, 0), (3, 1, 8), (16, 12, 3)):
        engagement = simulate(mistake, severity=severity, people=people, months=months, seed=seed)
        for measure in measures(engagement, mistake):
            if measure.basis == "fact":
                assert measure.estimate == pytest.approx(engagement.truth[measure.key], abs=1e-9), measure.key


def chance_of_being_cheaper(row, share_of_hidden: np.ndarray, hours_factor: np.ndarray, managing: float) -> float:
    """Probability that a task is cheaper outside; `managing` is a floor on its management, as a share of the price."""
    hours = row.hours_per_month * hours_factor
    price = hours * row.quoted_price if row.quote_unit == "hour" else row.quoted_price + 0 * hours
    hidden = np.maximum(row.management_hours * row.in_house_rate, managing * price)
    once = row.onboarding_hours * row.in_house_rate + row.switching_cost + row.exit_cost
    hidden = hidden + row.rework_share * hours * row.in_house_rate + once / row.horizon_months
    return float(np.mean(price + share_of_hidden * hidden < hours * row.in_house_rate))


@pytest.mark.parametrize("mistake", [None, "task_selection"])
def test_tasks_are_clearly_cheaper_or_clearly_not_under_every_assumption(mistake):
    rng = np.random.default_rng(1)
    hours = rng.triangular(0.8, 1, 1.2, 4000)
    assumed = (
        (rng.triangular(0.5, 1, 3, 4000), 0.0),
        (0.5 + 2.5 * rng.beta(1 + 4 * 0.2, 1 + 4 * 0.8, 4000), 0.05),
        (np.exp(rng.normal(0.15, 0.35, 4000)), 0.12),
    )
    for seed, (factor, managing) in itertools.product(range(8), assumed):
        engagement = simulate(mistake, people=4, months=1, seed=seed)
        outside = engagement.tasks[engagement.tasks["plan"] != "stay"]
        chance = [
            0.0 if pd.isna(row.quoted_price) else chance_of_being_cheaper(row, factor, hours, managing)
            for row in outside.itertuples()
        ]
        assert all(p == 0 or p > 0.95 or 0.1 < p < 0.62 for p in chance)
        dear = np.average(np.array(chance) < 0.8, weights=outside["hours_per_month"])
        assert dear == pytest.approx(engagement.truth["task_selection.not_cheaper"])


# --- severity and the arguments -----------------------------------------------------------------------------------


def test_the_truth_is_the_headlines_truth():
    calm = planted_truth(None, 1.0)
    assert list(calm) == [item.key for item in HEADLINES]
    for mistake in MISTAKES:
        truth = planted_truth(mistake, 1.0)
        for item in HEADLINES:
            expected = item.truth(1.0) if item.mistake == mistake else calm[item.key]
            assert truth[item.key] == pytest.approx(
                0.0 if item.key == "kickoff.before_work" == f"{mistake}.before_work" else expected
            )
            if item.key != "kickoff.before_work":  # a fact cannot be half true
                assert calm[item.key] == pytest.approx(item.truth(0.0))


def test_several_can_be_planted_at_once_each_at_its_own_severity():
    given = {"expectations": 0.5, "kickoff.quiz_right": 1.0, "expectations.answered_in_time": -1}
    wanted = {item.key: item.truth(given.get(item.key, given.get(item.mistake, 0.0))) for item in HEADLINES}
    assert planted_truth(given, 1.0) == pytest.approx(wanted)
    made = simulate(given, people=4, months=2, seed=5)
    alone = simulate({"kickoff.quiz_right": 1.0}, people=4, months=2, seed=5)
    pd.testing.assert_frame_equal(made.quiz, alone.quiz)  # each part draws for itself
    assert made.truth["expectations.answered_in_time"] == 1.0 and made.name == "simulated-several"
    with pytest.raises(UnknownNameError, match="Did you mean 'kickoff\\.quiz_right'"):
        simulate({"kickoff.quiz_rihgt": 1.0})
    with pytest.raises(OutsourcingKitError, match="severity is 3"):
        simulate({"kickoff": 3})


@pytest.mark.slow
def test_the_people_on_record_have_a_truth_of_their_own():
    """What happened differs from it by chance alone, and by less than from what is true of all such people; who was
    never thanked is counted.
    """
    apart: dict[str, list[tuple[float, float]]] = {}
    for seed in range(10):
        engagement = simulate({name: 0.5 for name in MISTAKES}, people=12, seed=seed)
        for name in ("expectations", "recognition"):
            for measure in measures(engagement, name):
                if (team := engagement.truth.get(f"team.{measure.key}")) is not None:
                    difference = measure.estimate - team, measure.estimate - engagement.truth[measure.key]
                    apart.setdefault(measure.key, []).append(difference)
                elif measure.key == "recognition.never_thanked":
                    assert measure.estimate == pytest.approx(engagement.truth[measure.key], abs=1e-9)
    assert len(apart) == 4 and "team.kickoff.quiz_right" in engagement.truth
    spread = np.array([np.mean(np.square(pairs), axis=0) for pairs in apart.values()])
    assert spread[:, 0].sum() < spread[:, 1].sum()
    for key, pairs in apart.items():
        own = np.array(pairs)[:, 0]
        assert abs(own.mean()) < 4 * own.std() / math.sqrt(len(own)), key


@pytest.mark.slow
@pytest.mark.parametrize("mistake", MISTAKES)
def test_more_severity_is_never_better(mistake):
    steps = [simulate(mistake, severity=s, people=40, months=6, seed=2) for s in (-1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2)]
    found = [measures(engagement, mistake) for engagement in steps]
    for number, item in enumerate(headlines_of(mistake)):
        sign = 1 if item.better == "lower" else -1
        truths = [sign * engagement.truth[item.key] for engagement in steps]
        assert truths == sorted(truths) and truths[0] < truths[-1]
        values = [sign * headlines[number].estimate for headlines in found]
        assert all(later >= earlier - 0.03 for earlier, later in itertools.pairwise(values)), values


def as_bytes(engagement: Engagement, folder) -> dict[str, bytes]:
    engagement.save(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_arguments_same_bytes_and_another_seed_another_engagement(tmp_path):
    first = as_bytes(simulate("expectations", people=6, months=4, seed=0), tmp_path / "a")
    again = as_bytes(simulate("expectations", people=np.int64(6), months=4, seed=np.int32(0)), tmp_path / "b")
    other = as_bytes(simulate("expectations", people=6, months=4, seed=1), tmp_path / "c")
    assert first == again
    fixed = {"engagement.toml", "truth.json", "agenda.csv", "coverage_confirmed.csv"}
    assert {name for name in first if first[name] == other.get(name)} <= fixed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mistake", "people", "months", "severity"),
    [(None, 2, 1, 1.0), (None, 40, 12, 1.0), ("kickoff", 13, 36, -1.0)]
    + [(mistake, *size) for mistake in MISTAKES for size in ((3, 2, 2.0), (9, 6, 0.4))],
)
def test_it_is_valid_and_survives_the_disk(tmp_path, mistake, people, months, severity):
    made = simulate(mistake, severity=severity, people=people, months=months, seed=people)
    folder = made.save(tmp_path / "made")
    assert check_folder(folder) == ()
    loaded = Engagement.load(folder)
    assert loaded.settings == made.settings and dict(loaded.truth) == dict(made.truth)
    assert list(loaded.tables) == list(made.tables)
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(frame, loaded.tables[name])
    sides = made.people["side"].value_counts()
    assert sides["client"] == people // 2 and sides["provider"] == people - people // 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": 2.1}, {"severity": -1.5}, {"severity": math.nan}, {"severity": "1"}, {"severity": True},
        {"people": 1}, {"people": 12.0}, {"people": True}, {"months": 0}, {"months": 37}, {"seed": -1}, {"seed": None},
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_with_the_mend(wrong):
    with pytest.raises(OutsourcingKitError, match=f"{next(iter(wrong))} is .*expected.*Mend: {next(iter(wrong))}="):
        simulate(**wrong)


def test_an_unknown_mistake_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'kickoff'"):
        simulate("kickof")


# --- what the analyses do not assume ------------------------------------------------------------------------------


def test_the_records_end_where_people_and_the_observation_end():
    e = big(None)
    left = e.people.set_index("person")["left"].dt.tz_localize("UTC") + pd.Timedelta(days=1)
    assert 0.05 < left.notna().mean() < 0.25 and (e.people["joined"] > "2026-04-01").any()
    moments = [
        ("work", "person", ["requested", "started", "delivered"]), ("messages", "sender", ["sent"]),
        ("attendance", "person", ["joined_at", "left_at"]), ("time_entries", "person", ["started", "ended"]),
        ("recognition", "receiver", ["given_at"]), ("proposals", "raised_by", ["raised"]),
        ("events", "person", ["happened_at"]),
    ]  # fmt: skip
    for name, who, columns in moments:
        frame = e.tables[name]
        for column in columns:
            assert not (frame[column] >= frame[who].map(left)).any(), (name, column)
            assert not (frame[column] >= e.settings.end).any(), (name, column)
    joined = e.people.set_index("person")["joined"].dt.tz_localize("UTC")
    assert (e.work["started"].dropna() >= e.work["person"].map(joined)[e.work["started"].notna()]).all()


def test_the_untidy_parts_are_there():
    e = big(None)
    assert e.recognition["item"].isna().mean() > 0.15
    assert (e.work["delivered"].isna()).any() and e.work["reopened_at"].notna().any() and e.work["due"].isna().any()
    assert (e.recognition["giver"] != e.recognition["receiver"]).all()
    asked = e.messages[e.messages["needs_answer"]]
    answered = set(e.messages["reply_to"].dropna())
    assert 0.01 < 1 - asked["message"].isin(answered).mean() < 0.06
    assert asked["sent"].dt.day_of_week.ge(5).any()
    late = e.attendance.merge(e.meetings, on="meeting")
    assert ((late["joined_at"] - late["starts"]).dt.total_seconds() > 180).any()
    cancelled = big("kickoff").meetings.query("kind == 'kickoff'")["status"].tolist()
    assert sorted(cancelled) == ["cancelled", "held"]


def test_events_say_what_the_work_table_says():
    e = big(None)
    work = e.work.set_index("item")
    column = {"opened": "requested", "started": "started", "delivered": "delivered", "accepted": "accepted"}
    column["reopened"] = "reopened_at"
    assert set(e.events["activity"]) == set(column)
    for row in e.events.itertuples():
        assert work.loc[row.case, column[row.activity]] == row.happened_at


def test_people_differ_more_than_chance_and_pulse_codes_tell_nothing_of_their_order():
    e = big("kickoff")
    right = e.quiz.merge(e.answer_key, on="question")
    share = (right["answer"] == right["key"]).groupby(right["person"]).mean()
    assert share.var() > 1.3 * share.mean() * (1 - share.mean()) / 12
    first = e.pulse.drop_duplicates("respondent").sort_values("respondent")["side"].tolist()
    assert first != sorted(first)


# --- the tools ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "sd"), [(0.05, 0.8), (0.9, 0.7), (0.975, 1.0)])
def test_the_intercept_gives_the_share_by_brute_force(share, sd):
    z = np.random.default_rng(0).standard_normal(400_000)
    p = 1 / (1 + np.exp(-(logit_intercept(share, sd) + sd * z)))
    assert p.mean() == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.8, 0.95, 1.0])
def test_the_rating_shift_gives_the_share_by_brute_force(share):
    rng, bases = np.random.default_rng(0), (2.7, 3.1, 3.6)
    shift, scale = rating_shift(share, bases)

    def rate(centre: float) -> np.ndarray:
        spread = 0.45 * rng.choice([0.7, 1.3], 200_000)
        value = centre + scale * (rng.normal(0, 0.35, 200_000) + spread * rng.standard_normal(200_000))
        return np.clip(np.floor(value + 0.5), 1, 5)

    near = [np.mean(np.abs(rate(base + shift / 2) - rate(base - shift / 2)) <= 1) for base in bases]
    assert np.mean(near) == pytest.approx(share, abs=0.003)


def test_waiting_in_shared_hours_by_hand():
    # Madrid 09-17 is 08-16 UTC in winter, Manila 12-20 is 04-12 UTC: they share 08-12, four hours a day.
    first = int(np.datetime64("2026-01-01", "D").astype(int))
    windows = shared_windows(("Europe/Madrid", 9, 17), ("Asia/Manila", 12, 20), first, first + 30)

    def at(text: str) -> int:
        return int(np.datetime64(text, "s").astype(int))

    asked = [at("2026-01-09T10:00:00"), at("2026-01-10T15:00:00"), at("2026-01-09T10:00:00"), at("2026-02-20T00:00:00")]
    wait = np.array([3, 1, 2, 1]) * 3600
    answered = after_shared(windows, np.array(asked), wait)
    # Friday 10:00 + 2 h of Friday + 1 h of Monday; Saturday's question waits for Monday; a window's end belongs to it.
    expected = [at("2026-01-12T09:00:00"), at("2026-01-12T09:00:00"), at("2026-01-09T12:00:00"), NAT]
    assert answered.tolist() == expected
