"""The picture of mistake 2: its words are made from the numbers, and it can be drawn from any finding."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from outsourcing_kit import plots, task_selection
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.tables import VETOES

SETTINGS = Settings("example", "c", "p", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 6, 30))


def engagement(n: int, **changes: object) -> Engagement:
    rows = [
        {
            "task": f"t{i:02d}", "process": "billing", "hours_per_month": 10.0 + i, "in_house_rate": 50.0,
            "quoted_price": 20.0 if i % 2 else 70.0, "quote_unit": "hour", "plan": "outsource" if i % 3 else "stay",
            "core": i == 1, **dict.fromkeys(VETOES, False), **changes,
        }
        for i in range(n)
    ]  # fmt: skip
    return Engagement(SETTINGS, {"tasks": pd.DataFrame(rows)} if rows else {})


def test_alt_text_counts_what_the_evidence_holds():
    # Six tasks: t00 and t03 stay; of t01, t02, t04, t05 the odd ones have the low price; t01 is core.
    picture = plots.picture(task_selection.assess(engagement(6)))
    assert picture.alt == (
        "Monthly cost of 6 tasks inside and outside. Planned outside: 4 tasks, of which 1 locked as core or vetoed "
        "(t01); 2 clearly cheaper outside, 2 not."
    )
    assert picture.png().startswith(b"\x89PNG")


def test_forty_tasks_are_capped_and_it_is_said_while_the_counts_are_of_all():
    finding = task_selection.assess(engagement(40))
    picture = plots.picture(finding)
    assert picture.alt.startswith("Monthly cost of 15 of 40 tasks inside and outside (25 left out: ")
    assert f"Planned outside: {int(finding.evidence['outside'].sum())} tasks" in picture.alt
    costs, _ = picture.figure.axes
    assert len(costs.get_yticks()) == 15
    assert "15 of 40 tasks, 25 left out" in picture.figure.get_suptitle()


def test_words_stay_inside_the_figure():
    finding = task_selection.assess(engagement(8, veto_unmeasurable=True, veto_identity=True, plan="share"))
    figure = plots.picture(finding).figure
    figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        for text in [*axes.texts, *axes.get_yticklabels()]:
            box = text.get_window_extent()
            assert box.x0 >= 0 and box.x1 <= width + 1 and box.y0 >= 0 and box.y1 <= height


def test_no_quotes_and_nothing_outside_are_drawn():
    unquoted = plots.picture(task_selection.assess(engagement(3, quoted_price=float("nan"))))
    assert "0 clearly cheaper outside, 2 not" in unquoted.alt
    stays = plots.picture(task_selection.assess(engagement(1, plan="stay")))
    assert stays.alt == "Monthly cost of 1 task inside and outside. None is planned outside."


@pytest.mark.parametrize("tables", ["none", "ratings"])
def test_without_tasks_the_figure_says_what_is_missing(tables):
    ratings = pd.DataFrame(
        {"task": ["t"] * 2, "person": ["x", "y"], "side": "client", "criterion": "c", "rating": ["1", "2"]}
    )
    finding = task_selection.assess(Engagement(SETTINGS, {"ratings": ratings} if tables == "ratings" else {}))
    picture = plots.picture(finding)
    assert picture.alt == "No figure of task costs: needs table tasks."
    assert picture.png().startswith(b"\x89PNG")


def test_beyond_the_cap_locked_tasks_come_before_dearer_free_ones():
    # Ten tasks outside; of the twenty that stay the five smallest are locked, and they take the last five rows.
    mixed = engagement(30)
    tasks = mixed.tables["tasks"].assign(plan=["stay"] * 20 + ["outsource"] * 10, core=[True] * 5 + [False] * 25)
    finding = task_selection.assess(Engagement(SETTINGS, {"tasks": tasks}))
    costs, _ = plots.picture(finding).figure.axes
    drawn = [label.get_text()[:3] for label in costs.get_yticklabels()]
    assert set(drawn[:10]) == {f"t{i}" for i in range(20, 30)} and set(drawn[10:]) == {f"t0{i}" for i in range(5)}
