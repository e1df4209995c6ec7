"""Open Contracting (OCDS): what a public contract costs, when it was signed, and when it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft
from outsourcing_kit.readers.opening import Source, inside, maps, said

NAME, KEY = "a contract of Open Contracting (OCDS, JSON)", "ocds"
_MONTH = 365.25 / 12


def is_mine(source: Source) -> bool:
    """Whether it has releases or records that bear a contracting process's number."""
    return source.head.lstrip().startswith("{") and '"ocid"' in source.head and bool(_releases(source))


def read(source: Source, ask: Ask) -> Draft:
    """Each contract as a price line of `cash_flows`; its days, and a budget where one is planned, as settings."""
    draft, signed, ended = Draft(), [], []
    for release in _releases(source):
        planned = _amount(inside(release, "planning", "budget", "amount"))
        if planned is not None:
            draft.settings["budget"] = draft.settings.get("budget", 0.0) + planned
        for contract in maps(release.get("contracts")):
            began, end = _day(contract, "period", "startDate"), _day(contract, "period", "endDate")
            sign, amount = _day(contract, "dateSigned") or began, _amount(contract.get("value"))
            if amount is None or began is None or end is None or sign is None or end < began:
                draft.leave_out("contracts without a price or a period")
                continue
            months = max(round(((end - began).days + 1) / _MONTH), 1)
            first = max(round((began - sign).days / _MONTH), 0) + 1
            currency = said(contract, "value", "currency").upper()
            draft.currency = draft.currency or currency
            draft.add("cash_flows", {
                "line": f"{said(release, 'ocid')} {said(contract, 'id')}".strip(), "option": "outsource",
                "kind": "cost", "category": "price", "first_month": first, "last_month": first + months - 1,
                **dict.fromkeys(("low", "likely", "high"), amount / months), "currency": currency or draft.currency,
            })  # fmt: skip
            signed.append(sign)
            ended.append(end)
    if signed:
        draft.settings |= {"committed_on": min(signed), "ends_on": max(ended)}
        # A plan has no records yet; the day of signing is the first of them.
        draft.days.append(min(signed).isoformat())
        draft.assume("cash_flows", "a contract's price falls on its months alike, as agreed, without a range")
    return draft


def _releases(source: Source) -> list[dict[str, Any]]:
    """The last word on each contracting process: amendments come as further releases."""
    package = source.json if isinstance(source.json, dict) else {}
    compiled = [inside(record, "compiledRelease") for record in maps(package.get("records"))]
    found = [each for each in (*maps(package.get("releases")), *maps(compiled), package) if said(each, "ocid")]
    latest: dict[str, dict[str, Any]] = {}
    for each in sorted(found, key=lambda each: said(each, "date")):
        # What a later release does not repeat still holds.
        latest[said(each, "ocid")] = latest.get(said(each, "ocid"), {}) | each
    return [latest[ocid] for ocid in sorted(latest)]


def _amount(value: Any) -> float | None:
    """An amount above nothing; None for anything else."""
    number = inside(value, "amount")
    good = isinstance(number, int | float) and not isinstance(number, bool) and 0 < number < 1e12
    return float(number) if good else None


def _day(found: Any, *keys: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(said(found, *keys)[:10])
    except ValueError:
        return None
