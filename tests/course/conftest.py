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
