"""Imports of large exports, from the file to the tables: processor seconds, and memory in a process of its own."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from benchmarks import Timing

ISSUES, MESSAGES, DAYS, MEETINGS = 100_000, 1_000_000, 400, 10_000


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


def write_slack(path: Path) -> None:
    """Four hundred days of one channel with forty people, half of it in threads."""
    users = [{"id": f"{side}{n:02}", "real_name": f"{side}ora Person{n}", "tz": "Asia/Manila", "profile": {}}
             for side in "CP" for n in range(20)]  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps([{"id": "C01", "name": "desk"}]))
        for day in range(DAYS):
            stamp, parent, said = 1_767_225_600 + 86_400 * day, "", []
            for n in range(MESSAGES // DAYS):
                ts = f"{stamp + 30 * n}.{n:06}"
                text = (
                    "<@C01> which list is current?"
                    if n % 7 == 0
                    else f"Sent the letter number {n}, all is well so far."
                )
                said.append({"type": "message", "user": users[(n * 7) % 40]["id"], "text": text, "ts": ts})
                parent = ts if n % 7 == 0 else parent
                if n % 2:
                    said[-1]["thread_ts"] = parent
            when = dt.datetime.fromtimestamp(stamp, dt.UTC)
            archive.writestr(f"desk/{when:%Y-%m-%d}.json", json.dumps(said))


def write_calendar(path: Path) -> None:
    """Meetings of two years, each with two people."""
    zone = "X-WR-TIMEZONE:America/Chicago"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", zone]
    first = dt.datetime(2026, 1, 1)
    for n in range(MEETINGS):
        when = first + dt.timedelta(hours=n * 17_520 / MEETINGS)
        lines += ["BEGIN:VEVENT", f"UID:u{n}", f"DTSTART;TZID=America/Chicago:{when:%Y%m%dT%H%M%S}", "DURATION:PT30M"]
        lines += [f"ATTENDEE;PARTSTAT=ACCEPTED;CN={who}:mailto:{who}@example.com" for who in ("Cora", "Paul")]
        lines += [f"SUMMARY:Weekly {n}", "END:VEVENT"]
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]))


WRITERS = {
    "jira": (write_jira, "export.csv", f"{ISSUES:,} issues of Jira with a comment each", 10),
    "slack": (write_slack, "export.zip", f"{MESSAGES:,} messages of Slack", 30),
    "calendar": (write_calendar, "export.ics", f"{MEETINGS:,} meetings of a calendar", 5),
}


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
