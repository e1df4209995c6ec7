"""The results of one engagement, in words: what would settle it, what to do next, what was assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.decision import DecisionAnalysis
from outsourcing_kit.business_case.forecasting import OutsideView
from outsourcing_kit.business_case.past_work import ReferenceClass
from outsourcing_kit.business_case.plan import NaiveSaving, Reserve
from outsourcing_kit.business_case.prerequisites import LATE, OPEN, UnsettledPrerequisites
from outsourcing_kit.business_case.risks import RiskRegister
from outsourcing_kit.business_case.scenarios import NoSaving
from outsourcing_kit.finding import Limit, Measure
from outsourcing_kit.stats import effective_n
from outsourcing_kit.text import quoted, shown
from outsourcing_kit.words import listed, percent, show

_FEW = 20
# How often a pilot is taken to be right, if it saves and if it does not: the lesson's parameters begin there.
PILOT_RIGHT = 0.8


@dataclass(frozen=True)
class Results:
    """Everything computed from one engagement, before it is put into words. runs: whether the contract does already."""

    saving: NoSaving
    single: NaiveSaving
    reserve: Reserve
    reference: ReferenceClass
    settled: UnsettledPrerequisites
    overran: pd.Series
    forgotten: tuple[str, ...]
    outside: OutsideView
    risks: RiskRegister
    choice: DecisionAnalysis
    runs: bool

    @property
    def is_decided(self) -> bool:
        """Whether no pilot, however cheap, would change the decision, at any chance of a saving that is open."""
        return self.choice.holds is True and self.choice.best in ("act", "drop")


def what_decides(results: Results, limit: Limit, currency: str) -> str:
    """Which unknown carries the range across the limit, the view or the width of the lines, and what would tell.

    A contract that runs tells by its own invoices; of a pilot is spoken only where it could change the decision, of
    more past work only in the headline on past work, which knows whether that can be had.
    """
    saving = results.saving
    inside, outside = saving.range_of("inside"), saving.range_of("outside")
    look = "the invoices so far against the plan" if results.runs else "" if results.is_decided else "a pilot"
    settle = f"{look}, or a fixed price" if look else "a fixed price"
    if math.isnan(outside[0]):
        return f"{settle}: there is no finished past work to go by, and the lines alone cannot show it is safe"
    if inside[1] <= limit.value < outside[0]:
        return f"{settle}: the lines alone look safe, past work of this kind does not"
    if inside[1] <= limit.value < outside[1]:
        return f"{settle}: the lines alone look safe, past work leaves it open"
    if outside[0] <= limit.value < inside[0] and outside[1] > limit.value:
        return f"{settle}: the lines lose already, past work leaves it open"
    if outside[1] <= limit.value < inside[0]:
        return "a second look at the lines: they are more pessimistic than past work of this kind"
    if results.runs:
        return f"{look}, first of all for {_widest(saving, currency)}"
    return f"a firm price for {_widest(saving, currency)}"


def _widest(saving: NoSaving, currency: str) -> str:
    # Nobody sells a firm price for staying.
    offered = saving.lines[(saving.lines["option"] == saving.option) & (saving.lines["kind"] == "cost")]
    line = offered.iloc[0]
    return (
        f"{quoted(line['line'])} ({shown(line['option'])}), worth {show(line['low_value'], '')} to "
        f"{show(line['high_value'], currency)} over the plan, the widest line"
    )


def next_actions(results: Results, headlines: tuple[Measure, ...], currency: str) -> tuple[str, ...]:
    """One to three things that somebody could do on Monday, the most pressing first."""
    saving, overrun, settled = headlines
    actions = []
    if settled.verdict == "problem":
        actions.append(_settle_first(results.settled))
    if saving.verdict == "problem":
        actions.append(_saving_gone(results))
    elif saving.verdict == "cannot tell":
        actions.append(_saving_open(results, saving, currency))
    if settled.verdict == "cannot tell":
        actions.append(f"Ask whoever set up the list of prerequisites: {settled.settled_by}.")
    if overrun.verdict != "not assessed" and results.reserve.reserve < 0:
        actions.append(f"{_capital(results.reserve.in_words)}: raise it, or plan less.")
    elif overrun.verdict == "problem":
        actions.append(_larger_reserve(results, overrun))
    elif overrun.verdict == "cannot tell":
        actions.append(
            "Past work alone does not settle whether the reserve is enough (it would take "
            f"{overrun.settled_by}): {_stop(results)}."
        )
    if results.forgotten:
        actions.append(f"Ask what these will cost, as no line covers them: {', '.join(results.forgotten)}.")
    absent = [measure for measure in headlines if measure.verdict == "not assessed"]
    actions += [f'To assess "{measure.name}": it {measure.settled_by}.' for measure in absent]
    keep = "Keep it so: write each month's actual cost beside the plan, so that the next plan has a past to look at."
    return tuple(actions[:3]) or (keep,)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _settle_first(settled: UnsettledPrerequisites) -> str:
    names = settled.table.loc[settled.table["state"] == OPEN, "prerequisite"].map(shown).tolist()
    if not names:
        late = int((settled.table["state"] == LATE).sum())
        return (
            f"All required prerequisites are settled by now, {late} of them after the commitment: next time let nobody "
            "sign before the list is done."
        )
    return f"Settle now, each with an owner and a date, before anything more is handed over: {listed(names)}."


def _saving_open(results: Results, saving: Measure, currency: str) -> str:
    """What to do while the saving is open: what the same page computes of knowing more decides."""
    choice = results.choice
    first = "hold the invoices so far against the plan, line by line" if results.runs else ""
    keep = "hold each month's invoices against the plan"
    if not results.is_decided or choice.p_range is None:
        worth = show(float(results.saving.table["evpi"].max()), currency)
        what = f"{_capital(first)}, before committing more" if first else f"Before committing, get {saving.settled_by}"
        return f"{what}. Under the assumptions tried, knowing the saving for sure is worth {worth} at most."
    low, high = (percent(end) for end in choice.p_range)
    if choice.best == "act":
        what, best = f"Go on, and {first or keep}", "going on"
    else:
        instead, best = ("take the work back", "taking it back") if results.runs else ("stay", "staying")
        what = f"Ask for a lower price, or {instead}"
    return (
        f"{what}. At any chance of a saving from {low} to {high}, {best} is best; another forecast, right in "
        f"{10 * PILOT_RIGHT:.0f} of 10 cases, would not change that."
    )


def _stop(results: Results) -> str:
    """How to live with a reserve that may not be enough; a contract that runs can no longer begin small."""
    if results.runs:
        return "set the cost at which to stop, and hold each month's invoices against it"
    return "start with a small part, and set the day and the cost at which to stop"


def _saving_gone(results: Results) -> str:
    saving = results.saving
    if not saving.break_even > 1:
        less = "take part of the work back, or all of it" if results.runs else "hand over less, or stay"
        return (
            "Stop and reconsider: even at the likely amounts outsourcing costs as much as staying. Ask for a lower "
            f"price, {less}."
        )
    room = show(saving.break_even - 1, "share")
    less = "take part of the work back" if results.runs else "start with a small part"
    return (
        f"Do not go on at this price: the saving is gone once outsourcing costs {room} more than its likely amounts. "
        f"Agree on a cap below that, or {less}."
    )


def _larger_reserve(results: Results, overrun: Measure) -> str:
    """The reserve at which no more of the past items than the limit allows would have overrun."""
    covered = min(max(1 - float(overrun.limit or 0), 0.5), 0.95)
    ratios = results.reference.ratios
    # The item itself: between two items the share that stayed within may fall short of what the limit asks for.
    needed = float(ratios[math.ceil(round(covered * len(ratios), 9)) - 1])
    if not math.isfinite(needed):
        abandoned = int(np.isinf(results.reference.ratios).sum())
        return (
            f"No reserve would be enough: {abandoned} of {len(results.overran)} past items were abandoned. "
            f"{_capital(_stop(results))}."
        )
    # The whole percent above: the one that a reader sees must itself be enough.
    needed = math.ceil(round(100 * needed, 6)) / 100
    return (
        f"Raise the reserve from {show(results.reserve.reserve, 'share')} to {show(needed - 1, 'share')} of the plan, "
        f"enough for {results.reference.within(needed)} of {len(ratios)} past items, or plan less."
    )


def assumptions_of(
    results: Results, headlines: tuple[Measure, ...], draws: int, discount_rate: float
) -> tuple[str, ...]:
    """Which conventions hold, what was left out and counted."""
    saving, reference = results.saving, results.reference
    lines = []
    if not saving.missing:
        tried = {name: list(dict.fromkeys(saving.table[name])) for name in ("correlation", "shape", "view")}
        over = ", ".join(f"{name} ({', '.join(map(str, values))})" for name, values in tried.items())
        lines.append(
            "Each line is one uncertain amount, the same in all its months, discounted at "
            f"{100 * discount_rate:g}% a year; {draws:,} draws. The range is over {over}"
            + (", and over what a sample of past items leaves open." if "outside" in tried["view"] else ".")
        )
        if "outside" not in tried["view"]:
            why = reference.missing or "none of it was finished"
            lines.append(f"Inside view only, there is no past work to compare with: {why}.")
        elif len(reference.table) < _FEW:
            lines.append(f"Past items behind the outside view, few: {len(reference.table)}.")
    if headlines[1].verdict != "not assessed":
        chosen = "all past work" if reference.name is None else f"past work of class {quoted(reference.name)}"
        abandoned = int(np.isinf(reference.ratios).sum())
        lines.append(
            f"The plan is compared with {chosen} (items: {len(reference.table)}; abandoned, counted as overrun: "
            f"{abandoned}); {results.reserve.in_words}."
        )
        lines.append(_worth_of(results))
    if not results.outside.missing:
        other = results.outside.other_classes
        lines.append(f"Outside view: {results.outside.in_words}{'; ' if other else ''}{other}.")
    if results.settled.unlisted:
        lines.append(f"No row of table prerequisites seems to be about: {listed(results.settled.unlisted)}; ask.")
    # The same rows are read for several results; each note is said once.
    notes = dict.fromkeys((*saving.notes, *reference.notes, *results.reserve.notes, *results.settled.notes))
    return (*lines, *(f"{_capital(note)}." for note in notes))


def _worth_of(results: Results) -> str:
    """How many independent items the past work is worth, and why."""
    reference = results.reference
    n, groups = len(reference.table), len(np.unique(reference.groups))
    named = reference.table["client"].dropna() if "client" in reference.table else pd.Series(dtype=object)
    if named.nunique() < 2:
        if len(named) == n:
            return "All past items are of one client: what is said of them is said of that client's work alone."
        return "Past items count as independent: the records do not say whose they are."
    largest = int(named.value_counts().iloc[0])
    worth = effective_n(results.overran.astype(float), reference.groups)
    return (
        f"Items of one client may go alike: the {n} past items in {groups} groups by client (the largest {largest}) "
        f"are worth {worth:.0f} independent ones for the share that overran."
    )
