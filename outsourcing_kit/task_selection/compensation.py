"""What does one total score per task do to the vetoes? It sells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Result
from outsourcing_kit.task_selection.multicriteria import topsis
from outsourcing_kit.task_selection.protection import locks_or_open

# Nearer to the best that occurs than to the worst.
_SENT = 0.5
_NEED = ("task", "process", "locked", "locked_by", "hours", "saving")
_GRID = np.arange(0, 11) / 10


@dataclass(frozen=True, repr=False)
class NaiveSelection(Result):
    """What a total score of saving and locks would do, against what the locks say.

    `.table`, one row per task with a quote, best score first: task, process, locked, locked_by, unsaid, hours, saving,
    score, sent (score of at least one half). `.by_weight`, one row per weight of cost from 0 to 1: cost_weight,
    tasks_sent, locked_sent, locked_hours.
    """

    by_weight: pd.DataFrame
    cost_weight: float

    columns: ClassVar = {
        "task": "text", "process": "text", "locked": "flag", "locked_by": "text", "unsaid": "text", "hours": "number",
        "saving": "money", "score": "number", "sent": "flag",
    }  # fmt: skip
    _nothing = "At this weight the score sends no task outside"

    def _view(self) -> pd.DataFrame:
        # The locked ones first: they are what such a score costs.
        t = self.table[self.table["sent"]].sort_values("locked", ascending=False, kind="stable")
        shown = {"must stay because": locks_or_open(t), "saving a month": t["saving"].round(), "score": t["score"]}
        return t[["task", "process"]].assign(**shown)

    def _caption(self) -> str:
        if self.table.empty:
            return "One total score per task"
        sent = self.table[self.table["sent"]]
        # Every score can be defended at some weight; what matters is how little it takes to sell a lock.
        first = self.by_weight["cost_weight"][self.by_weight["locked_sent"] > 0].min()
        sold = f"from a cost weight of {first:.0%} on one that must stay goes (tried in steps of 10%)"
        if np.isnan(first):
            sold = "at no cost weight tried does one that must stay go"
        maybe = f", {unsaid} perhaps (nobody said)" if (unsaid := int((sent["unsaid"] != "").sum())) else ""
        return (
            f"With a weight of {self.cost_weight:.0%} on cost the score sends out {len(sent)} of the {len(self.table)} "
            f"tasks that have a quote, of which {int(sent['locked'].sum())} must stay (core or vetoed){maybe}; {sold}"
        )


def naive_selection(costs: pd.DataFrame, *, cost_weight: float = 0.7) -> NaiveSelection:
    """The wrong way, worked out: score every task on saving and on not being locked, and send out what scores half.

    The score is TOPSIS on two columns, saving (weight `cost_weight`) and locked (the rest, to be low).

    Args:
        costs: `task_costs(...).table`; tasks without a quote are left out.
        cost_weight: weight of the saving, 0 to 1.

    Raises:
        OutsourcingKitError: a weight outside 0 to 1, or something else than that table.

    Example: t1 is locked and saves 900, t2 is free and saves 100. On cost alone, the lock is bought off.

    >>> costs = pd.DataFrame({"task": ["t1", "t2"], "process": "billing", "locked": [True, False],
    ...                       "locked_by": ["legal", ""], "hours": [40.0, 40.0], "saving": [900.0, 100.0]})
    >>> [naive_selection(costs, cost_weight=w).table.set_index("task")["sent"]["t1"].item() for w in (1.0, 0.2)]
    [True, False]
    """
    if not 0 <= cost_weight <= 1:
        raise OutsourcingKitError(
            f"cost_weight is {cost_weight!r}; expected a share from 0 to 1. Mend: cost_weight=0.7."
        )
    if absent := [name for name in _NEED if name not in getattr(costs, "columns", ())]:
        raise OutsourcingKitError(
            f"The costs lack column {', '.join(absent)}; expected the table of task_costs. "
            "Mend: naive_selection(task_costs(engagement.tasks).table)."
        )
    # The score knows no "perhaps": what nobody said counts as free, as it does wherever such scores are kept.
    plain = costs.assign(unsaid=costs.get("unsaid", ""), locked=costs["locked"].eq(True).fillna(False).astype(bool))
    quoted = plain[plain["saving"].notna()]
    table = _scored(quoted, cost_weight).sort_values("score", ascending=False, kind="stable", ignore_index=True)
    rows = []
    for weight in _GRID if len(quoted) else ():
        scored = _scored(quoted, weight)
        sold = scored["sent"] & scored["locked"]
        rows.append((float(weight), int(scored["sent"].sum()), int(sold.sum()), float(scored.loc[sold, "hours"].sum())))
    missing = "" if len(quoted) else "no task with a quote on record; needs table tasks with quoted_price"
    by_weight = pd.DataFrame(rows, columns=["cost_weight", "tasks_sent", "locked_sent", "locked_hours"])
    return NaiveSelection(table, by_weight, float(cost_weight), missing=missing)


def _scored(quoted: pd.DataFrame, cost_weight: float) -> pd.DataFrame:
    weights = {"saving": cost_weight, "locked": 1 - cost_weight}
    score = topsis(quoted, weights=weights, minimise=["locked"]).table["score"]
    return quoted.assign(score=score, sent=score >= _SENT)[[*NaiveSelection.columns]]
