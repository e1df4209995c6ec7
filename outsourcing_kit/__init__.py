"""Outsourcing Kit: is this outsourcing engagement going wrong, how do you know, and what next?"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:  # to import typing takes longer than the rest of this file
    from typing import Any

__version__ = "0.1.0"

_MODULES = ("business_case", "task_selection", "kickoff", "expectations", "recognition", "stats", "plots", "ask")
_NAMES = {
    "Engagement": "engagement",
    "Finding": "finding",
    "Measure": "finding",
    "OutsourcingKitError": "exceptions",
    "Scorecard": "report",
    "Settings": "settings",
    "plan_import": "readers.importing",
    "scorecard": "report",
    "simulate": "simulation",
}

__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name: str) -> Any:
    """Load a public name at its first use: importing the kit itself stays cheap."""
    if name in _MODULES:
        return importlib.import_module(f"outsourcing_kit.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(f"outsourcing_kit.{_NAMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'outsourcing_kit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
