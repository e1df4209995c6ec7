"""Is good work seen? Hand-worked examples, slow loops over the definitions, and nothing that gives a person away."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import recognition
from outsourcing_kit.engagement import Engagement, Settings
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.finding import CONFIDENCE
from outsourcing_kit.recognition.comparing import widest_kind
from outsourcing_kit.recognition.small_groups import pooled, shown_groups
from outsourcing_kit.stats import cluster_mean, mean_difference

NOW = pd.Timestamp("2026-07-01", tz="UTC")
DAY = pd.Timedelta(days=1)


def instant(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def work_table(*rows: dict) -> pd.DataFrame:
    """Items that are good unless a row says otherwise."""
    base = {"kind": "report", "due": pd.NaT, "reopened_at": pd.NaT}
    full = [{**base, "item": f"w{i}", "accepted": row.get("delivered"), **row} for i, row in enumerate(rows)]
    columns = ["item", "person", "kind", "due", "delivered", "accepted", "reopened_at"]
    frame = pd.DataFrame(full, columns=columns)
    for name in ("due", "delivered", "accepted", "reopened_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def acts_table(*rows: dict) -> pd.DataFrame:
    base = {"giver": "boss", "kind": "thanks", "item": None}
    frame = pd.DataFrame([{**base, **row} for row in rows], columns=["given_at", "giver", "receiver", "kind", "item"])
    frame["given_at"] = pd.to_datetime(frame["given_at"], utc=True)
    return frame


def people_table(client: int = 0, provider: int = 0) -> pd.DataFrame:
    names = [f"c{i}" for i in range(client)] + [f"p{i}" for i in range(provider)]
    return pd.DataFrame({"person": names, "side": ["client"] * client + ["provider"] * provider})


def pulse_table(scores: dict[str, list[float]], scale: float = 5, side: str = "provider") -> pd.DataFrame:
    rows = [
        {"respondent": who, "side": side, "asked_on": pd.Timestamp("2026-05-01"), "question": "I feel needed",
         "score": float(score), "scale_max": float(scale)}
        for who, given in scores.items() for score in given
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["respondent", "side", "asked_on", "question", "score", "scale_max"])


def engagement_of(zone: str = "UTC", **tables: pd.DataFrame) -> Engagement:
    settings = Settings(
        "made", "A", "B", "EUR", zone, pd.Timestamp("2026-01-01").date(), pd.Timestamp("2026-06-30").date()
    )
    return Engagement(settings, tables)


def random_tables(seed: int, *, people: int = 6, items: int = 150, zone: str = "UTC") -> dict[str, pd.DataFrame]:
    """What real records hold: late, reopened, open work, ties, thanks to oneself, from nobody, for others' items."""
    rng = np.random.default_rng(seed)
    staff = people_table(people, people)
    who = rng.choice(staff["person"], items)
    # Whole half days, so that ties and exact limits of the window happen.
    delivered = pd.Series(instant("2026-01-01") + pd.to_timedelta(rng.integers(0, 362, items) / 2, unit="D"))
    delivered[rng.random(items) < 0.05] = pd.NaT
    due = delivered + pd.to_timedelta(rng.choice([-1, 0, 2], items), unit="D")
    due[rng.random(items) < 0.1] = pd.NaT
    reopened = (delivered + 3 * DAY).where(rng.random(items) < 0.1)
    work = pd.DataFrame(
        {"item": [f"w{i}" for i in range(items)], "person": who, "kind": rng.choice(["a", "b", "c"], items), "due": due,
         "delivered": delivered, "accepted": delivered.where(rng.random(items) < 0.9), "reopened_at": reopened}
    )  # fmt: skip
    n = 120
    chosen = rng.integers(0, items, n)
    given = delivered.iloc[chosen].reset_index(drop=True) + pd.to_timedelta(
        rng.choice([-1, 0, 3, 14, 14.5], n), unit="D"
    )
    given[given.isna()] = instant("2026-03-01")
    receiver = np.where(rng.random(n) < 0.9, who[chosen], rng.choice(staff["person"], n))
    acts = pd.DataFrame(
        {"given_at": given, "giver": rng.choice([*staff["person"], None], n), "receiver": receiver,
         "kind": rng.choice(["thanks", "award"], n),
         "item": np.where(rng.random(n) < 0.5, work["item"].to_numpy()[chosen], None)}
    )  # fmt: skip
    return {"work": work, "recognition": acts, "people": staff}


def slow_person_months(tables: dict[str, pd.DataFrame], now: pd.Timestamp, window: int, zone: str) -> dict:
    """{(side, person, month, kind): seen}, by loops over the definitions."""
    side = dict(zip(tables["people"]["person"], tables["people"]["side"], strict=True))
    good = [
        row for row in tables["work"].to_dict("records")
        if pd.notna(row["delivered"]) and pd.notna(row["accepted"]) and pd.isna(row["reopened_at"])
        and (pd.isna(row["due"]) or row["delivered"] <= row["due"])
    ]  # fmt: skip
    credited = set()
    for act in tables["recognition"].to_dict("records"):
        if act["giver"] == act["receiver"]:
            continue
        own = [row for row in good if row["person"] == act["receiver"]]
        if isinstance(act["item"], str):
            chosen = [row for row in own if row["item"] == act["item"]]
        else:
            before = [row["delivered"] for row in own if row["delivered"] <= act["given_at"]]
            chosen = [row for row in own if before and row["delivered"] == max(before)]
        for row in chosen:
            if row["delivered"] <= act["given_at"] <= row["delivered"] + window * DAY:
                credited.add(row["item"])
    seen: dict = defaultdict(bool)
    for row in good:
        if row["delivered"] + window * DAY <= now:
            month = row["delivered"].astimezone(ZoneInfo(zone)).strftime("%Y-%m")
            seen[side[row["person"]], row["person"], month, row["kind"]] |= row["item"] in credited
    return dict(seen)


# --- good work ------------------------------------------------------------------------------------------------------


def test_what_good_work_is():
    march = instant("2026-03-02 12:00")
    table = work_table(
        {"person": "p0", "delivered": march},  # no due time: good
        {"person": "p0", "delivered": march, "due": march},  # exactly on time: good
        {"person": "p0", "delivered": march, "due": march - pd.Timedelta(seconds=1)},  # late
        {"person": "p0", "delivered": march, "accepted": pd.NaT},  # never accepted
        {"person": "p0", "delivered": march, "reopened_at": march + DAY},  # came back
        {"person": "p0", "delivered": pd.NaT},  # still open
    )
    assert recognition.good_work(table, NOW)["item"].tolist() == ["w0", "w1"]


def test_an_item_is_followed_once_the_whole_window_has_passed():
    table = work_table(
        {"person": "p0", "delivered": NOW - 14 * DAY},
        {"person": "p0", "delivered": NOW - 14 * DAY + pd.Timedelta(seconds=1)},
    )
    assert recognition.good_work(table, NOW)["followed"].tolist() == [True, False]
    months = recognition.recognised_months(table, acts_table(), people_table(0, 1), NOW)
    assert (months.left_out, months.waiting, len(months.items)) == (1, 1, 1)


@pytest.mark.parametrize("window", [0, -1, float("nan"), "14"])
def test_a_window_that_is_no_number_of_days_is_refused(window):
    with pytest.raises(OutsourcingKitError, match="window_days"):
        recognition.good_work(work_table(), NOW, window)


# --- crediting ------------------------------------------------------------------------------------------------------

MARCH = instant("2026-03-02 12:00")


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        ({"given_at": MARCH, "item": "w0"}, True),  # at once
        ({"given_at": MARCH + 14 * DAY, "item": "w0"}, True),  # the last instant of the window
        ({"given_at": MARCH + 14 * DAY + pd.Timedelta(seconds=1), "item": "w0"}, False),
        ({"given_at": MARCH - pd.Timedelta(seconds=1), "item": "w0"}, False),  # praise before the work
        ({"given_at": MARCH + DAY, "item": "w0", "receiver": "p1"}, False),  # somebody else thanked for it
        ({"given_at": MARCH + DAY, "item": "w0", "giver": "p0"}, False),  # oneself
        ({"given_at": MARCH + DAY, "item": "w0", "giver": None}, True),  # giver unknown
        ({"given_at": MARCH + DAY, "item": "w9"}, False),  # for an item that is no good work
        ({"given_at": MARCH + DAY}, True),  # for no item: the latest delivery before it
        ({"given_at": MARCH}, True),
        ({"given_at": MARCH + 15 * DAY}, False),
        ({"given_at": MARCH - DAY}, False),
    ],
)
def test_which_act_credits_which_work(act, seen):
    table = work_table({"person": "p0", "delivered": MARCH})
    months = recognition.recognised_months(table, acts_table({"receiver": "p0", **act}), people_table(0, 2), NOW)
    assert months.person_months["seen"].tolist() == [seen]
    assert months.uncredited + months.self_given + int(seen) == 1


def test_thanks_without_an_item_go_to_the_latest_good_delivery_only():
    # Late February, then 2 March; the thanks of 3 March are for March, though February is within 14 days as well.
    table = work_table(
        {"person": "p0", "delivered": instant("2026-02-27")},
        {"person": "p0", "delivered": MARCH},
        {"person": "p0", "delivered": MARCH + pd.Timedelta(hours=1), "reopened_at": MARCH + 9 * DAY},  # not good
    )
    months = recognition.recognised_months(
        table, acts_table({"receiver": "p0", "given_at": MARCH + DAY}), people_table(0, 1), NOW
    )
    assert months.person_months[["month", "seen"]].values.tolist() == [["2026-02", False], ["2026-03", True]]


def test_thanks_for_work_too_recent_to_judge_are_not_moved_to_older_work():
    table = work_table(
        {"person": "p0", "delivered": NOW - 15 * DAY},
        {"person": "p0", "delivered": NOW - 4 * DAY},
    )
    acts = acts_table({"receiver": "p0", "given_at": NOW - 3 * DAY})
    months = recognition.recognised_months(table, acts, people_table(0, 1), NOW)
    assert months.person_months["seen"].tolist() == [False]
    assert (months.uncredited, months.waiting) == (0, 0)


def test_months_are_counted_in_the_clients_time_zone():
    # 31 March 23:30 UTC is 1 April 01:30 in Madrid: summer time began on 29 March.
    table = work_table({"person": "p0", "delivered": instant("2026-03-31 23:30")})
    in_zone = {
        zone: recognition.recognised_months(table, acts_table(), people_table(0, 1), NOW, time_zone=zone)
        for zone in ("UTC", "Europe/Madrid")
    }
    assert in_zone["UTC"].person_months["month"].tolist() == ["2026-03"]
    assert in_zone["Europe/Madrid"].person_months["month"].tolist() == ["2026-04"]


def test_a_change_of_the_clock_does_not_move_the_window():
    delivered = instant("2026-03-28 12:00")  # the night after, Madrid loses an hour
    acts = acts_table({"receiver": "p0", "given_at": delivered + 14 * DAY})
    table = work_table({"person": "p0", "delivered": delivered})
    months = recognition.recognised_months(table, acts, people_table(0, 1), NOW, time_zone="Europe/Madrid")
    assert months.person_months["seen"].tolist() == [True]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("window", [7, 14])
def test_person_months_equal_the_slow_loop(seed, window):
    zone = "America/New_York"
    tables = random_tables(seed)
    months = recognition.recognised_months(**tables, now=NOW, window_days=window, time_zone=zone)
    expected = slow_person_months(tables, NOW, window, zone)
    found = {tuple(row[:4]): row[4] for row in months.by_kind[["side", "person", "month", "kind", "seen"]].values}
    assert found == expected
    whole: dict = defaultdict(bool)
    for (side, person, month, _), seen in expected.items():
        whole[side, person, month] |= seen
    rows = months.person_months[["side", "person", "month", "seen"]].values
    assert {tuple(row[:3]): row[3] for row in rows} == dict(whole)
    assert any(whole.values()) and not all(whole.values())


def test_neither_the_order_of_rows_nor_the_names_of_items_matter():
    tables = random_tables(3)
    mixed = {name: frame.sample(frac=1, random_state=1).reset_index(drop=True) for name, frame in tables.items()}
    renamed = {f"w{i}": f"x{999 - i}" for i in range(len(tables["work"]))}
    mixed["work"]["item"] = mixed["work"]["item"].map(renamed)
    mixed["recognition"]["item"] = mixed["recognition"]["item"].map(renamed)
    first, second = (recognition.recognised_months(**each, now=NOW) for each in (tables, mixed))
    pd.testing.assert_frame_equal(first.table, second.table)
    counts = [part.name for part in dataclasses.fields(first) if part.compare and part.name != "table"]
    assert "left_out" in counts
    assert [getattr(first, name) for name in counts] == [getattr(second, name) for name in counts]


# --- who could be recognised ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("people", [5, 6, 9, 14])
def test_no_sum_or_difference_of_shown_rows_describes_fewer_than_five_people(seed, people):
    months = recognition.recognised_months(**random_tables(seed, people=people, items=120), now=NOW)
    for side, rows in months.person_months.groupby("side"):
        labels = shown_groups(rows["person"].tolist(), rows["month"].tolist(), rows["kind"].tolist())
        members = defaultdict(set)
        for position, label in enumerate(labels):
            members[label].add(position)
        # The rows are a partition of the person-months (so a difference of sums of rows is a sum of rows) …
        assert sum(len(positions) for positions in members.values()) == len(rows)
        person = rows["person"].tolist()
        # … and each row has five people or more, or is the whole side.
        assert all(len({person[i] for i in positions}) >= 5 for positions in members.values()) or len(members) == 1
        shown = months.table[months.table["side"] == side]
        assert len(shown) == len(members)
        assert shown["person_months"].sum() == len(rows) and shown["seen"].sum() == rows["seen"].sum()


def test_a_lone_small_group_takes_another_with_it():
    # March: six people report and two make calls. Showing the six would give away the two: total minus six.
    rows = [(f"p{i}", "2026-03", "report") for i in range(6)] + [(f"p{i}", "2026-03", "call") for i in (6, 7)]
    assert set(shown_groups(*zip(*rows, strict=True))) == {("2026-03", "all kinds")}
    # With five more who do a third kind, the smaller of the two large groups joins the small one.
    rows += [(f"p{i}", "2026-03", "chat") for i in range(8, 13)]
    assert set(shown_groups(*zip(*rows, strict=True))) == {("2026-03", "report"), ("2026-03", "other kinds")}


def test_a_small_month_joins_the_smallest_other_month():
    rows = [(f"p{i}", "2026-01", "x") for i in range(7)] + [(f"p{i}", "2026-02", "x") for i in range(6)]
    rows += [("p0", "2026-03", "x")]
    labels = dict(zip([row[:2] for row in rows], shown_groups(*zip(*rows, strict=True)), strict=True))
    assert labels["p0", "2026-01"] == ("2026-01", "x")
    assert labels["p0", "2026-02"] == labels["p0", "2026-03"] == ("other months", "all kinds")


def test_pooling_by_brute_force():
    rng = np.random.default_rng(0)
    for _ in range(200):
        groups = {f"g{i}": set(rng.choice(12, rng.integers(1, 9), replace=False).tolist()) for i in range(4)}
        merged = pooled(groups)
        everybody = set().union(*groups.values())
        assert all(len(people) >= 5 for name, people in groups.items() if name not in merged)
        if merged and len(everybody) >= 5:
            assert len(set().union(*(groups[name] for name in merged))) >= 5
        needed = {name for name, people in groups.items() if len(people) < 5}
        assert needed <= merged and (needed or not merged)


def test_a_side_of_fewer_than_five_is_shown_as_a_whole_only():
    months = recognition.recognised_months(**random_tables(1, people=4), now=NOW)
    assert months.table[["month", "kind"]].values.tolist() == [["all months", "all kinds"]] * 2


def test_nothing_that_is_shown_names_a_person():
    tables = random_tables(2)
    tables["people"]["person"] = tables["people"]["person"] + "-secret"
    tables["work"]["person"] = tables["work"]["person"] + "-secret"
    tables["recognition"][["giver", "receiver"]] += "-secret"
    tables["pulse"] = pulse_table({f"r{i}-secret": [4, 2] for i in range(6)})
    engagement = engagement_of(**tables)
    finding = recognition.assess(engagement)
    months = recognition.recognised_months(
        *(tables[name] for name in ("work", "recognition", "people")), engagement.settings.end
    )
    thanks = recognition.naive_thanks(tables["recognition"], tables["people"], months)
    shown = [finding, months, recognition.recognition_gap(months), recognition.feel_needed(tables["pulse"]), thanks]
    for each in shown:
        assert "secret" not in repr(each) + each._repr_html_()
    assert "secret" not in finding.evidence.to_csv() + str(finding.to_json())
    assert "person" not in finding.evidence.columns


@pytest.mark.parametrize("few", [1, 4])
def test_kinds_of_recognition_that_few_received_are_merged(few):
    # Ten people thanked in March, `few` of them with an award instead: awards alone would be recognisable.
    table = work_table(*({"person": f"p{i}", "delivered": MARCH} for i in range(10)))
    rows = [{"receiver": f"p{i}", "given_at": MARCH + DAY, "kind": "award" if i < few else "thanks"} for i in range(10)]
    tables = {"work": table, "people": people_table(0, 10)}
    assert not any(m.key.startswith("recognition.kind_") for m in assessed(tables, acts_table(*rows)).supporting)
    split = [{**row, "kind": "award" if i < 5 else "thanks"} for i, row in enumerate(rows)]
    kinds = {m.key: m.estimate for m in assessed(tables, acts_table(*split)).supporting if ".kind_" in m.key}
    assert kinds == {"recognition.kind_award": 0.5, "recognition.kind_thanks": 0.5}


def assessed(tables: dict, acts: pd.DataFrame):
    return recognition.assess(engagement_of(**tables, recognition=acts))


# --- headline 1: good work seen -------------------------------------------------------------------------------------


def test_good_work_seen_by_hand():
    # p0: January seen, February not, so 1/2. p1: both seen, so 1. p2: January not, so 0. Mean of people: 1.5/3 = .5
    # (rows would say 3/5).
    jan, feb = instant("2026-01-12"), instant("2026-02-12")
    table = work_table(
        {"person": "p0", "delivered": jan},
        {"person": "p0", "delivered": feb},
        {"person": "p1", "delivered": jan},
        {"person": "p1", "delivered": feb},
        {"person": "p2", "delivered": jan},
    )
    acts = acts_table(
        {"receiver": "p0", "given_at": jan + 14 * DAY, "item": "w0"},
        {"receiver": "p1", "given_at": jan + 2 * DAY},
        {"receiver": "p1", "given_at": feb + 2 * DAY},
    )
    measure = assessed({"work": table, "people": people_table(1, 3)}, acts).headlines[0]
    assert (measure.estimate, measure.n) == (0.5, 3)
    oracle = cluster_mean([1, 0, 1, 1, 0], ["p0", "p0", "p1", "p1", "p2"], confidence=CONFIDENCE, bounds=(0, 1))
    assert (measure.low, measure.high) == (oracle.low, oracle.high)


@pytest.mark.parametrize("seed", range(4))
def test_headline_one_equals_the_slow_loop(seed):
    tables = random_tables(seed)
    engagement = engagement_of("Asia/Manila", **tables)
    measure = recognition.assess(engagement).headlines[0]
    seen: dict = defaultdict(lambda: defaultdict(bool))
    for (side, person, month, _), value in slow_person_months(
        tables, engagement.settings.end, 14, "Asia/Manila"
    ).items():
        if side == "provider":
            seen[person][month] |= value
    means = [np.mean(list(months.values())) for months in seen.values()]
    assert measure.estimate == pytest.approx(np.mean(means), abs=1e-12)
    assert measure.n == len(means)


def test_people_who_left_still_count():
    table = work_table({"person": "p0", "delivered": MARCH}, {"person": "p1", "delivered": MARCH})
    people = people_table(0, 2).assign(left=[pd.Timestamp("2026-03-05"), pd.NaT])
    acts = acts_table({"receiver": "p1", "given_at": MARCH + DAY})
    assert assessed({"work": table, "people": people}, acts).headlines[0].estimate == 0.5


def test_one_person_gets_a_figure_but_no_verdict():
    table = work_table({"person": "p0", "delivered": MARCH})
    measure = assessed({"work": table, "people": people_table(0, 1)}, acts_table({"receiver": "p0", "given_at": MARCH}))
    assert (measure.headlines[0].estimate, measure.headlines[0].verdict) == (1.0, "cannot tell")


# --- headline 2: the gap --------------------------------------------------------------------------------------------


def slow_gap_values(seen: dict) -> dict[str, list[float]]:
    """Each side's person values, by loops."""
    kinds = {kind for side, _, _, kind in seen if side == "client"} & {k for s, _, _, k in seen if s == "provider"}
    usual = {}
    for kind in kinds:
        means = []
        for side in ("client", "provider"):
            means.append(np.mean([value for key, value in seen.items() if key[0] == side and key[3] == kind]))
        usual[kind] = np.mean(means)
    values: dict = {"client": defaultdict(list), "provider": defaultdict(list)}
    for (side, person, _, kind), value in seen.items():
        if kind in kinds:
            values[side][person].append(value - usual[kind])
    return {side: [float(np.mean(rows)) for _, rows in sorted(each.items())] for side, each in values.items()}


@pytest.mark.parametrize("seed", range(4))
def test_the_gap_equals_the_slow_loop_and_the_shared_statistic(seed):
    tables = random_tables(seed)
    # A kind of work that only one side does is not compared.
    own = tables["work"]["person"].str.startswith("p") & (tables["work"]["kind"] == "c")
    tables["work"].loc[own, "kind"] = "d"
    months = recognition.recognised_months(**tables, now=NOW)
    values = slow_gap_values(slow_person_months(tables, NOW, 14, "UTC"))
    result = recognition.recognition_gap(months, confidence=0.95, seed=5)
    oracle = mean_difference(values["client"], values["provider"], seed=5, permutations=1999)
    assert result.kinds == ("a", "b")
    assert result.estimate.estimate == pytest.approx(np.mean(values["client"]) - np.mean(values["provider"]), abs=1e-12)
    assert (result.estimate.low, result.estimate.high) == pytest.approx((max(oracle.low, -1), min(oracle.high, 1)))


def equal_work(client: int, provider: int, seen_client: int, seen_provider: int) -> dict[str, pd.DataFrame]:
    """Everybody delivers one report in March; the first few of each side are thanked."""
    people = people_table(client, provider)
    table = work_table(*({"person": who, "delivered": MARCH} for who in people["person"]))
    thanked = [f"c{i}" for i in range(seen_client)] + [f"p{i}" for i in range(seen_provider)]
    acts = acts_table(*({"receiver": who, "given_at": MARCH + 2 * DAY} for who in thanked))
    return {"people": people, "work": table, "recognition": acts}


def test_the_gap_by_hand():
    # One kind: in-house 4 of 5, provider 1 of 5. Usual is .5; gap (.8 - .5) - (.2 - .5) = .6.
    gap = recognition.assess(engagement_of(**equal_work(5, 5, 4, 1))).headlines[1]
    assert gap.estimate == pytest.approx(0.6)
    assert gap.n == 10


def test_a_mix_of_kinds_is_no_gap():
    # Reports are always seen, calls never; in-house does reports mostly, the provider calls mostly. Raw shares are far
    # apart (5/6 against 1/6), for the same kind of work there is no gap.
    rows, acts = [], []
    for side, reports in (("c", 5), ("p", 1)):
        for i in range(6):
            kind = "report" if i < reports else "call"
            rows.append({"person": f"{side}{i}", "delivered": MARCH, "kind": kind})
            if kind == "report":
                acts.append({"receiver": f"{side}{i}", "given_at": MARCH + DAY})
    months = recognition.recognised_months(work_table(*rows), acts_table(*acts), people_table(6, 6), NOW)
    assert recognition.recognition_gap(months).estimate.estimate == pytest.approx(0, abs=1e-12)


def test_nobody_differs_within_a_side():
    # All of 20 in-house, none of 20 outside: permutation has no spread to go by, yet this is as clear as it gets.
    clear = recognition.assess(engagement_of(**equal_work(20, 20, 20, 0))).headlines[1]
    assert (clear.estimate, clear.verdict) == (1.0, "problem")
    # Low end: 1 - sqrt(2) * (1 - a) with a = (.05/3)^(1/20), the exact binomial end of 20 of 20.
    exact = (0.05 / 3) ** (1 / 20)
    assert clear.low == pytest.approx(1 - np.sqrt(2) * (1 - exact), abs=1e-9)
    # All seen on both sides: no gap; the interval is the two exact ends, one each way.
    none = recognition.assess(engagement_of(**equal_work(100, 100, 100, 100))).headlines[1]
    assert none.estimate == pytest.approx(0)
    assert none.high == pytest.approx(1 - (0.05 / 3) ** (1 / 100), abs=1e-9)
    assert none.verdict == "fine"


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (1, 1)])
def test_fewer_than_five_a_side_cannot_tell_and_says_what_would(shape):
    gap = recognition.assess(engagement_of(**equal_work(*shape, 1, 0))).headlines[1]
    assert gap.verdict == gap.gate_verdict == "cannot tell"
    assert not np.isnan(gap.estimate) and np.isnan(gap.low)
    assert gap.settled_by.startswith(f"a talk; numbers alone cannot in today's team of {sum(shape)},")
    # The same with a side of strangers to the work: those can be asked.
    tables = equal_work(*shape, 1, 0)
    more = [{"person": f"{side[0]}x{n}", "side": side} for side in ("client", "provider") for n in range(5)]
    tables["people"] = pd.concat([tables["people"], pd.DataFrame(more)], ignore_index=True)
    assert recognition.assess(engagement_of(**tables)).headlines[1].settled_by == (
        f"at least five people a side with good work of the same kind; here {shape[0]} in-house and {shape[1]} at the "
        "provider"
    )


def test_a_few_of_a_larger_side_are_not_singled_out():
    # Six provider people, but only two do what in-house does: their figure alone would be theirs, so it is not shown.
    tables = equal_work(6, 6, 3, 3)
    outside = tables["work"]["person"].isin(["p2", "p3", "p4", "p5"])
    tables["work"].loc[outside, "kind"] = "call"
    gap = recognition.assess(engagement_of(**tables)).headlines[1]
    assert gap.verdict == "not assessed"
    assert np.isnan(gap.estimate) and "2 at the provider" in gap.settled_by


def test_no_kind_in_common_is_not_assessed():
    tables = equal_work(6, 6, 3, 3)
    tables["work"].loc[tables["work"]["person"].str.startswith("p"), "kind"] = "call"
    gap = recognition.assess(engagement_of(**tables)).headlines[1]
    assert (gap.verdict, gap.settled_by) == (
        "not assessed", "needs good work of the same kind on both sides; there is none",
    )  # fmt: skip


def test_the_widest_kind_needs_five_people_a_side():
    rows = [{"person": f"{s}{i}", "delivered": MARCH, "kind": "report"} for s in "cp" for i in range(6)]
    rows += [{"person": f"{s}0", "delivered": MARCH, "kind": "call"} for s in "cp"]
    acts = [{"receiver": f"c{i}", "given_at": MARCH + DAY, "item": f"w{i}"} for i in range(2)]
    acts += [{"receiver": "c0", "given_at": MARCH + DAY, "item": "w12"}]  # the only call in-house: seen, outside: not
    months = recognition.recognised_months(work_table(*rows), acts_table(*acts), people_table(6, 6), NOW)
    assert widest_kind(months) == "report"


# --- headline 3: feeling needed -------------------------------------------------------------------------------------


def test_feel_needed_by_hand():
    # People's shares of answers at 4 and above: 1, 1/2, 0, 0, 1 -> mean .5 (answers would say 4 of 7).
    pulse = pulse_table({"a": [5], "b": [4, 3], "c": [1], "d": [2], "e": [4, 4]})
    result = recognition.feel_needed(pulse)
    assert (result.estimate.estimate, result.respondents, result.answers) == (0.5, 5, 7)


@pytest.mark.parametrize(
    ("score", "scale", "good"), [(4, 5, 1), (3.99, 5, 0), (8, 10, 1), (5.6, 7, 1), (5, 7, 0), (80, 100, 1), (0, 5, 0)]
)
def test_four_fifths_of_any_scale(score, scale, good):
    assert recognition.feel_needed(pulse_table({r: [score] for r in "abcde"}, scale)).estimate.estimate == good


def test_only_the_question_and_the_side_that_were_asked_for():
    pulse = pd.concat(
        [
            pulse_table({r: [5] for r in "abcde"}).assign(question=" i FEEL needed"),
            pulse_table({r: [1] for r in "abcde"}).assign(question="I feel needed by my family"),
            pulse_table({r: [1] for r in "fghij"}, side="client"),
        ]
    )
    assert recognition.feel_needed(pulse).estimate.estimate == 1.0
    assert recognition.feel_needed(pulse, side="client").estimate.estimate == 0.0


def test_fewer_than_five_respondents_would_be_recognisable():
    pulse = pulse_table({r: [1, 2, 3, 4] for r in "abcd"})
    result = recognition.feel_needed(pulse)
    assert result.estimate is None and result.table[["share", "low", "high"]].isna().all(axis=None)
    measure = recognition.assess(engagement_of(pulse=pulse)).headlines[2]
    assert measure.verdict == "not assessed"
    assert "fewer than five respondents would be recognisable" in measure.settled_by


# --- the whole assessment -------------------------------------------------------------------------------------------


def full(seed: int = 0, **kind: object) -> dict[str, pd.DataFrame]:
    return {**random_tables(seed, **kind), "pulse": pulse_table({f"r{i}": [5, 3] for i in range(6)})}


@pytest.mark.parametrize(
    "names", [c for n in range(5) for c in itertools.combinations(("people", "work", "recognition", "pulse"), n)]
)
def test_any_tables_give_a_finding_that_says_what_is_missing(names):
    tables = full()
    finding = recognition.assess(engagement_of(**{name: tables[name] for name in names}))
    three = {"people", "work", "recognition"} - set(names)
    for measure in finding.headlines[:2]:
        assert (measure.verdict == "not assessed") == bool(three)
        assert not three or measure.settled_by in {f"needs table {name}" for name in three}
    assert (finding.headlines[2].verdict == "not assessed") == ("pulse" not in names)
    assert 1 <= len(finding.actions) <= 3
    assert repr(finding) and finding.to_html() and finding.explain()


@pytest.mark.parametrize("name", ["people", "work", "recognition", "pulse"])
def test_empty_tables_are_missing_tables(name):
    tables = full()
    tables[name] = tables[name].iloc[:0]
    finding = recognition.assess(engagement_of(**tables))
    lost = finding.headlines[2] if name == "pulse" else finding.headlines[0]
    assert (lost.verdict, lost.settled_by) == ("not assessed", f"needs table {name}, which has no rows")


def test_a_missing_column_is_named():
    tables = full()
    tables["work"] = tables["work"].drop(columns="reopened_at")
    assert "needs table work, column reopened_at" in recognition.assess(engagement_of(**tables)).not_assessed[0]


@pytest.mark.parametrize("kind", ["object", "float64", "datetime64[ns, UTC]"])
def test_columns_without_any_value(kind):
    tables = full()
    empty = pd.Series([None] * len(tables["work"])).astype(kind)
    tables["work"] = tables["work"].assign(due=empty, reopened_at=empty)
    tables["recognition"] = tables["recognition"].assign(item=None, giver=None)
    assert recognition.assess(engagement_of(**tables)).headlines[0].verdict != "not assessed"
    tables["work"] = tables["work"].assign(accepted=empty)
    assert "there is none" in recognition.assess(engagement_of(**tables)).headlines[0].settled_by


def test_every_function_of_the_lesson_takes_empty_tables():
    empty = engagement_of()
    months = recognition.recognised_months(empty.work, empty.recognition, empty.people, NOW)
    gap = recognition.recognition_gap(months)
    needed = recognition.feel_needed(empty.pulse)
    thanks = recognition.naive_thanks(empty.recognition, empty.people, months)
    assert not len(recognition.good_work(empty.work, NOW)) and not len(months.table)
    for each, words in ((months, "nothing to show"), (gap, "there is none"), (needed, "nobody"), (thanks, "No people")):
        assert words in repr(each) and words in each._repr_html_().replace("&#x27;", "'")


def test_files_go_through_the_same_way(make_engagement):
    engagement = make_engagement(
        people=[
            {"person": f"p{i}", "side": "provider", "team": "t", "role": "r", "time_zone": "Asia/Manila",
             "country": "PH", "workday_start": "09:00", "workday_end": "17:00", "joined": "2026-01-01", "left": ""}
            for i in range(5)
        ],
        work=[
            {"item": f"w{i}", "person": f"p{i}", "kind": "report", "topic": "x", "requested": "2026-03-01T09:00:00Z",
             "started": "", "due": "", "delivered": "2026-03-02T09:00:00Z", "accepted": "2026-03-02T10:00:00Z",
             "reopened_at": "", "size": "", "hours": "", "requester": "", "text": ""}
            for i in range(5)
        ],
        recognition=[
            {"given_at": "2026-03-04T09:00:00+02:00", "giver": "", "receiver": "p0", "kind": "thanks", "amount": "",
             "currency": "", "item": "w0"}
        ],
    )  # fmt: skip
    measure = recognition.assess(engagement).headlines[0]
    assert (measure.estimate, measure.n) == (pytest.approx(0.2), 5)


def test_what_is_left_out_is_counted():
    table = work_table(
        {"person": "p0", "delivered": instant("2026-03-02")}, {"person": "p0", "delivered": instant("2026-06-28")}
    )
    acts = acts_table(
        {"receiver": "p0", "given_at": instant("2026-03-03")},
        {"receiver": "p0", "given_at": instant("2026-05-03")},  # no good work in the 14 days before
        {"receiver": "p0", "given_at": instant("2026-03-03"), "giver": "p0"},
        {"receiver": "p0", "given_at": instant("2026-03-04"), "giver": None},
    )
    finding = assessed({"work": table, "people": people_table(0, 1)}, acts)
    # The count stands at the end, so that "1 acts" cannot be.
    assert sum(line.endswith(": 1.") for line in finding.assumptions) == 4
    assert "Begin with the one piece of the records' last 14 days" in finding.actions[0]


def test_days_to_recognition_are_a_median_over_people():
    # Person i waits i + 1 days, p0 twice more after 9 days: p0's median is 9. Medians 9, 2, 3, 4, 5, 6: median 4.5.
    rows = [{"person": f"p{i}", "delivered": MARCH} for i in range(6)]
    rows += [{"person": "p0", "delivered": MARCH + month * 30 * DAY} for month in (1, 2)]
    acts = [{"receiver": f"p{i}", "given_at": MARCH + (i + 1) * DAY, "item": f"w{i}"} for i in range(6)]
    acts += [{"receiver": "p0", "given_at": MARCH + (39 if i == 6 else 69) * DAY, "item": f"w{i}"} for i in (6, 7)]
    finding = assessed({"work": work_table(*rows), "people": people_table(0, 6)}, acts_table(*acts))
    days = finding.measure("days_to_recognition")
    assert (days.estimate, days.low, days.high, days.n) == (4.5, 2.0, 9.0, 6)


def test_evidence_has_whole_sides_first_then_groups():
    finding = recognition.assess(engagement_of(**full()))
    evidence = finding.evidence
    assert evidence["part"].tolist()[:2] == ["whole side"] * 2
    provider = evidence[(evidence["part"] == "whole side") & (evidence["side"] == "provider")].iloc[0]
    assert provider["share"] == pytest.approx(finding.headlines[0].estimate, abs=1e-4)
    assert (provider["low"], provider["high"]) == pytest.approx(
        (finding.headlines[0].low, finding.headlines[0].high), abs=1e-4
    )
    groups = evidence[evidence["part"] == "group"]
    assert groups[groups["side"] == "provider"]["person_months"].sum() == provider["person_months"]
    assert finding.measure("months_missed").estimate == provider["person_months"] - provider["seen"]


def test_counting_thanks_hides_who_was_missed():
    # Five thank-yous to one person of five: one a head, and four months of good work that nobody saw.
    table = work_table(*({"person": f"p{i}", "delivered": MARCH} for i in range(5)))
    acts = acts_table(*({"receiver": "p0", "given_at": MARCH + d * DAY} for d in range(5)))
    people = people_table(0, 5)
    months = recognition.recognised_months(table, acts, people, NOW)
    counted = recognition.naive_thanks(acts, people, months).table
    assert counted.values.tolist() == [["provider", 5, 5, 1.0, 5, 1, 4]]


def test_limits_and_window_are_used():
    engagement = engagement_of(**full())
    strict = recognition.assess(engagement, limits={"good_work_seen": 1.0}).headlines[0]
    assert (strict.limit, strict.limit_source, strict.verdict) == (1.0, "yours", "problem")
    assert recognition.assess(engagement, window_days=1).headlines[0].estimate < strict.estimate
    with pytest.raises(UnknownNameError, match="good_work_seen"):
        recognition.assess(engagement, limits={"good_work_sen": 0.5})


def test_the_same_records_give_the_same_finding():
    first, second = (recognition.assess(engagement_of(**full())) for _ in range(2))
    assert first.to_json() == second.to_json()
    pd.testing.assert_frame_equal(first.evidence, second.evidence)


@pytest.mark.parametrize(("seen", "verdict"), [(0, "problem"), (20, "fine"), (10, "cannot tell")])
def test_verdicts_and_actions_follow_the_records(seen, verdict):
    finding = recognition.assess(engagement_of(**equal_work(20, 20, 20, seen)))
    assert finding.headlines[0].verdict == verdict
    assert any("what it changed" in action for action in finding.actions) == (verdict != "fine")


def test_so_few_people_are_asked_in_person():
    finding = recognition.assess(engagement_of(**equal_work(3, 3, 1, 1), pulse=pulse_table({"a": [5]})))
    assert any("in person" in action for action in finding.actions)


def test_people_count_alike_and_it_is_said_where_rows_would_tell_another_story():
    # Shares of people 1, 0, 0: 33%; of the five person-months three were seen: 60%.
    days = [instant(f"2026-0{month}-12") for month in (1, 2, 3)]
    rows = [{"person": "p0", "delivered": day} for day in days]
    rows += [{"person": who, "delivered": days[0]} for who in ("p1", "p2")]
    acts = [{"receiver": "p0", "given_at": day + DAY} for day in days]
    # Pulse: people's shares 1, 1/2, 0, 0, 1: 50%; answers 4 of 7.
    pulse = pulse_table({"a": [5], "b": [4, 3], "c": [1], "d": [2], "e": [4, 4]})
    tables = {"work": work_table(*rows), "people": people_table(1, 3), "pulse": pulse}
    said = assessed(tables, acts_table(*acts)).assumptions
    assert (
        "Each person counts alike in the share of provider months of good work that were seen; counting every "
        "person-month alike it is 60%."
    ) in said
    assert (
        "Each respondent counts alike in the share of good answers to 'I feel needed'; counting every answer alike it "
        "is 57%."
    ) in said
    even = {**tables, "work": work_table(*rows[2:]), "pulse": pulse_table({r: [5] for r in "abcde"})}
    assert not [line for line in assessed(even, acts_table(*acts)).assumptions if "counts alike" in line]


def test_tables_with_low_and_high_name_the_level():
    assert "Low and high: 96.7% intervals." in repr(recognition.feel_needed(pulse_table({r: [5] for r in "abcde"})))
    acts = acts_table({"receiver": "p0", "given_at": instant("2026-01-13")})
    rows = [{"person": f"{side}{n}", "delivered": instant("2026-01-12")} for side in "cp" for n in range(5)]
    months = recognition.recognised_months(work_table(*rows), acts, people_table(5, 5), NOW)
    assert "Low and high: 96.7% intervals." in repr(recognition.recognition_gap(months))
