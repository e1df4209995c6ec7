"""The course: lessons, running them, and their exercises. Nothing in the analysis imports it."""

from __future__ import annotations

from typing import Any

__all__ = ["check", "choice", "hint", "reveal", "solution"]


def __getattr__(name: str) -> Any:
    """Load what a lesson uses at its first use."""
    if name in __all__:
        from outsourcing_kit.course import exercises, guessing

        return getattr(guessing if name in ("choice", "reveal") else exercises, name)
    raise AttributeError(f"module 'outsourcing_kit.course' has no attribute {name!r}")
