"""What the tests of the packaging share: the locked packages, fetched once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locked packages, each checked against its hash."""
    folder = tmp_path_factory.mktemp("packages")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "--dest", str(folder), "--requirement", str(ROOT / "requirements.lock"),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=300)
    return folder
