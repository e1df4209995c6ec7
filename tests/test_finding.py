"""A finding's verdict comes from how sure each headline is, by rule, and the words come from the numbers."""

import dataclasses
import datetime as dt
import json
import math
import re
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit import finding as f
from outsourcing_kit.assessments import Assessment
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headline, headlines_of
from outsourcing_kit.limits import CONVENTION, Limit, limit_for, target_for
from outsourcing_kit.money import Cost
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.settling import TALK, records_needed, roster, staff, what_settles
from outsourcing_kit.verdicts import GATE, SURE, of_ends, stepped_down, verdict_of
from tests.made import engagement


def building(key, limit):
    """An assessment of nothing, with this limit, and the headline's short name."""
    mistake, _, short = key.partition(".")
    found = Assessment(engagement(), mistake)
    found.limit[short] = limit
    return found, short


def sample_measure(key, estimate, limit, **more):
    found, short = building(key, limit)
    found.sample(short, estimate, **more)
    return found[short]


def model_measure(key, central, cases, n, limit):
    found, short = building(key, limit)
    found.model(short, central, cases, n)
    return found[short]


def fact_measure(key, value, n, limit, **more):
    found, short = building(key, limit)
    found.fact(short, value, n, **more)
    return found[short]


class Sample:
    """A normal-theory estimate by hand: 1.645, 2.128 and 2.326 standard errors at one-sided 95%, 98.3% and 99%."""

    def __init__(self, estimate, standard_error, n):
        self.estimate, self.standard_error, self.n = estimate, standard_error, n

    def interval(self, confidence):
        half = NormalDist().inv_cdf((1 + confidence) / 2) * self.standard_error
        return self.estimate - half, self.estimate + half


def quiz(estimate, standard_error, n=10, limit=Limit(0.7), **more):  # noqa: B008
    return sample_measure("kickoff.quiz_right", Sample(estimate, standard_error, n), limit, **more)


def test_each_end_is_one_that_we_are_95_percent_sure_of_and_the_gate_is_stricter():
    # .60 + 1.645 · .05 = .682 < .7; at 99% it is .60 + 2.326 · .05 = .716.
    measure = quiz(0.60, 0.05)
    assert (measure.low, measure.high) == pytest.approx((0.60 - 1.6449 * 0.05, 0.60 + 1.6449 * 0.05), abs=1e-4)
    assert measure.confidence == pytest.approx(0.90)
    assert (measure.verdict, measure.gate_verdict) == ("problem", "cannot tell")
    # Φ(.10/.05) = .97725
    assert (measure.sure_fine, measure.sure_problem, measure.sure) == pytest.approx((0, 0.97725, 0.97725), abs=1e-5)
    assert (quiz(0.58, 0.05).gate_verdict, quiz(0.82, 0.05).gate_verdict) == ("problem", "fine")
    # Φ(1) = .841, Φ(.5) = .691
    leaning, open_ = quiz(0.75, 0.05), quiz(0.725, 0.05)
    assert (leaning.verdict, leaning.lean, leaning.answer) == ("cannot tell", "leans fine", "leans fine")
    assert (open_.verdict, open_.lean, open_.answer) == ("cannot tell", "", "cannot tell")
    assert quiz(0.65, 0.05).answer == "leans problem"


_PAGE = ("within_one_point", "answered_in_time", "proposals_answered")
_BELOW = st.integers(-150, 150).map(lambda thousandths: (thousandths + 0.5) / 1000)


@settings(deadline=None)
@given(st.tuples(_BELOW, _BELOW, _BELOW))
def test_of_three_headlines_holm_names_the_problems_and_each_is_fine_on_its_own(distances):
    found, error = Assessment(engagement(), "expectations"), 0.05
    for key, distance in zip(_PAGE, distances, strict=True):
        found.limit[key] = Limit(0.5)
        found.sample(key, Sample(0.5 + distance, error, 10))
    normal = NormalDist()
    # Where the estimate keeps the limit nothing speaks for a problem.
    doubts = {key: normal.cdf(d / error) if d < 0 else 1.0 for key, d in zip(_PAGE, distances, strict=True)}
    adjusted = stepped_down(doubts)
    for key, distance in zip(_PAGE, distances, strict=True):
        measure = found[key]
        assert measure.sure_problem == pytest.approx(1 - adjusted[key], abs=1e-6)
        assert measure.sure_fine == pytest.approx(normal.cdf(distance / error) if distance > 0 else 0.0, abs=1e-6)
        if min(abs(measure.sure_fine - SURE), abs(measure.sure_problem - SURE)) > 1e-6:
            # The interval that is shown says the same as the verdict.
            assert measure.verdict == of_ends(measure.low, measure.high, 0.5, "higher")
            assert measure.verdict == verdict_of(measure.sure_fine, measure.sure_problem)
    finding = found.finding(engagement().people)
    assert finding.sure_problem == pytest.approx(1 - min(adjusted.values()), abs=1e-6)
    assert finding.sure_fine == min(measure.sure_fine for measure in finding.headlines)
    for bar, verdict in ((SURE, finding.verdict), (GATE, finding.gate_verdict)):
        if min(abs(finding.sure_fine - bar), abs(finding.sure_problem - bar)) > 1e-6:
            assert verdict == verdict_of(finding.sure_fine, finding.sure_problem, bar)


def test_a_headline_that_was_not_assessed_costs_the_others_nothing():
    # p = 1 − Φ(2.1) = .0179: a problem alone and of two (.036), none of three (.054).
    def of(count):
        found = Assessment(engagement(), "expectations")
        for place, key in enumerate(_PAGE):
            found.limit[key] = Limit(0.5)
            value = Sample(0.395, 0.05, 10) if place == 0 else Sample(0.55, 0.05, 10)
            found.sample(key, value if place < count else None, "" if place < count else "needs table x")
        return found.finding(engagement().people)

    assert [of(count).answer for count in (1, 2, 3)] == ["problem", "problem", "leans problem"]
    assert [of(count).sure for count in (1, 2, 3)] == pytest.approx([0.98214, 0.96427, 0.94641], abs=1e-5)
    assert of(0).answer == "not assessed" and math.isnan(of(0).sure) and of(0).could_miss == ""
    # What lacks its records is never fine.
    assert of(3).false_alarm == pytest.approx(0.05) and of(0).false_alarm == 0


def test_other_limits_are_at_half_and_double_the_tolerance():
    # At least 70% with a target of 80%: half-way is 75%, as far again 60%.
    assert quiz(0.75, 0.01).at_other_limits() == "at 75% cannot tell"
    assert quiz(0.65, 0.01).at_other_limits() == "at 60% fine"
    assert quiz(0.85, 0.01).at_other_limits() == quiz(0.75, 0.01, limit=Limit(0.7, "contract")).at_other_limits() == ""
    # Without a target of its own, from the best value: twice what "at least 50%" tolerates would be at least 0%.
    seen = sample_measure("recognition.good_work_seen", Sample(0.6, 0.02, 10), Limit(0.5))
    assert seen.at_other_limits() == "at 75% problem"
    assert fact_measure("task_selection.protected_hours", 0.3, 9, Limit(0.0)).at_other_limits() == ""


@pytest.mark.slow
@pytest.mark.parametrize("item", HEADLINES, ids=lambda item: item.key)
@settings(deadline=None)
@given(st.data())
def test_no_sentence_speaks_of_a_limit_that_tolerates_all_or_nothing(item, data):
    low, high = sorted((item.best, item.worst))
    between = st.floats(low, high) | st.sampled_from([low, high, item.limit, (low + high) / 2])
    limit = Limit(data.draw(between), CONVENTION)
    ends = sorted(data.draw(st.tuples(between, between)))
    measure = model_measure(item.key, sum(ends) / 2, ends, 8, limit)
    assert (measure.low, measure.high) == tuple(ends)
    target, said = target_for(item, limit.value), measure.at_other_limits()
    start = item.best if target == limit.value else target
    expected = []
    for factor in (0.5, 2.0):
        other = start + factor * (limit.value - start)
        shown = f.show(other, item.unit)
        an_end = other <= low or other >= high or shown in {f.show(item.best, item.unit), f.show(item.worst, item.unit)}
        if not an_end and (verdict := of_ends(*ends, other, item.better)) != measure.verdict:
            expected.append(f"at {shown} {verdict}")
    assert said == ", ".join(expected)


def test_a_model_is_as_sure_as_its_assumptions_agree_and_leans_at_most_where_it_is_not_needed():
    def of(key, *cases):
        return model_measure(key, sum(cases) / len(cases), cases, 8, Limit(0.2))

    needed = "task_selection.not_cheaper"
    assert [of(needed, *cases).answer for cases in ((0.1, 0.2), (0.3, 0.4), (0.1, 0.3))] == [
        "fine", "problem", "cannot tell",
    ]  # fmt: skip
    nine = of(needed, *[0.1] * 9, 0.5)
    assert (nine.sure_fine, nine.sure_problem, nine.answer) == (0.9, pytest.approx(0.1), "leans fine")
    assert (nine.low, nine.high) == (0.1, 0.5)
    saving = [of("business_case.no_saving", *cases) for cases in ((0.1, 0.2), (0.3, 0.4))]
    assert [(one.answer, one.gate_verdict) for one in saving] == [
        ("leans fine", "cannot tell"), ("leans problem", "cannot tell"),
    ]  # fmt: skip


def gap_measure(estimate, standard_error, n):
    return sample_measure("recognition.gap_to_in_house", Sample(estimate, standard_error, n), Limit(0.25))


def test_what_would_settle_it_can_be_had():
    # On a scale without log-odds: (2.4865 · .05/.08)² = 2.4 times the records, (2.4865 · .05/.05)² = 6.2 times.
    item = headline("recognition.gap_to_in_house")
    assert records_needed(Sample(0.17, 0.05, 10), item, 0.25) == pytest.approx(2.415, abs=0.001)
    assert records_needed(Sample(0.30, 0.05, 10), item, 0.25) == pytest.approx(6.183, abs=0.001)
    assert what_settles(Sample(0.17, 0.05, 10), item, 0.25, 10, "by 2027-01-31") == f"{item.more}, by 2027-01-31"
    assert what_settles(Sample(0.30, 0.05, 10), item, 0.25, 10, "").startswith(f"{TALK} in a team of 10:")
    # The gap is not needed: nothing is asked for it.
    assert gap_measure(0.17, 0.05, 10).settled_by == gap_measure(0.40, 0.05, 10).settled_by == ""
    first = quiz(0.72, 0.05, first="say whose they are").settled_by
    assert first.startswith(f"say whose they are; else {TALK}")
    assert quiz(0.72, 0.05, settled_by="ask both").settled_by == "ask both"


def test_of_a_whole_small_team_counts_are_told_and_no_interval():
    people = [{"person": f"p{n}", "side": side} for n, side in enumerate(["client"] * 3 + ["provider"] * 3)]
    found = Assessment(engagement(people=people), "expectations")
    found.sample("answered_in_time", Sample(0.75, 0.1, 6), counts="18 of 24 questions", complete=True)
    measure = found["answered_in_time"]
    assert measure.whole and measure.show_interval() == "" and "18 of 24 questions, that is all of them" in str(measure)
    assert not quiz(0.75, 0.1, n=6, counts="18 of 24 answers").whole
    assert quiz(0.75, 0.1, n=6).show_interval() != ""


@pytest.mark.slow
@pytest.mark.parametrize("name", sample_engagements())
def test_a_page_asks_for_nothing_that_cannot_be_had(name):
    from outsourcing_kit.report import scorecard

    engagement = Engagement.load(name)
    card = scorecard(engagement)
    everybody = sum(staff(engagement).values())
    for finding in card.findings:
        for measure in finding.headlines:
            for team in map(int, re.findall(r"in a team of (\d+)", measure.settled_by)):
                assert team == roster(engagement, measure.key) <= everybody
            ends = {f.show(end, measure.unit) for end in (headline(measure.key).best, headline(measure.key).worst)}
            assert not ends & set(re.findall(r"at (\S+) (?:fine|problem|cannot tell)", measure.at_other_limits()))
            if measure.verdict == "fine" and measure.basis == "sample":
                assert f"at {'least' if measure.better == 'higher' else 'most'}" in measure.how_sure()
    for page in (card.to_html(), str(card), json.dumps(card.to_json())):
        assert not re.search(r"people instead|\d+ more people", page)
        # One who said that nothing more is to be had does not ask for it; what a page has said it does not say twice.
        assert not re.search(r"more past work|past work like this plan beyond|What would settle whether", page)


def test_an_open_fact_cannot_tell_until_confirmed():
    limit = Limit(0.0)
    assert fact_measure("kickoff.agenda_missing", 0, 8, limit, open_to=3).verdict == "cannot tell"
    assert fact_measure("kickoff.agenda_missing", 1, 8, limit, open_to=3).verdict == "problem"
    assert fact_measure("kickoff.agenda_missing", 0, 8, limit).verdict == "fine"


def recognition_finding(**verdicts):
    """The four headlines of recognition, each with this verdict or as given; fine where nothing is said."""
    headlines = []
    for item in headlines_of("recognition"):
        verdict = verdicts.get(item.key.partition(".")[2], "fine")
        sure = {"fine": (0.99, 0.0), "problem": (0.0, 0.99), "leans problem": (0.0, 0.9), "leans fine": (0.9, 0.0)}
        pair = sure.get(verdict, (math.nan, math.nan) if verdict == "not assessed" else (0.0, 0.0))
        shown = verdict if verdict in f.VERDICTS else "cannot tell"
        headlines.append(f.Measure(
            item.key, item.name, 0.5, 0.4, 0.6, 0.9, item.unit, 8, item.counted_in, item.basis, item.limit, CONVENTION,
            item.better, shown, "needs table x", None, *pair, shown, item.needed,
        ))  # fmt: skip
    return f.Finding("recognition", "x", tuple(headlines))


@pytest.mark.parametrize(
    ("verdicts", "answer", "scope"),
    [
        ({}, "fine", "for the people and the time on record"),
        # What is only an alarm keeps no finding from being fine, and makes none fine.
        ({"gap_to_in_house": "cannot tell"}, "fine", "on 3 of 4, for the people and the time on record"),
        ({"gap_to_in_house": "not assessed"}, "fine", "on 3 of 4, for the people and the time on record"),
        ({"gap_to_in_house": "problem"}, "problem", ""),
        # One that leans the wrong way does.
        ({"gap_to_in_house": "leans problem"}, "leans problem", ""),
        ({"feel_needed": "not assessed"}, "cannot tell", ""),
        ({"feel_needed": "leans fine"}, "leans fine", ""),
        ({"feel_needed": "leans problem"}, "leans problem", ""),
        ({"feel_needed": "leans fine", "gap_to_in_house": "leans problem"}, "leans problem", ""),
        ({"feel_needed": "cannot tell", "good_work_seen": "problem"}, "problem", ""),
        ({"never_thanked": "problem"}, "problem", ""),
        (dict.fromkeys((item.key.partition(".")[2] for item in headlines_of("recognition")), "not assessed"),
         "not assessed", ""),
    ],
)  # fmt: skip
def test_a_findings_answer(verdicts, answer, scope):
    finding = recognition_finding(**verdicts)
    assert (finding.answer, finding.scope) == (answer, scope)
    assert finding.lean == (answer if answer.startswith("leans") else "")
    assert finding.headline.startswith("Recognition: ") and finding.to_json()["headline"] == finding.headline
    expected = {"fine": 0.99, "problem": 0.99, "leans fine": 0.9, "leans problem": 0.9, "cannot tell": 0.0}
    assert finding.sure == pytest.approx(expected.get(answer, math.nan), nan_ok=True)


def make_finding():
    headlines = (
        fact_measure("kickoff.before_work", 1, 2, Limit(1.0)),
        fact_measure("kickoff.agenda_missing", 0, 0, Limit(0.0), missing="needs table minutes"),
        quiz(0.4, 0.05),
    )
    return f.Finding("kickoff", "x<y", headlines, actions=("Hold the kickoff.",), interim=True)


def test_a_finding_shows_itself_everywhere():
    finding = make_finding()
    bundle = finding._repr_mimebundle_()
    payload = json.loads(json.dumps(bundle[f.FINDING_MIME], allow_nan=False))
    assert payload["verdict"] == "problem" and payload["measures"][1]["estimate"] is None
    assert (payload["verdict"], payload["lean"], payload["sure"]) == ("problem", "", 1.0)
    assert payload["headlines"][2]["sure_problem"] == 1.0 and payload["headlines"][2]["lean"] == ""
    (gap,) = payload["not_assessed"]
    assert gap.startswith("agenda items never covered: needs table minutes (cheapest: ask one person of each side")
    assert "x&lt;y" in bundle["text/html"] and "x<y" not in bundle["text/html"]
    assert "(interim)" in bundle["text/plain"]
    assert "Next: Hold the kickoff." in finding.explain()
    assert finding.measure("quiz_right") is finding.measure("kickoff.quiz_right")
    with pytest.raises(UnknownNameError):
        finding.measure("quizz")


def test_a_finding_must_hold_its_own_headlines():
    with pytest.raises(OutsourcingKitError, match=r"kickoff\.before_work"):
        f.Finding("kickoff", "x", (quiz(0.4, 0.05),))


def test_a_limit_comes_from_the_caller_then_the_target_then_the_settings_then_convention(make_engagement):
    key = "kickoff.quiz_right"
    bare = make_engagement()
    assert limit_for(bare, key) == Limit(0.7, CONVENTION)
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


def test_every_mistake_has_its_headlines_and_truths_on_the_right_side():
    assert [len(headlines_of(mistake)) for mistake in MISTAKES] == [3, 3, 3, 3, 4]
    for item in HEADLINES:
        beyond = item.truth(1.0) > item.limit if item.better == "lower" else item.truth(1.0) < item.limit
        inside = item.truth(0.0) <= item.limit if item.better == "lower" else item.truth(0.0) >= item.limit
        assert beyond and inside and item.truth(-1.0) == item.best
        # A target asks for more than the limit; what may only alarm leaves enough to be fine on.
        better = 1 if item.better == "higher" else -1
        assert item.target is None or better * (item.target - item.limit) > 0
        assert any(other.needed for other in headlines_of(item.mistake))
    assert [item.key for item in HEADLINES if not item.needed] == [
        "business_case.no_saving", "recognition.gap_to_in_house",
    ]  # fmt: skip
    # Half-way between 25 points and 100.
    assert headline("recognition.gap_to_in_house").truth(1.0) == pytest.approx(0.625)
    assert headline("expectations.answered_in_time").truth(0.0) == pytest.approx(0.9)
    assert headline("business_case.no_saving").truth(1.0) == pytest.approx(0.6)


def test_what_is_not_known_is_alike():
    """Whatever Python makes of nan == nan: measures, costs and findings made twice from the same records are equal."""
    one, two = (quiz(float("0.72"), 0.05) for _ in range(2))
    other = dataclasses.replace(one, found_from=float("nan"))
    assert one == two and other == dataclasses.replace(two, found_from=float("nan")) and hash(one) == hash(two)
    assert other != one and one != dataclasses.replace(one, estimate=0.73)
    assert Cost(missing="needs table tasks") == Cost(missing="needs table tasks")
