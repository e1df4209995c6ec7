"""The scripts of docs/SCRIPTS.md print what the page says they print.

python tests/test_scripts.py writes what they print now into the page.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "SCRIPTS.md"
_SCRIPT = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def scripts() -> list[tuple[str, str]]:
    return _SCRIPT.findall(PAGE.read_text(encoding="utf-8"))


def printed(code: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, PAGE.name, "exec"), {"__name__": "__main__"})
    return said.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_a_script_prints_what_the_page_says(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said = scripts()[number]
    assert said and printed(code) == said, f"Mend: python {Path(__file__).name}"


def test_the_page_has_five_scripts():
    assert len(scripts()) == PAGE.read_text(encoding="utf-8").count("```python") == 5


if __name__ == "__main__":
    import os
    import tempfile

    page = PAGE.read_text(encoding="utf-8")
    os.chdir(tempfile.mkdtemp())
    PAGE.write_text(
        _SCRIPT.sub(lambda found: f"```python\n{found[1]}```\n\n```text\n{printed(found[1])}```", page),
        encoding="utf-8",
    )
