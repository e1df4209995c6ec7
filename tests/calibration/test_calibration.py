"""What a verdict is worth: false alarms without the mistake, finds with it, on engagements whose truth is known."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import pytest
from scipy.stats import binom

from outsourcing_kit.headlines import MISTAKES
from outsourcing_kit.simulation import simulate

CONTROLS, PLANTED = 400, 100
FALSE_ALARM = 0.05


def verdicts(mistake: str | None, people: int, seeds: range) -> dict[str, Counter[str]]:
    """How often each finding came to each verdict."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in MISTAKES}
    for seed in seeds:
        engagement = simulate(mistake, severity=1.0, people=people, seed=seed)
        for name in MISTAKES:
            counts[name][import_module(f"outsourcing_kit.{name}").assess(engagement, seed=seed).verdict] += 1
    return counts


def at_most(rate: float, n: int) -> int:
    """The count that a true rate exceeds by chance once in a thousand: the rate and its Monte Carlo error."""
    return int(binom.ppf(0.999, n, rate))


@pytest.mark.calibration
def test_controls_raise_few_alarms():
    """Every truth at half its limit, 12 people: each finding says problem in at most 5% (and chance) of the seeds."""
    counts = verdicts(None, 12, range(CONTROLS))
    for name in MISTAKES:
        assert counts[name]["problem"] <= at_most(FALSE_ALARM, CONTROLS), (name, counts[name])


@pytest.mark.calibration
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_and_only_it(mistake):
    """Severity 1, 40 people: found in at least 80% of the seeds, all others at their false-alarm rate."""
    counts = verdicts(mistake, 40, range(1000, 1000 + PLANTED))
    assert counts[mistake]["problem"] >= 0.8 * PLANTED, counts[mistake]
    for name in set(MISTAKES) - {mistake}:
        assert counts[name]["problem"] <= at_most(FALSE_ALARM, PLANTED), (name, counts[name])


def test_a_few_seeds_of_each_in_the_quick_tier():
    """The same at a size for every run: planted mistakes are found, the control is quiet, some things are fine."""
    control = verdicts(None, 40, range(3))
    assert all(counts["problem"] == 0 for counts in control.values()), control
    assert any(counts["fine"] for counts in control.values()), control
    for mistake in MISTAKES:
        counts = verdicts(mistake, 40, range(2))
        assert counts[mistake]["problem"] == 2, (mistake, counts)
