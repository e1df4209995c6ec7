"""Imports with answers given in advance, as a script gives them, and what they would write as rows of text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from outsourcing_kit.readers.asking import Question

SAMPLES = Path(__file__).with_name("exports")
# What Ines Abara answers: she and the samples' two assistants are the same people in all of them.
ANSWERS = {
    "ours": ["Ines Abara", "Ines", "i.abara", "ines@example.com"],
    "neither": [],
    "client_zone": "Chicago",
    "provider_zone": "Manila",
}


def answering(**more):
    """A prompt that knows these answers, and takes what is offered, else the first option."""

    def prompt(question: Question):
        known = ANSWERS | more
        # What is asked of one file has the file's own mark behind its name.
        key = question.key if question.key in known else question.key.partition(" ")[0]
        if key in known:
            answer = known[key]
            return [name for name in answer if name in question.options] if question.many else answer
        return list(question.suggested) if question.many else (*question.suggested, *question.options, "")[0]

    return prompt


def rows(plan, table):
    """The rows of a table of a plan, blank cells left out; none where it would write no such table."""
    text = plan.texts.get(f"{table}.csv", "")
    return [{column: cell for column, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(text))]


def left_out(plan):
    """Why → how many rows are in no table, over all files."""
    return {why: count for entry in plan.entries for why, count in entry.left_out.items()}
