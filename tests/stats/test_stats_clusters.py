"""Shares and quantiles of rows that come in groups: worked by hand, against a slow formula, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit import OutsourcingKitError
from outsourcing_kit.stats import clopper_pearson, cluster_proportion, effective_n, quantile_interval
from outsourcing_kit.stats.quantiles import order_ranks, ranks_worth


def slow_variance(values, groups):
    """The between-group variance of a share, written out as it stands in textbooks."""
    n, share = len(values), sum(values) / len(values)
    names = sorted(set(groups))
    total = 0.0
    for name in names:
        mine = [value for value, group in zip(values, groups, strict=True) if group == name]
        total += (sum(mine) - len(mine) * share) ** 2
    return len(names) / (len(names) - 1) * total / n**2


def test_by_hand():
    # p = 1/2; Ann 3 of 4, Bo 1 of 4: (3 − 2)² + (1 − 2)² = 2; v = 2/1 · 2/64 = 1/16; n* = 1/4 : 1/16 = 4
    values, groups = [1, 1, 1, 0, 0, 0, 0, 1], ["Ann"] * 4 + ["Bo"] * 4
    share = cluster_proportion(values, groups)
    assert (share.estimate, share.standard_error, share.n) == (0.5, 0.25, 8)
    # t(7) = 2.3646, t(1) = 12.706 at 97.5%: 4 · (2.3646/12.706)² = .13853 trials of which half succeed
    trials = 4 * (2.364624 / 12.706205) ** 2
    low, high = (
        scipy_stats.beta.ppf(0.025, trials / 2, trials / 2 + 1),
        scipy_stats.beta.ppf(0.975, trials / 2 + 1, trials / 2),
    )
    assert share.interval(0.95) == pytest.approx((low, high), rel=1e-5)
    assert "worth 4" in share.method


def test_against_the_slow_formula():
    rng = np.random.default_rng(3)
    for _ in range(50):
        n = int(rng.integers(6, 40))
        groups = rng.integers(0, int(rng.integers(2, 6)), n)
        values = (rng.random(n) < rng.beta(1, 1, 6)[groups]).astype(float)
        share = values.mean()
        if not 0 < share < 1 or len(set(groups)) < 2:
            continue
        expected = min(n, share * (1 - share) / slow_variance(values.tolist(), groups.tolist()))
        assert effective_n(values, groups) == pytest.approx(expected, rel=1e-12)


def test_groups_that_say_nothing_leave_the_exact_interval():
    values = [1, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    exact = clopper_pearson(3, 10).interval(0.95)
    one_client, each_alone = ["x"] * 10, list(range(10))
    assert cluster_proportion(values, one_client).interval(0.95) == pytest.approx(exact)
    assert cluster_proportion(values, each_alone).interval(0.95) == pytest.approx(exact)


def test_few_groups_say_little_even_where_all_rows_agree():
    # 12 of 12 from two groups, 12 of 12 from twelve. t(11) and t(1) at (1 + .95)/2 are 2.201 and 12.706, so that the
    # first are worth 12·(2.201/12.706)² = .360 rows: a lower end of .025^(1/.360) = .00004, near none at all.
    two = cluster_proportion([1] * 12, ["x", "y"] * 6)
    assert two.interval(0.95) == pytest.approx((0.025 ** (1 / (12 * (2.20099 / 12.7062) ** 2)), 1.0), abs=1e-5)
    assert cluster_proportion([1] * 12, range(12)).interval(0.95) == pytest.approx(
        clopper_pearson(12, 12).interval(0.95)
    )
    # One more row that overran never makes the share look less: 11 of 12 reach no higher than 12 of 12.
    eleven = cluster_proportion([0] + [1] * 11, ["x", "y"] * 6)
    assert eleven.low <= two.low and eleven.high <= two.high
    six = [cluster_proportion([1] * seen + [0] * (84 - seen), np.arange(84) % 6).high for seen in range(4)]
    assert six == sorted(six) and six[0] < 0.12


def test_more_alike_groups_never_narrow_it():
    alike = cluster_proportion([1, 1, 1, 0, 0, 0, 0, 0, 0], list("aaabbbccc"))
    mixed = cluster_proportion([1, 0, 0, 1, 0, 0, 1, 0, 0], list("aaabbbccc"))
    assert alike.low < mixed.low and alike.high > mixed.high
    # Groups more alike each other than chance would have it are worth no more than n.
    assert effective_n([1, 0, 0, 1, 0, 0, 1, 0, 0], list("aaabbbccc")) == 9


def test_no_rows_and_wrong_input():
    nothing = cluster_proportion([], [])
    assert math.isnan(nothing.estimate) and nothing.interval(0.95) == (0, 1)
    with pytest.raises(OutsourcingKitError, match="same number"):
        cluster_proportion([1, 0], ["a"])
    with pytest.raises(OutsourcingKitError, match="outside bounds"):
        cluster_proportion([1, 2], ["a", "b"])
    with pytest.raises(OutsourcingKitError, match="missing"):
        cluster_proportion([1, 0], ["a", None])
    with pytest.raises(OutsourcingKitError, match="same number"):
        quantile_interval([1.0, 2.0], 0.5, cluster=["a"])


def test_ranks_keep_their_share_and_move_outwards():
    for n, worth in [(60, 60), (60, 20), (37, 11), (100, 3)]:
        low, high = order_ranks(worth, 0.5, 0.9)
        moved = ranks_worth(n, worth, 0.5, 0.9)
        if low:
            assert (moved[0] - 0.5) / n <= (low - 0.5) / worth + 1e-12
        if high <= worth:
            assert (moved[1] - 0.5) / n >= (high - 0.5) / worth - 1e-12
        assert (moved[0] == 0) == (low == 0) and (moved[1] == n + 1) == (high == worth + 1)
    assert ranks_worth(10, 0, 0.5, 0.95) == (0, 11)


def test_a_quantile_of_groups_that_agree_supports_no_end():
    # Two clients whose items are all alike are worth one item: no end at 95%.
    grouped = quantile_interval([1.0] * 10 + [2.0] * 10, 0.5, cluster=["a"] * 10 + ["b"] * 10)
    assert grouped.interval(0.95) == (-math.inf, math.inf)
    assert math.isfinite(quantile_interval([1.0] * 10 + [2.0] * 10, 0.5).low)


def coverage(rho: float, runs: int) -> tuple[float, float, float]:
    """How often 96.7% intervals of a share and of a heavy-tailed 80th percentile hold the truth; and the plain one."""
    rng = np.random.default_rng(11)
    held = np.zeros(3)
    for _ in range(runs):
        groups = rng.integers(0, 8, 60)
        score = np.sqrt(rho) * rng.standard_normal(8)[groups] + np.sqrt(1 - rho) * rng.standard_normal(60)
        over = (score > scipy_stats.norm.ppf(0.7)).astype(float)
        share = cluster_proportion(over, groups, confidence=0.967)
        plain = clopper_pearson(int(over.sum()), 60, confidence=0.967)
        # A Pareto tail of exponent 1 has no mean; its 80th percentile is 1/.2 = 5.
        ratio = 1 / scipy_stats.norm.sf(score)
        middle = quantile_interval(ratio, 0.8, cluster=groups, confidence=0.967)
        held += [share.low <= 0.3 <= share.high, middle.low <= 5 <= middle.high, plain.low <= 0.3 <= plain.high]
    return tuple(held / runs)


@pytest.mark.calibration
@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_coverage(rho):
    share, quantile, plain = coverage(rho, 1000)
    assert share >= 0.93 and quantile >= 0.93, (share, quantile)
    # What the grouped intervals are for: the plain one falls well short where clients go alike.
    assert (plain < 0.90) == (rho > 0), plain
