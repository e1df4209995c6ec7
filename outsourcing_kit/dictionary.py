"""The data dictionary as a page for people, made from the definitions in `tables.py`."""

from __future__ import annotations

from outsourcing_kit.tables import FIRST_YEAR, LARGEST, LAST_YEAR, SETTINGS, TABLES, Column, Table


def dictionary_markdown() -> str:
    """The data dictionary as a Markdown page, made from the definitions."""
    lines = [
        "# Data dictionary",
        "",
        "Made from `outsourcing_kit/tables.py`; a test fails when the two differ. An engagement is a folder with",
        "`engagement.toml` and any of these tables, as `<table>.csv` (UTF-8) or `<table>.parquet`.",
        "",
        "A blank is unknown: never no, and never 0. Blanks around a name, or doubled inside it, do not matter.",
        f"Days and instants are of the years {FIRST_YEAR} to {LAST_YEAR}; an instant has its UTC offset",
        f"(`+02:00`, `+0200`, `+02`, `Z` or `UTC`). Numbers are at most {LARGEST:,.0f} in size.",
        "",
        "Needed: *yes*, the column is there and every cell filled in; *may be blank*, it is there and cells may be",
        "empty; *optional*, it may be left out too.",
        "",
        "## engagement.toml",
        "",
        *_rows(SETTINGS),
        "",
        "Besides these: `decide_on` (a list of days on which verdicts count), `[limits.<mistake>]` (your own limits:",
        'a number, or `{value = 0.9, source = "contract, section 4"}`), `[rates]` (what one unit of another currency',
        "is worth in the engagement's).",
    ]
    for definition in TABLES:
        lines += ["", f"## {definition.name}", "", f"One row is {definition.row}.", "", *_rows(definition.columns)]
        if definition.key:
            lines += ["", f"At most one row for each {' × '.join(f'`{name}`' for name in definition.key)}."]
        if definition.order:
            pairs = ", ".join(f"`{first}` ≤ `{second}`" for first, second in definition.order)
            lines += ["", f"In order: {pairs}."]
    lines += [
        "",
        "## Words",
        "",
        "Some columns take these words alone, or are searched for them. Capitals, hyphens and blanks do not matter,",
        "and the words in brackets are taken as the same. Where other words are free, `outsourcing-kit validate`",
        'asks about one that is like these, as "kikoff" is.',
        "",
        "| column | words | others |",
        "|---|---|---|",
        *(_words(definition, column) for definition in TABLES for column in definition.columns if column.words),
    ]
    return "\n".join(lines) + "\n"


def _words(definition: Table, column: Column) -> str:
    words = "; ".join(f"{known.word} ({', '.join(known.same)})" if known.same else known.word for known in column.words)
    return f"| `{definition.name}.{column.name}` | {words} | {'refused' if column.allowed else 'free'} |"


def _rows(columns: tuple[Column, ...]) -> list[str]:
    rows = ["| column | needed | kind | unit | meaning | example |", "|---|---|---|---|---|---|"]
    for column in columns:
        needed = "optional" if column.optional else "may be blank" if column.blank else "yes"
        kind = " or ".join(column.allowed) if column.allowed else column.kind
        meaning = column.meaning + (f" (found in `{column.refers}`)" if column.refers else "")
        cells = (f"`{column.name}`", needed, kind, column.unit, meaning, column.example)
        rows.append("| " + " | ".join(cells) + " |")
    return rows
