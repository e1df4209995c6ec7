"""Are the wrong things outside? Three headline measures on the records of one engagement."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.assessments import Assessment
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import Finding
from outsourcing_kit.task_selection.cost import monthly_cost
from outsourcing_kit.task_selection.costs import BLANKS, CLEARLY, HIDDEN, NEEDED, TaskCosts, task_costs
from outsourcing_kit.task_selection.protection import unsaid_words
from outsourcing_kit.task_selection.raters import RaterAgreement, rater_agreement
from outsourcing_kit.task_selection.retained_skill import NOTHING_OUTSIDE, ProcessCover, process_cover
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import listed, percent, plural

# Below this chance outside probably costs more; from it on, and below CLEARLY, nobody can tell yet.
_EVEN = 0.5
# Below this alpha Krippendorff advises against drawing even tentative conclusions.
_LOW_ALPHA = 0.667


def assess(
    engagement: Engagement, *, limits: Mapping[str, float] | None = None, draws: int = 4000,
    horizon_months: float = 24, seed: int = 0,
) -> Finding:  # fmt: skip
    """Whether the work planned outside is the right work: vetoes first, then cost, then who could take it back.

    Headlines: protected_hours (fact), hours of outside tasks that are core or vetoed / outside hours, open upwards
    where a flag is blank; not_cheaper (model), outside hours of tasks whose probability of being cheaper outside is
    below 0.8 (see task_costs) / outside hours; no_inside_skill (fact), processes with an outside task that no current
    client person can do / processes with outside work.

    Args:
        engagement: needs tables tasks, can_do and people; ratings add how far the raters agree. Whatever is missing
            makes its measure "not assessed".
        limits: your own limits, by headline name, such as {"not_cheaper": 0.3}.
        draws, horizon_months, seed: see task_costs.

    Returns:
        Finding; its evidence has one row per task (see TaskCosts.table) with inside_people, the current inside people
        who can do an outside task, and currency. Without tasks it is the raters' agreement by criterion.

    Raises:
        OutsourcingKitError: an unknown or impossible limit, draws or horizon_months below 1.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("fire-sale")).verdict
    'problem'
    """
    found = Assessment(engagement, "task_selection", limits)
    # A column that one headline lacks leaves the others as they are: it is blank in every row.
    tasks = engagement.tasks.reindex(columns=[*dict.fromkeys([*NEEDED, *engagement.tasks.columns])])
    costs = task_costs(tasks, draws=draws, horizon_months=horizon_months, seed=seed)
    cover = process_cover(engagement.tasks, engagement.can_do, engagement.people, engagement.settings.observed_to)
    agreement = rater_agreement(engagement.ratings, seed=seed)
    inside = dict(zip(cover.table["task"], cover.table["inside_people"].astype(float), strict=True))
    currency = engagement.settings.currency
    evidence = costs.table.assign(inside_people=costs.table["task"].map(inside), currency=currency)
    outside = evidence[evidence["outside"]].sort_values("hours", ascending=False, kind="stable")
    outside = outside.assign(task=outside["task"].map(shown))
    rows = list(outside.itertuples())
    _measure_protected(found, outside)
    _measure_costs(found, costs, outside["hours"].to_numpy(), rows)
    _measure_skill(found, cover)
    _support(found, evidence, agreement)
    _act(found, outside, rows, agreement)
    cost = monthly_cost(costs, tasks, currency=currency)
    return found.finding(agreement.table if evidence.empty else evidence, _assumptions(costs, agreement), cost)


def _measure_protected(found: Assessment, outside: pd.DataFrame) -> None:
    hours, locked = outside["hours"].to_numpy(), outside["locked"].to_numpy()
    missing = found.engagement.lacks("tasks", "task", "plan", "hours_per_month", "core") or _no_hours(hours)
    maybe = locked | (outside["unsaid"] != "").to_numpy()
    share, with_open = (round(float(np.nansum(hours[some]) / (np.nansum(hours) or 1)), 12) for some in (locked, maybe))
    settled_by = f"asking about {words}: nobody said yes or no" if (words := unsaid_words(outside)) else ""
    # A fact about the plan, not a sample: it stays open only as far as blank flags could still lock tasks.
    counts = f"{int(locked.sum())} of {plural(len(outside), 'outside task')}" if len(outside) else ""
    # Hours that nobody wrote down are not none.
    if unknown := _unknown_hours(outside["task"], hours, maybe):
        with_open, settled_by = 1.0, "; ".join(filter(None, (unknown, settled_by)))
    found.fact("protected_hours", share, len(outside), missing, open_to=with_open, settled_by=settled_by, counts=counts)


def _measure_costs(found: Assessment, costs: TaskCosts, hours: np.ndarray, rows: list[Any]) -> None:
    need = ("task", "plan", "hours_per_month", "in_house_rate", "quoted_price", "quote_unit")
    missing = found.engagement.lacks("tasks", *need) or _no_hours(hours)
    shares, blanks, central = (costs.assumptions[name].to_numpy() for name in ("not_cheaper", "view", "central"))
    # Only tasks whose range crosses the line can move the share; for the others no record would change anything.
    open_tasks = [row for row in rows if row.cheaper_low < CLEARLY <= row.cheaper_high]
    unpriced = [row for row in rows if _is_unpriced(row)]
    what = listed([row.task for row in open_tasks])
    settled_by = f"a month of recorded managing and rework hours on {what}" if what else ""
    cases, other = shares[blanks != BLANKS].tolist(), shares[blanks == BLANKS].tolist()
    if unpriced:
        # They may all be cheaper or none: what is sure is sure under both readings, whatever other blanks come to.
        share = np.nansum([row.hours for row in unpriced]) / (np.nansum(hours) or 1)
        cases, other = other or cases, [round(max(case - share, 0.0), 12) for case in cases]
    if unknown := _unknown_hours([row.task for row in rows], hours):
        # Of so many hours nobody knows, they may be all of them, cheaper or not.
        other = [0.0, 1.0]
    settled_by = "; ".join(filter(None, (unknown, _blank_words([*unpriced, *open_tasks])))) or settled_by
    central_share = float(shares[central][0])
    found.model("not_cheaper", central_share, cases, len(rows), missing, settled_by=settled_by, other=other)


def _is_unpriced(task: Any) -> bool:
    """Whether it has a price that nobody can compare, as its unit or the cost of an hour inside is blank."""
    return math.isnan(task.cheaper) and ("in_house_rate" in task.blank or "quote_unit" in task.blank)


def _measure_skill(found: Assessment, cover: ProcessCover) -> None:
    covered, maybe = cover.processes["covered"], cover.processes["perhaps"]
    counts = f"{int((~covered).sum())} of {plural(len(covered), 'process')}" if len(covered) else ""
    settled = f"on which side {listed([shown(name) for name in cover.unlisted])} is (table people)"
    found.fact(
        "no_inside_skill", float((~covered).mean()), len(covered), cover.missing, counts=counts,
        open_to=float((~covered & ~maybe).mean()), settled_by=settled,
    )  # fmt: skip


def _unknown_hours(tasks: Iterable[str], hours: np.ndarray, which: np.ndarray | bool = True) -> str:
    unknown = list(compress(tasks, np.isnan(hours) & which))
    return f"hours_per_month of {listed(unknown)}" if unknown else ""


def _blank_words(tasks: list[Any]) -> str:
    """What would have to be filled in of these tasks: the hidden costs that are blank, by name; "" if none is."""
    open_tasks = [task for task in tasks if task.blank]
    names = dict.fromkeys(name for task in open_tasks for name in task.blank.split(", "))
    return f"{', '.join(names)} of {listed([task.task for task in open_tasks])}" if open_tasks else ""


def _no_hours(outside: np.ndarray) -> str:
    if not len(outside):
        return NOTHING_OUTSIDE
    return "" if np.nansum(outside) > 0 else "no task planned outside has hours_per_month above 0"


def _support(found: Assessment, table: pd.DataFrame, agreement: RaterAgreement) -> None:
    if (total := table["hours"].sum()) > 0:
        share = table["hours"][table["outside"]].sum() / total
        found.support("outside_share", "hours of all tasks planned outside", share, "share", len(table), "tasks")
    priced = table[table["outside"] & table["saving"].notna()]
    if len(priced):
        saving, hidden = priced["saving"].sum(), (priced["outside_cost"] - priced["price"]).sum()
        # The saving at three times the hidden costs, and at half of them.
        low, high = (saving + (1 - factor) * hidden for factor in (HIDDEN[-1], HIDDEN[0]))
        low -= priced["blank_costs"].sum()
        counted = "as far as costs are filled in" if priced["blank"].any() else "all costs counted"
        name, unit = f"saving a month on the outside tasks with a quote, {counted}", table["currency"].iloc[0]
        ends = {"basis": "model", "low": low, "high": high}
        found.support("monthly_saving", name, saving, unit, len(priced), "outside tasks", **ends)
    rated = agreement.table[agreement.table["tasks_rated_twice"] > 0]
    if rated.empty:
        return
    # Where raters agree least, an average would hide most.
    weakest = rated.sort_values(["alpha", "criterion"], kind="stable", na_position="last").iloc[0]
    n, criterion = int(weakest["tasks_rated_twice"]), quoted(weakest["criterion"])
    name = f"pairs of raters who say the same of a task on {criterion}"
    found.support("raters_say_the_same", name, weakest["agreement"], "share", n, "tasks")
    if not math.isnan(weakest["alpha"]):
        name = f"rater agreement beyond chance on {criterion} (0 none, 1 full)"
        ends = {"basis": "sample", "low": weakest["low"], "high": weakest["high"], "confidence": 0.95}
        found.support("rater_agreement", name, weakest["alpha"], "", n, "tasks", **ends)


def _act(found: Assessment, outside: pd.DataFrame, rows: list[Any], agreement: RaterAgreement) -> None:
    free = [row for row in rows if not row.locked]
    unquoted = [row.task for row in free if math.isnan(row.cheaper) and not _is_unpriced(row)]
    unsure = [row for row in free if _is_unpriced(row) or (row.cheaper_low < CLEARLY and row.clearly_cheaper)]
    unclear = [row.task for row in free if row.cheaper >= _EVEN and not row.clearly_cheaper]
    for key, case, tasks in (
        ("protected_hours", "locked", [f"{row.task} ({row.locked_by})" for row in rows if row.locked]),
        ("protected_hours", "nobody said", [unsaid_words(outside)]),
        ("not_cheaper", "costs more", [f"{row.task} ({percent(row.cheaper)})" for row in free if row.cheaper < _EVEN]),
        ("no_inside_skill", "", [row.task for row in rows if row.inside_people == 0]),
        ("not_cheaper", "no quote", unquoted),
        ("not_cheaper", "blank", [_blank_words(unsure)]),
        ("not_cheaper", "unclear", unclear),
    ):
        # An action that names no task helps nobody; a headline that is fine needs none.
        if any(tasks) and found[key].verdict in ("problem", "cannot tell"):
            found.act(key, case, tasks=listed(tasks, 2), columns=tasks[0])
    needs = " ".join(found[key].settled_by for key in found.limit if found[key].verdict == "not assessed")
    for table in ("tasks", "can_do", "people"):
        if f"needs table {table}" in needs:
            found.act(table)
    weak = agreement.table[agreement.table["alpha"] < _LOW_ALPHA]
    if len(weak):
        found.act("raters", criterion=quoted(min(zip(weak["alpha"], weak["criterion"], strict=True))[1]))


def _assumptions(costs: TaskCosts, agreement: RaterAgreement) -> Iterator[str]:
    yield from costs.notes
    if len(costs.table):
        yield (
            "Hours may be 20% lower or higher; hidden costs (managing, rework, one-offs) between half and three times "
            "what the table says: conventions."
        )
        yield (
            "The range is over correlations 0, .3 and .6, three shapes of distribution and two views; the outside view "
            "lets managing cost at least 5–12% of the price, as surveys of large contracts report."
        )
        yield "Whether a task is core is what the table says; people tend to call core what they have decided to keep."
    twice = agreement.table["tasks_rated_twice"] > 0
    if len(twice) > 1 and twice.any():
        yield f"Of {len(twice)} rated criteria, the one with the least agreement is shown."
    if once := int((~twice).sum()):
        yield f"Rated criteria without a task that two people rated, so of unknown agreement: {once}."
    for note in agreement.notes:
        yield f"Ratings {note}."
