"""The guided way in: short questions in the owner's words, and an engagement's tables made from the answers.

Answers are kept by key, as text, in FOLDER/answers.toml: absent means not asked yet, "" that somebody does not know.
"""

from __future__ import annotations

from outsourcing_kit.ask.answering import Question, check_answer
from outsourcing_kit.ask.asking import BadAnswerError, next_question, questions
from outsourcing_kit.ask.files import read_answers, save_answers, write
from outsourcing_kit.ask.filling import engagement_from, tables_from
from outsourcing_kit.ask.terminal import in_notebook

__all__ = [
    "BadAnswerError", "Question", "check_answer", "engagement_from", "in_notebook", "next_question", "questions",
    "read_answers", "save_answers", "tables_from", "write",
]  # fmt: skip
