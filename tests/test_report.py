"""The scorecard: what a manager reads in a minute, and that each word of it is reckoned from the findings."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from html import unescape

import pytest

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.finding import ANSWERS, SYMBOLS, Finding, Measure
from outsourcing_kit.headlines import MISTAKES, TITLES, headlines_of
from outsourcing_kit.money import Cost
from outsourcing_kit.page import html_page, self_contained
from outsourcing_kit.report import Scorecard, how_sure, in_a_sentence, scorecard
from outsourcing_kit.resources import sample_engagements
from outsourcing_kit.verdicts import COLOURS

# How sure of fine and of a problem each headline is, by answer.
SURENESS = {
    "problem": (0.0, 0.99), "leans problem": (0.0, 0.85), "cannot tell": (0.5, 0.3), "leans fine": (0.85, 0.0),
    "fine": (0.97, 0.0), "not assessed": (math.nan, math.nan),
}  # fmt: skip


def made(mistake: str, answer: str, **changes: object) -> Finding:
    """A finding whose every headline was sampled and says the same."""
    verdict = "cannot tell" if answer.startswith("leans") else answer
    fine, problem = SURENESS[answer]
    headlines = tuple(
        Measure(
            item.key, item.name, 0.3, 0.2, 0.5, 0.9, item.unit, 9, item.counted_in, "sample", item.limit, "yours",
            item.better, verdict, "more of it" if verdict != answer else "", item.target, fine, problem, verdict,
            item.needed, counts="3 of 10",
        )
        for item in headlines_of(mistake)
    )  # fmt: skip
    given = {"actions": (f"The lead does {mistake} by Friday.",), "cost": Cost(0.0, 50.0, "EUR", "by hand")}
    finding = Finding(mistake, "x", headlines, **{**given, **changes})
    assert finding.answer == answer
    return finding


def card_of(*answers: str, **changes: object) -> Scorecard:
    findings = [made(*pair, **changes) for pair in zip(MISTAKES, answers, strict=True)]
    return Scorecard("x", "2026-01-01 to 2026-12-31", tuple(findings))


MIXED = ("fine", "leans fine", "problem", "cannot tell", "leans problem")


@pytest.fixture(scope="module", params=sample_engagements())
def sample(request) -> Scorecard:
    return scorecard(Engagement.load(request.param))


def test_rows_stand_by_urgency_and_ties_in_the_mistakes_order():
    urgent = ["kickoff", "recognition", "expectations", "task_selection", "business_case"]
    card = card_of(*MIXED)
    assert [finding.mistake for finding in card.by_urgency] == urgent
    assert list(card.table["finding"]) == [TITLES[each] for each in urgent]
    assert list(card.plan.table["finding"]) == [TITLES[each] for each in urgent]
    assert [finding.mistake for finding in card_of("fine", "problem", "fine", "problem", "fine").by_urgency] == [
        "task_selection", "expectations", "business_case", "kickoff", "recognition",
    ]  # fmt: skip
    # The findings themselves stay in their order, whoever looks one up.
    assert [finding.mistake for finding in card.findings] == list(MISTAKES)
    assert card.finding("recognition").answer == "leans problem"


def test_what_was_not_assessed_comes_last():
    card = card_of("not assessed", "fine", "not assessed", "cannot tell", "fine")
    assert [finding.answer for finding in card.by_urgency] == ["cannot tell", "fine", "fine", *["not assessed"] * 2]
    assert list(card.table["how sure"]) == ["", "97% sure", "97% sure", "", ""]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (("fine", "fine", "problem", "fine", "leans fine"),
         "1 of 5 shows a problem: Kickoff; 3 are fine, 1 leans fine."),
        (("problem", "fine", "problem", "not assessed", "leans problem"),
         "2 of the 4 assessed show a problem: Business case, Kickoff; 1 leans to a problem: Recognition; 1 is fine, "
         "1 was not assessed."),
        (("cannot tell", "cannot tell", "fine", "fine", "fine"),
         "None of 5 shows a problem; 2 are open: Business case, Task choice; 3 are fine."),
        (("fine",) * 5, "All 5 are fine."),
        (("problem",) * 5, f"5 of 5 show a problem: {', '.join(TITLES.values())}."),
        (("not assessed",) * 5, "None of 5 was assessed: the records that they need are missing."),
    ],
)  # fmt: skip
def test_the_page_says_in_one_sentence_what_was_found(answers, expected):
    card = card_of(*answers)
    assert card.headline == expected == card.to_json()["headline"]
    for text in (card.to_html(figure=False), str(card), repr(card)):
        assert text.count(expected) == 1


def test_how_sure_is_said_of_samples_and_facts_are_called_so():
    kickoff = made("kickoff", "problem").to_json()
    assert how_sure(kickoff) == "99% sure"
    fact = {**kickoff["headlines"][0], "basis": "fact"}
    assert how_sure({**kickoff, "headlines": [fact, *kickoff["headlines"][1:]]}) == "a fact"
    fine = made("kickoff", "fine").to_json()
    assert how_sure(fine) == "97% sure"
    # A sample decides how sure a fine finding is, whatever else was counted; without one nothing is left to chance.
    for bases, expected in ((("fact", "fact", "sample"), "97% sure"), (("fact", "model", "fact"), "calculated"),
                            (("fact", "fact", "fact"), "a fact")):  # fmt: skip
        headlines = [{**each, "basis": basis} for each, basis in zip(fine["headlines"], bases, strict=True)]
        assert how_sure({**fine, "headlines": headlines}) == expected
    assert [how_sure(made("kickoff", answer).to_json()) for answer in ("cannot tell", "not assessed")] == ["", ""]
    assert how_sure({"verdict": "fine", "sure": 1.0}) == "99% sure" and how_sure({"verdict": "fine"}) == ""
    # What leans is not rounded up to what decides.
    assert how_sure({"verdict": "cannot tell", "lean": "leans fine", "sure": 0.9499}) == "94% sure"


def test_a_row_has_one_reason_one_action_and_money_without_how_it_was_reckoned():
    first = card_of(*MIXED).table.iloc[0]
    assert first["why"] == "Kickoff with both sides before work: no (3 of 10); and 2 more"
    assert first["next"] == "The lead does kickoff by Friday." and first["money"] == "costs 0 to 50 EUR a month"
    assert set(card_of(*MIXED, cost=None).table["money"]) == {""}
    last = card_of(*MIXED).table.iloc[-1]
    assert last["why"].endswith(": 30% (3 of 10), limit at most 20%")


def test_a_problem_s_reason_is_a_fact_where_there_is_one():
    finding = made("kickoff", "problem")
    *others, quiz = finding.headlines
    before, agenda = (dataclasses.replace(m, basis="fact") for m in others)
    mixed = dataclasses.replace(finding, headlines=(dataclasses.replace(before, verdict="fine"), agenda, quiz))
    card = Scorecard("x", "", (mixed,))
    assert card.table["why"][0].startswith("Agenda items never covered: ")
    assert card.table["why"][0].endswith("; and 1 more")


def test_an_open_fact_is_told_with_how_far_it_may_go():
    finding = made("kickoff", "cannot tell")
    before, agenda, quiz = (dataclasses.replace(m, verdict="fine") for m in finding.headlines)
    agenda = dataclasses.replace(agenda, verdict="cannot tell", basis="fact", estimate=0.0, low=0.0, high=8.0)
    card = Scorecard("x", "", (dataclasses.replace(finding, headlines=(before, agenda, quiz)),))
    assert card.table["why"][0] == "Agenda items never covered: 0 to 8 (3 of 10), limit at most 0"


def test_what_can_err_is_the_sum_over_the_findings_at_hand():
    assert "at most 25% of cases" in card_of(*MIXED).caution
    assert "at most 15% of cases" in card_of("fine", "fine", "not assessed", "not assessed", "problem").caution
    assert "no alarm" in card_of(*["not assessed"] * 5).caution and "%" not in card_of(*["not assessed"] * 5).caution
    many = Scorecard("x", "", card_of(*MIXED).findings * 5)
    assert "at most 100% of cases" in many.caution
    assert "Interim" in card_of(*MIXED, interim=True).caution and "Interim" not in card_of(*MIXED).caution


def test_what_can_err_on_a_sample_is_reckoned_from_its_findings(sample):
    alarms = sum(finding.false_alarm for finding in sample.findings)
    assert f"at most {100 * alarms:.0f}% of cases" in sample.caution and len(sample.caution.split()) < 60


def test_every_verdict_has_its_mark_and_its_colour_on_the_page():
    for answers in (MIXED, ("not assessed",) * 5):
        card = card_of(*answers)
        page = unescape(card.to_html(figure=False)).replace("\N{NON-BREAKING HYPHEN}", "–")
        chips = re.findall(r'style="background: (#\w{6}); [^"]*">(.*?)</span>', page)
        expected = [(COLOURS[f.answer], f"{SYMBOLS[f.answer]} {f.answer}") for f in card.by_urgency]
        assert [(colour, words.replace("\N{NO-BREAK SPACE}", " ")) for colour, words in chips] == expected


def test_the_page_is_one_table_one_picture_and_folds_without_script(sample):
    page = html_page("x", sample.to_html())
    body = page[page.index("<main>") :]
    assert "<script" not in page and re.search(r"\son\w+=", body) is None
    shown = body[: body.index("<details>")]
    assert shown.count("<table") == 1 and shown.count("<img") == 1
    assert body.count("<details>") >= 6 and "<details open" not in body
    order = [body.index(mark) for mark in ('class="headline"', 'class="five"', "<img", "<details>")]
    assert order == sorted(order)
    # All of the money is in a fold, its short form in the table.
    for finding in sample.findings:
        assert finding.cost is not None and unescape(body).count(finding.cost.in_words()) >= 1
        assert finding.cost.in_words().partition(":")[0] in unescape(shown)
        assert ":" not in finding.cost.in_words() or finding.cost.in_words() not in unescape(shown)


def test_the_notebook_s_form_has_no_picture_and_fits_the_page_too(sample):
    html = sample._repr_mimebundle_()["text/html"]
    assert "<img" not in html and html.count("<table") == 1
    assert self_contained(html).count("<tr>") == 6


def test_the_text_has_the_sentence_then_a_line_a_finding_then_the_details(sample):
    lines = str(sample).splitlines()
    assert lines[1] == sample.headline
    for line, finding in zip(lines[2:7], sample.by_urgency, strict=True):
        assert line.startswith(f"{SYMBOLS[finding.answer]} {finding.title}: {finding.answer}")
    assert lines[7] == "" and sample.caution == lines[-1]
    details = [str(sample).index(repr(finding)) for finding in sample.by_urgency]
    assert details == sorted(details)


def test_json_keeps_its_shape(sample):
    told = json.loads(json.dumps(sample.to_json(), allow_nan=False))
    assert set(told) == {"engagement", "headline", "findings"}
    assert [found["mistake"] for found in told["findings"]] == list(MISTAKES)


def test_the_plan_leaves_owner_and_day_to_fill_in(sample):
    plan = sample.plan.table
    assert set(plan["owner"]) == set(plan["done by"]) == {""}
    assert list(plan["next action"]) == [finding.actions[0] for finding in sample.by_urgency if finding.actions]


@pytest.mark.parametrize("name", ["<b>x</b>", "x" * 100_000, "red \x1b[31m", "two\nlines"])
def test_a_name_does_no_harm_and_does_not_fill_the_page(name):
    card = dataclasses.replace(card_of(*MIXED, actions=(f"Ask {name}.",)), engagement=name)
    for text in (card.to_html(figure=False), str(card)):
        assert "\x1b" not in text and len(text) < 40_000
    assert "<b>x" not in card.to_html(figure=False)
    assert "two\nlines" not in str(card)


def test_every_answer_has_its_place_in_the_sentence():
    for answer in ANSWERS:
        assert in_a_sentence({"A": answer, "B": "fine" if answer != "fine" else "problem"}).endswith(".")
    assert in_a_sentence({"A": "leans problem", "B": "leans problem"}) == (
        "None of 2 shows a problem; 2 lean to a problem: A, B."
    )
