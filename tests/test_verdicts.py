"""How sure the records make us: against scipy's p-values, Holm against statsmodels, and the bars by hand."""

import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.multitest import multipletests

from outsourcing_kit.stats import Estimate, clopper_pearson, cluster_mean, mean_difference, minimum_of
from outsourcing_kit.verdicts import (
    ANSWERS,
    GATE,
    LEANING,
    SURE,
    joined,
    lean_of,
    of_ends,
    stepped_down,
    sureness,
    verdict_of,
)

LIMITS = st.floats(0.02, 0.98)


def at_most(p: float) -> float:
    """How sure a p-value makes us: 1 − p, and not at all where not even the estimate is on that side."""
    return 1 - p if p < 0.5 else 0.0


@settings(deadline=None)
@given(st.integers(1, 60), st.data(), LIMITS)
def test_of_counts_it_is_one_minus_scipys_binomial_p(trials, data, limit):
    hits = data.draw(st.integers(0, trials))
    more, less = (scipy_stats.binomtest(hits, trials, limit, alternative=way).pvalue for way in ("greater", "less"))
    estimate = clopper_pearson(hits, trials)
    # A p-value next to one half is on either side of it by rounding alone.
    for better, (kept, missed) in (("higher", (more, less)), ("lower", (less, more))):
        for found, p in zip(sureness(estimate, limit, better), (kept, missed), strict=True):
            if abs(p - 0.5) > 1e-5:
                assert found == pytest.approx(at_most(p), abs=1e-9)


def test_an_end_that_hardly_moves_is_followed_until_its_confidence_is_known():
    # One of 36 counts of which none was a hit: an error of 1e-10 in the end was one of 1.2e-9 in how sure that is.
    found = sureness(clopper_pearson(0, 36), 0.02, "lower")[0]
    assert found == pytest.approx(1 - 0.98**36, abs=1e-11)


@settings(deadline=None)
@given(st.lists(st.integers(-500, 500), min_size=3, max_size=20, unique=True), st.integers(-600, 600))
def test_of_means_it_is_one_minus_the_t_tests_p(values, limit):
    estimate = cluster_mean(values, range(len(values)))
    more, less = (scipy_stats.ttest_1samp(values, limit, alternative=way).pvalue for way in ("greater", "less"))
    for found, p in zip(sureness(estimate, limit, "higher"), (more, less), strict=True):
        # Beyond 8 standard normal deviations it counts as sure.
        if abs(p - 0.5) > 1e-5:
            assert found == pytest.approx(at_most(p), abs=1e-9)


def test_of_the_lower_of_two_fine_is_the_less_sure_and_a_problem_doubles_the_smaller_p():
    a, b = clopper_pearson(12, 20), clopper_pearson(19, 20)
    one = minimum_of(a, b)
    assert sureness(one, 0.4, "higher")[0] == pytest.approx(min(sureness(e, 0.4, "higher")[0] for e in (a, b)))
    p = scipy_stats.binomtest(12, 20, 0.9, alternative="less").pvalue
    assert sureness(one, 0.9, "higher")[1] == pytest.approx(1 - 2 * p, abs=1e-9)


def test_a_value_on_the_limit_keeps_it_and_what_is_not_known_makes_nobody_sure():
    certain = Estimate.of(0.8, lambda confidence: (0.8, 0.8), confidence=0.9, n=1, method="by hand")
    assert sureness(certain, 0.8, "higher") == sureness(certain, 0.8, "lower") == (1.0, 0.0)
    assert sureness(certain, 0.81, "higher") == (0.0, 1.0)
    few = mean_difference([1, 2], [3, 4])
    assert math.isnan(few.low) and sureness(few, 0.0, "lower") == (0.0, 0.0)
    anything = Estimate.of(0.8, lambda confidence: (-math.inf, math.inf), confidence=0.9, n=1, method="by hand")
    assert sureness(anything, 0.5, "higher") == (0.0, 0.0)


@settings(deadline=None)
@given(st.integers(1, 40), st.data(), LIMITS, st.sampled_from(["higher", "lower"]))
def test_a_verdict_is_whether_the_end_at_that_confidence_clears_the_limit(trials, data, limit, better):
    estimate = clopper_pearson(data.draw(st.integers(0, trials)), trials)
    sure = sureness(estimate, limit, better)
    assert min(sure) == 0
    for bar in (LEANING, SURE, GATE):
        if min(abs(value - bar) for value in sure) > 1e-6:
            assert verdict_of(*sure, bar) == of_ends(*estimate.interval(2 * bar - 1), limit, better)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holms_procedure_is_that_of_statsmodels(doubts):
    adjusted = stepped_down(dict(enumerate(doubts)))
    found = [adjusted[place] for place in range(len(doubts))]
    # It collects garbage with every call: after thousands of other tests, half a minute for a hundred of them.
    with patch("gc.collect"):
        peer = multipletests(doubts, method="holm")[1]
    assert found == pytest.approx(peer, abs=1e-12)


def test_it_raises_a_false_alarm_in_one_of_twenty_cases_at_most():
    # Three headlines at their limits: p-values uniform, independent or all one. Monte Carlo standard error .2 points.
    rng = np.random.default_rng(0)
    for drawn in (rng.random((10_000, 3)), np.repeat(rng.random((10_000, 1)), 3, axis=1)):
        alarms = [min(stepped_down(dict(enumerate(row))).values()) <= 1 - SURE for row in drawn.tolist()]
        assert np.mean(alarms) <= 0.055


@pytest.mark.parametrize(
    ("low", "high", "better", "verdict"),
    [
        (0.21, 0.3, "lower", "problem"),
        (0.2, 0.3, "lower", "cannot tell"),
        (0.1, 0.2, "lower", "fine"),
        (0.1, 0.19, "higher", "problem"),
        (0.2, 0.3, "higher", "fine"),
        (0.1, 0.2, "higher", "cannot tell"),
        (math.nan, math.nan, "higher", "cannot tell"),
        (-math.inf, math.inf, "lower", "cannot tell"),
    ],
)
def test_the_whole_interval_decides(low, high, better, verdict):
    assert of_ends(low, high, 0.2, better) == verdict


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([("fine", True), ("fine", True), ("cannot tell", False)], "fine"),
        ([("fine", True), ("fine", False), ("not assessed", True)], "cannot tell"),
        ([("not assessed", True), ("not assessed", False)], "not assessed"),
        ([("cannot tell", False), ("not assessed", True)], "cannot tell"),
        ([("fine", True), ("problem", False)], "problem"),
        ([("cannot tell", True), ("not assessed", True), ("problem", True)], "problem"),
    ],
)
def test_one_verdict_of_several(verdicts, expected):
    assert joined(verdicts) == expected


@settings(deadline=None)
@given(st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_surer_is_never_less_of_an_answer(sure):
    def order(fine: float, problem: float) -> int:
        verdict = verdict_of(fine, problem)
        return ANSWERS.index(lean_of(fine, problem) or verdict if verdict == "cannot tell" else verdict)

    low, high = sorted(sure)
    assert order(low, 0) <= order(high, 0) and order(0, high) <= order(0, low)
    bars = [(0.79, "cannot tell"), (0.8, "leans"), (0.94, "leans"), (0.95, ""), (1.0, "")]
    for value, words in bars:
        for place, side in enumerate(("fine", "problem")):
            pair = (value, 0.0) if place == 0 else (0.0, value)
            assert ANSWERS[order(*pair)] == (words if words == "cannot tell" else f"{words} {side}".strip())
