"""Mistake 5, good work not rewarded: is good work seen, as often as the same work in-house, and do people feel it?"""

from __future__ import annotations

from outsourcing_kit.recognition.assessment import assess
from outsourcing_kit.recognition.comparing import (
    NaiveThanks,
    NeverThanked,
    RecognitionGap,
    naive_thanks,
    never_thanked,
    recognition_gap,
)
from outsourcing_kit.recognition.crediting import GoodWork, RecognisedMonths, good_work, recognised_months
from outsourcing_kit.recognition.pulse import FeelNeeded, feel_needed

__all__ = [
    "FeelNeeded",
    "GoodWork",
    "NaiveThanks",
    "NeverThanked",
    "RecognisedMonths",
    "RecognitionGap",
    "assess",
    "feel_needed",
    "good_work",
    "naive_thanks",
    "never_thanked",
    "recognised_months",
    "recognition_gap",
]
