"""The finding on mistake 5: three headline measures, what supports them, and what to do on Monday."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.finding import (
    CONFIDENCE,
    Finding,
    Limit,
    Measure,
    limit_for,
    sample_measure,
    supporting_measure,
    unassessed_measure,
)
from outsourcing_kit.frames import labels
from outsourcing_kit.headlines import headline
from outsourcing_kit.recognition.comparing import (
    RecognitionGap,
    recognition_gap,
    side_share,
    widest_kind,
)
from outsourcing_kit.recognition.crediting import RecognisedMonths, recognised_months
from outsourcing_kit.recognition.pulse import QUESTION, FeelNeeded, feel_needed
from outsourcing_kit.recognition.small_groups import ALL_KINDS, ALL_MONTHS, FEWEST, pooled
from outsourcing_kit.settling import and_settle, beyond, roster, staff
from outsourcing_kit.stats import Estimate, over_readings, quantile_interval
from outsourcing_kit.words import other_count

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_NEEDS = {
    "people": ("person", "side"),
    "work": ("item", "person", "kind", "due", "delivered", "accepted", "reopened_at"),
    "recognition": ("given_at", "giver", "receiver", "kind", "item"),
    "pulse": ("respondent", "side", "question", "score", "scale_max"),
}
_EVIDENCE = ["part", "side", "month", "kind", "people", "person_months", "seen", "share", "low", "high"]
_MIXED, _OTHER_ACTS = "more than one kind", "other kinds"
_SEEN, _GAP, _NEEDED = "recognition.good_work_seen", "recognition.gap_to_in_house", "recognition.feel_needed"


def assess(
    engagement: Engagement,
    *,
    limits: Mapping[str, float] | None = None,
    window_days: float = 14,
    seed: int = 0,
) -> Finding:
    """Is good work rewarded: seen at all, as often as in-house, and do the provider's people feel needed?

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

    Example: without tables nothing is assessed.

    >>> import datetime as dt
    >>> from outsourcing_kit.engagement import Engagement, Settings
    >>> day = dt.date(2026, 1, 1)
    >>> empty = Engagement(Settings("empty", "us", "them", "EUR", "UTC", day, day), {})
    >>> assess(empty).not_assessed[0]
    'provider months of good work that saw recognition: needs table people'
    """
    settings = engagement.settings
    lacks = (engagement.lacks(name, *_NEEDS[name]) for name in ("people", "work", "recognition"))
    lacking = next(filter(None, lacks), None)
    months = None if lacking else _months(engagement, engagement.recognition, window_days)
    nameless = [] if lacking else _without_nameless(engagement, window_days)
    lacking_pulse = engagement.lacks("pulse", *_NEEDS["pulse"])
    needed = None if lacking_pulse else feel_needed(engagement.pulse)
    gap = recognition_gap(months, seed=seed) if months is not None else None
    limit = {key: limit_for(engagement, key, limits) for key in (_SEEN, _GAP, _NEEDED)}
    headlines = (
        _seen_measure(months, nameless, lacking or "", limit[_SEEN], window_days, roster(engagement, _SEEN)),
        _gap_measure(
            gap,
            [recognition_gap(other, seed=seed) for other in nameless],
            lacking or "",
            limit[_GAP],
            staff(engagement),
        ),
        _needed_measure(needed, lacking_pulse or "", limit[_NEEDED], roster(engagement, _NEEDED)),
    )
    return Finding(
        "recognition",
        engagement.name,
        headlines,
        _supporting(months) if months is not None else (),
        _evidence(months, headlines[0]),
        _actions(engagement, headlines, months),
        _assumptions(engagement, months, gap, needed, window_days),
        settings.interim,
    )


def _months(engagement: Engagement, acts: pd.DataFrame, window_days: float) -> RecognisedMonths:
    settings = engagement.settings
    return recognised_months(
        engagement.work,
        acts,
        engagement.people,
        settings.end,
        window_days=window_days,
        time_zone=settings.time_zone,
    )


def _without_nameless(engagement: Engagement, window_days: float) -> list[RecognisedMonths]:
    """The months if acts without a giver were the receiver's own and so none: on the provider's side, or in-house."""
    acts = engagement.recognition
    nameless = labels(acts["giver"]).isna()
    side = labels(acts["receiver"]).map(engagement.side_of())
    sides = [side == name for name in ("provider", "client")] if nameless.any() else []
    return [_months(engagement, acts[~(nameless & there)], window_days) for there in sides]


# --- headlines ------------------------------------------------------------------------------------------------------


def _seen_measure(
    months: RecognisedMonths | None,
    nameless: list[RecognisedMonths],
    lacking: str,
    limit: Limit,
    window_days: float,
    most: int | None,
) -> Measure:
    if months is None:
        return unassessed_measure(_SEEN, lacking, limit)
    share = side_share(months, "provider")
    if share.n == 0:
        why = f"needs good work of the provider with {window_days:g} days of records after its delivery; there is none"
        return unassessed_measure(_SEEN, why, limit)
    both = over_readings(share, [side_share(other, "provider") for other in nameless])
    return _name_givers(sample_measure(_SEEN, both, limit, most), share, both)


def _name_givers(measure: Measure, share: Estimate, both: Estimate) -> Measure:
    """Where acts without a giver widened the interval, naming who gave them comes first."""
    if measure.verdict != "cannot tell" or share.interval(CONFIDENCE) == both.interval(CONFIDENCE):
        return measure
    words = "say who gave the acts that name nobody (column recognition.giver)"
    return dataclasses.replace(measure, settled_by=f"{words}; else {measure.settled_by}")


def _gap_measure(
    gap: RecognitionGap | None,
    nameless: list[RecognitionGap],
    lacking: str,
    limit: Limit,
    people: Mapping[str, int] | None,
) -> Measure:
    if gap is None:
        return unassessed_measure(_GAP, lacking, limit)
    if gap.estimate is None:
        return unassessed_measure(_GAP, gap.why, limit)
    here = list(people.values()) if people else [gap.estimate.n]
    both = over_readings(gap.estimate, [other.estimate for other in nameless if other.estimate is not None])
    measure = _name_givers(sample_measure(_GAP, both, limit, sum(here)), gap.estimate, both)
    if gap.too_few:
        # The records are there, the people are not: a difference of whole sides, but nothing to judge chance by.
        words = f"at least five people a side with good work of the same kind; here {gap.people_in_words}"
        words = beyond(headline(_GAP), sum(here), sum(here)) if min(here) < FEWEST else words
        return dataclasses.replace(measure, settled_by=words)
    return measure


def _needed_measure(needed: FeelNeeded | None, lacking: str, limit: Limit, most: int | None) -> Measure:
    if needed is None or needed.estimate is None:
        return unassessed_measure(_NEEDED, lacking if needed is None else needed.why, limit)
    measure = sample_measure(_NEEDED, needed.estimate, limit, most)
    if measure.verdict != "cannot tell" or not needed.unsaid:
        return measure
    rest = f"; else {measure.settled_by}" if measure.settled_by else ""
    return dataclasses.replace(measure, settled_by=f"say where the scale begins (column pulse.scale_min){rest}")


# --- what supports them ---------------------------------------------------------------------------------------------


def _supporting(months: RecognisedMonths) -> tuple[Measure, ...]:
    found = []
    inside = side_share(months, "client")
    if inside.n:
        name = "in-house months of good work that saw recognition"
        found.append(
            supporting_measure(
                "recognition.good_work_seen_in_house", name, inside.estimate, "share", inside.n, "people",
                basis="sample", low=inside.low, high=inside.high, confidence=CONFIDENCE,
            )
        )  # fmt: skip
    provider = months.person_months[months.person_months["side"] == "provider"]
    if len(provider):
        name = "provider months of good work that nobody recognised"
        missed = int((~provider["seen"].astype(bool)).sum())
        found.append(
            supporting_measure("recognition.months_missed", name, missed, "count", len(provider), "person-months")
        )
    return tuple(found + _delay(months) + _act_kinds(months))


def _delay(months: RecognisedMonths) -> list[Measure]:
    """Days from delivery to recognition: median over people of their medians, as one person's items are alike."""
    seen = months.items[(months.items["side"] == "provider") & months.items["seen"].astype(bool)]
    medians = seen.groupby("person")["days"].median()
    if len(medians) < FEWEST:
        return []
    median = quantile_interval(medians.to_numpy(), 0.5, confidence=CONFIDENCE)
    low, high = (median.low, median.high) if math.isfinite(median.low + median.high) else (math.nan, math.nan)
    name = "days from delivery to recognition, provider, where there was any (median)"
    return [
        supporting_measure(
            "recognition.days_to_recognition", name, median.estimate, "days", median.n, "people",
            basis="sample", low=low, high=high, confidence=median.confidence,
        )
    ]  # fmt: skip


def _act_kinds(months: RecognisedMonths) -> list[Measure]:
    """Of the provider's recognised person-months, which share saw thanks, a review, an award …; no group under five."""
    acts = months.acts[months.acts["side"] == "provider"]
    kinds: dict[tuple[str, str], set[str]] = {}
    for person, month, kind in zip(acts["person"], acts["month"], acts["act_kind"], strict=True):
        kinds.setdefault((person, month), set()).add(str(kind))
    groups: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for (person, _), found in kinds.items():
        label = _MIXED if len(found) > 1 else min(found)
        groups.setdefault(label, set()).add(person)
        counts[label] += 1
    if len({person for person, _ in kinds}) < FEWEST:
        return []
    small = pooled(dict(sorted(groups.items())))
    if len(small) == len(groups):
        return []
    shown = {label: count for label, count in counts.items() if label not in small}
    if small:
        shown[_OTHER_ACTS] = shown.get(_OTHER_ACTS, 0) + sum(counts[label] for label in small)
    return [
        supporting_measure(
            f"recognition.kind_{label.replace(' ', '_')}", f"provider's recognised months with {label}",
            count / len(kinds), "share", len(kinds), "recognised person-months",
        )
        for label, count in sorted(shown.items(), key=lambda entry: (-entry[1], entry[0]))
    ]  # fmt: skip


def _evidence(months: RecognisedMonths | None, seen: Measure) -> pd.DataFrame:
    """Each side as a whole, with the interval that the picture writes; then groups of five people or more."""
    if months is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in _EVIDENCE})
    lines = []
    for side in ("client", "provider"):
        rows = months.person_months[months.person_months["side"] == side]
        if len(rows):
            share = side_share(months, side)
            ends = (seen.low, seen.high) if side == "provider" else (share.low, share.high)
            numbers = [round(value, 4) for value in (share.estimate, *ends)]
            count = int(rows["seen"].sum())
            lines.append(["whole side", side, ALL_MONTHS, ALL_KINDS, share.n, len(rows), count, *numbers])
    groups = [["group", *row, math.nan, math.nan] for row in months.table.itertuples(index=False, name=None)]
    return pd.DataFrame(lines + groups, columns=_EVIDENCE)


# --- in words -------------------------------------------------------------------------------------------------------


def _actions(
    engagement: Engagement, headlines: tuple[Measure, ...], months: RecognisedMonths | None
) -> tuple[str, ...]:
    seen, gap, needed = headlines
    found = (_for_seen(seen, months), _for_gap(gap, months), _for_needed(needed, engagement))
    actions = tuple(dict.fromkeys(action for action in found if action))
    return actions or (
        "Keep to it: thank after the work, for something named, and unannounced; look again in a quarter.",
    )


def _for_seen(seen: Measure, months: RecognisedMonths | None) -> str | None:
    if seen.verdict == "fine":
        return None
    if seen.verdict == "not assessed":
        return _collect(seen.settled_by)
    text = (
        "Once a week go through the work that was accepted and on time, and thank for it: what was done, what it "
        "changed, for whom."
    )
    if months is not None and months.waiting:
        pieces = "the one piece" if months.waiting == 1 else f"the {months.waiting} pieces"
        text += f" Begin with {pieces} of the records' last {months.window_days:g} days that nobody has thanked for."
    return text


def _for_gap(gap: Measure, months: RecognisedMonths | None) -> str | None:
    if gap.verdict == "problem":
        kind = widest_kind(months) if months is not None else None
        where = f" Start with {kind!r}, where the two sides are furthest apart." if kind else ""
        return f"Thank both sides by the same rule for the same work.{where}"
    if gap.verdict == "cannot tell":
        return and_settle("Thank both sides by the same rule, and keep the record.", gap.verdict, gap.settled_by)
    return None


def _for_needed(needed: Measure, engagement: Engagement) -> str | None:
    if needed.verdict == "problem":
        return (
            "Ask the provider's people together which of their work went unnoticed and what would make them feel "
            "needed; say within a week what you will change."
        )
    if needed.verdict == "cannot tell":
        action = f"Ask {QUESTION!r} again next month, without names."
        return and_settle(action, needed.verdict, needed.settled_by)
    if needed.verdict == "not assessed":
        provider = (
            int((engagement.people["side"] == "provider").sum()) if engagement.lacks("people", "side") is None else 0
        )
        if 0 < provider < FEWEST:
            return "A survey of so few people would not be anonymous: ask each of them in person what went unnoticed."
        return f"From Monday on ask the provider's people {QUESTION!r} on a scale of five, without names."
    return None


def _collect(why: str) -> str:
    """What to write down from Monday on, by what is missing."""
    if why.startswith("needs table people"):
        return f"List everybody on either side, and which side it is ({why})."
    if why.startswith("needs table recognition"):
        return f"From Monday on note every thank-you, review, award and bonus, with its item ({why})."
    return "From Monday on record each piece of work with its due date, delivery, acceptance and reopening."


def _assumptions(
    engagement: Engagement,
    months: RecognisedMonths | None,
    gap: RecognitionGap | None,
    needed: FeelNeeded | None,
    window_days: float,
) -> tuple[str, ...]:
    said = []
    if months is not None:
        said += [
            "Good work was accepted, on time (or had no due time) and never reopened; it was seen if anybody but "
            f"the person recognised it within {window_days:g} days of delivery. An act that names no item counts for "
            "the person's latest good delivery before it.",
            "Only recognition that somebody recorded counts: thanks said aloud are missing.",
            f"Groups under {FEWEST} people are merged with others, so that subtraction does not reveal them either.",
        ]
        counted = (
            (months.left_out, f"Good items left out as too early to judge, delivered in the last {window_days:g} days"),
            (months.uncredited, f"Acts of recognition left out, no good delivery in the {window_days:g} days before"),
            (months.self_given, "Acts left out, as people recognised themselves"),
            (months.undated, "Acts left out, no day or no receiver on record"),
            (months.unplaced, "Good items left out, by people whose side is blank"),
            (
                int(labels(engagement.recognition["giver"]).isna().sum()),
                "Acts without a giver, taken as given by somebody else (the intervals hold without them too)",
            ),
        )  # fmt: skip
        said += [f"{words}: {count}." for count, words in counted if count]
        seen = months.person_months.loc[months.person_months["side"] == "provider", "seen"].astype(float)
        share = side_share(months, "provider").estimate
        said += other_count("provider months of good work that were seen", "person", "person-month", share, seen.mean())
    if gap is not None and gap.kinds:
        said.append(f"Kinds of work compared between the sides: {', '.join(gap.kinds)}.")
    said += needed.said if needed is not None else ()
    if needed is not None and needed.estimate is not None:
        said.append(
            f"{needed.answers} answers of {needed.respondents} respondents; three quarters of the way up the scale and "
            "more count, as 4 of 1 to 5."
        )
        needed_share, of_answers = needed.estimate.estimate, needed.share_of_answers
        said += other_count(f"good answers to {QUESTION!r}", "respondent", "answer", needed_share, of_answers)
    return tuple(said)
