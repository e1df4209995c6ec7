"""The picture of mistake 2: its words are made from the numbers, and it can be drawn from any finding."""

from __future__ import annotations

import pandas as pd
import pytest

from outsourcing_kit import plots, task_selection
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.tables import VETOES
from tests.made import SETTINGS
from tests.plots.readable import assert_readable, said


def drawn(n: int, **changes: object) -> plots.Picture:
    """Of n tasks each third stays; of the others the odd ones have a low price; t01 is core."""
    columns = {
        "task": [f"t{i:02d}" for i in range(n)], "process": "billing", "core": [i == 1 for i in range(n)],
        "hours_per_month": [10.0 + i for i in range(n)], "in_house_rate": 50.0, "quote_unit": "hour",
        "quoted_price": [20.0 if i % 2 else 70.0 for i in range(n)],
        "plan": ["outsource" if i % 3 else "stay" for i in range(n)], **dict.fromkeys(VETOES, False),
    }  # fmt: skip
    tasks = pd.DataFrame({**columns, **changes})
    return plots.picture(task_selection.assess(Engagement.from_frames({"tasks": tasks}, **SETTINGS)))


def test_alt_text_counts_what_the_evidence_holds():
    # Six tasks: t00 and t03 stay; of t01, t02, t04, t05 the odd ones have the low price.
    assert drawn(6).alt == (
        "Monthly cost of 6 tasks inside and outside. Planned outside: 4 tasks, of which 1 must stay as core or vetoed "
        "(t01); 2 clearly cheaper outside, 2 not."
    )
    assert "0 clearly cheaper outside, 2 not" in drawn(3, quoted_price=float("nan")).alt
    assert drawn(1, plan="stay").alt == "Monthly cost of 1 task inside and outside. None is planned outside."


def test_forty_tasks_are_capped_and_it_is_said_while_the_counts_are_of_all():
    picture = drawn(40)
    assert picture.alt.startswith("Monthly cost of 15 of 40 tasks inside and outside (25 left out: ")
    assert "Planned outside: 26 tasks" in picture.alt
    assert len(picture.figure.axes[0].get_yticks()) == 15 and "(25 tasks not shown)" in said(picture)


@pytest.mark.parametrize("n", [1, 8])
def test_words_stay_inside_the_figure_and_apart(n):
    assert_readable(drawn(n, veto_unmeasurable=True, veto_identity=True, plan="share"))


def test_without_tasks_the_figure_says_what_is_missing():
    rating = {"task": "t", "person": ["x", "y"], "side": "client", "criterion": "c", "rating": ["1", "2"]}
    for tables in ({}, {"ratings": pd.DataFrame(rating)}):
        picture = plots.picture(task_selection.assess(Engagement.from_frames(tables, **SETTINGS)))
        assert picture.alt == "Nothing to draw: needs table tasks."
        assert_readable(picture)


def test_beyond_the_cap_locked_tasks_come_before_dearer_free_ones():
    # Ten tasks outside; of the twenty that stay the five smallest are locked, and they take the last five rows.
    picture = drawn(30, plan=["stay"] * 20 + ["outsource"] * 10, core=[True] * 5 + [False] * 25)
    names = [label.get_text()[:3] for label in picture.figure.axes[0].get_yticklabels()]
    assert set(names[:10]) == {f"t{i}" for i in range(20, 30)} and set(names[10:]) == {f"t0{i}" for i in range(5)}
