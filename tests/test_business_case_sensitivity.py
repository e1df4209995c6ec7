"""What matters most: two lines by hand, exact shares of the variance, and every number again by the plain case."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.business_case import naive_saving, reference_class, sensitivity, simulate_cash_flows
from outsourcing_kit.business_case.swings import OVERRUN
from outsourcing_kit.engagement import Engagement, sample_engagements
from tests.made import past as items

COLUMNS = ["line", "option", "kind", "first_month", "last_month", "low", "likely", "high"]
# 12 × 100 inside, 12 × 80 outside
TWO = pd.DataFrame(
    [("team", "stay", "cost", 1, 12, 95, 100, 105), ("agency", "outsource", "cost", 1, 12, 70, 80, 110)],
    columns=COLUMNS,
)


def flows(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def plan(low: float, likely: float, high: float, option: str = "outsource", **more: object) -> pd.DataFrame:
    """One uncertain line of 12 months beside a certain 100 a month of the other option."""
    other = "stay" if option == "outsource" else "outsource"
    rows = flows(("fee", option, "cost", 1, 12, low, likely, high), ("rest", other, "cost", 1, 12, 100, 100, 100))
    return rows.assign(**more)


def past(*ratios: float | None):
    return reference_class(items(*ratios))


def a_plan(seed: int, lines: int = 6) -> pd.DataFrame:
    """A plan of both options, with benefits, one-off lines, certain ones and p10-p90 ranges among them."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 12, lines)
    amounts = np.sort(rng.lognormal(3, 1, (lines, 3)), axis=1)
    amounts[rng.random(lines) < 0.15] = rng.lognormal(3, 1)
    rows = pd.DataFrame(
        {
            "line": [f"line {number}" for number in range(lines)],
            "option": ["outsource", "stay", *rng.choice(["outsource", "stay"], lines - 2)],
            "kind": ["cost", "cost", *rng.choice(["cost", "cost", "benefit"], lines - 2)],
            "first_month": first,
            "last_month": first + rng.choice([0, 5, 23], lines),
            "low": amounts[:, 0],
            "likely": amounts[:, 1],
            "high": amounts[:, 2],
            "range_means": rng.choice(["limits", "limits", "p10-p90"], lines),
        }
    )
    # A line that is certain has no deciles.
    rows.loc[rows["low"] == rows["high"], "range_means"] = "limits"
    return rows


def saving_with(rows: pd.DataFrame, number: int | None = None, amount: float = 0.0, ratio: float = 1.0) -> float:
    """Slow and plain: one line set to an amount, or all costs of the option multiplied, and the case worked out."""
    changed = rows.copy()
    names = ["low", "likely", "high"]
    changed[names] = changed[names].astype(float)
    if number is not None:
        changed.loc[number, names] = amount
    planned = (changed["option"] == "outsource") & (changed["kind"] == "cost")
    changed.loc[planned, names] *= ratio
    return naive_saving(changed, discount_rate=0.08).saving


# --- two lines by hand ----------------------------------------------------------------------------------------------


def test_two_lines_by_hand():
    found = sensitivity(TWO, discount_rate=0, shape="triangular")
    assert found.table.columns.tolist() == [
        "line", "option", "kind", "low", "likely", "high", "saving_at_low", "saving_at_high", "swing", "variance_share",
        "turning_point", "beyond", "range_means",
    ]  # fmt: skip
    agency, team = found.table.to_dict("records")
    assert found.saving == 240  # 12 × (100 − 80)
    assert (agency["line"], team["line"]) == ("agency", "team")
    # 12 × (100 − 70), 12 × (100 − 110); zero at 100
    assert (agency["saving_at_low"], agency["saving_at_high"], agency["swing"]) == (360, -120, 480)
    assert agency["turning_point"] == pytest.approx(100)
    # 12 × (95 − 80), 12 × (105 − 80); zero at 80
    assert (team["saving_at_low"], team["saving_at_high"], team["swing"]) == (180, 300, 120)
    assert team["turning_point"] == pytest.approx(80)
    # triangle: P(x ≥ 100) = (110 − 100)² / ((110 − 70)(110 − 80)) = 1/12
    assert agency["beyond"] == pytest.approx(1 / 12, abs=1e-4) and team["beyond"] == 0
    # variances (a² + m² + b² − am − ab − bm)/18: 1300/18 and 75/18
    assert agency["variance_share"] == pytest.approx(1300 / 1375, abs=1e-5)
    assert team["variance_share"] == pytest.approx(75 / 1375, abs=1e-5)
    text = repr(found)
    assert text.startswith("Saving of 'outsource' over 'stay' at the likely amounts: 240 (present value at 0% a year)")
    assert found.in_words in text and found.in_words.replace("'", "&#x27;") in found._repr_html_()


def test_months_and_interest():
    # 1,000 once, in month 12, at 21% a year: worth 1000/1.21
    once = flows(("fee", "outsource", "cost", 12, 12, 0, 500, 1000), ("team", "stay", "cost", 12, 12, 605, 605, 605))
    row = sensitivity(once, discount_rate=0.21).table.iloc[0]
    assert row["swing"] == pytest.approx(1000 / 1.21) and row["turning_point"] == pytest.approx(605)
    assert row["saving_at_high"] == pytest.approx((605 - 1000) / 1.21)


def test_benefits_pull_the_other_way():
    rows = flows(
        ("team", "stay", "cost", 1, 1, 100, 100, 100),
        ("sale of desks", "outsource", "benefit", 1, 1, 0, 30, 50),
        ("agency", "outsource", "cost", 1, 1, 120, 120, 120),
    )
    found = sensitivity(rows, discount_rate=0, shape="uniform")
    row = found.table.iloc[0]
    # 100 − 120 + benefit: nothing at 20, and 2/5 of the range is below
    assert (row["line"], row["saving_at_low"], row["saving_at_high"]) == ("sale of desks", -20, 30)
    assert row["turning_point"] == pytest.approx(20) and row["beyond"] == pytest.approx(0.4, abs=1e-4)
    assert "'sale of desks' stays above 20 a month (likely 30, at least 0)" in found.in_words
    assert found.table["kind"].tolist() == ["benefit", "cost", "cost"]


# --- the linear model, analytically ---------------------------------------------------------------------------------


def pert_moments(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    a, m, b = (rows[name].to_numpy(dtype=float) for name in ("low", "likely", "high"))
    mean = (a + 4 * m + b) / 6
    return mean, (mean - a) * (b - mean) / 7


def weights_of(rows: pd.DataFrame, rate: float) -> np.ndarray:
    """Present value of 1 a month, month by month."""
    return np.array(
        [
            sum((1 + rate) ** (-month / 12) for month in range(int(first), int(last) + 1))
            for first, last in zip(rows["first_month"], rows["last_month"], strict=True)
        ]
    )


def test_shares_of_a_sum_are_the_beta_distributions_own():
    for seed in range(4):
        rows = a_plan(seed, 8).assign(range_means="limits")
        found = sensitivity(rows, discount_rate=0.08).table.set_index("line")["variance_share"]
        parts = weights_of(rows, 0.08) ** 2 * pert_moments(rows)[1]
        assert found[rows["line"]].tolist() == pytest.approx((parts / parts.sum()).tolist(), abs=1e-5)
        # A line that is certain decides exactly nothing.
        assert (found[rows["line"][rows["low"] == rows["high"]]] == 0).all()


@pytest.mark.parametrize("shape", ["pert", "triangular", "lognormal", "uniform"])
def test_shares_are_those_of_the_draws(shape):
    # One line at a time uncertain, the others at likely: the variance of the simulated saving, line by line.
    rows, draws = a_plan(5), 20_000
    variances = []
    for number in rows.index:
        alone = rows.assign(**{end: rows["likely"].where(rows.index != number, rows[end]) for end in ("low", "high")})
        variances.append(simulate_cash_flows(alone, shape=shape, draws=draws).savings().var())
    found = sensitivity(rows, shape=shape).table.set_index("line")["variance_share"][rows["line"]]
    # The error of a variance of n draws: √((κ − 1)/n), κ = 12 for the long tails here.
    assert found.tolist() == pytest.approx((np.array(variances) / np.sum(variances)).tolist(), abs=0.03)


def test_shares_with_an_overrun():
    # saving = room − ratio × planned cost, ratio 1, 1, 1.5 or 2, variance .171875; planned 12·70 + 100 = 940
    rows = flows(
        ("team", "stay", "cost", 1, 12, 80, 100, 140),
        ("agency", "outsource", "cost", 1, 12, 60, 70, 100),
        ("exit", "outsource", "cost", 12, 12, 50, 100, 200),
        ("grant", "outsource", "benefit", 1, 1, 0, 50, 60),
    )
    parts = np.append(np.array([12, 1]) ** 2 * pert_moments(rows)[1][[0, 3]], 940**2 * 0.171875)
    result = sensitivity(rows, reference=past(1.0, 2.0, 1.0, 1.5), discount_rate=0)
    found = result.table.set_index("line")
    shares = found.loc[["team", "grant", OVERRUN], "variance_share"].tolist()
    assert shares == pytest.approx((parts / parts.sum()).tolist(), abs=1e-5)
    # What the plan's own lines do is part of the overrun; their swings stand on their own.
    assert found.loc[["agency", "exit"], "variance_share"].isna().all()
    assert found.loc["agency", "swing"] == 12 * 40 and "have no share of their own" in " ".join(result.notes)


# --- brute force ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_every_number_again_by_the_plain_case(seed):
    rows = a_plan(seed)
    reference = past(0.9, 1.2, 1.4, None) if seed % 2 else None
    found = sensitivity(rows, reference=reference, discount_rate=0.08)
    money = float((rows["high"] * weights_of(rows, 0.08)).sum())
    assert found.saving == pytest.approx(saving_with(rows), abs=1e-9 * money)
    assert len(found.table) == len(rows) + (reference is not None)
    assert found.table["swing"].is_monotonic_decreasing
    for row in found.table.to_dict("records"):
        if row["line"] == OVERRUN:
            at = {name: saving_with(rows, ratio=row[name]) for name in ("low", "high")}
            at_nothing = saving_with(rows, ratio=0.0)
        else:
            number = rows.index[rows["line"] == row["line"]][0]
            assert [row[name] for name in ("low", "likely", "high")] == rows.loc[
                number, ["low", "likely", "high"]
            ].tolist()
            at = {name: saving_with(rows, number, row[name]) for name in ("low", "high")}
            at_nothing = saving_with(rows, number, 0.0)
        assert row["saving_at_low"] == pytest.approx(at["low"], abs=1e-9 * money)
        assert row["saving_at_high"] == pytest.approx(at["high"], abs=1e-9 * money)
        assert row["swing"] == pytest.approx(abs(at["high"] - at["low"]), abs=1e-9 * money)
        if not math.isnan(row["turning_point"]):
            assert row["turning_point"] >= 0
            at_it = (
                saving_with(rows, ratio=row["turning_point"])
                if row["line"] == OVERRUN
                else saving_with(rows, number, row["turning_point"])
            )
            assert at_it == pytest.approx(0, abs=1e-9 * money)
        else:
            # Blank only where the saving has the same sign from 0 on.
            far = saving_with(rows, ratio=1e6) if row["line"] == OVERRUN else saving_with(rows, number, 1e9)
            assert at_nothing * far > 0


@pytest.mark.parametrize("shape", ["pert", "triangular", "lognormal", "uniform"])
def test_beyond_by_drawing_the_line_alone(shape):
    rows, draws = a_plan(2), 20_000
    for row in sensitivity(rows, discount_rate=0.08, shape=shape).table.to_dict("records"):
        alone = rows["line"] == row["line"]
        changed = rows.assign(**{end: rows["likely"].where(~alone, rows[end]) for end in ("low", "high")})
        drawn = simulate_cash_flows(changed, shape=shape, discount_rate=0.08, draws=draws).savings()
        assert row["beyond"] == pytest.approx(np.mean(drawn <= 0), abs=4 * math.sqrt(0.25 / draws))


def test_p10_p90_ranges_have_their_tenth_beyond():
    # The saving is gone at 110, the 90th percentile of the fee; with limits nothing lies beyond.
    rows = plan(70, 80, 100, range_means="p10-p90")
    assert sensitivity(rows).table.loc[0, "beyond"] == pytest.approx(0.1, abs=1e-3)
    assert sensitivity(rows.drop(columns="range_means")).table.loc[0, "beyond"] == 0
    words = sensitivity(plan(70, 80, 110, range_means="p10-p90")).in_words
    assert "(likely 80, in 9 of 10 cases at most 110)" in words


# --- the sentence ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (plan(70, 80, 110), "as long as 'fee' stays below 100 a month (likely 80, at most 110)"),
        (
            plan(70, 80, 90),
            "over the whole range of 'fee' (70 to 90), all else as planned; it would have to rise to 100",
        ),
        (plan(90, 120, 150), "only if 'fee' stays below 100 a month (likely 120, at least 90)"),
        (plan(110, 120, 150), "only if 'fee' were below 100 a month, outside its range (110 to 150)"),
        (plan(80, 120, 130, "stay"), "as long as 'fee' stays above 100 a month (likely 120, at least 80)"),
        (plan(60, 80, 130, "stay"), "only if 'fee' stays above 100 a month (likely 80, at most 130)"),
        (plan(70, 99.999, 110), "stays below 100 a month (likely 99.999, at most 110)"),
        (plan(80, 80, 80), "outsourcing saves 240 (present value)"),
        (plan(120, 120, 120), "outsourcing loses 240 (present value)"),
        (plan(100, 100, 100), "neither saves nor loses anything"),
    ],
)
def test_the_sentence(rows, words):
    assert words in sensitivity(rows, discount_rate=0).in_words


def test_the_sentence_where_no_amount_turns_it():
    dear = flows(*plan(0, 10, 50).itertuples(index=False), ("more", "outsource", "cost", 1, 12, 130, 130, 130))
    found = sensitivity(dear, discount_rate=0)
    assert found.in_words == (
        "Outsourcing would not save whatever 'fee' comes to, all else as planned: even at 0 a month 360 would be lost."
    )
    row = found.table.iloc[0]
    assert math.isnan(row["turning_point"]) and row["beyond"] == 1
    cheap = flows(*plan(0, 10, 50, "stay").itertuples(index=False), ("more", "stay", "cost", 1, 12, 130, 130, 130))
    found = sensitivity(cheap, discount_rate=0)
    assert found.in_words == (
        "Outsourcing saves whatever 'fee' comes to, all else as planned: even at 0 a month 360 would be saved."
    )
    assert found.table["beyond"].tolist() == [0, 0, 0]


def test_the_sentence_names_other_options_and_lines_of_the_same_name():
    rows = plan(70, 80, 110).assign(line="tools").replace({"option": {"outsource": "pilot"}})
    found = sensitivity(rows, option="pilot", discount_rate=0)
    assert found.in_words == (
        "Option 'pilot', against 'stay', saves as long as 'tools' of 'pilot' stays below 100 a month (likely 80, at "
        "most 110), all else as planned."
    )
    assert "option 'pilot', against 'stay', saves 240" in (
        sensitivity(rows.assign(low=rows["likely"], high=rows["likely"]), option="pilot", discount_rate=0).in_words
    )


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", [0, 40])
def test_the_sentence_is_true(first_seed):
    """Whatever the plan: what the sentence says of saving and losing is what the single-number case says."""
    for seed in range(first_seed, first_seed + 40):
        rows = a_plan(seed, 4)
        found = sensitivity(rows, discount_rate=0.08)
        words, first = found.in_words, found.table.iloc[0]
        number = rows.index[rows["line"] == first["line"]][0]
        saves = {name: saving_with(rows, number, float(first[name])) > 0 for name in ("low", "likely", "high")}
        if "whatever" in words:
            far = {saving_with(rows, number, amount) > 0 for amount in (0.0, 100.0 * float(first["high"]))}
            assert {*saves.values(), *far} == {" saves whatever" in words}, seed
            continue
        limit = float(re.search(r"(?:below|above|rise to|fall to) ([\d,.]+) a month", words)[1].replace(",", ""))
        # Two per cent off the limit, which is told in three digits or more, decide it.
        sides = [saving_with(rows, number, share * limit) > 0 for share in (0.98, 1.02)]
        assert sides == ([True, False] if "below" in words or "rise" in words else [False, True]), seed
        assert saves["likely"] == ("as long as" in words or "over the whole range" in words), seed
        over, outside = "over the whole range" in words, "outside its range" in words
        assert {saves["low"], saves["high"]} == ({True} if over else {False} if outside else {True, False}), seed


# --- the overrun ----------------------------------------------------------------------------------------------------


def test_the_overrun_by_hand():
    # 1,200 inside, 960 outside: nothing is left at 1.25 times; three of four past moves took 1.5 times.
    found = sensitivity(plan(75, 80, 85), reference=past(1.0, 1.5, 1.5, 1.5), discount_rate=0)
    row = found.table.iloc[0]
    assert (row["line"], row["kind"], row["option"], row["likely"]) == (OVERRUN, "overrun", "outsource", 1)
    # type 7: positions .3 and 2.7 of 1, 1.5, 1.5, 1.5
    assert (row["low"], row["high"]) == (pytest.approx(1.15), 1.5)
    assert row["saving_at_low"] == pytest.approx(1200 - 1.15 * 960) and row["saving_at_high"] == 1200 - 1440
    assert row["turning_point"] == pytest.approx(1.25) and row["beyond"] == 0.75
    assert found.in_words == (
        "Outsourcing saves as long as its costs stay below 1.25 times their likely amounts, all else as planned; 3 of "
        "4 past items took that many times their estimate or more."
    )
    assert found.ends == [["1.15 times", "1.5 times"], ["75", "85"], ["100"]]
    text = repr(found)
    assert "1.15 times" in text and "1.25 times" in text and "4 past items, 0 of them abandoned" in text
    # The lines' own rows are those of the plan as it stands.
    alone = sensitivity(plan(75, 80, 85), discount_rate=0).table
    names = ["line", "saving_at_low", "saving_at_high", "swing", "turning_point", "beyond"]
    pd.testing.assert_frame_equal(found.table[names].iloc[1:].reset_index(drop=True), alone[names])


def test_an_overrun_of_a_plan_that_loses():
    words = sensitivity(plan(110, 125, 130), reference=past(0.7, 1.0, None), discount_rate=0).in_words
    # 1200/1500 = .8
    assert words == (
        "Outsourcing saves only if its costs stay below 0.8 times their likely amounts, all else as planned; 1 of 3 "
        "past items stayed below that many times their estimate, abandoned ones counted as the largest."
    )


def test_an_overrun_cannot_help_where_staying_earns():
    rows = flows(
        ("fee", "outsource", "cost", 1, 1, 10, 10, 10),
        ("team", "stay", "cost", 1, 1, 5, 5, 5),
        ("sales", "stay", "benefit", 1, 1, 50, 50, 50),
    )
    found = sensitivity(rows, reference=past(0.5, 2.0), discount_rate=0)
    assert found.in_words == "Outsourcing would not save even if its costs came to nothing, all else as planned."
    assert math.isnan(found.table.loc[0, "turning_point"]) and found.table.loc[0, "beyond"] == 1


def test_an_overrun_that_is_the_turning_point_on_paper_counts_as_beyond():
    # 110 against 1.1 × 100: 1.1 is no exact number in a computer, whatever the months and the interest
    for last in range(1, 25):
        rows = flows(
            ("team", "stay", "cost", 1, last, 110, 110, 110),
            ("fee", "outsource", "cost", 1, last, 100, 100, 100),
        )
        found = sensitivity(rows, reference=past(0.5, 1.1))
        assert found.table.loc[0, ["line", "beyond"]].tolist() == [OVERRUN, 0.5]


def test_only_the_overrun_varies():
    found = sensitivity(plan(80, 80, 80), reference=past(1.0, 1.5), discount_rate=0)
    assert found.table["line"].tolist()[0] == OVERRUN
    shares = found.table.set_index("line")["variance_share"]
    assert shares[OVERRUN] == 1
    assert shares["rest"] == 0 and math.isnan(shares["fee"])


def test_a_reference_class_that_cannot_be_drawn_from():
    for reference, words in (
        (past(None, None), "no past work of this kind was finished"),
        (reference_class(pd.DataFrame()), "needs table estimates"),
    ):
        found = sensitivity(TWO, reference=reference)
        assert OVERRUN not in found.table["line"].tolist() and words in " ".join(found.notes)


def test_one_ratio_for_all_past_items_does_not_vary():
    found = sensitivity(plan(80, 80, 80), reference=past(1.3, 1.3), discount_rate=0)
    row = found.table.set_index("line").loc[OVERRUN]
    assert row["swing"] == 0 and row["saving_at_low"] == pytest.approx(1200 - 1.3 * 960)
    assert found.table["variance_share"].isna().all() and "Every line is one amount" in found.in_words


# --- what it refuses, and what it lacks -----------------------------------------------------------------------------


def test_nothing_varies():
    found = sensitivity(plan(80, 80, 80))
    assert found.table["variance_share"].isna().all() and (found.table["swing"] == 0).all()
    assert found.table["beyond"].tolist() == [0, 0]
    assert sensitivity(plan(100, 100, 100), discount_rate=0).table["beyond"].tolist() == [1, 1]


def test_names_that_are_missing_and_lines_of_other_options():
    rows = pd.concat([TWO.assign(line=[None, "agency"]), TWO.assign(option="pilot", line="x")], ignore_index=True)
    found = sensitivity(rows)
    assert found.table["line"].tolist() == ["agency", "line 1"]
    assert len(sensitivity(TWO.drop(columns="line")).table) == 2


@pytest.mark.parametrize("name", sample_engagements())
def test_the_samples(name):
    sample = Engagement.load(name)
    reference = reference_class(sample.estimates, sample.settings.plan_class)
    found = sensitivity(sample.cash_flows, reference=reference)
    assert found.saving == pytest.approx(naive_saving(sample.cash_flows).saving)
    # All of the variance is somebody's.
    shares = found.table["variance_share"]
    assert shares.sum() == pytest.approx(1)
    ours = (found.table["option"] == "outsource") & (found.table["kind"] == "cost")
    assert shares.isna().tolist() == ours.tolist()
