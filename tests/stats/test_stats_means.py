"""cluster_mean and pair_mean: by hand, t test and cluster-robust regression as oracles, coverage by simulation."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from outsourcing_kit.stats import cluster_mean, pair_mean
from tests.made import assert_refused, covered


def t_interval(values, confidence=0.95):
    return tuple(scipy_stats.ttest_1samp(values, 0).confidence_interval(confidence))


def test_one_row_a_person_is_the_one_sample_t_interval():
    # Student's own sleep data (1908), drug 2: mean 2.33, t(9) = 3.68.
    hours = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    one = cluster_mean(hours, range(10))
    assert (one.low, one.high) == pytest.approx(t_interval(hours), rel=1e-12)
    assert one.estimate == pytest.approx(2.33) and one.estimate / one.standard_error == pytest.approx(3.68, abs=0.005)


def test_rows_of_a_person_count_once_however_many():
    values, person = [1, 0, 0, 0, 0, 0, 1, 0.5], ["a", "b", "b", "b", "b", "b", "c", "c"]
    one = cluster_mean(values, person, confidence=0.9)
    assert (one.low, one.high) == pytest.approx(t_interval([1, 0, 0.75], 0.9)) and one.n == 3


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=2, max_size=30), st.randoms())
def test_neither_order_nor_names_matter(rows, random):
    person, values = zip(*rows, strict=True)
    shuffled = list(rows)
    random.shuffle(shuffled)
    first = cluster_mean(values, person, bounds=(0, 1))
    second = cluster_mean([value for _, value in shuffled], [f"p{9 - who}" for who, _ in shuffled], bounds=(0, 1))
    assert first.n == second.n
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=1e-9, nan_ok=True)


def test_missing_values_are_dropped_and_with_them_people_without_any():
    clean = cluster_mean([1, 0, 1, 1], ["a", "a", "b", "c"])
    dirty = cluster_mean(pd.array([1, 0, None, 1, 1, None], dtype="Float64"), ["a", "a", "a", "b", "c", "d"])
    assert dirty == clean and clean.n == 3


def test_all_alike_is_not_certainty():
    exact = scipy_stats.binomtest(6, 6).proportion_ci(0.95)
    for one in (
        cluster_mean(np.ones(60), np.repeat(range(6), 10), bounds=(0, 1)),
        pair_mean(*grid(np.ones((6, 10))), bounds=(0, 1)),  # the smaller side counts
    ):
        assert (one.low, one.high) == pytest.approx((exact.low, exact.high)) and one.standard_error > 0
    percent = cluster_mean(np.full(60, 100.0), np.repeat(range(6), 10), bounds=(0, 100))
    assert percent.low == pytest.approx(100 * exact.low)
    for free in (cluster_mean(np.ones(6), range(6)), pair_mean(*grid(np.ones((6, 10))))):
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
    row = grid(np.array([[1.0, 0.0, 1.0]]))
    assert cluster_mean([1, 0], ["a", "a"], bounds=(0, 1)).interval(0.9) == (0, 1)
    assert pair_mean(*row, bounds=(0, 1)).interval(0.9) == (0, 1)
    alone = cluster_mean([1, 0], ["a", "a"])
    assert alone.estimate == 0.5 and math.isnan(alone.low) and alone.n == 1 and math.isnan(pair_mean(*row).low)
    nobody = cluster_mean([], [])
    assert math.isnan(nobody.estimate) and nobody.n == 0 and math.isnan(pair_mean([math.nan], ["a"], ["b"]).estimate)


def shares(rng, people, mean, rho=0.3, rows=40):
    """Rows of people whose chances follow a beta distribution."""
    odds = 1 / rho - 1
    chance = rng.beta(mean * odds, (1 - mean) * odds, size=people)
    return (rng.random((people, rows)) < chance[:, None]).astype(float).ravel(), np.repeat(np.arange(people), rows)


@pytest.mark.parametrize(("people", "mean"), [(6, 0.5), (6, 0.8), (12, 0.8), (20, 0.8)])
def test_coverage_where_rows_cluster_in_people(people, mean):
    # Monte Carlo error of 600 runs at 95%: standard error .9 points.
    rng = np.random.default_rng(people)
    drawn = [shares(rng, people, mean) for _ in range(600)]
    assert 0.92 <= covered([cluster_mean(*one, bounds=(0, 1)).interval(0.95) for one in drawn], mean) <= 0.985
    if people == 6:
        # The plain interval of person means falls short near a bound, and rows taken as independent far below that.
        plain = covered([t_interval(values.reshape(6, -1).mean(axis=1)) for values, _ in drawn[:300]], mean)
        rows = covered([t_interval(values) for values, _ in drawn[:300]], mean)
        assert (plain < 0.92) == (mean > 0.5) and rows < 0.7


def grid(values):
    first, second = np.indices(values.shape)
    return values.ravel(), first.ravel(), second.ravel()


def test_complete_pairs_are_row_and_column_variances():
    values = np.random.default_rng(0).normal(size=(6, 9))
    one = pair_mean(*grid(values))
    s1, s2 = values.mean(axis=1).var(ddof=1) / 6, values.mean(axis=0).var(ddof=1) / 9
    assert one.standard_error == pytest.approx(math.sqrt(s1 + s2)) and one.n == 15
    df = (s1 + s2) ** 2 / (s1**2 / 5 + s2**2 / 8)
    reach = scipy_stats.t.ppf(0.975, df) * one.standard_error
    assert (one.low, one.high) == pytest.approx((values.mean() - reach, values.mean() + reach))


def test_missing_pairs_against_cluster_robust_regression():
    rng = np.random.default_rng(1)
    values, *sides = grid(rng.normal(size=(7, 8)) + rng.normal(size=(7, 1)))
    kept = rng.random(values.size) < 0.6
    values, sides = values[kept], [side[kept] for side in sides]
    fit = sm.OLS(values, np.ones(len(values)))
    parts = [fit.fit(cov_type="cluster", cov_kwds={"groups": side}).cov_params()[0, 0] for side in sides]
    one = pair_mean(values, *sides)
    assert one.estimate == pytest.approx(values.mean()) and one.standard_error**2 == pytest.approx(sum(parts))


def test_rows_of_a_pair_are_averaged_first_and_order_and_sides_do_not_matter():
    values = np.array([[1.0, 0.5], [0.25, 0.0], [1.0, 1.0]])
    plain = pair_mean(*grid(values), bounds=(0, 1))
    many = [(value, i, j) for (i, j), mean in np.ndenumerate(values) for value in (mean, mean, math.nan)]
    value, first, second = np.random.default_rng(3).permutation(np.array([*many, (0.0, 0, 1), (1.0, 0, 1)])).T
    again = pair_mean(value, [f"c{i}" for i in first], second, bounds=(0, 1))
    for other in (again, pair_mean(value, second, first, bounds=(0, 1))):
        assert (other.estimate, other.low, other.high) == pytest.approx((plain.estimate, plain.low, plain.high))


def agreement(rng, n1, n2, expectations=10):
    """Share of expectations on which two people are within one point of five; each person has a style of rating."""

    def side(people, centre):
        styles = rng.normal(centre, 0.6, size=(people, 1))
        return np.clip(np.round(styles + rng.normal(0, 0.3, size=(people, expectations))), 1, 5)

    return (np.abs(side(n1, 3.8)[:, None] - side(n2, 3.4)[None]) <= 1).mean(axis=2)


@pytest.mark.parametrize("sides", [(6, 6), (6, 20), (12, 12)])
def test_coverage_of_agreement_between_few_people(sides):
    rng = np.random.default_rng(sum(sides))
    truth = np.mean([agreement(rng, 200, 200).mean() for _ in range(15)])
    found = [pair_mean(*grid(agreement(rng, *sides)), bounds=(0, 1)) for _ in range(500)]
    assert covered([one.interval(0.95) for one in found], truth) >= 0.91
    ends = [one.estimate + np.array([-2.1, 2.1]) * one.standard_error for one in found]
    assert covered([(max(0, low), min(1, high)) for low, high in ends], truth) < 0.93


def test_coverage_of_normal_person_effects_and_of_pairs_taken_as_independent():
    rng = np.random.default_rng(5)
    for n1, n2 in ((6, 6), (6, 20)):
        drawn = [rng.normal(size=(n1, 1)) + rng.normal(size=(1, n2)) + rng.normal(size=(n1, n2)) for _ in range(500)]
        assert 0.92 <= covered([pair_mean(*grid(values)).interval(0.95) for values in drawn], 0) <= 0.99
        assert covered([t_interval(values.ravel()) for values in drawn[:200]], 0) < 0.7


def test_wrong_use_is_refused_with_what_was_found():
    assert_refused(
        (lambda: cluster_mean([1, 2], ["a"]), "2 rows and cluster has 1"),
        (lambda: cluster_mean([1, 2], ["a", None]), "cluster is missing in 1 of 2"),
        (lambda: cluster_mean([50, 1], ["a", "b"], bounds=(0, 1)), "1 values lie outside"),
        (lambda: cluster_mean([0, 1], ["a", "b"], bounds=(1, 0)), "smaller first"),
        (lambda: cluster_mean([0, math.inf], ["a", "b"]), "infinite"),
        (lambda: cluster_mean(["yes", "no"], ["a", "b"]), "not a number"),
        (lambda: cluster_mean([[0, 1]], ["a"]), "2 dimensions"),
        (lambda: pair_mean([1, 2], ["a", "b"], ["x"]), "second has 1"),
        (lambda: pair_mean([1, 2], ["a", "b"], ["x", None]), "second is missing in 1 of 2"),
    )
