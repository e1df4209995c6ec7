"""Mistake 3: was there a kickoff before the first paid work, was everything covered, and did both sides take it in?"""

from __future__ import annotations

from outsourcing_kit.kickoff.agenda import DEFAULT_AGENDA, AgendaItem
from outsourcing_kit.kickoff.assessment import agenda_status, assess
from outsourcing_kit.kickoff.coverage import Coverage, agenda_coverage, coverage_by_meeting
from outsourcing_kit.kickoff.quiz import QuizScores, quiz_scores
from outsourcing_kit.kickoff.timeline import Timeline, kickoff_timeline

__all__ = [
    "DEFAULT_AGENDA",
    "AgendaItem",
    "Coverage",
    "QuizScores",
    "Timeline",
    "agenda_coverage",
    "agenda_status",
    "assess",
    "coverage_by_meeting",
    "kickoff_timeline",
    "quiz_scores",
]
