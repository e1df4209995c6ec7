"""cluster_mean: t test as oracle, coverage by simulation, and the cases where a t interval would lie."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import cluster_mean


def test_one_row_a_person_is_the_one_sample_t_interval():
    # Student's own sleep data (1908), drug 2: mean 2.33, t(9) = 3.68.
    hours = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    ours = cluster_mean(hours, range(10))
    oracle = scipy_stats.ttest_1samp(hours, 0).confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((oracle.low, oracle.high), rel=1e-12)
    assert ours.estimate == pytest.approx(2.33) and ours.estimate / ours.standard_error == pytest.approx(
        3.68, abs=0.005
    )


def test_rows_of_a_person_count_once_however_many():
    values, person = [1, 0, 0, 0, 0, 0, 1, 0.5], ["a", "b", "b", "b", "b", "b", "c", "c"]
    oracle = scipy_stats.ttest_1samp([1, 0, 0.75], 0).confidence_interval(0.9)
    ours = cluster_mean(values, person, confidence=0.9)
    assert (ours.low, ours.high) == pytest.approx((oracle.low, oracle.high)) and ours.n == 3


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=2, max_size=30), st.randoms())
def test_neither_order_nor_names_matter(rows, random):
    person, values = zip(*rows, strict=True)
    shuffled = list(rows)
    random.shuffle(shuffled)
    names = [f"p{9 - who}" for who, _ in shuffled]
    first = cluster_mean(values, person, bounds=(0, 1))
    second = cluster_mean([value for _, value in shuffled], names, bounds=(0, 1))
    assert first.n == second.n
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=1e-9, nan_ok=True)


def test_missing_values_are_dropped_and_with_them_people_without_any():
    clean = cluster_mean([1, 0, 1, 1], ["a", "a", "b", "c"])
    dirty = cluster_mean(pd.array([1, 0, None, 1, 1, None], dtype="Float64"), ["a", "a", "a", "b", "c", "d"])
    assert dirty == clean and clean.n == 3


def test_all_alike_is_not_certainty():
    one = cluster_mean(np.ones(60), np.repeat(range(6), 10), bounds=(0, 1))
    oracle = scipy_stats.binomtest(6, 6).proportion_ci(0.95)
    assert (one.low, one.high) == pytest.approx((oracle.low, oracle.high)) and one.standard_error > 0
    percent = cluster_mean(np.full(60, 100.0), np.repeat(range(6), 10), bounds=(0, 100))
    assert percent.low == pytest.approx(100 * oracle.low)
    free = cluster_mean(np.ones(6), range(6))
    assert (free.low, free.high) == (-math.inf, math.inf)
    # Sums of .1 differ in the last digit; that is not spread.
    dust = cluster_mean([0.1, 0.1, 0.1, 0.3 - 0.2, 0.1], ["a", "b", "b", "b", "c"], bounds=(0, 1))
    assert "no spread" in dust.method


def test_the_log_odds_interval_by_hand_and_in_percent():
    values = [1, 0.9, 0.8, 0.5]
    one = cluster_mean(values, range(4), bounds=(0, 1))
    centre, error = np.log(0.8 / 0.2), np.std(values, ddof=1) / 2 / (0.8 * 0.2)
    ends = centre + np.array([-1, 1]) * scipy_stats.t.ppf(0.975, 3) * error
    assert (one.low, one.high) == pytest.approx(tuple(1 / (1 + np.exp(-ends))))
    percent = cluster_mean([100 * value for value in values], range(4), bounds=(0, 100))
    assert (percent.low, percent.high) == pytest.approx((100 * one.low, 100 * one.high))


def test_one_person_tells_nothing_about_others():
    assert cluster_mean([1, 0], ["a", "a"], bounds=(0, 1)).interval(0.9) == (0, 1)
    alone = cluster_mean([1, 0], ["a", "a"])
    assert alone.estimate == 0.5 and math.isnan(alone.low) and math.isnan(alone.high) and alone.n == 1
    nobody = cluster_mean([], [])
    assert math.isnan(nobody.estimate) and nobody.n == 0


def shares(rng, people, mean, rho=0.3, rows=40):
    odds = 1 / rho - 1
    chance = rng.beta(mean * odds, (1 - mean) * odds, size=people)
    return (rng.random((people, rows)) < chance[:, None]).astype(float).ravel(), np.repeat(np.arange(people), rows)


def covered(people, mean, scale, runs=800):
    rng = np.random.default_rng(people)
    found = (cluster_mean(*shares(rng, people, mean), bounds=(0, 1), scale=scale) for _ in range(runs))
    return np.mean([one.low <= mean <= one.high for one in found])


@pytest.mark.parametrize("people", [6, 12, 20])
def test_coverage_where_rows_cluster_in_people(people):
    # Monte Carlo error of 800 runs at 95%: standard error .8 points.
    assert 0.925 <= covered(people, 0.5, "identity") <= 0.975
    assert covered(people, 0.8, "logit") >= 0.925


def test_the_plain_interval_falls_short_near_a_bound_as_its_docstring_says():
    assert covered(6, 0.8, "identity") < 0.92 < covered(6, 0.8, "logit")


def test_rows_taken_as_independent_would_cover_far_less():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(400):
        values, _ = shares(rng, 6, 0.5)
        interval = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
        hits += interval.low <= 0.5 <= interval.high
    assert hits / 400 < 0.7


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: cluster_mean([1, 2], ["a"]), "2 rows and cluster has 1"),
        (lambda: cluster_mean([1, 2], ["a", None]), "cluster is missing in 1 of 2"),
        (lambda: cluster_mean([50, 1], ["a", "b"], bounds=(0, 1)), "1 values lie outside"),
        (lambda: cluster_mean([0, 1], ["a", "b"], bounds=(1, 0)), "smaller first"),
        (lambda: cluster_mean([0, math.inf], ["a", "b"]), "infinite"),
        (lambda: cluster_mean(["yes", "no"], ["a", "b"]), "not a number"),
        (lambda: cluster_mean([0, 1], ["a", "b"]), "bounds=\\(0, 1\\)"),
        (lambda: cluster_mean([[0, 1]], ["a"]), "2 dimensions"),
    ],
)
def test_wrong_use_is_refused_with_what_was_found(call, says):
    with pytest.raises(OutsourcingKitError, match=says):
        call()
