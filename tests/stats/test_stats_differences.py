"""gap and minimum_of: every labelling by brute force, coverage and false alarms with six people a side."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import clopper_pearson, cluster_mean, mean_difference, minimum_of

X = np.array([3.1, 4.0, 5.2, 2.7, 4.4])
Y = np.array([6.0, 9.5, 4.8, 7.7, 6.1, 8.8])


def every_labelling(x, y):
    pool = np.concatenate([x - x.mean(), y - y.mean()])
    out = []
    for chosen in itertools.combinations(range(len(pool)), len(x)):
        ours = pool[list(chosen)]
        theirs = np.delete(pool, chosen)
        out.append(
            abs(ours.mean() - theirs.mean()) / math.sqrt(ours.var(ddof=1) / len(x) + theirs.var(ddof=1) / len(y))
        )
    return np.sort(out)


def test_random_labels_agree_with_all_labels():
    one = mean_difference(X, Y, permutations=40_000)
    welch = math.sqrt(X.var(ddof=1) / len(X) + Y.var(ddof=1) / len(Y))
    assert one.standard_error == pytest.approx(welch) and one.estimate == pytest.approx(X.mean() - Y.mean())
    exact = every_labelling(X, Y)
    for confidence in (0.8, 0.95):
        reach = (one.interval(confidence)[1] - one.estimate) / welch
        # The drawn quantile lies among exact ones of neighbouring levels.
        assert np.quantile(exact, confidence - 0.012) <= reach <= np.quantile(exact, min(confidence + 0.012, 1))


def test_large_sides_meet_welch():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=120), rng.normal(0.5, 2, size=80)
    oracle = scipy_stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
    one = mean_difference(x, y)
    assert (one.low, one.high) == pytest.approx((oracle.low, oracle.high), abs=0.06)


def test_shift_scale_order_and_sides():
    one = mean_difference(X, Y)
    moved = mean_difference(10 * X + 3, 10 * Y + 3)
    assert (moved.low, moved.high) == pytest.approx((10 * one.low, 10 * one.high))
    apart = mean_difference(X + 50, Y)
    assert (apart.low, apart.high) == pytest.approx((one.low + 50, one.high + 50))
    turned = mean_difference(Y, X)
    assert turned.estimate == -one.estimate
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low), rel=0.05)
    assert mean_difference(np.append(X, math.nan), Y) == one


def test_same_seed_same_result_and_other_seed_nearly():
    assert mean_difference(X, Y, seed=7) == mean_difference(X, Y, seed=7)
    assert mean_difference(X, Y, seed=7).low == pytest.approx(mean_difference(X, Y, seed=0).low, rel=0.05)


def test_too_few_people_or_no_spread_give_no_interval():
    few = mean_difference(X[:4], Y)
    assert math.isnan(few.low) and math.isnan(few.high) and "fewer than 5" in few.method
    flat = mean_difference(np.full(6, 0.1), np.full(7, 0.7))
    assert math.isnan(flat.low) and "no spread" in flat.method and flat.estimate == pytest.approx(-0.6)
    assert math.isnan(mean_difference([], Y).estimate)
    # Spread on one side is enough.
    assert mean_difference(np.ones(6), Y).low < mean_difference(np.ones(6), Y).high


def test_a_level_finer_than_the_draws_has_no_end():
    assert mean_difference(X, Y, permutations=99).interval(0.999) == (-math.inf, math.inf)


def test_wrong_use_is_refused():
    with pytest.raises(OutsourcingKitError, match="at least 99"):
        mean_difference(X, Y, permutations=10)


@pytest.mark.parametrize(
    ("draw", "least", "most"),
    [
        # Monte Carlo standard error .7 points. Normal; three times the spread on one side; skewed as waits are.
        (lambda rng: (rng.normal(size=6), rng.normal(size=6)), 0.925, 0.975),
        (lambda rng: (3 * rng.normal(size=6), rng.normal(size=6)), 0.90, 0.975),
        (lambda rng: (rng.lognormal(size=6), rng.lognormal(size=6)), 0.94, 0.995),
    ],
)
def test_coverage_and_false_alarms_at_six_against_six(draw, least, most):
    rng = np.random.default_rng(2)
    pairs = [draw(rng) for _ in range(900)]
    intervals = [mean_difference(x, y, permutations=499, seed=run).interval(0.95) for run, (x, y) in enumerate(pairs)]
    assert least <= np.mean([low <= 0 <= high for low, high in intervals]) <= most


def test_a_real_gap_is_found():
    rng = np.random.default_rng(4)
    found = [mean_difference(rng.normal(2.5, 1, 6), rng.normal(0, 1, 6), permutations=499).low > 0 for _ in range(100)]
    assert np.mean(found) > 0.85


def test_the_lower_of_two_ends():
    a, b = clopper_pearson(12, 20), clopper_pearson(15, 20)
    one = minimum_of(a, b, confidence=0.9)
    assert one.estimate == 0.6 and one.n == 40
    assert one.low == min(a.interval(0.9)[0], b.interval(0.9)[0])
    assert one.high == min(a.interval(0.95)[1], b.interval(0.95)[1])
    assert minimum_of(b, a, confidence=0.9) == one
    assert one.interval(0.8) == pytest.approx(minimum_of(a, b, confidence=0.8).interval(0.8))


def test_the_lower_of_two_equal_sides_is_not_called_low_too_often():
    rng = np.random.default_rng(8)
    people = np.arange(12)
    below = wrong = 0
    for _ in range(1500):
        sides = [cluster_mean(rng.normal(size=12), people) for _ in range(2)]
        below += minimum_of(*sides, confidence=0.9).high < 0
        wrong += min(side.interval(0.9)[1] for side in sides) < 0
    assert below / 1500 <= 0.065 and wrong / 1500 > 0.08


def test_an_undefined_side_leaves_the_lower_undefined():
    one = minimum_of(clopper_pearson(3, 9), cluster_mean([1, 0], ["a", "a"]))
    assert math.isnan(one.low) and math.isnan(one.high) and "lower of two" in one.method
