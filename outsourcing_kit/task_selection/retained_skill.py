"""Who inside could still do the work, if it had to come back?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.moments import instant
from outsourcing_kit.showing import Result
from outsourcing_kit.task_selection.protection import is_outside

NOTHING_OUTSIDE = "no task has plan outsource or share"


@dataclass(frozen=True, repr=False)
class ProcessCover(Result):
    """Inside skill left behind outside work.

    `.table`, one row per outside task, by process: process, task, inside_people (current client-side people who can
    do it). `.processes`, one row per process with outside work: process, outside_tasks, uncovered_tasks,
    fewest_people, covered (somebody inside for every outside task), perhaps (it would be if those were inside of whom
    table people does not say on which side they are: `.unlisted`).
    """

    processes: pd.DataFrame
    unlisted: tuple[str, ...] = ()

    columns: ClassVar = {"process": "text", "task": "text", "inside_people": "count"}

    def _view(self) -> pd.DataFrame:
        return self.processes if self.unlisted else self.processes.drop(columns="perhaps")

    def _caption(self) -> str:
        return "Processes with work outside"


def process_cover(
    tasks: pd.DataFrame, can_do: pd.DataFrame, people: pd.DataFrame, now: dt.date | pd.Timestamp
) -> ProcessCover:
    """How many current inside people can do each task that is planned outside.

    Args:
        tasks: table `tasks`; outside is plan outsource or share.
        can_do: table `can_do`, one row per task and person able to do it.
        people: table `people`; inside is side client; current is left blank or after `now`, and not joined after it.
        now: the last day on record (`engagement.settings.observed_to`), or an instant: its own clock has the day.

    Raises:
        OutsourcingKitError: `now` is neither, or a cell of joined or left is no day.

    Example: ana is inside and there, ben has left, and cruz is the provider's. Nobody inside can do t2.

    >>> tasks = pd.DataFrame({"task": ["t1", "t2"], "process": ["billing", "payroll"], "plan": ["outsource", "share"]})
    >>> can_do = pd.DataFrame({"task": ["t1", "t2", "t2"], "person": ["ana", "ben", "cruz"]})
    >>> people = pd.DataFrame({"person": ["ana", "ben", "cruz"], "side": ["client", "client", "provider"],
    ...                        "left": [pd.NaT, pd.Timestamp("2026-01-31"), pd.NaT]})
    >>> process_cover(tasks, can_do, people, dt.date(2026, 6, 30)).processes[["process", "covered"]].values.tolist()
    [['billing', True], ['payroll', False]]
    """
    # Days of joining and leaving are local, so `now` is compared on its own clock.
    until = instant(now).tz_convert(pd.Timestamp(now).tz).tz_localize(None)
    tasks, lacks_tasks = take(tasks, "tasks", need=("task", "process", "plan"))
    can_do, lacks_skill = take(can_do, "can_do", need=("task", "person"))
    people, lacks_people = take(people, "people", need=("person", "side", "left"), also=("joined",))
    missing = lacks_tasks or lacks_skill or lacks_people
    # A last day is a day of work: only its end is too late.
    gone = people["left"] + pd.Timedelta(days=1) <= until
    inside = people[(people["side"] == "client") & ~gone & ~(people["joined"] >= until)]
    able = can_do[can_do["person"].isin(inside["person"])].drop_duplicates(["task", "person"])
    unplaced = can_do[~can_do["person"].isin(people.loc[people["side"].notna(), "person"])].dropna()
    # Where a table is missing nobody knows who could do it: that is not "nobody".
    outside = tasks.loc[is_outside(tasks) & (not missing), ["process", "task"]]
    counts = outside["task"].map(able["task"].value_counts()).fillna(0).astype(int)
    table = outside.assign(inside_people=counts).sort_values(["process", "task"], kind="stable", ignore_index=True)
    # A task of no process is still work outside that somebody has to be able to do.
    none = table["inside_people"] == 0
    lost = none & ~table["task"].isin(unplaced["task"])
    grouped = table.assign(none=none, lost=lost).groupby("process", sort=True, dropna=False)
    processes = grouped.agg(
        outside_tasks=("task", "size"), uncovered_tasks=("none", "sum"), fewest_people=("inside_people", "min"),
        lost=("lost", "sum"),
    ).reset_index()  # fmt: skip
    processes["covered"] = processes["uncovered_tasks"] == 0
    processes["perhaps"] = ~processes["covered"] & (processes.pop("lost") == 0)
    unlisted = tuple(unplaced.loc[unplaced["task"].isin(table.loc[none, "task"]), "person"].drop_duplicates())
    return ProcessCover(table, processes, unlisted, missing=missing or ("" if len(table) else NOTHING_OUTSIDE))
