"""What does each task cost a month inside and outside, hidden costs included?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.task_selection.cost_odds import BLANKS, CENTRAL, REPORTED, MonthlyCosts, chances
from outsourcing_kit.task_selection.protection import LOCK_COLUMNS, flag_columns, locks, locks_or_open
from outsourcing_kit.words import money, percent, plural

# Probability from which a task counts as clearly cheaper outside.
CLEARLY = 0.8
NEEDED = ("task", "process", "hours_per_month", "in_house_rate", "quoted_price", "quote_unit", "plan", "core")
HIDDEN_COLUMNS = ("management_hours", "rework_share", "onboarding_hours", "switching_cost", "exit_cost")


@dataclass(frozen=True, repr=False)
class TaskCosts(Result):
    """Costs and chances of every task.

    `.table`, one row per task in the rows' order: task, process, plan, outside (planned so), hours (a month), locked,
    locked_by, unsaid (see ProtectedTasks), in_house_cost, outside_cost, saving (currency a month, nan without a quote),
    price, managing, rework, one_off (the parts of outside_cost), blank_costs (what hidden costs that are blank may come
    to beside these), cheaper (probability of being cheaper outside, central assumptions), cheaper_low, cheaper_high
    (over all assumptions), clearly_cheaper (cheaper ≥ 0.8), blank (hidden costs that are blank, named).
    `.assumptions`, one row per set of assumptions: view, correlation, shape, not_cheaper (share of the outside hours
    of tasks whose chance is below 0.8 under it; nan without outside hours), central. The view "blanks" is the outside
    view with blank costs as dear as reported; it is there where an outside task has any.
    """

    assumptions: pd.DataFrame

    columns: ClassVar = {
        **LOCK_COLUMNS, "in_house_cost": "money", "outside_cost": "money", "saving": "money", "price": "money",
        "managing": "money", "rework": "money", "one_off": "money", "blank_costs": "money", "cheaper": "share",
        "cheaper_low": "share", "cheaper_high": "share", "clearly_cheaper": "flag", "blank": "text",
    }  # fmt: skip

    @property
    def by_quote(self) -> Result:
        """What the quotes alone say of the tasks planned outside: whatever is quoted below our own cost goes."""
        t = self.table[self.table["outside"] & (self.table["price"] < self.table["in_house_cost"])]
        inside, quoted = t["in_house_cost"].sum(), t["price"].sum()
        row = {"tasks": len(t), "own cost a month": money(inside), "quoted": money(quoted)}
        view = pd.DataFrame([row | {"promised saving": money(inside - quoted)}])
        return Result(view if len(t) else view.head(0), missing=self.missing)

    def _view(self) -> pd.DataFrame:
        t = self.table.sort_values("outside", ascending=False, kind="stable")
        chance = [_span(*each) for each in zip(t["cheaper"], t["cheaper_low"], t["cheaper_high"], strict=True)]
        shown = {
            "must stay because": locks_or_open(t),
            "inside a month": t["in_house_cost"].round(),
            "outside a month": t["outside_cost"].round(),
            "saving": t["saving"].round(),
            "chance of cheaper outside": np.where(t["outside_cost"].isna(), "no quote", chance),
        }
        return t[["task", "process", "plan"]].assign(**shown)

    def _caption(self) -> str:
        return "Costs of each task"


def task_costs(tasks: pd.DataFrame, *, draws: int = 4000, horizon_months: float = 24, seed: int = 0) -> TaskCosts:
    """Monthly cost of each task inside and outside, and how likely outside is cheaper.

    In-house = hours × in_house_rate. Outside = price (hour: hours × quoted_price; month: quoted_price)
    + management_hours × in_house_rate + rework_share × hours × in_house_rate
    + (onboarding_hours × in_house_rate + switching_cost + exit_cost) / horizon. The chance lets the hours vary by ±20%
    and the hidden costs by a factor 0.5 … 1 … 3; its range is over correlation 0, .3, .6, shape (pert, triangular,
    lognormal) and view (outside: managing costs at least 5–12% of the price; blanks: and each kind that is blank as
    much of it as is reported of large contracts, 7–27%).

    Args:
        tasks: table `tasks`; hidden costs that are absent or blank are unknown: not in outside_cost, in the range.
        draws: for each set of assumptions; more do not narrow the range.
        horizon_months: months over which one-offs are spread where the table has none.
        seed: of the draws.

    Raises:
        BadDataError: negative amounts, or above 1e12.
        OutsourcingKitError: draws or horizon_months is below 1.

    Example: 40 h × 50 = 2,000 inside; outside 40 × 30 + 2 × 50 + .05 × 40 × 50 + (12 × 50 + 600)/24 = 1,450.

    >>> row = dict(task="t1", process="billing", hours_per_month=40, in_house_rate=50, quoted_price=30,
    ...     quote_unit="hour", plan="outsource", core=False, management_hours=2, rework_share=0.05, onboarding_hours=12,
    ...     switching_cost=600)
    >>> task_costs(pd.DataFrame([row])).table[["in_house_cost", "outside_cost", "saving"]].iloc[0].tolist()
    [2000.0, 1450.0, 550.0]
    """
    if not (draws >= 1 and int(draws) == draws and 1 <= horizon_months < np.inf):
        raise OutsourcingKitError(
            f"draws is {draws!r} and horizon_months {horizon_months!r}; expected a whole number and months, "
            "both from 1. Mend: draws=4000, horizon_months=24."
        )
    flags = flag_columns(tasks)
    tasks, missing = take(tasks, "tasks", need=NEEDED, also=(*HIDDEN_COLUMNS, "horizon_months", *flags))
    hours, rate, quote = (tasks[name].to_numpy() for name in ("hours_per_month", "in_house_rate", "quoted_price"))
    # What is blank is no part of the sum: it widens the range, and `_notes` says by how much.
    blank, unit = tasks[[*HIDDEN_COLUMNS]].isna(), tasks["quote_unit"].to_numpy()
    hidden = tasks[[*HIDDEN_COLUMNS]].fillna(0.0)
    by_hour, by_month = unit == "hour", unit == "month"
    price = np.where(by_month, quote, np.where(by_hour, quote * hours, np.nan))
    # The client's own people train and manage the provider's, so their hours cost the in-house rate.
    one_offs = hidden["onboarding_hours"] * rate + hidden["switching_cost"] + hidden["exit_cost"]
    costs = MonthlyCosts(
        in_house=hours * rate,
        priced_by_hour=np.where(by_hour, price, np.where(by_month, 0.0, np.nan)),
        priced_by_month=np.where(by_month, price, 0.0),
        managing=hidden["management_hours"].to_numpy() * rate,
        rework=hidden["rework_share"].to_numpy() * hours * rate,
        one_off=(one_offs / tasks["horizon_months"].fillna(float(horizon_months))).to_numpy(),
        blank=blank[[*REPORTED]].to_numpy() @ np.array([*REPORTED.values()]),
    )
    outside_cost = price + costs.managing + costs.rework + costs.one_off
    table = locks(tasks, flags).assign(
        in_house_cost=costs.in_house, outside_cost=outside_cost, saving=costs.in_house - outside_cost,
        price=price, managing=costs.managing, rework=costs.rework, one_off=costs.one_off,
        blank_costs=costs.blank * price,
    )  # fmt: skip
    assumptions, found = chances(costs, draws=draws, seed=seed)
    central = found[assumptions.index(CENTRAL)]
    table["cheaper"] = central
    table["cheaper_low"], table["cheaper_high"] = found.min(axis=0), found.max(axis=0)
    table["clearly_cheaper"] = central >= CLEARLY
    # No price is no quote; one of unknown unit, or beside an hour inside of unknown cost, may be the lower one.
    priced = ~np.isnan(quote)
    blank = blank.assign(in_house_rate=priced & np.isnan(rate), quote_unit=priced & ~by_hour & ~by_month)
    table["blank"] = [", ".join(blank.columns[row]) for row in blank.to_numpy()]
    notes = _notes(tasks, table, horizon_months)
    return TaskCosts(table, _by_assumption(assumptions, found, table), missing=missing, notes=notes)


def _by_assumption(assumed: list[tuple[str, float, str]], found: np.ndarray, table: pd.DataFrame) -> pd.DataFrame:
    hours = table["hours"].where(table["outside"], 0.0).fillna(0.0).to_numpy(dtype=float)
    # Not "below": a task without a quote has no chance (nan), and that is not clearly cheaper.
    unclear = ~(found >= CLEARLY)
    # Rounded, so that 20% of the hours is not a tolerance above a limit of 20%.
    shares = np.round(unclear @ hours / (hours.sum() or np.nan), 12)
    frame = pd.DataFrame(assumed, columns=["view", "correlation", "shape"])
    frame = frame.assign(not_cheaper=shares, central=[each == CENTRAL for each in assumed])
    filled_in = not (table["outside"] & (table["blank"] != "")).any()
    return frame[frame["view"] != BLANKS].reset_index(drop=True) if filled_in else frame


def _notes(tasks: pd.DataFrame, table: pd.DataFrame, horizon_months: float) -> tuple[str, ...]:
    if tasks.empty:
        return ()
    notes = []
    blank = [(int(tasks[name].isna().sum()), name) for name in HIDDEN_COLUMNS]
    if some := [f"{count} × {name}" for count, name in blank if count]:
        notes.append(
            f"Blank, so unknown: {', '.join(some)}. The range is from nothing to what is reported of large contracts: "
            f"managing 5–12% of the price, rework {percent(REPORTED['rework_share'])}, handing over "
            f"{percent(REPORTED['onboarding_hours'])}, moving and leaving {percent(REPORTED['exit_cost'])} each."
        )
    if unset := int(tasks["horizon_months"].isna().sum()):
        notes.append(
            f"One-offs are spread over {horizon_months:g} months where no horizon is set: {plural(unset, 'task')}."
        )
    if unquoted := int((table["outside"] & tasks["quoted_price"].isna().to_numpy()).sum()):
        notes.append(f"Outside tasks without a quote count as not clearly cheaper: {unquoted}.")
    if shared := int((table["plan"] == "share").sum()):
        notes.append(f"Shared tasks count with all their hours as outside, as the table says no split: {shared}.")
    return tuple(notes)


def _span(central: float, low: float, high: float) -> str:
    if np.isnan(central):
        return ""
    ends = f"{percent(low)[:-1]}–{percent(high)}"
    return percent(central) if percent(low) == percent(high) else f"{percent(central)} ({ends})"
