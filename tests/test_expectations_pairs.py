"""The same page, proposals, and time through a ticket log."""

import math
import time

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.expectations import pair_agreement, proposal_answers, throughput
from outsourcing_kit.tables import table
from tests.made import instant, people

NOW = instant("2026-03-31")
SIDES = people("Ann", "Bob", provider=("Cid", "Dee"))


def ratings(*rows):
    """Rows are (expectation, aspect, person, rating[, day])."""
    full = [(*row, "2026-01-05")[:5] for row in rows]
    frame = pd.DataFrame(full, columns=["expectation", "aspect", "person", "rating", "asked_on"])
    return frame.assign(asked_on=pd.to_datetime(frame["asked_on"]))


# --- pairs ---------------------------------------------------------------------------------------------------------


def test_equal_means_and_not_one_pair_that_agrees():
    # Clients 1 and 5, providers 3 and 3: both sides mean 3, every pair two points apart.
    result = pair_agreement(
        ratings(("x", "met", "Ann", 1), ("x", "met", "Bob", 5), ("x", "met", "Cid", 3), ("x", "met", "Dee", 3)), SIDES
    )
    row = result.table.iloc[0]
    assert (row["client_mean"], row["provider_mean"], row["pairs"], row["within"]) == (3.0, 3.0, 4, 0.0)
    assert result.estimate.estimate == 0.0
    assert result.estimate.n == 4


def test_the_latest_rating_counts():
    result = pair_agreement(
        ratings(("x", "met", "Ann", 1, "2026-02-01"), ("x", "met", "Ann", 5, "2026-01-01"), ("x", "met", "Cid", 2)),
        SIDES,
    )
    assert result.table["client_mean"].tolist() == [1.0]
    assert result.table["within"].tolist() == [1.0]


def test_aspects_and_expectations_are_never_mixed():
    result = pair_agreement(
        ratings(
            ("x", "met", "Ann", 5), ("x", "met", "Cid", 5),
            ("x", "importance", "Ann", 5), ("x", "importance", "Cid", 1),
            ("y", "met", "Ann", 5), ("z", "met", "Cid", 5),
        ),
        SIDES,
    )  # fmt: skip
    shown = result.table.set_index(["expectation", "aspect"])
    assert shown["pairs"].to_dict() == {("x", "importance"): 1, ("x", "met"): 1, ("y", "met"): 0, ("z", "met"): 0}
    # Least agreed first, then what only one side rated.
    assert result.table["expectation"].tolist() == ["x", "x", "y", "z"]
    assert result.estimate.estimate == 0.5


def test_one_point_is_within_and_a_hair_more_is_not():
    for gap, within in ((1.0, 1.0), (0.1 + 0.2 + 0.7, 1.0), (1.01, 0.0)):
        result = pair_agreement(ratings(("x", "met", "Ann", 2.0), ("x", "met", "Cid", 2.0 + gap)), SIDES)
        assert result.table["within"].tolist() == [within]


def test_against_a_loop_over_all_pairs():
    rng = np.random.default_rng(3)
    folk = people(*(f"p{i}" for i in range(5)), provider=tuple(f"p{i}" for i in range(5, 11)))
    rows = []
    for item in "abc":
        for aspect in ("meaning", "met"):
            for person in folk["person"]:
                for day in ("2026-01-01", "2026-02-01"):
                    if rng.random() < 0.6:
                        rows.append((item, aspect, person, float(rng.integers(1, 6)), day))
    result = pair_agreement(ratings(*rows), folk)
    latest = {}
    for item, aspect, person, rating, _ in sorted(rows, key=lambda row: row[4]):
        latest[item, aspect, person] = rating
    hits = []
    cells = {}
    for (item, aspect, one), a in latest.items():
        for (item2, aspect2, other), b in latest.items():
            if (item, aspect) == (item2, aspect2) and int(one[1:]) < 5 <= int(other[1:]):
                # Rows of one pair are averaged before pairs are.
                cells.setdefault((one, other), []).append(abs(a - b) <= 1)
                hits.append(abs(a - b) <= 1)
    assert result.table["pairs"].sum() == len(hits)
    assert (result.table["within"] * result.table["pairs"]).sum() == pytest.approx(sum(hits))
    assert result.estimate.estimate == pytest.approx(np.mean([np.mean(values) for values in cells.values()]))


@pytest.mark.parametrize(
    ("frame", "folk", "missing"),
    [
        (pd.DataFrame(columns=table("expectations").names), SIDES, "needs table expectations"),
        (ratings(("x", "met", "Ann", 1)), SIDES.iloc[:0], "needs table people"),
        (ratings(("x", "met", "Ann", 1)).drop(columns="aspect"), SIDES, "needs table expectations, column aspect"),
        (ratings(("x", "met", "Ann", 1)), SIDES, "ratings of the provider side"),
        (ratings(("x", "met", "Cid", 1)), SIDES, "ratings of the client side"),
        (ratings(("x", "met", "Ann", math.nan), ("x", "met", "Cid", 1)), SIDES, "ratings of the client side"),
        (ratings(("x", "met", "Ann", 1), ("y", "met", "Cid", 1)), SIDES, "the same expectation"),
    ],
)
def test_without_pairs_it_says_what_is_missing(frame, folk, missing):
    result = pair_agreement(frame, folk)
    assert missing in result.missing
    assert missing in repr(result)
    assert missing in result._repr_html_()
    assert result.estimate.n == 0
    assert math.isnan(result.estimate.estimate)


def test_one_person_a_side_excludes_nothing():
    result = pair_agreement(ratings(("x", "met", "Ann", 1), ("x", "met", "Cid", 1)), SIDES)
    assert result.estimate.interval(0.9) == (0.0, 1.0)


# --- proposals -------------------------------------------------------------------------------------------------------


def proposals(*rows):
    """Rows are (proposal, raised_by, raised, answered)."""
    frame = pd.DataFrame(rows, columns=["proposal", "raised_by", "raised", "answered"])
    return frame.assign(
        raised=pd.to_datetime(frame["raised"], utc=True), answered=pd.to_datetime(frame["answered"], utc=True)
    )


def test_proposals_by_hand():
    result = proposal_answers(
        proposals(
            ("a", "Cid", "2026-01-01", "2026-01-15"),  # 14 days to the minute: in time
            ("b", "Cid", "2026-01-01", "2026-01-16"),  # too late
            ("c", "Dee", "2026-01-01", "2026-01-02"),
            ("d", "Dee", "2026-03-17", None),  # 14 days before the end: judged
            ("e", "Dee", "2026-03-18", "2026-03-19"),  # 13 days: left out, though answered
            ("f", "Ann", "2026-01-01", None),  # a client's
            ("g", "Eve", "2026-01-01", None),  # nobody knows Eve
            ("h", "Cid", "2026-04-02", None),  # after the records end
        ),
        SIDES,
        NOW,
    )
    shown = result.table.set_index("proposal")
    assert sorted(shown.index) == ["a", "b", "c", "d", "e"]
    assert shown["in_time"].to_dict() == {"a": True, "b": False, "c": True, "d": False, "e": True}
    assert shown["left_out"].sum() == result.left_out == 1
    assert shown.loc["b", "days"] == 15.0
    assert result.estimate.estimate == 0.5  # Cid 1 of 2, Dee 1 of 2
    assert result.estimate.n == 2


def test_an_answer_after_the_records_end_is_not_known_yet():
    result = proposal_answers(proposals(("a", "Cid", "2026-03-01", "2026-04-05")), SIDES, NOW, days=60)
    assert result.table["answered"].isna().all()
    assert "at least 60 days old" in result.missing
    assert result.estimate.n == 0


def test_each_proposer_counts_the_same():
    many = [(f"a{i}", "Cid", "2026-01-01", "2026-01-02") for i in range(9)]
    result = proposal_answers(proposals(*many, ("b", "Dee", "2026-01-01", None)), SIDES, NOW)
    assert result.estimate.estimate == 0.5


def test_without_proposals_it_says_what_is_missing():
    assert proposal_answers(pd.DataFrame(), SIDES, NOW).missing == "needs table proposals"
    only_clients = proposal_answers(proposals(("f", "Ann", "2026-01-01", None)), SIDES, NOW)
    assert "provider side" in only_clients.missing
    assert "provider side" in repr(only_clients)


# --- throughput -----------------------------------------------------------------------------------------------------


def events(*rows):
    frame = pd.DataFrame(rows, columns=["case", "happened_at"])
    return frame.assign(happened_at=pd.to_datetime(frame["happened_at"], utc=True, format="ISO8601"))


def test_throughput_by_hand():
    # a: 3 days, b: 0 (one event), c: 1.5 days. Mean 1.5, median 1.5, 6 events over 3 cases; order does not matter.
    row = throughput(
        events(("a", "2026-01-04"), ("b", "2026-01-01"), ("c", "2026-01-01T12:00Z"), ("a", "2026-01-01"),
               ("c", "2026-01-03"), ("a", "2026-01-02"))
    ).table.iloc[0]  # fmt: skip
    assert row.to_dict() == {"cases": 3, "events": 6, "events_per_case": 2.0, "mean_days": 1.5, "median_days": 1.5}


def test_throughput_against_a_group_by():
    rng = np.random.default_rng(2)
    log = pd.DataFrame(
        {
            "case": rng.integers(0, 300, 2000).astype(str),
            "happened_at": pd.Timestamp("2026-01-01", tz="UTC")
            + pd.to_timedelta(rng.integers(0, 10**7, 2000), unit="s"),
        }
    )
    span = log.groupby("case")["happened_at"].agg(lambda times: (times.max() - times.min()).total_seconds() / 86400)
    row = throughput(log).table.iloc[0]
    assert row["cases"] == len(span)
    assert row["mean_days"] == pytest.approx(span.mean())
    assert row["median_days"] == pytest.approx(span.median())


def test_throughput_of_nothing_and_of_blanks():
    empty = throughput(pd.DataFrame(columns=table("events").names))
    assert empty.table.iloc[0]["cases"] == 0
    assert "needs table events" in repr(empty)
    blanks = throughput(events((None, "2026-01-01"), ("a", None), ("b", "2026-01-01")))
    assert blanks.table.iloc[0][["cases", "events"]].tolist() == [1, 1]
    with pytest.raises(OutsourcingKitError, match="with its UTC offset"):
        throughput(pd.DataFrame({"case": ["a"], "happened_at": [pd.Timestamp("2026-01-01")]}))


@pytest.mark.timed
def test_throughput_of_a_hundred_thousand_events_is_one_sort():
    rng = np.random.default_rng(0)
    log = pd.DataFrame(
        {
            "case": rng.integers(0, 30_000, 100_000).astype(str),
            "happened_at": pd.Timestamp("2026-01-01", tz="UTC")
            + pd.to_timedelta(rng.integers(0, 10**7, 100_000), unit="s"),
        }
    )
    clock = time.perf_counter()
    throughput(log)
    assert time.perf_counter() - clock < 0.5


def test_throughput_of_the_real_help_desk(real_data):
    log = pd.read_csv(real_data / "helpdesk" / "helpdesk.csv")
    log = log.rename(columns={"CaseID": "case", "CompleteTimestamp": "happened_at"})
    row = throughput(log.assign(happened_at=pd.to_datetime(log["happened_at"], utc=True))).table.iloc[0]
    assert (row["cases"], row["events"]) == (3804, 13710)
    assert row["events_per_case"] == pytest.approx(3.604, abs=5e-4)
    assert row["mean_days"] == pytest.approx(8.80, abs=5e-3)
    assert row["median_days"] == pytest.approx(3.93, abs=5e-3)
