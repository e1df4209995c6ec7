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
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.tables import VETOES
from outsourcing_kit.task_selection import process_cover, protected_tasks, rater_agreement, task_costs, topsis

SETTINGS = Settings(
    "example", "northwind", "brightdesk", "EUR", "Europe/Madrid", dt.date(2026, 1, 1), dt.date(2026, 6, 30)
)


def task(name: str, process: str = "billing", plan: str = "outsource", **values: object) -> dict[str, object]:
    row = {
        "task": name, "process": process, "hours_per_month": 40.0, "in_house_rate": 50.0, "quoted_price": 30.0,
        "quote_unit": "hour", "provider": "brightdesk", "plan": plan, "core": False,
        **dict.fromkeys(VETOES, False),
    }  # fmt: skip
    return {**row, **values}


def make(
    tasks: list[dict[str, object]] | None = None, can_do: list[tuple[str, str]] | None = None, **tables: pd.DataFrame
) -> Engagement:
    frames = dict(tables)
    if tasks is not None:
        frames["tasks"] = pd.DataFrame(tasks)
    if can_do is not None:
        frames["can_do"] = pd.DataFrame(can_do, columns=["task", "person"])
    return Engagement(SETTINGS, frames)


def people(**left: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person": list(left),
            "side": ["provider" if name.startswith("v") else "client" for name in left],
            "joined": pd.Timestamp("2025-01-01"),
            "left": pd.to_datetime(pd.Series(list(left.values()), dtype="object")),
        }
    )


def ratings(rows: list[tuple[str, str, str]], criterion: str = "core") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["task", "person", "rating"])
    return frame.assign(side="client", criterion=criterion)


# --- headlines -----------------------------------------------------------------------------------------------------


def example() -> Engagement:
    """Outside: t1 10 h (core), t2 20 h (legal veto), t3 30 h cheap, t4 40 h dear; t5 stays, 900 h and core.

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
        people=people(ana=None, ben="2026-06-30", vera=None),
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
    assert "learn t4 " in actions[2]


def test_nothing_wrong_is_fine_and_says_so():
    engagement = make([task("t1", quoted_price=20.0)], can_do=[("t1", "ana")], people=people(ana=None))
    finding = task_selection.assess(engagement)
    assert finding.verdict == "fine"
    assert finding.actions == ("Change nothing now; look again when the plan, a quote or the roster changes.",)


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
    empty = task_selection.assess(make())
    assert empty.verdict == "not assessed"
    assert [m.settled_by for m in empty.headlines] == ["needs table tasks"] * 3
    whole = example()
    no_skills = Engagement(SETTINGS, {"tasks": whole.tasks, "people": whole.people})
    assert task_selection.assess(no_skills).measure("no_inside_skill").settled_by == "needs table can_do"
    no_people = Engagement(SETTINGS, {"tasks": whole.tasks, "can_do": whole.can_do})
    finding = task_selection.assess(no_people)
    assert finding.measure("no_inside_skill").settled_by == "needs table people"
    assert finding.evidence["inside_people"].isna().all()
    for column, measure in (
        ("core", "protected_hours"),
        ("quoted_price", "not_cheaper"),
        ("process", "no_inside_skill"),
    ):
        less = Engagement(SETTINGS, {**whole.tables, "tasks": whole.tasks.drop(columns=column)})
        found = task_selection.assess(less).measure(measure)
        assert (found.verdict, found.settled_by) == ("not assessed", f"needs table tasks, column {column}")
    for table in ("tasks", "can_do", "people"):
        hollow = Engagement(SETTINGS, {**whole.tables, table: whole.tables[table].iloc[:0]})
        assert (
            task_selection.assess(hollow).measure("no_inside_skill").settled_by
            == f"needs table {table}, which has no rows"
        )


def test_nothing_outside_or_no_hours_is_not_assessed():
    stays = task_selection.assess(make([task("t1", plan="stay")], can_do=[("t1", "ana")], people=people(ana=None)))
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
    assert one.actions[0].startswith("Ask those who would know")


FLAG = st.sampled_from([True, False, None])


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
        assert re.findall(r"core|veto_\w+", measure.settled_by) == asked


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


def test_names_that_are_typed_differently_are_the_same():
    tasks = [task("Cafe\u0301 desk", process="billing\u00a0"), task("7", process="billing", plan="outsource ")]
    can_do = [("Caf\u00e9 desk", "ana "), (7.0, "ana")]
    cover = process_cover(
        pd.DataFrame(tasks), pd.DataFrame(can_do, columns=["task", "person"]), people(ana=None), "2026-06-30"
    )
    assert cover.table["inside_people"].tolist() == [1, 1]
    assert cover.processes["process"].tolist() == ["billing"]


def test_limits_are_the_users_and_checked():
    finding = task_selection.assess(example(), limits={"protected_hours": 0.5, "task_selection.not_cheaper": 0.4})
    assert [m.verdict for m in finding.headlines] == ["fine", "fine", "problem"]
    with pytest.raises(UnknownNameError, match="not_cheaper"):
        task_selection.assess(example(), limits={"not_cheap": 0.5})


def test_a_finding_on_real_like_ratings_alone():
    rows = [(f"t{i}", who, label) for who, labels in (("x", "aabbc"), ("y", "aabcc")) for i, label in enumerate(labels)]
    finding = task_selection.assess(make(ratings=ratings(rows), people=people(x=None, y=None)))
    assert finding.verdict == "not assessed"
    assert finding.measure("raters_say_the_same").estimate == 0.8
    # a a, a a, b b, b c, c c: observed 2/10; expected 1 − (4·3 + 3·2 + 3·2)/(10·9) = 66/90; alpha = 1 − .2/(66/90).
    assert finding.measure("rater_agreement").estimate == pytest.approx(1 - 0.2 * 90 / 66)
    assert finding.evidence["criterion"].tolist() == ["core"]


def test_the_rating_criterion_with_least_agreement_is_shown():
    good = ratings([(f"t{i}", who, str(i)) for who in "xy" for i in range(5)], "fit")
    bad = ratings(
        [
            (f"t{i}", who, str(v))
            for who, vs in (("x", [1, 2, 3, 4, 5]), ("y", [5, 4, 3, 2, 1]))
            for i, v in enumerate(vs)
        ],
        "core",
    )
    finding = task_selection.assess(make(ratings=pd.concat([good, bad])))
    assert "'core'" in finding.measure("rater_agreement").name
    assert finding.measure("rater_agreement").estimate < 0
    assert any("2 rated criteria" in line for line in finding.assumptions)


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
    rows = [task(f"t{i}", quoted_price=q, management_hours=3.0) for i, q in enumerate([42.0, 43.0, 44.0, 41.0, 20.0])]
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
    assert "Outside tasks without a readable quote count as not clearly cheaper: 2." in costs.notes
    assert "no quote" in repr(costs)


def test_blank_hidden_costs_are_the_same_as_none_and_said():
    bare = task_costs(pd.DataFrame([task("t1")]))
    blank = task_costs(pd.DataFrame([task("t1", management_hours=np.nan, exit_cost=np.nan, horizon_months=np.nan)]))
    pd.testing.assert_frame_equal(bare.table, blank.table)
    assert any("Blank and counted as 0: 1 × management_hours, 1 × exit_cost" in note for note in blank.notes)


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


def test_wrong_use_of_task_costs():
    with pytest.raises(OutsourcingKitError, match="in_house_rate"):
        task_costs(pd.DataFrame([task("t1")]).drop(columns="in_house_rate"))
    with pytest.raises(OutsourcingKitError, match="draws=4000"):
        task_costs(pd.DataFrame([task("t1")]), draws=0)
    with pytest.raises(OutsourcingKitError, match="horizon_months=24"):
        task_costs(pd.DataFrame([task("t1")]), horizon_months=0)


def test_empty_tables_show_themselves_and_say_what_is_missing():
    nothing = make()
    for result in (
        task_costs(nothing.tasks),
        rater_agreement(nothing.ratings),
        process_cover(nothing.tasks, nothing.can_do, nothing.people, "2026-06-30"),
        topsis(task_costs(nothing.tasks).table, weights={"saving": 1, "locked": 1}, minimise=["locked"]),
    ):
        assert result.table.empty
        assert ": no " in repr(result)
        assert ": no " in result._repr_html_()


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
    assert "needs table tasks" in protected_tasks(make().tasks)._repr_html_()
    with pytest.raises(OutsourcingKitError, match="lack column plan"):
        protected_tasks(pd.DataFrame(rows).drop(columns="plan"))


# --- cover ---------------------------------------------------------------------------------------------------------


def test_cover_counts_current_inside_people_only():
    tasks = pd.DataFrame([task("t1"), task("t2", plan="share"), task("t3", "sales"), task("t4", "hr", "stay")])
    can_do = pd.DataFrame(
        [(t, p) for t in ("t1", "t2", "t3") for p in ("gone", "vera", "soon")]
        + [("t1", "ana"), ("t1", "ana"), ("t1", "late"), ("t2", "late"), ("t4", "ana")],
        columns=["task", "person"],
    )
    roster = people(ana=None, gone="2026-06-30", late="2026-07-01", vera=None, soon=None)
    roster.loc[roster["person"] == "soon", "joined"] = pd.Timestamp("2026-07-15")
    cover = process_cover(tasks, can_do, roster, dt.date(2026, 6, 30))
    # gone left on the last day on record; late leaves a day later and still counts; soon has not joined yet.
    assert cover.table.values.tolist() == [["billing", "t1", 2], ["billing", "t2", 1], ["sales", "t3", 0]]
    assert cover.processes.values.tolist() == [["billing", 2, 0, 1, True], ["sales", 1, 1, 0, False]]


def test_cover_wants_a_day():
    nothing = make()
    with pytest.raises(OutsourcingKitError, match="observed_to"):
        process_cover(nothing.tasks, nothing.can_do, nothing.people, SETTINGS.end)


# --- raters --------------------------------------------------------------------------------------------------------


def test_agreement_on_numbers_is_ordinal_alpha_as_the_krippendorff_package_has_it():
    krippendorff = pytest.importorskip("krippendorff")
    observers = {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "c": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
    rows = [(f"u{i}", who, str(v)) for who, values in observers.items() for i, v in enumerate(values) if v]
    found = rater_agreement(ratings(rows)).table.iloc[0]
    grid = np.array([[np.nan if v is None else v for v in values] for values in observers.values()])
    assert found["scale"] == "numbers"
    assert found["alpha"] == pytest.approx(krippendorff.alpha(grid, level_of_measurement="ordinal"))
    assert found["alpha"] == pytest.approx(0.815388, abs=1e-6)
    assert found["low"] < found["alpha"] < found["high"]
    assert "95% interval over tasks" in repr(rater_agreement(ratings(rows)))
    assert (found["raters"], found["tasks"], found["tasks_rated_twice"]) == (4, 12, 11)
    assert math.isnan(found["kappa"])


def test_agreement_on_labels_against_loops_and_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    x = rng.choice(["core", "context", "unsure"], 80)
    y = np.where(rng.random(80) < 0.6, x, rng.choice(["core", "context", "unsure"], 80))
    rows = [(f"t{i}", who, str(v)) for who, values in (("x", x), ("y", y)) for i, v in enumerate(values)]
    found = rater_agreement(ratings(rows), replicates=0).table.iloc[0]
    assert found["scale"] == "labels"
    assert found["kappa"] == pytest.approx(metrics.cohen_kappa_score(x, y))
    assert found["agreement"] == pytest.approx(sum(a == b for a, b in zip(x, y, strict=True)) / 80)


SCALE = [("t1", "x", "1"), ("t1", "y", "1"), ("t2", "x", "2"), ("t2", "y", "3"), ("t3", "x", "5"), ("t3", "y", "4")]


@pytest.mark.parametrize("silent", ["n/a", "N/A", "-", "?", "none", "don't know", "", None])
def test_words_for_no_answer_are_left_out_and_keep_the_scale(silent):
    clean = rater_agreement(ratings(SCALE))
    found = rater_agreement(ratings([*SCALE, ("t4", "x", silent), ("t4", "y", "2")]))
    assert found.table["scale"].tolist() == ["numbers"]
    assert found.table["alpha"].tolist() == clean.table["alpha"].tolist()
    assert found.notes == ((f"left out of 'core': 1 × '{silent}': no answer",) if silent else ())


@pytest.mark.parametrize("odd", ["4 or 5", "4,5", "high", "inf", "1e400", "٤ ou 5"])
def test_an_odd_cell_among_numbers_is_left_out_and_named(odd):
    clean = rater_agreement(ratings(SCALE))
    found = rater_agreement(ratings([*SCALE, ("t4", "x", odd), ("t4", "y", odd)]))
    assert found.table[["scale", "alpha", "agreement"]].equals(clean.table[["scale", "alpha", "agreement"]])
    assert found.notes == (f"left out of 'core': 2 × '{odd}': no number, where most ratings are",)
    assessed = task_selection.assess(make(ratings=ratings([*SCALE, ("t4", "x", odd)]), people=people(x=None, y=None)))
    assert any(odd in line for line in assessed.assumptions)


def test_half_numbers_make_a_scale_and_fewer_are_labels():
    half = [("t1", "x", "1"), ("t1", "y", "1.0"), ("t2", "x", "low"), ("t2", "y", "high")]
    assert rater_agreement(ratings(half)).table["scale"].tolist() == ["numbers"]
    fewer = rater_agreement(ratings([*half, ("t3", "x", "Low "), ("t3", "y", "low")]))
    assert fewer.table["scale"].tolist() == ["labels"]
    assert not fewer.notes
    # 1 and 1.0 are one label, and so are "Low " and "low".
    assert fewer.table["agreement"].iloc[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize("same", [1, 1.0, "1", "1.0", " 1", np.int64(1), True])
def test_one_is_one_however_it_is_written(same):
    found = rater_agreement(ratings([("t1", "x", same), ("t1", "y", "1"), ("t2", "x", 2), ("t2", "y", 2.0)]))
    assert found.table[["scale", "agreement", "alpha"]].values.tolist() == [["numbers", 1.0, 1.0]]
    typed = ratings([(1, "x\u00a0", same), ("1", "y", "1"), (1.0, "x", 2), ("2", "x", 2), ("2", "y", 2)])
    # The person's last row for task 1 counts, under whichever of its spellings.
    assert rater_agreement(typed).table[["raters", "tasks", "agreement"]].values.tolist() == [[2, 2, 0.5]]


def test_agreement_edge_cases():
    alone = rater_agreement(ratings([("t1", "x", "4"), ("t2", "x", "5")])).table.iloc[0]
    assert (alone["tasks_rated_twice"], math.isnan(alone["agreement"]), math.isnan(alone["alpha"])) == (0, True, True)
    same = rater_agreement(ratings([("t1", "x", "4"), ("t1", "y", "4"), ("t2", "x", "4"), ("t2", "y", "4")]))
    assert same.table["agreement"].iloc[0] == 1.0
    assert "undefined" in repr(same)
    three = rater_agreement(ratings([("t1", "x", "a"), ("t1", "y", "a"), ("t1", "z", "b")]), replicates=0)
    assert three.table["agreement"].iloc[0] == pytest.approx(1 / 3)
    two = pd.concat([ratings([("t1", "x", "1"), ("t1", "y", "2")], c) for c in ("cost", "core")])
    assert rater_agreement(two, replicates=0).table["criterion"].tolist() == ["core", "cost"]
    assert rater_agreement(two, criterion="cost", replicates=0).table["criterion"].tolist() == ["cost"]
    with pytest.raises(UnknownNameError, match="Did you mean 'cost'"):
        rater_agreement(two, criterion="csot")
