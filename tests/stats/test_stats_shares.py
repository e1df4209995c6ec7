"""Shares of rows, independent or in clusters: a published figure, by hand, scipy and a slow formula, by simulation."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from outsourcing_kit.stats import clopper_pearson, cluster_proportion, effective_n, quantile_interval
from outsourcing_kit.stats.quantiles import order_ranks, ranks_worth
from outsourcing_kit.verdicts import CONFIDENCE
from tests.made import assert_refused, covered


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


def slow_effective_n(values, clusters):
    """p(1 − p) over the between-cluster variance of a share, written out as it stands in textbooks."""
    n, share = len(values), sum(values) / len(values)
    names = sorted(set(clusters))
    total = 0.0
    for name in names:
        mine = [value for value, cluster in zip(values, clusters, strict=True) if cluster == name]
        total += (sum(mine) - len(mine) * share) ** 2
    return min(n, share * (1 - share) / (len(names) / (len(names) - 1) * total / n**2))


def test_clusters_by_hand():
    # p = 1/2; Ann 3 of 4, Bo 1 of 4: (3 − 2)² + (1 − 2)² = 2; v = 2/1 · 2/64 = 1/16; n* = 1/4 : 1/16 = 4
    share = cluster_proportion([1, 1, 1, 0, 0, 0, 0, 1], ["Ann"] * 4 + ["Bo"] * 4)
    assert (share.estimate, share.standard_error, share.n) == (0.5, 0.25, 8) and "worth 4" in share.method
    # t(7) = 2.3646, t(1) = 12.706 at 97.5%: 4 · (2.3646/12.706)² = .13853 trials of which half succeed
    half = 2 * (2.364624 / 12.706205) ** 2
    ends = scipy_stats.beta.ppf(0.025, half, half + 1), scipy_stats.beta.ppf(0.975, half + 1, half)
    assert share.interval(0.95) == pytest.approx(ends, rel=1e-5)


def test_against_the_slow_formula():
    rng = np.random.default_rng(3)
    for _ in range(50):
        n = int(rng.integers(6, 40))
        clusters = rng.integers(0, int(rng.integers(2, 6)), n)
        values = (rng.random(n) < rng.beta(1, 1, 6)[clusters]).astype(float)
        if 0 < values.mean() < 1 and len(set(clusters)) > 1:
            expected = slow_effective_n(values.tolist(), clusters.tolist())
            assert effective_n(values, clusters) == pytest.approx(expected, rel=1e-12)


def test_clusters_that_say_nothing_leave_the_exact_interval():
    values = [1, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    for clusters in (["x"] * 10, range(10)):
        assert cluster_proportion(values, clusters).interval(0.95) == pytest.approx(
            clopper_pearson(3, 10).interval(0.95)
        )


def test_few_clusters_say_little_even_where_all_rows_agree():
    # 12 of 12 from two clusters, 12 of 12 from twelve. t(11) and t(1) at (1 + .95)/2 are 2.201 and 12.706, so that the
    # first are worth 12·(2.201/12.706)² = .360 rows: a lower end of .025^(1/.360) = .00004, near none at all.
    two = cluster_proportion([1] * 12, ["x", "y"] * 6)
    assert two.interval(0.95) == pytest.approx((0.025 ** (1 / (12 * (2.20099 / 12.7062) ** 2)), 1.0), abs=1e-5)
    twelve = cluster_proportion([1] * 12, range(12))
    assert twelve.interval(0.95) == pytest.approx(clopper_pearson(12, 12).interval(0.95))
    # One more row that overran never makes the share look less: 11 of 12 reach no higher than 12 of 12.
    eleven = cluster_proportion([0] + [1] * 11, ["x", "y"] * 6)
    assert eleven.low <= two.low and eleven.high <= two.high
    six = [cluster_proportion([1] * seen + [0] * (84 - seen), np.arange(84) % 6).high for seen in range(4)]
    assert six == sorted(six) and six[0] < 0.12


def test_more_alike_clusters_never_narrow_it():
    alike = cluster_proportion([1, 1, 1, 0, 0, 0, 0, 0, 0], list("aaabbbccc"))
    mixed = cluster_proportion([1, 0, 0, 1, 0, 0, 1, 0, 0], list("aaabbbccc"))
    assert alike.low < mixed.low and alike.high > mixed.high
    # Clusters more like each other than chance would have it are worth no more than n.
    assert effective_n([1, 0, 0, 1, 0, 0, 1, 0, 0], list("aaabbbccc")) == 9


def test_no_rows_and_wrong_input():
    nothing = cluster_proportion([], [])
    assert math.isnan(nothing.estimate) and nothing.interval(0.95) == (0, 1)
    assert_refused(
        (lambda: cluster_proportion([1, 0], ["a"]), "same number"),
        (lambda: cluster_proportion([1, 2], ["a", "b"]), "outside bounds"),
        (lambda: cluster_proportion([1, 0], ["a", None]), "missing"),
        (lambda: quantile_interval([1.0, 2.0], 0.5, cluster=["a"]), "same number"),
    )


def test_ranks_keep_their_share_and_move_outwards():
    for n, worth in [(60, 60), (60, 20), (37, 11), (100, 3)]:
        low, high = order_ranks(worth, 0.5, 0.9)
        first, last = ranks_worth(n, worth, 0.5, 0.9)
        assert not low or (first - 0.5) / n <= (low - 0.5) / worth + 1e-12
        assert high > worth or (last - 0.5) / n >= (high - 0.5) / worth - 1e-12
        assert (first == 0) == (low == 0) and (last == n + 1) == (high == worth + 1)
    assert ranks_worth(10, 0, 0.5, 0.95) == (0, 11)
    assert (ranks_worth(60, 60, 0.5, 0.95), ranks_worth(60, 20, 0.5, 0.95)) == ((22, 39), (17, 44))


def test_a_quantile_of_clusters_that_agree_supports_no_end():
    # Two clients whose items are all alike are worth one item: no end at 95%.
    values = [1.0] * 10 + [2.0] * 10
    assert quantile_interval(values, 0.5, cluster=["a"] * 10 + ["b"] * 10).interval(0.95) == (-math.inf, math.inf)
    assert math.isfinite(quantile_interval(values, 0.5).low)


@pytest.mark.calibration
@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_coverage(rho):
    """90% intervals of a share and of a heavy-tailed 80th percentile hold the truth, the plain one does not.

    Of the share each end alone errs in one of twenty cases at most: Monte Carlo standard error .8 points.
    """
    rng = np.random.default_rng(11)
    share, middle, plain = [], [], []
    for _ in range(700):
        clusters = rng.integers(0, 8, 60)
        score = np.sqrt(rho) * rng.standard_normal(8)[clusters] + np.sqrt(1 - rho) * rng.standard_normal(60)
        over = (score > scipy_stats.norm.ppf(0.7)).astype(float)
        share.append(cluster_proportion(over, clusters).interval(CONFIDENCE))
        plain.append(clopper_pearson(int(over.sum()), 60).interval(CONFIDENCE))
        # A Pareto tail of exponent 1 has no mean; its 80th percentile is 1/.2 = 5.
        middle.append(quantile_interval(1 / scipy_stats.norm.sf(score), 0.8, cluster=clusters).interval(CONFIDENCE))
    assert covered(share, 0.3) >= 0.88 and covered(middle, 5) >= 0.88
    assert max(np.mean([low > 0.3 for low, _ in share]), np.mean([high < 0.3 for _, high in share])) <= 0.066
    assert (covered(plain, 0.3) < 0.85) == (rho > 0)
