"""What better information is worth before a decision: perfect information, and that of a signal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.showing import Result
from outsourcing_kit.words import numbers

# What rounding may part: values that are equal on paper count as equal.
TOLERANCE = 1e-12


@dataclass(frozen=True, repr=False)
class ValueOfInformation(Result):
    """What knowing more is worth before deciding: `.table`, one row a decision; see `value_of_information`.

    best: the decision with the highest expected value, `expected`. perfect: the expected value when the state is known
    first; evpi = perfect − expected. with_signal: the same with the signal only; evsi = with_signal − expected (nan
    without a signal). policy: the best decision after each signal that can come.
    """

    best: str = ""
    expected: float = math.nan
    perfect: float = math.nan
    evpi: float = math.nan
    with_signal: float = math.nan
    evsi: float = math.nan
    policy: Mapping[str, str] = field(default_factory=dict)


def value_of_information(
    payoffs: pd.DataFrame | Sequence[Sequence[float]] | np.ndarray,
    prior: Mapping[str, float] | pd.Series | Sequence[float] | np.ndarray,
    likelihood: pd.DataFrame | Sequence[Sequence[float]] | np.ndarray | None = None,
) -> ValueOfInformation:
    """How much may it cost to know more before deciding? Expected value of perfect and of sample information.

    With payoff v(d, s) of decision d in state s, prior P(s) and likelihood P(x | s) of signal x:
    expected = max_d Σ_s P(s) v(d, s), perfect = Σ_s P(s) max_d v(d, s), with_signal = Σ_x max_d Σ_s P(s) P(x|s) v(d,s).
    EVPI = perfect − expected, EVSI = with_signal − expected.

    `.table`: decision; expected; regret_<state>, expected_regret and max_regret. Of equally good ones the first counts.

    Args:
        payoffs: decisions × states.
        prior: of each state.
        likelihood: signals × states, each column sums to 1; None for no signal.

    Raises:
        OutsourcingKitError: shapes that do not fit, no numbers, probabilities that do not sum to 1.

    Source: Raiffa & Schlaifer 1961, Applied Statistical Decision Theory.

    Example: 100 gained with chance .6, else 80 lost: 28; knowing which, 60. After a good sign act, 54 − 6.4 = 47.6.

    >>> payoffs = pd.DataFrame({"saves": [100, 0], "does not": [-80, 0]}, index=["act", "drop"])
    >>> result = value_of_information(payoffs, [0.6, 0.4], [[0.9, 0.2], [0.1, 0.8]])
    >>> [round(value, 9) for value in (result.expected, result.evpi, result.evsi)], result.policy
    ([28.0, 32.0, 19.6], {'signal 1': 'act', 'signal 2': 'drop'})
    """
    states = list(payoffs.columns) if isinstance(payoffs, pd.DataFrame) else None
    values = _finite("payoffs", payoffs, 2)
    if not values.size:
        return ValueOfInformation.lacking("needs payoffs of at least one decision in at least one state")
    names = (
        list(payoffs.index) if isinstance(payoffs, pd.DataFrame) else [f"decision {n + 1}" for n in range(len(values))]
    )
    states = states or [f"state {n + 1}" for n in range(values.shape[1])]
    chance = _chances("prior", prior, states, 1)
    expected, regret = values @ chance, values.max(axis=0) - values
    tied = _best_of(expected, np.abs(values) @ chance)
    best, perfect = float(expected[tied[0]]), float(values.max(axis=0) @ chance)
    notes = [f"knowing the state before deciding is worth at most {numbers(_more(perfect, best, values))[0]}"]
    if len(tied) > 1:
        notes.append(f"equally good: {', '.join(str(names[n]) for n in tied)}; the first of them counts as best")
    with_signal = evsi = math.nan
    policy: dict[str, str] = {}
    if likelihood is not None:
        signs, with_signal = _chances("likelihood", likelihood, states, 2), 0.0
        labels = (
            likelihood.index if isinstance(likelihood, pd.DataFrame) else [f"signal {n + 1}" for n in range(len(signs))]
        )
        for signal, joint in zip(labels, signs * chance, strict=True):
            place = _best_of(values @ joint, np.abs(values) @ joint)[0]
            with_signal += float(values[place] @ joint)
            if joint.sum() > 0:
                policy[str(signal)] = names[place]
            else:
                notes.append(f"{signal!r} never comes")
        evsi = _more(with_signal, best, values)
        notes.append(f"this signal is worth at most {numbers(evsi)[0]}: " + (
            ", ".join(f"after {signal!r} {decision}" for signal, decision in policy.items())
            if evsi else f"whatever it says, {names[tied[0]]} stays best"))  # fmt: skip
    table = pd.DataFrame({"decision": names, "expected": expected})
    table = table.assign(**{f"regret_{state}": regret[:, column] for column, state in enumerate(states)})
    table = table.assign(expected_regret=regret @ chance, max_regret=regret.max(axis=1))
    return ValueOfInformation(
        table, names[tied[0]], best, perfect, _more(perfect, best, values), with_signal, evsi, policy,
        notes=tuple(notes),
    )  # fmt: skip


def _more(informed: float, best: float, values: np.ndarray) -> float:
    """How much better it is to know; never below 0, and 0 where only rounding parts the two."""
    return informed - best if informed - best > TOLERANCE * float(np.abs(values).max()) else 0.0


def _best_of(values: np.ndarray, scale: np.ndarray) -> list[int]:
    """The places of the highest values, with all that equal them on paper."""
    return [int(place) for place in np.flatnonzero(values >= values.max() - TOLERANCE * scale.max())]


def _finite(name: str, given: Any, dimensions: int) -> np.ndarray:
    """The numbers of a table (2) or a row (1)."""
    try:
        if np.asarray(given).dtype.kind in "mM":
            raise TypeError("a day or a length of time")
        found = np.asarray(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"{name} holds something that is no number ({error}); expected plain numbers. "
            "Mend: rows of one length, 4000 instead of '4,000 EUR'."
        ) from error
    if found.size and (found.ndim != dimensions or not np.isfinite(found).all()):
        raise OutsourcingKitError(
            f"{name} has {found.ndim} dimension(s) and {int((~np.isfinite(found)).sum())} cells without a number; "
            f"expected {dimensions} and none. Mend: one row a decision or signal, one column a state."
        )
    return found


def _chances(name: str, given: Any, states: list[Any], dimensions: int) -> np.ndarray:
    """Probabilities in the order of the states, a prior (1) or signals (2): those of each state sum to 1."""
    given = pd.Series(given) if isinstance(given, Mapping) else given
    if isinstance(given, pd.Series | pd.DataFrame) and not isinstance(given.axes[-1], pd.RangeIndex):
        for state in given.axes[-1]:
            if state not in states:
                raise UnknownNameError.of("state", str(state), [str(each) for each in states])
        given = given.reindex(states, axis=given.ndim - 1)
    found = _finite(name, given, dimensions)
    sums = found.sum(axis=0)
    wrong = found.shape[-1] != len(states) or (found < 0).any() or (np.abs(sums - 1) > 1e-9).any()
    if wrong:
        raise OutsourcingKitError(
            f"{name} has the shape {found.shape} and sums {np.atleast_1d(sums).round(9).tolist()}; expected "
            f"probabilities of 0 or more, {len(states)} in each row, that sum to 1"
            f"{' over the signals of each state' if dimensions == 2 else ''}. "
            "Mend: divide by their sum; rows are signals."
        )
    return found
