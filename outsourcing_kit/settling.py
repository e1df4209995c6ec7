"""What would settle an open headline, of what can really be had? Nobody can ask more people than there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.frames import lacking
from outsourcing_kit.headlines import Headline, headline
from outsourcing_kit.stats.means import SMALL_TEAM
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
    here = people[["person", "side"]]
    if "left" in people and not ever:
        left = pd.to_datetime(people["left"], errors="coerce")
        here = here[~(left <= pd.Timestamp(engagement.settings.observed_to))]
    sides = here.drop_duplicates("person")["side"].tolist()
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
    """Whether the n people of a headline are all of a small team, on each side that it is about."""
    teams = staff(engagement, ever=True) or {}
    sizes = [teams.get(side, 0) for side in headline(key).about]
    return bool(sizes) and max(sizes) <= SMALL_TEAM and (complete or n >= sum(sizes))


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
    middle, end, near, goal = (_log_odds(value, item, sample.n) for value in (sample.estimate, end, near, limit))
    if not math.isfinite(end + near + middle) or middle == goal:
        return math.inf
    return ((abs(end - middle) + abs(near - middle)) / abs(goal - middle)) ** 2


def found_from(sample: SampleEstimate, item: Headline, limit: float, sure: float) -> float:
    """The smallest trouble that records such as these would show in 8 of 10 cases; nan where they would show none.

    The limit, less the distances from the estimate to its end at the verdict's one-sided `sure` and at 80%, shares in
    the log-odds.
    """
    side = 1 if item.better == "higher" else 0
    end, near = (sample.interval(2 * level - 1)[side] for level in (sure, _POWER))
    middle, end, near, goal = (_log_odds(value, item, sample.n) for value in (sample.estimate, end, near, limit))
    reach = abs(end - middle) + abs(near - middle)
    found = goal - reach if item.better == "higher" else goal + reach
    if item.unit == "share":
        # Close to an end nothing is left to find.
        return 1 / (1 + math.exp(-found)) if math.isfinite(found) and abs(found) < 6 else math.nan
    return found if min(item.best, item.worst) <= found <= max(item.best, item.worst) else math.nan


def _log_odds(value: float, item: Headline, n: int) -> float:
    if item.unit != "share" or math.isnan(value):
        return value
    # The ends have no log-odds; half a unit away from them stands for them.
    edge = 0.5 / (n + 1)
    inside = min(max(value, edge), 1 - edge)
    return math.log(inside / (1 - inside))
