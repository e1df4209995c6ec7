"""The data dictionary as a page for people, made from `tables.toml`: python -m tests.dictionary_page"""

from __future__ import annotations

from pathlib import Path

from outsourcing_kit.headlines import HEADLINES, MISTAKES, TITLES, headlines_of, tables_read
from outsourcing_kit.tables import FIRST_YEAR, LARGEST, LAST_YEAR, SETTINGS, TABLES, Column, Table
from outsourcing_kit.validation.problem import SPARED

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "datasets" / "DATA_DICTIONARY.md"


def dictionary_markdown() -> str:
    """The data dictionary as a Markdown page, made from the definitions."""
    lines = [
        "# Data dictionary",
        "",
        "Made from `outsourcing_kit/tables.toml`; a test fails when the two differ. An engagement is a folder with",
        "`engagement.toml` and any of these tables, as `<table>.csv` (UTF-8) or `<table>.parquet`.",
        "",
        "A blank is unknown: never no, and never 0. Blanks around a name, or doubled inside it, do not matter.",
        f"Days and instants are of the years {FIRST_YEAR} to {LAST_YEAR}; an instant has its UTC offset",
        f"(`+02:00`, `+0200`, `+02`, `Z` or `UTC`). Numbers are at most {LARGEST:,.0f} in size.",
        "",
        "**A day is enough** where an instant is asked for: `2026-03-31` is that whole day where the row was written.",
        "What counts days uses it; what counts hours leaves it out, and says how many. Two things of one day are never",
        "out of order.",
        "",
        "**Times without an offset** need a line below `[zones]` in `engagement.toml`, where they were written:",
        '`time_entries = "person"` (each person\'s own zone, of table `people`), `messages = "America/Chicago"`, or',
        '`default = "engagement"` for all other tables. They are never taken for UTC. A time that the clock skipped is',
        "taken an hour later, of one that it showed twice the first is taken; a note counts both.",
        "",
        "**What cannot be so is left out**, counted, and named in the finding. A cell that cannot be read or is off",
        "its scale is blank; of two moments out of order the later step is (or the earlier, where a blank of the later",
        "says something), of two numbers both; rows of one key become one, blank where they contradict each other. A",
        "name that its table does not list stays, and what needs that table leaves the row out. This holds while one",
        f"kind of fault is in at most {SPARED:.0%} of a table's rows in one column, and for one row always; beyond it,",
        "nothing is judged. It stops at once where a blank would say something of its own (`people.left`: still there;",
        "in `work`, `messages`, `estimates` and `past_engagements` the row is left out instead), in `people.side`,",
        "`cash_flows`, `targets` and `can_do`.",
        "",
        "**Spreadsheets**: `;`, tabs or `|` between cells, headers as `First month`, UTF-16, Western European letters,",
        "`38,5`, `1,100.00`, `$1,100`, `12%` of a share, `9:00 AM`, the numbers that spreadsheets keep days in, and",
        "`13/04/2026` are read; a note names each guess. What the whole file leaves open is asked:",
        '`dates = "day first"` (or `"month first"`) in `engagement.toml`.',
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
        "is worth in the engagement's), `[zones]` and `dates` (both above).",
    ]
    lines += [
        "",
        "## Which table feeds which headline",
        "",
        "Without what it needs a headline is not assessed; what else it reads is taken into account where it is there.",
        "",
        "| headline | needs | also reads | where people have it |",
        "|---|---|---|---|",
        *(
            f"| {TITLES[item.mistake]}: {item.name} | {'; '.join(map(_code, item.needs))} "
            f"| {'; '.join(map(_code, item.reads))} | {item.way} |"
            for item in HEADLINES
        ),
    ]
    for definition in TABLES:
        feeds = _feeds(definition.name)
        lines += [
            "",
            f"## {definition.name}",
            "",
            f"One row is {definition.row}.",
            feeds,
            "",
            *_rows(definition.columns),
        ]
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


def _code(need: str) -> str:
    names, _, columns = need.partition(": ")
    return f"{' or '.join(f'`{name}`' for name in names.split(' or '))} ({columns})"


def _feeds(table: str) -> str:
    """Which headlines read a table, or which mistakes beside them."""
    direct = [item.name for item in HEADLINES if table in item.tables]
    beside = [
        TITLES[m] for m in MISTAKES if table in tables_read(m) and not any(table in i.tables for i in headlines_of(m))
    ]
    said = [f"It feeds: {'; '.join(direct)}."] if direct else []
    said += [f"It explains what is found on: {', '.join(beside)}."] if beside else []
    return " ".join(said) or "No headline reads it; the lessons do."


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


if __name__ == "__main__":
    PAGE.write_text(dictionary_markdown(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
