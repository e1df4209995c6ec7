"""The kickoff picture: its words and its drawing tell what the records tell."""

from __future__ import annotations

import pandas as pd
import pytest

from outsourcing_kit import kickoff, plots
from outsourcing_kit.engagement import Engagement
from tests.made import SETTINGS, instant, people
from tests.plots.readable import assert_readable, said

ITEMS = [item.item for item in kickoff.DEFAULT_AGENDA]


def made(*, day: str = "2026-02-02", status: str = "held", weekly: int = 0, work: bool = True, **more) -> plots.Picture:
    """A kickoff of an hour at nine, weekly meetings from 10 February, work from 5 February at ten."""
    starts = [instant(f"{day} 09:00"), *(instant("2026-02-10 09:00") + pd.Timedelta(weeks=n) for n in range(weekly))]
    kinds = ["kickoff"] + ["weekly"] * weekly
    meetings = pd.DataFrame({"meeting": [f"m{n}" for n in range(len(kinds))], "kind": kinds, "starts": starts})
    meetings = meetings.assign(ends=meetings["starts"] + pd.Timedelta(hours=1), status=[status] + ["held"] * weekly)
    who = people("c0", "c1", provider=("p0",))
    came = pd.DataFrame({"meeting": "m0", "person": who["person"], "response": "accepted", "joined_at": starts[0]})
    entries = pd.DataFrame({"person": ["p0"], "started": [instant("2026-02-05 10:00")], "task": "t"})
    tables = {"people": who, "meetings": meetings, "attendance": came.assign(left_at=pd.NaT), **more}
    tables |= {"time_entries": entries} if work else {}
    return plots.picture(kickoff.assess(Engagement.from_frames(tables, **SETTINGS)))


def test_alt_text_tells_the_order_and_who_came():
    # From 2 February 10:00 to 5 February 10:00 are three days; two of the client and one of the provider joined.
    text = made(weekly=2).alt
    assert text.startswith("Timeline of the two sides with 3 meetings. The kickoff ended 3 days before paid work began")
    assert "; 2 of the client and 1 of the provider joined it." in text
    assert "Of 8 agenda items: 0 covered, 0 missing, 8 open." in text
    # It ended on 12 February at 10:00, seven days after work began.
    assert "The kickoff ended 7 days after paid work began" in made(day="2026-02-12").alt
    cancelled = made(status="cancelled").alt
    assert "No kickoff that both sides joined." in cancelled and "8 missing" in cancelled
    assert "no paid work on record" in made(work=False).alt


def test_alt_text_names_what_is_missing():
    votes = pd.DataFrame({"meeting": "m0", "item": ITEMS, "status": ["covered"] * 6 + ["missing"] * 2, "by": "c0"})
    text = made(coverage_confirmed=votes).alt
    assert "Of 8 agenda items: 6 covered, 2 missing, 0 open." in text and f"Missing: {ITEMS[6]}, {ITEMS[7]}." in text


def test_nothing_on_record_is_said():
    picture = plots.picture(kickoff.assess(Engagement.from_frames({}, **SETTINGS)))
    assert "neither meetings nor paid work are on record" in picture.alt
    assert "Of the agenda nothing is known" in picture.alt
    assert_readable(picture)


def test_later_meetings_and_long_agendas_are_counted_not_drawn():
    agenda = pd.DataFrame({"item": [f"item {n}" for n in range(40)], "terms": "x"})
    # Eight weeks after the work began is 2 April; Tuesdays from 10 February to 31 March are eight of 40.
    text = said(made(weekly=40, agenda=agenda))
    assert "32 more meetings not drawn" in text and "and 16 more items" in text


@pytest.mark.parametrize("weekly", [1, 3])
def test_nothing_is_cut_off_and_no_words_overlap(weekly):
    assert_readable(made(weekly=weekly))
