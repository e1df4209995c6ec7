"""The cash fan and the saving distribution: words from the numbers, nothing cut, drawn from any result."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from readable import assert_readable

from outsourcing_kit.business_case.cash_flows import SimulatedCashFlows, simulate_cash_flows
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.plots import cash_fan, saving_distribution

BOTH = pytest.mark.parametrize("draw", [cash_fan, saving_distribution])


def plan(*rows: tuple) -> pd.DataFrame:
    columns = ["line", "option", "first_month", "last_month", "low", "likely", "high"]
    return pd.DataFrame(rows, columns=columns).assign(kind="cost", category="work")


CERTAIN = plan(
    ("team", "stay", 1, 12, 100, 100, 100),
    ("move", "outsource", 0, 0, 150, 150, 150),
    ("fee", "outsource", 1, 12, 80, 80, 80),
)


def result(table: pd.DataFrame, **settings: object) -> SimulatedCashFlows:
    return simulate_cash_flows(table, **{"draws": 2000, "discount_rate": 0, **settings})


def many() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for number in range(25):
        first = int(rng.integers(0, 50))
        amounts = np.sort(rng.uniform(10, 1e6, 3)).tolist()
        option = ("stay", "outsource", "pilot")[number % 3]
        rows.append((f"line {number}", option, first, first + int(rng.integers(0, 30)), *amounts))
    return plan(*rows)


def test_alt_texts_by_hand():
    # 150 at first, 20 a month back: 0 or more from month 8 on, 90 at the end.
    fan, bars = cash_fan(result(CERTAIN)), saving_distribution(result(CERTAIN))
    assert fan.alt == (
        "Saving so far of 'outsource' over 'stay', inside view, by month: paid back in month 8 in the middle case. At "
        "the end, month 12, the middle case is 90.0, and 8 of 10 cases lie between 90.0 and 90.0 (present value)."
    )
    assert bars.alt == (
        "Histogram of what 'outsource' saves over 'stay' in 2,000 draws, inside view: 0% save nothing. One in ten is "
        "below 90.0, the middle is 90.0, one in ten above 90.0 (present value)."
    )


def test_a_case_that_does_not_pay_back_says_so():
    dear = plan(("team", "stay", 1, 12, 100, 100, 100), ("fee", "outsource", 1, 12, 80, 110, 115))
    found = result(dear)
    never = found.table["never_pays_back"].iloc[1]
    assert 0.5 < never < 1
    words = f"does not pay back in the middle case ({round(100 * never)}% of the draws never do)"
    picture = cash_fan(found)
    assert words in picture.alt and words in [text.get_text() for text in picture.figure.axes[0].texts]


def test_a_case_that_is_never_below_zero_has_nothing_to_pay_back():
    cheap = plan(("team", "stay", 1, 12, 100, 100, 100), ("fee", "outsource", 1, 12, 60, 70, 80))
    assert "never below zero: nothing to pay back" in cash_fan(result(cheap)).alt


def test_the_fan_shows_the_months_of_the_option():
    found = result(many(), discount_rate=0.05)
    for option in ("outsource", "pilot"):
        lines = cash_fan(found, option).figure.axes[0].lines
        middle = next(line for line in lines if line.get_label() == "middle case")
        months = found.months[found.months["option"] == option]
        assert middle.get_xdata().tolist() == months["month"].tolist()
        assert middle.get_ydata().tolist() == months["saving_p50"].tolist()


def test_every_draw_is_in_a_bar_or_counted_and_nothing_saved_is_hatched():
    found = result(many(), reference=None)
    axes = saving_distribution(found).figure.axes[0]
    drawn = sum(bar.get_height() for bar in axes.patches)
    beyond = int(axes.get_xlabel().split("(")[1].split(" of")[0])
    assert drawn + beyond == 2000 and beyond <= 20
    hatched = sum(bar.get_height() for bar in axes.patches if bar.get_hatch())
    savings = found.savings("outsource")
    inside = (savings <= 0) & (savings >= min(bar.get_x() for bar in axes.patches))
    assert hatched == inside.sum() > 0


def test_draws_of_exactly_zero_save_nothing_in_the_picture_too():
    # The fee is 80, or 100 as in two of four past moves: half of the draws save 20 a month, half exactly nothing.
    from outsourcing_kit.business_case import reference_class

    past = reference_class(pd.DataFrame({"estimated": [80, 80, 80, 80], "actual": [80, 80, 100, 100]}))
    even = plan(("team", "stay", 1, 12, 100, 100, 100), ("fee", "outsource", 1, 12, 80, 80, 80))
    found = result(even, reference=past)
    bars = saving_distribution(found).figure.axes[0].patches
    zero = int((found.savings("outsource") == 0).sum())
    assert 900 < zero < 1100
    assert sum(bar.get_height() for bar in bars if bar.get_hatch()) == zero


@BOTH
def test_nothing_to_draw_says_what_is_missing(draw):
    assert draw(result(CERTAIN.iloc[:0])).alt == "Nothing to draw: needs table cash_flows."
    assert "keeps the work inside, called 'stay'" in draw(result(CERTAIN.iloc[1:])).alt
    assert draw(result(CERTAIN), "stay").alt == "Nothing to draw: savings are measured against 'stay' itself."
    with pytest.raises(UnknownNameError, match="Did you mean 'outsource'"):
        draw(result(CERTAIN), "outsourced")


CASES = {
    "certain": CERTAIN,
    "many lines": many(),
    "in one month": plan(("team", "stay", 0, 0, 100, 120, 200), ("move", "outsource", 0, 0, 90, 100, 180)),
    "far below zero": plan(("t", "stay", 1, 12, 100, 100, 110), ("fee", "outsource", 1, 12, 1e9, 1.2e9, 1.3e9)),
    "far above zero": plan(("t", "stay", 1, 12, 1e9, 1.01e9, 1.1e9), ("fee", "outsource", 1, 12, 1, 2, 3)),
    "cents": plan(("t", "stay", 1, 2, 0.1, 0.1, 0.11), ("fee", "outsource", 1, 2, 0.01, 0.02, 0.1)),
    "early payback": plan(
        ("t", "stay", 1, 60, 100, 100, 110), ("m", "outsource", 0, 0, 1, 2, 3), ("fee", "outsource", 1, 60, 1, 2, 3)
    ),
    "late payback": plan(
        ("t", "stay", 1, 60, 10, 10, 10), ("m", "outsource", 0, 0, 570, 580, 590), ("f", "outsource", 1, 60, 0, 0, 0)
    ),
    "nothing at all": plan(("t", "stay", 1, 2, 0, 0, 0), ("fee", "outsource", 1, 2, 0, 0, 0)),
}


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_words_are_cut_and_none_overlap(draw, case):
    assert_readable(draw(result(CASES[case])))


def test_long_names_are_cut_before_they_run_out_of_the_figure():
    name = "outsource to the provider that the board has chosen in the second round"
    table = CERTAIN.assign(option=CERTAIN["option"].replace({"outsource": name, "stay": f"not to {name}"}))
    found = result(table, against=f"not to {name}")
    assert math.isfinite(found.table["payback"].iloc[1])
    for draw in (cash_fan, saving_distribution):
        assert_readable(draw(found, name))
