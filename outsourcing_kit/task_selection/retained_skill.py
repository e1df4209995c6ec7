"""Who inside could still do the work, if it had to come back?"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
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
        can_do: table `can_do`.
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
    here = ~(people["left"] <= until - pd.Timedelta(days=1)) & ~(people["joined"] >= until)
    inside = set(people["person"][here & (people["side"] == "client")])
    able = set(zip(can_do["task"], can_do["person"], strict=True))
    skilled = Counter(task for task, person in able if person in inside and task is not None)
    unplaced = can_do[~can_do["person"].isin(people["person"][people["side"].notna()])].dropna()
    # Where a table is missing nobody knows who could do it: that is not "nobody".
    outside = tasks.loc[is_outside(tasks) & (not missing), ["process", "task"]]
    table = outside.assign(inside_people=[skilled[task] for task in outside["task"]])
    table = table.sort_values(["process", "task"], kind="stable", ignore_index=True)
    # A task of no process is still work outside that somebody has to be able to do.
    is_first = ~table["process"].duplicated().to_numpy()
    place, first = np.cumsum(is_first, dtype=np.intp) - 1, np.flatnonzero(is_first)
    none = (table["inside_people"] == 0).to_numpy()
    lost = none & ~table["task"].isin(unplaced["task"]).to_numpy()
    uncovered = np.bincount(place, none).astype(int)
    processes = pd.DataFrame(
        {
            "process": table["process"].array[first], "outside_tasks": np.bincount(place), "uncovered_tasks": uncovered,
            "fewest_people": np.minimum.reduceat(table["inside_people"].to_numpy(dtype=int), first),
            "covered": uncovered == 0, "perhaps": (uncovered > 0) & (np.bincount(place, lost) == 0),
        }
    )  # fmt: skip
    asked = unplaced["task"].isin(table["task"][none])
    unlisted = tuple(dict.fromkeys(unplaced["person"][asked]))
    return ProcessCover(table, processes, unlisted, missing=missing or ("" if len(table) else NOTHING_OUTSIDE))
