"""The result of all estimators: its interval at any confidence, pickled, shown; importing them loads numpy only."""

import math
import pickle
import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit import stats
from tests.made import assert_refused

RNG = np.random.default_rng(11)
PEOPLE = np.repeat(np.arange(8), 5)
ROWS = (RNG.random(40) < 0.8).astype(float)
KINDS = (
    stats.cluster_mean(ROWS, PEOPLE),
    stats.cluster_mean(ROWS, PEOPLE, bounds=(0, 1)),
    stats.cluster_mean(np.ones(40), PEOPLE, bounds=(0, 1)),
    stats.cluster_proportion(ROWS, PEOPLE),
    stats.clopper_pearson(3, 17),
    stats.pair_mean(ROWS, PEOPLE, np.tile(np.arange(5), 8), bounds=(0, 1)),
    stats.mean_difference(RNG.normal(size=9), RNG.normal(size=7)),
    stats.minimum_of(stats.clopper_pearson(3, 17), stats.clopper_pearson(5, 17)),
    stats.over_readings(stats.clopper_pearson(3, 17), [stats.clopper_pearson(5, 17)]),
    stats.quantile_interval(RNG.normal(size=50), 0.8),
    stats.cohen_kappa(list("yyyyynnn"), list("yyynnnny")),
    stats.cohen_kappa(list("yyyyynnn"), list("yyyyynnn")),
    stats.krippendorff_alpha(RNG.integers(1, 6, (4, 20)), replicates=200),
    stats.krippendorff_alpha(np.tile(np.arange(20) % 4, (3, 1)), replicates=50),
)


@given(st.tuples(st.floats(0.5, 0.999), st.floats(0.5, 0.999)))
def test_a_higher_confidence_never_gives_a_shorter_interval(confidences):
    for one in KINDS:
        narrow, wide = (one.interval(confidence) for confidence in sorted(confidences))
        dust = 1e-12
        assert wide[0] <= narrow[0] + dust and narrow[0] <= narrow[1] and narrow[1] <= wide[1] + dust
        assert wide[0] - dust <= one.estimate <= wide[1] + dust


def test_any_confidence_is_known_afterwards_also_in_another_process():
    # A quantile of clusters is not in KINDS: whole ranks of a worth that falls with the confidence can lie further in.
    for one in (*KINDS, stats.quantile_interval(RNG.normal(size=40), 0.5, cluster=PEOPLE)):
        again = pickle.loads(pickle.dumps(one))
        assert again == one and again.interval(0.8) == one.interval(0.8)
        assert float(one) == one.estimate and isinstance(one.estimate, float) and isinstance(one.n, int)
    direct = stats.cluster_mean(ROWS, PEOPLE, confidence=0.8)
    assert direct.interval(0.8) == KINDS[0].interval(0.8) and direct.confidence == 0.8


def test_it_shows_itself():
    one = stats.clopper_pearson(0, 20, confidence=0.9)
    assert repr(one).startswith("0 (90% interval 0 to 0.1391, n = 20;")
    assert list(one.table.columns) == ["estimate", "low", "high", "confidence", "n", "standard_error", "method"]
    assert one.table.shape == (1, 7) and "<table" in one._repr_html_()
    assert "no interval" in repr(stats.mean_difference([1, 2], [3, 4]))


def test_wrong_use_is_refused_with_the_line_that_mends():
    for confidence in (0, 1, 95, -0.1, math.nan, "high"):
        assert_refused((lambda asked=confidence: stats.clopper_pearson(1, 2, confidence=asked), r"confidence=0\.95"))
    made = stats.Estimate(0.5, 0.4, 0.6, 0.95, 10, 0.05, "by hand")
    assert made.interval(0.95) == (0.4, 0.6)
    assert_refused((lambda: made.interval(0.9), "Mend"))


def test_importing_the_estimators_loads_neither_scipy_nor_pandas_nor_matplotlib():
    code = (
        "import sys, outsourcing_kit.stats as s; s.cluster_mean; "
        "print([m for m in ('scipy', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
