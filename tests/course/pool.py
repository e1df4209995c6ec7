"""Engagements that every exercise is tested on: samples, and samples roughened so that slips show."""

from __future__ import annotations

import functools
import warnings

import numpy as np
import pandas as pd

from outsourcing_kit.engagement import Engagement

# Rows that others refer to stay; of the rest a part goes, unevenly.
_KEPT = ("people", "meetings", "answer_key", "agenda", "tasks")


@functools.cache
def pool() -> dict[str, Engagement]:
    found = {name: Engagement.load(name) for name in ("cold-start", "fire-sale", "steady")}
    return found | {f"rough {name}": roughened(each, seed=seed) for seed, (name, each) in enumerate(found.items())}


@functools.cache
def small() -> Engagement:
    """A few rows of each table: enough to ask what is missing."""
    whole = Engagement.load("steady")
    return Engagement(whole.settings, {name: table.head(40) for name, table in whole.tables.items()})


def roughened(engagement: Engagement, *, seed: int) -> Engagement:
    """Some people lose most of their rows, others few; and two early meetings of kind kickoff do not count."""
    rng = np.random.default_rng(seed)
    tables = {
        name: table if name in _KEPT else _thinned(table, rng).reset_index(drop=True)
        for name, table in engagement.tables.items()
    }
    # Tasks of unequal hours: else a share of tasks is one of hours.
    hours = tables["tasks"]["hours_per_month"]
    tables["tasks"] = tables["tasks"].assign(hours_per_month=(hours * rng.uniform(0.5, 1.5, len(hours))).round())
    begin = engagement.meetings["starts"].min()
    early = pd.DataFrame(
        {
            "meeting": ["x1", "x2"],
            "kind": "kickoff",
            "starts": [begin - pd.Timedelta(days=9), begin - pd.Timedelta(days=5)],
            "ends": [begin - pd.Timedelta(days=8.9), begin - pd.Timedelta(days=4.95)],
            "status": ["cancelled", "held"],
        }
    )
    someone = engagement.people.loc[engagement.people["side"] == "client", "person"].iloc[:2]
    there = pd.DataFrame({"meeting": "x2", "person": list(someone), "response": "accepted"})
    there["joined_at"] = early["starts"].iloc[1]
    there["left_at"] = early["ends"].iloc[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        tables["meetings"] = pd.concat([early, engagement.meetings], ignore_index=True)
        tables["attendance"] = pd.concat([there, engagement.attendance], ignore_index=True)
    return Engagement(engagement.settings, tables)


def _thinned(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    owner = table[table.columns[table.columns.isin(["person", "sender", "receiver", "respondent", "raised_by"])][:1]]
    codes = owner.iloc[:, 0].astype("category").cat.codes.to_numpy() if owner.shape[1] else np.arange(len(table))
    kept = rng.uniform(0.2, 1, size=len(table) + 1)
    return table[rng.random(len(table)) < kept[codes]]
