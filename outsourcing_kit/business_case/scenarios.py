"""How sure is the saving? Under every assumption that nobody knows, and option by option, month by month."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import check_rate, checked_count
from outsourcing_kit.business_case.lines import ComparedLines, bent_note, compared_lines, horizon_note
from outsourcing_kit.business_case.past_work import ReferenceClass, reference_class
from outsourcing_kit.business_case.plan import Floats, NaiveSaving, Plan, in_turn, sums
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Result
from outsourcing_kit.stats import effective_n
from outsourcing_kit.stats import shapes as kernel
from outsourcing_kit.words import listed

CORRELATIONS = (0.0, 0.3, 0.6)
SHAPES = ("pert", "triangular", "lognormal")
_SAVINGS = (0.1, 0.5, 0.9)


class Odds(NamedTuple):
    """One option as a gamble: p_saving, its chance to save; gain, the mean saving if it does; loss, the mean loss if it
    does not, 0 or more (currency). The expected saving is p_saving·gain − (1 − p_saving)·loss."""

    p_saving: float
    gain: float
    loss: float

    @classmethod
    def of(cls, savings: Floats) -> Odds:
        """The odds of many draws; a mean over no draw at all (it always saves, or never) is 0."""
        if not len(savings):
            return cls(math.nan, math.nan, math.nan)
        gains, losses = savings[savings > 0], -savings[savings <= 0]
        means = (float(part.mean()) if len(part) else 0.0 for part in (gains, losses))
        return cls(len(gains) / len(savings), *means)


@dataclass(frozen=True, repr=False)
class OneNumberAgainstRange(Result):
    """What a single number promises beside the range that it hides: `.table`; see `one_number_against_range`."""

    columns: ClassVar[Mapping[str, str]] = {"case": "text", "saving": "money"}


@dataclass(frozen=True, repr=False)
class NoSaving(Result):
    """P(outsourcing costs at least as much as staying) under every assumption tried: `.table`; see `no_saving`.

    estimate: the central one; low, high: the range over all of them, of the outside view where there is one (shares).
    Under the central assumptions (present value, currency): saving, saving_low, saving_high, its median, 10th and 90th
    percentile; evpi, what it would be worth at most to know it before deciding; gain, loss, the mean saving where there
    is one, and the mean loss where there is none, for `decision_analysis`. break_even: how many times its likely costs
    the option may cost before it saves nothing. plan_low, plan_high: 10th and 90th percentile of its costs, inside
    view, as multiples of their likely sum. n: cost lines. months: up to the last of either option. lines: the present
    value of each at its low, likely and high amount, widest first. option: the one that is to save, against: the other.
    """

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
    months: int = 0
    option: str = "outsource"
    against: str = "stay"
    lines: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    reference: ReferenceClass | None = field(default=None, compare=False)

    columns: ClassVar[Mapping[str, str]] = {
        "view": "text", "shape": "text", "correlation": "number", "no_saving": "share", "low": "share", "high": "share",
        "saving_p10": "money", "saving_median": "money", "saving_p90": "money", "evpi": "money",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        if self.missing:
            return self.table
        # One row a view: the central assumptions, and how far P(no saving) goes over all of them.
        seen = _central(self.table)
        ends = zip(*map(self.range_of, seen["view"]), strict=True)
        ranges = dict(zip(("no_saving_lowest", "no_saving_highest"), ends, strict=True))
        return seen.assign(**ranges)[["view", "no_saving", *ranges, "saving_p10", "saving_median", "saving_p90"]]

    @property
    def has_past_work(self) -> bool:
        """Whether some past work of the kind was finished, so that there is an outside view."""
        return not self.missing and self.reference is not None and len(self.reference.drawable_ratios) > 0

    def _of_kind(self, kind: str) -> list[str]:
        return [*super()._of_kind(kind), *(("no_saving_lowest", "no_saving_highest") if kind == "share" else ())]

    def range_of(self, view: str) -> tuple[float, float]:
        """Lowest and highest P(no saving) in one view ("inside" or "outside"); nan where it was not tried."""
        seen = self.table[self.table["view"] == view]
        return (float(seen["low"].min()), float(seen["high"].max())) if len(seen) else (math.nan, math.nan)

    @property
    def cases(self) -> list[float]:
        """P(no saving) under each set of assumptions, of the outside view where there is one."""
        # Without past work nobody knows the outside view: it may be as bad as can be under each of them.
        if not self.has_past_work:
            return [*self.table["no_saving"], *[1.0] * len(self.table)]
        outside = self.table[self.table["view"] == "outside"]
        # Whether abandoned work would have saved nobody knows either.
        return [*outside["low"], *outside["high"]]

    def how_sure(self, limit: float) -> tuple[float, float] | None:
        """How sure past work makes us that P(no saving) keeps a limit, and misses it; None without past work.

        The least over all assumptions of a beta posterior (Jeffreys' prior), of as many items as those of clients who
        go alike are worth.
        """
        from scipy import special

        if self.reference is None or not self.has_past_work:
            return None
        ratios = self.reference.drawable_ratios
        # The predictive probability is (Σ + ½)/(n + 1).
        hits = np.clip((np.array(self.cases) * (len(ratios) + 1) - 0.5) / len(ratios), 0.0, 1.0)
        worth = effective_n((ratios > self.break_even).astype(float), self.reference.groups)
        inside = special.betainc(hits * worth + 0.5, (1 - hits) * worth + 0.5, limit)
        return float(inside.min()), float((1 - inside).min())


def no_saving(
    cash_flows: pd.DataFrame, estimates: pd.DataFrame | None = None, *, plan_class: str | None = None,
    option: str | None = None, against: str | None = None, draws: int = 4000, discount_rate: float = 0.05,
    correlations: Sequence[float] = CORRELATIONS, shapes: Sequence[str] = SHAPES, seed: int = 0,
) -> NoSaving:  # fmt: skip
    """How likely is it that outsourcing saves nothing, under each assumption that nobody knows?

    `.table`, by view × shape × correlation: no_saving; low, high, with what nobody knows of abandoned work; saving_p10,
    saving_median, saving_p90 (present value); evpi, E[max(saving, 0)] − max(E[saving], 0).
      view  inside: the lines as they stand, and no_saving the share of draws with cost(option) ≥ cost(against).
            outside: the option costs its likely amounts × a past actual/estimated; of n past items the next plan is
            like any, so that no_saving = (Σ over items of that share + ½)/(n + 1), a predictive probability.

    Args:
        cash_flows, estimates: rows of these tables; without the second the inside view only.
        plan_class: None: all past work.
        option, against: None: see `naive_saving`.
        draws, seed: random draws of each amount.
        discount_rate: a year, as a share.
        correlations: of an option's cost lines, each 0 to 1.
        shapes: of `shapes.quantiles`.

    Raises:
        OutsourcingKitError: arguments or lines that cannot be.

    Source: Flyvbjerg et al. 2022, doi 10.1080/07421222.2022.2096544.

    Example: 100 inside, 80 outside; three of four past moves took 1.5 times as long.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": 10, "actual": [10, 15, 15, 15]})
    >>> result = no_saving(lines, past)
    >>> result.estimate, result.range_of("inside"), result.break_even        # (3 + ½)/(4 + 1)
    (0.7, (0.0, 0.0), 1.25)
    """
    for name, values in (("correlations", correlations), ("shapes", shapes)):
        if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
            raise OutsourcingKitError(
                f"{name} is {values!r}; expected a list of at least one. Mend: correlations=(0.3,), shapes=('pert',)."
            )
    rhos = [kernel.check_correlation(value) for value in correlations]
    for shape in shapes:
        kernel.check_shape(shape)
    reference = reference_class(pd.DataFrame() if estimates is None else estimates, plan_class)
    return saving_of(compared_lines(cash_flows, option, against), reference, draws, discount_rate, seed, rhos, shapes)


def saving_of(
    compared: ComparedLines, reference: ReferenceClass, draws: int, discount_rate: float, seed: int,
    correlations: Sequence[float] = CORRELATIONS, shapes: Sequence[str] = SHAPES,
) -> NoSaving:  # fmt: skip
    """`no_saving` of lines, correlations and shapes that were checked before."""
    # All rows use the same random numbers, so that differences between them come from the assumptions. More draws make
    # no row surer of what nobody knows: 10,000 put the error of a share under half a point.
    check_rate(discount_rate)
    draws, seed = checked_count("draws", draws, 100, 10_000), checked_count("seed", seed, 0, 0)
    lines, option, against, missing, notes = compared
    if missing:
        return NoSaving.lacking(missing, option=option, against=against, reference=reference, notes=notes)
    own_lines = lines[lines["option"].isin([option, against])]
    notes = (*notes, *bent_note(own_lines, shapes), *horizon_note(own_lines, (option, against)))
    # The lines alone never show what such plans cost in the end, so that they cannot show that a saving is safe.
    if not (past := len(reference.drawable_ratios)):
        why = "no past work of this kind was finished: that nothing is saved cannot be excluded, whatever the lines say"
        notes = (*notes, why)
    plan = Plan.of(lines, discount_rate, shapes[0])
    # The option's benefits and all of the other option's lines are drawn in both views; its own costs in one alone.
    # What the option's costs may come to before the saving is gone, and what they do come to.
    worth, own = plan.saves(option, against).sum(axis=1), plan.is_of(option, "cost")
    weights = {"room": np.where(own, 0.0, worth), "spent": np.where(own, -worth, 0.0)}
    planned = float(plan.likely @ weights["spent"])
    # A shape at a time, as a million draws of all of them would not leave much memory.
    found = [
        _views(drawn["room"], drawn["spent"], planned, each.tolerance(option, against), reference)
        for each in (plan, *map(plan.of_shape, shapes[1:]))
        for drawn in sums([replace(each, correlation=rho) for rho in correlations], weights, draws, seed)
    ]
    # View by view; within a view shape by shape, and each with every correlation.
    table = pd.DataFrame([rows[view] for view in range(len(found[0])) for rows in found])
    tried = [(shape, rho) for shape in shapes for rho in correlations] * len(found[0])
    table["shape"], table["correlation"] = zip(*tried, strict=True)
    central = _central(table).to_dict("records")[-1]
    # The lines alone are what their authors hope for: where there is past work, it decides.
    decides = table[table["view"] == central["view"]]
    return NoSaving(
        table[list(NoSaving.columns)], central["no_saving"], float(decides["low"].min()),
        float(decides["high"].max()) if past else 1.0, central["saving_median"], central["saving_p10"],
        central["saving_p90"], plan.break_even(option, against),
        **{name: central[name] for name in ("plan_low", "plan_high", "evpi", "gain", "loss")},
        # Month 0 is the commitment, so that a plan up to month 24 has 24 months.
        n=int((own_lines["kind"] == "cost").sum()), months=max(int(own_lines["last_month"].max()), 1),
        option=option, against=against, lines=_line_values(plan, option, against), reference=reference, notes=notes,
    )  # fmt: skip


def _central(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of each view, the outside one last, under the central assumptions: pert, .3; or the nearest tried."""
    shape = "pert" if (table["shape"] == "pert").any() else table["shape"].iloc[0]
    # What lies between "each line misses on its own" and "all together".
    rho = min(table["correlation"], key=lambda value: abs(value - 0.3))
    return table[(table["shape"] == shape) & (table["correlation"] == rho)]


def _views(
    room: Floats, spent: Floats, planned: float, tolerance: float, reference: ReferenceClass
) -> list[dict[str, Any]]:
    """Both views of one shape and correlation; the inside one alone without past work."""
    rows = [_view_of("inside", room - spent, tolerance)]
    if items := len(past := reference.drawable_ratios):
        saving = room - planned * in_turn(past, 0, len(room))
        outside = _view_of("outside", saving, tolerance * max(1.0, float(past.max())))
        # Each ratio's own share of the draws, so that nothing but the sample of ratios is left to chance.
        beyond = np.searchsorted(np.sort(room), planned * past + tolerance, side="right") / len(room)
        # Whether abandoned work would have saved at the largest cost seen, nobody knows: the upper end has it as lost.
        lost = np.where(np.isinf(reference.table["ratio"].to_numpy(dtype=float)), 1.0, beyond)
        outside["no_saving"] = outside["low"] = (beyond.sum() + 0.5) / (items + 1)
        outside["high"] = (lost.sum() + 0.5) / (items + 1)
        rows.append(outside)
    low, high = np.quantile(spent, (0.1, 0.9)) / planned if planned else (math.nan, math.nan)
    return [{**row, "plan_low": float(low), "plan_high": float(high)} for row in rows]


def _view_of(view: str, saving: Floats, tolerance: float) -> dict[str, Any]:
    saving[np.abs(saving) <= tolerance] = 0.0
    return {
        "view": view,
        **dict.fromkeys(("no_saving", "low", "high"), float((saving <= 0).mean())),
        **dict(zip(("saving_p10", "saving_median", "saving_p90"), np.quantile(saving, _SAVINGS).tolist(), strict=True)),
        "evpi": float(np.maximum(saving, 0).mean() - max(saving.mean(), 0.0)),
        **Odds.of(saving)._asdict(),
    }


def _line_values(plan: Plan, option: str, against: str) -> pd.DataFrame:
    worth = np.abs(plan.worth.sum(axis=1))
    values = {f"{name}_value": plan.lines[name].to_numpy(dtype=float) * worth for name in ("low", "likely", "high")}
    table = plan.lines[["line", "option", "kind"]].assign(months=np.count_nonzero(plan.worth, axis=1), **values)
    # Stable, so that lines of equal width keep the order in which somebody wrote them.
    order = np.argsort(values["low_value"] - values["high_value"], kind="stable")
    both = plan.is_of(option) | plan.is_of(against)
    return table.iloc[order[both[order]]].reset_index(drop=True)


def one_number_against_range(single: NaiveSaving, result: NoSaving) -> OneNumberAgainstRange:
    """What the likely amounts promise, beside what the same lines and past work make of it.

    `.table`: case (in words), saving (present value, currency): the promise; what is left of it if the benefits that
    the option counts, as freed hours, never come (only where it counts any); the median and the 10th and 90th
    percentile under the central assumptions.

    Example: 240 promised; three of four past moves took 1.5 times as long, so that the middle case loses 240.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": [10, 10, 10, 10], "actual": [10, 15, 15, 15]})
    >>> from outsourcing_kit.business_case import naive_saving
    >>> one = naive_saving(lines, discount_rate=0)
    >>> one_number_against_range(one, no_saving(lines, past, discount_rate=0)).table["saving"].tolist()
    [240.0, -240.0, -240.0, 240.0]
    """
    if missing := single.missing or result.missing:
        return OneNumberAgainstRange.lacking(missing)
    lines = result.lines
    own = (lines["option"] == result.option) & (lines["kind"] == "benefit")
    counted = float(lines.loc[own, "likely_value"].sum())
    benefits = lines.loc[own, "line"].tolist()
    half, tenth = "half of the plans like it", "one plan in ten"
    # Without past work there are no plans like it to speak of.
    if not result.has_past_work:
        half, tenth = "by its own ranges, half of the cases", "one case in ten"
    rows = [
        ("promised by the likely amounts", single.saving),
        *([(f"the same without {listed(benefits, 2)}", single.saving - counted)] if counted else []),
        (f"{half} end below", result.saving),
        (f"{tenth} ends below", result.saving_low),
        (f"{tenth} ends above", result.saving_high),
    ]
    return OneNumberAgainstRange(pd.DataFrame(rows, columns=["case", "saving"]).round({"saving": 6}))
