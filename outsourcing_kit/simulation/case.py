"""Tables of the business case: cash flows, past work, prerequisites, risks."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pandas as pd

from outsourcing_kit.simulation.calibrate import solve
from outsourcing_kit.simulation.clock import NAT, day_number
from outsourcing_kit.simulation.frames import STORY, Columns, codes
from outsourcing_kit.simulation.roster import COMMITTED, Roster

PLAN_CLASS = "back-office transfer"
ABANDONED = 0.03
# Median of actual / estimated, and sd of its logarithm: past work that went about as planned, that got out of hand, and
# that of another class.
_AS_PLANNED, _OUT_OF_HAND, _OTHER = (1.0, 0.05), (1.30, 0.10), (1.25, 0.14)

_OUTSOURCE, _STAY, _RISKS = STORY["outsource"], STORY["stay"], STORY["risks"]
_LINE, _AMOUNTS = ["line", "category", "first_month", "last_month"], ["low", "likely", "high"]
_DISCOUNT_YEARLY = 0.05

# The share of past work beyond the reserve from which on a client is too excited, and which risks it waves aside.
_EXCITED_FROM, _WAVED_ASIDE = 0.20, (1, 4)


def freed_line(no_saving: float) -> tuple:
    """What the client's specialists are to earn in the hours that they no longer spend on routine, as a line.

    An excited client counts all of these hours, though some go into other routine, and perhaps all do.
    """
    likely = 7 + 12 * no_saving
    low = likely * max(0.6 - no_saving, 0.0) / 2
    return ("our specialists' freed hours", "freed hours", 4, 24, low, likely, likely + 0.8)


def reserve_for(overrun: float) -> float:
    """The reserve of a plan of whose past work a share `overrun` went beyond it."""
    return 0.076 - 0.06 * overrun


def past_ratios(place: np.ndarray, beyond: float, reserve: float) -> np.ndarray:
    """actual / estimated of finished work, at these quantiles: above 1 + reserve for the share `beyond`.

    Work that went about as planned and work that got out of hand, cut off there: the reserve is enough for the first
    kind, and a saving may well survive some way beyond it.
    """
    from scipy.special import ndtr, ndtri

    def kind(median: float, sd: float, low: float, high: float, share: np.ndarray) -> np.ndarray:
        ends = [float(ndtr((math.log(end) - math.log(median)) / sd)) for end in (low, high)]
        return np.asarray(median * np.exp(sd * ndtri(ends[0] + (ends[1] - ends[0]) * share)))

    within, edge = 1 - beyond, 1 + reserve
    # Where all or nothing went beyond, one of the two kinds has no share to divide by.
    good = kind(*_AS_PLANNED, 1e-9, edge, np.minimum(place / max(within, 1e-12), 1.0))
    bad = kind(*_OUT_OF_HAND, edge, 1e9, np.clip((place - within) / max(beyond, 1e-12), 0.0, 1.0))
    return np.where(place < within, good, bad)


@lru_cache(maxsize=256)
def stay_level(no_saving: float, overrun: float, abandoned: float) -> float:
    """Factor on the stay lines with P(planned outsource cost × ratio >= stay cost + freed hours) = no_saving.

    The ratio is that of past work in general (not of the drawn sample); abandoned work never saves. The lines are PERT,
    the correlation of the stay lines 0.3.
    """
    sure = (no_saving - abandoned) / (1 - abandoned)
    if sure <= 0.0 or sure >= 1.0:
        return 3.0 if sure <= 0.0 else 0.3
    beyond = (overrun - abandoned) / (1 - abandoned)
    planned = sum(line[5] * weight for line, weight in zip(_OUTSOURCE, _weights(_OUTSOURCE), strict=True))
    costs = planned * past_ratios((np.arange(4000) + 0.5) / 4000, beyond, reserve_for(overrun))
    stay, freed = _drawn(_STAY), _drawn((freed_line(no_saving),))

    def saving(level: float) -> float:
        return float(np.mean(np.searchsorted(costs, level * stay + freed))) / len(costs)

    return solve(saving, 1 - sure, 0.1, 5.0)


@lru_cache(maxsize=256)
def _drawn(lines: tuple) -> np.ndarray:
    """Discounted sum of the lines in 20,000 draws that are the same for every seed: a means of integration."""
    from scipy.special import betaincinv, ndtr

    rng, pairs = np.random.default_rng([20_260_101, len(lines)]), 10_000
    common, own = rng.standard_normal((pairs, 1)), rng.standard_normal((pairs, len(lines)))
    z = math.sqrt(0.3) * common + math.sqrt(0.7) * own
    uniform = ndtr(np.concatenate([z, -z]))  # mirrored draws: the mean is exact
    low, likely, high = (np.array([line[place] for line in lines], dtype=float) for place in (4, 5, 6))
    alpha, beta = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    monthly = low + (high - low) * betaincinv(alpha, beta, uniform)
    return np.asarray(monthly @ np.array(_weights(lines)))


def _weights(lines: tuple) -> list[float]:
    """Present value of 1 a month over each line's months."""
    return [sum((1 + _DISCOUNT_YEARLY) ** (-month / 12) for month in range(line[2], line[3] + 1)) for line in lines]


def case_tables(
    roster: Roster, no_saving: float, overrun: float, unsettled: int, rng: np.random.Generator
) -> tuple[dict[str, Columns], float]:
    """The tables of the business case, and the plan's budget."""
    # Abandoned work has overrun and saves nothing: either truth bounds how much of it there can be.
    abandoned = min(ABANDONED, overrun / 2, no_saving / 2)
    scale = 45 * len(roster.of("provider")) * math.exp(rng.normal(0, 0.15))
    level = stay_level(no_saving, overrun, abandoned)
    plan = pd.DataFrame([*_OUTSOURCE, freed_line(no_saving), *_STAY], columns=[*_LINE, *_AMOUNTS])
    outside = np.arange(len(plan)) <= len(_OUTSOURCE)
    plan[_AMOUNTS] = plan[_AMOUNTS].mul(scale * np.where(outside, 1.0, level), axis=0).round()
    months = plan["last_month"] - plan["first_month"] + 1
    planned = float((plan["likely"] * months).to_numpy()[: len(_OUTSOURCE)].sum())
    plan["option"] = np.where(outside, "outsource", "stay")
    plan["kind"] = np.where(plan["category"] == "freed hours", "benefit", "cost")
    plan["range_means"] = "limits"
    tables: dict[str, Columns] = {
        "cash_flows": plan.to_dict("list"),
        "estimates": _estimates(36 + 2 * roster.count, overrun, abandoned, rng),
        "prerequisites": _prerequisites(unsettled, rng),
        "risks": _risks(roster, overrun > _EXCITED_FROM, rng),
    }
    return tables, round(planned * (1 + reserve_for(overrun)), 2)


def _estimates(alike: int, overrun: float, abandoned: float, rng: np.random.Generator) -> Columns:
    """Past work: `alike` items of the plan's class and a dozen of another, done for a handful of clients."""
    from scipy.special import ndtr

    other = 12
    count = alike + other
    estimated = np.round(np.exp(rng.normal(5.6, 0.5, count)))
    drawn = rng.standard_normal(count)
    beyond = (overrun - abandoned) / (1 - abandoned)
    own, others = past_ratios(ndtr(drawn), beyond, reserve_for(overrun)), _OTHER[0] * np.exp(_OTHER[1] * drawn)
    actual = np.round(estimated * np.where(np.arange(count) < alike, own, others), 2)
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
        "client": rng.choice(clients, count),
    }


def _prerequisites(unsettled: int, rng: np.random.Generator) -> Columns:
    """Eight required ones, `unsettled` of them open or settled after the commitment; and one that nothing hangs on."""
    committed = day_number(COMMITTED)
    required = STORY["prerequisites"]
    count = len(required)
    late = np.isin(np.arange(count), rng.permutation(count)[:unsettled])
    never = late & (rng.random(count) < 0.5)
    day = np.where(late, committed + rng.integers(5, 60, count), committed - rng.integers(3, 70, count))
    return {
        "prerequisite": [name for name, _ in required] + [STORY["nice_to_have"]],
        "required": [True] * count + [False],
        "settled_on": np.append(np.where(never, NAT, day), NAT),
        "evidence": [None if open_ else seen for (_, seen), open_ in zip(required, never, strict=True)] + [None],
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
