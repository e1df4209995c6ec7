"""Are questions answered in time, counted in working hours that both people share?"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.expectations.either_way import counted, share_in_time
from outsourcing_kit.expectations.working_hours import Anyone, Hours, Workday, shared_hours
from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import HALF_A_DAY, instant, instants, is_day
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import Estimate, kaplan_meier

_MESSAGE = ("message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer")
WORKING_DAY = ("person", "side", "time_zone", "workday_start", "workday_end")
_WEEK = pd.Timedelta(days=7)
_OTHER = {"client": "provider", "provider": "client"}
# Sums of hours must not miss a limit by a rounding error.
_TOLERANCE = 1e-9


@dataclass(frozen=True, repr=False)
class AnswerTimes(Result):
    """`.table`: one row per question between the sides, oldest first; `.estimate`: share answered in time.

    Columns: question (its message), person (whose answer it waits for), side (that person's), asked, answered (blank
    while it is not), hours (working hours to the answer, nan without one), waited (working hours from asking to now),
    in_time, left_out (too late to judge), clock ("shared", or "own": the addressed person's hours where the two share
    none).

    `unsaid` messages between the sides do not say whether they need an answer, `unplaced` ones are by or to somebody
    whose side or working hours are blank: not in the table, but the estimate's interval allows for either reading of
    them. So it does for the `untimed` ones, of which, or of whose answer, only the day is known. `automatic` messages
    were left out; of `unmarked` ones nobody said whether they are.
    """

    estimate: Estimate
    unsaid: int = 0
    unplaced: int = 0
    automatic: int = 0
    unmarked: int = 0
    untimed: int = 0

    columns: ClassVar = {
        "question": "text", "person": "text", "side": "text", "asked": "instant", "answered": "instant",
        "hours": "number", "waited": "number", "in_time": "flag", "left_out": "flag", "clock": "text",
    }  # fmt: skip

    @property
    def by_side(self) -> pd.DataFrame:
        """One row per side that was asked: questions, answered, in_time and too_late (of those judged), left_out."""
        side = self.table["side"].rename("side that was asked")
        return counted(self.table, "questions").groupby(side).sum().reset_index()

    def _view(self) -> pd.DataFrame:
        # Counts by side, not rows by person: who was slow is nobody's business here.
        return self.by_side

    @property
    def in_words(self) -> str:
        """The median with open questions counted as still waiting, beside that of the answered ones alone."""
        if not len(self.table):
            return f"No question between the sides on record{f': {self.missing}' if self.missing else ''}."
        median, known = self.median_hours(), self.table["hours"].median()
        half = "More than half still wait"
        half = half if math.isinf(median) else f"Half were answered within {median:.1f} shared hours"
        answered = "" if math.isnan(known) else f"; of the answered ones alone, half within {known:.1f}"
        return f"{half}, open questions counted as waiting{answered}."

    @property
    def left_out(self) -> int:
        """Questions asked too late to judge."""
        return int(self.table["left_out"].sum())

    @property
    def unanswered(self) -> int:
        """Questions without an answer up to now, the late ones included."""
        return int(self.table["answered"].isna().sum())

    def median_hours(self) -> float:
        """Median working hours to an answer by Kaplan and Meier, a question still open counting as "longer than this".

        inf while fewer than half are answered; nan without questions.
        """
        if not len(self.table):
            return math.nan
        answered = self.table["answered"].notna()
        # Leaving open questions out would make the median better the fewer are answered.
        return kaplan_meier(self.table["hours"].where(answered, self.table["waited"]), answered).quantile(0.5)


def answer_times(
    messages: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp | dt.date, *, hours: float = 8.0
) -> AnswerTimes:
    """When was each question between the sides answered, in working hours that asker and answerer share?

    A question is a message with needs_answer from one side to the other; a blank recipient means anyone there. Its
    answer is the first later message of the other side that replies to it, or that the recipient writes in the thread.
    Questions asked less than `hours` before `now` are left out, answered or not. The estimate is stats.person_share of
    "answered within `hours`" by the person addressed, or who asked where nobody is.

    Args:
        messages: columns message, thread, sender, recipient, sent, reply_to, needs_answer [, automatic].
        people: columns person, side, time_zone, workday_start, workday_end.
        now: end of the records, an instant or a day.
        hours: shared hours within which an answer is in time.

    Raises:
        BadDataError: cells that are not of their column's kind, such as times without a UTC offset.

    Example: on a Monday at 15:00 in Madrid Ann asks Cid in Manila, where it is 22:00. The next shared hour is Tuesday 9
    to 10 in Madrid; he answers at 9:30.

    >>> people = pd.DataFrame({"person": ["Ann", "Cid"], "side": ["client", "provider"],
    ...     "time_zone": ["Europe/Madrid", "Asia/Manila"], "workday_start": "09:00", "workday_end": "17:00"})
    >>> messages = pd.DataFrame({"message": ["q", "a"], "thread": "t", "sender": ["Ann", "Cid"],
    ...     "recipient": ["Cid", "Ann"], "reply_to": [None, "q"], "needs_answer": [True, False],
    ...     "sent": pd.to_datetime(["2026-01-12T15:00+01:00", "2026-01-13T09:30+01:00"])})
    >>> answer_times(messages, people, pd.Timestamp("2026-02-01", tz="UTC")).table[["hours", "in_time"]].values.tolist()
    [[0.5, True]]
    """
    messages, no_messages = take(messages, "messages", need=_MESSAGE, also=("automatic",))
    people, nobody = take(people, "people", need=WORKING_DAY)
    now = instant(now)
    # A machine's message is neither question nor answer; of an unmarked one nobody knows, so it counts.
    by_machine = messages["automatic"].fillna(False).to_numpy(dtype=bool)
    automatic, unmarked = int(by_machine.sum()), int(messages["automatic"].isna().sum())
    messages = messages[~by_machine].reset_index(drop=True)
    workdays, listed = workdays_of(people), sides(people)
    # Somebody without working hours has no clock to time by; their questions widen the interval instead.
    side = listed.reindex(list(workdays))
    # What was sent after the end of the records is not known yet, neither question nor answer.
    sent = messages[messages["sent"] <= now]
    sent = sent.assign(asks=sent["needs_answer"].fillna(False).astype(bool), unsaid=sent["needs_answer"].isna())
    absent = [name for name in _OTHER if not side.eq(name).any()]
    between = _between_sides(sent[:0] if absent else sent, side)
    may_ask = (between["asks"] | between["unsaid"]) & (between["from_side"] != between["to_side"])
    table = _timed(between[may_ask].reset_index(drop=True), between, workdays, side, now, hours)
    # What may or may not be a question is in the interval only, which reaches over both readings, and so is what needs
    # the time of day.
    unplaced = _unplaced(sent, listed.to_dict(), workdays)
    by_day = is_day(table["asked"]) | is_day(table["answered"])
    unsaid, untimed = int(table["unsaid"].sum()), int((by_day & ~table["unsaid"]).sum())
    either = table["unsaid"] | by_day
    unsure = table.assign(in_time=table["in_time"].astype(float).mask(by_day))[either & ~table["left_out"]]
    others = pd.DataFrame({"person": pd.Series(unplaced, dtype=object), "in_time": np.nan})
    unsure = pd.concat([unsure[["person", "in_time"]], others])
    table = table[~either].drop(columns="unsaid").reset_index(drop=True)
    judged = table.loc[~table["left_out"], ["person", "in_time"]]
    missing = no_messages or nobody or _lacking(messages, absent, len(table), len(judged), hours)
    if untimed and not len(judged):
        missing = "needs table messages, column sent with the time of day"
    estimate = share_in_time(judged, unsure, max(listed.value_counts().tolist(), default=None))
    return AnswerTimes(table, estimate, unsaid, len(unplaced), automatic, unmarked, untimed, missing=missing)


def _lacking(messages: pd.DataFrame, absent: list[str], questions: int, judged: int, hours: float) -> str:
    """Why no share can be said, where there are messages and people; "" where it can."""
    if messages["needs_answer"].isna().all():
        return "needs table messages, column needs_answer, which is empty in all rows"
    if not questions:
        who = f": table people lists nobody of the {absent[0]} side with working hours" if absent else ""
        return f"needs table messages with questions between the sides{who}"
    return "" if judged else f"needs table messages with questions at least {hours:g} shared hours old"


def workdays_of(people: pd.DataFrame) -> dict[str, Workday]:
    """Everybody whose side and working day are known; people: person, side, time_zone, workday_start, workday_end."""
    # Of a person listed twice the first row counts, as everywhere, also where it is the one with blanks.
    rows = people.drop_duplicates("person").dropna()[[*WORKING_DAY]].to_numpy().tolist()
    return {person: Workday(*clock) for person, _, *clock in rows}


def _between_sides(sent: pd.DataFrame, side: pd.Series) -> pd.DataFrame:
    """Messages of known senders to known people or to nobody by name, with from_side and to_side."""
    from_side, to_side = sent["sender"].map(side), sent["recipient"].map(side)
    to_side = to_side.where(sent["recipient"].notna(), from_side.map(_OTHER))
    return sent.assign(from_side=from_side, to_side=to_side)[from_side.notna() & to_side.notna()]


def _unplaced(sent: pd.DataFrame, listed: dict[str, str | None], workdays: dict[str, Workday]) -> list[str]:
    """Questions that may be between the sides, by or to somebody listed without a side or working hours: by person."""
    unknown = listed.keys() - workdays
    return [
        to or by
        for by, to, asks in zip(sent["sender"], sent["recipient"], sent["asks"], strict=True)
        if asks and (by in unknown or to in unknown) and by in listed and (to is None or to in listed)
        if not listed[by] or to is None or listed[by] != listed[to]
    ]


def _timed(
    questions: pd.DataFrame, sent: pd.DataFrame, workdays: dict[str, Workday], side: pd.Series, now: pd.Timestamp,
    hours: float,
) -> pd.DataFrame:  # fmt: skip
    """AnswerTimes.table, and `unsaid`."""
    asked, places = questions["sent"], _first_answers(questions, sent)
    answered, answerer = (sent[name].reset_index(drop=True).reindex(places).array for name in ("sent", "sender"))
    # A question to everybody that nobody answered waits while anyone of the other side is at work.
    everybody = {name: Anyone(tuple(sorted({workdays[p] for p in side.index[side == name]}))) for name in _OTHER}
    asker = [workdays[name] for name in questions["sender"]]
    # Where nobody was named, whoever answered had the time to.
    named = zip(questions["recipient"], answerer, questions["to_side"].tolist(), strict=True)
    other = [workdays.get(name or by, everybody[to]) for name, by, to in named]
    # A week shows every pattern of working days; nights on opposite sides of the world may never meet.
    shares = shared_hours(asked, asked + _WEEK, asker, other) > 0
    # Whose clock runs where nothing is shared: asking a side "alone with itself" leaves that side's own hours.
    partner: list[Hours] = [first if both else second for first, second, both in zip(asker, other, shares, strict=True)]
    ends = (pd.Series(answered, asked.index), pd.Series(now, asked.index, asked.dtype))
    taken, waited = (shared_hours(asked, end, partner, other) for end in ends)
    table = questions.rename(columns={"message": "question", "to_side": "side", "sent": "asked"}).assign(
        # One to nobody by name counts for who asked, answered or not: else an open one could improve the share.
        person=questions["recipient"].where(questions["recipient"].notna(), questions["sender"]),
        answered=answered, hours=taken, waited=waited,
        in_time=taken <= hours + _TOLERANCE, left_out=waited < hours - _TOLERANCE,
        clock=np.where(shares, "shared", "own"),
    )[[*AnswerTimes.columns, "unsaid"]]  # fmt: skip
    return table.sort_values(["asked", "question"], kind="stable")


def _first_answers(questions: pd.DataFrame, sent: pd.DataFrame) -> list[int]:
    """The place in `sent` of each question's first answer, −1 where there is none."""
    when, by_day = instants(sent["sent"]).tolist(), is_day(sent["sent"]).tolist()
    side, replies, words = sent["from_side"].tolist(), defaultdict(list), defaultdict(list)
    columns = (sent[name].tolist() for name in ("reply_to", "thread", "sender"))
    for place, (reply_to, thread, sender) in enumerate(zip(*columns, strict=True)):
        if reply_to is not None:
            replies[reply_to].append(place)
        if thread is not None:
            # A word of which only the day is known may be the answer to all that was asked on it.
            words[thread, sender].append((when[place] + by_day[place] * HALF_A_DAY, place))
    for said in words.values():
        said.sort()
    found = []
    columns = (questions[name].tolist() for name in ("message", "thread", "recipient", "from_side"))
    asked = zip(instants(questions["sent"]).tolist(), is_day(questions["sent"]).tolist(), *columns, strict=True)
    for moment, its_day, message, thread, recipient, own in asked:
        # A reply may carry the same minute as its question; it names it, so there is no doubt which came first.
        answers = [
            (when[place], 0, place)
            for place in replies.get(message, ())
            if side[place] != own and when[place] >= moment - (its_day or by_day[place]) * HALF_A_DAY
        ]
        # Else the recipient's next message in the thread, by a search, as a channel can be one huge thread.
        following = words.get((thread, recipient), []) if recipient is not None else []
        if (at := bisect(following, (moment, math.inf))) < len(following):
            place = following[at][1]
            answers.append((when[place], 1, place))
        # By time first: a reply in another thread can be earlier than the next word in this one.
        found.append(min(answers)[2] if answers else -1)
    return found


@dataclass(frozen=True, repr=False)
class NaiveResponseTime(Result):
    """`.table`: one row per popular shortcut: shortcut, says (a number), unit, leaves_out (in words)."""

    columns: ClassVar = {"shortcut": "text", "says": "number", "unit": "text", "leaves_out": "text"}

    def _view(self) -> pd.DataFrame:
        # As it is told in meetings: the number, and not what it leaves out.
        return self.table[["shortcut", "says"]].head(1).round({"says": 0})


def naive_response_time(messages: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp | dt.date) -> NaiveResponseTime:
    """Two popular shortcuts, to see what they hide: counting messages, and the mean clock time of answered ones.

    The mean is over answered questions alone, so that it gets better each time a slow one is never answered; and it
    counts nights and weekends, so that it judges distance on the map rather than people.

    Raises:
        BadDataError: cells that are not of their column's kind, such as times without a UTC offset.

    >>> people = pd.DataFrame({"person": ["c", "p"], "side": ["client", "provider"], "time_zone": "UTC",
    ...     "workday_start": "09:00", "workday_end": "17:00"})
    >>> sent = pd.to_datetime(["2026-03-02 09:00", "2026-03-02 11:00", "2026-03-03 09:00"], utc=True)
    >>> messages = pd.DataFrame({"message": ["q", "a", "r"], "thread": "t", "sender": ["c", "p", "c"],
    ...     "recipient": ["p", "c", "p"], "sent": sent, "reply_to": [None, "q", None],
    ...     "needs_answer": [True, False, True]})
    >>> shortcuts = naive_response_time(messages, people, pd.Timestamp("2026-03-09 09:00", tz="UTC")).table
    >>> shortcuts["says"].tolist()  # three messages in a week; two hours to the only answer there was
    [3.0, 2.0]
    """
    times = answer_times(messages, people, now)
    if not len(times.table):
        return NaiveResponseTime.lacking(times.missing)
    now, sent = instant(now), take(messages, "messages", need=("sent",))[0]["sent"]
    # Of less than a week on record nobody should hear a rate of hundreds.
    a_week = float((sent <= now).sum() / max((now - sent.min()) / _WEEK, 1.0))
    clock = (times.table["answered"] - times.table["asked"]) / pd.Timedelta(hours=1)
    hidden = f"{times.unanswered} of {len(times.table)} questions that nobody answered; nights and weekends are counted"
    rows = [
        ("messages a week", a_week, "messages", "whether any of them was an answer"),
        ("mean time to an answer", clock.dropna().mean(), "clock hours", hidden),
    ]
    return NaiveResponseTime(pd.DataFrame(rows, columns=list(NaiveResponseTime.columns)))
