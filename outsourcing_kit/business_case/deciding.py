"""What would have to be true of the line that decides most: one sentence, from the numbers."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.text import quoted

OVERRUN = "overrun of the whole plan"


class Deciding(NamedTuple):
    """The lines of a plan, the one with the widest swing first, and what is needed to speak of it.

    table: as of `sensitivity`. saving: at the likely amounts. ratios: past actual/estimated, sorted, abandoned work
    counted as the largest seen; abandoned: how many of them that are.
    """

    table: pd.DataFrame
    option: str
    against: str
    saving: float
    ratios: np.ndarray[Any, np.dtype[np.float64]]
    abandoned: int

    @property
    def in_words(self) -> str:
        """The sentence. All else is as planned: the other lines at their likely amounts, no overrun."""
        first = self.table.iloc[0]
        if not first["swing"] > 0:
            return self._nothing_varies
        words = self._of_the_overrun(first) if first["kind"] == "overrun" else self._of_a_line(first)
        return f"{words}."

    @property
    def _who(self) -> str:
        if (self.option, self.against) == ("outsource", "stay"):
            return "Outsourcing"
        return f"Option {quoted(self.option)}, against {quoted(self.against)},"

    @property
    def _nothing_varies(self) -> str:
        if self.saving == 0:
            outcome = "neither saves nor loses anything"
        else:
            outcome = f"{'saves' if self.saving > 0 else 'loses'} {told(abs(self.saving))[0]} (present value)"
        who = self._who[0].lower() + self._who[1:]
        return f"Every line is one amount, so that nothing here decides: at these amounts {who} {outcome}."

    def _of_a_line(self, row: pd.Series) -> str:
        who, line = self._who, quoted(row["line"])
        if (self.table["line"] == row["line"]).sum() > 1:
            line += f" of {quoted(row['option'])}"
        low, likely, high, turning = (float(row[name]) for name in ("low", "likely", "high", "turning_point"))
        falls = bool(row["saving_at_high"] < row["saving_at_low"])
        worst, best = sorted((float(row["saving_at_low"]), float(row["saving_at_high"])))
        if math.isnan(turning):
            return self._at_no_amount(row, line, falls)
        low_told, likely_told, high_told, limit = told(low, likely, high, turning)
        is_decile = row["range_means"] == "p10-p90"
        nine = "in 9 of 10 cases " if is_decile else ""
        between = f"{low_told} to {high_told}{' in 8 of 10 cases' if is_decile else ''}"
        stays = f"stays {'below' if falls else 'above'} {limit} a month"
        worse, better = (f"at most {high_told}", f"at least {low_told}")
        if not falls:
            worse, better = better, worse
        if self.saving > 0 and worst > 0:
            moves = "rise" if falls else "fall"
            return (
                f"{who} saves over the whole range of {line} ({between}), all else as planned; it would have to "
                f"{moves} to {limit} a month to end the saving"
            )
        if self.saving > 0:
            return f"{who} saves as long as {line} {stays} (likely {likely_told}, {nine}{worse}), all else as planned"
        if best > 0:
            return f"{who} saves only if {line} {stays} (likely {likely_told}, {nine}{better}), all else as planned"
        return (
            f"{who} would save only if {line} were {'below' if falls else 'above'} {limit} a month, outside its range "
            f"({between}), all else as planned"
        )

    def _at_no_amount(self, row: pd.Series, line: str, falls: bool) -> str:
        slope = (row["saving_at_high"] - row["saving_at_low"]) / (row["high"] - row["low"])
        at_nothing = float(self.saving - slope * row["likely"])
        amount = told(abs(at_nothing))[0]
        if falls:
            return (
                f"{self._who} would not save whatever {line} comes to, all else as planned: even at 0 a month "
                f"{amount} would be lost"
            )
        return (
            f"{self._who} saves whatever {line} comes to, all else as planned: even at 0 a month {amount} would be "
            "saved"
        )

    def _of_the_overrun(self, row: pd.Series) -> str:
        turning, count = float(row["turning_point"]), len(self.ratios)
        if math.isnan(turning):
            return f"{self._who} would not save even if its costs came to nothing, all else as planned"
        reached = round(float(row["beyond"]) * count)
        limit = _times(turning)
        counted = ", abandoned ones counted as the largest" if self.abandoned else ""
        if self.saving > 0:
            return (
                f"{self._who} saves as long as its costs stay below {limit} times their likely amounts, all else as "
                f"planned; {reached} of {count} past items took that many times their estimate or more{counted}"
            )
        return (
            f"{self._who} saves only if its costs stay below {limit} times their likely amounts, all else as planned; "
            f"{count - reached} of {count} past items stayed below that many times their estimate{counted}"
        )


def told(*values: float) -> list[str]:
    """Numbers as a sentence tells them: three digits each, whole from 100 on, more where two would look the same.

    >>> told(5200.4, 0.30), told(70.0, 12.34), told(99.999, 100.0)
    (['5,200', '0.3'], ['70', '12.3'], ['99.999', '100'])
    """
    largest = max(abs(value) for value in values)
    different = len({round(value / largest, 9) for value in values}) if largest > 0 else 1
    for more in range(10):
        texts = [_in_digits(value, more) for value in values]
        if len(set(texts)) >= different:
            break
    return texts


def _in_digits(value: float, more: int) -> str:
    digits = (min(max(2 - math.floor(math.log10(abs(value))), 0), 9) if value else 0) + more
    # Adding 0 makes an ordinary zero of a negative one.
    text = f"{round(value, digits) + 0.0:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def _times(ratio: float) -> str:
    """A ratio in three digits, or as many as keep it apart from 1.

    >>> _times(1.25), _times(1.0), _times(0.9996)
    ('1.25', '1', '0.9996')
    """
    return told(ratio, 1.0)[0]
