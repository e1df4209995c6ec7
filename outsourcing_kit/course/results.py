"""What a run found: gathered from the executed notebooks, as data, as a page and as a few lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from outsourcing_kit import __version__
from outsourcing_kit.course.engagements import Selected
from outsourcing_kit.course.lessons import Lesson
from outsourcing_kit.course.pages import MADE_BY, TEMPLATES
from outsourcing_kit.finding import ANSWERS, FINDING_MIME, VERDICTS
from outsourcing_kit.headlines import MISTAKES, TITLES
from outsourcing_kit.page import html_page
from outsourcing_kit.report import SCORECARD_MIME, answer_in, how_sure, in_a_sentence, money_in_short
from outsourcing_kit.showing import verdict_html
from outsourcing_kit.text import plain, shown
from outsourcing_kit.words import capital

DONE, FAILED, NOT_RUN = "done", "failed", "not run"
# Of a mistake on which no lesson found anything.
NOTHING: Mapping[str, Any] = {"verdict": "not assessed"}


@dataclass(frozen=True)
class Trouble:
    """What stopped a lesson. `cell` is the number in the brackets of `In [5]`, where a cell is to blame."""

    cell: int | None
    type: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> Trouble:
        return cls(None, type(error).__name__, str(error))

    def __str__(self) -> str:
        place = "" if self.cell is None else f"cell [{self.cell}]: "
        message = shown(plain(self.message), most=300)
        return f"{place}{shown(self.type)}" + (f": {message}" if message else "")


@dataclass(frozen=True)
class Run:
    """One lesson on one engagement. `status` is "done", "failed" or "not run"; `notebook` and `page` are relative to
    the output folder, None where nothing was written."""

    lesson: Lesson
    engagement: Selected
    status: str = NOT_RUN
    seconds: float | None = None
    trouble: Trouble | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    notebook: str | None = None
    page: str | None = None

    def to_json(self) -> dict[str, Any]:
        told = {"lesson": self.lesson.stem, "engagement": self.engagement.label}
        told |= {name: getattr(self, name) for name in ("status", "seconds", "notebook", "page")}
        return told | ({"error": asdict(self.trouble)} if self.trouble else {})

    def __str__(self) -> str:
        return f"{self.lesson.stem} on {self.engagement.shown_as}" + (f": {self.trouble}" if self.trouble else "")


def findings_in(cells: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Findings that the notebook showed, each with "from_scorecard"; without mistake or verdict it is none."""
    found: list[Any] = []
    for data in (output.get("data", {}) for cell in cells for output in cell.get("outputs", [])):
        card = data.get(SCORECARD_MIME)
        listed = card.get("findings") if isinstance(card, dict) else None
        found.append((data.get(FINDING_MIME), False))
        found += [(each, True) for each in listed] if isinstance(listed, list) else []
    kept = [
        each | {"from_scorecard": from_scorecard}
        for each, from_scorecard in found
        if isinstance(each, dict) and each.get("mistake") in MISTAKES and each.get("verdict") in VERDICTS
    ]
    # JSON has no NaN and no infinity, whatever Python writes.
    return tuple(json.loads(json.dumps(kept), parse_constant=lambda _: None))


def not_shown(lesson: Lesson, findings: Iterable[Mapping[str, Any]]) -> Trouble | None:
    """What is wrong with a lesson that ran to its end but shows no finding: without it, it has failed all the same."""
    has = {found["mistake"] for found in findings}
    lacking = [each for each in MISTAKES if lesson.name in (each, "scorecard") and each not in has]
    words = ", ".join(lacking).replace("_", " ")
    message = f"it showed none with a verdict on {words}. Mend: end its evidence with assess(...), or card"
    return Trouble(None, "no finding", message) if lacking else None


def findings_of(engagement: Selected, runs: Iterable[Run]) -> dict[str, dict[str, Any]]:
    """One finding a mistake, with its page: of its own lesson, else of another one, else of a scorecard."""
    best: dict[str, tuple[tuple[bool, int], dict[str, Any]]] = {}
    for run in runs:
        for finding in run.findings if run.engagement == engagement else ():
            mistake = finding["mistake"]
            source = 0 if finding["from_scorecard"] else 2 if run.lesson.name == mistake else 1
            # A lesson may also show findings on other engagements, for comparison, or several on this one: the last
            # that bears this engagement's name counts.
            rank = finding.get("engagement") == engagement.name, source
            if mistake not in best or rank >= best[mistake][0]:
                best[mistake] = rank, {**finding, "page": run.page}
    return {mistake: best[mistake][1] for mistake in MISTAKES if mistake in best}


def headline_of(found: Mapping[str, Mapping[str, Any]]) -> str:
    """All five in one sentence: what was not found was not assessed."""
    return in_a_sentence({TITLES[each]: answer_in(found.get(each, NOTHING)) for each in MISTAKES})


def summary(result: RunResult, parameters: Mapping[str, Any], started: str) -> dict[str, Any]:
    """The run as plain data, for `summary.json`."""
    engagements = []
    for each in result.engagements:
        found = findings_of(each, result.runs)
        # A lesson of an older kit may have shown less.
        own = [{"lean": "", "sure": None, "cost": None, **one, "money": money_in_short(one)} for one in found.values()]
        for one in own:
            del one["from_scorecard"], one["page"]
        told = {"name": each.label, "shown_as": each.shown_as, "headline": headline_of(found), "findings": own}
        engagements.append(told)
    return {
        "made_by": MADE_BY, "version": __version__, "started": started, "seconds": round(result.seconds, 1),
        "parameters": dict(parameters), "engagements": engagements, "runs": [run.to_json() for run in result.runs],
    }  # fmt: skip


@dataclass(frozen=True)
class RunResult:
    """How a run went. `stopped`: why it ended early, else None; `told`: whether index and summary were written."""

    index: Path
    runs: tuple[Run, ...]
    engagements: tuple[Selected, ...]
    seconds: float
    stopped: str | None = None
    told: bool = True

    @property
    def failed(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.status == FAILED)

    @property
    def tripped(self) -> tuple[str, ...]:
        """Engagements and mistakes that `--fail-on problem` counts."""
        return tuple(
            f"{each.shown_as}: {mistake.replace('_', ' ')}"
            for each in self.engagements
            for mistake, found in findings_of(each, self.runs).items()
            if found.get("gate_verdict") == "problem" and not found.get("interim")
        )

    def verdict_lines(self) -> list[str]:
        """One line an engagement on which something was found: each mistake's verdict, or which way it leans."""
        lines = {}
        for each in self.engagements:
            lines[each.shown_as] = " · ".join(
                f"{mistake.replace('_', ' ')}: {answer_in(found)}{' (interim)' if found.get('interim') else ''}"
                for mistake, found in findings_of(each, self.runs).items()
            )
        width = max(map(len, lines), default=0)
        return [f"{name:<{width}}  {line}" for name, line in lines.items() if line]


def index_page(result: RunResult) -> str:
    """`index.html`: engagement × mistake, the lessons' pages, what failed, and what the verdicts mean."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    def verdict(name: str, interim: object = False) -> Markup:
        return Markup(verdict_html(name, interim=bool(interim)))

    def by_urgency(found: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
        pairs = [(TITLES[each], found.get(each, NOTHING)) for each in MISTAKES]
        return sorted(pairs, key=lambda pair: ANSWERS.index(answer_in(pair[1])))

    def short(told: Mapping[str, Any]) -> str:
        return capital(str(told.get("headline", "")).partition(": ")[2])

    runs, template = result.runs, Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    body = template.get_template("index.html.j2").render(
        rows=[(each, findings_of(each, runs), [run for run in runs if run.engagement == each])
              for each in result.engagements],
        failed=result.failed, missing=[run for run in runs if run.status == NOT_RUN],
        mistakes=MISTAKES, heads=TITLES, nothing=NOTHING, verdict=verdict, answer=answer_in, sure=how_sure,
        money=money_in_short, headline=headline_of, by_urgency=by_urgency, short=short,
    )  # fmt: skip
    return html_page("Outsourcing Kit: results of a run", body, made_by=MADE_BY)
