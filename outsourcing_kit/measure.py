"""One number with its evidence, and how it is said: what every finding is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from outsourcing_kit.headlines import headline
from outsourcing_kit.limits import CONVENTION, scaled_limit
from outsourcing_kit.showing import SameUnknowns, one_line
from outsourcing_kit.verdicts import SURE, lean_of, of_ends
from outsourcing_kit.words import capital, percent, show, span


@dataclass(frozen=True, eq=False)
class Measure(SameUnknowns):
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

    @property
    def why_not(self) -> str:
        """Why it was not assessed, and the cheapest way to have it assessed where a table or a column is missing."""
        way = headline(self.key).way if self.settled_by.startswith("needs table") else ""
        return f"{self.settled_by} (cheapest: {way})" if way else self.settled_by

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded so that they are the same on every machine; nan and infinity become None."""
        fields = {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return fields | {"lean": self.lean, "sure": plain(self.sure)}

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
            return self._leaning()
        return f"could be {interval}" if (interval := self.show_interval()) else "too few to say which side is usual"

    def _range(self) -> str:
        if not (interval := self.show_interval()):
            return ""
        if self.basis == "fact":
            return f"{interval} while items are open"
        if math.isnan(self.sure_fine):
            return f"{interval} over what nobody knows"
        if not self.needed:
            return f"{interval} over the assumptions tried{f', {self._leaning()}' if self.lean else ''}"
        beyond, most = round(100 * self.sure_problem), round(100 * (1 - self.sure_fine))
        some = {0: "none", 100: "all"}.get(beyond, f"{beyond}%") if beyond == most else f"{beyond} to {most}%"
        return f"{interval} over the assumptions tried, beyond the limit under {some} of them"

    def _leaning(self) -> str:
        side = "inside" if self.lean == "leans fine" else "beyond"
        return f"{at_most_99(self.sure)} sure that it is {side} the limit"

    def explain(self) -> str:
        """The measure in one or two plain sentences, made from its numbers: facts first."""
        if self.verdict == "not assessed":
            return f"{capital(self.name)}: not assessed, {self.why_not}."
        facts = ", ".join(filter(None, (self.counts, "that is all of them" if self.whole else "")))
        value = f"{capital(self.name)}: {self.show_estimate()}"
        if not self.verdict:
            interval = self.show_interval()
            return f"{value} ({interval})." if interval else f"{value}."
        target = f", target {self.show_target()}" if self.show_target() else ""
        limit = f"limit {self.show_limit()}{target}"
        if how := self.how_sure():
            text = f"{value}{f' ({facts})' if facts else ''}; {how} ({limit}): {self.answer}."
        else:
            text = f"{value} ({facts}; {limit}): {self.answer}." if facts else f"{value} ({limit}): {self.answer}."
        return text + self._what_next()

    def _what_next(self) -> str:
        if self.answer in ("cannot tell", "leans problem") and self.settled_by:
            # What is a sentence of its own stays one.
            own = self.settled_by.startswith(("numbers will not", "you need not"))
            return f" {capital(self.settled_by) if own else f'What would settle it: {self.settled_by}'}."
        if self.answer == "cannot tell" and not self.needed:
            return " You need not know: the finding does not hang on it."
        return ""

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


def at_most_99(sure: float) -> str:
    """How sure in whole percent: of nothing that was sampled entirely, and what leans never as sure as what decides.

    >>> at_most_99(0.9996), at_most_99(0.874), at_most_99(0.9496)
    ('99%', '87%', '94%')
    """
    return percent(min(sure, 0.99 if sure >= SURE else SURE - 0.01))


def plain(value: Any) -> Any:
    """A value as JSON has it: the same on every machine, None for nan and infinity."""
    if value is None or isinstance(value, str | int):
        return value
    number = float(value)
    # Four digits are more than any reader needs, and the last ones differ between machines.
    return round(number, 4) if math.isfinite(number) else None
