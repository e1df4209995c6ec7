"""One browser for all tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

# What browsers of Chromium's kin are called where they are installed.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium or one of its kin, as it is installed here."""
    reason = "playwright is not installed. Mend: make test-browser"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser was found (tried {', '.join(BROWSERS)}). Mend: apt-get install chromium")
    with playwright.sync_playwright() as running:
        # As root, Chromium has no sandbox. Its own calls home are none of the pages'.
        flags = ["--disable-background-networking", *(["--no-sandbox"] if getattr(os, "geteuid", int)() == 0 else [])]
        chromium = running.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()
