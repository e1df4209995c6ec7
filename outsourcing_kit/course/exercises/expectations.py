"""Exercises of lesson 4: is a question answered in time, and do a client and a provider mean the same?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.course.exercises.exercise import Answer, worded
from outsourcing_kit.expectations import answer_times, pair_agreement, pairs_of

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_HOURS = 8.0


def _questions(records: Engagement) -> pd.DataFrame:
    return answer_times(records.messages, records.people, records.settings.end, hours=_HOURS).table


def _of_people(
    in_time: Callable[[pd.DataFrame], pd.Series], which: Callable[[pd.DataFrame], pd.Series] = lambda q: ~q["left_out"]
) -> Answer:
    """The mean over people of each one's share in time, of the questions that `which` picks."""

    def share(records: Engagement) -> float:
        rows = _questions(records)
        rows = rows[which(rows).astype(bool)]
        return float(in_time(rows).astype(float).groupby(rows["person"]).mean().mean()) if len(rows) else math.nan

    return share


def _in_time(questions: pd.DataFrame) -> pd.Series:
    return questions["in_time"]


def _by_the_clock(questions: pd.DataFrame) -> pd.Series:
    return (questions["answered"] - questions["asked"]) <= pd.Timedelta(hours=_HOURS)


def _of_rows(records: Engagement) -> float:
    rows = _questions(records)
    return float(rows.loc[~rows["left_out"], "in_time"].astype(float).mean())


def _lacks_questions(records: Engagement) -> str:
    found = answer_times(records.messages, records.people, records.settings.end, hours=_HOURS)
    judged = found.table[~found.table["left_out"]] if len(found.table) else found.table
    return found.missing or ("" if len(judged) else "needs questions with 8 working hours of records after them")


def _agreement(records: Engagement) -> float:
    return pair_agreement(records.expectations, records.people).estimate.estimate


def _pairs(
    near: Callable[[pd.Series], pd.Series], by: tuple[str, ...] = ("person_client", "person_provider")
) -> Answer:
    """The share of pairs that are `near`, each group of `by` counted alike."""

    def share(records: Engagement) -> float:
        rows = pairs_of(records.expectations, records.people)
        apart = (rows["rating_client"] - rows["rating_provider"]).abs()
        return float(near(apart).astype(float).groupby([rows[name] for name in by]).mean().mean())

    return share


def _of_means(records: Engagement) -> float:
    lines = pair_agreement(records.expectations, records.people).table.dropna(subset=["client_mean", "provider_mean"])
    return float(((lines["client_mean"] - lines["provider_mean"]).abs() <= 1).mean())


EXERCISES = (
    worded(
        "expectations.1",
        _of_people(_in_time),
        lacks=_lacks_questions,
        slips={
            "answered_only": _of_people(_in_time, lambda q: ~q["left_out"] & q["answered"].notna()),
            "rows": _of_rows,
            "clock_hours": _of_people(_by_the_clock),
            "late_share": lambda records: 1 - _of_people(_in_time)(records),
            "provider_only": _of_people(_in_time, lambda q: ~q["left_out"] & (q["side"] == "provider")),
        },
    ),
    worded(
        "expectations.2",
        _agreement,
        lacks=lambda records: pair_agreement(records.expectations, records.people).missing,
        slips={
            "means": _of_means,
            "same": _pairs(lambda apart: apart == 0),
            "lines": _pairs(lambda apart: apart <= 1, ("expectation", "aspect")),
            "further": _pairs(lambda apart: apart > 1),
            "two_points": _pairs(lambda apart: apart <= 2),
        },
    ),
)
