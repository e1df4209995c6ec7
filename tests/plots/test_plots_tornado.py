"""The tornado: its words come from the numbers, its bars end where the table says, and no word is cut or covered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from readable import assert_readable

from outsourcing_kit.business_case import reference_class
from outsourcing_kit.business_case.swings import sensitivity
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.plots import tornado

COLUMNS = ["line", "option", "kind", "first_month", "last_month", "low", "likely", "high"]


def flows(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def two(low: float, likely: float, high: float) -> pd.DataFrame:
    return flows(("team", "stay", "cost", 1, 12, 95, 100, 105), ("fee", "outsource", "cost", 1, 12, low, likely, high))


def past(*ratios: float):
    return reference_class(pd.DataFrame({"estimated": 10.0, "actual": [10 * ratio for ratio in ratios]}))


def many(lines: int, name: str = "line {}", size: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(lines)
    amounts = size * np.sort(rng.lognormal(3, 1, (lines, 3)), axis=1)
    return pd.DataFrame(
        {
            "line": [name.format(number) for number in range(lines)],
            "option": ["outsource", "stay"] * (lines // 2) + ["stay"] * (lines % 2),
            "kind": "cost", "first_month": 1, "last_month": 24, "low": amounts[:, 0], "likely": amounts[:, 1],
            "high": amounts[:, 2],
        }
    )  # fmt: skip


def draw(cash_flows: pd.DataFrame, **settings: object):
    result = sensitivity(cash_flows, discount_rate=0, **settings)
    return result, tornado(result)


def bars_of(picture) -> dict[int, list[tuple[float, float]]]:
    """Ends of the bars of each row, from the top."""
    found: dict[int, list[tuple[float, float]]] = {}
    for bar in picture.figure.axes[0].patches:
        place = round(bar.get_y() + bar.get_height() / 2)
        found.setdefault(place, []).append(tuple(sorted((bar.get_x(), bar.get_x() + bar.get_width()))))
    return found


def words_of(picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_alt_text_by_hand():
    # 240 saved; fee at 70 saves 360, at 110 loses 120; team at 95 saves 180, at 105 300
    _, picture = draw(two(70, 80, 110))
    assert picture.alt == (
        "Tornado of 2 lines around a saving of 240 at the likely amounts (present value): 'fee' moves it most, from "
        "360 at 70 a month to -120 at 110. 1 of them alone would end the saving within the range drawn."
    )


def test_alt_text_of_a_plan_that_loses_and_of_one_that_never_turns():
    assert draw(two(90, 120, 150))[1].alt == (
        "Tornado of 2 lines around a loss of 240 at the likely amounts (present value): 'fee' moves it most, from 120 "
        "at 90 a month to -600 at 150. 1 of them alone would bring a saving within the range drawn."
    )
    assert "None of them alone would end the saving" in draw(two(60, 70, 75))[1].alt
    assert "None of them alone would bring a saving" in draw(two(150, 170, 175))[1].alt


def test_alt_text_without_any_range():
    certain = two(80, 80, 80).assign(low=[100, 80], likely=[100, 80], high=[100, 80])
    _, picture = draw(certain)
    assert picture.alt == (
        "Tornado of 2 lines around a saving of 240 at the likely amounts (present value): none has a range, so none "
        "moves it."
    )
    assert not bars_of(picture) and "80, no range" in words_of(picture)


def test_bars_end_where_the_table_says():
    result, picture = draw(many(9))
    bars = bars_of(picture)
    for place, row in enumerate(result.table.to_dict("records")):
        parts = bars[place]
        ends = sorted((row["saving_at_low"], row["saving_at_high"]))
        assert [min(low for low, _ in parts), max(high for _, high in parts)] == pytest.approx(ends)
        # The two parts meet at the likely saving.
        assert any(low == pytest.approx(result.saving) for low, _ in parts)
        assert any(high == pytest.approx(result.saving) for _, high in parts)
    assert [label.get_text() for label in picture.figure.axes[0].get_yticklabels()] == [
        f"{row['line']} ({row['option']})" for row in result.table.to_dict("records")
    ]


def test_low_and_high_ends_differ_by_more_than_colour():
    _, picture = draw(two(70, 80, 110))
    hatches = {bar.get_hatch() for bar in picture.figure.axes[0].patches}
    assert len(hatches) == 2
    markers = {line.get_marker() for line in picture.figure.axes[0].lines} - {"None", None, ""}
    assert {"o", "s"} <= markers
    # The ring stands at the low amount, the square at the high one.
    at = {line.get_marker(): line.get_xdata()[0] for line in picture.figure.axes[0].lines if line.get_ydata()[0] == 0}
    assert (at["o"], at["s"]) == (360, -120)


def test_at_most_twelve_lines_and_the_rest_in_words():
    result, picture = draw(many(25))
    axes = picture.figure.axes[0]
    assert len(axes.get_yticklabels()) == 12
    widest = result.table["swing"].iloc[12]
    assert f"13 more lines not drawn: swing {widest:,.0f} or less" in axes.get_xlabel()
    assert picture.alt.startswith("Tornado of 12 lines") and "13 more lines not drawn: swing" in picture.alt
    _, picture = draw(many(13))
    assert "1 more line not drawn" in picture.figure.axes[0].get_xlabel()
    _, picture = draw(many(12))
    assert "not drawn" not in picture.figure.axes[0].get_xlabel() + picture.alt


def test_the_overrun_that_past_work_never_went_without():
    # All past work took at least 1.2 times: the bar lies beside the likely saving, with ratios at its ends.
    result, picture = draw(two(79, 80, 81), reference=past(1.2, 1.2, 1.5, 1.6))
    assert result.table["line"].iloc[0] == "overrun of the whole plan"
    (part,) = bars_of(picture)[0]
    row = result.table.iloc[0]
    assert part == pytest.approx((row["saving_at_high"], row["saving_at_low"])) and part[1] < result.saving
    assert "1.2 times" in words_of(picture) and "from 48.0 at 1.2 times" in picture.alt
    assert (
        picture.figure.axes[0].get_yticklabels()[0].get_text() == "overrun of the whole plan\n(outsource, p10 to p90)"
    )


def test_zero_is_drawn_or_pointed_to():
    assert "no saving" in words_of(draw(two(70, 80, 110))[1])
    assert "← no saving at 0" in words_of(draw(two(9.9, 10, 10.2))[1])
    assert "no saving at 0 →" in words_of(draw(two(990, 1000, 1020))[1])


def test_an_empty_result_says_what_is_missing():
    result, picture = draw(pd.DataFrame())
    assert picture.alt == f"Nothing to draw: {result.missing}." == "Nothing to draw: needs table cash_flows."


def sample(name: str):
    engagement = Engagement.load(name)
    reference = reference_class(engagement.estimates, engagement.settings.plan_class)
    return engagement.cash_flows, {"reference": reference}


LONG = "line {} with a rather long name of a good many words that nobody reads"
PLANS = {
    "two lines": lambda: (two(70, 80, 110), {}),
    "no range": lambda: (two(80, 80, 80).assign(low=100, likely=100, high=100), {}),
    "zero left": lambda: (two(9.9, 10, 10.2), {}),
    "zero right": lambda: (two(990, 1000, 1020), {}),
    "all to the left": lambda: (pd.concat([two(70, 70, 110).iloc[1:], many(3).assign(low=9, likely=9, high=9)]), {}),
    "25 long names": lambda: (many(25, LONG), {}),
    "large": lambda: (many(8, "Donaudampfschifffahrtsgesellschaft{}", 1e8), {"reference": past(1.3, 1.4, 2.0)}),
    "small": lambda: (many(5, "l{}", 1e-4).assign(kind=["cost", "cost", "benefit", "benefit", "cost"]), {}),
    "gold-rush": lambda: sample("gold-rush"),
    "steady": lambda: sample("steady"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_no_word_is_cut_and_none_covers_another(name):
    cash_flows, settings = PLANS[name]()
    assert_readable(draw(cash_flows, **settings)[1])
