"""Small tables and engagements made by hand, for tests of any room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError

SETTINGS = {
    "name": "hand-made",
    "client": "A",
    "provider": "B",
    "currency": "EUR",
    "time_zone": "UTC",
    "observed_from": dt.date(2026, 1, 1),
    "observed_to": dt.date(2026, 12, 31),
}


def instant(text: str) -> pd.Timestamp:
    """An instant in UTC."""
    return pd.Timestamp(text, tz="UTC")


def people(*clients: str, provider: tuple[str, ...] = (), **columns: Any) -> pd.DataFrame:
    """Table people: these of the client's side, those of the provider's; other columns as given."""
    who = [*clients, *provider]
    side = ["client"] * len(clients) + ["provider"] * len(provider)
    return pd.DataFrame({"person": who, "side": side, **columns})


def prerequisites(*settled_on: str | None, required: Any = True) -> pd.DataFrame:
    """Table prerequisites: "thing 0", "thing 1" … settled on these days, None while they are not."""
    names = [f"thing {number}" for number in range(len(settled_on))]
    return pd.DataFrame(
        {"prerequisite": names, "required": required, "settled_on": pd.Series(settled_on, dtype=object)}
    )


def engagement(settings: Mapping[str, Any] | None = None, **rows: list[dict[str, Any]]) -> Engagement:
    """An engagement from lists of rows, through the same checks that a file goes through."""
    made = Engagement.from_frames({name: pd.DataFrame(records) for name, records in rows.items()}, **SETTINGS)
    return replace(made, settings=replace(made.settings, **(settings or {})))


def flows(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Table cash_flows: line, option, kind, category, first and last month, low, likely and high of each row."""
    columns = ["line", "option", "kind", "category", "first_month", "last_month", "low", "likely", "high"]
    return pd.DataFrame(rows, columns=columns)


def certain(
    line: str, option: str | None, amount: float, first: int = 1, last: int = 12, kind: str = "cost"
) -> tuple[Any, ...]:
    """A row of `flows` that is one amount."""
    return (line, option, kind, "work", first, last, amount, amount, amount)


def past(*ratios: float | None, **columns: Any) -> pd.DataFrame:
    """Table estimates: past work estimated at 100 each, that took so many times its estimate; None is abandoned."""
    rows: dict[str, Any] = {
        "item": [f"e{number}" for number in range(len(ratios))],
        "reference_class": "move",
        "estimated": 100.0,
        "actual": [None if ratio is None else 100.0 * ratio for ratio in ratios],
        "unit": "hours",
        "status": ["abandoned" if ratio is None else "finished" for ratio in ratios],
    }
    return pd.DataFrame({**rows, **columns}).astype({"actual": float})


def assert_refused(*cases: tuple[Callable[[], object], str]) -> None:
    """Each call raises an error of the kit in words that the pattern finds."""
    for call, says in cases:
        with pytest.raises(OutsourcingKitError, match=says):
            call()


def covered(intervals: Iterable[tuple[float, float]], truth: float) -> float:
    """The share of intervals that hold the truth."""
    return float(np.mean([low <= truth <= high for low, high in intervals]))
