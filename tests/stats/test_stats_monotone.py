"""A miss never improves an end: whichever answer is made worse, no interval moves for the better."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit.stats import (
    cluster_mean,
    cluster_proportion,
    minimum_of,
    over_readings,
    pair_mean,
    person_share,
)

# Ends are looked for on a grid of better records, at most 1e-4 apart.
GRID = 2e-4
CONFIDENCES = (0.6, 0.9, 0.98)


def assert_no_better(before, after):
    for confidence in CONFIDENCES:
        for first, second in zip(before.interval(confidence), after.interval(confidence), strict=True):
            assert second <= first + GRID, (confidence, before, after)


@st.composite
def records(draw, people=8, rows=6, halves=False):
    """Rows of people, and the same with one of them made worse."""
    counts = draw(st.lists(st.integers(1, rows), min_size=1, max_size=people))
    who = np.repeat(np.arange(len(counts)), counts)
    levels = [0.0, 0.25, 0.5, 1.0] if halves else [0.0, 1.0]
    # Mostly right: few misses are where an end once moved the wrong way.
    value = st.sampled_from([*levels, *[1.0] * draw(st.sampled_from([0, 6, 30]))])
    values = np.array(draw(st.lists(value, min_size=len(who), max_size=len(who))))
    worse = values.copy()
    place = draw(st.integers(0, len(who) - 1))
    worse[place] = draw(st.sampled_from([level for level in levels if level <= values[place]]))
    return values, worse, who


@settings(deadline=None)
@given(records(halves=True))
def test_of_a_mean_over_people(drawn):
    before, after, who = drawn
    assert_no_better(cluster_mean(before, who, bounds=(0, 1)), cluster_mean(after, who, bounds=(0, 1)))


@settings(deadline=None)
@given(records(), st.none() | st.integers(1, 10), st.booleans())
def test_of_a_share_of_a_team(drawn, team, complete):
    *both, who = drawn
    assert_no_better(*(person_share(values, who, team=team, complete=complete) for values in both))


@settings(deadline=None)
@given(records())
def test_of_a_share_of_rows_in_clusters(drawn):
    before, after, who = drawn
    assert_no_better(cluster_proportion(before, who), cluster_proportion(after, who))
    # Where less is better the same holds the other way round.
    mirrored = [cluster_proportion(1 - values, who) for values in (after, before)]
    assert_no_better(*mirrored)


@settings(deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(1, 6))
def test_of_pairs(data, first, second):
    held = np.array(data.draw(st.lists(st.booleans(), min_size=first * second, max_size=first * second)))
    held[0], count = True, int(held.sum()) + int(not held[0])
    level = st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.0])
    before = np.array(data.draw(st.lists(level, min_size=count, max_size=count)))
    after, place = before.copy(), data.draw(st.integers(0, len(before) - 1))
    after[place] = data.draw(st.sampled_from([value for value in (0.0, 0.5, 1.0) if value <= before[place]]))
    sides = [side.ravel()[held] for side in np.indices((first, second))]
    assert_no_better(*(pair_mean(values, *sides, bounds=(0, 1)) for values in (before, after)))


@settings(deadline=None)
@given(records(), records())
def test_of_the_lower_of_two_sides_and_over_readings(drawn, other):
    before, after, who = drawn
    still = person_share(other[0], other[2])
    sides = [person_share(values, who) for values in (before, after)]
    assert_no_better(*(minimum_of(side, still) for side in sides))
    assert_no_better(*(over_readings(side, [still]) for side in sides))
    assert_no_better(*(over_readings(still, [side]) for side in sides))


@pytest.mark.parametrize(("people", "rows"), [(2, 10), (3, 4), (8, 12), (12, 30)])
def test_of_misses_one_after_the_other(people, rows):
    """From perfect to none, all at one person first, and one at each in turn: the ends only fall."""
    who = np.repeat(np.arange(people), rows)
    for order in (np.arange(people * rows), np.arange(people * rows).reshape(people, rows).T.ravel()):
        values, last = np.ones(people * rows), {}
        for place in order[:: max(1, len(order) // 24)]:
            for name, one in (
                ("mean", cluster_mean(values, who, bounds=(0, 1))),
                ("rows", cluster_proportion(values, who)),
                ("share", person_share(values, who)),
            ):
                assert_no_better(last.get(name, one), one)
                last[name] = one
            values[place] = 0.0


def test_eight_people_with_twelve_perfect_answers_each_prove_at_least_what_one_miss_would():
    # The low end was .599 for perfect answers and .868 with a miss.
    who = np.repeat(np.arange(8), 12)
    perfect, missed = np.ones(96), np.r_[0.0, np.ones(95)]
    ends = [cluster_mean(values, who, confidence=0.9, bounds=(0, 1)).low for values in (missed, perfect)]
    assert 0.85 < ends[0] <= ends[1] + GRID
    assert person_share(missed, who, confidence=0.9).low < person_share(perfect, who, confidence=0.9).low
