"""Contracts of Open Contracting: a price by the month, and the days that the contract says."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

RELEASE = json.loads((SAMPLES / "ocds_release.json").read_text(encoding="utf-8"))["releases"][0]


def release(**more):
    return copy.deepcopy(RELEASE) | more


def test_the_sample(imported):
    plan = imported("ocds_release.json")
    # 16,200 over the twelve months from 2 March 2026 to 1 March 2027, signed ten days before.
    assert rows(plan, "cash_flows") == [
        {"line": "ocds-example-1 c1", "option": "outsource", "kind": "cost", "category": "price", "first_month": "1",
         "last_month": "12", "low": "1350", "likely": "1350", "high": "1350", "currency": "USD"}
    ]  # fmt: skip
    settings = Engagement.load(plan.folder).settings
    assert (settings.committed_on, settings.ends_on, settings.budget) == (
        dt.date(2026, 2, 20),
        dt.date(2027, 3, 1),
        None,
    )
    assert [question.key for question in plan.asked] == ["client_zone"]


def test_an_amendment_is_the_later_word_and_a_planned_budget_is_the_budget(imported_text):
    contract = RELEASE["contracts"][0] | {"value": {"amount": 18_000, "currency": "USD"}}
    planned = release(planning={"budget": {"amount": {"amount": 20_000, "currency": "USD"}}})
    later = {"ocid": "ocds-example-1", "date": "2026-06-01T00:00:00Z", "contracts": [contract]}
    plan = imported_text(json.dumps({"releases": [later, planned]}))
    assert [row["likely"] for row in rows(plan, "cash_flows")] == ["1500"]
    assert Engagement.load(plan.folder).settings.budget == 20_000


def test_records_hold_their_last_word(imported_text):
    plan = imported_text(json.dumps({"records": [{"ocid": "x", "compiledRelease": RELEASE}]}))
    assert len(rows(plan, "cash_flows")) == 1


def test_what_somebody_has_set_stays_and_the_rest_is_added_above_the_first_section(tmp_path):
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "engagement.toml").write_text(
        'name = "ours"\nclient = "c"\nprovider = "p"\ncurrency = "USD"\ntime_zone = "America/Chicago"\n'
        "observed_from = 2026-01-01\nobserved_to = 2026-06-30\ncommitted_on = 2026-02-01\n\n[limits.kickoff]\n"
        "quiz_right = 0.9\n"
    )
    plan_import(folder, [SAMPLES / "ocds_release.json"], prompt=answering()).write()
    settings = Engagement.load(folder).settings
    assert (settings.committed_on, settings.ends_on) == (dt.date(2026, 2, 1), dt.date(2027, 3, 1))
    assert settings.limits["kickoff.quiz_right"][0] == 0.9


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"amount": "1"}, {"amount": -1}, {"amount": True}])
def test_a_contract_without_a_price_is_left_out_and_said(tmp_path, value):
    broken = release(contracts=[RELEASE["contracts"][0] | {"value": value}])
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"releases": [broken]}))
    with pytest.raises(OutsourcingKitError, match="contracts without a price or a period"):
        plan_import(tmp_path / "ours", [path], prompt=answering())


@pytest.mark.parametrize("key", ["contracts", "date", "ocid", "planning"])
@pytest.mark.parametrize("value", [None, 3, "x", [None], {"a": []}])
def test_wrong_shapes_end_in_a_sentence_or_in_a_table(tmp_path, key, value):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"releases": [release(**{key: value})]}))
    try:
        plan = plan_import(tmp_path / "ours", [path], prompt=answering())
        assert rows(plan, "cash_flows") and left_out(plan) == {}
    except OutsourcingKitError as error:
        assert "Mend: " in str(error)
