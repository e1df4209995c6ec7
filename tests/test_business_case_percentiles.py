"""A range given as 10th and 90th percentile: what is drawn has these percentiles, whatever the shape and the tail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.business_case import no_saving, sensitivity, simulate_cash_flows

RANGES = [
    (10, 100, 110), (10, 10, 110), (10, 110, 110), (0, 5, 100), (0, 0, 100), (0, 100, 100), (0.01, 50, 100),
    (90, 100, 110), (100, 101, 1000), (1, 999, 1000), (1e6, 1e6 + 10, 1.01e6), (0.001, 5e11, 1e12),
]  # fmt: skip
DRAWS = 100_000


def lines(low: float, likely: float, high: float, means: str = "p10-p90") -> pd.DataFrame:
    """A licence saved by outsourcing, which decides alone: nothing is saved where it is at most 50 a month."""
    amounts = {"team": (1000,) * 3, "fee": (1050,) * 3, "licence saved": (low, likely, high)}
    return pd.DataFrame(
        [
            {
                "line": name, "option": "stay" if name == "team" else "outsource",
                "kind": "benefit" if name == "licence saved" else "cost", "category": "price",
                "first_month": 1, "last_month": 12, "low": least, "likely": middle, "high": most,
                "range_means": means if name == "licence saved" else "limits",
            }
            for name, (least, middle, most) in amounts.items()
        ]
    )  # fmt: skip


@pytest.mark.parametrize("shape", kernel.SHAPES)
@pytest.mark.parametrize("ends", RANGES)
def test_the_percentiles_given_are_the_percentiles_drawn(ends, shape):
    low, likely, high = (np.array([float(end)]) for end in ends)
    table = kernel.quantile_tables(low, likely, high, np.array([True]), shape)
    assert (np.diff(table[0]) >= 0).all()
    assert table.min() >= 0
    for seed in (1, 2):
        drawn = kernel.amounts(table, np.random.default_rng(seed).standard_normal((DRAWS, 1)))[:, 0]
        error = 4 * np.sqrt(0.09 / DRAWS)
        at_most, below = (drawn <= low[0]).mean(), (drawn < high[0]).mean()
        assert at_most == pytest.approx(0.1, abs=error)
        assert below == pytest.approx(0.9, abs=error)


@pytest.mark.parametrize("shape", kernel.SHAPES)
def test_a_shape_that_has_them_is_left_as_it_is(shape):
    """By hand: limits 100 ± r have their 10th percentile at 100 + r (2 q − 1), q that of the shape on 0 to 1."""
    ends = [np.array([amount]) for amount in (90.0, 100.0, 110.0)]
    table = kernel.quantile_tables(*ends, np.array([True]), shape)[0]
    if shape == "lognormal":
        assert kernel.bent(*ends, np.array([True]), shape).all()
        return
    assert not kernel.bent(*ends, np.array([True]), shape).any()
    at = {"pert": scipy.stats.beta(3, 3).ppf(0.1), "triangular": np.sqrt(0.1 / 2), "uniform": 0.1}[shape]
    reach = 10 / (1 - 2 * at)
    limits = kernel.quantile_tables(*(np.array([100 + by]) for by in (-reach, 0.0, reach)), np.array([False]), shape)
    assert table == pytest.approx(limits[0], abs=1e-4 * reach)


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform"])
def test_one_in_ten_that_a_benefit_is_ten_is_one_in_ten_that_nothing_is_saved(shape):
    rows = lines(10, 100, 110)
    result = simulate_cash_flows(rows, discount_rate=0, draws=DRAWS, shape=shape)
    assert result.table["no_saving"].iloc[1] >= 0.1 - 4 * np.sqrt(0.09 / DRAWS)
    assert any("10th and 90th percentile given for 'licence saved'" in note for note in result.notes)
    limits = simulate_cash_flows(rows.assign(range_means="limits"), draws=100, shape=shape)
    assert not any("percentile" in note for note in limits.notes)
    headline = no_saving(rows, shapes=(shape,), correlations=(0.0,), draws=20_000, discount_rate=0)
    assert headline.estimate >= 0.1 - 4 * np.sqrt(0.09 / 20_000)
    assert any("licence saved" in note for note in headline.notes)
    matters = sensitivity(rows, shape=shape, discount_rate=0)
    row = matters.table.set_index("line").loc["licence saved"]
    assert row["beyond"] == pytest.approx(float(result.table["no_saving"].iloc[1]), abs=5e-3)
    assert "in 9 of 10 cases at least 10" in matters.in_words
    assert any("licence saved" in note for note in matters.notes)


def test_a_benefit_that_is_nothing_in_one_case_of_ten_is_so_drawn():
    """A tenth of the draws is exactly 0, and the line alone then takes a saving of 0 without it to nothing."""
    rows = lines(0, 50, 100).assign(low=[1000, 1000, 0], likely=[1000, 1000, 50], high=[1000, 1000, 100])
    assert sensitivity(rows, discount_rate=0).table.set_index("line")["beyond"]["licence saved"] == pytest.approx(
        0.1, abs=2e-3
    )
