"""Assess engagements of a known truth and write docs/CALIBRATION.md: python -m benchmarks.calibration [--seeds N]"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.calibration.running import ROOT, read, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--seeds", type=int, default=400, help="engagements of each kind (400)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "out" / "calibration", help="folder of the lines; goes on there"
    )
    parser.add_argument("--mixed", action="store_true", help="count lines that other code made too")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "CALIBRATION.md", help="the page to write")
    parser.add_argument("--count-only", action="store_true", help="assess nothing more, write the page")
    given = parser.parse_args()
    if not given.count_only:
        run(given.out, given.seeds, given.processes, mixed=given.mixed)
    from benchmarks.calibration.page import write  # after the run: matplotlib takes its time

    write(read(given.out), given.page)
    print(given.page)


if __name__ == "__main__":
    main()
