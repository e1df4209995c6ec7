"""The scorecard: five findings on one page, with one figure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from typing import Any

import pandas as pd

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.exceptions import UnknownNameError
from outsourcing_kit.finding import SYMBOLS, VERDICTS, Finding
from outsourcing_kit.headlines import MISTAKES
from outsourcing_kit.plots.picture import Picture
from outsourcing_kit.showing import Result, as_html, unbroken
from outsourcing_kit.words import show

SCORECARD_MIME = "application/vnd.outsourcing-kit.scorecard+json"
_ERROR_OF_A_FINDING = 0.05


@dataclass(frozen=True, repr=False)
class ShownTable(Result):
    """A table of the scorecard, which shows itself."""


@dataclass(frozen=True)
class Scorecard:
    """Five findings on one engagement, in the order of the mistakes. It shows itself; nothing is added up."""

    engagement: str
    between: str
    findings: tuple[Finding, ...]
    truth: Mapping[str, float] = field(default_factory=dict)

    @property
    def verdicts(self) -> dict[str, str]:
        """Mistake -> verdict."""
        return {finding.mistake: finding.verdict for finding in self.findings}

    def finding(self, mistake: str) -> Finding:
        """The finding on one mistake. Raises UnknownNameError, naming the nearest."""
        if mistake not in MISTAKES:
            raise UnknownNameError.of("mistake", mistake, MISTAKES)
        return self.findings[MISTAKES.index(mistake)]

    @property
    def table(self) -> pd.DataFrame:
        """One row a mistake: verdict, the headline that decides it, the next action."""
        return pd.DataFrame(
            [
                {
                    "mistake": f"{number}. {finding.title}",
                    "verdict": f"{SYMBOLS[finding.verdict]} {finding.verdict}{' (interim)' if finding.interim else ''}",
                    "because": _because(finding),
                    "next": finding.actions[0] if finding.actions else "",
                }
                for number, finding in enumerate(self.findings, start=1)
            ]
        )

    @property
    def plan(self) -> ShownTable:
        """Every next action, problems first, with an owner and a day left to fill in."""
        # A fine finding's action ("keep it so") comes last, but it does come: what works is worth an owner, too.
        urgency = {verdict: place for place, verdict in enumerate(("problem", "cannot tell", "not assessed", "fine"))}
        ordered = sorted(self.findings, key=lambda finding: urgency[finding.verdict])
        rows = [(f.title, f.verdict, action, "", "") for f in ordered for action in f.actions]
        return ShownTable(pd.DataFrame(rows, columns=["mistake", "verdict", "next action", "owner", "done by"]))

    @property
    def truth_table(self) -> ShownTable:
        """Estimates beside the truth that a simulated engagement knows; no rows where nobody knows it."""
        rows = [
            (m.name, m.show_estimate(), m.show_interval(), show(self.truth[m.key], m.unit), m.verdict)
            for finding in self.findings
            for m in finding.headlines
            if m.key in self.truth
        ]
        table = pd.DataFrame(rows, columns=["measure", "estimate", "interval or range", "truth", "verdict"])
        return ShownTable(table, notes=() if rows else ("Nobody knows the truth behind these records",))

    @property
    def picture(self) -> Picture:
        """All fifteen headline measures against their limits."""
        from outsourcing_kit.plots.scorecard import picture

        return picture(self.engagement, self.findings)

    @property
    def caution(self) -> str:
        """What a reader must know of five verdicts on one page."""
        # As if the five erred independently: they read different tables.
        alarms = 1 - (1 - _ERROR_OF_A_FINDING) ** len(self.findings)
        text = (
            "Where a mistake is absent, its finding still raises a false alarm in at most "
            f"{_ERROR_OF_A_FINDING:.0%} of cases; "
            f"with {len(self.findings)} findings, at least one does in up to {alarms:.0%} of scorecards. "
            "Conventional limits are starting points: edit them. Nothing here ranks people, and no total is made."
        )
        if any(finding.interim for finding in self.findings):
            text += " Interim: the records end between decision dates, so these verdicts do not count yet."
        return text

    def explain(self) -> str:
        """The scorecard in a few plain sentences, made from its verdicts."""
        groups = {verdict: [f.title for f in self.findings if f.verdict == verdict] for verdict in VERDICTS}
        return "\n".join(
            f"{_GROUP_WORDS[verdict]}: {'; '.join(titles)}." for verdict, titles in groups.items() if titles
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values: {"engagement": …, "findings": [{"mistake", "verdict", "measures": […], …}, …]}."""
        return {"engagement": self.engagement, "findings": [finding.to_json() for finding in self.findings]}

    def to_html(self, *, figure: bool = True) -> str:
        """An HTML fragment without any outside address: the table, the figure, the five findings."""
        parts = [
            f"<p>Engagement <strong>{escape(self.engagement)}</strong>, {escape(self.between)}</p>",
            as_html(self.table.assign(verdict=self.table["verdict"].map(unbroken))),
            f"<p>{escape(self.caution)}</p>",
        ]
        # A notebook draws the figure itself; here it is part of the file, as nothing is loaded from outside.
        if figure:
            picture = self.picture
            data = base64.b64encode(picture.png()).decode("ascii")
            parts.append(f'<p><img alt="{escape(picture.alt, quote=True)}" src="data:image/png;base64,{data}"></p>')
            parts += [f"<h2>{n}. {escape(f.title)}</h2>{f.to_html()}" for n, f in enumerate(self.findings, start=1)]
        return "".join(parts)

    def __str__(self) -> str:
        lines = [f"Scorecard of {self.engagement}, {self.between}", ""]
        for number, finding in enumerate(self.findings, start=1):
            lines.append(f"{number}. {finding!r}")
            lines.append("")
        return "\n".join([*lines, self.caution])

    def __repr__(self) -> str:
        return f"Scorecard of {self.engagement}, {self.between}\n{self.explain()}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.to_html(figure=False), SCORECARD_MIME: self.to_json()}


_GROUP_WORDS = {
    "problem": "The records show a problem",
    "fine": "The records show that this is fine",
    "cannot tell": "Cannot tell yet",
    "not assessed": "Not assessed, records are missing",
}


def scorecard(engagement: Engagement, *, seed: int = 0) -> Scorecard:
    """Assess all five mistakes on one engagement.

    What the records cannot answer is "not assessed", never an error. `seed` feeds the model and permutation draws:
    the same seed gives the same scorecard.

    >>> from outsourcing_kit.engagement import Engagement
    >>> card = scorecard(Engagement.load("cold-start"))
    >>> [finding.mistake for finding in card.findings if finding.verdict == "problem"]
    ['kickoff']
    """
    # Texts of Arrow, by which pandas names columns too, are slow in tables as small as these: a sixth of the time.
    with pd.option_context("mode.string_storage", "python"):
        findings = tuple(import_module(f"outsourcing_kit.{name}").assess(engagement, seed=seed) for name in MISTAKES)
    between = f"{engagement.settings.observed_from} to {engagement.settings.observed_to}"
    return Scorecard(engagement.name, between, findings, engagement.truth)


def _because(finding: Finding) -> str:
    """The headlines that decide the verdict, in words."""
    # A fine finding is decided by all of its headlines, any other by those that say so.
    deciding = [measure for measure in finding.headlines if measure.verdict == finding.verdict]
    if finding.verdict == "not assessed":
        return "; ".join(sorted({measure.settled_by for measure in deciding}))
    return "; ".join(
        f"{measure.name} {measure.show_estimate()}"
        + (f" ({measure.show_interval()})" if measure.show_interval() else "")
        + f", limit {measure.show_limit()}"
        for measure in deciding
    )
