"""Measure and Finding: what every assessment returns, and how it is said."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import TITLES, headline, headlines_of
from outsourcing_kit.limits import CONVENTION, scaled_limit
from outsourcing_kit.showing import as_html, one_line, unbroken
from outsourcing_kit.verdicts import ANSWERS, SURE, SYMBOLS, VERDICTS, joined, lean_of, of_ends
from outsourcing_kit.words import capital, listed, percent, show, span

if TYPE_CHECKING:
    from outsourcing_kit.money import Cost

FINDING_MIME = "application/vnd.outsourcing-kit.finding+json"
__all__ = ["ANSWERS", "FINDING_MIME", "SYMBOLS", "VERDICTS", "Finding", "Measure"]


@dataclass(frozen=True)
class Measure:
    """One number with its evidence: what it says, how sure that is, its limit and target, and what would settle it.

    `basis` is fact, sample or model. For a sample, low and high are the ends that the verdict goes by, together an
    interval at `confidence`; for a model, the range over the assumptions that nobody knows; for a fact, what is still
    open. `sure_fine` and `sure_problem` say how sure we may be (0 to 1) that the truth keeps the limit or misses it,
    the second with all headlines of the finding counted; of a model, under which share of the assumptions. `lean` is
    which way an open verdict goes from .8 on. `gate_verdict` is the verdict at 99%, for `--fail-on`. `counts` has the
    facts in numbers (`whole`: of all the few people there are), `found_from` the smallest trouble that such records
    show in 8 of 10 cases. A measure that is not `needed` may raise an alarm, but keeps no finding from being fine. A
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
    target: float | None = None
    sure_fine: float = math.nan
    sure_problem: float = math.nan
    gate_verdict: str = ""
    needed: bool = True
    whole: bool = False
    counts: str = ""
    found_from: float = math.nan

    def __post_init__(self) -> None:
        # Names from the records stand in them.
        for name in ("settled_by", "counts"):
            object.__setattr__(self, name, one_line(getattr(self, name)))

    @property
    def lean(self) -> str:
        """Which way an open verdict leans: "leans fine", "leans problem" or ""."""
        return lean_of(self.sure_fine, self.sure_problem) if self.verdict == "cannot tell" else ""

    @property
    def answer(self) -> str:
        """The verdict, or which way it leans while it is open."""
        return self.lean or self.verdict

    @property
    def sure(self) -> float:
        """How sure we may be of the answer, 0 to 1; nan without a verdict or where nothing is said."""
        if self.verdict in ("", "not assessed"):
            return math.nan
        return max(self.sure_fine, self.sure_problem)

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded so that they are the same on every machine; nan and infinity become None."""
        fields = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return fields | {"lean": self.lean, "sure": _plain(self.sure)}

    def show_estimate(self) -> str:
        return show(self.estimate, self.unit)

    def show_interval(self) -> str:
        """Low to high in the measure's unit; empty where there is none or it has no width, or of a whole small team."""
        return "" if self.whole else span(self.low, self.high, self.unit)

    def show_limit(self) -> str:
        if self.limit is None:
            return ""
        if self.unit == "yes/no":
            return show(self.limit, self.unit)
        word = "at most" if self.better == "lower" else "at least"
        return f"{word} {show(self.limit, self.unit)}"

    def show_target(self) -> str:
        """The target, where it is another than the limit."""
        if self.target is None or self.target == self.limit:
            return ""
        return show(self.target, self.unit)

    def how_sure(self) -> str:
        """What the records make of the limit, in words: the bound that decides, or how sure we may be."""
        if self.verdict in ("", "not assessed"):
            return ""
        if self.basis != "sample":
            return self._range()
        keeps, misses = ("at least", "at most") if self.better == "higher" else ("at most", "at least")
        good, bad = (self.low, self.high) if self.better == "higher" else (self.high, self.low)
        if self.verdict == "fine":
            return f"{percent(SURE)} sure that it is {keeps} {show(good, self.unit)}"
        if self.verdict == "problem":
            return f"{percent(SURE)} sure that it is {misses} {show(bad, self.unit)}"
        if self.lean:
            side = "inside" if self.lean == "leans fine" else "beyond"
            return f"{_at_most_99(self.sure)} sure that it is {side} the limit"
        return f"could be {interval}" if (interval := self.show_interval()) else "could be on either side of the limit"

    def _range(self) -> str:
        if not (interval := self.show_interval()):
            return ""
        if self.basis == "fact":
            return f"{interval} while items are open"
        if math.isnan(self.sure_fine):
            return f"{interval} over what nobody knows"
        # Capped where a model may lean at most.
        beyond = round(100 * (1 - self.sure_fine if self.sure_fine < self.sure_problem else self.sure_problem))
        return f"{interval} over what nobody knows, beyond the limit under {beyond}% of the assumptions tried"

    def explain(self) -> str:
        """The measure in one or two plain sentences, made from its numbers: facts first."""
        if self.verdict == "not assessed":
            return f"{capital(self.name)}: not assessed, {self.settled_by}."
        facts = ", ".join(filter(None, (self.counts, "that is all of them" if self.whole else "")))
        text = f"{capital(self.name)}: {self.show_estimate()}" + (f" ({facts})" if facts else "")
        if self.verdict:
            target = f", target {self.show_target()}" if self.show_target() else ""
            sure = f"; {how}" if (how := self.how_sure()) else ""
            text += f"{sure} (limit {self.show_limit()}{target}): {self.answer}"
        elif interval := self.show_interval():
            text += f" ({interval})"
        text += "."
        if self.answer in ("cannot tell", "leans problem") and self.settled_by:
            text += f" What would settle it: {self.settled_by}."
        elif self.answer == "cannot tell" and not self.needed:
            text += " You need not know: the finding does not hang on it."
        return text

    def at_other_limits(self) -> str:
        """What half and double the tolerance would make of a convention, for analysts; "" where it changes nothing.

        The tolerance lies between target and limit, or between the best value and the limit where they are one.
        """
        if self.limit_source != CONVENTION or self.limit is None or self.verdict in ("", "not assessed"):
            return ""
        item, others = headline(self.key), []
        for factor in (0.5, 2.0):
            other = scaled_limit(item, self.limit, factor, self.target)
            if other is not None and (found := of_ends(self.low, self.high, other, self.better)) != self.verdict:
                others.append(f"at {show(other, self.unit)} {found}")
        return ", ".join(others)

    def __str__(self) -> str:
        return self.explain()


def _at_most_99(sure: float) -> str:
    """How sure in whole percent: of nothing that was sampled are we entirely sure.

    >>> _at_most_99(0.9996), _at_most_99(0.874)
    ('99%', '87%')
    """
    return percent(min(sure, 0.99))


@dataclass(frozen=True)
class Finding:
    """What the records say about one mistake: its headline measures, what supports them, and what to do next.

    `evidence` holds the rows behind the numbers. `headlines` and `supporting` are tuples of Measure. `cost` is what the
    mistake costs a month, as far as that can be reckoned.
    """

    mistake: str
    engagement: str
    headlines: tuple[Measure, ...]
    supporting: tuple[Measure, ...] = ()
    evidence: pd.DataFrame = field(default_factory=pd.DataFrame, compare=False)
    actions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    interim: bool = False
    cost: Cost | None = None

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
        """Problem if any headline is; fine only if all that are needed are; not assessed with no headline at all."""
        return joined([(m.verdict, m.needed) for m in self.headlines])

    @property
    def gate_verdict(self) -> str:
        """The verdict at 99%: what `--fail-on` goes by."""
        return joined([(m.gate_verdict, m.needed) for m in self.headlines])

    @property
    def sure_fine(self) -> float:
        """How sure we may be that every needed headline keeps its limit: as sure as of the least sure one."""
        return min((_known(m.sure_fine) for m in self.headlines if m.needed), default=0.0)

    @property
    def sure_problem(self) -> float:
        """How sure we may be that some headline misses its limit, with all that were looked at counted."""
        return max((_known(m.sure_problem) for m in self.headlines), default=0.0)

    @property
    def lean(self) -> str:
        """Which way an open verdict leans: "leans fine", "leans problem" or ""."""
        return lean_of(self.sure_fine, self.sure_problem) if self.verdict == "cannot tell" else ""

    @property
    def answer(self) -> str:
        """The verdict, or which way it leans while it is open."""
        return self.lean or self.verdict

    @property
    def sure(self) -> float:
        """How sure we may be of the answer, 0 to 1; nan where nothing was assessed."""
        if self.verdict == "not assessed":
            return math.nan
        if self.verdict == "cannot tell":
            return max(self.sure_fine, self.sure_problem)
        return self.sure_problem if self.verdict == "problem" else self.sure_fine

    @property
    def scope(self) -> str:
        """Of whom a fine finding speaks, and on how many headlines: "on 2 of 3"; "" for any other."""
        if self.verdict != "fine":
            return ""
        fine = sum(m.verdict == "fine" for m in self.headlines)
        some = "" if fine == len(self.headlines) else f"on {fine} of {len(self.headlines)}"
        people = any(m.basis == "sample" and m.verdict == "fine" and m.counted_in == "people" for m in self.headlines)
        return ", ".join(filter(None, (some, "for the people on record" if people else "")))

    @property
    def not_assessed(self) -> tuple[str, ...]:
        """What was not assessed, and why."""
        return tuple(f"{m.name}: {m.settled_by}" for m in self.headlines if m.verdict == "not assessed")

    @property
    def false_alarm(self) -> float:
        """In which share of engagements without this mistake it says problem, at most: 0 where facts alone decide."""
        return 1 - SURE if any(m.basis == "sample" and m.verdict != "not assessed" for m in self.headlines) else 0.0

    @property
    def could_miss(self) -> str:
        """What records of this size would not have shown, how often they raise a false alarm; "" without samples."""
        sampled = [m for m in self.headlines if m.basis == "sample" and m.verdict != "not assessed"]
        if not sampled:
            return ""
        seen = [f"{m.name} {show(m.found_from, m.unit)}" for m in sampled if math.isfinite(m.found_from)]
        blind = [m.name for m in sampled if not math.isfinite(m.found_from)]
        parts = [f"trouble as large as this would be found in 8 of 10 cases: {'; '.join(seen)}"] if seen else []
        parts += [f"too few people or records to prove any trouble in: {'; '.join(blind)}"] if blind else []
        alarm = f"an engagement without trouble gets a false alarm here in at most {percent(self.false_alarm)} of cases"
        return f"{capital('; '.join([*parts, alarm]))}."

    @property
    def assumed(self) -> tuple[str, ...]:
        """The assessment's assumptions, and what the records could have missed."""
        return (*self.assumptions, self.could_miss) if self.could_miss else self.assumptions

    def measure(self, key: str) -> Measure:
        """The measure called `key`, with or without the mistake's name in front. Raises UnknownNameError."""
        for measure in self.measures:
            if key in (measure.key, measure.key.partition(".")[2]):
                return measure
        raise UnknownNameError.of("measure", key, [measure.key for measure in self.measures])

    @property
    def headline(self) -> str:
        """The finding in one sentence, computed from the numbers."""
        interim = " (interim)" if self.interim else ""
        because = listed([m.name for m in self._deciding()], 2)
        words = _OPENINGS[self.answer].format(sure=_at_most_99(self.sure), because=because, scope=self.scope)
        return f"{self.title}{interim}: {words}".rstrip(" ,") + "."

    def _deciding(self) -> list[Measure]:
        """The headlines behind the answer: those that say so, or that keep it open."""
        if self.answer in ("problem", "not assessed"):
            return [m for m in self.headlines if m.verdict == self.verdict]
        if self.answer == "leans problem":
            return sorted(self.headlines, key=lambda m: -_known(m.sure_problem))[:1]
        return [m for m in self.headlines if m.needed and m.verdict != "fine"]

    def explain(self) -> str:
        """The finding in plain words, computed from the numbers: true under any data and limits."""
        lines = [self.headline, *(measure.explain() for measure in self.headlines)]
        if self.cost is not None:
            lines.append(f"Money: {self.cost.in_words()}")
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
            "lean": self.lean,
            "sure": _plain(self.sure),
            "gate_verdict": self.gate_verdict,
            "interim": self.interim,
            "headline": self.headline,
            "measures": [measure.to_json() for measure in self.measures],
            "headlines": [measure.to_json() for measure in self.headlines],
            "supporting": [measure.to_json() for measure in self.supporting],
            "cost": None if self.cost is None else self.cost.to_json(),
            "actions": list(self.actions),
            "assumptions": list(self.assumed),
            "not_assessed": list(self.not_assessed),
        }

    @property
    def table(self) -> pd.DataFrame:
        """The headline measures as a table to read: value, how sure, limit, verdict, what else an analyst asks for."""
        return pd.DataFrame(
            [
                {
                    "measure": m.name,
                    "value": "" if m.verdict == "not assessed" else m.show_estimate(),
                    "how sure": m.how_sure(),
                    "limit": m.show_limit(),
                    "target": m.show_target(),
                    "verdict": f"{SYMBOLS[m.answer]} {m.answer}",
                    "what would settle it": m.settled_by,
                    "interval or range": m.show_interval(),
                    "limit set by": m.limit_source,
                    "at other limits": m.at_other_limits(),
                    "basis": f"{m.basis}, {m.n} {m.counted_in}",
                }
                for m in self.headlines
            ]
        )

    def __repr__(self) -> str:
        heading = f"{SYMBOLS[self.answer]} {self.headline} [{one_line(self.engagement)}]"
        parts = [heading, *(f"  {SYMBOLS[m.answer]} {m.explain()}" for m in self.headlines)]
        if self.cost is not None:
            parts.append(f"  Money: {self.cost.in_words()}")
        parts += [f"  · {m.explain()}" for m in self.supporting]
        parts += [f"  → {action}" for action in self.actions]
        return "\n".join(parts)

    def to_html(self) -> str:
        """An HTML fragment: one sentence, the headlines, money, the next action; the rest in folds below."""
        parts = [
            f'<div class="finding"><p><strong>{SYMBOLS[self.answer]} {escape(self.headline)}</strong> '
            f"Engagement {escape(one_line(self.engagement))}.</p>",
            as_html(self._table_of_a_page()),
        ]
        if self.cost is not None:
            parts.append(f"<p>Money: {escape(self.cost.in_words())}.</p>")
        if self.actions:
            parts.append(f"<p><strong>Next:</strong> {escape(self.actions[0])}</p>")
        for name, lines in (
            ("Then", self.actions[1:]),
            ("Also seen", [m.explain() for m in self.supporting]),
            ("Assumed, and what these records could have missed", self.assumed),
        ):
            if lines:
                rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
                parts.append(f"<details><summary>{name}</summary><ul>{rows}</ul></details>")
        return "".join(parts) + "</div>"

    def _table_of_a_page(self) -> pd.DataFrame:
        """The headline table, narrower: no column for analysts, none of blanks, a symbol and its words on one line."""
        table = self.table.iloc[:, :7]
        table = table.assign(verdict=table["verdict"].map(unbroken))
        return table[[name for name in table if table[name].any()]]

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.to_html(), FINDING_MIME: self.to_json()}


_OPENINGS = {
    "problem": "the records show a problem, in {because}",
    "leans problem": "leans problem, {sure} sure, by {because}",
    "cannot tell": "cannot tell yet, because of {because}",
    "leans fine": "leans fine, {sure} sure; open is {because}",
    "fine": "fine, {scope}",
    "not assessed": "not assessed, the records that it needs are missing",
}


def _known(sure: float) -> float:
    """How sure we may be; of what was not assessed not at all."""
    return 0.0 if math.isnan(sure) else sure


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str | os.PathLike):
        return value
    if isinstance(value, int):
        return value
    number = float(value)
    # Four digits are more than any reader needs, and the last ones differ between machines.
    return round(number, 4) if math.isfinite(number) else None
