"""Exercises of lesson 3: was it in time, and did both sides take it in?"""

from __future__ import annotations

import math
from functools import partial

import pandas as pd

from outsourcing_kit.course.exercises.exercise import worded
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.kickoff import is_kickoff, kickoff_timeline, quiz_scores
from outsourcing_kit.kickoff.quiz import is_dont_know


def _days(records: Engagement) -> float:
    return kickoff_timeline(records).days_between


def _days_since(records: Engagement, column: str, *, all_of_them: bool = False) -> float:
    """Days to the first paid work from the earliest `column` of the kickoffs that count, or of all."""
    timeline = kickoff_timeline(records)
    kickoffs = timeline.table[timeline.table["kind"].map(is_kickoff).astype(bool)]
    if timeline.first_work is None:
        return math.nan
    counted = kickoffs[kickoffs["counts"].astype(bool) | all_of_them]
    return float((timeline.first_work - counted[column].min()) / pd.Timedelta(days=1))


def _lacks_quiz(records: Engagement) -> str:
    if why := "; ".join(filter(None, map(records.lacks, ("quiz", "answer_key", "people")))):
        return why
    absent = [side for side, share in _sides(records).items() if math.isnan(share)]
    return f"needs quiz answers of the {' and '.join(absent)} side" if absent else ""


def _sides(records: Engagement) -> pd.Series:
    return quiz_scores(records.quiz, records.answer_key, records.people).table.set_index("side")["right"]


def _of_sides(records: Engagement, how: str = "min") -> float:
    return float(_sides(records).agg(how, skipna=False))


def _without_dont_know(records: Engagement) -> float:
    known = records.quiz[[not is_dont_know(answer) for answer in records.quiz["answer"]]]
    return float(quiz_scores(known, records.answer_key, records.people).table["right"].min(skipna=False))


def _answers(records: Engagement) -> pd.DataFrame:
    """Side, person, and whether it is right, of each answer that can be held against the key."""
    rows = records.quiz.merge(records.answer_key[["question", "key"]], on="question").dropna(subset=["answer", "key"])
    given, wanted = (rows[name].str.strip().str.casefold() for name in ("answer", "key"))
    return rows.assign(side=rows["person"].map(records.side_of()), right=given == wanted).dropna(subset=["side"])


def _lower_side(records: Engagement, how: str, *, by: tuple[str, ...] = ("side", "person")) -> float:
    """On the side where it is lower: the shares of right answers by `by`, put together by `how`."""
    return float(_answers(records).groupby([*by])["right"].mean().groupby("side").agg(how).min())


def _of_all_questions(records: Engagement) -> float:
    rows = _answers(records)
    shares = rows.groupby(["side", "person"])["right"].sum() / rows["question"].nunique()
    return float(shares.groupby("side").mean().min())


EXERCISES = (
    worded(
        "kickoff.1",
        _days,
        lacks=lambda records: kickoff_timeline(records).missing,
        from_begin=partial(_days_since, column="happened_at"),
        from_calendar=partial(_days_since, column="ends", all_of_them=True),
        whole_days=lambda records: math.floor(_days(records)) if math.isfinite(_days(records)) else math.nan,
        sign=lambda records: -_days(records),
        hours=lambda records: 24 * _days(records),
        # About seven seconds: any slip above is larger, floating point is far smaller.
        tolerance=1e-4,
    ),
    worded(
        "kickoff.2",
        _of_sides,
        lacks=_lacks_quiz,
        rows_of_a_side=partial(_lower_side, how="mean", by=("side",)),
        without_dont_know=_without_dont_know,
        median=partial(_lower_side, how="median"),
        mean=partial(_of_sides, how="mean"),
        of_all_questions=_of_all_questions,
        # Three decimals are enough, whichever way they were rounded.
        tolerance=6e-4,
    ),
)
