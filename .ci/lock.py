"""Resolve the exact versions anew and write the three requirements*.lock: make lock

Run it on Linux with Python 3.11. It needs pip-compile, of the package pip-tools: on the PATH, or named in LOCK_WITH.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = (
    "--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--no-strip-extras",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
)  # fmt: skip
# What Python 3.11 on Linux does not need, but what others do: ipykernel on a Mac, papermill on newer Pythons.
ELSEWHERE = {"appnope": "sys_platform == 'darwin'", "aiohttp": "python_version >= '3.12'"}
OLDEST = "numpy==2.0.*\npandas==2.2.*\nscipy==1.14.*\nmatplotlib==3.8.*\n"

HEAD = """\
# Exact versions with hashes, for Python 3.11 and newer on Linux and macOS. The Makefile installs from it; `make lock`
# writes it anew.
"""
HEAD_BROWSER = """\
# What the browser tests need besides requirements.lock, with hashes: `make test-browser` installs from it.
"""
HEAD_OLDEST = """\
# The lowest versions promised (a browser has those), with hashes, for Python 3.11: `make test-oldest` installs from it.
"""


def compiled(*extras: str, near: str = "", more: str = "", constraints: str = "") -> dict[str, str]:
    """Package -> its block of the lock. `near`: an earlier lock, whose versions are kept where they still fit."""
    with tempfile.TemporaryDirectory() as name:
        out, also, bounds = (Path(name) / part for part in ("out.txt", "also.in", "bounds.txt"))
        out.write_text(near, encoding="utf-8")
        also.write_text(more, encoding="utf-8")
        bounds.write_text(constraints, encoding="utf-8")
        chosen = [part for extra in extras for part in ("--extra", extra)]
        command = [os.environ.get("LOCK_WITH", "pip-compile"), *OPTIONS, *chosen]
        command += ["--constraint", str(bounds), "--output-file", str(out), "pyproject.toml", str(also)]
        subprocess.run(command, cwd=ROOT, check=True)
        return blocks(out.read_text(encoding="utf-8"))


def blocks(lock: str) -> dict[str, str]:
    """Package -> its line and those of its hashes. The line keeps extras, such as coverage[toml]==7.17.3."""
    found = re.findall(r"(?m)^([a-zA-Z0-9._-]+(?:\[[a-z0-9,_-]+\])?==.*\n(?:    .*\n)*)", lock)
    return {re.split(r"\[|==", block)[0]: block for block in found}


def pins(lock: dict[str, str]) -> str:
    """The versions of a lock as constraints, which must not name extras."""
    return "".join(re.sub(r"\[.*?\]", "", block.split(" ")[0]) + "\n" for block in lock.values())


def marked(block: str, marker: str) -> str:
    """A block that counts where the marker holds."""
    return block.replace(" \\\n", f" ; {marker} \\\n", 1)


def main() -> None:
    if sys.version_info[:2] != (3, 11) or sys.platform != "linux":
        sys.exit("The lock is made on Linux with Python 3.11, the oldest it is for. Mend: make lock PYTHON=python3.11")
    path = ROOT / "requirements.lock"
    extras = ("course", "readers", "test", "build")
    # Without the markers: pip-compile takes no version from a line that does not count here.
    before = re.sub(r" ; [^\\\n]+(?= \\\n)", "", path.read_text(encoding="utf-8"))
    everywhere = compiled(*extras, near=before)
    lock = dict(everywhere)
    for package, marker in ELSEWHERE.items():
        for name, block in compiled(*extras, near=before, more=f"{package}\n", constraints=pins(everywhere)).items():
            if name not in everywhere:
                lock[name] = marked(block, marker)
    path.write_text(HEAD + "".join(lock[name] for name in sorted(lock)), encoding="utf-8")

    path = ROOT / "requirements-browser.lock"
    near = path.read_text(encoding="utf-8") if path.exists() else ""
    # Within the versions of the first lock: it is installed into the same environment.
    browser = compiled("browser", near=near, constraints=pins(everywhere))
    more = {name: block for name, block in browser.items() if name not in lock}
    path.write_text(HEAD_BROWSER + "".join(more[name] for name in sorted(more)), encoding="utf-8")

    path = ROOT / "requirements-oldest.lock"
    oldest = compiled("readers", "test", near=path.read_text(encoding="utf-8"), constraints=OLDEST)
    path.write_text(HEAD_OLDEST + "".join(oldest[name] for name in sorted(oldest)), encoding="utf-8")


if __name__ == "__main__":
    main()
