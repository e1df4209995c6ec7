"""What does waiting for late answers cost, if it keeps people from their work?"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from outsourcing_kit.expectations.answers import AnswerTimes
from outsourcing_kit.frames import of_each, take
from outsourcing_kit.money import Cost, checked, months_of, not_in_it
from outsourcing_kit.words import money, number, numbers, plural


def monthly_cost(
    answers: AnswerTimes, messages: pd.DataFrame, people: pd.DataFrame, *, currency: str, since: dt.date,
    until: dt.date, hours: float = 8.0,
) -> Cost:  # fmt: skip
    """From nothing to all waiting beyond `hours` for answers that came late: at most, if the asker's work stood still.

    Σ (shared hours to the answer − hours) × the asker's hourly_cost, over the months on record. Somebody may
    wait for two answers at once, do other work meanwhile, or stand still in hours that are not shared. How long anybody
    waited for what never came, or at what cost where none is on record, is unknown: it is left out and counted.

    `answers` are `answer_times` of these tables with the same `hours`, `since` and `until` the first and the last day
    on record.

    Raises:
        OutsourcingKitError: another result, cells that are not of their kind, days out of order.

    Example: 16 shared hours to an answer, 8 too many, at 30 an hour of who asked: 240 in a year, 20 a month.

    >>> from outsourcing_kit.stats import cluster_mean
    >>> at = pd.to_datetime(["2026-03-02 09:00"], utc=True)
    >>> row = {"question": ["q"], "answered": at, "hours": 16.0, "in_time": False, "left_out": False}
    >>> found = AnswerTimes(pd.DataFrame(row), cluster_mean([0.0], ["p"]))
    >>> sent = pd.DataFrame({"message": ["q"], "sender": "c"})
    >>> people = pd.DataFrame({"person": ["c"], "hourly_cost": 30})
    >>> year = {"since": dt.date(2026, 1, 1), "until": dt.date(2026, 12, 31)}
    >>> monthly_cost(found, sent, people, currency="EUR", **year).high
    20.0
    """
    answers, months = checked(answers, AnswerTimes, "answer_times(messages, people, now)"), months_of(since, until)
    sent, no_messages = take(messages, "messages", need=("message", "sender"))
    people, nobody = take(people, "people", need=("person", "hourly_cost"))
    if missing := answers.missing or no_messages:
        return Cost(missing=missing)
    late = answers.table[~answers.table["in_time"] & ~answers.table["left_out"]]
    came = late[late["answered"].notna()]
    # An answer that is still open may have been needed for an hour or for a year.
    others = (
        (len(late) - len(came), "question", "nobody answered"),
        (answers.unsaid, "message", "of which nobody says whether it needs an answer"),
        (answers.unplaced, "question", "by or to somebody without a side or working hours"),
    )
    if not len(late):
        reckoned = f"no question waited more than {hours:g} shared hours{not_in_it(*others)}"
        sentence = f"No question waited more than {hours:g} shared hours: waiting cost nothing."
        return Cost(0.0, 0.0, currency, reckoned, sentence=sentence)
    if not len(came):
        return Cost(missing=f"{plural(len(late), 'late question')} got no answer, so that no wait has a known end")
    if nobody:
        return Cost(missing=nobody)
    rate = came["question"].map(of_each(sent, "sender", "message")).map(of_each(people, "hourly_cost"))
    waited, known = came["hours"] - hours, rate.notna()
    if not known.any():
        return Cost(missing="needs hourly_cost of those who waited (table people)")
    amount = float((waited * rate)[known].sum())
    reckoned = (
        f"{plural(int(known.sum()), 'answer')} came late, {number(waited[known].sum())} shared hours in all "
        f"beyond the {hours:g} that each may take: {money(amount)} {currency} in {numbers(months)[0]} months, at most, "
        f"if the asker's work stood still in those hours"
    )
    unpaid = (int((~known).sum()), "late answer", "to somebody without an hourly cost")
    sentence = (
        f"At most {money(amount)} {currency} of waiting: {plural(int(known.sum()), 'late answer')}, "
        f"{numbers(round(float(waited[known].sum())))[0]} shared hours too long, if the asker's work stood still."
    )
    return Cost(0.0, amount / months, currency, reckoned + not_in_it(unpaid, *others), sentence=sentence)
