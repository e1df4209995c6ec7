"""The course: lessons, running them, and their exercises. Nothing in the analysis imports it."""

from __future__ import annotations

from typing import Any

__all__ = ["check", "choice", "guesses", "hint", "hundred_teams", "reveal", "solution"]
_MODULES = {"choice": "guessing", "guesses": "guessing", "reveal": "guessing", "hundred_teams": "teams"}


def __getattr__(name: str) -> Any:
    """Load what a lesson uses at its first use."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"outsourcing_kit.course.{_MODULES.get(name, 'exercises')}"), name)
    raise AttributeError(f"module 'outsourcing_kit.course' has no attribute {name!r}")
