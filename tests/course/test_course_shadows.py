"""A file of the user's with the name of a module is named, in place of a traceback from deep inside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def ran(folder: Path, *, path: bool) -> subprocess.CompletedProcess[str]:
    # Counting the lines that ran would import modules before any file can stand in for them.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = str(folder) if path else ""
    command = [sys.executable, "-m", "outsourcing_kit.cli", "validate", "cold-start"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=60)


@pytest.mark.parametrize(
    ("name", "source"),
    [("random", "x = 1"), ("pandas", "x = 1"), ("click", "x = 1"), ("json", "def"), ("tempfile", "1 / 0"), ("re", "")],
)
@pytest.mark.parametrize("path", [False, True], ids=["in the working folder", "on PYTHONPATH"])
def test_a_file_that_stands_in_for_a_module_is_named_with_its_mend(tmp_path, name, source, path):
    (tmp_path / f"{name}.py").write_text(source)
    told = ran(tmp_path, path=path)
    assert told.returncode in (1, 2) and told.stdout == ""
    (line,) = told.stderr.splitlines()
    assert f"{name}.py' stands in for Python's module {name}. Mend: rename it" in line


def test_a_file_that_stands_in_for_nothing_is_not_blamed(tmp_path):
    (tmp_path / "mine.py").write_text("1 / 0")
    told = ran(tmp_path, path=True)
    assert told.returncode == 0 and "stands in" not in told.stderr
