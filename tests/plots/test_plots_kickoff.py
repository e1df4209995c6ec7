"""The kickoff picture: its words and its drawing tell what the records tell."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from outsourcing_kit import kickoff, plots
from outsourcing_kit.engagement import Engagement, Settings

SETTINGS = Settings("demo", "we", "they", "EUR", "UTC", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
PEOPLE = pd.DataFrame({"person": ["c0", "c1", "p0"], "side": ["client", "client", "provider"]})
ITEMS = [item.item for item in kickoff.DEFAULT_AGENDA]


def made(*, day: str = "2026-02-02", status: str = "held", weekly: int = 0, work: bool = True, **more) -> Engagement:
    starts = [pd.Timestamp(f"{day}T09:00", tz="UTC")]
    starts += [pd.Timestamp("2026-02-10T09:00", tz="UTC") + pd.Timedelta(weeks=n) for n in range(weekly)]
    names = ["k", *(f"w{n}" for n in range(weekly))]
    meetings = pd.DataFrame({"meeting": names, "kind": ["kickoff"] + ["weekly"] * weekly, "starts": starts})
    meetings = meetings.assign(ends=meetings["starts"] + pd.Timedelta(hours=1), status=[status] + ["held"] * weekly)
    came = pd.DataFrame([("k", person) for person in PEOPLE["person"]], columns=["meeting", "person"])
    came = came.assign(response="accepted", joined_at=starts[0], left_at=pd.NaT)
    entries = pd.DataFrame({"person": ["p0"], "started": [pd.Timestamp("2026-02-05T10:00", tz="UTC")], "task": "t"})
    tables = {"people": PEOPLE, "meetings": meetings, "attendance": came, **more}
    return Engagement(SETTINGS, {**tables, "time_entries": entries} if work else tables)


def alt(engagement: Engagement) -> str:
    picture = plots.picture(kickoff.assess(engagement))
    assert picture.png()[:4] == b"\x89PNG"
    return picture.alt


def test_alt_text_tells_the_order_and_who_came() -> None:
    # From 2 February 10:00 to 5 February 10:00 are three days; two of the client and one of the provider joined.
    text = alt(made(weekly=2))
    assert text.startswith("Timeline of the two sides with 3 meetings. The kickoff ended 3 days before paid work began")
    assert "; 2 of the client and 1 of the provider joined it." in text
    assert "Of 8 agenda items: 0 covered, 0 missing, 8 open." in text


def test_alt_text_of_a_late_and_of_a_cancelled_kickoff() -> None:
    # It ended on 12 February at 10:00, seven days after work began.
    assert "The kickoff ended 7 days after paid work began" in alt(made(day="2026-02-12"))
    text = alt(made(status="cancelled"))
    assert "No kickoff that both sides joined." in text and "8 missing" in text


def test_alt_text_names_what_is_missing() -> None:
    votes = pd.DataFrame({"meeting": "k", "item": ITEMS, "status": ["covered"] * 6 + ["missing"] * 2, "by": "c0"})
    text = alt(made(coverage_confirmed=votes))
    assert "Of 8 agenda items: 6 covered, 2 missing, 0 open." in text
    assert f"Missing: {ITEMS[6]}, {ITEMS[7]}." in text


def test_nothing_on_record_is_said() -> None:
    text = alt(Engagement(SETTINGS, {}))
    assert "neither meetings nor paid work are on record" in text
    assert "Of the agenda nothing is known" in text
    assert "no paid work on record" in alt(made(work=False))


def test_later_meetings_and_long_agendas_are_counted_not_drawn() -> None:
    agenda = pd.DataFrame({"item": [f"item {n}" for n in range(40)], "terms": "x"})
    figure = plots.picture(kickoff.assess(made(weekly=40, agenda=agenda))).figure
    top, below = figure.axes
    # Work on 5 February 10:00: eight weeks later is 2 April; Tuesdays from 10 February to 31 March are eight of 40.
    assert "32 more meetings not drawn" in top.get_xlabel()
    assert any("and 16 more items" in text.get_text() for text in below.texts)


@pytest.mark.parametrize("weekly", [0, 3])
def test_nothing_is_cut_off_and_no_agenda_labels_overlap(weekly: int) -> None:
    figure = plots.picture(kickoff.assess(made(weekly=weekly))).figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    page = figure.bbox
    for axes in figure.axes:
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in axes.texts if text.get_text()]
        for box in boxes:
            assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1 and box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1
    labels = [text.get_window_extent(canvas.get_renderer()) for text in figure.axes[1].texts]
    pairs = [(a, b) for number, a in enumerate(labels) for b in labels[number + 1 :]]
    assert not any(a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1 for a, b in pairs)
