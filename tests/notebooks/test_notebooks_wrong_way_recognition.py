"""Lesson 05: the count of thank-yous looks fine, the right way does not; likely answers get words that help."""

from __future__ import annotations

import pytest

from outsourcing_kit import Engagement, recognition
from outsourcing_kit.course.exercises import registered

RECORDS, CONTROL = (Engagement.load(name) for name in ("thankless", "steady"))


def _months(records):
    return recognition.recognised_months(
        records.work, records.recognition, records.people, records.settings.end, time_zone=records.settings.time_zone
    )


def _by_person(rows):
    return rows["seen"].astype(float).groupby([rows["side"], rows["person"]]).mean()


def _raw(rows):
    sides = _by_person(rows).groupby("side").mean()
    return sides["client"] - sides["provider"]


MONTHS = _months(RECORDS)
BOTH = MONTHS.person_months
OURS = BOTH[BOTH["side"] == "provider"]
ITEMS = MONTHS.items[MONTHS.items["side"] == "provider"]
SHARE = _by_person(OURS).mean()


def _alike(rows, usual):
    value = rows["seen"].astype(float) - usual
    sides = value.groupby([rows["side"], rows["person"]]).mean().groupby("side").mean()
    return sides["client"] - sides["provider"]


KINDS = MONTHS.by_kind
BY_KIND = KINDS.groupby(["kind", "side"])["seen"].mean().unstack().astype(float)
GAP = _alike(KINDS, KINDS["kind"].map(BY_KIND.mean(axis=1)))
POOLED = BOTH.groupby("side")["seen"].mean()
PROVIDER = RECORDS.people.loc[RECORDS.people["side"] == "provider", "person"]
GOT = RECORDS.recognition["receiver"].isin(PROVIDER).sum()


def _said(key, answer):
    return repr(registered()[key].judge(answer, RECORDS))


def test_the_right_answers_by_the_tables_alone():
    assert "right" in _said("recognition.1", SHARE) and "right" in _said("recognition.2", GAP)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (OURS["seen"].mean(), "whoever has more months counts more"),
        (GOT / len(ITEMS), "many acts may be for few people"),
        (ITEMS["seen"].mean(), "share of single items"),
        (OURS.groupby("person")["seen"].max().mean(), "one month of twelve is enough"),
        (BOTH.groupby("person")["seen"].mean().mean(), "people of both sides"),
        (round(SHARE, 2), "rounded"),
        (100 * SHARE, "as a percentage"),
        (12, "looks like a percentage"),
        (_by_person(OURS), "a whole Series"),
        (OURS.groupby("person")["seen"].median().mean(), "no slip known here"),
        (1 - SHARE, "no slip known here"),
        (int(OURS["seen"].sum()), "looks like a percentage"),
        ("12%", "Take the quotes away"),
        (float("nan"), "selection was empty"),
        (-SHARE, "lies between 0 and 1"),
    ],
)
def test_likely_answers_on_the_share(answer, words):
    said = _said("recognition.1", answer)
    assert "not yet" in said and words in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_raw(BOTH), "raw gap"),
        (_alike(KINDS, KINDS.groupby("kind")["seen"].transform("mean").astype(float)), "sets it"),
        ((BY_KIND["client"] - BY_KIND["provider"]).mean(), "plain mean of the gaps of the kinds"),
        (-GAP, "sign is the wrong way round"),
        (100 * GAP, "in points"),
        (round(GAP, 2), "rounded"),
        (recognition.recognition_gap(MONTHS).table["gap"].iloc[0], "rounded"),
        (-round(GAP, 2), "wrong way round, and digits are missing"),
        (71, "no slip known here"),
        (POOLED["client"] - POOLED["provider"], "no slip known here"),
        (recognition.recognition_gap(MONTHS), "one number"),
        ("0.71", "Take the quotes away"),
        (float("nan"), "selection was empty"),
    ],
)
def test_likely_answers_on_the_gap(answer, words):
    said = _said("recognition.2", answer)
    assert "not yet" in said and words in said


@pytest.mark.parametrize("records", [RECORDS, CONTROL], ids=["planted", "control"])
def test_the_count_of_thank_yous_looks_fine(records):
    heads = recognition.naive_thanks(records.recognition, records.people).table.set_index("side")["acts_per_head"]
    assert heads["provider"] >= 0.8 * heads["client"]


def test_the_right_way_says_problem_on_the_planted_sample_alone():
    planted, control = (recognition.assess(records) for records in (RECORDS, CONTROL))
    assert (planted.verdict, control.verdict) == ("problem", "fine")
    seen, never = (planted.measure(key) for key in ("good_work_seen", "never_thanked"))
    assert {seen.verdict, never.verdict, planted.measure("gap_to_in_house").verdict} == {"problem"}
    # Half of the provider's people had no month of good work that was seen.
    assert (OURS.groupby("person")["seen"].max() == 0).mean() >= 0.4


def test_like_with_like_changes_the_number_and_on_the_control_hardly():
    assert GAP - _raw(BOTH) > 0.1
    assert recognition.recognition_gap(MONTHS).plain == pytest.approx(_raw(BOTH))
    control = _months(CONTROL)
    alike = recognition.recognition_gap(control).estimate.estimate
    assert abs(alike - _raw(control.person_months)) < 0.05


def test_rewards_stay_in_house_on_the_planted_sample_alone():
    paid = [records.recognition[records.recognition["amount"].notna()] for records in (RECORDS, CONTROL)]
    outside = [set(CONTROL.people.loc[CONTROL.people["side"] == "provider", "person"]), set(PROVIDER)]
    assert len(paid[0]) >= 3 and not paid[0]["receiver"].isin(outside[1]).any()
    assert paid[1]["receiver"].isin(outside[0]).any()


def test_words_and_rewards_by_hand():
    people = RECORDS.people.iloc[[0, 8]]
    acts = RECORDS.recognition.iloc[:3].assign(
        receiver=[*people["person"], "nobody on the list"], kind=["bonus", None, "thanks"], amount=[50.0, None, None]
    )
    rows = recognition.naive_thanks(acts, people).by_kind.table.values.tolist()
    assert rows == [["bonus", 1, 0, 1], ["kind not on record", 0, 1, 0]]
    assert "needs table" in recognition.naive_thanks(acts[:0], people).by_kind.missing


def test_the_money_is_a_what_if_in_one_short_sentence():
    sentence = recognition.assess(RECORDS).cost.sentence
    assert len(sentence.split()) <= 35 and "2% to 200% by source" in sentence and "nobody can tell" in sentence


def test_leavers_hardly_anybody_thanked_say_so_and_that_is_a_record_alone():
    reasons = [records.people["left_reason"].dropna() for records in (RECORDS, CONTROL)]
    assert (reasons[0] == "nobody noticed my work").any() and "nobody noticed my work" not in set(reasons[1])
