"""Jira: issues and their comments, as "Export CSV (all fields)" of the cloud or of a server writes them."""

from __future__ import annotations

import re

import pandas as pd

from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.readers.chat import Comment, add_comments
from outsourcing_kit.readers.draft import Draft, Who, add_items, is_said, moments
from outsourcing_kit.readers.opening import Grid, Source
from outsourcing_kit.text import folded
from outsourcing_kit.written import times

NAME, KEY = "issues of Jira (CSV)", "jira"
_TIMES = ("requested", "delivered", "due")
_EPIC = {"epic", "эпик", "épica", "épico", "épopée"}
_IDEA = re.compile(r"suggestion|proposal|idea|vorschlag|sugerencia|sugestão|предложение", re.IGNORECASE)


def is_mine(source: Source) -> bool:
    """Whether its header has Jira's key, type and day of creation, in a language known here."""
    return source.header.is_of(KEY)


def read(source: Source, ask: Ask) -> Draft:
    """Issues as `work`, suggestions as `proposals`, comments as `messages`; what has both times as `estimates`."""
    grid, draft = source.grid, Draft()
    rows = grid.frame(KEY)
    order = ask.order(*(rows[name] for name in _TIMES))
    # The file holds no offset, and the zone is a setting of whoever exported.
    draft.zone = ask.zone("In which time zone does Jira show its times (the exporter's profile)?")
    draft.meet(map(Who, pd.unique(rows[["person", "requester"]].to_numpy().ravel())))
    due = draft.date(rows, _TIMES, order)["due"]
    # Jira writes a due day as its midnight.
    rows["due"] = moments(due._replace(is_day=due.is_day | (due.local == due.local.astype("datetime64[D]"))))
    rows["text"] = rows["title"] + ("\n" + rows["text"]).where(rows["text"] != "", "")
    for name in ("hours", "estimated"):
        # Jira counts in seconds.
        rows[name] = pd.to_numeric(rows[name], errors="coerce") / 3600
    # An idea that somebody is in charge of was taken up: it is work.
    free, epic = rows["person"] == "", rows["kind"].map(folded).isin(_EPIC)
    idea = rows["kind"].str.contains(_IDEA) & free
    idle = ~epic & ~idea & free
    draft.leave_out("epics, which only hold other issues", epic)
    draft.leave_out("issues without anybody in charge", idle)
    work = rows[~epic & ~idea & ~idle]
    add_items(
        draft, work, rows[idea], ask, question="Does the client accept an issue by setting it to Done?", tool="Jira",
        done="an issue that is done",
        guess="an issue whose type is a suggestion, with nobody in charge, is a proposal",
    )  # fmt: skip
    # Of work that is still going on the time spent is not all of it yet.
    both = work[is_said(work["delivered"]) & work["hours"].notna() & work["estimated"].notna()]
    told = both.rename(columns={"kind": "reference_class", "hours": "actual"})
    draft.add("estimates", told.assign(unit="hours", status="finished"))
    _add_comments(draft, rows, grid, order)
    return draft


def _add_comments(draft: Draft, rows: pd.DataFrame, grid: Grid, order: str) -> None:
    # Comments name their writers by number; the issues' own columns have both.
    ids = {
        number: person
        for name in ("Assignee", "Reporter", "Creator")
        for person, number in zip(grid.get(name), grid.get(f"{name} Id"), strict=True)
        if person and number
    }
    found = []
    issues = list(zip(rows["item"], rows["person"], rows["requester"], strict=True))
    # The header has Comment once for each comment of the issue that has most of them.
    for number, column in enumerate(grid.all("Comment"), start=1):
        for (key, *pair), comment in zip(issues, column, strict=True):
            if comment:
                # A comment is its time, its writer and its text, which may hold semicolons of its own.
                written, author, body = (*comment.split(";", 2), "", "")[:3]
                found.append(Comment(f"{key}-{number}", key, tuple(pair), ids.get(author, author), written, body))
    read = times([str(each.sent) for each in found], order)
    draft.leave_out("comments whose time cannot be read", read.unread)
    sent = zip(found, moments(read).tolist(), read.unread, strict=True)
    add_comments(draft, (each._replace(sent=moment) for each, moment, bad in sent if not bad), {})
