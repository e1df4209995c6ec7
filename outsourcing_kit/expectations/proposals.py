"""Is the provider heard? Proposals, and whether each got an answer, yes or no, in time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.expectations.either_way import share_in_time
from outsourcing_kit.frames import blank_table, lacking, sides, typed
from outsourcing_kit.moments import instant, instant_column
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import Estimate


@dataclass(frozen=True, repr=False)
class ProposalAnswers(Shown):
    """`.table`: one row per proposal of the provider, oldest first; `.estimate`: share answered in time.

    Columns: proposal, person (who raised it), raised, answered (blank while it is not), days, in_time, left_out
    (raised too late to judge), outcome. `unplaced` proposals are by somebody whose side is blank, or of an unknown
    day: not in the table, but the estimate's interval allows for either reading of them.
    """

    table: pd.DataFrame
    estimate: Estimate
    missing: str = ""
    unplaced: int = 0

    @property
    def summary(self) -> pd.DataFrame:
        """One row: proposals, answered, in_time and too_late (of those judged), left_out."""
        table = self.table
        judged = ~table["left_out"].astype(bool)
        counts = {
            "proposals": len(table),
            "answered": int(table["answered"].notna().sum()),
            "in_time": int((table["in_time"].astype(bool) & judged).sum()),
            "too_late": int((~table["in_time"].astype(bool) & judged).sum()),
            "left_out": int((~judged).sum()),
        }
        return pd.DataFrame([counts])

    def _view(self) -> pd.DataFrame:
        # Counts, not rows by person: whose ideas stay unanswered is nobody's league table.
        return self.summary if len(self.table) else self.table

    @property
    def left_out(self) -> int:
        """Proposals raised too late to judge."""
        return int(self.table["left_out"].sum())


def proposal_answers(
    proposals: pd.DataFrame, people: pd.DataFrame, now: pd.Timestamp, days: float = 14
) -> ProposalAnswers:
    """Which of the provider's proposals were answered within `days`, and the share, every proposer counting the same.

    A proposal raised less than `days` before `now` is left out, answered or not: leaving out only the unanswered ones
    would flatter. An answer after `now` is not known yet. The estimate is stats.cluster_mean by who raised them; where
    a blank leaves open whether a proposal counts, its interval reaches over both readings (either_way.share_in_time).

    Args:
        proposals: columns proposal, raised_by, raised, answered [, outcome].
        people: columns person, side.
        now: end of the records, an instant.
        days: days in which an answer is in time.

    Returns:
        ProposalAnswers; empty, and saying what is missing, where the provider raised nothing.

    Example: Cid waited 3 days for one answer and still waits for another; a third is two days old and left out.

    >>> import pandas as pd
    >>> day = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta([0, 0, 28], unit="D")
    >>> told = pd.DataFrame({"proposal": ["a", "b", "c"], "raised_by": "Cid", "raised": day,
    ...     "answered": [day[0] + pd.Timedelta(days=3), pd.NaT, pd.NaT]})
    >>> people = pd.DataFrame({"person": ["Cid"], "side": ["provider"]})
    >>> answers = proposal_answers(told, people, pd.Timestamp("2026-03-31", tz="UTC"))
    >>> answers.estimate.estimate, answers.left_out
    (0.5, 1)
    """
    missing = lacking(proposals, "proposals", "proposal", "raised_by", "raised", "answered")
    missing = missing or lacking(people, "people", "person", "side")
    if missing:
        return _nothing(missing)
    now = instant(now)
    side = sides(typed(people, "person", "side"))
    proposals = typed(proposals.reset_index(drop=True), "proposal", "raised_by", "outcome")
    raised = proposals.assign(
        person=proposals["raised_by"],
        side=proposals["raised_by"].map(side),
        raised=instant_column(proposals, "raised"),
        answered=instant_column(proposals, "answered"),
    )
    raised = raised[~(raised["raised"] > now)]
    raised["answered"] = raised["answered"].where(raised["answered"] <= now)
    nobody = raised["person"].isna() | (raised["person"].isin(side.index) & raised["side"].isna())
    undated = (raised["side"] == "provider") & raised["raised"].isna()
    late = raised["raised"] > now - pd.Timedelta(days=days)
    unsure = raised[(nobody | undated) & ~late]
    unsure = unsure.assign(in_time=_in_time(unsure, days).where(~undated))
    raised = raised[(raised["side"] == "provider") & raised["raised"].notna()]
    raised = raised.sort_values(["raised", "proposal"], kind="stable")
    if not len(raised):
        return _nothing("needs table proposals with proposals of the provider side", len(unsure))
    raised["days"] = (raised["answered"] - raised["raised"]) / pd.Timedelta(days=1)
    raised["in_time"] = _in_time(raised, days)
    raised["left_out"] = late
    if "outcome" not in raised:
        raised["outcome"] = None
    columns = ["proposal", "person", "raised", "answered", "days", "in_time", "left_out", "outcome"]
    table = raised[columns].reset_index(drop=True)
    judged = table[~table["left_out"]]
    missing = "" if len(judged) else f"needs table proposals with proposals at least {days:g} days old"
    return ProposalAnswers(table, share_in_time(judged, unsure[["person", "in_time"]]), missing, len(unsure))


def _in_time(raised: pd.DataFrame, days: float) -> pd.Series:
    return (raised["answered"] - raised["raised"]) <= pd.Timedelta(days=days)


def _nothing(missing: str, unplaced: int = 0) -> ProposalAnswers:
    instant = "datetime64[ns, UTC]"
    table = blank_table(
        proposal="object", person="object", raised=instant, answered=instant, days="float64", in_time="bool",
        left_out="bool", outcome="object",
    )  # fmt: skip
    return ProposalAnswers(table, share_in_time(table, table), missing, unplaced)
