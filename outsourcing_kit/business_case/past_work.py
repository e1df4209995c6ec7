"""How far off were estimates before? Accuracy, quantiles of actual over estimate, and the reference class of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import checked_share
from outsourcing_kit.exceptions import OutsourcingKitError, nearest
from outsourcing_kit.frames import take
from outsourcing_kit.showing import Result, interval_note
from outsourcing_kit.stats import quantile_interval
from outsourcing_kit.stats.shares import effective_n_at
from outsourcing_kit.text import label, quoted
from outsourcing_kit.words import listed, plural

_ALSO = ("item", "reference_class", "client", "unit", "status")
# A quantile at an end of the items would say nothing of the next one.
BETWEEN = "a share between 0 and 1"
_QUANTILES = ("quantile", "estimate", "low", "high", "n", "effective_n")


@dataclass(frozen=True, repr=False)
class EstimateAccuracy(Result):
    """How well past estimates met what the work took. `.table` has one row; see `estimate_accuracy`."""

    columns = {
        "items": "count", "pred25": "share", "mean_relative_error": "share", "median_relative_error": "share",
        "share_overrun": "share", "total_ratio": "number",
    }  # fmt: skip


@dataclass(frozen=True, repr=False)
class OverrunQuantiles(Result):
    """Quantiles of actual/estimated with their intervals: `.table`; see `overrun_quantiles`."""

    confidence: float = 0.95

    def _view(self) -> pd.DataFrame:
        # A ratio has no end below 0; that the items support none is shown as such.
        return self.table.assign(low=self.table["low"].where(self.table["low"] > 0, -math.inf))

    def _more(self) -> tuple[str, ...]:
        return (interval_note(self.confidence),) if len(self.table) else ()


@dataclass(frozen=True, repr=False)
class ReferenceClass(Result):
    """Past work that a plan is compared with: `.table` has one row an item, with its ratio actual/estimated.

    `.name` is the class asked for; None: all past work.
    """

    name: str | None = None

    columns = {
        "item": "text", "client": "text", "status": "text", "estimated": "number", "actual": "number",
        "ratio": "number", "spent_ratio": "number",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        return self.table.drop(columns=[name for name in ("item", "client") if self.table[name].isna().all()])

    @property
    def ratios(self) -> np.ndarray:
        """actual/estimated of each item, sorted; inf for abandoned work, which never arrived."""
        return np.sort(self.table["ratio"].to_numpy(dtype=float))

    def told(self, use: str, unless: str) -> tuple[str, ...]:
        """What it is used for, and what was left out of it; or why no ratio can be drawn from it."""
        if not len(self.drawable_ratios):
            return (f"{unless}: {self.missing or 'no past work of this kind was finished'}",)
        counted = f"ratios actual/estimated of {len(self.table)} past items, {self.abandoned} of them abandoned"
        return (use.format(counted), *self.notes)

    @property
    def abandoned(self) -> int:
        """How many of the items were given up."""
        return int(np.isinf(self.ratios).sum())

    def within(self, ratio: float) -> int:
        """How many of the items took at most this many times their estimate; abandoned ones never did."""
        # The tolerance allows for a ratio that is equal on paper.
        return int((self.ratios <= ratio * (1 + 1e-9)).sum())

    def enough(self, share: float) -> float:
        """The least ratio, in whole percent, that at least this share of the items stayed within; inf if none is.

        Rounded up, as the percent that a reader sees must itself be enough. nan without items.

        >>> reference_class(pd.DataFrame({"estimated": 8.0, "actual": [8.0, 9.0, 10.0, 11.0]})).enough(0.7)
        1.25
        """
        if not len(self.ratios):
            return math.nan
        least = float(self.ratios[max(math.ceil(round(share * len(self.ratios), 9)), 1) - 1])
        return math.ceil(round(100 * least, 6)) / 100 if math.isfinite(least) else least

    @property
    def groups(self) -> np.ndarray:
        """Whose item each row of `.table` is: its client, where the records name clients; else an item of its own."""
        return _groups(self.table["client"])

    @property
    def drawable_ratios(self) -> np.ndarray:
        """Each row's ratio, where abandoned work counts as at least the largest ratio seen; none if none finished."""
        ratios, seen = (self.table[name].to_numpy(dtype=float) for name in ("ratio", "spent_ratio"))
        finished = ratios[np.isfinite(ratios)]
        # What nobody finished bounds nothing: its true ratio may be any.
        return np.where(np.isinf(ratios), np.fmax(seen, finished.max()), ratios) if len(finished) else finished


def drawable(reference: Any) -> np.ndarray:
    """The ratios that past work offers to draw from, none without any; OutsourcingKitError for what is no class."""
    if reference is None:
        return np.array([])
    if not isinstance(reference, ReferenceClass):
        raise OutsourcingKitError(
            f"reference is a {type(reference).__name__}; expected a reference class. "
            "Mend: reference=reference_class(estimates, plan_class)."
        )
    return reference.drawable_ratios


def estimate_accuracy(
    estimates: pd.DataFrame, *, estimated: str = "estimated", actual: str = "actual"
) -> EstimateAccuracy:
    """How close past estimates came, over finished work with both numbers.

    `.table` has one row: items; mean_relative_error and median_relative_error, of |actual − estimated|/actual; pred25,
    the share with that ≤ 0.25; share_overrun, with actual > estimated; total_ratio, Σ actual / Σ estimated, blank where
    several units are mixed.

    Args:
        estimates: rows of table `estimates`; status and unit are used where they are there.
        estimated, actual: names of the two columns, same unit within a row.

    Raises:
        UnknownNameError: a column of your own that is not there.
        BadDataError: cells that are no numbers of 0 or more.

    Source: measures as in Kitchenham, Pfleeger, McColl & Eagan 2002, J. Systems and Software 64:57–77.

    Example: estimates 100 and 100 for work that took 80 and 200. Errors 20/80 = .25 and 100/200 = .5, total 280/200.

    >>> past = pd.DataFrame({"estimated": [100, 100], "actual": [80, 200]})
    >>> estimate_accuracy(past).table.iloc[0].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'items': 2.0, 'pred25': 0.5, 'mean_relative_error': 0.375, 'median_relative_error': 0.375,
     'share_overrun': 0.5, 'total_ratio': 1.4}
    """
    taken, lacks = _taken(estimates, estimated=estimated, actual=actual)
    if lacks:
        return EstimateAccuracy.lacking(lacks)
    rows, notes = _with_ratios(taken)
    found = accuracy(rows)
    if abandoned := len(rows) - int(found["items"]):
        notes.append(f"{plural(abandoned, 'item')} abandoned: no final actual, left out here")
    if not found["items"]:
        notes.append("no finished work with an estimate and an actual")
    # Errors relative to an item's own size may mix hours and days; totals may not.
    if (units := rows.loc[np.isfinite(rows["ratio"]), "unit"].nunique()) > 1:
        notes.append(f"{units} units are mixed: a total over them means nothing, so total_ratio is left blank")
        found["total_ratio"] = math.nan
    return EstimateAccuracy(pd.DataFrame([found]), notes=tuple(notes))


def accuracy(rows: pd.DataFrame) -> dict[str, float]:
    """The row of `estimate_accuracy`, of rows that have a ratio."""
    # Abandoned work has no final actual, so no error; `overrun_quantiles` counts it as beyond every overrun.
    done = rows[np.isfinite(rows["ratio"])]
    estimated, actual = done["estimated"], done["actual"]
    error = (actual - estimated).abs() / actual
    return {
        "items": len(done),
        # The tolerance allows for a quotient that is .25 on paper.
        "pred25": (error <= 0.25 + 1e-12).mean(),
        "mean_relative_error": error.mean(),
        "median_relative_error": error.median(),
        "share_overrun": (actual > estimated).mean(),
        "total_ratio": actual.sum() / estimated.sum() if len(done) else math.nan,
    }


def overrun_quantiles(
    estimates: pd.DataFrame, *, by: str | None = None, q: Iterable[float] | float = (0.5, 0.8, 0.9),
    confidence: float = 0.95, estimated: str = "estimated", actual: str = "actual", alike: str | None = "client",
) -> OverrunQuantiles:  # fmt: skip
    """Quantiles of actual/estimated over past work: by how much do plans like this one overrun?

    `.table` has one row a quantile (within each group of `by`): quantile, estimate, low, high, n, effective_n. low and
    high are an order-statistic interval; an end that the items cannot support is open (0 or inf). effective_n: how many
    independent items they are worth there, as those of one client go alike. Abandoned work counts as an infinite ratio.

    Args:
        estimates: rows of table `estimates`; status is used where it is there.
        by: column to group by, as "reference_class"; rows where it is blank are left out.
        q: quantiles, each between 0 and 1.
        confidence: of each interval.
        estimated, actual: names of the two columns.
        alike: column that names whose an item is; None takes all items as independent.

    Raises:
        UnknownNameError: a column of your own that is not there.
        OutsourcingKitError: a quantile or confidence outside (0, 1), or cells that are no numbers of 0 or more.

    Source: Flyvbjerg et al. 2022, doi 10.1080/07421222.2022.2096544; intervals: see `stats.quantile_interval`.

    Example: six items at 1.0 … 1.5 times their estimate: median 1.25; 1/64 on each side, so all six bound it.

    >>> past = pd.DataFrame({"estimated": [10] * 6, "actual": [10, 11, 12, 13, 14, 15]})
    >>> overrun_quantiles(past, q=[0.5]).table.iloc[0].to_dict()
    {'quantile': 0.5, 'estimate': 1.25, 'low': 1.0, 'high': 1.5, 'n': 6.0, 'effective_n': 6.0}
    """
    # Quantiles, and never mean ± sd: overruns have tails so heavy that a mean may not exist. An upper end for the 90th
    # percentile needs 36 independent items.
    wanted = [checked_share("q", each, 0.8, BETWEEN, ends=False) for each in (q if isinstance(q, Iterable) else [q])]
    taken, lacks = _taken(
        estimates, by is not None, estimated=estimated, actual=actual, reference_class=by, client=alike
    )
    rows, notes = _with_ratios(taken)
    if not len(rows) and not lacks:
        notes.append("no past work with an estimate and an actual")
    parts = [(None, rows)] if by is None else rows.groupby("reference_class", sort=True)
    found = [
        {by: name, **ratio_quantile(part["ratio"].to_numpy(), _groups(part["client"], alike), each, confidence)}
        for name, part in parts
        for each in wanted
        if not lacks
    ]
    table = pd.DataFrame(found, columns=[*([] if by is None else [by]), *_QUANTILES])
    return OverrunQuantiles(table, confidence, missing=lacks, notes=tuple(notes))


def reference_class(estimates: pd.DataFrame, name: str | None = None) -> ReferenceClass:
    """The past work that a plan is like: items of one reference class, or all past work where no class is named.

    `.table`, a row an item: item, client, status, estimated, actual, ratio (actual/estimated; inf if abandoned),
    spent_ratio (what an abandoned item had taken by then, else the ratio). Items without an estimate above 0, and
    finished ones without an actual, are left out and counted in `.notes`.

    Args:
        estimates: rows of table `estimates`.
        name: the reference class (`plan_class` in engagement.toml). If no item has it, `.missing` names the nearest.

    Raises:
        BadDataError: cells that are no numbers of 0 or more, or no status.

    Example:

    >>> past = pd.DataFrame({"item": ["a", "b"], "reference_class": ["move", "move"], "estimated": [10, 10],
    ...                      "actual": [12, None], "status": ["finished", "abandoned"]})
    >>> reference_class(past, "move").ratios.tolist()
    [1.2, inf]
    >>> print(reference_class(past, "moves").missing)
    needs past items of plan_class 'moves'; estimates has none (did you mean 'move'? It has: move)
    """
    return next(all_classes(estimates, name))


def all_classes(estimates: pd.DataFrame, name: str | None) -> Iterator[ReferenceClass]:
    """The class of that name first, then all others of the records that can be used."""
    name = label(name)
    rows, lacks = _taken(estimates, name is not None)
    if lacks:
        yield ReferenceClass.lacking(lacks, name)
        return
    known = sorted(rows["reference_class"].dropna().unique())
    if name is None or name in known:
        yield _class_of(rows, name, len(known))
    else:
        hint = f"did you mean {quoted(guess)}? " if (guess := nearest(name, known)) else ""
        why = f"needs past items of plan_class {quoted(name)}; estimates has none ({hint}It has: {listed(known, 6)})"
        yield ReferenceClass.lacking(why, name)
    # One class alone is all past work.
    for other in known if name or len(known) > 1 else ():
        if other != name and not (found := _class_of(rows, other)).missing:
            yield found


def _class_of(rows: pd.DataFrame, name: str | None, pooled: int = 1) -> ReferenceClass:
    rows = rows if name is None else rows[rows["reference_class"] == name]
    kept, notes = _with_ratios(rows)
    if name is None and pooled > 1:
        notes.insert(0, f"no plan_class is set: past work of all {pooled} classes is the reference class")
    missing = "" if len(kept) else "needs past items with an estimate above 0 and an actual, or abandoned ones"
    table = kept[list(ReferenceClass.columns)].reset_index(drop=True)
    return ReferenceClass(table, name, missing=missing, notes=tuple(notes))


def _taken(estimates: pd.DataFrame, with_class: bool = False, **own: str | None) -> tuple[pd.DataFrame, str]:
    """Table estimates in its kinds; `own` are an analyst's names of its columns."""
    called = {column: name for column, name in own.items() if name not in (None, column)}
    need = ("estimated", "actual", *(["reference_class"] if with_class else []))
    return take(estimates, "estimates", need=need, also=_ALSO, called=called)


def _with_ratios(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Rows with a ratio and a spent_ratio; and what was left out."""
    # Who keeps no status has written down what was finished.
    status = rows["status"].fillna("finished")
    abandoned, planned = status == "abandoned", rows["estimated"] > 0
    usable = abandoned | (rows["actual"] > 0)
    spent = rows["actual"] / rows["estimated"].where(planned)
    kept = rows.assign(status=status, spent_ratio=spent, ratio=spent.mask(abandoned, math.inf))[planned & usable]
    left_out = ((~planned, "without an estimate"), (planned & ~usable, "marked finished without an actual"))
    told = [f"{plural(int(out.sum()), 'item')} {why} above 0 left out" for out, why in left_out if out.any()]
    return kept, told


def ratio_quantile(ratios: np.ndarray, groups: np.ndarray, q: float, confidence: float) -> dict[str, float]:
    """One quantile of actual/estimated, inf where work was abandoned: quantile, estimate, low, high, n, effective_n."""
    # No budget would have been enough for abandoned work.
    never, n = np.isinf(ratios), len(ratios)
    # Order statistics only need an order: abandoned work stands above all finished, and is mapped back to infinity.
    ceiling = 2 * float(ratios[~never].max(initial=1.0))
    ordered = np.where(never, ceiling, ratios)
    found = quantile_interval(ordered, q, cluster=groups, confidence=confidence)
    low, high = found.interval(confidence)
    low = 0.0 if not math.isfinite(low) else low if low < ceiling else math.inf
    # Between the last finished and the first abandoned item nothing lies in the middle.
    reaches = never.any() and n - never.sum() <= math.ceil((n - 1) * q - 1e-12)
    estimate, high = math.inf if reaches else found.estimate, high if high < ceiling else math.inf
    worth = effective_n_at(ordered, found.estimate, groups) if n else 0.0
    return dict(zip(_QUANTILES, (q, estimate, low, high, n, worth), strict=True))


def _groups(whose: pd.Series, alike: str | None = "client") -> np.ndarray:
    """Labels of the rows that may resemble each other; a row that names nobody stands alone."""
    alone = np.array([f"\0{row}" for row in range(len(whose))], dtype=object)
    return alone if alike is None else np.where(whose.notna(), whose.to_numpy(dtype=object), alone).astype(str)
