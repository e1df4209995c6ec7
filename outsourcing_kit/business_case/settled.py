"""Was everything settled that had to be, before the commitment?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.frames import lacking
from outsourcing_kit.showing import Shown

SETTLED, LATE, OPEN = "settled", "settled after commitment", "not settled"


@dataclass(frozen=True, repr=False)
class UnsettledPrerequisites(Shown):
    """Required prerequisites and their state at commitment: `.table`; `.unsettled` counts, `.required` of how many."""

    table: pd.DataFrame
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def required(self) -> int:
        return len(self.table)

    @property
    def unsettled(self) -> int:
        return int((self.table["state"] != SETTLED).sum())


def unsettled_prerequisites(prerequisites: pd.DataFrame, committed_on: dt.date | str | None) -> UnsettledPrerequisites:
    """Required prerequisites that were not settled on the day of commitment: a fact, not a mood.

    `.table` has one row a required prerequisite: prerequisite, settled_on, state ("settled", "settled after
    commitment", "not settled") and days_late (days from commitment to settlement; blank unless late). The day of
    commitment itself is in time.

    Args:
        prerequisites: rows of table `prerequisites`.
        committed_on: day of the decision; None where it is not known, which `.missing` then says.

    Example: one settled the week before, one nine days late, one still open, one that nothing depends on.

    >>> rows = pd.DataFrame({"prerequisite": ["price model", "owner inside", "exit plan", "logo"],
    ...     "required": [True, True, True, False], "settled_on": ["2026-02-20", "2026-03-10", None, None]})
    >>> result = unsettled_prerequisites(rows, "2026-03-01")
    >>> result.unsettled, result.required, float(result.table["days_late"].max())
    (2, 3, 9.0)
    """
    columns = ["prerequisite", "settled_on", "state", "days_late"]
    missing = lacking(prerequisites, "prerequisites", "prerequisite", "required", "settled_on")
    if missing:
        return UnsettledPrerequisites(pd.DataFrame(columns=columns), missing)
    rows = prerequisites[prerequisites["required"].eq(True).fillna(False).astype(bool)]
    if not len(rows):
        why = "needs at least one prerequisite marked as required in table prerequisites"
        return UnsettledPrerequisites(pd.DataFrame(columns=columns), why)
    settled_on = pd.to_datetime(rows["settled_on"])
    if committed_on is None:
        state = settled_on.notna().map({True: SETTLED, False: OPEN})
        why = "needs committed_on in engagement.toml (the day of the decision)"
        return UnsettledPrerequisites(_table(rows, settled_on, state, pd.Series(float("nan"), rows.index)), why)
    committed = pd.Timestamp(committed_on)
    late = settled_on > committed
    state = pd.Series(SETTLED, index=rows.index).mask(late, LATE).mask(settled_on.isna(), OPEN)
    days = (settled_on - committed).dt.days.astype(float).where(late)
    return UnsettledPrerequisites(_table(rows, settled_on, state, days))


def _table(rows: pd.DataFrame, settled_on: pd.Series, state: pd.Series, days: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"prerequisite": rows["prerequisite"], "settled_on": settled_on.dt.date, "state": state, "days_late": days}
    ).reset_index(drop=True)
