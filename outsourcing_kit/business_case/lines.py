"""The cash flow lines of an engagement, checked before anything is computed from them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from outsourcing_kit.business_case import draws as kernel
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.frames import lacking

COLUMNS = ("line", "option", "kind", "first_month", "last_month", "low", "likely", "high")


def checked_lines(cash_flows: pd.DataFrame) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Checked lines, what is missing ("" if nothing), and notes. Raises for ranges that are out of order."""
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    if missing := lacking(cash_flows, "cash_flows", *(name for name in COLUMNS if name != "line")):
        return empty, missing, ()
    numbers = ["first_month", "last_month", "low", "likely", "high"]
    lines = cash_flows.astype({"option": object, "kind": object})
    try:
        lines[numbers] = lines[numbers].astype(float)
    except (TypeError, ValueError) as error:
        raise OutsourcingKitError(
            f"cash_flows holds an amount or month that is not a number ({error}); expected plain numbers. "
            "Mend: write 4000, not '4,000 EUR'."
        ) from error
    if "line" not in lines:
        lines["line"] = [f"line {number}" for number in range(1, len(lines) + 1)]
    means = lines["range_means"] if "range_means" in lines else pd.Series("limits", index=lines.index)
    lines["is_decile"] = means.fillna("limits").eq("p10-p90").to_numpy(dtype=bool)
    blank = lines[numbers].isna().any(axis=1)
    notes = (f"{int(blank.sum())} cash flow lines with a blank month or amount left out",) if blank.any() else ()
    lines = lines[~blank]
    for first, second in (("low", "likely"), ("likely", "high"), ("first_month", "last_month")):
        wrong = lines[lines[first] > lines[second]]
        if len(wrong):
            row = wrong.iloc[0]
            raise OutsourcingKitError(
                f"Line {row['line']!r} of option {row['option']!r} has {first} {row[first]:g} and {second} "
                f"{row[second]:g} ({len(wrong)} such lines); expected {first} ≤ {second}. Mend: swap or correct them."
            )
    negative = lines[lines["low"] < 0]
    if len(negative):
        row = negative.iloc[0]
        raise OutsourcingKitError(
            f"Line {row['line']!r} has low {row['low']:g}; expected amounts of 0 or more. Mend: write what is gained "
            "as a line of kind 'benefit'."
        )
    return lines, "" if len(lines) else "needs cash_flows with amounts", notes


def options_missing(lines: pd.DataFrame, option: str, against: str) -> str:
    """Which of the two options, or their costs, the lines lack, in words; "" if nothing."""
    found = sorted(lines["option"].dropna().astype(str).unique())
    absent = [name for name in (option, against) if name not in found]
    if absent:
        return f"needs lines of both options {option!r} and {against!r} in table cash_flows; found {', '.join(found)}"
    costs = set(lines.loc[lines["kind"] == "cost", "option"])
    if option not in costs:
        return f"needs cost lines of option {option!r} in table cash_flows; all of its lines are benefits"
    return ""


def present_value_factors(lines: pd.DataFrame, discount_rate: float) -> np.ndarray:
    """Present value of 1 a month over each line's months: shape (lines,)."""
    first, last = (lines[name].to_numpy(dtype=float) for name in ("first_month", "last_month"))
    return kernel.discount_factors(first, last, discount_rate)


def check_rate(rate: float) -> None:
    """Raises OutsourcingKitError for a discount rate that is no share a year, ending in the likely meaning."""
    try:
        value = float(rate)
    except (TypeError, ValueError):
        value = math.nan
    if 0 <= value <= 1:
        return
    mend = f"discount_rate={value / 100:g}" if 1 < value <= 100 else "discount_rate=0.05"
    raise OutsourcingKitError(
        f"discount_rate is {rate!r}; expected a share a year from 0 to 1, so that 8% is 0.08. Mend: {mend}."
    )
