"""Mistake 2, the people in it: who inside could still do the work, and do the raters agree?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import task_selection
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.task_selection import process_cover, rater_agreement
from tests.made import roster, task, unchecked

LAST = dt.date(2026, 6, 30)


def ratings(rows: list[tuple[str, str, str]], criterion: str = "core") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["task", "person", "rating"])
    return frame.assign(side="client", criterion=criterion)


# --- cover ---------------------------------------------------------------------------------------------------------


def test_somebody_whom_nobody_lists_may_be_inside():
    tasks = pd.DataFrame([task("t1"), task("t2", "sales")])
    can_do = pd.DataFrame({"task": ["t1", "t2", "t2"], "person": ["ana", "zoe", "vera"]})
    engagement = unchecked(tasks=tasks, can_do=can_do, people=roster(ana=None, vera=None))
    measure = task_selection.assess(engagement).measure("no_inside_skill")
    assert (measure.verdict, measure.low, measure.high) == ("cannot tell", 0, 0.5)
    assert "zoe" in measure.settled_by and "table people" in measure.settled_by and "ana" not in measure.settled_by
    assert any("on which side zoe is" in action for action in task_selection.assess(engagement).actions)
    # The provider's own people are no skill inside, and a third process that nobody can do is enough.
    listed = replace(engagement, tables={**engagement.tables, "people": roster(ana=None, vera=None, vzoe=None)})
    known = replace(listed, tables={**listed.tables, "can_do": can_do.replace("zoe", "vzoe")})
    assert task_selection.assess(known).measure("no_inside_skill").verdict == "problem"
    more = pd.concat([tasks, pd.DataFrame([task("t3", "hr")])], ignore_index=True)
    worse = replace(engagement, tables={**engagement.tables, "tasks": more})
    measure = task_selection.assess(worse).measure("no_inside_skill")
    assert (measure.verdict, measure.low, measure.high) == ("problem", pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_cover_counts_current_inside_people_only():
    tasks = pd.DataFrame([task("t1"), task("t2", plan="share"), task("t3", "sales"), task("t4", "hr", "stay")])
    can_do = pd.DataFrame(
        [(t, p) for t in ("t1", "t2", "t3") for p in ("gone", "vera", "soon")]
        + [("t1", "ana"), ("t1", "ana"), ("t1", "late"), ("t2", "late"), ("t4", "ana")],
        columns=["task", "person"],
    )
    staff = roster(ana=None, gone="2026-06-30", late="2026-07-01", vera=None, soon=None)
    staff.loc[staff["person"] == "soon", "joined"] = pd.Timestamp("2026-07-15")
    cover = process_cover(tasks, can_do, staff, LAST)
    # gone left on the last day on record; late leaves a day later and still counts; soon has not joined yet.
    assert cover.table.values.tolist() == [["billing", "t1", 2], ["billing", "t2", 1], ["sales", "t3", 0]]
    assert cover.processes.values.tolist() == [["billing", 2, 0, 1, True, False], ["sales", 1, 1, 0, False, False]]
    assert "perhaps" not in repr(cover), "everybody is listed"

    # An instant is of a day on its own clock: on the last day somebody still works.
    for now, there in (("2026-06-30 23:00+02:00", 3), ("2026-07-01 00:30+02:00", 2)):
        assert process_cover(tasks, can_do, staff, pd.Timestamp(now)).table["inside_people"].tolist()[0] == there


@pytest.mark.parametrize("now", ["soon", None, pd.Timestamp("2026-06-30 12:00")])
def test_cover_wants_a_day_or_an_instant(now):
    with pytest.raises(OutsourcingKitError, match="UTC offset"):
        process_cover(*[pd.DataFrame()] * 3, now)


def test_names_that_are_typed_differently_are_the_same():
    tasks = [task("Cafe\u0301 desk", process="billing\u00a0"), task("7", process="billing", plan="outsource ")]
    can_do = [("Caf\u00e9 desk", "ana "), (7.0, "ana")]
    cover = process_cover(pd.DataFrame(tasks), pd.DataFrame(can_do, columns=["task", "person"]), roster(ana=None), LAST)
    assert cover.table["inside_people"].tolist() == [1, 1]
    assert cover.processes["process"].tolist() == ["billing"]


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


def test_agreement_on_labels_against_a_loop_and_the_krippendorff_package():
    krippendorff = pytest.importorskip("krippendorff")
    rng = np.random.default_rng(5)
    x = rng.choice(["core", "context", "unsure"], 80)
    y = np.where(rng.random(80) < 0.6, x, rng.choice(["core", "context", "unsure"], 80))
    rows = [(f"t{i}", who, str(v)) for who, values in (("x", x), ("y", y)) for i, v in enumerate(values)]
    found = rater_agreement(ratings(rows), replicates=0).table.iloc[0]
    assert found["scale"] == "labels"
    expected = krippendorff.alpha(np.array([x, y]), level_of_measurement="nominal")
    assert found["alpha"] == pytest.approx(expected)
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
    assessed = task_selection.assess(
        unchecked(ratings=ratings([*SCALE, ("t4", "x", odd)]), people=roster(x=None, y=None))
    )
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


def test_a_finding_on_real_like_ratings_alone():
    rows = [(f"t{i}", who, label) for who, labels in (("x", "aabbc"), ("y", "aabcc")) for i, label in enumerate(labels)]
    finding = task_selection.assess(unchecked(ratings=ratings(rows), people=roster(x=None, y=None)))
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
    finding = task_selection.assess(unchecked(ratings=pd.concat([good, bad])))
    assert "'core'" in finding.measure("rater_agreement").name
    assert finding.measure("rater_agreement").estimate < 0
    assert any("2 rated criteria" in line for line in finding.assumptions)
