"""What a reader makes of a file: tables in the kit's columns, whom it names, what it left out and what it assumed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from outsourcing_kit.written import Times

if TYPE_CHECKING:
    from outsourcing_kit.readers.asking import Ask


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

    Columns that refer to people hold aliases of `people`. `zone` is a zone's name, or `asking.OWN_ZONE`.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    people: list[Who] = field(default_factory=list)
    zone: str = ""
    currency: str = ""
    # Days of which the file tells beside its tables.
    days: list[str] = field(default_factory=list)
    # What it says of the whole engagement, by the names of engagement.toml.
    settings: dict[str, Any] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    guesses: list[tuple[str, str]] = field(default_factory=list)

    def add(self, table: str, columns: Mapping[str, Sequence[object] | pd.Series]) -> None:
        """One more table, or more rows of one, column by column; no rows make no table."""
        frame = pd.DataFrame({name: pd.Series(values).reset_index(drop=True) for name, values in columns.items()})
        if len(frame):
            held = self.tables.get(table)
            self.tables[table] = frame if held is None else pd.concat([held, frame], ignore_index=True)

    def leave_out(self, why: str, rows: int = 1) -> None:
        """Count rows that are in no table, and why ("without a person in charge")."""
        if rows:
            self.left_out[why] += int(rows)

    def assume(self, table: str, text: str) -> None:
        """A guess that a reader of the finding should know: it stands there under "assumed"."""
        # By table, as a finding quotes only the guesses about what it reads.
        self.guesses.append((table, text))

    def suggest(
        self, ids: Sequence[object] | pd.Series, by: Sequence[object] | pd.Series, raised: pd.Series,
        answered: pd.Series, guess: str,
    ) -> None:  # fmt: skip
        """Rows of `proposals`, and by what they were taken for suggestions."""
        self.add("proposals", {"proposal": ids, "raised_by": by, "raised": raised, "answered": answered})
        if len(ids):
            self.assume("proposals", guess)

    def meet(self, people: Iterable[Who]) -> None:
        """Everybody whom the tables name; blanks are nobody."""
        known = {who.alias for who in self.people}
        for who in people:
            if who.alias and who.alias not in known:
                known.add(who.alias)
                self.people.append(who)


def acceptance(draft: Draft, ask: Ask, delivered: pd.Series, question: str, tool: str, what: str) -> pd.Series:
    """When work was accepted: as it was delivered, if somebody says that the tool means it so; else blank."""
    done = delivered.notna() & (delivered != "")
    if done.any() and ask.one("accepted", question, ("yes", f"no, {tool} does not tell")) == "yes":
        draft.assume("work", f"{what} is accepted at the same time, as answered")
        return delivered
    return delivered.where(pd.Series(False, delivered.index))


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
