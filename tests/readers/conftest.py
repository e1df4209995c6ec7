"""Imports with answers given in advance, as a script gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from outsourcing_kit.readers.asking import Question
from outsourcing_kit.readers.importing import MOST_QUESTIONS, plan_import

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
        if question.key in known:
            answer = known[question.key]
            return [name for name in answer if name in question.options] if question.many else answer
        return list(question.suggested) if question.many else (*question.suggested, *question.options, "")[0]

    return prompt


@pytest.fixture
def imported(tmp_path):
    """imported("jira_cloud.csv", zone="Chicago") -> the plan, written, and read again: twice is once."""

    def do(*files, options=None, **answers):
        folder = tmp_path / "ours"
        paths = [SAMPLES / file if isinstance(file, str) else file for file in files]
        plan = plan_import(folder, paths, prompt=answering(**answers), **(options or {}))
        assert len(plan.asked) <= MOST_QUESTIONS
        plan.write()
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        again = plan_import(folder, paths, **(options or {}))
        assert again.asked == ()
        again.write()
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        return plan

    return do
