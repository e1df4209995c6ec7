"""Timings of what the kit promises, measured and printed; never a test, as machines differ.

One file a promise, each with `measure() -> list[Timing]`. Run all: make bench
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """One measured number. `promise` is what the design says of it; empty where it says nothing."""

    what: str
    value: float
    unit: str
    promise: str = ""

    def __str__(self) -> str:
        return f"{self.what:<64} {self.value:>8.2f} {self.unit:<3} {self.promise}".rstrip()
