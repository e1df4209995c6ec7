"""Earlier engagements with and without a kickoff: counted by hand, by brute force, and never sold as an effect."""

import math

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.kickoff import e_value, setbacks

DAY = pd.Timestamp("2025-01-01")


def past(*rows):
    """Rows are (met, complexity, days to the setback or None, days watched)."""
    return pd.DataFrame(
        {
            "engagement": [f"x{n}" for n in range(len(rows))],
            "kickoff_on": [DAY if met else pd.NaT for met, *_ in rows],
            "complexity": [float(row[1]) for row in rows],
            "started": DAY,
            "first_setback": [pd.NaT if row[2] is None else DAY + pd.Timedelta(days=row[2]) for row in rows],
            "observed_until": [DAY + pd.Timedelta(days=row[3]) for row in rows],
        }
    )


def test_an_engagement_watched_for_a_short_time_is_not_one_without_a_setback():
    # At 100 days two are at risk (one left at 50), one has it: half, not a third.
    found = setbacks(past((True, 1, 100, 400), (True, 1, None, 400), (True, 1, None, 50), (False, 1, 10, 400)))
    rows = found.table.set_index(["stakes", "kickoff"])
    assert rows.loc[("all", "yes"), "hit"] == 0.5 and rows.loc[("all", "no"), "hit"] == 1.0
    assert rows.loc[("all", "yes"), ["engagements", "setbacks"]].tolist() == [3, 1] and found.ratio == 0.5


def test_without_anybody_leaving_it_is_a_count():
    rng = np.random.default_rng(1)
    rows = [(bool(rng.integers(2)), 1 + int(rng.integers(5)), int(rng.integers(1, 500)), 900) for _ in range(60)]
    found = setbacks(past(*rows)).table.set_index(["stakes", "kickoff"])
    for stakes, kept in (("all", lambda c: True), ("easier", lambda c: c < 4), ("harder", lambda c: c >= 4)):
        for met in (True, False):
            own = [row for row in rows if row[0] is met and kept(row[1])]
            hit = sum(row[2] <= 180 for row in own) / len(own)
            assert found.loc[(stakes, "yes" if met else "no"), "hit"] == pytest.approx(hit)


def test_a_kickoff_after_the_start_is_none_and_blanks_are_unknown():
    rows = past((True, 1, 10, 400), (True, 1, None, 400))
    late = rows.assign(kickoff_on=DAY + pd.Timedelta(days=9))
    assert setbacks(late).table.loc[0, "engagements"] == 0
    unrated = setbacks(rows.assign(complexity=[5.0, float("nan")])).table.set_index(["stakes", "kickoff"])
    assert unrated.loc[("all", "yes"), "engagements"] == 2 and unrated.loc[("easier", "yes"), "engagements"] == 0
    assert math.isnan(setbacks(rows).ratio)
    assert "table past_engagements" in setbacks(pd.DataFrame()).missing
    with pytest.raises(OutsourcingKitError, match="days=180"):
        setbacks(rows, days=0)


def test_harder_ones_hold_kickoffs_more_often_and_that_is_taken_out():
    hit, none = 10, None
    easier = [(True, 1, hit, 400), (True, 1, none, 400), *((False, 2, days, 400) for days in (hit, hit, none, none))]
    harder = [*((True, 5, hit, 400) for _ in range(4)), *((False, 4, hit, 400) for _ in range(2))]
    found = setbacks(past(*easier, *harder))
    # 5 of 6 against 4 of 6; within easier ones half and half, within harder ones all and all.
    assert found.ratio == pytest.approx(1.25) and found.ratio_alike == pytest.approx(1.0)
    assert "1.25 times as common as without; with as many easier ones in both groups 1.00 times" in repr(found)
    # Without any easier one that held none, nobody can tell.
    assert math.isnan(setbacks(past(*easier[:2], *harder)).ratio_alike)
    # Ratings that nobody gave stand in no comparison of like ones.
    unrated = past(*easier, *harder).assign(complexity=float("nan"))
    assert setbacks(unrated).ratio == pytest.approx(1.25) and math.isnan(setbacks(unrated).ratio_alike)
    assert not {"easier", "harder", "nan"} & set(repr(setbacks(unrated)).split())


def test_each_share_has_its_range():
    rows = [*((True, 1, 10, 400) for _ in range(3)), *((True, 1, None, 400) for _ in range(3)), (False, 1, None, 200)]
    table = setbacks(past(*rows)).table
    # log-log by hand: S = 1/2 of six, √(3 / (6 · 3)) / ln 2 = .588; .5^exp(±1.645 · .588).
    reach = math.exp(1.6448536 * math.sqrt(1 / 6) / math.log(2))
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([1 - 0.5 ** (1 / reach), 1 - 0.5**reach])
    # One without any: between none and 1 − .05; watched too briefly, it says nothing.
    assert table.loc[1, ["hit", "low", "high"]].tolist() == pytest.approx([0.0, 0.0, 0.95])
    assert setbacks(past(*rows[:3], (False, 1, None, 90))).table.loc[1, "high"] == 1.0


@pytest.mark.parametrize("harm", [-0.6, 0.0])
def test_what_was_planted_is_found_in_many_engagements(harm):
    # Complexity alone brings both kickoffs and setbacks; a kickoff multiplies the hazard by exp(harm).
    rng = np.random.default_rng(5)
    hard = rng.random(40_000) < 0.5
    met = rng.random(40_000) < np.where(hard, 0.8, 0.3)
    days = np.ceil(rng.exponential(1, 40_000) * 400 / np.exp(1.2 * hard + harm * met))
    rows = past(*((held, 5 if high else 1, day, 9000) for held, high, day in zip(met, hard, days, strict=True)))
    found = setbacks(rows)
    by_hand = [
        np.mean([1 - math.exp(-180 / 400 * math.exp(1.2 * high + harm * held)) for high in (0, 1)]) for held in (1, 0)
    ]
    assert found.ratio_alike == pytest.approx(by_hand[0] / by_hand[1], abs=0.02)
    assert found.ratio > found.ratio_alike + 0.1


def test_the_sample_says_that_it_is_no_effect():
    told = repr(setbacks(Engagement.load("cold-start").past_engagements))
    assert "is no accident" in told and "explains the last ratio away" in told
    assert not {"effect", "because", "prevents", "causes"} & set(told.lower().split())


@pytest.mark.parametrize(("ratio", "value"), [(3.9, 7.26), (1.0, 1.0), (0.5, 3.41), (2.0, 3.41)])
def test_the_e_value_as_published_and_the_same_for_the_inverse(ratio, value):
    assert e_value(ratio) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize("ratio", [1.05, 1.7, 3.9, 10.73])
def test_the_e_value_is_where_the_bounding_factor_reaches_the_ratio(ratio):
    # Both associations at the E-value: B = E·E / (E + E − 1); searched without its formula.
    tried = np.linspace(1, 60, 590_001)
    reached = tried[np.flatnonzero(tried * tried / (2 * tried - 1) >= ratio - 1e-9)[0]]
    assert e_value(ratio) == pytest.approx(reached, abs=2e-4)
    assert e_value(ratio) ** 2 / (2 * e_value(ratio) - 1) == pytest.approx(ratio)


@pytest.mark.parametrize("ratio", [0, -1.0, math.nan, math.inf])
def test_no_ratio_has_no_e_value(ratio):
    with pytest.raises(OutsourcingKitError, match="expected a number above 0"):
        e_value(ratio)
