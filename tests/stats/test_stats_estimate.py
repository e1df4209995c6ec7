"""The result type: any level from one result, pickles, shows itself; importing the room loads numpy only."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit import stats
from outsourcing_kit.exceptions import OutsourcingKitError

RNG = np.random.default_rng(11)
PEOPLE = np.repeat(np.arange(8), 5)
ROWS = (RNG.random(40) < 0.8).astype(float)


def every_kind():
    x, y = RNG.normal(size=9), RNG.normal(size=7)
    table = [[20, 5], [10, 15]]
    return {
        "cluster_mean": stats.cluster_mean(ROWS, PEOPLE, bounds=(0, 1)),
        "cluster_mean logit": stats.cluster_mean(ROWS, PEOPLE, bounds=(0, 1)),
        "cluster_mean same": stats.cluster_mean(np.ones(40), PEOPLE, bounds=(0, 1)),
        "clopper_pearson": stats.clopper_pearson(3, 17),
        "wilson_share": stats.wilson_share(3, 17),
        "pair_mean": stats.pair_mean(ROWS, PEOPLE, np.tile(np.arange(5), 8), bounds=(0, 1)),
        "gap": stats.mean_difference(x, y),
        "minimum_of": stats.minimum_of(stats.clopper_pearson(3, 17), stats.clopper_pearson(5, 17)),
        "quantile_interval": stats.quantile_interval(RNG.normal(size=50), 0.8),
        "cohen_kappa": stats.cohen_kappa_table(table),
        "cohen_kappa perfect": stats.cohen_kappa_table([[20, 0], [0, 15]]),
        "krippendorff_alpha": stats.krippendorff_alpha(RNG.integers(1, 6, (4, 20)), replicates=200),
        "krippendorff_alpha perfect": stats.krippendorff_alpha(np.tile(np.arange(20) % 4, (3, 1)), replicates=50),
    }


KINDS = every_kind()


@pytest.mark.parametrize("kind", KINDS)
@given(levels=st.tuples(st.floats(0.5, 0.999), st.floats(0.5, 0.999)))
def test_a_higher_level_never_gives_a_shorter_interval(kind, levels):
    narrow, wide = (KINDS[kind].interval(confidence) for confidence in sorted(levels))
    dust = 1e-12
    assert wide[0] <= narrow[0] + dust and narrow[0] <= narrow[1] and narrow[1] <= wide[1] + dust
    assert wide[0] - dust <= KINDS[kind].estimate <= wide[1] + dust


@pytest.mark.parametrize("kind", KINDS)
def test_any_level_is_known_afterwards_also_in_another_process(kind):
    one = KINDS[kind]
    again = pickle.loads(pickle.dumps(one))
    assert again == one and again.interval(0.8) == one.interval(0.8)
    other = one.at(0.8)
    assert (other.low, other.high) == one.interval(0.8) and other.confidence == 0.8
    assert other.at(0.95) == one
    assert float(one) == one.estimate and isinstance(one.estimate, float) and isinstance(one.n, int)


def test_the_interval_of_a_chosen_level_is_the_one_asked_for_directly():
    direct = stats.cluster_mean(ROWS, PEOPLE, confidence=0.8)
    assert stats.cluster_mean(ROWS, PEOPLE).interval(0.8) == pytest.approx((direct.low, direct.high))


def test_it_shows_itself():
    one = stats.clopper_pearson(0, 20, confidence=0.9)
    assert repr(one).startswith("0 (90% interval 0 to 0.1391, n = 20;")
    assert list(one.table.columns) == ["estimate", "low", "high", "confidence", "n", "standard_error", "method"]
    assert one.table.shape == (1, 7) and "<table" in one._repr_html_()
    assert "no interval" in repr(stats.mean_difference([1, 2], [3, 4]))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.1, math.nan, "high"])
def test_a_level_in_percent_is_refused_with_the_repair(confidence):
    with pytest.raises(OutsourcingKitError, match=r"confidence=0\.95"):
        stats.clopper_pearson(1, 2, confidence=confidence)


def test_an_estimate_made_by_hand_knows_one_level_only():
    one = stats.Estimate(0.5, 0.4, 0.6, 0.95, 10, 0.05, "by hand")
    assert one.interval(0.95) == (0.4, 0.6)
    with pytest.raises(OutsourcingKitError, match="Mend"):
        one.interval(0.9)


def test_importing_the_room_loads_neither_scipy_nor_pandas_nor_matplotlib():
    code = (
        "import sys, outsourcing_kit.stats as s; s.cluster_mean; "
        "print([m for m in ('scipy', 'pandas', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
