"""The finding on mistake 5: three headline measures, what supports them, and what to do on Monday."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from outsourcing_kit.assessments import Assessment, tally
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import Finding
from outsourcing_kit.frames import take
from outsourcing_kit.recognition.comparing import (
    RecognitionGap,
    never_thanked,
    recognition_gap,
    side_share,
    widest_kind,
)
from outsourcing_kit.recognition.cost import monthly_cost
from outsourcing_kit.recognition.crediting import ACTS, RecognisedMonths, recognised_months
from outsourcing_kit.recognition.pulse import QUESTION, FeelNeeded, feel_needed
from outsourcing_kit.recognition.small_groups import ALL_KINDS, ALL_MONTHS, FEWEST, pooled
from outsourcing_kit.settling import TALK, staff
from outsourcing_kit.stats import Estimate, over_readings, quantile_interval
from outsourcing_kit.text import quoted
from outsourcing_kit.verdicts import CONFIDENCE
from outsourcing_kit.words import other_count, plural

_EVIDENCE = ["part", "side", "month", "kind", "people", "person_months", "seen", "share", "low", "high"]
_ONE_PERSON = "each team lead to look whom of their people nobody has thanked: of one alone it may be chance"
_MIXED, _OTHER_ACTS = "more than one kind", "other kinds"
_SEEN, _GAP, _NEVER, _NEEDED = "good_work_seen", "gap_to_in_house", "never_thanked", "feel_needed"


def assess(
    engagement: Engagement, *, limits: Mapping[str, float] | None = None, window_days: float = 14, seed: int = 0
) -> Finding:
    """Is good work rewarded: seen at all, as often as in-house, everybody's, and do the provider's people feel needed?

    Args:
        engagement: uses the tables people, work, recognition and pulse; what is missing is said, never guessed.
        limits: your own limits, e.g. {"good_work_seen": 0.6}.
        window_days: days after a delivery in which recognition counts.
        seed: of the permutations behind the gap's interval.

    Returns:
        Finding. `evidence` has each side as a whole (part "whole side") and groups of at least five people (part
        "group"): never a row about one person, unless that one is the whole side.

    Raises:
        OutsourcingKitError: window_days that is not positive, a limit outside what can happen.

    >>> from outsourcing_kit.engagement import Engagement
    >>> assess(Engagement.load("thankless")).verdict
    'problem'
    """
    found, settings = Assessment(engagement, "recognition", limits), engagement.settings
    count = partial(
        recognised_months, engagement.work, people=engagement.people, now=settings.end,
        window_days=window_days, time_zone=settings.time_zone,
    )  # fmt: skip
    months = count(recognition=engagement.recognition)
    # Who gave an act may be the one who got it; then it counts for nothing, and a verdict must hold all the same.
    known = months.missing or not months.unnamed
    unnamed = [] if known else [count(recognition=acts) for acts in _if_own(engagement)]
    whole = {side: side_share(months, side) for side in ("client", "provider")}
    gap, needed = recognition_gap(months, seed=seed), feel_needed(engagement.pulse, engagement.people)
    team = (staff(engagement, ever=True) or {}).get("provider", 0)
    _measure_seen(found, months, unnamed, team)
    _measure_gap(found, gap, [recognition_gap(other, seed=seed) for other in unnamed])
    _measure_never(found, months, unnamed)
    begins = "say where the scale begins (column pulse.scale_min)" if needed.unsaid else ""
    good = 0 if needed.estimate is None else round(needed.share_of_answers * needed.answers)
    counts = f"{good} of {plural(needed.answers, 'answer')}"
    # Where there are too few to ask without names, nobody could have it.
    so_few = 0 < team < FEWEST
    found.sample(_NEEDED, needed.estimate, needed.missing, first=begins, counts=counts, excused=so_few)
    _support(found, months, whole["client"])
    _act(found, months)
    cost = monthly_cost(engagement.people, currency=settings.currency)
    return found.finding(_evidence(found, months, whole), _assumptions(months, whole, gap, needed), cost)


def _if_own(engagement: Engagement) -> list[pd.DataFrame]:
    """The acts if those without a giver were the receiver's own, and so count for nothing, on one side alone."""
    acts, _ = take(engagement.recognition, "recognition", need=ACTS)
    unnamed, side = acts["giver"].isna(), acts["receiver"].map(engagement.side_of())
    # On one side alone, because that is what widens the gap most, one way and the other.
    own = (unnamed & (side == name) for name in ("provider", "client"))
    return [acts.assign(giver=acts["giver"].mask(there, acts["receiver"])) for there in own]


def _measure_seen(found: Assessment, months: RecognisedMonths, unnamed: list[RecognisedMonths], team: int) -> None:
    share, missing = side_share(months, "provider", team), months.missing
    if not missing and share.n == 0:
        days = f"{months.window_days:g} days of records after its delivery"
        missing = f"needs good work of the provider with {days}; there is none"
    both = over_readings(share, [side_share(other, "provider", team) for other in unnamed])
    rows = months.person_months[months.person_months["side"] == "provider"]
    counts = tally(rows["seen"].astype(bool), rows["person"], "good month", share.estimate) if len(rows) else ""
    found.sample(_SEEN, both, missing, first=_who_gave(share, both), counts=counts, complete=True)


def _who_gave(share: Estimate, both: Estimate) -> str:
    """Where acts without a giver widened the interval, naming who gave them comes first."""
    same = share.interval(CONFIDENCE) == both.interval(CONFIDENCE)
    return "" if same else "say who gave the acts that name nobody (column recognition.giver)"


def _measure_gap(found: Assessment, gap: RecognitionGap, others: list[RecognitionGap]) -> None:
    # Where the records are there and the people are not, there is a difference, but nothing to judge chance by.
    if gap.estimate is None or math.isnan(gap.estimate.low):
        found.sample(_GAP, gap.estimate, gap.missing)
    else:
        both = over_readings(gap.estimate, [other.estimate for other in others if other.estimate is not None])
        found.sample(_GAP, both, first=_who_gave(gap.estimate, both))


def _measure_never(found: Assessment, months: RecognisedMonths, unnamed: list[RecognisedMonths]) -> None:
    nobody, missing = never_thanked(months), months.missing
    young = not missing and not nobody.people
    if young:
        missing = f"needs provider people with {nobody.months} months of good work; there are none"
    worst = max((nobody, *map(never_thanked, unnamed)), key=lambda one: one.never)
    share, most = (one.never / max(one.people, 1) for one in (nobody, worst))
    settled = "say who gave the acts that name nobody (column recognition.giver)" if most > share else ""
    if nobody.never == 1 and not settled:
        # One may be chance, and a verdict on one would be a verdict on a person.
        most, settled = 0.0, _ONE_PERSON
    counts = f"{nobody.never} of {plural(nobody.people, 'person')}"
    found.fact(_NEVER, share, nobody.people, missing, open_to=most, settled_by=settled, counts=counts, excused=young)


def _support(found: Assessment, months: RecognisedMonths, inside: Estimate) -> None:
    if inside.n:
        found.support(
            f"{_SEEN}_in_house", "in-house months of good work that saw recognition", inside.estimate, "share",
            inside.n, "people", basis="sample", low=inside.low, high=inside.high, confidence=CONFIDENCE,
        )  # fmt: skip
    provider = months.person_months[months.person_months["side"] == "provider"]
    if len(provider):
        name = "provider months of good work that nobody recognised"
        missed = int((~provider["seen"].astype(bool)).sum())
        found.support("months_missed", name, missed, "count", len(provider), "good months")
    # Median over people of their medians, as one person's items are alike.
    seen = months.items[(months.items["side"] == "provider") & months.items["seen"].astype(bool)]
    medians = seen.groupby("person")["days"].median()
    if len(medians) >= FEWEST:
        # With few people an end of a median's interval can be unknown; half an interval is not written.
        median = quantile_interval(medians.to_numpy(), 0.5, confidence=CONFIDENCE)
        low, high = (median.low, median.high) if math.isfinite(median.low + median.high) else (math.nan, math.nan)
        found.support(
            "days_to_recognition", "days from delivery to recognition, provider, where there was any (median)",
            median.estimate, "days", median.n, "people",
            basis="sample", low=low, high=high, confidence=median.confidence,
        )  # fmt: skip
    for kind, share, n in _act_kinds(months):
        name = f"provider's recognised months with {kind}"
        found.support(f"kind_{kind.replace(' ', '_')}", name, share, "share", n, "recognised good months")


def _act_kinds(months: RecognisedMonths) -> Iterator[tuple[str, float, int]]:
    """Of the provider's recognised person-months, which share saw thanks, a review, an award …; no group under five."""
    acts, seen = months.acts[months.acts["side"] == "provider"], defaultdict(set)
    for person, month, kind in acts[["person", "month", "act_kind"]].to_numpy(object).tolist():
        seen[person, month].add(kind)
    # A person-month counts once: the kinds are shares of one whole, so no difference of them singles anybody out.
    kinds = [(who, _MIXED if len(own) > 1 else min(own)) for (who, _), own in sorted(seen.items())]
    groups = {name: {who for who, kind in kinds if kind == name} for name in sorted({kind for _, kind in kinds})}
    small = pooled(groups)
    if len(small) == len(groups):
        return
    counts = Counter(_OTHER_ACTS if kind in small else kind for _, kind in kinds)
    for kind, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        yield kind, count / len(kinds), len(kinds)


def _evidence(found: Assessment, months: RecognisedMonths, whole: Mapping[str, Estimate]) -> pd.DataFrame:
    """Each side as a whole, with the interval that the picture writes; then groups of five people or more."""
    rows = []
    for side, own in months.person_months.groupby("side"):
        share = whole[str(side)]
        # The headline's own ends, which allow for acts without a giver: the picture and the page say one thing.
        ends = (found[_SEEN].low, found[_SEEN].high) if side == "provider" else (share.low, share.high)
        numbers = [round(value, 4) for value in (share.estimate, *ends)]
        rows.append(["whole side", side, ALL_MONTHS, ALL_KINDS, share.n, len(own), int(own["seen"].sum()), *numbers])
    rows += [["group", *row, math.nan, math.nan] for row in months.table.to_numpy(dtype=object).tolist()]
    return pd.DataFrame(rows, columns=_EVIDENCE)


def _act(found: Assessment, months: RecognisedMonths) -> None:
    seen, gap, needed = (found[key].answer for key in (_SEEN, _GAP, _NEEDED))
    case = "waiting" if months.waiting and seen in ("problem", "leans problem", "cannot tell") else ""
    if seen == "not assessed":
        case = next((table for table in ("people", "recognition") if f"needs table {table}" in months.missing), "")
    found.act(_SEEN, case, pieces=plural(months.waiting, "piece"), days=f"{months.window_days:g}")
    kind = widest_kind(months) if gap in ("problem", "leans problem") else None
    found.act(_GAP, "one kind" if kind else "", kind=quoted(kind))
    found.act(_NEVER, "one person" if found[_NEVER].settled_by == _ONE_PERSON else "")
    alone = needed == "not assessed" and 0 < (staff(found.engagement) or {}).get("provider", 0) < FEWEST
    # A question that more answers would not settle is for a talk, not for the next round.
    talk = needed == "cannot tell" and TALK in found[_NEEDED].settled_by
    found.act(_NEEDED, "so few" if alone else "talk" if talk else "", question=quoted(QUESTION))


def _assumptions(
    months: RecognisedMonths, whole: Mapping[str, Estimate], gap: RecognitionGap, needed: FeelNeeded
) -> Iterator[str]:
    days = f"{months.window_days:g} days"
    if not months.missing:
        yield (
            "Good work was accepted, on time (or had no due time) and never reopened; it was seen if anybody but the "
            f"person recognised it within {days} of delivery. An act that names no item counts for the person's latest "
            "good delivery before it."
        )
        yield "Only recognition that somebody recorded counts: thanks said aloud are missing."
        yield f"Groups under {FEWEST} people are merged with others, so that subtraction does not reveal them either."
        without = "the intervals hold without them too"
        # The count comes last: so it needs no plural.
        for count, what in (
            (months.left_out, f"Good items left out as too early to judge, delivered in the last {days}"),
            (months.uncredited, f"Acts of recognition left out, no good delivery in the {days} before"),
            (months.self_given, "Acts left out, as people recognised themselves"),
            (months.undated, "Acts left out, no day or no receiver on record"),
            (months.unplaced, "Good items left out, by people whose side is blank"),
            (months.unnamed, f"Acts without a giver, taken as given by somebody else ({without})"),
        ):
            if count:
                yield f"{what}: {count}."
        rows = months.person_months.loc[months.person_months["side"] == "provider", "seen"].astype(float)
        what = "provider months of good work that were seen"
        yield from other_count(what, "person", "good month", whole["provider"].estimate, rows.mean())
    if gap.kinds:
        yield f"Kinds of work compared between the sides: {', '.join(gap.kinds)}."
    yield from needed.notes
    if needed.estimate is not None:
        yield (
            f"{needed.answers} answers of {needed.respondents} respondents; three quarters of the way up the scale and "
            "more count, as 4 of 1 to 5."
        )
        what, share = f"good answers to {quoted(QUESTION)}", needed.estimate.estimate
        yield from other_count(what, "respondent", "answer", share, needed.share_of_answers)
