"""Who stays, who is thanked first by lot, and what follows a peak: by hand, published, by brute force."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import Engagement, recognition
from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.recognition import RecognisedMonths, after_peaks, people_needed, retention, smallest_difference

START = pd.Timestamp("2025-01-01")


def months(seen, month="2025-01"):
    rows = pd.DataFrame({"side": "provider", "person": list(seen), "month": month, "kind": "k", "seen": seen.values()})
    return RecognisedMonths(rows, rows, rows, rows, rows)


def people(**left):
    gone = [pd.NaT if days is None else START + pd.Timedelta(days=days) for days in left.values()]
    return pd.DataFrame({"person": list(left), "joined": START, "left": gone})


def test_who_stays_by_hand():
    # Of six not seen one leaves after 100 days, one after 400: five of six are there after a year.
    who = {f"a{n}": True for n in range(5)} | {f"b{n}": False for n in range(6)}
    left = dict.fromkeys(who) | {"b0": 100, "b1": 400}
    found = retention(months(who), people(**left), dt.date(2026, 12, 31), days=365)
    table = found.table.set_index("seen")
    # None of five leaves: at worst 55% stay, as 0.55 to the fifth is 5%.
    assert table.loc["at least half"].tolist() == pytest.approx([5, 0, 1.0, 0.05 ** (1 / 5), 1.0])
    less = table.loc["less"]
    assert less[["people", "left"]].tolist() == [6, 2] and less["staying"] == pytest.approx(5 / 6)
    assert less["low"] < less["staying"] < less["high"] < 1 and "83% (" in repr(found)


def test_nobody_was_watched_for_so_long_is_not_everybody_stays():
    who = {f"a{n}": True for n in range(5)}
    table = retention(months(who), people(**dict.fromkeys(who)), dt.date(2025, 6, 30), days=365).table
    assert table[["staying", "low", "high"]].isna().all(axis=None) and table["people"].tolist() == [5]


def test_a_group_in_which_somebody_could_be_picked_out_is_not_shown():
    who = {f"a{n}": True for n in range(4)} | {f"b{n}": False for n in range(5)}
    found = retention(months(who), people(**dict.fromkeys(who)), dt.date(2026, 12, 31))
    assert found.table["seen"].tolist() == ["less"]
    alone = retention(months({"a": True}), people(a=None), dt.date(2026, 12, 31))
    assert "Groups under 5 people are not shown" in repr(alone)
    assert "table people" in retention(months({"a": True}), pd.DataFrame(), dt.date(2026, 1, 1)).missing


def test_who_was_there_before_the_records_began_is_watched_from_then_on():
    who = {f"b{n}": False for n in range(5)}
    early = people(**(dict.fromkeys(who) | {"b0": 100})).assign(joined=START - pd.Timedelta(days=200))
    found = retention(months(who), early, dt.date(2025, 12, 31), days=365).table
    # 300 days after joining one of the five who are watched then leaves.
    assert found["staying"].tolist() == [pytest.approx(0.8)]


def test_it_never_claims_an_effect():
    records = Engagement.load("thankless")
    found = recognition.recognised_months(records.work, records.recognition, records.people, records.settings.end)
    assert "A comparison, no effect" in repr(retention(found, records.people, records.settings.end))


@pytest.mark.parametrize(("count", "found"), [(10, 1.32), (20, 0.91), (30, 0.74), (930, 0.13)])
def test_what_a_group_can_find_as_published(count, found):
    assert smallest_difference(count) == pytest.approx(found, abs=0.005)


def test_how_many_it_takes_as_published_and_by_brute_force():
    assert (people_needed(0.5), people_needed(0.67), people_needed(0.13)) == (64, 36, 930)
    from scipy import stats

    rng, tries = np.random.default_rng(0), 4000
    one, other = rng.normal(0.5, 1, (tries, 64)), rng.normal(0, 1, (tries, 64))
    # Three standard errors of 4,000 tries.
    assert (stats.ttest_ind(one, other, axis=1).pvalue < 0.05).mean() == pytest.approx(0.80, abs=0.02)


def test_the_oracle_agrees():
    power = pytest.importorskip("statsmodels.stats.power").TTestIndPower()
    for n in (5, 12, 40):
        assert smallest_difference(n) == pytest.approx(power.solve_power(nobs1=n, alpha=0.05, power=0.8), abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: smallest_difference(1),
        lambda: people_needed(0),
        lambda: people_needed(math.nan),
        lambda: retention(months({"a": True}), people(a=None), dt.date(2026, 1, 1), days=math.nan),
    ],
)
def test_what_makes_no_design_is_refused(wrong):
    with pytest.raises(OutsourcingKitError, match="Mend"):
        wrong()


def lot(seed):
    return recognition.thanked_first(Engagement.load("steady").people, seed=seed)


def test_the_lot_halves_each_side_and_is_the_same_for_the_same_seed():
    drawn = lot(4)
    # Of twelve a side one and two have left: nobody can thank them any more.
    assert drawn.table.groupby(["side", "wave"]).size().tolist() == [6, 5, 5, 5]
    assert drawn.table.equals(lot(4).table) and not drawn.table.equals(lot(5).table)
    # A page shows counts, not who was drawn.
    assert not any(person in repr(drawn) for person in drawn.table["person"])
    # Over many lots each person is first as often as not.
    people = Engagement.load("steady").people
    lots = (recognition.thanked_first(people, seed=seed).table for seed in range(200))
    first = [drawn.set_index("person")["wave"].eq(1) for drawn in lots]
    assert pd.concat(first, axis=1).mean(axis=1).between(0.35, 0.65).all()


def test_what_follows_a_peak_by_brute_force():
    rng = np.random.default_rng(3)
    names = [f"2025-{month:02d}" for month in range(1, 13)]
    rows = [(f"p{n}", name) for n in range(30) for name in names for _ in range(rng.poisson(3))]
    items = pd.DataFrame(rows, columns=["person", "month"])
    found = after_peaks(RecognisedMonths(items, items, items, items, items))
    best, following = [], []
    for n in range(30):
        counts = [sum(row == (f"p{n}", name) for row in rows) for name in names]
        known = [place for place, count in enumerate(counts) if count]
        own = counts[known[0] : known[-1] + 1]
        place = own.index(max(own[:-1]))
        best.append(own[place])
        following.append(own[place + 1])
    assert found.people == 30 and found.best == pytest.approx(np.mean(best))
    assert found.following == pytest.approx(np.mean(following))
    # Nothing happened in these records, and still the month after a peak is lower.
    assert found.following < 0.7 * found.best and "whatever was said" in repr(found)


def test_of_a_few_people_nothing_is_told():
    items = pd.DataFrame({"person": list("aaa"), "month": ["2025-01", "2025-02", "2025-03"]})
    assert "not shown" in repr(after_peaks(RecognisedMonths(items, items, items, items, items)))
    assert after_peaks(RecognisedMonths(*[items[:0]] * 5)).people == 0


def test_each_rule_and_window_by_hand():
    """The first act names a good item, the second nothing, the third an item whose window is over."""
    day = pd.Timestamp("2026-03-02", tz="UTC")
    names = list("abcde")
    staff = pd.DataFrame({"person": names, "side": "provider"})
    work = pd.DataFrame({"item": names, "person": names, "kind": "report", "delivered": day, "due": pd.NaT,
                         "accepted": day, "reopened_at": pd.NaT})  # fmt: skip
    acts = pd.DataFrame({"given_at": [day + pd.Timedelta(days=n) for n in (2, 9, 20)], "receiver": list("abc"),
                         "kind": "thanks", "giver": "z", "item": ["a", None, "c"]})  # fmt: skip
    found = recognition.share_by_choice(work, acts, staff, day + pd.Timedelta(days=60))
    assert found.table["provider"].tolist() == [0.2, 0.4, 0.6, 0.2, 0.2, 0.4, 0.2, 0.4, 0.6]
    assert "20% to 60%" in repr(found) and found.table[["in_house", "gap"]].isna().all(axis=None)
    without = recognition.share_by_choice(work, acts[:0], staff, day)
    assert "needs table recognition" in without.missing and not len(without.table)


def test_the_first_rule_is_the_finding_s_own():
    records = Engagement.load("thankless")
    found = recognition.share_by_choice(
        records.work, records.recognition, records.people, records.settings.end, time_zone=records.settings.time_zone
    )
    measure = recognition.assess(records).measure
    row = found.table.iloc[1]
    assert (row["days"], row["provider"], row["gap"]) == (
        14, pytest.approx(measure("good_work_seen").estimate), pytest.approx(measure("gap_to_in_house").estimate),
    )  # fmt: skip
    # Here no rule and no window brings the provider near the limit.
    assert found.table["provider"].max() < 0.25 and found.table["gap"].min() > 0.25
