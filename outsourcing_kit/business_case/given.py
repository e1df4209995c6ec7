"""What a caller gives beside the records, a share, an amount, a count: checked, or one error with its mend."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from outsourcing_kit import tables
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import quoted
from outsourcing_kit.words import listed, plural


def is_unknown(value: Any) -> bool:
    """Whether nobody knows the number: None, nan, or pandas' NA, which is neither equal nor unequal to itself."""
    return value is None or value is pd.NA or bool(value != value)


def checked_share(name: str, value: Any, mend: float, what: str = "a share from 0 to 1", *, ends: bool = True) -> float:
    """A number from 0 to 1, or between them. Raises OutsourcingKitError for anything else."""
    number = _number(value)
    # nan fails every comparison, so that what is no number falls through to the message.
    if 0 < number < 1 or (ends and number in (0, 1)):
        return number
    # Who writes 8 means 8%; 100 only where all of it can be meant.
    better = number / 100 if 1 < number <= (100 if ends else 99) else mend
    raise OutsourcingKitError(f"{name} is {_told(value)}; expected {what}. Mend: {name}={better:g}.")


def checked_amount(name: str, value: Any, mend: str = "", *, above_zero: bool = False) -> float:
    """An amount that has an end and is not below 0, or above it. Raises OutsourcingKitError for anything else."""
    number = _number(value)
    if 0 < number < math.inf or (number == 0 and not above_zero):
        return number
    mend = mend or f"{name}={-number:g}" if -math.inf < number < 0 else mend or f"{name}=1000"
    expected = "an amount above 0" if above_zero else "an amount of 0 or more"
    raise OutsourcingKitError(f"{name} is {_told(value)}; expected {expected}. Mend: {mend}.")


def checked_count(name: str, value: Any, least: int, mend: int) -> int:
    """A whole number of at least `least`. Raises OutsourcingKitError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise OutsourcingKitError(
            f"{name} is {value!r}; expected a whole number of at least {least}. Mend: {name}={mend:_}."
        )
    return int(value)


def check_rate(rate: Any) -> None:
    """Raises OutsourcingKitError for a discount rate that is no share a year."""
    checked_share("discount_rate", rate, 0.05, "a share a year from 0 to 1, so that 8% is 0.08")


def check_rows(table: str, rows: pd.DataFrame, who: Callable[[pd.Series], str]) -> None:
    """Raises OutsourcingKitError for a row whose low end is above its high one, and for amounts in two currencies.

    `who` says in words which row it is; which columns are in order, the data dictionary knows.
    """
    for low, high in tables.table(table).order:
        wrong = rows[low].to_numpy() > rows[high].to_numpy()
        if wrong.any():
            first = rows[wrong].iloc[0]
            raise OutsourcingKitError(
                f"{who(first)} has {low} {first[low]:g} and {high} {first[high]:g} "
                f"({plural(int(wrong.sum()), 'such row')}); expected {low} ≤ {high}. Mend: correct them."
            )
    # Amounts of two currencies are never added up; a blank cell is the engagement's own.
    if len(currencies := sorted(set(rows["currency"].dropna()))) > 1:
        raise OutsourcingKitError(
            f"{table} holds amounts in {listed(currencies)}; expected one currency. Mend: load the folder, with the "
            f"rates below [rates] in engagement.toml; Engagement.load(…).{table} is then in one."
        )


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _told(value: Any) -> str:
    return str(value) if isinstance(value, int | float | np.number) else quoted(value)
