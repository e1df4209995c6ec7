"""Upwork: the history of transactions, of the client's account or of the freelancer's."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, digest
from outsourcing_kit.readers.known import first_of
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import decimal_marks, number, times

NAME, KEY = "transactions of Upwork (CSV)", "upwork"
_PERIOD = re.compile(r"([A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}) ?[-\u2013] ?(?=[A-Z\d])")
_MONTHS = ("6", "12", "18", "24", "36")
_UNKNOWN = "not known"


def is_mine(source: Source) -> bool:
    """Whether its header has Upwork's number, kind and amount of a transaction."""
    return source.header.is_of(KEY)


def read(source: Source, ask: Ask) -> Draft:
    """What was paid as lines of `cash_flows`, bonuses as `recognition`, the day of the first paid work."""
    draft, rows = Draft(), source.grid.frame(KEY)
    order = ask.order(rows["day"])
    paid = _payments(rows, order, draft)
    if not len(paid):
        return draft
    draft.currency = str(paid["currency"].mode()[0])
    draft.meet(map(Who, [*paid["to"], *paid["by"]]))
    _add_lines(draft, paid, ask)
    bonus = paid[paid["kind"] == "bonus"].rename(columns={"by": "giver", "to": "receiver"})
    draft.add("recognition", bonus.assign(given_at=bonus["day"].dt.strftime("%Y-%m-%d")))
    _add_first_day(draft, paid, order, ask)
    return draft


def _payments(rows: pd.DataFrame, order: str, draft: Draft) -> pd.DataFrame:
    """What the client paid, by day: `kind` is work, bonus or fee; a refund is below 0."""
    mark = (*decimal_marks(rows["amount"]), ".")[0]
    rows["day"] = pd.Series(times(rows["day"].tolist(), order).local)
    rows["amount"] = pd.Series([number(cell, mark) for cell in rows["amount"]], dtype=float)
    rows["currency"] = [cell.upper() or "USD" for cell in rows["currency"]]
    rows["kind"] = [first_of(cell, "refund", "bonus", "fee", "work") for cell in rows["kind"]]
    rows["to"] = rows["freelancer"].where(rows["freelancer"] != "", rows["agency"])
    bad = rows["day"].isna() | rows["amount"].isna()
    rows = draft.without(rows, bad, "transactions without a day or an amount")
    other = "withdrawals, deposits and other transactions that pay nobody"
    rows = draft.without(rows, rows["kind"] == "", other)
    # The client's account pays what the freelancer's gets.
    clients = rows["amount"][rows["kind"].isin(("work", "bonus"))].sum() < 0
    rows["amount"] = rows["amount"] * (-1.0 if clients else 1.0)
    rows["kind"] = rows["kind"].replace("refund", "work")
    if not clients:
        rows = draft.without(rows, rows["kind"] == "fee", "fees that the freelancer paid")
        rows = rows.assign(to=rows["to"].mask(rows["to"] == "", rows["by"]), by="")
    rows = draft.without(rows, (rows["to"] == "") & (rows["kind"] != "fee"), "payments to nobody by name")
    return rows.sort_values("day", kind="stable", ignore_index=True)


def _add_lines(draft: Draft, paid: pd.DataFrame, ask: Ask) -> None:
    """A line a freelancer, one for fees and one for bonuses, as no month of the past says what the next will cost."""
    named = {"fee": "Upwork: fees", "bonus": "Upwork: bonuses"}
    # The same next month, and without the name.
    codes = [digest(folded(who), 6) for who in paid["to"]]
    lines = [named.get(kind, f"Upwork: freelancer {code}") for kind, code in zip(paid["kind"], codes, strict=True)]
    months = paid["day"].dt.to_period("M")
    last = int(ask.one("months", "Over how many months is the plan?", _MONTHS, "12"))
    found = paid.assign(line=lines, month=months).groupby(["line", "currency", "month"], sort=False)["amount"].sum()
    for (line, currency), monthly in found.groupby(level=[0, 1], sort=False):
        once = line == named["bonus"]
        paid_months = monthly[monthly > 0].tolist()
        # Of the first and the last month only a part may have been invoiced.
        each = [monthly.sum()] if once else paid_months[1:-1] or paid_months
        if not each or min(each) < 0:
            continue
        first = 1 + int((monthly.index[0][2] - months.min()).n) if once else 1
        draft.add("cash_flows", {
            "line": line if currency == draft.currency else f"{line} ({currency})", "option": "outsource",
            "kind": "cost", "category": "price", "first_month": first, "last_month": first if once else last,
            "low": min(each), "likely": float(np.mean(each)), "high": max(each), "currency": currency,
        })  # fmt: skip
    how = "a freelancer costs a month what the months in which they were paid cost: their mean, least and most"
    parts = "the first and the last, which may be parts, are not counted where others are; else a month may cost more"
    draft.assume("cash_flows", f"{how}; {parts}; so it goes on in months 1 to {last} of the plan")


def _add_first_day(draft: Draft, paid: pd.DataFrame, order: str, ask: Ask) -> None:
    """One entry on the day of the first paid work; the hours of an invoiced week are no stretches of work."""
    begins = [found[1] if (found := _PERIOD.search(text)) else "" for text in paid["text"]]
    told = pd.Series(times(begins, order).local)
    worked = told[(paid["kind"] == "work") & told.notna()]
    if not len(worked):
        draft.assume("time_entries", "no invoice names its week: when paid work began is not known")
        return
    days = [f"{worked.min() + pd.Timedelta(days=n):%Y-%m-%d}" for n in range(7)]
    text = f"The first invoice is for the week of {days[0]}: on which day did paid work begin?"
    day = ask.one("first_day", text, (*days, _UNKNOWN), days[0])
    if day != _UNKNOWN:
        who = paid["to"][worked.idxmin()]
        work = {"person": who, "started": day, "ended": day, "task": "work", "billable": True}
        draft.add("time_entries", work)
        draft.assume("time_entries", "of the invoiced weeks only the first day of paid work is taken, as answered")
