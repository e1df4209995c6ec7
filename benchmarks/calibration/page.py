"""docs/CALIBRATION.md and its figure, from the lines of a run. Every number on the page is counted here."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.calibration import bursts
from benchmarks.calibration.counting import (
    BARS,
    FIVE,
    Promise,
    at_the_limit,
    ends,
    findings_of,
    measures_of,
    never_thanked,
    planted_and_found,
    promises,
    reliability,
    shares,
)
from benchmarks.calibration.engagements import GENERATORS, PEOPLE
from outsourcing_kit.engagement import Engagement
from outsourcing_kit.headlines import MISTAKES, TITLES
from outsourcing_kit.report import scorecard
from outsourcing_kit.resources import sample_engagements

_WORLDS = {
    "half": "Every truth half-way between the best value and its limit",
    "limit": "Every truth at its limit",
    "beyond": "Every truth half-way between its limit and the worst value (severity 1)",
}
_TITLES = {"half": "Half the limit", "limit": "At the limit", "beyond": "Severity 1"}
_COLOURS = dict(zip(FIVE, ("#A50026", "#F4A582", "#DDDDDD", "#92C5DE", "#05709B"), strict=True))
_GENERATOR = {"simulation": "the kit's generator", "second": "second generator"}
_MISTAKES = ("", *(TITLES[name] for name in MISTAKES))


def write(lines: Sequence[dict[str, Any]], page: Path) -> None:
    """The page, and `calibration.png` beside it."""
    if not lines:
        raise SystemExit("Nothing has been assessed yet: there is nothing to write.")
    findings, measures = findings_of(lines), measures_of(lines)
    picture = page.with_name("calibration.png")
    picture.write_bytes(drawn(findings))
    of_a_kind = findings.groupby(["generator", "people", "world"])["seed"].nunique()
    fewest, samples = int(of_a_kind.min()), _sample_answers()
    still = [answer for answers in samples.values() for answer in answers.values()]
    numbers = {
        "engagements": len(lines), "fewest": fewest, "most": int(of_a_kind.max()), "runs": bursts.RUNS,
        "seconds": statistics.median(line["seconds"] for line in lines),
        "at_5": 200 * math.sqrt(0.05 * 0.95 / fewest), "at_50": 200 * math.sqrt(0.25 / fewest),
        "still_open": still.count("cannot tell"), "sample_findings": len(still),
    }  # fmt: skip
    words = {
        "alt": _alt(findings), "picture": picture.name, "five": " / ".join(map(_said, FIVE)),
        "promises": _promises(promises(findings, measures)),
        "samples": _table(_MISTAKES, ([name, *map(_said, found.values())] for name, found in samples.items())),
        "answers": _answers(findings),
        "never": _never(never_thanked(lines)),
        "planted": _planted(planted_and_found(findings)),
        "bars": _bars(at_the_limit(measures)), "reliability": _reliability(reliability(measures)),
        "ends": _ends(ends(measures)), "design_effect": _design_effect(bursts.measured()),
    }  # fmt: skip
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    page.write_text(text.format(**numbers, **words), encoding="utf-8")


def _sample_answers() -> dict[str, dict[str, str]]:
    """What the six samples come to: the same for every run, as they are made once."""
    return {
        name: {f.mistake: f.answer for f in scorecard(Engagement.load(name)).findings} for name in sample_engagements()
    }


def _said(answer: str) -> str:
    return "open" if answer == "cannot tell" else answer


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{100 * share:.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _promises(found: Iterable[Promise]) -> str:
    rows = []
    for promise in found:
        (hits, n), (worst, of) = promise.together, promise.cells[promise.worst]
        rows.append([
            promise.what, f"{'at least' if promise.at_least else 'at most'} {_percent(promise.bound)}%",
            f"{100 * hits / n:.1f}% of {n:,}", f"{100 * worst / of:.1f}% of {of} ({_where(promise.worst)})",
            "yes" if promise.kept else "**no**",
        ])  # fmt: skip
    return _table(("", "promised", "found, all together", "worst", "kept"), rows)


def _where(cell: tuple[Any, ...]) -> str:
    """In words: ("kickoff", 12, "second") is "Kickoff, 12 people, second generator"."""
    words = [
        TITLES.get(str(part), f"{part} people" if isinstance(part, int) else _GENERATOR.get(part)) for part in cell
    ]
    return ", ".join(map(str, words))


def _answers(findings: pd.DataFrame) -> str:
    parts = []
    for world, words in _WORLDS.items():
        for generator in GENERATORS:
            table, rows = shares(findings, world, generator), []
            for name in MISTAKES:
                cells = []
                for people in PEOPLE:
                    row = table.loc[(name, people)]
                    none = f" ({_percent(row['not assessed'])} not assessed)" if row["not assessed"] else ""
                    cells.append(" / ".join(_percent(row[answer]) for answer in FIVE) + none)
                rows.append([TITLES[name], *cells])
            head = ("", *(f"{people} people" for people in PEOPLE))
            parts.append(f"{words}, {_GENERATOR[generator]}:\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def _never(table: pd.DataFrame) -> str:
    rows = ([f"{words}", *(_percent(table.loc[world, n]) for n in PEOPLE)] for world, words in _WORLDS.items())
    return _table(("", *(f"{people} people" for people in PEOPLE)), rows)


def _planted(table: pd.DataFrame) -> str:
    head = ("planted", *_MISTAKES[1:])
    return _table(head, ([TITLES[name], *map(_percent, table.loc[name])] for name in MISTAKES))


def _bars(table: pd.DataFrame) -> str:
    columns = [(side, bar) for side in ("fine", "problem") for bar in BARS]
    head = ("", *(f"{side} at {_percent(bar)}%" for side, bar in columns))
    rows = zip(table.index, table[columns].to_numpy(dtype=float), strict=True)
    return _table(head, ([f"`{key}`", *map(_percent, row)] for key, row in rows))


def _reliability(table: pd.DataFrame) -> str:
    rows = []
    for low, part in table.groupby("from"):
        so = part.set_index("side").loc[["fine", "problem"]]
        cells = [f"{_percent(row.so)}% of {row.n:,}" if row.n else "" for row in so.itertuples()]
        rows.append([f"{_percent(float(low))} to {_percent(float(part['to'].iloc[0]))}%", *cells])
    return _table(("sure", "fine: was so", "problem: was so"), rows)


def _ends(table: pd.DataFrame) -> str:
    rows = []
    for key in table.index:
        cells = [[table.loc[key, (side, n)] for n in PEOPLE] for side in ("fine", "problem")]
        shown = [" / ".join("–" if math.isnan(x) else f"{100 * x:.1f}" for x in part) for part in cells]
        rows.append([f"`{key}`", *shown])
    return _table(("", "end that makes fine", "end that makes a problem"), rows)


def _design_effect(table: pd.DataFrame) -> str:
    head = (
        "", "what goes together", "design effect", "false fine of what is usual, %", "the same, 1.2 allowed for, %",
        "false fine of the months on record, %",
    )  # fmt: skip
    rows = []
    for row in table.itertuples():
        shown = [f"{100 * share:.1f}" for share in (row.usual_at_1, row.usual_allowed, row.on_record_at_1)]
        rows.append([f"`{row.key}`", row.burst, f"{row.design_effect:.2f}", *shown])
    return _table(head, rows)


# --- the figure ---------------------------------------------------------------------------------------------------


def drawn(findings: pd.DataFrame) -> bytes:
    """Five answers as stacked bars: a row a truth, a column a finding, two bars (generators) a number of people."""
    from outsourcing_kit.plots.picture import Picture, new_figure, style

    with style():
        figure = new_figure(11, 6.6, "Answers when the truth is known")
        grid = figure.subplots(len(_WORLDS), len(MISTAKES), sharex=True, sharey=True)
        for row, world in enumerate(_WORLDS):
            for column, name in enumerate(MISTAKES):
                axes = grid[row][column]
                for number, generator in enumerate(GENERATORS):
                    table = shares(findings, world, generator).loc[name].reindex(list(PEOPLE)).fillna(0.0)
                    places = [place + 0.42 * number for place in range(len(PEOPLE))]
                    bottom = [0.0] * len(PEOPLE)
                    for answer in FIVE:
                        values = table[answer].tolist()
                        axes.bar(places, values, 0.38, bottom=bottom, color=_COLOURS[answer], label=answer)
                        bottom = [sum(pair) for pair in zip(bottom, values, strict=True)]
                axes.set_xticks([place + 0.21 for place in range(len(PEOPLE))], [str(people) for people in PEOPLE])
                axes.set_yticks([0, 0.5, 1], ["0", "50", "100%"])
                axes.tick_params(length=0)
                if row == 0:
                    axes.set_title(TITLES[name], fontsize=11)
                if column == 0:
                    axes.set_ylabel(_TITLES[world])
        handles = grid[0][0].containers[: len(FIVE)]
        names = ["open" if name == "cannot tell" else name for name in FIVE]
        figure.legend(handles, names, loc="outside upper right", ncols=len(FIVE))
        figure.supxlabel("people (left bar: the kit's generator, right bar: the second)", fontsize=10)
        return Picture(figure, _alt(findings)).png()


def _alt(findings: pd.DataFrame) -> str:
    parts = []
    for world, title in _TITLES.items():
        table = pd.concat([shares(findings, world, generator) for generator in GENERATORS]).groupby("mistake").mean()
        said = "; ".join(
            f"{TITLES[name]} problem {_percent(table.loc[name, 'problem'])}, fine {_percent(table.loc[name, 'fine'])}"
            for name in MISTAKES
        )
        parts.append(f"{title}, percent over all sizes: {said}.")
    return f"Stacked bars of five answers by finding and number of people. {' '.join(parts)}"
