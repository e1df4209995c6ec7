"""Is it worth waiting? What better information is worth, and whether to act, pilot, wait or drop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.information import TOLERANCE, ValueOfInformation, plain, value_of_information
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown
from outsourcing_kit.words import percent

DECISIONS = ("act", "pilot", "wait", "drop")
IN_WORDS = {"act": "acting at once", "pilot": "the pilot", "wait": "waiting", "drop": "dropping it"}
# Of decisions that are equally good, the one that commits least and costs nobody a further step.
_SIMPLEST_FIRST = ("drop", "act", "pilot", "wait")
GOOD_SIGN, BAD_SIGN = "good sign", "bad sign"
_NOWHERE = (math.nan, math.nan)
_OUTCOMES = ("if_it_saves", "if_it_does_not")


@dataclass(frozen=True, repr=False)
class DecisionAnalysis(Shown):
    """Act, pilot, wait or drop, side by side: `.table`, one row a decision; see `decision_analysis`.

    best: highest expected value. minimax_regret: the decision whose largest regret is smallest. evpi, evsi: the most
    that the truth, and this pilot, may cost. act_from: the chance from which acting at once beats dropping.
    pilot_between: the chances between which the pilot is best (nan, nan if nowhere). holds: whether `best` is the same
    over the whole p_range; None without one. open_to_choice: the decisions that can be best. policy: what to do after
    each sign of the pilot. regions: p_from, p_to, best from 0 to 1. curves: p and each decision's expected value at
    every kink and crossing; straight in between.
    """

    table: pd.DataFrame
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
    missing: str = ""
    notes: tuple[str, ...] = ()

    words: ClassVar[Mapping[str, str]] = IN_WORDS

    @property
    def in_words(self) -> str:
        """Which decision is best, and whether that holds over the whole range of chances."""
        if not self.best:
            return ""
        if self.holds is None or self.p_range is None:
            value = self.table.set_index("decision")["expected"][self.best]
            words = f"at a chance of {percent(self.p_saving)} that it saves, {IN_WORDS[self.best]} has the highest"
            return f"{words} expected value, {plain(value)}"
        low, high = self.p_range
        if self.holds:
            return f"{IN_WORDS[self.best]} has the highest expected value at every chance from {_span(low, high)}"
        over = _overlapping(self.regions, low, high)["best"].tolist()
        ends = f"at {percent(low)} {IN_WORDS[over[0]]} is best, at {percent(high)} {IN_WORDS[over[-1]]}"
        between = " and then ".join(IN_WORDS[name] for name in over[1:-1])
        return f"cannot tell yet: {ends}" + (f", in between {between}" if between else "")


def decision_analysis(
    p_saving: float,
    gain: float,
    loss: float,
    *,
    sensitivity: float | None = None,
    specificity: float | None = None,
    pilot_cost: float = 0.0,
    wait_cost: float | None = None,
    p_range: tuple[float, float] | None = None,
) -> DecisionAnalysis:
    """Act at once, pilot first, wait until it is known, or drop it? Expected value and regret of each.

    act: p·gain − (1 − p)·loss. drop: 0. pilot: decide after its sign, less pilot_cost, spent either way. wait: decide
    knowing the truth, less wait_cost, spent either way. `.table`: decision; expected; if_it_saves, if_it_does_not, the
    expected value in each case; regret_if_it_saves, regret_if_it_does_not, the best value in that case less the
    decision's own; expected_regret; max_regret. All in the unit of gain and loss. Of decisions that are equally good
    the simplest counts: drop, act, pilot, wait.

    Whether it saves is two cases here. For a simulated saving take as gain its mean where it is above 0, as loss the
    mean shortfall where it is not; the chance is 1 − P(no saving), its range that of the assumptions.

    Args:
        p_saving: chance that it saves, from 0 to 1; nan where it is not known, which `.missing` then says.
        gain: what is gained if it saves.
        loss: what is lost if it does not, as a positive number.
        sensitivity: P(good sign of the pilot | it saves). Without it and specificity there is no row for a pilot.
        specificity: P(bad sign | it does not save).
        pilot_cost: of the pilot, beyond what is handed over anyway.
        wait_cost: what waiting costs, a saving forgone meanwhile included. None where nobody has said: the row then
            stands before that cost, as what the truth would be worth, and cannot be best.
        p_range: lowest and highest chance that can be defended; says whether the same decision is best throughout.

    Raises:
        OutsourcingKitError: a probability outside 0 to 1, a negative amount, one of sensitivity and specificity alone,
            p_saving outside p_range.

    Source: value of information, Raiffa & Schlaifer 1961; regret, Savage 1951.

    Example: chance .6, 100 gained or 80 lost. Act: .6·100 − .4·80 = 28. Truth: .6·100 = 60, so EVPI 32. Pilot: after a
    good sign act, .6·.9·100 − .4·.2·80 = 47.6, after a bad one drop, so EVSI 19.6. Acting beats dropping from 80/180.

    >>> result = decision_analysis(0.6, 100, 80, sensitivity=0.9, specificity=0.8, pilot_cost=5, wait_cost=30)
    >>> result.table.set_index("decision")["expected"].round(9).to_dict()
    {'act': 28.0, 'pilot': 42.6, 'wait': 30.0, 'drop': 0.0}
    >>> result.best, round(result.evpi, 9), round(result.evsi, 9), round(result.act_from, 3)
    ('pilot', 32.0, 19.6, 0.444)
    """
    unknown = [
        name for name, value in (("p_saving", p_saving), ("gain", gain), ("loss", loss)) if _is_unknown(value)
    ]  # fmt: skip
    if unknown:
        return DecisionAnalysis(_no_decisions(), missing=f"needs {', '.join(unknown)}: not known")
    p = _probability("p_saving", p_saving)
    case = _case(gain, loss, sensitivity, specificity, pilot_cost, wait_cost)
    span = _checked_range(p_range, p)
    known = case.information(p)
    table = _decisions(case, p, known.policy)
    curves = _curves(case, p)
    regions = _regions(case, curves)
    pilot = regions[regions["best"] == "pilot"]
    worst = table.set_index("decision")["max_regret"]
    result = DecisionAnalysis(
        table,
        p,
        span,
        best=case.best(case.expected(p)),
        minimax_regret=case.best({str(name): -float(value) for name, value in worst.items()}),
        evpi=known.evpi,
        evsi=known.evsi,
        act_from=case.loss / (case.gain + case.loss) if case.gain + case.loss > 0 else math.nan,
        pilot_between=(float(pilot["p_from"].min()), float(pilot["p_to"].max())) if len(pilot) else _NOWHERE,
        holds=None if span is None else len(_overlapping(regions, *span)) == 1,
        open_to_choice=case.open_to_choice,
        policy=known.policy,
        regions=regions,
        curves=curves,
    )
    return replace(result, notes=_notes_of(result, case))


# --- act, pilot, wait, drop -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """What is at stake, checked; no sensitivity means no pilot, no wait_cost that waiting cannot be chosen."""

    gain: float
    loss: float
    sensitivity: float | None
    specificity: float | None
    pilot_cost: float
    wait_cost: float | None

    @property
    def open_to_choice(self) -> tuple[str, ...]:
        return tuple(
            name
            for name in DECISIONS
            if not (name == "pilot" and self.sensitivity is None) and not (name == "wait" and self.wait_cost is None)
        )

    @property
    def scale(self) -> float:
        return max(self.gain, self.loss, self.pilot_cost, self.wait_cost or 0.0)

    def information(self, p: float) -> ValueOfInformation:
        """What the truth and the pilot's sign are worth. Drop comes first: a tie saves nothing."""
        payoffs = pd.DataFrame({"saves": [0.0, self.gain], "does not": [0.0, -self.loss]}, index=["drop", "act"])
        likelihood = None
        if self.sensitivity is not None and self.specificity is not None:
            saves = [self.sensitivity, 1 - self.sensitivity]
            likelihood = pd.DataFrame(
                {"saves": saves, "does not": [1 - self.specificity, self.specificity]}, index=[GOOD_SIGN, BAD_SIGN]
            )
        return value_of_information(payoffs, [p, 1 - p], likelihood)

    def expected(self, p: float) -> dict[str, float]:
        """Expected value of every decision with a row, in the rows' order, at chance p."""
        values = {"act": p * self.gain - (1 - p) * self.loss}
        if self.sensitivity is not None and self.specificity is not None:
            good = p * self.sensitivity * self.gain - (1 - p) * (1 - self.specificity) * self.loss
            bad = p * (1 - self.sensitivity) * self.gain - (1 - p) * self.specificity * self.loss
            values["pilot"] = max(good, 0.0) + max(bad, 0.0) - self.pilot_cost
        return {**values, "wait": p * self.gain - (self.wait_cost or 0.0), "drop": 0.0}

    def best(self, values: Mapping[str, float]) -> str:
        """The highest among those that can be chosen; of equal ones the simplest."""
        most = max(values[name] for name in self.open_to_choice)
        ties = [name for name in self.open_to_choice if values[name] >= most - TOLERANCE * self.scale]
        return min(ties, key=_SIMPLEST_FIRST.index)

    @property
    def kinks(self) -> list[float]:
        """Chances at which a sign stops to change, or starts to change, what is done after the pilot."""
        if self.sensitivity is None or self.specificity is None:
            return []
        pairs = (
            (self.sensitivity * self.gain, (1 - self.specificity) * self.loss),
            ((1 - self.sensitivity) * self.gain, self.specificity * self.loss),
        )
        return [lost / (gained + lost) for gained, lost in pairs if gained + lost > 0]


def _decisions(case: _Case, p: float, policy: Mapping[str, str]) -> pd.DataFrame:
    """One row a decision: its expected value, the same in each case, and what it misses in each."""
    waited = case.wait_cost or 0.0
    outcomes = {"act": (case.gain, -case.loss)}
    if case.sensitivity is not None and case.specificity is not None:
        acts = [policy.get(sign) == "act" for sign in (GOOD_SIGN, BAD_SIGN)]
        outcomes["pilot"] = (
            case.gain * (case.sensitivity * acts[0] + (1 - case.sensitivity) * acts[1]) - case.pilot_cost,
            -case.loss * ((1 - case.specificity) * acts[0] + case.specificity * acts[1]) - case.pilot_cost,
        )
    outcomes |= {"wait": (case.gain - waited, -waited), "drop": (0.0, 0.0)}
    # Adding 0 makes an ordinary zero of the negative one.
    each = np.array(list(outcomes.values())) + 0.0
    # In each case the best is known: act if it saves, drop if it does not.
    regret = np.array([case.gain, 0.0]) - each
    chance = np.array([p, 1 - p])
    return pd.DataFrame(
        {
            "decision": list(outcomes),
            "expected": each @ chance,
            "if_it_saves": each[:, 0],
            "if_it_does_not": each[:, 1],
            "regret_if_it_saves": regret[:, 0],
            "regret_if_it_does_not": regret[:, 1],
            "expected_regret": regret @ chance,
            "max_regret": regret.max(axis=1),
        }
    )


def _curves(case: _Case, p: float) -> pd.DataFrame:
    """Expected values at 0, 1, p, every kink, and every chance at which two decisions are equally good."""
    knots = _apart([0.0, p, 1.0, *case.kinks])
    crossings = []
    for left, right in pairwise(knots):
        # Between kinks all is straight, so that two gaps of opposite sign give the crossing.
        before, after = case.expected(left), case.expected(right)
        for one, other in combinations(before, 2):
            first, last = before[one] - before[other], after[one] - after[other]
            if first * last < 0:
                crossings.append(left + (right - left) * first / (first - last))
    places = _apart([*knots, *crossings])
    return pd.DataFrame([{"p": place, **case.expected(place)} for place in places])


def _apart(places: list[float]) -> list[float]:
    """In order, and one of those that only rounding parts; 0 and 1 stay themselves."""
    kept = [0.0]
    for place in sorted(places):
        if place - kept[-1] > 1e-9 and 1 - place > 1e-9:
            kept.append(place)
    return [*kept, 1.0]


def _regions(case: _Case, curves: pd.DataFrame) -> pd.DataFrame:
    """From which chance to which one each decision is best."""
    found: list[dict[str, Any]] = []
    places = curves["p"].tolist()
    for left, right in pairwise(places):
        best = case.best(case.expected((left + right) / 2))
        if found and found[-1]["best"] == best:
            found[-1]["p_to"] = right
        else:
            found.append({"p_from": left, "p_to": right, "best": best})
    return pd.DataFrame(found)


def _overlapping(regions: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """The regions that a range of chances reaches into; of a range without width the first that holds it."""
    if high - low <= 1e-9:
        return regions[(regions["p_from"] <= low + 1e-9) & (regions["p_to"] >= low - 1e-9)].head(1)
    return regions[(regions["p_from"] < high - 1e-9) & (regions["p_to"] > low + 1e-9)]


def _notes_of(result: DecisionAnalysis, case: _Case) -> tuple[str, ...]:
    """What there is to say, the verdict first."""
    worst = result.table.set_index("decision")["max_regret"][result.minimax_regret]
    notes = [
        result.in_words,
        f"the largest regret is smallest with {IN_WORDS[result.minimax_regret]}: {plain(worst)}",
        f"knowing the truth before deciding may cost at most {plain(result.evpi)}",
    ]
    if case.sensitivity is not None and case.specificity is not None:
        notes.append(_pilot_words(result, case))
        informed = case.sensitivity + case.specificity - 1
        if abs(informed) <= TOLERANCE:
            notes.append("the pilot tells nothing: its good sign is as likely if it does not save as if it does")
        elif informed < 0:
            notes.append(
                "sensitivity + specificity is below 1: the good sign is likelier if it does not save, so it is read "
                "the other way round; check whether the two were mixed up"
            )
    if case.wait_cost is None:
        notes.append("wait stands before its cost and cannot be best; say with wait_cost what is lost meanwhile")
    elif case.wait_cost == 0:
        notes.append("waiting counts as free here, and what is free cannot lose; check wait_cost=0")
    if not math.isnan(result.act_from):
        notes.append(f"acting at once beats dropping above a chance of {percent(result.act_from)}")
    return tuple(notes)


def _pilot_words(result: DecisionAnalysis, case: _Case) -> str:
    if result.evsi == 0:
        words = "at this chance the pilot is worth nothing: whatever its sign, the same is done"
    else:
        steps = ", ".join(f"after a {sign} {decision}" for sign, decision in result.policy.items())
        cost = "counts as free" if case.pilot_cost == 0 else f"costs {plain(case.pilot_cost)}"
        words = f"this pilot may cost at most {plain(result.evsi)} and {cost}: {steps}"
    low, high = result.pilot_between
    return words if math.isnan(low) else f"{words}; it is best from {_span(low, high)}"


def _case(
    gain: Any, loss: Any, sensitivity: Any, specificity: Any, pilot_cost: Any, wait_cost: Any
) -> _Case:  # fmt: skip
    given = {"sensitivity": sensitivity, "specificity": specificity}
    absent = [name for name, value in given.items() if value is None]
    if len(absent) == 1:
        raise OutsourcingKitError(
            f"A pilot is given without {absent[0]}; expected both. Mend: {absent[0]}=… (P(good sign | it saves) is "
            "sensitivity, P(bad sign | it does not) specificity)."
        )
    cost = _amount("pilot_cost", pilot_cost, "what the pilot costs")
    if absent and cost:
        raise OutsourcingKitError(
            f"pilot_cost is {cost:g} without sensitivity and specificity; expected all three or none. "
            "Mend: say how far the pilot's sign can be trusted, sensitivity=0.8, specificity=0.7."
        )
    return _Case(
        _amount("gain", gain, "what is gained if it saves"),
        _amount("loss", loss, "what is lost if it does not save"),
        None if absent else _probability("sensitivity", sensitivity),
        None if absent else _probability("specificity", specificity),
        cost,
        None if wait_cost is None else _amount("wait_cost", wait_cost, "what waiting costs"),
    )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _amount(name: str, value: Any, meaning: str) -> float:
    number = _number(value)
    if 0 <= number < math.inf:
        return number
    mend = f"{name}={-number:g}" if -math.inf < number < 0 else f"{name}=1000"
    raise OutsourcingKitError(f"{name} is {value}; expected {meaning}, as a number of 0 or more. Mend: {mend}.")


def _probability(name: str, value: Any) -> float:
    number = _number(value)
    if 0 <= number <= 1:
        return number
    mend = f"{name}={number / 100:g}" if 1 < number <= 100 else f"{name}=0.6"
    raise OutsourcingKitError(f"{name} is {value}; expected a probability from 0 to 1. Mend: {mend}.")


def _checked_range(p_range: Any, p: float) -> tuple[float, float] | None:
    if p_range is None:
        return None
    try:
        low, high = p_range
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"p_range is {p_range!r}; expected two probabilities, low and high. Mend: p_range=(0.4, 0.7)."
        ) from error
    low, high = _probability("p_range[0]", low), _probability("p_range[1]", high)
    if low > high:
        raise OutsourcingKitError(
            f"p_range is {low:g} to {high:g}; expected low ≤ high. Mend: p_range=({high:g}, {low:g})."
        )
    if not low - 1e-9 <= p <= high + 1e-9:
        raise OutsourcingKitError(
            f"p_saving is {p:g}, outside p_range {low:g} to {high:g}; expected it inside. "
            f"Mend: p_range=({min(low, p):g}, {max(high, p):g}), or another p_saving."
        )
    return low, high


def _is_unknown(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float | np.floating) and math.isnan(value))


def _span(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"


def _no_decisions() -> pd.DataFrame:
    numbers = ("expected", *_OUTCOMES, *(f"regret_{name}" for name in _OUTCOMES), "expected_regret", "max_regret")
    return blank_table(decision="object", **dict.fromkeys(numbers, "float64"))
