"""Was everything settled that had to be, before the commitment?"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.moments import day
from outsourcing_kit.showing import Result
from outsourcing_kit.text import quoted
from outsourcing_kit.words import listed

SETTLED, LATE, OPEN = "settled", "settled after commitment", "not settled"
# What follows the state of a row whose `required` is blank: nobody said whether it counts.
_PERHAPS = ", if it is required"

# What must be settled before anybody signs, and beginnings of words by which somebody's own list may name it: a
# convention. Hidden costs and the way out are on it as two of the seven sins of Barthélemy 2003.
_EXPECTED = {
    "pricing model agreed": "price|pricing",
    "hidden costs estimated": "hidden cost",
    "baseline of today measured": "baseline",
    "owner inside named": "owner",
    "acceptance criteria written": "accept",
    "access to systems and data arranged": "access",
    "legal and data protection terms signed": "legal|protect|privacy",
    "knowledge transfer planned": "knowledge|hand-?over",
    "first step agreed that can be undone": "undo|pilot|trial",
    "exit and hand-back plan agreed": "exit|hand-?back",
}


@dataclass(frozen=True, repr=False)
class UnsettledPrerequisites(Result):
    """Required prerequisites and their state at commitment: `.table`; `.unsettled` counts, `.required` of how many.

    `.unsaid` names those not settled in time of which nobody said whether they are required: they may count as well.
    unlisted: what is usually settled before and nobody seems to have listed, required or not: a prompt to ask.
    """

    unlisted: tuple[str, ...] = ()

    columns = {"prerequisite": "text", "settled_on": "day", "state": "text", "days_late": "number"}

    def _more(self) -> tuple[str, ...]:
        asked = f"{self.settled_by}: {len(self.unsaid)} more may count" if self.unsaid else ""
        return (asked, f"no row seems to be about {listed(self.unlisted)}: ask" if self.unlisted else "")

    @property
    def required(self) -> int:
        return len(self.table) - len(self.unsaid)

    @property
    def unsettled(self) -> int:
        return int(self.table["state"].isin([LATE, OPEN]).sum())

    @property
    def unsaid(self) -> list[str]:
        rows = zip(self.table["prerequisite"], self.table["state"], strict=True)
        return [quoted(name) for name, state in rows if state.endswith(_PERHAPS)]

    @property
    def settled_by(self) -> str:
        """What would close what nobody said, in words; "" if all is said."""
        return f"saying whether {listed(self.unsaid)} is required (column required)" if self.unsaid else ""


def unsettled_prerequisites(prerequisites: pd.DataFrame, committed_on: dt.date | str | None) -> UnsettledPrerequisites:
    """Required prerequisites that were not settled on the day of commitment: a fact, not a mood.

    `.table` has one row a required prerequisite: prerequisite, settled_on, state ("settled", "settled after
    commitment", "not settled") and days_late (days from commitment to settlement; blank unless late). The day of
    commitment itself is in time. A row whose `required` is blank is in the table where it was not settled in time, with
    a state that says so: it counts in `.unsaid`, not in `.unsettled`.

    Args:
        prerequisites: rows of table `prerequisites`.
        committed_on: day of the decision; None where it is not known, which `.missing` then says.

    Raises:
        OutsourcingKitError: a day that is no date, or has a time of day in the table; a cell of `required` that is
            neither yes nor no, blank aside.

    Example: one settled the week before, one nine days late, one still open, one that nothing depends on.

    >>> rows = pd.DataFrame({"prerequisite": ["price model", "owner inside", "exit plan", "logo"],
    ...     "required": [True, True, True, False], "settled_on": ["2026-02-20", "2026-03-10", None, None]})
    >>> result = unsettled_prerequisites(rows, "2026-03-01")
    >>> result.unsettled, result.required, float(result.table["days_late"].max())
    (2, 3, 9.0)
    """
    committed = day(committed_on, "committed_on")
    rows, missing = take(prerequisites, "prerequisites", need=("prerequisite", "required", "settled_on"))
    own = "\n".join(rows["prerequisite"].dropna()).casefold()
    unlisted = tuple(name for name, words in _EXPECTED.items() if not missing and not re.search(rf"\b({words})", own))
    rows = rows[rows["required"].fillna(True).to_numpy(dtype=bool)]
    # Without a day of commitment nothing is late, and what is not settled is open all the same.
    late = rows["settled_on"] > committed
    state = pd.Series(SETTLED, rows.index, dtype=object).mask(late, LATE).mask(rows["settled_on"].isna(), OPEN)
    perhaps = rows["required"].isna()
    table = rows[["prerequisite", "settled_on"]].assign(
        state=state.mask(perhaps, state + _PERHAPS),
        days_late=(rows["settled_on"] - committed).dt.days.astype(float).where(late, math.nan),
    )
    # Whether what is settled had to be is of no account.
    table = table[~(perhaps & state.eq(SETTLED))].reset_index(drop=True)
    if committed is pd.NaT and len(rows):
        missing = missing or "needs committed_on in engagement.toml (the day of the decision)"
    elif not len(table):
        missing = missing or "needs at least one prerequisite marked as required in table prerequisites"
    return UnsettledPrerequisites(table, unlisted, missing=missing)
