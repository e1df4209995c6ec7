"""Do the people who do the work say that they feel needed?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.finding import LEVEL
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Shown, interval_note
from outsourcing_kit.stats import Estimate, person_mean

QUESTION = "I feel needed"


@dataclass(frozen=True, repr=False)
class FeelNeeded(Shown):
    """Share of a side's answers that are good enough; the estimate is None where respondents would be recognisable.

    In the estimate every respondent counts alike, in `share_of_answers` every answer does.
    """

    side: str
    question: str
    respondents: int
    answers: int
    estimate: Estimate | None
    why: str
    share_of_answers: float = math.nan

    _shares = ("share", "low", "high")

    @property
    def table(self) -> pd.DataFrame:
        """One row: side, question, respondents, answers, share, low, high; blank where it is not shown."""
        numbers = [math.nan] * 3
        if self.estimate is not None:
            numbers = [round(value, 3) for value in (self.estimate.estimate, self.estimate.low, self.estimate.high)]
        row = [self.side, self.question, self.respondents, self.answers, *numbers]
        return pd.DataFrame([row], columns=["side", "question", "respondents", "answers", "share", "low", "high"])

    @property
    def missing(self) -> str:
        """Why there is no share to show, in words; empty where there is one."""
        return self.why if self.estimate is None else ""

    def _notes(self) -> tuple[str, ...]:
        return () if self.estimate is None else (interval_note(self.estimate.level),)


def feel_needed(
    pulse: pd.DataFrame,
    *,
    side: str = "provider",
    question: str = QUESTION,
    least: float = 0.8,
    level: float = LEVEL,
) -> FeelNeeded:
    """Share of a side's answers with score / scale_max of at least `least`; every respondent counts the same.

    Args:
        pulse: the table `pulse`, one row an answer.
        side: client or provider.
        question: matched without regard to case and outer spaces.
        least: share of the scale that is good enough; 4 of 5 is 0.8.
        level: confidence of the interval; by default that of a headline measure.

    Returns:
        FeelNeeded. With fewer than five respondents the estimate is None: they would be recognisable.

    Example: five people answer 5, 4, 4, 2, 3 of 5: three of five are at least 4.

    >>> pulse = pd.DataFrame({"respondent": list("abcde"), "side": "provider", "question": "i feel needed ",
    ...     "score": [5, 4, 4, 2, 3], "scale_max": 5})
    >>> feel_needed(pulse).estimate.estimate
    0.6
    """
    asked = pulse["question"].astype("string").str.strip().str.casefold() == question.strip().casefold()
    answers = pulse[asked.fillna(False) & (pulse["side"] == side)].dropna(subset=["score", "scale_max", "respondent"])
    respondents = int(answers["respondent"].nunique())
    if respondents < FEWEST:
        found = f"{respondents} answered {question!r}" if respondents else f"nobody answered {question!r}"
        why = f"needs at least five respondents, as fewer than five respondents would be recognisable; {found}"
        return FeelNeeded(side, question, respondents, len(answers), None, why)
    # 5.6 / 7 is not quite 0.8 in binary.
    good = (answers["score"] / answers["scale_max"] >= least - 1e-9).to_numpy(dtype=float)
    who = answers["respondent"].to_numpy(dtype=object)
    estimate = person_mean(good, who, level=level, bounds=(0, 1))
    return FeelNeeded(side, question, respondents, len(answers), estimate, "", float(good.mean()))
