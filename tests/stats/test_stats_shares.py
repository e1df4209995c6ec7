"""clopper_pearson: a published figure, scipy as oracle, coverage summed exactly."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.stats import clopper_pearson
from tests.made import assert_refused


def test_a_published_figure_and_scipy_on_every_count():
    assert round(100 * clopper_pearson(0, 20, confidence=0.90).high, 1) == 13.9
    for confidence in (0.8, 0.95, 0.99):
        for successes, trials in [(count, most) for most in (1, 5, 37) for count in range(most + 1)]:
            oracle = scipy_stats.binomtest(successes, trials).proportion_ci(confidence)
            one = clopper_pearson(successes, trials, confidence=confidence)
            assert (one.low, one.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9) and one.n == trials
    # What other libraries once got wrong: no success in 1,000 at a confidence next to 1 is 1 − (5e-8)^(1/1000).
    assert clopper_pearson(0, 1000, confidence=1 - 1e-7).high == pytest.approx(1 - 5e-8 ** (1 / 1000), rel=1e-6)


def test_it_never_covers_less_than_it_says():
    trials, truths = 12, np.linspace(0.02, 0.98, 49)
    weight = scipy_stats.binom.pmf(np.arange(trials + 1)[:, None], trials, truths)
    ends = np.array([clopper_pearson(count, trials).interval(0.95) for count in range(trials + 1)])
    held = (ends[:, :1] <= truths) & (truths <= ends[:, 1:])
    assert (weight * held).sum(axis=0).min() >= 0.95


def test_no_trials_exclude_nothing_and_impossible_counts_are_refused():
    none = clopper_pearson(0, 0)
    assert math.isnan(none.estimate) and (none.low, none.high) == (0, 1)
    assert clopper_pearson(Decimal(3), np.int8(4)) == clopper_pearson(3.0, 4)
    blanks = (None, pd.NA, math.nan)
    for count in (*blanks, "3", "a", np.timedelta64(3, "h"), dt.timedelta(3), 3j, math.inf, 10**400, -1, 0.5):
        assert_refused((lambda asked=count: clopper_pearson(asked, 4), "Mend"))
        assert_refused((lambda asked=count: clopper_pearson(1, asked), "Mend"))
    assert_refused((lambda: clopper_pearson(5, 4), "Mend"))
