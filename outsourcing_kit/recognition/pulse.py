"""Do the people who do the work say that they feel needed?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.frames import sides, take
from outsourcing_kit.recognition.small_groups import FEWEST
from outsourcing_kit.showing import Result, interval_note
from outsourcing_kit.stats import Estimate, over_readings, person_share
from outsourcing_kit.tables import meant
from outsourcing_kit.text import quoted
from outsourcing_kit.verdicts import CONFIDENCE
from outsourcing_kit.words import plural

QUESTION = "I feel needed"
# Place on the scale that is good enough: 4 on a scale of 1 to 5.
_ENOUGH = 0.75
_NEED = ("respondent", "side", "question", "score", "scale_max")


@dataclass(frozen=True, repr=False)
class FeelNeeded(Result):
    """Share of a side's answers that are good enough; the estimate is None where `missing` says why.

    `table` has one row: side, question, respondents, answers, share, low, high. In the share every respondent counts
    alike, in `share_of_answers` every answer does. `notes` is what was assumed and left out; `unsaid` answers are good
    or not depending on where their scale begins, which nobody said: the interval allows for either.
    """

    estimate: Estimate | None = None
    respondents: int = 0
    answers: int = 0
    share_of_answers: float = math.nan
    unsaid: int = 0

    columns: ClassVar = {
        "side": "text", "question": "text", "respondents": "count", "answers": "count",
        "share": "share", "low": "share", "high": "share",
    }  # fmt: skip

    def _more(self) -> tuple[str, ...]:
        return (interval_note(self.estimate.confidence),) if self.estimate else ()


def feel_needed(pulse: pd.DataFrame, people: pd.DataFrame | None = None, *, side: str = "provider") -> FeelNeeded:
    """Share of a side's answers to "I feel needed" at three quarters of the scale or more; respondents count alike.

    The place of an answer is (score − lowest) / (highest − lowest). The lowest is scale_min; where that is blank, 0 if
    anybody answered 0 on a scale with the same scale_max, or if scale_max is at most 1; else 1.

    Args:
        pulse: the table `pulse`, one row an answer; scale_min may be absent. The question is matched without regard to
            case, blanks and punctuation.
        people: the table `people`, which says how many did not answer; None: everybody did.
        side: client or provider.

    Returns:
        FeelNeeded; without an estimate where fewer than five people answered. Answers with a blank, or outside their
        scale, are left out, counted and noted.

    Raises:
        UnknownNameError: a side that is none.
        BadDataError: cells that are no numbers.

    Example: five people answer 5, 4, 4, 2, 3 of 5: three of five are at least 4.

    >>> pulse = pd.DataFrame({"respondent": list("abcde"), "side": "provider", "question": "i feel needed ",
    ...     "score": [5, 4, 4, 2, 3], "scale_max": 5})
    >>> feel_needed(pulse).estimate.estimate
    0.6
    """
    pulse, missing = take(pulse, "pulse", need=_NEED, also=("scale_min",))
    if missing:
        return FeelNeeded.lacking(missing)
    word, how = meant("pulse.side", side)
    if how != "same":
        raise UnknownNameError.of("side", str(side), ("client", "provider"))
    # Each wording once: a year of answers holds a handful of them, and likeness compares letters.
    likeness_of = {asked: meant("pulse.question", asked)[1] for asked in pulse["question"].dropna().unique()}
    same = pulse["question"].isin([asked for asked, how in likeness_of.items() if how == "same"])
    # Of an answer with a blank side nobody knows whether it is one: it is left out below, and counted.
    answers = pulse[same & ((pulse["side"] == word) | pulse["side"].isna())]
    whole = answers[[*_NEED]].notna().all(axis=1)
    lowest, known = _lowest(answers)
    inside = (answers["score"] >= lowest) & (answers["score"] <= answers["scale_max"]) & (lowest < answers["scale_max"])
    left_out = {"the score, its scale, the side or who is blank": ~whole, "outside their scale": whole & ~inside}
    notes = [f"{plural(int(rows.sum()), 'answer')} left out: {why}." for why, rows in left_out.items() if rows.any()]
    if near := sorted(name for name, how in likeness_of.items() if how == "near"):
        mend = f"write {quoted(QUESTION)} where it is the same question"
        notes.append(f"Answers to {quoted(near[0])} are not counted: {mend}.")
    answers, lowest, known = (part[whole & inside] for part in (answers, lowest, known))
    respondents = int(answers["respondent"].nunique())
    if respondents < FEWEST:
        found = f"{respondents or 'nobody'} answered {quoted(QUESTION)}"
        missing = f"needs at least five respondents, as fewer than five respondents would be recognisable; {found}"
        return FeelNeeded.lacking(missing, None, respondents, len(answers), notes=tuple(notes))
    good, also = _good(answers, lowest), _good(answers, lowest.where(known, 0.0))
    listed, _ = take(pd.DataFrame() if people is None else people, "people", need=("person", "side"))
    team = int((sides(listed) == word).sum()) or None
    share = partial(person_share, person=answers["respondent"], team=team, confidence=CONFIDENCE)
    estimate = share(good)
    if unsaid := int((good != also).sum()):
        # Only the writer knows where the scale began: a verdict must hold under both readings.
        estimate = over_readings(estimate, [share(also)])
        tops = ", ".join(f"{top:g}" for top in sorted(answers.loc[~known, "scale_max"].unique())[:5])
        notes.append(f"Scales up to {tops} count as beginning at 1: where one begins at 0, say so (column scale_min).")
    numbers = [round(value, 3) for value in (estimate.estimate, estimate.low, estimate.high)]
    table = pd.DataFrame([(word, QUESTION, respondents, len(answers), *numbers)], columns=[*FeelNeeded.columns])
    return FeelNeeded(table, estimate, respondents, len(answers), float(good.mean()), unsaid, notes=tuple(notes))


def _lowest(answers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Where each answer's scale begins, and whether that is known or assumed."""
    # The same box is at the same place, whether boxes are numbered 1 to 5 or 0 to 4.
    zero = (answers.groupby("scale_max")["score"].transform("min") < 1) | (answers["scale_max"] <= 1)
    found = answers["scale_min"].mask(answers["scale_min"].isna() & zero, 0.0)
    return found.fillna(1.0), found.notna()


def _good(answers: pd.DataFrame, lowest: pd.Series) -> NDArray[np.float64]:
    place = (answers["score"] - lowest) / (answers["scale_max"] - lowest)
    # 0.6 of 0.8 is not quite three quarters in binary.
    return (place >= _ENOUGH - 1e-9).to_numpy(dtype=float)
