"""What do the wrong tasks outside cost a month, or save?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.money import Cost, checked, not_in_it
from outsourcing_kit.task_selection.costs import HIDDEN, HIDDEN_COLUMNS, TaskCosts
from outsourcing_kit.task_selection.retained_skill import NOTHING_OUTSIDE
from outsourcing_kit.words import money, plural


def monthly_cost(costs: TaskCosts, tasks: pd.DataFrame, *, currency: str) -> Cost:
    """What tasks outside that are locked, or not clearly cheaper there, cost a month more than inside, all counted.

    Σ outside_cost − in_house_cost of these tasks, their hidden costs (managing, rework, one-offs) taken 0.5 to 3 times.
    Below 0 they save. A task that a blank flag may lock widens the range. One without a quote, or with no hidden cost
    filled in, is left out and counted: what it costs is unknown.

    Args:
        costs: `task_costs` of these tasks.
        tasks: rows of table tasks, for which hidden costs are blank.
        currency: of all amounts.

    Raises:
        OutsourcingKitError: another result, or one of other rows; cells that are not of their kind.

    Example: a core task, 2,000 inside, 1,900 quoted, 150 for managing: 25 saved at half of that, 350 lost at thrice.

    >>> from outsourcing_kit.task_selection import task_costs
    >>> tasks = pd.DataFrame({"task": ["t1"], "process": "billing", "hours_per_month": 40, "in_house_rate": 50,
    ...     "quoted_price": 1900, "quote_unit": "month", "plan": "outsource", "core": True, "management_hours": 3,
    ...     "onboarding_hours": 0, "rework_share": 0, "switching_cost": 0, "exit_cost": 0})
    >>> cost = monthly_cost(task_costs(tasks, draws=100), tasks, currency="EUR")
    >>> cost.low, cost.high
    (-25.0, 350.0)
    """
    t = checked(costs, TaskCosts, "task_costs(tasks)").table
    given = take(tasks, "tasks", also=HIDDEN_COLUMNS)[0].notna().to_numpy()
    if costs.missing or not t["outside"].any():
        return Cost(missing=costs.missing or NOTHING_OUTSIDE)
    if len(given) != len(t):
        raise OutsourcingKitError(f"Found {len(t)} and {len(given)} tasks; expected the same. Mend: task_costs(tasks).")
    t, given = t[t["outside"]], given[t["outside"]]
    hidden = (t["managing"] + t["rework"] + t["one_off"]).to_numpy()
    promised = (t["in_house_cost"] - t["price"]).to_numpy()
    saving, locked, clear = (t[name].to_numpy() for name in ("saving", "locked", "clearly_cheaper"))
    # Hidden costs that nobody wrote down count as 0 in the table; of a task with none at all nobody knows any.
    known, partly = ~np.isnan(saving) & given.any(axis=1), ~given.all(axis=1)
    wrong = locked | ~clear
    unsure = ~wrong & ((t["unsaid"] != "").to_numpy() | ~known)
    beside = not_in_it(
        (int((~known).sum()), "task", "outside without a quote or hidden costs"),
        (int((known & partly).sum()), "task", "with blank hidden costs, but for the range's upper end"),
    )
    if not (wrong | unsure).any():
        return Cost(0.0, 0.0, currency, f"no task outside is core, vetoed or not clearly cheaper there{beside}")
    which = (wrong | unsure) & known
    if not which.any():
        return Cost(missing="needs a quote and hidden costs of the tasks outside that may be wrong")
    low, high = ((factor - 1) * hidden - saving for factor in (HIDDEN[0], HIDDEN[-1]))
    high += t["blank_costs"].to_numpy()
    # What may be no mistake may count for nothing; at its low end it saves, as it is clearly cheaper.
    high = np.where(unsure, np.maximum(high, 0), high)
    groups = {"core or vetoed": locked, "not clearly cheaper": wrong & ~locked, "perhaps vetoed": unsure}
    parts = {"all outside": known, **{name: group & known for name, group in groups.items() if (group & known).any()}}
    counted = "with the costs on record" if (known & partly).any() else "with all costs counted"
    saved = {name: money(saving[part].sum()) for name, part in parts.items()}
    told = "; ".join(
        f"{name} ({plural(int(part.sum()), 'task')}): {money(promised[part].sum())} saved by the quotes, "
        f"{saved[name]} {counted}"
        for name, part in parts.items()
    )
    of_locked = f", {saved['core or vetoed']} of it from core or vetoed work" if "core or vetoed" in saved else ""
    all_counted = f"{counted} it is {saved['all outside']}{of_locked}"
    sentence = f"The quotes promise to save {money(promised[known].sum())} {currency} a month; {all_counted}."
    ranges = f"the range is of the latter, managing, rework and one-offs at {HIDDEN[0]:g} to {HIDDEN[-1]:g} times"
    ends = float(low[which].sum()), float(high[which].sum())
    return Cost(*ends, currency, f"{told}; {ranges}{beside}", sentence=sentence)
