"""Do the people who do the work say that they feel needed?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.frames import numeric, typed
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Shown, interval_note
from outsourcing_kit.stats import Estimate, cluster_mean, over_readings
from outsourcing_kit.tables import meant
from outsourcing_kit.text import likeness, quoted

QUESTION = "I feel needed"


@dataclass(frozen=True, repr=False)
class FeelNeeded(Shown):
    """Share of a side's answers that are good enough; the estimate is None where respondents would be recognisable.

    In the estimate every respondent counts alike, in `share_of_answers` every answer does. `said` is what was assumed
    and left out; `unsaid` answers are good or not depending on where their scale begins, which nobody said: the
    interval allows for either.
    """

    side: str
    question: str
    respondents: int
    answers: int
    estimate: Estimate | None
    why: str
    share_of_answers: float = math.nan
    said: tuple[str, ...] = ()
    unsaid: int = 0

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
        return self.said if self.estimate is None else (interval_note(self.estimate.confidence), *self.said)


def feel_needed(
    pulse: pd.DataFrame,
    *,
    side: str = "provider",
    question: str = QUESTION,
    least: float = 0.75,
    confidence: float = CONFIDENCE,
) -> FeelNeeded:
    """Share of a side's answers at `least` or more of the scale; every respondent counts the same.

    The place of an answer is (score − lowest) / (highest − lowest), so that the same box of a scale is at the same
    place whether its boxes are numbered 1 to 5 or 0 to 4. The lowest is scale_min; where that is blank, 0 if anybody
    answered 0 to this question on a scale with the same scale_max, or if scale_max is at most 1; else 1 is assumed.
    Where it makes a difference whether 0 could have been ticked too, that is said, and the interval reaches over both.

    Args:
        pulse: columns respondent, side, question, score, scale_max [, scale_min], one row an answer.
        side: client or provider.
        question: matched without regard to case, blanks and punctuation.
        least: place on the scale that is good enough, 0 to 1; 4 on a scale of 1 to 5 is 0.75.
        confidence: of the interval; by default that of a headline measure.

    Returns:
        FeelNeeded. With fewer than five respondents the estimate is None: they would be recognisable. Answers with a
        blank, or outside their scale, are left out, counted and said.

    Example: five people answer 5, 4, 4, 2, 3 of 5: three of five are at least 4.

    >>> pulse = pd.DataFrame({"respondent": list("abcde"), "side": "provider", "question": "i feel needed ",
    ...     "score": [5, 4, 4, 2, 3], "scale_max": 5})
    >>> feel_needed(pulse).estimate.estimate
    0.6
    """
    pulse, side = (
        typed(pulse, "respondent", "side", "question"),
        typed(pd.DataFrame({"side": [side]}), "side")["side"][0],
    )
    likeness_of = {asked: _likeness(asked, question) for asked in pulse["question"].dropna().unique()}
    asked = pulse["question"].map(likeness_of)
    answers = pulse[(asked == "same") & ((pulse["side"] == side) | pulse["side"].isna())]
    answers = answers.assign(**{name: numeric(answers, name) for name in ("score", "scale_max")})
    whole = answers[["respondent", "side", "score", "scale_max"]].notna().all(axis=1)
    lowest, known = _lowest(answers)
    inside = (answers["score"] >= lowest) & (answers["score"] <= answers["scale_max"]) & (lowest < answers["scale_max"])
    said = _said(whole, inside)
    if near := sorted(name for name, like in likeness_of.items() if like == "near"):
        mend = f"write {quoted(question)} where it is the same question"
        said += (f"Answers to {quoted(near[0])} are not counted: {mend}.",)
    answers, lowest, known = (part[whole & inside] for part in (answers, lowest, known))
    respondents = int(answers["respondent"].nunique())
    if respondents < FEWEST:
        found = f"{respondents} answered {question!r}" if respondents else f"nobody answered {question!r}"
        why = f"needs at least five respondents, as fewer than five respondents would be recognisable; {found}"
        return FeelNeeded(side, question, respondents, len(answers), None, why, said=said)
    good, also = _good(answers, lowest, least), _good(answers, lowest.where(known, 0.0), least)
    who = answers["respondent"].to_numpy(dtype=object)
    estimate, other = (cluster_mean(values, who, confidence=confidence, bounds=(0, 1)) for values in (good, also))
    unsaid = int((good != also).sum())
    if unsaid:
        tops = ", ".join(f"{top:g}" for top in sorted(answers.loc[~known, "scale_max"].unique())[:5])
        said += (f"Scales up to {tops} count as beginning at 1: where one begins at 0, say so (column scale_min).",)
    estimate = over_readings(estimate, [other] if unsaid else [])
    return FeelNeeded(side, question, respondents, len(answers), estimate, "", float(good.mean()), said, unsaid)


def _likeness(asked: str, question: str) -> str:
    return meant("pulse.question", asked)[1] if question == QUESTION else likeness(asked, question)


def _lowest(answers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Where each answer's scale begins, and whether that is known or assumed."""
    given = numeric(answers, "scale_min") if "scale_min" in answers else pd.Series(math.nan, answers.index)
    zero = answers.groupby("scale_max")["score"].transform("min") < 1
    found = given.where(given.notna(), (zero | (answers["scale_max"] <= 1)).map({True: 0.0, False: math.nan}))
    return found.fillna(1.0).astype(float), found.notna()


def _good(answers: pd.DataFrame, lowest: pd.Series, least: float) -> NDArray[np.float64]:
    place = (answers["score"] - lowest) / (answers["scale_max"] - lowest)
    # 0.6 of 0.8 is not quite three quarters in binary.
    return (place >= least - 1e-9).to_numpy(dtype=float)


def _said(whole: pd.Series, inside: pd.Series) -> tuple[str, ...]:
    said = []
    if blank := int((~whole).sum()):
        words = f"answer{'s' if blank > 1 else ''} left out: the score, its scale, the side or who is blank"
        said.append(f"{blank} {words}.")
    if outside := int((whole & ~inside).sum()):
        said.append(f"{outside} answer{'s' if outside > 1 else ''} left out: outside their scale.")
    return tuple(said)
