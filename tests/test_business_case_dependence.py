"""The nearest correlation matrix: as published, by the dual problem, by brute force and against another library."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outsourcing_kit.business_case.dependence import nearest_correlation, rank_correlation, score_correlation
from outsourcing_kit.exceptions import OutsourcingKitError

HIGHAM = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
# Higham 2002: a second difference matrix; its nearest correlation matrix as the paper prints it.
TRIDIAGONAL = np.array([[2.0, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]])
PRINTED = np.array(
    [
        [1.0, -0.8084, 0.1916, 0.1068],
        [-0.8084, 1.0, -0.6562, 0.1916],
        [0.1916, -0.6562, 1.0, -0.8084],
        [0.1068, 0.1916, -0.8084, 1.0],
    ]
)


def test_nearest_correlation_as_published():
    assert nearest_correlation(TRIDIAGONAL) == pytest.approx(PRINTED, abs=5e-5)


def wrong_matrices() -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    found = [HIGHAM, TRIDIAGONAL]
    for size in (4, 6, 9):
        raw = rng.uniform(0.5, 1, (size, size)) * rng.choice([-1, 1], (size, size))
        matrix = np.triu(raw, 1) + np.triu(raw, 1).T + np.eye(size)
        assert np.linalg.eigvalsh(matrix)[0] < -0.05
        found.append(matrix)
    return found


@pytest.mark.parametrize("matrix", wrong_matrices(), ids=lambda matrix: f"{len(matrix)} lines")
def test_nearest_correlation_is_the_solution_of_the_dual_problem(matrix):
    """Qi & Sun 2006: the nearest is the positive part of matrix + diag(y), y the least of a smooth convex function."""
    from scipy import optimize

    def positive(y: np.ndarray) -> np.ndarray:
        roots, vectors = np.linalg.eigh(matrix + np.diag(y))
        return (vectors * np.maximum(roots, 0)) @ vectors.T

    def dual(y: np.ndarray) -> tuple[float, np.ndarray]:
        part = positive(y)
        return 0.5 * float((part * part).sum()) - float(y.sum()), np.diag(part) - 1

    solved = optimize.minimize(dual, np.zeros(len(matrix)), jac=True, method="BFGS", options={"gtol": 1e-9})
    nearest = nearest_correlation(matrix)
    assert nearest == pytest.approx(positive(solved.x), abs=1e-5)
    assert np.diag(nearest).tolist() == [1.0] * len(matrix)
    assert np.linalg.eigvalsh(nearest)[0] > -1e-9
    assert (nearest == nearest.T).all()


@pytest.mark.filterwarnings("ignore:[\\s\\S]*Maximum iteration reached")
def test_nearest_correlation_is_no_further_than_statsmodels():
    # Its method keeps the diagonal, and stops at a common point that need not be the nearest.
    tools = pytest.importorskip("statsmodels.stats.correlation_tools")
    for matrix in wrong_matrices():
        if (np.diag(matrix) == 1).all():
            theirs = tools.corr_nearest(matrix, threshold=1e-12, n_fact=300)
            least = np.linalg.eigvalsh(theirs)[0]
            ours = nearest_correlation(matrix)
            assert least > -1e-3 and np.diag(theirs) == pytest.approx(1)
            assert np.linalg.norm(ours - matrix) <= np.linalg.norm(theirs - matrix) + len(matrix) * max(0.0, -least)
            assert ours == pytest.approx(theirs, abs=0.25)


def test_nearest_correlation_by_brute_force():
    """Of all 3 × 3 correlation matrices on a fine grid with a = c (the problem is symmetric), none is nearer."""
    a, b = np.meshgrid(np.linspace(-1, 1, 801), np.linspace(-1, 1, 801), indexing="ij")
    possible = 1 + 2 * a * a * b - 2 * a * a - b * b >= 0  # the determinant, for |entries| ≤ 1
    distance = np.where(possible, 2 * (2 * (a - 1) ** 2 + b**2), np.inf)
    place = np.unravel_index(int(distance.argmin()), distance.shape)
    nearest = nearest_correlation(HIGHAM)
    assert float(np.linalg.norm(nearest - HIGHAM)) == pytest.approx(math.sqrt(distance[place]), abs=0.002)
    assert (nearest[0, 1], nearest[0, 2]) == pytest.approx((a[place], b[place]), abs=0.05)
    assert float(((nearest - HIGHAM) ** 2).sum()) <= distance[place] + 1e-9


def test_a_correlation_matrix_is_its_own_nearest():
    matrix = np.array([[1, 0.5, -0.2], [0.5, 1, 0.1], [-0.2, 0.1, 1]])
    assert nearest_correlation(matrix) == pytest.approx(matrix, abs=1e-12)


def test_rank_and_score_correlations_undo_each_other():
    ranks = np.linspace(-1, 1, 41)
    assert rank_correlation(score_correlation(ranks)) == pytest.approx(ranks)
    assert float(np.abs(score_correlation(ranks) - ranks).max()) == pytest.approx(0.018, abs=0.0005)


def test_nearest_correlation_refuses_what_is_no_matrix():
    for wrong in (np.ones((2, 3)), np.array([[1, np.nan], [np.nan, 1]]), np.array([[1, 0.5], [0, 1]])):
        with pytest.raises(OutsourcingKitError):
            nearest_correlation(wrong)
