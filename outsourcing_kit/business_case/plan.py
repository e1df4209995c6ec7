"""The plan as it is usually written: one number a line, one budget, one saving."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from outsourcing_kit.business_case.lines import (
    check_rate,
    checked_lines,
    options_compared,
    present_value_factors,
)
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.showing import Shown
from outsourcing_kit.tables import LARGEST
from outsourcing_kit.text import quoted
from outsourcing_kit.words import percent


@dataclass(frozen=True, repr=False)
class Reserve(Shown):
    """What a plan costs at its likely amounts, the budget, and the reserve between: `.reserve` = budget/planned − 1."""

    planned: float
    budget: float
    missing: str = ""
    notes: tuple[str, ...] = ()

    _shares = ("reserve",)
    _whole = ("planned", "budget")

    @property
    def reserve(self) -> float:
        """The reserve as a share of the plan; nan where it is not known."""
        return self.budget / self.planned - 1 if self.planned > 0 else math.nan

    @property
    def table(self) -> pd.DataFrame:
        """One row: planned, budget (currency), reserve (share)."""
        return pd.DataFrame([{"planned": self.planned, "budget": self.budget, "reserve": self.reserve}])

    def _view(self) -> pd.DataFrame:
        # What is known of it.
        return self.table.dropna(axis="columns")

    @property
    def in_words(self) -> str:
        """How the budget stands to the plan: the reserve it holds, or how far it is below the planned cost.

        >>> Reserve(100.0, 34.0).in_words, Reserve(100.0, 110.0).in_words
        ('the budget is 66% below the planned cost', 'the reserve is 10% of the plan')
        """
        if self.reserve < 0:
            return f"the budget is {percent(-self.reserve)} below the planned cost"
        return f"the reserve is {percent(self.reserve)} of the plan"

    def _notes(self) -> tuple[str, ...]:
        return (self.in_words, *self.notes) if self.reserve < 0 else self.notes

    def __float__(self) -> float:
        return self.reserve


@dataclass(frozen=True, repr=False)
class NaiveSaving(Shown):
    """The business case that uses the likely amounts only. `.table`: option, planned, present_value, saving."""

    table: pd.DataFrame
    missing: str = ""
    notes: tuple[str, ...] = ()

    _whole = ("planned", "present_value", "saving")

    @property
    def saving(self) -> float:
        """Present value of staying minus that of outsourcing, at the likely amounts; nan where unknown."""
        return float(self.table["saving"].iloc[-1]) if len(self.table) else math.nan


def contingency(cash_flows: pd.DataFrame, budget: float | None, *, option: str | None = None) -> Reserve:
    """The reserve that a plan's budget holds: budget/planned − 1, planned = Σ likely × months over its cost lines.

    Not discounted: budgets are not. A negative reserve means that the budget is below the plan itself.

    Args:
        cash_flows: rows of table `cash_flows`.
        budget: what was set aside, in the engagement's currency; None, nan or inf where it is not known.
        option: which option's cost lines are the plan; None: the one that hands work out, as in `no_saving`.

    Raises:
        OutsourcingKitError: a budget that is no number.

    Example: 4,000 a month for 24 months and 4,000 once make 100,000; a budget of 110,000 holds 10% in reserve.

    >>> lines = pd.DataFrame({"line": ["fee", "search"], "option": "outsource", "kind": "cost", "first_month": [1, 0],
    ...                       "last_month": [24, 0], "low": [0, 0], "likely": [4000, 4000], "high": [9000, 9000]})
    >>> round(contingency(lines, 110_000).reserve, 10)
    0.1
    """
    lines, missing, notes = checked_lines(cash_flows)
    option, _, _, said = options_compared(lines, option, None)
    chosen = lines[(lines["option"] == option) & (lines["kind"] == "cost")]
    planned = float((chosen["likely"] * (chosen["last_month"] - chosen["first_month"] + 1)).sum())
    if not missing and not planned > 0:
        missing = f"needs cost lines above 0 of option {quoted(option)} in table cash_flows"
    known = _known(budget)
    if math.isnan(known):
        missing = f"{missing} and" if missing else "needs"
        missing += " budget in engagement.toml (what was set aside, reserve included)"
        missing += f"; found {budget}" if budget is not None else ""
    return Reserve(planned or math.nan, known, missing, (*notes, *said))


def _known(budget: float | None) -> float:
    """The budget as a number, nan where it says nothing of a reserve: none, no amount, or one without end."""
    try:
        amount = math.nan if budget is None or budget is pd.NA else float(budget)
    except (TypeError, ValueError, OverflowError) as error:
        raise OutsourcingKitError(
            f"budget is {quoted(budget)}; expected an amount of money. Mend: 110_000, or None where it is not known."
        ) from error
    # As far as a plan of the largest amounts over fifty years goes.
    return amount if 0 <= amount <= 1000 * LARGEST else math.nan


def naive_saving(
    cash_flows: pd.DataFrame, *, discount_rate: float = 0.05, option: str | None = None, against: str | None = None
) -> NaiveSaving:
    """The usual business case: every line at its likely amount, one saving at the end, nothing about how sure it is.

    `.table`: option; planned, Σ likely × months of costs less benefits; present_value, the same discounted monthly;
    saving, present value of `against` minus the row's own (blank in the row of `against`).

    Args:
        cash_flows: rows of table `cash_flows`.
        discount_rate: a year, as a share.
        option, against: the two options compared; None: the one that hands work out ("outsource", else the first that
            is not the other) and the one that keeps it inside ("stay", or another word for it).

    Raises:
        OutsourcingKitError: for a discount rate outside 0 to 1.

    Example: 100 a month for 12 months inside, 80 outside, no interest: 240 saved.

    >>> lines = pd.DataFrame({"line": ["team", "fee"], "option": ["stay", "outsource"], "kind": "cost",
    ...     "first_month": 1, "last_month": 12, "low": [90, 70], "likely": [100, 80], "high": [110, 130]})
    >>> naive_saving(lines, discount_rate=0).saving
    240.0
    """
    check_rate(discount_rate)
    lines, missing, notes = checked_lines(cash_flows)
    option, against, incomplete, said = options_compared(lines, option, against)
    notes = (*notes, *said)
    if missing := missing or incomplete:
        empty = pd.DataFrame(columns=["option", "planned", "present_value", "saving"])
        return NaiveSaving(empty, missing, notes)
    signed = lines["likely"] * np.where(lines["kind"] == "benefit", -1.0, 1.0)
    months = lines["last_month"] - lines["first_month"] + 1
    planned = (signed * months).groupby(lines["option"]).sum()
    present = (signed * present_value_factors(lines, discount_rate)).groupby(lines["option"]).sum()
    table = pd.DataFrame(
        {
            "option": [against, option],
            "planned": [planned[against], planned[option]],
            "present_value": [present[against], present[option]],
            "saving": [math.nan, present[against] - present[option]],
        }
    )
    return NaiveSaving(table, "", notes)
