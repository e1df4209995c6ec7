"""A hundred invented teams of which the truth is known: what does a verdict on eight people get right?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.plots.picture import Picture
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import person_share
from outsourcing_kit.verdicts import of_ends
from outsourcing_kit.words import percent, plural

_TEAMS, _PEOPLE, _ANSWERS = 100, 8, 12
# How far one person's true share may lie from the team's.
_APART = 0.2


@dataclass(frozen=True, repr=False)
class HundredTeams(Result):
    """A row a team, the lowest first: estimate, low, high (90% interval), verdict, holds_truth."""

    truth: float
    limit: float

    columns: ClassVar[Mapping[str, str]] = {
        "estimate": "share", "low": "share", "high": "share", "verdict": "text", "holds_truth": "flag",
    }  # fmt: skip

    @property
    def in_words(self) -> str:
        """What became of the hundred, in one sentence."""
        count = self.table["verdict"].value_counts()
        fine, problem = int(count.get("fine", 0)), int(count.get("problem", 0))
        missed = int((~self.table["holds_truth"]).sum())
        return (
            f"Of {_TEAMS} teams of {_PEOPLE} that truly know {percent(self.truth)}, limit {percent(self.limit)}: "
            f"{fine} fine, {_TEAMS - fine - problem} cannot tell, {problem} problem. "
            f"{plural(missed, 'interval')} of {_TEAMS} {'misses' if missed == 1 else 'miss'} the truth."
        )

    @property
    def picture(self) -> Picture:
        """The hundred intervals with the truth and the limit."""
        from outsourcing_kit.plots.teams import picture

        return picture(self.table, self.truth, self.limit, self.in_words)

    def _view(self) -> pd.DataFrame:
        verdicts = self.table.groupby("verdict", as_index=False)
        return verdicts.agg(teams=("low", "size"), holds_truth=("holds_truth", "sum"))

    def _more(self) -> tuple[str, ...]:
        return (self.in_words,)


def hundred_teams(truth: float = 0.80, *, limit: float = 0.70, seed: int = 0) -> HundredTeams:
    """A hundred teams of eight people, twelve quiz answers each, whose true share of right answers is known.

    People differ, in pairs as far above the truth as below it, so that the mean of each team's people is the truth.
    Each team is judged as the kit judges any: stats.person_share at 90%, held against `limit`.

    Args:
        truth: true share of right answers, 0 < truth < 1.
        limit: the share that is enough.
        seed: same seed, same teams.

    Raises:
        OutsourcingKitError: shares outside 0 to 1.

    >>> len(hundred_teams(0.85).table)
    100
    """
    if not (0 < truth < 1 and 0 < limit < 1):
        raise OutsourcingKitError(f"Found {truth=}, {limit=}; expected shares between 0 and 1. Mend: 0.85.")
    rng = np.random.default_rng(seed)
    # In pairs, so that each team's truth is the same to the last digit.
    apart = rng.uniform(0, min(_APART, truth, 1 - truth), (_TEAMS, _PEOPLE // 2, 1))
    own = np.concatenate([truth - apart, truth + apart], axis=1)
    right = (rng.random((_TEAMS, _PEOPLE, _ANSWERS)) < own).astype(float)
    who = np.repeat(np.arange(_PEOPLE), _ANSWERS)
    found = [person_share(team.ravel(), who, confidence=0.90) for team in right]
    rows = [(each.estimate, each.low, each.high, of_ends(each.low, each.high, limit, "higher")) for each in found]
    table = pd.DataFrame(rows, columns=["estimate", "low", "high", "verdict"])
    table["holds_truth"] = table["low"].le(truth) & table["high"].ge(truth)
    return HundredTeams(table.sort_values(["estimate", "low"], ignore_index=True), truth, limit)
