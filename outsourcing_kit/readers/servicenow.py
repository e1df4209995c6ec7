"""ServiceNow: incidents as CSV or a workbook, with the names of fields or with their labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.draft import Draft, Who, is_said
from outsourcing_kit.readers.opening import Source
from outsourcing_kit.words import plural

NAME, KEY = "incidents of ServiceNow (CSV)", "servicenow"
_TIMES = ("requested", "due", "delivered", "accepted", "reopened_at")


def is_mine(source: Source) -> bool:
    """Whether its header has a number, and when an incident was opened, resolved and closed."""
    return source.header.is_of(KEY)


def read(source: Source, ask: Ask) -> Draft:
    """Incidents as `work`. A time that cannot be so is left blank, and said."""
    rows, draft = source.grid.frame(KEY), Draft()
    order = ask.order(*(rows[name] for name in _TIMES))
    draft.zone = ask.zone("In which time zone does ServiceNow show its times (the exporter's profile)?")
    draft.meet(map(Who, pd.unique(rows[["person", "requester"]].to_numpy().ravel())))
    found = draft.date(rows, _TIMES, order)
    one, other = found["accepted"], found["delivered"]
    # A day alone is only held against a day.
    days = one.local.astype("datetime64[D]") < other.local.astype("datetime64[D]")
    early = np.where(one.is_day | other.is_day, days, one.local < other.local)
    again = (pd.to_numeric(rows["again"], errors="coerce") > 0) & ~is_said(rows["reopened_at"])
    closed = is_said(rows["accepted"])
    for which, why in ((early, "closed before resolved"), (again, "reopened, nobody knows when")):
        if count := int((which & closed).sum()):
            rows["accepted"] = rows["accepted"].mask(which)
            draft.assume("work", f"{plural(count, 'incident')} {why}: accepted is blank there")
    bad = (rows["item"] == "") | ~is_said(rows["requested"])
    rows = draft.without(rows, bad, "incidents without a number or a time at which they were opened")
    if is_said(rows["accepted"]).any():
        text = "Does the client accept an incident by closing it?"
        if ask.one("accepted", text, ("yes", "no, it closes by itself")) == "yes":
            draft.assume("work", "an incident that is closed is accepted, as answered")
        else:
            rows["accepted"] = None
    draft.add("work", rows.assign(kind="incident"))
    return draft
