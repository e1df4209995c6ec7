"""The premortem register: by hand, by a slow loop, by simulation, in any order."""

from __future__ import annotations

import math
import re
import sys
import time
from difflib import SequenceMatcher

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit.business_case.risks import _alike, risk_register
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.text import folded

COLUMNS = ["person", "risk", "prob_low", "prob_high", "loss_low", "loss_high"]


def listed(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


THREE = listed(
    ("ann", "Key person leaves", 0.1, 0.3, 1000, 3000),
    ("ben", "key  person leaves ", 0.4, 0.6, 4000, 4000),
    ("cem", "key person leaves", 0.2, 0.4, 2000, 6000),
    ("ann", "data leak", 0.0, 0.1, 10_000, 50_000),
    ("ben", "Data leak", 0.1, 0.1, 20_000, 20_000),
    ("cem", "strike", 0.5, 0.5, 100, 300),
)


# --- the register -----------------------------------------------------------------------------------------------------


def test_the_register_by_hand():
    # Leaves: middles .2·2,000 = 400, .5·4,000 = 2,000, .3·4,000 = 1,200, mean 1,200; own ranges 100–900, 1,600–2,400,
    # 400–2,400: one pair of three apart. Leak: .05·30,000 = 1,500, .1·20,000 = 2,000, mean 1,750; 0–5,000 holds
    # 2,000. Strike: .5·200 = 100; 50–150.
    result = risk_register(THREE, planned=100_000)
    rows = result.table.set_index("risk")
    assert rows.index.tolist() == ["Data leak", "key person leaves", "strike"]
    assert rows["people"].tolist() == [2, 3, 1]
    assert rows.loc["key person leaves"].tolist() == pytest.approx(
        [3, 1 / 3, 0.1, 0.6, 10_000 / 3, 1000, 6000, 1200, 100, 2400, 1 / 3]
    )
    assert rows.loc["Data leak"].tolist() == pytest.approx([2, 0.075, 0, 0.1, 25_000, 10_000, 50_000, 1750, 0, 5000, 0])
    assert rows.loc["strike"].tolist()[:-1] == pytest.approx([1, 0.5, 0.5, 0.5, 200, 100, 300, 100, 50, 150])
    assert math.isnan(rows.loc["strike", "disagreement"])
    assert (result.total, result.total_low, result.total_high) == pytest.approx((3050, 150, 7550))
    assert "3% of the plan (0% to 8%)" in repr(result)
    assert result.people == 3
    assert result.notes == ("1 of 3 risks said by one person only: ask (strike)",)
    assert repr(result).startswith(
        "Expected loss over 3 risks that 3 people named: 3,050 (150 to 7,550), 3% of the plan (0% to 8%)\n"
    )


def slowly(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The register risk by risk, person by person, pair by pair."""
    found: dict[str, dict[str, float]] = {}
    for key in {" ".join(name.split()).casefold() for name in rows["risk"]}:
        views: dict[str, list] = {}
        for row in rows.itertuples():
            if " ".join(row.risk.split()).casefold() == key:
                views.setdefault(row.person, []).append((row.prob_low, row.prob_high, row.loss_low, row.loss_high))
        own = [[sum(end) / len(end) for end in zip(*lists, strict=True)] for lists in views.values()]
        spans = [(a * c, b * d) for a, b, c, d in own]
        pairs = [(x, y) for place, x in enumerate(spans) for y in spans[:place]]
        found[key] = {
            "people": len(own),
            "prob": sum((a + b) / 2 for a, b, _, _ in own) / len(own),
            "loss": sum((c + d) / 2 for _, _, c, d in own) / len(own),
            "prob_low": min(each[0] for each in own),
            "prob_high": max(each[1] for each in own),
            "loss_low": min(each[2] for each in own),
            "loss_high": max(each[3] for each in own),
            "exposure": sum((a + b) / 2 * (c + d) / 2 for a, b, c, d in own) / len(own),
            "exposure_low": min(low for low, _ in spans),
            "exposure_high": max(high for _, high in spans),
            "disagreement": sum(x[1] < y[0] or y[1] < x[0] for x, y in pairs) / len(pairs) if pairs else math.nan,
        }
    return found


def random_lists(seed: int, n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    prob, loss = np.sort(rng.random((n, 2)), axis=1), np.sort(10 ** rng.uniform(2, 5, (n, 2)), axis=1)
    names = np.array(["Leak", "leak ", "LEAK", "strike", "price rise", "price  Rise", "flood", "one-off"])
    return pd.DataFrame(
        {
            "person": rng.choice([f"p{number}" for number in range(9)], n),
            "risk": rng.choice(names, n),
            "prob_low": prob[:, 0], "prob_high": prob[:, 1], "loss_low": loss[:, 0], "loss_high": loss[:, 1],
        }
    )  # fmt: skip


def test_the_register_by_a_slow_loop():
    for seed in range(5):
        rows = random_lists(seed, 10 + 30 * seed)
        result, expected = risk_register(rows), slowly(rows)
        table = result.table.set_index(result.table["risk"].str.casefold().str.split().str.join(" "))
        assert set(table.index) == set(expected)
        for key, values in expected.items():
            assert {name: table.loc[key, name] for name in values} == pytest.approx(values, nan_ok=True)
        assert result.total == pytest.approx(sum(values["exposure"] for values in expected.values()))
        assert table["exposure"].is_monotonic_decreasing


def test_the_order_of_the_rows_does_not_matter_to_the_last_bit():
    rows = random_lists(3)
    first = risk_register(rows)
    for seed in range(5):
        again = risk_register(rows.sample(frac=1, random_state=seed))
        pd.testing.assert_frame_equal(again.table, first.table, check_exact=True)
        assert again.notes == first.notes and again.total == first.total


def test_expected_exposure_is_what_simulated_years_lose():
    # Somebody's view is drawn, then within it a probability and a loss on their own, then whether the risk comes.
    rng = np.random.default_rng(0)
    n, total, variance = 200_000, np.zeros(200_000), 0.0
    for _, part in THREE.groupby(THREE["risk"].str.casefold().str.split().str.join(" ")):
        view = part.iloc[rng.integers(0, len(part), n)]
        prob = rng.uniform(view["prob_low"], view["prob_high"])
        loss = rng.uniform(view["loss_low"], view["loss_high"])
        lost = (rng.random(n) < prob) * loss
        total += lost
        variance += lost.var()
    assert total.mean() == pytest.approx(risk_register(THREE).total, abs=4 * math.sqrt(variance / n))


def test_ranges_that_only_touch_do_meet():
    # .1·3 is a tolerance above .3·1 in floating point.
    assert 0.1 * 3 != 0.3 * 1
    rows = listed(("a", "x", 0.0, 0.3, 0, 1), ("b", "x", 0.1, 0.5, 3, 9))
    assert risk_register(rows).table["disagreement"].tolist() == [0.0]
    apart = listed(("a", "x", 0.0, 0.3, 0, 1), ("b", "x", 0.11, 0.5, 3, 9))
    assert risk_register(apart).table["disagreement"].tolist() == [1.0]


def test_most_people_apart_asks_for_talk():
    rows = listed(*((f"p{n}", "flood", 0.1, 0.1, 10.0**n, 2 * 10.0**n) for n in range(1, 5)))
    result = risk_register(rows)
    assert result.table["disagreement"].tolist() == [1.0]
    assert result.notes == ("most people's ranges do not meet on flood: talk about it before you add it up",)


def test_names_much_alike_are_said_and_not_merged():
    rows = listed(
        ("a", "key person leaves", 0.1, 0.2, 1, 2), ("b", "Key people leave", 0.1, 0.2, 1, 2),
        ("a", "site 1 closes", 0.1, 0.2, 1, 2), ("b", "site 2 closes", 0.1, 0.2, 1, 2),
    )  # fmt: skip
    result = risk_register(rows)
    assert len(result.table) == 4
    assert [note for note in result.notes if "may be the same" in note] == [
        "'Key people leave' and 'key person leaves' may be the same"
    ]


def test_long_names_are_compared_by_their_beginning():
    # Whatever comes later: to compare all of it took longer than all else that diagnose does.
    long = "the provider loses the people who know our systems, and nobody told us " * 10
    assert len(_alike([f"{long} in site 1", f"{long} in site 2"])) == 1
    assert _alike([f"site 1: {long}", f"site 2: {long}"]) == []


def test_a_risk_given_twice_by_one_person_counts_once():
    twice = listed(("a", "x", 0.1, 0.3, 100, 300), ("a", " X", 0.3, 0.5, 300, 500), ("b", "x", 0.2, 0.4, 200, 400))
    result = risk_register(twice)
    # The mean of a's: .2 to .4, 200 to 400, as b's: .3·300 each.
    assert result.table["people"].tolist() == [2] and result.total == pytest.approx(90)
    assert result.notes == ("1 further row on a risk from the same person: the mean of them counts",)


def test_one_persons_list_is_said():
    result = risk_register(THREE[THREE["person"] == "ann"])
    assert result.people == 1 and result.table["disagreement"].isna().all()
    assert result.notes == ("one person's list only: let others write theirs, in silence, before you pool them",)
    assert repr(result).startswith("Expected loss over 2 risks that 1 person named: 1,900 (100 to 5,900)\n")


def test_rows_with_a_blank_are_left_out_and_counted():
    rows = THREE.astype({"person": object})
    rows.loc[0, "prob_high"] = np.nan
    rows.loc[4, "person"] = None
    rows.loc[5, "risk"] = "  "
    result = risk_register(rows)
    assert result.notes[0] == "3 rows with a blank left out" and result.table["people"].sum() == 3
    nothing = risk_register(rows.assign(loss_low=np.nan))
    assert nothing.missing.startswith("needs table risks, column loss_low, which is empty") and nothing.notes == (
        "6 rows with a blank left out",
    )
    assert repr(nothing).startswith("Not assessed")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prob_high": 30}, "row 1, column prob_high: found 30; expected at most 1. Mend: write 0.3 for 30%"),
        ({"prob_low": -0.1}, "column prob_low: found -0.1; expected at least 0"),
        ({"prob_low": 0.7}, "Risk 'key person leaves' has prob_low 0.7 .* expected prob_low ≤ prob_high"),
        ({"loss_high": 1}, r"loss_low 4000 and loss_high 1 \(1 such row\)"),
        ({"loss_low": -5}, "column loss_low: found -5"),
        ({"loss_high": math.inf}, "column loss_high: found inf"),
        ({"loss_high": "4,000 EUR"}, "column loss_high: found '4,000 EUR'; expected a number"),
    ],
)
def test_impossible_rows_are_named_and_people_are_not(change, words):
    rows = THREE.astype(dict.fromkeys(change, object))
    for name, value in change.items():
        rows.loc[1, name] = value
    with pytest.raises(OutsourcingKitError, match=words) as caught:
        risk_register(rows)
    assert "ben" not in str(caught.value)


def test_several_currencies_are_refused_and_one_is_not():
    with pytest.raises(OutsourcingKitError, match="risks holds amounts in EUR, USD; expected one currency"):
        risk_register(THREE.assign(currency=["EUR", "USD"] * 3))
    assert risk_register(THREE.assign(currency="EUR")).total == pytest.approx(3050)


def test_a_plan_that_costs_nothing_is_refused_and_an_unknown_one_has_no_share():
    for planned in (0, -5.0, math.inf, "much"):
        with pytest.raises(OutsourcingKitError, match="leave planned out"):
            risk_register(THREE, planned=planned)
    for planned in (None, math.nan):
        result = risk_register(THREE, planned=planned)
        assert math.isnan(result.planned) and "of the plan" not in repr(result)


def test_what_is_missing_is_said():
    assert risk_register(THREE.iloc[:0]).missing == "needs table risks"
    assert risk_register(pd.DataFrame()).missing == "needs table risks"
    assert risk_register(THREE.drop(columns="loss_low")).missing == "needs table risks, column loss_low"


def test_no_persons_name_is_shown():
    risks = Engagement.load("gold-rush").risks
    people = {person: f"zelda{number}" for number, person in enumerate(risks["person"].unique())}
    result = risk_register(risks.assign(person=risks["person"].map(people)), planned=500_000)
    for text in (repr(result), result._repr_html_(), result.table.to_csv()):
        assert "zelda" not in text
    assert result.people == len(people) and len(result.table) == risks["risk"].nunique()


def test_the_register_fits_a_page():
    risks = Engagement.load("gold-rush").risks
    register = risk_register(risks, planned=500_000)
    heading = repr(register).splitlines()[1].split("  ")
    shown = [name.strip() for name in heading if name.strip()]
    assert shown == ["risk", "people", "prob low", "prob high", "loss low", "loss high", "exposure", "disagreement"]
    # What is not shown is in the table, and its sum above it.
    assert {"exposure_low", "exposure_high"} <= set(register.table)
    total = register.table["exposure_high"].sum()
    assert register.total_high == pytest.approx(total) and f"{round(total):,}" in repr(register).splitlines()[0]


# --- names that are alike ---------------------------------------------------------------------------------------------


def one_each(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"person": "a", "risk": names, "prob_low": 0.1, "prob_high": 0.2, "loss_low": 100.0, "loss_high": 200.0}
    )


WORDS = ("key", "person", "leaves", "late", "data", "leak", "cost", "rise", "fee", "site", "1", "2", "quits", "É", "e")


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), max_size=8, unique_by=folded))
@settings(deadline=None, max_examples=80)
def test_the_pairs_found_are_those_of_comparing_every_pair(names):
    ordered = sorted(names)
    slow = []
    for second, other in enumerate(ordered):
        for first in ordered[:second]:
            ratio = SequenceMatcher(None, folded(first), folded(other), autojunk=False).ratio()
            if ratio >= 0.75 and re.findall(r"\d+", first) == re.findall(r"\d+", other):
                slow.append((-ratio, first, other))
    assert _alike(names) == [(first, other) for _, first, other in sorted(slow)]


@pytest.mark.skipif(sys.platform == "wasi", reason="the clock of a guest counts waiting as work")
def test_hundreds_of_long_names_are_compared_in_a_moment():
    rng = np.random.default_rng(0)
    often = [" ".join(rng.choice([word * 2 for word in WORDS], 40)) for _ in range(300)]
    nearly = [f"{'the key person leaves ' * 8}{''.join(rng.choice(list('abcdefgh'), 12))}" for _ in range(300)]
    for names in (often, nearly):
        begun = time.process_time()
        notes = risk_register(one_each(list(dict.fromkeys(names)))).notes
        # Each took half a minute; well below a second where nothing else runs.
        assert time.process_time() - begun < 4
    assert any("names are alike" in note for note in notes)


def test_one_risk_in_several_spellings_is_one_risk():
    names = ["Cafe\u0301 closes", "CAF\u00c9\u00a0closes", " caf\u00e9  closes ", "7", 7.0]
    table = risk_register(one_each(names).assign(person=["a", "b", "A ", "a", "b"])).table
    assert sorted(table["people"]) == [2, 3]
    long = risk_register(one_each(["x" * 100_000, "\x1b[31my"]))
    assert max(map(len, long.notes)) < 300
    assert "\x1b" not in " ".join(long.notes)
