"""Do the raters agree, before anyone averages their ratings?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.showing import Shown, percent
from outsourcing_kit.stats import cohen_kappa, krippendorff_alpha

_EMPTY = "no ratings on record; needs table ratings"
_COLUMNS = ("criterion", "scale", "raters", "tasks", "tasks_rated_twice", "agreement", "alpha", "low", "high", "kappa")


@dataclass(frozen=True, repr=False)
class RaterAgreement(Shown):
    """Agreement on each criterion.

    `.table`, one row per criterion: criterion, scale (numbers or labels), raters, tasks, tasks_rated_twice (by two or
    more), agreement (share of rater pairs that say the same, mean over those tasks), alpha (Krippendorff's, ordinal for
    numbers, nominal for labels), low, high (its interval over tasks), kappa (Cohen's, where there are two raters and
    labels). nan where it does not exist.
    """

    table: pd.DataFrame

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
        return ("alpha in brackets: 95% interval over tasks",) if self.table["low"].notna().any() else ()


def rater_agreement(
    ratings: pd.DataFrame, *, criterion: str | None = None, replicates: int = 200, seed: int = 0
) -> RaterAgreement:
    """How far raters agree on the same tasks, criterion by criterion, beyond what chance would give.

    Args:
        ratings: table `ratings`: task, person, criterion, rating. If every rating of a criterion is a number, its scale
            is ordinal; else the ratings are labels. A person's last row for a task counts.
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
    rated = ratings.dropna(subset=["task", "person", "criterion", "rating"])
    known = sorted(set(rated["criterion"]))
    if criterion is not None and len(rated) and criterion not in known:
        raise UnknownNameError.of("rated criterion", criterion, known)
    wanted = [name for name in known if criterion in (None, name)]
    rows = [_one(name, rated[rated["criterion"] == name], replicates, seed) for name in wanted]
    return RaterAgreement(pd.DataFrame(rows, columns=list(_COLUMNS)))


def _one(criterion: str, rated: pd.DataFrame, replicates: int, seed: int) -> tuple[object, ...]:
    rated = rated.drop_duplicates(["task", "person"], keep="last")
    numbers = pd.to_numeric(rated["rating"], errors="coerce")
    ordinal = bool(np.isfinite(numbers).all())
    values = numbers.to_numpy(dtype=float) if ordinal else pd.factorize(rated["rating"].astype(str), sort=True)[0]
    unit, tasks = pd.factorize(rated["task"])
    rater, people = pd.factorize(rated["person"], sort=True)
    grid = np.full((len(people), len(tasks)), np.nan)
    grid[rater, unit] = values
    twice = int(((~np.isnan(grid)).sum(axis=0) >= 2).sum())
    alpha = krippendorff_alpha(grid, "ordinal" if ordinal else "nominal", replicates if twice > 1 else 0, seed)
    kappa = float(cohen_kappa(*grid)) if len(people) == 2 and not ordinal else math.nan
    scale = "numbers" if ordinal else "labels"
    return (
        criterion, scale, len(people), len(tasks), twice, _same(grid),
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
