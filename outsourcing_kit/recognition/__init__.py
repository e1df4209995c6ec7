"""Mistake 5, good work not rewarded: is good work seen, as often as the same work in-house, and do people feel it?"""

from __future__ import annotations

from outsourcing_kit.recognition.assessment import assess
from outsourcing_kit.recognition.choices import Choices, share_by_choice
from outsourcing_kit.recognition.comparing import (
    NaiveThanks,
    NeverThanked,
    RecognitionGap,
    naive_thanks,
    never_thanked,
    recognition_gap,
)
from outsourcing_kit.recognition.crediting import GoodWork, RecognisedMonths, good_work, recognised_months
from outsourcing_kit.recognition.lot import Lot, people_needed, smallest_difference, thanked_first
from outsourcing_kit.recognition.peaks import AfterPeaks, after_peaks
from outsourcing_kit.recognition.pulse import FeelNeeded, feel_needed
from outsourcing_kit.recognition.staying import Retention, retention

__all__ = [
    "AfterPeaks", "Choices", "FeelNeeded", "GoodWork", "Lot", "NaiveThanks", "NeverThanked", "RecognisedMonths",
    "RecognitionGap", "Retention", "after_peaks", "assess", "feel_needed", "good_work", "naive_thanks",
    "never_thanked", "people_needed", "recognised_months", "recognition_gap", "retention", "share_by_choice",
    "smallest_difference", "thanked_first",
]  # fmt: skip
