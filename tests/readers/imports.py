"""What an import would write, as rows of text by column."""

from __future__ import annotations

import csv
import io


def rows(plan, table):
    """The rows of a table of a plan, blank cells left out; none where it would write no such table."""
    text = plan.texts.get(f"{table}.csv", "")
    return [{column: cell for column, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(text))]


def left_out(plan):
    """Why → how many rows are in no table, over all files."""
    return {why: count for entry in plan.entries for why, count in entry.left_out.items()}
