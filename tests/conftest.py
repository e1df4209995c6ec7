"""What several test files share: where the project is, and small engagements made by hand."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.made import engagement

PROJECT = Path(__file__).resolve().parent.parent


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: a search for garbage need not look at it again."""
    gc.collect()
    gc.freeze()


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
    """`tests.made.engagement`."""
    return engagement
