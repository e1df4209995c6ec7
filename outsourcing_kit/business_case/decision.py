"""Is it worth waiting? Act, pilot, wait or drop, and what each may come to regret."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby, pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import checked_amount, checked_share, is_unknown
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Result
from outsourcing_kit.words import numbers, percent

IN_WORDS = {"act": "acting at once", "pilot": "the pilot", "wait": "waiting", "drop": "dropping it"}
# Of decisions that are equally good, the one that commits least and costs nobody a further step.
_SIMPLEST_FIRST = ("drop", "act", "pilot", "wait")
# What may be done after a good and after a bad sign of a pilot, the simplest first.
_SIGNS = ("good sign", "bad sign")
_AFTER_SIGNS = (("drop", "drop"), ("act", "drop"), ("drop", "act"), ("act", "act"))
_NOWHERE = (math.nan, math.nan)
# Chances closer than this are one: what is best changes where lines cross, and rounding finds a crossing twice.
_APART = 1e-9
# What rounding may part: values that are equal on paper count as equal, as a share of the largest amount.
_TOLERANCE = 1e-12


@dataclass(frozen=True, repr=False)
class DecisionAnalysis(Result):
    """Act, pilot, wait or drop, side by side: `.table`, one row a decision; see `decision_analysis`.

    best: highest expected value. minimax_regret: the decision whose largest regret is smallest. evpi, evsi: the most
    that the truth, and this pilot, may cost. act_from: the chance from which acting at once beats dropping.
    pilot_between: the chances between which the pilot is best (nan, nan if nowhere). holds: whether `best` is the same
    over the whole p_range; None without one. open_to_choice: the decisions that can be best. policy: what to do after
    each sign of the pilot. regions: p_from, p_to, best from 0 to 1. curves: p and each decision's expected value at
    every kink and crossing; straight in between.
    """

    p_saving: float = math.nan
    p_range: tuple[float, float] | None = None
    best: str = ""
    minimax_regret: str = ""
    evpi: float = math.nan
    evsi: float = math.nan
    act_from: float = math.nan
    pilot_between: tuple[float, float] = _NOWHERE
    holds: bool | None = None
    open_to_choice: tuple[str, ...] = ()
    policy: Mapping[str, str] = field(default_factory=dict)
    regions: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    curves: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)

    words: ClassVar[Mapping[str, str]] = IN_WORDS
    columns: ClassVar[Mapping[str, str]] = {
        "decision": "text", "expected": "number", "if_it_saves": "number", "if_it_does_not": "number",
        "regret_if_it_saves": "number", "regret_if_it_does_not": "number", "expected_regret": "number",
        "max_regret": "number",
    }  # fmt: skip

    @property
    def in_words(self) -> str:
        """Which decision is best, and whether that holds over the whole range of chances."""
        if not self.best:
            return ""
        best = f"{IN_WORDS[self.best]} has the highest expected value"
        if self.holds is None or self.p_range is None:
            value = self.table.set_index("decision")["expected"][self.best]
            return f"at a chance of {percent(self.p_saving)} that it saves, {best}, {numbers(value)[0]}"
        low, high = self.p_range
        if self.holds:
            return f"{best} at every chance from {_span(low, high)}"
        over = _overlapping(self.regions, low, high)["best"].tolist()
        ends = f"at {percent(low)} {IN_WORDS[over[0]]} is best, at {percent(high)} {IN_WORDS[over[-1]]}"
        between = " and then ".join(IN_WORDS[name] for name in over[1:-1])
        return f"cannot tell yet: {ends}" + (f", in between {between}" if between else "")

    def _more(self) -> tuple[str, ...]:
        return (self.in_words,)


def decision_analysis(
    p_saving: float, gain: float, loss: float, *, sensitivity: float | None = None, specificity: float | None = None,
    pilot_cost: float = 0.0, wait_cost: float | None = None, p_range: tuple[float, float] | None = None,
) -> DecisionAnalysis:  # fmt: skip
    """Act at once, pilot first, wait until it is known, or drop it? Expected value and regret of each.

    act: p·gain − (1 − p)·loss. drop: 0. pilot: decide after its sign, less pilot_cost. wait: decide knowing the truth,
    less wait_cost. `.table`: decision; expected; if_it_saves, if_it_does_not; regret_…, the best value in that case
    less the decision's own; expected_regret; max_regret. Of equally good ones: drop, act, pilot, wait.

    Args:
        p_saving, gain, loss: as of `simulate_cash_flows(…).odds()`; nan where not known.
        sensitivity, specificity: P(good sign | it saves), P(bad sign | it does not); None for no pilot.
        pilot_cost: beyond what is handed over anyway.
        wait_cost: None: the row stands before that cost, and cannot be best.
        p_range: lowest and highest chance that can be defended: is the same decision best throughout?

    Raises:
        OutsourcingKitError: a probability outside 0 to 1, a negative amount, p_saving outside p_range.

    Source: Raiffa & Schlaifer 1961; regret, Savage 1951.

    Example: chance .6, 100 gained or 80 lost: act 28. Pilot: .6·.9·100 − .4·.2·80 = 47.6, less 5. Truth 60, less 30.

    >>> result = decision_analysis(0.6, 100, 80, sensitivity=0.9, specificity=0.8, pilot_cost=5, wait_cost=30)
    >>> result.table.set_index("decision")["expected"].round(9).to_dict(), result.best
    ({'act': 28.0, 'pilot': 42.6, 'wait': 30.0, 'drop': 0.0}, 'pilot')
    """
    given = {"p_saving": p_saving, "gain": gain, "loss": loss}
    if unknown := ", ".join(name for name, value in given.items() if is_unknown(value)):
        return DecisionAnalysis.lacking(f"needs {unknown}: not known")
    p, gain, loss = _probability("p_saving", p_saving), checked_amount("gain", gain), checked_amount("loss", loss)
    pilot = _checked_pilot(sensitivity, specificity, pilot_cost)
    waited = None if wait_cost is None else checked_amount("wait_cost", wait_cost)
    span = _checked_range(p_range, p)
    # Whether it saves is two cases here, so that a decision is a straight line in the chance, a pilot the best of four.
    plans = _plans(gain, loss, pilot, pilot_cost, waited or 0.0)
    can = tuple(name for name in plans if name != "wait" or waited is not None)
    scale = max(gain, loss, float(pilot_cost), waited or 0.0)

    def best_at(chance: float) -> str:
        return _simplest({name: _value(plans[name], chance) for name in can}, scale)

    # What the truth, or the pilot's sign, adds for nothing to the better of act and drop is the most that it may cost.
    free = _plans(gain, loss, pilot, 0.0, 0.0)
    added = {name: _value(lines, p) - max(_value(free["act"], p), 0.0) for name, lines in free.items()}
    worth = {name: more if more > _TOLERANCE * max(gain, loss) else 0.0 for name, more in added.items()}
    policy = {}
    if pilot:
        chances = (p * pilot[0] + (1 - p) * (1 - pilot[1]), p * (1 - pilot[0]) + (1 - p) * pilot[1])
        steps = zip(_SIGNS, _AFTER_SIGNS[_followed(free["pilot"], p, scale)], chances, strict=True)
        # Of a sign that never comes nobody needs to know what to do.
        policy = {sign: decision for sign, decision, chance in steps if chance > 0}
    places = _places(plans, p)
    curves = pd.DataFrame([{"p": at, **{name: _value(lines, at) for name, lines in plans.items()}} for at in places])
    # In the middle of a stretch nothing is tied but what is tied all along it; neighbours with the same best are one.
    stretches = [(best, [*ends]) for best, ends in groupby(pairwise(places), lambda ends: best_at(sum(ends) / 2))]
    merged = [(ends[0][0], ends[-1][1], best) for best, ends in stretches]
    regions = pd.DataFrame(merged, columns=["p_from", "p_to", "best"])
    table = _decisions(plans, p, scale)
    piloted = regions[regions["best"] == "pilot"]
    worst = {name: -value for name, value in zip(plans, table["max_regret"], strict=True)}
    result = DecisionAnalysis(
        table, p, span, best_at(p), _simplest({name: worst[name] for name in can}, scale),
        evpi=worth["wait"], evsi=worth.get("pilot", math.nan),
        act_from=loss / (gain + loss) if gain + loss > 0 else math.nan,
        pilot_between=(float(piloted["p_from"].min()), float(piloted["p_to"].max())) if len(piloted) else _NOWHERE,
        holds=None if span is None else len(_overlapping(regions, *span)) == 1,
        open_to_choice=can, policy=policy, regions=regions, curves=curves,
    )  # fmt: skip
    return replace(result, notes=_notes_of(result, pilot, float(pilot_cost), waited))


_Lines = list[tuple[float, float]]


def _plans(
    gain: float, loss: float, pilot: tuple[float, float] | None, pilot_cost: float, waited: float
) -> dict[str, _Lines]:
    """What each decision is worth (if it saves, if it does not); a pilot by what is done after its two signs."""
    plans: dict[str, _Lines] = {"act": [(gain, -loss)]}
    if pilot:
        # After each sign: how often it comes if it saves, and if it does not; acting after it is right, or wrong.
        signs = ((pilot[0], 1 - pilot[1]), (1 - pilot[0], pilot[1]))
        plans["pilot"] = []
        for decisions in _AFTER_SIGNS:
            acts = [sign for sign, decision in zip(signs, decisions, strict=True) if decision == "act"]
            right, wrong = (sum(sign[case] for sign in acts) for case in (0, 1))
            plans["pilot"].append((gain * right - pilot_cost, -loss * wrong - pilot_cost))
    return {**plans, "wait": [(gain - waited, -waited)], "drop": [(0.0, 0.0)]}


def _value(lines: _Lines, p: float) -> float:
    return max(p * saves + (1 - p) * fails for saves, fails in lines)


def _followed(lines: _Lines, p: float, scale: float) -> int:
    """Which line is followed at a chance: the first of those that are worth most."""
    worth = [_value([line], p) for line in lines]
    return next(place for place, value in enumerate(worth) if value >= max(worth) - _TOLERANCE * scale)


def _simplest(values: Mapping[str, float], scale: float) -> str:
    """The highest; of those that are equal on paper the simplest."""
    most = max(values.values())
    return min((name for name in values if values[name] >= most - _TOLERANCE * scale), key=_SIMPLEST_FIRST.index)


def _places(plans: Mapping[str, _Lines], p: float) -> list[float]:
    """0, 1, the chance itself, and every chance where two straight lines cross: between them nothing changes."""
    every = [line for lines in plans.values() for line in lines]
    places = [p]
    for one, other in combinations(every, 2):
        at_one, at_zero = one[0] - other[0], one[1] - other[1]
        if at_one != at_zero:
            places.append(at_zero / (at_zero - at_one))
    within = np.sort([place for place in places if _APART < place < 1 - _APART])
    return [0.0, *within[np.diff(within, prepend=0.0) > _APART].tolist(), 1.0]


def _overlapping(regions: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """The regions that a range of chances reaches into; of a range without width the first that holds it."""
    if high - low <= _APART:
        return regions[(regions["p_from"] <= low + _APART) & (regions["p_to"] >= low - _APART)].head(1)
    # A range that only touches a region's end does not reach into it.
    return regions[(regions["p_from"] < high - _APART) & (regions["p_to"] > low + _APART)]


def _decisions(plans: Mapping[str, _Lines], p: float, scale: float) -> pd.DataFrame:
    """One row a decision: its expected value, the same in each case, and what it misses in each."""
    chosen = {name: lines[_followed(lines, p, scale)] for name, lines in plans.items()}
    # Adding 0 makes an ordinary zero of the negative one.
    each, chance = np.array(list(chosen.values())) + 0.0, np.array([p, 1 - p])
    # In each case the best is known: act if it saves, drop if it does not.
    regret = np.array([each[0, 0], 0.0]) - each
    columns = (list(chosen), each @ chance, *each.T, *regret.T, regret @ chance, regret.max(axis=1))
    return pd.DataFrame(dict(zip(DecisionAnalysis.columns, columns, strict=True)))


def _notes_of(
    result: DecisionAnalysis, pilot: tuple[float, float] | None, pilot_cost: float, waited: float | None
) -> tuple[str, ...]:
    """What there is to say besides which decision is best."""
    worst = result.table.set_index("decision")["max_regret"][result.minimax_regret]
    notes = [
        f"the largest regret is smallest with {IN_WORDS[result.minimax_regret]}: {numbers(worst)[0]}",
        f"knowing the truth before deciding may cost at most {numbers(result.evpi)[0]}",
    ]
    if pilot:
        words = "at this chance the pilot is worth nothing: whatever its sign, the same is done"
        if result.evsi:
            steps = ", ".join(f"after a {sign} {decision}" for sign, decision in result.policy.items())
            cost = f"costs {numbers(pilot_cost)[0]}" if pilot_cost else "counts as free"
            words = f"this pilot may cost at most {numbers(result.evsi)[0]} and {cost}: {steps}"
        low, high = result.pilot_between
        notes.append(words if math.isnan(low) else f"{words}; it is best from {_span(low, high)}")
        # Both signs are then as likely in either case.
        if abs(sum(pilot) - 1) <= _TOLERANCE:
            notes.append("the pilot tells nothing: its good sign is as likely if it does not save as if it does")
        elif sum(pilot) < 1:
            notes.append(
                "sensitivity + specificity is below 1: the good sign is likelier if it does not save, so it is read "
                "the other way round; check whether the two were mixed up"
            )
    if waited is None:
        notes.append("wait stands before its cost and cannot be best; say with wait_cost what is lost meanwhile")
    elif waited == 0:
        notes.append("waiting counts as free here, and what is free cannot lose; check wait_cost=0")
    if not math.isnan(result.act_from):
        notes.append(f"acting at once beats dropping above a chance of {percent(result.act_from)}")
    return tuple(notes)


def _checked_pilot(sensitivity: Any, specificity: Any, cost: Any) -> tuple[float, float] | None:
    given = {"sensitivity": sensitivity, "specificity": specificity}
    absent = [name for name, value in given.items() if value is None]
    if (checked_amount("pilot_cost", cost) and absent) or len(absent) == 1:
        raise OutsourcingKitError(
            f"A pilot is given without {' and '.join(absent)}; expected both, how far its sign can be trusted. "
            f"Mend: {', '.join(f'{name}=0.8' for name in absent)}."
        )
    return None if absent else (_probability("sensitivity", sensitivity), _probability("specificity", specificity))


def _probability(name: str, value: Any) -> float:
    return checked_share(name, value, 0.6, "a probability from 0 to 1")


def _checked_range(p_range: Any, p: float) -> tuple[float, float] | None:
    if p_range is None:
        return None
    if np.shape(p_range) != (2,):
        raise OutsourcingKitError(
            f"p_range is {p_range!r}; expected two probabilities, low and high. Mend: p_range=(0.4, 0.7)."
        )
    low, high = (_probability(f"p_range[{end}]", each) for end, each in enumerate(p_range))
    if not low - _APART <= p <= high + _APART or low > high:
        ends = sorted((low, high))
        raise OutsourcingKitError(
            f"p_range is {low:g} to {high:g} and p_saving {p:g}; expected low ≤ p_saving ≤ high. "
            f"Mend: p_range=({min(ends[0], p):g}, {max(ends[1], p):g})."
        )
    return low, high


def _span(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"
