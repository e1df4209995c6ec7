"""Finding: what every assessment returns, and how it is said and shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import TITLES, headlines_of
from outsourcing_kit.measure import Measure, at_most_99, plain
from outsourcing_kit.showing import as_html, one_line, unbroken, verdict_html
from outsourcing_kit.verdicts import ANSWERS, SURE, SYMBOLS, VERDICTS, joined, lean_of
from outsourcing_kit.words import capital, listed, percent, show

if TYPE_CHECKING:
    from outsourcing_kit.money import Cost

FINDING_MIME = "application/vnd.outsourcing-kit.finding+json"
__all__ = ["ANSWERS", "FINDING_MIME", "SYMBOLS", "VERDICTS", "Finding", "Measure"]


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
        """Problem if any headline is; fine if all that are needed are and no other leans the wrong way."""
        return joined([(m.verdict, self._counts(m)) for m in self.headlines])

    @property
    def gate_verdict(self) -> str:
        """The verdict at 99%: what `--fail-on` goes by."""
        return joined([(m.gate_verdict, self._counts(m)) for m in self.headlines])

    @property
    def sure_fine(self) -> float:
        """How sure we may be that every headline that counts keeps its limit: as sure as of the least sure one."""
        return min((_known(m.sure_fine) for m in self.headlines if self._counts(m)), default=0.0)

    @staticmethod
    def _counts(measure: Measure) -> bool:
        """Whether fine takes this one: if it is needed, or leans the wrong way."""
        return measure.needed or measure.lean == "leans problem"

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
        return ", ".join(filter(None, (some, "for the people and the time on record" if people else "")))

    @property
    def not_assessed(self) -> tuple[str, ...]:
        """What was not assessed, and why."""
        return tuple(f"{m.name}: {m.why_not}" for m in self.headlines if m.verdict == "not assessed")

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
        words = _OPENINGS[self.answer].format(sure=at_most_99(self.sure), because=because, scope=self.scope)
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
        said = ("mistake", "title", "engagement", "verdict", "lean", "sure", "gate_verdict", "interim", "headline")
        measured = ("measures", "headlines", "supporting")
        return {
            **{name: plain(getattr(self, name)) for name in said},
            **{name: [measure.to_json() for measure in getattr(self, name)] for name in measured},
            "cost": None if self.cost is None else self.cost.to_json(),
            "actions": list(self.actions),
            "assumptions": list(self.assumed),
            "not_assessed": list(self.not_assessed),
        }

    @property
    def table(self) -> pd.DataFrame:
        """The headline measures as a table to read: value, how sure, limit, verdict, what else an analyst asks for."""
        rows = [
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
        return pd.DataFrame(rows)

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
            self._coloured(as_html(self._table_of_a_page())),
        ]
        if self.cost is not None:
            parts.append(f'<p class="money"><strong>{escape(self.cost.in_short())}</strong></p>')
        if self.actions:
            parts.append(f"<p><strong>Next:</strong> {escape(self.actions[0])}</p>")
        settling = [f"{capital(m.name)}: {m.settled_by}." for m in self.headlines if m.settled_by]
        for name, lines in (
            ("Then", self.actions[1:]),
            ("What would settle what is open", settling),
            ("The money, and how it was calculated", [f"{capital(self.cost.in_words())}."] if self.cost else []),
            ("Also seen", [m.explain() for m in self.supporting]),
            ("Assumed, and what these records could have missed", self.assumed),
        ):
            if lines:
                rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
                parts.append(f"<details><summary>{name}</summary><ul>{rows}</ul></details>")
        return "".join(parts) + "</div>"

    def _coloured(self, table: str) -> str:
        for answer in {m.answer for m in self.headlines}:
            plain_cell = f"<td>{unbroken(f'{SYMBOLS[answer]} {answer}')}</td>"
            table = table.replace(plain_cell, f"<td>{verdict_html(answer)}</td>")
        return table

    def _table_of_a_page(self) -> pd.DataFrame:
        """The headline table, narrower: no column for analysts, none of blanks, a symbol and its words on one line."""
        table = self.table[["measure", "value", "how sure", "limit", "verdict"]]
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
