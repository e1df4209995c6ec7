"""simulate(): an engagement whose true state is known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import numpy as np

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headlines_of
from outsourcing_kit.simulation.case import PLAN_CLASS, case_tables
from outsourcing_kit.simulation.frames import Columns, typed
from outsourcing_kit.simulation.kickoff import kickoff_day, kickoff_tables
from outsourcing_kit.simulation.roster import COMMITTED, FIRST, TIME_ZONE, make_roster, month_start, people_table
from outsourcing_kit.simulation.talk import message_table, proposal_table, rating_table
from outsourcing_kit.simulation.tasks import OUTSIDE, in_tenths, task_tables
from outsourcing_kit.simulation.thanks import UNFAIR_FROM, UNSEEN, noticed_outside, pulse_table, recognition_table
from outsourcing_kit.simulation.work import VAGUE_BELOW, draw_items, work_tables


def simulate(
    mistake: str | Mapping[str, float] | None = None, *, severity: float = 1.0, people: int = 12, months: int = 12,
    seed: int = 0,
) -> Engagement:  # fmt: skip
    """An invented engagement in which a mistake is planted, or none, with the true value of every headline measure.

    `mistake` is "business_case", "task_selection", "kickoff", "expectations", "recognition" or None. Its three
    headline measures are at `severity` (headlines.Headline.truth: 0 is half-way from the best value to the limit, 1
    half-way from the limit to the worst; -1 … 2), those of the others at severity 0. Or it maps mistakes and headlines
    to severities. `people` (at least 2) are split evenly over the sides, `months` (1 … 36) begin on 2026-01-01. The
    same arguments give the same bytes.

    `.truth` maps each headline measure's key to what was planted. A sample measure's truth is what its definition would
    show on infinitely many people; facts about tasks are rounded to tenths, counts to whole numbers; the probability of
    no saving is that of the outside view with the ratios of all past work, of which the records hold a sample; who was
    never thanked is counted in the draws. "team.<key>" is the mean of the own chances of the people on record.

    Raises UnknownNameError for another mistake, OutsourcingKitError for arguments out of range.

    >>> engagement = simulate("kickoff", people=4, months=2)
    >>> engagement.truth["kickoff.before_work"], engagement.truth["kickoff.agenda_missing"], len(engagement.people)
    (0.0, 4.0, 4)
    """
    people, months, seed = _checked(people=people, months=months, seed=seed)
    truth = planted_truth(mistake, severity)
    # A stream for each part: what one part draws does not move the others.
    streams = iter(np.random.default_rng([seed, part]) for part in range(12))
    roster = make_roster(people, months, next(streams))
    team: dict[str, float] = {}
    made: dict[str, Columns] = {"people": people_table(roster, next(streams))}
    # Each part is told its mistake's three truths, in the order of the headlines.
    told = {name: [truth[item.key] for item in headlines_of(name)] for name in MISTAKES}
    no_saving, overrun, unsettled = told["business_case"]
    case, budget = case_tables(roster, no_saving, overrun, int(unsettled), next(streams))
    made |= case
    protected, dear, nobody = map(in_tenths, told["task_selection"])
    made |= task_tables(roster, protected, dear, nobody, next(streams))
    before_work, missing, right = told["kickoff"]
    tables_of_kickoff, team["kickoff.quiz_right"] = kickoff_tables(
        roster, before_work == 0, int(missing), right, next(streams)
    )
    made |= tables_of_kickoff
    within, answered, proposed = told["expectations"]
    made["expectations"] = rating_table(roster, within, next(streams))
    made["messages"], team["expectations.answered_in_time"] = message_table(roster, answered, next(streams))
    made["proposals"], team["expectations.proposals_answered"] = proposal_table(roster, proposed, next(streams))
    seen, gap, _, needed = told["recognition"]
    items = draw_items(roster, kickoff_day(roster, late=before_work == 0), noticed_outside(gap), next(streams))
    work, names = work_tables(roster, items, answered < VAGUE_BELOW, next(streams))
    made |= work
    made["recognition"], team["recognition.good_work_seen"], never, hardly = recognition_table(
        roster, items, names, seen, gap, next(streams)
    )
    if gap > UNFAIR_FROM:
        # What leavers say whom hardly anybody thanked; who leaves was drawn without regard to thanks.
        reasons = enumerate(made["people"]["left_reason"])
        told_why = [UNSEEN if said and who in hardly else said for who, said in reasons]
        made["people"] = {**made["people"], "left_reason": told_why}
    made["pulse"], team["recognition.feel_needed"] = pulse_table(roster, needed, next(streams))
    # A fact about the records is what the draws have made of it. In a short time there may be nobody to speak of.
    known = {"recognition.never_thanked": never} | {f"team.{key}": value for key, value in team.items()}
    # Rounded, as the last digits differ between machines.
    truth = {key: round(value, 10) for key, value in (truth | known).items() if math.isfinite(value)}
    planted = "several" if isinstance(mistake, Mapping) else mistake or "control"
    settings = Settings(
        name=f"simulated-{planted.replace('_', '-')}",
        client="Alder Trading",
        provider="Banyan Services",
        currency="EUR",
        time_zone=TIME_ZONE,
        observed_from=FIRST,
        observed_to=month_start(months) - dt.timedelta(days=1),
        committed_on=COMMITTED,
        budget=budget,
        plan_class=PLAN_CLASS,
        decide_on=(month_start(months) - dt.timedelta(days=1),),
    )
    # A table that holds nothing would be a file without rows: it is left out, as a stranger would leave it out.
    frames = {
        name: typed(made[name], tables.table(name))
        for name in tables.table_names()
        if name in made and len(next(iter(made[name].values())))
    }
    return Engagement(settings, MappingProxyType(frames), MappingProxyType(truth))


def planted_truth(mistake: str | Mapping[str, float] | None, severity: float) -> dict[str, float]:
    """The true value of each headline measure, as near as it can be planted: see `simulate`."""
    given: Mapping[Any, Any] = mistake if isinstance(mistake, Mapping) else {mistake: severity}
    known = [*MISTAKES, *(item.key for item in HEADLINES)]
    for name, level in given.items():
        if name is not None and name not in known:
            raise UnknownNameError.of("mistake or headline", str(name), known)
        if isinstance(level, bool) or not isinstance(level, Real) or not -1 <= float(level) <= 2:
            raise OutsourcingKitError(
                f"severity is {level!r}; expected a number from -1 (best) to 2 (beyond the worst). Mend: severity=1.0"
            )
    truth = {}
    for item in HEADLINES:
        level = float(given.get(item.key, given.get(item.mistake, 0.0)))
        value = item.truth(level)
        if item.unit == "yes/no":
            value = 1.0 if level < 0.5 else 0.0
        elif item.unit == "count":
            value = math.floor(value + 0.5)
        elif item.mistake == "task_selection":
            value = in_tenths(value) / OUTSIDE
        truth[item.key] = round(float(value), 10)
    return truth


def _checked(**given: object) -> list[int]:
    """Whole numbers within their bounds."""
    bounds = {"people": (2, 100_000), "months": (1, 36), "seed": (0, 2**63)}
    for name, value in given.items():
        low, high = bounds[name]
        if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
            raise OutsourcingKitError(
                f"{name} is {value!r}; expected a whole number from {low} to {high}. Mend: {name}={max(low, 1)}"
            )
    return [int(value) for value in given.values()]  # type: ignore[call-overload]
