"""Every registered exercise, and the machinery on made ones."""

from __future__ import annotations

import ast
import datetime as dt
import math
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pool import pool, small

from outsourcing_kit.course import check, exercises, hint, solution
from outsourcing_kit.course.editions import stub
from outsourcing_kit.course.exercises import find_exercise, registered
from outsourcing_kit.course.exercises.exercise import Exercise
from outsourcing_kit.course.lessons import find_lesson, find_lessons
from outsourcing_kit.course.parameters import names_read
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import MISTAKES

every_exercise = pytest.mark.parametrize("key", list(registered()))
every_engagement = pytest.mark.parametrize("name", list(pool()))


def once(answer: Callable[[Engagement], object]) -> Callable[[Engagement], object]:
    """The same of any engagement; of one of the pool, which live as long as the tests, worked out once."""
    known: dict[int, object] = {}

    def remembered(records: Engagement) -> object:
        if not any(records is each for each in pool().values()):
            return answer(records)
        if id(records) not in known:
            known[id(records)] = answer(records)
        return known[id(records)]

    return remembered


ONCE = {
    key: replace(
        each, expected=once(each.expected), lacks=once(each.lacks),
        wrong_ways={once(way): said for way, said in each.wrong_ways.items()},
    )
    for key, each in registered().items()
}  # fmt: skip


@pytest.fixture(autouse=True)
def worked_out_once(monkeypatch):
    """Every check asks for each slip again, on the same few engagements."""
    monkeypatch.setattr(exercises, "registered", lambda: ONCE)


def expected(exercise: Exercise, records: Engagement) -> float:
    return float(exercise.expected(records))


def two_of_pool(exercise: Exercise) -> tuple[tuple[Engagement, float], tuple[Engagement, float]]:
    """Two engagements on which what is right differs."""
    values = [(records, expected(exercise, records)) for records in pool().values()]
    return next((one, two) for one in values for two in values if not exercise.same(one[1], two[1]))


def not_nothing(exercise: Exercise) -> Engagement:
    """A roughened engagement on which the right answer is not 0."""
    rough = (records for name, records in pool().items() if name.startswith("rough"))
    return next(records for records in rough if expected(exercise, records))


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
    monkeypatch.setattr(exercises, "notebook_names", lambda: names)
    cells = find_lesson(find_exercise(key).lesson, find_lessons()).code_cells()
    place = next(n for n, (text, tags) in enumerate(cells) if "solution" in tags and f'check("{key}"' in text)
    needed, before = names_read(cells[place][0]) | {"records"}, []
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


def test_finished_lessons_have_their_exercises_and_every_slip_its_words():
    assert list(registered()) == [f"{mistake}.{number}" for mistake in MISTAKES for number in (1, 2)]
    words = tomllib.loads(Path(exercises.__file__).with_name("words.toml").read_text(encoding="utf-8"))
    assert {key: len(each["slips"]) for key, each in words.items()} == {
        key: len(each.wrong_ways) for key, each in registered().items()
    }


@every_exercise
@every_engagement
def test_the_right_answer_is_right(key, name):
    records, exercise = pool()[name], find_exercise(key)
    right = expected(exercise, records)
    for answer in (right, np.float64(right), np.array(right)):
        found = check(key, answer, records=records)
        assert found.right is True, found
    if not math.isnan(right):
        assert check(key, right + 7 * max(1, abs(right)), records=records).right is False


@every_exercise
def test_each_wrong_way_is_named_on_two_engagements(key):
    exercise = find_exercise(key)
    assert 1 <= len(exercise.wrong_ways) <= 5
    rights = [(records, expected(exercise, records)) for records in pool().values()]
    for way, message in exercise.wrong_ways.items():
        told: list[float] = []
        for records, right in rights:
            wrong = float(way(records))
            if math.isnan(wrong) or any(exercise.same(wrong, one) for one in (right, *told)):
                continue
            found = check(key, wrong, records=records)
            assert found.right is False and message in found.message, (message, found)
            told.append(wrong)
            if len(told) == 2:
                break
        assert len(told) == 2, f"{key}: {message!r} has no two values that differ from what is right"


@every_exercise
def test_an_answer_kept_from_another_engagement_is_wrong(key):
    (one, right), (two, other) = two_of_pool(find_exercise(key))
    assert check(key, right, records=one).right and check(key, other, records=two).right
    assert not check(key, right, records=two).right and not check(key, other, records=one).right


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
    (pd.NA, "nan"),
    (b"12", "text"),
    (object(), "object"),
    (10**400, "That is a int"),
    (math.inf, "infinite"),
]


@pytest.mark.parametrize(("answer", "told"), WRONG_KINDS, ids=[repr(answer)[:20] for answer, _ in WRONG_KINDS])
def test_a_wrong_type_or_shape_has_its_own_message(answer, told):
    found = made(0.5, 0.25).judge(answer, pool()["steady"])
    assert found.right is False and told in found.message, found
    assert answer is ... or "Expected one number (rows)." in found.message


@every_exercise
def test_a_share_given_as_a_percentage_is_told_so(key):
    if find_exercise(key).unit.startswith("share"):
        records = not_nothing(find_exercise(key))
        found = check(key, 100 * expected(find_exercise(key), records), records=records)
        assert found.right is False and "Divide by 100" in found.message


@every_exercise
@every_engagement
def test_the_authored_solution_is_right(key, name, monkeypatch):
    names, source = lesson_until(key, pool()[name], monkeypatch)
    assert run_cell(source, names).right is True


@every_exercise
def test_the_solution_shown_is_the_authored_one(key, monkeypatch):
    names, source = lesson_until(key, pool()["steady"], monkeypatch)
    shown = solution(key)
    assert shown.message in repr(shown) and "SOLUTION" not in shown.message
    assert [line for line in source.splitlines() if "SOLUTION" not in line] == shown.message.splitlines()
    assert run_cell(shown.message, names).right is True


@every_exercise
def test_a_stub_that_is_run_says_what_to_do(key, monkeypatch):
    names, source = lesson_until(key, pool()["steady"], monkeypatch)
    found = run_cell(stub(source), names)
    assert found.right is False and "No answer yet" in found.message and f'hint("{key}", 1)' in found.message


@pytest.mark.slow
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
    records = not_nothing(exercise)
    right = f"{expected(exercise, records):.3g}".lstrip("-")
    for answer in (-12345.0, 0.98765, "x", None, ...):
        found = check(key, answer, records=records)
        assert right not in found.message
    assert all(right not in text for text in exercise.hints)


@every_exercise
def test_hints_are_staged(key):
    count = len(find_exercise(key).hints)
    assert 2 <= count <= 4
    shown = [hint(key, stage) for stage in range(1, count + 1)]
    assert len({each.message for each in shown}) == count
    assert f'hint("{key}", 2)' in shown[0].message and f'solution("{key}")' not in shown[-1].message
    assert f'solution("{key}")' in hint(key, count + 1).message


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
    monkeypatch.setattr(exercises, "notebook_names", lambda: names)
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
    right = expected(find_exercise("kickoff.2"), pool()["steady"])
    script = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('from outsourcing_kit import Engagement; from outsourcing_kit.course import check')\n"
        "shell.run_cell('records = Engagement.load(\"steady\")')\n"
        f"print(shell.run_cell('check(\"kickoff.2\", {float(right)!r})').result)\n"
    )
    assert interactiveshell
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "kickoff.2: right" in done.stdout


def made(expected, *ways, unit="rows") -> Exercise:
    """An exercise with this right answer and these wrong ones, whatever the records."""
    wrong = {lambda records, value=value: value: f"Slip {n}." for n, value in enumerate(ways, start=1)}
    return Exercise("made.1", "?", ("Look.", "Count."), lambda records: expected, wrong, unit, lambda records: "")


def test_nan_is_right_only_where_nothing_is_there():
    nothing, records = made(math.nan, 0.0), pool()["steady"]
    for answer in (None, math.nan, pd.NaT, np.float64("nan")):
        assert nothing.judge(answer, records).right is True
    assert nothing.judge(0, records).message == "Slip 1."
    assert nothing.judge(3, records).right is False


def test_all_slips_that_give_the_same_answer_are_named():
    assert made(2.0, 1.0, 1.0, 3.0).judge(1, pool()["steady"]).message == "Slip 1. Or: Slip 2."


@pytest.mark.parametrize(
    ("answer", "told"),
    [(80.0, "right figure as a percentage"), (70, "looks like a percentage"), (-0.2, "between 0 and 1; found -0.2")]
    + [(130, "between 0 and 1; found 130"), (0.803, "no slip known"), (0.3, "no slip known")],
)
def test_what_is_said_of_a_share(answer, told):
    found = made(0.8, unit="share").judge(answer, pool()["steady"])
    assert found.right is False and told in found.message


@pytest.mark.parametrize(
    ("right", "rounded", "not_rounded"),
    [
        (2 / 3, (0.67, 0.667), (0.668, 0.0)),
        (123456.789, (123456.8, 123457, 123500, 120000), (123455, 123000.5, 124000, 100000)),
        (-0.1234, (-0.12, -0.123), (0.12, -0.13, -0.124)),
    ],
)
def test_only_the_right_figure_in_fewer_digits_is_called_rounded(right, rounded, not_rounded):
    told = {answer: made(right).judge(answer, pool()["steady"]).message for answer in (*rounded, *not_rounded)}
    assert [answer for answer, message in told.items() if "it is rounded" in message] == list(rounded)


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
    solution("kickoff.1")


def test_the_course_is_cheap_until_an_exercise_is_asked():
    script = "import sys, outsourcing_kit.course as c; print('pandas' in sys.modules); c.check; c.hint; c.solution"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
