"""Imports that are written and read again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from imports import SAMPLES, answering

from outsourcing_kit.readers.importing import MOST_QUESTIONS, plan_import


@pytest.fixture(scope="session")
def plans():
    """What the samples came to: files, options and answers → plan."""
    return {}


@pytest.fixture
def imported(tmp_path, plans):
    """imported("jira_cloud.csv", zone="Chicago") -> the plan, written, and read again: twice is once."""

    def do(*files, options=None, **answers):
        folder = tmp_path / "ours"
        same = repr((files, options, answers))
        # A sample stays as it is, and a new folder brings nothing: one import serves all that look at it.
        shared = not folder.exists() and all(isinstance(file, str) for file in files)
        if shared and same in plans:
            plan = replace(plans[same], folder=folder)
            plan.write()
            return plan
        paths = [SAMPLES / file if isinstance(file, str) else file for file in files]
        plan = plan_import(folder, paths, prompt=answering(**answers), **(options or {}))
        assert len(plan.asked) <= MOST_QUESTIONS
        plan.write()
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        again = plan_import(folder, paths, **(options or {}))
        assert again.asked == ()
        again.write()
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        if shared:
            plans[same] = plan
        return plan

    return do


@pytest.fixture
def imported_text(tmp_path, imported):
    """imported_text("Name,…", zone="Chicago") -> the plan of a file with this text, as `imported` gives it."""

    def do(text, **answers):
        path = tmp_path / "export"
        path.write_text(text, encoding="utf-8")
        return imported(path, **answers)

    return do
