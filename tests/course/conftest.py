"""The course is tested on small lessons made on the spot, without the real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def make_lesson(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook into tmp_path/lessons."""
    from made_lessons import write_lesson

    return lambda *arguments, **named: write_lesson(tmp_path / "lessons", *arguments, **named)


@pytest.fixture
def quick_run(monkeypatch, tmp_path, make_lesson) -> Callable[..., object]:
    """`run` on two lessons and one engagement into `out`, in place of whose kernels `meanwhile` is called."""
    import nbformat

    from outsourcing_kit.course import engagements, executing, running

    make_lesson("01_one")
    make_lesson("03_three")
    monkeypatch.setattr(engagements, "load", lambda shown_as: (shown_as, shown_as))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("OUTSOURCING_KIT_KERNELS", "cold")

    def run(lessons=(), meanwhile=lambda: None, **named):
        def execute(path, parameters, kernels):
            meanwhile()
            return nbformat.read(path, 4), None

        monkeypatch.setattr(executing, "execute", execute)
        told = {"engagements": ["alpha"], "notebooks": tmp_path / "lessons", "jobs": 1, "progress": False}
        return running.run(lessons, **told | named)

    return run
