"""Reference class forecasting: worked by hand, against slow loops and the real records, and what it refuses."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import business_case as bc
from outsourcing_kit.business_case.past_work import ratio_quantile
from outsourcing_kit.business_case.published import PUBLISHED
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

KITCHENHAM = Path(__file__).parents[2] / "shared" / "data" / "estimates" / "kitchenham.csv"


def past(ratios: list[float | None], name: str = "move", **columns: object) -> pd.DataFrame:
    """Past work estimated at 100 each; None is abandoned."""
    return pd.DataFrame(
        {
            "reference_class": name,
            "estimated": 100.0,
            "actual": [np.nan if ratio is None else 100 * ratio for ratio in ratios],
            "status": ["abandoned" if ratio is None else "finished" for ratio in ratios],
            **columns,
        }
    )


def test_by_hand():
    # 1.0, 1.1 … 2.0: eleven items, type 7 puts the 80th percentile on the ninth, 1.8. Planned 50,000, budget 60,000.
    lines = pd.DataFrame(
        {"line": ["fee"], "option": "outsource", "kind": "cost", "first_month": 1, "last_month": 10,
         "low": 4000, "likely": 5000, "high": 9000}
    )  # fmt: skip
    view = bc.outside_view(
        bc.contingency(lines, 60_000), past([1 + step / 10 for step in range(11)]), plan_class="move"
    )
    used = view.table.iloc[0]
    assert (view.planned, view.budget, view.reference_class) == (50_000, 60_000, "move")
    assert used["ratio"] == pytest.approx(1.8) and view.reserve == pytest.approx(0.8)
    assert used["cost"] == pytest.approx(90_000) and view.beyond_plan == pytest.approx(40_000)
    # Binomial(11, .8): P(B ≤ 5) = .0117, P(B ≤ 6) = .0504; so the 6th smallest, 1.5, bounds it at 95%; .8¹¹ = .086 is
    # too likely for an upper end.
    assert used["reserve_low"] == pytest.approx(0.5) and used["reserve_high"] == math.inf
    assert "9 of 11 past items stayed within 180% of the estimate: 90,000 for this one, 40,000 above the plan" in repr(
        view
    )
    assert "The budget is 30,000 below that" in repr(view)
    assert "is open" in view.in_words


def test_every_other_class_is_shown():
    records = pd.concat([past([1.0] * 40), past([1.5] * 40, "software")])
    view = bc.outside_view(1000, records, plan_class="move")
    assert view.table["reference_class"].tolist() == ["move", "software", *(item.name for item in PUBLISHED)]
    assert view.reserve == 0 and view.table["reserve"].iloc[1] == pytest.approx(0.5)
    assert view.other_classes == "another class would have asked for a reserve of 13% to 115%"
    assert "Another class would have" in repr(view)
    one = bc.outside_view(1000, past([1.0] * 40))
    assert one.reference_class == "all past work" and one.table["reference_class"].iloc[1] == PUBLISHED[0].name


def test_words_count_the_items_that_stayed_within():
    # Type 7 puts the 80th percentile of 1.0, 1.2, 1.4 at 1.2 + .6·.2 = 1.32: two of the three are within it.
    view = bc.outside_view(1000, past([1.0, 1.2, 1.4]), plan_class="move")
    assert view.reserve == pytest.approx(0.32) and view.within == 2
    assert view.in_words.startswith("2 of 3 past items stayed within 132% of the estimate")
    # (2·.8 + 1)/4 = .65: less than the 80% that were asked for, and said so.
    assert view.next_plan == 0.65
    assert "enough with a chance of about 65%, not 80%" in repr(view)
    many = bc.outside_view(1000, past([1 + step / 100 for step in range(100)]), plan_class="move")
    assert many.next_plan == pytest.approx((99 * 0.8 + 1) / 101) and "with a chance of" not in repr(many)


@pytest.mark.parametrize(("n", "q"), [(3, 0.8), (12, 0.8), (5, 0.5)])
def test_chance_that_a_reserve_is_enough_for_the_next_plan_by_brute_force(n, q):
    rng = np.random.default_rng(n)
    enough = sum(rng.random() <= np.quantile(rng.random(n), q) for _ in range(4000)) / 4000
    expected = bc.outside_view(1000, past((1 + rng.random(n)).tolist()), plan_class="move", confidence=q).next_plan
    assert enough == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 4000))


def test_a_class_of_two_supports_nothing():
    used = bc.outside_view(1000, past([1.1, 1.3]), plan_class="move").table.iloc[0]
    assert used["reserve_low"] == -math.inf and used["reserve_high"] == math.inf and used["n"] == 2


def test_clients_that_go_alike_count_for_less():
    ratios = [1.0] * 20 + [1.1] * 20 + [1.6] * 20
    alone = bc.outside_view(1000, past(ratios)).table.iloc[0]
    alike = bc.outside_view(1000, past(ratios, client=["a"] * 20 + ["b"] * 20 + ["c"] * 20)).table.iloc[0]
    assert alone["effective_n"] == 60 and alike["effective_n"] < 4
    assert alone["reserve_high"] == pytest.approx(0.6) and alike["reserve_high"] == math.inf


def test_abandoned_work_is_never_within_a_reserve():
    view = bc.outside_view(1000, past([1.0, 1.0, 1.0, None, None]), plan_class="move")
    assert view.reserve == math.inf and "no reserve would have been enough for 80%" in view.in_words


def test_published_classes():
    view = bc.outside_view(1000, "software tasks of one company", confidence=0.9)
    assert view.reserve == pytest.approx(1.0) and len(view.table) == 3
    assert view.table["reserve_low"].isna().all()
    # A quantile that is not published is not invented.
    beyond = bc.outside_view(1000, PUBLISHED[0].name, confidence=0.99)
    assert math.isnan(beyond.reserve) and "needs a confidence from 50% to 90%" in repr(beyond)
    # Between published ones it is read off: the source gives 1.91 for the 75th percentile of the Canadian projects.
    assert PUBLISHED[2].ratio(0.75) == pytest.approx(1.91, abs=0.005)
    table = bc.published_reference_classes().table
    assert (table["p50"] < table["p80"]).all() and (table["p80"] < table["p90"]).all()
    assert (table[["source", "known_bias"]].map(len) > 20).all().all()


@pytest.mark.skipif(not KITCHENHAM.is_file(), reason="needs ../shared/data: real records are not part of the project")
def test_the_published_figures_come_from_the_records():
    rows = pd.read_csv(KITCHENHAM)
    ratio = np.sort((rows["Actual.effort"] / rows["First.estimate"]).to_numpy())
    first = PUBLISHED[0]
    assert len(ratio) == first.n and (rows["Client.code"] == rows["Client.code"].mode()[0]).sum() == 116
    for q, figure in ((0.5, first.p50), (0.8, first.p80), (0.9, first.p90)):
        # Type 7 by hand: between the two values around position (n − 1)q.
        position = (len(ratio) - 1) * q
        below = int(position)
        by_hand = ratio[below] + (position - below) * (ratio[below + 1] - ratio[below])
        assert round(by_hand, 2) == figure


@pytest.mark.parametrize("n", [10, 20, 36, 80])
@pytest.mark.parametrize("q", [0.5, 0.8, 0.9])
def test_quantiles_of_heavy_tails_are_covered_at_every_n(n, q):
    """Ratios with a Pareto tail of exponent 1, which has no mean, and 5% abandoned: the interval holds the truth."""
    rng = np.random.default_rng(n)
    truth = 0.8 / (1 - q / 0.95)
    runs, held, closed = 400, 0, 0
    for _ in range(runs):
        ratios = np.where(rng.random(n) < 0.05, math.inf, 0.8 / (1 - rng.random(n)))
        found = ratio_quantile(ratios, np.arange(n), q, 0.95)
        held += found["low"] <= truth <= found["high"]
        closed += math.isfinite(found["high"])
    # Order statistics cover at least 95%; the tolerance is three standard errors of a share over 400 runs.
    assert held / runs >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / runs)
    # An upper end is claimed only where n supports one: 6 for the median, 17 for .8, 36 for .9 (1 − qⁿ ≥ .975).
    assert closed == 0 if q**n > 0.025 else closed > 0


def test_reserve_held_in_the_promised_share_of_new_plans():
    """A reserve from 200 items of a heavy-tailed class is enough for about 80% of new plans; the mean's is not."""
    rng = np.random.default_rng(5)
    enough = []
    for _ in range(200):
        ratios = 1 + 0.1 * rng.pareto(1.1, 200)
        view = bc.outside_view(1.0, past(ratios.tolist()))
        enough.append(np.mean(1 + 0.1 * rng.pareto(1.1, 2000) <= 1 + view.reserve))
    # The standard error of a share over 200 × 2,000 plans is below .002, that of the class's quantile .03/√200.
    assert np.mean(enough) == pytest.approx(0.8, abs=0.01)


def test_what_is_missing_is_said():
    nobody = bc.outside_view(1000, pd.DataFrame())
    assert "needs table estimates" in nobody.missing and math.isnan(nobody.reserve)
    # Who has no history still sees what others' would have said, and how to use one of them.
    assert nobody.table["reference_class"].tolist() == [item.name for item in PUBLISHED]
    assert "published classes; name one as the reference" in repr(nobody)
    view = bc.outside_view(1000, past([1.0]), plan_class="mov")
    assert "did you mean 'move'" in view.missing and "Not assessed" in repr(view)
    no_plan = bc.outside_view(bc.contingency(pd.DataFrame(), 10.0), past([1.0]))
    assert "cash_flows" in no_plan.missing


def test_wrong_input():
    with pytest.raises(UnknownNameError, match="Did you mean"):
        bc.outside_view(1000, "software tasks of one compani")
    with pytest.raises(OutsourcingKitError, match="confidence is 80"):
        bc.outside_view(1000, past([1.0]), confidence=80)
    with pytest.raises(OutsourcingKitError, match="above 0"):
        bc.outside_view(-5, past([1.0]))
    with pytest.raises(OutsourcingKitError, match="expected what the plan costs"):
        bc.outside_view("a lot", past([1.0]))
