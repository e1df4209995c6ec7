"""Mistake 4: were expectations communicated, questions answered, proposals heard?

One file a question: pairs (are both sides on the same page?), answers and working_hours (are questions answered in
time?), proposals (is the provider heard?), talking (can they talk, how regularly, and who moves?), wording (what do
requests leave open?), flow (how long do tickets take?).
"""

from __future__ import annotations

from outsourcing_kit.expectations.answers import AnswerTimes, NaiveResponseTime, answer_times, naive_response_time
from outsourcing_kit.expectations.assessment import assess
from outsourcing_kit.expectations.flow import Throughput, throughput
from outsourcing_kit.expectations.pairs import PairAgreement, pair_agreement, pairs_of
from outsourcing_kit.expectations.proposals import ProposalAnswers, proposal_answers
from outsourcing_kit.expectations.talking import Cadence, Movement, Overlap, cadence, movement, overlap
from outsourcing_kit.expectations.wording import FLAGS, WORD_FLAGS, VagueWording, flag_vague_wording
from outsourcing_kit.expectations.working_hours import Anyone, Workday, shared_hours

__all__ = [
    "FLAGS", "WORD_FLAGS", "AnswerTimes", "Anyone", "Cadence", "Movement", "NaiveResponseTime", "Overlap",
    "PairAgreement", "ProposalAnswers", "Throughput", "VagueWording", "Workday", "answer_times", "assess",
    "cadence", "flag_vague_wording", "movement", "naive_response_time", "overlap", "pair_agreement", "pairs_of",
    "proposal_answers", "shared_hours", "throughput",
]  # fmt: skip
