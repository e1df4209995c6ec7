"""Which tasks must not be handed over, whatever they cost?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import compress
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.tables import VETOES
from outsourcing_kit.words import percent, plural

_PREFIX = "veto_"
LOCK_COLUMNS = {
    "task": "text", "process": "text", "plan": "text", "outside": "flag", "hours": "number", "locked": "flag",
    "locked_by": "text", "unsaid": "text",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class ProtectedTasks(Result):
    """What locks each task.

    `.table`, one row per task in the rows' order: task, process, plan, outside (planned so), hours (a month), locked,
    locked_by (such as "core, legal"; "" if free), unsaid: the columns of which nobody said yes or no, where no yes
    locks the task already (such as "veto_legal, veto_secret"; "" if all is said). With any, the task is open.
    """

    columns: ClassVar = LOCK_COLUMNS
    _nothing = "Nothing to take back"

    def _view(self) -> pd.DataFrame:
        t = self.table[self.table["outside"] & (self.table["locked"] | (self.table["unsaid"] != ""))]
        shown = {"must stay because": locks_or_open(t), "hours a month": t["hours"].round()}
        return t[["task", "process", "plan"]].assign(**shown)

    def _caption(self) -> str:
        outside, whole = self.table[self.table["outside"]], self.table["hours"].sum()
        hours, locked = outside["hours"], outside["locked"]
        said = f"{int(locked.sum())} of {len(outside)} tasks planned outside are core or vetoed"
        # Hours beside the count: one large task can matter more than five small ones.
        if hours.sum() > 0:
            said += f", {percent(hours[locked].sum() / hours.sum())} of the hours"
        # Too much of everything: how much of the work goes at all.
        return f"{said}; {percent(hours.sum() / whole)} of all hours go outside" if whole > 0 else said

    def _more(self) -> tuple[str, ...]:
        return (f"open until somebody says: {words}",) if (words := unsaid_words(self.table)) else ()


def is_outside(tasks: pd.DataFrame) -> pd.Series:
    """Whether a task is planned outside, wholly or shared."""
    return tasks["plan"].isin(["outsource", "share"])


def protected_tasks(tasks: pd.DataFrame) -> ProtectedTasks:
    """Tasks that are core or carry a veto: rules that no saving can outweigh.

    Args:
        tasks: table `tasks`; column core and any columns veto_*: yes, no, or blank where nobody said. An absent one is
            blank in every row. One yes locks a task, whatever else is blank.

    Raises:
        BadDataError: a flag is neither yes nor no, a plan is none.

    Example: t1 is core, t2 under a legal veto, t3 free.

    >>> tasks = pd.DataFrame({"task": ["t1", "t2", "t3"], "plan": ["outsource", "stay", "share"],
    ...                       "core": [True, False, False], "veto_legal": [False, True, False]})
    >>> protected_tasks(tasks).table[["task", "outside", "locked_by"]].values.tolist()
    [['t1', True, 'core'], ['t2', False, 'legal'], ['t3', True, '']]
    """
    flags = flag_columns(tasks)
    tasks, missing = take(tasks, "tasks", need=("task", "plan"), also=("process", "hours_per_month", *flags))
    return ProtectedTasks(locks(tasks, flags), missing=missing)


def flag_columns(tasks: pd.DataFrame) -> list[str]:
    """The columns that can lock a task: core, the five vetoes, and whatever else is called veto_."""
    # Whatever else a company writes as a veto is one: the five are those that most have.
    own = [name for name in getattr(tasks, "columns", ()) if str(name).startswith(_PREFIX)]
    return list(dict.fromkeys(["core", *VETOES, *own]))


def locks(tasks: pd.DataFrame, flags: list[str]) -> pd.DataFrame:
    """The table of `ProtectedTasks`, of tasks as `take` gives them."""
    yes = tasks[flags].fillna(False).to_numpy(dtype=bool)
    # A yes decides, whatever else is blank; a blank beside it could change nothing, so it is not asked about.
    locked = yes.any(axis=1)
    asked = named(flags, tasks[flags].isna().to_numpy() & ~locked[:, None])
    return tasks[["task", "process", "plan"]].assign(
        outside=is_outside(tasks), hours=tasks["hours_per_month"], locked=locked,
        locked_by=named(map(_reason, flags), yes), unsaid=asked,
    ).reset_index(drop=True)  # fmt: skip


def unsaid_words(table: pd.DataFrame) -> str:
    """Of which columns nobody said yes or no for tasks planned outside, and for how many; "" if all is said.

    >>> rows = pd.DataFrame({"outside": True, "unsaid": ["core", "core, veto_legal"]})
    >>> unsaid_words(rows)
    'core (2 tasks), veto_legal (1 task)'
    """
    unsaid = (names for names, outside in zip(table["unsaid"], table["outside"], strict=True) if outside and names)
    counts = Counter(name for names in unsaid for name in names.split(", "))
    if len(counts) > 1 and len({*counts.values()}) == 1:
        return f"{', '.join(counts)} ({plural(max(counts.values()), 'task')} each)"
    return ", ".join(f"{name} ({plural(count, 'task')})" for name, count in counts.items())


def locks_or_open(table: pd.DataFrame) -> pd.Series:
    """What locks each task, in a reader's words: "?" and what nobody said, where no yes decides; a dash if free."""
    asked = "? " + table["unsaid"].map(_reason)
    return table["locked_by"].mask(table["unsaid"] != "", asked).replace("", "–")


def _reason(names: str) -> str:
    return names.replace(_PREFIX, "").replace("_", " ")


def named(words: Iterable[str], rows: np.ndarray) -> np.ndarray:
    """The words whose place in a row is true, one text a row."""
    every = [*words]
    return np.array([", ".join(compress(every, row)) for row in rows], dtype=object)
