"""Imports of large exports, from the file to the tables: processor seconds, and memory in a process of its own."""

from __future__ import annotations

import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import Timing

ISSUES = 100_000


def answer(question: Any) -> list[str]:
    """What is offered; everybody whose name begins with a C is the client's."""
    if question.many:
        return [name for name in question.options if question.key == "ours" and name.startswith("C")]
    return list((*question.suggested, *question.options, "")[:1])


def write_jira(path: Path) -> None:
    """Issues of forty people over two years, each with a comment."""
    drawn = random.Random(0)
    names = [f"{side}ora Person{n}" for side in "CP" for n in range(20)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["Summary", "Issue key", "Issue Type", "Assignee", "Reporter", "Created", "Resolved", "Labels", "Comment"]
        )
        for n in range(ISSUES):
            month, day, hour = drawn.randint(1, 11), drawn.randint(1, 28), drawn.randint(1, 11)
            who, by = names[20 + n % 20], names[n % 19]
            made, done = (f"{day:02}/{name}/26 {hour}:{n % 60:02} AM" for name in ("Jan", "Feb") for _ in (month,))
            writer.writerow([f"Task {n}", f"VA-{n}", "Task", who, by, made, done, "books", f"{done};{who};Which list?"])


WRITERS = {"jira": (write_jira, "export.csv", f"{ISSUES:,} issues of Jira with a comment each", 10)}


def once(name: str) -> None:
    """Import one export, and print its processor seconds and the peak memory of this process in MB."""
    from outsourcing_kit.readers.importing import plan_import

    write, file, _, _ = WRITERS[name]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / file)
        start = time.process_time()
        plan = plan_import(Path(folder) / "ours", [Path(folder) / file], prompt=answer)
        spent = time.process_time() - start
        assert plan.texts
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure() -> list[Timing]:
    timings = []
    for name, (_, _, what, promise) in WRITERS.items():
        code = f"from benchmarks.exports import once; once({name!r})"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        spent, memory = map(float, found.stdout.split())
        timings.append(Timing(f"import of {what}", spent, "s", f"at most {promise}"))
        timings.append(Timing(f"import of {what}, peak memory of the process", memory, "MB", "at most 1,000"))
    return timings
