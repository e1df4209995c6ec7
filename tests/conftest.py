"""What several test files share: where the project is, and small engagements made by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.validation import check_table

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real records that are not committed; a test that reads them skips where they are not."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real records (../shared/data) is not on this machine")
    return folder


@pytest.fixture
def make_engagement():
    """Build an Engagement from lists of rows, through the same checks that a file goes through."""

    def make(settings: dict | None = None, **rows: list[dict]) -> Engagement:
        frames = {}
        for name, records in rows.items():
            raw = pd.DataFrame(records).astype(object).where(lambda frame: frame.notna(), "").astype(str)
            typed, problems = check_table(raw, tables.table(name), file=f"{name}.csv")
            errors = [str(problem) for problem in problems if problem.severity == "error"]
            assert not errors, errors
            frames[name] = typed.reset_index(drop=True)
        base = {
            "name": "hand-made",
            "client": "A",
            "provider": "B",
            "currency": "EUR",
            "time_zone": "UTC",
            "observed_from": dt.date(2026, 1, 1),
            "observed_to": dt.date(2026, 12, 31),
        }
        return Engagement(Settings(**{**base, **(settings or {})}), frames)

    return make
