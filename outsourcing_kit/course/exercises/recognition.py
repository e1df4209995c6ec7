"""Exercises of lesson 5: how many months of good work were seen, and how much less than in-house?"""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.recognition import RecognisedMonths, recognised_months, recognition_gap


def _months(records: Engagement) -> RecognisedMonths:
    zone = records.settings.time_zone
    return recognised_months(records.work, records.recognition, records.people, records.settings.end, time_zone=zone)


def _seen(rows: pd.DataFrame, side: str = "", *, alike: str = "person", how: str = "mean") -> float:
    """The share of a side's rows that were seen, each one of `alike` counted alike; blank: both sides, every row."""
    rows = rows[rows["side"] == side] if side else rows
    seen = rows["seen"].astype(float)
    return float((seen.groupby(rows[alike]).agg(how) if alike else seen).mean())


def _of_provider(records: Engagement, what: str = "person_months", **counted: str) -> float:
    return _seen(getattr(_months(records), what), "provider", **counted)


def _acts_per_item(records: Engagement) -> float:
    """The popular ratio: acts the provider's people received, for each good item of theirs."""
    # Whatever the acts were for, as a dashboard counts them.
    acts = (records.recognition["receiver"].map(records.side_of()) == "provider").sum()
    items = (_months(records).items["side"] == "provider").sum()
    return float(acts / items) if items else math.nan


def _lacks_months(records: Engagement) -> str:
    months = _months(records)
    if months.missing or (months.person_months["side"] == "provider").any():
        return months.missing
    return "needs good work of the provider's people"


def _gap(records: Engagement) -> float:
    found = recognition_gap(_months(records)).estimate
    return math.nan if found is None else found.estimate


def _raw(rows: pd.DataFrame) -> float:
    return _seen(rows, "client") - _seen(rows, "provider")


def _usual_of_all(records: Engagement) -> float:
    """With the mean of all rows of a kind as what is usual, where the larger side sets it."""
    rows = _months(records).by_kind
    both = rows.groupby("kind")["side"].nunique().loc[lambda sides: sides == 2].index
    rows = rows[rows["kind"].isin(both)]
    seen = rows["seen"].astype(float)
    return _raw(rows.assign(seen=seen - seen.groupby(rows["kind"]).transform("mean")))


def _of_kinds(records: Engagement) -> float:
    """The plain mean of the gaps of the kinds, whoever did how much of them."""
    rows = _months(records).by_kind
    shares = rows["seen"].astype(float).groupby([rows["kind"], rows["side"]]).mean().unstack()
    return float((shares["client"] - shares["provider"]).mean())


EXERCISES = (
    worded(
        "recognition.1",
        _of_provider,
        lacks=_lacks_months,
        rows=partial(_of_provider, alike=""),
        acts_per_item=_acts_per_item,
        ever_seen=partial(_of_provider, how="max"),
        everybody=lambda records: _seen(_months(records).person_months),
        items=partial(_of_provider, what="items", alike=""),
    ),
    worded(
        "recognition.2",
        _gap,
        lacks=lambda records: _lacks_months(records) or recognition_gap(_months(records)).missing,
        raw=lambda records: _raw(_months(records).person_months),
        usual_of_all=_usual_of_all,
        kinds=_of_kinds,
        sign=lambda records: -_gap(records),
        points=lambda records: 100 * _gap(records),
        # Two machines may add in another order.
        tolerance=1e-9,
    ),
)
