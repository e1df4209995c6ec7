"""From an engagement's tables to the finding on mistake 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outsourcing_kit.assessments import Assessment
from outsourcing_kit.business_case.cost import monthly_cost
from outsourcing_kit.business_case.decision import DecisionAnalysis, decision_analysis
from outsourcing_kit.business_case.forecasting import outside_view
from outsourcing_kit.business_case.lines import HIDDEN_COSTS, compared_lines, forgotten_costs
from outsourcing_kit.business_case.past_work import accuracy, ratio_quantile, reference_class
from outsourcing_kit.business_case.plan import promise_of, reserve_of
from outsourcing_kit.business_case.prerequisites import LATE, OPEN, unsettled_prerequisites
from outsourcing_kit.business_case.risks import risk_register
from outsourcing_kit.business_case.scenarios import NoSaving, saving_of
from outsourcing_kit.finding import Finding
from outsourcing_kit.frames import labels, take
from outsourcing_kit.stats import cluster_proportion, effective_n
from outsourcing_kit.text import folded, quoted, shown
from outsourcing_kit.words import capital, listed, percent, plural, show

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

# How often a pilot is taken to be right, if it saves and if it does not: the lesson's parameters begin there.
_PILOT_RIGHT = 0.8
_FEW = 20


def assess(
    engagement: Engagement, *, limits: Mapping[str, float] | None = None, draws: int = 4000,
    discount_rate: float = 0.05, seed: int = 0,
) -> Finding:  # fmt: skip
    """Is this engagement being rushed? Three headlines: is there a saving, is the reserve enough, was all settled?

    - P(no saving), model: see `no_saving`; needs an option that hands work out and one that keeps it inside. It leans
      at most, and a finding is fine without it.
    - past work that overran by more than the plan's reserve, sample: items of plan_class with actual/estimated >
      1 + reserve, or abandoned; items of one client are alike (`stats.cluster_proportion`). Needs a budget.
    - required prerequisites unsettled on committed_on, fact.

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
    found = Assessment(engagement, "business_case", limits)
    results = _Results(engagement, draws, discount_rate, seed)
    saving, settled = results.saving, results.settled
    settled_by = "" if saving.missing else _what_decides(results, found.limit["no_saving"].value)
    sure = saving.how_sure(found.limit["no_saving"].value)
    found.model("no_saving", saving.estimate, saving.cases, saving.n, saving.missing, settled_by=settled_by, sure=sure)
    overran = results.overran
    share = None if results.no_reserve else cluster_proportion(overran.astype(float), results.reference.groups)
    counts = f"the reserve would have covered {int((~overran).sum())} of {plural(len(overran), 'past item')}"
    found.sample("reference_overrun", share, results.no_reserve, counts=counts)
    found.fact(
        "unsettled_prerequisites", float(settled.unsettled), len(settled.table), settled.missing,
        open_to=float(settled.unsettled + len(settled.unsaid)), settled_by=settled.settled_by,
    )  # fmt: skip
    _support(found, results)
    _act(found, results)
    cost = monthly_cost(results.promise, saving, currency=results.currency)
    return found.finding(_evidence(results), _assumptions(found, results, draws, discount_rate), cost)


class _Results:
    """Everything computed from one engagement, before it is put into words."""

    def __init__(self, engagement: Engagement, draws: int, discount_rate: float, seed: int) -> None:
        settings, flows, estimates = engagement.settings, engagement.cash_flows, engagement.estimates
        self.currency, self.estimates = settings.currency, estimates
        self.reference = reference_class(estimates, settings.plan_class)
        lines = compared_lines(flows, None, None)
        self.saving = saving_of(lines, self.reference, draws, discount_rate, seed)
        self.promise, self.reserve = promise_of(lines, discount_rate), reserve_of(lines, settings.budget)
        # The tolerance allows for a ratio that equals 1 + reserve on paper.
        self.overran = self.reference.table["ratio"] > (1 + self.reserve.reserve) * (1 + 1e-9)
        self.outside = outside_view(self.reserve, self.reference)
        self.settled = unsettled_prerequisites(engagement.prerequisites, settings.committed_on)
        self.risks = risk_register(engagement.risks, planned=self.reserve.planned)
        self.choice = _choice(self.saving)
        # A contract that runs tells by its own invoices.
        self.runs = settings.phase != "before"
        self.forgotten = _forgotten(flows, lines.option)

    @property
    def is_decided(self) -> bool:
        """Whether no pilot, however cheap, would change the decision, at any chance of a saving that is open."""
        # Without past work nobody knows what may be lost: the lines' own ranges are as hopeful as the plan.
        return self.saving.has_past_work and self.choice.holds is True and self.choice.best in ("act", "drop")

    @property
    def chance(self) -> str:
        """The chance of a saving that can be defended, as words: "92%" or "77% to 100%"."""
        return " to ".join(dict.fromkeys(map(percent, self.choice.p_range or ())))

    @property
    def no_reserve(self) -> str:
        """Why past work cannot be held against the reserve."""
        # "needs table a and table b", not "needs table a; needs table b": it is read after "not assessed" and "it".
        lacks = [why.removeprefix("needs ") for why in (self.reference.missing, self.reserve.missing) if why]
        if not lacks and not math.isfinite(self.reserve.reserve):
            lacks = ["a planned cost and a budget that are known"]
        return f"needs {' and '.join(lacks)}" if lacks else ""


def _forgotten(flows: pd.DataFrame, option: str) -> list[str]:
    """Kinds of hidden cost that no line of the option is for; none where no line says its kind."""
    lines, lacks = take(flows, "cash_flows", need=("option", "category"))
    if lacks:
        return []
    # Options keep the names that people gave them. A line without an amount yet has been thought of all the same.
    own = lines[[folded(name or "") == folded(option) for name in labels(flows["option"])]]
    return forgotten_costs(own) if own["category"].notna().any() else []


def _choice(saving: NoSaving) -> DecisionAnalysis:
    """Act, pilot or drop, over all chances of a saving that can be defended, for a pilot that costs nothing."""
    p, low, high = 1 - saving.estimate, 1 - saving.high, 1 - saving.low
    right = {"sensitivity": _PILOT_RIGHT, "specificity": _PILOT_RIGHT}
    return decision_analysis(p, saving.gain, saving.loss, **right, p_range=(min(low, p), max(high, p)))


def _what_decides(results: _Results, limit: float) -> str:
    """Which unknown carries the range across the limit, the view or the width of the lines, and what would tell."""
    saving = results.saving
    if results.is_decided:
        going = {"act": "going on", "drop": "taking the work back" if results.runs else "staying"}[results.choice.best]
        return f"you need not know: {going} is best at a chance of a saving of {results.chance}"
    inside, outside = saving.range_of("inside"), saving.range_of("outside")
    # Of more past work is spoken only in the headline on past work, which knows whether that can be had.
    look = "the invoices so far against the plan" if results.runs else "a pilot"
    for holds, why in (
        (math.isnan(outside[0]), "there is no finished past work to go by, and the lines alone cannot show it is safe"),
        (inside[1] <= limit < outside[0], "the lines alone look safe, past work of this kind does not"),
        (inside[1] <= limit < outside[1], "the lines alone look safe, past work leaves it open"),
        (outside[0] <= limit < min(inside[0], outside[1]), "the lines lose already, past work leaves it open"),
    ):
        if holds:
            return f"{look}, or a fixed price: {why}"
    if outside[1] <= limit < inside[0]:
        return "a second look at the lines: they are more pessimistic than past work of this kind"
    # Nobody sells a firm price for staying.
    line = saving.lines[(saving.lines["option"] == saving.option) & (saving.lines["kind"] == "cost")].iloc[0]
    return (
        f"{f'{look}, first of all' if results.runs else 'a firm price'} for {quoted(line['line'])} "
        f"({shown(line['option'])}), worth {show(line['low_value'], '')} to "
        f"{show(line['high_value'], results.currency)} over the plan, the widest line"
    )


def _support(found: Assessment, results: _Results) -> None:
    """What explains a headline and decides nothing."""
    saving, reserve, outside, risks = results.saving, results.reserve.reserve, results.outside, results.risks
    currency, lines = results.currency, (saving.n, "cost lines")
    if not saving.missing:
        for key, name, value, column in (
            ("median_saving", "median saving over the plan, present value", saving.saving, "saving_median"),
            ("perfect_information", "what knowing the saving before deciding is worth at most", saving.evpi, "evpi"),
        ):
            low, high = saving.table[column].min(), saving.table[column].max()
            found.support(key, name, value, currency, *lines, basis="model", low=low, high=high)
        name = "saving in a single-number business case, present value"
        found.support("single_number_saving", name, results.promise.saving, currency, *lines)
    if saving.break_even <= 1:
        name = "outsourcing already saves nothing at likely amounts"
        found.support("saves_nothing_at_likely", name, 1.0, "yes/no", *lines)
    elif math.isfinite(saving.break_even):
        name = "overrun at which outsourcing saves nothing, at likely amounts"
        found.support("break_even_overrun", name, saving.break_even - 1, "share", *lines)
    if reserve < 0:
        found.support("budget_short", "what the budget lacks of the planned cost", -reserve, "share", 1, "plan")
    elif not results.reserve.missing:
        found.support("reserve", "the plan's reserve (budget / planned cost - 1)", reserve, "share", 1, "plan")
    _support_past_work(found, results)
    if math.isfinite(outside.reserve):
        used, name = outside.table.iloc[0], "cost of the plan with the overrun that 80% of past items stayed within"
        ends = {"basis": "sample", "low": used["cost_low"], "high": used["cost_high"], "confidence": 0.95}
        found.support("outside_cost", name, used["cost"], currency, int(used["n"]), "past items", **ends)
    if not risks.missing:
        name, ends = "loss to expect from the risks in the register", {"low": risks.total_low, "high": risks.total_high}
        found.support("risk_exposure", name, risks.total, currency, len(risks.table), "risks", basis="model", **ends)
    if forgotten := len(results.forgotten):
        name = "kinds of hidden cost without a line in the plan"
        found.support("forgotten_costs", name, forgotten, "count", len(HIDDEN_COSTS), "kinds of cost")


def _support_past_work(found: Assessment, results: _Results) -> None:
    """Accuracy of the reference class; of all past work where no item has the plan's class."""
    # An estimate's record says something even where it cannot be held against this plan.
    past = reference_class(results.estimates) if results.reference.missing else results.reference
    first = accuracy(past.table)
    if not first["items"]:
        return
    overrun = ratio_quantile(past.table["ratio"].to_numpy(), past.groups, 0.8, 0.95)
    items, name = (int(first["items"]), "past items"), "past estimates within a quarter of what the work took"
    found.support("estimate_accuracy", name, first["pred25"], "share", *items)
    name = "mean error of past estimates, relative to the actual"
    found.support("mean_estimate_error", name, first["mean_relative_error"], "share", *items)
    # An end of 0 is one that the items cannot support.
    n, enough, low = (len(past.table), "past items"), past.enough(0.8), overrun["low"] or -math.inf
    interval: dict[str, Any] = {"low": low - 1, "high": max(overrun["high"], enough) - 1, "confidence": 0.95}
    name = "overrun that 80% of past items stayed within"
    found.support("overrun_p80", name, enough - 1, "share", *n, basis="sample", **interval)


def _act(found: Assessment, results: _Results) -> None:
    saving, reserve, settled = results.saving, results.reserve, results.settled.table
    left = settled["prerequisite"][settled["state"] == OPEN].tolist()
    case = "all late" if found["unsettled_prerequisites"].verdict == "problem" and not left else ""
    found.act("unsettled_prerequisites", case, open=listed(left), late=(settled["state"] == LATE).sum())
    worth = show(float(saving.table["evpi"].max()), results.currency)
    room = show(saving.break_even - 1, "share")
    # A pilot helps where what it shows may change the decision.
    pilot = "a pilot or " if saving.has_past_work and not results.is_decided else ""
    found.act("no_saving", _what_to_do(found, results), chance=results.chance, worth=worth, room=room, pilot=pilot)
    overrun = found["reference_overrun"]
    needed = results.reference.enough(min(max(1 - float(overrun.limit or 0), 0.5), 0.95))
    case = ""
    if overrun.answer in ("problem", "leans problem"):
        case = "enough" if needed < saving.break_even or saving.missing else "no saving left"
        case = case if math.isfinite(needed) else "never"
    short = reserve.reserve < 0 and overrun.verdict != "not assessed"
    found.act(
        "reference_overrun", "short" if short else case, now=percent(reserve.reserve), room=room,
        reserve=reserve.in_words, needed=percent(needed - 1), within=results.reference.within(needed),
        n=len(results.overran), abandoned=results.reference.abandoned,
    )  # fmt: skip
    if results.forgotten:
        found.act("forgotten_costs", kinds=listed(results.forgotten))


def _what_to_do(found: Assessment, results: _Results) -> str:
    """Which case of the saving it is: what the same page computes of knowing more decides while it is open."""
    answer, saving, best = found["no_saving"].answer, results.saving, results.choice.best
    if answer not in ("problem", "leans problem", "cannot tell", "leans fine"):
        return ""
    # Already dear at its likely amounts, or only where they are overrun?
    if saving.break_even <= 1 and answer != "leans fine":
        return "dear"
    if results.is_decided and best == "drop":
        return "drop"
    if answer in ("problem", "leans problem"):
        return "overrun"
    return "act" if results.is_decided else "open" if saving.has_past_work else "no past work"


def _evidence(results: _Results) -> pd.DataFrame:
    """Tidy rows: part (plan, past item, scenario, line, prerequisite), name, value, low, high, unit, state, and of the
    scenarios view, shape and correlation."""
    saving, reserve, past = results.saving, results.reserve, results.reference.table
    planned, unit, rows, nan = reserve.planned, results.currency, list[tuple[object, ...]](), math.nan

    def add(
        part: str, name: str, value: float, unit: str, low: float = nan, high: float = nan, state: str = "",
        view: str = "", shape: str = "", correlation: float = nan,
    ) -> None:  # fmt: skip
        rows.append((part, name, value, low, high, unit, state, view, shape, correlation))

    if planned > 0:
        add("plan", "planned cost", planned, unit, saving.plan_low * planned, saving.plan_high * planned)
        for name, value in (("budget", reserve.budget), ("break-even", saving.break_even * planned)):
            if math.isfinite(value):
                add("plan", name, value, unit)
    for n, (item, ratio, over) in enumerate(zip(past["item"], past["ratio"], results.overran, strict=True), start=1):
        state = "" if reserve.missing else "beyond reserve" if over else "within reserve"
        name = f"item {n}" if pd.isna(item) else item
        add("past item", name, ratio, "actual / estimated", state="abandoned" if math.isinf(ratio) else state)
    for row in saving.table.itertuples():
        tried = {"view": row.view, "shape": row.shape, "correlation": row.correlation}
        add("scenario", "P(no saving)", row.no_saving, "share", **tried)
    for row in saving.lines.itertuples():
        add("line", f"{row.option}: {row.line}", row.likely_value, unit, row.low_value, row.high_value, row.kind)
    for row in results.settled.table.itertuples():
        add("prerequisite", row.prerequisite, row.days_late, "days late", state=row.state)
    # A column that no row fills has no type of its own.
    numbers, words = ("value", "low", "high", "correlation"), ("state", "view", "shape")
    table = pd.DataFrame(rows, columns=["part", "name", *numbers[:3], "unit", *words, "correlation"])
    return table.astype(dict.fromkeys(numbers, float) | dict.fromkeys(words, object))


def _assumptions(found: Assessment, results: _Results, draws: int, discount_rate: float) -> list[str]:
    """Which conventions hold, what was left out and counted."""
    saving, reference, reserve, settled = results.saving, results.reference, results.reserve, results.settled
    lines, n = [], len(reference.table)
    if not saving.missing:
        tried = {name: list(dict.fromkeys(saving.table[name])) for name in ("correlation", "shape", "view")}
        over = ", ".join(f"{name} ({', '.join(map(str, values))})" for name, values in tried.items())
        lines.append(
            "Each line is one uncertain amount, the same in all its months, discounted at "
            f"{100 * discount_rate:g}% a year; {draws:,} draws. Tried: {over}; where there is past work, it decides."
        )
        if not saving.has_past_work:
            why = reference.missing or "none of it was finished"
            lines.append(f"Inside view only, there is no past work to compare with: {why}.")
        elif n < _FEW:
            lines.append(f"Past items behind the outside view, few: {n}.")
    if found["reference_overrun"].verdict != "not assessed":
        chosen = "all past work" if reference.name is None else f"past work of class {quoted(reference.name)}"
        lines.append(
            f"The plan is compared with {chosen} (items: {n}; abandoned, counted as overrun: {reference.abandoned}); "
            f"{reserve.in_words}."
        )
        lines.append(_worth_of(results))
    if not (view := results.outside).missing:
        lines.append(f"Outside view: {'; '.join(filter(None, (view.in_words, view.other_classes)))}.")
    if settled.unlisted:
        lines.append(f"No row of table prerequisites seems to be about: {listed(settled.unlisted)}; ask.")
    # The same rows are read for several results; each note is said once.
    notes = dict.fromkeys((*saving.notes, *reference.notes, *reserve.notes, *settled.notes))
    return [*lines, *(f"{capital(note)}." for note in notes)]


def _worth_of(results: _Results) -> str:
    """How many independent items the past work is worth, and why."""
    groups, sizes = results.reference.groups, results.reference.table["client"].value_counts()
    if len(sizes) < 2:
        if sizes.sum() == len(groups):
            return "All past items are of one client: what is said of them is said of that client's work alone."
        return "Past items count as independent: the records do not say whose they are."
    worth = effective_n(results.overran.astype(float), groups)
    return (
        f"Items of one client may go alike: the {len(groups)} past items in {len(np.unique(groups))} groups by client "
        f"(the largest {sizes.iloc[0]}) are worth {worth:.0f} independent ones for the share that overran."
    )
