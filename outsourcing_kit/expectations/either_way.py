"""The share done in time and the counts behind it; of rows that may not count, an interval over both readings."""

from __future__ import annotations

import pandas as pd

from outsourcing_kit.stats import Estimate, over_readings, person_share
from outsourcing_kit.verdicts import CONFIDENCE


def share_in_time(known: pd.DataFrame, unsure: pd.DataFrame, team: int | None = None) -> Estimate:
    """stats.person_share of the known rows; its interval reaches over what the unsure rows could make of it.

    Rows have person and in_time (True, False; unsure ones also nan, unknown); `team` is that of `person_share`.

    >>> known = pd.DataFrame({"person": list("abcdefgh"), "in_time": [True] * 6 + [False] * 2})
    >>> late = pd.DataFrame({"person": list("abcdef"), "in_time": False})
    >>> both = share_in_time(known, late)
    >>> both.estimate, both.low < share_in_time(known, late[:0]).low
    (0.75, True)
    """

    def share(rows: pd.DataFrame) -> Estimate:
        in_time = rows["in_time"].to_numpy(float)
        return person_share(in_time, rows["person"], team=team, complete=True, confidence=CONFIDENCE)

    if not len(unsure) or not len(known):
        return share(known)
    known = known.astype({"in_time": float})
    # Rows of nobody known count as one person's.
    unsure = unsure.assign(in_time=unsure["in_time"].astype(float), person=unsure["person"].fillna("?"))
    # Only those count that were, or may have been, late; only those that were, or may have been, in time. Whichever of
    # them count in truth, the share lies between the two.
    readings = [unsure[unsure["in_time"].fillna(value) == value].assign(in_time=value) for value in (0.0, 1.0)]
    return over_readings(share(known), [share(pd.concat([known, rows])) for rows in readings])


def counted(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """What to sum up: `what` (1 a row), answered, in_time and too_late (of those judged), left_out."""
    judged = ~table["left_out"]
    counts = {
        what: 1, "answered": table["answered"].notna(), "in_time": table["in_time"] & judged,
        "too_late": ~table["in_time"] & judged, "left_out": ~judged,
    }  # fmt: skip
    return pd.DataFrame(counts, index=table.index).astype("int64")
