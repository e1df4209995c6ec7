"""What does each task cost a month inside and outside, hidden costs included?"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import numeric, typed
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import LARGEST, SMALLEST
from outsourcing_kit.task_selection.cost_odds import CENTRAL, MonthlyCosts, chances
from outsourcing_kit.task_selection.protection import locks_or_open, protected_tasks
from outsourcing_kit.text import quoted
from outsourcing_kit.words import percent

# Probability from which a task counts as clearly cheaper outside.
CLEARLY = 0.8
NEEDED = ("task", "process", "hours_per_month", "in_house_rate", "quoted_price", "quote_unit", "plan", "core")
HIDDEN_COLUMNS = ("management_hours", "rework_share", "onboarding_hours", "switching_cost", "exit_cost")
_EMPTY = "no tasks on record; needs table tasks"


@dataclass(frozen=True, repr=False)
class TaskCosts(Shown):
    """Costs and chances of every task.

    `.table`, one row per task in the rows' order: task, process, plan, outside (planned so), hours (a month), locked,
    locked_by, unsaid (see ProtectedTasks), in_house_cost, outside_cost, saving (currency a month, nan without a quote),
    price, managing, rework, one_off (the parts of outside_cost), cheaper (probability of being cheaper outside, central
    assumptions), cheaper_low, cheaper_high (over all assumptions), clearly_cheaper (cheaper ≥ 0.8).
    `.assumptions`, one row per set of assumptions: view, correlation, shape, not_cheaper (share of the outside hours
    of tasks whose chance is below 0.8 under it; nan without outside hours), central.
    `.notes`: what was counted how, in words.
    """

    table: pd.DataFrame
    assumptions: pd.DataFrame
    notes: tuple[str, ...] = field(default=())

    _whole = ("inside a month", "outside a month", "saving")

    def _view(self) -> pd.DataFrame:
        """The main columns as a reader wants them, rounded; tasks planned outside first."""
        t = self.table.sort_values("outside", ascending=False, kind="stable")
        spans = zip(t["cheaper"], t["cheaper_low"], t["cheaper_high"], strict=True)
        chance = [_span(*each) for each in spans]
        return pd.DataFrame(
            {
                "task": t["task"],
                "process": t["process"],
                "plan": t["plan"],
                "locked by": locks_or_open(t),
                "inside a month": t["in_house_cost"],
                "outside a month": t["outside_cost"],
                "saving": t["saving"],
                "P(cheaper outside)": np.where(t["outside_cost"].isna(), "no quote", chance),
            }
        )

    @property
    def missing(self) -> str:
        """Why there is nothing to show, in words."""
        return _EMPTY if self.table.empty else ""

    def _caption(self) -> str:
        return "Costs of each task"


def task_costs(tasks: pd.DataFrame, *, draws: int = 4000, horizon_months: float = 24, seed: int = 0) -> TaskCosts:
    """Monthly cost of each task inside and outside, and how likely outside is cheaper.

    In-house = hours × in_house_rate. Outside = price (hour: hours × quoted_price; month: quoted_price)
    + management_hours × in_house_rate + rework_share × hours × in_house_rate
    + (onboarding_hours × in_house_rate + switching_cost + exit_cost) / horizon. The chance lets the hours vary by ±20%
    and the hidden costs (all but the price) by a factor 0.5 … 1 … 3; its range is over correlation 0, .3, .6, shape
    (pert, triangular, lognormal) and view (outside view: managing costs at least 5–12% of the price). Central: outside
    view, .3, pert. More draws do not make the range narrower.

    Args:
        tasks: table `tasks`, one row per task. Optional cost columns that are absent or blank count as 0.
        draws: random draws for each set of assumptions.
        horizon_months: months over which one-offs are spread where the table has no horizon_months of its own.
        seed: of the draws; same seed, same result.

    Raises:
        OutsourcingKitError: a needed column is missing or holds a negative amount or one that nobody pays (above 1e12),
            or draws or horizon_months is below 1.

    Example: 40 h at 50 inside = 2,000. Outside 40 × 30 = 1,200, managing 2 × 50 = 100, rework .05 × 40 × 50 = 100,
    one-offs (12 × 50 + 600)/24 = 50: together 1,450.

    >>> row = dict(task="t1", process="billing", hours_per_month=40, in_house_rate=50, quoted_price=30,
    ...            quote_unit="hour", plan="outsource", core=False, management_hours=2, rework_share=0.05,
    ...            onboarding_hours=12, switching_cost=600)
    >>> task_costs(pd.DataFrame([row])).table[["in_house_cost", "outside_cost", "saving"]].iloc[0].tolist()
    [2000.0, 1450.0, 550.0]
    """
    _check(tasks, draws, horizon_months)
    tasks = typed(tasks, "task", "process", "plan", "quote_unit")
    hours, rate = _number(tasks, "hours_per_month"), _number(tasks, "in_house_rate")
    quote, unit = _number(tasks, "quoted_price"), tasks["quote_unit"].to_numpy(dtype=object)
    by_hour, by_month = unit == "hour", unit == "month"
    price = np.where(by_month, quote, np.where(by_hour, quote * hours, np.nan))
    one_offs = (
        _hidden(tasks, "onboarding_hours") * rate + _hidden(tasks, "switching_cost") + _hidden(tasks, "exit_cost")
    )
    costs = MonthlyCosts(
        in_house=hours * rate,
        priced_by_hour=np.where(by_hour, price, np.where(by_month, 0.0, np.nan)),
        priced_by_month=np.where(by_month, price, 0.0),
        managing=_hidden(tasks, "management_hours") * rate,
        rework=_hidden(tasks, "rework_share") * hours * rate,
        one_off=one_offs / _horizon(tasks, horizon_months),
    )
    table = _cost_table(tasks, price, costs)
    assumptions, found = chances(costs, draws=draws, seed=seed)
    central = found[assumptions.index(CENTRAL)]
    table["cheaper"] = central
    table["cheaper_low"], table["cheaper_high"] = found.min(axis=0), found.max(axis=0)
    table["clearly_cheaper"] = central >= CLEARLY
    return TaskCosts(table, _assumption_table(assumptions, found, table), _notes(tasks, table, horizon_months))


def _cost_table(tasks: pd.DataFrame, price: np.ndarray, costs: MonthlyCosts) -> pd.DataFrame:
    outside_cost = price + costs.managing + costs.rework + costs.one_off
    return protected_tasks(tasks).table.assign(
        in_house_cost=costs.in_house,
        outside_cost=outside_cost,
        saving=costs.in_house - outside_cost,
        price=price,
        managing=costs.managing,
        rework=costs.rework,
        one_off=costs.one_off,
    )


def _assumption_table(
    assumptions: list[tuple[str, float, str]], found: np.ndarray, table: pd.DataFrame
) -> pd.DataFrame:
    outside = table["outside"].to_numpy(dtype=bool)
    hours = np.nan_to_num(table["hours"].to_numpy(dtype=float)[outside])
    # A task without a chance has no quote: that is not clearly cheaper.
    unclear = ~(found[:, outside] >= CLEARLY)
    total = hours.sum()
    # Rounded, so that 20% of the hours is not a tolerance above a limit of 20%.
    shares = np.round(unclear @ hours / total, 12) if total > 0 else np.full(len(assumptions), np.nan)
    frame = pd.DataFrame(assumptions, columns=["view", "correlation", "shape"])
    return frame.assign(not_cheaper=shares, central=[each == CENTRAL for each in assumptions])


def _notes(tasks: pd.DataFrame, table: pd.DataFrame, horizon_months: float) -> tuple[str, ...]:
    if tasks.empty:
        return ()
    notes = []
    if absent := [name for name in HIDDEN_COLUMNS if name not in tasks]:
        notes.append(f"Not in table tasks and counted as 0: {', '.join(absent)}.")
    blanks = {name: int(tasks[name].isna().sum()) for name in HIDDEN_COLUMNS if name in tasks}
    if any(blanks.values()):
        notes.append(f"Blank and counted as 0: {', '.join(f'{n} × {name}' for name, n in blanks.items() if n)}.")
    unset = len(tasks) if "horizon_months" not in tasks else int(tasks["horizon_months"].isna().sum())
    if unset:
        notes.append(f"One-offs are spread over {horizon_months:g} months where no horizon is set: {unset} tasks.")
    if unquoted := int((table["outside"] & table["outside_cost"].isna()).sum()):
        notes.append(f"Outside tasks without a readable quote count as not clearly cheaper: {unquoted}.")
    if shared := int((table["plan"] == "share").sum()):
        notes.append(f"Shared tasks count with all their hours as outside, as the table says no split: {shared}.")
    return tuple(notes)


def _check(tasks: pd.DataFrame, draws: int, horizon_months: float) -> None:
    if absent := [name for name in NEEDED if name not in tasks]:
        raise OutsourcingKitError(
            f"The tasks lack column {', '.join(absent)}; expected {', '.join(NEEDED)}. "
            "Mend: pass engagement.tasks, or add the column."
        )
    if not draws >= 1 or int(draws) != draws:
        raise OutsourcingKitError(f"draws is {draws!r}; expected a whole number from 1. Mend: draws=4000.")
    if not 1 <= horizon_months < np.inf:
        raise OutsourcingKitError(
            f"horizon_months is {horizon_months!r}; expected a number of months from 1. Mend: horizon_months=24."
        )


def _number(tasks: pd.DataFrame, name: str) -> np.ndarray:
    column = tasks[name]
    numbers = numeric(tasks, name).to_numpy()
    size = np.abs(numbers)
    wrong = (size > LARGEST) | ((size > 0) & (size < SMALLEST)) | (numbers < 0)
    if wrong.any():
        raise OutsourcingKitError(
            f"Column {name} of the tasks holds {quoted(column[wrong].iloc[0])}; expected plain numbers of 0, or from "
            f"{SMALLEST:g} to at most {LARGEST:g}. Mend: check the digits and the unit."
        )
    return numbers


def _hidden(tasks: pd.DataFrame, name: str) -> np.ndarray:
    return np.nan_to_num(_number(tasks, name)) if name in tasks else np.zeros(len(tasks))


def _horizon(tasks: pd.DataFrame, default: float) -> np.ndarray:
    if "horizon_months" not in tasks:
        return np.full(len(tasks), float(default))
    own = _number(tasks, "horizon_months")
    return np.where(np.isnan(own), float(default), own)


def _span(central: float, low: float, high: float) -> str:
    if np.isnan(central):
        return ""
    ends = f"{percent(low)[:-1]}–{percent(high)}"
    return percent(central) if percent(low) == percent(high) else f"{percent(central)} ({ends})"
