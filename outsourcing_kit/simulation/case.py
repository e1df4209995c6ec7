"""Tables of the business case: cash flows, past work, prerequisites, risks."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from outsourcing_kit.simulation.calibrate import normal_quantile, solve
from outsourcing_kit.simulation.clock import NAT, day_number
from outsourcing_kit.simulation.frames import Columns, codes
from outsourcing_kit.simulation.roster import COMMITTED, Roster

PLAN_CLASS = "back-office transfer"
RATIO_MEDIAN, RATIO_SD = 1.08, 0.14  # of actual / estimated, lognormal
ABANDONED = 0.03

# line, category, first month, last month, low, likely, high: per provider person, in units of 45
_OUTSOURCE = (
    ("choosing a provider and the contract", "search", 0, 0, 16, 22, 34),
    ("handing the work over", "transition", 1, 3, 10, 15, 26),
    ("provider's fee", "price", 1, 24, 56, 60, 69),
    ("our time to manage it", "managing", 1, 24, 5, 8, 14),
    ("checks and rework", "quality", 1, 24, 2.5, 4.5, 9),
    ("shared tools and access", "tools", 1, 24, 2.5, 3, 4),
    ("taking the work back at the end", "exit", 24, 24, 10, 20, 45),
)
_STAY = (
    ("salaries for the work", "work", 1, 24, 71, 74, 79),
    ("desks and licences", "tools", 1, 24, 8.5, 10, 12.5),
    ("overtime and hiring", "redundancy", 1, 24, 2, 5, 10),
)
_DISCOUNT_YEARLY = 0.05

_PREREQUISITES = (
    ("exit plan agreed", "contract, section 9"),
    ("data protection terms signed", "annex B"),
    ("acceptance criteria written", "shared folder"),
    ("owner inside named", "memo to the team"),
    ("access rights requested", "ticket to IT"),
    ("two references called", "call notes"),
    ("pilot reviewed", "pilot report"),
    ("notice period checked", "mail from the lawyer"),
)
_NICE_TO_HAVE = "site visit made"
_RISKS = (
    ("key person leaves", 0.15, 6000),
    ("hand-over takes longer", 0.35, 9000),
    ("data leaks", 0.03, 40000),
    ("price rises after a year", 0.30, 7000),
    ("quality drops", 0.20, 8000),
)


# The share of past work beyond the reserve from which on a client is too excited, and which risks it waves aside.
_EXCITED_FROM, _WAVED_ASIDE = 0.20, (1, 4)


def reserve_for(overrun: float) -> tuple[float, float]:
    """Reserve and share of abandoned work with P(abandoned or ratio > 1 + reserve) = overrun."""
    abandoned = min(ABANDONED, overrun / 2)
    beyond = (overrun - abandoned) / (1 - abandoned)
    return RATIO_MEDIAN * math.exp(-RATIO_SD * normal_quantile(beyond)) - 1, abandoned


@lru_cache(maxsize=256)
def stay_level(no_saving: float, abandoned: float) -> float:
    """Factor on the stay lines with P(planned outsource cost × ratio >= stay cost) = no_saving.

    The ratio is that of past work in general (not of the drawn sample); abandoned work never saves. The stay lines are
    PERT, their correlation 0.3.
    """
    outsource, stay = _planned_cost(), _stay_costs()
    beyond = (no_saving - abandoned) / (1 - abandoned)

    def saving(level: float) -> float:
        z = (np.log(level * stay / outsource) - math.log(RATIO_MEDIAN)) / RATIO_SD
        return float(np.mean(_normal_below(z)))

    if beyond <= 0.0 or beyond >= 1.0:
        return 3.0 if beyond <= 0.0 else 0.3
    return solve(saving, 1 - beyond, 0.1, 5.0)


def _normal_below(z: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(z)


def _planned_cost() -> float:
    """Discounted cost of outsourcing at its likely amounts."""
    return float(sum(line[5] * weight for line, weight in zip(_OUTSOURCE, _weights(_OUTSOURCE), strict=True)))


@lru_cache(maxsize=1)
def _stay_costs() -> np.ndarray:
    """Discounted cost of staying in 20,000 draws that are the same for every seed: a means of integration."""
    from scipy.special import betaincinv

    rng, pairs = np.random.default_rng(20_260_101), 10_000
    common, own = rng.standard_normal((pairs, 1)), rng.standard_normal((pairs, len(_STAY)))
    z = math.sqrt(0.3) * common + math.sqrt(0.7) * own
    uniform = _normal_below(np.concatenate([z, -z]))  # mirrored draws: the mean is exact
    low, likely, high = (np.array([line[place] for line in _STAY], dtype=float) for place in (4, 5, 6))
    alpha, beta = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    monthly = low + (high - low) * betaincinv(alpha, beta, uniform)
    return np.asarray(monthly @ np.array(_weights(_STAY)))


def _weights(lines: tuple) -> list[float]:
    """Present value of 1 a month over each line's months."""
    return [sum((1 + _DISCOUNT_YEARLY) ** (-month / 12) for month in range(line[2], line[3] + 1)) for line in lines]


def case_tables(
    roster: Roster, no_saving: float, overrun: float, unsettled: int, rng: np.random.Generator
) -> tuple[dict[str, Columns], float]:
    """The tables of the business case, and the plan's budget."""
    reserve, abandoned = reserve_for(overrun)
    scale = 45 * len(roster.of("provider")) * math.exp(rng.normal(0, 0.15))
    level = stay_level(no_saving, min(ABANDONED, no_saving / 2))
    lines = [("outsource", 1.0, line) for line in _OUTSOURCE] + [("stay", level, line) for line in _STAY]
    amounts = np.round([[scale * factor * value for value in line[4:]] for _, factor, line in lines])
    months = np.array([line[3] - line[2] + 1 for _, _, line in lines])
    planned = float((amounts[:, 1] * months)[: len(_OUTSOURCE)].sum())
    cash_flows: Columns = {
        "line": [line[0] for _, _, line in lines],
        "option": [option for option, _, _ in lines],
        "kind": ["cost"] * len(lines),
        "category": [line[1] for _, _, line in lines],
        "first_month": [line[2] for _, _, line in lines],
        "last_month": [line[3] for _, _, line in lines],
        "low": amounts[:, 0],
        "likely": amounts[:, 1],
        "high": amounts[:, 2],
        "range_means": ["limits"] * len(lines),
    }
    tables: dict[str, Columns] = {
        "cash_flows": cash_flows,
        "estimates": _estimates(36 + 2 * roster.count, abandoned, rng),
        "prerequisites": _prerequisites(unsettled, rng),
        "risks": _risks(roster, overrun > _EXCITED_FROM, rng),
    }
    return tables, round(planned * (1 + reserve), 2)


def _estimates(alike: int, abandoned: float, rng: np.random.Generator) -> Columns:
    """Past work: `alike` items of the plan's class and a dozen of another, done for a handful of clients."""
    other = 12
    count = alike + other
    estimated = np.round(np.exp(rng.normal(5.6, 0.5, count)))
    median = np.where(np.arange(count) < alike, RATIO_MEDIAN, 1.25)
    actual = np.round(estimated * median * np.exp(rng.normal(0, RATIO_SD, count)), 2)
    gave_up = rng.random(count) < abandoned
    order = rng.permutation(count)
    clients = np.array(["northmill", "osier", "pennant", "quill", "rushlight", "sorrel"], dtype=object)
    return {
        "item": codes("e", range(1, count + 1), 3),
        "reference_class": np.where(np.arange(count) < alike, PLAN_CLASS, "software project")[order],
        "estimated": estimated[order],
        "actual": np.where(gave_up, np.nan, actual)[order],
        "unit": ["hours"] * count,
        "status": np.where(gave_up, "abandoned", "finished")[order],
        "client": clients[rng.integers(0, len(clients), count)],
    }


def _prerequisites(unsettled: int, rng: np.random.Generator) -> Columns:
    """Eight required ones, `unsettled` of them open or settled after the commitment; and one that nothing hangs on."""
    committed = day_number(COMMITTED)
    count = len(_PREREQUISITES)
    late = np.isin(np.arange(count), rng.permutation(count)[:unsettled])
    never = late & (rng.random(count) < 0.5)
    day = np.where(late, committed + rng.integers(5, 60, count), committed - rng.integers(3, 70, count))
    return {
        "prerequisite": [name for name, _ in _PREREQUISITES] + [_NICE_TO_HAVE],
        "required": [True] * count + [False],
        "settled_on": np.append(np.where(never, NAT, day), NAT),
        "evidence": [None if open_ else seen for (_, seen), open_ in zip(_PREREQUISITES, never, strict=True)] + [None],
    }


def _risks(roster: Roster, excited: bool, rng: np.random.Generator) -> Columns:
    """Up to four people's ranges for five risks, some of them far too narrow.

    Where the client is `excited`, its people hardly believe in two of the risks that the provider's people know well.
    """
    raters = np.concatenate([roster.lasting("client")[:2], roster.lasting("provider")[:2]])
    raters = np.repeat(raters, len(_RISKS))
    people = len(raters) // len(_RISKS)
    likely = np.tile([share for _, share, _ in _RISKS], people) * np.exp(rng.normal(0, 0.35, len(raters)))
    if excited:
        waved_aside = np.isin(np.tile(np.arange(len(_RISKS)), people), _WAVED_ASIDE)
        likely = np.where(waved_aside, np.where(roster.provider[raters], 0.55, 0.04), likely)
    loss = np.tile([loss for _, _, loss in _RISKS], people) * np.exp(rng.normal(0, 0.3, len(raters)))
    wide = rng.uniform(1.2, 2.5, len(raters))
    low, high = np.clip(np.round(likely / wide, 2), 0.01, 0.8), np.clip(np.round(likely * wide, 2), 0.02, 0.9)
    return {
        "person": roster.person[raters],
        "risk": [name for name, _, _ in _RISKS] * people,
        "prob_low": low,
        "prob_high": np.maximum(high, low),
        "loss_low": np.round(loss / wide, -2),
        "loss_high": np.round(loss * wide, -2),
    }
