"""Small tables and engagements made by hand, for tests of any room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.tables import VETOES

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


def unchecked(settings: Mapping[str, Any] | None = None, **frames: pd.DataFrame) -> Engagement:
    """An engagement that holds these frames as they are."""
    return Engagement(Settings(**{**SETTINGS, **(settings or {})}), frames)


def deliveries(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Table work: items w0, w1 … that are good unless a row says otherwise."""
    blank = {"kind": "report", "due": pd.NaT, "reopened_at": pd.NaT}
    full = [{**blank, "item": f"w{n}", "accepted": row.get("delivered"), **row} for n, row in enumerate(rows)]
    frame = pd.DataFrame(full, columns=["item", "person", "kind", "due", "delivered", "accepted", "reopened_at"])
    times = ("due", "delivered", "accepted", "reopened_at")
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})


def acts(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Table recognition: thanks from the boss for no item unless a row says otherwise."""
    full = [{"giver": "boss", "kind": "thanks", "item": None, **row} for row in rows]
    frame = pd.DataFrame(full, columns=["given_at", "giver", "receiver", "kind", "item"])
    return frame.assign(given_at=pd.to_datetime(frame["given_at"], utc=True))


def task(name: str, process: str = "billing", plan: str = "outsource", **values: Any) -> dict[str, Any]:
    """One row of table tasks: 40 hours at 50 inside, quoted at 30 an hour, and free, unless `values` say otherwise."""
    row = {
        "task": name, "process": process, "hours_per_month": 40.0, "in_house_rate": 50.0, "quoted_price": 30.0,
        "quote_unit": "hour", "provider": "brightdesk", "plan": plan, "core": False,
        **dict.fromkeys(VETOES, False),
    }  # fmt: skip
    return {**row, **values}


def roster(**left: str | None) -> pd.DataFrame:
    """Table people, by name and last day; whose name begins with v is the provider's."""
    side = ["provider" if name.startswith("v") else "client" for name in left]
    days = pd.to_datetime(pd.Series([*left.values()], dtype=object))
    return pd.DataFrame({"person": [*left], "side": side, "joined": pd.Timestamp("2025-01-01"), "left": days})


def messages(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows are (message, thread, sender, recipient, sent, reply_to, needs_answer)."""
    names = ["message", "thread", "sender", "recipient", "sent", "reply_to", "needs_answer"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(sent=pd.to_datetime(frame["sent"], utc=True, format="ISO8601"))


# A plan whose lines are all uncertain, a benefit among them, and what past work took of its estimates.
UNCERTAIN = flows(
    ("team", "stay", "cost", "work", 1, 24, 90, 100, 130), ("rent", "stay", "cost", "work", 1, 24, 5, 10, 12),
    ("fee", "outsource", "cost", "price", 1, 24, 70, 80, 110),
    ("move", "outsource", "cost", "transition", 0, 2, 50, 100, 300),
    ("resale", "outsource", "benefit", "x", 3, 3, 10, 40, 90),
)  # fmt: skip
RATIOS = [0.9, 1.0, 1.1, 1.2, 1.6]
