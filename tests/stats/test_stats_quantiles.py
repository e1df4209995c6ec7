"""quantile_interval: exact coverage from binomial sums, scipy's quantile test as oracle."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from outsourcing_kit.stats import quantile_interval
from outsourcing_kit.stats.quantiles import order_ranks
from tests.made import assert_refused, covered


def test_thirty_six_values_for_an_upper_end_of_the_ninetieth_percentile():
    assert quantile_interval(np.arange(35), 0.9).high == math.inf
    one = quantile_interval(np.arange(36), 0.9)
    assert one.high == 35 and one.n == 36
    assert quantile_interval(np.arange(35), 0.1).low == -math.inf and quantile_interval(np.arange(36), 0.1).low == 0


@pytest.mark.parametrize("q", [0.1, 0.5, 0.8, 0.9])
def test_coverage_is_at_least_the_confidence_and_no_rank_could_be_tightened(q):
    for confidence in (0.8, 0.95):
        tail = (1 - confidence) / 2
        for n in range(2, 80, 3):
            low, high = order_ranks(n, q, confidence)
            # X_(low) ≤ quantile ≤ X_(high) for continuous values: low ≤ count at or below it < high.
            near_low, near_high = scipy_stats.binom(n, q).cdf([[low - 1, low], [high - 2, high - 1]])
            assert near_high[1] - near_low[0] >= confidence - 1e-12
            assert near_low[0] <= tail < near_low[1]
            assert 1 - near_high[1] <= tail + 1e-12 and 1 - near_high[0] > tail


def test_scipy_quantile_test_agrees():
    values = np.random.default_rng(0).normal(size=60)
    for q in (0.25, 0.5, 0.8):
        oracle = scipy_stats.quantile_test(values, q=0, p=q).confidence_interval(0.95)
        one = quantile_interval(values, q)
        assert (one.low, one.high, one.estimate) == (oracle.low, oracle.high, np.quantile(values, q))


@given(
    st.lists(st.integers(-5, 5), min_size=2, max_size=60),
    st.floats(0.02, 0.98),
    st.floats(0.6, 0.99),
)
def test_the_estimate_lies_inside_and_order_does_not_matter(values, q, confidence):
    one = quantile_interval(values, q, confidence=confidence)
    assert one.low <= one.estimate + 1e-9 and one.estimate - 1e-9 <= one.high
    assert quantile_interval(values[::-1], q, confidence=confidence) == one


def test_discrete_values_are_covered_and_the_standard_error_is_near_the_asymptotic_one():
    rng = np.random.default_rng(3)
    assert covered([quantile_interval(rng.poisson(2, size=25), 0.5).interval(0.95) for _ in range(400)], 2) >= 0.95
    values = scipy_stats.norm.ppf((np.arange(400) + 0.5) / 400)
    expected = math.sqrt(0.25 / 400) / scipy_stats.norm.pdf(0)
    assert quantile_interval(values, 0.5).standard_error == pytest.approx(expected, rel=0.1)


def test_one_value_has_no_interval_and_wrong_use_is_refused():
    assert math.isnan(quantile_interval([3, math.nan], 0.5).low)
    assert math.isnan(quantile_interval([], 0.5).estimate)
    assert_refused(*((lambda q=q: quantile_interval([1, 2], q), r"q=0\.9") for q in (90, "a", None)))
