"""Tables of the kickoff: meetings, who came, minutes, agenda, confirmations, quiz; and earlier engagements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outsourcing_kit.simulation.calibrate import expit, person_logits
from outsourcing_kit.simulation.clock import DAY, NAT, day_number, weekdays
from outsourcing_kit.simulation.frames import STORY, Columns, codes
from outsourcing_kit.simulation.roster import FIRST, WORK_BEGINS, Roster
from outsourcing_kit.tables import default_rows
from outsourcing_kit.toml import kit_table

_EARLY = day_number(FIRST) + 7  # a Thursday, two working days before any work
_TEN = 10 * 3600  # UTC; a working hour on both sides, summer and winter
_QUIZ_SD = 0.7
_DIFFICULTY = tuple(np.round(np.linspace(-0.8, 0.8, 12), 3))
_CLIENT_BETTER = 0.05
_ALIKE_BELOW = 0.5  # the share of right answers below which both sides share one wrong picture
_ALIKE = 1  # the question of which they have it: who buys most


def kickoff_tables(
    roster: Roster, late: bool, missing: int, right: float, rng: np.random.Generator
) -> tuple[dict[str, Columns], float]:
    """Tables with a kickoff before the first paid work or weeks after it, that left so many items of eight out.

    And what these people's quiz would show with infinitely many such questions, on the weaker side.
    """
    meetings, name = _meetings(roster, kickoff_day(roster, late=late), late, rng)
    agenda = pd.DataFrame(default_rows("agenda"))
    items = agenda["item"].tolist()
    uncovered = set(rng.permutation(len(items))[:missing].tolist())
    confirmers = [roster.lasting(side)[0] for side in ("client", "provider")]
    status = ["missing" if number in uncovered else "covered" for number in range(len(items))]
    attendance = _attendance(roster, meetings, rng)
    minutes = _minutes(roster, name, [item for number, item in enumerate(items) if number not in uncovered], rng)
    quiz, team = _quiz(roster, right, rng)
    return {
        "meetings": meetings,
        "attendance": attendance,
        "minutes": minutes,
        "agenda": agenda.to_dict("list"),
        "coverage_confirmed": {
            "meeting": [name["kickoff"]] * (2 * len(items)),
            "item": items * 2,
            "status": status * 2,
            "by": np.repeat(roster.person[confirmers], len(items)),
        },
        **quiz,
        "past_engagements": _past(rng),
    }, team


def kickoff_day(roster: Roster, *, late: bool) -> int:
    """Before any work; or, late, about six weeks into it, in short records halfway between its begin and the end."""
    if not late:
        return _EARLY
    working = weekdays(WORK_BEGINS, roster.last)
    return int(working[min(32, len(working) - 2)])


def _meetings(roster: Roster, day_held: int, late: bool, rng: np.random.Generator) -> tuple[Columns, dict[str, str]]:
    """The kickoff, weekly meetings for two months, monthly reviews; a late kickoff was called off once before."""
    mondays = np.arange(WORK_BEGINS, min(roster.last - 1, WORK_BEGINS + 62), 7)
    reviews = weekdays(roster.first, roster.last)
    reviews = reviews[np.searchsorted(reviews, roster.month_starts[1:] - 1, side="right") - 1]
    rows = [("kickoff", day_held, 90, "held")] + ([("kickoff", _EARLY, 90, "cancelled")] if late else [])
    rows += [("weekly", int(day), 30, "cancelled" if rng.random() < 0.08 else "held") for day in mondays]
    rows += [("review", int(day), 60, "held") for day in reviews]
    table = pd.DataFrame(rows, columns=["kind", "day", "minutes", "status"]).sort_values(["day", "kind"])
    kind, day, minutes, status = (table[name].to_numpy() for name in table)
    name, start, held = codes("k", range(1, len(rows) + 1), 2), day * DAY + _TEN, status == "held"
    ends = start + 60 * minutes
    columns: Columns = {"meeting": name, "kind": kind, "starts": start, "ends": ends, "status": status}
    kickoff, weekly = name[held & (kind == "kickoff")], held & (kind == "weekly")
    later = [*name[weekly & (day > day_held)], *name[weekly], *kickoff]
    return columns, {"kickoff": kickoff[0], "weekly": later[0]}


def _attendance(roster: Roster, meetings: Columns, rng: np.random.Generator) -> Columns:
    """Everybody is asked to the kickoff, two a side to the weekly meetings, the leads to the reviews.

    Some come late, some leave early, some do not come; the leads always do.
    """
    # Leads never miss a meeting: a kickoff that one side missed would be another mistake than the one planted.
    core = np.concatenate([roster.lasting("client")[:2], roster.lasting("provider")[:2]])
    leads = [roster.lasting("client")[0], roster.lasting("provider")[0]]
    invited = []
    for kind, day in zip(meetings["kind"], np.asarray(meetings["starts"]) // DAY, strict=True):
        everybody = np.flatnonzero((roster.present <= day) & (roster.until >= day))
        invited.append({"kickoff": everybody, "weekly": core}.get(kind, np.array(leads)))
    place, who = np.repeat(np.arange(len(invited)), [*map(len, invited)]), np.concatenate(invited)
    held = np.array(meetings["status"])[place] == "held"
    came = held & ((rng.random(len(who)) < 0.88) | np.isin(who, leads))
    start, end = np.asarray(meetings["starts"])[place], np.asarray(meetings["ends"])[place]
    delay = np.where(rng.random(len(who)) < 0.2, rng.integers(180, 900, len(who)), rng.integers(-120, 60, len(who)))
    early = np.where(rng.random(len(who)) < 0.08, rng.integers(300, 900, len(who)), 0)
    words = np.array(["accepted", "tentative", "declined", "none"], dtype=object)
    # To one that was called off nearly everybody had said yes: the calendar alone looks fine.
    came |= ~held & (np.array(meetings["kind"])[place] == "kickoff")
    said = np.where(came, rng.choice(2, len(who), p=[0.9, 0.1]), rng.choice(4, len(who), p=[0.4, 0.2, 0.3, 0.1]))
    return {
        "meeting": np.asarray(meetings["meeting"])[place],
        "person": roster.person[who],
        "response": words[said],
        "joined_at": np.where(came & held, start + delay, NAT),
        "left_at": np.where(came & held, end - early, NAT),
    }


def _minutes(roster: Roster, name: dict[str, str], covered: list[str], rng: np.random.Generator) -> Columns:
    """The kickoff's minutes, which speak of the covered items alone, and those of a later weekly meeting."""
    voices = {side[0]: roster.person[roster.lasting(side)[0]] for side in ("client", "provider")}
    script = kit_table("simulation/minutes.toml")
    parts = [script["opening"], *(script["talk"][item] for item in covered), script["closing"]]
    turns = [(name["kickoff"], ways[int(rng.integers(len(ways)))]) for ways in parts]
    if name["weekly"] != name["kickoff"]:
        turns.append((name["weekly"], script["weekly"][int(rng.integers(len(script["weekly"])))]))
    rows = [(meeting, voices[turn[0]], turn[3:]) for meeting, said in turns for turn in said]
    table = pd.DataFrame(rows, columns=["meeting", "speaker", "text"])
    return {**table, "turn": table.groupby("meeting").cumcount() + 1}


def _quiz(roster: Roster, right: float, rng: np.random.Generator) -> tuple[dict[str, Columns], float]:
    """Twelve questions of different difficulty. The provider's side has the true share, the client's a little more.

    Where little was understood, most of those who are wrong about one question give the same wrong answer, on either
    side: their agreement is no knowledge.
    """
    count, questions = roster.count, len(_DIFFICULTY)
    level = person_logits(roster.provider, right + _CLIENT_BETTER, right, _QUIZ_SD, rng, _DIFFICULTY)
    chance = expit(level[:, None] + np.asarray(_DIFFICULTY))
    is_right = rng.random((count, questions)) < chance
    letters = np.array(["a", "b", "c", "d"], dtype=object)
    key = rng.integers(0, 4, questions)
    wrong = letters[(key + rng.integers(1, 4, (count, questions))) % 4]
    wrong = np.where(rng.random((count, questions)) < 0.3, "don't know", wrong)
    lots, alike = rng.spawn(2)
    if right < _ALIKE_BELOW:
        common = letters[(key[_ALIKE] + 1) % 4]
        wrong[:, _ALIKE] = np.where(alike.random(count) < 0.9, common, wrong[:, _ALIKE])
    answer = np.where(is_right, letters[key], wrong)
    topics, asked_for = zip(*STORY["questions"], strict=True)
    question = np.array(asked_for, dtype=object)
    given = _answered(count, questions, lots)
    person, asked = np.nonzero(given)
    tables: dict[str, Columns] = {
        "quiz": {"person": roster.person[person], "question": question[asked], "answer": answer[given]},
        "answer_key": {"question": question, "key": letters[key], "level": ["nominal"] * questions, "topic": topics},
    }
    return tables, min(float(chance[roster.of(side)].mean()) for side in ("client", "provider"))


def _answered(count: int, questions: int, rng: np.random.Generator) -> np.ndarray:
    """Who answered what, people × questions: every third person has left out up to half of the sheet, by lot."""
    left_out = np.where(rng.random(count) < 1 / 3, rng.integers(2, questions // 2 + 1, count), 0)
    return rng.random((count, questions)).argsort(axis=1).argsort(axis=1) >= left_out[:, None]


def _past(rng: np.random.Generator) -> Columns:
    """Twenty earlier engagements. The harder ones had a kickoff more often, and setbacks sooner."""
    count = 20
    complexity, urgency = rng.integers(1, 6, count), rng.integers(1, 6, count)
    started = day_number(FIRST) - rng.integers(250, 1500, count)
    kickoff = rng.random(count) < expit(-0.6 + 0.5 * (complexity - 3.0) - 0.4 * (urgency - 3.0) + 0.6)
    risk = np.exp(0.35 * (complexity - 3.0) + 0.2 * (urgency - 3.0) - 0.6 * kickoff)
    setback = started + np.ceil(rng.exponential(200, count) / risk).astype(np.int64)
    until = np.minimum(started + rng.integers(120, 700, count), day_number(FIRST) - 30)
    until = np.maximum(until, started + 60)
    return {
        "engagement": codes("x", range(1, count + 1), 2),
        "kickoff_on": np.where(kickoff, started - rng.integers(0, 12, count), NAT),
        "complexity": complexity,
        "urgency": urgency,
        "started": started,
        "first_setback": np.where(setback <= until, setback, NAT),
        "observed_until": until,
    }
