"""Are the wrong things outside? Three headline measures on the records of one engagement."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import (
    Finding,
    Limit,
    Measure,
    fact_measure,
    limit_for,
    model_measure,
    supporting_measure,
    unassessed_measure,
)
from outsourcing_kit.task_selection.actions import next_actions
from outsourcing_kit.task_selection.cost_odds import HIDDEN
from outsourcing_kit.task_selection.costs import CLEARLY, NEEDED, TaskCosts, task_costs
from outsourcing_kit.task_selection.protection import unsaid_words
from outsourcing_kit.task_selection.raters import RaterAgreement, rater_agreement
from outsourcing_kit.task_selection.retained_skill import ProcessCover, process_cover
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import listed

_MISTAKE = "task_selection"
_NOTHING_OUTSIDE = "no task has plan outsource or share"
_REPLICATES = 200


def assess(
    engagement: Engagement,
    *,
    limits: Mapping[str, float] | None = None,
    draws: int = 4000,
    horizon_months: float = 24,
    seed: int = 0,
) -> Finding:
    """Whether the work planned outside is the right work: vetoes first, then cost, then who could take it back.

    Headlines: protected_hours (fact), hours of outside tasks that are core or vetoed / outside hours; not_cheaper
    (model), outside hours of tasks whose probability of being cheaper outside is below 0.8 (see task_costs) / outside
    hours; no_inside_skill (fact), processes with an outside task that no current client person can do / processes with
    outside work. Where a flag is blank or its column missing, nobody said, and the first stays open upwards: up to
    the share with those tasks locked that no yes locks already.

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
    tasks = engagement.tasks.reindex(columns=list(dict.fromkeys([*NEEDED, *engagement.tasks.columns])))
    costs = task_costs(tasks, draws=draws, horizon_months=horizon_months, seed=seed)
    cover = process_cover(tasks, engagement.can_do, engagement.people, engagement.settings.observed_to)
    agreement = rater_agreement(engagement.ratings, replicates=_REPLICATES, seed=seed)
    limit = {
        name: limit_for(engagement, f"{_MISTAKE}.{name}", limits)
        for name in ("protected_hours", "not_cheaper", "no_inside_skill")
    }
    headlines = (
        _protected_hours(engagement, costs, limit["protected_hours"]),
        _not_cheaper(engagement, costs, limit["not_cheaper"]),
        _no_inside_skill(engagement, cover, limit["no_inside_skill"]),
    )
    evidence = _evidence(engagement, costs, cover)
    return Finding(
        _MISTAKE,
        engagement.name,
        headlines,
        supporting=(*_cost_support(engagement, costs), *_rater_support(agreement)),
        evidence=agreement.table if evidence.empty else evidence,
        actions=next_actions(headlines, evidence, agreement),
        assumptions=_assumptions(costs, agreement),
        interim=engagement.settings.interim,
    )


# --- headlines ---------------------------------------------------------------------------------------------------


def _protected_hours(engagement: Engagement, costs: TaskCosts, limit: Limit) -> Measure:
    key = f"{_MISTAKE}.protected_hours"
    if why := engagement.lacks("tasks", "task", "plan", "hours_per_month", "core") or _nothing_outside(costs):
        return unassessed_measure(key, why, limit)
    outside = costs.table[costs.table["outside"]]
    hours, unsaid = outside["hours"].fillna(0), outside["unsaid"] != ""
    share, with_open = (
        round(float(hours[rows].sum() / hours.sum()), 12) for rows in (outside["locked"], outside["locked"] | unsaid)
    )
    settled_by = f"asking about {words}: nobody said yes or no" if (words := unsaid_words(outside)) else ""
    return fact_measure(key, share, len(outside), limit, open_to=with_open, settled_by=settled_by)


def _not_cheaper(engagement: Engagement, costs: TaskCosts, limit: Limit) -> Measure:
    key = f"{_MISTAKE}.not_cheaper"
    needed = ("task", "plan", "hours_per_month", "in_house_rate", "quoted_price", "quote_unit")
    if why := engagement.lacks("tasks", *needed) or _nothing_outside(costs):
        return unassessed_measure(key, why, limit)
    outside = costs.table[costs.table["outside"]]
    shares = costs.assumptions["not_cheaper"]
    central = float(shares[costs.assumptions["central"]].iloc[0])
    open_tasks = outside[(outside["cheaper_low"] < CLEARLY) & (outside["cheaper_high"] >= CLEARLY)]
    what = listed(open_tasks.sort_values("hours", ascending=False, kind="stable")["task"].map(shown).tolist())
    settled_by = f"a month of recorded managing and rework hours on {what}" if what else ""
    return model_measure(
        key, central, float(shares.min()), float(shares.max()), len(outside), limit, settled_by=settled_by
    )


def _no_inside_skill(engagement: Engagement, cover: ProcessCover, limit: Limit) -> Measure:
    key = f"{_MISTAKE}.no_inside_skill"
    why = (
        engagement.lacks("tasks", "task", "process", "plan")
        or engagement.lacks("can_do", "task", "person")
        or engagement.lacks("people", "person", "side", "left")
        or (_NOTHING_OUTSIDE if cover.processes.empty else None)
    )
    if why:
        return unassessed_measure(key, why, limit)
    share = float((~cover.processes["covered"]).mean())
    return fact_measure(key, share, len(cover.processes), limit)


def _nothing_outside(costs: TaskCosts) -> str | None:
    outside = costs.table[costs.table["outside"]]
    if outside.empty:
        return _NOTHING_OUTSIDE
    return None if outside["hours"].sum() > 0 else "no task planned outside has hours_per_month above 0"


# --- what supports them --------------------------------------------------------------------------------------------


def _evidence(engagement: Engagement, costs: TaskCosts, cover: ProcessCover) -> pd.DataFrame:
    people = cover.table.drop_duplicates("task").set_index("task")["inside_people"].astype(float)
    if engagement.lacks("can_do", "task", "person") or engagement.lacks("people", "person", "side", "left"):
        people = people.iloc[:0]
    inside = costs.table["task"].map(people).astype(float)
    return costs.table.assign(inside_people=inside, currency=engagement.settings.currency)


def _cost_support(engagement: Engagement, costs: TaskCosts) -> list[Measure]:
    table = costs.table
    found = []
    total = table["hours"].sum()
    if total > 0:
        share = float(table.loc[table["outside"], "hours"].sum() / total)
        found.append(
            supporting_measure(
                f"{_MISTAKE}.outside_share", "hours of all tasks planned outside", share, "share", len(table), "tasks"
            )
        )
    priced = table[table["outside"] & table["saving"].notna()]
    if len(priced):
        hidden = float((priced["outside_cost"] - priced["price"]).sum())
        low, _, high = (float(priced["saving"].sum()) + (1 - factor) * hidden for factor in reversed(HIDDEN))
        found.append(
            supporting_measure(
                f"{_MISTAKE}.monthly_saving",
                "saving a month on the outside tasks with a quote, all costs counted",
                float(priced["saving"].sum()),
                engagement.settings.currency,
                len(priced),
                "outside tasks",
                basis="model",
                low=low,
                high=high,
            )
        )
    return found


def _rater_support(agreement: RaterAgreement) -> list[Measure]:
    """Where raters agree least: that is the criterion on which an average would hide most."""
    rated = agreement.table[agreement.table["tasks_rated_twice"] > 0]
    if rated.empty:
        return []
    weakest = rated.sort_values(["alpha", "criterion"], kind="stable", na_position="last").iloc[0]
    n, criterion = int(weakest["tasks_rated_twice"]), weakest["criterion"]
    found = [
        supporting_measure(
            f"{_MISTAKE}.raters_say_the_same",
            f"pairs of raters who say the same of a task on {quoted(criterion)}",
            float(weakest["agreement"]),
            "share",
            n,
            "tasks",
        )
    ]
    if not math.isnan(weakest["alpha"]):
        found.append(
            supporting_measure(
                f"{_MISTAKE}.rater_agreement",
                f"rater agreement beyond chance on {quoted(criterion)} (Krippendorff's alpha: 0 chance, 1 full)",
                float(weakest["alpha"]),
                "",
                n,
                "tasks",
                basis="sample",
                low=float(weakest["low"]),
                high=float(weakest["high"]),
                confidence=0.95,
            )
        )
    return found


def _assumptions(costs: TaskCosts, agreement: RaterAgreement) -> tuple[str, ...]:
    lines = list(costs.notes)
    if len(costs.table):
        lines += [
            "Hours may be 20% lower or higher; hidden costs (managing, rework, one-offs) between half and three times "
            "what the table says: conventions.",
            "The range is over correlations 0, .3 and .6, three shapes of distribution and two views; the outside view "
            "lets managing cost at least 5–12% of the price, as surveys of large contracts report.",
            "Whether a task is core is what the table says; people tend to call core what they have decided to keep.",
        ]
    if len(agreement.table) > 1 and (agreement.table["tasks_rated_twice"] > 0).any():
        lines.append(f"Of {len(agreement.table)} rated criteria, the one with the least agreement is shown.")
    once = int((agreement.table["tasks_rated_twice"] == 0).sum())
    if once:
        lines.append(f"Rated criteria without a task that two people rated, so of unknown agreement: {once}.")
    lines += [f"Ratings {note}." for note in agreement.notes]
    return tuple(lines)
