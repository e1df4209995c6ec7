"""Faults that verdicts once had: a miss that improved one, alarms from too few people, a gate that went by a guess."""

import dataclasses
from itertools import islice

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import expectations, kickoff, recognition
from outsourcing_kit.assessments import Assessment
from outsourcing_kit.expectations import answer_times, pair_agreement
from outsourcing_kit.headlines import HEADLINES, headlines_of
from outsourcing_kit.recognition import recognised_months, recognition_gap
from outsourcing_kit.simulation import simulate
from outsourcing_kit.stats import cluster_proportion, mean_difference, person_share
from outsourcing_kit.verdicts import ANSWERS, CONFIDENCE, LEANING, SURE
from tests.made import acts, deliveries, engagement, people

ASSESS = {"kickoff": kickoff.assess, "expectations": expectations.assess, "recognition": recognition.assess}


def put(made, table, frame):
    return dataclasses.replace(made, tables={**made.tables, table: frame})


def wrong_answers(made, rng):
    """Right quiz answers, one after the other, become "don't know"."""
    quiz = made.quiz
    right = np.flatnonzero(quiz["answer"] == quiz["question"].map(made.answer_key.set_index("question")["key"]))
    for row in rng.permutation(right):
        quiz = quiz.assign(answer=quiz["answer"].where(np.arange(len(quiz)) != row, "don't know"))
        yield put(made, "quiz", quiz)


def late_answers(made, rng):
    """Answers in time, one after the other, that nobody wrote; only such as answer a single question."""

    def judged(one):
        table = answer_times(one.messages, one.people, one.settings.end).table
        return table[~table["left_out"]].set_index("question")[["person", "in_time"]]

    before = judged(made)
    questions = made.messages["needs_answer"].astype(bool)
    for row in rng.permutation(made.messages.index[~questions]):
        without = put(made, "messages", made.messages.drop(index=row))
        after = judged(without)
        if after["person"].equals(before["person"]) and after["in_time"].sum() == before["in_time"].sum() - 1:
            made, before = without, after
            yield made


def unanswered_proposals(made, rng):
    """Proposals answered in time, one after the other, that wait to this day."""
    table = made.proposals
    sides = made.side_of()
    in_time = (table["answered"] - table["raised"] <= pd.Timedelta(days=14)) & (
        table["raised_by"].map(sides) == "provider"
    )
    for row in rng.permutation(table.index[in_time]):
        table = table.assign(answered=table["answered"].mask(table.index == row))
        yield put(made, "proposals", table)


def unseen_months(made, rng):
    """Recognised months of the provider's people, one after the other, in which nobody thanked them."""
    settings, table = made.settings, made.recognition
    months = recognised_months(
        made.work, table, made.people, now=settings.end, window_days=14, time_zone=settings.time_zone
    )
    table = table.reset_index(drop=True)
    credited = months.acts[months.acts["side"] == "provider"]
    groups = [rows["act"].unique() for _, rows in credited.groupby(["person", "month"])]
    for place in rng.permutation(len(groups)):
        table = table[~table.index.isin(groups[place])]
        yield put(made, "recognition", table)


def low_pulses(made, rng):
    """Good answers of the provider's to "I feel needed", one after the other, become the worst."""
    table = made.pulse
    good = (table["side"] == "provider") & (table["question"] == "I feel needed") & (table["score"] >= 4)
    for row in rng.permutation(table.index[good]):
        table = table.assign(score=table["score"].mask(table.index == row, 1.0))
        yield put(made, "pulse", table)


def pairs_apart(made, rng):
    """Ratings, one after the other, moved to the end of the scale where nobody of the other side comes any closer."""
    table = made.expectations.reset_index(drop=True)
    side = table["person"].map(made.side_of())
    for row in rng.permutation(len(table)):
        mine = table.loc[row]
        others = table[
            (table["expectation"] == mine["expectation"]) & (table["aspect"] == mine["aspect"]) & (side != side[row])
        ]
        close = (others["rating"] - mine["rating"]).abs() <= 1
        for end in (1.0, 5.0):
            moved = (others["rating"] - end).abs() <= 1
            if (close & ~moved).any() and not (moved & ~close).any():
                table = table.assign(rating=table["rating"].mask(table.index == row, end))
                yield put(made, "expectations", table)
                break


MISSES = {
    "kickoff.quiz_right": wrong_answers,
    "expectations.within_one_point": pairs_apart,
    "expectations.answered_in_time": late_answers,
    "expectations.proposals_answered": unanswered_proposals,
    "recognition.good_work_seen": unseen_months,
    "recognition.feel_needed": low_pulses,
}


def test_every_sampled_share_of_people_has_its_misses():
    assert set(MISSES) == {item.key for item in HEADLINES if item.basis == "sample" and item.about and item.needed}


@pytest.mark.slow
@pytest.mark.parametrize("key", MISSES)
def test_a_miss_never_improves_what_a_finding_says(key):
    mistake, _, short = key.partition(".")
    steps, fell = 0, 0.0
    for seed, size in ((0, 6), (1, 12)):
        made = simulate(mistake, severity=0.2, people=size, months=6, seed=seed)
        before = ASSESS[mistake](made)
        if before.measure(short).verdict == "not assessed":
            continue
        for worse in islice(MISSES[key](made, np.random.default_rng(seed)), 6):
            after = ASSESS[mistake](worse)
            first, second = before.measure(short), after.measure(short)
            assert second.estimate <= first.estimate and second.n == first.n
            assert ANSWERS.index(second.answer) <= ANSWERS.index(first.answer), (seed, size)
            # An end is exact to 2e-4, and how sure we are no surer than that.
            assert second.sure_fine <= first.sure_fine + 2e-3 and second.sure_problem >= first.sure_problem - 2e-3
            # The gap is the one interval that is not monotone: where it speaks for a problem it may say less of it.
            gaps = [m.sure_problem for one in (before, after) for m in one.headlines if m.key.endswith("in_house")]
            if not any(sure > 0 for sure in gaps):
                assert ANSWERS.index(after.answer) <= ANSWERS.index(before.answer), (seed, size)
            before, steps, fell = after, steps + 1, fell + first.estimate - second.estimate
    assert steps >= 6 and fell > 0


def thanked(clients, provider, seen):
    """Two months of good work of everybody, of the client's people all thanked, of the provider's `seen`."""
    ours, theirs = ([f"{side}{n:02d}" for n in range(count)] for side, count in (("c", clients), ("p", provider)))
    days = ("2026-02-02", "2026-03-02")
    work = deliveries(*({"person": name, "delivered": day} for day in days for name in ours + theirs))
    item = {(row.person, f"{row.delivered:%Y-%m-%d}"): row.item for row in work.itertuples()}
    given = [(name, day) for name in ours[1:] for day in days]
    given += [(name, days[n % 2]) for n, name in enumerate(theirs[:seen])]
    thanks = acts(*({"given_at": day, "receiver": who, "item": item[who, day]} for who, day in given))
    return recognised_months(
        work, thanks, people("boss", *ours, provider=tuple(theirs)),
        now=pd.Timestamp("2026-06-01", tz="UTC"), window_days=14, time_zone="UTC",
    )  # fmt: skip


def test_a_gap_of_fewer_than_thirteen_people_a_side_is_held_to_half_the_error():
    for clients, provider, error in ((7, 14, 0.5), (14, 7, 0.5), (12, 12, 0.5), (13, 13, 1.0)):
        gap = recognition_gap(thanked(clients, provider, 3)).estimate
        assert gap.n == clients + provider
        values = np.r_[0.0, np.ones(clients - 1)], np.r_[np.full(3, 0.5), np.zeros(provider - 3)]
        plain = mean_difference(*values, confidence=CONFIDENCE, permutations=1999)
        low, high = plain.interval(1 - error * (1 - CONFIDENCE))
        assert gap.interval(CONFIDENCE) == pytest.approx((max(low, -1.0), min(high, 1.0)))
        assert (low < plain.low) == (error < 1)


def test_a_gap_can_alarm_but_make_no_finding_fine():
    def finding(gap, needed):
        found = Assessment(engagement(), "recognition")
        sample = person_share(np.ones(60), np.repeat(range(6), 10), confidence=CONFIDENCE)
        for key in ("good_work_seen", "feel_needed"):
            found.sample(key, sample if needed else None, "" if needed else "needs table x")
        found.sample("gap_to_in_house", gap)
        found.fact("never_thanked", 0.0, 6, "" if needed else "needs table x")
        return found.finding(pd.DataFrame())

    values = np.random.default_rng(0).normal(0, 0.01, (2, 12))
    none, wide = mean_difference(*values), mean_difference(values[0] + 0.9, values[1])
    assert finding(none, True).measure("gap_to_in_house").verdict == "fine"
    assert finding(none, False).verdict != "fine" and finding(none, False).sure_fine == 0
    assert (finding(none, True).answer, finding(wide, True).answer) == ("fine", "problem")
    assert finding(wide, False).answer == "problem"


def test_an_estimate_that_is_no_test_stops_no_pipeline_and_acquits_nobody():
    """Whatever the assumptions say: `no_saving` has no verdict, at the gate neither."""

    def finding(cases, others):
        found = Assessment(engagement(), "business_case")
        found.model("no_saving", float(np.mean(cases)), cases, 5)
        share = cluster_proportion(np.zeros(40), np.arange(40), confidence=CONFIDENCE)
        found.sample("reference_overrun", share if others else None, "" if others else "needs table estimates")
        found.fact("unsettled_prerequisites", 0.0, 4, "" if others else "needs table prerequisites")
        return found.finding(pd.DataFrame())

    for cases in ([1.0] * 9, [0.99, 1.0], [0.0] * 9):
        loses = max(cases) > 0.2
        assert finding(cases, True).gate_verdict == finding(cases, True).verdict == ("cannot tell" if loses else "fine")
        assert finding(cases, True).scope == ("" if loses else "on 2 of 3")
        alone = finding(cases, False)
        saving = alone.measure("no_saving")
        assert saving.gate_verdict == saving.verdict == "cannot tell" and saving.lean
        assert not {alone.gate_verdict, alone.verdict} & {"problem", "fine"} and alone.sure_fine == 0
    assert [item.key for item in headlines_of("business_case") if not item.needed] == ["business_case.no_saving"]


@pytest.mark.calibration
@pytest.mark.parametrize("clusters", [8, 20])
def test_past_work_of_few_clients_is_called_fine_in_one_of_twenty_cases_at_the_limit(clusters):
    # Five items a client, true share at the limit, clients that differ by a beta distribution, intraclass correlation
    # .3: 2,000 runs measured 4.5 and 5.0%, of leans 17 and 19%. Monte Carlo standard error here .9 and 1.6 points.
    rng, odds, fine, leans = np.random.default_rng(clusters), 1 / 0.3 - 1, [], []
    for _ in range(600):
        chance = rng.beta(0.2 * odds, 0.8 * odds, clusters)
        values = (rng.random((clusters, 5)) < chance[:, None]).astype(float).ravel()
        share = cluster_proportion(values, np.repeat(range(clusters), 5), confidence=2 * SURE - 1)
        fine.append(share.high <= 0.2)
        leans.append(share.interval(2 * LEANING - 1)[1] <= 0.2)
    assert np.mean(fine) <= 0.068 and 0.05 < np.mean(leans) <= 0.23


def test_a_side_that_nobody_lists_is_no_small_team():
    # Twelve who answered, and no table of people: nobody can say that those are all.
    rows = [
        {"respondent": f"r{n}", "side": "provider", "asked_on": "2026-03-01", "question": "I feel needed",
         "score": 5.0 - n % 3, "scale_max": 5.0}
        for n in range(12)
    ]  # fmt: skip
    needed = recognition.assess(engagement(pulse=rows)).measure("feel_needed")
    assert not needed.whole and needed.show_interval() and "that is all of them" not in needed.explain()


def test_pairs_keep_their_meaning_where_one_side_has_two_people():
    made = simulate(None, people=12, months=3, seed=0)
    provider = [name for name, side in made.side_of().items() if side == "provider"]
    few = made.expectations[~made.expectations["person"].isin(provider[2:])]
    estimate = pair_agreement(few, made.people).estimate
    assert (estimate.low, estimate.high) == (0, 1)
    assert expectations.assess(put(made, "expectations", few)).measure("within_one_point").answer == "cannot tell"
