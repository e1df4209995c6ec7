"""Is the provider heard? Proposals, and whether each got an answer, yes or no, in time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from outsourcing_kit.expectations.working_hours import instant_column
from outsourcing_kit.finding import LEVEL
from outsourcing_kit.frames import blank_table, lacking, sides
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import Estimate, person_mean


@dataclass(frozen=True, repr=False)
class ProposalAnswers(Shown):
    """`.table`: one row per proposal of the provider, oldest first; `.estimate`: share answered in time.

    Columns: proposal, person (who raised it), raised, answered (blank while it is not), days, in_time, left_out
    (raised too late to judge), outcome.
    """

    table: pd.DataFrame
    estimate: Estimate
    missing: str = ""

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
    would flatter. An answer after `now` is not known yet. The estimate is stats.person_mean by who raised them.

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
    raised = proposals.assign(
        person=proposals["raised_by"],
        side=proposals["raised_by"].map(sides(people)),
        raised=instant_column(proposals, "raised"),
        answered=instant_column(proposals, "answered"),
    )
    known = (raised["side"] == "provider") & raised["raised"].notna() & (raised["raised"] <= now)
    raised = raised[known].sort_values(["raised", "proposal"], kind="stable")
    if not len(raised):
        return _nothing("needs table proposals with proposals of the provider side")
    raised["answered"] = raised["answered"].where(raised["answered"] <= now)
    window = pd.Timedelta(days=days)
    raised["days"] = (raised["answered"] - raised["raised"]) / pd.Timedelta(days=1)
    raised["in_time"] = (raised["answered"] - raised["raised"]) <= window
    raised["left_out"] = raised["raised"] > now - window
    if "outcome" not in raised:
        raised["outcome"] = None
    columns = ["proposal", "person", "raised", "answered", "days", "in_time", "left_out", "outcome"]
    table = raised[columns].reset_index(drop=True)
    judged = table[~table["left_out"]]
    estimate = person_mean(judged["in_time"].astype(float), judged["person"], level=LEVEL, bounds=(0.0, 1.0))
    missing = "" if len(judged) else f"needs table proposals with proposals at least {days:g} days old"
    return ProposalAnswers(table, estimate, missing)


def _nothing(missing: str) -> ProposalAnswers:
    instant = "datetime64[ns, UTC]"
    table = blank_table(
        proposal="object", person="object", raised=instant, answered=instant, days="float64", in_time="bool",
        left_out="bool", outcome="object",
    )  # fmt: skip
    return ProposalAnswers(table, person_mean([], []), missing)
