"""Small tables and engagements made by hand, for tests of any room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from outsourcing_kit.engagement import Engagement

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


def engagement(settings: Mapping[str, Any] | None = None, **rows: list[dict[str, Any]]) -> Engagement:
    """An engagement from lists of rows, through the same checks that a file goes through."""
    made = Engagement.from_frames({name: pd.DataFrame(records) for name, records in rows.items()}, **SETTINGS)
    return replace(made, settings=replace(made.settings, **(settings or {})))
