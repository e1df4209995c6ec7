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
from outsourcing_kit.finding import ANSWERS, SYMBOLS, Finding, Measure
from outsourcing_kit.headlines import MISTAKES, headline
from outsourcing_kit.plots.picture import Picture
from outsourcing_kit.plots.scorecard import against_limit, picture
from outsourcing_kit.showing import Result, one_line, verdict_html
from outsourcing_kit.verdicts import SURE
from outsourcing_kit.words import capital, percent, show

SCORECARD_MIME = "application/vnd.outsourcing-kit.scorecard+json"
# A name from the records may be as long as a file; a row is read in a glance.
_LONGEST = 300


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
    def by_urgency(self) -> tuple[Finding, ...]:
        """The findings, what shows a problem first; those of one answer in the order of the mistakes."""
        return tuple(sorted(self.findings, key=lambda finding: ANSWERS.index(finding.answer)))

    @property
    def headline(self) -> str:
        """The page in one sentence, such as "1 of 5 shows a problem: Kickoff; 3 are fine, 1 leans fine."."""
        return in_a_sentence({finding.title: finding.answer for finding in self.findings})

    @property
    def table(self) -> pd.DataFrame:
        """One row a finding, the most urgent first: its answer, how sure, one reason, one action, money a month."""
        rows = [
            {
                "finding": f.title,
                "verdict": f"{SYMBOLS[f.answer]} {f.answer}{' (interim)' if f.interim else ''}",
                "how sure": how_sure(f.to_json()),
                "why": _reason(f),
                "next": f.actions[0] if f.actions else "",
                "money": money_in_short(f.to_json()),
            }
            for f in self.by_urgency
        ]
        return pd.DataFrame(rows)

    @property
    def plan(self) -> Result:
        """The next action of each finding, problems first, with an owner and a day left to fill in."""
        # A fine finding's action ("keep it so") comes last, but it does come: what works is worth an owner, too. What
        # comes after the first action stands with the finding: a plan is what gets done.
        rows = [(f.title, f.answer, action, "", "") for f in self.by_urgency for action in f.actions[:1]]
        return Result(pd.DataFrame(rows, columns=["finding", "verdict", "next action", "owner", "done by"]))

    @property
    def still_missing(self) -> Result:
        """What is not assessed, with the cheapest way to assess it; no rows where all is."""
        missing = [(f.title, m) for f in self.findings for m in f.headlines if m.verdict == "not assessed"]
        rows = [(title, m.name, headline(m.key).way) for title, m in missing]
        table = pd.DataFrame(rows, columns=["finding", "measure", "cheapest way to assess it"])
        return Result(table, notes=() if rows else ("Every headline measure is assessed",))

    @property
    def truth_table(self) -> Result:
        """Estimates beside the truth that a simulated engagement knows; no rows where nobody knows it."""
        known = [m for f in self.findings for m in f.headlines if m.key in self.truth]
        rows = [
            (m.name, m.show_estimate(), m.show_interval(), show(self.truth[m.key], m.unit), m.verdict) for m in known
        ]
        table = pd.DataFrame(rows, columns=["measure", "estimate", "interval or range", "truth", "verdict"])
        return Result(table, notes=() if rows else ("Nobody knows the truth behind these records",))

    @property
    def picture(self) -> Picture:
        """The five findings, each with its headline measures against their limits, the most urgent first."""
        return picture(self.engagement, self.headline, [(f, _answered(f), _deciding(f)[0]) for f in self.by_urgency])

    @property
    def caution(self) -> str:
        """What a reader must know of five verdicts on one page, reckoned from the findings at hand."""
        # One alarm or more: never likelier than the sum, however the findings hang together.
        alarms = min(sum(finding.false_alarm for finding in self.findings), 1.0)
        chance = f"Were nothing wrong, chance would still raise some alarm here in at most {percent(alarms)} of cases."
        said = {
            chance if alarms else "Nothing here rests on a sample: chance raises no alarm.": True,
            "Fine speaks of the people on record, of nobody else.": any("people" in f.scope for f in self.findings),
            "Money follows the size of the work and decides no verdict.": any(f.cost for f in self.findings),
            "Limits are starting points: edit them. Nobody is ranked, and nothing is added up.": True,
            "Interim: the records end between decision dates, so these verdicts do not count yet.": any(
                f.interim for f in self.findings
            ),
        }
        return " ".join(sentence for sentence, holds in said.items() if holds)

    def explain(self) -> str:
        """The scorecard in a few plain lines: the headline, then a line a finding, the most urgent first."""
        lines = [f"{SYMBOLS[f.answer]} {f.title}: {_answered(f)}. {_reason(f)}." for f in self.by_urgency]
        return "\n".join([self.headline, *lines])

    def to_json(self) -> dict[str, Any]:
        """Plain values: {"engagement", "headline", "findings": [{"mistake", "verdict", "measures": […], …}, …]}."""
        findings = [finding.to_json() for finding in self.findings]
        return {"engagement": self.engagement, "headline": self.headline, "findings": findings}

    def to_html(self, *, figure: bool = True) -> str:
        """An HTML fragment without script or outside address: headline, five rows, the figure, the rest in folds."""
        parts = [
            f'<div class="scorecard"><p class="headline"><strong>{escape(self.headline)}</strong></p>',
            f'<p class="soft">Engagement {escape(one_line(self.engagement))}, {escape(self.between)}.</p>',
            self._rows_of_a_page(),
        ]
        # A notebook draws the figure itself; here it is part of the file, as nothing is loaded from outside.
        if figure:
            drawn = self.picture
            data = base64.b64encode(drawn.png()).decode("ascii")
            parts.append(f'<p><img alt="{escape(drawn.alt, quote=True)}" src="data:image/png;base64,{data}"></p>')
        parts.append(f'<p class="soft">{escape(self.caution)}</p>')
        costs = [(f, f.cost.in_words()) for f in self.by_urgency if f.cost]
        if costs:
            told = "".join(f"<li>{escape(f.title)}: {escape(words)}.</li>" for f, words in costs)
            parts.append(f"<details><summary>How the money was calculated</summary><ul>{told}</ul></details>")
        if figure:
            parts += [
                f"<details><summary>{SYMBOLS[f.answer]} {escape(f.title)}: all that was found</summary>{f.to_html()}"
                "</details>"
                for f in self.by_urgency
            ]
        return "".join(parts) + "</div>"

    def _rows_of_a_page(self) -> str:
        """The table, with each verdict in its colour and how sure below it."""
        table = self.table
        heads = "".join(f'<th scope="col">{name}</th>' for name in table if name != "how sure")
        rows = []
        for finding, row in zip(self.by_urgency, table.to_dict("records"), strict=True):
            chip = verdict_html(finding.answer, interim=finding.interim)
            sure = f"<br>{escape(row['how sure'])}" if row["how sure"] else ""
            cells = "".join(f"<td>{escape(one_line(row[name], _LONGEST))}</td>" for name in ("why", "next", "money"))
            rows.append(f'<tr><th scope="row">{escape(finding.title)}</th><td>{chip}{sure}</td>{cells}</tr>')
        return f'<table class="five"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'

    def __str__(self) -> str:
        details = [repr(finding) for finding in self.by_urgency]
        return "\n\n".join([repr(self), *details, self.caution])

    def __repr__(self) -> str:
        return f"Scorecard of {one_line(self.engagement)}, {self.between}\n{self.explain()}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.to_html(figure=False), SCORECARD_MIME: self.to_json()}


# Of one and of several, in the order of the sentence; the first three name who they are.
_SAID = {
    "problem": ("shows a problem", "show a problem"),
    "leans problem": ("leans to a problem", "lean to a problem"),
    "cannot tell": ("is open", "are open"),
    "fine": ("is fine", "are fine"),
    "leans fine": ("leans fine", "lean fine"),
    "not assessed": ("was not assessed", "were not assessed"),
}
_NAMED = ("problem", "leans problem", "cannot tell")


def in_a_sentence(answers: Mapping[str, str]) -> str:
    """What several findings (title -> answer) say together, the problems first.

    >>> in_a_sentence({"A": "fine", "B": "problem", "C": "leans fine", "D": "fine", "E": "fine"})
    '1 of 5 shows a problem: B; 3 are fine, 1 leans fine.'
    >>> in_a_sentence({"A": "fine", "B": "cannot tell", "C": "not assessed"})
    'None of the 2 assessed shows a problem; 1 is open: B; 1 is fine, 1 was not assessed.'
    """
    groups = {answer: [title for title, given in answers.items() if given == answer] for answer in _SAID}
    assessed = len(answers) - len(groups["not assessed"])
    if not assessed:
        return f"None of {len(answers)} was assessed: the records that they need are missing."
    if len(groups["fine"]) == len(answers):
        return f"All {len(answers)} are fine."
    said = {answer: f"{len(titles)} {_SAID[answer][len(titles) > 1]}" for answer, titles in groups.items() if titles}
    of = f"of {assessed}" if assessed == len(answers) else f"of the {assessed} assessed"
    first = f"None {of} shows a problem" if not groups["problem"] else said["problem"].replace(" ", f" {of} ", 1)
    named = [f"{said[answer]}: {', '.join(groups[answer])}" for answer in _NAMED[1:] if answer in said]
    first += f": {', '.join(groups['problem'])}" if groups["problem"] else ""
    others = ", ".join(words for answer, words in said.items() if answer not in _NAMED)
    return "; ".join(filter(None, [first, *named, others])) + "."


def answer_in(told: Mapping[str, Any]) -> str:
    """The answer of a finding that was told as plain values: its verdict, or which way it leans.

    >>> answer_in({"verdict": "cannot tell", "lean": "leans fine"}), answer_in({"verdict": "problem"})
    ('leans fine', 'problem')
    """
    lean = told.get("lean")
    return lean if lean in ANSWERS else told["verdict"]


def how_sure(told: Mapping[str, Any]) -> str:
    """How sure a finding's answer is, in two words; "" where nothing is said. It takes the finding's `to_json()`.

    >>> how_sure({"verdict": "fine", "sure": 0.9741, "headlines": [{"verdict": "fine", "basis": "sample"}]})
    '97% sure'
    """
    answer, sure = answer_in(told), told.get("sure")
    if answer in ("cannot tell", "not assessed") or not isinstance(sure, int | float):
        return ""
    measures = [each for each in told.get("headlines", ()) if each.get("verdict") == answer]
    bases = {each.get("basis") for each in measures if each.get("needed", True) or answer == "problem"}
    # One fact is enough for a problem; for fine, whatever is least sure decides.
    if bases and ("fact" in bases if answer == "problem" else bases == {"fact"}):
        return "a fact"
    if bases and "sample" not in bases:
        return "calculated"
    # Of nothing that was sampled are we entirely sure; what leans is not rounded up to what decides.
    return f"{percent(min(sure, 0.99 if answer == told['verdict'] else SURE - 0.01))} sure"


def money_in_short(told: Mapping[str, Any]) -> str:
    """What a finding's mistake costs a month, without how it was calculated; "" where nothing is said.

    >>> money_in_short({"cost": {"in_words": "costs 0 to 50 EUR a month: 595 EUR once"}})
    'costs 0 to 50 EUR a month'
    """
    cost = told.get("cost")
    return str(cost.get("in_words", "")).partition(":")[0] if isinstance(cost, Mapping) else ""


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


def _answered(finding: Finding) -> str:
    """The answer, how sure it is, and whether it counts yet: "leans fine, 85% sure"."""
    interim = " (interim)" if finding.interim else ""
    return ", ".join(filter(None, (f"{finding.answer}{interim}", how_sure(finding.to_json()))))


def _deciding(finding: Finding) -> list[Measure]:
    """The headlines behind the answer, facts first, then the one that tells most; never none."""
    bad = finding.answer in ("problem", "leans problem")
    told = [m for m in finding.headlines if m.needed or bad]
    if finding.answer == "problem":
        told = [m for m in told if m.verdict == "problem"]
    elif finding.answer in ("cannot tell", "leans fine"):
        told = [m for m in told if m.verdict != "fine"]

    def place(m: Measure) -> tuple[bool, bool, float]:
        # Of what is fine, the closest to its limit; of what was not assessed, nothing is known.
        tells = -m.sure_problem if bad else m.sure_fine
        return finding.answer == "problem" and m.basis != "fact", m.verdict == "not assessed", tells

    return sorted(told, key=place)


def _reason(finding: Finding) -> str:
    """The headline that decides, in words: its value, what was counted, its limit."""
    first, *others = _deciding(finding)
    if first.verdict == "not assessed":
        return f"{capital(first.name)}: {first.why_not}"
    more = f"; and {len(others)} more" if others and finding.answer == "problem" else ""
    return f"{capital(first.name)}: {against_limit(first, first.counts)}{more}"
