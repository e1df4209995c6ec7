"""Is good work seen? Cases worked by hand; slow loops and privacy are in `…_loops`, scales and names in `…_scales`."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outsourcing_kit import recognition
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.finding import Finding
from outsourcing_kit.recognition.comparing import widest_kind
from outsourcing_kit.stats import cluster_mean
from tests.made import acts, deliveries, instant, people, unchecked

NOW = instant("2026-07-01")
MARCH = instant("2026-03-02 12:00")
DAY, SECOND = pd.Timedelta(days=1), pd.Timedelta(seconds=1)


def staff(client: int = 0, provider: int = 0) -> pd.DataFrame:
    return people(*(f"c{n}" for n in range(client)), provider=tuple(f"p{n}" for n in range(provider)))


def pulse(*scores: list[float]) -> pd.DataFrame:
    """Each person's answers on a scale of 1 to 5."""
    rows = [(f"r{n}", "provider", "I feel needed", score, 5) for n, given in enumerate(scores) for score in given]
    return pd.DataFrame(rows, columns=["respondent", "side", "question", "score", "scale_max"])


def assessed(**tables: pd.DataFrame) -> Finding:
    return recognition.assess(unchecked({"observed_to": dt.date(2026, 6, 30)}, **tables))


def equal_work(client: int, provider: int, seen_client: int, seen_provider: int) -> dict[str, pd.DataFrame]:
    """Everybody delivers one report in March; the first few of each side are thanked."""
    everybody = staff(client, provider)
    thanked = [f"c{n}" for n in range(seen_client)] + [f"p{n}" for n in range(seen_provider)]
    return {
        "people": everybody,
        "work": deliveries(*({"person": who, "delivered": MARCH} for who in everybody["person"])),
        "recognition": acts(*({"receiver": who, "given_at": MARCH + 2 * DAY} for who in thanked)),
    }


# --- good work, and what it is thanked by ---------------------------------------------------------------------------


def test_what_good_work_is():
    work = deliveries(
        {"person": "p0", "delivered": MARCH},  # no due time: good
        {"person": "p0", "delivered": MARCH, "due": MARCH},  # exactly on time: good
        {"person": "p0", "delivered": MARCH, "due": MARCH - SECOND},  # late
        {"person": "p0", "delivered": MARCH, "accepted": pd.NaT},  # never accepted
        {"person": "p0", "delivered": MARCH, "reopened_at": MARCH + DAY},  # came back
        {"person": "p0", "delivered": pd.NaT},  # still open
    )
    assert recognition.good_work(work, NOW).table["item"].tolist() == ["w0", "w1"]


def test_an_item_is_followed_once_the_whole_window_has_passed():
    ends = [NOW - 14 * DAY, NOW - 14 * DAY + SECOND]
    work = deliveries(*({"person": "p0", "delivered": end} for end in ends))
    # The end of the records is an instant, or a day: then its end.
    for now in (NOW, dt.date(2026, 6, 30)):
        assert recognition.good_work(work, now).table["followed"].tolist() == [True, False]
    other = acts({"receiver": "p0", "given_at": MARCH})
    months = recognition.recognised_months(work, other, staff(0, 1), NOW)
    assert (months.left_out, months.waiting, len(months.items)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        ({"given_at": MARCH, "item": "w0"}, True),  # at once
        ({"given_at": MARCH + 14 * DAY, "item": "w0"}, True),  # the last instant of the window
        ({"given_at": MARCH + 14 * DAY + SECOND, "item": "w0"}, False),
        ({"given_at": MARCH - SECOND, "item": "w0"}, False),  # praise before the work
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
    work = deliveries({"person": "p0", "delivered": MARCH})
    months = recognition.recognised_months(work, acts({"receiver": "p0", **act}), staff(0, 2), NOW)
    assert months.person_months["seen"].tolist() == [seen]
    assert months.uncredited + months.self_given + int(seen) == 1


def test_thanks_without_an_item_go_to_the_latest_good_delivery_only():
    # Late February, then 2 March; the thanks of 3 March are for March, though February is within 14 days as well.
    work = deliveries(
        {"person": "p0", "delivered": instant("2026-02-27")},
        {"person": "p0", "delivered": MARCH},
        {"person": "p0", "delivered": MARCH + pd.Timedelta(hours=1), "reopened_at": MARCH + 9 * DAY},  # not good
    )
    thanks = acts({"receiver": "p0", "given_at": MARCH + DAY})
    months = recognition.recognised_months(work, thanks, staff(0, 1), NOW)
    assert months.person_months[["month", "seen"]].values.tolist() == [["2026-02", False], ["2026-03", True]]
    # Those for work too recent to judge are not moved to older work.
    work = deliveries(*({"person": "p0", "delivered": NOW - days * DAY} for days in (15, 4)))
    thanks = acts({"receiver": "p0", "given_at": NOW - 3 * DAY})
    months = recognition.recognised_months(work, thanks, staff(0, 1), NOW)
    assert (months.person_months["seen"].tolist(), months.uncredited, months.waiting) == ([False], 0, 0)


def test_months_are_counted_in_the_clients_time_zone_and_the_window_is_not_moved_by_a_change_of_clocks():
    # 31 March 23:30 UTC is 1 April 01:30 in Madrid: summer time began on 29 March, within the window.
    work = deliveries(
        *({"person": "p0", "delivered": instant(day)} for day in ("2026-03-28 12:00", "2026-03-31 23:30"))
    )
    thanks = acts({"receiver": "p0", "given_at": instant("2026-03-28 12:00") + 14 * DAY, "item": "w0"})
    for zone, months in (("UTC", ["2026-03"]), ("Europe/Madrid", ["2026-03", "2026-04"])):
        found = recognition.recognised_months(work, thanks, staff(0, 1), NOW, time_zone=zone).person_months
        assert found["month"].tolist() == months and found["seen"].iloc[0]


def test_what_is_left_out_is_counted():
    work = deliveries(*({"person": "p0", "delivered": instant(day)} for day in ("2026-03-02", "2026-06-28")))
    thanks = acts(
        {"receiver": "p0", "given_at": instant("2026-03-03")},
        {"receiver": "p0", "given_at": instant("2026-05-03")},  # no good work in the 14 days before
        {"receiver": "p0", "given_at": instant("2026-03-03"), "giver": "p0"},
        {"receiver": "p0", "given_at": instant("2026-03-04"), "giver": None},
    )
    finding = assessed(work=work, people=staff(0, 1), recognition=thanks)
    # The count stands at the end, so that "1 acts" cannot be.
    assert sum(line.endswith(": 1.") for line in finding.assumptions) == 4
    assert "records' last 14 days (1 piece)" in finding.actions[0]


def test_counting_thanks_hides_who_was_missed():
    # Five thank-yous to one person of five: one a head, and four months of good work that nobody saw.
    tables = equal_work(0, 5, 0, 0)
    thanks = acts(*({"receiver": "p0", "given_at": MARCH + days * DAY} for days in range(5)))
    months = recognition.recognised_months(tables["work"], thanks, tables["people"], NOW)
    assert recognition.naive_thanks(thanks, tables["people"]).table.values.tolist() == [["provider", 1.0, 5, 5]]
    assert months.by_side.table.values.tolist() == [["provider", 1, 4, 5, 5]]


# --- headline 1: good work seen -------------------------------------------------------------------------------------


def test_good_work_seen_by_hand():
    # p0: January seen, February not, so 1/2. p1: both seen, so 1. p2: January not, so 0. Mean of people: 1.5/3 = .5
    # (rows would say 3/5). That somebody has left does not matter.
    jan, feb = instant("2026-01-12"), instant("2026-02-12")
    done = [("p0", jan), ("p0", feb), ("p1", jan), ("p1", feb), ("p2", jan)]
    thanks = acts(
        {"receiver": "p0", "given_at": jan + 14 * DAY, "item": "w0"},
        {"receiver": "p1", "given_at": jan + 2 * DAY},
        {"receiver": "p1", "given_at": feb + 2 * DAY},
    )
    left = staff(1, 3).assign(left=[None, pd.Timestamp("2026-03-05"), None, None])
    work = deliveries(*({"person": who, "delivered": day} for who, day in done))
    finding = assessed(work=work, people=left, recognition=thanks)
    measure = finding.headlines[0]
    assert (measure.estimate, measure.n) == (0.5, 3)
    # Worth 3²/(1/2 + 1/2 + 1) = 4.5 rows; all of a team of three, so the high end is exact too, at 1%.
    right, wrong = 0.5 * 4.5, 0.5 * 4.5
    ends = stats.beta.ppf(0.05, right, wrong + 1), stats.beta.ppf(1 - 0.05 / 5, right + 1, wrong)
    assert (measure.low, measure.high) == pytest.approx(ends)
    assert any("good month alike it is 60%" in line for line in finding.assumptions)


@pytest.mark.parametrize(
    ("people", "months", "thanked", "answer"),
    [(3, 1, 3, "leans fine"), (3, 12, 3, "fine"), (3, 12, 0, "problem"), (5, 12, 5, "fine"), (6, 12, 6, "fine")],
)
def test_a_whole_small_team_is_told_in_counts_without_an_interval(people, months, thanked, answer):
    days = [instant("2025-06-12") + 30 * month * DAY for month in range(months)]
    rows = [{"person": f"p{n}", "delivered": day} for n in range(people) for day in days]
    thanks = [{"receiver": f"p{n}", "given_at": day + DAY} for n in range(thanked) for day in days]
    # Somebody of the client is thanked: a table without rows would say nothing of anybody.
    thanks.append({"receiver": "c0", "given_at": MARCH})
    measure = assessed(work=deliveries(*rows), people=staff(3, people), recognition=acts(*thanks)).headlines[0]
    whole = people <= 5
    assert (measure.whole, bool(measure.show_interval())) == (whole, not whole and thanked > 0)
    assert measure.counts == f"{thanked * months} of {people * months} good months"
    assert measure.counts in measure.explain() and ("all of them" in measure.explain()) == whole
    # The verdict is that of the rule: as many rows in a row, against a limit of a half.
    rows_worth = people * months
    assert measure.answer == answer
    if thanked:
        assert measure.sure_fine == pytest.approx(1 - 0.5**rows_worth, abs=1e-6)
    else:
        assert measure.high == pytest.approx(1 - 0.01 ** (1 / rows_worth))


def test_one_person_gets_a_figure_but_no_verdict():
    measure = assessed(**equal_work(0, 1, 0, 1)).headlines[0]
    assert (measure.estimate, measure.verdict) == (1.0, "cannot tell")


@pytest.mark.parametrize(("seen", "verdict"), [(0, "problem"), (20, "fine"), (10, "cannot tell")])
def test_verdicts_and_actions_follow_the_records(seen, verdict):
    finding = assessed(**equal_work(20, 20, 20, seen))
    assert finding.headlines[0].verdict == verdict
    assert any("what it changed" in action for action in finding.actions) == (verdict != "fine")


# --- headline 2: the gap --------------------------------------------------------------------------------------------


def test_the_gap_by_hand():
    # One kind: in-house 4 of 5, provider 1 of 5. Usual is .5; gap (.8 - .5) - (.2 - .5) = .6.
    gap = assessed(**equal_work(5, 5, 4, 1)).headlines[1]
    assert (gap.estimate, gap.n) == (pytest.approx(0.6), 10)


def test_a_mix_of_kinds_is_no_gap():
    # Reports are always seen, calls never; in-house does reports mostly, the provider calls mostly. Raw shares are far
    # apart (5/6 against 1/6), for the same kind of work there is no gap.
    rows = [
        {"person": f"{side}{n}", "delivered": MARCH, "kind": "report" if n < reports else "call"}
        for side, reports in (("c", 5), ("p", 1)) for n in range(6)
    ]  # fmt: skip
    thanks = acts(*({"receiver": row["person"], "given_at": MARCH + DAY} for row in rows if row["kind"] == "report"))
    months = recognition.recognised_months(deliveries(*rows), thanks, staff(6, 6), NOW)
    assert recognition.recognition_gap(months).estimate.estimate == pytest.approx(0, abs=1e-12)


def test_nobody_differs_within_a_side():
    # All of 20 in-house, none of 20 outside: permutation has no spread to go by, yet this is as clear as it gets.
    clear = assessed(**equal_work(20, 20, 20, 0)).headlines[1]
    assert (clear.estimate, clear.verdict) == (1.0, "problem")
    # Low end: 1 - sqrt(2) * (1 - a) with a the low end of 20 of 20 people, at half of 5% as two headlines look alike.
    side = cluster_mean([1.0] * 20, range(20), bounds=(0, 1)).interval(0.95)[0]
    assert clear.low == pytest.approx(1 - np.sqrt(2) * (1 - side), abs=1e-9)
    # What such people do is known no better than by the exact binomial.
    assert side < 0.025 ** (1 / 20)
    # All seen on both sides: no gap; the interval is the two ends, one each way.
    none = assessed(**equal_work(100, 100, 100, 100)).headlines[1]
    assert (none.estimate, none.verdict) == (pytest.approx(0), "fine")
    side = cluster_mean([1.0] * 100, range(100), bounds=(0, 1)).interval(0.90)[0]
    assert none.high == pytest.approx(1 - side, abs=1e-9)


@pytest.mark.parametrize("shape", [(4, 6), (6, 4), (1, 1)])
def test_fewer_than_five_a_side_cannot_tell_and_need_not(shape):
    tables = equal_work(*shape, 1, 0)
    gap = assessed(**tables).headlines[1]
    assert gap.verdict == gap.gate_verdict == "cannot tell"
    assert not np.isnan(gap.estimate) and np.isnan(gap.low)
    # Nobody is asked for more people: a team can be fine without it.
    assert not gap.needed and gap.settled_by == "" and "need not know" in gap.explain()
    said = repr(recognition.recognition_gap(recognition.recognised_months(**tables, now=NOW)))
    assert "at least five people a side" in said and f"here {shape[0]} in-house and {shape[1]} at" in said


def test_what_cannot_be_compared_is_not_assessed():
    # Six provider people, but only two do what in-house does: their figure alone would be theirs, so it is not shown.
    tables = equal_work(6, 6, 3, 3)
    person = tables["work"]["person"]
    for others, why in ((["p2", "p3", "p4", "p5"], "2 at the provider"), (person[6:], "same kind on both sides")):
        work = tables["work"].assign(kind=person.isin(others).map({True: "call", False: "report"}))
        gap = assessed(**{**tables, "work": work}).headlines[1]
        assert gap.verdict == "not assessed" and np.isnan(gap.estimate) and why in gap.settled_by


def test_the_widest_kind_needs_five_people_a_side():
    rows = [{"person": f"{s}{n}", "delivered": MARCH, "kind": "report"} for s in "cp" for n in range(6)]
    rows += [{"person": f"{s}0", "delivered": MARCH, "kind": "call"} for s in "cp"]
    thanks = [{"receiver": f"c{n}", "given_at": MARCH + DAY, "item": f"w{n}"} for n in range(2)]
    thanks += [{"receiver": "c0", "given_at": MARCH + DAY, "item": "w12"}]  # the only call in-house: seen, outside: not
    months = recognition.recognised_months(deliveries(*rows), acts(*thanks), staff(6, 6), NOW)
    assert widest_kind(months) == "report"


# --- headline 3: never thanked --------------------------------------------------------------------------------------


def half_years(*months: int, thanked: tuple[int, ...] = (), giver: str | None = "boss") -> dict[str, pd.DataFrame]:
    """Provider people with so many months of good work, one a month from January; who was thanked once, for January."""
    work = [
        {"person": f"p{n}", "delivered": instant(f"2026-{month:02}-12")}
        for n, count in enumerate(months) for month in range(1, count + 1)
    ]  # fmt: skip
    to = [*(f"p{n}" for n in thanked), "c0"]
    thanks = acts(*({"receiver": who, "given_at": instant("2026-01-13"), "giver": giver} for who in to))
    return {"people": staff(1, len(months)), "work": deliveries(*work), "recognition": thanks}


@pytest.mark.parametrize(
    ("months", "thanked", "share", "verdict"),
    [
        ((6, 6, 6, 5), (1,), 2 / 3, "problem"),  # of three with six months two; who has five is not counted
        ((6, 6, 5), (0, 1), 0.0, "fine"),
        ((6,) * 20, (*range(2, 20),), 2 / 20, "fine"),  # one in ten is the limit
        ((6,) * 19, (*range(2, 19),), 2 / 19, "problem"),
        ((6, 1), (0, 1), 0.0, "fine"),
    ],
)
def test_never_thanked_by_hand(months, thanked, share, verdict):
    finding = assessed(**half_years(*months, thanked=thanked))
    measure, enough = finding.measure("never_thanked"), sum(count >= 6 for count in months)
    assert (measure.estimate, measure.low, measure.high, measure.n) == (share, share, share, enough)
    # A fact: sure at once, and so is the gate.
    assert (measure.basis, measure.verdict, measure.gate_verdict, measure.sure) == ("fact", verdict, verdict, 1.0)
    assert measure.counts.startswith(f"{round(share * enough)} of {enough} ")
    assert (finding.verdict == "problem") >= (verdict == "problem")


def test_one_person_alone_whom_nobody_thanked_leaves_it_open():
    finding = assessed(**half_years(6, 6, 6, thanked=(0, 1)))
    measure = finding.measure("never_thanked")
    assert (measure.estimate, measure.low, measure.high) == (pytest.approx(1 / 3), 0.0, pytest.approx(1 / 3))
    assert (measure.verdict, measure.gate_verdict, measure.lean) == ("cannot tell", "cannot tell", "")
    assert "team lead" in measure.settled_by and any("nobody has thanked" in action for action in finding.actions)
    # Of ten one in ten is inside the limit, one or not.
    assert assessed(**half_years(*(6,) * 10, thanked=range(1, 10))).measure("never_thanked").verdict == "fine"


def test_a_blank_giver_leaves_it_open_whether_somebody_was_ever_thanked():
    known, blank = (assessed(**half_years(6, 6, thanked=(0, 1), giver=giver)) for giver in ("boss", None))
    assert known.measure("never_thanked").verdict == "fine"
    measure = blank.measure("never_thanked")
    # If both had thanked themselves, nobody would have been recognised.
    assert (measure.estimate, measure.low, measure.high, measure.verdict) == (0.0, 0.0, 1.0, "cannot tell")
    assert "recognition.giver" in measure.settled_by and measure.gate_verdict == "cannot tell"
    # Whoever is on record with one act of a known giver is settled.
    tables = half_years(6, 6, thanked=(0, 1), giver=None)
    tables["recognition"].loc[0, "giver"] = "boss"
    assert assessed(**tables).measure("never_thanked").high == 0.5


def test_without_half_a_year_of_good_work_nobody_is_counted_and_it_is_not_assessed():
    finding = assessed(**half_years(5, 5, 5))
    measure = finding.measure("never_thanked")
    assert measure.verdict == "not assessed" and "6 months" in measure.settled_by and measure.n == 0
    # A month in which nothing was good is none.
    tables = half_years(6)
    tables["work"].loc[0, "accepted"] = pd.NaT
    assert assessed(**tables).measure("never_thanked").verdict == "not assessed"


# --- the whole assessment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("few", [1, 4])
def test_kinds_of_recognition_that_few_received_are_merged(few):
    # Ten people thanked in March, `few` of them with an award instead: awards alone would be recognisable.
    tables = equal_work(0, 10, 0, 10)
    thanks = tables["recognition"]
    for awards, shown in ((few, {}), (5, {"recognition.kind_award": 0.5, "recognition.kind_thanks": 0.5})):
        tables["recognition"] = thanks.assign(kind=["award"] * awards + ["thanks"] * (10 - awards))
        assert {m.key: m.estimate for m in assessed(**tables).supporting if ".kind_" in m.key} == shown


def test_days_to_recognition_are_a_median_over_people():
    # Person n waits n + 1 days, p0 twice more after 9 days: p0's median is 9. Medians 9, 2, 3, 4, 5, 6: median 4.5.
    rows = [{"person": f"p{n}", "delivered": MARCH} for n in range(6)]
    rows += [{"person": "p0", "delivered": MARCH + month * 30 * DAY} for month in (1, 2)]
    thanks = [{"receiver": f"p{n}", "given_at": MARCH + (n + 1) * DAY, "item": f"w{n}"} for n in range(6)]
    thanks += [{"receiver": "p0", "given_at": MARCH + (39 if n == 6 else 69) * DAY, "item": f"w{n}"} for n in (6, 7)]
    days = assessed(work=deliveries(*rows), people=staff(0, 6), recognition=acts(*thanks)).measure(
        "days_to_recognition"
    )
    assert (days.estimate, days.low, days.high, days.n) == (4.5, 2.0, 9.0, 6)


def test_evidence_has_whole_sides_first_then_groups():
    finding = assessed(**equal_work(7, 9, 3, 4))
    evidence, seen = finding.evidence, finding.headlines[0]
    assert evidence["part"].tolist()[:2] == ["whole side"] * 2
    provider = evidence[(evidence["part"] == "whole side") & (evidence["side"] == "provider")].iloc[0]
    expected = [seen.estimate, seen.low, seen.high]
    assert provider[["share", "low", "high"]].tolist() == pytest.approx(expected, abs=1e-4)
    groups = evidence[evidence["part"] == "group"]
    assert groups[groups["side"] == "provider"]["person_months"].sum() == provider["person_months"] == 9
    assert finding.measure("months_missed").estimate == 5


@pytest.mark.parametrize(
    "names", [c for n in range(5) for c in itertools.combinations(("people", "work", "recognition", "pulse"), n)]
)
def test_any_tables_give_a_finding_that_says_what_is_missing(names):
    tables = {**equal_work(6, 6, 3, 3), "pulse": pulse(*[[5, 3]] * 6)}
    # A table without rows is as good as none.
    for lost in ({}, {name: frame.iloc[:0] for name, frame in tables.items() if name not in names}):
        finding = assessed(**{name: tables[name] for name in names}, **lost)
        first = next((name for name in ("people", "work", "recognition") if name not in names), "")
        for measure in finding.headlines[:3]:
            # One month of work is not half a year.
            never = measure.key.endswith("never_thanked")
            assert (measure.verdict == "not assessed") == (bool(first) or never)
            assert not first or measure.settled_by == f"needs table {first}"
            assert first or not never or "6 months" in measure.settled_by
        assert (finding.headlines[3].verdict == "not assessed") == ("pulse" not in names)
        # Half a year of work is missing, so that nothing makes it fine.
        assert finding.verdict != "fine"
        assert 1 <= len(finding.actions) <= 3


def test_a_missing_column_is_named_and_a_blank_one_is_no_fault():
    tables = equal_work(6, 6, 3, 3)
    less = {**tables, "work": tables["work"].drop(columns="reopened_at")}
    assert "needs table work, column reopened_at" in assessed(**less).not_assessed[0]
    for kind in ("object", "float64", "datetime64[ns, UTC]"):
        blank = pd.Series([None] * 12).astype(kind)
        work = tables["work"].assign(due=blank, reopened_at=blank)
        assert assessed(**{**tables, "work": work}).headlines[0].estimate == 0.5
        never = assessed(**{**tables, "work": work.assign(accepted=blank)}).headlines[0]
        assert never.settled_by == "needs table work, column accepted, which is empty in all rows"


def test_every_function_of_the_lesson_says_what_it_lacks():
    nothing = pd.DataFrame()
    months = recognition.recognised_months(nothing, nothing, nothing, NOW)
    for result, table in (
        (recognition.good_work(nothing, NOW), "work"),
        (months, "people"),
        (recognition.recognition_gap(months), "people"),
        (recognition.naive_thanks(nothing, nothing), "people"),
        (recognition.feel_needed(nothing), "pulse"),
    ):
        assert result.missing == f"needs table {table}" and result.missing in repr(result)
        assert result.table.empty and result.table.columns.tolist() == [*result.columns]


@pytest.mark.parametrize("window", [0, -1, float("nan"), float("inf"), "14"])
def test_a_window_that_is_no_number_of_days_is_refused(window):
    with pytest.raises(OutsourcingKitError, match="window_days"):
        recognition.good_work(deliveries(), NOW, window)


@pytest.mark.parametrize("now", ["2026-06-30T12:00", pd.Timestamp("2026-06-30 12:00"), None, "soon"])
def test_an_end_of_the_records_that_nobody_can_place_is_refused(now):
    with pytest.raises(OutsourcingKitError, match="UTC offset"):
        recognition.good_work(deliveries(), now)
    with pytest.raises(OutsourcingKitError, match="UTC offset"):
        recognition.recognised_months(deliveries(), acts(), staff(), now)


def test_what_is_no_such_thing_is_refused():
    tables = equal_work(1, 1, 1, 1)
    with pytest.raises(OutsourcingKitError, match="IANA"):
        recognition.recognised_months(**tables, now=NOW, time_zone="Europe/Nowhere")
    for call in (recognition.recognition_gap, recognition.never_thanked):
        with pytest.raises(OutsourcingKitError, match="recognised_months"):
            call(tables["work"])
    with pytest.raises(OutsourcingKitError, match="frame of pandas"):
        recognition.good_work([1], NOW)


def test_limits_and_window_are_used():
    engagement = unchecked(**equal_work(6, 6, 3, 3))
    strict = recognition.assess(engagement, limits={"good_work_seen": 1.0}).headlines[0]
    assert (strict.limit, strict.limit_source, strict.verdict) == (1.0, "yours", "problem")
    assert recognition.assess(engagement, window_days=1).headlines[0].estimate == 0.0
    with pytest.raises(UnknownNameError, match="good_work_seen"):
        recognition.assess(engagement, limits={"good_work_sen": 0.5})


def test_so_few_people_are_asked_in_person():
    finding = assessed(**equal_work(3, 3, 1, 1), pulse=pulse([5]))
    assert any("in person" in action for action in finding.actions)


def test_tables_with_low_and_high_name_the_confidence():
    assert "90% intervals" in repr(recognition.feel_needed(pulse(*[[5]] * 5)))
    months = recognition.recognised_months(**equal_work(5, 5, 1, 0), now=NOW)
    assert "90% intervals" in repr(recognition.recognition_gap(months))
