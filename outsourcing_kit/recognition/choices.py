"""Does the share that was seen hang on the window, or on which work an act is counted for?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from outsourcing_kit.recognition.comparing import recognition_gap, side_share
from outsourcing_kit.recognition.crediting import recognised_months
from outsourcing_kit.showing import Result
from outsourcing_kit.words import percent

_RULES: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "the work it names, else the latest": lambda acts: acts,
    "only the work it names": lambda acts: acts[acts["item"].notna()],
    "the latest, whatever it names": lambda acts: acts.assign(item=None),
}


@dataclass(frozen=True, repr=False)
class Choices(Result):
    """`.table`: a row a rule and window: counted_for, days, provider, in_house (shares seen), gap (same kinds)."""

    columns: ClassVar = {
        "counted_for": "text", "days": "number", "provider": "share", "in_house": "share", "gap": "number",
    }  # fmt: skip

    def _view(self) -> pd.DataFrame:
        points = (100 * self.table["gap"]).round()
        return self.table.assign(gap=points).rename(columns={"gap": "gap in points", "counted_for": "an act is for"})

    def _more(self) -> tuple[str, ...]:
        low, high = self.table["provider"].min(), self.table["provider"].max()
        return () if math.isnan(low) else (f"Provider: {percent(low)} to {percent(high)}, whichever rule is chosen",)


def share_by_choice(
    work: pd.DataFrame, recognition: pd.DataFrame, people: pd.DataFrame, now: dt.date | pd.Timestamp, *,
    windows: Sequence[float] = (7, 14, 30), time_zone: str = "UTC",
) -> Choices:  # fmt: skip
    """The share of person-months that were seen, and the gap, under each window and each rule of what an act is for.

    Args:
        work, recognition, people, now, time_zone: as for `recognised_months`, whose own rule is the first.
        windows: days after a delivery in which an act counts.

    Raises:
        OutsourcingKitError: a window that is not positive.

    Example: of five one is thanked for an item, another for nothing named: two are seen, or one of them.

    >>> day = pd.Timestamp("2026-03-02", tz="UTC")
    >>> people = pd.DataFrame({"person": list("abcde"), "side": "provider"})
    >>> work = pd.DataFrame({"item": list("12345"), "person": list("abcde"), "kind": "report", "delivered": day,
    ...     "due": pd.NaT, "accepted": day, "reopened_at": pd.NaT})
    >>> thanks = pd.DataFrame({"given_at": day + pd.Timedelta(days=2), "receiver": ["a", "b"], "kind": "thanks",
    ...     "giver": "z", "item": ["1", None]})
    >>> found = share_by_choice(work, thanks, people, day + pd.Timedelta(days=30), windows=[14])
    >>> found.table["provider"].tolist()
    [0.4, 0.2, 0.4]
    """
    rows, missing = [], ""
    for name, rule in _RULES.items():
        # What is no table at all recognised_months refuses, in words.
        acts = rule(recognition) if "item" in getattr(recognition, "columns", ()) else recognition
        for days in windows:
            months = recognised_months(work, acts, people, now, window_days=days, time_zone=time_zone)
            # Where acts are on record but none fits a rule, that row stays blank.
            missing = missing or (months.missing if len(acts) or not len(recognition) else "")
            gap = recognition_gap(months).estimate
            shares = (side_share(months, side).estimate for side in ("provider", "client"))
            rows.append((name, days, *shares, math.nan if gap is None else gap.estimate))
    return Choices.lacking(missing) if missing else Choices(pd.DataFrame(rows, columns=[*Choices.columns]))
