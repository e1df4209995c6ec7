"""Are questions answered in time, counted in working hours that both people share?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.expectations.either_way import share_in_time
from outsourcing_kit.expectations.working_hours import Anyone, Hours, Workday, shared_hours
from outsourcing_kit.frames import blank_table, flags, labels, lacking, sides, typed
from outsourcing_kit.moments import instant, instant_column
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import Estimate, kaplan_meier

_MESSAGE = ("message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer")
_PERSON = ("person", "side", "time_zone", "workday_start", "workday_end")
_NAMES = ("message", "thread", "sender", "recipient", "reply_to")
_WEEK = pd.Timedelta(days=7)
_OTHER = {"client": "provider", "provider": "client"}


@dataclass(frozen=True, repr=False)
class AnswerTimes(Shown):
    """`.table`: one row per question between the sides, oldest first; `.estimate`: share answered in time.

    Columns: question (its message), person (whose answer it waits for), side (that person's), asked, answered (blank
    while it is not), hours (working hours to the answer, nan without one), waited (working hours from asking to now),
    in_time, left_out (too late to judge), clock ("shared", or "own": the addressed person's hours where the two share
    none).

    `unsaid` messages between the sides do not say whether they need an answer, `unplaced` ones are by or to somebody
    whose side or working hours are blank: not in the table, but the estimate's interval allows for either reading of
    them. `automatic` messages were left out; of `unmarked` ones nobody said whether they are.
    """

    table: pd.DataFrame
    estimate: Estimate
    missing: str = ""
    unsaid: int = 0
    unplaced: int = 0
    automatic: int = 0
    unmarked: int = 0

    @property
    def by_side(self) -> pd.DataFrame:
        """One row per side that was asked: questions, answered, in_time and too_late (of those judged), left_out."""
        judged = self.table.assign(
            answered=self.table["answered"].notna(),
            in_time=self.table["in_time"] & ~self.table["left_out"],
            too_late=~self.table["in_time"] & ~self.table["left_out"],
        )
        counts = judged.groupby("side")[["answered", "in_time", "too_late", "left_out"]].sum().astype("int64")
        counts.insert(0, "questions", judged.groupby("side").size())
        return counts.reset_index().rename(columns={"side": "side that was asked"})

    def _view(self) -> pd.DataFrame:
        # Counts by side, not rows by person: who was slow is nobody's business here.
        return self.by_side

    @property
    def left_out(self) -> int:
        """Questions asked too late to judge."""
        return int(self.table["left_out"].sum())

    @property
    def unanswered(self) -> int:
        """Questions without an answer up to now, the late ones included."""
        return int(self.table["answered"].isna().sum())

    @property
    def own_clock(self) -> int:
        """Questions between people who share no working hours."""
        return int((self.table["clock"] == "own").sum())

    def median_hours(self) -> float:
        """Median working hours to an answer by Kaplan and Meier, a question still open counting as "longer than this".

        inf while fewer than half are answered; nan without questions.
        """
        if not len(self.table):
            return math.nan
        answered = self.table["answered"].notna()
        return kaplan_meier(self.table["hours"].where(answered, self.table["waited"]), answered).quantile(0.5)


def answer_times(messages: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp, *, hours: float = 8.0) -> AnswerTimes:
    """When was each question between the sides answered, in working hours that asker and answerer share?

    A question is a message with needs_answer whose sender and recipient are on different sides; a blank recipient means
    anyone of the other side. Its answer is the first later message of the other side that replies to it, or that the
    recipient writes in the same thread; messages marked as automatic are neither. Time runs while both are at work
    (working_hours.shared_hours); where the two share no hour in the week after the question, while the addressed person
    is. A question to everybody that nobody answered waits while the asker and anyone of the other side are at work.

    Questions asked less than `hours` such hours before `now` are left out, answered or not. The estimate is
    stats.cluster_mean of "answered within `hours`" by the person addressed (by who answered where nobody was named,
    else by who asked). A message that may or may not be a question, as needs_answer is blank, or a side or a working
    day, is in the interval only: it reaches over the readings (either_way.share_in_time).

    Args:
        messages: columns message, thread, sender, recipient, sent, reply_to, needs_answer [, automatic].
        people: columns person, side, time_zone, workday_start, workday_end.
        now: end of the records, an instant.
        hours: working hours within which an answer is in time.

    Returns:
        AnswerTimes; empty, and saying what is missing, where there is no question between the sides.

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
    missing = lacking(messages, "messages", *_MESSAGE) or lacking(people, "people", *_PERSON)
    if missing:
        return _nothing(missing)
    now = instant(now)
    people, messages = typed(people, "person", "side"), typed(messages, *_NAMES)
    messages, automatic, unmarked = _by_people(messages)
    asks = flags(messages, "needs_answer")
    if asks.isna().all():
        return _nothing("needs table messages, column needs_answer filled in", unsaid=len(messages))
    workdays = _workdays(people)
    side = sides(people).reindex(list(workdays))
    for name in _OTHER:
        if not side.eq(name).any():
            words = "needs table messages with questions between the sides"
            return _nothing(f"{words}: table people lists nobody of the {name} side with working hours")
    messages = messages.assign(
        sent=instant_column(messages, "sent"), asks=asks.fillna(False).astype(bool), unsaid=asks.isna()
    )
    messages = messages[messages["sent"] <= now]
    sent = _between_sides(messages, side)
    may_ask = (sent["asks"] | sent["unsaid"]) & (sent["from_side"] != sent["to_side"])
    table = _timed(sent[may_ask].reset_index(drop=True), sent, workdays, side, now, hours)
    unplaced = _unplaced(messages, people, workdays)
    unsure = table[table["unsaid"]]
    table = table[~table["unsaid"]].drop(columns="unsaid").reset_index(drop=True)
    counts = {"unsaid": len(unsure), "unplaced": len(unplaced), "automatic": automatic, "unmarked": unmarked}
    if not len(table):
        return _nothing("needs table messages with questions between the sides", **counts)
    judged, unsure = (part.loc[~part["left_out"], ["person", "in_time"]] for part in (table, unsure))
    unsure = pd.concat([unsure.astype({"in_time": float}), unplaced.assign(in_time=np.nan)])
    missing = "" if len(judged) else f"needs table messages with questions at least {hours:g} shared working hours old"
    return AnswerTimes(table, share_in_time(judged, unsure), missing, **counts)


def _by_people(messages: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    """The messages without those marked as automatic, how many those are, and of how many nobody said it."""
    if "automatic" not in messages:
        return messages, 0, len(messages)
    said = flags(messages, "automatic")
    automatic = said.fillna(False).to_numpy(dtype=bool)
    return messages[~automatic], int(automatic.sum()), int(said.isna().sum())


def _timed(
    questions: pd.DataFrame,
    sent: pd.DataFrame,
    workdays: dict[str, Workday],
    side: pd.Series,
    now: pd.Timestamp,
    hours: float,
) -> pd.DataFrame:
    """The questions with their answers and the working hours that passed: AnswerTimes.table, and `unsaid`."""
    answered, answerer = _first_answers(questions, sent)
    everybody = {name: Anyone(tuple(sorted({workdays[p] for p in side.index[side == name]}))) for name in _OTHER}
    asker = [workdays[name] for name in questions["sender"]]
    named = questions["recipient"].where(questions["recipient"].notna(), answerer)
    other = [
        everybody[to] if pd.isna(name) else workdays[name] for name, to in zip(named, questions["to_side"], strict=True)
    ]
    shares = shared_hours(questions["sent"], questions["sent"] + _WEEK, asker, other) > 0
    # Whose clock runs where nothing is shared: asking a side "alone with itself" leaves that side's own hours.
    partner: list[Hours] = [first if both else second for first, second, both in zip(asker, other, shares, strict=True)]
    taken = shared_hours(questions["sent"], answered, partner, other)
    waited = shared_hours(questions["sent"], np.full(len(questions), now), partner, other)
    table = pd.DataFrame(
        {
            "question": questions["message"],
            "person": named.where(named.notna(), questions["sender"]),
            "side": questions["to_side"],
            "asked": questions["sent"],
            "answered": answered,
            "hours": taken,
            "waited": waited,
            "in_time": taken <= hours + 1e-9,
            "left_out": waited < hours - 1e-9,
            "clock": np.where(shares, "shared", "own"),
            "unsaid": questions["unsaid"],
        }
    )
    return table.sort_values(["asked", "question"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True, repr=False)
class NaiveResponseTime(Shown):
    """`.table`: one row per popular shortcut: shortcut, says (a number), unit, leaves_out (in words)."""

    table: pd.DataFrame
    missing: str = ""


def naive_response_time(messages: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp) -> NaiveResponseTime:
    """Two popular shortcuts, to see what they hide: counting messages, and the mean clock time of answered ones.

    The mean is over answered questions alone, so that it gets better each time a slow one is never answered; and it
    counts nights and weekends, so that it judges distance on the map rather than people.

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
        kinds = {"shortcut": "object", "says": "float64", "unit": "object", "leaves_out": "object"}
        return NaiveResponseTime(blank_table(**kinds), times.missing)
    now = instant(now)
    done = times.table.dropna(subset=["answered"])
    clock = (done["answered"] - done["asked"]) / pd.Timedelta(hours=1)
    sent = instant_column(messages, "sent")
    weeks = max((now - sent.min()) / _WEEK, 1.0)
    rows = [
        ("messages a week", float((sent <= now).sum() / weeks), "messages", "whether any of them was an answer"),
        (
            "mean time to an answer",
            float(clock.mean()) if len(clock) else math.nan,
            "clock hours",
            f"{times.unanswered} of {len(times.table)} questions that nobody answered; nights and weekends are counted",
        ),
    ]
    return NaiveResponseTime(pd.DataFrame(rows, columns=["shortcut", "says", "unit", "leaves_out"]))


def _workdays(people: pd.DataFrame) -> dict[str, Workday]:
    """Everybody whose side and working day are known."""
    known = people.drop_duplicates("person")
    known = known[known["side"].isin(list(_OTHER)) & known[list(_PERSON)].apply(labels).notna().all(axis=1)]
    columns = (known[name] for name in ("person", "time_zone", "workday_start", "workday_end"))
    return {person: Workday(zone, str(start), str(end)) for person, zone, start, end in zip(*columns, strict=True)}


def _between_sides(sent: pd.DataFrame, side: pd.Series) -> pd.DataFrame:
    """Messages of known senders to known people or to nobody by name, with from_side and to_side."""
    sent = sent.assign(from_side=sent["sender"].map(side), to_side=sent["recipient"].map(side))
    sent["to_side"] = sent["to_side"].where(sent["recipient"].notna(), sent["from_side"].map(_OTHER))
    return sent[sent["from_side"].notna() & sent["to_side"].notna()]


def _unplaced(sent: pd.DataFrame, people: pd.DataFrame, workdays: dict[str, Workday]) -> pd.DataFrame:
    """Questions that may be between the sides, by or to somebody listed without a side or working hours: person."""
    side = sides(people)
    unknown = side.index[~side.index.isin(list(workdays))].dropna()
    asked = sent[sent["asks"] & (sent["sender"].isin(unknown) | sent["recipient"].isin(unknown))]
    first, second = (asked[name].map(side) for name in ("sender", "recipient"))
    listed = asked["sender"].isin(side.index) & (asked["recipient"].isna() | asked["recipient"].isin(side.index))
    asked = asked[listed & ~(first == second)]
    return pd.DataFrame({"person": asked["recipient"].where(asked["recipient"].notna(), asked["sender"])})


def _first_answers(questions: pd.DataFrame, sent: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Instant and author of each question's first answer, blank where there is none; in the questions' order."""
    asked = questions[["message", "thread", "recipient", "sent", "from_side"]].assign(row=np.arange(len(questions)))
    replies = sent.dropna(subset=["reply_to"])[["reply_to", "sender", "sent", "from_side"]]
    direct = asked.merge(replies, left_on="message", right_on="reply_to", suffixes=("", "_reply"))
    # A reply may carry the same minute as its question; it names it, so there is no doubt which came first.
    direct = direct[(direct["from_side_reply"] != direct["from_side"]) & (direct["sent_reply"] >= direct["sent"])]
    found = [direct[["row", "sent_reply", "sender"]], _next_in_thread(asked, sent)]
    answers = pd.concat([part for part in found if len(part)] or found[:1])
    answers = answers.sort_values(["sent_reply", "row"], kind="stable").drop_duplicates("row").set_index("row")
    answers = answers.reindex(asked["row"])
    return answers["sent_reply"].reset_index(drop=True), answers["sender"].reset_index(drop=True)


def _next_in_thread(asked: pd.DataFrame, sent: pd.DataFrame) -> pd.DataFrame:
    """The recipient's next message in the question's thread. One sorted search, as a channel can be one huge thread."""
    left = asked.dropna(subset=["thread", "recipient"])
    right = sent.dropna(subset=["thread"])
    keys = _numbered(pd.concat([left["thread"], right["thread"]]), pd.concat([left["recipient"], right["sender"]]))
    left = left.assign(key=keys[: len(left)])[["row", "key", "sent"]].sort_values("sent", kind="stable")
    right = right.assign(key=keys[len(left) :], sent_reply=right["sent"])[["key", "sent", "sent_reply", "sender"]]
    next_one = pd.merge_asof(
        left,
        right.sort_values("sent", kind="stable"),
        on="sent",
        by="key",
        direction="forward",
        allow_exact_matches=False,
    )
    return next_one.dropna(subset=["sent_reply"])[["row", "sent_reply", "sender"]]


def _numbered(*labels: Sequence[object] | pd.Series) -> np.ndarray:
    """One number for each combination of labels."""
    code = np.zeros(len(labels[0]), np.int64)
    for part in labels:
        number, names = pd.factorize(part)
        code = code * (len(names) + 1) + number
    return code


def _nothing(missing: str, **counts: int) -> AnswerTimes:
    instant = "datetime64[ns, UTC]"
    table = blank_table(
        question="object", person="object", side="object", asked=instant, answered=instant, hours="float64",
        waited="float64", in_time="bool", left_out="bool", clock="object",
    )  # fmt: skip
    return AnswerTimes(table, share_in_time(table, table), missing, **counts)
