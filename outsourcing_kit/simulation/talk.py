"""Tables of the expectations: ratings by both sides, questions and their answers, proposals."""

from __future__ import annotations

import numpy as np

from outsourcing_kit.simulation.calibrate import (
    LENIENCY_SD,
    NOISE_SD,
    SPREADS,
    log_wait_mean,
    mean_over,
    rating_shift,
    shares_within,
)  # fmt: skip
from outsourcing_kit.simulation.clock import DAY, NAT, after_shared, shared_windows, weekdays
from outsourcing_kit.simulation.frames import STORY, Columns, codes
from outsourcing_kit.simulation.roster import WORK_BEGINS, Roster

HOURS, DAYS = 8, 14
PRIVATE = 0.02  # share of the questions that were answered by phone or chat: the record never shows it
EXPECTATIONS = STORY["expectations"]
_ASKED_ABOUT = 5
# The meaning of the first expectation is misread where few pairs agree: then one pair in two reads it alike.
_MISREAD, _ALIKE = (0.1, 0.70), 0.5
# Where few questions are answered in time, some late answers never come at all.
_SILENT_BELOW, _SILENT = 0.80, 0.15
_GIVES_IN_BELOW = 0.60  # where fewer proposals are answered in time, few are adopted, and the provider alone gives way
ASPECTS = ("meaning", "importance", "met")
# Where the ratings would lie without any difference between the sides; never half-way between two of them.
_BASES = tuple(round(2.7 + 0.9 * ((7 * number) % 24) / 23, 3) for number in range(len(EXPECTATIONS) * len(ASPECTS)))
_PERSON_SD, _THREAD_SD, _REST_SD = 0.5, 0.4, 0.8  # of the logarithm of a wait
_RAISER_SD, _PROPOSAL_SD = 0.4, 0.8
_QUESTIONS_A_MONTH, _PROPOSALS_A_YEAR = 0.5, 4.5


def rating_table(roster: Roster, within: float, rng: np.random.Generator) -> Columns:
    """Ratings 1 … 5; each person has a leniency and a spread. A few were asked twice: the later answer counts."""
    misread = _MISREAD[0] < within < _MISREAD[1]
    # The misread expectation has half of its pairs apart; the others make up for it, so that the share stays true.
    bases = _BASES[1:] if misread else _BASES
    shift, scale = rating_shift((within * len(_BASES) - _ALIKE * misread) / len(bases), bases)
    count, cells = roster.count, len(_BASES)
    centre = np.where(roster.provider, -shift / 2, shift / 2) + scale * rng.normal(0, LENIENCY_SD, count)
    spread = scale * NOISE_SD * np.asarray(SPREADS)[rng.integers(0, 2, count)]

    def rate() -> np.ndarray:
        value = np.asarray(_BASES) + centre[:, None] + spread[:, None] * rng.standard_normal((count, cells))
        rating = np.clip(np.floor(value + 0.5), 1, 5)
        if misread:
            rating[:, 0] = np.where(high, 5, 1) + np.where(high, -1, 1) * (rating[:, 0] % 2)
        return rating

    wait = min(60, (roster.last - roster.first) // 2)
    first_asked = np.minimum(np.maximum(roster.present, roster.first) + wait, roster.until)
    # Short sheets: everybody is asked about five of the eight, drawn by lot; some leave a line out.
    drawn = rng.random((count, len(EXPECTATIONS))).argsort(axis=1) < _ASKED_ABOUT
    given = np.repeat(drawn, len(ASPECTS), axis=1) & (rng.random((count, cells)) >= 0.04)
    high = _half_of_each_side(roster.provider, given[:, 0], rng.spawn(1)[0])
    again = (rng.random((count, cells)) < 0.04) & given & (first_asked + 90 <= roster.until)[:, None]
    parts = [(np.nonzero(given), rate(), first_asked), (np.nonzero(again), rate(), first_asked + 90)]
    who = np.concatenate([place[0] for place, _, _ in parts])
    cell = np.concatenate([place[1] for place, _, _ in parts])
    return {
        "expectation": [EXPECTATIONS[number // len(ASPECTS)] for number in cell],
        "aspect": [ASPECTS[number % len(ASPECTS)] for number in cell],
        "person": roster.person[who],
        "rating": np.concatenate([rating[place] for place, rating, _ in parts]),
        "asked_on": np.concatenate([asked[place[0]] for place, _, asked in parts]),
    }


def _half_of_each_side(provider: np.ndarray, rates: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Who reads a word the one way: every other rater of a side, by lot. The two means are equal, the pairs are not."""
    high = np.zeros(len(rates), bool)
    for side in (False, True):
        high[rng.permutation(np.flatnonzero((provider == side) & rates))[rng.integers(2) :: 2]] = True
    return high


def message_table(roster: Roster, in_time: float, rng: np.random.Generator) -> tuple[Columns, float]:
    """Questions between the sides with their answers, and messages that ask nothing; the truth of those asked.

    Waits run in working hours that both people share. Their logarithm has an effect of the person asked, one of the
    thread, and a rest, so that P(wait <= 8 h) is a normal probability; private answers are counted in.
    """
    asker, asked, sent, thread = questions = _questions(roster, rng)
    private = min(PRIVATE, (1 - in_time) / 3)
    sd = float(np.sqrt(_PERSON_SD**2 + _THREAD_SD**2 + _REST_SD**2))
    mean = log_wait_mean(in_time / (1 - private), HOURS * 3600, sd)
    slow = rng.normal(0, _PERSON_SD, roster.count)
    effect = rng.normal(0, _THREAD_SD, len(asker))[thread] if len(asker) else np.zeros(0)
    wait = np.exp(mean + slow[asked] + effect + rng.normal(0, _REST_SD, len(asker)))
    # The tail of a lognormal may be longer than any calendar.
    wait = np.floor(np.minimum(wait, 400 * 3600.0)).astype(np.int64)
    answered = _answer_times(roster, asker, asked, sent, wait)
    answered[rng.random(len(asker)) < private] = NAT
    answered[wait > 60 * 3600] = NAT  # after a week and a half nobody answers any more
    if in_time < _SILENT_BELOW:
        # Late as it would have been, it stays away: whoever counts the answered ones alone sees a better share.
        answered[(wait > HOURS * 3600) & (rng.spawn(1)[0].random(len(asker)) < _SILENT)] = NAT
    answered[answered >= _barred_from(roster, asked, sent, thread)] = NAT
    chance = (1 - private) * shares_within(mean + slow, HOURS * 3600, float(np.hypot(_THREAD_SD, _REST_SD)))
    followed = _answer_times(roster, asker, asked, sent, np.full(len(sent), HOURS * 3600)) <= roster.now
    return _as_messages(roster, questions, answered, rng), mean_over(asked[followed], chance)


def _questions(roster: Roster, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Who asks whom, when, in which thread. Nobody is asked in the week before leaving."""
    from_day = np.maximum(roster.present, WORK_BEGINS)
    months = np.maximum(roster.until - 7 - from_day, 0) / 30.4
    asked = np.repeat(np.arange(roster.count), rng.poisson(_QUESTIONS_A_MONTH * months).astype(np.intp))
    low, high = from_day[asked], np.maximum(roster.until[asked] - 7, from_day[asked])
    ours, theirs = (rng.choice(roster.lasting(side), len(asked)) for side in ("client", "provider"))
    asker = np.where(roster.provider[asked], ours, theirs)
    day = low + (rng.random(len(asked)) * (high - low + 1)).astype(np.int64)
    working = weekdays(roster.first - 10, roster.last + 10)
    weekend = rng.random(len(asked)) < 0.04  # some write on a Sunday; the clock starts on Monday
    near = working[np.searchsorted(working, day, side="right") - 1]
    day = np.maximum(np.where(weekend, day, near), low)
    thread = np.arange(len(asked))
    # One thread in five holds a second question of the same two people, at least a week later.
    again = np.flatnonzero((rng.random(len(asked)) < 0.2) & (day + 9 <= high))
    later = np.minimum(day[again] + rng.integers(9, 25, len(again)), high[again])
    asker, asked = np.append(asker, asker[again]), np.append(asked, asked[again])
    day, thread = np.append(day, later), np.append(thread, thread[again])
    return asker, asked, roster.during(asker, day, -0.05, 1.1, rng), thread


def _answer_times(
    roster: Roster, asker: np.ndarray, asked: np.ndarray, sent: np.ndarray, wait: np.ndarray
) -> np.ndarray:
    answered = np.full(len(sent), NAT)
    # Shared hours hang on the two shifts alone: a few pairs of them for any number of questions.
    pair = roster.place[asker] * len(roster.shifts) + roster.place[asked]
    for number in np.unique(pair):
        here = pair == number
        one, other = divmod(int(number), len(roster.shifts))
        windows = shared_windows(roster.shifts[one], roster.shifts[other], *roster.calendar())
        answered[here] = after_shared(windows, sent[here], wait[here])
    return answered


def _barred_from(roster: Roster, asked: np.ndarray, sent: np.ndarray, thread: np.ndarray) -> np.ndarray:
    """From when an answer would not be in the record: the end, the person's leaving, the thread's next question.

    All lie more than 8 shared hours after the question, so a barred answer was late anyhow.
    """
    barred = np.minimum(roster.now, (roster.until[asked] + 1) * DAY)
    order = np.lexsort((sent, thread))
    followed = np.flatnonzero(thread[order][1:] == thread[order][:-1])
    barred[order[followed]] = np.minimum(barred[order[followed]], sent[order[followed + 1]])
    return barred


def _as_messages(
    roster: Roster, questions: tuple[np.ndarray, ...], answered: np.ndarray, rng: np.random.Generator
) -> Columns:
    """Questions, answers and a few messages to everybody, in order of time."""
    asker, asked, sent, thread = questions
    has = np.flatnonzero(answered != NAT)
    count = len(asker)
    posts = max(2, roster.count // 2)
    poster = rng.choice(roster.lasting(), posts)
    working = weekdays(WORK_BEGINS, roster.last)
    posted = roster.during(poster, rng.choice(working, posts), 0.05, 0.95, rng)
    sender = np.concatenate([asker, asked[has], poster])
    recipient = np.concatenate([asked, asker[has], np.full(posts, -1)])
    when = np.concatenate([sent, answered[has], posted])
    answers = np.concatenate([np.full(count, -1), has, np.full(posts, -1)])
    threads = np.concatenate([thread, thread[has], count + np.arange(posts)])
    order = np.lexsort((np.arange(len(when)), when))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    name = codes("m", range(1, len(order) + 1), 4)
    _, first_seen, position = np.unique(threads[order], return_index=True, return_inverse=True)
    by_time = np.empty(len(first_seen), np.int64)
    by_time[np.argsort(first_seen)] = np.arange(1, len(first_seen) + 1)
    return {
        "message": name,
        "thread": codes("th", by_time[position], 3),
        "sender": roster.person[sender[order]],
        "recipient": [roster.person[number] if number >= 0 else None for number in recipient[order]],
        "sent": when[order],
        "reply_to": [name[rank[number]] if number >= 0 else None for number in answers[order]],
        "needs_answer": (np.arange(len(order)) < count)[order],
    }


def proposal_table(roster: Roster, in_time: float, rng: np.random.Generator) -> tuple[Columns, float]:
    """Suggestions of both sides; days until the answer are lognormal, with an effect of whoever raised it.

    And the truth of the provider's people who raised one early enough to judge.
    """
    low = np.maximum(roster.present, WORK_BEGINS)
    years = np.maximum(roster.until - low, 0) / 365.25
    rate = np.where(roster.provider, _PROPOSALS_A_YEAR, 1.0) * years
    number = np.maximum(rng.poisson(rate), roster.provider & (years > 0.1))
    raiser = np.repeat(np.arange(roster.count), number.astype(np.intp))
    working = weekdays(roster.first, roster.last)
    low_place = np.searchsorted(working, low[raiser])
    high_place = np.maximum(np.searchsorted(working, roster.until[raiser], side="right"), low_place + 1)
    day = working[low_place + (rng.random(len(raiser)) * (high_place - low_place)).astype(np.int64)]
    raised = roster.during(raiser, day, 0.05, 0.95, rng)
    mean = log_wait_mean(in_time, DAYS * DAY, float(np.hypot(_RAISER_SD, _PROPOSAL_SD)))
    slow = rng.normal(0, _RAISER_SD, roster.count)
    wait = np.exp(mean + slow[raiser] + rng.normal(0, _PROPOSAL_SD, len(raiser)))
    answered = raised + np.floor(np.minimum(wait, 900.0 * DAY)).astype(np.int64)
    answered[(wait > 60 * DAY) | (answered >= roster.now)] = NAT
    gives_in = in_time < _GIVES_IN_BELOW
    came = np.searchsorted([0.15 if gives_in else 0.4, 0.65], rng.random(len(raiser)))
    outcomes = np.array(["adopted", "changed", "declined", "open"], dtype=object)
    outcome = outcomes[np.where(answered == NAT, 3, came)]
    order = np.argsort(raised, kind="stable")
    followed = roster.provider[raiser] & (raised <= roster.now - DAYS * DAY)
    team = mean_over(raiser[followed], shares_within(mean + slow, DAYS * DAY, _PROPOSAL_SD))
    return {
        "proposal": codes("s", range(1, len(order) + 1), 3),
        "raised_by": roster.person[raiser[order]],
        "raised": raised[order],
        "answered": answered[order],
        "outcome": outcome[order],
        **{name: values[order] for name, values in _positions(outcome, gives_in, rng.spawn(1)[0]).items()},
    }, team


def _positions(outcome: np.ndarray, gives_in: bool, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What was asked for, what the other side offered, and where both met: half-way or so, or all the way."""
    count = len(outcome)
    opening = rng.integers(4, 31, count).astype(float)
    counter = np.floor(opening * rng.uniform(0.3, 0.7, count))
    moved = rng.uniform(0.9, 1.0, count) if gives_in else rng.uniform(0.2, 0.8, count)
    agreed = np.where(outcome == "changed", np.round(opening + moved * (counter - opening)), np.nan)
    return {
        "opening": opening,
        "counter": np.where(outcome == "changed", counter, np.nan),
        "agreed": np.where(outcome == "adopted", opening, agreed),
    }
