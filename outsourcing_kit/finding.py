"""Measure and Finding: what every assessment returns, and how a verdict comes from an interval and a limit."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import TITLES, headline, headlines_of
from outsourcing_kit.limits import CONVENTION, scaled_limit
from outsourcing_kit.showing import as_html, one_line, unbroken
from outsourcing_kit.words import capital, show, span

if TYPE_CHECKING:
    pass

FINDING_MIME = "application/vnd.outsourcing-kit.finding+json"
VERDICTS = ("problem", "fine", "cannot tell", "not assessed")
SYMBOLS = {"problem": "✖", "fine": "✔", "cannot tell": "?", "not assessed": "–"}

# Three headline measures share one finding's error: 5% (1% where a verdict stops a pipeline), one-sided, by three.
ERROR = 0.05 / 3
GATE_ERROR = 0.01 / 3
CONFIDENCE = 1 - 2 * ERROR


@dataclass(frozen=True)
class Measure:
    """One number with its evidence: interval, independent units behind it, limit, verdict, and what would settle it.

    `basis` is fact, sample or model. For a sample, low and high are an interval at `confidence` for the population
    behind the records; for a model, the range over the assumptions that nobody knows; for a fact, what is still open.
    `at_half_limit` and `at_double_limit` are the verdicts at half and double the tolerance, empty where that would be
    the best or the worst possible value. `gate_verdict` is the verdict at 1% error a finding, for `--fail-on`. A
    supporting measure has no limit, no verdict.
    """

    key: str
    name: str
    estimate: float
    low: float
    high: float
    confidence: float | None
    unit: str
    n: int
    counted_in: str
    basis: str
    limit: float | None = None
    limit_source: str = ""
    better: str = ""
    verdict: str = ""
    settled_by: str = ""
    at_half_limit: str = ""
    at_double_limit: str = ""
    gate_verdict: str = ""

    def __post_init__(self) -> None:
        # Names from the records stand in it.
        object.__setattr__(self, "settled_by", one_line(self.settled_by))

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded so that they are the same on every machine; nan and infinity become None."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}

    def show_estimate(self) -> str:
        return show(self.estimate, self.unit)

    def show_interval(self) -> str:
        """Low to high in the measure's unit; empty where there is none or it has no width."""
        return span(self.low, self.high, self.unit)

    def show_limit(self) -> str:
        if self.limit is None:
            return ""
        if self.unit == "yes/no":
            return show(self.limit, self.unit)
        word = "at most" if self.better == "lower" else "at least"
        return f"{word} {show(self.limit, self.unit)}"

    def explain(self) -> str:
        """The measure in one or two plain sentences, made from its numbers."""
        if self.verdict == "not assessed":
            return f"{capital(self.name)}: not assessed, {self.settled_by}."
        text = f"{capital(self.name)}: {self.show_estimate()}"
        if interval := self.show_interval():
            ends = {"low": show(self.low, self.unit), "high": show(self.high, self.unit)}
            closed = math.isfinite(self.low) and math.isfinite(self.high)
            text += f" ({_INTERVAL_WORDS[self.basis].format(**ends) if closed else interval})"
        if self.verdict:
            text += f", limit {self.show_limit()} ({self.limit_source}): {self.verdict}"
        text += "."
        if self.verdict == "cannot tell" and self.settled_by:
            text += f" What would settle it: {self.settled_by}."
        return text + self._at_other_limits()

    def _at_other_limits(self) -> str:
        """What half and double the tolerance would make of it, where a convention is the limit and it matters."""
        if self.limit_source != CONVENTION or self.limit is None:
            return ""
        item, found = headline(self.key), ((0.5, self.at_half_limit), (2.0, self.at_double_limit))
        others = [(scaled_limit(item, self.limit, factor), verdict) for factor, verdict in found if verdict]
        # Said only where it matters: a verdict that no other limit would change needs no second thought.
        if {verdict for _, verdict in others} <= {self.verdict}:
            return ""
        (limit, verdict), *rest = [(show(limit, self.unit), verdict) for limit, verdict in others]
        return (
            f" At a limit of {limit} the verdict is {verdict}{''.join(f', at {one} {other}' for one, other in rest)}."
        )

    def __str__(self) -> str:
        return self.explain()


@dataclass(frozen=True)
class Finding:
    """What the records say about one mistake: three headline measures, what supports them, and what to do next.

    `evidence` holds the rows behind the numbers. `headlines` and `supporting` are tuples of Measure.
    """

    mistake: str
    engagement: str
    headlines: tuple[Measure, ...]
    supporting: tuple[Measure, ...] = ()
    evidence: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    actions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    interim: bool = False

    def __post_init__(self) -> None:
        # All of them, whatever is missing: a headline left out would make a finding look better.
        expected = [item.key for item in headlines_of(self.mistake)]
        if [measure.key for measure in self.headlines] != expected:
            raise OutsourcingKitError(
                f"A finding on {self.mistake} needs the headline measures {', '.join(expected)}, in order."
            )
        for name in ("actions", "assumptions"):
            object.__setattr__(self, name, tuple(map(one_line, getattr(self, name))))

    @property
    def title(self) -> str:
        return TITLES[self.mistake]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The headline measures, then the supporting ones."""
        return self.headlines + self.supporting

    @property
    def verdict(self) -> str:
        """Problem if any headline is; fine only if all three are; not assessed with no headline at all."""
        return conclude([measure.verdict for measure in self.headlines])

    @property
    def gate_verdict(self) -> str:
        """The verdict at 1% error a finding: what `--fail-on` goes by."""
        return conclude([measure.gate_verdict for measure in self.headlines])

    @property
    def not_assessed(self) -> tuple[str, ...]:
        """What was not assessed, and why."""
        return tuple(f"{m.name}: {m.settled_by}" for m in self.headlines if m.verdict == "not assessed")

    @property
    def assumed(self) -> tuple[str, ...]:
        """The assessment's assumptions, and how sure the intervals of its headline samples are meant to be."""
        # A fact and a model have no chance of a false alarm that could be promised.
        if not any(m.basis == "sample" and m.verdict != "not assessed" for m in self.headlines):
            return self.assumptions
        confidence = (
            f'"Likely between" is a {CONFIDENCE:.1%} interval: with three headlines, a false alarm then comes from at '
            f"most {3 * ERROR:.0%} of engagements without this mistake."
        )
        return (*self.assumptions, confidence)

    def measure(self, key: str) -> Measure:
        """The measure called `key`, with or without the mistake's name in front. Raises UnknownNameError."""
        for measure in self.measures:
            if key in (measure.key, measure.key.partition(".")[2]):
                return measure
        raise UnknownNameError.of("measure", key, [measure.key for measure in self.measures])

    def explain(self) -> str:
        """The finding in plain words, computed from the numbers: true under any data and limits."""
        lines = [f"{_OPENINGS[self.verdict].format(title=self.title)}{' (interim)' if self.interim else ''}"]
        lines += [measure.explain() for measure in self.headlines]
        if self.actions:
            lines.append(f"Next: {self.actions[0]}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Everything but the evidence rows, as plain values."""
        return {
            "mistake": self.mistake,
            "title": self.title,
            "engagement": self.engagement,
            "verdict": self.verdict,
            "gate_verdict": self.gate_verdict,
            "interim": self.interim,
            "measures": [measure.to_json() for measure in self.measures],
            "headlines": [measure.to_json() for measure in self.headlines],
            "supporting": [measure.to_json() for measure in self.supporting],
            "actions": list(self.actions),
            "assumptions": list(self.assumed),
            "not_assessed": list(self.not_assessed),
        }

    @property
    def table(self) -> pd.DataFrame:
        """The headline measures as a table to read: value, interval, limit, verdict, what would settle it."""
        return pd.DataFrame(
            [
                {
                    "measure": m.name,
                    "value": "" if m.verdict == "not assessed" else m.show_estimate(),
                    "interval or range": m.show_interval(),
                    "limit": f"{m.show_limit()} ({m.limit_source})",
                    "verdict": f"{SYMBOLS[m.verdict]} {m.verdict}",
                    "basis": f"{m.basis}, {m.n} {m.counted_in}",
                    "what would settle it": m.settled_by,
                }
                for m in self.headlines
            ]
        )

    def __repr__(self) -> str:
        interim = " (interim)" if self.interim else ""
        heading = f"{SYMBOLS[self.verdict]} {self.verdict.upper()}{interim}: {self.title} [{one_line(self.engagement)}]"
        parts = [heading, *(f"  {SYMBOLS[m.verdict]} {m.explain()}" for m in self.headlines)]
        parts += [f"  · {m.explain()}" for m in self.supporting]
        parts += [f"  → {action}" for action in self.actions]
        return "\n".join(parts)

    def to_html(self) -> str:
        """An HTML fragment: the verdict, the headline table, supporting measures, next actions, assumptions."""
        interim = " (interim)" if self.interim else ""
        parts = [
            f'<div class="finding"><p><strong>{SYMBOLS[self.verdict]} {self.verdict}{interim}</strong>: '
            f"{escape(self.title)}, engagement {escape(one_line(self.engagement))}</p>",
            as_html(self._table_of_a_page()),
        ]
        for name, lines in (
            ("Also seen", [m.explain() for m in self.supporting]),
            ("Next", self.actions),
            ("Assumed", self.assumed),
        ):
            if lines:
                parts.append(f"<p>{name}:</p><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>")
        return "".join(parts) + "</div>"

    def _table_of_a_page(self) -> pd.DataFrame:
        """The headline table, narrower: no column of blanks, and a verdict's symbol and words on one line."""
        table = self.table
        last = table.columns[-1]
        table["verdict"] = table["verdict"].map(unbroken)
        return table if table[last].any() else table.drop(columns=last)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.to_html(), FINDING_MIME: self.to_json()}


_OPENINGS = {
    "problem": "{title}: the records show a problem.",
    "fine": "{title}: the records show that this is fine.",
    "cannot tell": "{title}: cannot tell yet.",
    "not assessed": "{title}: not assessed, the records that it needs are missing.",
}
_INTERVAL_WORDS = {
    "sample": "likely between {low} and {high}",
    "model": "{low} to {high} over what nobody knows",
    "fact": "{low} to {high} while items are open",
}


# --- from a number to a verdict -------------------------------------------------------------------------------------


def verdict_of(low: float, high: float, limit: float, better: str) -> str:
    """Problem: the whole interval is beyond the limit; fine: all of it is inside; else cannot tell.

    A value on the limit is inside.

    >>> verdict_of(0.25, 0.40, limit=0.20, better="lower"), verdict_of(0.85, 0.95, limit=0.80, better="higher")
    ('problem', 'fine')
    >>> verdict_of(0.15, 0.40, limit=0.20, better="lower")
    'cannot tell'
    """
    # An end that is not known may lie anywhere.
    if math.isnan(low) or math.isnan(high):
        return "cannot tell"
    # Where more is better, the mirror image is judged: one rule for both.
    if better == "higher":
        low, high, limit = -high, -low, -limit
    return "problem" if low > limit else "fine" if high <= limit else "cannot tell"


def conclude(verdicts: Sequence[str]) -> str:
    """One verdict from several: any problem decides; fine needs all of them; nothing assessed is not assessed.

    >>> conclude(["fine", "cannot tell", "fine"]), conclude(["fine", "problem", "not assessed"])
    ('cannot tell', 'problem')
    """
    if "problem" in verdicts:
        return "problem"
    if all(verdict == "not assessed" for verdict in verdicts):
        return "not assessed"
    return "fine" if all(verdict == "fine" for verdict in verdicts) else "cannot tell"


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str | os.PathLike):
        return value
    if isinstance(value, int):
        return value
    number = float(value)
    # Four digits are more than any reader needs, and the last ones differ between machines.
    return round(number, 4) if math.isfinite(number) else None
