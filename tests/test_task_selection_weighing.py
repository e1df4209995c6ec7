"""One total score per row: TOPSIS against the published example, a slow loop, and what it must refuse."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.task_selection import naive_selection, task_costs, topsis
from tests.made import task

FIGHTERS = pd.DataFrame(
    [[2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5],
     [1.8, 2000, 21000, 4.5, 7, 7], [2.2, 1800, 20000, 5.0, 5, 5]],
    columns=["speed", "range", "payload", "cost", "reliability", "manoeuvre"],
    index=["A1", "A2", "A3", "A4"],
)  # fmt: skip
WEIGHTS = {"speed": 0.2, "range": 0.1, "payload": 0.1, "cost": 0.1, "reliability": 0.2, "manoeuvre": 0.3}


def test_topsis_gives_the_published_scores_of_four_aircraft():
    table = topsis(FIGHTERS, weights=WEIGHTS, minimise=["cost"]).table
    # The third is .61354; .613 comes from distances that were rounded first.
    np.testing.assert_allclose(table["score"], [0.643, 0.268, 0.613, 0.312], atol=6e-4)
    assert table["to_best"].round(4).tolist() == [0.0546, 0.1197, 0.0580, 0.1009]
    assert table["to_worst"].round(4).tolist() == [0.0984, 0.0439, 0.0920, 0.0458]
    assert table.index.tolist() == ["A1", "A2", "A3", "A4"]


def test_topsis_ignores_the_units_of_columns_and_the_sum_of_weights():
    scaled = FIGHTERS * [1e-200, 1e12, 1, 7, 1e200, 3]
    fifty = {name: 50 * weight for name, weight in WEIGHTS.items()}
    first, second = (topsis(t, weights=w, minimise=["cost"]) for t, w in ((FIGHTERS, WEIGHTS), (scaled, fifty)))
    np.testing.assert_allclose(first.table["score"], second.table["score"])
    assert sum(second.weights.values()) == pytest.approx(1)


def test_topsis_against_a_slow_loop():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(7, 3)), columns=list("abc"))
    weights, less = {"a": 0.5, "b": 0.3, "c": 0.2}, ["b"]
    found = topsis(frame, weights=weights, minimise=less).table["score"]
    v = {c: [w * x / math.sqrt(sum(y * y for y in frame[c])) for x in frame[c]] for c, w in weights.items()}
    best = {c: min(v[c]) if c in less else max(v[c]) for c in v}
    worst = {c: max(v[c]) if c in less else min(v[c]) for c in v}
    for i in range(7):
        up = math.sqrt(sum((v[c][i] - best[c]) ** 2 for c in v))
        down = math.sqrt(sum((v[c][i] - worst[c]) ** 2 for c in v))
        assert found[i] == pytest.approx(down / (up + down))


def test_topsis_edge_cases():
    constant = FIGHTERS.assign(wings=2.0, seats=0.0)
    more = {**WEIGHTS, "wings": 0.5, "seats": 0.5}
    found = topsis(constant, weights=more, minimise=["cost", "wings"])
    np.testing.assert_allclose(found.table["score"], [0.643, 0.268, 0.613, 0.312], atol=6e-4)
    one = topsis(FIGHTERS.head(1), weights=WEIGHTS)
    assert math.isnan(one.table["score"].iloc[0]) and "do not differ" in repr(one)
    gap = FIGHTERS.assign(speed=[2.0, np.nan, 1.8, 2.2])
    scores = topsis(gap, weights=WEIGHTS, minimise=["cost"])
    without = topsis(FIGHTERS.drop(index="A2"), weights=WEIGHTS, minimise=["cost"])
    assert scores.table["score"].drop("A2").tolist() == without.table["score"].tolist()
    assert "1 of 4 rows have a blank" in repr(scores)
    flags = topsis(
        pd.DataFrame({"core": [True, False], "saving": [9, 9]}), weights={"core": 1, "saving": 1}, minimise=["core"]
    )
    assert flags.table["score"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": {"sped": 1}}, "Did you mean 'speed'"),
        ({"weights": {"speed": 1}, "minimise": ["cost"]}, "weighted column to minimise"),
        ({"weights": {"cost": 1}, "minimise": "cost"}, r"minimise=\['cost'\]"),
        ({"weights": {}}, "expected numbers from 0"),
        ({"weights": {"speed": 0.0}}, "expected numbers from 0"),
        ({"weights": {"speed": -1, "cost": 3}}, "expected numbers from 0"),
        ({"weights": {"speed": float("nan")}}, "expected numbers from 0"),
        ({"weights": {"name": 1}}, "'A1'"),
        ({"weights": {"digits": 1}}, "'1'; expected finite"),
        ({"weights": {"endless": 1}}, "inf; expected finite"),
        ({"table": [1], "weights": {"speed": 1}}, "frame of pandas"),
    ],
)
def test_topsis_refuses_what_it_cannot_weigh(arguments, message):
    frame = FIGHTERS.assign(name=FIGHTERS.index, digits=["1", "2", "3", "4"], endless=[1, 2, 3, np.inf])
    with pytest.raises(OutsourcingKitError, match=message):
        topsis(**{"table": frame, **arguments})


# --- what a total score does to vetoes -----------------------------------------------------------------------------


def costs(savings: list[float], locked: list[bool]) -> pd.DataFrame:
    """Tasks of 10 hours at 100 inside, whose quote leaves exactly these savings a month; nan for no quote."""
    month = {"hours_per_month": 10.0, "in_house_rate": 100.0, "quote_unit": "month"}
    rows = [
        task(f"t{i}", plan="stay", quoted_price=1000.0 - saving, veto_legal=lock, **month)
        for i, (saving, lock) in enumerate(zip(savings, locked, strict=True))
    ]
    return task_costs(pd.DataFrame(rows), draws=10).table


def test_cheapness_buys_off_a_veto_from_some_weight_on():
    """Savings 600 (locked), 300, 0. v = (600, 300, 0)/670.8 and (1, 0, 0): locked t0 has distances w* = 1 - w to the
    best and .894 w to the worst, so it is sent where .894 w >= 1 - w, from w = .528 on."""
    found = naive_selection(costs([600.0, 300.0, 0.0, float("nan")], [True, False, False, False]))
    locked = found.by_weight.set_index("cost_weight")["locked_sent"]
    assert locked.loc[:0.5].tolist() == [0] * 6 and locked.loc[0.6:].tolist() == [1] * 5
    assert found.by_weight["locked_hours"].tolist() == [0.0] * 6 + [10.0] * 5
    assert found.table["task"].tolist()[0] == "t0" and len(found.table) == 3
    said = repr(found).partition("\n")[0]
    assert "sends out 2 of the 3 tasks" in said and "of which 1 must stay" in said and "cost weight of 60%" in said
    # A free task that scores better still stands below the locked one.
    order = naive_selection(costs([600.0, 590.0, 0.0], [False, True, False]))
    assert order.table["task"].tolist()[0] == "t0" and order._view()["task"].tolist()[:2] == ["t1", "t0"]


def test_no_lock_no_quote_and_no_tasks_show_themselves():
    free = repr(naive_selection(costs([600.0, 300.0], [False, False])))
    assert "of which 0 must stay" in free and "no cost weight" in free
    held = naive_selection(costs([600.0, 300.0], [True, True]), cost_weight=0.0)
    assert "At this weight the score sends no task outside." in repr(held)
    unquoted = naive_selection(costs([float("nan")], [True]))
    assert unquoted.table.empty and unquoted.by_weight.empty and "needs table tasks" in repr(unquoted)
    empty = naive_selection(costs([600.0], [True]).iloc[:0])
    assert "needs table tasks" in empty._repr_html_()
    with pytest.raises(OutsourcingKitError, match="share from 0 to 1"):
        naive_selection(costs([600.0], [True]), cost_weight=70)
    for other in ([1], pd.DataFrame(), costs([600.0], [True]).drop(columns="saving")):
        with pytest.raises(OutsourcingKitError, match="task_costs"):
            naive_selection(other)
