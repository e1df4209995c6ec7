"""What to do next: one sentence each, with who, what and by when, that fits the answer and the phase."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import string
from functools import cache

import pytest

from outsourcing_kit import Engagement, business_case, scorecard
from outsourcing_kit.assessments import Assessment, action_table
from outsourcing_kit.headlines import HEADLINES, MISTAKES
from outsourcing_kit.settings import blank_settings, check_settings, read_settings, settings_toml
from outsourcing_kit.settling import TALK, decision_day
from outsourcing_kit.stats import clopper_pearson

SAMPLES = ("steady", "gold-rush", "fire-sale", "cold-start", "radio-silence", "thankless")
PHASES = {
    "before": {"committed_on": None, "decide_on": (dt.date(2027, 3, 1),)},
    "running": {},
    "ending": {"ends_on": dt.date(2027, 1, 31)},
}
sample = cache(Engagement.load)
WHO = re.compile(r"\b(lead|leads|Each team lead|One person of each side|Whoever keeps the records)\b")
WHEN = re.compile(r"\bby (\d{4}-\d\d-\d\d|the next review)\b|\bthis week\b")


def with_settings(engagement: Engagement, **changes: object) -> Engagement:
    return dataclasses.replace(engagement, settings=dataclasses.replace(engagement.settings, **changes))


@cache
def findings(name: str, phase: str):
    """The five findings on a sample, as it would be in that phase."""
    return scorecard(with_settings(sample(name), **PHASES[phase])).findings


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("name", SAMPLES)
def test_each_action_is_one_sentence_with_who_and_by_when(name, phase):
    for finding in findings(name, phase):
        assert finding.actions
        for action in finding.actions:
            assert WHO.search(action) and WHEN.search(action), action
            assert action.endswith(".") and not re.search(r"[.?!] [A-Z]", action), action
            assert len(action.split()) <= 35, action


def test_every_sentence_of_the_table_says_who_and_by_when():
    for mistake, groups in action_table().items():
        assert mistake in MISTAKES
        assert set(groups) <= {"keep", "also", *(item.key.partition(".")[2] for item in HEADLINES)}
        assert {"fine", "open"} <= set(groups["keep"])
        for words in (text for cases in groups.values() for text in cases.values()):
            fields = {name for _, name, _, _ in string.Formatter().parse(words) if name}
            assert "by" in fields or "this week" in words, words
            assert WHO.search(words), words
            # Short before names fill it in.
            assert len(words.split()) <= 35, words


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        ({"committed_on": None}, "before"),
        ({"committed_on": dt.date(2026, 12, 31)}, "before"),
        ({"committed_on": dt.date(2026, 12, 30)}, "running"),
        ({"ends_on": dt.date(2027, 3, 2)}, "running"),  # 61 days after the records end
        ({"ends_on": dt.date(2027, 3, 1)}, "ending"),
        ({"ends_on": dt.date(2026, 6, 1)}, "ending"),
        ({"ends_on": dt.date(2026, 6, 1), "committed_on": None}, "ending"),
        *((changes, phase) for phase, changes in PHASES.items()),
    ],
)
def test_the_phase_follows_from_the_days(changes, phase):
    assert with_settings(sample("steady"), **changes).settings.phase == phase


def test_the_day_to_decide_on_is_the_next_one_that_the_settings_name():
    steady = sample("steady")
    assert decision_day(steady) == "by the next review"
    later = (dt.date(2027, 6, 30), dt.date(2027, 3, 31))
    assert decision_day(with_settings(steady, decide_on=later)) == "by 2027-03-31"
    # The end of a contract counts once it is near.
    assert decision_day(with_settings(steady, decide_on=later, ends_on=dt.date(2027, 2, 1))) == "by 2027-02-01"
    assert decision_day(with_settings(steady, ends_on=dt.date(2027, 12, 31))) == "by the next review"
    assert decision_day(with_settings(steady, ends_on=dt.date(2026, 12, 1))) == "by the next review"


# --- words follow from the answer, and from what the same page says --------------------------------------------------


def quiz(right: int, n: int, phase: str = "running") -> tuple[str, str]:
    """The answer to the quiz and what to do next, where it alone is left open."""
    found = Assessment(with_settings(sample("steady"), **PHASES[phase]), "kickoff")
    found.sample("quiz_right", clopper_pearson(right, n))
    for key, value in (("before_work", 1.0), ("agenda_missing", 0.0)):
        found.fact(key, value, n=1)
    found.act("quiz_right", weaker="client", where="")
    return found["quiz_right"].answer, found.finding(sample("steady").quiz).actions[0]


def test_words_follow_the_lean():
    told = {answer: action for answer, action in (quiz(right, 40) for right in (12, 24, 28, 32, 38))}
    assert list(told) == ["problem", "leans problem", "cannot tell", "leans fine", "fine"]
    # What leans to a problem is mended like one; what leans to fine asks for little; what is fine is kept.
    assert told["leans problem"] == told["problem"] and "client's lead" in told["problem"]
    assert "each side explain back" in told["cannot tell"]
    assert "nothing more is needed" in told["leans fine"]
    assert told["fine"] == action_table()["kickoff"]["keep"]["fine"].format(by="by the next review").strip()
    assert "keeps" not in told["cannot tell"] and quiz(38, 40, "ending")[1].startswith("Both leads hold a last debrief")


def test_nobody_is_sent_for_a_pilot_that_would_change_nothing():
    for name in SAMPLES:
        for phase in PHASES:
            finding = findings(name, phase)[0]
            text = " ".join((*finding.actions, *(measure.settled_by for measure in finding.headlines)))
            if "you need not know" in finding.measure("no_saving").settled_by:
                assert "pilot" not in text and "fixed price" not in text and "firm price" not in text
            if phase != "before":
                assert "pilot" not in text and "small part" not in text
    # Where it could, it is one way out.
    toss_up = findings("gold-rush", "before")[0]
    assert "you need not know" not in toss_up.measure("no_saving").settled_by
    assert any("gets a pilot or a cap on the price by 2027-03-01" in action for action in toss_up.actions)
    # A reserve that takes more than the whole saving is no remedy.
    told = " ".join(findings("gold-rush", "running")[0].actions)
    reserve, saves = map(int, re.search(r"(\d+)%, is more than the plan saves, (\d+)%", told).groups())
    assert reserve > saves and "raises the reserve" not in told


def test_without_past_work_nobody_is_told_to_go_on():
    """The lines alone never lose here, so that acting would be best at any chance, 0% to 100%."""
    whole = sample("steady")
    for phase, asked in (("running", "invoices so far"), ("before", "a pilot or a fixed price")):
        bare = with_settings(Engagement(whole.settings, {"cash_flows": whole.cash_flows}), **PHASES[phase])
        finding = business_case.assess(bare)
        assert "you need not know" not in finding.measure("no_saving").settled_by
        [told] = [action for action in finding.actions if "without past work" in action]
        assert asked in told and "worth" not in told


def test_a_finding_that_is_fine_keeps_what_is_good_first():
    finding = findings("steady", "running")[1]
    assert finding.verdict == "fine" and finding.actions[0].startswith("Nothing to change")
    assert "two raters" in finding.actions[1]
    # What is not needed and open asks for nothing there.
    seen = findings("radio-silence", "running")[-1]
    assert seen.measure("gap_to_in_house").verdict == "cannot tell"
    assert seen.verdict == "fine" and len(seen.actions) == 1 and "same rule" not in seen.actions[0]


def test_an_alarm_that_is_not_needed_comes_before_what_to_keep():
    """All that is needed is fine, and the estimate of the saving leans to a problem: that is not fine."""
    found = Assessment(sample("steady"), "business_case")
    found.model("no_saving", 0.5, [0.5, 0.6], n=9)
    found.sample("reference_overrun", clopper_pearson(0, 60))
    found.fact("unsettled_prerequisites", 0.0, n=8)
    found.act("no_saving", "overrun", room="4%")
    finding = found.finding(sample("steady").quiz)
    assert (finding.verdict, finding.measure("no_saving").answer) == ("cannot tell", "leans problem")
    assert len(finding.actions) == 1 and "agrees on a cap" in finding.actions[0]


def test_where_numbers_will_not_settle_it_a_talk_is_advised():
    for name in SAMPLES:
        finding = findings(name, "running")[-1]
        needed = finding.measure("feel_needed")
        # Three actions are told, of a problem those first.
        if needed.answer == "cannot tell" and TALK in needed.settled_by and finding.verdict != "problem":
            assert any("so few answers will not tell" in action for action in finding.actions)
            assert not any("again each month" in action for action in finding.actions)


def test_a_contract_near_its_end_is_not_told_to_begin():
    for name in SAMPLES:
        for finding in findings(name, "ending"):
            assert not any("handed over" in action or "committing" in action for action in finding.actions)
    late = findings("cold-start", "ending")[2]
    assert any("for whoever starts next" in action for action in late.actions)


# --- the day on which a contract ends --------------------------------------------------------------------------------


def test_the_end_is_read_written_and_checked():
    given = {
        "name": "ours", "client": "A", "provider": "B", "currency": "EUR", "time_zone": "UTC",
        "observed_from": dt.date(2026, 1, 1), "observed_to": dt.date(2026, 12, 31), "ends_on": dt.date(2027, 1, 15),
    }  # fmt: skip
    settings, problems = check_settings(given)
    assert problems == [] and settings.ends_on == dt.date(2027, 1, 15) and settings.phase == "ending"
    assert read_settings(settings_toml(settings)) == (settings, [])
    assert "# ends_on = 2027-12-31" in blank_settings("ours")
    assert settings_toml(dataclasses.replace(settings, ends_on=None)).count("ends_on") == 0
    [late] = check_settings({**given, "committed_on": dt.date(2027, 1, 16)})[1]
    assert (late.column, late.expected) == ("ends_on", "committed_on ≤ ends_on")
    assert check_settings({**given, "committed_on": dt.date(2027, 1, 15)})[1] == []
    [blurred] = check_settings({**given, "ends_on": "soon"})[1]
    assert blurred.column == "ends_on"
