"""A verdict comes from an interval and a limit, by rule, and the words come from the numbers."""

import json
import math

import pytest

from outsourcing_kit import finding as f
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headline, headlines_of


class Sample:
    """A normal-theory estimate by hand: 1.96 and 2.39 and 2.71 standard errors at 95%, 96.7% and 99.3%."""

    def __init__(self, estimate, standard_error, n):
        self.estimate, self.standard_error, self.n = estimate, standard_error, n

    def interval(self, level):
        from statistics import NormalDist

        half = NormalDist().inv_cdf((1 + level) / 2) * self.standard_error
        return self.estimate - half, self.estimate + half


def quiz(estimate, standard_error, n=10, limit=f.Limit(0.8)):  # noqa: B008
    return f.sample_measure("kickoff.quiz_right", Sample(estimate, standard_error, n), limit)


@pytest.mark.parametrize(
    ("low", "high", "better", "verdict"),
    [
        (0.21, 0.3, "lower", "problem"),
        (0.2, 0.3, "lower", "cannot tell"),
        (0.1, 0.2, "lower", "fine"),
        (0.1, 0.19, "higher", "problem"),
        (0.2, 0.3, "higher", "fine"),
        (0.1, 0.2, "higher", "cannot tell"),
        (math.nan, math.nan, "higher", "cannot tell"),
        (-math.inf, math.inf, "lower", "cannot tell"),
    ],
)
def test_the_whole_interval_decides(low, high, better, verdict):
    assert f.verdict_of(low, high, 0.2, better) == verdict


def test_the_shown_interval_is_96_7_percent_and_the_gate_is_stricter():
    # 0.70 + 2.128 × 0.0465 = 0.799 < 0.8 at one-sided 1.67%; at 0.33% it is 0.70 + 2.713 × 0.0465 = 0.826.
    measure = quiz(0.70, 0.0465)
    assert measure.level == pytest.approx(0.9667, abs=1e-4)
    assert measure.high == pytest.approx(0.70 + 2.128 * 0.0465, abs=1e-4)
    assert (measure.verdict, measure.gate_verdict) == ("problem", "cannot tell")


def test_half_the_limit_means_half_the_tolerance():
    # At least 80% tolerates 20%: half is at least 90%, double at least 60%.
    measure = quiz(0.85, 0.01)
    assert (measure.at_half_limit, measure.verdict, measure.at_double_limit) == ("problem", "fine", "fine")
    assert "At a limit of 90% the verdict is problem, at 60% fine." in measure.explain()


def gap_measure(estimate, standard_error, n):
    return f.sample_measure("recognition.gap_to_in_house", Sample(estimate, standard_error, n), f.Limit(0.1))


def test_what_would_settle_it_in_people():
    # Points are compared as they are: 10 × ((1.96 + 0.84) × 0.05 / 0.05)² = 78.4 → 79 people.
    assert gap_measure(0.15, 0.05, 10).settled_by == "about 79 people instead of 10"
    assert gap_measure(0.11, 0.05, 10).settled_by.startswith("not reachable here")
    assert gap_measure(0.1, 0.05, 10).settled_by.startswith("not reachable here")
    assert gap_measure(0.15, math.nan, 10).settled_by.startswith("more people")
    assert quiz(0.85, 0.05, n=1).settled_by.startswith("more people")


def test_shares_are_settled_in_log_odds():
    # The interval's end towards 80% is 0.9 - 2.128 × 0.06 = 0.772. Log-odds: estimate 2.197, end 1.222, limit 1.386.
    # SE = (2.197 - 1.222) / 2.128 = 0.458; 10 × (2.8 × 0.458 / 0.811)² = 25.0 → 25 or 26 people.
    assert quiz(0.9, 0.06).settled_by in ("about 25 people instead of 10", "about 26 people instead of 10")
    # All right, but few: the plain SE of zero would promise that one more person settles it.
    assert quiz(0.999, 0.15).settled_by != "about 11 people instead of 10"


def test_an_open_fact_cannot_tell_until_confirmed():
    limit = f.Limit(0.0)
    assert f.fact_measure("kickoff.agenda_missing", 0, 8, limit, open_to=3).verdict == "cannot tell"
    assert f.fact_measure("kickoff.agenda_missing", 1, 8, limit, open_to=3).verdict == "problem"
    assert f.fact_measure("kickoff.agenda_missing", 0, 8, limit).verdict == "fine"


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["fine", "fine", "fine"], "fine"),
        (["fine", "fine", "not assessed"], "cannot tell"),
        (["not assessed"] * 3, "not assessed"),
        (["cannot tell", "not assessed", "problem"], "problem"),
    ],
)
def test_a_findings_verdict(verdicts, expected):
    assert f.conclude(verdicts) == expected


def make_finding():
    headlines = (
        f.fact_measure("kickoff.before_work", 1, 2, f.Limit(1.0)),
        f.unassessed_measure("kickoff.agenda_missing", "needs table minutes"),
        quiz(0.4, 0.05),
    )
    return f.Finding("kickoff", "x<y", headlines, actions=("Hold the kickoff.",), interim=True)


def test_a_finding_shows_itself_everywhere():
    finding = make_finding()
    bundle = finding._repr_mimebundle_()
    payload = json.loads(json.dumps(bundle[f.FINDING_MIME], allow_nan=False))
    assert payload["verdict"] == "problem" and payload["measures"][1]["estimate"] is None
    assert payload["not_assessed"] == ["required agenda items not covered: needs table minutes"]
    assert "x&lt;y" in bundle["text/html"] and "x<y" not in bundle["text/html"]
    assert "(interim)" in bundle["text/plain"]
    assert "Next: Hold the kickoff." in finding.explain()
    assert finding.measure("quiz_right") is finding.measure("kickoff.quiz_right")
    with pytest.raises(UnknownNameError):
        finding.measure("quizz")


def test_a_finding_must_hold_its_own_three_headlines():
    with pytest.raises(OutsourcingKitError, match=r"kickoff\.before_work"):
        f.Finding("kickoff", "x", (quiz(0.4, 0.05),))


def test_a_limit_comes_from_the_caller_then_the_target_then_the_settings_then_convention(make_engagement):
    key = "kickoff.quiz_right"
    bare = make_engagement()
    assert f.limit_for(bare, key) == f.Limit(0.8, f.CONVENTION)
    configured = make_engagement({"limits": {key: (0.85, "contract")}})
    assert f.limit_for(configured, key) == f.Limit(0.85, "contract")
    agreed = make_engagement(
        {"limits": {key: (0.85, "contract")}},
        targets=[
            {"measure": key, "target": 0.7, "since": "2026-01-01"},
            {"measure": key, "target": 0.75, "since": "2026-05-01"},
            {"measure": key, "target": 0.99, "since": "2027-05-01"},
        ],
    )
    assert f.limit_for(agreed, key) == f.Limit(0.75, "agreed target")
    assert f.limit_for(agreed, key, {"quiz_right": 0.6}) == f.Limit(0.6, "yours")
    with pytest.raises(UnknownNameError, match="quiz_right"):
        f.limit_for(bare, key, {"quiz": 0.6})
    with pytest.raises(OutsourcingKitError, match="from 0 to 1"):
        f.limit_for(bare, key, {"quiz_right": 80})


def test_numbers_as_a_reader_wants_them():
    assert f.show(1234.6, "EUR") == "1,235 EUR"
    assert f.show(12.346, "days") == "12.3 days"
    assert f.show(0.0, "days") == "0 days"
    assert f.show(math.inf, "days") == "without upper bound"
    assert f.show(math.nan, "share") == "unknown"


def test_every_mistake_has_three_headlines_and_truths_on_the_right_side():
    for mistake in MISTAKES:
        assert len(headlines_of(mistake)) == 3
    for item in HEADLINES:
        beyond = item.truth(1.0) > item.limit if item.better == "lower" else item.truth(1.0) < item.limit
        inside = item.truth(0.0) <= item.limit if item.better == "lower" else item.truth(0.0) >= item.limit
        assert beyond and inside and item.truth(-1.0) == item.best
    assert headline("recognition.gap_to_in_house").truth(1.0) == pytest.approx(0.55)


def test_half_the_limit_of_the_share_headlines():
    assert headline("expectations.answered_in_time").truth(0.0) == pytest.approx(0.95)
    assert headline("business_case.no_saving").truth(1.0) == pytest.approx(0.6)
