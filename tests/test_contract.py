"""The names that notebooks, scripts and other people's CI rely on: they may be added to, never renamed."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import outsourcing_kit
from outsourcing_kit import (
    business_case,
    expectations,
    kickoff,
    recognition,
    scorecard,
    simulate,
    stats,
    task_selection,
)
from outsourcing_kit.cli import main
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.headlines import MISTAKES, headlines_of

ANSWERS = {"problem", "leans problem", "cannot tell", "leans fine", "fine", "not assessed"}
VERDICTS = {"problem", "fine", "cannot tell", "not assessed"}
MODULES = {
    "business_case": business_case,
    "task_selection": task_selection,
    "kickoff": kickoff,
    "expectations": expectations,
    "recognition": recognition,
}


@pytest.fixture(scope="module")
def cold_start():
    return Engagement.load("cold-start")


def test_an_engagement_gives_frames_and_names_what_is_missing(cold_start):
    assert isinstance(cold_start.people, pd.DataFrame) and len(cold_start.work)
    assert set(cold_start.missing) <= {"targets"}


def test_simulate_gives_an_engagement_with_truth_that_saves(tmp_path):
    engagement = simulate("kickoff", severity=1.0, people=12, months=12, seed=0)
    keys = {key.removeprefix("team.") for key in engagement.truth}
    assert {key.partition(".")[0] for key in keys} == set(MISTAKES)
    assert engagement.truth["kickoff.quiz_right"] == 0.35 != engagement.truth["team.kickoff.quiz_right"]
    assert engagement.people["side"].value_counts().to_dict() == {"client": 6, "provider": 6}
    assert Engagement.load(engagement.save(tmp_path / "new")).truth == engagement.truth


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_assessment_returns_a_finding_of_its_headlines(mistake, cold_start):
    finding = MODULES[mistake].assess(cold_start)
    assert finding.mistake == mistake and finding.verdict in VERDICTS
    assert [measure.key for measure in finding.headlines] == [item.key for item in headlines_of(mistake)]
    assert len(finding.headlines) == (4 if mistake == "recognition" else 3)
    assert finding.measures == finding.headlines + finding.supporting
    assert {measure.verdict for measure in finding.headlines} <= VERDICTS
    for told in (finding, *finding.headlines):
        assert told.answer in ANSWERS and told.lean in ("", "leans fine", "leans problem")
        assert (told.verdict == "not assessed") == math.isnan(told.sure) and not told.sure > 1
        # An answer says at once how sure it is.
        bar = 0.95 if told.answer in ("fine", "problem") else 0.8
        assert "cannot" in told.answer or "not" in told.answer or told.sure >= bar
    page = finding.to_json()
    assert {"verdict", "lean", "sure", "gate_verdict", "headline", "headlines", "measures", "cost"} <= set(page)
    assert {"sure_fine", "sure_problem", "target", "needed", "whole", "counts", "lean"} <= set(page["headlines"][0])
    assert all(measure.verdict == "" and measure.limit is None for measure in finding.supporting)


def test_a_scorecard_holds_five_findings(cold_start):
    assert [finding.mistake for finding in scorecard(cold_start).findings] == list(MISTAKES)


def test_tables_of_the_methods_have_the_promised_columns(cold_start):
    assert {"quantile", "estimate", "low", "high"} <= set(business_case.overrun_quantiles(cold_start.estimates).table)
    accuracy = business_case.estimate_accuracy(cold_start.estimates).table
    assert {"pred25", "mean_relative_error", "median_relative_error", "share_overrun", "total_ratio"} <= set(accuracy)
    assert {"cases", "mean_days", "median_days"} <= set(expectations.throughput(cold_start.events).table)
    coverage = kickoff.agenda_coverage(cold_start.minutes).table
    assert list(coverage.columns)[:7] == ["item", "score", "low", "high", "verdict", "quote", "turn"]
    assert coverage["score"].between(0, 1).all() and coverage["item"].is_unique
    flags = expectations.flag_vague_wording(["Please fix it as soon as possible."]).table
    assert {"text", "start", "end", "flag", "why", "question"} <= set(flags) and len(flags)


def test_topsis_scores_in_the_rows_order():
    # Hwang & Yoon 1981, fighter aircraft; the fourth criterion is a cost.
    rows = [
        [2.0, 1500, 20000, 5.5, 5, 9],
        [2.5, 2700, 18000, 6.5, 3, 5],
        [1.8, 2000, 21000, 4.5, 7, 7],
        [2.2, 1800, 20000, 5, 5, 5],
    ]
    table = pd.DataFrame(rows, columns=list("abcdef"), index=["A1", "A2", "A3", "A4"])
    weights = dict(zip("abcdef", [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], strict=True))
    result = task_selection.topsis(table, weights=weights, minimise=["d"])
    np.testing.assert_allclose(result.table["score"], [0.643, 0.268, 0.613, 0.312], atol=6e-4)


def test_statistics_give_estimates_that_are_numbers():
    ratings = np.array([[1, 2, 3, 3], [1, 2, 3, np.nan], [np.nan, 2, 3, 3]])
    alpha = stats.krippendorff_alpha(ratings, level="ordinal", replicates=50)
    assert float(alpha) == alpha.estimate == 1.0 and alpha.low <= alpha.estimate
    assert float(stats.cohen_kappa(["a", "b", "a"], ["a", "b", "b"], weights=None)) == pytest.approx(0.4)
    assert stats.kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], entry=None).quantile(0.5) == 2


def test_diagnose_prints_json(capsys):
    assert main(["diagnose", "steady", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["engagement"] == "steady"
    assert [finding["mistake"] for finding in page["findings"]] == list(MISTAKES)
    assert all(finding["verdict"] in VERDICTS and len(finding["measures"]) >= 3 for finding in page["findings"])


@pytest.mark.parametrize(
    "argument",
    [["run", "nothing"], ["diagnose", "./nowhere"], ["run", "-p", "engagement=steady"], ["run", "-p", "sed=1"]],
)
def test_wrong_use_exits_with_two(argument, capsys):
    assert main(argument) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_every_public_name_can_be_had():
    for name in outsourcing_kit.__all__:
        assert getattr(outsourcing_kit, name) is not None
    # A lazy name beside a module of the same name would be shadowed once that module is imported.
    scorecard(Engagement.load("steady"))
    assert callable(outsourcing_kit.scorecard) and callable(outsourcing_kit.simulate)
    with pytest.raises(AttributeError, match="nonsense"):
        outsourcing_kit.nonsense  # noqa: B018
