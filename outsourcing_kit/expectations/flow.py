"""How long do tickets take from their first to their last event?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.frames import labels, lacking
from outsourcing_kit.moments import instants
from outsourcing_kit.showing import Shown

_DAY = 86_400 * 1e9


@dataclass(frozen=True, repr=False)
class Throughput(Shown):
    """`.table`: one row with cases, events, events_per_case, mean_days, median_days (first to last event)."""

    table: pd.DataFrame
    missing: str = ""


def throughput(events: pd.DataFrame) -> Throughput:
    """Cases, events a case, and the mean and median days from a case's first to its last event.

    days = (max happened_at − min happened_at) / 24 h per case; a case with one event counts with 0 days. This is time
    by the calendar, nights and weekends included: with no person and no zone in the log there is no working time to
    count.

    Args:
        events: columns case, happened_at (instants). Rows without either are left out.

    Returns:
        Throughput with one row; no cases and nan where there is nothing.

    Raises:
        OutsourcingKitError: if happened_at holds no instants with an offset.

    Example: ticket a takes 2 days over two events, ticket b one event: mean 1, median 1.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"case": ["a", "b", "a"],
    ...     "happened_at": pd.to_datetime(["2026-01-01T00:00Z", "2026-01-01T00:00Z", "2026-01-03T00:00Z"])})
    >>> throughput(log).table.values.tolist()
    [[2.0, 3.0, 1.5, 1.0, 1.0]]
    """
    missing = lacking(events, "events", "case", "happened_at")
    if missing:
        return Throughput(_row(np.array([]), 0), missing)
    case = labels(events["case"])
    known = case.notna() & events["happened_at"].notna()
    moments = instants(events.loc[known, "happened_at"], "happened_at")
    cases, names = pd.factorize(case[known])
    # One pass over integers: many times faster than a group-by on labels and time stamps.
    first, last = np.full(len(names), np.iinfo(np.int64).max), np.full(len(names), np.iinfo(np.int64).min)
    np.minimum.at(first, cases, moments)
    np.maximum.at(last, cases, moments)
    return Throughput(_row((last - first) / _DAY, len(moments)), "" if len(moments) else "needs table events")


def _row(days: np.ndarray, events: int) -> pd.DataFrame:
    some = len(days) > 0
    row = {
        "cases": len(days),
        "events": events,
        "events_per_case": events / len(days) if some else np.nan,
        "mean_days": float(days.mean()) if some else np.nan,
        "median_days": float(np.median(days)) if some else np.nan,
    }
    return pd.DataFrame([row])
