"""Transactions of Upwork: what a correct import gives of the sample, counted by hand."""

from __future__ import annotations

import pytest
from imports import SAMPLES, answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import plan_import

TEXT = (SAMPLES / "upwork_transactions.csv").read_text(encoding="utf-8")
MORE = '"Apr 13, 2026",80000000{},{},"Invoice for Apr 6, 2026 - Apr 12, 2026",,Joy R.,Abara,Ines Abara,,{},,USD,0.00\n'


def prices(plan):
    """Low, likely and high of each line, with its months."""
    return [
        tuple(float(row[name]) for name in ("low", "likely", "high", "first_month", "last_month"))
        for row in rows(plan, "cash_flows")
    ]


def test_what_was_paid_becomes_a_line_a_freelancer_and_fees_their_own(imported):
    plan = imported("upwork_transactions.csv")
    # Joy, the fee of her invoice, Mark; the bonus is of June, the fourth month since March.
    assert prices(plan) == [
        (157.33, 157.33, 157.33, 1, 12), (7.87, 7.87, 7.87, 1, 12), (140, 140, 140, 1, 12), (50, 50, 50, 4, 4),
    ]  # fmt: skip
    assert {(row["option"], row["kind"], row["category"], row["currency"]) for row in rows(plan, "cash_flows")} == {
        ("outsource", "cost", "price", "USD")
    }
    assert 'currency = "USD"' in plan.texts["engagement.toml"]
    assert "Joy" not in plan.texts["cash_flows.csv"]


def test_a_bonus_is_recognition_with_its_amount(imported):
    assert rows(imported("upwork_transactions.csv"), "recognition") == [
        {"given_at": "2026-06-30", "giver": "p01", "receiver": "p02", "kind": "bonus", "amount": "50",
         "currency": "USD"},
    ]  # fmt: skip


def test_paid_work_begins_on_a_day_of_the_first_invoiced_week_which_is_asked(imported):
    plan = imported("upwork_transactions.csv", first_day="2026-03-04")
    assert rows(plan, "time_entries") == [
        {"person": "p02", "started": "2026-03-04", "ended": "2026-03-04", "task": "work", "billable": "yes"}
    ]


def test_where_nobody_knows_the_day_there_is_no_entry(imported):
    assert rows(imported("upwork_transactions.csv", first_day="not known"), "time_entries") == []


def test_months_differ_and_a_refund_lessens_its_own(imported_text):
    """Joy: 157.33 in March, 200 less 42.67 back in April: the same mean, which is 157.33."""
    plan = imported_text(TEXT + MORE.format(5, "Hourly", "-200.00") + MORE.format(6, "Refund", "42.67"))
    assert prices(plan)[0] == (157.33, 157.33, 157.33, 1, 12)
    assert prices(imported_text(TEXT + MORE.format(5, "Hourly", "-257.33")))[0] == (157.33, 207.33, 257.33, 1, 12)


def test_the_freelancers_account_has_the_other_sign_and_its_fees_are_not_the_clients(imported_text):
    plan = imported_text(TEXT.replace(",,-", ",,").replace(",,7.87", ",,-7.87"))
    assert prices(plan) == [(157.33, 157.33, 157.33, 1, 12), (140, 140, 140, 1, 12), (50, 50, 50, 4, 4)]
    assert left_out(plan)["fees that the freelancer paid"] == 1


def test_money_that_pays_nobody_is_left_out(imported_text):
    plan = imported_text(TEXT + MORE.format(7, "Payment", "165.20").replace("Joy R.", ""))
    assert left_out(plan) == {"withdrawals, deposits and other transactions that pay nobody": 1}


def test_amounts_with_a_sign_of_currency_and_days_of_a_spreadsheet(imported_text):
    text = TEXT.replace("-140.00", '"-$1,140.00"').replace('"Mar 23, 2026"', "03/23/2026").replace(
        '"Mar 9, 2026"', "03/09/2026").replace('"Jun 30, 2026"', "06/30/2026")  # fmt: skip
    plan = imported_text(text)
    assert prices(plan)[2] == (1140, 1140, 1140, 1, 12)
    assert "dates" not in [question.key for question in plan.asked]


@pytest.mark.parametrize("text", [TEXT.splitlines()[0] + "\n", TEXT.replace("Mar", "?").replace("Jun", "?")])
def test_nothing_that_was_paid_says_so(tmp_path, text):
    path = tmp_path / "paid.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OutsourcingKitError, match="No row of the files can be used"):
        plan_import(tmp_path / "ours", [path], prompt=answering())
