"""The analyses on engagements from a second generator, which knows nothing of how the package simulates its own."""

from __future__ import annotations

import ast
import datetime as dt
import math
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from second_generator import generate, severity_at_limit, targets, write
from second_generator.clock import HOUR, Schedule, instant, own_hours, shared_hours
from second_generator.frame import KINDS, make_frame, three_kinds
from second_generator.meeting import SAID, SMALL_TALK, past_rows, quiz_rows
from second_generator.talk import message_rows, proposal_rows
from second_generator.views import expectation_rows, pulse_rows
from second_generator.work import work_rows

from outsourcing_kit import expectations, kickoff, recognition, tables
from outsourcing_kit.engagement import check_folder
from outsourcing_kit.headlines import HEADLINES, MISTAKES
from outsourcing_kit.kickoff.agenda import term_pattern

SEEDS = range(2)
WORST = dict.fromkeys(MISTAKES, 1.0)
TEAM = (
    "kickoff.quiz_right", "expectations.answered_in_time", "expectations.proposals_answered",
    "recognition.good_work_seen", "recognition.feel_needed",
)  # fmt: skip
SAMPLES = [item.key for item in HEADLINES if item.basis == "sample"]
# Small words that the matcher's phrases are put together with; every other word of the minutes is a content word.
SMALL = {
    "a", "an", "and", "at", "by", "for", "from", "here", "in", "is", "it", "its", "nobody", "of", "on", "or", "over",
    "that", "the", "to", "until", "us", "we", "who", "whose", "with",
}  # fmt: skip


@cache
def assessed(seed: int, people: int, planted: bool):
    """All findings of one engagement, and its truth."""
    engagement, truth = generate(seed, people, WORST if planted else None)
    findings = {name: import_module(f"outsourcing_kit.{name}").assess(engagement, seed=seed) for name in MISTAKES}
    return findings, truth


# --- the generator ---------------------------------------------------------------------------------------------------


def imported(path: Path) -> set[str]:
    """Every module that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_it_imports_nothing_of_the_simulation_and_no_assessment(project):
    folder = project / "tests" / "second_generator"
    ours = {name for path in folder.glob("*.py") for name in imported(path) if name.startswith("outsourcing_kit")}
    allowed = {"outsourcing_kit.engagement", "outsourcing_kit.headlines"}
    assert {name for name in ours if name not in allowed and name.rpartition(".")[0] not in allowed} == set()

    code = (
        "import sys; sys.path.insert(0, 'tests'); from second_generator import generate; generate(0, 6); "
        "print([n for n in sys.modules if n.startswith('outsourcing_kit.')])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert not {"simulation", "stats", *MISTAKES} & set(re.findall(r"outsourcing_kit\.(\w+)", loaded.stdout))


def test_same_seed_same_bytes(tmp_path):
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder, seed in zip(folders, (5, 5, 6), strict=True):
        folder.mkdir()
        write(folder, seed, 12, {"kickoff": 0.5})
    one, two, three = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two
    assert {name for name in one if one[name] == three[name]} <= {"prerequisites.csv"}


@pytest.mark.parametrize("people", [4, 12])
def test_it_passes_every_check_and_fills_the_tables(tmp_path, people):
    write(tmp_path, 3, people, WORST)
    assert check_folder(tmp_path) == ()
    engagement, truth = generate(3, people, WORST)
    unfilled = {"agenda", "targets"}
    assert set(engagement.missing) == unfilled
    assert {item.key for item in HEADLINES} <= set(truth)
    assert set(tables.table_names()) - unfilled == set(engagement.tables)


def test_a_plan_in_a_hurry_counts_free_hours_and_its_people_disagree():
    from outsourcing_kit.business_case import contingency, no_saving, risk_register

    hurried, calm = (generate(2, 12, {"business_case": severity})[0] for severity in (1, 0))
    apart = [risk_register(each.risks).table["disagreement"].max() for each in (hurried, calm)]
    assert apart[0] > 0.5 > apart[1]
    for each in (hurried, calm):
        hours = each.cash_flows[each.cash_flows["category"] == "hours"]
        assert (hours["kind"] == "benefit").all() and (hours["low"] == 0).all() and (hours["likely"] > 0).all()
        found = no_saving(each.cash_flows, each.estimates, plan_class=each.settings.plan_class)
        # The reserve and the end of the saving are two numbers.
        assert abs(found.break_even - 1 - contingency(each.cash_flows, each.settings.budget).reserve) > 0.02


@pytest.mark.slow
def test_a_late_kickoff_costs_rework_and_both_sides_share_a_wrong_answer():
    reopened, shared = {True: [], False: []}, {True: [], False: []}
    for seed in range(9):
        for late in (True, False):
            engagement, _ = generate(seed, 24, WORST if late else {})
            ends = kickoff.kickoff_timeline(engagement).kickoff_ends
            side = engagement.work["person"].map(engagement.side_of())
            # In some the other side never came: then nothing came before any kickoff.
            if ends is not None:
                before = engagement.work[(side == "provider") & (engagement.work["delivered"] < ends)]
                reopened[late] += before["reopened_at"].notna().tolist()
            scores = kickoff.quiz_scores(engagement.quiz, engagement.answer_key, engagement.people)
            shared[late].append(scores.both_wrong_the_same_way)
    assert len(reopened[True]) > 20 and np.mean(reopened[True]) > 0.4
    # In half of them the client's side knows better: there no error is shared.
    assert not reopened[False] and sum(shared[True]) >= 4 and not sum(shared[False])


def test_two_favourites_have_as_many_acts_a_head_as_in_house_and_no_reward_leaves_the_house():
    differences = []
    for seed in range(6):
        engagement, _ = generate(seed, 24, WORST)
        heads = recognition.naive_thanks(engagement.recognition, engagement.people).table.set_index("side")
        assert heads.loc["provider", "acts_per_head"] >= 0.95 * heads.loc["client", "acts_per_head"]
        got = engagement.recognition[engagement.recognition["receiver"].str.startswith("ob")]
        assert set(got["kind"]) == {"thanks"} and got["receiver"].value_counts().iloc[:2].sum() > 0.5 * len(got)
        months = recognition.recognised_months(
            engagement.work, engagement.recognition, engagement.people, engagement.settings.end,
            time_zone=engagement.settings.time_zone,
        )  # fmt: skip
        sides = months.person_months.groupby(["side", "person"])["seen"].mean().groupby("side").mean()
        alike = recognition.recognition_gap(months).estimate
        differences.append(alike.estimate - (sides["client"] - sides["provider"]))
    # In-house work is of kinds that are seen less: the plain difference hides part of the gap.
    assert np.mean(differences) > 0.02


def test_where_a_kickoff_changes_nothing_it_looks_harmful_until_like_is_held_against_like():
    frames = [make_frame(seed, 4, {}, False) for seed in range(150)]
    for frame in frames:
        past_rows(frame, frame.stream(11))
    rows = [row | {"engagement": str(number)} for number, row in enumerate(
        row for frame in frames for row in frame.tables["past_engagements"])]  # fmt: skip
    past = pd.DataFrame(rows)
    days = ("kickoff_on", "started", "first_setback", "observed_until")
    found = kickoff.setbacks(past.assign(**{name: pd.to_datetime(past[name]) for name in days}))
    assert found.ratio > 1.4 and found.ratio_alike == pytest.approx(1.0, abs=0.06)


def test_it_has_what_the_other_one_may_lack():
    """Uneven rows a person, several zones and currencies, silence before leaving, people who never show."""
    engagement, _ = generate(1, 40)
    people = engagement.people.set_index("person")
    assert people["time_zone"].nunique() >= 4
    assert (people["workday_end"] < people["workday_start"]).any()  # a night shift
    assert engagement.settings.rates and set(engagement.cash_flows["currency"]) == {"EUR"}  # converted on the way in
    asked = engagement.messages[engagement.messages["needs_answer"]].groupby("recipient").size()
    assert asked.max() >= 4 * asked.min()
    gone = people["left"].dropna()
    assert len(gone)
    for person, left in gone.items():
        work = engagement.work.loc[engagement.work["person"] == person, "delivered"].max()
        assert work < left.tz_localize("UTC") - np.timedelta64(14, "D")
    assert set(people.index) - set(engagement.quiz["person"])
    mixes = engagement.work.assign(side=engagement.work["person"].map(people["side"])).groupby("side")["kind"]
    shares = mixes.value_counts(normalize=True).unstack(fill_value=0)
    assert (shares.loc["client"] - shares.loc["provider"]).abs().max() > 0.15


def test_severity_sets_the_truth():
    """Half the limit at 0; half-way between the limit and the worst at 1; the limit itself in between."""
    at_limit = severity_at_limit()
    for item in HEADLINES:
        assert targets({})[item.key] == item.truth(0.0)
        assert targets({item.mistake: 1.0})[item.key] == item.truth(1.0)
        assert targets(at_limit)[item.key] == pytest.approx(item.limit)
    with pytest.raises(KeyError, match="kickof'"):
        targets({"kickof": 1.0})
    for severity in ({}, WORST, at_limit):
        _, truth = generate(2, 12, severity)
        for item in HEADLINES:
            # A fact cannot be half true, and who was never thanked is what the draws show.
            if item.key not in ("kickoff.before_work", "recognition.never_thanked"):
                assert truth[item.key] == pytest.approx(targets(severity)[item.key]), item.key


@pytest.mark.slow
@pytest.mark.parametrize("planted", [False, True])
def test_the_truth_is_the_mean_of_what_happens(planted):
    """Thirty engagements: what happened differs from the truth by at most four standard errors, in each measure, and
    from the truth of the people on record."""
    apart: dict[str, list[float]] = {}
    for seed in range(30):
        frame = make_frame(seed, 12, WORST if planted else {}, False)
        for number, room in enumerate(
            (quiz_rows, message_rows, proposal_rows, expectation_rows, pulse_rows, work_rows)
        ):
            room(frame, frame.stream(number))
        for key, truth in frame.truth.items():
            if not key.startswith("observed."):
                observed = frame.truth[f"observed.{key.removeprefix('team.')}"]
                apart.setdefault(key, []).append(observed - truth)
    assert apart.pop("recognition.never_thanked") == [0.0] * 30
    assert len(apart) == len(SAMPLES) - 1 + 2 + len(TEAM) + 2
    for part in ("", "team."):  # the lower of two means lies below both truths on average: its sides are tested
        del apart[f"{part}kickoff.quiz_right"]
    for key, values in apart.items():
        assert abs(np.nanmean(values)) < 4 * np.nanstd(values) / math.sqrt(len(values)), key


def test_kinds_of_people_have_the_wanted_mean():
    """A fifth two steps below, two fifths a step above: -0.4 + 0.4 = 0."""
    assert three_kinds(0.8).tolist() == pytest.approx([0.44, 0.8, 0.98])  # step .9 × min(.2, .4) = .18
    for mean in (0.05, 0.4, 0.95):
        assert KINDS @ three_kinds(mean) == pytest.approx(mean)
        assert three_kinds(mean).min() >= 0 and three_kinds(mean).max() <= 1


def test_the_clock_by_hand():
    """Berlin changes to summer time on Sunday 2025-03-30, Mexico does not: an hour less to share."""
    berlin, mexico = Schedule("Europe/Berlin", "09:00", "17:30"), Schedule("America/Mexico_City", "07:00", "16:00")
    for week, hours in ((dt.date(2025, 3, 24), 3.5), (dt.date(2025, 3, 31), 2.5)):  # from 14:00, then from 15:00
        shared = shared_hours(berlin, mexico, week, week + dt.timedelta(days=6))
        assert ((shared.ends - shared.starts) / HOUR).tolist() == [hours] * 5
    night = own_hours(Schedule("America/Mexico_City", "22:00", "06:00"), dt.date(2025, 3, 24), dt.date(2025, 3, 30))
    assert ((night.ends - night.starts) / HOUR).tolist() == [8] * 5
    assert night.ends[-1] == instant(dt.date(2025, 3, 29), "06:00", "America/Mexico_City")  # Friday's ends on Saturday
    assert night.at(9 * HOUR) == night.starts[1] + HOUR  # eight hours on Monday night, one on Tuesday night
    assert night.between(int(night.starts[0]), int(night.starts[1])) == 8 * HOUR


# --- the minutes and the matcher --------------------------------------------------------------------------------------


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.lower()))


def test_minutes_share_no_content_word_with_the_matchers_lists():
    """No content word of any turn is in any default term or phrase, with or without an ending; no pattern matches."""
    turns = [text for said in SAID.values() for text in said] + list(SMALL_TALK)
    said = set().union(*map(words, turns)) - SMALL
    assert len(said) > 70
    for item in kickoff.DEFAULT_AGENDA:
        for terms in (item.telling, item.terms):
            pattern = term_pattern(terms)
            for text in turns:
                assert not pattern.search(text.lower()), (item.item, text)
            stems = {word for term in terms for word in words(term)} - SMALL
            close = {
                (a, b) for a in said for b in stems if a in (b, b + "s", b + "es") or (len(b) > 3 and a.startswith(b))
            }
            assert not close, (item.item, close)


def test_unlisted_words_are_no_proof_of_a_gap():
    """Without anybody's confirmation the agenda stays open, though all was covered: a silent word list is no fact."""
    engagement, truth = generate(4, 12)
    unconfirmed = type(engagement)(
        engagement.settings, {name: frame for name, frame in engagement.tables.items() if name != "coverage_confirmed"}
    )
    measure = kickoff.assess(unconfirmed).measure("agenda_missing")
    assert truth["kickoff.agenda_missing"] == 0 and measure.verdict == "cannot tell"


# --- the analyses on it ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.xdist_group("second generator")
@pytest.mark.parametrize(("people", "planted"), [(12, False), (12, True), (40, True)])
def test_each_number_is_what_the_generator_put_into_the_rows(people, planted):
    """Facts and samples: one number, reckoned here from outcomes and there from tables: an oracle of definitions."""
    for seed in SEEDS:
        findings, truth = assessed(seed, people, planted)
        for finding in findings.values():
            for measure in finding.headlines:
                if measure.basis != "model" and measure.verdict != "not assessed":
                    assert measure.estimate == pytest.approx(truth[f"observed.{measure.key}"]), (seed, measure.key)
        assert findings["task_selection"].measure("not_cheaper").estimate == pytest.approx(
            truth["task_selection.not_cheaper"]
        )


@pytest.mark.slow
@pytest.mark.xdist_group("second generator")
def test_planted_mistakes_are_found_controls_are_quiet_and_facts_are_never_wrong():
    for seed in SEEDS:
        findings, _ = assessed(seed, 40, True)
        assert {name: finding.verdict for name, finding in findings.items()} == dict.fromkeys(MISTAKES, "problem"), seed
        for planted, never in ((False, "problem"), (True, "fine")):
            findings, _ = assessed(seed, 12, planted)
            assert planted or never not in {finding.verdict for finding in findings.values()}, seed
            measures = [measure for finding in findings.values() for measure in finding.headlines]
            # Of a few people thanked seldom, all may have been thanked once.
            measures = [measure for measure in measures if measure.key != "recognition.never_thanked"]
            assert never not in {measure.verdict for measure in measures if measure.basis == "fact"}, seed


@pytest.mark.slow
def test_where_few_agree_a_word_has_two_meanings_requests_are_loose_and_one_side_gives_way():
    lines, moved = [], []
    for seed in range(6):
        planted, control = generate(seed, 12, WORST)[0], generate(seed, 12)[0]
        line = expectations.pair_agreement(planted.expectations, planted.people).table
        lines.append(line.set_index(["expectation", "aspect"]).loc[("promise 0", "meaning")])
        moved.append(
            [expectations.movement(each.proposals, each.people).table["moved"].iloc[0] for each in (planted, control)]
        )
        loose, precise = (
            expectations.flag_vague_wording(each.work["text"].dropna(), flags=expectations.WORD_FLAGS).table
            for each in (planted, control)
        )
        assert set(loose["words"]) == {"do the needful", "at your earliest convenience"} and not len(precise)
    lines = [(line["client_mean"] - line["provider_mean"], line["within"]) for line in lines]
    # Over six teams: no side's mean is the higher one, and half of the pairs are apart.
    assert abs(np.mean([apart for apart, _ in lines])) < 0.75 and np.mean([within for _, within in lines]) < 0.7
    given_way, both = np.nanmean(moved, axis=0)
    assert given_way > 0.8 and 0.35 < both < 0.65


@pytest.mark.slow
def test_where_the_provider_is_thanked_seldom_few_people_get_many_acts():
    acts, top = [], []
    for seed in range(6):
        planted = generate(seed, 24, {"recognition": 1.0})[0]
        heads = recognition.naive_thanks(planted.recognition, planted.people).table.set_index("side")["acts_per_head"]
        acts.append(heads["provider"] / heads["client"])
        provider = planted.people.loc[planted.people["side"] == "provider", "person"]
        got = planted.recognition["receiver"].value_counts().reindex(provider, fill_value=0).sort_values()
        top.append(got.iloc[-4:].sum() / got.sum())
        assert recognition.assess(planted).verdict in ("problem", "cannot tell")
    # Counted by head nobody would look twice, though a third of the people have more than half of it.
    assert np.mean(acts) > 0.7 and np.mean(top) > 0.5
