"""Where a measure starts to be a problem, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import Headline, headline, headlines_of
from outsourcing_kit.settings import limit_fault
from outsourcing_kit.words import show

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

CONVENTION = "convention, edit me"


@dataclass(frozen=True)
class Limit:
    """Where a measure starts to be a problem, and who says so: the contract, the user, or a convention."""

    value: float
    source: str = CONVENTION


def limit_for(engagement: Engagement, key: str, limits: Mapping[str, float] | None = None) -> Limit:
    """The limit of a headline: the caller's, else an agreed target, else engagement.toml's, else the convention.

    `limits` may use the key with or without the mistake's name. Raises UnknownNameError for a name that is no headline
    of the mistake, OutsourcingKitError for a value outside what can happen.
    """
    item = headline(key)
    short = key.partition(".")[2]
    for name, value in (limits or {}).items():
        known = [other.key.partition(".")[2] for other in headlines_of(item.mistake)]
        if name not in known and name not in (f"{item.mistake}.{other}" for other in known):
            raise UnknownNameError.of("limit", name, known)
        if name in (short, key):
            return Limit(_checked(item, value), "yours")
    # What both sides have signed comes before what one of them wrote into a file, and both before our own taste.
    if "targets" in engagement.tables:
        agreed = engagement.targets[engagement.targets["measure"] == key]
        # A target for later does not judge the records of today.
        agreed = agreed[agreed["since"] <= pd.Timestamp(engagement.settings.observed_to)]
        if len(agreed):
            return Limit(_checked(item, float(agreed.sort_values("since")["target"].iloc[-1])), "agreed target")
    if key in engagement.settings.limits:
        return Limit(*engagement.settings.limits[key])
    return Limit(item.limit)


def _checked(item: Headline, value: Any) -> float:
    if fault := limit_fault(item.key, value):
        raise OutsourcingKitError(f"The limit is {fault.found}; expected {fault.expected}. Mend: {fault.mend}.")
    return float(value)


def target_for(item: Headline, limit: float) -> float:
    """What good looks like: the convention's target, unless a limit of one's own asks for as much or more.

    >>> target_for(headline("kickoff.quiz_right"), 0.7), target_for(headline("kickoff.quiz_right"), 0.9)
    (0.8, 0.9)
    """
    target = item.limit if item.target is None else item.target
    return max(target, limit) if item.better == "higher" else min(target, limit)


def scaled_limit(item: Headline, limit: float, factor: float, target: float | None = None) -> float | None:
    """The limit at half or double its tolerance; None where that is the best or worst value, as a reader sees it.

    The tolerance lies between the target and the limit, or between the best value and the limit where they are one.
    Half of "at least 70%, target 80%" is at least 75%.
    """
    start = item.best if target is None or target == limit else target
    other = start + factor * (limit - start)
    low, high = sorted((item.best, item.worst))
    # As it is shown: a limit of 99.9% reads "at least 100%", which tolerates nothing.
    an_end = not low < other < high or show(other, item.unit) in (show(low, item.unit), show(high, item.unit))
    return None if an_end else other
