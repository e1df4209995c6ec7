"""Who stays: those whose good work was seen, or the others as well?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import take
from outsourcing_kit.moments import instant
from outsourcing_kit.recognition.comparing import checked_months
from outsourcing_kit.recognition.crediting import RecognisedMonths
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import kaplan_meier
from outsourcing_kit.verdicts import CONFIDENCE
from outsourcing_kit.words import share_in_range


@dataclass(frozen=True, repr=False)
class Retention(Result):
    """`.table`: a row a group of at least five people: seen (at least half of their good months, or less), people,
    left, staying (share still there `days` after joining, nan where nobody was watched for so long), low, high (its
    90% range).
    """

    days: float = 270

    columns: ClassVar = {
        "seen": "text", "people": "count", "left": "count", "staying": "share", "low": "share", "high": "share",
    }  # fmt: skip
    _nothing: ClassVar = f"Groups under {FEWEST} people are not shown"

    def _view(self) -> pd.DataFrame:
        there = list(map(share_in_range, self.table["staying"], self.table["low"], self.table["high"]))
        return self.table[["seen", "people", "left"]].assign(**{f"there after {self.days:g} days": there})

    def _more(self) -> tuple[str, ...]:
        why = (
            "A comparison, no effect: who is seen and who leaves may have the same reason, such as the side, the work "
            "or the pay; and who left early had fewer months to be seen in"
        )
        return (why,) if len(self.table) else ()


def retention(
    months: RecognisedMonths, people: pd.DataFrame, now: dt.date | pd.Timestamp, *, days: float = 270
) -> Retention:
    """Who stays, among those whose good work was mostly seen and the others: Kaplan–Meier from joining to leaving.

    People who joined before the records began are counted from then on only (left truncation), and those still there
    for as long as they were watched. Both sides together, as a side alone is rarely large enough to hide a person in.

    Args:
        months: from `recognised_months`. people: person, joined, left. now: the end of the records.
        days: after joining, at which who is still there is told.

    Raises:
        BadDataError: cells that are not of their kind.
        OutsourcingKitError: months that are something else, days that are not above 0.

    Source: Kaplan & Meier 1958, doi 10.1080/01621459.1958.10501452.

    Example: five were seen and stay two years; of five who were not, one leaves after half a year.

    >>> rows = pd.DataFrame({"side": "provider", "person": list("abcdefghij"), "month": "2024-01", "kind": "report",
    ...     "seen": [True] * 5 + [False] * 5})
    >>> people = pd.DataFrame({"person": list("abcdefghij"), "joined": pd.Timestamp("2024-01-01"),
    ...     "left": [pd.NaT] * 9 + [pd.Timestamp("2024-07-01")]})
    >>> retention(RecognisedMonths(rows, rows, rows, rows, rows), people, dt.date(2026, 1, 1)).table["staying"].tolist()
    [1.0, 0.8]
    """
    if not days > 0:
        raise OutsourcingKitError(f"days is {days!r}; expected a number above 0. Mend: days=270.")
    share = checked_months(months).person_months.groupby("person")["seen"].mean()
    people, missing = take(people, "people", need=("person", "joined"), also=("left",))
    people = people.dropna(subset=["person", "joined"]).drop_duplicates("person").set_index("person")
    people = people[people.index.isin(share.index)]
    if missing or months.missing or people.empty:
        return Retention.lacking(missing or months.missing or "needs good work of people with a day of joining")
    end = instant(now).tz_localize(None)
    left = pd.to_datetime(people["left"])
    watched = (left.fillna(end).clip(upper=end) - pd.to_datetime(people["joined"])) / pd.Timedelta(days=1)
    # Whoever was there before has shown it by being there: only what follows can be watched.
    first = pd.Timestamp(months.person_months["month"].min())
    began = (first - pd.to_datetime(people["joined"])) / pd.Timedelta(days=1)
    # Half of the months is a line as good as any: what matters is that it was drawn before anybody looked.
    mostly, rows = share.reindex(people.index) >= 0.5, []
    for name, chosen in (("at least half", mostly), ("less", ~mostly)):
        own = chosen & (watched > began.clip(lower=0)) & (watched > 0)
        if own.sum() >= FEWEST:
            gone = left[own].notna() & (left[own] <= end)
            entry = began[own].clip(lower=0).where(began[own] > 0, -1.0)
            rows.append((name, int(own.sum()), int(gone.sum()), *_there(watched[own], gone, entry, days)))
    return Retention(pd.DataFrame(rows, columns=[*Retention.columns]), days)


def _there(watched: pd.Series, gone: pd.Series, entry: pd.Series, days: float) -> tuple[float, float, float]:
    """Share still there after `days`, and its range."""
    long = int((watched >= days).sum())
    if not long:
        return math.nan, math.nan, math.nan
    curve = kaplan_meier(watched, gone.astype(float), entry, confidence=CONFIDENCE)
    last = int((curve.time <= days).sum()) - 1
    if last < 0:
        # A curve that has not begun to fall has no range of its own: that of none among those watched long enough.
        return 1.0, float(((1 - CONFIDENCE) / 2) ** (1 / long)), 1.0
    return tuple(float(each[last]) for each in (curve.survival, curve.low, curve.high))  # type: ignore[return-value]
