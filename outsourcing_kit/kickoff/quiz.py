"""Did both sides leave with the same, right picture? Answers held against the key, never by person."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.frames import sides as side_of
from outsourcing_kit.frames import take
from outsourcing_kit.kickoff.agenda import item_key
from outsourcing_kit.kickoff.confirmation import AgendaStatus
from outsourcing_kit.kickoff.timeline import SIDES
from outsourcing_kit.money import checked
from outsourcing_kit.showing import Result, interval_note
from outsourcing_kit.stats import Estimate, person_share
from outsourcing_kit.text import folded
from outsourcing_kit.verdicts import CONFIDENCE
from outsourcing_kit.words import percent, plural, share_in_range

SMALLEST_GROUP = 5
# What an editor makes of the signs that were typed: the same to everybody who reads them.
_SIGNS = str.maketrans(
    {**dict.fromkeys("’‘‛ʼ′`´", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—−", "-"), "…": "..."}
)
_UNKNOWING = {"dont know", "do not know", "i dont know", "i do not know", "no idea", "not sure", "dk"}


@dataclass(frozen=True, repr=False)
class TopicScores(Result):
    """Shares of right answers by topic, the weakest first, and what the kickoff made of an agenda item of that name.

    `.table`: topic, kickoff (covered, missing, open; "" for no item of the agenda), questions, and of each side the
    share, e.g. client_right, with the ends of its interval, client_low and client_high. Figures of a side with fewer
    than five people are blank.
    """

    columns: ClassVar = {
        "topic": "text", "kickoff": "text", "questions": "count",
        **{f"{name}_{end}": "share" for name in SIDES for end in ("right", "low", "high")},
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        shown = self.table[["topic", "kickoff"] if (self.table["kickoff"] != "").any() else ["topic"]]
        ends = {name: [self.table[f"{name}_{end}"] for end in ("right", "low", "high")] for name in SIDES}
        return shown.assign(**{f"{name} right": list(map(share_in_range, *own)) for name, own in ends.items()})

    def _more(self) -> Iterable[str]:
        if len(self.table) > 1:
            yield f"In brackets {percent(CONFIDENCE)} ranges, each for itself: the weakest of many is partly chance"


@dataclass(frozen=True, repr=False)
class QuizScores(Result):
    """Shares of right answers by side, and by topic where the groups are large enough to be shown.

    `.table`: a row a side (people, answers, right, low, high, dont_know as shares). `asked` counts the questions that
    somebody answered, `both_wrong_the_same_way` those on which the most common answer of both sides is the same and
    wrong. `sides` holds the two estimates (stats.person_share), `right_of_answers` each side's share with every answer,
    not every person, counted alike. `answers` (of single persons, never shown), `teams` (people a side) and `status`
    (of agenda items) are what `by_topic` is made of.
    """

    asked: int
    both_wrong_the_same_way: int
    sides: dict[str, Estimate]
    right_of_answers: dict[str, float]
    answers: pd.DataFrame = field(compare=False)
    teams: Mapping[str, int]
    status: Mapping[str, str]

    columns: ClassVar = {
        "side": "text", "people": "count", "answers": "count", "right": "share", "low": "share", "high": "share",
        "dont_know": "share", "don't know": "share",
    }  # fmt: skip

    @property
    def weaker(self) -> str:
        """The side with the lower share; the client's where they are alike."""
        return str(self.table["side"].iloc[self.table["right"].fillna(math.inf).argmin()])

    @property
    def by_topic(self) -> TopicScores:
        """A row a topic, the weakest first."""
        found = []
        for topic, own in self.answers.dropna(subset=["topic"]).groupby("topic"):
            shares: list[float] = []
            for name in SIDES:
                theirs = own[own["side"] == name]
                # Who answered this topic, not who is on the side: one of them alone would be recognised.
                if theirs["person"].nunique() < SMALLEST_GROUP:
                    shares += [math.nan] * 3
                    continue
                right = _share(theirs, self.teams.get(name))
                shares += [right.estimate, right.low, right.high]
            found.append((topic, self.status.get(item_key(topic), ""), own["question"].nunique(), *shares))
        table = pd.DataFrame(found, columns=list(TopicScores.columns))
        table = table.assign(weaker=table[[f"{name}_right" for name in SIDES]].min(axis=1))
        table = table.sort_values(["weaker", "topic"], ignore_index=True).drop(columns="weaker")
        return TopicScores(table, missing=self.missing)

    def _view(self) -> pd.DataFrame:
        return (self.table.head(0) if self.missing else self.table).rename(columns={"dont_know": "don't know"})

    def _caption(self) -> str:
        return "" if self.missing else "Quiz, share of right answers by side"

    def _more(self) -> Iterable[str]:
        if not self.missing:
            yield f"Questions that both sides get wrong the same way: {self.both_wrong_the_same_way}."
            yield f"{interval_note(self.sides['client'].confidence)} over people"


def quiz_scores(
    quiz: pd.DataFrame, answer_key: pd.DataFrame, people: pd.DataFrame, covered: AgendaStatus | None = None
) -> QuizScores:
    """Hold the quiz against its key: per side and per topic; nothing about single people.

    Right means equal to the key but for case, blanks, quotes, dashes and composed accents; "don't know" is never right.
    A side's share is the mean of its people's shares, so that nobody counts more for having answered more; its interval
    is `stats.cluster_mean`'s, at the confidence of a headline.

    Answers to questions without a key, by people of unknown side, and blank ones are left out and counted in `notes`.

    Args:
        quiz: person, question, answer. answer_key: question, key [, topic]. people: person, side.
        covered: `agenda_status` of the engagement, to see by topic whether the kickoff covered it.

    Raises:
        BadDataError: cells that are not of their column's kind.
        OutsourcingKitError: `covered` that is another result.

    >>> answers = [("a", "q1", "X"), ("a", "q2", "y"), ("b", "q1", "x "), ("b", "q2", "don't know")]
    >>> quiz = pd.DataFrame(answers, columns=["person", "question", "answer"])
    >>> key = pd.DataFrame({"question": ["q1", "q2"], "key": ["x", "z"], "topic": ["payments", "tasks"]})
    >>> people = pd.DataFrame({"person": ["a", "b"], "side": ["client", "provider"]})
    >>> quiz_scores(quiz, key, people).table[["side", "people", "right", "dont_know"]].to_numpy().tolist()
    [['client', 1, 0.5, 0.0], ['provider', 1, 0.5, 0.5]]
    """
    status = {}
    if covered is not None:
        agenda = checked(covered, AgendaStatus, "covered=agenda_status(engagement)").table
        status = dict(zip(map(item_key, agenda["item"]), agenda["status"], strict=True))
    rows, teams, missing, notes = _judged(quiz, answer_key, people)
    rates, sides, of_answers = [], {}, {}
    for name in SIDES:
        own = rows[rows["side"] == name]
        right = sides[name] = _share(own, teams.get(name))
        unsure = own.groupby("person")["dont_know"].mean().mean()
        rates.append((name, right.n, len(own), right.estimate, right.low, right.high, unsure))
        of_answers[name] = float(own["right"].mean()) if len(own) else math.nan
    table = pd.DataFrame(rates, columns=list(QuizScores.columns)[:-1])
    if len(rows) and (small := table.loc[table["people"] < SMALLEST_GROUP, "side"].tolist()):
        hidden = f"By topic, figures of the {' and '.join(small)} side are left blank"
        notes.append(f"{hidden}: fewer than {SMALLEST_GROUP} people would be recognisable.")
    counts = (rows["question"].nunique(), _alike_and_wrong(rows))
    return QuizScores(table, *counts, sides, of_answers, rows, teams, status, missing=missing, notes=tuple(notes))


def _judged(
    quiz: pd.DataFrame, answer_key: pd.DataFrame, people: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, int], str, list[str]]:
    """The answers that count, with side, key, topic, right and dont_know; people a side; what is missing, left out."""
    rows, no_quiz = take(quiz, "quiz", need=("person", "question", "answer"))
    keys, no_key = take(answer_key, "answer_key", need=("question", "key"), also=("topic",))
    people, nobody = take(people, "people", need=("person", "side"))
    # Of a question with two keys nobody knows which one holds; the first is taken, as of people listed twice.
    keys = keys.dropna(subset=["question", "key"]).drop_duplicates("question").set_index("question")
    whose = side_of(people)
    rows = rows.assign(side=rows["person"].map(whose)).join(keys.assign(key=keys["key"].map(_plain)), on="question")
    # One reason each, the first that holds, so that the counts add up to the answers left out.
    reasons = ["to questions that have no key", "by people whose side is unknown", "left blank"]
    why = np.select([rows[name].isna() for name in ("key", "side", "answer")], reasons, default="")
    counts = {reason: int((why == reason).sum()) for reason in reasons}
    notes = [f"{plural(n, 'quiz answer')} {reason}: left out." for reason, n in counts.items() if n]
    rows = rows[why == ""]
    # With nobody's answer at hand the key is not unanswered: there was no quiz.
    if len(rows) and (unasked := len(set(keys.index) - set(rows["question"]))):
        notes.append(f"{plural(unasked, 'question')} of the key that nobody answered: left out.")
    # Each wording once: a quiz brings the same few answers from everybody.
    typed = {answer: _plain(answer) for answer in rows["answer"].unique()}
    rows = rows.assign(answer=[typed[answer] for answer in rows["answer"]])
    dont_know = rows["answer"].isin([answer for answer in set(typed.values()) if is_dont_know(answer)])
    rows = rows.assign(dont_know=dont_know, right=(rows["answer"] == rows["key"]) & ~dont_know)
    missing = no_quiz or no_key or nobody or ("" if len(rows) else "needs quiz answers to questions of the answer key")
    return rows, whose.value_counts().to_dict(), missing, notes


def _plain(answer: object) -> str:
    return folded(str(answer).translate(_SIGNS))


def is_dont_know(answer: object) -> bool:
    """Whether an answer says that the person does not know.

    >>> [is_dont_know(answer) for answer in ("Don't know", "don’t know.", "b")]
    [True, True, False]
    """
    return re.sub(r"[^a-z ]", "", _plain(answer)).strip() in _UNKNOWING


def _alike_and_wrong(rows: pd.DataFrame) -> int:
    """On how many questions the most common answer of both sides is the same and wrong."""
    answers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for question, side, answer in zip(rows["question"], rows["side"], rows["answer"], strict=True):
        answers[question, side][answer] += 1
    found = 0
    for question, key in dict(zip(rows["question"], rows["key"], strict=True)).items():
        client, provider = (_most_common(answers[question, name]) for name in SIDES)
        # Two sides that both do not know have no wrong picture in common; they have none.
        found += client is not None and client == provider != key and not is_dont_know(client)
    return found


def _share(rows: pd.DataFrame, team: int | None) -> Estimate:
    return person_share(rows["right"], rows["person"], team=team, confidence=CONFIDENCE)


def _most_common(answers: Counter[str]) -> str | None:
    """The answer given most often; None where there is none, or two are given equally often."""
    (first, most), (_, second) = [*answers.most_common(2), ("", 0), ("", 0)][:2]
    return first if most > second else None
