"""What a verdict is worth: a small version of `make calibration`, whose promises hold but for chance (1 in 1,000)."""

from __future__ import annotations

from functools import cache
from importlib import import_module

import pytest
from scipy.stats import binom
from second_generator import generate, severity_at_limit

from benchmarks.calibration.counting import ends, findings_of, measures_of, promises
from benchmarks.calibration.engagements import GENERATORS, Cell, one
from outsourcing_kit.headlines import MISTAKES, headline
from outsourcing_kit.simulation import simulate

# docs/CALIBRATION.md counts 38 or more, at four sizes: it is the proof, and this notices what breaks. The bounds
# follow from the numbers, so that a false alarm stays as rare; an error three times as frequent as promised is noticed
# over all cells together (120 of each generator) in 81 cases of 100, one twice as frequent in 22.
SEEDS, BEYOND, PLANTED = 15, 8, 15
SIZES = (6, 12)


def at_most(rate: float, n: int) -> int:
    """The count that a true rate exceeds by chance once in a thousand: the rate and its Monte Carlo error."""
    return int(binom.ppf(0.999, n, rate))


@cache
def lines(generator: str, people: int, world: str) -> tuple[dict, ...]:
    return tuple(one(Cell(generator, people, world), seed) for seed in range(BEYOND if world == "beyond" else SEEDS))


# The two tests of a generator share its lines: one worker takes both.
of_a_generator = pytest.mark.parametrize(
    "generator", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in GENERATORS]
)


@pytest.mark.calibration
@of_a_generator
def test_no_error_is_more_frequent_than_promised(generator):
    """Problem, fine and leans at the limit, and problem at half of it: see `counting.promises`.

    How often a control is acquitted, and a planted mistake found at 12 people, the page reports; here it is held to
    half of what is aimed at, and at severity 1 and 6 people to all of it.
    """
    some = [line for n in SIZES for world in ("half", "limit", "beyond", "edge") for line in lines(generator, n, world)]
    found = promises(findings_of(some), measures_of(some))
    assert len(found) == 9 and all(promise.cells for promise in found)
    errors, (*aims, small) = found[:5], found[5:]
    broken = [(promise.what, promise.worst, promise.cells) for promise in (*errors, small) if not promise.kept]
    assert broken == []
    for aim in aims:
        hits, tried = (sum(counts) for counts in zip(*aim.cells.values(), strict=True))
        assert hits >= aim.bound / 2 * tried, (aim.what, aim.cells)


@pytest.mark.calibration
@of_a_generator
def test_ends_are_on_the_right_side_of_their_truths(generator):
    """Each end of each interval, with the truths at half and at their limits: wrong in at most 5% and chance."""
    some = [line for n in SIZES for world in ("half", "limit") for line in lines(generator, n, world)]
    table, n = ends(measures_of(some)), 2 * SEEDS
    assert len(table) == 8
    wrong = (table * n).stack(["people"], future_stack=True)
    assert wrong[(wrong > at_most(0.05, n)).any(axis=1)].empty


@pytest.mark.calibration
def test_past_work_whose_clients_go_alike():
    """Clients differ (intraclass correlation .2, eight of them), the truth at its limit: the ends hold it all the same.
    Taken as independent items, they held it in 81-87% and said problem in 12%.
    """
    key, wrong = "business_case.reference_overrun", {"low": 0, "high": 0, "problem": 0}
    for seed in range(SEEDS):
        engagement, truth = generate(seed, 12, severity_at_limit(), clustered_clients=True)
        measure = import_module("outsourcing_kit.business_case").assess(engagement, draws=500, seed=seed).measure(key)
        wrong["low"] += measure.low > truth[key] + 1e-9
        wrong["high"] += measure.high < truth[key] - 1e-9
        wrong["problem"] += measure.verdict == "problem"
    assert all(count <= at_most(0.05, SEEDS) for count in wrong.values()), wrong


@pytest.mark.calibration
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found_and_only_it(mistake):
    """Severity 1, 40 people: found in at least 90% of the seeds; of the others none says problem but by chance."""
    counts = dict.fromkeys(MISTAKES, 0)
    for seed in range(1000, 1000 + PLANTED):
        engagement = simulate(mistake, people=40, seed=seed)
        for name in MISTAKES:
            counts[name] += import_module(f"outsourcing_kit.{name}").assess(engagement, seed=seed).verdict == "problem"
    assert counts.pop(mistake) >= binom.ppf(0.001, PLANTED, 0.9)
    assert all(count <= at_most(0.05, PLANTED) for count in counts.values()), counts


def test_a_few_of_each_in_the_quick_tier():
    """At a size for every run: planted mistakes are found, the control is quiet, most is fine."""
    control, planted = (
        findings_of(one(Cell(generator, 40, world), seed) for generator in GENERATORS for seed in range(2))
        for world in ("half", "beyond")
    )
    assert (planted["answer"] == "problem").all()
    assert (control["answer"] != "problem").all() and (control["answer"] == "fine").mean() > 0.5


def test_at_the_edge_one_truth_of_each_mistake_is_at_its_limit():
    """To the last digit where the people on record have one of their own; the rest is near the best."""
    for generator, seed in (("simulation", 0), ("second", 1)):
        line = one(Cell(generator, 12, "edge"), seed)
        assert {key.partition(".")[0] for key in line["edge"]} == set(MISTAKES) - {"task_selection"}
        for key, (_, fine, _, low, high, _, truth, team) in line["measures"].items():
            item, own = headline(key), truth if team is None else team
            if key in line["edge"]:
                end, sign = (low, 1) if item.better == "higher" else (high, -1)
                # Fine at 95% if and only if the end is on the good side of the truth.
                assert (fine >= 0.95) == (sign * (end - own) >= 0), key
                assert truth == pytest.approx(item.limit)
            else:
                assert abs(truth - item.best) < abs(item.limit - item.best) / 4
