"""The kickoff: whether both sides were there before the first paid work, what was covered, and the quiz."""

from __future__ import annotations

import datetime as dt

import numpy as np

from second_generator.clock import DAY, HOUR
from second_generator.frame import KINDS, Frame, three_kinds

ITEMS = (
    "introductions", "company", "tasks", "expectations", "timelines", "payments", "systems and access",
    "decisions and questions",
)  # fmt: skip

# What was said about each item, in words of its own: none is in the agenda matcher's lists (a test says so).
SAID = {
    "introductions": ("Amal here, ledgers since 2019.", "Around the table: Beto, Ines, Karl, Youssef."),
    "company": ("Harbour supplies rope to shipyards along the coast.", "Grandfather opened it in 1961."),
    "tasks": ("Beto posts the ledgers, Ines chases arrears, Karl tallies stock.", "Audits remain with Harbour."),
    "expectations": ("A tidy ledger balances to the cent and nobody hunts for vouchers.", "Sloppy postings hurt."),
    "timelines": ("Ledgers close on the fourth, reports follow before Easter.", "Cairo rests during Eid."),
    "payments": ("Remuneration: a flat sum, wired fortnightly.", "Cobramos cada quincena, sin recargos."),
    "systems and access": ("Credentials arrived; Youssef opened the ledger program.", "Karl still lacks a badge."),
    "decisions and questions": ("Odd vouchers land with Amal, whose verdict stands.", "Beyond that, ring Karl."),
}
SMALL_TALK = (
    "Cold coffee again.",
    "Rain over the harbour again.",
    "A dog barked.",
    "Please mute microphones.",
)


def kickoff_rows(frame: Frame, rng: np.random.Generator) -> None:
    """meetings, attendance, minutes, coverage_confirmed, time_entries."""
    late = frame.want["kickoff.before_work"] <= 0.75  # a fact cannot be half true
    absent = round(frame.want["kickoff.agenda_missing"])
    paid = frame.begin + 9 * DAY + int(rng.integers(6 * HOUR, 30 * HOUR))
    way = int(rng.integers(3))
    if not late:
        starts = paid - int(rng.integers(4 * HOUR, 6 * DAY))
    else:  # held too late; still going on when paid work began; or held in time, but the other side never came
        starts = (paid + int(rng.integers(DAY, 40 * DAY)), paid - HOUR, paid - 3 * DAY)[way]
    ends = starts + int(1.5 * HOUR)
    alone = late and way == 2
    frame.add("meetings", meeting="off", kind="kickoff", starts=frame.stamp(starts - 8 * DAY),
              ends=frame.stamp(starts - 8 * DAY + HOUR), status="cancelled")  # fmt: skip
    frame.add("meetings", meeting="first", kind="kickoff", starts=frame.stamp(starts), ends=frame.stamp(ends),
              status="held")  # fmt: skip
    for week in range(6):
        begins = paid + (8 + 7 * week) * DAY
        frame.add("meetings", meeting=f"week{week}", kind="weekly", starts=frame.stamp(begins),
                  ends=frame.stamp(begins + HOUR), status="held")  # fmt: skip
    for rank, person in enumerate(frame.people):
        came = not (alone and person.side == "provider") and (rank in (0, len(frame.people) - 1) or rng.random() < 0.7)
        frame.add(
            "attendance", meeting="first", person=person.name,
            response=str(rng.choice(["accepted", "tentative", "none"])) if rng.random() < 0.8 else None,
            joined_at=frame.stamp(starts + int(rng.integers(0, 900)), person.schedule.zone) if came else None,
            left_at=frame.stamp(ends, person.schedule.zone) if came else None,
        )  # fmt: skip
    missing = set(rng.permutation(len(ITEMS))[:absent].tolist())
    covered = [number for number in range(len(ITEMS)) if number not in missing]
    # Now and then nobody has yet confirmed one of the items that were covered.
    forgotten = int(rng.choice(covered)) if covered and rng.random() < 0.2 else None
    confirmers = [frame.of("client")[0], frame.of("provider")[-1]]
    turn = 0
    for number, item in enumerate(ITEMS):
        for text in (*(SAID[item] if number in covered else ()), str(rng.choice(SMALL_TALK))):
            turn += 1
            speaker = str(rng.choice([person.name for person in frame.people])) if rng.random() < 0.8 else None
            frame.add("minutes", meeting="first", turn=turn, speaker=speaker, text=text)
        if number != forgotten:
            for person in confirmers[: int(rng.integers(1, 3))]:
                status = "missing" if number in missing else "covered"
                frame.add("coverage_confirmed", meeting="first", item=item, status=status, by=person.name)
    _time_rows(frame, rng, paid)
    frame.know("kickoff.before_work", float(not late), float(not late))
    frame.know("kickoff.agenda_missing", absent, absent)


def _time_rows(frame: Frame, rng: np.random.Generator, paid: int) -> None:
    """Paid work begins with the provider's first billable stretch; unpaid trials and the client's own come before."""
    zone = frame.people[-1].schedule.zone
    providers = frame.of("provider")

    def entry(person, second, billable):
        frame.add("time_entries", person=person.name, started=frame.stamp(second, zone),
                  ended=frame.stamp(second + int(HOUR * (0.2 + rng.weibull(0.8))), zone),
                  task=f"job{int(rng.integers(20)):02d}", item=None, billable=billable)  # fmt: skip

    entry(providers[0], paid - 9 * DAY, "no")
    entry(frame.of("client")[0], paid - 8 * DAY, "yes")
    entry(providers[-1], paid, "yes")
    for person in providers:
        for _ in range(min(12, 1 + int(rng.pareto(1.1)))):
            entry(person, paid + int(rng.integers(HOUR, 200 * DAY)), "yes" if rng.random() < 0.8 else "no")


def quiz_rows(frame: Frame, rng: np.random.Generator) -> None:
    """quiz and answer_key.

    Three kinds of people a side. Who does not come knows less (half as much is missing from what they would get
    right); who comes leaves out some of what they do not know, and those who know less leave out more. Questions
    differ in difficulty; each person gets a random part of them, so a person's expected share is their kind's. Where
    less than half is right, whoever is wrong about the first hard question gives the same wrong answer, on either side.
    """
    key = "kickoff.quiz_right"
    want = frame.want[key]
    questions = 12
    hard = rng.choice([-1.0, 1.0], questions // 2)
    hard = 0.5 * np.concatenate([hard, -hard])
    keys = [str(rng.choice(["A", "B", "C", "3"])) for _ in range(questions)]
    for number, value in enumerate(keys):
        frame.add("answer_key", question=f"k{number:02d}", key=value, level="nominal", topic=ITEMS[number % len(ITEMS)])
    # In half of the engagements both sides know as much as each other, else the client's side knows more.
    better = float(rng.choice([0.0, 0.5])) * (1 - want)
    for side, mean in (("client", want + better), ("provider", want)):
        group = frame.of(side)
        came = rng.random(len(group)) < 0.8
        came[rng.permutation(len(group))[:3]] = True
        values = three_kinds(mean)
        shares, chances = [], []
        for person, here in zip(group, came, strict=True):
            if not here:
                continue
            kind = int(rng.choice(3, p=KINDS))
            asked = rng.permutation(questions)[: int(rng.integers(*((5, 9), (7, 12), (8, 13))[kind]))]
            chance = values[kind] + hard[asked] * min(values[kind], 1 - values[kind])
            right = rng.random(len(asked)) < chance
            shares.append(right.mean())
            chances.append(values[kind])
            for question, good in zip(asked, right, strict=True):
                wrong = str(rng.choice(["d", "e", "Don't know", "don't know"]))
                wrong = "d" if want < 0.5 and question == int(np.argmin(hard)) else wrong
                answer = (keys[question].lower() if rng.random() < 0.5 else f" {keys[question]} ") if good else wrong
                frame.add("quiz", person=person.name, question=f"k{question:02d}", answer=answer)
        frame.know(f"{key}.{side}", mean, float(np.mean(shares)), chances)
    for part in ("", "observed.", "team."):
        frame.truth[part + key] = min(frame.truth[f"{part}{key}.{side}"] for side in ("client", "provider"))


def past_rows(frame: Frame, rng: np.random.Generator) -> None:
    """past_engagements: in this world a kickoff changes nothing, yet those who held one had more setbacks.

    Two kinds of engagements: hard ones (rated 4 or 5) hold a kickoff four times out of five and run into trouble
    within weeks, easy ones one time out of four and within a year. Some met only after the work had begun.
    """
    for number in range(int(rng.integers(12, 31))):
        hard = rng.random() < 0.4
        started = frame.first - dt.timedelta(days=int(rng.integers(400, 2000)))
        met = started - dt.timedelta(days=int(rng.integers(0, 9))) if rng.random() < (0.8 if hard else 0.25) else None
        if met is None and rng.random() < 0.2:
            met = started + dt.timedelta(days=int(rng.integers(5, 60)))
        setback = started + dt.timedelta(days=1 + int((90 if hard else 400) * rng.weibull(1.3)))
        until = min(started + dt.timedelta(days=int(rng.choice([120, 365, 900]))), frame.first)
        frame.add("past_engagements", engagement=f"e{number:02d}", kickoff_on=met and met.isoformat(),
                  complexity=int(rng.integers(4, 6) if hard else rng.integers(1, 4)), urgency=int(rng.integers(1, 6)),
                  started=started.isoformat(), first_setback=setback.isoformat() if setback <= until else None,
                  observed_until=until.isoformat())  # fmt: skip
