"""What several test files share: where the project is, and small engagements made by hand."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.made import engagement

PROJECT = Path(__file__).resolve().parent.parent


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: no collection of garbage need look at it again.

    Hundreds of thousands of objects, of every one of which a peer that collects with each call would make 0.3 s.
    """
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
