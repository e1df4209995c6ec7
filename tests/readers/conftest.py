"""Imports that are written and read again."""

from __future__ import annotations

import pytest
from imports import SAMPLES, answering

from outsourcing_kit.readers.importing import MOST_QUESTIONS, plan_import


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
