"""Every public function that gets a table, called with what strangers have: a result, or words that mend it."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
from collections.abc import Iterator
from functools import cache

import api_page
import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import Engagement, business_case, recognition, tables, task_selection
from outsourcing_kit.exceptions import OutsourcingKitError

ROOMS = ("business_case", "task_selection", "kickoff", "expectations", "recognition")
# Parameters that are tables, under whatever name a function has for them.
TABLES = {name: name for name in tables.table_names()}
TIMES = ("now", "committed_on")


@cache
def sample() -> Engagement:
    return Engagement.load("steady")


@cache
def others() -> dict[str, object]:
    """What else the functions need, by the name of the parameter."""
    here = sample()
    return {
        "now": here.settings.end,
        "committed_on": here.settings.committed_on,
        "budget": here.settings.budget,
        "months": recognition.recognised_months(here.work, here.recognition, here.people, here.settings.end),
        "engagement": here,
        "plan": business_case.contingency(here.cash_flows, here.settings.budget),
        "reference": business_case.reference_class(here.estimates),
        "costs": task_selection.task_costs(here.tasks, draws=50),
    }


def functions() -> list[tuple[str, str]]:
    found = []
    for room in ROOMS:
        module = importlib.import_module(f"outsourcing_kit.{room}")
        for name in api_page.public_names(module):
            value = getattr(module, name)
            if inspect.isfunction(value) and set(inspect.signature(value).parameters) & {*TABLES, *TIMES}:
                found.append((room, name))
    return found


def good(room: str, name: str) -> tuple[object, dict[str, object]]:
    """The function, and arguments with which it works: few draws and one window, as the answer does not matter here."""
    function = getattr(importlib.import_module(f"outsourcing_kit.{room}"), name)
    given: dict[str, object] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in TABLES:
            given[parameter.name] = getattr(sample(), TABLES[parameter.name]).copy()
        elif parameter.name in ("draws", "replicates"):
            given[parameter.name] = 100
        elif parameter.name == "windows":
            given[parameter.name] = (14,)
        elif parameter.default is inspect.Parameter.empty:
            given[parameter.name] = others()[parameter.name]
    return function, given


def spoilt(frame: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """The frame as strangers have it."""
    yield "no rows", frame.head(0)
    yield "nothing at all", pd.DataFrame()
    yield "a list", [1]
    yield "None", None
    yield "a column twice", pd.concat([frame, frame[frame.columns[:1]]], axis=1)
    yield "an index of its own", frame.set_axis([7] * len(frame))
    yield "all text", frame.astype(object).where(frame.notna(), None).astype(str)
    yield "all blank", frame.assign(**dict.fromkeys(frame.columns, None))


def spoilt_columns(frame: pd.DataFrame, definition: tables.Table, names: list[str]) -> Iterator[tuple[str, object]]:
    """The frame with these columns as strangers have them."""
    timed = any(definition.column(name).kind in ("instant", "date") for name in names)
    yield f"without {names}", frame.drop(columns=names)
    for what in (None, "so and so", -1.5, *((pd.Timestamp("2026-03-02 12:00"), pd.NaT) if timed else ())):
        yield f"{names} {what}", frame.assign(**dict.fromkeys(names, what))


def answer(function: object, given: dict[str, object], what: str) -> str | None:
    """What the result shows; None where the call was refused in words. Anything else fails."""
    try:
        return repr(function(**given))
    except OutsourcingKitError as refused:
        assert str(refused), what
        return None
    except Exception as error:
        raise AssertionError(f"{function.__module__}.{function.__name__}: {what}: {error!r}") from error


@pytest.mark.slow(versions=True)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("room", "name"), functions(), ids=lambda value: value)
def test_no_table_makes_a_public_function_fail(room, name):
    function, given = good(room, name)
    said, refused = answer(function, given, "as it is"), False
    assert said is not None
    for parameter in [one for one in given if one in TABLES]:
        frame, definition = given[parameter], tables.table(TABLES[parameter])
        names = [column for column in definition.names if column in frame]
        # Where no cell can be read and nothing changes, nobody looks: such columns are spoilt all at once.
        unread: list[str] = []
        for column in names:
            lists = frame.assign(**{column: [[1]] * len(frame)})
            listed = answer(function, {**given, parameter: lists}, f"{parameter}: {column} lists")
            unread += [column] if listed == said else []
            refused |= listed is None
        for what, other in spoilt_columns(frame, definition, unread) if unread else ():
            assert answer(function, {**given, parameter: other}, f"{parameter}: {what}") == said, what
        for column in [column for column in names if column not in unread]:
            for what, other in spoilt_columns(frame, definition, [column]):
                refused |= answer(function, {**given, parameter: other}, f"{parameter}: {what}") is None
        for what, other in spoilt(frame):
            refused |= answer(function, {**given, parameter: other}, f"{parameter}: {what}") is None
    for parameter in [one for one in given if one in TIMES]:
        for wrong in (dt.date(2026, 3, 31), pd.Timestamp("2026-03-31 12:00"), None, "so and so", 5, np.nan, pd.NaT):
            refused |= answer(function, {**given, parameter: wrong}, f"{parameter}: {wrong!r}") is None
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name not in given and (parameter.default is None or isinstance(parameter.default, str)):
            refused |= answer(function, {**given, parameter.name: "no such"}, f"{parameter.name}: no such") is None
    assert not refused or "Raises:" in (inspect.getdoc(function) or ""), "its docstring does not say what it raises"


def test_the_gate_finds_what_fails():
    def loses(work: pd.DataFrame) -> object:
        return work["person"]

    with pytest.raises(AssertionError, match="KeyError"):
        answer(loses, {"work": pd.DataFrame()}, "no column")


def test_every_function_of_tables_is_called():
    assert len(functions()) >= 20
