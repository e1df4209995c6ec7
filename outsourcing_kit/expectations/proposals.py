"""Is the provider heard? Proposals, and whether each got an answer, yes or no, in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from outsourcing_kit.expectations.either_way import counted, share_in_time
from outsourcing_kit.frames import sides, take
from outsourcing_kit.moments import followed_within, instant
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import Estimate


@dataclass(frozen=True, repr=False)
class ProposalAnswers(Result):
    """`.table`: one row per proposal of the provider, oldest first; `.estimate`: share answered in time.

    Columns: proposal, person (who raised it), raised, answered (blank while it is not), days, in_time, left_out
    (raised too late to judge), outcome. `unplaced` proposals are by somebody whose side is blank, or of an unknown
    day: not in the table, but the estimate's interval allows for either reading of them.
    """

    estimate: Estimate
    unplaced: int = 0

    columns: ClassVar = {
        "proposal": "text", "person": "text", "raised": "instant", "answered": "instant", "days": "number",
        "in_time": "flag", "left_out": "flag", "outcome": "text",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        # Counts, not rows by person: whose ideas stay unanswered is nobody's league table.
        return counted(self.table, "proposals").sum().to_frame().T if len(self.table) else self.table

    @property
    def left_out(self) -> int:
        """Proposals raised too late to judge."""
        return int(self.table["left_out"].sum())


def proposal_answers(
    proposals: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp | dt.date, *, days: float = 14
) -> ProposalAnswers:
    """Which of the provider's proposals were answered within `days`, and the share, every proposer counting the same.

    A proposal raised less than `days` before `now` is left out, answered or not. The estimate is stats.person_share by
    who raised them; where a blank leaves open whether a proposal counts, its interval reaches over both readings.

    Args:
        proposals: columns proposal, raised_by, raised, answered [, outcome].
        people: columns person, side.
        now: end of the records, an instant or a day.
        days: days in which an answer is in time.

    Raises:
        BadDataError: cells that are not of their column's kind, such as times without a UTC offset.

    Example: Cid waited 3 days for one answer and still waits for another; a third is two days old and left out.

    >>> day = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta([0, 0, 28], unit="D")
    >>> told = pd.DataFrame({"proposal": ["a", "b", "c"], "raised_by": "Cid", "raised": day,
    ...     "answered": [day[0] + pd.Timedelta(days=3), pd.NaT, pd.NaT]})
    >>> people = pd.DataFrame({"person": ["Cid"], "side": ["provider"]})
    >>> answers = proposal_answers(told, people, pd.Timestamp("2026-03-31", tz="UTC"))
    >>> answers.estimate.estimate, answers.left_out
    (0.5, 1)
    """
    need = ("proposal", "raised_by", "raised", "answered")
    raised, no_proposals = take(proposals, "proposals", need=need, also=("outcome",))
    people, nobody = take(people, "people", need=("person", "side"))
    now, side = instant(now), sides(people)
    raised = raised.rename(columns={"raised_by": "person"}).reset_index(drop=True)
    # Not "up to now": a blank day is kept, as it may be any.
    raised = raised[~(raised["raised"] > now)]
    by = raised["person"].map(side)
    # The young are left out whether answered or not: leaving out only those without an answer would flatter.
    in_time, left_out = followed_within(raised["raised"], raised["answered"], now, pd.Timedelta(days=days))
    answered = raised["answered"].where(raised["answered"] <= now)
    took = (answered - raised["raised"]) / pd.Timedelta(days=1)
    raised = raised.assign(answered=answered, days=took, in_time=in_time, left_out=left_out)
    # Who is not listed is nobody's side; of who is listed with a blank side, and of a blank name, nobody knows.
    whose = raised["person"].isna() | (raised["person"].isin(side.index) & by.isna())
    undated = by.eq("provider") & raised["raised"].isna()
    unsure = raised.assign(in_time=in_time.astype(float).mask(undated))[(whose | undated) & ~left_out]
    table = raised.loc[by.eq("provider") & ~undated, [*ProposalAnswers.columns]]
    table = table.sort_values(["raised", "proposal"], kind="stable", ignore_index=True)
    judged = table[~table["left_out"]]
    lacking = f"at least {days:g} days old" if len(table) else "of the provider side"
    none = "" if len(judged) else f"needs table proposals with proposals {lacking}"
    estimate = share_in_time(judged, unsure[["person", "in_time"]], int((side == "provider").sum()))
    return ProposalAnswers(table, estimate, len(unsure), missing=no_proposals or nobody or none)
