"""Figures: one picture per mistake, and those of closer looks; each with alt text made from its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outsourcing_kit.plots.cash import cash_fan, saving_distribution
from outsourcing_kit.plots.decisions import regret
from outsourcing_kit.plots.picture import Picture
from outsourcing_kit.plots.swings import tornado

if TYPE_CHECKING:
    from outsourcing_kit.finding import Finding

__all__ = ["Picture", "cash_fan", "picture", "regret", "saving_distribution", "tornado"]


def picture(finding: Finding) -> Picture:
    """The one picture of a finding's mistake, drawn from the finding's own evidence rows."""
    from importlib import import_module

    return import_module(f"outsourcing_kit.plots.{finding.mistake}").picture(finding)
