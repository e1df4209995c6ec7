"""Who inside could still do the work, if it had to come back?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import typed
from outsourcing_kit.moments import day, day_column
from outsourcing_kit.showing import Shown
from outsourcing_kit.task_selection.protection import is_outside

_EMPTY = "no task is planned outside"


@dataclass(frozen=True, repr=False)
class ProcessCover(Shown):
    """Inside skill left behind outside work.

    `.table`, one row per outside task, by process: process, task, inside_people (current client-side people who can
    do it). `.processes`, one row per process with outside work: process, outside_tasks, uncovered_tasks,
    fewest_people, covered (somebody inside for every outside task).
    """

    table: pd.DataFrame
    processes: pd.DataFrame

    def _view(self) -> pd.DataFrame:
        """The processes as a reader wants them."""
        named = self.processes.rename(columns=lambda name: name.replace("_", " "))
        return named.assign(covered=self.processes["covered"].map({True: "yes", False: "no"}))

    @property
    def missing(self) -> str:
        """Why there is nothing to show, in words."""
        return _EMPTY if self.table.empty else ""

    def _caption(self) -> str:
        return "Processes with work outside"


def process_cover(tasks: pd.DataFrame, can_do: pd.DataFrame, people: pd.DataFrame, now: dt.date | str) -> ProcessCover:
    """How many current inside people can do each task that is planned outside.

    Args:
        tasks: table `tasks`; outside is plan outsource or share.
        can_do: table `can_do`, one row per task and person able to do it.
        people: table `people`; inside is side client; current is left blank or after `now`, and not joined after it.
        now: the last day on record, `engagement.settings.observed_to`.

    Raises:
        OutsourcingKitError: `now` is an instant with a time zone, or a cell of joined or left is no day; the roster
            keeps days.

    Example: ana is inside and there, ben has left, and cruz is the provider's. Nobody inside can do t2.

    >>> tasks = pd.DataFrame({"task": ["t1", "t2"], "process": ["billing", "payroll"], "plan": ["outsource", "share"]})
    >>> can_do = pd.DataFrame({"task": ["t1", "t2", "t2"], "person": ["ana", "ben", "cruz"]})
    >>> people = pd.DataFrame({"person": ["ana", "ben", "cruz"], "side": ["client", "client", "provider"],
    ...                        "left": [pd.NaT, pd.Timestamp("2026-01-31"), pd.NaT]})
    >>> process_cover(tasks, can_do, people, "2026-06-30").processes[["process", "covered"]].values.tolist()
    [['billing', True], ['payroll', False]]
    """
    if getattr(now, "tzinfo", None) is not None:
        raise OutsourcingKitError(
            f"now is the instant {now}; expected a day, as the roster keeps days. "
            "Mend: pass engagement.settings.observed_to."
        )
    last = day(now, "now")
    if last is pd.NaT:
        raise OutsourcingKitError("now is blank; expected a day. Mend: pass engagement.settings.observed_to.")
    tasks, can_do = typed(tasks, "task", "process", "plan"), typed(can_do, "task", "person")
    people = typed(people, "person", "side")
    inside = people[people["side"] == "client"]
    for name, gone in (("left", lambda when: when <= last), ("joined", lambda when: when > last)):
        if name in inside:
            inside = inside[~gone(day_column(inside, name))]
    able = can_do[can_do["person"].isin(inside["person"])].drop_duplicates(["task", "person"])
    outside = tasks.loc[is_outside(tasks), ["process", "task"]]
    counts = outside["task"].map(able["task"].value_counts()).fillna(0).astype(int)
    table = outside.assign(inside_people=counts).sort_values(["process", "task"], kind="stable", ignore_index=True)
    grouped = table.assign(none=table["inside_people"] == 0).groupby("process", sort=True, dropna=False)
    processes = grouped.agg(
        outside_tasks=("task", "size"), uncovered_tasks=("none", "sum"), fewest_people=("inside_people", "min")
    ).reset_index()
    processes["covered"] = processes["uncovered_tasks"] == 0
    return ProcessCover(table, processes)
