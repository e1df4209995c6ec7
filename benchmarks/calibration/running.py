"""Many engagements, a line of JSON each, in a folder that a later run goes on with."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.calibration.engagements import Cell, cells, one

ROOT = Path(__file__).resolve().parents[2]
# Where nearly all is found there is less to count.
_FEWER = {"beyond": 2, "alone": 2}
_CODE = ("outsourcing_kit", "tests/second_generator")


def fingerprint() -> str:
    """Of the code that decides what comes out: lines of other code are not to be mixed in."""
    digest = hashlib.sha256()
    for folder in _CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    digest.update((Path(__file__).with_name("engagements.py")).read_bytes())
    return digest.hexdigest()[:12]


def read(folder: Path) -> list[dict[str, Any]]:
    """Every whole line; one that was being written when the run was stopped is left out."""
    lines = []
    for path in sorted(folder.glob("*.jsonl")):
        for text in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if text.endswith("\n"):
                lines.append(json.loads(text))
    return lines


def run(folder: Path, seeds: int, processes: int, *, mixed: bool = False) -> None:
    """Assess so many seeds of each cell (half as many of planted mistakes); what the folder holds is not done again.

    Seed after seed over all cells, so that at any time all cells have been tried about equally often.
    """
    folder.mkdir(parents=True, exist_ok=True)
    code, lines = fingerprint(), read(folder)
    other = sum(line["code"] != code for line in lines)
    if other and not mixed:
        raise SystemExit(
            f"{other} of {len(lines)} engagements in {folder} were assessed by other code than there is now.\n"
            "Mend: empty the folder, name another one with --out, or count them all alike with --mixed."
        )
    done = {(line["generator"], line["people"], line["world"], line["seed"]) for line in lines}
    todo = [
        (cell, seed)
        for seed in range(seeds)
        for cell in cells()
        if (*cell, seed) not in done and seed < seeds / _FEWER.get(cell.world, 1)
    ]
    print(f"{len(done)} engagements in {folder}, {len(todo)} to go", file=sys.stderr)
    begun = time.monotonic()
    with (folder / f"{time.time_ns()}.jsonl").open("a", encoding="utf-8") as out:
        for number, line in enumerate(_assessed(todo, processes), start=1):
            out.write(json.dumps(line | {"code": code}) + "\n")
            out.flush()
            if number % 200 == 0:
                left = (time.monotonic() - begun) / number * (len(todo) - number) / 60
                print(f"{number} of {len(todo)}, about {left:.0f} minutes left", file=sys.stderr)


def _assessed(todo: list[tuple[Cell, int]], processes: int) -> Iterator[dict[str, Any]]:
    if processes == 1:
        yield from map(_one, todo)
        return
    # Spawned: nothing that this process holds open goes into the others.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_one, todo, chunksize=4)


def _one(task: tuple[Cell, int]) -> dict[str, Any]:
    return one(*task)
