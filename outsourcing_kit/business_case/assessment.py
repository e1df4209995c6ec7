"""From an engagement's tables to the finding on mistake 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.business_case.advice import PILOT_RIGHT, Results, assumptions_of, next_actions, what_decides
from outsourcing_kit.business_case.decision import DecisionAnalysis, decision_analysis
from outsourcing_kit.business_case.forecasting import outside_view
from outsourcing_kit.business_case.lines import HIDDEN_COSTS
from outsourcing_kit.business_case.past_work import (
    ReferenceClass,
    estimate_accuracy,
    overrun_quantiles,
    reference_class,
)
from outsourcing_kit.business_case.plan import contingency, naive_saving
from outsourcing_kit.business_case.prerequisites import UnsettledPrerequisites, unsettled_prerequisites
from outsourcing_kit.business_case.risks import risk_register
from outsourcing_kit.business_case.scenarios import NoSaving, no_saving
from outsourcing_kit.finding import (
    Finding,
    Limit,
    Measure,
    fact_measure,
    limit_for,
    model_measure,
    sample_measure,
    supporting_measure,
    unassessed_measure,
)
from outsourcing_kit.frames import labels
from outsourcing_kit.stats import cluster_proportion
from outsourcing_kit.text import folded

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_M = "business_case"
_SAVING, _OVERRUN, _SETTLED = (
    f"business_case.{name}" for name in ("no_saving", "reference_overrun", "unsettled_prerequisites")
)


def assess(
    engagement: Engagement,
    *,
    limits: Mapping[str, float] | None = None,
    draws: int = 4000,
    discount_rate: float = 0.05,
    seed: int = 0,
) -> Finding:
    """Is this engagement being rushed? Three headlines: is there a saving, is the reserve enough, was all settled?

    - P(no saving), model: see `no_saving`; needs table cash_flows with an option that hands work
      out and one that keeps it inside.
    - past work that overran by more than the plan's reserve, sample: items of plan_class with actual/estimated >
      1 + reserve, or abandoned, with an interval that takes items of one client as alike (`stats.cluster_proportion`);
      needs tables estimates and cash_flows, and a budget.
    - required prerequisites unsettled on committed_on, fact: needs table prerequisites and committed_on.

    Args:
        engagement: the records; what is missing makes a headline "not assessed".
        limits: limits of your own, by headline ("no_saving": 0.1).
        draws: random draws of each cost line.
        discount_rate: a year, as a share.
        seed: of the random numbers; the same seed gives the same finding.

    Raises:
        OutsourcingKitError: an impossible discount rate, limit or range of amounts.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("gold-rush")).verdict
    'problem'
    """
    settings = engagement.settings
    results = _results(engagement, draws, discount_rate, seed)
    headlines = (
        _saving_headline(results, limit_for(engagement, _SAVING, limits), settings.currency),
        _overrun_headline(results, limit_for(engagement, _OVERRUN, limits)),
        _settled_headline(results.settled, limit_for(engagement, _SETTLED, limits)),
    )
    return Finding(
        "business_case",
        engagement.name,
        headlines,
        _supporting(engagement, results),
        _evidence(results, settings.currency),
        next_actions(results, headlines, settings.currency),
        assumptions_of(results, headlines, draws, discount_rate),
        interim=settings.interim,
    )


def _results(engagement: Engagement, draws: int, discount_rate: float, seed: int) -> Results:
    settings = engagement.settings
    flows = engagement.cash_flows
    saving = no_saving(
        flows,
        engagement.estimates,
        plan_class=settings.plan_class,
        draws=draws,
        discount_rate=discount_rate,
        seed=seed,
    )
    reserve = contingency(flows, settings.budget)
    reference = saving.reference or reference_class(engagement.estimates, settings.plan_class)
    # The tolerance allows for a ratio that equals 1 + reserve on paper.
    overran = reference.table["ratio"] > (1 + reserve.reserve) * (1 + 1e-9)
    named = set()
    if {"option", "category"} <= set(flows.columns):
        words = zip(labels(flows["option"]), labels(flows["category"]), strict=True)
        named = {folded(kind) for who, kind in words if who and kind and folded(who) == folded(saving.option)}
    forgotten = tuple(name for name in HIDDEN_COSTS if name not in named) if named else ()
    return Results(
        saving,
        naive_saving(flows, discount_rate=discount_rate),
        reserve,
        reference,
        unsettled_prerequisites(engagement.prerequisites, settings.committed_on),
        overran,
        forgotten,
        outside_view(reserve, reference),
        risk_register(engagement.risks, planned=reserve.planned if reserve.planned > 0 else None),
        _choice(saving),
        settings.committed_on is not None and settings.committed_on < settings.observed_to,
    )


def _choice(saving: NoSaving) -> DecisionAnalysis:
    """Act, pilot or drop, over all chances of a saving that can be defended, for a pilot that costs nothing."""
    if saving.missing:
        return decision_analysis(math.nan, math.nan, math.nan)
    p, low, high = 1 - saving.estimate, 1 - saving.high, 1 - saving.low
    right = {"sensitivity": PILOT_RIGHT, "specificity": PILOT_RIGHT}
    return decision_analysis(p, saving.gain, saving.loss, **right, p_range=(min(low, p), max(high, p)))


def _saving_headline(results: Results, limit: Limit, currency: str) -> Measure:
    saving = results.saving
    if saving.missing:
        return unassessed_measure(_SAVING, saving.missing, limit)
    return model_measure(
        _SAVING,
        saving.estimate,
        saving.low,
        saving.high,
        saving.n,
        limit,
        settled_by=what_decides(results, limit, currency),
    )


def _overrun_headline(results: Results, limit: Limit) -> Measure:
    # "needs table a and table b", not "needs table a; needs table b": it is read after "not assessed" and "it".
    found = [part for part in (results.reference.missing, results.reserve.missing) if part]
    why = " and ".join([*found[:1], *(part.removeprefix("needs ") for part in found[1:])])
    if not why and not math.isfinite(results.reserve.reserve):
        why = "needs a planned cost and a budget that are known"
    if why:
        return unassessed_measure(_OVERRUN, why, limit)
    share = cluster_proportion(results.overran.astype(float), results.reference.groups)
    return sample_measure(_OVERRUN, share, limit)


def _settled_headline(settled: UnsettledPrerequisites, limit: Limit) -> Measure:
    if settled.missing:
        return unassessed_measure(_SETTLED, settled.missing, limit)
    most = settled.unsettled + len(settled.unsaid)
    n = len(settled.table)
    return fact_measure(
        _SETTLED, float(settled.unsettled), n, limit, open_to=float(most), settled_by=settled.settled_by
    )


def _supporting(engagement: Engagement, results: Results) -> tuple[Measure, ...]:
    saving, currency, lines = results.saving, engagement.settings.currency, (results.saving.n, "cost lines")
    found = []
    if not saving.missing:
        medians = saving.table["saving_median"]
        spread: dict[str, Any] = {"basis": "model", "low": float(medians.min()), "high": float(medians.max())}
        name = "median saving over the plan, present value"
        found.append(supporting_measure(f"{_M}.median_saving", name, saving.saving, currency, *lines, **spread))
        seen = saving.table["evpi"]
        spread = {"basis": "model", "low": float(seen.min()), "high": float(seen.max())}
        name = "what knowing the saving before deciding is worth at most"
        found.append(supporting_measure(f"{_M}.perfect_information", name, saving.evpi, currency, *lines, **spread))
        name = "saving in a single-number business case, present value"
        found.append(supporting_measure(f"{_M}.single_number_saving", name, results.single.saving, currency, *lines))
    if saving.break_even <= 1:
        name = "outsourcing already saves nothing at likely amounts"
        found.append(supporting_measure(f"{_M}.saves_nothing_at_likely", name, 1.0, "yes/no", *lines))
    elif math.isfinite(saving.break_even):
        name = "overrun at which outsourcing saves nothing, at likely amounts"
        found.append(supporting_measure(f"{_M}.break_even_overrun", name, saving.break_even - 1, "share", *lines))
    if not results.reserve.missing:
        reserve = results.reserve.reserve
        if reserve < 0:
            name = "what the budget lacks of the planned cost"
            found.append(supporting_measure(f"{_M}.budget_short", name, -reserve, "share", 1, "plan"))
        else:
            name = "the plan's reserve (budget / planned cost - 1)"
            found.append(supporting_measure(f"{_M}.reserve", name, reserve, "share", 1, "plan"))
    found += _past_work_measures(engagement, results.reference)
    found += _outside_cost(results, currency)
    if not results.risks.missing:
        name = "loss to expect from the risks in the register"
        spread = {"basis": "model", "low": results.risks.total_low, "high": results.risks.total_high}
        n = len(results.risks.table)
        found.append(
            supporting_measure(f"{_M}.risk_exposure", name, results.risks.total, currency, n, "risks", **spread)
        )
    if results.forgotten:
        name, all_kinds = "kinds of hidden cost without a line in the plan", len(HIDDEN_COSTS)
        count = float(len(results.forgotten))
        found.append(supporting_measure(f"{_M}.forgotten_costs", name, count, "count", all_kinds, "kinds of cost"))
    return tuple(found)


def _outside_cost(results: Results, currency: str) -> list[Measure]:
    """The outside view in money, where there is a plan and past work that bounds it."""
    outside = results.outside
    if outside.missing or not math.isfinite(outside.reserve):
        return []
    used = outside.table.iloc[0]
    spread: dict[str, Any] = {"basis": "sample", "low": used["cost_low"], "high": used["cost_high"], "confidence": 0.95}
    name = "cost of the plan at the 80th percentile of past overruns"
    return [
        supporting_measure(f"{_M}.outside_cost", name, used["cost"], currency, int(used["n"]), "past items", **spread)
    ]


def _past_work_measures(engagement: Engagement, reference: ReferenceClass) -> list[Measure]:
    """Accuracy of the reference class; of all past work where no item has the plan's class."""
    past = engagement.estimates
    if not {"estimated", "actual"} <= set(past.columns):
        return []
    if reference.name is not None and not reference.missing:
        past = past[labels(past["reference_class"]) == reference.name]
    accuracy = estimate_accuracy(past).table.iloc[0]
    n = int(accuracy["items"])
    if not n:
        return []
    overrun = overrun_quantiles(past, q=(0.8,)).table.iloc[0]
    # An end of 0 is one that the items cannot support.
    low = overrun["low"] - 1 if overrun["low"] > 0 else -math.inf
    spread = {"basis": "sample", "low": low, "high": overrun["high"] - 1, "confidence": 0.95}
    shares = (
        ("estimate_accuracy", "past estimates within a quarter of what the work took", accuracy["pred25"]),
        (
            "mean_estimate_error",
            "mean error of past estimates, relative to the actual",
            accuracy["mean_relative_error"],
        ),
    )
    name = "overrun of past items, 80th percentile"
    return [
        *(supporting_measure(f"{_M}.{key}", words, value, "share", n, "past items") for key, words, value in shares),
        supporting_measure(
            f"{_M}.overrun_p80", name, overrun["estimate"] - 1, "share", int(overrun["n"]), "past items", **spread
        ),
    ]


def _evidence(results: Results, currency: str) -> pd.DataFrame:
    """Tidy rows: part, name, value, low, high, unit, state, view, shape, correlation."""
    saving, reserve = results.saving, results.reserve
    rows: list[dict[str, object]] = []
    if reserve.planned > 0:
        plan = {"part": "plan", "unit": currency}
        low, high = saving.plan_low * reserve.planned, saving.plan_high * reserve.planned
        rows.append({**plan, "name": "planned cost", "value": reserve.planned, "low": low, "high": high})
        if math.isfinite(reserve.budget):
            rows.append({**plan, "name": "budget", "value": reserve.budget})
        if math.isfinite(saving.break_even):
            rows.append({**plan, "name": "break-even", "value": saving.break_even * reserve.planned})
    past = results.reference.table
    names = past["item"] if "item" in past else pd.Series([f"item {number + 1}" for number in range(len(past))])
    known = not reserve.missing
    for name, ratio, over in zip(names, past["ratio"], results.overran, strict=True):
        state = (
            "abandoned" if math.isinf(ratio) else "" if not known else "beyond reserve" if over else "within reserve"
        )
        rows.append({"part": "past item", "name": name, "value": ratio, "unit": "actual / estimated", "state": state})
    rows += [
        {"part": "scenario", "name": "P(no saving)", "value": row.no_saving, "unit": "share", "view": row.view,
         "shape": row.shape, "correlation": row.correlation}
        for row in saving.table.itertuples()
    ]  # fmt: skip
    rows += [
        {"part": "line", "name": f"{row.option}: {row.line}", "value": row.likely_value, "low": row.low_value,
         "high": row.high_value, "unit": currency, "state": row.kind}
        for row in saving.lines.itertuples()
    ]  # fmt: skip
    rows += [
        {
            "part": "prerequisite",
            "name": row.prerequisite,
            "value": row.days_late,
            "unit": "days late",
            "state": row.state,
        }
        for row in results.settled.table.itertuples()
    ]
    columns = ["part", "name", "value", "low", "high", "unit", "state", "view", "shape", "correlation"]
    table = pd.DataFrame(rows, columns=columns)
    numbers = {name: table[name].astype(float) for name in ("value", "low", "high", "correlation")}
    words = {name: table[name].astype(object).where(table[name].notna(), "") for name in ("state", "view", "shape")}
    return table.assign(**numbers, **words)
