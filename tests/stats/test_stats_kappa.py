"""Cohen's kappa: published tables, scikit-learn and statsmodels as oracles, the standard error by simulation."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from outsourcing_kit.stats import cohen_kappa
from tests.made import assert_refused, covered

COHEN_1968 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
WEIGHTS_1968 = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])


def of_table(table, weights=None):
    """Kappa of as many items in each pair of categories as the table counts."""
    times = np.ravel(table).astype(np.intp)
    return cohen_kappa(*np.argwhere(np.ones_like(table)).repeat(times, axis=0).T, weights)


def test_published_tables():
    assert of_table([[20, 5], [10, 15]]).estimate == pytest.approx(0.40)
    assert of_table(COHEN_1968).estimate == pytest.approx(0.491525, abs=5e-7)
    weighted = of_table(COHEN_1968, WEIGHTS_1968)
    assert weighted.estimate == pytest.approx(0.347826, abs=5e-7)
    assert weighted.standard_error == pytest.approx(0.0755, abs=5e-5) and weighted.n == 200


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_scikit_learn_and_statsmodels_agree(weights):
    rng = np.random.default_rng(0)
    a = rng.integers(1, 6, 300)
    b = np.where(rng.random(300) < 0.5, a, rng.integers(1, 6, 300))
    one = cohen_kappa(a, b, weights)
    assert one.estimate == pytest.approx(cohen_kappa_score(a, b, weights=weights))
    oracle = cohens_kappa(pd.crosstab(a, b).to_numpy(), wt=weights)
    assert one.standard_error == pytest.approx(oracle.std_kappa)
    assert (one.low, one.high) == pytest.approx((oracle.kappa_low, oracle.kappa_upp), rel=1e-4)


def test_a_matrix_of_steps_is_the_linear_weight_and_its_scale_does_not_matter():
    steps = np.abs(np.subtract.outer(range(3), range(3)))
    linear = of_table(COHEN_1968, "linear")
    for matrix in (steps, 7 * steps):
        other = of_table(COHEN_1968, matrix)
        assert (other.estimate, other.standard_error) == pytest.approx((linear.estimate, linear.standard_error))


LABEL = st.sampled_from(["core", "not core", "unsure"])


@given(st.lists(st.tuples(LABEL, LABEL), min_size=1, max_size=40), st.randoms())
def test_order_of_items_and_raters_does_not_matter_and_brute_force_agrees(pairs, random):
    a, b = zip(*pairs, strict=True)
    one = cohen_kappa(a, b)
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert cohen_kappa(*zip(*shuffled, strict=True)) == one or math.isnan(one.estimate)
    n = len(pairs)
    agree = sum(x == y for x, y in pairs) / n
    chance = sum(x == y for x in a for y in b) / n**2
    if chance == 1:
        assert math.isnan(one.estimate) and "undefined" in one.method
    else:
        assert one.estimate == pytest.approx((agree - chance) / (1 - chance), abs=1e-9)
        assert cohen_kappa(b, a).estimate == pytest.approx(one.estimate)


def test_missing_ratings_and_pandas_columns():
    a, b = pd.Series(["x", "y", None, "x", "y"]), pd.Series(["x", "y", "y", None, "x"])
    assert cohen_kappa(a, b) == cohen_kappa(["x", "y", "y"], ["x", "y", "x"])
    assert cohen_kappa([], []).n == 0 and math.isnan(cohen_kappa([], []).estimate)


def test_perfect_agreement_is_not_certainty():
    one = of_table([[10, 0], [0, 10]])
    # None of 20 disagreed: at most 1 − .025^(1/20) = 16.8% do; chance disagreement is 1/2.
    assert one.estimate == 1 and one.high == 1
    assert one.low == pytest.approx(1 - (1 - 0.025 ** (1 / 20)) / 0.5) and one.standard_error > 0


def test_the_interval_covers():
    truth = np.array([[0.30, 0.06, 0.04], [0.05, 0.20, 0.05], [0.02, 0.08, 0.20]])
    tables = np.random.default_rng(1).multinomial(60, truth.ravel(), size=1500).reshape(-1, 3, 3)
    found = [of_table(table, "linear") for table in tables]
    kappa = of_table((100 * truth).round().astype(int), "linear").estimate
    assert 0.925 <= covered([(one.low, one.high) for one in found], kappa) <= 0.965
    spread = np.std([one.estimate for one in found])
    assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.06)


def test_wrong_use_is_refused():
    assert_refused(
        (lambda: cohen_kappa([1, 2], [1]), "same number"),
        (lambda: cohen_kappa([1, 2], ["a", "b"]), "words"),
        (lambda: cohen_kappa([1, 2], [1, 2], "quadrat"), "Did you mean 'quadratic'"),
        (lambda: cohen_kappa([1, 2], [1, 2], np.zeros((3, 3))), r"expected \(2, 2\)"),
        (lambda: cohen_kappa([1, 2], [1, 2], np.eye(2)), "w.max"),
        (lambda: cohen_kappa([[1, 2]], [[1, 2]]), "2 dimensions"),
        (lambda: cohen_kappa([1, 2], [1, 2], [["0", 1], [1, 0]]), "not a number"),
        (lambda: cohen_kappa([1, 2], [1, 2], [[0, 1], [1]]), "one length"),
    )
