"""Shared hours: across zones, clock changes, weekends and nights, against a loop over minutes."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.expectations import Anyone, Workday, shared_hours

WEEK = pd.Timedelta(days=7)


def at_work(workday, moment):
    """Whether a minute is working time, from its local clock alone: no intervals, no sums."""
    local = moment.astimezone(ZoneInfo(workday.time_zone))
    clock, day = local.strftime("%H:%M"), local.weekday()
    if workday.start < workday.end:
        return day < 5 and workday.start <= clock < workday.end
    return (clock >= workday.start and day < 5) or (clock < workday.end and (day - 1) % 7 < 5)


def minute_by_minute(begin, end, *parties):
    minutes, moment = 0, begin
    while moment < end:
        groups = [party.workdays if isinstance(party, Anyone) else (party,) for party in parties]
        minutes += all(any(at_work(workday, moment) for workday in group) for group in groups)
        moment += dt.timedelta(minutes=1)
    return minutes / 60


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(("zone", "hours_a_day"), [("UTC", 8), ("Etc/GMT-3", 5), ("Etc/GMT-5", 3), ("Etc/GMT-8", 0)])
def test_nine_to_five_at_offsets_of_0_3_5_and_8_hours(zone, hours_a_day):
    monday = [pd.Timestamp("2026-01-12", tz="UTC")]
    hours = shared_hours(monday, [monday[0] + WEEK], Workday("UTC"), Workday(zone))
    assert hours.tolist() == [5.0 * hours_a_day]


def test_weekends_do_not_count():
    # Friday 16:00 to Monday 10:00: one hour on Friday, one on Monday.
    begins, ends = [pd.Timestamp("2026-01-16T16:00Z")], [pd.Timestamp("2026-01-19T10:00Z")]
    assert shared_hours(begins, ends, Workday("UTC")).tolist() == [2.0]


def test_the_shift_of_clocks_in_one_country_alone_moves_the_overlap():
    # New York changes on 8 March 2026, Madrid on the 29th: 9 to 17 on both clocks overlap 2 hours a day (15 to 17 in
    # Madrid) before and after, 3 hours (14 to 17) in between.
    madrid, york = Workday("Europe/Madrid"), Workday("America/New_York")
    mondays = pd.to_datetime(["2026-03-02T00:00Z", "2026-03-09T00:00Z", "2026-03-23T00:00Z", "2026-03-30T00:00Z"])
    assert shared_hours(mondays, mondays + WEEK, madrid, york).tolist() == [10.0, 15.0, 15.0, 10.0]


def test_a_night_shift_belongs_to_the_day_it_starts_on():
    # 22 to 06: Friday's runs into Saturday, Sunday has none. From Friday 20:00 to Monday 08:00 that is 8 hours.
    night = Workday("UTC", "22:00", "06:00")
    begins, ends = [pd.Timestamp("2026-01-16T20:00Z")], [pd.Timestamp("2026-01-19T08:00Z")]
    assert shared_hours(begins, ends, night).tolist() == [8.0]


ZONES = ["Europe/Madrid", "America/New_York", "Asia/Manila", "Asia/Kolkata", "Australia/Sydney", "Africa/Cairo", "UTC"]
CLOCKS = [("09:00", "17:00"), ("22:00", "06:00"), ("07:30", "15:45"), ("13:00", "01:00"), ("00:00", "00:00")]


def test_against_the_minutes_one_by_one():
    rng = np.random.default_rng(0)
    for number in range(15):
        first, second, third = (Workday(ZONES[rng.integers(7)], *CLOCKS[rng.integers(5)]) for _ in range(3))
        other = Anyone((second, third)) if number % 3 == 0 else second
        # Around changes of clocks: Europe and America in spring and autumn, Egypt on a Friday in April.
        day = ["2026-03-05", "2026-03-26", "2026-10-22", "2026-10-30", "2026-04-22"][number % 5]
        begin = utc(day) + dt.timedelta(minutes=int(rng.integers(0, 2 * 1440)))
        end = begin + dt.timedelta(minutes=int(rng.integers(0, 4 * 1440)))
        found = shared_hours([pd.Timestamp(begin)], [pd.Timestamp(end)], first, other)
        assert found[0] == pytest.approx(minute_by_minute(begin, end, first, other))


def test_rows_keep_their_order_whoever_is_in_them():
    rng = np.random.default_rng(5)
    people = [Workday(zone, f"{hour:02d}:00", "18:00") for zone in ZONES for hour in (7, 9)]
    first, second = ([people[i] for i in rng.integers(0, len(people), 200)] for _ in range(2))
    begins = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 10**7, 200), unit="s")
    ends = begins + pd.to_timedelta(rng.integers(0, 10**6, 200), unit="s")
    together = shared_hours(begins, ends, first, second)
    one_by_one = [shared_hours(begins[i : i + 1], ends[i : i + 1], first[i], second[i])[0] for i in range(200)]
    assert together.tolist() == pytest.approx(one_by_one)


def test_nothing_missing_and_backwards():
    now = pd.Timestamp("2026-01-13T12:00Z")
    assert shared_hours([], [], Workday("UTC")).tolist() == []
    hours = shared_hours([now, now], [pd.NaT, now - WEEK], Workday("UTC"))
    assert np.isnan(hours[0])
    assert hours[1] == 0.0


def test_what_cannot_be_timed_is_refused():
    with pytest.raises(OutsourcingKitError, match="no UTC offset"):
        shared_hours([pd.Timestamp("2026-01-01")], [pd.Timestamp("2026-01-02")], Workday("UTC"))
    now = [pd.Timestamp("2026-01-01", tz="UTC")]
    with pytest.raises(OutsourcingKitError, match="2 workdays for 1 rows"):
        shared_hours(now, now, [Workday("UTC")] * 2)
    with pytest.raises(OutsourcingKitError, match="begins has 1 rows and ends has 2"):
        shared_hours(now, now * 2, Workday("UTC"))
    with pytest.raises(OutsourcingKitError, match="time of day"):
        shared_hours(now, now, Workday("UTC", "morning"))


@pytest.mark.timed
def test_ten_thousand_rows_are_fast():
    rng = np.random.default_rng(0)
    people = [Workday(ZONES[i % 7], f"{rng.integers(6, 11):02d}:{rng.integers(60):02d}") for i in range(40)]
    begins = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 365 * 1440, 10_000), unit="min")
    first, second = ([people[i] for i in rng.integers(0, 40, 10_000)] for _ in range(2))
    clock = time.perf_counter()
    shared_hours(begins, begins + WEEK, first, second)
    assert time.perf_counter() - clock < 1.5
