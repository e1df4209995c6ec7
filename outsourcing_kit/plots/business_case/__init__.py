"""Figures of mistake 1: the cost axis of a finding, and what the closer looks at a plan's costs show."""

from __future__ import annotations

from outsourcing_kit.plots.business_case.cash import cash_fan, saving_distribution
from outsourcing_kit.plots.business_case.cost_axis import picture
from outsourcing_kit.plots.business_case.decisions import regret
from outsourcing_kit.plots.business_case.swings import tornado

__all__ = ["cash_fan", "picture", "regret", "saving_distribution", "tornado"]
