"""What each headline needs and reads, as its data says, is what the assessments need and read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement, sample_engagements
from outsourcing_kit.headlines import HEADLINES, MISTAKES, Headline, tables_read
from outsourcing_kit.measure import Measure

SAMPLE = "steady"


def measured(item: Headline, engagement: Engagement) -> Measure:
    few = {"draws": 200} if item.mistake in ("business_case", "task_selection") else {}
    return (
        import_module(f"outsourcing_kit.{item.mistake}").assess(engagement, **few).measure(item.key.partition(".")[2])
    )


@cache
def sample(name: str = SAMPLE) -> Engagement:
    return Engagement.load(name)


def without(engagement: Engagement, *names: str) -> Engagement:
    return replace(engagement, tables={name: rows for name, rows in engagement.tables.items() if name not in names})


def parts(need: str) -> tuple[list[str], list[str]]:
    names, _, columns = need.partition(": ")
    return names.split(" or "), columns.split(", ")


NEEDS = [(item, need) for item in HEADLINES for need in item.needs]


@pytest.mark.slow
@pytest.mark.parametrize(("item", "need"), NEEDS, ids=lambda value: getattr(value, "key", value))
def test_without_a_table_or_a_column_that_it_needs_a_headline_is_not_assessed(item, need):
    names, columns = parts(need)
    if names == ["engagement.toml"]:
        less = [replace(sample(), settings=replace(sample().settings, **{column: None})) for column in columns]
    else:
        less = [without(sample(), *names)]
        every = sample().tables
        for column in columns if len(names) == 1 else ():
            frame = every[names[0]].drop(columns=column)
            less.append(replace(sample(), tables={**every, names[0]: frame}))
    assert measured(item, sample()).verdict != "not assessed"
    for engagement in less:
        measure = measured(item, engagement)
        assert measure.verdict == "not assessed"
        assert measure.settled_by.startswith("needs ")
    if names != ["engagement.toml"]:
        assert f"(cheapest: {item.way})" in measured(item, less[0]).explain()


@pytest.mark.slow
@pytest.mark.parametrize("item", HEADLINES, ids=lambda item: item.key)
@pytest.mark.parametrize("name", [SAMPLE, "cold-start"])
def test_tables_that_it_does_not_list_change_nothing_of_a_headline(item, name):
    others = set(tables.table_names()) - set(item.tables)
    whole, part = (measured(item, each) for each in (sample(name), without(sample(name), *others)))
    assert (part.estimate, part.n, part.low, part.high) == (whole.estimate, whole.n, whole.low, whole.high)
    assert part.sure_fine == whole.sure_fine


@pytest.mark.slow
@pytest.mark.parametrize("item", HEADLINES, ids=lambda item: item.key)
def test_columns_that_it_does_not_list_change_nothing_of_a_headline(item):
    every = sample().tables
    listed = {name: [column for column in rows if (name, column) in item.columns] for name, rows in every.items()}
    less = replace(sample(), tables={name: every[name][columns] for name, columns in listed.items() if columns})
    whole, part = measured(item, sample()), measured(item, less)
    assert (part.estimate, part.n, part.low, part.high) == (whole.estimate, whole.n, whole.low, whole.high)
    assert (part.verdict, part.sure_fine) == (whole.verdict, whole.sure_fine)


def altered(frame: pd.DataFrame, table: str, column: str) -> Iterator[pd.DataFrame]:
    """The table without the column, and with other things in it."""
    if column in frame:
        yield frame.drop(columns=column)
        if frame[column].dtype != bool:
            yield frame.assign(**{column: np.roll(frame[column].to_numpy(), 1)})
    definition = tables.table(table).column(column)
    ends = [definition.low or 0.0, definition.high or 9000.0]
    fill = {"boolean": [True, False], "number": ends, "text": definition.allowed or ["other"]}
    fill["date"], fill["instant"] = [pd.Timestamp("2027-06-01")], [pd.Timestamp("2027-06-01", tz="UTC")]
    for value in fill[definition.kind]:
        yield frame.assign(**{column: value})


READS = [(item, need) for item in HEADLINES for need in item.reads]


@pytest.mark.slow
@pytest.mark.parametrize(("item", "need"), READS, ids=lambda value: getattr(value, "key", value))
def test_whatever_else_it_reads_can_change_it(item, need):
    (table,), columns = parts(need)
    engagement = sample("thankless")
    frame = engagement.tables[table]
    whole = measured(item, engagement)
    for column in columns:
        changed = (
            measured(item, replace(engagement, tables={**engagement.tables, table: other}))
            for other in altered(frame, table, column)
            if (table, column) != ("agenda", "item") or column in other
        )
        assert any((m.estimate, m.low, m.high) != (whole.estimate, whole.low, whole.high) for m in changed), column


def test_needs_are_of_tables_and_columns_that_there_are_and_ways_are_short():
    for item, need in NEEDS + READS:
        names, columns = parts(need)
        for name in names:
            known = [each.name for each in (tables.SETTINGS if "." in name else tables.table(name).columns)]
            assert set(columns) <= set(known), (item.key, need)
    for item in HEADLINES:
        assert 10 < len(item.way) < 90


def test_a_mistake_reads_what_its_headlines_do_and_what_explains_them():
    assert tables_read("kickoff")[:3] == ("meetings", "attendance", "people")
    assert {"risks", "ratings", "events"} <= {name for mistake in MISTAKES for name in tables_read(mistake)}
    for mistake in MISTAKES:
        few = {"draws": 200} if mistake in ("business_case", "task_selection") else {}
        assess = import_module(f"outsourcing_kit.{mistake}").assess
        others = set(tables.table_names()) - set(tables_read(mistake))
        for name in sample_engagements()[:1]:
            whole, part = (assess(each, **few) for each in (sample(name), without(sample(name), *others)))
            assert part.to_json() == whole.to_json()


def test_what_nothing_reads_is_optional_and_no_blank_template_asks_for_it():
    assert {name for name, _ in sum((item.columns for item in HEADLINES), ())} <= {
        *tables.table_names(),
        "engagement.toml",
    }
    for name, column in (("events", "activity"), ("work", "size"), ("recognition", "amount"), ("people", "role")):
        assert tables.table(name).column(column).optional and column not in tables.blank_csv(tables.table(name))
    every = {name: rows[[c.name for c in tables.table(name).columns if not c.optional and c.name in rows]]
             for name, rows in sample().tables.items()}  # fmt: skip
    # Without a single optional column every headline can be assessed.
    for item in HEADLINES:
        assert measured(item, replace(sample(), tables=every)).verdict != "not assessed", item.key
