"""A premortem's lists, pooled: what several people think could go wrong, and what it would cost."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import check_rows, checked_amount, is_unknown
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.text import folded, quoted
from outsourcing_kit.words import listed, money, percent, plural

_ENDS = ("prob_low", "prob_high", "loss_low", "loss_high")
_POOLED = {
    "prob": "mean", "prob_low": "min", "prob_high": "max", "loss": "mean", "loss_low": "min", "loss_high": "max",
    "exposure": "mean", "exposure_low": "min", "exposure_high": "max",
}  # fmt: skip
# Above this two names are so alike that somebody should ask; compared for the largest risks only, and by the beginning
# of their names, as pairs are many.
_ALIKE = 0.75
_MOST_COMPARED, _LETTERS = 50, 80


@dataclass(frozen=True, repr=False)
class RiskRegister(Result):
    """Several people's risks in one list, the largest expected loss first: `.table`; see `risk_register`.

    total, total_low, total_high: expected loss over all risks. people: how many wrote a list. planned: cost of the
    plan; nan where it is not known.
    """

    total: float = math.nan
    total_low: float = math.nan
    total_high: float = math.nan
    people: int = 0
    planned: float = math.nan

    columns = {
        "risk": "text", "people": "count", "prob": "share", "prob_low": "share", "prob_high": "share", "loss": "money",
        "loss_low": "money", "loss_high": "money", "exposure": "money", "exposure_low": "money",
        "exposure_high": "money", "disagreement": "share",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        # The middles of the ranges say little beside both ends, and the caption has the ends of the exposure.
        return self.table.drop(columns=["prob", "loss", "exposure_low", "exposure_high"])

    def _caption(self) -> str:
        if not len(self.table):
            return ""
        losses = (self.total, self.total_low, self.total_high)
        words = "Expected loss over {} that {} named: {} ({} to {})".format(
            plural(len(self.table), "risk"), plural(self.people, "person"), *map(money, losses)
        )
        if math.isnan(self.planned):
            return words
        share, low, high = (percent(loss / self.planned) for loss in losses)
        return f"{words}, {share} of the plan ({low} to {high})"


def risk_register(risks: pd.DataFrame, *, planned: float | None = None) -> RiskRegister:
    """Pool the lists that several people wrote on their own into one register, and say where they disagree.

    `.table` has one row a risk, the largest exposure first; money in the unit of the losses:
      people       how many named it.
      prob, loss   mean of people's middles; low and high are the lowest and the highest that anybody gave.
      exposure     mean of people's own prob × loss, at their middles; low and high are the lowest prob_low·loss_low
                   and the highest prob_high·loss_high of any one person.
      disagreement share of pairs of people whose own ranges of exposure do not meet.
    Names that differ only in capitals and spaces are one risk; much alike ones are said.

    Args:
        risks: rows of table `risks`.
        planned: cost of the plan, of which the total is shown as a share; None where it is not known.

    Raises:
        OutsourcingKitError: a probability outside 0 to 1, low > high, a negative loss, several currencies, a plan that
            costs nothing.

    Source: risk exposure, Aubert, Patry & Rivard 1998; listing in silence before pooling, Klein 2007.

    Example: .2·2,000 = 400 and .5·4,000 = 2,000, mean 1,200; .3·3,000 = 900 is below .4·4,000 = 1,600.

    >>> rows = pd.DataFrame({"person": ["a", "b"], "risk": ["Data leak", "data leak"], "prob_low": [0.1, 0.4],
    ...     "prob_high": [0.3, 0.6], "loss_low": [1000, 4000], "loss_high": [3000, 4000]})
    >>> row = risk_register(rows).table.iloc[0]
    >>> [round(float(row[name]), 9) for name in ("exposure", "exposure_low", "exposure_high", "disagreement")]
    [1200.0, 100.0, 2400.0, 1.0]
    """
    mend = "leave planned out if it is not known"
    cost = math.nan if is_unknown(planned) else checked_amount("planned", planned, mend, above_zero=True)
    given, missing = take(risks, "risks", need=("person", "risk", *_ENDS), also=("currency",))
    check_rows("risks", given, lambda row: f"Risk {quoted(row['risk'] or '')}")
    rows = given.drop(columns="currency").dropna()
    notes = [f"{plural(blank, 'row')} with a blank left out"] if (blank := len(given) - len(rows)) else []
    if not len(rows):
        missing = missing or "needs rows with a person, a risk, probabilities and losses in table risks"
        return RiskRegister.lacking(missing, planned=cost, notes=tuple(notes))
    rows["key"] = rows["risk"].map(folded)
    # Of a person who gives one risk several times the mean counts; sorted, as sums depend on the order to the last bit.
    ordered = rows.sort_values(["key", "person", *_ENDS])
    own = ordered.groupby(["key", "person"], sort=True, as_index=False)[[*_ENDS]].mean()
    if again := len(rows) - len(own):
        notes.append(f"{plural(again, 'further row')} on a risk from the same person: the mean of them counts")
    table, people = _pooled(own, rows), int(rows["person"].nunique())
    # Expected losses add up whether or not risks come together; what a bad year would cost does not follow from them.
    # The ends of the totals take all risks at their ends at once.
    total, low, high = table[["exposure", "exposure_low", "exposure_high"]].sum().tolist()
    return RiskRegister(table, total, low, high, people, cost, notes=(*notes, *_what_to_ask(table, people)))


def _pooled(own: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a risk, under the spelling that is most frequent, or of several the first in the alphabet."""
    # Each person counts alike: a linear opinion pool. Who did not name a risk is not counted as calling it impossible.
    for name in ("prob", "loss"):
        own[name] = (own[f"{name}_low"] + own[f"{name}_high"]) / 2
    for end in ("", "_low", "_high"):
        own[f"exposure{end}"] = own[f"prob{end}"] * own[f"loss{end}"]
    groups = own.groupby("key", sort=True)
    pooled = groups.agg(_POOLED).assign(
        risk=rows.groupby("key", sort=True)["risk"].agg(lambda names: names.mode().iloc[0]),
        people=groups.size(),
        disagreement=[_disagreement(*part[["exposure_low", "exposure_high"]].to_numpy().T) for _, part in groups],
    )
    ordered = pooled.sort_values(["exposure", "risk"], ascending=[False, True], ignore_index=True)
    return ordered[[*RiskRegister.columns]]


def _disagreement(low: np.ndarray, high: np.ndarray) -> float:
    """Share of pairs of ranges that do not meet; nan for a single one."""
    # A pair is apart if one ends before the other begins: by sorted ends, as pairs are many where a whole company has
    # written lists. The tolerance lets ends that are equal on paper meet.
    apart = int(np.searchsorted(np.sort(high), low * (1 - 1e-9), side="left").sum())
    return apart / math.comb(len(low), 2) if len(low) > 1 else math.nan


def _what_to_ask(table: pd.DataFrame, people: int) -> list[str]:
    notes = []
    if people == 1:
        notes.append("one person's list only: let others write theirs, in silence, before you pool them")
    elif alone := table["risk"][table["people"] == 1].tolist():
        notes.append(f"{len(alone)} of {plural(len(table), 'risk')} said by one person only: ask ({listed(alone)})")
    if apart := table.loc[table["disagreement"] > 0.5, "risk"].tolist():
        notes.append(f"most people's ranges do not meet on {listed(apart)}: talk about it before you add it up")
    alike = _alike(table["risk"].head(_MOST_COMPARED).tolist())
    notes += [f"{quoted(one)} and {quoted(other)} may be the same" for one, other in alike[:3]]
    if len(alike) > 3:
        notes.append(f"{plural(len(alike) - 3, 'more pair')} of names are alike")
    return notes


def _alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of names that may mean the same, the most alike first. Names that differ in a number do not.

    >>> _alike(["key person leaves", "data leak", "key people leave", "data leaks", "site 1 closes", "site 2 closes"])
    [('data leak', 'data leaks'), ('key people leave', 'key person leaves')]
    """
    found = []
    for one, other in combinations(sorted(names), 2):
        first, second = (folded(name[:_LETTERS]) for name in (one, other))
        matcher = SequenceMatcher(None, first, second, autojunk=False)
        # Letters in common, in whatever order: quick, and never less than the ratio itself.
        if re.findall(r"\d+", first) == re.findall(r"\d+", second) and matcher.quick_ratio() >= _ALIKE:
            found += [(-ratio, one, other)] if (ratio := matcher.ratio()) >= _ALIKE else []
    return [(one, other) for _, one, other in sorted(found)]
