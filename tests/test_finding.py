"""A verdict comes from an interval and a limit, by rule, and the words come from the numbers."""

import dataclasses
import datetime as dt
import json
import math
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outsourcing_kit import finding as f
from outsourcing_kit.assessments import Assessment
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headline, headlines_of
from outsourcing_kit.limits import CONVENTION, Limit, limit_for
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.settling import roster, staff
from tests.made import engagement


def building(key, limit):
    """An assessment of nothing, with this limit, and the headline's short name."""
    mistake, _, short = key.partition(".")
    found = Assessment(engagement(), mistake)
    found.limit[short] = limit
    return found, short


def sample_measure(key, estimate, limit, most=None):
    found, short = building(key, limit)
    return found.sample(short, estimate, most=most)


def model_measure(key, central, low, high, n, limit):
    found, short = building(key, limit)
    return found.model(short, central, low, high, n)


def fact_measure(key, value, n, limit, **more):
    found, short = building(key, limit)
    return found.fact(short, value, n, **more)


class Sample:
    """A normal-theory estimate by hand: 1.96 and 2.39 and 2.71 standard errors at 95%, 96.7% and 99.3%."""

    def __init__(self, estimate, standard_error, n):
        self.estimate, self.standard_error, self.n = estimate, standard_error, n

    def interval(self, confidence):
        from statistics import NormalDist

        half = NormalDist().inv_cdf((1 + confidence) / 2) * self.standard_error
        return self.estimate - half, self.estimate + half


def quiz(estimate, standard_error, n=10, limit=Limit(0.8)):  # noqa: B008
    return sample_measure("kickoff.quiz_right", Sample(estimate, standard_error, n), limit)


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
    assert measure.confidence == pytest.approx(0.9667, abs=1e-4)
    assert measure.high == pytest.approx(0.70 + 2.128 * 0.0465, abs=1e-4)
    assert (measure.verdict, measure.gate_verdict) == ("problem", "cannot tell")


def test_half_the_limit_means_half_the_tolerance():
    # At least 80% tolerates 20%: half is at least 90%, double at least 60%.
    measure = quiz(0.85, 0.01)
    assert (measure.at_half_limit, measure.verdict, measure.at_double_limit) == ("problem", "fine", "fine")
    assert "At a limit of 90% the verdict is problem, at 60% fine." in measure.explain()


@pytest.mark.parametrize("item", HEADLINES, ids=lambda item: item.key)
@given(st.data())
def test_no_sentence_speaks_of_a_limit_that_tolerates_all_or_nothing(item, data):
    low, high = sorted((item.best, item.worst))
    between = st.floats(low, high) | st.sampled_from([low, high, item.limit, (low + high) / 2])
    limit = Limit(data.draw(between), CONVENTION)
    ends = sorted(data.draw(st.tuples(between, between)))
    measure = model_measure(item.key, sum(ends) / 2, *ends, 8, limit)
    for factor, verdict in ((0.5, measure.at_half_limit), (2.0, measure.at_double_limit)):
        other = item.best + factor * (limit.value - item.best)
        shown = f.show(other, item.unit)
        an_end = other <= low or other >= high or shown in {f.show(item.best, item.unit), f.show(item.worst, item.unit)}
        assert verdict == ("" if an_end else f.verdict_of(*ends, other, item.better))
        assert measure.to_json()["at_half_limit" if factor < 1 else "at_double_limit"] == verdict
        sentence = measure.explain().partition(" At a limit of ")[2]
        assert (f"{shown} the verdict is {verdict}" in sentence or f"at {shown} {verdict}" in sentence) or (
            an_end or {measure.at_half_limit, measure.at_double_limit} <= {"", measure.verdict}
        )


def test_the_worst_possible_value_is_no_limit():
    # Twice what "at least 50%" tolerates would be at least 0%.
    seen = sample_measure("recognition.good_work_seen", Sample(0.6, 0.02, 10), Limit(0.5))
    assert (seen.at_half_limit, seen.verdict, seen.at_double_limit) == ("problem", "fine", "")
    assert seen.explain().endswith("fine. At a limit of 75% the verdict is problem.")
    fact = fact_measure("task_selection.protected_hours", 0.3, 9, Limit(0.0))
    assert (fact.at_half_limit, fact.at_double_limit) == ("", "") and "At a limit" not in fact.explain()


def gap_measure(estimate, standard_error, n, most=None):
    return sample_measure("recognition.gap_to_in_house", Sample(estimate, standard_error, n), Limit(0.1), most)


def test_what_would_settle_it_in_people():
    # Points are compared as they are: 10 × ((1.96 + 0.84) × 0.05 / 0.05)² = 78.4 → 79 people.
    assert gap_measure(0.15, 0.05, 10).settled_by == "about 79 people instead of 10"
    talk = "a talk; numbers alone cannot in a team of 10, though more months of records may help"
    assert gap_measure(0.11, 0.05, 10).settled_by == gap_measure(0.1, 0.05, 10).settled_by == talk
    assert gap_measure(0.15, math.nan, 10).settled_by.startswith("more people")
    assert quiz(0.85, 0.05, n=1).settled_by.startswith("more people")


def test_nobody_asks_for_more_people_than_there_are():
    assert gap_measure(0.15, 0.05, 10, 79).settled_by == "about 79 people instead of 10"
    assert "numbers alone cannot in today's team of 78," in gap_measure(0.15, 0.05, 10, 78).settled_by
    # A larger team than ten times as many can be asked.
    assert gap_measure(0.115, 0.05, 10, 900).settled_by == "about 872 people instead of 10"
    assert gap_measure(0.15, math.nan, 10, 12).settled_by.startswith("more people")
    for n, most in ((10, 10), (2, 3), (10, 8), (3, 0)):
        team = f"today's team of {most}" if most else f"a team of {n}"
        assert f"; numbers alone cannot in {team}," in gap_measure(0.15, math.nan, n, most).settled_by


@given(st.floats(0, 1), st.floats(0, 0.5), st.integers(0, 40), st.none() | st.integers(0, 60))
def test_what_would_settle_it_can_be_had(estimate, error, n, most):
    for key in ("kickoff.quiz_right", "business_case.reference_overrun"):
        words = sample_measure(key, Sample(estimate, error, n), Limit(0.8), most).settled_by
        if asked := re.match(r"about (\d+) ", words):
            assert n < int(asked[1]) <= (10 * n if most is None else most)
        if words.startswith("more people") and most is not None:
            assert most > n


def test_the_roster_is_who_is_still_there(make_engagement):
    settings = make_engagement().settings  # to 2026-12-31
    people = pd.DataFrame({"person": ["c1", "c2", "p1", "p2", "p3"], "side": ["client"] * 2 + ["provider"] * 3})
    assert staff(Engagement(settings, {"people": people})) == {"client": 2, "provider": 3}
    left = pd.to_datetime(pd.Series([None, "2026-12-31", "2027-01-31", None, "2026-03-31"]))
    for typed in (left, left.astype(object).where(left.notna(), None), left.dt.strftime("%Y-%m-%d")):
        engagement = Engagement(settings, {"people": people.assign(left=typed)})
        assert staff(engagement) == {"client": 1, "provider": 2}
    assert [roster(engagement, f"recognition.{key}") for key in ("gap_to_in_house", "feel_needed")] == [3, 2]
    assert roster(engagement, "business_case.reference_overrun") is None
    assert roster(make_engagement(), "recognition.feel_needed") is None


@pytest.mark.parametrize("name", sample_engagements())
def test_a_page_asks_for_nothing_that_cannot_be_had(name):
    from outsourcing_kit.report import scorecard

    engagement = Engagement.load(name)
    card = scorecard(engagement)
    everybody = sum(staff(engagement).values())
    for finding in card.findings:
        for measure in finding.headlines:
            asked = [int(number) for number in re.findall(r"(\d+) people instead", measure.settled_by)]
            assert max(asked, default=0) <= (roster(engagement, measure.key) or 0)
            ends = {f.show(end, measure.unit) for end in (headline(measure.key).best, headline(measure.key).worst)}
            assert not ends & set(re.findall(r"(?:limit of|, at) (\S+)", measure.explain()))
    for page in (card.to_html(), str(card), json.dumps(card.to_json())):
        assert max(map(int, re.findall(r"(\d+) people instead", page)), default=0) <= everybody
        # One who said that nothing more is to be had does not ask for it; what a page has said it does not say twice.
        assert not re.search(r"more past work|past work like this plan beyond|What would settle whether", page)


def test_shares_are_settled_in_log_odds():
    # The interval's end towards 80% is 0.9 - 2.128 × 0.06 = 0.772. Log-odds: estimate 2.197, end 1.222, limit 1.386.
    # SE = (2.197 - 1.222) / 2.128 = 0.458; 10 × (2.8 × 0.458 / 0.811)² = 25.0 → 25 or 26 people.
    assert quiz(0.9, 0.06).settled_by in ("about 25 people instead of 10", "about 26 people instead of 10")
    # All right, but few: the plain SE of zero would promise that one more person settles it.
    assert quiz(0.999, 0.15).settled_by != "about 11 people instead of 10"


def test_an_open_fact_cannot_tell_until_confirmed():
    limit = Limit(0.0)
    assert fact_measure("kickoff.agenda_missing", 0, 8, limit, open_to=3).verdict == "cannot tell"
    assert fact_measure("kickoff.agenda_missing", 1, 8, limit, open_to=3).verdict == "problem"
    assert fact_measure("kickoff.agenda_missing", 0, 8, limit).verdict == "fine"


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
        fact_measure("kickoff.before_work", 1, 2, Limit(1.0)),
        Assessment(engagement(), "kickoff").fact("agenda_missing", 0, 0, "needs table minutes"),
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
    assert limit_for(bare, key) == Limit(0.8, CONVENTION)
    configured = make_engagement({"limits": {key: (0.85, "contract")}})
    assert limit_for(configured, key) == Limit(0.85, "contract")
    agreed = make_engagement(
        {"limits": {key: (0.85, "contract")}, "observed_to": dt.date(2026, 11, 30)},
        targets=[
            {"measure": key, "target": 0.7, "since": "2026-01-01"},
            {"measure": key, "target": 0.75, "since": "2026-05-01"},
            {"measure": key, "target": 0.99, "since": "2026-12-01"},
        ],
    )
    assert limit_for(agreed, key) == Limit(0.75, "agreed target")
    assert limit_for(agreed, key, {"quiz_right": 0.6}) == Limit(0.6, "yours")
    with pytest.raises(UnknownNameError, match="quiz_right"):
        limit_for(bare, key, {"quiz": 0.6})
    with pytest.raises(OutsourcingKitError, match="from 0 to 1"):
        limit_for(bare, key, {"quiz_right": 80})


@pytest.mark.parametrize("value", [80, -0.1, math.nan, math.inf, 10**400, True, "0.8", None])
def test_a_limit_outside_what_can_happen_is_refused_with_its_mend(make_engagement, value):
    with pytest.raises(OutsourcingKitError, match=r"from 0 to 1 \(share\) for kickoff\.quiz_right\. Mend: "):
        limit_for(make_engagement(), "kickoff.quiz_right", {"quiz_right": value})


@pytest.mark.parametrize("name", ["x" * 100_000, "red \x1b[31m", "turned \u202eback", "two\nlines"])
def test_names_from_the_records_are_harmless_and_short_wherever_a_finding_shows_them(name):
    blank = dataclasses.replace(quiz(0.4, 0.05), verdict="not assessed", settled_by=f"needs {name}")
    measures = [dataclasses.replace(blank, key=item.key) for item in headlines_of("kickoff")]
    finding = f.Finding("kickoff", name, tuple(measures), actions=(f"Ask {name}.",), assumptions=(f"As {name} says.",))
    shown = [repr(finding), finding.explain(), finding.to_html(), *map(str, finding.not_assessed)]
    shown += [line for key in ("actions", "assumptions") for line in finding.to_json()[key]]
    for text in shown:
        assert len(text) < 20_000
        assert not set(text) & {"\x1b", "\u202e"} and "two\nlines" not in text


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
