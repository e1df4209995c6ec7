"""What would it cost to replace one of the provider's people?"""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.money import Cost, not_in_it
from outsourcing_kit.words import money, numbers, percent

# Shares of a year's pay: lowest and highest of the sources, and the median of 30 cases.
LOW, MEDIAN, HIGH = 0.02, 0.21, 2.0
_DAYS = 5 * 52
_KIND = "what-if"


def monthly_cost(people: pd.DataFrame, *, currency: str) -> Cost:
    """What replacing one full-time person of the provider a year would come to: a what-if, no effect of thanks.

    2% to 200% of a year's pay / 12, year's pay = median hourly_cost × median workday × 260 days. What a leaver costs
    the sources put a hundred times apart, and that thanks keep anybody no record here shows.

    A person without an hourly cost or a workday is left out and counted.

    Raises:
        BadDataError: cells that are not of their kind.

    Source: Boushey & Glynn 2012 (30 cases, median 21%); Equitable Growth's review (2% to 150%); Gallup (40%, 80%, 200%
        for front line, technical staff, leaders).

    Example: 15 an hour, 8 hours a day: 31,200 a year, of which 2% are 624 and 200% are 62,400.

    >>> people = pd.DataFrame({"person": ["p"], "side": "provider", "hourly_cost": 15, "workday_start": "22:00",
    ...     "workday_end": "06:00"})
    >>> cost = monthly_cost(people, currency="EUR")
    >>> cost.low, cost.high
    (52.0, 5200.0)
    """
    need = ("side", "hourly_cost", "workday_start", "workday_end")
    people, missing = take(people, "people", need=need, also=("person",))
    people = people[(people["side"] == "provider") & ~(people["person"].notna() & people["person"].duplicated())]
    starts, ends = (pd.to_timedelta(people[name] + ":00") for name in need[2:])
    # A workday that ends before it begins ends on the next day.
    day = ((ends - starts) / pd.Timedelta(hours=1)).map(lambda hours: hours if hours > 0 else hours + 24)
    known = people["hourly_cost"].notna() & day.notna()
    if missing or not known.any():
        missing = missing or "needs hourly_cost and a workday of the provider's people (table people)"
        return Cost(missing=missing, kind=_KIND)
    rate, hours = float(people["hourly_cost"][known].median()), float(day[known].median()) * _DAYS
    # The medians, so that one dear specialist or one night shift does not set the figure.
    pay = rate * hours
    reckoned = (
        f"if one full-time person of the provider leaves a year, a replacement takes {percent(MEDIAN)} of a year's pay "
        f"in the median case, {money(MEDIAN * pay)} {currency}, and {percent(LOW)} to {percent(HIGH)} by source "
        f"({numbers(rate)[0]} {currency} an hour, {numbers(hours)[0]} hours); a what-if, no effect of thanks"
    )
    beside = not_in_it((int((~known).sum()), "person", "without an hourly cost or a workday"))
    sentence = (
        f"If one of them left, replacing that person would cost about {money(MEDIAN * pay)} {currency} "
        f"({percent(MEDIAN)} of a year's pay; {percent(LOW)} to {percent(HIGH)} by source); whether thanks keep "
        "anybody, nobody can tell."
    )
    return Cost(LOW * pay / 12, HIGH * pay / 12, currency, reckoned + beside, kind=_KIND, sentence=sentence)
