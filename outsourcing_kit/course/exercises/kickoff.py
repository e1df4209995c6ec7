"""Exercises of lesson 3: was it in time, and did both sides take it in?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.course.exercises.exercise import Exercise, WrongWay
from outsourcing_kit.kickoff import is_kickoff, kickoff_timeline, quiz_scores

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_DAY = pd.Timedelta(days=1)

# ---- kickoff.1: days from the kickoff's end to the first paid work -------------------------------------------------


def _days(records: Engagement) -> float:
    return kickoff_timeline(records).days_between


def _lacks_days(records: Engagement) -> str:
    return kickoff_timeline(records).missing


def _kickoffs(records: Engagement) -> pd.DataFrame:
    facts = kickoff_timeline(records).table
    return facts[facts["kind"].map(is_kickoff).astype(bool)]


def _to_work(records: Engagement, moment: pd.Timestamp) -> float:
    work = kickoff_timeline(records).first_work
    return math.nan if work is None else float((work - moment) / _DAY)


def _from_start(records: Engagement) -> float:
    rows = _kickoffs(records)
    return _to_work(records, rows.loc[rows["counts"].astype(bool), "happened_at"].min())


def _from_calendar(records: Engagement) -> float:
    return _to_work(records, _kickoffs(records)["ends"].min())


def _from_any_held(records: Engagement) -> float:
    rows = _kickoffs(records)
    return _to_work(records, rows.loc[rows["status"] == "held", "ends"].min())


def _other_way_round(records: Engagement) -> float:
    return -_days(records)


def _in_hours(records: Engagement) -> float:
    return 24 * _days(records)


def _on_wall_clocks(records: Engagement) -> float:
    """Each side's own clock, with the zones dropped."""
    timeline = kickoff_timeline(records)
    work, ends = timeline.first_work, timeline.kickoff_ends
    if work is None or ends is None:
        return math.nan
    zones = records.people.drop_duplicates("person").set_index("person")["time_zone"]
    providers = records.people.loc[records.people["side"] == "provider", "person"]
    for rows in (records.time_entries, records.work):
        began = rows[(rows["started"] == work) & rows["person"].isin(providers)]
        if len(began) and isinstance(zone := zones.get(began["person"].iloc[0]), str):
            here = ends.tz_convert(records.settings.time_zone).tz_localize(None)
            return float((work.tz_convert(zone).tz_localize(None) - here) / _DAY)
    return math.nan


# ---- kickoff.2: share of right answers on the weaker side ----------------------------------------------------------


def _weaker(records: Engagement) -> float:
    return float(_by_side(records).min(skipna=False))


def _lacks_quiz(records: Engagement) -> str:
    lacking = (records.lacks(name) for name in ("quiz", "answer_key", "people"))
    if why := "; ".join(what for what in lacking if what):
        return why
    absent = [side for side, share in _by_side(records).items() if math.isnan(share)]
    return f"needs quiz answers of the {' and '.join(absent)} side" if absent else ""


def _by_side(records: Engagement) -> pd.Series:
    return quiz_scores(records.quiz, records.answer_key, records.people).table.set_index("side")["right"]


def _mean_of_both(records: Engagement) -> float:
    return float(_by_side(records).mean())


def _stronger(records: Engagement) -> float:
    return float(_by_side(records).max())


def _without_dont_know(records: Engagement) -> float:
    from outsourcing_kit.kickoff.quiz import is_dont_know

    known = records.quiz[[not is_dont_know(answer) for answer in records.quiz["answer"]]]
    return float(quiz_scores(known, records.answer_key, records.people).table["right"].min(skipna=False))


def _all_rows(records: Engagement) -> float:
    rows = _right_rows(records)
    return float(rows["right"].mean())


def _rows_of_a_side(records: Engagement) -> float:
    return float(_right_rows(records).groupby("side")["right"].mean().min())


def _right_rows(records: Engagement) -> pd.DataFrame:
    """One row an answer that can be held against the key: side, right."""
    key = records.answer_key.drop_duplicates("question").set_index("question")["key"]
    side = records.people.drop_duplicates("person").set_index("person")["side"]
    rows = records.quiz.assign(side=records.quiz["person"].map(side), key=records.quiz["question"].map(key))
    rows = rows.dropna(subset=["answer", "side", "key"])
    plain = [rows[name].astype(str).str.strip().str.casefold() for name in ("answer", "key")]
    return rows.assign(right=(plain[0] == plain[1]).astype(float))


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
        wrong_ways=(
            WrongWay(
                "the begin, not the end",
                _from_start,
                "That counts from the kickoff's begin in the calendar: the work may not begin before it is over.",
            ),
            WrongWay(
                "every entry of the calendar",
                _from_calendar,
                "That counts from the first kickoff in the calendar: "
                "one that was cancelled, or that only one side joined, is none.",
            ),
            WrongWay(
                "held is enough",
                _from_any_held,
                "That counts from the first kickoff that was held: somebody of each side must have joined it, too.",
            ),
            WrongWay(
                "the wrong way round",
                _other_way_round,
                "The sign is the wrong way round: work minus kickoff, so that negative means work came first.",
            ),
            WrongWay("hours", _in_hours, "That is in hours: days are asked."),
            WrongWay(
                "time zones dropped",
                _on_wall_clocks,
                "That compares wall clocks of different places: keep the time zones, the records are in UTC.",
            ),
        ),
        unit="days",
        lacks=_lacks_days,
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
        expected=_weaker,
        wrong_ways=(
            WrongWay(
                "all rows pooled",
                _all_rows,
                "That is the mean over all answers of both sides: the weaker side disappears in it.",
            ),
            WrongWay(
                "rows instead of people",
                _rows_of_a_side,
                "That is the mean over a side's answers: whoever answered more counts more. Take each person's share "
                "first.",
            ),
            WrongWay(
                '"don\'t know" dropped',
                _without_dont_know,
                'That leaves out "don\'t know": somebody who does not know cannot work by it, so it counts as not '
                "right.",
            ),
            WrongWay(
                "mean of both sides",
                _mean_of_both,
                "That is the mean of both sides: a side that knows does not make up for one that does not.",
            ),
            WrongWay("the stronger side", _stronger, "That is the stronger side: the weaker one is asked."),
        ),
        unit="share",
        lacks=_lacks_quiz,
        kind="share",
        # Three decimals are enough, whichever way they were rounded.
        tolerance=6e-4,
        because="People, not answers, are the units: nobody counts more for having answered more.",
    ),
)
