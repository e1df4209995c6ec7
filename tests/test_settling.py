"""What would settle a headline: by hand, that it has the power it names, and that it can be had."""

import datetime as dt
import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.headlines import HEADLINES, headline
from outsourcing_kit.settling import (
    TALK,
    decision_day,
    found_from,
    is_small,
    records_needed,
    roster,
    staff,
    what_settles,
)
from outsourcing_kit.stats import clopper_pearson
from outsourcing_kit.verdicts import SURE, sureness

GAP, QUIZ = headline("recognition.gap_to_in_house"), headline("kickoff.quiz_right")


class Sample:
    """A normal-theory estimate by hand: 1.645 standard errors at one-sided 95%, .842 at 80%."""

    def __init__(self, estimate, standard_error, n):
        self.estimate, self.standard_error, self.n = estimate, standard_error, n

    def interval(self, confidence):
        half = NormalDist().inv_cdf((1 + confidence) / 2) * self.standard_error
        return self.estimate - half, self.estimate + half


def test_records_needed_by_hand():
    # Points are compared as they are: ((1.6449 + .8416) · .05 / .05)² = 6.18 times the records.
    assert records_needed(Sample(0.30, 0.05, 10), GAP, 0.25) == pytest.approx(2.4865**2, rel=1e-4)
    assert records_needed(Sample(0.15, 0.05, 10), GAP, 0.25) == pytest.approx(2.4865**2 / 4, rel=1e-4)
    # Shares in the log-odds: log(.9/.1) = 2.197, .9 − 1.6449·.06 = .8013 → 1.3946, .9 − .8416·.06 = .8495 → 1.7308,
    # limit .8 → 1.3863: ((.8026 + .4664) / .8109)² = 2.449.
    assert records_needed(Sample(0.9, 0.06, 10), QUIZ, 0.8) == pytest.approx(2.449, abs=0.002)
    # All right, but few: the plain error of none would promise that nothing more is needed.
    assert records_needed(clopper_pearson(8, 8, confidence=0.9), QUIZ, 0.8) > 1
    assert records_needed(Sample(0.25, 0.05, 10), GAP, 0.25) == math.inf
    assert records_needed(Sample(0.30, math.nan, 10), GAP, 0.25) == math.inf


def test_they_have_the_power_they_name():
    # The published figure: one-sided 5% and 80% power for a standardised difference of .5 take 25 (24.7) in one sample.
    needed = 10 * records_needed(Sample(0.5, 1 / math.sqrt(10), 10), GAP, 0.0)
    assert needed == pytest.approx(24.7, abs=0.05)
    means = np.random.default_rng(0).normal(0.5, 1 / math.sqrt(needed), size=20_000)
    assert np.mean(means - 1.6449 / math.sqrt(needed) > 0) == pytest.approx(0.8, abs=0.01)


def test_the_smallest_trouble_found_is_found_in_8_of_10_cases():
    # By hand: .25 + (1.6449 + .8416) · .05 = .374, whatever was measured.
    for estimate in (0.0, 0.2, 0.5):
        assert found_from(Sample(estimate, 0.05, 10), GAP, 0.25, SURE) == pytest.approx(0.3743, abs=1e-4)
    # At a third of the error 1 − .05/3 is wanted: 2.128.
    assert found_from(Sample(0.2, 0.05, 10), GAP, 0.25, 1 - 0.05 / 3) == pytest.approx(0.25 + 2.9696 * 0.05, abs=1e-4)
    assert math.isnan(found_from(Sample(0.2, 0.5, 10), GAP, 0.25, SURE))
    # Nothing was seen that limits anything.
    assert math.isnan(found_from(clopper_pearson(0, 0), QUIZ, 0.7, SURE))
    # Of 40 answers of which about as many are right as the limit asks: counts are whole, hence the tolerance.
    truth = found_from(clopper_pearson(28, 40), QUIZ, 0.7, SURE)
    found = [sureness(clopper_pearson(hits, 40), 0.7, "higher")[1] >= SURE for hits in range(41)]
    weights = np.array([math.comb(40, hits) * truth**hits * (1 - truth) ** (40 - hits) for hits in range(41)])
    assert 0.7 <= float(weights @ found) <= 0.9


def test_what_settles_an_open_headline():
    assert (
        what_settles(Sample(0.15, 0.05, 10), GAP, 0.25, 12, "by 2027-01-31") == "more months of records, by 2027-01-31"
    )
    talk = "numbers will not settle this in a team of 12: talk, and decide at the next review"
    assert what_settles(Sample(0.30, 0.05, 10), GAP, 0.25, 12, "at the next review") == talk
    # Where nobody knows how large the team is, those on record stand for it.
    assert "in a team of 10:" in what_settles(Sample(0.30, 0.05, 10), GAP, 0.25, None, "by 2027-01-31")
    # What anybody may have done is not bounded by a team.
    past = headline("business_case.reference_overrun")
    assert what_settles(Sample(0.21, 0.1, 10), past, 0.2, None, "soon") == f"{past.more}, soon"


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 0.5), st.integers(1, 40), st.none() | st.integers(1, 60))
def test_nobody_is_asked_for_more_people_than_there_are(estimate, error, n, team):
    for item in HEADLINES:
        if item.basis == "sample":
            words = what_settles(Sample(estimate, error, n), item, item.limit, team, "in time")
            if words.startswith(TALK):
                assert f" in a team of {team or n}: " in words
            else:
                assert words == f"{item.more}, in time" and not any(letter.isdigit() for letter in words)


def test_the_roster_is_who_is_still_there(make_engagement):
    settings = make_engagement().settings  # to 2026-12-31
    people = pd.DataFrame({"person": ["c1", "c2", "p1", "p2", "p3"], "side": ["client"] * 2 + ["provider"] * 3})
    assert staff(Engagement(settings, {"people": people})) == {"client": 2, "provider": 3}
    left = pd.to_datetime(pd.Series([None, "2026-12-31", "2027-01-31", None, "2026-03-31"]))
    for typed in (left, left.astype(object).where(left.notna(), None), left.dt.strftime("%Y-%m-%d")):
        engagement = Engagement(settings, {"people": people.assign(left=typed)})
        assert staff(engagement) == {"client": 1, "provider": 2}
        assert staff(engagement, ever=True) == {"client": 2, "provider": 3}
    assert [roster(engagement, f"recognition.{key}") for key in ("gap_to_in_house", "feel_needed")] == [3, 2]
    assert roster(engagement, "business_case.reference_overrun") is None
    assert roster(make_engagement(), "recognition.feel_needed") is None


def test_a_small_team_is_whole_if_all_of_it_is_on_record(make_engagement):
    def of(clients, providers):
        names = [f"p{number}" for number in range(clients + providers)]
        people = pd.DataFrame({"person": names, "side": ["client"] * clients + ["provider"] * providers})
        return Engagement(make_engagement().settings, {"people": people})

    quiz, needed = "kickoff.quiz_right", "recognition.feel_needed"
    assert is_small(of(2, 1), quiz, 3, complete=False) and not is_small(of(2, 2), quiz, 3, complete=False)
    assert not is_small(of(3, 3), quiz, 6, complete=False)
    assert is_small(of(5, 5), quiz, 2, complete=True) and not is_small(of(5, 6), quiz, 11, complete=True)
    # Of a headline about one side the other side's size does not matter.
    assert is_small(of(20, 4), needed, 4, complete=True) and is_small(of(20, 2), needed, 2, complete=False)
    assert not is_small(make_engagement(), needed, 4, complete=True)
    assert not is_small(of(2, 2), "business_case.reference_overrun", 4, complete=True)


def test_the_day_to_decide_on_is_the_next_that_the_settings_name(make_engagement):
    days = (dt.date(2026, 6, 1), dt.date(2027, 3, 1), dt.date(2027, 1, 31))
    assert decision_day(make_engagement({"decide_on": days})) == "by 2027-01-31"
    assert decision_day(make_engagement({"decide_on": days[:1]})) == "by the next review"
