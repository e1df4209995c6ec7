"""The planted truth is what slow loops, written from the definitions alone, find in a large simulated engagement."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import defaultdict
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from outsourcing_kit import tables
from outsourcing_kit.engagement import Engagement, check_folder
from outsourcing_kit.exceptions import OutsourcingKitError, UnknownNameError
from outsourcing_kit.headlines import HEADLINES, MISTAKES, headlines_of
from outsourcing_kit.simulation import planted_truth, simulate
from outsourcing_kit.simulation.calibrate import logit_intercept, rating_shift
from outsourcing_kit.simulation.clock import NAT, after_shared, shared_windows

SIDES = ("client", "provider")
FORTNIGHT = pd.Timedelta(days=14)
_BIG: dict[object, Engagement] = {}


def big(mistake: str | None) -> Engagement:
    """A large engagement, made once."""
    if mistake not in _BIG:
        _BIG[mistake] = simulate(mistake, people=400, seed=7)
    return _BIG[mistake]


def mean_and_error(person_values: dict[str, list[float]]) -> tuple[float, float]:
    """Mean of the people's means, and its standard error."""
    means = np.array([np.mean(values) for values in person_values.values()])
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(len(means)))


# --- the fifteen measures, by slow loops --------------------------------------------------------------------------


def quiz_right(e: Engagement) -> tuple[float, float]:
    key = dict(zip(e.answer_key["question"], e.answer_key["key"], strict=True))
    side = e.side_of()
    right: dict[str, dict[str, list[float]]] = {"client": defaultdict(list), "provider": defaultdict(list)}
    for row in e.quiz.itertuples():
        right[side[row.person]][row.person].append(float(row.answer == key[row.question]))
    return min(mean_and_error(right["client"]), mean_and_error(right["provider"]))


def within_one_point(e: Engagement) -> tuple[float, float]:
    side, latest = e.side_of(), {}
    for row in e.expectations.sort_values("asked_on", kind="stable").itertuples():
        latest[(row.expectation, row.aspect), row.person] = row.rating
    cells: dict[object, list[tuple[str, float]]] = defaultdict(list)
    for (cell, person), rating in latest.items():
        cells[cell].append((person, rating))
    near: dict[str, list[float]] = defaultdict(list)
    for rated in cells.values():
        ratings = {name: np.array([rating for who, rating in rated if side[who] == name]) for name in SIDES}
        for person, rating in rated:  # against everybody of the other side
            others = ratings["provider" if side[person] == "client" else "client"]
            near[person] += (np.abs(rating - others) <= 1).tolist()
    errors = []
    for name in SIDES:
        errors.append(mean_and_error({who: values for who, values in near.items() if side[who] == name}))
    return errors[0][0], math.hypot(errors[0][1], errors[1][1])


def _working_day(person: tuple[str, str, str], day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone, start, end = person
    at = [dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(zone)) for clock in (start, end)]
    return at[0].astimezone(dt.UTC), at[1].astimezone(dt.UTC)


def shared_hours(
    one: tuple[str, str, str], other: tuple[str, str, str], first: dt.datetime, last: dt.datetime
) -> float:
    """Hours from Monday to Friday between two instants that both work."""
    hours, day = 0.0, first.date() - dt.timedelta(days=1)
    while day <= last.date() + dt.timedelta(days=1):
        if day.weekday() < 5:
            (a, b), (c, d) = _working_day(one, day), _working_day(other, day)
            hours += max(0.0, (min(b, d, last) - max(a, c, first)).total_seconds()) / 3600
        day += dt.timedelta(days=1)
        if hours > 40:
            break
    return hours


def answered_in_time(e: Engagement) -> tuple[float, float]:
    side = e.side_of()
    works = {row.person: (row.time_zone, row.workday_start, row.workday_end) for row in e.people.itertuples()}
    threads: dict[str, list] = defaultdict(list)
    for row in e.messages.sort_values("sent", kind="stable").itertuples():
        threads[row.thread].append(row)
    now, shares = e.settings.end.to_pydatetime(), defaultdict(list)
    for thread in threads.values():
        for place, asked in enumerate(thread):
            if not asked.needs_answer or side[asked.sender] == side[asked.recipient]:
                continue
            pair, sent = (works[asked.sender], works[asked.recipient]), asked.sent.to_pydatetime()
            if shared_hours(*pair, sent, now) < 8:
                continue
            replies = [
                row.sent.to_pydatetime()
                for row in thread[place + 1 :]
                if side[row.sender] != side[asked.sender]
                and (row.reply_to == asked.message or row.sender == asked.recipient)
            ]
            in_time = bool(replies) and shared_hours(*pair, sent, replies[0]) <= 8
            shares[asked.recipient].append(float(in_time))
    return mean_and_error(shares)


def proposals_answered(e: Engagement) -> tuple[float, float]:
    side, shares = e.side_of(), defaultdict(list)
    for row in e.proposals.itertuples():
        if side[row.raised_by] == "provider" and row.raised <= e.settings.end - FORTNIGHT:
            shares[row.raised_by].append(float(not pd.isna(row.answered) and row.answered - row.raised <= FORTNIGHT))
    return mean_and_error(shares)


def _seen(e: Engagement) -> list[tuple[str, int, str, bool]]:
    """Person, month, kind, whether any good item of the three was recognised."""
    good = [
        row
        for row in e.work.sort_values("delivered", kind="stable").itertuples()
        if not pd.isna(row.delivered)
        and not pd.isna(row.accepted)
        and pd.isna(row.reopened_at)
        and (pd.isna(row.due) or row.delivered <= row.due)
    ]
    acts: dict[str, list] = defaultdict(list)
    for act in e.recognition.itertuples():
        if act.giver != act.receiver:
            acts[act.receiver].append(act)
    mine: dict[str, list] = defaultdict(list)
    for row in good:
        mine[row.person].append(row)
    seen: dict[tuple[str, int, str], bool] = {}
    for person, items in mine.items():
        credited = set()
        for act in acts[person]:
            if not pd.isna(act.item):
                credited |= {
                    r.item
                    for r in items
                    if r.item == act.item and r.delivered <= act.given_at <= r.delivered + FORTNIGHT
                }
            else:
                before = [r for r in items if r.delivered <= act.given_at]
                if before and act.given_at <= before[-1].delivered + FORTNIGHT:
                    credited.add(before[-1].item)
        for row in items:
            if row.delivered <= e.settings.end - FORTNIGHT:
                local = row.delivered.tz_convert(e.settings.time_zone)
                unit = (person, local.year * 12 + local.month, row.kind)
                seen[unit] = seen.get(unit, False) or row.item in credited
    return [(*unit, value) for unit, value in seen.items()]


def good_work_seen(e: Engagement) -> tuple[float, float]:
    side, months = e.side_of(), {}
    for person, month, _, seen in _seen(e):
        if side[person] == "provider":
            months[person, month] = months.get((person, month), False) or seen
    shares: dict[str, list[float]] = defaultdict(list)
    for (person, _), seen in months.items():
        shares[person].append(float(seen))
    return mean_and_error(shares)


def gap_to_in_house(e: Engagement) -> tuple[float, float]:
    side, rows = e.side_of(), _seen(e)
    kinds: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for person, _, kind, seen in rows:
        kinds[kind][side[person]].append(seen)
    centre = {kind: (np.mean(s["client"]) + np.mean(s["provider"])) / 2 for kind, s in kinds.items() if len(s) == 2}
    values: dict[str, dict[str, list[float]]] = {"client": defaultdict(list), "provider": defaultdict(list)}
    for person, _, kind, seen in rows:
        if kind in centre:
            values[side[person]][person].append(seen - centre[kind])
    inside, outside = mean_and_error(values["client"]), mean_and_error(values["provider"])
    return inside[0] - outside[0], math.hypot(inside[1], outside[1])


def feel_needed(e: Engagement) -> tuple[float, float]:
    shares: dict[str, list[float]] = defaultdict(list)
    for row in e.pulse.itertuples():
        if row.side == "provider" and row.question == "I feel needed":
            shares[row.respondent].append(float(row.score / row.scale_max >= 0.8))
    return mean_and_error(shares)


def _planned(e: Engagement) -> float:
    return sum(
        row.likely * (row.last_month - row.first_month + 1)
        for row in e.cash_flows.itertuples()
        if row.option == "outsource" and row.kind == "cost"
    )


def reference_overrun(e: Engagement) -> tuple[float, float]:
    reserve = e.settings.budget / _planned(e) - 1
    over = [
        float(row.status == "abandoned" or row.actual / row.estimated > 1 + reserve)
        for row in e.estimates.itertuples()
        if row.reference_class == e.settings.plan_class
    ]
    return float(np.mean(over)), max(0.001, float(np.std(over)) / math.sqrt(len(over)))


def option_costs(e: Engagement, option: str, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Discounted costs, PERT by beta quantiles, common correlation 0.3."""
    from scipy.stats import beta, norm

    common, total = rng.standard_normal(draws), np.zeros(draws)
    for row in e.cash_flows[e.cash_flows["option"] == option].itertuples():
        z = math.sqrt(0.3) * common + math.sqrt(0.7) * rng.standard_normal(draws)
        width = row.high - row.low
        a, b = 1 + 4 * (row.likely - row.low) / width, 1 + 4 * (row.high - row.likely) / width
        amount = row.low + width * beta.ppf(norm.cdf(z), a, b)
        for month in range(row.first_month, row.last_month + 1):
            total += amount / 1.05 ** (month / 12)
    return total


def no_saving(e: Engagement) -> tuple[float, float]:
    rng, past = np.random.default_rng(5), e.estimates[e.estimates["reference_class"] == e.settings.plan_class]
    ratio = (past["actual"] / past["estimated"]).to_numpy()
    ratio = np.where(np.isnan(ratio), np.nanmax(ratio), ratio)
    outside = option_costs(e, "outsource", 3000, rng) * rng.choice(ratio, 3000)
    share = float(np.mean(outside >= option_costs(e, "stay", 3000, rng)))
    return share, math.sqrt(share * (1 - share) * (1 / len(ratio) + 1 / 3000)) + 1e-9


SLOW = {
    "business_case.no_saving": no_saving,
    "business_case.reference_overrun": reference_overrun,
    "kickoff.quiz_right": quiz_right,
    "expectations.within_one_point": within_one_point,
    "expectations.answered_in_time": answered_in_time,
    "expectations.proposals_answered": proposals_answered,
    "recognition.good_work_seen": good_work_seen,
    "recognition.gap_to_in_house": gap_to_in_house,
    "recognition.feel_needed": feel_needed,
}


@pytest.mark.parametrize("key", SLOW)
@pytest.mark.parametrize("planted", [False, True])
def test_a_planted_truth_is_found(key, planted):
    engagement = big(key.partition(".")[0] if planted else None)
    found, error = SLOW[key](engagement)
    assert error < 0.03
    assert abs(found - engagement.truth[key]) < 3 * error, (found, error)


# --- facts --------------------------------------------------------------------------------------------------------


def unsettled(e: Engagement) -> int:
    day = pd.Timestamp(e.settings.committed_on)
    return sum(
        row.required and (pd.isna(row.settled_on) or row.settled_on > day) for row in e.prerequisites.itertuples()
    )


def protected_hours(e: Engagement) -> float:
    outside = [row for row in e.tasks.itertuples() if row.plan != "stay"]
    marked = [row for row in outside if row.core or any(getattr(row, veto) for veto in tables.VETOES)]
    return sum(row.hours_per_month for row in marked) / sum(row.hours_per_month for row in outside)


def no_inside_skill(e: Engagement) -> float:
    people = {row.person: row for row in e.people.itertuples()}
    end = pd.Timestamp(e.settings.observed_to)
    able = {
        row.task
        for row in e.can_do.itertuples()
        if people[row.person].side == "client" and (pd.isna(people[row.person].left) or people[row.person].left > end)
    }
    processes: dict[str, bool] = {}
    for row in e.tasks.itertuples():
        if row.plan != "stay":
            processes[row.process] = processes.get(row.process, False) or row.task not in able
    return sum(processes.values()) / len(processes)


def held_kickoffs(e: Engagement) -> list:
    """Held kickoffs with at least one person of each side, with the people who came."""
    side, found = e.side_of(), []
    for meeting in e.meetings.itertuples():
        came = e.attendance[(e.attendance["meeting"] == meeting.meeting) & e.attendance["joined_at"].notna()]
        if meeting.kind == "kickoff" and meeting.status == "held" and len({side[who] for who in came["person"]}) == 2:
            found.append(meeting)
    return found


def before_work(e: Engagement) -> float:
    side = e.side_of()
    paid = min(row.started for row in e.time_entries.itertuples() if row.billable and side[row.person] == "provider")
    return float(any(meeting.ends <= paid for meeting in held_kickoffs(e)))


def agenda_missing(e: Engagement) -> int:
    held = {meeting.meeting for meeting in held_kickoffs(e)}
    said = defaultdict(set)
    for row in e.coverage_confirmed.itertuples():
        assert row.meeting in held
        said[row.item].add((row.status, e.side_of()[row.by]))
    assert set(said) == set(e.agenda["item"]) and len(said) == 8
    assert all(len({status for status, _ in both}) == 1 and len(both) == 2 for both in said.values())
    return sum(("missing", "client") in both for both in said.values())


FACTS = {
    "business_case.unsettled_prerequisites": unsettled,
    "task_selection.protected_hours": protected_hours,
    "task_selection.no_inside_skill": no_inside_skill,
    "kickoff.before_work": before_work,
    "kickoff.agenda_missing": agenda_missing,
}


@pytest.mark.parametrize("severity", [-1, 0, 0.3, 0.5, 1, 1.4, 2])
@pytest.mark.parametrize("key", FACTS)
def test_a_planted_fact_is_there_exactly(key, severity):
    for people, months, seed in ((2, 1, 0), (2, 1, 5), (3, 1, 8), (16, 12, 3)):
        engagement = simulate(key.partition(".")[0], severity=severity, people=people, months=months, seed=seed)
        assert FACTS[key](engagement) == pytest.approx(engagement.truth[key], abs=1e-12)


def chance_of_being_cheaper(row, share_of_hidden: np.ndarray, hours_factor: np.ndarray, managing: float) -> float:
    """Probability that a task is cheaper outside; `managing` is a floor on its management, as a share of the price."""
    hours = row.hours_per_month * hours_factor
    price = hours * row.quoted_price if row.quote_unit == "hour" else row.quoted_price + 0 * hours
    hidden = np.maximum(row.management_hours * row.in_house_rate, managing * price)
    hidden = hidden + row.rework_share * hours * row.in_house_rate
    once = row.onboarding_hours * row.in_house_rate + row.switching_cost + row.exit_cost
    hidden = hidden + once / row.horizon_months
    return float(np.mean(price + share_of_hidden * hidden < hours * row.in_house_rate))


@pytest.mark.parametrize("mistake", [None, "task_selection"])
def test_tasks_are_clearly_cheaper_or_clearly_not_under_every_assumption(mistake):
    rng = np.random.default_rng(1)
    factor = {
        "triangular": rng.triangular(0.5, 1, 3, 4000),
        "pert": 0.5 + 2.5 * rng.beta(1 + 4 * 0.2, 1 + 4 * 0.8, 4000),
        "lognormal": np.exp(rng.normal(0.15, 0.35, 4000)),
    }
    hours = rng.triangular(0.8, 1, 1.2, 4000)
    for seed in range(15):
        engagement = simulate(mistake, people=4, months=1, seed=seed)
        outside = [row for row in engagement.tasks.itertuples() if row.plan != "stay"]
        for shape, managing in (("triangular", 0.0), ("pert", 0.05), ("lognormal", 0.12)):
            dear, sure = 0.0, 0.0
            for row in outside:
                quoted = not pd.isna(row.quoted_price)
                p = chance_of_being_cheaper(row, factor[shape], hours, managing) if quoted else 0.0
                dear += row.hours_per_month * (p < 0.8)
                sure += p > 0.95 or 0.1 < p < 0.62 or not quoted
            assert sure == len(outside)
            total = sum(row.hours_per_month for row in outside)
            assert dear / total == pytest.approx(engagement.truth["task_selection.not_cheaper"])


# --- severity and the arguments -----------------------------------------------------------------------------------


def test_the_truth_is_the_headlines_truth():
    calm = planted_truth(None, 1.0)
    for mistake in MISTAKES:
        truth = planted_truth(mistake, 1.0)
        for item in HEADLINES:
            expected = item.truth(1.0 if item.mistake == mistake else 0.0)
            if item.key == "kickoff.before_work":
                expected = 0.0 if mistake == "kickoff" else 1.0
            assert truth[item.key] == pytest.approx(expected), item.key
            if item.mistake != mistake:
                assert truth[item.key] == calm[item.key]
    assert list(calm) == [item.key for item in HEADLINES]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_more_severity_is_never_better(mistake):
    steps = [simulate(mistake, severity=s, people=40, months=6, seed=2) for s in (-1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2)]
    for item in headlines_of(mistake):
        sign = 1 if item.better == "lower" else -1
        truths = [sign * engagement.truth[item.key] for engagement in steps]
        assert truths == sorted(truths) and truths[0] < truths[-1]
        measure = {**SLOW, **FACTS}.get(item.key)
        if measure and item.key != "expectations.answered_in_time":
            found = [measure(engagement) for engagement in steps]
            found = [sign * (value[0] if isinstance(value, tuple) else value) for value in found]
            assert all(later >= earlier - 0.03 for earlier, later in itertools.pairwise(found)), found
            assert found[0] == pytest.approx(truths[0], abs=0.021) and found[-1] == pytest.approx(truths[-1], abs=0.021)


def as_bytes(engagement: Engagement, folder) -> dict[str, bytes]:
    engagement.save(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_arguments_same_bytes_and_another_seed_another_engagement(tmp_path):
    first = as_bytes(simulate("expectations", people=6, months=4, seed=0), tmp_path / "a")
    again = as_bytes(simulate("expectations", people=np.int64(6), months=4, seed=np.int32(0)), tmp_path / "b")
    other = as_bytes(simulate("expectations", people=6, months=4, seed=1), tmp_path / "c")
    assert first == again
    fixed = {"engagement.toml", "truth.json", "agenda.csv", "coverage_confirmed.csv"}
    assert {name for name in first if first[name] == other.get(name)} <= fixed


@pytest.mark.parametrize(
    ("mistake", "people", "months", "severity"),
    [(None, 2, 1, 1.0), (None, 40, 12, 1.0), ("kickoff", 13, 36, -1.0)]
    + [(mistake, *size) for mistake in MISTAKES for size in ((2, 1, 1.0), (3, 2, 2.0), (9, 6, 0.4))],
)
def test_it_is_valid_and_survives_the_disk(tmp_path, mistake, people, months, severity):
    made = simulate(mistake, severity=severity, people=people, months=months, seed=people)
    folder = made.save(tmp_path / "made")
    assert check_folder(folder) == ()
    loaded = Engagement.load(folder)
    assert loaded.settings == made.settings and dict(loaded.truth) == dict(made.truth)
    assert list(loaded.tables) == list(made.tables)
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(frame, loaded.tables[name])
    sides = made.people["side"].value_counts()
    assert sides["client"] == people // 2 and sides["provider"] == people - people // 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": 2.1}, {"severity": -1.5}, {"severity": math.nan}, {"severity": "1"}, {"severity": True},
        {"people": 1}, {"people": 12.0}, {"people": True}, {"months": 0}, {"months": 37}, {"seed": -1}, {"seed": None},
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_with_the_mend(wrong):
    with pytest.raises(OutsourcingKitError, match=f"{next(iter(wrong))} is .*expected.*Mend: {next(iter(wrong))}="):
        simulate(**wrong)


def test_an_unknown_mistake_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'kickoff'"):
        simulate("kickof")


# --- what the analyses do not assume ------------------------------------------------------------------------------


def test_the_records_end_where_people_and_the_observation_end():
    e = big(None)
    left = e.people.set_index("person")["left"].dt.tz_localize("UTC") + pd.Timedelta(days=1)
    assert 0.05 < left.notna().mean() < 0.25 and (e.people["joined"] > "2026-04-01").any()
    moments = [
        ("work", "person", ["requested", "started", "delivered"]), ("messages", "sender", ["sent"]),
        ("attendance", "person", ["joined_at", "left_at"]), ("time_entries", "person", ["started", "ended"]),
        ("recognition", "receiver", ["given_at"]), ("proposals", "raised_by", ["raised"]),
        ("events", "person", ["happened_at"]),
    ]  # fmt: skip
    for name, who, columns in moments:
        frame = e.tables[name]
        for column in columns:
            assert not (frame[column] >= frame[who].map(left)).any(), (name, column)
            assert not (frame[column] >= e.settings.end).any(), (name, column)
    joined = e.people.set_index("person")["joined"].dt.tz_localize("UTC")
    assert (e.work["started"].dropna() >= e.work["person"].map(joined)[e.work["started"].notna()]).all()


def test_the_untidy_parts_are_there():
    e = big(None)
    assert e.recognition["item"].isna().mean() > 0.15
    assert (e.work["delivered"].isna()).any() and e.work["reopened_at"].notna().any() and e.work["due"].isna().any()
    assert (e.recognition["giver"] != e.recognition["receiver"]).all()
    asked = e.messages[e.messages["needs_answer"]]
    answered = set(e.messages["reply_to"].dropna())
    assert 0.01 < 1 - asked["message"].isin(answered).mean() < 0.06
    assert asked["sent"].dt.day_of_week.ge(5).any()
    late = e.attendance.merge(e.meetings, on="meeting")
    assert ((late["joined_at"] - late["starts"]).dt.total_seconds() > 180).any()
    cancelled = big("kickoff").meetings.query("kind == 'kickoff'")["status"].tolist()
    assert sorted(cancelled) == ["cancelled", "held"]


def test_events_say_what_the_work_table_says():
    e = big(None)
    work = e.work.set_index("item")
    column = {"opened": "requested", "started": "started", "delivered": "delivered", "accepted": "accepted"}
    column["reopened"] = "reopened_at"
    assert set(e.events["activity"]) == set(column)
    for row in e.events.itertuples():
        assert work.loc[row.case, column[row.activity]] == row.happened_at


def test_pulse_codes_tell_nothing_about_the_order_of_people():
    e = simulate(people=40, seed=3)
    first = e.pulse.drop_duplicates("respondent").sort_values("respondent")["side"].tolist()
    assert first != sorted(first)


def test_people_differ_more_than_chance():
    e = big("kickoff")
    right = e.quiz.merge(e.answer_key, on="question")
    share = (right["answer"] == right["key"]).groupby(right["person"]).mean()
    assert share.var() > 1.3 * share.mean() * (1 - share.mean()) / 12


# --- the tools ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "sd"), [(0.05, 0.8), (0.25, 0.8), (0.9, 0.7), (0.975, 1.0)])
def test_the_intercept_gives_the_share_by_brute_force(share, sd):
    z = np.random.default_rng(0).standard_normal(400_000)
    p = 1 / (1 + np.exp(-(logit_intercept(share, sd) + sd * z)))
    assert p.mean() == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4, 0.8, 0.95, 1.0])
def test_the_rating_shift_gives_the_share_by_brute_force(share):
    rng, bases = np.random.default_rng(0), (2.7, 3.1, 3.6)
    shift, scale = rating_shift(share, bases)

    def rate(centre: float) -> np.ndarray:
        spread = 0.45 * rng.choice([0.7, 1.3], 200_000)
        value = centre + scale * (rng.normal(0, 0.35, 200_000) + spread * rng.standard_normal(200_000))
        return np.clip(np.floor(value + 0.5), 1, 5)

    near = [np.mean(np.abs(rate(base + shift / 2) - rate(base - shift / 2)) <= 1) for base in bases]
    assert np.mean(near) == pytest.approx(share, abs=0.003)


def test_waiting_in_shared_hours_by_hand():
    # Madrid 09-17 is 08-16 UTC in winter, Manila 12-20 is 04-12 UTC: they share 08-12, four hours a day.
    first = int(np.datetime64("2026-01-01", "D").astype(int))
    windows = shared_windows(("Europe/Madrid", 9, 17), ("Asia/Manila", 12, 20), first, first + 30)

    def at(text: str) -> int:
        return int(np.datetime64(text, "s").astype(int))

    asked = [at("2026-01-09T10:00:00"), at("2026-01-10T15:00:00"), at("2026-01-09T10:00:00"), at("2026-02-20T00:00:00")]
    wait = np.array([3, 1, 2, 1]) * 3600
    answered = after_shared(windows, np.array(asked), wait)
    # Friday 10:00 + 2 h of Friday + 1 h of Monday; Saturday's question waits for Monday; a window's end belongs to it.
    expected = [at("2026-01-12T09:00:00"), at("2026-01-12T09:00:00"), at("2026-01-09T12:00:00"), NAT]
    assert answered.tolist() == expected
