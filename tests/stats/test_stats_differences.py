"""mean_difference and minimum_of: every labelling by brute force, coverage and false alarms with six people a side."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.stats import clopper_pearson, cluster_mean, mean_difference, minimum_of
from tests.made import assert_refused, covered

X = np.array([3.1, 4.0, 5.2, 2.7, 4.4])
Y = np.array([6.0, 9.5, 4.8, 7.7, 6.1, 8.8])


def welch(x, y):
    return math.sqrt(x.var(ddof=1) / len(x) + y.var(ddof=1) / len(y))


def test_random_labels_agree_with_all_labels():
    one = mean_difference(X, Y, permutations=40_000)
    assert one.standard_error == pytest.approx(welch(X, Y)) and one.estimate == pytest.approx(X.mean() - Y.mean())
    pool, exact = np.concatenate([X - X.mean(), Y - Y.mean()]), []
    for chosen in itertools.combinations(range(len(pool)), len(X)):
        ours, theirs = pool[list(chosen)], np.delete(pool, chosen)
        exact.append(abs(ours.mean() - theirs.mean()) / welch(ours, theirs))
    for confidence in (0.8, 0.95):
        reach = (one.interval(confidence)[1] - one.estimate) / welch(X, Y)
        # The drawn quantile lies among exact ones of neighbouring levels.
        assert np.quantile(exact, confidence - 0.012) <= reach <= np.quantile(exact, confidence + 0.012)


def test_large_sides_meet_welch():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=120), rng.normal(0.5, 2, size=80)
    oracle = scipy_stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
    assert mean_difference(x, y).interval(0.95) == pytest.approx((oracle.low, oracle.high), abs=0.06)


def test_shift_scale_order_sides_and_seed():
    one = mean_difference(X, Y)
    moved = mean_difference(10 * X + 3, 10 * Y + 3)
    assert (moved.low, moved.high) == pytest.approx((10 * one.low, 10 * one.high))
    apart = mean_difference(X + 50, Y)
    assert (apart.low, apart.high) == pytest.approx((one.low + 50, one.high + 50))
    turned = mean_difference(Y, X)
    assert turned.estimate == -one.estimate
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low), rel=0.05)
    assert mean_difference(np.append(X, math.nan), Y) == one
    other = mean_difference(X, Y, seed=7)
    assert other == mean_difference(X, Y, seed=7) and other.low == pytest.approx(one.low, rel=0.05)


def test_too_few_people_or_no_spread_give_no_interval():
    few = mean_difference(X[:4], Y)
    assert math.isnan(few.low) and math.isnan(few.high) and "fewer than 5" in few.method
    flat = mean_difference(np.full(6, 0.1), np.full(7, 0.7))
    assert math.isnan(flat.low) and "no spread" in flat.method and flat.estimate == pytest.approx(-0.6)
    assert math.isnan(mean_difference([], Y).estimate)
    # Spread on one side is enough; a confidence finer than the draws has no end.
    assert mean_difference(np.ones(6), Y).low < mean_difference(np.ones(6), Y).high
    assert mean_difference(X, Y, permutations=99).interval(0.999) == (-math.inf, math.inf)
    assert_refused((lambda: mean_difference(X, Y, permutations=10), "at least 99"))


def test_coverage_and_false_alarms_at_six_against_six():
    # Normal; three times the spread on one side; skewed as waits are. Monte Carlo standard error .9 points.
    cases = (("normal", 1, 0.92, 0.98), ("normal", 3, 0.895, 0.98), ("lognormal", 1, 0.935, 0.995))
    for kind, wider, least, most in cases:
        rng = np.random.default_rng(2)
        drawn = [getattr(rng, kind)(size=(2, 6)) for _ in range(600)]
        found = [mean_difference(wider * x, y, permutations=299, seed=run) for run, (x, y) in enumerate(drawn)]
        assert least <= covered([one.interval(0.95) for one in found], 0) <= most, kind


def test_one_value_more_extreme_can_widen_it_and_so_it_may_alarm_but_never_acquit():
    first, second = np.array([0.89, 0.9, 0.91, 0.9, 0.89, 0.91]), np.array([0.5, 0.51, 0.49, 0.5, 0.51, 0.49])
    worse = np.r_[second[:5], 0.0]
    apart, further = mean_difference(first, second), mean_difference(first, worse)
    assert further.estimate > apart.estimate and further.low < apart.low
    assert "Not monotone" in mean_difference.__doc__


def test_a_real_gap_is_found():
    rng = np.random.default_rng(4)
    found = [mean_difference(rng.normal(2.5, 1, 6), rng.normal(0, 1, 6), permutations=499).low > 0 for _ in range(100)]
    assert np.mean(found) > 0.85


def test_the_lower_of_two_ends():
    a, b = clopper_pearson(12, 20), clopper_pearson(15, 20)
    one = minimum_of(a, b, confidence=0.9)
    assert one.estimate == 0.6 and one.n == 40 and minimum_of(b, a, confidence=0.9) == one
    assert one.low == min(a.interval(0.9)[0], b.interval(0.9)[0])
    assert one.high == min(a.interval(0.95)[1], b.interval(0.95)[1])
    assert one.interval(0.8) == pytest.approx(minimum_of(a, b, confidence=0.8).interval(0.8))
    # One side undefined leaves the lower undefined.
    for pair in ((a, cluster_mean([1, 0], ["a", "a"])), (cluster_mean([], []), a)):
        other = minimum_of(*pair)
        assert math.isnan(other.low) and math.isnan(other.high) and "lower of two" in other.method
    assert math.isnan(other.estimate)


def test_the_lower_of_two_equal_sides_is_not_called_low_too_often():
    rng = np.random.default_rng(8)
    sides = [[cluster_mean(rng.normal(size=12), range(12)) for _ in range(2)] for _ in range(1000)]
    assert np.mean([minimum_of(*pair, confidence=0.9).high < 0 for pair in sides]) <= 0.068
    assert np.mean([min(side.interval(0.9)[1] for side in pair) < 0 for pair in sides]) > 0.075
