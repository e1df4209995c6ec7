"""pair_mean: by hand, against statsmodels' cluster variances, and coverage where both sides are small."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats as scipy_stats

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import pair_mean


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
    values, first, second = grid(rng.normal(size=(7, 8)) + rng.normal(size=(7, 1)))
    kept = rng.random(values.size) < 0.6
    values, first, second = values[kept], first[kept], second[kept]
    fit = [
        sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": side}).cov_params()[0, 0]
        for side in (first, second)
    ]
    one = pair_mean(values, first, second)
    assert one.estimate == pytest.approx(values.mean())
    assert one.standard_error**2 == pytest.approx(sum(fit))


def test_rows_of_a_pair_are_averaged_first_and_order_and_sides_do_not_matter():
    values = np.array([[1.0, 0.5], [0.25, 0.0], [1.0, 1.0]])
    plain = pair_mean(*grid(values), bounds=(0, 1))
    many = [(value, i, j) for (i, j), mean in np.ndenumerate(values) for value in (mean, mean, math.nan)]
    many += [(0.0, 0, 1), (1.0, 0, 1)]
    rows = np.random.default_rng(3).permutation(np.array(many))
    again = pair_mean(rows[:, 0], [f"c{i}" for i in rows[:, 1]], rows[:, 2], bounds=(0, 1))
    swapped = pair_mean(rows[:, 0], rows[:, 2], rows[:, 1], bounds=(0, 1))
    for other in (again, swapped):
        assert (other.estimate, other.low, other.high) == pytest.approx((plain.estimate, plain.low, plain.high))


def test_where_nothing_differs_the_smaller_side_counts():
    one = pair_mean(*grid(np.ones((6, 10))), bounds=(0, 1))
    assert one.low == pytest.approx(scipy_stats.binomtest(6, 6).proportion_ci(0.95).low) and one.high == 1
    free = pair_mean(*grid(np.ones((6, 10))))
    assert (free.low, free.high) == (-math.inf, math.inf)


def test_one_person_on_a_side_gives_the_whole_range():
    assert pair_mean(*grid(np.array([[1.0, 0.0, 1.0]])), bounds=(0, 1)).interval(0.9) == (0, 1)
    assert math.isnan(pair_mean(*grid(np.array([[1.0, 0.0, 1.0]]))).low)
    assert math.isnan(pair_mean([math.nan], ["a"], ["b"]).estimate)


def agreement(rng, n1, n2, spread, expectations=10):
    """Share of expectations on which two people are within one point of five; each person has a style of rating."""

    def side(people, centre):
        styles = rng.normal(centre, 0.6, size=(people, 1))
        return np.clip(np.round(styles + rng.normal(0, spread, size=(people, expectations))), 1, 5)

    ours, theirs = side(n1, 3.8), side(n2, 3.4)
    return (np.abs(ours[:, None] - theirs[None]) <= 1).mean(axis=2)


@pytest.mark.parametrize("sides", [(6, 6), (6, 20), (12, 12)])
def test_coverage_of_agreement_between_few_people(sides):
    rng = np.random.default_rng(sum(sides))
    truth = np.mean([agreement(rng, 200, 200, 0.3).mean() for _ in range(15)])
    found = [pair_mean(*grid(agreement(rng, *sides, 0.3)), bounds=(0, 1)) for _ in range(700)]
    assert np.mean([one.low <= truth <= one.high for one in found]) >= 0.91
    plain = [
        (max(0, one.estimate - 2.1 * one.standard_error), min(1, one.estimate + 2.1 * one.standard_error))
        for one in found
    ]
    assert np.mean([low <= truth <= high for low, high in plain]) < 0.93


@pytest.mark.parametrize("sides", [(6, 6), (6, 20)])
def test_coverage_of_normal_person_effects(sides):
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(800):
        values = rng.normal(size=(sides[0], 1)) + rng.normal(size=(1, sides[1])) + rng.normal(size=sides)
        low, high = pair_mean(*grid(values)).interval(0.95)
        hits += low <= 0 <= high
    assert 0.925 <= hits / 800 <= 0.985


def test_pairs_taken_as_independent_would_cover_far_less():
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(300):
        values = (rng.normal(size=(6, 1)) + rng.normal(size=(1, 20)) + rng.normal(size=(6, 20))).ravel()
        interval = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
        hits += interval.low <= 0 <= interval.high
    assert hits / 300 < 0.6


def test_wrong_use_is_refused():
    with pytest.raises(OutsourcingKitError, match="second has 1"):
        pair_mean([1, 2], ["a", "b"], ["x"])
    with pytest.raises(OutsourcingKitError, match="second is missing in 1 of 2"):
        pair_mean([1, 2], ["a", "b"], ["x", None])
