"""Mistake 2: hand-worked examples, brute force, and oracles for vetoes, costs, cover, ratings and the total score."""

from __future__ import annotations

import datetime as dt
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outsourcing_kit import plots, task_selection
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import BadDataError, OutsourcingKitError, UnknownNameError
from outsourcing_kit.tables import VETOES
from outsourcing_kit.task_selection import process_cover, protected_tasks, rater_agreement, task_costs, topsis
from tests.made import roster, task, unchecked

LAST = dt.date(2026, 6, 30)


def make(
    tasks: list[dict[str, object]] | None = None, can_do: list[tuple[str, str]] | None = None, **tables: pd.DataFrame
) -> Engagement:
    frames = dict(tables)
    if tasks is not None:
        frames["tasks"] = pd.DataFrame(tasks)
    if can_do is not None:
        frames["can_do"] = pd.DataFrame(can_do, columns=["task", "person"])
    return unchecked({"observed_to": LAST}, **frames)


# --- headlines -----------------------------------------------------------------------------------------------------


def example() -> Engagement:
    """Outside: t1 10 h (core), t2 20 h (legal veto), t3 30 h cheap, t4 40 h costly; t5 stays, 900 h and core.

    protected = (10 + 20)/100; not cheaper = t4's 40/100; billing holds t1 and t3 (ana can do both), payroll t2 and t4:
    for t4 there is only ben, who left on the last day on record, and vera of the provider. So 1 of 2 processes.
    """
    return make(
        [
            task("t1", hours_per_month=10.0, core=True, quoted_price=20.0),
            task("t2", "payroll", hours_per_month=20.0, veto_legal=True, quoted_price=20.0),
            task("t3", hours_per_month=30.0, plan="share", quoted_price=20.0),
            task("t4", "payroll", hours_per_month=40.0, quoted_price=60.0),
            task("t5", "sales", "stay", hours_per_month=900.0, core=True),
        ],
        can_do=[("t1", "ana"), ("t2", "ana"), ("t3", "ana"), ("t4", "ben"), ("t4", "vera")],
        people=roster(ana=None, ben="2026-06-30", vera=None),
    )


def test_the_three_headlines_by_hand():
    finding = task_selection.assess(example())
    protected, not_cheaper, no_skill = finding.headlines
    assert (protected.estimate, protected.verdict, protected.n) == (0.3, "problem", 4)
    assert (not_cheaper.estimate, not_cheaper.low, not_cheaper.high) == (0.4, 0.4, 0.4)
    assert (not_cheaper.verdict, not_cheaper.n) == ("problem", 4)
    assert (no_skill.estimate, no_skill.verdict, no_skill.n) == (0.5, "problem", 2)
    assert finding.verdict == "problem"
    assert finding.measure("outside_share").estimate == 0.1
    assert finding.evidence["inside_people"].fillna(-1).tolist() == [1, 1, 1, 0, -1]


def test_actions_name_the_tasks_and_the_reasons():
    actions = task_selection.assess(example()).actions
    assert "t2 (legal), t1 (core)" in actions[0]
    assert "t4 (0%)" in actions[1]
    assert "here: t4;" in actions[2]


def test_nothing_wrong_is_fine_and_says_so():
    engagement = make([task("t1", quoted_price=20.0)], can_do=[("t1", "ana")], people=roster(ana=None))
    finding = task_selection.assess(engagement)
    assert finding.verdict == "fine" and [m.answer for m in finding.headlines] == ["fine"] * 3
    # What is fine asks for one thing, that keeps it so.
    [keep] = finding.actions
    assert keep.startswith("Nothing here speaks against")


def test_shares_of_hours_against_a_slow_loop():
    rng = np.random.default_rng(3)
    rows = [
        task(
            f"t{i}",
            plan=str(rng.choice(["stay", "outsource", "share"])),
            hours_per_month=float(rng.integers(0, 90)),
            quoted_price=float(rng.choice([20.0, 45.0, 70.0, np.nan])),
            core=bool(rng.random() < 0.3),
            veto_secret=bool(rng.random() < 0.2),
        )
        for i in range(60)
    ]
    finding = task_selection.assess(make(rows), draws=200)
    evidence = finding.evidence.set_index("task")
    outside = locked = unclear = 0.0
    for row in rows:
        if row["plan"] == "stay":
            continue
        outside += row["hours_per_month"]
        locked += row["hours_per_month"] if row["core"] or row["veto_secret"] else 0.0
        chance = evidence.loc[row["task"], "cheaper"]
        unclear += row["hours_per_month"] if math.isnan(chance) or chance < 0.8 else 0.0
    assert 0 < locked < outside
    assert finding.measure("protected_hours").estimate == pytest.approx(locked / outside)
    assert finding.measure("not_cheaper").estimate == pytest.approx(unclear / outside)
    assert finding.measure("no_inside_skill").settled_by == "needs table can_do"


def test_every_missing_table_or_column_is_named_and_never_raises():
    assert [m.settled_by for m in task_selection.assess(make()).headlines] == ["needs table tasks"] * 3
    whole = dict(example().tables)
    for table in ("tasks", "can_do", "people"):
        others = {name: frame for name, frame in whole.items() if name != table}
        # A table without rows is as good as none.
        for tables in (others, {**whole, table: whole[table].iloc[:0]}):
            finding = task_selection.assess(make(**tables))
            assert finding.measure("no_inside_skill").settled_by == f"needs table {table}"
            assert "inside_people" not in finding.evidence or finding.evidence["inside_people"].isna().all()
            assert any(f"table {table}" in action for action in finding.actions)
    for column, measure in (
        ("core", "protected_hours"),
        ("quoted_price", "not_cheaper"),
        ("process", "no_inside_skill"),
    ):
        # Only the headline that needs it is lost.
        finding = task_selection.assess(make(**{**whole, "tasks": whole["tasks"].drop(columns=column)}))
        lost = [m.settled_by for m in finding.headlines if m.verdict == "not assessed"]
        assert lost == [f"needs table tasks, column {column}"]
        assert finding.measure(measure).verdict == "not assessed"


def test_nothing_outside_or_no_hours_is_not_assessed():
    stays = task_selection.assess(make([task("t1", plan="stay")], can_do=[("t1", "ana")], people=roster(ana=None)))
    assert {m.settled_by for m in stays.headlines} == {"no task has plan outsource or share"}
    idle = task_selection.assess(make([task("t1", hours_per_month=0.0)]))
    assert idle.measure("protected_hours").settled_by == "no task planned outside has hours_per_month above 0"


def test_vetoes_that_nobody_was_asked_about_leave_the_fact_open():
    row = {name: value for name, value in task("t1", quoted_price=20.0).items() if name != "veto_secret"}
    measure = task_selection.assess(make([row])).measure("protected_hours")
    assert (measure.estimate, measure.high, measure.verdict) == (0.0, 1.0, "cannot tell")
    assert "veto_secret" in measure.settled_by
    locked = task_selection.assess(make([{**row, "core": True}])).measure("protected_hours")
    assert locked.verdict == "problem"


BLANKS = (None, pd.NA, float("nan"), "", "\u00a0")


@pytest.mark.parametrize("blank", BLANKS)
def test_blank_vetoes_are_the_same_as_none_in_the_table(blank):
    rows = [task("t1", quoted_price=20.0), task("t2", quoted_price=20.0, plan="stay")]
    blanks = make([{**row, **dict.fromkeys(VETOES, blank)} for row in rows])
    absent = make([{name: value for name, value in row.items() if name not in VETOES} for row in rows])
    one, other = task_selection.assess(blanks), task_selection.assess(absent)
    assert one.headlines[0] == other.headlines[0]
    assert one.actions == other.actions
    assert plots.picture(one).alt == plots.picture(other).alt
    measure = one.headlines[0]
    assert (measure.estimate, measure.high, measure.verdict) == (0.0, 1.0, "cannot tell")
    assert measure.settled_by == f"asking about {', '.join(VETOES)} (1 task each): nobody said yes or no"
    assert "asks those who would know" in one.actions[0] and all(veto in one.actions[0] for veto in VETOES)


FLAG = st.sampled_from([True, False, None])


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.lists(FLAG, min_size=7, max_size=7), st.integers(0, 3)), min_size=1, max_size=5))
def test_a_blank_flag_is_what_either_answer_would_make_it(rows):
    """The fact runs from all blanks no to all blanks yes; it is fine only where no answer could change that."""
    names = ("core", *VETOES, "veto_of_our_own")
    tasks = [
        task(f"t{place}", hours_per_month=float(hours), **dict(zip(names, flags, strict=True)))
        for place, (flags, hours) in enumerate(rows)
    ]
    total = sum(hours for _, hours in rows)
    measure = task_selection.assess(make(tasks), draws=10).headlines[0]
    if not total:
        assert measure.verdict == "not assessed"
        return
    known = sum(hours for flags, hours in rows if True in flags) / total
    most = sum(hours for flags, hours in rows if True in flags or None in flags) / total
    assert (measure.estimate, measure.high) == pytest.approx((known, most))
    assert measure.verdict == ("problem" if known else "cannot tell" if most else "fine")
    asked = [name for place, name in enumerate(names) if any(f[place] is None and True not in f for f, _ in rows)]
    if measure.verdict == "cannot tell":
        assert sorted(re.findall(r"core|veto_\w+", measure.settled_by)) == sorted(asked)


def test_one_blank_among_four_no_is_the_one_named():
    rows = [task("t1", veto_secret=None), task("t2", quoted_price=60.0), task("t3", veto_legal=True, veto_secret=None)]
    finding = task_selection.assess(make(rows[:2]))
    assert finding.headlines[0].settled_by == "asking about veto_secret (1 task): nobody said yes or no"
    decided = task_selection.assess(make(rows))
    assert decided.headlines[0].verdict == "problem"
    assert "veto_secret (1 task)" in " ".join(decided.actions)
    costs = task_costs(pd.DataFrame(rows))
    assert "? secret" in repr(costs)
    assert "1 perhaps (nobody said)" in repr(task_selection.naive_selection(costs.table, cost_weight=1.0))
    assert "1 open as nobody said" in plots.picture(decided).alt


def test_limits_are_the_users_and_checked():
    finding = task_selection.assess(example(), limits={"protected_hours": 0.5, "task_selection.not_cheaper": 0.4})
    assert [m.verdict for m in finding.headlines] == ["fine", "fine", "problem"]
    with pytest.raises(UnknownNameError, match="not_cheaper"):
        task_selection.assess(example(), limits={"not_cheap": 0.5})


# --- costs and chances ---------------------------------------------------------------------------------------------


def test_costs_by_hand_for_both_quote_units():
    hidden = {"management_hours": 2.0, "rework_share": 0.05, "onboarding_hours": 12.0}
    hidden |= {"switching_cost": 600.0, "exit_cost": 1200.0}
    rows = [
        task("t1", **hidden),
        task("t2", quoted_price=1500.0, quote_unit="month", horizon_months=12.0, **hidden),
    ]
    table = task_costs(pd.DataFrame(rows)).table
    # t1: 1200 + 100 + 100 + 2400/24; t2: 1500 + 100 + 100 + 2400/12.
    assert table["in_house_cost"].tolist() == [2000.0, 2000.0]
    assert table["outside_cost"].tolist() == [1500.0, 1900.0]
    assert table["saving"].tolist() == [500.0, 100.0]
    assert table[["price", "managing", "rework", "one_off"]].values.tolist() == [
        [1200, 100, 100, 100],
        [1500, 100, 100, 200],
    ]
    assert task_costs(pd.DataFrame(rows), horizon_months=48).table["one_off"].tolist() == [50.0, 200.0]


def test_chance_without_hidden_costs_has_a_closed_form():
    """A fixed price of 2,100 against 2,000 × h: outside is cheaper where h > 1.05, whatever the correlation."""
    from scipy import stats

    table = task_costs(pd.DataFrame([task("t1", quoted_price=2100.0, quote_unit="month")]))
    lognormal = stats.lognorm(np.log(1.5) / 2 / stats.norm.ppf(0.975), scale=math.sqrt(0.96))
    exact = [
        stats.beta(3, 3, loc=0.8, scale=0.4).sf(1.05),
        stats.triang(0.5, loc=0.8, scale=0.4).sf(1.05),
        lognormal.sf(1.05),
    ]
    # The highest is the inside view: there is no hidden cost to lift the outside price.
    assert table.table["cheaper_high"].iloc[0] == pytest.approx(max(exact), abs=0.015)


def test_chances_against_plain_draws_of_an_independent_program():
    """Central assumptions with scipy's distributions, task by task, draw by draw, plain random numbers."""
    from scipy import stats

    rng = np.random.default_rng(11)
    rows = [
        task(f"t{i}", hours_per_month=float(h), quoted_price=float(q), quote_unit=u, management_hours=float(m),
             rework_share=r, onboarding_hours=20.0, switching_cost=300.0)
        for i, (h, q, u, m, r) in enumerate(
            [(30, 38, "hour", 2, 0.05), (60, 40, "hour", 6, 0.02), (25, 900, "month", 1, 0.1)]
        )
    ]  # fmt: skip
    n = 40_000
    z = rng.multivariate_normal(np.zeros(3), np.full((3, 3), 0.3) + 0.7 * np.eye(3), size=n)
    u = stats.norm.cdf(z)
    hours_factor = stats.beta(3, 3, loc=0.8, scale=0.4).ppf(u[:, 0])
    hidden_factor = stats.beta(1.8, 4.2, loc=0.5, scale=2.5).ppf(u[:, 1])
    least = stats.uniform(0.05, 0.07).ppf(u[:, 2])
    expected = []
    for row in rows:
        wins = 0
        for f, g, s in zip(hours_factor, hidden_factor, least, strict=True):
            hours = row["hours_per_month"] * f
            price = hours * row["quoted_price"] if row["quote_unit"] == "hour" else row["quoted_price"]
            managing = max(row["management_hours"] * 50 * g, s * price)
            rest = (row["rework_share"] * hours * 50 + (20 * 50 + 300) / 24) * g
            wins += price + managing + rest < hours * 50
        expected.append(wins / n)
    assert min(expected) > 0.05 and max(expected) < 0.95
    np.testing.assert_allclose(task_costs(pd.DataFrame(rows), draws=20_000).table["cheaper"], expected, atol=0.012)


def test_a_knife_edge_is_cannot_tell_and_more_draws_do_not_narrow_it():
    none = {"rework_share": 0.0, "onboarding_hours": 0.0, "switching_cost": 0.0, "exit_cost": 0.0}
    quotes = [42.0, 43.0, 44.0, 41.0, 20.0]
    rows = [task(f"t{i}", quoted_price=quote, management_hours=3.0, **none) for i, quote in enumerate(quotes)]
    few = task_selection.assess(make(rows), draws=1000).measure("not_cheaper")
    many = task_selection.assess(make(rows), draws=16_000).measure("not_cheaper")
    assert few.low < few.limit < few.high and few.verdict == "cannot tell"
    assert "a month of recorded managing and rework hours on t" in few.settled_by
    assert many.high - many.low >= 0.9 * (few.high - few.low)


def test_no_quote_or_no_unit_is_not_clearly_cheaper_and_counted():
    rows = [task("t1", quoted_price=np.nan), task("t2", quote_unit=None), task("t3", quoted_price=20.0)]
    costs = task_costs(pd.DataFrame(rows))
    assert costs.table["cheaper"].isna().tolist() == [True, True, False]
    assert costs.table["clearly_cheaper"].tolist() == [False, False, True]
    assert costs.assumptions["not_cheaper"].round(6).unique().tolist() == [0.666667]
    assert "Outside tasks without a quote count as not clearly cheaper: 1." in costs.notes
    assert costs.table["blank"].str.endswith("quote_unit").tolist() == [False, True, False]
    assert "no quote" in repr(costs)


def test_blank_hidden_costs_are_the_same_as_no_columns_and_said():
    bare = task_costs(pd.DataFrame([task("t1")]))
    blank = task_costs(pd.DataFrame([task("t1", management_hours=np.nan, exit_cost=np.nan, horizon_months=np.nan)]))
    pd.testing.assert_frame_equal(bare.table, blank.table)
    assert any("Blank, so unknown: 1 × management_hours, 1 × rework_share" in note for note in blank.notes)


def test_same_seed_same_result_and_the_order_of_tasks_does_not_matter():
    rows = [task(f"t{i}", quoted_price=40.0 + i, management_hours=2.0) for i in range(6)]
    first, again = task_costs(pd.DataFrame(rows)).table, task_costs(pd.DataFrame(rows)).table
    pd.testing.assert_frame_equal(first, again)
    back = task_costs(pd.DataFrame(rows[::-1])).table.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, back)


def test_more_tasks_than_fit_one_block():
    rows = [task(f"t{i}", quoted_price=40.0 + i % 7) for i in range(600)]
    chances = task_costs(pd.DataFrame(rows), draws=100).table["cheaper"].to_numpy()
    assert (chances[:7] == chances[588:595]).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"quoted_price": -1.0}, "quoted_price"),
        ({"in_house_rate": 1e15}, "in_house_rate"),
        ({"rework_share": "many"}, "rework_share"),
        ({"quote_unit": "fortnight"}, "quote_unit.*hour or month"),
        ({"plan": "outsorce"}, "plan.*outsource"),
        ({"core": "perhaps"}, "core.*yes or no"),
        ({"veto_of_our_own": "perhaps"}, "veto_of_our_own.*yes or no"),
    ],
)
def test_cells_that_are_none_are_refused_by_name(values, message):
    with pytest.raises(BadDataError, match=message):
        task_costs(pd.DataFrame([task("t1", **values)]))


def test_wrong_use_of_task_costs():
    assert task_costs(pd.DataFrame([task("t1")]).drop(columns="in_house_rate")).missing.endswith("column in_house_rate")
    for wrong, mend in (({"draws": 0}, "draws=4000"), ({"horizon_months": 0}, "horizon_months=24")):
        with pytest.raises(OutsourcingKitError, match=mend):
            task_costs(pd.DataFrame([task("t1")]), **wrong)
    for call in (task_costs, protected_tasks, rater_agreement):
        with pytest.raises(OutsourcingKitError, match="frame of pandas"):
            call([task("t1")])


def test_empty_tables_show_themselves_and_say_what_is_missing():
    nothing = pd.DataFrame()
    for result, missing in (
        (task_costs(nothing), "needs table tasks"),
        (protected_tasks(nothing), "needs table tasks"),
        (rater_agreement(nothing), "needs table ratings"),
        (process_cover(nothing, nothing, nothing, LAST), "needs table tasks"),
        (process_cover(pd.DataFrame([task("t1")]), nothing, nothing, LAST), "needs table can_do"),
        (topsis(task_costs(nothing).table, weights={"saving": 1}), "no rows to score"),
    ):
        assert result.missing == missing and missing in repr(result) and missing in result._repr_html_()
        assert result.table.empty and result.table.columns.tolist() == [*result.columns]


# --- vetoes --------------------------------------------------------------------------------------------------------


def test_locks_read_every_flag_and_name_what_nobody_said():
    rows = [task("t1", veto_no_owner=True, core=True), task("t2", veto_legal=None), task("t3", veto_identity=True)]
    found = protected_tasks(pd.DataFrame(rows, index=[7, 7, 9]))
    assert found.table["locked"].tolist() == [True, False, True]
    assert found.table["locked_by"].tolist() == ["core, no owner", "", "identity"]
    assert found.table["unsaid"].tolist() == ["", "veto_legal", ""]
    assert "t2    billing  outsource  ? legal" in repr(found)
    assert "Open until somebody says: veto_legal (1 task)." in repr(found)
    assert "2 of 3 tasks planned outside are core or vetoed, 67% of the hours" in repr(found)
    assert "Nothing to take back." in repr(protected_tasks(pd.DataFrame([task("t1")])))
    own = protected_tasks(pd.DataFrame([task("t1", veto_of_our_own="yes")])).table
    assert own["locked_by"].tolist() == ["of our own"]
    assert protected_tasks(pd.DataFrame(rows).drop(columns="plan")).missing == "needs table tasks, column plan"
