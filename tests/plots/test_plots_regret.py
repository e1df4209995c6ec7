"""The picture of act, pilot, wait or drop: true words for any numbers, nothing cut, the best marked in words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from readable import assert_readable

from outsourcing_kit.business_case.decision import decision_analysis
from outsourcing_kit.plots import regret

PILOT = {"sensitivity": 0.9, "specificity": 0.8}


def test_alt_text_by_hand():
    # act .6·100 − .4·80; pilot .6·.9·100 − .4·.2·80 − 5; wait .6·100 − 30. Dropping is best while the pilot is below
    # 0: p < (16 + 5)/(90 + 16) = .198; acting from p = (64 − 5)/(10 + 64) = .797 on. Regret of the pilot: 100 − 85
    # if it saves, 16 + 5 if it does not.
    picture = regret(decision_analysis(0.6, 100, 80, pilot_cost=5, wait_cost=30, **PILOT))
    assert picture.alt == (
        "Expected value against the chance that it saves: at 60% the pilot is best (act 28, pilot 42.6, wait 30, "
        "drop 0); the best is dropping it from 0% to 20%, the pilot from 20% to 80%, acting at once from 80% to 100%. "
        "Regret if it saves and if it does not: act 0 and 80, pilot 15 and 21, wait 30 and 30, drop 100 and 0."
    )


def test_what_waiting_costs_is_not_known_is_said():
    picture = regret(decision_analysis(0.6, 100, 80))
    assert "wait (if free) 60" in picture.alt and "pilot" not in picture.alt
    assert "wait\n(if free)" in [label.get_text() for label in picture.figure.axes[1].get_yticklabels()]


def test_the_best_is_marked_in_words_and_the_title_knows_the_band():
    picture = regret(decision_analysis(0.6, 100, 80, p_range=(0.2, 0.7)))
    labels = [label.get_text() for label in picture.figure.axes[1].get_yticklabels()]
    assert "act\n(best)" in labels and sum("(best)" in label for label in labels) == 1
    assert picture.figure.get_suptitle() == (
        "At a 60% chance of a saving, acting at once is best, but not over the whole band"
    )
    assert "band: 20% to 70%" in picture.figure.axes[0].get_xlabel()
    assert "; over the band from 20% to 70% the best changes. Regret" in picture.alt
    firm = regret(decision_analysis(0.6, 100, 80, p_range=(0.5, 0.7)))
    assert "; over the band from 50% to 70% the best stays the same. Regret" in firm.alt
    assert firm.figure.get_suptitle() == "At a 60% chance of a saving, acting at once is best"


def test_the_lines_are_the_expected_values():
    result = decision_analysis(0.6, 100, 80, pilot_cost=5, wait_cost=30, **PILOT)
    lines = regret(result).figure.axes[0].lines
    for share in np.linspace(0, 1, 23):
        there = decision_analysis(float(share), 100, 80, pilot_cost=5, wait_cost=30, **PILOT).table.set_index(
            "decision"
        )
        drawn = [np.interp(share, line.get_xdata(), line.get_ydata()) for line in lines[1:5]]
        assert drawn == pytest.approx(there["expected"].tolist(), abs=1e-9)
        assert np.interp(share, lines[0].get_xdata(), lines[0].get_ydata()) == pytest.approx(max(drawn), abs=1e-9)


def test_the_markers_are_the_regrets():
    result = decision_analysis(0.6, 100, 80, pilot_cost=5, wait_cost=30, **PILOT)
    drawn = [list(line.get_xdata()) for line in regret(result).figure.axes[1].lines]
    names = ("regret_if_it_saves", "regret_if_it_does_not", "expected_regret")
    assert drawn == [pytest.approx(result.table[name].tolist()) for name in names]


def test_nothing_to_draw_says_what_is_missing():
    picture = regret(decision_analysis(math.nan, 100, 80))
    assert picture.alt == "Nothing to draw: needs p_saving: not known."


@pytest.mark.parametrize(
    "case",
    [
        {"p_saving": 0.6, "gain": 100, "loss": 80, **PILOT},
        {"p_saving": 0.6, "gain": 100, "loss": 80, "pilot_cost": 5, "wait_cost": 30, "p_range": (0.1, 0.9), **PILOT},
        {"p_saving": 0.39, "gain": 112_000, "loss": 1_670_000, "wait_cost": 9000, "p_range": (0.35, 0.51), **PILOT},
        {"p_saving": 0.38, "gain": 86_000, "loss": 126_600, "pilot_cost": 5000, "sensitivity": 0.8, "specificity": 0.8},
        {"p_saving": 0.0, "gain": 1, "loss": 900_000_000, "wait_cost": 0.0, **PILOT},
        {"p_saving": 1.0, "gain": 0.5, "loss": 0.002},
        {"p_saving": 0.5, "gain": 0, "loss": 0, "wait_cost": 0, **PILOT},
        {"p_saving": 0.98, "gain": 100, "loss": 5000, "pilot_cost": 1, "sensitivity": 0.2, "specificity": 0.1},
    ],
)
def test_no_words_are_cut_and_none_overlap(case):
    assert_readable(regret(decision_analysis(**case)))
