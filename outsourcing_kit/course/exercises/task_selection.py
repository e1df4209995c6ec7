"""Exercises of lesson 2: what the tasks outside save with all costs counted, and how much of them must stay inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from outsourcing_kit.course.exercises.exercise import Answer, worded
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.task_selection import protected_tasks, task_costs

# What a task costs hangs on no draw.
_costs = partial(task_costs, draws=100)


def _total(amount: Callable[[pd.DataFrame], pd.Series], *, of_all: bool = False, free: bool = False) -> Answer:
    """The sum of an amount over the tasks planned outside that have a quote."""

    def total(records: Engagement) -> float:
        table = _costs(records.tasks).table
        rows = table[table["saving"].notna() & (table["outside"] | of_all) & (~table["locked"] | (not free))]
        return float(amount(rows).sum()) if len(rows) else math.nan

    return total


def _lacks_quotes(records: Engagement) -> str:
    # Without any quote outside the sum would be 0, which is an answer.
    costs = _costs(records.tasks)
    known = costs.table[costs.table["outside"] & costs.table["saving"].notna()] if not costs.missing else costs.table
    return costs.missing or ("" if len(known) else "needs a quote for a task planned outside (table tasks)")


def _share(locked: Callable[[pd.DataFrame], pd.Series], *, of_all: bool = False, shared: bool = True) -> Answer:
    """Hours of the tasks that `locked` picks among those outside, as a share of the hours outside."""

    def share(records: Engagement) -> float:
        table = protected_tasks(records.tasks).table
        outside = table[table["outside"] & (shared | (table["plan"] != "share"))]
        hours = (table if of_all else outside)["hours"].sum()
        return float(outside.loc[locked(outside).astype(bool), "hours"].sum() / hours) if hours else math.nan

    return share


def _locked(outside: pd.DataFrame) -> pd.Series:
    return outside["locked"].eq(True)


EXERCISES = (
    worded(
        "task_selection.1",
        _total(lambda rows: rows["saving"]),
        lacks=_lacks_quotes,
        quote_only=_total(lambda rows: rows["in_house_cost"] - rows["price"]),
        without_one_offs=_total(lambda rows: rows["saving"] + rows["one_off"]),
        without_managing=_total(lambda rows: rows["saving"] + rows["managing"]),
        all_tasks=_total(lambda rows: rows["saving"], of_all=True),
        free_only=_total(lambda rows: rows["saving"], free=True),
        # A cent: whoever rounds a rate does no harm.
        tolerance=0.01,
    ),
    worded(
        "task_selection.2",
        _share(_locked),
        lacks=lambda records: protected_tasks(records.tasks).missing,
        of_all=_share(_locked, of_all=True),
        core_only=_share(lambda outside: outside["locked_by"].str.split(", ").map({"core"}.issubset)),
        vetoes_only=_share(lambda outside: _locked(outside) & (outside["locked_by"] != "core")),
        without_shared=_share(_locked, shared=False),
    ),
)
