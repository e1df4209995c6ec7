"""A premortem's lists, pooled: what several people think could go wrong, and what it would cost."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.lines import out_of_range
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import blank_table, labels, lacking, numeric, typed
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import LARGEST, SMALLEST
from outsourcing_kit.text import folded, quoted, shown
from outsourcing_kit.words import listed, money, percent

_ENDS = ("prob_low", "prob_high", "loss_low", "loss_high")
# Above this two names are so alike that somebody should ask; compared for the largest risks only, by the beginning of
# their names, and letter by letter for the likeliest pairs only, as pairs are many.
_ALIKE = 0.75
_MOST_COMPARED, _LETTERS, _MOST_PAIRS = 200, 200, 300


@dataclass(frozen=True, repr=False)
class RiskRegister(Shown):
    """Several people's risks in one list, the largest expected loss first: `.table`; see `risk_register`.

    total, total_low, total_high: expected loss over all risks. people: how many wrote a list. planned: cost of the
    plan, of which `.share`, `.share_low` and `.share_high` are the totals' shares; nan where it is not known.
    """

    table: pd.DataFrame
    total: float = math.nan
    total_low: float = math.nan
    total_high: float = math.nan
    people: int = 0
    planned: float = math.nan
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("prob", "prob_low", "prob_high", "disagreement")
    _whole = ("loss", "loss_low", "loss_high", "exposure", "exposure_low", "exposure_high")

    @property
    def share(self) -> float:
        return self.total / self.planned

    @property
    def share_low(self) -> float:
        return self.total_low / self.planned

    @property
    def share_high(self) -> float:
        return self.total_high / self.planned

    def _view(self) -> pd.DataFrame:
        # The middles of the ranges say little beside both ends, and the caption has the ends of the exposure.
        return self.table.drop(columns=["prob", "loss", "exposure_low", "exposure_high"])

    def _caption(self) -> str:
        if not len(self.table):
            return ""
        named = "one person named" if self.people == 1 else f"{self.people} people named"
        words = f"Expected loss over {_counted(len(self.table), 'risk')} that {named}: "
        words += f"{money(self.total)} ({money(self.total_low)} to {money(self.total_high)})"
        if math.isnan(self.planned):
            return words
        return f"{words}, {percent(self.share)} of the plan ({percent(self.share_low)} to {percent(self.share_high)})"


def risk_register(risks: pd.DataFrame, *, planned: float | None = None) -> RiskRegister:
    """Pool the lists that several people wrote on their own into one register, and say where they disagree.

    Risk exposure of one person = probability × loss, both at the middle of the person's own range. `.table` has one
    row a risk, the largest exposure first: risk; people, who named it; prob, prob_low, prob_high; loss, loss_low,
    loss_high; exposure, exposure_low, exposure_high; disagreement. Money in the unit of the losses.
      prob, loss   mean of people's middles; low and high are the lowest and the highest that anybody gave.
      exposure     mean of people's own exposures (each counts alike: a linear opinion pool). Its low and high are the
                   lowest prob_low·loss_low and the highest prob_high·loss_high of any one person.
      disagreement share of pairs of people whose own ranges prob_low·loss_low to prob_high·loss_high do not meet; blank
                   where one person named it.
    Totals add the rows. The expected loss adds up whether or not risks come together; what a bad year would cost does
    not follow from it. The ends of the totals take all risks at their ends at once. Who did not name a risk is not
    counted as calling it impossible. That writing such lists improves what comes of a plan is not claimed.

    Names are the same if they differ only in capitals, spaces and the way an accent is typed; names that are much alike
    are said, not merged. Of a
    person who gives one risk several times the mean counts. No person's name is in the result.

    Args:
        risks: rows of table `risks`.
        planned: cost of the plan, to show the total as a share of it; None or nan where it is not known.

    Raises:
        OutsourcingKitError: a probability outside 0 to 1, low > high, a negative loss, losses in several currencies, a
            plan that costs nothing.

    Source: risk exposure, Aubert, Patry & Rivard 1998; listing in silence before pooling, Klein 2007.

    Example: one says 10% to 30% of 1,000 to 3,000, so .2·2,000 = 400; another 40% to 60% of 4,000, so 2,000; mean
    1,200. The first one's range ends at .3·3,000 = 900, the second one's begins at .4·4,000 = 1,600: they do not meet.

    >>> rows = pd.DataFrame({"person": ["a", "b"], "risk": ["Data leak", "data leak"], "prob_low": [0.1, 0.4],
    ...     "prob_high": [0.3, 0.6], "loss_low": [1000, 4000], "loss_high": [3000, 4000]})
    >>> result = risk_register(rows, planned=10_000)
    >>> row = result.table.iloc[0]
    >>> [round(float(row[name]), 9) for name in ("exposure", "exposure_low", "exposure_high", "disagreement")]
    [1200.0, 100.0, 2400.0, 1.0]
    >>> round(result.share, 9)
    0.12
    """
    cost = _checked_plan(planned)
    missing = lacking(risks, "risks", "person", "risk", *_ENDS)
    if missing:
        return RiskRegister(_no_risks(), planned=cost, missing=missing)
    rows, notes = _checked_rows(risks)
    if not len(rows):
        why = "needs rows with a person, a risk, probabilities and losses in table risks"
        return RiskRegister(_no_risks(), planned=cost, missing=why, notes=notes)
    own = _own_views(rows)
    again = len(rows) - len(own)
    if again:
        notes = (*notes, f"{_counted(again, 'further row')} on a risk from the same person: the mean of them counts")
    table = _pooled(own, _spellings(rows))
    people = int(rows["person"].nunique())
    return RiskRegister(
        table,
        total=float(table["exposure"].sum()),
        total_low=float(table["exposure_low"].sum()),
        total_high=float(table["exposure_high"].sum()),
        people=people,
        planned=cost,
        notes=(*notes, *_what_to_ask(table, people)),
    )


def _checked_rows(risks: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows with everything in them, in an order that does not depend on how they came; and what was left out."""
    rows = typed(risks[["person", "risk", *_ENDS]].reset_index(drop=True), "person", "risk")
    rows = rows.assign(**{name: numeric(rows, name) for name in _ENDS})
    _refuse_several_currencies(risks)
    _refuse_impossible(rows)
    blank = rows.isna().any(axis=1)
    notes = (f"{_counted(int(blank.sum()), 'row')} with a blank left out",) if blank.any() else ()
    rows = rows[~blank]
    return rows.assign(key=[folded(name) for name in rows["risk"]]), notes


def _refuse_several_currencies(risks: pd.DataFrame) -> None:
    found = sorted(set(labels(risks["currency"]).dropna())) if "currency" in risks else []
    if len(found) > 1:
        raise OutsourcingKitError(
            f"Losses are in {listed(found)}; expected one currency. Mend: Engagement.load(…).risks converts them, "
            "with the rates below [rates] in engagement.toml."
        )


def _refuse_impossible(rows: pd.DataFrame) -> None:
    """Raises for the first row that cannot be meant so; rows are counted as a spreadsheet does."""
    for name in ("prob_low", "prob_high"):
        wrong = rows[(rows[name] < 0) | (rows[name] > 1)]
        if len(wrong):
            value = wrong[name].iloc[0]
            mend = f"write {value / 100:g} for {value:g}%" if 1 < value <= 100 else "write 0.2 for 20%"
            raise OutsourcingKitError(
                f"{_row_words(wrong)}: {name} is {value:g}; expected a probability from 0 to 1. Mend: {mend}."
            )
    for name in ("loss_low", "loss_high"):
        wrong = rows[(rows[name] < 0) | out_of_range(rows[name])]
        if len(wrong):
            value = wrong[name].iloc[0]
            mend = f"write {-value:g}" if -LARGEST <= value < 0 else "write the largest loss you can think of"
            raise OutsourcingKitError(
                f"{_row_words(wrong)}: {name} is {value:g}; expected a loss as a number of 0 or more, from "
                f"{SMALLEST:g} to at most {LARGEST:g}. Mend: {mend}."
            )
    for low, high in (("prob_low", "prob_high"), ("loss_low", "loss_high")):
        wrong = rows[rows[low] > rows[high]]
        if len(wrong):
            raise OutsourcingKitError(
                f"{_row_words(wrong)}: {low} is {wrong[low].iloc[0]:g} and {high} {wrong[high].iloc[0]:g} "
                f"({_counted(len(wrong), 'such row')}); expected {low} ≤ {high}. Mend: swap or correct them."
            )


def _row_words(wrong: pd.DataFrame) -> str:
    risk = wrong["risk"].iloc[0]
    named = "" if pd.isna(risk) else f" (risk {quoted(risk)})"
    return f"Row {int(wrong.index[0]) + 2} of table risks{named}"


def _own_views(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each risk and person: the ends of both ranges, and of the exposure between them."""
    ordered = rows.sort_values(["key", "person", *_ENDS], kind="stable")
    own = ordered.groupby(["key", "person"], sort=True)[list(_ENDS)].mean().reset_index()
    prob, loss = (own["prob_low"] + own["prob_high"]) / 2, (own["loss_low"] + own["loss_high"]) / 2
    return own.assign(
        prob=prob,
        loss=loss,
        exposure=prob * loss,
        exposure_low=own["prob_low"] * own["loss_low"],
        exposure_high=own["prob_high"] * own["loss_high"],
    )


def _spellings(rows: pd.DataFrame) -> dict[str, str]:
    """How each risk is written most often; of spellings as frequent as each other the first in the alphabet."""
    counts = rows.groupby(["key", "risk"], sort=True).size().reset_index(name="times")
    counts = counts.sort_values(["key", "times", "risk"], ascending=[True, False, True], kind="stable")
    first = counts.drop_duplicates("key")
    return dict(zip(first["key"], first["risk"], strict=True))


def _pooled(own: pd.DataFrame, spellings: dict[str, str]) -> pd.DataFrame:
    pooled = own.groupby("key", sort=True).agg(
        people=("person", "size"),
        prob=("prob", "mean"),
        prob_low=("prob_low", "min"),
        prob_high=("prob_high", "max"),
        loss=("loss", "mean"),
        loss_low=("loss_low", "min"),
        loss_high=("loss_high", "max"),
        exposure=("exposure", "mean"),
        exposure_low=("exposure_low", "min"),
        exposure_high=("exposure_high", "max"),
    )
    apart = [
        _disagreement(part["exposure_low"].to_numpy(), part["exposure_high"].to_numpy())
        for _, part in own.groupby("key", sort=True)
    ]
    pooled = pooled.assign(disagreement=apart, people=pooled["people"].astype("int64"))
    pooled.insert(0, "risk", [spellings[key] for key in pooled.index])
    return pooled.sort_values(["exposure", "risk"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _disagreement(low: np.ndarray, high: np.ndarray) -> float:
    """Share of pairs of ranges that do not meet; nan for a single one.

    >>> _disagreement(np.array([0.0, 1.0, 5.0]), np.array([2.0, 3.0, 6.0]))
    0.6666666666666666
    """
    n = len(low)
    if n < 2:
        return math.nan
    # A pair is apart if one ends before the other begins; the tolerance lets ends that are equal on paper meet.
    apart = int(np.searchsorted(np.sort(high), low * (1 - 1e-9), side="left").sum())
    return apart / (n * (n - 1) / 2)


def _what_to_ask(table: pd.DataFrame, people: int) -> list[str]:
    notes = []
    alone = table.loc[table["people"] == 1, "risk"].map(shown).tolist()
    if people == 1:
        notes.append("one person's list only: let others write theirs, in silence, before you pool them")
    elif alone:
        notes.append(f"{len(alone)} of {_counted(len(table), 'risk')} said by one person only: ask ({listed(alone)})")
    apart = table.loc[table["disagreement"] > 0.5, "risk"].map(shown).tolist()
    if apart:
        notes.append(f"most people's ranges do not meet on {listed(apart)}: talk about it before you add it up")
    alike = _alike(table["risk"].head(_MOST_COMPARED).tolist())
    notes += [f"{quoted(one)} and {quoted(other)} may be the same" for one, other in alike[:3]]
    if len(alike) > 3:
        least = "at least " if len(alike) >= _MOST_PAIRS else ""
        notes.append(f"{least}{_counted(len(alike) - 3, 'more pair')} of names are alike")
    return notes


def _alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of names that may mean the same, the most alike first. Names that differ in a number do not.

    >>> _alike(["key person leaves", "data leak", "key people leave", "data leaks", "site 1 closes", "site 2 closes"])
    [('data leak', 'data leaks'), ('key people leave', 'key person leaves')]
    """
    ordered = sorted(names)
    words = [folded(name[:_LETTERS])[:_LETTERS] for name in ordered]
    numbers = [re.findall(r"\d+", word) for word in words]
    near = []
    for second, shared in enumerate(_shared_letters(words)):
        for first in range(second):
            most = 2 * shared[first] / (len(words[first]) + len(words[second]) or 1)
            if most >= _ALIKE and numbers[first] == numbers[second]:
                near.append((-most, first, second))
    matcher = SequenceMatcher(autojunk=False)
    found = []
    for _, first, second in sorted(near)[:_MOST_PAIRS]:
        matcher.set_seqs(words[first], words[second])
        if (ratio := matcher.ratio()) >= _ALIKE:
            found.append((-ratio, ordered[first], ordered[second]))
    return [(one, other) for _, one, other in sorted(found)]


def _shared_letters(words: Sequence[str]) -> Iterator[list[int]]:
    """Of each word, how many letters it shares with all words in their order: no comparison finds more of them alike.

    The longest common subsequence of one word and all at once, in the bits of one long number; an unused bit after each
    word keeps what is carried from reaching the next.

    Source: Hyyrö 2004, Bit-parallel LCS-length computation revisited, AWOCA.

    >>> list(_shared_letters(["late leak", "data leak"]))
    [[9, 7], [7, 9]]
    """
    places: dict[str, int] = {}
    used = start = 0
    for word in words:
        own: dict[str, int] = {}
        for place, letter in enumerate(word):
            own[letter] = own.get(letter, 0) | 1 << place
        for letter, bits in own.items():
            places[letter] = places.get(letter, 0) | bits << start
        used |= (1 << len(word)) - 1 << start
        start += len(word) + 1
    for other in words:
        left = used
        for letter in other:
            met = left & places[letter]
            left = ((left + met) | (left - met)) & used
        shared = []
        for word in words:
            shared.append(len(word) - (left & (1 << len(word)) - 1).bit_count())
            left >>= len(word) + 1
        yield shared


def _checked_plan(planned: float | None) -> float:
    if planned is None or planned is pd.NA:
        return math.nan
    try:
        cost = float(planned)
    except (TypeError, ValueError):
        cost = -math.inf
    if math.isnan(cost) or 0 < cost < math.inf:
        return cost
    raise OutsourcingKitError(
        f"planned is {planned}; expected what the plan costs, above 0. Mend: leave planned out if it is not known."
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _no_risks() -> pd.DataFrame:
    kinds = {name: "float64" for name in ("prob", "prob_low", "prob_high", "loss", "loss_low", "loss_high")}
    ends = {name: "float64" for name in ("exposure", "exposure_low", "exposure_high", "disagreement")}
    return blank_table(risk="object", people="int64", **kinds, **ends)
