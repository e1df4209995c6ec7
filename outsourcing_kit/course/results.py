"""What a run found: gathered from the executed notebooks, as data, as a page and as a few lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from outsourcing_kit.course.engagements import Selected
from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.course.pages import MADE_BY
from outsourcing_kit.course.worker import error_in_words
from outsourcing_kit.headlines import MISTAKES, TITLES
from outsourcing_kit.page import html_page, verdict_html

DONE, FAILED, NOT_RUN = "done", "failed", "not run"

LEGEND = {
    "problem": "the records show it: the whole interval lies beyond the practical limit.",
    "fine": "the records rule it out: all three headline measures lie inside their limits.",
    "cannot tell": "the records leave it open; the page says what would settle it.",
    "not assessed": "the records that it needs are missing, or its lesson did not run.",
}
FALSE_ALARMS = (
    "Each finding keeps its own error at 5%, so that five findings can still raise one false alarm in up to 23% of "
    "scorecards. <code>--fail-on problem</code> therefore goes by a stricter verdict, at 1% for each finding."
)
INTERIM = (
    "<em>Interim</em> marks a verdict between two of the engagement's decision dates (<code>decide_on</code>): looked "
    "at every night, chance alone would sooner or later show a problem, so that only verdicts on those dates count."
)


@dataclass(frozen=True)
class Run:
    """One lesson on one engagement. `status` is "done", "failed" or "not run"; `notebook` and `page` are relative to
    the output folder, None where nothing was written."""

    lesson: Lesson
    engagement: Selected
    status: str = NOT_RUN
    seconds: float | None = None
    error: Mapping[str, Any] | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    notebook: str | None = None
    page: str | None = None

    def to_json(self) -> dict[str, Any]:
        shown = {
            "lesson": self.lesson.stem,
            "engagement": self.engagement.label,
            "status": self.status,
            "seconds": self.seconds,
            "notebook": self.notebook,
            "page": self.page,
        }
        return shown | ({"error": dict(self.error)} if self.error else {})

    def failure(self) -> str:
        """What went wrong, in one line."""
        return f"{self.lesson.stem} on {self.engagement.shown_as}: {error_in_words(dict(self.error or {}))}"


@dataclass(frozen=True)
class Found:
    """A finding and the page that shows it."""

    finding: Mapping[str, Any]
    page: str | None

    @property
    def verdict(self) -> str:
        return str(self.finding["verdict"])

    @property
    def interim(self) -> bool:
        return bool(self.finding.get("interim"))

    @property
    def trips(self) -> bool:
        """Whether `--fail-on problem` counts it."""
        return self.finding.get("gate_verdict") == "problem" and not self.interim


def findings_of(engagement: Selected, runs: Iterable[Run]) -> dict[str, Found]:
    """One finding a mistake: its own lesson's where there is one, else another lesson's, else a scorecard's.

    A lesson may also show findings on other engagements, for comparison, or several on this one: the last that bears
    this engagement's name counts.
    """
    best: dict[str, tuple[tuple[int, int], Found]] = {}
    for run in runs:
        if run.engagement != engagement:
            continue
        for finding in run.findings:
            mistake = str(finding.get("mistake"))
            own = run.lesson.name == mistake
            rank = (
                int(finding.get("engagement") == engagement.name),
                2 if own and not finding.get("from_scorecard") else int(not finding.get("from_scorecard")),
            )
            if mistake in MISTAKES and (mistake not in best or rank >= best[mistake][0]):
                best[mistake] = (rank, Found(finding, run.page))
    return {mistake: best[mistake][1] for mistake in MISTAKES if mistake in best}


def summary(
    runs: Iterable[Run], engagements: Iterable[Selected], parameters: Mapping[str, Any], started: str, seconds: float
) -> dict[str, Any]:
    """The run as plain data, for `summary.json`."""
    from outsourcing_kit import __version__

    listed = list(runs)
    return {
        "made_by": MADE_BY,
        "version": __version__,
        "started": started,
        "seconds": round(seconds, 1),
        "parameters": dict(parameters),
        "engagements": [
            {
                "name": each.label,
                "shown_as": each.shown_as,
                "findings": [_without_mark(found.finding) for found in findings_of(each, listed).values()],
            }
            for each in engagements
        ],
        "runs": [run.to_json() for run in listed],
    }


def _without_mark(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in finding.items() if key != "from_scorecard"}


def verdict_lines(runs: Iterable[Run], engagements: Iterable[Selected]) -> list[str]:
    """One line an engagement: each mistake's verdict. Empty where no lesson showed a finding."""
    listed = list(runs)
    lines = []
    shown = list(engagements)
    width = max((len(each.shown_as) for each in shown), default=0)
    for each in shown:
        found = findings_of(each, listed)
        if found:
            parts = [
                f"{mistake.replace('_', ' ')}: {one.verdict}{' (interim)' if one.interim else ''}"
                for mistake, one in found.items()
            ]
            lines.append(f"{each.shown_as:<{width}}  {' · '.join(parts)}")
    return lines


# ---- the page ------------------------------------------------------------------------------------------------------


def index_page(runs: Iterable[Run], engagements: Iterable[Selected], titles: Mapping[str, str]) -> str:
    """`index.html`: engagement × mistake, the lessons' pages, what failed, and what the verdicts mean.

    `titles` maps a lesson's stem to its title.
    """
    listed, shown = list(runs), list(engagements)
    parts = ["<h1>Which engagement makes which mistake?</h1>", _trouble(listed), _verdicts(listed, shown)]
    parts += [_legend(), _lessons(listed, shown, titles)]
    return html_page("Outsourcing Kit: results of a run", "\n".join(parts), made_by=MADE_BY)


def _trouble(runs: list[Run]) -> str:
    failed = "".join(f"<li>{_link(run.failure(), run.page)}</li>" for run in runs if run.status == FAILED)
    missing = [run for run in runs if run.status == NOT_RUN]
    parts = [f"<p>These failed; their pages show how far they came:</p><ul>{failed}</ul>"] if failed else []
    if missing:
        names = "".join(f"<li>{escape(f'{run.lesson.stem} on {run.engagement.shown_as}')}</li>" for run in missing)
        parts.append(f"<p>The run was ended before these; nothing is known of them:</p><ul>{names}</ul>")
    return f'<div class="notice" role="alert">{"".join(parts)}</div>' if parts else ""


def _link(text: str, page: str | None) -> str:
    return f'<a href="{escape(_address(page))}">{escape(text)}</a>' if page else escape(text)


def _address(page: str) -> str:
    from urllib.parse import quote

    return quote(page)


def _verdicts(runs: list[Run], engagements: list[Selected]) -> str:
    head = "".join(f'<th scope="col">{escape(TITLES[mistake])}</th>' for mistake in MISTAKES)
    rows = []
    for each in engagements:
        found = findings_of(each, runs)
        cells = "".join(f"<td>{_cell(found.get(mistake))}</td>" for mistake in MISTAKES)
        rows.append(f'<tr><th scope="row">{escape(each.shown_as)}</th>{cells}</tr>')
    return (
        '<table class="verdicts"><caption>Verdicts</caption>'
        f'<thead><tr><th scope="col">engagement</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _cell(found: Found | None) -> str:
    from outsourcing_kit.finding import SYMBOLS

    verdict = found.verdict if found else "not assessed"
    shown = verdict_html(verdict, SYMBOLS.get(verdict, ""), interim=bool(found and found.interim))
    return f'<a href="{escape(_address(found.page))}">{shown}</a>' if found and found.page else shown


def _legend() -> str:
    from outsourcing_kit.finding import SYMBOLS

    lines = "".join(f"<li>{verdict_html(each, SYMBOLS.get(each, ''))}: {text}</li>" for each, text in LEGEND.items())
    return (
        f'<section class="soft"><h2>How to read it</h2><ul>{lines}</ul><p>{FALSE_ALARMS}</p><p>{INTERIM}</p></section>'
    )


def _lessons(runs: list[Run], engagements: list[Selected], titles: Mapping[str, str]) -> str:
    items = []
    for each in engagements:
        pages = [
            _link(titles.get(run.lesson.stem, run.lesson.stem) + _status(run), run.page)
            for run in runs
            if run.engagement == each
        ]
        listed = "".join(f"<li>{page}</li>" for page in pages)
        items.append(f"<h3>{escape(each.shown_as)}</h3><ol>{listed}</ol>")
    return f"<h2>The lessons, engagement by engagement</h2>{''.join(items)}"


def _status(run: Run) -> str:
    return "" if run.status == DONE else f" ({run.status})"
