"""From lines to shares: which answers, how often wrong, how often as sure as was said."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration.engagements import ALONE_AT
from outsourcing_kit.headlines import MISTAKES, headline
from outsourcing_kit.verdicts import ANSWERS

FIVE = ANSWERS[:5]
_WHERE = ("generator", "people", "world", "seed")
BARS = (0.80, 0.90, 0.95, 0.99)
# A share that a promise would go beyond by chance alone once in a thousand pages.
_CHANCE = 0.001


def findings_of(lines: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """A row a finding: generator, people, world, seed, mistake, answer, sure_fine, sure_problem; `drawn` is the answer
    without the facts that are beyond their limits: those are so, and no alarm that they raise is false.
    """
    rows = [
        (*_where(line), name, *found, _drawn(line, name, found[0]))
        for line in lines
        for name, found in line["findings"].items()
    ]
    names = ["mistake", "answer", "sure_fine", "sure_problem", "drawn"]
    return pd.DataFrame(rows, columns=[*_WHERE, *names])


def _drawn(line: dict[str, Any], mistake: str, answer: str) -> str:
    if not any(key.startswith(f"{mistake}.") for key in line["facts"]):
        return str(answer)
    said = [found[0] for key, found in line["measures"].items() if key.startswith(f"{mistake}.")]
    return next((bad for bad in ANSWERS[:2] if bad in said), "cannot tell")


def measures_of(lines: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """A row a sampled headline: where, key, what was found, its ends and truths, and whether it stood at the edge.

    `own` is the truth of the people on record, where it is known, else that of all such people.
    """
    rows = [
        (*_where(line), key, *found, key in line["edge"]) for line in lines for key, found in line["measures"].items()
    ]  # fmt: skip
    names = ["key", "answer", "sure_fine", "sure_problem", "low", "high", "estimate", "truth", "team", "edge"]
    table = pd.DataFrame(rows, columns=[*_WHERE, *names])
    numbers = names[2:-1]
    table[numbers] = table[numbers].astype(float)
    return table.assign(own=table["team"].fillna(table["truth"]))


def _where(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in _WHERE)


def shares(findings: pd.DataFrame, world: str, generator: str) -> pd.DataFrame:
    """Share of each of the five answers: a row a mistake and number of people."""
    here = findings[(findings["world"] == world) & (findings["generator"] == generator)]
    counts = here.groupby(["mistake", "people"])["answer"].value_counts(normalize=True).unstack(fill_value=0.0)
    return counts.reindex(columns=list(ANSWERS), fill_value=0.0)


def never_thanked(lines: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Share of engagements in which too many were never thanked: a row a world, a column a number of people."""
    rows = [(line["world"], line["people"], "recognition.never_thanked" in line["facts"]) for line in lines]
    table = pd.DataFrame(rows, columns=["world", "people", "beyond"])
    return table.groupby(["world", "people"])["beyond"].mean().unstack()


def planted_and_found(findings: pd.DataFrame) -> pd.DataFrame:
    """Share of engagements with one mistake planted (rows) in which each finding (columns) says problem."""
    alone = findings[(findings["world"] == "alone") & (findings["people"] == ALONE_AT)]
    planted = alone["seed"].map(lambda seed: MISTAKES[seed % len(MISTAKES)]).rename("planted")
    said = alone["answer"].eq("problem").groupby([planted, alone["mistake"]]).mean().unstack()
    return said.reindex(index=list(MISTAKES), columns=list(MISTAKES))


# --- is it as sure as it says -------------------------------------------------------------------------------------


def at_the_limit(measures: pd.DataFrame) -> pd.DataFrame:
    """How often each bar is reached though the truth is at the limit: fine that of the people on record, problem that
    of all such people, with every truth at its limit. Fair is at most 1 minus the bar.
    """
    edge, limit = measures[measures["edge"]], measures[measures["world"] == "limit"]
    parts = {}
    for bar in BARS:
        parts["fine", bar] = (edge["sure_fine"] >= bar - 1e-9).groupby(edge["key"]).mean()
        parts["problem", bar] = (limit["sure_problem"] >= bar - 1e-9).groupby(limit["key"]).mean()
    table = pd.DataFrame(parts).sort_index(axis=1)
    return table


def reliability(measures: pd.DataFrame) -> pd.DataFrame:
    """Of all that was said with so much sureness, how much was so: a row a bin; over half, limit and beyond alike."""
    rows = []
    here = measures[measures["world"].isin(["half", "limit", "beyond"])]
    limit = here["key"].map(lambda key: headline(key).limit)
    sign = np.where(here["key"].map(lambda key: headline(key).better) == "higher", 1.0, -1.0)
    keeps = sign * (here["own"] - limit) >= -1e-9
    misses = sign * (here["own"] - limit) < -1e-9
    edges = (0.5, *BARS, 1.0 + 1e-9)
    for low, high in itertools.pairwise(edges):
        for side, sure, so in (("fine", here["sure_fine"], keeps), ("problem", here["sure_problem"], misses)):
            said = (sure >= low) & (sure < high)
            rows.append(
                (side, low, min(high, 1.0), int(said.sum()), float(so[said].mean()) if said.any() else math.nan)
            )
    return pd.DataFrame(rows, columns=["side", "from", "to", "n", "so"])


def ends(measures: pd.DataFrame) -> pd.DataFrame:
    """How often each end is on the wrong side of its truth: the end that makes fine, of the truth of the people on
    record; the end that makes a problem, of that of all such people. Over half and limit alike.
    """
    here = measures[measures["world"].isin(["half", "limit"])]
    higher = here["key"].map(lambda key: headline(key).better) == "higher"
    fine = np.where(higher, here["low"] > here["own"] + 1e-9, here["high"] < here["own"] - 1e-9)
    problem = np.where(higher, here["high"] < here["truth"] - 1e-9, here["low"] > here["truth"] + 1e-9)
    told = here.assign(fine=fine, problem=problem)
    return told.groupby(["key", "people"])[["fine", "problem"]].mean().unstack()


# --- what was promised --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """A bound on a share, in each of several cells and over all of them together."""

    what: str
    bound: float
    cells: dict[tuple[Any, ...], tuple[int, int]]
    at_least: bool = False
    # How many cells may fail, where the promise is of most.
    but: int = 0

    @property
    def together(self) -> tuple[int, int]:
        hits, n = (sum(column) for column in zip(*self.cells.values(), strict=True)) if self.cells else (0, 0)
        return hits, n

    @property
    def worst(self) -> tuple[Any, ...]:
        """The cell that is furthest on the wrong side."""
        sign = 1 if self.at_least else -1
        return min(self.cells, key=lambda name: sign * self.cells[name][0] / max(self.cells[name][1], 1), default=())

    @property
    def kept(self) -> bool:
        """Whether no cell, nor all together, is beyond the bound by more than chance would have it."""
        failed = sum(not self._holds(*counts) for counts in self.cells.values())
        return failed <= self.but and (self.but > 0 or self._holds(*self.together))

    def _holds(self, hits: int, n: int) -> bool:
        from scipy.stats import binom

        if self.at_least:
            return bool(hits >= binom.ppf(_CHANCE, n, self.bound))
        return bool(hits <= binom.ppf(1 - _CHANCE, n, self.bound))


def promises(findings: pd.DataFrame, measures: pd.DataFrame) -> list[Promise]:
    """What the verdicts promise, and what was found."""
    risky = findings[findings["mistake"].isin({key.partition(".")[0] for key in measures["key"]})]
    half, limit = (risky[risky["world"] == world] for world in ("half", "limit"))
    # Where the headline at the edge could not be assessed, fine is said of the others, which are near the best.
    at_edge = measures[measures["edge"]].assign(mistake=lambda table: table["key"].str.partition(".")[0])
    edge = risky.merge(at_edge[[*_WHERE, "mistake"]])
    beyond = findings[findings["world"] == "beyond"]
    at = lambda table, people: table[table["people"] == people]  # noqa: E731
    good, bad = ("fine", "leans fine"), ("problem", "leans problem")
    calm = at(half, 12)
    easy = calm["mistake"] == "expectations"
    return [
        Promise("problem, with every truth at its limit", 0.05, _cells(limit, ("problem",), of="drawn")),
        Promise("fine, with one truth of the people on record at its limit", 0.05, _cells(edge, ("fine",))),
        Promise("problem or leans problem, with every truth at its limit", 0.22, _cells(limit, bad, of="drawn")),
        Promise("fine or leans fine, with one truth of the people on record at its limit", 0.22, _cells(edge, good)),
        Promise("problem, with every truth at half its limit", 0.05, _cells(half, ("problem",), of="drawn")),
        Promise("fine or leans fine at half the limits, 12 people", 0.80, _cells(calm[~easy], good), at_least=True),
        Promise("the same of expectations", 0.75, _cells(calm[easy], good), at_least=True),
        Promise("problem at severity 1, 12 people", 0.90, _cells(at(beyond, 12), ("problem",)), at_least=True),
        Promise(
            "problem or leans problem at severity 1, 6 people, four of the five", 0.80,
            _cells(at(beyond, 6), bad, by=("mistake",)), at_least=True, but=1,
        ),
    ]  # fmt: skip


def _cells(
    table: pd.DataFrame,
    answers: tuple[str, ...],
    by: tuple[str, ...] = ("mistake", "people", "generator"),
    of: str = "answer",
) -> dict[tuple[Any, ...], tuple[int, int]]:
    said = table[of].isin(answers).groupby([table[name] for name in by]).agg(["sum", "size"])
    keys = (key if isinstance(key, tuple) else (key,) for key in said.index)
    return {key: (int(hits), int(n)) for key, hits, n in zip(keys, said["sum"], said["size"], strict=True)}
