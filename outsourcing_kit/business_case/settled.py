"""Was everything settled that had to be, before the commitment?"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import lacking
from outsourcing_kit.showing import Shown, first_few

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_YEAR, _LAST_YEAR = 1700, 2200
SETTLED, LATE, OPEN = "settled", "settled after commitment", "not settled"

# A list to start from: what must be settled, what would show that it is, and beginnings of words by which somebody's
# own list may name it. Hidden costs and the way out are on it because the popular five mistakes leave them out.
_DEFAULTS = (
    ("pricing model agreed", "what is paid per which unit, what costs extra, how prices may change", "price|pricing"),
    ("hidden costs estimated", "a line each for choosing, handing over, managing and taking back", "hidden cost"),
    ("baseline of today measured", "what the work costs now and how good it is, with the dates", "baseline"),
    ("owner inside named", "a name, the hours set aside for it, and the superior's yes", "owner"),
    ("acceptance criteria written", "for each deliverable, how both sides tell that it is done", "accept"),
    ("access to systems and data arranged", "accounts listed, approved, and tried out once", "access"),
    ("legal and data protection terms signed", "the signed pages; who sees which data, where", "legal|protect|privacy"),
    ("knowledge transfer planned", "who shows what to whom by when, and who checks it", "knowledge|hand-?over"),
    ("first step agreed that can be undone", "a small part, with day and result at which to stop", "undo|pilot|trial"),
    ("exit and hand-back plan agreed", "notice, what comes back in which form, who pays for it", "exit|hand-?back"),
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class UnsettledPrerequisites(Shown):
    """Required prerequisites and their state at commitment: `.table`; `.unsettled` counts, `.required` of how many.

    unlisted: of `default_prerequisites`, those that nobody seems to have listed, required or not: a prompt to ask.
    """

    table: pd.DataFrame
    missing: str = ""
    notes: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()

    def _notes(self) -> tuple[str, ...]:
        if not self.unlisted:
            return self.notes
        return (*self.notes, f"no row seems to be about {first_few(self.unlisted)}: ask")

    @property
    def required(self) -> int:
        return len(self.table)

    @property
    def unsettled(self) -> int:
        return int((self.table["state"] != SETTLED).sum())


def default_prerequisites() -> pd.DataFrame:
    """A list to start from, in the columns of table `prerequisites`: what to settle before anybody signs.

    prerequisite; required (True); settled_on (blank); evidence, here what would count as such. A convention: take out
    what does not apply, add what does, and write the day beside each once it is settled.

    Source: in our own words; hidden costs and the missing exit plan are two of the seven sins of Barthélemy 2003.

    >>> rows = default_prerequisites()
    >>> rows.loc[rows["prerequisite"] == "owner inside named", "evidence"].item()
    "a name, the hours set aside for it, and the superior's yes"
    >>> unsettled_prerequisites(rows, "2026-03-01").unsettled == len(rows)
    True
    """
    names, evidence, _ = zip(*_DEFAULTS, strict=True)
    settled_on = pd.Series(pd.NaT, index=range(len(names)), dtype="datetime64[ns]")
    return pd.DataFrame(
        {"prerequisite": list(names), "required": True, "settled_on": settled_on, "evidence": list(evidence)}
    )


def unsettled_prerequisites(prerequisites: pd.DataFrame, committed_on: dt.date | str | None) -> UnsettledPrerequisites:
    """Required prerequisites that were not settled on the day of commitment: a fact, not a mood.

    `.table` has one row a required prerequisite: prerequisite, settled_on, state ("settled", "settled after
    commitment", "not settled") and days_late (days from commitment to settlement; blank unless late). The day of
    commitment itself is in time. `.unlisted` names what of `default_prerequisites` no row seems to be about, found by a
    word or two only: a reason to ask, not a verdict.

    Args:
        prerequisites: rows of table `prerequisites`.
        committed_on: day of the decision; None where it is not known, which `.missing` then says.

    Raises:
        OutsourcingKitError: a day that is no date; a cell of `required` that is neither true nor false, blank aside.

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
    unlisted = _unlisted(prerequisites["prerequisite"])
    rows = prerequisites[_required(prerequisites["required"])]
    if not len(rows):
        why = "needs at least one prerequisite marked as required in table prerequisites"
        return UnsettledPrerequisites(pd.DataFrame(columns=columns), why, unlisted=unlisted)
    settled_on = _days(rows["settled_on"])
    committed = pd.NaT if committed_on is None else _day(committed_on, "committed_on")
    if committed is pd.NaT:
        state = settled_on.notna().map({True: SETTLED, False: OPEN})
        why = "needs committed_on in engagement.toml (the day of the decision)"
        undated = _table(rows, settled_on, state, pd.Series(float("nan"), rows.index))
        return UnsettledPrerequisites(undated, why, unlisted=unlisted)
    late = settled_on > committed
    state = pd.Series(SETTLED, index=rows.index).mask(late, LATE).mask(settled_on.isna(), OPEN)
    days = (settled_on - committed).dt.days.astype(float).where(late)
    return UnsettledPrerequisites(_table(rows, settled_on, state, days), unlisted=unlisted)


def _required(flags: pd.Series) -> pd.Series:
    for row, flag in enumerate(flags, start=2):
        if not (pd.isna(flag) or flag in (True, False)):
            raise OutsourcingKitError(
                f"Row {row} of table prerequisites: required is {flag!r}; expected True or False. "
                "Mend: prerequisites.assign(required=prerequisites['required'].isin(['yes', 'true']))."
            )
    return flags.eq(True).fillna(False).astype(bool)


def _days(days: pd.Series) -> pd.Series:
    return pd.Series([_day(day, "settled_on") for day in days], days.index, dtype="datetime64[ns]")


def _day(day: object, what: str) -> pd.Timestamp:
    """The day on the calendar of whoever wrote it; NaT for a blank."""
    if pd.isna(day) or (isinstance(day, str) and not day.strip()):
        return pd.NaT
    # 01/03/2026 is in January or in March, "today" never the same, and 20260301 a moment of 1970.
    unclear = not _DATE.match(day.strip()) if isinstance(day, str) else isinstance(day, int | float | np.number)
    try:
        found = pd.NaT if unclear else pd.Timestamp(day.strip() if isinstance(day, str) else day)
    except (TypeError, ValueError):
        found = pd.NaT
    # A day in the year 9999 is a slip of the pen, and no nanosecond of it can be counted.
    if not (isinstance(found, pd.Timestamp) and _FIRST_YEAR <= found.year < _LAST_YEAR):
        raise OutsourcingKitError(
            f"{what} is {day!r}; expected a day. Mend: write it as 2026-03-02, and leave it blank if it is not known."
        )
    return found.tz_localize(None).normalize()


def _unlisted(prerequisites: pd.Series) -> tuple[str, ...]:
    own = "\n".join(prerequisites.dropna().astype(str)).casefold()
    return tuple(name for name, _, words in _DEFAULTS if not re.search(rf"\b({words})", own))


def _table(rows: pd.DataFrame, settled_on: pd.Series, state: pd.Series, days: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"prerequisite": rows["prerequisite"], "settled_on": settled_on.dt.date, "state": state, "days_late": days}
    ).reset_index(drop=True)
