"""Exercises of lesson 4: is a question answered in time, and do a client and a provider mean the same?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pandas as pd

from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.expectations import AnswerTimes, answer_times, pair_agreement, pairs_of, shared_hours
from outsourcing_kit.expectations.answers import WORKING_DAY, workdays_of

_HOURS = 8.0


def _questions(records: Engagement) -> AnswerTimes:
    return answer_times(records.messages, records.people, records.settings.end, hours=_HOURS)


def _in_time(records: Engagement, questions: pd.DataFrame) -> pd.Series:
    return questions["in_time"]


def _share(
    records: Engagement, counted: Callable[..., Any] = _in_time, *, answered: bool = False, alike: bool = True
) -> float:
    """The share `counted` in time of the questions to be judged, or `answered`; each person, or question, alike."""
    rows = _questions(records).table
    rows = rows[~rows["left_out"].astype(bool) & (rows["answered"].notna() | (not answered))]
    found = pd.Series(counted(records, rows), rows.index).astype(float)
    return float((found.groupby(rows["person"]).mean() if alike else found).mean())


def _by_the_clock(records: Engagement, questions: pd.DataFrame) -> pd.Series:
    return (questions["answered"] - questions["asked"]) <= pd.Timedelta(hours=_HOURS)


def _in_own_hours(records: Engagement, questions: pd.DataFrame) -> Any:
    own = workdays_of(records.people[[*WORKING_DAY]])
    # Of a question to nobody by name the asker stands in `person`; a working day is theirs all the same.
    days = [own[name] for name in questions["person"]]
    return shared_hours(questions["asked"], questions["answered"], days) <= _HOURS


def _lacks_questions(records: Engagement) -> str:
    found = _questions(records)
    if found.missing or not found.table["left_out"].all():
        return found.missing
    return "needs questions with 8 working hours of records after them"


def _within(apart: pd.Series) -> pd.Series:
    return apart.abs() <= 1


def _pairs(
    records: Engagement,
    near: Callable[..., pd.Series] = _within,
    by: Iterable[str] = ("person_client", "person_provider"),
) -> float:
    """The share of pairs whose difference, client minus provider, is `near`; each group of `by` counted alike."""
    rows = pairs_of(records.expectations, records.people)
    found = near(rows["rating_client"] - rows["rating_provider"]).astype(float)
    return float((found.groupby([rows[name] for name in by]).mean() if by else found).mean())


def _of_means(records: Engagement) -> float:
    lines = pair_agreement(records.expectations, records.people).table.dropna(subset=["client_mean", "provider_mean"])
    return float(((lines["client_mean"] - lines["provider_mean"]).abs() <= 1).mean())


EXERCISES = (
    worded(
        "expectations.1",
        _share,
        lacks=_lacks_questions,
        answered_only=partial(_share, answered=True),
        answered_rows=partial(_share, answered=True, alike=False),
        rows=partial(_share, alike=False),
        clock_hours=partial(_share, counted=_by_the_clock),
        own_hours=partial(_share, counted=_in_own_hours),
    ),
    worded(
        "expectations.2",
        lambda records: pair_agreement(records.expectations, records.people).estimate.estimate,
        lacks=lambda records: pair_agreement(records.expectations, records.people).missing,
        means=_of_means,
        rows=partial(_pairs, by=()),
        lines=partial(_pairs, by=("expectation", "aspect")),
        signed=partial(_pairs, near=lambda apart: apart <= 1),
        further=partial(_pairs, near=lambda apart: ~_within(apart)),
    ),
)
