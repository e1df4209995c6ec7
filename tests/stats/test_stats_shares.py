"""clopper_pearson and wilson_share: published figures, scipy as oracle, coverage summed exactly."""

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import clopper_pearson, wilson_share


def test_published_figures():
    assert [round(100 * end, 1) for end in wilson_share(7, 50).interval(0.95)] == [7.0, 26.2]
    assert round(100 * clopper_pearson(0, 20, confidence=0.90).high, 1) == 13.9


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("trials", [1, 5, 37])
def test_scipy_agrees_on_every_count(trials, confidence):
    for successes in range(trials + 1):
        oracle = scipy_stats.binomtest(successes, trials)
        for ours, method in ((clopper_pearson, "exact"), (wilson_share, "wilson")):
            expected = oracle.proportion_ci(confidence, method=method)
            one = ours(successes, trials, confidence=confidence)
            assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
            assert one.n == trials


def test_exact_ends_put_the_tail_on_the_data():
    one = clopper_pearson(4, 15)
    assert scipy_stats.binom.sf(3, 15, one.low) == pytest.approx(0.025)
    assert scipy_stats.binom.cdf(4, 15, one.high) == pytest.approx(0.025)


def test_exact_never_covers_less_than_it_says_and_wilson_does_on_average():
    trials, truths = 12, np.linspace(0.02, 0.98, 49)
    weight = scipy_stats.binom.pmf(np.arange(trials + 1)[:, None], trials, truths)

    def coverage(function):
        ends = np.array([function(count, trials).interval(0.95) for count in range(trials + 1)])
        return (weight * ((ends[:, :1] <= truths) & (truths <= ends[:, 1:]))).sum(axis=0)

    assert coverage(clopper_pearson).min() >= 0.95
    assert coverage(wilson_share).min() < 0.95 and abs(coverage(wilson_share).mean() - 0.95) < 0.015


def test_no_trials_exclude_nothing():
    none = clopper_pearson(0, 0)
    assert math.isnan(none.estimate) and (none.low, none.high) == (0, 1)


@pytest.mark.parametrize("counts", [(5, 4), (-1, 4), (0.5, 4), ("a", 4), (math.nan, 4)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(OutsourcingKitError, match="Mend"):
        wilson_share(*counts)
