"""How many units would settle a headline: the sample size by hand, and that it has the power it names."""

import math

import numpy as np
import pytest

from outsourcing_kit.settling import units_needed


def test_units_needed_by_hand():
    assert units_needed(0.70, 0.05, 20, 0.80) == 40  # 20 · 1.4² = 39.2
    assert units_needed(0.70, 0.10, 10, 0.80) == 79  # 10 · 2.8² = 78.4
    assert units_needed(0.80, 0.05, 20, 0.80) == units_needed(0.70, math.inf, 20, 0.80) == math.inf


def test_they_have_the_power_they_name():
    # The published pair: 80% power for a standardised difference of .5 needs about 32 in one sample (31.4).
    needed = units_needed(0.5, 1 / math.sqrt(10), 10, 0.0)
    assert needed == 32
    means = np.random.default_rng(0).normal(0.5, 1 / math.sqrt(needed), size=20_000)
    assert np.mean(means - 1.96 / math.sqrt(needed) > 0) == pytest.approx(0.8, abs=0.02)
