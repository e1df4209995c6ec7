"""Exercises of lesson 5: how many months of good work were seen, and how much less than in-house?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.recognition import RecognisedMonths, recognised_months, recognition_gap

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement


def _months(records: Engagement) -> RecognisedMonths:
    zone = records.settings.time_zone
    return recognised_months(records.work, records.recognition, records.people, records.settings.end, time_zone=zone)


def _people(rows: pd.DataFrame) -> pd.Series:
    """By side, the mean over its people of each one's share that was seen."""
    return rows["seen"].astype(float).groupby([rows["side"], rows["person"]]).mean().groupby(level=0).mean()


def _share(records: Engagement) -> float:
    return float(_people(_months(records).person_months).get("provider", math.nan))


def _rows(records: Engagement) -> float:
    """The share seen with every person-month counted alike."""
    rows = _months(records).person_months
    return float(rows.loc[rows["side"] == "provider", "seen"].mean())


def _acts_per_item(records: Engagement) -> float:
    """The popular ratio: acts the provider's people received, for each good item of theirs."""
    months = _months(records)
    # Whatever the acts were for, as a dashboard counts them.
    items = months.items[months.items["side"] == "provider"]
    side = records.side_of()
    return (
        float((records.recognition["receiver"].map(side) == "provider").sum() / len(items)) if len(items) else math.nan
    )


def _items(records: Engagement) -> float:
    """The share of single items that were seen."""
    items = _months(records).items
    return float(items.loc[items["side"] == "provider", "seen"].mean())


def _everybody(records: Engagement) -> float:
    """The mean over the people of both sides: nobody took the provider's rows."""
    rows = _months(records).person_months
    return float(rows["seen"].astype(float).groupby(rows["person"]).mean().mean())


def _ever_seen(records: Engagement) -> float:
    rows = _months(records).person_months
    return float(rows[rows["side"] == "provider"].groupby("person")["seen"].max().mean())


def _lacks_months(records: Engagement) -> str:
    months = _months(records)
    own = months.person_months[months.person_months["side"] == "provider"] if not months.missing else ()
    return months.missing or ("" if len(own) else "needs good work of the provider's people")


def _gap(records: Engagement) -> float:
    found = recognition_gap(_months(records)).estimate
    return math.nan if found is None else found.estimate


def _raw(shares: pd.Series) -> float:
    return float(shares.get("client", math.nan) - shares.get("provider", math.nan))


def _usual_of_all(records: Engagement) -> float:
    """With the mean of all rows of a kind as what is usual, where the larger side sets it."""
    rows = _months(records).by_kind
    both = rows.groupby("kind")["side"].nunique().loc[lambda sides: sides == 2].index
    rows = rows[rows["kind"].isin(both)]
    seen = rows["seen"].astype(float)
    return _raw(_people(rows.assign(seen=seen - seen.groupby(rows["kind"]).transform("mean"))))


def _of_kinds(records: Engagement) -> float:
    """The plain mean of the gaps of the kinds, whoever did how much of them."""
    rows = _months(records).by_kind
    shares = rows["seen"].astype(float).groupby([rows["kind"], rows["side"]]).mean().unstack()
    return float((shares["client"] - shares["provider"]).mean())


EXERCISES = (
    worded(
        "recognition.1",
        _share,
        lacks=_lacks_months,
        slips={
            "rows": _rows,
            "acts_per_item": _acts_per_item,
            "ever_seen": _ever_seen,
            "everybody": _everybody,
            "items": _items,
        },
    ),
    worded(
        "recognition.2",
        _gap,
        lacks=lambda records: _lacks_months(records) or recognition_gap(_months(records)).missing,
        slips={
            "raw": lambda records: _raw(_people(_months(records).person_months)),
            "usual_of_all": _usual_of_all,
            "kinds": _of_kinds,
            "sign": lambda records: -_gap(records),
            "points": lambda records: 100 * _gap(records),
        },
        # Two machines may add in another order.
        tolerance=1e-9,
    ),
)
