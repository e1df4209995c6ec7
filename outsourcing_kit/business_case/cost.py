"""How far below its promise may the saving come to lie?"""

from __future__ import annotations

from outsourcing_kit.business_case.plan import NaiveSaving
from outsourcing_kit.business_case.scenarios import NoSaving
from outsourcing_kit.money import Cost, checked
from outsourcing_kit.words import money

_KIND = "forgone"


def monthly_cost(single: NaiveSaving, result: NoSaving, *, currency: str) -> Cost:
    """The saving that the likely amounts promise, less what plans like it bring, a month of the plan.

    (promise − saving) / months, saving from its 90th to its 10th percentile in the outside view under the central
    assumptions, months up to the last of either option. Below 0 where such plans bring more than was promised: the
    promise is no limit of them. A gap to a promise, so nothing that anybody pays.

    Args:
        single, result: `naive_saving` and `no_saving` of the same lines, at the same discount rate.
        currency: of all amounts.

    Raises:
        OutsourcingKitError: other results.

    Example: 240 promised over 12 months; past moves took 1 or 1.5 times their estimate, so that 240 or −240 is saved.

    >>> import pandas as pd
    >>> from outsourcing_kit.business_case import naive_saving, no_saving
    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [100, 80], "likely": [100, 80], "high": [100, 80]})
    >>> past = pd.DataFrame({"estimated": [10, 10, 10, 10], "actual": [10, 15, 15, 15]})
    >>> found = no_saving(lines, past, discount_rate=0)
    >>> cost = monthly_cost(naive_saving(lines, discount_rate=0), found, currency="EUR")
    >>> cost.low, cost.high
    (0.0, 40.0)
    """
    single = checked(single, NaiveSaving, "naive_saving(cash_flows)")
    result = checked(result, NoSaving, "no_saving(cash_flows, estimates)")
    missing = single.missing or result.missing
    # The lines' own ranges are as hopeful as the promise: without past work there is nothing to hold it against.
    if not result.has_past_work:
        missing = missing or (result.reference and result.reference.missing) or "no past work of this kind was finished"
    if missing:
        return Cost(missing=missing, kind=_KIND)
    ends = (result.saving_high, result.saving, result.saving_low)
    low, middle, high = ((single.saving - saving) / result.months for saving in ends)
    reckoned = (
        f"the likely amounts promise to save {money(single.saving)} {currency} in {result.months:,} months; half of "
        f"the plans like it end below {money(result.saving)}, {money(abs(middle))} a month "
        f"{'less' if middle >= 0 else 'more'}; one plan in ten lies beyond each end of the range"
    )
    sentence = (
        f"The plan promises to {_outcome(single.saving)} {currency} in {result.months:,} months; going by past "
        f"work, half of the plans like it {_outcome(result.saving, ' less than', ' more than')} {currency}."
    )
    return Cost(low, high, currency, reckoned, kind=_KIND, sentence=sentence)


def _outcome(saving: float, saved: str = "", lost: str = "") -> str:
    return f"save{saved} {money(saving)}" if saving >= 0 else f"lose{lost} {money(-saving)}"
