"""Do the raters agree, before anyone averages their ratings?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.frames import typed
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import cohen_kappa, krippendorff_alpha
from outsourcing_kit.text import folded, label, no_answer, quoted
from outsourcing_kit.words import listed, percent

_EMPTY = "no ratings on record; needs table ratings"
# From this share of numbers on a criterion is rated in numbers, and what is none is an odd cell.
_MOSTLY = 0.5
_COLUMNS = ("criterion", "scale", "raters", "tasks", "tasks_rated_twice", "agreement", "alpha", "low", "high", "kappa")


@dataclass(frozen=True, repr=False)
class RaterAgreement(Shown):
    """Agreement on each criterion.

    `.table`, one row per criterion: criterion, scale (numbers or labels), raters, tasks, tasks_rated_twice (by two or
    more), agreement (share of rater pairs that say the same, mean over those tasks), alpha (Krippendorff's, ordinal for
    numbers, nominal for labels), low, high (its interval over tasks), kappa (Cohen's, where there are two raters and
    labels). nan where it does not exist. `.notes` tell which ratings were left out.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def _view(self) -> pd.DataFrame:
        """The table as a reader wants it, rounded."""
        t = self.table
        return pd.DataFrame(
            {
                "criterion": t["criterion"],
                "raters": t["raters"],
                "tasks rated twice": t["tasks_rated_twice"],
                "say the same": t["agreement"].map(percent),
                "alpha": [_with_ends(*each) for each in zip(t["alpha"], t["low"], t["high"], strict=True)],
            }
        )

    @property
    def missing(self) -> str:
        """Why there is nothing to show, in words."""
        return _EMPTY if self.table.empty else ""

    def _caption(self) -> str:
        return "Do the raters agree?"

    def _notes(self) -> tuple[str, ...]:
        interval = ("alpha in brackets: 95% interval over tasks",) if self.table["low"].notna().any() else ()
        return (*interval, *self.notes)


def rater_agreement(
    ratings: pd.DataFrame, *, criterion: str | None = None, replicates: int = 200, seed: int = 0
) -> RaterAgreement:
    """How far raters agree on the same tasks, criterion by criterion, beyond what chance would give.

    Args:
        ratings: table `ratings`: task, person, criterion, rating. Words for no answer ("n/a", "-") count as blank. If
            at least half of a criterion's other ratings are numbers, its scale is ordinal, and what is no number ("4 or
            5") is left out; else the ratings are labels. Of both kinds `.notes` tell. A person's last row for a task
            counts.
        criterion: only this one; None for all, in the order of their names.
        replicates: bootstrap replicates over tasks for the interval; 0 for none.
        seed: of the bootstrap.

    Raises:
        UnknownNameError: a criterion that nobody rated, naming the nearest.
        OutsourcingKitError: a needed column is missing.

    Source: Krippendorff 2004, Content Analysis, 2nd ed., ch. 11; Cohen 1960.

    Example: two raters, labels (a, a), (b, b), (a, b): they say the same in 2 of 3; nominal alpha is 4/9.

    >>> ratings = pd.DataFrame({"task": ["t1", "t2", "t3"] * 2, "person": ["x"] * 3 + ["y"] * 3,
    ...                         "criterion": "fit", "rating": ["a", "b", "a", "a", "b", "b"]})
    >>> rater_agreement(ratings, replicates=0).table[["agreement", "alpha"]].round(3).values.tolist()
    [[0.667, 0.444]]
    """
    if absent := [name for name in ("task", "person", "criterion", "rating") if name not in ratings]:
        raise OutsourcingKitError(
            f"The ratings lack column {', '.join(absent)}; expected task, person, criterion, rating. "
            "Mend: pass engagement.ratings, or add the column."
        )
    rated = typed(ratings, "task", "person", "criterion", "rating").dropna(subset=["task", "person", "criterion"])
    known = sorted(set(rated["criterion"]))
    criterion = label(criterion)
    if criterion is not None and len(rated) and criterion not in known:
        raise UnknownNameError.of("rated criterion", criterion, known)
    rows, notes = [], []
    for name in known if criterion is None else known and [criterion]:
        values, is_ordinal, note = _read(rated[rated["criterion"] == name])
        notes += note
        if len(values):
            rows.append(_one(name, values, is_ordinal, replicates, seed))
    return RaterAgreement(pd.DataFrame(rows, columns=list(_COLUMNS)), tuple(notes))


def _read(rated: pd.DataFrame) -> tuple[pd.DataFrame, bool, list[str]]:
    """One criterion's answers as numbers or as codes of labels, whether they are ordinal, and what was left out."""
    silent = rated["rating"].map(no_answer).astype(bool)
    words = rated.loc[silent, "rating"].dropna()
    notes = [f"{_words(words)}: no answer"] if len(words) else []
    answered = rated[~silent]
    numbers = pd.to_numeric(answered["rating"], errors="coerce")
    is_number = np.isfinite(numbers)
    is_ordinal = bool(len(answered)) and float(is_number.mean()) >= _MOSTLY
    if is_ordinal:
        odd = answered.loc[~is_number, "rating"]
        notes += [f"{_words(odd)}: no number, where most ratings are"] if len(odd) else []
        values = numbers
    else:
        # A number among labels is a label too, and 1 and 1.0 are one.
        plain = answered["rating"].map(folded).mask(is_number, numbers.map(label))
        values = pd.Series(pd.factorize(plain, sort=True)[0], index=answered.index, dtype=float)
    kept = answered.assign(rating=values)[is_number | (not is_ordinal)]
    criterion = rated["criterion"].iloc[0]
    return (
        kept.drop_duplicates(["task", "person"], keep="last"),
        is_ordinal,
        [f"left out of {quoted(criterion)}: {note}" for note in notes],
    )


def _words(cells: pd.Series) -> str:
    counts = cells.value_counts(sort=False)
    return listed([f"{count} × {quoted(cell, 24)}" for cell, count in counts.items()])


def _one(criterion: str, rated: pd.DataFrame, is_ordinal: bool, replicates: int, seed: int) -> tuple[object, ...]:
    unit, tasks = pd.factorize(rated["task"])
    rater, people = pd.factorize(rated["person"], sort=True)
    grid = np.full((len(people), len(tasks)), np.nan)
    grid[rater, unit] = rated["rating"].to_numpy(dtype=float)
    twice = int(((~np.isnan(grid)).sum(axis=0) >= 2).sum())
    alpha = krippendorff_alpha(grid, "ordinal" if is_ordinal else "nominal", replicates if twice > 1 else 0, seed)
    kappa = float(cohen_kappa(*grid)) if len(people) == 2 and not is_ordinal else math.nan
    return (
        criterion, "numbers" if is_ordinal else "labels", len(people), len(tasks), twice, _same(grid),
        alpha.estimate, alpha.low, alpha.high, kappa,
    )  # fmt: skip


def _same(grid: np.ndarray) -> float:
    """Share of rater pairs of a task that say the same, mean over tasks with at least one pair."""
    present = ~np.isnan(grid)
    raters = present.sum(axis=0)
    alike = np.zeros(grid.shape[1])
    for value in np.unique(grid[present]):
        times = (grid == value).sum(axis=0)
        alike += times * (times - 1)
    enough = raters >= 2
    pairs = (raters * (raters - 1))[enough]
    return float((alike[enough] / pairs).mean()) if enough.any() else math.nan


def _with_ends(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "undefined"
    return f"{value:.2f}" if math.isnan(low) else f"{value:.2f} ({low:.2f} to {high:.2f})"
