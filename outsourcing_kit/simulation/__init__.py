"""Invented engagements with a known truth, and the six samples made from them."""

from __future__ import annotations

from outsourcing_kit.simulation.engine import planted_truth, simulate
from outsourcing_kit.simulation.samples import SAMPLES, Sample, sample, write_sample

__all__ = ["SAMPLES", "Sample", "planted_truth", "sample", "simulate", "write_sample"]
