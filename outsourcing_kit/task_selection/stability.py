"""Does a choice by weights hang on the weights? The share of all weights that would choose each task (SMAA)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.showing import Result
from outsourcing_kit.task_selection.multicriteria import column_of_numbers


@dataclass(frozen=True, repr=False)
class Acceptability(Result):
    """`.table`, one row a row of the input, same order and index: chosen, the share of weights under which it is.

    A row with a blank has nan. `most` rows are chosen at a time.
    """

    most: int

    columns: ClassVar = {"chosen": "share"}

    def _view(self) -> pd.DataFrame:
        return self.table.rename_axis(self.table.index.name or "row").reset_index()

    def _caption(self) -> str:
        return f"Share of all weights under which a row is among the best {self.most}"


def acceptability(
    table: pd.DataFrame, *, criteria: Sequence[str], most: int, minimise: Sequence[str] = (), draws: int = 4000,
    seed: int = 0,
) -> Acceptability:  # fmt: skip
    """Stochastic multicriteria acceptability: over all weights alike, how often is each row among the best `most`?

    Every criterion is scaled from its worst (0) to its best value (1); weights are drawn from the flat Dirichlet
    distribution; a row's value is the weighted sum. 1: chosen whatever the weights; between: whoever sets the weights
    decides. A veto is no criterion: take vetoed rows out first.

    Args:
        table: one row per alternative; the criteria hold finite numbers. A row with a blank gets nan.
        criteria: two columns or more.
        most: how many rows are chosen.
        minimise: criteria of which less is better.
        draws, seed: same seed, same weights.

    Raises:
        UnknownNameError: a column that the table does not have.
        OutsourcingKitError: fewer than two criteria, nothing to choose, a column of words.

    Source: Lahdelma & Salminen 2001, doi 10.1287/opre.49.3.444.11220.

    Example: a is best in one, b in the other, by as much: each is first under half of the weights; c under none.

    >>> rows = pd.DataFrame({"saving": [10, 0, 1], "simple": [0, 10, 1]}, index=list("abc"))
    >>> acceptability(rows, criteria=["saving", "simple"], most=1).table["chosen"].round(1).tolist()
    [0.5, 0.5, 0.0]
    """
    for name in (*criteria, *minimise):
        if name not in table:
            raise UnknownNameError.of("criterion", name, table.columns)
    if len(set(criteria)) < 2 or most < 1 or draws < 1:
        raise OutsourcingKitError(
            f"Found criteria {list(criteria)}, most={most!r}, draws={draws!r}; expected two criteria or more, and "
            'numbers from 1. Mend: criteria=["saving", "core"], most=3.'
        )
    values = np.column_stack([column_of_numbers(table[name], name) for name in criteria])
    known = ~np.isnan(values).any(axis=1)
    chosen = np.full(len(table), np.nan)
    if known.any():
        own = values[known] * np.where([name in minimise for name in criteria], -1.0, 1.0)
        span = own.max(axis=0) - own.min(axis=0)
        # A criterion that tells nothing apart decides nothing.
        scaled = (own - own.min(axis=0)) / np.where(span > 0, span, 1.0)
        weights = np.random.default_rng(seed).dirichlet(np.ones(len(criteria)), draws)
        worth = np.round(scaled @ weights.T, 12)
        # Of rows worth the same each may be the one: as many as there are places, in equal parts.
        better, alike = (np.array([sign(worth, row).sum(axis=0) for row in worth]) for sign in (np.greater, np.equal))
        chosen[known] = np.clip((most - better) / alike, 0, 1).mean(axis=1)
    missing = "" if len(table) else "no rows to choose from"
    return Acceptability(pd.DataFrame({"chosen": chosen}, index=table.index), most, missing=missing)
