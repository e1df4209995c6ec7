"""What low, likely and high mean: against scipy, the percentiles given are those drawn, variances by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.stats import shapes

RANGES = np.array(
    [
        (10, 100, 110), (10, 10, 110), (10, 110, 110), (0, 5, 100), (0, 0, 100), (0, 100, 100), (0.01, 50, 100),
        (90, 100, 110), (100, 101, 1000), (1, 999, 1000), (1e6, 1e6 + 10, 1.01e6), (0.001, 5e11, 1e12),
    ]
).T  # fmt: skip
LIMITS, DECILES = np.zeros(12, dtype=bool), np.ones(12, dtype=bool)


def peer(shape: str, a: float, m: float, b: float) -> stats.rv_continuous:
    """The same distribution in scipy."""
    spread = math.log1p(((b - a) ** 2 - (m - a) * (b - m)) / 18 / ((a + m + b) / 3) ** 2)
    return {
        "pert": stats.beta(1 + 4 * (m - a) / (b - a), 1 + 4 * (b - m) / (b - a), a, b - a),
        "triangular": stats.triang((m - a) / (b - a), a, b - a),
        "uniform": stats.uniform(a, b - a),
        "lognormal": stats.lognorm(math.sqrt(spread), scale=(a + m + b) / 3 * math.exp(-spread / 2)),
    }[shape]


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_quantiles_and_variances_are_scipys(shape):
    scores = np.linspace(-4, 4, 41)
    found = shapes.quantiles(*RANGES, np.broadcast_to(scores, (12, 41)), shape)
    variances = shapes.variances(shapes.quantile_tables(*RANGES, LIMITS, shape))
    for line, ends in enumerate(RANGES.T):
        theirs = peer(shape, *ends)
        assert found[line] == pytest.approx(theirs.ppf(stats.norm.cdf(scores)), rel=1e-8, abs=1e-8 * ends[2])
        assert variances[line] == pytest.approx(theirs.var(), rel=2e-3)


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_the_percentiles_given_are_the_percentiles_drawn(shape):
    tables = shapes.quantile_tables(*RANGES, DECILES, shape)
    assert (np.diff(tables, axis=1) >= 0).all() and tables.min() >= 0
    scores = np.random.default_rng(1).standard_normal(100_000)
    error = 4 * math.sqrt(0.09 / len(scores))
    starts, rises = shapes.cells(tables)
    for low, high, start, rise in zip(RANGES[0], RANGES[2], starts, rises, strict=True):
        drawn = shapes.amounts(start, rise, scores)
        # A tolerance more and less, as the ends themselves are drawn where they are limits too.
        assert (drawn <= low + 1e-9 * high).mean() == pytest.approx(0.1, abs=error)
        assert (drawn < high * (1 - 1e-9)).mean() == pytest.approx(0.9, abs=error)


@pytest.mark.parametrize("shape", ["pert", "triangular", "uniform"])
def test_a_shape_that_has_them_is_left_as_it_is(shape):
    # Limits 100 ± r have their 10th percentile at 100 + r (2q − 1), q that of the shape on 0 to 1.
    ends = [np.array([amount]) for amount in (90.0, 100.0, 110.0)]
    assert not shapes.bent(*ends, DECILES[:1], shape).any()
    assert shapes.bent(*(np.array([amount]) for amount in (10.0, 100.0, 110.0)), DECILES[:1], shape).all()
    reach = 10 / (1 - 2 * {"pert": stats.beta(3, 3).ppf(0.1), "triangular": np.sqrt(0.05), "uniform": 0.1}[shape])
    limits = shapes.quantile_tables(*(np.array([100 + by]) for by in (-reach, 0.0, reach)), LIMITS[:1], shape)
    assert shapes.quantile_tables(*ends, DECILES[:1], shape) == pytest.approx(limits, abs=1e-4 * reach)


def test_looked_up_amounts_are_the_interpolated_ones():
    scores = np.concatenate([np.random.default_rng(0).standard_normal(2000) * 2, np.linspace(-6, 6, 481)])
    for shape in shapes.SHAPES:
        tables = shapes.quantile_tables(*RANGES, LIMITS, shape)
        for table, start, rise in zip(tables, *shapes.cells(tables), strict=True):
            slow = np.interp(scores, shapes.GRID, table)
            assert shapes.amounts(start, rise, scores) == pytest.approx(slow, rel=1e-9, abs=1e-9 * table[-1])


def test_a_line_without_width_is_exact():
    seven = [np.array([7.0])] * 3
    for shape in shapes.SHAPES:
        table = shapes.quantile_tables(*seven, LIMITS[:1], shape)
        assert table == pytest.approx(7.0, rel=1e-14) and shapes.variances(table).tolist() == [0.0]


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8, 1.0])
def test_scores_that_share_a_cause_have_this_correlation(correlation):
    common, *own = np.random.default_rng(0).standard_normal((3, 40_000))
    one, other = (shapes.together(each, common, correlation) for each in own)
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(correlation, abs=4 / math.sqrt(40_000))
    rank = stats.spearmanr(one, other).statistic
    assert rank == pytest.approx(6 / math.pi * math.asin(correlation / 2), abs=4 / math.sqrt(40_000))


def test_what_is_no_shape_and_no_correlation_is_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'pert'"):
        shapes.check_shape("prt")
    for wrong in (2, -0.5, "0.3", True, math.nan, None, [0.3]):
        with pytest.raises(OutsourcingKitError, match=r"correlation is .*Mend: correlation=0\.3"):
            shapes.check_correlation(wrong)
