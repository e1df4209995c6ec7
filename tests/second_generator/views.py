"""What people say when asked: ratings of expectations, and the pulse."""

from __future__ import annotations

import datetime as dt

import numpy as np

from second_generator.frame import Frame

_HIGH = {5: (4, 5), 7: (6, 7), 10: (8, 9, 10)}
_LOW = {5: (1, 2, 3), 7: (1, 2, 3, 4, 5), 10: (1, 3, 5, 7)}
# How far a rating strays from what its writer means: for a steady and for a loose hand.
_STRAYS = np.array([[0.0, 1.0, 0.0], [0.2, 0.6, 0.2]])
_LOOSE = 0.4
_UNEVEN = 0.2
# Below this share of pairs that agree, one word has two meanings on both sides alike: equal means, pairs apart.
_TWO_MEANINGS = 0.75


def expectation_rows(frame: Frame, rng: np.random.Generator) -> None:
    """expectations.

    Every expectation has a middle (1, 2, 4 or 5). People of the provider's side misread it now and then, and then rate
    three points off; how often depends on the person (two kinds) and on the expectation. Hands are steady or loose on
    both sides. The share of pairs within a point is a straight line in the rate of misreading, so the rate is solved
    for. Where few pairs agree, the first expectation is one word with two meanings, by chance either one of anybody's:
    its means are about equal. Who misreads more leaves out more; who gives no ratings at all misreads more still.
    """
    key = "expectations.within_one_point"
    want = frame.want[key]
    count = 12
    middles = rng.choice([1, 2, 4, 5], count)
    uneven = 1 + _UNEVEN * np.tile([-1.0, 1.0], count // 2)
    double = want < _TWO_MEANINGS
    if double:
        # Pairs of that line agree as often as they do, whatever the rate: the other lines make up for it.
        middles[0], uneven[0] = 5, 0.0
    aligned, astray = _agreement(middles)
    if double:
        aligned[0] = (aligned[0] + _agreement(_misread(middles))[0][0] + 2 * astray[0]) / 4
    rate = (aligned.mean() - want) / (uneven * (aligned - astray)).mean()
    kinds = min(0.8, 1 / (rate * (1 + _UNEVEN)) - 1)
    given: dict[str, dict[str, np.ndarray]] = {"client": {}, "provider": {}}
    for side in given:
        group = frame.of(side)
        there = rng.random(len(group)) < 0.85
        there[rng.permutation(len(group))[:3]] = True
        for person, here in zip(group, there, strict=True):
            if not here:
                continue
            often = rng.random() < 0.5
            misread = rate * (1 + (kinds if often else -kinds)) * uneven * (side == "provider")
            means = np.where(rng.random(count) < misread, _misread(middles), middles)
            if double and rng.random() < 0.5:
                means[0] = _misread(middles)[0]
            strays = rng.choice([-1, 0, 1], count, p=_STRAYS[int(rng.random() < _LOOSE)])
            ratings = np.clip(means + strays, 1, 5).astype(float)
            kept = rng.permutation(count)[: round(count * rng.uniform(0.55, 0.8)) if often else count]
            shown = np.full(count, np.nan)
            shown[kept] = ratings[kept]
            given[side][person.name] = shown
            _write_ratings(frame, rng, person.name, shown)
    pairs = []
    for mine in given["client"].values():
        for theirs in given["provider"].values():
            both = ~np.isnan(mine) & ~np.isnan(theirs)
            if both.any():
                pairs.append((np.abs(mine - theirs)[both] <= 1).mean())
    frame.know(key, want, float(np.mean(pairs)))


def _misread(middles: np.ndarray) -> np.ndarray:
    return np.where(middles > 3, middles - 3, middles + 3)


def _agreement(middles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chance that two people are within a point, by expectation: both read it alike, or one misreads it."""
    hand = (1 - _LOOSE) * _STRAYS[0] + _LOOSE * _STRAYS[1]
    out = []
    for other in (middles, _misread(middles)):
        close = np.zeros(len(middles))
        for a, chance_a in zip((-1, 0, 1), hand, strict=True):
            for b, chance_b in zip((-1, 0, 1), hand, strict=True):
                apart = np.abs(np.clip(middles + a, 1, 5) - np.clip(other + b, 1, 5))
                close += chance_a * chance_b * (apart <= 1)
        out.append(close)
    return out[0], out[1]


def _write_ratings(frame: Frame, rng: np.random.Generator, person: str, shown: np.ndarray) -> None:
    last = frame.last - dt.timedelta(days=int(rng.integers(20, 60)))
    for number in np.flatnonzero(~np.isnan(shown)):
        aspect = ("meaning", "importance", "met")[number % 3]
        row = {"expectation": f"promise {number // 3}", "aspect": aspect, "person": person}
        if rng.random() < 0.2:  # an earlier round, which a later one replaces
            earlier = last - dt.timedelta(days=int(rng.integers(30, 120)))
            frame.add("expectations", **row, rating=int(rng.integers(1, 6)), asked_on=earlier.isoformat())
        frame.add("expectations", **row, rating=int(shown[number]), asked_on=last.isoformat())


def pulse_rows(frame: Frame, rng: np.random.Generator) -> None:
    """pulse: two kinds of people; who does not feel needed answers less often, and some never answer."""
    key = "recognition.feel_needed"
    want = frame.want[key]
    step = 0.75 * min(want, 1 - want)
    scales = [int(rng.choice([5, 7, 10])) for _ in range(8)]
    shares, chances = [], []
    for side in ("client", "provider"):
        for number in range(len(frame.of(side))):
            chance = want + step * (1 if rng.random() < 0.5 else -1)
            answers = rng.random() < 0.9 or number < 4
            rounds = np.flatnonzero(rng.random(8) < 0.35 + 0.5 * chance)
            if not answers or not len(rounds):
                continue
            good = rng.random(len(rounds)) < chance
            if side == "provider":
                shares.append(good.mean())
                chances.append(chance)
            for wave, high in zip(rounds, good, strict=True):
                day = (frame.first + dt.timedelta(days=40 * int(wave) + 20)).isoformat()
                top = scales[wave]
                code = f"{side[0]}-{frame.seed % 97}-{number}"
                row = {"respondent": code, "side": side, "asked_on": day, "scale_max": top}
                score = int(rng.choice(_HIGH[top] if high else _LOW[top]))
                frame.add("pulse", **row, question="I feel needed" if wave % 2 else "i FEEL needed", score=score)
                frame.add("pulse", **row, question="I know my way", score=int(rng.integers(1, top + 1)))
    frame.know(key, want, float(np.mean(shares)) if shares else np.nan, chances)
