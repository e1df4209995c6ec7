"""One mistake's finding in the making: its headlines by key, what supports them, and the actions from the table."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from outsourcing_kit.finding import (
    CONFIDENCE,
    ERROR,
    GATE_ERROR,
    Finding,
    Measure,
    verdict_of,
)
from outsourcing_kit.headlines import Headline, headline, headlines_of
from outsourcing_kit.limits import Limit, is_an_end, limit_for, scaled_limit
from outsourcing_kit.settling import SampleEstimate, roster, to_settle, what_settles

if TYPE_CHECKING:
    from outsourcing_kit.engagement import Engagement

_MOST_ACTIONS = 3
_URGENCY = {"problem": 0, "cannot tell": 1, "not assessed": 2}
_LAST = 3


@cache
def action_table() -> dict[str, dict[str, dict[str, str]]]:
    """Mistake → headline (or "keep", "also") → verdict or case → words, as `actions.toml` beside this file has them."""
    return tomllib.loads(Path(__file__).with_name("actions.toml").read_text(encoding="utf-8"))


class Assessment:
    """Collects the measures of one mistake on one engagement; `finding` puts them together.

    Headlines go by their short key ("quiz_right"); each becomes "not assessed" where `missing` says why.

    Raises:
        UnknownNameError: a limit of no headline of this mistake.
        OutsourcingKitError: a limit outside what can happen.

    >>> from outsourcing_kit.engagement import Engagement
    >>> found = Assessment(Engagement.load("steady"), "kickoff", {"quiz_right": 0.9})
    >>> found.fact("before_work", 1.0, n=1).verdict, found.limit["quiz_right"].value
    ('fine', 0.9)
    """

    def __init__(self, engagement: Engagement, mistake: str, limits: Mapping[str, float] | None = None) -> None:
        self.engagement, self.mistake = engagement, mistake
        self.limit: dict[str, Limit] = {
            _short(item.key): limit_for(engagement, item.key, limits) for item in headlines_of(mistake)
        }
        self._headlines: dict[str, Measure] = {}
        self._supporting: list[Measure] = []
        self._actions: list[tuple[int, str]] = []

    def __getitem__(self, key: str) -> Measure:
        """The headline called `key`, once it is measured."""
        return self._headlines[key]

    def sample(
        self, key: str, estimate: SampleEstimate | None, missing: str = "", *,
        name: str = "", first: str = "", settled_by: str = "", most: int | None = None,
    ) -> Measure:  # fmt: skip
        """A headline measured on a sample: its interval leaves one-sided 5%/3 of error.

        Args:
            key, estimate, missing: the headline, its estimate, and why there is none ("" if there is).
            name: other words for what was measured, where a parameter changed it.
            first: what would settle an open verdict before any more records, such as filling in blanks.
            settled_by: words instead of those that the sizes give.
            most: how many units there can be at most; else as many as the people on record, where people are counted.
        """
        if missing or estimate is None:
            return self._unassessed(key, missing)
        item, limit = headline(self._key(key)), self.limit[key]
        low, high = estimate.interval(CONFIDENCE)
        if verdict_of(low, high, limit.value, item.better) == "cannot tell":
            most = roster(self.engagement, item.key) if most is None else most
            settled_by = settled_by or what_settles(estimate, item, limit.value, ERROR, most)
            settled_by = "; else ".join(filter(None, (first, settled_by)))
        # What stops a pipeline errs more seldom: it looks every night.
        gate = estimate.interval(1 - 2 * GATE_ERROR)
        measure = _measured(item, estimate.estimate, (low, high), gate, limit, estimate.n, settled_by, CONFIDENCE)
        return self._add(key, replace(measure, name=name or measure.name))

    def model(
        self, key: str, central: float, low: float, high: float, n: int, missing: str = "", *, settled_by: str = ""
    ) -> Measure:
        """A headline that a model answers: low and high are its range over the assumptions that nobody knows."""
        if missing:
            return self._unassessed(key, missing)
        # More draws would narrow no range over assumptions: there is no stricter interval for the gate.
        ends = (low, high)
        item = headline(self._key(key))
        return self._add(key, _measured(item, central, ends, ends, self.limit[key], n, settled_by))

    def fact(
        self, key: str, value: float, n: int, missing: str = "", *, open_to: float | None = None, settled_by: str = ""
    ) -> Measure:
        """A fact: verdict at once; `open_to` is how far it could still go while something is unconfirmed."""
        if missing:
            return self._unassessed(key, missing)
        low, high = sorted((value, value if open_to is None else open_to))
        item = headline(self._key(key))
        return self._add(key, _measured(item, value, (low, high), (low, high), self.limit[key], n, settled_by))

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
        """The action that the table has for a headline's verdict, or for a `case` of it; none where it has none.

        `facts` fill in the words; `{settle}` in them is what would settle the headline, and `{settled_by}` that alone.
        A key that is no headline has its actions under "also": they come last.
        """
        measure = self._headlines.get(key)
        words = action_table()[self.mistake].get(key if measure else "also", {})
        chosen = words.get(case or (measure.verdict if measure else key))
        # "any" is for what is open or wrong: a fine headline has an action only where a case of its own says so.
        if measure is not None and chosen is None and measure.verdict in _URGENCY:
            chosen = words.get("any")
        if chosen is None:
            return
        if measure is not None:
            facts = {"settled_by": measure.settled_by, "settle": to_settle(measure.verdict, measure.settled_by)} | facts
        urgency = _LAST if measure is None else _URGENCY.get(measure.verdict, _LAST)
        self._actions.append((urgency, chosen.format(**facts).strip()))

    def finding(self, evidence: pd.DataFrame, assumptions: Iterable[str] = ()) -> Finding:
        """The finding: the most urgent three actions, or the one that keeps what is good."""
        urgent = sorted(self._actions, key=lambda pair: pair[0])  # stable: among equals, in the order given
        # Two headlines may ask for the same: it is said once.
        actions = dict.fromkeys(words for _, words in urgent)
        return Finding(
            self.mistake,
            self.engagement.name,
            tuple(self._headlines[key] for key in self.limit),
            tuple(self._supporting),
            evidence,
            tuple(actions)[:_MOST_ACTIONS] or (action_table()[self.mistake]["keep"]["any"],),
            tuple(assumptions),
            self.engagement.settings.interim,
        )

    def _key(self, key: str) -> str:
        return f"{self.mistake}.{key}"

    def _unassessed(self, key: str, why: str) -> Measure:
        return self._add(key, _unassessed(self._key(key), why, self.limit[key]))

    def _add(self, key: str, measure: Measure) -> Measure:
        self._headlines[key] = measure
        return measure


def _short(key: str) -> str:
    return key.partition(".")[2]


def _unassessed(key: str, why: str, limit: Limit | None = None) -> Measure:
    """A headline that the records cannot answer, and why."""
    item = headline(key)
    limit = limit or Limit(item.limit)
    nan, none = math.nan, "not assessed"
    return Measure(
        key, item.name, nan, nan, nan, None, item.unit, 0, item.counted_in, item.basis,
        limit.value, limit.source, item.better, none, why, none, none, none,
    )  # fmt: skip


def _measured(
    item: Headline,
    estimate: float,
    interval: tuple[float, float],
    gate: tuple[float, float],
    limit: Limit,
    n: int,
    settled_by: str = "",
    confidence: float | None = None,
) -> Measure:
    """A headline with its verdict, at half and double its limit too; `gate` is the interval of the gate's verdict."""
    others = (scaled_limit(item, limit.value, factor) for factor in (0.5, 2.0))
    half, double = ("" if is_an_end(item, other) else verdict_of(*interval, other, item.better) for other in others)
    verdict = verdict_of(*interval, limit.value, item.better)
    return Measure(
        item.key,
        item.name,
        estimate,
        *interval,
        confidence,
        item.unit,
        n,
        item.counted_in,
        item.basis,
        limit.value,
        limit.source,
        item.better,
        verdict,
        settled_by if verdict == "cannot tell" else "",
        half,
        double,
        verdict_of(*gate, limit.value, item.better),
    )
