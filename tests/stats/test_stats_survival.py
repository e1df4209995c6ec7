"""Kaplan–Meier: a published curve, statsmodels as oracle (late entry too), brute force, and its bias without entry."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from outsourcing_kit.stats import kaplan_meier
from tests.made import assert_refused, covered

# Freireich et al. 1963, weeks in remission under 6-MP; 0 = still in remission.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
SEEN = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_the_published_remission_curve():
    curve = kaplan_meier(WEEKS, SEEN)
    assert curve.table.columns.tolist() == ["time", "at_risk", "events", "survival", "low", "high"]
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6] and curve.events.tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert np.round(curve.survival, 4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.quantile(0.5) == 23 and curve.quantile(0.25) == 13 and curve.quantile(0.9) == math.inf
    assert "median 23" in repr(curve) and "<table" in curve._repr_html_()


@pytest.mark.parametrize("late", [False, True])
def test_statsmodels_agrees(late):
    rng = np.random.default_rng(0)
    entry = np.round(rng.uniform(0, 3, 150), 1)
    durations = entry + np.round(rng.exponential(3, 150), 1) + 0.1
    seen = (rng.random(150) < 0.7).astype(int)
    oracle = SurvfuncRight(durations, seen, entry=entry if late else None)
    curve = kaplan_meier(durations, seen, entry if late else None)
    here = np.isin(oracle.surv_times, curve.time)
    np.testing.assert_allclose(curve.time, oracle.surv_times[here])
    np.testing.assert_array_equal(curve.at_risk, np.asarray(oracle.n_risk)[here])
    np.testing.assert_allclose(curve.survival, oracle.surv_prob[here])
    # Greenwood by statsmodels, carried to the log-log scale here.
    inner = curve.survival > 0
    error = oracle.surv_prob_se[here][inner] / curve.survival[inner] / np.abs(np.log(curve.survival[inner]))
    np.testing.assert_allclose(curve.low[inner], curve.survival[inner] ** np.exp(1.959964 * error), rtol=1e-6)
    np.testing.assert_allclose(curve.high[inner], curve.survival[inner] ** np.exp(-1.959964 * error), rtol=1e-6)


SUBJECT = st.tuples(st.integers(0, 5), st.integers(1, 6), st.booleans())


@given(st.lists(SUBJECT, min_size=1, max_size=25))
def test_brute_force_agrees(subjects):
    entry = np.array([begin for begin, _, _ in subjects])
    durations = np.array([begin + lasted for begin, lasted, _ in subjects])
    seen = np.array([event for _, _, event in subjects])
    curve = kaplan_meier(durations, seen, entry)
    times = sorted(set(durations[seen].tolist()))
    assert curve.time.tolist() == times
    survival = 1.0
    for row, time in enumerate(times):
        at_risk = sum(b < time <= d for b, d in zip(entry, durations, strict=True))
        events = sum(d == time and e for d, e in zip(durations, seen, strict=True))
        survival *= 1 - events / at_risk
        assert (curve.at_risk[row], curve.events[row]) == (at_risk, events)
        assert curve.survival[row] == pytest.approx(survival)
    assert np.all(curve.low <= curve.survival + 1e-12) and np.all(curve.survival <= curve.high + 1e-12)
    assert np.all((curve.low >= 0) & (curve.high <= 1))


def test_without_censoring_it_is_the_share_still_waiting():
    durations = np.random.default_rng(1).exponential(size=40)
    curve = kaplan_meier(durations, np.ones(40))
    np.testing.assert_allclose(curve.survival, 1 - np.arange(1, 41) / 40, atol=1e-12)
    assert curve.quantile(0.5) == np.sort(durations)[19]
    assert curve.low[-1] == 0 and curve.high[-1] == curve.high[-2]


def test_nobody_had_the_event_or_nobody_is_there():
    still = kaplan_meier([1, 2], [0, 0])
    assert still.table.empty and still.quantile(0.5) == math.inf
    assert kaplan_meier([], []).quantile(0.5) == math.inf
    everybody = kaplan_meier([2, 2], [1, 1])
    assert everybody.survival.tolist() == [0] and (everybody.low[0], everybody.high[0]) == (0, 1)


def test_late_entry_is_needed_where_only_those_who_stayed_are_on_record():
    rng = np.random.default_rng(2)
    tenure, joined_before = rng.exponential(10, 20_000), rng.uniform(0, 20, 20_000)
    stays, entry = tenure[tenure > joined_before], joined_before[tenure > joined_before]
    median = 10 * math.log(2)
    assert kaplan_meier(stays, np.ones(len(stays)), entry).quantile(0.5) == pytest.approx(median, rel=0.05)
    assert kaplan_meier(stays, np.ones(len(stays))).quantile(0.5) > 1.5 * median


def test_pointwise_coverage():
    rng = np.random.default_rng(3)
    intervals = []
    for _ in range(500):
        event, watched = rng.exponential(1, 30), rng.exponential(2, 30)
        curve = kaplan_meier(np.minimum(event, watched), event <= watched)
        row = np.searchsorted(curve.time, 0.7, side="right") - 1
        intervals.append((curve.low[row], curve.high[row]))
    assert 0.92 <= covered(intervals, math.exp(-0.7)) <= 0.98


def test_wrong_use_is_refused():
    assert_refused(
        (lambda: kaplan_meier([1, math.nan], [1, 0]), "1 durations are missing or negative"),
        (lambda: kaplan_meier([1, 2], [1, 2]), "other than 0 and 1"),
        (lambda: kaplan_meier([1, 2], [1, math.nan]), "other than 0 and 1"),
        (lambda: kaplan_meier([1, 2], [1, 1], [0, 2]), "not before the duration for 1"),
        (lambda: kaplan_meier([1, 2], [1]), "same number"),
        (lambda: kaplan_meier(WEEKS, SEEN).quantile(50), r"quantile\(0\.5\)"),
    )
