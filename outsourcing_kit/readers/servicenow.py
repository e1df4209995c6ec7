"""ServiceNow: incidents as CSV or a workbook, with the names of fields or with their labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, moments
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.words import plural
from outsourcing_kit.written import Times, times

NAME, KEY = "incidents of ServiceNow (CSV)", "servicenow"
_NAMES = {
    "item": ("number",),
    "person": ("resolved_by", "Resolved by", "assigned_to", "Assigned to"),
    "requester": ("caller_id", "Caller", "opened_by", "Opened by"),
    "topic": ("category", "Category"),
    "text": ("short_description", "Short description"),
    "again": ("reopen_count", "Reopen count"),
    "requested": ("opened_at", "Opened", "sys_created_on", "Created"),
    "due": ("due_date", "Due date"),
    "delivered": ("resolved_at", "Resolved"),
    "accepted": ("closed_at", "Closed"),
    "reopened_at": ("reopened_time", "Last reopened at"),
}
_TIMES = ("requested", "due", "delivered", "accepted", "reopened_at")


def is_mine(source: Source) -> bool:
    """Whether its header has a number, and when an incident was opened, resolved and closed."""
    grid = source.header
    return "number" in grid and all(any(n in grid for n in _NAMES[f]) for f in ("requested", "delivered", "accepted"))


def read(source: Source, ask: Ask) -> Draft:
    """Incidents as `work`. A time that cannot be so is left blank, and said."""
    grid, draft = source.grid, Draft()
    rows = pd.DataFrame({field: grid.get(*names) for field, names in _NAMES.items()}, dtype=object)
    order = ask.order(*(rows[name].tolist() for name in _TIMES))
    draft.zone = ask.zone("In which time zone does ServiceNow show its times (the exporter's profile)?")
    draft.meet(Who(name) for name in pd.unique(rows[["person", "requester"]].to_numpy().ravel()))
    found = {name: times(rows[name].tolist(), order) for name in _TIMES}
    for name, read in found.items():
        draft.leave_out(f"times of {name} that cannot be read", int(read.unread.sum()))
        rows[name] = moments(read)
    known = {name: ~np.isnat(read.local) for name, read in found.items()}
    early = _before(found["accepted"], found["delivered"])
    again = (pd.to_numeric(rows["again"], errors="coerce") > 0) & ~known["reopened_at"]
    for which, why in ((early, "closed before resolved"), (again, "reopened, nobody knows when")):
        if count := int((which & known["accepted"]).sum()):
            rows["accepted"] = rows["accepted"].mask(which)
            draft.assume("work", f"{plural(count, 'incident')} {why}: accepted is blank there")
    bad = (rows["item"] == "") | ~known["requested"]
    draft.leave_out("incidents without a number or a time at which they were opened", int(bad.sum()))
    rows = rows[~bad].reset_index(drop=True)
    if not len(rows):
        return draft
    text = "Does the client accept an incident by closing it?"
    closed = (rows["accepted"].notna() & (rows["accepted"] != "")).any()
    if closed and ask.one("accepted", text, ("yes", "no, it closes by itself")) != "yes":
        rows["accepted"] = None
    elif closed:
        draft.assume("work", "an incident that is closed is accepted, as answered")
    columns = ("item", "person", "topic", *_TIMES, "requester", "text")
    draft.add("work", {**{name: rows[name] for name in columns}, "kind": ["incident"] * len(rows)})
    return draft


def _before(one: Times, other: Times) -> NDArray[np.bool_]:
    """Which of two times are in the wrong order; a day alone is only held against a day."""
    days = one.local.astype("datetime64[D]") < other.local.astype("datetime64[D]")
    return np.where(one.is_day | other.is_day, days, one.local < other.local)
