"""What would settle an open headline, and can it be had? Nobody can ask more people than there are."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from outsourcing_kit.frames import lacking
from outsourcing_kit.headlines import Headline, headline

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_REACHABLE = 10
# How the words begin where more people would not settle it.
TALK = "a talk"
# Below this an interval says more about how few there are than about how much they differ.
_FEWEST = 4


class SampleEstimate(Protocol):
    """What a sample measure is made from: `stats.Estimate` is one."""

    @property
    def estimate(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def standard_error(self) -> float: ...

    def interval(self, confidence: float) -> tuple[float, float]: ...


def staff(engagement: Engagement) -> dict[str, int] | None:
    """People of each side who have not left by the end of the records; None where table people does not say.

    >>> from outsourcing_kit.engagement import Engagement
    >>> staff(Engagement.load("steady"))
    {'client': 11, 'provider': 10}
    """
    people = engagement.people
    if lacking(people, "people", "person", "side"):
        return None
    # Whoever has left can be asked nothing any more, but stays in the records that are there.
    here = people[["person", "side"]]
    if "left" in people:
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


def what_settles(sample: SampleEstimate, item: Headline, limit: float, error: float, most: int | None) -> str:
    """About n · ((1.96 + 0.84) · SE / |estimate - limit|)² units, in words; where there are not as many, what there is.

    `most` units can be had at most; None where nobody knows.
    """
    low, high = sample.interval(1 - 2 * error)
    # What parts the estimate from a verdict is the end on the side of the limit; the other one may be near or far.
    end = high if limit > sample.estimate else low
    if sample.n < _FEWEST or not math.isfinite(end):
        if most is not None and most < max(_FEWEST, sample.n + 1):
            return beyond(item, most, sample.n)
        return f"more {item.counted_in}: {sample.n} cannot show how much they differ"
    # Shares in log-odds: near 100% an interval is lopsided, and the plain SE would promise to settle it with one more
    # person ("17 people instead of 16").
    estimate, end, limit = (_log_odds(value, item) for value in (sample.estimate, end, limit))
    needed = units_needed(estimate, abs(end - estimate) / NormalDist().inv_cdf(1 - error), sample.n, limit)
    # As many as there are have just failed to settle it.
    needed = max(needed, sample.n + 1)
    reachable = needed <= (_REACHABLE * sample.n if most is None else most)
    if item.about and not reachable:
        return beyond(item, most, sample.n)
    if not reachable:
        return f"over {_REACHABLE} times the {sample.n} {item.counted_in}, not reachable here"
    return f"about {needed:.0f} {item.counted_in} instead of {sample.n}"


def units_needed(estimate: float, error: float, n: int, limit: float) -> float:
    """Units at which a 95% interval clears the limit with a power of 80%, if the estimate is the truth.

    n · ((1.96 + .84) · standard error / |estimate − limit|)², rounded up; the error is taken to shrink with √n (Cohen
    1988, Statistical Power Analysis, ch. 2). By hand 20 · (2.8 · .05/.10)² = 39.2:

    >>> units_needed(0.70, 0.05, 20, 0.80), units_needed(0.80, 0.05, 20, 0.80)
    (40.0, inf)
    """
    distance = abs(estimate - limit)
    needed = n * ((1.96 + 0.84) * error / distance) ** 2 if distance else math.inf
    # Rounded first: 50.000000000000007 is 50, not 51.
    return float(math.ceil(round(needed, 9))) if math.isfinite(needed) else math.inf


def beyond(item: Headline, most: int | None, n: int) -> str:
    """What can be had where it would take more people than there are; `most` are still there, `n` are on record."""
    team = f"today's team of {most}" if most else f"a team of {n}"
    return f"{TALK}; numbers alone cannot in {team}, though {item.more} may help"


def to_settle(verdict: str, settled_by: str) -> str:
    """What would settle an open headline, as a sentence to add; a talk is not repeated, the headline has said it.

    >>> to_settle("cannot tell", "about 9 people instead of 7")
    ' What would settle it: about 9 people instead of 7.'
    """
    if verdict != "cannot tell" or not settled_by or settled_by.startswith(TALK):
        return ""
    return f" What would settle it: {settled_by}."


def _log_odds(value: float, item: Headline) -> float:
    if item.unit != "share":
        return value
    # A tolerance from the ends stands for the ends, which have no log-odds.
    inside = min(max(value, 0.001), 0.999)
    return math.log(inside / (1 - inside))
