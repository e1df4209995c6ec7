"""What a reader makes of a file: tables in the kit's columns, whom it names, what it left out and what it assumed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outsourcing_kit import tables
from outsourcing_kit.readers.asking import Ask
from outsourcing_kit.written import Times, times


class Who(NamedTuple):
    """One person as a tool knows them. `alias` is what stands in the draft's tables."""

    alias: str
    name: str = ""
    email: str = ""
    zone: str = ""

    @property
    def said(self) -> str:
        """What a question calls them."""
        return tidy_name(self.name or self.alias)


@dataclass
class Draft:
    """Tables in the kit's columns: text, or instants with a zone (UTC) or without one (then `zone` says which).

    Columns that refer to people hold aliases, by which `people` stand. `zone` is a zone's name, or `asking.OWN_ZONE`.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    people: dict[str, Who] = field(default_factory=dict)
    zone: str = ""
    currency: str = ""
    # Days of which the file tells beside its tables.
    days: list[str] = field(default_factory=list)
    # What it says of the whole engagement, by the names of engagement.toml.
    settings: dict[str, Any] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    # By table, as a finding quotes only the guesses about what it reads.
    assumed: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: str, columns: Mapping[str, Any] | pd.DataFrame) -> None:
        """One more table, or more rows of one, of those columns that the kit has; no rows make no table.

        A column is its cells, or the one cell of a single row.
        """
        known = tables.table(table).names
        frame = pd.DataFrame({n: pd.Series(each).reset_index(drop=True) for n, each in columns.items() if n in known})
        if len(frame):
            held = self.tables.get(table)
            self.tables[table] = frame if held is None else pd.concat([held, frame], ignore_index=True)

    def date(self, rows: pd.DataFrame, columns: Iterable[str], order: str) -> dict[str, Times]:
        """Texts in these columns of `rows` become moments, days in this order; returns them as written."""
        found = {name: times(rows[name].tolist(), order) for name in columns}
        for name, read in found.items():
            self.leave_out(f"times of {name} that cannot be read", read.unread)
            rows[name] = moments(read)
        return found

    def without(self, rows: pd.DataFrame, bad: pd.Series, why: str) -> pd.DataFrame:
        """The rows that are not bad; the others are counted."""
        self.leave_out(why, bad)
        return rows[~bad.astype(bool)].copy()

    def leave_out(self, why: str, rows: int | NDArray[np.bool_] | pd.Series = 1) -> None:
        """Count rows that are in no table, so many or those that are marked, and why ("without a person in charge")."""
        if count := rows if isinstance(rows, int) else int(rows.sum()):
            self.left_out[why] += count

    def assume(self, table: str, text: str) -> None:
        """A guess that a reader of the finding should know: it stands there under "assumed"."""
        self.assumed.setdefault(table, []).append(text)

    def meet(self, people: Iterable[Who]) -> None:
        """Everybody whom the tables name; blanks are nobody."""
        for who in people:
            if who.alias:
                self.people.setdefault(who.alias, who)


def add_items(
    draft: Draft, work: pd.DataFrame, ideas: pd.DataFrame, ask: Ask, *, question: str, tool: str, done: str, guess: str
) -> None:
    """Items as `work`, accepted as they are delivered if somebody says that it is meant so; ideas as `proposals`.

    `question` asks that, and `done` is what an item then is; `guess` says by what ideas were known.
    """
    if len(work):
        accepted = work["delivered"]
        options = ("yes", f"no, {tool} does not tell")
        if is_said(accepted).any() and ask.one("accepted", question, options) == "yes":
            draft.assume("work", f"{done} is accepted at the same time, as answered")
        else:
            accepted = accepted.where(pd.Series(False, accepted.index))
        draft.add("work", work.assign(accepted=accepted))
    if len(ideas):
        told = {"item": "proposal", "requester": "raised_by", "requested": "raised", "delivered": "answered"}
        draft.add("proposals", ideas[list(told)].rename(columns=told))
        draft.assume("proposals", guess)


def is_said(moments: pd.Series) -> pd.Series:
    """Which moments of a draft are no blanks."""
    return moments.notna() & (moments != "")


def moments(found: Times) -> pd.Series:
    """A column of times for a draft: with offsets in UTC, without them as local, days alone as text.

    >>> from outsourcing_kit.written import times
    >>> moments(times(["2026-03-02", ""], "ymd")).tolist()
    ['2026-03-02', '']
    """
    local = pd.Series(found.local)
    if not np.isnan(found.offset).all():
        return (local - pd.to_timedelta(pd.Series(found.offset), unit="min")).dt.tz_localize("UTC")
    if (found.is_day | np.isnat(found.local)).all():
        return local.dt.strftime("%Y-%m-%d").fillna("")
    return local


def utc(texts: list[str]) -> pd.Series:
    """Times that are always written in UTC, as moments of a draft."""
    return pd.Series(times(texts, "ymd").local).dt.tz_localize("UTC")


def digest(text: str, length: int) -> str:
    """Letters for a text, the same next month, that tell nothing of what it says."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:length]


_BESIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")


def tidy_name(name: str) -> str:
    """A name without what tools put beside it.

    >>> tidy_name("Ines Abara (she/her)"), tidy_name("Joy Reyes (Guest)"), tidy_name("Reyes, Joy")
    ('Ines Abara', 'Joy Reyes', 'Joy Reyes')
    """
    bare = _BESIDE.sub(" ", name).strip() or name.strip()
    # Directories of companies have the last name first.
    last, comma, first = bare.partition(",")
    return " ".join((f"{first} {last}" if comma and first.strip() else bare).split())
