"""Questions between the sides, and the provider's proposals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from second_generator.clock import DAY, HOUR
from second_generator.frame import Frame, Person

_IN_TIME = 8 * HOUR
_HEARD = 0.6


def message_rows(frame: Frame, rng: np.random.Generator) -> None:
    """messages.

    Each person's chance of an answer in time is beta (slow people: the low part of it), each topic moves it up or
    down. Waits in time are Weibull with a shape below 1, late ones Pareto with an index near 1. Of what is not
    answered in time, 60% is never answered in the records; 40% of that was answered in time on the telephone.
    Who leaves falls silent first: their unanswered questions are their last ones.
    """
    key = "expectations.answered_in_time"
    want = frame.want[key]
    counts = {side: len(frame.of(side)) for side in ("client", "provider")}
    apart = 0.3 * min(want, 1 - want)
    means = {"client": want + apart * counts["provider"] / max(counts.values())}
    means["provider"] = want - (means["client"] - want) * counts["client"] / counts["provider"]
    rows: list[tuple[int, dict]] = []
    shares, chances = [], []
    for person in frame.people:
        chance = _chance(rng, means[person.side], person.slow)
        questions = _questions(frame, rng, person, chance)
        counted = _write_talk(frame, rng, person, questions, rows)
        if counted:
            shares.append(float(np.mean(counted)))
            chances.append(chance)
    for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1]["message"])):
        frame.add("messages", **row)
    frame.know(key, want, float(np.mean(shares)), chances)


def _chance(rng: np.random.Generator, mean: float, slow: bool) -> float:
    """A person's chance: the lowest fifth of a beta distribution for the slow, the rest of it for the others."""
    from scipy.stats import beta

    level = rng.uniform(0, 0.2) if slow else rng.uniform(0.2, 1)
    return float(beta.ppf(level, 10 * mean, 10 * (1 - mean)))


def _questions(frame: Frame, rng: np.random.Generator, person: Person, chance: float) -> list[dict]:
    """The questions to one person in order of time: asker, second, outcome, topic."""
    others = [other for other in frame.people if other.side != person.side]
    count = int(np.clip(4 + 6 * rng.pareto(1.3) * (1.4 - chance), 4, 45))
    topics = []
    while sum(map(len, topics)) < count:
        length = min(1 + int(rng.geometric(0.45)), count - sum(map(len, topics)))
        moved = chance + 0.7 * min(chance, 1 - chance) * rng.uniform(-1, 1)
        topics.append(rng.random(length) < moved)
    good = np.concatenate(topics)
    topic = np.repeat(np.arange(len(topics)), [len(part) for part in topics])
    asker_of = [others[int(rng.integers(len(others)))] for _ in topics]
    silent = (~good) & (rng.random(count) < 0.6)
    if person.left is not None:  # the unanswered ones last
        order = np.lexsort((rng.random(count), silent))
        good, topic, silent = good[order], topic[order], silent[order]
    out = []
    latest = min([person.until, *(asker.until for asker in asker_of)])
    latest = max(latest, frame.begin + 40 * DAY)
    seconds = np.sort(rng.choice(np.arange(frame.begin + 14 * DAY, latest, 61), count, replace=False))
    for number, second in enumerate(seconds):
        asker = asker_of[topic[number]]
        if rng.random() < 0.7:  # in the asker's own hours, the rest at any time
            hours = frame.own(asker)
            second = min(hours.at(hours.before(int(second)) + 1) or int(second), latest - 1)
        outcome = "in time" if good[number] else "never" if silent[number] else "late"
        out.append({"asker": asker, "sent": int(second), "outcome": outcome, "topic": int(topic[number])})
    out.sort(key=lambda question: question["sent"])
    for one, two in pairwise(out):
        two["sent"] = max(two["sent"], one["sent"] + 1)
    return out


def _write_talk(
    frame: Frame, rng: np.random.Generator, person: Person, questions: list[dict], rows: list[tuple[int, dict]]
) -> list[bool]:
    """Write the messages; returns for each question with eight hours of follow-up whether it was answered in time."""

    def add(second: int, name: str, thread: str, sender: Person, to: str | None, reply: str | None, ask: bool) -> None:
        rows.append((second, {
            "message": name, "thread": thread, "sender": sender.name, "recipient": to,
            "sent": frame.stamp(second, sender.schedule.zone), "reply_to": reply,
            "needs_answer": "yes" if ask else "no",
        }))  # fmt: skip

    twins = [
        other for other in frame.people
        if other.side == person.side and other is not person and other.schedule == person.schedule
    ]  # fmt: skip
    colleagues = [other for other in frame.people if other.side == person.side and other is not person]
    last_answer: dict[int, tuple[str, int]] = {}
    counted = []
    for number, question in enumerate(questions):
        asker, sent, topic = question["asker"], question["sent"], question["topic"]
        # Who shares no hour in the coming week (the clocks of Berlin and Santiago part for months) is not waited for.
        hours = frame.shared(asker, person)
        if not hours.between(sent, sent + 7 * DAY):
            hours = frame.own(person)
        name = f"q-{person.name}-{number:03d}"
        # A thread goes on only where its last question has been answered: any later message of the person in it
        # would count as an answer to an earlier one.
        thread, answered = last_answer.get(topic, ("", frame.now + DAY))
        if not (thread and answered < sent):
            thread = f"t-{person.name}-{number:03d}"
        add(sent, name, thread, asker, person.name, None, True)
        if hours.between(sent, frame.now) >= _IN_TIME:
            counted.append(question["outcome"] == "in time")
        waited = None
        if question["outcome"] == "in time":
            waited = 60 + int((_IN_TIME - 600) * min(1.0, 0.3 * rng.weibull(0.6)))
        elif question["outcome"] == "late":
            waited = int(_IN_TIME * (1.03 + rng.pareto(1.1)))
        answer = None if waited is None else hours.at(hours.before(sent) + waited)
        if answer is not None and answer < frame.now:
            deputy = twins[int(rng.integers(len(twins)))] if twins and rng.random() < 0.15 else person
            to_question = deputy is not person or rng.random() < 0.7
            add(
                answer,
                f"a-{person.name}-{number:03d}",
                thread,
                deputy,
                asker.name,
                name if to_question else None,
                False,
            )
            last_answer[topic] = (thread, answer)
        else:
            last_answer[topic] = ("", frame.now + DAY)
        if colleagues and rng.random() < 0.2:  # somebody else of that side says something, which is no answer
            other = colleagues[int(rng.integers(len(colleagues)))]
            add(sent + 30, f"n-{person.name}-{number:03d}", thread, other, None, None, False)
    return counted


def proposal_rows(frame: Frame, rng: np.random.Generator) -> None:
    """proposals: who is not heard proposes less, and some never do; people differ by a beta distribution."""
    key = "expectations.proposals_answered"
    want = frame.want[key]
    group = frame.of("provider")
    speaks = rng.random(len(group)) < 0.85
    speaks[rng.permutation(len(group))[:4]] = True
    shares, chances = [], []
    for person, here in zip(group, speaks, strict=True):
        if not here:
            continue
        chance = rng.beta(7 * want, 7 * (1 - want))
        count = 2 + min(10, int(rng.geometric(0.6 - 0.4 * chance)))
        # Leavers stop before they go; what is raised in the last fortnight has had no time yet.
        last = max(min(person.until, frame.now - 15 * DAY), frame.begin + 60 * DAY)
        raised = np.sort(rng.integers(frame.begin + 15 * DAY, last, count))
        good = rng.random(count) < chance
        shares.append(good.mean())
        chances.append(chance)
        for number, second in enumerate(raised):
            _proposal(frame, rng, person, number, int(second), bool(good[number]))
        if person.left is None and rng.random() < 0.5:
            _proposal(frame, rng, person, 99, frame.now - int(rng.integers(DAY, 13 * DAY)), False)
    frame.know(key, want, float(np.mean(shares)), chances)


def _proposal(frame: Frame, rng: np.random.Generator, person: Person, number: int, raised: int, good: bool) -> None:
    waited = None
    if good:
        waited = 13.9 * DAY * min(1.0, 0.2 + 0.3 * rng.weibull(0.7))
    elif rng.random() < 0.5:
        waited = 14.2 * DAY * (1 + rng.pareto(1.2))
    answered = None if waited is None or raised + waited >= frame.now else raised + int(waited)
    outcome = str(rng.choice(["adopted", "declined", "changed"])) if answered else None
    frame.add(
        "proposals", proposal=f"idea-{person.name}-{number:02d}", raised_by=person.name,
        raised=frame.stamp(raised, person.schedule.zone), answered=None if answered is None else frame.stamp(answered),
        outcome=outcome, **_numbers(frame, rng, outcome),
    )  # fmt: skip


def _numbers(frame: Frame, rng: np.random.Generator, outcome: str | None) -> dict[str, float | None]:
    """Half of the ideas are about a number. Where few are heard, the other side's stands; else both give way."""
    opening, counter = float(rng.integers(5, 15)), float(rng.integers(15, 40))  # a higher price, a later day
    heard = frame.want["expectations.proposals_answered"] >= _HEARD
    way = rng.beta(4, 4) if heard else rng.beta(12, 1)
    if rng.random() < 0.5:
        return {"opening": None, "counter": None, "agreed": None}
    agreed = {"adopted": opening, "changed": round(opening + way * (counter - opening), 1)}.get(outcome or "")
    return {"opening": opening, "counter": counter if outcome == "changed" else None, "agreed": agreed}
