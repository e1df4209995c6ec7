"""The list of prerequisites: by hand, what is no day and no flag, and what nobody has listed."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.business_case import unsettled_prerequisites
from outsourcing_kit.exceptions import OutsourcingKitError
from tests.made import prerequisites


def one(settled_on: object = None, required: object = True) -> pd.DataFrame:
    return pd.DataFrame({"prerequisite": ["exit plan"], "required": [required], "settled_on": [settled_on]})


# The third and fourth would be read as another day than was meant, the fifth as one that moves.
@pytest.mark.parametrize("day", ["soon", "9999-12-31", "01/03/2026", 20260301, "today", True, "2026-02-30"])
def test_what_is_no_day_is_refused_as_it_was_typed(day):
    with pytest.raises(OutsourcingKitError, match=re.escape(f"committed_on is {day!r}; expected a day. Mend: write")):
        unsettled_prerequisites(one("2026-03-01"), day)
    for committed_on in ("2026-03-01", None):
        with pytest.raises(OutsourcingKitError, match=re.escape(f"column settled_on: found {day!r}; expected a date")):
            unsettled_prerequisites(one(day), committed_on)


@pytest.mark.parametrize(
    "day",
    ["2026-03-01", " 2026-03-01", dt.date(2026, 3, 1), np.datetime64("2026-03-01"), "2026-03-01 00:00:00+02",
     pd.Timestamp("2026-03-01", tz="America/Lima"), pd.Timestamp("2026-03-01", tz="Asia/Manila")],
)  # fmt: skip
def test_a_day_is_the_one_on_the_calendar_of_whoever_wrote_it(day):
    for settled_on, committed_on, state in (
        (day, "2026-03-01", "settled"),
        ("2026-03-01", day, "settled"),
        (day, "2026-02-28", "settled after commitment"),
        ("2026-03-02", day, "settled after commitment"),
    ):
        result = unsettled_prerequisites(one(settled_on), committed_on)
        assert result.table["state"].tolist() == [state] and not result.missing
        assert result.table["days_late"].dropna().tolist() == [1.0] * (state != "settled")


def test_the_day_of_commitment_may_have_a_time_and_what_is_settled_may_not():
    rows = prerequisites("2026-01-15")
    assert unsettled_prerequisites(rows, "2026-01-15T18:00:00+02:00").unsettled == 0
    assert unsettled_prerequisites(rows, dt.datetime(2026, 1, 15, 18)).unsettled == 0
    with pytest.raises(OutsourcingKitError, match="without a time of day"):
        unsettled_prerequisites(one(dt.datetime(2026, 1, 15, 18)), "2026-01-15")


@pytest.mark.parametrize("blank", [None, pd.NaT, float("nan"), "", " "])
def test_a_blank_day_is_none(blank):
    undated = unsettled_prerequisites(one("2026-03-01"), blank)
    assert "committed_on" in undated.missing and undated.table["state"].tolist() == ["settled"]
    assert unsettled_prerequisites(one(blank), "2026-03-01").table["state"].tolist() == ["not settled"]


@pytest.mark.parametrize("flag", ["x", 2, "perhaps"])
def test_a_flag_that_is_none_is_never_taken_as_a_no(flag):
    with pytest.raises(OutsourcingKitError, match=re.escape(f"column required: found {flag!r}; expected yes or no")):
        unsettled_prerequisites(one(required=flag), "2026-03-01")


def test_flags_as_a_table_holds_them():
    for flag in (True, 1, 1.0, np.True_, "yes"):
        assert unsettled_prerequisites(one(required=flag), "2026-03-01").required == 1
    for flag in ("no", False, None):
        assert unsettled_prerequisites(one(required=flag), "2026-03-01").required == 0


@pytest.mark.parametrize("blank", [None, pd.NA, math.nan, "", " "])
def test_a_blank_in_required_is_not_a_no(blank):
    def rows(*flags: object, settled: object = None) -> pd.DataFrame:
        return prerequisites(*[settled] * len(flags), required=flags)

    # Whether what is settled in time had to be is of no account.
    in_time = unsettled_prerequisites(rows(True, blank, settled="2025-01-01"), "2025-12-08")
    assert (in_time.unsettled, in_time.required, in_time.unsaid) == (0, 1, [])
    still_open = unsettled_prerequisites(rows(True, blank, False), "2025-12-08")
    assert (still_open.unsettled, still_open.required, still_open.unsaid) == (1, 1, ["'thing 1'"])
    late = unsettled_prerequisites(rows(blank, settled="2026-01-01"), "2025-12-08")
    assert late.table["state"].tolist() == ["settled after commitment, if it is required"]
    assert "1 more may count" in repr(late)


def test_prerequisites_by_hand():
    rows = prerequisites("2026-01-15", "2026-01-16", None, "2025-12-01")
    result = unsettled_prerequisites(rows, dt.date(2026, 1, 15))
    assert result.table["state"].tolist() == ["settled", "settled after commitment", "not settled", "settled"]
    assert (result.unsettled, result.required) == (2, 4)
    assert result.table["days_late"].dropna().tolist() == [1.0]


def test_prerequisites_that_cannot_be_judged():
    assert unsettled_prerequisites(prerequisites(), "2026-01-15").missing == "needs table prerequisites"
    assert "marked as required" in unsettled_prerequisites(prerequisites(None, required=False), "2026-01-15").missing
    undated = unsettled_prerequisites(prerequisites(None, "2026-01-01"), None)
    assert "committed_on" in undated.missing and undated.table["state"].tolist() == ["not settled", "settled"]
    assert "column settled_on" in unsettled_prerequisites(prerequisites(None).drop(columns="settled_on"), None).missing


def everything() -> list[str]:
    """What is usually settled before: all of it is unlisted where the list is about something else."""
    return list(unsettled_prerequisites(prerequisites("2026-01-01"), None).unlisted)


def test_what_nobody_listed_is_named_as_something_to_ask():
    rows = pd.DataFrame(
        {
            "prerequisite": ["EXIT plan agreed", "Price per ticket fixed", "logo chosen"],
            "required": [True, False, True],
            "settled_on": pd.NaT,
        }
    )
    result = unsettled_prerequisites(rows, "2026-01-15")
    every = everything()
    listed_ones = [name for name in every if name not in result.unlisted]
    # One that is listed and not required is listed all the same.
    assert listed_ones == ["pricing model agreed", "exit and hand-back plan agreed"]
    assert not result.notes and f"No row seems to be about {result.unlisted[0]}" in repr(result)
    assert "and 5 more: ask" in repr(result)


def test_each_default_is_known_by_its_own_words_only():
    every = everything()
    assert "exit and hand-back plan agreed" in every and len(every) >= 8
    for name in every:
        one = pd.DataFrame({"prerequisite": [name.upper()], "required": True, "settled_on": pd.NaT})
        assert unsettled_prerequisites(one, None).unlisted == tuple(other for other in every if other != name)


def test_where_there_is_no_list_nothing_is_called_unlisted():
    assert unsettled_prerequisites(pd.DataFrame(), "2026-01-15").unlisted == ()
    optional = pd.DataFrame({"prerequisite": ["exit plan"], "required": [False], "settled_on": pd.NaT})
    result = unsettled_prerequisites(optional, "2026-01-15")
    assert result.missing and len(result.unlisted) == len(everything()) - 1
