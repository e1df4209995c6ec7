"""Upwork: the history of transactions, of the client's account or of the freelancer's."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import decimal_marks, number, times

NAME, KEY = "transactions of Upwork (CSV)", "upwork"
_BONUS = re.compile(r"\bbonus|\btip\b", re.IGNORECASE)
_WORK = re.compile(r"hourly|fixed|milestone|\bwork\b", re.IGNORECASE)
_REFUND = re.compile(r"refund|chargeback", re.IGNORECASE)
_FEE = re.compile(r"\bfees?\b|\bvat\b|\btax\b", re.IGNORECASE)
_PERIOD = re.compile(r"([A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}) ?[-\u2013] ?(?=[A-Z\d])")
_MONTHS = ("6", "12", "18", "24", "36")
_UNKNOWN = "not known"


def is_mine(source: Source) -> bool:
    """Whether its header has Upwork's number, kind and amount of a transaction."""
    return all(name in source.header for name in ("Date", "Ref ID", "Type", "Description", "Amount", "Balance"))


def read(source: Source, ask: Ask) -> Draft:
    """What was paid as lines of `cash_flows`, bonuses as `recognition`, the day of the first paid work."""
    grid, draft = source.grid, Draft()
    paid = _payments(grid, ask, draft)
    if not len(paid):
        return draft
    draft.currency = str(paid["currency"].mode()[0])
    draft.meet(Who(name) for name in [*paid["to"], *paid["by"]] if name)
    _add_lines(draft, paid, ask)
    bonus = paid[paid["kind"] == "bonus"]
    draft.add("recognition", {
        "given_at": bonus["day"].dt.strftime("%Y-%m-%d"), "giver": bonus["by"], "receiver": bonus["to"],
        "kind": ["bonus"] * len(bonus), "amount": bonus["amount"], "currency": bonus["currency"],
    })  # fmt: skip
    _add_first_day(draft, paid, ask)
    return draft


def _payments(grid: Grid, ask: Ask, draft: Draft) -> pd.DataFrame:
    """What the client paid, by day: `kind` is work, bonus or fee; a refund is below 0."""
    amount, order = grid.get("Amount"), ask.order(grid.get("Date"))
    mark = (*decimal_marks(amount), ".")[0]
    rows = pd.DataFrame({
        "day": moments(times(grid.get("Date"), order)._replace(offset=np.full(len(grid), np.nan))),
        "amount": [number(cell, mark) for cell in amount], "text": grid.get("Description"),
        "currency": [cell.upper() or "USD" for cell in grid.get("Currency")],
        "kind": [_kind(cell) for cell in grid.get("Type")],
        "to": [one or other for one, other in zip(grid.get("Freelancer"), grid.get("Agency"), strict=True)],
        "by": grid.get("Account Name"), "order": order,
    })  # fmt: skip
    rows["day"] = pd.to_datetime(rows["day"], errors="coerce")
    bad = rows["day"].isna() | rows["amount"].isna()
    draft.leave_out("transactions without a day or an amount", int(bad.sum()))
    other = rows["kind"] == ""
    draft.leave_out("withdrawals, deposits and other transactions that pay nobody", int((other & ~bad).sum()))
    rows = rows[~bad & ~other]
    worked = rows[rows["kind"].isin(("work", "bonus"))]
    # The client's account pays what the freelancer's gets.
    clients = worked["amount"].sum() < 0
    rows["amount"] = rows["amount"] * (-1.0 if clients else 1.0)
    rows["kind"] = rows["kind"].replace("refund", "work")
    if not clients:
        fees = rows["kind"] == "fee"
        draft.leave_out("fees that the freelancer paid", int(fees.sum()))
        rows = rows[~fees].assign(to=rows["to"].mask(rows["to"] == "", rows["by"]), by="")
    nobody = (rows["to"] == "") & (rows["kind"] != "fee")
    draft.leave_out("payments to nobody by name", int(nobody.sum()))
    return rows[~nobody].sort_values("day", kind="stable", ignore_index=True)


def _kind(told: str) -> str:
    kinds = (("refund", _REFUND), ("bonus", _BONUS), ("fee", _FEE), ("work", _WORK))
    return next((kind for kind, known in kinds if known.search(told)), "")


def _add_lines(draft: Draft, paid: pd.DataFrame, ask: Ask) -> None:
    """A line a freelancer, one for fees and one for bonuses, as no month of the past says what the next will cost."""
    named = {"fee": "Upwork: fees", "bonus": "Upwork: bonuses"}
    lines = [named.get(kind) or _line(who) for kind, who in zip(paid["kind"], paid["to"], strict=True)]
    months = paid["day"].dt.to_period("M")
    last = int(ask.one("months", "Over how many months is the plan?", _MONTHS, "12"))
    found = paid.assign(line=lines, month=months).groupby(["line", "currency", "month"], sort=False)["amount"].sum()
    for (line, currency), monthly in found.groupby(level=[0, 1], sort=False):
        once = line == named["bonus"]
        each = [monthly.sum()] if once else _whole_months(monthly[monthly > 0].tolist())
        if not each or min(each) < 0:
            continue
        first = 1 + int((monthly.index[0][2] - months.min()).n) if once else 1
        draft.add("cash_flows", {
            "line": [line if currency == draft.currency else f"{line} ({currency})"], "option": ["outsource"],
            "kind": ["cost"], "category": ["price"], "first_month": [first], "last_month": [first if once else last],
            "low": [min(each)], "likely": [float(np.mean(each))], "high": [max(each)], "currency": [currency],
        })  # fmt: skip
    how = "a freelancer costs a month what the months in which they were paid cost: their mean, least and most"
    parts = "the first and the last, which may be parts, are not counted where others are; else a month may cost more"
    draft.assume("cash_flows", f"{how}; {parts}; so it goes on in months 1 to {last} of the plan")


def _whole_months(paid: list[float]) -> list[float]:
    """The months between the first and the last, of which only a part may have been invoiced; all where none is.

    >>> _whole_months([157.33, 640.0, 660.0, 80.0]), _whole_months([157.33])
    ([640.0, 660.0], [157.33])
    """
    return paid[1:-1] or paid


def _line(who: str) -> str:
    """The same next month, and without the name."""
    return f"Upwork: freelancer {hashlib.sha256(folded(who).encode()).hexdigest()[:6]}"


def _add_first_day(draft: Draft, paid: pd.DataFrame, ask: Ask) -> None:
    """One entry on the day of the first paid work; the hours of an invoiced week are no stretches of work."""
    begins = [found[1] if (found := _PERIOD.search(text)) else "" for text in paid["text"]]
    told = pd.Series(times(begins, paid["order"].iloc[0]).local)
    worked = told[(paid["kind"] == "work") & told.notna()]
    if not len(worked):
        draft.assume("time_entries", "no invoice names its week: when paid work began is not known")
        return
    days = [f"{worked.min() + pd.Timedelta(days=n):%Y-%m-%d}" for n in range(7)]
    text = f"The first invoice is for the week of {days[0]}: on which day did paid work begin?"
    day = ask.one("first_day", text, (*days, _UNKNOWN), days[0])
    if day != _UNKNOWN:
        who = paid["to"][worked.idxmin()]
        draft.add("time_entries", {
            "person": [who], "started": [day], "ended": [day], "task": ["work"], "billable": [True],
        })  # fmt: skip
        draft.assume("time_entries", "of the invoiced weeks only the first day of paid work is taken, as answered")
