"""The rule behind every verdict: how sure the records make us, and how sure is sure enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

# How sure the records must make us to decide, to lean, and to stop a pipeline, which looks every night.
SURE, LEANING, GATE = 0.95, 0.80, 0.99
# Both ends of an interval as it is shown: each is one that we are 95% sure of.
CONFIDENCE = 2 * SURE - 1
VERDICTS = ("problem", "fine", "cannot tell", "not assessed")
# What a reader is told, from bad to good: the verdict, or which way an open one leans.
ANSWERS = ("problem", "leans problem", "cannot tell", "leans fine", "fine", "not assessed")
SYMBOLS = {
    "problem": "✖", "leans problem": "↘", "cannot tell": "?", "leans fine": "↗", "fine": "✔", "not assessed": "–",
}  # fmt: skip

# Behind white words and as words on white: 4.5 : 1 and more. They stay apart with any kind of colour vision.
COLOURS = {
    "problem": "#8D0C02", "leans problem": "#AB5404", "cannot tell": "#8C31B8", "leans fine": "#02366F",
    "fine": "#1D7945", "not assessed": "#5A5859",
}  # fmt: skip

# Beyond so many standard errors no share of people that there are is left.
_FURTHEST = 8.0
_CLOSE, _STEPS = 1e-10, 60


class SampleEstimate(Protocol):
    """What a sample measure is made from: `stats.Estimate` is one."""

    @property
    def estimate(self) -> float: ...
    @property
    def n(self) -> int: ...

    def interval(self, confidence: float) -> tuple[float, float]: ...


def sureness(estimate: SampleEstimate, limit: float, better: str) -> tuple[float, float]:
    """How sure we may be that the truth keeps the limit, and that it misses it: each 0 to 1.

    The largest one-sided confidence at which that end of the interval still clears the limit; 0 where not even the
    estimate does. A value on the limit keeps it.

    >>> from outsourcing_kit.stats import clopper_pearson
    >>> fine, problem = sureness(clopper_pearson(20, 20), 0.861, "higher")
    >>> round(fine, 3), problem      # .861^20 = .05
    (0.95, 0.0)
    """

    def clears(side: int) -> Callable[[float], float]:
        def beyond(z: float) -> float:
            low, high = estimate.interval(math.erf(z / math.sqrt(2)))
            end = (low if better == "higher" else high) if side == 0 else (high if better == "higher" else low)
            # What is not known may lie anywhere.
            if math.isnan(end):
                return -1.0
            return (end - limit if better == "higher" else limit - end) * (1 if side == 0 else -1)

        return beyond

    return _largest(clears(0), kept=True), _largest(clears(1), kept=False)


def _largest(beyond: Callable[[float], float], *, kept: bool) -> float:
    """Φ of the largest z at which a falling function is still above 0 (or on it, where `kept`)."""
    holds = (lambda value: value >= 0) if kept else (lambda value: value > 0)
    low, high = 1e-6, _FURTHEST
    first, last = beyond(low), beyond(high)
    if not holds(first):
        return 0.0
    if holds(last):
        return 1.0
    # The Illinois method: regula falsi, where an end that stays twice in a row counts half.
    kept_side, z = 0, low
    for _ in range(_STEPS):
        z = low + (high - low) * first / (first - last) if math.isfinite(last) else (low + high) / 2
        z = z if low < z < high else (low + high) / 2
        value = beyond(z)
        if holds(value):
            low, first, last = z, value, last / 2 if kept_side > 0 else last
            kept_side = 1
        else:
            high, last, first = z, value, first / 2 if kept_side < 0 else first
            kept_side = -1
        # An end may move little where its confidence moves much: of the two only how close z is says how sure.
        if high - low < _CLOSE or value == 0:
            break
    return (1 + math.erf(z / math.sqrt(2))) / 2


def stepped_down(doubts: Mapping[str, float], times: float = 1.0) -> dict[str, float]:
    """Holm's adjusted p of several headlines of which any may raise the alarm; `times` as large with less of the error.

    Sorted, the i-th smallest of k is multiplied by k − i + 1, and never falls below the one before. Source: Holm 1979.

    >>> stepped_down({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    adjusted, least = {}, 0.0
    for place, (key, p) in enumerate(sorted(doubts.items(), key=lambda pair: pair[1])):
        least = max(least, min(1.0, times * (len(doubts) - place) * p))
        adjusted[key] = least
    return adjusted


def verdict_of(sure_fine: float, sure_problem: float, bar: float = SURE) -> str:
    """The verdict of one headline or of a finding, from how sure we are of either.

    >>> verdict_of(0.0, 0.97), verdict_of(0.95, 0.0), verdict_of(0.9, 0.0)
    ('problem', 'fine', 'cannot tell')
    """
    # What a reader is told is rounded to whole percent; what rounding errors decide is not told apart.
    if sure_problem >= bar - _CLOSE:
        return "problem"
    return "fine" if sure_fine >= bar - _CLOSE else "cannot tell"


def lean_of(sure_fine: float, sure_problem: float) -> str:
    """Which way an open verdict leans; "" where it does not.

    >>> lean_of(0.85, 0.0), lean_of(0.6, 0.0), lean_of(0.0, 0.8)
    ('leans fine', '', 'leans problem')
    """
    if max(sure_fine, sure_problem) < LEANING - _CLOSE:
        return ""
    return "leans problem" if sure_problem >= sure_fine else "leans fine"


def of_ends(low: float, high: float, limit: float, better: str) -> str:
    """The verdict on an interval against any limit: problem beyond it, fine inside, else cannot tell.

    >>> of_ends(0.25, 0.40, 0.20, "lower"), of_ends(0.85, 0.95, 0.80, "higher"), of_ends(0.15, 0.40, 0.20, "lower")
    ('problem', 'fine', 'cannot tell')
    """
    # An end that is not known may lie anywhere.
    if math.isnan(low) or math.isnan(high):
        return "cannot tell"
    # Where more is better, the mirror image is judged: one rule for both.
    if better == "higher":
        low, high, limit = -high, -low, -limit
    return "problem" if low > limit else "fine" if high <= limit else "cannot tell"


def joined(verdicts: Sequence[tuple[str, bool]]) -> str:
    """One verdict from several, each with whether it is needed: any problem decides; fine takes all that are needed.

    What is not needed cannot keep the whole open, nor make it fine on its own; nothing assessed is not assessed.

    >>> joined([("fine", True), ("cannot tell", False)]), joined([("fine", True), ("not assessed", True)])
    ('fine', 'cannot tell')
    >>> joined([("fine", True), ("problem", False)]), joined([("fine", False), ("not assessed", True)])
    ('problem', 'cannot tell')
    """
    found = {verdict for verdict, _ in verdicts}
    if "problem" in found:
        return "problem"
    if found == {"not assessed"}:
        return "not assessed"
    return "fine" if {verdict for verdict, needed in verdicts if needed} == {"fine"} else "cannot tell"
