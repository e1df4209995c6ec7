"""Every registered exercise, and the machinery on made ones."""

from __future__ import annotations

import ast
import datetime as dt
import math
import re
import socket
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pool import pool, small

from outsourcing_kit.course import check, hint, solution
from outsourcing_kit.course.editions import stub
from outsourcing_kit.course.exercises import Exercise, WrongWay, asking, find_exercise, registered
from outsourcing_kit.course.lessons import find_lesson, find_lessons
from outsourcing_kit.course.parameters import code_cells, names_read, read_parameters
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError

every_exercise = pytest.mark.parametrize("key", list(registered()))
every_engagement = pytest.mark.parametrize("name", list(pool()))


def defaults(exercise: Exercise) -> dict:
    """The parameters that the exercise reads, as its lesson declares them."""
    declared = {each.name: each.default for each in read_parameters(find_lesson(exercise.lesson, find_lessons()))}
    return {name: declared[name] for name in exercise.parameters}


_RIGHT: dict[tuple[str, int], float] = {}


def expected(exercise: Exercise, records: Engagement) -> float:
    """What is right on one of the pool's engagements, which live as long as the tests: worked out once."""
    place = (exercise.key, id(records))
    if place not in _RIGHT:
        _RIGHT[place] = float(exercise.expected(records, **defaults(exercise)))
    return _RIGHT[place]


def two_of_pool(exercise: Exercise) -> tuple[tuple[Engagement, float], tuple[Engagement, float]]:
    """Two engagements on which what is right differs."""
    values = [(records, expected(exercise, records)) for records in pool().values()]
    return next((one, two) for one in values for two in values if not exercise.same(one[1], two[1]))


def run_cell(source: str, names: dict) -> object:
    """Execute a cell as a notebook does: the value of the last expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def lesson_until(key: str, records: Engagement, monkeypatch: pytest.MonkeyPatch) -> tuple[dict, str]:
    """The notebook's names just before the cell that solves `key`, on `records`, and that cell's source.

    Only the cells that set what the solution reads are executed.
    """
    names: dict = {}
    monkeypatch.setattr(Engagement, "load", classmethod(lambda cls, name: records))
    monkeypatch.setattr(asking, "notebook_names", lambda: names)
    cells = code_cells(find_lesson(find_exercise(key).lesson, find_lessons()).path)
    place = next(n for n, (text, tags) in enumerate(cells) if "solution" in tags and f'check("{key}"' in text)
    needed, before = names_read(cells[place][0]) | set(find_exercise(key).parameters) | {"records"}, []
    for source, _tags in reversed(cells[:place]):
        if names_set(source) & needed:
            needed |= names_read(source)
            before.insert(0, source)
    for source in before:
        run_cell(source, names)
    return names, cells[place][0]


def names_set(source: str) -> set[str]:
    tree = ast.parse(source)
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {alias.asname or alias.name for node in ast.walk(tree) for alias in getattr(node, "names", ())}


# ---- every registered exercise -------------------------------------------------------------------------------------


def test_finished_lessons_have_their_exercises():
    assert {"business_case.1", "business_case.2", "kickoff.1", "kickoff.2"} <= set(registered())


@every_exercise
@every_engagement
def test_the_right_answer_is_right(key, name):
    records, exercise = pool()[name], find_exercise(key)
    right = expected(exercise, records)
    for answer in (right, np.float64(right), np.array(right)):
        found = check(key, answer, records=records, **defaults(exercise))
        assert found.right is True, found
    if not math.isnan(right):
        assert check(key, right + 7 * max(1, abs(right)), records=records, **defaults(exercise)).right is False


@every_exercise
def test_each_wrong_way_is_named_on_two_engagements(key):
    exercise = find_exercise(key)
    given = defaults(exercise)
    assert exercise.wrong_ways
    rights = [(records, expected(exercise, records)) for records in pool().values()]
    for way in exercise.wrong_ways:
        told: list[float] = []
        for records, right in rights:
            wrong = float(way.answer(records, **given))
            if math.isnan(wrong) or exercise.same(wrong, right) or any(exercise.same(wrong, one) for one in told):
                continue
            found = check(key, wrong, records=records, **given)
            assert found.right is False and way.message in found.message, (way.name, found)
            told.append(wrong)
            if len(told) == 2:
                break
        assert len(told) == 2, f"{key}: {way.name!r} gives no two values that differ from what is right"


@every_exercise
def test_an_answer_kept_from_another_engagement_is_wrong(key):
    exercise = find_exercise(key)
    (one, right), (two, other) = two_of_pool(exercise)
    given = defaults(exercise)
    assert check(key, right, records=one, **given).right and check(key, other, records=two, **given).right
    assert not check(key, right, records=two, **given).right and not check(key, other, records=one, **given).right


WRONG_KINDS = [
    (None, "nothing at all"),
    (math.nan, "nan"),
    (pd.NaT, "nan"),
    (..., "No answer yet"),
    ("12", "text"),
    (True, "yes or no"),
    (np.bool_(False), "yes or no"),
    ([1.0], "list of 1"),
    ((1.0, 2.0), "tuple of 2"),
    ({"a": 1}, "dict of 1"),
    (np.zeros(3), "ndarray of 3"),
    (np.zeros((2, 2)), "ndarray of 2 × 2"),
    (pd.Series([1.0, 2.0]), "Series of 2"),
    (pd.DataFrame({"a": [1.0]}), "DataFrame of 1 × 1"),
    (pd.Series([], dtype=float), "Series of 0"),
    (pd.Timedelta(days=3), "length of time"),
    (np.timedelta64(3, "D"), "length of time"),
    (dt.timedelta(days=3), "length of time"),
    (pd.Timestamp("2026-01-01"), "Timestamp"),
    (max, "function"),
    (1 + 2j, "complex"),
    (math.inf, "infinite"),
]


@every_exercise
@pytest.mark.parametrize(("answer", "told"), WRONG_KINDS, ids=[repr(answer)[:20] for answer, _ in WRONG_KINDS])
def test_a_wrong_type_or_shape_has_its_own_message(key, answer, told):
    exercise = find_exercise(key)
    found = check(key, answer, records=pool()["steady"], **defaults(exercise))
    assert found.right is False and told in found.message, found
    if answer is not ...:
        assert "Expected one" in found.message


@pytest.mark.parametrize("key", [exercise.key for exercise in registered().values() if exercise.kind == "share"])
def test_a_share_given_as_a_percentage_is_told_so(key):
    exercise = find_exercise(key)
    for records in pool().values():
        right = expected(exercise, records)
        found = check(key, 100 * right, records=records, **defaults(exercise))
        assert found.right is False and "percentage" in found.message


@every_exercise
@every_engagement
def test_the_authored_solution_is_right(key, name, monkeypatch):
    names, source = lesson_until(key, pool()[name], monkeypatch)
    assert run_cell(source, names).right is True


@every_exercise
def test_the_solution_shown_is_the_authored_one(key, monkeypatch):
    names, source = lesson_until(key, pool()["steady"], monkeypatch)
    shown = solution(key)
    assert shown.text in repr(shown) and "SOLUTION" not in shown.text
    assert [line for line in source.splitlines() if "SOLUTION" not in line] == shown.text.splitlines()
    assert run_cell(shown.text, names).right is True


@every_exercise
@every_engagement
def test_a_stub_that_is_run_says_what_to_do(key, name, monkeypatch):
    names, source = lesson_until(key, pool()[name], monkeypatch)
    found = run_cell(stub(source), names)
    assert found.right is False and "No answer yet" in found.message and f'hint("{key}", 1)' in found.message


@every_exercise
def test_records_that_lack_everything_cannot_tell_and_raise_nothing(key, monkeypatch):
    full, asked = small(), set()

    class Asked(dict):
        def __contains__(self, table):
            asked.add(table)
            return super().__contains__(table)

    names, source = lesson_until(key, Engagement(full.settings, Asked(full.tables)), monkeypatch)
    assert run_cell(source, names).right is not False
    names, source = lesson_until(key, Engagement(full.settings, Asked()), monkeypatch)
    found = run_cell(source, names)
    assert found.right is None and "needs table" in found.message and "cannot be checked" in repr(found)
    for table in asked & set(full.tables):
        for tables in (
            {other: rows for other, rows in full.tables.items() if other != table},
            {other: rows.iloc[:0] if other == table else rows for other, rows in full.tables.items()},
            {table: full.tables[table]},
        ):
            names, source = lesson_until(key, Engagement(full.settings, tables), monkeypatch)
            assert run_cell(source, names).right is not False, (table, sorted(tables))


@every_exercise
def test_a_check_gives_nothing_away(key):
    exercise = find_exercise(key)
    records = pool()["rough steady"]
    right = f"{expected(exercise, records):.3g}".lstrip("-")
    for answer in (-12345.0, 0.98765, "x", None, ...):
        found = check(key, answer, records=records, **defaults(exercise))
        assert right not in found.message
    assert all(right not in text for text in exercise.hints)


@every_exercise
def test_hints_are_staged(key):
    count = len(find_exercise(key).hints)
    assert 2 <= count <= 4
    shown = [hint(key, stage) for stage in range(1, count + 1)]
    assert len({each.text for each in shown}) == count
    assert f'hint("{key}", 2)' in shown[0].text and f'solution("{key}")' not in shown[-1].text
    assert f'solution("{key}")' in hint(key, count + 1).text


# ---- what a notebook calls -----------------------------------------------------------------------------------------


def test_an_unknown_name_names_the_nearest():
    for ask in (lambda name: check(name, 1.0), hint, solution):
        with pytest.raises(UnknownNameError, match=r"no exercise 'kickof.1'. Did you mean 'kickoff.1'\?"):
            ask("kickof.1")
    with pytest.raises(OutsourcingKitError, match="the name first, then the answer"):
        check(3.0, "kickoff.1")


@pytest.mark.parametrize("stage", [0, -1, 1.0, "1", True, None])
def test_a_hint_that_is_none_is_refused(stage):
    with pytest.raises(OutsourcingKitError, match="expected a number from 1 to"):
        hint("kickoff.1", stage)


def test_the_engagement_is_the_notebooks_own_as_it_is_now(monkeypatch):
    names: dict = {}
    monkeypatch.setattr(asking, "notebook_names", lambda: names)
    with pytest.raises(OutsourcingKitError, match=r"no variable `records`.*Mend: records = Engagement.load"):
        check("kickoff.2", 0.5)
    names["records"] = pd.DataFrame()
    with pytest.raises(OutsourcingKitError, match="`records` is a DataFrame"):
        check("kickoff.2", 0.5)
    for name in ("steady", "cold-start"):
        names["records"] = pool()[name]
        assert check("kickoff.2", expected(find_exercise("kickoff.2"), pool()[name])).right
    # An explicit one wins.
    assert not check(
        "kickoff.2", expected(find_exercise("kickoff.2"), pool()["cold-start"]), records=pool()["steady"]
    ).right


def test_names_come_from_the_ipython_session_that_runs():
    interactiveshell = pytest.importorskip("IPython.core.interactiveshell")
    script = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('from outsourcing_kit import Engagement; from outsourcing_kit.course import check')\n"
        "shell.run_cell('records = Engagement.load(\"steady\")')\n"
        "print(shell.run_cell('check(\"kickoff.2\", 11 / 12)').result)\n"
    )
    assert interactiveshell
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "kickoff.2: right" in done.stdout


def made(**changes) -> Exercise:
    exercise = Exercise(
        key="made.1",
        task="How many rows weigh at least `least`?",
        hints=("Look.", "Count."),
        expected=lambda records, *, least: float(len(records.people) + least),
        wrong_ways=(
            WrongWay("one too few", lambda records, *, least: len(records.people) + least - 1, "Fence posts."),
        ),
        unit="rows",
        lacks=lambda records: "",
        kind="count",
    )
    return replace(exercise, **changes)


@pytest.fixture
def made_exercise(monkeypatch):
    monkeypatch.setattr(asking, "registered", lambda: {"made.1": made()})


def test_parameters_are_those_of_the_notebook_as_they_are_now(made_exercise, monkeypatch):
    records = pool()["steady"]
    count = len(records.people)
    names = {"records": records}
    monkeypatch.setattr(asking, "notebook_names", lambda: names)
    with pytest.raises(
        OutsourcingKitError, match=r"parameter least\. Mend: run the cell tagged parameters, or pass least="
    ):
        check("made.1", count)
    names["least"] = 2
    assert check("made.1", count + 2).right
    names["least"] = 5
    assert not check("made.1", count + 2).right
    assert check("made.1", count + 4).message == "Fence posts."
    assert check("made.1", count + 2, least=2).right
    assert "whole number" in check("made.1", count + 2.5).message
    with pytest.raises(UnknownNameError, match="Did you mean 'least'"):
        check("made.1", count, leest=2)


def test_nan_is_right_only_where_nothing_is_there():
    nothing = made(expected=lambda records: math.nan, wrong_ways=(WrongWay("zero", lambda records: 0.0, "Not zero."),))
    records = pool()["steady"]
    for answer in (None, math.nan, pd.NaT, np.float64("nan")):
        assert nothing.judge(answer, records).right is True
    assert nothing.judge(0, records).message == "Not zero."
    assert nothing.judge(3, records).right is False


def test_all_slips_that_give_the_same_answer_are_named():
    ways = (WrongWay("a", lambda records: 1.0, "First."), WrongWay("b", lambda records: 1.0, "Second."))
    both = made(expected=lambda records: 2.0, wrong_ways=ways)
    assert both.judge(1, pool()["steady"]).message == "First. Or: Second."


@pytest.mark.parametrize(
    ("answer", "told"),
    [(80.0, "right figure as a percentage"), (70, "looks like a percentage"), (-0.2, "between 0 and 1; found -0.2")]
    + [(130, "between 0 and 1; found 130"), (0.803, "no slip known"), (0.3, "no slip known")],
)
def test_what_is_said_of_a_share(answer, told):
    share = made(kind="share", expected=lambda records: 0.8, wrong_ways=())
    found = share.judge(answer, pool()["steady"])
    assert found.right is False and told in found.message


@pytest.mark.parametrize(("answer", "told"), [(0.67, "it is rounded"), (0.667, "it is rounded"), (0.668, "no slip")])
def test_what_is_rounded_is_the_right_figure_in_fewer_digits(answer, told):
    found = made(kind="number", expected=lambda records: 2 / 3, wrong_ways=()).judge(answer, pool()["steady"])
    assert found.right is False and told in found.message


def test_results_show_themselves_and_nothing_prints(capsys):
    shown = check("kickoff.2", 0.5, records=pool()["steady"])
    assert repr(shown).startswith("kickoff.2: not yet.")
    assert "✗" in shown._repr_html_() and "not yet" in shown._repr_html_()
    code = solution("kickoff.1")._repr_html_()
    assert "<pre>" in code and "&gt; 0" in code and "> 0" not in code
    told = check("kickoff.1", "<b>", records=pool()["steady"])._repr_html_()
    assert "<b>" not in told and "&lt;b&gt;" in told
    assert re.search("hint 1 of 3", repr(hint("kickoff.1")))
    assert capsys.readouterr() == ("", "")


def test_nothing_reaches_for_the_network(monkeypatch):
    def refuse(*_arguments, **_named):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    check("kickoff.1", 1.0, records=pool()["steady"])
    hint("kickoff.1")
    asking._solutions.cache_clear()
    solution("kickoff.1")


def test_the_course_is_cheap_until_an_exercise_is_asked():
    script = "import sys, outsourcing_kit.course as c; print('pandas' in sys.modules); c.check; c.hint; c.solution"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
