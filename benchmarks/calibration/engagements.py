"""One engagement of a known truth, made, assessed and put into one line: what was found, and what is true."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from outsourcing_kit.engagement import Engagement
from outsourcing_kit.headlines import HEADLINES, MISTAKES, Headline, headline, headlines_of
from outsourcing_kit.simulation import simulate

# The second generator lives with the tests, as it is a check and no part of the kit.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

GENERATORS = ("simulation", "second")
PEOPLE = (6, 12, 24, 40)
# Every truth half-way between the best value and its limit; at its limit; half-way from there to the worst value; of
# each mistake one truth of the people on record at its limit and the rest near the best; one mistake planted alone.
WORLDS = ("half", "limit", "beyond", "edge", "alone")
ALONE_AT = 12
# Severity of the rest at the edge: at the best value itself there would be nothing left to draw.
_NEAR_BEST = -0.8
# Money lines are drawn so often: the model's range is no sampling error, and more draws would move it by a point.
_DRAWS = 500


class Cell(NamedTuple):
    """What stays the same while seeds change."""

    generator: str
    people: int
    world: str

    @property
    def name(self) -> str:
        return "-".join(map(str, self))


def cells() -> Iterator[Cell]:
    for generator in GENERATORS:
        for people in PEOPLE:
            for world in WORLDS:
                if world != "alone" or people == ALONE_AT:
                    yield Cell(generator, people, world)


def sampled() -> list[Headline]:
    """The headlines with sampling error."""
    return [item for item in HEADLINES if item.basis == "sample"]


def at_the_edge(seed: int) -> list[str]:
    """Of each mistake with sampled headlines the one whose truth is at its limit: they take turns with the seeds."""
    chosen = []
    for name in MISTAKES:
        keys = [item.key for item in headlines_of(name) if item.basis == "sample" and item.needed]
        chosen += [keys[seed % len(keys)]] if keys else []
    return chosen


def severities(world: str, seed: int) -> dict[str, float]:
    """The severity of each mistake or headline in a world; 0 of what is not named."""
    from second_generator import severity_at_limit  # type: ignore[import-not-found]

    limit = severity_at_limit()
    return {
        "half": {},
        "limit": limit,
        "beyond": dict.fromkeys(MISTAKES, 1.0),
        "edge": dict.fromkeys(MISTAKES, _NEAR_BEST) | {key: limit[key] for key in at_the_edge(seed)},
        "alone": {MISTAKES[seed % len(MISTAKES)]: 1.0},
    }[world]


def made(cell: Cell, seed: int) -> tuple[Engagement, dict[str, float]]:
    """An engagement of the cell, and what is true of it: of such people by key, of those on record by "team.<key>"."""
    planted = severities(cell.world, seed)
    if cell.generator == "second":
        from second_generator import generate

        return generate(seed, cell.people, planted)
    engagement = simulate(planted, people=cell.people, seed=seed)
    return engagement, dict(engagement.truth)


@functools.cache
def _assess(mistake: str) -> Any:
    return import_module(f"outsourcing_kit.{mistake}").assess


def one(cell: Cell, seed: int) -> dict[str, Any]:
    """A line: of each finding [answer, sure fine, sure problem], of each sampled headline the same with its ends,
    its estimate and its two truths; the facts that are beyond their limits; processor seconds.
    """
    begun = time.process_time()
    engagement, truth = made(cell, seed)
    # At the edge the limit is where the truth of the people on record is, to the last digit.
    edge = at_the_edge(seed) if cell.world == "edge" else []
    limits = {key: truth.get(f"team.{key}", truth[key]) for key in edge}
    findings, measures, facts = {}, {}, []
    for name in MISTAKES:
        own = {key.partition(".")[2]: value for key, value in limits.items() if headline(key).mistake == name}
        more = {"draws": _DRAWS} if name in ("business_case", "task_selection") else {}
        finding = _assess(name)(engagement, limits=own, seed=seed, **more)
        findings[name] = [finding.answer, _short(finding.sure_fine), _short(finding.sure_problem)]
        # A fact that is beyond its limit is so: no alarm that it raises is false.
        facts += [m.key for m in finding.headlines if m.basis == "fact" and m.verdict == "problem"]
        for m in finding.headlines:
            if m.basis == "sample" and m.verdict != "not assessed":
                numbers = (
                    m.sure_fine,
                    m.sure_problem,
                    m.low,
                    m.high,
                    m.estimate,
                    truth[m.key],
                    truth.get(f"team.{m.key}"),
                )
                measures[m.key] = [m.answer, *map(_short, numbers)]
    return {
        "generator": cell.generator, "people": cell.people, "world": cell.world, "seed": seed,
        "findings": findings, "measures": measures,
        "facts": facts, "edge": edge, "seconds": round(time.process_time() - begun, 3),
    }  # fmt: skip


def _short(value: float | None) -> float | None:
    """Five digits; nothing for what is not known."""
    return None if value is None or value != value else round(float(value), 5)
