"""Sobol indices: Ishigami's published values, an additive model by hand, SALib as oracle, and a slow double loop."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.stats import sobol, sobol_indices


def ishigami(points):
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on −π … π, given on 0 … 1."""
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def truth_of_ishigami(a=7.0, b=0.1):
    """First-order and total indices, by the integrals worked out."""
    alone = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    second = a**2 / 8
    together = 8 * b**2 * math.pi**8 / 225
    variance = alone + second + together
    return np.array([alone, second, 0]) / variance, np.array([alone + together, second, together]) / variance


FIRST, TOTAL = truth_of_ishigami()


def test_ishigami():
    # as published for a = 7, b = 0.1
    assert FIRST.round(4).tolist() == [0.3139, 0.4424, 0.0] and TOTAL.round(4).tolist() == [0.5576, 0.4424, 0.2437]
    found = sobol_indices(ishigami, 3, draws=2**14)
    np.testing.assert_allclose(found.first, FIRST, atol=1e-3)
    np.testing.assert_allclose(found.total, TOTAL, atol=1e-3)
    assert (found.first_low <= FIRST).all() and (found.first_high >= FIRST).all()
    assert (found.total_low <= TOTAL).all() and (found.total_high >= TOTAL).all()
    # variance a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2 = 13.8446
    assert found.variance == pytest.approx(13.8446, abs=0.01)
    assert found.evaluations == 2**14 * 8 * 5


def test_an_additive_model_by_hand():
    # 3·U(0, 2) + 2·U(5, 6) − U(0, 1) and one unused: variances 9·4/12 = 3, 4/12 and 1/12, together 41/12
    inputs = {"a": (0, 2), "b": (5, 6), "c": (0, 1), "unused": (0, 9)}
    found = sobol_indices(lambda points: points @ np.array([3.0, 2.0, -1.0, 0.0]), inputs)
    assert list(found.table.columns) == [
        "input", "first", "first_low", "first_high", "total", "total_low", "total_high",
    ]  # fmt: skip
    assert found.table["input"].tolist() == ["a", "b", "c", "unused"]
    expected = np.array([36, 4, 1, 0]) / 41
    np.testing.assert_allclose(found.first, expected, atol=5e-4)
    np.testing.assert_allclose(found.total, expected, atol=5e-4)
    # What is not used is exactly nothing, and known to be.
    assert found.table.iloc[3, 1:].tolist() == [0.0] * 6


def test_a_pure_product_has_no_first_order_effects():
    # Π of factors with mean 0: each index alone is 0, and no input can be left out: total 1
    found = sobol_indices(lambda points: np.prod(2 * points - 1, axis=1), 3, draws=2**13)
    np.testing.assert_allclose(found.first, 0, atol=5e-3)
    np.testing.assert_allclose(found.total, 1, atol=5e-3)


def test_one_input_decides_everything():
    found = sobol_indices(lambda points: np.exp(points[:, 0]), 1)
    assert found.first[0] == pytest.approx(1, abs=2e-3) and found.total[0] == pytest.approx(1, abs=2e-3)
    assert found.first_high[0] == found.total_high[0] == 1.0


def test_brute_force_by_a_double_loop_over_a_grid():
    values = np.array([[1.0, 4.0, 2.0], [3.0, 3.0, 9.0], [0.0, 7.0, 5.0], [2.0, 2.0, 2.0]])  # 4 × 3 equally likely

    def mean(numbers):
        return sum(numbers) / len(numbers)

    def variance(numbers):
        return mean([(number - mean(numbers)) ** 2 for number in numbers])

    rows, columns = range(4), range(3)
    whole = variance([values[i, j] for i, j in itertools.product(rows, columns)])
    first = [
        variance([mean([values[i, j] for j in columns]) for i in rows]) / whole,
        variance([mean([values[i, j] for i in rows]) for j in columns]) / whole,
    ]
    total = [
        mean([variance([values[i, j] for i in rows]) for j in columns]) / whole,
        mean([variance([values[i, j] for j in columns]) for i in rows]) / whole,
    ]

    def on_the_grid(points):
        return values[points[:, 0].astype(int), points[:, 1].astype(int)]

    found = sobol_indices(on_the_grid, [(0, 4), (0, 3)], draws=2**14)
    np.testing.assert_allclose(found.first, first, atol=2e-3)
    np.testing.assert_allclose(found.total, total, atol=2e-3)
    # The same inputs given as quantile functions
    same = sobol_indices(
        lambda points: values[points[:, 0].astype(int), points[:, 1].astype(int)],
        [lambda shares: np.floor(4 * shares), lambda shares: np.floor(3 * shares)],
        draws=2**14,
    )
    np.testing.assert_allclose(same.first, found.first, atol=1e-12)


def test_salib_agrees():
    reason = "SALib is not installed; it is in the extra bench"
    sample = pytest.importorskip("SALib.sample.sobol", reason=reason)
    analyze = pytest.importorskip("SALib.analyze.sobol", reason=reason)
    weights = np.array([1.0, 3.0, 0.2, 2.0])

    def curved(points):
        return np.exp(points @ weights / 3) + points[:, 0] * points[:, 3] ** 2

    bounds = [[0.0, 1.0], [-1.0, 1.0], [0.0, 3.0], [0.0, 2.0]]
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": bounds}
    points = sample.sample(problem, 2**14, calc_second_order=False, seed=0)
    oracle = analyze.analyze(problem, curved(points), calc_second_order=False, num_resamples=2, seed=1)
    found = sobol_indices(curved, dict(zip("abcd", bounds, strict=True)), draws=2**12)
    np.testing.assert_allclose(found.first, oracle["S1"], atol=3e-3)
    np.testing.assert_allclose(found.total, oracle["ST"], atol=3e-3)


@pytest.mark.parametrize("block", [2**9, 2**10, 2**14])
def test_the_size_of_the_blocks_changes_nothing(monkeypatch, block):
    whole = sobol_indices(ishigami, 3, draws=1024, replicates=3)
    rows = []

    def counted(points):
        rows.append(len(points))
        return ishigami(points)

    monkeypatch.setattr(sobol, "_BLOCK", block)
    cut = sobol_indices(counted, 3, draws=1024, replicates=3)
    assert sum(rows) == cut.evaluations == 1024 * 3 * 5
    # The points of A and of B, three numbers each, stay within a block.
    assert max(rows) * 6 <= block
    for name in ("first", "first_low", "total", "total_high"):
        np.testing.assert_allclose(getattr(cut, name), getattr(whole, name), rtol=1e-10, atol=1e-13)


def test_a_large_mean_costs_no_digits():
    plain = sobol_indices(ishigami, 3, draws=512)
    lifted = sobol_indices(lambda points: ishigami(points) + 1e9, 3, draws=512)
    np.testing.assert_allclose(lifted.first, plain.first, atol=1e-6)
    np.testing.assert_allclose(lifted.total_high, plain.total_high, atol=1e-6)
    scaled = sobol_indices(lambda points: -1e-6 * ishigami(points), 3, draws=512)
    np.testing.assert_allclose(scaled.total, plain.total, rtol=1e-10)


def test_seeds():
    one, again, other = (sobol_indices(ishigami, 3, draws=64, seed=seed) for seed in (0, 0, 1))
    assert one.table.to_csv() == again.table.to_csv() != other.table.to_csv()


def test_a_higher_level_is_wider():
    at_80, at_99 = (sobol_indices(ishigami, 3, draws=256, confidence=confidence) for confidence in (0.8, 0.99))
    assert (at_80.first == at_99.first).all()
    assert (at_99.total_low < at_80.total_low).all() and (at_99.total_high > at_80.total_high).all()


@pytest.mark.parametrize("constant", [lambda points: np.full(len(points), 5.0), lambda points: np.zeros(len(points))])
def test_a_constant_function_has_nothing_to_share_out(constant):
    found = sobol_indices(constant, 2, draws=32)
    assert found.table.iloc[:, 1:].isna().all(axis=None) and found.variance == 0
    assert "constant" in found.notes[0] and "The function is constant" in repr(found)


def test_rounding_counts_as_constant():
    found = sobol_indices(lambda points: 1e6 + 1e-9 * points[:, 0], 2, draws=32)
    assert np.isnan(found.first).all()


def test_draws_are_made_up_to_a_power_of_two_and_it_is_said():
    found = sobol_indices(ishigami, 3, draws=1000, replicates=2)
    assert found.draws == 1024 and "from 1,000 to 1,024" in found.notes[0]
    assert "2 scrambles of 1,024 base points" in repr(found) and "<table" in found._repr_html_()
    assert sobol_indices(ishigami, 3, draws=np.int64(1024), replicates=2).notes == ()


def test_an_input_that_is_one_number_decides_nothing():
    found = sobol_indices(lambda points: points[:, 0] * points[:, 1], {"a": (1, 2), "fixed": (3, 3)})
    assert found.first[1] == found.total[1] == 0
    assert found.first[0] == pytest.approx(1, abs=1e-3)


def test_the_estimators_written_out():
    """The formulas of the docstring over all values at once, with the same points."""
    from scipy.stats import qmc

    draws, replicates = 64, 4
    parts, variances, values = [], [], []
    for scramble in np.random.default_rng(3).spawn(replicates):
        try:
            points = qmc.Sobol(6, rng=scramble).random(draws) + 2.0**-31
        except TypeError:  # before scipy 1.15
            points = qmc.Sobol(6, seed=scramble).random(draws) + 2.0**-31
        a, b = points[:, :3], points[:, 3:]
        mixed = [np.column_stack([b[:, i] if i == k else a[:, i] for i in range(3)]) for k in range(3)]
        values.append([ishigami(a), ishigami(b), *map(ishigami, mixed)])
    mean = np.mean([one[:2] for one in values])
    values = np.array(values) - mean
    variances = (values[:, 0] ** 2 + values[:, 1] ** 2).mean(axis=1) / 2
    total = ((values[:, :1] - values[:, 2:]) ** 2).mean(axis=(0, 2)) / 2 / variances.mean()
    parts = (values[:, 1:2] * (values[:, 2:] - (1 - total)[:, None] * values[:, :1])).mean(axis=2)
    first = parts.mean(axis=0) / variances.mean()
    # t interval of a ratio, 3 degrees of freedom
    error = np.std(parts - first * variances[:, None], axis=0, ddof=1) / 2 / variances.mean()
    found = sobol_indices(ishigami, 3, draws=draws, replicates=replicates, seed=3)
    np.testing.assert_allclose(found.total, total, rtol=1e-11)
    np.testing.assert_allclose(found.first, np.clip(first, 0, 1), atol=1e-12)
    np.testing.assert_allclose(found.first_high, np.clip(first + 3.182446305 * error, 0, 1), rtol=1e-9)
    np.testing.assert_allclose(found.first_low, np.clip(first - 3.182446305 * error, 0, 1), atol=1e-9)
    assert found.variance == pytest.approx(variances.mean(), rel=1e-12)


def test_a_share_of_0_is_moved_inside(monkeypatch):
    class Corner:
        def random(self, rows):
            return np.zeros((rows, 2))

    monkeypatch.setattr(sobol, "_sequence", lambda dimensions, scramble: Corner())
    seen = []
    sobol_indices(lambda points: seen.append(points.min()) or points[:, 0], 1, draws=16)
    assert min(seen) > 0


def test_shares_are_never_0_or_1():
    seen = []

    def infinite_at_the_ends(shares):
        seen.extend((shares.min(), shares.max()))
        return np.log(shares / (1 - shares))

    sobol_indices(lambda points: points[:, 0], [infinite_at_the_ends], draws=2**16)
    assert 0 < min(seen) < 1e-4 and 1 - 1e-4 < max(seen) < 1


def test_a_function_cannot_write_into_the_points():
    def writes(points):
        points[:, 0] = 0.0
        return points[:, 1]

    with pytest.raises(ValueError, match="read-only"):
        sobol_indices(writes, 2)


def test_a_function_may_give_one_of_the_columns_itself():
    found = sobol_indices(lambda points: points[:, 0], 2)
    np.testing.assert_allclose(found.total, [1, 0], atol=1e-3)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda points: np.where(points[:, 0] > 0.5, np.nan, 1.0), "nan or infinite, the first at x1 = 0"),
        (lambda points: 1 / (points[:, 1] * 0), "infinite"),
        (lambda points: points, "shape"),
        (lambda points: 1.0, "shape"),
        (lambda points: np.array(["a"] * len(points)), "type"),
        (lambda points: points[:, 0] + 1j, "complex"),
        (lambda points: np.ma.masked_greater(points[:, 0], 0.5), "1 = 0"),
        (lambda points: (9 * points[:, 0]).astype("timedelta64[h]"), "timedelta64"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_functions_that_give_no_numbers(function, words):
    with pytest.raises(OutsourcingKitError, match=words) as error:
        sobol_indices(function, 2)
    assert "expected" in str(error.value) and "Mend:" in str(error.value)


@pytest.mark.parametrize(
    "inputs",
    [0, -1, [], {}, "ab", None, 2.5, True, [(1, 0)], [(0, math.inf)], {"a": (0, math.nan)}, [3], [(1, 2, 3)], 20_000,
     {"a": "bc"}, [("1", "2")], [(np.timedelta64(1, "h"), np.timedelta64(2, "h"))], [(None, 1)]],
)  # fmt: skip
def test_inputs_that_are_none(inputs):
    with pytest.raises(OutsourcingKitError, match=r"expected .* Mend:"):
        sobol_indices(ishigami, inputs)


@pytest.mark.parametrize(
    "wrong", [{"draws": 0}, {"draws": 15}, {"draws": 100.5}, {"draws": 2**31}, {"draws": True}, {"replicates": 1},
              {"replicates": 2.0}, {"confidence": 95}]
)  # fmt: skip
def test_settings_that_make_no_sense(wrong):
    with pytest.raises(OutsourcingKitError, match=r"expected .* Mend:"):
        sobol_indices(ishigami, 3, **wrong)


def test_importing_the_statistics_still_loads_numpy_only():
    code = "import sys, outsourcing_kit.stats; print({'scipy', 'pandas', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.calibration
@pytest.mark.parametrize("draws", [256, 4096])
def test_the_intervals_cover(draws):
    covered = []
    for seed in range(200):
        found = sobol_indices(ishigami, 3, draws=draws, seed=seed)
        covered.append(
            [
                *((found.first_low <= FIRST) & (found.first_high >= FIRST)),
                *((found.total_low <= TOTAL) & (found.total_high >= TOTAL)),
            ]
        )
    shares = np.mean(covered, axis=0)
    # Published in the docstring: 95 to 99.5% at 256 points, 98.5 to 99.5% at 4096.
    assert shares.min() >= 0.93, shares
    # Intervals that always cover would be too wide to mean anything.
    assert shares[0] < 1 or shares[3] < 1, shares
