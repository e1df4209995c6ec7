"""Can both sides talk, how regularly do they, and what came of proposals? By hand, by brute force, and as planted."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.expectations import answer_times, cadence, movement, overlap, pair_agreement
from outsourcing_kit.simulation import simulate

PEOPLE = pd.DataFrame({"person": ["c", "d", "p", "q"], "side": ["client", "client", "provider", "provider"]})


def proposals(*rows):
    names = ["raised_by", "outcome", "opening", "counter", "agreed"]
    return pd.DataFrame(rows, columns=names).assign(proposal=[f"s{number}" for number in range(len(rows))])


def test_movement_by_hand():
    told = proposals(
        ("p", "changed", 10, 4, 7),  # half of the way
        ("q", "changed", 20, 10, 10),  # all of it
        ("p", "adopted", 10, None, 10),  # nothing offered against it: no way to go
        ("q", "changed", 8, 8, 8),  # nothing between the two
        ("q", "declined", 5, None, None),
        ("p", None, None, None, None),  # nobody knows what came of it
        ("c", "open", 3, None, None),
        ("stranger", "adopted", 1, None, 1),
    )
    table = movement(told, PEOPLE).table.set_index("side")
    assert table.loc["provider"].tolist() == [6, 1, 3, 1, 0, 0.75]
    assert table.loc["client"].tolist()[:5] == [1, 0, 0, 0, 1] and np.isnan(table.loc["client", "moved"])


def test_movement_is_the_same_whatever_the_unit():
    rng = np.random.default_rng(4)
    opening, counter, share = rng.uniform(10, 20, 50), rng.uniform(0, 9, 50), rng.random(50)
    agreed = opening + share * (counter - opening)
    for factor in (1, 100):
        rows = [("p", "changed", *each) for each in factor * np.column_stack([opening, counter, agreed])]
        assert movement(proposals(*rows), PEOPLE).table["moved"].iloc[0] == pytest.approx(share.mean())


def test_what_is_not_there_is_said():
    told = proposals(("p", "adopted", 1, None, 1))
    assert movement(told.drop(columns="outcome"), PEOPLE).missing == "needs table proposals, column outcome"
    bare = movement(told.drop(columns=["opening", "counter", "agreed"]), PEOPLE).table
    assert bare["adopted"].tolist() == [1] and bare["moved"].isna().all()
    assert cadence(pd.DataFrame(), PEOPLE, dt.date(2026, 3, 1)).missing == "needs table messages"
    assert overlap(PEOPLE, dt.date(2026, 1, 12)).missing.startswith("needs table people, column time_zone")
    clocks = PEOPLE.assign(time_zone="UTC", workday_start="09:00", workday_end="17:00")
    assert "either side" in overlap(clocks[clocks["side"] == "client"], dt.date(2026, 1, 12)).missing


def test_cadence_against_a_walk_over_the_weeks():
    rng = np.random.default_rng(7)
    first = pd.Timestamp("2026-01-05 09:00", tz="UTC")
    for _ in range(20):
        sent = first + pd.to_timedelta(np.append(0, rng.integers(0, 20 * 168, 25)), unit="h")
        told = pd.DataFrame({"message": range(26), "sender": rng.choice(["c", "d", "p", "q"], 26), "sent": sent})
        now = first + pd.Timedelta(weeks=17, days=3)
        talked = []
        for week in range(17):
            begin = first + pd.Timedelta(weeks=week)
            here = told[(told["sent"] >= begin) & (told["sent"] < begin + pd.Timedelta(weeks=1))]["sender"]
            talked.append(bool(here.isin(["c", "d"]).any() and here.isin(["p", "q"]).any()))
        gaps = "".join(" " if yes else "x" for yes in talked).split()
        found = cadence(told.astype({"message": str}), PEOPLE, now).table.iloc[0].tolist()
        assert found == [17, sum(talked), max(map(len, gaps), default=0)]


def test_overlap_against_a_walk_by_minutes():
    days = {"c": ("Europe/Madrid", 9, 17), "p": ("Asia/Manila", 12, 20), "q": ("America/Lima", 8, 16)}
    people = pd.DataFrame(
        [
            (who, "client" if who == "c" else "provider", zone, f"{start:02d}:00", f"{end:02d}:00")
            for who, (zone, start, end) in days.items()
        ],
        columns=["person", "side", "time_zone", "workday_start", "workday_end"],
    )  # fmt: skip

    def at_work(who, moment):
        zone, start, end = days[who]
        local = moment.astimezone(ZoneInfo(zone))
        return local.weekday() < 5 and start <= local.hour < end

    # The clocks change in Madrid alone on the last Sunday of March.
    for week in (dt.date(2026, 3, 23), dt.date(2026, 3, 30)):
        begin = dt.datetime(week.year, week.month, week.day, tzinfo=dt.UTC)
        ticks = [begin + dt.timedelta(minutes=15 * number) for number in range(7 * 96)]
        walked = sorted(sum(at_work("c", tick) and at_work(who, tick) for tick in ticks) / 4 for who in "pq")
        assert overlap(people, week - dt.timedelta(days=1)).table["hours_a_week"].tolist() == walked


def test_people_who_keep_the_same_hours_are_one_row():
    clocks = PEOPLE.assign(time_zone="UTC", workday_start="09:00", workday_end="17:00")
    assert overlap(clocks, dt.date(2026, 1, 12)).table[["pairs", "hours_a_week"]].values.tolist() == [[4, 40]]


def test_planted_proposals_end_where_the_other_side_began_and_a_word_is_misread_with_equal_means():
    alike = []
    for seed in range(4):
        planted, control = (simulate(mistake, seed=seed) for mistake in ("expectations", None))
        moved = [
            movement(each.proposals, each.people).table.set_index("side").loc["provider"] for each in (planted, control)
        ]
        assert moved[0]["moved"] > 0.85 and 0.3 < moved[1]["moved"] < 0.7
        assert moved[0]["adopted"] < moved[1]["adopted"] and moved[0]["changed"] > 0
        line, other = (
            pair_agreement(each.expectations, each.people).table.set_index(["expectation", "aspect"])
            .loc[("urgent means today", "meaning")]
            for each in (planted, control)
        )  # fmt: skip
        assert line["within"] <= 0.6 and abs(line["client_mean"] - line["provider_mean"]) <= 1
        alike.append(other["within"])
    assert np.mean(alike) > 0.7


def test_the_words_put_the_median_of_all_beside_that_of_the_answered_alone():
    people = PEOPLE.assign(time_zone="UTC", workday_start="00:00", workday_end="00:00")
    asked = pd.Timestamp("2026-01-12 00:00", tz="UTC")
    # Answers after 2, 4 and 6 hours, and two questions still open after four working days.
    rows = [(f"q{n}", "c", "p", asked, None, True) for n in range(5)]
    rows += [(f"a{n}", "p", "c", asked + pd.Timedelta(hours=2 * n + 2), f"q{n}", False) for n in range(3)]
    told = pd.DataFrame(rows, columns=["message", "sender", "recipient", "sent", "reply_to", "needs_answer"])
    told["thread"] = [f"t{name[1]}" for name in told["message"]]
    now = asked + pd.Timedelta(days=4)
    assert answer_times(told, people, now).in_words == (
        "Half were answered within 6.0 shared hours, open questions counted as waiting; of the answered ones alone, "
        "half within 4.0."
    )
    open_ones = told[told["reply_to"].isna()]
    assert answer_times(open_ones, people, now).in_words.startswith("More than half still wait")
