"""Means over people and pairs: by hand, t test, binomial test, regression and optimizer as oracles, by simulation."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy import stats as scipy_stats

from outsourcing_kit.stats import clopper_pearson, cluster_mean, pair_mean, person_share
from outsourcing_kit.stats._steady import steadied
from outsourcing_kit.stats.means import is_whole, left_behind
from tests.made import assert_refused, covered


def t_interval(values, confidence=0.95):
    return tuple(scipy_stats.ttest_1samp(values, 0).confidence_interval(confidence))


def test_one_row_a_person_is_the_one_sample_t_interval():
    # Student's own sleep data (1908), drug 2: mean 2.33, t(9) = 3.68.
    hours = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    one = cluster_mean(hours, range(10))
    assert (one.low, one.high) == pytest.approx(t_interval(hours), rel=1e-12)
    assert one.estimate == pytest.approx(2.33) and one.estimate / one.standard_error == pytest.approx(3.68, abs=0.005)


def test_rows_of_a_person_count_once_however_many():
    values, person = [1, 0, 0, 0, 0, 0, 1, 0.5], ["a", "b", "b", "b", "b", "b", "c", "c"]
    one = cluster_mean(values, person, confidence=0.9)
    assert (one.low, one.high) == pytest.approx(t_interval([1, 0, 0.75], 0.9)) and one.n == 3


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=2, max_size=30), st.randoms())
def test_neither_order_nor_names_matter(rows, random):
    person, values = zip(*rows, strict=True)
    shuffled = list(rows)
    random.shuffle(shuffled)
    first = cluster_mean(values, person, bounds=(0, 1))
    second = cluster_mean([value for _, value in shuffled], [f"p{9 - who}" for who, _ in shuffled], bounds=(0, 1))
    assert first.n == second.n
    assert (first.low, first.high) == pytest.approx((second.low, second.high), abs=1e-9, nan_ok=True)


def test_missing_values_are_dropped_and_with_them_people_without_any():
    clean = cluster_mean([1, 0, 1, 1], ["a", "a", "b", "c"])
    dirty = cluster_mean(pd.array([1, 0, None, 1, 1, None], dtype="Float64"), ["a", "a", "a", "b", "c", "d"])
    assert dirty == clean and clean.n == 3


def test_all_alike_is_not_certainty():
    alike = (
        cluster_mean(np.ones(60), np.repeat(range(6), 10), bounds=(0, 1)),
        pair_mean(*grid(np.ones((6, 10))), bounds=(0, 1)),
    )
    for one in alike:
        # Never surer than of as many independent rows, never as unsure as where one person had one miss less to show.
        assert 0.5 < one.low < clopper_pearson(60, 60).low and one.high == 1 and one.standard_error > 0
    percent = cluster_mean(np.full(60, 100.0), np.repeat(range(6), 10), bounds=(0, 100))
    assert percent.low == pytest.approx(100 * alike[0].low)
    for free in (cluster_mean(np.ones(6), range(6)), pair_mean(*grid(np.ones((6, 10))))):
        assert (free.low, free.high) == (-math.inf, math.inf)
    # Sums of .1 differ in the last digit; that is not spread.
    dust = cluster_mean([0.1, 0.1, 0.1, 0.3 - 0.2, 0.1], ["a", "b", "b", "b", "c"])
    assert "no spread" in dust.method


def test_the_log_odds_interval_by_hand_and_in_percent():
    # All five people at .5 of 20 rows, no spread at all with 4 df; expected with an intraclass correlation of .25 and
    # 6 df: p(1 − p)(.75/20 + .25/5). The mean of both variances, with 10 df.
    values, who = np.array([1, 1, 0, 0] * 5), np.repeat(range(5), 4)
    one = cluster_mean(values, who, bounds=(0, 1))
    error = math.sqrt((6 * 0.25 * (0.75 / 20 + 0.25 / 5) + 4 * 0) / 10)
    ends = np.array([-1, 1]) * scipy_stats.t.ppf(0.975, 10) * error / 0.25
    assert (one.low, one.high) == pytest.approx(tuple(1 / (1 + np.exp(-ends))), abs=1e-4)
    percent = cluster_mean(100 * values, who, bounds=(0, 100))
    assert (percent.low, percent.high) == pytest.approx((100 * one.low, 100 * one.high))


@pytest.mark.parametrize("means", [(0.25, 0.5, 0.75), (0.9, 1.0, 1.0), (0.0, 0.1, 0.9), (0.5, 0.5, 0.6)])
def test_an_end_is_the_best_that_any_worse_records_would_give(means):
    """By brute force: every three people of whom none is better (or worse) on a grid of hundredths."""
    rows, reach = 20, scipy_stats.t.ppf(0.95, 2 + 6)
    one = cluster_mean(np.repeat(means, rows), np.repeat(range(3), rows), confidence=0.9, bounds=(0, 1))
    for end, better in zip(one.interval(0.9), (False, True), strict=True):
        levels = [np.linspace(mean, 1.0, 101) if better else np.linspace(0.0, mean, 101) for mean in means]
        people = np.stack(np.meshgrid(*levels), axis=-1).reshape(-1, 3)
        p = people.mean(axis=1)
        people, p = people[(p > 0) & (p < 1)], p[(p > 0) & (p < 1)]
        v = (2 * people.var(axis=1, ddof=1) / 3 + 6 * p * (1 - p) * (0.75 / (3 * rows) + 0.25 / 3)) / 8
        v = np.maximum(v, p * (1 - p) / (3 * rows))
        ends = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + (1 if better else -1) * reach * np.sqrt(v) / (p * (1 - p)))))
        found = ends.min() if better else ends.max()
        assert end == pytest.approx(found, abs=0.01)
        # What is tried is finer than the grid of this test, and never beyond what any records give.
        assert end <= found + 2e-4 if better else end >= found - 2e-4


def test_one_person_tells_nothing_about_others():
    row = grid(np.array([[1.0, 0.0, 1.0]]))
    assert cluster_mean([1, 0], ["a", "a"], bounds=(0, 1)).interval(0.9) == (0, 1)
    assert pair_mean(*row, bounds=(0, 1)).interval(0.9) == (0, 1)
    alone = cluster_mean([1, 0], ["a", "a"])
    assert alone.estimate == 0.5 and math.isnan(alone.low) and alone.n == 1 and math.isnan(pair_mean(*row).low)
    nobody = cluster_mean([], [])
    assert math.isnan(nobody.estimate) and nobody.n == 0 and math.isnan(pair_mean([math.nan], ["a"], ["b"]).estimate)


def shares(rng, people, mean, rho=0.3, rows=40):
    """Rows of people whose chances follow a beta distribution."""
    odds = 1 / rho - 1
    chance = rng.beta(mean * odds, (1 - mean) * odds, size=people)
    return (rng.random((people, rows)) < chance[:, None]).astype(float).ravel(), np.repeat(np.arange(people), rows)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "mean"), [(6, 0.5), (6, 0.8), (12, 0.8), (20, 0.8)])
def test_coverage_where_rows_cluster_in_people(people, mean):
    # Monte Carlo error of 600 runs: standard error .9 points.
    rng = np.random.default_rng(people)
    drawn = [shares(rng, people, mean) for _ in range(600)]
    found = [cluster_mean(*one, bounds=(0, 1)) for one in drawn]
    # "Problem" goes by the high end, at one-sided 95%.
    assert np.mean([one.interval(0.9)[1] < mean for one in found]) <= 0.068
    held = covered([one.interval(0.95) for one in found], mean)
    assert 0.92 <= held <= 0.985
    if people == 6:
        # The plain interval of person means falls short near a bound, and rows taken as independent far below that.
        plain = covered([t_interval(values.reshape(6, -1).mean(axis=1)) for values, _ in drawn[:300]], mean)
        rows = covered([t_interval(values) for values, _ in drawn[:300]], mean)
        assert (plain < 0.92) == (mean > 0.5) and rows < 0.7
    assert np.mean([one.interval(0.9)[0] > mean for one in found]) <= 0.068


def grid(values):
    first, second = np.indices(values.shape)
    return values.ravel(), first.ravel(), second.ravel()


def test_complete_pairs_are_row_and_column_variances():
    values = np.random.default_rng(0).normal(size=(6, 9))
    one = pair_mean(*grid(values))
    s1, s2 = values.mean(axis=1).var(ddof=1) / 6, values.mean(axis=0).var(ddof=1) / 9
    assert one.standard_error == pytest.approx(math.sqrt(s1 + s2)) and one.n == 15
    df = (s1 + s2) ** 2 / (s1**2 / 5 + s2**2 / 8)
    reach = scipy_stats.t.ppf(0.975, df) * one.standard_error
    assert (one.low, one.high) == pytest.approx((values.mean() - reach, values.mean() + reach))


def test_missing_pairs_against_cluster_robust_regression():
    rng = np.random.default_rng(1)
    values, *sides = grid(rng.normal(size=(7, 8)) + rng.normal(size=(7, 1)))
    kept = rng.random(values.size) < 0.6
    values, sides = values[kept], [side[kept] for side in sides]
    fit = sm.OLS(values, np.ones(len(values)))
    parts = [fit.fit(cov_type="cluster", cov_kwds={"groups": side}).cov_params()[0, 0] for side in sides]
    one = pair_mean(values, *sides)
    assert one.estimate == pytest.approx(values.mean()) and one.standard_error**2 == pytest.approx(sum(parts))


def test_rows_of_a_pair_are_averaged_first_and_order_and_sides_do_not_matter():
    values = np.array([[1.0, 0.5], [0.25, 0.0], [1.0, 1.0]])
    plain = pair_mean(*grid(values), bounds=(0, 1))
    many = [(value, i, j) for (i, j), mean in np.ndenumerate(values) for value in (mean, mean, math.nan)]
    value, first, second = np.random.default_rng(3).permutation(np.array([*many, (0.0, 0, 1), (1.0, 0, 1)])).T
    again = pair_mean(value, [f"c{i}" for i in first], second, bounds=(0, 1))
    for other in (again, pair_mean(value, second, first, bounds=(0, 1))):
        assert (other.estimate, other.low, other.high) == pytest.approx((plain.estimate, plain.low, plain.high))


def agreement(rng, n1, n2, expectations=10):
    """Share of expectations on which two people are within one point of five; each person has a style of rating."""

    def side(people, centre):
        styles = rng.normal(centre, 0.6, size=(people, 1))
        return np.clip(np.round(styles + rng.normal(0, 0.3, size=(people, expectations))), 1, 5)

    return (np.abs(side(n1, 3.8)[:, None] - side(n2, 3.4)[None]) <= 1).mean(axis=2)


@pytest.mark.slow
@pytest.mark.parametrize("sides", [(6, 6), (6, 20), (12, 12)])
def test_coverage_of_agreement_between_few_people(sides):
    rng = np.random.default_rng(sum(sides))
    truth = np.mean([agreement(rng, 200, 200).mean() for _ in range(15)])
    found = [pair_mean(*grid(agreement(rng, *sides)), bounds=(0, 1)) for _ in range(500)]
    assert covered([one.interval(0.95) for one in found], truth) >= 0.91
    ends = [one.estimate + np.array([-2.1, 2.1]) * one.standard_error for one in found]
    assert covered([(max(0, low), min(1, high)) for low, high in ends], truth) < 0.93


def test_coverage_of_normal_person_effects_and_of_pairs_taken_as_independent():
    rng = np.random.default_rng(5)
    for n1, n2 in ((6, 6), (6, 20)):
        drawn = [rng.normal(size=(n1, 1)) + rng.normal(size=(1, n2)) + rng.normal(size=(n1, n2)) for _ in range(500)]
        assert 0.92 <= covered([pair_mean(*grid(values)).interval(0.95) for values in drawn], 0) <= 0.99
        assert covered([t_interval(values.ravel()) for values in drawn[:200]], 0) < 0.7


def test_wrong_use_is_refused_with_what_was_found():
    assert_refused(
        (lambda: cluster_mean([1, 2], ["a"]), "2 rows and cluster has 1"),
        (lambda: cluster_mean([1, 2], ["a", None]), "cluster is missing in 1 of 2"),
        (lambda: cluster_mean([50, 1], ["a", "b"], bounds=(0, 1)), "1 values lie outside"),
        (lambda: cluster_mean([0, 1], ["a", "b"], bounds=(1, 0)), "smaller first"),
        (lambda: cluster_mean([0, math.inf], ["a", "b"]), "infinite"),
        (lambda: cluster_mean(["yes", "no"], ["a", "b"]), "not a number"),
        (lambda: cluster_mean([[0, 1]], ["a"]), "2 dimensions"),
        (lambda: pair_mean([1, 2], ["a", "b"], ["x"]), "second has 1"),
        (lambda: pair_mean([1, 2], ["a", "b"], ["x", None]), "second is missing in 1 of 2"),
    )


def test_a_share_of_these_people_is_scipys_exact_one_where_counts_are_whole():
    # K people of m rows each are worth K·m rows.
    for people, rows, hits in ((3, 4, 7), (6, 5, 30), (4, 10, 0), (8, 3, 23)):
        values = np.array([1.0] * hits + [0.0] * (people * rows - hits))
        for confidence in (0.6, 0.9, 0.98):
            one = person_share(values, np.repeat(range(people), rows), confidence=confidence)
            exact = scipy_stats.binomtest(hits, people * rows).proportion_ci(confidence)
            assert one.low == pytest.approx(exact.low, abs=1e-9) and one.n == people
            such = cluster_mean(values, np.repeat(range(people), rows), confidence=confidence, bounds=(0, 1))
            assert one.high == such.high
            # Of a whole small team the high end is exact too, at a fifth of the error.
            who = np.repeat(range(people), rows)
            whole = person_share(values, who, team=people, complete=True, confidence=confidence)
            strict = scipy_stats.binomtest(hits, people * rows).proportion_ci(1 - (1 - confidence) / 5)
            expected = strict.high if people <= 5 else such.high
            assert whole.high == pytest.approx(expected, abs=1e-9) and whole.low == one.low


def test_what_a_share_of_these_people_is_worth_by_hand():
    # 1 and 4 rows: K²/Σ(1/m) = 4/1.25 = 3.2 rows. All right: low = .05^(1/n°).
    def low(values=(1, 1, 1, 1, 1), **more):
        return person_share(values, ["a", "b", "b", "b", "b"], confidence=0.9, **more).low

    assert low() == low(team=2) == low(team=40, complete=True) == pytest.approx(0.05 ** (1 / 3.2))
    # Half of the team: 1/n° = .3 · (1 − .5)/2 + .5/3.2.
    assert low(team=4) == pytest.approx(0.05 ** (0.075 + 0.5 / 3.2))
    assert low(team=1) == low()
    whole = [(2, 2, False), (1, 1, False), (5, 5, True), (4, 5, True)]
    for case in [*whole, (6, 6, True), (3, 3, False), (1, 2, False), (4, None, True), (0, 0, True)]:
        assert is_whole(*case) == (case in whole)
    nobody = person_share([], [])
    assert nobody.n == 0 and math.isnan(nobody.estimate) and (nobody.low, nobody.high) == (0, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000).map(lambda n: n / 1000), st.integers(1, 4)), min_size=1, max_size=4))
def test_unequal_people_never_spread_more_than_a_binomial(people):
    """Hoeffding's bound, by going through all counts: Σ p_i(1 − p_i) ≤ n p(1 − p), and the tails beyond the mean."""
    chances = np.repeat([chance for chance, _ in people], [rows for _, rows in people])
    exact = np.ones(1)
    for chance in chances:
        exact = np.convolve(exact, [1 - chance, chance])
    n, mean, counts = len(chances), chances.mean(), np.arange(len(chances) + 1)
    spread = exact @ (counts - n * mean) ** 2
    assert spread <= n * mean * (1 - mean) + 1e-9
    binomial = scipy_stats.binom.pmf(counts, n, mean)
    for count in counts:
        # Theorem 4: from the mean and one more on, as many or more are no likelier.
        if count >= n * mean + 1:
            assert exact[count:].sum() <= binomial[count:].sum() + 1e-9
    if len({float(chance) for chance in chances}) == 1:
        assert exact == pytest.approx(binomial, abs=1e-12)


@pytest.mark.parametrize("truth", [0.7, 0.9])
def test_fine_is_said_of_a_team_beyond_its_limit_in_one_of_twenty_cases(truth):
    # Whatever makes the mean: all alike, spread, or one who is never served. Monte Carlo standard error .5 points.
    rng, served = np.random.default_rng(0), truth * 8 / 7
    teams = [np.full(8, truth), rng.permutation(np.clip(rng.normal(truth, 0.1, 8), 0, 1))]
    teams += [np.r_[np.full(7, served), 0.0]] if served <= 1 else []
    for chances in teams:
        hits = rng.binomial(10, chances, size=(2000, 8)).sum(axis=1)
        lows = np.array([person_share(np.r_[np.ones(k), np.zeros(80 - k)], np.arange(80) % 8, confidence=0.9).low
                         for k in range(81)])  # fmt: skip
        assert np.mean(lows[hits] > chances.mean()) <= 0.06


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=2, max_size=5), st.floats(0.02, 0.98))
def test_records_made_better_lie_no_further_apart_than_an_optimizer_finds(clusters, way):
    sizes, shares_ = (np.array(part, dtype=float) for part in zip(*clusters, strict=True))
    totals, n, k = np.round(sizes * shares_), sizes.sum(), len(sizes)
    if totals.sum() == n:
        return
    found = steadied(totals, sizes, 1e12, better=True)
    place = int(way * (len(found.p) - 1))
    p, v = found.p[place], found.v[place]
    # Least squares of what is added, none of it negative; a heavy row asks for the right sum.
    heavy = 1e4
    added, _ = optimize.nnls(np.r_[np.eye(k), heavy * np.ones((1, k))],
                             np.r_[sizes * p - totals, heavy * (n * p - totals.sum())])  # fmt: skip
    assert v == pytest.approx(k / (k - 1) * ((totals + added - sizes * p) ** 2).sum() / n**2, abs=1e-5)
    # The records themselves come first; made worse is the mirror image, and chance in the rows is the least.
    assert found.p[0] == pytest.approx(totals.sum() / n)
    mirrored, floored = steadied(sizes - totals, sizes, 1e12, better=False), steadied(totals, sizes, n, better=True)
    assert mirrored.p == pytest.approx(1 - found.p) and mirrored.v == pytest.approx(found.v)
    assert (floored.v >= floored.p * (1 - floored.p) / n - 1e-15).all()


def test_pairs_of_fewer_than_three_people_on_a_side_tell_of_no_others():
    values = np.array([[1.0, 0.9], [0.8, 1.0], [1.0, 0.7], [0.9, 0.9]])
    assert pair_mean(*grid(values), bounds=(0, 1)).interval(0.9) == (0, 1)
    three = pair_mean(*grid(np.c_[values, [0.8, 0.9, 1.0, 0.9]]), bounds=(0, 1)).interval(0.9)
    assert 0 < three[0] < three[1] < 1
    assert math.isfinite(pair_mean(*grid(values)).low)


def test_how_many_people_a_mean_leaves_behind():
    who = np.repeat(list("abcdef"), 3)
    assert left_behind([1, 0, 0] * 4 + [0] * 6, who) == (2, 6)
    assert left_behind([1, 0, 0] * 6, who) == (0, 6)
    # Whoever has no row is not counted, and of fewer than five nothing is said.
    assert left_behind([1, 0, 0] * 4 + [0] * 3 + [math.nan] * 3, who) == (1, 5)
    assert left_behind([1, 0, 0] * 3 + [0] * 3 + [math.nan] * 6, who) is None and left_behind([], []) is None
