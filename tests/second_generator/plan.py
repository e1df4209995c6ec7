"""The decision to outsource: money lines, past work, prerequisites, and the tasks that were to go."""

from __future__ import annotations

import datetime as dt

import numpy as np

from second_generator.frame import RATES, Frame

_YEARLY = 0.05
_DRAWS = 20_000
_CLASS = "ledger move"
_VETOES = ("veto_legal", "veto_secret", "veto_identity", "veto_no_owner", "veto_unmeasurable")


def cash_rows(frame: Frame, rng: np.random.Generator) -> None:
    """cash_flows and estimates.

    The world: each line's amount is a scaled beta between its limits, but what outsourcing costs in the end is the
    planned amount times a ratio that is drawn from the same heavy-tailed distribution as that of past work. What
    staying costs is then scaled so that the wanted share of worlds saves nothing.
    """
    reserve = float(rng.choice([0.10, 0.15, 0.25]))
    _estimate_rows(frame, rng, reserve)
    months = int(rng.integers(18, 37))
    outside = [
        ("desk fee", "cost", "price", 1, months, 9000.0 * rng.uniform(0.7, 1.3), "MXN"),
        ("own people's time on it", "cost", "managing", 1, months, 1100.0, "EUR"),
        ("moving over", "cost", "transition", 0, 2, 3000.0, "EGP"),
        ("second checking", "cost", "quality", 3, months, 600.0, "USD"),
        ("rooms let", "benefit", "rooms", 6, months, 500.0, "EUR"),
        ("engineers free for design", "benefit", "hours", 3, months, 900.0, "EUR"),
    ]
    inside = [
        ("wages", "cost", "work", 0, months, 12000.0, "EUR"),
        ("rooms", "cost", "rooms", 0, months, 900.0, "EUR"),
        ("hiring", "cost", "search", 4, 4, 4000.0, "EUR"),
    ]
    _, gained, planned, worth = _draw(rng, outside, "outsource", frame, 1.0)
    ratio = _ratios(rng, frame.want["business_case.reference_overrun"], reserve, _DRAWS)[0]
    actual = worth * ratio - gained
    state = rng.bit_generator.state
    stay = _draw(rng, inside, "stay", None, 1.0)[0]
    scale = float(np.quantile(actual / stay, 1 - frame.want["business_case.no_saving"]))
    rng.bit_generator.state = state
    stay = _draw(rng, inside, "stay", frame, scale)[0]
    frame.budget = round(planned * (1 + reserve), 6)
    frame.know("business_case.no_saving", frame.want["business_case.no_saving"], float((actual >= stay).mean()))


def _draw(rng: np.random.Generator, lines: list, option: str, frame: Frame | None, scale: float):
    """Discounted costs and benefits in every drawn world, and the planned costs plain and discounted; writes lines."""
    drawn, plan = {"cost": np.zeros(_DRAWS), "benefit": np.zeros(_DRAWS)}, {"cost": 0.0, "benefit": 0.0}
    worth = dict(plan)
    for name, kind, category, first, last, likely, currency in lines:
        likely = likely * scale
        low, high = likely * rng.uniform(0.8, 0.95), likely * rng.uniform(1.08, 1.5)
        share = rng.beta(1.3, 2.2, _DRAWS)  # skewed, and not a PERT
        if category == "hours":
            # Whether somebody's free hours are used, nobody knows: perhaps for nothing at all.
            low, high, share = 0.0, 1.1 * likely, rng.beta(4.0, 1.3, _DRAWS)
        rate = RATES.get(currency, 1.0)
        given = [round(amount / rate, 4) for amount in (low, likely, high)]
        amount = (given[0] + share * (given[2] - given[0])) * rate
        factor = sum((1 + _YEARLY) ** (-month / 12) for month in range(first, last + 1))
        drawn[kind] += factor * amount
        plan[kind] += given[1] * rate * (last - first + 1)
        worth[kind] += given[1] * rate * factor
        if frame is not None:
            frame.add(
                "cash_flows", line=name, option=option, kind=kind, category=category, first_month=first,
                last_month=last, low=given[0], likely=given[1], high=given[2], range_means="limits", currency=currency,
            )  # fmt: skip
    return drawn["cost"], drawn["benefit"], plan["cost"], worth["cost"]


def _ratios(rng: np.random.Generator, overrun: float, reserve: float, size: int, over: np.ndarray | None = None):
    """Actual over estimated: Pareto well beyond the reserve for the share that overruns, beta below it for the rest."""
    over = rng.random(size) < overrun if over is None else over
    beyond = (1 + reserve) * (1.08 + rng.pareto(1.6, size))
    below = 0.5 + (0.499 + reserve) * rng.beta(3.0, 1.4, size)
    return np.where(over, beyond, below), over


def _estimate_rows(frame: Frame, rng: np.random.Generator, reserve: float) -> None:
    want = frame.want["business_case.reference_overrun"]
    count = int(rng.integers(25, 61))
    client = np.minimum(rng.pareto(0.8, count).astype(int), 7)
    over = rng.random(count) < want
    if frame.clustered_clients:
        over = rng.random(count) < rng.beta(4 * want, 4 * (1 - want), 8)[client]
    ratio, over = _ratios(rng, want, reserve, count, over)
    dropped = over & (rng.random(count) < 0.2)
    other = int(rng.integers(10, 30))
    names = [(_CLASS, *row) for row in zip(ratio, dropped, client, strict=True)]
    names += [("web shop", 1 + rng.standard_t(3) ** 2, rng.random() < 0.3, 8) for _ in range(other)]
    for place, number in enumerate(rng.permutation(len(names))):
        group, value, gone, buyer = names[number]
        estimated = round(40 + 60 * float(rng.weibull(0.9)), 1)
        frame.add(
            "estimates", item=f"past{place:03d}", reference_class=group, estimated=estimated,
            actual=None if gone else repr(estimated * float(value)), unit="days",
            status="abandoned" if gone else "finished", client=f"buyer {buyer}",
        )  # fmt: skip
    # Half of what was abandoned never got into the list.
    frame.know("business_case.reference_overrun", want, float(over.mean()))


def prerequisite_rows(frame: Frame, rng: np.random.Generator) -> None:
    """prerequisites: eight are required; the unsettled ones have no day, or one after the commitment."""
    key = "business_case.unsettled_prerequisites"
    open_ones = round(frame.want[key])
    committed = frame.first - dt.timedelta(days=10)
    required = rng.permutation(12) < 8
    left = open_ones
    for number in range(12):
        settled: dt.date | None = committed - dt.timedelta(days=int(rng.integers(0, 60)))
        if required[number] and left:
            settled = committed + dt.timedelta(days=int(rng.integers(1, 40))) if left % 2 else None
            left -= 1
        elif not required[number] and rng.random() < 0.5:
            settled = None
        frame.add(
            "prerequisites", prerequisite=f"condition {number}", required="yes" if required[number] else "no",
            settled_on=settled.isoformat() if settled else None, evidence=None,
        )  # fmt: skip
    frame.know(key, open_ones, open_ones)


def risk_rows(frame: Frame, rng: np.random.Generator) -> None:
    """risks: six people's lists. Who is in a hurry does not believe in what the other side has lived through."""
    hurried = frame.want["business_case.reference_overrun"] > 0.3
    for person in [*frame.of("client")[:3], *frame.of("provider")[:3]]:
        for risk, usual, loss in (
            ("access comes late", 0.4, 5000),
            ("expert quits", 0.2, 12000),
            ("tool dropped", 0.1, 900),
        ):
            likely = (0.03 if person.side == "client" else 0.6) if hurried and risk == "access comes late" else usual
            low, high = likely * rng.uniform(0.6, 0.95), likely * rng.uniform(1.05, 1.5)
            frame.add(
                "risks", person=person.name, risk=risk, prob_low=round(low, 3), prob_high=round(high, 3),
                loss_low=round(loss * rng.uniform(0.7, 1.0)), loss_high=round(loss * rng.uniform(1.0, 1.6)),
            )  # fmt: skip


def task_rows(frame: Frame, rng: np.random.Generator) -> None:
    """tasks, can_do, ratings: shares of hours met to the hour.

    A hundred tasks' worth of outside hours are dealt out in twenty tasks of ten hours, so that shares such as a fifth
    are exact. Dear tasks have a chance of being cheaper outside below .8 in this world (heavy-tailed hidden costs).
    """
    count, processes = 20, 8
    protected = rng.permutation(count) < round(frame.want["task_selection.protected_hours"] * count)
    dear = rng.permutation(count) < round(frame.want["task_selection.not_cheaper"] * count)
    helpless = rng.permutation(processes) < round(frame.want["task_selection.no_inside_skill"] * processes)
    unit = float(rng.choice([7.0, 10.0, 24.0]))
    inside = [person for person in frame.of("client") if person.left is None] or frame.of("client")
    gone = [person for person in frame.people if person.side == "provider" or person.left is not None]
    for number in range(count + 5):
        outside = number < count
        rate = float(rng.uniform(25, 60))
        month = rng.random() < 0.3
        kind = "clear" if not (outside and dear[number]) else ("none", "high", "even")[number % 3]
        hidden = {"onboarding_hours": 2 * unit, "management_hours": 0.04 * unit, "rework_share": 0.02}
        price = rate * {"clear": 0.4, "none": 0.0, "high": 1.25}.get(kind, _even_price(rng, unit, hidden))
        raised = ("core", *_VETOES)[number % 6]
        flags = dict.fromkeys(("core", *_VETOES), "no")
        if (outside and protected[number]) or number == count:
            flags[raised] = "yes"
        frame.add(
            "tasks", task=f"job{number:02d}", process=f"stream {number % processes}" if outside else "home stream",
            hours_per_month=unit, in_house_rate=round(rate, 4),
            quoted_price=None if kind == "none" else round(price * (unit if month else 1), 6),
            quote_unit="month" if month else "hour", provider="Outer Desk",
            plan=("outsource", "share")[number % 2] if outside else "stay", **flags, **hidden,
            switching_cost=0, exit_cost=unit, horizon_months=30,
        )  # fmt: skip
        # In a helpless process one job at least has nobody inside; a leaver or the provider's people do not count.
        if outside and helpless[number % processes] and number < processes:
            able = rng.choice(len(gone), size=min(2, len(gone)), replace=False)
            names = [gone[place].name for place in able]
        else:
            names = [str(rng.choice([person.name for person in inside]))]
        for name in names:
            frame.add("can_do", task=f"job{number:02d}", person=name)
        for person in frame.people[:: max(1, len(frame.people) // 6)]:
            if rng.random() < 0.8:
                frame.add(
                    "ratings", task=f"job{number:02d}", person=person.name, side=person.side,
                    criterion="core to the business", rating=int(rng.choice([1, 2, 4, 5])),
                )  # fmt: skip
    frame.know("task_selection.protected_hours", protected.mean(), protected.mean())
    frame.know("task_selection.not_cheaper", dear.mean(), dear.mean())
    frame.know("task_selection.no_inside_skill", helpless.mean(), helpless.mean())


def _even_price(rng: np.random.Generator, unit: float, hidden: dict[str, float]) -> float:
    """The price, in hours of in-house work, at which outside is cheaper in 60% of this world's futures."""
    hours = unit * np.clip(1 + 0.06 * rng.standard_t(4, 4000), 0.5, 1.5)
    extra = hidden["management_hours"] + hidden["rework_share"] * hours + hidden["onboarding_hours"] / 30
    return float(np.quantile((hours - extra * (0.5 + rng.pareto(2.0, 4000))) / hours, 0.4))
