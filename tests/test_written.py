"""Days, times and numbers as tools write them."""

import math

import numpy as np
import pytest

from outsourcing_kit.written import day_orders, decimal_marks, number, times


@pytest.mark.parametrize(
    ("text", "orders", "local"),
    [
        ("03/Mar/26 9:05 AM", ("dmy",), "2026-03-03T09:05:00"),
        ("13/май/26 16:55", ("dmy",), "2026-05-13T16:55:00"),
        ("[03/04/26, 21:05:11]", ("dmy", "mdy"), "2026-04-03T21:05:11"),
        ("3/22/26, 12:00:02 AM", ("mdy",), "2026-03-22T00:00:02"),
        ("18.03.2026 20:58:00", ("dmy",), "2026-03-18T20:58:00"),
        ("2026-03-04 20:58", ("ymd",), "2026-03-04T20:58:00"),
        ("Mar 9, 2026", ("mdy",), "2026-03-09T00:00:00"),
        ("3 juillet 2026", ("dmy",), "2026-07-03T00:00:00"),
        ("2/29/2028 12:30 pm", ("mdy",), "2028-02-29T12:30:00"),
    ],
)
def test_times_as_tools_write_them(text, orders, local):
    assert day_orders([text]) == orders
    found = times([text], orders[0])
    assert str(found.local.astype("datetime64[s]")[0]) == local
    assert not found.unread[0]


def test_one_cell_settles_the_column():
    assert day_orders(["03/04/2026", "", "05/04/2026"]) == ("dmy", "mdy")
    assert day_orders(["03/04/2026", "", "05/14/2026"]) == ("mdy",)
    assert day_orders(["14/04/2026", "05/14/2026"]) == ()


@pytest.mark.parametrize(
    "text", ["31/02/2026", "29/02/2026", "today", "12:00", "03/04/2026 25:00", "13/04/2026 0:30 PM"]
)
def test_what_is_no_time_is_said(text):
    found = times([text, ""], "dmy")
    assert found.unread.tolist() == [True, False]
    assert np.isnat(found.local).all()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2026-03-02T09:00Z", 0),
        ("2026-03-02 09:00 GMT+8", 480),
        ("2026-03-02 09:00-0330", -210),
        ("2026-03-02 09:00 UTC", 0),
    ],
)
def test_offsets(text, minutes):
    assert times([text], "ymd").offset.tolist() == [minutes]


def test_numbers_of_a_column():
    assert decimal_marks(["$650", "$700.00", "$1,100"]) == (".",)
    assert decimal_marks(["38,5", "8,0"]) == (",",)
    assert decimal_marks(["1,100", "12"]) == (".", ",")
    assert decimal_marks(["1,100.00", "1.100,00"]) == ()
    assert [number(text) for text in ("$1,100", "-157.33", "(50.00) USD", "12 %", "€ -3")] == [
        1100,
        -157.33,
        -50,
        0.12,
        -3,
    ]
    assert [number(text, ",") for text in ("38,5", "1.100,00 €", "1 100,5", "1\u202f100")] == [38.5, 1100, 1100.5, 1100]
    assert math.isnan(number("1.2.3")) and math.isnan(number("none"))
