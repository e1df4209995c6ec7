"""exact_share and wilson_share: published figures, scipy as oracle, coverage summed exactly."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import exact_share, wilson_share


def test_published_figures():
    assert [round(100 * end, 1) for end in wilson_share(7, 50).interval(0.95)] == [7.0, 26.2]
    assert round(100 * exact_share(0, 20, level=0.90).high, 1) == 13.9


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("trials", [1, 5, 37])
def test_scipy_agrees_on_every_count(trials, level):
    for successes in range(trials + 1):
        oracle = scipy_stats.binomtest(successes, trials)
        for ours, method in ((exact_share, "exact"), (wilson_share, "wilson")):
            expected = oracle.proportion_ci(level, method=method)
            one = ours(successes, trials, level=level)
            assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
            assert one.n == trials


def test_exact_ends_put_the_tail_on_the_data():
    one = exact_share(4, 15)
    assert scipy_stats.binom.sf(3, 15, one.low) == pytest.approx(0.025)
    assert scipy_stats.binom.cdf(4, 15, one.high) == pytest.approx(0.025)


def test_exact_never_covers_less_than_it_says_and_wilson_does_on_average():
    trials, truths = 12, np.linspace(0.02, 0.98, 49)
    weight = scipy_stats.binom.pmf(np.arange(trials + 1)[:, None], trials, truths)

    def coverage(function):
        ends = np.array([function(count, trials).interval(0.95) for count in range(trials + 1)])
        return (weight * ((ends[:, :1] <= truths) & (truths <= ends[:, 1:]))).sum(axis=0)

    assert coverage(exact_share).min() >= 0.95
    assert coverage(wilson_share).min() < 0.95 and abs(coverage(wilson_share).mean() - 0.95) < 0.015


def test_no_trials_exclude_nothing():
    none = exact_share(0, 0)
    assert math.isnan(none.estimate) and (none.low, none.high) == (0, 1)


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4), (0.5, 4), ("a", 4), (math.nan, 4)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(OutsourcingKitError, match="Mend"):
        wilson_share(*counts)
