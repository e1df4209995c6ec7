"""Is it worth waiting? The published vector by hand, every strategy by enumeration, and what must always hold."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.business_case import decision_analysis
from outsourcing_kit.exceptions import OutsourcingKitError

PILOT = {"sensitivity": 0.9, "specificity": 0.8}
# --- act, pilot, wait, drop -------------------------------------------------------------------------------------------


def test_the_vector():
    # act .6·100 − .4·80 = 28; truth .6·100 = 60; good sign .54·100 − .08·80 = 47.6, bad sign .06·100 − .32·80 < 0
    result = decision_analysis(0.6, 100, 80, **PILOT)
    expected = result.table.set_index("decision")["expected"]
    assert [expected["act"], expected["wait"], expected["pilot"]] == pytest.approx([28, 60, 47.6])
    assert [result.evpi, result.evsi] == pytest.approx([32, 19.6])
    assert result.policy == {"good sign": "act", "bad sign": "drop"}


def test_of_a_sign_that_never_comes_nothing_is_said():
    sure = decision_analysis(1.0, 100, 80, sensitivity=1.0, specificity=0.5)
    assert sure.policy == {"good sign": "act"} and sure.evsi == 0.0


def test_four_decisions_by_hand():
    # pilot: acts after a good sign only, so .9·100 − 5 = 85 if it saves and −.2·80 − 5 = −21 if not, .6·85 − .4·21 =
    # 42.6; wait: 100 − 30 and −30, .6·70 − .4·30 = 30. Regret: 100, or 0, less that.
    result = decision_analysis(0.6, 100, 80, pilot_cost=5, wait_cost=30, **PILOT)
    rows = result.table.set_index("decision")
    assert rows.index.tolist() == ["act", "pilot", "wait", "drop"]
    assert rows.loc["act"].tolist() == pytest.approx([28, 100, -80, 0, 80, 32, 80])
    assert rows.loc["pilot"].tolist() == pytest.approx([42.6, 85, -21, 15, 21, 17.4, 21])
    assert rows.loc["wait"].tolist() == pytest.approx([30, 70, -30, 30, 30, 30, 30])
    assert rows.loc["drop"].tolist() == pytest.approx([0, 0, 0, 100, 0, 60, 100])
    assert (result.best, result.minimax_regret) == ("pilot", "pilot")
    assert (result.evpi, result.evsi) == (pytest.approx(32), pytest.approx(19.6))
    assert result.act_from == pytest.approx(80 / 180)
    # pilot above drop: p·90 − (1 − p)·16 > 5; above act: p·90 − (1 − p)·16 − 5 > p·100 − (1 − p)·80
    assert result.pilot_between == (pytest.approx(21 / 106), pytest.approx(59 / 74))
    assert result.regions["best"].tolist() == ["drop", "pilot", "act"]
    assert result.policy == {"good sign": "act", "bad sign": "drop"}
    assert result.holds is None


def test_waiting_without_a_price_is_shown_and_not_chosen():
    unpriced = decision_analysis(0.6, 100, 80, **PILOT)
    assert unpriced.table.set_index("decision")["expected"].to_dict() == pytest.approx(
        {"act": 28, "pilot": 47.6, "wait": 60, "drop": 0}
    )
    assert unpriced.best == unpriced.minimax_regret == "pilot" and unpriced.open_to_choice == ("act", "pilot", "drop")
    assert "Wait stands before its cost and cannot be best" in repr(unpriced)
    free = decision_analysis(0.6, 100, 80, wait_cost=0.0, **PILOT)
    assert free.best == "wait" and "Waiting counts as free here" in repr(free)
    pd.testing.assert_frame_equal(free.table, unpriced.table)
    assert all(math.isnan(end) for end in free.pilot_between)
    # More than the truth is worth: acting at once is better again.
    assert decision_analysis(0.6, 100, 80, wait_cost=31.9).best == "wait"
    assert decision_analysis(0.6, 100, 80, wait_cost=32.1).best == "act"


def played(p: float, gain: float, loss: float, sens: float, spec: float, pilot: float, wait: float) -> dict[str, float]:
    """Each decision by walking the tree: after each sign, and each truth, whichever of act and drop is better."""
    signs = ((sens, 1 - spec), (1 - sens, spec))
    return {
        "act": p * gain - (1 - p) * loss,
        "pilot": -pilot + sum(max(p * a * gain - (1 - p) * b * loss, 0.0) for a, b in signs),
        "wait": -wait + p * max(gain, 0.0) + (1 - p) * max(-loss, 0.0),
        "drop": 0.0,
    }


@pytest.mark.parametrize("seed", range(20))
def test_random_cases_against_the_tree_and_a_fine_grid(seed):
    rng = np.random.default_rng(seed)
    p, sens, spec = rng.random(3)
    gain, loss = 10 ** rng.uniform(0, 6, 2)
    pilot, wait = rng.choice([0.0, 0.02, 0.2], 2) * rng.random(2) * min(gain, loss)
    terms = {"sensitivity": sens, "specificity": spec, "pilot_cost": pilot, "wait_cost": wait}
    result = decision_analysis(p, gain, loss, **terms)
    scale = max(gain, loss)
    by_tree = played(p, gain, loss, sens, spec, pilot, wait)
    rows = result.table.set_index("decision")
    assert rows["expected"].to_dict() == pytest.approx(by_tree, abs=1e-9 * scale)
    assert rows["expected"][result.best] == pytest.approx(max(by_tree.values()), abs=1e-9 * scale)
    # Expected regret is what is missing to the truth for nothing.
    missed = p * gain - rows["expected"]
    assert rows["expected_regret"].to_dict() == pytest.approx(missed.to_dict(), abs=1e-9 * scale)
    assert rows["max_regret"][result.minimax_regret] == pytest.approx(rows["max_regret"].min(), abs=1e-9 * scale)
    assert -1e-9 * scale <= result.evsi <= result.evpi + 1e-9 * scale
    # The regions: all along the axis the decision named is as good as any.
    ends = [0.0, *result.regions["p_to"]]
    assert result.regions["p_from"].tolist() == ends[:-1] and ends[-1] == 1.0
    curves = {name: result.curves[name].to_numpy() for name in ("p", *by_tree)}
    for share in np.linspace(0.00025, 0.99975, 300):
        values = played(share, gain, loss, sens, spec, pilot, wait)
        named = result.regions["best"].iloc[int(np.searchsorted(ends[1:], share))]
        assert values[named] >= max(values.values()) - 1e-7 * scale
        for name, value in values.items():
            assert abs(np.interp(share, curves["p"], curves[name]) - value) <= 1e-7 * scale


def test_a_perfect_pilot_is_the_truth_and_a_coin_is_worth_nothing():
    perfect = decision_analysis(0.6, 100, 80, sensitivity=1, specificity=1)
    assert perfect.evsi == pytest.approx(perfect.evpi) == pytest.approx(32)
    coin = decision_analysis(0.6, 100, 80, sensitivity=0.5, specificity=0.5)
    assert coin.evsi == pytest.approx(0, abs=1e-12) and coin.best == "act"
    assert "At this chance the pilot is worth nothing" in repr(coin) and "The pilot tells nothing" in repr(coin)


def test_a_better_pilot_is_never_worth_less_and_more_at_stake_never_makes_the_truth_worth_less():
    shares = np.linspace(0.5, 1, 11)
    for p in (0.2, 0.444, 0.6, 0.9):
        for fixed in ("sensitivity", "specificity"):
            moving = "specificity" if fixed == "sensitivity" else "sensitivity"
            worth = [decision_analysis(p, 100, 80, **{fixed: 0.7, moving: float(share)}).evsi for share in shares]
            assert (np.diff(worth) >= -1e-9).all() and (worth[-1] > 0.5 or p == 0.9)
        assert (np.diff([decision_analysis(p, 100, float(loss)).evpi for loss in range(0, 900, 75)]) >= -1e-9).all()


def test_a_reversed_sign_is_as_good_and_is_said():
    # The signs of the vector with their names swapped: P(good | saves) .1, P(bad | does not) .2.
    swapped = decision_analysis(0.6, 100, 80, sensitivity=0.1, specificity=0.2)
    assert swapped.evsi == pytest.approx(19.6)
    assert swapped.policy == {"good sign": "drop", "bad sign": "act"}
    assert "the other way round" in repr(swapped) and "other way round" not in repr(
        decision_analysis(0.6, 1, 1, **PILOT)
    )


def test_whether_the_best_holds_over_the_range():
    firm = decision_analysis(0.6, 100, 80, p_range=(0.5, 0.7))
    assert firm.holds is True
    assert firm.in_words == "acting at once has the highest expected value at every chance from 50% to 70%"
    open_ = decision_analysis(0.6, 100, 80, p_range=(0.4, 0.7))
    assert open_.holds is False and open_.best == "act"
    assert open_.in_words == "cannot tell yet: at 40% dropping it is best, at 70% acting at once"
    three = decision_analysis(0.6, 100, 80, p_range=(0.1, 0.9), **PILOT)
    assert three.in_words == "cannot tell yet: at 10% dropping it is best, at 90% acting at once, in between the pilot"
    assert repr(three).casefold().count("cannot tell yet") == 1
    # A range that only touches where the best changes does not change it; one without width cannot.
    assert decision_analysis(0.6, 100, 80, p_range=(80 / 180, 0.7)).holds is True
    assert decision_analysis(0.6, 100, 80, p_range=(0.6, 0.6)).holds is True


@pytest.mark.parametrize("seed", range(4))
def test_holds_is_what_a_walk_along_the_range_finds(seed):
    rng = np.random.default_rng(seed)
    low, high = np.sort(rng.random(2))
    terms = {"gain": 100.0, "loss": float(rng.uniform(20, 300)), "pilot_cost": 4.0, "wait_cost": 15.0, **PILOT}
    result = decision_analysis((low + high) / 2, p_range=(low, high), **terms)
    walked = {decision_analysis(float(p), **terms).best for p in np.linspace(low, high, 80)}
    assert result.holds is (len(walked) == 1)


def test_of_equally_good_decisions_the_simplest_counts():
    # At 80/180 acting is worth nothing too: then nothing is done.
    assert decision_analysis(80 / 180, 100, 80).best == "drop"
    # It is sure to save: neither a free pilot nor free waiting adds anything.
    assert decision_analysis(1.0, 100, 80, wait_cost=0, **PILOT).best == "act"
    assert decision_analysis(0.0, 100, 80, wait_cost=0, **PILOT).best == "drop"
    nothing = decision_analysis(0.5, 0, 0, wait_cost=0, **PILOT)
    assert nothing.best == "drop" and math.isnan(nothing.act_from) and nothing.regions["best"].tolist() == ["drop"]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"p_saving": 60}, "p_saving is 60; expected a probability from 0 to 1. Mend: p_saving=0.6."),
        ({"p_saving": "often"}, "p_saving is 'often'; expected a probability"),
        (
            {"loss": -80},
            "loss is -80; expected an amount of 0 or more. Mend: loss=80.",
        ),
        ({"gain": -1}, "Mend: gain=1."),
        ({"gain": math.inf}, "gain is inf"),
        ({"sensitivity": 0.9}, "without specificity; expected both"),
        ({"sensitivity": 90, "specificity": 0.8}, "Mend: sensitivity=0.9."),
        ({"sensitivity": 0.9, "specificity": -0.1}, "specificity is -0.1"),
        ({"pilot_cost": 5}, "without sensitivity and specificity; expected both"),
        ({"pilot_cost": -5, **PILOT}, "Mend: pilot_cost=5."),
        ({"wait_cost": -5}, "Mend: wait_cost=5."),
        (
            {"p_range": (0.7, 0.5)},
            r"p_range is 0.7 to 0.5 .*expected low ≤ p_saving ≤ high. Mend: p_range=\(0.5, 0.7\).",
        ),
        ({"p_range": (0.7, 0.9)}, r"p_range is 0.7 to 0.9 and p_saving 0.6; .*Mend: p_range=\(0.6, 0.9\)"),
        ({"p_range": 0.7}, "expected two probabilities"),
        ({"p_range": (40, 70)}, r"p_range\[0\] is 40"),
    ],
)
def test_impossible_terms_are_refused_with_the_mend(terms, words):
    with pytest.raises(OutsourcingKitError, match=words):
        decision_analysis(**{"p_saving": 0.6, "gain": 100, "loss": 80, **terms})


@pytest.mark.parametrize("unknown", ["p_saving", "gain", "loss"])
@pytest.mark.parametrize("value", [math.nan, None, np.float64("nan")])
def test_what_is_not_known_is_missing_not_an_error(unknown, value):
    terms = {"p_saving": 0.6, "gain": 100, "loss": 80, unknown: value}
    result = decision_analysis(**terms, p_range=(0.5, 0.7), **PILOT)
    assert result.missing == f"needs {unknown}: not known" and result.best == "" and result.in_words == ""
    assert repr(result).startswith("Not assessed") and "<p>" in result._repr_html_()


def test_results_read_well():
    result = decision_analysis(0.6, 100_000, 80_000, pilot_cost=5000, **PILOT)
    for text in (repr(result), result._repr_html_()):
        assert not re.search(r"\b(nan|None|inf)\b|if_it", text)
    assert "100,000" in repr(decision_analysis(0.6, 100_000, 80_000))
