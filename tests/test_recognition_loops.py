"""Good work seen, against slow loops over the definitions; and nothing that is shown gives a person away."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import recognition
from outsourcing_kit.recognition.small_groups import pooled, shown_groups
from outsourcing_kit.stats import mean_difference
from outsourcing_kit.verdicts import CONFIDENCE
from tests.made import instant, people, unchecked

NOW = instant("2026-07-01")
DAY = pd.Timedelta(days=1)
Seen = dict[tuple[str, str, str, str], bool]


def random_tables(seed: int, size: int = 6, items: int = 150) -> dict[str, pd.DataFrame]:
    """What real records hold: late, reopened, open work, ties, thanks to oneself, from nobody, for others' items."""
    rng = np.random.default_rng(seed)
    staff = people(*(f"c{n}" for n in range(size)), provider=tuple(f"p{n}" for n in range(size)))
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
    wait = pd.to_timedelta(rng.choice([-1, 0, 3, 14, 14.5], n), unit="D")
    given = (delivered.iloc[chosen].reset_index(drop=True) + wait).fillna(instant("2026-03-01"))
    receiver = np.where(rng.random(n) < 0.9, who[chosen], rng.choice(staff["person"], n))
    acts = pd.DataFrame(
        {"given_at": given, "giver": rng.choice([*staff["person"], None], n), "receiver": receiver,
         "kind": rng.choice(["thanks", "award"], n),
         "item": np.where(rng.random(n) < 0.5, work["item"].to_numpy()[chosen], None)}
    )  # fmt: skip
    return {"work": work, "recognition": acts, "people": staff}


def slow_person_months(tables: dict[str, pd.DataFrame], now: pd.Timestamp, window: int, zone: str) -> Seen:
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
    seen: Seen = defaultdict(bool)
    for row in good:
        if row["delivered"] + window * DAY <= now:
            month = row["delivered"].astimezone(ZoneInfo(zone)).strftime("%Y-%m")
            seen[side[row["person"]], row["person"], month, row["kind"]] |= row["item"] in credited
    return dict(seen)


@pytest.mark.parametrize("window", [7, 14])
def test_person_months_equal_the_slow_loop(window):
    zone = "America/New_York"
    for seed in range(6):
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


def test_headline_one_equals_the_slow_loop():
    for seed in range(3):
        tables = random_tables(seed)
        engagement = unchecked({"time_zone": "Asia/Manila", "observed_to": NOW.date()}, **tables)
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


def slow_gap_values(seen: Seen) -> dict[str, list[float]]:
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


def test_the_gap_equals_the_slow_loop_and_the_shared_statistic():
    for seed in range(3):
        tables = random_tables(seed)
        # A kind of work that only one side does is not compared.
        own = tables["work"]["person"].str.startswith("p") & (tables["work"]["kind"] == "c")
        tables["work"].loc[own, "kind"] = "d"
        months = recognition.recognised_months(**tables, now=NOW)
        values = slow_gap_values(slow_person_months(tables, NOW, 14, "UTC"))
        gap = recognition.recognition_gap(months, seed=5)
        # Labels permuted over fewer than eight people a side are too few: half the error.
        level = CONFIDENCE if min(map(len, values.values())) >= 8 else 1 - (1 - CONFIDENCE) / 2
        oracle = mean_difference(values["client"], values["provider"], confidence=level, seed=5, permutations=1999)
        assert gap.kinds == ("a", "b")
        assert gap.estimate.estimate == pytest.approx(
            np.mean(values["client"]) - np.mean(values["provider"]), abs=1e-12
        )
        assert (gap.estimate.low, gap.estimate.high) == pytest.approx((max(oracle.low, -1), min(oracle.high, 1)))


def test_neither_the_order_of_rows_nor_the_names_of_items_matter():
    tables = random_tables(3)
    mixed = {name: frame.sample(frac=1, random_state=1) for name, frame in tables.items()}
    renamed = {f"w{i}": f"x{999 - i}" for i in range(len(tables["work"]))}
    for name in ("work", "recognition"):
        mixed[name]["item"] = mixed[name]["item"].map(renamed)
    first, second = (recognition.recognised_months(**each, now=NOW) for each in (tables, mixed))
    pd.testing.assert_frame_equal(first.table, second.table)
    counts = [part.name for part in dataclasses.fields(first) if part.compare and part.name != "table"]
    assert "left_out" in counts
    assert [getattr(first, name) for name in counts] == [getattr(second, name) for name in counts]


# --- who could be recognised ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [5, 6, 9, 14])
def test_no_sum_or_difference_of_shown_rows_describes_fewer_than_five_people(size):
    for seed in range(3):
        months = recognition.recognised_months(**random_tables(seed, size, items=120), now=NOW)
        for side, rows in months.person_months.groupby("side"):
            person = rows["person"].tolist()
            members = defaultdict(set)
            for place, name in enumerate(shown_groups(person, rows["month"].tolist(), rows["kind"].tolist())):
                members[name].add(place)
            # The rows are a partition of the person-months (so a difference of sums of rows is a sum of rows) …
            assert sum(len(places) for places in members.values()) == len(rows)
            # … and each row has five people or more, or is the whole side.
            assert all(len({person[i] for i in places}) >= 5 for places in members.values()) or len(members) == 1
            shown = months.table[months.table["side"] == side]
            assert len(shown) == len(members)
            assert shown["person_months"].sum() == len(rows) and shown["seen"].sum() == rows["seen"].sum()


def test_pooling_by_brute_force():
    rng = np.random.default_rng(0)
    for _ in range(200):
        groups = {f"g{i}": set(rng.choice(12, rng.integers(1, 9), replace=False).tolist()) for i in range(4)}
        merged = pooled(groups)
        everybody = set().union(*groups.values())
        assert all(len(members) >= 5 for name, members in groups.items() if name not in merged)
        if merged and len(everybody) >= 5:
            assert len(set().union(*(groups[name] for name in merged))) >= 5
        needed = {name for name, members in groups.items() if len(members) < 5}
        assert needed <= merged and (needed or not merged)


def test_a_lone_small_group_takes_another_with_it():
    # March: six people report and two make calls. Showing the six would give away the two: total minus six.
    rows = [(f"p{i}", "2026-03", "report") for i in range(6)] + [(f"p{i}", "2026-03", "call") for i in (6, 7)]
    assert set(shown_groups(*zip(*rows, strict=True))) == {("2026-03", "all kinds")}
    # With five more who do a third kind, the smaller of the two large groups joins the small one.
    rows += [(f"p{i}", "2026-03", "chat") for i in range(8, 13)]
    assert set(shown_groups(*zip(*rows, strict=True))) == {("2026-03", "report"), ("2026-03", "other kinds")}
    # A small month joins the smallest other month.
    rows = [(f"p{i}", "2026-01", "x") for i in range(7)] + [(f"p{i}", "2026-02", "x") for i in range(6)]
    rows += [("p0", "2026-03", "x")]
    names = dict(zip([row[:2] for row in rows], shown_groups(*zip(*rows, strict=True)), strict=True))
    assert names["p0", "2026-01"] == ("2026-01", "x")
    assert names["p0", "2026-02"] == names["p0", "2026-03"] == ("other months", "all kinds")


def test_a_side_of_fewer_than_five_is_shown_as_a_whole_only():
    months = recognition.recognised_months(**random_tables(1, size=4), now=NOW)
    assert months.table[["month", "kind"]].values.tolist() == [["all months", "all kinds"]] * 2


def test_nothing_that_is_shown_names_a_person():
    tables = random_tables(2)
    tables["people"]["person"] += "-secret"
    tables["work"]["person"] += "-secret"
    tables["recognition"][["giver", "receiver"]] += "-secret"
    rows = [(f"r{n}-secret", "provider", "I feel needed", score, 5) for n in range(6) for score in (4, 2)]
    pulse = pd.DataFrame(rows, columns=["respondent", "side", "question", "score", "scale_max"])
    finding = recognition.assess(unchecked(**tables, pulse=pulse))
    months = recognition.recognised_months(**tables, now=NOW)
    shown = [
        finding, months, recognition.good_work(tables["work"], NOW), recognition.recognition_gap(months),
        recognition.feel_needed(pulse), recognition.naive_thanks(tables["recognition"], tables["people"]),
    ]  # fmt: skip
    assert "secret" not in "".join(repr(each) + each._repr_html_() for each in shown)
    assert "secret" not in finding.evidence.to_csv() + str(finding.to_json())
    assert "person" not in finding.evidence.columns
