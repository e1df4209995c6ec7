"""The business case on what somebody typed wrong: named in the user's own words, by the file's row, never guessed."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import tables
from outsourcing_kit.business_case import contingency, naive_saving, no_saving, sensitivity, simulate_cash_flows
from outsourcing_kit.business_case.lines import checked_lines, horizon_note
from outsourcing_kit.engagement import Engagement, sample_engagements
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError
from outsourcing_kit.validation import check_table


def flow(line, option, first, last, *, kind="cost", category="work"):
    return {"line": line, "option": option, "kind": kind, "category": category, "first_month": first,
            "last_month": last, "low": 100.0, "likely": 100.0, "high": 100.0}  # fmt: skip


def notes_of(*rows, options=("outsource", "stay")):
    lines, missing, _ = checked_lines(pd.DataFrame(rows))
    assert not missing
    return horizon_note(lines, options)


TEAM = flow("team", "stay", 1, 24)


# --- a date typed as a month ------------------------------------------------------------------------------------------


@pytest.fixture
def spoilt(project, tmp_path) -> Path:
    """The steady sample with a date where two months belong."""
    folder = tmp_path / "steady"
    shutil.copytree(project / "datasets" / "steady", folder)
    path = folder / "cash_flows.csv"
    text = path.read_text(encoding="utf-8")
    for before, after in (("price,1,24,", "price,1,202612,"), ("exit,24,24,", "exit,601,601,")):
        assert text.count(before) == 1
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_date_typed_as_a_month_is_found_while_loading(spoilt):
    with pytest.raises(BadDataError) as refused:
        Engagement.load(spoilt)
    found = [(p.file, p.row, p.column, p.found, p.expected) for p in refused.value.problems]
    assert found == [
        ("cash_flows.csv", 8, "first_month", "'601'", "at most 600"),
        ("cash_flows.csv", 4, "last_month", "'202612'", "at most 600"),
        ("cash_flows.csv", 8, "last_month", "'601'", "at most 600"),
    ]
    assert {p.mend for p in refused.value.problems} == {"count months from the commitment, which is month 0"}


def test_another_number_out_of_range_keeps_its_mend():
    rows = pd.DataFrame([TEAM]).assign(low=-1.0)
    _, problems = check_table(rows, tables.table("cash_flows"), file="cash_flows.csv")
    assert [(p.kind, p.mend) for p in problems] == [("too low", "correct it")]


# --- every function of the lines --------------------------------------------------------------------------------------

BOTH = pd.DataFrame([TEAM, flow("fee", "outsource", 1, 24)])
OF_LINES = pytest.mark.parametrize(
    "function",
    [no_saving, naive_saving, sensitivity, simulate_cash_flows, lambda lines: contingency(lines, 1e6)],
    ids=("no_saving", "naive_saving", "sensitivity", "simulate_cash_flows", "contingency"),
)  # fmt: skip


@OF_LINES
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"low": [100, 150]}, "'fee' of option 'outsource' has low 150 and likely 100"),
        ({"high": [100, 70]}, "'fee'.*likely 100 and high 70"),
        ({"first_month": [1, 30]}, "'fee'.*first_month 30 and last_month 24"),
        ({"low": [100, -5]}, "column low: found -5; expected at least 0"),
        ({"likely": ["many", 100]}, "column likely: found 'many'"),
        ({"high": [100, math.inf]}, "column high: found inf; expected at most 1,000,000,000,000"),
        ({"kind": ["cost", "cosst"]}, "column kind: found 'cosst'"),
        ({"kind": ["cost", None]}, "'fee' of option 'outsource' has no kind; expected cost or benefit"),
        ({"range_means": ["limits", "p10-p99"]}, "column range_means: found 'p10-p99'"),
        ({"first_month": [1, -1]}, "column first_month: found -1; expected at least 0"),
        ({"last_month": [24, 12.5]}, "column last_month: found 12.5; expected a whole number"),
        ({"last_month": [24, 202612]}, "column last_month: found 202612; expected at most 600"),
        ({"currency": ["EUR", "USD"]}, r"amounts in EUR, USD; expected one currency.*Mend: load .* \[rates\]"),
    ],
)
def test_bad_lines_end_in_the_mend(function, changes, words):
    with pytest.raises(OutsourcingKitError, match=words) as caught:
        function(BOTH.assign(**changes))
    assert "mend:" in str(caught.value).casefold()


@OF_LINES
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (pd.DataFrame(), "needs table cash_flows"),
        (BOTH.iloc[:0], "needs table cash_flows"),
        (BOTH.drop(columns=["kind", "low"]), "needs table cash_flows, column kind, low"),
        (BOTH.assign(low=math.nan), "needs table cash_flows, column low, which is empty in all rows"),
        (BOTH.assign(option=None), "needs table cash_flows, column option, which is empty in all rows"),
        (BOTH.assign(kind=["cost", "benefit"]), "needs cost lines"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_raised(function, lines, words):
    result = function(lines)
    assert result.missing.startswith(words)
    assert "Not assessed" in repr(result) and "Not assessed" in result._repr_html_()


@pytest.mark.parametrize("function", [no_saving, naive_saving, sensitivity, simulate_cash_flows])
def test_a_rate_is_a_share_whether_there_are_lines_or_not(function):
    for lines in (BOTH, BOTH.iloc[:0]):
        with pytest.raises(OutsourcingKitError, match=r"discount_rate is 8; .*Mend: discount_rate=0\.08"):
            function(lines, discount_rate=8)


def test_the_last_month_possible_and_a_blank_currency_are_computed_with():
    assert no_saving(BOTH.assign(last_month=600), draws=100).missing == ""
    # A blank is the engagement's own, whatever that is called.
    assert no_saving(BOTH.assign(currency=["USD", None]), draws=100).missing == ""


# --- correlations and options -----------------------------------------------------------------------------------------


def test_a_correlation_is_named_as_it_was_typed():
    rows = pd.DataFrame([TEAM, flow("fee", "outsource", 1, 24)])
    for wrong in (2, -0.5, "0.3", True):
        with pytest.raises(OutsourcingKitError, match=re.escape(f"correlation is {wrong!r}; expected a number from 0")):
            simulate_cash_flows(rows, correlation=wrong)
        with pytest.raises(OutsourcingKitError, match=re.escape(f"correlation is {wrong!r}; expected a number from 0")):
            no_saving(rows, correlations=[0.3, wrong])


@pytest.mark.parametrize(
    ("option", "against", "guess"),
    [("outsorce", "stay", "outsource"), ("outsource", "stya", "stay"), ("x", "stay", "")],
)
def test_a_misspelt_option_is_guessed_where_one_is_near(option, against, guess):
    missing = no_saving(pd.DataFrame([TEAM, flow("fee", "outsource", 1, 24)]), option=option, against=against).missing
    assert missing.startswith(f"needs lines of both options {option!r} and {against!r}")
    assert missing.endswith(f"(did you mean {guess!r}?)" if guess else "found outsource, stay")


# --- which months options run for -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sample_engagements())
def test_the_samples_run_for_the_same_months(name):
    lines, _, _ = checked_lines(Engagement.load(name).cash_flows)
    assert horizon_note(lines, list(dict.fromkeys(lines["option"]))) == ()


@pytest.mark.parametrize(
    "last",
    [
        flow("taking back", "outsource", 24, 24, category="exit"),
        flow("grant", "outsource", 24, 24, kind="benefit"),
        flow("quality bonus", "outsource", 1, 24, kind="benefit"),
        flow("taking back", "outsource", 22, 24, category="exit"),
    ],
    ids=lambda row: f"{row['line']} {row['first_month']}",
)
def test_a_fee_that_ends_early_is_told_whatever_else_comes_later(last):
    (note,) = notes_of(TEAM, flow("fee", "outsource", 1, 12), last)
    assert "horizons differ" in note and "lines of 'outsource' in month 12, 'stay' in month 24 end last" in note


@pytest.mark.parametrize(
    "more",
    [
        flow("taking back", "outsource", 25, 25, category="exit"),
        flow("taking back", "outsource", 24, 27, category=" Exit "),
        flow("choosing", "outsource", 0, 0, category="search"),
        flow("choosing", "outsource", 0, 2, category="search"),
        flow("resale of desks", "outsource", 30, 30, kind="benefit"),
    ],
    ids=lambda row: f"{row['line']} {row['last_month']}",
)
def test_what_comes_before_and_after_is_no_difference(more):
    assert notes_of(TEAM, flow("fee", "outsource", 1, 24), more) == ()


def test_months_without_any_monthly_cost_are_named():
    fee = flow("fee", "outsource", 4, 24)
    (note,) = notes_of(TEAM, fee)
    assert "'outsource' has no monthly cost in months 1 to 3, where another option has" in note
    # A hand-over that lasts those months fills them; a single payment does not.
    assert notes_of(TEAM, fee, flow("hand-over", "outsource", 1, 3, category="transition")) == ()
    assert notes_of(TEAM, fee, flow("hand-over", "outsource", 2, 2, category="transition")) == (note,)
    both = (flow("fee", "outsource", 1, 6), flow("second fee", "outsource", 8, 24))
    assert "in month 7, where" in notes_of(TEAM, *both)[0]
    # Without a column category, every cost of several months runs.
    rows = pd.DataFrame([TEAM, flow("fee", "outsource", 0, 24)]).drop(columns="category")
    assert "'stay' has no monthly cost in month 0" in horizon_note(checked_lines(rows)[0], ("outsource", "stay"))[0]


def test_options_paid_for_at_once_are_held_by_their_last_payment():
    price = flow("fixed price", "outsource", 0, 0)
    assert "'outsource' in month 0, 'stay' in month 24" in notes_of(TEAM, price)[0]
    assert notes_of(TEAM, price, flow("rest", "outsource", 24, 24)) == ()
    assert notes_of(flow("team", "stay", 12, 12), price, flow("rest", "outsource", 12, 12)) == ()


def test_several_options_and_one_without_lines():
    pilot = flow("pilot fee", "pilot", 1, 6)
    rows = (TEAM, flow("fee", "outsource", 1, 24), pilot)
    (note,) = notes_of(*rows, options=("stay", "outsource", "pilot"))
    assert "'stay' in month 24, 'outsource' in month 24, 'pilot' in month 6 end last" in note
    assert notes_of(*rows) == () and notes_of(*rows, options=("stay", "elsewhere")) == ()


def test_the_functions_say_it():
    rows = pd.DataFrame([TEAM, flow("fee", "outsource", 1, 12), flow("back", "outsource", 24, 24, category="exit")])
    for result in (no_saving(rows, draws=100), simulate_cash_flows(rows, draws=100)):
        assert sum("horizons differ" in note for note in result.notes) == 1


# --- small words, and what a page has room for ------------------------------------------------------------------------


def test_one_is_singular():
    rows = pd.DataFrame([TEAM, flow("fee", "outsource", 1, 24), flow("x", "outsource", 1, 24)])
    rows.loc[2, "likely"] = np.nan
    assert checked_lines(rows)[2] == ("1 cash flow line with a blank month or amount left out",)
    rows.loc[1, "likely"] = np.nan
    assert checked_lines(rows)[2] == ("2 cash flow lines with a blank month or amount left out",)
    rows = pd.DataFrame([TEAM, flow("fee", "outsource", 1, 24)])
    for wrong, said in (
        (rows.assign(low=[100.0, 200.0]), "likely 100 .*; expected"),
        (rows.assign(low=200.0), "2 such rows"),
    ):
        with pytest.raises(OutsourcingKitError, match=said):
            checked_lines(wrong)
