"""One mistake's finding in the making: its headlines by key, what supports them, and the actions from the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from outsourcing_kit.finding import Finding
from outsourcing_kit.headlines import Headline, headline, headlines_of, tables_read
from outsourcing_kit.limits import Limit, limit_for, target_for
from outsourcing_kit.measure import Measure
from outsourcing_kit.settling import decision_day, found_from, is_small, roster, what_settles
from outsourcing_kit.stats.means import left_behind
from outsourcing_kit.toml import kit_table
from outsourcing_kit.validation.problem import left_out
from outsourcing_kit.verdicts import GATE, SURE, SampleEstimate, of_ends, stepped_down, sureness, verdict_of
from outsourcing_kit.words import plural

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement
    from outsourcing_kit.money import Cost

_MOST_ACTIONS = 3
# Which words an answer falls back on where the table has none of its own, the most urgent answer first. What leans
# fine asks for nothing more than its own words say.
_WORDS = {
    "problem": ("problem", "any"), "leans problem": ("leans problem", "problem", "any"),
    "cannot tell": ("cannot tell", "any"), "not assessed": ("not assessed", "any"), "leans fine": ("leans fine",),
}  # fmt: skip
_URGENCY = list(_WORDS)
# What is open and not needed is said after what is, and in a finding that is fine not at all; then what else was seen.
_ASIDE, _ALSO = len(_URGENCY), len(_URGENCY) + 1


def action_table() -> dict[str, dict[str, dict[str, str]]]:
    """Mistake → headline (or "keep", "also") → verdict or case → words, as `actions.toml` beside this file has them."""
    return kit_table("actions.toml")


class Assessment:
    """Collects the measures of one mistake on one engagement; `finding` puts them together.

    Headlines go by their short key ("quiz_right"); each becomes "not assessed" where `missing` says why.

    Raises:
        UnknownNameError: a limit of no headline of this mistake.
        OutsourcingKitError: a limit outside what can happen.

    >>> from outsourcing_kit.engagement import Engagement
    >>> found = Assessment(Engagement.load("steady"), "kickoff", {"quiz_right": 0.9})
    >>> found.fact("before_work", 1.0, n=1)
    >>> found["before_work"].verdict, found.limit["quiz_right"].value
    ('fine', 0.9)
    """

    def __init__(self, engagement: Engagement, mistake: str, limits: Mapping[str, float] | None = None) -> None:
        self.engagement, self.mistake = engagement, mistake
        self.limit: dict[str, Limit] = {
            _short(item.key): limit_for(engagement, item.key, limits) for item in headlines_of(mistake)
        }
        self._headlines: dict[str, Measure] = {}
        self._sampled: dict[str, tuple[SampleEstimate, str, str]] = {}
        self._supporting: list[Measure] = []
        self._actions: list[tuple[int, str]] = []

    def __getitem__(self, key: str) -> Measure:
        """The headline called `key`, when all are measured: what one says depends on how many were looked at."""
        self._conclude()
        return self._headlines[key]

    def sample(
        self, key: str, estimate: SampleEstimate | None, missing: str = "", *,
        name: str = "", first: str = "", settled_by: str = "", counts: str = "", complete: bool = False,
        excused: bool = False,
    ) -> None:  # fmt: skip
        """A headline measured on a sample.

        Args:
            key, estimate, missing: the headline, its estimate, and why there is none ("" if there is).
            name: other words for what was measured, where a parameter changed it.
            first: what would settle an open verdict before any more records, such as filling in blanks.
            settled_by: words instead of those that the sizes give.
            counts: the facts, such as "62 of 80 questions".
            complete: whether the records hold all that happened, whoever is not in them.
            excused: whether, not assessed, it keeps no finding from being fine, as nobody could have it here.
        """
        if missing or estimate is None:
            self._unassessed(key, missing, excused=excused)
            return
        self._sampled[key] = (estimate, first, settled_by)
        item = headline(self._key(key))
        fine, problem = sureness(estimate, self.limit[key].value, item.better)
        self._measured(
            key, estimate.estimate, (math.nan, math.nan), estimate.n, sure_fine=fine, sure_problem=problem,
            name=name, counts=counts,
            whole=bool(counts) and is_small(self.engagement, item.key, estimate.n, complete=complete),
        )  # fmt: skip

    def model(
        self, key: str, central: float, cases: Sequence[float], n: int, missing: str = "", *, settled_by: str = "",
        sure: tuple[float, float] | None = None, other: Sequence[float] = (),
    ) -> None:  # fmt: skip
        """A headline that a model answers: `cases` has its value under each set of assumptions that nobody knows.

        More draws would narrow no range over assumptions, so that the gate's verdict is the same. How sure it is that
        the limit is kept, and missed, is the share of the sets under which it is, unless `sure` has it. `other` are the
        cases of another reading of the records: what is sure is sure under both. Where the headline is not needed the
        model leans at most.
        """
        if missing:
            self._unassessed(key, missing)
            return
        limit, better = self.limit[key].value, self._item(key).better
        readings = [[of_ends(case, case, limit, better) == "fine" for case in part] for part in (cases, other) if part]
        inside = [sum(reading) / len(reading) for reading in readings]
        fine, problem = sure or (min(inside), 1 - max(inside))
        ends = (min(*cases, *other), max(*cases, *other)) if other else (min(cases), max(cases))
        # What is an estimate and no test has no verdict; it may lean.
        most = 1.0 if self._item(key).needed else SURE - 1e-6
        self._measured(key, central, ends, n, settled_by, sure_fine=min(fine, most), sure_problem=min(problem, most))

    def fact(
        self, key: str, value: float, n: int, missing: str = "", *, open_to: float | None = None, settled_by: str = "",
        counts: str = "", excused: bool = False,
    ) -> None:  # fmt: skip
        """A fact: verdict at once; `open_to` is how far it could still go while something is unconfirmed."""
        if missing:
            self._unassessed(key, missing, excused=excused)
            return
        low, high = sorted((value, value if open_to is None else open_to))
        verdict = of_ends(low, high, self.limit[key].value, self._item(key).better)
        fine, problem = float(verdict == "fine"), float(verdict == "problem")
        self._measured(key, value, (low, high), n, settled_by, counts=counts, sure_fine=fine, sure_problem=problem)

    def _measured(
        self, key: str, value: float, ends: tuple[float, float], n: int, settled_by: str = "", *,
        sure_fine: float, sure_problem: float, name: str = "", **more: Any,
    ) -> None:  # fmt: skip
        item, limit = self._item(key), self.limit[key]
        verdict, gate = (verdict_of(sure_fine, sure_problem, bar) for bar in (SURE, GATE))
        self._headlines[key] = Measure(
            item.key, name or item.name, value, *ends, None, item.unit, n, item.counted_in, item.basis,
            limit.value, limit.source, item.better, verdict, settled_by if verdict == "cannot tell" else "",
            target_for(item, limit.value), sure_fine, sure_problem, gate, item.needed, **more,
        )  # fmt: skip

    def _conclude(self) -> None:
        """The verdicts of what was sampled: each may raise the alarm, so that each counts for as many as there are.

        Fine claims all of them at once and needs no such step (Berger 1982); a problem is one of several.
        """
        if not self._sampled:
            return
        alone = {key: max(1 - self._headlines[key].sure_problem, 1e-12) for key in self._sampled}
        # What is not needed has a share of the error of its own, so that it can undo no alarm of the others.
        needed = {key: p for key, p in alone.items() if self._item(key).needed}
        aside = {key: min(1.0, len(alone) * p) for key, p in alone.items() if key not in needed}
        doubts = aside | stepped_down(needed, len(alone) / max(len(needed), 1))
        for key, (estimate, first, settled_by) in self._sampled.items():
            measure, item = self._headlines[key], self._item(key)
            # The end that would prove it fine at 95%, and the one that would prove a problem, with its share of the
            # error: it clears the limit if and only if Holm's procedure names this headline.
            error = (1 - SURE) * alone[key] / doubts[key]
            fine, problem = (estimate.interval(1 - 2 * tail) for tail in (1 - SURE, error))
            low, high = (fine[0], problem[1]) if item.better == "higher" else (problem[0], fine[1])
            sure = (measure.sure_fine, 1 - doubts[key])
            verdict, gate = (verdict_of(*sure, bar) for bar in (SURE, GATE))
            if verdict == "cannot tell" and item.needed:
                team, by = roster(self.engagement, item.key), decision_day(self.engagement)
                settled_by = settled_by or what_settles(estimate, item, measure.limit or 0.0, team, by)
                settled_by = "; else ".join(filter(None, (first, settled_by)))
            self._headlines[key] = replace(
                measure, low=low, high=high, confidence=SURE - error, sure_problem=sure[1], verdict=verdict,
                gate_verdict=gate, settled_by=settled_by if verdict == "cannot tell" and item.needed else "",
                found_from=found_from(estimate, item, measure.limit or 0.0, 1 - error, whole=measure.whole),
            )  # fmt: skip
        self._sampled.clear()

    def support(
        self, key: str, name: str, value: float, unit: str, n: int, counted_in: str, *,
        basis: str = "fact", low: float = math.nan, high: float = math.nan, confidence: float | None = None,
    ) -> None:  # fmt: skip
        """A measure that explains a headline and decides nothing."""
        measure = Measure(
            self._key(key), name, float(value), float(low), float(high), confidence, unit, n, counted_in, basis
        )
        # In the order given, which is the order shown.
        self._supporting.append(measure)

    def act(self, key: str, case: str = "", **facts: object) -> None:
        """The action that the table has for a headline's answer, or for a `case` of it; none where it has none.

        `facts` fill in the words; `{by}` in them is the day to decide on, `{settled_by}` what the headline says of
        itself. Words for the engagement's phase (", before", ", ending") go first. A key that is no headline has its
        actions under "also": they come last.
        """
        self._conclude()
        measure = self._headlines.get(key)
        words = action_table()[self.mistake].get(key if measure else "also", {})
        # A fine headline has an action only where a case of its own says so.
        answers = (key,) if measure is None else _WORDS.get(measure.answer, ())
        if (chosen := self._worded(words, case, *answers)) is None:
            return
        if measure is not None:
            facts = {"settled_by": measure.settled_by} | facts
        urgency = _ALSO
        if measure is not None and measure.answer in _URGENCY:
            aside = not measure.needed and "problem" not in measure.answer
            urgency = _ASIDE if aside else _URGENCY.index(measure.answer)
        self._actions.append((urgency, chosen.format(**{"by": decision_day(self.engagement)} | facts).strip()))

    def _worded(self, words: Mapping[str, str], *cases: str) -> str | None:
        """The words of the first case that has some, those for the engagement's phase before the plain ones."""
        names = (name for case in cases for name in (f"{case}, {self.engagement.settings.phase}", case))
        return next((words[name] for name in names if name in words), None)

    def finding(self, evidence: pd.DataFrame, assumptions: Iterable[str] = (), cost: Cost | None = None) -> Finding:
        """The finding with its most urgent three actions; one that is fine keeps what is good, first of all."""
        self._conclude()
        found = Finding(
            self.mistake,
            self.engagement.name,
            tuple(self._headlines[key] for key in self.limit),
            tuple(self._supporting),
            evidence,
            (),
            (*assumptions, *self._doubts()),
            self.engagement.settings.interim,
            cost,
        )
        urgent = sorted(self._actions, key=lambda pair: pair[0])  # stable: among equals, in the order given
        # An alarm of a headline that is not needed comes before what to keep.
        fine = found.verdict == "fine" and not (urgent and urgent[0][0] < _ASIDE)
        keep = self._worded(action_table()[self.mistake]["keep"], "fine" if fine else "open") or ""
        keep = keep.format(by=decision_day(self.engagement))
        words = [text for urgency, text in urgent if not fine or urgency == _ALSO]
        # Two headlines may ask for the same: it is said once.
        actions = dict.fromkeys([keep, *words] if fine else words or [keep])
        return replace(found, actions=tuple(actions)[:_MOST_ACTIONS])

    def _doubts(self) -> list[str]:
        """What imports assumed about the tables that are read, and which of their rows were left out."""
        read = tables_read(self.mistake)
        told = self.engagement.assumed
        assumed = [f"in {table}: {text}" for table in (*read, "engagement") for text in told.get(table, ())]
        return [*assumed, *left_out(self.engagement.notes, read)]

    def _key(self, key: str) -> str:
        return f"{self.mistake}.{key}"

    def _item(self, key: str) -> Headline:
        return headline(self._key(key))

    def _unassessed(self, key: str, why: str, *, excused: bool = False) -> None:
        """A headline that the records cannot answer, and why."""
        item, limit, nan, none = self._item(key), self.limit[key], math.nan, "not assessed"
        self._headlines[key] = Measure(
            item.key, item.name, nan, nan, nan, None, item.unit, 0, item.counted_in, item.basis,
            limit.value, limit.source, item.better, none, why, target_for(item, limit.value), gate_verdict=none,
            needed=item.needed and not excused,
        )  # fmt: skip


def tally(hits: pd.Series, person: pd.Series, what: str, share: float) -> str:
    """The facts behind a share: how many of what, whether people count alike in it, and whom it leaves behind.

    >>> answered = pd.Series([True, True, True, False, True, True, True])
    >>> tally(answered, pd.Series(list("aaabcde")), "question", 0.8)
    '6 of 7 questions, each person counting alike; none for 1 of 5 people'
    """
    text = f"{int(hits.sum())} of {plural(len(hits), what)}"
    if len(hits) and abs(hits.mean() - share) >= 0.01 - 1e-9:
        text += ", each person counting alike"
    nobody, people = left_behind(hits.astype(float), person) or (0, 0)
    return f"{text}; none for {nobody} of {people} people" if nobody else text


def _short(key: str) -> str:
    return key.partition(".")[2]
