"""Invented engagements with a known truth, and the six samples made from them."""

from __future__ import annotations

from outsourcing_kit.simulation.engine import planted_truth, simulate

__all__ = ["planted_truth", "simulate"]
