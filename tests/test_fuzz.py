"""Whatever a file holds, it is read or its problems are named; whatever was read can be judged."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import BadDataError
from outsourcing_kit.report import scorecard
from outsourcing_kit.resources import shared_folder
from outsourcing_kit.validation import Problem, read_table

CELLS = (
    "", " ", "nan", "-1", "1e999", "0", "1,5", "yes", "2026-02-30", "9999-12-31", "0001-01-01", "2026-01-01T00:00",
    "2026-01-01T00:00Z", "24:00", "p01", "w0001", "€", "a" * 300, '"', "\x00", "\N{RIGHT-TO-LEFT OVERRIDE}", "=1+1",
    "\u00a0", "\u200b", "NaT", "<NA>", "n/a", "2026-01-01 09:00:00+02", "2026-01-01 09:00 UTC", "2026-01-01 00:00:00",
    "Zoe\u0308", "\x1b[31m", "\r", "9:00:00", "5e-324", "1" * 400, "kikoff", "Kick-off", "held ", "canceled", "t",
)  # fmt: skip


def spoilt(text: str, chance: random.Random) -> bytes:
    """The file with a few accidents: cells replaced, lines doubled or lost, columns shifted, bytes broken."""
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(chance.randint(1, 6)):
        row = chance.randrange(len(rows))
        what = chance.random()
        if what < 0.6:
            rows[row][chance.randrange(len(rows[row]))] = chance.choice(CELLS)
        elif what < 0.7:
            rows.insert(row, list(rows[row]))
        elif what < 0.8 and len(rows) > 1:
            del rows[row]
        elif what < 0.9:
            rows[row] = rows[row][1:] or [""]
        else:
            rows[row].append(chance.choice(CELLS))
    data = chance.choice(["\n", "\r\n"]).join(",".join(row) for row in rows).encode()
    if chance.random() < 0.1:
        place = chance.randrange(len(data))
        data = data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
    return data


@pytest.mark.fuzz
@pytest.mark.parametrize("name", [name for name in tables.table_names() if name != "targets"])
def test_a_spoilt_table_is_read_or_its_problems_are_named(name, tmp_path):
    text = (shared_folder("datasets") / "steady" / f"{name}.csv").read_text(encoding="utf-8")
    path = tmp_path / f"{name}.csv"
    named = 0
    for seed in range(60):
        path.write_bytes(spoilt(text, random.Random(f"{name} {seed}")))
        frame, problems = read_table(path, tables.table(name))
        assert all(isinstance(problem, Problem) and str(problem) for problem in problems)
        assert frame is not None or problems
        named += bool(problems)
    # Most accidents can be seen; a file that never has a problem would mean that nobody looks.
    assert named > 20


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(30))
def test_a_spoilt_engagement_is_refused_or_judged(seed, tmp_path):
    chance = random.Random(seed)
    source = shared_folder("datasets") / "steady"
    for path in sorted(source.glob("*.csv")):
        if chance.random() < 0.3:
            continue
        keep_rows(path, tmp_path / path.name, chance)
    (tmp_path / "engagement.toml").write_bytes((source / "engagement.toml").read_bytes())
    try:
        engagement = Engagement.load(tmp_path)
    except BadDataError as refused:
        assert refused.problems and all(problem.severity == "error" for problem in refused.problems)
        return
    assert len(scorecard(engagement).findings) == 5


def keep_rows(source: Path, target: Path, chance: random.Random) -> None:
    """Some of the table's rows, in any order, optional cells now and then blank."""
    header, *rows = source.read_text(encoding="utf-8").splitlines()
    definition = tables.table(source.stem)
    names = header.split(",")
    may_blank = [n for n, name in enumerate(names) if definition.column(name).blank or definition.column(name).optional]
    kept = []
    for row in chance.sample(rows, chance.randint(0, len(rows))):
        cells = row.split(",")
        if len(cells) == len(names) and may_blank and chance.random() < 0.3:
            cells[chance.choice(may_blank)] = ""
        kept.append(",".join(cells))
    target.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
