"""Krippendorff's alpha: his own example, the krippendorff package as oracle, brute force over pairs, the bootstrap."""

import itertools
import math

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit.stats import krippendorff_alpha
from tests.made import assert_refused, covered

NAN = math.nan
CANONICAL = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
)
PUBLISHED = {"nominal": 0.743421, "ordinal": 0.815388, "interval": 0.849107, "ratio": 0.797403}


@pytest.mark.parametrize("level", PUBLISHED)
def test_krippendorffs_own_example_and_his_package(level):
    one = krippendorff_alpha(CANONICAL, level=level)
    assert float(one) == pytest.approx(PUBLISHED[level], abs=5e-7)
    assert one.n == 11 and math.isnan(one.low) and math.isnan(one.high)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ratings = np.clip(rng.integers(0, 6, 30) + rng.integers(-1, 2, (5, 30)), 0, 6).astype(float)
        ratings[rng.random(ratings.shape) < 0.35] = NAN
        peer = krippendorff.alpha(reliability_data=ratings, level_of_measurement=level)
        assert float(krippendorff_alpha(ratings, level=level)) == pytest.approx(peer)


def brute_force(ratings, level):
    units = [[x for x in unit if not math.isnan(x)] for unit in np.asarray(ratings, dtype=float).T]
    units = [unit for unit in units if len(unit) > 1]
    pool = [x for unit in units for x in unit]

    def squared(c, k):
        if level == "nominal":
            return float(c != k)
        if level == "interval":
            return (c - k) ** 2
        if level == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        between = sum(min(c, k) <= x <= max(c, k) for x in pool)
        return (between - (pool.count(c) + pool.count(k)) / 2) ** 2 if c != k else 0.0

    seen = sum(squared(c, k) / (len(unit) - 1) for unit in units for c, k in itertools.permutations(unit, 2))
    possible = sum(squared(c, k) for c, k in itertools.permutations(pool, 2)) / max(len(pool) - 1, 1)
    return 1 - seen / possible if possible else math.nan


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([NAN, 0, 1, 2, 5]), min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from([*PUBLISHED]),
)
def test_brute_force_over_all_pairs_agrees(units, level):
    ratings = np.array(units, dtype=float).T
    one = krippendorff_alpha(ratings, level=level)
    assert one.estimate == pytest.approx(brute_force(ratings, level), abs=1e-9, nan_ok=True)
    assert math.isnan(one.estimate) == ("undefined" in one.method)
    # Raters have no order, and neither have units.
    turned = krippendorff_alpha(ratings[::-1, ::-1], level=level)
    assert turned.estimate == pytest.approx(one.estimate, abs=1e-9, nan_ok=True)


def test_what_each_level_ignores():
    moved = {"nominal": (CANONICAL * 3) % 7, "ordinal": CANONICAL**3, "interval": 1e6 + 10 * CANONICAL}
    for level, ratings in moved.items():
        assert krippendorff_alpha(ratings, level=level).estimate == pytest.approx(PUBLISHED[level], abs=5e-7)
    assert krippendorff_alpha(CANONICAL).estimate == pytest.approx(PUBLISHED["ordinal"], abs=5e-7)


def test_words_and_frames_are_rated_as_numbers_are():
    words = [["a", "b", None, "c"], ["a", "b", "b", "c"], ["a", "c", "b", None]]
    numbers = [[1, 2, NAN, 3], [1, 2, 2, 3], [1, 3, 2, NAN]]
    frame = pd.DataFrame(numbers).astype("Int64")
    for level in ("nominal", "ordinal"):
        expected = krippendorff_alpha(numbers, level=level).estimate
        assert krippendorff_alpha(frame, level=level).estimate == pytest.approx(expected)
    assert krippendorff_alpha(words, "nominal").estimate == krippendorff_alpha(numbers, "nominal").estimate


def test_the_bootstrap_resamples_units():
    one = krippendorff_alpha(CANONICAL, replicates=500, seed=0)
    assert one == krippendorff_alpha(CANONICAL, replicates=500, seed=0)
    assert one != krippendorff_alpha(CANONICAL, replicates=500, seed=1)
    assert one.confidence == 0.95 and one.low < one.estimate < one.high
    # The same units by index instead of by weight.
    rng = np.random.default_rng(0)
    kept = CANONICAL[:, (~np.isnan(CANONICAL)).sum(axis=0) > 1]
    drawn = [brute_force(kept[:, rng.integers(0, 11, 11)], "ordinal") for _ in range(25)]
    first = krippendorff_alpha(CANONICAL, replicates=25, seed=0)
    assert (first.low, first.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))


def normal_ratings(rng, units):
    """Unit and error variances 1 and 1: alpha on the interval scale is 1/2."""
    return rng.normal(size=units) + rng.normal(size=(4, units))


def second_bootstrap(ratings, replicates, rng):
    """Alpha on the interval scale from sums over units, all replicates at once; shares no code with the package."""
    m, units = ratings.shape
    sums, squares = ratings.sum(axis=0), (ratings**2).sum(axis=0)
    times = rng.multinomial(units, np.full(units, 1 / units), size=replicates)
    n = m * units
    seen = times @ (m * squares - sums**2) / (m - 1) / n
    possible = (n * (times @ squares) - (times @ sums) ** 2) / (n * (n - 1))
    return tuple(np.quantile(1 - seen / possible, [0.025, 0.975]))


def test_a_second_bootstrap_gives_the_same_interval_and_covers_alike():
    rng = np.random.default_rng(12)
    for seed in range(3):
        ratings = normal_ratings(rng, 30)
        one = krippendorff_alpha(ratings, level="interval", replicates=2000, seed=seed)
        assert (one.low, one.high) == pytest.approx(second_bootstrap(ratings, 4000, rng), abs=0.035)
    # 2,000 runs at 60 units gave 91.4% with either: a percentile interval is short. Four standard errors of 700 runs.
    intervals = [second_bootstrap(normal_ratings(rng, 60), 200, rng) for _ in range(700)]
    assert covered(intervals, 0.5) == pytest.approx(0.914, abs=0.042)


def test_perfect_agreement_is_not_certainty():
    for level in ("nominal", "ordinal", "interval"):
        one = krippendorff_alpha(np.tile([1, 2] * 5, (2, 1)), level=level, replicates=100)
        assert one.estimate == 1 and one.high == 1
        # None of 10 units disagreed: up to 1 − .025^(1/10) may; D_e = 2 · 10 · 10 / (20 · 19).
        assert one.low == pytest.approx(1 - (1 - 0.025 ** (1 / 10)) / (200 / 380))


def test_no_variation_is_undefined_and_says_so():
    one = krippendorff_alpha(np.full((3, 9), 4.0), replicates=50)
    assert math.isnan(one.estimate) and "undefined: no variation" in one.method
    empty = krippendorff_alpha([[1, NAN], [NAN, 2]])
    assert math.isnan(empty.estimate) and "no unit has two ratings" in empty.method and empty.n == 0


def test_wrong_use_is_refused():
    assert_refused(
        (lambda: krippendorff_alpha([1, 2, 3]), "raters × units"),
        (lambda: krippendorff_alpha([[1, 2], [1, 2]], level="ordnal"), "Did you mean 'ordinal'"),
        (lambda: krippendorff_alpha([["a", "b"], ["a", "b"]]), "level='nominal'"),
        (lambda: krippendorff_alpha([[-1, 2], [1, 2]], level="ratio"), "level='interval'"),
        (lambda: krippendorff_alpha([[1, 2], [1, 2]], replicates=-1), "replicates=1000"),
    )
