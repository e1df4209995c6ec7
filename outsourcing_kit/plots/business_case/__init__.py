"""Figures of mistake 1: the cost axis of a finding, and what the closer looks at a plan's costs show."""

from __future__ import annotations

from outsourcing_kit.plots.business_case.cost_axis import picture

__all__ = ["picture"]
