"""What does each task cost a month inside and outside, hidden costs included, and how likely is it cheaper outside?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.stats.shapes import amounts, cells, quantile_tables, together
from outsourcing_kit.task_selection.protection import LOCK_COLUMNS, flag_columns, locks, locks_or_open, named
from outsourcing_kit.words import money, percent, plural

Floats = NDArray[np.float64]

# What nobody knows. Conventions, but for the last: relationship management costs 5-12% of a contract (EVIDENCE 1).
HOURS = (0.8, 1.0, 1.2)
HIDDEN = (0.5, 1.0, 3.0)
MANAGING_SHARE = (0.05, 0.12)
CORRELATIONS = (0.0, 0.3, 0.6)
SHAPES = ("pert", "triangular", "lognormal")
VIEWS = ("inside", "outside")
# The outside view, with what is blank as dear as reported.
BLANKS = "blanks"
# The most that a kind of hidden cost is reported to come to, as a share of the price (Overby 2003, large contracts of
# information technology, by a journalist: lost productivity; transition and process improvement; search and layoffs).
# Managing is in the outside view. Of leaving nobody reports any: a convention, as much as moving.
REPORTED = {"rework_share": 0.27, "onboarding_hours": 0.13, "switching_cost": 0.07, "exit_cost": 0.07}
CENTRAL = ("outside", 0.3, "pert")
# Few enough that a block's draws stay in the processor's cache: half the time of 256 at once.
_TASKS_AT_ONCE = 8
# Probability from which a task counts as clearly cheaper outside.
CLEARLY = 0.8
NEEDED = ("task", "process", "hours_per_month", "in_house_rate", "quoted_price", "quote_unit", "plan", "core")
HIDDEN_COLUMNS = ("management_hours", "rework_share", "onboarding_hours", "switching_cost", "exit_cost")


@dataclass(frozen=True, repr=False)
class TaskCosts(Result):
    """Costs and chances of every task.

    `.table`, one row per task in the rows' order: the columns of ProtectedTasks, in_house_cost, outside_cost, saving
    (currency a month, nan without a quote), price, managing, rework, one_off (the parts of outside_cost), blank_costs
    (what hidden costs that are blank may come to beside these), cheaper (probability of being cheaper outside, central
    assumptions), cheaper_low, cheaper_high (over all assumptions), clearly_cheaper (cheaper ≥ 0.8), blank (which are).
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
    blank, unit = tasks[[*HIDDEN_COLUMNS]].isna().to_numpy(), tasks["quote_unit"].to_numpy()
    managing, rework, onboarding, switching, leaving = tasks[[*HIDDEN_COLUMNS]].fillna(0.0).to_numpy().T
    by_hour, by_month = unit == "hour", unit == "month"
    price = np.where(by_month, quote, np.where(by_hour, quote * hours, np.nan))
    # The client's own people train and manage the provider's, so their hours cost the in-house rate.
    horizon = tasks["horizon_months"].fillna(float(horizon_months)).to_numpy()
    costs = MonthlyCosts(
        in_house=hours * rate,
        priced_by_hour=np.where(by_hour, price, np.where(by_month, 0.0, np.nan)),
        priced_by_month=np.where(by_month, price, 0.0),
        managing=managing * rate,
        rework=rework * hours * rate,
        one_off=(onboarding * rate + switching + leaving) / horizon,
        blank=blank[:, [HIDDEN_COLUMNS.index(name) for name in REPORTED]] @ np.array([*REPORTED.values()]),
    )
    outside_cost = price + costs.managing + costs.rework + costs.one_off
    assumptions, found = chances(costs, draws=draws, seed=seed)
    central = found[assumptions.index(CENTRAL)]
    # No price is no quote; one of unknown unit, or beside an hour inside of unknown cost, may be the lower one.
    priced = ~np.isnan(quote)
    unknown = np.column_stack([blank, priced & np.isnan(rate), priced & ~by_hour & ~by_month])
    table = locks(tasks, flags).assign(
        in_house_cost=costs.in_house, outside_cost=outside_cost, saving=costs.in_house - outside_cost,
        price=price, managing=costs.managing, rework=costs.rework, one_off=costs.one_off,
        blank_costs=costs.blank * price, cheaper=central, cheaper_low=found.min(axis=0),
        cheaper_high=found.max(axis=0), clearly_cheaper=central >= CLEARLY,
        blank=named((*HIDDEN_COLUMNS, "in_house_rate", "quote_unit"), unknown),
    )  # fmt: skip
    notes = _notes(tasks, table, blank, horizon_months)
    return TaskCosts(table, _by_assumption(assumptions, found, table), missing=missing, notes=notes)


def _by_assumption(assumed: list[tuple[str, float, str]], found: np.ndarray, table: pd.DataFrame) -> pd.DataFrame:
    outside = table["outside"].to_numpy()
    hours = np.nan_to_num(np.where(outside, table["hours"], 0.0))
    # Not "below": a task without a quote has no chance (nan), and that is not clearly cheaper.
    unclear = ~(found >= CLEARLY)
    # Rounded, so that 20% of the hours is not a tolerance above a limit of 20%.
    shares = np.round(unclear @ hours / (hours.sum() or np.nan), 12)
    frame = pd.DataFrame(assumed, columns=["view", "correlation", "shape"])
    frame = frame.assign(not_cheaper=shares, central=[each == CENTRAL for each in assumed])
    filled_in = not any(table["blank"].to_numpy()[outside])
    return frame[frame["view"] != BLANKS].reset_index(drop=True) if filled_in else frame


def _notes(tasks: pd.DataFrame, table: pd.DataFrame, blank: np.ndarray, horizon_months: float) -> tuple[str, ...]:
    if tasks.empty:
        return ()
    notes = []
    counts = zip(blank.sum(axis=0).tolist(), HIDDEN_COLUMNS, strict=True)
    if some := [f"{count} × {name}" for count, name in counts if count]:
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
    if np.isnan(central) or percent(low) == percent(high):
        return percent(central)
    return f"{percent(central)} ({percent(low)[:-1]}–{percent(high)})"


# ---- how likely cheaper outside, over what nobody knows about hours and hidden costs ----------------------------


class MonthlyCosts(NamedTuple):
    """A month's costs of each task, each of shape (tasks,).

    in_house, priced_by_hour and rework move with the hours; managing, rework and one_off with the hidden factor.
    `blank` is what may come on top, a share of the price.
    """

    in_house: Floats
    priced_by_hour: Floats
    priced_by_month: Floats
    managing: Floats
    rework: Floats
    one_off: Floats
    blank: Floats


def chances(costs: MonthlyCosts, *, draws: int, seed: int) -> tuple[list[tuple[str, float, str]], Floats]:
    """P(outside < in-house) of each task under each set of assumptions: (view, correlation, shape), and (sets, tasks).

    Hours vary by a factor 0.8 … 1 … 1.2, the hidden costs by one 0.5 … 1 … 3; in the outside view managing costs at
    least a share of the price that is even between 5% and 12%; in the view "blanks" what is blank comes on top, as
    dear as reported. The three share one cause (`shapes.together`), and their ranges mean what a plan's do. The draws
    are the same for all tasks, so that equal tasks get equal chances.
    """
    assumptions, rows = [], []
    for correlation, shape, *factors in _factors(draws, seed):
        assumptions += [(view, correlation, shape) for view in (*VIEWS, BLANKS)]
        rows.append(_chances(costs, *factors))
    return assumptions, np.vstack(rows)


def _chances(costs: MonthlyCosts, hours: Floats, hidden: Floats, managing_share: Floats) -> Floats:
    """Of each task in each view: shape (views, tasks)."""
    found = np.empty((len(VIEWS) + 1, len(costs.in_house)))
    for start in range(0, found.shape[1], _TASKS_AT_ONCE):
        rows = slice(start, start + _TASKS_AT_ONCE)
        # As columns, against which the draws broadcast.
        one = MonthlyCosts(*(part[rows, None] for part in costs))
        inside, price = one.in_house * hours, one.priced_by_hour * hours + one.priced_by_month
        managing, more = one.managing * hidden, (one.rework * hours + one.one_off) * hidden
        # In the outside view the table's own figure where it is higher: surveys only say what is usually forgotten.
        at_least = np.maximum(managing, managing_share * price)
        for view, managed in enumerate((managing, at_least, at_least + one.blank * price)):
            outside = price + managed + more
            cheaper = np.count_nonzero(outside < inside, axis=1) / len(hours)
            # A task without a price, which is so in every draw, has no chance to speak of; nan would quietly say 0.
            found[view, rows] = np.where(np.isnan(outside[:, 0] + one.in_house[:, 0]), np.nan, cheaper)
    return found


def _factors(draws: int, seed: int) -> Iterator[tuple[float, str, Floats, Floats, Floats]]:
    """Correlation, shape, and draws of the hours' factor, the hidden costs' factor and the managing share."""
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(seed)
    # One draw from each of `draws` equal strata, shuffled: far less noise than plain draws, and still unbiased.
    even = (np.array([rng.permutation(draws) for _ in range(4)]) + rng.random((4, draws))) / draws
    common, *own = ndtri(even)
    low, likely, high = (np.array(ends) for ends in zip(HOURS, HIDDEN, strict=True))
    least, most = MANAGING_SHARE
    limits = np.zeros(len(low), dtype=bool)
    pieces = {shape: cells(quantile_tables(low, likely, high, limits, shape)) for shape in SHAPES}
    # The same scores under every correlation and shape: what differs is the assumption, not the luck of the draw.
    for correlation in CORRELATIONS:
        scores = [together(each, common, correlation) for each in own]
        for shape in SHAPES:
            drawn = zip(*pieces[shape], scores[:2], strict=True)
            hours, hidden = (amounts(start, rise, score) for start, rise, score in drawn)
            # The managing share has no likeliest value, so it has no shape: even between its ends.
            yield correlation, shape, hours, hidden, least + (most - least) * ndtr(scores[2])
