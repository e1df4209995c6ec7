"""Exercises of lesson 2: what the tasks outside save with all costs counted, and how much of them must stay inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.task_selection import protected_tasks, task_costs

# What a task costs hangs on no draw.
_costs = partial(task_costs, draws=100)


def _total(records: Engagement, expression: str = "saving", *, of_all: bool = False, free: bool = False) -> float:
    """The sum of an expression of columns over the tasks planned outside that have a quote."""
    table = _costs(records.tasks).table
    rows = table[table["saving"].notna() & (table["outside"] | of_all) & (~table["locked"] | (not free))]
    return float(rows.eval(expression).sum()) if len(rows) else math.nan


def _lacks_quotes(records: Engagement) -> str:
    # Without any quote outside the sum would be 0, which is an answer.
    costs = _costs(records.tasks)
    known = costs.table[costs.table["outside"] & costs.table["saving"].notna()] if not costs.missing else costs.table
    return costs.missing or ("" if len(known) else "needs a quote for a task planned outside (table tasks)")


def _locked(outside: pd.DataFrame) -> pd.Series:
    return outside["locked"].eq(True)


def _share(
    records: Engagement, locked: Callable[..., pd.Series] = _locked, *, of_all: bool = False, shared: bool = True
) -> float:
    """Hours of the tasks that `locked` picks among those outside, as a share of the hours outside."""
    table = protected_tasks(records.tasks).table
    outside = table[table["outside"] & (shared | (table["plan"] != "share"))]
    hours = (table if of_all else outside)["hours"].sum()
    return float(outside.loc[locked(outside).astype(bool), "hours"].sum() / hours) if hours else math.nan


EXERCISES = (
    worded(
        "task_selection.1",
        _total,
        lacks=_lacks_quotes,
        quote_only=partial(_total, expression="in_house_cost - price"),
        without_one_offs=partial(_total, expression="saving + one_off"),
        without_managing=partial(_total, expression="saving + managing"),
        all_tasks=partial(_total, of_all=True),
        free_only=partial(_total, free=True),
        # A cent: whoever rounds a rate does no harm.
        tolerance=0.01,
    ),
    worded(
        "task_selection.2",
        _share,
        lacks=lambda records: protected_tasks(records.tasks).missing,
        of_all=partial(_share, of_all=True),
        core_only=partial(_share, locked=lambda outside: outside["locked_by"].str.split(", ").map({"core"}.issubset)),
        vetoes_only=partial(_share, locked=lambda outside: _locked(outside) & (outside["locked_by"] != "core")),
        without_shared=partial(_share, shared=False),
    ),
)
