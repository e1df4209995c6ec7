"""What would settle an open headline, of what can really be had? Nobody can ask more people than there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.frames import lacking
from outsourcing_kit.headlines import Headline, headline
from outsourcing_kit.stats.means import STRICTER, is_whole
from outsourcing_kit.verdicts import SURE, SampleEstimate

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

# How the words begin where no more records would settle it.
TALK = "numbers will not settle this"
# Three times as long a record is as much as anybody waits for.
_REACHABLE = 3.0
# One-sided 80%: how often a trouble has to be found to count as one that these records would show.
_POWER = 0.80


def staff(engagement: Engagement, *, ever: bool = False) -> dict[str, int] | None:
    """People of each side who have not left by the end of the records, or who were `ever` there; None if not known.

    >>> from outsourcing_kit.engagement import Engagement
    >>> staff(Engagement.load("steady"))
    {'client': 11, 'provider': 10}
    """
    people = engagement.people
    if lacking(people, "people", "person", "side"):
        return None
    # Whoever has left can be asked nothing any more, but stays in the records that are there.
    here = people
    if "left" in people and not ever:
        left = pd.to_datetime(people["left"], errors="coerce")
        here = here[~(left <= pd.Timestamp(engagement.settings.observed_to))]
    sides = here.loc[~here["person"].duplicated(), "side"].tolist()
    return {side: sides.count(side) for side in ("client", "provider")}


def roster(engagement: Engagement, key: str) -> int | None:
    """The most people that a headline can count: those of the sides it is about; None where nobody knows.

    >>> from outsourcing_kit.engagement import Engagement
    >>> roster(Engagement.load("steady"), "recognition.feel_needed")
    10
    """
    about = headline(key).about
    here = staff(engagement) if about else None
    return None if here is None else sum(here[side] for side in about)


def is_small(engagement: Engagement, key: str, n: int, *, complete: bool) -> bool:
    """Whether the n people of a headline are all of a small team, on each side that it is about; see `is_whole`."""
    teams = staff(engagement, ever=True) or {}
    sizes = [teams.get(side, 0) for side in headline(key).about]
    all_there = n >= sum(sizes)
    return bool(sizes) and all(is_whole(size if all_there else 0, size, complete) for size in sizes)


def decision_day(engagement: Engagement) -> str:
    """Until when to decide, as words: the next date that the settings name, else the next review."""
    settings = engagement.settings
    ends = [settings.ends_on] if settings.ends_on and settings.phase == "ending" else []
    later = sorted(day for day in (*settings.decide_on, *ends) if day > settings.observed_to)
    return f"by {later[0]}" if later else "by the next review"


def what_settles(sample: SampleEstimate, item: Headline, limit: float, team: int | None, by: str) -> str:
    """More records where up to three times as many would do; else a talk, and a day to decide on."""
    more = item.more or f"more {item.counted_in}"
    if item.about and not records_needed(sample, item, limit) <= _REACHABLE:
        who = f" in a team of {team or sample.n}"
        return f"{TALK}{who}: talk, and decide {by}"
    return f"{more}, {by}"


def records_needed(sample: SampleEstimate, item: Headline, limit: float) -> float:
    """How many times the records it would take to be sure in 8 of 10 cases, if the estimate is the truth; inf if never.

    The distance from the estimate to its end at one-sided 95%, and that at 80%, against the distance to the limit,
    squared, as an interval shrinks with the root of the records (Cohen 1988, Statistical Power Analysis, ch. 2).
    """
    side = 1 if limit > sample.estimate else 0
    end, near = (sample.interval(2 * level - 1)[side] for level in (SURE, _POWER))
    if item.unit == "share" and sample.estimate in (0.0, 1.0):
        # All alike: low = α^(1/n), and so for the limit.
        inside = (end, limit) if sample.estimate else (1 - end, 1 - limit)
        return math.log(inside[0]) / math.log(inside[1]) if 0 < min(inside) <= max(inside) < 1 else math.inf
    middle, end, near, goal = (_log_odds(value, item) for value in (sample.estimate, end, near, limit))
    if not math.isfinite(end + near + middle) or middle == goal:
        return math.inf
    return ((abs(end - middle) + abs(near - middle)) / abs(goal - middle)) ** 2


def found_from(sample: SampleEstimate, item: Headline, limit: float, sure: float, *, whole: bool = False) -> float:
    """About the smallest trouble that records such as these would show in 8 of 10 cases; nan where they show none.

    The value v from which the limit is as far as the estimate from its end at one-sided `sure` and at 80% together: in
    the log-odds for shares, where a distance goes with 1/√(p(1 − p)). `whole`: a whole small team, see `person_share`.
    """
    upper, sure = item.better == "higher", 1 - (1 - sure) / STRICTER if whole else sure
    ends = [sample.interval(2 * level - 1) for level in (sure, _POWER)]
    if item.unit != "share":
        found = limit - sum(end[1 if upper else 0] - sample.estimate for end in ends)
        return found if min(item.best, item.worst) <= found <= max(item.best, item.worst) else math.nan
    # Where less is better, the mirror image: one way for both.
    estimate, goal = (value if upper else 1 - value for value in (sample.estimate, limit))
    ends = ends if upper else [(1 - high, 1 - low) for low, high in ends]
    # Nothing lies beyond the worst value, where that is the limit.
    if goal <= 0 or (ends[0][1] >= 1 and not whole) or math.isnan(estimate + ends[0][0]):
        return math.nan
    # Of a whole small team both ends are exact binomial ones, of which the inner one is the more even.
    side = 0 if whole else 1
    if estimate >= 1:
        # All are right: the low end says how many trials that is worth, α^(1/n).
        trials = math.log(1 - sure) / math.log(max(ends[0][0], 1e-9)) if ends[0][0] < 1 else math.inf
        estimate, side = (trials + 0.5) / (trials + 1), 0
    apart = sum(abs(logit(end[side]) - logit(estimate)) for end in ends) * math.sqrt(estimate * (1 - estimate))
    # The largest share that will do, in thousandths; towards 0 the distances grow again.
    shares, top = (goal * step / 1000 for step in range(999, 0, -1)), logit(goal)
    found = next((p for p in shares if top - logit(p) >= apart / math.sqrt(p * (1 - p))), math.nan)
    return found if upper else 1 - found


def logit(share: float) -> float:
    """The log-odds of a share, of one at an end those of a share close by."""
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _log_odds(value: float, item: Headline) -> float:
    return value if item.unit != "share" or math.isnan(value) else logit(value)
