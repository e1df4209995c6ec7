"""XmR: by hand, in its closed form, and by brute force."""

import itertools
import math

import numpy as np
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import xmr


def test_by_hand():
    # Ranges 3, 4, 1, 15, 15: mean 7.6; values' mean 8; limits 8 ± 2.6587 · 7.6.
    chart = xmr([5, 8, 4, 5, 20, 5.0])
    mean = (5 + 8 + 4 + 5 + 20 + 5) / 6
    assert chart.mean == pytest.approx(mean)
    assert (chart.low, chart.high) == (
        pytest.approx(mean - 2.6587 * 7.6, abs=1e-3),
        pytest.approx(mean + 2.6587 * 7.6, abs=1e-3),
    )
    assert not chart.beyond.any()


def test_one_value_out_of_the_usual_is_beyond_and_the_others_are_not():
    values = [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 30]
    chart = xmr(values)
    assert chart.beyond.tolist() == [False] * 10 + [True]
    assert chart.table["value"].tolist() == values and "1 beyond them" in repr(chart)


def test_the_factor_is_that_of_the_tables_and_of_brute_force():
    # d2 of two values is 1.128; of normal values the mean moving range times 2.66 is three standard deviations.
    values = np.random.default_rng(0).normal(50, 4, 200_000)
    chart = xmr(values)
    assert (chart.high - chart.mean) / 3 == pytest.approx(4, rel=0.01)
    ranges = [abs(one - other) for one, other in itertools.pairwise(values)]
    assert (chart.high - chart.mean) / (math.fsum(ranges) / len(ranges)) == pytest.approx(2.66, abs=0.002)


def test_times_without_a_value_are_left_out_and_too_few_have_no_limits():
    assert xmr([1, float("nan"), 2]).values.tolist() == [1, 2]
    for few in ([], [1.0], [float("nan")] * 3):
        chart = xmr(few)
        assert math.isnan(chart.low) and math.isnan(chart.high) and not chart.beyond.any()
        assert "needs two or more" in repr(chart)
    with pytest.raises(OutsourcingKitError, match="values"):
        xmr(["a lot", 2])
