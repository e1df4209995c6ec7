"""What would this plan cost if it went as such plans go? Reference class forecasting, in money."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.given import checked_amount, checked_share
from outsourcing_kit.business_case.past_work import BETWEEN, ReferenceClass, all_classes, ratio_quantile
from outsourcing_kit.business_case.plan import Reserve
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.showing import Result
from outsourcing_kit.text import quoted
from outsourcing_kit.words import money, percent


@dataclass(frozen=True)
class PublishedClass:
    """Quantiles of actual/estimated of one published body of work, and its known bias."""

    name: str
    n: int
    year: str
    p50: float
    p80: float
    p90: float
    source: str
    known_bias: str

    def ratio(self, q: float) -> float:
        """The quantile q of actual/estimated: log-linear in the normal score between the three; nan outside them.

        >>> PUBLISHED[0].ratio(0.8), PUBLISHED[0].ratio(0.99)
        (1.13, nan)
        """
        from scipy.special import ndtri

        # Tails are too heavy to go on beyond what somebody has seen.
        if not 0.5 <= q <= 0.9:
            return math.nan
        # Ratios are skewed, and nearly lognormal between the quantiles that are published.
        scores, logs = ndtri([0.5, 0.8, 0.9]), np.log([self.p50, self.p80, self.p90])
        return float(round(np.exp(np.interp(ndtri(q), scores, logs)), 10))


# Computed from the data that the sources made public; none is a random sample of outsourcing engagements.
PUBLISHED = (
    PublishedClass(
        "projects of an outsourcing company", 145, "2002", 0.97, 1.13, 1.34,
        "Kitchenham, Pfleeger, McColl & Eagan 2002, J. Systems and Software 64:57–77",
        "effort only; finished projects only; 116 of 145 are for one client",
    ),
    PublishedClass(
        "software tasks of one company", 10_266, "2019", 1.00, 1.43, 2.00,
        "Jones & Cullum 2019, arXiv:1901.01621 (SiP)",
        "tasks of hours to days, not engagements; large tasks were over-estimated, small ones under-estimated",
    ),
    PublishedClass(
        "government IT projects over C$1 million", 192, "2022", 1.17, 2.15, 3.30,
        "sessional papers of 2016, 2019 and 2022, Parliament of Canada; latest against original budget",
        "only projects listed at least twice, so long ones: 934 of 1,126 appear once and drop out",
    ),
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class PublishedReferenceClasses(Result):
    """Published quantiles of actual/estimated: `.table`; see `published_reference_classes`."""


def published_reference_classes() -> PublishedReferenceClasses:
    """Published classes of past work with the quantiles of actual/estimated, for people without a history.

    `.table`: reference_class, n, year, p50, p80, p90 (ratios, rounded to two places), source, known_bias. Choose the
    class before looking at its numbers; `outside_view` shows what each of the others would have said.

    Source: each class's own, in the table.

    Example: eight in ten projects of that outsourcing company took at most 1.13 times their first estimate.

    >>> float(published_reference_classes().table["p80"].iloc[0])
    1.13
    """
    table = pd.DataFrame([vars(item) for item in PUBLISHED]).rename(columns={"name": "reference_class"})
    said = "work of other people under other conditions: better than nothing, worse than a dozen items of your own"
    return PublishedReferenceClasses(table, notes=(said,))


_AnyClass = ReferenceClass | PublishedClass
_ALL = "all past work"


@dataclass(frozen=True, repr=False)
class OutsideView(Result):
    """The reserve that a plan needs, going by past work: `.table`; see `outside_view`.

    planned, budget: of the plan (budget nan where unknown). quantile: of past ratios. reference_class: the one used.
    within: how many of its n items the reserve would have been enough for; nan for a published class.
    """

    planned: float = math.nan
    budget: float = math.nan
    quantile: float = 0.8
    reference_class: str = ""
    within: float = math.nan

    columns = {
        "reference_class": "text", "source": "text", "n": "count", "effective_n": "number", "ratio": "number",
        "reserve": "share", "reserve_low": "share", "reserve_high": "share", "cost": "money", "cost_low": "money",
        "cost_high": "money", "beyond_plan": "money",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        shown = self.table.drop(columns=["ratio", "source", "cost_low", "cost_high"])
        return shown.assign(effective_n=shown["effective_n"].round())

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
            side = "above" if self.beyond_plan >= 0 else "below"
            words = (
                f"{who} stayed within {percent(1 + self.reserve)} of the estimate: {money(self._of('cost'))} for this "
                f"one, {money(abs(self.beyond_plan))} {side} the plan"
            )
        if self._is_own and not math.isfinite(self._of("cost_high")):
            words += "; how much more it may be is open, as items are few, of few clients, or were abandoned"
        return words

    @property
    def other_classes(self) -> str:
        """What reserve another class would have asked for; "" where there is none."""
        found = self.table["reserve"].iloc[1:]
        said = f"another class would have asked for a reserve of {percent(found.min())} to {percent(found.max())}"
        return said if len(found) and not self.missing else ""

    @property
    def next_plan(self) -> float:
        """Chance that the reserve is enough for a plan still to come: k/(n + 1), k the least whole number from n·q on,
        n the effective n; nan for published classes, and where no reserve is enough.

        >>> few = pd.DataFrame({"estimated": 10.0, "actual": [10.0, 12.0, 14.0]})
        >>> outside_view(100, few).next_plan
        0.75
        """
        if not self._is_own or not math.isfinite(self.reserve):
            return math.nan
        n = max(self._of("effective_n"), 1.0)
        return float(round(math.ceil(round(n * self.quantile, 9)) / (n + 1), 10))

    @property
    def _is_own(self) -> bool:
        return not self.missing and bool(self.table["source"].iloc[0] == "own records")

    def _of(self, column: str) -> float:
        # What published classes say is shown, but it is not the plan's own.
        return math.nan if self.missing else float(self.table[column].iloc[0])

    def _more(self) -> tuple[str, ...]:
        if self.missing:
            return ("the rows are published classes; name one as the reference to use it",) if len(self.table) else ()
        few = (
            f"{self._of('effective_n'):.0f} independent items are few: for the next plan this is enough with a chance "
            f"of about {percent(self.next_plan)}, not {percent(self.quantile)}"
        )
        # Less than three points are not worth a sentence.
        is_few, short = self.next_plan < self.quantile - 0.03, self._of("cost") - self.budget
        budget = f"the budget is {money(abs(short))} {'below' if short > 0 else 'above'} that"
        return (self.in_words, few if is_few else "", budget if math.isfinite(short) else "", self.other_classes)


def outside_view(
    plan: Reserve | float, reference: ReferenceClass | pd.DataFrame | str, *, quantile: float = 0.8,
    plan_class: str | None = None, confidence: float = 0.95,
) -> OutsideView:  # fmt: skip
    """The reserve that a plan needs to be enough for a share `quantile` of past plans like it.

    reserve = ratio − 1, the ratio being the least actual/estimated, in whole percent, that this share of the class
    stayed within (published: its quantile); cost = planned × ratio; beyond_plan = cost − planned.

    `.table`: the class used, then what each other would have said: reference_class, source ("own records" or
    "published"), n, effective_n, ratio, reserve, cost, beyond_plan; reserve and cost with low and high as in
    `overrun_quantiles`, none for published figures.

    Args:
        plan: the planned cost at likely amounts, or the result of `contingency`, which knows the budget as well.
        reference: a `reference_class`; table `estimates`; or the name of a published class.
        quantile: how sure the reserve is to be, from 0 to 1.
        plan_class: which class of `estimates` the plan belongs to; None takes all past work as one.
        confidence: of low and high.

    Raises:
        OutsourcingKitError: a published class that is not there, a quantile or confidence outside (0, 1), a planned
            cost that is not above 0.

    Source: Flyvbjerg & Budzier 2011, Harvard Business Review 89(9).

    Example: five moves at 1.0 and five at 1.3 times their estimate.

    >>> past = pd.DataFrame({"reference_class": "move", "estimated": 10.0, "actual": [10.0] * 5 + [13.0] * 5})
    >>> view = outside_view(100_000, past, plan_class="move")
    >>> round(view.reserve, 6), round(view.beyond_plan)
    (0.3, 30000)
    """
    quantile = checked_share("quantile", quantile, 0.8, BETWEEN, ends=False)
    confidence = checked_share("confidence", confidence, 0.95, BETWEEN, ends=False)
    # A budget that is not known leaves a plan all the same.
    if isinstance(plan, Reserve):
        planned, budget, notes = plan.planned, plan.budget, plan.notes
        missing = "" if planned > 0 else plan.missing
    else:
        mend = "outside_view(120_000, …), or outside_view(contingency(cash_flows, budget), …)"
        planned, budget, missing, notes = checked_amount("plan", plan, mend, above_zero=True), math.nan, "", ()
    classes: list[_AnyClass] = []
    if isinstance(reference, str):
        classes += [item for item in PUBLISHED if item.name == reference]
        if not classes:
            raise UnknownNameError.of("published reference class", reference, [item.name for item in PUBLISHED])
    else:
        classes += (reference,) if isinstance(reference, ReferenceClass) else all_classes(reference, plan_class)
    first = classes[0]
    if isinstance(first, ReferenceClass):
        missing = "; ".join(filter(None, (first.missing, missing)))
        notes += first.notes
    elif math.isnan(first.ratio(quantile)):
        missing = f"needs a quantile from 50% to 90%: that is what is published of {quoted(first.name)}"
    # Choosing the class is choosing the answer: what each other one would have said stands below it.
    classes += [item for item in PUBLISHED if item is not first]
    if missing:
        # Without a history of one's own, what others' would have said is better than nothing.
        classes = [item for item in PUBLISHED if planned > 0]
    table = pd.DataFrame([_row(item, planned, quantile, confidence) for item in classes], columns=OutsideView.columns)
    # What is not published of a class at this quantile is left out: a blank row would look like no overrun.
    table = table[table["ratio"].notna()].reset_index(drop=True)
    within = math.nan
    if isinstance(first, ReferenceClass) and not missing:
        within = float(first.within(table["ratio"].iloc[0]))
    return OutsideView(table, planned, budget, quantile, first.name or _ALL, within, missing=missing, notes=notes)


def _row(item: _AnyClass, planned: float, quantile: float, confidence: float) -> dict[str, object]:
    if isinstance(item, PublishedClass):
        source, n, ratio, worth = "published", item.n, item.ratio(quantile), math.nan
        low = high = math.nan
    else:
        found = ratio_quantile(item.table["ratio"].to_numpy(dtype=float), item.groups, quantile, confidence)
        source, n, ratio, worth = "own records", len(item.table), item.enough(quantile), found["effective_n"]
        # An end of 0 is one that the items cannot support, and stands open on a page.
        low, high = found["low"] or -math.inf, max(found["high"], ratio)
    return {
        "reference_class": item.name or _ALL, "source": source, "n": n, "effective_n": worth, "ratio": ratio,
        "reserve": ratio - 1, "reserve_low": low - 1, "reserve_high": high - 1, "cost": planned * ratio,
        "cost_low": planned * low, "cost_high": planned * high, "beyond_plan": planned * (ratio - 1),
    }  # fmt: skip
