"""Counting by hand: from lines to shares, promises and a page; a run that is stopped and goes on."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.calibration import bursts, page, running
from benchmarks.calibration.counting import Promise, at_the_limit, ends, findings_of, measures_of, reliability, shares
from benchmarks.calibration.engagements import PEOPLE, Cell, cells
from outsourcing_kit.headlines import MISTAKES

QUIZ, OVERRUN = "kickoff.quiz_right", "business_case.reference_overrun"


def line(cell: Cell, seed: int = 0, answer: str = "fine", **more) -> dict:
    """What `engagements.one` gives, with the same answer everywhere."""
    findings = {name: [answer, 0.96, 0.0] for name in MISTAKES}
    measures = {
        QUIZ: [answer, 0.96, 0.0, 0.72, 0.9, 0.8, 0.75, 0.71],
        OVERRUN: [answer, 0.85, 0.0, 0.1, 0.18, 0.15, 0.19, None],
        "expectations.within_one_point": [answer, 0.4, 0.3, 0.6, 0.8, 0.7, 0.7, None],
    }
    edge = [QUIZ] if cell.world == "edge" else []
    return {
        **dict(zip(("generator", "people", "world"), cell, strict=True)), "seed": seed, "findings": findings,
        "measures": measures, "facts": [], "edge": edge, "seconds": 0.5,
    } | more  # fmt: skip


def test_shares_and_what_was_drawn_by_hand():
    cell = Cell("simulation", 12, "half")
    lines = [line(cell, 0), line(cell, 1, "leans fine"), line(cell, 2), line(cell, 3)]
    lines[3]["findings"]["kickoff"][0], lines[3]["facts"] = "problem", ["kickoff.before_work"]
    table = findings_of(lines)
    row = shares(table, "half", "simulation").loc[("kickoff", 12)]
    assert row[["problem", "leans fine", "fine"]].tolist() == [0.25, 0.25, 0.5]
    # The fact aside, the quiz of the fourth was fine: nothing that was drawn raises an alarm.
    assert table.loc[(table["seed"] == 3) & (table["mistake"] == "kickoff"), "drawn"].tolist() == ["cannot tell"]


def test_ends_and_sureness_by_hand():
    """The quiz's low end .72 is beyond the .71 of the people on record, its high end .9 is not below the .75 of all;
    of past work there is one truth, .19, and the high end .18 (which makes fine) is below it.
    """
    measures = measures_of([line(Cell("second", 6, "limit")), line(Cell("second", 6, "edge"))])
    table = ends(measures)
    assert table.loc[QUIZ].tolist() == [1.0, 0.0] and table.loc[OVERRUN].tolist() == [1.0, 0.0]
    reached = at_the_limit(measures).loc[QUIZ]
    assert reached["fine"].tolist() == [1.0, 1.0, 1.0, 0.0] and reached["problem"].tolist() == [0.0] * 4
    said = reliability(measures).set_index(["side", "from"])
    # Limits: at least 70% of the quiz (.71: so), at most 20% of past work (.19: so).
    assert said.loc[("fine", 0.95), ["n", "so"]].tolist() == [1, 1.0]
    assert said.loc[("fine", 0.80), ["n", "so"]].tolist() == [1, 1.0]
    assert said["n"].sum() == 2


def test_a_promise_is_broken_by_more_than_chance_alone():
    """Of 100, 5% is 13 or fewer in 999 of 1,000 cases."""
    assert Promise("", 0.05, {("a",): (13, 100)}).kept and not Promise("", 0.05, {("a",): (14, 100)}).kept
    # Nine cells of 11 are each within chance, but not together.
    many = {(str(number),): (11, 100) for number in range(9)}
    assert not Promise("", 0.05, many).kept and Promise("", 0.05, many).together == (99, 900)
    found = {("a",): (95, 100), ("b",): (40, 100)}
    assert not Promise("", 0.9, found, at_least=True).kept
    assert Promise("", 0.9, found, at_least=True, but=1).kept
    assert Promise("", 0.9, found, at_least=True).worst == ("b",)


@pytest.fixture
def lines() -> list[dict]:
    answers = {"half": "fine", "limit": "cannot tell", "beyond": "problem", "edge": "cannot tell", "alone": "fine"}
    return [line(cell, seed, answers[cell.world]) for cell in cells() for seed in range(5)]


def test_the_page_says_what_was_counted(tmp_path, lines, monkeypatch):
    monkeypatch.setattr(bursts, "measured", lambda: pd.DataFrame([(QUIZ, "none", 1.01, 0.05, 0.04, 0.05)],
        columns=["key", "burst", "design_effect", "usual_at_1", "usual_allowed", "on_record_at_1"]))  # fmt: skip
    monkeypatch.setattr(page, "_sample_answers", lambda: {"steady": dict.fromkeys(MISTAKES, "cannot tell")})
    for one in lines:
        if one["world"] == "limit" and one["people"] == 6:
            one["measures"][QUIZ][0] = one["findings"]["kickoff"][0] = "problem"
    page.write(lines, tmp_path / "CALIBRATION.md")
    text = (tmp_path / "CALIBRATION.md").read_text(encoding="utf-8")
    assert f"from {len(lines)} invented engagements" in text and "{" not in text
    # Of three findings with draws, two generators and four sizes it is the kickoff of six people: 10 of 120.
    assert "| at most 5% | 8.3% of 120 | 100.0% of 5 (Kickoff, 6 people, second generator) | **no** |" in text
    assert "5 of these 5 findings stay open" in text and "| steady | open | open | open | open | open |" in text
    assert text.count("| Kickoff | 0 / 0 / 100 / 0 / 0 |") == 0 and text.count("| Kickoff | 100 / 0 / 0 / 0 / 0 |") == 4
    png = (tmp_path / "calibration.png").read_bytes()
    assert len(png) < 100_000
    with pytest.raises(SystemExit, match="Nothing has been assessed"):
        page.write([], tmp_path / "CALIBRATION.md")


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    tried = []

    def one(cell: Cell, seed: int) -> dict:
        tried.append((*cell, seed))
        return line(cell, seed)

    monkeypatch.setattr(running, "one", one)
    running.run(tmp_path, 2, 1)
    kinds = len(list(cells()))
    planted = sum(cell.world in ("beyond", "alone") for cell in cells())
    assert len(tried) == 2 * kinds - planted and tried[0][-1] == 0 and tried[-1][-1] == 1
    path = next(tmp_path.glob("*.jsonl"))
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:-40], encoding="utf-8")  # stopped in the middle of the last line
    tried.clear()
    running.run(tmp_path, 2, 1)
    assert len(tried) == 1 and len(running.read(tmp_path)) == 2 * kinds - planted
    monkeypatch.setattr(running, "fingerprint", lambda: "other")
    with pytest.raises(SystemExit, match="by other code than there is now"):
        running.run(tmp_path, 3, 1)
    tried.clear()
    running.run(tmp_path, 3, 1, mixed=True)
    assert {seed for *_, seed in tried} == {1, 2}
    assert all(
        json.loads(text)["code"] for path in tmp_path.glob("*.jsonl") for text in path.open() if text[-1] == "\n"
    )


def test_the_design_effect_of_rows_that_do_not_go_together_is_one():
    """And of all of a person's rows alike it is their number: 12 equal answers are one."""
    rng, twelve = np.random.default_rng(0), bursts.ROWS[QUIZ]
    effect, missed, *_ = bursts._one(rng, 4000, 0.7, PEOPLE[1], 0.0, twelve, 0.0, 1, 0.0)
    assert effect == pytest.approx(1.0, abs=0.07) and missed <= 0.06
    effect, *_ = bursts._one(rng, 4000, 0.7, PEOPLE[1], 0.0, twelve, 0.999, 1, 0.0)
    assert effect == pytest.approx(12.0, rel=0.07)
