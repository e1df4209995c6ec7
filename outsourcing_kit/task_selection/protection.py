"""Which tasks must not be handed over, whatever they cost?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import flags, numeric, typed
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import VETOES
from outsourcing_kit.words import percent

_PREFIX = "veto_"
OUTSIDE_PLANS = ("outsource", "share")
_EMPTY = "no tasks on record; needs table tasks"


@dataclass(frozen=True, repr=False)
class ProtectedTasks(Shown):
    """What locks each task.

    `.table`, one row per task in the rows' order: task, process, plan, outside (planned so), hours (a month), locked,
    locked_by (such as "core, legal"; "" if free), unsaid: the columns of which nobody said yes or no, where no yes
    locks the task already (such as "veto_legal, veto_secret"; "" if all is said). With any, the task is open.
    """

    table: pd.DataFrame

    _whole = ("hours a month",)
    _nothing = "Nothing to take back"

    def _view(self) -> pd.DataFrame:
        """The tasks planned outside that are locked, or may be."""
        t = self.table[self.table["outside"] & (self.table["locked"] | (self.table["unsaid"] != ""))]
        return pd.DataFrame(
            {
                "task": t["task"],
                "process": t["process"],
                "plan": t["plan"],
                "locked by": locks_or_open(t),
                "hours a month": t["hours"],
            }
        )

    def _notes(self) -> tuple[str, ...]:
        return (f"open until somebody says: {words}",) if (words := unsaid_words(self.table)) else ()

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
        tasks: table `tasks`; column core and any columns veto_*: yes, no, or blank where nobody said. An absent one is
            blank in every row. One yes locks a task, whatever else is blank.

    Raises:
        OutsourcingKitError: the column task or plan is missing, or a flag is neither yes nor no.

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
    tasks = typed(tasks, "task", "process", "plan")
    own = [str(name) for name in tasks.columns if str(name).startswith(_PREFIX) and name not in VETOES]
    raised = {name: _flags(tasks, name) for name in ("core", *VETOES, *own)}
    yes = pd.DataFrame({name: flag.eq(True).fillna(False) for name, flag in raised.items()}).to_numpy(dtype=bool)
    blank = pd.DataFrame({name: flag.isna() for name, flag in raised.items()}).to_numpy(dtype=bool)
    words = [name.removeprefix(_PREFIX).replace("_", " ") for name in raised]
    locked = yes.any(axis=1)
    full = tasks.reindex(columns=list(dict.fromkeys([*tasks.columns, "process", "hours_per_month"])))
    table = pd.DataFrame(
        {
            "task": full["task"].to_numpy(dtype=object),
            "process": full["process"].to_numpy(dtype=object),
            "plan": full["plan"].to_numpy(dtype=object),
            "outside": is_outside(full).to_numpy(dtype=bool),
            "hours": numeric(full, "hours_per_month").to_numpy(),
            "locked": locked,
            "locked_by": _listed(words, yes),
            "unsaid": _listed(list(raised), blank & ~locked[:, None]),
        }
    )
    return ProtectedTasks(table)


def unsaid_words(table: pd.DataFrame) -> str:
    """Of which columns nobody said yes or no for tasks planned outside, and for how many; "" if all is said.

    >>> rows = pd.DataFrame({"outside": True, "unsaid": ["core", "core, veto_legal"]})
    >>> unsaid_words(rows)
    'core (2 tasks), veto_legal (1 task)'
    """
    names = table.loc[table["outside"].astype(bool), "unsaid"].str.split(", ").explode()
    counts = names[names != ""].value_counts(sort=False)
    if len(counts) > 1 and counts.nunique() == 1:
        return f"{', '.join(counts.index)} ({_counted(int(counts.iloc[0]))} each)"
    return ", ".join(f"{name} ({_counted(int(count))})" for name, count in counts.items())


def locks_or_open(table: pd.DataFrame) -> pd.Series:
    """What locks each task, in a reader's words: "?" and what nobody said, where no yes decides; a dash if free."""
    asked = "? " + table["unsaid"].str.replace(_PREFIX, "").str.replace("_", " ")
    return table["locked_by"].mask(table["unsaid"] != "", asked).replace("", "–")


def _counted(tasks: int) -> str:
    return f"{tasks} task" if tasks == 1 else f"{tasks} tasks"


def _flags(tasks: pd.DataFrame, name: str) -> pd.Series:
    return flags(tasks, name) if name in tasks else pd.Series(pd.NA, index=tasks.index, dtype="boolean")


def _listed(words: list[str], rows: np.ndarray) -> np.ndarray:
    listed = [", ".join(word for word, up in zip(words, row, strict=True) if up) for row in rows]
    return pd.Series(listed, dtype=object).to_numpy()
