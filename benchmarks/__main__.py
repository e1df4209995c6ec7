"""Measure everything and print a table: python -m benchmarks [NAME…], a NAME being one of the files here."""

from __future__ import annotations

import importlib
import os
import platform
import sys

NAMES = ("assessing", "cash_flows", "exports", "importing", "loading", "running")


def main(names: list[str]) -> int:
    """Print the timings of these benchmarks; of all, where none is named."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"No benchmark is called {unknown[0]!r}. There are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    for name in names or NAMES:
        for timing in importlib.import_module(f"benchmarks.{name}").measure():
            print(timing, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
