"""Do the raters agree, before anyone averages their ratings?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import krippendorff_alpha
from outsourcing_kit.text import folded, label, no_answer, quoted
from outsourcing_kit.words import listed, percent

# From this share of numbers on a criterion is rated in numbers, and what is none is an odd cell.
_MOSTLY = 0.5


@dataclass(frozen=True, repr=False)
class RaterAgreement(Result):
    """Agreement on each criterion.

    `.table`, one row per criterion: criterion, scale (numbers or labels), raters, tasks, tasks_rated_twice (by two or
    more), agreement (share of rater pairs that say the same, mean over those tasks), alpha (Krippendorff's, ordinal for
    numbers, nominal for labels), low, high (its interval over tasks). nan where it does not exist. `.notes` tell which
    ratings were left out.
    """

    columns: ClassVar = {
        "criterion": "text", "scale": "text", "raters": "count", "tasks": "count", "tasks_rated_twice": "count",
        "agreement": "share", "alpha": "number", "low": "number", "high": "number",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        t = self.table
        alpha = [_with_ends(*each) for each in zip(t["alpha"], t["low"], t["high"], strict=True)]
        shown = {"say the same": t["agreement"].map(percent), "alpha": alpha}
        return t[["criterion", "raters", "tasks_rated_twice"]].assign(**shown)

    def _caption(self) -> str:
        return "Do the raters agree?"

    def _more(self) -> tuple[str, ...]:
        return ("alpha in brackets: 95% interval over tasks",) if self.table["low"].notna().any() else ()


def rater_agreement(ratings: pd.DataFrame, *, replicates: int = 200, seed: int = 0) -> RaterAgreement:
    """How far raters agree on the same tasks, criterion by criterion, beyond what chance would give.

    Args:
        ratings: table `ratings`: task, person, criterion, rating. Words for no answer ("n/a", "-") count as blank. If
            at least half of a criterion's other ratings are numbers, its scale is ordinal, and what is no number ("4 or
            5") is left out; else the ratings are labels. Of both kinds `.notes` tell. A person's last row for a task
            counts.
        replicates: bootstrap replicates over tasks for the interval; 0 for none.
        seed: of the bootstrap.

    Raises:
        BadDataError: cells that are not of their column's kind.

    Source: Krippendorff 2004, Content Analysis, 2nd ed., ch. 11.

    Example: two raters, labels (a, a), (b, b), (a, b): they say the same in 2 of 3; nominal alpha is 4/9.

    >>> ratings = pd.DataFrame({"task": ["t1", "t2", "t3"] * 2, "person": ["x"] * 3 + ["y"] * 3,
    ...                         "criterion": "fit", "rating": ["a", "b", "a", "a", "b", "b"]})
    >>> rater_agreement(ratings, replicates=0).table[["agreement", "alpha"]].round(3).values.tolist()
    [[0.667, 0.444]]
    """
    ratings, missing = take(ratings, "ratings", need=("task", "person", "criterion", "rating"))
    rated = ratings.dropna(subset=["task", "person", "criterion"])
    rows, notes = [], []
    for name, own in rated.groupby("criterion"):
        values, is_ordinal, note = _read(own)
        notes += note
        if len(values):
            rows.append(_one(str(name), values, is_ordinal, replicates, seed))
    table = pd.DataFrame(rows, columns=[*RaterAgreement.columns])
    return RaterAgreement(table, missing=missing, notes=tuple(notes))


def _read(rated: pd.DataFrame) -> tuple[pd.DataFrame, bool, list[str]]:
    """One criterion's answers as numbers or as codes of labels, whether they are ordinal, and what was left out."""
    # "n/a" is one more way to leave a cell blank: as a label it would let two silent raters agree.
    silent = rated["rating"].map(no_answer).astype(bool)
    notes, answered = [_words(rated.loc[silent, "rating"].dropna(), "no answer")], rated[~silent]
    numbers = pd.to_numeric(answered["rating"], errors="coerce")
    is_number = np.isfinite(numbers)
    is_ordinal = bool(len(answered)) and float(is_number.mean()) >= _MOSTLY
    if is_ordinal:
        notes.append(_words(answered["rating"][~is_number], "no number, where most ratings are"))
        answered = answered.assign(rating=numbers)[is_number]
    else:
        # A number among labels is a label too, and 1 and 1.0 are one.
        plain = answered["rating"].map(folded).mask(is_number, numbers.map(label))
        answered = answered.assign(rating=pd.factorize(plain, sort=True)[0].astype(float))
    told = [f"left out of {quoted(rated['criterion'].iloc[0])}: {note}" for note in notes if note]
    return answered.drop_duplicates(["task", "person"], keep="last"), is_ordinal, told


def _words(cells: pd.Series, why: str) -> str:
    """Which cells were left out, how often, and why; nothing for none."""
    counts = [f"{count} × {quoted(cell, 24)}" for cell, count in cells.value_counts(sort=False).items()]
    return f"{listed(counts)}: {why}" if counts else ""


def _one(criterion: str, rated: pd.DataFrame, is_ordinal: bool, replicates: int, seed: int) -> tuple[object, ...]:
    unit, tasks = pd.factorize(rated["task"])
    rater, people = pd.factorize(rated["person"], sort=True)
    # Raters × tasks, nan where nobody rated: the form in which the statistics know such tables.
    grid = np.full((len(people), len(tasks)), np.nan)
    grid[rater, unit] = rated["rating"].to_numpy(dtype=float)
    # One rating of a task agrees with nobody; it takes two tasks rated twice to know how agreement varies.
    twice = int(((~np.isnan(grid)).sum(axis=0) >= 2).sum())
    alpha = krippendorff_alpha(grid, "ordinal" if is_ordinal else "nominal", replicates if twice > 1 else 0, seed)
    scale = "numbers" if is_ordinal else "labels"
    return (criterion, scale, len(people), len(tasks), twice, _same(grid), alpha.estimate, alpha.low, alpha.high)


def _same(grid: np.ndarray) -> float:
    """Share of rater pairs of a task that say the same, mean over tasks with at least one pair."""
    present = ~np.isnan(grid)
    raters = present.sum(axis=0)
    # One pass a value, not a pair: raters can be many, while the values on a scale are few.
    times = [(grid == value).sum(axis=0) for value in np.unique(grid[present])]
    alike = sum(each * (each - 1) for each in times)
    enough = raters >= 2
    return float((alike / np.maximum(raters * (raters - 1), 1))[enough].mean()) if enough.any() else math.nan


def _with_ends(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "undefined"
    return f"{value:.2f}" if math.isnan(low) else f"{value:.2f} ({low:.2f} to {high:.2f})"
