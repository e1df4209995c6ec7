"""Which tasks must not be handed over, whatever they cost?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Shown, percent
from outsourcing_kit.tables import VETOES

_PREFIX = "veto_"
OUTSIDE_PLANS = ("outsource", "share")
_EMPTY = "no tasks on record; needs table tasks"


@dataclass(frozen=True, repr=False)
class ProtectedTasks(Shown):
    """What locks each task.

    `.table`, one row per task in the rows' order: task, process, plan, outside (planned so), hours (a month), locked,
    locked_by (such as "core, legal"; "" if free).
    """

    table: pd.DataFrame

    _whole = ("hours a month",)
    _nothing = "Nothing to take back"

    def _view(self) -> pd.DataFrame:
        """The locked tasks that are planned outside."""
        t = self.table[self.table["outside"] & self.table["locked"]]
        return pd.DataFrame(
            {
                "task": t["task"],
                "process": t["process"],
                "plan": t["plan"],
                "locked by": t["locked_by"],
                "hours a month": t["hours"],
            }
        )

    def _caption(self) -> str:
        outside = self.table[self.table["outside"]]
        hours = outside["hours"].fillna(0)
        of_hours = f", {percent(hours[outside['locked']].sum() / hours.sum())} of the hours" if hours.sum() > 0 else ""
        return f"{int(outside['locked'].sum())} of {len(outside)} tasks planned outside are core or vetoed{of_hours}"

    @property
    def missing(self) -> str:
        """Why there is nothing to show, in words."""
        return _EMPTY if self.table.empty else ""


def is_outside(tasks: pd.DataFrame) -> pd.Series:
    """Whether a task is planned outside, wholly or shared."""
    return tasks["plan"].isin(OUTSIDE_PLANS)


def protected_tasks(tasks: pd.DataFrame) -> ProtectedTasks:
    """Tasks that are core or carry a veto: rules that no saving can outweigh.

    Args:
        tasks: table `tasks`; column core and any columns veto_*, true or false, blank for false. Absent ones count as
            never raised; `assess` leaves its verdict open for them.

    Raises:
        OutsourcingKitError: the column task or plan is missing.

    Example: t1 is core, t2 under a legal veto, t3 free.

    >>> tasks = pd.DataFrame({"task": ["t1", "t2", "t3"], "plan": ["outsource", "stay", "share"],
    ...                       "core": [True, False, False], "veto_legal": [False, True, False]})
    >>> protected_tasks(tasks).table[["task", "outside", "locked_by"]].values.tolist()
    [['t1', True, 'core'], ['t2', False, 'legal'], ['t3', True, '']]
    """
    if absent := [name for name in ("task", "plan") if name not in tasks]:
        raise OutsourcingKitError(
            f"The tasks lack column {', '.join(absent)}; expected task and plan. "
            "Mend: pass engagement.tasks, or add the column."
        )
    columns = [name for name in tasks.columns if name == "core" or str(name).startswith(_PREFIX)]
    raised = np.column_stack([_raised(tasks[name]) for name in columns]) if columns else np.zeros((len(tasks), 0), bool)
    words = [name.removeprefix(_PREFIX).replace("_", " ") for name in columns]
    why = [", ".join(word for word, up in zip(words, row, strict=True) if up) for row in raised]
    full = tasks.reindex(columns=list(dict.fromkeys([*tasks.columns, "process", "hours_per_month"])))
    table = pd.DataFrame(
        {
            "task": full["task"].to_numpy(dtype=object),
            "process": full["process"].to_numpy(dtype=object),
            "plan": full["plan"].to_numpy(dtype=object),
            "outside": is_outside(full).to_numpy(dtype=bool),
            "hours": pd.to_numeric(full["hours_per_month"], errors="coerce").to_numpy(dtype=float, na_value=np.nan),
            "locked": raised.any(axis=1),
            "locked_by": pd.Series(why, dtype=object).to_numpy(),
        }
    )
    return ProtectedTasks(table)


def absent_vetoes(tasks: pd.DataFrame) -> list[str]:
    """The veto columns that the table does not have: nobody was asked, which is not the same as no veto."""
    return [name for name in VETOES if name not in tasks]


def _raised(flags: pd.Series) -> np.ndarray:
    return flags.map(lambda flag: False if pd.isna(flag) else bool(flag)).to_numpy(dtype=bool)
