"""Is it worth waiting? The published vector by hand, every strategy by enumeration, and what must always hold."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.business_case import decision_analysis, value_of_information
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

PILOT = {"sensitivity": 0.9, "specificity": 0.8}
TREE = pd.DataFrame({"saves": [100, 0], "does not": [-80, 0]}, index=["act", "drop"])
SIGNS = pd.DataFrame({"saves": [0.9, 0.1], "does not": [0.2, 0.8]}, index=["good", "bad"])


# --- value of information ---------------------------------------------------------------------------------------------


def test_the_vector():
    # act .6·100 − .4·80 = 28; truth .6·100 = 60; good sign .54·100 − .08·80 = 47.6, bad sign .06·100 − .32·80 < 0
    result = value_of_information(TREE, [0.6, 0.4], SIGNS)
    assert (result.best, result.expected) == ("act", pytest.approx(28))
    assert (result.perfect, result.evpi) == (pytest.approx(60), pytest.approx(32))
    assert (result.with_signal, result.evsi) == (pytest.approx(47.6), pytest.approx(19.6))
    assert result.policy == {"good": "act", "bad": "drop"}
    rows = result.table.set_index("decision")
    assert rows.columns.tolist() == ["expected", "regret_saves", "regret_does not", "expected_regret", "max_regret"]
    assert rows.loc["act"].tolist() == pytest.approx([28, 0, 80, 32, 80])
    assert rows.loc["drop"].tolist() == pytest.approx([0, 100, 0, 60, 100])


def test_three_decisions_in_three_states_by_hand():
    # expected: .5·10 + .3·4 + .2·0 = 6.2; .5·6 + .3·8 + .2·5 = 6.4; .5·2 + .3·3 + .2·9 = 3.7. Best in each state 10, 8,
    # 9: .5·10 + .3·8 + .2·9 = 9.2, EVPI 2.8. Regrets of the second 4, 0, 4: .5·4 + .2·4 = 2.8.
    payoffs = [[10, 4, 0], [6, 8, 5], [2, 3, 9]]
    result = value_of_information(payoffs, [0.5, 0.3, 0.2])
    assert result.table["decision"].tolist() == ["decision 1", "decision 2", "decision 3"]
    assert result.table["expected"].tolist() == pytest.approx([6.2, 6.4, 3.7])
    assert result.best == "decision 2" and result.evpi == pytest.approx(2.8)
    assert result.table["expected_regret"].tolist() == pytest.approx([3.0, 2.8, 5.5])
    assert result.table["max_regret"].tolist() == [9, 4, 8]
    assert math.isnan(result.evsi) and result.policy == {}


def enumerated(payoffs: np.ndarray, prior: np.ndarray, likelihood: np.ndarray) -> tuple[float, float, float]:
    """Without, with the signal and with the truth: the best of every strategy there is, branch by branch."""
    decisions, states = payoffs.shape
    without = max(sum(prior[s] * payoffs[d, s] for s in range(states)) for d in range(decisions))
    values = {}
    for name, chances in (("signal", likelihood), ("truth", np.eye(states))):
        values[name] = -math.inf
        for strategy in itertools.product(range(decisions), repeat=len(chances)):
            value = 0.0
            for state in range(states):
                for signal, decision in enumerate(strategy):
                    value += prior[state] * chances[signal][state] * payoffs[decision, state]
            values[name] = max(values[name], value)
    return without, values["signal"], values["truth"]


@pytest.mark.parametrize("seed", range(12))
def test_random_trees_by_every_strategy(seed):
    rng = np.random.default_rng(seed)
    decisions, states, signals = rng.integers(1, 5), rng.integers(1, 5), rng.integers(1, 5)
    payoffs = rng.normal(size=(decisions, states)) * 10.0 ** rng.integers(-3, 7)
    prior = rng.dirichlet(np.ones(states))
    likelihood = rng.dirichlet(np.ones(signals), size=states).T
    result = value_of_information(payoffs, prior, likelihood)
    scale = float(np.abs(payoffs).max())
    found = [result.expected, result.with_signal, result.perfect]
    assert found == pytest.approx(enumerated(payoffs, prior, likelihood), abs=1e-10 * scale)
    assert 0 <= result.evsi <= result.evpi + 1e-10 * scale
    assert result.evpi == pytest.approx(result.table["expected_regret"].min(), abs=1e-10 * scale)
    # The policy is worth what it is said to be worth.
    rows = {name: payoffs[place] for place, name in enumerate(result.table["decision"])}
    followed = sum(
        float((prior * likelihood[place] * rows[result.policy[f"signal {place + 1}"]]).sum())
        for place in range(signals)
    )
    assert followed == pytest.approx(result.with_signal, abs=1e-10 * scale)


def test_names_are_matched_whatever_their_order():
    turned = SIGNS[["does not", "saves"]]
    by_name = value_of_information(TREE, {"does not": 0.4, "saves": 0.6}, turned)
    assert by_name.evsi == pytest.approx(19.6)
    assert value_of_information(TREE, pd.Series({"does not": 0.4, "saves": 0.6}), turned).evsi == by_name.evsi
    assert value_of_information(TREE.to_numpy(), pd.Series([0.6, 0.4]), SIGNS.to_numpy()).evsi == pytest.approx(19.6)


def test_ties_and_signals_that_never_come_are_said():
    # .1 + .2 against .3 thirty times over: equal on paper, and not in floating point
    tied = value_of_information([[0.1 + 0.2, 0.0], [0.3, 0.0]], [1.0, 0.0])
    assert tied.best == "decision 1" and any("equally good: decision 1, decision 2" in note for note in tied.notes)
    never = value_of_information(TREE, [1.0, 0.0], [[1.0, 0.5], [0.0, 0.5]])
    assert never.policy == {"signal 1": "act"} and any("'signal 2' never comes" in note for note in never.notes)
    assert any("at most 0: whatever it says, act stays best" in note for note in never.notes)


@pytest.mark.parametrize(
    ("payoffs", "prior", "likelihood", "words"),
    [
        (TREE, [0.6, 0.5], None, "prior .* sums .*1.1"),
        (TREE, [60, 40], None, "prior .*100.* that sum to 1. Mend: divide by their sum"),
        (TREE, [1.2, -0.2], None, "of 0 or more"),
        (TREE, [1.0], None, "expected probabilities of 0 or more, 2 in each row"),
        (TREE, {"saves": 1.0}, None, "prior has .* 1 cells without a number"),
        (TREE, [0.6, 0.4], [[0.9, 0.2], [0.2, 0.8]], "likelihood .*1.1.* each state"),
        (TREE, [0.6, 0.4], [[0.9, 0.1], [0.2, 0.8]], "rows are signals"),
        (TREE, [0.6, 0.4], [[1.2, 0.1], [-0.2, 0.9]], "of 0 or more"),
        (TREE, [0.6, 0.4], [[1.0], [0.0]], "2 in each row"),
        (TREE, [0.6, 0.4], [0.9, 0.1], "likelihood has 1 dimension"),
        (TREE.replace(100, math.nan), [0.6, 0.4], None, "payoffs has .* 1 cells without a number"),
        (TREE.astype(object).replace(100, "100 EUR"), [0.6, 0.4], None, "payoffs holds something that is no number"),
        ([[1, 2], [3]], [0.6, 0.4], None, "rows of one length"),
    ],
)
def test_what_is_no_tree_is_refused(payoffs, prior, likelihood, words):
    with pytest.raises(OutsourcingKitError, match=words):
        value_of_information(payoffs, prior, likelihood)


def test_an_unknown_state_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'saves'"):
        value_of_information(TREE, {"save": 0.6, "does not": 0.4})
    with pytest.raises(UnknownNameError, match="There is no state 'savez'"):
        value_of_information(TREE, [0.6, 0.4], SIGNS.rename(columns={"saves": "savez"}))


@pytest.mark.parametrize("nothing", [[], pd.DataFrame(), pd.DataFrame(columns=["saves"])])
def test_no_payoffs_is_missing_not_an_error(nothing):
    result = value_of_information(nothing, [])
    assert "needs payoffs" in result.missing and not len(result.table) and repr(result) and result._repr_html_()


# --- act, pilot, wait, drop -------------------------------------------------------------------------------------------


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
        ({"p_saving": "often"}, "p_saving is often; expected a probability"),
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
    for result in (
        decision_analysis(0.6, 100_000, 80_000, pilot_cost=5000, **PILOT),
        value_of_information(TREE, [0.6, 0.4]),
    ):
        for text in (repr(result), result._repr_html_()):
            assert not re.search(r"\b(nan|None|inf)\b|if_it", text)
    assert "100,000" in repr(decision_analysis(0.6, 100_000, 80_000))
