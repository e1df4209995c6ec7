"""Tables of the task selection: tasks, who can do them, and how the two sides rate them."""

from __future__ import annotations

import numpy as np

from outsourcing_kit.simulation.frames import STORY, Columns, blanked
from outsourcing_kit.simulation.roster import Roster
from outsourcing_kit.tables import VETOES

PROCESSES = STORY["processes"]
OUTSIDE = 10  # tasks planned outside, one in each of ten processes, of equal hours: shares in steps of a tenth
_HOURS = 40.0
_HORIZON = 24.0


def in_tenths(share: float) -> int:
    """How many of the outside tasks stand for a share; a half rounds up.

    >>> in_tenths(0.6), in_tenths(0.25)
    (6, 3)
    """
    return int(np.floor(OUTSIDE * share + 0.5 + 1e-9))


def task_tables(roster: Roster, protected: int, dear: int, nobody: int, rng: np.random.Generator) -> dict[str, Columns]:
    """Tables in which so many of the ten outside tasks are protected, not clearly cheaper, or done by nobody inside."""
    count = 2 * len(PROCESSES)
    process = np.repeat(np.arange(len(PROCESSES)), 2)
    goes = rng.permutation(len(PROCESSES))[:OUTSIDE]
    # The second task of a process is the one that had better stay: outside, it is one of the protected.
    outside = np.isin(np.arange(count), 2 * goes + (np.arange(OUTSIDE) < protected))
    is_protected = outside & (np.arange(count) % 2 == 1)
    places = rng.permutation(np.flatnonzero(outside))
    # Protected ones first: with all costs counted, what was given away saves next to nothing.
    is_dear = np.isin(np.arange(count), places[np.argsort(~is_protected[places], kind="stable")][:dear])
    is_nobody = np.isin(np.arange(count), rng.permutation(places)[:nobody])
    tasks = _costs(outside, is_dear, rng)
    tasks |= _protection(outside, is_protected)
    bidders = np.array(["brightdesk", "oakline"], dtype=object)
    tasks |= {
        "task": np.array([name for row in PROCESSES for name in row[1:3]], dtype=object),
        "process": np.array([row[0] for row in PROCESSES], dtype=object)[process],
        "provider": blanked(np.isnan(tasks["quoted_price"]), bidders[rng.integers(0, 2, count)]),
        "plan": np.where(outside, np.where(rng.random(count) < 0.2, "share", "outsource"), "stay"),
    }
    return {
        "tasks": tasks,
        "ratings": _ratings(roster, tasks["task"], tasks["core"], rng),
        "can_do": _can_do(roster, tasks["task"], outside, is_nobody, rng),
    }


def _costs(outside: np.ndarray, dear: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Hours, rates, quotes and hidden costs.

    A cheap task stays cheaper outside with hidden costs three times as high as planned; a dear one breaks even where
    they are about as planned, so that its probability of being cheaper is well below 0.8 under every assumption.
    """
    count = len(outside)
    rate = np.round(rng.normal(38, 3, count))
    hours = np.where(outside, _HOURS, np.round(rng.uniform(12, 90, count)))
    management = np.where(dear, rng.uniform(4.5, 5.5, count), rng.uniform(2.5, 3.2, count)) * hours / _HOURS
    rework = np.where(dear, 0.05, 0.03)
    onboarding = np.round(np.where(dear, 25, 14) * rng.uniform(0.8, 1.2, count))
    switching, leaving = np.where(dear, 500.0, 250.0), np.where(dear, 850.0, 400.0)
    management = np.round(management, 1)
    hidden = (
        management * rate + rework * hours * rate + (onboarding * rate + switching + leaving) / _HORIZON
    ) / hours  # per hour
    price = np.round(
        np.where(dear, rate - hidden * rng.uniform(1.0, 1.15, count), rate * rng.uniform(0.36, 0.44, count)), 2
    )
    monthly = outside & (rng.random(count) < 0.2)
    unquoted = ~outside & (rng.random(count) < 0.7)
    if dear.sum() > 2:  # a task that is handed over before anybody named a price
        unquoted[np.flatnonzero(dear)[0]] = True
    price = np.where(unquoted, np.nan, np.where(monthly, np.round(price * hours), price))
    return {
        "hours_per_month": hours,
        "in_house_rate": rate,
        "quoted_price": price,
        "quote_unit": blanked(unquoted, np.where(monthly, "month", "hour")),
        "onboarding_hours": onboarding,
        "management_hours": management,
        "rework_share": rework,
        "switching_cost": switching,
        "exit_cost": leaving,
        "horizon_months": np.full(count, _HORIZON),
    }


def _protection(outside: np.ndarray, protected: np.ndarray) -> dict[str, np.ndarray]:
    """Core marks and vetoes, each where it belongs: on the protected outside tasks, and on their like that stay."""
    marked = protected | (~outside & (np.arange(len(outside)) % 2 == 1))
    why = np.repeat([row[3] for row in PROCESSES], 2)
    return {name: marked & (why == name) for name in ("core", *VETOES)}


def _can_do(
    roster: Roster, task: np.ndarray, outside: np.ndarray, nobody: np.ndarray, rng: np.random.Generator
) -> Columns:
    """Who can do what. Where nobody inside can, the ones who could have left, or only the provider's people can."""
    inside, gone = roster.lasting("client"), roster.of("client")[~roster.stays[roster.of("client")]]
    provider = roster.lasting("provider")
    pairs = set()
    for number in range(len(task)):
        if outside[number]:
            pairs |= {(number, int(who)) for who in rng.permutation(provider)[:2]}
        if nobody[number]:
            pairs |= {(number, int(who)) for who in rng.permutation(gone)[:1]}
        else:
            pairs |= {(number, int(who)) for who in rng.permutation(inside)[: 1 + int(rng.integers(0, 2))]}
    # A set has no order that every machine shares.
    ordered = sorted(pairs)
    return {"task": [task[number] for number, _ in ordered], "person": [roster.person[who] for _, who in ordered]}


def _ratings(roster: Roster, task: np.ndarray, core: np.ndarray, rng: np.random.Generator) -> Columns:
    """Two raters a side on how much each task is core: they agree moderately."""
    raters = np.concatenate([roster.lasting("client")[:2], roster.lasting("provider")[:2]])
    side = np.where(roster.provider[raters], "provider", "client")
    own = rng.normal(0, 0.3, len(raters))
    truth = np.where(core, 4.2, 2.3) + rng.normal(0, 0.5, len(task))
    rating = np.clip(np.round(truth[:, None] + own[None, :] + rng.normal(0, 0.7, (len(task), len(raters)))), 1, 5)
    return {
        "task": np.repeat(task, len(raters)),
        "person": np.tile(roster.person[raters], len(task)),
        "side": np.tile(side, len(task)),
        "criterion": ["core to the business"] * rating.size,
        "rating": [str(int(value)) for value in rating.ravel()],
    }
