"""What better information is worth before a decision: perfect information, and that of a signal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown
from outsourcing_kit.words import show

# What rounding may part: values that are equal on paper count as equal.
TOLERANCE = 1e-12


@dataclass(frozen=True, repr=False)
class ValueOfInformation(Shown):
    """What knowing more is worth before deciding: `.table`, one row a decision; see `value_of_information`.

    best: the decision with the highest expected value, `expected`. perfect: the expected value when the state is known
    first; evpi = perfect − expected. with_signal: the same with the signal only; evsi = with_signal − expected (nan
    without a signal). policy: the best decision after each signal that can come.
    """

    table: pd.DataFrame
    best: str = ""
    expected: float = math.nan
    perfect: float = math.nan
    evpi: float = math.nan
    with_signal: float = math.nan
    evsi: float = math.nan
    policy: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    notes: tuple[str, ...] = ()


def value_of_information(
    payoffs: pd.DataFrame | Sequence[Sequence[float]] | np.ndarray,
    prior: Mapping[str, float] | pd.Series | Sequence[float] | np.ndarray,
    likelihood: pd.DataFrame | Sequence[Sequence[float]] | np.ndarray | None = None,
) -> ValueOfInformation:
    """How much may it cost to know more before deciding? Expected value of perfect and of sample information.

    With payoff v(d, s) of decision d in state s, prior P(s) and likelihood P(x | s) of signal x:
    expected = max_d Σ_s P(s) v(d, s), perfect = Σ_s P(s) max_d v(d, s), with_signal = Σ_x max_d Σ_s P(s) P(x|s) v(d,s).
    EVPI = perfect − expected, EVSI = with_signal − expected, 0 ≤ EVSI ≤ EVPI.

    `.table`: decision; expected; regret_<state>, the best payoff in that state less the decision's own;
    expected_regret; max_regret. The smallest expected regret is the EVPI. Of equally good decisions the first counts.

    Args:
        payoffs: decisions × states, any unit; a frame's index and columns name them.
        prior: probability of each state, summing to 1; by name, or in the order of the states.
        likelihood: signals × states, P(signal | state), each column summing to 1; None for no signal.

    Raises:
        OutsourcingKitError: shapes that do not fit, amounts that are no numbers, probabilities that do not sum to 1.

    Source: Raiffa & Schlaifer 1961, Applied Statistical Decision Theory; regret: Savage 1951.

    Example: acting gains 100 with chance .6, else loses 80: .6·100 − .4·80 = 28. Knowing the state: .6·100 = 60, so
    EVPI 32. After a good sign (.9 if it saves, .2 if not) act, .6·.9·100 − .4·.2·80 = 47.6; after a bad one drop.

    >>> payoffs = pd.DataFrame({"saves": [100, 0], "does not": [-80, 0]}, index=["act", "drop"])
    >>> result = value_of_information(payoffs, [0.6, 0.4], [[0.9, 0.2], [0.1, 0.8]])
    >>> [round(value, 9) for value in (result.expected, result.evpi, result.with_signal, result.evsi)]
    [28.0, 32.0, 47.6, 19.6]
    >>> result.policy
    {'signal 1': 'act', 'signal 2': 'drop'}
    """
    grid = _grid(payoffs, "payoffs", "decision", "state")
    if not grid.size:
        return ValueOfInformation(
            blank_table(decision="object", expected="float64", expected_regret="float64", max_regret="float64"),
            missing="needs payoffs of at least one decision in at least one state",
        )
    chance = _prior(prior, list(grid.columns))
    values = grid.to_numpy()
    expected = values @ chance
    regret = values.max(axis=0) - values
    chosen, tied = _first_best(expected, np.abs(values) @ chance)
    perfect = float(values.max(axis=0) @ chance)
    names = list(grid.index)
    table = pd.DataFrame({"decision": names, "expected": expected})
    table = table.assign(**{f"regret_{state}": regret[:, column] for column, state in enumerate(grid.columns)})
    table = table.assign(expected_regret=regret @ chance, max_regret=regret.max(axis=1))
    best = float(expected[chosen])
    scale = float(np.abs(values).max())
    evpi = _more(perfect, best, scale)
    notes = [f"knowing the state before deciding is worth at most {plain(evpi)}"]
    if len(tied) > 1:
        notes.append(f"equally good: {', '.join(names[place] for place in tied)}; the first of them counts as best")
    with_signal = evsi = math.nan
    policy: dict[str, str] = {}
    if likelihood is not None:
        with_signal, policy, more = _with_signal(grid, chance, likelihood)
        evsi = _more(with_signal, best, scale)
        notes += [_signal_words(policy, evsi, names[chosen]), *more]
    return ValueOfInformation(
        table, names[chosen], best, perfect, evpi, with_signal, evsi, policy, notes=tuple(notes)
    )  # fmt: skip


def plain(value: float) -> str:
    """An amount with about three digits, none of them an idle zero.

    >>> plain(32.0), plain(19.6), plain(1234.5), plain(0.0)
    ('32', '19.6', '1,234', '0')
    """
    # Adding 0 makes an ordinary zero of the negative one that rounding can leave.
    return show(round(value, 9) + 0.0, "").removesuffix(".00").removesuffix(".0")


def _grid(values: Any, name: str, rows: str, columns: str) -> pd.DataFrame:
    """A checked frame of numbers; rows and columns that have no names get some."""
    frame = values if isinstance(values, pd.DataFrame) else None
    try:
        if np.asarray(values).dtype.kind in "mM":
            raise TypeError("a day or a length of time")
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"{name} holds something that is no number ({error}); expected {rows}s × {columns}s of plain numbers. "
            "Mend: rows of one length, 4000 instead of '4,000 EUR'."
        ) from error
    if not numbers.size:
        return pd.DataFrame()
    if numbers.ndim != 2:
        raise OutsourcingKitError(
            f"{name} has {numbers.ndim} dimension(s); expected a table of {rows}s × {columns}s. "
            f"Mend: one row a {rows}, [[…], […]]."
        )
    frame = pd.DataFrame(
        numbers,
        index=_labels(frame.index if frame is not None else None, numbers.shape[0], rows),
        columns=_labels(frame.columns if frame is not None else None, numbers.shape[1], columns),
    )
    wrong = np.argwhere(~np.isfinite(numbers))
    if len(wrong):
        row, column = wrong[0]
        raise OutsourcingKitError(
            f"{name} of {rows} {frame.index[row]!r} in {columns} {frame.columns[column]!r} is "
            f"{numbers[row, column]:g}; expected a finite number. Mend: write it in, or leave that row out."
        )
    return frame


def _labels(given: pd.Index | None, count: int, what: str) -> list[str]:
    if given is None or isinstance(given, pd.RangeIndex):
        return [f"{what} {number}" for number in range(1, count + 1)]
    labels = [str(label) for label in given]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise OutsourcingKitError(f"Two {what}s are called {twice[0]!r}; expected one name each. Mend: rename one.")
    return labels


def _prior(prior: Any, states: list[str]) -> np.ndarray:
    named = isinstance(prior, Mapping) or (isinstance(prior, pd.Series) and not isinstance(prior.index, pd.RangeIndex))
    if named:
        given = {str(name): value for name, value in prior.items()}
        for name in given:
            if name not in states:
                raise UnknownNameError.of("state", name, states)
        prior = [given.get(state, math.nan) for state in states]
    chance = np.asarray(prior, dtype=float)
    if chance.shape != (len(states),) or np.isnan(chance).any():
        raise OutsourcingKitError(
            f"prior holds {int(np.isfinite(chance).sum())} probabilities; expected one for each of the {len(states)} "
            f"states ({', '.join(states)}). Mend: give all of them."
        )
    total = float(chance.sum())
    if (chance < 0).any() or not abs(total - 1) <= 1e-9:
        found = f"has a negative probability, {chance.min():g}" if (chance < 0).any() else f"sums to {total:.10g}"
        raise OutsourcingKitError(f"prior {found}; expected probabilities that sum to 1. Mend: divide by their sum.")
    return chance


def _with_signal(
    grid: pd.DataFrame, chance: np.ndarray, likelihood: Any
) -> tuple[float, dict[str, str], list[str]]:  # fmt: skip
    """Expected value when deciding after the signal, the decision after each, and signals that never come."""
    states = list(grid.columns)
    given = _grid(likelihood, "likelihood", "signal", "state")
    if isinstance(likelihood, pd.DataFrame) and not isinstance(likelihood.columns, pd.RangeIndex):
        for name in given.columns:
            if name not in states:
                raise UnknownNameError.of("state", name, states)
        given = given.reindex(columns=states)
    signs = given.to_numpy()
    if signs.ndim != 2 or signs.shape[1] != len(states) or np.isnan(signs).any():
        raise OutsourcingKitError(
            f"likelihood has {given.shape[1]} column(s); expected one for each of the {len(states)} states "
            f"({', '.join(states)}). Mend: one row a signal, one column a state."
        )
    sums = signs.sum(axis=0)
    off = np.flatnonzero((np.abs(sums - 1) > 1e-9) | (signs < 0).any(axis=0))
    if len(off):
        turned = signs.shape[0] == signs.shape[1] and np.allclose(signs.sum(axis=1), 1) and (signs >= 0).all()
        mend = "turn it, rows are signals" if turned else "give every signal that can come in that state"
        column = signs[:, off[0]]
        found = f"holds {column.min():g}" if (column < 0).any() else f"sums to {sums[off[0]]:.10g}"
        raise OutsourcingKitError(
            f"likelihood in state {states[off[0]]!r} {found}; expected probabilities of 0 or more "
            f"that sum to 1 in each column. Mend: {mend}."
        )
    total, policy, never = 0.0, {}, []
    for signal, joint in zip(given.index, signs * chance, strict=True):
        if not joint.sum() > 0:
            never.append(f"{signal!r} never comes")
            continue
        worth = grid.to_numpy() @ joint
        chosen, _ = _first_best(worth, np.abs(grid.to_numpy()) @ joint)
        policy[signal] = str(grid.index[chosen])
        total += float(worth[chosen])
    return total, policy, never


def _signal_words(policy: Mapping[str, str], evsi: float, best: str) -> str:
    if set(policy.values()) <= {best}:
        return f"this signal is worth nothing: whatever it says, {best} stays best"
    steps = ", ".join(f"after {signal!r} {decision}" for signal, decision in policy.items())
    return f"this signal is worth at most {plain(evsi)}: {steps}"


def _more(informed: float, best: float, scale: float) -> float:
    """How much better it is to know; never below 0, and 0 where only rounding parts the two."""
    return informed - best if informed - best > TOLERANCE * scale else 0.0


def _first_best(values: np.ndarray, scale: np.ndarray) -> tuple[int, list[int]]:
    """The first of the highest values, and all that equal it on paper."""
    tied = np.flatnonzero(values >= values.max() - TOLERANCE * scale.max())
    return int(tied[0]), tied.tolist()
