"""What would this plan cost if it went as such plans go? Reference class forecasting, in money."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.past_work import ReferenceClass, ratio_quantile, reference_class
from outsourcing_kit.business_case.plan import Reserve
from outsourcing_kit.business_case.published import PUBLISHED, PublishedClass, published_class
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import blank_table, labels
from outsourcing_kit.showing import Shown
from outsourcing_kit.text import quoted
from outsourcing_kit.words import money, percent

_MONEY = ("cost", "cost_low", "cost_high", "beyond_plan")


@dataclass(frozen=True, repr=False)
class OutsideView(Shown):
    """The reserve that a plan needs, going by past work: `.table`; see `outside_view`.

    planned, budget: of the plan (budget nan where unknown). quantile: the quantile of past ratios taken.
    reference_class: the one used; the rows below it say what another would have said. within: how many of its n items
    the reserve would have been enough for; nan for a published class.
    """

    table: pd.DataFrame
    planned: float = math.nan
    budget: float = math.nan
    quantile: float = 0.8
    reference_class: str = ""
    within: float = math.nan
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("reserve", "reserve_low", "reserve_high")
    _whole = ("effective_n", *_MONEY)

    def _view(self) -> pd.DataFrame:
        return self.table.drop(columns=["ratio", "source", "cost_low", "cost_high"], errors="ignore")

    @property
    def reserve(self) -> float:
        """The reserve needed, as a share of the planned cost; inf where no reserve would have been enough."""
        return self._of("reserve")

    @property
    def beyond_plan(self) -> float:
        """How far the outside view lies from the inside view, in money."""
        return self._of("beyond_plan")

    @property
    def in_words(self) -> str:
        """The result in a sentence, computed from the numbers."""
        if self.missing:
            return f"not assessed: {self.missing}"
        if math.isinf(self.reserve):
            words = f"no reserve would have been enough for {percent(self.quantile)} of such plans"
        else:
            n = int(self._of("n"))
            who = f"{self.within:.0f} of {n} past items" if self._is_own else f"{percent(self.quantile)} of {n:,} items"
            words = (
                f"{who} stayed within {percent(1 + self.reserve)} of the estimate: "
                f"{money(self._of('cost'))} for this one, {money(abs(self.beyond_plan))} "
                f"{'above' if self.beyond_plan >= 0 else 'below'} the plan"
            )
        if self._is_own and not math.isfinite(self._of("cost_high")):
            words += "; how much more it may be is open, as items are few, of few clients, or were abandoned"
        return words

    @property
    def other_classes(self) -> str:
        """Choosing the class is choosing the answer, so every choice is told; "" where there is none."""
        found = self.table["reserve"].iloc[1:]
        if self.missing or not len(found):
            return ""
        return f"another class would have asked for a reserve of {percent(found.min())} to {percent(found.max())}"

    @property
    def next_plan(self) -> float:
        """Chance that the reserve is enough for a plan still to come: ((n − 1)·q + 1)/(n + 1), n the effective n.

        Exact for independent items from a uniform distribution, close for others: a quantile of a few items is itself
        a guess. nan for published classes, and where no reserve is enough.

        >>> few = pd.DataFrame({"estimated": 10.0, "actual": [10.0, 12.0, 14.0]})
        >>> outside_view(100, few).next_plan
        0.65
        """
        if not self._is_own or not math.isfinite(self.reserve):
            return math.nan
        n = max(self._of("effective_n"), 1.0)
        return float(round(((n - 1) * self.quantile + 1) / (n + 1), 10))

    @property
    def _is_own(self) -> bool:
        return len(self.table) > 0 and not self.missing and bool(self.table["source"].iloc[0] == "own records")

    def _of(self, column: str) -> float:
        # What published classes say is shown, but it is not the plan's own.
        return float(self.table[column].iloc[0]) if len(self.table) and not self.missing else math.nan

    def _notes(self) -> tuple[str, ...]:
        if not self.missing:
            return (self.in_words, *self._said_of_few, *self.notes, *filter(None, [self.other_classes]))
        rows = ("the rows are published classes; name one as the reference to use it",) if len(self.table) else ()
        return (*rows, *self.notes)

    @property
    def _said_of_few(self) -> tuple[str, ...]:
        # Less than three points are not worth a sentence.
        if not self.next_plan < self.quantile - 0.03:
            return ()
        worth = self._of("effective_n")
        return (
            f"{worth:.0f} independent items are few: for the next plan this is enough with a chance of about "
            f"{percent(self.next_plan)}, not {percent(self.quantile)}",
        )


def outside_view(
    plan: Reserve | float,
    reference: ReferenceClass | pd.DataFrame | str,
    *,
    quantile: float = 0.8,
    plan_class: str | None = None,
    confidence: float = 0.95,
) -> OutsideView:
    """The reserve that a plan needs to be enough for a share `quantile` of past plans like it.

    reserve = (quantile `quantile` of actual/estimated in the reference class) − 1; cost = planned × that quantile;
    beyond_plan = cost − planned, the distance between outside and inside view in money. Quantiles of few items are
    interpolated (type 7), so that fewer of them than the share may lie within: `.within` counts them. Enough for a
    plan still to come it is less often: `.next_plan`. For lognormal ratios at 80%, by simulation: 68% of the time with
    3 items, 72% with 5, 76% with 12, 79% with 40.

    `.table`: the class used first, then what every other class would have said: reference_class, source ("own
    records" or "published"), n, effective_n, ratio, reserve, reserve_low, reserve_high, cost, cost_low, cost_high,
    beyond_plan. low and high are the order-statistic interval of `overrun_quantiles`; an end that the items cannot
    support is open. Published classes are figures without an interval. Abandoned work counts as never enough.

    Args:
        plan: the planned cost at likely amounts, or the result of `contingency`, which knows the budget as well.
        reference: a class of your own (`reference_class`); table `estimates`, of which `plan_class` names the class;
            or the name of a published class (`published_reference_classes`).
        quantile: how sure the reserve is to be, from 0 to 1.
        plan_class: which class of `estimates` the plan belongs to; None takes all past work as one.
        confidence: of low and high.

    Raises:
        UnknownNameError: a published class that is not there.
        OutsourcingKitError: a quantile or confidence outside (0, 1); a planned cost that is not above 0.

    Source: reference class forecasting, Flyvbjerg & Budzier 2011, Harvard Business Review 89(9); Flyvbjerg et al. 2022,
    doi 10.1080/07421222.2022.2096544.

    Example: 80% of ten past moves stayed within 1.3 of their estimates (type 7: position 7.2 of 1.0, 1.0 … 1.3, 1.3,
    1.3); a plan of 100,000 needs 30,000 more. Ten items leave the upper end of it open.

    >>> past = pd.DataFrame({"reference_class": "move", "estimated": 10.0, "actual": [10.0] * 5 + [13.0] * 5})
    >>> view = outside_view(100_000, past, plan_class="move")
    >>> round(view.reserve, 6), round(view.beyond_plan)
    (0.3, 30000)
    >>> float(view.table["cost_high"].iloc[0])
    inf
    """
    for name, value in (("quantile", quantile), ("confidence", confidence)):
        if not (isinstance(value, int | float | np.number) and 0 < value < 1):
            raise OutsourcingKitError(
                f"{name} is {value!r}; expected a share between 0 and 1. Mend: {name}=0.8, not 80."
            )
    planned, budget, missing, notes = _plan(plan)
    classes: list[ReferenceClass | PublishedClass] = []
    if isinstance(reference, str):
        classes.append(published_class(reference))
    elif isinstance(reference, ReferenceClass):
        classes.append(reference)
    else:
        classes += _own_classes(reference, plan_class)
    first = classes[0]
    if isinstance(first, ReferenceClass):
        missing = "; ".join(part for part in (first.missing, missing) if part)
        notes = (*notes, *first.notes)
    elif math.isnan(first.ratio(quantile)):
        missing = f"needs a quantile from 50% to 90%: that is what is published of {quoted(first.name)}"
    classes += [item for item in PUBLISHED if item is not first]
    if missing:
        # Without a history of one's own, what others' would have said is better than nothing.
        others = [item for item in PUBLISHED if planned > 0 and not math.isnan(item.ratio(quantile))]
        rows = pd.DataFrame([_row(item, planned, quantile, confidence) for item in others]) if others else _no_rows()
        return OutsideView(rows, planned, budget, quantile, _name(first), missing=missing, notes=notes)
    table = pd.DataFrame([_row(item, planned, quantile, confidence) for item in classes])
    # What is not published of a class at this quantile is left out.
    table = table[table["ratio"].notna()].reset_index(drop=True)
    return OutsideView(
        table,
        planned,
        budget,
        quantile,
        _name(first),
        float(first.within(float(table["ratio"].iloc[0]))) if isinstance(first, ReferenceClass) else math.nan,
        "",
        (*notes, *_shortfall(budget, float(table["cost"].iloc[0]))),
    )


def _plan(plan: Reserve | float) -> tuple[float, float, str, tuple[str, ...]]:
    if isinstance(plan, Reserve):
        missing = "" if plan.planned > 0 else plan.missing
        return plan.planned, plan.budget, missing, plan.notes
    try:
        planned = float(plan)
    except (TypeError, ValueError):
        planned = math.nan
    if not (planned > 0 and math.isfinite(planned)):
        raise OutsourcingKitError(
            f"plan is {plan!r}; expected what the plan costs at its likely amounts, above 0. Mend: "
            "outside_view(120_000, …), or outside_view(contingency(cash_flows, budget), …)."
        )
    return planned, math.nan, "", ()


def _own_classes(estimates: pd.DataFrame, plan_class: str | None) -> list[ReferenceClass | PublishedClass]:
    """The plan's class first, then all others of the records."""
    used = reference_class(estimates, plan_class)
    names = labels(estimates["reference_class"]).dropna().unique() if "reference_class" in estimates else []
    others = [reference_class(estimates, name) for name in sorted(names) if name != used.name]
    alone = plan_class is None and len(others) < 2
    return [used, *(item for item in others if not item.missing and not alone)]


def _name(item: ReferenceClass | PublishedClass) -> str:
    return item.name or "all past work"


def _row(
    item: ReferenceClass | PublishedClass, planned: float, quantile: float, confidence: float
) -> dict[str, object]:
    if isinstance(item, PublishedClass):
        ratio, low, high, worth, n = item.ratio(quantile), math.nan, math.nan, math.nan, item.n
        source = "published"
    else:
        found = ratio_quantile(item.table["ratio"].to_numpy(dtype=float), item.groups, quantile, confidence)
        ratio, low, high, worth, n = (
            found["estimate"],
            found["low"],
            found["high"],
            found["effective_n"],
            len(item.table),
        )
        # An end of 0 is one that the items cannot support.
        low, source = low if low > 0 else -math.inf, "own records"
    return {
        "reference_class": _name(item), "source": source, "n": n, "effective_n": worth, "ratio": ratio,
        "reserve": ratio - 1, "reserve_low": low - 1, "reserve_high": high - 1, "cost": planned * ratio,
        "cost_low": planned * low, "cost_high": planned * high, "beyond_plan": planned * (ratio - 1),
    }  # fmt: skip


def _shortfall(budget: float, cost: float) -> tuple[str, ...]:
    short = cost - budget
    if not math.isfinite(short):
        return ()
    return (f"the budget is {money(abs(short))} {'below' if short > 0 else 'above'} that",)


def _no_rows() -> pd.DataFrame:
    numbers = ("n", "effective_n", "ratio", "reserve", "reserve_low", "reserve_high", *_MONEY)
    return blank_table(reference_class="object", source="object", **dict.fromkeys(numbers, "float64"))
