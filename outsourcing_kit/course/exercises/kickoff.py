"""Exercises of lesson 3: was it in time, and did both sides take it in?"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.course.exercises.exercise import Answer, Exercise, scaled
from outsourcing_kit.kickoff import is_kickoff, kickoff_timeline, quiz_scores

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement


def _days(records: Engagement) -> float:
    return kickoff_timeline(records).days_between


def _days_since(column: str, which: Callable[[pd.DataFrame], Any]) -> Answer:
    """Days to the first paid work from the earliest `column` of the kickoffs that `which` picks."""

    def days(records: Engagement) -> float:
        timeline = kickoff_timeline(records)
        kickoffs = timeline.table[timeline.table["kind"].map(is_kickoff).astype(bool)]
        if timeline.first_work is None:
            return math.nan
        return float((timeline.first_work - kickoffs.loc[which(kickoffs), column].min()) / pd.Timedelta(days=1))

    return days


_from_begin = _days_since("happened_at", lambda kickoffs: kickoffs["counts"].astype(bool))
_from_calendar = _days_since("ends", lambda kickoffs: slice(None))
_from_held = _days_since("ends", lambda kickoffs: kickoffs["status"] == "held")


def _lacks_quiz(records: Engagement) -> str:
    if why := "; ".join(filter(None, map(records.lacks, ("quiz", "answer_key", "people")))):
        return why
    absent = [side for side, share in _sides(records).items() if math.isnan(share)]
    return f"needs quiz answers of the {' and '.join(absent)} side" if absent else ""


def _sides(records: Engagement) -> pd.Series:
    return quiz_scores(records.quiz, records.answer_key, records.people).table.set_index("side")["right"]


def _of_sides(how: str) -> Answer:
    return lambda records: float(_sides(records).agg(how, skipna=False))


def _without_dont_know(records: Engagement) -> float:
    from outsourcing_kit.kickoff.quiz import is_dont_know

    known = records.quiz[[not is_dont_know(answer) for answer in records.quiz["answer"]]]
    return float(quiz_scores(known, records.answer_key, records.people).table["right"].min(skipna=False))


def _rows(records: Engagement) -> pd.Series:
    """By side, whether each answer that can be held against the key is right."""
    rows = records.quiz.merge(records.answer_key[["question", "key"]], on="question").dropna(subset=["answer", "key"])
    given, wanted = (rows[name].str.strip().str.casefold() for name in ("answer", "key"))
    right = (given == wanted).astype(float).set_axis(rows["person"].map(records.side_of()))
    return right[right.index.notna()]


def _all_rows(records: Engagement) -> float:
    return float(_rows(records).mean())


def _rows_of_a_side(records: Engagement) -> float:
    return float(_rows(records).groupby(level=0).mean().min())


EXERCISES = (
    Exercise(
        key="kickoff.1",
        task=(
            "How many days lie between the end of the kickoff that counts and the first paid work? "
            "Negative if work came first, nan if no kickoff counts; do not round."
        ),
        hints=(
            "A kickoff counts if it was held and somebody of each side joined. Which columns say so?",
            'Keep the rows with status "held" and more than 0 in both client and provider; '
            "take the earliest of their ends.",
            "(first instant of work − end of the kickoff) / pd.Timedelta(days=1) gives days, with a sign.",
        ),
        expected=_days,
        wrong_ways={
            _from_begin: (
                "That counts from the kickoff's begin in the calendar: the work may not begin before it is over."
            ),
            _from_calendar: (
                "That counts from the first kickoff in the calendar: one that was cancelled, or that only one side "
                "joined, is none."
            ),
            _from_held: (
                "That counts from the first kickoff that was held: somebody of each side must have joined it, too."
            ),
            scaled(_days, -1): (
                "The sign is the wrong way round: work minus kickoff, so that negative means work came first."
            ),
            scaled(_days, 24): "That is in hours: days are asked.",
        },
        unit="days",
        lacks=lambda records: kickoff_timeline(records).missing,
        # About seven seconds: any slip above is larger, floating point is far smaller.
        tolerance=1e-4,
        because="The end is what counts: until then, not everything has been said.",
    ),
    Exercise(
        key="kickoff.2",
        task=(
            "What share of the quiz does the weaker side get right? Take each person's share first, then the mean over "
            'the people of a side; "don\'t know" is not right.'
        ),
        hints=(
            "Three steps: is each answer right, what share does each person have right, what is the mean of each side?",
            'answers.groupby(["side", "person"])["right"].mean() gives a share for each person.',
            'A second groupby("side").mean() gives two shares; the smaller one is asked.',
        ),
        expected=_of_sides("min"),
        wrong_ways={
            _all_rows: "That is the mean over all answers of both sides: the weaker side disappears in it.",
            _rows_of_a_side: (
                "That is the mean over a side's answers: whoever answered more counts more. "
                "Take each person's share first."
            ),
            _without_dont_know: (
                'That leaves out "don\'t know": somebody who does not know cannot work by it, so it counts as not '
                "right."
            ),
            _of_sides("mean"): (
                "That is the mean of both sides: a side that knows does not make up for one that does not."
            ),
            _of_sides("max"): "That is the stronger side: the weaker one is asked.",
        },
        unit="share",
        lacks=_lacks_quiz,
        # Three decimals are enough, whichever way they were rounded.
        tolerance=6e-4,
        because="People, not answers, are the units: nobody counts more for having answered more.",
    ),
)
