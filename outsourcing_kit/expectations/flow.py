"""How long do tickets take from their first to their last event?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result

_DAY = np.timedelta64(1, "D") / np.timedelta64(1, "ns")


@dataclass(frozen=True, repr=False)
class Throughput(Result):
    """`.table`: one row with cases, events, events_per_case, mean_days, median_days (first to last event)."""


def throughput(events: pd.DataFrame) -> Throughput:
    """Cases, events a case, and the mean and median days from a case's first to its last event.

    days = (max happened_at − min happened_at) / 24 h per case, nights and weekends included; a case with one event
    counts with 0 days.

    Args:
        events: columns case, happened_at (instants). Rows without either are left out.

    Raises:
        BadDataError: happened_at holds what is no instant with a UTC offset.

    Example: ticket a takes 2 days over two events, ticket b one event: mean 1, median 1.

    >>> log = pd.DataFrame({"case": ["a", "b", "a"],
    ...     "happened_at": pd.to_datetime(["2026-01-01T00:00Z", "2026-01-01T00:00Z", "2026-01-03T00:00Z"])})
    >>> throughput(log).table.values.tolist()
    [[2.0, 3.0, 1.5, 1.0, 1.0]]
    """
    log, missing = take(events, "events", need=("case", "happened_at"))
    # Time by the calendar: with no person and no zone in a log there is no working time to count.
    log = log.dropna()
    # Nanoseconds whatever pandas keeps: a finer or coarser unit would make days of another length.
    moments = pd.DatetimeIndex(log["happened_at"]).as_unit("ns").asi8
    # By number: many times faster than a group-by on labels and time stamps.
    by_case = pd.Series(moments).groupby(pd.factorize(log["case"])[0])
    days = (by_case.max() - by_case.min()) / _DAY
    row = {
        "cases": len(days), "events": len(log), "events_per_case": len(log) / len(days) if len(days) else np.nan,
        "mean_days": days.mean(), "median_days": days.median(),
    }  # fmt: skip
    return Throughput(pd.DataFrame([row]), missing=missing or ("" if len(log) else "needs table events"))
