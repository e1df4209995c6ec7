"""How far off were estimates before? Accuracy, quantiles of actual over estimate, and the reference class of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.business_case.lines import out_of_range
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError, nearest
from outsourcing_kit.frames import blank_table, lacking, numeric, typed
from outsourcing_kit.showing import Shown, interval_note
from outsourcing_kit.stats import quantile_interval
from outsourcing_kit.stats.clusters import effective_n_at
from outsourcing_kit.tables import LARGEST, SMALLEST
from outsourcing_kit.text import label, quoted, shown
from outsourcing_kit.words import listed


@dataclass(frozen=True, repr=False)
class EstimateAccuracy(Shown):
    """How well past estimates met what the work took. `.table` has one row; see `estimate_accuracy`."""

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    _shares = ("pred25", "mean_relative_error", "median_relative_error", "share_overrun")


@dataclass(frozen=True, repr=False)
class OverrunQuantiles(Shown):
    """Quantiles of actual/estimated with their intervals: `.table`; see `overrun_quantiles`."""

    table: pd.DataFrame
    confidence: float = 0.95
    notes: tuple[str, ...] = ()

    def _view(self) -> pd.DataFrame:
        # A ratio has no end below 0; that the items support none is shown as such.
        return self.table.assign(low=self.table["low"].where(self.table["low"] > 0, -math.inf))

    def _notes(self) -> tuple[str, ...]:
        return (interval_note(self.confidence), *self.notes) if len(self.table) else self.notes


@dataclass(frozen=True, repr=False)
class ReferenceClass(Shown):
    """Past work that a plan is compared with: `.table` has one row an item, with its ratio actual/estimated.

    `.name` is the class asked for (None: all past work); `.missing` says what keeps it from being used, or is empty.
    """

    table: pd.DataFrame
    name: str | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ratios(self) -> np.ndarray:
        """actual/estimated of each item, sorted; inf for abandoned work, which never arrived."""
        return np.sort(self.table["ratio"].to_numpy(dtype=float))

    def within(self, ratio: float) -> int:
        """How many of the items took at most this many times their estimate; abandoned ones never did."""
        # The tolerance allows for a ratio that is equal on paper.
        return int((self.ratios <= ratio * (1 + 1e-9)).sum())

    @property
    def groups(self) -> np.ndarray:
        """Whose item each row of `.table` is: its client, where the records name clients; else an item of its own."""
        return _groups(self.table, "client")

    @property
    def drawable_ratios(self) -> np.ndarray:
        """The ratios to draw a cost overrun from, sorted: `row_ratios` in order."""
        return np.sort(self.row_ratios)

    @property
    def row_ratios(self) -> np.ndarray:
        """Each row's ratio, where abandoned work counts as at least the largest ratio seen; none if none finished."""
        ratios, seen = self.table["ratio"].to_numpy(dtype=float), self.table["spent_ratio"].to_numpy(dtype=float)
        finished = ratios[np.isfinite(ratios)]
        if not len(finished):
            return np.array([])
        return np.where(np.isfinite(ratios), ratios, np.fmax(seen, finished.max()))


def estimate_accuracy(
    estimates: pd.DataFrame, *, estimated: str = "estimated", actual: str = "actual"
) -> EstimateAccuracy:
    """How close past estimates came, over finished work with both numbers.

    `.table` has one row: items; pred25, the share with |actual − estimated|/actual ≤ 0.25; mean_relative_error and
    median_relative_error, of |actual − estimated|/actual; share_overrun, the share with actual > estimated;
    total_ratio, Σ actual / Σ estimated. All but items are shares or ratios (0.62 is 62%).

    Abandoned work has no final actual: it is left out here and counted in `.notes` (`overrun_quantiles` counts it as
    beyond every overrun). Errors relative to one item's own size may mix hours and days; totals may not, so with
    several units total_ratio is nan and `.notes` says so.

    Args:
        estimates: rows of table `estimates`; status and unit are used where they are there.
        estimated, actual: names of the two columns, same unit within a row.

    Raises:
        UnknownNameError: if one of the two columns is not there.
        OutsourcingKitError: if a column holds something other than numbers.

    Source: measures as in Kitchenham, Pfleeger, McColl & Eagan 2002, J. Systems and Software 64:57–77.

    Example: estimates 100 and 100 for work that took 80 and 200. Errors 20/80 = .25 and 100/200 = .5, total 280/200.

    >>> past = pd.DataFrame({"estimated": [100, 100], "actual": [80, 200]})
    >>> estimate_accuracy(past).table.iloc[0].to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'items': 2.0, 'pred25': 0.5, 'mean_relative_error': 0.375, 'median_relative_error': 0.375,
     'share_overrun': 0.5, 'total_ratio': 1.4}
    """
    rows, notes = _usable(estimates, estimated, actual)
    abandoned = int(np.isinf(rows["ratio"]).sum())
    if abandoned:
        notes.append(f"{_items(abandoned)} abandoned: no final actual, left out here")
    rows = rows[np.isfinite(rows["ratio"])]
    guess, took = rows["estimated"].to_numpy(dtype=float), rows["actual"].to_numpy(dtype=float)
    if not len(rows):
        notes.append("no finished work with an estimate and an actual")
    error = np.abs(took - guess) / took
    units = int(rows["unit"].dropna().nunique()) if "unit" in rows else 0
    total = took.sum() / guess.sum() if len(rows) and units <= 1 else math.nan
    if units > 1:
        notes.append(f"{units} units are mixed: a total over them means nothing, so total_ratio is left blank")
    table = pd.DataFrame(
        {
            "items": [len(rows)],
            # The tolerance allows for a quotient that is .25 on paper.
            "pred25": [_mean(error <= 0.25 + 1e-12)],
            "mean_relative_error": [_mean(error)],
            "median_relative_error": [float(np.median(error)) if len(error) else math.nan],
            "share_overrun": [_mean(took > guess)],
            "total_ratio": [float(total)],
        }
    )
    return EstimateAccuracy(table, tuple(notes))


def overrun_quantiles(
    estimates: pd.DataFrame,
    *,
    by: str | None = None,
    q: Iterable[float] = (0.5, 0.8, 0.9),
    confidence: float = 0.95,
    estimated: str = "estimated",
    actual: str = "actual",
    alike: str | None = "client",
) -> OverrunQuantiles:
    """Quantiles of actual/estimated over past work: by how much do plans like this one overrun?

    `.table` has one row a quantile (within each group of `by`): quantile, estimate, low, high, n, effective_n. low and
    high are an order-statistic interval at `confidence`; an end that the items cannot support is open (0 or inf): an
    upper end for the 90th percentile needs 36 independent items. Items of one client tend to go alike, and then tell
    less than their number: effective_n says how many independent ones they are worth at that quantile. Abandoned work
    counts as an infinite ratio, as no budget would have been enough; a quantile that reaches it is inf. Never mean ±
    sd: overruns have tails so heavy that a mean may not exist.

    Args:
        estimates: rows of table `estimates`; status is used where it is there.
        by: column to group by, for example "reference_class"; rows where it is blank are left out.
        q: quantiles, each strictly between 0 and 1.
        confidence: of each interval.
        alike: column that names whose an item is, used where it is there; None takes all items as independent.

    Raises:
        UnknownNameError: if a column is not there.
        OutsourcingKitError: for a quantile or confidence outside (0, 1), or columns that are not numbers.

    Source: reference class forecasting, Flyvbjerg et al. 2022, doi 10.1080/07421222.2022.2096544 (power-law tails);
    intervals of grouped items: see `stats.quantile_interval`.

    Example: six items at 1.0 … 1.5 times their estimate: median 1.25; 1/64 on each side, so all six bound it.

    >>> past = pd.DataFrame({"estimated": [10] * 6, "actual": [10, 11, 12, 13, 14, 15]})
    >>> overrun_quantiles(past, q=[0.5]).table.iloc[0].to_dict()
    {'quantile': 0.5, 'estimate': 1.25, 'low': 1.0, 'high': 1.5, 'n': 6.0, 'effective_n': 6.0}
    """
    rows, notes = _usable(estimates, estimated, actual)
    for value in (wanted := list(q)):
        if not isinstance(value, int | float | np.number):
            raise OutsourcingKitError(
                f"q holds {quoted(value)}; expected shares between 0 and 1. Mend: q=(0.5, 0.8, 0.9)."
            )
    if by is None:
        groups = [(None, rows)]
    else:
        _need(estimates, by)
        groups = list(rows.groupby(by, sort=True)) if len(rows) else []
    out = [
        {
            **({} if by is None else {by: name}),
            **ratio_quantile(part["ratio"].to_numpy(dtype=float), _groups(part, alike), float(value), confidence),
        }
        for name, part in groups
        for value in wanted
    ]
    columns = [*([] if by is None else [by]), "quantile", "estimate", "low", "high", "n", "effective_n"]
    if not len(rows):
        notes.append("no past work with an estimate and an actual")
    return OverrunQuantiles(pd.DataFrame(out, columns=columns), confidence, tuple(notes))


def reference_class(estimates: pd.DataFrame, name: str | None = None) -> ReferenceClass:
    """The past work that a plan is like: items of one reference class, or all past work where no class is named.

    `.table` has one row an item: item, status, estimated, actual, ratio (actual/estimated; inf if abandoned),
    spent_ratio (what an abandoned item had taken by then, else the ratio) and, where the records have it, client.
    Finished items without an actual, and items without an estimate above 0, are left out and counted in `.notes`.

    Args:
        estimates: rows of table `estimates`.
        name: the reference class (`plan_class` in engagement.toml). If no item has it, `.missing` names the nearest.

    Example:

    >>> past = pd.DataFrame({"item": ["a", "b"], "reference_class": ["move", "move"], "estimated": [10, 10],
    ...                      "actual": [12, None], "status": ["finished", "abandoned"]})
    >>> reference_class(past, "move").ratios.tolist()
    [1.2, inf]
    >>> print(reference_class(past, "moves").missing)
    needs past items of plan_class 'moves'; estimates has none (did you mean 'move'? It has: move)
    """
    needed = ("estimated", "actual") if name is None else ("reference_class", "estimated", "actual")
    if missing := lacking(estimates, "estimates", *needed):
        return ReferenceClass(_no_items(), name, missing)
    estimates = typed(estimates, "item", "reference_class", "status", "client", "unit")
    name = label(name)
    chosen = estimates
    notes = []
    if name is None:
        several = estimates["reference_class"].nunique() if "reference_class" in estimates else 1
        if several > 1:
            notes.append(f"no plan_class is set: past work of all {several} classes is the reference class")
    else:
        chosen = estimates[estimates["reference_class"] == name]
    if not len(chosen):
        return ReferenceClass(_no_items(), name, _no_such_class(estimates, str(name)))
    rows, more = _usable(chosen, "estimated", "actual")
    missing = "" if len(rows) else "needs past items with an estimate above 0 and an actual, or abandoned ones"
    keep = [column for column in ("item", "client") if column in rows]
    columns = [*keep, "status", "estimated", "actual", "ratio", "spent_ratio"]
    return ReferenceClass(rows[columns].reset_index(drop=True), name, missing, (*notes, *more))


def _usable(estimates: pd.DataFrame, estimated: str, actual: str) -> tuple[pd.DataFrame, list[str]]:
    """Rows with a ratio, in the columns estimated, actual, status, ratio, spent_ratio; and what was left out."""
    for column in (estimated, actual):
        _need(estimates, column)
    estimates = typed(estimates, "item", "reference_class", "status", "client", "unit")
    guess, took = (_numbers(estimates, column) for column in (estimated, actual))
    status = estimates["status"] if "status" in estimates else pd.Series("finished", index=estimates.index)
    status = status.fillna("finished").map(lambda word: tables.meant("estimates.status", word)[0] or word)
    abandoned = status.eq("abandoned").to_numpy(dtype=bool)
    has_estimate = guess > 0
    finished = ~abandoned & (took > 0)
    keep = has_estimate & (abandoned | finished)
    with np.errstate(divide="ignore", invalid="ignore"):
        spent = np.where(has_estimate, took / guess, math.nan)
    rows = estimates.assign(
        estimated=guess, actual=took, status=status, ratio=np.where(abandoned, math.inf, spent), spent_ratio=spent
    )[keep]
    notes = []
    if unestimated := int((~has_estimate).sum()):
        notes.append(f"{_items(unestimated)} without an estimate above 0 left out")
    if unknown := int((has_estimate & ~abandoned & ~finished).sum()):
        notes.append(f"{_items(unknown)} marked finished without an actual above 0 left out")
    return rows, notes


def ratio_quantile(ratios: np.ndarray, groups: np.ndarray, q: float, confidence: float) -> dict[str, float]:
    """One quantile of actual/estimated, inf where work was abandoned: quantile, estimate, low, high, n, effective_n."""
    never = np.isinf(ratios)
    # Order statistics only need an order: abandoned work stands above all finished, and is mapped back to infinity.
    ceiling = 2 * float(ratios[~never].max(initial=1.0))
    ordered = np.where(never, ceiling, ratios)
    found = quantile_interval(ordered, q, cluster=groups, confidence=confidence)
    n = len(ratios)
    position = (n - 1) * q
    reaches = n - int(never.sum()) <= math.ceil(position - 1e-12)
    estimate = math.inf if n and never.any() and reaches else found.estimate
    low, high = found.interval(confidence)
    low = 0.0 if not math.isfinite(low) else math.inf if low >= ceiling else low
    high = math.inf if not high < ceiling else high
    worth = effective_n_at(ordered, found.estimate, groups) if n else 0.0
    return {"quantile": q, "estimate": estimate, "low": low, "high": high, "n": n, "effective_n": worth}


def _groups(rows: pd.DataFrame, column: str | None) -> np.ndarray:
    """Labels of the rows that may resemble each other; a row that names nobody stands alone, as in no column."""
    alone = np.array([f"\0{row}" for row in range(len(rows))], dtype=object)
    if column is None or column not in rows:
        return alone
    named = rows[column].notna().to_numpy(dtype=bool)
    return np.where(named, rows[column].astype(object).to_numpy(), alone).astype(str)


def _no_such_class(estimates: pd.DataFrame, name: str) -> str:
    known = sorted(estimates["reference_class"].dropna().astype(str).unique())
    guess, has = nearest(name, known), listed([shown(each) for each in known], 6)
    hint = f"did you mean {quoted(guess)}? " if guess else ""
    return f"needs past items of plan_class {quoted(name)}; estimates has none ({hint}It has: {has})"


def _no_items() -> pd.DataFrame:
    return blank_table(status="object", estimated="float64", actual="float64", ratio="float64", spent_ratio="float64")


def _need(table: pd.DataFrame, column: str) -> None:
    if column not in table:
        raise UnknownNameError.of("column", column, table.columns)


def _numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    numbers = numeric(table, column).to_numpy()
    if (wrong := out_of_range(pd.Series(numbers))).any():
        raise OutsourcingKitError(
            f"Column {column!r} holds {numbers[wrong][0]:g}; expected 0, or from {SMALLEST:g} to at most {LARGEST:g}. "
            "Mend: check the digits and the unit."
        )
    return numbers


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"
