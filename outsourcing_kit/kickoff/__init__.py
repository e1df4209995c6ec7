"""Mistake 3: was there a kickoff before the first paid work, was everything covered, and did both sides take it in?"""

from __future__ import annotations

from outsourcing_kit.kickoff.agenda import DEFAULT_AGENDA, AgendaItem
from outsourcing_kit.kickoff.assessment import assess
from outsourcing_kit.kickoff.confirmation import AgendaStatus, agenda_status
from outsourcing_kit.kickoff.coverage import Coverage, agenda_coverage
from outsourcing_kit.kickoff.quiz import QuizScores, TopicScores, quiz_scores
from outsourcing_kit.kickoff.setbacks import Setbacks, e_value, setbacks
from outsourcing_kit.kickoff.timeline import NaiveKickoff, Timeline, is_kickoff, kickoff_timeline, naive_kickoff

__all__ = [
    "DEFAULT_AGENDA", "AgendaItem", "AgendaStatus", "Coverage", "NaiveKickoff", "QuizScores", "Setbacks",
    "Timeline", "TopicScores", "agenda_coverage", "agenda_status", "assess", "e_value", "is_kickoff",
    "kickoff_timeline", "naive_kickoff", "quiz_scores", "setbacks",
]  # fmt: skip
