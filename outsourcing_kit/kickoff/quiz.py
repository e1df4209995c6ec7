"""Did both sides leave with the same, right picture? Answers held against the key, never by person."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.frames import sides as side_of
from outsourcing_kit.frames import typed
from outsourcing_kit.showing import Shown, interval_note
from outsourcing_kit.stats import Estimate, cluster_mean
from outsourcing_kit.text import folded

SIDES = ("client", "provider")
SMALLEST_GROUP = 5
_NEEDS = "needs the tables quiz, answer_key and people, with answers to judge"
# What an editor makes of the signs that were typed: the same to everybody who reads them.
_SIGNS = str.maketrans(
    {**dict.fromkeys("’‘‛ʼ′`´", "'"), **dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‐‑‒–—−", "-"), "…": "..."}
)
_UNKNOWING = {"dont know", "do not know", "i dont know", "i do not know", "no idea", "not sure", "dk"}
QUESTIONS = (
    "question", "topic", "client_right", "provider_right", "client_dont_know", "provider_dont_know",
    "both_wrong_the_same_way",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class TopicScores(Shown):
    """Shares of right answers by topic: `.table` has topic, questions, client_right, provider_right.

    Figures of a side with fewer than five people are blank.
    """

    table: pd.DataFrame

    _shares = ("client_right", "provider_right")

    @property
    def missing(self) -> str:
        """What a table without rows lacks."""
        return _NEEDS if self.table.empty else ""

    def _view(self) -> pd.DataFrame:
        weaker = self.table[["client_right", "provider_right"]].min(axis=1)
        return self.table.assign(weaker=weaker).sort_values(["weaker", "topic"]).drop(columns="weaker")


@dataclass(frozen=True, repr=False)
class QuizScores(Shown):
    """Shares of right answers by side, and by question where the groups are large enough to be shown.

    `.table`: a row a side (people, answers, right, low, high, dont_know as shares). `.questions`: a row a question;
    figures of a side with fewer than five people are left blank. `both_wrong_the_same_way` counts the questions on
    which the most common answer of both sides is the same and wrong. `sides` holds the two estimates,
    `right_of_answers` each side's share with every answer, not every person, counted alike.
    """

    table: pd.DataFrame
    questions: pd.DataFrame
    topics: pd.DataFrame
    both_wrong_the_same_way: int
    sides: dict[str, Estimate]
    notes: tuple[str, ...] = ()
    right_of_answers: dict[str, float] = field(default_factory=dict)

    _shares = ("right", "low", "high", "don't know")

    @property
    def by_topic(self) -> TopicScores:
        """The topics as a table to read, the weakest first."""
        return TopicScores(self.topics)

    @property
    def judged(self) -> bool:
        """Whether any answer could be held against a key."""
        return bool(self.table["answers"].sum())

    @property
    def missing(self) -> str:
        """What is lacking where no answer could be judged."""
        return "" if self.judged else _NEEDS

    def _view(self) -> pd.DataFrame:
        return (self.table if self.judged else self.table.head(0)).rename(columns={"dont_know": "don't know"})

    def _caption(self) -> str:
        return "Quiz, share of right answers by side" if self.judged else ""

    def _notes(self) -> tuple[str, ...]:
        same = f"Questions that both sides get wrong the same way: {self.both_wrong_the_same_way}."
        levels = interval_note(self.sides["client"].confidence)
        return (same, f"{levels} over people", *self.notes) if self.judged else self.notes


def quiz_scores(
    quiz: pd.DataFrame, answer_key: pd.DataFrame, people: pd.DataFrame, *, confidence: float = CONFIDENCE
) -> QuizScores:
    """Hold the quiz against its key: per side, per question and per topic; nothing about single people.

    Right means equal to the key but for case, blanks, curly quotes and long dashes, and how letters with accents were
    composed; "don't know" is never right. A side's share is the
    mean of its people's shares, so that nobody counts more for having answered more; its interval is a t interval on
    the log-odds scale with people − 1 degrees of freedom (`stats.cluster_mean`).

    Answers to questions without a key, by people of unknown side, and blank ones are left out and counted in `notes`.

    Args:
        quiz: person, question, answer. answer_key: question, key, topic. people: person, side.
        confidence: of the intervals; by default that of a headline measure.

    >>> answers = [("a", "q1", "X"), ("a", "q2", "y"), ("b", "q1", "x "), ("b", "q2", "don't know")]
    >>> quiz = pd.DataFrame(answers, columns=["person", "question", "answer"])
    >>> key = pd.DataFrame({"question": ["q1", "q2"], "key": ["x", "z"], "topic": ["payments", "tasks"]})
    >>> people = pd.DataFrame({"person": ["a", "b"], "side": ["client", "provider"]})
    >>> quiz_scores(quiz, key, people).table[["side", "people", "right", "dont_know"]].to_numpy().tolist()
    [['client', 1, 0.5, 0.0], ['provider', 1, 0.5, 0.5]]
    """
    rows, notes = _judged(quiz, answer_key, people)
    rates, sides, of_answers = [], {}, {}
    for name in SIDES:
        own = rows[rows["side"] == name]
        sides[name] = cluster_mean(
            own["right"].to_numpy(float), own["person"].to_numpy(object), confidence=confidence, bounds=(0, 1)
        )
        of_answers[name] = float(own["right"].mean()) if len(own) else float("nan")
        unsure = own.groupby("person")["dont_know"].mean().mean() if len(own) else float("nan")
        known = sides[name]
        rates.append((name, own["person"].nunique(), len(own), known.estimate, known.low, known.high, unsure))
    table = pd.DataFrame(rates, columns=["side", "people", "answers", "right", "low", "high", "dont_know"])
    small = [row.side for row in table.itertuples() if row.people < SMALLEST_GROUP]
    if small and len(rows):
        notes += (
            f"By question and topic, figures of the {' and '.join(small)} side are left blank: fewer than "
            f"{SMALLEST_GROUP} people would be recognisable.",
        )
    topic_of = rows.drop_duplicates("question").set_index("question")["topic"]
    questions, same_way = _by_question(rows, topic_of)
    return QuizScores(table, questions, _by_topic(rows), same_way, sides, notes, of_answers)


def _judged(quiz: pd.DataFrame, answer_key: pd.DataFrame, people: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    keys = typed(answer_key, "question", "key", "topic").dropna(subset=["question", "key"])
    keys = keys.drop_duplicates("question").set_index("question")
    side = side_of(typed(people, "person", "side"))
    rows = typed(quiz[["person", "question", "answer"]].reset_index(drop=True), "person", "question", "answer")
    rows["side"] = rows["person"].map(side)
    rows["key"] = rows["question"].map(keys["key"])
    rows["topic"] = rows["question"].map(keys["topic"]) if "topic" in keys else ""
    notes = []
    for drop, words in (
        (rows["key"].isna(), "to questions that have no key"),
        (rows["side"].isna(), "by people whose side is unknown"),
        (rows["answer"].isna(), "left blank"),
    ):
        count = int(drop.reindex(rows.index).sum())
        if count:
            notes.append(f"{count} quiz answer{'s' if count > 1 else ''} {words}: left out.")
            rows = rows[~drop.reindex(rows.index)]
    unasked = len(set(keys.index) - set(rows["question"]))
    if unasked and len(rows):
        notes.append(f"{unasked} question{'s' if unasked > 1 else ''} of the key that nobody answered: left out.")
    rows["answer"] = [_plain(answer) for answer in rows["answer"]]
    rows["dont_know"] = [is_dont_know(answer) for answer in rows["answer"]]
    right = [answer == _plain(key) for answer, key in zip(rows["answer"], rows["key"], strict=True)]
    rows["right"] = [good and not unknowing for good, unknowing in zip(right, rows["dont_know"], strict=True)]
    return rows, tuple(notes)


def _plain(answer: object) -> str:
    return folded(str(answer).translate(_SIGNS))


def is_dont_know(answer: object) -> bool:
    """Whether an answer says that the person does not know.

    >>> [is_dont_know(answer) for answer in ("Don't know", "don’t know.", "b")]
    [True, True, False]
    """
    return re.sub(r"[^a-z ]", "", _plain(answer)).strip() in _UNKNOWING


def _by_question(rows: pd.DataFrame, topic_of: pd.Series) -> tuple[pd.DataFrame, int]:
    found, same_way = [], 0
    size = rows.groupby("side")["person"].nunique()
    large = {name: size.get(name, 0) >= SMALLEST_GROUP for name in SIDES}
    columns = ["side", "person", "key", "answer", "right", "dont_know"]
    for question, own in rows.groupby("question", sort=True)[columns]:
        by_side = {name: own[own["side"] == name] for name in SIDES}
        common = {name: _most_common(part["answer"]) for name, part in by_side.items()}
        right = _plain(own["key"].iloc[0])
        wrong = common["client"] is not None and common["client"] == common["provider"] != right
        wrong = wrong and not is_dont_know(common["client"])
        same_way += wrong
        # One question may have been answered by fewer people than the side has.
        shown = {name: large[name] and part["person"].nunique() >= SMALLEST_GROUP for name, part in by_side.items()}
        shares = [by_side[name]["right"].mean() if shown[name] else float("nan") for name in SIDES]
        unsure = [float(by_side[name]["dont_know"].sum()) if shown[name] else float("nan") for name in SIDES]
        found.append((question, topic_of[question], *shares, *unsure, wrong if all(shown.values()) else None))
    return pd.DataFrame(found, columns=list(QUESTIONS)), int(same_way)


def _by_topic(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a topic: questions, and the share right of each side that has at least five people answering."""
    found = rows.groupby("topic", sort=True)["question"].nunique().rename("questions").to_frame()
    by_person = rows.groupby(["side", "topic", "person"])["right"].mean()
    for name in SIDES:
        of_topic = by_person[by_person.index.get_level_values("side") == name].groupby("topic")
        found[f"{name}_right"] = of_topic.mean().where(of_topic.size() >= SMALLEST_GROUP)
    return found.reset_index()


def _most_common(answers: pd.Series) -> str | None:
    """The answer given most often; None where there is none, or two are given equally often."""
    ranked = Counter(answers).most_common(2)
    return ranked[0][0] if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]) else None
