"""SMAA: by hand, in closed form for two criteria, and by brute force over a grid of weights."""

import itertools

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.task_selection import acceptability

ROWS = pd.DataFrame({"saving": [10.0, 6.0, 0.0], "effort": [9.0, 3.0, 1.0]}, index=["a", "b", "c"])


def test_two_criteria_in_closed_form():
    # Scaled: a (1, 0), b (.6, .75), c (0, 1). a beats b where w > .6w + .75(1 - w), so w > .75/1.15; b beats c where
    # .6w + .75(1 - w) > 1 - w, so w > .25/.85. Weights of two criteria are even on 0 to 1.
    found = acceptability(ROWS, criteria=["saving", "effort"], minimise=["effort"], most=1, draws=200_000).table[
        "chosen"
    ]
    first, last = 1 - 0.75 / 1.15, 0.25 / 0.85
    assert found.tolist() == pytest.approx([first, 1 - first - last, last], abs=0.005)


def test_brute_force_over_a_grid_of_weights():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(rng.normal(size=(6, 3)), columns=["x", "y", "z"])
    found = acceptability(rows, criteria=["x", "y", "z"], minimise=["z"], most=2, draws=100_000).table["chosen"]
    scaled = (rows - rows.min()) / (rows.max() - rows.min())
    scaled["z"] = 1 - scaled["z"]
    counts, steps = np.zeros(6), 140
    # Every weight on the triangle, with the same distance between neighbours.
    grid = [(i, j, steps - i - j) for i, j in itertools.product(range(1, steps), repeat=2) if i + j < steps]
    for weights in grid:
        worth = scaled.to_numpy() @ np.array(weights)
        counts[np.argsort(-worth)[:2]] += 1
    assert found.to_numpy() == pytest.approx(counts / len(grid), abs=0.01)
    assert found.sum() == pytest.approx(2)


def test_whoever_is_best_in_all_is_always_chosen_and_equals_share():
    best = pd.DataFrame({"x": [3, 2, 1], "y": [3, 2, 1]})
    assert acceptability(best, criteria=["x", "y"], most=1).table["chosen"].tolist() == [1, 0, 0]
    equal = pd.DataFrame({"x": [1, 1, 0], "y": [1, 1, 0]})
    assert acceptability(equal, criteria=["x", "y"], most=1).table["chosen"].tolist() == [0.5, 0.5, 0]
    assert acceptability(equal, criteria=["x", "y"], most=5).table["chosen"].tolist() == [1, 1, 1]


def test_a_blank_is_unknown_and_no_rows_are_no_trouble():
    blank = ROWS.assign(effort=[9.0, np.nan, 1.0])
    found = acceptability(blank, criteria=["saving", "effort"], minimise=["effort"], most=1).table["chosen"]
    assert np.isnan(found["b"]) and found["a"] + found["c"] == pytest.approx(1)
    assert acceptability(ROWS.head(0), criteria=["saving", "effort"], most=1).missing == "no rows to choose from"


def test_what_makes_no_choice_is_refused():
    for wrong in ({"criteria": ["saving"], "most": 1}, {"criteria": ["saving", "effort"], "most": 0},
                  {"criteria": ["saving", "effort"], "most": 1, "draws": 0}):  # fmt: skip
        with pytest.raises(OutsourcingKitError, match="expected two criteria or more"):
            acceptability(ROWS, **wrong)
    with pytest.raises(UnknownNameError, match="saving"):
        acceptability(ROWS, criteria=["savings", "effort"], most=1)
    with pytest.raises(OutsourcingKitError, match="expected finite numbers"):
        acceptability(ROWS.assign(effort="much"), criteria=["saving", "effort"], most=1)
