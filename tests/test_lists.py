"""The usual rows fit the tables, and name what the findings look for."""

from __future__ import annotations

import pandas as pd
import pytest

from outsourcing_kit.business_case.prerequisites import unsettled_prerequisites
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.kickoff.agenda import DEFAULT_AGENDA
from outsourcing_kit.tables import default_rows, table


@pytest.mark.parametrize("name", ["prerequisites", "agenda", "tasks"])
def test_rows_have_columns_of_their_table_no_blank_and_no_key_twice(name: str) -> None:
    rows, definition = default_rows(name), table(name)
    for row in rows:
        assert set(row) <= set(definition.names)
        assert all(value.strip() == value != "" for value in row.values())
    keys = [tuple(row[column] for column in definition.key) for row in rows]
    assert len(set(keys)) == len(keys) > 0


def test_every_expected_prerequisite_is_named_and_none_is_said_to_be_required() -> None:
    rows = default_rows("prerequisites")
    table = pd.DataFrame(rows).assign(required=None, settled_on=None)
    result = unsettled_prerequisites(table, "2026-03-01")
    assert result.unlisted == ()
    # Nobody said that one is required: ten may count, none does.
    assert (len(rows), result.required, len(result.unsaid)) == (10, 0, 10)


def test_what_data_protection_asks_for_is_among_the_prerequisites() -> None:
    names = "\n".join(row["prerequisite"] for row in default_rows("prerequisites"))
    for words in ("who may see what", "basis of the transfer", "processing contract"):
        assert words in names


def test_the_agenda_is_that_of_the_kickoff() -> None:
    assert [row["item"] for row in default_rows("agenda")] == [item.item for item in DEFAULT_AGENDA]


def test_a_table_without_usual_rows_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="'agenda'"):
        default_rows("agend")
