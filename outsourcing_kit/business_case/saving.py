"""How sure is the saving? Each option's cost under every assumption that nobody knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.business_case.dependence import score_correlation, stated
from outsourcing_kit.business_case.lines import (
    bent_note,
    check_rate,
    checked_lines,
    horizon_note,
    options_compared,
    present_value_factors,
)
from outsourcing_kit.business_case.past_work import ReferenceClass, reference_class
from outsourcing_kit.business_case.plan import NaiveSaving
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.frames import blank_table
from outsourcing_kit.showing import Shown
from outsourcing_kit.stats import cluster_proportion

CORRELATIONS = (0.0, 0.3, 0.6)
SHAPES = ("pert", "triangular", "lognormal")
VIEWS = ("inside", "outside")


@dataclass(frozen=True, repr=False)
class OneNumberAgainstRange(Shown):
    """What a single number promises beside the range that it hides: `.table`; see `one_number_against_range`."""

    table: pd.DataFrame
    missing: str = ""
    notes: tuple[str, ...] = ()

    _whole = ("saving",)


@dataclass(frozen=True, repr=False)
class NoSaving(Shown):
    """P(outsourcing costs at least as much as staying) under every assumption tried: `.table`; see `no_saving`.

    estimate: the central one; low, high: the range over all of them, with the sampling error of past work (shares).
    saving, saving_low, saving_high: median saving (present value, currency) centrally, and its 10th and 90th percentile
    there. break_even: how many times its likely cost outsourcing may cost before it saves nothing, at likely amounts.
    plan_low, plan_high: 10th and 90th percentile of the option's costs, inside view, as multiples of their likely sum.
    evpi: what it would be worth at most to know the saving before deciding, centrally (currency). gain, loss: the mean
    saving where there is one, and the mean loss, 0 or more, where there is none, centrally: for `decision_analysis`.
    n: cost lines. lines: the present value of each line at its low, likely and high amount, widest first. option: the
    one that is to save, against: the other.
    """

    table: pd.DataFrame
    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan
    saving: float = math.nan
    saving_low: float = math.nan
    saving_high: float = math.nan
    break_even: float = math.nan
    plan_low: float = math.nan
    plan_high: float = math.nan
    evpi: float = math.nan
    gain: float = math.nan
    loss: float = math.nan
    n: int = 0
    option: str = "outsource"
    against: str = "stay"
    lines: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    reference: ReferenceClass | None = field(default=None, compare=False)
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("no_saving_lowest", "no_saving_highest")
    _whole = ("saving_p10", "saving_median", "saving_p90")

    def _view(self) -> pd.DataFrame:
        # One row a view. The savings are over all shapes and correlations tried: lowest p10, mean median, highest p90.
        return self.table.groupby("view", sort=False, as_index=False).agg(
            no_saving_lowest=("low", "min"),
            no_saving_highest=("high", "max"),
            saving_p10=("saving_p10", "min"),
            saving_median=("saving_median", "mean"),
            saving_p90=("saving_p90", "max"),
        )

    def range_of(self, view: str) -> tuple[float, float]:
        """Lowest and highest P(no saving) in one view ("inside" or "outside"); nan where it was not tried.

        In the outside view with what a sample of past items leaves open.
        """
        seen = self.table[self.table["view"] == view]
        return (float(seen["low"].min()), float(seen["high"].max())) if len(seen) else (math.nan, math.nan)


def no_saving(
    cash_flows: pd.DataFrame,
    estimates: pd.DataFrame | None = None,
    *,
    plan_class: str | None = None,
    option: str | None = None,
    against: str | None = None,
    draws: int = 4000,
    discount_rate: float = 0.05,
    correlations: Sequence[float] = CORRELATIONS,
    shapes: Sequence[str] = SHAPES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> NoSaving:
    """How likely is it that outsourcing saves nothing, under each assumption that nobody knows?

    Each line's amount a month is one uncertain number, the same in all its months. An option costs Σ cost lines −
    Σ benefit lines, discounted monthly. P = share of the draws with cost(option) ≥ cost(against).

    `.table` has one row for each view × shape × correlation: no_saving (P); low and high, between which P lies given
    that past work is a sample (in the inside view no_saving itself); the saving's 10th, 50th and 90th percentile
    (saving_p10, saving_median, saving_p90; present value, currency); and evpi, the expected value of perfect
    information: E[max(saving, 0)] − max(E[saving], 0), the most that a pilot or any other look may be worth.
      view         inside: the lines as they stand. outside: what the option costs at its likely amounts, times a ratio
                   actual/estimated of the plan's reference class, each past item equally likely; abandoned ones count
                   as the largest ratio seen, or what they had taken by then if that is more. A past ratio holds all
                   that went otherwise than planned, so the ranges of the option's cost lines are not drawn on top.
      shape        what low, likely and high mean: see `draws.quantile_tables`.
      correlation  rank correlation between the cost lines of one option, which miss their plan together (Gaussian
                   copula); the two options and all benefit lines vary on their own.
    low and high are the Korn–Graubard interval (`stats.cluster_proportion`) of the mean over past items of P(ratio ×
    planned cost ≥ cost(against)), with the items of one client taken as alike: a dozen past items say little of a
    share. high takes abandoned items as saving nothing. Without finished past work the result's own `.high` is 1: the
    lines alone cannot show that a saving is safe, as they never show what such plans cost in the end.
    All rows use the same random numbers, so differences between them come from the assumptions. The central estimate
    is the outside view (inside, if there is no past work), PERT, correlation 0.3; or the nearest of those asked for.

    Args:
        cash_flows: rows of table `cash_flows`.
        estimates: rows of table `estimates`, for the outside view; None for the inside view only.
        plan_class: reference class of the plan; None uses all past work.
        option, against: the two options compared; None: the one that hands work out ("outsource", else the first that
            is not the other) and the one that keeps it inside ("stay", or another word for it).
        draws: random draws of each amount; 10,000 put the Monte Carlo error of P under half a point.
        discount_rate: a year, as a share.
        correlations: each from 0 to 1.
        shapes: any of "pert", "triangular", "lognormal", "uniform".
        confidence: of low and high in the outside view; 96.7% as in all headlines.
        seed: of the random numbers.

    Raises:
        OutsourcingKitError: a discount rate outside 0 to 1, low > likely or likely > high, an unknown shape.

    Source: reference class forecasting, Flyvbjerg et al. 2022, doi 10.1080/07421222.2022.2096544.

    Example: nothing uncertain, 100 a month inside against 80 outside; three of four past moves took 1.5 times as long.
    Four moves are few: with 95% the share could be anything from 19% to 99% (Clopper–Pearson).

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": [10, 10, 10, 10], "actual": [10, 15, 15, 15]})
    >>> result = no_saving(lines, past, confidence=0.95)
    >>> result.estimate, [round(end, 2) for end in result.range_of("outside")]
    (0.75, [0.19, 0.99])
    >>> result.range_of("inside"), result.break_even
    ((0.0, 0.0), 1.25)
    """
    check_rate(discount_rate)
    for name, value, least, mend in (("draws", draws, 100, 10_000), ("seed", seed, 0, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise OutsourcingKitError(
                f"{name} is {value!r}; expected a whole number of at least {least}. Mend: {name}={mend:_}."
            )
    for name, values in (("correlations", correlations), ("shapes", shapes)):
        if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
            raise OutsourcingKitError(
                f"{name} is {values!r}; expected a list of at least one. Mend: correlations=(0.3,), shapes=('pert',)."
            )
    for correlation in correlations:
        stated(correlation, pd.DataFrame({"option": [], "kind": []}))
    for shape in shapes:
        if shape not in kernel.SHAPES:
            raise UnknownNameError.of("shape", shape, kernel.SHAPES)
    reference = reference_class(pd.DataFrame() if estimates is None else estimates, plan_class)
    lines, missing, notes = checked_lines(cash_flows)
    option, against, incomplete, told = options_compared(lines, option, against)
    notes = (*notes, *told)
    if missing := missing or incomplete:
        return NoSaving(
            _no_scenarios(), option=option, against=against, reference=reference, missing=missing, notes=notes
        )
    lines = lines[lines["option"].isin([option, against])].reset_index(drop=True)
    notes = (*notes, *bent_note(lines, shapes), *horizon_note(lines, (option, against)))

    views = {"inside": _View(np.ones(1), None)}
    abandoned = np.isinf(reference.table["ratio"].to_numpy(dtype=float))
    if len(past := reference.row_ratios):
        views["outside"] = _View(past, reference.groups, abandoned)
    else:
        why = "all past work of this kind was abandoned" if len(abandoned) else "there is no past work of this kind"
        notes = (*notes, f"{why}: that nothing is saved cannot be excluded, whatever the lines say")
    scenarios, plan = _scenarios(
        lines, option, views, int(draws), discount_rate, tuple(correlations), tuple(shapes), confidence, seed
    )
    view = "outside" if "outside" in views else "inside"
    central = scenarios[scenarios["view"] == view].iloc[_nearest_central(correlations, shapes)]
    return NoSaving(
        scenarios.drop(columns=["gain", "loss"]),
        estimate=float(central["no_saving"]),
        low=float(scenarios["low"].min()),
        high=float(scenarios["high"].max()) if "outside" in views else 1.0,
        saving=float(central["saving_median"]),
        saving_low=float(central["saving_p10"]),
        saving_high=float(central["saving_p90"]),
        break_even=_break_even(lines, option, discount_rate),
        plan_low=plan[0],
        plan_high=plan[1],
        evpi=float(central["evpi"]),
        gain=float(central["gain"]),
        loss=float(central["loss"]),
        n=int((lines["kind"] == "cost").sum()),
        option=option,
        against=against,
        lines=_line_values(lines, discount_rate),
        reference=reference,
        notes=notes,
    )


def one_number_against_range(single: NaiveSaving, result: NoSaving) -> OneNumberAgainstRange:
    """What the likely amounts promise, beside what the same lines and past work make of it.

    `.table`: case (in words), saving (present value, currency): the promise; the median and the 10th and 90th
    percentile under the central assumptions; and promise minus median.

    Example: 240 promised; three of four past moves took 1.5 times as long, so that the middle case loses 240.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": [10, 10, 10, 10], "actual": [10, 15, 15, 15]})
    >>> from outsourcing_kit.business_case import naive_saving
    >>> one = naive_saving(lines, discount_rate=0)
    >>> one_number_against_range(one, no_saving(lines, past, discount_rate=0)).table["saving"].tolist()
    [240.0, -240.0, -240.0, 240.0, 480.0]
    """
    if missing := single.missing or result.missing:
        return OneNumberAgainstRange(pd.DataFrame(columns=["case", "saving"]), missing)
    rows = (
        ("promised by the likely amounts", single.saving),
        ("in the middle case", result.saving),
        ("one case in ten is below", result.saving_low),
        ("one case in ten is above", result.saving_high),
        ("promise minus middle case", single.saving - result.saving),
    )
    return OneNumberAgainstRange(pd.DataFrame(rows, columns=["case", "saving"]).round({"saving": 6}))


@dataclass(frozen=True)
class _View:
    """Ratios that the option's costs are multiplied by, and whose they are; None where they are no sample."""

    ratios: np.ndarray
    groups: np.ndarray | None
    abandoned: np.ndarray | None = None


def _scenarios(
    lines: pd.DataFrame,
    option: str,
    views: dict[str, _View],
    draws: int,
    discount_rate: float,
    correlations: tuple[float, ...],
    shapes: tuple[str, ...],
    confidence: float,
    seed: int,
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """P and saving quantiles of every scenario; and the inside plan's 10th and 90th percentile over its likely cost."""
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((draws, len(lines)))
    common = rng.standard_normal((draws, 2))
    pick = rng.random(draws)

    is_out = (lines["option"] == option).to_numpy()
    is_cost = (lines["kind"] == "cost").to_numpy()
    weights = present_value_factors(lines, discount_rate)
    planned = float((lines["likely"].to_numpy(dtype=float) * weights)[is_out & is_cost].sum())
    low, likely, high = (lines[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
    scores = {}
    for correlation in correlations:
        scores[correlation] = own.copy()
        for cause, members in enumerate((is_cost & is_out, is_cost & ~is_out)):
            scores[correlation][:, members] = kernel.normal_scores(
                own[:, members], common[:, cause], float(score_correlation(correlation))
            )
    rows: dict[tuple[str, str, float], dict[str, object]] = {}
    plan = (math.nan, math.nan)
    for shape in shapes:
        tables = kernel.quantile_tables(low, likely, high, lines["is_decile"].to_numpy(), shape)
        for correlation in correlations:
            money = kernel.amounts(tables, scores[correlation]) * weights
            drawn = money[:, is_out & is_cost].sum(axis=1)
            # What the option's costs may come to before the saving is gone.
            room = money[:, is_out & ~is_cost].sum(axis=1) + money[:, ~is_out] @ np.where(is_cost[~is_out], 1.0, -1.0)
            if (shape, correlation) == (shapes[0], correlations[min(1, len(correlations) - 1)]):
                least, most = np.quantile(drawn, (0.1, 0.9)) / planned if planned else (math.nan, math.nan)
                plan = (float(least), float(most))
            for view, past in views.items():
                # A past ratio is the whole error of an estimate: the lines' own spread on top would count it twice.
                cost = drawn if past.groups is None else np.full(draws, planned)
                ordered = np.sort(past.ratios)
                saving = room - cost * ordered[(pick * len(ordered)).astype(np.int64)]
                p10, p50, p90 = np.quantile(saving, (0.1, 0.5, 0.9))
                rows[view, shape, correlation] = {
                    "view": view,
                    "shape": shape,
                    "correlation": float(correlation),
                    **_chance(past, cost, room, confidence),
                    "saving_p10": float(p10),
                    "saving_median": float(p50),
                    "saving_p90": float(p90),
                    "evpi": float(np.maximum(saving, 0).mean() - max(saving.mean(), 0.0)),
                    "gain": _mean_of(saving[saving > 0]),
                    "loss": _mean_of(-saving[saving <= 0]),
                }
    order = [(view, shape, correlation) for view in views for shape in shapes for correlation in correlations]
    return pd.DataFrame([rows[key] for key in order]), plan


def _mean_of(amounts: np.ndarray) -> float:
    return float(amounts.mean()) if len(amounts) else 0.0


def _chance(view: _View, cost: np.ndarray, room: np.ndarray, confidence: float) -> dict[str, float]:
    """P(ratio × cost ≥ room) over draws and ratios, and between which shares it lies as the ratios are a sample.

    Each ratio's own share of the draws is exact, so that nothing but the sample of ratios is left to chance.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        threshold = np.where(cost > 0, room / cost, np.where(room > 0, math.inf, -math.inf))
    # The tolerance lets amounts that are equal on paper count as equal.
    beyond = np.searchsorted(np.sort(threshold * (1 - 1e-9)), view.ratios, side="right") / len(threshold)
    share = float(beyond.mean())
    if view.groups is None:
        return {"no_saving": share, "low": share, "high": share}
    low = cluster_proportion(beyond, view.groups).interval(confidence)[0]
    # Whether abandoned work would have saved at the largest cost seen, nobody knows: the upper end takes it as lost.
    lost = beyond if view.abandoned is None else np.where(view.abandoned, 1.0, beyond)
    return {"no_saving": share, "low": low, "high": cluster_proportion(lost, view.groups).interval(confidence)[1]}


def _break_even(lines: pd.DataFrame, option: str, discount_rate: float) -> float:
    money = lines["likely"].to_numpy(dtype=float) * present_value_factors(lines, discount_rate)
    is_out, is_cost = (lines["option"] == option).to_numpy(), (lines["kind"] == "cost").to_numpy()
    cost = money[is_out & is_cost].sum()
    room = money[is_out & ~is_cost].sum() + money[~is_out & is_cost].sum() - money[~is_out & ~is_cost].sum()
    return float(round(room / cost, 12)) if cost > 0 else math.nan


def _line_values(lines: pd.DataFrame, discount_rate: float) -> pd.DataFrame:
    weights = present_value_factors(lines, discount_rate)
    values = lines[["line", "option", "kind"]].assign(
        months=(lines["last_month"] - lines["first_month"] + 1).astype(int),
        low_value=lines["low"] * weights,
        likely_value=lines["likely"] * weights,
        high_value=lines["high"] * weights,
    )
    width = values["high_value"] - values["low_value"]
    return values.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _nearest_central(correlations: Sequence[float], shapes: Sequence[str]) -> int:
    shape = list(shapes).index("pert") if "pert" in shapes else 0
    return shape * len(correlations) + int(np.argmin([abs(value - 0.3) for value in correlations]))


def _no_scenarios() -> pd.DataFrame:
    return blank_table(
        view="object", shape="object", correlation="float64", no_saving="float64", low="float64", high="float64",
        saving_p10="float64", saving_median="float64", saving_p90="float64", evpi="float64",
    )  # fmt: skip
